/* SPDX-License-Identifier: MIT */
/* The socket API: twenty operations, which each target sends its own way (socket_sc). */
#include <sys/socket.h>
#include <uapi/net.h>

#include "libc_internal.h"

int socket(int domain, int type, int protocol)
{
	return (int)socket_sc(SYS_SOCKET, socket, domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
	return (int)socket_sc(SYS_SOCKETPAIR, socketpair, domain, type, protocol, fds);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)socket_sc(SYS_BIND, bind, fd, addr, len);
}

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)socket_sc(SYS_CONNECT, connect, fd, addr, len);
}

int listen(int fd, int backlog)
{
	return (int)socket_sc(SYS_LISTEN, listen, fd, backlog);
}

int accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)socket_sc(SYS_ACCEPT, accept, fd, addr, len);
}

int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len, int flags)
{
	return (int)socket_sc(SYS_ACCEPT4, accept4, fd, addr, len, flags);
}

int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)socket_sc(SYS_GETSOCKNAME, getsockname, fd, addr, len);
}

int getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return (int)socket_sc(SYS_GETPEERNAME, getpeername, fd, addr, len);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	return socket_sc(SYS_SEND, sendto, fd, buf, n, flags, 0, 0);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	return socket_sc(SYS_RECV, recvfrom, fd, buf, n, flags, 0, 0);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	       socklen_t len)
{
	return socket_sc(SYS_SENDTO, sendto, fd, buf, n, flags, addr, len);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags, struct sockaddr *restrict addr,
		 socklen_t *restrict len)
{
	return socket_sc(SYS_RECVFROM, recvfrom, fd, buf, n, flags, addr, len);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return socket_sc(SYS_SENDMSG, sendmsg, fd, msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	return socket_sc(SYS_RECVMSG, recvmsg, fd, msg, flags);
}

int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	return (int)socket_sc(SYS_SENDMMSG, sendmmsg, fd, msgs, n, flags);
}

int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags, struct timespec *timeout)
{
	return (int)socket_sc(SYS_RECVMMSG, recvmmsg, fd, msgs, n, flags, timeout);
}

int shutdown(int fd, int how)
{
	return (int)socket_sc(SYS_SHUTDOWN, shutdown, fd, how);
}

int getsockopt(int fd, int level, int name, void *restrict val, socklen_t *restrict len)
{
	return (int)socket_sc(SYS_GETSOCKOPT, getsockopt, fd, level, name, val, len);
}

int setsockopt(int fd, int level, int name, const void *val, socklen_t len)
{
	return (int)socket_sc(SYS_SETSOCKOPT, setsockopt, fd, level, name, val, len);
}
