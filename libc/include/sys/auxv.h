/* SPDX-License-Identifier: MIT */
/* The auxiliary vector. */
#ifndef LIBC_SYS_AUXV_H
#define LIBC_SYS_AUXV_H

#include <uapi/auxvec.h>

/* getauxval - the value the kernel gave for a key, or 0. */
unsigned long getauxval(unsigned long key);

#endif
