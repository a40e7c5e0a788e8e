/* SPDX-License-Identifier: MIT */
/* The stack frames of i386 signal handlers, with and without SA_SIGINFO, in Linux's layout, and the
 * ways back from them. */
#include <asm/user.h>
#include <kernel/compat.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include "user_internal.h"

#define LEGACY_FPU 112 /* bytes that i386's struct _fpstate has before its FXSAVE image */

/* push_fpu - the FPU image below @sp, as struct _fpstate; its address in *fpu, and the new stack
 * pointer. 0 on a fault. */
static u32 push_fpu(u32 sp, u32 *fpu)
{
	struct {
		u32 cw, sw, tag, ipoff, cssel, dataoff, datasel;
		u8 st[80];
		u16 status, magic; /* magic 0: the FXSAVE image follows */
	} legacy;
	u8 image[ARCH_FPU_SIZE] __aligned(16);
	u32 fx = (sp - ARCH_FPU_SIZE) & ~63u;

	BUILD_BUG_ON(sizeof(legacy) != LEGACY_FPU);
	arch_fpu_save(image);
	memset(&legacy, 0, sizeof(legacy));
	legacy.cw = 0xffff0000u | image[0] | (u32)image[1] << 8;
	legacy.sw = 0xffff0000u | image[2] | (u32)image[3] << 8;
	legacy.tag = 0xffffffffu;
	legacy.status = (u16)legacy.sw;
	*fpu = fx - LEGACY_FPU;
	if (copy_to_user(compat_ptr(fx), image, sizeof(image)) ||
	    copy_to_user(compat_ptr(*fpu), &legacy, sizeof(legacy)))
		return 0;
	return *fpu;
}

static bool pop_fpu(u32 fpu)
{
	u8 image[ARCH_FPU_SIZE] __aligned(16);

	if (!fpu)
		return true;
	if (copy_from_user(image, compat_ptr(fpu + LEGACY_FPU), sizeof(image)))
		return false;
	arch_fpu_restore(image);
	return true;
}

#define READ_SEGMENT(name)                                                  \
	({                                                                  \
		u16 _sel;                                                   \
		__asm__ __volatile__("movw %%" #name ", %0" : "=rm"(_sel)); \
		_sel;                                                       \
	})

static void fill_context(struct sigcontext_32 *sc, const struct pt_regs *regs, u32 fpu, u64 mask,
			 const struct k_siginfo *info)
{
	memset(sc, 0, sizeof(*sc));
	sc->gs = READ_SEGMENT(gs);
	sc->fs = READ_SEGMENT(fs);
	sc->es = READ_SEGMENT(es);
	sc->ds = READ_SEGMENT(ds);
	sc->di = (u32)regs->di;
	sc->si = (u32)regs->si;
	sc->bp = (u32)regs->bp;
	sc->sp = (u32)regs->sp;
	sc->bx = (u32)regs->bx;
	sc->dx = (u32)regs->dx;
	sc->cx = (u32)regs->cx;
	sc->ax = (u32)regs->ax;
	sc->ip = (u32)regs->ip;
	sc->cs = (u16)regs->cs;
	sc->flags = (u32)regs->flags;
	sc->sp_at_signal = (u32)regs->sp;
	sc->ss = (u16)regs->ss;
	sc->fpstate = fpu;
	sc->oldmask = (u32)mask;
	sc->cr2 = (u32)info->addr;
}

static void restore_context(struct pt_regs *regs, const struct sigcontext_32 *sc)
{
	regs->di = sc->di;
	regs->si = sc->si;
	regs->bp = sc->bp;
	regs->sp = sc->sp;
	regs->bx = sc->bx;
	regs->dx = sc->dx;
	regs->cx = sc->cx;
	regs->ax = sc->ax;
	regs->ip = sc->ip;
	regs->flags = sc->flags;
	regs->orig_ax = (u64)-1;
}

static void enter_handler(struct pt_regs *regs, const struct k_sigaction *act, u32 sp, u32 ax,
			  u32 dx, u32 cx)
{
	regs->sp = sp;
	regs->ip = act->handler;
	regs->ax = ax;
	regs->dx = dx;
	regs->cx = cx;
	regs->cs = USER32_CS;
	regs->ss = USER_DS;
}

/* What a handler returns to when it has no restorer of its own: popl %eax; movl $NR, %eax; int
 * $0x80. */
static const u8 retcode_old[8] = { 0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80 };
static const u8 retcode_rt[8] = { 0xb8, 173, 0, 0, 0, 0xcd, 0x80, 0 };

static u32 frame_at(u32 sp, size_t size)
{
	return ((sp - (u32)size + 4) & ~15u) -
	       4; /* the psABI's alignment, counted at the first argument */
}

static int setup_old(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		     const struct k_siginfo *info, u64 mask, u32 sp, u32 fpu)
{
	struct sigframe_32 __user *uframe = compat_ptr(sp);
	struct sigframe_32 frame;

	memset(&frame, 0, sizeof(frame));
	frame.sig = sig;
	fill_context(&frame.sc, regs, fpu, mask, info);
	frame.extramask[0] = (u32)(mask >> 32);
	memcpy(frame.retcode, retcode_old, sizeof(retcode_old));
	frame.pretcode = act->flags & SA_RESTORER ? (u32)act->restorer
						  : (u32)(unsigned long)uframe->retcode;
	if (copy_to_user(uframe, &frame, sizeof(frame)))
		return -EFAULT;
	enter_handler(regs, act, sp, (u32)sig, 0, 0);
	return 0;
}

static void fill_info(struct compat_siginfo *to, const struct k_siginfo *info)
{
	to->si_signo = info->signo;
	to->si_code = info->code;
	if (info->poll) {
		to->_sifields._sigpoll.si_band = (s32)info->band;
		to->_sifields._sigpoll.si_fd = info->fd;
	} else if (info->code > 0 && info->code != SI_KERNEL) {
		to->_sifields._sigfault.si_addr = (u32)info->addr;
	} else {
		to->_sifields._rt.si_pid = info->pid;
	}
}

static long wait_32(const u64 __user *uset, struct compat_siginfo __user *uinfo,
		    const void __user *uts, enum time_layout layout, size_t size)
{
	struct compat_siginfo out = { 0 };
	struct k_siginfo info;
	long sig = sigtimedwait_common(uset, uts, layout, size, &info);

	if (sig <= 0 || !uinfo)
		return sig;
	fill_info(&out, &info);
	return copy_to_user(uinfo, &out, sizeof(out)) ? -EFAULT : sig;
}

long compat_sys_rt_sigtimedwait(const u64 __user *uset, struct compat_siginfo __user *uinfo,
				const void __user *uts, size_t size)
{
	return wait_32(uset, uinfo, uts, TIME_SPEC32, size);
}

long compat_sys_rt_sigtimedwait_time64(const u64 __user *uset, struct compat_siginfo __user *uinfo,
				       const void __user *uts, size_t size)
{
	return wait_32(uset, uinfo, uts, TIME_SPEC64, size);
}

static int setup_rt(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		    const struct k_siginfo *info, u64 mask, u32 sp, u32 fpu)
{
	struct process *p = current->process;
	struct rt_sigframe_32 __user *uframe = compat_ptr(sp);
	struct rt_sigframe_32 frame;

	memset(&frame, 0, sizeof(frame));
	frame.sig = sig;
	frame.pinfo = (u32)(unsigned long)&uframe->info;
	frame.puc = (u32)(unsigned long)&uframe->uc;
	fill_info(&frame.info, info);
	frame.uc.uc_stack.ss_sp = (u32)p->altstack_sp;
	frame.uc.uc_stack.ss_size = (u32)p->altstack_size;
	frame.uc.uc_stack.ss_flags = !p->altstack_size		? SS_DISABLE
				     : on_altstack(p, regs->sp) ? SS_ONSTACK
								: 0;
	fill_context(&frame.uc.uc_mcontext, regs, fpu, mask, info);
	frame.uc.uc_sigmask.sig[0] = (u32)mask;
	frame.uc.uc_sigmask.sig[1] = (u32)(mask >> 32);
	memcpy(frame.retcode, retcode_rt, sizeof(retcode_rt));
	frame.pretcode = act->flags & SA_RESTORER ? (u32)act->restorer
						  : (u32)(unsigned long)uframe->retcode;
	if (copy_to_user(uframe, &frame, sizeof(frame)))
		return -EFAULT;
	enter_handler(regs, act, sp, (u32)sig, frame.pinfo, frame.puc);
	return 0;
}

int setup_frame_32(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		   const struct k_siginfo *info, u64 mask)
{
	u32 fpu, sp = push_fpu((u32)signal_sp(act, regs->sp), &fpu);

	if (!sp)
		return -EFAULT;
	if (act->flags & SA_SIGINFO)
		return setup_rt(regs, sig, act, info, mask,
				frame_at(sp, sizeof(struct rt_sigframe_32)), fpu);
	return setup_old(regs, sig, act, info, mask, frame_at(sp, sizeof(struct sigframe_32)), fpu);
}

static long bad_frame(void)
{
	struct k_siginfo segv = { .signo = SIGSEGV, .code = SI_KERNEL };

	force_sig_info(SIGSEGV, &segv);
	return 0;
}

/* The restorer has popped the signal number off the old frame, and only the return address off the
 * new one. */
long compat_sys_sigreturn(void)
{
	struct pt_regs *regs = arch_task_regs(current);
	struct sigframe_32 __user *uframe = compat_ptr((u32)regs->sp - 8);
	struct sigcontext_32 sc;
	u32 high;

	if (copy_from_user(&sc, &uframe->sc, sizeof(sc)) || get_user(high, &uframe->extramask[0]) ||
	    !pop_fpu(sc.fpstate))
		return bad_frame();
	set_blocked((u64)high << 32 | sc.oldmask);
	restore_context(regs, &sc);
	return (s32)regs->ax;
}

long compat_sys_rt_sigreturn(void)
{
	struct pt_regs *regs = arch_task_regs(current);
	struct rt_sigframe_32 __user *uframe = compat_ptr((u32)regs->sp - 4);
	struct ucontext_32 uc;

	if (copy_from_user(&uc, &uframe->uc, sizeof(uc)) || !pop_fpu(uc.uc_mcontext.fpstate))
		return bad_frame();
	set_blocked((u64)uc.uc_sigmask.sig[1] << 32 | uc.uc_sigmask.sig[0]);
	do_sigaltstack(uc.uc_stack.ss_sp, uc.uc_stack.ss_size, uc.uc_stack.ss_flags, MINSIGSTKSZ);
	restore_context(regs, &uc.uc_mcontext);
	return (s32)regs->ax;
}

long compat_sys_rt_sigaction(int sig, const struct compat_sigaction __user *uact,
			     struct compat_sigaction __user *uold, u32 size)
{
	struct k_sigaction act, old;
	struct compat_sigaction s;
	long err;

	if (size != sizeof(u64))
		return -EINVAL;
	if (uact) {
		if (copy_from_user(&s, uact, sizeof(s)))
			return -EFAULT;
		act = (struct k_sigaction){ s.sa_handler, s.sa_flags, s.sa_restorer,
					    (u64)s.sa_mask.sig[1] << 32 | s.sa_mask.sig[0] };
	}
	err = do_sigaction(sig, uact ? &act : NULL, &old);
	if (err || !uold)
		return err;
	s = (struct compat_sigaction){ (u32)old.handler,
				       (u32)old.flags,
				       (u32)old.restorer,
				       { { (u32)old.mask, (u32)(old.mask >> 32) } } };
	return copy_to_user(uold, &s, sizeof(s)) ? -EFAULT : 0;
}

long compat_sys_sigaction(int sig, const struct compat_old_sigaction __user *uact,
			  struct compat_old_sigaction __user *uold)
{
	struct k_sigaction act, old;
	struct compat_old_sigaction s;
	long err;

	if (uact) {
		if (copy_from_user(&s, uact, sizeof(s)))
			return -EFAULT;
		act = (struct k_sigaction){ s.sa_handler, s.sa_flags, s.sa_restorer, s.sa_mask };
	}
	err = do_sigaction(sig, uact ? &act : NULL, &old);
	if (err || !uold)
		return err;
	s = (struct compat_old_sigaction){ (u32)old.handler, (u32)old.mask, (u32)old.flags,
					   (u32)old.restorer };
	return copy_to_user(uold, &s, sizeof(s)) ? -EFAULT : 0;
}

long compat_sys_signal(int sig, u32 handler)
{
	struct k_sigaction act = { .handler = handler, .flags = SA_RESETHAND | SA_NODEFER }, old;
	long err = do_sigaction(sig, &act, &old);

	return err ? err : (long)(u32)old.handler;
}

/* sigprocmask and sigpending of one word. */
long compat_sys_sigprocmask(int how, const u32 __user *uset, u32 __user *uold)
{
	u64 old = current->blocked, set;
	long err = 0;
	u32 word;

	if (uset) {
		if (get_user(word, uset))
			return -EFAULT;
		set = how == SIG_SETMASK ? (old & ~0xffffffffull) | word : word;
		err = do_sigprocmask(how, &set, NULL);
	}
	return !err && uold && put_user((u32)old, uold) ? -EFAULT : err;
}

long compat_sys_sigpending(u32 __user *uset)
{
	return put_user((u32)(current->signal_pending_mask & current->blocked), uset);
}

long compat_sys_sigsuspend(int unused1, int unused2, u32 mask)
{
	return do_sigsuspend(mask);
}

long compat_sys_sigaltstack(const struct compat_sigaltstack __user *unew,
			    struct compat_sigaltstack __user *uold)
{
	struct process *p = current->process;
	u64 sp = arch_task_regs(current)->sp;
	struct compat_sigaltstack s, old = {
		.ss_sp = (u32)p->altstack_sp,
		.ss_size = (u32)p->altstack_size,
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
