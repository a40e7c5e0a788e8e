/* SPDX-License-Identifier: MIT */
/*
 * vsnprintf: the C formats without floating point, and the kernel's own %pI4, %pI6, %pI6c, %pM, %pS (RFC 5952 for IPv6 text).
 */
#include <kernel/bitops.h>
#include <kernel/string.h>
#include <kernel/symbols.h>

struct out {
	char *buf;
	size_t size, len; /* len may exceed size */
};

struct spec {
	bool minus, plus, space, alt, zero, upper, is_signed;
	int width, precision; /* precision < 0: none given */
	int length; /* bytes of the integer argument */
	unsigned int base;
};

static __always_inline void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_n(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_text(struct out *o, const char *s, int n, const struct spec *sp)
{
	int pad = sp->width - n;

	if (!sp->minus)
		put_n(o, ' ', pad);
	for (; n > 0; n--)
		put(o, *s++);
	if (sp->minus)
		put_n(o, ' ', pad);
}

static void put_string(struct out *o, const char *s, const struct spec *sp)
{
	if (!s)
		s = "(null)";
	put_text(o, s, (int)strnlen(s, sp->precision < 0 ? INT_MAX : (size_t)sp->precision), sp);
}

/* digits - @v in @base, least significant first; returns how many. */
static int digits(char *tmp, unsigned long long v, unsigned int base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	if (base == 10 && v <= U32_MAX) { /* the common case needs no 64-bit division */
		u32 w = (u32)v;

		for (; w; w /= 10)
			tmp[n++] = (char)('0' + w % 10);
		return n;
	}
	for (; v; v /= base)
		tmp[n++] = set[v % base];
	return n;
}

static void put_number(struct out *o, unsigned long long v, const struct spec *sp)
{
	char tmp[24], sign = 0;
	int n, zeros, prefix = 0, pad;

	if (sp->is_signed) {
		if ((long long)v < 0) {
			sign = '-';
			v = 0 - v;
		} else if (sp->plus) {
			sign = '+';
		} else if (sp->space) {
			sign = ' ';
		}
	}
	if (sp->alt && v && sp->base != 10)
		prefix = sp->base == 16 ? 2 : 1;
	n = digits(tmp, v, sp->base, sp->upper);
	zeros = max(sp->precision < 0 ? 1 : sp->precision, n) - n;
	if (prefix == 1 && zeros) /* the octal prefix is a zero that is there already */
		prefix = 0;
	pad = sp->width - n - zeros - prefix - (sign != 0);
	if (sp->zero && !sp->minus && sp->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!sp->minus)
		put_n(o, ' ', pad);
	if (sign)
		put(o, sign);
	if (prefix)
		put(o, '0');
	if (prefix == 2)
		put(o, sp->upper ? 'X' : 'x');
	put_n(o, '0', zeros);
	while (n)
		put(o, tmp[--n]);
	if (sp->minus)
		put_n(o, ' ', pad);
}

static int format_ip4(char *s, const u8 *a)
{
	return scnprintf(s, 16, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
}

/* zero_run - where the longest run of at least two zero groups begins (RFC 5952 4.2); 8 if there is none. */
static int zero_run(const u8 *a, int *length)
{
	int best = 8, i, j;

	*length = 1;
	for (i = 0; i < 8; i = j + 1) {
		for (j = i; j < 8 && !a[2 * j] && !a[2 * j + 1]; j++)
			;
		if (j - i > *length) {
			best = i;
			*length = j - i;
		}
	}
	return best;
}

static int format_ip6(char *s, size_t size, const u8 *a, bool compressed)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	int n = 0, i, run, length = 0;
	bool colon = false;

	if (!compressed) {
		for (i = 0; i < 8; i++)
			n += scnprintf(s + n, size - (size_t)n, i ? ":%02x%02x" : "%02x%02x", a[2 * i], a[2 * i + 1]);
		return n;
	}
	if (!memcmp(a, mapped, sizeof(mapped)))
		return scnprintf(s, size, "::ffff:%u.%u.%u.%u", a[12], a[13], a[14], a[15]);
	run = zero_run(a, &length);
	for (i = 0; i < 8; i++) {
		if (i == run) {
			n += scnprintf(s + n, size - (size_t)n, "::");
			i += length - 1;
			colon = false;
			continue;
		}
		n += scnprintf(s + n, size - (size_t)n, colon ? ":%x" : "%x", a[2 * i] << 8 | a[2 * i + 1]);
		colon = true;
	}
	return n;
}

/* %pS and %ps: the latter is for functions, which have no offset worth a word. */
static int format_symbol(char *s, size_t size, unsigned long addr, bool function)
{
	unsigned long offset;
	const char *name = symbol_lookup(addr, &offset);

	if (!name)
		return scnprintf(s, size, "0x%lx", addr);
	if (function && !offset)
		return scnprintf(s, size, "%s", name);
	return scnprintf(s, size, "%s+0x%lx", name, offset);
}

/* put_pointer - %p and its extensions; returns the first character after them. */
static const char *put_pointer(struct out *o, const char *fmt, const void *p, struct spec *sp)
{
	char tmp[80];
	int n;

	if (p && fmt[0] == 'I' && fmt[1] == '4') {
		n = format_ip4(tmp, p);
		fmt += 2;
	} else if (p && fmt[0] == 'I' && fmt[1] == '6') {
		n = format_ip6(tmp, sizeof(tmp), p, fmt[2] == 'c');
		fmt += fmt[2] == 'c' ? 3 : 2;
	} else if (p && fmt[0] == 'M') {
		const u8 *a = p;

		n = scnprintf(tmp, sizeof(tmp), "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
		fmt++;
	} else if (fmt[0] == 'S' || fmt[0] == 's') {
		n = format_symbol(tmp, sizeof(tmp), (unsigned long)p, fmt[0] == 's');
		fmt++;
	} else {
		if (fmt[0] == 'I' || fmt[0] == 'M') /* a NULL address: step over what would have formatted it */
			fmt += fmt[0] == 'M' ? 1 : fmt[1] == '6' && fmt[2] == 'c' ? 3 : 2;
		n = p ? scnprintf(tmp, sizeof(tmp), "%016lx", (unsigned long)p) : scnprintf(tmp, sizeof(tmp), "(null)");
	}
	put_text(o, tmp, n, sp);
	return fmt;
}

static const char *parse_number(const char *fmt, int *n)
{
	long v = 0;

	for (; isdigit(*fmt); fmt++)
		v = min(v * 10 + (*fmt - '0'), (long)INT_MAX);
	*n = (int)v;
	return fmt;
}

static const char *parse_length(const char *fmt, int *length)
{
	*length = sizeof(int);
	if (fmt[0] == 'h' && fmt[1] == 'h') {
		*length = 1;
		return fmt + 2;
	}
	if (fmt[0] == 'l' && fmt[1] == 'l') {
		*length = sizeof(long long);
		return fmt + 2;
	}
	switch (*fmt) {
	case 'h': *length = sizeof(short); return fmt + 1;
	case 'l':
	case 'z':
	case 't':
	case 'j': *length = sizeof(long); return fmt + 1;
	}
	return fmt;
}

static const char *parse_flags(const char *fmt, struct spec *sp)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-': sp->minus = true; break;
		case '+': sp->plus = true; break;
		case ' ': sp->space = true; break;
		case '#': sp->alt = true; break;
		case '0': sp->zero = true; break;
		default: return fmt;
		}
	}
}

static unsigned long long fetch_integer(va_list *ap, const struct spec *sp)
{
	unsigned long long v = sp->length > 4 ? va_arg(*ap, unsigned long long) : va_arg(*ap, unsigned int);

	switch (sp->length) {
	case 1: return sp->is_signed ? (unsigned long long)(s8)v : (u8)v;
	case 2: return sp->is_signed ? (unsigned long long)(s16)v : (u16)v;
	case 4: return sp->is_signed ? (unsigned long long)(s32)v : (u32)v;
	}
	return v;
}

/* convert - one conversion, @fmt behind the '%'; returns what follows it. */
static const char *convert(struct out *o, const char *fmt, va_list *ap)
{
	struct spec sp = { .precision = -1, .base = 10 };

	fmt = parse_flags(fmt, &sp);
	if (*fmt == '*') {
		sp.width = va_arg(*ap, int);
		if (sp.width < 0) {
			sp.minus = true;
			sp.width = -sp.width;
		}
		fmt++;
	} else {
		fmt = parse_number(fmt, &sp.width);
	}
	if (*fmt == '.') {
		if (*++fmt == '*') {
			sp.precision = va_arg(*ap, int);
			fmt++;
		} else {
			fmt = parse_number(fmt, &sp.precision);
		}
	}
	fmt = parse_length(fmt, &sp.length);
	switch (*fmt) {
	case 'd':
	case 'i': sp.is_signed = true; break;
	case 'u': break;
	case 'X': sp.upper = true; fallthrough;
	case 'x': sp.base = 16; break;
	case 'o': sp.base = 8; break;
	case 'c': {
		char c = (char)va_arg(*ap, int);

		put_text(o, &c, 1, &sp);
		return fmt + 1;
	}
	case 's': put_string(o, va_arg(*ap, const char *), &sp); return fmt + 1;
	case 'p': return put_pointer(o, fmt + 1, va_arg(*ap, const void *), &sp);
	case '%': put(o, '%'); return fmt + 1;
	case '\0': return fmt;
	default: /* unknown: shown as it stands */
		put(o, '%');
		put(o, *fmt);
		return fmt + 1;
	}
	put_number(o, fetch_integer(ap, &sp), &sp);
	return fmt + 1;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	va_list args;

	va_copy(args, ap); /* so that a pointer to it may be handed on */
	while (*fmt) {
		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt = convert(&o, fmt + 1, &args);
	}
	va_end(args);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (n < 0 || !size)
		return 0;
	return (size_t)n < size ? n : (int)(size - 1);
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vscnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
