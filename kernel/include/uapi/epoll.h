/* SPDX-License-Identifier: MIT */
/* epoll operations, events and flags. */
#ifndef UAPI_EPOLL_H
#define UAPI_EPOLL_H

#include <uapi/types.h>

#define EPOLL_CLOEXEC 02000000

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3

#define EPOLLIN	       0x00000001U
#define EPOLLPRI       0x00000002U
#define EPOLLOUT       0x00000004U
#define EPOLLERR       0x00000008U
#define EPOLLHUP       0x00000010U
#define EPOLLNVAL      0x00000020U
#define EPOLLRDNORM    0x00000040U
#define EPOLLRDBAND    0x00000080U
#define EPOLLWRNORM    0x00000100U
#define EPOLLWRBAND    0x00000200U
#define EPOLLMSG       0x00000400U
#define EPOLLRDHUP     0x00002000U
#define EPOLLEXCLUSIVE (1U << 28)
#define EPOLLWAKEUP    (1U << 29)
#define EPOLLONESHOT   (1U << 30)
#define EPOLLET	       (1U << 31)

/* Packed on both targets, so that one layout serves i386 and x86-64. */
struct epoll_event {
	__u32 events;
	__u64 data;
} __attribute__((packed));

_Static_assert(sizeof(struct epoll_event) == 12, "struct epoll_event");

#endif
