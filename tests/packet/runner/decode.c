/* SPDX-License-Identifier: MIT */
/* Frames from the stack: taken apart, their lengths and checksums verified, and told as tcpdump
 * would tell them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static void decode_tcp(struct packet *p)
{
	u32 hlen;

	if (p->l4_len < 20) {
		p->wrong = "a TCP header cut short";
		return;
	}
	hlen = (u32)(p->l4[12] >> 4) * 4;
	if (hlen < 20 || hlen > p->l4_len) {
		p->wrong = "a wrong TCP data offset";
		return;
	}
	p->sport = get16(p->l4);
	p->dport = get16(p->l4 + 2);
	p->seq = get32(p->l4 + 4);
	p->ack = get32(p->l4 + 8);
	p->flags = p->l4[13];
	p->win = get16(p->l4 + 14);
	p->urp = get16(p->l4 + 18);
	p->opts = p->l4 + 20;
	p->opts_len = hlen - 20;
	p->payload = p->l4 + hlen;
	p->payload_len = p->l4_len - hlen;
	if (p->whole && checksum(p->l4, p->l4_len, pseudo_sum(p->src, p->dst, 6, p->l4_len)))
		p->wrong = "a wrong TCP checksum";
	if (p->l4[12] & 0x0f)
		p->wrong = "reserved bits of the TCP header are set";
}

static void decode_udp(struct packet *p)
{
	if (p->l4_len < 8) {
		p->wrong = "a UDP header cut short";
		return;
	}
	p->sport = get16(p->l4);
	p->dport = get16(p->l4 + 2);
	p->payload = p->l4 + 8;
	p->payload_len = p->l4_len - 8;
	if (!p->whole)
		return;
	if (get16(p->l4 + 4) != p->l4_len)
		p->wrong = "a wrong UDP length";
	else if (get16(p->l4 + 6) &&
		 checksum(p->l4, p->l4_len, pseudo_sum(p->src, p->dst, 17, p->l4_len)))
		p->wrong = "a wrong UDP checksum";
}

static void decode_icmp(struct packet *p)
{
	if (p->l4_len < 8) {
		p->wrong = "an ICMP header cut short";
		return;
	}
	p->payload = p->l4 + 8;
	p->payload_len = p->l4_len - 8;
	if (p->whole && checksum(p->l4, p->l4_len, 0))
		p->wrong = "a wrong ICMP checksum";
}

static void decode_l4(struct packet *p)
{
	if (p->frag_off)
		return;
	if (p->proto == 6)
		decode_tcp(p);
	else if (p->proto == 17)
		decode_udp(p);
	else if (p->proto == 1)
		decode_icmp(p);
}

static void decode_ip(struct packet *p)
{
	u32 hlen, total;

	p->ip = p->frame + 14;
	p->ip_len = (u32)p->len - 14;
	hlen = p->ip_len >= 20 ? (p->ip[0] & 15u) * 4 : 0;
	if (hlen < 20 || p->ip[0] >> 4 != 4 || hlen > p->ip_len) {
		p->wrong = "a wrong IP header";
		return;
	}
	total = get16(p->ip + 2);
	if (total < hlen || total > p->ip_len) {
		p->wrong = "a wrong IP total length";
		return;
	}
	if (checksum(p->ip, hlen, 0))
		p->wrong = "a wrong IP checksum";
	p->tos = p->ip[1];
	p->id = get16(p->ip + 4);
	p->df = p->ip[6] & 0x40;
	p->mf = p->ip[6] & 0x20;
	p->frag_off = (u16)((get16(p->ip + 6) & 0x1fff) * 8);
	p->whole = !p->mf && !p->frag_off;
	p->ttl = p->ip[8];
	p->proto = p->ip[9];
	p->src = get32(p->ip + 12);
	p->dst = get32(p->ip + 16);
	p->l4 = p->ip + hlen;
	p->l4_len = total - hlen;
	decode_l4(p);
}

struct packet *decode(const u8 *frame, size_t len, s64 at_ns)
{
	struct packet *p = calloc(1, sizeof(*p));

	p->at_ns = at_ns;
	p->len = len;
	p->frame = malloc(len + 1);
	memcpy(p->frame, frame, len);
	if (len < 14) {
		p->wrong = "a frame cut short";
		return p;
	}
	p->ethertype = get16(frame + 12);
	if (p->ethertype == 0x0800)
		decode_ip(p);
	return p;
}

void packet_free(struct packet *p)
{
	if (p)
		free(p->frame);
	free(p);
}

/* ---- text ---- */

static void add(char **to, const char *end, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void add(char **to, const char *end, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(*to, (size_t)(end - *to), format, ap);
	va_end(ap);
	if (n > 0)
		*to += n < end - *to ? n : end - *to - 1;
}

static void describe_option(char **s, const char *end, const u8 *o, u32 len, const struct conn *c,
			    bool out)
{
	u32 base = c && c->ts_known ? c->ts_base : 0, peer = !c		    ? 0
							     : out	    ? c->remote_isn
							     : c->isn_known ? c->isn
									    : 0;

	if (o[0] == 2 && len == 4) {
		add(s, end, "mss %u", get16(o + 2));
	} else if (o[0] == 3 && len == 3) {
		add(s, end, "wscale %u", o[2]);
	} else if (o[0] == 4 && len == 2) {
		add(s, end, "sackOK");
	} else if (o[0] == 8 && len == 10) {
		add(s, end, "TS val %u ecr %u", get32(o + 2) - (out ? base : 0),
		    get32(o + 6) - (out || !get32(o + 6) ? 0 : base));
	} else if (o[0] == 5 && len % 8 == 2) {
		add(s, end, "sack");
		for (u32 i = 2; i < len; i += 8)
			add(s, end, " %u:%u", get32(o + i) - peer, get32(o + i + 4) - peer);
	} else {
		add(s, end, o[0] == 34 ? "FO " : "%02x%02x", o[0], len);
		for (u32 i = 2; i < len; i++)
			add(s, end, "%02x", o[i]);
	}
}

static void describe_options(char **s, const char *end, const struct packet *p,
			     const struct conn *c, bool out)
{
	const u8 *o = p->opts;
	u32 left = p->opts_len, len;

	if (!left)
		return;
	add(s, end, " <");
	for (; left; o += len, left -= len) {
		if (o != p->opts)
			add(s, end, ",");
		len = o[0] < 2 ? 1 : left < 2 ? 0 : o[1];
		if (o[0] < 2) {
			add(s, end, o[0] ? "nop" : "eol");
		} else if (len < 2 || len > left) {
			add(s, end, "broken option %u", o[0]);
			break;
		} else {
			describe_option(s, end, o, len, c, out);
		}
	}
	add(s, end, ">");
}

static void describe_tcp(char **s, const char *end, const struct packet *p)
{
	static const char letters[] = "FSRP.UEW";
	struct conn *in = conn_find(6, p->dst, p->dport, p->src, p->sport),
		    *out = conn_find(6, p->src, p->sport, p->dst, p->dport);
	struct conn *c = out ? out : in;
	u32 mine = 0, theirs = 0;

	if (c) {
		mine = out ? (c->isn_known ? c->isn : 0) : c->remote_isn;
		theirs = out ? c->remote_isn : c->isn_known ? c->isn : 0;
		if (out && !c->isn_known && (p->flags & TH_SYN))
			mine = p->seq;
	}
	add(s, end, "%u > %u: ", p->sport, p->dport);
	for (int i = 0; i < 8; i++)
		if (p->flags & 1 << i)
			add(s, end, "%c", letters[i]);
	if (!p->flags)
		add(s, end, "-");
	add(s, end, " %u:%u(%u)", p->seq - mine, p->seq - mine + p->payload_len, p->payload_len);
	if (p->flags & TH_ACK)
		add(s, end, " ack %u", p->ack - theirs);
	add(s, end, " win %u", p->win);
	if (p->flags & TH_URG)
		add(s, end, " urg %u", p->urp);
	describe_options(s, end, p, c, out);
}

static void describe_icmp(char **s, const char *end, const struct packet *p)
{
	add(s, end, "icmp type %u code %u", p->l4[0], p->l4[1]);
	if (p->l4[0] == 0 || p->l4[0] == 8 || p->l4[0] == 13 || p->l4[0] == 14)
		add(s, end, " id %u seq %u", get16(p->l4 + 4), get16(p->l4 + 6));
	else if (get32(p->l4 + 4))
		add(s, end, " info %u", get32(p->l4 + 4));
	add(s, end, " (%u)", p->payload_len);
}

static void describe_arp(char **s, const char *end, const struct packet *p)
{
	const u8 *a = p->frame + 14;

	if (p->len < 42) {
		add(s, end, "arp, cut short");
		return;
	}
	add(s, end, "arp op %u %u.%u.%u.%u is-at %02x:%02x:%02x:%02x:%02x:%02x for %u.%u.%u.%u%s",
	    get16(a + 6), a[14], a[15], a[16], a[17], a[8], a[9], a[10], a[11], a[12], a[13], a[24],
	    a[25], a[26], a[27], p->frame[0] == 0xff ? " bcast" : "");
}

static void describe_ip(char **s, const char *end, const struct packet *p)
{
	const u8 *ip = p->ip;

	if (!p->l4) {
		add(s, end, "ip, %s", p->wrong);
		return;
	}
	add(s, end, "%u.%u.%u.%u > %u.%u.%u.%u ", ip[12], ip[13], ip[14], ip[15], ip[16], ip[17],
	    ip[18], ip[19]);
	add(s, end, "[id %u, ttl %u%s", p->id, p->ttl, p->df ? ", df" : "");
	if (p->tos)
		add(s, end, ", tos %u", p->tos);
	if (!p->whole)
		add(s, end, ", frag %u:%u%s", p->frag_off, p->l4_len, p->mf ? "+" : "");
	add(s, end, "] ");
	if (p->frag_off || !p->payload)
		add(s, end, "proto %u (%u)", p->proto, p->l4_len);
	else if (p->proto == 6)
		describe_tcp(s, end, p);
	else if (p->proto == 17)
		add(s, end, "%u > %u: udp (%u)", p->sport, p->dport, p->payload_len);
	else
		describe_icmp(s, end, p);
}

static void describe_igmp(char **s, const char *end, const struct packet *p)
{
	char *words = igmp_words(p);

	add(s, end, "igmp %s", words);
	free(words);
}

char *describe(const struct packet *p)
{
	char *text = malloc(1024), *s = text, *end = text + 1024;

	*s = '\0';
	if (p->ethertype == 0x0806)
		describe_arp(&s, end, p);
	else if (p->ethertype == 0x0800 && p->len >= 14 + 24 + 8 && p->frame[23] == 2)
		describe_igmp(&s, end, p);
	else if (p->ethertype == 0x0800)
		describe_ip(&s, end, p);
	else
		add(&s, end, "ethertype %04x, %zu bytes", p->ethertype, p->len);
	if (p->wrong)
		add(&s, end, " (%s)", p->wrong);
	return text;
}
