/* SPDX-License-Identifier: MIT */
/* Addresses in time: one past its preferred lifetime is deprecated, one past its valid lifetime is deleted, one that was
 * probed is ours or another's. A thread of the namespace sees to it, which begins with the first address of that kind.
 * rtnetlink(7): struct ifa_cacheinfo. */
#include <kernel/err.h>
#include <kernel/sched.h>
#include <kernel/wait.h>

#include "ipv4_internal.h"

/* When @lft seconds from @ifa's last setting are over. */
static unsigned long lifetime_end(const struct in_ifaddr *ifa, u32 lft)
{
	return ifa->ifa_tstamp + (unsigned long)lft * HZ;
}

/* One address: what is due is done. false: it is gone. *@left: jiffies until the next thing is due,
 * if that is sooner. */
static bool check_lifetime(struct in_ifaddr *ifa, long *left)
{
	unsigned long valid = lifetime_end(ifa, ifa->ifa_valid_lft);
	unsigned long preferred = lifetime_end(ifa, ifa->ifa_preferred_lft);

	if (ifa->ifa_valid_lft == INFINITY_LIFE_TIME &&
	    ifa->ifa_preferred_lft == INFINITY_LIFE_TIME)
		return true;
	if (ifa->ifa_valid_lft != INFINITY_LIFE_TIME && time_after_eq(jiffies, valid)) {
		inet_del_ifa(ifa->ifa_dev, ifa);
		return false;
	}
	if (ifa->ifa_preferred_lft != INFINITY_LIFE_TIME && !(ifa->ifa_flags & IFA_F_DEPRECATED)) {
		if (time_after_eq(jiffies, preferred)) {
			ifa->ifa_flags |= IFA_F_DEPRECATED;
			inetaddr_notify(NETDEV_CHANGE, ifa);
		} else {
			*left = min(*left, (long)(preferred - jiffies));
		}
	}
	if (ifa->ifa_valid_lft != INFINITY_LIFE_TIME)
		*left = min(*left, (long)(valid - jiffies));
	return true;
}

/* All addresses of @net; jiffies until the next thing is due. Context: RTNL. */
static long check_lifetimes(struct net *net)
{
	long left = MAX_SCHEDULE_TIMEOUT;
	struct net_device *dev;

	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);
		struct in_ifaddr *ifa = in_dev ? in_dev->ifa_list : NULL;

		while (ifa) /* what goes takes its secondaries along: begin anew */
			ifa = check_lifetime(ifa, &left) ? ifa->ifa_next : in_dev->ifa_list;
	}
	return left;
}

static int lifetime_thread(void *arg)
{
	struct netns_ipv4 *v4 = &((struct net *)arg)->ipv4;
	long left;

	while (!kthread_should_stop()) {
		rtnl_lock();
		v4->addr_lifetime_changed = false;
		inet_acd_run(arg);
		left = check_lifetimes(arg);
		rtnl_unlock();
		wait_event_interruptible_timeout(v4->addr_lifetime_wait,
						 v4->addr_lifetime_changed || kthread_should_stop(),
						 left);
	}
	return 0;
}

int inet_lifetime_watch(struct net *net)
{
	struct netns_ipv4 *v4 = &net->ipv4;
	struct task *t;

	ASSERT_RTNL();
	if (!v4->addr_lifetime_task) {
		init_waitqueue_head(&v4->addr_lifetime_wait);
		t = kthread_run(lifetime_thread, net, "addrlife");
		if (IS_ERR(t))
			return (int)PTR_ERR(t);
		v4->addr_lifetime_task = t;
	}
	inet_lifetime_kick(net);
	return 0;
}

void inet_lifetime_kick(struct net *net)
{
	net->ipv4.addr_lifetime_changed = true;
	wake_up_interruptible(&net->ipv4.addr_lifetime_wait);
}

void inet_lifetime_stop(struct net *net)
{
	if (net->ipv4.addr_lifetime_task)
		kthread_stop(net->ipv4.addr_lifetime_task);
	net->ipv4.addr_lifetime_task = NULL;
}
