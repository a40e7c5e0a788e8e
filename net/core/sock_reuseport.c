/* SPDX-License-Identifier: MIT */
/* SO_REUSEPORT groups: who is in one, and who of them gets a packet. socket(7), SO_ATTACH_REUSEPORT_CBPF. */
#include <net/filter.h>
#include <net/sock_reuseport.h>
#include <uapi/tcp.h>

#include "core_internal.h"

#define GROUP_FIRST 8 /* members that a new group has room for; it doubles */
#define GROUP_MOST  65535u

/* Changes with softirqs off, and is read there. */
struct sock_reuseport {
	unsigned int num, room;
	bool has_conns; /* one of them has, or had, a peer: each has to be looked at */
	struct sk_filter *prog; /* whose it is alone; NULL: the hash chooses */
	struct sock *socks[];
};

static struct sock_reuseport *group_alloc(unsigned int room)
{
	struct sock_reuseport *g = kzalloc(sizeof(*g) + room * sizeof(g->socks[0]), GFP_ATOMIC);

	if (g)
		g->room = room;
	return g;
}

static void group_free(struct sock_reuseport *g)
{
	kfree(g->prog);
	kfree(g);
}

static int group_new(struct sock *sk)
{
	struct sock_reuseport *g = group_alloc(GROUP_FIRST);

	if (!g)
		return -ENOMEM;
	g->socks[g->num++] = sk;
	sk->sk_reuseport_cb = g;
	return 0;
}

/* The same group with room for more; its members know it by its new address. NULL: as it was. */
static struct sock_reuseport *group_grow(struct sock_reuseport *g)
{
	struct sock_reuseport *more = g->room < GROUP_MOST ? group_alloc(min(g->room * 2, GROUP_MOST)) : NULL;
	unsigned int i;

	if (!more)
		return NULL;
	more->prog = g->prog;
	more->num = g->num;
	more->has_conns = g->has_conns;
	for (i = 0; i < g->num; i++) {
		more->socks[i] = g->socks[i];
		more->socks[i]->sk_reuseport_cb = more;
	}
	kfree(g);
	return more;
}

int reuseport_add_sock(struct sock *sk, struct sock *with)
{
	struct sock_reuseport *g;

	if (!with)
		return sk->sk_reuseport_cb ? 0 : group_new(sk); /* a program may have come before the port */
	if (sk->sk_reuseport_cb)
		reuseport_detach_sock(sk);
	if (!with->sk_reuseport_cb && group_new(with))
		return -ENOMEM;
	g = with->sk_reuseport_cb;
	if (g->num == g->room)
		g = group_grow(g);
	if (!g)
		return -ENOMEM;
	g->socks[g->num++] = sk;
	sk->sk_reuseport_cb = g;
	return 0;
}

void reuseport_detach_sock(struct sock *sk)
{
	struct sock_reuseport *g = sk->sk_reuseport_cb;
	unsigned int i;

	if (!g)
		return;
	sk->sk_reuseport_cb = NULL;
	for (i = 0; i < g->num && g->socks[i] != sk; i++)
		;
	if (!WARN_ON_ONCE(i == g->num))
		g->socks[i] = g->socks[--g->num];
	if (!g->num)
		group_free(g);
}

void reuseport_has_conns_set(struct sock *sk)
{
	if (sk->sk_reuseport_cb)
		sk->sk_reuseport_cb->has_conns = true;
}

bool reuseport_has_conns(const struct sock *sk)
{
	return sk->sk_reuseport_cb->has_conns;
}

/* What the program says of @skb behind its transport header; NULL: nobody. */
static struct sock *select_by_prog(const struct sock_reuseport *g, struct sk_buff *skb, unsigned int hdr_len)
{
	u32 nth;

	if (!pskb_may_pull(skb, hdr_len))
		return NULL;
	__skb_pull(skb, hdr_len);
	nth = sk_run_filter(skb, g->prog->insns);
	__skb_push(skb, hdr_len);
	return nth < g->num ? g->socks[nth] : NULL;
}

struct sock *reuseport_select_sock(struct sock *sk, u32 hash, struct sk_buff *skb, unsigned int hdr_len)
{
	const struct sock_reuseport *g = sk->sk_reuseport_cb;
	struct sock *chosen = g->prog && skb ? select_by_prog(g, skb, hdr_len) : NULL;
	unsigned int i, first;

	if (chosen)
		return chosen;
	first = (unsigned int)(((u64)hash * g->num) >> 32);
	for (i = 0; i < g->num; i++) {
		chosen = g->socks[first + i < g->num ? first + i : first + i - g->num];
		if (chosen->sk_type == SOCK_STREAM || chosen->sk_state != TCP_ESTABLISHED)
			return chosen; /* one that has a peer gets what comes from there alone */
	}
	return sk;
}

int reuseport_attach_prog(struct sock *sk, unsigned int len, sockptr_t user)
{
	struct sk_filter *fp, *old;

	if (sock_flag(sk, SOCK_FILTER_LOCKED))
		return -EPERM;
	fp = sk_filter_create(len, user);
	if (IS_ERR(fp))
		return (int)PTR_ERR(fp);
	local_bh_disable();
	old = fp;
	if (sk->sk_reuseport_cb || (sk_unhashed(sk) && sk->sk_reuseport && !group_new(sk))) {
		old = sk->sk_reuseport_cb->prog;
		sk->sk_reuseport_cb->prog = fp;
	}
	local_bh_enable();
	kfree(old);
	return old == fp ? -EINVAL : 0;
}

int reuseport_detach_prog(struct sock *sk)
{
	struct sk_filter *old = NULL;

	if (!sk->sk_reuseport_cb)
		return sk->sk_reuseport ? -ENOENT : -EINVAL;
	local_bh_disable();
	swap(old, sk->sk_reuseport_cb->prog);
	local_bh_enable();
	if (!old)
		return -ENOENT;
	kfree(old);
	return 0;
}
