/* SPDX-License-Identifier: MIT */
/* Multicast: joining, reports of versions 2 and 3, queries, source filters; and a namespace that
 * comes and goes. RFC 2236, RFC 3376. */
#include <net/igmp.h>
#include <net/net.h>

#include "ipv4_unit.h"

#define GROUP IP(239, 1, 2, 3)

static const u8 group_mac[6] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static struct socket *sock;
static int got;

/* The next IGMP message that is sent within @ns; NULL: none. */
static const u8 *next_igmp(u8 *f, u64 ns)
{
	u64 end = skiff_now() + ns;

	for (;;) {
		while (take(f, 2048))
			if (((struct ethhdr *)f)->h_proto == htons(ETH_P_IP) &&
			    frame_ip(f)->protocol == IPPROTO_IGMP)
				return f + 14 + frame_ip(f)->ihl * 4;
		if (skiff_now() >= end)
			return NULL;
		pass(10 * MILLISECOND);
	}
}

static int membership(int optname)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = GROUP, .imr_address.s_addr = OUR_IP };

	return kernel_setsockopt(sock, SOL_IP, optname, &mreq, sizeof(mreq));
}

IN_TASK(join_group)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(6002) };

	if (!sock) {
		assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock), 0);
		assert_int_equal(kernel_bind(sock, (struct sockaddr *)&a, sizeof(a)), 0);
	}
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), 0);
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), -EADDRINUSE);
	return 0;
}

IN_TASK(leave_group)
{
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), 0);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL);
	return 0;
}

static int read_one(void *unused)
{
	struct kmsghdr msg = { 0 };
	char buf[16];
	struct iovec vec = { buf, sizeof(buf) };

	got = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
	return 0;
}

static int send_to_group(__be32 source)
{
	u8 f[2048];

	give(f, udp_frame(f, group_mac, source, GROUP, 1, 6002, "hello", 5));
	run_task(read_one, NULL);
	return got;
}

static void join_is_reported_twice_by_version_3(void **state)
{
	const u8 *m;
	u8 f[2048];
	int i;

	drain();
	join_group(state);
	for (i = 0; i < 2; i++) {
		m = next_igmp(f, 2 * SECOND);
		assert_non_null(m);
		assert_int_equal(m[0], IGMPV3_HOST_MEMBERSHIP_REPORT);
		assert_int_equal(m[8], IGMPV3_CHANGE_TO_EXCLUDE);
		assert_int_equal(frame_ip(f)->daddr, htonl(IGMPV3_ALL_MCR));
		assert_int_equal(frame_ip(f)->ttl, 1);
		assert_int_equal(frame_ip(f)->ihl, 6);
	}
	assert_null(next_igmp(f, 5 * SECOND));
}

static void members_receive_and_others_do_not(void **state)
{
	assert_int_equal(send_to_group(PEER_IP), 5);
	leave_group(state);
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
	drain();
	join_group(state);
	assert_int_equal(send_to_group(PEER_IP), 5);
}

static void blocked_source_is_not_heard(void **state)
{
	struct ip_mreq_source src = { .imr_multiaddr = GROUP,
				      .imr_interface = OUR_IP,
				      .imr_sourceaddr = PEER_IP };

	rtnl_lock();
	lock_sock(sock->sk);
	assert_int_equal(ip_mc_source(true, MCAST_EXCLUDE, sock->sk, &src, 0), 0);
	release_sock(sock->sk);
	rtnl_unlock();
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
	assert_int_equal(send_to_group(IP(10, 0, 2, 9)), 5);
	rtnl_lock();
	lock_sock(sock->sk);
	assert_int_equal(ip_mc_source(false, MCAST_EXCLUDE, sock->sk, &src, 0), 0);
	release_sock(sock->sk);
	rtnl_unlock();
	assert_int_equal(send_to_group(PEER_IP), 5);
	drain();
}

static void version_2_querier_gets_version_2(void **state)
{
	struct igmphdr query = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 10 };
	const u8 *m;
	u8 f[2048];

	pass(5 * SECOND);
	drain();
	query.csum = ip_compute_csum(&query, sizeof(query));
	give(f, ip_frame(f, (const u8 *)"\x01\0\x5e\0\0\x01", PEER_IP, htonl(IGMP_ALL_HOSTS),
			 IPPROTO_IGMP, 0, 1, &query, sizeof(query)));
	m = next_igmp(f, 2 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[0], IGMPV2_HOST_MEMBERSHIP_REPORT);
	assert_int_equal(frame_ip(f)->daddr, GROUP);
	leave_group(state);
	m = next_igmp(f, 2 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[0], IGMP_HOST_LEAVE_MESSAGE);
	assert_int_equal(frame_ip(f)->daddr, htonl(IGMP_ALL_ROUTERS));
}

IN_TASK(close_while_joined)
{
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), 0);
	sock_release(sock);
	assert_int_equal(init_net.ipv4.udp_table->count, 0);
	return 0;
}

IN_TASK(namespaces_come_and_go)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(6002) };
	struct socket *s;
	struct net *net;
	int i;

	for (i = 0; i < 3; i++) {
		net = net_create();
		assert_false(IS_ERR(net));
		assert_int_equal(sock_create_kern(net, AF_INET, SOCK_DGRAM, 0, &s), 0);
		assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
		sock_release(s);
		net_destroy(net);
	}
	return 0;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_is_reported_twice_by_version_3),
		cmocka_unit_test(members_receive_and_others_do_not),
		cmocka_unit_test(blocked_source_is_not_heard),
		cmocka_unit_test(version_2_querier_gets_version_2),
		cmocka_unit_test(close_while_joined),
		cmocka_unit_test(namespaces_come_and_go),
	};

	return cmocka_run_group_tests_name("igmp", tests, set_up, end_ipv4);
}
