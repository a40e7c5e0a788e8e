/* SPDX-License-Identifier: MIT */
/* jhash: Bob Jenkins' public-domain lookup3 hash, for keys that no remote chooses. */
#include <kernel/hash.h>

#define JHASH_INITVAL 0xdeadbeefu

static __always_inline u32 rol32(u32 v, unsigned int n)
{
	return v << n | v >> (32 - n);
}

static __always_inline void jhash_mix(u32 *a, u32 *b, u32 *c)
{
	*a -= *c, *a ^= rol32(*c, 4), *c += *b;
	*b -= *a, *b ^= rol32(*a, 6), *a += *c;
	*c -= *b, *c ^= rol32(*b, 8), *b += *a;
	*a -= *c, *a ^= rol32(*c, 16), *c += *b;
	*b -= *a, *b ^= rol32(*a, 19), *a += *c;
	*c -= *b, *c ^= rol32(*b, 4), *b += *a;
}

static __always_inline u32 jhash_final(u32 a, u32 b, u32 c)
{
	c ^= b, c -= rol32(b, 14);
	a ^= c, a -= rol32(c, 11);
	b ^= a, b -= rol32(a, 25);
	c ^= b, c -= rol32(b, 16);
	a ^= c, a -= rol32(c, 4);
	b ^= a, b -= rol32(a, 14);
	c ^= b, c -= rol32(b, 24);
	return c;
}

/* load_le32 - up to four bytes, little-endian, missing ones zero. */
static __always_inline u32 load_le32(const u8 *p, u32 n)
{
	u32 v = 0;

	if (n >= 4) {
		__builtin_memcpy(&v, p, 4);
		return v;
	}
	if (n > 2)
		v |= (u32)p[2] << 16;
	if (n > 1)
		v |= (u32)p[1] << 8;
	if (n > 0)
		v |= p[0];
	return v;
}

u32 jhash(const void *key, u32 length, u32 initval)
{
	const u8 *p = key;
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + length + initval;
	while (length > 12) {
		a += load_le32(p, 4);
		b += load_le32(p + 4, 4);
		c += load_le32(p + 8, 4);
		jhash_mix(&a, &b, &c);
		length -= 12;
		p += 12;
	}
	if (!length)
		return c;
	a += load_le32(p, length);
	if (length > 4)
		b += load_le32(p + 4, length - 4);
	if (length > 8)
		c += load_le32(p + 8, length - 8);
	return jhash_final(a, b, c);
}

u32 jhash_3words(u32 a, u32 b, u32 c, u32 initval)
{
	u32 iv = initval + JHASH_INITVAL + (3u << 2);

	return jhash_final(a + iv, b + iv, c + iv);
}
