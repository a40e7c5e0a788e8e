/* SPDX-License-Identifier: MIT */
/* IPv4: receive, send, options, control messages (net/ipv4/ip_*.c). Book section 12.8. */
#ifndef NET_IP_H
#define NET_IP_H

#include <net/errqueue.h>
#include <net/checksum.h>
#include <net/inet_sock.h>
#include <net/route.h>
#include <net/snmp.h>
#include <wire/ip.h>

static inline struct iphdr *ip_hdr(const struct sk_buff *skb)
{
	return (struct iphdr *)skb_network_header(skb);
}
static inline unsigned int ip_hdrlen(const struct sk_buff *skb)
{
	return ip_hdr(skb)->ihl * 4u;
}

#define INET_ECN_MASK	 3 /* of TOS. RFC 3168 section 5 */
#define INET_ECN_NOT_ECT 0
#define INET_ECN_ECT_1	 1
#define INET_ECN_ECT_0	 2
#define INET_ECN_CE	 3

struct inet_skb_parm { /* skb->cb while IPv4 holds it */
	struct ip_options opt;
	u8 flags; /* IPSKB_x */
	u16 frag_max_size;
	int iif;
	__be32 spec_dst; /* queued on a socket: our address that it was meant for (IP_PKTINFO) */
};
#define IPSKB_FORWARDED	       1
#define IPSKB_XFRM_TUNNEL_SIZE 2
#define IPSKB_FRAG_COMPLETE    8
#define IPSKB_CSUM	       32 /* UDP: summed when it came, without help; IP_CHECKSUM tells of such alone */
#define IPCB(skb)	       ((struct inet_skb_parm *)((skb)->cb))

#define IPSKB_DOREDIRECT 16

BUILD_BUG_ON(sizeof(struct inet_skb_parm) > EXTERR_HEADER);

struct ipcm_cookie { /* what a sender's control messages ask for */
	struct sockcm_cookie sockc;
	__be32 addr;
	int oif;
	struct ip_options *opt;
	u8 ttl;	 /* 0: default */
	u8 protocol; /* IP_PROTOCOL: of the route that is looked for, where the sender makes the header; 0: the socket's */
	s16 tos; /* -1: default */
	u32 priority;
	u16 gso_size;
};

/* receive */
int ip_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
	   struct net_device *orig_dev);
int ip_local_deliver(struct sk_buff *skb);
int ip_forward(struct sk_buff *skb);
int ip_options_compile(struct net *net, struct ip_options *opt,
		       struct sk_buff *skb); /* 0 or -EINVAL */
/* send: all consume skb. 0, NET_XMIT_x or -errno */
/* ip_queue_xmit - a connected transport's segment: data at the transport header, headroom for IP;
 * routes, builds the header. Context: sock locked. */
int ip_queue_xmit(struct sock *sk, struct sk_buff *skb);
int ip_local_out(struct net *net, struct sock *sk, struct sk_buff *skb);
int ip_output(struct net *net, struct sock *sk, struct sk_buff *skb);
int ip_mc_output(struct net *net, struct sock *sk, struct sk_buff *skb);
int ip_fragment(struct net *net, struct sock *sk, struct sk_buff *skb, unsigned int mtu,
		int (*output)(struct net *, struct sock *, struct sk_buff *));
/* ip_build_and_send_pkt - SYN-ACKs and the like: a ready skb (dst set) to @daddr. */
int ip_build_and_send_pkt(struct sk_buff *skb, const struct sock *sk, __be32 saddr, __be32 daddr,
			  struct ip_options *opt, u8 tos);
/* ip_send_unicast_reply - an RST or ACK of no socket: @len bytes of transport header at @th; its
 * checksum, @csumoffset bytes in (-1: none), is computed here. Context: softirq. */
void ip_send_unicast_reply(struct sock *ctl_sk, struct sk_buff *skb, __be32 daddr, __be32 saddr,
			   const void *th, unsigned int len, int csumoffset, u8 tos, int oif);
/* ip_send_reply - prepend the IP header (room is there; @frag_off: IP_DF or 0) to a message of no socket and send it by
 * @rt, whose reference it takes. Consumes skb. */
int ip_send_reply(struct net *net, struct sk_buff *skb, const struct ip_options *opt,
		  struct rtable *rt, u8 protocol, __be32 saddr, __be32 daddr, u8 tos, __be16 frag_off);
/* ip_append_data .. ip_push_pending_frames - gather a datagram from pieces (UDP, raw, ICMP). */
int ip_append_data(struct sock *sk, struct flowi4 *fl4,
		   int (*getfrag)(void *from, char *to, int offset, int len, int odd,
				  struct sk_buff *skb),
		   void *from, int len, int protolen, struct ipcm_cookie *ipc, struct rtable **rt,
		   unsigned int flags);
struct sk_buff *ip_make_skb(struct sock *sk, struct flowi4 *fl4,
			    int (*getfrag)(void *, char *, int, int, int, struct sk_buff *),
			    void *from, int length, int transhdrlen, struct ipcm_cookie *ipc,
			    struct rtable **rtp, unsigned int flags);
struct sk_buff *ip_finish_skb(struct sock *sk,
			      struct flowi4 *fl4); /* what was gathered, as one datagram with its IP
						      header; NULL: nothing */
int ip_push_pending_frames(struct sock *sk, struct flowi4 *fl4);
int ip_send_skb(struct net *net, struct sk_buff *skb);
void ip_flush_pending_frames(struct sock *sk);
int ip_generic_getfrag(void *from, char *to, int offset, int len, int odd,
		       struct sk_buff *skb); /* from: struct kmsghdr * */
/* ip_select_ident - RFC 6864: an unguessable id where one is needed. */
void ip_select_ident(struct net *net, struct sk_buff *skb, struct sock *sk);
static inline void ip_send_check(struct iphdr *iph)
{
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
}
static inline bool ip_is_fragment(const struct iphdr *iph)
{
	return (iph->frag_off & htons(IP_MF | IP_OFFSET)) != 0;
}
/* ip_csum_ok - is the transport checksum right, @pseudo being the sum of the pseudo header (or 0).
 * Data at the transport header. */
static inline bool ip_csum_ok(struct sk_buff *skb, __wsum pseudo)
{
	if (likely(skb_csum_unnecessary(skb)))
		return true;
	/* The device summed from the IP header on, and a right IP header sums to nothing. */
	if (skb->ip_summed == CHECKSUM_COMPLETE && !csum_fold(csum_add(skb->csum, pseudo))) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return true;
	}
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum = pseudo;
	return !__skb_checksum_complete(skb);
}
/* options and control messages of sockets */
int ip_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen);
int ip_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen);
/* ip_cmsg_recv - what the socket wants to be told of @skb; _offset: whose first @offset bytes were not read. */
void ip_cmsg_recv_offset(struct kmsghdr *msg, struct sk_buff *skb, int offset);
static inline void ip_cmsg_recv(struct kmsghdr *msg, struct sk_buff *skb)
{
	ip_cmsg_recv_offset(msg, skb, 0);
}
int ip_cmsg_send(struct sock *sk, struct kmsghdr *msg, struct ipcm_cookie *ipc);
/* ip_cmsg_send_pktinfo - the short way of a server with many addresses: if the one to answer from (IP_PKTINFO) is all that @msg
 * tells, take it and return true. ip_cmsg_send knows it too. */
bool ip_cmsg_send_pktinfo(const struct kmsghdr *msg, struct ipcm_cookie *ipc);
/* __ip_icmp_error - the same whether or not IP_RECVERR asks for it. */
void __ip_icmp_error(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info,
		     u8 *payload);
void ip_icmp_error(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info,
		   u8 *payload);
void ip_local_error(struct sock *sk, int err, __be32 daddr, __be16 dport, u32 info);
int ip_recv_error(struct sock *sk, struct kmsghdr *msg, int len, int *addr_len);
/* ipv4_pktinfo_prepare - before a packet is queued on a socket: keep what IP_PKTINFO needs, let go
 * of the route. */
void ipv4_pktinfo_prepare(const struct sock *sk, struct sk_buff *skb);
/* ip4_datagram_connect - connect of datagram sockets: route and addresses. 0 or -errno. Context:
 * process. */
int ip4_datagram_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len);
int __ip4_datagram_connect(struct sock *sk, struct sockaddr *uaddr,
			   int addr_len); /* the sock is locked */
/* options: ip_options.c */
/* ip_options_build - write a socket's options into the header (room is there); @daddr: the final
 * destination. */
void ip_options_build(struct sk_buff *skb, const struct ip_options *opt, __be32 daddr,
		      struct rtable *rt);
/* ip_options_echo - the options to answer @skb with, from what was compiled into IPCB(skb); @dopt
 * has 40 bytes behind it. 0 or -EINVAL. */
int ip_options_echo(struct net *net, struct ip_options *dopt, struct sk_buff *skb);
/* __ip_options_compile - parse; *info: the octet at fault. @skb NULL: a socket's own options in
 * opt->__data. 0 or -EINVAL. */
int __ip_options_compile(struct net *net, struct ip_options *opt, struct sk_buff *skb, u8 *info);
void ip_options_fragment(struct sk_buff *skb); /* blank what only the first fragment carries */
/* ip_options_get - parse a socket's options into a kmalloc'ed block (*optp, the caller kfrees). 0
 * or -errno. */
int ip_options_get(struct net *net, struct ip_options **optp, sockptr_t data, unsigned int optlen);
void ip_options_undo(struct ip_options *opt); /* parsed options back to what the socket gave */
void ip_forward_options(struct sk_buff *skb);
/* ip_options_rcv_srr - follow an accepted source route: the route may change. 0 or -EINVAL (skb
 * stays the caller's). */
int ip_options_rcv_srr(struct sk_buff *skb);
/* fragments: ip_fragment.c */
enum ip_defrag_users { IP_DEFRAG_LOCAL_DELIVER, IP_DEFRAG_CALL_RA_CHAIN, IP_DEFRAG_AF_PACKET };
/* ip_defrag - takes a fragment (network header set, data at it); the whole datagram when it was the
 * last one missing, else NULL. Context: softirq. */
struct sk_buff *ip_defrag(struct net *net, struct sk_buff *skb, u32 user);
/* ip_check_defrag - the same for one who sees any packet, and shares it with others: what is no good fragment of IPv4's comes back
 * as it is. The whole datagram's data is at the network header. Context: softirq. */
struct sk_buff *ip_check_defrag(struct net *net, struct sk_buff *skb, u32 user);
void ipfrag_init(void);
/* ip_frag_mem - bytes of memory in reassembly; ip_frag_nqueues - datagrams. */
unsigned long ip_frag_mem(const struct net *net);
unsigned int ip_frag_nqueues(const struct net *net);
static inline bool ip_dont_fragment(const struct sock *sk, const struct dst_entry *dst)
{
	u8 d = inet_sk(sk)->pmtudisc;

	return d == IP_PMTUDISC_DO ||
	       (d == IP_PMTUDISC_WANT && !((const struct rtable *)dst)->rt_mtu_locked);
}
static inline bool ip_sk_use_pmtu(const struct sock *sk)
{
	return inet_sk(sk)->pmtudisc < IP_PMTUDISC_PROBE;
}

/* Does the socket listen to what routers say of the path's MTU? */
static inline bool ip_sk_accept_pmtu(const struct sock *sk)
{
	return inet_sk(sk)->pmtudisc < IP_PMTUDISC_INTERFACE;
}
/* ip_rt_mtu - of a route's path, as far as known: nearly always its device's. */
unsigned int ip_rt_path_mtu(const struct rtable *rt);
static inline bool ip_rt_mtu_is_device(const struct rtable *rt)
{
	return !(rt->rt_pmtu | dst_metric(&rt->dst, RTAX_MTU));
}
static inline unsigned int ip_rt_mtu(const struct rtable *rt)
{
	if (unlikely(!ip_rt_mtu_is_device(rt)))
		return ip_rt_path_mtu(rt);
	return min(rt->dst.dev->mtu, IP_MAX_MTU);
}
/* ip_dst_mtu_maybe_forward - the MTU of what we send, or pass on: what ICMP said of a path is said of our own
 * packets, and a forged word must not cut those of others (net.ipv4.ip_forward_use_pmtu). */
static inline unsigned int ip_dst_mtu_maybe_forward(const struct dst_entry *dst, bool forwarding)
{
	const struct rtable *rt = (const struct rtable *)dst;
	u32 metric = dst_metric(dst, RTAX_MTU);

	if (!forwarding || dev_net(dst->dev)->ipv4.sysctl_ip_forward_use_pmtu || rt->rt_mtu_locked)
		return ip_rt_mtu(rt);
	return min(metric ? metric : dst->dev->mtu, min(dst->dev->mtu, IP_MAX_MTU));
}
/* ip_sk_mtu - what a socket may send along a route in one packet: the device's MTU, if it probes. */
static inline unsigned int ip_sk_mtu(const struct sock *sk, const struct dst_entry *dst)
{
	return ip_sk_use_pmtu(sk) ? ip_rt_mtu((const struct rtable *)dst)
				  : min(dst->dev->mtu, IP_MAX_MTU);
}
static inline unsigned int ip_skb_dst_mtu(const struct sock *sk, const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (sk && !ip_sk_use_pmtu(sk))
		return min(dst->dev->mtu, IP_MAX_MTU);
	if (unlikely(!sk && IPCB(skb)->flags & IPSKB_FORWARDED))
		return ip_dst_mtu_maybe_forward(dst, true);
	return ip_rt_mtu((const struct rtable *)dst);
}
/* rt_tos2priority - the class that tc(8) puts a TOS into, by RFC 1349's bits of delay and throughput. */
static inline u32 rt_tos2priority(u8 tos)
{
	switch (tos & 0x18) {
	case 0x08: return 2; /* bulk */
	case 0x10: return 6; /* interactive */
	case 0x18: return 4; /* interactive bulk */
	}
	return 0; /* best effort */
}
/* ip_init - the ETH_P_IP handler, ids, routes. inet_init - AF_INET as a whole; called once from
 * net/init.c. Context: process. */
void ip_init(void);
void inet_init(void);
/* inet_get_local_port_range - ephemeral ports, inclusive, host order. inet_sk_get_local_port_range - those of one socket
 * (IP_LOCAL_PORT_RANGE), as far as they are within. */
void inet_get_local_port_range(struct net *net, int *low, int *high);
void inet_sk_get_local_port_range(const struct sock *sk, int *low, int *high);

#endif
