/* SPDX-License-Identifier: MIT */
/* Interrupt vectors: the two 8259 controllers, messages, the clock, and those that nobody asked for
 * (Intel 8259A data sheet). */

#include <asm/io.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <kernel/interrupt.h>

#include "arch_internal.h"

#define PIC1_CMD	  0x20
#define PIC1_DATA	  0x21
#define PIC2_CMD	  0xa0
#define PIC2_DATA	  0xa1
#define ICW1_INIT_ICW4	  0x11
#define ICW4_8086	  0x01
#define OCW2_SPECIFIC_EOI 0x60
#define OCW3_READ_ISR	  0x0b
#define CASCADE_LINE	  2
#define SPURIOUS_LINE	  7 /* of each controller */

#define MSI_ADDRESS	      0xfee00000u /* Intel SDM 3A 10.11.1 */
#define MSI_DESTINATION_SHIFT 12

unsigned long irq_spurious;

static u16 masked = (u16) ~(1u << CASCADE_LINE);
static u64 msi_used;
static_assert(NR_MSI_IRQS == 64, "msi_used has one bit for each");
static_assert(VECTOR_MSI + NR_MSI_IRQS <= VECTOR_SYSCALL,
	      "vectors of messages end before the system call's");

void pic_init(void)
{
	outb(ICW1_INIT_ICW4, PIC1_CMD);
	outb(ICW1_INIT_ICW4, PIC2_CMD);
	outb(VECTOR_LEGACY, PIC1_DATA);
	outb(VECTOR_LEGACY + 8, PIC2_DATA);
	outb(1 << CASCADE_LINE, PIC1_DATA);
	outb(CASCADE_LINE, PIC2_DATA);
	outb(ICW4_8086, PIC1_DATA);
	outb(ICW4_8086, PIC2_DATA);
	outb((u8)masked, PIC1_DATA);
	outb((u8)(masked >> 8), PIC2_DATA);
}

static void set_mask(int irq, bool mask)
{
	unsigned long flags;

	if (irq < 0 || irq >= NR_LEGACY_IRQS || irq == CASCADE_LINE)
		return;
	flags = arch_irq_save();
	masked = (u16)(mask ? masked | 1u << irq : masked & ~(1u << irq));
	if (irq < 8)
		outb((u8)masked, PIC1_DATA);
	else
		outb((u8)(masked >> 8), PIC2_DATA);
	arch_irq_restore(flags);
}

void arch_irq_mask(int irq)
{
	set_mask(irq, true);
}

void arch_irq_unmask(int irq)
{
	set_mask(irq, false);
}

void arch_irq_eoi(int irq)
{
	if (irq >= NR_LEGACY_IRQS) {
		apic_eoi();
	} else if (irq >= 8) {
		outb((u8)(OCW2_SPECIFIC_EOI | (irq - 8)), PIC2_CMD);
		outb(OCW2_SPECIFIC_EOI | CASCADE_LINE, PIC1_CMD);
	} else {
		outb((u8)(OCW2_SPECIFIC_EOI | irq), PIC1_CMD);
	}
}

const char *arch_irq_name(int irq)
{
	return irq < NR_LEGACY_IRQS ? "XT-PIC" : "PCI-MSI";
}

int arch_irq_alloc_msi(u64 *addr, u32 *data)
{
	unsigned long flags;
	int n;

	if (!apic_present())
		return -ENOSPC;
	flags = arch_irq_save();
	n = ~msi_used ? __builtin_ctzll(~msi_used) : -1;
	if (n >= 0)
		msi_used |= 1ull << n;
	arch_irq_restore(flags);
	if (n < 0)
		return -ENOSPC;
	*addr = MSI_ADDRESS | apic_id() << MSI_DESTINATION_SHIFT;
	*data = (u32)(VECTOR_MSI + n); /* edge-triggered, fixed delivery */
	return NR_LEGACY_IRQS + n;
}

void arch_irq_free_msi(int irq)
{
	unsigned long flags;

	if (irq < NR_LEGACY_IRQS || irq >= NR_IRQS)
		return;
	flags = arch_irq_save();
	msi_used &= ~(1ull << (irq - NR_LEGACY_IRQS));
	arch_irq_restore(flags);
}

/* An 8259 whose line went away before the acknowledgement reports its line 7, with no bit in
 * service. */
static bool pic_spurious(unsigned int line)
{
	u16 port = line < 8 ? PIC1_CMD : PIC2_CMD;

	if ((line & 7) != SPURIOUS_LINE)
		return false;
	outb(OCW3_READ_ISR, port);
	if (inb(port) & 1 << SPURIOUS_LINE)
		return false;
	irq_spurious++;
	if (line >= 8)
		outb(OCW2_SPECIFIC_EOI | CASCADE_LINE, PIC1_CMD);
	return true;
}

/* irq_dispatch - a vector above the exceptions came in. Interrupts off. */
void irq_dispatch(unsigned int vector)
{
	if (vector == VECTOR_CLOCK) {
		apic_eoi();
		clock_interrupt_arch();
	} else if (vector >= VECTOR_MSI && vector < VECTOR_MSI + NR_MSI_IRQS) {
		if (msi_used & 1ull << (vector - VECTOR_MSI)) {
			do_IRQ((int)(vector - VECTOR_MSI) + NR_LEGACY_IRQS);
		} else {
			irq_spurious++;
			apic_eoi();
		}
	} else if (vector >= VECTOR_LEGACY && vector < VECTOR_LEGACY + NR_LEGACY_IRQS) {
		unsigned int line = vector - VECTOR_LEGACY;

		if (pic_spurious(line))
			return;
		if (line == 0) { /* the 8254, which is the clock where there is no local APIC */
			arch_irq_eoi(0);
			clock_interrupt_arch();
		} else {
			do_IRQ((int)line);
		}
	} else {
		irq_spurious++;
		if (vector != VECTOR_SPURIOUS)
			apic_eoi();
	}
}
