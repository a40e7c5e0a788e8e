/* SPDX-License-Identifier: MIT */
/* Numbers out of text, with every overflow and every stray character told apart. */
#include <kernel/string.h>

static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	if (isalpha(c))
		return (unsigned int)(tolower(c) - 'a') + 10;
	return 255;
}

/* skip_base - settle base 0 and step over a 0x that belongs to base 16. */
static const char *skip_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return *base == 16 && hex ? s + 2 : s;
}

/* parse_digits - as many digits as there are; *overflow tells whether the value did not fit. */
static const char *parse_digits(const char *s, unsigned int base, unsigned long long *res, bool *overflow)
{
	unsigned long long v = 0;
	unsigned int d;

	*overflow = false;
	for (; (d = digit_value(*s)) < base; s++) {
		if (__builtin_mul_overflow(v, (unsigned long long)base, &v) ||
		    __builtin_add_overflow(v, (unsigned long long)d, &v))
			*overflow = true;
	}
	*res = v;
	return s;
}

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	unsigned long long v;
	bool overflow;

	s = skip_base(s, &base);
	s = parse_digits(s, base, &v, &overflow);
	if (end)
		*end = (char *)s;
	return overflow ? U64_MAX : v;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long v;
	const char *start;
	bool overflow;

	if (*s == '+')
		s++;
	start = s = skip_base(s, &base);
	s = parse_digits(s, base, &v, &overflow);
	if (s == start)
		return -EINVAL;
	if (*s == '\n')
		s++;
	if (*s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*res = v;
	return 0;
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	unsigned long long v;
	int err;

	if (*s != '-') {
		err = kstrtoull(s, base, &v);
		if (err)
			return err;
		if (v > (U64_MAX >> 1))
			return -ERANGE;
		*res = (long long)v;
		return 0;
	}
	if (s[1] == '+')
		return -EINVAL;
	err = kstrtoull(s + 1, base, &v);
	if (err)
		return err;
	if (v > (U64_MAX >> 1) + 1)
		return -ERANGE;
	*res = (long long)(0 - v);
	return 0;
}

int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	unsigned long long v;
	int err = kstrtoull(s, base, &v);

	if (err)
		return err;
	if (v > UINT_MAX)
		return -ERANGE;
	*res = (unsigned int)v;
	return 0;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	long long v;
	int err = kstrtoll(s, base, &v);

	if (err)
		return err;
	if (v > INT_MAX || v < INT_MIN)
		return -ERANGE;
	*res = (int)v;
	return 0;
}

int kstrtou16(const char *s, unsigned int base, u16 *res)
{
	unsigned long long v;
	int err = kstrtoull(s, base, &v);

	if (err)
		return err;
	if (v > U16_MAX)
		return -ERANGE;
	*res = (u16)v;
	return 0;
}
