/* SPDX-License-Identifier: MIT */
/* Hosted: every random number follows from the seed. */
#ifndef ASM_RANDOM_H
#define ASM_RANDOM_H

#include <kernel/types.h>

bool arch_get_random(u64 *out);

#endif
