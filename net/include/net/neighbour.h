/* SPDX-License-Identifier: MIT */
/* Neighbours: hosts on the same link and how to reach them (net/core/neighbour.c). RFC 4861's NUD
 * states as ARP uses them. Book section 12.8. */
#ifndef NET_NEIGHBOUR_H
#define NET_NEIGHBOUR_H

#include <net/netdevice.h>
#include <kernel/hash.h>
#include <net/net_namespace.h>
#include <uapi/neighbour.h>

#define NUD_IN_TIMER   (NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)
#define NUD_VALID      (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)
#define NUD_CONNECTED  (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE)

struct neigh_table;
struct neighbour;

struct neigh_parms { /* per device and table; times in jiffies */
	struct list_head list;
	struct net_device *dev; /* NULL: the table's default */
	struct neigh_table *tbl;
	int mcast_probes, ucast_probes, app_probes;
	int retrans_time, base_reachable_time, reachable_time, gc_staletime, delay_probe_time,
		queue_len_bytes;
	int anycast_delay, proxy_delay, proxy_qlen, locktime;
	u32 set; /* bit n: the n-th has been set for this device, and does not follow the default any more */
};

struct neigh_ops {
	int family;
	void (*solicit)(struct neighbour *n,
			struct sk_buff *skb); /* send a request. Context: softirqs off */
	void (*error_report)(struct neighbour *n,
			     struct sk_buff *skb); /* resolution failed; consumes skb */
	int (*output)(struct neighbour *n,
		      struct sk_buff *skb); /* state must be checked: neigh_resolve_output */
	int (*connected_output)(struct neighbour *n,
				struct sk_buff *skb); /* known to be reachable */
};

struct neighbour {
	struct hlist_node node; /* in tbl's hash [tbl->lock] */
	struct neigh_table *tbl;
	struct neigh_parms *parms;
	struct net_device *dev;
	unsigned long used, confirmed, updated; /* jiffies */
	u8 flags, nud_state, type, dead;
	bool proven; /* it has answered us once: others make room before it does */
	atomic_t probes, refcnt;
	spinlock_t lock;
	u8 ha[ALIGN(MAX_ADDR_LEN, 8)];
	struct hh_cache hh;
	struct sk_buff_head arp_queue; /* packets that wait for resolution */
	unsigned int arp_queue_len_bytes;
	struct timer_list timer;
	const struct neigh_ops *ops;
	int (*output)(struct neighbour *n, struct sk_buff *skb);
	u8 primary_key[16] __aligned(4);
};

struct neigh_table {
	struct list_head list; /* in the namespace's */
	int family;
	int key_len;
	__be16 protocol;
	u32 (*hash)(const void *pkey, const struct net_device *dev, const siphash_key_t *key);
	int (*constructor)(struct neighbour *n); /* 0 or -errno */
	void (*proxy_redo)(struct sk_buff *skb);
	const char *id;
	struct net *net;
	struct neigh_parms parms;
	struct list_head parms_list;
	struct pneigh_entry *proxies;	 /* [lock] */
	struct sk_buff_head proxy_queue; /* questions whose answer waits */
	struct timer_list proxy_timer;
	int gc_interval, gc_thresh1, gc_thresh2, gc_thresh3;
	unsigned long last_flush, last_rand;
	struct timer_list gc_timer;
	int entries;
	spinlock_t lock;
	struct hlist_head *hash_buckets;
	unsigned int hash_mask;
	siphash_key_t hash_key;
	struct {
		u64 allocs, destroys, hash_grows, res_failed, lookups, hits, periodic_gc_runs,
			forced_gc_runs, unres_discards, table_fulls;
	} stats;
};

struct pneigh_entry { /* an address for which we answer in its owner's place */
	struct pneigh_entry *next;
	struct neigh_table *tbl;
	struct net_device *dev; /* to questions on it, referenced; NULL: on any */
	u8 key[16] __aligned(4);
};

#define NEIGH_UPDATE_F_OVERRIDE	     1
#define NEIGH_UPDATE_F_WEAK_OVERRIDE 2
#define NEIGH_UPDATE_F_ADMIN	     0x80000000u

/* neigh_table_init/clear - one table a namespace and family. */
int neigh_table_init(struct net *net, struct neigh_table *tbl);
void neigh_table_clear(struct neigh_table *tbl);
/* neigh_lookup - with a reference, or NULL. neigh_create - ditto, made if absent; ERR_PTR(-ENOBUFS)
 * when the table is full. Context: any but hardirq. */
struct neighbour *neigh_lookup(struct neigh_table *tbl, const void *pkey, struct net_device *dev);
struct neighbour *neigh_create(struct neigh_table *tbl, const void *pkey, struct net_device *dev);
static inline struct neighbour *__neigh_lookup_errno(struct neigh_table *tbl, const void *pkey,
						     struct net_device *dev)
{
	struct neighbour *n = neigh_lookup(tbl, pkey, dev);

	return n ? n : neigh_create(tbl, pkey, dev);
}
void neigh_release(struct neighbour *n);
static inline struct neighbour *neigh_hold(struct neighbour *n)
{
	atomic_inc(&n->refcnt);
	return n;
}
/* neigh_update - a new state or address is known. 0, -EPERM for administrative entries, -EINVAL. */
int neigh_update(struct neighbour *n, const u8 *lladdr, u8 new_state, u32 flags);
/* neigh_event_send - about to use it: start resolving if need be. 0: usable now; 1: skb was queued
 * or dropped (consumed). */
int __neigh_event_send(struct neighbour *n, struct sk_buff *skb);
int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb); /* consumes skb */
int neigh_connected_output(struct neighbour *n, struct sk_buff *skb);
int neigh_direct_output(struct neighbour *n, struct sk_buff *skb);
static inline int neigh_output(struct neighbour *n, struct sk_buff *skb)
{
	return n->output(n, skb);
}
/* neigh_confirm_at - a transport protocol heard from it at @when (jiffies): it is reachable. */
static inline void neigh_confirm_at(struct neighbour *n, unsigned long when)
{
	n->confirmed = when;
}
static inline void neigh_confirm(struct neighbour *n)
{
	neigh_confirm_at(n, jiffies);
}
int neigh_ifdown(struct neigh_table *tbl, struct net_device *dev);
void neigh_changeaddr(struct neigh_table *tbl, struct net_device *dev);
void neigh_carrier_down(struct neigh_table *tbl, struct net_device *dev); /* permanent entries stay */
int neigh_remove(struct neighbour *n); /* administrative delete */
struct neigh_parms *neigh_parms_alloc(struct net_device *dev, struct neigh_table *tbl);
void neigh_parms_renew(struct neigh_parms *p); /* base_reachable_time has changed */
void neigh_parms_release(struct neigh_table *tbl, struct neigh_parms *parms);
/* neigh_table_find - @family's table of @net, or NULL. */
struct neigh_table *neigh_table_find(struct net *net, int family);
/* register_neigh_notifier - @nb hears of every entry that changes (state, address) or goes, with the struct neighbour
 * as data. Context of the call: softirqs off, the table may be locked: it must not take a neighbour's lock. */
enum { NEIGH_EVENT_UPDATE, NEIGH_EVENT_DELETE };
void register_neigh_notifier(struct notifier_block *nb);
void neigh_for_each(struct neigh_table *tbl, void (*cb)(struct neighbour *n, void *arg), void *arg);
/* pneigh_add, pneigh_delete - answer for @key on @dev (NULL: on any device), or no more. 0, -ENOBUFS, -ENOENT. Context:
 * process, RTNL. pneigh_lookup - do we? Context: any but hardirq. pneigh_for_each - @cb is called with
 * tbl->lock held. */
int pneigh_add(struct neigh_table *tbl, const void *key, struct net_device *dev);
int pneigh_delete(struct neigh_table *tbl, const void *key, struct net_device *dev);
bool pneigh_lookup(struct neigh_table *tbl, const void *key, const struct net_device *dev);
void pneigh_for_each(struct neigh_table *tbl, void (*cb)(struct pneigh_entry *p, void *arg), void *arg);
/* pneigh_enqueue - hand @skb to proxy_redo after a random part of proxy_delay, so that the owner, if it is there,
 * answers first; consumes skb. Context: softirq. */
void pneigh_enqueue(struct neigh_table *tbl, struct neigh_parms *p, struct sk_buff *skb);
unsigned long neighbours_in_use(void); /* for leak checks */
void neigh_init(void);		       /* caches, at boot */

#endif
