/* SPDX-License-Identifier: MIT */
/* The descriptor table itself, and the short way from a number to its file (kernel/fs/fdtable.c).
 * Book section 8.3.4. */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <kernel/bitops.h>
#include <kernel/fs.h>
#include <kernel/sched.h>

#define NR_OPEN_MAX    65536 /* the hard limit of RLIMIT_NOFILE */
#define NR_OPEN_INLINE 64    /* descriptors a table holds before it allocates more */

/* Process context only, which the kernel does not preempt: the table needs no lock. */
struct files_struct {
	atomic_t count;			       /* tasks that share it */
	unsigned int max_fds;		       /* entries in fd[]; a multiple of 64 */
	unsigned int next_fd;		       /* no free number lies below */
	unsigned int nofile_soft, nofile_hard; /* RLIMIT_NOFILE */
	struct file **fd;
	unsigned long *open_fds; /* numbers given out, installed or not */
	unsigned long *close_on_exec;
	struct file *fd_inline[NR_OPEN_INLINE];
	unsigned long open_inline[BITS_TO_LONGS(NR_OPEN_INLINE)];
	unsigned long cloexec_inline[BITS_TO_LONGS(NR_OPEN_INLINE)];
};

struct fd {
	struct file *file; /* NULL: no such descriptor */
	bool need_put;
};

/*
 * fdget - the file behind @fd for the length of one system call, to be given back by fdput. A table
 * that only the current task uses cannot lose the file meanwhile, so no reference is taken.
 * Context: process.
 */
static inline struct fd fdget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *f;

	if (unlikely(!files) || fd >= files->max_fds)
		return (struct fd){ NULL, false };
	f = files->fd[fd];
	if (likely(atomic_read(&files->count) == 1) || !f)
		return (struct fd){ f, false };
	get_file(f);
	return (struct fd){ f, true };
}

static inline void fdput(struct fd fd)
{
	if (unlikely(fd.need_put))
		fput(fd.file);
}

/* replace_fd - make @fd refer to @f (whose reference is taken), closing what it was. @fd or -EBADF,
 * -ENOMEM. */
int replace_fd(unsigned int fd, struct file *f, unsigned int flags);
/* get_unused_fd_from - the lowest free number from @start on. -EINVAL, -EMFILE, -ENOMEM. */
int get_unused_fd_from(unsigned int start, unsigned int flags);
/* set_close_on_exec - the descriptor must be open. */
void set_close_on_exec(unsigned int fd, bool on);
bool get_close_on_exec(unsigned int fd);
/* do_close_on_exec - what execve closes. */
void do_close_on_exec(struct files_struct *files);

#endif
