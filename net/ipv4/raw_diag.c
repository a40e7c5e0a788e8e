/* SPDX-License-Identifier: MIT */
/* Raw sockets' row of sock_diag. sock_diag(7). */
#include <kernel/err.h>
#include <net/raw.h>

#include "inet_diag_internal.h"

static const struct hlist_head *raw_diag_chain(struct net *net, unsigned int i)
{
	return i < RAW_HTABLE_SIZE ? &net->ipv4.raw_hash->ht[i] : NULL;
}

/* The first that would hear of a packet with these addresses. */
static struct sock *raw_diag_find(struct net *net, const struct inet_diag_req_v2 *req, bool destroy)
{
	const struct inet_diag_sockid *id = &req->id;
	struct sock *sk;

	sk_for_each(sk, &net->ipv4.raw_hash->ht[req->pad & (RAW_HTABLE_SIZE - 1)]) {
		if (!raw_match(sk, req->pad, id->idiag_dst[0], id->idiag_src[0], (int)id->idiag_if))
			continue;
		sock_hold(sk);
		return sk;
	}
	return ERR_PTR(-ENOENT);
}

static void raw_diag_get_info(struct sock *sk, struct inet_diag_msg *r, void *info)
{
	r->idiag_rqueue = (u32)sk_rmem_alloc_get(sk);
	r->idiag_wqueue = (u32)sk_wmem_alloc_get(sk);
}

const struct inet_diag_handler raw_diag_handler = {
	.protocol = IPPROTO_RAW,
	.any_state = true,
	.chain = raw_diag_chain,
	.find = raw_diag_find,
	.get_info = raw_diag_get_info,
};
