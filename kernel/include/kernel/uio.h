/* SPDX-License-Identifier: MIT */
/* iov_iter: a position in a vector of buffers of ring 3 or of the kernel (kernel/lib/iov_iter.c). */
#ifndef KERNEL_UIO_H
#define KERNEL_UIO_H

#include <kernel/uaccess.h>
#include <uapi/uio.h>

#define UIO_FASTIOV 8
#define UIO_MAXIOV 1024

struct iov_iter {
	const struct iovec *iov; /* the current segment; kernel copy of the vector, checked */
	unsigned long nr_segs; /* from the current one on */
	size_t iov_offset; /* into the current segment */
	size_t count; /* bytes left */
	bool user; /* the segments are ring 3's */
};

void iov_iter_init(struct iov_iter *i, bool user, const struct iovec *iov, unsigned long nr_segs, size_t count);
static inline size_t iov_iter_count(const struct iov_iter *i) { return i->count; }
static inline void iov_iter_truncate(struct iov_iter *i, size_t n) { if (i->count > n) i->count = n; }
/* copy_to_iter, copy_from_iter - bytes copied; fewer than @n means a fault (or the end). Advances. Context: process. */
size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t n, struct iov_iter *i);
void iov_iter_advance(struct iov_iter *i, size_t n);
/* iov_iter_revert - undo the last @n bytes of advance; @start is a copy taken before. */
static inline void iov_iter_restore(struct iov_iter *i, const struct iov_iter *saved) { *i = *saved; }

/*
 * import_iovec - copy a ring-3 vector (native layout) and check it as Linux does: -EINVAL for a negative sum or nr > UIO_MAXIOV,
 * -EFAULT; sums over MAX_RW_COUNT are truncated. @fast has UIO_FASTIOV entries; *iovp is it, or a kmalloc'ed vector to be kfree'd
 * when != fast. compat: @uvec holds 32-bit iovecs. Returns total bytes or -errno.
 */
ssize_t import_iovec(const void __user *uvec, unsigned long nr, bool compat, struct iovec *fast, struct iovec **iovp, struct iov_iter *i);
#define MAX_RW_COUNT (INT_MAX & ~4095)

#endif
