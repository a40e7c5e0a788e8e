/* SPDX-License-Identifier: MIT */
/* What the files of net/ipv4 share among themselves: start-up functions and small helpers. */
#ifndef IPV4_INTERNAL_H
#define IPV4_INTERNAL_H

#include <net/inetdevice.h>
#include <net/ip.h>

struct arp_eth_body;
struct arphdr;
struct in_device;
struct neigh_parms;
struct neigh_sysctl;

/* devinet_sysctl.c: net.ipv4.conf.NAME.*. devinet_sysctl_register - NULL when out of memory (the
 * device works without). */
struct ipv4_devconf_sysctl *devinet_sysctl_register(struct net *net, const char *name,
						    struct ipv4_devconf *cnf);
void devinet_sysctl_unregister(struct ipv4_devconf_sysctl *s);
/* devinet_set_forwarding - net.ipv4.ip_forward, which is conf.all.forwarding: all devices follow. 0.
 * Context: process. */
int devinet_set_forwarding(struct net *net, int on);

/* devinet_ioctl.c is part of devinet: an address replaced in place */
void __inet_del_ifa(struct in_device *in_dev, struct in_ifaddr *ifa, bool destroy);

/*
 * acd.c: address conflict detection. inet_acd_prepare - the address is about to be @ifa's device's: tentative, if it is to
 * be probed first. 0 or -ENOBUFS. inet_acd_begin - it is: probe or announce it. inet_acd_stop - it goes. inet_acd_link -
 * the device's link has come or gone, perhaps. inet_acd_run - conclusions of what was heard. All: Context process, RTNL.
 */
int inet_acd_prepare(struct in_ifaddr *ifa);
void inet_acd_begin(struct in_ifaddr *ifa);
void inet_acd_init_ifa(struct in_ifaddr *ifa); /* a new one; any context */
void inet_acd_stop(struct in_ifaddr *ifa);
void inet_acd_link(struct in_device *in_dev);
void inet_acd_run(struct net *net);
/* inet_acd_heard - what an ARP packet says of addresses that are being probed or are ours. SKB_CONSUMED: nothing; otherwise
 * why nothing else is to be learnt from it. Context: softirq. */
enum skb_drop_reason inet_acd_heard(struct in_device *in_dev, const struct arphdr *arp, const struct arp_eth_body *b);
/* inet_promote - @ifa's first secondary address takes its place. NULL: there is none. Context: RTNL. */
struct in_ifaddr *inet_promote(struct in_ifaddr *ifa);

void devinet_netlink_init(void); /* devinet_netlink.c: requests about addresses are answered */
/* devinet_lifetime.c: inet_lifetime_watch - the thread that follows addresses in time looks at them now, and is there from
 * now on: 0 or -ENOMEM. inet_lifetime_kick - it looks; any context. inet_lifetime_stop - the namespace ends. The first and
 * the last: Context process; RTNL, and without it. */
int inet_lifetime_watch(struct net *net);
void inet_lifetime_kick(struct net *net);
void inet_lifetime_stop(struct net *net);

void sysctl_ipv4_init(void);		     /* net.ipv4.* and net.ipv4.neigh.default.* */
void ip_misc_proc_init(void);		     /* proc.c */
void sysctl_neigh_register(struct net *net); /* once the ARP table is there (neigh_sysctl.c) */
void sysctl_neigh_unregister(struct net *net);
/* neigh_sysctl_register - net.ipv4.neigh.@dev.*; NULL: no memory, the device works without. */
struct neigh_sysctl *neigh_sysctl_register(struct neigh_parms *p, const char *dev);
void neigh_sysctl_unregister(struct neigh_sysctl *s);

/* ip_protocol_deliver - hand the payload (data at the transport header) to each raw socket that wants it and to its
 * protocol; nobody: the sender learns it. Consumes skb. Context: softirq. */
void ip_protocol_deliver(struct net *net, struct sk_buff *skb, u8 protocol);

/* ip_offload.c: large packets. ip_gso_fits - is none of the segments that @skb stands for larger than
 * @mtu? */
struct sk_buff *inet_gso_segment(struct sk_buff *skb, u32 features);
bool ip_gso_fits(const struct sk_buff *skb, unsigned int mtu);
struct sk_buff **inet_gro_receive(struct sk_buff **head, struct sk_buff *skb);
void inet_gro_complete(struct sk_buff *skb);
int ip_payload_offset(const struct sk_buff *skb, int off);

/* datagram.c: what raw and ping sockets share (UDP keeps a connected socket's route: udp_output.c) */
struct ip_dest { /* where a message goes, and how */
	struct ipcm_cookie ipc;
	struct flowi4 fl4;
	struct rtable *rt; /* referenced; NULL: there is none */
	bool free_opt;	   /* ipc.opt came from a control message */
	struct {
		struct ip_options opt;
		u8 data[MAX_IPOPTLEN];
	} opt_copy;
};
/* ip_dest_find - the route of @msg: its name (checked by the caller) or the connected peer, its
 * control messages, the socket's options. 0, -EDESTADDRREQ, -EINVAL, -EACCES (broadcast), or the
 * route's error. ip_dest_put must follow, after an error too. Context: process. */
int ip_dest_find(struct sock *sk, struct kmsghdr *msg, u8 flow_flags, struct ip_dest *d);
void ip_dest_put(struct ip_dest *d);
/* ip_datagram_recvmsg - recvmsg of a socket whose skbs begin where the reader's bytes do. */
int ip_datagram_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len);
/* ip_datagram_disconnect - connect(AF_UNSPEC): no peer, no route, no address that nobody bound. */
int ip_datagram_disconnect(struct sock *sk, int flags);
/* ip_datagram_abort - SOCK_DESTROY: its owner reads @err, and it has no peer any more. 0. */
int ip_datagram_abort(struct sock *sk, int err);

void inet_diag_init(void); /* inet_diag.c: requests about sockets are answered */

/* ip_mcast_sockopt.c: options of membership, IP_ADD_MEMBERSHIP to MCAST_MSFILTER; the two filters can be read. Context:
 * process, RTNL and sock held. ip_get_mreqn - the three shapes of a request. */
int ip_mcast_setsockopt(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen);
int ip_mcast_getsockopt(struct sock *sk, int optname, sockptr_t optval, sockptr_t optlen, int len);
int ip_get_mreqn(struct ip_mreqn *mreq, sockptr_t optval, unsigned int optlen, bool allow_addr);

/* ip_mc_autojoin.c: ip_mc_autojoin - @ifa, which has IFA_F_MCAUTOJOIN and is about to be its device's, is a group: join it,
 * until it goes. 0, -EINVAL (it is none), -EADDRINUSE, -ENOBUFS or what making a socket says. Context: process, RTNL. */
int ip_mc_autojoin(const struct in_ifaddr *ifa);
void ip_mc_autojoin_init(void);

/* ip_ra.c: IP_ROUTER_ALERT. ip_ra_control - 0, -EINVAL (no raw socket of a protocol), -EADDRINUSE, -ENOBUFS. Context:
 * process, RTNL. ip_ra_release - the socket closes. ip_call_ra_chain - give a packet on its way through to the
 * sockets that want it: true, and it is consumed, where there are any. Context: softirq. */
int ip_ra_control(struct sock *sk, bool on);
void ip_ra_release(struct sock *sk);
bool ip_call_ra_chain(struct sk_buff *skb);

/* route_cache.c: the flow cache and what was learnt about paths, under route.c */
struct rt_exception {		      /* what ICMP told about one destination */
	__be32 daddr, gw;	      /* gw: 0, or from a redirect */
	__be32 via;		      /* the next hop in the FIB that it was told about: gateway or 0, */
	int oif;		      /* and device */
	u32 pmtu;		      /* 0: none */
	bool locked;		      /* below min_pmtu: do not set DF */
	unsigned long pmtu_expires, gw_expires, stamp; /* jiffies */
	bool used;
};
static inline bool rt_key_matches(const struct rtable *rt, __be32 daddr, __be32 saddr, int iif,
				  int oif, u8 tos)
{
	return rt->rt_key_dst == daddr && rt->rt_key_src == saddr && rt->rt_key_iif == iif &&
	       rt->rt_key_oif == oif && rt->rt_key_tos == tos;
}
struct rtable *rt_cache_find(struct net *net, __be32 daddr, __be32 saddr, int iif, int oif, u8 tos);
void rt_cache_insert(struct net *net, struct rtable *rt); /* takes a reference */
void rt_cache_forget(struct net *net, __be32 daddr);
struct rt_exception *rt_exception_find(struct net *net, __be32 daddr);
struct rt_exception *
rt_exception_get(struct net *net, __be32 daddr); /* made if absent: the oldest of its bucket goes */
bool rt_redirect_allowed(struct net *net, __be32 daddr);
int rt_cache_net_init(struct net *net);
void rt_cache_net_exit(struct net *net);

#endif
