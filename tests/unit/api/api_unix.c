/* SPDX-License-Identifier: MIT */
/*
 * Local sockets, unix(7): each check is made twice, with this machine's Linux and with Skiff, so that what is expected here is
 * what Linux does.
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define NONBLOCK MSG_DONTWAIT
#define DIR "/tmp/api_unix"

/* ---- calls ---- */

static int sock(int type)
{
	return (int)CALL(SYS_socket, AF_UNIX, type | SOCK_NONBLOCK, 0, 0, 0);
}

static long close_(int fd)
{
	return CALL(SYS_close, fd, 0, 0, 0, 0);
}

static void pair(int type, int fds[2])
{
	is("socketpair", CALL(SYS_socketpair, AF_UNIX, type | SOCK_NONBLOCK, 0, fds, 0), 0);
}

static long send_(int fd, const void *buf, size_t n)
{
	return CALL(SYS_sendto, fd, buf, n, MSG_NOSIGNAL, 0);
}

static long recv_(int fd, void *buf, size_t n, int flags)
{
	return CALL(SYS_recvfrom, fd, buf, n, flags, 0);
}

/* An address; @name with a leading @ is abstract. */
static socklen_t address(struct sockaddr_un *a, const char *name)
{
	size_t n = strlen(name);

	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path, name, n);
	if (*name == '@')
		a->sun_path[0] = 0;
	else
		n++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static long bind_(int fd, const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);

	return CALL(SYS_bind, fd, &a, len, 0, 0);
}

static long connect_(int fd, const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);

	return CALL(SYS_connect, fd, &a, len, 0, 0);
}

static long sendto_(int fd, const char *name, const void *buf, size_t n)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);

	return world->call(SYS_sendto, fd, (long)buf, (long)n, MSG_NOSIGNAL, (long)&a, len);
}

static int listener(const char *name, int type, int backlog)
{
	int fd = sock(type);

	is("bind of a listener", bind_(fd, name), 0);
	is("listen", CALL(SYS_listen, fd, backlog, 0, 0, 0), 0);
	return fd;
}

static int accept_(int fd)
{
	return (int)CALL(SYS_accept4, fd, 0, 0, SOCK_NONBLOCK, 0);
}

static long opt(int fd, int name)
{
	int val = -1;
	socklen_t len = sizeof(val);
	long err = CALL(SYS_getsockopt, fd, SOL_SOCKET, name, &val, &len);

	return err ? err : val;
}

static void set(int fd, int name, int val)
{
	is("setsockopt", CALL(SYS_setsockopt, fd, SOL_SOCKET, name, &val, sizeof(val)), 0);
}

static long events(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP | POLLPRI };

	is("poll", CALL(SYS_poll, &p, 1, 0, 0, 0) >= 0, 1);
	return p.revents;
}

/* ---- checks ---- */

static void types(void)
{
	int fd;

	is("protocol 1", CALL(SYS_socket, AF_UNIX, SOCK_STREAM, AF_UNIX, 0, 0) >= 0, 1);
	is("protocol 2", CALL(SYS_socket, AF_UNIX, SOCK_STREAM, 2, 0, 0), -EPROTONOSUPPORT);
	is("rdm", CALL(SYS_socket, AF_UNIX, SOCK_RDM, 0, 0, 0), -ESOCKTNOSUPPORT);
	fd = (int)CALL(SYS_socket, AF_UNIX, SOCK_RAW, 0, 0, 0);
	is("raw is a datagram socket", opt(fd, SO_TYPE), SOCK_DGRAM);
	is("domain", opt(fd, SO_DOMAIN), AF_UNIX);
	is("protocol", opt(fd, SO_PROTOCOL), 0);
	is("listen on it", CALL(SYS_listen, fd, 1, 0, 0, 0), -EOPNOTSUPP);
	is("accept on it", CALL(SYS_accept, fd, 0, 0, 0, 0), -EOPNOTSUPP);
	is("an option of another level", CALL(SYS_setsockopt, fd, 6, 1, &fd, 4), -EOPNOTSUPP);
	close_(fd);
}

static void names(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX }, back;
	int fd = sock(SOCK_STREAM), other = sock(SOCK_STREAM), dgram = sock(SOCK_DGRAM);
	socklen_t len = sizeof(back), n;

	is("no name", CALL(SYS_getsockname, fd, &back, &len, 0, 0), 0);
	is("its length", len, 2);
	is("no peer", CALL(SYS_getpeername, fd, &back, &len, 0, 0), -ENOTCONN);
	is("listen without a name", CALL(SYS_listen, fd, 1, 0, 0, 0), -EINVAL);
	is("bind: too long", CALL(SYS_bind, fd, &a, sizeof(a) + 1, 0, 0), -EINVAL);
	is("bind: too short", CALL(SYS_bind, fd, &a, 1, 0, 0), -EINVAL);
	a.sun_family = AF_INET;
	is("bind: another family", CALL(SYS_bind, fd, &a, sizeof(a), 0, 0), -EINVAL);
	is("connect: another family", CALL(SYS_connect, fd, &a, sizeof(a), 0, 0), -EINVAL);
	a.sun_family = AF_UNIX;
	is("bind: abstract", bind_(fd, "@one"), 0);
	is("bind: again", bind_(fd, "@two"), -EINVAL);
	is("bind: taken", bind_(other, "@one"), -EADDRINUSE);
	is("bind: the same for another type", bind_(dgram, "@one"), 0);
	len = sizeof(back);
	is("getsockname", CALL(SYS_getsockname, fd, &back, &len, 0, 0), 0);
	is("its length", len, 2 + 4);
	is("its bytes", memcmp(back.sun_path, "\0one", 4), 0);
	is("autobind", CALL(SYS_bind, other, &a, 2, 0, 0), 0);
	len = sizeof(back);
	is("getsockname", CALL(SYS_getsockname, other, &back, &len, 0, 0), 0);
	is("five digits behind a NUL", len == 2 + 6 && !back.sun_path[0] && strspn(back.sun_path + 1, "0123456789abcdef") >= 5, 1);
	is("autobind again", CALL(SYS_bind, other, &a, 2, 0, 0), 0);
	close_(fd);
	fd = sock(SOCK_STREAM);
	is("a closed socket's name is free", bind_(fd, "@one"), 0);
	close_(fd), close_(other), close_(dgram);

	fd = sock(SOCK_STREAM), other = sock(SOCK_STREAM);
	is("bind: a path", bind_(fd, DIR "/s"), 0);
	is("bind: a path that is there", bind_(other, DIR "/s"), -EADDRINUSE);
	is("bind: no such directory", bind_(other, DIR "/none/s"), -ENOENT);
	is("bind: a file in the way", bind_(other, DIR "/s/x"), -ENOTDIR);
	is("bind: a directory", bind_(other, DIR), -EADDRINUSE);
	is("open of it", CALL(SYS_open, DIR "/s", O_RDONLY, 0, 0, 0), -ENXIO);
	len = sizeof(back);
	is("getsockname", CALL(SYS_getsockname, fd, &back, &len, 0, 0), 0);
	is("its length", len, 2 + sizeof(DIR "/s"));
	is("connect: nobody listens", connect_(other, DIR "/s"), -ECONNREFUSED);
	is("listen", CALL(SYS_listen, fd, 1, 0, 0, 0), 0);
	is("connect: nothing there", connect_(other, DIR "/t"), -ENOENT);
	is("connect: no socket", connect_(other, DIR), -ECONNREFUSED);
	is("connect: an abstract name that nobody has", connect_(other, "@" DIR "/s"), -ECONNREFUSED);
	dgram = sock(SOCK_DGRAM);
	is("connect: another type", connect_(dgram, DIR "/s"), -EPROTOTYPE);
	is("connect", connect_(other, DIR "/s"), 0);
	is("connect again", connect_(other, DIR "/s"), -EISCONN);
	is("unlink", CALL(SYS_unlink, DIR "/s", 0, 0, 0, 0), 0);
	close_(other);
	other = sock(SOCK_STREAM);
	is("connect: the name is gone", connect_(other, DIR "/s"), -ENOENT);
	close_(fd), close_(other), close_(dgram);

	/* 108 bytes without a NUL are a path, too. */
	fd = sock(SOCK_STREAM), other = sock(SOCK_STREAM);
	memset(a.sun_path, 'x', sizeof(a.sun_path));
	memcpy(a.sun_path, DIR "/", sizeof(DIR));
	is("bind: the longest path", CALL(SYS_bind, fd, &a, sizeof(a), 0, 0), 0);
	is("listen", CALL(SYS_listen, fd, 1, 0, 0, 0), 0);
	is("connect to it", CALL(SYS_connect, other, &a, sizeof(a), 0, 0), 0);
	n = sizeof(back);
	is("getsockname", CALL(SYS_getsockname, fd, &back, &n, 0, 0), 0);
	is("its length", n, sizeof(a) + 1);
	close_(fd), close_(other);
}

/* SO_PEEK_OFF: the offset of peeking moves on its own. */
static void peeking(int a, int b)
{
	char buf[64];
	int i;

	set(b, SO_PEEK_OFF, 0);
	for (i = 0; i < 3; i++)
		send_(a, "abc", 3);
	is("peek 4", recv_(b, buf, 4, MSG_PEEK), 4);
	is("peek the next 4", recv_(b, buf, 4, MSG_PEEK), 4);
	is("what", memcmp(buf, "bcab", 4), 0);
	is("read 2", recv_(b, buf, 2, 0), 2);
	is("offset", opt(b, SO_PEEK_OFF), 6);
	is("read all", recv_(b, buf, sizeof(buf), 0), 7);
}

static void stream(void)
{
	int l = listener("@l", SOCK_STREAM, 1), a = sock(SOCK_STREAM), b, c;
	char buf[64];
	long amount = 0;
	struct sockaddr_un addr;
	socklen_t len = sizeof(addr);

	is("a listener's events", events(l), 0);
	is("accept: nobody", accept_(l), -EAGAIN);
	is("not connected: send", send_(a, "x", 1), -ENOTCONN);
	is("not connected: recv", recv_(a, buf, 1, 0), -EINVAL);
	is("not connected: events", events(a), POLLOUT | POLLHUP);
	is("connect", connect_(a, "@l"), 0);
	is("accept on no listener", accept_(a), -EINVAL);
	is("listen when connected", CALL(SYS_listen, a, 1, 0, 0, 0), -EINVAL);
	is("send before accept", send_(a, "hello", 5), 5);
	is("a listener's events", events(l), POLLIN);
	b = sock(SOCK_STREAM);
	is("a second connection", connect_(b, "@l"), 0);
	c = sock(SOCK_STREAM);
	is("the queue is full", connect_(c, "@l"), -EAGAIN);
	close_(b), close_(c);
	b = accept_(l);
	is("accept", b >= 0, 1);
	is("getpeername of the listener's end: no name", CALL(SYS_getpeername, b, &addr, &len, 0, 0) ? -1 : (long)len, 2);
	len = sizeof(addr);
	is("getpeername", CALL(SYS_getpeername, a, &addr, &len, 0, 0) ? -1 : (long)len, 2 + 2);
	c = accept_(l);
	is("accept of one that has hung up", c >= 0, 1);
	is("which reads its end", recv_(c, buf, 1, 0), 0);
	is("and cannot write", send_(c, "x", 1), -EPIPE);
	is("its events", events(c), POLLIN | POLLRDHUP | POLLHUP | POLLOUT);
	close_(c);

	is("bytes before", CALL(SYS_ioctl, b, FIONREAD, &amount, 0, 0), 0);
	is("their number", (int)amount, 5);
	is("events", events(b), POLLIN | POLLOUT);
	is("peek", recv_(b, buf, 3, MSG_PEEK), 3);
	is("read", recv_(b, buf, 3, 0), 3);
	is("what", memcmp(buf, "hel", 3), 0);
	is("more", send_(a, " world", 6), 6);
	is("streams join", recv_(b, buf, sizeof(buf), 0), 8);
	is("what", memcmp(buf, "lo world", 8), 0);
	is("nothing left", recv_(b, buf, 1, 0), -EAGAIN);
	is("a name for a stream", sendto_(a, "@l", "x", 1), -EISCONN);
	is("out of band", CALL(SYS_sendto, a, "x", 0, MSG_OOB | MSG_NOSIGNAL, 0), -EOPNOTSUPP);

	peeking(a, b);
	is("half close", CALL(SYS_shutdown, a, SHUT_WR, 0, 0, 0), 0);
	is("shutdown: how", CALL(SYS_shutdown, a, 3, 0, 0, 0), -EINVAL);
	is("its end", recv_(b, buf, 1, 0), 0);
	is("events", events(b), POLLIN | POLLRDHUP | POLLOUT);
	is("the other way goes on", send_(b, "x", 1), 1);
	is("write after shutdown", send_(a, "x", 1), -EPIPE);
	close_(a);
	is("unread bytes of the other: reset", opt(b, SO_ERROR), ECONNRESET);
	is("told once", opt(b, SO_ERROR), 0);
	is("events", events(b), POLLIN | POLLRDHUP | POLLHUP | POLLOUT);
	close_(b);

	a = sock(SOCK_STREAM);
	is("connect", connect_(a, "@l"), 0);
	close_(l);
	is("the listener is gone: reset", recv_(a, buf, 1, 0), -ECONNRESET);
	is("then the end", recv_(a, buf, 1, 0), 0);
	close_(a);
}

static void datagram(void)
{
	int a = sock(SOCK_DGRAM), b = sock(SOCK_DGRAM), c = sock(SOCK_DGRAM), i;
	struct sockaddr_un from;
	socklen_t len = sizeof(from);
	char buf[64];

	is("bind", bind_(a, "@a") | bind_(b, "@b"), 0);
	is("send to nobody", send_(a, "x", 1), -ENOTCONN);
	is("send to a name that is not", sendto_(a, "@none", "x", 1), -ECONNREFUSED);
	is("send", sendto_(a, "@b", "one", 3), 3);
	is("an empty one", sendto_(c, "@b", "", 0), 0);
	is("recvfrom", world->call(SYS_recvfrom, b, (long)buf, sizeof(buf), 0, (long)&from, (long)&len), 3);
	is("from whom", len == 4 && !memcmp(from.sun_path, "\0a", 2), 1);
	len = sizeof(from);
	is("recvfrom", world->call(SYS_recvfrom, b, (long)buf, sizeof(buf), 0, (long)&from, (long)&len), 0);
	is("from one without a name", len, 0);
	is("send", sendto_(a, "@b", "longer", 6), 6);
	is("its whole length", recv_(b, buf, 2, MSG_TRUNC | MSG_PEEK), 6);
	is("cut off", recv_(b, buf, 2, 0), 2);
	is("the rest is gone", recv_(b, buf, 2, 0), -EAGAIN);
	is("too long", sendto_(a, "@b", buf, 1u << 20), -EMSGSIZE);

	is("connect", connect_(b, "@a"), 0);
	is("a stranger may not send to a connected one", sendto_(c, "@b", "x", 1), -EPERM);
	is("nor connect to it", connect_(c, "@b"), -EPERM);
	is("send by the connection", send_(b, "x", 1), 1);
	is("the peer may", sendto_(a, "@b", "y", 1), 1);
	is("recv", recv_(a, buf, 1, 0), 1);
	for (i = 0; sendto_(b, "@a", "q", 1) == 1 && i < 100; i++)
		;
	is("how many wait, beside the one that may always", i, 11);
	is("full", send_(b, "q", 1), -EAGAIN);
	is("not writable", events(b) & POLLOUT, 0);
	is("read one", recv_(a, buf, 1, 0), 1);
	is("writable", events(b) & POLLOUT, POLLOUT);
	close_(a);
	is("the peer is gone", send_(b, "x", 1), -ECONNREFUSED);
	is("and forgotten", send_(b, "x", 1), -ENOTCONN);
	is("disconnect", CALL(SYS_connect, b, &(struct sockaddr){ .sa_family = AF_UNSPEC }, 2, 0, 0), 0);
	close_(b), close_(c);

	{
		int p[2];

		pair(SOCK_DGRAM, p);
		for (i = 0; i < 50 && send_(p[0], "x", 1) == 1; i++)
			;
		is("a pair is bounded by its buffer alone", i, 50);
		close_(p[0]);
		is("what was sent can be read", recv_(p[1], buf, 9, 0), 1);
		is("no peer", send_(p[1], "x", 1), -ECONNREFUSED);
		close_(p[1]);
	}
}

static void seqpacket(void)
{
	int l = listener("@seq", SOCK_SEQPACKET, 5), a = sock(SOCK_SEQPACKET), b;
	char buf[16];

	is("not connected", send_(a, "x", 1), -ENOTCONN);
	is("not connected", recv_(a, buf, 1, 0), -ENOTCONN);
	is("connect", connect_(a, "@seq"), 0);
	b = accept_(l);
	is("send", send_(a, "one", 3) + send_(a, "two", 3), 6);
	is("a record", recv_(b, buf, sizeof(buf), 0), 3);
	is("part of a record", recv_(b, buf, 1, 0), 1);
	is("its rest is gone", recv_(b, buf, 1, 0), -EAGAIN);
	close_(a);
	is("the end", recv_(b, buf, 1, 0), 0);
	is("write to it", send_(b, "x", 1), -EPIPE);
	close_(b), close_(l);
}

/* ---- files and credentials ---- */

struct control {
	char buf[512] __attribute__((aligned(8)));
	size_t len;
};

static void add(struct control *c, int type, const void *data, size_t n)
{
	struct cmsghdr *h = (struct cmsghdr *)(c->buf + c->len);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = type;
	h->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(h), data, n);
	c->len += CMSG_SPACE(n);
}

static long sendmsg_(int fd, const char *text, struct control *c)
{
	struct iovec iov = { (void *)text, strlen(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = c->buf, .msg_controllen = c->len };

	return CALL(SYS_sendmsg, fd, &m, MSG_NOSIGNAL, 0, 0);
}

static long recvmsg_(int fd, int flags, struct control *c, size_t room, int *out_flags)
{
	static char text[64];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = c->buf, .msg_controllen = room };
	long n = CALL(SYS_recvmsg, fd, &m, flags, 0, 0);

	c->len = m.msg_controllen;
	if (out_flags)
		*out_flags = m.msg_flags;
	return n;
}

static int fd_of(const struct control *c, int i)
{
	const struct cmsghdr *h = (const struct cmsghdr *)c->buf;
	int fd = -1;

	if (c->len >= CMSG_LEN(sizeof(int) * ((size_t)i + 1)) && h->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(h) + (size_t)i * sizeof(int), sizeof(int));
	return fd;
}

static void files(void)
{
	int p[2], q[2], fd, fds[3], flags;
	struct control c = { .len = 0 };
	char buf[8];

	pair(SOCK_STREAM, p);
	is("pipe", CALL(SYS_pipe2, q, 0, 0, 0, 0), 0);
	add(&c, SCM_RIGHTS, &q[1], sizeof(int));
	is("send a descriptor", sendmsg_(p[0], "f", &c), 1);
	is("and bytes behind it", send_(p[0], "more", 4), 4);
	close_(q[1]);
	is("peek: a descriptor each time", recvmsg_(p[1], MSG_PEEK, &c, sizeof(c.buf), NULL), 1);
	close_(fd_of(&c, 0));
	is("recvmsg stops behind it", recvmsg_(p[1], MSG_CMSG_CLOEXEC, &c, sizeof(c.buf), &flags), 1);
	is("flags", flags & MSG_CTRUNC, 0);
	fd = fd_of(&c, 0);
	is("close on exec", CALL(SYS_fcntl, fd, F_GETFD, 0, 0, 0), FD_CLOEXEC);
	is("write through it", CALL(SYS_write, fd, "thru", 4, 0, 0), 4);
	is("read", CALL(SYS_read, q[0], buf, 8, 0, 0), 4);
	close_(fd);
	is("the pipe's end: nobody else has it", CALL(SYS_read, q[0], buf, 8, 0, 0), 0);
	is("the bytes behind", recv_(p[1], buf, 8, 0), 4);

	fds[0] = fds[1] = fds[2] = q[0];
	c.len = 0;
	add(&c, SCM_RIGHTS, fds, sizeof(fds));
	is("three", sendmsg_(p[0], "f", &c), 1);
	is("room for two", recvmsg_(p[1], 0, &c, CMSG_LEN(2 * sizeof(int)), &flags), 1);
	is("flags", flags & MSG_CTRUNC, MSG_CTRUNC);
	is("two came", fd_of(&c, 1) >= 0, 1);
	close_(fd_of(&c, 0)), close_(fd_of(&c, 1));
	c.len = 0;
	add(&c, SCM_RIGHTS, fds, sizeof(fds));
	is("three", sendmsg_(p[0], "f", &c), 1);
	is("read without control: they are closed", recv_(p[1], buf, 8, 0), 1);

	c.len = 0;
	fds[1] = 999;
	add(&c, SCM_RIGHTS, fds, sizeof(fds));
	is("a descriptor that is none", sendmsg_(p[0], "f", &c), -EBADF);
	c.len = 0;
	add(&c, 77, fds, sizeof(int));
	is("an unknown kind", sendmsg_(p[0], "f", &c), -EINVAL);
	c.len = 0;
	add(&c, SCM_RIGHTS, fds, sizeof(int));
	((struct cmsghdr *)c.buf)->cmsg_len = 4;
	is("a short header", sendmsg_(p[0], "f", &c), -EINVAL);
	((struct cmsghdr *)c.buf)->cmsg_len = 1000;
	is("a long one", sendmsg_(p[0], "f", &c), -EINVAL);
	close_(p[0]), close_(p[1]), close_(q[0]);
}

/* Descriptors of local sockets in local sockets' queues. */
static void files_in_files(void)
{
	struct control c = { .len = 0 };
	int p[2], r[2], fds[3], i;
	char buf[8];

	pair(SOCK_STREAM, p);
	/* A chain of sockets, each with the next in its queue: closing the first closes all. */
	for (i = 0; i < 200; i++) {
		pair(SOCK_STREAM, r);
		c.len = 0;
		add(&c, SCM_RIGHTS, &p[1], sizeof(int));
		is("a link", sendmsg_(r[0], "f", &c), 1);
		close_(p[0]), close_(p[1]);
		p[0] = r[0], p[1] = r[1];
	}
	close_(p[0]), close_(p[1]);

	/* Rings that nobody holds: one through itself, one of two. The pipe in them tells when they go. */
	is("pipe", CALL(SYS_pipe2, r, O_NONBLOCK, 0, 0, 0), 0);
	pair(SOCK_DGRAM, p);
	fds[0] = p[0], fds[1] = p[1], fds[2] = r[1];
	c.len = 0;
	add(&c, SCM_RIGHTS, fds, sizeof(fds));
	is("itself", sendmsg_(p[0], "f", &c), 1);
	is("and the other way", sendmsg_(p[1], "f", &c), 1);
	close_(r[1]);
	close_(p[0]);
	is("still there", recv_(p[1], buf, 8, MSG_PEEK), 1);
	close_(p[1]);
	for (i = 0; i < 1000 && CALL(SYS_read, r[0], buf, 1, 0, 0) == -EAGAIN; i++) {
		pair(SOCK_DGRAM, p); /* Linux collects in its own time, after a close */
		close_(p[0]), close_(p[1]);
		if (world == &worlds[LINUX])
			usleep(1000);
	}
	is("a ring is collected", CALL(SYS_read, r[0], buf, 1, 0, 0), 0);
	close_(r[0]);
}

static void credentials(void)
{
	int p[2], l = listener("@cred", SOCK_STREAM, 1), a = sock(SOCK_STREAM), b;
	long self = CALL(SYS_getpid, 0, 0, 0, 0, 0);
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);
	struct control c = { .len = 0 };
	char buf[8];

	is("peer of nobody", CALL(SYS_getsockopt, a, SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	is("pid", cred.pid, 0);
	is("uid", (int)cred.uid, -1);
	is("connect", connect_(a, "@cred"), 0);
	b = accept_(l);
	is("peer", CALL(SYS_getsockopt, b, SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	is("pid", cred.pid, self);
	is("uid", cred.uid, 0);
	is("the listener's", CALL(SYS_getsockopt, a, SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	is("pid", cred.pid, self);
	close_(a), close_(b), close_(l);

	pair(SOCK_STREAM, p);
	set(p[1], SO_PASSCRED, 1);
	is("send", send_(p[0], "x", 1), 1);
	is("recvmsg", recvmsg_(p[1], 0, &c, sizeof(c.buf), NULL), 1);
	is("its length", (long)c.len, CMSG_SPACE(sizeof(cred)));
	is("its type", ((struct cmsghdr *)c.buf)->cmsg_type, SCM_CREDENTIALS);
	memcpy(&cred, CMSG_DATA((struct cmsghdr *)c.buf), sizeof(cred));
	is("pid", cred.pid, self);
	cred.pid = 0x7ffffff;
	c.len = 0;
	add(&c, SCM_CREDENTIALS, &cred, sizeof(cred));
	is("another's, who is not", sendmsg_(p[0], "x", &c), -ESRCH);
	cred.pid = (int)self;
	cred.uid = 5;
	c.len = 0;
	add(&c, SCM_CREDENTIALS, &cred, sizeof(cred));
	is("another user's, as root", sendmsg_(p[0], "x", &c), 1);
	is("and bytes of oneself", send_(p[0], "yy", 2), 2);
	is("are not read together", recv_(p[1], buf, 8, 0), 1);
	is("but next", recv_(p[1], buf, 8, 0), 2);
	close_(p[0]), close_(p[1]);
}

/* ---- sleeping ---- */

static int ends[2];
static long slept;

static void writer(void *unused)
{
	static char block[100000];
	long n, all = 0;
	int fl = (int)CALL(SYS_fcntl, ends[0], F_GETFL, 0, 0, 0);

	CALL(SYS_fcntl, ends[0], F_SETFL, fl & ~O_NONBLOCK, 0, 0);
	do {
		n = send_(ends[0], block, sizeof(block));
		all += n > 0 ? n : 0;
	} while (n > 0 && all < 1000000);
	CALL(SYS_shutdown, ends[0], SHUT_WR, 0, 0, 0);
	slept = all;
}

static void *thread(void *unused)
{
	writer(NULL);
	return NULL;
}

/* More than the buffer holds: the writer waits for the reader, and the reader for it. */
static void blocking(void)
{
	static char buf[30000];
	pthread_t t;
	long n, all = 0;
	int fl;

	pair(SOCK_STREAM, ends);
	fl = (int)CALL(SYS_fcntl, ends[1], F_GETFL, 0, 0, 0);
	CALL(SYS_fcntl, ends[1], F_SETFL, fl & ~O_NONBLOCK, 0, 0);
	if (world == &worlds[LINUX])
		pthread_create(&t, NULL, thread, NULL);
	else
		is("task", skiff_task_start(writer, NULL) > 0, 1);
	while ((n = recv_(ends[1], buf, sizeof(buf), MSG_WAITALL)) > 0)
		all += n;
	if (world == &worlds[LINUX])
		pthread_join(t, NULL);
	is("all bytes come", all, 1000000);
	is("the end", n, 0);
	close_(ends[0]), close_(ends[1]);
}

/* An epoll that watches a full datagram connection hears of the room. */
static void epoll(void)
{
	int a = sock(SOCK_DGRAM), b = sock(SOCK_DGRAM), ep = (int)CALL(SYS_epoll_create1, 0, 0, 0, 0, 0);
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET };
	char buf[8];

	is("bind, connect", bind_(a, "@ep") | connect_(b, "@ep"), 0);
	is("epoll_ctl", CALL(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, b, &ev, 0), 0);
	is("writable", CALL(SYS_epoll_wait, ep, &ev, 1, 0, 0), 1);
	while (send_(b, "x", 1) == 1)
		;
	is("nothing new", CALL(SYS_epoll_wait, ep, &ev, 1, 0, 0), 0);
	is("read", recv_(a, buf, 1, 0), 1);
	is("room", CALL(SYS_epoll_wait, ep, &ev, 1, 0, 0), 1);
	close_(a), close_(b), close_(ep);
}

static void big(void)
{
	static char out[200000], in[200000];
	size_t i;
	int p[2];

	for (i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 7 + i / 256);
	pair(SOCK_DGRAM, p);
	is("a datagram of 200,000 bytes", send_(p[0], out, sizeof(out)), sizeof(out));
	is("comes", recv_(p[1], in, sizeof(in), 0), sizeof(in));
	is("whole", memcmp(in, out, sizeof(out)), 0);
	close_(p[0]), close_(p[1]);
}

static void all(void *unused)
{
	CALL(SYS_mkdir, "/tmp", 0777, 0, 0, 0);
	is("mkdir", CALL(SYS_mkdir, DIR, 0777, 0, 0, 0), 0);
	types();
	names();
	stream();
	datagram();
	seqpacket();
	files();
	files_in_files();
	credentials();
	blocking();
	epoll();
	big();
}

int main(void)
{
	char text[512];

	signal(SIGPIPE, SIG_IGN);
	world = &worlds[LINUX];
	if (system("rm -rf " DIR))
		return 1;
	all(NULL);
	if (system("rm -rf " DIR))
		return 1;
	world = &worlds[SKIFF];
	skiff_boot("");
	if (skiff_task_start(all, NULL) < 0)
		return 1;
	skiff_run(skiff_now() + 10000000000ull);
	skiff_command("cat /proc/net/unix", text, sizeof(text));
	is("no socket is left", strcmp(text, "Num       RefCount Protocol Flags    Type St Inode Path\n"), 0);
	return failures || skiff_warnings() ? 1 : 0;
}
