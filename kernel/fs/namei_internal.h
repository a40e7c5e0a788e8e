/* SPDX-License-Identifier: MIT */
/* What the files that take paths from ring 3 share (namei.c, dir.c, stat.c). */
#ifndef NAMEI_INTERNAL_H
#define NAMEI_INTERNAL_H

#include "fs_internal.h"

static inline void *ERR_CAST(const void *p)
{
	return (void *)p;
}

/* task_cwd - the current directory of the running task; the root for one that has none. */
struct node *task_cwd(void);
unsigned int task_umask(void);
/* getname - a path of ring 3 in a kmalloc'ed buffer. ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOMEM). */
char *getname(const char __user *upath);
/* dfd_start - where a relative path begins; *start stays NULL for the current directory. 0, -EBADF,
 * -ENOTDIR. */
int dfd_start(int dfd, const char *path, struct node **start);
struct file *do_open(struct node *start, const char *path, unsigned int flags, int mode);
/* node_readlink - where a symbolic link leads, as text. 0, -EINVAL if it is none, -ENAMETOOLONG. */
int node_readlink(struct node *n, char *buf, size_t size);

#endif
