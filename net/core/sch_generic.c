/* SPDX-License-Identifier: MIT */
/* The plain queueing disciplines, how a discipline meets the driver, and the watchdog for
 * transmitters that stand still. Book section 12.7.3. */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/pkt_sched.h>

#include "core_internal.h"

#define QDISC_QUOTA	 64 /* packets a turn, before others may have the CPU */
#define WATCHDOG_DEFAULT (5 * HZ)

int dev_qdisc_drop(struct sk_buff *skb, struct Qdisc *q, enum skb_drop_reason reason)
{
	q->drops++;
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

static void noop_reset(struct Qdisc *q)
{
}

static const struct Qdisc_ops noop_ops = {
	.id = "noop",
	.enqueue = noop_enqueue,
	.dequeue = noop_dequeue,
	.reset = noop_reset,
};
static const struct Qdisc_ops noqueue_ops = {
	.id = "noqueue",
	.enqueue = noop_enqueue,
	.dequeue = noop_dequeue,
	.reset = noop_reset,
};
/* What a device has while it is down or without a carrier; and what one without a queue has. */
struct Qdisc noop_qdisc = { .ops = &noop_ops, .flags = TCQ_F_BUILTIN };
static struct Qdisc noqueue_qdisc = { .ops = &noqueue_ops, .flags = TCQ_F_BUILTIN | TCQ_F_NOQUEUE };

/* ---- pfifo_fast: three bands by priority; pfifo: one ---- */

#define PFIFO_BANDS 3
static const u8 prio2band[16] = {
	1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1
}; /* by TC_PRIO_x */

static int pfifo_init(struct Qdisc *q)
{
	struct sk_buff_head *band = qdisc_priv(q);
	int i;

	for (i = 0; i < PFIFO_BANDS; i++)
		skb_queue_head_init(&band[i]);
	return 0;
}

static inline int pfifo_add(struct sk_buff *skb, struct Qdisc *q, int band)
{
	if (unlikely(q->qlen >= q->limit))
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	skb_dst_force(skb);
	__skb_queue_tail((struct sk_buff_head *)qdisc_priv(q) + band, skb);
	q->qlen++;
	q->backlog += skb->len;
	return NET_XMIT_SUCCESS;
}

static int pfifo_fast_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	return pfifo_add(skb, q, prio2band[skb->priority & 15]);
}

static int pfifo_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	return pfifo_add(skb, q, 0);
}

static struct sk_buff *pfifo_dequeue(struct Qdisc *q)
{
	struct sk_buff_head *band = qdisc_priv(q);
	struct sk_buff *skb;
	int i;

	for (i = 0; i < PFIFO_BANDS; i++) {
		skb = __skb_dequeue(&band[i]);
		if (skb) {
			q->qlen--;
			q->backlog -= skb->len;
			q->packets += skb_nr_segs(skb);
			q->bytes += skb->len;
			return skb;
		}
	}
	return NULL;
}

static void pfifo_reset(struct Qdisc *q)
{
	struct sk_buff *skb;

	while ((skb = pfifo_dequeue(q)) != NULL)
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
}

const struct Qdisc_ops pfifo_fast_ops = {
	.id = "pfifo_fast",
	.priv_size = PFIFO_BANDS * sizeof(struct sk_buff_head),
	.init = pfifo_init,
	.enqueue = pfifo_fast_enqueue,
	.dequeue = pfifo_dequeue,
	.reset = pfifo_reset,
};
const struct Qdisc_ops pfifo_ops = {
	.id = "pfifo",
	.priv_size = PFIFO_BANDS * sizeof(struct sk_buff_head),
	.init = pfifo_init,
	.enqueue = pfifo_enqueue,
	.dequeue = pfifo_dequeue,
	.reset = pfifo_reset,
};

/* ---- life ---- */

struct Qdisc *qdisc_create(struct net_device *dev, const struct Qdisc_ops *ops)
{
	struct Qdisc *q = kzalloc(sizeof(*q) + ops->priv_size, GFP_KERNEL);

	if (!q)
		return NULL;
	q->ops = ops;
	q->dev = dev;
	q->limit = dev->tx_queue_len;
	q->flags = TCQ_F_CAN_BYPASS;
	if (ops->init && ops->init(q)) {
		kfree(q);
		return NULL;
	}
	return q;
}

/* qdisc_reset - drop all that waits. Context: queue_lock. */
static void qdisc_reset(struct Qdisc *q)
{
	if (q->requeued) {
		kfree_skb_list_reason(q->requeued, SKB_DROP_REASON_DEV_READY);
		q->requeued = NULL;
		q->qlen--;
	}
	q->ops->reset(q);
}

void qdisc_destroy(struct Qdisc *q)
{
	if (q->flags & TCQ_F_BUILTIN)
		return;
	spin_lock_bh(&q->dev->queue_lock);
	qdisc_reset(q);
	spin_unlock_bh(&q->dev->queue_lock);
	dev_unschedule(q);
	if (q->ops->destroy)
		q->ops->destroy(q);
	kfree(q);
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
	for (; skb; skb = skb->next)
		skb_dst_force(skb);
}

bool sch_direct_xmit(struct sk_buff *skb, struct Qdisc *q)
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
			q->requeued = NULL;
			q->qlen--;
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
		q = dev->tx_queue_len && !dev->no_queue ? qdisc_create(dev, &pfifo_fast_ops)
							: &noqueue_qdisc;
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
		qdisc_reset(q);
	spin_unlock_bh(&dev->queue_lock);
	del_timer_sync(&dev->watchdog_timer);
	if (!(q->flags & TCQ_F_BUILTIN))
		dev_unschedule(q);
}

void dev_qdisc_change_tx_queue_len(struct net_device *dev)
{
	spin_lock_bh(&dev->queue_lock);
	if (!(dev->qdisc_sleeping->flags & TCQ_F_BUILTIN))
		dev->qdisc_sleeping->limit = max(dev->tx_queue_len, 1u);
	spin_unlock_bh(&dev->queue_lock);
}
