/* SPDX-License-Identifier: MIT */
/* Carrier changes: drivers report them from any context, a kernel thread tells the rest under RTNL
 * (NETDEV_CHANGE). */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <net/pkt_sched.h>

#include "core_internal.h"

static LIST_HEAD(lweventlist); /* [I] devices whose carrier has changed */
static DECLARE_WAIT_QUEUE_HEAD(lw_wait);

void linkwatch_fire_event(struct net_device *dev)
{
	unsigned long flags;

	if (dev->reg_state != NETREG_REGISTERED)
		return;
	local_irq_save(flags);
	if (list_empty(&dev->link_watch_list)) {
		list_add_tail(&dev->link_watch_list, &lweventlist);
		dev_hold(dev);
	}
	local_irq_restore(flags);
	wake_up(&lw_wait);
}

static struct net_device *next_event(void)
{
	struct net_device *dev = NULL;
	unsigned long flags;

	local_irq_save(flags);
	if (!list_empty(&lweventlist)) {
		dev = list_first_entry(&lweventlist, struct net_device, link_watch_list);
		list_del_init(&dev->link_watch_list);
	}
	local_irq_restore(flags);
	return dev;
}

void linkwatch_forget(struct net_device *dev)
{
	unsigned long flags;
	bool was;

	local_irq_save(flags);
	was = !list_empty(&dev->link_watch_list);
	if (was)
		list_del_init(&dev->link_watch_list);
	local_irq_restore(flags);
	if (was)
		dev_put(dev);
}

static void linkwatch_do_dev(struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return;
	if (netif_carrier_ok(dev))
		dev_activate(dev);
	else
		dev_deactivate(dev);
	pr_info("%s: link %s\n", dev->name, netif_carrier_ok(dev) ? "up" : "down");
	call_netdevice_notifiers(NETDEV_CHANGE, dev);
}

static int linkwatch_thread(void *unused)
{
	struct net_device *dev;

	for (;;) {
		/* idle, not stuck: S in ps */
		if (wait_event_interruptible(lw_wait, !list_empty(&lweventlist)))
			continue;
		rtnl_lock();
		while ((dev = next_event()) != NULL) {
			linkwatch_do_dev(dev);
			dev_put(dev);
		}
		rtnl_unlock();
	}
	return 0;
}

void netif_carrier_on(struct net_device *dev)
{
	if (test_and_clear_bit(__LINK_STATE_NOCARRIER, &dev->state))
		linkwatch_fire_event(dev);
}

void netif_carrier_off(struct net_device *dev)
{
	if (!test_and_set_bit(__LINK_STATE_NOCARRIER, &dev->state))
		linkwatch_fire_event(dev);
}

void linkwatch_init(void)
{
	if (IS_ERR(kthread_run(linkwatch_thread, NULL, "linkwatch")))
		panic("linkwatch: out of memory");
}
