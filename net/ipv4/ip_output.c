/* SPDX-License-Identifier: MIT */
/* Sending IPv4 packets: header, identification, output to the neighbour. RFC 791, RFC 1122
 * section 3.2.1, RFC 6864. Book section 12.8.4. */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/arp.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/neighbour.h>
#include "ipv4_internal.h"

#define IP_IDENTS 1024u /* counters; two flows share one only by chance */

struct ip_ident {
	u32 next, stamp; /* stamp: jiffies of the last use */
};

/* A counter jumps by a part of the time that it was not used in, so that whoever shares it with others cannot
 * count from its numbers what they send. RFC 7739 section 5.3. */
static __be16 ip_next_id(struct net *net, const struct iphdr *iph, unsigned int segs)
{
	u32 h = (u32)siphash_3u32(iph->daddr, iph->saddr, iph->protocol, &net->ipv4.ip_id_key);
	struct ip_ident *id = &net->ipv4.ip_idents[h & (IP_IDENTS - 1)];
	u32 now = (u32)jiffies;

	if (id->stamp != now) {
		id->next += get_random_below(now - id->stamp);
		id->stamp = now;
	}
	id->next += segs;
	return htons((u16)(id->next - segs));
}

/* RFC 6864: the id matters only where the packet may be fragmented. A large packet takes one for
 * each of its segments. */
static noinline void ip_fragment_ident(struct net *net, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->id = ip_next_id(net, iph, skb_nr_segs(skb));
}

static inline void __ip_select_ident(struct net *net, struct sk_buff *skb, struct sock *sk)
{
	struct iphdr *iph = ip_hdr(skb);

	if (unlikely(!(iph->frag_off & htons(IP_DF)) || skb->local_df)) {
		ip_fragment_ident(net, skb);
		return;
	}
	iph->id = 0;
	if (sk && inet_sk(sk)->inet_daddr) {
		iph->id = htons(inet_sk(sk)->inet_id);
		inet_sk(sk)->inet_id += (u16)skb_nr_segs(skb);
	}
}

void ip_select_ident(struct net *net, struct sk_buff *skb, struct sock *sk)
{
	__ip_select_ident(net, skb, sk);
}

/* ---- from the routed packet to the neighbour ---- */

static struct neighbour *ip_neigh(struct net *net, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct neighbour *neigh = dst->neighbour;
	__be32 hop;

	if (likely(neigh && !neigh->dead))
		return neigh;
	local_bh_disable();
	hop = dst->dev->flags & (IFF_LOOPBACK | IFF_POINTOPOINT)
		      ? 0
		      : rt_nexthop((struct rtable *)dst, ip_hdr(skb)->daddr);
	neigh = __neigh_lookup_errno(net->ipv4.arp_tbl, &hop, dst->dev);
	if (!IS_ERR(neigh)) {
		if (dst->neighbour)
			neigh_release(dst->neighbour);
		dst->neighbour = neigh;
	}
	local_bh_enable();
	return neigh;
}

/* What has no room for the link's header yet, or no neighbour. */
static noinline int ip_finish_output_slow(struct net *net, struct sk_buff *skb)
{
	struct net_device *dev = skb_dst(skb)->dev;
	struct neighbour *neigh;

	if (unlikely(skb_headroom(skb) < (unsigned int)LL_RESERVED_SPACE(dev) && dev->header_ops) &&
	    skb_cow_head(skb, LL_RESERVED_SPACE(dev))) {
		IP_INC_STATS(net, OUTDISCARDS);
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return -ENOMEM;
	}
	neigh = ip_neigh(net, skb);
	if (unlikely(IS_ERR(neigh))) {
		IP_INC_STATS(net, OUTDISCARDS);
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_TABLE_FULL);
		return -EINVAL;
	}
	return neigh_output(neigh, skb);
}

static int ip_finish_output2(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);
	struct neighbour *neigh = rt->dst.neighbour;

	if (unlikely(rt->rt_type == RTN_MULTICAST)) {
		IP_INC_STATS(net, OUTMCASTPKTS);
		IP_ADD_STATS(net, OUTMCASTOCTETS, skb->len);
	} else if (unlikely(rt->rt_type == RTN_BROADCAST)) {
		IP_INC_STATS(net, OUTBCASTPKTS);
		IP_ADD_STATS(net, OUTBCASTOCTETS, skb->len);
	}
	IP_ADD_STATS(net, OUTOCTETS, skb->len);
	if (unlikely(skb_headroom(skb) < (unsigned int)LL_RESERVED_SPACE(rt->dst.dev) || !neigh ||
		     neigh->dead))
		return ip_finish_output_slow(net, skb);
	return neigh_output(neigh, skb);
}

/* Segments larger than the MTU: what came by a link with a larger one, joined, and may be
 * fragmented. The packet is cut here, and each segment fragmented. */
static int ip_finish_output_gso(struct net *net, struct sock *sk, struct sk_buff *skb,
				unsigned int mtu)
{
	struct sk_buff *segs = skb_gso_segment(skb, skb->dev->features & ~NETIF_F_GSO_MASK), *next;
	int err, ret = 0;

	if (IS_ERR_OR_NULL(segs)) {
		IP_INC_STATS(net, OUTDISCARDS);
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return -ENOMEM;
	}
	consume_skb(skb);
	for (; segs; segs = next) {
		next = segs->next;
		segs->next = NULL;
		err = ip_fragment(net, sk, segs, mtu, ip_finish_output2);
		ret = ret ? ret : err;
	}
	return ret;
}

/* What is not plainly within the MTU: large, or on a path whose MTU is not its device's. */
static noinline int ip_finish_output_mtu(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	unsigned int mtu = ip_skb_dst_mtu(sk, skb);

	if (skb_is_gso(skb))
		return likely(ip_gso_fits(skb, mtu)) ? ip_finish_output2(net, sk, skb)
						     : ip_finish_output_gso(net, sk, skb, mtu);
	if (unlikely(skb->len > mtu))
		return ip_fragment(net, sk, skb, mtu, ip_finish_output2);
	return ip_finish_output2(net, sk, skb);
}

static int ip_finish_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	if (likely(ip_rt_mtu_is_device(rt) && skb->len <= rt->dst.dev->mtu && !skb_is_gso(skb)))
		return ip_finish_output2(net, sk, skb);
	return ip_finish_output_mtu(net, sk, skb);
}

int ip_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	skb->dev = skb_dst(skb)->dev;
	skb->protocol = htons(ETH_P_IP);
	/* hook: POST_ROUTING */
	return ip_finish_output(net, sk, skb);
}

/* A copy of what goes to many comes back to ourselves, as if received. */
static void ip_loopback_copy(struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy)
		return;
	skb_reset_mac_header(copy);
	__skb_pull(copy, (unsigned int)skb_network_offset(copy));
	copy->pkt_type = PACKET_LOOPBACK;
	copy->tstamp = 0; /* when it was to go says nothing about when it came */
	if (copy->ip_summed != CHECKSUM_PARTIAL)
		copy->ip_summed = CHECKSUM_UNNECESSARY;
	netif_rx(copy);
}

int ip_mc_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);

	skb->dev = rt->dst.dev;
	skb->protocol = htons(ETH_P_IP);
	if (rt->rt_flags & RTCF_MULTICAST) {
		if ((rt->rt_flags & RTCF_LOCAL) && (!sk || inet_sk(sk)->mc_loop))
			ip_loopback_copy(skb);
		/* TTL 0 stays on this host. RFC 1112 section 6.1. */
		if (ip_hdr(skb)->ttl == 0) {
			consume_skb(skb);
			return 0;
		}
	} else if (rt->rt_flags & RTCF_BROADCAST) {
		ip_loopback_copy(skb);
	}
	/* hook: POST_ROUTING */
	return ip_finish_output(net, sk, skb);
}

int ip_local_out(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->tot_len = htons((u16)skb->len);
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
	IP_INC_STATS(net, OUTREQUESTS);
	/* hook: LOCAL_OUT */
	return dst_output(net, sk, skb);
}

/* ---- transports that bring a ready segment ---- */

static inline struct iphdr *ip_push_header(struct sk_buff *skb, const struct ip_options *opt,
					   u8 tos, u8 ttl, u8 protocol, __be32 saddr, __be32 daddr)
{
	unsigned int optlen = unlikely(opt) ? opt->optlen : 0;
	struct iphdr *iph = skb_push(skb, (unsigned int)sizeof(*iph) + optlen);

	skb_reset_network_header(skb);
	*(__be16 *)iph = htons((u16)(IPVERSION << 12 | (5 + optlen / 4) << 8 | tos));
	iph->frag_off = 0;
	iph->ttl = ttl;
	iph->protocol = protocol;
	iph->saddr = saddr;
	iph->daddr = daddr;
	return iph;
}

static u8 ip_socket_ttl(const struct inet_sock *inet, const struct net *net,
			const struct dst_entry *dst)
{
	u32 hops = dst_metric(dst, RTAX_HOPLIMIT);

	if (inet->uc_ttl >= 0)
		return (u8)inet->uc_ttl;
	return (u8)(hops ? hops : (u32)net->ipv4.sysctl_ip_default_ttl);
}

/* The socket's route, looked up anew where the cached one is gone. */
static noinline struct rtable *ip_queue_route(struct sock *sk)
{
	struct rtable *rt = (struct rtable *)__sk_dst_check(sk, 0);
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 fl4;

	if (likely(rt))
		return rt;
	rt = ip_route_connect(
		sock_net(sk), &fl4,
		inet->inet_opt && inet->inet_opt->srr ? inet->inet_opt->faddr : inet->inet_daddr,
		inet->inet_saddr, RT_TOS(inet->tos) | sock_flag(sk, SOCK_LOCALROUTE),
		sk->sk_bound_dev_if, sk->sk_protocol, inet->inet_sport, inet->inet_dport, sk);
	if (!IS_ERR(rt))
		sk_setup_caps(sk, &rt->dst);
	return rt;
}

int ip_queue_xmit(struct sock *sk, struct sk_buff *skb)
{
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);
	const struct ip_options *opt = inet->inet_opt;
	struct rtable *rt = skb_rtable(skb);
	struct iphdr *iph;

	if (likely(!rt)) {
		rt = (struct rtable *)__sk_dst_get(sk);
		if (unlikely(!rt || !rt_is_current(rt))) {
			rt = ip_queue_route(sk);
			if (IS_ERR(rt))
				goto no_route;
		}
		dst_hold(&rt->dst);
		skb_dst_set(skb, &rt->dst);
	}
	if (unlikely(opt && opt->is_strictroute && rt->rt_uses_gateway))
		goto no_route;
	iph = ip_push_header(skb, opt, inet->tos, ip_socket_ttl(inet, net, &rt->dst),
			     sk->sk_protocol, inet->inet_saddr, inet->inet_daddr);
	if (ip_dont_fragment(sk, &rt->dst) && !skb->local_df)
		iph->frag_off = htons(IP_DF);
	if (unlikely(opt && opt->optlen)) {
		ip_options_build(skb, opt, inet->inet_daddr, rt);
		if (opt->srr)
			iph->daddr = opt->faddr;
	}
	__ip_select_ident(net, skb, sk);
	skb->priority = sk->sk_priority;
	skb->mark = sk->sk_mark;
	return ip_local_out(net, sk, skb);

no_route:
	IP_INC_STATS(net, OUTNOROUTES);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_OUTNOROUTES);
	return -EHOSTUNREACH;
}

int ip_build_and_send_pkt(struct sk_buff *skb, const struct sock *sk, __be32 saddr, __be32 daddr,
			  struct ip_options *opt, u8 tos)
{
	struct inet_sock *inet = inet_sk(sk);
	struct rtable *rt = skb_rtable(skb);
	struct net *net = sock_net(sk);
	struct iphdr *iph;

	iph = ip_push_header(skb, opt, tos, ip_socket_ttl(inet, net, &rt->dst), sk->sk_protocol,
			     saddr, opt && opt->srr ? opt->faddr : daddr);
	if (ip_dont_fragment(sk, &rt->dst))
		iph->frag_off = htons(IP_DF);
	iph->id = 0;
	if (!(iph->frag_off & htons(IP_DF)))
		ip_select_ident(net, skb, NULL);
	if (unlikely(opt && opt->optlen))
		ip_options_build(skb, opt, daddr, rt);
	skb->priority = sk->sk_priority;
	skb->mark = sk->sk_mark;
	return ip_local_out(net, (struct sock *)sk, skb);
}

/* ---- answers that no socket sends ---- */

int ip_send_reply(struct net *net, struct sk_buff *skb, const struct ip_options *opt,
		  struct rtable *rt, u8 protocol, __be32 saddr, __be32 daddr, u8 tos, __be16 frag_off)
{
	u32 hops = dst_metric(&rt->dst, RTAX_HOPLIMIT);
	struct iphdr *iph;

	iph = ip_push_header(skb, opt, tos, (u8)(hops ? hops : (u32)net->ipv4.sysctl_ip_default_ttl),
		       protocol, saddr, opt && opt->srr ? opt->faddr : daddr);
	iph->frag_off = frag_off;
	skb_dst_set(skb, &rt->dst);
	if (opt && opt->optlen)
		ip_options_build(skb, opt, daddr, rt);
	ip_select_ident(net, skb, NULL);
	return ip_local_out(net, NULL, skb);
}

void ip_send_unicast_reply(struct sock *ctl_sk, struct sk_buff *skb, __be32 daddr, __be32 saddr,
			   const void *th, unsigned int len, int csumoffset, u8 tos, int oif)
{
	struct {
		struct ip_options opt;
		u8 data[MAX_IPOPTLEN];
	} reply;
	struct net *net = sock_net(ctl_sk);
	u8 protocol = ctl_sk->sk_protocol;
	struct sk_buff *answer;
	struct flowi4 fl4;
	struct rtable *rt;
	void *data;

	if (ip_options_echo(net, &reply.opt, skb))
		return;
	rt = ip_route_connect(net, &fl4, reply.opt.faddr ? reply.opt.faddr : daddr, saddr,
			      RT_TOS(tos), oif, protocol, 0, 0, ctl_sk);
	if (IS_ERR(rt))
		return;
	answer = alloc_skb(LL_RESERVED_SPACE(rt->dst.dev) + (unsigned int)sizeof(struct iphdr) +
				   reply.opt.optlen + len,
			   GFP_ATOMIC);
	if (!answer) {
		dst_release(&rt->dst);
		return;
	}
	skb_reserve(answer, (int)(LL_RESERVED_SPACE(rt->dst.dev) + sizeof(struct iphdr) +
				  reply.opt.optlen));
	skb_reset_transport_header(answer);
	data = skb_put_data(answer, th, len);
	if (csumoffset >= 0) {
		__sum16 *check = (__sum16 *)((char *)data + csumoffset);

		*check = 0;
		*check = csum_tcpudp_magic(saddr, daddr, len, protocol, csum_partial(data, len, 0));
	}
	/* Small enough for every path, and of no connection that could count: neither cut nor numbered. */
	ip_send_reply(net, answer, &reply.opt, rt, protocol, saddr, daddr, tos, htons(IP_DF));
}

static struct packet_type ip_packet_type = {
	.type = htons(ETH_P_IP),
	.func = ip_rcv,
	.gso_segment = inet_gso_segment,
	.gro_receive = inet_gro_receive,
	.gro_complete = inet_gro_complete,
	.payload_offset = ip_payload_offset,
};

static int ip_net_init(struct net *net)
{
	net->ipv4.ip_idents = kmalloc(IP_IDENTS * sizeof(struct ip_ident), GFP_KERNEL);
	if (!net->ipv4.ip_idents)
		return -ENOMEM;
	get_random_bytes(net->ipv4.ip_idents, IP_IDENTS * sizeof(struct ip_ident));
	get_random_bytes(&net->ipv4.ip_id_key, sizeof(net->ipv4.ip_id_key));
	return 0;
}

static void ip_net_exit(struct net *net)
{
	kfree(net->ipv4.ip_idents);
}

static struct pernet_operations ip_net_ops = { .init = ip_net_init, .exit = ip_net_exit };

void ip_init(void)
{
	register_pernet_subsys(&ip_net_ops);
	dev_add_pack(&ip_packet_type);
}
