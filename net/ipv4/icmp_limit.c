/* SPDX-License-Identifier: MIT */
/* How many ICMP messages may go out: a limit for the namespace and one for each target. RFC 1812
 * section 4.3.2.8. */
#include <kernel/hash.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/time.h>
#include <net/icmp.h>
#include <net/net_namespace.h>
#include "ipv4_internal.h"

#define ICMP_LIMIT_SLOTS   256u
#define XRLIM_BURST_FACTOR 6 /* messages that a silent target has saved up */

struct icmp_limits {
	siphash_key_t key;
	struct {
		__be32 addr;
		unsigned long last, tokens; /* jiffies */
	} slot[ICMP_LIMIT_SLOTS];
};

bool icmp_global_allow(struct net *net)
{
	struct netns_ipv4 *v4 = &net->ipv4;
	unsigned long now = jiffies, delta = min_t(unsigned long, now - v4->icmp_global_stamp, HZ);
	u32 burst = (u32)v4->sysctl_icmp_msgs_burst;

	if (delta >= HZ / 50) {
		u32 more = (u32)((unsigned long)v4->sysctl_icmp_msgs_per_sec * delta / HZ);

		if (more) {
			v4->icmp_global_credit = min(v4->icmp_global_credit + more, burst);
			v4->icmp_global_stamp = now;
		}
	}
	if (!v4->icmp_global_credit)
		return false;
	/* One on average: what is left must not tell exactly how many answers others got. CVE-2020-25705 */
	v4->icmp_global_credit -= min(get_random_below(3), v4->icmp_global_credit);
	return true;
}

bool icmp_target_allow(struct net *net, __be32 daddr)
{
	struct icmp_limits *l = net->ipv4.icmp_limits;
	u32 i = (u32)siphash_2u64(daddr, 0, &l->key) & (ICMP_LIMIT_SLOTS - 1);
	unsigned long now = jiffies,
		      interval = msecs_to_jiffies((unsigned int)net->ipv4.sysctl_icmp_ratelimit);

	if (!interval)
		return true;
	if (l->slot[i].addr != daddr) {
		l->slot[i].addr = daddr;
		l->slot[i].tokens = XRLIM_BURST_FACTOR * interval;
	} else {
		l->slot[i].tokens = min(l->slot[i].tokens + (now - l->slot[i].last),
					XRLIM_BURST_FACTOR * interval);
	}
	l->slot[i].last = now;
	if (l->slot[i].tokens < interval)
		return false;
	l->slot[i].tokens -= interval;
	return true;
}

static int icmp_limit_net_init(struct net *net)
{
	struct icmp_limits *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return -ENOMEM;
	get_random_bytes(&l->key, sizeof(l->key));
	net->ipv4.icmp_limits = l;
	net->ipv4.icmp_global_stamp = jiffies;
	net->ipv4.icmp_global_credit = (u32)net->ipv4.sysctl_icmp_msgs_burst;
	return 0;
}

static void icmp_limit_net_exit(struct net *net)
{
	kfree(net->ipv4.icmp_limits);
	net->ipv4.icmp_limits = NULL;
}

static struct pernet_operations icmp_limit_net_ops = { .init = icmp_limit_net_init,
						       .exit = icmp_limit_net_exit };

void icmp_limit_init(void)
{
	register_pernet_subsys(&icmp_limit_net_ops);
}
