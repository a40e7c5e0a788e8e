/* SPDX-License-Identifier: MIT */
/* Named object caches and kmalloc on pages (kernel/mm/slab.c). Book section 3.6. */
#ifndef KERNEL_SLAB_H
#define KERNEL_SLAB_H

#include <kernel/mm.h>

struct kmem_cache;
#define SLAB_HWCACHE_ALIGN 1

/* kmem_cache_create - a cache of objects of @size; panics if it cannot (boot time). @name is kept by reference. */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags, void (*ctor)(void *));
/* kmem_cache_alloc - an object (zeroed with __GFP_ZERO) or NULL. Context: any; in a hard interrupt more often NULL. */
void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp);
#define kmem_cache_zalloc(c, gfp) kmem_cache_alloc(c, (gfp) | __GFP_ZERO)
void kmem_cache_free(struct kmem_cache *c, void *obj);
void kmem_cache_destroy(struct kmem_cache *c);
unsigned int kmem_cache_size(const struct kmem_cache *c);
unsigned long kmem_cache_inuse(const struct kmem_cache *c); /* objects allocated now */

/* kmalloc - up to 4 MiB; NULL on failure. kfree(NULL) is allowed. Context: any. */
void *kmalloc(size_t size, gfp_t gfp);
static inline void *kzalloc(size_t size, gfp_t gfp) { return kmalloc(size, gfp | __GFP_ZERO); }
/* kcalloc - n * size with overflow check. */
void *kcalloc(size_t n, size_t size, gfp_t gfp);
void kfree(const void *p);
/* ksize - usable bytes of a kmalloc'ed block. */
size_t ksize(const void *p);

/* What /proc/slabinfo tells of a cache. */
struct kmem_cache_info {
	const char *name;
	unsigned long inuse, total, slabs, failed; /* objects handed out, objects there are, slabs, requests that got NULL */
	unsigned int object_size, slab_pages, objects_per_slab;
};
/* kmem_cache_for_each - in order of creation. Context: process. */
void kmem_cache_for_each(void (*fn)(const struct kmem_cache_info *info, void *arg), void *arg);

/* kmem_cache_reap - give empty slabs back to the page allocator; pages freed. */
unsigned long kmem_cache_reap(void);
struct seq_file;
int slabinfo_show(struct seq_file *m, void *unused); /* /proc/slabinfo */
void kmem_cache_init(void);

#endif
