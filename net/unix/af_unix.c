/* SPDX-License-Identifier: MIT */
/* Local sockets: their life, their operations and what poll and ioctl say of them. unix(7);
 * Book section 12.10. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <uapi/signal.h>

#include "unix_internal.h"

static struct proto unix_dgram_prot = { .name = "UNIX", .obj_size = sizeof(struct unix_sock) };
static struct proto unix_stream_prot = { .name = "UNIX-STREAM", .obj_size = sizeof(struct unix_sock) };

/* ---- life ---- */

static bool unix_writable(const struct sock *sk)
{
	return sk->sk_state != TCP_LISTEN && sk_wmem_alloc_get(sk) << 2 <= sk->sk_sndbuf;
}

/* What it sent was read. Context: process. */
static void unix_write_space(struct sock *sk)
{
	if (!unix_writable(sk))
		return;
	if (sk->sk_sleep && waitqueue_active(sk->sk_sleep))
		wake_up_interruptible_poll(sk->sk_sleep, POLLOUT | POLLWRNORM | POLLWRBAND);
	sk_wake_async(sk, SOCK_WAKE_SPACE, POLL_OUT);
}

static void unix_destruct(struct sock *sk)
{
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	unix_free_name(sk);
	WARN_ON_ONCE(!hlist_empty(&unix_sk(sk)->senders));
	WARN_ON_ONCE(unix_sk(sk)->inflight);
}

/* unix_sock_create - NULL when out of memory. @sock: NULL for the far end of a connection that nobody
 * has accepted yet. */
struct sock *unix_sock_create(struct net *net, struct socket *sock, int type, bool kern)
{
	struct proto *prot = type == SOCK_STREAM ? &unix_stream_prot : &unix_dgram_prot;
	struct sock *sk = sk_alloc(net, PF_UNIX, GFP_KERNEL, prot, kern);
	struct unix_sock *u = unix_sk(sk);

	if (!sk)
		return NULL;
	sock_init_data(sock, sk);
	sk->sk_type = (u16)type;
	sk->sk_write_space = unix_write_space;
	sk->sk_max_ack_backlog = (u32)net->unx.sysctl_max_dgram_qlen;
	sk->sk_destruct = unix_destruct;
	INIT_HLIST_HEAD(&u->senders);
	init_waitqueue_head(&u->peer_wait);
	INIT_LIST_HEAD(&u->inflight_node);
	unix_lock(sk);
	u->number = ++net->unx.created;
	list_add_tail(&sk->sk_all_node, &net->unx.all);
	unix_unlock(sk);
	return sk;
}

/* The other end of a connection learns that there will be nothing more; ECONNRESET if it lost what it
 * sent. */
static void hang_up_peer(struct sock *peer, bool lost)
{
	unix_lock(peer);
	peer->sk_shutdown = SHUTDOWN_MASK;
	if (lost)
		peer->sk_err = ECONNRESET;
	peer->sk_state_change(peer);
	sk_wake_async(peer, SOCK_WAKE_WAITD, POLL_HUP);
	unix_unlock(peer);
}

/* Those that a datagram socket was connected to, or that were connected to it. */
static void leave_senders(struct sock *sk)
{
	struct sock *from;

	hlist_del_init(&sk->sk_bind_node);
	hlist_for_each_entry(from, &unix_sk(sk)->senders, sk_bind_node)
		from->sk_write_space(from); /* what they write is refused now */
	while (!hlist_empty(&unix_sk(sk)->senders))
		hlist_del_init(unix_sk(sk)->senders.first);
}

/* unix_release_sock - the end of @sk, whose reference is dropped. @embryo: it was never accepted.
 * Context: process. */
void unix_release_sock(struct sock *sk, bool embryo)
{
	struct unix_sock *u = unix_sk(sk);
	struct net *net = sock_net(sk);
	bool listening;
	struct sk_buff *skb;
	struct sock *peer;

	unix_lock(sk);
	unix_drop_name(sk);
	list_del_init(&sk->sk_all_node);
	leave_senders(sk);
	listening = sk->sk_state == TCP_LISTEN;
	sk->sk_shutdown = SHUTDOWN_MASK;
	sk->sk_state = TCP_CLOSE;
	peer = u->peer;
	u->peer = NULL;
	unix_unlock(sk);
	sock_orphan(sk);
	wake_up_interruptible_all(&u->peer_wait);
	if (peer) {
		if (unix_connection_based(sk))
			hang_up_peer(peer, embryo || !skb_queue_empty(&sk->sk_receive_queue));
		sock_put(peer);
	}
	while ((skb = skb_dequeue(&sk->sk_receive_queue)) != NULL) {
		if (listening)
			unix_release_sock(skb->sk, true);
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_CLOSE);
	}
	sock_put(sk);
	if (!list_empty(&net->unx.inflight))
		unix_gc(net);
}

static int unix_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	sock->sk = NULL;
	if (sk)
		unix_release_sock(sk, false);
	return 0;
}

static int unix_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk, *peer;
	u8 mode, theirs = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	mode = (u8)(how + 1);
	unix_lock(sk);
	sk->sk_shutdown |= mode;
	peer = unix_connection_based(sk) ? unix_sk(sk)->peer : NULL;
	if (peer) {
		if (mode & RCV_SHUTDOWN)
			theirs |= SEND_SHUTDOWN;
		if (mode & SEND_SHUTDOWN)
			theirs |= RCV_SHUTDOWN;
		peer->sk_shutdown |= theirs;
		peer->sk_state_change(peer);
		if (theirs & RCV_SHUTDOWN)
			sk_wake_async(peer, SOCK_WAKE_WAITD,
				      theirs == SHUTDOWN_MASK ? POLL_HUP : POLL_IN);
	}
	sk->sk_state_change(sk);
	unix_unlock(sk);
	return 0;
}

/* ---- poll, ioctl, names ---- */

/* unix_peer_full - would a datagram wait for the peer's reader? Not where both are each other's. */
static bool unix_peer_full(struct sock *sk)
{
	struct sock *peer;
	bool full;

	unix_lock(sk);
	peer = unix_sk(sk)->peer;
	full = peer && unix_sk(peer)->peer != sk && unix_recvq_full(peer);
	unix_unlock(sk);
	return full;
}

static unsigned int unix_poll(struct file *file, struct socket *sock, struct poll_table *wait)
{
	struct sock *sk = sock->sk;
	unsigned int mask = 0;

	poll_wait(file, &sock->wait, wait);
	if (sk->sk_err)
		mask |= POLLERR;
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		mask |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (sk->sk_shutdown == SHUTDOWN_MASK ||
	    (unix_connection_based(sk) && sk->sk_state == TCP_CLOSE))
		mask |= POLLHUP;
	if (!skb_queue_empty(&sk->sk_receive_queue))
		mask |= POLLIN | POLLRDNORM;
	if (unix_writable(sk) && (unix_connection_based(sk) || !unix_peer_full(sk)))
		mask |= POLLOUT | POLLWRNORM | POLLWRBAND;
	else
		set_bit(SOCK_ASYNC_NOSPACE, &sock->flags);
	return mask;
}

long unix_inq_len(struct sock *sk)
{
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);
	long amount = 0;

	if (sk->sk_state == TCP_LISTEN)
		return -EINVAL;
	if (!unix_connection_based(sk))
		return skb ? skb->len : 0;
	skb_queue_walk(&sk->sk_receive_queue, skb)
		amount += unix_skb_len(skb);
	return amount;
}

static int unix_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	long amount;
	int val;

	switch (cmd) {
	case SIOCOUTQ: amount = sk_wmem_alloc_get(sock->sk); break;
	case SIOCINQ: amount = unix_inq_len(sock->sk); break;
	default: return -ENOIOCTLCMD;
	}
	if (amount < 0)
		return (int)amount;
	val = (int)amount;
	return copy_to_sockptr(sock_ioctl_ptr(arg), &val, sizeof(val));
}

static int unix_getname(struct socket *sock, struct sockaddr *addr, int peer)
{
	struct sock *sk = sock->sk;
	int len;

	if (!peer)
		return unix_put_name(sk, addr);
	sk = unix_peer_get(sk);
	if (!sk)
		return -ENOTCONN;
	len = unix_put_name(sk, addr);
	sock_put(sk);
	return len;
}

/* ---- the three types ---- */

/* What all have; the rest of a row is connecting and data. */
#define UNIX_OPS                                                                              \
	.family = PF_UNIX, .release = unix_release, .bind = unix_bind,                        \
	.socketpair = unix_socketpair, .getname = unix_getname, .poll = unix_poll,            \
	.ioctl = unix_ioctl, .shutdown = unix_shutdown, .set_peek_off = sk_set_peek_off
#define UNIX_CONNECTION_OPS \
	UNIX_OPS, .connect = unix_stream_connect, .accept = unix_accept, .listen = unix_listen

static const struct proto_ops unix_stream_ops = {
	UNIX_CONNECTION_OPS,
	.sendmsg = unix_stream_sendmsg,
	.recvmsg = unix_stream_recvmsg,
};

static const struct proto_ops unix_dgram_ops = {
	UNIX_OPS,
	.connect = unix_dgram_connect,
	.accept = sock_no_accept,
	.listen = sock_no_listen,
	.sendmsg = unix_dgram_sendmsg,
	.recvmsg = unix_dgram_recvmsg,
};

static const struct proto_ops unix_seqpacket_ops = {
	UNIX_CONNECTION_OPS,
	.sendmsg = unix_seqpacket_sendmsg,
	.recvmsg = unix_seqpacket_recvmsg,
};

static int unix_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	if (protocol && protocol != PF_UNIX)
		return -EPROTONOSUPPORT;
	switch (sock->type) {
	case SOCK_STREAM: sock->ops = &unix_stream_ops; break;
	case SOCK_RAW: sock->type = SOCK_DGRAM; /* as it was once called */ fallthrough;
	case SOCK_DGRAM: sock->ops = &unix_dgram_ops; break;
	case SOCK_SEQPACKET: sock->ops = &unix_seqpacket_ops; break;
	default: return -ESOCKTNOSUPPORT;
	}
	sock->state = SS_UNCONNECTED;
	return unix_sock_create(net, sock, sock->type, kern) ? 0 : -ENOMEM;
}

static const struct net_proto_family unix_family = { .family = PF_UNIX, .create = unix_create };

void unix_init(void)
{
	if (proto_register(&unix_dgram_prot, true) || proto_register(&unix_stream_prot, true))
		pr_err("cannot add AF_UNIX\n");
	unix_proc_init(); /* a namespace's part, before there can be sockets */
	unix_diag_init();
	if (sock_register(&unix_family))
		pr_err("cannot add AF_UNIX\n");
}
