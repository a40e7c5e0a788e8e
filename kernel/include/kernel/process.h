/* SPDX-License-Identifier: MIT */
/* Ring-3 processes: loading, signals, exit (kernel/sys). */
#ifndef KERNEL_PROCESS_H
#define KERNEL_PROCESS_H

#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <uapi/resource.h>
#include <uapi/signal.h>

struct node;
struct user_mm;

/* What a process wants done with a signal; both widths in one. */
struct k_sigaction {
	u64 handler, flags, restorer, mask;
};

/* What is told of a signal: the first one of each number that waits, and all of those from SIGRTMIN on. */
struct k_siginfo {
	int signo, code, pid, status;
	u64 addr;
	bool poll; /* what happened at a file stands in the next two */
	int fd;
	u64 band; /* POLLx */
};

/* One that is queued: a real-time signal, or any of a task without struct process. */
struct sigqueue {
	struct sigqueue *next;
	struct k_siginfo info;
};
#define SIGQUEUE_MAX 1024 /* of one task; RLIMIT_SIGPENDING may be less */
/* flush_signals - nothing is pending at @t. Context: any. */
static inline void flush_signals(struct task *t)
{
	unsigned long flags;
	struct sigqueue *q;

	local_irq_save(flags);
	t->signal_pending_mask = 0;
	t->nr_signals = 0;
	while ((q = t->signals)) {
		t->signals = q->next;
		kfree(q);
	}
	local_irq_restore(flags);
}

/*
 * Beyond a kernel thread. Keys: [I] set before it runs, [p] only the task itself in process
 * context, [i] any context with interrupts masked.
 */
struct process {
	struct task *task;  /* [I] */
	struct user_mm *mm; /* [p] address space */
	bool is32;	    /* [p] an i386 program */
	bool foreground;    /* [I] the console waits for it */
	bool announce_end;  /* [I] nobody waits: its end is worth a line in the log */
	pid_t ppid;	    /* [I] 0: the kernel's console */
	char *exe;	    /* [p] absolute path */
	char *cmdline;	    /* [p] the arguments, each with its NUL */
	size_t cmdline_len;
	struct node *cwd;		    /* [p] NULL: the root */
	u32 umask;			    /* [p] */
	struct rlimit64 rlim[RLIM_NLIMITS]; /* [p] RLIMIT_NOFILE lives in the descriptor table */

	struct k_sigaction action[_NSIG]; /* [p] */
	struct k_siginfo info[_NSIG];	  /* [i] of the pending ones */
	u64 saved_sigmask;		  /* [p] to be put back when a handler, or none, has run */
	bool restore_sigmask;		  /* [p] */
	u64 altstack_sp, altstack_size;	  /* [p] sigaltstack */
	int altstack_flags;

	struct hrtimer itimer; /* [i] ITIMER_REAL, alarm */
	u64 itimer_interval_ns;
	u64 clear_child_tid;			  /* [p] set_tid_address */
	bool exiting;				  /* [p] */
	unsigned long unknown_calls[2][512 / 64]; /* [p] numbers already logged, x86-64 and i386 */
	struct proc_entry *proc[4];		  /* [p] its files in /proc */
};

/*
 * process_start - load the static ELF at @path and start it with @argv (NULL-terminated, argv[0]
 * included) on the console. Its exit_code will be as wait4(2) tells it: status << 8, or the signal
 * that ended it. The new task with a reference, or ERR_PTR(-ENOENT, -ENOEXEC, -ENOMEM, -EACCES).
 * Context: process.
 */
struct task *process_start(const char *path, char *const argv[], bool foreground);
/* process_init - tasks that end from now on close their files. Called by fs_init. */
void process_init(void);
/* send_sig - queue a signal; wakes an interruptible sleeper. 0 or -EINVAL. Context: any. */
int send_sig(int sig, struct task *t);
/* send_sig_info - as send_sig, with what the handler is told. -EAGAIN: a real-time signal of the kernel's that cannot be
 * queued. */
int send_sig_info(int sig, const struct k_siginfo *info, struct task *t);
/* kill_pid - by number, as kill(2) would. 0, -ESRCH, -EINVAL. */
int kill_pid(pid_t pid, int sig);
/* init_task_start - start init= from the command line, or the ELF module, or /bin/echod. */
void init_task_start(void);
/* boot_module_program - the path of the first ELF boot module that root_init() placed, or NULL
 * (kernel/fs/root.c). */
const char *boot_module_program(void);

/* set_blocked - the current task's signal mask; SIGKILL and SIGSTOP cannot be in it. */
void set_blocked(u64 mask);
/* sigmask_begin - a call with a temporary mask (ppoll, pselect6, epoll_pwait): 0 or -errno; NULL
 * @umask: nothing to do. */
int sigmask_begin(const void __user *umask, size_t size);
/* sigmask_end - the call returned @ret: the old mask comes back now, or after the handler if a
 * signal interrupted it. */
void sigmask_end(long ret);

#endif
