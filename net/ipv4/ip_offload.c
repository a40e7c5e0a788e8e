/* SPDX-License-Identifier: MIT */
/* IPv4's part in cutting large packets (GSO) and in joining those of one flow (GRO). RFC 791, RFC 6864. */
#include <net/gro.h>
#include <net/ip.h>
#include <net/protocol.h>
#include <wire/icmp.h>
#include <wire/igmp.h>
#include <wire/tcp.h>
#include <wire/udp.h>

#include "ipv4_internal.h"

/* ---- cutting ---- */

/* inet_gso_segment - see skb_gso_segment: each segment gets its length, its identification and its
 * header's checksum. */
struct sk_buff *inet_gso_segment(struct sk_buff *skb, u32 features)
{
	unsigned int nhoff = (unsigned int)skb_network_offset(skb);
	const struct net_protocol *ops;
	struct sk_buff *segs, *seg;
	bool fixed_id;
	u16 id;

	if (!pskb_may_pull(skb, nhoff + (unsigned int)sizeof(struct iphdr)) ||
	    ip_hdr(skb)->ihl < 5 || !pskb_may_pull(skb, nhoff + ip_hdrlen(skb)) ||
	    ip_is_fragment(ip_hdr(skb)))
		return ERR_PTR(-EINVAL);
	skb->transport_header = (u16)(skb->network_header + ip_hdrlen(skb));
	ops = inet_protos[ip_hdr(skb)->protocol];
	if (!ops || !ops->gso_segment)
		return ERR_PTR(-EPROTONOSUPPORT);
	segs = ops->gso_segment(skb, features);
	if (IS_ERR_OR_NULL(segs))
		return segs;
	id = ntohs(ip_hdr(skb)->id);
	fixed_id = skb_shinfo(skb)->gso_type & SKB_GSO_TCP_FIXEDID;
	for (seg = segs; seg; seg = seg->next) {
		struct iphdr *iph = ip_hdr(seg);

		iph->id = htons(id);
		id = (u16)(id + !fixed_id);
		iph->tot_len = htons((u16)(seg->len - nhoff));
		ip_send_check(iph);
	}
	return segs;
}

bool ip_gso_fits(const struct sk_buff *skb, unsigned int mtu)
{
	const u8 *th = skb_transport_header(skb);
	unsigned int hlen = skb->transport_header - skb->network_header;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		hlen += 8;
	else if (skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4)
		hlen += (th[12] >> 4) * 4u; /* TCP's data offset */
	else
		return false;
	return hlen + skb_shinfo(skb)->gso_size <= mtu;
}

/* ---- joining ---- */

/* Does the packet that came, with @iph, go on where @p ends, as far as IP can tell? Notes it in p. */
static void inet_gro_compare(struct sk_buff *p, const struct sk_buff *skb, const struct iphdr *iph)
{
	struct napi_gro_cb *cb = NAPI_GRO_CB(p);
	const struct iphdr *iph2 = ip_hdr(p);
	u16 flush_id;

	if (iph->protocol != iph2->protocol || iph->saddr != iph2->saddr ||
	    iph->daddr != iph2->daddr) {
		cb->same_flow = 0;
		return;
	}
	cb->flush = cb->flush || NAPI_GRO_CB(skb)->flush || iph->ttl != iph2->ttl ||
		    iph->tos != iph2->tos || ((iph->frag_off ^ iph2->frag_off) & htons(IP_DF));
	/* Where fragmentation is possible the id counts up; else it may stand still as well (TCP decides,
	 * with the second packet). */
	flush_id = (u16)(ntohs(iph->id) - ntohs(iph2->id));
	if (!cb->is_atomic || !(iph->frag_off & htons(IP_DF)))
		flush_id = flush_id == cb->count ? 0 : 0xffff;
	cb->flush_id = flush_id;
}

/* inet_gro_receive - see net/gro.h. */
struct sk_buff **inet_gro_receive(struct sk_buff **head, struct sk_buff *skb)
{
	const struct net_protocol *ops;
	const struct iphdr *iph = skb_gro_header(skb, sizeof(*iph));
	struct sk_buff *p;

	if (unlikely(!iph || iph->version != IPVERSION || iph->ihl != 5))
		goto no;
	ops = inet_protos[iph->protocol];
	if (!ops || !ops->gro_receive || ip_fast_csum(iph, 5))
		goto no;
	/* Fragments, and frames with padding. */
	if (ip_is_fragment(iph) || ntohs(iph->tot_len) != skb_gro_len(skb))
		NAPI_GRO_CB(skb)->flush = 1;
	skb_reset_network_header(skb);
	skb->transport_header = (u16)(skb->network_header + sizeof(*iph));
	NAPI_GRO_CB(skb)->is_atomic = (iph->frag_off & htons(IP_DF)) != 0;
	for (p = *head; p; p = p->next)
		if (NAPI_GRO_CB(p)->same_flow)
			inet_gro_compare(p, skb, iph);
	skb_gro_pull(skb, sizeof(*iph));
	return ops->gro_receive(head, skb);
no:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/* inet_gro_complete - see net/gro.h. */
void inet_gro_complete(struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);
	__be16 len = htons((u16)skb->len);

	csum_replace2(&iph->check, iph->tot_len, len);
	iph->tot_len = len;
	inet_protos[iph->protocol]->gro_complete(skb);
}

/* ---- for filters ---- */

#define TCP_DOFF_AT 12 /* the data offset's octet. RFC 9293 section 3.1 */

/* The header of a transport protocol at @off, in bytes; 0: of one that has none that we know. */
static int transport_header_len(const struct sk_buff *skb, int off, u8 protocol)
{
	const u8 *words;
	u8 _words;

	switch (protocol) {
	case IPPROTO_TCP: /* its length in words lies in the upper half of an octet */
		words = skb_header_pointer(skb, off + TCP_DOFF_AT, 1, &_words);
		return words ? max((int)sizeof(struct tcphdr), (*words >> 4) * 4) : 0;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE: return sizeof(struct udphdr);
	case IPPROTO_ICMP: return sizeof(struct icmphdr);
	case IPPROTO_IGMP: return sizeof(struct igmphdr);
	case IPPROTO_DCCP:
	case IPPROTO_SCTP: return 12;
	default: return 0;
	}
}

/* ip_payload_offset - see struct packet_type. Of a fragment that is not the first all behind the IP header is payload. */
int ip_payload_offset(const struct sk_buff *skb, int off)
{
	const struct iphdr *iph;
	struct iphdr _iph;

	do { /* a packet in a packet */
		iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
		if (!iph || iph->ihl < 5)
			return 0;
		off += iph->ihl * 4;
	} while (iph->protocol == IPPROTO_IPIP && !ip_is_fragment(iph));
	off = min(off, (int)skb->len);
	if (iph->frag_off & htons(IP_OFFSET))
		return off;
	return off + transport_header_len(skb, off, iph->protocol);
}
