/* SPDX-License-Identifier: MIT */
/* The BOOTP/DHCP message and its options. RFC 951, RFC 2131, RFC 2132. */
#ifndef WIRE_DHCP_H
#define WIRE_DHCP_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68

#define BOOTREQUEST 1
#define BOOTREPLY 2
#define DHCP_HTYPE_ETHER 1
#define DHCP_FLAG_BROADCAST 0x8000
#define DHCP_MAGIC 0x63825363u

struct dhcphdr {
	__u8 op;
	__u8 htype;
	__u8 hlen;
	__u8 hops;
	__be32 xid;
	__be16 secs;
	__be16 flags;
	__be32 ciaddr; /* the client's, when it may answer ARP for it */
	__be32 yiaddr; /* yours */
	__be32 siaddr; /* next server */
	__be32 giaddr; /* relay */
	__u8 chaddr[16];
	__u8 sname[64];
	__u8 file[128];
	__be32 magic; /* DHCP_MAGIC; options follow */
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct dhcphdr) == 240, "RFC 2131 section 2");

/* The least length of a request: BOOTP's 64 bytes of vendor area (RFC 1542 section 2.1). */
#define DHCP_MIN_LEN 300

#define DHCPDISCOVER 1
#define DHCPOFFER 2
#define DHCPREQUEST 3
#define DHCPDECLINE 4
#define DHCPACK 5
#define DHCPNAK 6
#define DHCPRELEASE 7
#define DHCPINFORM 8

#define DHCP_OPT_PAD 0
#define DHCP_OPT_SUBNET_MASK 1
#define DHCP_OPT_ROUTER 3
#define DHCP_OPT_DNS 6
#define DHCP_OPT_HOSTNAME 12
#define DHCP_OPT_DOMAIN 15
#define DHCP_OPT_MTU 26
#define DHCP_OPT_BROADCAST 28
#define DHCP_OPT_REQUESTED_IP 50
#define DHCP_OPT_LEASE_TIME 51
#define DHCP_OPT_OVERLOAD 52
#define DHCP_OPT_MESSAGE_TYPE 53
#define DHCP_OPT_SERVER_ID 54
#define DHCP_OPT_PARAMETERS 55
#define DHCP_OPT_MESSAGE 56
#define DHCP_OPT_MAX_SIZE 57
#define DHCP_OPT_T1 58
#define DHCP_OPT_T2 59
#define DHCP_OPT_CLIENT_ID 61
#define DHCP_OPT_END 255

#endif
