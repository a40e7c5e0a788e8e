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
/* udp_first_packet_length - bytes of the next datagram with a right checksum, -1: none; wrong ones
 * are dropped. Context: process. */
int udp_first_packet_length(struct sock *sk);

#endif
