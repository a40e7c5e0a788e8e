/* SPDX-License-Identifier: MIT */
/* DNS messages (RFC 1035, section 4): building queries, and judging replies that may be hostile. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "netdb_internal.h"

#define HEADER	   12
#define FLAG_QR	   0x8000
#define FLAG_TC	   0x0200
#define FLAG_RD	   0x0100
#define OPCODE	   0x7800
#define RCODE	   0x000f
#define RCODE_OK   0
#define RCODE_NAME 3
#define CLASS_IN   1
#define RR_FIXED   10 /* type, class, TTL and length, behind the owner's name */

struct message {
	const unsigned char *p;
	size_t len;
};

struct record {
	char owner[DNS_NAME_MAX + 1];
	int type, class;
	size_t data, data_len; /* position in the message, proven to lie within it */
};

static uint16_t get16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(unsigned char *p, unsigned int v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static bool name_char(int c)
{
	return isalnum(c) || c == '-' || c == '_';
}

bool __dns_name_ok(const char *name)
{
	size_t label = 0;
	size_t i;

	for (i = 0; name[i]; i++) {
		if (name[i] == '.') {
			if (!label)
				return false;
			label = 0;
		} else if (!name_char((unsigned char)name[i]) || ++label > DNS_LABEL_MAX) {
			return false;
		}
	}
	return label && i <= DNS_NAME_MAX;
}

int __dns_build(unsigned char buf[DNS_QUERY_MAX], uint16_t id, const char *name, int type)
{
	unsigned char *p = buf + HEADER;

	if (!__dns_name_ok(name))
		return -1;
	memset(buf, 0, HEADER);
	put16(buf, id);
	put16(buf + 2, FLAG_RD);
	put16(buf + 4, 1);
	while (*name) {
		size_t label = strcspn(name, ".");

		*p++ = (unsigned char)label;
		memcpy(p, name, label);
		p += label;
		name += label + (name[label] == '.');
	}
	*p++ = 0;
	put16(p, (unsigned int)type);
	put16(p + 2, CLASS_IN);
	return (int)(p + 4 - buf);
}

/*
 * Reads the name at *at into text and moves *at behind it. Compression pointers must point before
 * the part of the name that they end, so that following them ends; only characters of host names
 * are taken. False: malformed.
 */
static bool read_name(const struct message *m, size_t *at, char text[DNS_NAME_MAX + 1])
{
	size_t pos = *at;
	size_t part = *at; /* where the current run of labels began */
	size_t n = 0;
	bool jumped = false;
	size_t label, i;

	for (;;) {
		if (pos >= m->len)
			return false;
		label = m->p[pos];
		if (label >= 0xc0) {
			if (pos + 2 > m->len)
				return false;
			if (!jumped)
				*at = pos + 2;
			jumped = true;
			pos = get16(m->p + pos) & 0x3fff;
			if (pos >= part)
				return false;
			part = pos;
			continue;
		}
		if (label > DNS_LABEL_MAX || pos + 1 + label > m->len)
			return false;
		if (!jumped)
			*at = pos + 1 + label;
		if (!label)
			break;
		if (n + label + (n > 0) > DNS_NAME_MAX)
			return false;
		if (n)
			text[n++] = '.';
		for (i = 1; i <= label; i++) {
			if (!name_char(m->p[pos + i]))
				return false;
			text[n++] = (char)m->p[pos + i];
		}
		pos += 1 + label;
	}
	text[n] = '\0';
	return true;
}

/* The record at *at, which moves behind it. A name of odd characters ends the reading. */
static bool read_record(const struct message *m, size_t *at, struct record *r)
{
	const unsigned char *fixed;

	if (!read_name(m, at, r->owner) || m->len - *at < RR_FIXED)
		return false;
	fixed = m->p + *at;
	r->type = get16(fixed);
	r->class = get16(fixed + 2);
	r->data_len = get16(fixed + 8);
	r->data = *at + RR_FIXED;
	if (r->data_len > m->len - r->data)
		return false;
	*at = r->data + r->data_len;
	return true;
}

/* The question must come back as it was put: the same bytes but for the case of letters. */
static bool same_question(const unsigned char *msg, const unsigned char *query, size_t query_len)
{
	size_t i;

	for (i = HEADER; i < query_len; i++)
		if (tolower(msg[i]) != tolower(query[i]))
			return false;
	return true;
}

/*
 * One walk over the answers for the records of one owner: addresses go to list, the last CNAME's
 * target to next. False: malformed.
 */
static bool walk_answers(const struct message *m, size_t at, const char *owner, int type,
			 struct host_list *list, char next[DNS_NAME_MAX + 1])
{
	size_t want = type == DNS_TYPE_A ? 4 : 16;
	int count = get16(m->p + 6);
	struct record r;

	next[0] = '\0';
	while (count--) {
		if (!read_record(m, &at, &r))
			return false;
		if (r.class != CLASS_IN || strcasecmp(r.owner, owner))
			continue;
		if (r.type == type) {
			if (r.data_len != want)
				return false;
			__host_add(list, type == DNS_TYPE_A ? AF_INET : AF_INET6, m->p + r.data);
		} else if (r.type == DNS_TYPE_CNAME) {
			size_t name = r.data;

			if (!read_name(m, &name, next) || name != r.data + r.data_len || !*next)
				return false;
		}
	}
	return true;
}

static enum dns_verdict take_answers(const struct message *m, size_t query_len, int type,
				     struct host_list *list)
{
	char owner[DNS_NAME_MAX + 1], next[DNS_NAME_MAX + 1];
	struct host_list found = { 0 };
	size_t at = HEADER;
	int hops, i;

	if (!read_name(m, &at, owner))
		return DNS_FOREIGN;
	for (hops = 0; hops < DNS_CNAME_HOPS; hops++) {
		if (!walk_answers(m, query_len, owner, type, &found, next))
			return DNS_FOREIGN;
		if (found.n || !next[0])
			break;
		strcpy(owner, next);
	}
	for (i = 0; i < found.n; i++)
		__host_add(list, found.addrs[i].family, found.addrs[i].addr);
	strcpy(list->canon, owner);
	return DNS_ANSWER;
}

enum dns_verdict __dns_parse(const unsigned char *msg, size_t len, const unsigned char *query,
			     size_t query_len, int type, struct host_list *list)
{
	struct message m = { msg, len };
	unsigned int flags;

	if (len < HEADER || get16(msg) != get16(query))
		return DNS_FOREIGN;
	flags = get16(msg + 2);
	if (!(flags & FLAG_QR) || (flags & OPCODE))
		return DNS_FOREIGN;
	/* Some servers refuse without repeating the question; such an answer says nothing more. */
	if ((flags & RCODE) != RCODE_OK && get16(msg + 4) == 0 && len == HEADER)
		return DNS_FAILED;
	if (get16(msg + 4) != 1 || len < query_len || !same_question(msg, query, query_len))
		return DNS_FOREIGN;
	if ((flags & RCODE) == RCODE_NAME)
		return DNS_NXDOMAIN;
	if ((flags & RCODE) != RCODE_OK)
		return DNS_FAILED;
	if (flags & FLAG_TC)
		return DNS_TRUNCATED;
	return take_answers(&m, query_len, type, list);
}
