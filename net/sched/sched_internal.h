/* SPDX-License-Identifier: MIT */
/* What the queueing disciplines of net/sched share. */
#ifndef NET_SCHED_INTERNAL_H
#define NET_SCHED_INTERNAL_H

#include <kernel/err.h>
#include <net/netlink.h>
#include <net/pkt_sched.h>
#include <uapi/pkt_sched.h>

/* fifo_set_limit - @q is a pfifo or bfifo: another limit. */
static inline void fifo_set_limit(struct Qdisc *q, u32 limit)
{
	q->limit = limit;
}
/* psched_mtu - the longest packet that @dev gets, with its link header. */
static inline u32 psched_mtu(const struct net_device *dev)
{
	return dev->mtu + dev->hard_header_len;
}
/* rate_to_ns - how long @len bytes take at @rate bytes a second; at most a day. */
u64 rate_to_ns(u64 rate, u64 len);
/* ns_to_len - how many bytes of @rate go in @ns, at most 4 GiB. */
u32 ns_to_len(u64 rate, u64 ns);
#endif
