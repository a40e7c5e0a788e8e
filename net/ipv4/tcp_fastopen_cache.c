/* SPDX-License-Identifier: MIT */
/* What a TCP Fast Open client keeps of each destination: its cookie, and its MSS. RFC 7413
 * section 4.1.3. Bounded: the entry that was used longest ago makes room in its row. */
#include <kernel/slab.h>
#include "tcp_internal.h"

struct tfo_entry {
	__be32 saddr, daddr; /* daddr 0: free */
	u32 used;	     /* jiffies */
	u16 mss;
	struct tcp_fastopen_cookie cookie;
};

#define TFO_ROWS 64u
#define TFO_WAYS 4u

struct tcp_fastopen_cache {
	struct tfo_entry row[TFO_ROWS][TFO_WAYS];
};

static struct tfo_entry *tfo_row(const struct sock *sk)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	u32 hash = (u32)siphash_2u64((__force u32)inet_sk(sk)->inet_saddr,
				     (__force u32)inet_sk(sk)->inet_daddr, &nt->port_key);

	return nt->fastopen_cache->row[hash % TFO_ROWS];
}

static bool tfo_is_of(const struct tfo_entry *e, const struct sock *sk)
{
	return e->daddr == inet_sk(sk)->inet_daddr && e->saddr == inet_sk(sk)->inet_saddr;
}

/* tcp_fastopen_cache_get - the cookie of @sk's destination (len 0: none) and its MSS, if known.
 * Context: sock locked. */
void tcp_fastopen_cache_get(struct sock *sk, u16 *mss, struct tcp_fastopen_cookie *cookie)
{
	struct tfo_entry *e;
	unsigned int i;

	cookie->len = 0;
	if (!sock_net(sk)->tcp.fastopen_cache)
		return;
	local_bh_disable();
	for (e = tfo_row(sk), i = 0; i < TFO_WAYS; i++, e++) {
		if (!tfo_is_of(e, sk))
			continue;
		if (e->mss)
			*mss = e->mss;
		*cookie = e->cookie;
		e->used = (u32)jiffies;
		break;
	}
	local_bh_enable();
}

/* tcp_fastopen_cache_set - what a SYN-ACK of @sk's destination told; a cookie of len 0 or less is
 * none, and leaves the one that is known. Context: softirq, sock locked. */
void tcp_fastopen_cache_set(struct sock *sk, u16 mss, const struct tcp_fastopen_cookie *cookie)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct tfo_entry *e, *oldest;
	unsigned int i;

	if (!nt->fastopen_cache)
		nt->fastopen_cache = kzalloc(sizeof(*nt->fastopen_cache), GFP_ATOMIC);
	if (!nt->fastopen_cache)
		return; /* the next connection asks again */
	oldest = e = tfo_row(sk);
	for (i = 0; i < TFO_WAYS && !tfo_is_of(e, sk); i++, e++) {
		if (!e->daddr || (oldest->daddr && (s32)(e->used - oldest->used) < 0))
			oldest = e;
	}
	if (i == TFO_WAYS) {
		e = oldest;
		*e = (struct tfo_entry){ .saddr = inet_sk(sk)->inet_saddr,
					 .daddr = inet_sk(sk)->inet_daddr };
	}
	e->used = (u32)jiffies;
	if (mss)
		e->mss = mss;
	if (cookie->len > 0)
		e->cookie = *cookie;
}

void tcp_fastopen_cache_free(struct net *net)
{
	kfree(net->tcp.fastopen_cache);
	net->tcp.fastopen_cache = NULL;
}
