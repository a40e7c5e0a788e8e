/* SPDX-License-Identifier: MIT */
/* Checks around slab objects for debug builds: a red zone behind each, a pattern in free ones, freeing twice. */
#include <asm/kasan.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#include "slab_internal.h"

#ifdef CONFIG_SLAB_DEBUG

#define RED_FREE 0xbbbbbbbbbbbbbbbbull
#define RED_USED 0xccccccccccccccccull
#define POISON_FREE 0x6b

void slab_debug_layout(struct kmem_cache *c)
{
	c->red_offset = (unsigned int)ALIGN(c->stride, sizeof(u64));
	c->stride = c->red_offset + (unsigned int)sizeof(u64);
	if (!c->ctor) { /* the pattern fills the object, so that the link needs a place of its own */
		c->link_offset = c->stride;
		c->stride += (unsigned int)sizeof(void *);
	}
}

__no_kasan static noinline u64 get_red(const struct kmem_cache *c, const void *obj)
{
	return *(const u64 *)((const char *)obj + c->red_offset);
}

__no_kasan static noinline void set_red(const struct kmem_cache *c, void *obj, u64 v)
{
	*(u64 *)((char *)obj + c->red_offset) = v;
}

void slab_debug_init(struct kmem_cache *c, void *obj)
{
	if (!c->ctor)
		memset(obj, POISON_FREE, c->size);
	set_red(c, obj, RED_FREE);
}

void slab_debug_alloc(struct kmem_cache *c, void *obj)
{
	const u8 *p = obj;
	unsigned int i;

	if (get_red(c, obj) != RED_FREE)
		panic("slab %s: the red zone of free object %p is overwritten", c->name, obj);
	for (i = 0; !c->ctor && i < c->size; i++) {
		if (p[i] != POISON_FREE)
			panic("slab %s: free object %p was written at offset %u", c->name, obj, i);
	}
	set_red(c, obj, RED_USED);
}

void slab_debug_free(struct kmem_cache *c, void *obj)
{
	u64 red = get_red(c, obj);

	if (red == RED_FREE)
		panic("slab %s: %p is freed twice", c->name, obj);
	if (red != RED_USED)
		panic("slab %s: what lies behind %p is overwritten", c->name, obj);
	kasan_unpoison(obj, c->size);
	if (!c->ctor)
		memset(obj, POISON_FREE, c->size);
	set_red(c, obj, RED_FREE);
}

#endif
