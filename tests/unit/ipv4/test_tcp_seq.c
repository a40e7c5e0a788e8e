/* SPDX-License-Identifier: MIT */
/* Sequence numbers, and the numbers that must not be guessed. RFC 9293 section 3.4, RFC 6528, RFC
 * 7323 section 5.4. */
#include "tcp_unit.h"

static void order_holds_across_the_wrap(void **state)
{
	const u32 bases[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		u32 b = bases[i];

		assert_true(before(b, b + 1));
		assert_true(before(b, b + 0x7fffffff));
		assert_false(before(b, b));
		assert_false(before(b + 1, b));
		assert_true(after(b + 1, b));
		assert_false(after(b, b));
		assert_int_equal(tcp_seq_span(b, b + 1000), 1000);
	}
}

static void between_includes_both_ends(void **state)
{
	assert_true(between(10, 10, 20));
	assert_true(between(20, 10, 20));
	assert_false(between(9, 10, 20));
	assert_false(between(21, 10, 20));
	assert_true(between(5, 0xfffffff0, 10));
	assert_false(between(11, 0xfffffff0, 10));
	assert_true(between(7, 7, 7));
}

static void a_tuple_has_its_own_numbers(void **state)
{
	u32 a = tcp_secure_seq(&init_net, OUR_IP, PEER_IP, htons(1), htons(2));
	u32 b = tcp_secure_seq(&init_net, OUR_IP, PEER_IP, htons(1), htons(3));
	u32 c = tcp_secure_seq(&init_net, OUR_IP, IP(10, 0, 2, 3), htons(1), htons(2));

	assert_int_equal(a, tcp_secure_seq(&init_net, OUR_IP, PEER_IP, htons(1), htons(2)));
	assert_int_not_equal(a, b);
	assert_int_not_equal(a, c);
	pass(64 * 1000);
	assert_int_equal(tcp_secure_seq(&init_net, OUR_IP, PEER_IP, htons(1), htons(2)) - a,
			 1000); /* a step each 64 ns */
}

static void peers_see_clocks_of_their_own(void **state)
{
	u32 a = tcp_secure_ts_off(&init_net, OUR_IP, PEER_IP);

	assert_int_equal(a, tcp_secure_ts_off(&init_net, OUR_IP, PEER_IP));
	assert_int_not_equal(a, tcp_secure_ts_off(&init_net, OUR_IP, IP(10, 0, 2, 3)));
	init_net.tcp.sysctl_timestamps = 2; /* as Linux: without an offset */
	assert_int_equal(tcp_secure_ts_off(&init_net, OUR_IP, PEER_IP), 0);
	init_net.tcp.sysctl_timestamps = 1;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_holds_across_the_wrap),
		cmocka_unit_test(between_includes_both_ends),
		cmocka_unit_test(a_tuple_has_its_own_numbers),
		cmocka_unit_test(peers_see_clocks_of_their_own),
	};

	return cmocka_run_group_tests_name("tcp_seq", tests, set_up, end_ipv4);
}
