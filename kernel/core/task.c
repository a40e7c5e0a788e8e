/* SPDX-License-Identifier: MIT */
/* Tasks: making, finding and ending them; kernel threads. Book sections 2.4, 14.5. */
#include <asm/thread.h>
#include <kernel/err.h>
#include <kernel/irqflags.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/wait.h>

#include "core_internal.h"

#define PID_MAX 32767

static LIST_HEAD(task_list); /* changed in process context only */
static pid_t last_pid;
static void (*exit_hook)(struct task *t);

static wait_queue_head_t *exit_queue(struct task *t)
{
	return container_of(&t->exit_waiters, wait_queue_head_t, head);
}

static bool pid_taken(pid_t pid)
{
	struct task *t;

	list_for_each_entry(t, &task_list, task_node) {
		if (t->pid == pid)
			return true;
	}
	return false;
}

static pid_t next_pid(void)
{
	do {
		last_pid = last_pid >= PID_MAX ? 1 : last_pid + 1;
	} while (pid_taken(last_pid));
	return last_pid;
}

struct task *task_alloc(const char *comm)
{
	struct task *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return ERR_PTR(-ENOMEM);
	t->stack = arch_stack_alloc();
	if (!t->stack) {
		kfree(t);
		return ERR_PTR(-ENOMEM);
	}
	strscpy(t->comm, comm, sizeof(t->comm));
	t->state = TASK_UNINTERRUPTIBLE;
	t->refs = 1; /* its own, until it is dead */
	t->pid = next_pid();
	t->start_ns = (u64)ktime_get();
	INIT_LIST_HEAD(&t->run_node);
	INIT_LIST_HEAD(&t->exit_waiters);
	arch_thread_init(t, task_entry);
	list_add_tail(&t->task_node, &task_list);
	return t;
}

void task_free_stack(struct task *t)
{
	arch_stack_free(t->stack);
	t->stack = NULL;
}

void task_discard(struct task *t)
{
	list_del_init(&t->task_node);
	task_free_stack(t);
	task_put(t);
}

void task_get(struct task *t)
{
	t->refs++;
}

void task_put(struct task *t)
{
	unsigned long flags;
	bool last;

	local_irq_save(flags); /* a switch drops the dead task's reference with interrupts off */
	last = --t->refs == 0;
	local_irq_restore(flags);
	if (!last)
		return;
	flush_signals(t);
	kfree(t);
}

void task_set_exit_hook(void (*fn)(struct task *t))
{
	exit_hook = fn;
}

void task_exit(int code)
{
	struct task *t = current;

	BUG_ON(task_is_idle(t) || in_interrupt());
	if (exit_hook)
		exit_hook(t);
	t->exit_code = code;
	list_del_init(&t->task_node);
	set_current_state(TASK_DEAD);
	wake_up_all(exit_queue(t));
	schedule();
	BUG();
}

int task_wait_exit(struct task *t, int *code)
{
	int ret;

	task_get(t);
	ret = wait_event_interruptible(*exit_queue(t), t->state == TASK_DEAD);
	if (!ret && code)
		*code = t->exit_code;
	task_put(t);
	return ret;
}

struct task *task_find(pid_t pid)
{
	struct task *t;

	list_for_each_entry(t, &task_list, task_node) {
		if (t->pid == pid && pid) {
			task_get(t);
			return t;
		}
	}
	return NULL;
}

void task_for_each(bool (*fn)(struct task *t, void *arg), void *arg)
{
	struct task *t, *next;

	list_for_each_entry_safe(t, next, &task_list, task_node) {
		if (!fn(t, arg))
			return;
	}
}

struct task *kthread_run(int (*fn)(void *), void *arg, const char *namefmt, ...)
{
	char comm[TASK_COMM_LEN];
	struct task *t;
	va_list ap;

	va_start(ap, namefmt);
	vsnprintf(comm, sizeof(comm), namefmt, ap);
	va_end(ap);
	t = task_alloc(comm);
	if (IS_ERR(t))
		return t;
	t->fn = fn;
	t->fn_arg = arg;
	wake_up_process(t);
	return t;
}

int kthread_stop(struct task *t)
{
	int code;

	task_get(t);
	t->kthread_stop = true;
	wake_up_process(t);
	wait_event(*exit_queue(t), t->state == TASK_DEAD);
	code = t->exit_code;
	task_put(t);
	return code;
}

void tasks_init(struct task *idle)
{
	list_add(&idle->task_node, &task_list);
}
