/* SPDX-License-Identifier: MIT */
/* Generic segmentation offload: large packets are cut as late as they can be, here where the device
 * does not do it. Payload in pages goes into the segments by reference. */
#include <net/checksum.h>
#include <net/if_vlan.h>

#include "core_internal.h"

/* Where a walk over the bytes of a packet stands: in the linear part (frag is -1) or a page fragment
 * of @skb, which is the packet or one of its frag_list; @next comes then. */
struct walk {
	const struct sk_buff *skb, *next;
	int frag;
	unsigned int off; /* into that piece */
};

struct piece {
	u8 *data;
	struct page *page; /* NULL: no page of its own, so it can only be copied */
	unsigned int len;
};

/* The rest of the piece that @w stands in, or the next one. False: the end. */
static bool walk_piece(struct walk *w, struct piece *p)
{
	for (;;) {
		const struct skb_shared_info *sh = skb_shinfo(w->skb);
		const skb_frag_t *f = w->frag < 0 ? NULL : &sh->frags[w->frag];
		unsigned int size = f ? f->size : skb_headlen(w->skb);

		if (w->off < size) {
			p->data = f ? skb_frag_address(f) : w->skb->data;
			p->data += w->off;
			p->page = f		       ? f->page
				  : w->skb->head_frag ? virt_to_head_page(w->skb->head)
						       : NULL;
			p->len = size - w->off;
			return true;
		}
		if (w->frag + 1 < sh->nr_frags) {
			w->frag++;
		} else if (w->next) {
			w->skb = w->next;
			w->next = w->skb->next;
			w->frag = -1;
		} else {
			return false;
		}
		w->off = 0;
	}
}

/* How the next @len bytes get into a segment: *lead of them are copied behind its headers, the
 * others referred to. Where that is not possible, all are copied. False: there are not so many. */
static bool plan_segment(struct walk w, unsigned int len, bool sg, unsigned int *lead)
{
	unsigned int left = len, nr = 0, n;
	struct piece p;

	*lead = 0;
	for (; left; left -= n) {
		if (!walk_piece(&w, &p))
			return false;
		n = min(p.len, left);
		if (p.page)
			nr++;
		else if (nr)
			sg = false; /* the linear part cannot go on behind a fragment */
		else
			*lead += n;
		w.off += n;
	}
	if (!sg || nr > MAX_SKB_FRAGS)
		*lead = len;
	return true;
}

static void fill_segment(struct sk_buff *seg, struct walk *w, unsigned int len, unsigned int lead)
{
	unsigned int n;
	struct piece p;

	for (; len && walk_piece(w, &p); len -= n) {
		n = min(p.len, len);
		if (lead) {
			n = min(n, lead);
			skb_put_data(seg, p.data, n);
			lead -= n;
		} else {
			get_page(p.page);
			skb_add_rx_frag(seg, skb_shinfo(seg)->nr_frags, p.page,
					(u32)(p.data - (u8 *)page_address(p.page)), n, n);
		}
		w->off += n;
	}
}

/* The segment with the next @len bytes of payload, or ERR_PTR. */
static struct sk_buff *make_segment(const struct sk_buff *skb, unsigned int hlen, struct walk *w,
				    unsigned int len, bool sg)
{
	unsigned int headroom = skb_headroom(skb), lead;
	struct sk_buff *seg;

	if (!plan_segment(*w, len, sg, &lead))
		return ERR_PTR(-EINVAL);
	seg = alloc_skb(headroom + hlen + lead, GFP_ATOMIC);
	if (unlikely(!seg))
		return ERR_PTR(-ENOMEM);
	skb_reserve(seg, (int)headroom); /* as much as there was: the offsets of the headers hold */
	skb_put_data(seg, skb->data, hlen);
	skb_copy_meta(seg, skb);
	skb_shinfo(seg)->gso_size = 0;
	skb_shinfo(seg)->gso_type = 0;
	skb_shinfo(seg)->gso_segs = 1;
	fill_segment(seg, w, len, lead);
	return seg;
}

struct sk_buff *skb_segment(struct sk_buff *skb, unsigned int hlen, u32 features)
{
	struct walk w = { .skb = skb, .next = skb_shinfo(skb)->frag_list, .frag = -1, .off = hlen };
	unsigned int mss = skb_shinfo(skb)->gso_size, left, n;
	struct sk_buff *segs = NULL, **link = &segs, *seg = NULL;

	if (WARN_ON_ONCE(!mss || hlen > skb_headlen(skb)) || skb->len <= hlen)
		return ERR_PTR(-EINVAL);
	for (left = skb->len - hlen; left; left -= n) {
		n = min(left, mss);
		seg = make_segment(skb, hlen, &w, n, features & NETIF_F_SG);
		if (IS_ERR(seg)) {
			kfree_skb_list_reason(segs, SKB_CONSUMED);
			return seg;
		}
		*link = seg;
		link = &seg->next;
	}
	if (skb->destructor) { /* given back when the last one is gone */
		unsigned int truesize = seg->truesize;

		seg->truesize = skb->truesize;
		skb->truesize = truesize;
		seg->destructor = skb->destructor;
		seg->sk = skb->sk;
		skb_shinfo(seg)->tx_slot = skb_shinfo(skb)->tx_slot;
		skb->destructor = NULL;
		skb->sk = NULL;
	}
	return segs;
}

void skb_gso_make_checksum(struct sk_buff *skb, unsigned int csum_offset, u32 features)
{
	int start = skb_transport_offset(skb);
	__sum16 sum;

	if ((features & NETIF_F_HW_CSUM) ||
	    ((features & NETIF_F_IP_CSUM) && skb->protocol == htons(ETH_P_IP))) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb->transport_header;
		skb->csum_offset = (u16)csum_offset;
		return;
	}
	sum = csum_fold(skb_checksum(skb, start, (int)skb->len - start, 0));
	__builtin_memcpy(skb_transport_header(skb) + csum_offset, &sum, sizeof(sum));
	skb->ip_summed = CHECKSUM_NONE;
}

struct sk_buff *skb_gso_segment(struct sk_buff *skb, u32 features)
{
	__be16 proto = unlikely(eth_type_vlan(skb->protocol)) ? vlan_inner_protocol(skb)
							     : skb->protocol;
	struct packet_type *pt = packet_type_find(proto);

	if (!pt || !pt->gso_segment)
		return ERR_PTR(-EPROTONOSUPPORT);
	return pt->gso_segment(skb, features);
}

bool skb_gso_ok(const struct sk_buff *skb, u32 features)
{
	u16 type = skb_shinfo(skb)->gso_type;
	u32 needed = 0;

	if ((type & ~(SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN | SKB_GSO_DODGY | SKB_GSO_UDP_L4 | SKB_GSO_TCP_FIXEDID)) ||
	    skb_shinfo(skb)->frag_list)
		return false;
	if (type & SKB_GSO_TCPV4)
		needed |= NETIF_F_TSO;
	if (type & SKB_GSO_TCP_ECN)
		needed |= NETIF_F_TSO_ECN;
	if (type & SKB_GSO_UDP_L4)
		needed |= NETIF_F_GSO_UDP_L4;
	if (type & SKB_GSO_DODGY)
		needed |= NETIF_F_GSO_ROBUST;
	if (type & SKB_GSO_TCP_FIXEDID)
		needed |= NETIF_F_TSO_MANGLEID;
	return needed && (features & needed) == needed;
}
