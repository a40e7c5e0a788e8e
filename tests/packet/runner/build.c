/* SPDX-License-Identifier: MIT */
/* Packets from their description: the bytes that go to the stack, and those that are compared with
 * what it sends. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define ETHER_HEADER 14
#define IP_HEADER    20
#define IP_DF	     0x4000
#define IP_MF	     0x2000

static const u8 ether_broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

u16 checksum(const u8 *data, size_t len, u32 sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(data + i);
	if (len & 1)
		sum += (u32)data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

u32 pseudo_sum(u32 src, u32 dst, u8 proto, u32 len)
{
	return (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + proto + len;
}

static u32 src_of(const struct packet_spec *p, const struct conn *c)
{
	return p->ip.src.given ? p->ip.src.v : p->out ? c->local : c->remote;
}

static u32 dst_of(const struct packet_spec *p, const struct conn *c)
{
	return p->ip.dst.given ? p->ip.dst.v : p->out ? c->remote : c->local;
}

static void put_payload(const struct packet_spec *p, u8 *to, u8 proto, u32 offset)
{
	if (p->data && p->kind != PK_IP && p->kind != PK_ETHER) {
		memcpy(to, p->data, p->len);
		return;
	}
	for (u32 i = 0; i < p->len; i++)
		to[i] = pattern(proto, offset + i);
}

/* put_timestamps - in script units the remote's clock is absolute, and ours counts from its first
 * value. */
static void put_timestamps(const struct tcp_option *o, const struct packet_spec *p, struct conn *c,
			   u8 *to)
{
	u32 base = c->ts_known ? c->ts_base : 0;
	bool plain_syn = (p->flags & (TH_SYN | TH_ACK)) == TH_SYN;

	if (p->out) {
		put32(to, base + o->a.v);
		put32(to + 4, o->b.v);
		return;
	}
	put32(to, o->a.v);
	put32(to + 4, o->b.any ? c->ts_last : plain_syn && !o->b.v ? 0 : base + o->b.v);
}

static int put_option(const struct tcp_option *o, const struct packet_spec *p, struct conn *c,
		      u8 *to)
{
	u32 isn = c->isn_known ? c->isn : 0;
	int i;

	to[0] = o->kind;
	switch (o->kind) {
	case 0:
	case 1: return 1;
	case 2: put16(to + 2, o->a.v); return to[1] = 4;
	case 3: to[2] = (u8)o->a.v; return to[1] = 3;
	case 4: return to[1] = 2;
	case 5: /* an inbound one names our sequence numbers, an outbound one the remote's */
		for (i = 0; i < o->nr_sacks; i++) {
			put32(to + 2 + 8 * i, o->sack[i].left + (p->out ? c->remote_isn : isn));
			put32(to + 6 + 8 * i, o->sack[i].right + (p->out ? c->remote_isn : isn));
		}
		return to[1] = (u8)(2 + 8 * o->nr_sacks);
	case 8: put_timestamps(o, p, c, to + 2); return to[1] = 10;
	case OPT_RAW: memcpy(to, o->raw, (size_t)o->raw_len); return o->raw_len;
	case 34:
		if (o->a.any) {
			memcpy(to + 2, learnt_cookie.val, learnt_cookie.len);
			return to[1] = (u8)(2 + learnt_cookie.len);
		}
		__attribute__((fallthrough));
	default: memcpy(to + 2, o->raw, (size_t)o->raw_len); return to[1] = (u8)(2 + o->raw_len);
	}
}

static size_t build_tcp(const struct packet_spec *p, struct conn *c, u8 *l4, int line)
{
	u32 isn = c->isn_known ? c->isn : 0, mine = p->out ? isn : c->remote_isn,
	    theirs = p->out ? c->remote_isn : isn;
	size_t opts = 0, len;
	u16 win = p->win.given ? (u16)p->win.v : c->last_win;

	memset(l4, 0, 20);
	put16(l4, p->out ? c->lport : c->rport);
	put16(l4 + 2, p->out ? c->rport : c->lport);
	put32(l4 + 4, mine + (u32)p->seq);
	if (p->ack.given)
		put32(l4 + 8, theirs + p->ack.v);
	l4[13] = p->flags;
	put16(l4 + 14, win);
	put16(l4 + 18, p->urg.v);
	for (int i = 0; i < p->nr_options; i++) {
		if (opts > 40)
			script_error(line, "more than 40 bytes of TCP options");
		opts += (size_t)put_option(&p->options[i], p, c, l4 + 20 + opts);
	}
	while (opts & 3)
		l4[20 + opts++] = 0;
	if (opts > 40)
		script_error(line, "more than 40 bytes of TCP options");
	l4[12] = (u8)((p->ip.doff.given ? p->ip.doff.v : 5 + opts / 4) << 4 | p->ip.reserved.v);
	len = 20 + opts;
	put_payload(p, l4 + len, 6, (u32)p->seq + (p->flags & TH_SYN ? 1 : 0));
	len += p->len;
	if (!p->out)
		c->last_win = win;
	return len;
}

static size_t build_quote(const struct packet_spec *p, u8 *to, int line)
{
	struct packet_spec *q = p->quote;
	struct conn *c = conn_of(q, true);
	u8 *whole = malloc(FRAME_MAX);
	size_t n = build(q, c, whole, line) - ETHER_HEADER,
	       want = IP_HEADER + (p->quote_len ? p->quote_len : 8);

	if (n > want)
		n = want;
	memcpy(to, whole + ETHER_HEADER, n);
	free(whole);
	return n;
}

static size_t build_icmp(const struct packet_spec *p, u8 *l4, int line)
{
	size_t len = 8;

	memset(l4, 0, 8);
	l4[0] = p->type;
	l4[1] = (u8)p->code.v;
	if (p->id.given || p->sequence.given) {
		put16(l4 + 4, p->id.v);
		put16(l4 + 6, p->sequence.v);
	} else if (p->type == 12) {
		l4[4] = (u8)p->info.v;
	} else {
		put32(l4 + 4, p->info.v);
	}
	if (p->quote)
		len += build_quote(p, l4 + 8, line);
	put_payload(p, l4 + len, 1, 0);
	return len + p->len;
}

/* put_sum - the transport's checksum, right or wrong as asked for. */
static void put_sum(const struct packet_spec *p, struct conn *c, u8 *l4, size_t len)
{
	u32 pseudo = 0;
	size_t at;
	u16 sum;

	if (p->kind == PK_TCP) {
		at = 16;
		pseudo = pseudo_sum(src_of(p, c), dst_of(p, c), 6, (u32)len);
	} else if (p->kind == PK_UDP) {
		at = 6;
		pseudo = pseudo_sum(src_of(p, c), dst_of(p, c), 17, (u32)len);
	} else {
		at = 2;
	}
	put16(l4 + at, 0);
	if (p->ip.no_checksum)
		return;
	sum = checksum(l4, len, pseudo);
	if (p->kind == PK_UDP && !sum)
		sum = 0xffff;
	if (p->ip.bad_checksum)
		sum ^= 0x5555;
	put16(l4 + at, sum);
}

size_t build_l4(const struct packet_spec *p, struct conn *c, u8 *l4, int line)
{
	size_t len;

	switch (p->kind) {
	case PK_TCP: len = build_tcp(p, c, l4, line); break;
	case PK_UDP:
		len = 8 + p->len;
		put16(l4, p->out ? c->lport : c->rport);
		put16(l4 + 2, p->out ? c->rport : c->lport);
		put16(l4 + 4, p->ip.udplen.given ? p->ip.udplen.v : (u32)len);
		put_payload(p, l4 + 8, 17, 0);
		break;
	case PK_ICMP: len = build_icmp(p, l4, line); break;
	default: memcpy(l4, p->data, p->len); return p->len;
	}
	put_sum(p, c, l4, len);
	return len;
}

static void put_ether(const struct packet_spec *p, u8 *frame, u16 type)
{
	static const u8 other[6] = { 0x02, 0, 0, 0, 0, 0x99 };

	memcpy(frame, p->ip.broadcast ? ether_broadcast : p->ip.other_mac ? other : local_mac, 6);
	memcpy(frame + 6, p->has_sha ? p->sha : remote_mac, 6);
	put16(frame + 12, type);
}

static u32 or_else(struct value v, u32 otherwise)
{
	return v.given ? v.v : otherwise;
}

/* put_ip - the header of @hlen bytes before @len bytes of payload that begin at @off of the whole.
 */
static void put_ip(const struct packet_spec *p, struct conn *c, u8 *ip, u32 hlen, u32 len)
{
	static u16 next_id = 1;
	u32 frag = p->ip.frag_given ? p->ip.frag_off / 8 | (p->ip.more ? IP_MF : 0) : 0;
	u8 proto = p->kind == PK_TCP ? 6 : p->kind == PK_UDP ? 17 : 1;

	memset(ip, 0, hlen);
	ip[0] = (u8)(or_else(p->ip.version, 4) << 4 | or_else(p->ip.ihl, hlen / 4));
	ip[1] = (u8)(p->ip.tos.v | p->ip.ecn.v);
	put16(ip + 2, or_else(p->ip.totlen, hlen + len));
	put16(ip + 4, p->ip.id.given ? p->ip.id.v : next_id++);
	put16(ip + 6, frag | (p->ip.df.given && p->ip.df.v ? IP_DF : 0));
	ip[8] = (u8)or_else(p->ip.ttl, 64);
	ip[9] = (u8)or_else(p->ip.proto, proto);
	put32(ip + 12, src_of(p, c));
	put32(ip + 16, dst_of(p, c));
	memcpy(ip + 20, p->ip.options, (size_t)p->ip.options_len);
	put16(ip + 10, p->ip.ipsum.given ? p->ip.ipsum.v : checksum(ip, hlen, 0));
}

static size_t build_arp(const struct packet_spec *p, u8 *frame)
{
	u8 *arp = frame + ETHER_HEADER;

	put_ether(p, frame, 0x0806);
	if (p->arp_op == 1 && !p->has_tha)
		memcpy(frame, ether_broadcast, 6);
	put16(arp, 1);
	put16(arp + 2, 0x0800);
	arp[4] = 6;
	arp[5] = 4;
	put16(arp + 6, p->arp_op);
	memcpy(arp + 8, p->has_sha ? p->sha : remote_mac, 6);
	put32(arp + 14, p->arp_spa);
	memset(arp + 18, 0, 6);
	if (p->has_tha)
		memcpy(arp + 18, p->tha, 6);
	else if (p->arp_op == 2)
		memcpy(arp + 18, local_mac, 6);
	put32(arp + 24, p->arp_tpa ? p->arp_tpa : script.local);
	return ETHER_HEADER + 28;
}

size_t build(const struct packet_spec *p, struct conn *c, u8 *frame, int line)
{
	u32 hlen = IP_HEADER + (u32)(p->ip.options_len + 3) / 4 * 4;
	u8 *ip = frame + ETHER_HEADER, *l4;
	size_t len, off = 0;

	if (p->kind == PK_ARP)
		return build_arp(p, frame);
	if (p->kind == PK_ETHER) {
		memcpy(frame, p->data, p->len);
		return p->len;
	}
	put_ether(p, frame, 0x0800);
	if (p->kind == PK_IP) {
		memcpy(ip, p->data, p->len);
		return ETHER_HEADER + p->len;
	}
	l4 = calloc(1, FRAME_MAX * 2);
	len = build_l4(p, c, l4, line);
	if (p->ip.frag_given) {
		off = p->ip.frag_off;
		len = p->ip.frag_len;
	}
	if (ETHER_HEADER + hlen + len > FRAME_MAX || off + len > FRAME_MAX * 2)
		script_error(line, "a packet too long");
	put_ip(p, c, ip, hlen, (u32)len);
	memcpy(ip + hlen, l4 + off, len);
	free(l4);
	len += ETHER_HEADER + hlen;
	if (p->ip.pad.given) {
		memset(frame + len, 0xee, p->ip.pad.v);
		len += p->ip.pad.v;
	}
	if (p->ip.cut.given && p->ip.cut.v + ETHER_HEADER < len)
		len = ETHER_HEADER + p->ip.cut.v;
	return len;
}
