/* SPDX-License-Identifier: MIT */
/* When to send: congestion window, send window, Nagle, and the loop that drains the write queue.
 * RFC 9293 section 3.7.4, 3.8.6.2.1; RFC 5681; RFC 2861. */
#include "tcp_internal.h"

/* ---- the congestion window in use ---- */

/* tcp_cwnd_restart - after @delta jiffies of silence the path is unknown: halve for each RTO, not
 * below the restart window. */
void tcp_cwnd_restart(struct sock *sk, s32 delta)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 restart = tcp_init_cwnd(tp, __sk_dst_get(sk)), cwnd = tp->snd_cwnd;

	tcp_ca_event(sk, CA_EVENT_CWND_RESTART);
	tp->snd_ssthresh = tcp_current_ssthresh(sk);
	restart = min(restart, cwnd);
	while ((delta -= (s32)inet_csk(sk)->icsk_rto) > 0 && cwnd > restart)
		cwnd >>= 1;
	tcp_snd_cwnd_set(tp, max(cwnd, restart));
	tp->snd_cwnd_stamp = (u32)jiffies;
	tp->snd_cwnd_used = 0;
}

/* The application, not the network, bounds us: do not keep a window nobody has tested. */
static void tcp_cwnd_application_limited(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_state == TCP_CA_Open && sk->sk_socket &&
	    !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags)) {
		u32 used = max(tp->snd_cwnd_used, tcp_init_cwnd(tp, __sk_dst_get(sk)));

		if (used < tp->snd_cwnd) {
			tp->snd_ssthresh = tcp_current_ssthresh(sk);
			tcp_snd_cwnd_set(tp, (tp->snd_cwnd + used) >> 1);
		}
		tp->snd_cwnd_used = 0;
	}
	tp->snd_cwnd_stamp = (u32)tcp_jiffies(tp);
}

void tcp_cwnd_validate(struct sock *sk, bool is_cwnd_limited)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!before(tp->snd_una, tp->cwnd_usage_seq) || is_cwnd_limited ||
	    (!tp->is_cwnd_limited && tp->packets_out > tp->max_packets_out)) {
		tp->is_cwnd_limited = is_cwnd_limited;
		tp->max_packets_out = tp->packets_out;
		tp->cwnd_usage_seq = tp->snd_nxt;
	}
	if (tcp_is_cwnd_limited(sk)) {
		tp->snd_cwnd_used = 0;
		tp->snd_cwnd_stamp = (u32)tcp_jiffies(tp);
		return;
	}
	if (tp->packets_out > tp->snd_cwnd_used)
		tp->snd_cwnd_used = tp->packets_out;
	if (sock_net(sk)->tcp.sysctl_slow_start_after_idle &&
	    (s32)((u32)tcp_jiffies(tp) - tp->snd_cwnd_stamp) >= (s32)inet_csk(sk)->icsk_rto &&
	    !inet_csk(sk)->icsk_ca_ops->cong_control)
		tcp_cwnd_application_limited(sk);
	if (tcp_write_queue_empty(sk) && sk->sk_socket &&
	    test_bit(SOCK_NOSPACE, &sk->sk_socket->flags) &&
	    TCPF(sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT))
		tcp_chrono_start(sk, TCP_CHRONO_SNDBUF_LIMITED);
}

/* tcp_cwnd_test - packets that may go out now; 0: none. The FIN does not wait for the window. */
u32 tcp_cwnd_test(const struct tcp_sock *tp, const struct sk_buff *skb)
{
	u32 in_flight = tcp_packets_in_flight(tp), cwnd = tp->snd_cwnd;

	if (unlikely(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN) && tcp_skb_pcount(skb) == 1)
		return 1;
	if (in_flight >= cwnd)
		return 0;
	return min(max(cwnd >> 1, 1u), cwnd - in_flight);
}

/* ---- the send window and Nagle ---- */

bool tcp_snd_wnd_test(const struct tcp_sock *tp, const struct sk_buff *skb, unsigned int cur_mss)
{
	u32 end_seq = TCP_SKB_CB(skb)->end_seq;

	if (skb->len > cur_mss)
		end_seq = TCP_SKB_CB(skb)->seq + cur_mss;
	return !after(end_seq, tcp_wnd_end(tp));
}

/* Minshall's rule: a small segment waits only while another small one is unacknowledged. */
static bool tcp_minshall_check(const struct tcp_sock *tp)
{
	return after(tp->snd_sml, tp->snd_una) && !after(tp->snd_sml, tp->snd_nxt);
}

static bool tcp_nagle_test(const struct tcp_sock *tp, const struct sk_buff *skb,
			   unsigned int mss_now, int nonagle)
{
	if (nonagle & TCP_NAGLE_PUSH)
		return true;
	if (skb->len >= mss_now || tp->snd_una != tp->snd_up ||
	    (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN))
		return true;
	if (nonagle & TCP_NAGLE_CORK)
		return false;
	return nonagle || !tp->packets_out || !tcp_minshall_check(tp);
}

/* How much of a large @skb one transmission takes: what the windows let go, but no small packet at its
 * end that Nagle's rule would hold back. */
static unsigned int tcp_mss_split_point(const struct sock *sk, const struct sk_buff *skb,
					unsigned int mss_now, unsigned int max_segs, int nonagle)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 window = tcp_wnd_end(tp) - TCP_SKB_CB(skb)->seq;
	u32 max_len = mss_now * max_segs, needed, partial;

	if (likely(max_len <= window && skb != tcp_write_queue_tail(sk)))
		return max_len;
	needed = min(skb->len, window);
	if (max_len <= needed)
		return max_len;
	partial = needed % mss_now;
	if (partial && ((nonagle & TCP_NAGLE_CORK) ||
			(!nonagle && tp->packets_out && tcp_minshall_check(tp))))
		return needed - partial;
	return needed;
}

/* tcp_event_new_data_sent - @skb moves from the write queue to the retransmit queue. */
void tcp_event_new_data_sent(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 prior = tp->packets_out;

	tp->snd_nxt = TCP_SKB_CB(skb)->end_seq;
	tcp_unlink_write_queue(skb, sk);
	tcp_rbtree_insert(&tp->tcp_rtx_queue, skb);
	if (!tp->highest_sack)
		tp->highest_sack = skb;
	tp->packets_out += tcp_skb_pcount(skb);
	if (!prior || inet_csk(sk)->icsk_pending == ICSK_TIME_LOSS_PROBE)
		tcp_rearm_rto(sk);
	NET_ADD_STATS(sock_net(sk), TCPORIGDATASENT, tcp_skb_pcount(skb));
}

/* One run of tcp_write_xmit. */
struct tcp_xmit {
	unsigned int mss_now;
	int nonagle, push_one;
	u32 max_segs; /* packets that go as one; 0: not asked for yet */
	gfp_t gfp;
	bool cwnd_limited, rwnd_limited;
};

/* May @skb, the first of the write queue, go out now? It may be cut to fit. */
static bool tcp_xmit_check(struct sock *sk, struct sk_buff *skb, struct tcp_xmit *x)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int segs = tcp_init_tso_segs(skb, x->mss_now);
	u32 quota = tcp_cwnd_test(tp, skb);
	unsigned int limit = x->mss_now;

	if (!quota) {
		if (x->push_one !=
		    2) /* a loss probe may exceed the window by one (RFC 8985 section 7.3) */
			return false;
		quota = 1;
	}
	if (unlikely(!tcp_snd_wnd_test(tp, skb, x->mss_now))) {
		x->rwnd_limited = true;
		return false;
	}
	if (segs == 1) {
		if (!tcp_nagle_test(tp, skb, x->mss_now,
				    tcp_skb_is_last(sk, skb) ? x->nonagle : TCP_NAGLE_PUSH))
			return false;
	} else {
		if (!x->max_segs)
			x->max_segs = tcp_tso_segs(sk, x->mss_now);
		if (!x->push_one && tcp_tso_should_defer(sk, skb, x->max_segs, &x->cwnd_limited,
							 &x->rwnd_limited))
			return false;
		if (likely(tp->snd_una == tp->snd_up)) /* urgent data goes packet by packet */
			limit = tcp_mss_split_point(sk, skb, x->mss_now, min(quota, x->max_segs),
						    x->nonagle);
	}
	return skb->len <= limit || !tcp_fragment(sk, false, skb, limit, x->mss_now, x->gfp);
}

/*
 * tcp_write_xmit - send what the windows and Nagle allow. @push_one: 1 only the first segment, 2 as
 * a loss probe. true: nothing is in flight and something still waits, so the caller must see to a
 * probe timer. Context: sock locked.
 */
bool tcp_write_xmit(struct sock *sk, unsigned int mss_now, int nonagle, int push_one, gfp_t gfp)
{
	struct tcp_xmit x = { .mss_now = mss_now,
			      .nonagle = nonagle,
			      .push_one = push_one,
			      .gfp = gfp };
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 sent = 0;

	tcp_mstamp_refresh(tp);
	if (unlikely(inet_csk(sk)->icsk_mtup.enabled) && !push_one) {
		int probed = tcp_mtu_probe(sk);

		if (!probed)
			return false;
		sent = probed > 0;
	}
	while ((skb = tcp_send_head(sk)) != NULL) {
		if (!tcp_xmit_check(sk, skb, &x))
			break;
		if (TCP_SKB_CB(skb)->end_seq ==
		    TCP_SKB_CB(skb)->seq) /* tcp_sendmsg is still filling it */
			break;
		if (tcp_xmit_throttled(sk, skb, 0))
			break;
		if (unlikely(tcp_transmit_skb(sk, skb, 1, gfp)))
			break;
		tcp_event_new_data_sent(sk, skb);
		if (skb->len < tcp_skb_pcount(skb) * mss_now)
			tp->snd_sml = TCP_SKB_CB(skb)->end_seq;
		sent += tcp_skb_pcount(skb);
		if (push_one)
			break;
	}
	if (x.rwnd_limited)
		tcp_chrono_start(sk, TCP_CHRONO_RWND_LIMITED);
	else if (unlikely(tp->chrono_type == TCP_CHRONO_RWND_LIMITED))
		tcp_chrono_stop(sk, TCP_CHRONO_RWND_LIMITED);
	x.cwnd_limited |= tcp_packets_in_flight(tp) >= tp->snd_cwnd;
	if (sent || x.cwnd_limited)
		tcp_cwnd_validate(sk, x.cwnd_limited);
	if (sent) {
		if (tcp_in_cwnd_reduction(sk))
			tp->prr_out += sent;
		if (push_one != 2)
			tcp_schedule_loss_probe(sk, false);
		return false;
	}
	return !tp->packets_out && !tcp_write_queue_empty(sk);
}

void __tcp_push_pending_frames(struct sock *sk, unsigned int cur_mss, int nonagle)
{
	if (unlikely(sk->sk_state == TCP_CLOSE))
		return;
	if (tcp_write_xmit(sk, cur_mss, nonagle, 0, GFP_ATOMIC))
		tcp_check_probe_timer(sk);
}

void tcp_push_one(struct sock *sk, unsigned int mss_now)
{
	tcp_write_xmit(sk, mss_now, TCP_NAGLE_PUSH, 1, sk->sk_allocation);
}
