/* SPDX-License-Identifier: MIT */
/* First in, first out: pfifo_fast with three bands by priority (the usual one), pfifo bounded by
 * packets, bfifo by bytes. Book section 12.7.3; tc-pfifo_fast(8), tc-pfifo(8). */
#include "sched_internal.h"

#define PFIFO_BANDS 3
static const u8 prio2band[16] = {
	1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1
}; /* by TC_PRIO_x */

/* ---- pfifo_fast ---- */

static int pfifo_fast_init(struct Qdisc *q, const struct nlattr *opt,
			   struct netlink_ext_ack *extack)
{
	struct sk_buff_head *band = qdisc_priv(q);
	int i;

	for (i = 0; i < PFIFO_BANDS; i++)
		skb_queue_head_init(&band[i]);
	q->flags |= TCQ_F_CAN_BYPASS;
	return 0;
}

static inline int fifo_add(struct sk_buff *skb, struct Qdisc *q, int band)
{
	skb_dst_force(skb);
	__skb_queue_tail((struct sk_buff_head *)qdisc_priv(q) + band, skb);
	qdisc_note_enqueue(q, skb);
	return NET_XMIT_SUCCESS;
}

static int pfifo_fast_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	if (unlikely(q->qlen >= q->limit))
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	return fifo_add(skb, q, prio2band[skb->priority & 15]);
}

static struct sk_buff *pfifo_fast_dequeue(struct Qdisc *q)
{
	struct sk_buff_head *band = qdisc_priv(q);
	struct sk_buff *skb;
	int i;

	for (i = 0; i < PFIFO_BANDS; i++) {
		skb = __skb_dequeue(&band[i]);
		if (skb) {
			qdisc_note_dequeue(q, skb);
			return skb;
		}
	}
	return NULL;
}

static void pfifo_fast_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	struct sk_buff_head *band = qdisc_priv(q);
	int i;

	for (i = 0; i < PFIFO_BANDS; i++)
		skb_queue_purge_reason(&band[i], why);
}

static int pfifo_fast_dump(const struct Qdisc *q, struct sk_buff *skb)
{
	struct tc_prio_qopt opt = { .bands = PFIFO_BANDS };

	memcpy(opt.priomap, prio2band, sizeof(opt.priomap));
	return nla_put(skb, TCA_OPTIONS, sizeof(opt), &opt);
}

const struct Qdisc_ops pfifo_fast_ops = {
	.id = "pfifo_fast",
	.priv_size = PFIFO_BANDS * sizeof(struct sk_buff_head),
	.init = pfifo_fast_init,
	.enqueue = pfifo_fast_enqueue,
	.dequeue = pfifo_fast_dequeue,
	.reset = pfifo_fast_reset,
	.dump = pfifo_fast_dump,
	.txqlen_limits = true,
};

/* ---- pfifo, bfifo ---- */

static int pfifo_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	if (unlikely(q->qlen >= q->limit))
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	return fifo_add(skb, q, 0);
}

static int bfifo_enqueue(struct sk_buff *skb, struct Qdisc *q)
{
	if (unlikely(q->backlog + skb->len > q->limit))
		return dev_qdisc_drop(skb, q, SKB_DROP_REASON_QDISC_DROP);
	return fifo_add(skb, q, 0);
}

static struct sk_buff *fifo_dequeue(struct Qdisc *q)
{
	struct sk_buff *skb = __skb_dequeue(qdisc_priv(q));

	if (skb)
		qdisc_note_dequeue(q, skb);
	return skb;
}

static void fifo_reset(struct Qdisc *q, enum skb_drop_reason why)
{
	skb_queue_purge_reason(qdisc_priv(q), why);
}

static int fifo_change(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	const struct tc_fifo_qopt *ctl = opt ? nla_data(opt) : NULL;
	u32 limit = max(q->dev->tx_queue_len, 1u);

	if (opt && nla_len(opt) < (int)sizeof(*ctl))
		return -EINVAL;
	if (ctl)
		limit = ctl->limit;
	else if (q->ops == &bfifo_ops)
		limit *= psched_mtu(q->dev);
	fifo_set_limit(q, limit);
	if (limit >= (q->ops == &bfifo_ops ? psched_mtu(q->dev) : 1))
		q->flags |= TCQ_F_CAN_BYPASS;
	else
		q->flags &= ~(u32)TCQ_F_CAN_BYPASS;
	return 0;
}

static int fifo_init(struct Qdisc *q, const struct nlattr *opt, struct netlink_ext_ack *extack)
{
	skb_queue_head_init(qdisc_priv(q));
	return fifo_change(q, opt, extack);
}

static int fifo_dump(const struct Qdisc *q, struct sk_buff *skb)
{
	struct tc_fifo_qopt opt = { .limit = q->limit };

	return nla_put(skb, TCA_OPTIONS, sizeof(opt), &opt);
}

const struct Qdisc_ops pfifo_ops = {
	.id = "pfifo",
	.priv_size = sizeof(struct sk_buff_head),
	.init = fifo_init,
	.change = fifo_change,
	.enqueue = pfifo_enqueue,
	.dequeue = fifo_dequeue,
	.reset = fifo_reset,
	.dump = fifo_dump,
};
const struct Qdisc_ops bfifo_ops = {
	.id = "bfifo",
	.priv_size = sizeof(struct sk_buff_head),
	.init = fifo_init,
	.change = fifo_change,
	.enqueue = bfifo_enqueue,
	.dequeue = fifo_dequeue,
	.reset = fifo_reset,
	.dump = fifo_dump,
};
