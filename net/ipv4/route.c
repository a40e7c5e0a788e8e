/* SPDX-License-Identifier: MIT */
/* Which way a packet goes: the flow cache first, then the FIB; received packets are checked for
 * impossible addresses. RFC 1122 section 3.2.1.3, RFC 1812. Book section 12.8.5. */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/ip_fib.h>
#include "ipv4_internal.h"

#define RT_REDIRECT_TIMEOUT (300 * HZ) /* jiffies that a redirect is followed */

static struct dst_ops ipv4_dst_ops;

/* ---- the route as a dst_entry ---- */

static struct dst_entry *ipv4_dst_check(struct dst_entry *dst, u32 cookie)
{
	return rt_is_current((struct rtable *)dst) ? dst : NULL;
}

noinline unsigned int ip_rt_path_mtu(const struct rtable *rt)
{
	unsigned int mtu = min_t(unsigned int, rt->dst.dev->mtu, IP_MAX_MTU);

	/* What was learnt of the path may be older than the device's MTU. */
	if (rt->rt_pmtu && time_before(jiffies, rt->dst.expires))
		return min(mtu, rt->rt_pmtu);
	if (dst_metric(&rt->dst, RTAX_MTU))
		return min(mtu, dst_metric(&rt->dst, RTAX_MTU));
	return mtu;
}

static unsigned int ipv4_mtu(const struct dst_entry *dst)
{
	return ip_rt_mtu((const struct rtable *)dst);
}

static unsigned int ipv4_default_advmss(const struct dst_entry *dst)
{
	unsigned int mtu = ipv4_mtu(dst), mss = mtu > 40 ? mtu - 40 : 0;

	return min(max(mss, (unsigned int)dev_net(dst->dev)->ipv4.sysctl_rt_min_adv_mss),
		   65535u - 40);
}

static struct dst_entry *ipv4_negative_advice(struct dst_entry *dst)
{
	dst->obsolete = DST_OBSOLETE_DEAD;
	rt_cache_forget(dev_net(dst->dev), ((struct rtable *)dst)->rt_dst);
	return NULL; /* the holder lets go of it */
}

static void ipv4_link_failure(struct sk_buff *skb)
{
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}

/* What is known of @rt's destination by its next hop; what was learnt of another way there is forgotten. Softirqs off. */
static struct rt_exception *rt_exception_of(struct net *net, const struct rtable *rt)
{
	struct rt_exception *e = rt_exception_get(net, rt->rt_dst);
	int oif = rt->dst.dev->ifindex;

	if (e->oif == oif && (e->via == rt->rt_gateway || (e->gw && e->gw == rt->rt_gateway)))
		return e;
	e->pmtu = 0;
	e->gw = 0;
	e->via = rt->rt_gateway;
	e->oif = oif;
	return e;
}

static void rt_learn_pmtu(struct net *net, struct rtable *rt, u32 mtu)
{
	struct rt_exception *e;
	bool locked = false;

	if (dst_metric(&rt->dst, RTAX_LOCK) & (1u << RTAX_MTU) || ipv4_mtu(&rt->dst) < mtu)
		return;
	if (mtu < (u32)net->ipv4.sysctl_rt_min_pmtu) {
		locked = true;
		mtu = min(ipv4_mtu(&rt->dst), (u32)net->ipv4.sysctl_rt_min_pmtu);
	}
	local_bh_disable();
	e = rt_exception_of(net, rt);
	e->pmtu = mtu;
	e->locked = locked;
	e->pmtu_expires = jiffies + (unsigned long)net->ipv4.sysctl_rt_mtu_expires * HZ;
	local_bh_enable();
	rt->dst.obsolete = DST_OBSOLETE_DEAD;
	rt_cache_forget(net, rt->rt_dst);
}

static void ip_rt_update_pmtu(struct dst_entry *dst, u32 mtu)
{
	rt_learn_pmtu(dev_net(dst->dev), (struct rtable *)dst, mtu);
}

static struct neighbour *ipv4_neigh_lookup(const struct dst_entry *dst, struct sk_buff *skb,
					   const void *daddr)
{
	const struct rtable *rt = (const struct rtable *)dst;
	__be32 hop = rt->rt_gateway ? rt->rt_gateway
				    : (skb ? ip_hdr(skb)->daddr : *(const __be32 *)daddr);

	return __neigh_lookup_errno(dev_net(dst->dev)->ipv4.arp_tbl, &hop, dst->dev);
}

static int ip_rt_bug(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	WARN_ON_ONCE(1);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_OUTNOROUTES);
	return 0;
}

/* What an unreachable, prohibit or missing route does to a received packet that we should forward.
 */
static int ip_error(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	int code = -1;

	switch (skb_dst(skb)->error) {
	case -EHOSTUNREACH: code = ICMP_HOST_UNREACH; break;
	case -ENETUNREACH:
		code = ICMP_NET_UNREACH;
		IP_INC_STATS(net, INNOROUTES);
		break;
	case -EACCES: code = ICMP_PKT_FILTERED; break;
	}
	if (code >= 0)
		icmp_send(skb, ICMP_DEST_UNREACH, code, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_INNOROUTES);
	return 0;
}

static struct rtable *rt_alloc(struct net_device *dev, u32 flags, u16 type)
{
	struct rtable *rt =
		(struct rtable *)dst_alloc(&ipv4_dst_ops, dev, DST_OBSOLETE_FORCE_CHK, DST_HOST);

	if (!rt)
		return NULL;
	rt->rt_genid = dev_net(dev)->ipv4.rt_genid;
	rt->rt_flags = flags;
	rt->rt_type = type;
	rt->rt_table = flags & RTCF_LOCAL ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	return rt;
}

/* Next hop and metrics from the FIB, corrected by what ICMP taught. */
static void rt_set_nexthop(struct net *net, struct rtable *rt, const struct fib_result *res)
{
	const struct fib_info *fi = res ? res->fi : NULL;
	struct rt_exception *e;

	if (fi) {
		rt->rt_table = res->table->tb_id;
		if (res->nh->nh_gw && res->nh->nh_scope >= RT_SCOPE_LINK) {
			rt->rt_gateway = res->nh->nh_gw;
			rt->rt_uses_gateway = true;
		}
		memcpy(rt->dst.metrics, fi->fib_metrics, sizeof(fi->fib_metrics));
		if (fi->fib_nhs > 1 && net->ipv4.sysctl_fib_multipath_hash_policy)
			rt->dst.flags |= DST_NOCACHE;
	}
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		return;
	e = rt_exception_find(net, rt->rt_dst);
	if (!e || e->via != rt->rt_gateway || e->oif != rt->dst.dev->ifindex)
		return; /* nothing was told, or the way has changed since */
	if (e->pmtu) {
		rt->rt_pmtu = e->pmtu;
		rt->rt_mtu_locked = e->locked;
		rt->dst.expires = e->pmtu_expires;
	}
	if (e->gw && rt->rt_uses_gateway)
		rt->rt_gateway = e->gw;
}

/* ---- received packets ---- */

struct rt_in { /* a received packet's look-up */
	struct net *net;
	struct net_device *dev;
	struct in_device *in_dev;
	__be32 daddr, saddr;
	u8 tos;
	bool redirect; /* the sender could speak to the next hop itself */
	struct fib_result res;
};

static int rt_in_finish(struct sk_buff *skb, const struct rt_in *in, struct rtable *rt)
{
	rt->rt_is_input = true;
	rt->rt_iif = in->dev->ifindex;
	rt->rt_src = rt->rt_key_src = in->saddr;
	rt->rt_dst = rt->rt_key_dst = in->daddr;
	rt->rt_key_iif = in->dev->ifindex;
	rt->rt_key_tos = in->tos;
	rt_cache_insert(in->net, rt);
	skb_dst_set(skb, &rt->dst);
	return 0;
}

static int rt_in_local(struct sk_buff *skb, const struct rt_in *in, u32 flags, u16 type)
{
	struct rtable *rt = rt_alloc(in->net->loopback_dev ? in->net->loopback_dev : in->dev,
				     flags | RTCF_LOCAL, type);

	if (!rt)
		return -ENOBUFS;
	rt->dst.input = ip_local_deliver;
	rt->dst.output = ip_rt_bug;
	return rt_in_finish(skb, in, rt);
}

/* A packet that cannot go on: the route answers with ICMP. */
static int rt_in_unreachable(struct sk_buff *skb, const struct rt_in *in, int err)
{
	struct rtable *rt = rt_alloc(in->dev, 0, RTN_UNREACHABLE);

	if (!rt)
		return -ENOBUFS;
	rt->dst.input = ip_error;
	rt->dst.output = ip_rt_bug;
	rt->dst.error = err;
	return rt_in_finish(skb, in, rt);
}

static int rt_in_forward(struct sk_buff *skb, const struct rt_in *in)
{
	struct net_device *out = in->res.nh->nh_dev;
	struct in_device *out_dev = out ? __in_dev_get_rcu(out) : NULL;
	struct rtable *rt;
	u32 flags = 0;

	if (!out_dev)
		return -EINVAL;
	if (out == in->dev && in->redirect && !in->res.nh->nh_gw)
		flags = RTCF_DOREDIRECT;
	else if (out == in->dev && in->redirect &&
		 (IN_DEV_SHARED_MEDIA(out_dev) ||
		  inet_addr_onlink(out_dev, in->saddr, in->res.nh->nh_gw)))
		flags = RTCF_DOREDIRECT;
	rt = rt_alloc(out, flags, in->res.type);
	if (!rt)
		return -ENOBUFS;
	rt->rt_dst = in->daddr;
	rt->dst.input = ip_forward;
	rt->dst.output = ip_output;
	rt_set_nexthop(in->net, rt, &in->res);
	return rt_in_finish(skb, in, rt);
}

static int rt_martian(struct sk_buff *skb, const struct rt_in *in, const char *which,
		      enum skb_drop_reason *reason)
{
	if (IN_DEV_LOG_MARTIANS(in->in_dev) && net_ratelimit())
		pr_warn("martian %s: %pI4 to %pI4 on %s\n", which, &in->saddr, &in->daddr,
			in->dev->name);
	*reason = SKB_DROP_REASON_IP_MARTIAN;
	return -EINVAL;
}

static int rt_in_broadcast(struct sk_buff *skb, struct rt_in *in, enum skb_drop_reason *reason)
{
	int err;

	if (!ipv4_is_zeronet(in->saddr)) {
		err = fib_validate_source(in->net, in->saddr, 0, in->tos, 0, in->dev, in->in_dev);
		if (err < 0) {
			*reason = SKB_DROP_REASON_IP_RPFILTER;
			return err == -EXDEV ? err : rt_martian(skb, in, "source", reason);
		}
	}
	return rt_in_local(skb, in, RTCF_BROADCAST, RTN_BROADCAST);
}

/* Addresses that no packet may carry here, whatever the routes say; what this host sends to itself comes with its route and
 * is not asked. RFC 1122 section 3.2.1.3, RFC 1812 section 5.3.7. */
static bool rt_in_impossible(const struct rt_in *in, const char **which)
{
	bool lo_ok = IN_DEV_ROUTE_LOCALNET(in->in_dev);

	*which = "source";
	if (ipv4_is_zeronet(in->saddr) || (ipv4_is_loopback(in->saddr) && !lo_ok))
		return true;
	*which = "destination";
	return ipv4_is_zeronet(in->daddr) || (ipv4_is_loopback(in->daddr) && !lo_ok);
}

/* Protocol and ports, where rules or the choice among next hops ask for them; fragments have none. */
static void rt_in_ports(const struct sk_buff *skb, struct flowi4 *fl4)
{
	const struct iphdr *iph = ip_hdr(skb);
	const __be16 *ports;
	__be16 buf[2];

	fl4->flowi4_proto = iph->protocol;
	if (ip_is_fragment(iph) || (iph->protocol != IPPROTO_TCP && iph->protocol != IPPROTO_UDP))
		return;
	ports = skb_header_pointer(skb, skb_network_offset(skb) + iph->ihl * 4, sizeof(buf), buf);
	if (!ports)
		return;
	fl4->fl4_sport = ports[0];
	fl4->fl4_dport = ports[1];
}

static int rt_in_by_fib(struct sk_buff *skb, struct rt_in *in, enum skb_drop_reason *reason)
{
	struct flowi4 fl4 = { .daddr = in->daddr,
			      .saddr = in->saddr,
			      .flowi4_tos = in->tos,
			      .flowi4_mark = skb->mark,
			      .flowi4_iif = in->dev->ifindex };
	bool forward = IN_DEV_FORWARD(in->in_dev);
	int err;

	if (in->net->ipv4.fib_has_custom_rules || in->net->ipv4.sysctl_fib_multipath_hash_policy)
		rt_in_ports(skb, &fl4);
	err = fib_lookup(in->net, &fl4, &in->res);

	*reason = forward ? SKB_DROP_REASON_IP_INNOROUTES : SKB_DROP_REASON_IP_FORWARDING_OFF;
	if (err)
		return forward && err != -EINVAL ? rt_in_unreachable(skb, in, err) : -EHOSTUNREACH;
	if (in->res.type == RTN_BROADCAST && !(forward && IN_DEV_BFORWARD(in->in_dev)))
		return rt_in_broadcast(skb, in, reason);
	if (in->res.type != RTN_LOCAL && !forward)
		return -EHOSTUNREACH;
	if (in->res.type != RTN_LOCAL && in->res.type != RTN_UNICAST && in->res.type != RTN_BROADCAST)
		return rt_martian(skb, in, "destination", reason);
	err = fib_validate_source(in->net, in->saddr, in->daddr, in->tos, 0, in->dev, in->in_dev);
	if (err == -EXDEV) {
		*reason = SKB_DROP_REASON_IP_RPFILTER;
		return err;
	}
	if (err < 0)
		return rt_martian(skb, in, "source", reason);
	in->redirect = err > 0;
	fib_select_path(in->net, &in->res, &fl4);
	*reason = SKB_DROP_REASON_NOMEM;
	return in->res.type == RTN_LOCAL ? rt_in_local(skb, in, 0, RTN_LOCAL)
					 : rt_in_forward(skb, in);
}

static int ip_route_input_slow(struct sk_buff *skb, struct rt_in *in, enum skb_drop_reason *reason)
{
	const char *which;

	if (ipv4_is_multicast(in->saddr) || ipv4_is_lbcast(in->saddr))
		return rt_martian(skb, in, "source", reason);
	if (ipv4_is_lbcast(in->daddr) || (!in->saddr && !in->daddr))
		return rt_in_broadcast(skb, in, reason);
	if (rt_in_impossible(in, &which))
		return rt_martian(skb, in, which, reason);
	return rt_in_by_fib(skb, in, reason);
}

/* Multicast is for us when the group is joined on that device; IGMP may come from an address-less
 * router. */
static int ip_route_input_mc(struct sk_buff *skb, struct rt_in *in, enum skb_drop_reason *reason)
{
	bool any_source = ipv4_is_zeronet(in->saddr) && ipv4_is_local_multicast(in->daddr);
	struct rtable *rt;

	if (!ip_check_mc(in->in_dev, in->daddr, in->saddr, ip_hdr(skb)->protocol)) {
		*reason = SKB_DROP_REASON_OTHERHOST;
		return -EINVAL;
	}
	rt = rt_cache_find(in->net, in->daddr, in->saddr, in->dev->ifindex, 0, in->tos);
	if (rt) {
		skb_dst_set(skb, &rt->dst);
		return 0;
	}
	if (ipv4_is_multicast(in->saddr) || ipv4_is_lbcast(in->saddr) ||
	    (ipv4_is_zeronet(in->saddr) && !any_source) ||
	    (ipv4_is_loopback(in->saddr) && !IN_DEV_ROUTE_LOCALNET(in->in_dev)))
		return rt_martian(skb, in, "source", reason);
	if (!any_source &&
	    fib_validate_source(in->net, in->saddr, 0, in->tos, 0, in->dev, in->in_dev) < 0)
		return rt_martian(skb, in, "source", reason);
	return rt_in_local(skb, in, RTCF_MULTICAST, RTN_MULTICAST);
}

static noinline int ip_route_input_find(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos,
					struct net_device *dev, enum skb_drop_reason *reason)
{
	struct rt_in in = { .net = dev_net(dev),
			    .dev = dev,
			    .in_dev = __in_dev_get_rcu(dev),
			    .daddr = daddr,
			    .saddr = saddr,
			    .tos = RT_TOS(tos) };
	struct rtable *rt;
	int err;

	*reason = SKB_DROP_REASON_IP_INNOROUTES;
	if (unlikely(!in.in_dev))
		return -EINVAL;
	if (ipv4_is_multicast(daddr))
		return ip_route_input_mc(skb, &in, reason);
	rt = rt_cache_find(in.net, daddr, saddr, dev->ifindex, 0, in.tos);
	if (likely(rt)) {
		skb_dst_set(skb, &rt->dst);
		return 0;
	}
	local_bh_disable();
	err = ip_route_input_slow(skb, &in, reason);
	local_bh_enable();
	if (err == -ENOBUFS)
		*reason = SKB_DROP_REASON_NOMEM;
	return err;
}

int ip_route_input_reason(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos,
			  struct net_device *dev, enum skb_drop_reason *reason)
{
	struct rtable *rt = dev_net(dev)->ipv4.rt_last_input;

	/* Packets come in trains: mostly it is the route of the last one. */
	if (likely(rt && rt_key_matches(rt, daddr, saddr, dev->ifindex, 0, RT_TOS(tos)) &&
		   __in_dev_get_rcu(dev) && !ipv4_is_multicast(daddr))) {
		dst_hold(&rt->dst);
		skb_dst_set(skb, &rt->dst);
		return 0;
	}
	return ip_route_input_find(skb, daddr, saddr, tos, dev, reason);
}

int ip_route_input(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos, struct net_device *dev)
{
	enum skb_drop_reason reason;

	return ip_route_input_reason(skb, daddr, saddr, tos, dev, &reason);
}

/* ---- packets to send ---- */

static struct rtable *mkroute_output(struct net *net, const struct flowi4 *fl4,
				     const struct fib_result *res, struct net_device *dev,
				     u32 flags, u16 type)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct rtable *rt;

	if (!in_dev)
		return ERR_PTR(-EINVAL);
	if (ipv4_is_loopback(fl4->saddr) && !(dev->flags & IFF_LOOPBACK) &&
	    !IN_DEV_ROUTE_LOCALNET(in_dev))
		return ERR_PTR(-EINVAL);
	if (ipv4_is_lbcast(fl4->daddr))
		type = RTN_BROADCAST;
	else if (ipv4_is_multicast(fl4->daddr))
		type = RTN_MULTICAST;
	else if (ipv4_is_zeronet(fl4->daddr))
		return ERR_PTR(-EINVAL);
	if (type == RTN_BROADCAST) {
		flags |= RTCF_BROADCAST | RTCF_LOCAL;
		res = NULL;
	} else if (type == RTN_MULTICAST) {
		flags |= RTCF_MULTICAST;
		if (ip_check_mc(in_dev, fl4->daddr, fl4->saddr, fl4->flowi4_proto))
			flags |= RTCF_LOCAL;
		res = NULL;
	}
	rt = rt_alloc(dev, flags, type);
	if (!rt)
		return ERR_PTR(-ENOBUFS);
	rt->rt_src = fl4->saddr;
	rt->rt_dst = fl4->daddr;
	rt->dst.output = ip_output;
	if (flags & RTCF_LOCAL)
		rt->dst.input = ip_local_deliver;
	if ((flags & (RTCF_BROADCAST | RTCF_MULTICAST)) && !(dev->flags & IFF_LOOPBACK))
		rt->dst.output = ip_mc_output;
	rt_set_nexthop(net, rt, res);
	return rt;
}

/* The first address of the device itself, or none: what goes to the link at large must not name
 * another link's address. */
static __be32 rt_link_source(const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	if (in_dev)
		for_ifa(in_dev, ifa)
			if (!(ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_TENTATIVE)) &&
			    ifa->ifa_scope <= RT_SCOPE_LINK)
				return ifa->ifa_local;
	return 0;
}

/* A source given by the sender must be ours; for multicast and broadcast it also says where to
 * send. */
static int rt_out_source(struct net *net, struct flowi4 *fl4)
{
	struct net_device *dev;

	if (ipv4_is_multicast(fl4->saddr) || ipv4_is_lbcast(fl4->saddr) ||
	    ipv4_is_zeronet(fl4->saddr))
		return -EINVAL;
	dev = __ip_dev_find(net, fl4->saddr, false);
	if (!dev)
		return fl4->flowi4_flags & FLOWI_FLAG_ANYSRC ? 0 : -ENETUNREACH;
	if (!fl4->flowi4_oif && (ipv4_is_multicast(fl4->daddr) || ipv4_is_lbcast(fl4->daddr)))
		fl4->flowi4_oif = dev->ifindex;
	return 0;
}

static struct rtable *rt_out_by_fib(struct net *net, struct flowi4 *fl4, struct net_device *dev)
{
	struct fib_result res;
	int err;

	fl4->flowi4_scope = fl4->flowi4_tos & RTO_ONLINK ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	err = fib_lookup(net, fl4, &res);
	/* A local destination is reached through loopback, whichever device the sender is bound to.
	 */
	if (err && fl4->flowi4_oif) {
		struct flowi4 any = *fl4;

		any.flowi4_oif = 0;
		if (!fib_table_lookup(net->ipv4.fib_local, &any, &res) && res.type == RTN_LOCAL)
			err = 0;
	}
	if (err) {
		/* Bound to a device: what no route covers is taken to be on its link. */
		if (!dev)
			return ERR_PTR(err);
		if (!fl4->saddr)
			fl4->saddr = inet_select_addr(dev, 0, RT_SCOPE_LINK);
		return mkroute_output(net, fl4, NULL, dev, 0, RTN_UNICAST);
	}
	if (res.type == RTN_LOCAL) {
		if (!fl4->saddr)
			fl4->saddr = res.fi->fib_prefsrc ? res.fi->fib_prefsrc : fl4->daddr;
		/* All of 127/8 is local by one route, whose preferred source is 127.0.0.1. */
		return mkroute_output(net, fl4, NULL, net->loopback_dev, RTCF_LOCAL, RTN_LOCAL);
	}
	fib_select_path(net, &res, fl4);
	if (!fl4->saddr)
		fl4->saddr = fib_result_prefsrc(&res);
	return mkroute_output(net, fl4, &res, res.nh->nh_dev, 0, res.type);
}

static struct rtable *ip_route_output_slow(struct net *net, struct flowi4 *fl4)
{
	struct net_device *dev = NULL;
	int err;

	if (fl4->saddr) {
		err = rt_out_source(net, fl4);
		if (err)
			return ERR_PTR(err);
	}
	if (fl4->flowi4_oif) {
		dev = __dev_get_by_index(net, fl4->flowi4_oif);
		if (!dev)
			return ERR_PTR(-ENODEV);
		if (!(dev->flags & IFF_UP) || !__in_dev_get_rcu(dev))
			return ERR_PTR(-ENETUNREACH);
		if (ipv4_is_local_multicast(fl4->daddr) || ipv4_is_lbcast(fl4->daddr) ||
		    (ipv4_is_multicast(fl4->daddr) && fl4->saddr)) {
			if (!fl4->saddr)
				fl4->saddr = rt_link_source(dev);
			return mkroute_output(net, fl4, NULL, dev, 0, RTN_UNICAST);
		}
		if (!fl4->saddr && ipv4_is_multicast(fl4->daddr))
			fl4->saddr = inet_select_addr(dev, 0, RT_SCOPE_UNIVERSE);
		else if (!fl4->saddr && !fl4->daddr)
			fl4->saddr = inet_select_addr(dev, 0, RT_SCOPE_HOST);
	}
	if (!fl4->daddr) {
		/* To nowhere means to ourselves. */
		fl4->daddr = fl4->saddr ? fl4->saddr : htonl(INADDR_LOOPBACK);
		if (!fl4->saddr)
			fl4->saddr = fl4->daddr;
		if (!net->loopback_dev)
			return ERR_PTR(-ENETUNREACH);
		return mkroute_output(net, fl4, NULL, net->loopback_dev, RTCF_LOCAL, RTN_LOCAL);
	}
	return rt_out_by_fib(net, fl4, dev);
}

/* The way of a flow's first packet; what comes of it is cached. */
static noinline struct rtable *ip_route_output_uncached(struct net *net, struct flowi4 *fl4, u8 tos)
{
	struct flowi4 key = *fl4;
	struct rtable *rt;

	local_bh_disable();
	rt = ip_route_output_slow(net, fl4);
	local_bh_enable();
	if (IS_ERR(rt)) {
		if (PTR_ERR(rt) == -ENETUNREACH)
			IP_INC_STATS(net, OUTNOROUTES);
		return rt;
	}
	rt->rt_key_dst = key.daddr;
	rt->rt_key_src = key.saddr;
	rt->rt_key_oif = key.flowi4_oif;
	rt->rt_key_tos = tos;
	/* What goes to a group depends on the protocol as well (who has joined): not cached. */
	if (!(rt->rt_flags & RTCF_MULTICAST) && !(key.flowi4_flags & FLOWI_FLAG_ANYSRC))
		rt_cache_insert(net, rt);
	return rt;
}

struct rtable *ip_route_output_key(struct net *net, struct flowi4 *fl4)
{
	u8 tos = fl4->flowi4_tos & (0x1e | RTO_ONLINK);
	struct rtable *rt = rt_cache_find(net, fl4->daddr, fl4->saddr, 0, fl4->flowi4_oif, tos);

	if (unlikely(!rt))
		return ip_route_output_uncached(net, fl4, tos);
	fl4->saddr = rt->rt_src;
	fl4->daddr = rt->rt_dst;
	return rt;
}

struct rtable *ip_route_output_flow(struct net *net, struct flowi4 *fl4, const struct sock *sk)
{
	return ip_route_output_key(net, fl4);
}

struct rtable *ip_route_output(struct net *net, __be32 daddr, __be32 saddr, u8 tos, int oif)
{
	struct flowi4 fl4 = {
		.daddr = daddr, .saddr = saddr, .flowi4_tos = tos, .flowi4_oif = oif
	};

	return ip_route_output_key(net, &fl4);
}

struct rtable *ip_route_connect(struct net *net, struct flowi4 *fl4, __be32 dst, __be32 src, u8 tos,
				int oif, u8 protocol, __be16 sport, __be16 dport,
				const struct sock *sk)
{
	*fl4 = (struct flowi4){ .daddr = dst,
				.saddr = src,
				.flowi4_tos = tos,
				.flowi4_oif = oif,
				.flowi4_proto = protocol,
				.flowi4_mark = sk ? sk->sk_mark : 0,
				.fl4_sport = sport,
				.fl4_dport = dport };
	if (sk && inet_sk(sk)->transparent)
		fl4->flowi4_flags = FLOWI_FLAG_ANYSRC;
	return ip_route_output_key(net, fl4);
}

/* ---- what kind of address ---- */

static unsigned int addr_type(struct net *net, const struct net_device *dev, __be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	unsigned int type = RTN_UNICAST;
	struct fib_result res;

	if (ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr))
		return RTN_BROADCAST;
	if (ipv4_is_multicast(addr))
		return RTN_MULTICAST;
	local_bh_disable();
	if (!fib_table_lookup(net->ipv4.fib_local, &fl4, &res) &&
	    (!dev || fib_on_dev(res.fi, dev)))
		type = res.type;
	local_bh_enable();
	return type;
}

unsigned int inet_addr_type(struct net *net, __be32 addr)
{
	return addr_type(net, NULL, addr);
}

unsigned int inet_dev_addr_type(struct net *net, const struct net_device *dev, __be32 addr)
{
	return addr_type(net, dev, addr);
}

/* ---- what ICMP errors teach ---- */

void ipv4_update_pmtu(struct sk_buff *skb, struct net *net, u32 mtu, int oif, u8 protocol)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct rtable *rt = ip_route_output(net, iph->daddr, iph->saddr, RT_TOS(iph->tos), oif);

	if (IS_ERR(rt))
		return;
	rt_learn_pmtu(net, rt, mtu);
	dst_release(&rt->dst);
}

void ipv4_sk_update_pmtu(struct sk_buff *skb, struct sock *sk, u32 mtu)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct net *net = sock_net(sk);
	struct rtable *rt = (struct rtable *)__sk_dst_get(sk);

	if (!ip_sk_accept_pmtu(sk))
		return;
	if (!rt || rt->rt_dst != iph->daddr || !ipv4_dst_check(&rt->dst, 0)) {
		ipv4_update_pmtu(skb, net, mtu, sk->sk_bound_dev_if, iph->protocol);
		return;
	}
	rt_learn_pmtu(net, rt, mtu);
	if (sock_owned_by_user(sk))
		return; /* it looks its route up anew when it sends */
	rt = ip_route_output(net, iph->daddr, iph->saddr, RT_TOS(iph->tos), sk->sk_bound_dev_if);
	if (!IS_ERR(rt))
		sk_dst_set(sk, &rt->dst);
}

/* May @new_gw replace @old_gw, as @dev's link sees it. RFC 1122 section 3.2.2.2. */
static bool rt_redirect_valid(struct net *net, struct in_device *in_dev, __be32 old_gw,
			      __be32 new_gw)
{
	struct flowi4 fl4 = { 0 };
	struct fib_result res;
	bool is_default;

	if (new_gw == old_gw || !IN_DEV_RX_REDIRECTS(in_dev) || ipv4_is_multicast(new_gw) ||
	    ipv4_is_lbcast(new_gw) || ipv4_is_zeronet(new_gw))
		return false;
	if (!IN_DEV_SHARED_MEDIA(in_dev) && !inet_addr_onlink(in_dev, new_gw, old_gw))
		return false;
	if (IN_DEV_SEC_REDIRECTS(in_dev)) {
		/* Only to a gateway that we know: that of the default route, or one on a subnet of
		 * ours. */
		local_bh_disable();
		is_default = !fib_table_lookup(net->ipv4.fib_main, &fl4, &res) &&
			     res.nh->nh_gw == new_gw;
		local_bh_enable();
		if (!is_default && !inet_addr_onlink(in_dev, new_gw, old_gw))
			return false;
	}
	return inet_addr_type(net, new_gw) == RTN_UNICAST;
}

void ipv4_redirect(struct sk_buff *skb, struct net *net, int oif, u8 protocol)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	__be32 new_gw = icmp_hdr(skb)->un.gateway, old_gw = ip_hdr(skb)->saddr;
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);
	struct rt_exception *e;
	struct rtable *rt;

	if (!in_dev || icmp_hdr(skb)->code > ICMP_REDIR_HOSTTOS ||
	    !rt_redirect_valid(net, in_dev, old_gw, new_gw))
		return;
	rt = ip_route_output(net, iph->daddr, iph->saddr, RT_TOS(iph->tos), oif);
	if (IS_ERR(rt))
		return;
	if (rt->rt_gateway == old_gw && rt->dst.dev == skb->dev) {
		local_bh_disable();
		e = rt_exception_of(net, rt);
		e->gw = new_gw;
		e->gw_expires = jiffies + RT_REDIRECT_TIMEOUT;
		local_bh_enable();
		rt_cache_flush(net);
	}
	dst_release(&rt->dst);
}

void ip_rt_send_redirect(struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);
	struct in_device *in_dev = __in_dev_get_rcu(rt->dst.dev);
	struct net *net = dev_net(rt->dst.dev);

	if (in_dev && IN_DEV_TX_REDIRECTS(in_dev) && rt_redirect_allowed(net, ip_hdr(skb)->saddr))
		icmp_send(skb, ICMP_REDIRECT, ICMP_REDIR_HOST, rt_nexthop(rt, ip_hdr(skb)->daddr));
}

static struct dst_ops ipv4_dst_ops = {
	.family = AF_INET,
	.protocol = htons(ETH_P_IP),
	.check = ipv4_dst_check,
	.default_advmss = ipv4_default_advmss,
	.mtu = ipv4_mtu,
	.negative_advice = ipv4_negative_advice,
	.link_failure = ipv4_link_failure,
	.update_pmtu = ip_rt_update_pmtu,
	.neigh_lookup = ipv4_neigh_lookup,
};

static struct pernet_operations rt_net_ops = { .init = rt_cache_net_init,
					       .exit = rt_cache_net_exit };

void ip_rt_init(void)
{
	ipv4_dst_ops.cachep = kmem_cache_create("ip_dst_cache", sizeof(struct rtable), 0,
						SLAB_HWCACHE_ALIGN, NULL);
	register_pernet_subsys(&rt_net_ops);
}
