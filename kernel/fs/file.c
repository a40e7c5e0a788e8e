/* SPDX-License-Identifier: MIT */
/* Open files: their cache and life, and reading and writing them from inside the kernel. Book
 * section 8.3.4. */
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include "fs_internal.h"

/* Files open at once in the whole system: one for each page of memory, within these bounds. */
#define NR_FILE_MIN 1024u
#define NR_FILE_MAX 262144u
#define RESERVE_MAX 256u /* pages that ring 3 does not get: a sixteenth of all, at most this many \
			  */

static struct kmem_cache *filp_cache;
static unsigned int nr_files, nr_files_max;

void file_cache_init(void)
{
	struct mem_stat st;

	mem_stat_read(&st);
	nr_files_max = (unsigned int)clamp_t(u64, st.total_pages, NR_FILE_MIN, NR_FILE_MAX);
	filp_cache = kmem_cache_create("filp", sizeof(struct file), 0, SLAB_HWCACHE_ALIGN, NULL);
}

struct file *alloc_file(struct inode *inode, unsigned int flags, const struct file_operations *fop)
{
	struct file *f;

	if (nr_files >= nr_files_max)
		return ERR_PTR(-ENFILE);
	f = kmem_cache_zalloc(filp_cache, GFP_KERNEL);
	if (!f)
		return ERR_PTR(-ENOMEM);
	nr_files++;
	atomic_set(&f->f_count, 1);
	f->f_flags = flags & ~(unsigned int)(O_CLOEXEC | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	/* O_RDONLY 0, O_WRONLY 1, O_RDWR 2 (and 3, which neither reads nor writes) */
	f->f_mode = (flags & O_PATH) ? 0 : ((flags & O_ACCMODE) + 1) & (FMODE_READ | FMODE_WRITE);
	f->f_inode = inode;
	f->f_op = fop;
	INIT_LIST_HEAD(&f->f_ep_links);
	return f;
}

struct file *alloc_anon_file(unsigned int flags, const struct file_operations *fop)
{
	static struct inode anon_inode = { .i_mode = 0600, .i_count = ATOMIC_INIT(1) };

	if (!anon_inode.i_ino)
		anon_inode.i_ino = get_next_ino();
	return alloc_file(&anon_inode, flags, fop);
}

void get_file(struct file *f)
{
	atomic_inc(&f->f_count);
}

void iput(struct inode *inode)
{
	if (atomic_dec_and_test(&inode->i_count) && inode->i_op && inode->i_op->evict)
		inode->i_op->evict(inode);
}

static noinline void file_free(struct file *f)
{
	struct inode *inode = f->f_inode;
	bool ours = inode &&
		    inode->i_op; /* read before release, which frees the inode where it is not */

	if (!list_empty(&f->f_ep_links))
		eventpoll_release(f);
	if (unlikely(f->f_flags & FASYNC) && f->f_op->fasync)
		f->f_op->fasync(-1, f, false);
	if (f->f_op->release)
		f->f_op->release(inode, f);
	if (unlikely(f->f_owner))
		fown_free(f);
	if (ours)
		iput(inode);
	kmem_cache_free(filp_cache, f);
	nr_files--;
}

void fput(struct file *f)
{
	if (atomic_dec_and_test(&f->f_count))
		file_free(f);
}

unsigned int files_open(unsigned int *limit)
{
	*limit = nr_files_max;
	return nr_files;
}

bool memory_for_ring3(void)
{
	struct mem_stat st;

	mem_stat_read(&st);
	return st.free_pages > min_t(u64, st.total_pages / 16, RESERVE_MAX);
}

unsigned int get_next_ino(void)
{
	static unsigned int last_ino;

	if (unlikely(!++last_ino))
		last_ino++;
	return last_ino;
}

ssize_t kernel_read(struct file *f, void *buf, size_t n)
{
	struct iovec iov = { .iov_base = buf, .iov_len = min_t(size_t, n, MAX_RW_COUNT) };
	struct iov_iter iter;

	if (!(f->f_mode & FMODE_READ))
		return -EBADF;
	if (!f->f_op->read_iter)
		return -EINVAL;
	iov_iter_init(&iter, false, &iov, 1, iov.iov_len);
	return f->f_op->read_iter(f, &iter, &f->f_pos);
}

ssize_t kernel_write(struct file *f, const void *buf, size_t n)
{
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = min_t(size_t, n, MAX_RW_COUNT) };
	struct iov_iter iter;

	if (!(f->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!f->f_op->write_iter)
		return -EINVAL;
	iov_iter_init(&iter, false, &iov, 1, iov.iov_len);
	return f->f_op->write_iter(f, &iter, &f->f_pos);
}

/* read_to_end - all that is left of @f, into a buffer that doubles; *buf is the caller's, on error
 * too. */
static ssize_t read_to_end(struct file *f, char **buf, size_t max)
{
	size_t size = 1024, len = 0;
	ssize_t n;

	*buf = kmalloc(size, GFP_KERNEL);
	while (*buf) {
		n = kernel_read(f, *buf + len, size - 1 - len);
		if (n < 0)
			return n;
		len += n;
		if (!n || len >= max) {
			len = min(len, max);
			(*buf)[len] = 0;
			return len;
		}
		if (len == size - 1) {
			char *bigger = kmalloc(size * 2, GFP_KERNEL);

			if (!bigger)
				break;
			memcpy(bigger, *buf, len);
			kfree(*buf);
			*buf = bigger;
			size *= 2;
		}
	}
	return -ENOMEM;
}

ssize_t kernel_read_whole(const char *path, char **buf, size_t max)
{
	struct file *f = filp_open(path, O_RDONLY, 0);
	ssize_t n;

	*buf = NULL;
	if (IS_ERR(f))
		return PTR_ERR(f);
	n = read_to_end(f, buf, max);
	if (n < 0) {
		kfree(*buf);
		*buf = NULL;
	}
	fput(f);
	return n;
}

int kernel_write_whole(const char *path, const void *buf, size_t n)
{
	struct file *f = filp_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t done = 0;
	ssize_t w = 0;

	if (IS_ERR(f))
		return PTR_ERR(f);
	while (done < n) {
		w = kernel_write(f, (const char *)buf + done, n - done);
		if (w <= 0)
			break;
		done += w;
	}
	fput(f);
	if (done == n)
		return 0;
	return w < 0 ? (int)w : -EIO;
}
