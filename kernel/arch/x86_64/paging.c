/* SPDX-License-Identifier: MIT */
/* The kernel's page tables: image, direct map, device registers and stacks, each with no more
 * rights than it needs (Intel SDM 3A 4.5). */

#include <asm/arch.h>
#include <kernel/mm.h>

#include "arch_internal.h"

#define SIZE_2M	       (2ull << 20)
#define SIZE_1G	       (1ull << 30)
#define LOW_MEMORY_END 0x100000ull /* BIOS tables lie below the first MiB */

u64 *kernel_pgd;
static bool early = true; /* before mm_init, tables come from early_alloc_page */
extern char __boot_tables_start[], __boot_tables_end[];

static inline unsigned int table_index(unsigned long va, int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & (TABLE_ENTRIES - 1);
}

/* The table that @entry points to, made if need be; NULL when out of memory. */
static u64 *next_table(u64 *entry)
{
	void *table;

	if (*entry & PTE_PRESENT)
		return __va(*entry & PTE_ADDR);
	table = early ? early_alloc_page() : __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	if (!table)
		return NULL;
	*entry = __pa(table) | PTE_PRESENT | PTE_WRITE;
	return table;
}

/* The entry for @va at @level (0: 4 KiB, 1: 2 MiB, 2: 1 GiB), with the tables above it. */
static u64 *entry_at(unsigned long va, int level)
{
	u64 *table = kernel_pgd;
	int l;

	for (l = 3; l > level; l--) {
		table = next_table(&table[table_index(va, l)]);
		if (!table)
			return NULL;
	}
	return &table[table_index(va, level)];
}

/* Maps [va, va + size) to @pa, in the largest pages that fit. Boot only. */
static void map_range(unsigned long va, phys_t pa, u64 size, u64 flags)
{
	while (size) {
		u64 step = PAGE_SIZE;
		int level = 0;

		if (cpu_features.gbpages && IS_ALIGNED(va | pa, SIZE_1G) && size >= SIZE_1G) {
			step = SIZE_1G;
			level = 2;
		} else if (IS_ALIGNED(va | pa, SIZE_2M) && size >= SIZE_2M) {
			step = SIZE_2M;
			level = 1;
		}
		*entry_at(va, level) = pa | flags | PTE_PRESENT | (level ? PTE_LARGE : 0);
		va += step;
		pa += step;
		size -= step;
	}
}

/* The direct map of [start, end), in which the kernel's own text and constants are read-only. */
static void map_direct(u64 start, u64 end, u64 nx, u64 global)
{
	u64 ro_start = __pa(__text_start), ro_end = __pa(__rodata_end);
	u64 cut[4] = { start, clamp(ro_start, start, end), clamp(ro_end, start, end), end };
	unsigned int i;

	for (i = 0; i < 3; i++)
		map_range(DIRECT_MAP_BASE + cut[i], cut[i], cut[i + 1] - cut[i],
			  nx | global | (i == 1 ? 0 : PTE_WRITE));
}

static void map_image(const char *start, const char *end, u64 flags)
{
	map_range((unsigned long)start, __pa(start), end - start, flags);
}

/* paging_init - leave the boot tables for ones with the right permissions, and give the boot
 * tables' memory back. */
void paging_init(void)
{
	u64 nx = cpu_features.nx ? PTE_NX : 0, global = cpu_features.pge ? PTE_GLOBAL : 0;
	unsigned int i;

	kernel_pgd = early_alloc_page();
	map_image(__text_start, __text_end, global);
	map_image(__rodata_start, __rodata_end, nx | global);
	map_image(__data_start, boot_stack_guard, nx | global | PTE_WRITE);
	map_image(boot_stack, __bss_end, nx | global | PTE_WRITE);

	map_direct(0, LOW_MEMORY_END, nx, global);
	for (i = 0; i < all_ram.nr; i++)
		map_direct(max_t(u64, all_ram.region[i].start, LOW_MEMORY_END),
			   max_t(u64, all_ram.region[i].end, LOW_MEMORY_END), nx, global);

	/* Top-level entries are copied into every address space, so all that may ever be used are
	 * there from the start. */
	next_table(&kernel_pgd[IOREMAP_SLOT]);
	if (STACK_AREA_SLOT != IOREMAP_SLOT)
		next_table(&kernel_pgd[STACK_AREA_SLOT]);
	write_cr3(__pa(kernel_pgd));

	bootinfo_give_back(__pa(__boot_tables_start), __pa(__boot_tables_end));
	bootinfo_give_back(KERNEL_LOAD, __pa(__text_start));
}

void arch_mm_ready(void)
{
	early = false;
}

int kernel_map_page(unsigned long va, phys_t pa, u64 flags)
{
	u64 *entry = entry_at(va, 0);

	if (!entry)
		return -ENOMEM;
	*entry = pa | flags | PTE_PRESENT | (cpu_features.nx ? PTE_NX : 0);
	return 0;
}

phys_t kernel_unmap_page(unsigned long va)
{
	u64 *entry = entry_at(va, 0);
	phys_t pa;

	if (!entry || !(*entry & PTE_PRESENT))
		return 0;
	pa = *entry & PTE_ADDR;
	*entry = 0;
	invlpg((void *)va);
	return pa;
}
