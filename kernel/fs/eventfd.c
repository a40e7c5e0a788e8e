/* SPDX-License-Identifier: MIT */
/* eventfd and timerfd: a counter, and a clock, that can be waited for like any file. */
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>
#include <kernel/timecalls.h>
#include <kernel/timer.h>
#include "fs_internal.h"

#define EFD_SEMAPHORE		1
#define TFD_TIMER_CANCEL_ON_SET 2

struct eventfd {
	u64 count; /* at most ~0 - 1 */
	bool semaphore;
	wait_queue_head_t wait;
};

/* new_fd - install @f, or drop it. */
static long new_fd(struct file *f, void *private, int flags)
{
	int fd;

	if (IS_ERR(f)) {
		kfree(private);
		return PTR_ERR(f);
	}
	f->private_data = private;
	fd = get_unused_fd_flags((unsigned int)flags);
	if (fd < 0)
		fput(f);
	else
		fd_install((unsigned int)fd, f);
	return fd;
}

static ssize_t eventfd_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	struct eventfd *e = f->private_data;
	u64 value;

	if (iov_iter_count(to) < sizeof(value))
		return -EINVAL;
	if (!e->count && (f->f_flags & O_NONBLOCK))
		return -EAGAIN;
	if (!e->count && wait_event_interruptible(e->wait, e->count))
		return -ERESTARTSYS;
	value = e->semaphore ? 1 : e->count;
	if (copy_to_iter(&value, sizeof(value), to) != sizeof(value))
		return -EFAULT;
	e->count -= value;
	__wake_up(&e->wait, 1, POLLOUT);
	return sizeof(value);
}

static ssize_t eventfd_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	struct eventfd *e = f->private_data;
	u64 value;

	if (iov_iter_count(from) < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), from) != sizeof(value))
		return -EFAULT;
	if (value == ~0ull)
		return -EINVAL;
	if (~0ull - e->count <= value) {
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(e->wait, ~0ull - e->count > value))
			return -ERESTARTSYS;
	}
	e->count += value;
	__wake_up(&e->wait, 1, POLLIN);
	return sizeof(value);
}

static unsigned int eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private_data;

	poll_wait(f, &e->wait, pt);
	return (e->count ? POLLIN : 0) | (e->count < ~0ull - 1 ? POLLOUT : 0);
}

static int eventfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private_data);
	return 0;
}

static const struct file_operations eventfd_ops = {
	.read_iter = eventfd_read,
	.write_iter = eventfd_write,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

long sys_eventfd2(unsigned int count, int flags)
{
	struct eventfd *e;

	if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	e->count = count;
	e->semaphore = flags & EFD_SEMAPHORE;
	init_waitqueue_head(&e->wait);
	return new_fd(alloc_anon_file(O_RDWR | (flags & O_NONBLOCK), &eventfd_ops), e, flags);
}

long sys_eventfd(unsigned int count)
{
	return sys_eventfd2(count, 0);
}

struct timerfd {
	struct hrtimer timer;
	int clock;
	u64 interval_ns;
	u64 ticks; /* expiries not yet read */
	wait_queue_head_t wait;
};

static void timerfd_fires(struct hrtimer *timer)
{
	struct timerfd *t = container_of(timer, struct timerfd, timer);

	t->ticks++;
	if (t->interval_ns)
		t->ticks += timer_periodic(timer, t->interval_ns);
	__wake_up(&t->wait, 1, POLLIN);
}

static ssize_t timerfd_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	struct timerfd *t = f->private_data;
	unsigned long flags;
	u64 ticks;

	if (iov_iter_count(to) < sizeof(ticks))
		return -EINVAL;
	if (!t->ticks && (f->f_flags & O_NONBLOCK))
		return -EAGAIN;
	if (!t->ticks && wait_event_interruptible(t->wait, t->ticks))
		return -ERESTARTSYS;
	local_irq_save(flags);
	ticks = t->ticks;
	t->ticks = 0;
	local_irq_restore(flags);
	return copy_to_iter(&ticks, sizeof(ticks), to) == sizeof(ticks) ? (ssize_t)sizeof(ticks)
									: -EFAULT;
}

static unsigned int timerfd_poll(struct file *f, struct poll_table *pt)
{
	struct timerfd *t = f->private_data;

	poll_wait(f, &t->wait, pt);
	return t->ticks ? POLLIN : 0;
}

static int timerfd_release(struct inode *inode, struct file *f)
{
	struct timerfd *t = f->private_data;

	hrtimer_cancel(&t->timer);
	kfree(t);
	return 0;
}

static const struct file_operations timerfd_ops = {
	.read_iter = timerfd_read,
	.poll = timerfd_poll,
	.release = timerfd_release,
};

long sys_timerfd_create(int clock, int flags)
{
	struct timerfd *t;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK) ||
	    (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME))
		return -EINVAL;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->clock = clock;
	hrtimer_init(&t->timer, timerfd_fires);
	init_waitqueue_head(&t->wait);
	return new_fd(alloc_anon_file(O_RDWR | (flags & O_NONBLOCK), &timerfd_ops), t, flags);
}

static void timerfd_left(struct timerfd *t, u64 *value_ns, u64 *interval_ns)
{
	ktime_t left = hrtimer_active(&t->timer) ? t->timer.expires - ktime_get() : 0;

	*value_ns = hrtimer_active(&t->timer) ? (u64)max_t(ktime_t, left, 1) : 0;
	*interval_ns = t->interval_ns;
}

static long timerfd_of(unsigned int fd, struct fd *f)
{
	*f = fdget(fd);
	if (!f->file)
		return -EBADF;
	if (f->file->f_op == &timerfd_ops)
		return 0;
	fdput(*f);
	return -EINVAL;
}

long do_timerfd_settime(unsigned int fd, int flags, u64 value_ns, u64 interval_ns,
			u64 *old_value_ns, u64 *old_interval_ns)
{
	struct timerfd *t;
	struct fd f;
	long err;

	if (flags & ~(TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		return -EINVAL;
	err = timerfd_of(fd, &f);
	if (err)
		return err;
	t = f.file->private_data;
	timerfd_left(t, old_value_ns, old_interval_ns);
	hrtimer_cancel(&t->timer);
	t->ticks = 0;
	t->interval_ns = interval_ns;
	if (value_ns)
		hrtimer_start(&t->timer, flags & TIMER_ABSTIME ? clock_to_ktime(t->clock, value_ns)
							       : expires_after(value_ns));
	fdput(f);
	return 0;
}

long do_timerfd_gettime(unsigned int fd, u64 *value_ns, u64 *interval_ns)
{
	struct fd f;
	long err = timerfd_of(fd, &f);

	if (err)
		return err;
	timerfd_left(f.file->private_data, value_ns, interval_ns);
	fdput(f);
	return 0;
}
