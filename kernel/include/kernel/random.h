/* SPDX-License-Identifier: MIT */
/* Random numbers: a ChaCha20 generator (RFC 8439) over RDRAND, devices and jitter (kernel/core/random.c). */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <kernel/kernel.h>

void get_random_bytes(void *buf, size_t n); /* Context: any */
u32 get_random_u32(void);
u64 get_random_u64(void);
/* get_random_below - uniform in [0, ceil). */
u32 get_random_below(u32 ceil);
/* add_randomness - mix in bytes from a device; credits none. Context: any. */
void add_randomness(const void *buf, size_t n);
void random_init(void);

#endif
