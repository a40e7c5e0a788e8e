/* SPDX-License-Identifier: MIT */
/* Page tables of ring-3 address spaces. */
#ifndef ASM_MMU_H
#define ASM_MMU_H

#include <kernel/types.h>

struct arch_mm {
	u64 *pgd;		 /* top-level table, in the direct map; NULL: not initialised */
	unsigned long nr_tables; /* pages that the tables take */
};

/* arch_mm_init - an empty address space that shares the kernel's half. 0 or -ENOMEM. */
int arch_mm_init(struct arch_mm *mm);
/* arch_mm_destroy - free the tables, and leave it if it is loaded. The pages mapped in it stay the
 * caller's. */
void arch_mm_destroy(struct arch_mm *mm);
/*
 * arch_mm_map - map the page at @pa at the page-aligned user address @va with PROT_x rights
 * (PROT_NONE included), replacing what was there. 0, -ENOMEM for a table, -EINVAL for an address
 * outside user space or in page 0.
 */
int arch_mm_map(struct arch_mm *mm, unsigned long va, phys_t pa, int prot);
/* arch_mm_unmap - returns the physical page that was mapped at @va, or 0. */
phys_t arch_mm_unmap(struct arch_mm *mm, unsigned long va);
/* arch_mm_lookup - the physical page mapped at @va and its PROT_x rights in *prot (may be NULL), or
 * 0. */
phys_t arch_mm_lookup(const struct arch_mm *mm, unsigned long va, int *prot);
/* arch_mm_protect - new PROT_x rights for the page at @va. 0, or -ENOENT if nothing is mapped
 * there. */
int arch_mm_protect(struct arch_mm *mm, unsigned long va, int prot);
/* arch_mm_switch - make @mm the current task's address space, now; NULL: the kernel's own, with no
 * user half. */
void arch_mm_switch(struct arch_mm *mm);
/*
 * arch_mm_next_mapped - the lowest mapped user page at or above @va and below @end; its physical
 * page in *pa. Returns its address, or ~0ul when there is none. For walking an address space
 * without touching every possible page.
 */
unsigned long arch_mm_next_mapped(const struct arch_mm *mm, unsigned long va, unsigned long end,
				  phys_t *pa);

#endif
