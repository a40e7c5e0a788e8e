/* SPDX-License-Identifier: MIT */
/* sysprobe: sending and receiving over UDP. */
#include <unistd.h>

#include "probe_internal.h"

static char buf[70000];

static void transfer(void)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int pair[2];

	udp_pair(pair);
	is("send", sock(SEND, pair[0], "hello", 5, 0), 5);
	is("poll: a datagram waits", wait_events(pair[1], POLLIN | POLLOUT), POLLIN | POLLOUT);
	is("recvfrom: MSG_PEEK", sock(RECVFROM, pair[1], buf, 100, MSG_PEEK, &from, &len), 5);
	is("recvfrom", sock(RECVFROM, pair[1], buf, 100, 0, &from, &len), 5);
	check(len == 16 && ntohs(from.sin_port) == port_of(pair[0]) && from.sin_family == AF_INET,
	      "recvfrom: the sender");
	is("recvfrom: empty", sock(RECV, pair[1], buf, 100, MSG_DONTWAIT), -EAGAIN);
	sock(SEND, pair[0], "0123456789", 10, 0);
	sock(SEND, pair[0], "next", 4, 0);
	wait_events(pair[1], POLLIN);
	is("recv: MSG_TRUNC tells the whole length",
	   sock(RECV, pair[1], buf, 4, MSG_TRUNC | MSG_PEEK), 10);
	is("recv: cut", sock(RECV, pair[1], buf, 4, 0), 4);
	is("recv: the rest is gone", sock(RECV, pair[1], buf, 100, 0), 4);
	check(memcmp(buf, "next", 4) == 0, "recv: the next datagram");
	is("send: nothing", sock(SEND, pair[0], buf, 0, 0), 0);
	is("poll: an empty datagram waits", wait_events(pair[1], POLLIN), POLLIN);
	is("recv: an empty datagram", sock(RECV, pair[1], buf, 100, 0), 0);
	is("write: nothing is an empty datagram too", bare(write, pair[0], buf, 0), 0);
	is("poll: it waits", wait_events(pair[1], POLLIN), POLLIN);
	is("read: no room reads nothing", bare(read, pair[1], buf, 0), 0);
	is("read: the empty datagram", bare(read, pair[1], buf, 10), 0);
	len = sizeof(from);
	sock(SEND, pair[0], "n", 1, 0);
	wait_events(pair[1], POLLIN);
	len = (socklen_t)-1;
	is("recvfrom: negative room for the address",
	   sock(RECVFROM, pair[1], buf, 9, 0, &from, &len), -EINVAL);
	close(pair[0]);
	close(pair[1]);
}

static void sizes(void)
{
	int pair[2];
	long i;

	udp_pair(pair);
	for (i = 0; i < (long)sizeof(buf); i++)
		buf[i] = (char)(i % 253);
	is("send: largest", sock(SEND, pair[0], buf, 65507, 0), 65507);
	is("send: too large", sock(SEND, pair[0], buf, 65508, 0), -EMSGSIZE);
	is("send: much too large", sock(SEND, pair[0], buf, sizeof(buf), 0), -EMSGSIZE);
	wait_events(pair[1], POLLIN);
	memset(buf, 0, sizeof(buf));
	is("recv: largest", sock(RECV, pair[1], buf, sizeof(buf), 0), 65507);
	for (i = 0; i < 65507 && (unsigned char)buf[i] == i % 253; i++)
		;
	is("recv: unchanged", i, 65507);
	close(pair[0]);
	close(pair[1]);
}

static void addressing(void)
{
	struct sockaddr_in addr, unspec = { .sin_family = AF_UNSPEC };
	int fd = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);
	int pair[2];

	udp_pair(pair);
	addr = loopback(port_of(pair[0]));
	is("send: no destination", sock(SEND, fd, "x", 1, 0), -EDESTADDRREQ);
	is("sendto: short address", sock(SENDTO, fd, "x", 1, 0, &addr, 4), -EINVAL);
	is("sendto: huge address", sock(SENDTO, fd, "x", 1, 0, &addr, 200), -EINVAL);
	is("sendto: MSG_OOB", sock(SENDTO, fd, "x", 1, MSG_OOB, &addr, 16), -EOPNOTSUPP);
	addr.sin_family = AF_INET6;
	is("sendto: another family", sock(SENDTO, fd, "x", 1, 0, &addr, 16), -EAFNOSUPPORT);
	addr = loopback(0);
	is("sendto: port 0", sock(SENDTO, fd, "x", 1, 0, &addr, 16), -EINVAL);
	addr = loopback(port_of(pair[0]));
	is("sendto", sock(SENDTO, fd, "x", 1, 0, &addr, 16), 1);
	is("recv: a connected socket hears only its peer",
	   sock(RECV, pair[0], buf, 9, MSG_DONTWAIT), -EAGAIN);
	is("connect: disconnect", sock(CONNECT, pair[0], &unspec, 16), 0);
	is("send: disconnected", sock(SEND, pair[0], "x", 1, 0), -EDESTADDRREQ);
	is("getpeername: disconnected", sock(GETPEERNAME, pair[0], &addr, &(socklen_t){ 16 }),
	   -ENOTCONN);
	is("shutdown: unconnected", sock(SHUTDOWN, fd, SHUT_RD), -ENOTCONN);
	addr = loopback(9);
	addr.sin_addr.s_addr = htonl(0x7fffffff);
	is("connect: broadcast is not allowed", sock(CONNECT, fd, &addr, 16), -EACCES);
	is("sendto: broadcast is not allowed", sock(SENDTO, fd, "x", 1, 0, &addr, 16), -EACCES);
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

/* The end of reading is an end for one who waits; one who does not finds nothing there. */
static void read_shutdown(void)
{
	int pair[2];

	udp_pair(pair);
	is("shutdown: a datagram socket's reading", sock(SHUTDOWN, pair[0], SHUT_RD), 0);
	is("recv: waiting behind it", sock(RECV, pair[0], buf, 1, 0), 0);
	is("recv: not waiting", sock(RECV, pair[0], buf, 1, MSG_DONTWAIT), -EAGAIN);
	close(pair[0]);
	close(pair[1]);
}

static void unreachable(void)
{
	int pair[2], err = -1;
	socklen_t len = sizeof(err);

	udp_pair(pair);
	close(pair[1]);
	is("send: to a closed port", sock(SEND, pair[0], "x", 1, 0), 1);
	check(wait_events(pair[0], POLLIN) & POLLERR, "poll: the port is unreachable");
	is("recv: refused", sock(RECV, pair[0], buf, 1, MSG_DONTWAIT), -ECONNREFUSED);
	is("recv: told once", sock(RECV, pair[0], buf, 1, MSG_DONTWAIT), -EAGAIN);
	sock(SEND, pair[0], "x", 1, 0);
	wait_events(pair[0], POLLIN);
	sock(GETSOCKOPT, pair[0], SOL_SOCKET, SO_ERROR, &err, &len);
	is("SO_ERROR: refused", err, ECONNREFUSED);
	close(pair[0]);
}

void probe_datagram(void)
{
	transfer();
	sizes();
	addressing();
	read_shutdown();
	unreachable();
}
