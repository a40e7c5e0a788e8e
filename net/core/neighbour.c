/* SPDX-License-Identifier: MIT */
/*
 * One neighbour: its NUD state machine, the packets that wait for its address, and sending to it.
 * RFC 4861 section 7.3 as ARP uses it. Book section 12.8.
 *
 *   NONE -> INCOMPLETE -> REACHABLE <-> STALE -> DELAY -> PROBE -> REACHABLE | FAILED
 *
 * Lock order: tbl->lock, then n->lock. No lock is held when a request or a packet is sent.
 */
#include <kernel/printk.h>
#include <net/neighbour.h>

#include "core_internal.h"
#include "neigh_internal.h"

#define NEIGH_QUEUE_PACKETS 128 /* that wait for one resolution, beside the limit in bytes */

int neigh_blackhole(struct neighbour *n, struct sk_buff *skb)
{
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_FAILED);
	return -ENETDOWN;
}

/* neigh_suspect, neigh_connect - what output means from now on. Context: n->lock. */
static void neigh_suspect(struct neighbour *n)
{
	n->output = n->ops->output;
}

static void neigh_connect(struct neighbour *n)
{
	n->output = n->ops->connected_output;
}

/* neigh_add_timer - a pending timer holds a reference. Context: n->lock. */
static void neigh_add_timer(struct neighbour *n, unsigned long when)
{
	if (!mod_timer(&n->timer, when))
		neigh_hold(n);
}

bool neigh_del_timer(struct neighbour *n)
{
	if (!(n->nud_state & NUD_IN_TIMER) || !del_timer(&n->timer))
		return false;
	neigh_release(n);
	return true;
}

static int neigh_max_probes(const struct neighbour *n)
{
	const struct neigh_parms *p = n->parms;

	return n->nud_state & NUD_PROBE ? p->ucast_probes
					: p->ucast_probes + p->app_probes + p->mcast_probes;
}

static struct sk_buff *arp_queue_pop(struct neighbour *n)
{
	struct sk_buff *skb = __skb_dequeue(&n->arp_queue);

	if (skb)
		n->arp_queue_len_bytes -= skb->truesize;
	return skb;
}

static void arp_queue_purge(struct neighbour *n)
{
	skb_queue_purge_reason(&n->arp_queue, SKB_DROP_REASON_NEIGH_FAILED);
	n->arp_queue_len_bytes = 0;
}

/* neigh_invalidate - resolution has failed: the senders of what waits are told. Context: n->lock,
 * dropped meanwhile. */
static void neigh_invalidate(struct neighbour *n)
{
	struct sk_buff *skb;

	n->tbl->stats.res_failed++;
	n->updated = jiffies;
	n->hh.hh_len = 0;
	while (n->nud_state == NUD_FAILED && (skb = arp_queue_pop(n)) != NULL) {
		spin_unlock(&n->lock);
		n->ops->error_report(n, skb);
		spin_lock(&n->lock);
	}
	arp_queue_purge(n);
}

/* neigh_probe - ask for the address once more. Context: n->lock, which is released. */
static void neigh_probe(struct neighbour *n)
{
	struct sk_buff *skb = skb_peek_tail(&n->arp_queue);

	if (skb)
		skb = skb_clone(skb, GFP_ATOMIC); /* the queue may be emptied meanwhile */
	spin_unlock(&n->lock);
	n->ops->solicit(n, skb); /* by how many questions there have been, it asks directly or all */
	atomic_inc(&n->probes);
	consume_skb(skb);
}

/* reachable_expired - the confirmation is too old: watch those in use, let others be. Returns when
 * to look again. */
static unsigned long reachable_expired(struct neighbour *n, unsigned long now)
{
	n->updated = now;
	neigh_suspect(n);
	if (time_before_eq(now, n->used + (unsigned long)n->parms->delay_probe_time)) {
		n->nud_state = NUD_DELAY;
		return now + (unsigned long)n->parms->delay_probe_time;
	}
	n->nud_state = NUD_STALE;
	return now + HZ;
}

/* neigh_timer_step - the transitions that time causes; returns when to look again. Context:
 * n->lock. */
static unsigned long neigh_timer_step(struct neighbour *n, unsigned long now)
{
	const struct neigh_parms *p = n->parms;

	switch (n->nud_state) {
	case NUD_REACHABLE:
		if (time_before_eq(now, n->confirmed + (unsigned long)p->reachable_time))
			return n->confirmed + (unsigned long)p->reachable_time;
		return reachable_expired(n, now);
	case NUD_DELAY:
		n->updated = now;
		if (time_before_eq(now, n->confirmed + (unsigned long)p->delay_probe_time)) {
			n->nud_state = NUD_REACHABLE; /* a transport has heard from it meanwhile */
			neigh_connect(n);
			return n->confirmed + (unsigned long)p->reachable_time;
		}
		n->nud_state = NUD_PROBE;
		atomic_set(&n->probes, 0);
		return now + (unsigned long)p->retrans_time;
	default: /* NUD_PROBE, NUD_INCOMPLETE */ return now + (unsigned long)p->retrans_time;
	}
}

void neigh_timer_handler(unsigned long data)
{
	struct neighbour *n = (struct neighbour *)data;
	unsigned long now = jiffies, next;
	u8 old;

	local_bh_disable();
	spin_lock(&n->lock);
	old = n->nud_state;
	if (!(n->nud_state & NUD_IN_TIMER) || n->dead)
		goto out;
	next = neigh_timer_step(n, now);
	if ((n->nud_state & (NUD_INCOMPLETE | NUD_PROBE)) &&
	    atomic_read(&n->probes) >= neigh_max_probes(n)) {
		n->nud_state = NUD_FAILED;
		neigh_suspect(n);
		neigh_invalidate(n);
		goto out;
	}
	if (n->nud_state & NUD_IN_TIMER)
		neigh_add_timer(n, time_before(next, now + HZ / 100) ? now + HZ / 100 : next);
	if (n->nud_state & (NUD_INCOMPLETE | NUD_PROBE)) {
		neigh_probe(n); /* which releases the lock */
		goto unlocked;
	}
out:
	spin_unlock(&n->lock);
unlocked:
	if (n->nud_state != old && !n->dead)
		neigh_notify(NEIGH_EVENT_UPDATE, n);
	local_bh_enable();
	neigh_release(n);
}

/* ---- use ---- */

/* arp_queue_add - wait for resolution; the oldest make room. Context: n->lock. */
static void arp_queue_add(struct neighbour *n, struct sk_buff *skb)
{
	struct sk_buff *old;

	while (n->arp_queue.qlen >= NEIGH_QUEUE_PACKETS ||
	       (n->arp_queue.qlen &&
		n->arp_queue_len_bytes + skb->truesize > (unsigned int)n->parms->queue_len_bytes)) {
		old = arp_queue_pop(n);
		n->tbl->stats.unres_discards++;
		kfree_skb_reason(old, SKB_DROP_REASON_NEIGH_QUEUEFULL);
	}
	skb_dst_force(skb);
	__skb_queue_tail(&n->arp_queue, skb);
	n->arp_queue_len_bytes += skb->truesize;
}

/* start_resolving - NONE or FAILED becomes INCOMPLETE; false if there is nothing to ask with.
 * Context: n->lock. */
static bool start_resolving(struct neighbour *n, unsigned long now)
{
	const struct neigh_parms *p = n->parms;

	n->updated = now;
	if (p->mcast_probes + p->app_probes <= 0) {
		n->nud_state = NUD_FAILED;
		return false;
	}
	atomic_set(
		&n->probes,
		p->ucast_probes); /* there is no address to ask at: all questions are broadcast */
	n->nud_state = NUD_INCOMPLETE;
	neigh_add_timer(n, now + (unsigned long)max(p->retrans_time, HZ / 100));
	return true;
}

int __neigh_event_send(struct neighbour *n, struct sk_buff *skb)
{
	unsigned long now = jiffies;
	bool ask = false, wait = false, lost = false;

	local_bh_disable();
	spin_lock(&n->lock);
	if (n->dead) {
		lost = true;
	} else if (n->nud_state == NUD_STALE) {
		n->nud_state = NUD_DELAY;
		n->updated = now;
		neigh_add_timer(n, now + (unsigned long)n->parms->delay_probe_time);
	} else if (!(n->nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE))) {
		if (n->nud_state != NUD_INCOMPLETE)
			ask = start_resolving(n, now);
		wait = n->nud_state == NUD_INCOMPLETE;
		lost = !wait;
		if (wait && skb)
			arp_queue_add(n, skb);
	}
	if (ask)
		neigh_probe(n);
	else
		spin_unlock(&n->lock);
	local_bh_enable();
	if (lost)
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_FAILED);
	return wait || lost;
}

/* neigh_event_send - 0: usable now. */
static inline int neigh_event_send(struct neighbour *n, struct sk_buff *skb)
{
	n->used = jiffies;
	if (likely(n->nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)))
		return 0;
	return __neigh_event_send(n, skb);
}

/* neigh_hh_init - keep the link header ready. */
static noinline void neigh_hh_init(struct neighbour *n)
{
	const struct header_ops *ops = n->dev->header_ops;

	spin_lock_bh(&n->lock);
	if (ops && ops->cache && !n->hh.hh_len && (n->nud_state & NUD_VALID) && !n->dead)
		ops->cache(n, &n->hh);
	spin_unlock_bh(&n->lock);
}

/* xmit_header - build the header the long way, and send. */
static int xmit_header(struct neighbour *n, struct sk_buff *skb)
{
	struct net_device *dev = n->dev;

	__skb_pull(skb, (unsigned int)skb_network_offset(skb));
	if (unlikely(skb_headroom(skb) < (unsigned int)LL_RESERVED_SPACE(dev) &&
		     skb_cow_head(skb, (unsigned int)LL_RESERVED_SPACE(dev)))) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return -ENOMEM;
	}
	skb->dev = dev;
	if (unlikely(dev_hard_header(skb, dev, ntohs(skb->protocol), n->ha, NULL, skb->len) < 0)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_FAILED);
		return -EINVAL;
	}
	return dev_queue_xmit(skb);
}

int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb)
{
	if (neigh_event_send(n, skb))
		return 0;
	if (!n->hh.hh_len)
		neigh_hh_init(n);
	return xmit_header(n, skb);
}

int neigh_connected_output(struct neighbour *n, struct sk_buff *skb)
{
	unsigned int hh_len = n->hh.hh_len;

	if (unlikely(!hh_len)) {
		neigh_hh_init(n);
		return xmit_header(n, skb);
	}
	if (unlikely(skb_headroom(skb) < HH_DATA_MOD && skb_cow_head(skb, HH_DATA_MOD))) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return -ENOMEM;
	}
	/* The header ends where the packet begins; what is before it in the array lands in the
	 * headroom. */
	__builtin_memcpy(skb->data - sizeof(n->hh.hh_data), n->hh.hh_data, sizeof(n->hh.hh_data));
	__skb_push(skb, hh_len);
	skb->dev = n->dev;
	return dev_queue_xmit(skb);
}
static_assert(sizeof(((struct hh_cache *)0)->hh_data) == HH_DATA_MOD,
	      "one block of the header cache");

int neigh_direct_output(struct neighbour *n, struct sk_buff *skb)
{
	skb->dev = n->dev;
	return dev_queue_xmit(skb);
}

/* ---- news ---- */

/* flush_waiting - it has an address now: what waited goes out. Context: n->lock, dropped meanwhile.
 */
static void flush_waiting(struct neighbour *n)
{
	struct sk_buff *skb;

	while ((n->nud_state & NUD_VALID) && (skb = arp_queue_pop(n)) != NULL) {
		spin_unlock(&n->lock);
		n->output(n, skb);
		spin_lock(&n->lock);
	}
	arp_queue_purge(n);
}

/* update_invalid - the new state has no address. Context: n->lock. */
static void update_invalid(struct neighbour *n, u8 new)
{
	u8 old = n->nud_state;

	neigh_del_timer(n);
	neigh_suspect(n);
	n->nud_state = new;
	n->updated = jiffies;
	if ((old & (NUD_INCOMPLETE | NUD_PROBE)) && (new &NUD_FAILED))
		neigh_invalidate(n);
}

/* set_state - to @new, with its timer. Context: n->lock. */
static void set_state(struct neighbour *n, u8 new)
{
	neigh_del_timer(n);
	n->nud_state = new;
	if (new &NUD_PROBE)
		atomic_set(&n->probes, 0);
	if (new &NUD_IN_TIMER)
		neigh_add_timer(n, jiffies + (unsigned long)(new &NUD_REACHABLE
								     ? n->parms->reachable_time
								     : HZ / 100));
	if (new &NUD_CONNECTED)
		neigh_connect(n);
	else
		neigh_suspect(n);
	if (new &NUD_REACHABLE)
		n->proven = true;
}

static void set_address(struct neighbour *n, const u8 *lladdr, u8 new)
{
	const struct header_ops *ops = n->dev->header_ops;

	memcpy(n->ha, lladdr, n->dev->addr_len);
	if (n->hh.hh_len && ops && ops->cache_update)
		ops->cache_update(&n->hh, n->dev, n->ha);
	if (!(new &NUD_CONNECTED))
		n->confirmed = jiffies - (unsigned long)(2 * n->parms->base_reachable_time);
}

/* update_valid - the new state has an address: @lladdr, or the one known (NULL). 0 or -EINVAL.
 * Context: n->lock. */
static int update_valid(struct neighbour *n, const u8 *lladdr, u8 new, u32 flags)
{
	u8 old = n->nud_state;
	bool same = !n->dev->addr_len || !lladdr ||
		    ((old & NUD_VALID) && !memcmp(lladdr, n->ha, n->dev->addr_len));

	if (n->dev->addr_len && !lladdr && !(old & NUD_VALID))
		return -EINVAL;
	if ((old & NUD_VALID) && !same && !(flags & NEIGH_UPDATE_F_OVERRIDE)) {
		if (!(flags & NEIGH_UPDATE_F_WEAK_OVERRIDE) || !(old & NUD_CONNECTED))
			return 0;
		/* someone else claims to be it: keep the address, but look whether it still holds
		 */
		same = true;
		new = NUD_STALE;
	} else if ((old & NUD_VALID) && same && new == NUD_STALE &&
		   !(flags & NEIGH_UPDATE_F_ADMIN)) {
		new = old;
	}
	if (new &NUD_CONNECTED)
		n->confirmed = jiffies;
	n->updated = jiffies;
	if (!same)
		set_address(n, lladdr, new);
	if (new != old)
		set_state(n, new);
	if (!(old & NUD_VALID))
		flush_waiting(n);
	return 0;
}

int neigh_update(struct neighbour *n, const u8 *lladdr, u8 new_state, u32 flags)
{
	u8 old, ha[sizeof(n->ha)];
	int err = 0;

	neigh_hold(n); /* stopping its timer may drop the last other reference */
	local_bh_disable();
	spin_lock(&n->lock);
	old = n->nud_state;
	memcpy(ha, n->ha, sizeof(ha));
	if (n->dead)
		err = -EINVAL;
	else if (!(flags & NEIGH_UPDATE_F_ADMIN) && (n->nud_state & (NUD_NOARP | NUD_PERMANENT)))
		err = -EPERM;
	else if (new_state & NUD_VALID)
		err = update_valid(n, lladdr, new_state, flags);
	else
		update_invalid(n, new_state);
	spin_unlock(&n->lock);
	if (!err && (n->nud_state != old || memcmp(ha, n->ha, sizeof(ha))))
		neigh_notify(NEIGH_EVENT_UPDATE, n);
	local_bh_enable();
	neigh_release(n);
	return err;
}
