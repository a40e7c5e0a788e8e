/* SPDX-License-Identifier: MIT */
/* Registers and callers, in words, for when something went wrong. */

#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/thread.h>
#include <kernel/printk.h>
#include <kernel/sched.h>

#include "arch_internal.h"

#define MAX_FRAMES 24

static bool within(unsigned long addr, unsigned long lo, unsigned long size, unsigned long *hi)
{
	*hi = lo + size;
	return addr >= lo && addr < *hi;
}

/* The end of the stack that @addr is on; 0 if it is on none that we know. */
static unsigned long stack_end(unsigned long addr)
{
	unsigned long lo, hi;

	if (within(addr, (unsigned long)boot_stack, BOOT_STACK_SIZE, &hi))
		return hi;
	if (current && current->stack &&
	    within(addr, (unsigned long)current->stack, KERNEL_STACK_SIZE, &hi))
		return hi;
	return cpu_exception_stack(addr, &lo, &hi) ? hi : 0;
}

/* dump_backtrace - the code at @ip (0: leave it out) and its callers, along the frame pointers from
 * @frame. */
void dump_backtrace(unsigned long ip, unsigned long frame)
{
	unsigned long end = stack_end(frame);
	unsigned int n;

	pr_err("Call trace:\n");
	if (ip)
		pr_err("  [<%016lx>] %pS\n", ip, (void *)ip);
	for (n = 0; n < MAX_FRAMES && end && IS_ALIGNED(frame, 8) && frame + 16 <= end; n++) {
		const unsigned long *f = (const unsigned long *)frame;

		if (f[1] < (unsigned long)__text_start || f[1] >= (unsigned long)__text_end)
			break;
		pr_err("  [<%016lx>] %pS\n", f[1], (void *)f[1]);
		if (f[0] <= frame)
			break;
		frame = f[0];
	}
}

void arch_backtrace(void)
{
	dump_backtrace(0, (unsigned long)__builtin_frame_address(0));
}

void dump_registers(const struct pt_regs *r)
{
	u64 cr0;

	__asm__ __volatile__("movq %%cr0, %0" : "=r"(cr0));
	pr_err("RIP: %04llx:%016llx RSP: %04llx:%016llx EFLAGS: %08llx\n", r->cs, r->ip, r->ss,
	       r->sp, r->flags);
	pr_err("RAX: %016llx RBX: %016llx RCX: %016llx\n", r->ax, r->bx, r->cx);
	pr_err("RDX: %016llx RSI: %016llx RDI: %016llx\n", r->dx, r->si, r->di);
	pr_err("RBP: %016llx R08: %016llx R09: %016llx\n", r->bp, r->r8, r->r9);
	pr_err("R10: %016llx R11: %016llx R12: %016llx\n", r->r10, r->r11, r->r12);
	pr_err("R13: %016llx R14: %016llx R15: %016llx\n", r->r13, r->r14, r->r15);
	pr_err("CR0: %016llx CR2: %016llx CR3: %016llx CR4: %016llx\n", cr0, read_cr2(), read_cr3(),
	       read_cr4());
}

void arch_show_regs(const struct pt_regs *regs)
{
	if (current)
		pr_err("Task: %s (pid %d), preempt count %08x\n", current->comm, current->pid,
		       preempt_count);
	dump_registers(regs);
	if (!user_mode(regs))
		dump_backtrace(regs->ip, regs->bp);
}
