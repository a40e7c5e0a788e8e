/* SPDX-License-Identifier: MIT */
/* read, write and their kin: from a descriptor to the file's operation. Book section 8.5. */
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>

static ssize_t do_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	if (unlikely(!(f->f_mode & FMODE_READ)))
		return -EBADF;
	if (unlikely(!f->f_op->read_iter))
		return -EINVAL;
	return f->f_op->read_iter(f, to, pos);
}

static ssize_t do_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	if (unlikely(!(f->f_mode & FMODE_WRITE)))
		return -EBADF;
	if (unlikely(!f->f_op->write_iter))
		return -EINVAL;
	return f->f_op->write_iter(f, from, pos);
}

long sys_read(unsigned int fd, void __user *buf, size_t count)
{
	struct fd f = fdget(fd);
	struct iovec iov = { .iov_base = buf, .iov_len = count };
	struct iov_iter iter;
	long ret;

	if (unlikely(!f.file))
		return -EBADF;
	if (unlikely(count > MAX_RW_COUNT)) {
		if ((ssize_t)count < 0) {
			fdput(f);
			return -EINVAL;
		}
		iov.iov_len = MAX_RW_COUNT;
	}
	iov_iter_init(&iter, true, &iov, 1, iov.iov_len);
	ret = do_read(f.file, &iter, &f.file->f_pos);
	fdput(f);
	return ret;
}

long sys_write(unsigned int fd, const void __user *buf, size_t count)
{
	struct fd f = fdget(fd);
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = count };
	struct iov_iter iter;
	long ret;

	if (unlikely(!f.file))
		return -EBADF;
	if (unlikely(count > MAX_RW_COUNT)) {
		if ((ssize_t)count < 0) {
			fdput(f);
			return -EINVAL;
		}
		iov.iov_len = MAX_RW_COUNT;
	}
	iov_iter_init(&iter, true, &iov, 1, iov.iov_len);
	ret = do_write(f.file, &iter, &f.file->f_pos);
	fdput(f);
	return ret;
}

/* do_vector - readv and writev in every form; @pos NULL: at the file's own position. */
static long do_vector(unsigned int fd, const void __user *uvec, unsigned long nr, bool compat,
		      bool write, loff_t *pos)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct fd f = fdget(fd);
	struct iov_iter iter;
	long ret;

	if (!f.file)
		return -EBADF;
	ret = pos && !f.file->f_op->llseek ? -ESPIPE : 0;
	if (!ret)
		ret = import_iovec(uvec, nr, compat, fast, &iov, &iter);
	if (ret >= 0) {
		loff_t *at = pos ? pos : &f.file->f_pos;

		ret = write ? do_write(f.file, &iter, at) : do_read(f.file, &iter, at);
		if (iov != fast)
			kfree(iov);
	}
	fdput(f);
	return ret;
}

long sys_readv(unsigned int fd, const struct iovec __user *vec, unsigned long nr)
{
	return do_vector(fd, vec, nr, false, false, NULL);
}

long sys_writev(unsigned int fd, const struct iovec __user *vec, unsigned long nr)
{
	return do_vector(fd, vec, nr, false, true, NULL);
}

long compat_sys_readv(unsigned int fd, const struct compat_iovec __user *vec, unsigned long nr)
{
	return do_vector(fd, vec, nr, true, false, NULL);
}

long compat_sys_writev(unsigned int fd, const struct compat_iovec __user *vec, unsigned long nr)
{
	return do_vector(fd, vec, nr, true, true, NULL);
}

/* do_pvector - preadv and pwritev: @pos comes in one word in 64-bit programs, in two in 32-bit
 * ones. */
long do_pvector(unsigned int fd, const void __user *vec, unsigned long nr, loff_t pos, bool compat,
		bool write)
{
	return pos < 0 ? -EINVAL : do_vector(fd, vec, nr, compat, write, &pos);
}

long sys_preadv(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos)
{
	return do_pvector(fd, vec, nr, pos, false, false);
}

long sys_pwritev(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos)
{
	return do_pvector(fd, vec, nr, pos, false, true);
}

static long do_at(unsigned int fd, void __user *buf, size_t count, loff_t pos, bool write)
{
	struct iovec iov = { .iov_base = buf, .iov_len = min_t(size_t, count, MAX_RW_COUNT) };
	struct fd f = fdget(fd);
	struct iov_iter iter;
	long ret;

	if (!f.file)
		return -EBADF;
	if (pos < 0 || (ssize_t)count < 0) {
		ret = -EINVAL;
	} else if (!f.file->f_op->llseek) {
		ret = -ESPIPE; /* a stream has no positions */
	} else {
		iov_iter_init(&iter, true, &iov, 1, iov.iov_len);
		ret = write ? do_write(f.file, &iter, &pos) : do_read(f.file, &iter, &pos);
	}
	fdput(f);
	return ret;
}

long sys_pread64(unsigned int fd, void __user *buf, size_t count, loff_t pos)
{
	return do_at(fd, buf, count, pos, false);
}

long sys_pwrite64(unsigned int fd, const void __user *buf, size_t count, loff_t pos)
{
	return do_at(fd, (void *)buf, count, pos, true);
}

loff_t vfs_llseek(unsigned int fd, loff_t off, int whence)
{
	struct fd f = fdget(fd);
	loff_t ret;

	if (!f.file)
		return -EBADF;
	ret = f.file->f_op->llseek ? f.file->f_op->llseek(f.file, off, whence) : -ESPIPE;
	fdput(f);
	return ret;
}

long sys_lseek(unsigned int fd, long off, int whence)
{
	return vfs_llseek(fd, off, whence);
}

#define SENDFILE_CHUNK 16384

/* send_some - one bounce of sendfile. Bytes, 0 at the end, or -errno. */
static ssize_t send_some(struct file *out, struct file *in, loff_t *pos, char *buf, size_t n)
{
	struct iovec iov = { .iov_base = buf, .iov_len = n };
	struct iov_iter iter;
	loff_t start = *pos;
	ssize_t got, put;

	iov_iter_init(&iter, false, &iov, 1, n);
	got = do_read(in, &iter, pos);
	if (got <= 0)
		return got;
	iov.iov_len = (size_t)got;
	iov_iter_init(&iter, false, &iov, 1, (size_t)got);
	put = do_write(out, &iter, &out->f_pos);
	*pos = start + max_t(ssize_t, put, 0);
	return put;
}

ssize_t do_sendfile(unsigned int out_fd, unsigned int in_fd, loff_t *pos, size_t count)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	char *buf = kmalloc(SENDFILE_CHUNK, GFP_KERNEL);
	ssize_t done = 0, n = 0;

	if (!in || !out || !(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		n = -EBADF;
	else if (!in->f_op->llseek || (out->f_flags & O_APPEND) || (ssize_t)count < 0)
		n = -EINVAL;
	else if (!buf)
		n = -ENOMEM;
	count = min_t(size_t, count, MAX_RW_COUNT);
	while (!n && (size_t)done < count) {
		n = send_some(out, in, pos ? pos : &in->f_pos, buf,
			      min_t(size_t, SENDFILE_CHUNK, count - (size_t)done));
		if (n <= 0)
			break;
		done += n;
		n = signal_pending(current) ? -EINTR : 0;
	}
	kfree(buf);
	if (in)
		fput(in);
	if (out)
		fput(out);
	return done ? done : n;
}

long sys_sendfile(int out_fd, int in_fd, loff_t __user *upos, size_t count)
{
	loff_t pos;
	long ret;

	if (!upos)
		return do_sendfile((unsigned int)out_fd, (unsigned int)in_fd, NULL, count);
	if (get_user(pos, upos))
		return -EFAULT;
	if (pos < 0)
		return -EINVAL;
	ret = do_sendfile((unsigned int)out_fd, (unsigned int)in_fd, &pos, count);
	return put_user(pos, upos) ? -EFAULT : ret;
}
