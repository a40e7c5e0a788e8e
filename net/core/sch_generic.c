/* SPDX-License-Identifier: MIT */
/* The life of queueing disciplines, how one meets the driver, and the watchdog for transmitters that
 * stand still. The disciplines are in net/sched. Book section 12.7.3. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/pkt_sched.h>

#include "core_internal.h"

#define QDISC_QUOTA	 64 /* packets a turn, before others may have the CPU */
#define WATCHDOG_DEFAULT (5 * HZ)

int dev_qdisc_drop(struct sk_buff *skb, struct Qdisc *q, enum skb_drop_reason reason)
{
	q->drops++;
	if (q->flags & TCQ_F_BUILTIN) /* whose counters nobody reads */
		skb->dev->stats.tx_dropped++;
	kfree_skb_reason(skb, reason);
	return NET_XMIT_DROP;
}

/* ---- no queue at all ---- */

static int noop_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	return dev_qdisc_drop(skb, q, SKB_DROP_REASON_DEV_READY);
}

static struct sk_buff *noop_dequeue(struct Qdisc *q)
{
	return NULL;
}

static void noop_reset(struct Qdisc *q, enum skb_drop_reason why)
{
}

static const struct Qdisc_ops noop_ops = {
	.id = "noop",
	.enqueue = noop_enqueue,
	.dequeue = noop_dequeue,
	.reset = noop_reset,
};
const struct Qdisc_ops noqueue_ops = {
	.id = "noqueue",
	.enqueue = noop_enqueue,
	.dequeue = noop_dequeue,
	.reset = noop_reset,
};
/* What a device has while it is down or without a carrier; and what one without a queue has. */
struct Qdisc noop_qdisc = { .ops = &noop_ops, .flags = TCQ_F_BUILTIN };
struct Qdisc noqueue_qdisc = { .ops = &noqueue_ops, .flags = TCQ_F_BUILTIN | TCQ_F_NOQUEUE };

/* ---- life ---- */

/* The watchdog's time has come: whatever waits below it, the root is asked. */
static void qdisc_watchdog(struct hrtimer *t)
{
	__netif_schedule(container_of(t, struct Qdisc, timer)->dev);
}

void qdisc_watchdog_at(struct Qdisc *q, u64 ns)
{
	if (!hrtimer_active(&q->timer) || (u64)q->timer.expires != ns)
		hrtimer_start(&q->timer, (ktime_t)ns);
}

struct Qdisc *qdisc_create(struct net_device *dev, const struct Qdisc_ops *ops,
			   const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	struct Qdisc *q = kzalloc(sizeof(*q) + ops->priv_size, GFP_KERNEL);
	int err;

	if (!q)
		return ERR_PTR(-ENOBUFS);
	q->ops = ops;
	q->dev = dev;
	q->limit = max(dev->tx_queue_len, 1u);
	hrtimer_init(&q->timer, qdisc_watchdog);
	err = ops->init ? ops->init(q, opt, extack) : 0;
	if (err) {
		kfree(q);
		return ERR_PTR(err);
	}
	return q;
}

void qdisc_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	if (q->requeued) {
		kfree_skb_list_reason(q->requeued, why);
		q->requeued = NULL;
	}
	hrtimer_cancel(&q->timer);
	q->ops->reset(q, why);
	if (q->child)
		qdisc_reset(q->child, why);
	q->qlen = 0;
	q->backlog = 0;
}

void qdisc_destroy(struct Qdisc *q)
{
	struct Qdisc *child = q->child;

	if (q->flags & TCQ_F_BUILTIN)
		return;
	spin_lock_bh(&q->dev->queue_lock);
	qdisc_reset(q, SKB_DROP_REASON_RESET_QUEUE);
	spin_unlock_bh(&q->dev->queue_lock);
	dev_unschedule(q);
	if (q->ops->destroy)
		q->ops->destroy(q);
	kfree(q);
	if (child)
		qdisc_destroy(child);
}

void qdisc_tree_reduce(struct Qdisc *q, u32 n, u64 bytes)
{
	for (q = q->up; q; q = q->up) {
		q->qlen -= n;
		q->backlog -= bytes;
	}
}

/* ---- running ---- */

/* Refused: @skb and those behind it wait here until the driver wakes its queue. */
static void requeue(struct sk_buff *skb, struct Qdisc *q)
{
	struct net_device *dev = q->dev;
	struct sk_buff *next;

	if (unlikely(dev->qdisc != q)) {
		for (; skb; skb = next) {
			next = skb->next;
			skb->next = NULL;
			dev_qdisc_drop(skb, q, SKB_DROP_REASON_DEV_READY);
		}
		return;
	}
	q->requeued = skb;
	q->qlen++;
	q->requeues++;
	for (; skb; skb = skb->next) {
		skb_dst_force(skb);
		q->backlog += skb->len;
	}
}

/* What the driver refused goes at last. */
static void take_requeued(struct Qdisc *q)
{
	const struct sk_buff *skb;

	for (skb = q->requeued; skb; skb = skb->next)
		q->backlog -= skb->len;
	q->requeued = NULL;
	q->qlen--;
}

/* xmit_chain - a large packet, cut if need be, or what is left of one. */
static noinline bool xmit_chain(struct sk_buff *skb, struct Qdisc *q)
{
	struct net_device *dev = q->dev;
	struct sk_buff *next;

	spin_unlock(&dev->queue_lock);
	if (unlikely(netif_needs_gso(skb, dev)))
		skb = dev_gso_segment(skb, dev);
	spin_lock(&dev->_xmit_lock);
	for (; skb && likely(!netif_queue_stopped(dev) && !dev->xmit_active); skb = next) {
		next = skb->next;
		skb->next = NULL;
		if (unlikely(dev_hard_start_xmit(skb, dev) != NETDEV_TX_OK)) {
			skb->next = next;
			break;
		}
	}
	spin_unlock(&dev->_xmit_lock);
	spin_lock(&dev->queue_lock);
	if (likely(!skb))
		return !netif_queue_stopped(dev);
	requeue(skb, q);
	return false;
}

bool sch_direct_xmit(struct sk_buff *skb, struct Qdisc *q)
{
	struct net_device *dev = q->dev;
	int rc = NETDEV_TX_BUSY;

	if (unlikely(skb_is_gso(skb) || skb->next))
		return xmit_chain(skb, q);
	spin_unlock(&dev->queue_lock);
	spin_lock(&dev->_xmit_lock);
	if (likely(!netif_queue_stopped(dev) && !dev->xmit_active))
		rc = dev_hard_start_xmit(skb, dev);
	spin_unlock(&dev->_xmit_lock);
	spin_lock(&dev->queue_lock);
	if (likely(rc == NETDEV_TX_OK))
		return !netif_queue_stopped(dev);
	requeue(skb, q);
	return false;
}

void qdisc_run(struct Qdisc *q)
{
	struct net_device *dev = q->dev;
	int quota = QDISC_QUOTA;
	struct sk_buff *skb;

	if (!q->qlen || q->running || netif_queue_stopped(dev))
		return;
	q->running = true;
	while (!netif_queue_stopped(dev) && dev->qdisc == q) {
		skb = q->requeued;
		if (unlikely(skb)) {
			take_requeued(q);
		} else {
			skb = q->ops->dequeue(q);
			if (!skb)
				break;
		}
		if (!sch_direct_xmit(skb, q))
			break;
		if (--quota == 0) {
			__netif_schedule(dev);
			break;
		}
	}
	q->running = false;
}

/* ---- the watchdog ---- */

/* dev_watchdog - the queue was stopped a period ago, and nothing has been sent since: the driver
 * has lost a completion. */
static void dev_watchdog(unsigned long data)
{
	struct net_device *dev = (struct net_device *)data;

	spin_lock(&dev->_xmit_lock);
	if (netif_running(dev) && netif_carrier_ok(dev)) {
		if (netif_queue_stopped(dev) && dev->trans_count == dev->watchdog_seen) {
			pr_warn("%s: transmit timed out after %d ms\n", dev->name,
				jiffies_to_msecs((unsigned long)dev->watchdog_timeo));
			dev->netdev_ops->ndo_tx_timeout(dev);
		}
		dev->watchdog_seen = dev->trans_count;
		mod_timer(&dev->watchdog_timer, jiffies + (unsigned long)dev->watchdog_timeo);
	}
	spin_unlock(&dev->_xmit_lock);
}

/* ---- with the device's life ---- */

void dev_init_scheduler(struct net_device *dev)
{
	dev->qdisc = dev->qdisc_sleeping = &noop_qdisc;
	setup_timer(&dev->watchdog_timer, dev_watchdog, (unsigned long)dev);
}

void dev_shutdown_scheduler(struct net_device *dev)
{
	struct Qdisc *q = dev->qdisc_sleeping;

	dev->qdisc = dev->qdisc_sleeping = &noop_qdisc;
	qdisc_destroy(q);
	del_timer_sync(&dev->watchdog_timer);
}

void dev_activate(struct net_device *dev)
{
	struct Qdisc *q = dev->qdisc_sleeping;

	ASSERT_RTNL();
	if (q == &noop_qdisc) {
		q = qdisc_default(dev);
		if (q)
			dev->qdisc_sleeping = q;
	}
	if (!q) { /* it works without one, and the next time that it comes up gets another chance */
		pr_warn("%s: out of memory for a queue: none is used\n", dev->name);
		q = &noqueue_qdisc;
	}
	if (!netif_carrier_ok(dev))
		return; /* the link watch comes again */
	spin_lock_bh(&dev->queue_lock);
	dev->qdisc = q;
	spin_unlock_bh(&dev->queue_lock);
	if (dev->netdev_ops->ndo_tx_timeout) {
		if (dev->watchdog_timeo <= 0)
			dev->watchdog_timeo = WATCHDOG_DEFAULT;
		dev->trans_count++; /* a whole period before the first look */
		mod_timer(&dev->watchdog_timer, jiffies + (unsigned long)dev->watchdog_timeo);
	}
}

void dev_deactivate(struct net_device *dev)
{
	struct Qdisc *q;

	ASSERT_RTNL();
	spin_lock_bh(&dev->queue_lock);
	q = dev->qdisc;
	dev->qdisc = &noop_qdisc;
	if (!(q->flags & TCQ_F_BUILTIN))
		qdisc_reset(q, SKB_DROP_REASON_DEV_READY);
	spin_unlock_bh(&dev->queue_lock);
	del_timer_sync(&dev->watchdog_timer);
	if (!(q->flags & TCQ_F_BUILTIN))
		dev_unschedule(q);
}

struct Qdisc *dev_graft_qdisc(struct net_device *dev, struct Qdisc *new)
{
	struct Qdisc *old = dev->qdisc_sleeping;

	ASSERT_RTNL();
	if (!new)
		new = (dev->flags & IFF_UP) ? qdisc_default(dev) : &noop_qdisc;
	if (!new)
		new = &noqueue_qdisc; /* out of memory: it works without one */
	spin_lock_bh(&dev->queue_lock);
	if (dev->qdisc != &noop_qdisc) {
		dev->qdisc = new;
	} else if ((dev->flags & IFF_UP) && netif_carrier_ok(dev)) {
		dev->qdisc = new;
	}
	dev->qdisc_sleeping = new;
	spin_unlock_bh(&dev->queue_lock);
	return old;
}

void dev_qdisc_change_tx_queue_len(struct net_device *dev)
{
	struct Qdisc *q = dev->qdisc_sleeping;

	spin_lock_bh(&dev->queue_lock);
	if (q->ops->txqlen_limits)
		q->limit = max(dev->tx_queue_len, 1u);
	spin_unlock_bh(&dev->queue_lock);
}
