/* SPDX-License-Identifier: MIT */
/* The steps of starting the machine, for kmain. */
#ifndef ASM_ARCH_H
#define ASM_ARCH_H

#include <kernel/types.h>

/* arch_early_init - serial port, what the boot loader told (@mbi: physical address of its table),
 * processor, page tables, traps. */
void arch_early_init(u32 mbi);
/* arch_mm_ready - the page allocator works: page tables come from it from now on. */
void arch_mm_ready(void);
/* arch_irq_init - the 8259 and the local APIC, all lines masked; measurement of the clocks begins.
 */
void arch_irq_init(void);
/* arch_time_init - ends the measurement; arch_clock_x work from here on. */
void arch_time_init(void);

#endif
