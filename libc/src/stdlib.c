/* SPDX-License-Identifier: MIT */
/* Numbers from text, sorting, searching, pseudo-random numbers. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct number {
	unsigned long long value;
	bool negative;
	bool overflow;
};

static int digit_of(int c)
{
	if (isdigit(c))
		return c - '0';
	if (isalpha(c))
		return tolower(c) - 'a' + 10;
	return INT_MAX;
}

/* Reads space, sign, prefix and digits; *end is s where there is no digit. */
static struct number read_number(const char *s, char **end, int base)
{
	struct number n = { 0 };
	const char *p = s;
	bool any = false;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		n.negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' &&
	    isxdigit((unsigned char)p[2])) {
		base = 16;
		p += 2;
	} else if (base == 0) {
		base = *p == '0' ? 8 : 10;
	}
	for (; digit_of((unsigned char)*p) < base; p++) {
		any = true;
		if (__builtin_mul_overflow(n.value, (unsigned int)base, &n.value) ||
		    __builtin_add_overflow(n.value, (unsigned int)digit_of((unsigned char)*p),
					   &n.value))
			n.overflow = true;
	}
	if (end)
		*end = (char *)(any ? p : s);
	if (base < 2 || base > 36)
		errno = EINVAL;
	return n;
}

static long long to_signed(struct number n, long long min, long long max)
{
	unsigned long long limit = n.negative ? -(unsigned long long)min : (unsigned long long)max;

	if (n.overflow || n.value > limit) {
		errno = ERANGE;
		return n.negative ? min : max;
	}
	return n.negative ? (long long)-n.value : (long long)n.value;
}

static unsigned long long to_unsigned(struct number n, unsigned long long max)
{
	if (n.overflow || n.value > max) {
		errno = ERANGE;
		return max;
	}
	return n.negative ? -n.value : n.value;
}

long strtol(const char *restrict s, char **restrict end, int base)
{
	return (long)to_signed(read_number(s, end, base), LONG_MIN, LONG_MAX);
}

long long strtoll(const char *restrict s, char **restrict end, int base)
{
	return to_signed(read_number(s, end, base), LLONG_MIN, LLONG_MAX);
}

unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
	return (unsigned long)to_unsigned(read_number(s, end, base), ULONG_MAX);
}

unsigned long long strtoull(const char *restrict s, char **restrict end, int base)
{
	return to_unsigned(read_number(s, end, base), ULLONG_MAX);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

long long atoll(const char *s)
{
	return strtoll(s, NULL, 10);
}

int abs(int v)
{
	return v < 0 ? -v : v;
}

long labs(long v)
{
	return v < 0 ? -v : v;
}

static void swap_bytes(char *a, char *b, size_t size)
{
	while (size--) {
		char c = *a;

		*a++ = *b;
		*b++ = c;
	}
}

/* Lets the element at root sink until the heap below it is one again. */
static void sift_down(char *base, size_t root, size_t n, size_t size,
		      int (*cmp)(const void *, const void *))
{
	size_t child;

	for (; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + root * size, base + child * size) >= 0)
			return;
		swap_bytes(base + root * size, base + child * size, size);
	}
}

/* A heap sort: n log n for any input, and no memory of its own. */
void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift_down(base, i, n, size, cmp);
	for (i = n; i-- > 1;) {
		swap_bytes(base, (char *)base + i * size, size);
		sift_down(base, 0, i, size, cmp);
	}
}

void *bsearch(const void *key, const void *base, size_t n, size_t size,
	      int (*cmp)(const void *, const void *))
{
	const char *low = base;

	while (n) {
		const char *mid = low + n / 2 * size;
		int order = cmp(key, mid);

		if (order == 0)
			return (void *)mid;
		if (order > 0) {
			low = mid + size;
			n--;
		}
		n /= 2;
	}
	return NULL;
}

static uint64_t rand_state = 1;

void srand(unsigned int seed)
{
	rand_state = seed;
}

int rand(void)
{
	rand_state = rand_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)(rand_state >> 33);
}
