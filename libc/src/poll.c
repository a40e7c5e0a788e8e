/* SPDX-License-Identifier: MIT */
/* Waiting for descriptors: poll, select, epoll. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "libc_internal.h"

int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	return (int)sc(poll, fds, n, timeout_ms);
}

/* The kernel writes the time left into its argument, which callers do not expect: a copy. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return (int)sc(ppoll, fds, n, timeout ? &copy : NULL, mask, KERNEL_SIGSET_SIZE);
}

int select(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict ex,
	   struct timeval *restrict timeout)
{
	return (int)sc(_newselect, n, in, out, ex, timeout);
}

int pselect(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict ex,
	    const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
	unsigned long pack[2] = { (unsigned long)mask, KERNEL_SIGSET_SIZE };
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return (int)sc(pselect6, n, in, out, ex, timeout ? &copy : NULL, pack);
}

int epoll_create1(int flags)
{
	return (int)sc(epoll_create1, flags);
}

int epoll_create(int size)
{
	return (int)sc(epoll_create, size);
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	return (int)sc(epoll_ctl, epfd, op, fd, ev);
}

int epoll_wait(int epfd, struct epoll_event *evs, int max, int timeout_ms)
{
	return (int)sc(epoll_wait, epfd, evs, max, timeout_ms);
}

int epoll_pwait(int epfd, struct epoll_event *evs, int max, int timeout_ms, const sigset_t *mask)
{
	return (int)sc(epoll_pwait, epfd, evs, max, timeout_ms, mask, KERNEL_SIGSET_SIZE);
}
