/* SPDX-License-Identifier: MIT */
/* Selective acknowledgements: the scoreboard of what the peer holds, D-SACKs, and the blocks we
 * send. RFC 2018, RFC 2883, RFC 3708. */
#include "tcp_ack_steps.h"
#include "tcp_internal.h"

/* ---- the scoreboard ---- */

static u32 tcp_highest_sack_seq(const struct tcp_sock *tp)
{
	if (!tp->sacked_out)
		return tp->snd_una;
	return tp->highest_sack ? TCP_SKB_CB(tp->highest_sack)->seq : tp->snd_nxt;
}

/* tcp_check_sack_reordering - data from @low_seq on was delivered below what was SACKed before: by
 * so much was it reordered. */
void tcp_check_sack_reordering(struct sock *sk, u32 low_seq, int ts)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 fack = tcp_highest_sack_seq(tp), metric, mss = tp->mss_cache;

	if (!before(low_seq, fack))
		return;
	metric = fack - low_seq;
	if (mss && metric > tp->reordering * mss)
		tp->reordering =
			min((metric + mss - 1) / mss, (u32)sock_net(sk)->tcp.sysctl_max_reordering);
	tp->reord_seen++;
	if (ts)
		NET_INC_STATS(sock_net(sk), TCPTSREORDER);
	else
		NET_INC_STATS(sock_net(sk), TCPSACKREORDER);
}

/* May this block be true? What lies outside what was sent, or is older than any doubt, is refused.
 */
static bool tcp_sack_block_valid(const struct tcp_sock *tp, bool is_dsack, u32 start, u32 end)
{
	if (after(end, tp->snd_nxt) || !before(start, end) || !before(start, tp->snd_nxt))
		return false;
	if (after(start, tp->snd_una))
		return true;
	if (!is_dsack || !tp->undo_marker || after(end, tp->snd_una))
		return false;
	if (!before(start, tp->undo_marker))
		return true;
	if (!after(end, tp->undo_marker))
		return false;
	return !before(start, end - tp->max_window);
}

/* A D-SACK: how many segments does it say came twice? 0: not believed. */
static u32 tcp_dsack_seen(struct tcp_sock *tp, const struct tcp_sack_block *b,
			  struct tcp_sacktag_state *state)
{
	u32 len = b->end_seq - b->start_seq, segs = 1;

	if (!before(b->start_seq, b->end_seq) || len > tp->max_window)
		return 0;
	if (len > tp->mss_cache)
		segs = DIV_ROUND_UP(len, tp->mss_cache);
	else if (tp->tlp_high_seq && tp->tlp_high_seq == b->end_seq)
		state->flag |= FLAG_DSACK_TLP;
	tp->dsack_dups += segs;
	if (tp->dsack_dups > tp->total_retrans) /* the network duplicates, not we */
		return 0;
	tp->rx_opt.sack_ok |= TCP_DSACK_SEEN;
	if (tp->reord_seen && !(state->flag & FLAG_DSACK_TLP))
		tp->rack.dsack_seen = 1;
	state->flag |= FLAG_DSACKING_ACK;
	state->sack_delivered += segs;
	return segs;
}

/* Is the first block a D-SACK (RFC 2883 section 4)? Then account for it. */
static bool tcp_check_dsack(struct sock *sk, u32 ack_seq, const struct tcp_sack_block *b, int n,
			    u32 prior_snd_una, struct tcp_sacktag_state *state)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 segs;

	if (before(b[0].start_seq, ack_seq))
		NET_INC_STATS(sock_net(sk), TCPDSACKRECV);
	else if (n > 1 && !after(b[0].end_seq, b[1].end_seq) &&
		 !before(b[0].start_seq, b[1].start_seq))
		NET_INC_STATS(sock_net(sk), TCPDSACKOFORECV);
	else
		return false;
	segs = tcp_dsack_seen(tp, &b[0], state);
	if (!segs) {
		NET_INC_STATS(sock_net(sk), TCPDSACKIGNOREDDUBIOUS);
		return false;
	}
	NET_ADD_STATS(sock_net(sk), TCPDSACKRECVSEGS, segs);
	if (tp->undo_marker && tp->undo_retrans > 0 && !after(b[0].end_seq, prior_snd_una) &&
	    after(b[0].end_seq, tp->undo_marker))
		tp->undo_retrans = max(0, tp->undo_retrans - (int)segs);
	return true;
}

/* A segment that is SACKed for the first time: it, or as far as @end_seq, @pcount packets. */
static u8 tcp_sacktag_new(struct sock *sk, struct tcp_sacktag_state *state,
			  const struct sk_buff *skb, u32 end_seq, u32 pcount, u8 sacked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u64 sent = tcp_skb_timestamp_us(skb);

	tcp_rack_advance(tp, sacked, end_seq, sent);
	if (sacked & TCPCB_SACKED_RETRANS) {
		if (sacked &
		    TCPCB_LOST) { /* not marked lost: its retransmission is still on its way */
			sacked &= (u8) ~(TCPCB_LOST | TCPCB_SACKED_RETRANS);
			tp->lost_out -= pcount;
			tp->retrans_out -= pcount;
		}
	} else {
		if (!(sacked & TCPCB_RETRANS)) {
			if (before(cb->seq, tcp_highest_sack_seq(tp)) &&
			    before(cb->seq, state->reord))
				state->reord = cb->seq;
			if (!after(end_seq, tp->high_seq))
				state->flag |= FLAG_ORIG_SACK_ACKED;
			if (!state->first_sackt)
				state->first_sackt = sent;
			state->last_sackt = sent;
		}
		if (sacked & TCPCB_LOST) {
			sacked &= (u8)~TCPCB_LOST;
			tp->lost_out -= pcount;
		}
	}
	state->flag |= FLAG_DATA_SACKED;
	tp->sacked_out += pcount;
	state->sack_delivered += pcount;
	return sacked | TCPCB_SACKED_ACKED;
}

/* tcp_sacktag_one - @skb, or its part before @end_seq, @pcount packets, is SACKed; @dup: by a D-SACK. What cb->sacked becomes. */
u8 tcp_sacktag_one(struct sock *sk, struct tcp_sacktag_state *state, const struct sk_buff *skb,
		   u32 end_seq, u32 pcount, bool dup)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u8 sacked = cb->sacked;

	if (dup && (sacked & TCPCB_RETRANS)) {
		if (tp->undo_marker && tp->undo_retrans > 0 && after(end_seq, tp->undo_marker))
			tp->undo_retrans = max(0, tp->undo_retrans - (int)pcount);
		if ((sacked & TCPCB_SACKED_ACKED) && before(cb->seq, state->reord))
			state->reord = cb->seq;
	}
	if (!after(end_seq, tp->snd_una))
		return sacked;
	if (!(sacked & TCPCB_SACKED_ACKED))
		sacked = tcp_sacktag_new(sk, state, skb, end_seq, pcount, sacked);
	if (dup && (sacked & TCPCB_SACKED_RETRANS)) {
		sacked &= (u8)~TCPCB_SACKED_RETRANS;
		tp->retrans_out -= pcount;
	}
	return sacked;
}

/* Does [start, end) cover @skb? One that is covered in part is cut at a segment border if it holds
 * several. >0: yes; 0: no; -errno. */
static int tcp_match_skb_to_sack(struct sock *sk, struct sk_buff *skb, u32 start, u32 end)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u32 mss = tcp_skb_mss(skb), len;
	bool head_missing = after(start, cb->seq);
	int err;

	if (!head_missing && !before(end, cb->end_seq))
		return 1;
	if (tcp_skb_pcount(skb) <= 1 || !after(cb->end_seq, start) || mss < TCP_MIN_GSO_SIZE)
		return 0;
	len = head_missing ? roundup(start - cb->seq, mss) : (end - cb->seq) / mss * mss;
	if (!len || len >= skb->len)
		return 0; /* a segment that is covered in part is not covered */
	err = tcp_fragment(sk, true, skb, len, mss, GFP_ATOMIC);
	if (err < 0)
		return err;
	return !head_missing;
}

/* The first queued segment that ends after @seq. O(log n). */
static struct sk_buff *tcp_sack_find(const struct tcp_sock *tp, u32 seq)
{
	struct rb_node *n = tp->tcp_rtx_queue.node;
	struct sk_buff *best = NULL;

	while (n) {
		struct sk_buff *skb = rb_to_skb(n);

		if (after(TCP_SKB_CB(skb)->end_seq, seq)) {
			best = skb;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

/* Tag everything in [start, end). */
static void tcp_sacktag_range(struct sock *sk, u32 start, u32 end, struct tcp_sacktag_state *state,
			      bool dup)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	for (skb = tcp_sack_find(tp, start); skb && before(TCP_SKB_CB(skb)->seq, end);
	     skb = skb_rb_next(skb)) {
		struct sk_buff *joined = tcp_sack_shift(sk, skb, start, end, state, dup);
		struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
		int in_sack;

		if (joined) {
			skb = joined;
			continue;
		}
		in_sack = tcp_match_skb_to_sack(sk, skb, start, end);
		if (in_sack < 0)
			return;
		if (!in_sack)
			continue;
		cb->sacked = tcp_sacktag_one(sk, state, skb, cb->end_seq, tcp_skb_pcount(skb), dup);
		tcp_rate_skb_delivered(sk, skb, tcp_skb_timestamp_us(skb), state->rate);
		if (cb->sacked & TCPCB_SACKED_ACKED)
			list_del_init(&skb->tcp_tsorted_anchor);
		if (!before(cb->seq, tcp_highest_sack_seq(tp)))
			tp->highest_sack = skb_rb_next(skb);
	}
}

/* Only what the last ACK's blocks did not cover is walked: an ACK costs what it brings. */
static void tcp_sacktag_uncached(struct sock *sk, u32 start, u32 end,
				 struct tcp_sacktag_state *state)
{
	const struct tcp_sack_block *c = tcp_sk(sk)->recv_sack_cache;
	int i;

	for (i = 0; i < TCP_NUM_SACKS && before(start, end); i++, c++) { /* sorted */
		if (c->start_seq == c->end_seq || !after(c->end_seq, start) ||
		    !before(c->start_seq, end))
			continue;
		if (before(start, c->start_seq))
			tcp_sacktag_range(sk, start, c->start_seq, state, false);
		start = c->end_seq;
	}
	if (before(start, end))
		tcp_sacktag_range(sk, start, end, state, false);
}

/* The blocks as numbers, in their order. Returns how many. */
static int tcp_sack_parse(const struct sk_buff *skb, struct tcp_sack_block *out)
{
	const u8 *opt = (const u8 *)tcp_hdr(skb) + TCP_SKB_CB(skb)->sacked;
	int n = min(TCP_NUM_SACKS, (opt[1] - TCPOLEN_SACK_BASE) / TCPOLEN_SACK_PERBLOCK), i;

	for (i = 0; i < n; i++) {
		out[i].start_seq = get_unaligned_be32(opt + 2 + 8 * i);
		out[i].end_seq = get_unaligned_be32(opt + 6 + 8 * i);
	}
	return n;
}

/* Drop what cannot be or is old, sort the rest. *dup gets the index of a D-SACK among them, or -1.
 */
static int tcp_sack_filter(struct sock *sk, struct tcp_sack_block *b, int n, bool dsack, u32 ack,
			   u32 prior_snd_una, int *dup)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int i, j, used = 0;

	*dup = -1;
	for (i = 0; i < n; i++) {
		bool is_dup = dsack && i == 0;
		struct tcp_sack_block blk = b[i];

		if (!tcp_sack_block_valid(tp, is_dup, blk.start_seq, blk.end_seq)) {
			if (is_dup && tp->undo_marker)
				NET_INC_STATS(sock_net(sk), TCPDSACKIGNOREDOLD);
			else if (is_dup)
				NET_INC_STATS(sock_net(sk), TCPDSACKIGNOREDNOUNDO);
			else if (ack == tp->snd_una ||
				 after(blk.end_seq, tp->snd_una)) /* the ACK is not merely late */
				NET_INC_STATS(sock_net(sk), TCPSACKDISCARD);
			continue;
		}
		if (!after(blk.end_seq, prior_snd_una))
			continue;
		for (j = used++; j > 0 && after(b[j - 1].start_seq, blk.start_seq); j--)
			b[j] = b[j - 1];
		b[j] = blk;
		if (is_dup)
			*dup = j;
		else if (*dup >= j)
			++*dup;
	}
	return used;
}

/* tcp_sacktag_write_queue - take the blocks of @ack_skb into the scoreboard. Returns FLAG_x. */
u32 tcp_sacktag_write_queue(struct sock *sk, const struct sk_buff *ack_skb, u32 prior_snd_una,
			    struct tcp_sacktag_state *state)
{
	struct tcp_sack_block blocks[TCP_NUM_SACKS];
	struct tcp_sock *tp = tcp_sk(sk);
	u32 ack = TCP_SKB_CB(ack_skb)->ack_seq;
	int n = tcp_sack_parse(ack_skb, blocks), i, dup;
	bool dsack;

	state->flag = 0;
	state->reord = tp->snd_nxt;
	if (!tp->sacked_out)
		tp->highest_sack = tcp_rtx_queue_head(sk);
	if (n <= 0)
		return 0;
	dsack = tcp_check_dsack(sk, ack, blocks, n, prior_snd_una, state);
	if (before(ack, prior_snd_una - tp->max_window)) /* too old to mean anything */
		return 0;
	if (!tp->packets_out)
		return (u32)state->flag;
	n = tcp_sack_filter(sk, blocks, n, dsack, ack, prior_snd_una, &dup);
	for (i = 0; i < n; i++) {
		if (i == dup)
			tcp_sacktag_range(sk, blocks[i].start_seq, blocks[i].end_seq, state, true);
		else
			tcp_sacktag_uncached(sk, blocks[i].start_seq, blocks[i].end_seq, state);
	}
	memset(tp->recv_sack_cache, 0, sizeof(tp->recv_sack_cache));
	for (i = 0, dup = dup < 0 ? n : dup; i < n; i++) {
		if (i != dup)
			tp->recv_sack_cache[i] = blocks[i];
	}
	if (inet_csk(sk)->icsk_ca_state != TCP_CA_Loss || tp->undo_marker)
		tcp_check_sack_reordering(sk, state->reord, 0);
	tcp_verify_left_out(tp);
	return (u32)state->flag;
}

/* ---- what we report ---- */

static bool tcp_sack_extend(struct tcp_sack_block *sp, u32 seq, u32 end_seq)
{
	if (after(seq, sp->end_seq) || after(sp->start_seq, end_seq))
		return false;
	if (before(seq, sp->start_seq))
		sp->start_seq = seq;
	if (after(end_seq, sp->end_seq))
		sp->end_seq = end_seq;
	return true;
}

void tcp_dsack_set(struct sock *sk, u32 seq, u32 end_seq)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_is_sack(tp) || !sock_net(sk)->tcp.sysctl_dsack)
		return;
	if (before(seq, tp->rcv_nxt))
		NET_INC_STATS(sock_net(sk), TCPDSACKOLDSENT);
	else
		NET_INC_STATS(sock_net(sk), TCPDSACKOFOSENT);
	tp->rx_opt.dsack = 1;
	tp->duplicate_sack[0].start_seq = seq;
	tp->duplicate_sack[0].end_seq = end_seq;
}

void tcp_dsack_extend(struct sock *sk, u32 seq, u32 end_seq)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tp->rx_opt.dsack)
		tcp_dsack_set(sk, seq, end_seq);
	else
		tcp_sack_extend(tp->duplicate_sack, seq, end_seq);
}

/* The first block grew: others may lie in it now. */
static void tcp_sack_maybe_coalesce(struct tcp_sock *tp)
{
	struct tcp_sack_block *sp = tp->selective_acks;
	int i = 1, j;

	while (i < tp->rx_opt.num_sacks) {
		if (!tcp_sack_extend(sp, sp[i].start_seq, sp[i].end_seq)) {
			i++;
			continue;
		}
		tp->rx_opt.num_sacks--;
		for (j = i; j < tp->rx_opt.num_sacks; j++)
			sp[j] = sp[j + 1];
	}
}

/* tcp_sack_new_ofo_skb - data arrived out of order: it becomes (part of) the first block. RFC 2018
 * section 4. */
void tcp_sack_new_ofo_skb(struct sock *sk, u32 seq, u32 end_seq)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_sack_block *sp = tp->selective_acks, blk;
	int i, n = tp->rx_opt.num_sacks;

	for (i = 0; i < n; i++) {
		if (!tcp_sack_extend(&sp[i], seq, end_seq))
			continue;
		if (i >= TCP_SACK_BLOCKS_EXPECTED) /* the next ACK may have no room for all that is
						      new */
			tcp_sack_compress_send_ack(sk);
		blk = sp[i];
		for (; i > 0; i--)
			sp[i] = sp[i - 1];
		sp[0] = blk;
		if (n > 1)
			tcp_sack_maybe_coalesce(tp);
		return;
	}
	if (n >= TCP_SACK_BLOCKS_EXPECTED)
		tcp_sack_compress_send_ack(sk);
	if (n >= TCP_NUM_SACKS) /* the oldest is forgotten */
		n = --tp->rx_opt.num_sacks;
	for (i = n; i > 0; i--)
		sp[i] = sp[i - 1];
	sp[0].start_seq = seq;
	sp[0].end_seq = end_seq;
	tp->rx_opt.num_sacks++;
}

/* tcp_sack_remove - rcv_nxt moved: blocks below it are no news. */
void tcp_sack_remove(struct tcp_sock *tp)
{
	struct tcp_sack_block *sp = tp->selective_acks;
	int i = 0, j, n = tp->rx_opt.num_sacks;

	if (RB_EMPTY_ROOT(&tp->out_of_order_queue)) {
		tp->rx_opt.num_sacks = 0;
		return;
	}
	while (i < n) {
		if (before(tp->rcv_nxt, sp[i].start_seq)) {
			i++;
			continue;
		}
		for (j = i + 1; j < n; j++)
			sp[j - 1] = sp[j];
		n--;
	}
	tp->rx_opt.num_sacks = (u8)n;
}
