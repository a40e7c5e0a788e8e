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
		__u8 reserved[4]; /* errors: the second is the quoted packet's length in words, 0: not said. RFC 4884 */
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

/* What may follow the quoted packet of an error: a header and objects. RFC 4884 sections 7 and 8. */
struct icmp_ext_hdr {
	__u8 version; /* in the upper four bits: ICMP_EXT_VERSION */
	__u8 reserved;
	__sum16 checksum; /* over all of the extension, 0: none */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct icmp_ext_hdr) == 4, "RFC 4884");

struct icmp_extobj_hdr {
	__be16 length; /* with this header */
	__u8 class_num;
	__u8 class_type;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct icmp_extobj_hdr) == 4, "RFC 4884");

#define ICMP_EXT_VERSION  2
#define ICMP_EXT_ORIG_MIN 128 /* bytes of the quoted packet, at least. RFC 4884 section 4.6 */

#endif
