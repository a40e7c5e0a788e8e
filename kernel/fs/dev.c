/* SPDX-License-Identifier: MIT */
/* /dev: null, zero, full, random, urandom, console and tty, under Linux's numbers. */
#include <kernel/console.h>
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/ioctl.h>
#include "fs_internal.h"

#define MKDEV(major, minor) ((major) << 8 | (minor))
#define CHUNK		    256 /* bytes copied at a time through the kernel stack */

static ssize_t null_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	return 0;
}

static ssize_t null_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	size_t n = iov_iter_count(from);

	iov_iter_advance(from, n);
	return (ssize_t)n;
}

static loff_t null_llseek(struct file *f, loff_t off, int whence)
{
	return f->f_pos = 0;
}

/* generate - fill @to from @make, with breaks for others and for signals. */
static ssize_t generate(struct iov_iter *to, void (*make)(void *buf, size_t n))
{
	char buf[CHUNK];
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		size_t n = min(sizeof(buf), iov_iter_count(to)), copied;

		make(buf, n);
		copied = copy_to_iter(buf, n, to);
		done += (ssize_t)copied;
		if (copied < n)
			return done ? done : -EFAULT;
		if (!(done & 0xffff)) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	}
	return done;
}

static void make_zeros(void *buf, size_t n)
{
	memset(buf, 0, n);
}

static ssize_t zero_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	return generate(to, make_zeros);
}

static ssize_t full_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	return -ENOSPC;
}

static ssize_t random_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	return generate(to, get_random_bytes);
}

static ssize_t random_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	char buf[CHUNK];
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t n = min(sizeof(buf), iov_iter_count(from)),
		       copied = copy_from_iter(buf, n, from);

		add_randomness(buf, copied);
		done += (ssize_t)copied;
		if (copied < n)
			return done ? done : -EFAULT;
		if (!(done & 0xffff))
			cond_resched();
	}
	return done;
}

static ssize_t tty_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	char buf[CHUNK];
	ssize_t n;

	if (!iov_iter_count(to))
		return 0;
	n = console_tty_read(buf, min(sizeof(buf), iov_iter_count(to)), f->f_flags & O_NONBLOCK);
	if (n <= 0)
		return n;
	return copy_to_iter(buf, (size_t)n, to) == (size_t)n ? n : -EFAULT;
}

static ssize_t tty_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	char buf[CHUNK];
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t n = min(sizeof(buf), iov_iter_count(from)),
		       copied = copy_from_iter(buf, n, from);
		ssize_t w = copied ? console_tty_write(buf, copied) : -EFAULT;

		if (w < 0)
			return done ? done : w;
		done += w;
		if ((size_t)w < n)
			break;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static unsigned int tty_poll(struct file *f, struct poll_table *pt)
{
	return console_tty_poll(f, pt);
}

static long tty_get_termios(void __user *arg)
{
	static const struct ktermios console_termios = {
		.c_iflag = ICRNL,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B115200 | CS8 | CREAD,
		.c_lflag = ISIG | ICANON | ECHO,
		.c_cc = { 3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22 },
	};

	return copy_to_user(arg, &console_termios, sizeof(console_termios)) ? -EFAULT : 0;
}

static long tty_ioctl(struct file *f, unsigned int cmd, unsigned long arg, bool compat)
{
	static const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	void __user *p = (void __user *)arg;
	struct ktermios t;
	int pgrp = current->pid;

	switch (cmd) {
	case TCGETS: return tty_get_termios(p);
	case TCSETS:
	case TCSETSW:
	case TCSETSF: /* the line discipline is the console's; read it, as Linux does, and leave it
		       */
		return copy_from_user(&t, p, sizeof(t)) ? -EFAULT : 0;
	case TIOCGWINSZ: return copy_to_user(p, &size, sizeof(size)) ? -EFAULT : 0;
	case TIOCGPGRP: return copy_to_user(p, &pgrp, sizeof(pgrp)) ? -EFAULT : 0;
	case TIOCSPGRP:
	case TIOCSCTTY:
	case TIOCNOTTY:
	case TIOCSWINSZ:
	case TCSBRK:
	case TCXONC:
	case TCFLSH: return 0;
	default: return -ENOTTY;
	}
}

static const struct file_operations null_ops = { .read_iter = null_read,
						 .write_iter = null_write,
						 .llseek = null_llseek };
static const struct file_operations zero_ops = { .read_iter = zero_read,
						 .write_iter = null_write,
						 .llseek = null_llseek };
static const struct file_operations full_ops = { .read_iter = zero_read,
						 .write_iter = full_write,
						 .llseek = null_llseek };
static const struct file_operations random_ops = { .read_iter = random_read,
						   .write_iter = random_write,
						   .llseek = null_llseek };
static const struct file_operations tty_ops = {
	.read_iter = tty_read,
	.write_iter = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
};

static const struct {
	const char *name;
	u32 rdev;
	const struct file_operations *fop;
} devices[] = {
	{ "null", MKDEV(1, 3), &null_ops },	 { "zero", MKDEV(1, 5), &zero_ops },
	{ "full", MKDEV(1, 7), &full_ops },	 { "random", MKDEV(1, 8), &random_ops },
	{ "urandom", MKDEV(1, 9), &random_ops }, { "tty", MKDEV(5, 0), &tty_ops },
	{ "console", MKDEV(5, 1), &tty_ops },	 { "ttyS0", MKDEV(4, 64), &tty_ops },
};

void dev_init(void)
{
	struct node *dev = node_add(root_node, "dev", 3, S_IFDIR | 0755);
	unsigned int i;

	if (IS_ERR(dev))
		panic("no memory for /dev");
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		node_add_device(dev, devices[i].name, devices[i].rdev, devices[i].fop);
}
