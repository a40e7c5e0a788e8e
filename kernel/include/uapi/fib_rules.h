/* SPDX-License-Identifier: MIT */
/* Policy rules in rtnetlink messages. ip-rule(8). */
#ifndef UAPI_FIB_RULES_H
#define UAPI_FIB_RULES_H

#include <uapi/types.h>

#define FIB_RULE_PERMANENT    0x01
#define FIB_RULE_INVERT	      0x02
#define FIB_RULE_UNRESOLVED   0x04
#define FIB_RULE_IIF_DETACHED 0x08
#define FIB_RULE_OIF_DETACHED 0x10
#define FIB_RULE_FIND_SADDR   0x10000

struct fib_rule_hdr {
	__u8 family, dst_len, src_len, tos;
	__u8 table; /* RT_TABLE_x; above 255: in FRA_TABLE */
	__u8 res1, res2;
	__u8 action; /* FR_ACT_x */
	__u32 flags; /* FIB_RULE_x */
};

struct fib_rule_port_range {
	__u16 start, end;
};

enum {
	FRA_UNSPEC,
	FRA_DST,
	FRA_SRC,
	FRA_IIFNAME,
	FRA_GOTO,
	FRA_UNUSED2,
	FRA_PRIORITY,
	FRA_UNUSED3,
	FRA_UNUSED4,
	FRA_UNUSED5,
	FRA_FWMARK,
	FRA_FLOW,
	FRA_TUN_ID,
	FRA_SUPPRESS_IFGROUP,
	FRA_SUPPRESS_PREFIXLEN,
	FRA_TABLE,
	FRA_FWMASK,
	FRA_OIFNAME,
	FRA_PAD,
	FRA_L3MDEV,
	FRA_UID_RANGE,
	FRA_PROTOCOL,
	FRA_IP_PROTO,
	FRA_SPORT_RANGE,
	FRA_DPORT_RANGE,
	__FRA_MAX
};
#define FRA_MAX (__FRA_MAX - 1)

enum {
	FR_ACT_UNSPEC,
	FR_ACT_TO_TBL,
	FR_ACT_GOTO,
	FR_ACT_NOP,
	FR_ACT_RES3,
	FR_ACT_RES4,
	FR_ACT_BLACKHOLE,
	FR_ACT_UNREACHABLE,
	FR_ACT_PROHIBIT,
	__FR_ACT_MAX
};
#define FR_ACT_MAX (__FR_ACT_MAX - 1)

_Static_assert(sizeof(struct fib_rule_hdr) == 12, "struct fib_rule_hdr");

#endif
