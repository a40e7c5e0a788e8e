/* SPDX-License-Identifier: MIT */
/* For unit tests of the DHCP client: a server's messages, what the client has sent, and a host that claims an address. */
#ifndef TESTS_DHCP_UNIT_H
#define TESTS_DHCP_UNIT_H

#include <net/dhcp.h>

#include "ipv4_unit.h"

#define SERVER	      PEER_IP

struct reply { /* a message under construction */
	u8 buf[1024];
	u8 *p;
};

static inline struct dhcphdr *hdr(struct reply *m)
{
	return (struct dhcphdr *)m->buf;
}

static inline void reply_begin(struct reply *m, __be32 xid, __be32 yiaddr)
{
	memset(m, 0, sizeof(*m));
	hdr(m)->op = BOOTREPLY;
	hdr(m)->htype = 1;
	hdr(m)->hlen = 6;
	hdr(m)->xid = xid;
	hdr(m)->yiaddr = yiaddr;
	memcpy(hdr(m)->chaddr, our_mac, 6);
	hdr(m)->magic = htonl(DHCP_MAGIC);
	m->p = m->buf + sizeof(struct dhcphdr);
}

static inline void opt(struct reply *m, u8 code, u8 len, const void *data)
{
	*m->p++ = code;
	*m->p++ = len;
	memcpy(m->p, data, len);
	m->p += len;
}

static inline void opt_addr(struct reply *m, u8 code, __be32 a)
{
	opt(m, code, 4, &a);
}

static inline void opt_type(struct reply *m, u8 type)
{
	opt(m, DHCP_OPT_MESSAGE_TYPE, 1, &type);
}

static inline size_t length(const struct reply *m)
{
	return (size_t)(m->p - m->buf);
}

static inline void full_reply(struct reply *m, u8 type, __be32 xid, __be32 addr, u32 lease)
{
	reply_begin(m, xid, addr);
	opt_type(m, type);
	opt_addr(m, DHCP_OPT_SERVER_ID, SERVER);
	opt_addr(m, DHCP_OPT_SUBNET_MASK, htonl(0xffffff00));
	opt_addr(m, DHCP_OPT_ROUTER, PEER_IP);
	opt_addr(m, DHCP_OPT_DNS, IP(10, 0, 2, 3));
	opt_addr(m, DHCP_OPT_LEASE_TIME, htonl(lease));
	*m->p++ = DHCP_OPT_END;
}

/* The next DHCP message on the wire within @ns; the frame in @f. NULL: none came. */
static inline const struct dhcphdr *next_message(u8 *f, u8 *type, u64 ns)
{
	u64 end = skiff_now() + ns;

	for (;;) {
		while (take(f, 2048)) {
			const struct udphdr *uh = (const struct udphdr *)(frame_ip(f) + 1);
			const u8 *o = (const u8 *)(uh + 1) + sizeof(struct dhcphdr);

			if (((struct ethhdr *)f)->h_proto != htons(ETH_P_IP) ||
			    uh->dest != htons(DHCP_SERVER_PORT))
				continue;
			*type = o[2]; /* the message type comes first */
			return (const struct dhcphdr *)(uh + 1);
		}
		if (skiff_now() >= end)
			return NULL;
		pass(10 * MILLISECOND);
	}
}

static inline void answer(struct reply *m, bool broadcast)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	u8 f[1200];

	give(f,
	     udp_frame(f, broadcast ? all : our_mac, SERVER, broadcast ? htonl(0xffffffff) : OUR_IP,
		       DHCP_SERVER_PORT, DHCP_CLIENT_PORT, m->buf, length(m)));
}

static inline __be32 our_address(void)
{
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");
	struct in_device *in_dev = __in_dev_get(dev);

	return in_dev && in_dev->ifa_list ? in_dev->ifa_list->ifa_local : 0;
}

/* Another station says that @addr is its own. */
static inline void claim(__be32 addr)
{
	u8 f[42];
	struct ethhdr *eth = (struct ethhdr *)f;
	struct arphdr *arp = (struct arphdr *)(eth + 1);
	struct arp_eth_body *b = (struct arp_eth_body *)(arp + 1);

	memset(f, 0xff, 6);
	memcpy(eth->h_source, "\2\0\0\0\0\x66", 6);
	eth->h_proto = htons(ETH_P_ARP);
	*arp = (struct arphdr){ .ar_hrd = htons(1),
				.ar_pro = htons(ETH_P_IP),
				.ar_hln = 6,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST) };
	memset(b, 0, sizeof(*b));
	memcpy(b->ar_sha, eth->h_source, 6);
	b->ar_sip = b->ar_tip = addr;
	give(f, sizeof(f));
}

static inline const u8 *option_of(const struct dhcphdr *h, u8 code)
{
	const u8 *o = (const u8 *)(h + 1);

	while (*o != DHCP_OPT_END && *o != code)
		o += *o == DHCP_OPT_PAD ? 1 : 2 + o[1];
	return *o == code ? o + 2 : NULL;
}

#endif
