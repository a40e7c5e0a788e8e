/* SPDX-License-Identifier: MIT */
/* Which segments are lost: RACK by time, NewReno by duplicate ACKs. RFC 8985, RFC 6582. */
#include "tcp_ack_steps.h"
#include "tcp_internal.h"

/* ---- marking ---- */

static void tcp_verify_retransmit_hint(struct tcp_sock *tp, struct sk_buff *skb)
{
	if ((!tp->retransmit_skb_hint && tp->retrans_out >= tp->lost_out) ||
	    (tp->retransmit_skb_hint &&
	     before(TCP_SKB_CB(skb)->seq, TCP_SKB_CB(tp->retransmit_skb_hint)->seq)))
		tp->retransmit_skb_hint = skb;
}

/* tcp_mark_skb_lost - @skb, or its retransmission, is taken for lost. */
void tcp_mark_skb_lost(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u32 pcount = tcp_skb_pcount(skb);

	if (cb->sacked & TCPCB_SACKED_ACKED)
		return;
	tcp_verify_retransmit_hint(tp, skb);
	if (cb->sacked & TCPCB_LOST) {
		if (!(cb->sacked & TCPCB_SACKED_RETRANS))
			return;
		cb->sacked &= (u8)~TCPCB_SACKED_RETRANS; /* lost again */
		tp->retrans_out -= pcount;
		NET_ADD_STATS(sock_net(sk), TCPLOSTRETRANSMIT, pcount);
	} else {
		tp->lost_out += pcount;
		cb->sacked |= TCPCB_LOST;
	}
	tp->lost += pcount;
}

/* ---- RACK ---- */

/* How long after its due time a segment may still come: none before reordering was seen and loss is
 * likely. RFC 8985 section 6.2 step 4. */
static u32 tcp_rack_reo_wnd(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (!tp->reord_seen) {
		if (inet_csk(sk)->icsk_ca_state >= TCP_CA_Recovery)
			return 0;
		if (tp->sacked_out >= tp->reordering &&
		    !(sock_net(sk)->tcp.sysctl_recovery & TCP_RACK_NO_DUPTHRESH))
			return 0;
	}
	return (u32)min((u64)(tcp_min_rtt(tp) >> 2) * tp->rack.reo_wnd_steps,
			(u64)(tp->srtt_us >> 3));
}

/* tcp_rack_skb_timeout - us until @skb counts as lost; 0 or less: now. */
s32 tcp_rack_skb_timeout(struct tcp_sock *tp, struct sk_buff *skb, u32 reo_wnd)
{
	return (s32)(tp->rack.rtt_us + reo_wnd -
		     tcp_stamp_us_delta(tp->tcp_mstamp, tcp_skb_timestamp_us(skb)));
}

/* Marks what was sent before the latest delivered segment and is overdue. Returns us until the next
 * will be, 0: none. */
static u32 tcp_rack_detect_loss(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 reo_wnd = tcp_rack_reo_wnd(sk), timeout = 0;
	struct sk_buff *skb, *next;

	list_for_each_entry_safe(skb, next, &tp->tsorted_sent_queue, tcp_tsorted_anchor) {
		struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
		s32 remaining;

		if ((cb->sacked & TCPCB_LOST) && !(cb->sacked & TCPCB_SACKED_RETRANS))
			continue;
		if (!tcp_rack_sent_after(tp->rack.mstamp, tcp_skb_timestamp_us(skb),
					 tp->rack.end_seq, cb->end_seq))
			break;
		remaining = tcp_rack_skb_timeout(tp, skb, reo_wnd);
		if (remaining <= 0) {
			tcp_mark_skb_lost(sk, skb);
			list_del_init(&skb->tcp_tsorted_anchor);
		} else {
			timeout = max(timeout, (u32)remaining);
		}
	}
	return timeout;
}

/* tcp_rack_mark_lost - after an ACK. true: the reordering timer runs. */
bool tcp_rack_mark_lost(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 timeout;

	if (!tp->rack.advanced)
		return false;
	tp->rack.advanced = 0;
	timeout = tcp_rack_detect_loss(sk);
	if (timeout) {
		timeout = (timeout + TCP_TIMEOUT_MIN_US + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
		inet_csk_reset_xmit_timer(sk, ICSK_TIME_REO_TIMEOUT, timeout,
					  inet_csk(sk)->icsk_rto);
	}
	return timeout != 0;
}

/* tcp_rack_reo_timeout - the reordering window has passed. Context: softirq, sock locked. */
void tcp_rack_reo_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 prior_inflight = tcp_packets_in_flight(tp), lost = tp->lost;

	tcp_rack_detect_loss(sk);
	if (prior_inflight != tcp_packets_in_flight(tp)) {
		if (icsk->icsk_ca_state != TCP_CA_Recovery) {
			tcp_enter_recovery(sk, false);
			if (!icsk->icsk_ca_ops->cong_control)
				tcp_cwnd_reduction(sk, 1, (int)(tp->lost - lost), 0);
		}
		tcp_xmit_retransmit_queue(sk);
	}
	if (icsk->icsk_pending != ICSK_TIME_RETRANS)
		tcp_rearm_rto(sk);
}

/* ---- NewReno ---- */

void tcp_newreno_mark_lost(struct sock *sk, bool snd_una_advanced)
{
	u8 state = inet_csk(sk)->icsk_ca_state;
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 mss;

	if (!(state < TCP_CA_Recovery && tp->sacked_out >= tp->reordering) &&
	    !(state == TCP_CA_Recovery && snd_una_advanced))
		return;
	skb = tcp_rtx_queue_head(sk);
	if (TCP_SKB_CB(skb)->sacked & TCPCB_LOST)
		return;
	mss = tcp_skb_mss(skb);
	if (tcp_skb_pcount(skb) > 1 && skb->len > mss)
		tcp_fragment(sk, true, skb, mss, mss, GFP_ATOMIC);
	tcp_mark_skb_lost(sk, skb);
}

static bool tcp_limit_reno_sacked(struct tcp_sock *tp)
{
	u32 holes = min(max(tp->lost_out, 1u), tp->packets_out);

	if (tp->sacked_out + holes <= tp->packets_out)
		return false;
	tp->sacked_out = tp->packets_out - holes;
	return true;
}

/* More duplicate ACKs than segments could cause: they were reordered. */
static void tcp_check_reno_reordering(struct sock *sk, int addend)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_limit_reno_sacked(tp))
		return;
	tp->reordering =
		min(tp->packets_out + (u32)addend, (u32)sock_net(sk)->tcp.sysctl_max_reordering);
	tp->reord_seen++;
	NET_INC_STATS(sock_net(sk), TCPRENOREORDER);
}

/* tcp_add_reno_sack - without SACK each duplicate ACK stands for one delivered segment. */
void tcp_add_reno_sack(struct sock *sk, int num_dupack, bool ece_ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 prior = tp->sacked_out;

	if (!num_dupack)
		return;
	tp->sacked_out += (u32)num_dupack;
	tcp_check_reno_reordering(sk, 0);
	if ((s32)(tp->sacked_out - prior) > 0) {
		tp->delivered += tp->sacked_out - prior;
		if (ece_ack)
			tp->delivered_ce += tp->sacked_out - prior;
	}
	tcp_verify_left_out(tp);
}

void tcp_remove_reno_sacks(struct sock *sk, int acked, bool ece_ack)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (acked > 0) { /* one ACK fills the hole, the rest eat duplicates */
		u32 n = (u32)max(acked - (int)tp->sacked_out, 1);

		tp->delivered += n;
		if (ece_ack)
			tp->delivered_ce += n;
		if (acked - 1 >= (int)tp->sacked_out)
			tp->sacked_out = 0;
		else
			tp->sacked_out -= (u32)acked - 1;
	}
	tcp_check_reno_reordering(sk, acked);
	tcp_verify_left_out(tp);
}

void tcp_reset_reno_sack(struct tcp_sock *tp)
{
	tp->sacked_out = 0;
}
