/* SPDX-License-Identifier: MIT */
/* poll tables: how a file's poll operation tells select, poll and epoll which wait queues matter. */
#ifndef KERNEL_POLL_H
#define KERNEL_POLL_H

#include <kernel/fs.h>
#include <kernel/wait.h>
#include <uapi/poll.h>

struct poll_table {
	void (*qproc)(struct file *f, wait_queue_head_t *q, struct poll_table *pt);
	unsigned int key; /* the events asked for */
};

/* poll_wait - @q is woken when f's readiness may change; no-op for a NULL table or one without qproc. */
static inline void poll_wait(struct file *f, wait_queue_head_t *q, struct poll_table *pt)
{
	if (pt && pt->qproc && q)
		pt->qproc(f, q, pt);
}

/* eventpoll_release - f goes away: drop the epoll items that watch it. Context: process. */
void eventpoll_release(struct file *f);

#endif
