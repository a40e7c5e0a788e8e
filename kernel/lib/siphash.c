/* SPDX-License-Identifier: MIT */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for tables and cookies whose keys a remote chooses. */
#include <kernel/hash.h>

struct sip {
	u64 v0, v1, v2, v3;
};

static __always_inline u64 rol64(u64 v, unsigned int n)
{
	return v << n | v >> (64 - n);
}

static __always_inline void sip_round(struct sip *s)
{
	s->v0 += s->v1, s->v1 = rol64(s->v1, 13), s->v1 ^= s->v0, s->v0 = rol64(s->v0, 32);
	s->v2 += s->v3, s->v3 = rol64(s->v3, 16), s->v3 ^= s->v2;
	s->v0 += s->v3, s->v3 = rol64(s->v3, 21), s->v3 ^= s->v0;
	s->v2 += s->v1, s->v1 = rol64(s->v1, 17), s->v1 ^= s->v2, s->v2 = rol64(s->v2, 32);
}

static __always_inline struct sip sip_begin(const siphash_key_t *key)
{
	return (struct sip){
		.v0 = 0x736f6d6570736575ull ^ key->key[0],
		.v1 = 0x646f72616e646f6dull ^ key->key[1],
		.v2 = 0x6c7967656e657261ull ^ key->key[0],
		.v3 = 0x7465646279746573ull ^ key->key[1],
	};
}

static __always_inline void sip_word(struct sip *s, u64 m)
{
	s->v3 ^= m;
	sip_round(s);
	sip_round(s);
	s->v0 ^= m;
}

/* sip_end - @last: the remaining bytes with the length in the top byte. */
static __always_inline u64 sip_end(struct sip *s, u64 last)
{
	sip_word(s, last);
	s->v2 ^= 0xff;
	sip_round(s);
	sip_round(s);
	sip_round(s);
	sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	struct sip s = sip_begin(key);
	const u8 *p = data;
	u64 last = (u64)len << 56, m;
	size_t n, i;

	for (n = len; n >= 8; n -= 8, p += 8) {
		__builtin_memcpy(&m, p, 8);
		sip_word(&s, m);
	}
	for (i = 0; i < n; i++)
		last |= (u64)p[i] << (8 * i);
	return sip_end(&s, last);
}

u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	struct sip s = sip_begin(key);

	sip_word(&s, a);
	sip_word(&s, b);
	return sip_end(&s, 16ull << 56);
}

u64 siphash_3u32(u32 a, u32 b, u32 c, const siphash_key_t *key)
{
	struct sip s = sip_begin(key);

	sip_word(&s, (u64)b << 32 | a);
	return sip_end(&s, 12ull << 56 | c);
}

u64 siphash_4u32(u32 a, u32 b, u32 c, u32 d, const siphash_key_t *key)
{
	return siphash_2u64((u64)b << 32 | a, (u64)d << 32 | c, key);
}
