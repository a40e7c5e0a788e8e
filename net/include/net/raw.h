/* SPDX-License-Identifier: MIT */
/* Raw IPv4 sockets (net/ipv4/raw.c): raw(7). */
#ifndef NET_RAW_H
#define NET_RAW_H

#include <net/inet_sock.h>
#include <net/ip.h>
#include <uapi/icmp.h>

struct raw_sock {
	struct inet_sock inet; /* first */
	struct icmp_filter filter;
};
static inline struct raw_sock *raw_sk(const struct sock *sk)
{
	return (struct raw_sock *)sk;
}

#define RAW_HTABLE_SIZE 32
struct raw_hashinfo {
	spinlock_t lock;
	struct hlist_head ht[RAW_HTABLE_SIZE]; /* by protocol */
};

extern struct proto raw_prot;
/* raw_match - would @sk hear of a packet of @protocol between these, by device @dif? */
bool raw_match(const struct sock *sk, u16 protocol, __be32 remote, __be32 local, int dif);
void raw_init(void);
/* raw_local_deliver - a copy of skb (data at the transport header) to each raw socket that wants
 * it; true if there was one. Context: softirq. */
bool raw_local_deliver(struct sk_buff *skb, u8 protocol);
/* raw_rcv - queue skb on the socket, from its IP header on; consumes skb. Context: softirq. */
void raw_rcv(struct sock *sk, struct sk_buff *skb);
void raw_icmp_error(struct sk_buff *skb, u8 protocol, u32 info);

#endif
