/* SPDX-License-Identifier: MIT */
/* Fuzz target: a DHCP client (net/ipv4/dhcp*.c, ipconfig.c) among servers that answer with
 * anything. */
#include <net/ipconfig.h>
#include <wire/dhcp.h>
#include <wire/udp.h>

#include "fuzz.h"

#define MAX_STEPS   40
#define OPTIONS_MAX 600

static struct net *net;
static struct net_device *dev;
static __be32 last_xid; /* of what the client has sent last */

static void sent(const u8 *frame, size_t len)
{
	const size_t at = ETH_HLEN + 20 + sizeof(struct udphdr) + offsetof(struct dhcphdr, xid);

	if (len >= at + 4 && frame[12] == 0x08 && frame[13] == 0x00 &&
	    frame[ETH_HLEN + 9] == IPPROTO_UDP && frame[ETH_HLEN + 23] == DHCP_SERVER_PORT)
		memcpy(&last_xid, frame + at, 4);
}

static void send_reply(const void *payload, size_t len)
{
	static u8 packet[sizeof(struct udphdr) + sizeof(struct dhcphdr) + OPTIONS_MAX];
	struct udphdr uh = { .source = htons(DHCP_SERVER_PORT),
			     .dest = htons(DHCP_CLIENT_PORT),
			     .len = htons((u16)(sizeof(uh) + len)) };

	memcpy(packet, &uh, sizeof(uh));
	memcpy(packet + sizeof(uh), payload, len);
	fuzz_ip_receive(dev, IPPROTO_UDP, 0, 1, packet, sizeof(uh) + len);
}

/* step_reply - a reply that the client will read: the options are the input's. */
static void step_reply(void)
{
	struct {
		struct dhcphdr h;
		u8 opt[OPTIONS_MAX];
	} r;
	u8 how = fuzz_u8();
	size_t n;

	memset(&r, 0, sizeof(r));
	r.h.op = how & 1 ? fuzz_u8() : BOOTREPLY;
	r.h.htype = DHCP_HTYPE_ETHER;
	r.h.hlen = how & 2 ? fuzz_u8() : ETH_ALEN;
	r.h.xid = last_xid;
	r.h.yiaddr = how & 4 ? fuzz_u32() : htonl(0x0a000064);
	memcpy(r.h.chaddr, fuzz_mac, ETH_ALEN);
	r.h.magic = htonl(DHCP_MAGIC);
	if (how & 8) {
		fuzz_bytes(r.h.sname, 64);
		fuzz_bytes(r.h.file, 128);
	}
	n = 0;
	if (how & 16) { /* one that can be taken up */
		static const u8 usual[] = { 53,	 1,   0,   54, 4,  10, 0, 0, 2, 1, 4,
					    255, 255, 255, 0,  51, 4,  0, 0, 0, 60 };

		memcpy(r.opt, usual, sizeof(usual));
		r.opt[2] = fuzz_u8() % 9;
		n = sizeof(usual);
	}
	n += fuzz_bytes(r.opt + n, fuzz_u16() % (OPTIONS_MAX - n));
	send_reply(&r, sizeof(r.h) + n);
}

static void step_raw(void)
{
	static u8 b[sizeof(struct dhcphdr) + OPTIONS_MAX];

	send_reply(b, fuzz_bytes(b, fuzz_u16() % sizeof(b)));
}

static void step(void)
{
	u8 op = fuzz_u8();
	struct dhcp_status status;

	switch (op % 8) {
	case 0: step_raw(); break;
	case 1: msleep(1u << (fuzz_u8() % 22)); break;
	case 2: dhcp_conflict(dev, fuzz_u32(), true); break;
	case 3: dhcp_release(net, dev->name); break;
	case 4: dhcp_start(net, dev->name); break;
	default:
		step_reply();
		msleep(1);
		break;
	}
	dhcp_status(net, dev->name, &status);
}

static int body(void *measure)
{
	unsigned int n;

	net = net_create();
	if (IS_ERR(net))
		fuzz_fault("net_create: error %ld", PTR_ERR(net));
	dev = fuzz_dev_new(net, false);
	fuzz_sent = sent;
	dhcp_start(net, dev->name);
	msleep(1);
	for (n = 0; n < MAX_STEPS && fuzz_more(); n++)
		step();
	dhcp_stop(net, dev->name);
	fuzz_sent = NULL;
	msleep(100);
	fuzz_dev_destroy(dev);
	net_destroy(net);
	if (measure)
		fuzz_baseline();
	else
		fuzz_check_baseline();
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	in.left = 0;
	fuzz_call(NULL, body, &in);
}

void fuzz_one(const u8 *data, size_t len)
{
	fuzz_call(NULL, body, NULL);
}
