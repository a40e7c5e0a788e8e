/* SPDX-License-Identifier: MIT */
/* Fragmentation on the way out: by the fragments that ip_append_data has made, or by copying. RFC
 * 791 section 3.2, RFC 1191. Book section 12.8.4. */
#include <net/icmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

typedef int (*ip_output_fn)(struct net *, struct sock *, struct sk_buff *);

static void frag_copy_meta(struct sk_buff *to, const struct sk_buff *from)
{
	to->pkt_type = from->pkt_type;
	to->priority = from->priority;
	to->protocol = from->protocol;
	to->mark = from->mark;
	to->tstamp = from->tstamp;
	to->skb_iif = from->skb_iif;
	to->dev = from->dev;
	skb_dst_drop(to);
	skb_dst_set(to, dst_clone(skb_dst(from)));
	IPCB(to)->flags = IPCB(from)->flags;
}

static void frag_finish_header(struct sk_buff *skb, unsigned int offset, bool more)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->frag_off = htons((u16)(offset >> 3) | (more ? IP_MF : 0));
	iph->tot_len = htons((u16)skb->len);
	ip_send_check(iph);
}

/* Can the pieces in frag_list go as they are: every one fits, all but the last end on 8 bytes, and
 * have room for headers? */
static bool frag_list_fits(const struct sk_buff *skb, unsigned int mtu, unsigned int hlen,
			   unsigned int ll_room)
{
	const struct sk_buff *frag;
	unsigned int first = skb->len;

	for (frag = skb_shinfo(skb)->frag_list; frag; frag = frag->next) {
		if (frag->len > mtu - hlen || ((frag->len & 7) && frag->next) ||
		    skb_headroom(frag) < hlen + ll_room)
			return false;
		if (skb_shared(frag) || frag->sk || skb_shinfo(frag)->frag_list)
			return false;
		first -= frag->len;
	}
	return first <= mtu && !((first - hlen) & 7) && !skb_cloned(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_MF | IP_OFFSET));
}

/* The pieces leave the head: each has its own owner's charge from now on. */
static struct sk_buff *frag_list_detach(struct sk_buff *skb)
{
	struct sk_buff *list = skb_shinfo(skb)->frag_list, *frag;
	unsigned int len = 0;

	skb_shinfo(skb)->frag_list = NULL;
	for (frag = list; frag; frag = frag->next) {
		len += frag->len;
		skb->truesize -= frag->truesize;
		if (skb->sk) {
			frag->sk = skb->sk;
			frag->destructor = skb->destructor;
		}
	}
	skb->len -= len;
	skb->data_len -= len;
	return list;
}

static void free_frags(struct sk_buff *list)
{
	while (list) {
		struct sk_buff *next = list->next;

		list->next = NULL;
		kfree_skb_reason(list, SKB_DROP_REASON_TX_ERROR);
		list = next;
	}
}

static int ip_fragment_fast(struct net *net, struct sock *sk, struct sk_buff *skb,
			    unsigned int hlen, ip_output_fn output)
{
	struct sk_buff *list = frag_list_detach(skb), *frag;
	unsigned int offset = skb->len - hlen;
	int err;

	/* Headers first, all of them: once sent, a piece is no longer ours to copy from. */
	for (frag = list; frag; frag = frag->next) {
		frag->ip_summed = CHECKSUM_NONE;
		skb_reset_transport_header(frag);
		__skb_push(frag, hlen);
		skb_reset_network_header(frag);
		memcpy(skb_network_header(frag), skb_network_header(skb), hlen);
		frag_copy_meta(frag, skb);
		IPCB(frag)->opt = IPCB(skb)->opt;
		ip_options_fragment(frag);
		frag_finish_header(frag, offset, frag->next != NULL);
		offset += frag->len - hlen;
	}
	frag_finish_header(skb, 0, true);
	for (frag = skb; frag; frag = list) {
		if (frag != skb) {
			list = frag->next;
			frag->next = NULL;
		}
		err = output(net, sk, frag);
		if (err) {
			free_frags(list);
			IP_INC_STATS(net, FRAGFAILS);
			return err;
		}
		IP_INC_STATS(net, FRAGCREATES);
		if (!list)
			break;
	}
	IP_INC_STATS(net, FRAGOKS);
	return 0;
}

static struct sk_buff *frag_copy(struct sk_buff *skb, unsigned int hlen, unsigned int from,
				 unsigned int len, unsigned int ll_room)
{
	struct sk_buff *frag = alloc_skb(len + hlen + ll_room, GFP_ATOMIC);

	if (!frag)
		return NULL;
	frag_copy_meta(frag, skb);
	skb_reserve(frag, (int)ll_room);
	skb_put(frag, len + hlen);
	skb_reset_network_header(frag);
	frag->transport_header = (u16)(frag->network_header + hlen);
	if (skb->sk)
		skb_set_owner_w(frag, skb->sk);
	memcpy(skb_network_header(frag), skb_network_header(skb), hlen);
	if (skb_copy_bits(skb, (int)from, skb_transport_header(frag), (int)len)) {
		kfree_skb_reason(frag, SKB_DROP_REASON_TX_ERROR);
		return NULL;
	}
	return frag;
}

static int ip_fragment_slow(struct net *net, struct sock *sk, struct sk_buff *skb, unsigned int mtu,
			    unsigned int hlen, ip_output_fn output)
{
	unsigned int left = skb->len - hlen, from = hlen, room = mtu - hlen,
		     ll_room = LL_RESERVED_SPACE(skb_dst(skb)->dev);
	unsigned int offset = (ntohs(ip_hdr(skb)->frag_off) & IP_OFFSET) << 3;
	bool last_more = ip_hdr(skb)->frag_off & htons(IP_MF);
	int err;

	while (left) {
		unsigned int len = left <= room ? left : room & ~7u;
		struct sk_buff *frag = frag_copy(skb, hlen, from, len, ll_room);

		if (!frag) {
			IP_INC_STATS(net, FRAGFAILS);
			kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
			return -ENOMEM;
		}
		if (from == hlen)
			ip_options_fragment(
				skb); /* later fragments carry only the copied options */
		left -= len;
		from += len;
		frag_finish_header(frag, offset, left || last_more);
		offset += len;
		err = output(net, sk, frag);
		if (err) {
			IP_INC_STATS(net, FRAGFAILS);
			kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
			return err;
		}
		IP_INC_STATS(net, FRAGCREATES);
	}
	IP_INC_STATS(net, FRAGOKS);
	consume_skb(skb);
	return 0;
}

int ip_fragment(struct net *net, struct sock *sk, struct sk_buff *skb, unsigned int mtu,
		ip_output_fn output)
{
	unsigned int hlen = ip_hdrlen(skb);
	enum skb_drop_reason reason;

	if ((ip_hdr(skb)->frag_off & htons(IP_DF)) && !skb->local_df) {
		IP_INC_STATS(net, FRAGFAILS);
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
		kfree_skb_reason(skb, SKB_DROP_REASON_PKT_TOO_BIG);
		return -EMSGSIZE;
	}
	reason = SKB_DROP_REASON_PKT_TOO_BIG;
	if (mtu < hlen + 8)
		goto fail;
	ip_hdr(skb)->frag_off &= ~htons(IP_DF);
	reason = SKB_DROP_REASON_NOMEM;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		goto fail;
	if (skb_shinfo(skb)->frag_list &&
	    frag_list_fits(skb, mtu, hlen, LL_RESERVED_SPACE(skb_dst(skb)->dev)))
		return ip_fragment_fast(net, sk, skb, hlen, output);
	/* The header is rewritten for the later fragments: it must not be shared. */
	if (skb_cloned(skb) && pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
		goto fail;
	return ip_fragment_slow(net, sk, skb, mtu, hlen, output);
fail:
	IP_INC_STATS(net, FRAGFAILS);
	kfree_skb_reason(skb, reason);
	return -ENOMEM;
}
