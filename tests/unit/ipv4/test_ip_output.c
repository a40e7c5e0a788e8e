/* SPDX-License-Identifier: MIT */
/* What the header of a packet of ours says: identification, priority. RFC 6864, RFC 7739. */
#include "ipv4_unit.h"

/* The id that a packet to @daddr gets, which may be cut unless @df. */
static u16 next_id(__be32 daddr, bool df)
{
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct iphdr *iph;
	u16 id;

	assert_non_null(skb);
	skb_reset_network_header(skb);
	iph = skb_put(skb, sizeof(*iph));
	*iph = (struct iphdr){ .version = 4,
			       .ihl = 5,
			       .protocol = IPPROTO_UDP,
			       .frag_off = df ? htons(IP_DF) : 0,
			       .saddr = OUR_IP,
			       .daddr = daddr };
	ip_select_ident(&init_net, skb, NULL);
	id = ntohs(iph->id);
	consume_skb(skb);
	return id;
}

static void ids_of_one_destination_do_not_repeat(void **state)
{
	u16 first = next_id(PEER_IP, false);
	unsigned int i;

	for (i = 1; i < 65536; i++)
		assert_int_equal(next_id(PEER_IP, false), (u16)(first + i));
	assert_int_equal(next_id(PEER_IP, false), first);
}

static void destinations_count_apart(void **state)
{
	unsigned int i, near = 0;
	u16 before = next_id(IP(10, 1, 0, 0), false);

	for (i = 1; i < 200; i++) {
		u16 id = next_id(IP(10, 1, 0, i), false);

		near += (u16)(id - before) < 100;
		before = id;
	}
	assert_true(near < 10);
}

/* One millisecond is one number at most: the id cannot come round before its time either. */
static void time_adds_what_nobody_can_guess(void **state)
{
	unsigned int jumps[16], i, equal = 0;
	u16 before, now;

	for (i = 0; i < 16; i++) {
		before = next_id(PEER_IP, false);
		pass(1000 * MILLISECOND);
		now = next_id(PEER_IP, false);
		jumps[i] = (u16)(now - before);
		assert_in_range(jumps[i], 1, 1000);
		equal += i && jumps[i] == jumps[i - 1];
	}
	assert_true(equal < 4);
}

static void what_is_never_cut_needs_no_id(void **state)
{
	assert_int_equal(next_id(PEER_IP, true), 0);
}

static void a_type_of_service_has_its_priority(void **state)
{
	static const struct {
		u8 tos;
		u32 priority;
	} known[] = { { 0, 0 },	   { 0x02, 0 }, { 0x08, 2 }, { 0x0a, 2 },
		      { 0x10, 6 }, { 0x18, 4 }, { 0xb8, 4 }, { 0xe0, 0 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		assert_int_equal(rt_tos2priority(known[i].tos), known[i].priority);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_one_destination_do_not_repeat),
		cmocka_unit_test(destinations_count_apart),
		cmocka_unit_test(time_adds_what_nobody_can_guess),
		cmocka_unit_test(what_is_never_cut_needs_no_id),
		cmocka_unit_test(a_type_of_service_has_its_priority),
	};

	return cmocka_run_group_tests_name("ip_output", tests, set_up, end_ipv4);
}
