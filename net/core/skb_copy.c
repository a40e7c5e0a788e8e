/* SPDX-License-Identifier: MIT */
/* Private copies of packets and of their heads: skb_copy, pskb_copy, pskb_expand_head and what is
 * built on them. Book section 12.6. */
#include <net/dst.h>
#include <net/skbuff.h>

#include "core_internal.h"

/* skb_copy_meta - everything about a packet but its data, owner and list. The header offsets hold
 * if the headroom is the same. */
void skb_copy_meta(struct sk_buff *n, const struct sk_buff *old)
{
	n->dev = old->dev;
	n->tstamp = old->tstamp;
	__builtin_memcpy(n->cb, old->cb, sizeof(old->cb));
	n->_dst = dst_clone(old->_dst);
	n->mac_len = old->mac_len;
	n->hdr_len = old->hdr_len;
	n->csum = old->csum;
	n->priority = old->priority;
	n->mark = old->mark;
	n->hash = old->hash;
	n->protocol = old->protocol;
	n->transport_header = old->transport_header;
	n->network_header = old->network_header;
	n->mac_header = old->mac_header;
	n->pkt_type = old->pkt_type;
	n->ip_summed = old->ip_summed;
	n->csum_level = old->csum_level;
	n->encapsulation = old->encapsulation;
	n->ipvs_property = old->ipvs_property;
	n->local_df = old->local_df;
	n->skb_iif = old->skb_iif;
	skb_shinfo(n)->gso_size = skb_shinfo(old)->gso_size;
	skb_shinfo(n)->gso_segs = skb_shinfo(old)->gso_segs;
	skb_shinfo(n)->gso_type = skb_shinfo(old)->gso_type;
}

/* shift_offsets - the headroom has grown by @off. */
static void shift_offsets(struct sk_buff *skb, int off)
{
	if (skb->transport_header != (u16)~0u)
		skb->transport_header += off;
	skb->network_header += off;
	if (skb_mac_header_was_set(skb))
		skb->mac_header += off;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb->csum_start += off;
}

struct sk_buff *skb_copy_expand(const struct sk_buff *skb, int headroom, int tailroom, gfp_t gfp)
{
	int old_headroom = (int)skb_headroom(skb);
	int keep =
		min(headroom, old_headroom); /* header bytes in front of data are copied as well */
	struct sk_buff *n =
		alloc_skb((unsigned int)headroom + skb->len + (unsigned int)tailroom, gfp);

	if (unlikely(!n))
		return NULL;
	skb_reserve(n, headroom);
	skb_put(n, skb->len);
	memcpy(n->data - keep, skb->data - keep, (size_t)keep);
	if (skb_copy_bits(skb, 0, n->data, (int)skb->len))
		BUG();
	skb_copy_meta(n, skb);
	if (headroom != old_headroom)
		shift_offsets(n, headroom - old_headroom);
	return n;
}

struct sk_buff *skb_copy(const struct sk_buff *skb, gfp_t gfp)
{
	int tailroom = skb_is_nonlinear(skb) ? 0 : (int)skb_tailroom(skb);

	return skb_copy_expand(skb, (int)skb_headroom(skb), tailroom, gfp);
}

/* share_frags - let @n refer to the fragments of @skb, too. */
static void share_frags(struct sk_buff *n, const struct sk_buff *skb)
{
	struct skb_shared_info *from = skb_shinfo(skb), *to = skb_shinfo(n);
	struct sk_buff *list;
	unsigned int i;

	for (i = 0; i < from->nr_frags; i++) {
		to->frags[i] = from->frags[i];
		get_page(from->frags[i].page);
	}
	to->nr_frags = from->nr_frags;
	to->tx_flags = from->tx_flags;
	to->tskey = from->tskey;
	to->frag_list = from->frag_list;
	for (list = from->frag_list; list; list = list->next)
		skb_get(list);
}

struct sk_buff *pskb_copy(struct sk_buff *skb, gfp_t gfp)
{
	unsigned int headroom = skb_headroom(skb);
	struct sk_buff *n = alloc_skb(skb->end, gfp);

	if (unlikely(!n))
		return NULL;
	skb_reserve(n, (int)headroom);
	skb_put_data(n, skb->data, skb_headlen(skb));
	memcpy(n->head, skb->head, headroom);
	n->truesize += skb->data_len;
	n->data_len = skb->data_len;
	n->len = skb->len;
	share_frags(n, skb);
	skb_copy_meta(n, skb);
	return n;
}

/* move_frags - the new shared info @to takes over the fragments of @skb; with references of its own
 * if others share them. */
static void move_frags(struct skb_shared_info *to, struct sk_buff *skb, bool shared)
{
	struct skb_shared_info *from = skb_shinfo(skb);
	struct sk_buff *list;
	unsigned int i;

	to->nr_frags = from->nr_frags;
	to->tx_flags = from->tx_flags;
	to->tskey = from->tskey;
	to->gso_size = from->gso_size;
	to->gso_segs = from->gso_segs;
	to->gso_type = from->gso_type;
	to->frag_list = from->frag_list;
	for (i = 0; i < from->nr_frags; i++) {
		to->frags[i] = from->frags[i];
		if (shared)
			get_page(from->frags[i].page);
	}
	if (shared)
		for (list = from->frag_list; list; list = list->next)
			skb_get(list);
}

int pskb_expand_head(struct sk_buff *skb, int nhead, int ntail, gfp_t gfp)
{
	unsigned int size = skb->end + (unsigned int)nhead + (unsigned int)ntail,
		     old_end = skb->end;
	bool shared = skb_cloned(skb);
	unsigned char *data;

	if (WARN_ON_ONCE(nhead < 0 || ntail < 0 || skb_shared(skb)))
		return -EINVAL;
	data = skb_new_data(&size, gfp);
	if (unlikely(!data))
		return -ENOMEM;
	memcpy(data + nhead, skb->head, skb->tail);
	move_frags((struct skb_shared_info *)(data + size), skb, shared);
	skb_drop_head_share(skb, !shared);
	skb->data = data + nhead + (skb->data - skb->head);
	skb->head = data;
	skb->end = size;
	skb->tail += (u32)nhead;
	skb->head_frag = 0;
	skb->cloned = 0;
	skb->nohdr = 0;
	if (nhead)
		shift_offsets(skb, nhead);
	/* Memory that a socket has been charged for keeps its price, so that the destructor gives
	 * back what was taken. */
	if (!skb->sk)
		skb->truesize += size - old_end;
	return 0;
}

struct sk_buff *skb_realloc_headroom(struct sk_buff *skb, unsigned int headroom)
{
	int delta = (int)headroom - (int)skb_headroom(skb);
	struct sk_buff *n;

	if (delta <= 0)
		return pskb_copy(skb, GFP_ATOMIC);
	n = skb_clone(skb, GFP_ATOMIC);
	if (n && pskb_expand_head(n, (int)SKB_DATA_ALIGN((unsigned int)delta), 0, GFP_ATOMIC)) {
		consume_skb(n);
		n = NULL;
	}
	return n;
}

static int cow(struct sk_buff *skb, unsigned int headroom, bool cloned)
{
	unsigned int have = skb_headroom(skb);
	unsigned int delta = headroom > have ? SKB_DATA_ALIGN(headroom - have) : 0;

	if (likely(!delta && !cloned))
		return 0;
	return pskb_expand_head(skb, (int)delta, 0, GFP_ATOMIC);
}

int skb_cow(struct sk_buff *skb, unsigned int headroom)
{
	return cow(skb, headroom, skb_cloned(skb));
}

int skb_cow_head(struct sk_buff *skb, unsigned int headroom)
{
	return cow(skb, headroom, skb_header_cloned(skb));
}
