/* SPDX-License-Identifier: MIT */
/* The filter of ss(8): states by name, and expressions over addresses and ports. */
#include "ss_internal.h"

#define BIT_OF(s) (1u << (s))
#define WORD_MAX  64
#define ALL	  (BIT_OF(TCP_CLOSING + 1) - 2) /* every state from ESTABLISHED to CLOSING */

u32 ss_state_bits(const char *word)
{
	static const struct {
		const char *name;
		u32 bits;
	} names[] = {
		{ "established", BIT_OF(TCP_ESTABLISHED) },
		{ "syn-sent", BIT_OF(TCP_SYN_SENT) },
		{ "syn-recv", BIT_OF(TCP_SYN_RECV) },
		{ "fin-wait-1", BIT_OF(TCP_FIN_WAIT1) },
		{ "fin-wait-2", BIT_OF(TCP_FIN_WAIT2) },
		{ "time-wait", BIT_OF(TCP_TIME_WAIT) },
		{ "closed", BIT_OF(TCP_CLOSE) },
		{ "unconnected", BIT_OF(TCP_CLOSE) },
		{ "close-wait", BIT_OF(TCP_CLOSE_WAIT) },
		{ "last-ack", BIT_OF(TCP_LAST_ACK) },
		{ "listening", BIT_OF(TCP_LISTEN) },
		{ "listen", BIT_OF(TCP_LISTEN) },
		{ "closing", BIT_OF(TCP_CLOSING) },
		{ "all", ALL },
		{ "connected", ALL & ~(BIT_OF(TCP_CLOSE) | BIT_OF(TCP_LISTEN)) },
		{ "synchronized",
		  ALL & ~(BIT_OF(TCP_CLOSE) | BIT_OF(TCP_LISTEN) | BIT_OF(TCP_SYN_SENT)) },
		{ "bucket", BIT_OF(TCP_SYN_RECV) | BIT_OF(TCP_TIME_WAIT) },
		{ "big", ALL & ~(BIT_OF(TCP_SYN_RECV) | BIT_OF(TCP_TIME_WAIT)) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, word))
			return names[i].bits;
	return 0;
}

/* ---- words ---- */

struct parse {
	const char *p;
	const struct ss_row *row;
	char word[WORD_MAX]; /* the one that is looked at; "" at the end */
	bool failed;
};

static void advance(struct parse *s)
{
	size_t n = 0;

	while (*s->p == ' ' || *s->p == '\t')
		s->p++;
	if (*s->p == '(' || *s->p == ')') {
		s->word[n++] = *s->p++;
	} else if (*s->p && strchr("=!<>&|", *s->p)) {
		while (*s->p && strchr("=!<>&|", *s->p) && n < 2)
			s->word[n++] = *s->p++;
	} else {
		for (; *s->p && !strchr(" \t()=!<>&|", *s->p); s->p++)
			if (n < WORD_MAX - 1)
				s->word[n++] = *s->p;
	}
	s->word[n] = '\0';
}

static bool is(const struct parse *s, const char *a, const char *b)
{
	return !strcmp(s->word, a) || !strcmp(s->word, b);
}

static bool wrong(struct parse *s, const char *expected)
{
	if (!s->failed)
		con_printf("ss: bad filter: %s is expected%s%s%s\n", expected,
			   *s->word ? " at \"" : "", s->word, *s->word ? "\"" : "");
	s->failed = true;
	return false;
}

/* ---- predicates ---- */

enum compare { EQ, NE, GE, LE, GT, LT };

static enum compare comparison(struct parse *s)
{
	static const char *const words[][3] = {
		[EQ] = { "=", "==", "eq" },   [NE] = { "!=", "ne", "neq" },
		[GE] = { ">=", "ge", "geq" }, [LE] = { "<=", "le", "leq" },
		[GT] = { ">", "gt", "gt" },   [LT] = { "<", "lt", "lt" }
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		for (j = 0; j < 3; j++) {
			if (!strcmp(s->word, words[i][j])) {
				advance(s);
				return (enum compare)i;
			}
		}
	}
	return EQ;
}

static bool compare(enum compare how, unsigned int a, unsigned int b)
{
	switch (how) {
	case EQ: return a == b;
	case NE: return a != b;
	case GE: return a >= b;
	case LE: return a <= b;
	case GT: return a > b;
	default: return a < b;
	}
}

static bool read_port(const char *text, unsigned int *port)
{
	char *end;

	*port = (unsigned int)simple_strtoull(text, &end, 10);
	return *text && !*end && *port <= 65535;
}

/* sport OP [:]PORT */
static bool port_matches(struct parse *s, u16 have)
{
	enum compare how = comparison(s);
	const char *colon = strchr(s->word, ':');
	unsigned int port;

	if (!read_port(colon ? colon + 1 : s->word, &port))
		return wrong(s, "a port number");
	advance(s);
	return compare(how, have, port);
}

/* src [OP] ADDRESS[/LENGTH][:PORT] */
static bool host_matches(struct parse *s, __be32 addr, u16 have)
{
	enum compare how = comparison(s);
	char *colon = strrchr(s->word, ':');
	unsigned int port = 0, len = 0;
	__be32 want = 0;
	bool same;

	if (how != EQ && how != NE)
		return wrong(s, "= or !=");
	if (colon) {
		*colon = '\0';
		if (strcmp(colon + 1, "*") && !read_port(colon + 1, &port))
			return wrong(s, "a port number");
	}
	if (*s->word && strcmp(s->word, "*") && !parse_prefix(s->word, &want, &len))
		return wrong(s, "an IPv4 address");
	same = !((addr ^ want) & prefix_mask(len)) && (!port || have == port);
	advance(s);
	return same == (how == EQ);
}

static bool either(struct parse *s);

static bool one(struct parse *s)
{
	const struct inet_diag_sockid *id = &s->row->msg->id;
	bool value;

	if (is(s, "not", "!")) {
		advance(s);
		return !one(s);
	}
	if (is(s, "(", "(")) {
		advance(s);
		value = either(s);
		if (!is(s, ")", ")"))
			return wrong(s, "\")\"");
		advance(s);
		return value;
	}
	if (is(s, "src", "dst") || is(s, "sport", "dport")) {
		bool port = s->word[1] == 'p', local = s->word[0] == 's';

		advance(s);
		if (port)
			return port_matches(s, ntohs(local ? id->idiag_sport : id->idiag_dport));
		return local ? host_matches(s, id->idiag_src[0], ntohs(id->idiag_sport))
			     : host_matches(s, id->idiag_dst[0], ntohs(id->idiag_dport));
	}
	return wrong(s, "src, dst, sport, dport, not or \"(\"");
}

static bool both(struct parse *s)
{
	bool value = one(s);

	while (!s->failed && *s->word && !is(s, ")", "or") && !is(s, "|", "||")) {
		if (is(s, "and", "&") || is(s, "&&", "&&"))
			advance(s);
		value = one(s) && value; /* the words are read in any case */
	}
	return value;
}

static bool either(struct parse *s)
{
	bool value = both(s);

	while (!s->failed && (is(s, "or", "|") || is(s, "||", "||"))) {
		advance(s);
		value = both(s) || value;
	}
	return value;
}

int ss_filter_match(const char *filter, const struct ss_row *row)
{
	struct parse s = { .p = filter, .row = row };
	bool value;

	advance(&s);
	if (!*s.word)
		return 1;
	value = either(&s);
	if (!s.failed && *s.word)
		wrong(&s, "the end");
	return s.failed ? -1 : value;
}
