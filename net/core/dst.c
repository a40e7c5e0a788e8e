/* SPDX-License-Identifier: MIT */
/* Destination entries: allocation, references, and letting go of a device that leaves. Book
 * section 12.8.5. */
#include <kernel/slab.h>
#include <net/dst.h>
#include <net/neighbour.h>

#include "core_internal.h"

static LIST_HEAD(dst_list); /* [S] all entries, so that a device that leaves is let go by those that
			       sockets keep */
static unsigned long dst_count;

int dst_discard(struct sk_buff *skb)
{
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_OUTNOROUTES);
	return 0;
}

int dst_discard_out(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return dst_discard(skb);
}

struct dst_entry *dst_alloc(struct dst_ops *ops, struct net_device *dev, int obsolete, u32 flags)
{
	struct dst_entry *dst = kmem_cache_zalloc(ops->cachep, GFP_ATOMIC);

	if (unlikely(!dst))
		return NULL;
	atomic_set(&dst->refcnt, 1);
	dst->ops = ops;
	dst->dev = dev;
	if (dev)
		dev_hold(dev);
	dst->obsolete = obsolete;
	dst->flags = flags;
	dst->input = dst_discard;
	dst->output = dst_discard_out;
	dst->lastuse = jiffies;
	local_bh_disable();
	list_add_tail(&dst->node, &dst_list);
	dst_count++;
	ops->entries++;
	local_bh_enable();
	return dst;
}

/* dst_destroy - the last reference is gone. */
static noinline void dst_destroy(struct dst_entry *dst)
{
	struct dst_ops *ops = dst->ops;

	local_bh_disable();
	list_del(&dst->node);
	dst_count--;
	ops->entries--;
	local_bh_enable();
	if (ops->destroy)
		ops->destroy(dst);
	if (dst->neighbour)
		neigh_release(dst->neighbour);
	if (dst->dev)
		dev_put(dst->dev);
	kmem_cache_free(ops->cachep, dst);
}

void dst_release(struct dst_entry *dst)
{
	if (!dst)
		return;
	WARN_ON_ONCE(atomic_read(&dst->refcnt) <= 0);
	if (atomic_dec_and_test(&dst->refcnt))
		dst_destroy(dst);
}

unsigned long dst_entries_in_use(void)
{
	return dst_count;
}

/* dst_leave_dev - a route through a device that leaves: it drops packets from now on, and its
 * holders look for another. */
static void dst_leave_dev(struct dst_entry *dst, struct net_device *dev)
{
	struct net_device *lo = dev_net(dev)->loopback_dev;

	if (dst->ops->ifdown)
		dst->ops->ifdown(dst, dev);
	dst->obsolete = DST_OBSOLETE_DEAD;
	dst->input = dst_discard;
	dst->output = dst_discard_out;
	if (dst->neighbour) {
		neigh_release(dst->neighbour);
		dst->neighbour = NULL;
	}
	if (dst->dev == dev && lo != dev) {
		dst->dev = lo;
		if (lo)
			dev_hold(lo);
		dev_put(dev);
	}
}

static int dst_dev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct dst_entry *dst, *next;

	if (event != NETDEV_UNREGISTER)
		return 0;
	local_bh_disable();
	list_for_each_entry_safe(dst, next, &dst_list, node) {
		if (dst->dev == dev || (dst->neighbour && dst->neighbour->dev == dev))
			dst_leave_dev(dst, dev);
	}
	local_bh_enable();
	return 0;
}

static struct notifier_block dst_dev_notifier = {
	.notifier_call = dst_dev_event,
	.priority = -10, /* after the protocols' own, which flush their caches */
};

void dst_init(void)
{
	register_netdevice_notifier(&dst_dev_notifier);
}
