/* SPDX-License-Identifier: MIT */
/* BBR by itself, on a path that the test is: draft-cardwell-iccrg-bbr-congestion-control-00. Gains
 * are << 8: 739 is 2.89, 88 its inverse, 320 and 192 are a quarter more and less. */
#include "tcp_unit.h"

#define STARTUP_GAIN 739u
#define DRAIN_GAIN   88u
#define UNIT	     256u
#define RTT_MS	     10u

struct path {
	struct sock *sk;
	struct tcp_sock *tp;
	u32 rtt_ms;
};

static struct path path_new(void)
{
	struct path p = { .sk = tcp_bare_sock(&tcp_bbr), .rtt_ms = RTT_MS };

	p.tp = tcp_sk(p.sk);
	return p;
}

static struct tcp_bbr_info told(const struct path *p)
{
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(tcp_bbr.get_info(p->sk, &attr, &info), sizeof(info.bbr));
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	return info.bbr;
}

/* Segments a round trip, as BBR sees the bandwidth: 1000 bytes each. */
static u32 told_bw(const struct path *p)
{
	return (told(p).bbr_bw_lo + 500) / 1000 * p->rtt_ms / 1000;
}

/* An ACK after @us for @acked segments, sent a round trip ago, with @lost of them lost, while
 * @inflight are under way. */
static void acked_in(struct path *p, u32 us, u32 acked, u32 lost, u32 inflight, bool app_limited)
{
	struct rate_sample rs = { .prior_delivered = p->tp->delivered,
				  .is_app_limited = app_limited,
				  .prior_in_flight = inflight + acked,
				  .interval_us = max(us, p->rtt_ms * 1000),
				  .rtt_us = p->rtt_ms * 1000,
				  .acked_sacked = acked,
				  .losses = (int)lost };

	pass(us * 1000ull);
	tcp_mstamp_refresh(p->tp);
	rs.prior_mstamp = p->tp->tcp_mstamp - us;
	p->tp->delivered += acked;
	p->tp->delivered_mstamp = p->tp->tcp_mstamp;
	p->tp->lost += lost;
	p->tp->packets_out = inflight;
	rs.delivered = (s32)acked;
	tcp_bbr.cong_control(p->sk, &rs);
}

static void round_trip(struct path *p, u32 acked)
{
	acked_in(p, p->rtt_ms * 1000, acked, 0, acked, false);
}

/* Until PROBE_BW, on a path that delivers @n a round trip. */
static void fill_pipe(struct path *p, u32 n)
{
	int i;

	for (i = 0; i < 10 && told(p).bbr_cwnd_gain != 2 * UNIT; i++)
		round_trip(p, n);
	assert_int_equal(told(p).bbr_cwnd_gain, 2 * UNIT);
}

/* 4.3.2.2: three round trips with less than a quarter more. */
static void startup_ends_when_the_bandwidth_stops_to_grow(void **state)
{
	struct path p = path_new();
	u32 n;

	for (n = 10; n <= 80; n *= 2) {
		acked_in(&p, RTT_MS * 1000, n, 0, 2 * n, false);
		assert_int_equal(told(&p).bbr_pacing_gain, STARTUP_GAIN);
	}
	acked_in(&p, RTT_MS * 1000, 80, 0, 200, false);
	acked_in(&p, RTT_MS * 1000, 95, 0, 200, false); /* less than a quarter */
	assert_int_equal(told(&p).bbr_pacing_gain, STARTUP_GAIN);
	acked_in(&p, RTT_MS * 1000, 95, 0, 200, false);
	assert_int_equal(told(&p).bbr_pacing_gain, DRAIN_GAIN);
	assert_int_equal(told(&p).bbr_cwnd_gain, STARTUP_GAIN);
	assert_in_range(p.tp->snd_ssthresh, 95, 95 + 100); /* the pipe's size, for those who ask */
	kfree(p.sk);
}

static void an_idle_application_does_not_end_startup(void **state)
{
	struct path p = path_new();
	int i;

	for (i = 0; i < 10; i++)
		acked_in(&p, RTT_MS * 1000, 10, 0, 10, true);
	assert_int_equal(told(&p).bbr_pacing_gain, STARTUP_GAIN);
	kfree(p.sk);
}

/* 4.3.3 */
static void drain_lasts_until_the_queue_is_gone(void **state)
{
	struct path p = path_new();
	int i;

	for (i = 0; i < 4; i++)
		acked_in(&p, RTT_MS * 1000, 100, 0, 280, false);
	assert_int_equal(told(&p).bbr_pacing_gain, DRAIN_GAIN);
	acked_in(&p, RTT_MS * 1000, 100, 0, 180, false);
	assert_int_equal(told(&p).bbr_pacing_gain, DRAIN_GAIN);
	acked_in(&p, RTT_MS * 1000, 100, 0, 100, false);
	assert_int_equal(told(&p).bbr_cwnd_gain, 2 * UNIT);
	kfree(p.sk);
}

/* 4.3.4: of eight phases one probes, the next drains, six cruise. */
static void the_cycle_probes_drains_and_cruises(void **state)
{
	struct path p = path_new();
	u32 gains[17], i, at;

	fill_pipe(&p, 100);
	for (i = 0; i < 17; i++) {
		gains[i] = told(&p).bbr_pacing_gain;
		/* longer than a least round trip; with the queue that more makes */
		acked_in(&p, RTT_MS * 1000 + 1000, 110, 0, gains[i] > UNIT ? 140 : 110, false);
	}
	for (at = 0; at < 8 && gains[at] != UNIT * 5 / 4; at++)
		assert_true(gains[at] == UNIT || (!at && gains[at] == UNIT * 3 / 4));
	assert_true(at < 8);
	assert_int_equal(gains[at + 1], UNIT * 3 / 4);
	for (i = 2; i < 8; i++)
		assert_int_equal(gains[at + i], UNIT);
	assert_int_equal(gains[at + 8], UNIT * 5 / 4);
	kfree(p.sk);
}

/* 4.2.3: the window is twice what the pipe holds, with room for what is handled as one; pacing a
 * percent below. */
static void the_window_is_twice_the_pipe(void **state)
{
	struct path p = path_new();
	u64 rate;
	int i;

	fill_pipe(&p, 100);
	for (i = 0; i < 20; i++)
		acked_in(&p, RTT_MS * 1000, 100, 0, 130, false);
	assert_int_equal(told_bw(&p), 100);
	assert_in_range(p.tp->snd_cwnd, 200,
			350); /* and 3 TSO segments of 9, and what came in bunches */
	while (told(&p).bbr_pacing_gain != UNIT)
		acked_in(&p, RTT_MS * 1000 + 1, 100, 0, 130, false);
	rate = p.sk->sk_pacing_rate;
	assert_in_range(rate, 9850000, 9900001); /* 100 segments of 1000 bytes in 10 ms */
	kfree(p.sk);
}

/* 4.1.1.3 */
static void the_bandwidth_is_the_best_of_ten_round_trips(void **state)
{
	struct path p = path_new();
	u32 i;

	fill_pipe(&p, 100);
	for (i = 0; i < 8; i++) {
		round_trip(&p, 50);
		assert_int_equal(told_bw(&p), 100);
	}
	for (; i < 12; i++)
		round_trip(&p, 50);
	assert_int_equal(told_bw(&p), 50);
	round_trip(&p, 120);
	assert_int_equal(told_bw(&p), 120);
	for (i = 0; i < 30; i++) /* what the application holds back is no news */
		acked_in(&p, RTT_MS * 1000, 10, 0, 10, true);
	assert_int_equal(told_bw(&p), 120);
	kfree(p.sk);
}

/* 4.3.5 */
static void probe_rtt_empties_the_pipe_every_ten_seconds(void **state)
{
	struct path p = path_new();
	u32 i, before, rounds = 0;

	fill_pipe(&p, 100);
	p.rtt_ms = RTT_MS + 5; /* a queue that stays: no lower round trip is seen */
	for (i = 0; i < 600; i++)
		acked_in(&p, 15000, 150, 0, 200, false);
	assert_int_equal(told(&p).bbr_min_rtt, 10000);
	before = p.tp->snd_cwnd;
	for (i = 0; i < 120 && told(&p).bbr_cwnd_gain != UNIT; i++)
		acked_in(&p, 15000, 150, 0, 200, false);
	assert_int_equal(told(&p).bbr_cwnd_gain, UNIT);
	assert_int_equal(p.tp->snd_cwnd, 4);
	assert_int_equal(told(&p).bbr_min_rtt, 15000); /* the old one is too old */
	p.rtt_ms = RTT_MS;
	for (i = 0; i < 30 && told(&p).bbr_cwnd_gain == UNIT; i++, rounds++)
		acked_in(&p, 10000, 4, 0, 4, true);
	assert_in_range(rounds, 20, 24); /* 200 ms and a round trip */
	assert_int_equal(told(&p).bbr_min_rtt, 10000);
	assert_in_range(p.tp->snd_cwnd, 200, before);
	assert_true(p.tp->app_limited != 0);
	kfree(p.sk);
}

/* 4.3.4.4 */
static void after_silence_it_paces_at_the_bandwidth(void **state)
{
	struct path p = path_new();

	fill_pipe(&p, 100);
	while (told(&p).bbr_pacing_gain != UNIT * 5 / 4)
		acked_in(&p, RTT_MS * 1000 + 1, 100, 0, 90, false);
	assert_true(p.sk->sk_pacing_rate > 12000000);
	p.tp->app_limited = 1;
	tcp_bbr.cwnd_event(p.sk, CA_EVENT_TX_START);
	assert_in_range(p.sk->sk_pacing_rate, 9850000, 9900001);
	kfree(p.sk);
}

/* 4.2.3.4 */
static void recovery_conserves_packets_and_gives_the_window_back(void **state)
{
	struct path p = path_new();
	struct inet_connection_sock *icsk = inet_csk(p.sk);
	u32 before;

	fill_pipe(&p, 100);
	round_trip(&p, 100);
	before = p.tp->snd_cwnd;
	tcp_bbr.ssthresh(p.sk);
	icsk->icsk_ca_state = TCP_CA_Recovery;
	p.tp->packets_out = 60;
	acked_in(&p, 1000, 10, 3, 60, false);
	assert_int_equal(p.tp->snd_cwnd, 70); /* what is in flight, and what was delivered */
	acked_in(&p, RTT_MS * 1000, 60, 0, 60, false);
	assert_in_range(p.tp->snd_cwnd, 100, before); /* the second round trip: it grows again */
	icsk->icsk_ca_state = TCP_CA_Open;
	acked_in(&p, RTT_MS * 1000, 60, 0, 60, false);
	assert_in_range(p.tp->snd_cwnd, before - 60, before + 60);
	assert_int_equal(told_bw(&p), 100); /* and the loss says nothing of the path */
	kfree(p.sk);
}

static void a_needless_recovery_is_forgotten(void **state)
{
	struct path p = path_new();
	u32 cwnd;

	round_trip(&p, 20);
	round_trip(&p, 20);
	round_trip(&p, 20); /* one more, and the pipe would count as full */
	cwnd = p.tp->snd_cwnd;
	assert_int_equal(tcp_bbr.undo_cwnd(p.sk), cwnd);
	round_trip(&p, 20);
	assert_int_equal(told(&p).bbr_pacing_gain, STARTUP_GAIN);
	kfree(p.sk);
}

/* A policer: intervals with much loss, delivered at one rate. For 48 round trips it is kept to,
 * without probing. */
static void a_policers_rate_is_kept_to(void **state)
{
	struct path p = path_new();
	u32 i;

	fill_pipe(&p, 100);
	for (i = 0; i < 12; i++)
		acked_in(&p, RTT_MS * 1000, 50, 20, 60, false);
	assert_int_equal(told_bw(&p),
			 50); /* though the best of ten round trips is more, for a while */
	for (i = 0; i < 30; i++) {
		acked_in(&p, RTT_MS * 1000 + 1, 50, 0, 60, false);
		assert_int_equal(told(&p).bbr_pacing_gain, UNIT);
	}
	for (i = 0; i < 30 && told(&p).bbr_pacing_gain == UNIT; i++)
		acked_in(&p, RTT_MS * 1000 + 1, 50, 0, 60, false);
	assert_true(i < 30); /* it probes again: perhaps the policer is gone */
	kfree(p.sk);
}

static void a_few_losses_are_no_policer(void **state)
{
	struct path p = path_new();
	u32 i, probed = 0;

	fill_pipe(&p, 100);
	for (i = 0; i < 60; i++) {
		acked_in(&p, RTT_MS * 1000 + 1, 99, 1, 120, false);
		probed += told(&p).bbr_pacing_gain > UNIT;
	}
	assert_true(probed >= 3);
	kfree(p.sk);
}

/* ACKs that come in bunches leave room for what is sent meanwhile. */
static void bunched_acks_widen_the_window(void **state)
{
	struct path even = path_new(), bunched = path_new();
	int i, k;

	fill_pipe(&even, 100);
	fill_pipe(&bunched, 100);
	for (i = 0; i < 12; i++) {
		for (k = 0; k < 10; k++)
			acked_in(&even, 1000, 10, 0, 100, true);
		acked_in(&bunched, 20000, 200, 0, 100, true);
		acked_in(&bunched, 100, 60, 0, 100,
			 true); /* far more than the bandwidth explains */
	}
	assert_true(bunched.tp->snd_cwnd > even.tp->snd_cwnd + 30);
	kfree(even.sk);
	kfree(bunched.sk);
}

static void segments_of_slow_paths_go_one_by_one(void **state)
{
	struct path p = path_new();

	p.sk->sk_pacing_rate = 149999; /* 1.2 Mbit/s is 150000 */
	assert_int_equal(tcp_bbr.min_tso_segs(p.sk), 1);
	p.sk->sk_pacing_rate = 150000;
	assert_int_equal(tcp_bbr.min_tso_segs(p.sk), 2);
	assert_int_equal(tcp_bbr.sndbuf_expand(p.sk), 3);
	kfree(p.sk);
}

static void the_users_limit_bounds_the_rate(void **state)
{
	struct path p = path_new();

	p.sk->sk_max_pacing_rate = 1000000;
	fill_pipe(&p, 100);
	assert_int_equal(p.sk->sk_pacing_rate, 1000000);
	kfree(p.sk);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(startup_ends_when_the_bandwidth_stops_to_grow),
		cmocka_unit_test(an_idle_application_does_not_end_startup),
		cmocka_unit_test(drain_lasts_until_the_queue_is_gone),
		cmocka_unit_test(the_cycle_probes_drains_and_cruises),
		cmocka_unit_test(the_window_is_twice_the_pipe),
		cmocka_unit_test(the_bandwidth_is_the_best_of_ten_round_trips),
		cmocka_unit_test(probe_rtt_empties_the_pipe_every_ten_seconds),
		cmocka_unit_test(after_silence_it_paces_at_the_bandwidth),
		cmocka_unit_test(recovery_conserves_packets_and_gives_the_window_back),
		cmocka_unit_test(a_needless_recovery_is_forgotten),
		cmocka_unit_test(a_policers_rate_is_kept_to),
		cmocka_unit_test(a_few_losses_are_no_policer),
		cmocka_unit_test(bunched_acks_widen_the_window),
		cmocka_unit_test(segments_of_slow_paths_go_one_by_one),
		cmocka_unit_test(the_users_limit_bounds_the_rate),
	};

	return cmocka_run_group_tests_name("tcp_bbr", tests, set_up, end_ipv4);
}
