/* SPDX-License-Identifier: MIT */
/* Header prediction: the short way of a segment that is just what was expected. Van Jacobson, "4BSD
 * TCP Header Prediction" (1990). */
#include "tcp_internal.h"

/*
 * In a connection that only receives, or only sends, nearly every segment is the next one in order,
 * with the same header length, flags and window. pred_flags holds word 3 of such a header; one
 * comparison then replaces the eight steps. pred_flags is 0, and nothing matches, while anything
 * unusual goes on: segments out of order, urgent data, no window, no buffer. What is left to check
 * is the timestamp and the ACK.
 */

/* All of word 3 but PSH and the reserved bits. */
#define TCP_HP_BITS htonl(~((0x0fu << 24) | ((u32)TCPHDR_PSH << 16)))

/* The timestamps, if the segment carries them and nothing else. PAWS in its simple form; -1: take
 * the long way. */
static int tcp_fast_timestamp(struct tcp_sock *tp, const struct tcphdr *th)
{
	const u8 *ptr = (const u8 *)(th + 1);

	if (get_unaligned_be32(ptr) !=
	    (TCPOPT_NOP << 24 | TCPOPT_NOP << 16 | TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP))
		return -1;
	tp->rx_opt.saw_tstamp = 1;
	tp->rx_opt.rcv_tsval = get_unaligned_be32(ptr + 4);
	tp->rx_opt.rcv_tsecr = get_unaligned_be32(ptr + 8);
	if (tp->rx_opt.rcv_tsecr)
		tp->rx_opt.rcv_tsecr -= tp->tsoffset;
	return before(tp->rx_opt.rcv_tsval, tp->rx_opt.ts_recent) ? -1 : 0;
}

/* The receiver's side: the segment holds the next data. */
static void tcp_fast_data(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);
	bool stolen = false, ack = true;
	int eaten;

	if (tp->rx_opt.saw_tstamp && tp->rcv_nxt == tp->rcv_wup)
		tcp_store_ts_recent(tp);
	tcp_rcv_rtt_measure_ts(sk, skb);
	NET_INC_STATS(sock_net(sk), TCPHPHITS);
	skb_dst_drop(skb);
	__skb_pull(skb, tp->tcp_header_len);
	eaten = tcp_queue_rcv(sk, skb, &stolen);
	tcp_event_data_recv(sk, skb);
	if (cb->ack_seq != tp->snd_una) {
		if (!tcp_ack_whole(sk, skb))
			tcp_ack(sk, skb, FLAG_DATA);
		tcp_data_snd_check(sk);
		ack = inet_csk_ack_scheduled(sk); /* it may have gone out on data */
	} else {
		tp->snd_wl1 = cb->seq;
	}
	if (ack)
		__tcp_ack_snd_check(sk, 0);
	if (eaten)
		consume_skb(skb);
	tcp_data_ready(sk);
}

/* tcp_fast_established - true: @skb was as predicted and is consumed; false: untouched but for
 * rx_opt. Context: sock locked, ESTABLISHED. */
bool tcp_fast_established(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);

	if ((tcp_flag_word(th) & TCP_HP_BITS) != tp->pred_flags || cb->seq != tp->rcv_nxt ||
	    after(cb->ack_seq, tp->snd_nxt))
		return false;
	if (tp->tcp_header_len == sizeof(struct tcphdr) + TCPOLEN_TSTAMP_ALIGNED &&
	    tcp_fast_timestamp(tp, th))
		return false;
	if (skb->len == tp->tcp_header_len) { /* the sender's side: a pure ACK */
		if (before(cb->ack_seq, tp->snd_una))
			return false;
		if (tp->rx_opt.saw_tstamp && tp->rcv_nxt == tp->rcv_wup)
			tcp_store_ts_recent(tp);
		if (!tcp_ack_whole(sk, skb))
			tcp_ack(sk, skb, 0);
		tp->rcv_rtt_last_tsecr = tp->rx_opt.rcv_tsecr;
		consume_skb(skb);
		tcp_data_snd_check(sk);
		return true;
	}
	if ((int)skb->truesize > sk->sk_forward_alloc || before(cb->ack_seq, tp->snd_una))
		return false;
	tcp_fast_data(sk, skb);
	return true;
}
