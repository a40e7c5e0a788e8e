/* SPDX-License-Identifier: MIT */
/* net.ipv4.tcp_*: the default of each is Linux's, and what lies outside of its range is refused.
 * What each does is shown by packet scripts (docs/tcp.md). */
#include <kernel/sysctl.h>

#include "tcp_unit.h"

/* A setting of one number; the last two are its range. */
static const struct row {
	const char *name, *value;
	long long least, most;
} rows[] = {
	{ "tcp_syn_retries", "6", 1, 127 },
	{ "tcp_synack_retries", "5", 0, 255 },
	{ "tcp_retries1", "3", 0, 255 },
	{ "tcp_retries2", "15", 0, 255 },
	{ "tcp_orphan_retries", "0", 0, 255 },
	{ "tcp_keepalive_time", "7200", 0, INT_MAX / HZ },
	{ "tcp_keepalive_intvl", "75", 0, INT_MAX / HZ },
	{ "tcp_keepalive_probes", "9", 0, 255 },
	{ "tcp_fin_timeout", "60", 0, INT_MAX / HZ },
	{ "tcp_syncookies", "1", 0, 2 },
	{ "tcp_abort_on_overflow", "0", 0, 1 },
	{ "tcp_tw_reuse", "2", 0, 2 },
	{ "tcp_rfc1337", "0", 0, 1 },
	{ "tcp_stdurg", "0", 0, 1 },
	{ "tcp_timestamps", "1", 0, 2 },
	{ "tcp_sack", "1", 0, 1 },
	{ "tcp_dsack", "1", 0, 1 },
	{ "tcp_window_scaling", "1", 0, 1 },
	{ "tcp_ecn", "2", 0, 2 },
	{ "tcp_ecn_fallback", "1", 0, 1 },
	{ "tcp_reordering", "3", 1, 127 },
	{ "tcp_max_reordering", "300", 1, 65535 },
	{ "tcp_recovery", "1", 1, 7 },
	{ "tcp_early_retrans", "3", 0, 4 },
	{ "tcp_frto", "2", 0, 2 },
	{ "tcp_adv_win_scale", "1", -31, 31 },
	{ "tcp_app_win", "31", 0, 31 },
	{ "tcp_moderate_rcvbuf", "1", 0, 1 },
	{ "tcp_workaround_signed_windows", "0", 0, 1 },
	{ "tcp_slow_start_after_idle", "1", 0, 1 },
	{ "tcp_notsent_lowat", "4294967295", 0, U32_MAX },
	{ "tcp_min_tso_segs", "2", 1, 255 },
	{ "tcp_tso_win_divisor", "3", 0, 255 },
	{ "tcp_tso_rtt_log", "9", 0, 31 },
	{ "tcp_invalid_ratelimit", "500", 0, INT_MAX },
	{ "tcp_challenge_ack_limit", "2147483647", 0, INT_MAX },
	{ "tcp_min_rtt_wlen", "300", 0, 86400 },
	{ "tcp_min_snd_mss", "48", 48, 65535 },
	{ "tcp_fastopen", "1", INT_MIN, INT_MAX },
	{ "tcp_fastopen_blackhole_timeout_sec", "0", 0, INT_MAX },
	{ "tcp_mtu_probing", "0", 0, 2 },
	{ "tcp_base_mss", "1024", 48, 65535 },
	{ "tcp_mtu_probe_floor", "48", 48, 65535 },
	{ "tcp_probe_threshold", "8", 0, INT_MAX },
	{ "tcp_probe_interval", "600", 0, INT_MAX },
	{ "tcp_thin_linear_timeouts", "0", 0, 1 },
	{ "tcp_reflect_tos", "0", 0, 1 },
	{ "tcp_rto_min_us", "200000", 1000, INT_MAX },
	{ "tcp_max_syn_backlog", NULL, 0, INT_MAX },
	{ "tcp_max_tw_buckets", NULL, 0, INT_MAX },
	{ "tcp_max_orphans", NULL, 0, INT_MAX },
	{ "tcp_fack", "0", 0, 1 },
	{ "tcp_low_latency", "0", 0, 1 },
	{ "tcp_pacing_ss_ratio", "200", 0, 1000 },
	{ "tcp_pacing_ca_ratio", "120", 0, 1000 },
	{ "tcp_autocorking", "1", 0, 1 },
	{ "tcp_no_metrics_save", "0", 0, 1 },
	{ "tcp_no_ssthresh_metrics_save", "1", 0, 1 },
	{ "tcp_limit_output_bytes", "1048576", 0, INT_MAX },
	{ "tcp_comp_sack_delay_ns", "1000000", 0, INT_MAX },
	{ "tcp_comp_sack_slack_ns", "100000", 0, INT_MAX },
	{ "tcp_comp_sack_nr", "44", 0, 255 },
	{ "tcp_retrans_collapse", "1", 0, 255 },
};

static int write_number(const char *name, long long v)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", v);
	return sysctl_write(name, text);
}

static void assert_value(const char *name, const char *want)
{
	char text[64];

	assert_true(sysctl_read(name, text, sizeof(text)) > 0);
	assert_string_equal(strim(text), want);
}

static void defaults_are_linuxs(void **state)
{
	char name[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(name, sizeof(name), "net.ipv4.%s", rows[i].name);
		if (rows[i].value) /* the others depend on the machine's memory */
			assert_value(name, rows[i].value);
	}
	assert_value("net.ipv4.tcp_congestion_control", "cubic");
	assert_int_equal(init_net.tcp.sysctl_wmem[0], 4096); /* the third depends on the memory */
	assert_int_equal(init_net.tcp.sysctl_wmem[1], 16384);
}

static void what_lies_outside_is_refused(void **state)
{
	char name[64], before[64], edge[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(name, sizeof(name), "net.ipv4.%s", rows[i].name);
		assert_true(sysctl_read(name, before, sizeof(before)) > 0);
		assert_true(write_number(name, rows[i].least - 1) < 0);
		assert_true(write_number(name, rows[i].most + 1) < 0);
		snprintf(edge, sizeof(edge), "12x");
		assert_true(sysctl_write(name, edge) < 0);
		assert_value(name, before);
		assert_true(write_number(name, rows[i].least) >= 0);
		snprintf(edge, sizeof(edge), "%lld", rows[i].least);
		assert_value(name, edge);
		assert_true(write_number(name, rows[i].most) >= 0);
		snprintf(edge, sizeof(edge), "%lld", rows[i].most);
		assert_value(name, edge);
		assert_true(sysctl_write(name, before) >= 0);
	}
}

static void rows_of_three_and_names(void **state)
{
	char three[] = "8192 16384 32768", bad[] = "1 2 3 4", none[] = "nonsense";

	assert_true(sysctl_write("net.ipv4.tcp_rmem", three) >= 0);
	assert_value("net.ipv4.tcp_rmem", "8192\t16384\t32768");
	assert_true(sysctl_write("net.ipv4.tcp_rmem", bad) < 0);
	assert_true(sysctl_write("net.ipv4.tcp_congestion_control", none) < 0);
	assert_value("net.ipv4.tcp_congestion_control", "cubic");
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_linuxs),
		cmocka_unit_test(what_lies_outside_is_refused),
		cmocka_unit_test(rows_of_three_and_names),
	};

	return cmocka_run_group_tests_name("tcp_sysctl", tests, set_up, end_ipv4);
}
