/* SPDX-License-Identifier: MIT */
/* Masking of hard interrupts on this CPU. */
#ifndef KERNEL_IRQFLAGS_H
#define KERNEL_IRQFLAGS_H

#include <asm/irqflags.h>

#define local_irq_save(flags) ((flags) = arch_irq_save())
#define local_irq_restore(flags) arch_irq_restore(flags)
#define local_irq_enable() arch_irq_enable()
#define local_irq_disable() arch_irq_disable()
#define irqs_disabled() arch_irqs_disabled()

#endif
