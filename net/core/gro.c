/* SPDX-License-Identifier: MIT */
/* Generic receive offload: where drivers hand in packets, so that those of one flow may be joined
 * before the stack sees them. */
#include <net/checksum.h>
#include <net/gro.h>

#include "core_internal.h"

#define GRO_LEAST 128 /* bytes in a packet that is worth waiting for the next with */

/* ---- joining ---- */

bool skb_gro_checksum_bad(struct sk_buff *skb, __wsum pseudo)
{
	unsigned int off = skb_gro_offset(skb);
	__wsum sum;

	if (skb_csum_unnecessary(skb))
		return false;
	if (skb->ip_summed == CHECKSUM_COMPLETE) { /* of all, from data on */
		sum = csum_sub(skb->csum, csum_partial(skb->data, off, 0));
		if (!csum_fold(csum_add(sum, pseudo)))
			return false;
	}
	sum = skb_checksum(skb, (int)off, (int)(skb->len - off), pseudo);
	if (csum_fold(sum))
		return true;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return false;
}

/* Moves the payload of @skb behind the fragments of @to, by reference. How much memory came with it; 0:
 * there is no room, or it is in no page, and nothing has changed. */
static unsigned int gro_take_frags(struct sk_buff *to, struct sk_buff *skb, unsigned int offset)
{
	struct skb_shared_info *tsh = skb_shinfo(to), *fsh = skb_shinfo(skb);
	unsigned int headlen = skb_headlen(skb), truesize, i;
	struct page *page;

	if (tsh->nr_frags + fsh->nr_frags + (headlen > offset) > MAX_SKB_FRAGS)
		return 0;
	if (headlen > offset && !skb->head_frag)
		return 0;
	truesize = skb->truesize - (headlen > offset ? SKB_DATA_ALIGN(sizeof(struct sk_buff))
						      : SKB_TRUESIZE(skb->end));
	if (headlen > offset) {
		page = virt_to_head_page(skb->head);
		get_page(page);
		tsh->frags[tsh->nr_frags++] = (skb_frag_t){
			.page = page,
			.offset = (u32)(skb->data + offset - (u8 *)page_address(page)),
			.size = headlen - offset,
		};
	}
	for (i = 0; i < fsh->nr_frags; i++)
		tsh->frags[tsh->nr_frags + i] = fsh->frags[i];
	tsh->nr_frags = (u8)(tsh->nr_frags + fsh->nr_frags);
	fsh->nr_frags = 0;
	skb->len -= skb->data_len;
	skb->data_len = 0;
	NAPI_GRO_CB(skb)->free = 1;
	return truesize;
}

int skb_gro_receive(struct sk_buff *p, struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb), len = skb_gro_len(skb), truesize;
	struct sk_buff *last = NAPI_GRO_CB(p)->last;

	if (unlikely(p->len + len >= GRO_MAX_SIZE || NAPI_GRO_CB(skb)->flush))
		return -E2BIG;
	NAPI_GRO_CB(skb)->same_flow = 1;
	truesize = gro_take_frags(last, skb, offset);
	if (truesize) {
		if (last != p) {
			last->data_len += len;
			last->len += len;
			last->truesize += truesize;
		}
	} else {
		__skb_pull(skb, offset);
		skb->next = NULL;
		if (last == p)
			skb_shinfo(p)->frag_list = skb;
		else
			last->next = skb;
		NAPI_GRO_CB(p)->last = skb;
		truesize = skb->truesize;
	}
	NAPI_GRO_CB(p)->count++;
	p->data_len += len;
	p->len += len;
	p->truesize += truesize;
	return 0;
}

/* ---- holding and letting go ---- */

static struct packet_type *gro_type(__be16 protocol)
{
	struct packet_type *pt = packet_type_find(protocol);

	return pt && pt->gro_receive ? pt : NULL;
}

/* The packet at *@link goes up, as what it has become. */
static void gro_let_go(struct napi_struct *napi, struct sk_buff **link)
{
	struct sk_buff *skb = *link;
	struct net_device *dev = skb->dev;
	struct packet_type *pt;

	*link = skb->next;
	skb->next = NULL;
	napi->gro_count--;
	if (NAPI_GRO_CB(skb)->count == 1) {
		skb_shinfo(skb)->gso_size = 0;
	} else {
		dev->offload_stats.rx_gro_packets++;
		dev->offload_stats.rx_gro_segments += NAPI_GRO_CB(skb)->count;
		pt = gro_type(skb->protocol);
		if (pt)
			pt->gro_complete(skb);
	}
	netif_receive_skb(skb);
}

/* Whatever is held for longest, once there is no room for another. */
static void gro_let_oldest_go(struct napi_struct *napi)
{
	struct sk_buff **link = &napi->gro_list;

	while ((*link)->next)
		link = &(*link)->next;
	gro_let_go(napi, link);
}

/* Those of the list whose link header is the same may be of @skb's flow. */
static void gro_prepare_list(struct napi_struct *napi, const struct sk_buff *skb)
{
	unsigned int mac_len = skb_headroom(skb) - skb->mac_header;
	struct sk_buff *p;

	for (p = napi->gro_list; p; p = p->next) {
		NAPI_GRO_CB(p)->flush = 0;
		NAPI_GRO_CB(p)->same_flow =
			p->protocol == skb->protocol &&
			!memcmp(skb_mac_header(p), skb_mac_header(skb), mac_len);
	}
}

/* A packet that may be joined with others, or held for others to come. */
static noinline int gro_receive(struct napi_struct *napi, struct sk_buff *skb)
{
	struct packet_type *pt;
	struct sk_buff **link;

	pt = gro_type(skb->protocol);
	if (!pt || !(skb->dev->features & NETIF_F_GRO) || !skb_mac_header_was_set(skb))
		return netif_receive_skb(skb);
	*NAPI_GRO_CB(skb) = (struct napi_gro_cb){
		.last = skb,
		.count = 1,
		.flush = skb_is_gso(skb) || skb_shinfo(skb)->frag_list,
	};
	if (napi->gro_list)
		gro_prepare_list(napi, skb);
	link = pt->gro_receive(&napi->gro_list, skb);
	if (link)
		gro_let_go(napi, link);
	if (NAPI_GRO_CB(skb)->same_flow) {
		if (NAPI_GRO_CB(skb)->free)
			consume_skb(skb);
		return NET_RX_SUCCESS;
	}
	if (NAPI_GRO_CB(skb)->flush)
		return netif_receive_skb(skb);
	if (napi->gro_count >= MAX_GRO_SKBS)
		gro_let_oldest_go(napi);
	skb_shinfo(skb)->gso_size = (u16)skb_gro_len(skb);
	skb->next = napi->gro_list;
	napi->gro_list = skb;
	napi->gro_count++;
	return NET_RX_SUCCESS;
}

int napi_gro_receive(struct napi_struct *napi, struct sk_buff *skb)
{
	/* The short way. A short packet would keep its flow's longer ones from being joined, and one
	 * that the device has joined is not held either. */
	if (!napi->gro_list && (skb->len < GRO_LEAST || skb_is_gso(skb)))
		return netif_receive_skb(skb);
	return gro_receive(napi, skb);
}

void napi_gro_flush(struct napi_struct *napi)
{
	while (unlikely(napi->gro_list))
		gro_let_oldest_go(napi);
}
