/* SPDX-License-Identifier: MIT */
/* What inet_diag's files share: a protocol's row, a request as it was read, the filter. */
#ifndef INET_DIAG_INTERNAL_H
#define INET_DIAG_INTERNAL_H

#include <net/inet_sock.h>
#include <net/sock_diag.h>
#include <uapi/inet_diag.h>
#include <uapi/tcp.h>

struct inet_diag_query { /* a request, in the old form or the new */
	struct inet_diag_req_v2 req;
	int protocol;		 /* IPPROTO_x, of the header or its attribute */
	const struct nlattr *bc; /* the filter, NULL: all */
};

struct inet_diag_handler { /* a transport protocol */
	u8 protocol;
	bool any_state;	  /* a dump shows sockets of every state */
	bool connections; /* its socks are inet_connection_socks, looked at with the sock locked */
	u16 info_size;	  /* of INET_DIAG_INFO, 0: there is none */
	/* chain - the @i-th chain of the protocol's tables; NULL: there are no more. */
	const struct hlist_head *(*chain)(struct net *net, unsigned int i);
	/* find - the socket that a request names, with a reference; ERR_PTR. Context: softirqs off.
	 */
	struct sock *(*find)(struct net *net, const struct inet_diag_req_v2 *req, bool destroy);
	/* get_info - the queues of a sock of full size into @r, and INET_DIAG_INFO where @info is
	 * not NULL. */
	void (*get_info)(struct sock *sk, struct inet_diag_msg *r, void *info);
};
extern const struct inet_diag_handler tcp_diag_handler, udp_diag_handler, raw_diag_handler;

/* inet_diag_bc.c: inet_diag_bc_audit - is it a program? 0 or -EINVAL. inet_diag_bc_run - does it
 * want @sk, of any size? Only for one that was audited. */
struct inet_diag_entry {
	const __be32 *saddr, *daddr;
	u16 sport, dport; /* host order */
	u16 family;
	u8 userlocks; /* SOCK_x_LOCK */
	u32 ifindex, mark;
};
int inet_diag_bc_audit(const struct nlattr *bc);
bool inet_diag_bc_run(const struct nlattr *bc, const struct inet_diag_entry *e);

/* inet_diag_put - a sock of any size is let go (inet_diag.c). */
void inet_diag_put(struct sock *sk);

/* inet_diag_match_ports - are the ports those of @req, where it names any? */
static inline bool inet_diag_match_ports(const struct inet_diag_req_v2 *req, const struct sock *sk)
{
	return (!req->id.idiag_sport || req->id.idiag_sport == htons(sk->sk_num)) &&
	       (!req->id.idiag_dport || req->id.idiag_dport == sk->sk_dport);
}

#endif
