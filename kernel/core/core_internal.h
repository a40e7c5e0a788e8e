/* SPDX-License-Identifier: MIT */
/* What kernel/core's files know of one another beyond the public headers. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include <kernel/interrupt.h>
#include <kernel/sched.h>

/* tasks_init - the task list begins with the idle task. */
void tasks_init(struct task *idle);
void task_entry(void);
/* task_free_stack - @t is dead and no longer runs; interrupts are off. */
void task_free_stack(struct task *t);
bool task_is_idle(const struct task *t);


/* softirq_run - one budgeted round of pending softirqs. Interrupts off, not in interrupt context. */
void softirq_run(void);
/* irq_randomness - a hard interrupt came at @cycles: its time is unpredictable. Interrupts off. */
void irq_randomness(int irq, u64 cycles);

#endif
