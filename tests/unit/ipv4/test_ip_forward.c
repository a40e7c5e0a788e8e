/* SPDX-License-Identifier: MIT */
/* A router with two links: packets that go on, that cannot, and that nobody may send; source routes
 * and what is recorded on the way. RFC 791 section 3.1, RFC 1812 sections 4.3, 5.2 and 5.3.7. */
#include "router_unit.h"

/* ---- on and back ---- */

static void a_packet_leaves_by_the_other_link(void **state)
{
	u64 before = init_net.mib.ip[IPSTATS_MIB_OUTFORWDATAGRAMS];
	u8 f[2048];
	size_t n = through(f, packet(f, PEER_IP, HOST_IP, NULL, 0, 0, 100), lan);

	assert_int_equal(n, 14 + 20 + 100);
	assert_memory_equal(f, host_mac, 6);
	assert_memory_equal(f + 6, lan_mac, 6);
	assert_int_equal(frame_ip(f)->ttl, 63);
	assert_int_equal(ip_fast_csum(frame_ip(f), 5), 0);
	assert_int_equal(init_net.mib.ip[IPSTATS_MIB_OUTFORWDATAGRAMS], before + 1);
}

static void a_frame_for_another_station_is_not_forwarded(void **state)
{
	u64 before = drops(SKB_DROP_REASON_OTHERHOST);
	u8 f[2048];
	size_t n = packet(f, PEER_IP, HOST_IP, NULL, 0, 0, 100);

	memcpy(f, "\xff\xff\xff\xff\xff\xff", 6); /* by broadcast: RFC 1812 section 5.3.4 */
	assert_int_equal(through(f, n, lan), 0);
	assert_int_equal(drops(SKB_DROP_REASON_OTHERHOST), before + 1);
}

static void too_long_is_said_or_cut(void **state)
{
	static const u8 route[8] = { IPOPT_RR, 7, 4, 0, 0, 0, 0, 0 };
	u8 f[2048];
	size_t n = through(f, packet(f, PEER_IP, HOST_IP, NULL, 0, IP_DF, 1200), port);

	expect_icmp(f, n, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	assert_int_equal(ntohs(icmp_of(f)->un.frag.mtu), LAN_MTU);
	n = through(f, packet(f, PEER_IP, HOST_IP, route, 8, 0, 1200), lan);
	assert_true(n > 0 && n <= 14 + LAN_MTU);
	assert_int_equal(ntohs(frame_ip(f)->frag_off), IP_MF);
	assert_int_equal(options_of(f)[0], IPOPT_RR);
	n = skiff_port_take(lan, f, sizeof(f), NULL);
	assert_true(n > 0);
	assert_int_equal(ntohs(frame_ip(f)->frag_off), (LAN_MTU - 28) / 8);
	assert_int_equal(options_of(f)[0],
			 IPOPT_NOOP); /* a recorded route is in the first piece alone */
	assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 0);
}

/* A route's own MTU is less than its link's: what is longer is said or cut by that, at once and not only by the device. */
static void a_routes_own_mtu_is_kept_to(void **state)
{
	u8 f[2048];
	size_t n;

	command("ip route add 198.51.100.5/32 via 192.168.7.9 mtu 700");
	n = through(f, packet(f, PEER_IP, FAR_HOST, NULL, 0, IP_DF, 680), lan);
	assert_int_equal(n, 14 + 700);
	n = through(f, packet(f, PEER_IP, FAR_HOST, NULL, 0, IP_DF, 684), port);
	expect_icmp(f, n, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	assert_int_equal(ntohs(icmp_of(f)->un.frag.mtu), 700);
	n = through(f, packet(f, PEER_IP, FAR_HOST, NULL, 0, 0, 900), lan);
	assert_int_equal(n, 14 + 20 + 680);
	assert_int_equal(ntohs(frame_ip(f)->frag_off), IP_MF);
	assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 14 + 20 + 220);
	n = through(f, packet(f, PEER_IP, IP(198, 51, 100, 6), NULL, 0, IP_DF, 900), lan);
	assert_int_equal(n, 14 + 20 + 900); /* the wider route beside it */
	command("ip route del 198.51.100.5/32");
	n = through(f, packet(f, PEER_IP, FAR_HOST, NULL, 0, IP_DF, 900), lan);
	assert_int_equal(n, 14 + 20 + 900);
	drain_all();
}

static void no_memory_to_forward_is_a_drop_with_a_name(void **state)
{
	u64 before = drops(SKB_DROP_REASON_NOMEM);
	u8 f[2048];
	unsigned long nth;
	size_t n = 0;

	for (nth = 1; !n && nth < 40; nth++) {
		n = packet(f, PEER_IP, HOST_IP, NULL, 0, 0, 1200); /* two fragments */
		hosted_fail_alloc(nth, 0, 0);
		give(f, n);
		hosted_fail_alloc(0, 0, 0);
		for (n = 0; skiff_port_take(lan, f, 2048, NULL);)
			n++;
		n = n == 2;
	}
	assert_true(nth > 4 && nth < 40);
	assert_true(drops(SKB_DROP_REASON_NOMEM) >= before + 2);
}

/* ---- nowhere to go ---- */

static void routes_that_refuse_answer_each_in_its_way(void **state)
{
	u8 f[2048];

	command("ip route add unreachable 203.0.113.0/24");
	expect_icmp(f, through(f, packet(f, PEER_IP, IP(203, 0, 113, 1), NULL, 0, 0, 8), port),
		    ICMP_DEST_UNREACH, ICMP_HOST_UNREACH);
	command("ip route del unreachable 203.0.113.0/24");
	command("ip route del default");
	expect_icmp(f, through(f, packet(f, PEER_IP, IP(203, 0, 113, 2), NULL, 0, 0, 8), port),
		    ICMP_DEST_UNREACH, ICMP_NET_UNREACH);
	command("ip route add default via 10.0.2.2");
}

static void the_way_back_by_the_same_link_is_told_to_the_sender(void **state)
{
	u8 f[2048];
	size_t n = through(f, packet(f, PEER_IP, IP(10, 0, 2, 77), NULL, 0, 0, 8), port);

	pass(2 * SECOND);
	drain_all();
	n = through(f, packet(f, PEER_IP, IP(10, 0, 2, 77), NULL, 0, 0, 8), port);
	expect_icmp(f, n, ICMP_REDIRECT, ICMP_REDIR_HOST);
	assert_int_equal(icmp_of(f)->un.gateway, IP(10, 0, 2, 77));
	drain_all();
}

/* ---- martians ---- */

static void impossible_addresses_are_martians(void **state)
{
	static const struct {
		__be32 saddr, daddr;
	} bad[] = {
		{ IP(127, 0, 0, 1), HOST_IP },
		{ IP(0, 0, 0, 1), HOST_IP },
		{ IP(224, 0, 0, 9), HOST_IP },
		{ IP(255, 255, 255, 255), HOST_IP },
		{ PEER_IP, IP(127, 0, 0, 1) },
		{ PEER_IP, IP(0, 0, 0, 7) },
		{ OUR_IP, HOST_IP }, /* our own address comes from outside */
		{ IP(10, 0, 2, 255), HOST_IP },
		{ LAN_IP, OUR_IP },
		{ OUR_IP, IP(255, 255, 255, 255) },
		{ IP(127, 0, 0, 1), IP(224, 0, 0, 1) },
		{ IP(224, 0, 0, 5), IP(224, 0, 0, 1) },
	};
	u64 before = drops(SKB_DROP_REASON_IP_MARTIAN);
	u8 f[2048];
	unsigned int i;

	console_loglevel = 0; /* they are to be told, but not to us */
	sysctl("net.ipv4.conf.all.log_martians", "1");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(
			through(f, packet(f, bad[i].saddr, bad[i].daddr, NULL, 0, 0, 8), lan), 0);
		assert_int_equal(take(f, sizeof(f)), 0);
		if (drops(SKB_DROP_REASON_IP_MARTIAN) != before + i + 1)
			fail_msg("case %u is no martian", i);
	}
	sysctl("net.ipv4.conf.all.log_martians", "0");
	console_loglevel = 5;
}

static void the_reverse_path_is_checked_where_that_is_asked_for(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_RPFILTER),
	    count = init_net.mib.linux_mib[LINUX_MIB_IPRPFILTER];
	u8 f[2048];

	/* HOST_IP lives on the other link */
	assert_true(through(f, packet(f, HOST_IP, OUR_IP, NULL, 0, 0, 8), lan) >
		    0); /* "no such protocol", to it */
	sysctl("net.ipv4.conf.all.rp_filter", "1");
	rt_cache_flush(&init_net);
	assert_int_equal(through(f, packet(f, HOST_IP, OUR_IP, NULL, 0, 0, 8), lan), 0);
	assert_int_equal(through(f, packet(f, HOST_IP, IP(255, 255, 255, 255), NULL, 0, 0, 8), lan),
			 0);
	assert_int_equal(drops(SKB_DROP_REASON_IP_RPFILTER), before + 2);
	assert_int_equal(init_net.mib.linux_mib[LINUX_MIB_IPRPFILTER], count + 2);
	sysctl("net.ipv4.conf.all.rp_filter", "2"); /* loose: any route will do */
	rt_cache_flush(&init_net);
	assert_true(through(f, packet(f, HOST_IP, OUR_IP, NULL, 0, 0, 8), lan) > 0);
	sysctl("net.ipv4.conf.all.rp_filter", "0");
	rt_cache_flush(&init_net);
	drain_all();
}

/* ---- source routes ---- */

static void allow_source_routes(const char *on)
{
	sysctl("net.ipv4.conf.all.accept_source_route", on);
	sysctl("net.ipv4.conf.eth0.accept_source_route", on);
}

/* A source route of two hops, @first and then FAR_HOST. */
static void source_route(u8 *option, u8 type, u8 pointer, __be32 first)
{
	__be32 last = FAR_HOST;

	memset(option, 0, 12);
	option[0] = type;
	option[1] = 11;
	option[2] = pointer;
	memcpy(option + 3, &first, 4);
	memcpy(option + 7, &last, 4);
}

static void a_source_route_leads_on_and_records_the_way(void **state)
{
	__be32 ours = LAN_IP, last = FAR_HOST;
	u8 f[2048], option[12];

	allow_source_routes("1");
	source_route(option, IPOPT_LSRR, 4, HOST_IP);
	assert_true(through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), lan) > 0);
	assert_int_equal(frame_ip(f)->daddr, HOST_IP);
	assert_memory_equal(f, host_mac, 6);
	assert_int_equal(options_of(f)[2], 8);
	assert_memory_equal(options_of(f) + 3, &ours, 4); /* the link that it left by */
	assert_memory_equal(options_of(f) + 7, &last, 4);
	assert_int_equal(ip_fast_csum(frame_ip(f), frame_ip(f)->ihl), 0);
	/* ourselves twice, then the host */
	source_route(option, IPOPT_LSRR, 4, LAN_IP);
	memcpy(option + 7, (__be32[]){ HOST_IP }, 4);
	assert_true(through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), lan) > 0);
	assert_int_equal(frame_ip(f)->daddr, HOST_IP);
	assert_int_equal(options_of(f)[2], 12);
	/* one that passes by: nothing of ours */
	source_route(option, IPOPT_LSRR, 4, FAR_HOST);
	assert_true(through(f, packet(f, PEER_IP, HOST_IP, option, 12, 0, 8), lan) > 0);
	assert_int_equal(options_of(f)[2], 4);
}

static void a_strict_route_has_no_gaps(void **state)
{
	u8 f[2048], option[12];

	source_route(option, IPOPT_SSRR, 4, HOST_IP);
	assert_true(through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), lan) >
		    0);				       /* a neighbour */
	source_route(option, IPOPT_SSRR, 4, FAR_HOST); /* behind a gateway */
	expect_icmp(f, through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), port),
		    ICMP_DEST_UNREACH, ICMP_SR_FAILED);
	source_route(option, IPOPT_SSRR, 4, HOST_IP); /* we are not in it */
	expect_icmp(f, through(f, packet(f, PEER_IP, HOST_IP, option, 12, 0, 8), port),
		    ICMP_PARAMETERPROB, 0);
	assert_int_equal(ntohl(icmp_of(f)->un.gateway) >> 24, 16);
}

static void a_source_route_without_sense_is_dropped(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_OPTIONS);
	u8 f[2048], option[12];

	source_route(option, IPOPT_LSRR, 10, HOST_IP); /* into the middle of an address */
	expect_icmp(f, through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), port),
		    ICMP_PARAMETERPROB, 0);
	assert_int_equal(ntohl(icmp_of(f)->un.gateway) >> 24, 22);
	source_route(option, IPOPT_LSRR, 8, HOST_IP);
	option[1] = 9; /* half an address: said to whom the route so far leads back */
	assert_true(through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), lan) > 0);
	assert_int_equal(frame_ip(f)->daddr, HOST_IP);
	assert_int_equal(icmp_of(f)->type, ICMP_PARAMETERPROB);
	source_route(option, IPOPT_LSRR, 4, IP(255, 255, 255, 255));
	assert_int_equal(through(f, packet(f, PEER_IP, OUR_IP, option, 12, 0, 8), lan), 0);
	source_route(option, IPOPT_LSRR, 4, HOST_IP);
	assert_int_equal(through(f, packet(f, PEER_IP, IP(10, 0, 2, 255), option, 12, 0, 8), lan),
			 0);
	assert_int_equal(drops(SKB_DROP_REASON_IP_OPTIONS), before + 4);
}

static void a_router_records_the_address_of_the_link_that_it_leaves_by(void **state)
{
	static const u8 record[8] = { IPOPT_RR, 7, 4 },
			stamp[12] = { IPOPT_TS, 12, 5, 1 /* with addresses */ };
	__be32 ours = LAN_IP;
	u8 f[2048];

	assert_true(through(f, packet(f, PEER_IP, HOST_IP, record, 8, 0, 8), lan) > 0);
	assert_memory_equal(options_of(f) + 3, &ours, 4);
	assert_int_equal(options_of(f)[2], 8);
	assert_true(through(f, packet(f, PEER_IP, HOST_IP, stamp, 12, 0, 8), lan) > 0);
	assert_memory_equal(options_of(f) + 4, &ours, 4);
	assert_int_equal(options_of(f)[2], 13);
	assert_int_equal(ip_fast_csum(frame_ip(f), frame_ip(f)->ihl), 0);
}

/* ---- echoes ---- */

static size_t ping_by(u8 *f, const u8 *options, unsigned int optlen, struct skiff_port *back)
{
	struct icmphdr *icmph = (struct icmphdr *)(f + 34 + optlen);
	size_t n = packet(f, PEER_IP, OUR_IP, options, optlen, 0, 8);

	*icmph = (struct icmphdr){ .type = ICMP_ECHO };
	icmph->checksum = ip_compute_csum(icmph, 8);
	((struct iphdr *)(f + 14))->protocol = IPPROTO_ICMP;
	ip_send_check((struct iphdr *)(f + 14));
	return through(f, n, back);
}

static size_t ping(u8 *f, const u8 *options, unsigned int optlen)
{
	return ping_by(f, options, optlen, port);
}

static void the_answer_goes_back_along_the_route(void **state)
{
	__be32 hop = IP(10, 0, 2, 8), peer = PEER_IP;
	u8 f[2048], option[12];

	source_route(option, IPOPT_LSRR, 12,
		     hop); /* it came by way of the hop, and of FAR_HOST then */
	assert_true(ping_by(f, option, 12, lan) > 0);
	assert_int_equal(frame_ip(f)->daddr, FAR_HOST);
	assert_memory_equal(f, "\x02\0\0\0\0\x09", 6);
	assert_int_equal(options_of(f)[0], IPOPT_LSRR);
	assert_int_equal(options_of(f)[1], 11);
	assert_int_equal(options_of(f)[2], 4);
	assert_memory_equal(options_of(f) + 3, &hop, 4);
	assert_memory_equal(options_of(f) + 7, &peer, 4);
	assert_int_equal(icmp_of(f)->type, ICMP_ECHOREPLY);
	assert_int_equal(ip_fast_csum(frame_ip(f), frame_ip(f)->ihl), 0);
	source_route(option, IPOPT_LSRR, 12, peer); /* the sender recorded itself: not twice */
	assert_true(ping_by(f, option, 12, lan) > 0);
	assert_int_equal(options_of(f)[1], 7);
	assert_memory_equal(options_of(f) + 3, &peer, 4);
	allow_source_routes("0");
}

static void prespecified_timestamps_are_ours_alone(void **state)
{
	u8 f[2048], option[20] = { IPOPT_TS, 20, 5, 3 };
	__be32 peer = PEER_IP, ours = OUR_IP, now;

	memcpy(option + 4, &peer, 4);
	memcpy(option + 12, &ours, 4);
	assert_true(ping(f, option, 20) > 0);
	assert_int_equal(options_of(f)[2], 5); /* the peer's turn comes first */
	memcpy(option + 4, &ours, 4);
	assert_true(ping(f, option, 20) > 0);
	assert_true(options_of(f)[2] > 5);
	memcpy(&now, options_of(f) + 8, 4);
	assert_int_not_equal(now, 0);
}

static void a_full_timestamp_option_counts_those_without_room(void **state)
{
	u8 f[2048], option[8] = { IPOPT_TS, 8, 9, 0x20 };

	assert_true(ping(f, option, 8) > 0);
	assert_int_equal(options_of(f)[3] & 0xf0, 0x30);
	option[3] = 0xf0;
	assert_true(ping(f, option, 8) > 0);
	assert_int_equal(icmp_of(f)->type, ICMP_PARAMETERPROB);
}

/* ---- large packets, joined on receive ---- */

/* A TCP packet of @n segments of @mss bytes comes in as one. */
static void joined_comes(u16 mss, unsigned int n, bool df)
{
	unsigned int len = mss * n, tcplen = 20 + len;
	static u8 f[8192], payload[8192];
	struct tcphdr *th = (struct tcphdr *)payload;
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, 34 + tcplen);

	assert_non_null(skb);
	*th = (struct tcphdr){ .doff = 5, .ack = 1, .seq = htonl(1000) };
	th->check = (__force __sum16) ~(__force u16)csum_tcpudp_magic(PEER_IP, HOST_IP, tcplen, IPPROTO_TCP, 0);
	ip_frame(f, our_mac, PEER_IP, HOST_IP, IPPROTO_TCP, df ? IP_DF : 0, 50, payload, tcplen);
	skb_put_data(skb, f, 34 + tcplen);
	skb->protocol = eth_type_trans(skb, dev);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u16)(skb->data + 20 - skb->head);
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = (u16)n;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	pass(MILLISECOND);
}

static void a_joined_packet_goes_on_in_segments(void **state)
{
	u8 f[2048];
	unsigned int i;

	joined_comes(900, 3, true);
	for (i = 0; i < 3; i++) {
		const struct tcphdr *th = (const struct tcphdr *)(f + 34);

		assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 14 + 940);
		assert_int_equal(ntohs(frame_ip(f)->id), 50 + i);
		assert_int_equal(frame_ip(f)->ttl, 63);
		assert_int_equal(ip_fast_csum(frame_ip(f), 5), 0);
		assert_int_equal(ntohl(th->seq), 1000 + 900 * i);
		assert_int_equal(csum_tcpudp_magic(PEER_IP, HOST_IP, 920, IPPROTO_TCP, csum_partial(th, 920, 0)), 0);
	}
	assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 0);
}

static void segments_too_long_for_the_link_are_said_or_cut(void **state)
{
	static const struct {
		u16 len, frag_off;
	} want[] = { { 996, IP_MF }, { 264, 976 / 8 }, { 996, IP_MF }, { 264, 976 / 8 } };
	u64 fails = init_net.mib.ip[IPSTATS_MIB_FRAGFAILS];
	u8 f[2048];
	unsigned int i;
	size_t n;

	joined_comes(1200, 2, false);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 14 + want[i].len);
		assert_int_equal(ntohs(frame_ip(f)->frag_off), want[i].frag_off);
		assert_int_equal(ntohs(frame_ip(f)->id), 50 + i / 2);
	}
	joined_comes(1200, 2, true);
	assert_int_equal(skiff_port_take(lan, f, sizeof(f), NULL), 0);
	n = take(f, sizeof(f));
	expect_icmp(f, n, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	assert_int_equal(ntohs(icmp_of(f)->un.frag.mtu), LAN_MTU);
	assert_int_equal(init_net.mib.ip[IPSTATS_MIB_FRAGFAILS], fails + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meet_both_neighbours),
		cmocka_unit_test(a_packet_leaves_by_the_other_link),
		cmocka_unit_test(a_frame_for_another_station_is_not_forwarded),
		cmocka_unit_test(too_long_is_said_or_cut),
		cmocka_unit_test(a_routes_own_mtu_is_kept_to),
		cmocka_unit_test(no_memory_to_forward_is_a_drop_with_a_name),
		cmocka_unit_test(routes_that_refuse_answer_each_in_its_way),
		cmocka_unit_test(the_way_back_by_the_same_link_is_told_to_the_sender),
		cmocka_unit_test(impossible_addresses_are_martians),
		cmocka_unit_test(the_reverse_path_is_checked_where_that_is_asked_for),
		cmocka_unit_test(a_source_route_leads_on_and_records_the_way),
		cmocka_unit_test(a_strict_route_has_no_gaps),
		cmocka_unit_test(a_source_route_without_sense_is_dropped),
		cmocka_unit_test(a_router_records_the_address_of_the_link_that_it_leaves_by),
		cmocka_unit_test(the_answer_goes_back_along_the_route),
		cmocka_unit_test(prespecified_timestamps_are_ours_alone),
		cmocka_unit_test(a_full_timestamp_option_counts_those_without_room),
		cmocka_unit_test(a_joined_packet_goes_on_in_segments),
		cmocka_unit_test(segments_too_long_for_the_link_are_said_or_cut),
	};

	return cmocka_run_group_tests_name("ip_forward", tests, set_up, end_ipv4);
}
