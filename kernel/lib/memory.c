/* SPDX-License-Identifier: MIT */
/*
 * memcpy, memmove, memset, memcmp and memchr in 8-byte steps: plain loads and stores cost least under an
 * instruction-translating machine, and no vector register need be saved. Hosted builds take the C library's.
 */
#include <kernel/string.h>

#undef memcpy
#undef memmove
#undef memset
#undef memcmp

typedef u64 __attribute__((may_alias, aligned(1))) word_t;
typedef u32 __attribute__((may_alias, aligned(1))) half_t;
typedef u16 __attribute__((may_alias, aligned(1))) quarter_t;

/* The compiler must not recognise a loop as the very function that it implements. */
#define NO_IDIOM __attribute__((optimize("no-tree-loop-distribute-patterns")))

/* copy_small - up to 15 bytes by two loads that may overlap; all are read before one is written. */
static __always_inline void copy_small(u8 *d, const u8 *s, size_t n)
{
	if (n >= 8) {
		u64 head = *(const word_t *)s, tail = *(const word_t *)(s + n - 8);

		*(word_t *)d = head;
		*(word_t *)(d + n - 8) = tail;
	} else if (n >= 4) {
		u32 head = *(const half_t *)s, tail = *(const half_t *)(s + n - 4);

		*(half_t *)d = head;
		*(half_t *)(d + n - 4) = tail;
	} else if (n >= 2) {
		u16 head = *(const quarter_t *)s, tail = *(const quarter_t *)(s + n - 2);

		*(quarter_t *)d = head;
		*(quarter_t *)(d + n - 2) = tail;
	} else if (n) {
		*d = *s;
	}
}

NO_IDIOM static void copy_up(u8 *d, const u8 *s, size_t n)
{
	while (n >= 32) {
		u64 a = ((const word_t *)s)[0], b = ((const word_t *)s)[1];
		u64 c = ((const word_t *)s)[2], e = ((const word_t *)s)[3];

		((word_t *)d)[0] = a;
		((word_t *)d)[1] = b;
		((word_t *)d)[2] = c;
		((word_t *)d)[3] = e;
		d += 32;
		s += 32;
		n -= 32;
	}
	if (n >= 16) {
		u64 a = ((const word_t *)s)[0], b = ((const word_t *)s)[1];

		((word_t *)d)[0] = a;
		((word_t *)d)[1] = b;
		d += 16;
		s += 16;
		n -= 16;
	}
	copy_small(d, s, n);
}

NO_IDIOM static void copy_down(u8 *d, const u8 *s, size_t n)
{
	while (n >= 16) {
		u64 a, b;

		n -= 16;
		a = ((const word_t *)(s + n))[0];
		b = ((const word_t *)(s + n))[1];
		((word_t *)(d + n))[0] = a;
		((word_t *)(d + n))[1] = b;
	}
	copy_small(d, s, n);
}

void *memcpy(void *dst, const void *src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

NO_IDIOM void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;
	u64 w = (u8)c * 0x0101010101010101ull;

	if (n < 8) {
		while (n--)
			*d++ = (u8)c;
		return dst;
	}
	for (; n >= 32; n -= 32, d += 32) {
		((word_t *)d)[0] = w;
		((word_t *)d)[1] = w;
		((word_t *)d)[2] = w;
		((word_t *)d)[3] = w;
	}
	for (; n >= 8; n -= 8, d += 8)
		*(word_t *)d = w;
	while (n--)
		*d++ = (u8)c;
	return dst;
}

NO_IDIOM int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n >= 8 && *(const word_t *)x == *(const word_t *)y; n -= 8, x += 8, y += 8)
		;
	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++) {
		if (*p == (u8)c)
			return (void *)p;
	}
	return NULL;
}
