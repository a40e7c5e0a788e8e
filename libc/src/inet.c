/* SPDX-License-Identifier: MIT */
/* Internet addresses to text and back: dotted IPv4, IPv6 as RFC 4291 reads and RFC 5952 writes it.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exactly four decimal numbers of at most three digits, nothing behind them. */
static bool parse_v4(const char *s, unsigned char out[4])
{
	int i, digits, value;

	for (i = 0; i < 4; i++) {
		for (digits = value = 0; isdigit((unsigned char)*s); s++, digits++) {
			if (digits == 3 || (digits == 1 && value == 0))
				return false;
			value = value * 10 + (*s - '0');
		}
		if (digits == 0 || value > 255 || *s != (i < 3 ? '.' : '\0'))
			return false;
		out[i] = (unsigned char)value;
		s++;
	}
	return true;
}

/* One group of up to four hexadecimal digits; -1: there is none. */
static int parse_group(const char **s)
{
	int value = 0;
	int digits;

	for (digits = 0; digits < 4 && isxdigit((unsigned char)**s); digits++, (*s)++) {
		int c = tolower((unsigned char)**s);

		value = value << 4 | (isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return digits ? value : -1;
}

static bool parse_v6(const char *s, unsigned char out[16])
{
	int n = 0;    /* bytes so far */
	int gap = -1; /* where "::" stood */

	memset(out, 0, 16);
	if (s[0] == ':' && s[1] == ':') {
		gap = 0;
		s += 2;
	}
	while (*s) {
		const char *start = s;
		int value = parse_group(&s);

		if (*s == '.' && n <= 12 && parse_v4(start, out + n)) {
			n += 4;
			break;
		}
		if (value < 0 || n > 14)
			return false;
		out[n++] = (unsigned char)(value >> 8);
		out[n++] = (unsigned char)value;
		if (!*s)
			break;
		if (*s++ != ':')
			return false;
		if (*s == ':' && gap < 0) {
			gap = n;
			s++;
		} else if (!*s) {
			return false;
		}
	}
	if (gap < 0)
		return n == 16;
	if (n > 14)
		return false;
	memmove(out + 16 - (n - gap), out + gap, (size_t)(n - gap));
	memset(out + gap, 0, (size_t)(16 - n));
	return true;
}

int inet_pton(int family, const char *restrict text, void *restrict addr)
{
	unsigned char out[16];

	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (!(family == AF_INET ? parse_v4(text, out) : parse_v6(text, out)))
		return 0;
	memcpy(addr, out, family == AF_INET ? 4 : 16);
	return 1;
}

/* The longest run of at least two zero groups, the first of equals (RFC 5952, section 4.2). */
static int longest_gap(const uint16_t group[8], int *len)
{
	int best = -1;
	int i, run;

	*len = 1;
	for (i = 0; i < 8; i += run + 1) {
		for (run = 0; i + run < 8 && group[i + run] == 0; run++)
			;
		if (run > *len) {
			best = i;
			*len = run;
		}
	}
	return best;
}

static int format_v6(const unsigned char *a, char *buf)
{
	uint16_t group[8];
	int i, gap, gap_len;
	char *p = buf;

	for (i = 0; i < 8; i++)
		group[i] = (uint16_t)(a[2 * i] << 8 | a[2 * i + 1]);
	gap = longest_gap(group, &gap_len);
	for (i = 0; i < 8; i++) {
		if (i == gap) {
			p += sprintf(p, "::");
			i += gap_len - 1;
			continue;
		}
		if (i && i != gap + gap_len)
			*p++ = ':';
		if (i == 6 && gap == 0 && (gap_len == 6 || (gap_len == 5 && group[5] == 0xffff)))
			return (int)(p - buf) +
			       sprintf(p, "%d.%d.%d.%d", a[12], a[13], a[14], a[15]);
		p += sprintf(p, "%x", group[i]);
	}
	return (int)(p - buf);
}

const char *inet_ntop(int family, const void *restrict addr, char *restrict buf, socklen_t size)
{
	char text[INET6_ADDRSTRLEN];
	const unsigned char *a = addr;
	int len;

	if (family == AF_INET) {
		len = sprintf(text, "%d.%d.%d.%d", a[0], a[1], a[2], a[3]);
	} else if (family == AF_INET6) {
		text[0] = '\0';
		len = format_v6(a, text);
	} else {
		errno = EAFNOSUPPORT;
		return NULL;
	}
	if ((socklen_t)len >= size) {
		errno = ENOSPC;
		return NULL;
	}
	memcpy(buf, text, (size_t)len);
	buf[len] = '\0';
	return buf;
}

/* The classical forms: a, a.b, a.b.c or a.b.c.d, each number decimal, octal or hexadecimal. */
int inet_aton(const char *text, struct in_addr *addr)
{
	uint32_t value = 0;
	int parts = 0;
	unsigned long part;
	char *end;

	for (;;) {
		if (!isdigit((unsigned char)*text))
			return 0;
		errno = 0;
		part = strtoul(text, &end, 0);
		if (errno || part > 0xffffffffUL)
			return 0;
		if (*end != '.')
			break;
		if (part > 255 || ++parts > 3)
			return 0;
		value = value << 8 | (uint32_t)part;
		text = end + 1;
	}
	if (*end && !isspace((unsigned char)*end))
		return 0;
	/* The last number fills the bytes that the ones before it left. */
	if (parts && part >> (32 - 8 * parts))
		return 0;
	if (parts)
		value <<= 32 - 8 * parts;
	if (addr)
		addr->s_addr = htonl(value | (uint32_t)part);
	return 1;
}

in_addr_t inet_addr(const char *text)
{
	struct in_addr addr;

	return inet_aton(text, &addr) ? addr.s_addr : INADDR_NONE;
}

char *inet_ntoa(struct in_addr addr)
{
	static char buf[INET_ADDRSTRLEN];

	return (char *)inet_ntop(AF_INET, &addr, buf, sizeof(buf));
}
