/* SPDX-License-Identifier: MIT */
/* Options of received segments: what they say, and that no bytes lead astray. RFC 9293 section 3.2,
 * RFC 7323, RFC 2018. */
#include <kernel/random.h>

#include "tcp_unit.h"

#define PARSE(skb, opt, estab) tcp_parse_options(&init_net, skb, opt, estab)

static void a_full_syn_is_understood(void **state)
{
	const u8 o[] = { 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 9, 1, 3, 3, 7 };
	struct sk_buff *skb = tcp_segment(TCPHDR_SYN, o, sizeof(o));
	struct tcp_options_received opt = { 0 };

	PARSE(skb, &opt, false);
	assert_int_equal(opt.mss_clamp, 1460);
	assert_true(opt.sack_ok && opt.saw_tstamp && opt.wscale_ok);
	assert_int_equal(opt.rcv_tsval, 0x01020304);
	assert_int_equal(opt.rcv_tsecr, 9);
	assert_int_equal(opt.snd_wscale, 7);
	assert_int_equal(tcp_parse_mss_option(tcp_hdr(skb), 0), 1460);
	assert_int_equal(tcp_parse_mss_option(tcp_hdr(skb), 500), 500);
	consume_skb(skb);
}

static void a_scale_above_14_counts_as_14(void **state)
{
	const u8 o[] = { 1, 3, 3, 200 };
	struct sk_buff *skb = tcp_segment(TCPHDR_SYN, o, sizeof(o));
	struct tcp_options_received opt = { 0 };

	PARSE(skb, &opt, false);
	assert_int_equal(opt.snd_wscale, 14);
	consume_skb(skb);
}

static void syn_options_mean_nothing_later(void **state)
{
	const u8 o[] = { 2, 4, 0, 100, 4, 2, 1, 1, 1, 3, 3, 7 };
	struct sk_buff *skb = tcp_segment(TCPHDR_ACK, o, sizeof(o));
	struct tcp_options_received opt = { .mss_clamp = 1460 };

	PARSE(skb, &opt, true);
	assert_int_equal(opt.mss_clamp, 1460);
	assert_false(opt.sack_ok || opt.wscale_ok);
	consume_skb(skb);
}

static void an_mss_of_zero_is_none(void **state)
{
	const u8 o[] = { 2, 4, 0, 0 };
	struct sk_buff *skb = tcp_segment(TCPHDR_SYN, o, sizeof(o));
	struct tcp_options_received opt = { .mss_clamp = 536 };

	PARSE(skb, &opt, false);
	assert_int_equal(opt.mss_clamp, 536);
	consume_skb(skb);
}

static void sysctls_switch_options_off(void **state)
{
	const u8 o[] = { 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 9, 1, 3, 3, 7 };
	struct sk_buff *skb = tcp_segment(TCPHDR_SYN, o, sizeof(o));
	struct tcp_options_received opt = { 0 };

	init_net.tcp.sysctl_sack = init_net.tcp.sysctl_timestamps =
		init_net.tcp.sysctl_window_scaling = 0;
	PARSE(skb, &opt, false);
	init_net.tcp.sysctl_sack = init_net.tcp.sysctl_timestamps =
		init_net.tcp.sysctl_window_scaling = 1;
	assert_false(opt.sack_ok || opt.saw_tstamp || opt.wscale_ok);
	consume_skb(skb);
}

static void impossible_lengths_end_the_search(void **state)
{
	static const u8 bad[][8] = {
		{ 2, 0, 5, 0xb4, 3, 3, 3, 7 },	/* no length at all */
		{ 2, 1, 5, 0xb4, 3, 3, 3, 7 },	/* less than its own two bytes */
		{ 2, 40, 5, 0xb4, 3, 3, 3, 7 }, /* beyond the header */
		{ 0, 2, 4, 5, 0xb4, 3, 3, 7 },	/* behind the end of options */
		{ 1, 1, 1, 1, 1, 1, 1, 3 },	/* a kind without length */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct sk_buff *skb = tcp_segment(TCPHDR_SYN, bad[i], 8);
		struct tcp_options_received opt = { .mss_clamp = 536 };

		PARSE(skb, &opt, false);
		assert_int_equal(opt.mss_clamp, 536);
		assert_false(opt.wscale_ok);
		assert_int_equal(tcp_parse_mss_option(tcp_hdr(skb), 0), 0);
		consume_skb(skb);
	}
}

static void any_bytes_are_survived(void **state)
{
	u8 o[40];
	int i;

	for (i = 0; i < 20000; i++) {
		unsigned int len = get_random_below(11) * 4;
		struct tcp_options_received opt = { .sack_ok = 1, .tstamp_ok = 1 };
		struct sk_buff *skb;

		get_random_bytes(o, sizeof(o));
		if (i & 1)
			o[get_random_below(40)] = (u8)get_random_below(9);
		skb = tcp_segment(i & 2 ? TCPHDR_SYN : TCPHDR_ACK, o, len);
		PARSE(skb, &opt, !(i & 2));
		if (TCP_SKB_CB(skb)->sacked) /* the blocks lie inside the header */
			assert_true(TCP_SKB_CB(skb)->sacked +
					    ((u8 *)tcp_hdr(skb))[TCP_SKB_CB(skb)->sacked + 1] <=
				    (int)tcp_hdrlen(skb));
		consume_skb(skb);
	}
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_syn_is_understood),
		cmocka_unit_test(a_scale_above_14_counts_as_14),
		cmocka_unit_test(syn_options_mean_nothing_later),
		cmocka_unit_test(an_mss_of_zero_is_none),
		cmocka_unit_test(sysctls_switch_options_off),
		cmocka_unit_test(impossible_lengths_end_the_search),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests_name("tcp_options", tests, set_up, end_ipv4);
}
