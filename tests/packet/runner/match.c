/* SPDX-License-Identifier: MIT */
/* Is a packet what the script expects? What is left open is not compared; what is new (an ISN, a
 * clock, a port) is learnt. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static u16 last_frag_id;
struct cookie learnt_cookie;

#define DIFFERS(field, want, got) \
	format_new("%s is %u, not %u", field, (unsigned int)(got), (unsigned int)(want))

static bool off(struct value want, u32 got)
{
	return want.given && !want.any && want.v != got;
}

static const char *match_ip(const struct packet_spec *want, const struct conn *c,
			    const struct packet *got)
{
	const struct ip_spec *ip = &want->ip;

	if (got->ethertype != 0x0800)
		return "it is no IP packet";
	if (got->wrong)
		return got->wrong;
	if (got->src != (ip->src.given ? ip->src.v : c->local))
		return "its source address is another";
	if (got->dst != (ip->dst.given ? ip->dst.v : c->remote))
		return "its destination address is another";
	if (off(ip->tos, got->tos))
		return DIFFERS("tos", ip->tos.v, got->tos);
	if (off(ip->ecn, got->tos & 3))
		return DIFFERS("the ECN field", ip->ecn.v, got->tos & 3);
	if (off(ip->ttl, got->ttl))
		return DIFFERS("ttl", ip->ttl.v, got->ttl);
	if (off(ip->id, got->id))
		return DIFFERS("the IP id", ip->id.v, got->id);
	if (off(ip->df, got->df))
		return got->df ? "DF is set" : "DF is not set";
	if (ip->broadcast && memcmp(got->frame, "\xff\xff\xff\xff\xff\xff", 6))
		return "it is no broadcast";
	if (ip->options_len && (got->l4 - got->ip != 20 + (ip->options_len + 3) / 4 * 4 ||
				memcmp(got->ip + 20, ip->options, (size_t)ip->options_len)))
		return "its IP options are others";
	return NULL;
}

static const char *match_fragment(const struct packet_spec *want, struct conn *c,
				  const struct packet *got)
{
	const struct ip_spec *ip = &want->ip;
	const char *why = NULL;
	u8 *l4;

	if (got->frag_off != ip->frag_off || got->l4_len != ip->frag_len || got->mf != ip->more)
		return "it is another fragment";
	if (ip->frag_off && got->id != last_frag_id)
		return "its IP id is not that of the first fragment";
	last_frag_id = got->id;
	l4 = calloc(1, FRAME_MAX * 2);
	if (!c->lport && got->payload)
		c->lport = got->sport;
	build_l4(want, c, l4, 0);
	if (memcmp(l4 + ip->frag_off, got->l4, got->l4_len))
		why = "its bytes are not those of that part of the datagram";
	free(l4);
	return why;
}

static const char *match_timestamps(const struct tcp_option *want, struct conn *c, const u8 *o)
{
	u32 val = get32(o + 2);
	s32 late;

	if (!want->b.any && want->b.v != get32(o + 6))
		return DIFFERS("TS ecr", want->b.v, get32(o + 6));
	if (want->a.any)
		return NULL;
	if (!c->ts_known) {
		c->ts_base = val - want->a.v;
		c->ts_known = true;
	}
	late = (s32)(val - c->ts_base - want->a.v);
	if (late > script.tolerance / MSEC + 1 || late < -(script.tolerance / MSEC + 1))
		return DIFFERS("TS val", want->a.v, val - c->ts_base);
	return NULL;
}

static const char *match_option(const struct tcp_option *want, struct conn *c, const u8 *o, u32 len)
{
	if (want->kind == OPT_RAW)
		return len == (u32)want->raw_len && !memcmp(o, want->raw, len)
			       ? NULL
			       : "a TCP option differs";
	if (o[0] != want->kind)
		return format_new("TCP option %u stands where %u is expected", o[0], want->kind);
	switch (o[0]) {
	case 2: return off(want->a, get16(o + 2)) ? DIFFERS("mss", want->a.v, get16(o + 2)) : NULL;
	case 3: return off(want->a, o[2]) ? DIFFERS("wscale", want->a.v, o[2]) : NULL;
	case 5:
		if (len != 2 + 8u * (u32)want->nr_sacks)
			return DIFFERS("the number of SACK blocks", want->nr_sacks, (len - 2) / 8);
		for (int i = 0; i < want->nr_sacks; i++)
			if (get32(o + 2 + 8 * i) - c->remote_isn != want->sack[i].left ||
			    get32(o + 6 + 8 * i) - c->remote_isn != want->sack[i].right)
				return format_new("SACK block %d differs", i + 1);
		return NULL;
	case 8: return match_timestamps(want, c, o);
	case 34:
		if (want->a.any && len > 2) {
			learnt_cookie.len = len - 2;
			memcpy(learnt_cookie.val, o + 2, len - 2);
			return NULL;
		}
		return len == 2u + (u32)want->raw_len && !memcmp(o + 2, want->raw, len - 2)
			       ? NULL
			       : "the Fast Open option differs";
	default: return NULL;
	}
}

static const char *match_options(const struct packet_spec *want, struct conn *c,
				 const struct packet *got)
{
	const u8 *o = got->opts, *end = o + got->opts_len;
	const char *why;
	u32 len;

	for (int i = 0; i < want->nr_options; i++, o += len) {
		if (o >= end)
			return format_new("it has %d TCP options only", i);
		len = o[0] < 2 ? 1 : end - o < 2 ? 0 : o[1];
		if (!len || len > (u32)(end - o))
			return "its TCP options are broken";
		why = match_option(&want->options[i], c, o, len);
		if (why)
			return why;
	}
	for (; o < end; o++)
		if (*o)
			return want->nr_options ? "it has more TCP options" : "it has TCP options";
	return NULL;
}

/* match_payload - the bytes of the pattern, by @offset, or the script's own. */
static const char *match_payload(const struct packet_spec *want, const struct packet *got, u8 proto,
				 u32 offset)
{
	if (script.no_check)
		return NULL;
	for (u32 i = 0; i < got->payload_len; i++)
		if (got->payload[i] != (want->data ? want->data[i] : pattern(proto, offset + i)))
			return format_new("byte %u of its payload is wrong", i);
	return NULL;
}

static const char *match_ports(const struct conn *c, const struct packet *got)
{
	if (c->lport && c->lport != got->sport)
		return DIFFERS("the source port", c->lport, got->sport);
	if (c->rport && c->rport != got->dport)
		return DIFFERS("the destination port", c->rport, got->dport);
	return NULL;
}

static void learn(struct conn *c, const struct packet *got)
{
	c->lport = got->sport;
	c->rport = got->dport;
	conn_use(c);
}

static void learn_clock(struct conn *c, const struct packet *got)
{
	const u8 *o = got->opts, *end = o + got->opts_len;
	u32 len;

	for (; o < end; o += len) {
		len = o[0] < 2 ? 1 : end - o < 2 ? 0 : o[1];
		if (!len || len > (u32)(end - o))
			return;
		if (o[0] == 8 && len == 10)
			c->ts_last = get32(o + 2);
	}
}

static const char *match_tcp_numbers(const struct packet_spec *want, const struct conn *c,
				     const struct packet *got)
{
	u32 isn = c->isn_known ? c->isn : 0;

	if (want->flags != got->flags)
		return "its flags are others";
	if (!want->any_seq && got->seq - isn != (u32)want->seq)
		return DIFFERS("seq", want->seq, got->seq - isn);
	if (!want->any_seq && got->payload_len != want->len)
		return DIFFERS("the length", want->len, got->payload_len);
	if (want->ack.given && off(want->ack, got->ack - c->remote_isn))
		return DIFFERS("ack", want->ack.v, got->ack - c->remote_isn);
	if (off(want->win, got->win))
		return DIFFERS("win", want->win.v, got->win);
	if (off(want->urg, got->urp))
		return DIFFERS("the urgent pointer", want->urg.v, got->urp);
	return NULL;
}

static const char *match_tcp(const struct packet_spec *want, struct conn *c,
			     const struct packet *got)
{
	struct conn before = *c;
	const char *why = match_ports(c, got);

	if (!why && !c->isn_known && (got->flags & TH_SYN)) {
		c->isn = got->seq - (u32)want->seq;
		c->isn_known = true;
	}
	if (!why)
		why = match_tcp_numbers(want, c, got);
	if (!why && !want->any_options)
		why = match_options(want, c, got);
	if (!why && !want->any_seq)
		why = match_payload(want, got, 6, (u32)want->seq + (want->flags & TH_SYN ? 1 : 0));
	if (why) {
		before.next = c->next;
		*c = before;
		return why;
	}
	learn(c, got);
	learn_clock(c, got);
	return NULL;
}

static const char *match_udp(const struct packet_spec *want, struct conn *c,
			     const struct packet *got)
{
	const char *why = match_ports(c, got);

	if (!why && got->payload_len != want->len)
		why = DIFFERS("the length", want->len, got->payload_len);
	if (!why && want->ip.no_checksum && get16(got->l4 + 6))
		why = "it has a UDP checksum";
	if (!why && !want->ip.no_checksum && !get16(got->l4 + 6))
		why = "it has no UDP checksum";
	if (!why)
		why = match_payload(want, got, 17, 0);
	if (!why)
		learn(c, got);
	return why;
}

/* match_quote - the quoted header's addresses and protocol, and the first bytes behind it. */
static const char *match_quote(const struct packet_spec *want, const struct packet *got)
{
	u8 *whole = calloc(1, FRAME_MAX), *ip = whole + 14, *quoted = got->payload;
	u32 hlen, n = want->quote_len ? want->quote_len : 8;
	size_t len = build(want->quote, conn_of(want->quote, true), whole, 0) - 14;
	const char *why = NULL;

	hlen = (u32)(ip[0] & 15) * 4;
	if (len < hlen + n)
		n = (u32)len - hlen;
	if (got->payload_len < hlen + n)
		why = "it quotes too little";
	else if (memcmp(ip + 12, quoted + 12, 8) || ip[9] != quoted[9] || ip[0] != quoted[0] ||
		 memcmp(ip + 2, quoted + 2, 2))
		why = "the IP header it quotes is another";
	else if (memcmp(ip + hlen, quoted + hlen, n))
		why = "what it quotes differs";
	free(whole);
	return why;
}

static const char *match_icmp(const struct packet_spec *want, const struct packet *got)
{
	if (got->l4[0] != want->type)
		return DIFFERS("the ICMP type", want->type, got->l4[0]);
	if (off(want->code, got->l4[1]))
		return DIFFERS("the ICMP code", want->code.v, got->l4[1]);
	if (off(want->id, get16(got->l4 + 4)))
		return DIFFERS("the ICMP id", want->id.v, get16(got->l4 + 4));
	if (off(want->sequence, get16(got->l4 + 6)))
		return DIFFERS("the ICMP sequence number", want->sequence.v, get16(got->l4 + 6));
	if (off(want->info, want->type == 12 ? got->l4[4] : get32(got->l4 + 4)))
		return DIFFERS("the ICMP parameter", want->info.v,
			       want->type == 12 ? got->l4[4] : get32(got->l4 + 4));
	if (want->quote)
		return match_quote(want, got);
	if (want->type == 14) /* three times, which the script cannot know */
		return got->payload_len == want->len
			       ? NULL
			       : DIFFERS("the length", want->len, got->payload_len);
	if (got->payload_len != want->len)
		return DIFFERS("the length", want->len, got->payload_len);
	return match_payload(want, got, 1, 0);
}

static const char *match_arp(const struct packet_spec *want, const struct packet *got)
{
	const u8 *a = got->frame + 14;

	if (got->ethertype != 0x0806 || got->len < 42)
		return "it is no ARP packet";
	if (get16(a) != 1 || get16(a + 2) != 0x0800 || a[4] != 6 || a[5] != 4)
		return "its ARP header is wrong";
	if (get16(a + 6) != want->arp_op)
		return DIFFERS("the ARP operation", want->arp_op, get16(a + 6));
	if (get32(a + 14) != want->arp_spa)
		return "its sender's address is another";
	if (want->arp_tpa && get32(a + 24) != want->arp_tpa)
		return "its target's address is another";
	if (memcmp(a + 8, want->has_sha ? want->sha : local_mac, 6))
		return "its sender's Ethernet address is another";
	if (want->has_tha && memcmp(got->frame, want->tha, 6))
		return "it goes to another Ethernet address";
	if (want->ip.broadcast && got->frame[0] != 0xff)
		return "it is no broadcast";
	return NULL;
}

const char *mismatch(const struct packet_spec *want, const struct packet *got)
{
	static const u8 protos[] = { [PK_TCP] = 6, [PK_UDP] = 17, [PK_ICMP] = 1 };
	struct conn *c;
	const char *why;

	if (want->kind == PK_ARP)
		return match_arp(want, got);
	if (want->kind == PK_IGMP)
		return match_igmp(want, got);
	if (want->kind == PK_IP || want->kind == PK_ETHER) {
		size_t skip = want->kind == PK_IP ? 14 : 0;

		return got->len == want->len + skip &&
				       !memcmp(got->frame + skip, want->data, want->len)
			       ? NULL
			       : "its bytes are others";
	}
	c = conn_of(want, true);
	why = match_ip(want, c, got);
	if (why)
		return why;
	if (got->proto != (want->ip.proto.given ? want->ip.proto.v : protos[want->kind]))
		return DIFFERS("the protocol", protos[want->kind], got->proto);
	if (want->ip.frag_given)
		return match_fragment(want, c, got);
	if (!got->whole)
		return "it is a fragment";
	if (want->kind == PK_TCP)
		return match_tcp(want, c, got);
	return want->kind == PK_UDP ? match_udp(want, c, got) : match_icmp(want, got);
}
