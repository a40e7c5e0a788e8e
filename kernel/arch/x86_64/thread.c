/* SPDX-License-Identifier: MIT */
/*
 * Switching tasks. Kernel threads use neither floating point nor segments nor user memory, so a
 * ring-3 task's state stays in the processor until another ring-3 task runs.
 */

#include <asm/mmu.h>
#include <asm/thread.h>
#include <asm/user.h>
#include <kernel/sched.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define MXCSR_OFFSET	   24
#define MXCSR_MASK_OFFSET  28
#define MXCSR_DEFAULT	   0x1f80u
#define MXCSR_DEFAULT_MASK 0xffbfu /* where FXSAVE tells none (Intel SDM 1 11.6.6) */
#define FCW_DEFAULT	   0x37f

static struct task *user_owner; /* whose ring-3 state the processor holds */

static void *fpu_image(struct arch_thread *t)
{
	return (void *)ALIGN((unsigned long)t->fpu, 16);
}

static void fxsave(void *image)
{
	__asm__ __volatile__("fxsaveq (%0)" : : "r"(image) : "memory");
}

static void fxrstor(const void *image)
{
	__asm__ __volatile__("fxrstorq (%0)" : : "r"(image) : "memory");
}

static void fpu_reset(void *image)
{
	memset(image, 0, ARCH_FPU_SIZE);
	*(u16 *)image = FCW_DEFAULT;
	*(u32 *)((char *)image + MXCSR_OFFSET) = MXCSR_DEFAULT;
}

static void save_user_state(struct arch_thread *t)
{
	fxsave(fpu_image(t));
	__asm__ __volatile__("movw %%fs, %0\n\tmovw %%gs, %1\n\tmovw %%ds, %2\n\tmovw %%es, %3"
			     : "=m"(t->fs), "=m"(t->gs), "=m"(t->ds), "=m"(t->es));
}

/* A selector that ring 3 may hold: none, its data segment, or a TLS slot that is filled. Everything
 * else loads as none. */
static u16 safe_selector(const struct arch_thread *t, u16 sel)
{
	unsigned int slot = sel / 8u - GDT_TLS_ENTRY;

	if (sel == USER_DS)
		return sel;
	return (sel & 7) == 3 && slot < GDT_TLS_COUNT && t->tls[slot] ? sel : 0;
}

static void load_segments(const struct arch_thread *t)
{
	u16 fs = safe_selector(t, t->fs), gs = safe_selector(t, t->gs);

	cpu_load_tls(t->tls);
	__asm__ __volatile__("movw %0, %%fs\n\tmovw %1, %%gs\n\tmovw %2, %%ds\n\tmovw %3, %%es"
			     :
			     : "r"(fs), "r"(gs), "r"(safe_selector(t, t->ds)),
			       "r"(safe_selector(t, t->es)));
	if (!fs)
		wrmsr(MSR_FS_BASE, t->fs_base);
	if (!gs)
		wrmsr(MSR_GS_BASE, t->gs_base);
}

/* Makes @t the owner of the processor's ring-3 state, without loading it. */
static void take_over(struct task *t)
{
	if (user_owner && user_owner != t)
		save_user_state(&user_owner->thread);
	user_owner = t;
}

void arch_thread_init(struct task *t, void (*entry)(void))
{
	unsigned long *sp = (unsigned long *)((char *)t->stack + KERNEL_STACK_SIZE);

	/* What switch_stack pops: r15 r14 r13 r12 rbx rbp, then the address it returns to. */
	*--sp = 0;
	*--sp = (unsigned long)thread_begin;
	*--sp = 0;
	*--sp = (unsigned long)entry;
	sp -= 4;
	memset(sp, 0, 4 * sizeof(*sp));
	t->thread.sp = (unsigned long)sp;
	t->thread.mm = NULL;
	fpu_reset(fpu_image(&t->thread));
}

void arch_thread_copy(struct task *child)
{
	unsigned long flags = arch_irq_save();
	struct arch_thread *from = &current->thread, *to = &child->thread;

	if (user_owner == current)
		save_user_state(from);
	to->fs_base = from->fs_base;
	to->gs_base = from->gs_base;
	to->fs = from->fs;
	to->gs = from->gs;
	to->ds = from->ds;
	to->es = from->es;
	memcpy(to->tls, from->tls, sizeof(to->tls));
	memcpy(fpu_image(to), fpu_image(from), ARCH_FPU_SIZE);
	arch_irq_restore(flags);
}

void arch_switch(struct task *prev, struct task *next)
{
	if (prev->state == TASK_DEAD && user_owner == prev)
		user_owner = NULL;
	if (next->thread.mm) {
		u64 cr3 = __pa(next->thread.mm->pgd);

		if ((read_cr3() & PTE_ADDR) != cr3)
			write_cr3(cr3);
		if (user_owner != next) {
			take_over(next);
			fxrstor(fpu_image(&next->thread));
			load_segments(&next->thread);
		}
	}
	cpu_set_kernel_stack((unsigned long)next->stack + KERNEL_STACK_SIZE);
	switch_stack(&prev->thread.sp, next->thread.sp);
}

void arch_start_thread(struct pt_regs *regs, u64 ip, u64 sp, bool is32)
{
	struct arch_thread *t = &current->thread;
	unsigned long flags = arch_irq_save();

	memset(regs, 0, sizeof(*regs));
	regs->orig_ax = (u64)-1;
	regs->ip = ip;
	regs->sp = sp;
	regs->cs = is32 ? USER32_CS : USER_CS;
	regs->ss = USER_DS;
	regs->flags = X86_FLAGS_IF | 2;

	take_over(current);
	fpu_reset(fpu_image(t));
	fxrstor(fpu_image(t));
	t->fs_base = t->gs_base = 0;
	t->fs = t->gs = 0;
	t->ds = t->es = is32 ? USER_DS : 0;
	memset(t->tls, 0, sizeof(t->tls));
	load_segments(t);
	arch_irq_restore(flags);
}

struct pt_regs *arch_task_regs(const struct task *t)
{
	return (struct pt_regs *)((char *)t->stack + KERNEL_STACK_SIZE) - 1;
}

int arch_set_fs_base(u64 base)
{
	if (base >= TASK_SIZE)
		return -EPERM;
	current->thread.fs_base = base;
	__asm__ __volatile__("movw %w0, %%fs" : : "r"(0));
	wrmsr(MSR_FS_BASE, base);
	return 0;
}

int arch_set_gs_base(u64 base)
{
	if (base >= TASK_SIZE)
		return -EPERM;
	current->thread.gs_base = base;
	__asm__ __volatile__("movw %w0, %%gs" : : "r"(0));
	wrmsr(MSR_GS_BASE, base);
	return 0;
}

u64 arch_get_fs_base(void)
{
	return rdmsr(MSR_FS_BASE);
}

u64 arch_get_gs_base(void)
{
	return rdmsr(MSR_GS_BASE);
}

int arch_set_tls(unsigned int slot, u64 descriptor)
{
	struct arch_thread *t = &current->thread;
	unsigned long flags;

	/* Only a segment of ring 3 that holds data: S set, DPL 3, no code. */
	if (slot >= GDT_TLS_COUNT || (descriptor && (descriptor >> 40 & 0x78) != 0x70))
		return -EINVAL;
	flags = arch_irq_save();
	save_user_state(t);
	t->tls[slot] = descriptor;
	load_segments(t);
	arch_irq_restore(flags);
	return 0;
}

u64 arch_get_tls(unsigned int slot)
{
	return slot < GDT_TLS_COUNT ? current->thread.tls[slot] : 0;
}

void arch_fpu_save(void *buf)
{
	struct arch_thread *t = &current->thread;
	unsigned long flags = arch_irq_save();

	if (user_owner == current)
		fxsave(fpu_image(t));
	memcpy(buf, fpu_image(t), ARCH_FPU_SIZE);
	arch_irq_restore(flags);
}

void arch_fpu_restore(const void *buf)
{
	struct arch_thread *t = &current->thread;
	unsigned long flags = arch_irq_save();
	char *image = fpu_image(t);
	u32 mask;

	take_over(current);
	fxsave(image); /* tells which bits of MXCSR there are */
	mask = *(u32 *)(image + MXCSR_MASK_OFFSET);
	memcpy(image, buf, ARCH_FPU_SIZE);
	*(u32 *)(image + MXCSR_OFFSET) &= mask ? mask : MXCSR_DEFAULT_MASK;
	fxrstor(image);
	arch_irq_restore(flags);
}
