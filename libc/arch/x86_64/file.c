/* SPDX-License-Identifier: MIT */
/* Calls on files, memory and the process that x86-64 has in a form of its own. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc_internal.h"

off_t lseek(int fd, off_t offset, int whence)
{
	return sc(lseek, fd, offset, whence);
}

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	long arg;

	va_start(ap, cmd);
	arg = va_arg(ap, long);
	va_end(ap);
	return (int)sc(fcntl, fd, cmd, arg);
}

int fstat(int fd, struct stat *st)
{
	return (int)sc(fstat, fd, st);
}

int stat(const char *path, struct stat *st)
{
	return (int)sc(newfstatat, AT_FDCWD, path, st, 0);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return (void *)sc(mmap, addr, len, prot, flags, fd, offset);
}

int getrlimit(int which, struct rlimit *lim)
{
	return (int)sc(getrlimit, which, lim);
}

uid_t getuid(void)
{
	return (uid_t)bare(getuid);
}

uid_t geteuid(void)
{
	return (uid_t)bare(geteuid);
}

gid_t getgid(void)
{
	return (gid_t)bare(getgid);
}

gid_t getegid(void)
{
	return (gid_t)bare(getegid);
}
