/* SPDX-License-Identifier: MIT */
/* Conversions between the host's byte order (little endian on both targets) and that of the wire.
 */
#ifndef UAPI_BYTEORDER_H
#define UAPI_BYTEORDER_H

#include <uapi/types.h>

#define __swab16(x) ((__u16)__builtin_bswap16((__u16)(x)))
#define __swab32(x) ((__u32)__builtin_bswap32((__u32)(x)))
#define __swab64(x) ((__u64)__builtin_bswap64((__u64)(x)))

/*
 * The compiler folds __builtin_bswap of a constant, so that these are constant expressions where
 * their argument is one (case labels, static initialisers). As macros they serve there too.
 */
#define __cpu_to_be16(x) ((__force __be16)__swab16(x))
#define __cpu_to_be32(x) ((__force __be32)__swab32(x))
#define __cpu_to_be64(x) ((__force __be64)__swab64(x))
#define __be16_to_cpu(x) __swab16((__force __u16)(__be16)(x))
#define __be32_to_cpu(x) __swab32((__force __u32)(__be32)(x))
#define __be64_to_cpu(x) __swab64((__force __u64)(__be64)(x))
#define __cpu_to_le16(x) ((__force __le16)(__u16)(x))
#define __cpu_to_le32(x) ((__force __le32)(__u32)(x))
#define __cpu_to_le64(x) ((__force __le64)(__u64)(x))
#define __le16_to_cpu(x) ((__force __u16)(__le16)(x))
#define __le32_to_cpu(x) ((__force __u32)(__le32)(x))
#define __le64_to_cpu(x) ((__force __u64)(__le64)(x))

#define cpu_to_be16(x) __cpu_to_be16(x)
#define cpu_to_be32(x) __cpu_to_be32(x)
#define cpu_to_be64(x) __cpu_to_be64(x)
#define be16_to_cpu(x) __be16_to_cpu(x)
#define be32_to_cpu(x) __be32_to_cpu(x)
#define be64_to_cpu(x) __be64_to_cpu(x)
#define cpu_to_le16(x) __cpu_to_le16(x)
#define cpu_to_le32(x) __cpu_to_le32(x)
#define cpu_to_le64(x) __cpu_to_le64(x)
#define le16_to_cpu(x) __le16_to_cpu(x)
#define le32_to_cpu(x) __le32_to_cpu(x)
#define le64_to_cpu(x) __le64_to_cpu(x)

#define htons(x) __cpu_to_be16(x)
#define htonl(x) __cpu_to_be32(x)
#define ntohs(x) __be16_to_cpu(x)
#define ntohl(x) __be32_to_cpu(x)

static inline __u16 be16_to_cpup(const __be16 *p)
{
	return be16_to_cpu(*p);
}

static inline __u32 be32_to_cpup(const __be32 *p)
{
	return be32_to_cpu(*p);
}

static inline __u16 le16_to_cpup(const __le16 *p)
{
	return le16_to_cpu(*p);
}

static inline __u32 le32_to_cpup(const __le32 *p)
{
	return le32_to_cpu(*p);
}

static inline __u64 le64_to_cpup(const __le64 *p)
{
	return le64_to_cpu(*p);
}

#endif
