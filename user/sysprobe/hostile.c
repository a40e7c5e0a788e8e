/* SPDX-License-Identifier: MIT */
/* sysprobe: pointers and numbers that no honest program hands to the kernel. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probe_internal.h"

/* Every operation on sockets once for each bad pointer: -EFAULT, whatever the pointer. */
static void socket_pointers(int which, int tcp, int udp, int listener)
{
	struct sockaddr_in addr = loopback(9);
	socklen_t len = 16;
	int one = 1;
	void *bad = bad_pointers[which];
	const struct {
		const char *name;
		long got;
	} rows[] = {
		{ "bind", sock(BIND, tcp, bad, 16) },
		{ "connect", sock(CONNECT, udp, bad, 16) },
		{ "getsockname, address", sock(GETSOCKNAME, udp, bad, &len) },
		{ "getsockname, length", sock(GETSOCKNAME, udp, &addr, bad) },
		{ "getpeername, address", sock(GETPEERNAME, udp, bad, &len) },
		{ "getpeername, length", sock(GETPEERNAME, udp, &addr, bad) },
		{ "send", sock(SEND, udp, bad, 5, 0) },
		{ "sendto, data", sock(SENDTO, udp, bad, 5, 0, &addr, 16) },
		{ "sendto, address", sock(SENDTO, udp, "x", 1, 0, bad, 16) },
		{ "sendmsg", sock(SENDMSG, udp, bad, 0) },
		{ "recvmsg", sock(RECVMSG, udp, bad, MSG_DONTWAIT) },
		{ "sendmmsg", sock(SENDMMSG, udp, bad, 1, 0) },
		{ "recvmmsg", sock(RECVMMSG, udp, bad, 1, MSG_DONTWAIT, 0) },
		{ "setsockopt", sock(SETSOCKOPT, udp, SOL_SOCKET, SO_REUSEADDR, bad, 4) },
		{ "getsockopt, value", sock(GETSOCKOPT, udp, SOL_SOCKET, SO_TYPE, bad, &len) },
		{ "getsockopt, length", sock(GETSOCKOPT, udp, SOL_SOCKET, SO_TYPE, &one, bad) },
	};
	char name[80];
	size_t i;

	(void)listener;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "bad pointer %d: %s", which, rows[i].name);
		is(name, rows[i].got, -EFAULT);
	}
}

/* Receiving into nowhere: the bytes of a stream stay, a datagram is gone. */
static void receive_nowhere(int which)
{
	char name[80], c;
	int tcp[2], udp[2];

	tcp_pair(tcp);
	udp_pair(udp);
	sock(SEND, tcp[0], "t", 1, 0);
	sock(SEND, udp[0], "u", 1, 0);
	wait_events(tcp[1], POLLIN);
	wait_events(udp[1], POLLIN);
	snprintf(name, sizeof(name), "bad pointer %d: recv, stream", which);
	is(name, sock(RECV, tcp[1], bad_pointers[which], 1, 0), -EFAULT);
	snprintf(name, sizeof(name), "bad pointer %d: recv, stream again", which);
	is(name, sock(RECV, tcp[1], &c, 1, 0), 1);
	snprintf(name, sizeof(name), "bad pointer %d: recv, datagram", which);
	is(name, sock(RECV, udp[1], bad_pointers[which], 1, 0), -EFAULT);
	snprintf(name, sizeof(name), "bad pointer %d: send, stream", which);
	is(name, sock(SEND, tcp[0], bad_pointers[which], 1, 0), -EFAULT);
	close(tcp[0]);
	close(tcp[1]);
	close(udp[0]);
	close(udp[1]);
}

static void accept_nowhere(int which)
{
	int listener = tcp_listener();
	struct sockaddr_in addr = loopback(port_of(listener));
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	socklen_t len = 16;
	char name[80];

	sock(CONNECT, fd, &addr, sizeof(addr));
	wait_events(listener, POLLIN);
	snprintf(name, sizeof(name), "bad pointer %d: accept", which);
	is(name, sock(ACCEPT, listener, bad_pointers[which], &len), -EFAULT);
	close(fd);
	close(listener);
}

static void other_pointers(int which)
{
	void *bad = bad_pointers[which];
	struct epoll_event ev = { 0 };
	int udp = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);
	int ep = epoll_create1(0);
	const struct {
		const char *name;
		long got;
	} rows[] = {
		{ "epoll_ctl", bare(epoll_ctl, ep, EPOLL_CTL_ADD, udp, bad) },
		{ "poll", bare(poll, bad, 1, 0) },
		{ "open", bare(open, bad, O_RDONLY) },
		{ "uname", bare(uname, bad) },
		{ "clock_gettime", bare(clock_gettime, 0, bad) },
		{ "nanosleep", bare(nanosleep, bad, 0) },
		{ "getrandom", bare(getrandom, bad, 8, 0) },
		{ "rt_sigaction", bare(rt_sigaction, SIGUSR1, bad, 0, 8) },
		{ "rt_sigprocmask", bare(rt_sigprocmask, SIG_BLOCK, bad, 0, 8) },
		{ "ioctl FIONREAD", bare(ioctl, udp, FIONREAD, bad) },
		{ "ioctl SIOCGIFADDR", bare(ioctl, udp, SIOCGIFADDR, bad) },
		{ "readv", bare(readv, udp, bad, 1) },
		{ "writev", bare(writev, udp, bad, 1) },
		{ "select", bare(_newselect, 5, bad, 0, 0, 0) },
	};
	char name[80];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "bad pointer %d: %s", which, rows[i].name);
		is(name, rows[i].got, -EFAULT);
	}
	ev.events = EPOLLOUT;
	epoll_ctl(ep, EPOLL_CTL_ADD, udp, &ev);
	snprintf(name, sizeof(name), "bad pointer %d: epoll_wait", which);
	is(name, bare(epoll_wait, ep, bad, 1, 0), -EFAULT);
	close(ep);
	close(udp);
}

/* A buffer that begins well and ends nowhere: what lies before the edge may have been moved. */
static void at_the_edge(void)
{
	struct sockaddr_in *addr = (void *)(page_edge - sizeof(*addr));
	int pair[2];

	udp_pair(pair);
	*addr = loopback(port_of(pair[1]));
	is("edge: address just before it", sock(SENDTO, pair[0], "edge", 4, 0, addr, sizeof(*addr)),
	   4);
	is("edge: address over it", sock(SENDTO, pair[0], "x", 1, 0, (char *)addr + 4, 16),
	   -EFAULT);
	is("edge: data over it", sock(SEND, pair[0], page_edge - 10, 20, 0), -EFAULT);
	wait_events(pair[1], POLLIN);
	is("edge: receive just before it", sock(RECV, pair[1], page_edge - 4, 4, 0), 4);
	check(memcmp(page_edge - 4, "edge", 4) == 0, "edge: received");
	sock(SEND, pair[0], "0123456789", 10, 0);
	wait_events(pair[1], POLLIN);
	is("edge: receive over it", sock(RECV, pair[1], page_edge - 5, 10, 0), -EFAULT);
	strcpy(page_edge - 6, "/etc/");
	page_edge[-1] = 'x';
	is("edge: a path without an end", bare(open, page_edge - 6, O_RDONLY), -EFAULT);
	is("read-only: getsockname", sock(GETSOCKNAME, pair[0], read_only, &(socklen_t){ 16 }),
	   -EFAULT);
	is("read-only: uname", bare(uname, read_only), -EFAULT);
	is("read-only: clock_gettime", bare(clock_gettime, 0, (uintptr_t)read_only & ~7UL),
	   -EFAULT);
	close(pair[0]);
	close(pair[1]);
}

/* Structures whose first words can be reached and whose last cannot: none is taken by half. */
static void structures_at_the_edge(void)
{
	struct iovec iov = { .iov_base = "edge", .iov_len = 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct epoll_event ev = { .events = EPOLLOUT, .data.u64 = 7 };
	int ep = (int)bare(epoll_create1, 0);
	int pair[2];

	udp_pair(pair);
	memcpy(page_edge - sizeof(msg), &msg, sizeof(msg));
	is("edge: a header just before it", sock(SENDMSG, pair[0], page_edge - sizeof(msg), 0), 4);
	is("edge: send with a header over it", sock(SENDMSG, pair[0], page_edge - 16, 0), -EFAULT);
	wait_events(pair[1], POLLIN);
	is("edge: receive with a header over it", sock(RECVMSG, pair[1], page_edge - 16, 0), -EFAULT);
	memcpy(page_edge - sizeof(iov), &iov, sizeof(iov));
	msg.msg_iov = (void *)(page_edge - sizeof(iov));
	is("edge: a vector just before it", sock(SENDMSG, pair[0], &msg, 0), 4);
	msg.msg_iov = (void *)(page_edge - sizeof(iov) / 2);
	is("edge: a vector over it", sock(SENDMSG, pair[0], &msg, 0), -EFAULT);
	bare(epoll_ctl, ep, EPOLL_CTL_ADD, pair[0], &ev);
	is("edge: an event over it", bare(epoll_wait, ep, page_edge - 8, 1, 0), -EFAULT);
	is("edge: the event is not lost", bare(epoll_wait, ep, page_edge - sizeof(ev), 1, 0), 1);
	check(memcmp(page_edge - sizeof(ev) + offsetof(struct epoll_event, data), &ev.data,
		     sizeof(ev.data)) == 0,
	      "edge: it is the one");
	close(ep);
	close(pair[0]);
	close(pair[1]);
}

static void odd_numbers(void)
{
	static char low[16];
	int fd = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in addr = loopback(9);

	is("read: no descriptor", bare(read, -1, &addr, 1), -EBADF);
	is("read: huge descriptor", bare(read, 0x7fffffff, &addr, 1), -EBADF);
	is("write: no descriptor", bare(write, 12345, &addr, 1), -EBADF);
	is("close: negative", bare(close, -1), -EBADF);
	is("close: huge", bare(close, 0x7fffffff), -EBADF);
	is("dup: no descriptor", bare(dup, -1), -EBADF);
	is("ioctl: no descriptor", bare(ioctl, -1, FIONREAD, &addr), -EBADF);
	is("ioctl: unknown", bare(ioctl, fd, 0xdead, &addr), -ENOTTY);
	is("fcntl: no descriptor", fcntl(-1, F_GETFL), -1);
	/* From low addresses, so that the end still lies in the program's half. */
	is("sendto: endless data", sock(SENDTO, fd, low, 0x7fffffff, 0, &addr, 16), -EMSGSIZE);
	is("a call that does not exist", __ret(__syscall0(4000)), -1);
	is("its errno", errno, ENOSYS);
	is("a negative call", __ret(__syscall0(-1)), -1);
	is("its errno too", errno, ENOSYS);
	close(fd);
}

void probe_hostile(void)
{
	int tcp = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int listener = tcp_listener();
	int pair[2];
	int i;

	for (i = 0; i < BAD_POINTERS; i++) {
		udp_pair(pair);
		socket_pointers(i, tcp, pair[0], listener);
		close(pair[0]);
		close(pair[1]);
		receive_nowhere(i);
		accept_nowhere(i);
		other_pointers(i);
	}
	at_the_edge();
	structures_at_the_edge();
	odd_numbers();
	close(tcp);
	close(listener);
}
