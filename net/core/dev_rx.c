/* SPDX-License-Identifier: MIT */
/* Receiving: the per-CPU backlog and netif_rx, NAPI, net_rx_action, and the hand-over to
 * packet_type handlers. Book section 12.7.2. */
#include <kernel/bitops.h>
#include <kernel/sched.h>
#include <net/dst.h>
#include <net/if_vlan.h>

#include "core_internal.h"

#define PTYPE_HASH_SIZE 16 /* a power of two */

struct softnet_data softnet_data;
struct list_head ptype_all;
static struct list_head ptype_base[PTYPE_HASH_SIZE];
static unsigned int netstamp_needed; /* sockets that want to know when their packets came */

/* ---- handlers ---- */

static inline struct list_head *ptype_head(__be16 type)
{
	return &ptype_base[ntohs(type) & (PTYPE_HASH_SIZE - 1)];
}

void dev_add_pack(struct packet_type *pt)
{
	local_bh_disable();
	list_add(&pt->list, pt->type == htons(ETH_P_ALL) ? &ptype_all : ptype_head(pt->type));
	local_bh_enable();
}

void dev_remove_pack(struct packet_type *pt)
{
	local_bh_disable();
	list_del_init(&pt->list);
	local_bh_enable();
}

/* packet_type_walk - every handler, taps first; for /proc/net/ptype. */
void packet_type_walk(void (*fn)(struct packet_type *pt, void *arg), void *arg)
{
	struct packet_type *pt;
	unsigned int i;

	list_for_each_entry(pt, &ptype_all, list)
		fn(pt, arg);
	for (i = 0; i < PTYPE_HASH_SIZE; i++)
		list_for_each_entry(pt, &ptype_base[i], list)
			fn(pt, arg);
}

struct packet_type *packet_type_find(__be16 type)
{
	struct packet_type *pt;

	list_for_each_entry(pt, ptype_head(type), list)
		if (pt->type == type && !pt->dev)
			return pt;
	return NULL;
}

void net_enable_timestamp(void)
{
	netstamp_needed++;
}

void net_disable_timestamp(void)
{
	if (!WARN_ON_ONCE(!netstamp_needed))
		netstamp_needed--;
}

void net_timestamp_in(struct sk_buff *skb)
{
	if (unlikely(netstamp_needed) && !skb->tstamp)
		skb->tstamp = ktime_get();
}

/* deliver_skb - one more handler gets the packet, and shares it with those to come. */
static int deliver_skb(struct sk_buff *skb, struct packet_type *pt, struct net_device *orig_dev)
{
	skb_get(skb);
	return pt->func(skb, skb->dev, pt, orig_dev);
}

/* deliver_to_all - to every tap and handler that wants it. Each is called one step late, so that the last one gets
 * the packet without another reference. */
static noinline int deliver_to_all(struct sk_buff *skb, const struct list_head *handlers,
				   struct net_device *dev)
{
	struct packet_type *pt, *prev = NULL;

	list_for_each_entry(pt, &ptype_all, list) {
		if (pt->dev && pt->dev != dev)
			continue;
		if (prev)
			deliver_skb(skb, prev, dev);
		prev = pt;
	}
	list_for_each_entry(pt, handlers, list) {
		if (pt->type != skb->protocol || (pt->dev && pt->dev != dev))
			continue;
		if (prev)
			deliver_skb(skb, prev, dev);
		prev = pt;
	}
	if (likely(prev))
		return prev->func(skb, dev, prev, dev);
	kfree_skb_reason(skb, SKB_DROP_REASON_UNHANDLED_PROTO);
	return NET_RX_DROP;
}

int netif_receive_skb(struct sk_buff *skb)
{
	const struct list_head *handlers = ptype_head(skb->protocol);
	struct net_device *dev = skb->dev;
	struct packet_type *pt;

	assert_softirq();
	if (unlikely(eth_type_vlan(skb->protocol)))
		return vlan_receive(skb);
	net_timestamp_in(skb);
	skb->skb_iif = dev->ifindex;
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	if (likely(skb_mac_header_was_set(skb)))
		skb->mac_len = (u16)(skb->network_header - skb->mac_header);
	else
		skb->mac_header = skb->network_header;

	/* Nearly always nobody listens in, and one handler has its protocol's chain for itself. */
	pt = list_first_entry(handlers, struct packet_type, list);
	if (likely(list_empty(&ptype_all) && !list_empty(handlers) && pt->list.next == handlers &&
		   pt->type == skb->protocol && !pt->dev))
		return pt->func(skb, dev, pt, dev);
	return deliver_to_all(skb, handlers, dev);
}

void netif_receive_taps(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct packet_type *pt;

	net_timestamp_in(skb);
	skb->skb_iif = dev->ifindex;
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb->mac_len = (u16)(skb->network_header - skb->mac_header);
	list_for_each_entry(pt, &ptype_all, list)
		if (!pt->dev || pt->dev == dev)
			deliver_skb(skb, pt, dev);
}

int netif_receive_handlers(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct packet_type *pt, *prev = NULL;

	list_for_each_entry(pt, ptype_head(skb->protocol), list) {
		if (pt->type != skb->protocol || (pt->dev && pt->dev != dev))
			continue;
		if (prev)
			deliver_skb(skb, prev, dev);
		prev = pt;
	}
	if (prev)
		return prev->func(skb, dev, prev, dev);
	kfree_skb_reason(skb, SKB_DROP_REASON_UNHANDLED_PROTO);
	return NET_RX_DROP;
}

/* ---- netif_rx and its backlog ---- */

int netif_rx(struct sk_buff *skb)
{
	struct softnet_data *sd = &softnet_data;
	struct net_device *dev = skb->dev;
	unsigned long flags;

	net_timestamp_in(skb);
	local_irq_save(flags);
	if (likely(sd->input_pkt_queue.qlen <= (u32)init_net.core.sysctl_netdev_max_backlog &&
		   netif_running(dev))) {
		__skb_queue_tail(&sd->input_pkt_queue, skb);
		napi_schedule(&sd->backlog);
		local_irq_restore(flags);
		return NET_RX_SUCCESS;
	}
	sd->dropped++;
	dev->stats.rx_dropped++;
	local_irq_restore(flags);
	kfree_skb_reason(skb, netif_running(dev) ? SKB_DROP_REASON_CPU_BACKLOG
						 : SKB_DROP_REASON_DEV_READY);
	return NET_RX_DROP;
}

/* process_backlog - the NAPI poll of what netif_rx has queued. */
static int process_backlog(struct napi_struct *napi, int budget)
{
	struct softnet_data *sd = container_of(napi, struct softnet_data, backlog);
	struct sk_buff *skb;
	int work = 0;

	for (;;) {
		while ((skb = __skb_dequeue(&sd->process_queue)) != NULL) {
			netif_receive_skb(skb);
			if (++work >= budget)
				return work;
		}
		local_irq_disable();
		if (skb_queue_empty(&sd->input_pkt_queue)) {
			list_del_init(&napi->poll_list);
			clear_bit(NAPI_STATE_SCHED, &napi->state);
			local_irq_enable();
			return work;
		}
		skb_queue_splice_tail_init(&sd->input_pkt_queue, &sd->process_queue);
		local_irq_enable();
	}
}

/* drop_of - take the packets of @dev (all where it is NULL) out of @q. Interrupts are off. */
static void drop_of(struct sk_buff_head *q, struct net_device *dev, struct sk_buff_head *dropped)
{
	struct sk_buff *skb, *tmp;

	skb_queue_walk_safe(q, skb, tmp) {
		if (skb->dev == dev) {
			__skb_unlink(skb, q);
			__skb_queue_tail(dropped, skb);
		}
	}
}

void flush_backlog(struct net_device *dev)
{
	struct sk_buff_head dropped;
	unsigned long flags;

	skb_queue_head_init(&dropped);
	local_bh_disable();
	local_irq_save(flags);
	drop_of(&softnet_data.input_pkt_queue, dev, &dropped);
	drop_of(&softnet_data.process_queue, dev, &dropped);
	local_irq_restore(flags);
	skb_queue_purge_reason(&dropped, SKB_DROP_REASON_DEV_READY);
	local_bh_enable();
}

/* ---- NAPI ---- */

void netif_napi_add(struct net_device *dev, struct napi_struct *napi,
		    int (*poll)(struct napi_struct *, int), int weight)
{
	INIT_LIST_HEAD(&napi->poll_list);
	napi->state = BIT(NAPI_STATE_SCHED); /* until napi_enable */
	napi->weight = weight;
	napi->poll = poll;
	napi->dev = dev;
	napi->gro_list = NULL;
	napi->gro_count = 0;
}

void netif_napi_del(struct napi_struct *napi)
{
	unsigned long flags;

	local_irq_save(flags);
	list_del_init(&napi->poll_list);
	local_irq_restore(flags);
}

void napi_enable(struct napi_struct *n)
{
	clear_bit(NAPI_STATE_SCHED, &n->state);
}

void napi_disable(struct napi_struct *n)
{
	might_sleep();
	set_bit(NAPI_STATE_DISABLE, &n->state);
	while (test_and_set_bit(NAPI_STATE_SCHED, &n->state))
		msleep(1);
	clear_bit(NAPI_STATE_DISABLE, &n->state);
}

bool napi_schedule_prep(struct napi_struct *n)
{
	return !test_bit(NAPI_STATE_DISABLE, &n->state) &&
	       !test_and_set_bit(NAPI_STATE_SCHED, &n->state);
}

void __napi_schedule(struct napi_struct *n)
{
	unsigned long flags;

	local_irq_save(flags);
	list_add_tail(&n->poll_list, &softnet_data.poll_list);
	raise_softirq(NET_RX_SOFTIRQ);
	local_irq_restore(flags);
}

void napi_complete(struct napi_struct *n)
{
	unsigned long flags;

	napi_gro_flush(n);
	local_irq_save(flags);
	list_del_init(&n->poll_list);
	clear_bit(NAPI_STATE_SCHED, &n->state);
	local_irq_restore(flags);
}

/* napi_poll - one turn of one instance; how many packets it took. It stays in the list while it has
 * more. */
static int napi_poll(struct napi_struct *n)
{
	int weight = n->weight, work = 0;

	if (likely(test_bit(NAPI_STATE_SCHED, &n->state)))
		work = n->poll(n, weight);
	if (likely(work < weight))
		return work;
	WARN_ON_ONCE(work > weight);
	if (unlikely(test_bit(NAPI_STATE_DISABLE, &n->state))) {
		napi_complete(n); /* napi_disable waits for it */
		return work;
	}
	napi_gro_flush(n);
	local_irq_disable();
	if (!list_empty(&n->poll_list))
		list_move_tail(&n->poll_list, &softnet_data.poll_list);
	local_irq_enable();
	return work;
}

static void net_rx_action(void)
{
	struct softnet_data *sd = &softnet_data;
	ktime_t limit = 0; /* looked at only when there is more than one turn */
	int budget = init_net.core.sysctl_netdev_budget;

	local_irq_disable();
	while (!list_empty(&sd->poll_list)) {
		struct napi_struct *n =
			list_first_entry(&sd->poll_list, struct napi_struct, poll_list);
		int work;

		local_irq_enable();
		work = napi_poll(n);
		sd->processed += (unsigned int)work;
		budget -= work;
		local_irq_disable();
		if (list_empty(&sd->poll_list))
			break;
		if (!limit)
			limit = ktime_get() + (ktime_t)init_net.core.sysctl_netdev_budget_usecs *
						      (ktime_t)NSEC_PER_USEC;
		/* Others want the CPU as well: the rest has to wait for its next turn. */
		if (unlikely(budget <= 0 || ktime_get() > limit)) {
			sd->time_squeeze++;
			raise_softirq(NET_RX_SOFTIRQ);
			break;
		}
	}
	local_irq_enable();
}

void dev_rx_init(void)
{
	struct softnet_data *sd = &softnet_data;
	unsigned int i;

	INIT_LIST_HEAD(&ptype_all);
	for (i = 0; i < PTYPE_HASH_SIZE; i++)
		INIT_LIST_HEAD(&ptype_base[i]);
	INIT_LIST_HEAD(&sd->poll_list);
	skb_queue_head_init(&sd->input_pkt_queue);
	skb_queue_head_init(&sd->process_queue);
	netif_napi_add(NULL, &sd->backlog, process_backlog, init_net.core.sysctl_dev_weight);
	napi_enable(&sd->backlog);
	open_softirq(NET_RX_SOFTIRQ, net_rx_action);
}
