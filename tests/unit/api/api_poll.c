/* SPDX-License-Identifier: MIT */
/* What poll(2) says of datagram sockets: errors, ends, room, data whose device goes down; and what SO_ERROR says then. Compared with
 * this machine's Linux. */
#define _GNU_SOURCE
#include "transcript.h"

#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/un.h>

#define HOME "127.0.0.1"

static void tell(const char *what, int fd)
{
	struct pollfd p = { fd, 0x7fff, 0 };
	struct epoll_event e = { .events = 0x3fff | EPOLLRDHUP };
	int ep = (int)CALL(SYS_epoll_create1, 0, 0, 0, 0, 0), err = 0;
	socklen_t len = sizeof(err);
	long n = CALL(SYS_poll, &p, 1, 0, 0, 0);

	CALL(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &e, 0);
	e.events = 0;
	CALL(SYS_epoll_wait, ep, &e, 1, 0, 0);
	close_fd(ep);
	say("%s: poll %ld %x, epoll %x", what, n, (unsigned short)p.revents, e.events);
	CALL(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &err, &len);
	say("%s: SO_ERROR %s", what, err ? strerrorname_np(err) : "0");
	n = CALL(SYS_poll, &p, 1, 0, 0, 0);
	say("%s: then %ld %x", what, n, (unsigned short)p.revents);
}

static void read_of(const char *what, int fd)
{
	char room[100];

	say("%s: read: %s", what, said_by(CALL6(SYS_recvfrom, fd, room, sizeof(room), MSG_DONTWAIT, 0, 0)));
}

static void write_of(const char *what, int fd)
{
	say("%s: write: %s", what, said_by(CALL6(SYS_sendto, fd, "abc", 3, MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0)));
}

static void ends_of(const char *kind, int domain, int type, int protocol, int port)
{
	static const int hows[] = { SHUT_RD, SHUT_WR, SHUT_RDWR };
	unsigned int i, connected;
	char what[64];
	int fd;

	for (connected = 0; connected < 2; connected++) {
		for (i = 0; i < 3; i++) {
			snprintf(what, sizeof(what), "%s%s, shutdown %d", kind, connected ? " with a peer" : "", hows[i]);
			fd = socket_of(domain, type, protocol);
			if (domain == AF_INET)
				say("%s: bind: %s", what, said_by(bind_to(fd, HOME, port)));
			if (connected)
				say("%s: connect: %s", what, said_by(connect_to(fd, HOME, port ? port : 1)));
			write_of(what, fd);
			tell(what, fd);
			say("%s: %s", what, said_by(CALL(SYS_shutdown, fd, hows[i], 0, 0, 0)));
			tell(what, fd);
			read_of(what, fd);
			read_of(what, fd);
			write_of(what, fd);
			tell(what, fd);
			close_fd(fd);
		}
	}
}

/* ---- errors from the net ---- */

static void refused(void)
{
	int a = udp_at(HOME, 7501), i;

	say("-- refused");
	say("connect: %s", said_by(connect_to(a, HOME, 7509)));
	for (i = 0; i < 3; i++) {
		say("option %d", i);
		if (i == 1)
			say("IP_RECVERR: %s", said_by(set_int(a, SOL_IP, IP_RECVERR, 1)));
		if (i == 2)
			say("SO_SELECT_ERR_QUEUE: %s", said_by(set_int(a, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1)));
		write_of("refused", a);
		tell("refused", a);
		write_of("again", a);
		read_of("again", a);
		write_of("and again", a);
		write_of("and again", a);
		read_of("and again", a);
		tell("and again", a);
		while (say_recv("report", a, 10, MSG_ERRQUEUE) >= 0)
			tell("report", a);
		read_of("after it", a);
	}
	say("IP_RECVERR off: %s", said_by(set_int(a, SOL_IP, IP_RECVERR, 0)));
	write_of("refused", a);
	say("disconnect: %s", said_by(CALL(SYS_connect, a, &(struct sockaddr){ .sa_family = AF_UNSPEC }, 16, 0, 0)));
	tell("disconnected", a);
	say("send: %s", said_by(send_dgram(a, HOME, 7509, "abc", 3, 0)));
	tell("one without a peer is not told", a);
	close_fd(a);
}

static void raw_errors(void)
{
	int a = socket_of(AF_INET, SOCK_RAW, 201), i;

	say("-- raw: nobody has the protocol");
	for (i = 0; i < 3; i++) {
		if (i == 1)
			say("connect: %s", said_by(connect_to(a, "127.0.0.2", 0)));
		if (i == 2)
			say("IP_RECVERR: %s", said_by(set_int(a, SOL_IP, IP_RECVERR, 1)));
		say("send: %s", said_by(send_dgram(a, "127.0.0.2", 0, "abc", 3, 0)));
		tell("raw", a);
		ip_header_at = -1;
		while (say_recv("report", a, 10, MSG_ERRQUEUE) >= 0)
			;
		read_of("raw", a);
	}
	close_fd(a);
}

static void ping_errors(void)
{
	int a = socket_of(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	say("-- ping");
	say("connect: %s", said_by(connect_to(a, HOME, 0)));
	tell("fresh", a);
	say("echo: %s", said_by(CALL6(SYS_sendto, a, "\x08\0\0\0\0\0\0\1", 8, 0, 0, 0)));
	tell("answered", a);
	say("no echo: %s", said_by(CALL6(SYS_sendto, a, "\x05\0\0\0\0\0\0\1", 8, 0, 0, 0)));
	say("short: %s", said_by(CALL6(SYS_sendto, a, "\x08\0\0\0\0\0\0", 7, 0, 0, 0)));
	close_fd(a);
}

/* ---- room ---- */

static void room(void)
{
	int pair[2], a = udp_at(HOME, 7501), i;

	say("-- room");
	CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair, 0);
	for (i = 0; i < 300; i++)
		if (CALL6(SYS_sendto, pair[0], "x", 1, MSG_DONTWAIT, 0, 0) < 0)
			break;
	say("some wait, and no more go: %d", i > 1 && i < 300);
	tell("full", pair[0]);
	tell("its peer", pair[1]);
	read_of("one", pair[1]);
	tell("not full", pair[0]);
	close_fd(pair[1]);
	tell("peer gone", pair[0]);
	write_of("peer gone", pair[0]);
	read_of("peer gone", pair[0]);
	close_fd(pair[0]);
	close_fd(a);
	CALL(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, pair, 0);
	tell("records", pair[0]);
	write_of("records", pair[0]);
	close_fd(pair[0]);
	tell("its peer has gone", pair[1]);
	read_of("its peer has gone", pair[1]);
	read_of("its peer has gone", pair[1]);
	write_of("its peer has gone", pair[1]);
	tell("its peer has gone", pair[1]);
	close_fd(pair[1]);
	CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair, 0);
	say("shutdown: %s", said_by(CALL(SYS_shutdown, pair[0], SHUT_WR, 0, 0, 0)));
	tell("stream, who ended", pair[0]);
	tell("stream, its peer", pair[1]);
	write_of("stream", pair[1]);
	close_fd(pair[0]); /* with something unread */
	tell("stream reset", pair[1]);
	read_of("stream reset", pair[1]);
	close_fd(pair[1]);
	a = socket_of(AF_UNIX, SOCK_STREAM, 0);
	tell("stream, fresh", a);
	close_fd(a);
	a = socket_of(AF_UNIX, SOCK_SEQPACKET, 0);
	tell("records, fresh", a);
	close_fd(a);
	a = socket_of(AF_INET, SOCK_STREAM, 0);
	tell("tcp, fresh", a);
	close_fd(a);
}

/* ---- a device goes down ---- */

static void set_up(bool up)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = (short)(up ? IFF_UP | IFF_LOOPBACK : IFF_LOOPBACK) };
	int fd = socket_of(AF_INET, SOCK_DGRAM, 0);

	say("lo %s: %s", up ? "up" : "down", said_by(CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo, 0, 0)));
	close_fd(fd);
}

static int packet_on(int ifindex, int protocol)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons((unsigned short)protocol), .sll_ifindex = ifindex };
	int fd = socket_of(AF_PACKET, SOCK_DGRAM, 0);

	say("bind to %d: %s", ifindex, said_by(CALL(SYS_bind, fd, &sll, sizeof(sll), 0, 0)));
	return fd;
}

static void device_down(void)
{
	int on_lo = packet_on(1, ETH_P_IP), any = packet_on(0, ETH_P_IP), silent = packet_on(1, 0), u = udp_at(HOME, 7501), down, i;

	say("-- a device goes down");
	for (i = 0; i < 2; i++) {
		set_up(false);
		tell("bound to it", on_lo);
		tell("bound to none", any);
		tell("bound, of no protocol", silent);
		tell("udp", u);
		set_up(false);
		tell("bound to it", on_lo);
		down = packet_on(1, ETH_P_IP);
		tell("bound while it is down", down);
		read_of("bound while it is down", down);
		set_up(true);
		tell("bound to it, up", on_lo);
		tell("bound while it was down, up", down);
		set_int(u, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
		say("send: %s", said_by(send_dgram(u, HOME, 7501, "abc", 3, 0)));
		tell("bound to it, data", on_lo);
		tell("bound while it was down, data", down);
		read_of("bound to it", on_lo);
		read_of("bound while it was down", down);
		read_of("udp", u);
		while (CALL6(SYS_recvfrom, on_lo, &(char){ 0 }, 1, MSG_DONTWAIT, 0, 0) >= 0)
			;
		close_fd(down);
	}
	close_fd(on_lo);
	close_fd(any);
	close_fd(silent);
	close_fd(u);
}

static void run(void *unused)
{
	lo_up(65536);
	ends_of("udp", AF_INET, SOCK_DGRAM, 0, 7501);
	ends_of("raw", AF_INET, SOCK_RAW, 200, 0);
	ends_of("ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, 7);
	ends_of("packet", AF_PACKET, SOCK_DGRAM, 0, 0);
	refused();
	raw_errors();
	ping_errors();
	room();
	device_down();
}

int main(void)
{
	return compare_worlds(run, 200);
}
