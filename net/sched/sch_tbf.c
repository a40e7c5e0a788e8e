/* SPDX-License-Identifier: MIT */
/* tbf, the token bucket: packets go as long as the bucket has as many tokens (here: nanoseconds of
 * the rate) as they are long; it fills by the clock, up to the burst. A second, small bucket bounds
 * the peak. What waits is in its child, a bfifo unless another is put there. tc-tbf(8). */
#include "sched_internal.h"

struct tbf {
	u64 rate, peak;	       /* bytes a second; peak 0: none */
	u64 buffer_ns, mtu_ns; /* what the two buckets hold */
	u32 max_size;	       /* bytes of the longest packet that can ever go */
	u32 limit;	       /* bytes that may wait in the usual child */
	s64 tokens, ptokens;   /* ns */
	u64 t_c;	       /* when they were last counted */
	struct sk_buff *held;  /* the next: out of the child, but not paid yet */
};

/* ---- in ---- */

/* Into the child. */
static int tbf_put(struct sk_buff *skb, struct Qdisc *q)
{
	unsigned int len = skb->len;
	int rc = q->child->ops->enqueue(skb, q->child);

	if (rc == NET_XMIT_BYPASS)
		return qdisc_xmit_bypass(q);
	if (rc != NET_XMIT_SUCCESS) {
		q->drops++; /* the packet is counted where it was dropped */
		return rc;
	}
	q->qlen++;
	q->backlog += len;
	return rc;
}

/* Longer than any burst: its segments may fit. */
static int tbf_segment(struct sk_buff *skb, struct Qdisc *q)
{
	const struct tbf *t = qdisc_priv(q);
	struct sk_buff *seg = dev_gso_cut(skb, q->dev), *next;
	int rc = NET_XMIT_DROP;

	for (; seg; seg = next) {
		next = seg->next;
		seg->next = NULL;
		if (seg->len > t->max_size)
			dev_qdisc_drop(seg, q, SKB_DROP_REASON_QDISC_DROP);
		else if (tbf_put(seg, q) == NET_XMIT_SUCCESS)
			rc = NET_XMIT_SUCCESS;
	}
	return rc;
}

static int tbf_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	const struct tbf *t = qdisc_priv(q);

	if (likely(qdisc_pkt_len(skb) <= t->max_size))
		return tbf_put(skb, q);
	if (skb_is_gso(skb))
		return tbf_segment(skb, q);
	return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
}

/* ---- out ---- */

static struct sk_buff *tbf_dequeue(struct Qdisc *q)
{
	struct tbf *t = qdisc_priv(q);
	struct sk_buff *skb = t->held;
	s64 toks, ptoks = 0;
	unsigned int len;
	u64 now;

	if (!skb)
		skb = t->held = q->child->ops->dequeue(q->child);
	if (!skb)
		return NULL;
	len = qdisc_pkt_len(skb);
	now = ktime_get_ns();
	toks = (s64)min(now - t->t_c, t->buffer_ns);
	if (t->peak) {
		ptoks = min(toks + t->ptokens, (s64)t->mtu_ns);
		ptoks -= (s64)rate_to_ns(t->peak, len);
	}
	toks = min(toks + t->tokens, (s64)t->buffer_ns) - (s64)rate_to_ns(t->rate, len);
	if (toks < 0 || ptoks < 0) {
		qdisc_watchdog_at(q, now + (u64)max(-toks, -ptoks));
		q->overlimits++;
		return NULL;
	}
	t->held = NULL;
	t->t_c = now;
	t->tokens = toks;
	t->ptokens = ptoks;
	qdisc_note_dequeue(q, skb);
	return skb;
}

static void tbf_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	struct tbf *t = qdisc_priv(q);

	kfree_skb_reason(t->held, why);
	t->held = NULL;
	t->t_c = ktime_get_ns();
	t->tokens = (s64)t->buffer_ns;
	t->ptokens = (s64)t->mtu_ns;
}

/* ---- options ---- */

static const struct nla_policy tbf_policy[TCA_TBF_MAX + 1] = {
	[TCA_TBF_PARMS] = { NLA_UNSPEC, sizeof(struct tc_tbf_qopt) },
	[TCA_TBF_RATE64] = { NLA_U64, 0 },
	[TCA_TBF_PRATE64] = { NLA_U64, 0 },
	[TCA_TBF_BURST] = { NLA_U32, 0 },
	[TCA_TBF_PBURST] = { NLA_U32, 0 },
};

/* What the attributes say. 0 or -EINVAL. */
static int tbf_parse(struct tbf *t, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[TCA_TBF_MAX + 1];
	const struct tc_tbf_qopt *p;
	int err;

	if (!opt)
		return -EINVAL;
	err = nla_parse_nested(tb, TCA_TBF_MAX, opt, tbf_policy, extack);
	if (err)
		return err;
	if (!tb[TCA_TBF_PARMS])
		return -EINVAL;
	p = nla_data(tb[TCA_TBF_PARMS]);
	t->limit = p->limit;
	t->rate = tb[TCA_TBF_RATE64] ? nla_get_u64(tb[TCA_TBF_RATE64]) : p->rate.rate;
	t->peak = tb[TCA_TBF_PRATE64] ? nla_get_u64(tb[TCA_TBF_PRATE64]) : p->peakrate.rate;
	if (!t->rate) {
		NL_SET_ERR_MSG(extack, "The rate cannot be zero");
		return -EINVAL;
	}
	if (t->peak && t->peak <= t->rate) {
		NL_SET_ERR_MSG(extack, "Peakrate must be higher than rate");
		return -EINVAL;
	}
	t->buffer_ns = psched_ticks_to_ns(p->buffer);
	t->max_size = ns_to_len(t->rate, t->buffer_ns);
	if (tb[TCA_TBF_BURST]) {
		t->max_size = nla_get_u32(tb[TCA_TBF_BURST]);
		t->buffer_ns = rate_to_ns(t->rate, t->max_size);
	}
	t->mtu_ns = 0;
	if (t->peak && tb[TCA_TBF_PBURST]) {
		t->mtu_ns = rate_to_ns(t->peak, nla_get_u32(tb[TCA_TBF_PBURST]));
		t->max_size = min(t->max_size, nla_get_u32(tb[TCA_TBF_PBURST]));
	} else if (t->peak) {
		t->mtu_ns = psched_ticks_to_ns(p->mtu);
		t->max_size = min(t->max_size, ns_to_len(t->peak, t->mtu_ns));
	}
	if (!t->max_size) {
		NL_SET_ERR_MSG(extack, "No packet fits in the burst");
		return -EINVAL;
	}
	return 0;
}

static int tbf_change(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	struct tbf new = { 0 }, *t = qdisc_priv(q);
	struct Qdisc *child = q->child;
	int err = tbf_parse(&new, opt, extack);

	if (err)
		return err;
	if (!child) {
		child = qdisc_create(q->dev, &bfifo_ops, NULL, extack);
		if (IS_ERR(child))
			return (int)PTR_ERR(child);
	}
	spin_lock_bh(&q->dev->queue_lock);
	child->up = q;
	q->child = child;
	q->limit = new.limit;
	if (!child->handle && child->ops == &bfifo_ops)
		fifo_set_limit(child, new.limit);
	new.held = t->held;
	new.tokens = (s64) new.buffer_ns;
	new.ptokens = (s64) new.mtu_ns;
	new.t_c = ktime_get_ns();
	*t = new;
	spin_unlock_bh(&q->dev->queue_lock);
	return 0;
}

static int tbf_dump(const struct Qdisc *q, struct sk_buff *skb)
{
	const struct tbf *t = qdisc_priv(q);
	struct tc_tbf_qopt p = {
		.rate = { .rate = (u32)min(t->rate, 0xffffffffull), .linklayer = 1 },
		.peakrate = { .rate = (u32)min(t->peak, 0xffffffffull), .linklayer = 1 },
		.limit = t->limit,
		.buffer = psched_ns_to_ticks(t->buffer_ns),
		.mtu = psched_ns_to_ticks(t->mtu_ns),
	};
	struct nlattr *nest = nla_nest_start_noflag(skb, TCA_OPTIONS);

	if (!nest || nla_put(skb, TCA_TBF_PARMS, sizeof(p), &p) ||
	    (t->rate > 0xffffffffull && nla_put_u64(skb, TCA_TBF_RATE64, t->rate)) ||
	    (t->peak > 0xffffffffull && nla_put_u64(skb, TCA_TBF_PRATE64, t->peak)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

const struct Qdisc_ops tbf_ops = {
	.id = "tbf",
	.priv_size = sizeof(struct tbf),
	.init = tbf_change,
	.change = tbf_change,
	.enqueue = tbf_enqueue,
	.dequeue = tbf_dequeue,
	.reset = tbf_reset,
	.dump = tbf_dump,
	.has_child = true,
};
