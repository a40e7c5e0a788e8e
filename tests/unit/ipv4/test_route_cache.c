/* SPDX-License-Identifier: MIT */
/* Tests of net/ipv4/route_cache.c: the flow cache serves, is bounded, and forgets; what ICMP taught ends in time. */
#include "ipv4_unit.h"

#include "ipv4_internal.h"

#define CHAINS_TIMES_LENGTH 512u

static struct rtable *way_to(__be32 daddr)
{
	struct rtable *rt = ip_route_output(&init_net, daddr, 0, 0, 0);

	assert_false(IS_ERR(rt));
	return rt;
}

static void put(struct rtable *rt)
{
	dst_release(&rt->dst);
}

static void the_same_flow_has_the_same_route(void **state)
{
	struct rtable *a = way_to(PEER_IP), *b = way_to(PEER_IP), *c = way_to(IP(10, 0, 2, 77));

	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	put(a);
	put(b);
	put(c);
}

static void no_stream_of_addresses_makes_it_grow(void **state)
{
	unsigned long before;
	u32 i;

	rt_cache_flush(&init_net);
	before = dst_entries_in_use();
	for (i = 0; i < 20000; i++)
		put(way_to(htonl(0x50000000 + i * 7919)));
	assert_true(dst_entries_in_use() - before <= CHAINS_TIMES_LENGTH);
	assert_true(dst_entries_in_use() - before >= CHAINS_TIMES_LENGTH / 2); /* and it is used */
	rt_cache_flush(&init_net);
	assert_int_equal(dst_entries_in_use(), before);
}

/* Who holds a route that has been flushed keeps it whole, and finds out that it is obsolete. */
static void a_flushed_route_lives_as_long_as_it_is_held(void **state)
{
	struct rtable *held = way_to(PEER_IP), *again;

	rt_cache_flush(&init_net);
	assert_int_equal(held->dst.obsolete, DST_OBSOLETE_DEAD);
	assert_null(dst_check(&held->dst, 0));
	assert_int_equal(held->rt_key_dst, PEER_IP);
	again = way_to(PEER_IP);
	assert_ptr_not_equal(held, again);
	put(held);
	put(again);
}

static void one_destination_is_forgotten_alone(void **state)
{
	struct rtable *a = way_to(PEER_IP), *b = way_to(IP(10, 0, 2, 77)), *c;

	rt_cache_forget(&init_net, PEER_IP);
	c = way_to(PEER_IP);
	assert_ptr_not_equal(a, c);
	put(c);
	c = way_to(IP(10, 0, 2, 77));
	assert_ptr_equal(b, c);
	put(a);
	put(b);
	put(c);
}

/* The route of a packet from @saddr to us, as it comes in, with a reference. */
static struct rtable *way_from(__be32 saddr)
{
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct rtable *rt;

	local_bh_disable();
	skb->dev = dev;
	assert_int_equal(ip_route_input(skb, OUR_IP, saddr, 0, dev), 0);
	rt = (struct rtable *)dst_clone(skb_dst(skb));
	kfree_skb(skb);
	local_bh_enable();
	return rt;
}

/* A packet of the same flow gets the last one's route at once, but only while that is in the cache. */
static void the_last_packets_route_goes_with_the_cache(void **state)
{
	struct rtable *a = way_from(PEER_IP), *b = way_from(PEER_IP), *c;

	assert_ptr_equal(a, b);
	put(b);
	b = way_from(PEER_IP);
	assert_ptr_equal(init_net.ipv4.rt_last_input, b);
	c = way_from(IP(10, 0, 2, 77)); /* another flow */
	assert_ptr_not_equal(b, c);
	assert_int_equal(c->rt_key_src, IP(10, 0, 2, 77));
	put(c);
	put(b);
	b = way_from(PEER_IP);
	assert_ptr_equal(a, b);
	put(b);
	rt_cache_flush(&init_net);
	assert_null(init_net.ipv4.rt_last_input);
	b = way_from(PEER_IP);
	assert_ptr_not_equal(a, b);
	put(a);
	put(b);
}

static void what_was_learnt_ends_each_in_its_time(void **state)
{
	__be32 to = IP(192, 0, 2, 1);
	struct rt_exception *e = rt_exception_get(&init_net, to);

	assert_null(rt_exception_find(&init_net, to)); /* nothing is in it yet */
	e->pmtu = 1280;
	e->pmtu_expires = jiffies + msecs_to_jiffies(10000);
	e->gw = PEER_IP;
	e->gw_expires = jiffies + msecs_to_jiffies(20000);
	assert_ptr_equal(rt_exception_find(&init_net, to), e);
	assert_null(rt_exception_find(&init_net, IP(192, 0, 2, 2)));
	pass(10 * SECOND);
	assert_ptr_equal(rt_exception_find(&init_net, to), e);
	assert_int_equal(e->pmtu, 0);
	assert_int_equal(e->gw, PEER_IP);
	pass(10 * SECOND);
	assert_null(rt_exception_find(&init_net, to));
}

/* As many as an attacker likes: the newest stay, 64 buckets of four at the most. */
static void exceptions_are_bounded_and_the_oldest_go(void **state)
{
	unsigned int alive = 0;
	u32 i;

	for (i = 0; i < 5000; i++) {
		struct rt_exception *e = rt_exception_get(&init_net, htonl(0x60000000 + i));

		e->pmtu = 1000;
		e->pmtu_expires = jiffies + msecs_to_jiffies(600000);
		pass(MILLISECOND); /* each has a jiffy of its own */
		assert_non_null(rt_exception_find(&init_net, htonl(0x60000000 + i)));
	}
	for (i = 0; i < 5000; i++)
		alive += rt_exception_find(&init_net, htonl(0x60000000 + i)) != NULL;
	assert_true(alive > 200 && alive <= 256);
	for (i = 0; i < 3000; i++) /* of four in a bucket the oldest went first */
		assert_null(rt_exception_find(&init_net, htonl(0x60000000 + i)));
}

/* RFC 1812 section 4.3.3.2: ever more slowly, and after nine not at all, until there was silence. */
static void redirects_are_sent_ever_more_slowly(void **state)
{
	u64 gap, last = 0, start = skiff_now();
	unsigned int sent = 0;

	for (; skiff_now() - start < 30 * SECOND; pass(MILLISECOND)) {
		if (!rt_redirect_allowed(&init_net, PEER_IP))
			continue;
		gap = skiff_now() - last;
		assert_true(!sent || gap >= 20 * MILLISECOND << sent);
		last = skiff_now();
		sent++;
	}
	assert_int_equal(sent, 9);
	assert_true(rt_redirect_allowed(&init_net, IP(10, 0, 2, 9))); /* another's share is its own */
	pass(21 * SECOND);
	assert_true(rt_redirect_allowed(&init_net, PEER_IP));
}

static int start(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_flow_has_the_same_route),
		cmocka_unit_test(no_stream_of_addresses_makes_it_grow),
		cmocka_unit_test(a_flushed_route_lives_as_long_as_it_is_held),
		cmocka_unit_test(one_destination_is_forgotten_alone),
		cmocka_unit_test(the_last_packets_route_goes_with_the_cache),
		cmocka_unit_test(what_was_learnt_ends_each_in_its_time),
		cmocka_unit_test(exceptions_are_bounded_and_the_oldest_go),
		cmocka_unit_test(redirects_are_sent_ever_more_slowly),
	};

	return cmocka_run_group_tests_name("route_cache", tests, start, end_ipv4);
}
