/* SPDX-License-Identifier: MIT */
/* Hosted: virtual interrupts come only where hosted_run lets them in; the flag is kept for those who look at it. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <kernel/types.h>

extern bool hosted_irqs_off;

static inline void arch_irq_enable(void)
{
	hosted_irqs_off = false;
}

static inline void arch_irq_disable(void)
{
	hosted_irqs_off = true;
}

static inline unsigned long arch_irq_save(void)
{
	unsigned long flags = hosted_irqs_off;

	hosted_irqs_off = true;
	return flags;
}

static inline void arch_irq_restore(unsigned long flags)
{
	hosted_irqs_off = flags != 0;
}

static inline bool arch_irqs_disabled(void)
{
	return hosted_irqs_off;
}

#endif
