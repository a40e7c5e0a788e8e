/* SPDX-License-Identifier: MIT */
/* IPv4 routes: rtable, the flow cache and look-ups (net/ipv4/route.c). Book section 12.8.5. */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include <net/dst.h>
#include <net/flow.h>
#include <net/net_namespace.h>

struct rtable {
	struct dst_entry dst; /* first */
	int rt_genid;
	unsigned int rt_flags; /* RTCF_x */
	u16 rt_type;	       /* RTN_x */
	u32 rt_table;	       /* RT_TABLE_x that it was found in */
	bool rt_is_input, rt_uses_gateway;
	int rt_iif;	       /* the device it came from; output routes: 0 */
	__be32 rt_gateway;     /* next hop; 0: the destination itself */
	__be32 rt_src, rt_dst; /* as looked up */
	__be32 rt_spec_dst;
	u32 rt_pmtu; /* learnt path MTU, until dst.expires */
	bool rt_mtu_locked;
	/* in the flow cache: the key it was looked up by, and its chain */
	struct rtable *rt_next; /* [cache lock] */
	__be32 rt_key_src, rt_key_dst;
	int rt_key_iif, rt_key_oif;
	u8 rt_key_tos;
};

#define RTO_ONLINK	0x01 /* in flowi4_tos: the destination must be on the link */
#define IPTOS_TOS_MASK	0x1e
#define RT_TOS(tos)	((tos)&0x1e)
#define RTCF_NOTIFY	0x00010000
#define RTCF_DOREDIRECT 0x01000000
#define RTCF_BROADCAST	0x10000000
#define RTCF_MULTICAST	0x20000000
#define RTCF_LOCAL	0x80000000u

static inline struct rtable *skb_rtable(const struct sk_buff *skb)
{
	return (struct rtable *)skb_dst(skb);
}
/* rt_is_current - no route has changed since it was looked up. */
static inline bool rt_is_current(const struct rtable *rt)
{
	return rt->dst.obsolete == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == dev_net(rt->dst.dev)->ipv4.rt_genid;
}
static inline __be32 rt_nexthop(const struct rtable *rt, __be32 daddr)
{
	return rt->rt_gateway ? rt->rt_gateway : daddr;
}

/* ip_route_output_key - a route for @fl4 (saddr is filled in) with a reference;
 * ERR_PTR(-ENETUNREACH, -EHOSTUNREACH, -EINVAL, -ENOBUFS, -EACCES). Context: any but hardirq. */
struct rtable *ip_route_output_key(struct net *net, struct flowi4 *fl4);
/* ip_route_output_flow - the same for a socket. */
struct rtable *ip_route_output_flow(struct net *net, struct flowi4 *fl4, const struct sock *sk);
struct rtable *ip_route_output(struct net *net, __be32 daddr, __be32 saddr, u8 tos, int oif);
/* ip_route_connect - the route of a socket that connects; fills fl4->saddr. ip_route_newports -
 * again once the ports are known. */
struct rtable *ip_route_connect(struct net *net, struct flowi4 *fl4, __be32 dst, __be32 src, u8 tos,
				int oif, u8 protocol, __be16 sport, __be16 dport,
				const struct sock *sk);
/* ip_route_input - sets skb's dst for a received packet. 0 or -errno (counted by the caller).
 * Context: softirq. */
int ip_route_input(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos, struct net_device *dev);
/* ip_route_input_reason - the same, with the drop reason where it fails. */
int ip_route_input_reason(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos,
			  struct net_device *dev, enum skb_drop_reason *reason);
unsigned int inet_addr_type(struct net *net, __be32 addr); /* RTN_x */
unsigned int inet_dev_addr_type(struct net *net, const struct net_device *dev, __be32 addr);
void rt_cache_flush(struct net *net); /* all cached routes become obsolete */
/* ip_rt_ioctl - SIOCADDRT, SIOCDELRT; @kernel_rtentry is a struct rtentry whose rt_dev points into
 * kernel memory. Context: process. */
int ip_rt_ioctl(struct net *net, unsigned int cmd, const void *kernel_rtentry);
/* ipv4_update_pmtu, ipv4_redirect - from ICMP errors: remember for the flow's route. */
void ipv4_update_pmtu(struct sk_buff *skb, struct net *net, u32 mtu, int oif, u8 protocol);
void ipv4_redirect(struct sk_buff *skb, struct net *net, int oif, u8 protocol);
void ipv4_sk_update_pmtu(struct sk_buff *skb, struct sock *sk, u32 mtu);
void ip_rt_send_redirect(struct sk_buff *skb);
/* ip_rt_init - the flow cache of every namespace. */
void ip_rt_init(void);
static inline int ip4_dst_hoplimit(const struct dst_entry *dst)
{
	u32 h = dst_metric(dst, RTAX_HOPLIMIT);
	return h ? (int)h : 64;
}

#endif
