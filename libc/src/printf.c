/* SPDX-License-Identifier: MIT */
/* The formatter behind printf and its kin, and those that write to memory. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printf_internal.h"

enum {
	LEFT = 1,
	PLUS = 2,
	SPACE = 4,
	ZERO = 8,
	ALTERNATE = 16,
};

struct spec {
	int flags;
	int width;
	int precision; /* -1: none given */
	char length;   /* 0, 'h', 'H' (hh), 'l', 'L' (ll, j), 'z' (z, t) */
	char conversion;
};

static void pad(struct sink *s, char c, int n)
{
	char block[16];

	if (n <= 0)
		return;
	memset(block, c, sizeof(block));
	for (; n > 0; n -= (int)sizeof(block))
		s->put(s, block, (size_t)n < sizeof(block) ? (size_t)n : sizeof(block));
}

static int read_count(const char **fmt, va_list *ap)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*ap, int);
	}
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		n = n > (INT_MAX - 9) / 10 ? INT_MAX : n * 10 + (**fmt - '0');
	return n;
}

static int flag_of(char c)
{
	switch (c) {
	case '-': return LEFT;
	case '+': return PLUS;
	case ' ': return SPACE;
	case '0': return ZERO;
	case '#': return ALTERNATE;
	default: return 0;
	}
}

static char read_length(const char **fmt)
{
	char c = **fmt;

	if (c == '\0' || !strchr("hlzjt", c))
		return 0;
	(*fmt)++;
	if (c == 'h' && **fmt == 'h') {
		(*fmt)++;
		return 'H';
	}
	if (c == 'j' || (c == 'l' && **fmt == 'l')) {
		if (c == 'l')
			(*fmt)++;
		return 'L';
	}
	return c == 't' ? 'z' : c;
}

/* Reads what stands between % and the conversion, and that too; *fmt moves behind it. */
static struct spec read_spec(const char **fmt, va_list *ap)
{
	struct spec sp = { .precision = -1 };
	int flag;

	while ((flag = flag_of(**fmt)) != 0) {
		sp.flags |= flag;
		(*fmt)++;
	}
	sp.width = read_count(fmt, ap);
	if (sp.width < 0) {
		sp.flags |= LEFT;
		sp.width = sp.width == INT_MIN ? INT_MAX : -sp.width;
	}
	if (**fmt == '.') {
		(*fmt)++;
		sp.precision = read_count(fmt, ap);
		if (sp.precision < 0)
			sp.precision = -1;
	}
	sp.length = read_length(fmt);
	sp.conversion = **fmt;
	if (sp.conversion)
		(*fmt)++;
	return sp;
}

static intmax_t take_signed(char length, va_list *ap)
{
	switch (length) {
	case 'H': return (signed char)va_arg(*ap, int);
	case 'h': return (short)va_arg(*ap, int);
	case 'l': return va_arg(*ap, long);
	case 'L': return va_arg(*ap, long long);
	case 'z': return va_arg(*ap, ptrdiff_t);
	default: return va_arg(*ap, int);
	}
}

static uintmax_t take_unsigned(char length, va_list *ap)
{
	switch (length) {
	case 'H': return (unsigned char)va_arg(*ap, unsigned int);
	case 'h': return (unsigned short)va_arg(*ap, unsigned int);
	case 'l': return va_arg(*ap, unsigned long);
	case 'L': return va_arg(*ap, unsigned long long);
	case 'z': return va_arg(*ap, size_t);
	default: return va_arg(*ap, unsigned int);
	}
}

/* Prefix (sign or 0x), zeros, digits, all within the width. */
static void put_number(struct sink *s, struct spec sp, const char *prefix, const char *digits,
		       int n)
{
	int prefix_len = (int)strlen(prefix);
	int zeros = sp.precision > n ? sp.precision - n : 0;
	int blank;

	if (sp.precision < 0 && (sp.flags & (ZERO | LEFT)) == ZERO && sp.width > n + prefix_len)
		zeros = sp.width - n - prefix_len;
	blank = sp.width - prefix_len - n;
	blank = blank > zeros ? blank - zeros : 0;
	if (!(sp.flags & LEFT))
		pad(s, ' ', blank);
	s->put(s, prefix, (size_t)prefix_len);
	pad(s, '0', zeros);
	s->put(s, digits, (size_t)n);
	if (sp.flags & LEFT)
		pad(s, ' ', blank);
}

static void put_unsigned(struct sink *s, struct spec sp, uintmax_t v, const char *prefix)
{
	const char *set = sp.conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = 10;
	char digits[24];
	char *p = digits + sizeof(digits);
	int n;

	if (sp.conversion == 'x' || sp.conversion == 'X' || sp.conversion == 'p')
		base = 16;
	else if (sp.conversion == 'o')
		base = 8;
	if (base == 16 && (sp.flags & ALTERNATE) && v)
		prefix = sp.conversion == 'X' ? "0X" : "0x";
	for (; v; v /= base)
		*--p = set[v % base];
	n = (int)(digits + sizeof(digits) - p);
	if (n == 0 && sp.precision != 0) {
		*--p = '0';
		n = 1;
	}
	if (base == 8 && (sp.flags & ALTERNATE) && (n == 0 || *p != '0') && sp.precision <= n) {
		*--p = '0';
		n++;
	}
	put_number(s, sp, prefix, p, n);
}

static void put_signed(struct sink *s, struct spec sp, intmax_t v)
{
	const char *sign = sp.flags & PLUS ? "+" : sp.flags & SPACE ? " " : "";

	put_unsigned(s, sp, v < 0 ? -(uintmax_t)v : (uintmax_t)v, v < 0 ? "-" : sign);
}

static void put_text(struct sink *s, struct spec sp, const char *text, size_t len)
{
	int blank = (size_t)sp.width > len ? sp.width - (int)len : 0;

	if (!(sp.flags & LEFT))
		pad(s, ' ', blank);
	s->put(s, text, len);
	if (sp.flags & LEFT)
		pad(s, ' ', blank);
}

static void put_string(struct sink *s, struct spec sp, const char *text)
{
	if (!text)
		text = "(null)";
	put_text(s, sp, text, strnlen(text, sp.precision < 0 ? SIZE_MAX : (size_t)sp.precision));
}

static void convert(struct sink *s, struct spec sp, va_list *ap)
{
	char c;

	switch (sp.conversion) {
	case 'd':
	case 'i': put_signed(s, sp, take_signed(sp.length, ap)); break;
	case 'u':
	case 'o':
	case 'x':
	case 'X': put_unsigned(s, sp, take_unsigned(sp.length, ap), ""); break;
	case 'p':
		sp.flags |= ALTERNATE;
		put_unsigned(s, sp, (uintptr_t)va_arg(*ap, void *), "0x");
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_text(s, sp, &c, 1);
		break;
	case 's': put_string(s, sp, va_arg(*ap, const char *)); break;
	case '%': s->put(s, "%", 1); break;
	default:
		/* Not one of ours: shown as it stands, so that it is noticed. */
		s->put(s, "%", 1);
		s->put(s, &sp.conversion, sp.conversion ? 1 : 0);
	}
}

void __format(struct sink *s, const char *fmt, va_list ap)
{
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		size_t plain = (size_t)(strchrnul(fmt, '%') - fmt);

		if (plain)
			s->put(s, fmt, plain);
		fmt += plain;
		if (*fmt) {
			struct spec sp;

			fmt++;
			sp = read_spec(&fmt, &args);
			convert(s, sp, &args);
		}
	}
	va_end(args);
}

/* A buffer of size bytes: what does not fit is counted and dropped. */
struct memory_sink {
	struct sink sink;
	char *buf;
	size_t size;
	size_t total;
};

static void put_memory(struct sink *sink, const char *p, size_t n)
{
	struct memory_sink *m = (struct memory_sink *)sink;

	if (m->total < m->size) {
		size_t room = m->size - m->total;

		memcpy(m->buf + m->total, p, n < room ? n : room);
	}
	m->total += n;
}

int vsnprintf(char *restrict s, size_t size, const char *restrict fmt, va_list ap)
{
	struct memory_sink m = { { put_memory }, s, size, 0 };

	__format(&m.sink, fmt, ap);
	if (size)
		s[m.total < size ? m.total : size - 1] = '\0';
	if (m.total > INT_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	return (int)m.total;
}

int vsprintf(char *restrict s, const char *restrict fmt, va_list ap)
{
	return vsnprintf(s, INT_MAX, fmt, ap);
}

int snprintf(char *restrict s, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s, size, fmt, ap);
	va_end(ap);
	return n;
}

int sprintf(char *restrict s, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsprintf(s, fmt, ap);
	va_end(ap);
	return n;
}

int vasprintf(char **s, const char *restrict fmt, va_list ap)
{
	int n = vsnprintf(NULL, 0, fmt, ap);

	*s = n < 0 ? NULL : malloc((size_t)n + 1);
	if (!*s)
		return -1;
	return vsnprintf(*s, (size_t)n + 1, fmt, ap);
}

int asprintf(char **s, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(s, fmt, ap);
	va_end(ap);
	return n;
}
