/* SPDX-License-Identifier: MIT */
/* Hosted: tasks are fibres on stacks of their own. */
#ifndef ASM_THREAD_H
#define ASM_THREAD_H

#include <kernel/compiler.h>
#include <kernel/types.h>

struct task;

#define KERNEL_STACK_SIZE (1024ul * 1024) /* sanitizers and the host's own functions need more than the kernel */

struct arch_thread {
	void *sp; /* while it does not run */
	void (*entry)(void);
	void *fake_stack; /* the address sanitizer's */
	const void *stack_bottom;
	size_t stack_size;
};

void *arch_stack_alloc(void);
void arch_stack_free(void *stack);
void *arch_boot_stack(void);
void arch_thread_init(struct task *t, void (*entry)(void));
void arch_switch(struct task *prev, struct task *next);

#endif
