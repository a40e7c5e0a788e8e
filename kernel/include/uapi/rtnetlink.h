/* SPDX-License-Identifier: MIT */
/* rtnetlink: messages about links, addresses, routes, neighbours and rules. rtnetlink(7). */
#ifndef UAPI_RTNETLINK_H
#define UAPI_RTNETLINK_H

#include <uapi/if_addr.h>
#include <uapi/if_link.h>
#include <uapi/neighbour.h>
#include <uapi/netlink.h>

/* types: of each object NEW, DEL, GET and SET, in this order */
#define RTM_BASE     16
#define RTM_NEWLINK  16
#define RTM_DELLINK  17
#define RTM_GETLINK  18
#define RTM_SETLINK  19
#define RTM_NEWADDR  20
#define RTM_DELADDR  21
#define RTM_GETADDR  22
#define RTM_NEWROUTE 24
#define RTM_DELROUTE 25
#define RTM_GETROUTE 26
#define RTM_NEWNEIGH 28
#define RTM_DELNEIGH 29
#define RTM_GETNEIGH 30
#define RTM_NEWRULE  32
#define RTM_DELRULE  33
#define RTM_GETRULE  34
#define RTM_NEWQDISC 36
#define RTM_DELQDISC 37
#define RTM_GETQDISC 38
#define RTM_NEWTCLASS 40
#define RTM_DELTCLASS 41
#define RTM_GETTCLASS 42
#define RTM_NEWNEIGHTBL 64
#define RTM_GETNEIGHTBL 66
#define RTM_SETNEIGHTBL 67
#define RTM_GETSTATS 94
#define RTM_MAX	     123

struct rtgenmsg { /* what every message begins with */
	unsigned char rtgen_family;
};

/* multicast groups: as bits of sockaddr_nl, and by number */
#define RTMGRP_LINK	   0x1
#define RTMGRP_NOTIFY	   0x2
#define RTMGRP_NEIGH	   0x4
#define RTMGRP_IPV4_IFADDR 0x10
#define RTMGRP_IPV4_ROUTE  0x40
#define RTMGRP_IPV4_RULE   0x80
enum rtnetlink_groups {
	RTNLGRP_NONE,
	RTNLGRP_LINK,
	RTNLGRP_NOTIFY,
	RTNLGRP_NEIGH,
	RTNLGRP_TC,
	RTNLGRP_IPV4_IFADDR,
	RTNLGRP_IPV4_MROUTE,
	RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV4_RULE,
	RTNLGRP_IPV6_IFADDR,
	RTNLGRP_IPV6_MROUTE,
	RTNLGRP_IPV6_ROUTE,
	RTNLGRP_IPV6_IFINFO,
	RTNLGRP_DECnet_IFADDR,
	RTNLGRP_NOP2,
	RTNLGRP_DECnet_ROUTE,
	RTNLGRP_DECnet_RULE,
	RTNLGRP_NOP4,
	RTNLGRP_IPV6_PREFIX,
	RTNLGRP_IPV6_RULE,
	RTNLGRP_MAX = 36
};

/* ---- routes ---- */

struct rtmsg {
	unsigned char rtm_family, rtm_dst_len, rtm_src_len, rtm_tos;
	unsigned char rtm_table;    /* RT_TABLE_x; above 255: in RTA_TABLE */
	unsigned char rtm_protocol; /* RTPROT_x */
	unsigned char rtm_scope;    /* RT_SCOPE_x */
	unsigned char rtm_type;	    /* RTN_x */
	unsigned int rtm_flags;	    /* RTM_F_x, RTNH_F_x */
};

enum {
	RTN_UNSPEC,
	RTN_UNICAST,
	RTN_LOCAL,
	RTN_BROADCAST,
	RTN_ANYCAST,
	RTN_MULTICAST,
	RTN_BLACKHOLE,
	RTN_UNREACHABLE,
	RTN_PROHIBIT,
	RTN_THROW,
	RTN_NAT,
	RTN_XRESOLVE,
	__RTN_MAX
};
#define RTN_MAX (__RTN_MAX - 1)

#define RTPROT_UNSPEC	0
#define RTPROT_REDIRECT 1
#define RTPROT_KERNEL	2
#define RTPROT_BOOT	3
#define RTPROT_STATIC	4
#define RTPROT_DHCP	16

#define RT_SCOPE_UNIVERSE 0
#define RT_SCOPE_SITE	  200
#define RT_SCOPE_LINK	  253
#define RT_SCOPE_HOST	  254
#define RT_SCOPE_NOWHERE  255

#define RT_TABLE_UNSPEC	 0
#define RT_TABLE_COMPAT	 252
#define RT_TABLE_DEFAULT 253
#define RT_TABLE_MAIN	 254
#define RT_TABLE_LOCAL	 255
#define RT_TABLE_MAX	 0xFFFFFFFFu

#define RTM_F_NOTIFY	   0x100
#define RTM_F_CLONED	   0x200 /* an entry of the flow cache */
#define RTM_F_EQUALIZE	   0x400
#define RTM_F_PREFIX	   0x800
#define RTM_F_LOOKUP_TABLE 0x1000 /* a reply tells the table that was looked up */
#define RTM_F_FIB_MATCH	   0x2000 /* a reply tells the route, not the lookup's result */

enum rtattr_type_t {
	RTA_UNSPEC,
	RTA_DST,
	RTA_SRC,
	RTA_IIF,
	RTA_OIF,
	RTA_GATEWAY,
	RTA_PRIORITY,
	RTA_PREFSRC,
	RTA_METRICS,
	RTA_MULTIPATH,
	RTA_PROTOINFO,
	RTA_FLOW,
	RTA_CACHEINFO,
	RTA_SESSION,
	RTA_MP_ALGO,
	RTA_TABLE,
	RTA_MARK,
	RTA_MFC_STATS,
	RTA_VIA,
	RTA_NEWDST,
	RTA_PREF,
	RTA_ENCAP_TYPE,
	RTA_ENCAP,
	RTA_EXPIRES,
	RTA_PAD,
	RTA_UID,
	RTA_TTL_PROPAGATE,
	RTA_IP_PROTO,
	RTA_SPORT,
	RTA_DPORT,
	RTA_NH_ID,
	__RTA_MAX
};
#define RTA_MAX (__RTA_MAX - 1)

struct rtnexthop { /* one of RTA_MULTIPATH; attributes follow */
	unsigned short rtnh_len;
	unsigned char rtnh_flags; /* RTNH_F_x */
	unsigned char rtnh_hops;  /* weight - 1 */
	int rtnh_ifindex;
};
#define RTNH_F_DEAD	  1
#define RTNH_F_PERVASIVE  2
#define RTNH_F_ONLINK	  4
#define RTNH_F_OFFLOAD	  8
#define RTNH_F_LINKDOWN	  16
#define RTNH_F_UNRESOLVED 32
#define RTNH_ALIGNTO	  4
#define RTNH_ALIGN(len)	  (((len) + RTNH_ALIGNTO - 1) & ~(RTNH_ALIGNTO - 1))

struct rta_cacheinfo {
	__u32 rta_clntref, rta_lastuse;
	__s32 rta_expires;
	__u32 rta_error, rta_used, rta_id, rta_ts, rta_tsage;
};

/* inside RTA_METRICS */
enum {
	RTAX_UNSPEC,
	RTAX_LOCK,
	RTAX_MTU,
	RTAX_WINDOW,
	RTAX_RTT,
	RTAX_RTTVAR,
	RTAX_SSTHRESH,
	RTAX_CWND,
	RTAX_ADVMSS,
	RTAX_REORDERING,
	RTAX_HOPLIMIT,
	RTAX_INITCWND,
	RTAX_FEATURES,
	RTAX_RTO_MIN,
	RTAX_INITRWND,
	RTAX_QUICKACK,
	RTAX_CC_ALGO,
	RTAX_FASTOPEN_NO_COOKIE,
	__RTAX_MAX
};
#define RTAX_MAX (__RTAX_MAX - 1)

_Static_assert(sizeof(struct rtmsg) == 12, "struct rtmsg");
_Static_assert(sizeof(struct rtnexthop) == 8, "struct rtnexthop");
_Static_assert(sizeof(struct rta_cacheinfo) == 32, "struct rta_cacheinfo");

#endif
