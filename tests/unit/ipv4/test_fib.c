/* SPDX-License-Identifier: MIT */
/* The FIB: longest match, order among routes of one prefix, next-hop checks, the routes that follow
 * addresses; and what a route look-up makes of it. */
#include "ipv4_unit.h"

static struct net_device *eth0;

static int insert(__be32 dst, u8 plen, __be32 gw, u32 priority)
{
	struct fib_config cfg = { .fc_dst = dst,
				  .fc_dst_len = plen,
				  .fc_gw = gw,
				  .fc_priority = priority,
				  .fc_type = RTN_UNICAST,
				  .fc_scope = gw ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
				  .fc_oif = eth0->ifindex,
				  .fc_protocol = RTPROT_STATIC,
				  .fc_nlflags = NLM_F_CREATE | NLM_F_EXCL };
	int err;

	rtnl_lock();
	err = fib_table_insert(init_net.ipv4.fib_main, &cfg);
	rtnl_unlock();
	return err;
}

static int delete (__be32 dst, u8 plen)
{
	struct fib_config cfg = { .fc_dst = dst, .fc_dst_len = plen, .fc_noscope = true };
	int err;

	rtnl_lock();
	err = fib_table_delete(init_net.ipv4.fib_main, &cfg);
	rtnl_unlock();
	return err;
}

/* The prefix length that @dst matches in the main table, or -errno. */
static int match(__be32 dst)
{
	struct flowi4 fl4 = { .daddr = dst };
	struct fib_result res;
	int err;

	local_bh_disable();
	err = fib_lookup(&init_net, &fl4, &res);
	local_bh_enable();
	return err ? err : res.prefixlen;
}

static __be32 gateway(__be32 dst)
{
	struct rtable *rt = ip_route_output(&init_net, dst, 0, 0, 0);
	__be32 gw;

	assert_false(IS_ERR(rt));
	gw = rt->rt_gateway;
	dst_release(&rt->dst);
	return gw;
}

IN_TASK(longest_prefix_wins)
{
	assert_int_equal(insert(IP(192, 0, 0, 0), 8, PEER_IP, 0), 0);
	assert_int_equal(insert(IP(192, 0, 2, 0), 24, IP(10, 0, 2, 3), 0), 0);
	assert_int_equal(insert(IP(192, 0, 2, 1), 32, IP(10, 0, 2, 4), 0), 0);
	assert_int_equal(match(IP(192, 0, 2, 1)), 32);
	assert_int_equal(match(IP(192, 0, 2, 2)), 24);
	assert_int_equal(match(IP(192, 1, 1, 1)), 8);
	assert_int_equal(gateway(IP(192, 0, 2, 1)), IP(10, 0, 2, 4));
	assert_int_equal(gateway(IP(192, 1, 1, 1)), PEER_IP);
	assert_int_equal(delete (IP(192, 0, 2, 1), 32), 0);
	assert_int_equal(gateway(IP(192, 0, 2, 1)),
			 IP(10, 0, 2, 3)); /* the cached route is gone as well */
	assert_int_equal(delete (IP(192, 0, 2, 0), 24), 0);
	assert_int_equal(delete (IP(192, 0, 0, 0), 8), 0);
	assert_int_equal(match(IP(192, 0, 2, 1)), 0); /* the default route of the set-up */
	return 0;
}

IN_TASK(lower_metric_wins_and_equal_ones_exist)
{
	assert_int_equal(insert(IP(192, 0, 2, 0), 24, PEER_IP, 10), 0);
	assert_int_equal(insert(IP(192, 0, 2, 0), 24, IP(10, 0, 2, 3), 5), 0);
	assert_int_equal(insert(IP(192, 0, 2, 0), 24, IP(10, 0, 2, 4), 5), -EEXIST);
	assert_int_equal(gateway(IP(192, 0, 2, 1)), IP(10, 0, 2, 3));
	assert_int_equal(delete (IP(192, 0, 2, 0), 24), 0);
	assert_int_equal(gateway(IP(192, 0, 2, 1)), PEER_IP);
	assert_int_equal(delete (IP(192, 0, 2, 0), 24), 0);
	assert_int_equal(delete (IP(192, 0, 2, 0), 24), -ESRCH);
	return 0;
}

IN_TASK(wrong_routes_are_refused)
{
	assert_int_equal(insert(IP(192, 0, 2, 1), 24, PEER_IP, 0),
			 -EINVAL); /* bits beyond the prefix */
	assert_int_equal(insert(IP(192, 0, 2, 0), 24, IP(99, 9, 9, 9), 0),
			 -ENETUNREACH); /* not on the link */
	assert_int_equal(insert(IP(192, 0, 2, 0), 33, PEER_IP, 0), -EINVAL);
	assert_int_equal(match(IP(192, 0, 2, 1)), 0);
	return 0;
}

IN_TASK(many_routes_are_found_and_deleted)
{
	unsigned int i, n = 5000, before = init_net.ipv4.fib_main->tb_routes;

	for (i = 0; i < n; i++)
		assert_int_equal(insert(htonl(0xc8000000 + (i << 8)), 24, PEER_IP, 0), 0);
	for (i = 0; i < n; i += 7)
		assert_int_equal(match(htonl(0xc8000000 + (i << 8) + 9)), 24);
	for (i = 0; i < n; i++)
		assert_int_equal(delete (htonl(0xc8000000 + (i << 8)), 24), 0);
	assert_int_equal(init_net.ipv4.fib_main->tb_routes, before);
	return 0;
}

/* How many prefixes a look-up of @dst compares with before it has its answer. */
static unsigned int steps(__be32 dst)
{
	const struct fib_table *tb = init_net.ipv4.fib_main;
	unsigned int n = 0, bits;
	const struct fib_node *fn;
	int plen;

	for (plen = 32; plen >= 0; plen--) {
		const struct fn_zone *fz = &tb->tb_zone[plen];
		__be32 key = dst & inet_make_mask(plen);

		if (!(tb->tb_zones & 1ull << plen))
			continue;
		/* as fib.c chooses the chain: the one that holds the prefix, or would */
		bits = fz->fz_bits;
		hlist_for_each_entry(fn, &fz->fz_hash[hash_32(ntohl(key) ^ (ntohl(key) >> 16), bits)],
				     fn_hash) {
			n++;
			if (fn->fn_key == key)
				return n;
		}
	}
	return n;
}

/* Prefixes of nine lengths, as a router on the Internet has them. */
static __be32 internet(unsigned int i, int *plen)
{
	*plen = 16 + (int)(i % 9);
	return htonl(0x80000000u + i * 2654435761u % 0x40000000u) & inet_make_mask(*plen);
}

static unsigned long mean_steps_in_hundredths(unsigned int routes)
{
	unsigned long sum = 0;
	unsigned int i;
	int plen;

	for (i = 0; i < routes; i += routes / 1000)
		sum += steps(internet(i, &plen));
	return sum / 10;
}

IN_TASK(a_look_up_among_100000_routes_is_as_short_as_among_1000)
{
	unsigned int i, before = init_net.ipv4.fib_main->tb_routes, added = 0;
	unsigned long few = 0, many;
	__be32 dst;
	int plen;

	for (i = 0; i < 100000; i++) {
		dst = internet(i, &plen);
		added += insert(dst, (u8)plen, PEER_IP, i) == 0;
		if (i == 1000)
			few = mean_steps_in_hundredths(1000);
	}
	assert_true(added > 95000);
	many = mean_steps_in_hundredths(100000);
	print_message("steps of a look-up: %lu.%02lu among 1,000 routes, %lu.%02lu among %u; %zu bytes a route\n",
		      few / 100, few % 100, many / 100, many % 100, added,
		      sizeof(struct fib_node) + sizeof(struct fib_alias) + sizeof(struct fib_info) +
			      sizeof(struct fib_nh));
	assert_true(many < 1500 && many < few + 500);
	for (i = 0; i < 100000; i += 97) {
		dst = internet(i, &plen);
		assert_true(match(dst | htonl(1)) >= plen);
	}
	for (i = 0; i < 100000; i++) {
		dst = internet(i, &plen);
		delete (dst, (u8)plen);
	}
	assert_int_equal(init_net.ipv4.fib_main->tb_routes, before);
	return 0;
}

IN_TASK(address_types)
{
	assert_int_equal(inet_addr_type(&init_net, OUR_IP), RTN_LOCAL);
	assert_int_equal(inet_addr_type(&init_net, IP(127, 1, 2, 3)), RTN_LOCAL);
	assert_int_equal(inet_addr_type(&init_net, IP(10, 0, 2, 255)), RTN_BROADCAST);
	assert_int_equal(inet_addr_type(&init_net, IP(10, 0, 2, 0)), RTN_UNICAST); /* since 5.14 */
	assert_int_equal(inet_addr_type(&init_net, IP(255, 255, 255, 255)), RTN_BROADCAST);
	assert_int_equal(inet_addr_type(&init_net, IP(224, 0, 0, 5)), RTN_MULTICAST);
	assert_int_equal(inet_addr_type(&init_net, PEER_IP), RTN_UNICAST);
	return 0;
}

IN_TASK(source_is_chosen_by_the_route)
{
	struct flowi4 fl4 = { .daddr = IP(8, 8, 8, 8) };
	struct rtable *rt = ip_route_output_key(&init_net, &fl4);

	assert_false(IS_ERR(rt));
	assert_int_equal(fl4.saddr, OUR_IP);
	assert_int_equal(rt->rt_gateway, PEER_IP);
	assert_ptr_equal(rt->dst.dev, eth0);
	dst_release(&rt->dst);
	fl4 = (struct flowi4){ .daddr = OUR_IP };
	rt = ip_route_output_key(&init_net, &fl4);
	assert_false(IS_ERR(rt));
	assert_ptr_equal(rt->dst.dev, init_net.loopback_dev);
	assert_int_equal(fl4.saddr, OUR_IP);
	dst_release(&rt->dst);
	fl4 = (struct flowi4){ .daddr = PEER_IP, .saddr = IP(1, 2, 3, 4) };
	assert_int_equal(PTR_ERR(ip_route_output_key(&init_net, &fl4)), -ENETUNREACH);
	return 0;
}

IN_TASK(addresses_bring_and_take_their_routes)
{
	struct ifreq ifr = { 0 };
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;

	strscpy(ifr.ifr_name, "eth0:1", IFNAMSIZ);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = IP(172, 16, 5, 1);
	assert_int_equal(devinet_ioctl(&init_net, SIOCSIFADDR, &ifr), 0);
	assert_int_equal(match(IP(172, 16, 99, 1)), 16);
	sin->sin_addr.s_addr = htonl(0xffffff00);
	assert_int_equal(devinet_ioctl(&init_net, SIOCSIFNETMASK, &ifr), 0);
	assert_int_equal(match(IP(172, 16, 5, 9)), 24);
	assert_int_equal(match(IP(172, 16, 99, 1)), 0);
	assert_int_equal(devinet_ioctl(&init_net, SIOCGIFBRDADDR, &ifr), 0);
	assert_int_equal(sin->sin_addr.s_addr, IP(172, 16, 5, 255));
	sin->sin_addr.s_addr = htonl(0xff00ff00);
	assert_int_equal(devinet_ioctl(&init_net, SIOCSIFNETMASK, &ifr), -EINVAL);
	ifr.ifr_flags = 0; /* an alias goes down: its address is gone */
	assert_int_equal(devinet_ioctl(&init_net, SIOCSIFFLAGS, &ifr), 0);
	assert_int_equal(match(IP(172, 16, 5, 9)), 0);
	assert_int_equal(inet_addr_type(&init_net, IP(172, 16, 5, 1)), RTN_UNICAST);
	sin->sin_family = AF_INET;
	assert_int_equal(devinet_ioctl(&init_net, SIOCGIFADDR, &ifr), -EADDRNOTAVAIL);
	return 0;
}

IN_TASK(learnt_mtu_holds_for_a_destination_and_ends)
{
	__be32 dst = IP(8, 8, 4, 4);
	struct rtable *rt = ip_route_output(&init_net, dst, 0, 0, 0);

	assert_int_equal(dst_mtu(&rt->dst), 1500);
	rt->dst.ops->update_pmtu(&rt->dst, 1400);
	assert_null(dst_check(&rt->dst, 0));
	dst_release(&rt->dst);
	rt = ip_route_output(&init_net, dst, 0, 0, 0);
	assert_int_equal(dst_mtu(&rt->dst), 1400);
	rt->dst.ops->update_pmtu(&rt->dst, 100); /* no lower than min_pmtu, and then without DF */
	dst_release(&rt->dst);
	rt = ip_route_output(&init_net, dst, 0, 0, 0);
	assert_int_equal(dst_mtu(&rt->dst), 552);
	assert_true(rt->rt_mtu_locked);
	msleep(601 * 1000);
	assert_int_equal(dst_mtu(&rt->dst), 1500);
	dst_release(&rt->dst);
	return 0;
}

IN_TASK(what_was_learnt_of_one_way_is_not_believed_of_another)
{
	__be32 dst = IP(8, 8, 5, 5);
	struct rtable *rt = ip_route_output(&init_net, dst, 0, 0, 0);

	rt->dst.ops->update_pmtu(&rt->dst, 1300);
	dst_release(&rt->dst);
	assert_int_equal(insert(IP(8, 8, 5, 0), 24, IP(10, 0, 2, 3), 0), 0);
	rt = ip_route_output(&init_net, dst, 0, 0, 0);
	assert_int_equal(rt->rt_gateway, IP(10, 0, 2, 3));
	assert_int_equal(dst_mtu(&rt->dst), 1500);
	dst_release(&rt->dst);
	assert_int_equal(delete (IP(8, 8, 5, 0), 24), 0);
	rt = ip_route_output(&init_net, dst, 0, 0, 0);
	assert_int_equal(dst_mtu(&rt->dst), 1300);
	dst_release(&rt->dst);
	return 0;
}

IN_TASK(interface_down_takes_its_routes_and_up_brings_the_connected_one)
{
	rtnl_lock();
	assert_int_equal(dev_close(eth0), 0);
	rtnl_unlock();
	assert_int_equal(match(PEER_IP), -ENETUNREACH);
	rtnl_lock();
	assert_int_equal(dev_open(eth0), 0);
	rtnl_unlock();
	assert_int_equal(match(PEER_IP), 24);
	assert_int_equal(match(IP(8, 8, 8, 8)), -ENETUNREACH);
	return 0;
}

static int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	eth0 = __dev_get_by_name(&init_net, "eth0");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_prefix_wins),
		cmocka_unit_test(lower_metric_wins_and_equal_ones_exist),
		cmocka_unit_test(wrong_routes_are_refused),
		cmocka_unit_test(many_routes_are_found_and_deleted),
		cmocka_unit_test(a_look_up_among_100000_routes_is_as_short_as_among_1000),
		cmocka_unit_test(address_types),
		cmocka_unit_test(source_is_chosen_by_the_route),
		cmocka_unit_test(addresses_bring_and_take_their_routes),
		cmocka_unit_test(learnt_mtu_holds_for_a_destination_and_ends),
		cmocka_unit_test(what_was_learnt_of_one_way_is_not_believed_of_another),
		cmocka_unit_test(interface_down_takes_its_routes_and_up_brings_the_connected_one),
	};

	return cmocka_run_group_tests_name("fib", tests, set_up, end_ipv4);
}
