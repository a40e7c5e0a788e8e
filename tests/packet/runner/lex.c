/* SPDX-License-Identifier: MIT */
/* The small pieces of a script's line: blanks, words, numbers, times, addresses, strings,
 * hexadecimal bytes. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

void skip_blanks(struct cursor *c)
{
	while (*c->p == ' ' || *c->p == '\t')
		c->p++;
}

bool accept_text(struct cursor *c, const char *text)
{
	size_t n = strlen(text);

	skip_blanks(c);
	if (strncmp(c->p, text, n))
		return false;
	c->p += n;
	return true;
}

static bool word_char(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || ch == '-';
}

bool accept_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(c);
	if (strncmp(c->p, word, n) || word_char(c->p[n]))
		return false;
	c->p += n;
	return true;
}

void expect_text(struct cursor *c, const char *text)
{
	if (!accept_text(c, text))
		script_error(c->line, "`%s` is expected before `%.40s`", text, c->p);
}

void read_word(struct cursor *c, char *word, size_t size)
{
	size_t n = 0;

	skip_blanks(c);
	while (word_char(*c->p) && n + 1 < size)
		word[n++] = *c->p++;
	word[n] = '\0';
	if (!n)
		script_error(c->line, "a word is expected before `%.40s`", c->p);
}

long long read_number(struct cursor *c)
{
	char *end;
	long long v;

	skip_blanks(c);
	v = strtoll(c->p, &end, 0);
	if (end == c->p)
		script_error(c->line, "a number is expected before `%.40s`", c->p);
	c->p = end;
	return v;
}

/* read_seconds - 1, .25 or 3.000001 as nanoseconds, without the rounding of floating point. */
s64 read_seconds(struct cursor *c)
{
	s64 ns = 0, unit = NSEC;
	bool any = false;

	skip_blanks(c);
	for (; isdigit((unsigned char)*c->p); c->p++, any = true)
		ns = ns * 10 + (*c->p - '0');
	ns *= NSEC;
	if (*c->p == '.' && isdigit((unsigned char)c->p[1])) {
		for (c->p++; isdigit((unsigned char)*c->p); c->p++, any = true) {
			unit /= 10;
			ns += unit * (*c->p - '0');
		}
	}
	if (!any)
		script_error(c->line, "a time is expected before `%.40s`", c->p);
	return ns;
}

bool try_address(struct cursor *c, u32 *addr)
{
	unsigned int a, b, d, e;
	int n = 0;

	skip_blanks(c);
	if (sscanf(c->p, "%3u.%3u.%3u.%3u%n", &a, &b, &d, &e, &n) != 4 || !n || a > 255 ||
	    b > 255 || d > 255 || e > 255)
		return false;
	*addr = a << 24 | b << 16 | d << 8 | e;
	c->p += n;
	return true;
}

bool read_mac(struct cursor *c, u8 mac[6])
{
	unsigned int m[6];
	int n = 0;

	skip_blanks(c);
	if (sscanf(c->p, "%2x:%2x:%2x:%2x:%2x:%2x%n", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5],
		   &n) != 6 ||
	    !n)
		return false;
	for (int i = 0; i < 6; i++)
		mac[i] = (u8)m[i];
	c->p += n;
	return true;
}

static char escape(struct cursor *c)
{
	char ch = *c->p++;

	switch (ch) {
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case '0': return '\0';
	case 'x': {
		char digits[3] = { c->p[0], c->p[0] ? c->p[1] : '\0', '\0' };

		c->p += strlen(digits);
		return (char)strtol(digits, NULL, 16);
	}
	default: return ch;
	}
}

char *read_string(struct cursor *c, size_t *len)
{
	char *s = malloc(strlen(c->p) + 1);
	size_t n = 0;

	expect_text(c, "\"");
	while (*c->p != '"') {
		if (!*c->p)
			script_error(c->line, "a string does not end");
		if (*c->p == '\\') {
			c->p++;
			s[n++] = escape(c);
		} else {
			s[n++] = *c->p++;
		}
	}
	c->p++;
	s[n] = '\0';
	if (len)
		*len = n;
	return s;
}

/* read_hex - pairs of digits, with or without blanks between them. */
int read_hex(struct cursor *c, u8 *out, int cap)
{
	unsigned int byte;
	int n = 0;

	skip_blanks(c);
	accept_text(c, "0x");
	while (isxdigit((unsigned char)c->p[0]) && isxdigit((unsigned char)c->p[1])) {
		if (n == cap)
			script_error(c->line, "more than %d bytes", cap);
		sscanf(c->p, "%2x", &byte);
		out[n++] = (u8)byte;
		c->p += 2;
		if (*c->p == ' ' && isxdigit((unsigned char)c->p[1]) &&
		    isxdigit((unsigned char)c->p[2]) &&
		    (!isalnum((unsigned char)c->p[3]) || isxdigit((unsigned char)c->p[3])))
			c->p++;
	}
	return n;
}
