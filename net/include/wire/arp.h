/* SPDX-License-Identifier: MIT */
/* The ARP packet for IPv4 over Ethernet. RFC 826. */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct arphdr {
	__be16 ar_hrd; /* ARPHRD_x */
	__be16 ar_pro; /* ETH_P_IP */
	__u8 ar_hln;
	__u8 ar_pln;
	__be16 ar_op; /* ARPOP_x */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct arphdr) == 8, "RFC 826");

/* What follows the header where addresses have 6 and 4 bytes. */
struct arp_eth_body {
	__u8 ar_sha[6];
	__be32 ar_sip;
	__u8 ar_tha[6];
	__be32 ar_tip;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct arp_eth_body) == 20, "RFC 826");

#endif
