/* SPDX-License-Identifier: MIT */
/* Receive buffers as halves of pages, ready for build_skb: a frame reaches its socket without being
 * copied. */
#ifndef DRIVERS_NET_RX_FRAG_H
#define DRIVERS_NET_RX_FRAG_H

#include <net/skbuff.h>

#define RX_FRAG_SIZE	 2048 /* bytes, shared info included */
#define RX_FRAG_HEADROOM NET_SKB_PAD
/* What a device may write: behind the headroom, before the shared info. */
#define RX_FRAG_ROOM	 ((unsigned int)SKB_WITH_OVERHEAD(RX_FRAG_SIZE) - RX_FRAG_HEADROOM)

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
			RX_FRAG_SIZE);
}

#endif
