/* SPDX-License-Identifier: MIT */
/* What a router may be told: whom it forwards for, what it takes out of the way (router alert), broadcasts, next hops
 * without a link. RFC 1812 sections 4.2.3 and 5.3, RFC 2113; ip-sysctl. */
#include "router_unit.h"

#include <net/raw.h>

static struct socket *listener;

static const char *reads(const char *name)
{
	static char text[32];

	assert_true(sysctl_read(name, text, sizeof(text)) > 0);
	return text;
}

/* Does a packet of the peer's come out at the other side? */
static bool passes(__be32 daddr)
{
	u8 f[2048];

	return through(f, packet(f, PEER_IP, daddr, NULL, 0, 0, 100), lan) > 0;
}

/* ---- settings ---- */

static void forwarding_is_of_each_device(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_FORWARDING_OFF);

	assert_string_equal(reads("net.ipv4.conf.all.forwarding"), "1");
	assert_string_equal(reads("net.ipv4.conf.eth0.forwarding"), "1");
	assert_string_equal(reads("net.ipv4.conf.all.accept_redirects"), "0");
	assert_true(passes(HOST_IP));
	sysctl("net.ipv4.conf.eth0.forwarding", "0");
	assert_false(passes(HOST_IP));
	assert_int_equal(drops(SKB_DROP_REASON_IP_FORWARDING_OFF), before + 1);
	assert_string_equal(reads("net.ipv4.ip_forward"), "1");
	sysctl("net.ipv4.conf.eth0.forwarding", "1");
	assert_true(passes(HOST_IP));
	sysctl("net.ipv4.conf.all.forwarding", "0");
	assert_string_equal(reads("net.ipv4.ip_forward"), "0");
	assert_string_equal(reads("net.ipv4.conf.default.forwarding"), "0");
	assert_string_equal(reads("net.ipv4.conf.eth1.forwarding"), "0");
	assert_string_equal(reads("net.ipv4.conf.all.accept_redirects"), "1");
	assert_false(passes(HOST_IP));
	sysctl("net.ipv4.ip_forward", "1");
	assert_true(passes(HOST_IP));
}

static int write_wrong(void *unused)
{
	char word[] = "on", one[] = "1";

	assert_int_equal(sysctl_write("net.ipv4.conf.eth0.rp_filter", word), -EINVAL);
	assert_int_equal(sysctl_write("net.ipv4.conf.eth0.mc_forwarding", one), -EPERM);
	return 0;
}

static void devices_follow_the_default_until_they_have_a_value(void **state)
{
	run_task(write_wrong, NULL);
	sysctl("net.ipv4.conf.default.log_martians", "1");
	assert_string_equal(reads("net.ipv4.conf.eth0.log_martians"), "1");
	assert_string_equal(reads("net.ipv4.conf.eth1.log_martians"), "1");
	sysctl("net.ipv4.conf.eth1.log_martians", "1");
	sysctl("net.ipv4.conf.default.log_martians", "0");
	assert_string_equal(reads("net.ipv4.conf.eth0.log_martians"), "0");
	assert_string_equal(reads("net.ipv4.conf.eth1.log_martians"), "1");
	sysctl("net.ipv4.conf.eth1.log_martians", "0");
}

/* What the flow cache knows by the old value must not outlive it. */
static void a_setting_holds_at_once(void **state)
{
	u8 f[2048];
	size_t n = packet(f, IP(203, 0, 113, 9), HOST_IP, NULL, 0, 0, 100);

	command("ip route add 203.0.113.0/24 via 192.168.7.9");
	assert_true(through(f, n, lan) > 0);
	sysctl("net.ipv4.conf.eth0.rp_filter", "1");
	n = packet(f, IP(203, 0, 113, 9), HOST_IP, NULL, 0, 0, 100);
	assert_int_equal(through(f, n, lan), 0);
	sysctl("net.ipv4.conf.eth0.rp_filter", "2"); /* loose: some way back there is */
	n = packet(f, IP(203, 0, 113, 9), HOST_IP, NULL, 0, 0, 100);
	assert_true(through(f, n, lan) > 0);
	sysctl("net.ipv4.conf.eth0.rp_filter", "0");
	command("ip route del 203.0.113.0/24");
}

/* ---- to many ---- */

static void broadcasts_go_on_only_where_that_is_asked_for(void **state)
{
	u8 f[2048];

	assert_false(passes(IP(192, 168, 7, 255)));
	sysctl("net.ipv4.conf.all.bc_forwarding", "1");
	assert_false(passes(IP(192, 168, 7, 255)));
	sysctl("net.ipv4.conf.eth0.bc_forwarding", "1");
	assert_true(through(f, packet(f, PEER_IP, IP(192, 168, 7, 255), NULL, 0, 0, 100), lan) > 0);
	assert_memory_equal(f, "\xff\xff\xff\xff\xff\xff", 6);
	assert_int_equal(frame_ip(f)->ttl, 63);
	assert_false(passes(htonl(INADDR_BROADCAST)));
	sysctl("net.ipv4.conf.all.bc_forwarding", "0");
	assert_false(passes(IP(192, 168, 7, 255)));
}

static void groups_are_not_forwarded(void **state)
{
	static const u8 group_mac[6] = { 1, 0, 0x5e, 1, 2, 3 };
	u8 f[2048];
	size_t n = packet(f, PEER_IP, IP(239, 1, 2, 3), NULL, 0, 0, 100);

	assert_int_equal(through(f, n, lan), 0);
	n = packet(f, PEER_IP, IP(239, 1, 2, 3), NULL, 0, 0, 100);
	memcpy(f, group_mac, 6);
	assert_int_equal(through(f, n, lan), 0);
}

static void a_frame_to_all_may_not_carry_a_packet_to_one(void **state)
{
	u64 before = drops(SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST);
	u8 f[2048];
	size_t n = packet(f, PEER_IP, OUR_IP, NULL, 0, 0, 8);

	memcpy(f, "\xff\xff\xff\xff\xff\xff", 6);
	give(f, n);
	assert_int_equal(drops(SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST), before);
	sysctl("net.ipv4.conf.eth0.drop_unicast_in_l2_multicast", "1");
	give(f, n);
	assert_int_equal(drops(SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST), before + 1);
	n = packet(f, PEER_IP, IP(10, 0, 2, 255), NULL, 0, 0, 8);
	memcpy(f, "\xff\xff\xff\xff\xff\xff", 6);
	give(f, n);
	assert_int_equal(drops(SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST), before + 1);
	sysctl("net.ipv4.conf.eth0.drop_unicast_in_l2_multicast", "0");
	drain_all();
}

/* ---- router alert ---- */

static const u8 router_alert[4] = { IPOPT_RA, 4, 0, 0 };

static int set_alert(struct socket *s, int on)
{
	return kernel_setsockopt(s, SOL_IP, IP_ROUTER_ALERT, &on, sizeof(on));
}

IN_TASK(alert_is_asked_for_once)
{
	struct socket *other;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, PROTOCOL, &listener), 0);
	assert_int_equal(set_alert(listener, 0), -ENOBUFS);
	assert_int_equal(set_alert(listener, 1), 0);
	assert_int_equal(set_alert(listener, 1), -EADDRINUSE);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, IPPROTO_RAW, &other), 0);
	assert_int_equal(set_alert(other, 1), -EINVAL);
	sock_release(other);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &other), 0);
	assert_int_equal(set_alert(other, 1), -EINVAL);
	sock_release(other);
	return 0;
}

static int read_listener(void *unused)
{
	static u8 buf[4096];
	struct kmsghdr msg = { 0 };
	struct iovec vec = { buf, sizeof(buf) };

	return kernel_recvmsg(listener, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
}

static void what_is_alert_is_taken_out_of_the_way(void **state)
{
	u8 f[2048];

	assert_true(passes(HOST_IP));
	assert_int_equal(run_task(read_listener, NULL), -EAGAIN);
	assert_int_equal(
		through(f, packet(f, PEER_IP, HOST_IP, router_alert, 4, 0, 100), lan), 0);
	assert_int_equal(run_task(read_listener, NULL), 20 + 4 + 100);
	/* in two pieces: the socket reads the whole */
	give(f, packet(f, PEER_IP, HOST_IP, router_alert, 4, IP_MF, 800));
	assert_int_equal(run_task(read_listener, NULL), -EAGAIN);
	assert_int_equal(through(f, packet(f, PEER_IP, HOST_IP, router_alert, 4, 100, 50), lan), 0);
	assert_int_equal(run_task(read_listener, NULL), 20 + 4 + 850);
	assert_int_equal(ip_frag_mem(&init_net), 0);
}

static int alert_off(void *unused)
{
	assert_int_equal(set_alert(listener, 0), 0);
	assert_int_equal(set_alert(listener, 1), 0);
	sock_release(listener); /* and closing ends it too */
	return 0;
}

static void nobody_listens_any_more(void **state)
{
	u8 f[2048];

	run_task(alert_off, NULL);
	assert_true(through(f, packet(f, PEER_IP, HOST_IP, router_alert, 4, 0, 100), lan) > 0);
}

/* ---- next hops ---- */

/* The flows of 64 hosts to the far net: how many leave by the LAN? */
static unsigned int by_the_lan(void)
{
	unsigned int i, n = 0;
	u8 f[2048];

	for (i = 1; i <= 64; i++)
		n += through(f, packet(f, IP(10, 0, 2, i + 20), FAR_HOST, NULL, 0, 0, 100), lan) > 0;
	drain_all();
	return n;
}

/* Half of the flows by the gateway on the LAN, half by one on the WAN. */
static int add_two_hops(void *unused)
{
	struct net_device *eth0 = dev_get_by_name(&init_net, "eth0"),
			  *eth1 = dev_get_by_name(&init_net, "eth1");
	struct fib_hop hops[2] = { { .gw = FAR_GW, .oif = eth1->ifindex, .weight = 1 },
				   { .gw = IP(10, 0, 2, 3), .oif = eth0->ifindex, .weight = 1 } };
	struct fib_config cfg = { .fc_dst = FAR_NET,
				  .fc_dst_len = 24,
				  .fc_type = RTN_UNICAST,
				  .fc_hops = hops,
				  .fc_nhs = 2,
				  .fc_nlflags = NLM_F_CREATE };

	rtnl_lock();
	assert_int_equal(fib_table_insert(init_net.ipv4.fib_main, &cfg), 0);
	rtnl_unlock();
	dev_put(eth0);
	dev_put(eth1);
	return 0;
}

static int carrier(void *on)
{
	struct net_device *dev = dev_get_by_name(&init_net, "eth1");

	assert_non_null(dev);
	if (on)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	dev_put(dev);
	return 0;
}

static void set_carrier(bool on)
{
	run_task(carrier, on ? (void *)1 : NULL);
	pass(10 * MILLISECOND);
}

static void hops_without_a_link_are_passed_over_where_that_is_asked_for(void **state)
{
	unsigned int n;

	command("ip route del 198.51.100.0/24");
	run_task(add_two_hops, NULL);
	command("ip neigh add 10.0.2.3 lladdr 02:00:00:00:00:03 dev eth0");
	n = by_the_lan();
	assert_in_range(n, 10, 54);
	set_carrier(false);
	assert_int_equal(by_the_lan(), 0); /* the link is dead, and half of the flows with it */
	sysctl("net.ipv4.conf.eth1.ignore_routes_with_linkdown", "1");
	n = 0;
	for (unsigned int i = 1; i <= 64; i++) {
		u8 f[2048];

		n += through(f, packet(f, IP(10, 0, 2, i + 20), FAR_HOST, NULL, 0, 0, 100), port) > 0;
		drain_all();
	}
	assert_int_equal(n, 64);
	set_carrier(true);
	n = by_the_lan();
	assert_in_range(n, 10, 54);
	sysctl("net.ipv4.conf.eth1.ignore_routes_with_linkdown", "0");
}

/* ---- the machine ---- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meet_both_neighbours),
		cmocka_unit_test(forwarding_is_of_each_device),
		cmocka_unit_test(devices_follow_the_default_until_they_have_a_value),
		cmocka_unit_test(a_setting_holds_at_once),
		cmocka_unit_test(broadcasts_go_on_only_where_that_is_asked_for),
		cmocka_unit_test(groups_are_not_forwarded),
		cmocka_unit_test(a_frame_to_all_may_not_carry_a_packet_to_one),
		cmocka_unit_test(alert_is_asked_for_once),
		cmocka_unit_test(what_is_alert_is_taken_out_of_the_way),
		cmocka_unit_test(nobody_listens_any_more),
		cmocka_unit_test(hops_without_a_link_are_passed_over_where_that_is_asked_for),
	};

	return cmocka_run_group_tests_name("router", tests, set_up, end_ipv4);
}
