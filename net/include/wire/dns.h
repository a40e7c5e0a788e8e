/* SPDX-License-Identifier: MIT */
/* The DNS message header. RFC 1035 section 4.1.1. */
#ifndef WIRE_DNS_H
#define WIRE_DNS_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

#define DNS_PORT 53
#define DNS_MAX_NAME 255
#define DNS_MAX_LABEL 63
#define DNS_MAX_UDP 512 /* bytes of a message without EDNS */

struct dnshdr {
	__be16 id;
	__be16 flags; /* DNS_FLAG_x and the response code */
	__be16 qdcount;
	__be16 ancount;
	__be16 nscount;
	__be16 arcount;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct dnshdr) == 12, "RFC 1035");

#define DNS_FLAG_QR 0x8000
#define DNS_FLAG_OPCODE 0x7800
#define DNS_FLAG_AA 0x0400
#define DNS_FLAG_TC 0x0200
#define DNS_FLAG_RD 0x0100
#define DNS_FLAG_RA 0x0080
#define DNS_RCODE_MASK 0x000f
#define DNS_RCODE_OK 0
#define DNS_RCODE_FORMERR 1
#define DNS_RCODE_SERVFAIL 2
#define DNS_RCODE_NXDOMAIN 3
#define DNS_RCODE_NOTIMP 4
#define DNS_RCODE_REFUSED 5

#define DNS_TYPE_A 1
#define DNS_TYPE_NS 2
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_SOA 6
#define DNS_TYPE_PTR 12
#define DNS_TYPE_MX 15
#define DNS_TYPE_TXT 16
#define DNS_TYPE_AAAA 28
#define DNS_CLASS_IN 1
#define DNS_COMPRESSION 0xc0 /* the two top bits of a label that is a pointer */

#endif
