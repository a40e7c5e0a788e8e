/* SPDX-License-Identifier: MIT */
/* Datagrams between local sockets, with and without a connection. unix(7). */
#include "unix_internal.h"

#define LINEAR_MOST 16384u /* bytes of a message in the skb's own memory; what is more lies in pages */

struct sk_buff *unix_alloc_send(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	size_t linear = min_t(size_t, len, LINEAR_MOST);
	struct sk_buff *skb;
	int err;

	skb = sock_alloc_send_pskb(sk, linear, len - linear, msg->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		return ERR_PTR(err);
	skb_put(skb, (unsigned int)linear);
	skb->data_len = (unsigned int)(len - linear);
	skb->len = (unsigned int)len;
	err = skb_copy_datagram_from_iter(skb, 0, &msg->msg_iter, (int)len);
	if (!err)
		return skb;
	kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
	return ERR_PTR(err);
}

/* ---- sending ---- */

/* The socket that a datagram goes to, with a reference: that of its name, or connect's. ERR_PTR. */
static struct sock *find_dest(struct sock *sk, const struct kmsghdr *msg)
{
	struct sock *peer;

	if (msg->msg_namelen)
		return unix_find(sk, msg->msg_name, msg->msg_namelen);
	peer = unix_peer_get(sk);
	return peer ? peer : ERR_PTR(-ECONNRESET);
}

/* @other has ended. 0: look for another; -ECONNREFUSED: it was the peer, whom we have no more. */
static int dest_is_dead(struct sock *sk, struct sock *other)
{
	bool was_peer;

	unix_lock(sk);
	was_peer = unix_sk(sk)->peer == other;
	if (was_peer) {
		unix_set_peer(sk, NULL);
		sk->sk_state = TCP_CLOSE;
	}
	unix_unlock(sk);
	if (!was_peer)
		return 0;
	unix_dgram_left(sk, other);
	sock_put(other);
	return -ECONNREFUSED;
}

/* may_queue - 0: now, and the lock is held; -EAGAIN with *again: look anew; or why not. */
static int may_queue(struct sock *sk, struct sock *other, long *timeo, bool *again)
{
	int err = -EPERM;

	*again = false;
	unix_lock(sk);
	if (!unix_may_send(sk, other))
		goto unlock;
	if (sock_flag(other, SOCK_DEAD)) {
		unix_unlock(sk);
		err = dest_is_dead(sk, other);
		*again = !err;
		return err ? err : -EAGAIN;
	}
	err = -EPIPE;
	if (other->sk_shutdown & RCV_SHUTDOWN)
		goto unlock;
	/* Two that are each other's peers are bounded by the sender's buffer alone. */
	if (other == sk || unix_sk(other)->peer == sk || !unix_recvq_full(other))
		return 0;
	err = -EAGAIN;
	if (*timeo) {
		err = unix_wait_room(other, timeo);
		*again = !err;
		return err ? err : -EAGAIN;
	}
unlock:
	unix_unlock(sk);
	return err;
}

/* deliver - consumes skb, on error too. @len or -errno. */
static int deliver(struct sock *sk, struct kmsghdr *msg, struct sk_buff *skb)
{
	long timeo = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	int err, len = (int)skb->len;
	struct sock *other;
	bool again;

	do {
		other = find_dest(sk, msg);
		if (IS_ERR(other)) {
			err = (int)PTR_ERR(other);
			goto drop;
		}
		if (sk_filter_trim_cap(other, skb, 1)) { /* the sender does not learn what is not wanted */
			err = len;
			sock_put(other);
			goto drop;
		}
		err = may_queue(sk, other, &timeo, &again);
		if (err)
			sock_put(other);
	} while (err && again);
	if (err)
		goto drop;
	if (sock_flag(other, SOCK_RCVTSTAMP))
		skb->tstamp = ktime_get();
	skb_queue_tail(&other->sk_receive_queue, skb);
	unix_unlock(sk);
	other->sk_data_ready(other);
	sock_put(other);
	return len;

drop:
	kfree_skb_reason(skb, err == len ? SKB_DROP_REASON_SOCKET_FILTER : SKB_DROP_REASON_NO_SOCKET);
	return err;
}

int unix_dgram_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct scm_cookie scm;
	struct sk_buff *skb;
	int err = unix_scm_send(msg, &scm);

	if (!err && msg->msg_flags & MSG_OOB)
		err = -EOPNOTSUPP;
	if (!err && msg->msg_namelen)
		err = unix_check_addr(msg->msg_name, msg->msg_namelen);
	else if (!err && !unix_sk(sk)->peer)
		err = -ENOTCONN;
	if (!err)
		err = unix_autobind_passcred(sk);
	if (!err && len > (size_t)sk->sk_sndbuf - 32)
		err = -EMSGSIZE;
	if (err)
		goto out;
	skb = unix_alloc_send(sk, msg, len);
	if (IS_ERR(skb)) {
		err = (int)PTR_ERR(skb);
		goto out;
	}
	unix_scm_attach(skb, &scm, true);
	err = deliver(sk, msg, skb);
out:
	unix_scm_drop(sock_net(sk), &scm);
	return err;
}

/* ---- receiving ---- */

/* There is room again: for one who waits to send, and for those who poll. */
static void tell_senders(struct sock *sk)
{
	struct sock *from;

	wake_up_interruptible_poll(&unix_sk(sk)->peer_wait, POLLOUT | POLLWRNORM | POLLWRBAND);
	unix_lock(sk);
	hlist_for_each_entry(from, &unix_sk(sk)->senders, sk_bind_node)
		from->sk_write_space(from);
	unix_unlock(sk);
}

int unix_dgram_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	struct scm_cookie scm;
	int skip, copied, err;
	struct sk_buff *skb;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	skb = __skb_recv_datagram(sk, (unsigned int)flags, 0, &skip, &err);
	if (!skb) /* a shut down record socket has come to its end, waiting or not */
		return err == -EAGAIN && sk->sk_type == SOCK_SEQPACKET && sk->sk_shutdown & RCV_SHUTDOWN ? 0 : err;
	if (!(flags & MSG_PEEK))
		tell_senders(sk);
	unix_put_sender(msg, skb);
	copied = (int)min_t(size_t, skb->len - (unsigned int)skip, size);
	if (copied < (int)skb->len - skip)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, skip, &msg->msg_iter, copied);
	if (err)
		goto free;
	sock_recv_cmsgs(msg, sk, skb);
	scm = (struct scm_cookie){ .creds = UNIXCB(skb).scm.creds };
	if (!(flags & MSG_PEEK)) {
		unix_scm_detach(skb, &scm);
		sk_peek_offset_bwd(sk, (int)skb->len);
	} else {
		sk_peek_offset_fwd(sk, copied);
		err = unix_scm_peek(sock_net(sk), skb, &scm);
		if (err)
			goto free;
	}
	unix_scm_recv(sk, msg, &scm);
	err = flags & MSG_TRUNC ? (int)skb->len - skip : copied;
free:
	skb_free_datagram(sk, skb);
	return err;
}

/* ---- records in a connection ---- */

int unix_seqpacket_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	int err = sock_error(sock->sk);

	if (err)
		return err;
	if (sock->sk->sk_state != TCP_ESTABLISHED)
		return -ENOTCONN;
	msg->msg_namelen = 0; /* it goes to the other end whatever it says */
	return unix_dgram_sendmsg(sock, msg, len);
}

int unix_seqpacket_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags)
{
	if (sock->sk->sk_state != TCP_ESTABLISHED)
		return -ENOTCONN;
	return unix_dgram_recvmsg(sock, msg, size, flags);
}
