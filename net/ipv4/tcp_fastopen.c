/* SPDX-License-Identifier: MIT */
/* TCP Fast Open, the server's side: keys and cookies, the child that a SYN makes, the queue of such
 * children, the end of their handshake. RFC 7413 sections 4.1.2, 4.2.2 and 5.1. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include "tcp_internal.h"

#define TCP_FASTOPEN_RST_HOLD (60 * HZ) /* how long a child that was reset counts: RFC 7413 5.1 */

/* ---- keys ---- */

/* tcp_fastopen_set_keys - @nr keys of 16 bytes, the first one makes cookies, all are believed. */
void tcp_fastopen_set_keys(struct tcp_fastopen_context *ctx, const void *keys, unsigned int nr)
{
	memcpy(ctx->key, keys, nr * TCP_FASTOPEN_KEY_LENGTH);
	ctx->num = nr;
}

/* tcp_fastopen_init_keys - a random key for @net, if it has none. */
void tcp_fastopen_init_keys(struct net *net)
{
	struct tcp_fastopen_context *ctx = &net->tcp.fastopen_ctx;

	if (ctx->num)
		return;
	get_random_bytes(&ctx->key[0], TCP_FASTOPEN_KEY_LENGTH);
	ctx->num = 1;
}

/* tcp_fastopen_set_socket_keys - TCP_FASTOPEN_KEY: keys of @sk's own. 0 or -ENOMEM. Context:
 * process, sock locked. */
int tcp_fastopen_set_socket_keys(struct sock *sk, const void *keys, unsigned int nr)
{
	struct tcp_fastopen_context **ctx = &inet_csk(sk)->icsk_accept_queue.fastopenq.ctx;

	if (!*ctx)
		*ctx = kzalloc(sizeof(**ctx), sk->sk_allocation);
	if (!*ctx)
		return -ENOMEM;
	tcp_fastopen_set_keys(*ctx, keys, nr);
	return 0;
}

void tcp_fastopen_destroy(struct sock *sk)
{
	struct fastopen_queue *q = &inet_csk(sk)->icsk_accept_queue.fastopenq;

	WARN_ON_ONCE(tcp_sk(sk)->fastopen_rsk);
	kfree(q->ctx);
	q->ctx = NULL;
}

static const struct tcp_fastopen_context *tcp_fastopen_keys_of(const struct sock *sk)
{
	const struct tcp_fastopen_context *own = inet_csk(sk)->icsk_accept_queue.fastopenq.ctx;

	return own ? own : &sock_net(sk)->tcp.fastopen_ctx;
}

/* ---- cookies ---- */

/* tcp_parse_fastopen - the cookie of a SYN or SYN-ACK: len 0, it asks for one; -1, there is no
 * such option, or none that can be. RFC 7413 section 4.1.1. */
void tcp_parse_fastopen(const struct tcphdr *th, struct tcp_fastopen_cookie *foc)
{
	const u8 *opt = tcp_find_option(th, TCPOPT_FASTOPEN);
	int len = opt ? opt[1] - TCPOLEN_FASTOPEN_BASE : -1;

	foc->len = -1;
	if (len < 0 || len & 1)
		return;
	if (len && (len < TCP_FASTOPEN_COOKIE_MIN || len > TCP_FASTOPEN_COOKIE_MAX))
		return;
	memcpy(foc->val, opt + TCPOLEN_FASTOPEN_BASE, (size_t)len);
	foc->len = (s8)len;
}

/* The cookie of @req's two addresses by @key. RFC 7413 section 4.1.2: only who receives there can
 * know it. */
static void tcp_fastopen_cookie_gen(const struct request_sock *req, const siphash_key_t *key,
				    struct tcp_fastopen_cookie *foc)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	__be32 ends[2] = { treq->ir_rmt_addr, treq->ir_loc_addr };
	u64 hash = siphash(ends, sizeof(ends), key);

	BUILD_BUG_ON(sizeof(hash) != TCP_FASTOPEN_COOKIE_SIZE);
	memcpy(foc->val, &hash, sizeof(hash));
	foc->len = TCP_FASTOPEN_COOKIE_SIZE;
}

/* Which of the keys made @foc? 0: none; else its number. */
static unsigned int tcp_fastopen_key_of_cookie(const struct sock *sk,
					       const struct request_sock *req,
					       const struct tcp_fastopen_cookie *foc)
{
	const struct tcp_fastopen_context *ctx = tcp_fastopen_keys_of(sk);
	struct tcp_fastopen_cookie good;
	unsigned int i;

	for (i = 0; i < ctx->num; i++) {
		tcp_fastopen_cookie_gen(req, &ctx->key[i], &good);
		if (foc->len == good.len && !memcmp(foc->val, good.val, (size_t)good.len))
			return i + 1;
	}
	return 0;
}

/* ---- the queue ---- */

/* Is there room for one more child without a handshake? The oldest that was reset long enough ago
 * makes some. RFC 7413 section 5.1. */
static bool tcp_fastopen_queue_room(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct fastopen_queue *q = &queue->fastopenq;
	struct request_sock *old;

	if (!q->max_qlen)
		return false;
	if (q->qlen < q->max_qlen)
		return true;
	spin_lock(&queue->rskq_lock);
	old = q->rst_head;
	if (!old || time_after(old->rsk_timer.expires, jiffies)) {
		spin_unlock(&queue->rskq_lock);
		NET_INC_STATS(sock_net(sk), TCPFASTOPENLISTENOVERFLOW);
		return false;
	}
	q->rst_head = old->dl_next;
	q->qlen--;
	spin_unlock(&queue->rskq_lock);
	reqsk_put(old);
	return true;
}

/*
 * reqsk_fastopen_remove - the handshake of child @sk is over, well or not. With @reset the peer has
 * ended it: if the child was accepted, it counts for a minute more, since a spoofed SYN ends so. A
 * child that nobody accepted yet leaves its request to accept(). Context: @sk's slock held.
 */
void reqsk_fastopen_remove(struct sock *sk, struct request_sock *req, bool reset)
{
	struct sock *listener = req->rsk_listener;
	struct request_sock_queue *queue = &inet_csk(listener)->icsk_accept_queue;
	struct fastopen_queue *q = &queue->fastopenq;
	bool hold, accepted;

	tcp_sk(sk)->fastopen_rsk = NULL;
	spin_lock_bh(&queue->rskq_lock);
	tcp_rsk(req)->tfo_listener = 0;
	accepted = !req->sk;
	hold = accepted && reset && listener->sk_state == TCP_LISTEN;
	if (hold) {
		req->rsk_timer.expires = jiffies + TCP_FASTOPEN_RST_HOLD; /* a date; it runs not */
		req->dl_next = NULL;
		if (q->rst_head)
			q->rst_tail->dl_next = req;
		else
			q->rst_head = req;
		q->rst_tail = req;
	} else {
		q->qlen--;
	}
	spin_unlock_bh(&queue->rskq_lock);
	if (accepted && !hold)
		reqsk_put(req);
}

/* tcp_fastopen_listen_stop - what was reset counts no longer: there is no listener any more. */
void tcp_fastopen_listen_stop(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct request_sock *req, *next;

	spin_lock_bh(&queue->rskq_lock);
	req = queue->fastopenq.rst_head;
	queue->fastopenq.rst_head = NULL;
	for (next = req; next; next = next->dl_next)
		queue->fastopenq.qlen--;
	spin_unlock_bh(&queue->rskq_lock);
	for (; req; req = next) {
		next = req->dl_next;
		reqsk_put(req);
	}
}

/* tcp_fastopen_taken - accept() has taken the child of @req. true: its handshake goes on, and the
 * request with it; false: the caller puts the request. Context: process, listener locked. */
bool tcp_fastopen_taken(struct sock *sk, struct request_sock *req)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	bool goes_on;

	spin_lock_bh(&queue->rskq_lock);
	req->sk = NULL;
	goes_on = tcp_rsk(req)->tfo_listener;
	spin_unlock_bh(&queue->rskq_lock);
	return goes_on;
}

/* tcp_fastopen_tune - how many children without a handshake a listener may have. */
void tcp_fastopen_tune(struct sock *sk, int backlog)
{
	inet_csk(sk)->icsk_accept_queue.fastopenq.max_qlen =
		min(backlog, sock_net(sk)->core.sysctl_somaxconn);
	tcp_fastopen_init_keys(sock_net(sk));
}

/* tcp_fastopen_listen - tcp_fastopen's 0x400: every listener has such a queue, as long as its
 * backlog. */
void tcp_fastopen_listen(struct sock *sk, int backlog)
{
	int all = TFO_SERVER_WO_SOCKOPT1 | TFO_SERVER_ENABLE;

	if ((sock_net(sk)->tcp.sysctl_fastopen & all) == all &&
	    !inet_csk(sk)->icsk_accept_queue.fastopenq.max_qlen)
		tcp_fastopen_tune(sk, backlog);
}

/* ---- the child ---- */

/* tcp_fastopen_add_skb - the data of a SYN or SYN-ACK becomes readable. skb stays the caller's. */
void tcp_fastopen_add_skb(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb;
	bool stolen;

	if (TCP_SKB_CB(skb)->end_seq == tp->rcv_nxt)
		return;
	skb = skb_clone(skb, GFP_ATOMIC);
	if (!skb)
		return; /* then it is not acknowledged, and comes again */
	skb_dst_drop(skb);
	__skb_pull(skb, tcp_hdrlen(skb));
	tcp_force_charge(sk, (int)skb->truesize);
	cb = TCP_SKB_CB(skb);
	cb->seq++;
	cb->tcp_flags &= (u8)~TCPHDR_SYN;
	tp->data_segs_in = 1;
	tcp_queue_rcv(sk, skb, &stolen);
	tp->syn_data_acked = 1;
	if (cb->tcp_flags & TCPHDR_FIN)
		tcp_fin(sk);
}

/* A full sock from no more than a SYN, slock held, or NULL. */
static struct sock *tcp_fastopen_create_child(struct sock *sk, struct sk_buff *skb,
					      struct request_sock *req)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct sock *child;
	struct tcp_sock *tp;
	bool own_req;

	child = inet_csk(sk)->icsk_af_ops->syn_recv_sock(sk, skb, req, NULL, NULL, &own_req);
	if (!child)
		return NULL;
	spin_lock(&queue->rskq_lock);
	queue->fastopenq.qlen++;
	spin_unlock(&queue->rskq_lock);
	tp = tcp_sk(child);
	tp->fastopen_rsk = req;
	tcp_rsk(req)->tfo_listener = 1;
	tp->snd_wnd = tp->max_window = ntohs(tcp_hdr(skb)->window); /* never scaled in a SYN */
	inet_csk_reset_xmit_timer(child, ICSK_TIME_RETRANS, req->timeout, TCP_RTO_MAX);
	atomic_inc(&req->rsk_refcnt); /* the accept queue's, later the handshake's */
	tcp_init_transfer(child);
	tp->rcv_nxt = TCP_SKB_CB(skb)->seq + 1;
	tcp_fastopen_add_skb(child, skb);
	tcp_rsk(req)->rcv_nxt = tp->rcv_wup = tp->rcv_nxt;
	return child;
}

static bool tcp_fastopen_wanted(struct sock *sk, const struct sk_buff *skb,
				const struct tcp_fastopen_cookie *foc)
{
	bool data = TCP_SKB_CB(skb)->end_seq != TCP_SKB_CB(skb)->seq + 1;

	if (foc->len == 0)
		NET_INC_STATS(sock_net(sk), TCPFASTOPENCOOKIEREQD);
	return (sock_net(sk)->tcp.sysctl_fastopen & TFO_SERVER_ENABLE) && (data || foc->len >= 0) &&
	       tcp_fastopen_queue_room(sk);
}

/*
 * tcp_try_fastopen - the child of a SYN for listener @sk, if its cookie is good or none is needed:
 * slock held, its data queued. NULL: an ordinary request. @foc: the SYN's cookie, and afterwards
 * what the SYN-ACK shall carry. RFC 7413 section 4.2.2. Context: softirq; skb stays the caller's.
 */
struct sock *tcp_try_fastopen(struct sock *sk, struct sk_buff *skb, struct request_sock *req,
			      struct tcp_fastopen_cookie *foc)
{
	struct sock *child = NULL;
	unsigned int key = 0;
	bool free;

	if (!tcp_fastopen_wanted(sk, skb, foc)) {
		foc->len = -1;
		return NULL;
	}
	free = tcp_fastopen_no_cookie(sk, TFO_SERVER_COOKIE_NOT_REQD);
	if (!free && foc->len > 0)
		key = tcp_fastopen_key_of_cookie(sk, req, foc);
	if (free || key)
		child = tcp_fastopen_create_child(sk, skb, req);
	if (child)
		NET_INC_STATS(sock_net(sk), TCPFASTOPENPASSIVE);
	else if (free || foc->len > 0)
		NET_INC_STATS(sock_net(sk), TCPFASTOPENPASSIVEFAIL);
	if (child && key > 1)
		NET_INC_STATS(sock_net(sk), TCPFASTOPENPASSIVEALTKEY);
	if (free || foc->len < 0 || (child && key == 1))
		foc->len = -1; /* no cookie is wanted, or the one it has is the newest */
	else
		tcp_fastopen_cookie_gen(req, &tcp_fastopen_keys_of(sk)->key[0], foc);
	return child;
}

/* tcp_fastopen_queue_child - the SYN-ACK of @child, and its place in the accept queue; unlocks it.
 * Consumes @dst. false: the listener is gone, and the child too. Context: softirq. */
bool tcp_fastopen_queue_child(struct sock *sk, struct sock *child, struct request_sock *req,
			      struct dst_entry *dst, const struct tcp_fastopen_cookie *foc)
{
	bool queued;

	req->rsk_ops->send_synack(child, dst, req, foc);
	queued = inet_csk_reqsk_queue_add(sk, req, child) != NULL;
	if (queued)
		sk->sk_data_ready(sk);
	bh_unlock_sock(child);
	sock_put(child);
	return queued;
}

/* ---- the end of the handshake ---- */

/* tcp_fastopen_established - the last ACK of child @sk's handshake has come. Context: sock locked.
 */
void tcp_fastopen_established(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_state == TCP_CA_Loss && !tp->packets_out)
		tcp_try_undo_recovery(sk);
	tp->retrans_stamp = 0;
	inet_csk(sk)->icsk_retransmits = 0;
	reqsk_fastopen_remove(sk, tp->fastopen_rsk, false);
	tcp_rearm_rto(sk); /* data may have gone out meanwhile */
}

/* tcp_fastopen_synack_timer - the SYN-ACK again; nothing else is, before it is acknowledged.
 * Context: softirq, sock locked. */
void tcp_fastopen_synack_timer(struct sock *sk, struct request_sock *req)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int retries = icsk->icsk_syn_retries;

	if (!retries) /* one more than ordinary ones: the child may have been accepted */
		retries = sock_net(sk)->tcp.sysctl_synack_retries + 1;
	tcp_syn_ack_timeout(req);
	if (req->num_timeout >= retries) {
		tcp_write_err(sk);
		return;
	}
	if (icsk->icsk_retransmits == 1)
		tcp_enter_loss(sk); /* one segment to begin with, as tcp_init_transfer has it */
	inet_rtx_syn_ack(sk, req);
	req->num_timeout++;
	icsk->icsk_retransmits++;
	if (!tp->retrans_stamp)
		tp->retrans_stamp = tcp_ts_clock(tp);
	inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS,
				  req->timeout << min(req->num_timeout, (u8)16), TCP_RTO_MAX);
}
