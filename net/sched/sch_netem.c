/* SPDX-License-Identifier: MIT */
/* netem: a network's troubles, for teaching and tests. What it is given is lost, doubled, damaged,
 * delayed and put out of order by chance, and paced by a rate; the chance is its own generator,
 * whose seed can be told, so that what happened once happens again. tc-netem(8). */
#include <kernel/random.h>
#include <kernel/rbtree.h>
#include <kernel/slab.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "netem_internal.h"

struct netem {
	struct rb_root waiting;	   /* by time_ns */
	struct sk_buff_head ahead; /* what overtakes: goes at once */
	struct netem_delay delay;
	struct netem_loss loss;
	u64 rate;
	u32 duplicate, reorder, corrupt; /* probabilities of ~0 */
	u32 gap, counter;
	s32 overhead, cell_overhead;
	u32 cell_size;
	bool ecn;	/* what would be lost is marked, where it can be */
	bool no_double; /* a copy comes in: it is not doubled again */
	struct netem_cor dup_cor, reorder_cor, corrupt_cor;
	u64 seed, rnd; /* as told, and where the generator is */
};

/* How long a packet of @len bytes is on a wire of the rate, in cells where it has those. */
static u64 wire_time(const struct netem *n, unsigned int len)
{
	s64 bytes = (s64)len + n->overhead;

	if (n->cell_size) {
		s64 cells = (bytes + n->cell_size - 1) / n->cell_size;

		bytes = cells * ((s64)n->cell_size + n->cell_overhead);
	}
	return bytes > 0 ? rate_to_ns(n->rate, (u64)bytes) : 0;
}

/* ---- the queue ---- */

static struct sk_buff *first_waiting(const struct netem *n)
{
	return rb_entry_safe(rb_first(&n->waiting), struct sk_buff, rbnode);
}

static void wait_until(struct netem *n, struct sk_buff *skb, u64 time_ns)
{
	struct rb_node **link = &n->waiting.node, *parent = NULL;

	qdisc_skb_cb(skb)->time_ns = time_ns;
	while (*link) {
		parent = *link;
		link = time_ns < qdisc_skb_cb(rb_entry(parent, struct sk_buff, rbnode))->time_ns
			       ? &parent->left
			       : &parent->right;
	}
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &n->waiting);
}

static void take_waiting(struct netem *n, struct sk_buff *skb)
{
	rb_erase(&skb->rbnode, &n->waiting);
	skb->next = skb->prev = NULL;
}

/* When it is due: with a rate it begins behind the last one. */
static u64 due_time(struct netem *n, const struct sk_buff *skb)
{
	u64 now = ktime_get_ns(), delay = netem_draw_delay(&n->rnd, &n->delay);
	struct sk_buff *last;

	if (!n->rate)
		return now + delay;
	last = rb_entry_safe(rb_last(&n->waiting), struct sk_buff, rbnode);
	if (last && qdisc_skb_cb(last)->time_ns > now) { /* the delay runs while it waits there */
		u64 ahead = qdisc_skb_cb(last)->time_ns - now;

		delay = delay > ahead ? delay - ahead : 0;
		now = qdisc_skb_cb(last)->time_ns;
	}
	return now + delay + wire_time(n, qdisc_pkt_len(skb));
}

/* One bit of its headers or linear data turns. NULL: no memory for a copy of its own; counted. */
static struct sk_buff *damage(struct sk_buff *skb, struct Qdisc *q)
{
	struct netem *n = qdisc_priv(q);
	unsigned int len;

	if (skb_is_gso(skb)) /* only its first segment would be wrong, and all would be told so */
		return skb;
	if ((skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)) || skb_cow(skb, 0)) {
		dev_qdisc_drop(skb, q, SKB_DROP_REASON_NOMEM);
		return NULL;
	}
	len = skb_headlen(skb);
	if (len)
		skb->data[netem_random(&n->rnd) % len] ^= (u8)(1u << (netem_random(&n->rnd) & 7));
	return skb;
}

/* A second one, as if it had been sent twice: through the root, where the first came in. */
static void duplicate(struct sk_buff *skb, struct Qdisc *q)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);
	struct netem *n = qdisc_priv(q);
	struct Qdisc *root = q;

	if (!copy)
		return;
	while (root->up)
		root = root->up;
	n->no_double = true;
	root->ops->enqueue(copy, root);
	n->no_double = false;
}

/* It is told of congestion instead. False: it does not know of that. */
static bool netem_mark(struct sk_buff *skb)
{
	struct iphdr *iph;
	__be16 old;

	if (skb->protocol != htons(ETH_P_IP) ||
	    skb_network_offset(skb) + (int)sizeof(*iph) > (int)skb_headlen(skb) ||
	    !(ip_hdr(skb)->tos & INET_ECN_MASK) || skb_cow_head(skb, 0))
		return false;
	iph = ip_hdr(skb);
	old = *(__be16 *)iph;
	iph->tos |= INET_ECN_CE;
	csum_replace2(&iph->check, old, *(__be16 *)iph);
	return true;
}

static int netem_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	struct netem *n = qdisc_priv(q);
	bool twice = !n->no_double && netem_happens(&n->rnd, n->duplicate, &n->dup_cor);

	/* of two of them one is lost: one goes */
	if (netem_lost(&n->rnd, &n->loss)) {
		if (n->ecn && netem_mark(skb)) {
			q->drops++; /* Linux counts it so */
		} else if (!twice) {
			dev_qdisc_drop(skb, q, SKB_DROP_REASON_NETEM_LOSS);
			return qdisc_xmit_bypass(q); /* the sender is not to know */
		} else {
			twice = false;
		}
	}
	/* what is on its way is not in its sock's send buffer any more */
	if ((n->delay.latency_ns || n->delay.jitter_ns || n->rate) &&
	    !(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP))
		skb_orphan(skb);
	if (twice)
		duplicate(skb, q);
	if (netem_happens(&n->rnd, n->corrupt, &n->corrupt_cor)) {
		skb = damage(skb, q);
		if (!skb)
			return NET_XMIT_DROP;
	}
	if (q->qlen >= q->limit)
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	skb_dst_force(skb);
	if (!n->gap || n->counter < n->gap - 1 ||
	    n->reorder < netem_correlated(&n->rnd, &n->reorder_cor)) {
		wait_until(n, skb, due_time(n, skb));
		n->counter++;
	} else {
		__skb_queue_tail(&n->ahead, skb);
		n->counter = 0;
		q->requeues++;
	}
	qdisc_note_enqueue(q, skb);
	return NET_XMIT_SUCCESS;
}

/* The next that is due, out of the delay's queue; NULL: none yet. */
static struct sk_buff *next_due(struct Qdisc *q)
{
	struct netem *n = qdisc_priv(q);
	struct sk_buff *skb = __skb_dequeue(&n->ahead);

	if (skb)
		return skb;
	skb = first_waiting(n);
	if (!skb)
		return NULL;
	if (qdisc_skb_cb(skb)->time_ns > ktime_get_ns()) {
		qdisc_watchdog_at(q, qdisc_skb_cb(skb)->time_ns);
		return NULL;
	}
	take_waiting(n, skb);
	return skb;
}

static struct sk_buff *netem_dequeue(struct Qdisc *q)
{
	struct sk_buff *skb;

	while ((skb = next_due(q)) != NULL) {
		unsigned int len = skb->len;
		int rc;

		if (!q->child) {
			qdisc_note_dequeue(q, skb);
			return skb;
		}
		rc = q->child->ops->enqueue(skb, q->child);
		if (rc != NET_XMIT_SUCCESS) {
			q->drops += rc != NET_XMIT_BYPASS;
			q->qlen--;
			q->backlog -= len;
			qdisc_tree_reduce(q, 1, len);
		}
	}
	skb = q->child ? q->child->ops->dequeue(q->child) : NULL;
	if (skb)
		qdisc_note_dequeue(q, skb);
	return skb;
}

static void netem_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	struct netem *n = qdisc_priv(q);
	struct sk_buff *skb;

	skb_queue_purge_reason(&n->ahead, why);
	while ((skb = first_waiting(n)) != NULL) {
		take_waiting(n, skb);
		kfree_skb_reason(skb, why);
	}
}

/* ---- options ---- */

static const struct nla_policy netem_policy[TCA_NETEM_MAX + 1] = {
	[TCA_NETEM_CORR] = { NLA_UNSPEC, sizeof(struct tc_netem_corr) },
	[TCA_NETEM_REORDER] = { NLA_UNSPEC, sizeof(struct tc_netem_reorder) },
	[TCA_NETEM_CORRUPT] = { NLA_UNSPEC, sizeof(struct tc_netem_corrupt) },
	[TCA_NETEM_ECN] = { NLA_U32, 0 },
	[TCA_NETEM_LOSS] = { NLA_NESTED, 0 },
	[TCA_NETEM_RATE] = { NLA_UNSPEC, sizeof(struct tc_netem_rate) },
	[TCA_NETEM_RATE64] = { NLA_U64, 0 },
	[TCA_NETEM_LATENCY64] = { NLA_U64, 0 },
	[TCA_NETEM_JITTER64] = { NLA_U64, 0 },
	[TCA_NETEM_PRNG_SEED] = { NLA_U64, 0 },
};

static int refuse_options(const struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	const struct nlattr *slot = tb[TCA_NETEM_SLOT] ? tb[TCA_NETEM_SLOT]
						       : tb[TCA_NETEM_SLOT_DIST];

	if (!slot)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, slot, "netem does not offer slots here");
	return -EOPNOTSUPP;
}

static void set_correlations(struct netem *n, const struct nlattr *tb[])
{
	const struct tc_netem_corr *c = tb[TCA_NETEM_CORR] ? nla_data(tb[TCA_NETEM_CORR]) : NULL;
	const struct tc_netem_reorder *r = tb[TCA_NETEM_REORDER] ? nla_data(tb[TCA_NETEM_REORDER])
								 : NULL;
	const struct tc_netem_corrupt *k = tb[TCA_NETEM_CORRUPT] ? nla_data(tb[TCA_NETEM_CORRUPT])
								 : NULL;

	if (c) {
		n->delay.cor.rho = c->delay_corr;
		n->loss.cor.rho = c->loss_corr;
		n->dup_cor.rho = c->dup_corr;
	}
	if (r) {
		n->reorder = r->probability;
		n->reorder_cor.rho = r->correlation;
	}
	if (k) {
		n->corrupt = k->probability;
		n->corrupt_cor.rho = k->correlation;
	}
}

static void set_rate(struct netem *n, const struct nlattr *tb[])
{
	const struct tc_netem_rate *r = tb[TCA_NETEM_RATE] ? nla_data(tb[TCA_NETEM_RATE]) : NULL;

	if (!r)
		return;
	n->rate = tb[TCA_NETEM_RATE64] ? nla_get_u64(tb[TCA_NETEM_RATE64]) : r->rate;
	n->overhead = r->packet_overhead;
	n->cell_size = r->cell_size;
	n->cell_overhead = r->cell_overhead;
}

#define NETEM_TIME_MAX                                                            \
	(3600ull * NSEC_PER_SEC) /* of latency and jitter: their sum stays a time \
				  */

static u64 time_of(const struct nlattr *attr, u32 ticks)
{
	u64 ns = attr ? nla_get_u64(attr) : psched_ticks_to_ns(ticks);

	return min(ns, NETEM_TIME_MAX);
}

static int netem_change(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[TCA_NETEM_MAX + 1];
	const struct tc_netem_qopt *p;
	struct netem *n = qdisc_priv(q);
	struct netem_loss loss = { 0 };
	struct netem_delay delay = { 0 };
	int err;

	if (!opt || nla_len(opt) < (int)sizeof(*p))
		return -EINVAL;
	p = nla_data(opt);
	err = nla_parse(tb, TCA_NETEM_MAX, (const struct nlattr *)(p + 1),
			nla_len(opt) - (int)NLA_ALIGN(sizeof(*p)), netem_policy,
			NL_VALIDATE_LIBERAL, extack);
	if (!err)
		err = refuse_options(tb, extack);
	if (!err)
		err = netem_read_loss(&loss, tb[TCA_NETEM_LOSS], extack);
	if (!err && tb[TCA_NETEM_DELAY_DIST])
		err = netem_read_dist(&delay, tb[TCA_NETEM_DELAY_DIST], extack);
	if (err)
		return err;
	loss.probability = p->loss;
	loss.cor = n->loss.cor;
	delay.latency_ns = time_of(tb[TCA_NETEM_LATENCY64], p->latency);
	delay.jitter_ns = time_of(tb[TCA_NETEM_JITTER64], p->jitter);
	delay.cor = n->delay.cor;
	if (!delay.dist) { /* as on Linux: one that was told stays */
		delay.dist = n->delay.dist;
		delay.dist_len = n->delay.dist_len;
		n->delay.dist = NULL;
	}
	spin_lock_bh(&q->dev->queue_lock);
	swap(n->delay, delay);
	n->loss = loss;
	q->limit = p->limit;
	n->duplicate = p->duplicate;
	n->gap = p->gap;
	n->counter = 0;
	if (p->gap)
		n->reorder = 0xffffffff; /* alone: each one that ends it overtakes */
	set_correlations(n, tb);
	set_rate(n, tb);
	if (tb[TCA_NETEM_PRNG_SEED])
		n->rnd = n->seed = nla_get_u64(tb[TCA_NETEM_PRNG_SEED]);
	if (tb[TCA_NETEM_ECN])
		n->ecn = nla_get_u32(tb[TCA_NETEM_ECN]);
	spin_unlock_bh(&q->dev->queue_lock);
	kfree(delay.dist);
	return 0;
}

static int netem_init(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	struct netem *n = qdisc_priv(q);

	n->waiting = RB_ROOT;
	skb_queue_head_init(&n->ahead);
	n->rnd = n->seed = get_random_u64();
	return netem_change(q, opt, extack);
}

static void netem_destroy(struct Qdisc *q)
{
	struct netem *n = qdisc_priv(q);

	kfree(n->delay.dist);
	n->delay.dist = NULL;
}

static int netem_dump(const struct Qdisc *q, struct sk_buff *skb)
{
	const struct netem *n = qdisc_priv(q);
	struct tc_netem_qopt p = { .latency = psched_ns_to_ticks(n->delay.latency_ns),
				   .limit = q->limit,
				   .loss = n->loss.probability,
				   .gap = n->gap,
				   .duplicate = n->duplicate,
				   .jitter = psched_ns_to_ticks(n->delay.jitter_ns) };
	struct tc_netem_corr c = { n->delay.cor.rho, n->loss.cor.rho, n->dup_cor.rho };
	struct tc_netem_reorder r = { n->reorder, n->reorder_cor.rho };
	struct tc_netem_corrupt k = { n->corrupt, n->corrupt_cor.rho };
	struct tc_netem_rate rate = { (u32)min(n->rate, 0xffffffffull), n->overhead, n->cell_size,
				      n->cell_overhead };
	struct nlattr *nest = nla_reserve(skb, TCA_OPTIONS, sizeof(p));

	if (!nest)
		return -EMSGSIZE;
	memcpy(nla_data(nest), &p, sizeof(p));
	if (nla_put_u64(skb, TCA_NETEM_LATENCY64, n->delay.latency_ns) ||
	    nla_put_u64(skb, TCA_NETEM_JITTER64, n->delay.jitter_ns) ||
	    nla_put(skb, TCA_NETEM_CORR, sizeof(c), &c) ||
	    nla_put(skb, TCA_NETEM_REORDER, sizeof(r), &r) ||
	    nla_put(skb, TCA_NETEM_CORRUPT, sizeof(k), &k) ||
	    (n->rate > 0xffffffffull && nla_put_u64(skb, TCA_NETEM_RATE64, n->rate)) ||
	    nla_put(skb, TCA_NETEM_RATE, sizeof(rate), &rate) || netem_put_loss(skb, &n->loss) ||
	    (n->ecn && nla_put_u32(skb, TCA_NETEM_ECN, 1)) ||
	    nla_put_u64(skb, TCA_NETEM_PRNG_SEED, n->seed))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

const struct Qdisc_ops netem_ops = {
	.id = "netem",
	.priv_size = sizeof(struct netem),
	.init = netem_init,
	.change = netem_change,
	.enqueue = netem_enqueue,
	.dequeue = netem_dequeue,
	.reset = netem_reset,
	.destroy = netem_destroy,
	.dump = netem_dump,
	.has_child = true,
};
