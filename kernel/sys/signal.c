/* SPDX-License-Identifier: MIT */
/* Signals: sending, blocking, taking; what they do by default. Frames for handlers are the
 * architecture's. Book section 5.4. */
#include <kernel/irqflags.h>
#include <kernel/process.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include "sys_internal.h"

#define SIG_BIT(sig) (1ull << ((sig)-1))
#define UNBLOCKABLE  (SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))
/* Signals that a fault of the program itself raises; they are delivered before all others. */
#define SYNCHRONOUS                                                                \
	(SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGILL) | SIG_BIT(SIGTRAP) | \
	 SIG_BIT(SIGFPE) | SIG_BIT(SIGSYS))
/* Nothing happens by default. Stopping is among it: there is no job control that could let a task
 * go on. */
#define DEFAULT_IGNORED                                                              \
	(SIG_BIT(SIGCHLD) | SIG_BIT(SIGURG) | SIG_BIT(SIGWINCH) | SIG_BIT(SIGCONT) | \
	 SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))
/* What reaches a kernel task that runs a console command. */
#define KERNEL_TASK_SIGNALS (SIG_BIT(SIGINT) | SIG_BIT(SIGTERM) | SIG_BIT(SIGKILL))

bool sig_default_ignored(int sig)
{
	return DEFAULT_IGNORED & SIG_BIT(sig);
}

static bool sig_ignored(const struct task *t, int sig)
{
	u64 handler;

	if ((t->blocked | t->sigwait) & SIG_BIT(sig))
		return false; /* its action may be another when it is let through */
	if (!t->process)
		return !(KERNEL_TASK_SIGNALS & SIG_BIT(sig));
	handler = t->process->action[sig - 1].handler;
	return handler == (u64)(unsigned long)SIG_IGN ||
	       (handler == (u64)(unsigned long)SIG_DFL && sig_default_ignored(sig));
}

/* is_queued - real-time signals wait one behind the other; so do those of tasks without a place for them. */
static bool is_queued(const struct task *t, int sig)
{
	return sig >= SIGRTMIN || !t->process;
}

static bool queue_is_full(const struct task *t)
{
	return t->nr_signals >= SIGQUEUE_MAX ||
	       (t->process && t->nr_signals >= t->process->rlim[RLIMIT_SIGPENDING].rlim_cur);
}

/* queue_signal - false: no room, or no memory. Context: interrupts off. */
static bool queue_signal(struct task *t, const struct k_siginfo *info)
{
	struct sigqueue *q = queue_is_full(t) ? NULL : kmalloc(sizeof(*q), GFP_ATOMIC), **at;

	if (!q)
		return false;
	*q = (struct sigqueue){ .info = *info };
	for (at = &t->signals; *at; at = &(*at)->next)
		;
	*at = q;
	t->nr_signals++;
	return true;
}

/* Interrupts off. 0, or -EAGAIN: lost, and the sender is to know. */
static int post(int sig, const struct k_siginfo *info, struct task *t)
{
	if (t->state == TASK_DEAD || sig_ignored(t, sig))
		return 0;
	if (sig < SIGRTMIN && (t->signal_pending_mask & SIG_BIT(sig)))
		return 0; /* one of a kind is enough */
	if (!is_queued(t, sig))
		t->process->info[sig - 1] = *info;
	else if (!t->process && !((t->blocked | t->sigwait) & SIG_BIT(sig)))
		; /* it ends a command of the console, which asks for no more */
	else if (!queue_signal(t, info) && sig >= SIGRTMIN && info->code != SI_USER)
		return -EAGAIN;
	t->signal_pending_mask |= SIG_BIT(sig);
	if (signal_pending(t) && t->state == TASK_INTERRUPTIBLE)
		wake_up_process(t);
	return 0;
}

int send_sig_info(int sig, const struct k_siginfo *info, struct task *t)
{
	unsigned long flags;
	int err;

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (!sig)
		return 0;
	local_irq_save(flags);
	err = post(sig, info, t);
	local_irq_restore(flags);
	return err;
}

int send_sig(int sig, struct task *t)
{
	struct k_siginfo info = { .signo = sig, .code = SI_KERNEL };

	return send_sig_info(sig, &info, t);
}

static int send_user(pid_t pid, int sig, int code)
{
	struct k_siginfo info = { .signo = sig, .code = code, .pid = current->pid };
	struct task *t;
	int err;

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	t = task_find(pid);
	if (!t)
		return -ESRCH;
	err = t->process ? send_sig_info(sig, &info, t)
			 : -EPERM; /* kernel threads are nobody's to kill */
	task_put(t);
	return err;
}

int kill_pid(pid_t pid, int sig)
{
	return send_user(pid, sig, SI_USER);
}

void force_sig_info(int sig, const struct k_siginfo *info)
{
	struct process *p = current->process;
	struct k_sigaction *act = &p->action[sig - 1];

	if (act->handler == (u64)(unsigned long)SIG_IGN || (current->blocked & SIG_BIT(sig))) {
		act->handler = (u64)(unsigned long)SIG_DFL;
		current->blocked &= ~SIG_BIT(sig);
	}
	send_sig_info(sig, info, current);
}

/* take_queued - what is told of the first @sig that is queued; one more may be pending. Context: interrupts off. */
static void take_queued(int sig, struct k_siginfo *info)
{
	struct sigqueue *q, **at = &current->signals;
	bool found = false;

	*info = (struct k_siginfo){ .signo = sig, .code = SI_USER }; /* of one that found no room */
	while ((q = *at)) {
		if (q->info.signo != sig) {
			at = &q->next;
		} else if (found) {
			current->signal_pending_mask |= SIG_BIT(sig);
			return;
		} else {
			found = true;
			*info = q->info;
			*at = q->next;
			current->nr_signals--;
			kfree(q);
		}
	}
}

/* take_signal - one of @ready, which are pending. Context: interrupts off. */
static int take_signal(u64 ready, struct k_siginfo *info)
{
	int sig;

	if (!ready)
		return 0;
	if (ready & SIG_BIT(SIGKILL))
		ready = SIG_BIT(SIGKILL);
	else if (ready & SYNCHRONOUS)
		ready &= SYNCHRONOUS;
	sig = __builtin_ctzll(ready) + 1;
	current->signal_pending_mask &= ~SIG_BIT(sig);
	if (is_queued(current, sig))
		take_queued(sig, info);
	else
		*info = current->process->info[sig - 1];
	return sig;
}

int next_signal(struct k_siginfo *info)
{
	unsigned long flags;
	int sig;

	local_irq_save(flags);
	sig = take_signal(current->signal_pending_mask & ~current->blocked, info);
	local_irq_restore(flags);
	return sig;
}

void set_blocked(u64 mask)
{
	current->blocked = mask & ~UNBLOCKABLE;
}

int sigmask_begin(const void __user *umask, size_t size)
{
	u64 mask;

	if (!umask)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, umask, sizeof(mask)))
		return -EFAULT;
	if (current->process) {
		current->process->saved_sigmask = current->blocked;
		current->process->restore_sigmask = true;
	}
	set_blocked(mask);
	return 0;
}

void sigmask_end(long ret)
{
	struct process *p = current->process;

	if (!p || !p->restore_sigmask)
		return;
	if (ret == -EINTR && signal_pending(current))
		return; /* the handler runs under the call's mask; the frame keeps the old one */
	p->restore_sigmask = false;
	set_blocked(p->saved_sigmask);
}

long do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old)
{
	struct process *p = current->process;
	unsigned long flags;

	if (sig < 1 || sig > _NSIG || (act && (UNBLOCKABLE & SIG_BIT(sig))))
		return -EINVAL;
	if (!p)
		return -ENOSYS;
	if (old)
		*old = p->action[sig - 1];
	if (!act)
		return 0;
	p->action[sig - 1] = *act;
	p->action[sig - 1].mask &= ~UNBLOCKABLE;
	local_irq_save(flags);
	if (sig_ignored(current, sig))
		current->signal_pending_mask &= ~SIG_BIT(sig);
	local_irq_restore(flags);
	return 0;
}

long do_sigprocmask(int how, const u64 *set, u64 *old)
{
	u64 now = current->blocked;

	if (old)
		*old = now;
	if (!set)
		return 0;
	switch (how) {
	case SIG_BLOCK: set_blocked(now | *set); return 0;
	case SIG_UNBLOCK: set_blocked(now & ~*set); return 0;
	case SIG_SETMASK: set_blocked(*set); return 0;
	default: return -EINVAL;
	}
}

bool on_altstack(const struct process *p, u64 sp)
{
	return p->altstack_size && sp > p->altstack_sp && sp - p->altstack_sp <= p->altstack_size;
}

long do_sigaltstack(u64 sp, u64 size, int flags, u64 min_size)
{
	struct process *p = current->process;

	if (flags & ~(SS_DISABLE | SS_ONSTACK))
		return -EINVAL;
	if (flags & SS_DISABLE) {
		sp = 0;
		size = 0;
	} else if (size < min_size) {
		return -ENOMEM;
	}
	p->altstack_sp = sp;
	p->altstack_size = size;
	return 0;
}

long do_sigsuspend(u64 mask)
{
	struct process *p = current->process;

	if (!p)
		return -ENOSYS;
	p->saved_sigmask = current->blocked;
	p->restore_sigmask = true;
	set_blocked(mask);
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return -ERESTARTNOHAND;
}

long sys_rt_sigprocmask(int how, const u64 __user *uset, u64 __user *uold, size_t size)
{
	u64 set, old;
	long err;

	if (size != sizeof(set))
		return -EINVAL;
	if (uset && get_user(set, uset))
		return -EFAULT;
	err = do_sigprocmask(how, uset ? &set : NULL, &old);
	return !err && uold && put_user(old, uold) ? -EFAULT : err;
}

long sys_rt_sigpending(u64 __user *uset, size_t size)
{
	u64 set = current->signal_pending_mask & current->blocked;

	if (size > sizeof(set))
		return -EINVAL;
	return copy_to_user(uset, &set, size) ? -EFAULT : 0;
}

long sys_rt_sigsuspend(const u64 __user *uset, size_t size)
{
	u64 mask;

	if (size != sizeof(mask))
		return -EINVAL;
	return get_user(mask, uset) ? -EFAULT : do_sigsuspend(mask);
}

/* One of @set that is pending, blocked or not; 0: none. */
static int take_of(u64 set, struct k_siginfo *info)
{
	unsigned long flags;
	int sig;

	local_irq_save(flags);
	sig = take_signal(current->signal_pending_mask & set, info);
	local_irq_restore(flags);
	return sig;
}

/* wait_for_signals - sleep until one of @set, or any that is not blocked, is pending or @expires is over. */
static void wait_for_signals(u64 set, ktime_t expires)
{
	u64 blocked = current->blocked;

	current->sigwait = set;
	current->blocked = blocked & ~set;
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current) || !schedule_hrtimeout(expires))
			break;
	}
	__set_current_state(TASK_RUNNING);
	current->blocked = blocked;
	current->sigwait = 0;
}

long sigtimedwait_common(const u64 __user *uset, const void __user *uts, enum time_layout layout,
			 size_t size, struct k_siginfo *info)
{
	ktime_t expires;
	long err;
	u64 set;
	int sig;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	err = get_expires(&expires, uts, layout);
	if (err)
		return err;
	set &= ~UNBLOCKABLE;
	sig = take_of(set, info);
	if (sig)
		return sig;
	wait_for_signals(set, expires);
	sig = take_of(set, info);
	if (sig)
		return sig;
	return signal_pending(current) ? -EINTR : -EAGAIN;
}

void fill_siginfo_64(struct siginfo_64 *to, const struct k_siginfo *info)
{
	to->si_signo = info->signo;
	to->si_code = info->code;
	if (info->poll) {
		to->_sifields._sigpoll.si_band = (s64)info->band;
		to->_sifields._sigpoll.si_fd = info->fd;
	} else if (info->code > 0 && info->code != SI_KERNEL) {
		to->_sifields._sigfault.si_addr = info->addr;
	} else {
		to->_sifields._rt.si_pid = info->pid;
	}
}

long sys_rt_sigtimedwait(const u64 __user *uset, struct siginfo_64 __user *uinfo,
			 const void __user *uts, size_t size)
{
	struct siginfo_64 out = { 0 };
	struct k_siginfo info;
	long sig = sigtimedwait_common(uset, uts, TIME_SPEC64, size, &info);

	if (sig <= 0 || !uinfo)
		return sig;
	fill_siginfo_64(&out, &info);
	return copy_to_user(uinfo, &out, sizeof(out)) ? -EFAULT : sig;
}

long sys_rt_sigaction(int sig, const struct sigaction_64 __user *uact,
		      struct sigaction_64 __user *uold, size_t size)
{
	struct k_sigaction act, old;
	struct sigaction_64 s;
	long err;

	if (size != sizeof(u64))
		return -EINVAL;
	if (uact) {
		if (copy_from_user(&s, uact, sizeof(s)))
			return -EFAULT;
		act = (struct k_sigaction){ s.sa_handler, s.sa_flags, s.sa_restorer, s.sa_mask };
	}
	err = do_sigaction(sig, uact ? &act : NULL, &old);
	if (err || !uold)
		return err;
	s = (struct sigaction_64){ old.handler, old.flags, old.restorer, old.mask };
	return copy_to_user(uold, &s, sizeof(s)) ? -EFAULT : 0;
}

long sys_pause(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return -ERESTARTNOHAND;
}

/* sys_restart_syscall - no call here leaves anything to go on with: sleeps end with EINTR. */
long sys_restart_syscall(void)
{
	return -EINTR;
}

struct kill_all {
	int sig, sent;
};

static bool kill_one(struct task *t, void *arg)
{
	struct kill_all *k = arg;

	if (t->process && t != current && t->pid != 1) {
		k->sent++;
		send_sig(k->sig, t);
	}
	return true;
}

long sys_kill(pid_t pid, int sig)
{
	struct kill_all all = { .sig = sig };

	if (pid > 0)
		return send_user(pid, sig, SI_USER);
	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (pid == 0 || pid == -current->pid) /* each task is a process group of its own */
		return send_user(current->pid, sig, SI_USER);
	if (pid != -1)
		return -ESRCH;
	task_for_each(kill_one, &all);
	return all.sent ? 0 : -ESRCH;
}

long sys_tkill(pid_t pid, int sig)
{
	return pid <= 0 ? -EINVAL : send_user(pid, sig, SI_TKILL);
}

long sys_tgkill(pid_t tgid, pid_t pid, int sig)
{
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	return tgid != pid ? -ESRCH : send_user(pid, sig, SI_TKILL);
}
