/* SPDX-License-Identifier: MIT */
/* What the neighbour subsystem's two files share: the state machine's timer and the outputs. */
#ifndef NET_NEIGH_INTERNAL_H
#define NET_NEIGH_INTERNAL_H

#include <net/neighbour.h>

/* neigh_timer_handler - @data is the neighbour; the pending timer held a reference. Context:
 * softirq. */
void neigh_timer_handler(unsigned long data);
/* neigh_del_timer - Context: n->lock. True if it was pending. */
bool neigh_del_timer(struct neighbour *n);
/* neigh_notify - tell those who listen; @event: NEIGH_EVENT_x. Context: softirqs off. */
void neigh_notify(unsigned long event, struct neighbour *n);
/* neigh_proxy.c: pneigh_init - a table begins; pneigh_ifdown - @dev, or (NULL) the table, ends. Context: process. */
void pneigh_init(struct neigh_table *tbl);
void pneigh_ifdown(struct neigh_table *tbl, const struct net_device *dev);
/* neigh_blackhole - the output of an entry that is dead or not set up; consumes skb. -ENETDOWN. */
int neigh_blackhole(struct neighbour *n, struct sk_buff *skb);

#endif
