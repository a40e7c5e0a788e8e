/* SPDX-License-Identifier: MIT */
/* The ICMP header and its three readings of the second word. RFC 792, RFC 1191. */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct icmphdr {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	union {
		struct {
			__be16 id;
			__be16 sequence;
		} echo;
		__be32 gateway; /* redirect */
		struct {
			__be16 __unused;
			__be16 mtu; /* fragmentation needed: RFC 1191 */
		} frag;
		__u8 pointer; /* parameter problem: the octet at fault */
	} un;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct icmphdr) == 8, "RFC 792");

/* The body of timestamp messages: milliseconds since midnight UT. */
struct icmp_timestamps {
	__be32 originate;
	__be32 receive;
	__be32 transmit;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct icmp_timestamps) == 12, "RFC 792");

#endif
