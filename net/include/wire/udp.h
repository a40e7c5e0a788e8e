/* SPDX-License-Identifier: MIT */
/* The UDP header. RFC 768. */
#ifndef WIRE_UDP_H
#define WIRE_UDP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct udphdr {
	__be16 source;
	__be16 dest;
	__be16 len; /* header and data, bytes */
	__sum16 check; /* 0: not computed */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct udphdr) == 8, "RFC 768");

#endif
