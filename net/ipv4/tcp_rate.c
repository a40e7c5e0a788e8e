/* SPDX-License-Identifier: MIT */
/* Delivery-rate samples, the sender's side: what a segment keeps for the sample of its ACK
 * (tcp_ack_steps.h). draft-cheng-iccrg-delivery-rate-estimation. */
#include "tcp_internal.h"

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

/* tcp_rate_check_app_limited - the application has let the pipe run dry: samples from now on say
 * nothing about the path. */
void tcp_rate_check_app_limited(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tcp_seq_span(tp->snd_nxt, tp->write_seq) < tp->mss_cache &&
	    sk_wmem_alloc_get(sk) <
		    (int)SKB_TRUESIZE(1) && /* and nothing waits in queues of ours */
	    tcp_packets_in_flight(tp) < tp->snd_cwnd &&
	    tp->lost_out <= tp->retrans_out)
		tcp_rate_mark_app_limited(tp);
}
