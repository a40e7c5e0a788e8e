/* SPDX-License-Identifier: MIT */
/* ICMP: what is answered and what never, what errors do to senders and routes; forwarding. RFC 1122
 * section 3.2.2, RFC 1812. */
#include <net/net.h>
#include <kernel/sysctl.h>
#include <net/raw.h>

#include "ipv4_unit.h"

static const u8 all_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static size_t icmp_frame(u8 *f, const u8 *dmac, __be32 saddr, __be32 daddr, u8 type, u8 code,
			 __be32 word, const void *data, size_t len)
{
	u8 message[1480];
	struct icmphdr *icmph = (struct icmphdr *)message;

	*icmph = (struct icmphdr){ .type = type, .code = code, .un.gateway = word };
	memcpy(icmph + 1, data, len);
	icmph->checksum = ip_compute_csum(message, sizeof(*icmph) + len);
	return ip_frame(f, dmac, saddr, daddr, IPPROTO_ICMP, 0, 1, message, sizeof(*icmph) + len);
}

static const struct icmphdr *frame_icmp(const u8 *f)
{
	return (const struct icmphdr *)((const u8 *)frame_ip(f) + frame_ip(f)->ihl * 4);
}

static void echo_is_answered_byte_for_byte(void **state)
{
	u8 f[2048], data[1000];
	unsigned int i, len;

	introduce_peer();
	for (i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 3);
	for (len = 0; len <= 1000; len += 125) {
		give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_ECHO, 0, htonl(0x12345678),
				   data, len));
		assert_int_equal(take(f, sizeof(f)), 42 + len);
		assert_int_equal(frame_icmp(f)->type, ICMP_ECHOREPLY);
		assert_int_equal(frame_icmp(f)->un.gateway, htonl(0x12345678));
		assert_memory_equal(frame_icmp(f) + 1, data, len);
		assert_int_equal(ip_compute_csum(frame_icmp(f), 8 + len), 0);
		assert_int_equal(frame_ip(f)->saddr, OUR_IP);
	}
}

static void broadcast_echo_and_wrong_checksums_are_not_answered(void **state)
{
	u8 f[2048];
	size_t n;

	give(f, icmp_frame(f, all_mac, PEER_IP, IP(10, 0, 2, 255), ICMP_ECHO, 0, 0, "", 0));
	assert_int_equal(take(f, sizeof(f)), 0);
	n = icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_ECHO, 0, 0, "abcd", 4);
	f[n - 1] ^= 1;
	give(f, n);
	assert_int_equal(take(f, sizeof(f)), 0);
	assert_int_equal(drops(SKB_DROP_REASON_ICMP_CSUM), 1);
	n = icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_ECHO, 0, 0, "", 0);
	((struct iphdr *)(f + 14))->tot_len = htons(24); /* cut inside the ICMP header */
	ip_send_check((struct iphdr *)(f + 14));
	give(f, n);
	assert_int_equal(take(f, sizeof(f)), 0);
}

static void unknown_protocol_is_unreachable_but_no_error_answers_an_error(void **state)
{
	u8 f[2048], inner[28];
	struct iphdr *iph = (struct iphdr *)inner;

	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, 99, 0, 1, "data", 4));
	assert_true(take(f, sizeof(f)) > 0);
	assert_int_equal(frame_icmp(f)->type, ICMP_DEST_UNREACH);
	assert_int_equal(frame_icmp(f)->code, ICMP_PROT_UNREACH);
	/* An error about a packet of a protocol that nobody has: silence. */
	memset(inner, 0, sizeof(inner));
	*iph = (struct iphdr){
		.version = 4, .ihl = 5, .protocol = 99, .saddr = OUR_IP, .daddr = PEER_IP
	};
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0,
			   inner, sizeof(inner)));
	assert_int_equal(take(f, sizeof(f)), 0);
	/* A fragment that is not the first. */
	give(f, ip_frame(f, our_mac, IP(0, 0, 0, 0), OUR_IP, 99, 0, 1, "data", 4));
	assert_int_equal(take(f, sizeof(f)), 0);
}

static void truncated_inner_headers_are_counted(void **state)
{
	u64 before = init_net.mib.icmp[ICMP_MIB_INERRORS];
	u8 f[2048], inner[60];
	size_t n;

	for (n = 0; n < 28; n++) {
		memset(inner, 0, sizeof(inner));
		inner[0] = 0x45;
		inner[9] = 17;
		give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, 3, 0, inner, n));
	}
	inner[0] = 0x4f; /* 60 bytes of header that are not there */
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, 3, 0, inner, 40));
	inner[0] = 0x41;
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, 3, 0, inner, 40));
	assert_int_equal(init_net.mib.icmp[ICMP_MIB_INERRORS], before + 30);
}

static struct socket *sock;

static struct sockaddr_in addr(__be32 ip, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = ip };
}

IN_TASK(open_connected_socket)
{
	struct sockaddr_in a = addr(0, 6000), to = addr(IP(8, 8, 8, 8), 53);
	int one = 1;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	assert_int_equal(kernel_bind(sock, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_connect(sock, (struct sockaddr *)&to, sizeof(to), 0), 0);
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_RECVERR, &one, sizeof(one)), 0);
	return 0;
}

static void quote(u8 *inner)
{
	struct iphdr *iph = (struct iphdr *)inner;
	struct udphdr *uh = (struct udphdr *)(iph + 1);

	*iph = (struct iphdr){ .version = 4,
			       .ihl = 5,
			       .tot_len = htons(1500),
			       .frag_off = htons(IP_DF),
			       .protocol = IPPROTO_UDP,
			       .saddr = OUR_IP,
			       .daddr = IP(8, 8, 8, 8) };
	*uh = (struct udphdr){ .source = htons(6000), .dest = htons(53), .len = htons(1480) };
}

static int read_error_queue(void *want)
{
	union {
		struct cmsghdr h;
		char bytes[128];
	} control;
	struct sockaddr_in name;
	char data[64];
	struct kmsghdr msg = { .msg_name = &name,
			       .msg_control = &control,
			       .msg_controllen = sizeof(control) };
	struct iovec vec = { data, sizeof(data) };
	const struct sock_extended_err *ee =
		(const struct sock_extended_err *)CMSG_DATA(&control.h);

	assert_true(kernel_recvmsg(sock, &msg, &vec, 1, sizeof(data),
				   MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
	assert_true(msg.msg_flags & MSG_ERRQUEUE);
	assert_int_equal(name.sin_addr.s_addr, IP(8, 8, 8, 8));
	assert_int_equal(name.sin_port, htons(53));
	assert_int_equal(control.h.cmsg_level, SOL_IP);
	assert_int_equal(control.h.cmsg_type, IP_RECVERR);
	assert_int_equal(ee->ee_errno, *(int *)want);
	assert_int_equal(ee->ee_origin, SO_EE_ORIGIN_ICMP);
	assert_int_equal(((const struct sockaddr_in *)(ee + 1))->sin_addr.s_addr, PEER_IP);
	return 0;
}

static void errors_are_queued_with_what_they_are_about(void **state)
{
	int want = ECONNREFUSED;
	u8 f[2048], inner[28];

	quote(inner);
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0,
			   inner, sizeof(inner)));
	assert_int_equal(sock->sk->sk_err, ECONNREFUSED);
	run_task(read_error_queue, &want);
	assert_int_equal(sock->sk->sk_err, 0);
}

static int mtu_of_8(void *mtu)
{
	struct rtable *rt = ip_route_output(&init_net, IP(8, 8, 8, 8), 0, 0, 0);

	assert_int_equal(dst_mtu(&rt->dst), *(unsigned int *)mtu);
	dst_release(&rt->dst);
	return 0;
}

static void fragmentation_needed_lowers_the_mtu_of_the_path(void **state)
{
	unsigned int mtu = 1300;
	int want = EMSGSIZE;
	u8 f[2048], inner[28];

	quote(inner);
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			   htonl(1300), inner, sizeof(inner)));
	run_task(mtu_of_8, &mtu);
	run_task(read_error_queue, &want);
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			   htonl(1400), inner, sizeof(inner)));
	run_task(mtu_of_8, &mtu); /* it never raises it */
	run_task(read_error_queue, &want);
}

static void redirect_is_followed_from_the_gateway_only(void **state)
{
	struct flowi4 fl4 = { .daddr = IP(8, 8, 8, 8) };
	struct rtable *rt;
	u8 f[2048], inner[28];

	quote(inner);
	give(f, icmp_frame(f, our_mac, IP(10, 0, 2, 77), OUR_IP, ICMP_REDIRECT, 1, IP(10, 0, 2, 66),
			   inner, sizeof(inner)));
	rt = ip_route_output_key(&init_net, &fl4);
	assert_int_equal(rt->rt_gateway, PEER_IP);
	dst_release(&rt->dst);
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_REDIRECT, 1, IP(192, 0, 2, 1), inner,
			   sizeof(inner)));
	rt = ip_route_output_key(&init_net, &fl4);
	assert_int_equal(rt->rt_gateway, PEER_IP);
	dst_release(&rt->dst);
	give(f, icmp_frame(f, our_mac, PEER_IP, OUR_IP, ICMP_REDIRECT, 1, IP(10, 0, 2, 66), inner,
			   sizeof(inner)));
	rt = ip_route_output_key(&init_net, &fl4);
	assert_int_equal(rt->rt_gateway, IP(10, 0, 2, 66));
	dst_release(&rt->dst);
	rt_cache_flush(&init_net);
	pass(301 * SECOND);
	rt_cache_flush(&init_net);
	rt = ip_route_output_key(&init_net, &fl4);
	assert_int_equal(rt->rt_gateway, PEER_IP);
	dst_release(&rt->dst);
	drain();
}

IN_TASK(close_connected_socket)
{
	sock_release(sock);
	return 0;
}

/* ---- raw sockets ---- */

IN_TASK(raw_socket_sees_and_sends_whole_packets)
{
	struct sockaddr_in to = addr(IP(127, 0, 0, 1), 0);
	struct {
		struct iphdr ip;
		struct icmphdr icmp;
	} packet = { .ip = { .version = 4,
			     .ihl = 5,
			     .ttl = 9,
			     .protocol = IPPROTO_ICMP,
			     .daddr = IP(127, 0, 0, 1) },
		     .icmp = { .type = ICMP_ECHO } };
	struct kmsghdr out = { .msg_name = &to, .msg_namelen = sizeof(to) }, in = { 0 };
	struct iovec vec = { &packet, sizeof(packet) };
	struct icmp_filter filter = { ~(1u << ICMP_ECHOREPLY) };
	struct socket *s;
	u8 buf[128];
	int one = 1;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, 0, &s), -EPROTONOSUPPORT);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, IPPROTO_ICMP, &s), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_IP, IP_HDRINCL, &one, sizeof(one)), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)), 0);
	packet.icmp.checksum = ip_compute_csum(&packet.icmp, sizeof(packet.icmp));
	assert_int_equal(kernel_sendmsg(s, &out, &vec, 1, sizeof(packet)), sizeof(packet));
	vec = (struct iovec){ buf, sizeof(buf) };
	msleep(1);
	assert_int_equal(kernel_recvmsg(s, &in, &vec, 1, sizeof(buf), MSG_DONTWAIT),
			 28); /* the reply alone */
	assert_int_equal(buf[20], ICMP_ECHOREPLY);
	assert_int_equal(buf[8], 64);
	vec = (struct iovec){ &packet, 12 };
	assert_int_equal(kernel_sendmsg(s, &out, &vec, 1, 12), -EINVAL);
	packet.ip.ihl = 15;
	vec = (struct iovec){ &packet, sizeof(packet) };
	assert_int_equal(kernel_sendmsg(s, &out, &vec, 1, sizeof(packet)), -EINVAL);
	sock_release(s);
	return 0;
}

IN_TASK(pktinfo_names_the_device_and_the_destination)
{
	union {
		struct cmsghdr h;
		char bytes[64];
	} control;
	struct sockaddr_in a = addr(0, 6001), to = addr(IP(127, 0, 0, 5), 6001);
	struct kmsghdr out = { .msg_name = &to, .msg_namelen = sizeof(to) };
	struct kmsghdr in = { .msg_control = &control, .msg_controllen = sizeof(control) };
	struct iovec vec = { (void *)"x", 1 };
	const struct in_pktinfo *info = (const struct in_pktinfo *)CMSG_DATA(&control.h);
	struct socket *s;
	int one = 1;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &s), 0);
	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_IP, IP_PKTINFO, &one, sizeof(one)), 0);
	assert_int_equal(kernel_sendmsg(s, &out, &vec, 1, 1), 1);
	vec = (struct iovec){ &one, 1 };
	assert_int_equal(kernel_recvmsg(s, &in, &vec, 1, 1, MSG_DONTWAIT), 1);
	assert_int_equal(control.h.cmsg_type, IP_PKTINFO);
	assert_int_equal(info->ipi_ifindex, init_net.loopback_dev->ifindex);
	assert_int_equal(info->ipi_addr.s_addr, IP(127, 0, 0, 5));
	assert_int_equal(info->ipi_spec_dst.s_addr, IP(127, 0, 0, 5));
	sock_release(s);
	return 0;
}

/* ---- forwarding ---- */

static int set_forward(void *on)
{
	char text[8];

	strscpy(text, on ? "1" : "0", sizeof(text));
	assert_true(sysctl_write("net.ipv4.ip_forward", text) >= 0);
	return 0;
}

static size_t transit(u8 *f, u8 ttl, u16 frag_off, size_t len)
{
	static const u8 zeroes[1480];
	size_t n = ip_frame(f, our_mac, PEER_IP, IP(192, 0, 2, 9), 99, frag_off, 1, zeroes, len);

	((struct iphdr *)(f + 14))->ttl = ttl;
	ip_send_check((struct iphdr *)(f + 14));
	give(f, n);
	return take(f, 2048);
}

static void nothing_is_forwarded_by_default(void **state)
{
	u64 before = drops(SKB_DROP_REASON_IP_FORWARDING_OFF);
	u8 f[2048];

	assert_int_equal(transit(f, 64, 0, 8), 0);
	assert_int_equal(drops(SKB_DROP_REASON_IP_FORWARDING_OFF), before + 1);
}

static void forwarding_lowers_the_ttl_and_says_when_it_ends(void **state)
{
	size_t n;
	u8 f[2048];

	run_task(set_forward, (void *)1);
	introduce_peer();
	n = transit(f, 64, 0, 8);
	if (n && frame_ip(f)->protocol ==
			 IPPROTO_ICMP) { /* a redirect comes first: in and out is one link */
		assert_int_equal(frame_icmp(f)->type, ICMP_REDIRECT);
		n = take(f, sizeof(f));
	}
	assert_int_equal(n, 42);
	assert_int_equal(frame_ip(f)->ttl, 63);
	assert_int_equal(ip_fast_csum(frame_ip(f), 5), 0);
	assert_memory_equal(((struct ethhdr *)f)->h_dest, peer_mac, 6);
	assert_true(transit(f, 1, 0, 8) > 0);
	assert_int_equal(frame_icmp(f)->type, ICMP_TIME_EXCEEDED);
	assert_int_equal(frame_icmp(f)->code, ICMP_EXC_TTL);
	assert_int_equal(frame_ip(f)->saddr, OUR_IP);
	run_task(set_forward, NULL);
	drain();
}

static void random_packets_do_no_harm(void **state)
{
	u32 seed = 3, i, k;
	u8 f[200];

	for (i = 0; i < 20000; i++) {
		size_t len;

		for (k = 0; k < sizeof(f); k++) {
			seed = seed * 1664525 + 1013904223;
			f[k] = (u8)(seed >> 24);
		}
		memcpy(f, our_mac, 6);
		f[12] = 8;
		f[13] = seed & 0x70000 ? 0 : 6;
		f[14] = 0x40 | (5 + f[14] % 4);
		len = 34 + f[1] % 150;
		if (seed & 0x80000) {
			struct iphdr *iph = (struct iphdr *)(f + 14);
			static const u8 protocols[] = { 1, 2, 6, 17, 99 };

			iph->tot_len = htons((u16)(len - 14));
			iph->protocol = protocols[f[30] % 5];
			iph->daddr = f[31] & 1	 ? OUR_IP
				     : f[31] & 2 ? IP(224, 0, 0, 1)
						 : htonl(0xffffffff);
			if (f[32] & 3)
				iph->frag_off = 0;
			if (len >= 14u + iph->ihl * 4u)
				ip_send_check(iph);
		}
		give(f, len);
		if (i % 100 == 0)
			drain();
	}
	drain();
	pass(60 * SECOND);
	assert_int_equal(ip_frag_mem(&init_net), 0);
}

/* ---- how many may go out ---- */

/* Sixty targets meet often, and overfill one of 64 sets of four places in some cases (the seed is the same each
 * time): those that meet do not begin anew in turns. */
static void targets_have_a_limit_each(void **state)
{
	unsigned int round, i, sent[60] = { 0 }, all = 0;

	pass(60 * SECOND);
	for (round = 0; round < 20; round++)
		for (i = 0; i < 60; i++)
			sent[i] += icmp_target_allow(&init_net, IP(203, 0, 113, i));
	for (i = 0; i < 60; i++) {
		assert_true(sent[i] <= 6);
		all += sent[i];
	}
	assert_true(all >= 6 * 56);
	pass(2 * SECOND + 10 * MILLISECOND);
	assert_true(icmp_target_allow(&init_net, IP(203, 0, 113, 7)));
	assert_true(icmp_target_allow(&init_net, IP(203, 0, 113, 7)));
	assert_false(icmp_target_allow(&init_net, IP(203, 0, 113, 7)));
}

/* However many there are: no more than the places allow, and no end of targets gives an old one new tokens. */
static void targets_without_end_get_what_the_places_allow(void **state)
{
	unsigned int i, all = 0;

	pass(60 * SECOND);
	for (i = 0; i < 100000; i++)
		all += icmp_target_allow(&init_net, htonl(0xc6120000 + i));
	assert_int_equal(all, 256 * 6);
	for (i = 0; i < 100; i++)
		assert_false(icmp_target_allow(&init_net, htonl(0xc6120000 + i)));
}

/* The namespace's limit: a burst of 50 on average, and nobody learns by counting how many others have had. CVE-2020-25705 */
static void the_limit_of_all_is_not_a_number_to_count(void **state)
{
	unsigned int i, n, first = 0, different = 0, all = 0;

	for (i = 0; i < 40; i++) {
		pass(2 * SECOND);
		for (n = 0; n < 1000 && icmp_global_allow(&init_net); n++)
			;
		assert_in_range(n, 25, 150);
		if (!i)
			first = n;
		different += n != first;
		all += n;
	}
	assert_true(different >= 20);
	assert_in_range(all, 40 * 40, 40 * 62);
	pass(25 * MILLISECOND); /* a thousand a second */
	for (n = 0; n < 1000 && icmp_global_allow(&init_net); n++)
		;
	assert_in_range(n, 10, 60);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_is_answered_byte_for_byte),
		cmocka_unit_test(broadcast_echo_and_wrong_checksums_are_not_answered),
		cmocka_unit_test(unknown_protocol_is_unreachable_but_no_error_answers_an_error),
		cmocka_unit_test(truncated_inner_headers_are_counted),
		cmocka_unit_test(open_connected_socket),
		cmocka_unit_test(errors_are_queued_with_what_they_are_about),
		cmocka_unit_test(fragmentation_needed_lowers_the_mtu_of_the_path),
		cmocka_unit_test(redirect_is_followed_from_the_gateway_only),
		cmocka_unit_test(close_connected_socket),
		cmocka_unit_test(raw_socket_sees_and_sends_whole_packets),
		cmocka_unit_test(pktinfo_names_the_device_and_the_destination),
		cmocka_unit_test(nothing_is_forwarded_by_default),
		cmocka_unit_test(forwarding_lowers_the_ttl_and_says_when_it_ends),
		cmocka_unit_test(random_packets_do_no_harm),
		cmocka_unit_test(targets_have_a_limit_each),
		cmocka_unit_test(targets_without_end_get_what_the_places_allow),
		cmocka_unit_test(the_limit_of_all_is_not_a_number_to_count),
	};

	return cmocka_run_group_tests_name("icmp", tests, set_up, end_ipv4);
}
