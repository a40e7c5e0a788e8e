/* SPDX-License-Identifier: MIT */
/* The socket system calls but for those with message headers; socketcall, which is all of them
 * behind one number. Book section 12.10.3. */
#include <kernel/string.h>
#include <kernel/syscalls.h>

#include "socket_internal.h"

#define SOCK_CREATE_FLAGS \
	(SOCK_CLOEXEC | SOCK_NONBLOCK) /* the same bits as O_CLOEXEC, O_NONBLOCK */
static_assert(SOCK_CLOEXEC == O_CLOEXEC && SOCK_NONBLOCK == O_NONBLOCK,
	      "one set of flags for files and sockets");

int move_addr_to_kernel(const void __user *uaddr, int ulen, struct sockaddr_storage *kaddr)
{
	if (ulen < 0 || ulen > (int)sizeof(*kaddr))
		return -EINVAL;
	if (ulen == 0)
		return 0;
	return copy_from_user(kaddr, uaddr, (size_t)ulen) ? -EFAULT : 0;
}

int move_addr_to_user(const struct sockaddr_storage *kaddr, int klen, void __user *uaddr,
		      int __user *ulen)
{
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	len = min(len, klen);
	if (len < 0)
		return -EINVAL;
	if (len && copy_to_user(uaddr, kaddr, (size_t)len))
		return -EFAULT;
	return put_user(klen, ulen);
}

/* ---- creation ---- */

long sys_socket(int family, int type, int protocol)
{
	int flags = type & ~SOCK_TYPE_MASK, err;
	struct socket *sock;

	if (flags & ~SOCK_CREATE_FLAGS)
		return -EINVAL;
	err = sock_create(family, type & SOCK_TYPE_MASK, protocol, &sock);
	return err < 0 ? err : sock_map_fd(sock, flags);
}

/* two_files - descriptors of two sockets, which are released on failure. 0 or -errno. */
static int two_files(struct socket *a, struct socket *b, int flags, int fds[2])
{
	struct file *fa, *fb;

	fa = sock_alloc_file(a, flags);
	if (IS_ERR(fa)) {
		sock_release(b);
		return (int)PTR_ERR(fa);
	}
	fb = sock_alloc_file(b, flags);
	if (IS_ERR(fb)) {
		fput(fa);
		return (int)PTR_ERR(fb);
	}
	fd_install((unsigned int)fds[0], fa);
	fd_install((unsigned int)fds[1], fb);
	return 0;
}

/* create_pair - two sockets joined by their family. 0 or -errno. */
static int create_pair(int family, int type, int protocol, struct socket *pair[2])
{
	int err = sock_create(family, type, protocol, &pair[0]);

	if (err < 0)
		return err;
	err = sock_create(family, type, protocol, &pair[1]);
	if (err < 0)
		goto release_first;
	err = pair[0]->ops->socketpair ? pair[0]->ops->socketpair(pair[0], pair[1]) : -EOPNOTSUPP;
	if (err < 0)
		goto release_both;
	return 0;

release_both:
	sock_release(pair[1]);
release_first:
	sock_release(pair[0]);
	return err;
}

long sys_socketpair(int family, int type, int protocol, int __user *usockvec)
{
	int flags = type & ~SOCK_TYPE_MASK, fds[2], err;
	struct socket *pair[2];

	if (flags & ~SOCK_CREATE_FLAGS)
		return -EINVAL;
	fds[0] = get_unused_fd_flags((unsigned int)flags & O_CLOEXEC);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = get_unused_fd_flags((unsigned int)flags & O_CLOEXEC);
	if (fds[1] < 0) {
		err = fds[1];
		goto put_first;
	}
	err = copy_to_user(usockvec, fds, sizeof(fds)) ? -EFAULT : 0;
	if (!err)
		err = create_pair(family, type & SOCK_TYPE_MASK, protocol, pair);
	if (!err)
		err = two_files(pair[0], pair[1], flags, fds);
	if (!err)
		return 0;
	put_unused_fd((unsigned int)fds[1]);
put_first:
	put_unused_fd((unsigned int)fds[0]);
	return err;
}

/* ---- names and connections ---- */

long sys_bind(int fd, struct sockaddr __user *umyaddr, int addrlen)
{
	struct sockaddr_storage addr;
	struct socket *sock;
	struct fd f;
	int err;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	err = move_addr_to_kernel(umyaddr, addrlen, &addr);
	if (!err)
		err = sock->ops->bind(sock, (struct sockaddr *)&addr, addrlen);
	fdput(f);
	return err;
}

long sys_listen(int fd, int backlog)
{
	struct socket *sock;
	struct fd f;
	int err, most;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	most = sock_net(sock->sk)->core.sysctl_somaxconn;
	if ((unsigned int)backlog > (unsigned int)most)
		backlog = most;
	err = sock->ops->listen(sock, backlog);
	fdput(f);
	return err;
}

/* do_accept - the next connection as a file that is not installed yet; ERR_PTR. */
static struct file *do_accept(struct socket *sock, unsigned int file_flags,
			      struct sockaddr __user *uaddr, int __user *ulen, int flags)
{
	struct sockaddr_storage addr;
	struct socket *newsock = sock_alloc();
	struct file *file;
	int err, len;

	if (!newsock)
		return ERR_PTR(-ENFILE);
	newsock->type = sock->type;
	newsock->ops = sock->ops;
	file = sock_alloc_file(newsock, flags);
	if (IS_ERR(file))
		return file;
	err = sock->ops->accept(sock, newsock, (int)file_flags, false);
	if (err < 0)
		goto put_file;
	if (uaddr) {
		len = newsock->ops->getname(newsock, (struct sockaddr *)&addr, 2);
		err = len < 0 ? -ECONNABORTED : move_addr_to_user(&addr, len, uaddr, ulen);
		if (err < 0)
			goto put_file;
	}
	return file;

put_file:
	fput(file);
	return ERR_PTR(err);
}

long sys_accept4(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen,
		 int flags)
{
	struct socket *sock;
	struct file *file;
	struct fd f;
	int newfd, err;

	sock = sock_fdget(fd, &f, &err);
	/* The flags come behind the descriptor, and before the question what it is. */
	if ((sock || err != -EBADF) && flags & ~SOCK_CREATE_FLAGS)
		err = -EINVAL;
	else if (sock)
		err = 0;
	if (err)
		goto out;
	newfd = get_unused_fd_flags((unsigned int)flags & O_CLOEXEC);
	if (newfd >= 0) {
		file = do_accept(sock, f.file->f_flags, upeer_sockaddr, upeer_addrlen, flags);
		if (IS_ERR(file)) {
			put_unused_fd((unsigned int)newfd);
			newfd = (int)PTR_ERR(file);
		} else {
			fd_install((unsigned int)newfd, file);
		}
	}
	err = newfd;
out:
	if (sock)
		fdput(f);
	return err;
}

long sys_accept(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen)
{
	return sys_accept4(fd, upeer_sockaddr, upeer_addrlen, 0);
}

long sys_connect(int fd, struct sockaddr __user *uservaddr, int addrlen)
{
	struct sockaddr_storage addr;
	struct socket *sock;
	struct fd f;
	int err, ret;

	sock = sock_fdget(fd, &f, &err);
	if (!sock && err == -EBADF)
		return err;
	/* A bad address is told of before it is said that this is no socket. */
	ret = move_addr_to_kernel(uservaddr, addrlen, &addr);
	if (!sock)
		return ret ? ret : err;
	if (!ret)
		ret = sock->ops->connect(sock, (struct sockaddr *)&addr, addrlen,
					 (int)f.file->f_flags);
	fdput(f);
	return ret;
}

/* get_name - our address or the peer's to ring 3. */
static long get_name(int fd, struct sockaddr __user *uaddr, int __user *ulen, int peer)
{
	struct sockaddr_storage addr;
	struct socket *sock;
	struct fd f;
	int err;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	err = sock->ops->getname(sock, (struct sockaddr *)&addr, peer);
	if (err >= 0)
		err = move_addr_to_user(&addr, err, uaddr, ulen);
	fdput(f);
	return err;
}

long sys_getsockname(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len)
{
	return get_name(fd, usockaddr, usockaddr_len, 0);
}

long sys_getpeername(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len)
{
	return get_name(fd, usockaddr, usockaddr_len, 1);
}

long sys_shutdown(int fd, int how)
{
	struct socket *sock;
	struct fd f;
	int err;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	err = sock->ops->shutdown(sock, how);
	fdput(f);
	return err;
}

/* ---- data ---- */

/* one_buffer - @msg over one buffer of ring 3, which *iov describes. 0 or -EFAULT. */
static inline int one_buffer(struct kmsghdr *msg, struct iovec *iov, void __user *buf, size_t len)
{
	len = min_t(size_t, len, MAX_RW_COUNT);
	if (unlikely(!access_ok(buf, len)))
		return -EFAULT;
	iov->iov_base = (__force void *)buf;
	iov->iov_len = len;
	iov_iter_init(&msg->msg_iter, true, iov, 1, len);
	msg->msg_name = NULL;
	msg->msg_namelen = 0;
	msg->msg_control = NULL;
	msg->msg_controllen = 0;
	msg->msg_control_is_user = msg->msg_compat = false;
	return 0;
}

long sys_sendto(int fd, void __user *buff, size_t len, unsigned int flags,
		struct sockaddr __user *addr, int addr_len)
{
	struct sockaddr_storage address;
	struct kmsghdr msg;
	struct socket *sock;
	struct iovec iov;
	struct fd f;
	int err;

	err = one_buffer(&msg, &iov, buff, len);
	if (unlikely(err))
		return err;
	sock = sock_fdget(fd, &f, &err);
	if (unlikely(!sock))
		return err;
	if (addr) {
		err = move_addr_to_kernel(addr, addr_len, &address);
		if (err)
			goto out;
		msg.msg_name = &address;
		msg.msg_namelen = addr_len;
	}
	msg.msg_flags = flags & ~MSG_CMSG_COMPAT;
	if (f.file->f_flags & O_NONBLOCK)
		msg.msg_flags |= MSG_DONTWAIT;
	err = sock_sendmsg(sock, &msg);
out:
	fdput(f);
	return err;
}

long sys_send(int fd, void __user *buff, size_t len, unsigned int flags)
{
	return sys_sendto(fd, buff, len, flags, NULL, 0);
}

long sys_recvfrom(int fd, void __user *ubuf, size_t size, unsigned int flags,
		  struct sockaddr __user *addr, int __user *addr_len)
{
	struct sockaddr_storage address;
	struct kmsghdr msg;
	struct socket *sock;
	struct iovec iov;
	struct fd f;
	int err, err2;

	err = one_buffer(&msg, &iov, ubuf, size);
	if (unlikely(err))
		return err;
	sock = sock_fdget(fd, &f, &err);
	if (unlikely(!sock))
		return err;
	if (addr)
		msg.msg_name = &address;
	msg.msg_flags = 0;
	flags &= ~MSG_CMSG_COMPAT;
	if (f.file->f_flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	err = sock_recvmsg(sock, &msg, (int)flags);
	if (err >= 0 && addr) {
		err2 = move_addr_to_user(&address, msg.msg_namelen, addr, addr_len);
		if (err2 < 0)
			err = err2;
	}
	fdput(f);
	return err;
}

long sys_recv(int fd, void __user *ubuf, size_t size, unsigned int flags)
{
	return sys_recvfrom(fd, ubuf, size, flags, NULL, NULL);
}

/* ---- options ---- */

long do_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval, int optlen)
{
	if (optlen < 0)
		return -EINVAL;
	if (level == SOL_SOCKET)
		return sock_setsockopt(sock, level, optname, optval, (unsigned int)optlen);
	if (!sock->ops->setsockopt)
		return -EOPNOTSUPP;
	return sock->ops->setsockopt(sock, level, optname, optval, (unsigned int)optlen);
}

long do_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval, sockptr_t optlen)
{
	if (level == SOL_SOCKET)
		return sock_getsockopt(sock, level, optname, optval, optlen);
	if (!sock->ops->getsockopt)
		return -EOPNOTSUPP;
	return sock->ops->getsockopt(sock, level, optname, optval, optlen);
}

long sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen)
{
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	if (optlen < 0)
		return -EINVAL;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	ret = do_setsockopt(sock, level, optname, USER_SOCKPTR(optval), optlen);
	fdput(f);
	return ret;
}

long sys_getsockopt(int fd, int level, int optname, char __user *optval, int __user *optlen)
{
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	ret = do_getsockopt(sock, level, optname, USER_SOCKPTR(optval), USER_SOCKPTR(optlen));
	fdput(f);
	return ret;
}

/* ---- socketcall ---- */

unsigned int socketcall_nargs(int call)
{
	static const u8 nargs[] = {
		[SYS_SOCKET] = 3,      [SYS_BIND] = 3,	     [SYS_CONNECT] = 3,
		[SYS_LISTEN] = 2,      [SYS_ACCEPT] = 3,     [SYS_GETSOCKNAME] = 3,
		[SYS_GETPEERNAME] = 3, [SYS_SOCKETPAIR] = 4, [SYS_SEND] = 4,
		[SYS_RECV] = 4,	       [SYS_SENDTO] = 6,     [SYS_RECVFROM] = 6,
		[SYS_SHUTDOWN] = 2,    [SYS_SETSOCKOPT] = 5, [SYS_GETSOCKOPT] = 5,
		[SYS_SENDMSG] = 3,     [SYS_RECVMSG] = 3,    [SYS_ACCEPT4] = 4,
		[SYS_RECVMMSG] = 5,    [SYS_SENDMMSG] = 4,
	};

	return call >= SYS_SOCKET && call <= SYS_SENDMMSG ? nargs[call] : 0;
}

/* msg_call - the operations whose structures depend on the caller's width. */
static long msg_call(int call, const unsigned long *a, bool compat)
{
	int fd = (int)a[0];

	switch (call) {
	case SYS_SETSOCKOPT:
		return (compat ? compat_sys_setsockopt : sys_setsockopt)(
			fd, (int)a[1], (int)a[2], (char __user *)a[3], (int)a[4]);
	case SYS_GETSOCKOPT:
		return (compat ? compat_sys_getsockopt : sys_getsockopt)(
			fd, (int)a[1], (int)a[2], (char __user *)a[3], (int __user *)a[4]);
	case SYS_SENDMSG:
		if (compat)
			return compat_sys_sendmsg(fd, (struct compat_msghdr __user *)a[1],
						  (unsigned int)a[2]);
		return sys_sendmsg(fd, (struct user_msghdr __user *)a[1], (unsigned int)a[2]);
	case SYS_RECVMSG:
		if (compat)
			return compat_sys_recvmsg(fd, (struct compat_msghdr __user *)a[1],
						  (unsigned int)a[2]);
		return sys_recvmsg(fd, (struct user_msghdr __user *)a[1], (unsigned int)a[2]);
	case SYS_SENDMMSG:
		return do_sendmmsg(fd, (void __user *)a[1], (unsigned int)a[2], (unsigned int)a[3],
				   compat);
	case SYS_RECVMMSG:
		if (compat)
			return compat_sys_recvmmsg(fd, (struct compat_mmsghdr __user *)a[1],
						   (unsigned int)a[2], (unsigned int)a[3],
						   (void __user *)a[4]);
		return sys_recvmmsg(fd, (struct user_mmsghdr __user *)a[1], (unsigned int)a[2],
				    (unsigned int)a[3], (struct timespec __user *)a[4]);
	default: return -EINVAL;
	}
}

long do_socketcall(int call, const unsigned long *a, bool compat)
{
	struct sockaddr __user *addr = (struct sockaddr __user *)a[1];
	int fd = (int)a[0];

	switch (call) {
	case SYS_SOCKET: return sys_socket((int)a[0], (int)a[1], (int)a[2]);
	case SYS_BIND: return sys_bind(fd, addr, (int)a[2]);
	case SYS_CONNECT: return sys_connect(fd, addr, (int)a[2]);
	case SYS_LISTEN: return sys_listen(fd, (int)a[1]);
	case SYS_ACCEPT: return sys_accept4(fd, addr, (int __user *)a[2], 0);
	case SYS_GETSOCKNAME: return sys_getsockname(fd, addr, (int __user *)a[2]);
	case SYS_GETPEERNAME: return sys_getpeername(fd, addr, (int __user *)a[2]);
	case SYS_SOCKETPAIR:
		return sys_socketpair((int)a[0], (int)a[1], (int)a[2], (int __user *)a[3]);
	case SYS_SEND:
		return sys_sendto(fd, (void __user *)a[1], a[2], (unsigned int)a[3], NULL, 0);
	case SYS_SENDTO:
		return sys_sendto(fd, (void __user *)a[1], a[2], (unsigned int)a[3],
				  (struct sockaddr __user *)a[4], (int)a[5]);
	case SYS_RECV:
		return sys_recvfrom(fd, (void __user *)a[1], a[2], (unsigned int)a[3], NULL, NULL);
	case SYS_RECVFROM:
		return sys_recvfrom(fd, (void __user *)a[1], a[2], (unsigned int)a[3],
				    (struct sockaddr __user *)a[4], (int __user *)a[5]);
	case SYS_SHUTDOWN: return sys_shutdown(fd, (int)a[1]);
	case SYS_ACCEPT4: return sys_accept4(fd, addr, (int __user *)a[2], (int)a[3]);
	default: return msg_call(call, a, compat);
	}
}

long sys_socketcall(int call, unsigned long __user *args)
{
	unsigned int n = socketcall_nargs(call);
	unsigned long a[6] = { 0 };

	if (!n)
		return -EINVAL;
	/* Copied once: what ring 3 changes afterwards is not seen. */
	if (copy_from_user(a, args, n * sizeof(a[0])))
		return -EFAULT;
	return do_socketcall(call, a, false);
}
