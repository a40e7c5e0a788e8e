/* SPDX-License-Identifier: MIT */
/* What the files of kernel/sys share. */
#ifndef SYS_INTERNAL_H
#define SYS_INTERNAL_H

#include <kernel/process.h>
#include <kernel/timecalls.h>

/* time.c */
void process_timer_init(struct process *p);
long setitimer_common(int which, const void __user *new, void __user *old, enum time_layout layout);
long getitimer_common(int which, void __user *old, enum time_layout layout);
long timerfd_settime_common(unsigned int fd, int flags, const void __user *new, void __user *old,
			    enum time_layout layout);
long timerfd_gettime_common(unsigned int fd, void __user *cur, enum time_layout layout);
u64 process_ticks(void);
u64 process_cpu_ns(void);
long uptime_ticks(void);

/* misc.c */
/* do_prlimit - of the current task; @new may be NULL. */
long do_prlimit(unsigned int resource, const struct rlimit64 *new, struct rlimit64 *old);
struct sysinfo;
void do_sysinfo(struct sysinfo *info);

/* signal.c */
/* next_signal - take a pending signal that is not blocked off the current task; 0: none. */
int next_signal(struct k_siginfo *info);
bool sig_default_ignored(int sig);
/* force_sig_info - a signal that the current task must not survive ignoring: a fault of its own. */
void force_sig_info(int sig, const struct k_siginfo *info);
/* do_sigaction - either pointer may be NULL. 0 or -EINVAL. */
long do_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old);
long do_sigprocmask(int how, const u64 *set, u64 *old);
long do_sigaltstack(u64 sp, u64 size, int flags, u64 min_size);
long do_sigsuspend(u64 mask);
/* sigtimedwait_common - rt_sigtimedwait of either width, but for what is told: the signal, or -errno. */
long sigtimedwait_common(const u64 __user *uset, const void __user *uts, enum time_layout layout,
			 size_t size, struct k_siginfo *info);
void fill_siginfo_64(struct siginfo_64 *to, const struct k_siginfo *info); /* into zeros */
/* on_altstack - does @sp lie on the alternate signal stack? */
bool on_altstack(const struct process *p, u64 sp);

/* do_exit - the end of the current ring-3 task; @code as wait4 tells it: status << 8, or the
 * signal's number. */
void do_exit(int code) __noreturn;
void cwd_put(struct process *p);			  /* kernel/fs/dir.c */
long futex_wake(unsigned long addr, int count, u32 bits); /* futex.c */
long futex_common(u32 __user *uaddr, int op, u32 value, const void __user *utime,
		  enum time_layout layout, u32 bits);

#endif
