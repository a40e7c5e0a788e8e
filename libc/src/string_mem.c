/* SPDX-License-Identifier: MIT */
/* Memory functions: copies and fills go a machine word at a time. */
#include <stdint.h>
#include <string.h>
#include <strings.h>

typedef unsigned long __attribute__((may_alias, aligned(1))) word;

#define WORD sizeof(word)

/* Ascending: each step loads before it stores, so that dst may also lie below src and overlap it.
 */
static void copy_up(unsigned char *d, const unsigned char *s, size_t n)
{
	for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
		word a = ((const word *)s)[0];
		word b = ((const word *)s)[1];
		word c = ((const word *)s)[2];
		word e = ((const word *)s)[3];

		((word *)d)[0] = a;
		((word *)d)[1] = b;
		((word *)d)[2] = c;
		((word *)d)[3] = e;
	}
	for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
		*(word *)d = *(const word *)s;
	while (n--)
		*d++ = *s++;
}

/* Descending, for dst above src; by words only where they are a word apart. */
static void copy_down(unsigned char *d, const unsigned char *s, size_t n)
{
	if ((uintptr_t)d - (uintptr_t)s >= WORD) {
		for (; n >= WORD; n -= WORD)
			*(word *)(d + n - WORD) = *(const word *)(s + n - WORD);
	}
	while (n--)
		d[n] = s[n];
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *mempcpy(void *restrict dst, const void *restrict src, size_t n)
{
	return (char *)memcpy(dst, src, n) + n;
}

void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	unsigned char *d = dst;
	unsigned long fill = (unsigned char)c * (~0UL / 255);

	for (; n >= 2 * WORD; n -= 2 * WORD, d += 2 * WORD) {
		((word *)d)[0] = fill;
		((word *)d)[1] = fill;
	}
	while (n--)
		*d++ = (unsigned char)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	for (; n >= WORD && *(const word *)x == *(const word *)y; n -= WORD) {
		x += WORD;
		y += WORD;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

void *memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	while (n--)
		if (p[n] == (unsigned char)c)
			return (void *)(p + n);
	return NULL;
}

void *memmem(const void *hay, size_t hay_len, const void *needle, size_t needle_len)
{
	const unsigned char *h = hay;

	for (; hay_len >= needle_len; hay_len--, h++)
		if (memcmp(h, needle, needle_len) == 0)
			return (void *)h;
	return NULL;
}

void bzero(void *s, size_t n)
{
	memset(s, 0, n);
}

int ffs(int v)
{
	return __builtin_ffs(v);
}
