/* SPDX-License-Identifier: MIT */
/* Packets for others, when net.ipv4.ip_forward is on. RFC 1812 section 5.2. Book section 12.8.3. */
#include <net/icmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

static int ip_forward_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	IP_INC_STATS(net, OUTFORWDATAGRAMS);
	if (unlikely(IPCB(skb)->opt.optlen))
		ip_forward_options(skb);
	skb->tstamp = 0;
	return dst_output(net, sk, skb);
}

static bool ip_exceeds_mtu(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb->len <= mtu || (skb_is_gso(skb) && ip_gso_fits(skb, mtu)))
		return false;
	return (ip_hdr(skb)->frag_off & htons(IP_DF)) && !skb->local_df;
}

int ip_forward(struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);
	struct net *net = dev_net(rt->dst.dev);
	enum skb_drop_reason reason = SKB_DROP_REASON_OTHERHOST;
	unsigned int mtu;

	if (skb->pkt_type != PACKET_HOST)
		goto drop;
	if (unlikely(IPCB(skb)->opt.router_alert) && ip_call_ra_chain(skb))
		return NET_RX_SUCCESS;
	if (ip_hdr(skb)->ttl <= 1) {
		IP_INC_STATS(net, INHDRERRORS);
		icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		reason = SKB_DROP_REASON_IP_TTL;
		goto drop;
	}
	if (IPCB(skb)->opt.is_strictroute && rt->rt_uses_gateway) {
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0);
		reason = SKB_DROP_REASON_IP_OPTIONS;
		goto drop;
	}
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	mtu = ip_dst_mtu_maybe_forward(&rt->dst, true);
	if (ip_exceeds_mtu(skb, mtu)) {
		IP_INC_STATS(net, FRAGFAILS);
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
		reason = SKB_DROP_REASON_PKT_TOO_BIG;
		goto drop;
	}
	reason = SKB_DROP_REASON_NOMEM;
	if (skb_cow(skb, LL_RESERVED_SPACE(rt->dst.dev))) {
		IP_INC_STATS(net, INDISCARDS);
		goto drop;
	}
	if ((rt->rt_flags & RTCF_DOREDIRECT) && !IPCB(skb)->opt.srr)
		ip_rt_send_redirect(skb);
	/* RFC 1624: the checksum follows the TTL. */
	csum_replace2(&ip_hdr(skb)->check, htons((u16)(ip_hdr(skb)->ttl << 8)),
		      htons((u16)((ip_hdr(skb)->ttl - 1) << 8)));
	ip_hdr(skb)->ttl--;
	skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
	/* hook: FORWARD */
	return ip_forward_finish(net, NULL, skb);
drop:
	kfree_skb_reason(skb, reason);
	return NET_RX_DROP;
}
