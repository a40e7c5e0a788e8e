/* SPDX-License-Identifier: MIT */
/* What UDP's files share: the tables (udp.c), sending (udp_output.c), receiving (udp_input.c). */
#ifndef UDP_INTERNAL_H
#define UDP_INTERNAL_H

#include <net/udp.h>

/* udp_port_bucket - the chain of all sockets whose port may be @port. Context: table lock or
 * softirqs off. */
struct hlist_head *udp_port_bucket(struct udp_table *t, u16 port);
/* __udp4_lookup - as udp4_lib_lookup, but no reference is taken: good while softirqs are off. */
struct sock *__udp4_lookup(struct net *net, __be32 saddr, __be16 sport, __be32 daddr, __be16 dport,
			   int dif);
/* udp_reuseport_select - who of the group that @sk, found by __udp4_lookup, is in gets @skb (data at the UDP header; NULL:
 * only the addresses are known). No reference is taken. Context: softirqs off. */
struct sock *udp_reuseport_select(struct sock *sk, __be32 saddr, __be16 sport, __be32 daddr, __be16 dport,
				  struct sk_buff *skb);
/* udp_first_packet_length - bytes of the next datagram with a right checksum, -1: none; wrong ones
 * are dropped. Context: process. */
int udp_first_packet_length(struct sock *sk);

/* udp_queue_rcv_skb - to the socket, after its filters; consumes skb. 0, or -N: it is of protocol N now. */
int udp_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);

/* udp_offload.c: large packets. udp_gso_prepare - @skb holds all that one send with UDP_SEGMENT brought: it is to be cut. 0;
 * -EINVAL: into too many, too large or unsummed ones. udp_rcv_segment - the datagrams that @skb stands for, for a socket
 * that did not ask for them joined; NULL: dropped and counted. Consumes skb. */
int udp_gso_prepare(struct sk_buff *skb, const struct inet_cork *cork);
struct sk_buff *udp_rcv_segment(struct sock *sk, struct sk_buff *skb);
/* udp_set_gro - UDP_GRO. Sock locked. udp_cmsg_recv - how long the datagrams were that were joined. udp_cmsg_send - the
 * control messages of SOL_UDP. 0 or -EINVAL. */
void udp_set_gro(struct sock *sk, bool on);
void udp_cmsg_recv(struct kmsghdr *msg, const struct sk_buff *skb);
int udp_cmsg_send(const struct kmsghdr *msg, u16 *gso_size);
extern const struct net_protocol udp_protocol;

#endif
