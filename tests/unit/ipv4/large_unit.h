/* SPDX-License-Identifier: MIT */
/* For unit tests of large packets: TCP segments in frames, a device that gives them to NAPI, and a handler that keeps what
 * comes up. */
#ifndef TESTS_LARGE_UNIT_H
#define TESTS_LARGE_UNIT_H

#include <net/etherdevice.h>
#include <net/gro.h>
#include <net/netdevice.h>
#include <wire/tcp.h>

#include "ipv4_unit.h"

#define HLEN	  54 /* Ethernet, IPv4, TCP, without options */
#define TS_OPTION 12 /* bytes */
#define MAX_UP	  128
#define MAX_BYTES 70000

void napi_gro_flush(struct napi_struct *napi); /* net/core/gro.c */

static struct net_device *dev;
static struct napi_struct napi;
static struct sk_buff *up[MAX_UP]; /* what has come up, in its order */
static unsigned int nr_up;

/* A segment, as far as the tests vary it; 0 is the usual. */
struct seg {
	u32 seq, ack, tsval;
	u16 len, id, win, sport;
	u8 flags /* ACK is always there */, ttl, tos;
	bool fragmentable, bad_sum, ip_options, timestamps, in_pages;
	u8 pad;
};

static inline u8 pattern(u32 seq)
{
	return (u8)(seq * 7 + (seq >> 8));
}

/* seg_frame - its bytes at @f; their number. */
static inline unsigned int seg_frame(u8 *f, const struct seg *s)
{
	unsigned int ihl = s->ip_options ? 24 : 20, thl = 20 + (s->timestamps ? TS_OPTION : 0), i;
	struct ethhdr *eth = (struct ethhdr *)f;
	struct iphdr *iph = (struct iphdr *)(eth + 1);
	struct tcphdr *th = (struct tcphdr *)((u8 *)iph + ihl);
	u8 *opt = (u8 *)(th + 1);

	memset(f, 0, 14 + ihl + thl);
	memcpy(eth->h_dest, dev->dev_addr, 6);
	memcpy(eth->h_source, peer_mac, 6);
	eth->h_proto = htons(ETH_P_IP);
	*iph = (struct iphdr){ .version = 4,
			       .ihl = (u8)(ihl / 4) & 0xf,
			       .tos = s->tos,
			       .tot_len = htons((u16)(ihl + thl + s->len)),
			       .id = htons(s->id),
			       .frag_off = htons(s->fragmentable ? 0 : IP_DF),
			       .ttl = s->ttl ? s->ttl : 64,
			       .protocol = IPPROTO_TCP,
			       .saddr = PEER_IP,
			       .daddr = OUR_IP };
	if (s->ip_options)
		memset(iph + 1, IPOPT_NOOP, 4);
	ip_send_check(iph);
	th->source = htons(s->sport ? s->sport : 40000);
	th->dest = htons(9);
	th->seq = htonl(s->seq);
	th->ack_seq = htonl(s->ack);
	th->doff = (thl / 4) & 0xf;
	((u8 *)th)[13] = s->flags | TCPHDR_ACK;
	th->window = htons(s->win ? s->win : 1000);
	if (s->timestamps) {
		opt[0] = opt[1] = TCPOPT_NOP;
		opt[2] = TCPOPT_TIMESTAMP;
		opt[3] = TCPOLEN_TIMESTAMP;
		opt[7] = (u8)s->tsval;
	}
	for (i = 0; i < s->len; i++)
		opt[thl - 20 + i] = pattern(s->seq + i);
	th->check = csum_tcpudp_magic(iph->saddr, iph->daddr, thl + s->len, IPPROTO_TCP,
				      csum_partial(th, thl + s->len, 0));
	if (s->bad_sum)
		th->check = (__force __sum16)(u16)((__force u16)th->check ^ 0x5555);
	memset(f + 14 + ihl + thl + s->len, 0, s->pad);
	return 14 + ihl + thl + s->len + s->pad;
}

/* seg_skb - as a driver makes it of a frame: linear in a page fragment, or (in_pages) with the payload in a page. */
static inline struct sk_buff *seg_skb(const struct seg *s)
{
	static u8 f[MAX_BYTES];
	unsigned int n = seg_frame(f, s), linear = s->in_pages ? HLEN : n;
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, linear);

	assert_non_null(skb);
	memcpy(skb_put(skb, linear), f, linear);
	if (n > linear) {
		struct page *page = alloc_page(GFP_ATOMIC);

		assert_non_null(page);
		memcpy(page_address(page), f + linear, n - linear);
		skb_add_rx_frag(skb, 0, page, 0, n - linear, PAGE_SIZE);
	}
	skb->protocol = eth_type_trans(skb, dev);
	return skb;
}

static int keep(struct sk_buff *skb, struct net_device *d, struct packet_type *pt,
		struct net_device *orig_dev)
{
	assert_true(nr_up < MAX_UP);
	up[nr_up] = skb_clone(skb, GFP_ATOMIC);
	assert_non_null(up[nr_up]);
	nr_up++;
	consume_skb(skb);
	return 0;
}

static struct packet_type tap = { .type = htons(ETH_P_IP), .func = keep };

static inline void forget_up(void)
{
	while (nr_up)
		consume_skb(up[--nr_up]);
}

/* come - @n segments within one poll, and its end. */
static inline void come(const struct seg *s, unsigned int n)
{
	forget_up();
	local_bh_disable();
	while (n--)
		napi_gro_receive(&napi, seg_skb(s++));
	napi_gro_flush(&napi);
	local_bh_enable();
}

static netdev_tx_t swallow(struct sk_buff *skb, struct net_device *d)
{
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static int up_or_down(struct net_device *d)
{
	return 0;
}

static const struct net_device_ops large_ops = { .ndo_open = up_or_down,
						 .ndo_stop = up_or_down,
						 .ndo_start_xmit = swallow };

static int no_poll(struct napi_struct *n, int budget)
{
	return 0;
}

static int large_up(void *unused)
{
	dev = alloc_etherdev(0);
	assert_non_null(dev);
	dev->netdev_ops = &large_ops;
	memcpy(dev->dev_addr, our_mac, 6);
	dev->dev_addr[5]++;
	assert_int_equal(register_netdev(dev), 0);
	rtnl_lock();
	assert_int_equal(dev_open(dev), 0);
	rtnl_unlock();
	netif_napi_add(dev, &napi, no_poll, 64);
	tap.dev = dev;
	dev_add_pack(&tap);
	return 0;
}

static inline int set_up_large(void **state)
{
	boot_ipv4("ip=off");
	return run_task(large_up, NULL);
}

#endif
