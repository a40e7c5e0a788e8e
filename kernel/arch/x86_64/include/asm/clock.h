/* SPDX-License-Identifier: MIT */
/* The monotonic clock (time-stamp counter) and its one-shot interrupt (local APIC). */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <kernel/types.h>

/* arch_cycles - the time-stamp counter. RDTSC clears the upper halves of both registers. */
static inline u64 arch_cycles(void)
{
	u64 lo, hi;

	__asm__ __volatile__("rdtsc" : "=a"(lo), "=d"(hi));
	return hi << 32 | lo;
}

/* arch_clock_ns - nanoseconds since the kernel was entered; never runs backwards. Context: any. */
u64 arch_clock_ns(void);
/* arch_wall_ns - nanoseconds since 1970 (UTC), from the battery clock read at boot. Context: any.
 */
u64 arch_wall_ns(void);
/* arch_cycles_per_sec - the counter's frequency in Hz. */
u64 arch_cycles_per_sec(void);
/*
 * arch_clock_program - clock_interrupt() is called when arch_clock_ns reaches @deadline_ns, at once
 * if it already has; replaces the deadline before. ~0: never. Context: any.
 */
void arch_clock_program(u64 deadline_ns);

#endif
