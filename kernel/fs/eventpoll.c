/* SPDX-License-Identifier: MIT */
/*
 * epoll: a set of watched files, a wake function on each one's wait queue, and a list of those that
 * may be ready. The set belongs to process context, which is not preempted and does not sleep while
 * it holds an item; the ready list is shared with the wake functions and guarded by masking
 * interrupts.
 */
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/pollcalls.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>
#include <uapi/epoll.h>
#include <uapi/stat.h>
#include "eventpoll_internal.h"

#define EP_PRIVATE_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EP_EXCLUSIVE_OK \
	(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)
#define EP_MAX_EVENTS	 (INT_MAX / (int)sizeof(struct epoll_event))
#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

static struct kmem_cache *item_cache;
/* Items in the whole system: a twenty-fifth of all memory (Linux's max_user_watches), and always a
 * fair number. */
static unsigned int nr_watches, nr_watches_max;
#define NR_WATCHES_MIN 4096u

/* item_poll - what holds of the watched file now, of what is asked for. */
static unsigned int item_poll(struct epitem *epi, struct poll_table *pt)
{
	struct file *f = epi->file;

	if (pt)
		pt->key = epi->events;
	return (f->f_op->poll ? f->f_op->poll(f, pt) : DEFAULT_POLLMASK) & epi->events;
}

/* ep_item_ready - what @epi asks for may hold now: put it on the ready list, and wake who waits.
 * Interrupts off. */
static bool ep_item_ready(struct epitem *epi)
{
	struct eventpoll *ep = epi->ep;
	bool woke = false;

	if (list_empty(&epi->ready))
		list_add_tail(&epi->ready, &ep->ready);
	if (waitqueue_active(&ep->wait)) {
		woke = true;
		__wake_up_locked(&ep->wait, 1, EPOLLIN);
	}
	if (waitqueue_active(&ep->poll_wait))
		__wake_up_locked(&ep->poll_wait, 0, EPOLLIN | EPOLLRDNORM);
	return woke || !(epi->events & EPOLLEXCLUSIVE);
}

/* ep_poll_callback - a watched file's queue was woken. Context: any, interrupts off. */
static bool ep_poll_callback(wait_queue_t *wait, unsigned int key)
{
	struct epitem *epi = ((struct ep_queue *)wait->private)->item;

	if (!(epi->events & ~EP_PRIVATE_BITS))
		return false; /* EPOLLONESHOT, delivered */
	if (key && !(key & epi->events))
		return false;
	return ep_item_ready(epi);
}

struct ep_poll_table {
	struct poll_table pt;
	struct epitem *epi;
	int error;
};

static void ep_queue_proc(struct file *f, wait_queue_head_t *q, struct poll_table *pt)
{
	struct ep_poll_table *ept = container_of(pt, struct ep_poll_table, pt);
	struct epitem *epi = ept->epi;
	struct ep_queue *eq = &epi->first;

	if (eq->head) { /* a file with more than one queue */
		eq = kzalloc(sizeof(*eq), GFP_KERNEL);
		if (!eq) {
			ept->error = -ENOMEM;
			return;
		}
		eq->next = epi->first.next;
		epi->first.next = eq;
	}
	eq->item = epi;
	eq->head = q;
	eq->wait.private = eq;
	eq->wait.func = ep_poll_callback;
	INIT_LIST_HEAD(&eq->wait.node);
	if (epi->events & EPOLLEXCLUSIVE)
		add_wait_queue_exclusive(q, &eq->wait);
	else
		add_wait_queue(q, &eq->wait);
}

static void leave_queues(struct epitem *epi)
{
	struct ep_queue *eq = epi->first.next, *next;

	if (epi->first.head)
		remove_wait_queue(epi->first.head, &epi->first.wait);
	for (; eq; eq = next) {
		next = eq->next;
		remove_wait_queue(eq->head, &eq->wait);
		kfree(eq);
	}
}

/* ep_mark_ready - ep_item_ready from process context. */
static void ep_mark_ready(struct epitem *epi)
{
	unsigned long flags;

	local_irq_save(flags);
	ep_item_ready(epi);
	local_irq_restore(flags);
}

static struct epitem *ep_find(struct eventpoll *ep, const struct file *f, int fd)
{
	struct rb_node *n = ep->items.node;

	while (n) {
		struct epitem *epi = rb_entry(n, struct epitem, node);

		if (f == epi->file && fd == epi->fd)
			return epi;
		n = f < epi->file || (f == epi->file && fd < epi->fd) ? n->left : n->right;
	}
	return NULL;
}

static void ep_link(struct eventpoll *ep, struct epitem *epi)
{
	struct rb_node **link = &ep->items.node, *parent = NULL;

	while (*link) {
		struct epitem *other = rb_entry(*link, struct epitem, node);

		parent = *link;
		link = epi->file < other->file || (epi->file == other->file && epi->fd < other->fd)
			       ? &parent->left
			       : &parent->right;
	}
	rb_link_node(&epi->node, parent, link);
	rb_insert_color(&epi->node, &ep->items);
	list_add_tail(&epi->file_link, &epi->file->f_ep_links);
}

static void ep_remove(struct epitem *epi)
{
	unsigned long flags;

	leave_queues(epi);
	local_irq_save(flags);
	if (!list_empty(&epi->ready))
		list_del_init(&epi->ready);
	local_irq_restore(flags);
	list_del(&epi->file_link);
	rb_erase(&epi->node, &epi->ep->items);
	epi->ep->nr_items--;
	nr_watches--;
	kmem_cache_free(item_cache, epi);
}

static int ep_insert(struct eventpoll *ep, struct file *f, int fd, const struct epoll_event *event)
{
	struct ep_poll_table ept = { .pt.qproc = ep_queue_proc };
	struct epitem *epi;
	unsigned int mask;
	int err;

	if (ep->nr_items >= EP_MAX_ITEMS || nr_watches >= nr_watches_max)
		return -ENOSPC;
	epi = kmem_cache_zalloc(item_cache, GFP_KERNEL);
	if (!epi)
		return -ENOMEM;
	epi->ep = ep;
	epi->file = f;
	epi->fd = fd;
	epi->events = event->events;
	epi->data = event->data;
	INIT_LIST_HEAD(&epi->ready);
	ep_link(ep, epi);
	ep->nr_items++;
	nr_watches++;
	err = ep_check_paths(ep, f);
	if (!err) {
		ept.epi = epi;
		mask = item_poll(epi, &ept.pt);
		err = ept.error;
	}
	if (err) {
		ep_remove(epi);
		return err;
	}
	if (mask)
		ep_mark_ready(epi);
	return 0;
}

static int ep_modify(struct epitem *epi, const struct epoll_event *event)
{
	if (epi->events & EPOLLEXCLUSIVE || event->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	epi->events =
		event->events; /* before the look at the file: a wake-up in between is not missed */
	epi->data = event->data;
	barrier();
	if (item_poll(epi, NULL))
		ep_mark_ready(epi);
	return 0;
}

void eventpoll_release(struct file *f)
{
	while (!list_empty(&f->f_ep_links))
		ep_remove(list_first_entry(&f->f_ep_links, struct epitem, file_link));
}

static int ep_release(struct inode *inode, struct file *f)
{
	struct eventpoll *ep = f->private_data;
	struct rb_node *n;

	while ((n = rb_first(&ep->items)))
		ep_remove(rb_entry(n, struct epitem, node));
	kfree(ep);
	return 0;
}

/* ep_file_poll - an epoll file in a poll: ready if an item is. Items that turn out not to be leave
 * the list. */
static unsigned int ep_file_poll(struct file *f, struct poll_table *pt)
{
	struct eventpoll *ep = f->private_data;
	unsigned long flags;

	poll_wait(f, &ep->poll_wait, pt);
	for (;;) {
		struct epitem *epi;

		local_irq_save(flags);
		epi = list_first_entry_or_null(&ep->ready, struct epitem, ready);
		if (epi)
			list_del_init(&epi->ready);
		local_irq_restore(flags);
		if (!epi)
			return 0;
		if (!item_poll(epi, NULL))
			continue;
		local_irq_save(flags);
		if (list_empty(&epi->ready))
			list_add(&epi->ready, &ep->ready);
		local_irq_restore(flags);
		return POLLIN | POLLRDNORM;
	}
}

static const struct file_operations eventpoll_ops = { .poll = ep_file_poll, .release = ep_release };

struct eventpoll *eventpoll_of(const struct file *f)
{
	return f->f_op == &eventpoll_ops ? f->private_data : NULL;
}

/* ep_deliver - hand one item that holds @mask to ring 3. 0 or -EFAULT. */
static int ep_deliver(struct epitem *epi, unsigned int mask, struct epoll_event __user *to)
{
	struct epoll_event event = { .events = mask, .data = epi->data };

	if (copy_to_user(to, &event, sizeof(event)))
		return -EFAULT;
	if (epi->events & EPOLLONESHOT)
		epi->events &= EP_PRIVATE_BITS;
	return 0;
}

/*
 * ep_send_events - go once through the ready list, which is not empty, as far as it reached at the
 * beginning. Level-triggered items that were delivered go to its tail: the next call looks at the
 * others first.
 */
static int ep_send_events(struct eventpoll *ep, struct epoll_event __user *events, int maxevents)
{
	const struct epitem *last;
	struct epitem *epi;
	unsigned int mask;
	int n = 0, err;

	local_irq_disable();
	last = list_entry(ep->ready.prev, struct epitem, ready);
	do {
		epi = list_first_entry(&ep->ready, struct epitem, ready);
		list_del_init(&epi->ready); /* from here a wake-up puts it back */
		local_irq_enable();
		mask = item_poll(epi, NULL);
		err = mask ? ep_deliver(epi, mask, events + n) : 0;
		local_irq_disable();
		if (mask && (err || !(epi->events & (EPOLLET | EPOLLONESHOT))) &&
		    list_empty(&epi->ready))
			list_add_tail(&epi->ready, &ep->ready);
		n += mask && !err;
	} while (!err && n < maxevents && epi != last);
	if (unlikely(waitqueue_active(&ep->wait)) && !list_empty(&ep->ready))
		/* more than this caller took: another may go on */
		__wake_up_locked(&ep->wait, 1, EPOLLIN);
	local_irq_enable();
	return n ? n : err;
}

/* ep_sleep - until something may be ready, a signal comes or the time @expires is over, which is
 * what it returns. */
static noinline bool ep_sleep(struct eventpoll *ep, ktime_t expires)
{
	DEFINE_WAIT(wait);
	bool late;

	local_irq_disable();
	if (!list_empty(&ep->ready)) {
		local_irq_enable();
		return false;
	}
	__add_wait_queue_exclusive(&ep->wait, &wait);
	__set_current_state(TASK_INTERRUPTIBLE);
	local_irq_enable();
	late = schedule_hrtimeout(expires) == 0;
	finish_wait(&ep->wait, &wait);
	return late;
}

static long ep_wait(struct eventpoll *ep, struct epoll_event __user *events, int maxevents,
		    ktime_t expires)
{
	bool late = expires == 0;
	long n;

	for (;;) {
		if (!list_empty(&ep->ready)) {
			n = ep_send_events(ep, events, maxevents);
			if (n)
				return n;
		}
		if (late)
			return 0;
		if (signal_pending(current))
			return -EINTR;
		late = ep_sleep(ep, expires);
	}
}

long do_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, ktime_t expires)
{
	struct fd f;
	struct eventpoll *ep;
	long ret;

	if (unlikely(maxevents <= 0 || maxevents > EP_MAX_EVENTS))
		return -EINVAL;
	f = fdget((unsigned int)epfd);
	if (unlikely(!f.file))
		return -EBADF;
	ep = eventpoll_of(f.file);
	ret = likely(ep) ? ep_wait(ep, events, maxevents, expires) : -EINVAL;
	fdput(f);
	return ret;
}

static long ep_ctl(struct eventpoll *ep, int op, struct file *target, int fd,
		   struct epoll_event *event)
{
	struct epitem *epi = ep_find(ep, target, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		if (epi)
			return -EEXIST;
		if (eventpoll_of(target) && ep_check_loop(ep, eventpoll_of(target)))
			return -ELOOP;
		event->events |= EPOLLERR | EPOLLHUP;
		return ep_insert(ep, target, fd, event);
	case EPOLL_CTL_DEL:
		if (!epi)
			return -ENOENT;
		ep_remove(epi);
		return 0;
	case EPOLL_CTL_MOD:
		if (!epi)
			return -ENOENT;
		event->events |= EPOLLERR | EPOLLHUP;
		return ep_modify(epi, event);
	default: return -EINVAL;
	}
}

long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event __user *uevent)
{
	struct epoll_event event = { 0 };
	struct file *f, *target;
	struct eventpoll *ep;
	long ret;

	if (op != EPOLL_CTL_DEL && copy_from_user(&event, uevent, sizeof(event)))
		return -EFAULT;
	f = fget((unsigned int)epfd);
	if (!f)
		return -EBADF;
	target = fget((unsigned int)fd);
	ret = -EBADF;
	if (!target)
		goto out;
	ep = eventpoll_of(f);
	if (!target->f_op->poll)
		ret = -EPERM; /* a regular file: always ready, nothing to wait for */
	else if (!ep || f == target)
		ret = -EINVAL;
	else if (op != EPOLL_CTL_DEL && (event.events & EPOLLEXCLUSIVE) &&
		 (op == EPOLL_CTL_MOD || eventpoll_of(target) || (event.events & ~EP_EXCLUSIVE_OK)))
		ret = -EINVAL;
	else
		ret = ep_ctl(ep, op, target, fd, &event);
	fput(target);
out:
	fput(f);
	return ret;
}

long sys_epoll_create1(int flags)
{
	struct eventpoll *ep;
	struct file *f;
	int fd;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	init_waitqueue_head(&ep->wait);
	init_waitqueue_head(&ep->poll_wait);
	INIT_LIST_HEAD(&ep->ready);
	f = alloc_anon_file(O_RDWR, &eventpoll_ops);
	if (IS_ERR(f)) {
		kfree(ep);
		return PTR_ERR(f);
	}
	f->private_data = ep;
	ep->file = f;
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd < 0)
		fput(f);
	else
		fd_install((unsigned int)fd, f);
	return fd;
}

long sys_epoll_create(int size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(0);
}

void eventpoll_init(void)
{
	struct mem_stat st;

	mem_stat_read(&st);
	nr_watches_max =
		(unsigned int)clamp_t(u64, st.total_pages * PAGE_SIZE / 25 / sizeof(struct epitem),
				      NR_WATCHES_MIN, INT_MAX);
	item_cache = kmem_cache_create("eventpoll_item", sizeof(struct epitem), 0,
				       SLAB_HWCACHE_ALIGN, NULL);
}
