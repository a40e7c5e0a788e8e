/* SPDX-License-Identifier: MIT */
/* Reassembly: any order, duplicates, overlaps, contradictions, time and memory. RFC 791, RFC 815,
 * RFC 5722. */
#include <net/net.h>

#include "ipv4_unit.h"

#define WHOLE 3008 /* bytes of the ICMP message that is cut up */

static u8 message[WHOLE];
static u16 next_id;
static struct socket *raw;

static void fragment(u16 id, unsigned int offset, unsigned int len, bool more)
{
	u8 f[2048];

	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP,
			 (u16)(offset / 8 | (more ? IP_MF : 0)), id, message + offset, len));
}

/* Has the echo request been put together? Its answer leaves in as many fragments. */
static bool answered(void)
{
	unsigned int bytes = 0;
	u8 f[2048];
	size_t n;

	while ((n = take(f, sizeof(f))) > 0)
		if (frame_ip(f)->protocol == IPPROTO_ICMP &&
		    ((struct ethhdr *)f)->h_proto == htons(ETH_P_IP))
			bytes += (unsigned int)n - 34;
	return bytes == WHOLE;
}

static void nothing_is_left(void)
{
	assert_int_equal(ip_frag_mem(&init_net), 0);
	assert_int_equal(ip_frag_nqueues(&init_net), 0);
}

static void fragments_in_order(void **state)
{
	introduce_peer();
	fragment(++next_id, 0, 1480, true);
	fragment(next_id, 1480, 1480, true);
	fragment(next_id, 2960, 48, false);
	assert_true(answered());
	nothing_is_left();
}

static void fragments_in_any_order(void **state)
{
	fragment(++next_id, 2960, 48, false);
	fragment(next_id, 0, 1480, true);
	fragment(next_id, 1480, 1480, true);
	assert_true(answered());
	fragment(++next_id, 1480, 1480, true);
	fragment(next_id, 2960, 48, false);
	fragment(next_id, 0, 1480, true);
	assert_true(answered());
	nothing_is_left();
}

static void tiny_fragments(void **state)
{
	unsigned int at;

	++next_id;
	for (at = 0; at < WHOLE; at += 8)
		fragment(next_id, at, 8, at + 8 < WHOLE);
	assert_true(answered());
	nothing_is_left();
}

static void a_duplicate_does_no_harm(void **state)
{
	u64 before = drops(SKB_DROP_REASON_DUP_FRAG);

	fragment(++next_id, 0, 1480, true);
	fragment(next_id, 0, 1480, true);
	fragment(next_id, 0, 800, true);
	fragment(next_id, 1480, 1480, true);
	fragment(next_id, 2960, 48, false);
	assert_true(answered());
	assert_int_equal(drops(SKB_DROP_REASON_DUP_FRAG), before + 2);
	nothing_is_left();
}

static void an_overlap_drops_the_whole_datagram(void **state)
{
	u64 before = drops(SKB_DROP_REASON_FRAG_OVERLAP);

	fragment(++next_id, 0, 1480, true);
	fragment(next_id, 1472, 1488 - 8, true);
	assert_int_equal(drops(SKB_DROP_REASON_FRAG_OVERLAP), before + 2);
	nothing_is_left();
	fragment(next_id, 2960, 48, false);
	fragment(next_id, 1480, 1480, true);
	assert_false(answered());
	pass(31 * SECOND);
	drain();
	nothing_is_left();
}

static void a_covering_fragment_is_an_overlap(void **state)
{
	fragment(++next_id, 800, 80, true);
	fragment(next_id, 0, 1480, true);
	nothing_is_left();
}

static void contradicting_ends_are_refused(void **state)
{
	fragment(++next_id, 2960, 48, false);
	fragment(next_id, 2952, 48, false);
	nothing_is_left();
	fragment(++next_id, 1480, 48, false);
	fragment(next_id, 1600, 80, true);
	nothing_is_left();
}

static void impossible_lengths_are_refused(void **state)
{
	u64 before = drops(SKB_DROP_REASON_FRAG_MALFORMED);
	u8 f[2048], data[1480] = { 0 };

	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, 0x1fff, ++next_id, data,
			 1480)); /* beyond 65535 */
	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, IP_MF | 3, ++next_id, data,
			 7)); /* nothing of 8 bytes */
	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, IP_MF, ++next_id, data, 0));
	assert_true(drops(SKB_DROP_REASON_FRAG_MALFORMED) >= before + 3);
	nothing_is_left();
}

static void time_out_is_told_only_with_the_first_fragment(void **state)
{
	const struct icmphdr *icmph = NULL;
	u8 f[2048];

	fragment(++next_id, 1480, 1480, true);
	pass(31 * SECOND);
	nothing_is_left();
	drain();
	introduce_peer();
	fragment(++next_id, 0, 1480, true);
	pass(29 * SECOND);
	drain();
	introduce_peer();
	pass(2 * SECOND);
	while (take(f, sizeof(f)))
		if (((struct ethhdr *)f)->h_proto == htons(ETH_P_IP))
			icmph = (const struct icmphdr *)(frame_ip(f) + 1);
	assert_non_null(icmph);
	assert_int_equal(icmph->type, ICMP_TIME_EXCEEDED);
	assert_int_equal(icmph->code, ICMP_EXC_FRAGTIME);
	nothing_is_left();
}

/* Fragments of other datagrams of @source, none of which will ever be whole. */
static void others(__be32 source, unsigned int n)
{
	static u16 id = 40000;
	u8 f[2048];

	while (n--)
		give(f, ip_frame(f, our_mac, source, OUR_IP, IPPROTO_ICMP, 1 | IP_MF, id++, message,
				 8));
}

static void an_id_that_is_used_again_is_another_datagram(void **state)
{
	u64 before = drops(SKB_DROP_REASON_FRAG_TOO_FAR);

	fragment(++next_id, 0, 1480, true);
	others(PEER_IP, 63);
	fragment(next_id, 1480, 1480, true);
	others(PEER_IP, 64); /* one too many since: what is there is old */
	fragment(next_id, 2960, 48, false);
	assert_int_equal(drops(SKB_DROP_REASON_FRAG_TOO_FAR), before + 2);
	assert_false(answered());
	fragment(next_id, 0, 1480, true);
	others(IP(10, 0, 2, 99), 200); /* another host's do not count */
	fragment(next_id, 1480, 1480, true);
	assert_true(answered());
	pass(40 * SECOND);
	drain();
	nothing_is_left();
}

static u8 reassembled[4096];
static int reassembled_len;

IN_TASK(listen_to_whole_packets)
{
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, IPPROTO_ICMP, &raw), 0);
	return 0;
}

static int read_whole(void *unused)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { reassembled, sizeof(reassembled) };

	reassembled_len =
		kernel_recvmsg(raw, &msg, &vec, 1, sizeof(reassembled), MSG_DONTWAIT);
	return 0;
}

IN_TASK(close_the_listener)
{
	sock_release(raw);
	return 0;
}

/* Three pieces with a TOS and DF of their own; the header of what came out, or NULL. */
static const struct iphdr *pieces(const u8 tos[3], const u16 df[3])
{
	static const struct {
		unsigned int offset, len;
	} cut[3] = { { 0, 1480 }, { 1480, 1480 }, { 2960, 48 } };
	unsigned int i;
	u8 f[2048];

	next_id++;
	for (i = 0; i < 3; i++) {
		u16 field = (u16)(cut[i].offset / 8 | (i < 2 ? IP_MF : 0) | df[i]);
		size_t n = ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, field, next_id,
				    message + cut[i].offset, cut[i].len);
		struct iphdr *iph = (struct iphdr *)(f + 14);

		iph->tos = tos[i];
		ip_send_check(iph);
		give(f, n);
	}
	drain();
	run_task(read_whole, NULL);
	return reassembled_len > 0 ? (const struct iphdr *)reassembled : NULL;
}

static void congestion_of_one_piece_is_that_of_the_whole(void **state)
{
	static const u16 no_df[3];
	static const u8 marked[3] = { 0x12, 0x13, 0x12 }, clean[3] = { 0x12, 0x12, 0x12 },
			plain[3] = { 0x10, 0x10, 0x10 }, mixed[3] = { 0x12, 0x10, 0x12 };
	u64 before = drops(SKB_DROP_REASON_FRAG_MALFORMED);
	const struct iphdr *iph;

	iph = pieces(marked, no_df);
	assert_non_null(iph);
	assert_int_equal(iph->tos, 0x13);
	assert_int_equal(ip_fast_csum(iph, 5), 0);
	iph = pieces(clean, no_df);
	assert_non_null(iph);
	assert_int_equal(iph->tos, 0x12);
	iph = pieces(plain, no_df);
	assert_non_null(iph);
	assert_int_equal(iph->tos, 0x10);
	assert_null(pieces(mixed, no_df));
	assert_int_equal(drops(SKB_DROP_REASON_FRAG_MALFORMED), before + 3);
	nothing_is_left();
}

static void whoever_cuts_and_says_df_goes_on_saying_it(void **state)
{
	static const u8 tos[3];
	static const u16 all[3] = { IP_DF, IP_DF, IP_DF }, small[3] = { 0, 0, IP_DF };
	const struct iphdr *iph = pieces(tos, all);

	assert_non_null(iph);
	assert_int_equal(iph->frag_off, htons(IP_DF));
	iph = pieces(tos, small);
	assert_non_null(iph);
	assert_int_equal(iph->frag_off, 0);
}

static void memory_is_bounded(void **state)
{
	unsigned int i;

	for (i = 0; i < 20000; i++)
		fragment((u16)i, 8, 1400, true);
	assert_true(ip_frag_mem(&init_net) <=
		    (unsigned long)init_net.ipv4.sysctl_ipfrag_high_thresh + 4096);
	assert_true(drops(SKB_DROP_REASON_FRAG_MEMORY) > 0);
	pass(40 * SECOND);
	drain();
	nothing_is_left();
}

static int set_up(void **state)
{
	struct icmphdr *icmph = (struct icmphdr *)message;
	unsigned int i;

	for (i = 0; i < WHOLE; i++)
		message[i] = (u8)(i * 37);
	*icmph = (struct icmphdr){ .type = ICMP_ECHO };
	icmph->checksum = ip_compute_csum(message, WHOLE);
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_in_order),
		cmocka_unit_test(fragments_in_any_order),
		cmocka_unit_test(tiny_fragments),
		cmocka_unit_test(a_duplicate_does_no_harm),
		cmocka_unit_test(an_overlap_drops_the_whole_datagram),
		cmocka_unit_test(a_covering_fragment_is_an_overlap),
		cmocka_unit_test(contradicting_ends_are_refused),
		cmocka_unit_test(impossible_lengths_are_refused),
		cmocka_unit_test(time_out_is_told_only_with_the_first_fragment),
		cmocka_unit_test(an_id_that_is_used_again_is_another_datagram),
		cmocka_unit_test(listen_to_whole_packets),
		cmocka_unit_test(congestion_of_one_piece_is_that_of_the_whole),
		cmocka_unit_test(whoever_cuts_and_says_df_goes_on_saying_it),
		cmocka_unit_test(close_the_listener),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests_name("ip_fragment", tests, set_up, end_ipv4);
}
