/* SPDX-License-Identifier: MIT */
/* Hosted: "physical" memory is an arena that the host maps; user addresses are the host program's own. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <kernel/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE (1ul << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))

#define TASK_SIZE 0x00007ffffffff000ul
#define TASK_SIZE_32 0x00000000ffffe000ul

extern char *hosted_arena; /* physical address 0 */

static inline void *__va(phys_t pa)
{
	return hosted_arena + pa;
}

static inline phys_t __pa(const void *p)
{
	return (phys_t)((const char *)p - hosted_arena);
}

#endif
