/* SPDX-License-Identifier: MIT */
/* Exceptions, the system-call entries' C halves, and the work before going back to ring 3 (Intel
 * SDM 3A chapter 6). */

#include <asm/irq.h>
#include <asm/processor.h>
#include <asm/thread.h>
#include <asm/user.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>

#include "arch_internal.h"

#define NR_EXCEPTIONS	32
#define X86_FLAGS_FIXED 0x2ul
#define X86_FLAGS_RF	0x10000ul
#define UD2_LENGTH	2   /* bytes of the instruction that arch_warn is */
#define ERESTART_FIRST	512 /* errors that only signal delivery understands */
#define ERESTART_LAST	516

/* Of ring 3's flags, those that SYSRETQ loads as they are. */
#define X86_FLAGS_SYSRET (X86_FLAGS_USER & ~(X86_FLAGS_TF | X86_FLAGS_RF))

static_assert(offsetof(struct pt_regs, di) == 112 && offsetof(struct pt_regs, orig_ax) == 120,
	      "entry.S");
static_assert(offsetof(struct pt_regs, dx) == 96, "entry.S");
static_assert(offsetof(struct pt_regs, bp) == 32 && offsetof(struct pt_regs, ax) == 80, "entry.S");
static_assert(offsetof(struct pt_regs, ip) == 128 && sizeof(struct pt_regs) == 168, "entry.S");
static_assert(ERESTART_FIRST == 512 && ERESTART_LAST == 516, "entry.S");
static_assert(X86_FLAGS_SYSRET == 0x240cd5 && (X86_FLAGS_FIXED | X86_FLAGS_IF) == 0x202, "entry.S");
static_assert(offsetof(struct task, signal_pending_mask) == 0 && offsetof(struct task, blocked) == 8,
	      "entry.S");
static_assert(offsetof(struct cpu_account, context) == 0 && sizeof(cpu_account.context) == 4 &&
		      offsetof(struct cpu_account, cycles) == 8 && CPU_KERNEL == 2 && CPU_USER == 3,
	      "entry.S");

unsigned long irq_nmi;

static const char *const trap_names[NR_EXCEPTIONS] = {
	"divide error",
	"debug",
	"non-maskable interrupt",
	"breakpoint",
	"overflow",
	"bound range exceeded",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment overrun",
	"invalid TSS",
	"segment not present",
	"stack fault",
	"general protection fault",
	"page fault",
	"reserved 15",
	"x87 floating-point error",
	"alignment check",
	"machine check",
	"SIMD floating-point error",
	"virtualisation exception",
	"control protection",
};

void trap_dispatch(struct pt_regs *regs, unsigned int vector, unsigned long error);
bool syscall_64_exit(struct pt_regs *regs);
void syscall_32_dispatch(struct pt_regs *regs);

/* Where the kernel goes on after a fault at @ip while touching user memory; 0 if that is no such
 * place. */
static unsigned long extable_find(unsigned long ip)
{
	extern const s32 __extable_start[], __extable_end[];
	const s32 *e;

	for (e = __extable_start; e < __extable_end; e += 2)
		if ((unsigned long)e + (long)e[0] == ip)
			return (unsigned long)&e[1] + (long)e[1];
	return 0;
}

static void page_fault_message(unsigned long addr, unsigned long error)
{
	pr_err("page fault: %s of %s address %016lx%s\n",
	       error & X86_PF_INSTR   ? "execution"
	       : error & X86_PF_WRITE ? "write"
				      : "read",
	       error & X86_PF_PROT ? "protected" : "unmapped", addr,
	       addr < PAGE_SIZE ? " (NULL pointer)" : "");
}

/* The kernel itself faulted, and nothing is prepared for it. */
static void __noreturn die(struct pt_regs *regs, unsigned int vector, unsigned long error,
			   unsigned long addr)
{
	static int depth;
	const char *name = vector < NR_EXCEPTIONS && trap_names[vector] ? trap_names[vector]
									: "exception";

	arch_irq_disable();
	if (++depth > 2)
		for (;;)
			__asm__ __volatile__("hlt");
	if (stack_guard_hit(addr) && (vector == X86_TRAP_DF || vector == X86_TRAP_PF))
		pr_err("kernel stack overflow in %s (pid %d)\n", current ? current->comm : "boot",
		       current ? current->pid : 0);
	else if (vector == X86_TRAP_PF)
		page_fault_message(addr, error);
	arch_show_regs(regs);
	panic("%s in the kernel at %pS, error code %lx", name, (void *)regs->ip, error);
}

static void kernel_page_fault(struct pt_regs *regs, unsigned long error, unsigned long addr)
{
	unsigned long fixup = addr < TASK_SIZE && !(error & X86_PF_INSTR) ? extable_find(regs->ip)
									  : 0;

	if (!fixup)
		die(regs, X86_TRAP_PF, error, addr);
	/* A copy may touch a page that is only promised so far. */
	if ((regs->flags & X86_FLAGS_IF) && current && current->thread.mm && !in_atomic()) {
		int err;

		arch_irq_enable();
		err = handle_user_fault(regs, addr, error);
		arch_irq_disable();
		if (!err)
			return;
	}
	regs->ip = fixup;
}

/* An arch_warn: log it, and go on behind it. False: an undefined instruction that nobody meant. */
static bool warning(struct pt_regs *regs)
{
	extern const struct bug_entry __bug_table_start[], __bug_table_end[];
	const struct bug_entry *e;

	for (e = __bug_table_start; e < __bug_table_end; e++) {
		if ((unsigned long)&e->ip + (long)e->ip != regs->ip)
			continue;
		warn_head((const char *)&e->file + e->file, (int)e->line,
			  (const char *)&e->what + e->what);
		dump_backtrace(regs);
		regs->ip += UD2_LENGTH;
		return true;
	}
	return false;
}

static void kernel_trap(struct pt_regs *regs, unsigned int vector, unsigned long error)
{
	unsigned long addr = read_cr2();

	switch (vector) {
	case X86_TRAP_PF: kernel_page_fault(regs, error, addr); break;
	case X86_TRAP_UD:
		if (!warning(regs))
			die(regs, vector, error, addr);
		break;
	case X86_TRAP_DB:
		/* Nothing of ours sets debug registers: a stray single step ends here. */
		regs->flags &= ~X86_FLAGS_TF;
		break;
	default: die(regs, vector, error, addr);
	}
}

static void user_trap(struct pt_regs *regs, unsigned int vector, unsigned long error)
{
	unsigned long addr = vector == X86_TRAP_PF ? read_cr2() : 0;

	cpu_account_switch(CPU_KERNEL);
	arch_irq_enable();
	if (vector != X86_TRAP_PF || handle_user_fault(regs, addr, error))
		user_fault(regs, (int)vector, error, addr);
	arch_irq_disable();
	user_return_work(regs);
}

static noinline void exception(struct pt_regs *regs, unsigned int vector, unsigned long error)
{
	if (vector == X86_TRAP_NMI) {
		irq_nmi++; /* its stack is not the task's: count, and go back */
	} else if (vector == X86_TRAP_MC || vector == X86_TRAP_DF) {
		die(regs, vector, error, read_cr2());
	} else if (user_mode(regs)) {
		user_trap(regs, vector, error);
	} else {
		kernel_trap(regs, vector, error);
	}
}

/* trap_dispatch - every vector but int $0x80 comes here from its stub, interrupts off. */
void trap_dispatch(struct pt_regs *regs, unsigned int vector, unsigned long error)
{
	if (unlikely(vector < NR_EXCEPTIONS)) {
		exception(regs, vector, error);
		return;
	}
	irq_dispatch(vector);
	if (user_mode(regs) && (need_resched() || signal_pending(current)))
		user_return_work(regs);
}

/* Makes the frame one that IRETQ and SYSRETQ cannot fault on, whatever a signal handler's return
 * put there. */
static bool sanitise_user_regs(struct pt_regs *regs)
{
	if (regs->cs != USER_CS)
		regs->cs = USER32_CS;
	regs->ss = USER_DS;
	regs->flags = (regs->flags & X86_FLAGS_USER) | X86_FLAGS_FIXED | X86_FLAGS_IF;
	return regs->ip < (regs->cs == USER_CS ? TASK_SIZE : 1ul << 32);
}

/* user_return_work - reschedule and deliver signals until nothing is left to do, then ring 3's time
 * begins. Interrupts off. */
void user_return_work(struct pt_regs *regs)
{
	bool sane = sanitise_user_regs(regs);

	while (!sane || need_resched() || signal_pending(current)) {
		cpu_account_switch(CPU_KERNEL);
		arch_irq_enable();
		if (!sane)
			user_fault(regs, X86_TRAP_GP, 0, regs->ip);
		do_notify_resume(regs);
		arch_irq_disable();
		sane = sanitise_user_regs(regs);
	}
	cpu_account_switch(CPU_USER);
}

/* A call that asks to be restarted must see do_notify_resume even if its signal is gone by now.
 * Leaves interrupts off. */
static inline void finish_syscall(struct pt_regs *regs)
{
	long ret = (long)regs->ax;

	if (unlikely(ret <= -ERESTART_FIRST && ret >= -ERESTART_LAST))
		do_notify_resume(regs);
	arch_irq_disable();
}

/* Can SYSRETQ restore all that the registers ask for, without a fault? Whatever sigreturn has put
 * there, what passes here needs no sanitising. */
static inline bool can_sysret(const struct pt_regs *regs)
{
	return regs->cx == regs->ip && regs->r11 == regs->flags && regs->ip < TASK_SIZE &&
	       (regs->flags & ~X86_FLAGS_SYSRET) == (X86_FLAGS_FIXED | X86_FLAGS_IF) &&
	       regs->cs == USER_CS && regs->ss == USER_DS;
}

/* syscall_64_exit - the end of a call after which something is left to do, or that changed the
 * registers (entry.S). Returns whether SYSRETQ can go back to where they say. */
bool syscall_64_exit(struct pt_regs *regs)
{
	finish_syscall(regs);
	user_return_work(regs);
	return can_sysret(regs);
}

void syscall_32_dispatch(struct pt_regs *regs)
{
	cpu_account_switch(CPU_KERNEL);
	arch_irq_enable();
	do_syscall_32(regs);
	if (user_mode_32(regs))
		regs->ax = (u32)regs->ax;
	finish_syscall(regs);
	user_return_work(regs);
}

void arch_enter_user(struct pt_regs *regs)
{
	arch_irq_disable();
	user_return_work(regs);
	user_enter(regs);
}
