/* SPDX-License-Identifier: MIT */
/* Sending: what a packet needs before the device can take it, the way through the queueing
 * discipline, net_tx_action. Book section 12.7.3. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <net/dst.h>
#include <net/pkt_sched.h>

#include "core_internal.h"

#define XMIT_RECURSION_LIMIT 8 /* devices on top of each other */

/* ---- taps ---- */

void dev_queue_xmit_nit(struct sk_buff *skb, struct net_device *dev)
{
	struct packet_type *pt;
	struct sk_buff *copy;

	list_for_each_entry(pt, &ptype_all, list) {
		/* A packet is not shown to the socket that sends it. */
		if ((pt->dev && pt->dev != dev) ||
		    (pt->af_packet_priv && pt->af_packet_priv == skb->sk))
			continue;
		copy = skb_clone(skb, GFP_ATOMIC);
		if (!copy)
			break;
		net_timestamp_in(copy);
		skb_reset_mac_header(copy);
		if (skb_network_header(copy) < copy->data ||
		    skb_network_header(copy) > skb_tail_pointer(copy))
			skb_reset_network_header(copy);
		copy->transport_header = copy->network_header;
		copy->pkt_type = PACKET_OUTGOING;
		pt->func(copy, copy->dev, pt, copy->dev);
	}
}

/* ---- to the driver ---- */

int dev_hard_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	int rc;

	if (unlikely(!list_empty(&ptype_all)))
		dev_queue_xmit_nit(skb, dev);
	/* Nobody asks for the route any more: its device and neighbour need not wait for the
	 * completion. */
	if (skb->_dst && !(dev->features & NETIF_F_LOOPBACK))
		skb_dst_drop(skb);
	dev->xmit_active = true;
	rc = dev->netdev_ops->ndo_start_xmit(skb, dev);
	dev->xmit_active = false;
	if (likely(rc == NETDEV_TX_OK))
		dev->trans_count++;
	return rc;
}

/* skb_gso_segment - packets of at most gso_size bytes of payload, chained by next; @skb stays the
 * caller's. ERR_PTR on failure. */
static struct sk_buff *skb_gso_segment(struct sk_buff *skb, u32 features)
{
	struct packet_type *pt = packet_type_find(skb->protocol);

	if (!pt || !pt->gso_segment)
		return ERR_PTR(-EPROTONOSUPPORT);
	return pt->gso_segment(skb, features);
}

/* can_checksum - does the device complete this packet's checksum? */
static inline bool can_checksum(const struct sk_buff *skb, const struct net_device *dev)
{
	return (dev->features & NETIF_F_HW_CSUM) ||
	       ((dev->features & NETIF_F_IP_CSUM) && skb->protocol == htons(ETH_P_IP));
}

/* validate_xmit_skb - do in software what the device cannot. 0, or -ENOMEM, -EINVAL. */
static inline int validate_xmit_skb(struct sk_buff *skb, struct net_device *dev)
{
	int err = 0;

	if (skb_is_nonlinear(skb) && (!(dev->features & NETIF_F_SG) || skb_shinfo(skb)->frag_list))
		err = skb_linearize(skb);
	if (!err && skb->ip_summed == CHECKSUM_PARTIAL && !can_checksum(skb, dev))
		err = skb_checksum_help(skb);
	return err;
}

/* xmit_noqueue - devices without a queue (loopback, tunnels): straight to the driver, which must
 * take it. Softirqs are off. */
static int xmit_noqueue(struct sk_buff *skb, struct net_device *dev)
{
	struct softnet_data *sd = &softnet_data;
	enum skb_drop_reason reason = SKB_DROP_REASON_TX_ERROR;
	int rc = NETDEV_TX_BUSY;

	if (unlikely(!netif_running(dev))) {
		reason = SKB_DROP_REASON_DEV_READY;
	} else if (unlikely(dev->xmit_active || sd->xmit_recursion >= XMIT_RECURSION_LIMIT)) {
		if (net_ratelimit())
			pr_err("dead loop on virtual device %s\n", dev->name);
	} else {
		sd->xmit_recursion++;
		spin_lock(&dev->_xmit_lock);
		if (likely(!netif_queue_stopped(dev)))
			rc = dev_hard_start_xmit(skb, dev);
		spin_unlock(&dev->_xmit_lock);
		sd->xmit_recursion--;
	}
	if (likely(rc == NETDEV_TX_OK))
		return NET_XMIT_SUCCESS;
	dev->stats.tx_dropped++;
	kfree_skb_reason(skb, reason);
	return -ENETDOWN;
}

/* xmit_queue - through the discipline; past it where it is empty and allows that. Softirqs are off.
 */
static int xmit_queue(struct sk_buff *skb, struct net_device *dev)
{
	struct Qdisc *q;
	int rc;

	spin_lock(&dev->queue_lock);
	q = dev->qdisc;
	if (likely((q->flags & TCQ_F_CAN_BYPASS) && !q->qlen && !q->running)) {
		q->running = true;
		q->packets++;
		q->bytes += skb->len;
		if (sch_direct_xmit(skb, q) && q->qlen) {
			q->running = false;
			qdisc_run(q);
		} else {
			q->running = false;
		}
		rc = NET_XMIT_SUCCESS;
	} else {
		rc = q->ops->enqueue(skb, q);
		qdisc_run(q);
	}
	spin_unlock(&dev->queue_lock);
	return rc;
}

/* dev_xmit_one - a packet that the device can take as it is. */
static inline int dev_xmit_one(struct sk_buff *skb, struct net_device *dev)
{
	int rc;

	local_bh_disable();
	rc = unlikely(dev->qdisc->flags & TCQ_F_NOQUEUE) ? xmit_noqueue(skb, dev)
							 : xmit_queue(skb, dev);
	local_bh_enable();
	return rc;
}

static noinline int dev_xmit_segments(struct sk_buff *skb, struct net_device *dev)
{
	struct sk_buff *segs = skb_gso_segment(skb, dev->features), *next;
	int rc = 0, err;

	if (IS_ERR_OR_NULL(segs)) {
		dev->stats.tx_dropped++;
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return segs ? (int)PTR_ERR(segs) : -EINVAL;
	}
	consume_skb(skb);
	for (; segs; segs = next) {
		next = segs->next;
		segs->next = NULL;
		err = validate_xmit_skb(segs, dev);
		if (err)
			kfree_skb_reason(segs, SKB_DROP_REASON_TX_ERROR);
		else
			err = dev_xmit_one(segs, dev);
		rc = rc ? rc : err;
	}
	return rc;
}

int dev_queue_xmit(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;

	skb_reset_mac_header(skb);
	if (unlikely(skb_is_gso(skb) && !(dev->features & NETIF_F_TSO)))
		return dev_xmit_segments(skb, dev);
	if (unlikely(skb_is_nonlinear(skb) || skb->ip_summed == CHECKSUM_PARTIAL)) {
		int err = validate_xmit_skb(skb, dev);

		if (unlikely(err)) {
			dev->stats.tx_dropped++;
			kfree_skb_reason(skb, err == -ENOMEM ? SKB_DROP_REASON_NOMEM
							     : SKB_DROP_REASON_TX_ERROR);
			return err;
		}
	}
	return dev_xmit_one(skb, dev);
}

/* ---- disciplines that wait for their turn ---- */

static void __netif_reschedule(struct Qdisc *q)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!q->scheduled && !(q->flags & TCQ_F_BUILTIN)) {
		q->scheduled = true;
		q->next_sched = softnet_data.output_queue;
		softnet_data.output_queue = q;
		raise_softirq(NET_TX_SOFTIRQ);
	}
	local_irq_restore(flags);
}

void __netif_schedule(struct net_device *dev)
{
	__netif_reschedule(dev->qdisc);
}

void netif_wake_queue(struct net_device *dev)
{
	if (test_and_clear_bit(__LINK_STATE_XOFF, &dev->state))
		__netif_schedule(dev);
}

void dev_unschedule(struct Qdisc *q)
{
	struct Qdisc **link;
	unsigned long flags;

	local_irq_save(flags);
	for (link = &softnet_data.output_queue; *link; link = &(*link)->next_sched) {
		if (*link == q) {
			*link = q->next_sched;
			break;
		}
	}
	q->scheduled = false;
	local_irq_restore(flags);
}

static void net_tx_action(void)
{
	struct Qdisc *q, *next;

	local_irq_disable();
	q = softnet_data.output_queue;
	softnet_data.output_queue = NULL;
	local_irq_enable();
	for (; q; q = next) {
		next = q->next_sched;
		q->next_sched = NULL;
		q->scheduled = false;
		spin_lock(&q->dev->queue_lock);
		if (q == q->dev->qdisc)
			qdisc_run(q);
		spin_unlock(&q->dev->queue_lock);
	}
}

void dev_tx_init(void)
{
	open_softirq(NET_TX_SOFTIRQ, net_tx_action);
}
