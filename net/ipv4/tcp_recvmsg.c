/* SPDX-License-Identifier: MIT */
/* tcp_recvmsg: bytes from the receive queue to the user, waiting, urgent data, and the window
 * updates that reading brings. RFC 9293 section 3.10.3; Book section 12.9.3. */
#include "tcp_internal.h"

/* tcp_cleanup_rbuf - the user has read @copied bytes: is an ACK due, for data or because the window
 * opened? RFC 9293 section 3.8.6.2.2. */
void tcp_cleanup_rbuf(struct sock *sk, int copied)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	bool time_to_ack = false;

	if (inet_csk_ack_scheduled(sk)) {
		bool pushed = (icsk->icsk_ack.pending & ICSK_ACK_PUSHED2) ||
			      ((icsk->icsk_ack.pending & ICSK_ACK_PUSHED) &&
			       !inet_csk_in_pingpong_mode(sk));

		if (tcp_seq_span(tp->rcv_wup, tp->rcv_nxt) > icsk->icsk_ack.rcv_mss ||
		    (copied > 0 && pushed && !sk_rmem_alloc_get(sk)))
			time_to_ack = true;
	}
	if (copied > 0 && !time_to_ack && !(sk->sk_shutdown & RCV_SHUTDOWN)) {
		u32 now = tcp_receive_window(tp);

		if (2 * now <= tp->window_clamp) {
			u32 new = __tcp_select_window(sk);

			if (new &&new >= 2 * now)
				time_to_ack = true;
		}
	}
	if (time_to_ack) {
		tcp_mstamp_refresh(tp);
		tcp_send_ack(sk);
	}
}

/* The byte of urgent data, out of band. RFC 9293 section 3.8.5, RFC 6093. */
static int tcp_recv_urg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags)
{
	struct tcp_sock *tp = tcp_sk(sk);
	char c;

	if (sock_flag(sk, SOCK_URGINLINE) || !tp->urg_data || tp->urg_data == TCP_URG_READ)
		return -EINVAL;
	if (sk->sk_state == TCP_CLOSE && !sock_flag(sk, SOCK_DONE))
		return -ENOTCONN;
	if (tp->urg_data & TCP_URG_VALID) {
		c = (char)tp->urg_data;
		if (!(flags & MSG_PEEK))
			tp->urg_data = TCP_URG_READ;
		msg->msg_flags |= MSG_OOB;
		if (!len) {
			msg->msg_flags |= MSG_TRUNC;
			return 0;
		}
		if (!(flags & MSG_TRUNC) && copy_to_iter(&c, 1, &msg->msg_iter) != 1)
			return -EFAULT;
		return 1;
	}
	if (sk->sk_state == TCP_CLOSE || (sk->sk_shutdown & RCV_SHUTDOWN))
		return 0;
	return -EAGAIN; /* announced, but not here yet; never waits */
}

struct tcp_recv_state {
	struct kmsghdr *msg;
	u32 *seq; /* where reading is: copied_seq, or peek_seq */
	u32 peek_seq;
	size_t len; /* bytes still wanted */
	int flags, copied, target;
	u32 urg_hole;	/* urgent bytes skipped */
	ktime_t tstamp; /* arrival of the last byte, 0: unknown */
	long timeo;
};

/* Nothing to read now: shall the call end? *ret is what it gives then. */
static bool tcp_recv_must_end(struct sock *sk, struct tcp_recv_state *st)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (st->copied >= st->target && !sk->sk_backlog.tail)
		return true;
	/* Peeking frees nothing: to wait for more than the buffer takes would be to wait for ever
	 * (POSIX lets MSG_PEEK return less). */
	if (st->copied && (st->flags & MSG_PEEK) &&
	    (tcp_rmem_pressure(sk) || tcp_receive_window(tp) <= inet_csk(sk)->icsk_ack.rcv_mss))
		return true;
	if (st->copied)
		return !st->timeo || sk->sk_err || sk->sk_state == TCP_CLOSE ||
		       (sk->sk_shutdown & RCV_SHUTDOWN) || signal_pending(current);
	if (sock_flag(sk, SOCK_DONE))
		return true;
	if (sk->sk_err) {
		st->copied = sock_error(sk);
		return true;
	}
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return true;
	if (sk->sk_state == TCP_CLOSE) /* never connected */
		st->copied = -ENOTCONN;
	else if (!st->timeo)
		st->copied = -EAGAIN;
	else if (signal_pending(current))
		st->copied = sock_intr_errno(st->timeo);
	return st->copied != 0;
}

static void tcp_eat_skb(struct sock *sk, struct sk_buff *skb)
{
	__skb_unlink(skb, &sk->sk_receive_queue);
	consume_skb(skb);
}

/* The segment at the read position, with the offset into it. *fin: only the FIN is left there.
 * NULL: nothing to read. */
static struct sk_buff *tcp_recv_find(struct sock *sk, u32 seq, u32 *offset, bool *fin)
{
	struct sk_buff *skb;

	*fin = false;
	skb_queue_walk(&sk->sk_receive_queue, skb) {
		const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

		if (WARN_ON_ONCE(before(seq, cb->seq)))
			return NULL;
		*offset = seq - cb->seq;
		if (unlikely(cb->tcp_flags & TCPHDR_SYN))
			(*offset)--;
		if (*offset < skb->len)
			return skb;
		if (cb->tcp_flags & TCPHDR_FIN) {
			*fin = true;
			return skb;
		}
	}
	return NULL;
}

/* How much may be read before, or past, the urgent byte. */
static u32 tcp_recv_urgent_limit(struct sock *sk, struct tcp_recv_state *st, u32 *offset, u32 used)
{
	u32 urg_offset = tcp_sk(sk)->urg_seq - *st->seq;

	if (urg_offset >= used)
		return used;
	if (urg_offset)
		return urg_offset;
	if (!sock_flag(sk, SOCK_URGINLINE)) {
		++*st->seq;
		st->urg_hole++;
		++*offset;
		used--;
	}
	return used;
}

/* Copies from one segment. 0: go on; 1: the call ends. */
static int tcp_recv_copy(struct sock *sk, struct tcp_recv_state *st, struct sk_buff *skb,
			 u32 offset)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 used = (u32)min((size_t)(skb->len - offset), st->len);

	if (unlikely(tp->urg_data))
		used = tcp_recv_urgent_limit(sk, st, &offset, used);
	if (used) {
		if (!(st->flags & MSG_TRUNC) &&
		    skb_copy_datagram_iter(skb, (int)offset, &st->msg->msg_iter, (int)used)) {
			if (!st->copied)
				st->copied = -EFAULT;
			return 1;
		}
		*st->seq += used;
		st->copied += (int)used;
		st->len -= used;
		tcp_rcv_space_adjust(sk);
	}
	if (unlikely(tp->urg_data) && after(tp->copied_seq, tp->urg_seq)) {
		tp->urg_data = 0;
		tcp_fast_path_check(sk);
	}
	if (unlikely(TCP_SKB_CB(skb)->has_rxtstamp))
		st->tstamp = skb->tstamp;
	if (used + offset < skb->len)
		return 0;
	if (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN) {
		++*st->seq;
		if (!(st->flags & MSG_PEEK))
			tcp_eat_skb(sk, skb);
		return 1;
	}
	if (!(st->flags & MSG_PEEK))
		tcp_eat_skb(sk, skb);
	return 0;
}

/* Wait for more, or just let the backlog in. */
static void tcp_recv_wait(struct sock *sk, struct tcp_recv_state *st)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (st->copied >= st->target) {
		release_sock(sk);
		lock_sock(sk);
	} else {
		if (!(st->flags & MSG_PEEK))
			tcp_cleanup_rbuf(sk, st->copied);
		sk_wait_data(sk, &st->timeo, skb_peek_tail(&sk->sk_receive_queue));
	}
	if ((st->flags & MSG_PEEK) &&
	    st->peek_seq - (u32)st->copied - st->urg_hole != tp->copied_seq)
		st->peek_seq = tp->copied_seq; /* somebody else read meanwhile */
}

static int tcp_recvmsg_locked(struct sock *sk, struct kmsghdr *msg, size_t len, int flags,
			      ktime_t *tstamp)
{
	struct tcp_recv_state st = { .msg = msg, .len = len, .flags = flags };
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 offset = 0;
	bool fin;

	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	st.timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	if (flags & MSG_OOB)
		return tcp_recv_urg(sk, msg, len, flags);
	st.peek_seq = tp->copied_seq;
	st.seq = flags & MSG_PEEK ? &st.peek_seq : &tp->copied_seq;
	st.target = sock_rcvlowat(sk, flags & MSG_WAITALL, (int)min(len, (size_t)INT_MAX));
	do {
		if (unlikely(tp->urg_data) &&
		    tp->urg_seq == *st.seq) { /* reading stops at the mark */
			if (st.copied)
				break;
			if (signal_pending(current)) {
				st.copied = st.timeo ? sock_intr_errno(st.timeo) : -EAGAIN;
				break;
			}
		}
		skb = tcp_recv_find(sk, *st.seq, &offset, &fin);
		if (skb && fin) {
			++*st.seq;
			if (!(flags & MSG_PEEK))
				tcp_eat_skb(sk, skb);
			break;
		}
		if (skb) {
			if (tcp_recv_copy(sk, &st, skb, offset))
				break;
			continue;
		}
		if (tcp_recv_must_end(sk, &st))
			break;
		tcp_recv_wait(sk, &st);
	} while (st.len > 0);
	if (!(flags & MSG_PEEK))
		tcp_cleanup_rbuf(sk, st.copied);
	*tstamp = st.tstamp;
	return st.copied;
}

/* ---- the short way ---- */

/*
 * Most reads find one segment, the whole of which they take: a request, or its answer. Then there
 * is no place in the queue to be looked for, nothing to wait for, and no more to read. Flags that
 * change what reading means, urgent data, stamps, an end of the stream, and what came while the
 * sock was locked go the long way.
 */

/* The one segment in the queue, if a read of @len bytes takes just it; else NULL. */
static struct sk_buff *tcp_sole_received(const struct sock *sk, size_t len, int flags)
{
	const struct sk_buff_head *q = &sk->sk_receive_queue;
	const struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = q->next;
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (skb_queue_empty(q) || !skb_queue_is_last(q, skb) || sk->sk_backlog.tail)
		return NULL;
	if ((flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) || tp->urg_data || cb->seq != tp->copied_seq)
		return NULL;
	if ((cb->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN)) || cb->has_rxtstamp)
		return NULL;
	return skb->len <= len && (int)skb->len >= sock_rcvlowat(sk, false, INT_MAX) ? skb : NULL;
}

/* tcp_recv_whole - what tcp_recvmsg_locked gives, or 0: nothing was done, call that. */
static int tcp_recv_whole(struct sock *sk, struct kmsghdr *msg, size_t len, int flags)
{
	struct sk_buff *skb = tcp_sole_received(sk, len, flags);
	int copied;

	if (!skb)
		return 0;
	copied = (int)skb->len;
	if (unlikely(skb_copy_datagram_iter(skb, 0, &msg->msg_iter, copied))) {
		copied = -EFAULT;
	} else {
		tcp_sk(sk)->copied_seq += (u32)copied;
		tcp_rcv_space_adjust(sk);
		tcp_eat_skb(sk, skb);
	}
	tcp_cleanup_rbuf(sk, copied);
	return copied;
}

/* TCP_INQ: bytes that wait; after the FIN never 0, so that the program comes and reads the end. */
static int tcp_inq_hint(const struct sock *sk)
{
	int inq = (int)(tcp_sk(sk)->rcv_nxt - tcp_sk(sk)->copied_seq);

	return !inq && sock_flag(sk, SOCK_DONE) ? 1 : inq;
}

int tcp_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len)
{
	ktime_t tstamp = 0;
	int ret, inq;

	if (unlikely(flags & MSG_ERRQUEUE))
		return ip_recv_error(sk, msg, (int)len, addr_len);
	lock_sock(sk);
	ret = tcp_recv_whole(sk, msg, len, flags);
	if (!ret)
		ret = tcp_recvmsg_locked(sk, msg, len, flags, &tstamp);
	inq = tcp_sk(sk)->recvmsg_inq && ret >= 0 ? tcp_inq_hint(sk) : -1;
	release_sock(sk);
	if (unlikely(tstamp) && ret >= 0)
		sock_recv_tstamp(msg, sk, tstamp);
	if (inq >= 0)
		put_cmsg(msg, SOL_TCP, TCP_CM_INQ, sizeof(inq), &inq);
	return ret;
}
