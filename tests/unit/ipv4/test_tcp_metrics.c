/* SPDX-License-Identifier: MIT */
/* What is kept of destinations: how it is learnt, how long it lasts, and that its memory is
 * bounded. RFC 9040. */
#include <net/dst.h>

#include "tcp_internal.h"
#include "tcp_unit.h"

#define KEPT 512u /* destinations, at most */

static struct dst_entry path; /* of the sock; only that there is one matters */

static struct sock *ending_sock(__be32 daddr, u32 rtt_ms)
{
	struct sock *sk = tcp_bare_sock(&tcp_reno);

	inet_sk(sk)->inet_saddr = OUR_IP;
	inet_sk(sk)->inet_daddr = daddr;
	sk->sk_dst_cache = &path;
	tcp_sk(sk)->srtt_us = rtt_ms * USEC_PER_MSEC * 8;
	return sk;
}

/* What is known after a connection of that round trip has ended. */
static u32 learn(__be32 daddr, u32 rtt_ms)
{
	struct sock *sk = ending_sock(daddr, rtt_ms);
	const struct tcp_metrics *m;

	tcp_update_metrics(sk);
	kfree(sk);
	m = tcp_metrics_find(&init_net, OUR_IP, daddr);
	return m ? m->rtt_us / 8 / USEC_PER_MSEC : 0;
}

static __be32 destination(u32 i)
{
	return htonl(0x0b000001u + i * 0x10001u);
}

static void a_longer_round_trip_counts_at_once_a_shorter_one_slowly(void **state)
{
	assert_int_equal(learn(PEER_IP, 80), 80);
	assert_int_equal(learn(PEER_IP, 160), 160);
	assert_int_equal(learn(PEER_IP, 80), 150);
	assert_int_equal(learn(PEER_IP, 0), 0); /* no sample at all: none to trust */
	tcp_metrics_free(&init_net);
}

static void reordering_is_kept_from_a_connection_in_trouble(void **state)
{
	struct sock *sk = ending_sock(PEER_IP, 10);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->reordering = 40;
	tcp_update_metrics(sk); /* in slow start still */
	assert_int_equal(tcp_metrics_find(&init_net, OUR_IP, PEER_IP)->reordering, 0);
	inet_csk(sk)->icsk_ca_state = TCP_CA_Recovery;
	tp->snd_ssthresh = 5;
	tcp_update_metrics(sk);
	tp->reordering = 3;
	tcp_init_metrics(sk);
	assert_int_equal(tp->reordering, 40);
	assert_int_equal(tp->snd_ssthresh, TCP_INFINITE_SSTHRESH);
	kfree(sk);
	tcp_metrics_free(&init_net);
}

static void an_hour_later_nothing_is_known_but_the_cookie(void **state)
{
	struct tcp_metrics *m;

	learn(PEER_IP, 80);
	m = tcp_metrics_find(&init_net, OUR_IP, PEER_IP);
	m->cookie.len = 8;
	pass(3599 * SECOND);
	assert_int_equal(tcp_metrics_find(&init_net, OUR_IP, PEER_IP)->rtt_us,
			 80 * 8 * USEC_PER_MSEC);
	pass(2 * SECOND);
	m = tcp_metrics_find(&init_net, OUR_IP, PEER_IP);
	assert_int_equal(m->rtt_us, 0);
	assert_int_equal(m->cookie.len, 8);
	tcp_metrics_free(&init_net);
}

static void destinations_are_bounded_and_the_oldest_makes_room(void **state)
{
	u32 i, known = 0, n = 20 * KEPT;

	for (i = 0; i < n; i++) {
		assert_int_equal(learn(destination(i), 10 + i % 7), 10 + i % 7);
		assert_int_equal(learn(PEER_IP, 99), 99); /* in use: it stays */
		pass(MILLISECOND);
	}
	for (i = 0; i < n; i++)
		known += tcp_metrics_find(&init_net, OUR_IP, destination(i)) != NULL;
	assert_in_range(known, KEPT / 2, KEPT - 1);
	tcp_metrics_free(&init_net);
	assert_null(tcp_metrics_find(&init_net, OUR_IP, PEER_IP));
}

static void without_memory_nothing_is_kept(void **state)
{
	hosted_fail_alloc(2, 0, 1); /* the first is the test's own sock */
	assert_int_equal(learn(PEER_IP, 80), 0);
	hosted_fail_alloc(0, 0, 0);
	assert_int_equal(learn(PEER_IP, 80), 80);
	tcp_metrics_free(&init_net);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_longer_round_trip_counts_at_once_a_shorter_one_slowly),
		cmocka_unit_test(reordering_is_kept_from_a_connection_in_trouble),
		cmocka_unit_test(an_hour_later_nothing_is_known_but_the_cookie),
		cmocka_unit_test(destinations_are_bounded_and_the_oldest_makes_room),
		cmocka_unit_test(without_memory_nothing_is_kept),
	};

	return cmocka_run_group_tests_name("tcp_metrics", tests, set_up, end_ipv4);
}
