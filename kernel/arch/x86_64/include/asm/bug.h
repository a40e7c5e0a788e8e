/* SPDX-License-Identifier: MIT */
/* Warnings by a trap. What never happens costs its test and nothing more: the code around an undefined instruction need not
 * keep its registers, as it would have to around a call. Intel SDM 2B, UD. */
#ifndef ASM_BUG_H
#define ASM_BUG_H

#include <kernel/types.h>

/* Where a warning stands; the addresses are relative to their own places. */
struct bug_entry {
	s32 ip, file, what;
	u32 line;
};

/* clang-format off */
/* arch_warn - as warn_at(file, line, what), of constants. No register is changed. */
#define arch_warn(file, line, what)                                     \
	__asm__ __volatile__("771: ud2\n"                               \
			     ".pushsection .bug_table, \"a\"\n"         \
			     ".balign 4\n"                              \
			     ".long 771b - .\n"                         \
			     ".long %c0 - .\n"                          \
			     ".long %c1 - .\n"                          \
			     ".long %c2\n"                              \
			     ".popsection"                              \
			     : : "i"(file), "i"(what), "i"(line))
/* clang-format on */

#endif
