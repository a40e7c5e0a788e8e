/* SPDX-License-Identifier: MIT */
/* ICMP messages and ARP packets as scripts write them. RFC 792, RFC 826. */
#include <string.h>

#include "runner.h"

static const struct icmp_name {
	const char *name;
	u8 type;
	int code;  /* -1: not fixed */
	char info; /* i: id and seq, m: MTU, p: pointer, g: gateway, q: nothing but a quotation */
} icmp_names[] = {
	{ "echo-request", 8, 0, 'i' },	     { "echo-reply", 0, 0, 'i' },
	{ "timestamp-request", 13, 0, 'i' }, { "timestamp-reply", 14, 0, 'i' },
	{ "net-unreachable", 3, 0, 'q' },    { "host-unreachable", 3, 1, 'q' },
	{ "proto-unreachable", 3, 2, 'q' },  { "port-unreachable", 3, 3, 'q' },
	{ "frag-needed", 3, 4, 'm' },	     { "source-route-failed", 3, 5, 'q' },
	{ "net-unknown", 3, 6, 'q' },	     { "host-unknown", 3, 7, 'q' },
	{ "host-isolated", 3, 8, 'q' },	     { "net-prohibited", 3, 9, 'q' },
	{ "host-prohibited", 3, 10, 'q' },   { "admin-prohibited", 3, 13, 'q' },
	{ "source-quench", 4, 0, 'q' },	     { "redirect-host", 5, 1, 'g' },
	{ "ttl-exceeded", 11, 0, 'q' },	     { "reassembly-exceeded", 11, 1, 'q' },
	{ "parameter-problem", 12, 0, 'p' },
};

static void read_info(struct cursor *c, struct packet_spec *p, char info)
{
	static const char *const words[] = { ['m'] = "mtu", ['p'] = "pointer", ['g'] = "gateway" };

	if (info == 'i') {
		if (accept_word(c, "id"))
			p->id = (struct value){ .given = true, .v = (u32)read_number(c) };
		if (accept_word(c, "seq"))
			p->sequence = (struct value){ .given = true, .v = (u32)read_number(c) };
	} else if (info != 'q' && accept_word(c, words[(int)info])) {
		p->info.given = true;
		if (info != 'g' || !try_address(c, &p->info.v))
			p->info.v = (u32)read_number(c);
	}
}

static const struct icmp_name *icmp_named(struct cursor *c)
{
	for (size_t i = 0; i < sizeof(icmp_names) / sizeof(icmp_names[0]); i++)
		if (accept_word(c, icmp_names[i].name))
			return &icmp_names[i];
	return NULL;
}

void read_icmp(struct cursor *c, struct packet_spec *p)
{
	const struct icmp_name *name = icmp_named(c);
	char info = 'q';

	p->kind = PK_ICMP;
	if (name) {
		p->type = name->type;
		p->code = (struct value){ .given = true, .v = (u32)name->code };
		info = name->info;
	} else {
		expect_text(c, "type");
		p->type = (u8)read_number(c);
		expect_text(c, "code");
		p->code = (struct value){ .given = true, .v = (u32)read_number(c) };
	}
	read_info(c, p, info);
	if (accept_text(c, "{")) {
		p->quote = read_packet(c, !p->out);
		expect_text(c, "}");
		if (accept_word(c, "quoted"))
			p->quote_len = (u32)read_number(c);
	}
	if (accept_text(c, "(")) {
		p->len = (u32)read_number(c);
		expect_text(c, ")");
	}
}

static void read_protocol_address(struct cursor *c, u32 *addr)
{
	if (!try_address(c, addr))
		script_error(c->line, "an address is expected before `%.30s`", c->p);
}

/* read_arp - `arp who-has A tell B` or `arp reply A is-at MAC`, then `from MAC`, `to MAC`, `at A`
 * (target of a reply). */
void read_arp(struct cursor *c, struct packet_spec *p)
{
	p->kind = PK_ARP;
	if (accept_word(c, "who-has")) {
		p->arp_op = 1;
		read_protocol_address(c, &p->arp_tpa);
		expect_text(c, "tell");
		read_protocol_address(c, &p->arp_spa);
	} else {
		expect_text(c, "reply");
		p->arp_op = 2;
		read_protocol_address(c, &p->arp_spa);
		if (accept_word(c, "is-at"))
			p->has_sha = read_mac(c, p->sha);
	}
	if (accept_word(c, "from"))
		p->has_sha = read_mac(c, p->sha);
	if (accept_word(c, "to"))
		p->has_tha = read_mac(c, p->tha);
	if (accept_word(c, "at"))
		read_protocol_address(c, &p->arp_tpa);
	if (accept_word(c, "bcast"))
		p->ip.broadcast = true;
}
