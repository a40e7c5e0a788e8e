/* SPDX-License-Identifier: MIT */
/*
 * Sockets that were sent through each other and then closed. Such a ring is in nobody's hands, but each
 * file in it is held by a message in another's queue. When a socket ends while descriptors are in
 * flight, those that can still be reached are marked, beginning with all that are open somewhere; the
 * rest lose the messages that hold files, and with them each other. unix(7).
 */
#include "unix_internal.h"

/* The local socket behind a file, or NULL. */
static struct unix_sock *unix_of(struct file *file)
{
	struct socket *sock = sock_from_file(file);

	return sock && sock->sk && sock->ops->family == PF_UNIX ? unix_sk(sock->sk) : NULL;
}

void unix_inflight(struct file *file)
{
	struct unix_sock *u = unix_of(file);

	if (u && !u->inflight++)
		list_add_tail(&u->inflight_node, &unix_net(&u->sk)->inflight);
}

void unix_notinflight(struct file *file)
{
	struct unix_sock *u = unix_of(file);

	if (u && !--u->inflight)
		list_del_init(&u->inflight_node);
}

/* Is there anybody who holds it but messages? What nobody has accepted is held by its listener. */
static bool is_root(const struct unix_sock *u)
{
	const struct socket *sock = u->sk.sk_socket;

	if (!sock)
		return false;
	return !sock->file || (unsigned long)atomic_read(&sock->file->f_count) > u->inflight;
}

static void reach(struct unix_sock *u, struct list_head *reached)
{
	if (u->gc_reached)
		return;
	u->gc_reached = true;
	list_add_tail(&u->gc_node, reached);
}

/* What can be got through @u's queue: files, or connections to accept. */
static void reach_queued(struct unix_sock *u, struct list_head *reached)
{
	bool listening = u->sk.sk_state == TCP_LISTEN;
	struct unix_sock *next;
	struct sk_buff *skb;
	int i;

	skb_queue_walk(&u->sk.sk_receive_queue, skb) {
		const struct scm_fp_list *fpl = listening ? NULL : UNIXCB(skb).scm.fp;

		if (listening)
			reach(unix_sk(skb->sk), reached);
		for (i = 0; fpl && i < fpl->count; i++) {
			next = unix_of(fpl->fp[i]);
			if (next)
				reach(next, reached);
		}
	}
}

/* The messages in @sk's queue that hold files. */
static void take_messages(struct sock *sk, struct sk_buff_head *hitlist)
{
	struct sk_buff *skb, *next;

	skb_queue_walk_safe(&sk->sk_receive_queue, skb, next) {
		if (sk->sk_state == TCP_LISTEN) {
			take_messages(skb->sk, hitlist); /* one level: nobody listens on what is not accepted */
		} else if (UNIXCB(skb).scm.fp) {
			__skb_unlink(skb, &sk->sk_receive_queue);
			__skb_queue_tail(hitlist, skb);
		}
	}
}

void unix_gc(struct net *net)
{
	struct sk_buff_head hitlist;
	LIST_HEAD(reached);
	struct unix_sock *u;
	struct sock *sk;

	if (net->unx.gc_running) /* what it closes ends sockets, too */
		return;
	net->unx.gc_running = true;
	list_for_each_entry(sk, &net->unx.all, sk_all_node)
		unix_sk(sk)->gc_reached = false;
	list_for_each_entry(sk, &net->unx.all, sk_all_node)
		if (is_root(unix_sk(sk)))
			reach(unix_sk(sk), &reached);
	list_for_each_entry(u, &reached, gc_node)
		reach_queued(u, &reached);
	skb_queue_head_init(&hitlist);
	list_for_each_entry(u, &net->unx.inflight, inflight_node)
		if (!u->gc_reached)
			take_messages(&u->sk, &hitlist);
	skb_queue_purge_reason(&hitlist, SKB_DROP_REASON_SOCKET_CLOSE);
	net->unx.gc_running = false;
}
