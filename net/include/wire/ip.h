/* SPDX-License-Identifier: MIT */
/* The IPv4 header. RFC 791, RFC 2474 (DSCP), RFC 3168 (ECN). */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct iphdr {
	__u8 ihl : 4, version : 4; /* ihl in 32-bit words */
	__u8 tos;
	__be16 tot_len; /* header and payload, bytes */
	__be16 id;
	__be16 frag_off; /* IP_x flags and offset in units of 8 bytes */
	__u8 ttl;
	__u8 protocol;
	__sum16 check;
	__be32 saddr;
	__be32 daddr;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct iphdr) == 20, "RFC 791");

#define IPVERSION 4
#define IP_CE 0x8000
#define IP_DF 0x4000
#define IP_MF 0x2000
#define IP_OFFSET 0x1fff
#define IP_MAX_MTU 0xffffu
#define IPV4_MIN_MTU 68
#define IPOPT_END 0
#define IPOPT_NOOP 1
#define IPOPT_RR 7
#define IPOPT_TS 68
#define IPOPT_LSRR 131
#define IPOPT_SSRR 137
#define IPOPT_RA 148
#define MAX_IPOPTLEN 40

#endif
