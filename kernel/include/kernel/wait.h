/* SPDX-License-Identifier: MIT */
/* Wait queues: sleeping without lost wake-ups. Book section 14.4. */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include <kernel/sched.h>
#include <kernel/spinlock.h>

typedef struct wait_queue_entry wait_queue_t;
/* The wake function: returns true if it woke somebody (counts for exclusive wake-ups). Context: any, interrupts off. */
typedef bool (*wait_queue_func_t)(wait_queue_t *wait, unsigned int key);

#define WQ_FLAG_EXCLUSIVE 1

struct wait_queue_entry {
	struct list_head node;
	unsigned int flags;
	struct task *task;
	wait_queue_func_t func;
	void *private;
};

typedef struct wait_queue_head {
	struct list_head head;
} wait_queue_head_t;

#define WAIT_QUEUE_HEAD_INIT(name) { .head = LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = WAIT_QUEUE_HEAD_INIT(name)
static inline void init_waitqueue_head(wait_queue_head_t *q) { INIT_LIST_HEAD(&q->head); }
static inline bool waitqueue_active(const wait_queue_head_t *q) { return !list_empty(&q->head); }

bool default_wake_function(wait_queue_t *wait, unsigned int key);
bool autoremove_wake_function(wait_queue_t *wait, unsigned int key);

#define DEFINE_WAIT(name)                                                                           \
	wait_queue_t name = { .node = LIST_HEAD_INIT((name).node), .task = current, .func = autoremove_wake_function }

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *w);
void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *w);
/* __add_wait_queue_exclusive - behind those that every event wakes. Context: interrupts off. */
static inline void __add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *w)
{
	w->flags |= WQ_FLAG_EXCLUSIVE;
	list_add_tail(&w->node, &q->head);
}
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *w);
/* prepare_to_wait - enqueue if not yet, and set the task's state: what is checked after it cannot be missed. */
void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *w, int state);
void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *w, int state);
void finish_wait(wait_queue_head_t *q, wait_queue_t *w);

/* wake_up_key - wake all non-exclusive waiters and one exclusive (nr == 0: all). @key: poll bits. Context: any. */
void __wake_up(wait_queue_head_t *q, int nr_exclusive, unsigned int key);
/* __wake_up_locked - the same where somebody waits (waitqueue_active). Context: interrupts off. */
void __wake_up_locked(wait_queue_head_t *q, int nr_exclusive, unsigned int key);
#define wake_up(q) __wake_up(q, 1, 0)
#define wake_up_all(q) __wake_up(q, 0, 0)
#define wake_up_interruptible(q) __wake_up(q, 1, 0)
#define wake_up_interruptible_all(q) __wake_up(q, 0, 0)
#define wake_up_interruptible_poll(q, m) __wake_up(q, 1, m)

#define __wait_event_loop(q, cond, state, sleep, onsig)      \
	({                                                   \
		long _wret = 0;                              \
		DEFINE_WAIT(_wait);                          \
		for (;;) {                                   \
			prepare_to_wait(&(q), &_wait, state); \
			if (cond)                            \
				break;                       \
			if ((state) == TASK_INTERRUPTIBLE && signal_pending(current)) { \
				_wret = (onsig);             \
				break;                       \
			}                                    \
			sleep;                               \
		}                                            \
		finish_wait(&(q), &_wait);                   \
		_wret;                                       \
	})
#define wait_event(q, cond) ((void)__wait_event_loop(q, cond, TASK_UNINTERRUPTIBLE, schedule(), 0))
#define wait_event_interruptible(q, cond) \
	((int)__wait_event_loop(q, cond, TASK_INTERRUPTIBLE, schedule(), -ERESTARTSYS))
/* wait_event_interruptible_timeout - jiffies left (at least 1) if cond came true, 0 on time-out, -ERESTARTSYS. */
#define wait_event_interruptible_timeout(q, cond, timeout)                                           \
	({                                                                                           \
		long _left = (timeout);                                                              \
		long _r = __wait_event_loop(q, ({ bool _c = (cond); if (_c && !_left) _left = 1; _c || !_left; }), \
					    TASK_INTERRUPTIBLE, _left = schedule_timeout(_left), -ERESTARTSYS); \
		_r ? _r : _left;                                                                     \
	})

#endif
