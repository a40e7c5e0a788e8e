/* SPDX-License-Identifier: MIT */
/* Delivery-rate samples: how fast the path delivered what each ACK acknowledges.
 * draft-cheng-iccrg-delivery-rate-estimation. */
#include "tcp_internal.h"

bool tcp_rack_sent_after(u64 t1, u64 t2, u32 seq1, u32 seq2)
{
	return t1 > t2 || (t1 == t2 && after(seq1, seq2));
}

void tcp_rate_skb_sent(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (!tp->packets_out) /* the pipe was empty: a new interval begins */
		tp->first_tx_mstamp = tp->delivered_mstamp = tp->tcp_mstamp;
	cb->tx.first_tx_mstamp = tp->first_tx_mstamp;
	cb->tx.delivered_mstamp = tp->delivered_mstamp;
	cb->tx.delivered = tp->delivered;
	cb->is_app_limited = tp->app_limited != 0;
}

void tcp_rate_skb_delivered(struct sock *sk, struct sk_buff *skb, struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u64 sent;

	if (!cb->tx.delivered_mstamp)
		return;
	sent = tcp_skb_timestamp_us(skb);
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

void tcp_rate_gen(struct sock *sk, u32 delivered, u32 lost, bool is_sack_reneg,
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

/* tcp_rate_check_app_limited - the application has let the pipe run dry: samples from now on say
 * nothing about the path. */
void tcp_rate_check_app_limited(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tcp_seq_span(tp->snd_nxt, tp->write_seq) < tp->mss_cache &&
	    sk_wmem_alloc_get(sk) <
		    (int)SKB_TRUESIZE(1) && /* and nothing waits in queues of ours */
	    tcp_packets_in_flight(tp) < tp->snd_cwnd &&
	    tp->lost_out <= tp->retrans_out) {
		u32 mark = tp->delivered + tcp_packets_in_flight(tp);

		tp->app_limited = mark ? mark : 1;
	}
}
