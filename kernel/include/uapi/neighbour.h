/* SPDX-License-Identifier: MIT */
/* Neighbours in rtnetlink messages, and their states (RFC 4861). rtnetlink(7). */
#ifndef UAPI_NEIGHBOUR_H
#define UAPI_NEIGHBOUR_H

#include <uapi/types.h>

struct ndmsg {
	__u8 ndm_family, ndm_pad1;
	__u16 ndm_pad2;
	__s32 ndm_ifindex;
	__u16 ndm_state; /* NUD_x */
	__u8 ndm_flags;	 /* NTF_x */
	__u8 ndm_type;
};

enum {
	NDA_UNSPEC,
	NDA_DST,
	NDA_LLADDR,
	NDA_CACHEINFO,
	NDA_PROBES,
	NDA_VLAN,
	NDA_PORT,
	NDA_VNI,
	NDA_IFINDEX,
	NDA_MASTER,
	NDA_LINK_NETNSID,
	NDA_SRC_VNI,
	NDA_PROTOCOL,
	NDA_NH_ID,
	NDA_FDB_EXT_ATTRS,
	NDA_FLAGS_EXT,
	__NDA_MAX
};
#define NDA_MAX (__NDA_MAX - 1)

#define NTF_USE		0x01
#define NTF_SELF	0x02
#define NTF_MASTER	0x04
#define NTF_PROXY	0x08
#define NTF_EXT_LEARNED 0x10
#define NTF_ROUTER	0x80

#define NUD_NONE       0x00
#define NUD_INCOMPLETE 0x01
#define NUD_REACHABLE  0x02
#define NUD_STALE      0x04
#define NUD_DELAY      0x08
#define NUD_PROBE      0x10
#define NUD_FAILED     0x20
#define NUD_NOARP      0x40
#define NUD_PERMANENT  0x80

struct nda_cacheinfo { /* ages in hundredths of a second */
	__u32 ndm_confirmed, ndm_used, ndm_updated, ndm_refcnt;
};

_Static_assert(sizeof(struct ndmsg) == 12, "struct ndmsg");

#endif
