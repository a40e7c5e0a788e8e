/* SPDX-License-Identifier: MIT */
/* Mappings of device registers: a short ordered list of ranges in their own area, first fit. */

#include <asm/io.h>
#include <asm/irqflags.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define MAX_MAPPINGS 64
#define IOREMAP_SIZE (1ul << 38)

static struct io_mapping {
	unsigned long start, end; /* with a page of nothing behind it */
} mappings[MAX_MAPPINGS];
static unsigned int nr_mappings;

/* Finds room for @size bytes and enters it into the list, which is in order of addresses; 0 if
 * there is none. */
static unsigned long reserve(size_t size)
{
	unsigned long at = IOREMAP_BASE;
	unsigned int i;

	if (nr_mappings == MAX_MAPPINGS)
		return 0;
	for (i = 0; i < nr_mappings && mappings[i].start - at < size; i++)
		at = mappings[i].end;
	if (i == nr_mappings && IOREMAP_BASE + IOREMAP_SIZE - at < size)
		return 0;
	memmove(&mappings[i + 1], &mappings[i], (nr_mappings - i) * sizeof(mappings[0]));
	mappings[i] = (struct io_mapping){ at, at + size };
	nr_mappings++;
	return at;
}

static void release(unsigned int i)
{
	unsigned long va;

	for (va = mappings[i].start; va < mappings[i].end; va += PAGE_SIZE)
		kernel_unmap_page(va);
	nr_mappings--;
	memmove(&mappings[i], &mappings[i + 1], (nr_mappings - i) * sizeof(mappings[0]));
}

static int find(unsigned long va)
{
	unsigned int i;

	for (i = 0; i < nr_mappings; i++)
		if (mappings[i].start == va)
			return (int)i;
	return -1;
}

void *ioremap(phys_t pa, size_t size)
{
	unsigned long offset = pa & ~PAGE_MASK, va, flags;
	size_t mapped, done;

	if (!size || size > IOREMAP_SIZE / 2 || pa + size < pa ||
	    ((pa + size - 1) & ~(PTE_ADDR | ~PAGE_MASK)))
		return NULL;
	mapped = ALIGN(offset + size, PAGE_SIZE);
	flags = arch_irq_save();
	va = reserve(mapped + PAGE_SIZE);
	for (done = 0; va && done < mapped; done += PAGE_SIZE) {
		if (kernel_map_page(va + done, (pa & PAGE_MASK) + done,
				    PTE_WRITE | PTE_PCD | PTE_PWT)) {
			release((unsigned int)find(va));
			va = 0;
		}
	}
	arch_irq_restore(flags);
	return va ? (void *)(va + offset) : NULL;
}

void iounmap(void *addr)
{
	unsigned long flags = arch_irq_save();
	int i = find((unsigned long)addr & PAGE_MASK);

	if (i >= 0)
		release((unsigned int)i);
	arch_irq_restore(flags);
}
