/* SPDX-License-Identifier: MIT */
/* What connection-oriented sockets share: listening, the accept queue, half-open requests and their
 * SYN-ACK timer, destruction. RFC 4987; Book section 12.9.3, 12.10. */
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/tcp.h>

/* ---- timers ---- */

void inet_csk_init_xmit_timers(struct sock *sk, void (*retransmit)(unsigned long),
			       void (*delack)(unsigned long), void (*keepalive)(unsigned long))
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	setup_timer(&icsk->icsk_retransmit_timer, retransmit, (unsigned long)sk);
	setup_timer(&icsk->icsk_delack_timer, delack, (unsigned long)sk);
	setup_timer(&sk->sk_timer, keepalive, (unsigned long)sk);
	icsk->icsk_pending = icsk->icsk_ack.pending = 0;
}

void inet_csk_clear_xmit_timers(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	icsk->icsk_pending = icsk->icsk_ack.pending = 0;
	sk_stop_timer(sk, &icsk->icsk_retransmit_timer);
	sk_stop_timer(sk, &icsk->icsk_delack_timer);
	sk_stop_timer(sk, &sk->sk_timer);
}

/* ---- listening ---- */

int inet_csk_listen_start(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	int err;

	reqsk_queue_alloc(&inet_csk(sk)->icsk_accept_queue);
	sk->sk_ack_backlog = 0;
	inet_csk_delack_init(sk);
	/* In LISTEN before the port is checked again: the rules of SO_REUSEADDR differ for
	 * listeners. */
	tcp_set_state(sk, TCP_LISTEN);
	err = sk->sk_prot->get_port(sk, inet->inet_num);
	if (err) {
		tcp_set_state(sk, TCP_CLOSE);
		return err;
	}
	inet->inet_sport = htons(inet->inet_num);
	sk_dst_reset(sk);
	sk->sk_prot->hash(sk);
	return 0;
}

/* A child that was never accepted: reset the peer and let the child go. Context: softirqs off,
 * child's slock held. */
static void inet_child_forget(struct sock *sk, struct request_sock *req, struct sock *child)
{
	sk->sk_prot->disconnect(child, O_NONBLOCK);
	sock_orphan(child);
	atomic_inc(&sock_net(sk)->tcp.orphan_count);
	inet_csk_destroy_sock(child);
}

void inet_csk_listen_stop(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct request_sock *req;

	while ((req = reqsk_queue_remove(queue, sk)) != NULL) {
		struct sock *child = req->sk;

		local_bh_disable();
		bh_lock_sock(child);
		WARN_ON_ONCE(sock_owned_by_user(child));
		sock_hold(child);
		inet_child_forget(sk, req, child);
		req->sk = NULL;
		reqsk_put(req);
		bh_unlock_sock(child);
		local_bh_enable();
		sock_put(child);
		cond_resched();
	}
	tcp_fastopen_listen_stop(sk);
	WARN_ON_ONCE(sk->sk_ack_backlog);
}

unsigned int inet_csk_listen_poll(const struct sock *sk)
{
	return reqsk_queue_empty(&inet_csk(sk)->icsk_accept_queue) ? 0 : POLLIN | POLLRDNORM;
}

/* Sleep until the accept queue fills. 0, -EINVAL (no listener any more), -EAGAIN or the errno of a
 * signal. Context: process, sock locked. */
static int inet_csk_wait_for_connect(struct sock *sk, long timeo)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	DEFINE_WAIT(wait);
	int err;

	for (;;) {
		prepare_to_wait_exclusive(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
		release_sock(sk);
		if (reqsk_queue_empty(&icsk->icsk_accept_queue))
			timeo = schedule_timeout(timeo);
		lock_sock(sk);
		err = 0;
		if (!reqsk_queue_empty(&icsk->icsk_accept_queue))
			break;
		err = -EINVAL;
		if (sk->sk_state != TCP_LISTEN)
			break;
		err = sock_intr_errno(timeo);
		if (signal_pending(current))
			break;
		err = -EAGAIN;
		if (!timeo)
			break;
	}
	finish_wait(sk->sk_sleep, &wait);
	return err;
}

struct sock *inet_csk_accept(struct sock *sk, int flags, int *err, bool kern)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct request_sock *req;
	struct sock *newsk = NULL;

	lock_sock(sk);
	*err = -EINVAL;
	if (sk->sk_state != TCP_LISTEN)
		goto out;
	if (reqsk_queue_empty(queue)) {
		long timeo = sock_rcvtimeo(sk, flags & O_NONBLOCK);

		*err = -EAGAIN;
		if (!timeo)
			goto out;
		*err = inet_csk_wait_for_connect(sk, timeo);
		if (*err)
			goto out;
	}
	*err = 0;
	req = reqsk_queue_remove(queue, sk);
	newsk = req->sk;
	if (!tcp_fastopen_taken(sk, req))
		reqsk_put(req);
out:
	release_sock(sk);
	return newsk;
}

/* ---- routes ---- */

struct dst_entry *inet_csk_route_req(const struct sock *sk, struct flowi4 *fl4,
				     const struct request_sock *req)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	struct net *net = sock_net(sk);
	struct rtable *rt;

	*fl4 = (struct flowi4){ .flowi4_oif = sk->sk_bound_dev_if,
				.flowi4_mark = sk->sk_mark,
				.flowi4_tos = inet_sk(sk)->tos,
				.flowi4_proto = IPPROTO_TCP,
				.daddr = treq->ir_rmt_addr,
				.saddr = treq->ir_loc_addr,
				.fl4_dport = treq->ir_rmt_port,
				.fl4_sport = htons(treq->ir_num) };
	rt = ip_route_output_flow(net, fl4, sk);
	if (IS_ERR(rt)) {
		IP_INC_STATS(net, OUTNOROUTES);
		return NULL;
	}
	return &rt->dst;
}

struct dst_entry *inet_csk_route_child_sock(const struct sock *sk, struct sock *newsk,
					    const struct request_sock *req)
{
	struct flowi4 fl4;

	return inet_csk_route_req(sk, &fl4, req);
}

struct dst_entry *inet_csk_update_pmtu(struct sock *sk, u32 mtu)
{
	const struct inet_connection_sock_af_ops *ops = inet_csk(sk)->icsk_af_ops;
	struct dst_entry *dst = __sk_dst_check(sk, 0);

	if (!dst && ops->rebuild_header(sk) == 0)
		dst = __sk_dst_get(sk);
	if (!dst)
		return NULL;
	if (dst->ops->update_pmtu)
		dst->ops->update_pmtu(dst, mtu);
	dst = __sk_dst_check(sk, 0);
	if (!dst && ops->rebuild_header(sk) == 0)
		dst = __sk_dst_get(sk);
	return dst;
}

/* ---- half-open requests ---- */

int inet_rtx_syn_ack(const struct sock *parent, struct request_sock *req)
{
	int err = req->rsk_ops->rtx_syn_ack(parent, req);

	if (!err)
		req->num_retrans++;
	return err;
}

/* How often a SYN-ACK is sent again: fewer times the more old requests fill the queue. */
static int reqsk_max_retries(const struct sock *sk, const struct request_sock_queue *queue)
{
	int retries = inet_csk(sk)->icsk_syn_retries ? inet_csk(sk)->icsk_syn_retries
						     : sock_net(sk)->tcp.sysctl_synack_retries;
	u32 qlen = (u32)reqsk_queue_len(queue);

	if (qlen << 1 > max(8u, sk->sk_max_ack_backlog)) {
		u32 young = (u32)reqsk_queue_len_young(queue) << 1;

		for (; retries > 2 && qlen >= young; young <<= 1)
			retries--;
	}
	return retries;
}

/* With TCP_DEFER_ACCEPT a request that was acknowledged waits for data and is silent till the last
 * round. */
static void syn_ack_recalc(const struct request_sock *req, int max_retries, u8 defer, bool *expire,
			   bool *resend)
{
	bool acked = tcp_rsk(req)->acked;

	if (!defer) {
		*expire = req->num_timeout >= max_retries;
		*resend = true;
		return;
	}
	*expire = req->num_timeout >= max_retries && (!acked || req->num_timeout >= defer);
	*resend = !acked || req->num_timeout >= defer - 1;
}

static unsigned long reqsk_timeout(const struct request_sock *req)
{
	return min((unsigned long)req->timeout << min(req->num_timeout, (u8)16),
		   (unsigned long)TCP_RTO_MAX);
}

static void reqsk_timer_handler(unsigned long data)
{
	struct request_sock *req = (struct request_sock *)data;
	struct sock *sk = req->rsk_listener;
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	bool expire, resend;

	if (sk->sk_state != TCP_LISTEN) {
		inet_csk_reqsk_queue_drop_and_put(sk, req);
		return;
	}
	syn_ack_recalc(req, reqsk_max_retries(sk, queue), queue->rskq_defer_accept, &expire,
		       &resend);
	tcp_syn_ack_timeout(req);
	if (!expire && (!resend || !inet_rtx_syn_ack(sk, req) || tcp_rsk(req)->acked)) {
		if (req->num_timeout++ == 0)
			atomic_dec(&queue->young);
		mod_timer(&req->rsk_timer, jiffies + reqsk_timeout(req));
		return;
	}
	inet_csk_reqsk_queue_drop_and_put(sk, req);
}

void inet_csk_reqsk_queue_hash_add(struct sock *sk, struct request_sock *req, unsigned long timeout)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	struct tcp_request_sock *treq = tcp_rsk(req);
	struct sock_common *c = &req->__req_common;

	c->skc_daddr = treq->ir_rmt_addr;
	c->skc_rcv_saddr = treq->ir_loc_addr;
	c->skc_dport = treq->ir_rmt_port;
	c->skc_num = treq->ir_num;
	NET_TRACE(inet_sock_set_state, (struct sock *)req, TCP_LISTEN, TCP_NEW_SYN_RECV);
	setup_timer(&req->rsk_timer, reqsk_timer_handler, (unsigned long)req);
	mod_timer(&req->rsk_timer, jiffies + timeout);
	atomic_inc(&req->rsk_refcnt); /* the timer's */
	spin_lock_bh(&h->lock);
	c->skc_hash = inet_ehashfn(h, c->skc_rcv_saddr, c->skc_num, c->skc_daddr, c->skc_dport);
	sk_add_node((struct sock *)req, inet_ehash_bucket(h, c->skc_hash));
	spin_unlock_bh(&h->lock);
	reqsk_queue_added(&inet_csk(sk)->icsk_accept_queue);
}

void inet_csk_reqsk_queue_drop(struct sock *sk, struct request_sock *req)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	bool unlinked;

	spin_lock_bh(&h->lock);
	unlinked = sk_del_node_init((struct sock *)req);
	spin_unlock_bh(&h->lock);
	if (del_timer(&req->rsk_timer))
		reqsk_put(req);
	if (unlinked)
		reqsk_queue_removed(&inet_csk(sk)->icsk_accept_queue, req);
}

void inet_csk_reqsk_queue_drop_and_put(struct sock *sk, struct request_sock *req)
{
	inet_csk_reqsk_queue_drop(sk, req);
	reqsk_put(req);
}

struct sock *inet_csk_reqsk_queue_add(struct sock *sk, struct request_sock *req, struct sock *child)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;

	spin_lock(&queue->rskq_lock);
	if (unlikely(sk->sk_state != TCP_LISTEN)) {
		spin_unlock(&queue->rskq_lock);
		inet_child_forget(sk, req, child);
		return NULL;
	}
	req->sk = child;
	req->dl_next = NULL;
	if (queue->rskq_accept_head)
		queue->rskq_accept_tail->dl_next = req;
	else
		queue->rskq_accept_head = req;
	queue->rskq_accept_tail = req;
	sk_acceptq_added(sk);
	spin_unlock(&queue->rskq_lock);
	return child;
}

struct sock *inet_csk_complete_hashdance(struct sock *sk, struct sock *child,
					 struct request_sock *req, bool own_req)
{
	if (own_req) {
		inet_csk_reqsk_queue_drop(
			req->rsk_listener,
			req); /* stops the timer; the table let go of it already */
		reqsk_queue_removed(&inet_csk(req->rsk_listener)->icsk_accept_queue, req);
		if (inet_csk_reqsk_queue_add(sk, req, child))
			return child;
	}
	bh_unlock_sock(child); /* another segment made the child first */
	sock_put(child);
	return NULL;
}

/* ---- birth and end ---- */

struct sock *inet_csk_clone_lock(const struct sock *sk, const struct request_sock *req, gfp_t gfp)
{
	struct sock *newsk = sk_clone_lock(sk, gfp);
	const struct tcp_request_sock *treq = tcp_rsk(req);
	struct inet_connection_sock *newicsk;

	if (!newsk)
		return NULL;
	newicsk = inet_csk(newsk);
	INIT_HLIST_NODE(&newsk->sk_node);
	INIT_HLIST_NODE(&newsk->sk_bind_node);
	newicsk->icsk_bind_hash = NULL;
	tcp_set_state(newsk, TCP_SYN_RECV);
	newsk->sk_cookie = req->__req_common.skc_cookie; /* it is the same connection */
	inet_sk(newsk)->inet_dport = treq->ir_rmt_port;
	inet_sk(newsk)->inet_num = treq->ir_num;
	inet_sk(newsk)->inet_sport = htons(treq->ir_num);
	inet_sk(newsk)->mc_list = NULL;
	newicsk->icsk_retransmits = 0;
	newicsk->icsk_backoff = 0;
	newicsk->icsk_probes_out = 0;
	newicsk->icsk_probes_tstamp = 0;
	memset(&newicsk->icsk_accept_queue, 0, sizeof(newicsk->icsk_accept_queue));
	return newsk;
}

void inet_csk_destroy_sock(struct sock *sk)
{
	WARN_ON(sk->sk_state != TCP_CLOSE);
	WARN_ON(!sock_flag(sk, SOCK_DEAD));
	WARN_ON(!sk_unhashed(sk));
	WARN_ON(inet_sk(sk)->inet_num && !inet_csk(sk)->icsk_bind_hash);
	sk->sk_prot->destroy(sk);
	sk_stream_kill_queues(sk);
	atomic_dec(&sock_net(sk)->tcp.orphan_count);
	sock_put(sk);
}

void inet_csk_prepare_forced_close(struct sock *sk)
{
	bh_unlock_sock(sk);
	sock_put(sk);
	sock_set_flag(sk, SOCK_DEAD);
	atomic_inc(&sock_net(sk)->tcp.orphan_count);
	inet_sk(sk)->inet_num = 0;
}

void inet_csk_addr2sockaddr(struct sock *sk, struct sockaddr *uaddr)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)uaddr;

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_sk(sk)->inet_daddr;
	sin->sin_port = inet_sk(sk)->inet_dport;
}
