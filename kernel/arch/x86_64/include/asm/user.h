/* SPDX-License-Identifier: MIT */
/* Going to ring 3, and the state that a ring-3 task has beside its general registers. */
#ifndef ASM_USER_H
#define ASM_USER_H

#include <asm/ptrace.h>
#include <kernel/compiler.h>

struct task;

/* arch_start_thread - registers of the current task's fresh program at @ip with stack @sp; resets
 * its segments, TLS and FPU. */
void arch_start_thread(struct pt_regs *regs, u64 ip, u64 sp, bool is32);
/* arch_enter_user - leave the kernel for ring 3 with @regs; pending work is done first. Context:
 * process. */
void arch_enter_user(struct pt_regs *regs) __noreturn;
/* arch_task_regs - the ring-3 registers of @t, on its kernel stack; only for a task that came from
 * ring 3. */
struct pt_regs *arch_task_regs(const struct task *t);

/* arch_set_fs_base, arch_set_gs_base - arch_prctl's. 0, or -EPERM for an address that is not ring
 * 3's. Current task. */
int arch_set_fs_base(u64 base);
int arch_set_gs_base(u64 base);
u64 arch_get_fs_base(void);
u64 arch_get_gs_base(void);
/* arch_set_tls - put @descriptor (0: none) into GDT slot @slot (0..GDT_TLS_COUNT-1) of the current
 * task. 0 or -EINVAL. */
int arch_set_tls(unsigned int slot, u64 descriptor);
u64 arch_get_tls(unsigned int slot);

/* arch_fpu_save, arch_fpu_restore - the current task's FXSAVE image, ARCH_FPU_SIZE bytes at @buf;
 * bad bits are masked out. */
void arch_fpu_save(void *buf);
void arch_fpu_restore(const void *buf);

/* What the kernel proper supplies to the entry code (kernel/sys). */
/* do_syscall_32 - run the i386 call in regs->orig_ax; the result goes into regs->ax. Context:
 * process. Who changes the registers of a call otherwise (signals, sigreturn) sets orig_ax to -1. */
void do_syscall_32(struct pt_regs *regs);
/* do_notify_resume - before ring 3 goes on: reschedule, deliver signals. Context: process,
 * interrupts on. */
void do_notify_resume(struct pt_regs *regs);
/* user_fault - ring 3 caused exception @trap: signal, or the end of the task. Context: process. */
void user_fault(struct pt_regs *regs, int trap, unsigned long error, unsigned long addr);
/* handle_user_fault - make the user page at @addr present if the task may have it. 0: go on;
 * -errno: it may not. */
int handle_user_fault(struct pt_regs *regs, unsigned long addr, unsigned long error);

#endif
