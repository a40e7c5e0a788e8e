/* SPDX-License-Identifier: MIT */
/* IGMP messages. RFC 1112, RFC 2236, RFC 3376. */
#ifndef WIRE_IGMP_H
#define WIRE_IGMP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

#define IGMP_HOST_MEMBERSHIP_QUERY 0x11
#define IGMP_HOST_MEMBERSHIP_REPORT 0x12
#define IGMPV2_HOST_MEMBERSHIP_REPORT 0x16
#define IGMP_HOST_LEAVE_MESSAGE 0x17
#define IGMPV3_HOST_MEMBERSHIP_REPORT 0x22

#define IGMPV3_MODE_IS_INCLUDE 1
#define IGMPV3_MODE_IS_EXCLUDE 2
#define IGMPV3_CHANGE_TO_INCLUDE 3
#define IGMPV3_CHANGE_TO_EXCLUDE 4
#define IGMPV3_ALLOW_NEW_SOURCES 5
#define IGMPV3_BLOCK_OLD_SOURCES 6

#define IGMP_ALL_HOSTS 0xe0000001u
#define IGMP_ALL_ROUTERS 0xe0000002u
#define IGMPV3_ALL_MCR 0xe0000016u

struct igmphdr {
	__u8 type;
	__u8 code; /* maximum response time in 1/10 s */
	__sum16 csum;
	__be32 group;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct igmphdr) == 8, "RFC 2236");

struct igmpv3_query {
	__u8 type;
	__u8 code;
	__sum16 csum;
	__be32 group;
	__u8 qrv : 3, suppress : 1, resv : 4;
	__u8 qqic;
	__be16 nsrcs;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct igmpv3_query) == 12, "RFC 3376 section 4.1");

struct igmpv3_report {
	__u8 type;
	__u8 resv1;
	__sum16 csum;
	__be16 resv2;
	__be16 ngrec;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct igmpv3_report) == 8, "RFC 3376 section 4.2");

struct igmpv3_grec { /* a group record; sources follow */
	__u8 grec_type;
	__u8 grec_auxwords;
	__be16 grec_nsrcs;
	__be32 grec_mca;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct igmpv3_grec) == 8, "RFC 3376 section 4.2.4");

#endif
