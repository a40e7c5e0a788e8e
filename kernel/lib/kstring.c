/* SPDX-License-Identifier: MIT */
/* String helpers that the C library does not have: bounded copies, duplicates, trimming. */
#include <kernel/slab.h>
#include <kernel/string.h>

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (n < size) {
		memcpy(dst, src, n + 1);
		return (ssize_t)n;
	}
	memcpy(dst, src, size - 1);
	dst[size - 1] = '\0';
	return -E2BIG;
}

void *kmemdup(const void *p, size_t n, gfp_t gfp)
{
	void *copy = kmalloc(n, gfp);

	if (copy)
		memcpy(copy, p, n);
	return copy;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}

char *skip_spaces(const char *s)
{
	while (isspace((u8)*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	size_t n;

	s = skip_spaces(s);
	n = strlen(s);
	while (n && isspace((u8)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}
