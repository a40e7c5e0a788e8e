/* SPDX-License-Identifier: MIT */
/* IGMP as scripts write it: queries that come in, and reports that go out as words. RFC 1112, RFC 2236, RFC 3376. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define IGMP_TEXT_MAX 8192

/* ---- queries ---- */

/* What follows `query`: v1, v2 or v3 (otherwise), the group, `max` tenths of a second, `qrv` N, `sources` A... */
static size_t build_query(struct cursor *c, u8 *m)
{
	bool v1 = accept_word(c, "v1"), v2 = !v1 && accept_word(c, "v2");
	size_t len = v1 || v2 ? 8 : 12;
	u32 addr;

	m[0] = 0x11;
	m[1] = v1 ? 0 : 10;
	m[8] = 2;
	if (try_address(c, &addr))
		put32(m + 4, addr);
	if (accept_word(c, "max"))
		m[1] = (u8)read_number(c);
	if (accept_word(c, "qrv"))
		m[8] = (u8)read_number(c);
	if (accept_word(c, "sources")) {
		for (; try_address(c, &addr) && len + 4 < 1400; len += 4)
			put32(m + len, addr);
		put16(m + 10, (u16)((len - 12) / 4));
	}
	put16(m + 2, checksum(m, len, 0));
	return len;
}

/* The whole frame, from the peer to the group that is asked for, or to all hosts. */
static void read_query(struct cursor *c, struct packet_spec *p)
{
	static const u8 to_group[3] = { 0x01, 0x00, 0x5e };
	u8 *frame = calloc(1, 1500), *ip = frame + 14, *m = ip + 24;
	size_t len = build_query(c, m);
	u32 group = get32(m + 4) ? get32(m + 4) : 0xe0000001;

	memcpy(frame, to_group, 3);
	frame[3] = (u8)(group >> 16 & 0x7f);
	put16(frame + 4, (u16)group);
	memcpy(frame + 6, remote_mac, 6);
	put16(frame + 12, 0x0800);
	ip[0] = 0x46;
	put16(ip + 2, (u16)(24 + len));
	ip[8] = 1;
	ip[9] = 2;
	put32(ip + 12, script.remote);
	put32(ip + 16, group);
	put32(ip + 20, 0x94040000); /* router alert */
	put16(ip + 10, checksum(ip, 24, 0));
	p->kind = PK_ETHER;
	p->data = frame;
	p->len = (u32)(14 + 24 + len);
}

/* ---- reports ---- */

static void add(char **s, const char *end, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	*s += vsnprintf(*s, (size_t)(end - *s), format, ap);
	va_end(ap);
	if (*s >= end)
		*s = (char *)end - 1;
}

static void add_address(char **s, const char *end, const u8 *a)
{
	add(s, end, " %u.%u.%u.%u", a[0], a[1], a[2], a[3]);
}

/* `v3 is_ex 239.1.1.1, is_in 239.1.1.2 10.0.0.1`: each record of a report of version 3; `v2 239.1.1.1`, `leave 239.1.1.1`. */
static char *words_of(const u8 *m, size_t len)
{
	static const char *const records[] = { "?", "is_in", "is_ex", "to_in", "to_ex", "allow", "block" };
	char *text = malloc(IGMP_TEXT_MAX), *s = text, *end = text + IGMP_TEXT_MAX;
	size_t at = 8, i, n, count = get16(m + 6);

	*s = '\0';
	if (m[0] != 0x22) {
		add(&s, end, "%s", m[0] == 0x12 ? "v1" : m[0] == 0x16 ? "v2" : m[0] == 0x17 ? "leave" : "?");
		add_address(&s, end, m + 4);
		return text;
	}
	add(&s, end, "v3");
	for (i = 0; i < count && at + 8 <= len; i++) {
		add(&s, end, "%s %s", i ? "," : "", records[m[at] < 7 ? m[at] : 0]);
		add_address(&s, end, m + at + 4);
		n = get16(m + at + 2);
		for (at += 8; n && at + 4 <= len; n--, at += 4)
			add_address(&s, end, m + at);
		if (n)
			add(&s, end, " cut");
	}
	if (i < count || at != len)
		add(&s, end, " of another length");
	return text;
}

char *igmp_words(const struct packet *p)
{
	size_t header = (size_t)(p->frame[14] & 15) * 4;

	return words_of(p->frame + 14 + header, get16(p->frame + 16) - header);
}

const char *match_igmp(const struct packet_spec *want, const struct packet *got)
{
	const u8 *ip = got->frame + 14, *m = ip + (ip[0] & 15) * 4;
	size_t len;
	char *words;
	bool same;
	u32 to;

	if (got->ethertype != 0x0800 || got->len < 14 + 24 + 8 || ip[9] != 2)
		return "it is no IGMP";
	if (ip[0] != 0x46 || get32(ip + 20) != 0x94040000 || ip[8] != 1 || ip[1] != 0xc0)
		return "its router alert option, TTL or TOS is not that of IGMP";
	len = get16(ip + 2) - 24u;
	if (checksum(m, len, 0))
		return "its checksum is wrong";
	to = m[0] == 0x22 ? 0xe0000016 : m[0] == 0x17 ? 0xe0000002 : get32(m + 4);
	if (get32(ip + 16) != to)
		return "it goes to another group";
	words = words_of(m, len);
	same = !strcmp(words, (const char *)want->data);
	free(words);
	return same ? NULL : "it says something else";
}

void read_igmp(struct cursor *c, struct packet_spec *p)
{
	size_t n;

	script.igmp = true;
	if (accept_word(c, "query")) {
		read_query(c, p);
		return;
	}
	expect_text(c, "report");
	skip_blanks(c);
	n = strlen(c->p);
	while (n && strchr(" \t\r\n", c->p[n - 1]))
		n--;
	p->kind = PK_IGMP;
	p->data = (u8 *)strndup(c->p, n);
	p->len = (u32)n;
	c->p += strlen(c->p);
}
