/* SPDX-License-Identifier: MIT */
/* The Internet checksum over memory: eight bytes an addition, the carries folded in at the end. RFC
 * 1071. */
#include <kernel/string.h>
#include <kernel/uio.h>
#include <net/checksum.h>

/* add64 - one's complement addition: the carry comes back in at the bottom (add, adc). */
static __always_inline u64 add64(u64 sum, u64 v)
{
	sum += v;
	return sum + (sum < v);
}

static __always_inline u64 load64(const u8 *p)
{
	u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static __always_inline u32 fold64(u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (u32)sum;
}

/* tail_bytes - the last zero to seven bytes as a little-endian word, without reading past them. */
static __always_inline u64 tail_bytes(const u8 *p, size_t len)
{
	u64 v = 0;
	u32 w;
	u16 h;

	if (len & 4) {
		__builtin_memcpy(&w, p, 4);
		v = w;
		p += 4;
	}
	if (len & 2) {
		__builtin_memcpy(&h, p, 2);
		v += (u64)h << (len & 4 ? 32 : 0);
		p += 2;
	}
	if (len & 1)
		v += (u64)*p << (8 * (len & 6));
	return v;
}

__wsum csum_partial(const void *buf, size_t len, __wsum sum)
{
	const u8 *p = buf;
	u64 s = (__force u32)sum;

	for (; len >= 64; len -= 64, p += 64) {
		s = add64(s, load64(p));
		s = add64(s, load64(p + 8));
		s = add64(s, load64(p + 16));
		s = add64(s, load64(p + 24));
		s = add64(s, load64(p + 32));
		s = add64(s, load64(p + 40));
		s = add64(s, load64(p + 48));
		s = add64(s, load64(p + 56));
	}
	for (; len >= 8; len -= 8, p += 8)
		s = add64(s, load64(p));
	if (len)
		s = add64(s, tail_bytes(p, len));
	return (__force __wsum)fold64(s);
}

/* copy_add - one word over, and into the sum. */
static __always_inline u64 copy_add(u8 *dst, const u8 *src, u64 s)
{
	u64 v = load64(src);

	__builtin_memcpy(dst, &v, sizeof(v));
	return add64(s, v);
}

__wsum csum_partial_copy(const void *src, void *dst, size_t len, __wsum sum)
{
	const u8 *p = src;
	u8 *d = dst;
	u64 s = (__force u32)sum;

	for (; len >= 32; len -= 32, p += 32, d += 32) {
		s = copy_add(d, p, s);
		s = copy_add(d + 8, p + 8, s);
		s = copy_add(d + 16, p + 16, s);
		s = copy_add(d + 24, p + 24, s);
	}
	for (; len >= 8; len -= 8, p += 8, d += 8)
		s = copy_add(d, p, s);
	if (len) {
		s = add64(s, tail_bytes(p, len));
		for (; len; len--)
			*d++ = *p++;
	}
	return (__force __wsum)fold64(s);
}

size_t csum_and_copy_from_iter(void *to, size_t n, __wsum *csum, struct iov_iter *from)
{
	/* The copy survives faults and may stop anywhere; summing what has arrived finds it in the
	 * cache. */
	size_t done = copy_from_iter(to, n, from);

	*csum = csum_partial(to, done, *csum);
	return done;
}
