/* SPDX-License-Identifier: MIT */
/* What the parts of ss share: a socket as a row, the filter, the details. */
#ifndef NET_CMDS_SS_INTERNAL_H
#define NET_CMDS_SS_INTERNAL_H

#include <uapi/inet_diag.h>
#include <uapi/tcp.h>

#include "nl_internal.h"

struct ss_proto {
	const char *name;
	u8 number; /* IPPROTO_x */
};
struct ss_row {
	const struct ss_proto *proto;
	const struct inet_diag_msg *msg;
	const struct nlattr *tb[INET_DIAG_MAX + 1];
};

/* What is asked for of each socket. */
#define SS_EXT(attr) (1u << ((attr)-1))
#define SS_EXTENSIONS                                                                    \
	(SS_EXT(INET_DIAG_INFO) | SS_EXT(INET_DIAG_VEGASINFO) | SS_EXT(INET_DIAG_CONG) | \
	 SS_EXT(INET_DIAG_SKMEMINFO))

struct ss_options {
	bool tcp, udp, raw, netlink, packet, local, listening, all, extended, timers, info, memory, processes,
		no_header, one_line, numeric, kill, events, ipv4, summary;
	u32 states;	    /* bits 1 << TCP_x */
	const char *filter; /* "" : everything */
};

/* ss.c: a row of the table, of whatever family. ss_print - adds to what stands behind the row's columns, before
 * ss_line ends the row: it is measured the first time through the sockets, printed the second. ss_dump - all that
 * sock_diag tells on @req, each to @fn with @t; 0 or a printed error. */
struct ss_table;
struct ss_line {
	const char *netid;
	unsigned int state; /* TCP_x */
	u32 rqueue, wqueue;
	const char *laddr, *ldelim, *lport, *raddr, *rdelim, *rport;
};
void ss_print(struct ss_table *t, const char *fmt, ...) __printf(2, 3);
void ss_line(struct ss_table *t, const struct ss_line *l);
int ss_dump(const void *req, size_t len, nl_each fn, void *t);
const struct ss_options *ss_options(const struct ss_table *t);
const char *ss_if_name(struct ss_table *t, u32 index);

/* ss_local.c: the rows of AF_UNIX, AF_PACKET, AF_NETLINK. 0 or a printed error. */
int ss_unix(struct ss_table *t);
int ss_packet(struct ss_table *t);
int ss_netlink(struct ss_table *t);

/* ss_filter.c */
/* ss_state_bits - the states that a word stands for, 0: none. */
u32 ss_state_bits(const char *word);
/* ss_filter_match - does @row satisfy @filter? -1 after an error line about the filter itself. */
int ss_filter_match(const char *filter, const struct ss_row *row);

/* ss_info.c */
void ss_details(struct ss_table *t, const struct ss_row *row); /* what stands behind the columns */

void ss_memory(struct ss_table *t, const u32 *mem); /* SK_MEMINFO_x as iproute2 writes them */
void ss_owners(struct ss_table *t, unsigned long long inode); /* the tasks that hold it */
/* ss_task_name - "NAME/PID" of the task with that number; false: there is none. */
bool ss_task_name(u32 pid, char *buf, size_t size);

#endif
