/* SPDX-License-Identifier: MIT */
/* Packets as scripts write them: [IP fields] ends: TCP flags, numbers and options; UDP; raw bytes.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static struct value read_value(struct cursor *c)
{
	struct value v = { .given = true };

	if (accept_text(c, "*"))
		v.any = true;
	else
		v.v = (u32)read_number(c);
	return v;
}

static struct value fixed(u32 v)
{
	return (struct value){ .given = true, .v = v };
}

/* read_number_field - `name N` of [...]; false if it is none of them. */
static bool read_number_field(struct cursor *c, struct ip_spec *ip)
{
	static const struct {
		const char *name;
		size_t offset;
	} fields[] = {
		{ "tos", offsetof(struct ip_spec, tos) },
		{ "ttl", offsetof(struct ip_spec, ttl) },
		{ "id", offsetof(struct ip_spec, id) },
		{ "proto", offsetof(struct ip_spec, proto) },
		{ "ihl", offsetof(struct ip_spec, ihl) },
		{ "totlen", offsetof(struct ip_spec, totlen) },
		{ "version", offsetof(struct ip_spec, version) },
		{ "ipsum", offsetof(struct ip_spec, ipsum) },
		{ "doff", offsetof(struct ip_spec, doff) },
		{ "udplen", offsetof(struct ip_spec, udplen) },
		{ "res", offsetof(struct ip_spec, reserved) },
		{ "cut", offsetof(struct ip_spec, cut) },
		{ "pad", offsetof(struct ip_spec, pad) },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!accept_word(c, fields[i].name))
			continue;
		*(struct value *)((char *)ip + fields[i].offset) = read_value(c);
		return true;
	}
	return false;
}

static void read_address_field(struct cursor *c, struct value *v)
{
	*v = fixed(0);
	if (!try_address(c, &v->v))
		script_error(c->line, "an address is expected before `%.30s`", c->p);
}

static void read_fragment(struct cursor *c, struct ip_spec *ip)
{
	ip->frag_given = true;
	ip->frag_off = (u32)read_number(c);
	expect_text(c, ":");
	ip->frag_len = (u32)read_number(c);
	ip->more = accept_text(c, "+");
}

void read_ip_spec(struct cursor *c, struct ip_spec *ip)
{
	while (!accept_text(c, "]")) {
		if (accept_word(c, "noecn"))
			ip->ecn = fixed(0);
		else if (accept_word(c, "ect1"))
			ip->ecn = fixed(1);
		else if (accept_word(c, "ect0"))
			ip->ecn = fixed(2);
		else if (accept_word(c, "ce"))
			ip->ecn = fixed(3);
		else if (accept_word(c, "df"))
			ip->df = fixed(1);
		else if (accept_word(c, "nodf"))
			ip->df = fixed(0);
		else if (accept_word(c, "badsum"))
			ip->bad_checksum = true;
		else if (accept_word(c, "nosum"))
			ip->no_checksum = true;
		else if (accept_word(c, "bcast"))
			ip->broadcast = true;
		else if (accept_word(c, "othermac"))
			ip->other_mac = true;
		else if (accept_word(c, "src"))
			read_address_field(c, &ip->src);
		else if (accept_word(c, "dst"))
			read_address_field(c, &ip->dst);
		else if (accept_word(c, "opt"))
			ip->options_len = read_hex(c, ip->options, sizeof(ip->options));
		else if (accept_word(c, "frag"))
			read_fragment(c, ip);
		else if (!read_number_field(c, ip))
			script_error(c->line, "unknown field of [...] at `%.30s`", c->p);
		accept_text(c, ",");
	}
}

/* read_end - `192.0.2.1:80`, `80`, `192.0.2.1` or `*`. */
static bool read_end(struct cursor *c, u32 *addr, u16 *port)
{
	*addr = 0;
	*port = 0;
	if (accept_text(c, "*"))
		return true;
	if (try_address(c, addr)) {
		if (*c->p == ':' && isdigit((unsigned char)c->p[1])) {
			c->p++;
			*port = (u16)read_number(c);
		}
		return true;
	}
	skip_blanks(c);
	if (!isdigit((unsigned char)*c->p))
		return false;
	*port = (u16)read_number(c);
	return true;
}

/* read_ends - `40001 > 8080:` before what a packet holds, where it is not of the connection spoken
 * of last. */
static void read_ends(struct cursor *c, struct packet_spec *p)
{
	const char *before = c->p;

	skip_blanks(c);
	if (!isdigit((unsigned char)*c->p) && *c->p != '*')
		return;
	if (read_end(c, &p->src, &p->sport) && accept_text(c, ">") &&
	    read_end(c, &p->dst, &p->dport) && accept_text(c, ":")) {
		p->has_ends = true;
		return;
	}
	c->p = before;
}

static u8 read_flags(struct cursor *c)
{
	static const char letters[] = "FSRP.UEW";
	const char *at;
	u8 flags = 0;

	skip_blanks(c);
	if (accept_text(c, "-"))
		return 0;
	while (*c->p && *c->p != ' ') {
		at = strchr(letters, *c->p);
		if (!at)
			script_error(c->line, "no TCP flags: `%.20s`", c->p);
		flags |= (u8)(1 << (at - letters));
		c->p++;
	}
	return flags;
}

static void read_blocks(struct cursor *c, struct tcp_option *o)
{
	do {
		if (o->nr_sacks == MAX_SACKS)
			script_error(c->line, "more than %d blocks", MAX_SACKS);
		o->sack[o->nr_sacks].left = (u32)read_number(c);
		expect_text(c, ":");
		o->sack[o->nr_sacks++].right = (u32)read_number(c);
		skip_blanks(c);
	} while (isdigit((unsigned char)*c->p));
}

static void read_option(struct cursor *c, struct tcp_option *o)
{
	if (accept_word(c, "eol")) {
		o->kind = 0;
	} else if (accept_word(c, "nop")) {
		o->kind = 1;
	} else if (accept_word(c, "mss")) {
		o->kind = 2;
		o->a = read_value(c);
	} else if (accept_word(c, "wscale")) {
		o->kind = 3;
		o->a = read_value(c);
	} else if (accept_word(c, "sackOK")) {
		o->kind = 4;
	} else if (accept_word(c, "sack")) {
		o->kind = 5;
		read_blocks(c, o);
	} else if (accept_word(c, "TS")) {
		o->kind = 8;
		expect_text(c, "val");
		o->a = read_value(c);
		expect_text(c, "ecr");
		o->b = read_value(c);
	} else if (accept_word(c, "FO")) {
		o->kind = 34;
		if (accept_text(c, "*"))
			o->a = (struct value){ .given = true, .any = true };
		else
			o->raw_len = read_hex(c, o->raw, sizeof(o->raw));
	} else {
		o->kind = OPT_RAW;
		o->raw_len = read_hex(c, o->raw, sizeof(o->raw));
		if (!o->raw_len)
			script_error(c->line, "unknown TCP option at `%.30s`", c->p);
	}
}

void read_tcp_options(struct cursor *c, struct packet_spec *p)
{
	if (accept_text(c, "...")) {
		p->any_options = true;
		expect_text(c, ">");
		return;
	}
	while (!accept_text(c, ">")) {
		if (p->nr_options == MAX_ITEMS)
			script_error(c->line, "too many TCP options");
		read_option(c, &p->options[p->nr_options++]);
		accept_text(c, ",");
	}
}

/* read_payload - "text" instead of the pattern. */
static void read_payload(struct cursor *c, struct packet_spec *p)
{
	size_t n;

	skip_blanks(c);
	if (*c->p != '"')
		return;
	p->data = (u8 *)read_string(c, &n);
	if (n != p->len)
		script_error(c->line, "%zu bytes of text where the length is %u", n, p->len);
}

static void read_tcp(struct cursor *c, struct packet_spec *p)
{
	p->kind = PK_TCP;
	p->flags = read_flags(c);
	if (accept_text(c, "*")) {
		p->any_seq = true;
	} else {
		p->seq = read_number(c);
		expect_text(c, ":");
		p->end = read_number(c);
		expect_text(c, "(");
		p->len = (u32)read_number(c);
		expect_text(c, ")");
		if (p->end - p->seq != (s64)p->len)
			script_error(c->line,
				     "the length is not the difference of the sequence numbers");
	}
	if (accept_word(c, "ack"))
		p->ack = read_value(c);
	if (accept_word(c, "win"))
		p->win = read_value(c);
	if (accept_word(c, "urg"))
		p->urg = read_value(c);
	if (accept_text(c, "<"))
		read_tcp_options(c, p);
	read_payload(c, p);
	if ((p->flags & TH_ACK) && !p->ack.given && !p->any_seq)
		script_error(c->line, "a segment with the ACK flag (.) says ack N");
}

static void read_udp(struct cursor *c, struct packet_spec *p)
{
	p->kind = PK_UDP;
	expect_text(c, "(");
	p->len = (u32)read_number(c);
	expect_text(c, ")");
	read_payload(c, p);
}

static void read_raw(struct cursor *c, struct packet_spec *p, enum packet_kind kind)
{
	p->kind = kind;
	p->data = malloc(strlen(c->p));
	p->len = (u32)read_hex(c, p->data, (int)strlen(c->p));
}

struct packet_spec *read_packet(struct cursor *c, bool out)
{
	struct packet_spec *p = calloc(1, sizeof(*p));

	p->out = out;
	if (accept_text(c, "["))
		read_ip_spec(c, &p->ip);
	read_ends(c, p);
	if (accept_word(c, "udp"))
		read_udp(c, p);
	else if (accept_word(c, "icmp"))
		read_icmp(c, p);
	else if (accept_word(c, "arp"))
		read_arp(c, p);
	else if (accept_word(c, "igmp"))
		read_igmp(c, p);
	else if (accept_word(c, "ip"))
		read_raw(c, p, PK_IP);
	else if (accept_word(c, "ether"))
		read_raw(c, p, PK_ETHER);
	else
		read_tcp(c, p);
	return p;
}
