/* SPDX-License-Identifier: MIT */
/* What the files of TCP over IPv4 share: the checksum's pseudo header, answers without a socket. */
#ifndef IPV4_TCP_IPV4_INTERNAL_H
#define IPV4_TCP_IPV4_INTERNAL_H

#include <net/tcp.h>

/* The namespace of a received segment: of its device, of its route when the device is gone. */
static inline struct net *tcp_skb_net(const struct sk_buff *skb) { return dev_net(skb->dev ? skb->dev : skb_dst(skb)->dev); }

static inline void __tcp_v4_send_check(struct sk_buff *skb, __be32 saddr, __be32 daddr)
{
	struct tcphdr *th = tcp_hdr(skb);

	th->check = (__force __sum16) ~(__force u16)csum_tcpudp_magic(saddr, daddr, skb->len, IPPROTO_TCP, 0);
	skb->csum_start = skb->transport_header;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

/* tcp_offload.c: large segments, cut and joined. */
struct sk_buff *tcp4_gso_segment(struct sk_buff *skb, u32 features);
struct sk_buff **tcp4_gro_receive(struct sk_buff **head, struct sk_buff *skb);
void tcp4_gro_complete(struct sk_buff *skb);

/* tcp_v4_send_reset - RFC 9293 section 3.10.7.1; @sk may be NULL. skb stays the caller's, its control block is used up. Context: softirq.
 */
void tcp_v4_send_reset(const struct sock *sk, struct sk_buff *skb);
void tcp_v4_reqsk_send_ack(const struct sock *sk, struct sk_buff *skb, struct request_sock *req);
/* tcp_v4_timewait_ack - and drops the reference to @sk, a timewait sock. */
void tcp_v4_timewait_ack(struct sock *sk, struct sk_buff *skb);

#endif
