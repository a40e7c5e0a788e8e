/* SPDX-License-Identifier: MIT */
/* The established, listening and bound tables of connection-oriented sockets, bind conflicts, and
 * the choice of local ports. RFC 6056; Book section 12.9.3. */
#include <kernel/bitops.h>
#include <kernel/random.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/ip.h>
#include <net/sock_reuseport.h>
#include <net/tcp.h>

#define EHASH_MIN  512u /* buckets */
#define EHASH_MAX  65536u
#define BHASH_MAX  4096u
#define LHASH_SIZE 64u

static struct kmem_cache *bind_bucket_cache;

void inet_hashtables_init(void)
{
	bind_bucket_cache =
		kmem_cache_create("tcp_bind_bucket", sizeof(struct inet_bind_bucket), 0, 0, NULL);
}

u32 inet_table_size(u32 pages, u32 least, u32 most)
{
	struct mem_stat mem;

	mem_stat_read(&mem);
	return (u32)clamp_t(u64, roundup_pow_of_two(mem.total_pages / pages), least, most);
}

struct inet_hashinfo *inet_hashinfo_create(void)
{
	struct inet_hashinfo *h = kzalloc(sizeof(*h), GFP_KERNEL);
	u32 size;

	if (!h)
		return NULL;
	size = inet_table_size(4, EHASH_MIN, EHASH_MAX);
	h->ehash_mask = size - 1;
	h->bhash_mask = min(size, BHASH_MAX) - 1;
	h->lhash_mask = LHASH_SIZE - 1;
	h->ehash = kcalloc(size, sizeof(*h->ehash), GFP_KERNEL);
	h->bhash = kcalloc(h->bhash_mask + 1, sizeof(*h->bhash), GFP_KERNEL);
	h->lhash = kcalloc(LHASH_SIZE, sizeof(*h->lhash), GFP_KERNEL);
	if (!h->ehash || !h->bhash || !h->lhash) {
		inet_hashinfo_destroy(h);
		return NULL;
	}
	spin_lock_init_rank(&h->lock, LOCK_RANK_HASH);
	get_random_bytes(&h->key, sizeof(h->key));
	h->port_seed = get_random_u32() & U16_MAX;
	h->bind_bucket_cachep = bind_bucket_cache;
	return h;
}

void inet_hashinfo_destroy(struct inet_hashinfo *h)
{
	kfree(h->ehash);
	kfree(h->bhash);
	kfree(h->lhash);
	kfree(h);
}

u32 inet_ehashfn(const struct inet_hashinfo *h, __be32 laddr, u16 lport, __be32 faddr, __be16 fport)
{
	u64 addrs = (u64)(__force u32)laddr << 32 | (__force u32)faddr;
	u64 ports = (u64)lport << 16 | (__force u16)fport;

	return (u32)siphash_2u64(addrs, ports, &h->key);
}

static u32 sk_ehashfn(const struct inet_hashinfo *h, const struct sock *sk)
{
	return inet_ehashfn(h, sk->sk_rcv_saddr, sk->sk_num, sk->sk_daddr, sk->sk_dport);
}

struct sock *__inet_lookup_established(struct net *net, struct inet_hashinfo *h, __be32 saddr,
				       __be16 sport, __be32 daddr, u16 hnum, int dif)
{
	u32 hash = inet_ehashfn(h, daddr, hnum, saddr, sport);
	struct sock *sk;

	sk_for_each(sk, inet_ehash_bucket(h, hash)) {
		if (sk->sk_hash != hash || !inet_match(sk, net, saddr, sport, daddr, hnum, dif))
			continue;
		if (sk->sk_state == TCP_ESTABLISHED)
			h->last = sk;
		sock_hold(sk);
		return sk;
	}
	return NULL;
}

/* How well a listener fits: a bound address weighs more than a bound device; -1: not at all. */
static int listener_score(const struct sock *sk, const struct net *net, u16 hnum, __be32 daddr,
			  int dif)
{
	int score = 0;

	if (sk->sk_num != hnum || sk->sk_net != net)
		return -1;
	if (sk->sk_rcv_saddr) {
		if (sk->sk_rcv_saddr != daddr)
			return -1;
		score += 4;
	}
	if (sk->sk_bound_dev_if) {
		if (sk->sk_bound_dev_if != dif)
			return -1;
		score += 2;
	}
	return score;
}

struct sock *__inet_lookup_listener(struct net *net, struct inet_hashinfo *h, struct sk_buff *skb, unsigned int doff,
				    __be32 saddr, __be16 sport, __be32 daddr, u16 hnum, int dif)
{
	struct sock *sk, *best = NULL;
	int best_score = -1, score;

	sk_for_each(sk, inet_lhash_bucket(h, hnum)) {
		score = listener_score(sk, net, hnum, daddr, dif);
		if (score > best_score) {
			best = sk;
			best_score = score;
		}
	}
	if (best && best->sk_reuseport_cb)
		best = reuseport_select_sock(best, inet_ehashfn(h, daddr, hnum, saddr, sport), skb, doff);
	if (best)
		sock_hold(best);
	return best;
}

/* ---- bound ports ---- */

struct inet_bind_bucket *inet_bind_bucket_create(struct inet_hashinfo *h, struct net *net, u16 snum)
{
	struct inet_bind_bucket *tb = kmem_cache_zalloc(h->bind_bucket_cachep, GFP_ATOMIC);

	if (!tb)
		return NULL;
	tb->net = net;
	tb->port = snum;
	hlist_add_head(&tb->node, inet_bhash_bucket(h, snum));
	return tb;
}

void inet_bind_bucket_destroy(struct inet_hashinfo *h, struct inet_bind_bucket *tb)
{
	if (!hlist_empty(&tb->owners))
		return;
	hlist_del(&tb->node);
	kmem_cache_free(h->bind_bucket_cachep, tb);
}

struct inet_bind_bucket *inet_bind_bucket_find(struct inet_hashinfo *h, struct net *net, u16 snum)
{
	struct inet_bind_bucket *tb;

	hlist_for_each_entry(tb, inet_bhash_bucket(h, snum), node) {
		if (tb->port == snum && tb->net == net)
			return tb;
	}
	return NULL;
}

void inet_bind_hash(struct sock *sk, struct inet_bind_bucket *tb, u16 snum)
{
	sk->sk_num = snum;
	hlist_add_head(&sk->sk_bind_node, &tb->owners);
	inet_csk(sk)->icsk_bind_hash = tb;
}

void inet_put_port(struct sock *sk)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	struct inet_bind_bucket *tb;

	spin_lock_bh(&h->lock);
	tb = inet_csk(sk)->icsk_bind_hash;
	if (tb) {
		hlist_del_init(&sk->sk_bind_node);
		inet_csk(sk)->icsk_bind_hash = NULL;
		sk->sk_num = 0;
		inet_bind_bucket_destroy(h, tb);
	}
	spin_unlock_bh(&h->lock);
}

int __inet_inherit_port(const struct sock *sk, struct sock *child)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	u16 port = inet_sk(child)->inet_num;
	struct inet_bind_bucket *tb;
	int err = 0;

	spin_lock_bh(&h->lock);
	tb = inet_csk(sk)->icsk_bind_hash;
	if (!tb) { /* the listener is closing */
		err = -ENOENT;
	} else {
		if (tb->port != port)
			tb = inet_bind_bucket_find(h, sock_net(sk), port);
		if (!tb)
			tb = inet_bind_bucket_create(h, sock_net(sk), port);
		if (tb)
			inet_bind_hash(child, tb, port);
		else
			err = -ENOMEM;
	}
	spin_unlock_bh(&h->lock);
	return err;
}

static bool rcv_saddr_overlap(const struct sock *a, const struct sock *b)
{
	return !a->sk_rcv_saddr || !b->sk_rcv_saddr || a->sk_rcv_saddr == b->sk_rcv_saddr;
}

/* bind_conflict - may @sk not join @tb? @relax: the port was asked for by number; @reuseport_ok:
 * SO_REUSEPORT counts. Linux's rules. */
static bool bind_conflict(const struct sock *sk, const struct inet_bind_bucket *tb, bool relax,
			  bool reuseport_ok)
{
	struct sock *sk2;
	bool both_port;

	sk_for_each_bound(sk2, &tb->owners) {
		if (sk == sk2 || (sk->sk_bound_dev_if && sk2->sk_bound_dev_if &&
				  sk->sk_bound_dev_if != sk2->sk_bound_dev_if))
			continue;
		if (!rcv_saddr_overlap(sk, sk2))
			continue;
		both_port = sk->sk_reuseport && sk2->sk_reuseport;
		if (sk->sk_reuse && sk2->sk_reuse && sk2->sk_state != TCP_LISTEN) {
			if (!relax || (!reuseport_ok && both_port))
				return true;
		} else if (!reuseport_ok || !both_port) {
			return true;
		}
	}
	return false;
}

static void update_fastreuse(struct inet_bind_bucket *tb, const struct sock *sk)
{
	bool reuse = sk->sk_reuse && sk->sk_state != TCP_LISTEN;

	if (hlist_empty(&tb->owners)) {
		tb->fastreuse = reuse;
		tb->fastreuseport = sk->sk_reuseport;
		return;
	}
	if (!reuse)
		tb->fastreuse = 0;
	if (!sk->sk_reuseport)
		tb->fastreuseport = 0;
}

/* A free port for bind(0): odd offsets first, since connect() begins with the even ones. 0: none.
 */
static u16 find_open_port(struct inet_hashinfo *h, struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct inet_bind_bucket *tb;
	int low, high, parity;
	u32 span, offset, i;

	inet_sk_get_local_port_range(sk, &low, &high);
	span = (u32)(high - low) + 1;
	offset = get_random_below(span);
	for (parity = 1; parity >= 0; parity--) {
		for (i = 0; i < span; i++) {
			u32 off = (offset + i) % span;

			if (span > 1 && (off & 1) != (u32)parity)
				continue;
			tb = inet_bind_bucket_find(h, net, (u16)((u32)low + off));
			if (!tb || !bind_conflict(sk, tb, false, false))
				return (u16)((u32)low + off);
		}
	}
	return 0;
}

int inet_csk_get_port(struct sock *sk, unsigned short snum)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	bool reuse = sk->sk_reuse && sk->sk_state != TCP_LISTEN;
	struct inet_bind_bucket *tb;
	int err = -EADDRINUSE;

	spin_lock_bh(&h->lock);
	if (!snum)
		snum = find_open_port(h, sk);
	if (!snum)
		goto out;
	tb = inet_bind_bucket_find(h, sock_net(sk), snum);
	if (!tb) {
		tb = inet_bind_bucket_create(h, sock_net(sk), snum);
		if (!tb)
			goto out;
	}
	if (!hlist_empty(&tb->owners) && !(tb->fastreuse > 0 && reuse) &&
	    bind_conflict(sk, tb, true, true))
		goto out;
	update_fastreuse(tb, sk);
	if (!inet_csk(sk)->icsk_bind_hash)
		inet_bind_hash(sk, tb, snum);
	WARN_ON_ONCE(inet_csk(sk)->icsk_bind_hash != tb);
	err = 0;
out:
	spin_unlock_bh(&h->lock);
	return err;
}

/* ---- established and listening ---- */

bool inet_ehash_insert(struct sock *sk, struct sock *osk)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;
	bool ok = true;

	spin_lock_bh(&h->lock);
	if (osk)
		ok = sk_del_node_init(osk);
	if (ok) {
		sk->sk_hash = sk_ehashfn(h, sk);
		sk_add_node(sk, inet_ehash_bucket(h, sk->sk_hash));
	}
	spin_unlock_bh(&h->lock);
	return ok;
}

/* The group of those that listen at the same place (SO_REUSEPORT); without memory for it the listener is alone. */
static void listener_group_add(struct inet_hashinfo *h, struct sock *sk)
{
	struct sock *other;

	sk_for_each(other, inet_lhash_bucket(h, sk->sk_num))
		if (other->sk_num == sk->sk_num && other->sk_net == sk->sk_net && other->sk_reuseport &&
		    other->sk_rcv_saddr == sk->sk_rcv_saddr && other->sk_bound_dev_if == sk->sk_bound_dev_if) {
			reuseport_add_sock(sk, other);
			return;
		}
	reuseport_add_sock(sk, NULL);
}

void inet_hash(struct sock *sk)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (sk->sk_state != TCP_LISTEN) {
		inet_ehash_insert(sk, NULL);
		return;
	}
	spin_lock_bh(&h->lock);
	if (sk->sk_reuseport)
		listener_group_add(h, sk);
	sk_add_node(sk, inet_lhash_bucket(h, sk->sk_num));
	spin_unlock_bh(&h->lock);
}

void inet_unhash(struct sock *sk)
{
	struct inet_hashinfo *h = sock_net(sk)->tcp.hashinfo;

	if (sk_unhashed(sk))
		return;
	spin_lock_bh(&h->lock);
	inet_forget_last(h, sk);
	reuseport_detach_sock(sk);
	sk_del_node_init(sk);
	spin_unlock_bh(&h->lock);
}

/* Is the tuple of @sk with local port @lport free? A TIME_WAIT that gives way is returned in *twp
 * with a reference; then sk is entered. */
static bool check_established(struct inet_hashinfo *h, struct sock *sk, u16 lport,
			      struct inet_timewait_sock **twp)
{
	struct inet_sock *inet = inet_sk(sk);
	u32 hash = inet_ehashfn(h, inet->inet_rcv_saddr, lport, inet->inet_daddr, inet->inet_dport);
	struct hlist_head *head = inet_ehash_bucket(h, hash);
	struct sock *sk2;

	*twp = NULL;
	sk_for_each(sk2, head) {
		if (sk2->sk_hash != hash ||
		    !inet_match(sk2, sock_net(sk), inet->inet_daddr, inet->inet_dport,
				inet->inet_rcv_saddr, lport, sk->sk_bound_dev_if))
			continue;
		if (sk2->sk_state != TCP_TIME_WAIT ||
		    !sk->sk_prot->twsk_prot->twsk_unique(sk, sk2, twp))
			return false;
		sock_hold(sk2);
		*twp = inet_twsk(sk2);
		break;
	}
	if (*twp) {
		sk_del_node_init((struct sock *)*twp);
		NET_INC_STATS(sock_net(sk), TIMEWAITRECYCLED);
	}
	inet->inet_num = lport;
	inet->inet_sport = htons(lport);
	sk->sk_hash = hash;
	sk_add_node(sk, head);
	return true;
}

/* One candidate of connect(): free, or bound by connect() only and the tuple unused. Enters sk if
 * so. */
static bool connect_port(struct inet_hashinfo *h, struct sock *sk, u16 port,
			 struct inet_timewait_sock **tw)
{
	struct inet_bind_bucket *tb = inet_bind_bucket_find(h, sock_net(sk), port);

	*tw = NULL;
	if (tb && (tb->fastreuse >= 0 || tb->fastreuseport >= 0))
		return false;
	if (!tb) {
		tb = inet_bind_bucket_create(h, sock_net(sk), port);
		if (!tb)
			return false;
		tb->fastreuse = -1;
		tb->fastreuseport = -1;
	}
	if (!check_established(h, sk, port, tw)) {
		inet_bind_bucket_destroy(h, tb);
		return false;
	}
	inet_bind_hash(sk, tb, port);
	return true;
}

/* RFC 6056 section 3.3.4, double-hash port selection: even offsets, then odd ones. */
static int connect_choose(struct inet_hashinfo *h, struct sock *sk, struct inet_timewait_sock **tw)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct inet_sock *inet = inet_sk(sk);
	u64 hash = siphash_3u32((__force u32)inet->inet_saddr, (__force u32)inet->inet_daddr,
				(__force u16)inet->inet_dport, &nt->port_key);
	u32 *slot = &nt->port_table[hash % ARRAY_SIZE(nt->port_table)];
	u32 span, offset, i, parity;
	int low, high;

	inet_sk_get_local_port_range(sk, &low, &high);
	span = (u32)(high - low) + 1;
	offset = (u32)((*slot + (hash >> 32)) % span) & ~1u;
	for (parity = 0; parity < 2; parity++) {
		for (i = parity; i < span + parity; i += 2) {
			if (!connect_port(h, sk, (u16)((u32)low + (offset + i) % span), tw))
				continue;
			*slot += (i & ~1u) + 2 * (1 + get_random_below(3));
			return 0;
		}
	}
	return -EADDRNOTAVAIL;
}

int inet_hash_connect(struct net *net, struct sock *sk)
{
	struct inet_hashinfo *h = net->tcp.hashinfo;
	struct inet_timewait_sock *tw = NULL;
	int err = 0;

	spin_lock_bh(&h->lock);
	if (!inet_sk(sk)->inet_num)
		err = connect_choose(h, sk, &tw);
	else if (!check_established(h, sk, inet_sk(sk)->inet_num, &tw))
		err = -EADDRNOTAVAIL;
	spin_unlock_bh(&h->lock);
	if (tw) {
		local_bh_disable();
		inet_twsk_deschedule_put(tw);
		local_bh_enable();
	}
	return err;
}
