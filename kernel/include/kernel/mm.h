/* SPDX-License-Identifier: MIT */
/* Pages: the buddy allocator and struct page (kernel/mm/page_alloc.c). Book chapter 3. */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H

#include <asm/page.h>
#include <kernel/atomic.h>
#include <kernel/list.h>

#define GFP_ATOMIC 0x01u /* may not sleep; may use the reserve */
#define GFP_KERNEL 0x02u
#define __GFP_ZERO 0x10u
#define __GFP_NOWARN 0x20u

#define MAX_ORDER 10 /* blocks of up to 2^10 pages, 4 MiB */

struct kmem_cache;
struct page {
	struct list_head lru; /* free list, slab list; free for the owner otherwise */
	atomic_t _count; /* references; 0: free */
	u8 flags; /* PG_x */
	u8 order; /* of the block, in its first page */
	u16 inuse; /* slab: objects in use */
	struct kmem_cache *slab; /* the cache this slab page belongs to; NULL otherwise */
	void *freelist; /* slab: first free object; else private */
};
#define PG_BUDDY 1
#define PG_SLAB 2
#define PG_RESERVED 4
#define PG_TAIL 8 /* a page of a larger block: get_page, put_page and __free_pages find its head */

/* alloc_pages - 2^order contiguous pages with one reference, or NULL. Context: any. */
struct page *alloc_pages(gfp_t gfp, unsigned int order);
#define alloc_page(gfp) alloc_pages(gfp, 0)
void __free_pages(struct page *page, unsigned int order);
void get_page(struct page *page);
/* put_page - drop a reference; the last one frees the block of which @page is the head. Context: any. */
void put_page(struct page *page);
static inline int page_count(const struct page *p) { return atomic_read(&p->_count); }
void *page_address(const struct page *page);
struct page *virt_to_page(const void *addr);
/* virt_to_head_page - the first page of the block that @addr lies in. */
struct page *virt_to_head_page(const void *addr);
phys_t page_to_phys(const struct page *page);
struct page *phys_to_page(phys_t pa);
#define virt_to_phys(p) __pa(p)
#define phys_to_virt(p) __va(p)
void *__get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(void *addr, unsigned int order);

struct mem_stat {
	u64 total_pages, free_pages, reserved_pages, slab_pages;
	u64 alloc_failed; /* requests that got NULL */
	u64 free_blocks[MAX_ORDER + 1];
};
void mem_stat_read(struct mem_stat *s);
void mm_account_slab(long pages); /* the slab allocator took (or gave back) pages */
void mm_init(void); /* takes bootinfo.ram */

#endif
