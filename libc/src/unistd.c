/* SPDX-License-Identifier: MIT */
/* System calls on files and on the process. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "libc_internal.h"

ssize_t read(int fd, void *buf, size_t n)
{
	return sc(read, fd, buf, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return sc(write, fd, buf, n);
}

ssize_t readv(int fd, const struct iovec *iov, int n)
{
	return sc(readv, fd, iov, n);
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	return sc(writev, fd, iov, n);
}

int close(int fd)
{
	return (int)sc(close, fd);
}

int dup(int fd)
{
	return (int)sc(dup, fd);
}

int dup2(int from, int to)
{
	return (int)sc(dup2, from, to);
}

int dup3(int from, int to, int flags)
{
	return (int)sc(dup3, from, to, flags);
}

int pipe2(int fds[2], int flags)
{
	return (int)sc(pipe2, fds, flags);
}

int pipe(int fds[2])
{
	return pipe2(fds, 0);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return (int)sc(openat, dir, path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return (int)sc(open, path, flags | O_LARGEFILE, mode);
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int access(const char *path, int mode)
{
	return (int)sc(access, path, mode);
}

int unlink(const char *path)
{
	return (int)sc(unlink, path);
}

int ioctl(int fd, unsigned long req, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, req);
	arg = va_arg(ap, void *);
	va_end(ap);
	return (int)sc(ioctl, fd, req, arg);
}

int isatty(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0;
}

ssize_t getrandom(void *buf, size_t n, unsigned int flags)
{
	return sc(getrandom, buf, n, flags);
}

pid_t getpid(void)
{
	return (pid_t)bare(getpid);
}

pid_t getppid(void)
{
	return (pid_t)bare(getppid);
}

pid_t gettid(void)
{
	return (pid_t)bare(gettid);
}

int pause(void)
{
	return (int)sc(pause);
}

unsigned int alarm(unsigned int seconds)
{
	return (unsigned int)sc(alarm, seconds);
}

int uname(struct utsname *name)
{
	return (int)sc(uname, name);
}

int gethostname(char *name, size_t size)
{
	struct utsname un;

	if (uname(&un))
		return -1;
	if (strlcpy(name, un.nodename, size) < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int sethostname(const char *name, size_t len)
{
	return (int)sc(sethostname, name, len);
}

long syscall(long nr, ...)
{
	va_list ap;
	long a[6];
	int i;

	va_start(ap, nr);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return __ret(__syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]));
}
