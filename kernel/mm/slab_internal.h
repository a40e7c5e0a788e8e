/* SPDX-License-Identifier: MIT */
/* What the slab allocator's files share: the cache's structure and the debug checks around objects. */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include <kernel/slab.h>

#define SLAB_HOT 64 /* room of a cache's stack of free objects */
#define SLAB_KEEP_EMPTY 2 /* empty slabs that a cache keeps */
#define SLAB_MAX_ORDER 3

struct kmem_cache {
	/* what each allocation touches */
	unsigned int nr_hot, hot_max, hot_batch;
	unsigned long inuse; /* objects handed out */
	unsigned int size; /* of an object, as asked for */
	unsigned int stride; /* from one to the next */
	unsigned int link_offset, red_offset; /* of the free list's link, of the red zone, from the object's start */
	void *hot[SLAB_HOT]; /* free objects, the one freed last on top */
	/* what a refill touches */
	struct list_head partial; /* slabs with a free object, the emptiest last */
	unsigned long nr_slabs, failed;
	unsigned int nr_empty, order, per_slab;
	void (*ctor)(void *);
	const char *name;
	struct list_head node; /* in the list of caches */
};

#ifdef CONFIG_SLAB_DEBUG
#define SLAB_CHECKS 1
/* slab_debug_layout - make room for the red zone. */
void slab_debug_layout(struct kmem_cache *c);
/* slab_debug_init, _alloc, _free - an object is made, handed out, given back; panics on what is wrong with it. */
void slab_debug_init(struct kmem_cache *c, void *obj);
void slab_debug_alloc(struct kmem_cache *c, void *obj);
void slab_debug_free(struct kmem_cache *c, void *obj);
#else
#define SLAB_CHECKS 0
static inline void slab_debug_layout(struct kmem_cache *c) {}
static inline void slab_debug_init(struct kmem_cache *c, void *obj) {}
static inline void slab_debug_alloc(struct kmem_cache *c, void *obj) {}
static inline void slab_debug_free(struct kmem_cache *c, void *obj) {}
#endif

void kmalloc_init(void);

#endif
