/* SPDX-License-Identifier: MIT */
/* Queueing disciplines: who is sent next, and when (net/core/sch_generic.c, net/sched/). Book
 * section 12.7.3. */
#ifndef NET_PKT_SCHED_H
#define NET_PKT_SCHED_H

#include <kernel/timer.h>
#include <net/netdevice.h>

struct Qdisc;
struct nlattr;
struct netlink_ext_ack;

struct Qdisc_ops {
	const char *id;
	size_t priv_size;
	/* init - by @opt (TCA_OPTIONS, NULL: all as usual); on error nothing is left behind. change
	 * - the same to one that is at work. Optional. 0 or -errno. Context: RTNL. */
	int (*init)(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack);
	int (*change)(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack);
	/* enqueue - takes the skb or drops it, counted; NET_XMIT_x. Context: queue_lock. */
	int (*enqueue)(struct sk_buff *skb, struct Qdisc *q);
	/* dequeue - the next, or NULL: nothing, or nothing yet, and the watchdog is set. */
	struct sk_buff *(*dequeue)(struct Qdisc *q);
	/* reset - drop all with reason @why, its child's apart. */
	void (*reset)(struct Qdisc *q, enum skb_drop_reason why);
	void (*destroy)(struct Qdisc *q); /* after a reset; optional */
	/* dump - TCA_OPTIONS; dump_stats - TCA_STATS_APP. Both optional; 0 or -EMSGSIZE. */
	int (*dump)(const struct Qdisc *q, struct sk_buff *skb);
	int (*dump_stats)(const struct Qdisc *q, struct sk_buff *skb);
	bool has_child;	    /* its class :1 holds another discipline */
	bool txqlen_limits; /* its limit is the device's tx_queue_len */
};

#define TCQ_F_CAN_BYPASS 1 /* an empty queue may be walked around */
#define TCQ_F_NOQUEUE	 2 /* straight to the driver (loopback) */
#define TCQ_F_BUILTIN	 4 /* static: never freed */

struct Qdisc { /* [queue_lock] */
	const struct Qdisc_ops *ops;
	struct net_device *dev;
	u32 flags;	/* TCQ_F_x */
	u32 limit;	/* packets (bfifo: bytes) */
	u32 qlen;	/* packets, with the requeued ones as one; large ones count once */
	u64 backlog;	/* bytes */
	bool running;	/* somebody sends from it */
	bool scheduled; /* in the list of net_tx_action */
	struct sk_buff
		*requeued; /* refused by the driver: the next to go, and the segments behind */
	struct Qdisc *next_sched;
	u64 packets /* on the wire */, bytes, drops, requeues, overlimits;
	u32 handle, parent;   /* [RTNL] handle 0: nobody has named it */
	struct Qdisc *up;     /* whose child it is; NULL: the root */
	struct Qdisc *child;  /* of a kind that has one; NULL: its own queue alone */
	struct hrtimer timer; /* the watchdog: when it has something to send again */
	u64 priv[];
};
static inline void *qdisc_priv(const struct Qdisc *q)
{
	return (void *)q->priv;
}

/* Beside NET_XMIT_x, from a child to its parent: gone, and not by congestion. */
#define NET_XMIT_BYPASS 0x20000
static inline int qdisc_xmit_bypass(const struct Qdisc *q)
{
	return q->up ? NET_XMIT_BYPASS : NET_XMIT_SUCCESS;
}

/* What a discipline keeps in skb->cb. */
struct qdisc_skb_cb {
	u64 time_ns; /* when it may go, by the monotonic clock */
};
static inline struct qdisc_skb_cb *qdisc_skb_cb(struct sk_buff *skb)
{
	return (struct qdisc_skb_cb *)skb->cb;
}

/* qdisc_note_enqueue, qdisc_note_dequeue - @skb has come into, has left the queue: the counts. */
static inline void qdisc_note_enqueue(struct Qdisc *q, const struct sk_buff *skb)
{
	q->qlen++;
	q->backlog += skb->len;
}
static inline void qdisc_note_sent(struct Qdisc *q, const struct sk_buff *skb)
{
	q->packets += skb_nr_segs(skb);
	q->bytes += skb->len;
}
static inline void qdisc_note_dequeue(struct Qdisc *q, const struct sk_buff *skb)
{
	q->qlen--;
	q->backlog -= skb->len;
	qdisc_note_sent(q, skb);
}

extern const struct Qdisc_ops pfifo_fast_ops, pfifo_ops, bfifo_ops, tbf_ops, netem_ops, fq_ops;
extern const struct Qdisc_ops noqueue_ops;
extern struct Qdisc noop_qdisc, noqueue_qdisc;

/* qdisc_create - a discipline for @dev, in no place yet. ERR_PTR. qdisc_destroy - with all that is
 * in it and under it. Context: RTNL. */
struct Qdisc *qdisc_create(struct net_device *dev, const struct Qdisc_ops *ops,
			   const struct nlattr *opt, struct netlink_ext_ack *extack);
void qdisc_destroy(struct Qdisc *q);
/* qdisc_default - what @dev gets where nobody has said anything; NULL when out of memory. */
struct Qdisc *qdisc_default(struct net_device *dev);
/* dev_graft_qdisc - @new (NULL: the usual) is @dev's root from now on; returns the old one, for
 * qdisc_destroy. Context: RTNL. */
struct Qdisc *dev_graft_qdisc(struct net_device *dev, struct Qdisc *new);
/* qdisc_reset - drop all that waits in it and under it, with reason @why. Context: queue_lock. */
void qdisc_reset(struct Qdisc *q, enum skb_drop_reason why);
/* qdisc_tree_reduce - @n packets of @bytes have left @q otherwise than by dequeue: those above it
 * count fewer. */
void qdisc_tree_reduce(struct Qdisc *q, u32 n, u64 bytes);
/* qdisc_watchdog_at - look at @q's root again at @ns of the monotonic clock. */
void qdisc_watchdog_at(struct Qdisc *q, u64 ns);
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
/* dev_qdisc_drop - an skb that a discipline refuses: counts it there, and on the device where there is none to ask.
 * NET_XMIT_DROP. */
int dev_qdisc_drop(struct sk_buff *skb, struct Qdisc *q, enum skb_drop_reason reason);
/* dev_gso_cut - every large packet into its segments, whatever the device could cut itself;
 * consumes skb. A chain by next; NULL: all dropped. Context: softirqs off. */
struct sk_buff *dev_gso_cut(struct sk_buff *skb, struct net_device *dev);

/* net/sched/sch_api.c */
/* qdisc_kind - the discipline called @id, or NULL. */
const struct Qdisc_ops *qdisc_kind(const char *id);
/* qdisc_pkt_len - what @skb takes on the wire: a large one has the headers of each segment. */
unsigned int qdisc_pkt_len(const struct sk_buff *skb);
void pkt_sched_init(void); /* RTM_xQDISC are answered, net.core.default_qdisc. Context: boot */

static inline u64 psched_ticks_to_ns(u32 ticks)
{
	return (u64)ticks << 6;
}
static inline u32 psched_ns_to_ticks(u64 ns)
{
	return ns >> 6 > 0xffffffffu ? 0xffffffffu : (u32)(ns >> 6);
}

#endif
