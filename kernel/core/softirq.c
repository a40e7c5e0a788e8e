/* SPDX-License-Identifier: MIT */
/*
 * Bottom halves: softirqs, run at the end of a hard interrupt within a budget and beyond it by ksoftirqd, and tasklets on
 * top of them. Book sections 14.2, 14.3.
 */
#include <asm/clock.h>
#include <kernel/err.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/timer.h>

#include "core_internal.h"

/* What is raised while softirqs run is run in another round, within these bounds. */
#define MAX_RESTART 10
#define MAX_TIME_NS (2 * NSEC_PER_MSEC)

#define TASKLET_SCHED 1ul /* in a list */

u32 softirq_pending; /* set in any context */
static void (*actions[NR_SOFTIRQS])(void);
static unsigned long counts[NR_SOFTIRQS];
static struct task *ksoftirqd;

static LIST_HEAD(tasklets); /* interrupts off */
static LIST_HEAD(hi_tasklets);
static struct tasklet_struct *running_tasklet;

void open_softirq(unsigned int nr, void (*action)(void))
{
	BUG_ON(nr >= NR_SOFTIRQS);
	actions[nr] = action;
}

/* ksoftirqd_has_work - it waits for the CPU: the others get theirs in turn, instead of being interrupted for ever. */
static inline bool ksoftirqd_has_work(void)
{
	return ksoftirqd && ksoftirqd->state == TASK_RUNNING;
}

static void wake_ksoftirqd(void)
{
	if (ksoftirqd)
		wake_up_process(ksoftirqd);
}

void raise_softirq(unsigned int nr)
{
	__atomic_fetch_or(&softirq_pending, 1u << nr, __ATOMIC_RELAXED);
	if (!in_interrupt())
		wake_ksoftirqd();
}

/* run_round - run what is pending now, lowest number first. Interrupts off, and on meanwhile. */
static inline void run_round(void)
{
	unsigned int before = preempt_count, nr;
	u32 round = softirq_pending;

	softirq_pending = 0;
	local_irq_enable();
	for (; round; round &= round - 1) {
		nr = (unsigned int)__builtin_ctz(round);
		counts[nr]++;
		actions[nr]();
		if (unlikely(preempt_count != before)) {
			printk(KERN_ERR "softirq %u left preempt_count %x, not %x\n", nr, preempt_count, before);
			warn_at(__FILE__, __LINE__, "preempt_count != before");
			preempt_count = before;
		}
	}
	local_irq_disable();
}

/* run_more_rounds - what was raised meanwhile, until nothing is or the budget is used up: then ksoftirqd goes on. Interrupts off. */
static noinline void run_more_rounds(void)
{
	u64 deadline = arch_clock_ns() + MAX_TIME_NS;
	unsigned int restarts = MAX_RESTART;

	do {
		if (!--restarts || arch_clock_ns() >= deadline) {
			wake_ksoftirqd();
			return;
		}
		run_round();
	} while (softirq_pending);
}

/* run_pending - what is pending, within a budget. Interrupts off. */
static void run_pending(void)
{
	unsigned int floor = lockrank_enter();

	preempt_count += SOFTIRQ_OFFSET;
	run_round();
	if (unlikely(softirq_pending))
		run_more_rounds();
	preempt_count -= SOFTIRQ_OFFSET;
	lockrank_leave(floor);
}

void softirq_run(void)
{
	if (ksoftirqd_has_work())
		return;
	cpu_account_switch(CPU_SOFTIRQ);
	run_pending();
}

void do_softirq(void)
{
	enum cpu_context back_to;

	if (in_interrupt() || !local_softirq_pending() || irqs_disabled() || ksoftirqd_has_work())
		return;
	local_irq_disable();
	if (softirq_pending) {
		back_to = cpu_account_switch(CPU_SOFTIRQ);
		run_pending();
		cpu_account_switch(back_to);
	}
	local_irq_enable();
}

static int ksoftirqd_body(void *unused)
{
	enum cpu_context back_to;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!local_softirq_pending())
			schedule();
		__set_current_state(TASK_RUNNING);
		while (local_softirq_pending()) {
			local_irq_disable();
			back_to = cpu_account_switch(CPU_SOFTIRQ);
			run_pending();
			cpu_account_switch(back_to);
			local_irq_enable();
			cond_resched();
		}
	}
	return 0;
}

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	INIT_LIST_HEAD(&t->node);
	t->state = 0;
	t->count = 0;
	t->func = func;
	t->data = data;
}

static void enqueue_tasklet(struct tasklet_struct *t, struct list_head *list, unsigned int nr)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!(t->state & TASKLET_SCHED)) {
		t->state |= TASKLET_SCHED;
		list_add_tail(&t->node, list);
		raise_softirq(nr);
	}
	local_irq_restore(flags);
}

void tasklet_schedule(struct tasklet_struct *t)
{
	enqueue_tasklet(t, &tasklets, TASKLET_SOFTIRQ);
}

void tasklet_hi_schedule(struct tasklet_struct *t)
{
	enqueue_tasklet(t, &hi_tasklets, HI_SOFTIRQ);
}

/* run_tasklets - each once; those that are disabled stay in the list until they are enabled. */
static void run_tasklets(struct list_head *list)
{
	struct list_head work = LIST_HEAD_INIT(work);
	struct tasklet_struct *t;

	local_irq_disable();
	list_splice_tail_init(list, &work);
	while (!list_empty(&work)) {
		t = list_first_entry(&work, struct tasklet_struct, node);
		if (t->count) {
			list_move_tail(&t->node, list);
			continue;
		}
		list_del_init(&t->node);
		t->state &= ~TASKLET_SCHED;
		running_tasklet = t;
		local_irq_enable();
		t->func(t->data);
		local_irq_disable();
		running_tasklet = NULL;
	}
	local_irq_enable();
}

static void tasklet_action(void)
{
	run_tasklets(&tasklets);
}

static void hi_action(void)
{
	run_tasklets(&hi_tasklets);
	hrtimer_run();
}

void tasklet_disable(struct tasklet_struct *t)
{
	t->count++;
	barrier();
}

void tasklet_enable(struct tasklet_struct *t)
{
	if (WARN_ON(!t->count) || --t->count)
		return;
	if (t->state & TASKLET_SCHED) { /* in either list; raising both is harmless */
		raise_softirq(HI_SOFTIRQ);
		raise_softirq(TASKLET_SOFTIRQ);
	}
}

void tasklet_kill(struct tasklet_struct *t)
{
	unsigned long flags;

	might_sleep(); /* so no softirq is on its way below us, and the tasklet does not run */
	WARN_ON(running_tasklet == t);
	local_irq_save(flags);
	if (t->state & TASKLET_SCHED) {
		list_del_init(&t->node);
		t->state &= ~TASKLET_SCHED;
	}
	local_irq_restore(flags);
}

unsigned long softirq_count_read(unsigned int nr)
{
	return nr < NR_SOFTIRQS ? counts[nr] : 0;
}

void softirq_init(void)
{
	open_softirq(HI_SOFTIRQ, hi_action);
	open_softirq(TASKLET_SOFTIRQ, tasklet_action);
	ksoftirqd = kthread_run(ksoftirqd_body, NULL, "ksoftirqd/0");
	if (IS_ERR(ksoftirqd))
		panic("softirq: no memory for ksoftirqd");
}
