/* SPDX-License-Identifier: MIT */
/* TCP's row of sock_diag: listeners, connections, requests and those in TIME_WAIT. sock_diag(7). */
#include <kernel/err.h>

#include "inet_diag_internal.h"
#include "tcp_internal.h"

/* The listening table, then the established one. */
static const struct hlist_head *tcp_diag_chain(struct net *net, unsigned int i)
{
	const struct inet_hashinfo *h = net->tcp.hashinfo;

	if (i <= h->lhash_mask)
		return &h->lhash[i];
	i -= h->lhash_mask + 1;
	return i <= h->ehash_mask ? &h->ehash[i] : NULL;
}

static struct sock *tcp_diag_find(struct net *net, const struct inet_diag_req_v2 *req, bool destroy)
{
	const struct inet_diag_sockid *id = &req->id;
	struct sock *sk = __inet_lookup(net, net->tcp.hashinfo, NULL, 0, id->idiag_dst[0], id->idiag_dport,
					id->idiag_src[0], ntohs(id->idiag_sport),
					(int)id->idiag_if);

	if (!sk)
		return ERR_PTR(-ENOENT);
	if (!sock_diag_check_cookie(sk, id->idiag_cookie))
		return sk;
	inet_diag_put(sk);
	return ERR_PTR(-ENOENT);
}

static void tcp_diag_get_info(struct sock *sk, struct inet_diag_msg *r, void *info)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state == TCP_LISTEN) {
		r->idiag_rqueue = sk->sk_ack_backlog;
		r->idiag_wqueue = sk->sk_max_ack_backlog;
	} else {
		r->idiag_rqueue = (u32)max((int)(tp->rcv_nxt - tp->copied_seq), 0);
		r->idiag_wqueue = tp->write_seq - tp->snd_una;
	}
	if (info)
		tcp_get_info(sk, info);
}

const struct inet_diag_handler tcp_diag_handler = {
	.protocol = IPPROTO_TCP,
	.connections = true,
	.info_size = sizeof(struct tcp_info),
	.chain = tcp_diag_chain,
	.find = tcp_diag_find,
	.get_info = tcp_diag_get_info,
};
