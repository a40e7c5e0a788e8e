/* SPDX-License-Identifier: MIT */
/* Addresses for which we answer in their owner's place (proxy ARP), and the questions that wait a
 * moment for their answer. RFC 1027; Book section 12.8. */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/neighbour.h>

#include "core_internal.h"
#include "neigh_internal.h"

/* The link to the entry of @key on @dev (NULL: on any); to NULL: there is none. tbl->lock held. */
static struct pneigh_entry **pneigh_find(struct neigh_table *tbl, const void *key,
					 const struct net_device *dev)
{
	struct pneigh_entry **p = &tbl->proxies;

	while (*p && ((*p)->dev != dev || memcmp((*p)->key, key, (size_t)tbl->key_len)))
		p = &(*p)->next;
	return p;
}

bool pneigh_lookup(struct neigh_table *tbl, const void *key, const struct net_device *dev)
{
	bool found;

	spin_lock_bh(&tbl->lock);
	found = *pneigh_find(tbl, key, dev) || *pneigh_find(tbl, key, NULL);
	spin_unlock_bh(&tbl->lock);
	return found;
}

int pneigh_add(struct neigh_table *tbl, const void *key, struct net_device *dev)
{
	struct pneigh_entry *p;

	ASSERT_RTNL();
	if (*pneigh_find(tbl, key, dev))
		return 0;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOBUFS;
	p->tbl = tbl;
	p->dev = dev;
	memcpy(p->key, key, (size_t)tbl->key_len);
	if (dev)
		dev_hold(dev);
	spin_lock_bh(&tbl->lock);
	p->next = tbl->proxies;
	tbl->proxies = p;
	spin_unlock_bh(&tbl->lock);
	return 0;
}

/* tbl->lock held. */
static void pneigh_free(struct pneigh_entry **link)
{
	struct pneigh_entry *p = *link;

	*link = p->next;
	if (p->dev)
		dev_put(p->dev);
	kfree(p);
}

int pneigh_delete(struct neigh_table *tbl, const void *key, struct net_device *dev)
{
	struct pneigh_entry **link;
	int err = -ENOENT;

	spin_lock_bh(&tbl->lock);
	link = pneigh_find(tbl, key, dev);
	if (*link) {
		pneigh_free(link);
		err = 0;
	}
	spin_unlock_bh(&tbl->lock);
	return err;
}

void pneigh_for_each(struct neigh_table *tbl, void (*cb)(struct pneigh_entry *p, void *arg),
		     void *arg)
{
	struct pneigh_entry *p;

	spin_lock_bh(&tbl->lock);
	for (p = tbl->proxies; p; p = p->next)
		cb(p, arg);
	spin_unlock_bh(&tbl->lock);
}

/* ---- questions that wait ---- */

/* When the answer to @skb is due lies in its cb: the transports have not been there yet. */
struct proxy_cb {
	unsigned long due;
};
#define PROXY_CB(skb) ((struct proxy_cb *)(skb)->cb)

static void pneigh_timer(unsigned long data)
{
	struct neigh_table *tbl = (struct neigh_table *)data;
	struct sk_buff_head due;
	struct sk_buff *skb, *next;
	unsigned long soonest = 0;

	__skb_queue_head_init(&due);
	spin_lock_bh(&tbl->proxy_queue.lock);
	skb_queue_walk_safe(&tbl->proxy_queue, skb, next) {
		if (time_after_eq(jiffies, PROXY_CB(skb)->due)) {
			__skb_unlink(skb, &tbl->proxy_queue);
			__skb_queue_tail(&due, skb);
		} else if (!soonest || time_before(PROXY_CB(skb)->due, soonest)) {
			soonest = PROXY_CB(skb)->due;
		}
	}
	if (soonest)
		mod_timer(&tbl->proxy_timer, soonest);
	spin_unlock_bh(&tbl->proxy_queue.lock);
	while ((skb = __skb_dequeue(&due)) != NULL) {
		struct net_device *dev = skb->dev;

		if (tbl->proxy_redo && netif_running(dev))
			tbl->proxy_redo(skb);
		else
			kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
		dev_put(dev);
	}
}

void pneigh_enqueue(struct neigh_table *tbl, struct neigh_parms *p, struct sk_buff *skb)
{
	unsigned long due = jiffies + get_random_below((u32)max(p->proxy_delay, 1));

	spin_lock_bh(&tbl->proxy_queue.lock);
	if ((int)tbl->proxy_queue.qlen >= p->proxy_qlen) {
		spin_unlock_bh(&tbl->proxy_queue.lock);
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_QUEUEFULL);
		return;
	}
	PROXY_CB(skb)->due = due;
	if (!timer_pending(&tbl->proxy_timer) || time_before(due, tbl->proxy_timer.expires))
		mod_timer(&tbl->proxy_timer, due);
	skb_dst_drop(skb);
	dev_hold(skb->dev);
	__skb_queue_tail(&tbl->proxy_queue, skb);
	spin_unlock_bh(&tbl->proxy_queue.lock);
}

void pneigh_init(struct neigh_table *tbl)
{
	skb_queue_head_init(&tbl->proxy_queue);
	setup_timer(&tbl->proxy_timer, pneigh_timer, (unsigned long)tbl);
}

void pneigh_ifdown(struct neigh_table *tbl, const struct net_device *dev)
{
	struct pneigh_entry **link = &tbl->proxies;
	struct sk_buff *skb, *next;

	spin_lock_bh(&tbl->lock);
	while (*link) {
		if (!dev || (*link)->dev == dev)
			pneigh_free(link);
		else
			link = &(*link)->next;
	}
	spin_unlock_bh(&tbl->lock);
	spin_lock_bh(&tbl->proxy_queue.lock);
	skb_queue_walk_safe(&tbl->proxy_queue, skb, next) {
		if (dev && skb->dev != dev)
			continue;
		__skb_unlink(skb, &tbl->proxy_queue);
		dev_put(skb->dev);
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
	}
	spin_unlock_bh(&tbl->proxy_queue.lock);
	if (!dev)
		del_timer_sync(&tbl->proxy_timer);
}
