/* SPDX-License-Identifier: MIT */
/* Kernel stacks, each mapped above a range that stays unmapped, so that an overflow faults instead
 * of spoiling memory. */

#include <asm/irqflags.h>
#include <kernel/mm.h>
#include <kernel/sched.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define SLOT_SIZE  (2ul * KERNEL_STACK_SIZE) /* the lower half is the guard */
#define MAX_STACKS 1024u
#define MAX_CACHED 4

static u64 slots[MAX_STACKS / 64]; /* bit set: in use */
static void *cached[MAX_CACHED];   /* freed, still mapped */
static unsigned int nr_cached;

void *arch_boot_stack(void)
{
	return boot_stack;
}

static void unmap_stack(unsigned long base, unsigned long size)
{
	unsigned long va;

	for (va = base; va < base + size; va += PAGE_SIZE) {
		phys_t pa = kernel_unmap_page(va);

		if (pa)
			__free_pages(phys_to_page(pa), 0);
	}
}

static bool map_stack(unsigned long base)
{
	unsigned long done;

	for (done = 0; done < KERNEL_STACK_SIZE; done += PAGE_SIZE) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			break;
		if (kernel_map_page(base + done, page_to_phys(page), PTE_WRITE)) {
			__free_pages(page, 0);
			break;
		}
	}
	if (done == KERNEL_STACK_SIZE)
		return true;
	unmap_stack(base, done);
	return false;
}

/* A free slot's number, now marked as used; MAX_STACKS if there is none. */
static unsigned int take_slot(void)
{
	unsigned int i;

	for (i = 0; i < MAX_STACKS / 64; i++) {
		if (~slots[i]) {
			unsigned int bit = (unsigned int)__builtin_ctzll(~slots[i]);

			slots[i] |= 1ull << bit;
			return i * 64 + bit;
		}
	}
	return MAX_STACKS;
}

void *arch_stack_alloc(void)
{
	unsigned long flags = arch_irq_save(), base;
	void *stack = NULL;
	unsigned int slot;

	if (nr_cached) {
		stack = cached[--nr_cached];
	} else {
		slot = take_slot();
		if (slot < MAX_STACKS) {
			base = STACK_AREA_BASE + slot * SLOT_SIZE + KERNEL_STACK_SIZE;
			if (map_stack(base))
				stack = (void *)base;
			else
				slots[slot / 64] &= ~(1ull << slot % 64);
		}
	}
	arch_irq_restore(flags);
	return stack;
}

void arch_stack_free(void *stack)
{
	unsigned long flags, base = (unsigned long)stack;
	unsigned int slot = (unsigned int)((base - STACK_AREA_BASE) / SLOT_SIZE);

	if (!stack)
		return;
	flags = arch_irq_save();
	if (nr_cached < MAX_CACHED) {
		cached[nr_cached++] = stack;
	} else {
		unmap_stack(base, KERNEL_STACK_SIZE);
		slots[slot / 64] &= ~(1ull << slot % 64);
	}
	arch_irq_restore(flags);
}

bool stack_guard_hit(unsigned long addr)
{
	if (addr >= (unsigned long)boot_stack_guard && addr < (unsigned long)boot_stack)
		return true;
	return addr >= STACK_AREA_BASE && addr < STACK_AREA_BASE + MAX_STACKS * SLOT_SIZE &&
	       (addr - STACK_AREA_BASE) % SLOT_SIZE < KERNEL_STACK_SIZE;
}
