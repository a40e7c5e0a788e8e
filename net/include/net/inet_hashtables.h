/* SPDX-License-Identifier: MIT */
/* The three tables of connection-oriented sockets: established (TIME_WAIT and half-open beside them), listening, bound
 * (net/ipv4/inet_hashtables.c). */
#ifndef NET_INET_HASHTABLES_H
#define NET_INET_HASHTABLES_H

#include <kernel/hash.h>
#include <net/inet_sock.h>

struct inet_timewait_sock;

/* All sockets bound to one local port. */
struct inet_bind_bucket {
	struct net *net;
	u16 port;
	s8 fastreuse;	  /* 1: all owners have SO_REUSEADDR and none listens */
	s8 fastreuseport; /* 1: all owners have SO_REUSEPORT */
	struct hlist_node node;
	struct hlist_head owners; /* skc_bind_node: full and timewait sockets */
};

struct inet_hashinfo {
	spinlock_t lock;   /* of all that follows */
	siphash_key_t key; /* secret of the established table */
	struct hlist_head *ehash;
	u32 ehash_mask;
	struct sock *last; /* the full sock found last, while it is in the table: the next segment is often for the same */
	struct hlist_head *bhash;
	u32 bhash_mask;
	struct hlist_head *lhash;
	u32 lhash_mask;
	u32 port_seed;
	struct kmem_cache *bind_bucket_cachep;
};

#define sk_for_each_bound(sk, head) hlist_for_each_entry(sk, head, __sk_common.skc_bind_node)

/* inet_hashinfo_create - tables sized by memory; NULL when out of it. Context: process. */
/* inet_table_size - how many chains a table of sockets has: one for each @pages of the machine's memory, a power of two
 * from @least to @most, which are some. */
u32 inet_table_size(u32 pages, u32 least, u32 most);
struct inet_hashinfo *inet_hashinfo_create(void);
void inet_hashinfo_destroy(struct inet_hashinfo *h);
void inet_hashtables_init(void); /* caches */

u32 inet_ehashfn(const struct inet_hashinfo *h, __be32 laddr, u16 lport, __be32 faddr, __be16 fport);
static inline struct hlist_head *inet_ehash_bucket(const struct inet_hashinfo *h, u32 hash) { return &h->ehash[hash & h->ehash_mask]; }
static inline struct hlist_head *inet_bhash_bucket(const struct inet_hashinfo *h, u16 port)
{
	return &h->bhash[hash_32(port ^ h->port_seed, 16) & h->bhash_mask];
}
static inline struct hlist_head *inet_lhash_bucket(const struct inet_hashinfo *h, u16 port)
{
	return &h->lhash[hash_32(port ^ h->port_seed, 16) & h->lhash_mask];
}

static inline bool inet_match(const struct sock *sk, const struct net *net, __be32 saddr, __be16 sport, __be32 daddr, u16 hnum, int dif)
{
	return sk->sk_daddr == saddr && sk->sk_rcv_saddr == daddr && sk->sk_dport == sport && sk->sk_num == hnum && sk->sk_net == net &&
	       (!sk->sk_bound_dev_if || sk->sk_bound_dev_if == dif);
}
/* inet_lookup_last - the sock found last, with a reference, if it is for the same again; else NULL. Context: softirqs off. */
static inline struct sock *inet_lookup_last(const struct net *net, const struct inet_hashinfo *h, __be32 saddr, __be16 sport, __be32 daddr,
					    u16 hnum, int dif)
{
	struct sock *sk = h->last;

	if (!sk || !inet_match(sk, net, saddr, sport, daddr, hnum, dif))
		return NULL;
	sock_hold(sk);
	return sk;
}
/* __inet_lookup_established - full, timewait or request sock with a reference, or NULL. @hnum host order. Context: softirqs off. */
struct sock *__inet_lookup_established(struct net *net, struct inet_hashinfo *h, __be32 saddr, __be16 sport, __be32 daddr, u16 hnum,
				       int dif);
/* __inet_lookup_listener - the best listener with a reference, or NULL; of a SO_REUSEPORT group the one that its program
 * chooses for @skb, whose TCP header is the next @doff bytes, or the tuple's hash. */
struct sock *__inet_lookup_listener(struct net *net, struct inet_hashinfo *h, struct sk_buff *skb, unsigned int doff, __be32 saddr,
				    __be16 sport, __be32 daddr, u16 hnum, int dif);
static inline struct sock *__inet_lookup(struct net *net, struct inet_hashinfo *h, struct sk_buff *skb, unsigned int doff, __be32 saddr,
					 __be16 sport, __be32 daddr, u16 hnum, int dif)
{
	struct sock *sk = __inet_lookup_established(net, h, saddr, sport, daddr, hnum, dif);

	return sk ? sk : __inet_lookup_listener(net, h, skb, doff, saddr, sport, daddr, hnum, dif);
}

struct inet_bind_bucket *inet_bind_bucket_create(struct inet_hashinfo *h, struct net *net, u16 snum);
void inet_bind_bucket_destroy(struct inet_hashinfo *h, struct inet_bind_bucket *tb); /* if nobody owns it */
struct inet_bind_bucket *inet_bind_bucket_find(struct inet_hashinfo *h, struct net *net, u16 snum);
void inet_bind_hash(struct sock *sk, struct inet_bind_bucket *tb, u16 snum);
void inet_put_port(struct sock *sk);
/* __inet_inherit_port - the child of a listener joins its port. 0 or -ENOMEM. */
int __inet_inherit_port(const struct sock *sk, struct sock *child);

/* inet_ehash_insert - into the established table; takes out @osk (a request or NULL) first; false if osk was no longer there. */
bool inet_ehash_insert(struct sock *sk, struct sock *osk);
/* inet_forget_last - before a full sock leaves the established table. Context: h->lock held. */
static inline void inet_forget_last(struct inet_hashinfo *h, const struct sock *sk)
{
	if (h->last == sk)
		h->last = NULL;
}
void inet_hash(struct sock *sk);   /* sk_prot->hash */
void inet_unhash(struct sock *sk); /* sk_prot->unhash */
/* inet_hash_connect - choose a port if there is none (RFC 6056 algorithm 4) and enter the tables. 0 or -EADDRNOTAVAIL. Context: process,
 * sock locked. */
int inet_hash_connect(struct net *net, struct sock *sk);
/* inet_csk_get_port - bind: @snum 0 chooses. 0 or -EADDRINUSE (sk_prot->get_port). */
int inet_csk_get_port(struct sock *sk, unsigned short snum);

#endif
