/* SPDX-License-Identifier: MIT */
/* Bits: logarithms, power-of-two rounding, bit arrays. */
#ifndef KERNEL_BITOPS_H
#define KERNEL_BITOPS_H

#include <kernel/kernel.h>

#define BITS_PER_LONG 64
#define BIT(n) (1ul << (n))
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)

static inline int fls(u32 x) { return x ? 32 - __builtin_clz(x) : 0; }
static inline int fls64(u64 x) { return x ? 64 - __builtin_clzll(x) : 0; }
static inline int ilog2(u64 x) { return fls64(x) - 1; }
static inline bool is_power_of_2(u64 x) { return x && !(x & (x - 1)); }
static inline u64 roundup_pow_of_two(u64 x) { return x <= 1 ? 1 : 1ull << fls64(x - 1); }
static inline unsigned int hweight32(u32 x)
{
	unsigned int n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}
/* Not atomic against interrupts: callers hold the matching lock. */
static inline bool test_bit(unsigned int n, const unsigned long *a) { return (a[n / 64] >> (n % 64)) & 1; }
static inline void __set_bit(unsigned int n, unsigned long *a) { a[n / 64] |= BIT(n % 64); }
static inline void __clear_bit(unsigned int n, unsigned long *a) { a[n / 64] &= ~BIT(n % 64); }
/* Atomic against interrupts on this CPU. */
static inline void set_bit(unsigned int n, unsigned long *a) { __atomic_fetch_or(&a[n / 64], BIT(n % 64), __ATOMIC_RELAXED); }
static inline void clear_bit(unsigned int n, unsigned long *a) { __atomic_fetch_and(&a[n / 64], ~BIT(n % 64), __ATOMIC_RELAXED); }
static inline bool test_and_set_bit(unsigned int n, unsigned long *a)
{
	return (__atomic_fetch_or(&a[n / 64], BIT(n % 64), __ATOMIC_ACQ_REL) >> (n % 64)) & 1;
}
static inline bool test_and_clear_bit(unsigned int n, unsigned long *a)
{
	return (__atomic_fetch_and(&a[n / 64], ~BIT(n % 64), __ATOMIC_ACQ_REL) >> (n % 64)) & 1;
}

#endif
