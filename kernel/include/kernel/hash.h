/* SPDX-License-Identifier: MIT */
/* Hash functions: jhash for speed on trusted keys, SipHash-2-4 for keys a remote chooses (kernel/lib/hash.c, siphash.c). */
#ifndef KERNEL_HASH_H
#define KERNEL_HASH_H

#include <kernel/kernel.h>

u32 jhash(const void *key, u32 length, u32 initval);
u32 jhash_3words(u32 a, u32 b, u32 c, u32 initval);

typedef struct { u64 key[2]; } siphash_key_t;
u64 siphash(const void *data, size_t len, const siphash_key_t *key);
u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key);
u64 siphash_3u32(u32 a, u32 b, u32 c, const siphash_key_t *key);
u64 siphash_4u32(u32 a, u32 b, u32 c, u32 d, const siphash_key_t *key);

static inline u32 hash_32(u32 v, unsigned int bits) { return (v * 0x61c88647u) >> (32 - bits); }
static inline u32 hash_64(u64 v, unsigned int bits) { return (u32)((v * 0x61c8864680b583ebull) >> (64 - bits)); }

#endif
