/* SPDX-License-Identifier: MIT */
/* sysprobe: signals, memory and time. */
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "probe_internal.h"

#define PAGE 4096UL

static volatile int info_sig, info_pid, info_code, in_handler_blocked;

static void on_info(int sig, siginfo_t *info, void *context)
{
	sigset_t now;

	(void)context;
	info_sig = info->si_signo == sig ? sig : -1;
	info_pid = info->si_pid;
	info_code = info->si_code;
	sigprocmask(SIG_BLOCK, NULL, &now);
	in_handler_blocked = sigismember(&now, sig) << 1 | sigismember(&now, SIGUSR2);
}

static void handlers(void)
{
	struct sigaction act = { .sa_sigaction = on_info, .sa_flags = SA_SIGINFO }, old;

	count_signals(SIGUSR1);
	is("kill: oneself", bare(kill, getpid(), SIGUSR1), 0);
	is("a handler ran and returned", take_signals(SIGUSR1), 1);
	sigaddset(&act.sa_mask, SIGUSR2);
	is("sigaction: with information", sigaction(SIGUSR1, &act, &old), 0);
	check(old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN, "sigaction: the old handler");
	raise(SIGUSR1);
	check(info_sig == SIGUSR1 && info_pid == getpid() && info_code == SI_USER,
	      "SA_SIGINFO: who sent it");
	is("in a handler its signal and its mask are blocked", in_handler_blocked, 3);
	act.sa_flags = (int)(SA_SIGINFO | SA_RESETHAND | SA_NODEFER);
	sigemptyset(&act.sa_mask);
	sigaction(SIGUSR1, &act, NULL);
	raise(SIGUSR1);
	is("SA_NODEFER: not blocked", in_handler_blocked, 0);
	sigaction(SIGUSR1, NULL, &old);
	check(old.sa_handler == SIG_DFL, "SA_RESETHAND: back to the default");
	signal(SIGUSR1, SIG_IGN);
	is("kill: an ignored signal", bare(kill, getpid(), SIGUSR1), 0);
	signal(SIGUSR1, SIG_DFL);
	is("SIGCHLD is ignored by default", bare(kill, getpid(), SIGCHLD), 0);
}

static void masks(void)
{
	sigset_t set, old, pending;

	count_signals(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGKILL);
	is("sigprocmask: block", sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGUSR1);
	raise(SIGUSR1);
	is("a blocked signal waits", take_signals(SIGUSR1), 0);
	is("sigpending", sigpending(&pending), 0);
	check(sigismember(&pending, SIGUSR1) == 1 && !sigismember(&pending, SIGUSR2),
	      "sigpending: it waits");
	sigprocmask(SIG_BLOCK, NULL, &old);
	check(sigismember(&old, SIGUSR1) == 1 && sigismember(&old, SIGKILL) == 0,
	      "SIGKILL cannot be blocked");
	is("sigprocmask: unblock", sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	is("two of a kind come as one", take_signals(SIGUSR1), 1);
	is("sigprocmask: bad operation", bare(rt_sigprocmask, 9, &set, 0, 8), -EINVAL);
	is("sigprocmask: bad size", bare(rt_sigprocmask, SIG_BLOCK, &set, 0, 4), -EINVAL);
	signal(SIGUSR1, SIG_DFL);
}

static void signal_errors(void)
{
	struct sigaction act = { .sa_handler = SIG_IGN };

	is("sigaction: SIGKILL", sigaction(SIGKILL, &act, NULL), -1);
	is("sigaction: SIGKILL's errno", errno, EINVAL);
	is("sigaction: 0", sigaction(0, &act, NULL), -1);
	is("sigaction: 65", sigaction(65, &act, NULL), -1);
	is("sigaction: bad size", bare(rt_sigaction, SIGUSR1, 0, 0, 16), -EINVAL);
	is("kill: signal 0", bare(kill, getpid(), 0), 0);
	is("kill: signal 65", bare(kill, getpid(), 65), -EINVAL);
	is("kill: negative signal", bare(kill, getpid(), -1), -EINVAL);
	is("kill: nobody", bare(kill, 0x3fffffff, SIGTERM), -ESRCH);
}

static void read_byte(void *p)
{
	(void)*(volatile char *)p;
}

static void write_byte(void *p)
{
	*(volatile char *)p = 1;
}

static void call(void *p)
{
	((void (*)(void))p)();
}

static void privileged(void *p)
{
	(void)p;
	__asm__ volatile("hlt");
}

static void invalid(void *p)
{
	(void)p;
	__asm__ volatile("ud2");
}

static void divide(void *p)
{
	int quotient = 1;
	int remainder = 0;

	__asm__ volatile("idivl %2" : "+a"(quotient), "+d"(remainder) : "m"(*(int *)p));
}

static void fault_signals(void)
{
	static char data[16];
	static int zero;

	is("read page 0: SIGSEGV", faults(read_byte, (void *)16), SIGSEGV);
	check(fault_address == 16, "SIGSEGV: the address");
	is("write page 0: SIGSEGV", faults(write_byte, NULL), SIGSEGV);
	is("call page 0: SIGSEGV", faults(call, NULL), SIGSEGV);
	is("read what is not mapped: SIGSEGV", faults(read_byte, page_edge), SIGSEGV);
	check(fault_address == (uintptr_t)page_edge, "SIGSEGV: the address past the edge");
	is("read the last page: SIGSEGV", faults(read_byte, (void *)-4096L), SIGSEGV);
	is("write constants: SIGSEGV", faults(write_byte, read_only), SIGSEGV);
	is("execute data: SIGSEGV", faults(call, data), SIGSEGV);
	is("write program text: SIGSEGV", faults(write_byte, (void *)(uintptr_t)fault_signals),
	   SIGSEGV);
	is("a privileged instruction: SIGSEGV", faults(privileged, NULL), SIGSEGV);
	is("an invalid instruction: SIGILL", faults(invalid, NULL), SIGILL);
	is("a division by zero: SIGFPE", faults(divide, &zero), SIGFPE);
}

void probe_signals(void)
{
	handlers();
	masks();
	signal_errors();
	fault_signals();
}

static void the_break(void)
{
	char *start = (char *)bare(brk, 0);
	char *end = start + 10 * PAGE;
	size_t i;
	bool zero = true;

	is("brk: grows", bare(brk, end) - (long)end, 0);
	for (i = 0; i < 9 * PAGE; i++)
		zero = zero && start[i] == 0;
	check(zero, "brk: new memory is zero");
	end[-1] = 1;
	is("brk: cannot go below its start", bare(brk, 4096) - (long)end, 0);
	is("brk: cannot go everywhere", bare(brk, -4096L) - (long)end, 0);
	is("brk: shrinks", bare(brk, start) - (long)start, 0);
	is("brk: what it gave back is gone", faults(read_byte, end - 1), SIGSEGV);
}

static void mappings(void)
{
	int prot = PROT_READ | PROT_WRITE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *p = mmap(NULL, 4 * PAGE, prot, flags, -1, 0);
	char *q;

	check(p != MAP_FAILED && p[0] == 0 && p[4 * PAGE - 1] == 0, "mmap: zeroes");
	memset(p, 7, 4 * PAGE);
	q = mmap(p + PAGE, PAGE, prot, flags | MAP_FIXED, -1, 0);
	check(q == p + PAGE && p[PAGE] == 0 && p[2 * PAGE] == 7 && p[0] == 7,
	      "mmap: MAP_FIXED replaces");
	is("munmap: the middle", bare(munmap, p + PAGE, PAGE), 0);
	is("munmap: it is gone", faults(read_byte, p + PAGE), SIGSEGV);
	check(p[0] == 7 && p[2 * PAGE] == 7, "munmap: the rest is there");
	is("munmap: not aligned", bare(munmap, p + 1, PAGE), -EINVAL);
	is("munmap: nothing", bare(munmap, p, 0), -EINVAL);
	is("munmap: nothing was mapped", bare(munmap, p + PAGE, PAGE), 0);
	is("mprotect: read only", bare(mprotect, p, PAGE, PROT_READ), 0);
	is("mprotect: a write dies", faults(write_byte, p), SIGSEGV);
	is("mprotect: back", bare(mprotect, p, PAGE, prot), 0);
	check(faults(write_byte, p) == 0 && p[0] == 1, "mprotect: writable again");
	is("mprotect: a hole", bare(mprotect, p, 3 * PAGE, prot), -ENOMEM);
	is("munmap: all", bare(munmap, p, 4 * PAGE), 0);
	check(mmap(NULL, 0, prot, flags, -1, 0) == MAP_FAILED && errno == EINVAL,
	      "mmap: no length");
	check(mmap(NULL, PAGE, prot, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL,
	      "mmap: neither shared nor private");
	check(mmap(NULL, PAGE, prot, MAP_PRIVATE, -1, 0) == MAP_FAILED && errno == EBADF,
	      "mmap: no file");
	check(mmap(NULL, ~0UL & ~(PAGE - 1), prot, flags, -1, 0) == MAP_FAILED && errno == ENOMEM,
	      "mmap: everything");
	check(mmap((void *)1, PAGE, prot, flags | MAP_FIXED, -1, 0) == MAP_FAILED &&
		      errno == EINVAL,
	      "mmap: MAP_FIXED not aligned");
}

void probe_memory(void)
{
	the_break();
	mappings();
}

void probe_time(void)
{
	struct timespec ts = { .tv_nsec = 20000000 }, left;
	struct timeval tv;
	long long before = now_us();

	is("nanosleep", bare(nanosleep, &ts, &left), 0);
	check(now_us() - before >= 20000, "nanosleep: waits its time");
	ts.tv_nsec = 1000000000;
	is("nanosleep: too many nanoseconds", bare(nanosleep, &ts, 0), -EINVAL);
	ts = (struct timespec){ .tv_sec = -1 };
	is("nanosleep: negative", bare(nanosleep, &ts, 0), -EINVAL);
	is("clock_gettime: CLOCK_REALTIME", bare(clock_gettime, CLOCK_REALTIME, &ts), 0);
	check(ts.tv_sec > 0 && ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000, "clock_gettime: a time");
	is("clock_gettime: unknown clock", bare(clock_gettime, 9999, &ts), -EINVAL);
	is("clock_gettime: negative clock", bare(clock_gettime, -1, &ts), -EINVAL);
	before = now_us();
	check(before > 0 && now_us() >= before, "clock_gettime: CLOCK_MONOTONIC goes on");
	is("clock_getres", bare(clock_getres, CLOCK_MONOTONIC, &ts), 0);
	is("gettimeofday", bare(gettimeofday, &tv, 0), 0);
	check(tv.tv_usec >= 0 && tv.tv_usec < 1000000, "gettimeofday: a time");
}
