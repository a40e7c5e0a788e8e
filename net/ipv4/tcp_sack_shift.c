/* SPDX-License-Identifier: MIT */
/* SACKed segments beside each other become one: however much was sent behind a hole, the retransmit
 * queue stays short, and what walks it has few steps to go. A sender's own affair: RFC 2018 section
 * 5 asks for a mark for each segment, and one mark serves many. */
#include "tcp_ack_steps.h"
#include "tcp_internal.h"

#define MOST_BYTES \
	(65535u * TCP_MIN_GSO_SIZE) /* in one: as many packets as can be counted, however small */
#define MOST_PACKETS 65535u

static bool tcp_shiftable(const struct sk_buff *skb)
{
	return !skb_headlen(skb) && skb_is_nonlinear(skb);
}

/* A mark, and nothing else: no retransmission of it is on its way, it does not count as lost. */
static bool tcp_plainly_sacked(const struct sk_buff *skb)
{
	return (TCP_SKB_CB(skb)->sacked & TCPCB_TAGBITS) == TCPCB_SACKED_ACKED;
}

/* Somebody waits to be told of one of its bytes: it stays what it is. */
static bool tcp_reported(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->tx_flags || TCP_SKB_CB(skb)->txstamp_ack;
}

/* May @skb's bytes come behind those of @prev? */
static bool tcp_may_join(const struct sk_buff *prev, const struct sk_buff *skb)
{
	return tcp_plainly_sacked(prev) && !TCP_SKB_CB(prev)->eor && tcp_shiftable(prev) &&
	       tcp_shiftable(skb) && !tcp_reported(skb);
}

/* Does @f begin where @last ends? */
static bool tcp_frag_follows(const skb_frag_t *last, const skb_frag_t *f)
{
	return last->page == f->page && last->offset + last->size == f->offset;
}

/* How many fragments of @from make its first @len bytes; the last of them perhaps in part. */
static u32 tcp_frags_of(const struct sk_buff *from, u32 len)
{
	const struct skb_shared_info *sh = skb_shinfo(from);
	u32 n = 0;

	while (len && n < sh->nr_frags)
		len -= min(len, sh->frags[n++].size);
	return n;
}

/* One fragment, whose page is already held once more, behind those of @to. */
static void tcp_frag_append(struct sk_buff *to, const skb_frag_t *f)
{
	struct skb_shared_info *sh = skb_shinfo(to);
	skb_frag_t *last = &sh->frags[sh->nr_frags - 1];

	if (!tcp_frag_follows(last, f)) {
		sh->frags[sh->nr_frags++] = *f;
		return;
	}
	last->size += f->size;
	put_page(f->page);
}

/* @skb's headers and list of fragments are its own. false: no memory. */
static bool tcp_shift_own(struct sock *sk, struct sk_buff *skb)
{
	u32 had = skb->truesize;

	if (!skb_cloned(skb))
		return true;
	if (pskb_expand_head(skb, 0, 0, GFP_ATOMIC | __GFP_NOWARN))
		return false;
	skb->nohdr = 1;
	sk->sk_wmem_queued += (int)(skb->truesize - had);
	tcp_force_charge(sk, (int)(skb->truesize - had));
	sk_mem_charge(sk, (int)(skb->truesize - had));
	return true;
}

/* What of @sh is left without its first @len bytes, which go behind those of @to. */
static void tcp_shift_frags(struct sk_buff *to, struct skb_shared_info *sh, u32 len)
{
	u32 i, k = 0;

	for (i = 0; i < sh->nr_frags; i++) {
		skb_frag_t f = sh->frags[i];

		f.size = min(f.size, len);
		len -= f.size;
		if (f.size) {
			get_page(f.page);
			tcp_frag_append(to, &f);
		}
		if (f.size == sh->frags[i].size) {
			put_page(f.page);
			continue;
		}
		sh->frags[k] = sh->frags[i];
		sh->frags[k].offset += f.size;
		sh->frags[k++].size -= f.size;
	}
	sh->nr_frags = (u8)k;
}

/* The first @len bytes of @from behind those of @to, by reference. false: they stay. */
static bool tcp_shift_bytes(struct sock *sk, struct sk_buff *to, struct sk_buff *from, u32 len)
{
	u32 price;

	if (to->len + len > MOST_BYTES ||
	    skb_shinfo(to)->nr_frags + tcp_frags_of(from, len) > MAX_SKB_FRAGS ||
	    !tcp_shift_own(sk, to) || !tcp_shift_own(sk, from))
		return false;
	tcp_shift_frags(to, skb_shinfo(from), len);
	price = min(len,
		    from->truesize > SKB_TRUESIZE(0) ? from->truesize - (u32)SKB_TRUESIZE(0) : 0u);
	to->len += len;
	to->data_len += len;
	to->truesize += price;
	from->len -= len;
	from->data_len -= len;
	from->truesize -= price;
	return true;
}

/* All of @skb lies in @prev now. */
static void tcp_shifted_whole(struct sock *sk, struct sk_buff *prev, struct sk_buff *skb)
{
	struct tcp_skb_cb *to = TCP_SKB_CB(prev);
	const struct tcp_skb_cb *from = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);

	if (skb == tp->retransmit_skb_hint)
		tp->retransmit_skb_hint = prev;
	if (skb == tp->highest_sack)
		tp->highest_sack = skb_rb_next(skb);
	to->tcp_flags |= from->tcp_flags;
	to->eor = from->eor;
	to->end_seq = from->end_seq; /* a FIN has a number and no byte */
	to->tx.delivered_mstamp = 0; /* has told its rate */
	tcp_rtx_queue_unlink_and_free(skb, sk);
	NET_INC_STATS(sock_net(sk), SACKMERGED);
}

/* Moves the first @len bytes of @skb, @pcount packets of @mss, which @dup says came twice, into
 * @prev. false: not possible. */
static bool tcp_shift(struct sock *sk, struct sk_buff *prev, struct sk_buff *skb, u32 pcount,
		      u32 len, u32 mss, struct tcp_sacktag_state *state, bool dup)
{
	struct tcp_skb_cb *to = TCP_SKB_CB(prev), *from = TCP_SKB_CB(skb);

	if (tcp_skb_pcount(prev) + pcount > MOST_PACKETS || !tcp_shift_bytes(sk, prev, skb, len))
		return false;
	tcp_sacktag_one(sk, state, skb, from->seq + len, pcount, dup);
	tcp_rate_skb_delivered(sk, skb, tcp_skb_timestamp_us(skb), state->rate);
	to->end_seq += len;
	from->seq += len;
	tcp_skb_pcount_set(prev, tcp_skb_pcount(prev) + pcount);
	tcp_skb_pcount_set(skb, tcp_skb_pcount(skb) - pcount);
	if (!to->tcp_gso_size)
		to->tcp_gso_size = (u16)mss;
	if (tcp_skb_pcount(skb) <= 1)
		from->tcp_gso_size = 0;
	to->sacked |= from->sacked & TCPCB_EVER_RETRANS;
	if (skb->len)
		NET_INC_STATS(sock_net(sk), SACKSHIFTED);
	else
		tcp_shifted_whole(sk, prev, skb);
	return true;
}

/* How many bytes, whole packets of *mss, from the beginning of @skb lie in [@start, @end); 0: none.
 */
static u32 tcp_shift_length(const struct sk_buff *skb, u32 start, u32 end, u32 *mss)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	*mss = tcp_skb_seglen(skb);
	if (after(start, cb->seq)) /* its beginning is missing: nothing to join to what is before */
		return 0;
	return before(end, cb->end_seq) ? (end - cb->seq) / *mss * *mss : skb->len;
}

/* Is it less than a packet that [@start, @end) covers of @skb? */
static bool tcp_covers_none(const struct sk_buff *skb, u32 start, u32 end)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (!after(start, cb->seq) && !before(end, cb->end_seq))
		return false;
	return tcp_skb_pcount(skb) <= 1 ||
	       (!after(start, cb->seq) && end - cb->seq < tcp_skb_mss(skb));
}

/* What was SACKed before behind @prev, which has grown up to it. */
static void tcp_shift_next(struct sock *sk, struct sk_buff *prev, u32 mss,
			   struct tcp_sacktag_state *state)
{
	struct sk_buff *next = skb_rb_next(prev);

	if (next && tcp_plainly_sacked(next) && tcp_may_join(prev, next) &&
	    tcp_skb_seglen(next) == mss)
		tcp_shift(sk, prev, next, tcp_skb_pcount(next), next->len, mss, state, false);
}

/*
 * tcp_sack_shift - [@start, @end) is SACKed, and @skb reaches into it: what of it is covered moves
 * into the segment before it, if that one is SACKed. Returns the segment behind which the walk goes
 * on, or NULL: mark it where it is. Context: sock locked.
 */
struct sk_buff *tcp_sack_shift(struct sock *sk, struct sk_buff *skb, u32 start, u32 end,
			       struct tcp_sacktag_state *state, bool dup)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct sk_buff *prev = skb_rb_prev(skb);
	u32 una = tcp_sk(sk)->snd_una, len, mss;

	/* retransmitted and not lost: its mark has to tell of the retransmission */
	if (!dup && (cb->sacked & (TCPCB_LOST | TCPCB_SACKED_RETRANS)) == TCPCB_SACKED_RETRANS)
		goto fallback;
	if (!prev || !tcp_may_join(prev, skb) || !after(cb->end_seq, una))
		goto fallback;
	if (tcp_covers_none(skb, start, end))
		return skb;
	len = tcp_shift_length(skb, start, end, &mss);
	if (!len || mss != tcp_skb_seglen(prev) || !after(cb->seq + len, una))
		goto fallback;
	if (!tcp_shift(sk, prev, skb, len == skb->len ? tcp_skb_pcount(skb) : len / mss, len, mss,
		       state, dup))
		goto fallback;
	tcp_shift_next(sk, prev, mss, state);
	return prev;
fallback:
	NET_INC_STATS(sock_net(sk), SACKSHIFTFALLBACK);
	return NULL;
}
