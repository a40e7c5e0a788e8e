/* SPDX-License-Identifier: MIT */
/* The state diagram as data, the first window, and what the namespace starts with. RFC 9293
 * section 3.3.2, RFC 7323 section 2. */
#include "tcp_unit.h"

static void the_diagram_is_the_rfcs(void **state)
{
	static const struct {
		int from, to;
	} arrows[] = {
		{ TCP_CLOSE, TCP_LISTEN },	     { TCP_CLOSE, TCP_SYN_SENT },
		{ TCP_LISTEN, TCP_SYN_RECV },	     { TCP_SYN_SENT, TCP_SYN_RECV },
		{ TCP_SYN_SENT, TCP_ESTABLISHED },   { TCP_SYN_RECV, TCP_ESTABLISHED },
		{ TCP_SYN_RECV, TCP_FIN_WAIT1 },     { TCP_ESTABLISHED, TCP_FIN_WAIT1 },
		{ TCP_ESTABLISHED, TCP_CLOSE_WAIT }, { TCP_FIN_WAIT1, TCP_FIN_WAIT2 },
		{ TCP_FIN_WAIT1, TCP_CLOSING },	     { TCP_FIN_WAIT1, TCP_TIME_WAIT },
		{ TCP_FIN_WAIT2, TCP_TIME_WAIT },    { TCP_CLOSING, TCP_TIME_WAIT },
		{ TCP_CLOSE_WAIT, TCP_LAST_ACK },    { TCP_LAST_ACK, TCP_CLOSE },
		{ TCP_TIME_WAIT, TCP_CLOSE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arrows); i++)
		assert_true(tcp_transition_legal(arrows[i].from, arrows[i].to));
}

static void there_is_no_way_back(void **state)
{
	static const int late[] = { TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSE_WAIT,
				    TCP_LAST_ACK,  TCP_CLOSING,	  TCP_TIME_WAIT };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(late); i++) {
		assert_false(tcp_transition_legal(late[i], TCP_ESTABLISHED));
		assert_false(tcp_transition_legal(late[i], TCP_SYN_RECV));
		assert_false(tcp_transition_legal(late[i], TCP_LISTEN));
		assert_true(tcp_transition_legal(late[i], TCP_CLOSE));
	}
	assert_false(tcp_transition_legal(TCP_LISTEN, TCP_ESTABLISHED));
	assert_false(tcp_transition_legal(0, TCP_CLOSE));
	assert_false(tcp_transition_legal(TCP_CLOSE, TCP_MAX_STATES));
}

static void the_first_window_fits_its_scale(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_reno);
	u32 wnd, clamp = 0;
	u8 scale;

	tcp_select_initial_window(sk, 65536, 1460, &wnd, &clamp, true, &scale, 0);
	assert_int_equal(wnd, 65536 / 1460 * 1460 > 65535 ? 65535 : 65536 / 1460 * 1460);
	assert_true(scale <= 14);
	assert_true((65535u << scale) >= (u32)init_net.tcp.sysctl_rmem[2] / 2);
	clamp = 0;
	tcp_select_initial_window(sk, 65536, 1460, &wnd, &clamp, false, &scale, 0);
	assert_int_equal(scale, 0);
	assert_int_equal(clamp, 65535);
	clamp = 0;
	tcp_select_initial_window(sk, -5, 1460, &wnd, &clamp, false, &scale, 0);
	assert_int_equal(wnd, 0);
	kfree(sk);
}

static void names_are_those_of_netstat(void **state)
{
	assert_string_equal(tcp_state_name(TCP_ESTABLISHED), "ESTABLISHED");
	assert_string_equal(tcp_state_name(TCP_TIME_WAIT), "TIME_WAIT");
	assert_string_equal(tcp_state_name(99), "UNKNOWN");
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_diagram_is_the_rfcs),
		cmocka_unit_test(there_is_no_way_back),
		cmocka_unit_test(the_first_window_fits_its_scale),
		cmocka_unit_test(names_are_those_of_netstat),
	};

	return cmocka_run_group_tests_name("tcp_state", tests, set_up, end_ipv4);
}
