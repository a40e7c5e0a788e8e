/* SPDX-License-Identifier: MIT */
/* What files are: stat in its forms, access, readlink, chmod, truncate, and what else concerns one
 * name or inode. */
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/time.h>
#include "namei_internal.h"

#define ROOT_DEV 1 /* st_dev of the one file system */

int vfs_getattr(struct inode *inode, struct kstat *st)
{
	*st = (struct kstat){
		.ino = inode->i_ino,
		.mode = inode->i_mode,
		.nlink = 1,
		.dev = ROOT_DEV,
		.rdev = inode->i_rdev,
		.size = inode->i_size,
	};
	if (inode->i_op && inode->i_op->getattr) {
		int err = inode->i_op->getattr(inode, st);

		if (err)
			return err;
	}
	st->blocks = S_ISREG(st->mode) ? DIV_ROUND_UP(st->size, 512) : 0;
	return 0;
}

int vfs_fstat(unsigned int fd, struct kstat *st)
{
	struct fd f = fdget(fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = f.file->f_inode ? vfs_getattr(f.file->f_inode, st) : -EBADF;
	fdput(f);
	return err;
}

/* node_at - the node that a ring-3 path names, with a reference. */
static struct node *node_at(int dfd, const char __user *upath, int flags)
{
	struct path_walk w = { .flags = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW };
	char *path = getname(upath);
	struct node *start, *n;
	int err;

	if (IS_ERR(path))
		return ERR_CAST(path);
	err = dfd_start(dfd, path, &start);
	if (err)
		n = ERR_PTR(err);
	else
		n = path_walk(start, path, &w);
	path_walk_end(&w);
	kfree(path);
	if (!IS_ERR(n))
		atomic_inc(&n->inode.i_count);
	return n;
}

int vfs_statat(int dfd, const char __user *upath, int flags, struct kstat *st)
{
	struct node *n;
	char first;
	int err;

	if (flags & AT_EMPTY_PATH) {
		if (get_user(first, upath))
			return -EFAULT;
		if (!first && dfd != AT_FDCWD)
			return vfs_fstat((unsigned int)dfd, st);
		if (!first)
			return vfs_getattr(&task_cwd()->inode, st);
	}
	n = node_at(dfd, upath, flags);
	if (IS_ERR(n))
		return PTR_ERR(n);
	err = vfs_getattr(&n->inode, st);
	iput(&n->inode);
	return err;
}

static int put_stat(struct stat_x86_64 __user *ubuf, const struct kstat *st)
{
	struct stat_x86_64 s = {
		.st_dev = st->dev,
		.st_ino = st->ino,
		.st_nlink = st->nlink,
		.st_mode = st->mode,
		.st_rdev = st->rdev,
		.st_size = (s64)st->size,
		.st_blksize = 4096,
		.st_blocks = (s64)st->blocks,
		.st_atime = st->mtime_ns / NSEC_PER_SEC,
		.st_atime_nsec = st->mtime_ns % NSEC_PER_SEC,
		.st_mtime = st->mtime_ns / NSEC_PER_SEC,
		.st_mtime_nsec = st->mtime_ns % NSEC_PER_SEC,
		.st_ctime = st->mtime_ns / NSEC_PER_SEC,
		.st_ctime_nsec = st->mtime_ns % NSEC_PER_SEC,
	};

	return copy_to_user(ubuf, &s, sizeof(s)) ? -EFAULT : 0;
}

long sys_newfstatat(int dfd, const char __user *path, struct stat_x86_64 __user *buf, int flags)
{
	struct kstat st;
	int err = vfs_statat(dfd, path, flags, &st);

	return err ? err : put_stat(buf, &st);
}

long sys_stat(const char __user *path, struct stat_x86_64 __user *buf)
{
	return sys_newfstatat(AT_FDCWD, path, buf, 0);
}

long sys_lstat(const char __user *path, struct stat_x86_64 __user *buf)
{
	return sys_newfstatat(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(unsigned int fd, struct stat_x86_64 __user *buf)
{
	struct kstat st;
	int err = vfs_fstat(fd, &st);

	return err ? err : put_stat(buf, &st);
}

long sys_statx(int dfd, const char __user *path, unsigned int flags, unsigned int mask,
	       struct statx __user *ubuf)
{
	struct kstat st;
	struct statx s;
	int err;

	if (mask & 0x80000000u)
		return -EINVAL;
	err = vfs_statat(dfd, path, (int)flags, &st);
	if (err)
		return err;
	memset(&s, 0, sizeof(s));
	s.stx_mask = STATX_BASIC_STATS;
	s.stx_blksize = 4096;
	s.stx_nlink = st.nlink;
	s.stx_mode = (u16)st.mode;
	s.stx_ino = st.ino;
	s.stx_size = st.size;
	s.stx_blocks = st.blocks;
	s.stx_mtime.tv_sec = (s64)(st.mtime_ns / NSEC_PER_SEC);
	s.stx_mtime.tv_nsec = st.mtime_ns % NSEC_PER_SEC;
	s.stx_atime = s.stx_ctime = s.stx_mtime;
	s.stx_rdev_major = st.rdev >> 8;
	s.stx_rdev_minor = st.rdev & 0xff;
	s.stx_dev_minor = st.dev;
	return copy_to_user(ubuf, &s, sizeof(s)) ? -EFAULT : 0;
}

/* Every task is root: it may read and write all, and run what somebody may run. */
long sys_faccessat(int dfd, const char __user *path, int mode)
{
	struct kstat st;
	int err;

	if (mode & ~(R_OK | W_OK | X_OK))
		return -EINVAL;
	err = vfs_statat(dfd, path, 0, &st);
	if (err)
		return err;
	return (mode & X_OK) && !S_ISDIR(st.mode) && !(st.mode & 0111) ? -EACCES : 0;
}

long sys_faccessat2(int dfd, const char __user *path, int mode, int flags)
{
	return sys_faccessat(dfd, path, mode);
}

long sys_access(const char __user *path, int mode)
{
	return sys_faccessat(AT_FDCWD, path, mode);
}

long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int size)
{
	struct node *n;
	char *text;
	long len;

	if (size <= 0)
		return -EINVAL;
	text = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	n = node_at(dfd, path, AT_SYMLINK_NOFOLLOW);
	len = IS_ERR(n) ? PTR_ERR(n) : node_readlink(n, text, PATH_MAX);
	if (!len) {
		len = min_t(long, (long)strlen(text), size);
		if (copy_to_user(buf, text, len))
			len = -EFAULT;
	}
	if (!IS_ERR(n))
		iput(&n->inode);
	kfree(text);
	return len;
}

long sys_readlink(const char __user *path, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}

static long set_mode(struct inode *inode, int mode)
{
	if (!inode || inode->i_op != &node_inode_ops)
		return -EINVAL;
	if (node_of(inode)->fixed)
		return -EPERM;
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	return 0;
}

long sys_fchmodat(int dfd, const char __user *path, int mode)
{
	struct node *n = node_at(dfd, path, 0);
	long err;

	if (IS_ERR(n))
		return PTR_ERR(n);
	err = set_mode(&n->inode, mode);
	iput(&n->inode);
	return err;
}

long sys_chmod(const char __user *path, int mode)
{
	return sys_fchmodat(AT_FDCWD, path, mode);
}

long sys_fchmod(unsigned int fd, int mode)
{
	struct fd f = fdget(fd);
	long err = f.file ? set_mode(f.file->f_inode, mode) : -EBADF;

	fdput(f);
	return err;
}

static long truncate_node(struct inode *inode, s64 length)
{
	if (length < 0)
		return -EINVAL;
	if (inode && S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!inode || inode->i_fop != &ramfs_file_ops)
		return -EINVAL;
	return node_truncate(node_of(inode), (u64)length);
}

long sys_truncate(const char __user *path, s64 length)
{
	struct node *n = node_at(AT_FDCWD, path, 0);
	long err;

	if (IS_ERR(n))
		return PTR_ERR(n);
	err = truncate_node(&n->inode, length);
	iput(&n->inode);
	return err;
}

long sys_ftruncate(unsigned int fd, s64 length)
{
	struct fd f = fdget(fd);
	long err;

	if (!f.file)
		return -EBADF;
	err = f.file->f_mode & FMODE_WRITE ? truncate_node(f.file->f_inode, length) : -EINVAL;
	fdput(f);
	return err;
}

/* sys_fsync - memory is all there is: what was written is where it will stay. */
long sys_fsync(unsigned int fd)
{
	struct fd f = fdget(fd);
	long err = !f.file							      ? -EBADF
		   : f.file->f_op == &ramfs_file_ops || f.file->f_op == &dir_file_ops ? 0
										      : -EINVAL;

	fdput(f);
	return err;
}

long sys_umask(int mask)
{
	struct process *p = current->process;
	unsigned int old = task_umask();

	if (p)
		p->umask = (u32)mask & 0777;
	return old;
}

unsigned int task_umask(void)
{
	return current->process ? current->process->umask : 022;
}
