/* SPDX-License-Identifier: MIT */
/* poll() events and its descriptor; select() sets. */
#ifndef UAPI_POLL_H
#define UAPI_POLL_H

#include <uapi/types.h>

#define POLLIN	   0x0001
#define POLLPRI	   0x0002
#define POLLOUT	   0x0004
#define POLLERR	   0x0008
#define POLLHUP	   0x0010
#define POLLNVAL   0x0020
#define POLLRDNORM 0x0040
#define POLLRDBAND 0x0080
#define POLLWRNORM 0x0100
#define POLLWRBAND 0x0200
#define POLLMSG	   0x0400
#define POLLREMOVE 0x1000
#define POLLRDHUP  0x2000

struct pollfd {
	int fd;
	short events;
	short revents;
};

/* The bits of select(): an array of words of the program's width. */
#define __FD_SETSIZE 1024

typedef struct {
	__kernel_ulong_t fds_bits[__FD_SETSIZE / (8 * sizeof(__kernel_ulong_t))];
} __kernel_fd_set;

_Static_assert(sizeof(struct pollfd) == 8, "struct pollfd");
_Static_assert(sizeof(__kernel_fd_set) == 128, "fd_set");

#endif
