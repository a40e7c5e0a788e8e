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

static bool in_text(unsigned long ip)
{
	return ip >= (unsigned long)__text_start && ip < (unsigned long)__text_end;
}

/* Log @f's callers, and what they were called from. */
static void log_callers(struct stack_frame *f)
{
	unsigned int n;

	f->end = stack_end(f->sp);
	for (n = 0; n < MAX_FRAMES && f->end && unwind_frame(f) && in_text(f->ip); n++)
		pr_err("  [<%016lx>] %pS\n", f->ip, (void *)f->ip);
}

/* dump_backtrace - the code at @regs, which are the kernel's, and its callers. */
void dump_backtrace(const struct pt_regs *regs)
{
	struct stack_frame f = {
		.ip = regs->ip, .sp = regs->sp, .bp = regs->bp, .interrupted = true
	};

	pr_err("Call trace:\n");
	pr_err("  [<%016lx>] %pS\n", f.ip, (void *)f.ip);
	log_callers(&f);
}

void arch_backtrace(void)
{
	struct stack_frame f = { .interrupted = true };

	pr_err("Call trace:\n");
	__asm__ __volatile__("1: leaq 1b(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
			     : "=&r"(f.ip), "=&r"(f.sp), "=&r"(f.bp));
	log_callers(&f);
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
		dump_backtrace(regs);
}
