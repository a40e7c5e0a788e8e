/* SPDX-License-Identifier: MIT */
/* epoll. */
#ifndef LIBC_SYS_EPOLL_H
#define LIBC_SYS_EPOLL_H

#include <signal.h>

/* The ABI's struct carries 64 bits of data; C programs know them as this union. */
#define epoll_event __kernel_epoll_event
#include <uapi/epoll.h>
#undef epoll_event

typedef union epoll_data {
	void *ptr;
	int fd;
	uint32_t u32;
	uint64_t u64;
} epoll_data_t;

struct epoll_event {
	uint32_t events;
	epoll_data_t data;
} __attribute__((packed));

_Static_assert(sizeof(struct epoll_event) == sizeof(struct __kernel_epoll_event), "epoll_event");

int epoll_create(int size);
int epoll_create1(int flags);
int epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int epoll_wait(int epfd, struct epoll_event *evs, int max, int timeout_ms);
int epoll_pwait(int epfd, struct epoll_event *evs, int max, int timeout_ms, const sigset_t *mask);

#endif
