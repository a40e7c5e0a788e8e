/* SPDX-License-Identifier: MIT */
/* Hosted: the machine is a process, whose end is the machine's. */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#include <kernel/compiler.h>
#include <kernel/types.h>

struct pt_regs;

static inline void cpu_relax(void)
{
	barrier();
}

/* arch_idle - never called: the host's skiff_run is the idle loop. */
void arch_idle(void);

/* arch_idles_anywhere - no: skiff_run is the idle task, and to be come back to when nobody is runnable. */
static inline bool arch_idles_anywhere(void)
{
	return false;
}

/* arch_poweroff - exit(0), or abort() for any other status. */
void arch_poweroff(int status) __noreturn;
void arch_reboot(void) __noreturn;
/* arch_backtrace - log the return addresses up the stack, for addr2line. Context: any. */
void arch_backtrace(void);

#endif
