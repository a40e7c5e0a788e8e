/* SPDX-License-Identifier: MIT */
/* Bytes between local sockets. unix(7). */
#include <kernel/bitops.h>

#include "unix_internal.h"

#define CHUNK_MOST 32768u /* bytes in one skb: the reader can begin while the writer goes on */

/* ---- sending ---- */

/* How much of @len is the next skb. */
static size_t chunk(const struct sock *sk, size_t len)
{
	size_t half = (size_t)(sk->sk_sndbuf >> 1) - 64; /* the buffer holds two, so that both ends work */

	return min(min(len, half), (size_t)CHUNK_MOST);
}

/* append - consumes skb, on error too. 0 or -EPIPE. */
static int append(struct sock *sk, struct sk_buff *skb)
{
	struct sock *peer;

	unix_lock(sk);
	peer = unix_sk(sk)->peer;
	if (sock_flag(peer, SOCK_DEAD) || peer->sk_shutdown & RCV_SHUTDOWN) {
		unix_unlock(sk);
		kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
		return -EPIPE;
	}
	skb_queue_tail(&peer->sk_receive_queue, skb);
	peer->sk_data_ready(peer);
	unix_unlock(sk);
	return 0;
}

static int may_stream(const struct sock *sk, const struct kmsghdr *msg)
{
	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (msg->msg_namelen)
		return sk->sk_state == TCP_ESTABLISHED ? -EISCONN : -EOPNOTSUPP;
	if (!unix_sk(sk)->peer)
		return -ENOTCONN;
	return sk->sk_shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

int unix_stream_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct scm_cookie scm;
	struct sk_buff *skb;
	size_t sent = 0, n;
	int err = unix_scm_send(msg, &scm);

	if (!err)
		err = may_stream(sk, msg);
	while (!err && sent < len) {
		n = chunk(sk, len - sent);
		skb = unix_alloc_send(sk, msg, n);
		if (IS_ERR(skb)) {
			err = (int)PTR_ERR(skb);
			break;
		}
		unix_scm_attach(skb, &scm, !sent);
		err = append(sk, skb);
		if (!err)
			sent += n;
	}
	unix_scm_drop(sock_net(sk), &scm);
	if (err == -EPIPE && !sent && !(msg->msg_flags & MSG_NOSIGNAL))
		sk_send_sigpipe();
	return sent ? (int)sent : err;
}

/* ---- receiving ---- */

/* What one recvmsg has done so far. */
struct unix_read {
	struct sock *sk;
	struct kmsghdr *msg;
	int flags;
	size_t size, copied, target; /* bytes: room left, done, and before it may return */
	size_t skip;		     /* peeking: bytes in front */
	long timeo;
	bool begun; /* scm holds whose bytes these are */
	struct scm_cookie scm;
};

/* Sleep until there is more than @last, or it ends. */
static void wait_for_more(struct unix_read *r, const struct sk_buff *last)
{
	struct sock *sk = r->sk;
	DEFINE_WAIT(wait);

	prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	if (sock_flag(sk, SOCK_FASYNC))
		set_bit(SOCK_ASYNC_WAITDATA, &sk->sk_socket->flags);
	if (skb_peek_tail(&sk->sk_receive_queue) == last && !sk->sk_err &&
	    !(sk->sk_shutdown & RCV_SHUTDOWN) && !signal_pending(current))
		r->timeo = schedule_timeout(r->timeo);
	clear_bit(SOCK_ASYNC_WAITDATA, &sk->sk_socket->flags);
	finish_wait(sk->sk_sleep, &wait);
}

/* The skb whose bytes come next, or NULL: nothing more to read now, with the reason in *err. */
static struct sk_buff *next_skb(struct unix_read *r, int *err)
{
	struct sk_buff_head *q = &r->sk->sk_receive_queue;
	struct sk_buff *skb, *last;

	for (;;) {
		size_t skip = r->skip;

		skb_queue_walk(q, skb) {
			if (skip < unix_skb_len(skb)) {
				r->skip = skip;
				return skb;
			}
			skip -= unix_skb_len(skb);
		}
		if (r->copied >= r->target)
			return NULL;
		*err = sock_error(r->sk);
		if (*err || r->sk->sk_shutdown & RCV_SHUTDOWN)
			return NULL;
		*err = -EAGAIN;
		if (!r->timeo)
			return NULL;
		last = skb_peek_tail(q);
		wait_for_more(r, last);
		*err = sock_intr_errno(r->timeo);
		if (signal_pending(current))
			return NULL;
		*err = 0;
	}
}

/* Bytes of different senders are not read at once by one who wants to know them. */
static bool same_writer(const struct unix_read *r, const struct sk_buff *skb)
{
	return !r->begun || !sock_flag(r->sk, SOCK_PASSCRED) ||
	       !memcmp(&r->scm.creds, &UNIXCB(skb).scm.creds, sizeof(r->scm.creds));
}

/* The bytes of @skb that were taken are gone, and the skb if these were all. */
static void consume(struct unix_read *r, struct sk_buff *skb, unsigned int n)
{
	UNIXCB(skb).consumed += n;
	sk_peek_offset_bwd(r->sk, (int)n);
	unix_scm_detach(skb, &r->scm);
	if (unix_skb_len(skb))
		return;
	skb_unlink(skb, &r->sk->sk_receive_queue);
	consume_skb(skb);
}

/* One skb's share. 0: go on; 1: this is where one call ends; -errno. */
static int read_skb(struct unix_read *r, struct sk_buff *skb)
{
	unsigned int n = (unsigned int)min_t(size_t, unix_skb_len(skb) - r->skip, r->size);
	bool files = UNIXCB(skb).scm.fp;
	int err;

	if (!r->begun) {
		r->scm.creds = UNIXCB(skb).scm.creds;
		r->begun = true;
		unix_put_sender(r->msg, skb);
	}
	err = skb_copy_datagram_iter(skb, (int)(UNIXCB(skb).consumed + r->skip), &r->msg->msg_iter, (int)n);
	if (err)
		return err;
	r->copied += n;
	r->size -= n;
	if (r->flags & MSG_PEEK) {
		r->skip += n;
		sk_peek_offset_fwd(r->sk, (int)n);
		err = unix_scm_peek(sock_net(r->sk), skb, &r->scm);
		return err ? err : files;
	}
	consume(r, skb, n);
	return files;
}

int unix_stream_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	struct unix_read r = { .sk = sk, .msg = msg, .flags = flags, .size = size };
	struct sk_buff *skb;
	int err = 0;

	msg->msg_namelen = 0;
	if (sk->sk_state != TCP_ESTABLISHED)
		return -EINVAL;
	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	r.target = (size_t)sock_rcvlowat(sk, flags & MSG_WAITALL, (int)min_t(size_t, size, INT_MAX));
	r.timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	r.skip = (size_t)sk_peek_offset(sk, flags);
	do {
		skb = next_skb(&r, &err);
		if (!skb || !same_writer(&r, skb))
			break;
		err = read_skb(&r, skb);
	} while (!err && r.size);
	if (r.copied || !err)
		unix_scm_recv(sk, msg, &r.scm);
	else
		unix_scm_drop(sock_net(sk), &r.scm);
	return r.copied ? (int)r.copied : err;
}
