/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_NETLINK. */
#ifndef UAPI_NETLINK_DIAG_H
#define UAPI_NETLINK_DIAG_H

#include <uapi/types.h>

struct netlink_diag_req {
	__u8 sdiag_family, sdiag_protocol; /* NETLINK_x, or NDIAG_PROTO_ALL */
	__u16 pad;
	__u32 ndiag_ino;
	__u32 ndiag_show; /* NDIAG_SHOW_x */
	__u32 ndiag_cookie[2];
};
#define NDIAG_PROTO_ALL	    0xff
#define NDIAG_SHOW_MEMINFO  0x1
#define NDIAG_SHOW_GROUPS   0x2
#define NDIAG_SHOW_RING_CFG 0x4
#define NDIAG_SHOW_FLAGS    0x8

struct netlink_diag_msg {
	__u8 ndiag_family, ndiag_type, ndiag_protocol, ndiag_state;
	__u32 ndiag_portid, ndiag_dst_portid, ndiag_dst_group;
	__u32 ndiag_ino;
	__u32 ndiag_cookie[2];
};

enum { /* attributes of an answer; the first is 0 */
	NETLINK_DIAG_MEMINFO,
	NETLINK_DIAG_GROUPS, /* a bitmap of those it has joined */
	NETLINK_DIAG_RX_RING,
	NETLINK_DIAG_TX_RING,
	NETLINK_DIAG_FLAGS, /* u32, NDIAG_FLAG_x */
	__NETLINK_DIAG_MAX,
	NETLINK_DIAG_MAX = __NETLINK_DIAG_MAX - 1
};
#define NDIAG_FLAG_CB_RUNNING	   0x01
#define NDIAG_FLAG_PKTINFO	   0x02
#define NDIAG_FLAG_BROADCAST_ERROR 0x04
#define NDIAG_FLAG_NO_ENOBUFS	   0x08
#define NDIAG_FLAG_LISTEN_ALL_NSID 0x10
#define NDIAG_FLAG_CAP_ACK	   0x20

_Static_assert(sizeof(struct netlink_diag_req) == 20, "struct netlink_diag_req");
_Static_assert(sizeof(struct netlink_diag_msg) == 28, "struct netlink_diag_msg");

#endif
