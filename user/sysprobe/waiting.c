/* SPDX-License-Identifier: MIT */
/* sysprobe: poll, select and epoll. */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include "probe_internal.h"

static void polling(void)
{
	struct pollfd p[3] = { { .fd = -1, .events = POLLIN, .revents = 77 } };
	struct timespec ts = { .tv_nsec = 30000000 };
	long long before = now_us();
	struct rlimit lim = { 0 };
	int pair[2];

	is("poll: nothing", bare(poll, 0, 0, 0), 0);
	is("poll: a negative descriptor is skipped", bare(poll, p, 1, 30), 0);
	check(p[0].revents == 0 && now_us() - before >= 29000, "poll: waits its time");
	p[0].fd = 997;
	is("poll: no descriptor", bare(poll, p, 1, -1), 1);
	is("poll: POLLNVAL", p[0].revents, POLLNVAL);
	getrlimit(RLIMIT_NOFILE, &lim);
	is("poll: more than there can be", bare(poll, p, lim.rlim_cur + 1, 0), -EINVAL);
	udp_pair(pair);
	p[0] = (struct pollfd){ .fd = pair[0], .events = POLLIN };
	p[1] = (struct pollfd){ .fd = pair[1], .events = POLLIN | POLLOUT };
	p[2] = (struct pollfd){ .fd = pair[0], .events = 0 };
	is("poll: two of three are quiet", bare(poll, p, 3, -1), 1);
	check(!p[0].revents && p[1].revents == POLLOUT && !p[2].revents, "poll: only what is so");
	before = now_us();
	is("ppoll: timeout", bare(ppoll, p, 1, &ts, 0, 8), 0);
	check(now_us() - before >= 29000, "ppoll: waits its time");
	ts.tv_nsec = -1;
	is("ppoll: bad timeout", bare(ppoll, p, 1, &ts, 0, 8), -EINVAL);
	close(pair[0]);
	close(pair[1]);
}

static void selecting(void)
{
	struct timeval tv = { .tv_usec = 30000 };
	fd_set in, out;
	long long before = now_us();
	int pair[2];

	is("select: only time", bare(_newselect, 0, 0, 0, 0, &tv), 0);
	check(now_us() - before >= 29000, "select: waits its time");
	is("select: negative count", bare(_newselect, -1, 0, 0, 0, 0), -EINVAL);
	tv = (struct timeval){ .tv_sec = -1 };
	is("select: negative time", bare(_newselect, 0, 0, 0, 0, &tv), -EINVAL);
	udp_pair(pair);
	sock(SEND, pair[0], "x", 1, 0);
	wait_events(pair[1], POLLIN);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(pair[0], &in);
	FD_SET(pair[1], &in);
	FD_SET(pair[0], &out);
	is("select: one readable, one writable", bare(_newselect, pair[1] + 1, &in, &out, 0, 0), 2);
	check(!FD_ISSET(pair[0], &in) && FD_ISSET(pair[1], &in) && FD_ISSET(pair[0], &out),
	      "select: only what is so");
	FD_SET(pair[1], &in);
	close(pair[0]);
	close(pair[1]);
	tv = (struct timeval){ 0 };
	is("select: no descriptor", bare(_newselect, pair[1] + 1, &in, 0, 0, &tv), -EBADF);
}

static long ctl(int ep, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event ev = { .events = events, .data.u64 = data };

	return bare(epoll_ctl, ep, op, fd, &ev);
}

static void epoll_control(void)
{
	int ep = (int)bare(epoll_create1, EPOLL_CLOEXEC);
	struct epoll_event evs[4];
	int pair[2];

	check(ep >= 0, "epoll_create1");
	is("epoll_create1: bad flags", bare(epoll_create1, 1), -EINVAL);
	is("epoll_create: size 0", bare(epoll_create, 0), -EINVAL);
	udp_pair(pair);
	is("epoll_ctl: add", ctl(ep, EPOLL_CTL_ADD, pair[0], EPOLLIN, 1), 0);
	is("epoll_ctl: add twice", ctl(ep, EPOLL_CTL_ADD, pair[0], EPOLLIN, 1), -EEXIST);
	is("epoll_ctl: change what is not there", ctl(ep, EPOLL_CTL_MOD, pair[1], EPOLLIN, 1),
	   -ENOENT);
	is("epoll_ctl: delete what is not there", ctl(ep, EPOLL_CTL_DEL, pair[1], 0, 0), -ENOENT);
	is("epoll_ctl: no descriptor", ctl(ep, EPOLL_CTL_ADD, 995, EPOLLIN, 1), -EBADF);
	is("epoll_ctl: no epoll", ctl(994, EPOLL_CTL_ADD, pair[0], EPOLLIN, 1), -EBADF);
	is("epoll_ctl: not an epoll", ctl(pair[1], EPOLL_CTL_ADD, pair[0], EPOLLIN, 1), -EINVAL);
	is("epoll_ctl: itself", ctl(ep, EPOLL_CTL_ADD, ep, EPOLLIN, 1), -EINVAL);
	is("epoll_ctl: unknown operation", ctl(ep, 9, pair[0], EPOLLIN, 1), -EINVAL);
	is("epoll_ctl: delete without an event", bare(epoll_ctl, ep, EPOLL_CTL_DEL, pair[0], 0), 0);
	is("epoll_wait: no room", bare(epoll_wait, ep, evs, 0, 0), -EINVAL);
	is("epoll_wait: negative room", bare(epoll_wait, ep, evs, -1, 0), -EINVAL);
	is("epoll_wait: not an epoll", bare(epoll_wait, pair[0], evs, 1, 0), -EINVAL);
	is("epoll_wait: no epoll", bare(epoll_wait, 993, evs, 1, 0), -EBADF);
	close(ep);
	close(pair[0]);
	close(pair[1]);
}

static void epoll_events(void)
{
	int ep = epoll_create1(0);
	struct epoll_event evs[4];
	long long before = now_us();
	int pair[2];
	char c;

	udp_pair(pair);
	is("epoll_wait: timeout", bare(epoll_wait, ep, evs, 4, 30), 0);
	check(now_us() - before >= 29000, "epoll_wait: waits its time");
	ctl(ep, EPOLL_CTL_ADD, pair[1], EPOLLIN, 0x123456789abcdefULL);
	is("epoll_wait: quiet", bare(epoll_wait, ep, evs, 4, 0), 0);
	sock(SEND, pair[0], "x", 1, 0);
	wait_events(pair[1], POLLIN);
	is("epoll_wait: an event", bare(epoll_wait, ep, evs, 4, 2000), 1);
	check(evs[0].events == EPOLLIN && evs[0].data.u64 == 0x123456789abcdefULL,
	      "epoll_wait: its data");
	is("epoll_wait: level", bare(epoll_wait, ep, evs, 4, 0), 1);
	ctl(ep, EPOLL_CTL_MOD, pair[1], EPOLLIN | EPOLLET, 2);
	is("epoll_wait: edge, once", bare(epoll_wait, ep, evs, 4, 0), 1);
	is("epoll_wait: edge, not again", bare(epoll_wait, ep, evs, 4, 0), 0);
	sock(SEND, pair[0], "y", 1, 0);
	is("epoll_wait: the next edge", bare(epoll_wait, ep, evs, 4, 2000), 1);
	sock(RECV, pair[1], &c, 1, 0);
	ctl(ep, EPOLL_CTL_MOD, pair[1], EPOLLIN | EPOLLONESHOT, 3);
	is("epoll_wait: one shot", bare(epoll_wait, ep, evs, 4, 0), 1);
	is("epoll_wait: one shot, not again", bare(epoll_wait, ep, evs, 4, 0), 0);
	ctl(ep, EPOLL_CTL_MOD, pair[1], EPOLLIN | EPOLLONESHOT, 4);
	is("epoll_wait: armed again", bare(epoll_wait, ep, evs, 4, 0), 1);
	ctl(ep, EPOLL_CTL_MOD, pair[1], EPOLLIN | EPOLLOUT, 5);
	is("epoll_wait: both ways are one event", bare(epoll_wait, ep, evs, 4, 0), 1);
	is("epoll_wait: both ways", evs[0].events, EPOLLIN | EPOLLOUT);
	is("poll: an epoll is readable", wait_events(ep, POLLIN), POLLIN);
	close(pair[1]);
	is("epoll_wait: closing removes", bare(epoll_wait, ep, evs, 4, 0), 0);
	close(pair[0]);
	close(ep);
}

static void epoll_stream(void)
{
	int ep = epoll_create1(0);
	struct epoll_event evs[4];
	int listener = tcp_listener();
	struct sockaddr_in addr = loopback(port_of(listener));
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int peer;

	ctl(ep, EPOLL_CTL_ADD, listener, EPOLLIN, 1);
	ctl(ep, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP, 2);
	is("epoll_wait: unconnected hangs", bare(epoll_wait, ep, evs, 4, 0), 1);
	is("epoll_wait: EPOLLHUP unasked", evs[0].events, EPOLLHUP);
	sock(CONNECT, fd, &addr, sizeof(addr));
	is("epoll_wait: a connection", bare(epoll_wait, ep, evs, 4, 2000), 1);
	check(evs[0].data.u64 == 1 && evs[0].events == EPOLLIN, "epoll_wait: at the listener");
	peer = (int)sock(ACCEPT, listener, 0, 0);
	is("epoll_wait: accepted", bare(epoll_wait, ep, evs, 4, 0), 0);
	sock(SEND, peer, "x", 1, 0);
	close(peer);
	wait_events(fd, POLLRDHUP);
	is("epoll_wait: data and end", bare(epoll_wait, ep, evs, 4, 2000), 1);
	is("epoll_wait: EPOLLRDHUP", evs[0].events, EPOLLIN | EPOLLRDHUP);
	close(fd);
	close(listener);
	close(ep);
}

void probe_waiting(void)
{
	polling();
	selecting();
	epoll_control();
	epoll_events();
	epoll_stream();
}
