/* SPDX-License-Identifier: MIT */
/* The text of a segment: into the receive queue or aside, urgent data, and the FIN. RFC 9293
 * section 3.10.7.4 (sixth to eighth step), RFC 6093. */
#include <uapi/signal.h>

#include "tcp_internal.h"

void tcp_data_ready(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if ((int)(tp->rcv_nxt - tp->copied_seq) < sk->sk_rcvlowat && !tcp_rmem_pressure(sk) &&
	    tcp_receive_window(tp) > inet_csk(sk)->icsk_ack.rcv_mss && !sock_flag(sk, SOCK_DONE))
		return;
	sk->sk_data_ready(sk);
}

/* tcp_try_coalesce - @from's bytes become the end of @to; the caller then frees @from. */
bool tcp_try_coalesce(struct sock *sk, struct sk_buff *to, struct sk_buff *from, bool *fragstolen)
{
	struct tcp_skb_cb *a = TCP_SKB_CB(to), *b = TCP_SKB_CB(from);
	int delta;

	*fragstolen = false;
	if (b->seq != a->end_seq || (a->tcp_flags & TCPHDR_FIN))
		return false;
	if (!skb_try_coalesce(to, from, fragstolen, &delta))
		return false;
	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	NET_INC_STATS(sock_net(sk), TCPRCVCOALESCE);
	a->end_seq = b->end_seq;
	a->ack_seq = b->ack_seq;
	a->tcp_flags |= b->tcp_flags;
	if (unlikely(b->has_rxtstamp)) { /* the time of the last byte counts */
		a->has_rxtstamp = 1;
		to->tstamp = from->tstamp;
	}
	return true;
}

static void tcp_rcv_nxt_update(struct tcp_sock *tp, u32 seq)
{
	tp->bytes_received += seq - tp->rcv_nxt;
	tp->rcv_nxt = seq;
}

int tcp_queue_rcv(struct sock *sk, struct sk_buff *skb, bool *fragstolen)
{
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	int eaten = tail && tcp_try_coalesce(sk, tail, skb, fragstolen);

	tcp_rcv_nxt_update(tcp_sk(sk), TCP_SKB_CB(skb)->end_seq);
	if (!eaten) {
		skb->dev = NULL;
		__skb_queue_tail(&sk->sk_receive_queue, skb);
		skb_set_owner_r(skb, sk);
	}
	return eaten;
}

/* tcp_fin - the peer has no more to say. */
void tcp_fin(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	inet_csk_schedule_ack(sk);
	sk->sk_shutdown |= RCV_SHUTDOWN;
	sock_set_flag(sk, SOCK_DONE);
	switch (sk->sk_state) {
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
		tcp_set_state(sk, TCP_CLOSE_WAIT);
		inet_csk_enter_pingpong_mode(sk);
		break;
	case TCP_FIN_WAIT1: /* both closed at once */
		tcp_send_ack(sk);
		tcp_set_state(sk, TCP_CLOSING);
		break;
	case TCP_FIN_WAIT2:
		tcp_send_ack(sk);
		tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		break;
	default: /* CLOSE_WAIT, CLOSING, LAST_ACK: it came again */ break;
	}
	tcp_ofo_purge(sk); /* nothing can follow a FIN */
	tp->rx_opt.num_sacks = 0;
	tp->rx_opt.dsack = 0;
	if (sock_flag(sk, SOCK_DEAD))
		return;
	sk->sk_state_change(sk);
	/* A half that is closed is no hang-up. */
	sk_wake_async(sk, SOCK_WAKE_WAITD,
		      sk->sk_shutdown == SHUTDOWN_MASK || sk->sk_state == TCP_CLOSE ? POLL_HUP
										    : POLL_IN);
}

/* All of @skb was received before, or lies outside the window: answer quickly, and no more. */
static void tcp_data_refuse(struct sock *sk, struct sk_buff *skb, enum skb_drop_reason reason)
{
	tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS);
	inet_csk_schedule_ack(sk);
	kfree_skb_reason(skb, reason);
}

/* @skb begins at or before rcv_nxt and brings something new. Consumes skb. */
static void tcp_data_queue_next(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool fin = TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN, stolen = false;
	int eaten;

	if (tcp_try_rmem_schedule(sk, skb, skb->truesize)) {
		if (skb_queue_empty(&sk->sk_receive_queue)) { /* one segment is always taken */
			tcp_force_charge(sk, (int)skb->truesize);
		} else {
			NET_INC_STATS(sock_net(sk), TCPRCVQDROP);
			inet_csk(sk)->icsk_ack.pending |=
				ICSK_ACK_NOMEM | ICSK_ACK_NOW; /* say so, with a window of 0 */
			inet_csk_schedule_ack(sk);
			sk->sk_data_ready(sk);
			kfree_skb_reason(skb, SKB_DROP_REASON_PROTO_MEM);
			return;
		}
	}
	eaten = tcp_queue_rcv(sk, skb, &stolen);
	if (skb->len)
		tcp_event_data_recv(sk, skb);
	if (fin)
		tcp_fin(sk);
	if (unlikely(!RB_EMPTY_ROOT(&tp->out_of_order_queue))) {
		tcp_ofo_queue(sk);
		if (RB_EMPTY_ROOT(
			    &tp->out_of_order_queue)) /* the gap is filled: RFC 5681 section 4.2 */
			inet_csk(sk)->icsk_ack.pending |= ICSK_ACK_NOW;
	}
	if (tp->rx_opt.num_sacks)
		tcp_sack_remove(tp);
	if (sk->sk_state != TCP_CLOSE)
		tcp_fast_path_check(sk);
	if (eaten)
		consume_skb(skb);
	if (!sock_flag(sk, SOCK_DEAD))
		tcp_data_ready(sk);
}

/* tcp_data_queue - the text of an acceptable segment; data still at the TCP header. Consumes skb.
 */
void tcp_data_queue(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);

	if (cb->seq == cb->end_seq) {
		consume_skb(skb);
		return;
	}
	skb_dst_drop(skb);
	__skb_pull(skb, tcp_hdrlen(skb));
	tp->rx_opt.dsack = 0;
	if (cb->seq == tp->rcv_nxt) {
		if (!tcp_receive_window(tp)) {
			NET_INC_STATS(sock_net(sk), TCPZEROWINDOWDROP);
			tcp_data_refuse(sk, skb, SKB_DROP_REASON_TCP_OVERWINDOW);
			return;
		}
		tcp_data_queue_next(sk, skb);
		return;
	}
	if (!after(cb->end_seq, tp->rcv_nxt)) { /* a retransmission: our ACK was lost or late */
		NET_INC_STATS(sock_net(sk), DELAYEDACKLOST);
		tcp_dsack_set(sk, cb->seq, cb->end_seq);
		tcp_data_refuse(sk, skb, SKB_DROP_REASON_TCP_OLD_DATA);
		return;
	}
	if (!before(cb->seq, tp->rcv_nxt + tcp_receive_window(tp))) {
		tcp_data_refuse(sk, skb, SKB_DROP_REASON_TCP_OVERWINDOW);
		return;
	}
	if (before(cb->seq, tp->rcv_nxt)) {
		tcp_dsack_set(sk, cb->seq, tp->rcv_nxt);
		if (!tcp_receive_window(tp)) {
			NET_INC_STATS(sock_net(sk), TCPZEROWINDOWDROP);
			tcp_data_refuse(sk, skb, SKB_DROP_REASON_TCP_OVERWINDOW);
			return;
		}
		tcp_data_queue_next(sk, skb);
		return;
	}
	tcp_data_queue_ofo(sk, skb);
}

/* ---- urgent data ---- */

/* The urgent pointer: a new mark? RFC 6093 section 3.1: it points behind the byte, unless
 * tcp_stdurg. */
static void tcp_check_urg(struct sock *sk, const struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 ptr = ntohs(th->urg_ptr);

	if (ptr && !sock_net(sk)->tcp.sysctl_stdurg)
		ptr--;
	ptr += TCP_SKB_CB(skb)->seq;
	if (after(tp->copied_seq, ptr)) /* read already */
		return;
	if (before(ptr, tp->rcv_nxt)) /* a retransmission of what was announced before */
		return;
	if (tp->urg_data && !after(ptr, tp->urg_seq))
		return;
	sk_send_sigurg(sk);
	/* The old urgent byte, unread and out of band, is skipped when a new mark comes at the very
	 * place the reader is. */
	if (tp->urg_seq == tp->copied_seq && tp->urg_data && !sock_flag(sk, SOCK_URGINLINE) &&
	    tp->copied_seq != tp->rcv_nxt) {
		struct sk_buff *head = skb_peek(&sk->sk_receive_queue);

		tp->copied_seq++;
		if (head && !before(tp->copied_seq, TCP_SKB_CB(head)->end_seq)) {
			__skb_unlink(head, &sk->sk_receive_queue);
			consume_skb(head);
		}
	}
	tp->urg_data = TCP_URG_NOTYET;
	tp->urg_seq = ptr;
	tp->pred_flags = 0;
}

void tcp_urg(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(th->urg))
		tcp_check_urg(sk, skb, th);
	if (unlikely(tp->urg_data == TCP_URG_NOTYET)) {
		u32 ptr = tp->urg_seq - TCP_SKB_CB(skb)->seq + th->doff * 4u - th->syn;
		u8 byte;

		if (ptr < skb->len) {
			if (WARN_ON_ONCE(skb_copy_bits(skb, (int)ptr, &byte, 1)))
				return;
			tp->urg_data = TCP_URG_VALID | byte;
			if (!sock_flag(sk, SOCK_DEAD))
				sk->sk_data_ready(sk);
		}
	}
}
