/* SPDX-License-Identifier: MIT */
/* Names of the kernel's own addresses: what %pS prints. The architecture supplies them from the image's symbol table. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <kernel/types.h>

/* symbol_lookup - the function that @addr lies in, *offset bytes behind its start; NULL if none is known. Context: any. */
const char *symbol_lookup(unsigned long addr, unsigned long *offset);

#endif
