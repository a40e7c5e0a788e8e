/* SPDX-License-Identifier: MIT */
/* The socket API: twenty operations, which each target sends its own way (__socket_op). */
#include <sys/socket.h>
#include <uapi/net.h>

#include "libc_internal.h"

#define op(name, a, b, c, d, e, f) \
	__ret(__socket_op(name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)))

int socket(int domain, int type, int protocol)
{
	return (int)op(SYS_SOCKET, domain, type, protocol, 0, 0, 0);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
	return (int)op(SYS_SOCKETPAIR, domain, type, protocol, fds, 0, 0);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)op(SYS_BIND, fd, addr, len, 0, 0, 0);
}

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)op(SYS_CONNECT, fd, addr, len, 0, 0, 0);
}

int listen(int fd, int backlog)
{
	return (int)op(SYS_LISTEN, fd, backlog, 0, 0, 0, 0);
}

int accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)op(SYS_ACCEPT, fd, addr, len, 0, 0, 0);
}

int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len, int flags)
{
	return (int)op(SYS_ACCEPT4, fd, addr, len, flags, 0, 0);
}

int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)op(SYS_GETSOCKNAME, fd, addr, len, 0, 0, 0);
}

int getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)op(SYS_GETPEERNAME, fd, addr, len, 0, 0, 0);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	return op(SYS_SEND, fd, buf, n, flags, 0, 0);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	return op(SYS_RECV, fd, buf, n, flags, 0, 0);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	       socklen_t len)
{
	return op(SYS_SENDTO, fd, buf, n, flags, addr, len);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags, struct sockaddr *restrict addr,
		 socklen_t *restrict len)
{
	return op(SYS_RECVFROM, fd, buf, n, flags, addr, len);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return op(SYS_SENDMSG, fd, msg, flags, 0, 0, 0);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	return op(SYS_RECVMSG, fd, msg, flags, 0, 0, 0);
}

int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	return (int)op(SYS_SENDMMSG, fd, msgs, n, flags, 0, 0);
}

int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags, struct timespec *timeout)
{
	return (int)op(SYS_RECVMMSG, fd, msgs, n, flags, timeout, 0);
}

int shutdown(int fd, int how)
{
	return (int)op(SYS_SHUTDOWN, fd, how, 0, 0, 0, 0);
}

int getsockopt(int fd, int level, int name, void *restrict val, socklen_t *restrict len)
{
	return (int)op(SYS_GETSOCKOPT, fd, level, name, val, len, 0);
}

int setsockopt(int fd, int level, int name, const void *val, socklen_t len)
{
	return (int)op(SYS_SETSOCKOPT, fd, level, name, val, len, 0);
}
