/* SPDX-License-Identifier: MIT */
/* Tests of the buddy allocator, the slab caches and kmalloc, to exhaustion and back. */
#include <kernel/mm.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "unit.h"

static u64 free_now(void)
{
	struct mem_stat s;

	kmem_cache_reap();
	mem_stat_read(&s);
	return s.free_pages;
}

static void buddy_gives_back_all_it_took(void **state)
{
	static struct page *held[2000];
	static unsigned int orders[2000];
	u64 before = free_now();
	unsigned int round, i;

	for (round = 0; round < 20000; round++) {
		i = get_random_below(ARRAY_SIZE(held));
		if (held[i]) {
			__free_pages(held[i], orders[i]);
			held[i] = NULL;
		} else {
			orders[i] = get_random_below(4) ? 0 : get_random_below(6);
			held[i] = alloc_pages(GFP_KERNEL | __GFP_NOWARN, orders[i]);
			if (held[i])
				assert_int_equal(page_to_phys(held[i]) & ((PAGE_SIZE << orders[i]) - 1), 0);
		}
	}
	for (i = 0; i < ARRAY_SIZE(held); i++) {
		if (held[i])
			put_page(held[i]);
		held[i] = NULL;
	}
	assert_int_equal(free_now(), before);
}

static void buddy_blocks_do_not_overlap(void **state)
{
	static struct page *held[64];
	unsigned int i;
	u32 *p;

	for (i = 0; i < ARRAY_SIZE(held); i++) {
		held[i] = alloc_pages(GFP_KERNEL, i % 5);
		p = page_address(held[i]);
		p[0] = p[(PAGE_SIZE << (i % 5)) / 4 - 1] = i;
	}
	for (i = 0; i < ARRAY_SIZE(held); i++) {
		p = page_address(held[i]);
		assert_int_equal(p[0], i);
		assert_int_equal(p[(PAGE_SIZE << (i % 5)) / 4 - 1], i);
		put_page(held[i]);
	}
}

static void buddy_merges_up_to_the_largest_block(void **state)
{
	static struct page *held[1024];
	struct page *big;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = alloc_page(GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(held); i++)
		put_page(held[(i * 37) % ARRAY_SIZE(held)]);
	big = alloc_pages(GFP_KERNEL, MAX_ORDER);
	assert_non_null(big);
	put_page(big);
}

static void tail_pages_count_for_their_block(void **state)
{
	struct page *head = alloc_pages(GFP_KERNEL, 3), *tail = head + 5;

	assert_ptr_equal(virt_to_head_page((char *)page_address(head) + 5 * PAGE_SIZE + 7), head);
	get_page(tail);
	assert_int_equal(page_count(head), 2);
	put_page(head);
	put_page(tail);
	assert_int_equal(page_count(head), 0);
}

/* Up to 32 KiB: of each size the one freed last, whatever was freed after it in other sizes. */
static void blocks_freed_last_are_handed_out_first(void **state)
{
	struct page *held[4][2];
	unsigned int order;

	for (order = 0; order < 4; order++) {
		held[order][0] = alloc_pages(GFP_KERNEL, order);
		held[order][1] = alloc_pages(GFP_KERNEL, order);
	}
	for (order = 0; order < 4; order++) {
		put_page(held[order][0]);
		put_page(held[order][1]);
	}
	for (order = 0; order < 4; order++) {
		assert_ptr_equal(alloc_pages(GFP_KERNEL, order), held[order][1]);
		assert_ptr_equal(alloc_pages(GFP_KERNEL, order), held[order][0]);
		assert_int_equal(held[order][0]->order, order);
		assert_int_equal(page_count(held[order][0]), 1);
		if (order) /* their further pages still say where their head is */
			assert_ptr_equal(virt_to_head_page((u8 *)page_address(held[order][0]) + PAGE_SIZE),
					 held[order][0]);
	}
	for (order = 0; order < 4; order++) {
		__free_pages(held[order][0], order);
		__free_pages(held[order][1], order);
	}
}

/* What is kept back whole is bounded, and given up for a larger block or for the last page. */
static void blocks_kept_whole_are_given_up_when_others_need_them(void **state)
{
	static struct page *held[32768], *big[1024]; /* the machine has fewer */
	unsigned int n = 0, nr_big = 0, i;
	u64 before = free_now();

	while (n < ARRAY_SIZE(held) && (held[n] = alloc_pages(GFP_ATOMIC | __GFP_NOWARN, 3)) != NULL)
		n++;
	assert_in_range(n, 64, ARRAY_SIZE(held) - 1); /* all there is */
	for (i = 0; i < n; i++)
		put_page(held[i]);
	while (nr_big < ARRAY_SIZE(big) &&
	       (big[nr_big] = alloc_pages(GFP_ATOMIC | __GFP_NOWARN, MAX_ORDER)) != NULL)
		nr_big++;
	assert_true(nr_big > 0 && nr_big < ARRAY_SIZE(big));
	for (i = 0; i < nr_big; i++)
		put_page(big[i]);
	assert_int_equal(free_now(), before);
}

static void reserve_is_left_for_atomic_requests(void **state)
{
	struct list_head all;
	struct page *p, *next;
	u64 before = free_now();

	INIT_LIST_HEAD(&all);
	while ((p = alloc_page(GFP_KERNEL | __GFP_NOWARN)) != NULL)
		list_add(&p->lru, &all);
	p = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
	assert_non_null(p);
	put_page(p);
	assert_null(kmalloc(100000, GFP_KERNEL | __GFP_NOWARN));
	list_for_each_entry_safe(p, next, &all, lru)
		put_page(p);
	assert_int_equal(free_now(), before);
}

static void slab_objects_are_apart_aligned_and_counted(void **state)
{
	struct kmem_cache *c = kmem_cache_create("test", 72, 32, 0, NULL);
	static u8 *held[1000];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(held); i++) {
		held[i] = kmem_cache_zalloc(c, GFP_KERNEL);
		assert_int_equal((unsigned long)held[i] % 32, 0);
		assert_int_equal(held[i][0] | held[i][71], 0);
		memset(held[i], (int)i, 72);
	}
	assert_int_equal(kmem_cache_inuse(c), 1000);
	for (i = 0; i < ARRAY_SIZE(held); i++)
		assert_int_equal(held[i][71], (u8)i);
	for (i = 0; i < ARRAY_SIZE(held); i++)
		kmem_cache_free(c, held[(i * 7) % 1000]);
	assert_int_equal(kmem_cache_inuse(c), 0);
	assert_int_equal(kmem_cache_size(c), 72);
	kmem_cache_destroy(c);
}

static unsigned int constructed;

static void construct(void *obj)
{
	*(u32 *)obj = 0x1234;
	constructed++;
}

static void slab_constructor_runs_once_an_object(void **state)
{
	struct kmem_cache *c = kmem_cache_create("test-ctor", 40, 0, 0, construct);
	unsigned int i;
	u32 *p;

	for (i = 0; i < 1000; i++) {
		p = kmem_cache_alloc(c, GFP_KERNEL);
		assert_int_equal(*p, 0x1234);
		kmem_cache_free(c, p);
	}
	assert_true(constructed < 1000);
	kmem_cache_destroy(c);
}

static void kmalloc_serves_every_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 31, 32, 33, 96, 97, 500, 1024, 1025, 4097, 8192, 8193, 70000, 1 << 20, 4 << 20 };
	u64 before = free_now();
	unsigned int i;
	u8 *p;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = kmalloc(sizes[i], GFP_KERNEL);
		assert_non_null(p);
		memset(p, 0xee, sizes[i]);
		assert_true(ksize(p) >= sizes[i]);
		memset(p, 0xdd, ksize(p));
		kfree(p);
		p = kzalloc(sizes[i], GFP_KERNEL);
		assert_true(!sizes[i] || (!p[0] && !p[sizes[i] - 1]));
		kfree(p);
	}
	kfree(NULL);
	assert_null(kmalloc((4 << 20) + 1, GFP_KERNEL));
	assert_null(kcalloc(1ul << 33, 1ul << 33, GFP_KERNEL));
	assert_int_equal(free_now(), before);
}

static void failures_on_request_are_failures(void **state)
{
	void *p;

	kfree(kmalloc(64, GFP_KERNEL)); /* so that no slab has to be made, whose pages count as well */
	hosted_fail_alloc(2, 0, 0);
	p = kmalloc(64, GFP_KERNEL);
	assert_non_null(p);
	assert_null(kmalloc(64, GFP_KERNEL));
	kfree(p);
	p = kmalloc(64, GFP_KERNEL);
	assert_non_null(p);
	kfree(p);
	hosted_fail_alloc(0, 1000000, 1);
	assert_null(alloc_page(GFP_ATOMIC | __GFP_NOWARN));
	hosted_fail_alloc(0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buddy_gives_back_all_it_took),
		cmocka_unit_test(buddy_blocks_do_not_overlap),
		cmocka_unit_test(buddy_merges_up_to_the_largest_block),
		cmocka_unit_test(tail_pages_count_for_their_block),
		cmocka_unit_test(blocks_freed_last_are_handed_out_first),
		cmocka_unit_test(blocks_kept_whole_are_given_up_when_others_need_them),
		cmocka_unit_test(reserve_is_left_for_atomic_requests),
		cmocka_unit_test(slab_objects_are_apart_aligned_and_counted),
		cmocka_unit_test(slab_constructor_runs_once_an_object),
		cmocka_unit_test(kmalloc_serves_every_size),
		cmocka_unit_test(failures_on_request_are_failures),
	};

	return RUN_TESTS("mm", tests);
}
