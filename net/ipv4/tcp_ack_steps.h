/* SPDX-License-Identifier: MIT */
/* The steps of an ACK that both its ways take, the long one and the short one of tcp_ack.c, and
 * SACK blocks too: what was delivered (RACK, RFC 8985), and how fast
 * (draft-cheng-iccrg-delivery-rate-estimation). Inline: every ACK takes them. Context: sock locked,
 * tcp_mstamp fresh. */
#ifndef IPV4_TCP_ACK_STEPS_H
#define IPV4_TCP_ACK_STEPS_H

#include "tcp_internal.h"

#define TCP_RACK_RECOVERY_THRESH 16 /* recoveries for which a widened reordering window is kept */

static inline bool tcp_rack_sent_after(u64 t1, u64 t2, u32 seq1, u32 seq2)
{
	return t1 > t2 || (t1 == t2 && after(seq1, seq2));
}

/* tcp_rack_advance - a segment sent at @xmit_time (us) was delivered. RFC 8985 section 6.2 steps 1
 * and 2. */
static inline void tcp_rack_advance(struct tcp_sock *tp, u8 sacked, u32 end_seq, u64 xmit_time)
{
	u32 rtt_us = tcp_stamp_us_delta(tp->tcp_mstamp, xmit_time);

	if (rtt_us < tcp_min_rtt(tp) && (sacked & TCPCB_RETRANS))
		return; /* the ACK is for the original, not for the retransmission */
	tp->rack.advanced = 1;
	tp->rack.rtt_us = rtt_us;
	if (tcp_rack_sent_after(xmit_time, tp->rack.mstamp, end_seq, tp->rack.end_seq)) {
		tp->rack.mstamp = xmit_time;
		tp->rack.end_seq = end_seq;
	}
}

/* tcp_rack_update_reo_wnd - DSACKs say that we were too quick: widen by a step a round trip; narrow
 * after 16 recoveries. */
static inline void tcp_rack_update_reo_wnd(struct sock *sk, const struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if ((sock_net(sk)->tcp.sysctl_recovery & TCP_RACK_STATIC_REO_WND) || !rs->prior_delivered)
		return;
	if (before(rs->prior_delivered, tp->rack.last_delivered))
		tp->rack.dsack_seen = 0;
	if (tp->rack.dsack_seen) {
		if (tp->rack.reo_wnd_steps < U8_MAX)
			tp->rack.reo_wnd_steps++;
		tp->rack.dsack_seen = 0;
		tp->rack.last_delivered = tp->delivered;
		tp->rack.reo_wnd_persist = TCP_RACK_RECOVERY_THRESH;
	} else if (!tp->rack.reo_wnd_persist) {
		tp->rack.reo_wnd_steps = 1;
	}
}

/* tcp_rate_skb_delivered - @skb, sent at @sent (us), is acknowledged or SACKed: the latest sent of
 * them begins the sample. */
static inline void tcp_rate_skb_delivered(struct sock *sk, struct sk_buff *skb, u64 sent,
					  struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (!cb->tx.delivered_mstamp)
		return;
	if (!rs->prior_mstamp ||
	    tcp_rack_sent_after(sent, tp->first_tx_mstamp, cb->end_seq, rs->last_end_seq)) {
		rs->prior_delivered = cb->tx.delivered;
		rs->prior_mstamp = cb->tx.delivered_mstamp;
		rs->is_app_limited = cb->is_app_limited;
		rs->is_retrans = cb->sacked & TCPCB_RETRANS;
		rs->last_end_seq = cb->end_seq;
		tp->first_tx_mstamp = sent;
		rs->interval_us = tcp_stamp_us_delta(sent, cb->tx.first_tx_mstamp);
	}
	if (cb->sacked & TCPCB_SACKED_ACKED) /* not again when it is acknowledged for good */
		cb->tx.delivered_mstamp = 0;
}

/* tcp_rate_gen - all that this ACK delivers (@delivered packets) is known: the sample. */
static inline void tcp_rate_gen(struct sock *sk, u32 delivered, u32 lost, bool is_sack_reneg,
				struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 snd_us, ack_us;

	if (tp->app_limited && after(tp->delivered, tp->app_limited))
		tp->app_limited = 0;
	if (delivered)
		tp->delivered_mstamp = tp->tcp_mstamp;
	rs->acked_sacked = delivered;
	rs->losses = (int)lost;
	if (!rs->prior_mstamp || is_sack_reneg) {
		rs->delivered = -1;
		rs->interval_us = -1;
		return;
	}
	rs->delivered = (s32)(tp->delivered - rs->prior_delivered);
	snd_us = (u32)rs->interval_us;
	ack_us = tcp_stamp_us_delta(tp->tcp_mstamp, rs->prior_mstamp);
	rs->interval_us = max(snd_us, ack_us); /* the slower of both: ACKs may have been bunched */
	rs->snd_interval_us = snd_us;
	rs->rcv_interval_us = ack_us;
	if (rs->interval_us < (long)tcp_min_rtt(tp)) {
		rs->interval_us = -1;
		return;
	}
	if (!rs->is_app_limited || (u64)rs->delivered * tp->rate_interval_us >=
					   (u64)tp->rate_delivered * (u64)rs->interval_us) {
		tp->rate_delivered = (u32)rs->delivered;
		tp->rate_interval_us = (u32)rs->interval_us;
		tp->rate_app_limited = rs->is_app_limited;
	}
}

#endif
