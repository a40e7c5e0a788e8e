/* SPDX-License-Identifier: MIT */
/* For tests that make each check twice, with this machine's Linux and with Skiff, so that what is expected is what Linux does. */
#ifndef TESTS_TWO_WORLDS_H
#define TESTS_TWO_WORLDS_H

#include "skiff_host.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long linux_call(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret = syscall(nr, a, b, c, d, e, f);

	return ret < 0 ? -errno : ret;
}

enum { LINUX, SKIFF };
static const struct world {
	const char *name;
	long (*call)(long nr, long a, long b, long c, long d, long e, long f); /* the result or -errno */
} worlds[] = { [LINUX] = { "Linux", linux_call }, [SKIFF] = { "Skiff", skiff_syscall } };
static const struct world *world; /* the one that is asked now */

#define CALL6(nr, a, b, c, d, e, f) world->call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(nr, a, b, c, d, e)	    CALL6(nr, a, b, c, d, e, 0)

static int failures;

static inline void is(const char *what, long got, long want)
{
	if (got == want)
		return;
	fprintf(stderr, "%s: %s: %ld, not %ld\n", world->name, what, got, want);
	failures++;
}

#endif
