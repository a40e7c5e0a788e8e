/* SPDX-License-Identifier: MIT */
/* UDP's row of sock_diag. sock_diag(7). */
#include <kernel/err.h>
#include <net/udp.h>

#include "inet_diag_internal.h"

static const struct hlist_head *udp_diag_chain(struct net *net, unsigned int i)
{
	return i < 1u << net->ipv4.udp_table->bits ? &net->ipv4.udp_table->hash[i] : NULL;
}

/* Who only looks names the socket from the other side, by an old custom of Linux. */
static struct sock *udp_diag_find(struct net *net, const struct inet_diag_req_v2 *req, bool destroy)
{
	const struct inet_diag_sockid *id = &req->id;
	struct sock *sk;
	int err;

	sk = destroy ? udp4_lib_lookup(net, id->idiag_dst[0], id->idiag_dport, id->idiag_src[0],
				       id->idiag_sport, (int)id->idiag_if)
		     : udp4_lib_lookup(net, id->idiag_src[0], id->idiag_sport, id->idiag_dst[0],
				       id->idiag_dport, (int)id->idiag_if);
	if (!sk)
		return ERR_PTR(-ENOENT);
	err = sock_diag_check_cookie(sk, id->idiag_cookie);
	if (!err)
		return sk;
	sock_put(sk);
	return ERR_PTR(destroy ? -ENOENT : err);
}

static void udp_diag_get_info(struct sock *sk, struct inet_diag_msg *r, void *info)
{
	r->idiag_rqueue = (u32)sk_rmem_alloc_get(sk);
	r->idiag_wqueue = (u32)sk_wmem_alloc_get(sk);
}

const struct inet_diag_handler udp_diag_handler = {
	.protocol = IPPROTO_UDP,
	.chain = udp_diag_chain,
	.find = udp_diag_find,
	.get_info = udp_diag_get_info,
};
