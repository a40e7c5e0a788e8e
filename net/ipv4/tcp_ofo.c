/* SPDX-License-Identifier: MIT */
/* The out-of-order queue: a red-black tree by sequence number without overlaps, its merging,
 * collapsing and pruning. RFC 9293 section 3.10.7.4 (seventh step). */
#include "tcp_internal.h"

/* Data that lies in the queue already. */
static void tcp_ofo_drop_covered(struct sock *sk, struct sk_buff *skb)
{
	NET_INC_STATS(sock_net(sk), TCPOFOMERGE);
	kfree_skb_reason(skb, SKB_DROP_REASON_TCP_OFOMERGE);
}

static bool tcp_ofo_coalesce(struct sock *sk, struct sk_buff *to, struct sk_buff *from)
{
	bool stolen;

	if (!tcp_try_coalesce(sk, to, from, &stolen))
		return false;
	if (tcp_is_sack(tcp_sk(sk)))
		tcp_grow_window(sk, from);
	consume_skb(from);
	return true;
}

/* What of the queue @skb, just inserted, covers. */
static void tcp_ofo_merge_right(struct sock *sk, struct sk_buff *skb)
{
	u32 end_seq = TCP_SKB_CB(skb)->end_seq;
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *next;

	while ((next = skb_rb_next(skb)) != NULL) {
		struct tcp_skb_cb *cb = TCP_SKB_CB(next);

		if (!after(end_seq, cb->seq))
			break;
		if (before(end_seq, cb->end_seq)) {
			tcp_dsack_extend(sk, cb->seq, end_seq);
			break;
		}
		tcp_dsack_extend(sk, cb->seq, cb->end_seq);
		if (next == tp->ooo_last_skb)
			tp->ooo_last_skb = skb;
		tcp_rb_erase(next, &tp->out_of_order_queue);
		tcp_ofo_drop_covered(sk, next);
	}
	if (!next)
		tp->ooo_last_skb = skb;
}

enum tcp_ofo_verdict { OFO_INSERTED, OFO_EATEN };

/* Find @skb's place. OFO_EATEN: it was merged into a neighbour or brought nothing, and is gone. */
static enum tcp_ofo_verdict tcp_ofo_insert(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node **p = &tp->out_of_order_queue.node, *parent = NULL;
	u32 seq = TCP_SKB_CB(skb)->seq, end_seq = TCP_SKB_CB(skb)->end_seq;

	if (tcp_ofo_coalesce(sk, tp->ooo_last_skb, skb))
		return OFO_EATEN;
	if (!before(seq,
		    TCP_SKB_CB(tp->ooo_last_skb)->end_seq)) { /* the usual case: behind the last */
		parent = &tp->ooo_last_skb->rbnode;
		p = &parent->right;
	}
	while (*p) {
		struct sk_buff *old = rb_to_skb(*p);
		struct tcp_skb_cb *cb = TCP_SKB_CB(old);

		parent = *p;
		if (before(seq, cb->seq)) {
			p = &parent->left;
			continue;
		}
		if (before(seq, cb->end_seq)) {
			if (!after(end_seq, cb->end_seq)) {
				tcp_dsack_set(sk, seq, end_seq);
				tcp_ofo_drop_covered(sk, skb);
				return OFO_EATEN;
			}
			if (seq == cb->seq) { /* the same start and longer: it takes the place */
				tcp_dsack_extend(sk, cb->seq, cb->end_seq);
				rb_replace_node(&old->rbnode, &skb->rbnode,
						&tp->out_of_order_queue);
				if (old == tp->ooo_last_skb)
					tp->ooo_last_skb = skb;
				old->next = old->prev = NULL;
				old->dev = NULL;
				tcp_ofo_drop_covered(sk, old);
				return OFO_INSERTED;
			}
			tcp_dsack_set(sk, seq, cb->end_seq);
		} else if (tcp_ofo_coalesce(sk, old, skb)) {
			return OFO_EATEN;
		}
		p = &parent->right;
	}
	rb_link_node(&skb->rbnode, parent, p);
	rb_insert_color(&skb->rbnode, &tp->out_of_order_queue);
	return OFO_INSERTED;
}

/* tcp_data_queue_ofo - @skb is in the window but not next. Consumes skb. */
void tcp_data_queue_ofo(struct sock *sk, struct sk_buff *skb)
{
	u32 seq = TCP_SKB_CB(skb)->seq, end_seq = TCP_SKB_CB(skb)->end_seq;
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_ecn_check_ce(sk, skb);
	if (unlikely(tcp_try_rmem_schedule(sk, skb, skb->truesize))) {
		NET_INC_STATS(sock_net(sk), TCPOFODROP);
		sk->sk_data_ready(sk);
		kfree_skb_reason(skb, SKB_DROP_REASON_PROTO_MEM);
		return;
	}
	tp->pred_flags = 0;
	tp->rcv_ooopack += skb_nr_segs(skb);
	NET_INC_STATS(sock_net(sk), TCPOFOQUEUE);
	skb->dev = NULL;
	if (RB_EMPTY_ROOT(&tp->out_of_order_queue)) {
		rb_link_node(&skb->rbnode, NULL, &tp->out_of_order_queue.node);
		rb_insert_color(&skb->rbnode, &tp->out_of_order_queue);
		tp->ooo_last_skb = skb;
	} else if (tcp_ofo_insert(sk, skb) == OFO_EATEN) {
		skb = NULL;
	} else {
		tcp_ofo_merge_right(sk, skb);
	}
	if (tcp_is_sack(tp)) {
		tcp_sack_new_ofo_skb(sk, seq, end_seq);
		if (skb)
			tcp_grow_window(sk, skb);
	}
	if (skb)
		skb_set_owner_r(skb, sk);
	inet_csk_schedule_ack(sk); /* now: an ACK that went for older blocks does not tell of this one */
}

/* tcp_ofo_queue - rcv_nxt moved: what has become next goes to the receive queue. */
void tcp_ofo_queue(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 dsack_high = tp->rcv_nxt;
	struct sk_buff *skb, *tail;
	bool fin, stolen;

	while ((skb = skb_rb_first(&tp->out_of_order_queue)) != NULL) {
		struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

		if (after(cb->seq, tp->rcv_nxt))
			break;
		if (before(cb->seq, dsack_high)) {
			u32 dsack = dsack_high;

			if (before(cb->end_seq, dsack_high))
				dsack = cb->end_seq;
			else
				dsack_high = cb->end_seq;
			tcp_dsack_extend(sk, cb->seq, dsack);
		}
		tcp_rb_erase(skb, &tp->out_of_order_queue);
		if (skb == tp->ooo_last_skb)
			tp->ooo_last_skb = NULL;
		if (unlikely(!after(cb->end_seq, tp->rcv_nxt))) {
			kfree_skb_reason(skb, SKB_DROP_REASON_TCP_OLD_DATA);
			continue;
		}
		tail = skb_peek_tail(&sk->sk_receive_queue);
		fin = cb->tcp_flags & TCPHDR_FIN;
		tp->bytes_received += cb->end_seq - tp->rcv_nxt;
		tp->rcv_nxt = cb->end_seq;
		if (tail && tcp_try_coalesce(sk, tail, skb, &stolen))
			consume_skb(skb);
		else
			__skb_queue_tail(&sk->sk_receive_queue, skb);
		if (unlikely(fin)) {
			tcp_fin(sk); /* which purges the rest */
			break;
		}
	}
}

/* ---- collapsing: many small segments in large buffers become few full ones ---- */

static struct sk_buff *tcp_collapse_next(struct sk_buff *skb, struct sk_buff_head *list)
{
	if (list)
		return skb_queue_is_last(list, skb) ? NULL : skb->next;
	return skb_rb_next(skb);
}

/* Frees @skb of the queue; returns its successor. */
static struct sk_buff *tcp_collapse_one(struct sock *sk, struct sk_buff *skb,
					struct sk_buff_head *list, struct rb_root *root)
{
	struct sk_buff *next = tcp_collapse_next(skb, list);

	if (list)
		__skb_unlink(skb, list);
	else
		tcp_rb_erase(skb, root);
	consume_skb(skb);
	NET_INC_STATS(sock_net(sk), TCPRCVCOLLAPSED);
	return next;
}

static bool tcp_collapse_stops_at(const struct sk_buff *skb, const struct sk_buff *tail)
{
	return !skb || skb == tail || (TCP_SKB_CB(skb)->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN));
}

/* Where collapsing pays: the first segment that is bloated, begins before *start, or does not end
 * where the next one begins. NULL: nowhere. */
static struct sk_buff *tcp_collapse_begin(struct sock *sk, struct sk_buff_head *list,
					  struct rb_root *root, struct sk_buff *skb,
					  struct sk_buff *tail, u32 *start)
{
	struct sk_buff *next;

	while (skb && skb != tail) {
		const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

		if (!before(*start, cb->end_seq)) { /* nothing new in it */
			skb = tcp_collapse_one(sk, skb, list, root);
			continue;
		}
		next = tcp_collapse_next(skb, list);
		if (!(cb->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN)) &&
		    (tcp_win_from_space(sk, (int)skb->truesize) > (int)skb->len ||
		     before(cb->seq, *start)))
			return skb;
		if (next && next != tail && cb->end_seq != TCP_SKB_CB(next)->seq)
			return cb->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN) ? NULL : skb;
		*start = cb->end_seq;
		skb = next;
	}
	return NULL;
}

/* Fills @nskb from *pskb on, freeing what is emptied, and what has nothing new. true: *pskb has more. */
static bool tcp_collapse_fill(struct sock *sk, struct sk_buff *nskb, struct sk_buff **pskb,
			      struct sk_buff *tail, struct sk_buff_head *list, struct rb_root *root,
			      u32 *start, u32 copy)
{
	struct sk_buff *skb = *pskb;

	while (copy > 0) {
		u32 offset = *start - TCP_SKB_CB(skb)->seq,
		    size = min(copy, TCP_SKB_CB(skb)->end_seq - *start);

		if (WARN_ON_ONCE(skb_copy_bits(skb, (int)offset, skb_put(nskb, size), (int)size)))
			return false;
		TCP_SKB_CB(nskb)->end_seq += size;
		copy -= size;
		*start += size;
		while (!before(*start, TCP_SKB_CB(skb)->end_seq)) {
			*pskb = skb = tcp_collapse_one(sk, skb, list, root);
			if (tcp_collapse_stops_at(skb, tail) || after(TCP_SKB_CB(skb)->seq, *start))
				return false;
		}
	}
	return true;
}

/* tcp_collapse - copy [start, end) of the receive list or the tree into buffers that are full.
 * Context: sock locked. */
void tcp_collapse(struct sock *sk, struct sk_buff_head *list, struct rb_root *root,
		  struct sk_buff *head, struct sk_buff *tail, u32 start, u32 end)
{
	struct sk_buff *skb = tcp_collapse_begin(sk, list, root, head, tail, &start), *nskb;
	struct sk_buff_head done;
	bool more = skb != NULL;

	__skb_queue_head_init(&done);
	if (skb && before(start, TCP_SKB_CB(skb)->seq))
		start = TCP_SKB_CB(skb)->seq;
	while (more && before(start, end)) {
		u32 copy = min((u32)SKB_WITH_OVERHEAD(4096u), end - start);

		nskb = alloc_skb(copy, GFP_ATOMIC);
		if (!nskb)
			break;
		memcpy(nskb->cb, skb->cb, sizeof(skb->cb));
		TCP_SKB_CB(nskb)->seq = TCP_SKB_CB(nskb)->end_seq = start;
		if (list)
			__skb_insert(nskb, skb->prev, skb, list);
		else
			__skb_queue_tail(&done, nskb);
		tcp_force_charge(sk, (int)nskb->truesize); /* those it replaces are given back later */
		skb_set_owner_r(nskb, sk);
		more = tcp_collapse_fill(sk, nskb, &skb, tail, list, root, &start, copy);
	}
	while ((nskb = __skb_dequeue(&done)) != NULL)
		tcp_rbtree_insert(root, nskb);
}

/* tcp_collapse_ofo_queue - each run of adjoining segments, if there is enough to gain. */
void tcp_collapse_ofo_queue(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_rb_first(&tp->out_of_order_queue), *head;
	u32 start, end, range_truesize, sum_tiny = 0;

	while (skb) {
		head = skb;
		start = TCP_SKB_CB(skb)->seq;
		end = TCP_SKB_CB(skb)->end_seq;
		range_truesize = skb->truesize;
		while ((skb = skb_rb_next(skb)) != NULL) {
			if (after(TCP_SKB_CB(skb)->seq, end) ||
			    after(start, TCP_SKB_CB(skb)->end_seq))
				break;
			range_truesize += skb->truesize;
			if (after(TCP_SKB_CB(skb)->end_seq, end))
				end = TCP_SKB_CB(skb)->end_seq;
		}
		/* a small range gains little, and a peer that sends tiny segments must not make us
		 * copy for ever */
		if (range_truesize != head->truesize || end - start >= SKB_WITH_OVERHEAD(4096u)) {
			tcp_collapse(sk, NULL, &tp->out_of_order_queue, head, skb, start, end);
		} else {
			sum_tiny += range_truesize;
			if (sum_tiny > (u32)sk->sk_rcvbuf >> 3)
				break;
		}
	}
	tp->ooo_last_skb = skb_rb_last(&tp->out_of_order_queue);
}

/* tcp_prune_ofo_queue - drop from the far end, an eighth of the buffer at a time, until the rest
 * fits. true: something went. */
bool tcp_prune_ofo_queue(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int goal = sk->sk_rcvbuf >> 3;
	struct sk_buff *skb;

	if (RB_EMPTY_ROOT(&tp->out_of_order_queue))
		return false;
	NET_INC_STATS(sock_net(sk), OFOPRUNED);
	while ((skb = skb_rb_last(&tp->out_of_order_queue)) != NULL) {
		goal -= (int)skb->truesize;
		tcp_rb_erase(skb, &tp->out_of_order_queue);
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_OFO_DROP);
		if (goal > 0)
			continue;
		sk_mem_reclaim(sk);
		if (sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf && !sock_net(sk)->tcp.memory_pressure)
			break;
		goal = sk->sk_rcvbuf >> 3;
	}
	tp->ooo_last_skb = skb_rb_last(&tp->out_of_order_queue);
	/* what was SACKed may be gone: say nothing until it comes again (RFC 2018 section 8) */
	tp->rx_opt.num_sacks = 0;
	tp->rx_opt.dsack = 0;
	return true;
}
