/* SPDX-License-Identifier: MIT */
/* UDP's part in large packets: datagrams that a socket sends many at a time (UDP_SEGMENT) are cut late, those of one flow
 * are joined for the sockets that ask for it (UDP_GRO). RFC 768, udp(7). */
#include <net/gro.h>
#include <net/protocol.h>
#include <uapi/udp.h>
#include "ipv4_internal.h"
#include "udp_internal.h"

/* The whole checksum is left to be done, by the device or when the packet is cut: here is the pseudo header's. */
static void udp_partial_csum(struct sk_buff *skb, unsigned int len)
{
	const struct iphdr *iph = ip_hdr(skb);

	udp_hdr(skb)->check = (__sum16)~csum_tcpudp_magic(iph->saddr, iph->daddr, len, IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->transport_header;
	skb->csum_offset = offsetof(struct udphdr, check);
}

/* ---- cutting ---- */

int udp_gso_prepare(struct sk_buff *skb, const struct inet_cork *cork)
{
	unsigned int hlen = (unsigned int)skb_transport_offset(skb) + (unsigned int)sizeof(struct udphdr);
	unsigned int gso_size = cork->gso_size, datalen = skb->len - hlen;

	if (hlen + gso_size > cork->fragsize || datalen > gso_size * UDP_MAX_SEGMENTS || skb->sk->sk_no_check_tx)
		return -EINVAL;
	if (datalen <= gso_size)
		return 0;
	skb_shinfo(skb)->gso_size = (u16)gso_size;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	skb_shinfo(skb)->gso_segs = (u16)DIV_ROUND_UP(datalen, gso_size);
	return 0;
}

/* The lengths and checksums of @segs, each @thoff bytes of headers before UDP's. */
static void udp_gso_headers(struct sk_buff *segs, unsigned int thoff, u32 features)
{
	struct sk_buff *seg;

	for (seg = segs; seg; seg = seg->next) {
		unsigned int len = seg->len - thoff;
		struct udphdr *uh = udp_hdr(seg);

		uh->len = htons((u16)len);
		udp_partial_csum(seg, len);
		skb_gso_make_checksum(seg, offsetof(struct udphdr, check), features);
		if (seg->ip_summed != CHECKSUM_PARTIAL && !uh->check)
			uh->check = CSUM_MANGLED_0;
	}
}

/* udp4_gso_segment - see skb_gso_segment. */
static struct sk_buff *udp4_gso_segment(struct sk_buff *skb, u32 features)
{
	unsigned int thoff = (unsigned int)skb_transport_offset(skb), hlen = thoff + (unsigned int)sizeof(struct udphdr);
	unsigned int mss = skb_shinfo(skb)->gso_size;
	struct sk_buff *segs, *last;

	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) || !pskb_may_pull(skb, hlen) || skb->len <= hlen + mss)
		return ERR_PTR(-EINVAL);
	if (skb_gso_ok(skb, features | NETIF_F_GSO_ROBUST)) { /* the device does it */
		skb_shinfo(skb)->gso_segs = (u16)DIV_ROUND_UP(skb->len - hlen, mss);
		return NULL;
	}
	segs = skb_segment(skb, hlen, features);
	if (IS_ERR(segs))
		return segs;
	udp_gso_headers(segs, thoff, features);
	if (unlikely(skb_shinfo(skb)->tx_flags)) { /* the last alone knows the sock that wants the stamps */
		for (last = segs; last->next; last = last->next)
			;
		skb_shinfo(last)->tx_flags = skb_shinfo(skb)->tx_flags;
		skb_shinfo(last)->tskey = skb_shinfo(skb)->tskey;
	}
	return segs;
}

struct sk_buff *udp_rcv_segment(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *segs, *seg;
	int err;

	/* The headers belong to it again. */
	skb_push(skb, (unsigned int)(skb->data - skb_network_header(skb)));
	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (!IS_ERR_OR_NULL(segs)) {
		consume_skb(skb);
		for (seg = segs; seg; seg = seg->next) {
			seg->ip_summed = CHECKSUM_UNNECESSARY; /* nobody joins or sends what is wrong */
			__skb_pull(seg, (unsigned int)skb_transport_offset(seg));
		}
		return segs;
	}
	err = segs ? (int)PTR_ERR(segs) : -EINVAL;
	atomic_add(skb_nr_segs(skb), &sk->sk_drops);
	UDP_INC_STATS(sock_net(sk), INERRORS);
	kfree_skb_reason(skb, err == -ENOMEM ? SKB_DROP_REASON_NOMEM : SKB_DROP_REASON_UDP_MALFORMED);
	return NULL;
}

/* ---- joining ---- */

/* The IP id neither stands still nor counts up, as those of the packets joined to @p so far do. */
static bool udp_gro_id_differs(struct sk_buff *p)
{
	struct napi_gro_cb *cb = NAPI_GRO_CB(p);

	if (cb->flush_id != 1 || cb->count != 1 || !cb->is_atomic)
		return cb->flush_id;
	cb->is_atomic = 0; /* the second packet shows that it counts */
	return false;
}

/* Joins @skb, of @ulen bytes with its header, to the one of the list that it goes on from; the link to that if it ends
 * there. */
static struct sk_buff **udp_gro_join(struct sk_buff **head, struct sk_buff *skb, const struct udphdr *uh, unsigned int ulen)
{
	struct sk_buff **link, *p;

	for (link = head; (p = *link) != NULL; link = &p->next) {
		const struct udphdr *uh2 = udp_hdr(p);
		unsigned int ulen2 = ntohs(uh2->len);

		if (!NAPI_GRO_CB(p)->same_flow)
			continue;
		if (uh->source != uh2->source || uh->dest != uh2->dest) {
			NAPI_GRO_CB(p)->same_flow = 0;
			continue;
		}
		/* All are of the first one's length, but for a last one that is shorter. */
		if (ulen > ulen2 || NAPI_GRO_CB(p)->flush || udp_gro_id_differs(p) || skb_gro_receive(p, skb))
			return link;
		return ulen != ulen2 || NAPI_GRO_CB(p)->count >= UDP_MAX_SEGMENTS ? link : NULL;
	}
	return NULL;
}

/* udp4_gro_receive - see net/gro.h. Only what is for a socket that wants it joined. */
static struct sk_buff **udp4_gro_receive(struct sk_buff **head, struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	const struct iphdr *iph = ip_hdr(skb);
	const struct udphdr *uh;
	struct sock *sk;
	unsigned int ulen;

	if (likely(!net->ipv4.udp_gro_wanted))
		goto no;
	uh = skb_gro_header(skb, sizeof(*uh));
	if (!uh || !uh->check)
		goto no;
	ulen = ntohs(uh->len);
	if (ulen <= sizeof(*uh) || ulen != skb_gro_len(skb))
		goto no;
	sk = __udp4_lookup(net, iph->saddr, uh->source, iph->daddr, uh->dest, skb->dev->ifindex);
	if (!sk || !udp_sk(sk)->gro_enabled)
		goto no;
	if (!NAPI_GRO_CB(skb)->flush &&
	    skb_gro_checksum_bad(skb, csum_tcpudp_nofold(iph->saddr, iph->daddr, ulen, IPPROTO_UDP, 0)))
		goto no;
	skb_gro_pull(skb, sizeof(*uh));
	return udp_gro_join(head, skb, uh, ulen);
no:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/* udp4_gro_complete - see net/gro.h. */
static void udp4_gro_complete(struct sk_buff *skb)
{
	unsigned int len = skb->len - (unsigned int)(skb->transport_header - skb->network_header);
	struct skb_shared_info *sh = skb_shinfo(skb);

	udp_hdr(skb)->len = htons((u16)len);
	udp_partial_csum(skb, len);
	sh->gso_segs = NAPI_GRO_CB(skb)->count;
	sh->gso_type = SKB_GSO_UDP_L4;
	if (NAPI_GRO_CB(skb)->is_atomic)
		sh->gso_type |= SKB_GSO_TCP_FIXEDID;
}

const struct net_protocol udp_protocol = { .handler = udp_rcv,
					   .err_handler = udp_err,
					   .gso_segment = udp4_gso_segment,
					   .gro_receive = udp4_gro_receive,
					   .gro_complete = udp4_gro_complete };

/* ---- sockets ---- */

void udp_set_gro(struct sock *sk, bool on)
{
	int *wanted = &sock_net(sk)->ipv4.udp_gro_wanted;

	if (udp_sk(sk)->gro_enabled == on)
		return;
	udp_sk(sk)->gro_enabled = on;
	local_bh_disable();
	*wanted += on ? 1 : -1;
	if (on)
		inet_sk(sk)->cmsg_flags |= IP_CMSG_UDP_GRO;
	else
		inet_sk(sk)->cmsg_flags &= (u16)~IP_CMSG_UDP_GRO;
	local_bh_enable();
}

void udp_cmsg_recv(struct kmsghdr *msg, const struct sk_buff *skb)
{
	int gso_size = skb_shinfo(skb)->gso_size;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		put_cmsg(msg, SOL_UDP, UDP_GRO, sizeof(gso_size), &gso_size);
}

int udp_cmsg_send(const struct kmsghdr *msg, u16 *gso_size)
{
	const struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, (struct cmsghdr *)c)) {
		if (!CMSG_OK(msg, c))
			return -EINVAL;
		if (c->cmsg_level != SOL_UDP)
			continue;
		if (c->cmsg_type != UDP_SEGMENT || c->cmsg_len != CMSG_LEN(sizeof(*gso_size)))
			return -EINVAL;
		memcpy(gso_size, CMSG_DATA(c), sizeof(*gso_size));
	}
	return 0;
}
