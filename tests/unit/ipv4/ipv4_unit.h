/* SPDX-License-Identifier: MIT */
/* For unit tests of IPv4: the whole stack with one Ethernet port, whose wire the test holds. */
#ifndef TESTS_IPV4_UNIT_H
#define TESTS_IPV4_UNIT_H

#include <kernel/string.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/udp.h>
#include <wire/arp.h>
#include <wire/eth.h>

#include "unit.h"

#include "skiff_host.h"
#include "skiff_test.h"

#define IP(a, b, c, d) htonl((u32)(a) << 24 | (u32)(b) << 16 | (u32)(c) << 8 | (u32)(d))
#define OUR_IP	       IP(10, 0, 2, 15)
#define PEER_IP	       IP(10, 0, 2, 2)
#define SECOND	       1000000000ull
#define MILLISECOND    1000000ull

static const u8 our_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 },
		peer_mac[6] = { 2, 0, 0, 0, 0, 1 };
static struct skiff_port *port __maybe_unused;

static inline void pass(u64 ns)
{
	host_has_the_cpu();
	skiff_run(skiff_now() + ns);
}

static inline int boot_ipv4(const char *cmdline)
{
	skiff_boot(cmdline);
	pass(MILLISECOND);
	port = skiff_port_new("eth0", our_mac, 1500);
	assert_non_null(port);
	pass(10 * MILLISECOND);
	return 0;
}

/* The next frame that was sent, as it is on the wire; 0: none. */
static inline size_t take(u8 *buf, size_t cap)
{
	return skiff_port_take(port, buf, cap, NULL);
}

static inline void drain(void)
{
	u8 buf[2048];

	while (take(buf, sizeof(buf)))
		;
}

static inline void give(const void *frame, size_t len)
{
	skiff_port_give(port, frame, len);
	pass(MILLISECOND);
}

/* An IPv4 packet in an Ethernet frame to us; its length. */
static inline size_t ip_frame(u8 *f, const u8 *dmac, __be32 saddr, __be32 daddr, u8 proto,
			      u16 frag_off, u16 id, const void *data, size_t len)
{
	struct ethhdr *eth = (struct ethhdr *)f;
	struct iphdr *iph = (struct iphdr *)(eth + 1);

	memcpy(eth->h_dest, dmac, 6);
	memcpy(eth->h_source, peer_mac, 6);
	eth->h_proto = htons(ETH_P_IP);
	*iph = (struct iphdr){ .version = 4,
			       .ihl = 5,
			       .tot_len = htons((u16)(sizeof(*iph) + len)),
			       .id = htons(id),
			       .frag_off = htons(frag_off),
			       .ttl = 64,
			       .protocol = proto,
			       .saddr = saddr,
			       .daddr = daddr };
	ip_send_check(iph);
	memcpy(iph + 1, data, len);
	return sizeof(*eth) + sizeof(*iph) + len;
}

static inline size_t udp_frame(u8 *f, const u8 *dmac, __be32 saddr, __be32 daddr, u16 sport,
			       u16 dport, const void *data, size_t len)
{
	u8 payload[1500];
	struct udphdr *uh = (struct udphdr *)payload;

	*uh = (struct udphdr){ .source = htons(sport),
			       .dest = htons(dport),
			       .len = htons((u16)(sizeof(*uh) + len)) };
	memcpy(uh + 1, data, len);
	uh->check = csum_tcpudp_magic(saddr, daddr, (u32)(sizeof(*uh) + len), IPPROTO_UDP,
				      csum_partial(uh, sizeof(*uh) + len, 0));
	return ip_frame(f, dmac, saddr, daddr, IPPROTO_UDP, 0, 1, payload, sizeof(*uh) + len);
}

/* Teach the stack who the peer is, so that what it sends leaves at once. */
static inline void introduce_peer(void)
{
	u8 f[42];
	struct ethhdr *eth = (struct ethhdr *)f;
	struct arphdr *arp = (struct arphdr *)(eth + 1);
	struct arp_eth_body *b = (struct arp_eth_body *)(arp + 1);

	memset(eth->h_dest, 0xff, 6);
	memcpy(eth->h_source, peer_mac, 6);
	eth->h_proto = htons(ETH_P_ARP);
	*arp = (struct arphdr){ .ar_hrd = htons(1),
				.ar_pro = htons(ETH_P_IP),
				.ar_hln = 6,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST) };
	memset(b, 0, sizeof(*b));
	memcpy(b->ar_sha, peer_mac, 6);
	b->ar_sip = PEER_IP;
	b->ar_tip = OUR_IP;
	give(f, sizeof(f));
	drain();
}

static inline const struct iphdr *frame_ip(const u8 *f)
{
	return (const struct iphdr *)(f + sizeof(struct ethhdr));
}

static inline u64 drops(enum skb_drop_reason reason)
{
	return init_net.drops[reason];
}

static inline int end_ipv4(void **state)
{
	assert_int_equal(skiff_warnings(), 0);
	return 0;
}

#endif
