/* SPDX-License-Identifier: MIT */
/* Queueing disciplines: who is sent next (net/core/sch_generic.c). Book section 12.7.3. */
#ifndef NET_PKT_SCHED_H
#define NET_PKT_SCHED_H

#include <net/netdevice.h>

struct Qdisc;

struct Qdisc_ops {
	const char *id;
	size_t priv_size;
	int (*init)(struct Qdisc *q); /* 0 or -errno */
	/* enqueue - takes the skb or drops it, counted; NET_XMIT_x. Context: queue_lock. */
	int (*enqueue)(struct sk_buff *skb, struct Qdisc *q);
	struct sk_buff *(*dequeue)(struct Qdisc *q);
	void (*reset)(struct Qdisc *q); /* drop all */
	void (*destroy)(struct Qdisc *q);
};

#define TCQ_F_CAN_BYPASS 1 /* an empty queue may be walked around */
#define TCQ_F_NOQUEUE	 2 /* straight to the driver (loopback) */
#define TCQ_F_BUILTIN	 4 /* static: never freed */

struct Qdisc { /* [queue_lock] */
	const struct Qdisc_ops *ops;
	struct net_device *dev;
	u32 flags;		  /* TCQ_F_x */
	u32 limit;		  /* packets */
	u32 qlen;		  /* packets, with the requeued ones as one; large ones count once */
	u64 backlog;		  /* bytes */
	bool running;		  /* somebody sends from it */
	bool scheduled;		  /* in the list of net_tx_action */
	struct sk_buff *requeued; /* refused by the driver: the next to go, and the segments behind */
	struct Qdisc *next_sched;
	u64 packets /* on the wire */, bytes, drops, requeues, overlimits;
	u64 priv[];
};
static inline void *qdisc_priv(struct Qdisc *q)
{
	return q->priv;
}

extern const struct Qdisc_ops pfifo_fast_ops, pfifo_ops;
extern struct Qdisc noop_qdisc;
/* qdisc_create - for @dev; NULL when out of memory. qdisc_destroy - with what is in it. */
struct Qdisc *qdisc_create(struct net_device *dev, const struct Qdisc_ops *ops);
void qdisc_destroy(struct Qdisc *q);
/* qdisc_run - send from @q until it is empty, the driver stops or the quota is used up. Context:
 * queue_lock, softirqs off. */
void qdisc_run(struct Qdisc *q);
/* sch_direct_xmit - hand one packet (or a chain of what was requeued) to the driver, cut if it must
 * be; requeue what is refused; more to do? Context: queue_lock (dropped inside). */
bool sch_direct_xmit(struct sk_buff *skb, struct Qdisc *q);
/* dev_init_scheduler, dev_shutdown_scheduler - at registration and its end. dev_activate,
 * dev_deactivate - with the carrier. RTNL. */
void dev_init_scheduler(struct net_device *dev);
void dev_shutdown_scheduler(struct net_device *dev);
void dev_activate(struct net_device *dev);
void dev_deactivate(struct net_device *dev);
/* dev_qdisc_drop - an skb that a discipline refuses: counts it there and on the device.
 * NET_XMIT_DROP. */
int dev_qdisc_drop(struct sk_buff *skb, struct Qdisc *q, enum skb_drop_reason reason);

#endif
