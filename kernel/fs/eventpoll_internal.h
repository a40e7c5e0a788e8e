/* SPDX-License-Identifier: MIT */
/* epoll's structures, for the waiting (eventpoll.c) and for the limits of nesting
 * (eventpoll_nest.c). */
#ifndef EVENTPOLL_INTERNAL_H
#define EVENTPOLL_INTERNAL_H

#include <kernel/poll.h>
#include <kernel/rbtree.h>
#include "fs_internal.h"

#define EP_MAX_NESTS 4	    /* epoll files watched through one another (Linux's EP_MAX_NESTS) */
#define EP_MAX_ITEMS 131072 /* watched by one epoll file: twice what a descriptor table holds */

struct epitem;

/* The wait queue of a watched file that an item stands in. */
struct ep_queue {
	wait_queue_t wait;	 /* private: this */
	wait_queue_head_t *head; /* NULL: none yet */
	struct epitem *item;
	struct ep_queue *next;
};

struct epitem {
	struct list_head ready; /* [i] in ep->ready, or of itself */
	u32 events;
	int fd;
	u64 data;
	struct file *file; /* no reference: the file's last fput removes the item */
	struct eventpoll *ep;
	struct rb_node node;	    /* in ep->items, by file and number */
	struct list_head file_link; /* in file->f_ep_links */
	struct ep_queue first;
};

struct eventpoll {
	struct list_head ready;	     /* [i] items that may be ready */
	wait_queue_head_t wait;	     /* tasks in epoll_wait */
	wait_queue_head_t poll_wait; /* who polls this epoll file */
	struct rb_root items;
	unsigned int nr_items;
	struct file *file;
	u32 visit; /* mark and depth of the last walk through nested epolls */
	int depth;
};

/* eventpoll_of - the epoll behind a file, or NULL. */
struct eventpoll *eventpoll_of(const struct file *f);
/* ep_check_loop - would @ep watching @target close a ring, or nest too deep? */
bool ep_check_loop(struct eventpoll *ep, struct eventpoll *target);
/* ep_check_paths - @ep has begun to watch @f: -EINVAL where a wake-up of it, or of what it watches,
 * would fan out over too many nested epolls. */
int ep_check_paths(struct eventpoll *ep, struct file *f);

#endif
