/* SPDX-License-Identifier: MIT */
/*
 * Tasks and the scheduler: kernel threads and ring-3 tasks on one CPU; the kernel is not preempted, ring 3 is.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <asm/thread.h>
#include <kernel/list.h>
#include <kernel/preempt.h>
#include <kernel/time.h>

#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_DEAD 4

#define TASK_COMM_LEN 16
#ifndef KERNEL_STACK_SIZE /* the architecture may need more */
#define KERNEL_STACK_SIZE (16 * 1024)
#endif

struct sigqueue;
struct process; /* what a ring-3 task has beyond a kernel thread (kernel/process.h); NULL for kernel threads */
struct files_struct;
struct net;

struct task {
	u64 signal_pending_mask; /* bit n-1: signal n waits; ring-3 tasks, and kthread "interrupts" */
	u64 blocked; /* signal mask. The entry code looks at these two */
	struct list_head run_node; /* in the run queue while runnable */
	struct list_head task_node; /* in the list of all tasks */
	int state; /* TASK_x; set_current_state */
	bool on_rq;
	bool need_resched_on_return;
	bool kthread_stop;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	void *stack; /* lowest address of the kernel stack */
	struct arch_thread thread;
	unsigned int saved_preempt_count;
	unsigned int lock_depth; /* debug builds: locks held */
	struct files_struct *files; /* descriptor table; kernel threads share none (NULL) */
	struct process *process;
	struct net *net; /* the namespace its sockets are made in; NULL: init_net */
	int exit_code;
	int (*fn)(void *); /* kernel thread's body */
	void *fn_arg;
	u64 cpu_cycles; /* time on the CPU in arch_cycles */
	u64 start_ns;
	struct list_head exit_waiters; /* wait_queue_head_t's list is private to wait.h; see task_wait_exit */
	int refs;
	struct sigqueue *signals; /* what is told of pending signals that are queued (kernel/process.h); interrupts off */
	unsigned int nr_signals;
	u64 sigwait; /* blocked ones that it waits for with sigtimedwait: let through meanwhile, and not ignored */
};

extern struct task *current_task;
#define current (current_task)
extern bool need_resched_flag;
#define need_resched() READ_ONCE(need_resched_flag)
static inline void set_need_resched(void) { WRITE_ONCE(need_resched_flag, true); }

#define set_current_state(s) do { current->state = (s); barrier(); } while (0)
#define __set_current_state(s) (current->state = (s))
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

/*
 * schedule - give up the CPU; a task that is not TASK_RUNNING sleeps until woken (a pending signal keeps an INTERRUPTIBLE one
 * awake). Context: process.
 */
void schedule(void);
/* schedule_timeout - sleep at most @timeout jiffies (state set by the caller); jiffies left, 0 when it ran out. Context: process. */
long schedule_timeout(long timeout);
/* schedule_hrtimeout - sleep until @expires (ktime ns; ~0ull/2 = for ever); 0 if it ran out, -EINTR otherwise. State set by the caller. */
int schedule_hrtimeout(ktime_t expires);
void cond_resched(void); /* let others run if someone waits for the CPU. Context: process */
void msleep(unsigned int ms);
/* wake_up_process - make runnable; true if it slept. Context: any. */
bool wake_up_process(struct task *t);
bool __wake_up_process(struct task *t); /* the same. Context: interrupts off */
static inline bool signal_pending(const struct task *t) { return (t->signal_pending_mask & ~t->blocked) != 0; }

/* kthread_create/run - a kernel thread; ERR_PTR(-ENOMEM). The name is formatted. Its body returns an exit code. Context: process. */
struct task *kthread_run(int (*fn)(void *), void *arg, const char *namefmt, ...) __printf(3, 4);
/* task_alloc - a task that is not yet runnable, with stack and pid; the caller fills it in and wakes it. ERR_PTR on failure. */
struct task *task_alloc(const char *comm);
/* task_discard - give up a task that was never woken. Context: process. */
void task_discard(struct task *t);
void task_exit(int code) __noreturn;
/* kthread_stop - ask it to end (kthread_should_stop, and woken) and wait; returns its exit code. Context: process. */
int kthread_stop(struct task *t);
static inline bool kthread_should_stop(void) { return current->kthread_stop; }
/* task_wait_exit - sleep until @t is dead, interruptibly (-ERESTARTSYS) ; returns 0 with *code set. Holds a reference while waiting. */
int task_wait_exit(struct task *t, int *code);
void task_get(struct task *t);
void task_put(struct task *t);
struct task *task_find(pid_t pid); /* with a reference, or NULL */
/* task_for_each - call fn for each task until it returns false. */
void task_for_each(bool (*fn)(struct task *t, void *arg), void *arg);

/* sched_clock_event - the clock fired at @now: has the running task's slice ended? The slice's end otherwise, ~0ull for none. */
u64 sched_clock_event(u64 now);
/* sched_other_runnable - does a task other than the current one wait for the CPU? */
bool sched_other_runnable(void);
/* task_set_exit_hook - @fn runs in each task that ends, before it is dead: closes files, frees address spaces. Context: process. */
void task_set_exit_hook(void (*fn)(struct task *t));

void sched_init(void); /* makes the idle task out of the boot context */
void cpu_idle(void) __noreturn; /* the idle loop; programs the clock for the next timer before halting */

#endif
