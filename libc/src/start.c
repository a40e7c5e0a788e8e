/* SPDX-License-Identifier: MIT */
/* The beginning and the end of a program: environment, auxiliary vector, main, atexit, exit. */
#include <errno.h>
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "libc_internal.h"

#define ATEXIT_MAX 32

int main(int argc, char **argv, char **envp);
_Noreturn void __libc_start(unsigned long *stack);

int errno;
char **environ;
static const unsigned long *auxv;
static void (*exit_calls[ATEXIT_MAX])(void);
static int exit_count;

/* Called by _start with the stack as the kernel laid it out. */
_Noreturn void __libc_start(unsigned long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	unsigned long *p;

	environ = argv + argc + 1;
	for (p = (unsigned long *)environ; *p; p++)
		;
	auxv = p + 1;
	exit(main(argc, argv, environ));
}

unsigned long getauxval(unsigned long key)
{
	const unsigned long *p;

	for (p = auxv; p && p[0] != AT_NULL; p += 2)
		if (p[0] == key)
			return p[1];
	return 0;
}

char *getenv(const char *name)
{
	size_t len = strlen(name);
	char **e;

	for (e = environ; e && *e; e++)
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
			return *e + len + 1;
	return NULL;
}

int atexit(void (*fn)(void))
{
	if (exit_count == ATEXIT_MAX)
		return -1;
	exit_calls[exit_count++] = fn;
	return 0;
}

_Noreturn void _exit(int status)
{
	for (;;) {
		bare(exit_group, status);
		bare(exit, status);
	}
}

_Noreturn void _Exit(int status)
{
	_exit(status);
}

_Noreturn void exit(int status)
{
	while (exit_count > 0)
		exit_calls[--exit_count]();
	__stdio_exit();
	_exit(status);
}

_Noreturn void abort(void)
{
	sigset_t only;

	signal(SIGABRT, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, SIGABRT);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(SIGABRT);
	_exit(128 + SIGABRT);
}

_Noreturn void __assert_fail(const char *expr, const char *file, int line, const char *func)
{
	fflush(stdout);
	dprintf(STDERR_FILENO, "%s:%d: %s: `%s' does not hold\n", file, line, func, expr);
	abort();
}

long __fail(long r)
{
	errno = (int)-r;
	return -1;
}
