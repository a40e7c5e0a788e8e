/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_INET and AF_INET6: requests, what is told of a socket, and the filter's program.
 * sock_diag(7). */
#ifndef UAPI_INET_DIAG_H
#define UAPI_INET_DIAG_H

#include <uapi/byteorder.h>
#include <uapi/tcp_cc_info.h>
#include <uapi/types.h>

/* The messages of before SOCK_DIAG_BY_FAMILY, with struct inet_diag_req. */
#define TCPDIAG_GETSOCK	      18
#define DCCPDIAG_GETSOCK      19
#define INET_DIAG_GETSOCK_MAX 24

struct inet_diag_sockid {
	__be16 idiag_sport, idiag_dport;
	__be32 idiag_src[4], idiag_dst[4];
	__u32 idiag_if;
	__u32 idiag_cookie[2];
};
#define INET_DIAG_NOCOOKIE (~0U)

struct inet_diag_req { /* TCPDIAG_GETSOCK */
	__u8 idiag_family, idiag_src_len, idiag_dst_len;
	__u8 idiag_ext;
	struct inet_diag_sockid id;
	__u32 idiag_states;
	__u32 idiag_dbs;
};

struct inet_diag_req_v2 { /* SOCK_DIAG_BY_FAMILY */
	__u8 sdiag_family, sdiag_protocol;
	__u8 idiag_ext;	    /* bits 1 << (INET_DIAG_x - 1) */
	__u8 pad;	    /* of a raw socket: its protocol, to find it by */
	__u32 idiag_states; /* bits 1 << TCP_x */
	struct inet_diag_sockid id;
};

enum { /* attributes of a request */
	INET_DIAG_REQ_NONE,
	INET_DIAG_REQ_BYTECODE,
	INET_DIAG_REQ_SK_BPF_STORAGES,
	INET_DIAG_REQ_PROTOCOL, /* u32, in the place of sdiag_protocol */
	__INET_DIAG_REQ_MAX,
	INET_DIAG_REQ_MAX = __INET_DIAG_REQ_MAX - 1
};

/* The filter: operations that jump forward, by @yes bytes where what they ask is so and by @no
 * where not; a socket is told of if the last jump ends at the program's end. */
struct inet_diag_bc_op {
	__u8 code;
	__u8 yes;
	__u16 no;
};
enum {
	INET_DIAG_BC_NOP,
	INET_DIAG_BC_JMP,
	INET_DIAG_BC_S_GE, /* the next operation's @no is the port */
	INET_DIAG_BC_S_LE,
	INET_DIAG_BC_D_GE,
	INET_DIAG_BC_D_LE,
	INET_DIAG_BC_AUTO, /* the kernel chose the port */
	INET_DIAG_BC_S_COND,
	INET_DIAG_BC_D_COND,
	INET_DIAG_BC_DEV_COND, /* u32 */
	INET_DIAG_BC_MARK_COND,
	INET_DIAG_BC_S_EQ,
	INET_DIAG_BC_D_EQ,
	INET_DIAG_BC_CGROUP_COND /* u64 */
};
struct inet_diag_hostcond {
	__u8 family;
	__u8 prefix_len;
	int port; /* -1: any */
	__be32 addr[];
};
struct inet_diag_markcond {
	__u32 mark, mask;
};

struct inet_diag_msg {
	__u8 idiag_family;
	__u8 idiag_state;
	__u8 idiag_timer; /* INET_DIAG_TIMER_x */
	__u8 idiag_retrans;
	struct inet_diag_sockid id;
	__u32 idiag_expires; /* ms */
	__u32 idiag_rqueue, idiag_wqueue;
	__u32 idiag_uid, idiag_inode;
};
/* Linux has no names for these. */
enum {
	INET_DIAG_TIMER_OFF,
	INET_DIAG_TIMER_ON,
	INET_DIAG_TIMER_KEEPALIVE,
	INET_DIAG_TIMER_TIMEWAIT,
	INET_DIAG_TIMER_PERSIST
};

enum { /* attributes of an answer; those up to 8 can be asked for. 16 is INET_DIAG_BBRINFO. */
	INET_DIAG_NONE,
	INET_DIAG_MEMINFO,
	INET_DIAG_INFO,
	INET_DIAG_VEGASINFO, /* asks for what the congestion control tells */
	INET_DIAG_CONG,
	INET_DIAG_TOS,
	INET_DIAG_TCLASS, /* asks for INET_DIAG_CLASS_ID too */
	INET_DIAG_SKMEMINFO,
	INET_DIAG_SHUTDOWN,
	INET_DIAG_DCTCPINFO,
	INET_DIAG_PROTOCOL,
	INET_DIAG_SKV6ONLY,
	INET_DIAG_LOCALS,
	INET_DIAG_PEERS,
	INET_DIAG_PAD,
	INET_DIAG_MARK,
	INET_DIAG_CLASS_ID = 17,
	INET_DIAG_MD5SIG,
	INET_DIAG_ULP_INFO,
	INET_DIAG_SK_BPF_STORAGES,
	INET_DIAG_CGROUP_ID,
	INET_DIAG_SOCKOPT,
	__INET_DIAG_MAX,
	INET_DIAG_MAX = __INET_DIAG_MAX - 1
};

struct inet_diag_meminfo {
	__u32 idiag_rmem, idiag_wmem, idiag_fmem, idiag_tmem;
};

struct inet_diag_sockopt {
	__u8 recverr : 1, is_icsk : 1, freebind : 1, hdrincl : 1, mc_loop : 1, transparent : 1,
		mc_all : 1, nodefrag : 1;
	__u8 bind_address_no_port : 1, recverr_rfc4884 : 1, defer_connect : 1, unused : 5;
};

_Static_assert(sizeof(struct inet_diag_sockid) == 48, "inet_diag_sockid");
_Static_assert(sizeof(struct inet_diag_req) == 60, "inet_diag_req");
_Static_assert(sizeof(struct inet_diag_req_v2) == 56, "inet_diag_req_v2");
_Static_assert(sizeof(struct inet_diag_bc_op) == 4, "inet_diag_bc_op");
_Static_assert(sizeof(struct inet_diag_hostcond) == 8, "inet_diag_hostcond");
_Static_assert(sizeof(struct inet_diag_msg) == 72, "inet_diag_msg");
_Static_assert(sizeof(struct inet_diag_sockopt) == 2, "inet_diag_sockopt");

#endif
