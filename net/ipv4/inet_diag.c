/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_INET: one socket by its addresses, all of a protocol through a filter, and ending
 * one. The protocols' own parts are rows (tcp_diag.c, udp_diag.c, raw_diag.c). sock_diag(7). */
#include <kernel/err.h>
#include <net/tcp.h>

#include "inet_diag_internal.h"
#include "ipv4_internal.h"

#define DUMP_BATCH  16	 /* socks that are held at a time */
#define ANSWER_ROOM 1024 /* bytes that surely hold what is told of one */

static const struct inet_diag_handler *const handlers[] = { &tcp_diag_handler, &udp_diag_handler,
							    &raw_diag_handler };

static const struct inet_diag_handler *inet_diag_handler(int protocol)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(handlers); i++)
		if (handlers[i]->protocol == protocol)
			return handlers[i];
	return NULL;
}

static bool is_full(const struct sock *sk)
{
	return sk->sk_state != TCP_TIME_WAIT && sk->sk_state != TCP_NEW_SYN_RECV;
}

void inet_diag_put(struct sock *sk)
{
	if (sk->sk_state == TCP_TIME_WAIT)
		inet_twsk_put(inet_twsk(sk));
	else if (sk->sk_state == TCP_NEW_SYN_RECV)
		reqsk_put(inet_reqsk(sk));
	else
		sock_put(sk);
}

static u32 ms_left(unsigned long when)
{
	long left = (long)(when - jiffies);

	return left > 0 ? (u32)jiffies_to_msecs((unsigned long)left) : 0;
}

/* ---- what is told ---- */

static void fill_common(struct inet_diag_msg *r, struct sock *sk)
{
	r->idiag_family = (u8)sk->sk_family;
	r->id.idiag_sport = htons(sk->sk_num);
	r->id.idiag_dport = sk->sk_dport;
	r->id.idiag_src[0] = sk->sk_rcv_saddr;
	r->id.idiag_dst[0] = sk->sk_daddr;
	r->id.idiag_if = (u32)sk->sk_bound_dev_if;
	sock_diag_save_cookie(sk, r->id.idiag_cookie);
}

static void fill_timewait(struct inet_diag_msg *r, struct sock *sk)
{
	const struct inet_timewait_sock *tw = inet_twsk(sk);

	r->idiag_state = tw->tw_substate;
	r->idiag_timer = INET_DIAG_TIMER_TIMEWAIT;
	r->idiag_expires = ms_left(tw->tw_timer.expires);
}

static int fill_request(struct sk_buff *skb, struct inet_diag_msg *r, struct sock *sk)
{
	const struct request_sock *req = inet_reqsk(sk);

	r->idiag_state = TCP_SYN_RECV;
	r->idiag_timer = INET_DIAG_TIMER_ON;
	r->idiag_retrans = req->num_retrans;
	r->idiag_expires = ms_left(req->rsk_timer.expires);
	return nla_put_u32(skb, INET_DIAG_MARK, req->rsk_listener ? req->rsk_listener->sk_mark : 0);
}

static void fill_timer(struct inet_diag_msg *r, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_pending == ICSK_TIME_PROBE0) {
		r->idiag_timer = INET_DIAG_TIMER_PERSIST;
		r->idiag_retrans = icsk->icsk_probes_out;
		r->idiag_expires = ms_left(icsk->icsk_timeout);
	} else if (icsk->icsk_pending) {
		r->idiag_timer = INET_DIAG_TIMER_ON;
		r->idiag_retrans = icsk->icsk_retransmits;
		r->idiag_expires = ms_left(icsk->icsk_timeout);
	} else if (timer_pending(&sk->sk_timer)) {
		r->idiag_timer = INET_DIAG_TIMER_KEEPALIVE;
		r->idiag_retrans = icsk->icsk_probes_out;
		r->idiag_expires = ms_left(sk->sk_timer.expires);
	}
}

static bool asked(u8 ext, int attr)
{
	return ext & (1u << (attr - 1));
}

static struct inet_diag_sockopt sock_options(const struct inet_sock *inet)
{
	return (struct inet_diag_sockopt){ .recverr = inet->recverr,
					   .is_icsk = inet->is_icsk,
					   .freebind = inet->freebind,
					   .hdrincl = inet->hdrincl,
					   .mc_loop = inet->mc_loop,
					   .transparent = inet->transparent,
					   .mc_all = inet->mc_all,
					   .nodefrag = inet->nodefrag,
					   .bind_address_no_port = inet->bind_address_no_port,
					   .defer_connect = inet->defer_connect };
}

/* What a sock of full size has by being a socket. */
static int fill_attrs(struct sk_buff *skb, struct inet_diag_msg *r, struct sock *sk, u8 ext)
{
	struct inet_diag_sockopt opt = sock_options(inet_sk(sk));
	struct inet_diag_meminfo mem = { .idiag_rmem = (u32)sk_rmem_alloc_get(sk),
					 .idiag_wmem = (u32)sk->sk_wmem_queued,
					 .idiag_fmem = (u32)sk->sk_forward_alloc,
					 .idiag_tmem = (u32)sk_wmem_alloc_get(sk) };

	r->idiag_inode = sock_i_ino(sk);
	if (nla_put_u8(skb, INET_DIAG_SHUTDOWN, sk->sk_shutdown) ||
	    (asked(ext, INET_DIAG_TOS) && nla_put_u8(skb, INET_DIAG_TOS, inet_sk(sk)->tos)) ||
	    nla_put_u32(skb, INET_DIAG_MARK, sk->sk_mark) ||
	    (asked(ext, INET_DIAG_TCLASS) &&
	     nla_put_u32(skb, INET_DIAG_CLASS_ID, sk->sk_priority)) ||
	    nla_put(skb, INET_DIAG_SOCKOPT, sizeof(opt), &opt) ||
	    (asked(ext, INET_DIAG_MEMINFO) && nla_put(skb, INET_DIAG_MEMINFO, sizeof(mem), &mem)) ||
	    (asked(ext, INET_DIAG_SKMEMINFO) &&
	     sock_diag_put_meminfo(sk, skb, INET_DIAG_SKMEMINFO)))
		return -EMSGSIZE;
	return sk->sk_type == SOCK_RAW ? nla_put_u8(skb, INET_DIAG_PROTOCOL, sk->sk_protocol) : 0;
}

/* What the congestion control tells of itself. */
static int fill_cong(struct sk_buff *skb, struct sock *sk, u8 ext)
{
	const struct tcp_congestion_ops *ca = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	size_t size = 0;
	int attr = 0;

	if (asked(ext, INET_DIAG_VEGASINFO) && sk->sk_state < TCP_TIME_WAIT && ca->get_info)
		size = ca->get_info(sk, &attr, &info);
	return size ? nla_put(skb, attr, (int)size, &info) : 0;
}

/* Context: sock locked if it is of a protocol with connections. */
static int fill_full(struct sk_buff *skb, struct inet_diag_msg *r, struct sock *sk,
		     const struct inet_diag_handler *h, u8 ext)
{
	struct nlattr *info = NULL;

	r->idiag_state = sk->sk_state;
	if (fill_attrs(skb, r, sk, ext))
		return -EMSGSIZE;
	if (!h->connections) {
		h->get_info(sk, r, NULL);
		return 0;
	}
	fill_timer(r, sk);
	if (asked(ext, INET_DIAG_INFO) && h->info_size) {
		info = nla_reserve(skb, INET_DIAG_INFO, h->info_size);
		if (!info)
			return -EMSGSIZE;
	}
	if (asked(ext, INET_DIAG_CONG) &&
	    nla_put_string(skb, INET_DIAG_CONG, inet_csk(sk)->icsk_ca_ops->name))
		return -EMSGSIZE;
	h->get_info(sk, r, info ? nla_data(info) : NULL);
	return fill_cong(skb, sk, ext);
}

/* One message about @sk, which is referenced. 0 or -EMSGSIZE. Context: process. */
static int diag_fill(struct sk_buff *skb, struct sk_buff *in_skb, const struct nlmsghdr *req,
		     struct sock *sk, const struct inet_diag_handler *h, u8 ext, int flags)
{
	bool lock = h->connections && is_full(sk);
	struct inet_diag_msg *r;
	struct nlmsghdr *nlh;
	int err;

	nlh = nlmsg_put(skb, NETLINK_CB(in_skb).portid, req->nlmsg_seq, req->nlmsg_type, sizeof(*r),
			flags);
	if (!nlh)
		return -EMSGSIZE;
	r = nlmsg_data(nlh);
	if (lock)
		lock_sock(sk);
	fill_common(r, sk);
	if (is_full(sk)) {
		err = fill_full(skb, r, sk, h, ext);
	} else if (sk->sk_state == TCP_TIME_WAIT) {
		fill_timewait(r, sk);
		err = 0;
	} else {
		err = fill_request(skb, r, sk);
	}
	if (lock)
		release_sock(sk);
	if (err)
		nlmsg_cancel(skb, nlh);
	else
		nlmsg_end(skb, nlh);
	return err;
}

/* inet_diag_get_info - the last message about @sk, which is out of all tables: its port is the one
 * that it had. */
static int inet_diag_get_info(struct sk_buff *skb, struct sock *sk)
{
	const struct inet_diag_handler *h = inet_diag_handler(sk->sk_protocol);
	struct nlmsghdr *nlh = nlmsg_put(skb, 0, 0, SOCK_DIAG_BY_FAMILY,
					 sizeof(struct inet_diag_msg), 0);
	struct nlattr *info = NULL;
	struct inet_diag_msg *r;

	if (!nlh || !h)
		return -EMSGSIZE;
	r = nlmsg_data(nlh);
	fill_common(r, sk);
	r->id.idiag_sport = inet_sk(sk)->inet_sport;
	r->idiag_state = sk->sk_state;
	if (nla_put_u8(skb, INET_DIAG_PROTOCOL, sk->sk_protocol))
		return -EMSGSIZE;
	if (h->info_size) {
		info = nla_reserve(skb, INET_DIAG_INFO, h->info_size);
		if (!info)
			return -EMSGSIZE;
	}
	h->get_info(sk, r, info ? nla_data(info) : NULL);
	nlmsg_end(skb, nlh);
	return 0;
}

/* ---- requests ---- */

/* Before SOCK_DIAG_BY_FAMILY the message's type named the protocol. */
static void read_compat(const struct nlmsghdr *nlh, struct inet_diag_req_v2 *req)
{
	const struct inet_diag_req *old = nlmsg_data(nlh);

	*req = (struct inet_diag_req_v2){
		.sdiag_family = nlh->nlmsg_flags & NLM_F_DUMP ? AF_UNSPEC : old->idiag_family,
		.sdiag_protocol = nlh->nlmsg_type == TCPDIAG_GETSOCK ? IPPROTO_TCP : 0,
		.idiag_ext = old->idiag_ext,
		.idiag_states = old->idiag_states,
		.id = old->id,
	};
}

/* 0 or -EINVAL. */
static int read_query(const struct nlmsghdr *nlh, struct inet_diag_query *q)
{
	bool compat = nlh->nlmsg_type < SOCK_DIAG_BY_FAMILY;
	int hdrlen = compat ? (int)sizeof(struct inet_diag_req) : (int)sizeof(q->req), rem;
	const struct nlattr *nla;

	if (nlmsg_len(nlh) < hdrlen)
		return -EINVAL;
	if (compat)
		read_compat(nlh, &q->req);
	else
		q->req = *(const struct inet_diag_req_v2 *)nlmsg_data(nlh);
	q->protocol = q->req.sdiag_protocol;
	q->bc = NULL;
	nla_for_each_attr(nla, (const struct nlattr *)((char *)nlmsg_data(nlh) + hdrlen),
			  nlmsg_len(nlh) - hdrlen, rem)
	{
		if (nla_type(nla) == INET_DIAG_REQ_BYTECODE)
			q->bc = nla;
		if (nla_type(nla) != INET_DIAG_REQ_PROTOCOL)
			continue;
		if (nla_len(nla) != (int)sizeof(u32))
			return -EINVAL;
		q->protocol = (int)nla_get_u32(nla);
	}
	return 0;
}

/* ---- a dump ---- */

static bool diag_wanted(const struct inet_diag_query *q, const struct inet_diag_handler *h,
			const struct sock *sk)
{
	const struct inet_diag_req_v2 *req = &q->req;
	u8 state = sk->sk_state == TCP_TIME_WAIT      ? inet_twsk(sk)->tw_substate
		   : sk->sk_state == TCP_NEW_SYN_RECV ? TCP_SYN_RECV
						      : sk->sk_state;
	struct inet_diag_entry e = { .saddr = &sk->sk_rcv_saddr,
				     .daddr = &sk->sk_daddr,
				     .sport = sk->sk_num,
				     .dport = ntohs(sk->sk_dport),
				     .family = sk->sk_family,
				     .ifindex = (u32)sk->sk_bound_dev_if };

	if (!h->any_state && !(req->idiag_states & (1u << state)))
		return false;
	if (req->sdiag_family != AF_UNSPEC && req->sdiag_family != sk->sk_family)
		return false;
	if (!inet_diag_match_ports(req, sk))
		return false;
	if (!q->bc)
		return true;
	if (is_full(sk)) {
		e.userlocks = sk->sk_userlocks;
		e.mark = sk->sk_mark;
	} else if (sk->sk_state == TCP_TIME_WAIT) {
		e.mark = inet_twsk(sk)->tw_mark;
	}
	return inet_diag_bc_run(q->bc, &e);
}

struct diag_batch {
	struct sock *sk[DUMP_BATCH];
	long chain[DUMP_BATCH], num[DUMP_BATCH]; /* where each lies */
	unsigned int n;
};

/* The next socks that are wanted, from cb->args on (chain, number in it), each with a reference.
 * false: there are none left. */
static bool diag_collect(struct net *net, struct netlink_callback *cb,
			 const struct inet_diag_query *q, const struct inet_diag_handler *h,
			 struct diag_batch *b)
{
	const struct hlist_head *chain;
	struct sock *sk;
	long num;

	b->n = 0;
	local_bh_disable();
	for (; b->n < DUMP_BATCH && (chain = h->chain(net, (unsigned int)cb->args[0]));
	     cb->args[0]++) {
		num = 0;
		sk_for_each(sk, chain) {
			if (num++ < cb->args[1])
				continue;
			cb->args[1] = num;
			if (!diag_wanted(q, h, sk))
				continue;
			atomic_inc(&sk->sk_refcnt);
			b->sk[b->n] = sk;
			b->chain[b->n] = cb->args[0];
			b->num[b->n] = num - 1;
			if (++b->n == DUMP_BATCH)
				goto full;
		}
		cb->args[1] = 0;
	}
full:
	local_bh_enable();
	return b->n;
}

/* What does not fit is where the next buffer begins. */
static int inet_diag_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct inet_diag_handler *h;
	struct inet_diag_query q;
	struct diag_batch b;
	bool full = false;
	unsigned int i;

	if (read_query(cb->nlh, &q))
		return -EINVAL;
	h = inet_diag_handler(q.protocol);
	if (!h)
		return -ENOENT;
	while (!full && diag_collect(sock_diag_net(cb->skb), cb, &q, h, &b)) {
		for (i = 0; i < b.n; i++) {
			if (!full && diag_fill(skb, cb->skb, cb->nlh, b.sk[i], h, q.req.idiag_ext,
					       NLM_F_MULTI)) {
				full = true;
				cb->args[0] = b.chain[i];
				cb->args[1] = b.num[i];
			}
			inet_diag_put(b.sk[i]);
		}
	}
	return (int)skb->len;
}

static int inet_diag_dump_start(struct netlink_callback *cb)
{
	struct inet_diag_query q;
	int err = read_query(cb->nlh, &q);

	return err || !q.bc ? err : inet_diag_bc_audit(q.bc);
}

/* ---- one socket ---- */

static int inet_diag_get(struct sk_buff *in_skb, const struct nlmsghdr *nlh,
			 const struct inet_diag_handler *h, struct sock *sk, u8 ext)
{
	struct sk_buff *rep = nlmsg_new(ANSWER_ROOM, GFP_KERNEL);
	int err;

	if (!rep)
		return -ENOMEM;
	err = diag_fill(rep, in_skb, nlh, sk, h, ext, 0);
	if (!WARN_ON(err))
		return sock_diag_unicast(in_skb, rep);
	consume_skb(rep);
	return err;
}

static int inet_diag_exact(struct sk_buff *skb, const struct nlmsghdr *nlh)
{
	bool destroy = nlh->nlmsg_type == SOCK_DESTROY;
	const struct inet_diag_handler *h;
	struct inet_diag_query q;
	struct sock *sk;
	int err = read_query(nlh, &q);

	if (err)
		return err;
	h = inet_diag_handler(q.protocol);
	if (!h)
		return -ENOENT;
	if (q.req.sdiag_family != AF_INET)
		return q.req.sdiag_family == AF_INET6 ? -ENOENT : -EINVAL;
	local_bh_disable();
	sk = h->find(sock_diag_net(skb), &q.req, destroy);
	local_bh_enable();
	if (IS_ERR(sk))
		return (int)PTR_ERR(sk);
	err = destroy ? sock_diag_destroy(sk, ECONNABORTED)
		      : inet_diag_get(skb, nlh, h, sk, q.req.idiag_ext);
	inet_diag_put(sk);
	return err;
}

static int inet_diag_cmd(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .start = inet_diag_dump_start,
						.dump = inet_diag_dump };
	bool compat = nlh->nlmsg_type < SOCK_DIAG_BY_FAMILY;
	int hdrlen = compat ? (int)sizeof(struct inet_diag_req)
			    : (int)sizeof(struct inet_diag_req_v2);

	if (nlmsg_len(nlh) < hdrlen)
		return -EINVAL;
	if (nlh->nlmsg_type != SOCK_DESTROY && (nlh->nlmsg_flags & NLM_F_DUMP))
		return netlink_dump_start(skb, nlh, &control, NULL);
	return inet_diag_exact(skb, nlh);
}

/* IPv6's sockets are asked for as IPv4's are, and there are none. */
static const struct sock_diag_handler inet_diag_handlers[] = {
	{ .family = AF_INET,
	  .dump = inet_diag_cmd,
	  .destroy = inet_diag_cmd,
	  .get_info = inet_diag_get_info },
	{ .family = AF_INET6, .dump = inet_diag_cmd, .destroy = inet_diag_cmd },
};

void inet_diag_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(inet_diag_handlers); i++)
		sock_diag_register(&inet_diag_handlers[i]);
	sock_diag_register_compat(inet_diag_cmd);
}
