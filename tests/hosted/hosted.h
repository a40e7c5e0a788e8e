/* SPDX-License-Identifier: MIT */
/* The hosted machine from the kernel's side: booting it, running it, its virtual interrupts. */
#ifndef HOSTED_HOSTED_H
#define HOSTED_HOSTED_H

#include <asm/clock.h>
#include <kernel/types.h>

#define HOSTED_MEM_MIB 256 /* skiff.mem= without the command line's word */

extern u64 hosted_irqs_raised, hosted_irqs_masked; /* bit n: interrupt n */

/* hosted_arch_init - memory, the seed, fault handling. */
void hosted_arch_init(void);
/* hosted_boot_core - all that kernel/main.c starts before its first task. The caller becomes the idle task. */
void hosted_boot_core(const char *cmdline);
/* hosted_raise_irq - interrupt @irq comes as soon as the machine idles. */
static inline void hosted_raise_irq(int irq)
{
	hosted_irqs_raised |= 1ull << irq;
}
/* hosted_settle - run interrupts, softirqs and tasks until none of them has anything to do now. From the idle task. */
void hosted_settle(void);
/* hosted_step - settle, then move to the next clock event and run it, if it is not after @until; false if it is. */
bool hosted_step(u64 until);
/* hosted_run - settle and step up to @until, where the clock then stands. */
void hosted_run(u64 until);
/* hosted_now - ktime ns. */
static inline u64 hosted_now(void)
{
	return hosted_now_ns;
}
/* hosted_next - ktime ns of the next timer; ~0: none. */
u64 hosted_next(void);
/* hosted_fail_alloc - the @nth allocation from now on fails (0: none), and of all others @ppm in a million, by @seed. */
void hosted_fail_alloc(unsigned long nth, unsigned int ppm, u64 seed);

#endif
