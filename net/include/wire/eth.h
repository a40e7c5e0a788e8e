/* SPDX-License-Identifier: MIT */
/* The Ethernet II header. IEEE 802.3, RFC 894. */
#ifndef WIRE_ETH_H
#define WIRE_ETH_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct ethhdr {
	__u8 h_dest[6];
	__u8 h_source[6];
	__be16 h_proto; /* ETH_P_x; below 0x600 it is an 802.3 length */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct ethhdr) == 14, "Ethernet II");

#endif
