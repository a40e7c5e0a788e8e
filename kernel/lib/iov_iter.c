/* SPDX-License-Identifier: MIT */
/* iov_iter: walking vectors of ring-3 or kernel buffers; and option values that come from either (sockptr_t). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/uio.h>

struct compat_iovec {
	u32 iov_base, iov_len;
};

void iov_iter_init(struct iov_iter *i, bool user, const struct iovec *iov, unsigned long nr_segs, size_t count)
{
	i->iov = iov;
	i->nr_segs = nr_segs;
	i->iov_offset = 0;
	i->count = count;
	i->user = user;
}

/* step - account @n bytes of the current segment as done. */
static __always_inline void step(struct iov_iter *i, size_t n)
{
	i->iov_offset += n;
	i->count -= n;
	if (i->iov_offset == i->iov->iov_len && i->nr_segs > 1) {
		i->iov++;
		i->nr_segs--;
		i->iov_offset = 0;
	}
}

/* room - bytes of the current segment that may be used, having stepped over empty ones; 0 at the end. */
static __always_inline size_t room(struct iov_iter *i, size_t n)
{
	while (i->nr_segs > 1 && i->iov_offset == i->iov->iov_len) {
		i->iov++;
		i->nr_segs--;
		i->iov_offset = 0;
	}
	if (!i->nr_segs)
		return 0;
	n = min(n, i->count);
	return min(n, i->iov->iov_len - i->iov_offset);
}

/* whole - does the current segment of ring 3's take @n bytes? Then one copy does it. */
static __always_inline bool whole(const struct iov_iter *i, size_t n)
{
	return i->user && i->nr_segs && n <= i->count && n <= i->iov->iov_len - i->iov_offset;
}

static noinline size_t copy_to_parts(const char *from, size_t n, struct iov_iter *i)
{
	size_t done = 0, part, left;

	while (done < n && (part = room(i, n - done)) != 0) {
		char *dst = (char *)i->iov->iov_base + i->iov_offset;

		left = 0;
		if (i->user)
			left = copy_to_user(dst, from + done, part);
		else
			memcpy(dst, from + done, part);
		step(i, part - left);
		done += part - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i)
{
	if (likely(whole(i, n))) {
		n -= copy_to_user((char *)i->iov->iov_base + i->iov_offset, from, n);
		step(i, n);
		return n;
	}
	return copy_to_parts(from, n, i);
}

static noinline size_t copy_from_parts(char *to, size_t n, struct iov_iter *i)
{
	size_t done = 0, part, left;

	while (done < n && (part = room(i, n - done)) != 0) {
		const char *src = (const char *)i->iov->iov_base + i->iov_offset;

		left = 0;
		if (i->user)
			left = copy_from_user(to + done, src, part);
		else
			memcpy(to + done, src, part);
		step(i, part - left);
		done += part - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_from_iter(void *to, size_t n, struct iov_iter *i)
{
	if (likely(whole(i, n))) {
		n -= copy_from_user(to, (const char *)i->iov->iov_base + i->iov_offset, n);
		step(i, n);
		return n;
	}
	return copy_from_parts(to, n, i);
}

void iov_iter_advance(struct iov_iter *i, size_t n)
{
	size_t part;

	while (n && (part = room(i, n)) != 0) {
		step(i, part);
		n -= part;
	}
}

/* fetch_compat - a vector of 32-bit elements. 0, -EFAULT or -EINVAL. */
static int fetch_compat(const void __user *uvec, unsigned long nr, struct iovec *iov)
{
	const struct compat_iovec *src = (const void __force *)uvec;
	struct compat_iovec c;
	unsigned long n;

	for (n = 0; n < nr; n++) {
		if (copy_from_user(&c, src + n, sizeof(c)))
			return -EFAULT;
		if ((s32)c.iov_len < 0)
			return -EINVAL;
		iov[n].iov_base = (void *)(uintptr_t)c.iov_base;
		iov[n].iov_len = c.iov_len;
	}
	return 0;
}

/* import_one - the vector of nearly every message: one element of a 64-bit program. Its length or -errno. */
static inline ssize_t import_one(const void __user *uvec, struct iovec *iov)
{
	if (copy_from_user(iov, uvec, sizeof(*iov)))
		return -EFAULT;
	if ((ssize_t)iov->iov_len < 0)
		return -EINVAL;
	if (!access_ok(iov->iov_base, iov->iov_len))
		return -EFAULT;
	iov->iov_len = min_t(size_t, iov->iov_len, MAX_RW_COUNT);
	return (ssize_t)iov->iov_len;
}

/* check_vector - each length and the sum; what exceeds MAX_RW_COUNT is cut off. The sum or -errno. */
static ssize_t check_vector(struct iovec *iov, unsigned long nr)
{
	size_t total = 0;
	unsigned long n;

	for (n = 0; n < nr; n++) {
		if ((ssize_t)iov[n].iov_len < 0)
			return -EINVAL;
		if (!access_ok(iov[n].iov_base, iov[n].iov_len))
			return -EFAULT;
		iov[n].iov_len = min_t(size_t, iov[n].iov_len, MAX_RW_COUNT - total);
		total += iov[n].iov_len;
	}
	return (ssize_t)total;
}

/* import_many - any vector but import_one's. */
static noinline ssize_t import_many(const void __user *uvec, unsigned long nr, bool compat, struct iovec *fast, struct iovec **iovp,
				    struct iov_iter *i)
{
	struct iovec *iov = fast;
	ssize_t ret;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	if (nr > UIO_FASTIOV) {
		iov = kmalloc(nr * sizeof(*iov), GFP_KERNEL);
		if (!iov)
			return -ENOMEM;
	}
	if (compat)
		ret = fetch_compat(uvec, nr, iov);
	else
		ret = nr && copy_from_user(iov, uvec, nr * sizeof(*iov)) ? -EFAULT : 0;
	if (!ret)
		ret = check_vector(iov, nr);
	if (ret < 0) {
		if (iov != fast)
			kfree(iov);
		return ret;
	}
	*iovp = iov;
	iov_iter_init(i, true, iov, nr, (size_t)ret);
	return ret;
}

ssize_t import_iovec(const void __user *uvec, unsigned long nr, bool compat, struct iovec *fast, struct iovec **iovp,
		     struct iov_iter *i)
{
	ssize_t ret;

	*iovp = fast;
	if (unlikely(nr != 1 || compat))
		return import_many(uvec, nr, compat, fast, iovp, i);
	ret = import_one(uvec, fast);
	iov_iter_init(i, true, fast, 1, (size_t)ret);
	return ret;
}

int copy_from_sockptr_offset(void *dst, sockptr_t src, size_t off, size_t n)
{
	if (!src.is_kernel)
		return copy_from_user(dst, (char __user *)src.user + off, n) ? -EFAULT : 0;
	memcpy(dst, (const char *)src.kernel + off, n);
	return 0;
}

int copy_to_sockptr_offset(sockptr_t dst, size_t off, const void *src, size_t n)
{
	if (!dst.is_kernel)
		return copy_to_user((char __user *)dst.user + off, src, n) ? -EFAULT : 0;
	memcpy((char *)dst.kernel + off, src, n);
	return 0;
}
