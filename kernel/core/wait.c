/* SPDX-License-Identifier: MIT */
/* Wait queues, and the mutex and the completion made of them. Book sections 14.4, 5.2. */
#include <kernel/irqflags.h>
#include <kernel/mutex.h>
#include <kernel/wait.h>

bool default_wake_function(wait_queue_t *wait, unsigned int key)
{
	return __wake_up_process(wait->task);
}

bool autoremove_wake_function(wait_queue_t *wait, unsigned int key)
{
	bool woke = __wake_up_process(wait->task);

	if (woke)
		list_del_init(&wait->node);
	return woke;
}

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *w)
{
	unsigned long flags;

	local_irq_save(flags);
	w->flags &= ~(unsigned int)WQ_FLAG_EXCLUSIVE;
	list_add(&w->node, &q->head);
	local_irq_restore(flags);
}

void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *w)
{
	unsigned long flags;

	local_irq_save(flags);
	__add_wait_queue_exclusive(q, w);
	local_irq_restore(flags);
}

void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *w)
{
	unsigned long flags;

	local_irq_save(flags);
	list_del_init(&w->node);
	local_irq_restore(flags);
}

void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *w, int state)
{
	unsigned long flags;

	local_irq_save(flags);
	w->flags &= ~(unsigned int)WQ_FLAG_EXCLUSIVE;
	if (list_empty(&w->node))
		list_add(&w->node, &q->head);
	set_current_state(state);
	local_irq_restore(flags);
}

void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *w, int state)
{
	unsigned long flags;

	local_irq_save(flags);
	w->flags |= WQ_FLAG_EXCLUSIVE;
	if (list_empty(&w->node))
		list_add_tail(&w->node, &q->head);
	set_current_state(state);
	local_irq_restore(flags);
}

void finish_wait(wait_queue_head_t *q, wait_queue_t *w)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	if (list_empty(&w->node))
		return;
	local_irq_save(flags);
	list_del_init(&w->node);
	local_irq_restore(flags);
}

/* wake_several - those that wait, until enough are woken that were to be woken alone. Interrupts off. */
static noinline void wake_several(wait_queue_head_t *q, int nr_exclusive, unsigned int key)
{
	wait_queue_t *w, *next;

	list_for_each_entry_safe(w, next, &q->head, node) {
		bool exclusive = w->flags & WQ_FLAG_EXCLUSIVE;

		if (w->func(w, key) && exclusive && !--nr_exclusive)
			break;
	}
}

void __wake_up_locked(wait_queue_head_t *q, int nr_exclusive, unsigned int key)
{
	wait_queue_t *w = list_first_entry(&q->head, wait_queue_t, node);

	if (likely(w->node.next == &q->head)) /* alone: nobody is to be counted */
		w->func(w, key);
	else
		wake_several(q, nr_exclusive, key);
}

void __wake_up(wait_queue_head_t *q, int nr_exclusive, unsigned int key)
{
	unsigned long flags;

	if (!waitqueue_active(q))
		return;
	local_irq_save(flags);
	__wake_up_locked(q, nr_exclusive, key);
	local_irq_restore(flags);
}

void mutex_init(struct mutex *m)
{
	m->owner = NULL;
	init_waitqueue_head(&m->wait);
}

bool mutex_trylock(struct mutex *m)
{
	if (m->owner)
		return false;
	m->owner = current; /* only tasks come here, and the kernel does not preempt them */
	return true;
}

void mutex_lock(struct mutex *m)
{
	DEFINE_WAIT(wait);

	might_sleep();
	if (WARN_ON(m->owner == current))
		return;
	while (!mutex_trylock(m)) {
		prepare_to_wait_exclusive(&m->wait, &wait, TASK_UNINTERRUPTIBLE);
		if (m->owner)
			schedule();
		finish_wait(&m->wait, &wait);
	}
}

void mutex_unlock(struct mutex *m)
{
	WARN_ON(m->owner != current);
	m->owner = NULL;
	wake_up(&m->wait);
}

void init_completion(struct completion *c)
{
	c->done = 0;
	init_waitqueue_head(&c->wait);
}

void complete(struct completion *c)
{
	unsigned long flags;

	local_irq_save(flags);
	c->done++;
	wake_up(&c->wait);
	local_irq_restore(flags);
}

void wait_for_completion(struct completion *c)
{
	unsigned long flags;

	wait_event(c->wait, READ_ONCE(c->done));
	local_irq_save(flags);
	c->done--;
	local_irq_restore(flags);
}
