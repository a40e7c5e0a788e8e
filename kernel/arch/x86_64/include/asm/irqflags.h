/* SPDX-License-Identifier: MIT */
/* The processor's interrupt flag. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <kernel/types.h>

#define X86_FLAGS_IF 0x200ul

static inline unsigned long arch_irq_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq\n\tpopq %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void arch_irq_enable(void)
{
	__asm__ __volatile__("sti" : : : "memory");
}

static inline void arch_irq_disable(void)
{
	__asm__ __volatile__("cli" : : : "memory");
}

/* arch_irq_save - mask interrupts; returns what arch_irq_restore needs to put the old state back.
 */
static inline unsigned long arch_irq_save(void)
{
	unsigned long flags = arch_irq_flags();

	arch_irq_disable();
	return flags;
}

static inline void arch_irq_restore(unsigned long flags)
{
	if (flags & X86_FLAGS_IF)
		arch_irq_enable();
}

static inline bool arch_irqs_disabled(void)
{
	return !(arch_irq_flags() & X86_FLAGS_IF);
}

#endif
