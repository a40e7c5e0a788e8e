/* SPDX-License-Identifier: MIT */
/* Hosted: memory, faults and output from the operating system; the one file here that sees its headers. */
#define _GNU_SOURCE
#include "host_os.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define GUARD 4096ul

extern const int32_t hosted_fixups[];

static struct sigaction old_segv, old_bus;

void *host_map(unsigned long bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int twice_fd = -1;

void *host_map_twice(unsigned long bytes)
{
	void *p;

	twice_fd = memfd_create("skiff", MFD_CLOEXEC);
	if (twice_fd < 0 || ftruncate(twice_fd, (off_t)bytes))
		return NULL;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, twice_fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

int host_show(void **at, unsigned long off, unsigned long bytes, int fixed)
{
	void *p = mmap(*at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | (fixed ? MAP_FIXED : 0), twice_fd, (off_t)off);

	if (twice_fd < 0 || p == MAP_FAILED)
		return 0;
	*at = p;
	return 1;
}

void host_hide(void *at, unsigned long bytes)
{
	munmap(at, bytes);
}

void *host_map_guarded(unsigned long bytes)
{
	char *p = host_map(bytes + 2 * GUARD);

	if (!p)
		return NULL;
	if (mprotect(p, GUARD, PROT_NONE) || mprotect(p + GUARD + bytes, GUARD, PROT_NONE)) {
		munmap(p, bytes + 2 * GUARD);
		return NULL;
	}
	return p + GUARD;
}

void host_write_err(const char *text, unsigned long n)
{
	ssize_t done;

	for (; n; text += done, n -= (unsigned long)done) {
		done = write(STDERR_FILENO, text, n);
		if (done <= 0)
			return;
	}
}

void host_abort(void)
{
	abort();
}

void host_exit(int status)
{
	exit(status);
}

void host_at_exit(void (*fn)(void))
{
	(void)atexit(fn); /* which fails only for lack of memory, and then leaks are reported that are none */
}

/* pass_on - a fault that is none of ours: to whoever handled it before, or to the default by faulting again. */
static void pass_on(int sig, siginfo_t *info, void *ctx)
{
	struct sigaction *old = sig == SIGBUS ? &old_bus : &old_segv;

	if (old->sa_flags & SA_SIGINFO)
		old->sa_sigaction(sig, info, ctx);
	else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)
		old->sa_handler(sig);
	else
		sigaction(sig, old, NULL);
}

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
	greg_t *ip = &((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP];
	const int32_t *f;

	for (f = hosted_fixups; f[0]; f += 2) {
		if ((uintptr_t)*ip != (uintptr_t)&f[0] + (uintptr_t)(intptr_t)f[0])
			continue;
		*ip = (greg_t)((uintptr_t)&f[1] + (uintptr_t)(intptr_t)f[1]);
		return;
	}
	pass_on(sig, info, ctx);
}

void host_catch_faults(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER }, now;

	sigaction(SIGSEGV, NULL, &now);
	if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault)
		return;
	old_segv = now;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, &now);
	if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_fault)
		old_bus = now;
}
