/* SPDX-License-Identifier: MIT */
/* sendmsg, recvmsg and their plural forms: message headers of ring 3, in either width. Book
 * section 12.10.3. */
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <uapi/time.h>

#include "socket_internal.h"

#define CONTROL_ON_STACK 64 /* bytes: the usual small control messages */

static noinline int get_compat_msghdr(struct user_msghdr *h, void __user *uptr)
{
	struct compat_msghdr c;

	if (copy_from_user(&c, uptr, sizeof(c)))
		return -EFAULT;
	h->msg_name = (__force void *)compat_ptr(c.msg_name);
	h->msg_namelen = c.msg_namelen;
	h->msg_iov = (__force struct iovec *)compat_ptr(c.msg_iov);
	h->msg_iovlen = c.msg_iovlen;
	h->msg_control = (__force void *)compat_ptr(c.msg_control);
	h->msg_controllen = c.msg_controllen;
	h->msg_flags = c.msg_flags;
	return 0;
}

/* get_msg_args - read and check a header. 0, -EFAULT, -EINVAL, -EMSGSIZE. */
static inline int get_msg_args(struct msg_args *m, void __user *uptr, bool compat)
{
	int err;

	if (unlikely(compat))
		err = get_compat_msghdr(&m->h, uptr);
	else
		err = copy_from_user(&m->h, uptr, sizeof(m->h)) ? -EFAULT : 0;
	if (err)
		return err;
	m->origin = uptr;
	m->compat = compat;
	if (!m->h.msg_name)
		m->h.msg_namelen = 0;
	if (m->h.msg_namelen < 0)
		return -EINVAL;
	m->h.msg_namelen = min_t(int, m->h.msg_namelen, sizeof(struct sockaddr_storage));
	return m->h.msg_iovlen > UIO_MAXIOV ? -EMSGSIZE : 0;
}

/* ---- sending ---- */

/* get_control - the sender's control messages as a kernel copy: @room, or memory charged to the
 * sock. 0 or -errno. */
static __always_inline int get_control(struct sock *sk, struct msg_args *m, struct kmsghdr *msg, void *room)
{
	size_t len = m->h.msg_controllen;
	void *copy = room;

	if (!len)
		return 0;
	if (len > INT_MAX)
		return -ENOBUFS;
	if (m->compat)
		return cmsghdr_from_compat(sk, m->h.msg_control, len, &msg->msg_control,
					   &msg->msg_controllen);
	if (len > CONTROL_ON_STACK) {
		copy = sock_kmalloc(sk, len, GFP_KERNEL);
		if (!copy)
			return -ENOBUFS;
	}
	msg->msg_control = copy;
	msg->msg_controllen = len;
	return copy_from_user(copy, m->h.msg_control, len) ? -EFAULT : 0;
}

/* same_name - sendmmsg: is the address the one of the message before? */
static bool same_name(const struct used_address *used, const struct kmsghdr *msg)
{
	return used && used->name_len && msg->msg_name && used->name_len == msg->msg_namelen &&
	       !memcmp(&used->name, msg->msg_name, (size_t)msg->msg_namelen);
}

/* Inline, since nearly all calls are those of one width, for one message. */
static __always_inline long __do_sendmsg(struct socket *sock, struct msg_args *m,
					 unsigned int flags, struct used_address *used)
{
	unsigned char control[CONTROL_ON_STACK] __aligned(8);
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct sockaddr_storage address;
	struct kmsghdr msg; /* msg_iter is import_iovec's to fill */
	void *copy;
	long ret;

	msg.msg_name = NULL;
	msg.msg_namelen = 0;
	msg.msg_control = NULL;
	msg.msg_controllen = 0;
	msg.msg_control_is_user = msg.msg_compat = false;
	msg.msg_flags = flags;
	if (m->h.msg_namelen) {
		if (copy_from_user(&address, m->h.msg_name, (size_t)m->h.msg_namelen))
			return -EFAULT;
		msg.msg_name = &address;
		msg.msg_namelen = m->h.msg_namelen;
	}
	ret = import_iovec(m->h.msg_iov, m->h.msg_iovlen, m->compat, fast, &iov, &msg.msg_iter);
	if (ret < 0)
		return ret;
	ret = get_control(sock->sk, m, &msg, control);
	copy = msg.msg_control;
	if (ret < 0)
		goto out;
	if (sock->file->f_flags & O_NONBLOCK)
		msg.msg_flags |= MSG_DONTWAIT;
	ret = sock_sendmsg(sock, &msg);
	if (ret >= 0 && used && !same_name(used, &msg)) {
		used->name_len = msg.msg_name ? msg.msg_namelen : 0;
		if (used->name_len)
			memcpy(&used->name, msg.msg_name, (size_t)used->name_len);
	}
out:
	if (copy && copy != control) {
		/* cmsghdr_from_compat charges a size of its own, which msg_controllen then is */
		sock_kfree_s(sock->sk, copy, m->compat ? msg.msg_controllen : m->h.msg_controllen);
	}
	if (iov != fast)
		kfree(iov);
	return ret;
}

long do_sendmsg(struct socket *sock, struct msg_args *m, unsigned int flags,
		struct used_address *used)
{
	return __do_sendmsg(sock, m, flags, used);
}

static __always_inline long sendmsg_fd(int fd, void __user *umsg, unsigned int flags, bool compat)
{
	struct msg_args m;
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	ret = get_msg_args(&m, umsg, compat);
	if (!ret)
		ret = __do_sendmsg(sock, &m, flags, NULL);
	fdput(f);
	return ret;
}

long sys_sendmsg(int fd, struct user_msghdr __user *msg, unsigned int flags)
{
	return sendmsg_fd(fd, msg, flags, false);
}

long compat_sys_sendmsg(int fd, struct compat_msghdr __user *msg, unsigned int flags)
{
	return sendmsg_fd(fd, msg, flags, true);
}

/* ---- receiving ---- */

/* put_header, put_header_compat - what has changed of the header, back to ring 3 in its width. 0 or
 * -EFAULT. */
static inline int put_header(struct user_msghdr __user *to, const struct msg_args *m,
			     const struct kmsghdr *msg)
{
	if (m->h.msg_name && put_user(msg->msg_namelen, &to->msg_namelen))
		return -EFAULT;
	if (put_user(msg->msg_flags & ~MSG_CMSG_COMPAT, &to->msg_flags))
		return -EFAULT;
	return put_user(m->h.msg_controllen - msg->msg_controllen, &to->msg_controllen);
}

static noinline int put_header_compat(struct compat_msghdr __user *to, const struct msg_args *m,
				      const struct kmsghdr *msg)
{
	if (m->h.msg_name && put_user(msg->msg_namelen, &to->msg_namelen))
		return -EFAULT;
	if (put_user((compat_uint_t)(msg->msg_flags & ~MSG_CMSG_COMPAT), &to->msg_flags))
		return -EFAULT;
	return put_user((compat_uint_t)(m->h.msg_controllen - msg->msg_controllen),
			&to->msg_controllen);
}

/* put_results - address, flags and lengths back to ring 3. 0 or -EFAULT. */
static __always_inline int put_results(struct msg_args *m, const struct kmsghdr *msg,
		       const struct sockaddr_storage *address)
{
	if (m->h.msg_name) {
		/* as much as there was room for; the length is the whole address's */
		size_t n = (size_t)min(msg->msg_namelen, m->h.msg_namelen);

		if (n && copy_to_user(m->h.msg_name, address, n))
			return -EFAULT;
	}
	return unlikely(m->compat) ? put_header_compat(m->origin, m, msg)
				   : put_header(m->origin, m, msg);
}

static __always_inline long __do_recvmsg(struct socket *sock, struct msg_args *m, unsigned int flags)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct sockaddr_storage address;
	struct kmsghdr msg; /* msg_iter is import_iovec's to fill */
	long ret, err;

	msg.msg_name = &address;
	msg.msg_namelen = 0;
	msg.msg_control_user = m->h.msg_control;
	msg.msg_control_is_user = true;
	msg.msg_compat = m->compat;
	msg.msg_controllen = m->h.msg_control ? m->h.msg_controllen : 0;
	msg.msg_flags = flags & MSG_CMSG_CLOEXEC;
	ret = import_iovec(m->h.msg_iov, m->h.msg_iovlen, m->compat, fast, &iov, &msg.msg_iter);
	if (ret < 0)
		return ret;
	if (!m->h.msg_control)
		m->h.msg_controllen = 0;
	if (sock->file->f_flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	ret = sock_recvmsg(sock, &msg, (int)flags);
	if (ret >= 0) {
		msg.msg_flags &= ~MSG_CMSG_CLOEXEC;
		err = put_results(m, &msg, &address);
		if (err)
			ret = err;
	}
	if (iov != fast)
		kfree(iov);
	return ret;
}

long do_recvmsg(struct socket *sock, struct msg_args *m, unsigned int flags)
{
	return __do_recvmsg(sock, m, flags);
}

static __always_inline long recvmsg_fd(int fd, void __user *umsg, unsigned int flags, bool compat)
{
	struct msg_args m;
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	ret = get_msg_args(&m, umsg, compat);
	if (!ret)
		ret = __do_recvmsg(sock, &m, flags);
	fdput(f);
	return ret;
}

long sys_recvmsg(int fd, struct user_msghdr __user *msg, unsigned int flags)
{
	return recvmsg_fd(fd, msg, flags, false);
}

long compat_sys_recvmsg(int fd, struct compat_msghdr __user *msg, unsigned int flags)
{
	return recvmsg_fd(fd, msg, flags, true);
}

/* ---- many at once ---- */

/* mmsg_at - the @i-th element of ring 3's vector; put_mmsg_len - how many bytes its message had. */
static void __user *mmsg_at(void __user *mmsg, unsigned int i, bool compat)
{
	return (char __user *)mmsg +
	       (size_t)i * (compat ? sizeof(struct compat_mmsghdr) : sizeof(struct user_mmsghdr));
}

static int put_mmsg_len(void __user *entry, long len, bool compat)
{
	if (compat)
		return put_user((compat_uint_t)len,
				&((struct compat_mmsghdr __user *)entry)->msg_len);
	return put_user((unsigned int)len, &((struct user_mmsghdr __user *)entry)->msg_len);
}

long do_sendmmsg(int fd, void __user *mmsg, unsigned int vlen, unsigned int flags, bool compat)
{
	struct used_address used = { .name_len = 0 };
	struct socket *sock;
	struct msg_args m;
	unsigned int i;
	struct fd f;
	int err;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	err = 0;
	vlen = min_t(unsigned int, vlen, UIO_MAXIOV);
	flags |= MSG_BATCH;
	for (i = 0; i < vlen; i++) {
		void __user *entry = mmsg_at(mmsg, i, compat);
		long n;

		if (i == vlen - 1)
			flags &= ~MSG_BATCH;
		n = get_msg_args(&m, entry, compat);
		if (!n)
			n = do_sendmsg(sock, &m, flags, &used);
		err = n < 0 ? (int)n : put_mmsg_len(entry, n, compat);
		if (err)
			break;
		if (signal_pending(current)) {
			i++;
			break;
		}
		cond_resched();
	}
	fdput(f);
	return i ? (long)i : err;
}

long sys_sendmmsg(int fd, struct user_mmsghdr __user *mmsg, unsigned int vlen, unsigned int flags)
{
	return do_sendmmsg(fd, mmsg, vlen, flags, false);
}

/* recv_many - up to @vlen messages, until @end (ktime; 0: for ever). The number; *err is why it
 * stopped. */
static unsigned int recv_many(struct socket *sock, void __user *mmsg, unsigned int vlen,
			      unsigned int flags, ktime_t end, bool compat, int *err)
{
	struct msg_args m;
	unsigned int i;
	long n;

	for (i = 0; i < vlen; i++) {
		void __user *entry = mmsg_at(mmsg, i, compat);

		n = get_msg_args(&m, entry, compat);
		if (!n)
			n = do_recvmsg(sock, &m, flags & ~MSG_WAITFORONE);
		*err = n < 0 ? (int)n : put_mmsg_len(entry, n, compat);
		if (*err)
			break;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		/* The time is looked at only between two messages, as on Linux. Out-of-band data is
		 * told at once. */
		if ((end && ktime_get() >= end) || (m.h.msg_flags & MSG_OOB)) {
			i++;
			break;
		}
		cond_resched();
	}
	return i;
}

/* time_end - when @t from now is over; 0: never. -EINVAL in *err for what is no time. */
static ktime_t time_end(const struct __kernel_timespec *t, int *err)
{
	ktime_t now = ktime_get();

	*err = 0;
	if (!t)
		return 0;
	if (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec >= (s64)NSEC_PER_SEC) {
		*err = -EINVAL;
		return 0;
	}
	if (t->tv_sec > (s64)(U32_MAX))
		return 0;
	return now + t->tv_sec * (s64)NSEC_PER_SEC + t->tv_nsec;
}

static void time_left(struct __kernel_timespec *t, ktime_t end)
{
	ktime_t left = end ? max(end - ktime_get(), (ktime_t)0) : 0;

	if (!t || !end)
		return;
	t->tv_sec = left / (s64)NSEC_PER_SEC;
	t->tv_nsec = left % (s64)NSEC_PER_SEC;
}

long do_recvmmsg(int fd, void __user *mmsg, unsigned int vlen, unsigned int flags,
		 struct __kernel_timespec *timeout, bool compat)
{
	struct socket *sock;
	unsigned int n;
	ktime_t end;
	struct fd f;
	int err;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	end = time_end(timeout, &err);
	if (err)
		return err;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	vlen = min_t(unsigned int, vlen, UIO_MAXIOV);
	err = flags & MSG_ERRQUEUE ? 0 : sock_error(sock->sk);
	n = err ? 0 : recv_many(sock, mmsg, vlen, flags, end, compat, &err);
	/* An error after some messages waits for the next call. */
	if (n && err && err != -EAGAIN && err != -EFAULT)
		sock->sk->sk_err = err == -ERESTARTSYS ? 0 : -err;
	time_left(timeout, end);
	fdput(f);
	return n ? (long)n : err;
}

long sys_recvmmsg(int fd, struct user_mmsghdr __user *mmsg, unsigned int vlen, unsigned int flags,
		  struct timespec __user *timeout)
{
	struct __kernel_timespec t;
	long n;

	if (!timeout)
		return do_recvmmsg(fd, mmsg, vlen, flags, NULL, false);
	if (copy_from_user(&t, timeout, sizeof(t)))
		return -EFAULT;
	n = do_recvmmsg(fd, mmsg, vlen, flags, &t, false);
	if (n > 0 && copy_to_user(timeout, &t, sizeof(t)))
		return -EFAULT;
	return n;
}
