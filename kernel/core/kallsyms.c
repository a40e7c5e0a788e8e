/* SPDX-License-Identifier: MIT */
/* Looks addresses up in the table of function names that the second link put into the image
 * (tools/mksyms). */

#include <kernel/compiler.h>
#include <kernel/symbols.h>

/* Absent in the first link and in hosted builds: then there are no names. */
extern const u32 kallsyms_count __weak;
extern const unsigned long kallsyms_base __weak; /* address of the first function */
extern const u32 kallsyms_offsets[] __weak; /* from the base, ascending; one more than there are
					       names: the end */
extern const u32 kallsyms_names[] __weak;   /* where each name begins in kallsyms_strings */
extern const char kallsyms_strings[] __weak;

static bool have_table(void)
{
	const u32 *volatile count = &kallsyms_count;

	return count && *count;
}

static bool in_table(unsigned long addr)
{
	return have_table() && addr >= kallsyms_base &&
	       addr - kallsyms_base < kallsyms_offsets[kallsyms_count];
}

const char *symbol_lookup(unsigned long addr, unsigned long *offset)
{
	u32 lo = 0, hi, mid;

	if (!in_table(addr))
		return NULL;
	hi = kallsyms_count;
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (kallsyms_offsets[mid] <= addr - kallsyms_base)
			lo = mid;
		else
			hi = mid;
	}
	if (offset)
		*offset = addr - kallsyms_base - kallsyms_offsets[lo];
	return kallsyms_strings + kallsyms_names[lo];
}
