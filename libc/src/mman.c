/* SPDX-License-Identifier: MIT */
/* Memory of the process: the break and mappings (mmap itself stands with each target). */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libc_internal.h"

static char *break_now;

int munmap(void *addr, size_t len)
{
	return (int)sc(munmap, addr, len);
}

int mprotect(void *addr, size_t len, int prot)
{
	return (int)sc(mprotect, addr, len, prot);
}

int setrlimit(int which, const struct rlimit *lim)
{
	return (int)sc(setrlimit, which, lim);
}

/* The kernel answers with the break that holds afterwards, moved or not. */
int brk(void *end)
{
	break_now = (char *)bare(brk, end);
	if (break_now != end) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

void *sbrk(intptr_t by)
{
	char *old;

	if (!break_now)
		break_now = (char *)bare(brk, 0);
	old = break_now;
	if (by && brk(old + by))
		return (void *)-1;
	return old;
}
