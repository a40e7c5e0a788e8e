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
	bool tcp, udp, raw, listening, all, extended, timers, info, memory, processes, no_header,
		one_line, numeric, kill;
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
