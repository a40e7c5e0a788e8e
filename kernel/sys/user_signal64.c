/* SPDX-License-Identifier: MIT */
/* The stack frame of an x86-64 signal handler, in Linux's layout, and the way back from it. */
#include <asm/user.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include "user_internal.h"

#define UC_SIGCONTEXT_SS     2 /* uc_flags: ss is there and will be restored as it stands */
#define UC_STRICT_RESTORE_SS 4

static void fill_context(struct sigcontext_64 *sc, const struct pt_regs *regs, u64 mask,
			 const struct k_siginfo *info)
{
	sc->r8 = regs->r8;
	sc->r9 = regs->r9;
	sc->r10 = regs->r10;
	sc->r11 = regs->r11;
	sc->r12 = regs->r12;
	sc->r13 = regs->r13;
	sc->r14 = regs->r14;
	sc->r15 = regs->r15;
	sc->di = regs->di;
	sc->si = regs->si;
	sc->bp = regs->bp;
	sc->bx = regs->bx;
	sc->dx = regs->dx;
	sc->ax = regs->ax;
	sc->cx = regs->cx;
	sc->sp = regs->sp;
	sc->ip = regs->ip;
	sc->flags = regs->flags;
	sc->cs = (u16)regs->cs;
	sc->ss = (u16)regs->ss;
	sc->oldmask = mask;
	sc->cr2 = info->addr;
}

int setup_frame_64(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		   const struct k_siginfo *info, u64 mask)
{
	struct process *p = current->process;
	u64 fpu = (signal_sp(act, regs->sp) - ARCH_FPU_SIZE) & ~63ull;
	u64 sp = ((fpu - sizeof(struct rt_sigframe_64)) & ~15ull) - 8;
	struct rt_sigframe_64 __user *uframe = (void __user *)(unsigned long)sp;
	struct rt_sigframe_64 frame;
	u8 image[ARCH_FPU_SIZE] __aligned(16);

	if (!(act->flags & SA_RESTORER))
		return -EFAULT;
	memset(&frame, 0, sizeof(frame));
	frame.pretcode = act->restorer;
	frame.uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	frame.uc.uc_stack.ss_sp = p->altstack_sp;
	frame.uc.uc_stack.ss_size = p->altstack_size;
	frame.uc.uc_stack.ss_flags = !p->altstack_size		? SS_DISABLE
				     : on_altstack(p, regs->sp) ? SS_ONSTACK
								: 0;
	frame.uc.uc_sigmask = mask;
	fill_context(&frame.uc.uc_mcontext, regs, mask, info);
	frame.uc.uc_mcontext.fpstate = fpu;
	fill_siginfo_64(&frame.info, info);
	arch_fpu_save(image);
	if (copy_to_user((void __user *)(unsigned long)fpu, image, sizeof(image)) ||
	    copy_to_user(uframe, &frame, sizeof(frame)))
		return -EFAULT;
	regs->di = (u64)sig;
	regs->ax = 0;
	regs->si = (u64)(unsigned long)&uframe->info;
	regs->dx = (u64)(unsigned long)&uframe->uc;
	regs->ip = act->handler;
	regs->sp = sp;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	return 0;
}

static void restore_context(struct pt_regs *regs, const struct sigcontext_64 *sc)
{
	regs->r8 = sc->r8;
	regs->r9 = sc->r9;
	regs->r10 = sc->r10;
	regs->r11 = sc->r11;
	regs->r12 = sc->r12;
	regs->r13 = sc->r13;
	regs->r14 = sc->r14;
	regs->r15 = sc->r15;
	regs->di = sc->di;
	regs->si = sc->si;
	regs->bp = sc->bp;
	regs->bx = sc->bx;
	regs->dx = sc->dx;
	regs->ax = sc->ax;
	regs->cx = sc->cx;
	regs->sp = sc->sp;
	regs->ip = sc->ip;
	regs->flags = sc->flags; /* the entry code lets only ring 3's bits through */
	regs->orig_ax = (u64)-1;
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = arch_task_regs(current);
	struct rt_sigframe_64 __user *uframe = (void __user *)(unsigned long)(regs->sp - 8);
	struct k_siginfo segv = { .signo = SIGSEGV, .code = SI_KERNEL };
	u8 image[ARCH_FPU_SIZE] __aligned(16);
	struct ucontext_64 uc;

	if (copy_from_user(&uc, &uframe->uc, sizeof(uc)) ||
	    (uc.uc_mcontext.fpstate &&
	     copy_from_user(image, (void __user *)(unsigned long)uc.uc_mcontext.fpstate,
			    sizeof(image)))) {
		force_sig_info(SIGSEGV, &segv);
		return 0;
	}
	if (uc.uc_mcontext.fpstate)
		arch_fpu_restore(image);
	set_blocked(uc.uc_sigmask);
	do_sigaltstack(uc.uc_stack.ss_sp, uc.uc_stack.ss_size, uc.uc_stack.ss_flags, MINSIGSTKSZ);
	restore_context(regs, &uc.uc_mcontext);
	return (long)regs->ax;
}
