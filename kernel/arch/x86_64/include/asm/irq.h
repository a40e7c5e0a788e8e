/* SPDX-License-Identifier: MIT */
/* Interrupt lines: 0..15 are the 8259's, from NR_LEGACY_IRQS on message-signalled ones with a
 * vector each. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <kernel/types.h>

#define NR_LEGACY_IRQS 16
#define NR_MSI_IRQS    64
#define NR_IRQS	       (NR_LEGACY_IRQS + NR_MSI_IRQS)

/*
 * arch_irq_alloc_msi - an interrupt number with a vector of its own; the device is to write *data
 * to *addr. The number, or -ENOSPC. Context: process.
 */
int arch_irq_alloc_msi(u64 *addr, u32 *data);
/* arch_irq_free_msi - give it back; the device must have been told to stop. */
void arch_irq_free_msi(int irq);
/* arch_irq_mask, arch_irq_unmask - of an 8259 line; messages are masked in their device, here
 * nothing happens. Context: any. */
void arch_irq_mask(int irq);
void arch_irq_unmask(int irq);
/* arch_irq_eoi - the handlers of @irq have run; do_IRQ calls it before softirqs. Context: hardirq.
 */
void arch_irq_eoi(int irq);
/* arch_irq_name - the kind of controller, for /proc/interrupts. */
const char *arch_irq_name(int irq);

extern unsigned long irq_spurious; /* interrupts that nobody had asked for: 8259 lines 7 and 15,
				      APIC spurious vector, unused vectors */
extern unsigned long irq_nmi;	   /* non-maskable interrupts */
extern unsigned long irq_clock;	   /* interrupts of the one-shot clock */

#endif
