/* SPDX-License-Identifier: MIT */
/* A file's attributes as the kernel hands them about, before a stat call puts them into its ABI's
 * layout. */
#ifndef KERNEL_STAT_H
#define KERNEL_STAT_H

#include <kernel/compiler.h>
#include <kernel/types.h>
#include <uapi/stat.h>

struct kstat {
	u64 ino;
	u32 mode, nlink;
	u32 dev, rdev;	  /* major << 8 | minor */
	u64 size, blocks; /* bytes; units of 512 bytes */
	u64 mtime_ns;	  /* since 1970; the same for the other two */
};

struct file;
struct inode;

/* vfs_getattr - fill in @st. 0 or -errno. */
int vfs_getattr(struct inode *inode, struct kstat *st);
/* vfs_statat, vfs_fstat - of a ring-3 path as fstatat(2) takes it, of a descriptor. */
int vfs_statat(int dfd, const char __user *path, int flags, struct kstat *st);
int vfs_fstat(unsigned int fd, struct kstat *st);

#endif
