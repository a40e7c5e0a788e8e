/* SPDX-License-Identifier: MIT */
/*
 * How long a look-up takes with few and with many: routes, neighbours, sockets. The kernel's own functions in the hosted build, on
 * this machine's processor.
 */
#include <kernel/err.h>
#include <kernel/kernel.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/inet_hashtables.h>
#include <net/ip_fib.h>
#include <net/net.h>
#include <net/neighbour.h>
#include <net/netdevice.h>
#include <net/tcp.h>
#include <net/udp.h>
#include <uapi/in.h>

#include "lookups.h"
#include "skiff_host.h"

#define LOOKUPS 500000u
#define LISTEN_PORT 80
#define CHECK(cond) \
	do { \
		if (!(cond)) \
			bench_fail(__LINE__, #cond); \
	} while (0)

static struct net_device *dev;
static u32 seed = 1;

static u32 next_random(void)
{
	return seed = seed * 1664525u + 1013904223u;
}

static u64 memory_used(void)
{
	struct mem_stat mem;

	mem_stat_read(&mem);
	return (mem.total_pages - mem.free_pages) * PAGE_SIZE;
}

/* A kind of thing: how to make number @i, and how to look number @i up (false: it was not found). */
struct kind {
	const char *name;
	void (*make)(u32 i);
	bool (*find)(u32 i);
};

/* ---- routes: as on the Internet, half of them of 24 bits, the others of 12 to 23 ---- */

static u32 prefix_of(u32 i, unsigned int *len)
{
	static const u8 lengths[16] = { 24, 24, 24, 24, 24, 24, 24, 24, 22, 22, 23, 21, 20, 19, 18, 17 };

	*len = lengths[i % 16];
	return (0x10000000u + i * 0x9e3779b1u % 0xc0000000u) & ~0u << (32 - *len);
}

static void make_route(u32 i)
{
	struct fib_config cfg = { .fc_type = RTN_UNICAST,
				  .fc_scope = RT_SCOPE_LINK,
				  .fc_protocol = RTPROT_STATIC,
				  .fc_table = RT_TABLE_MAIN,
				  .fc_oif = dev->ifindex,
				  .fc_nlflags = NLM_F_CREATE };
	unsigned int len;
	int err;

	cfg.fc_dst = htonl(prefix_of(i, &len));
	cfg.fc_dst_len = (u8)len;
	rtnl_lock();
	err = fib_table_insert(init_net.ipv4.fib_main, &cfg);
	rtnl_unlock();
	CHECK(!err || err == -EEXIST);
}

static bool find_route(u32 i)
{
	unsigned int len;
	struct flowi4 fl = { .daddr = htonl(prefix_of(i, &len)) };
	struct fib_result res;

	return !fib_lookup(&init_net, &fl, &res);
}

/* ---- neighbours ---- */

static __be32 neighbour_of(u32 i)
{
	return htonl(0x0b000001u + i);
}

static void make_neighbour(u32 i)
{
	__be32 key = neighbour_of(i);
	struct neighbour *n = neigh_create(init_net.ipv4.arp_tbl, &key, dev);

	CHECK(!IS_ERR(n));
	neigh_release(n);
}

static bool find_neighbour(u32 i)
{
	__be32 key = neighbour_of(i);
	struct neighbour *n = neigh_lookup(init_net.ipv4.arp_tbl, &key, dev);

	if (n)
		neigh_release(n);
	return n;
}

/* ---- sockets: bound datagram sockets; both ends of connections over loopback ---- */

static struct sockaddr_in address(u32 i, u16 base)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(0x7f000002u + i % 250),
				     .sin_port = htons((u16)(base + i / 250)) };
}

static void make_udp(u32 i)
{
	struct sockaddr_in addr = address(i, 2000);
	struct socket *sock;

	CHECK(!sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP, &sock));
	CHECK(!kernel_bind(sock, (struct sockaddr *)&addr, sizeof(addr)));
}

static bool find_udp(u32 i)
{
	struct sockaddr_in addr = address(i, 2000);
	struct sock *sk = udp4_lib_lookup(&init_net, htonl(INADDR_LOOPBACK), htons(9), addr.sin_addr.s_addr,
					  addr.sin_port, init_net.loopback_dev->ifindex);

	if (sk)
		sock_put(sk);
	return sk;
}

static struct socket *listener;

static void listen_once(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(LISTEN_PORT) };

	if (listener)
		return;
	CHECK(!sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &listener));
	CHECK(!kernel_bind(listener, (struct sockaddr *)&addr, sizeof(addr)));
	CHECK(!kernel_listen(listener, 16));
}

/* Number 2i connects, number 2i + 1 is what was accepted. */
static void make_tcp(u32 i)
{
	struct sockaddr_in addr = address(i / 2, 10000), to = { .sin_family = AF_INET, .sin_port = htons(LISTEN_PORT) };
	struct socket *sock, *other;

	if (i % 2)
		return;
	listen_once();
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(!sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock));
	CHECK(!kernel_bind(sock, (struct sockaddr *)&addr, sizeof(addr)));
	CHECK(!kernel_connect(sock, (struct sockaddr *)&to, sizeof(to), 0));
	CHECK(!kernel_accept(listener, &other, 0));
}

static bool find_tcp(u32 i)
{
	struct sockaddr_in addr = address(i / 2, 10000);
	struct inet_hashinfo *h = init_net.tcp.hashinfo;
	__be32 lo = htonl(INADDR_LOOPBACK);
	int dif = init_net.loopback_dev->ifindex;
	struct sock *sk = i % 2 ? __inet_lookup_established(&init_net, h, addr.sin_addr.s_addr, addr.sin_port, lo,
							    LISTEN_PORT, dif)
				: __inet_lookup_established(&init_net, h, lo, htons(LISTEN_PORT),
							    addr.sin_addr.s_addr, ntohs(addr.sin_port), dif);

	if (sk)
		sock_put(sk);
	return sk;
}

static const struct kind kinds[] = {
	{ "routes", make_route, find_route },
	{ "neighbours", make_neighbour, find_neighbour },
	{ "UDP sockets", make_udp, find_udp },
	{ "TCP sockets", make_tcp, find_tcp },
};

static void measure(const struct kind *kind, u32 there)
{
	u64 start, ns;
	u32 i;

	local_bh_disable();
	start = bench_ns();
	for (i = 0; i < LOOKUPS; i++)
		CHECK(kind->find(next_random() % there));
	ns = bench_ns() - start;
	local_bh_enable();
	bench_result(kind->name, there, (double)LOOKUPS * 1e9 / (double)ns);
}

static void bench(void *unused)
{
	static const u32 sizes[] = { 10, 1000, 100000 };
	unsigned int k, s;

	dev = dev_get_by_name(&init_net, "eth0");
	CHECK(dev);
	init_net.ipv4.arp_tbl->gc_thresh1 = init_net.ipv4.arp_tbl->gc_thresh2 = init_net.ipv4.arp_tbl->gc_thresh3 = 1 << 20;
	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		u64 before = memory_used();
		u32 there = 0;

		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			for (; there < sizes[s]; there++)
				kinds[k].make(there);
			measure(&kinds[k], there);
		}
		bench_memory(kinds[k].name, (memory_used() - before) / there);
	}
	bench_end(0);
}

void lookups(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };

	skiff_boot("skiff.mem=2048 skiff.seed=1");
	CHECK(skiff_port_new("eth0", mac, 1500));
	CHECK(skiff_task_start(bench, NULL) > 0);
	skiff_run(~0ull >> 2);
	bench_fail(__LINE__, "it ended early");
}
