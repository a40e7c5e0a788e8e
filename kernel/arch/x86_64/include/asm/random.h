/* SPDX-License-Identifier: MIT */
/* The processor's own random numbers (RDSEED, RDRAND). */
#ifndef ASM_RANDOM_H
#define ASM_RANDOM_H

#include <kernel/types.h>

/* arch_get_random - 64 random bits; false where the processor has none to give. Context: any. */
bool arch_get_random(u64 *out);

#endif
