/* SPDX-License-Identifier: MIT */
/* What stream protocols share: waiting for a connection, for memory, for the close; errors of
 * writers. Book section 12.10. */
#include <kernel/bitops.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <uapi/poll.h>
#include <uapi/signal.h>
#include <uapi/tcp.h>

#include "core_internal.h"

#define IN(sk, states) ((1u << (sk)->sk_state) & (states))

void sk_stream_write_space(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;

	/* A third free: the writer wakes for a batch, not for each segment. */
	if (!sock || !sk_stream_is_writeable(sk) || !test_bit(SOCK_NOSPACE, &sock->flags))
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);
	if (sk->sk_sleep && waitqueue_active(sk->sk_sleep))
		wake_up_interruptible_poll(sk->sk_sleep, POLLOUT | POLLWRNORM | POLLWRBAND);
	if (!(sk->sk_shutdown & SEND_SHUTDOWN))
		sk_wake_async(sk, SOCK_WAKE_SPACE, POLL_OUT);
}

/* 0 when connected; -errno. Context: sock locked. */
int sk_stream_wait_connect(struct sock *sk, long *timeo)
{
	const unsigned int pending = 1u << TCP_SYN_SENT | 1u << TCP_SYN_RECV;
	const unsigned int done = 1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT;
	DEFINE_WAIT(wait);
	bool ready;
	int err;

	do {
		err = sock_error(sk);
		if (err)
			return err;
		if (!IN(sk, pending))
			return -EPIPE;
		if (!*timeo)
			return -EAGAIN;
		if (signal_pending(current))
			return sock_intr_errno(*timeo);
		prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
		sk->sk_write_pending++;
		ready = sk_wait_event(sk, timeo, sk->sk_err || IN(sk, done));
		finish_wait(sk->sk_sleep, &wait);
		sk->sk_write_pending--;
	} while (!ready || !IN(sk, done));
	return 0;
}

/* The peer's answer to our FIN, or the end of the linger time. Context: sock locked. */
void sk_stream_wait_close(struct sock *sk, long timeout)
{
	const unsigned int closing = 1u << TCP_FIN_WAIT1 | 1u << TCP_CLOSING | 1u << TCP_LAST_ACK;
	DEFINE_WAIT(wait);

	if (!timeout || !sk->sk_sleep)
		return;
	do {
		prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
		if (sk_wait_event(sk, &timeout, !IN(sk, closing)))
			break;
	} while (!signal_pending(current) && timeout);
	finish_wait(sk->sk_sleep, &wait);
}

/*
 * 0 when there may be memory again; -EPIPE, -EAGAIN, -ERESTARTSYS or -EINTR. It was not the
 * buffer's limit if there is room in it: then wait a moment for the system's memory. Context: sock
 * locked.
 */
int sk_stream_wait_memory(struct sock *sk, long *timeo)
{
	long vm_wait = 0, current_timeo = *timeo;
	DEFINE_WAIT(wait);
	int err = 0;

	if (sk_stream_memory_free(sk))
		current_timeo = vm_wait = (long)get_random_below(HZ / 5) + 2;
	for (;;) {
		set_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
		prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
		err = -EPIPE;
		if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))
			break;
		err = -EAGAIN;
		if (!*timeo) {
			set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
			break;
		}
		err = sock_intr_errno(*timeo);
		if (signal_pending(current))
			break;
		clear_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
		err = 0;
		if (sk_stream_memory_free(sk) && !vm_wait)
			break;
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		sk->sk_write_pending++;
		sk_wait_event(sk, &current_timeo,
			      sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN) ||
				      (sk_stream_memory_free(sk) && !vm_wait));
		sk->sk_write_pending--;
		if (vm_wait) {
			vm_wait -= current_timeo;
			current_timeo = *timeo;
			if (current_timeo != MAX_SCHEDULE_TIMEOUT)
				current_timeo = max(current_timeo - vm_wait, 0l);
			vm_wait = 0;
		}
		*timeo = current_timeo;
	}
	finish_wait(sk->sk_sleep, &wait);
	return err;
}

/* What a writer gets: the sock's own error instead of EPIPE, and SIGPIPE unless it asked for none.
 */
int sk_stream_error(struct sock *sk, int flags, int err)
{
	if (err == -EPIPE) {
		int own = sock_error(sk);

		err = own ? own : -EPIPE;
	}
	if (err == -EPIPE && !(flags & MSG_NOSIGNAL))
		sk_send_sigpipe();
	return err;
}

/* At the end of life: the queues' memory goes back. The write queue is the protocol's own, and
 * empty by now. */
void sk_stream_kill_queues(struct sock *sk)
{
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	skb_queue_purge(&sk->sk_error_queue);
	WARN_ON_ONCE(!skb_queue_empty(&sk->sk_write_queue));
	sk_mem_reclaim(sk);
	WARN_ON_ONCE(sk->sk_wmem_queued);
	WARN_ON_ONCE(sk->sk_forward_alloc);
}
