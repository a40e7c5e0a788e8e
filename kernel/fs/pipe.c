/* SPDX-License-Identifier: MIT */
/* Pipes: a ring of bytes on pages that are there only while they hold some. Book section 5.3.3. */
#include <kernel/file.h>
#include <kernel/mm.h>
#include <kernel/poll.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>
#include <uapi/ioctl.h>
#include <uapi/stat.h>
#include "fs_internal.h"

#define PIPE_PAGES 16u
#define PIPE_SIZE  (PIPE_PAGES * (u32)PAGE_SIZE)
#define PIPE_BUF   4096u /* writes of up to this many bytes are not torn (POSIX) */

struct pipe {
	struct inode inode; /* both ends' */
	u32 head, tail;	    /* bytes written and read so far; their difference is what waits */
	unsigned int readers, writers;
	wait_queue_head_t wait; /* of both directions */
	struct fasync_struct *async_readers, *async_writers;
	struct page *pages[PIPE_PAGES];
};

static struct kmem_cache *pipe_cache;

static struct pipe *pipe_of(struct file *f)
{
	return container_of(f->f_inode, struct pipe, inode);
}

static u32 filled(const struct pipe *p)
{
	return p->head - p->tail;
}

/* take - move up to iov_iter_count() waiting bytes to the reader. */
static ssize_t take(struct pipe *p, struct iov_iter *to)
{
	ssize_t done = 0;

	while (iov_iter_count(to) && filled(p)) {
		u32 i = p->tail / PAGE_SIZE % PIPE_PAGES, off = p->tail % PAGE_SIZE;
		size_t n =
			min_t(size_t, min_t(u32, filled(p), PAGE_SIZE - off), iov_iter_count(to));
		size_t copied = copy_to_iter((char *)page_address(p->pages[i]) + off, n, to);

		p->tail += (u32)copied;
		done += (ssize_t)copied;
		/* a page that was left may already hold the newest bytes again */
		if (!filled(p) ||
		    (p->tail % PAGE_SIZE == 0 && filled(p) <= PIPE_SIZE - PAGE_SIZE)) {
			put_page(p->pages[i]);
			p->pages[i] = NULL;
			if (!filled(p))
				p->head = p->tail = 0;
		}
		if (copied < n)
			return done ? done : -EFAULT;
	}
	return done;
}

/* give - move bytes of the writer in while there is room. */
static ssize_t give(struct pipe *p, struct iov_iter *from)
{
	ssize_t done = 0;

	while (iov_iter_count(from) && filled(p) < PIPE_SIZE) {
		u32 i = p->head / PAGE_SIZE % PIPE_PAGES, off = p->head % PAGE_SIZE;
		size_t n = min_t(size_t, min_t(u32, PIPE_SIZE - filled(p), PAGE_SIZE - off),
				 iov_iter_count(from)),
		       copied;
		bool fresh = !p->pages[i];

		if (fresh)
			p->pages[i] = memory_for_ring3() ? alloc_page(GFP_KERNEL) : NULL;
		if (!p->pages[i])
			return done ? done : -ENOMEM;
		copied = copy_from_iter((char *)page_address(p->pages[i]) + off, n, from);
		if (!copied && fresh) {
			put_page(p->pages[i]);
			p->pages[i] = NULL;
		}
		p->head += (u32)copied;
		done += (ssize_t)copied;
		if (copied < n)
			return done ? done : -EFAULT;
	}
	return done;
}

/* Who waits, and who is to hear of it, learns that there are bytes, or room for them. */
static void tell_readers(struct pipe *p)
{
	wake_up_interruptible_poll(&p->wait, POLLIN | POLLRDNORM);
	if (unlikely(p->async_readers))
		kill_fasync(p->async_readers, SIGIO, POLL_IN);
}

static void tell_writers(struct pipe *p)
{
	wake_up_interruptible_poll(&p->wait, POLLOUT | POLLWRNORM);
	if (unlikely(p->async_writers))
		kill_fasync(p->async_writers, SIGIO, POLL_OUT);
}

static ssize_t pipe_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	struct pipe *p = pipe_of(f);
	ssize_t n;

	if (!iov_iter_count(to))
		return 0;
	while (!filled(p)) {
		if (!p->writers)
			return 0;
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(p->wait, filled(p) || !p->writers))
			return -ERESTARTSYS;
	}
	n = take(p, to);
	tell_writers(p);
	return n;
}

static ssize_t pipe_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	struct pipe *p = pipe_of(f);
	ssize_t done = 0, n;

	while (iov_iter_count(from)) {
		/* a short write waits until it fits in one piece */
		u32 need = done || iov_iter_count(from) > PIPE_BUF ? 1 : (u32)iov_iter_count(from);

		if (!p->readers) {
			send_sig(SIGPIPE, current);
			return done ? done : -EPIPE;
		}
		if (PIPE_SIZE - filled(p) >= need) {
			n = give(p, from);
			if (n < 0)
				return done ? done : n;
			done += n;
			tell_readers(p);
			continue;
		}
		if (f->f_flags & O_NONBLOCK)
			return done ? done : -EAGAIN;
		if (wait_event_interruptible(p->wait, PIPE_SIZE - filled(p) >= need || !p->readers))
			return done ? done : -ERESTARTSYS;
	}
	return done;
}

static unsigned int pipe_poll(struct file *f, struct poll_table *pt)
{
	struct pipe *p = pipe_of(f);
	unsigned int mask = 0;

	poll_wait(f, &p->wait, pt);
	if (f->f_mode & FMODE_READ) {
		if (filled(p))
			mask |= POLLIN | POLLRDNORM;
		if (!p->writers)
			mask |= POLLHUP;
	}
	if (f->f_mode & FMODE_WRITE) {
		if (PIPE_SIZE - filled(p) >= PIPE_BUF)
			mask |= POLLOUT | POLLWRNORM;
		if (!p->readers)
			mask |= POLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *f, unsigned int cmd, unsigned long arg, bool compat)
{
	if (cmd != FIONREAD)
		return -ENOTTY;
	return put_user((int)filled(pipe_of(f)), (int __user *)arg);
}

static int pipe_fasync(int fd, struct file *f, bool on)
{
	struct pipe *p = pipe_of(f);

	return fasync_helper(fd, f, on,
			     f->f_mode & FMODE_READ ? &p->async_readers : &p->async_writers);
}

static int pipe_release(struct inode *inode, struct file *f)
{
	struct pipe *p = pipe_of(f);

	if (f->f_mode & FMODE_READ)
		p->readers--;
	if (f->f_mode & FMODE_WRITE)
		p->writers--;
	__wake_up(&p->wait, 0, POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM | POLLERR | POLLHUP);
	if (!p->readers != !p->writers) { /* the other end is alone now */
		kill_fasync(p->async_readers, SIGIO, POLL_IN);
		kill_fasync(p->async_writers, SIGIO, POLL_OUT);
	}
	return 0;
}

static void pipe_evict(struct inode *inode)
{
	struct pipe *p = container_of(inode, struct pipe, inode);
	unsigned int i;

	for (i = 0; i < PIPE_PAGES; i++)
		if (p->pages[i])
			put_page(p->pages[i]);
	kmem_cache_free(pipe_cache, p);
}

static const struct inode_operations pipe_inode_ops = { .evict = pipe_evict };
static const struct file_operations pipe_ops = {
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.fasync = pipe_fasync,
	.release = pipe_release,
};

long pipe_size(struct file *f)
{
	return f->f_op == &pipe_ops ? (long)PIPE_SIZE : -EBADF;
}

static struct file *pipe_end(struct pipe *p, unsigned int flags)
{
	struct file *f = alloc_file(&p->inode, flags, &pipe_ops);

	if (!IS_ERR(f)) {
		atomic_inc(&p->inode.i_count);
		if (f->f_mode & FMODE_READ)
			p->readers++;
		else
			p->writers++;
	}
	return f;
}

static int pipe_files(struct file *f[2], unsigned int flags)
{
	struct pipe *p = kmem_cache_zalloc(pipe_cache, GFP_KERNEL);
	int err = 0;

	if (!p)
		return -ENOMEM;
	init_waitqueue_head(&p->wait);
	p->inode.i_ino = get_next_ino();
	p->inode.i_mode = S_IFIFO | 0600;
	p->inode.i_op = &pipe_inode_ops;
	atomic_set(&p->inode.i_count, 1);
	f[0] = pipe_end(p, O_RDONLY | flags);
	f[1] = pipe_end(p, O_WRONLY | flags);
	if (IS_ERR(f[0]) || IS_ERR(f[1])) {
		err = IS_ERR(f[0]) ? (int)PTR_ERR(f[0]) : (int)PTR_ERR(f[1]);
		if (!IS_ERR(f[0]))
			fput(f[0]);
		if (!IS_ERR(f[1]))
			fput(f[1]);
	}
	iput(&p->inode);
	return err;
}

long sys_pipe2(int __user *ufd, int flags)
{
	struct file *f[2];
	int fd[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = pipe_files(f, (unsigned int)flags & ~(unsigned int)O_DIRECT);
	if (err)
		return err;
	fd[0] = get_unused_fd_flags((unsigned int)flags);
	fd[1] = fd[0] < 0 ? fd[0] : get_unused_fd_flags((unsigned int)flags);
	err = fd[1] < 0 ? fd[1] : copy_to_user(ufd, fd, sizeof(fd)) ? -EFAULT : 0;
	if (!err) {
		fd_install((unsigned int)fd[0], f[0]);
		fd_install((unsigned int)fd[1], f[1]);
		return 0;
	}
	if (fd[0] >= 0)
		put_unused_fd((unsigned int)fd[0]);
	if (fd[1] >= 0)
		put_unused_fd((unsigned int)fd[1]);
	fput(f[0]);
	fput(f[1]);
	return err;
}

long sys_pipe(int __user *ufd)
{
	return sys_pipe2(ufd, 0);
}

void pipe_init(void)
{
	pipe_cache = kmem_cache_create("pipe", sizeof(struct pipe), 0, 0, NULL);
}
