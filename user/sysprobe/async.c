/* SPDX-License-Identifier: MIT */
/* sysprobe: SIGIO and SIGURG, what a handler and rt_sigtimedwait are told, and signals that queue. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "probe_internal.h"

#define RT (SIGRTMIN + 8)

static siginfo_t last;
static volatile int taken;

static void on_event(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	last = *info;
	taken++;
}

static void handle(int sig)
{
	struct sigaction act = { .sa_sigaction = on_event, .sa_flags = SA_SIGINFO };

	sigaction(sig, &act, NULL);
	taken = 0;
}

/* The next of @set, waiting @seconds at most. */
static long take(const sigset_t *set, siginfo_t *info, long seconds)
{
	long ts[2] = { seconds, 0 };

	return bare(rt_sigtimedwait, set, info, ts, 8);
}

static void handlers_are_told(void)
{
	int s[2];

	udp_pair(s);
	handle(RT);
	is("F_SETOWN", bare(fcntl, s[0], F_SETOWN, getpid()), 0);
	is("F_SETSIG", bare(fcntl, s[0], F_SETSIG, RT), 0);
	is("O_ASYNC", bare(fcntl, s[0], F_SETFL, O_RDWR | O_ASYNC), 0);
	write(s[1], "x", 1);
	is("a handler ran", taken, 1);
	check(last.si_signo == RT && last.si_code == POLL_IN, "its number and event");
	is("its descriptor", last.si_fd, s[0]);
	is("its band", last.si_band, POLLIN | POLLRDNORM);
	bare(fcntl, s[0], F_SETSIG, 0);
	handle(SIGIO);
	write(s[1], "x", 1);
	check(taken == 1 && last.si_signo == SIGIO && last.si_code == SI_KERNEL,
	      "SIGIO without words");
	close(s[0]);
	close(s[1]);
}

static void urgent_data_is_told(void)
{
	int s[2];

	tcp_pair(s);
	handle(SIGURG);
	is("SIOCSPGRP", bare(ioctl, s[1], SIOCSPGRP, &(int){ getpid() }), 0);
	is("an urgent byte", sock(SEND, s[0], "u", 1, MSG_OOB), 1);
	wait_events(s[1], POLLPRI);
	check(taken == 1 && last.si_signo == SIGURG, "SIGURG");
	close(s[0]);
	close(s[1]);
	signal(SIGURG, SIG_DFL);
}

static void signals_queue(void)
{
	struct rlimit lim, none = { 0 };
	sigset_t set, pending;
	siginfo_t info = { 0 };
	int p[2];

	sigemptyset(&set);
	sigaddset(&set, RT);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	is("a pipe", bare(pipe, p), 0);
	none.rlim_max = getrlimit(RLIMIT_SIGPENDING, &lim) ? 0 : lim.rlim_max;
	bare(fcntl, p[0], F_SETOWN, getpid());
	bare(fcntl, p[0], F_SETSIG, RT);
	bare(fcntl, p[0], F_SETFL, O_ASYNC);
	write(p[1], "x", 1);
	write(p[1], "x", 1);
	is("the first", take(&set, &info, 2), RT);
	check(info.si_fd == p[0] && info.si_band == (POLLIN | POLLRDNORM), "what it tells");
	is("the second", take(&set, NULL, 2), RT);
	is("no third", take(&set, &info, 0), -EAGAIN);
	setrlimit(RLIMIT_SIGPENDING, &none);
	write(p[1], "x", 1);
	is("no room: SIGIO in its place", take(&set, &info, 2), SIGIO);
	is("without words", info.si_code, SI_KERNEL);
	setrlimit(RLIMIT_SIGPENDING, &lim);
	bare(kill, getpid(), RT);
	bare(kill, getpid(), RT);
	sigpending(&pending);
	is("one waits", sigismember(&pending, RT), 1);
	is("kill queues", take(&set, &info, 0), RT);
	check(info.si_pid == getpid() && info.si_code == SI_USER, "who sent it");
	is("kill queues twice", take(&set, NULL, 0), RT);
	is("and no more", take(&set, NULL, 0), -EAGAIN);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGIO, SIG_DFL);
	signal(RT, SIG_DFL);
	close(p[0]);
	close(p[1]);
}

static void errors(void)
{
	struct f_owner_ex ex = { F_OWNER_PID, 0 };
	sigset_t set;
	int s[2], i;

	udp_pair(s);
	sigemptyset(&set);
	sigaddset(&set, RT);
	for (i = 0; i < BAD_POINTERS; i++) {
		is("F_SETOWN_EX: bad pointer", bare(fcntl, s[0], F_SETOWN_EX, bad_pointers[i]),
		   -EFAULT);
		is("F_GETOWN_EX: bad pointer", bare(fcntl, s[0], F_GETOWN_EX, bad_pointers[i]),
		   -EFAULT);
		is("SIOCSPGRP: bad pointer", bare(ioctl, s[0], SIOCSPGRP, bad_pointers[i]),
		   -EFAULT);
		is("rt_sigtimedwait: bad set", take(bad_pointers[i], NULL, 0), -EFAULT);
	}
	ex.type = -1;
	is("F_SETOWN_EX: bad kind", bare(fcntl, s[0], F_SETOWN_EX, &ex), -EINVAL);
	is("F_SETOWN: no such process", bare(fcntl, s[0], F_SETOWN, 0x3fffffff), -ESRCH);
	is("F_SETSIG: no such signal", bare(fcntl, s[0], F_SETSIG, 65), -EINVAL);
	is("F_SETSIG: not a descriptor", bare(fcntl, 997, F_SETSIG, 0), -EBADF);
	is("rt_sigtimedwait: bad size", bare(rt_sigtimedwait, &set, 0, 0, 4), -EINVAL);
	is("rt_sigtimedwait: bad time", take(&set, NULL, -1), -EINVAL);
	is("F_SETOWN: nobody", bare(fcntl, s[0], F_SETOWN, 0), 0);
	close(s[0]);
	close(s[1]);
}

void probe_async(void)
{
	handlers_are_told();
	urgent_data_is_told();
	signals_queue();
	errors();
}
