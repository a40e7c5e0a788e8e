/* SPDX-License-Identifier: MIT */
/* UDP sockets: ports, tables, options, life. RFC 768, RFC 6056 (port choice), udp(7). Book
 * section 12.9.1. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/inet_hashtables.h>
#include <net/ip_fib.h>
#include <net/protocol.h>
#include <net/sock_reuseport.h>
#include <net/udp.h>
#include <uapi/tcp.h>
#include <uapi/udp.h>
#include "ipv4_internal.h"
#include "udp_internal.h"

static struct hlist_head *udp_bucket(struct udp_table *t, u16 port)
{
	return &t->hash[((u32)t->key.key[0] ^ port) & ((1u << t->bits) - 1)];
}

struct hlist_head *udp_port_bucket(struct udp_table *t, u16 port)
{
	return udp_bucket(t, port);
}

/* What lies in the table was bound by ourselves: no remote can make a chain long. */
static struct hlist_head *udp_bucket2(struct udp_table *t, __be32 addr, u16 port)
{
	return &t->hash2[hash_64(((u64)addr << 16 | port) ^ t->key.key[1], t->bits)];
}

/* ---- binding ---- */

static bool udp_conflict(const struct sock *sk, const struct sock *other)
{
	if (other == sk || (other->sk_reuse && sk->sk_reuse) ||
	    (other->sk_reuseport && sk->sk_reuseport))
		return false;
	if (other->sk_bound_dev_if && sk->sk_bound_dev_if &&
	    other->sk_bound_dev_if != sk->sk_bound_dev_if)
		return false;
	return !other->sk_rcv_saddr || !sk->sk_rcv_saddr || other->sk_rcv_saddr == sk->sk_rcv_saddr;
}

static bool udp_port_taken(struct udp_table *t, const struct sock *sk, u16 port)
{
	struct sock *other;

	sk_for_each(other, udp_bucket(t, port))
		if (other->sk_num == port && udp_conflict(sk, other))
			return true;
	return false;
}

/* The group of those that share the port; without memory for it the socket is alone. */
static int udp_reuseport_add(struct udp_table *t, struct sock *sk, u16 port)
{
	struct sock *other;

	hlist_for_each_entry(other, udp_bucket2(t, sk->sk_rcv_saddr, port), sk_bind_node)
		if (other->sk_num == port && other->sk_rcv_saddr == sk->sk_rcv_saddr && other->sk_reuseport &&
		    other->sk_bound_dev_if == sk->sk_bound_dev_if)
			return reuseport_add_sock(sk, other);
	return reuseport_add_sock(sk, NULL);
}

static void udp_insert(struct udp_table *t, struct sock *sk, u16 port)
{
	if (sk->sk_reuseport)
		udp_reuseport_add(t, sk, port);
	inet_sk(sk)->inet_num = port;
	sk_add_node(sk, udp_bucket(t, port));
	hlist_add_head(&sk->sk_bind_node, udp_bucket2(t, sk->sk_rcv_saddr, port));
	t->count++;
}

/* A free port from the range, beginning at a random one. RFC 6056 section 3.3.1. */
static u16 udp_choose_port(struct udp_table *t, const struct sock *sk)
{
	int low, high, n, i;
	u32 first;

	inet_sk_get_local_port_range(sk, &low, &high);
	n = high - low + 1;
	first = get_random_below((u32)n);
	for (i = 0; i < n; i++) {
		u16 port = (u16)(low + (int)((first + (u32)i) % (u32)n));

		if (!udp_port_taken(t, sk, port))
			return port;
	}
	return 0;
}

int udp_lib_get_port(struct sock *sk, unsigned short snum)
{
	struct udp_table *t = sock_net(sk)->ipv4.udp_table;
	int err = -EADDRINUSE;

	spin_lock_bh(&t->lock);
	if (!snum)
		snum = udp_choose_port(t, sk);
	else if (udp_port_taken(t, sk, snum))
		snum = 0;
	if (snum) {
		udp_insert(t, sk, snum);
		err = 0;
	}
	spin_unlock_bh(&t->lock);
	return err;
}

void udp_lib_unhash(struct sock *sk)
{
	struct udp_table *t = sock_net(sk)->ipv4.udp_table;

	spin_lock_bh(&t->lock);
	if (sk_hashed(sk)) {
		hlist_del_init(&sk->sk_bind_node);
		reuseport_detach_sock(sk);
		inet_sk(sk)->inet_num = 0;
		t->count--;
		sk_del_node_init(sk);
	}
	spin_unlock_bh(&t->lock);
}

void udp_lib_rehash(struct sock *sk)
{
	struct udp_table *t = sock_net(sk)->ipv4.udp_table;

	spin_lock_bh(&t->lock);
	if (sk_hashed(sk)) {
		hlist_del(&sk->sk_bind_node);
		reuseport_detach_sock(sk); /* its address is not theirs any more */
		hlist_add_head(&sk->sk_bind_node, udp_bucket2(t, sk->sk_rcv_saddr, sk->sk_num));
	}
	spin_unlock_bh(&t->lock);
}

/* ---- look-up ---- */

/* How well does the socket fit: -1 not at all; each thing it insists on and gets makes it fit
 * better. */
static int udp_score(const struct sock *sk, __be32 saddr, __be16 sport, __be32 daddr, u16 port,
		     int dif)
{
	int score = 1;

	if (sk->sk_num != port || sk->sk_rcv_saddr != daddr)
		return -1;
	if (sk->sk_daddr) {
		if (sk->sk_daddr != saddr)
			return -1;
		score += 4;
	}
	if (sk->sk_dport) {
		if (sk->sk_dport != sport)
			return -1;
		score += 4;
	}
	if (sk->sk_bound_dev_if) {
		if (sk->sk_bound_dev_if != dif)
			return -1;
		score += 4;
	}
	return score + (sk->sk_incoming_cpu == 0); /* the one processor that there is */
}

/* The best of the sockets bound to @bound; of those that share it (SO_REUSEPORT) any. */
static struct sock *udp_lookup2(struct udp_table *t, __be32 saddr, __be16 sport, __be32 daddr,
				u16 port, int dif, __be32 bound)
{
	struct sock *sk, *best = NULL;
	int best_score = 0, score;

	hlist_for_each_entry(sk, udp_bucket2(t, bound, port), sk_bind_node) {
		score = udp_score(sk, saddr, sport, bound, port, dif);
		if (score > best_score) {
			best = sk;
			best_score = score;
			/* A group stands for its members, which are alike, and is not compared with what comes after it. */
			if (sk->sk_reuseport_cb && sk->sk_state != TCP_ESTABLISHED && !reuseport_has_conns(sk))
				return sk;
		}
	}
	return best;
}

/* The best of those bound to the address, else of those bound to any. */
static noinline struct sock *udp_lookup_best(struct udp_table *t, __be32 saddr, __be16 sport,
					     __be32 daddr, u16 port, int dif)
{
	struct sock *sk = udp_lookup2(t, saddr, sport, daddr, port, dif, daddr);

	return sk ? sk : udp_lookup2(t, saddr, sport, daddr, port, dif, 0);
}

struct sock *__udp4_lookup(struct net *net, __be32 saddr, __be16 sport, __be32 daddr, __be16 dport,
			   int dif)
{
	struct udp_table *t = net->ipv4.udp_table;
	u16 port = ntohs(dport);
	struct hlist_node *any = udp_bucket2(t, 0, port)->first;
	struct sock *sk;

	/* Nobody is bound to the address, and one socket to the port: there is no best to find. */
	if (unlikely(!hlist_empty(udp_bucket2(t, daddr, port)) || !any || any->next))
		return udp_lookup_best(t, saddr, sport, daddr, port, dif);
	sk = hlist_entry(any, struct sock, sk_bind_node);
	return udp_score(sk, saddr, sport, 0, port, dif) > 0 ? sk : NULL;
}

struct sock *udp_reuseport_select(struct sock *sk, __be32 saddr, __be16 sport, __be32 daddr, __be16 dport,
				  struct sk_buff *skb)
{
	struct udp_table *t = sock_net(sk)->ipv4.udp_table;

	if (sk->sk_state == TCP_ESTABLISHED)
		return sk;
	return reuseport_select_sock(
		sk, (u32)siphash_3u32(saddr, daddr, (u32)sport << 16 | dport, &t->key), skb,
		sizeof(struct udphdr));
}

struct sock *udp4_lib_lookup(struct net *net, __be32 saddr, __be16 sport, __be32 daddr,
			     __be16 dport, int dif)
{
	struct sock *sk = __udp4_lookup(net, saddr, sport, daddr, dport, dif);

	if (sk && sk->sk_reuseport_cb)
		sk = udp_reuseport_select(sk, saddr, sport, daddr, dport, NULL);
	if (sk)
		sock_hold(sk);
	return sk;
}

/* ---- the rest of struct proto ---- */

int udp_disconnect(struct sock *sk, int flags)
{
	struct inet_sock *inet = inet_sk(sk);

	lock_sock(sk);
	sk->sk_state = TCP_CLOSE;
	inet->inet_daddr = 0;
	inet->inet_dport = 0;
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK)) {
		inet->inet_rcv_saddr = inet->inet_saddr = 0;
		if (sk->sk_userlocks & SOCK_BINDPORT_LOCK)
			udp_lib_rehash(sk);
	}
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK)) {
		udp_lib_unhash(sk);
		inet->inet_sport = 0;
	}
	sk_dst_reset(sk);
	release_sock(sk);
	return 0;
}

static void udp_close(struct sock *sk, long timeout)
{
	sk_common_release(sk);
}

static void udp_destroy_sock(struct sock *sk)
{
	lock_sock(sk);
	udp_flush_pending_frames(sk);
	udp_set_gro(sk, false);
	if (udp_sk(sk)->encap_type && udp_sk(sk)->encap_destroy)
		udp_sk(sk)->encap_destroy(sk);
	release_sock(sk);
}

static int udp_ioctl(struct sock *sk, int cmd, unsigned long arg)
{
	int amount;

	switch (cmd) {
	case SIOCOUTQ: amount = sk_wmem_alloc_get(sk); break;
	case SIOCINQ: amount = max(0, udp_first_packet_length(sk)); break;
	default: return -ENOIOCTLCMD;
	}
	return copy_to_sockptr(sock_ioctl_ptr(arg), &amount, sizeof(amount));
}

static long *udp_memory(struct net *net)
{
	return &net->ipv4.udp_memory_allocated;
}

static const long *udp_mem_limits(struct net *net)
{
	return net->ipv4.sysctl_udp_mem;
}

static int udp_mem_min(const struct net *net, bool recv)
{
	return recv ? net->ipv4.sysctl_udp_rmem_min : net->ipv4.sysctl_udp_wmem_min;
}

static int *udp_pressure(struct net *net)
{
	return &net->ipv4.udp_memory_pressure;
}

struct proto udp_prot = {
	.name = "UDP",
	.close = udp_close,
	.connect = ip4_datagram_connect,
	.disconnect = udp_disconnect,
	.ioctl = udp_ioctl,
	.destroy = udp_destroy_sock,
	.setsockopt = udp_setsockopt,
	.getsockopt = udp_getsockopt,
	.sendmsg = udp_sendmsg,
	.recvmsg = udp_recvmsg,
	.unhash = udp_lib_unhash,
	.get_port = udp_lib_get_port,
	.diag_destroy = ip_datagram_abort,
	.obj_size = sizeof(struct udp_sock),
	.memory_allocated = udp_memory,
	.sysctl_mem = udp_mem_limits,
	.sysctl_min = udp_mem_min,
	.memory_pressure = udp_pressure,
};

static void udp_net_exit(struct net *net)
{
	struct udp_table *t = net->ipv4.udp_table;

	WARN_ON(t->count);
	kfree(t->hash);
	kfree(t->hash2);
	kfree(t);
	net->ipv4.udp_table = NULL;
}

/* As many chains as there may be sockets of use, by the machine's memory. */
static int udp_net_init(struct net *net)
{
	struct udp_table *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->bits = (unsigned int)fls64(inet_table_size(8, 1u << UDP_HTABLE_MIN_BITS,
						      1u << UDP_HTABLE_MAX_BITS)) - 1;
	t->hash = kcalloc(1u << t->bits, sizeof(*t->hash), GFP_KERNEL);
	t->hash2 = kcalloc(1u << t->bits, sizeof(*t->hash2), GFP_KERNEL);
	spin_lock_init_rank(&t->lock, LOCK_RANK_HASH);
	get_random_bytes(&t->key, sizeof(t->key));
	net->ipv4.udp_table = t;
	if (t->hash && t->hash2)
		return 0;
	udp_net_exit(net);
	return -ENOMEM;
}

static struct pernet_operations udp_net_ops = { .init = udp_net_init, .exit = udp_net_exit };
static struct inet_protosw udp_protosw = { .type = SOCK_DGRAM,
					   .protocol = IPPROTO_UDP,
					   .prot = &udp_prot,
					   .ops = &inet_dgram_ops,
					   .flags = INET_PROTOSW_PERMANENT };

void udp_init(void)
{
	register_pernet_subsys(&udp_net_ops);
	if (proto_register(&udp_prot, true) || inet_add_protocol(&udp_protocol, IPPROTO_UDP))
		pr_err("cannot add UDP\n");
	inet_register_protosw(&udp_protosw);
}
