/* SPDX-License-Identifier: MIT */
/* Sleeping locks and completions (kernel/core/wait.c). */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

#include <kernel/wait.h>

struct mutex {
	struct task *owner;
	wait_queue_head_t wait;
};
#define DEFINE_MUTEX(name) struct mutex name = { .wait = WAIT_QUEUE_HEAD_INIT((name).wait) }
void mutex_init(struct mutex *m);
/* mutex_lock - Context: process, may sleep; not recursive (warns). */
void mutex_lock(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
static inline bool mutex_is_locked(const struct mutex *m) { return m->owner != NULL; }

struct completion {
	unsigned int done;
	wait_queue_head_t wait;
};
void init_completion(struct completion *c);
void complete(struct completion *c);
void wait_for_completion(struct completion *c);

#endif
