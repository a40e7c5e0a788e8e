/* SPDX-License-Identifier: MIT */
/* The processor and the machine as a whole: idling, ending, telling where we are. */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#include <kernel/compiler.h>
#include <kernel/types.h>

struct pt_regs;

static inline void cpu_relax(void)
{
	__asm__ __volatile__("pause" : : : "memory");
}

/* arch_idle - called with interrupts off: lets them in and halts in one step, so that none is slept
 * through. */
static inline void arch_idle(void)
{
	__asm__ __volatile__("sti\n\thlt" : : : "memory");
}

/* arch_idles_anywhere - may any task halt the processor, or only the idle task? */
static inline bool arch_idles_anywhere(void)
{
	return true;
}

/*
 * arch_poweroff - switch the machine off. With @status 0 QEMU ends with exit status 0 (ACPI S5).
 * Any other value asks QEMU's isa-debug-exit (ports 0xf4, 0x501) and pvpanic (0x505) devices for a
 * failure first; a machine without them just goes off.
 */
void arch_poweroff(int status) __noreturn;
/* arch_reboot - reset: ACPI's reset register, the keyboard controller, port 0xcf9, and at last a
 * triple fault. */
void arch_reboot(void) __noreturn;

/* arch_backtrace - log the callers of this function by name. Context: any. */
void arch_backtrace(void);
/* arch_show_regs - log @regs, and the callers if they are the kernel's. Context: any. */
void arch_show_regs(const struct pt_regs *regs);

#endif
