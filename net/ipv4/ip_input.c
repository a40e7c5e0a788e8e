/* SPDX-License-Identifier: MIT */
/* Received IPv4 packets: header checks, routing, reassembly, delivery to the transport protocol.
 * RFC 791, RFC 1122 section 3.2.1. Book section 12.8.1. */
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/protocol.h>
#include <net/raw.h>
#include "ipv4_internal.h"

static int ip_drop(struct sk_buff *skb, enum skb_drop_reason reason)
{
	kfree_skb_reason(skb, reason);
	return NET_RX_DROP;
}

static inline void protocol_deliver(struct net *net, struct sk_buff *skb, u8 protocol)
{
	const struct net_protocol *ipprot;
	bool raw;
	int ret;

	do {
		raw = raw_local_deliver(skb, protocol);
		ipprot = inet_protos[protocol];
		if (unlikely(!ipprot))
			break;
		IP_INC_STATS(net, INDELIVERS);
		ret = ipprot->handler(skb);
		protocol = (u8)-ret;
	} while (unlikely(ret < 0));
	if (likely(ipprot))
		return;
	if (raw) {
		IP_INC_STATS(net, INDELIVERS);
		consume_skb(skb);
		return;
	}
	IP_INC_STATS(net, INUNKNOWNPROTOS);
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_NOPROTO);
}

void ip_protocol_deliver(struct net *net, struct sk_buff *skb, u8 protocol)
{
	protocol_deliver(net, skb, protocol);
}

static int ip_local_deliver_finish(struct net *net, struct sk_buff *skb)
{
	__skb_pull(skb, (unsigned int)(skb->transport_header - skb->network_header));
	protocol_deliver(net, skb, ip_hdr(skb)->protocol);
	return 0;
}

int ip_local_deliver(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);

	if (unlikely(ip_is_fragment(ip_hdr(skb)))) {
		skb = ip_defrag(net, skb, IP_DEFRAG_LOCAL_DELIVER);
		if (!skb)
			return 0;
	}
	/* hook: LOCAL_IN */
	return ip_local_deliver_finish(net, skb);
}

/* A source route that was refused or is wrong. RFC 1122 section 3.3.5, RFC 7126 section 4.3. */
static int ip_rcv_srr(struct sk_buff *skb)
{
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);

	if (!in_dev || !IN_DEV_SOURCE_ROUTE(in_dev))
		return -EACCES;
	return ip_options_rcv_srr(skb);
}

static int ip_rcv_options(struct net *net, struct sk_buff *skb)
{
	struct ip_options *opt = &IPCB(skb)->opt;

	/* Options are written into (timestamps, recorded routes): the header must be our own. */
	if (skb_cow(skb, skb_headroom(skb))) {
		IP_INC_STATS(net, INDISCARDS);
		return ip_drop(skb, SKB_DROP_REASON_NOMEM);
	}
	opt->optlen = (u8)(ip_hdrlen(skb) - sizeof(struct iphdr));
	if (ip_options_compile(net, opt, skb)) {
		IP_INC_STATS(net, INHDRERRORS);
		return ip_drop(skb, SKB_DROP_REASON_IP_OPTIONS);
	}
	if (unlikely(opt->srr) && ip_rcv_srr(skb))
		return ip_drop(skb, SKB_DROP_REASON_IP_OPTIONS);
	return 0;
}

/* Martians, and multicasts that nobody here listens to, are in no counter of the MIB, as in Linux: their reason tells of them. */
static void ip_count_route_error(struct net *net, int err)
{
	if (err == -EXDEV)
		NET_INC_STATS(net, IPRPFILTER);
	else if (err == -EHOSTUNREACH)
		IP_INC_STATS(net, INADDRERRORS);
	else if (err == -ENETUNREACH)
		IP_INC_STATS(net, INNOROUTES);
	else if (err == -ENOMEM || err == -ENOBUFS)
		IP_INC_STATS(net, INDISCARDS);
}

static int ip_rcv_finish(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	enum skb_drop_reason reason;
	const struct rtable *rt;
	int err;

	if (likely(!skb_dst(skb))) {
		err = ip_route_input_reason(skb, iph->daddr, iph->saddr, iph->tos, skb->dev,
					    &reason);
		if (unlikely(err)) {
			ip_count_route_error(net, err);
			return ip_drop(skb, reason);
		}
	}
	if (unlikely(iph->ihl > 5) && ip_rcv_options(net, skb))
		return NET_RX_DROP;
	rt = skb_rtable(skb);
	if (unlikely(rt->rt_type == RTN_MULTICAST)) {
		IP_INC_STATS(net, INMCASTPKTS);
		IP_ADD_STATS(net, INMCASTOCTETS, skb->len);
	} else if (unlikely(rt->rt_type == RTN_BROADCAST)) {
		IP_INC_STATS(net, INBCASTPKTS);
		IP_ADD_STATS(net, INBCASTOCTETS, skb->len);
	}
	return dst_input(skb);
}

/* The checks of RFC 1122 section 3.2.1.1-2 and RFC 1812 section 5.2.2; 0 or the reason to drop,
 * counted. */
static enum skb_drop_reason ip_check_header(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (unlikely(!pskb_may_pull(skb, sizeof(struct iphdr))))
		goto short_header;
	iph = ip_hdr(skb);
	if (unlikely(iph->ihl < 5 || iph->version != IPVERSION))
		goto bad_header;
	if (unlikely(!pskb_may_pull(skb, iph->ihl * 4u)))
		goto short_header;
	iph = ip_hdr(skb);
	if (unlikely(ip_fast_csum(iph, iph->ihl))) {
		IP_INC_STATS(net, INCSUMERRORS);
		IP_INC_STATS(net, INHDRERRORS);
		return SKB_DROP_REASON_IP_CSUM;
	}
	len = ntohs(iph->tot_len);
	if (unlikely(skb->len < len)) {
		IP_INC_STATS(net, INTRUNCATEDPKTS);
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	}
	if (unlikely(len < iph->ihl * 4u))
		goto bad_header;
	/* The link may have padded the frame. */
	if (unlikely(skb->len > len) && pskb_trim_rcsum(skb, len)) {
		IP_INC_STATS(net, INDISCARDS);
		return SKB_DROP_REASON_NOMEM;
	}
	return SKB_CONSUMED;
short_header:
	IP_INC_STATS(net, INHDRERRORS);
	return SKB_DROP_REASON_PKT_TOO_SMALL;
bad_header:
	IP_INC_STATS(net, INHDRERRORS);
	return SKB_DROP_REASON_IP_INHDR;
}

/* A frame to all or to many must not carry a packet to one, where conf says so. RFC 1122 section 3.3.6. */
static noinline enum skb_drop_reason ip_check_not_host(const struct sk_buff *skb)
{
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);
	struct iphdr _iph;
	const struct iphdr *iph;

	if (skb->pkt_type == PACKET_OTHERHOST)
		return SKB_DROP_REASON_OTHERHOST;
	if ((skb->pkt_type != PACKET_BROADCAST && skb->pkt_type != PACKET_MULTICAST) || !in_dev ||
	    !IN_DEV_ORCONF(in_dev, drop_unicast_in_l2_multicast))
		return SKB_CONSUMED;
	iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
	if (!iph || ipv4_is_multicast(iph->daddr) ||
	    inet_addr_type(dev_net(skb->dev), iph->daddr) == RTN_BROADCAST)
		return SKB_CONSUMED;
	return SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST;
}

int ip_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
	   struct net_device *orig_dev)
{
	struct net *net = dev_net(dev);
	enum skb_drop_reason reason;

	if (unlikely(skb->pkt_type != PACKET_HOST)) {
		reason = ip_check_not_host(skb);
		if (reason)
			return ip_drop(skb, reason);
	}
	IP_INC_STATS(net, INRECEIVES);
	IP_ADD_STATS(net, INOCTETS, skb->len);
	if (unlikely(skb_shared(skb))) {
		skb = skb_share_check(skb, GFP_ATOMIC);
		if (!skb) {
			IP_INC_STATS(net, INDISCARDS);
			return NET_RX_DROP;
		}
	}
	skb_reset_network_header(skb);
	reason = ip_check_header(net, skb);
	if (unlikely(reason))
		return ip_drop(skb, reason);
	IP_ECN_STATS(net, ip_hdr(skb)->tos, max_t(unsigned int, skb_shinfo(skb)->gso_segs, 1));
	skb->transport_header = (u16)(skb->network_header + ip_hdrlen(skb));
	memset(IPCB(skb), 0, sizeof(struct inet_skb_parm));
	IPCB(skb)->iif = skb->skb_iif;
	if (unlikely(skb->destructor))
		skb_orphan(skb);
	/* hook: PRE_ROUTING */
	return ip_rcv_finish(net, skb);
}
