/* SPDX-License-Identifier: MIT */
/* Time: nanoseconds since boot, jiffies made of them, the wall clock, and the one-shot clock event. Book sections 15.1, 15.4. */
#include <asm/clock.h>
#include <kernel/interrupt.h>
#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>

static u64 programmed = ~0ull; /* when the clock device is going to fire */
static u64 wall_offset; /* ns between 1970 and boot */

ktime_t ktime_get(void)
{
	return (ktime_t)arch_clock_ns();
}

u64 ktime_get_real(void)
{
	return wall_offset + arch_clock_ns();
}

unsigned long get_jiffies(void)
{
	return INITIAL_JIFFIES + arch_clock_ns() / NSEC_PER_JIFFY;
}

u64 jiffies_to_ktime(unsigned long j)
{
	unsigned long since_boot = j - INITIAL_JIFFIES;

	if ((long)since_boot < 0)
		return 0;
	if (since_boot > (U64_MAX >> 1) / NSEC_PER_JIFFY)
		return U64_MAX >> 1;
	return since_boot * NSEC_PER_JIFFY;
}

void clock_event_at(u64 ns)
{
	unsigned long flags;

	if (ns >= READ_ONCE(programmed))
		return;
	local_irq_save(flags);
	if (ns < programmed) {
		programmed = ns;
		arch_clock_program(ns);
	}
	local_irq_restore(flags);
}

/* due - is *event over at @now? If not, it is a candidate for *next. */
static inline bool due(u64 event, u64 now, u64 *next)
{
	if (event <= now)
		return true;
	*next = min(*next, event);
	return false;
}

void clock_interrupt(void)
{
	u64 now = arch_clock_ns(), next;

	programmed = ~0ull;
	next = sched_clock_event(now);
	if (due(READ_ONCE(timer_next_event), now, &next))
		raise_softirq(TIMER_SOFTIRQ);
	if (due(READ_ONCE(hrtimer_next_event), now, &next))
		raise_softirq(HI_SOFTIRQ);
	if (next != ~0ull)
		clock_event_at(next);
}

void time_init(void)
{
	wall_offset = arch_wall_ns() - arch_clock_ns();
}
