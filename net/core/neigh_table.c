/* SPDX-License-Identifier: MIT */
/* Tables of neighbours: keyed hash with resize, look-up and creation, garbage collection,
 * per-device parameters. Book section 12.8. */
#include <kernel/bitops.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/neighbour.h>

#include "core_internal.h"
#include "neigh_internal.h"

#define NEIGH_HASH_MIN 16 /* buckets; a power of two */
#define NEIGH_HASH_MAX 65536
#define FORCED_GC_GAP \
	(5 * HZ) /* between two forced collections while the table is only fairly full */
#define REACH_TIME_RENEW \
	(300 * HZ) /* RFC 4861 6.3.4: a new random value every few hours; Linux: 300 s */

static struct kmem_cache *neighbour_cache;
static struct notifier_block *neigh_chain;

void register_neigh_notifier(struct notifier_block *nb)
{
	nb->next = neigh_chain;
	neigh_chain = nb;
}

void neigh_notify(unsigned long event, struct neighbour *n)
{
	struct notifier_block *nb;

	for (nb = neigh_chain; nb; nb = nb->next)
		nb->notifier_call(nb, event, n);
}

static int neigh_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->core.neigh_tables);
	return 0;
}

static struct pernet_operations neigh_net_ops = { .init = neigh_net_init };

void neigh_init(void)
{
	register_pernet_subsys(&neigh_net_ops);
	neighbour_cache = kmem_cache_create("neighbour", sizeof(struct neighbour), 0,
					    SLAB_HWCACHE_ALIGN, NULL);
}

unsigned long neighbours_in_use(void)
{
	return kmem_cache_inuse(neighbour_cache);
}

static inline struct hlist_head *bucket(struct neigh_table *tbl, const void *pkey,
					const struct net_device *dev)
{
	return &tbl->hash_buckets[tbl->hash(pkey, dev, &tbl->hash_key) & tbl->hash_mask];
}

/* neigh_rand_reach_time - evenly between half and one and a half times @base (RFC 4861 6.3.2). */
static int neigh_rand_reach_time(int base)
{
	return base > 0 ? base / 2 + (int)get_random_below((u32)base) : 0;
}

/* ---- the end of an entry ---- */

/* neigh_destroy - the last reference is gone; it is in no table. */
static void neigh_destroy(struct neighbour *n)
{
	n->tbl->stats.destroys++;
	WARN_ON_ONCE(!n->dead || timer_pending(&n->timer));
	skb_queue_purge_reason(&n->arp_queue, SKB_DROP_REASON_NEIGH_FAILED);
	dev_put(n->dev);
	kmem_cache_free(neighbour_cache, n);
}

void neigh_release(struct neighbour *n)
{
	if (atomic_dec_and_test(&n->refcnt))
		neigh_destroy(n);
}

/* neigh_unlink - out of the table, and of no more use to those who still hold it. Context:
 * tbl->lock. */
static void neigh_unlink(struct neigh_table *tbl, struct neighbour *n)
{
	hlist_del_init(&n->node);
	tbl->entries--;
	spin_lock(&n->lock);
	neigh_del_timer(n);
	n->dead = 1;
	n->parms = &tbl->parms;
	skb_queue_purge_reason(&n->arp_queue, SKB_DROP_REASON_NEIGH_FAILED);
	n->arp_queue_len_bytes = 0;
	n->output = neigh_blackhole;
	n->nud_state = n->nud_state & NUD_VALID ? NUD_NOARP : NUD_NONE;
	n->hh.hh_len = 0;
	spin_unlock(&n->lock);
	neigh_notify(NEIGH_EVENT_DELETE, n);
	neigh_release(n);
}

/* ---- collection ---- */

/* Those that nobody refers to: that have never answered us or have failed (@all: that have not been heard of lately
 * either) leave. How many. Context: tbl->lock. */
static unsigned int neigh_shrink(struct neigh_table *tbl, bool all)
{
	unsigned long recent = jiffies - FORCED_GC_GAP;
	struct hlist_node *next;
	unsigned int i, gone = 0;
	struct neighbour *n;

	for (i = 0; i <= tbl->hash_mask; i++) {
		hlist_for_each_entry_safe(n, next, &tbl->hash_buckets[i], node) {
			if (atomic_read(&n->refcnt) != 1 || (n->nud_state & NUD_PERMANENT))
				continue;
			if (n->proven && n->nud_state != NUD_FAILED &&
			    (!all || time_after(n->updated, recent) || time_after(n->used, recent)))
				continue;
			neigh_unlink(tbl, n);
			gone++;
		}
	}
	return gone;
}

/*
 * neigh_forced_gc - the table is full: true if there is room now. Whoever floods the link with questions in many
 * names pushes out his own: neighbours that have answered us go only when there is nobody else.
 */
static bool neigh_forced_gc(struct neigh_table *tbl)
{
	unsigned int gone;

	tbl->stats.forced_gc_runs++;
	spin_lock_bh(&tbl->lock);
	gone = neigh_shrink(tbl, false);
	if (!gone)
		gone = neigh_shrink(tbl, true);
	tbl->last_flush = jiffies;
	spin_unlock_bh(&tbl->lock);
	return gone != 0;
}

/* is_stale - unused and either failed or forgotten by all for gc_staletime. */
static bool is_stale(struct neighbour *n, unsigned long now)
{
	if (n->nud_state & (NUD_PERMANENT | NUD_IN_TIMER))
		return false;
	if (time_before(n->used, n->confirmed))
		n->used = n->confirmed;
	return atomic_read(&n->refcnt) == 1 &&
	       (n->nud_state == NUD_FAILED ||
		time_after(now, n->used + (unsigned long)n->parms->gc_staletime));
}

/* neigh_periodic_work - the timer of the table, which runs while there are entries. */
static void neigh_periodic_work(unsigned long data)
{
	struct neigh_table *tbl = (struct neigh_table *)data;
	unsigned long now = jiffies;
	struct hlist_node *next;
	struct neigh_parms *p;
	struct neighbour *n;
	unsigned int i;

	tbl->stats.periodic_gc_runs++;
	spin_lock_bh(&tbl->lock);
	if (time_after(now, tbl->last_rand + REACH_TIME_RENEW)) {
		tbl->last_rand = now;
		tbl->parms.reachable_time = neigh_rand_reach_time(tbl->parms.base_reachable_time);
		list_for_each_entry(p, &tbl->parms_list, list)
			p->reachable_time = neigh_rand_reach_time(p->base_reachable_time);
	}
	for (i = 0; i <= tbl->hash_mask && tbl->entries >= tbl->gc_thresh1; i++) {
		hlist_for_each_entry_safe(n, next, &tbl->hash_buckets[i], node)
			if (is_stale(n, now))
				neigh_unlink(tbl, n);
	}
	if (tbl->entries)
		mod_timer(&tbl->gc_timer, now + (unsigned long)tbl->gc_interval);
	spin_unlock_bh(&tbl->lock);
}

/* ---- look-up and creation ---- */

struct neighbour *neigh_lookup(struct neigh_table *tbl, const void *pkey, struct net_device *dev)
{
	struct neighbour *n;

	tbl->stats.lookups++;
	spin_lock_bh(&tbl->lock);
	hlist_for_each_entry(n, bucket(tbl, pkey, dev), node) {
		if (n->dev == dev && !memcmp(n->primary_key, pkey, (size_t)tbl->key_len)) {
			neigh_hold(n);
			tbl->stats.hits++;
			break;
		}
	}
	spin_unlock_bh(&tbl->lock);
	return n;
}

/* neigh_alloc - an entry in no table yet, after making room; NULL when the table is full or memory
 * is out. */
static struct neighbour *neigh_alloc(struct neigh_table *tbl)
{
	unsigned long now = jiffies;
	struct neighbour *n;

	if (tbl->entries >= tbl->gc_thresh3 ||
	    (tbl->entries >= tbl->gc_thresh2 && time_after(now, tbl->last_flush + FORCED_GC_GAP))) {
		if (!neigh_forced_gc(tbl) && tbl->entries >= tbl->gc_thresh3) {
			tbl->stats.table_fulls++;
			return NULL;
		}
	}
	n = kmem_cache_zalloc(neighbour_cache, GFP_ATOMIC);
	if (!n)
		return NULL;
	skb_queue_head_init(&n->arp_queue);
	spin_lock_init_rank(&n->lock, LOCK_RANK_NEIGH);
	n->updated = n->used = now;
	n->nud_state = NUD_NONE;
	n->output = neigh_blackhole;
	n->parms = &tbl->parms;
	setup_timer(&n->timer, neigh_timer_handler, (unsigned long)n);
	n->tbl = tbl;
	atomic_set(&n->refcnt, 1);
	n->dead = 1;
	tbl->stats.allocs++;
	return n;
}

/* neigh_hash_grow - twice the buckets and a new key; the old table serves on when memory is out.
 * Context: tbl->lock. */
static void neigh_hash_grow(struct neigh_table *tbl)
{
	unsigned int size = (tbl->hash_mask + 1) * 2, old_mask = tbl->hash_mask, i;
	struct hlist_head *old = tbl->hash_buckets, *new;
	struct hlist_node *next;
	struct neighbour *n;

	if (size > NEIGH_HASH_MAX)
		return;
	new = kcalloc(size, sizeof(*new), GFP_ATOMIC);
	if (!new)
		return;
	tbl->stats.hash_grows++;
	tbl->hash_buckets = new;
	tbl->hash_mask = size - 1;
	get_random_bytes(&tbl->hash_key, sizeof(tbl->hash_key));
	for (i = 0; i <= old_mask; i++) {
		hlist_for_each_entry_safe(n, next, &old[i], node) {
			hlist_del(&n->node);
			hlist_add_head(&n->node, bucket(tbl, n->primary_key, n->dev));
		}
	}
	kfree(old);
}

/* neigh_insert - into the table, unless an equal entry is there: then that one, with a reference.
 */
static struct neighbour *neigh_insert(struct neigh_table *tbl, struct neighbour *n)
{
	struct neighbour *other;

	spin_lock_bh(&tbl->lock);
	if (tbl->entries > (int)(tbl->hash_mask + 1))
		neigh_hash_grow(tbl);
	hlist_for_each_entry(other, bucket(tbl, n->primary_key, n->dev), node) {
		if (other->dev == n->dev &&
		    !memcmp(other->primary_key, n->primary_key, (size_t)tbl->key_len)) {
			neigh_hold(other);
			spin_unlock_bh(&tbl->lock);
			return other;
		}
	}
	n->dead = 0;
	neigh_hold(n);
	hlist_add_head(&n->node, bucket(tbl, n->primary_key, n->dev));
	if (!tbl->entries++ && !timer_pending(&tbl->gc_timer))
		mod_timer(&tbl->gc_timer, jiffies + (unsigned long)tbl->gc_interval);
	spin_unlock_bh(&tbl->lock);
	return n;
}

struct neighbour *neigh_create(struct neigh_table *tbl, const void *pkey, struct net_device *dev)
{
	struct neighbour *n = neigh_alloc(tbl), *rc;
	int err;

	if (!n)
		return ERR_PTR(-ENOBUFS);
	memcpy(n->primary_key, pkey, (size_t)tbl->key_len);
	n->dev = dev;
	dev_hold(dev);
	err = tbl->constructor ? tbl->constructor(n) : 0;
	if (err < 0) {
		rc = ERR_PTR(err);
	} else {
		n->confirmed = jiffies - (unsigned long)(2 * n->parms->base_reachable_time);
		rc = neigh_insert(tbl, n);
	}
	if (rc != n)
		neigh_release(n);
	return rc;
}

int neigh_remove(struct neighbour *n)
{
	struct neigh_table *tbl = n->tbl;
	int err = neigh_update(n, NULL, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);

	spin_lock_bh(&tbl->lock);
	if (!hlist_unhashed(&n->node))
		neigh_unlink(tbl, n);
	spin_unlock_bh(&tbl->lock);
	return err;
}

/* neigh_flush_dev - all entries of @dev (NULL: of every device) leave the table, but for permanent ones where @keep says
 * so. */
static void neigh_flush_dev(struct neigh_table *tbl, struct net_device *dev, bool keep)
{
	struct hlist_node *next;
	struct neighbour *n;
	unsigned int i;

	spin_lock_bh(&tbl->lock);
	for (i = 0; i <= tbl->hash_mask; i++) {
		hlist_for_each_entry_safe(n, next, &tbl->hash_buckets[i], node)
			if ((!dev || n->dev == dev) && !(keep && (n->nud_state & NUD_PERMANENT)))
				neigh_unlink(tbl, n);
	}
	spin_unlock_bh(&tbl->lock);
}

int neigh_ifdown(struct neigh_table *tbl, struct net_device *dev)
{
	neigh_flush_dev(tbl, dev, false);
	pneigh_ifdown(tbl, dev);
	return 0;
}

void neigh_changeaddr(struct neigh_table *tbl, struct net_device *dev)
{
	neigh_flush_dev(tbl, dev, false);
}

void neigh_carrier_down(struct neigh_table *tbl, struct net_device *dev)
{
	neigh_flush_dev(tbl, dev, true);
}

void neigh_for_each(struct neigh_table *tbl, void (*cb)(struct neighbour *n, void *arg), void *arg)
{
	struct neighbour *n;
	unsigned int i;

	spin_lock_bh(&tbl->lock);
	for (i = 0; i <= tbl->hash_mask; i++)
		hlist_for_each_entry(n, &tbl->hash_buckets[i], node)
			cb(n, arg);
	spin_unlock_bh(&tbl->lock);
}

/* ---- parameters ---- */

struct neigh_parms *neigh_parms_alloc(struct net_device *dev, struct neigh_table *tbl)
{
	struct neigh_parms *p = kmemdup(&tbl->parms, sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->set = 0;
	p->tbl = tbl;
	p->dev = dev;
	p->reachable_time = neigh_rand_reach_time(p->base_reachable_time);
	dev_hold(dev);
	spin_lock_bh(&tbl->lock);
	list_add_tail(&p->list, &tbl->parms_list);
	spin_unlock_bh(&tbl->lock);
	return p;
}

void neigh_parms_renew(struct neigh_parms *p)
{
	p->reachable_time = neigh_rand_reach_time(p->base_reachable_time);
}

void neigh_parms_release(struct neigh_table *tbl, struct neigh_parms *parms)
{
	struct neighbour *n;
	unsigned int i;

	if (!parms || parms == &tbl->parms)
		return;
	spin_lock_bh(&tbl->lock);
	list_del(&parms->list);
	for (i = 0; i <= tbl->hash_mask; i++)
		hlist_for_each_entry(n, &tbl->hash_buckets[i], node)
			if (n->parms == parms)
				n->parms = &tbl->parms;
	spin_unlock_bh(&tbl->lock);
	dev_put(parms->dev);
	kfree(parms);
}

/* ---- tables ---- */

int neigh_table_init(struct net *net, struct neigh_table *tbl)
{
	unsigned long now = jiffies;

	if (WARN_ON(tbl->key_len <= 0 ||
		    tbl->key_len > (int)sizeof(((struct neighbour *)0)->primary_key)))
		return -EINVAL;
	tbl->hash_buckets = kcalloc(NEIGH_HASH_MIN, sizeof(*tbl->hash_buckets), GFP_KERNEL);
	if (!tbl->hash_buckets)
		return -ENOMEM;
	tbl->net = net;
	tbl->hash_mask = NEIGH_HASH_MIN - 1;
	get_random_bytes(&tbl->hash_key, sizeof(tbl->hash_key));
	spin_lock_init_rank(&tbl->lock, LOCK_RANK_HASH);
	INIT_LIST_HEAD(&tbl->parms_list);
	tbl->parms.tbl = tbl;
	tbl->parms.reachable_time = neigh_rand_reach_time(tbl->parms.base_reachable_time);
	tbl->entries = 0;
	tbl->last_flush = tbl->last_rand = now;
	setup_timer(&tbl->gc_timer, neigh_periodic_work, (unsigned long)tbl);
	pneigh_init(tbl);
	list_add_tail(&tbl->list, &net->core.neigh_tables);
	return 0;
}

struct neigh_table *neigh_table_find(struct net *net, int family)
{
	struct neigh_table *tbl;

	list_for_each_entry(tbl, &net->core.neigh_tables, list)
		if (tbl->family == family)
			return tbl;
	return NULL;
}

void neigh_table_clear(struct neigh_table *tbl)
{
	list_del(&tbl->list);
	pneigh_ifdown(tbl, NULL);
	del_timer_sync(&tbl->gc_timer);
	neigh_flush_dev(tbl, NULL, false);
	del_timer_sync(&tbl->gc_timer);
	WARN_ON(tbl->entries || !list_empty(&tbl->parms_list));
	kfree(tbl->hash_buckets);
	tbl->hash_buckets = NULL;
}
