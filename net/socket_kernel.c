/* SPDX-License-Identifier: MIT */
/* The kernel as its own user: the kernel_* socket calls, whose addresses and buffers are kernel
 * memory. Book section 12.11.1. */
#include <net/sock.h>

#include "socket_internal.h"

int kernel_sendmsg(struct socket *sock, struct kmsghdr *msg, struct iovec *vec, size_t num,
		   size_t len)
{
	iov_iter_init(&msg->msg_iter, false, vec, num, len);
	return sock_sendmsg(sock, msg);
}

int kernel_recvmsg(struct socket *sock, struct kmsghdr *msg, struct iovec *vec, size_t num,
		   size_t len, int flags)
{
	iov_iter_init(&msg->msg_iter, false, vec, num, len);
	msg->msg_control_is_user = false;
	msg->msg_compat = false;
	return sock_recvmsg(sock, msg, flags);
}

int kernel_sendpage(struct socket *sock, struct page *page, int offset, size_t size, int flags)
{
	struct kmsghdr msg = { .msg_flags = (unsigned int)flags };
	struct iovec vec = { (char *)page_address(page) + offset, size };

	return kernel_sendmsg(sock, &msg, &vec, 1, size);
}

int kernel_bind(struct socket *sock, struct sockaddr *addr, int addrlen)
{
	return sock->ops->bind(sock, addr, addrlen);
}

int kernel_listen(struct socket *sock, int backlog)
{
	return sock->ops->listen(sock, backlog);
}

int kernel_accept(struct socket *sock, struct socket **newsock, int flags)
{
	struct socket *n;
	int err = sock_create_lite(sock->sk->sk_family, sock->type, sock->sk->sk_protocol, &n);

	*newsock = NULL;
	if (err < 0)
		return err;
	n->ops = sock->ops;
	err = sock->ops->accept(sock, n, flags, true);
	if (err < 0) {
		n->ops = NULL;
		sock_release(n);
		return err;
	}
	*newsock = n;
	return 0;
}

int kernel_connect(struct socket *sock, struct sockaddr *addr, int addrlen, int flags)
{
	return sock->ops->connect(sock, addr, addrlen, flags);
}

int kernel_getsockname(struct socket *sock, struct sockaddr *addr)
{
	return sock->ops->getname(sock, addr, 0);
}

int kernel_getpeername(struct socket *sock, struct sockaddr *addr)
{
	return sock->ops->getname(sock, addr, 1);
}

int kernel_getsockopt(struct socket *sock, int level, int optname, void *optval, int *optlen)
{
	return (int)do_getsockopt(sock, level, optname, KERNEL_SOCKPTR(optval),
				  KERNEL_SOCKPTR(optlen));
}

int kernel_setsockopt(struct socket *sock, int level, int optname, void *optval,
		      unsigned int optlen)
{
	return (int)do_setsockopt(sock, level, optname, KERNEL_SOCKPTR(optval), (int)optlen);
}

int kernel_sock_shutdown(struct socket *sock, int how)
{
	return sock->ops->shutdown(sock, how);
}

int kernel_sock_ioctl(struct socket *sock, unsigned int cmd, void *arg)
{
	return sock_do_ioctl(sock, cmd, (unsigned long)arg);
}
