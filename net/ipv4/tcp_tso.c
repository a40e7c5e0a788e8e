/* SPDX-License-Identifier: MIT */
/* Large segments on their way out: how much tcp_sendmsg puts into one, how many packets of it go at a time, and when it
 * pays to wait for more. RFC 9293 section 3.7. */
#include "tcp_internal.h"

/* tcp_xmit_size_goal - bytes that one queued segment shall hold: whole packets of @mss_now, within half of the
 * peer's largest window. */
unsigned int tcp_xmit_size_goal(struct sock *sk, unsigned int mss_now, bool large_allowed)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int most, goal;

	if (!large_allowed || !sk->sk_gso_max_size)
		return mss_now;
	most = (unsigned int)tcp_bound_to_half_wnd(tp, (int)sk->sk_gso_max_size);
	goal = tp->gso_segs * mss_now;
	if (unlikely(most < goal || most - goal >= mss_now)) { /* no division while nothing changes */
		tp->gso_segs = (u16)min(most / mss_now, sk->sk_gso_max_segs);
		goal = tp->gso_segs * mss_now;
	}
	return max(goal, mss_now);
}

/* tcp_tso_segs - packets that go in one: a millisecond's worth at the pacing rate, more where the round trip is so short that
 * bursts do no harm, and never fewer than the congestion control wants, or tcp_min_tso_segs. */
u32 tcp_tso_segs(struct sock *sk, unsigned int mss_now)
{
	u32 (*least)(struct sock *) = inet_csk(sk)->icsk_ca_ops->min_tso_segs;
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	u32 rtt = tcp_min_rtt(tcp_sk(sk)) >> nt->sysctl_tso_rtt_log;
	u64 bytes = sk->sk_pacing_rate >> sk->sk_pacing_shift;

	if (rtt < 32)
		bytes += sk->sk_gso_max_size >> rtt;
	bytes = min(bytes, (u64)sk->sk_gso_max_size);
	return min(max((u32)bytes / mss_now, unlikely(least) ? least(sk) : (u32)nt->sysctl_min_tso_segs), sk->sk_gso_max_segs);
}

/* Has the last segment gone a moment ago? Only then are more ACKs, and more to send, likely to come soon. */
static bool tcp_sent_just_now(const struct tcp_sock *tp)
{
	const struct sk_buff *last;

	if (list_empty(&tp->tsorted_sent_queue))
		return false;
	last = list_last_entry(&tp->tsorted_sent_queue, struct sk_buff, tcp_tsorted_anchor);
	return tp->tcp_clock_cache <= (u64)last->tstamp + NSEC_PER_MSEC;
}

/* Is @limit, what the windows let go now, a good part of them? */
static bool tcp_tso_worthwhile(const struct sock *sk, u32 limit)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 divisor = (u32)sock_net(sk)->tcp.sysctl_tso_win_divisor;

	if (divisor)
		return limit >= min(tp->snd_wnd, tp->snd_cwnd * tp->mss_cache) / divisor;
	return limit > TCP_MAX_TSO_DEFERRED_MSS * tp->mss_cache; /* not past one ACK, which comes every other packet */
}

/*
 * tcp_tso_should_defer - shall @skb, more than one packet, wait until an ACK lets more of it go at once? Not longer than half
 * a round trip. *cwnd_limited, *rwnd_limited: what it waits for. Context: sock locked, tcp_mstamp fresh.
 */
bool tcp_tso_should_defer(struct sock *sk, struct sk_buff *skb, u32 max_segs, bool *cwnd_limited, bool *rwnd_limited)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 send_win = tcp_seq_span(TCP_SKB_CB(skb)->seq, tcp_wnd_end(tp));
	u32 cong_win = (tp->snd_cwnd - tcp_packets_in_flight(tp)) * tp->mss_cache, limit = min(send_win, cong_win);
	const struct sk_buff *head = tcp_rtx_queue_head(sk);

	if (inet_csk(sk)->icsk_ca_state >= TCP_CA_Recovery || !head || !tcp_sent_just_now(tp))
		return false;
	if (limit >= max_segs * tp->mss_cache || tcp_tso_worthwhile(sk, limit))
		return false;
	if (skb != tcp_write_queue_tail(sk) && limit >= skb->len) /* complete, and all of it may go */
		return false;
	/* The next ACK is for the oldest: it must be likely within the next half of a round trip. */
	if (tp->tcp_clock_cache - (u64)head->tstamp < (u64)(tp->srtt_us >> 4) * NSEC_PER_USEC)
		return false;
	if (cong_win < send_win && cong_win <= skb->len) {
		*cwnd_limited = true;
		return true;
	}
	if (cong_win >= send_win && send_win <= skb->len) {
		*rwnd_limited = true;
		return true;
	}
	/* Neither window: it waits for the writer, if more can come. */
	return !(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN) && !TCP_SKB_CB(skb)->eor;
}
