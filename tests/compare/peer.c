/* SPDX-License-Identifier: MIT */
/* The peer: TCP segments and ICMP errors, made and read by hand. */
#include <string.h>

#include "world.h"

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static uint32_t add(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += get16(p + i);
	return len & 1 ? sum + (uint32_t)p[len - 1] * 256 : sum;
}

static uint32_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void ip_header(uint8_t *ip, uint8_t proto, size_t len)
{
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, (uint32_t)len);
	ip[8] = 64;
	ip[9] = proto;
	put32(ip + 12, REMOTE_ADDR);
	put32(ip + 16, LOCAL_ADDR);
	put16(ip + 10, fold(add(ip, 20, 0)));
}

/* The options of a segment; how many bytes. */
static size_t put_options(const struct peer *p, uint8_t flags, uint8_t *opt)
{
	if (flags & SYN) {
		put32(opt, 2u << 24 | 4u << 16 | 1000); /* MSS */
		if (!p->options)
			return 4;
		put32(opt + 4, 0x01010402); /* SACK permitted */
		put32(opt + 8, 0x01030307); /* scale */
		return 12;
	}
	if (!(flags & ACK) || p->sack_from == p->sack_to)
		return 0;
	put32(opt, 0x0101050a);
	put32(opt + 4, p->sack_from);
	put32(opt + 8, p->sack_to);
	return 12;
}

void peer_send(struct peer *p, uint8_t flags, uint32_t seq, size_t len)
{
	uint8_t packet[PACKET_MAX] = { 0 }, *tcp = packet + 20;
	size_t options = put_options(p, flags, tcp + 20), total = 20 + options + len;

	put16(tcp, p->rport);
	put16(tcp + 2, p->lport);
	put32(tcp + 4, seq);
	put32(tcp + 8, flags & ACK ? p->ack : 0);
	tcp[12] = (uint8_t)((20 + options) / 4 << 4);
	tcp[13] = flags;
	put16(tcp + 14, 20000);
	memset(tcp + 20 + options, 'x', len);
	ip_header(packet, 6, 20 + total);
	put16(tcp + 16, fold(add(tcp, total, add(packet + 12, 8, 6 + (uint32_t)total))));
	world_give(packet, 20 + total);
	if (flags & ACK)
		p->una = p->ack;
}

bool peer_get(struct peer *p, uint8_t flags, unsigned int ms)
{
	uint8_t packet[PACKET_MAX];
	size_t n;

	while ((n = world_take(packet, sizeof(packet), ms)) > 0) {
		const uint8_t *tcp = packet + 20;

		if (n < 40 || packet[0] != 0x45 || packet[9] != 6 || get16(tcp + 2) != p->rport ||
		    (p->lport && get16(tcp) != p->lport) || (tcp[13] & flags) != flags)
			continue;
		p->lport = (uint16_t)get16(tcp);
		memcpy(p->first, packet, sizeof(p->first) < n ? sizeof(p->first) : n);
		p->ack = get32(tcp + 4) + (uint32_t)(n - 20 - (tcp[12] >> 4) * 4u) +
			 (tcp[13] & SYN ? 1 : 0) + (tcp[13] & FIN ? 1 : 0);
		return true;
	}
	return false;
}

void peer_drain(void)
{
	uint8_t packet[PACKET_MAX];

	while (world_take(packet, sizeof(packet), 0))
		;
}

void peer_icmp(struct peer *p, uint8_t type, uint8_t code, uint32_t info)
{
	uint8_t packet[20 + 8 + 28] = { 0 }, *icmp = packet + 20;

	icmp[0] = type;
	icmp[1] = code;
	put32(icmp + 4, info);
	memcpy(icmp + 8, p->first, 28);
	put16(icmp + 2, fold(add(icmp, 36, 0)));
	ip_header(packet, 1, sizeof(packet));
	world_give(packet, sizeof(packet));
}
