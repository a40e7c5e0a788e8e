/* SPDX-License-Identifier: MIT */
/* Faults of ring 3: pages that were only promised, and everything that ends in a signal (Intel SDM
 * 3A 6.15). Book section 4.10. */
#include <asm/user.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include "user_internal.h"

static bool allowed(const struct vma *v, unsigned long error)
{
	if (error & X86_PF_INSTR)
		return v->prot & PROT_EXEC;
	if (error & X86_PF_WRITE)
		return v->prot & PROT_WRITE;
	return v->prot != PROT_NONE;
}

/* out_of_memory - the task wants more than there is: it ends, the kernel keeps its reserve. */
static void out_of_memory(const struct user_mm *mm)
{
	if (!(current->signal_pending_mask & 1ull << (SIGKILL - 1)))
		pr_err("out of memory: killed %s[%d], which has %lu kB\n", current->comm,
		       current->pid, mm->nr_pages * (PAGE_SIZE / 1024));
	send_sig(SIGKILL, current);
}

int handle_user_fault(struct pt_regs *regs, unsigned long addr, unsigned long error)
{
	struct user_mm *mm = current->process ? current->process->mm : NULL;
	struct vma *v;
	void *page;

	if (!mm || addr >= mm->task_size || error & (X86_PF_PROT | X86_PF_RSVD))
		return -EFAULT;
	v = vma_find(mm, addr);
	if (!v || !allowed(v, error))
		return -EFAULT;
	page = user_populate(mm, addr);
	if (!IS_ERR(page))
		return 0;
	if (PTR_ERR(page) != -ENOMEM)
		return -EFAULT;
	out_of_memory(mm);
	return user_mode(regs) ? 0 : -ENOMEM; /* ring 3 meets its SIGKILL on the way back */
}

static const struct {
	u8 signal, code;
	const char *name;
} faults[] = {
	[X86_TRAP_DE] = { SIGFPE, FPE_INTDIV, "divide error" },
	[X86_TRAP_DB] = { SIGTRAP, TRAP_TRACE, "debug trap" },
	[X86_TRAP_BP] = { SIGTRAP, SI_KERNEL, "breakpoint" },
	[X86_TRAP_OF] = { SIGSEGV, SI_KERNEL, "overflow" },
	[X86_TRAP_BR] = { SIGSEGV, SI_KERNEL, "bound range exceeded" },
	[X86_TRAP_UD] = { SIGILL, ILL_ILLOPN, "invalid opcode" },
	[X86_TRAP_NM] = { SIGSEGV, SI_KERNEL, "device not available" },
	[X86_TRAP_TS] = { SIGSEGV, SI_KERNEL, "invalid TSS" },
	[X86_TRAP_NP] = { SIGBUS, SI_KERNEL, "segment not present" },
	[X86_TRAP_SS] = { SIGBUS, SI_KERNEL, "stack segment" },
	[X86_TRAP_GP] = { SIGSEGV, SI_KERNEL, "general protection fault" },
	[X86_TRAP_PF] = { SIGSEGV, SEGV_MAPERR, "segfault" },
	[X86_TRAP_MF] = { SIGFPE, FPE_FLTINV, "x87 floating-point error" },
	[X86_TRAP_AC] = { SIGBUS, BUS_ADRALN, "alignment check" },
	[X86_TRAP_XF] = { SIGFPE, FPE_FLTINV, "SIMD floating-point error" },
};

static bool is_fatal(int sig)
{
	u64 handler = current->process->action[sig - 1].handler;

	return handler <= (u64)(unsigned long)SIG_IGN || (current->blocked & 1ull << (sig - 1));
}

/* report - one line, as Linux has it: what, where, in which program. */
static void report(const struct pt_regs *regs, int trap, const char *name, unsigned long error,
		   unsigned long addr)
{
	struct process *p = current->process;
	char at[32] = "";

	if (trap == X86_TRAP_PF)
		snprintf(at, sizeof(at), " at %lx", addr);
	pr_info("%s[%d]: %s%s ip %lx sp %lx error %lx in %s\n", current->comm, current->pid, name,
		at, (unsigned long)regs->ip, (unsigned long)regs->sp, error, p->exe);
}

void user_fault(struct pt_regs *regs, int trap, unsigned long error, unsigned long addr)
{
	bool known = trap >= 0 && trap < (int)ARRAY_SIZE(faults) && faults[trap].name;
	int sig = known ? faults[trap].signal : SIGSEGV;
	struct k_siginfo info = { .signo = sig, .code = known ? faults[trap].code : SI_KERNEL };

	if (trap == X86_TRAP_PF) {
		info.addr = addr;
		info.code = vma_find(current->process->mm, addr) ? SEGV_ACCERR : SEGV_MAPERR;
	} else if (trap == X86_TRAP_DE || trap == X86_TRAP_UD || trap == X86_TRAP_DB ||
		   trap == X86_TRAP_XF || trap == X86_TRAP_MF) {
		info.addr = regs->ip;
	}
	if (is_fatal(sig) && !(current->signal_pending_mask & 1ull << (sig - 1)))
		report(regs, trap, known ? faults[trap].name : "exception", error, addr);
	force_sig_info(sig, &info);
}
