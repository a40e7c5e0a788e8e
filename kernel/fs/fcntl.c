/* SPDX-License-Identifier: MIT */
/* fcntl, and the ioctls that hold for every file. */
#include <kernel/file.h>
#include <kernel/syscalls.h>
#include <uapi/ioctl.h>
#include "fs_internal.h"

/* What F_SETFL can change; the rest of what it is given is passed over, as in Linux. */
#define SETFL_MASK   (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032

static long dup_fd(unsigned int fd, unsigned long arg, unsigned int flags)
{
	if (arg >= current->files->nofile_soft)
		return -EINVAL;
	return dup_from(fd, (unsigned int)arg, flags);
}

/* set_async - O_ASYNC, of which the file itself keeps account. @without: of a file that has nothing to tell. */
static long set_async(unsigned int fd, struct file *f, bool on, long without)
{
	if (on == !!(f->f_flags & FASYNC))
		return 0;
	return f->f_op->fasync ? f->f_op->fasync((int)fd, f, on) : without;
}

static long setfl(unsigned int fd, struct file *f, unsigned int arg)
{
	long err = set_async(fd, f, arg & FASYNC, 0);

	if (!err)
		f->f_flags = (f->f_flags & ~SETFL_MASK) | (arg & SETFL_MASK);
	return err;
}

/* owner_cmd - who gets SIGIO, and what in its place. -EINVAL: of no such command. */
static long owner_cmd(struct file *f, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_GETOWN: return f_getown(f);
	case F_SETOWN: return f_setown(f, (int)arg);
	case F_GETOWN_EX: return f_getown_ex(f, (struct f_owner_ex __user *)arg);
	case F_SETOWN_EX: return f_setown_ex(f, (const struct f_owner_ex __user *)arg);
	case F_GETSIG: return f_getsig(f);
	case F_SETSIG: return f_setsig(f, arg);
	default: return -EINVAL;
	}
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct fd f = fdget(fd);
	long ret = 0;

	if (!f.file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD: ret = dup_fd(fd, arg, 0); break;
	case F_DUPFD_CLOEXEC: ret = dup_fd(fd, arg, O_CLOEXEC); break;
	case F_GETFD: ret = get_close_on_exec(fd) ? FD_CLOEXEC : 0; break;
	case F_SETFD: set_close_on_exec(fd, arg & FD_CLOEXEC); break;
	case F_GETFL: ret = f.file->f_flags; break;
	case F_SETFL: ret = setfl(fd, f.file, (unsigned int)arg); break;
	case F_GETPIPE_SZ: ret = pipe_size(f.file); break;
	default: ret = owner_cmd(f.file, cmd, arg);
	}
	fdput(f);
	return ret;
}

/* set_flag - FIONBIO and FIOASYNC: an int at @arg switches a file flag. */
static long set_flag(unsigned int fd, struct file *f, unsigned int cmd, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (cmd == FIOASYNC)
		return set_async(fd, f, on, -ENOTTY);
	if (on)
		f->f_flags |= O_NONBLOCK;
	else
		f->f_flags &= ~O_NONBLOCK;
	return 0;
}

static long regular_unread(struct file *f, int __user *arg)
{
	loff_t left = (loff_t)f->f_inode->i_size - f->f_pos;
	int n = (int)clamp_t(loff_t, left, 0, INT_MAX);

	return put_user(n, arg);
}

long do_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg, bool compat)
{
	struct fd f = fdget(fd);
	long ret = 0;

	if (unlikely(!f.file))
		return -EBADF;
	switch (cmd) {
	case FIOCLEX: set_close_on_exec(fd, true); break;
	case FIONCLEX: set_close_on_exec(fd, false); break;
	case FIONBIO:
	case FIOASYNC: ret = set_flag(fd, f.file, cmd, (const int __user *)arg); break;
	case FIONREAD:
		if (f.file->f_op == &ramfs_file_ops) {
			ret = regular_unread(f.file, (int __user *)arg);
			break;
		}
		fallthrough;
	default:
		ret = f.file->f_op->ioctl ? f.file->f_op->ioctl(f.file, cmd, arg, compat) : -ENOTTY;
		if (ret == -ENOIOCTLCMD)
			ret = -ENOTTY;
	}
	fdput(f);
	return ret;
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	return do_ioctl(fd, cmd, arg, false);
}

long compat_sys_ioctl(unsigned int fd, unsigned int cmd, u32 arg)
{
	return do_ioctl(fd, cmd, arg, true);
}

/* sys_flock - one system, whose files nobody else holds: every lock is granted. */
long sys_flock(unsigned int fd, unsigned int cmd)
{
	struct fd f = fdget(fd);

	fdput(f);
	return f.file ? 0 : -EBADF;
}
