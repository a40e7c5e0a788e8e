/* SPDX-License-Identifier: MIT */
/* What the processor needs to know of a task, and switching between tasks. */
#ifndef ASM_THREAD_H
#define ASM_THREAD_H

#include <asm/layout.h>
#include <kernel/compiler.h>
#include <kernel/types.h>

struct task;
struct arch_mm;

#define ARCH_FPU_SIZE 512 /* FXSAVE's image (Intel SDM 1 10.5.1); extended states are not enabled \
			   */

struct arch_thread {
	unsigned long sp;   /* kernel stack pointer while the task does not run */
	struct arch_mm *mm; /* its user address space; NULL: a kernel thread, which runs in whatever
			       is loaded */
	/* Ring-3 state, valid while another ring-3 task's is in the processor. */
	u64 fs_base, gs_base; /* what arch_prctl set; used while the selector is 0 */
	u16 fs, gs, ds, es;
	u64 tls[GDT_TLS_COUNT];	    /* set_thread_area's descriptors */
	u8 fpu[ARCH_FPU_SIZE + 16]; /* the image, at the first multiple of 16 in it */
};

/*
 * arch_stack_alloc - a kernel stack of KERNEL_STACK_SIZE bytes over an unmapped guard page; its
 * lowest address, or NULL. Context: process. Not for DMA: it has no address in the direct map.
 */
void *arch_stack_alloc(void);
/* arch_stack_free - give it back; NULL is allowed. Not the running task's own. */
void arch_stack_free(void *stack);

/* arch_boot_stack - the lowest address of the stack that the boot context runs on, which becomes
 * the idle task's. */
void *arch_boot_stack(void);

/* arch_thread_init - @t's first switch will enter @entry (which does not return) on the stack
 * t->stack, interrupts off. */
void arch_thread_init(struct task *t, void (*entry)(void));
/* arch_thread_copy - give @child the current task's ring-3 state (floating point, TLS, segments),
 * for clone. */
void arch_thread_copy(struct task *child);
/*
 * arch_switch - leave @prev and go on with @next; returns when somebody switches back to @prev. The
 * ring-3 state moves only when another ring-3 task comes. Context: interrupts off.
 */
void arch_switch(struct task *prev, struct task *next);

#endif
