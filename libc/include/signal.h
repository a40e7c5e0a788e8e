/* SPDX-License-Identifier: MIT */
/* Signals. */
#ifndef LIBC_SIGNAL_H
#define LIBC_SIGNAL_H

#include <sys/types.h>
#include <time.h>
#include <uapi/signal.h>

#define NSIG (_NSIG + 1)

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);

typedef struct {
	unsigned long __bits[8 / sizeof(long)];
} sigset_t;

#ifdef __x86_64__
typedef struct siginfo_64 siginfo_t;
typedef struct ucontext_64 ucontext_t;
#else
typedef struct compat_siginfo siginfo_t;
typedef struct ucontext_32 ucontext_t;
#endif

#define si_pid	_sifields._rt.si_pid
#define si_fd	_sifields._sigpoll.si_fd
#define si_band _sifields._sigpoll.si_band
#define si_uid	_sifields._rt.si_uid
#define si_addr _sifields._sigfault.si_addr /* an integer as wide as a pointer */

struct sigaction {
	union {
		void (*sa_handler)(int);
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask;
	int sa_flags;
};

int sigaction(int sig, const struct sigaction *restrict act, struct sigaction *restrict old);
sighandler_t signal(int sig, sighandler_t handler);
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *set);
int kill(pid_t pid, int sig);
int raise(int sig);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int sig);
int sigdelset(sigset_t *set, int sig);
int sigismember(const sigset_t *set, int sig);

#endif
