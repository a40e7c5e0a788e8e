/* SPDX-License-Identifier: MIT */
/* On the way back to ring 3: rescheduling, delivering signals, and restarting the calls they
 * interrupted. Book section 5.4.2. */
#include <asm/user.h>
#include <kernel/printk.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include "user_internal.h"

#define SYSCALL_INSN 2 /* bytes of `syscall` and of `int $0x80` */

/* interrupted - the restart code that the system call in @regs returned, or 0. */
static long interrupted(const struct pt_regs *regs)
{
	long ret = user_mode_32(regs) ? (s32)regs->ax : (long)regs->ax;

	if (regs->orig_ax == (u64)-1 || ret > -ERESTARTSYS || ret < -ERESTART_RESTARTBLOCK)
		return 0;
	return ret;
}

static void restart(struct pt_regs *regs)
{
	regs->ax = regs->orig_ax;
	regs->ip -= SYSCALL_INSN;
}

/* finish_call - what the interrupted call becomes when a handler with @flags will run. */
static void finish_call(struct pt_regs *regs, u64 flags)
{
	long ret = interrupted(regs);

	if (ret == -ERESTARTNOINTR || (ret == -ERESTARTSYS && (flags & SA_RESTART)))
		restart(regs);
	else if (ret)
		regs->ax = (u64)-EINTR;
	regs->orig_ax = (u64)-1;
}

u64 signal_sp(const struct k_sigaction *act, u64 sp)
{
	struct process *p = current->process;

	if ((act->flags & SA_ONSTACK) && p->altstack_size && !on_altstack(p, sp))
		return p->altstack_sp + p->altstack_size;
	return p->is32 ? sp
		       : sp - 128; /* x86-64's red zone below the stack pointer (psABI 3.2.2) */
}

static void run_handler(struct pt_regs *regs, int sig, const struct k_siginfo *info)
{
	struct process *p = current->process;
	struct k_sigaction act = p->action[sig - 1];
	u64 mask = p->restore_sigmask ? p->saved_sigmask : current->blocked;
	struct k_siginfo segv = { .signo = SIGSEGV, .code = SI_KERNEL };
	int err;

	finish_call(regs, act.flags);
	if (act.flags & SA_RESETHAND)
		p->action[sig - 1].handler = (u64)(unsigned long)SIG_DFL;
	err = p->is32 ? setup_frame_32(regs, sig, &act, info, mask)
		      : setup_frame_64(regs, sig, &act, info, mask);
	if (err) {
		pr_info("%s[%d]: no stack for the handler of signal %d: ip %lx sp %lx in %s\n",
			current->comm, current->pid, sig, (unsigned long)regs->ip,
			(unsigned long)regs->sp, p->exe);
		if (sig == SIGSEGV)
			p->action[sig - 1].handler = (u64)(unsigned long)SIG_DFL;
		force_sig_info(SIGSEGV, &segv);
		return;
	}
	p->restore_sigmask = false;
	set_blocked(current->blocked | act.mask | (act.flags & SA_NODEFER ? 0 : 1ull << (sig - 1)));
	regs->flags &= ~(X86_FLAGS_DF | X86_FLAGS_TF);
}

/* deliver - take signals until one has a handler; false: none had. */
static bool deliver(struct pt_regs *regs)
{
	struct k_siginfo info;
	u64 handler;
	int sig;

	while ((sig = next_signal(&info))) {
		handler = current->process->action[sig - 1].handler;
		if (handler == (u64)(unsigned long)SIG_IGN)
			continue;
		if (handler == (u64)(unsigned long)SIG_DFL) {
			if (sig_default_ignored(sig))
				continue;
			do_exit(sig);
		}
		run_handler(regs, sig, &info);
		return true;
	}
	return false;
}

void do_notify_resume(struct pt_regs *regs)
{
	struct process *p = current->process;

	if (need_resched())
		schedule();
	if (deliver(regs))
		return;
	if (interrupted(regs))
		restart(regs);
	regs->orig_ax = (u64)-1;
	if (p->restore_sigmask) {
		p->restore_sigmask = false;
		set_blocked(p->saved_sigmask);
	}
}

long sys_sigaltstack(const struct sigaltstack_64 __user *unew, struct sigaltstack_64 __user *uold)
{
	struct process *p = current->process;
	u64 sp = arch_task_regs(current)->sp;
	struct sigaltstack_64 s, old = {
		.ss_sp = p->altstack_sp,
		.ss_size = p->altstack_size,
		.ss_flags = !p->altstack_size	 ? SS_DISABLE
			    : on_altstack(p, sp) ? SS_ONSTACK
						 : 0,
	};
	long err = 0;

	if (unew && copy_from_user(&s, unew, sizeof(s)))
		return -EFAULT;
	if (unew)
		err = on_altstack(p, sp)
			      ? -EPERM
			      : do_sigaltstack(s.ss_sp, s.ss_size, s.ss_flags, MINSIGSTKSZ);
	return !err && uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : err;
}
