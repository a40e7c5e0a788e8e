/* SPDX-License-Identifier: MIT */
/* The Internet checksum. RFC 1071, RFC 1624 (net/core/checksum.c). */
#ifndef NET_CHECKSUM_H
#define NET_CHECKSUM_H

#include <kernel/byteorder.h>
#include <kernel/kernel.h>

/* csum_partial - 32-bit one's complement sum of @len bytes, added to @sum; any alignment and
 * length. */
__wsum csum_partial(const void *buf, size_t len, __wsum sum);
/* csum_partial_copy - copy and sum in one pass. */
__wsum csum_partial_copy(const void *src, void *dst, size_t len, __wsum sum);
struct iov_iter;
/* csum_and_copy_from_iter - from the writer's buffers; bytes copied, *csum extended. */
size_t csum_and_copy_from_iter(void *to, size_t n, __wsum *csum, struct iov_iter *from);

static inline __sum16 csum_fold(__wsum csum)
{
	u32 s = (__force u32)csum;

	s += s << 16 | s >> 16; /* both halves' sum in the upper one, with the carry of the lower */
	return (__force __sum16)(u16)(~s >> 16);
}

/* csum_fold64 - a sum of 64 bits as one of 32. */
static inline __wsum csum_fold64(u64 s)
{
	s += s << 32 | s >> 32;
	return (__force __wsum)(u32)(s >> 32);
}

static inline __wsum csum_add(__wsum a, __wsum b)
{
	u32 s = (__force u32)a + (__force u32)b;

	return (__force __wsum)(s + (s < (__force u32)b));
}

static inline __wsum csum_sub(__wsum a, __wsum b)
{
	return csum_add(a, (__force __wsum) ~(__force u32)b);
}

/* csum_block_add - @b was summed over a block at byte offset @off of the whole. */
static inline __wsum csum_block_add(__wsum a, __wsum b, int off)
{
	u32 s = (__force u32)b;

	if (off & 1)
		s = (s << 8) | (s >> 24);
	return csum_add(a, (__force __wsum)s);
}
static inline __wsum csum_block_sub(__wsum a, __wsum b, int off)
{
	return csum_block_add(a, (__force __wsum) ~(__force u32)b, off);
}

/* csum_tcpudp_nofold - add the IPv4 pseudo header. @len in bytes, host order. */
static inline __wsum csum_tcpudp_nofold(__be32 saddr, __be32 daddr, u32 len, u8 proto, __wsum sum)
{
	u64 s = (u64)(__force u32)sum + (__force u32)saddr + (__force u32)daddr +
		(__force u32)htonl(len + proto);

	return csum_fold64(s);
}
static inline __sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, u32 len, u8 proto, __wsum sum)
{
	return csum_fold(csum_tcpudp_nofold(saddr, daddr, len, proto, sum));
}

/* ip_fast_csum - of an IPv4 header of @ihl words, at least five; 0 over a correct header. */
static inline __sum16 ip_fast_csum(const void *iph, unsigned int ihl)
{
	const u8 *p = iph;
	u64 s, v;
	u32 w;

	__builtin_memcpy(&s, p, 8);
	__builtin_memcpy(&v, p + 8, 8);
	__builtin_memcpy(&w, p + 16, 4);
	s += v;
	s += s < v; /* the carry comes back in at the bottom (add, adc) */
	s += w;
	s += s < w;
	for (; unlikely(ihl > 5); ihl--, p += 4) {
		__builtin_memcpy(&w, p + 20, 4);
		s += w;
		s += s < w;
	}
	return csum_fold(csum_fold64(s));
}
static inline __sum16 ip_compute_csum(const void *buf, size_t len)
{
	return csum_fold(csum_partial(buf, len, 0));
}
/* csum_replace4/2 - incremental update (RFC 1624). */
static inline void csum_replace4(__sum16 *sum, __be32 from, __be32 to)
{
	*sum = csum_fold(
		csum_add(csum_sub((__force __wsum)(u32) ~(__force u16)*sum, (__force __wsum)from),
			 (__force __wsum)to));
}
static inline void csum_replace2(__sum16 *sum, __be16 from, __be16 to)
{
	csum_replace4(sum, (__force __be32)(u32)(__force u16)from,
		      (__force __be32)(u32)(__force u16)to);
}
#define CSUM_MANGLED_0 ((__force __sum16)0xffff)

#endif
