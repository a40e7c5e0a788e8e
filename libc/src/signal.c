/* SPDX-License-Identifier: MIT */
/* Signals: handlers return through a restorer of the library, as both ABIs expect. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "libc_internal.h"

void __restore(void);
void __restore_rt(void);

/* The kernel's struct, of either width: every field is a long but the mask. */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	sigset_t mask;
};

_Static_assert(sizeof(sigset_t) == KERNEL_SIGSET_SIZE, "sigset_t");
_Static_assert(sizeof(struct kernel_sigaction) == (sizeof(long) == 8
							   ? sizeof(struct sigaction_64)
							   : sizeof(struct compat_sigaction)),
	       "struct kernel_sigaction");

int sigaction(int sig, const struct sigaction *restrict act, struct sigaction *restrict old)
{
	struct kernel_sigaction in, out;
	long err;

	if (act) {
		in.handler = act->sa_handler;
		in.flags = (unsigned int)act->sa_flags | SA_RESTORER;
		in.restorer = act->sa_flags & SA_SIGINFO ? __restore_rt : __restore;
		in.mask = act->sa_mask;
	}
	err = sc(rt_sigaction, sig, act ? &in : NULL, old ? &out : NULL, KERNEL_SIGSET_SIZE);
	if (err)
		return -1;
	if (old) {
		old->sa_handler = out.handler;
		old->sa_flags = (int)(out.flags & ~(unsigned long)SA_RESTORER);
		old->sa_mask = out.mask;
	}
	return 0;
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct sigaction old;

	if (sigaction(sig, &act, &old))
		return SIG_ERR;
	return old.sa_handler;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
	return (int)sc(rt_sigprocmask, how, set, old, KERNEL_SIGSET_SIZE);
}

int sigpending(sigset_t *set)
{
	return (int)sc(rt_sigpending, set, KERNEL_SIGSET_SIZE);
}

int sigsuspend(const sigset_t *set)
{
	return (int)sc(rt_sigsuspend, set, KERNEL_SIGSET_SIZE);
}

int kill(pid_t pid, int sig)
{
	return (int)sc(kill, pid, sig);
}

int raise(int sig)
{
	return kill(getpid(), sig);
}

int sigemptyset(sigset_t *set)
{
	memset(set, 0, sizeof(*set));
	return 0;
}

int sigfillset(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
	return 0;
}

static unsigned long *word_of(const sigset_t *set, int sig, unsigned long *bit)
{
	int bits = 8 * (int)sizeof(long);

	if (sig < 1 || sig > _NSIG) {
		errno = EINVAL;
		return NULL;
	}
	*bit = 1UL << (sig - 1) % bits;
	return (unsigned long *)&set->__bits[(sig - 1) / bits];
}

int sigaddset(sigset_t *set, int sig)
{
	unsigned long bit;
	unsigned long *word = word_of(set, sig, &bit);

	if (!word)
		return -1;
	*word |= bit;
	return 0;
}

int sigdelset(sigset_t *set, int sig)
{
	unsigned long bit;
	unsigned long *word = word_of(set, sig, &bit);

	if (!word)
		return -1;
	*word &= ~bit;
	return 0;
}

int sigismember(const sigset_t *set, int sig)
{
	unsigned long bit;
	unsigned long *word = word_of(set, sig, &bit);

	return word ? (*word & bit) != 0 : -1;
}
