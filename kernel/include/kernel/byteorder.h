/* SPDX-License-Identifier: MIT */
/* Byte order and unaligned access. */
#ifndef KERNEL_BYTEORDER_H
#define KERNEL_BYTEORDER_H

#include <kernel/types.h>
#include <uapi/byteorder.h>

static inline u16 get_unaligned_be16(const void *p) { const u8 *b = p; return (u16)(b[0] << 8 | b[1]); }
static inline u32 get_unaligned_be32(const void *p) { __be32 v; __builtin_memcpy(&v, p, 4); return ntohl(v); }
static inline void put_unaligned_be16(u16 v, void *p) { __be16 b = htons(v); __builtin_memcpy(p, &b, 2); }
static inline void put_unaligned_be32(u32 v, void *p) { __be32 b = htonl(v); __builtin_memcpy(p, &b, 4); }

#endif
