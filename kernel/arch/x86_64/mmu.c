/* SPDX-License-Identifier: MIT */
/* Page tables of ring-3 address spaces: four levels, 4 KiB pages, the upper half shared with the
 * kernel (Intel SDM 3A 4.5). */

#include <asm/mmu.h>
#include <asm/thread.h>
#include <kernel/mm.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <uapi/mman.h>

#include "arch_internal.h"

#define USER_SLOTS (TABLE_ENTRIES / 2)
#define NOT_MAPPED (~0ul)

static inline unsigned int table_index(unsigned long va, int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & (TABLE_ENTRIES - 1);
}

static inline bool entry_used(u64 entry)
{
	return entry & (PTE_PRESENT | PTE_SW_NONE);
}

static u64 prot_to_bits(int prot)
{
	u64 bits;

	if (!(prot & (PROT_READ | PROT_WRITE | PROT_EXEC)))
		return PTE_SW_NONE;
	bits = PTE_PRESENT | PTE_USER;
	if (prot & PROT_WRITE)
		bits |= PTE_WRITE;
	if (!(prot & PROT_EXEC) && cpu_features.nx)
		bits |= PTE_NX;
	return bits;
}

static int bits_to_prot(u64 entry)
{
	if (!(entry & PTE_PRESENT))
		return PROT_NONE;
	return PROT_READ | (entry & PTE_WRITE ? PROT_WRITE : 0) | (entry & PTE_NX ? 0 : PROT_EXEC);
}

/* The entry for the page at @va; with @make, tables are made on the way. NULL if there is none. */
static u64 *user_entry(struct arch_mm *mm, unsigned long va, bool make)
{
	u64 *table = mm->pgd;
	int level;

	for (level = 3; level > 0; level--) {
		u64 *entry = &table[table_index(va, level)];

		if (!(*entry & PTE_PRESENT)) {
			void *page = make ? __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0) : NULL;

			if (!page)
				return NULL;
			mm->nr_tables++;
			*entry = __pa(page) | PTE_PRESENT | PTE_WRITE | PTE_USER;
		}
		table = __va(*entry & PTE_ADDR);
	}
	return &table[table_index(va, 0)];
}

/* Forget what the processor remembers of @va, if @mm is loaded. */
static void flush(const struct arch_mm *mm, unsigned long va)
{
	if ((read_cr3() & PTE_ADDR) == __pa(mm->pgd))
		invlpg((void *)va);
}

static bool is_user_page(unsigned long va)
{
	return IS_ALIGNED(va, PAGE_SIZE) && va >= PAGE_SIZE && va < TASK_SIZE;
}

int arch_mm_init(struct arch_mm *mm)
{
	u64 *pgd = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);

	if (!pgd)
		return -ENOMEM;
	memcpy(&pgd[USER_SLOTS], &kernel_pgd[USER_SLOTS], USER_SLOTS * sizeof(u64));
	mm->pgd = pgd;
	mm->nr_tables = 1;
	return 0;
}

static void free_tables(u64 *table, int level, unsigned int nr)
{
	unsigned int i;

	for (i = 0; level > 0 && i < nr; i++)
		if (table[i] & PTE_PRESENT)
			free_tables(__va(table[i] & PTE_ADDR), level - 1, TABLE_ENTRIES);
	free_pages(table, 0);
}

void arch_mm_destroy(struct arch_mm *mm)
{
	if (!mm->pgd)
		return;
	/* A kernel thread, or the task that ends, may still run in it. */
	if ((read_cr3() & PTE_ADDR) == __pa(mm->pgd))
		write_cr3(__pa(kernel_pgd));
	if (current && current->thread.mm == mm)
		current->thread.mm = NULL;
	free_tables(mm->pgd, 3, USER_SLOTS);
	mm->pgd = NULL;
	mm->nr_tables = 0;
}

int arch_mm_map(struct arch_mm *mm, unsigned long va, phys_t pa, int prot)
{
	u64 *entry;

	if (!is_user_page(va))
		return -EINVAL;
	entry = user_entry(mm, va, true);
	if (!entry)
		return -ENOMEM;
	*entry = (pa & PTE_ADDR) | prot_to_bits(prot);
	flush(mm, va);
	return 0;
}

phys_t arch_mm_unmap(struct arch_mm *mm, unsigned long va)
{
	u64 *entry = is_user_page(va) ? user_entry(mm, va, false) : NULL;
	phys_t pa;

	if (!entry || !entry_used(*entry))
		return 0;
	pa = *entry & PTE_ADDR;
	*entry = 0;
	flush(mm, va);
	return pa;
}

phys_t arch_mm_lookup(const struct arch_mm *mm, unsigned long va, int *prot)
{
	u64 *entry;

	va &= PAGE_MASK;
	entry = is_user_page(va) ? user_entry((struct arch_mm *)mm, va, false) : NULL;
	if (!entry || !entry_used(*entry))
		return 0;
	if (prot)
		*prot = bits_to_prot(*entry);
	return *entry & PTE_ADDR;
}

int arch_mm_protect(struct arch_mm *mm, unsigned long va, int prot)
{
	u64 *entry = is_user_page(va) ? user_entry(mm, va, false) : NULL;

	if (!entry || !entry_used(*entry))
		return -ENOENT;
	*entry = (*entry & PTE_ADDR) | prot_to_bits(prot);
	flush(mm, va);
	return 0;
}

void arch_mm_switch(struct arch_mm *mm)
{
	unsigned long flags = arch_irq_save();

	current->thread.mm = mm;
	write_cr3(__pa(mm ? mm->pgd : kernel_pgd));
	arch_irq_restore(flags);
}

/* The first used entry of @table (of @level, showing addresses from @base) for a page in [va, end);
 * its address. */
static unsigned long scan(const u64 *table, int level, unsigned long base, unsigned long va,
			  unsigned long end, phys_t *pa)
{
	unsigned long span = PAGE_SIZE << (9 * level), at, found;
	unsigned int i = va > base ? (unsigned int)((va - base) / span) : 0;

	for (; i < (level == 3 ? USER_SLOTS : TABLE_ENTRIES); i++) {
		at = base + i * span;
		if (at >= end)
			break;
		if (level == 0) {
			if (!entry_used(table[i]))
				continue;
			*pa = table[i] & PTE_ADDR;
			return at;
		}
		if (!(table[i] & PTE_PRESENT))
			continue;
		found = scan(__va(table[i] & PTE_ADDR), level - 1, at, va, end, pa);
		if (found != NOT_MAPPED)
			return found;
	}
	return NOT_MAPPED;
}

unsigned long arch_mm_next_mapped(const struct arch_mm *mm, unsigned long va, unsigned long end,
				  phys_t *pa)
{
	va = ALIGN(va, PAGE_SIZE);
	if (!mm->pgd || va >= end)
		return NOT_MAPPED;
	return scan(mm->pgd, 3, 0, va, end, pa);
}
