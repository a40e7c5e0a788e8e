/* SPDX-License-Identifier: MIT */
/* Calls on files, memory and the process that i386 has in a form of its own. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc_internal.h"

#define MMAP2_UNIT 4096ULL /* what mmap2 counts its offset in */

off_t lseek(int fd, off_t offset, int whence)
{
	off_t now = -1;

	if (sc(_llseek, fd, (unsigned long)(offset >> 32), (unsigned long)offset, &now, whence))
		return -1;
	return now;
}

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return (int)sc(fcntl64, fd, cmd, arg);
}

int fstat(int fd, struct stat *st)
{
	return (int)sc(fstat64, fd, st);
}

int stat(const char *path, struct stat *st)
{
	return (int)sc(stat64, path, st);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (offset & (MMAP2_UNIT - 1) || (unsigned long long)offset / MMAP2_UNIT > ~0UL) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return (void *)sc(mmap2, addr, len, prot, flags, fd, (long)(offset / MMAP2_UNIT));
}

int getrlimit(int which, struct rlimit *lim)
{
	return (int)sc(ugetrlimit, which, lim);
}

uid_t getuid(void)
{
	return (uid_t)bare(getuid32);
}

uid_t geteuid(void)
{
	return (uid_t)bare(geteuid32);
}

gid_t getgid(void)
{
	return (gid_t)bare(getgid32);
}

gid_t getegid(void)
{
	return (gid_t)bare(getegid32);
}
