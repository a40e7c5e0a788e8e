/* SPDX-License-Identifier: MIT */
/* For unit tests of TCP: a segment with options in hand, and a sock that is in no table. */
#ifndef TESTS_TCP_UNIT_H
#define TESTS_TCP_UNIT_H

#include <net/tcp.h>

#include "ipv4_unit.h"

/* tcp_segment - an skb that holds a header with these @len option bytes (a multiple of 4). The
 * caller frees it. */
static inline struct sk_buff *tcp_segment(u8 flags, const u8 *options, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);
	struct tcphdr *th;

	assert_non_null(skb);
	th = skb_put_zero(skb, sizeof(*th) + len);
	th->doff = (sizeof(*th) + len) / 4 & 0xf;
	((u8 *)th)[13] = flags;
	memcpy(th + 1, options, len);
	skb_reset_transport_header(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	return skb;
}

/* tcp_bare_sock - enough of a sock for congestion control. The caller kfrees it. */
static inline struct sock *tcp_bare_sock(const struct tcp_congestion_ops *ca)
{
	struct tcp_sock *tp = kzalloc(sizeof(*tp), GFP_KERNEL);
	struct sock *sk = (struct sock *)tp;

	assert_non_null(tp);
	sk->sk_net = &init_net;
	inet_csk(sk)->icsk_ca_ops = ca;
	tp->snd_cwnd = TCP_INIT_CWND;
	tp->snd_cwnd_clamp = ~0u;
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tp->is_cwnd_limited = 1;
	tp->reordering = TCP_FASTRETRANS_THRESH;
	tp->mss_cache = 1000;
	minmax_reset(&tp->rtt_min, 0, ~0u);
	sk->sk_pacing_rate = sk->sk_max_pacing_rate = ~0ull;
	sk->sk_pacing_shift = SK_PACING_SHIFT;
	tcp_mstamp_refresh(tp);
	if (ca->init)
		ca->init(sk);
	return sk;
}

#endif
