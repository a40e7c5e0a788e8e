/* SPDX-License-Identifier: MIT */
/* fcntl, and the ioctls that hold for every file. */
#include <kernel/file.h>
#include <kernel/syscalls.h>
#include <uapi/ioctl.h>
#include "fs_internal.h"

/* What F_SETFL can change; the rest of what it is given is passed over, as in Linux. */
#define SETFL_MASK   (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC)
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032

static long dup_fd(unsigned int fd, unsigned long arg, unsigned int flags)
{
	if (arg >= current->files->nofile_soft)
		return -EINVAL;
	return dup_from(fd, (unsigned int)arg, flags);
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
	case F_SETFL:
		f.file->f_flags = (f.file->f_flags & ~SETFL_MASK) |
				  ((unsigned int)arg & SETFL_MASK);
		break;
	case F_GETPIPE_SZ: ret = pipe_size(f.file); break;
	case F_GETOWN:
	case F_GETSIG: /* nobody owns: SIGIO is not sent */ break;
	case F_SETOWN:
	case F_SETSIG: ret = arg ? -EINVAL : 0; break;
	default: ret = -EINVAL;
	}
	fdput(f);
	return ret;
}

/* set_flag - FIONBIO and FIOASYNC: an int at @arg switches a file flag. */
static long set_flag(struct file *f, unsigned int flag, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on)
		f->f_flags |= flag;
	else
		f->f_flags &= ~flag;
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
	case FIONBIO: ret = set_flag(f.file, O_NONBLOCK, (const int __user *)arg); break;
	case FIOASYNC: ret = set_flag(f.file, FASYNC, (const int __user *)arg); break;
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
