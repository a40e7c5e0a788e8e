/* SPDX-License-Identifier: MIT */
/* A retransmission takes small segments that follow along: fewer headers for the same bytes, where
 * Nagle was off. RFC 9293 section 3.8.1 leaves the packaging to the sender; tcp_retrans_collapse.
 */
#include "tcp_internal.h"

#define COPY_MAX 2048u /* bytes that are copied for it; more than an Ethernet's segment */

static bool tcp_can_collapse(const struct sk_buff *skb)
{
	return tcp_skb_pcount(skb) == 1 && !(TCP_SKB_CB(skb)->sacked & TCPCB_SACKED_ACKED);
}

/* A queued segment's memory became @delta bytes more. */
static void tcp_collapse_charge(struct sock *sk, u32 delta)
{
	sk->sk_wmem_queued += (int)delta;
	tcp_force_charge(sk, (int)delta);
	sk_mem_charge(sk, (int)delta);
}

/* @to's memory is its own, and has @more bytes of room behind linear data (which then all of it is;
 * 0: leave it as it is). false: no memory. */
static bool tcp_collapse_own(struct sock *sk, struct sk_buff *to, u32 more)
{
	u32 had = to->truesize;
	int err = 0;

	if (more)
		err = skb_linearize(to);
	if (!err && (skb_cloned(to) || more > skb_tailroom(to)))
		err = pskb_expand_head(to, 0, (int)more, GFP_ATOMIC | __GFP_NOWARN);
	to->nohdr = 1;
	tcp_collapse_charge(sk, to->truesize - had);
	return !err;
}

/* The bytes of @next behind those of @to: page fragments by reference, else by a copy. false: they
 * cannot be moved. */
static bool tcp_collapse_data(struct sock *sk, struct sk_buff *to, const struct sk_buff *next)
{
	const struct skb_shared_info *from = skb_shinfo(next);
	struct skb_shared_info *sh;
	u32 i;

	if (!next->len) /* a FIN */
		return true;
	if (!skb_is_nonlinear(to) || skb_headlen(next)) {
		if (to->len + next->len > COPY_MAX || !tcp_collapse_own(sk, to, next->len))
			return false;
		return !skb_copy_bits(next, 0, skb_put(to, next->len), (int)next->len);
	}
	if (skb_shinfo(to)->nr_frags + from->nr_frags > MAX_SKB_FRAGS ||
	    !tcp_collapse_own(sk, to, 0))
		return false;
	sh = skb_shinfo(to);
	for (i = 0; i < from->nr_frags; i++) {
		sh->frags[sh->nr_frags] = from->frags[i];
		get_page(sh->frags[sh->nr_frags++].page);
	}
	to->len += next->len;
	to->data_len += next->len;
	to->truesize += next->len;
	tcp_collapse_charge(sk, next->len);
	return true;
}

/* @next becomes part of @to. false: it stays. */
static bool tcp_collapse_retrans(struct sock *sk, struct sk_buff *to, struct sk_buff *next)
{
	struct tcp_skb_cb *a = TCP_SKB_CB(to);
	const struct tcp_skb_cb *b = TCP_SKB_CB(next);
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_collapse_data(sk, to, next))
		return false;
	if (tp->highest_sack == next)
		tp->highest_sack = to;
	if (tp->retransmit_skb_hint == next)
		tp->retransmit_skb_hint = to;
	a->end_seq = b->end_seq;
	a->tcp_flags |= b->tcp_flags; /* PSH, FIN */
	a->sacked |= b->sacked & TCPCB_EVER_RETRANS;
	a->eor = b->eor;
	tcp_adjust_pcount(sk, next, (int)tcp_skb_pcount(next));
	tcp_rtx_queue_unlink_and_free(next, sk);
	return true;
}

/*
 * tcp_retrans_try_collapse - @to goes again, and @space bytes fit into one segment: take in those
 * that follow, as far as they go whole, are in the peer's window, not SACKed, and nobody else's.
 * Context: sock locked.
 */
void tcp_retrans_try_collapse(struct sock *sk, struct sk_buff *to, int space)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *next;

	if (!sock_net(sk)->tcp.sysctl_retrans_collapse ||
	    (TCP_SKB_CB(to)->tcp_flags & TCPHDR_SYN) || !tcp_can_collapse(to))
		return;
	space -= (int)to->len;
	while ((next = skb_rb_next(to)) != NULL) {
		space -= (int)next->len;
		if (space < 0 || TCP_SKB_CB(to)->eor || skb_cloned(next) ||
		    !tcp_can_collapse(next) || after(TCP_SKB_CB(next)->end_seq, tcp_wnd_end(tp)))
			return;
		if (!tcp_collapse_retrans(sk, to, next))
			return;
	}
}
