/* SPDX-License-Identifier: MIT */
/* kmalloc: caches of fixed sizes, and whole pages beyond them. Book section 3.6.4. */
#include <asm/kasan.h>
#include <kernel/bitops.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "slab_internal.h"

#define KMALLOC_MAX_CACHED 8192

static const struct {
	unsigned int size;
	const char *name;
} classes[] = {
	{ 32, "kmalloc-32" }, { 64, "kmalloc-64" }, { 96, "kmalloc-96" }, { 128, "kmalloc-128" },
	{ 192, "kmalloc-192" }, { 256, "kmalloc-256" }, { 384, "kmalloc-384" }, { 512, "kmalloc-512" },
	{ 768, "kmalloc-768" }, { 1024, "kmalloc-1k" }, { 2048, "kmalloc-2k" }, { 4096, "kmalloc-4k" },
	{ 8192, "kmalloc-8k" },
};

static struct kmem_cache *kmalloc_caches[ARRAY_SIZE(classes)];
static u8 class_of[1024 / 32 + 1]; /* by size in steps of 32, for the small ones */

static struct kmem_cache *cache_for(size_t size)
{
	if (size <= 1024)
		return kmalloc_caches[class_of[(size + 31) / 32]];
	return kmalloc_caches[ARRAY_SIZE(classes) - (size > 4096 ? 1 : size > 2048 ? 2 : 3)];
}

/* alloc_large - whole pages; page->freelist holds the size asked for. */
static void *alloc_large(size_t size, gfp_t gfp)
{
	unsigned int order = (unsigned int)ilog2(roundup_pow_of_two(DIV_ROUND_UP(size, PAGE_SIZE)));
	struct page *page;

	if (size > (PAGE_SIZE << MAX_ORDER))
		return NULL;
	page = alloc_pages(gfp, order);
	if (!page)
		return NULL;
	page->freelist = (void *)size;
	kasan_poison((char *)page_address(page) + size, (PAGE_SIZE << order) - size);
	return page_address(page);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	struct kmem_cache *c;
	void *p;

	if (unlikely(size > KMALLOC_MAX_CACHED))
		return alloc_large(size, gfp);
	c = cache_for(size);
	p = kmem_cache_alloc(c, gfp);
	if (KASAN_ENABLED && p)
		kasan_poison((char *)p + size, c->size - size);
	return p;
}

void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kzalloc(bytes, gfp);
}

void kfree(const void *p)
{
	struct page *page;

	if (!p)
		return;
	page = virt_to_head_page(p);
	if (likely(page->flags & PG_SLAB)) {
		kmem_cache_free(page->slab, (void *)p);
		return;
	}
	BUG_ON(p != page_address(page));
	__free_pages(page, page->order);
}

size_t ksize(const void *p)
{
	struct page *page;
	size_t n;

	if (!p)
		return 0;
	page = virt_to_head_page(p);
	n = page->flags & PG_SLAB ? page->slab->size : PAGE_SIZE << page->order;
	kasan_unpoison(p, n);
	return n;
}

void kmalloc_init(void)
{
	unsigned int i, size;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		size = classes[i].size;
		kmalloc_caches[i] = kmem_cache_create(classes[i].name, size, size >= 64 && is_power_of_2(size) ? 64 : 32, 0, NULL);
	}
	for (size = 0, i = 0; size <= 1024; size += 32) {
		while (classes[i].size < size)
			i++;
		class_of[size / 32] = (u8)i;
	}
}
