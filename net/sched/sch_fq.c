/* SPDX-License-Identifier: MIT */
/* fq: every flow has a queue of its own and its turn by bytes (deficit round robin, new flows
 * first), and a flow that is paced waits for its time: the time that its sock put into skb->tstamp,
 * or what sk_pacing_rate says. A sock whose packets come here paces no more by a timer of its own
 * (SK_PACING_FQ). tc-fq(8). */
#include <kernel/hash.h>
#include <kernel/random.h>
#include <kernel/rbtree.h>
#include <kernel/slab.h>
#include <net/sock.h>
#include <uapi/in.h>
#include <uapi/tcp.h>
#include <wire/ip.h>

#include "sched_internal.h"

#define FQ_BUCKETS_LOG_MAX 12
#define FQ_GC_AGE	   (3 * HZ) /* a flow that has been empty for so long may be forgotten */

enum fq_place { FQ_IDLE, FQ_NEW, FQ_OLD, FQ_THROTTLED };

struct fq_flow {
	struct sk_buff *head, *tail; /* by next */
	const void *key;	     /* the sock, never followed; or an odd number: a hash */
	unsigned int owner_hash; /* the sock's when the flow began: another may get its memory */
	enum fq_place place;
	u32 qlen;
	s32 credit; /* bytes that it may still send in this round */
	union {
		struct list_head turn;	  /* FQ_NEW, FQ_OLD */
		struct rb_node delayed;	  /* FQ_THROTTLED */
		unsigned long idle_since; /* FQ_IDLE: jiffies */
	};
	u64 next_ns; /* not before */
	struct hlist_node node;
};

struct fq {
	struct list_head new_flows, old_flows;
	struct rb_root throttled; /* by next_ns */
	struct fq_flow internal;  /* TC_PRIO_CONTROL, and what has no flow for want of memory */
	struct hlist_head *buckets;
	u32 buckets_log;
	u32 flow_plimit, quantum, initial_quantum, refill_delay /* jiffies */, orphan_mask;
	u32 low_rate, slack_ns; /* bytes a second */
	u64 max_rate;		/* bytes a second, ~0: any */
	u64 horizon_ns;
	bool pacing, horizon_drop;
	u32 flows, idle, nr_throttled;
	siphash_key_t hash_key;
	struct tc_fq_qd_stats st;
};

#define TC_PRIO_CONTROL 7

/* ---- flows ---- */

/* What two packets of a flow without a sock have in common: IPv4 addresses, protocol and ports. A
 * stranger chooses those, so the hash has a key. */
static u32 packet_hash(const struct fq *f, const struct sk_buff *skb)
{
	struct iphdr buf;
	const struct iphdr *iph;
	u32 ports = 0;

	if (skb->protocol != htons(ETH_P_IP))
		return (u32)siphash_2u64((__force u16)skb->protocol, 0, &f->hash_key);
	iph = skb_header_pointer(skb, skb_network_offset(skb), sizeof(buf), &buf);
	if (!iph)
		return 0;
	if ((iph->protocol == IPPROTO_TCP || iph->protocol == IPPROTO_UDP) &&
	    !(iph->frag_off & htons(IP_MF | IP_OFFSET)))
		skb_copy_bits(skb, skb_network_offset(skb) + iph->ihl * 4, &ports, sizeof(ports));
	return (u32)siphash_4u32((__force u32)iph->saddr, (__force u32)iph->daddr, iph->protocol,
				 ports, &f->hash_key);
}

static void flow_set_idle(struct fq *f, struct fq_flow *flow)
{
	flow->place = FQ_IDLE;
	flow->idle_since = jiffies;
	f->idle++;
}

/* Idle flows of a bucket that are old enough are forgotten. */
static void fq_gc(struct fq *f, struct hlist_head *bucket)
{
	struct hlist_node *next;
	struct fq_flow *flow;

	hlist_for_each_entry_safe(flow, next, bucket, node) {
		if (flow->place != FQ_IDLE || time_before(jiffies, flow->idle_since + FQ_GC_AGE))
			continue;
		hlist_del(&flow->node);
		kfree(flow);
		f->flows--;
		f->idle--;
		f->st.gc_flows++;
	}
}

static struct fq_flow *flow_new(struct fq *f, struct hlist_head *bucket, const void *key)
{
	struct fq_flow *flow = kzalloc(sizeof(*flow), GFP_ATOMIC);

	if (!flow) {
		f->st.allocation_errors++;
		return &f->internal;
	}
	flow->key = key;
	flow->credit = (s32)f->initial_quantum;
	hlist_add_head(&flow->node, bucket);
	f->flows++;
	flow_set_idle(f, flow);
	return flow;
}

/* A sock of its own has a flow of its own; what has none shares the flows of a hash. */
static bool has_flow(const struct sock *sk)
{
	return sk && sk->sk_state != TCP_LISTEN && sk->sk_state != TCP_CLOSE;
}

static struct fq_flow *fq_classify(struct Qdisc *q, struct sk_buff *skb)
{
	struct fq *f = qdisc_priv(q);
	struct sock *sk = skb->sk;
	bool own = has_flow(sk);
	struct hlist_head *bucket;
	struct fq_flow *flow;
	const void *key = sk;

	if (unlikely((skb->priority & 15) == TC_PRIO_CONTROL))
		return &f->internal;
	if (!own)
		key = (void *)(((unsigned long)(packet_hash(f, skb) & f->orphan_mask) << 1) | 1);
	bucket = &f->buckets[hash_64((u64)(unsigned long)key, f->buckets_log)];
	if (f->flows >= (2u << f->buckets_log) && f->idle > f->flows / 2)
		fq_gc(f, bucket);
	hlist_for_each_entry(flow, bucket, node)
		if (flow->key == key)
			goto found;
	flow = flow_new(f, bucket, key);
found:
	if (!own || flow == &f->internal)
		return flow;
	if (unlikely(flow->owner_hash != sk->sk_hash)) { /* another's memory, or a new flow */
		flow->owner_hash = sk->sk_hash;
		flow->credit = (s32)f->initial_quantum;
		flow->next_ns = 0;
	}
	if (f->pacing)
		sk->sk_pacing_status = SK_PACING_FQ;
	return flow;
}

/* ---- a flow's queue ---- */

static void flow_put(struct fq_flow *flow, struct sk_buff *skb)
{
	skb->next = NULL;
	flow->qlen++;
	if (flow->head)
		flow->tail->next = skb;
	else
		flow->head = skb;
	flow->tail = skb;
}

/* flow_put_sorted - behind those that are to go no later (SO_TXTIME). A walk of at most flow_plimit, and of none where the
 * sender keeps to the order. */
static void flow_put_sorted(struct fq_flow *flow, struct sk_buff *skb)
{
	u64 due = qdisc_skb_cb(skb)->time_ns;
	struct sk_buff **link = &flow->head;

	if (!flow->head || qdisc_skb_cb(flow->tail)->time_ns <= due) {
		flow_put(flow, skb);
		return;
	}
	while (qdisc_skb_cb(*link)->time_ns <= due)
		link = &(*link)->next;
	skb->next = *link;
	*link = skb;
	flow->qlen++;
}

static struct sk_buff *flow_take(struct fq_flow *flow)
{
	struct sk_buff *skb = flow->head;

	flow->head = skb->next;
	skb->next = NULL;
	flow->qlen--;
	return skb;
}

static void flow_throttle(struct fq *f, struct fq_flow *flow)
{
	struct rb_node **link = &f->throttled.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = flow->next_ns < rb_entry(parent, struct fq_flow, delayed)->next_ns
			       ? &parent->left
			       : &parent->right;
	}
	rb_link_node(&flow->delayed, parent, link);
	rb_insert_color(&flow->delayed, &f->throttled);
	flow->place = FQ_THROTTLED;
	f->nr_throttled++;
	f->st.throttled++;
}

static void flow_turn(struct fq_flow *flow, struct list_head *list, enum fq_place place)
{
	list_add_tail(&flow->turn, list);
	flow->place = place;
}

/* Those whose time has come take their turn again. */
static void fq_unthrottle(struct fq *f, u64 now)
{
	struct fq_flow *flow;

	while ((flow = rb_entry_safe(rb_first(&f->throttled), struct fq_flow, delayed)) != NULL &&
	       flow->next_ns <= now) {
		rb_erase(&flow->delayed, &f->throttled);
		f->nr_throttled--;
		flow_turn(flow, &f->old_flows, FQ_OLD);
	}
}

/* ---- in ---- */

/* Does each send say its own time? They need not come in its order. */
static bool has_times(const struct sk_buff *skb)
{
	return unlikely(skb->sk && sock_flag(skb->sk, SOCK_TXTIME));
}

/* When the sock wants it to go; 0: at once. */
static u64 departure_time(const struct sk_buff *skb)
{
	if (has_times(skb))
		return skb->tstamp > 0 ? (u64)skb->tstamp : ktime_get_ns();
	return skb->sk && skb->sk->sk_pacing_status == SK_PACING_FQ && skb->tstamp > 0
		       ? (u64)skb->tstamp
		       : 0;
}

static int fq_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	struct fq *f = qdisc_priv(q);
	u64 due = departure_time(skb), now;
	struct fq_flow *flow;

	if (unlikely(q->qlen >= q->limit))
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	if (due) {
		now = ktime_get_ns();
		if (unlikely(due > now + f->horizon_ns)) {
			if (f->horizon_drop) {
				f->st.horizon_drops++;
				return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
			}
			f->st.horizon_caps++;
			due = now + f->horizon_ns;
		}
	}
	flow = fq_classify(q, skb);
	if (unlikely(flow->qlen >= f->flow_plimit && flow != &f->internal)) {
		f->st.flows_plimit++;
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	}
	qdisc_skb_cb(skb)->time_ns = due;
	skb_dst_force(skb);
	qdisc_note_enqueue(q, skb);
	if (has_times(skb))
		flow_put_sorted(flow, skb);
	else
		flow_put(flow, skb);
	if (unlikely(flow == &f->internal)) {
		f->st.highprio_packets++;
	} else if (flow->place == FQ_IDLE) {
		if (time_after(jiffies, flow->idle_since + f->refill_delay))
			flow->credit = max(flow->credit, (s32)f->quantum);
		f->idle--;
		flow_turn(flow, &f->new_flows, FQ_NEW);
	}
	return NET_XMIT_SUCCESS;
}

/* ---- out ---- */

/* After @skb of @len bytes: when the next of its flow may go, where its time is not its sock's. */
static void fq_pace(struct fq *f, struct fq_flow *flow, const struct sk_buff *skb, u32 len, u64 now)
{
	u64 rate = f->max_rate, gap;

	if (!f->pacing)
		return;
	if (!qdisc_skb_cb((struct sk_buff *)skb)->time_ns) {
		if (has_flow(skb->sk))
			rate = min(rate, (u64)skb->sk->sk_pacing_rate);
		if (rate <= f->low_rate) {
			flow->credit = 0;
		} else {
			len = max(len, f->quantum);
			if (flow->credit > 0) /* the round's quantum goes as one */
				return;
		}
	}
	if (rate == ~0ull)
		return;
	gap = rate ? rate_to_ns(rate, len) : NSEC_PER_SEC;
	if (gap > NSEC_PER_SEC) { /* whatever the rate: a flow is looked at once a second */
		gap = NSEC_PER_SEC;
		f->st.pkts_too_long++;
	}
	if (qdisc_skb_cb((struct sk_buff *)skb)
		    ->time_ns) /* what a late timer cost is made up for */
		gap -= min(gap / 2, now - min(now, flow->next_ns));
	flow->next_ns = now + gap;
}

/* The first flow may send: its packet. NULL: it had none, or not yet, and the next one is asked. */
static struct sk_buff *flow_dequeue(struct fq *f, struct fq_flow *flow, u64 now)
{
	u64 due;

	if (!flow->head) {
		list_del(&flow->turn);
		/* a new flow that comes and goes is not to be ahead of all others for ever */
		if (flow->place == FQ_NEW && !list_empty(&f->old_flows))
			flow_turn(flow, &f->old_flows, FQ_OLD);
		else
			flow_set_idle(f, flow);
		return NULL;
	}
	due = max(qdisc_skb_cb(flow->head)->time_ns, flow->next_ns);
	if (due > now) {
		flow->next_ns = due;
		list_del(&flow->turn);
		flow_throttle(f, flow);
		return NULL;
	}
	return flow_take(flow);
}

static struct sk_buff *fq_dequeue(struct Qdisc *q)
{
	struct fq *f = qdisc_priv(q);
	struct sk_buff *skb = NULL;
	struct fq_flow *flow;
	u32 len;
	u64 now;

	if (!q->qlen)
		return NULL;
	if (f->internal.head) {
		skb = flow_take(&f->internal);
		goto out;
	}
	now = ktime_get_ns();
	fq_unthrottle(f, now);
	do {
		struct list_head *list = list_empty(&f->new_flows) ? &f->old_flows : &f->new_flows;

		if (list_empty(list)) {
			flow = rb_entry_safe(rb_first(&f->throttled), struct fq_flow, delayed);
			if (flow)
				qdisc_watchdog_at(q, flow->next_ns);
			return NULL;
		}
		flow = list_first_entry(list, struct fq_flow, turn);
		if (flow->credit <= 0) {
			flow->credit += (s32)f->quantum;
			list_del(&flow->turn);
			flow_turn(flow, &f->old_flows, FQ_OLD);
			continue;
		}
		skb = flow_dequeue(f, flow, now);
	} while (!skb);
	len = qdisc_pkt_len(skb);
	flow->credit -= (s32)len;
	fq_pace(f, flow, skb, len, now);
out:
	if (skb->sk) /* it was the time to go, and is not one of arrival */
		skb->tstamp = 0;
	qdisc_note_dequeue(q, skb);
	return skb;
}

/* ---- life ---- */

static void flow_purge(struct fq_flow *flow, enum skb_drop_reason why)
{
	kfree_skb_list_reason(flow->head, why);
	flow->head = NULL;
	flow->qlen = 0;
}

/* All flows are forgotten with what is in them. */
static void fq_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	struct fq *f = qdisc_priv(q);
	struct hlist_node *next;
	struct fq_flow *flow;
	u32 i;

	flow_purge(&f->internal, why);
	for (i = 0; f->buckets && i < 1u << f->buckets_log; i++) {
		hlist_for_each_entry_safe(flow, next, &f->buckets[i], node) {
			hlist_del(&flow->node);
			flow_purge(flow, why);
			kfree(flow);
		}
	}
	INIT_LIST_HEAD(&f->new_flows);
	INIT_LIST_HEAD(&f->old_flows);
	f->throttled = RB_ROOT;
	f->flows = f->idle = f->nr_throttled = 0;
}

static void fq_destroy(struct Qdisc *q)
{
	kfree(((struct fq *)qdisc_priv(q))->buckets);
}

/* The flows move to a table of 1 << @log chains. 0 or -ENOMEM. */
static int fq_resize(struct Qdisc *q, u32 log)
{
	struct fq *f = qdisc_priv(q);
	struct hlist_head *table, *old = f->buckets;
	u32 i, nr_old = old ? 1u << f->buckets_log : 0;
	struct hlist_node *next;
	struct fq_flow *flow;

	if (old && f->buckets_log == log)
		return 0;
	table = kcalloc((size_t)1 << log, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	spin_lock_bh(&q->dev->queue_lock);
	for (i = 0; i < nr_old; i++) {
		hlist_for_each_entry_safe(flow, next, &old[i], node) {
			hlist_del(&flow->node);
			hlist_add_head(&flow->node,
				       &table[hash_64((u64)(unsigned long)flow->key, log)]);
		}
	}
	f->buckets = table;
	f->buckets_log = log;
	spin_unlock_bh(&q->dev->queue_lock);
	kfree(old);
	return 0;
}

/* ---- options ---- */

static const struct nla_policy fq_policy[TCA_FQ_MAX + 1] = {
	[TCA_FQ_PLIMIT] = { NLA_U32, 0 },
	[TCA_FQ_FLOW_PLIMIT] = { NLA_U32, 0 },
	[TCA_FQ_QUANTUM] = { NLA_U32, 0 },
	[TCA_FQ_INITIAL_QUANTUM] = { NLA_U32, 0 },
	[TCA_FQ_RATE_ENABLE] = { NLA_U32, 0 },
	[TCA_FQ_FLOW_DEFAULT_RATE] = { NLA_U32, 0 },
	[TCA_FQ_FLOW_MAX_RATE] = { NLA_U32, 0 },
	[TCA_FQ_BUCKETS_LOG] = { NLA_U32, 0 },
	[TCA_FQ_FLOW_REFILL_DELAY] = { NLA_U32, 0 },
	[TCA_FQ_ORPHAN_MASK] = { NLA_U32, 0 },
	[TCA_FQ_LOW_RATE_THRESHOLD] = { NLA_U32, 0 },
	[TCA_FQ_CE_THRESHOLD] = { NLA_U32, 0 },
	[TCA_FQ_TIMER_SLACK] = { NLA_U32, 0 },
	[TCA_FQ_HORIZON] = { NLA_U32, 0 },
	[TCA_FQ_HORIZON_DROP] = { NLA_U8, 0 },
};

/* What cannot be. 0 or -EINVAL, -EOPNOTSUPP. */
static int fq_check(const struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	u32 v;

	if (tb[TCA_FQ_BUCKETS_LOG]) {
		v = nla_get_u32(tb[TCA_FQ_BUCKETS_LOG]);
		if (v < 1 || v > FQ_BUCKETS_LOG_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, tb[TCA_FQ_BUCKETS_LOG],
					    "2 to 4096 buckets are offered");
			return -EINVAL;
		}
	}
	if (tb[TCA_FQ_QUANTUM]) {
		v = nla_get_u32(tb[TCA_FQ_QUANTUM]);
		if (!v || v > 1u << 20) {
			NL_SET_ERR_MSG_ATTR(extack, tb[TCA_FQ_QUANTUM], "invalid quantum");
			return -EINVAL;
		}
	}
	if (tb[TCA_FQ_INITIAL_QUANTUM] && nla_get_u32(tb[TCA_FQ_INITIAL_QUANTUM]) > INT_MAX)
		return -EINVAL;
	if (tb[TCA_FQ_RATE_ENABLE] && nla_get_u32(tb[TCA_FQ_RATE_ENABLE]) > 1)
		return -EINVAL;
	if (tb[TCA_FQ_HORIZON_DROP] && nla_get_u8(tb[TCA_FQ_HORIZON_DROP]) > 1)
		return -EINVAL;
	if (tb[TCA_FQ_CE_THRESHOLD] && nla_get_u32(tb[TCA_FQ_CE_THRESHOLD]) != ~0u) {
		NL_SET_ERR_MSG_ATTR(extack, tb[TCA_FQ_CE_THRESHOLD], "fq marks no packets here");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void take_u32(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void fq_set(struct Qdisc *q, const struct nlattr *tb[])
{
	struct fq *f = qdisc_priv(q);

	take_u32(&q->limit, tb[TCA_FQ_PLIMIT]);
	take_u32(&f->flow_plimit, tb[TCA_FQ_FLOW_PLIMIT]);
	take_u32(&f->quantum, tb[TCA_FQ_QUANTUM]);
	take_u32(&f->initial_quantum, tb[TCA_FQ_INITIAL_QUANTUM]);
	take_u32(&f->low_rate, tb[TCA_FQ_LOW_RATE_THRESHOLD]);
	take_u32(&f->orphan_mask, tb[TCA_FQ_ORPHAN_MASK]);
	take_u32(&f->slack_ns, tb[TCA_FQ_TIMER_SLACK]);
	if (tb[TCA_FQ_RATE_ENABLE])
		f->pacing = nla_get_u32(tb[TCA_FQ_RATE_ENABLE]);
	if (tb[TCA_FQ_FLOW_MAX_RATE])
		f->max_rate = nla_get_u32(tb[TCA_FQ_FLOW_MAX_RATE]) == ~0u
				      ? ~0ull
				      : nla_get_u32(tb[TCA_FQ_FLOW_MAX_RATE]);
	if (tb[TCA_FQ_FLOW_REFILL_DELAY])
		f->refill_delay = nla_get_u32(tb[TCA_FQ_FLOW_REFILL_DELAY]) / 1000;
	if (tb[TCA_FQ_HORIZON])
		f->horizon_ns = (u64)nla_get_u32(tb[TCA_FQ_HORIZON]) * NSEC_PER_USEC;
	if (tb[TCA_FQ_HORIZON_DROP])
		f->horizon_drop = nla_get_u8(tb[TCA_FQ_HORIZON_DROP]);
}

static int fq_change(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[TCA_FQ_MAX + 1];
	int err;

	if (!opt)
		return -EINVAL;
	err = nla_parse_nested(tb, TCA_FQ_MAX, opt, fq_policy, extack);
	if (!err)
		err = fq_check(tb, extack);
	if (!err && tb[TCA_FQ_BUCKETS_LOG])
		err = fq_resize(q, nla_get_u32(tb[TCA_FQ_BUCKETS_LOG]));
	if (err)
		return err;
	spin_lock_bh(&q->dev->queue_lock);
	fq_set(q, tb);
	spin_unlock_bh(&q->dev->queue_lock);
	return 0;
}

static int fq_init(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	struct fq *f = qdisc_priv(q);
	int err;

	q->limit = 10000;
	f->flow_plimit = 100;
	f->quantum = 2 * psched_mtu(q->dev);
	f->initial_quantum = 10 * psched_mtu(q->dev);
	f->refill_delay = 40 * HZ / 1000;
	f->max_rate = ~0ull;
	f->pacing = true;
	f->low_rate = 550000 / 8;
	f->orphan_mask = 1023;
	f->slack_ns = 10 * NSEC_PER_USEC;
	f->horizon_ns = 10 * NSEC_PER_SEC;
	f->horizon_drop = true;
	INIT_LIST_HEAD(&f->new_flows);
	INIT_LIST_HEAD(&f->old_flows);
	f->throttled = RB_ROOT;
	get_random_bytes(&f->hash_key, sizeof(f->hash_key));
	err = fq_resize(q, 10);
	if (!err && opt)
		err = fq_change(q, opt, extack);
	if (err)
		fq_destroy(q);
	return err;
}

static int fq_dump(const struct Qdisc *q, struct sk_buff *skb)
{
	const struct fq *f = qdisc_priv(q);
	struct nlattr *nest = nla_nest_start_noflag(skb, TCA_OPTIONS);

	if (!nest || nla_put_u32(skb, TCA_FQ_PLIMIT, q->limit) ||
	    nla_put_u32(skb, TCA_FQ_FLOW_PLIMIT, f->flow_plimit) ||
	    nla_put_u32(skb, TCA_FQ_QUANTUM, f->quantum) ||
	    nla_put_u32(skb, TCA_FQ_INITIAL_QUANTUM, f->initial_quantum) ||
	    nla_put_u32(skb, TCA_FQ_RATE_ENABLE, f->pacing) ||
	    nla_put_u32(skb, TCA_FQ_FLOW_MAX_RATE, (u32)min(f->max_rate, 0xffffffffull)) ||
	    nla_put_u32(skb, TCA_FQ_FLOW_REFILL_DELAY, f->refill_delay * 1000) ||
	    nla_put_u32(skb, TCA_FQ_ORPHAN_MASK, f->orphan_mask) ||
	    nla_put_u32(skb, TCA_FQ_LOW_RATE_THRESHOLD, f->low_rate) ||
	    nla_put_u32(skb, TCA_FQ_CE_THRESHOLD, ~0u) ||
	    nla_put_u32(skb, TCA_FQ_BUCKETS_LOG, f->buckets_log) ||
	    nla_put_u32(skb, TCA_FQ_TIMER_SLACK, f->slack_ns) ||
	    nla_put_u32(skb, TCA_FQ_HORIZON, (u32)(f->horizon_ns / NSEC_PER_USEC)) ||
	    nla_put_u8(skb, TCA_FQ_HORIZON_DROP, f->horizon_drop))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fq_dump_stats(const struct Qdisc *q, struct sk_buff *skb)
{
	const struct fq *f = qdisc_priv(q);
	struct tc_fq_qd_stats st = f->st;
	const struct fq_flow *next =
		rb_entry_safe(rb_first(&f->throttled), struct fq_flow, delayed);

	st.flows = f->flows;
	st.inactive_flows = f->idle;
	st.throttled_flows = f->nr_throttled;
	st.time_next_delayed_flow = next ? (s64)next->next_ns - ktime_get() : 0;
	return nla_put(skb, TCA_STATS_APP, sizeof(st), &st);
}

const struct Qdisc_ops fq_ops = {
	.id = "fq",
	.priv_size = sizeof(struct fq),
	.init = fq_init,
	.change = fq_change,
	.enqueue = fq_enqueue,
	.dequeue = fq_dequeue,
	.reset = fq_reset,
	.destroy = fq_destroy,
	.dump = fq_dump,
	.dump_stats = fq_dump_stats,
};
