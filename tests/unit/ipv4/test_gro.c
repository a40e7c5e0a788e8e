/* SPDX-License-Identifier: MIT */
/* Joining received segments: what becomes one packet, and each rule by which one stays what it is. */
#include "large_unit.h"

static const struct iphdr *ip_of(const struct sk_buff *skb)
{
	return ip_hdr(skb);
}

static const struct tcphdr *tcp_of(const struct sk_buff *skb)
{
	return (const struct tcphdr *)(skb->data + ip_of(skb)->ihl * 4);
}

/* Payload of @skb: @len bytes of the pattern from @seq on. */
static void assert_payload(const struct sk_buff *skb, u32 seq, unsigned int len)
{
	unsigned int hlen = ip_of(skb)->ihl * 4u + tcp_of(skb)->doff * 4u, i;
	static u8 bytes[MAX_BYTES];

	assert_int_equal(skb->len, hlen + len);
	assert_int_equal(skb_copy_bits(skb, (int)hlen, bytes, (int)len), 0);
	for (i = 0; i < len; i++)
		if (bytes[i] != pattern(seq + i))
			fail_msg("byte %u of %u is %02x", i, len, bytes[i]);
}

/* One packet of @n segments of @each bytes (the last may be shorter, so @len in all), whose headers say so. */
static void assert_joined(const struct sk_buff *skb, u32 seq, unsigned int len, unsigned int each,
			  unsigned int n)
{
	const struct iphdr *iph = ip_of(skb);
	__wsum pseudo = csum_tcpudp_nofold(iph->saddr, iph->daddr, skb->len - 20, IPPROTO_TCP, 0);

	assert_payload(skb, seq, len);
	assert_int_equal(ntohs(iph->tot_len), skb->len);
	assert_int_equal(ip_fast_csum(iph, 5), 0);
	assert_int_equal(skb_shinfo(skb)->gso_size, each);
	assert_int_equal(skb_shinfo(skb)->gso_segs, n);
	assert_true(skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4);
	assert_int_equal(skb->ip_summed, CHECKSUM_PARTIAL);
	assert_int_equal(skb->csum_start + skb->head - skb->data, 20);
	assert_int_equal(skb->csum_offset, 16);
	assert_int_equal((u16)~tcp_of(skb)->check, csum_fold(pseudo));
	assert_int_equal(ntohl(tcp_of(skb)->seq), seq);
}

static void assert_single(const struct sk_buff *skb, const struct seg *s)
{
	assert_payload(skb, s->seq, s->len);
	assert_int_equal(skb_shinfo(skb)->gso_size, 0);
}

/* @n segments of 100 bytes that belong together. */
static void fill(struct seg *s, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		s[i] = (struct seg){ .seq = 1000 + 100 * i, .ack = 7, .len = 100, .id = (u16)(20 + i) };
}

static void segments_of_a_flow_become_one(void **state)
{
	u64 packets = dev->offload_stats.rx_gro_packets, segs = dev->offload_stats.rx_gro_segments;
	struct seg s[5];

	fill(s, 5);
	come(s, 5);
	assert_int_equal(nr_up, 1);
	assert_joined(up[0], 1000, 500, 100, 5);
	assert_false(skb_shinfo(up[0])->gso_type & (SKB_GSO_TCP_FIXEDID | SKB_GSO_TCP_ECN));
	assert_int_equal(dev->offload_stats.rx_gro_packets, packets + 1);
	assert_int_equal(dev->offload_stats.rx_gro_segments, segs + 5);
}

static void payload_is_taken_by_reference(void **state)
{
	struct seg s[3];

	fill(s, 3);
	come(s, 3);
	assert_int_equal(skb_shinfo(up[0])->nr_frags, 2); /* the first is where it was */
	assert_null(skb_shinfo(up[0])->frag_list);
	s[0].in_pages = s[1].in_pages = s[2].in_pages = true;
	come(s, 3);
	assert_joined(up[0], 1000, 300, 100, 3);
	assert_int_equal(skb_shinfo(up[0])->nr_frags, 3);
	assert_int_equal(skb_headlen(up[0]), 40);
}

static void beyond_the_fragments_a_list_goes_on(void **state)
{
	struct seg s[60];

	fill(s, 60);
	come(s, 60);
	assert_int_equal(nr_up, 1);
	assert_int_equal(skb_shinfo(up[0])->nr_frags, MAX_SKB_FRAGS);
	assert_non_null(skb_shinfo(up[0])->frag_list);
	assert_joined(up[0], 1000, 6000, 100, 60);
}

static void a_packet_stays_below_64_kib(void **state)
{
	struct seg s[50];
	unsigned int i;

	for (i = 0; i < 50; i++)
		s[i] = (struct seg){ .seq = 1448 * i, .len = 1448, .id = (u16)i };
	come(s, 50);
	assert_int_equal(nr_up, 2);
	assert_joined(up[0], 0, 45 * 1448, 1448, 45);
	assert_joined(up[1], 45 * 1448, 5 * 1448, 1448, 5);
}

static void push_goes_up_at_once(void **state)
{
	struct seg s[3];

	fill(s, 3);
	s[1].flags = TCPHDR_PSH;
	come(s, 3);
	assert_int_equal(nr_up, 2);
	assert_joined(up[0], 1000, 200, 100, 2);
	assert_true(tcp_of(up[0])->psh);
	assert_single(up[1], &s[2]);
	s[1].flags = TCPHDR_FIN;
	come(s, 2);
	assert_int_equal(nr_up, 1);
	assert_true(tcp_of(up[0])->fin);
}

static void a_short_segment_is_the_last(void **state)
{
	struct seg s[4];

	fill(s, 4);
	s[2].len = 40;
	s[3].seq = 1240;
	come(s, 4);
	assert_int_equal(nr_up, 2);
	assert_joined(up[0], 1000, 240, 100, 3);
	assert_single(up[1], &s[3]);
}

static void what_is_alone_and_pushed_is_not_held(void **state)
{
	struct seg s = { .seq = 1, .len = 10, .flags = TCPHDR_PSH }, ack = { .seq = 11 };

	forget_up();
	local_bh_disable();
	napi_gro_receive(&napi, seg_skb(&s));
	assert_int_equal(nr_up, 1);
	napi_gro_receive(&napi, seg_skb(&ack));
	assert_int_equal(nr_up, 2);
	assert_null(napi.gro_list);
	local_bh_enable();
}

static void a_timestamp_that_stands_still_is_no_difference(void **state)
{
	struct seg s[3];
	unsigned int i;

	fill(s, 3);
	for (i = 0; i < 3; i++) {
		s[i].timestamps = true;
		s[i].tsval = 5;
	}
	come(s, 3);
	assert_int_equal(nr_up, 1);
	assert_joined(up[0], 1000, 300, 100, 3);
}

/* ---- what keeps the second of three from being joined ---- */

#define RULE(name, change)                              \
	static void name(struct seg *s)                 \
	{                                               \
		change;                                 \
	}
RULE(urgent, s->flags = TCPHDR_URG)
RULE(reset, s->flags = TCPHDR_RST)
RULE(syn, s->flags = TCPHDR_SYN)
RULE(ece, s->flags = TCPHDR_ECE)
RULE(cwr, s->flags = TCPHDR_CWR)
RULE(ack, s->ack++)
RULE(window, s->win = 999)
RULE(ttl, s->ttl = 63)
RULE(ce, s->tos = 3)
RULE(dont_fragment, s->fragmentable = true)
RULE(id, s->id += 5)
RULE(gap, s->seq++)
RULE(again, s->seq -= 100)
RULE(longer, s->len = 101)
RULE(empty, s->len = 0)
RULE(wrong_sum, s->bad_sum = true)
RULE(padding, s->pad = 6)
RULE(ip_options, s->ip_options = true)
RULE(timestamps, s->timestamps = true)

static const struct {
	const char *name;
	void (*change)(struct seg *s);
} rules[] = {
#define ROW(name) { #name, name }
	ROW(urgent),	    ROW(reset), ROW(syn),    ROW(ece),	 ROW(cwr),    ROW(ack),	      ROW(window),
	ROW(ttl),	    ROW(ce),	ROW(id),     ROW(gap),	 ROW(again),  ROW(longer),    ROW(empty),
	ROW(dont_fragment), ROW(wrong_sum), ROW(padding), ROW(ip_options), ROW(timestamps),
};

static void what_differs_goes_up_by_itself(void **state)
{
	unsigned int i, j;
	struct seg s[2];

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		fill(s, 2);
		rules[i].change(&s[1]);
		come(s, 2);
		if (nr_up != 2)
			fail_msg("%s: %u packets", rules[i].name, nr_up);
		for (j = 0; j < 2; j++) {
			if (skb_shinfo(up[j])->gso_size)
				fail_msg("%s: packet %u was joined", rules[i].name, j);
			/* what has a wrong sum was not held, and overtakes what was: nobody takes it */
			if (rules[i].change != wrong_sum && rules[i].change != ip_options)
				assert_int_equal(ntohl(tcp_of(up[j])->seq), s[j].seq);
		}
	}
}

static void a_wrong_sum_is_left_for_tcp_to_see(void **state)
{
	struct seg s[3];

	fill(s, 3);
	s[1].bad_sum = true;
	come(s, 3);
	assert_int_equal(nr_up, 3);
	assert_int_equal(up[0]->ip_summed, CHECKSUM_NONE); /* the wrong one */
	assert_int_equal(ntohl(tcp_of(up[0])->seq), s[1].seq);
	assert_int_equal(up[1]->ip_summed, CHECKSUM_UNNECESSARY);
}

static void ce_marks_of_all_are_joined(void **state)
{
	struct seg s[3];
	unsigned int i;

	fill(s, 3);
	for (i = 0; i < 3; i++)
		s[i].tos = 3;
	come(s, 3);
	assert_int_equal(nr_up, 1);
	assert_int_equal(ip_of(up[0])->tos, 3);
}

static void cwr_begins_a_packet(void **state)
{
	struct seg s[3];

	fill(s, 3);
	s[0].flags = TCPHDR_CWR;
	come(s, 3);
	assert_int_equal(nr_up, 1);
	assert_joined(up[0], 1000, 300, 100, 3);
	assert_true(skb_shinfo(up[0])->gso_type & SKB_GSO_TCP_ECN);
}

static void ids_may_stand_still_under_df(void **state)
{
	struct seg s[4];
	unsigned int i;

	fill(s, 4);
	for (i = 0; i < 4; i++)
		s[i].id = 77;
	come(s, 4);
	assert_int_equal(nr_up, 1);
	assert_true(skb_shinfo(up[0])->gso_type & SKB_GSO_TCP_FIXEDID);
	/* but not once they have, or have not */
	s[2].id = 78;
	come(s, 3);
	assert_int_equal(nr_up, 2);
	fill(s, 3);
	s[2].id = s[1].id;
	come(s, 3);
	assert_int_equal(nr_up, 2);
	/* and never where fragments are possible */
	fill(s, 2);
	s[0].fragmentable = s[1].fragmentable = true;
	come(s, 2);
	assert_int_equal(nr_up, 1);
	assert_false(skb_shinfo(up[0])->gso_type & SKB_GSO_TCP_FIXEDID);
	s[1].id = s[0].id;
	come(s, 2);
	assert_int_equal(nr_up, 2);
}

static void flows_are_kept_apart(void **state)
{
	struct seg s[6], one[3];
	unsigned int i;

	fill(one, 3);
	for (i = 0; i < 6; i++) {
		s[i] = one[i / 2];
		s[i].sport = i & 1 ? 1001 : 1002;
	}
	come(s, 6);
	assert_int_equal(nr_up, 2);
	assert_joined(up[0], 1000, 300, 100, 3);
	assert_joined(up[1], 1000, 300, 100, 3);
	assert_int_not_equal(tcp_of(up[0])->source, tcp_of(up[1])->source);
}

static void of_too_many_flows_the_oldest_goes(void **state)
{
	struct seg s[MAX_GRO_SKBS + 1];
	unsigned int i;

	forget_up();
	local_bh_disable();
	fill(s, 1);
	for (i = 0; i <= MAX_GRO_SKBS; i++) {
		s[i] = s[0];
		s[i].sport = (u16)(2000 + i);
		napi_gro_receive(&napi, seg_skb(&s[i]));
		assert_int_equal(nr_up, i == MAX_GRO_SKBS);
	}
	assert_int_equal(ntohs(tcp_of(up[0])->source), 2000);
	assert_int_equal(napi.gro_count, MAX_GRO_SKBS);
	napi_gro_flush(&napi);
	local_bh_enable();
	for (i = 0; i < nr_up; i++) /* in the order of their coming */
		assert_int_equal(ntohs(tcp_of(up[i])->source), 2000 + i);
	assert_int_equal(napi.gro_count, 0);
}

static void a_large_packet_is_not_joined_again(void **state)
{
	struct seg s[2];
	struct sk_buff *skb;

	fill(s, 2);
	forget_up();
	local_bh_disable();
	napi_gro_receive(&napi, seg_skb(&s[0]));
	skb = seg_skb(&s[1]);
	skb_shinfo(skb)->gso_size = 50;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4 | SKB_GSO_DODGY;
	napi_gro_receive(&napi, skb);
	napi_gro_flush(&napi);
	local_bh_enable();
	assert_int_equal(nr_up, 2);
	assert_single(up[0], &s[0]);
	assert_int_equal(skb_shinfo(up[1])->gso_size, 50);
}

static void without_the_feature_nothing_is_held(void **state)
{
	struct seg s[2];

	fill(s, 2);
	dev->features &= ~(u32)NETIF_F_GRO;
	come(s, 2);
	dev->features |= NETIF_F_GRO;
	assert_int_equal(nr_up, 2);
}

static int end(void **state)
{
	forget_up();
	assert_int_equal(skbs_in_use(), 0);
	return end_ipv4(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_of_a_flow_become_one),
		cmocka_unit_test(payload_is_taken_by_reference),
		cmocka_unit_test(beyond_the_fragments_a_list_goes_on),
		cmocka_unit_test(a_packet_stays_below_64_kib),
		cmocka_unit_test(push_goes_up_at_once),
		cmocka_unit_test(a_short_segment_is_the_last),
		cmocka_unit_test(what_is_alone_and_pushed_is_not_held),
		cmocka_unit_test(a_timestamp_that_stands_still_is_no_difference),
		cmocka_unit_test(what_differs_goes_up_by_itself),
		cmocka_unit_test(a_wrong_sum_is_left_for_tcp_to_see),
		cmocka_unit_test(ce_marks_of_all_are_joined),
		cmocka_unit_test(cwr_begins_a_packet),
		cmocka_unit_test(ids_may_stand_still_under_df),
		cmocka_unit_test(flows_are_kept_apart),
		cmocka_unit_test(of_too_many_flows_the_oldest_goes),
		cmocka_unit_test(a_large_packet_is_not_joined_again),
		cmocka_unit_test(without_the_feature_nothing_is_held),
	};

	return cmocka_run_group_tests_name("gro", tests, set_up_large, end);
}
