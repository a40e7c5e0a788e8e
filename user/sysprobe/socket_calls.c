/* SPDX-License-Identifier: MIT */
/* sysprobe: making, naming, connecting and closing sockets. */
#include <fcntl.h>
#include <unistd.h>

#include "probe_internal.h"

static void creation(void)
{
	int fds[2] = { -1, -1 };
	long fd;

	fd = sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	check(fd >= 0, "socket: TCP");
	is("close", bare(close, fd), 0);
	is("close twice", bare(close, fd), -EBADF);
	fd = sock(SOCKET, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	check(fd >= 0, "socket: UDP with flags");
	is("socket: SOCK_CLOEXEC", fcntl((int)fd, F_GETFD), FD_CLOEXEC);
	is("socket: SOCK_NONBLOCK", fcntl((int)fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	close((int)fd);
	is("socket: TCP's protocol for a datagram", sock(SOCKET, AF_INET, SOCK_DGRAM, IPPROTO_TCP),
	   -EPROTONOSUPPORT);
	is("socket: UDP's protocol for a stream", sock(SOCKET, AF_INET, SOCK_STREAM, IPPROTO_UDP),
	   -EPROTONOSUPPORT);
	is("socket: negative protocol", sock(SOCKET, AF_INET, SOCK_STREAM, -1), -EINVAL);
	is("socket: protocol too large", sock(SOCKET, AF_INET, SOCK_STREAM, 100000), -EINVAL);
	is("socket: type 0", sock(SOCKET, AF_INET, 0, 0), -ESOCKTNOSUPPORT);
	is("socket: type of no IPv4 protocol", sock(SOCKET, AF_INET, SOCK_SEQPACKET, 0),
	   -ESOCKTNOSUPPORT);
	is("socket: type too large", sock(SOCKET, AF_INET, SOCK_MAX, 0), -EINVAL);
	is("socket: unknown flag", sock(SOCKET, AF_INET, SOCK_STREAM | 0x100, 0), -EINVAL);
	is("socket: negative family", sock(SOCKET, -1, SOCK_STREAM, 0), -EAFNOSUPPORT);
	is("socket: family 0", sock(SOCKET, 0, SOCK_STREAM, 0), -EAFNOSUPPORT);
	is("socket: family too large", sock(SOCKET, 1000, SOCK_STREAM, 0), -EAFNOSUPPORT);
	is("socketpair: AF_INET", sock(SOCKETPAIR, AF_INET, SOCK_STREAM, 0, fds), -EOPNOTSUPP);
	is("socketpair: bad flags", sock(SOCKETPAIR, AF_INET, SOCK_STREAM | 0x100, 0, fds),
	   -EINVAL);
}

static void binding(void)
{
	struct sockaddr_in addr = loopback(0);
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int second = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);

	is("bind: short address", sock(BIND, fd, &addr, 8), -EINVAL);
	is("bind: negative length", sock(BIND, fd, &addr, -1), -EINVAL);
	is("bind: huge length", sock(BIND, fd, &addr, 129), -EINVAL);
	addr.sin_family = AF_UNIX;
	is("bind: another family", sock(BIND, fd, &addr, sizeof(addr)), -EAFNOSUPPORT);
	addr = loopback(0);
	addr.sin_addr.s_addr = htonl(0x08080808);
	is("bind: not an own address", sock(BIND, fd, &addr, sizeof(addr)), -EADDRNOTAVAIL);
	addr = loopback(0);
	is("bind", sock(BIND, fd, &addr, sizeof(addr)), 0);
	is("bind: twice", sock(BIND, fd, &addr, sizeof(addr)), -EINVAL);
	check(port_of(fd) > 0, "bind: port 0 picks one");
	addr = loopback(port_of(fd));
	is("bind: taken", sock(BIND, second, &addr, sizeof(addr)), -EADDRINUSE);
	addr.sin_addr.s_addr = 0;
	is("bind: taken, any address", sock(BIND, second, &addr, sizeof(addr)), -EADDRINUSE);
	is("bind: no socket", sock(BIND, 0x7fffffff, &addr, sizeof(addr)), -EBADF);
	is("bind: negative descriptor", sock(BIND, -1, &addr, sizeof(addr)), -EBADF);
	close(fd);
	close(second);
}

static void listening(void)
{
	int tcp = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int udp = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);

	is("accept: not listening", sock(ACCEPT, tcp, 0, 0), -EINVAL);
	is("accept: datagrams", sock(ACCEPT, udp, 0, 0), -EOPNOTSUPP);
	is("listen: datagrams", sock(LISTEN, udp, 5), -EOPNOTSUPP);
	is("listen: no socket", sock(LISTEN, 999, 5), -EBADF);
	is("listen: unbound", sock(LISTEN, tcp, 5), 0);
	check(port_of(tcp) > 0, "listen: binds by itself");
	is("listen: again", sock(LISTEN, tcp, 6), 0);
	is("listen: negative backlog", sock(LISTEN, tcp, -1), 0);
	is("accept4: unknown flags", sock(ACCEPT4, tcp, 0, 0, 1), -EINVAL);
	is("accept4: unknown flags, no descriptor", sock(ACCEPT4, 999, 0, 0, 1), -EBADF);
	is("accept4: unknown flags, no socket", sock(ACCEPT4, STDOUT_FILENO, 0, 0, 1), -EINVAL);
	fcntl(tcp, F_SETFL, O_NONBLOCK);
	is("accept: nobody there", sock(ACCEPT, tcp, 0, 0), -EAGAIN);
	is("recv: listening", sock(RECV, tcp, &udp, 1, 0), -ENOTCONN);
	is("send: listening", sock(SEND, tcp, &udp, 1, MSG_NOSIGNAL), -EPIPE);
	close(tcp);
	close(udp);
}

static void connecting(void)
{
	int listener = tcp_listener();
	struct sockaddr_in addr = loopback(port_of(listener));
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int nb = (int)sock(SOCKET, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int err = -1;
	socklen_t len = sizeof(err);
	long peer;

	is("connect: short address", sock(CONNECT, fd, &addr, 1), -EINVAL);
	is("connect: negative length", sock(CONNECT, fd, &addr, -5), -EINVAL);
	addr.sin_family = AF_INET6;
	is("connect: another family", sock(CONNECT, fd, &addr, sizeof(addr)), -EAFNOSUPPORT);
	addr.sin_family = AF_INET;
	is("connect", sock(CONNECT, fd, &addr, sizeof(addr)), 0);
	is("connect: twice", sock(CONNECT, fd, &addr, sizeof(addr)), -EISCONN);
	is("listen: connected", sock(LISTEN, fd, 1), -EINVAL);
	peer = sock(ACCEPT4, listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
	check(peer >= 0, "accept4: with flags");
	is("accept4: SOCK_CLOEXEC", fcntl((int)peer, F_GETFD), FD_CLOEXEC);
	is("accept4: SOCK_NONBLOCK", fcntl((int)peer, F_GETFL), O_RDWR | O_NONBLOCK);
	is("connect: does not block", sock(CONNECT, nb, &addr, sizeof(addr)), -EINPROGRESS);
	is("connect: can be waited for", wait_events(nb, POLLOUT), POLLOUT);
	is("connect: SO_ERROR", sock(GETSOCKOPT, nb, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	is("connect: no error", err, 0);
	close(fd);
	close(nb);
	close((int)peer);
	close(listener);
}

static void refused(void)
{
	int listener = tcp_listener();
	struct sockaddr_in addr = loopback(port_of(listener));
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int err = -1;
	socklen_t len = sizeof(err);

	close(listener);
	is("connect: refused", sock(CONNECT, fd, &addr, sizeof(addr)), -ECONNREFUSED);
	close(fd);
	fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	is("connect: refusal comes later", sock(CONNECT, fd, &addr, sizeof(addr)), -EINPROGRESS);
	is("connect: refusal is reported", wait_events(fd, POLLIN | POLLOUT),
	   POLLIN | POLLOUT | POLLERR | POLLHUP);
	sock(GETSOCKOPT, fd, SOL_SOCKET, SO_ERROR, &err, &len);
	is("connect: SO_ERROR of a refusal", err, ECONNREFUSED);
	sock(GETSOCKOPT, fd, SOL_SOCKET, SO_ERROR, &err, &len);
	is("connect: SO_ERROR is cleared", err, 0);
	close(fd);
}

static void names(void)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int pair[2], port;

	memset(&addr, 0xff, sizeof(addr));
	is("getsockname: unbound", sock(GETSOCKNAME, fd, &addr, &len), 0);
	check(len == 16 && addr.sin_family == AF_INET && !addr.sin_port && !addr.sin_addr.s_addr,
	      "getsockname: any address, no port");
	is("getpeername: unconnected", sock(GETPEERNAME, fd, &addr, &len), -ENOTCONN);
	tcp_pair(pair);
	is("getpeername", sock(GETPEERNAME, pair[0], &addr, &len), 0);
	check(ntohs(addr.sin_port) == port_of(pair[1]) &&
		      ntohl(addr.sin_addr.s_addr) == INADDR_LOOPBACK,
	      "getpeername: the other end's name");
	port = port_of(pair[1]);
	memset(&addr, 0xff, sizeof(addr));
	len = 4;
	is("getsockname: little room", sock(GETSOCKNAME, pair[1], &addr, &len), 0);
	check(len == 16 && ntohs(addr.sin_port) == port && addr.sin_addr.s_addr == 0xffffffff,
	      "getsockname: cut to the room, whole length told");
	len = (socklen_t)-1;
	is("getsockname: negative room", sock(GETSOCKNAME, pair[1], &addr, &len), -EINVAL);
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

static void accept_name(void)
{
	int listener = tcp_listener();
	struct sockaddr_in addr = loopback(port_of(listener)), from;
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(from);
	long peer;

	sock(CONNECT, fd, &addr, sizeof(addr));
	is("poll: a connection waits", wait_events(listener, POLLIN | POLLOUT), POLLIN);
	peer = sock(ACCEPT, listener, &from, &len);
	check(peer >= 0 && len == 16 && ntohs(from.sin_port) == port_of(fd),
	      "accept: the peer's name");
	is("accept: flags do not come from the listener", fcntl((int)peer, F_GETFL), O_RDWR);
	close((int)peer);
	close(fd);
	close(listener);
}

static void odd_operations(void)
{
	is("socket operation on a file", sock(LISTEN, STDOUT_FILENO, 1), -ENOTSOCK);
	is("connect: a file, bad address", sock(CONNECT, STDOUT_FILENO, bad_pointers[0], 16),
	   -EFAULT);
	is("connect: a file, bad length", sock(CONNECT, STDOUT_FILENO, page_edge - 16, -1), -EINVAL);
#ifdef __i386__
	{
		long args[6] = { 0 };

		is("socketcall: operation 0", bare(socketcall, 0, args), -EINVAL);
		is("socketcall: operation 21", bare(socketcall, 21, args), -EINVAL);
		is("socketcall: negative operation", bare(socketcall, -1, args), -EINVAL);
		is("socketcall: huge operation", bare(socketcall, 0x7fffffff, args), -EINVAL);
		is("socketcall: arguments out of reach",
		   bare(socketcall, SYS_SOCKET, page_edge - 4), -EFAULT);
	}
#endif
}

void probe_socket_calls(void)
{
	creation();
	binding();
	listening();
	connecting();
	refused();
	names();
	accept_name();
	odd_operations();
}
