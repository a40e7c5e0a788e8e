/* SPDX-License-Identifier: MIT */
/*
 * Memory runs out once, at each allocation in turn: two hosts are made, joined by a cable, talk by
 * TCP, UDP and ICMP, and are taken away again. Whichever allocation fails, a call says so or the
 * protocols get over it, and nothing is left behind.
 */
#include <kernel/err.h>
#include <kernel/slab.h>
#include <net/inetdevice.h>
#include <net/ip.h>
#include <net/net.h>
#include <net/tcp.h>
#include <uapi/tcp.h>

#include "net_unit.h"

#include "skiff_host.h"

#define HOSTS	     2
#define PORT	     80
#define STREAM_BYTES 12000
#define DATAGRAM     3000 /* in fragments */
#define FAST_BYTES   100
#define PATIENCE_MS  (300 * 1000)
#define QUIET_MS     (200 * 1000) /* TIME_WAIT, the route cache, neighbours that die */

static struct host {
	struct net *net;
	struct net_device *dev;
} host[HOSTS];

static struct socket *listener, *client, *server, *datagram[HOSTS], *pinger;
static u8 sent[STREAM_BYTES], got[STREAM_BYTES];

/* ---- the cable: what one device sends, the other one receives ---- */

static netdev_tx_t cable_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct net_device *to = host[dev == host[0].dev].dev;

	if (!to) { /* not plugged in yet */
		consume_skb(skb);
		return NETDEV_TX_OK;
	}
	skb_orphan(skb);
	skb_dst_drop(skb);
	skb->protocol = eth_type_trans(skb, to);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	netif_rx(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops cable_ops = {
	.ndo_start_xmit = cable_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = eth_change_mtu,
};

static __be32 address(int i)
{
	return htonl(0x0a000001u + (u32)i);
}

static struct sockaddr_in at(int i, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = address(i) };
}

/* ---- what must be as it was ---- */

struct counts {
	unsigned long skbs, socks, dsts, neighbours, timers, caches;
	struct {
		const char *name;
		unsigned long inuse;
	} cache[96];
};

static void add_cache(const struct kmem_cache_info *info, void *arg)
{
	struct counts *c = arg;

	assert_true(c->caches < ARRAY_SIZE(c->cache));
	c->cache[c->caches].name = info->name;
	c->cache[c->caches++].inuse = info->inuse;
}

static void count(struct counts *c)
{
	*c = (struct counts){ .skbs = skbs_in_use(),
			      .socks = socks_in_use(),
			      .dsts = dst_entries_in_use(),
			      .neighbours = neighbours_in_use(),
			      .timers = timers_pending_count() };
	kmem_cache_for_each(add_cache, c);
}

static void compare(unsigned long nth, const struct counts *was)
{
	struct counts is;
	unsigned long i;

	count(&is);
	for (i = 0; i < is.caches; i++)
		if (is.cache[i].inuse != was->cache[i].inuse)
			fail_msg("allocation %lu failed: %lu %s in use, before it were %lu", nth,
				 is.cache[i].inuse, is.cache[i].name, was->cache[i].inuse);
	if (is.skbs != was->skbs || is.socks != was->socks || is.dsts != was->dsts ||
	    is.neighbours != was->neighbours || is.timers != was->timers)
		fail_msg("allocation %lu failed: skbs %lu socks %lu dsts %lu neighbours %lu timers "
			 "%lu; before it were "
			 "%lu %lu %lu %lu %lu",
			 nth, is.skbs, is.socks, is.dsts, is.neighbours, is.timers, was->skbs,
			 was->socks, was->dsts, was->neighbours, was->timers);
}

/* ---- the hosts ---- */

static int add_device(struct host *h, int i)
{
	struct net_device *dev = alloc_etherdev(0);
	int err;

	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, h->net);
	dev->netdev_ops = &cable_ops;
	memcpy(dev->dev_addr, (u8[6]){ 2, 0, 0, 0, 0, (u8)i }, 6);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	h->dev = dev;
	rtnl_lock();
	err = dev_open(dev);
	if (!err)
		err = inet_set_address(dev, address(i), 24, 0, INFINITY_LIFE_TIME);
	rtnl_unlock();
	return err;
}

static int make_hosts(void)
{
	int i, err;

	for (i = 0; i < HOSTS; i++) {
		struct net *net = net_create();

		if (IS_ERR(net))
			return (int)PTR_ERR(net);
		host[i].net = net;
		err = add_device(&host[i], i);
		if (err)
			return err;
	}
	return 0;
}

static void end_hosts(void)
{
	int i;

	for (i = 0; i < HOSTS; i++)
		if (host[i].dev)
			unregister_netdev(host[i].dev);
	for (i = 0; i < HOSTS; i++) {
		if (host[i].dev)
			free_netdev(host[i].dev);
		if (host[i].net)
			net_destroy(host[i].net);
	}
	memset(host, 0, sizeof(host));
}

/* ---- TCP ---- */

static int connect_both(void)
{
	struct sockaddr_in a = at(1, PORT);
	int one = 1, err;

	err = sock_create_kern(host[1].net, AF_INET, SOCK_STREAM, 0, &listener);
	if (!err)
		err = kernel_bind(listener, (struct sockaddr *)&a, sizeof(a));
	if (!err)
		err = kernel_listen(listener, 4);
	if (!err)
		err = sock_create_kern(host[0].net, AF_INET, SOCK_STREAM, 0, &client);
	if (!err)
		err = kernel_setsockopt(client, SOL_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!err)
		err = kernel_connect(client, (struct sockaddr *)&a, sizeof(a), 0);
	if (err)
		return err;
	listener->sk->sk_rcvtimeo =
		60 * HZ; /* a lost last ACK comes again; one allocation fails, not two */
	return kernel_accept(listener, &server, 0);
}

static int some(struct socket *sock, void *buf, size_t len, bool out)
{
	struct kmsghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct iovec vec = { buf, len };
	int n = out ? kernel_sendmsg(sock, &msg, &vec, 1, len)
		    : kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_DONTWAIT);

	return n == -EAGAIN || n == -ENOMEM || n == -ENOBUFS ? 0 : n;
}

/* transfer - a stream, which a connection that stands has to deliver: one failure is only a delay.
 */
static void transfer(unsigned long nth)
{
	size_t out = 0, in = 0;
	int n, ms;

	for (ms = 0; in < STREAM_BYTES; ms++) {
		n = out < STREAM_BYTES ? some(client, sent + out, STREAM_BYTES - out, true) : 0;
		if (n < 0)
			fail_msg("allocation %lu failed: send says %d", nth, n);
		out += (size_t)n;
		n = some(server, got + in, STREAM_BYTES - in, false);
		if (n < 0)
			fail_msg("allocation %lu failed: recv says %d", nth, n);
		in += (size_t)n;
		if (ms > PATIENCE_MS)
			fail_msg("allocation %lu failed: %zu of %u bytes came in time", nth, in,
				 STREAM_BYTES);
		msleep(1);
	}
	assert_memory_equal(sent, got, STREAM_BYTES);
}

/* One connection by MSG_FASTOPEN, and its data read at the other end. 0 or -errno. */
static int fast_open_once(unsigned long nth)
{
	struct sockaddr_in a = at(1, PORT);
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_flags = MSG_FASTOPEN };
	struct iovec vec = { sent, FAST_BYTES };
	struct socket *from, *to = NULL;
	int n, ms = 0, in = 0;
	int err = sock_create_kern(host[0].net, AF_INET, SOCK_STREAM, 0, &from);

	if (err)
		return err;
	n = kernel_sendmsg(from, &msg, &vec, 1, FAST_BYTES);
	if (n >= 0)
		assert_int_equal(n, FAST_BYTES);
	err = n < 0 ? n : kernel_accept(listener, &to, 0);
	while (!err && in < FAST_BYTES) {
		n = some(to, got + in, (size_t)(FAST_BYTES - in), false);
		if (n < 0 || ms++ > PATIENCE_MS)
			fail_msg("allocation %lu failed: fast open's data: %d", nth, n);
		in += n;
		msleep(1);
	}
	if (!err)
		assert_memory_equal(sent, got, FAST_BYTES);
	sock_release(from);
	if (to)
		sock_release(to);
	return err;
}

/* The first one asks for a cookie, the second one has its data in the SYN. */
static int fast_open(unsigned long nth)
{
	int four = 4, err, i;

	for (i = 0; i < HOSTS; i++)
		host[i].net->tcp.sysctl_fastopen = 3;
	err = kernel_setsockopt(listener, SOL_TCP, TCP_FASTOPEN, &four, sizeof(four));
	for (i = 0; i < 2 && !err; i++)
		err = fast_open_once(nth);
	return err;
}

/* ---- datagrams ---- */

static int open_datagrams(void)
{
	struct sockaddr_in a;
	struct ip_mreqn group = { .imr_multiaddr.s_addr = htonl(0xe0010101) };
	u8 record[8] = { IPOPT_RR, 7, 4 };
	int i, err = 0;

	for (i = 0; i < HOSTS && !err; i++) {
		a = at(i, PORT);
		err = sock_create_kern(host[i].net, AF_INET, SOCK_DGRAM, 0, &datagram[i]);
		if (!err)
			err = kernel_bind(datagram[i], (struct sockaddr *)&a, sizeof(a));
	}
	group.imr_address.s_addr = address(0);
	if (!err)
		err = kernel_setsockopt(datagram[0], SOL_IP, IP_ADD_MEMBERSHIP, &group,
					sizeof(group));
	if (!err)
		err = kernel_setsockopt(datagram[0], SOL_IP, IP_OPTIONS, record, sizeof(record));
	if (!err)
		err = sock_create_kern(host[0].net, AF_INET, SOCK_RAW, IPPROTO_ICMP, &pinger);
	return err;
}

/* A datagram may be lost, or the call fails; what comes is whole. */
static int exchange_datagrams(void)
{
	struct sockaddr_in to = at(1, PORT);
	struct kmsghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	u8 echo[8] = { 8, 0, 0xf7, 0xff };
	struct iovec vec = { sent, DATAGRAM };
	int n = kernel_sendmsg(datagram[0], &msg, &vec, 1, DATAGRAM), err = n < 0 ? n : 0;

	msleep(10);
	memset(got, 0, DATAGRAM);
	n = some(datagram[1], got, sizeof(got), false);
	if (n) {
		assert_int_equal(n, DATAGRAM);
		assert_memory_equal(sent, got, DATAGRAM);
	}
	msg = (struct kmsghdr){ .msg_name = &to, .msg_namelen = sizeof(to) };
	vec = (struct iovec){ echo, sizeof(echo) };
	n = kernel_sendmsg(pinger, &msg, &vec, 1, sizeof(echo));
	err = n < 0 ? n : err;
	msleep(10);
	n = some(pinger, got, sizeof(got), false);
	if (n)
		assert_int_equal(got[20], 0); /* an echo reply, with its IP header */
	to.sin_port = htons(9);		      /* nobody there: an ICMP error comes back */
	msg = (struct kmsghdr){ .msg_name = &to, .msg_namelen = sizeof(to) };
	vec = (struct iovec){ echo, sizeof(echo) };
	n = kernel_sendmsg(datagram[0], &msg, &vec, 1, sizeof(echo));
	return n < 0 ? n : err;
}

/* ---- all of it ---- */

static void close_one(struct socket **sock)
{
	if (*sock)
		sock_release(*sock);
	*sock = NULL;
}

/* expect_end - the client's FIN comes, even if there was no memory for it. */
static void expect_end(unsigned long nth)
{
	struct kmsghdr msg = { .msg_flags = MSG_DONTWAIT };
	struct iovec vec = { got, sizeof(got) };
	int ms = 0;

	while (kernel_recvmsg(server, &msg, &vec, 1, sizeof(got), MSG_DONTWAIT)) {
		if (ms++ > PATIENCE_MS)
			fail_msg("allocation %lu failed: the stream does not end", nth);
		msleep(1);
	}
}

static void close_all(unsigned long nth)
{
	close_one(&client);
	if (server)
		expect_end(nth);
	close_one(&server);
	close_one(&listener);
	close_one(&datagram[0]);
	close_one(&datagram[1]);
	close_one(&pinger);
}

/* Like Linux, an address is given even where there is no memory for one of its routes. */
static bool lacks_route(int err)
{
	return err == -EHOSTUNREACH || err == -ENETUNREACH || err == -ETIMEDOUT ||
	       err == -EADDRNOTAVAIL;
}

/* life - from nothing to nothing; the error of the call that did not get its memory, or 0. */
static int life(unsigned long nth)
{
	int err = make_hosts();
	bool crippled = nth && !hosted_alloc_faults;

	if (!err)
		err = connect_both();
	if (crippled && lacks_route(err))
		err = -ENOMEM;
	if (!err)
		transfer(nth);
	if (!err)
		err = fast_open(nth);
	if (!err)
		err = open_datagrams();
	if (!err)
		err = exchange_datagrams();
	close_all(nth);
	if (host[1].net)
		msleep(QUIET_MS);
	end_hosts();
	return err;
}

IN_TASK(a_life_with_enough_memory_leaves_nothing)
{
	struct counts before;
	unsigned int i;

	for (i = 0; i < STREAM_BYTES; i++)
		sent[i] = (u8)(i * 31 >> 3);
	assert_int_equal(life(0), 0); /* what it leaves in caches is no leak */
	count(&before);
	assert_int_equal(life(0), 0);
	compare(0, &before);
	return 0;
}

/* The last three are what Linux says too: of socket(), bind() and the bind within connect(). */
static bool excusable(int err)
{
	return !err || err == -ENOMEM || err == -ENOBUFS || err == -ENFILE || err == -EADDRINUSE ||
	       err == -EAGAIN;
}

IN_TASK(whichever_allocation_fails_the_stack_goes_on_and_nothing_leaks)
{
	struct counts before;
	unsigned long nth;
	bool struck;
	int err;

	count(&before);
	for (nth = 1, struck = true; struck; nth++) {
		hosted_fail_alloc(nth, 0, 0);
		err = life(nth);
		struck = !hosted_alloc_faults;
		hosted_fail_alloc(0, 0, 0);
		if (!excusable(err))
			fail_msg("allocation %lu failed: error %d", nth, err);
		compare(nth, &before);
		if (warn_count())
			fail_msg("allocation %lu failed: the kernel warns", nth);
	}
	assert_true(nth > 200);
	return 0;
}

static int boot_stack(void **state)
{
	skiff_boot("ip=off loglevel=0");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_with_enough_memory_leaves_nothing),
		cmocka_unit_test(whichever_allocation_fails_the_stack_goes_on_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("nomem", tests, boot_stack, no_warnings);
}
