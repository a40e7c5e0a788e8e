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

#define ICMP_LIMIT_SETS	   64u
#define ICMP_LIMIT_WAYS	   4u
#define XRLIM_BURST_FACTOR 6 /* messages that a silent target has saved up */

struct icmp_target {
	__be32 addr;
	unsigned long last, tokens; /* jiffies */
};

struct icmp_limits { /* a target is in one of the places of its set, so that some that meet there do not disturb each other [S] */
	siphash_key_t key;
	struct icmp_target set[ICMP_LIMIT_SETS][ICMP_LIMIT_WAYS];
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

static unsigned long tokens_now(const struct icmp_target *t, unsigned long now, unsigned long most)
{
	return min(t->tokens + (now - t->last), most);
}

/* The place of @daddr. One that is new takes over the place, and what is left, of the one that has the most left: so the
 * targets of a set get no more together than its places allow, however many of them there are. */
static struct icmp_target *target_find(struct icmp_limits *l, __be32 daddr, unsigned long now,
				       unsigned long most)
{
	struct icmp_target *set = l->set[siphash_2u64(daddr, 0, &l->key) & (ICMP_LIMIT_SETS - 1)];
	struct icmp_target *best = set;
	unsigned int i;

	for (i = 0; i < ICMP_LIMIT_WAYS; i++) {
		if (set[i].addr == daddr)
			return &set[i];
		if (tokens_now(&set[i], now, most) > tokens_now(best, now, most))
			best = &set[i];
	}
	best->addr = daddr;
	return best;
}

bool icmp_target_allow(struct net *net, __be32 daddr)
{
	unsigned long now = jiffies, most,
		      interval = msecs_to_jiffies((unsigned int)net->ipv4.sysctl_icmp_ratelimit);
	struct icmp_target *t;

	if (!interval)
		return true;
	most = XRLIM_BURST_FACTOR * interval;
	t = target_find(net->ipv4.icmp_limits, daddr, now, most);
	t->tokens = tokens_now(t, now, most);
	t->last = now;
	if (t->tokens < interval)
		return false;
	t->tokens -= interval;
	return true;
}

static int icmp_limit_net_init(struct net *net)
{
	struct icmp_limits *l = kzalloc(sizeof(*l), GFP_KERNEL);
	struct icmp_target *t;

	if (!l)
		return -ENOMEM;
	get_random_bytes(&l->key, sizeof(l->key));
	for (t = l->set[0]; t < l->set[ICMP_LIMIT_SETS]; t++)
		t->tokens = LONG_MAX; /* as many as there may be */
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
