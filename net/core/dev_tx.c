/* SPDX-License-Identifier: MIT */
/* Sending: what a packet needs before the device can take it, the way through the queueing
 * discipline, net_tx_action. Book section 12.7.3. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <net/dst.h>
#include <net/errqueue.h>
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
		copy->tstamp = 0;
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
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_SW_TSTAMP))
		skb_tstamp_tx(skb, skb->sk, SCM_TSTAMP_SND);
	dev->xmit_active = true;
	rc = dev->netdev_ops->ndo_start_xmit(skb, dev);
	dev->xmit_active = false;
	if (likely(rc == NETDEV_TX_OK))
		dev->trans_count++;
	return rc;
}

/* can_checksum - does the device complete this packet's checksum? */
static inline bool can_checksum(const struct sk_buff *skb, const struct net_device *dev)
{
	return (dev->features & NETIF_F_HW_CSUM) ||
	       ((dev->features & NETIF_F_IP_CSUM) && skb->protocol == htons(ETH_P_IP));
}

/* validate_xmit_skb - do in software what the device cannot; large packets wait for their turn to
 * be cut. 0, or -ENOMEM, -EINVAL. */
static inline int validate_xmit_skb(struct sk_buff *skb, struct net_device *dev)
{
	int err = 0;

	if (skb_is_gso(skb))
		return 0;
	if (skb_is_nonlinear(skb) && (!(dev->features & NETIF_F_SG) || skb_shinfo(skb)->frag_list))
		err = skb_linearize(skb);
	if (!err && skb->ip_summed == CHECKSUM_PARTIAL && !can_checksum(skb, dev))
		err = skb_checksum_help(skb);
	return err;
}

/* ---- large packets ---- */

bool __netif_needs_gso(const struct sk_buff *skb, const struct net_device *dev)
{
	return !skb_gso_ok(skb, dev->features) || skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_shinfo(skb)->gso_segs > dev->gso_max_segs;
}

/* What the device can do for a segment: it is none of those that need cutting any more. */
static struct sk_buff *validate_segments(struct sk_buff *segs, struct net_device *dev)
{
	struct sk_buff *list = NULL, **link = &list, *next;

	for (; segs; segs = next) {
		next = segs->next;
		segs->next = NULL;
		if (unlikely(validate_xmit_skb(segs, dev))) {
			dev->stats.tx_dropped++;
			kfree_skb_reason(segs, SKB_DROP_REASON_TX_ERROR);
			continue;
		}
		dev->offload_stats.tx_gso_segments++;
		*link = segs;
		link = &segs->next;
	}
	return list;
}

/* Into what a device with @features can take. */
static struct sk_buff *gso_segment_for(struct sk_buff *skb, struct net_device *dev, u32 features)
{
	struct sk_buff *segs = skb_gso_segment(skb, features);

	if (!segs)
		return skb;
	if (unlikely(IS_ERR(segs))) {
		dev->stats.tx_dropped++;
		kfree_skb_reason(skb, PTR_ERR(segs) == -ENOMEM ? SKB_DROP_REASON_NOMEM
							       : SKB_DROP_REASON_TX_ERROR);
		return NULL;
	}
	dev->offload_stats.tx_gso_packets++;
	consume_skb(skb);
	return validate_segments(segs, dev);
}

struct sk_buff *dev_gso_segment(struct sk_buff *skb, struct net_device *dev)
{
	if (skb_shinfo(skb)->gso_segs > dev->gso_max_segs)
		return dev_gso_cut(skb, dev);
	return gso_segment_for(skb, dev, dev->features);
}

struct sk_buff *dev_gso_cut(struct sk_buff *skb, struct net_device *dev)
{
	return gso_segment_for(skb, dev, dev->features & ~(u32)NETIF_F_GSO_MASK);
}

/* xmit_noqueue_one - to a driver that has to take it. false: it did not, and the packet is still
 * there. Softirqs are off. */
static bool xmit_noqueue_one(struct sk_buff *skb, struct net_device *dev)
{
	struct softnet_data *sd = &softnet_data;
	int rc = NETDEV_TX_BUSY;

	sd->xmit_recursion++;
	spin_lock(&dev->_xmit_lock);
	if (likely(!netif_queue_stopped(dev)))
		rc = dev_hard_start_xmit(skb, dev);
	spin_unlock(&dev->_xmit_lock);
	sd->xmit_recursion--;
	return rc == NETDEV_TX_OK;
}

/* xmit_noqueue - devices without a queue (loopback, tunnels): straight to the driver, which must
 * take it. Softirqs are off. */
static int xmit_noqueue(struct sk_buff *skb, struct net_device *dev)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_TX_ERROR;
	struct sk_buff *next;

	if (unlikely(!netif_running(dev))) {
		reason = SKB_DROP_REASON_DEV_READY;
		goto drop;
	}
	if (unlikely(dev->xmit_active || softnet_data.xmit_recursion >= XMIT_RECURSION_LIMIT)) {
		if (net_ratelimit())
			pr_err("dead loop on virtual device %s\n", dev->name);
		goto drop;
	}
	if (unlikely(netif_needs_gso(skb, dev)))
		skb = dev_gso_segment(skb, dev);
	for (; skb; skb = next) {
		next = skb->next;
		skb->next = NULL;
		if (unlikely(!xmit_noqueue_one(skb, dev))) {
			skb->next = next;
			goto drop;
		}
	}
	return NET_XMIT_SUCCESS;
drop:
	for (next = skb; next; next = next->next)
		dev->stats.tx_dropped++;
	kfree_skb_list_reason(skb, reason);
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
		q->packets += skb_nr_segs(skb);
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

int dev_queue_xmit(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;

	skb_reset_mac_header(skb);
	skb->next = NULL; /* what follows may be a chain from here on */
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_SCHED_TSTAMP))
		skb_tstamp_tx(skb, skb->sk, SCM_TSTAMP_SCHED);
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

int dev_direct_xmit(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	bool sent;

	skb_reset_mac_header(skb);
	skb->next = NULL;
	if (!netif_running(dev) || !netif_carrier_ok(dev) || validate_xmit_skb(skb, dev)) {
		sent = false;
	} else {
		local_bh_disable();
		sent = xmit_noqueue_one(skb, dev);
		local_bh_enable();
	}
	if (sent)
		return NET_XMIT_SUCCESS;
	dev->stats.tx_dropped++;
	kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
	return NET_XMIT_DROP;
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
