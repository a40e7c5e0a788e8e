/* SPDX-License-Identifier: MIT */
/* select(). */
#ifndef LIBC_SYS_SELECT_H
#define LIBC_SYS_SELECT_H

#include <signal.h>
#include <sys/time.h>
#include <uapi/poll.h>

#define FD_SETSIZE __FD_SETSIZE

typedef __kernel_fd_set fd_set;

#define __FD_WORD(fd)	  ((fd) / (8 * (int)sizeof(long)))
#define __FD_BIT(fd)	  (1UL << ((fd) % (8 * (int)sizeof(long))))
#define FD_ZERO(set)	  __builtin_memset((set), 0, sizeof(fd_set))
#define FD_SET(fd, set)	  ((void)((set)->fds_bits[__FD_WORD(fd)] |= __FD_BIT(fd)))
#define FD_CLR(fd, set)	  ((void)((set)->fds_bits[__FD_WORD(fd)] &= ~__FD_BIT(fd)))
#define FD_ISSET(fd, set) (((set)->fds_bits[__FD_WORD(fd)] & __FD_BIT(fd)) != 0)

int select(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict ex,
	   struct timeval *restrict timeout);
int pselect(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict ex,
	    const struct timespec *restrict timeout, const sigset_t *restrict mask);

#endif
