/* SPDX-License-Identifier: MIT */
/* tc's units: rates, sizes, times and shares, read and written as iproute2 does. tc(8). */
#include "tc_internal.h"

/* ---- words ---- */

char *tc_word(struct tc_args *a)
{
	if (!a->argc)
		return NULL;
	a->argc--;
	return *a->argv++;
}

const char *tc_peek(const struct tc_args *a)
{
	return a->argc ? a->argv[0] : NULL;
}

bool tc_next_is(struct tc_args *a, const char *word)
{
	if (!a->argc || strcmp(a->argv[0], word))
		return false;
	tc_word(a);
	return true;
}

int tc_unknown(const struct tc_args *a, const char *word)
{
	con_printf("What is \"%s\"? `help tc` shows what %s takes.\n", word, a->kind);
	return -EINVAL;
}

/* ---- numbers with a fraction and a unit ---- */

#define MILLI 1000ull

struct unit {
	const char *name;
	u64 num, den; /* what one is, in the result's unit */
};

/* "1.5mbit" by @units; @plain: without a unit. A fraction of three digits counts. */
static bool parse_units(const char *s, const struct unit *units, u64 *v)
{
	u64 whole = 0, part = 0, scale = MILLI;
	const char *start = s;

	for (; isdigit(*s); s++) {
		whole = whole * 10 + (u64)(*s - '0');
		if (whole > 1000000000000ull)
			return false;
	}
	if (*s == '.')
		for (s++; isdigit(*s); s++) {
			scale /= 10;
			part += (u64)(*s - '0') * scale;
		}
	if (s == start || (s == start + 1 && *start == '.'))
		return false;
	for (; units->name; units++)
		if (!strcasecmp(units->name, s))
			break;
	if (!units->name || (whole && units->num > ~0ull / MILLI / (whole + 1)))
		return false;
	*v = (whole * MILLI + part) * units->num / units->den / MILLI;
	return true;
}

static const struct unit rate_units[] = {
	{ "", 1, 8 },		{ "bit", 1, 8 },	   { "kbit", 1000, 8 },
	{ "mbit", 1000000, 8 }, { "gbit", 1000000000, 8 }, { "bps", 1, 1 },
	{ "kbps", 1000, 1 },	{ "mbps", 1000000, 1 },	   { "gbps", 1000000000, 1 },
	{ "kibit", 1024, 8 },	{ "mibit", 1048576, 8 },   { NULL, 0, 0 },
};
static const struct unit size_units[] = {
	{ "", 1, 1 },		{ "b", 1, 1 },	      { "k", 1024, 1 },	      { "kb", 1024, 1 },
	{ "m", 1048576, 1 },	{ "mb", 1048576, 1 }, { "g", 1073741824, 1 }, { "kbit", 1024, 8 },
	{ "mbit", 1048576, 8 }, { NULL, 0, 0 },
};
static const struct unit time_units[] = {
	{ "", 1000, 1 },	   { "us", 1000, 1 },	   { "usec", 1000, 1 },
	{ "usecs", 1000, 1 },	   { "ms", 1000000, 1 },   { "msec", 1000000, 1 },
	{ "msecs", 1000000, 1 },   { "s", 1000000000, 1 }, { "sec", 1000000000, 1 },
	{ "secs", 1000000000, 1 }, { "ns", 1, 1 },	   { "nsec", 1, 1 },
	{ "nsecs", 1, 1 },	   { NULL, 0, 0 },
};
static const struct unit percent_units[] = { { "%", 1000, 1 }, { NULL, 0, 0 } };

bool tc_parse_time(const char *s, u64 *ns)
{
	return parse_units(s, time_units, ns);
}

bool tc_parse_percent(const char *s, u32 *share)
{
	u64 millis;

	if (!parse_units(s, percent_units, &millis) || millis > 100000)
		return false;
	*share = (u32)((millis * 0xffffffffull + 50000) / 100000);
	return true;
}

/* ---- values ---- */

static bool complain(const struct tc_args *a, const char *what, const char *got)
{
	if (got)
		con_printf("%s: \"%s\" is no %s\n", a->kind, got, what);
	else
		con_printf("%s: the %s is missing\n", a->kind, what);
	return false;
}

bool tc_get_u32(struct tc_args *a, const char *what, u32 *v)
{
	const char *s = tc_word(a);

	return (s && !kstrtouint(s, 0, v)) || complain(a, what, s);
}

bool tc_get_u64(struct tc_args *a, const char *what, u64 *v)
{
	const char *s = tc_word(a);
	char *end;

	if (!s || !isdigit(*s))
		return complain(a, what, s);
	*v = simple_strtoull(s, &end, 0);
	return !*end || complain(a, what, s);
}

bool tc_get_size(struct tc_args *a, const char *what, u32 *bytes)
{
	const char *s = tc_word(a);
	u64 v;

	if (!s || !parse_units(s, size_units, &v) || v > 0xffffffffull)
		return complain(a, what, s);
	*bytes = (u32)v;
	return true;
}

bool tc_get_rate(struct tc_args *a, const char *what, u64 *bytes_s)
{
	const char *s = tc_word(a);

	return (s && parse_units(s, rate_units, bytes_s)) || complain(a, what, s);
}

bool tc_get_time(struct tc_args *a, const char *what, u64 *ns)
{
	const char *s = tc_word(a);

	return (s && tc_parse_time(s, ns)) || complain(a, what, s);
}

bool tc_get_percent(struct tc_args *a, const char *what, u32 *share)
{
	const char *s = tc_word(a);

	return (s && tc_parse_percent(s, share)) || complain(a, what, s);
}

/* ---- and back ---- */

/* @v of @one a unit, without needless zeros behind the point. */
static void fraction(char *buf, u64 v, u64 one, const char *unit)
{
	u64 part = v % one * MILLI / one;
	int n = scnprintf(buf, 32, "%llu", v / one);

	if (part) {
		n += scnprintf(buf + n, 32 - (size_t)n, ".%03llu", part);
		while (buf[n - 1] == '0')
			buf[--n] = 0;
	}
	scnprintf(buf + n, 32 - (size_t)n, "%s", unit);
}

const char *tc_rate_text(u64 bytes_s, char buf[32])
{
	static const char *const units[] = { "bit", "Kbit", "Mbit", "Gbit", "Tbit" };
	u64 bits = bytes_s > ~0ull / 8 ? ~0ull : bytes_s * 8;
	unsigned int i = 0;

	/* as long as no digit is lost, and then as long as it is too long */
	for (; i < ARRAY_SIZE(units) - 1; i++) {
		if (bits < 1000 || (bits % 1000 && bits < 1000 * 1000))
			break;
		bits /= 1000;
	}
	scnprintf(buf, 32, "%llu%s", bits, units[i]);
	return buf;
}

const char *tc_size_text(u64 bytes, char buf[32])
{
	if (bytes >= 1u << 20 && !(bytes & ((1u << 20) - 1)))
		scnprintf(buf, 32, "%lluMb", bytes >> 20);
	else if (bytes >= 1024 && !(bytes & 1023))
		scnprintf(buf, 32, "%lluKb", bytes >> 10);
	else
		scnprintf(buf, 32, "%llub", bytes);
	return buf;
}

/* With three digits that count, as iproute2 shows times. */
const char *tc_time_text(u64 ns, char buf[32])
{
	static const struct {
		u64 one;
		const char *name;
	} units[] = {
		{ NSEC_PER_SEC, "s" }, { NSEC_PER_MSEC, "ms" }, { NSEC_PER_USEC, "us" }, { 1, "ns" }
	};
	unsigned int i = 0;
	u64 step = 1;

	while (step < ns / 1000)
		step *= 10;
	if (ns / step >= 1000)
		step *= 10;
	ns = (ns + step / 2) / step * step;
	while (units[i].one > 1 && ns < units[i].one)
		i++;
	fraction(buf, ns, units[i].one, units[i].name);
	return buf;
}

const char *tc_percent_text(u32 share, char buf[32])
{
	fraction(buf, ((u64)share * 100000 + 0x7fffffff) / 0xffffffffull, MILLI, "%");
	return buf;
}
