/* SPDX-License-Identifier: MIT */
/* ARP: whom we answer, whom we believe, how we ask, and what becomes of packets that wait. RFC 826, RFC 1122 section 2.3.2,
 * RFC 5227; the arp_* settings of Linux. */
#include <kernel/sysctl.h>
#include <net/neighbour.h>
#include <net/net.h>

#include "ipv4_unit.h"

static const u8 all_ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

struct arp_frame {
	struct ethhdr eth;
	struct arphdr arp;
	struct arp_eth_body b;
}; /* 14, 8 and 20 bytes: no padding */
_Static_assert(sizeof(struct arp_frame) == 42, "a frame as on the wire");

static struct arp_frame arp(u16 op, __be32 sip, __be32 tip)
{
	struct arp_frame f = { .arp = { .ar_hrd = htons(1), .ar_pro = htons(ETH_P_IP), .ar_hln = 6, .ar_pln = 4,
					.ar_op = htons(op) },
			       .b = { .ar_sip = sip, .ar_tip = tip } };

	memcpy(f.eth.h_dest, op == ARPOP_REPLY ? our_mac : all_ones, 6);
	memcpy(f.eth.h_source, peer_mac, 6);
	memcpy(f.b.ar_sha, peer_mac, 6);
	f.eth.h_proto = htons(ETH_P_ARP);
	return f;
}

static void give_arp(struct arp_frame f)
{
	give(&f, sizeof(f));
}

/* The next frame that was sent, if it is ARP. */
static bool take_arp(struct arp_frame *f)
{
	u8 buf[2048];

	if (take(buf, sizeof(buf)) < sizeof(*f))
		return false;
	memcpy(f, buf, sizeof(*f));
	return f->eth.h_proto == htons(ETH_P_ARP);
}

static bool answered(struct arp_frame request)
{
	struct arp_frame f;

	drain();
	give_arp(request);
	return take_arp(&f) && f.arp.ar_op == htons(ARPOP_REPLY);
}

static void set_conf(const char *name, const char *value)
{
	char path[64], text[8];

	strscpy(text, value, sizeof(text));
	snprintf(path, sizeof(path), "net.ipv4.conf.eth0.%s", name);
	assert_true(sysctl_write(path, text) >= 0);
}

static int sent;

static void send_task(void *to)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(9),
				   .sin_addr.s_addr = *(const __be32 *)to };
	struct iovec vec = { (void *)"data", 4 };
	struct kmsghdr m = { .msg_name = &sin, .msg_namelen = sizeof(sin) };
	struct socket *sock;

	assert_int_equal(sock_create(AF_INET, SOCK_DGRAM, 0, &sock), 0);
	sent = kernel_sendmsg(sock, &m, &vec, 1, 4);
	sock_release(sock);
}

/* One datagram to @to, now. */
static void send_to(__be32 to)
{
	sent = 0;
	skiff_task_start(send_task, &to);
	skiff_run(skiff_now());
	assert_int_equal(sent, 4);
}

static void requests_for_us_are_answered_to_the_asker(void **state)
{
	struct arp_frame f;

	drain();
	give_arp(arp(ARPOP_REQUEST, PEER_IP, OUR_IP));
	assert_true(take_arp(&f));
	assert_int_equal(f.arp.ar_op, htons(ARPOP_REPLY));
	assert_int_equal(f.b.ar_sip, OUR_IP);
	assert_int_equal(f.b.ar_tip, PEER_IP);
	assert_memory_equal(f.b.ar_sha, our_mac, 6);
	assert_memory_equal(f.b.ar_tha, peer_mac, 6);
	assert_memory_equal(f.eth.h_dest, peer_mac, 6);
	assert_false(answered(arp(ARPOP_REQUEST, PEER_IP, IP(10, 0, 2, 99))));
}

static void probe_for_our_address_is_answered(void **state)
{
	assert_true(answered(arp(ARPOP_REQUEST, 0, OUR_IP)));
	assert_false(answered(arp(ARPOP_REQUEST, 0, IP(10, 0, 2, 99))));
	assert_false(answered(arp(ARPOP_REPLY, 0, OUR_IP)));
}

static void malformed_frames_are_counted_and_dropped(void **state)
{
	u64 before = drops(SKB_DROP_REASON_ARP_MALFORMED);
	struct arp_frame bad[10], f = arp(ARPOP_REQUEST, PEER_IP, OUR_IP);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = f;
	bad[0].arp.ar_hrd = htons(99);
	bad[1].arp.ar_pro = htons(0x86dd);
	bad[2].arp.ar_op = htons(3);
	bad[3].arp.ar_hln = 5;
	bad[4].arp.ar_pln = 16;
	bad[5].b.ar_sha[0] |= 1;
	bad[6].b.ar_sip = htonl(INADDR_BROADCAST);
	bad[7].b.ar_sip = IP(224, 0, 0, 1);
	bad[8].b.ar_sip = IP(127, 0, 0, 1);
	bad[9].b.ar_tip = IP(127, 0, 0, 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(answered(bad[i]));
	for (i = 14; i < sizeof(f); i++) { /* cut anywhere */
		give(&f, i);
		assert_false(take_arp(&bad[0]));
	}
	assert_int_equal(drops(SKB_DROP_REASON_ARP_MALFORMED), before + ARRAY_SIZE(bad) + sizeof(f) - 14);
}

static void arp_ignore_narrows_what_is_answered(void **state)
{
	struct arp_frame near = arp(ARPOP_REQUEST, PEER_IP, OUR_IP), far = arp(ARPOP_REQUEST, IP(10, 9, 9, 9), OUR_IP);

	set_conf("arp_ignore", "1");
	assert_true(answered(near));
	set_conf("arp_ignore", "2");
	assert_true(answered(near));
	assert_false(answered(far));
	set_conf("arp_ignore", "3");
	assert_true(answered(near));
	set_conf("arp_ignore", "8");
	assert_false(answered(near));
	assert_false(answered(arp(ARPOP_REQUEST, 0, OUR_IP)));
	set_conf("arp_ignore", "0");
	assert_true(answered(near));
}

static void strangers_are_believed_only_where_arp_accept_says(void **state)
{
	__be32 stranger = IP(10, 0, 2, 50);
	struct neighbour *n;

	give_arp(arp(ARPOP_REQUEST, stranger, stranger));
	assert_null(neigh_lookup(init_net.ipv4.arp_tbl, &stranger, __dev_get_by_name(&init_net, "eth0")));
	set_conf("arp_accept", "1");
	give_arp(arp(ARPOP_REQUEST, stranger, stranger));
	n = neigh_lookup(init_net.ipv4.arp_tbl, &stranger, __dev_get_by_name(&init_net, "eth0"));
	assert_non_null(n);
	assert_memory_equal(n->ha, peer_mac, 6);
	neigh_release(n);
	set_conf("arp_accept", "0");
}

/* The entry of @addr, which the caller must not keep. */
static const struct neighbour *entry(__be32 addr)
{
	struct neighbour *n =
		neigh_lookup(init_net.ipv4.arp_tbl, &addr, __dev_get_by_name(&init_net, "eth0"));

	if (n)
		neigh_release(n);
	return n;
}

static void strangers_of_our_subnets_only(void **state)
{
	set_conf("arp_accept", "2");
	give_arp(arp(ARPOP_REQUEST, IP(10, 0, 2, 51), IP(10, 0, 2, 51)));
	assert_non_null(entry(IP(10, 0, 2, 51)));
	give_arp(arp(ARPOP_REQUEST, IP(10, 3, 2, 51), IP(10, 3, 2, 51)));
	assert_null(entry(IP(10, 3, 2, 51)));
	set_conf("arp_accept", "1");
	give_arp(arp(ARPOP_REQUEST, IP(10, 0, 2, 52), IP(10, 0, 2, 53))); /* not of us, not about himself */
	assert_null(entry(IP(10, 0, 2, 52)));
	set_conf("drop_gratuitous_arp", "1");
	give_arp(arp(ARPOP_REQUEST, IP(10, 0, 2, 54), IP(10, 0, 2, 54)));
	assert_null(entry(IP(10, 0, 2, 54)));
	set_conf("drop_gratuitous_arp", "0");
	set_conf("arp_accept", "0");
}

static void the_device_that_we_would_answer_by_answers(void **state)
{
	struct arp_frame far = arp(ARPOP_REQUEST, IP(10, 0, 2, 3), IP(127, 0, 0, 1));
	u64 before = init_net.mib.linux_mib[LINUX_MIB_ARPFILTER];

	set_conf("route_localnet", "1");
	assert_true(answered(far)); /* an address of the loopback, which any device may speak for */
	set_conf("arp_filter", "1");
	assert_true(answered(arp(ARPOP_REQUEST, PEER_IP, OUR_IP)));
	assert_int_equal(init_net.mib.linux_mib[LINUX_MIB_ARPFILTER], before);
	set_conf("arp_filter", "0");
	set_conf("route_localnet", "0");
}

static int carrier(void *on)
{
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");

	if (on)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	return 0;
}

static void who_comes_back_after_the_link_was_away_is_asked_anew(void **state)
{
	introduce_peer();
	assert_non_null(entry(PEER_IP));
	run_task(carrier, NULL);
	pass(10 * MILLISECOND);
	assert_null(entry(PEER_IP));
	run_task(carrier, (void *)1);
	pass(10 * MILLISECOND);
	set_conf("arp_evict_nocarrier", "0");
	introduce_peer();
	run_task(carrier, NULL);
	pass(10 * MILLISECOND);
	assert_non_null(entry(PEER_IP));
	run_task(carrier, (void *)1);
	pass(10 * MILLISECOND);
	set_conf("arp_evict_nocarrier", "1");
}

/* Does the next frame tell all that our address is at @mac? */
static bool announced(const u8 *mac)
{
	struct arp_frame f;

	return take_arp(&f) && f.arp.ar_op == htons(ARPOP_REQUEST) && f.b.ar_sip == OUR_IP &&
	       f.b.ar_tip == OUR_IP && !memcmp(f.eth.h_dest, all_ones, 6) &&
	       !memcmp(f.b.ar_sha, mac, 6) && !memcmp(f.eth.h_source, mac, 6);
}

static void command(const char *line)
{
	char out[256];

	skiff_command(line, out, sizeof(out));
	assert_string_equal(out, "");
	pass(10 * MILLISECOND);
}

/* As of a card that takes another address while it is up. */
static int set_live_mac(struct net_device *d, const void *addr)
{
	memcpy(d->dev_addr, addr, ETH_ALEN);
	return 0;
}

/* net.ipv4.conf.*.arp_notify: a link that comes and an address of the card that changes are told to all, else not. */
static void a_new_link_and_a_new_mac_are_announced_where_arp_notify_says(void **state)
{
	static const u8 new_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x77 };
	struct net_device *d = __dev_get_by_name(&init_net, "eth0");
	const struct net_device_ops *ops = d->netdev_ops;
	static struct net_device_ops live;
	u8 buf[64];
	int on;

	live = *ops;
	live.ndo_set_mac_address = set_live_mac;
	d->netdev_ops = &live;
	for (on = 0; on < 2; on++) {
		set_conf("arp_notify", on ? "1" : "0");
		drain();
		run_task(carrier, NULL);
		pass(SECOND);
		assert_int_equal(take(buf, sizeof(buf)), 0); /* nobody would hear it */
		run_task(carrier, (void *)1);
		pass(SECOND);
		assert_int_equal(announced(our_mac), on);
		command("ip link set eth0 address 52:54:00:12:34:77");
		assert_int_equal(announced(new_mac), on);
		command("ip link set eth0 address 52:54:00:12:34:56");
		assert_int_equal(announced(our_mac), on);
		assert_int_equal(take(buf, sizeof(buf)), 0);
	}
	set_conf("arp_notify", "0");
	d->netdev_ops = ops;
}

static void a_flood_of_strangers_pushes_out_its_own(void **state)
{
	u64 refused = drops(SKB_DROP_REASON_NEIGH_TABLE_FULL);
	u8 buf[2048];
	u32 i;

	for (i = 70; i < 80; i++) { /* ten whom we have asked, and who have answered */
		send_to(IP(10, 0, 2, i));
		give_arp(arp(ARPOP_REPLY, IP(10, 0, 2, i), OUR_IP));
		assert_int_equal(entry(IP(10, 0, 2, i))->nud_state, NUD_REACHABLE);
	}
	rt_cache_flush(&init_net); /* no route holds them */
	for (i = 0; i < 100000; i++) {
		struct arp_frame f = arp(ARPOP_REQUEST, htonl(0x0a800000u + i), OUR_IP);

		skiff_port_give(port, &f, sizeof(f));
		if (i % 64 == 63) {
			pass(MILLISECOND);
			drain();
		}
	}
	assert_true(init_net.ipv4.arp_tbl->entries <= init_net.ipv4.arp_tbl->gc_thresh3);
	assert_true(init_net.ipv4.arp_tbl->stats.forced_gc_runs > 50);
	pass(10 * MILLISECOND);
	drain();
	for (i = 70; i < 80; i++) {
		assert_non_null(entry(IP(10, 0, 2, i)));
		send_to(IP(10, 0, 2, i));
		assert_int_equal(take(buf, sizeof(buf)), 46); /* at once, no question before */
		assert_memory_equal(buf, peer_mac, 6);
	}
	assert_int_equal(drops(SKB_DROP_REASON_NEIGH_TABLE_FULL), refused);
}

static int default_and_device(void *unused)
{
	char text[16] = "700", own[16] = "900", wrong[] = "-1";

	assert_true(sysctl_write("net.ipv4.neigh.default.retrans_time_ms", text) >= 0);
	assert_true(sysctl_read("net.ipv4.neigh.eth0.retrans_time_ms", text, sizeof(text)) > 0);
	assert_string_equal(text, "700");
	assert_true(sysctl_write("net.ipv4.neigh.eth0.retrans_time_ms", own) >= 0);
	strscpy(text, "1000", sizeof(text));
	assert_true(sysctl_write("net.ipv4.neigh.default.retrans_time_ms", text) >= 0);
	assert_true(sysctl_read("net.ipv4.neigh.eth0.retrans_time_ms", text, sizeof(text)) > 0);
	assert_string_equal(text, "900");
	assert_int_equal(sysctl_write("net.ipv4.neigh.eth0.retrans_time_ms", wrong), -EINVAL);
	strscpy(own, "1000", sizeof(own));
	assert_true(sysctl_write("net.ipv4.neigh.eth0.retrans_time_ms", own) >= 0);
	return 0;
}

static void parameters_of_the_default_reach_devices(void **state)
{
	run_task(default_and_device, NULL);
}

static void packets_wait_for_the_answer(void **state)
{
	__be32 to = IP(10, 0, 2, 60);
	struct arp_frame f;
	u8 buf[2048];

	drain();
	send_to(to);
	send_to(to);
	assert_true(take_arp(&f));
	assert_int_equal(f.arp.ar_op, htons(ARPOP_REQUEST));
	assert_memory_equal(f.eth.h_dest, all_ones, 6);
	assert_int_equal(f.b.ar_tip, to);
	assert_int_equal(f.b.ar_sip, OUR_IP);
	assert_int_equal(take(buf, sizeof(buf)), 0);
	give_arp(arp(ARPOP_REPLY, to, OUR_IP));
	assert_int_equal(take(buf, sizeof(buf)), 46);
	assert_memory_equal(buf, peer_mac, 6);
	assert_int_equal(take(buf, sizeof(buf)), 46);
	assert_int_equal(take(buf, sizeof(buf)), 0);
}

static void three_requests_and_then_unreachable(void **state)
{
	u64 failed = drops(SKB_DROP_REASON_NEIGH_FAILED);
	__be32 to = IP(10, 0, 2, 61);
	unsigned int requests = 0;
	struct arp_frame f;

	drain();
	send_to(to);
	pass(10 * SECOND);
	while (take_arp(&f))
		requests++;
	assert_int_equal(requests, 3);
	assert_int_equal(drops(SKB_DROP_REASON_NEIGH_FAILED), failed + 1);
}

static void arp_announce_chooses_the_source_of_requests(void **state)
{
	static const char *const levels[] = { "0", "1", "2" };
	struct arp_frame f;
	unsigned int i;
	__be32 to;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		to = IP(10, 0, 2, 70 + i);
		set_conf("arp_announce", levels[i]);
		drain();
		send_to(to);
		assert_true(take_arp(&f));
		assert_int_equal(f.b.ar_sip, OUR_IP);
	}
	set_conf("arp_announce", "0");
	pass(10 * SECOND);
}

static void frames_for_others_and_from_ourselves_teach_nothing(void **state)
{
	u64 conflicts = drops(SKB_DROP_REASON_ARP_CONFLICT);
	struct arp_frame f = arp(ARPOP_REQUEST, OUR_IP, PEER_IP);

	assert_false(answered(f)); /* somebody else says he is us */
	assert_int_equal(drops(SKB_DROP_REASON_ARP_CONFLICT), conflicts + 1);
	f = arp(ARPOP_REPLY, PEER_IP, OUR_IP);
	f.eth.h_dest[5] ^= 1;
	give_arp(f);
	drain();
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off skiff.seed=5");
}

static void proxy_set_up(void)
{
	static const u8 mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x99 };
	char out[256];

	assert_non_null(skiff_port_new("eth1", mac, 1500));
	pass(10 * MILLISECOND);
	skiff_command("ip addr add 192.0.2.1/24 dev eth1", out, sizeof(out));
	assert_string_equal(out, "");
	set_conf("forwarding", "1");
}

/* RFC 1027: for hosts behind us, where the device says so, and never back to where the question came from. */
static void proxy_arp_answers_for_hosts_behind_us(void **state)
{
	struct arp_frame question = arp(ARPOP_REQUEST, PEER_IP, IP(192, 0, 2, 7)), f;

	proxy_set_up();
	assert_false(answered(question));
	set_conf("proxy_arp", "1");
	drain();
	give_arp(question);
	assert_false(take_arp(&f)); /* not at once: the owner may answer */
	pass(SECOND);
	assert_true(take_arp(&f));
	assert_int_equal(f.arp.ar_op, htons(ARPOP_REPLY));
	assert_int_equal(f.b.ar_sip, IP(192, 0, 2, 7));
	assert_memory_equal(f.b.ar_sha, our_mac, 6);
	assert_false(answered(arp(ARPOP_REQUEST, PEER_IP, IP(10, 0, 2, 99)))); /* it is on their side */
	pass(SECOND);
	assert_false(take_arp(&f));
	memcpy(question.eth.h_dest, our_mac, 6); /* put to us alone: at once */
	assert_true(answered(question));
	set_conf("proxy_arp", "0");
	assert_false(answered(question));
	set_conf("forwarding", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_for_us_are_answered_to_the_asker),
		cmocka_unit_test(probe_for_our_address_is_answered),
		cmocka_unit_test(malformed_frames_are_counted_and_dropped),
		cmocka_unit_test(arp_ignore_narrows_what_is_answered),
		cmocka_unit_test(strangers_are_believed_only_where_arp_accept_says),
		cmocka_unit_test(strangers_of_our_subnets_only),
		cmocka_unit_test(the_device_that_we_would_answer_by_answers),
		cmocka_unit_test(a_new_link_and_a_new_mac_are_announced_where_arp_notify_says),
		cmocka_unit_test(packets_wait_for_the_answer),
		cmocka_unit_test(three_requests_and_then_unreachable),
		cmocka_unit_test(arp_announce_chooses_the_source_of_requests),
		cmocka_unit_test(frames_for_others_and_from_ourselves_teach_nothing),
		cmocka_unit_test(proxy_arp_answers_for_hosts_behind_us),
		cmocka_unit_test(who_comes_back_after_the_link_was_away_is_asked_anew),
		cmocka_unit_test(parameters_of_the_default_reach_devices),
		cmocka_unit_test(a_flood_of_strangers_pushes_out_its_own),
	};

	return cmocka_run_group_tests_name("arp", tests, set_up, end_ipv4);
}
