/* SPDX-License-Identifier: MIT */
/* Fuzz target: DNS replies as the kernel's resolver reads them (net/cmds/resolve.c), asked for by
 * the console's nslookup. */
#include <wire/dns.h>
#include <wire/udp.h>

#include "fuzz.h"

#define DNS_PORT_BYTE 53
#define MESSAGE_MAX   1400

static struct net_device *dev;
static struct timer_list answer_timer;
static u8 question[sizeof(struct udphdr) + 512];
static size_t question_len;

static void sent(const u8 *frame, size_t len)
{
	const size_t at = ETH_HLEN + 20;

	if (len < at + sizeof(struct udphdr) + 12 || frame[12] != 0x08 || frame[13] != 0x00 ||
	    frame[ETH_HLEN + 9] != IPPROTO_UDP || frame[at + 3] != DNS_PORT_BYTE)
		return;
	question_len = min(len - at, sizeof(question));
	memcpy(question, frame + at, question_len);
	mod_timer(&answer_timer, jiffies + 1);
}

/* answer - the question again, marked as a reply, with records of the input; or the input alone. */
static void answer(unsigned long unused)
{
	static u8 packet[sizeof(struct udphdr) + MESSAGE_MAX];
	const size_t hlen = sizeof(struct udphdr);
	u8 how = fuzz_u8();
	size_t n = hlen;

	if (!fuzz_more())
		return;
	memcpy(packet, question + 2, 2);
	memcpy(packet + 2, question, 2);
	if (!(how & 1)) {
		memcpy(packet + hlen, question + hlen, question_len - hlen);
		packet[hlen + 2] |= 0x80;
		packet[hlen + 3] = (u8)(how & 2 ? fuzz_u8() : 0);
		packet[hlen + 7] = fuzz_u8(); /* answers */
		n = question_len;
	}
	n += fuzz_bytes(packet + n, fuzz_u16() % (sizeof(packet) - n));
	packet[4] = (u8)(n >> 8);
	packet[5] = (u8)n;
	packet[6] = packet[7] = 0;
	fuzz_ip_receive(dev, IPPROTO_UDP, 0, 1, packet, n);
}

static int set_up(void *unused)
{
	dev = fuzz_dev_new(&init_net, true);
	setup_timer(&answer_timer, answer, 0);
	fuzz_sent = sent;
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	fuzz_call(NULL, set_up, NULL);
}

void fuzz_one(const u8 *data, size_t len)
{
	static char out[8192];

	skiff_command("nslookup www.example.org 10.0.0.2", out, sizeof(out));
	del_timer(&answer_timer);
}
