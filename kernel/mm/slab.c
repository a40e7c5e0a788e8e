/* SPDX-License-Identifier: MIT */
/*
 * Object caches: slabs of equal objects, and before them a short stack of free ones for the common case. Book section 3.6.
 *
 * A free object is either in its cache's stack (the hot ones) or in its slab's list, linked through the object itself. In
 * sanitizer builds objects keep their distance, and the stack is a queue, so that what was freed stays poisoned for long.
 */
#include <asm/kasan.h>
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/spinlock.h>
#include <kernel/string.h>

#include "slab_internal.h"

static spinlock_t slab_lock = SPIN_LOCK_UNLOCKED(LOCK_RANK_MM);
static struct list_head caches = LIST_HEAD_INIT(caches);
static struct kmem_cache cache_cache;

/* In a slab's list the link lies where a constructor's work cannot be hurt by it. */
__no_kasan static noinline void *get_link(const struct kmem_cache *c, const void *obj)
{
	return *(void *const *)((const char *)obj + c->link_offset);
}

__no_kasan static noinline void set_link(const struct kmem_cache *c, void *obj, void *next)
{
	*(void **)((char *)obj + c->link_offset) = next;
}

static inline unsigned int objects_per_slab(const struct kmem_cache *c)
{
	return c->per_slab;
}

/* new_slab - a slab with all objects free; not yet in a list. Context: slab_lock not held. */
static struct page *new_slab(struct kmem_cache *c, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp & ~__GFP_ZERO, c->order);
	char *base;
	unsigned int i;

	if (!page)
		return NULL;
	base = page_address(page);
	page->flags |= PG_SLAB;
	page->slab = c;
	page->inuse = 0;
	page->freelist = NULL;
	for (i = c->per_slab; i-- > 0;) {
		void *obj = base + i * c->stride;

		if (c->ctor)
			c->ctor(obj);
		slab_debug_init(c, obj);
		set_link(c, obj, page->freelist);
		page->freelist = obj;
	}
	kasan_poison(base, PAGE_SIZE << c->order);
	mm_account_slab(1l << c->order);
	return page;
}

static void destroy_slab(struct kmem_cache *c, struct page *page)
{
	page->flags &= (u8)~PG_SLAB;
	page->slab = NULL;
	mm_account_slab(-(1l << c->order));
	__free_pages(page, c->order);
}

/* slab_take - pop an object off a slab; a slab that is used up leaves the list. Context: slab_lock held. */
static void *slab_take(struct kmem_cache *c, struct page *page)
{
	void *obj = page->freelist;

	if (page->inuse++ == 0)
		c->nr_empty--;
	page->freelist = get_link(c, obj);
	if (!page->freelist)
		list_del(&page->lru);
	return obj;
}

/* slab_give - put an object back; returns a slab to destroy when there are empty ones enough. Context: slab_lock held. */
static struct page *slab_give(struct kmem_cache *c, void *obj)
{
	struct page *page = virt_to_head_page(obj);

	if (!page->freelist)
		list_add(&page->lru, &c->partial);
	set_link(c, obj, page->freelist);
	page->freelist = obj;
	if (--page->inuse)
		return NULL;
	if (c->nr_empty >= SLAB_KEEP_EMPTY) {
		list_del(&page->lru);
		c->nr_slabs--;
		return page;
	}
	c->nr_empty++;
	list_move_tail(&page->lru, &c->partial); /* the fuller ones are used first */
	return NULL;
}

/* Interrupt handlers hardly ever come here: softirqs are held off, which costs little, and a handler that breaks in stands back. */
static bool slab_busy;
static void *deferred; /* objects that handlers freed meanwhile, linked as in a slab */

static inline void slab_enter(void)
{
	spin_lock_bh(&slab_lock);
	WRITE_ONCE(slab_busy, true);
	barrier();
}

static inline void slab_leave(void)
{
	barrier();
	WRITE_ONCE(slab_busy, false);
	spin_unlock_bh(&slab_lock);
}

static inline bool must_stand_back(void)
{
	return unlikely(in_irq()) && READ_ONCE(slab_busy);
}

/* pop_hot - the object freed last; under a sanitizer the one freed first. */
static inline void *pop_hot(struct kmem_cache *c)
{
	void *obj = c->hot[0];

	c->nr_hot--;
	if (!KASAN_ENABLED)
		return c->hot[c->nr_hot];
	memmove(c->hot, c->hot + 1, c->nr_hot * sizeof(c->hot[0]));
	return obj;
}

/* refill - objects from slabs into the stack: at least one, or false. Context: slab_lock held; drops it meanwhile. */
static noinline bool refill(struct kmem_cache *c, gfp_t gfp)
{
	struct page *page;

	if (list_empty(&c->partial)) {
		slab_leave();
		page = new_slab(c, gfp);
		slab_enter();
		if (page) {
			list_add(&page->lru, &c->partial);
			c->nr_slabs++;
			c->nr_empty++;
		}
	}
	while (c->nr_hot < c->hot_batch && !list_empty(&c->partial))
		c->hot[c->nr_hot++] = slab_take(c, list_first_entry(&c->partial, struct page, lru));
	return c->nr_hot != 0;
}

/* drain - the @n objects that were freed longest ago go back; slabs to destroy go to @doomed. Context: slab_lock held. */
static noinline void drain(struct kmem_cache *c, unsigned int n, struct list_head *doomed)
{
	struct page *page;
	unsigned int i;

	for (i = 0; i < n; i++) {
		page = slab_give(c, c->hot[i]);
		if (page)
			list_add(&page->lru, doomed);
	}
	c->nr_hot -= n;
	memmove(c->hot, c->hot + n, c->nr_hot * sizeof(c->hot[0]));
}

static noinline unsigned long destroy_slabs(struct kmem_cache *c, struct list_head *doomed)
{
	struct page *page, *next;
	unsigned long freed = 0;

	list_for_each_entry_safe(page, next, doomed, lru) {
		list_del(&page->lru);
		destroy_slab(c, page);
		freed += 1ul << c->order;
	}
	return freed;
}

/* alloc_cold - an object where the stack is empty. Context: slab_lock held; drops it. */
static noinline void *alloc_cold(struct kmem_cache *c, gfp_t gfp)
{
	void *obj = NULL;

	if (refill(c, gfp)) {
		obj = pop_hot(c);
		c->inuse++;
	} else {
		c->failed++;
	}
	slab_leave();
	return obj;
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	void *obj;

	if (unlikely(arch_alloc_should_fail()) || must_stand_back()) {
		c->failed++;
		return NULL;
	}
	slab_enter();
	if (likely(c->nr_hot)) {
		obj = pop_hot(c);
		c->inuse++;
		slab_leave();
	} else {
		obj = alloc_cold(c, gfp);
		if (!obj)
			return NULL;
	}
	kasan_unpoison(obj, c->size);
	slab_debug_alloc(c, obj);
	if (gfp & __GFP_ZERO)
		memset(obj, 0, c->size);
	return obj;
}

/* check_object - is @obj the start of an object of @c? */
static void check_object(const struct kmem_cache *c, const void *obj, const struct page *page)
{
	size_t offset = (size_t)((const char *)obj - (const char *)page_address(page));

	if (unlikely(page->slab != c || offset % c->stride || offset / c->stride >= c->per_slab))
		panic("slab %s: %p is none of its objects", c->name, obj);
}

/* shed - make room in a stack that is full. Context: slab_lock held; drops it meanwhile. */
static noinline void shed(struct kmem_cache *c)
{
	struct list_head doomed = LIST_HEAD_INIT(doomed);

	drain(c, c->hot_max - c->hot_batch, &doomed);
	slab_leave();
	destroy_slabs(c, &doomed);
	slab_enter();
}

static noinline void __noreturn freed_twice(const struct kmem_cache *c, const void *obj)
{
	panic("slab %s: %p is freed twice", c->name, obj);
}

/* free_to_full - @obj into a stack that has no room yet. */
static noinline void free_to_full(struct kmem_cache *c, void *obj)
{
	slab_enter();
	while (c->nr_hot >= c->hot_max)
		shed(c);
	c->inuse--;
	c->hot[c->nr_hot++] = obj;
	slab_leave();
}

/* free_object - @obj, all checks done, into its cache's stack. */
static inline void free_object(struct kmem_cache *c, void *obj)
{
	slab_enter();
	if (unlikely(c->nr_hot && c->hot[c->nr_hot - 1] == obj))
		freed_twice(c, obj);
	if (unlikely(c->nr_hot >= c->hot_max)) {
		slab_leave();
		free_to_full(c, obj);
		return;
	}
	c->inuse--;
	c->hot[c->nr_hot++] = obj;
	slab_leave();
}

/* free_deferred - what interrupt handlers could not free themselves. */
static noinline void free_deferred(void)
{
	struct kmem_cache *c;
	unsigned long flags;
	void *obj, *next;

	local_irq_save(flags);
	obj = deferred;
	deferred = NULL;
	local_irq_restore(flags);
	for (; obj; obj = next) {
		c = virt_to_head_page(obj)->slab;
		next = get_link(c, obj);
		free_object(c, obj);
	}
}

void kmem_cache_free(struct kmem_cache *c, void *obj)
{
	if (!obj)
		return;
	if (SLAB_CHECKS)
		check_object(c, obj, virt_to_head_page(obj));
	slab_debug_free(c, obj);
	kasan_poison(obj, c->size);
	if (must_stand_back()) {
		set_link(c, obj, deferred);
		deferred = obj;
		return;
	}
	free_object(c, obj);
	if (unlikely(READ_ONCE(deferred)))
		free_deferred();
}

/* size_slabs - choose the slab's order: little waste, and a handful of objects. */
static void size_slabs(struct kmem_cache *c)
{
	while (c->order < SLAB_MAX_ORDER &&
	       ((PAGE_SIZE << c->order) < 4 * c->stride || (PAGE_SIZE << c->order) % c->stride > (PAGE_SIZE << c->order) / 8))
		c->order++;
	while ((PAGE_SIZE << c->order) < c->stride)
		c->order++;
	c->per_slab = (unsigned int)((PAGE_SIZE << c->order) / c->stride);
	c->hot_max = (unsigned int)clamp((64ul << 10) / c->stride, 4ul, (unsigned long)SLAB_HOT);
	c->hot_batch = c->hot_max / 2;
}

static void setup_cache(struct kmem_cache *c, const char *name, size_t size, size_t align, void (*ctor)(void *))
{
	c->name = name;
	c->size = (unsigned int)size;
	c->ctor = ctor;
	align = max_t(size_t, align, sizeof(void *));
	c->stride = (unsigned int)size;
	if (ctor) {
		c->link_offset = (unsigned int)ALIGN(size, sizeof(void *));
		c->stride = c->link_offset + (unsigned int)sizeof(void *);
	}
	slab_debug_layout(c);
	c->stride = (unsigned int)ALIGN(c->stride + (KASAN_ENABLED ? 16 : 0), align);
	size_slabs(c);
	INIT_LIST_HEAD(&c->partial);
	slab_enter();
	list_add_tail(&c->node, &caches);
	slab_leave();
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags, void (*ctor)(void *))
{
	struct kmem_cache *c = kmem_cache_zalloc(&cache_cache, GFP_ATOMIC);

	if (!c || !size || size > (PAGE_SIZE << SLAB_MAX_ORDER) || (align & (align - 1)))
		panic("slab: cannot create cache %s of %zu-byte objects", name, size);
	if (flags & SLAB_HWCACHE_ALIGN)
		align = max_t(size_t, align, 64);
	setup_cache(c, name, size, align, ctor);
	return c;
}

/* flush - give back every free object of @c, then every empty slab; pages freed. */
static unsigned long flush(struct kmem_cache *c)
{
	struct list_head doomed = LIST_HEAD_INIT(doomed);
	struct page *page, *next;

	slab_enter();
	drain(c, c->nr_hot, &doomed);
	list_for_each_entry_safe(page, next, &c->partial, lru) {
		if (page->inuse)
			continue;
		list_move(&page->lru, &doomed);
		c->nr_empty--;
		c->nr_slabs--;
	}
	slab_leave();
	return destroy_slabs(c, &doomed);
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	if (!c)
		return;
	if (c->inuse)
		pr_err("slab %s: destroyed with %lu objects in use\n", c->name, c->inuse);
	if (WARN_ON(c->inuse))
		return;
	flush(c);
	slab_enter();
	list_del(&c->node);
	slab_leave();
	kmem_cache_free(&cache_cache, c);
}

unsigned int kmem_cache_size(const struct kmem_cache *c)
{
	return c->size;
}

unsigned long kmem_cache_inuse(const struct kmem_cache *c)
{
	return c->inuse;
}

unsigned long kmem_cache_reap(void)
{
	unsigned long freed = 0;
	struct kmem_cache *c;

	if (must_stand_back())
		return 0;
	list_for_each_entry(c, &caches, node)
		freed += flush(c);
	return freed;
}

void kmem_cache_for_each(void (*fn)(const struct kmem_cache_info *info, void *arg), void *arg)
{
	struct kmem_cache *c;

	list_for_each_entry(c, &caches, node) {
		struct kmem_cache_info info = {
			.name = c->name,
			.inuse = c->inuse,
			.total = c->nr_slabs * objects_per_slab(c),
			.slabs = c->nr_slabs,
			.failed = c->failed,
			.object_size = c->size,
			.slab_pages = 1u << c->order,
			.objects_per_slab = objects_per_slab(c),
		};

		fn(&info, arg);
	}
}

void kmem_cache_init(void)
{
	setup_cache(&cache_cache, "kmem_cache", sizeof(struct kmem_cache), 64, NULL);
	kmalloc_init();
}
