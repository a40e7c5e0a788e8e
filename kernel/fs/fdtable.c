/* SPDX-License-Identifier: MIT */
/* Descriptor tables: from small numbers to open files; dup and its kin. Book section 8.3.4. */
#include <kernel/file.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>

struct files_struct *files_alloc(void)
{
	struct files_struct *files = kzalloc(sizeof(*files), GFP_KERNEL);

	if (!files)
		return NULL;
	atomic_set(&files->count, 1);
	files->max_fds = NR_OPEN_INLINE;
	files->nofile_soft = NR_OPEN_DEFAULT;
	files->nofile_hard = NR_OPEN_MAX;
	files->fd = files->fd_inline;
	files->open_fds = files->open_inline;
	files->close_on_exec = files->cloexec_inline;
	return files;
}

static void table_free(struct files_struct *files)
{
	if (files->fd == files->fd_inline)
		return;
	kfree(files->fd);
	kfree(files->open_fds);
}

void files_put(struct files_struct *files)
{
	unsigned int fd;

	if (!atomic_dec_and_test(&files->count))
		return;
	for (fd = 0; fd < files->max_fds; fd++) {
		struct file *f = files->fd[fd];

		files->fd[fd] = NULL;
		if (f)
			fput(f);
	}
	table_free(files);
	kfree(files);
}

/* expand - make room for @fd (below NR_OPEN_MAX): one block for the files, one for both bit sets.
 */
static int expand(struct files_struct *files, unsigned int fd)
{
	unsigned int size = min_t(unsigned int, roundup_pow_of_two(fd + 1), NR_OPEN_MAX);
	unsigned int longs = BITS_TO_LONGS(size), old = BITS_TO_LONGS(files->max_fds);
	struct file **table = kcalloc(size, sizeof(*table), GFP_KERNEL);
	unsigned long *bits = kcalloc(2 * longs, sizeof(*bits), GFP_KERNEL);

	if (!table || !bits) {
		kfree(table);
		kfree(bits);
		return -ENOMEM;
	}
	memcpy(table, files->fd, files->max_fds * sizeof(*table));
	memcpy(bits, files->open_fds, old * sizeof(*bits));
	memcpy(bits + longs, files->close_on_exec, old * sizeof(*bits));
	table_free(files);
	files->fd = table;
	files->open_fds = bits;
	files->close_on_exec = bits + longs;
	files->max_fds = size;
	return 0;
}

/* next_free - the lowest number from @fd on that is not given out; max_fds if none. */
static unsigned int next_free(const struct files_struct *files, unsigned int fd)
{
	unsigned int word = fd / 64;
	unsigned long free;

	if (fd >= files->max_fds)
		return fd;
	free = ~files->open_fds[word] & (~0ul << (fd % 64));
	while (!free) {
		if (++word == files->max_fds / 64)
			return files->max_fds;
		free = ~files->open_fds[word];
	}
	return word * 64 + (unsigned int)__builtin_ctzl(free);
}

static void mark_open(struct files_struct *files, unsigned int fd, unsigned int flags)
{
	__set_bit(fd, files->open_fds);
	if (flags & O_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
}

int get_unused_fd_from(unsigned int start, unsigned int flags)
{
	struct files_struct *files = current->files;
	unsigned int fd;
	int err;

	if (unlikely(!files))
		return -EMFILE;
	fd = next_free(files, max(start, files->next_fd));
	if (fd >= files->nofile_soft || fd >= NR_OPEN_MAX)
		return -EMFILE;
	if (fd >= files->max_fds) {
		err = expand(files, fd);
		if (err)
			return err;
	}
	mark_open(files, fd, flags);
	if (start <= files->next_fd)
		files->next_fd = fd + 1;
	return (int)fd;
}

int get_unused_fd_flags(unsigned int flags)
{
	return get_unused_fd_from(0, flags);
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	__clear_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

void fd_install(unsigned int fd, struct file *f)
{
	struct files_struct *files = current->files;

	BUG_ON(fd >= files->max_fds || files->fd[fd]);
	files->fd[fd] = f;
}

struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;

	if (!files || fd >= files->max_fds || !files->fd[fd])
		return NULL;
	get_file(files->fd[fd]);
	return files->fd[fd];
}

int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *f;

	if (!files || fd >= files->max_fds)
		return -EBADF;
	f = files->fd[fd];
	if (!f)
		return -EBADF;
	files->fd[fd] = NULL;
	put_unused_fd(fd);
	fput(f);
	return 0;
}

int replace_fd(unsigned int fd, struct file *f, unsigned int flags)
{
	struct files_struct *files = current->files;
	struct file *old;
	int err;

	if (!files || fd >= files->nofile_soft || fd >= NR_OPEN_MAX)
		return -EBADF;
	if (fd >= files->max_fds) {
		err = expand(files, fd);
		if (err)
			return err;
	}
	old = files->fd[fd];
	if (!old && test_bit(fd, files->open_fds))
		return -EBUSY; /* given out, not yet installed */
	get_file(f);
	files->fd[fd] = f;
	mark_open(files, fd, flags);
	if (old)
		fput(old);
	return (int)fd;
}

void set_close_on_exec(unsigned int fd, bool on)
{
	if (on)
		__set_bit(fd, current->files->close_on_exec);
	else
		__clear_bit(fd, current->files->close_on_exec);
}

bool get_close_on_exec(unsigned int fd)
{
	return test_bit(fd, current->files->close_on_exec);
}

void do_close_on_exec(struct files_struct *files)
{
	unsigned int fd;

	for (fd = 0; fd < files->max_fds; fd++)
		if (files->fd[fd] && test_bit(fd, files->close_on_exec))
			close_fd(fd);
}

long sys_close(unsigned int fd)
{
	return close_fd(fd);
}

/* CLOSE_RANGE_UNSHARE has nothing to do here: tables of ring-3 tasks are not shared. */
#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	struct files_struct *files = current->files;
	unsigned int fd;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	for (fd = first; files && fd <= last && fd < files->max_fds; fd++) {
		if (!files->fd[fd])
			continue;
		if (flags & CLOSE_RANGE_CLOEXEC)
			__set_bit(fd, files->close_on_exec);
		else
			close_fd(fd);
	}
	return 0;
}

/* dup_from - a new descriptor, not below @start, for the file of @oldfd. */
long dup_from(unsigned int oldfd, unsigned int start, unsigned int flags)
{
	struct file *f = fget(oldfd);
	int fd;

	if (!f)
		return -EBADF;
	fd = get_unused_fd_from(start, flags);
	if (fd < 0) {
		fput(f);
		return fd;
	}
	fd_install((unsigned int)fd, f);
	return fd;
}

long sys_dup(unsigned int oldfd)
{
	return dup_from(oldfd, 0, 0);
}

long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags)
{
	struct file *f;
	long ret;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	f = fget(oldfd);
	if (!f)
		return -EBADF;
	ret = replace_fd(newfd, f, (unsigned int)flags);
	fput(f);
	return ret;
}

long sys_dup2(unsigned int oldfd, unsigned int newfd)
{
	struct fd f;

	if (oldfd != newfd)
		return sys_dup3(oldfd, newfd, 0);
	f = fdget(oldfd);
	fdput(f);
	return f.file ? (long)newfd : -EBADF;
}
