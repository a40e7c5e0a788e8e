/* SPDX-License-Identifier: MIT */
/* A SYN for a listener: request or cookie, SYN-ACK; limits of the queues. RFC 9293
 * section 3.10.7.2, RFC 4987, RFC 3168 section 6.1.1. */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include "tcp_internal.h"

static void tcp_listendrop(const struct sock *sk)
{
	atomic_inc(&((struct sock *)sk)->sk_drops);
	NET_INC_STATS(sock_net(sk), LISTENDROPS);
}

/* The queue of half-open connections is full. true: answer with a cookie; false: drop. */
static bool tcp_syn_flood_action(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	int cookies = sock_net(sk)->tcp.sysctl_syncookies;

	if (cookies)
		NET_INC_STATS(sock_net(sk), TCPREQQFULLDOCOOKIES);
	else
		NET_INC_STATS(sock_net(sk), TCPREQQFULLDROP);
	if (!queue->synflood_warned && cookies != 2) {
		queue->synflood_warned = 1;
		pr_info("TCP: request_sock_TCP: Possible SYN flooding on port %d. %s.  Check SNMP "
			"counters.\n",
			inet_sk(sk)->inet_num, cookies ? "Sending cookies" : "Dropping request");
	}
	return cookies;
}

static void tcp_openreq_init(struct request_sock *req, const struct tcp_options_received *opt,
			     const struct sk_buff *skb)
{
	struct tcp_request_sock *treq = tcp_rsk(req);

	treq->rsk_rcv_wnd = 0;
	treq->rcv_isn = TCP_SKB_CB(skb)->seq;
	treq->rcv_nxt = TCP_SKB_CB(skb)->seq + 1;
	treq->snt_synack_us = 0;
	req->mss = opt->mss_clamp;
	req->ts_recent = opt->saw_tstamp ? opt->rcv_tsval : 0;
	treq->tstamp_ok = opt->tstamp_ok;
	treq->sack_ok = opt->sack_ok != 0;
	treq->snd_wscale = opt->snd_wscale;
	treq->wscale_ok = opt->wscale_ok;
	treq->tos = TCP_SKB_CB(skb)->ip_dsfield;
}

/* A SYN with both ECN bits, itself not ECT, asks for ECN; tcp_ecn 1 and 2 grant it. */
static bool tcp_ecn_wanted(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);

	return th->ece && th->cwr && sock_net(sk)->tcp.sysctl_ecn &&
	       (TCP_SKB_CB(skb)->ip_dsfield & INET_ECN_MASK) == INET_ECN_NOT_ECT;
}

/* Without cookies the last quarter of the queue is kept for peers that are known
 * (tcp_peer_is_proven). */
static bool tcp_syn_backlog_full(const struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;

	return !nt->sysctl_syncookies && nt->sysctl_max_syn_backlog - inet_csk_reqsk_queue_len(sk) <
						 nt->sysctl_max_syn_backlog >> 2;
}

/* TCP_SAVE_SYN: the SYN's headers are kept for who accepts the connection. Without memory they are not. */
static void tcp_reqsk_record_syn(const struct sock *sk, struct request_sock *req, const struct sk_buff *skb)
{
	const u8 *from = tcp_sk(sk)->save_syn == 2 && skb_mac_header_was_set(skb) ? skb_mac_header(skb)
										   : skb_network_header(skb);
	u32 len = (u32)(skb_transport_header(skb) - from) + tcp_hdrlen(skb);
	struct saved_syn *saved;

	if (!tcp_sk(sk)->save_syn)
		return;
	saved = kmalloc(sizeof(*saved) + len, GFP_ATOMIC);
	if (!saved)
		return;
	saved->len = len;
	memcpy(saved->data, from, len);
	tcp_rsk(req)->saved_syn = saved;
}

/* The numbers of the SYN-ACK. @isn: what TIME_WAIT proposed, or 0. */
static void tcp_conn_request_isn(struct request_sock_ops *ops, struct sock *sk, struct sk_buff *skb,
				 struct request_sock *req, u32 isn, bool want_cookie)
{
	struct tcp_request_sock *treq = tcp_rsk(req);

	if (treq->tstamp_ok)
		treq->ts_off = ops->init_ts_off(skb);
	treq->ecn_ok = tcp_ecn_wanted(sk, skb);
	if (want_cookie) {
		inet_csk(sk)->icsk_accept_queue.synq_overflow_ts = tcp_seconds();
		isn = ops->cookie_init_seq(sock_net(sk), skb, &req->mss);
		NET_INC_STATS(sock_net(sk), SYNCOOKIESSENT);
		if (!treq->tstamp_ok)
			treq->ecn_ok = 0;
	} else if (!isn) {
		isn = ops->init_seq(skb);
	}
	treq->snt_isn = isn;
}

/* What the SYN's options ask for. */
static void tcp_conn_request_options(struct request_sock_ops *ops, struct sock *sk,
				     struct sk_buff *skb, struct tcp_options_received *opt,
				     bool want_cookie)
{
	opt->mss_clamp = ops->mss_clamp;
	opt->user_mss = tcp_sk(sk)->rx_opt.user_mss;
	tcp_parse_options(sock_net(sk), skb, opt, false);
	if (want_cookie && !opt->saw_tstamp) /* a cookie has room for them in the timestamp only */
		opt->sack_ok = opt->wscale_ok = opt->snd_wscale = 0;
	opt->tstamp_ok = opt->saw_tstamp;
}

/* tcp_conn_request - a SYN for listener @sk. 0, or 1: it cannot be served, which is counted. skb
 * stays the caller's. Context: softirq. */
int tcp_conn_request(struct request_sock_ops *ops, struct sock *sk, struct sk_buff *skb)
{
	struct tcp_fastopen_cookie foc = { .len = -1 };
	struct tcp_options_received opt = { 0 };
	u32 isn = TCP_SKB_CB(skb)->tcp_tw_isn;
	struct sock *child = NULL;
	struct request_sock *req;
	struct dst_entry *dst;
	bool want_cookie = false;

	if ((sock_net(sk)->tcp.sysctl_syncookies == 2 || inet_csk_reqsk_queue_is_full(sk)) &&
	    !isn) {
		want_cookie = tcp_syn_flood_action(sk);
		if (!want_cookie)
			goto drop;
	}
	if (sk_acceptq_is_full(sk)) {
		NET_INC_STATS(sock_net(sk), LISTENOVERFLOWS);
		goto drop;
	}
	req = reqsk_alloc(ops, sk, !want_cookie);
	if (!req)
		goto drop;
	req->syncookie = want_cookie;
	tcp_conn_request_options(ops, sk, skb, &opt, want_cookie);
	tcp_openreq_init(req, &opt, skb);
	ops->init_req(req, sk, skb);
	dst = ops->route_req(sk, req);
	if (!dst)
		goto free;
	if (!want_cookie && !isn && tcp_syn_backlog_full(sk) &&
	    !tcp_peer_is_proven(sock_net(sk), req)) {
		dst_release(dst);
		goto free;
	}
	tcp_conn_request_isn(ops, sk, skb, req, isn, want_cookie);
	tcp_openreq_init_rwin(req, sk, dst);
	if (!want_cookie) {
		tcp_reqsk_record_syn(sk, req, skb);
		req->timeout = TCP_TIMEOUT_INIT;
		tcp_parse_fastopen(tcp_hdr(skb), &foc);
		child = tcp_try_fastopen(sk, skb, req, &foc);
	}
	if (child) {
		if (!tcp_fastopen_queue_child(sk, child, req, dst, &foc))
			goto free;
	} else {
		if (!want_cookie)
			inet_csk_reqsk_queue_hash_add(sk, req, req->timeout);
		ops->send_synack(sk, dst, req, &foc);
	}
	reqsk_put(req);
	return 0;
free:
	reqsk_put(req);
drop:
	tcp_listendrop(sk);
	return 1;
}
