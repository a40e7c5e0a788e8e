/* SPDX-License-Identifier: MIT */
/* Which context runs: preempt_count, and the assertions that functions make about it. Book section 14.1.3. */
#ifndef KERNEL_PREEMPT_H
#define KERNEL_PREEMPT_H

#include <asm/softirq.h>
#include <kernel/bug.h>
#include <kernel/irqflags.h>

/* preempt_count: bits 0-7 locks held or preemption off, 8-15 bottom halves off or running, 16-27 hard interrupts nested. */
#define PREEMPT_OFFSET 1u
#define SOFTIRQ_OFFSET 0x100u
#define HARDIRQ_OFFSET 0x10000u
#define PREEMPT_MASK 0xffu
#define SOFTIRQ_MASK 0xff00u
#define HARDIRQ_MASK 0xfff0000u

extern unsigned int preempt_count; /* one CPU: one word */

#define hardirq_count() (preempt_count & HARDIRQ_MASK)
#define softirq_count() (preempt_count & SOFTIRQ_MASK)
#define in_irq() (hardirq_count() != 0)
#define in_softirq() (softirq_count() != 0)
#define in_interrupt() ((preempt_count & (HARDIRQ_MASK | SOFTIRQ_MASK)) != 0)
#define in_atomic() (preempt_count != 0)

static inline void preempt_disable(void)
{
	preempt_count += PREEMPT_OFFSET;
	barrier();
}

static inline void preempt_enable(void)
{
	barrier();
	preempt_count -= PREEMPT_OFFSET;
}

static inline void local_bh_disable(void)
{
	preempt_count += SOFTIRQ_OFFSET;
	barrier();
}

extern u32 softirq_pending; /* bit n: softirq n waits (kernel/core/softirq.c) */
void do_softirq(void);

/* local_bh_enable - run pending bottom halves when the outermost level ends. Context: process or softirq, interrupts on. */
static inline void local_bh_enable(void)
{
	barrier();
	preempt_count -= SOFTIRQ_OFFSET;
	barrier();
	if (unlikely(READ_ONCE(softirq_pending)))
		arch_do_softirq();
}

/* assert_softirq - the caller runs as a bottom half or holds bottom halves off. */
#define assert_softirq() WARN_ON_ONCE(!in_softirq())
/* might_sleep - the caller may sleep here: process context, no lock held. */
#define might_sleep() WARN_ON_ONCE(in_atomic())

#endif
