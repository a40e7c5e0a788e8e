/* SPDX-License-Identifier: MIT */
/* UDP: who gets a datagram, what comes back when nobody does, checksums, gathering, errors, limits.
 * RFC 768, RFC 1122 section 4.1, udp(7). */
#include <net/net.h>
#include <uapi/udp.h>

#include "ipv4_unit.h"

static const u8 all_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static struct sockaddr_in addr(__be32 ip, u16 port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = ip };
}

static struct socket *open_at(__be32 ip, u16 number)
{
	struct sockaddr_in a = addr(ip, number);
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &s), 0);
	if (number || ip)
		assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	return s;
}

static int send_to(struct socket *s, __be32 ip, u16 number, const void *data, size_t len,
		   unsigned int flags)
{
	struct sockaddr_in a = addr(ip, number);
	struct kmsghdr msg = { .msg_name = number ? &a : NULL,
			       .msg_namelen = sizeof(a),
			       .msg_flags = flags };
	struct iovec vec = { (void *)data, len };

	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

static int receive(struct socket *s, void *data, size_t len, int flags, unsigned int *out_flags)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { data, len };
	int n = kernel_recvmsg(s, &msg, &vec, 1, len, flags | MSG_DONTWAIT);

	if (out_flags)
		*out_flags = msg.msg_flags;
	return n;
}

static void set(struct socket *s, int level, int name, int value)
{
	assert_int_equal(kernel_setsockopt(s, level, name, &value, sizeof(value)), 0);
}

IN_TASK(datagrams_keep_their_borders)
{
	struct socket *a = open_at(0, 5000), *b = open_at(0, 0);
	unsigned int flags;
	char buf[64];

	assert_int_equal(send_to(b, IP(127, 0, 0, 1), 5000, "one", 3, 0), 3);
	assert_int_equal(send_to(b, IP(127, 0, 0, 1), 5000, "", 0, 0), 0);
	assert_int_equal(send_to(b, IP(127, 0, 0, 1), 5000, "three", 5, 0), 5);
	assert_int_equal(receive(a, buf, sizeof(buf), MSG_PEEK, NULL), 3);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), 3);
	assert_memory_equal(buf, "one", 3);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), 0);
	assert_int_equal(receive(a, buf, 2, MSG_TRUNC | MSG_PEEK, &flags), 5);
	assert_true(flags & MSG_TRUNC);
	assert_int_equal(receive(a, buf, 2, 0, &flags), 2);
	assert_true(flags & MSG_TRUNC);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), -EAGAIN);
	sock_release(a);
	sock_release(b);
	return 0;
}

IN_TASK(ports_conflict_as_linux_has_it)
{
	struct sockaddr_in a = addr(0, 5001);
	struct socket *s = open_at(IP(127, 0, 0, 1), 5001), *t = open_at(0, 0),
		      *u = open_at(IP(127, 0, 0, 2), 5001);

	assert_int_equal(kernel_bind(t, (struct sockaddr *)&a, sizeof(a)), -EADDRINUSE);
	set(s, SOL_SOCKET, SO_REUSEADDR, 1);
	set(u, SOL_SOCKET, SO_REUSEADDR, 1);
	set(t, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(kernel_bind(t, (struct sockaddr *)&a, sizeof(a)), 0);
	a = addr(IP(9, 9, 9, 9), 0);
	sock_release(u);
	u = open_at(0, 0);
	assert_int_equal(kernel_bind(u, (struct sockaddr *)&a, sizeof(a)), -EADDRNOTAVAIL);
	sock_release(s);
	sock_release(t);
	sock_release(u);
	return 0;
}

IN_TASK(the_best_match_gets_it)
{
	struct socket *any = open_at(0, 0), *bound, *connected;
	struct sockaddr_in a = addr(0, 5002), peer = addr(IP(127, 0, 0, 1), 5003);
	struct socket *from = open_at(IP(127, 0, 0, 1), 5003),
		      *other = open_at(IP(127, 0, 0, 1), 5004);
	char buf[16];

	set(any, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(kernel_bind(any, (struct sockaddr *)&a, sizeof(a)), 0);
	bound = open_at(0, 0);
	set(bound, SOL_SOCKET, SO_REUSEADDR, 1);
	a = addr(IP(127, 0, 0, 1), 5002);
	assert_int_equal(kernel_bind(bound, (struct sockaddr *)&a, sizeof(a)), 0);
	connected = open_at(0, 0);
	set(connected, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(kernel_bind(connected, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_connect(connected, (struct sockaddr *)&peer, sizeof(peer), 0), 0);
	send_to(from, IP(127, 0, 0, 1), 5002, "c", 1, 0);
	send_to(other, IP(127, 0, 0, 1), 5002, "b", 1, 0);
	send_to(other, OUR_IP, 5002, "a", 1, 0);
	assert_int_equal(receive(connected, buf, sizeof(buf), 0, NULL), 1);
	assert_int_equal(buf[0], 'c');
	assert_int_equal(receive(bound, buf, sizeof(buf), 0, NULL), 1);
	assert_int_equal(buf[0], 'b');
	assert_int_equal(receive(any, buf, sizeof(buf), 0, NULL), 1);
	assert_int_equal(buf[0], 'a');
	assert_int_equal(receive(connected, buf, sizeof(buf), 0, NULL), -EAGAIN);
	sock_release(any);
	sock_release(bound);
	sock_release(connected);
	sock_release(from);
	sock_release(other);
	return 0;
}

IN_TASK(pieces_are_gathered)
{
	struct socket *a = open_at(0, 5005), *b = open_at(0, 0);
	struct sockaddr_in to = addr(IP(127, 0, 0, 1), 5005);
	char buf[64];

	assert_int_equal(send_to(b, IP(127, 0, 0, 1), 5005, "some", 4, MSG_MORE), 4);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), -EAGAIN);
	assert_int_equal(send_to(b, IP(127, 0, 0, 1), 5005, "thing", 5, 0), 5);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), 9);
	assert_memory_equal(buf, "something", 9);
	assert_int_equal(kernel_connect(b, (struct sockaddr *)&to, sizeof(to), 0), 0);
	set(b, SOL_UDP, UDP_CORK, 1);
	assert_int_equal(send_to(b, 0, 0, "a", 1, 0), 1);
	assert_int_equal(send_to(b, 0, 0, "bc", 2, 0), 2);
	set(b, SOL_UDP, UDP_CORK, 0);
	assert_int_equal(receive(a, buf, sizeof(buf), 0, NULL), 3);
	assert_memory_equal(buf, "abc", 3);
	send_to(b, IP(127, 0, 0, 1), 5005, "lost", 4, MSG_MORE);
	sock_release(b); /* with a datagram half gathered */
	sock_release(a);
	return 0;
}

IN_TASK(errors_reach_the_connected_sender)
{
	struct socket *s = open_at(0, 0);
	struct sockaddr_in to = addr(IP(127, 0, 0, 1), 5999);
	char buf[16];

	assert_int_equal(send_to(s, 0, 0, "x", 1, 0), -EDESTADDRREQ);
	assert_int_equal(send_to(s, IP(127, 0, 0, 1), 5999, "x", 1, 0), 1);
	assert_int_equal(receive(s, buf, sizeof(buf), 0, NULL),
			 -EAGAIN); /* unconnected: not told */
	assert_int_equal(kernel_connect(s, (struct sockaddr *)&to, sizeof(to), 0), 0);
	assert_int_equal(send_to(s, 0, 0, "x", 1, 0), 1);
	assert_int_equal(receive(s, buf, sizeof(buf), 0, NULL), -ECONNREFUSED);
	assert_int_equal(receive(s, buf, sizeof(buf), 0, NULL), -EAGAIN);
	sock_release(s);
	return 0;
}

IN_TASK(sizes_and_permissions)
{
	static char big[65536];
	struct socket *s = open_at(0, 0);

	assert_int_equal(send_to(s, IP(127, 0, 0, 1), 5999, big, 65508, 0), -EMSGSIZE);
	assert_int_equal(send_to(s, IP(127, 0, 0, 1), 5999, big, 65507, 0), 65507);
	assert_int_equal(send_to(s, IP(10, 0, 2, 255), 5999, "x", 1, 0), -EACCES);
	set(s, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(send_to(s, IP(10, 0, 2, 255), 5999, "x", 1, 0), 1);
	set(s, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	assert_int_equal(send_to(s, PEER_IP, 5999, big, 1473, 0), -EMSGSIZE);
	assert_int_equal(send_to(s, PEER_IP, 5999, big, 1472, 0), 1472);
	sock_release(s);
	return 0;
}

static struct socket *listener;

IN_TASK(open_listener)
{
	listener = open_at(0, 7);
	return 0;
}

static u8 received[2000];
static int received_len;

static int drain_listener(void *unused)
{
	received_len = receive(listener, received, sizeof(received), 0, NULL);
	return 0;
}

static void wire_datagram_arrives_and_bad_ones_do_not(void **state)
{
	u8 f[2048];
	struct udphdr *uh = (struct udphdr *)(f + 34);
	size_t n;

	n = udp_frame(f, our_mac, PEER_IP, OUR_IP, 1234, 7, "hello", 5);
	give(f, n);
	run_task(drain_listener, NULL);
	assert_int_equal(received_len, 5);
	f[n - 1] ^= 1; /* now the checksum is wrong */
	give(f, n);
	run_task(drain_listener, NULL);
	assert_int_equal(received_len, -EAGAIN);
	assert_int_equal(init_net.mib.udp[UDP_MIB_CSUMERRORS], 1);
	n = udp_frame(f, our_mac, PEER_IP, OUR_IP, 1234, 7, "hello", 5);
	uh->check = 0; /* none computed */
	give(f, n);
	run_task(drain_listener, NULL);
	assert_int_equal(received_len, 5);
	n = udp_frame(f, our_mac, PEER_IP, OUR_IP, 1234, 7, "hello", 5);
	uh->len = htons(200);
	give(f, n);
	uh->len = htons(7);
	give(f, n);
	assert_int_equal(drops(SKB_DROP_REASON_UDP_MALFORMED), 2);
	give(f, 34 + 4); /* the IP header promises more than there is */
	run_task(drain_listener, NULL);
	assert_int_equal(received_len, -EAGAIN);
}

static void broadcast_is_delivered_and_never_answered(void **state)
{
	u8 f[2048];

	introduce_peer();
	give(f, udp_frame(f, all_mac, PEER_IP, IP(10, 0, 2, 255), 1234, 7, "all", 3));
	run_task(drain_listener, NULL);
	assert_int_equal(received_len, 3);
	give(f, udp_frame(f, all_mac, PEER_IP, IP(10, 0, 2, 255), 1234, 4444, "all", 3));
	assert_int_equal(take(f, sizeof(f)), 0);
}

static void closed_port_is_told_within_limits(void **state)
{
	unsigned int i, answers = 0;
	u8 f[2048];

	introduce_peer();
	for (i = 0; i < 100; i++) {
		give(f, udp_frame(f, our_mac, PEER_IP, OUR_IP, 1234, 4444, "x", 1));
		while (take(f, sizeof(f)))
			answers += frame_ip(f)->protocol == IPPROTO_ICMP;
	}
	assert_in_range(answers, 1, 7);
}

static void receive_buffer_is_bounded(void **state)
{
	u64 before = drops(SKB_DROP_REASON_SOCKET_RCVBUFF);
	unsigned int i;
	u8 f[2048], data[1400] = { 0 };

	for (i = 0; i < 2000; i++)
		give(f, udp_frame(f, our_mac, PEER_IP, OUR_IP, 1234, 7, data, sizeof(data)));
	assert_true(drops(SKB_DROP_REASON_SOCKET_RCVBUFF) > before + 1000);
	assert_true(atomic_read(&listener->sk->sk_rmem_alloc) <= 2 * listener->sk->sk_rcvbuf);
}

IN_TASK(close_frees_all)
{
	sock_release(listener);
	assert_int_equal(init_net.ipv4.udp_table->count, 0);
	return 0;
}

static void martians_are_dropped(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_MARTIAN);
	u8 f[2048];

	give(f, udp_frame(f, our_mac, IP(127, 0, 0, 1), OUR_IP, 1, 7, "x", 1));
	give(f, udp_frame(f, our_mac, IP(224, 0, 0, 1), OUR_IP, 1, 7, "x", 1));
	give(f, udp_frame(f, our_mac, IP(255, 255, 255, 255), OUR_IP, 1, 7, "x", 1));
	give(f, udp_frame(f, our_mac, OUR_IP, OUR_IP, 1, 7, "x", 1));
	give(f, udp_frame(f, our_mac, IP(10, 0, 2, 255), OUR_IP, 1, 7, "x", 1));
	give(f, udp_frame(f, our_mac, PEER_IP, IP(127, 0, 0, 1), 1, 7, "x", 1));
	assert_int_equal(drops(SKB_DROP_REASON_IP_MARTIAN), before + 6);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_keep_their_borders),
		cmocka_unit_test(ports_conflict_as_linux_has_it),
		cmocka_unit_test(the_best_match_gets_it),
		cmocka_unit_test(pieces_are_gathered),
		cmocka_unit_test(errors_reach_the_connected_sender),
		cmocka_unit_test(sizes_and_permissions),
		cmocka_unit_test(open_listener),
		cmocka_unit_test(wire_datagram_arrives_and_bad_ones_do_not),
		cmocka_unit_test(broadcast_is_delivered_and_never_answered),
		cmocka_unit_test(closed_port_is_told_within_limits),
		cmocka_unit_test(receive_buffer_is_bounded),
		cmocka_unit_test(close_frees_all),
		cmocka_unit_test(martians_are_dropped),
	};

	return cmocka_run_group_tests_name("udp", tests, set_up, end_ipv4);
}
