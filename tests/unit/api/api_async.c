/* SPDX-License-Identifier: MIT */
/*
 * SIGIO and SIGURG: each check is made twice, with this machine's Linux and with Skiff, so that what is expected here is what Linux
 * does. The signals are blocked and taken one by one by rt_sigtimedwait(2), which tells what a handler would be told.
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#define SECOND 1000000000ull
#define RT     40 /* a real-time signal */
#define BIT_OF(sig) (1ull << ((sig) - 1))
#define OURS   (BIT_OF(SIGIO) | BIT_OF(SIGURG) | BIT_OF(RT) | BIT_OF(SIGCHLD))
#define IN     (POLLIN | POLLRDNORM)
#define OUT    (POLLOUT | POLLWRNORM | POLLWRBAND)
#define PLAIN  0x80 /* SI_KERNEL: no word of what happened */
#ifndef FIOSETOWN
#define FIOSETOWN 0x8901
#define FIOGETOWN 0x8903
#endif

/* ---- calls ---- */

static int sock(int family, int type, int protocol)
{
	return (int)CALL6(SYS_socket, family, type, protocol, 0, 0, 0);
}

static void close_(int fd)
{
	CALL6(SYS_close, fd, 0, 0, 0, 0, 0);
}

static long fcntl_(int fd, int cmd, long arg)
{
	return CALL6(SYS_fcntl, fd, cmd, arg, 0, 0, 0);
}

static long write_(int fd, const char *bytes)
{
	return CALL6(SYS_write, fd, bytes, strlen(bytes), 0, 0, 0);
}

static long read_(int fd)
{
	static char buf[65536];

	return CALL6(SYS_read, fd, buf, sizeof(buf), 0, 0, 0);
}

static struct sockaddr_in here(unsigned short port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static unsigned short bound(int fd)
{
	struct sockaddr_in a = here(0);
	unsigned int len = sizeof(a);

	is("bind", CALL6(SYS_bind, fd, &a, sizeof(a), 0, 0, 0), 0);
	CALL6(SYS_getsockname, fd, &a, &len, 0, 0, 0);
	return ntohs(a.sin_port);
}

static long connect_(int fd, unsigned short port)
{
	struct sockaddr_in a = here(port);

	return CALL6(SYS_connect, fd, &a, sizeof(a), 0, 0, 0);
}

static int me(void)
{
	return (int)CALL6(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

/* ---- signals ---- */

static int next(siginfo_t *info, int seconds)
{
	struct timespec ts = { seconds, 0 };
	unsigned long long set = OURS;

	memset(info, 0, sizeof(*info));
	return (int)CALL6(SYS_rt_sigtimedwait, &set, info, &ts, 8, 0, 0);
}

static void quiet(const char *what)
{
	siginfo_t info;

	is(what, next(&info, 0), -EAGAIN);
}

static void drain(void)
{
	siginfo_t info;

	while (next(&info, 0) > 0)
		;
}

static void comes(const char *what, int sig, int code, int fd, long band)
{
	siginfo_t info;

	is(what, next(&info, 5), sig);
	is(what, info.si_signo, sig);
	is(what, info.si_code, code);
	is(what, info.si_errno, 0);
	if (code != PLAIN) {
		is(what, info.si_fd, fd);
		is(what, info.si_band, band);
	}
}

/* @fd's events are ours, by @sig. */
static void ask(int fd, int sig)
{
	is("F_SETOWN", fcntl_(fd, F_SETOWN, me()), 0);
	is("F_SETSIG", fcntl_(fd, F_SETSIG, sig), 0);
	is("O_ASYNC", fcntl_(fd, F_SETFL, fcntl_(fd, F_GETFL, 0) | O_ASYNC), 0);
}

static int is_async(int fd)
{
	return (fcntl_(fd, F_GETFL, 0) & O_ASYNC) != 0;
}

/* ---- who owns a file ---- */

static void an_owner_is_named(void)
{
	int s = sock(AF_INET, SOCK_DGRAM, 0), pid = me(), group = (int)CALL6(SYS_getpgid, 0, 0, 0, 0, 0, 0), n;
	struct f_owner_ex ex = { 9, 9 };

	is("nobody", fcntl_(s, F_GETOWN, 0), 0);
	is("no signal", fcntl_(s, F_GETSIG, 0), 0);
	is("nobody at length", fcntl_(s, F_GETOWN_EX, (long)&ex), 0);
	is("nobody's kind", ex.type == F_OWNER_TID && ex.pid == 0, 1);
	is("a process", fcntl_(s, F_SETOWN, pid), 0);
	is("which", fcntl_(s, F_GETOWN, 0), pid);
	fcntl_(s, F_GETOWN_EX, (long)&ex);
	is("its kind", ex.type == F_OWNER_PID && ex.pid == pid, 1);
	is("no such process", fcntl_(s, F_SETOWN, 99999999), -ESRCH);
	is("the old one stays", fcntl_(s, F_GETOWN, 0), pid);
	is("the least number", fcntl_(s, F_SETOWN, (int)0x80000000), -EINVAL);
	is("a group", fcntl_(s, F_SETOWN, -group), 0);
	if (world == &worlds[SKIFF]) /* the C library takes the answer for an error */
		is("which group", fcntl_(s, F_GETOWN, 0), -group);
	fcntl_(s, F_GETOWN_EX, (long)&ex);
	is("a group's kind", ex.type == F_OWNER_PGRP && ex.pid == group, 1);
	ex = (struct f_owner_ex){ F_OWNER_TID, pid };
	is("a thread", fcntl_(s, F_SETOWN_EX, (long)&ex), 0);
	ex.pid = 0;
	fcntl_(s, F_GETOWN_EX, (long)&ex);
	is("a thread's kind", ex.type == F_OWNER_TID && ex.pid == pid, 1);
	ex.type = 3;
	is("no such kind", fcntl_(s, F_SETOWN_EX, (long)&ex), -EINVAL);
	ex = (struct f_owner_ex){ F_OWNER_PID, 99999999 };
	is("no such process of a kind", fcntl_(s, F_SETOWN_EX, (long)&ex), -ESRCH);
	is("nobody again", fcntl_(s, F_SETOWN, 0), 0);
	is("nobody now", fcntl_(s, F_GETOWN, 0), 0);
	is("no signal of that number", fcntl_(s, F_SETSIG, 65), -EINVAL);
	is("a negative signal", fcntl_(s, F_SETSIG, -1), -EINVAL);
	is("a signal", fcntl_(s, F_SETSIG, RT), 0);
	is("which signal", fcntl_(s, F_GETSIG, 0), RT);
	is("FIOSETOWN", CALL6(SYS_ioctl, s, FIOSETOWN, &pid, 0, 0, 0), 0);
	is("SIOCGPGRP", CALL6(SYS_ioctl, s, SIOCGPGRP, &n, 0, 0, 0), 0);
	is("the same owner", n, pid);
	n = -group;
	is("SIOCSPGRP", CALL6(SYS_ioctl, s, SIOCSPGRP, &n, 0, 0, 0), 0);
	is("FIOGETOWN", CALL6(SYS_ioctl, s, FIOGETOWN, &n, 0, 0, 0), 0);
	is("the same group", n, -group);
	n = 99999999;
	is("SIOCSPGRP of nobody", CALL6(SYS_ioctl, s, SIOCSPGRP, &n, 0, 0, 0), -ESRCH);
	close_(s);
}

static void some_files_tell_nothing(void)
{
	int e = (int)CALL6(SYS_eventfd2, 0, 0, 0, 0, 0, 0), s = sock(AF_INET, SOCK_DGRAM, 0), on = 1;

	is("a socket's O_ASYNC", fcntl_(s, F_SETFL, O_ASYNC | O_NONBLOCK), 0);
	is("is kept", fcntl_(s, F_GETFL, 0), O_RDWR | O_ASYNC | O_NONBLOCK);
	is("and taken away", fcntl_(s, F_SETFL, 0), 0);
	is("altogether", fcntl_(s, F_GETFL, 0), O_RDWR);
	is("FIOASYNC", CALL6(SYS_ioctl, s, FIOASYNC, &on, 0, 0, 0), 0);
	is("is the same", is_async(s), 1);
	is("an eventfd's O_ASYNC", fcntl_(e, F_SETFL, O_ASYNC), 0);
	is("is not kept", is_async(e), 0);
	is("an eventfd's FIOASYNC", CALL6(SYS_ioctl, e, FIOASYNC, &on, 0, 0, 0), -ENOTTY);
	on = 0;
	is("which is off", CALL6(SYS_ioctl, e, FIOASYNC, &on, 0, 0, 0), 0);
	is("FIOASYNC off", CALL6(SYS_ioctl, s, FIOASYNC, &on, 0, 0, 0), 0);
	is("is off", is_async(s), 0);
	close_(e);
	close_(s);
}

/* ---- what comes ---- */

static void signals_are_of_the_kind_asked_for(void)
{
	int s[2], copy;

	is("a pair", CALL6(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, s, 0, 0), 0);
	write_(s[1], "x");
	is("O_ASYNC without owner", fcntl_(s[0], F_SETFL, O_ASYNC), 0);
	write_(s[1], "x");
	quiet("nobody to tell");
	ask(s[0], 0);
	write_(s[1], "x");
	write_(s[1], "x");
	comes("SIGIO", SIGIO, PLAIN, 0, 0);
	quiet("one of a kind is enough");
	ask(s[0], RT);
	write_(s[1], "x");
	write_(s[1], "x");
	comes("a real-time signal", RT, POLL_IN, s[0], IN);
	comes("for each", RT, POLL_IN, s[0], IN);
	quiet("and no more");
	ask(s[0], SIGIO);
	write_(s[1], "x");
	comes("SIGIO with words", SIGIO, POLL_IN, s[0], IN);
	ask(s[0], SIGCHLD);
	write_(s[1], "x");
	comes("a signal with codes of its own", SIGCHLD, -5, s[0], IN);
	copy = (int)CALL6(SYS_dup, s[0], 0, 0, 0, 0, 0);
	fcntl_(s[0], F_SETFL, 0);
	write_(s[1], "x");
	quiet("switched off");
	ask(copy, RT);
	write_(s[1], "x");
	comes("the descriptor that O_ASYNC was set by", RT, POLL_IN, copy, IN);
	close_(copy);
	write_(s[1], "x");
	comes("which is closed", RT, POLL_IN, copy, IN);
	close_(s[0]);
	write_(s[1], "x");
	quiet("the file has ended");
	close_(s[1]);
}

static void local_sockets_tell(void)
{
	int s[2];

	CALL6(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, s, 0, 0);
	ask(s[0], RT);
	fcntl_(s[0], F_SETFL, O_ASYNC | O_NONBLOCK);
	while (read_(s[0]) > 0)
		;
	quiet("nothing to read is nothing to tell");
	while (write_(s[0], "................................................................") > 0)
		;
	quiet("no room");
	is("the other reads", read_(s[1]) > 0, 1);
	while (CALL6(SYS_recvfrom, s[1], (char[4096]){ 0 }, 4096, MSG_DONTWAIT, 0, 0) > 0)
		;
	comes("room", RT, POLL_OUT, s[0], OUT);
	drain();
	is("shutdown", CALL6(SYS_shutdown, s[1], SHUT_WR, 0, 0, 0, 0), 0);
	comes("half of it ends", RT, POLL_IN, s[0], IN);
	close_(s[1]);
	comes("all of it ends", RT, POLL_HUP, s[0], POLLHUP | POLLERR);
	drain();
	close_(s[0]);
	CALL6(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, s, 0, 0);
	ask(s[0], RT);
	write_(s[1], "x");
	comes("a datagram", RT, POLL_IN, s[0], IN);
	close_(s[0]);
	close_(s[1]);
	drain();
}

static void pipes_tell(void)
{
	int p[2];

	is("a pipe", CALL6(SYS_pipe2, p, 0, 0, 0, 0, 0), 0);
	ask(p[0], RT);
	ask(p[1], RT);
	write_(p[1], "x");
	comes("bytes", RT, POLL_IN, p[0], IN);
	quiet("not to the writer");
	is("a byte", read_(p[0]), 1);
	comes("room", RT, POLL_OUT, p[1], OUT);
	close_(p[1]);
	comes("the end", RT, POLL_IN, p[0], IN);
	close_(p[0]);
	quiet("nobody is left");
}

static void datagram_sockets_tell(void)
{
	int a = sock(AF_INET, SOCK_DGRAM, 0), b = sock(AF_INET, SOCK_DGRAM, 0), p = sock(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
	unsigned short port = bound(a);

	ask(a, RT);
	is("connect", connect_(b, port), 0);
	write_(b, "x");
	comes("a datagram", RT, POLL_IN, a, IN);
	if (p >= 0) {
		drain();
		fcntl_(a, F_SETFL, 0);
		ask(p, RT);
		write_(b, "x");
		comes("a packet", RT, POLL_IN, p, IN);
		close_(p);
		drain();
	}
	close_(a);
	ask(b, RT);
	write_(b, "x");
	comes("an error", RT, POLL_ERR, b, POLLERR);
	close_(b);
	quiet("no more of datagrams");
}

static void netlink_sockets_tell(void)
{
	struct nlmsghdr noop = { sizeof(noop), NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 1, 0 };
	int n = sock(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	ask(n, RT);
	is("a request", CALL6(SYS_sendto, n, &noop, sizeof(noop), 0, 0, 0), sizeof(noop));
	comes("its answer", RT, POLL_IN, n, IN);
	close_(n);
}

/* A connection: @s[0] connected, @s[1] was accepted from @l. */
static void pair(int l, unsigned short port, int s[2])
{
	s[0] = sock(AF_INET, SOCK_STREAM, 0);
	is("connect", connect_(s[0], port), 0);
	s[1] = (int)CALL6(SYS_accept, l, 0, 0, 0, 0, 0);
}

static void connections_begin_and_end(int l, unsigned short port)
{
	struct linger lin = { 1, 0 };
	int s[2];

	ask(l, RT);
	s[0] = sock(AF_INET, SOCK_STREAM, 0);
	ask(s[0], RT);
	is("connect", connect_(s[0], port), 0);
	comes("a connection is made", RT, POLL_OUT, s[0], OUT);
	comes("and to be accepted", RT, POLL_IN, l, IN);
	quiet("no more of a connection");
	s[1] = (int)CALL6(SYS_accept, l, 0, 0, 0, 0, 0);
	is("O_ASYNC is not inherited", is_async(s[1]), 0);
	fcntl_(l, F_SETFL, 0);
	is("shutdown", CALL6(SYS_shutdown, s[1], SHUT_WR, 0, 0, 0, 0), 0);
	comes("half of it ends", RT, POLL_IN, s[0], IN);
	comes("which is read as an end", RT, POLL_IN, s[0], IN);
	quiet("no more of an end");
	fcntl_(s[0], F_SETFL, 0);
	ask(s[1], RT);
	close_(s[0]);
	comes("all of it ends", RT, POLL_HUP, s[1], POLLHUP | POLLERR);
	drain();
	close_(s[1]);
	pair(l, port, s);
	ask(s[0], RT);
	is("linger", CALL(SYS_setsockopt, s[1], SOL_SOCKET, SO_LINGER, &lin, sizeof(lin)), 0);
	close_(s[1]);
	comes("a reset", RT, POLL_ERR, s[0], POLLERR);
	drain();
	close_(s[0]);
}

static void streams_tell(int l, unsigned short port)
{
	int s[2], size = 4096;

	pair(l, port, s);
	ask(s[1], RT);
	write_(s[0], "x");
	comes("bytes", RT, POLL_IN, s[1], IN);
	read_(s[1]);
	quiet("they are read");
	is("an urgent byte", CALL6(SYS_sendto, s[0], "u", 1, MSG_OOB, 0, 0), 1);
	comes("SIGURG to the owner", SIGURG, PLAIN, 0, 0);
	comes("and the signal that was asked for", RT, POLL_PRI, s[1], POLLPRI | POLLRDBAND);
	comes("the byte itself", RT, POLL_IN, s[1], IN);
	drain();
	fcntl_(s[1], F_SETFL, 0);
	fcntl_(s[1], F_SETSIG, 0);
	CALL6(SYS_sendto, s[0], "u", 1, MSG_OOB, 0, 0);
	comes("SIGURG needs no O_ASYNC", SIGURG, PLAIN, 0, 0);
	quiet("and is all");
	fcntl_(s[1], F_SETFL, O_ASYNC);
	CALL6(SYS_sendto, s[0], "u", 1, MSG_OOB, 0, 0);
	comes("the lower number comes first", SIGURG, PLAIN, 0, 0);
	comes("SIGIO for the byte", SIGIO, PLAIN, 0, 0);
	quiet("no other for SIGURG");
	fcntl_(s[1], F_SETFL, 0);
	CALL(SYS_setsockopt, s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	ask(s[0], RT);
	fcntl_(s[0], F_SETFL, O_ASYNC | O_NONBLOCK);
	while (write_(s[0], "................................................................") > 0)
		;
	drain();
	while (write_(s[0], ".") > 0)
		;
	for (;;) {
		siginfo_t info;
		long n = CALL6(SYS_recvfrom, s[1], (char[4096]){ 0 }, 4096, MSG_DONTWAIT, 0, 0);

		if (n <= 0 && next(&info, 5) == RT) {
			is("room", info.si_code, POLL_OUT);
			is("whose", info.si_fd, s[0]);
			is("its band", info.si_band, OUT);
			break;
		}
		if (n <= 0) {
			is("room is told", 0, 1);
			break;
		}
	}
	close_(s[1]);
	close_(s[0]);
	drain();
}

static void checks(void *unused)
{
	unsigned long long set = OURS | BIT_OF(SIGPIPE);
	int l = sock(AF_INET, SOCK_STREAM, 0);
	unsigned short port;

	is("block", CALL6(SYS_rt_sigprocmask, SIG_BLOCK, &set, 0, 8, 0, 0), 0);
	an_owner_is_named();
	some_files_tell_nothing();
	signals_are_of_the_kind_asked_for();
	local_sockets_tell();
	pipes_tell();
	datagram_sockets_tell();
	netlink_sockets_tell();
	port = bound(l);
	is("listen", CALL6(SYS_listen, l, 5, 0, 0, 0, 0), 0);
	connections_begin_and_end(l, port);
	streams_tell(l, port);
	close_(l);
}

int main(void)
{
	skiff_boot("ip=off skiff.seed=1 skiff.mem=64 loglevel=0");
	world = &worlds[LINUX];
	checks(NULL);
	world = &worlds[SKIFF];
	skiff_task_start(checks, NULL);
	skiff_run(skiff_now() + 300 * SECOND);
	return failures || skiff_warnings() ? 1 : 0;
}
