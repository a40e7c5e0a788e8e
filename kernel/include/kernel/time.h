/* SPDX-License-Identifier: MIT */
/* Time: the nanosecond clock, jiffies derived from it, and the one-shot clock event. Book chapter 15. */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <kernel/kernel.h>
#include <uapi/time.h>

#define HZ 1000
#define NSEC_PER_JIFFY (NSEC_PER_SEC / HZ)

/*
 * jiffies - milliseconds since boot plus an offset (default: 5 minutes before the 32-bit wrap, as Linux, so that the wrap is
 * met in every longer run). Computed from the clock: there is no tick. Cached per interrupt/softirq round is allowed.
 */
unsigned long get_jiffies(void);
#define jiffies get_jiffies()
#define INITIAL_JIFFIES ((unsigned long)(unsigned int)(-300 * HZ))

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

static inline unsigned long msecs_to_jiffies(unsigned int ms) { return ms; }
static inline unsigned int jiffies_to_msecs(unsigned long j) { return (unsigned int)j; }
/* what TCP timestamps and the like use */
static inline u32 tcp_time_stamp(void) { return (u32)jiffies; }

ktime_t ktime_get(void); /* ns since boot, monotonic */
u64 ktime_get_real(void); /* ns since 1970 */
static inline u64 ktime_get_ns(void) { return (u64)ktime_get(); }

/* jiffies_to_ktime - when @j begins, in ktime ns: 0 for the past before boot, saturated for what is too far. */
u64 jiffies_to_ktime(unsigned long j);

/*
 * clock_event_at - see to it that clock_interrupt comes at @ns at the latest. An earlier deadline stays: it fires, and the
 * next one is programmed then. Context: any.
 */
void clock_event_at(u64 ns);
/* clock_interrupt - the one-shot clock fired: called by arch inside irq_enter/irq_exit, interrupts off. */
void clock_interrupt(void);
void time_init(void); /* reads the wall clock */

#endif
