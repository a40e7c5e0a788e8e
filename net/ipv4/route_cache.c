/* SPDX-License-Identifier: MIT */
/*
 * The flow cache under route.c: a fixed number of short chains under a secret hash, so that no
 * stream of addresses can make it grow or slow. Beside it what ICMP taught about destinations: path
 * MTUs (RFC 1191) and redirects, bounded as well. DEVIATES from the book (section 12.8.5): there
 * the cache holds every flow and needs garbage collection.
 */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/ip_fib.h>
#include "ipv4_internal.h"

#define RT_CHAINS	  128u
#define RT_CHAIN_MAX	  4u
#define RT_EXC_BUCKETS	  64u
#define RT_EXC_WAYS	  4u
#define RT_REDIRECT_SLOTS 64u

struct rt_redirect_limit {
	__be32 daddr;
	unsigned int tokens; /* redirects sent since the last silence */
	unsigned long last;  /* jiffies */
};

struct rt_cache {
	spinlock_t lock;
	siphash_key_t key;
	struct rtable *chain[RT_CHAINS];
	struct rt_exception exceptions[RT_EXC_BUCKETS][RT_EXC_WAYS];
	struct rt_redirect_limit redirects[RT_REDIRECT_SLOTS];
};

/*
 * Multiplication by secret odd numbers: on every packet's way, so it must be cheap; and it need not
 * withstand more than guessing, since the chains cannot grow.
 */
static inline unsigned int rt_hash(const struct rt_cache *c, __be32 daddr, __be32 saddr, int iif,
				   int oif, u8 tos)
{
	u64 addrs = (u64)daddr << 32 | saddr, rest = (u64)(u32)iif << 40 ^ (u64)(u32)oif << 8 ^ tos;
	u64 h = (addrs ^ addrs >> 29) * c->key.key[0] + rest * c->key.key[1];

	return (unsigned int)(h >> 48) & (RT_CHAINS - 1);
}

struct rtable *rt_cache_find(struct net *net, __be32 daddr, __be32 saddr, int iif, int oif, u8 tos)
{
	struct rt_cache *c = net->ipv4.rt_cache;
	struct rtable *rt;

	spin_lock_bh(&c->lock);
	for (rt = c->chain[rt_hash(c, daddr, saddr, iif, oif, tos)]; rt; rt = rt->rt_next) {
		if (rt_key_matches(rt, daddr, saddr, iif, oif, tos)) {
			dst_hold(&rt->dst);
			if (iif)
				net->ipv4.rt_last_input = rt;
			break;
		}
	}
	spin_unlock_bh(&c->lock);
	return rt;
}

void rt_cache_insert(struct net *net, struct rtable *rt)
{
	struct rt_cache *c = net->ipv4.rt_cache;
	struct rtable **p, *last = NULL;
	unsigned int n = 1;

	/* The cache knows a flow by addresses, devices and TOS; rules and hashes of ports know
	 * more. */
	if (unlikely(net->ipv4.fib_has_custom_rules || (rt->dst.flags & DST_NOCACHE)))
		return;
	spin_lock_bh(&c->lock);
	p = &c->chain[rt_hash(c, rt->rt_key_dst, rt->rt_key_src, rt->rt_key_iif, rt->rt_key_oif,
			      rt->rt_key_tos)];
	dst_hold(&rt->dst);
	rt->rt_next = *p;
	*p = rt;
	for (p = &rt->rt_next; *p; p = &(*p)->rt_next) {
		if (++n > RT_CHAIN_MAX) {
			last = *p;
			*p = NULL;
			net->ipv4.rt_last_input = NULL;
			break;
		}
	}
	spin_unlock_bh(&c->lock);
	if (last)
		dst_release(&last->dst);
}

/* Unchain what @match wants gone; the cache's references are dropped outside the lock. */
static void rt_cache_prune(struct net *net, bool (*match)(const struct rtable *rt, const void *arg),
			   const void *arg)
{
	struct rtable *gone = NULL, *rt, **p;
	struct rt_cache *c = net->ipv4.rt_cache;
	unsigned int i;

	spin_lock_bh(&c->lock);
	net->ipv4.rt_last_input = NULL;
	for (i = 0; i < RT_CHAINS; i++) {
		for (p = &c->chain[i]; (rt = *p) != NULL;) {
			if (!match(rt, arg)) {
				p = &rt->rt_next;
				continue;
			}
			*p = rt->rt_next;
			rt->dst.obsolete = DST_OBSOLETE_DEAD;
			rt->rt_next = gone;
			gone = rt;
		}
	}
	spin_unlock_bh(&c->lock);
	while (gone) {
		rt = gone;
		gone = rt->rt_next;
		rt->rt_next = NULL;
		dst_release(&rt->dst);
	}
}

static bool rt_any(const struct rtable *rt, const void *arg)
{
	return true;
}

static bool rt_to_addr(const struct rtable *rt, const void *arg)
{
	return rt->rt_key_dst == *(const __be32 *)arg;
}

void rt_cache_flush(struct net *net)
{
	net->ipv4.rt_genid++;
	if (net->ipv4.rt_cache)
		rt_cache_prune(net, rt_any, NULL);
}

void rt_cache_forget(struct net *net, __be32 daddr)
{
	rt_cache_prune(net, rt_to_addr, &daddr);
}

/* ---- exceptions ---- */

static struct rt_exception *exc_bucket(struct rt_cache *c, __be32 daddr)
{
	return c->exceptions[siphash_2u64(daddr, 0, &c->key) & (RT_EXC_BUCKETS - 1)];
}

/* What has had its time is forgotten, each thing by itself. */
static bool exc_alive(struct rt_exception *e)
{
	unsigned long now = jiffies;

	if (e->pmtu && time_after_eq(now, e->pmtu_expires))
		e->pmtu = 0;
	if (e->gw && time_after_eq(now, e->gw_expires))
		e->gw = 0;
	return e->pmtu || e->gw;
}

struct rt_exception *rt_exception_find(struct net *net, __be32 daddr)
{
	struct rt_exception *e = exc_bucket(net->ipv4.rt_cache, daddr);
	unsigned int i;

	for (i = 0; i < RT_EXC_WAYS; i++)
		if (e[i].used && e[i].daddr == daddr && exc_alive(&e[i]))
			return &e[i];
	return NULL;
}

struct rt_exception *rt_exception_get(struct net *net, __be32 daddr)
{
	struct rt_exception *e = rt_exception_find(net, daddr), *oldest;
	unsigned int i;

	if (!e) {
		e = oldest = exc_bucket(net->ipv4.rt_cache, daddr);
		for (i = 0; i < RT_EXC_WAYS; i++)
			if (!e[i].used || (oldest->used && time_before(e[i].stamp, oldest->stamp)))
				oldest = &e[i];
		e = oldest;
		*e = (struct rt_exception){ .daddr = daddr, .used = true };
	}
	e->stamp = jiffies;
	return e;
}

/* rt_redirect_allowed - may @daddr be told again: ever more slowly, and not at all after
 * redirect_number times. RFC 1812 section 4.3.3.2. */
bool rt_redirect_allowed(struct net *net, __be32 daddr)
{
	struct rt_cache *c = net->ipv4.rt_cache;
	struct rt_redirect_limit *l =
		&c->redirects[siphash_2u64(daddr, 1, &c->key) & (RT_REDIRECT_SLOTS - 1)];
	unsigned long now = jiffies,
		      load = msecs_to_jiffies((unsigned int)net->ipv4.sysctl_rt_redirect_load);

	if (l->daddr != daddr ||
	    time_after(now, l->last + msecs_to_jiffies(
					      (unsigned int)net->ipv4.sysctl_rt_redirect_silence)))
		*l = (struct rt_redirect_limit){ .daddr = daddr, .last = now - load - 1 };
	if (l->tokens >= (unsigned int)net->ipv4.sysctl_rt_redirect_number) {
		l->last = now;
		return false;
	}
	if (l->tokens && !time_after(now, l->last + (load << min(l->tokens, 31u))))
		return false;
	l->last = now;
	l->tokens++;
	return true;
}

int rt_cache_net_init(struct net *net)
{
	struct rt_cache *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	spin_lock_init_rank(&c->lock, LOCK_RANK_HASH);
	get_random_bytes(&c->key, sizeof(c->key));
	c->key.key[0] |= 1; /* rt_hash multiplies by them */
	c->key.key[1] |= 1;
	net->ipv4.rt_cache = c;
	net->ipv4.sysctl_rt_max_size = RT_CHAINS * RT_CHAIN_MAX;
	return 0;
}

void rt_cache_net_exit(struct net *net)
{
	struct rt_cache *c = net->ipv4.rt_cache;

	rt_cache_flush(net);
	net->ipv4.rt_cache = NULL;
	kfree(c);
}
