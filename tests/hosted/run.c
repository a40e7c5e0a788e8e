/* SPDX-License-Identifier: MIT */
/* Hosted: booting the kernel's core, and the idle loop that moves virtual time. */
#include <asm/clock.h>
#include <asm/irq.h>
#include <kernel/bug.h>
#include <kernel/interrupt.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/time.h>
#include <kernel/timer.h>

#include "host_os.h"
#include "hosted.h"

#define HOSTED_LOGLEVEL 5 /* warnings and worse, unless loglevel= says otherwise */

void hosted_boot_core(const char *cmdline)
{
	panic_timeout = -1;
	console_loglevel = HOSTED_LOGLEVEL;
	cmdline_init(cmdline);
	printk_init();
	hosted_arch_init();
	mm_init();
	kmem_cache_init();
	irq_init();
	sched_init();
	timers_init();
	softirq_init();
	time_init();
	random_init();
}

/* deliver_irqs - those raised and not masked, lowest first; false if there were none. */
static bool deliver_irqs(void)
{
	u64 ready = hosted_irqs_raised & ~hosted_irqs_masked;
	int irq;

	if (!ready)
		return false;
	irq = __builtin_ctzll(ready);
	hosted_irqs_raised &= ~(1ull << irq);
	local_irq_disable();
	do_IRQ(irq);
	local_irq_enable();
	return true;
}

void hosted_settle(void)
{
	BUG_ON(in_interrupt());
	for (;;) {
		if (deliver_irqs())
			continue;
		do_softirq();
		if (sched_other_runnable()) {
			schedule();
			continue;
		}
		if (!local_softirq_pending())
			return;
	}
}

bool hosted_step(u64 until)
{
	hosted_settle();
	if (hosted_deadline_ns == ~0ull || hosted_deadline_ns > until)
		return false;
	hosted_now_ns = max(hosted_now_ns, hosted_deadline_ns);
	hosted_deadline_ns = ~0ull;
	irq_clock++;
	local_irq_disable();
	irq_enter();
	clock_interrupt();
	irq_exit();
	local_irq_enable();
	return true;
}

void hosted_run(u64 until)
{
	until = max(until, hosted_now_ns); /* the clock does not go back; what is due now runs nevertheless */
	host_catch_faults();
	if (sched_other_runnable()) /* tasks first: one that is to listen does so before a frame that is there already */
		schedule();
	while (hosted_step(until))
		;
	hosted_now_ns = until;
}

u64 hosted_next(void)
{
	return min(timer_next_expiry(), hrtimer_next_expiry());
}
