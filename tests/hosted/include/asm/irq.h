/* SPDX-License-Identifier: MIT */
/* Hosted: interrupt lines that virtual devices raise. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <kernel/types.h>

#define NR_IRQS 64

void arch_irq_mask(int irq);
void arch_irq_unmask(int irq);
void arch_irq_eoi(int irq);
const char *arch_irq_name(int irq);

extern unsigned long irq_spurious, irq_nmi, irq_clock;

#endif
