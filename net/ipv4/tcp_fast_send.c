/* SPDX-License-Identifier: MIT */
/* The short way of a short write that meets an idle connection: one segment, sent at once. RFC 9293
 * section 3.10.2 (SEND), section 3.7.4; the sender's counterpart of header prediction (tcp_fast.c).
 */
#include "tcp_internal.h"

/*
 * A request, or its answer, is mostly one write that fits into one segment, while nothing is in
 * flight and nothing waits. Then most questions of tcp_sendmsg and tcp_write_xmit have one answer:
 * the send buffer has room, Nagle's rule and the congestion window let the segment go, no queue
 * below is too long (tcp_small_queue_check), the write queue would take it in only to let it out,
 * and the retransmit queue has no other to compare it with. All else goes the long way: more than
 * one segment, options of the call, control messages, stamps, a cork, a window too small, loss,
 * pacing, path MTU probing, SACK blocks to be sent.
 */

/* Is the segment size still that of the route's MTU? */
static bool tcp_mss_is_current(const struct sock *sk)
{
	const struct dst_entry *dst = __sk_dst_get(sk);

	return !dst || dst_mtu(dst) == inet_csk(sk)->icsk_pmtu_cookie;
}

/* Is it that case? */
static bool tcp_send_is_short(const struct sock *sk, const struct kmsghdr *msg, size_t len)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	if (len - 1 >= TCP_SMALL_WRITE || tp->packets_out || sk->sk_state != TCP_ESTABLISHED ||
	    (msg->msg_flags & ~(unsigned int)(MSG_DONTWAIT | MSG_NOSIGNAL)) || msg->msg_controllen)
		return false;
	if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN) || sk->sk_tsflags ||
	    tp->rx_opt.num_sacks || tp->rx_opt.dsack)
		return false;
	if (!skb_queue_empty(&sk->sk_write_queue) || !tcp_write_queue_empty(sk) ||
	    (tp->nonagle & TCP_NAGLE_CORK))
		return false;
	return icsk->icsk_ca_state == TCP_CA_Open && !icsk->icsk_mtup.enabled &&
	       sk->sk_pacing_status == SK_PACING_NONE && tcp_notsent_room(sk, 0) &&
	       !after(tp->write_seq + (u32)len, tcp_wnd_end(tp)) && len <= tp->mss_cache &&
	       tcp_mss_is_current(sk);
}

/* The user's @len bytes as a segment, accounted for. NULL: no memory; ERR_PTR(-EFAULT). */
static struct sk_buff *tcp_short_segment(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	struct sk_buff *skb = tcp_stream_alloc_skb(sk, TCP_SMALL_WRITE, sk->sk_allocation, true);
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb;

	if (unlikely(!skb))
		return NULL;
	if (unlikely(copy_from_iter(skb_put(skb, (unsigned int)len), len, &msg->msg_iter) != len)) {
		tcp_skb_tsorted_anchor_cleanup(skb);
		consume_skb(skb);
		return ERR_PTR(-EFAULT);
	}
	cb = TCP_SKB_CB(skb);
	tcp_init_nondata_skb(skb, tp->write_seq, TCPHDR_ACK);
	cb->end_seq += (u32)len;
	tp->write_seq = cb->end_seq;
	tcp_mark_push(tp, skb);
	skb->nohdr = 1;
	sk->sk_wmem_queued += (int)skb->truesize;
	sk_mem_charge(sk, (int)skb->truesize);
	return skb;
}

/* The first segment in flight: as tcp_event_new_data_sent and the end of tcp_write_xmit. The timer
 * is that of the loss probe, or of the retransmission, both counted from now. */
static void tcp_short_sent(struct sock *sk, struct sk_buff *skb, bool small)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_nxt = TCP_SKB_CB(skb)->end_seq;
	rb_link_node(&skb->rbnode, NULL, &tp->tcp_rtx_queue.node);
	rb_insert_color(&skb->rbnode, &tp->tcp_rtx_queue);
	tp->highest_sack = skb;
	tp->packets_out = 1;
	NET_INC_STATS(sock_net(sk), TCPORIGDATASENT);
	if (small)
		tp->snd_sml = tp->snd_nxt;
	tcp_cwnd_validate(sk, tp->snd_cwnd <= 1);
	if (!tcp_schedule_loss_probe(sk, true))
		tcp_rearm_rto(sk);
}

/* tcp_sendmsg_fast - the whole write in one segment: its length, or -EFAULT; 0: nothing was done,
 * take the long way. Context: process, sock locked. */
int tcp_sendmsg_fast(struct sock *sk, struct kmsghdr *msg)
{
	size_t len = iov_iter_count(&msg->msg_iter);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	if (!tcp_send_is_short(sk, msg, len))
		return 0;
	if (sk_wmem_alloc_get(sk) < (int)SKB_TRUESIZE(1)) /* as tcp_rate_check_app_limited */
		tcp_rate_mark_app_limited(tp);
	skb = tcp_short_segment(sk, msg, len);
	if (unlikely(IS_ERR_OR_NULL(skb)))
		return skb ? (int)PTR_ERR(skb) : 0;
	if (sk->sk_socket)
		clear_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
	tcp_mstamp_refresh(tp);
	tcp_chrono_start(sk, TCP_CHRONO_BUSY);
	tp->nonagle &= (u8)~TCP_NAGLE_PUSH;
	tcp_slow_start_after_idle_check(sk);
	if (likely(!tcp_transmit_skb(sk, skb, 1, GFP_ATOMIC))) {
		tcp_short_sent(sk, skb, len < tp->mss_cache);
	} else { /* no memory below, or a full queue: it waits as if it had come the long way */
		__skb_queue_tail(&sk->sk_write_queue, skb);
		tcp_check_probe_timer(sk);
	}
	return (int)len;
}
