/* SPDX-License-Identifier: MIT */
/* Hosted: virtual time, which only hosted_run moves. */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <kernel/types.h>

extern u64 hosted_now_ns;
extern u64 hosted_deadline_ns; /* ~0: none */

#define HOSTED_EPOCH_NS (1704067200ull * 1000000000ull) /* boot is at 2024-01-01 00:00:00 UTC, always */

static inline u64 arch_clock_ns(void)
{
	return hosted_now_ns;
}

static inline u64 arch_cycles(void)
{
	return hosted_now_ns;
}

static inline u64 arch_cycles_per_sec(void)
{
	return 1000000000ull;
}

static inline u64 arch_wall_ns(void)
{
	return HOSTED_EPOCH_NS + hosted_now_ns;
}

static inline void arch_clock_program(u64 deadline_ns)
{
	hosted_deadline_ns = deadline_ns;
}

#endif
