/* SPDX-License-Identifier: MIT */
/* IPv6 socket ABI: addresses and SOL_IPV6 options. */
#ifndef UAPI_IN6_H
#define UAPI_IN6_H

#include <uapi/byteorder.h>
#include <uapi/socket.h>

#define IPPROTO_HOPOPTS	 0
#define IPPROTO_ROUTING	 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6	 58
#define IPPROTO_NONE	 59
#define IPPROTO_DSTOPTS	 60
#define IPPROTO_MH	 135

#define IPV6_ADDRFORM	     1
#define IPV6_2292PKTINFO     2
#define IPV6_CHECKSUM	     7
#define IPV6_2292HOPLIMIT    8
#define IPV6_NEXTHOP	     9
#define IPV6_FLOWINFO	     11
#define IPV6_UNICAST_HOPS    16
#define IPV6_MULTICAST_IF    17
#define IPV6_MULTICAST_HOPS  18
#define IPV6_MULTICAST_LOOP  19
#define IPV6_ADD_MEMBERSHIP  20
#define IPV6_JOIN_GROUP	     IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP 21
#define IPV6_LEAVE_GROUP     IPV6_DROP_MEMBERSHIP
#define IPV6_ROUTER_ALERT    22
#define IPV6_MTU_DISCOVER    23
#define IPV6_MTU	     24
#define IPV6_RECVERR	     25
#define IPV6_V6ONLY	     26
#define IPV6_JOIN_ANYCAST    27
#define IPV6_LEAVE_ANYCAST   28
#define IPV6_MULTICAST_ALL   29
#define IPV6_RECVPKTINFO     49
#define IPV6_PKTINFO	     50
#define IPV6_RECVHOPLIMIT    51
#define IPV6_HOPLIMIT	     52
#define IPV6_RECVTCLASS	     66
#define IPV6_TCLASS	     67

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be16 u6_addr16[8];
		__be32 u6_addr32[4];
	} in6_u;
#define s6_addr	  in6_u.u6_addr8
#define s6_addr16 in6_u.u6_addr16
#define s6_addr32 in6_u.u6_addr32
};

#define IN6ADDR_ANY_INIT          \
	{                         \
		{                 \
			{         \
				0 \
			}         \
		}                 \
	}
#define IN6ADDR_LOOPBACK_INIT                                                  \
	{                                                                      \
		{                                                              \
			{                                                      \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
			}                                                      \
		}                                                              \
	}

struct sockaddr_in6 {
	sa_family_t sin6_family;
	__be16 sin6_port;
	__be32 sin6_flowinfo;
	struct in6_addr sin6_addr;
	__u32 sin6_scope_id;
};

struct ipv6_mreq {
	struct in6_addr ipv6mr_multiaddr;
	int ipv6mr_ifindex;
};

struct in6_pktinfo {
	struct in6_addr ipi6_addr;
	int ipi6_ifindex;
};

_Static_assert(sizeof(struct in6_addr) == 16, "struct in6_addr");
_Static_assert(sizeof(struct sockaddr_in6) == 28, "struct sockaddr_in6");
_Static_assert(sizeof(struct ipv6_mreq) == 20, "struct ipv6_mreq");

#endif
