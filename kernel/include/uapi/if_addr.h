/* SPDX-License-Identifier: MIT */
/* Addresses in rtnetlink messages. rtnetlink(7). */
#ifndef UAPI_IF_ADDR_H
#define UAPI_IF_ADDR_H

#include <uapi/types.h>

struct ifaddrmsg {
	__u8 ifa_family, ifa_prefixlen;
	__u8 ifa_flags; /* the lower bits; all are in IFA_FLAGS */
	__u8 ifa_scope;
	__u32 ifa_index;
};

enum {
	IFA_UNSPEC,
	IFA_ADDRESS, /* the peer's on point-to-point links, else as IFA_LOCAL */
	IFA_LOCAL,
	IFA_LABEL,
	IFA_BROADCAST,
	IFA_ANYCAST,
	IFA_CACHEINFO,
	IFA_MULTICAST,
	IFA_FLAGS,
	IFA_RT_PRIORITY,
	IFA_TARGET_NETNSID,
	IFA_PROTO,
	__IFA_MAX
};
#define IFA_MAX (__IFA_MAX - 1)

#define IFA_F_SECONDARY	     0x01
#define IFA_F_NODAD	     0x02
#define IFA_F_DADFAILED	     0x08
#define IFA_F_DEPRECATED     0x20
#define IFA_F_TENTATIVE	     0x40
#define IFA_F_PERMANENT	     0x80
#define IFA_F_NOPREFIXROUTE  0x200
#define IFA_F_MCAUTOJOIN     0x400

struct ifa_cacheinfo {
	__u32 ifa_prefered, ifa_valid; /* seconds; all ones: forever */
	__u32 cstamp, tstamp;	       /* hundredths of a second since boot */
};

_Static_assert(sizeof(struct ifaddrmsg) == 8, "struct ifaddrmsg");
_Static_assert(sizeof(struct ifa_cacheinfo) == 16, "struct ifa_cacheinfo");

#endif
