/* SPDX-License-Identifier: MIT */
/* TCP's part in cutting large segments (GSO) and in joining those of one flow (GRO). RFC 9293 section 3.7, RFC 3168. */
#include <net/gro.h>
#include <net/protocol.h>

#include "tcp_ipv4_internal.h"
#include "tcp_internal.h"

/* ---- cutting ---- */

/* The headers of each of @segs, @hlen bytes up to the end of TCP's: number, flags, checksum. */
static void tcp_gso_headers(struct sk_buff *segs, const struct sk_buff *skb, unsigned int thoff, u32 features)
{
	const struct tcphdr *first = tcp_hdr(skb);
	u32 seq = ntohl(first->seq), total = skb->len - thoff;
	__wsum pseudo = (__force __wsum)(u32)(__force u16)first->check; /* with the length of the whole */
	struct sk_buff *seg;

	pseudo = csum_sub(pseudo, (__force __wsum)htonl(total));
	for (seg = segs; seg; seg = seg->next) {
		struct tcphdr *th = tcp_hdr(seg);
		u32 len = seg->len - thoff;

		th->seq = htonl(seq);
		seq += len - th->doff * 4u;
		if (seg != segs)
			th->cwr = 0; /* RFC 3168 section 6.1.2: once */
		if (seg->next)
			th->fin = th->psh = 0;
		th->check = (__force __sum16) ~(__force u16)csum_fold(csum_add(pseudo, (__force __wsum)htonl(len)));
		skb_gso_make_checksum(seg, offsetof(struct tcphdr, check), features);
	}
}

/* SO_TIMESTAMPING: the stamps are of a byte that has passed when the last segment has, and that one alone knows the sock. */
static void tcp_gso_tstamp(struct sk_buff *segs, const struct sk_buff *skb)
{
	while (segs->next)
		segs = segs->next;
	skb_shinfo(segs)->tx_flags = skb_shinfo(skb)->tx_flags;
	skb_shinfo(segs)->tskey = skb_shinfo(skb)->tskey;
}

/* A checksum that is complete (or was found right) becomes one that is left to be done: of the pseudo header. */
static int tcp_gso_partial_csum(struct sk_buff *skb, unsigned int thoff)
{
	const struct iphdr *iph;

	if (likely(skb->ip_summed == CHECKSUM_PARTIAL)) {
		skb->csum_start = skb->transport_header;
		skb->csum_offset = offsetof(struct tcphdr, check);
		return 0;
	}
	if (skb_cow_head(skb, skb_headroom(skb)))
		return -ENOMEM;
	iph = ip_hdr(skb);
	tcp_hdr(skb)->check =
		(__force __sum16) ~(__force u16)csum_tcpudp_magic(iph->saddr, iph->daddr, skb->len - thoff, IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->transport_header;
	skb->csum_offset = offsetof(struct tcphdr, check);
	return 0;
}

/* tcp4_gso_segment - see skb_gso_segment. */
struct sk_buff *tcp4_gso_segment(struct sk_buff *skb, u32 features)
{
	unsigned int thoff = (unsigned int)skb_transport_offset(skb), hlen, mss = skb_shinfo(skb)->gso_size;
	struct sk_buff *segs;

	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4) || !pskb_may_pull(skb, thoff + (unsigned int)sizeof(struct tcphdr)))
		return ERR_PTR(-EINVAL);
	hlen = thoff + tcp_hdrlen(skb);
	if (tcp_hdr(skb)->doff < 5 || !pskb_may_pull(skb, hlen) || skb->len - hlen <= mss)
		return ERR_PTR(-EINVAL);
	if (tcp_gso_partial_csum(skb, thoff))
		return ERR_PTR(-ENOMEM);
	if (skb_gso_ok(skb, features | NETIF_F_GSO_ROBUST)) { /* the device does it; what came with it is not believed */
		skb_shinfo(skb)->gso_segs = (u16)DIV_ROUND_UP(skb->len - hlen, mss);
		return NULL;
	}
	segs = skb_segment(skb, hlen, features);
	if (IS_ERR(segs))
		return segs;
	tcp_gso_headers(segs, skb, thoff, features);
	if (unlikely(skb_shinfo(skb)->tx_flags))
		tcp_gso_tstamp(segs, skb);
	return segs;
}

/* ---- joining ---- */

#define FLAGS(f) htonl((u32)(f) << 16) /* in word 3 of the header */
#define GRO_NOT_HELD FLAGS(TCPHDR_FIN | TCPHDR_SYN | TCPHDR_RST | TCPHDR_PSH | TCPHDR_URG)

/* The packet of the list that @skb could be joined to; NULL: none. */
static struct sk_buff **tcp_gro_find(struct sk_buff **head, const struct tcphdr *th)
{
	struct sk_buff **link, *p;

	for (link = head; (p = *link) != NULL; link = &p->next) {
		const struct tcphdr *th2 = tcp_hdr(p);

		if (!NAPI_GRO_CB(p)->same_flow)
			continue;
		if (th->source == th2->source && th->dest == th2->dest)
			return link;
		NAPI_GRO_CB(p)->same_flow = 0;
	}
	return NULL;
}

/* Is there anything but the payload that keeps @skb from being the continuation of @p? All that the joined header says must
 * hold for it, too: flags, window, acknowledgement, options. */
static bool tcp_gro_differs(struct sk_buff *p, const struct sk_buff *skb, const struct tcphdr *th)
{
	unsigned int hlen = th->doff * 4u, len = skb_gro_len(skb);
	__be32 flags = tcp_flag_word(th), but = FLAGS(TCPHDR_CWR | TCPHDR_FIN | TCPHDR_PSH);
	const struct tcphdr *th2 = tcp_hdr(p);
	struct napi_gro_cb *cb = NAPI_GRO_CB(p);
	bool differs;

	differs = cb->flush || (flags & FLAGS(TCPHDR_CWR)) || ((flags ^ tcp_flag_word(th2)) & ~but) ||
		  th->ack_seq != th2->ack_seq || memcmp(th + 1, th2 + 1, hlen - sizeof(*th));
	/* The second packet shows whether this flow's IP ids stand still. */
	if (cb->flush_id != 1 || cb->count != 1 || !cb->is_atomic)
		differs = differs || cb->flush_id;
	else
		cb->is_atomic = 0;
	return differs || len > skb_shinfo(p)->gso_size || !len || ntohl(th2->seq) + skb_gro_len(p) != ntohl(th->seq);
}

/* tcp4_gro_receive - see net/gro.h. */
struct sk_buff **tcp4_gro_receive(struct sk_buff **head, struct sk_buff *skb)
{
	const struct tcphdr *th = skb_gro_header(skb, sizeof(*th));
	struct napi_gro_cb *cb = NAPI_GRO_CB(skb);
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int hlen, len, mss = 1;
	struct sk_buff **link;
	__be32 flags;
	bool flush;

	if (unlikely(!th || th->doff < 5 || !skb_gro_header(skb, hlen = th->doff * 4u)))
		goto no;
	flags = tcp_flag_word(th);
	len = skb_gro_len(skb) - hlen;
	if (!*head && (cb->flush || !len || (flags & GRO_NOT_HELD)))
		goto no; /* the short way: there is nothing to join it to, and it will not wait for more */
	if (!cb->flush &&
	    skb_gro_checksum_bad(skb, csum_tcpudp_nofold(iph->saddr, iph->daddr, skb_gro_len(skb), IPPROTO_TCP, 0)))
		goto no;
	skb_gro_pull(skb, hlen);
	link = tcp_gro_find(head, th);
	if (link) {
		struct sk_buff *p = *link;

		mss = skb_shinfo(p)->gso_size;
		if (tcp_gro_differs(p, skb, th) || skb_gro_receive(p, skb)) {
			mss = 1;
		} else if (flags & FLAGS(TCPHDR_FIN | TCPHDR_PSH)) {
			tcp_hdr(p)->fin |= th->fin;
			tcp_hdr(p)->psh |= th->psh;
		}
	}
	flush = len < mss || (flags & GRO_NOT_HELD);
	cb->flush = cb->flush || flush;
	return link && (!cb->same_flow || flush) ? link : NULL;
no:
	cb->flush = 1;
	return NULL;
}

/* tcp4_gro_complete - see net/gro.h. The checksum of the whole is left to whoever sends it on. */
void tcp4_gro_complete(struct sk_buff *skb)
{
	unsigned int thoff = skb->transport_header - skb->network_header;
	const struct iphdr *iph = ip_hdr(skb);
	struct tcphdr *th = tcp_hdr(skb);
	struct skb_shared_info *sh = skb_shinfo(skb);

	th->check = (__force __sum16) ~(__force u16)csum_tcpudp_magic(iph->saddr, iph->daddr, skb->len - thoff, IPPROTO_TCP, 0);
	skb->csum_start = skb->transport_header;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb->ip_summed = CHECKSUM_PARTIAL;
	sh->gso_segs = NAPI_GRO_CB(skb)->count;
	sh->gso_type = SKB_GSO_TCPV4;
	if (NAPI_GRO_CB(skb)->is_atomic)
		sh->gso_type |= SKB_GSO_TCP_FIXEDID;
	if (th->cwr)
		sh->gso_type |= SKB_GSO_TCP_ECN;
}
