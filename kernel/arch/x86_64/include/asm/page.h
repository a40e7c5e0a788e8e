/* SPDX-License-Identifier: MIT */
/* Page size, the direct map of all RAM, and the parts of the kernel image. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <asm/layout.h>
#include <kernel/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1ul << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

/* One past the highest address that ring 3 may use, for each width. */
#define TASK_SIZE    0x00007ffffffff000ul
#define TASK_SIZE_32 0x00000000ffffe000ul

/* Parts of the kernel image (kernel.ld). */
extern char __text_start[], __text_end[], __rodata_start[], __rodata_end[];
extern char __data_start[], __data_end[], __bss_start[], __bss_end[], __image_end[];

/* __va - where the direct map shows physical address @pa. */
static inline void *__va(phys_t pa)
{
	return (void *)(pa + DIRECT_MAP_BASE);
}

/* __pa - the physical address of something in the direct map or in the kernel image (not of a stack
 * or device registers). */
static inline phys_t __pa(const void *p)
{
	unsigned long va = (unsigned long)p;

	return va >= KERNEL_VMA ? va - KERNEL_VMA : va - DIRECT_MAP_BASE;
}

#endif
