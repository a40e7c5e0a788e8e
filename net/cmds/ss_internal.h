/* SPDX-License-Identifier: MIT */
/* What the parts of ss share: a socket as a row, the filter, the details. */
#ifndef NET_CMDS_SS_INTERNAL_H
#define NET_CMDS_SS_INTERNAL_H

#include <net/tcp_diag.h>

#include "cmd_internal.h"

struct ss_row {
	const char *proto;
	const struct tcp_diag *tcp; /* NULL: of another protocol */
	__be32 laddr, raddr;
	u16 lport, rport;
	unsigned int state, rqueue, wqueue;
	unsigned long long inode;
};

struct ss_options {
	bool tcp, udp, raw, listening, all, extended, timers, info, memory, processes, no_header,
		one_line, numeric;
	u32 states;	    /* bits 1 << TCP_x */
	const char *filter; /* "" : everything */
};

/* ss_filter.c */
/* ss_state_bits - the states that a word stands for, 0: none. */
u32 ss_state_bits(const char *word);
/* ss_filter_match - does @row satisfy @filter? -1 after an error line about the filter itself. */
int ss_filter_match(const char *filter, const struct ss_row *row);

/* ss_info.c */
void ss_details(const struct ss_options *o,
		const struct ss_row *row); /* what stands behind the columns, with the new line */

#endif
