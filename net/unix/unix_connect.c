/* SPDX-License-Identifier: MIT */
/* Joining local sockets: listen, connect, accept, socketpair, and waiting for room at a listener or
 * reader. unix(7). */
#include "unix_internal.h"

static void unix_set_peercred(struct sock *sk)
{
	sk->sk_peer_cred = unix_current_creds();
}

/* ---- listening ---- */

int unix_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;

	if (!unix_sk(sk)->addr)
		return -EINVAL; /* nobody could find it */
	if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN)
		return -EINVAL;
	unix_lock(sk);
	if ((u32)backlog > sk->sk_max_ack_backlog)
		wake_up_interruptible_all(&unix_sk(sk)->peer_wait);
	sk->sk_max_ack_backlog = (u32)backlog;
	sk->sk_state = TCP_LISTEN;
	unix_set_peercred(sk); /* what those see who connect */
	unix_unlock(sk);
	return 0;
}

int unix_wait_room(struct sock *to, long *timeo)
{
	DEFINE_WAIT(wait);
	bool full;

	prepare_to_wait_exclusive(&unix_sk(to)->peer_wait, &wait, TASK_INTERRUPTIBLE);
	full = !sock_flag(to, SOCK_DEAD) && !(to->sk_shutdown & RCV_SHUTDOWN) && unix_recvq_full(to);
	unix_unlock(to);
	if (full)
		*timeo = schedule_timeout(*timeo);
	finish_wait(&unix_sk(to)->peer_wait, &wait);
	return signal_pending(current) ? sock_intr_errno(*timeo) : 0;
}

/*
 * listener_ready - can @other take a connection from @sk? 0: yes, and the lock is held; -EAGAIN with
 * *again: look anew; or why not.
 */
static int listener_ready(struct sock *sk, struct sock *other, long *timeo, bool *again)
{
	int err = -ECONNREFUSED;

	*again = false;
	unix_lock(sk);
	if (sock_flag(other, SOCK_DEAD)) { /* it has ended since its name was found */
		*again = true;
		goto unlock;
	}
	if (other->sk_state != TCP_LISTEN || other->sk_shutdown & RCV_SHUTDOWN)
		goto unlock;
	if (unix_recvq_full(other)) {
		err = -EAGAIN;
		if (!*timeo)
			goto unlock;
		err = unix_wait_room(other, timeo);
		*again = !err;
		return err ? err : -EAGAIN;
	}
	err = sk->sk_state == TCP_CLOSE ? 0 : sk->sk_state == TCP_ESTABLISHED ? -EISCONN : -EINVAL;
	if (!err)
		return 0;
unlock:
	unix_unlock(sk);
	return err;
}

/* The two ends know each other, and the listener's queue holds the far one. Lock held. */
static void join(struct sock *sk, struct sock *newsk, struct sock *other, struct sk_buff *skb)
{
	sock_hold(sk);
	unix_sk(newsk)->peer = sk;
	newsk->sk_state = TCP_ESTABLISHED;
	unix_set_peercred(newsk);
	unix_share_name(newsk, other);
	sk->sk_peer_cred = other->sk_peer_cred;
	sock_hold(newsk);
	unix_sk(sk)->peer = newsk;
	sk->sk_state = TCP_ESTABLISHED;
	sk->sk_socket->state = SS_CONNECTED;
	skb_queue_tail(&other->sk_receive_queue, skb);
	other->sk_data_ready(other);
}

/* find_listener - 0 with *other referenced and the lock held. */
static int find_listener(struct sock *sk, const struct sockaddr *uaddr, int addr_len, long timeo,
			 struct sock **other)
{
	bool again;
	int err;

	do {
		*other = unix_find(sk, uaddr, addr_len);
		if (IS_ERR(*other))
			return (int)PTR_ERR(*other);
		err = listener_ready(sk, *other, &timeo, &again);
		if (err)
			sock_put(*other);
	} while (err && again);
	return err;
}

int unix_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	struct sock *sk = sock->sk, *newsk, *other;
	struct sk_buff *skb;
	int err = unix_check_addr(uaddr, addr_len);

	if (!err)
		err = unix_autobind_passcred(sk);
	if (err)
		return err;
	/* All that can fail for want of memory comes first. */
	newsk = unix_sock_create(sock_net(sk), NULL, sock->type, false);
	if (!newsk)
		return -ENOMEM;
	skb = sock_wmalloc(newsk, 1, true, GFP_KERNEL);
	err = skb ? find_listener(sk, uaddr, addr_len, sock_sndtimeo(sk, flags & O_NONBLOCK), &other)
		  : -ENOMEM;
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
		unix_release_sock(newsk, false);
		return err;
	}
	join(sk, newsk, other, skb);
	unix_unlock(sk);
	sock_put(other);
	return 0;
}

int unix_accept(struct socket *sock, struct socket *newsock, int flags, bool kern)
{
	struct sock *sk = sock->sk, *newsk;
	struct sk_buff *skb;
	int err;

	if (sk->sk_state != TCP_LISTEN)
		return -EINVAL;
	skb = skb_recv_datagram(sk, 0, flags & O_NONBLOCK, &err);
	if (!skb)
		return err ? err : -EINVAL; /* shut down */
	newsk = skb->sk;
	skb_free_datagram(sk, skb);
	wake_up_interruptible(&unix_sk(sk)->peer_wait);
	newsock->state = SS_CONNECTED;
	sock_graft(newsk, newsock);
	return 0;
}

int unix_socketpair(struct socket *a, struct socket *b)
{
	struct sock *ska = a->sk, *skb = b->sk;

	unix_lock(ska);
	sock_hold(ska);
	sock_hold(skb);
	unix_set_peer(ska, skb);
	unix_set_peer(skb, ska);
	unix_set_peercred(ska);
	unix_set_peercred(skb);
	ska->sk_state = skb->sk_state = TCP_ESTABLISHED;
	a->state = b->state = SS_CONNECTED;
	unix_unlock(ska);
	return 0;
}

/* ---- datagram sockets: whom send goes to ---- */

void unix_set_peer(struct sock *sk, struct sock *peer)
{
	hlist_del_init(&sk->sk_bind_node);
	unix_sk(sk)->peer = peer;
	if (peer && !unix_connection_based(sk))
		hlist_add_head(&sk->sk_bind_node, &unix_sk(peer)->senders);
}

void unix_dgram_left(struct sock *sk, struct sock *old)
{
	if (skb_queue_empty(&sk->sk_receive_queue))
		return;
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	wake_up_interruptible_all(&unix_sk(sk)->peer_wait);
	/* If the peer is still connected to us, it learns that something of it is lost. */
	if (!sock_flag(old, SOCK_DEAD) && unix_sk(old)->peer == sk) {
		old->sk_err = ECONNRESET;
		old->sk_error_report(old);
	}
}

/* find_reader - the socket to connect to, with a reference, and the lock held. ERR_PTR. */
static struct sock *find_reader(struct sock *sk, const struct sockaddr *addr, int alen)
{
	struct sock *other;

	for (;;) {
		other = unix_find(sk, addr, alen);
		if (IS_ERR(other))
			return other;
		unix_lock(sk);
		if (!sock_flag(other, SOCK_DEAD))
			break;
		unix_unlock(sk);
		sock_put(other);
	}
	if (unix_may_send(sk, other))
		return other;
	unix_unlock(sk);
	sock_put(other);
	return ERR_PTR(-EPERM);
}

int unix_dgram_connect(struct socket *sock, struct sockaddr *addr, int alen, int flags)
{
	struct sock *sk = sock->sk, *other = NULL, *old;
	int err;

	if (alen < (int)sizeof(addr->sa_family))
		return -EINVAL;
	if (addr->sa_family != AF_UNSPEC) {
		err = unix_check_addr(addr, alen);
		if (!err)
			err = unix_autobind_passcred(sk);
		if (err)
			return err;
		other = find_reader(sk, addr, alen);
		if (IS_ERR(other))
			return (int)PTR_ERR(other);
		other->sk_state = TCP_ESTABLISHED;
	} else {
		unix_lock(sk);
	}
	sk->sk_state = other ? TCP_ESTABLISHED : TCP_CLOSE;
	sock->state = other ? SS_CONNECTED : SS_UNCONNECTED;
	old = unix_sk(sk)->peer;
	unix_set_peer(sk, other);
	unix_unlock(sk);
	if (old) {
		if (other != old)
			unix_dgram_left(sk, old);
		sock_put(old);
	}
	return 0;
}
