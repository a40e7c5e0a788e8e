/* SPDX-License-Identifier: MIT */
/* What datagram protocols share: taking the next packet off the receive queue, waiting for one, and
 * poll. Book section 12.10. */
#include <kernel/poll.h>
#include <kernel/sched.h>
#include <uapi/tcp.h>

#include "core_internal.h"

/* Families whose datagram sockets are connection-oriented keep a state; others are always open. */
static bool connection_based(const struct sock *sk)
{
	return sk->sk_type == SOCK_SEQPACKET || sk->sk_type == SOCK_STREAM;
}

/* peek - the packet where MSG_PEEK begins, with a reference; *off: how far into it (SO_PEEK_OFF). Context: the queue's lock. */
static struct sk_buff *peek(const struct sock *sk, struct sk_buff_head *q, int *off)
{
	bool at_off = sk->sk_peek_off >= 0;
	struct sk_buff *skb = skb_peek(q);

	*off = at_off ? sk->sk_peek_off : 0;
	/* An empty one has no byte to be passed by: it is peeked at once. */
	while (skb && at_off && *off >= (int)skb->len && (*off || skb->peeked)) {
		*off -= (int)skb->len;
		skb = skb_queue_is_last(q, skb) ? NULL : skb->next;
	}
	if (!skb)
		return NULL;
	if (!skb->len)
		skb->peeked = 1;
	return skb_get(skb);
}

/* take - the packet that @flags mean, or NULL. Context: the queue's lock is free. */
static struct sk_buff *take(struct sock *sk, unsigned int flags, int *off)
{
	struct sk_buff_head *q = &sk->sk_receive_queue;
	struct sk_buff *skb;
	unsigned long irqflags;

	spin_lock_irqsave(&q->lock, irqflags);
	skb = unlikely(flags & MSG_PEEK) ? peek(sk, q, off) : __skb_dequeue(q);
	spin_unlock_irqrestore(&q->lock, irqflags);
	return skb;
}

/* wait_for_packet - sleep until the queue grows. 0: look again; else *err is set (0 for an orderly
 * end). */
static int wait_for_packet(struct sock *sk, const struct sk_buff *last, long *timeo, int *err)
{
	DEFINE_WAIT(wait);
	int rc = 1;

	prepare_to_wait_exclusive(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	*err = sock_error(sk);
	if (*err)
		goto out;
	rc = 0;
	if (skb_peek_tail(&sk->sk_receive_queue) != last)
		goto out;
	rc = 1;
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		goto out;
	*err = -ENOTCONN;
	if (connection_based(sk) && sk->sk_state != TCP_ESTABLISHED && sk->sk_state != TCP_LISTEN)
		goto out;
	*err = sock_intr_errno(*timeo);
	if (signal_pending(current))
		goto out;
	*err = 0;
	rc = 0;
	*timeo = schedule_timeout(*timeo);
out:
	finish_wait(sk->sk_sleep, &wait);
	return rc;
}

/* The way of a reader that waits, peeks, or has an error to hear of. */
static noinline struct sk_buff *recv_datagram_slow(struct sock *sk, unsigned int flags, int noblock,
						   int *off, int *err)
{
	long timeo = sock_rcvtimeo(sk, noblock || (flags & MSG_DONTWAIT));
	const struct sk_buff *last;
	struct sk_buff *skb;

	for (;;) {
		/* An error that an earlier packet caused comes first. */
		*err = sock_error(sk);
		if (unlikely(*err))
			return NULL;
		last = skb_peek_tail(&sk->sk_receive_queue);
		skb = take(sk, flags, off);
		if (likely(skb))
			return skb;
		*err = -EAGAIN;
		if (!timeo || !sk->sk_sleep) /* one who does not wait is not told of the end */
			return NULL;
		if (wait_for_packet(sk, flags & MSG_PEEK ? last : NULL, &timeo, err))
			return NULL;
	}
}

struct sk_buff *__skb_recv_datagram(struct sock *sk, unsigned int flags, int noblock, int *off, int *err)
{
	struct sk_buff_head *q = &sk->sk_receive_queue;
	struct sk_buff *skb = NULL;
	unsigned long irqflags;

	if (likely(!sk->sk_err && !(flags & MSG_PEEK) && !skb_queue_empty(q))) {
		spin_lock_irqsave(&q->lock, irqflags);
		skb = __skb_dequeue(q);
		spin_unlock_irqrestore(&q->lock, irqflags);
	}
	*err = 0;
	*off = 0;
	return likely(skb) ? skb : recv_datagram_slow(sk, flags, noblock, off, err);
}

struct sk_buff *skb_recv_datagram(struct sock *sk, unsigned int flags, int noblock, int *err)
{
	int off;

	return __skb_recv_datagram(sk, flags, noblock, &off, err);
}

void skb_free_datagram(struct sock *sk, struct sk_buff *skb)
{
	if (likely(!sk_has_account(sk))) {
		consume_skb(skb);
		return;
	}
	local_bh_disable(); /* the bottom half charges the same reserve without the sock's lock */
	consume_skb(skb);
	if (unlikely(sk->sk_forward_alloc > SK_MEM_QUANTUM)) /* one quantum stays for the next packet */
		__sk_mem_reclaim(sk, sk->sk_forward_alloc - 1);
	local_bh_enable();
}

int skb_kill_datagram(struct sock *sk, struct sk_buff *skb, unsigned int flags)
{
	struct sk_buff_head *q = &sk->sk_receive_queue;
	unsigned long irqflags;
	bool ours = false;
	int err = 0;

	if (flags & MSG_PEEK) {
		err = -ENOENT;
		spin_lock_irqsave(&q->lock, irqflags);
		if (skb->next) { /* nobody else has taken it meanwhile */
			__skb_unlink(skb, q);
			ours = true;
			err = 0;
		}
		spin_unlock_irqrestore(&q->lock, irqflags);
		if (ours)
			consume_skb(skb); /* the queue's reference */
	}
	atomic_inc(&sk->sk_drops);
	skb_free_datagram(sk, skb);
	return err;
}

unsigned int datagram_poll(struct file *file, struct socket *sock, struct poll_table *wait)
{
	struct sock *sk = sock->sk;
	unsigned int mask = 0;

	poll_wait(file, &sock->wait, wait);
	if (sk->sk_err || !skb_queue_empty(&sk->sk_error_queue))
		mask |= POLLERR | (sock_flag(sk, SOCK_SELECT_ERR_QUEUE) ? POLLPRI : 0);
	if (unlikely(sk->sk_shutdown)) {
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			mask |= POLLRDHUP | POLLIN | POLLRDNORM;
		if (sk->sk_shutdown == SHUTDOWN_MASK)
			mask |= POLLHUP;
	}
	if (!skb_queue_empty(&sk->sk_receive_queue))
		mask |= POLLIN | POLLRDNORM;
	if (connection_based(sk)) {
		if (sk->sk_state == TCP_CLOSE)
			mask |= POLLHUP;
		if (sk->sk_state == TCP_SYN_SENT)
			return mask; /* connecting: not writable yet */
	}
	if (sock_writeable(sk))
		mask |= POLLOUT | POLLWRNORM | POLLWRBAND;
	else
		__atomic_fetch_or(&sock->flags, 1ul << SOCK_ASYNC_NOSPACE, __ATOMIC_RELAXED);
	return mask;
}

/* ---- SO_PEEK_OFF ---- */

int sk_set_peek_off(struct sock *sk, int val)
{
	sk->sk_peek_off = val;
	return 0;
}

void sk_peek_offset_bwd(struct sock *sk, int val)
{
	if (unlikely(sk->sk_peek_off >= 0))
		sk->sk_peek_off = max(sk->sk_peek_off - val, 0);
}

void sk_peek_offset_fwd(struct sock *sk, int val)
{
	if (unlikely(sk->sk_peek_off >= 0) &&
	    __builtin_add_overflow(sk->sk_peek_off, val, &sk->sk_peek_off))
		sk->sk_peek_off = INT_MAX;
}
