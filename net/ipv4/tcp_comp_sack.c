/* SPDX-License-Identifier: MIT */
/* ACKs of data out of order, of which a flood tells the sender little: the first three go at once
 * (RFC 5681 section 4.2), later ones are gathered for a twentieth of a round trip. Linux's SACK
 * compression. */
#include "tcp_internal.h"

/* The ACKs that wait go as one, which the caller sends. */
static void tcp_compressed_ack_stop(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->compressed_ack = 0;
	if (hrtimer_active(&tp->compressed_ack_timer) && hrtimer_cancel(&tp->compressed_ack_timer))
		sock_put(sk);
}

/* tcp_compressed_ack_sent - a segment carries an ACK: those that waited are told by it. Context:
 * sock locked. */
void tcp_compressed_ack_sent(struct sock *sk)
{
	NET_ADD_STATS(sock_net(sk), TCPACKCOMPRESSED, tcp_sk(sk)->compressed_ack);
	tcp_compressed_ack_stop(sk);
}

/* tcp_sack_compress_send_ack - no more waiting. Context: sock locked, tcp_mstamp fresh. */
void tcp_sack_compress_send_ack(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tp->compressed_ack)
		return;
	NET_ADD_STATS(sock_net(sk), TCPACKCOMPRESSED,
		      tp->compressed_ack - 1u); /* one goes, after all */
	tcp_compressed_ack_stop(sk);
	tcp_send_ack(sk);
}

/* A twentieth of the round trip, tcp_comp_sack_delay_ns at most; and the slack, since no other
 * timer's tick will be used for it. */
static ktime_t tcp_compress_until(const struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 rtt = tp->rcv_rtt_est.rtt_us; /* the eightfold, as the next one */

	if (tp->srtt_us && tp->srtt_us < rtt)
		rtt = tp->srtt_us;
	return (ktime_t)(ktime_get_ns() +
			 min((u64)nt->sysctl_comp_sack_delay_ns, rtt * (NSEC_PER_USEC >> 3) / 20) +
			 (u64)nt->sysctl_comp_sack_slack_ns);
}

/* tcp_ack_compress - data came out of order: its ACK goes now or waits. Context: sock locked. */
void tcp_ack_compress(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->compressed_ack_rcv_nxt != tp->rcv_nxt) { /* another hole */
		tp->compressed_ack_rcv_nxt = tp->rcv_nxt;
		tp->dup_ack_counter = 0;
	}
	if (!tcp_is_sack(tp) || tp->compressed_ack >= sock_net(sk)->tcp.sysctl_comp_sack_nr) {
		tcp_send_ack(sk);
		return;
	}
	if (tp->dup_ack_counter < TCP_FASTRETRANS_THRESH) { /* a sender may go by them */
		tp->dup_ack_counter++;
		tcp_send_ack(sk);
		return;
	}
	tp->compressed_ack++;
	if (hrtimer_active(&tp->compressed_ack_timer))
		return;
	sock_hold(sk);
	hrtimer_start(&tp->compressed_ack_timer, tcp_compress_until(sk));
}

/* tcp_compressed_ack_kick - the timer. Context: softirq. */
void tcp_compressed_ack_kick(struct hrtimer *timer)
{
	struct tcp_sock *tp = container_of(timer, struct tcp_sock, compressed_ack_timer);
	struct sock *sk = (struct sock *)tp;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		tcp_mstamp_refresh(tp);
		tcp_sack_compress_send_ack(sk);
	} else if (!test_and_set_bit(TCP_DELACK_TIMER_DEFERRED, &tp->tsq_flags)) {
		sock_hold(sk);
	}
	bh_unlock_sock(sk);
	sock_put(sk);
}
