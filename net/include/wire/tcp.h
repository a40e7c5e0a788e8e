/* SPDX-License-Identifier: MIT */
/* The TCP header and option kinds. RFC 9293 section 3.1, RFC 7323, RFC 2018, RFC 7413. */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct tcphdr {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack_seq;
	__u16 res1 : 4, doff : 4, fin : 1, syn : 1, rst : 1, psh : 1, ack : 1, urg : 1, ece : 1, cwr : 1; /* doff in 32-bit words */
	__be16 window;
	__sum16 check;
	__be16 urg_ptr;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct tcphdr) == 20, "RFC 9293");

#define TCPHDR_FIN 0x01
#define TCPHDR_SYN 0x02
#define TCPHDR_RST 0x04
#define TCPHDR_PSH 0x08
#define TCPHDR_ACK 0x10
#define TCPHDR_URG 0x20
#define TCPHDR_ECE 0x40
#define TCPHDR_CWR 0x80

#define TCPOPT_EOL 0
#define TCPOPT_NOP 1
#define TCPOPT_MSS 2
#define TCPOPT_WINDOW 3
#define TCPOPT_SACK_PERM 4
#define TCPOPT_SACK 5
#define TCPOPT_TIMESTAMP 8
#define TCPOPT_FASTOPEN 34
#define TCPOLEN_MSS 4
#define TCPOLEN_WINDOW 3
#define TCPOLEN_SACK_PERM 2
#define TCPOLEN_TIMESTAMP 10
#define TCPOLEN_FASTOPEN_BASE 2 /* and a cookie of 4 to 16 bytes, or none */

#endif
