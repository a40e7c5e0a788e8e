/* SPDX-License-Identifier: MIT */
/* What identifies a flow for routing. */
#ifndef NET_FLOW_H
#define NET_FLOW_H

#include <kernel/types.h>

struct flowi4 {
	int flowi4_oif, flowi4_iif;
	u32 flowi4_mark;
	u8 flowi4_tos, flowi4_scope, flowi4_proto, flowi4_flags;
	__be32 saddr, daddr;
	__be16 fl4_sport, fl4_dport;
};
#define FLOWI_FLAG_ANYSRC 1

#endif
