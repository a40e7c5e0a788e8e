/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator over all usable RAM. Book section 3.5. Memory enters it 4 MiB at a time, when what is there is used
 * up: a machine with much memory starts as fast as one with little, and never touches what it does not use.
 */
#include <asm/kasan.h>
#include <kernel/bitops.h>
#include <kernel/bootinfo.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/spinlock.h>
#include <kernel/string.h>
#include <kernel/time.h>

#define CHUNK_SHIFT MAX_ORDER
#define CHUNK_PAGES (1ul << CHUNK_SHIFT)

/* Small blocks freed last are handed out first, without splitting and merging meanwhile. */
#define HOT_ORDERS 4 /* up to 32 KiB */
#define HOT_MAX(order) ((order) ? 64u : 128u)

static struct page *pages; /* one for each frame below max_pfn; those of unused chunks are never touched */
static unsigned long max_pfn;
static struct boot_region ram[ARRAY_SIZE(bootinfo.ram)]; /* page-aligned, ascending */
static unsigned int nr_ram;
static unsigned long next_chunk; /* chunks below are in the buddy lists */

static spinlock_t mm_lock = SPIN_LOCK_UNLOCKED(LOCK_RANK_MM);
static struct list_head free_list[MAX_ORDER + 1];
static unsigned long free_blocks[MAX_ORDER + 1];
static struct list_head hot_list[HOT_ORDERS];
static unsigned int nr_hot[HOT_ORDERS];
static unsigned long nr_total, nr_buddy_free, nr_hot_pages, nr_deferred, nr_slab, nr_struct_pages, alloc_failed, reserve;

static inline unsigned long page_to_pfn(const struct page *page)
{
	return (unsigned long)(page - pages);
}

static inline struct page *page_head(struct page *page)
{
	return unlikely(page->flags & PG_TAIL) ? page - page->inuse : page;
}

phys_t page_to_phys(const struct page *page)
{
	return (phys_t)page_to_pfn(page) << PAGE_SHIFT;
}

struct page *phys_to_page(phys_t pa)
{
	return pages + (pa >> PAGE_SHIFT);
}

void *page_address(const struct page *page)
{
	return __va(page_to_phys(page));
}

struct page *virt_to_page(const void *addr)
{
	return phys_to_page(__pa(addr));
}

static void link_block(struct page *page, unsigned int order)
{
	page->flags = PG_BUDDY;
	page->order = (u8)order;
	list_add(&page->lru, &free_list[order]);
	free_blocks[order]++;
}

static void unlink_block(struct page *page)
{
	list_del(&page->lru);
	page->flags = 0;
	free_blocks[page->order]--;
}

/* merge_block - put a free block into the lists, joined with its free buddies. Context: mm_lock held. */
static void merge_block(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	nr_buddy_free += 1ul << order;
	for (; order < MAX_ORDER; order++) {
		unsigned long buddy_pfn = pfn ^ (1ul << order);
		struct page *buddy = pages + buddy_pfn;

		if (buddy_pfn >= max_pfn || !(buddy->flags & PG_BUDDY) || buddy->order != order)
			break;
		unlink_block(buddy);
		pfn &= ~(1ul << order);
	}
	link_block(pages + pfn, order);
}

/* free_span - hand a run of initialised pages to the lists in the largest aligned blocks. */
static void free_span(unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		unsigned int order = pfn ? (unsigned int)__builtin_ctzl(pfn) : MAX_ORDER;

		order = min_t(unsigned int, order, MAX_ORDER);
		while ((1ul << order) > end - pfn)
			order--;
		kasan_poison(page_address(pages + pfn), PAGE_SIZE << order);
		merge_block(pages + pfn, order);
		pfn += 1ul << order;
	}
}

/* chunk_has_ram - does a region reach into the chunk? Moves *chunk on to the next one that has some. */
static bool find_chunk(unsigned long *chunk)
{
	unsigned long first = *chunk << CHUNK_SHIFT;
	unsigned int i;

	for (i = 0; i < nr_ram; i++) {
		unsigned long start = ram[i].start >> PAGE_SHIFT, end = ram[i].end >> PAGE_SHIFT;

		if (end <= first)
			continue;
		*chunk = max(start, first) >> CHUNK_SHIFT;
		return true;
	}
	return false;
}

/* add_chunk - initialise the next chunk's struct pages and free its RAM; false when all is in use. Context: mm_lock held. */
static bool add_chunk(void)
{
	unsigned long first, last, pfn, start, end;
	unsigned int i;

	if (!find_chunk(&next_chunk))
		return false;
	first = next_chunk++ << CHUNK_SHIFT;
	last = min(first + CHUNK_PAGES, max_pfn);
	for (pfn = first; pfn < last; pfn++) {
		struct page *page = pages + pfn;

		atomic_set(&page->_count, 0);
		page->flags = PG_RESERVED;
		page->order = 0;
		page->inuse = 0;
		page->slab = NULL;
	}
	for (i = 0; i < nr_ram; i++) {
		start = max(first, (unsigned long)(ram[i].start >> PAGE_SHIFT));
		end = min(last, (unsigned long)(ram[i].end >> PAGE_SHIFT));
		if (start >= end)
			continue;
		nr_deferred -= end - start;
		free_span(start, end);
	}
	return true;
}

/* name_tails - each further page of a block says how far its head is: as long as the block stays in one piece. */
static void name_tails(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 1; i < 1ul << order; i++) {
		page[i].flags = PG_TAIL;
		page[i].inuse = (u16)i;
		page[i].slab = NULL;
	}
}

/* take_block - the smallest block that fits, split down to @order; NULL if there is none. Context: mm_lock held. */
static struct page *take_block(unsigned int order)
{
	unsigned int o;
	struct page *page;

	for (o = order; o <= MAX_ORDER; o++) {
		if (!list_empty(&free_list[o]))
			break;
	}
	if (o > MAX_ORDER)
		return NULL;
	page = list_first_entry(&free_list[o], struct page, lru);
	unlink_block(page);
	nr_buddy_free -= 1ul << order;
	while (o > order) {
		o--;
		link_block(page + (1ul << o), o);
	}
	name_tails(page, order);
	return page;
}

/* hot_add, hot_take - a free block of @order, in one piece. Context: mm_lock held. */
static inline void hot_add(struct page *page, unsigned int order)
{
	list_add(&page->lru, &hot_list[order]);
	nr_hot[order]++;
	nr_hot_pages += 1ul << order;
}

static inline void hot_take(struct page *page, unsigned int order)
{
	list_del(&page->lru);
	nr_hot[order]--;
	nr_hot_pages -= 1ul << order;
}

/* drain_hot - those that were freed first go to the lists until @keep are left. */
static void drain_hot(unsigned int order, unsigned int keep)
{
	struct page *page;

	while (nr_hot[order] > keep) {
		page = list_last_entry(&hot_list[order], struct page, lru);
		hot_take(page, order);
		merge_block(page, order);
	}
}

static inline unsigned long pages_left(void)
{
	return nr_buddy_free + nr_hot_pages + nr_deferred;
}

/* get_block - from wherever there is one. Context: mm_lock held. */
static struct page *get_block(gfp_t gfp, unsigned int order)
{
	struct page *page;
	unsigned int o;

	if (unlikely(!(gfp & GFP_ATOMIC) && pages_left() < reserve + (1ul << order)))
		return NULL;
	if (order < HOT_ORDERS && nr_hot[order]) {
		page = list_first_entry(&hot_list[order], struct page, lru);
		hot_take(page, order);
		return page;
	}
	for (;;) {
		page = take_block(order);
		if (page)
			return page;
		if (add_chunk())
			continue;
		if (!nr_hot_pages)
			return NULL;
		for (o = 0; o < HOT_ORDERS; o++)
			drain_hot(o, 0);
	}
}

/* own_block - mark a block as handed out, with one reference. */
static void own_block(struct page *page, unsigned int order)
{
	page->flags = 0;
	page->order = (u8)order;
	page->inuse = 0;
	page->slab = NULL;
	page->freelist = NULL;
	atomic_set(&page->_count, 1);
}

static void complain(unsigned int order)
{
	static unsigned long last;
	unsigned long now = jiffies;

	if (last && time_before(now, last + 5 * HZ))
		return;
	last = now;
	pr_warn("mm: no block of %lu KiB: %lu of %lu KiB free\n", (PAGE_SIZE << order) >> 10,
		pages_left() << (PAGE_SHIFT - 10), nr_total << (PAGE_SHIFT - 10));
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	unsigned long flags;
	struct page *page = NULL;
	int tries;

	if (WARN_ON_ONCE(order > MAX_ORDER) || arch_alloc_should_fail())
		goto fail;
	for (tries = 0; !page && tries < 2; tries++) {
		if (tries && !kmem_cache_reap())
			break;
		spin_lock_irqsave(&mm_lock, flags);
		page = get_block(gfp, order);
		spin_unlock_irqrestore(&mm_lock, flags);
	}
	if (unlikely(!page)) {
		if (!(gfp & __GFP_NOWARN))
			complain(order);
		goto fail;
	}
	own_block(page, order);
	kasan_unpoison(page_address(page), PAGE_SIZE << order);
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	return page;
fail:
	alloc_failed++;
	return NULL;
}

static noinline void free_block(struct page *page, unsigned int order)
{
	unsigned long flags;

	BUG_ON(page->flags & (PG_BUDDY | PG_RESERVED | PG_TAIL));
	kasan_poison(page_address(page), PAGE_SIZE << order);
	spin_lock_irqsave(&mm_lock, flags);
	if (order < HOT_ORDERS) {
		hot_add(page, order);
		if (nr_hot[order] > HOT_MAX(order))
			drain_hot(order, HOT_MAX(order) / 2);
	} else {
		merge_block(page, order);
	}
	spin_unlock_irqrestore(&mm_lock, flags);
}

void __free_pages(struct page *page, unsigned int order)
{
	page = page_head(page);
	BUG_ON(page->order != order);
	put_page(page);
}

void get_page(struct page *page)
{
	page = page_head(page);
	WARN_ON_ONCE(page_count(page) <= 0);
	atomic_inc(&page->_count);
}

void put_page(struct page *page)
{
	page = page_head(page);
	BUG_ON(page_count(page) <= 0); /* freed already */
	if (atomic_dec_and_test(&page->_count))
		free_block(page, page->order);
}

void *__get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? page_address(page) : NULL;
}

void free_pages(void *addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page(addr), order);
}

struct page *virt_to_head_page(const void *addr)
{
	return page_head(virt_to_page(addr));
}

void mm_account_slab(long n)
{
	nr_slab += (unsigned long)n;
}

void mem_stat_read(struct mem_stat *s)
{
	unsigned int o;

	s->total_pages = nr_total;
	s->free_pages = pages_left();
	s->reserved_pages = nr_struct_pages;
	s->slab_pages = nr_slab;
	s->alloc_failed = alloc_failed;
	for (o = 0; o <= MAX_ORDER; o++)
		s->free_blocks[o] = free_blocks[o];
}

/* take_regions - copy the boot regions, page-aligned and in ascending order. */
static void take_regions(void)
{
	unsigned int i, j;

	for (i = 0; i < bootinfo.nr_ram; i++) {
		struct boot_region r = bootinfo.ram[i];

		r.start = ALIGN(r.start, PAGE_SIZE);
		r.end = ALIGN_DOWN(r.end, PAGE_SIZE);
		if (r.start >= r.end)
			continue;
		for (j = nr_ram; j && ram[j - 1].start > r.start; j--)
			ram[j] = ram[j - 1];
		ram[j] = r;
		nr_ram++;
	}
	if (!nr_ram)
		panic("mm: no usable memory");
	max_pfn = ram[nr_ram - 1].end >> PAGE_SHIFT;
}

/* place_struct_pages - cut the array out of the first region behind the first MiB that can hold it. */
static void place_struct_pages(void)
{
	u64 need = ALIGN(max_pfn * sizeof(struct page), PAGE_SIZE);
	unsigned int i;

	for (i = 0; i < nr_ram; i++) {
		if (ram[i].start < (1u << 20) && nr_ram > 1)
			continue;
		if (ram[i].end - ram[i].start <= need)
			continue;
		pages = __va(ram[i].start);
		ram[i].start += need;
		nr_struct_pages = need >> PAGE_SHIFT;
		return;
	}
	panic("mm: no room for %llu KiB of page structures", need >> 10);
}

void mm_init(void)
{
	unsigned int i;

	for (i = 0; i <= MAX_ORDER; i++)
		INIT_LIST_HEAD(&free_list[i]);
	for (i = 0; i < HOT_ORDERS; i++)
		INIT_LIST_HEAD(&hot_list[i]);
	take_regions();
	for (i = 0; i < nr_ram; i++)
		nr_total += (ram[i].end - ram[i].start) >> PAGE_SHIFT;
	place_struct_pages();
	for (i = 0; i < nr_ram; i++)
		nr_deferred += (ram[i].end - ram[i].start) >> PAGE_SHIFT;
	reserve = clamp(nr_total / 128, 16ul, 256ul);
}
