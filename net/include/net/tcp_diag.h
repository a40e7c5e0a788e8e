/* SPDX-License-Identifier: MIT */
/* TCP's sockets one by one, with all that can be told of each (net/ipv4/tcp_diag.c): for ss, and
 * for whoever else shows them. */
#ifndef NET_TCP_DIAG_H
#define NET_TCP_DIAG_H

#include <kernel/types.h>
#include <uapi/tcp.h>
#include <uapi/tcp_cc_info.h>

struct net;

#define TCP_DIAG_MEMINFO 9 /* SK_MEMINFO_x */

enum { TCP_DIAG_OFF, TCP_DIAG_ON, TCP_DIAG_KEEPALIVE, TCP_DIAG_TIMEWAIT, TCP_DIAG_PERSIST };

struct tcp_diag {
	__be32 laddr, raddr;
	u16 lport, rport; /* host order */
	u8 state;	  /* TCP_x as user space knows it */
	u8 timer, retrans, shutdown;
	u32 expires_ms, rqueue, wqueue, mark;
	u64 inode, cookie;
	bool full; /* it is a sock of full size: what follows holds */
	u32 meminfo[TCP_DIAG_MEMINFO];
	char cong[TCP_CA_NAME_MAX];
	int cong_attr; /* INET_DIAG_x: which of cong_info's it tells; 0: none */
	union tcp_cc_info cong_info;
	struct tcp_info info;
};

struct tcp_diag_cursor { /* zeroed to begin with */
	u32 bucket, skip;
};
/* tcp_diag_next - the next socket of @net into *d; false: there are no more. One that comes or goes
 * meanwhile may be missed or seen twice. Context: process, may sleep. */
bool tcp_diag_next(struct net *net, struct tcp_diag_cursor *c, struct tcp_diag *d);

#endif
