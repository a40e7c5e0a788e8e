/* SPDX-License-Identifier: MIT */
/* Receive buffers as halves of pages, or as larger blocks of their own where long frames come, ready
 * for build_skb: a frame reaches its socket without being copied. */
#ifndef DRIVERS_NET_RX_FRAG_H
#define DRIVERS_NET_RX_FRAG_H

#include <net/skbuff.h>

#define RX_FRAG_SIZE	 2048 /* bytes, shared info included */
#define RX_FRAG_HEADROOM NET_SKB_PAD
/* What a device may write: behind the headroom, before the shared info. */
#define RX_FRAG_ROOM	    rx_frag_room(RX_FRAG_SIZE)
#define rx_frag_room(size)  ((unsigned int)SKB_WITH_OVERHEAD(size) - RX_FRAG_HEADROOM)
#define RX_FRAG_LARGE_ORDER 3 /* of pages: a large buffer; two and a small one hold the longest frame */
#define RX_FRAG_LARGE_SIZE  ((unsigned int)PAGE_SIZE << RX_FRAG_LARGE_ORDER)

struct rx_frag_source {
	struct page *page; /* one half of it is still to be given out; NULL: none */
};

/* rx_frag_alloc - a buffer that owns a reference to its page, or NULL. Context: any, one user at a
 * time. */
static inline void *rx_frag_alloc(struct rx_frag_source *src)
{
	struct page *page = src->page;

	if (page) {
		src->page = NULL;
		return (u8 *)page_address(page) + RX_FRAG_SIZE;
	}
	page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
	if (!page)
		return NULL;
	get_page(page);
	src->page = page;
	return page_address(page);
}

/* rx_frag_alloc_large - a block of RX_FRAG_LARGE_SIZE bytes, or NULL: memory's reserve is not for it.
 * Context: any. */
static inline void *rx_frag_alloc_large(void)
{
	struct page *page = alloc_pages(__GFP_NOWARN, RX_FRAG_LARGE_ORDER);

	return page ? page_address(page) : NULL;
}

/* rx_frag_size - of a buffer, shared info included: only the small ones share a page. */
static inline unsigned int rx_frag_size(const void *buf)
{
	return virt_to_page(buf)->order ? RX_FRAG_LARGE_SIZE : RX_FRAG_SIZE;
}

static inline void rx_frag_free(void *buf)
{
	put_page(virt_to_page(buf));
}

static inline void rx_frag_source_release(struct rx_frag_source *src)
{
	if (src->page)
		put_page(src->page);
	src->page = NULL;
}

/* rx_frag_append - add @len bytes of @buf, @off from where the device wrote, as a page fragment;
 * the skb owns the buffer then. */
static inline void rx_frag_append(struct sk_buff *skb, void *buf, unsigned int off,
				  unsigned int len)
{
	struct page *page = virt_to_page(buf);

	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
			(u32)((u8 *)buf - (u8 *)page_address(page)) + RX_FRAG_HEADROOM + off, len,
			rx_frag_size(buf));
}

#endif
