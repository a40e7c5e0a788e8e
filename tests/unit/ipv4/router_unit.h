/* SPDX-License-Identifier: MIT */
/* A router with two links for unit tests: the peer on one (the WAN), a host and a gateway on the other (the LAN). */
#ifndef TESTS_ROUTER_UNIT_H
#define TESTS_ROUTER_UNIT_H

#include <kernel/printk.h>
#include <kernel/sysctl.h>
#include <net/etherdevice.h>
#include <net/net.h>
#include <wire/tcp.h>

#include "ipv4_unit.h"

#define LAN_IP	 IP(192, 168, 7, 1) /* ours on the second link */
#define HOST_IP	 IP(192, 168, 7, 2)
#define FAR_GW	 IP(192, 168, 7, 9)
#define FAR_NET	 IP(198, 51, 100, 0)
#define FAR_HOST IP(198, 51, 100, 5)
#define PROTOCOL 99
#define WAN_MTU	 1500
#define LAN_MTU	 1000

static struct skiff_port *lan;
static const u8 lan_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x57 },
		host_mac[6] = { 2, 0, 0, 0, 0, 7 };

static inline void command(const char *line)
{
	char out[256];

	skiff_command(line, out, sizeof(out));
	if (out[0])
		fail_msg("%s: %s", line, out);
}

static inline int write_sysctl(void *arg)
{
	const char **pair = arg;
	char text[32];

	strscpy(text, pair[1], sizeof(text));
	assert_true(sysctl_write(pair[0], text) >= 0);
	return 0;
}

static inline void sysctl(const char *name, const char *value)
{
	const char *pair[2] = { name, value };

	run_task(write_sysctl, pair);
}

/* A packet from the peer with @options (a multiple of 4 bytes) and @len zero bytes of data. */
static inline size_t packet(u8 *f, __be32 saddr, __be32 daddr, const void *options, unsigned int optlen,
		     u16 frag_off, unsigned int len)
{
	static u8 zeroes[1500];
	size_t n = ip_frame(f, our_mac, saddr, daddr, PROTOCOL, frag_off, 77, zeroes, len + optlen);
	struct iphdr *iph = (struct iphdr *)(f + 14);

	if (optlen)
		memcpy(iph + 1, options, optlen);
	iph->ihl = (u8)(5 + optlen / 4) & 0xf;
	ip_send_check(iph);
	return n;
}

/* The packet arrives; what comes out of @out, or 0. */
static inline size_t through(u8 *f, size_t n, struct skiff_port *out)
{
	give(f, n);
	return skiff_port_take(out, f, 2048, NULL);
}

static inline const u8 *options_of(const u8 *f)
{
	return f + 34;
}

static inline const struct icmphdr *icmp_of(const u8 *f)
{
	return (const struct icmphdr *)(f + 14 + frame_ip(f)->ihl * 4);
}

static inline void expect_icmp(const u8 *f, size_t n, u8 type, u8 code)
{
	assert_true(n > 0);
	assert_int_equal(frame_ip(f)->protocol, IPPROTO_ICMP);
	assert_int_equal(icmp_of(f)->type, type);
	assert_int_equal(icmp_of(f)->code, code);
	assert_int_equal(frame_ip(f)->daddr, PEER_IP);
}

static inline void drain_all(void)
{
	u8 buf[2048];

	drain();
	while (skiff_port_take(lan, buf, sizeof(buf), NULL))
		;
}

static inline void meet_both_neighbours(void **state)
{
	introduce_peer();
	command("ip addr add 192.168.7.1/24 dev eth1");
	command("ip link set eth1 mtu 1000");
	command("ip neigh add 192.168.7.2 lladdr 02:00:00:00:00:07 dev eth1");
	command("ip neigh add 192.168.7.9 lladdr 02:00:00:00:00:09 dev eth1");
	command("ip neigh replace 10.0.2.2 lladdr 02:00:00:00:00:01 dev eth0");
	command("ip route add 198.51.100.0/24 via 192.168.7.9");
	sysctl("net.ipv4.ip_forward", "1");
	sysctl("net.ipv4.icmp_ratelimit", "0");
	drain_all();
}

static inline int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	lan = skiff_port_new("eth1", lan_mac, WAN_MTU);
	assert_non_null(lan);
	pass(10 * MILLISECOND);
	return 0;
}

#endif
