/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: round robin, first come first served. Book section 2.5. The kernel gives up the CPU of its own accord;
 * ring 3 is preempted when an interrupt has woken a task, or at the end of a slice while others wait. The running task
 * stays in the queue. When nobody is in it the task that went to sleep last waits on its own stack for what comes, since
 * that is most often what it sleeps for; the idle task, which is never queued, waits where there is no such task.
 */
#include <asm/clock.h>
#include <asm/processor.h>
#include <asm/thread.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/timer.h>

#include "core_internal.h"

#define SLICE_NS (5 * NSEC_PER_MSEC)

static struct task idle_task = {
	.comm = "idle",
	.refs = 1,
	.run_node = LIST_HEAD_INIT(idle_task.run_node),
	.task_node = LIST_HEAD_INIT(idle_task.task_node),
	.exit_waiters = LIST_HEAD_INIT(idle_task.exit_waiters),
};

struct task *current_task = &idle_task;
bool need_resched_flag;
unsigned int preempt_count;

/* With interrupts off: */
static struct list_head run_queue = LIST_HEAD_INIT(run_queue);
static struct task *switched_from;
static u64 slice_end = ~0ull; /* ~0: nobody waits */
static u64 switched_at; /* in arch_cycles */

bool task_is_idle(const struct task *t)
{
	return t == &idle_task;
}

bool sched_other_runnable(void)
{
	struct list_head *first = run_queue.next;

	return first != &run_queue && (first != &current->run_node || first->next != &run_queue);
}

/* begin_slice - somebody waits for the CPU: the running task has it for a slice from now on. */
static void begin_slice(void)
{
	slice_end = arch_clock_ns() + SLICE_NS;
	clock_event_at(slice_end);
}

u64 sched_clock_event(u64 now)
{
	if (now < slice_end)
		return slice_end;
	slice_end = ~0ull;
	if (sched_other_runnable())
		set_need_resched();
	return ~0ull;
}

/* finish_switch - the first thing a task does when it has the CPU (again): let go of a dead predecessor. Interrupts off. */
static void finish_switch(void)
{
	struct task *prev = switched_from;

	if (likely(prev->state != TASK_DEAD))
		return;
	task_free_stack(prev);
	task_put(prev);
}

/* task_entry - where every new task begins. */
void task_entry(void)
{
	finish_switch();
	local_irq_enable();
	task_exit(current->fn(current->fn_arg));
}

static void switch_to(struct task *prev, struct task *next)
{
	u64 now = arch_cycles();

	prev->cpu_cycles += now - switched_at;
	switched_at = now;
	if (unlikely(next == &idle_task))
		cpu_account_at(CPU_IDLE, now);
	else
		cpu_account_at(CPU_KERNEL, now);
	prev->saved_preempt_count = preempt_count;
	preempt_count = next->saved_preempt_count;
	switched_from = prev;
	current_task = next;
	arch_switch(prev, next);
	finish_switch();
}

/* wait_for_interrupt - halt until one has come; before that, whatever softirqs are left to run. Interrupts off. */
static inline void wait_for_interrupt(void)
{
	if (unlikely(softirq_pending)) {
		local_irq_enable();
		do_softirq();
	} else {
		arch_idle();
	}
	local_irq_disable();
}

/*
 * idle_in_place - nobody is runnable: @t, which sleeps, stays on the CPU until somebody is. Where it is the one that is
 * woken, two switches of stacks are saved. None of the time is @t's. Interrupts off.
 */
static void idle_in_place(struct task *t)
{
	u64 now = arch_cycles();

	t->cpu_cycles += now - switched_at;
	cpu_account_at(CPU_IDLE, now);
	do
		wait_for_interrupt();
	while (list_empty(&run_queue));
	now = arch_cycles();
	switched_at = now;
	cpu_account_at(CPU_KERNEL, now);
}

static void schedule_bug(void)
{
	printk(KERN_ERR "schedule() in atomic context (preempt_count %x) by %s\n", preempt_count, current->comm);
	warn_at(__FILE__, __LINE__, "in_atomic()");
}

void schedule(void)
{
	struct task *prev = current, *next;
	unsigned long flags;

	if (unlikely(in_atomic()))
		schedule_bug();
	local_irq_save(flags);
	if (prev != &idle_task) {
		if (prev->state == TASK_RUNNING || (prev->state == TASK_INTERRUPTIBLE && signal_pending(prev))) {
			prev->state = TASK_RUNNING;
			list_move_tail(&prev->run_node, &run_queue);
		} else {
			list_del(&prev->run_node);
			prev->on_rq = false;
			if (list_empty(&run_queue) && prev->state != TASK_DEAD && arch_idles_anywhere())
				idle_in_place(prev);
		}
	}
	WRITE_ONCE(need_resched_flag, false);
	if (list_empty(&run_queue)) {
		next = &idle_task;
	} else {
		next = list_first_entry(&run_queue, struct task, run_node);
		if (next->run_node.next != &run_queue && slice_end == ~0ull)
			begin_slice();
	}
	if (next != prev)
		switch_to(prev, next);
	local_irq_restore(flags);
}

bool __wake_up_process(struct task *t)
{
	if (!(t->state & (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)))
		return false;
	t->state = TASK_RUNNING;
	if (!t->on_rq) {
		t->on_rq = true;
		list_add_tail(&t->run_node, &run_queue);
		if (current == &idle_task || in_interrupt())
			set_need_resched();
		else if (slice_end == ~0ull)
			begin_slice();
	}
	return true;
}

bool wake_up_process(struct task *t)
{
	unsigned long flags;
	bool slept;

	local_irq_save(flags);
	slept = __wake_up_process(t);
	local_irq_restore(flags);
	return slept;
}

void cond_resched(void)
{
	if (sched_other_runnable() && !in_atomic())
		schedule();
}

/* A sleep of bounded length. */
static void wake_task(unsigned long data)
{
	wake_up_process((struct task *)data);
}

long schedule_timeout(long timeout)
{
	struct timer_list timer;
	unsigned long expires;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout <= 0) {
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	expires = jiffies + (unsigned long)timeout;
	setup_timer(&timer, wake_task, (unsigned long)current);
	mod_timer(&timer, expires);
	schedule();
	del_timer(&timer);
	timeout = (long)(expires - jiffies);
	return max(timeout, 0l);
}

struct sleeper {
	struct hrtimer timer;
	struct task *task;
};

static void wake_sleeper(struct hrtimer *t)
{
	struct sleeper *s = container_of(t, struct sleeper, timer);
	struct task *task = s->task;

	s->task = NULL;
	wake_up_process(task);
}

static noinline int schedule_until(ktime_t expires)
{
	struct sleeper s = { .task = current };

	if (expires <= ktime_get()) {
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	hrtimer_init(&s.timer, wake_sleeper);
	hrtimer_start(&s.timer, expires);
	schedule();
	hrtimer_cancel(&s.timer);
	return s.task ? -EINTR : 0;
}

int schedule_hrtimeout(ktime_t expires)
{
	if (expires < (ktime_t)(U64_MAX / 2))
		return schedule_until(expires);
	schedule();
	return -EINTR;
}

void msleep(unsigned int ms)
{
	ktime_t until = ktime_get() + (ktime_t)(ms * NSEC_PER_MSEC);

	do {
		set_current_state(TASK_UNINTERRUPTIBLE);
	} while (schedule_hrtimeout(until));
}

void sched_init(void)
{
	idle_task.stack = arch_boot_stack();
	switched_at = arch_cycles();
	tasks_init(&idle_task);
}

void cpu_idle(void)
{
	local_irq_disable();
	cpu_account_switch(CPU_IDLE);
	for (;;) {
		while (list_empty(&run_queue))
			wait_for_interrupt();
		schedule();
	}
}
