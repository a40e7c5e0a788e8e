/* SPDX-License-Identifier: MIT */
/* Division of 64-bit integers on i386, which the compiler calls by name (no libgcc needed). */
typedef unsigned long long u64;
typedef long long s64;
typedef unsigned int u32;

u64 __udivmoddi4(u64 n, u64 d, u64 *rem);
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
s64 __divdi3(s64 n, s64 d);
s64 __moddi3(s64 n, s64 d);

/* The instruction divides 64 by 32 bits; the caller sees that the quotient fits: hi < d. */
static u32 div64_32(u32 hi, u32 lo, u32 d, u32 *rem)
{
	u32 quotient;

	__asm__("divl %4" : "=a"(quotient), "=d"(*rem) : "0"(lo), "1"(hi), "rm"(d) : "cc");
	return quotient;
}

u64 __udivmoddi4(u64 n, u64 d, u64 *rem)
{
	u64 quotient = 0;
	u64 left = n;
	int shift;

	if (d >> 32 == 0) {
		u32 low = (u32)d;
		u32 over;
		u32 hi = div64_32(0, (u32)(n >> 32), low, &over);
		u32 lo = div64_32(over, (u32)n, low, &over);

		*rem = over;
		return (u64)hi << 32 | lo;
	}
	/* The divisor has more than 32 bits, so the quotient has fewer: at most 32 steps. */
	if (n >= d) {
		shift = __builtin_clz((u32)(d >> 32)) -
			(n >> 32 ? __builtin_clz((u32)(n >> 32)) : 31);
		for (; shift >= 0; shift--) {
			quotient <<= 1;
			if (left >= d << shift) {
				left -= d << shift;
				quotient |= 1;
			}
		}
	}
	*rem = left;
	return quotient;
}

u64 __udivdi3(u64 n, u64 d)
{
	u64 rem;

	return __udivmoddi4(n, d, &rem);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rem;

	__udivmoddi4(n, d, &rem);
	return rem;
}

static u64 magnitude(s64 v)
{
	return v < 0 ? -(u64)v : (u64)v;
}

s64 __divdi3(s64 n, s64 d)
{
	u64 quotient = __udivdi3(magnitude(n), magnitude(d));

	return (n < 0) != (d < 0) ? (s64)-quotient : (s64)quotient;
}

s64 __moddi3(s64 n, s64 d)
{
	u64 rem = __umoddi3(magnitude(n), magnitude(d));

	return n < 0 ? (s64)-rem : (s64)rem;
}
