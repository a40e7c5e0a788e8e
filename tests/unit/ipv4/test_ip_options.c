/* SPDX-License-Identifier: MIT */
/* IPv4 options: what is recorded, what is refused and at which octet, what is sent back. RFC 791
 * section 3.1. */
#include "ipv4_unit.h"

static struct {
	struct ip_options opt;
	u8 data[MAX_IPOPTLEN];
} o;

/* Parse as a socket's own options. */
static int own(const void *bytes, unsigned int len, u8 *pointer)
{
	memset(&o, 0, sizeof(o));
	memcpy(o.opt.__data, bytes, len);
	o.opt.optlen = (u8)len;
	return __ip_options_compile(&init_net, &o.opt, NULL, pointer);
}

static void offsets_count_from_the_ip_header(void **state)
{
	u8 p;

	assert_int_equal(own("\x01\x07\x07\x04\0\0\0\0\x94\x04\0\0", 12, &p), 0);
	assert_int_equal(o.opt.rr, 21);
	assert_int_equal(o.opt.router_alert, 28);
	assert_true(o.opt.rr_needaddr);
}

static void wrong_octets_are_pointed_at(void **state)
{
	static const struct {
		const char *bytes;
		unsigned int len;
		u8 pointer;
	} wrong[] = {
		{ "\x07", 1, 20 },		       /* no length */
		{ "\x07\x01\0\0", 4, 20 },	       /* shorter than itself */
		{ "\x07\x09\x04\0", 4, 20 },	       /* beyond the end */
		{ "\x07\x04\x03\0", 4, 22 },	       /* pointer into the option's head */
		{ "\x07\x06\x04\0\0\0\0\0", 8, 22 },   /* no room for an address */
		{ "\x44\x08\x04\0\0\0\0\0", 8, 22 },   /* timestamp: pointer too low */
		{ "\x44\x08\x05\x02\0\0\0\0", 8, 23 }, /* unknown kind of timestamp */
		{ "\x44\x04\x09\xf0", 4, 23 },	       /* overflow full */
		{ "\x83\x03\x04\0", 4, 21 },	       /* source route without an address */
		{ "\x83\x07\x04\1\2\3\4\x89\x07\x04\1\2\3\4\0\0", 16, 27 }, /* two source routes */
		{ "\x94\x02\0\0", 4, 21 }, /* router alert too short */
	};
	unsigned int i;
	u8 p;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		p = 0;
		if (!own(wrong[i].bytes, wrong[i].len, &p))
			fail_msg("case %u is let pass", i);
		if (p != wrong[i].pointer)
			fail_msg("case %u: octet %u, not %u", i, p, wrong[i].pointer);
	}
}

static void own_source_route_gives_the_first_hop(void **state)
{
	u8 p;

	assert_int_equal(own("\x83\x0b\x04\x0a\x01\x01\x01\x0a\x02\x02\x02\x01", 12, &p), 0);
	assert_int_equal(o.opt.faddr, IP(10, 1, 1, 1));
	assert_memory_equal(o.opt.__data + 3, "\x0a\x02\x02\x02", 4);
	ip_options_undo(&o.opt);
	assert_memory_equal(o.opt.__data, "\x83\x0b\x04\x0a\x01\x01\x01\x0a\x02\x02\x02\x01", 12);
}

static void random_options_are_safe(void **state)
{
	u8 bytes[MAX_IPOPTLEN], p;
	u32 seed = 7, i, k;

	static const u8 kinds[] = { 0, 1, 7, 68, 131, 137, 148, 3, 4, 8 };

	for (i = 0; i < 50000; i++) {
		for (k = 0; k < sizeof(bytes); k++) {
			seed = seed * 1664525 + 1013904223;
			bytes[k] = seed & 0x20000000 ? kinds[(seed >> 24) % ARRAY_SIZE(kinds)]
						     : (u8)(seed >> 24) % 44;
		}
		own(bytes, 4 * (1 + i % 10), &p);
	}
}

/* An echo request with options; the reply, if one came. */
static size_t ping_with(const void *options, unsigned int len, u8 *f)
{
	struct ethhdr *eth = (struct ethhdr *)f;
	struct iphdr *iph = (struct iphdr *)(eth + 1);
	struct icmphdr *icmph = (struct icmphdr *)((u8 *)(iph + 1) + len);

	memcpy(eth->h_dest, our_mac, 6);
	memcpy(eth->h_source, peer_mac, 6);
	eth->h_proto = htons(ETH_P_IP);
	*iph = (struct iphdr){ .version = 4,
			       .ihl = (u8)(5 + len / 4) & 0xf,
			       .tot_len = htons((u16)(28 + len)),
			       .ttl = 64,
			       .protocol = IPPROTO_ICMP,
			       .saddr = PEER_IP,
			       .daddr = OUR_IP };
	memcpy(iph + 1, options, len);
	ip_send_check(iph);
	*icmph = (struct icmphdr){ .type = ICMP_ECHO };
	icmph->checksum = ip_compute_csum(icmph, sizeof(*icmph));
	give(f, 42 + len);
	return take(f, 2048);
}

static void recorded_route_comes_back_with_our_address_twice(void **state)
{
	u8 f[2048], *opt;
	__be32 ours = OUR_IP;

	introduce_peer();
	assert_true(ping_with("\x07\x0b\x04\0\0\0\0\0\0\0\0\0", 12, f) > 0);
	assert_int_equal(frame_ip(f)->ihl, 8);
	opt = (u8 *)(frame_ip(f) + 1);
	assert_int_equal(opt[2], 12);
	assert_memory_equal(opt + 3, &ours, 4);
	assert_memory_equal(opt + 7, &ours, 4);
	assert_int_equal(ip_fast_csum(frame_ip(f), 8), 0);
}

static void timestamps_are_recorded(void **state)
{
	u8 f[2048], *opt;
	__be32 ours = OUR_IP;

	assert_true(ping_with("\x44\x14\x05\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, f) > 0);
	opt = (u8 *)(frame_ip(f) + 1);
	assert_int_equal(opt[2], 21);
	assert_memory_equal(opt + 4, &ours, 4);
	assert_memory_equal(opt + 12, &ours, 4);
}

static void source_routes_are_refused(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_OPTIONS);
	u8 f[2048];

	assert_int_equal(ping_with("\x83\x07\x04\x0a\0\x02\x02\0", 8, f), 0);
	assert_int_equal(drops(SKB_DROP_REASON_IP_OPTIONS), before + 1);
}

static void malformed_option_is_answered_by_parameter_problem(void **state)
{
	u8 f[2048];
	const struct icmphdr *icmph;

	assert_true(ping_with("\x07\x04\x03\0", 4, f) > 0);
	icmph = (const struct icmphdr *)(frame_ip(f) + 1);
	assert_int_equal(icmph->type, ICMP_PARAMETERPROB);
	assert_int_equal(icmph->un.pointer, 22);
}

/* What a socket's IP_OPTIONS ask for stands in what it sends, whatever its kind. */
static void send_with_options(int type, int protocol)
{
	static const u8 timestamp[8] = "\x44\x08\x05\x00\0\0\0";
	struct icmphdr echo = { .type = ICMP_ECHO };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = PEER_IP };
	struct iovec vec = { &echo, sizeof(echo) };
	struct kmsghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	struct socket *sock;
	u8 f[2048];

	drain();
	assert_int_equal(sock_create_kern(&init_net, AF_INET, type, protocol, &sock), 0);
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_OPTIONS, (void *)timestamp,
					   sizeof(timestamp)),
			 0);
	assert_int_equal(kernel_sendmsg(sock, &msg, &vec, 1, sizeof(echo)), sizeof(echo));
	assert_true(take(f, sizeof(f)) > 0);
	assert_int_equal(frame_ip(f)->ihl, 7);
	assert_memory_equal(frame_ip(f) + 1, "\x44\x08\x09\x00", 4); /* ours is in: full */
	assert_int_equal(ip_fast_csum(frame_ip(f), 7), 0);
	sock_release(sock);
}

IN_TASK(options_of_a_socket_are_sent_by_every_kind)
{
	send_with_options(SOCK_DGRAM, IPPROTO_UDP);
	send_with_options(SOCK_DGRAM, IPPROTO_ICMP);
	send_with_options(SOCK_RAW, IPPROTO_ICMP);
	return 0;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_count_from_the_ip_header),
		cmocka_unit_test(wrong_octets_are_pointed_at),
		cmocka_unit_test(own_source_route_gives_the_first_hop),
		cmocka_unit_test(random_options_are_safe),
		cmocka_unit_test(recorded_route_comes_back_with_our_address_twice),
		cmocka_unit_test(timestamps_are_recorded),
		cmocka_unit_test(source_routes_are_refused),
		cmocka_unit_test(malformed_option_is_answered_by_parameter_problem),
		cmocka_unit_test(options_of_a_socket_are_sent_by_every_kind),
	};

	return cmocka_run_group_tests_name("ip_options", tests, set_up, end_ipv4);
}
