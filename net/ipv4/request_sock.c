/* SPDX-License-Identifier: MIT */
/* Half-open connections as small objects, and a listener's accept queue of those that are complete.
 * RFC 4987 section 3; Book section 12.9.3. */
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

void reqsk_queue_alloc(struct request_sock_queue *q)
{
	spin_lock_init_rank(&q->rskq_lock, LOCK_RANK_QUEUE);
	q->rskq_accept_head = q->rskq_accept_tail = NULL;
	atomic_set(&q->qlen, 0);
	atomic_set(&q->young, 0);
	q->synq_overflow_ts = 0;
	q->fastopenq.rst_head = q->fastopenq.rst_tail = NULL; /* its length stays: children may be left */
}

struct request_sock *reqsk_alloc(struct request_sock_ops *ops, struct sock *listener,
				 bool attach_listener)
{
	struct request_sock *req = kmem_cache_zalloc(ops->slab, GFP_ATOMIC);

	if (!req)
		return NULL;
	req->rsk_ops = ops;
	req->__req_common.skc_family = (u16)ops->family;
	req->__req_common.skc_state = TCP_NEW_SYN_RECV;
	req->__req_common.skc_net = sock_net(listener);
	req->__req_common.skc_prot = listener->sk_prot;
	req->__req_common.skc_bound_dev_if = listener->sk_bound_dev_if;
	req->timeout = TCP_TIMEOUT_INIT_JIFFIES;
	if (attach_listener) {
		sock_hold(listener);
		req->rsk_listener = listener;
	} else {
		req->syncookie = 1;
	}
	atomic_set(&req->rsk_refcnt, 1);
	return req;
}

void reqsk_free(struct request_sock *req)
{
	if (req->rsk_ops->destructor)
		req->rsk_ops->destructor(req);
	if (req->rsk_listener)
		sock_put(req->rsk_listener);
	kmem_cache_free(req->rsk_ops->slab, req);
}

struct request_sock *reqsk_queue_remove(struct request_sock_queue *q, struct sock *parent)
{
	struct request_sock *req;

	spin_lock_bh(&q->rskq_lock);
	req = q->rskq_accept_head;
	if (req) {
		sk_acceptq_removed(parent);
		q->rskq_accept_head = req->dl_next;
		if (!q->rskq_accept_head)
			q->rskq_accept_tail = NULL;
		req->dl_next = NULL;
	}
	spin_unlock_bh(&q->rskq_lock);
	return req;
}

void reqsk_queue_removed(struct request_sock_queue *q, const struct request_sock *req)
{
	if (req->num_timeout == 0)
		atomic_dec(&q->young);
	atomic_dec(&q->qlen);
}
