/* SPDX-License-Identifier: MIT */
/* ICMP (net/ipv4/icmp*.c). RFC 792, RFC 1122 section 3.2.2, RFC 1812 section 4.3. Book
 * section 12.8. */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include <net/skbuff.h>
#include <uapi/icmp.h>
#include <wire/icmp.h>

struct net;

struct icmp_err { /* what an unreachable code means to a socket */
	int errno_val;
	bool fatal;
};
extern const struct icmp_err icmp_err_convert[NR_ICMP_UNREACH + 1];

static inline struct icmphdr *icmp_hdr(const struct sk_buff *skb)
{
	return (struct icmphdr *)skb_transport_header(skb);
}
/*
 * icmp_send - answer @skb_in (network header set, route attached) with an ICMP error of @type and
 * @code unless RFC 1122 section 3.2.2 forbids it or a limit holds it back. @info: the second word,
 * network order. skb_in stays the caller's. Context: softirq or process.
 */
void icmp_send(struct sk_buff *skb_in, int type, int code, __be32 info);
int icmp_rcv(struct sk_buff *skb);
int icmp_err(struct sk_buff *skb, u32 info);
void icmp_out_count(struct net *net, u8 type);
/* icmp_global_allow, icmp_target_allow - may a message go out now, by the limit of the namespace,
 * of the target. Each call uses up a token. */
bool icmp_global_allow(struct net *net);
bool icmp_target_allow(struct net *net, __be32 daddr);
void icmp_limit_init(void);
void icmp_init(void);

/* ping sockets: ping.c. SOCK_DGRAM with IPPROTO_ICMP; the identifier is the port */
extern struct proto ping_prot;
void ping_init(void);
bool ping_rcv(struct sk_buff *skb); /* an echo reply: true if a socket took a copy. skb stays the
				       caller's */
void ping_err(struct sk_buff *skb, u32 info);
struct sock;
void ping_for_each(struct net *net, void (*fn)(struct sock *sk, void *arg),
		   void *arg); /* for /proc/net/icmp */

#endif
