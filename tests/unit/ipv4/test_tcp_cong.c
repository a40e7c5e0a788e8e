/* SPDX-License-Identifier: MIT */
/* Congestion control by itself: slow start, Reno, CUBIC. RFC 5681, RFC 9438. */
#include "tcp_unit.h"

/* A round trip of @ms: the window's worth of ACKs. */
static void round_trip(struct sock *sk, unsigned int ms)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 acks = tp->snd_cwnd;

	pass(ms * MILLISECOND);
	tcp_mstamp_refresh(tp);
	while (acks--)
		inet_csk(sk)->icsk_ca_ops->cong_avoid(sk, 0, 1);
}

static void lose(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_cwnd = tp->snd_cwnd;
	tp->snd_ssthresh = tp->snd_cwnd = inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
	tp->snd_cwnd_cnt = 0;
}

static void slow_start_stops_at_ssthresh(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_reno);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_ssthresh = 15;
	assert_int_equal(tcp_slow_start(tp, 8), 3);
	assert_int_equal(tp->snd_cwnd, 15);
	kfree(sk);
}

static void reno_doubles_then_adds_one(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_reno);
	struct tcp_sock *tp = tcp_sk(sk);

	round_trip(sk, 10);
	assert_int_equal(tp->snd_cwnd, 20);
	lose(sk);
	assert_int_equal(tp->snd_cwnd, 10);
	round_trip(sk, 10);
	assert_int_equal(tp->snd_cwnd, 11);
	assert_int_equal(tcp_reno_undo_cwnd(sk), 20);
	kfree(sk);
}

static void nobody_grows_what_is_not_used(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->is_cwnd_limited = 0;
	tp->snd_ssthresh = 5;
	round_trip(sk, 10);
	assert_int_equal(tp->snd_cwnd, 10);
	kfree(sk);
}

static void cubic_gives_up_three_tenths(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = 1000;
	lose(sk);
	assert_in_range(tp->snd_cwnd, 699, 701);
	kfree(sk);
}

/* RFC 9438 figure 1: fast, then slow around the old maximum, then fast again. K = cbrt(300 / 0.4)
 * = 9.09 s. */
static void cubic_is_slow_where_the_loss_was(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 start, at_k, i, before_k;

	tp->snd_cwnd = 1000;
	lose(sk);
	start = tp->snd_cwnd;
	for (i = 0; i < 30; i++)
		round_trip(sk, 100);
	before_k = tp->snd_cwnd; /* after 3 s: 1000 - 0.4 * 6.09^3 = 910 */
	assert_in_range(before_k, 860, 940);
	for (; i < 91; i++)
		round_trip(sk, 100);
	at_k = tp->snd_cwnd;
	assert_in_range(at_k, 970, 1020);
	assert_true(before_k - start >
		    at_k - before_k); /* three seconds brought more than the next six */
	for (; i < 150; i++)
		round_trip(sk, 100);
	assert_in_range(tp->snd_cwnd, 1050, 1130); /* 1000 + 0.4 * 5.9^3 = 1082 */
	kfree(sk);
}

static void cubic_is_no_slower_than_reno(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	tp->snd_cwnd = 20;
	lose(sk);
	for (i = 0; i < 100; i++) /* a short round trip: the curve alone would hardly have begun */
		round_trip(sk, 2);
	assert_true(tp->snd_cwnd >= 14 + 100 * 9 / 17 - 8);
	kfree(sk);
}

/* RFC 9438 section 4.7: a loss below the old maximum puts the plateau lower, at 0.85 of the window,
 * for newcomers. */
static void a_second_loss_below_the_first_leaves_room(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i;

	tp->snd_cwnd = 1000;
	lose(sk);
	tp->snd_cwnd = 800;
	lose(sk);
	assert_in_range(tp->snd_cwnd, 559, 561);
	for (i = 0; i < 67; i++) /* K = cbrt((680 - 560) / 0.4) = 6.69 s */
		round_trip(sk, 100);
	assert_in_range(tp->snd_cwnd, 665, 690);
	kfree(sk);
}

/* RFC 9438 section 5.8: the time of silence is no time on the curve. */
static void silence_does_not_move_along_the_curve(void **state)
{
	struct sock *sk = tcp_bare_sock(&tcp_cubic);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i, before;

	tp->snd_cwnd = 1000;
	lose(sk);
	for (i = 0; i < 20; i++)
		round_trip(sk, 100);
	before = tp->snd_cwnd;
	tp->lsndtime = (u32)jiffies;
	pass(30000 * MILLISECOND);
	tcp_mstamp_refresh(tp);
	inet_csk(sk)->icsk_ca_ops->cwnd_event(sk, CA_EVENT_TX_START);
	round_trip(sk, 100);
	assert_in_range(tp->snd_cwnd, before, before + 20);
	kfree(sk);
}

static void cube_roots_are_exact(void **state)
{
	u64 i, a;

	assert_int_equal(tcp_cubic_root(0), 0);
	for (i = 1; i < 500000; i += i < 2000 ? 1 : 997) {
		a = i * i * i;
		assert_int_equal(tcp_cubic_root(a), i);
		assert_int_equal(tcp_cubic_root(a - 1), i - 1);
		assert_int_equal(tcp_cubic_root(a + 1), i);
	}
}

static void algorithms_are_found_by_name(void **state)
{
	char names[64];

	assert_ptr_equal(tcp_ca_find("cubic"), &tcp_cubic);
	assert_ptr_equal(tcp_ca_find("reno"), &tcp_reno);
	assert_ptr_equal(tcp_ca_find("bbr"), &tcp_bbr);
	assert_null(tcp_ca_find("no such"));
	tcp_get_available_congestion_control(names, sizeof(names));
	assert_string_equal(names, "reno cubic bbr");
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_start_stops_at_ssthresh),
		cmocka_unit_test(reno_doubles_then_adds_one),
		cmocka_unit_test(nobody_grows_what_is_not_used),
		cmocka_unit_test(cubic_gives_up_three_tenths),
		cmocka_unit_test(cubic_is_slow_where_the_loss_was),
		cmocka_unit_test(cubic_is_no_slower_than_reno),
		cmocka_unit_test(a_second_loss_below_the_first_leaves_room),
		cmocka_unit_test(silence_does_not_move_along_the_curve),
		cmocka_unit_test(cube_roots_are_exact),
		cmocka_unit_test(algorithms_are_found_by_name),
	};

	return cmocka_run_group_tests_name("tcp_cong", tests, set_up, end_ipv4);
}
