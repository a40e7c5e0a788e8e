/* SPDX-License-Identifier: MIT */
/*
 * Tests that write down what each call says, once with this machine's Linux and once with Skiff: the two texts must be the
 * same. A scenario prints no times, and nothing else that may differ between two runs.
 */
#ifndef TESTS_TRANSCRIPT_H
#define TESTS_TRANSCRIPT_H

#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct said {
	char **lines;
	size_t n, room;
} said[2]; /* by LINUX and SKIFF */

__attribute__((format(printf, 1, 2))) static inline void say(const char *fmt, ...)
{
	struct said *here = &said[world - worlds];
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (here->n == here->room) {
		here->room = here->room ? here->room * 2 : 1024;
		here->lines = realloc(here->lines, here->room * sizeof(char *));
	}
	here->lines[here->n++] = strdup(line);
}

/* A number that a call returned: it, or the error's name. Good until the next eight. */
static inline const char *said_by(long ret)
{
	static char room[8][32];
	static unsigned int next;
	char *out = room[next++ % 8];

	if (ret < 0 && strerrorname_np((int)-ret))
		return strerrorname_np((int)-ret);
	snprintf(out, sizeof(room[0]), "%ld", ret);
	return out;
}

/* ---- calls ---- */

static inline struct sockaddr_in in_addr_of(const char *addr, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
				     .sin_addr.s_addr = inet_addr(addr) };
}

static inline int socket_of(int domain, int type, int protocol)
{
	return (int)CALL(SYS_socket, domain, type, protocol, 0, 0);
}

static inline long set_int(int fd, int level, int opt, int val)
{
	return CALL(SYS_setsockopt, fd, level, opt, &val, sizeof(val));
}

static inline long bind_to(int fd, const char *addr, int port)
{
	struct sockaddr_in a = in_addr_of(addr, port);

	return CALL(SYS_bind, fd, &a, sizeof(a), 0, 0);
}

static inline long connect_to(int fd, const char *addr, int port)
{
	struct sockaddr_in a = in_addr_of(addr, port);

	return CALL(SYS_connect, fd, &a, sizeof(a), 0, 0);
}

static inline int udp_at(const char *addr, int port)
{
	int fd = socket_of(AF_INET, SOCK_DGRAM, 0);

	say("bind to %s:%d: %s", addr, port, said_by(bind_to(fd, addr, port)));
	return fd;
}

static inline long send_dgram(int fd, const char *addr, int port, const void *data, size_t len, int flags)
{
	struct sockaddr_in a = in_addr_of(addr, port);

	return world->call(SYS_sendto, fd, (long)data, (long)len, flags, (long)&a, sizeof(a));
}

static inline void close_fd(int fd)
{
	CALL(SYS_close, fd, 0, 0, 0, 0);
}

/* ---- messages ---- */

static inline int hex(char *out, size_t room, const unsigned char *data, size_t n)
{
	int done = 0;

	for (size_t i = 0; i < n; i++)
		done += snprintf(out + done, room - (size_t)done, "%02x", data[i]);
	return done;
}

/* The times in control messages are told as "time": whether there are any. */
static inline int tell_cmsg(char *out, size_t room, const struct cmsghdr *c)
{
	const unsigned char *data = CMSG_DATA(c);
	size_t len = c->cmsg_len - CMSG_LEN(0);
	int n = snprintf(out, room, " [%d.%d %zu ", c->cmsg_level, c->cmsg_type, len);
	bool times = c->cmsg_level == SOL_SOCKET && (c->cmsg_type == SO_TIMESTAMP || c->cmsg_type == SO_TIMESTAMPNS ||
						     c->cmsg_type == SO_TIMESTAMPING);

	if (times)
		n += snprintf(out + n, room - (size_t)n, "time");
	else
		n += hex(out + n, room - (size_t)n, data, len < 48 ? len : 48);
	return n + snprintf(out + n, room - (size_t)n, "]");
}

/* Identifiers of IP headers differ: the one at this offset of the data, and its checksum, are not told. -1: none. */
static int ip_header_at = -1;

/* All that recvmsg says with room for @size bytes of data and @control of control messages. */
static inline long say_recv_control(const char *what, int fd, size_t size, int flags, size_t control)
{
	static unsigned char data[70000];
	static union {
		struct cmsghdr align;
		char room[1024];
	} u;
	struct sockaddr_storage name;
	struct iovec iov = { data, size };
	struct msghdr m = { .msg_name = &name, .msg_namelen = sizeof(name), .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &u, .msg_controllen = control };
	struct cmsghdr *c;
	char text[900];
	long ret;
	int n;

	memset(&name, 0, sizeof(name));
	memset(&u, 0, sizeof(u));
	memset(data, 0xee, size < 64 ? size : 64);
	ret = CALL(SYS_recvmsg, fd, &m, flags | MSG_DONTWAIT, 0, 0);
	if (ret < 0) {
		say("%s: %s", what, said_by(ret));
		return ret;
	}
	if (ip_header_at >= 0 && ret >= ip_header_at + 12) {
		memset(data + ip_header_at + 4, 0, 2);
		memset(data + ip_header_at + 10, 0, 2);
	}
	n = snprintf(text, sizeof(text), "%ld flags %x", ret, m.msg_flags);
	if (m.msg_namelen && name.ss_family == AF_INET)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " from %s:%d",
			      inet_ntoa(((struct sockaddr_in *)&name)->sin_addr), ntohs(((struct sockaddr_in *)&name)->sin_port));
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n, " name %u", m.msg_namelen);
	n += snprintf(text + n, sizeof(text) - (size_t)n, " data ");
	n += hex(text + n, sizeof(text) - (size_t)n, data, ret < 24 ? (size_t)ret < size ? (size_t)ret : size : size < 24 ? size : 24);
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		n += tell_cmsg(text + n, sizeof(text) - (size_t)n, c);
	say("%s: %s", what, text);
	return ret;
}

static inline long say_recv(const char *what, int fd, size_t size, int flags)
{
	return say_recv_control(what, fd, size, flags, 1024);
}

/* One control message, of @len bytes of data, with a datagram. */
static inline long send_cmsg(int fd, const char *addr, int port, const void *data, size_t n, int level, int type,
			     const void *val, size_t len)
{
	struct sockaddr_in a = in_addr_of(addr, port);
	union {
		struct cmsghdr c;
		char room[256];
	} u;
	struct iovec iov = { (void *)data, n };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &u,
			    .msg_controllen = CMSG_SPACE(len) };

	memset(&u, 0, sizeof(u));
	u.c.cmsg_level = level;
	u.c.cmsg_type = type;
	u.c.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&u.c), val, len);
	return CALL(SYS_sendmsg, fd, &m, 0, 0, 0);
}

/* ---- both worlds ---- */

static inline void lo_up(int mtu)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_MULTICAST };
	int fd = socket_of(AF_INET, SOCK_DGRAM, 0);

	say("lo up: %s", said_by(CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo, 0, 0)));
	lo.ifr_mtu = mtu;
	say("its MTU: %s", said_by(CALL(SYS_ioctl, fd, SIOCSIFMTU, &lo, 0, 0)));
	close_fd(fd);
}

static inline bool enter_namespace(void)
{
	struct utsname u;
	int major, minor, fd;

	if (uname(&u) || sscanf(u.release, "%d.%d", &major, &minor) != 2 || major * 100 + minor < 601) {
		printf("this Linux is older than 6.1: not compared\n");
		return false;
	}
	if (geteuid() || unshare(CLONE_NEWNET)) {
		printf("no namespace may be made here: not compared\n");
		return false;
	}
	fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);
	if (fd >= 0) {
		if (write(fd, "0 2147483647", 12) < 0)
			perror("ping_group_range");
		close(fd);
	}
	return true;
}

/* @run in both worlds; the exit status. Skiff alone must have said @least lines. */
static inline int compare_worlds(void (*run)(void *), size_t least)
{
	const char *part = "";
	size_t i;

	world = &worlds[SKIFF];
	skiff_boot("skiff.seed=7");
	skiff_run(1000000); /* no time is 0 */
	skiff_task_start(run, NULL);
	skiff_run(skiff_now() + 1000000000000ull);
	if (said[SKIFF].n < least) {
		fprintf(stderr, "only %zu lines\n", said[SKIFF].n);
		failures++;
	}
	for (i = 0; i < said[SKIFF].n && getenv("TELL"); i++)
		printf("%s\n", said[SKIFF].lines[i]);
	if (!enter_namespace())
		return failures || skiff_warnings();
	world = &worlds[LINUX];
	run(NULL);
	for (i = 0; i < said[SKIFF].n && i < said[LINUX].n; i++) {
		if (!strncmp(said[SKIFF].lines[i], "-- ", 3))
			part = said[SKIFF].lines[i];
		if (!strcmp(said[SKIFF].lines[i], said[LINUX].lines[i]))
			continue;
		fprintf(stderr, "%s\nLinux: %s\nSkiff: %s\n", part, said[LINUX].lines[i], said[SKIFF].lines[i]);
		failures++;
	}
	if (said[SKIFF].n != said[LINUX].n) {
		fprintf(stderr, "Linux says %zu lines, Skiff %zu\n", said[LINUX].n, said[SKIFF].n);
		failures++;
	}
	printf("%zu lines, %d differ\n", said[SKIFF].n, failures);
	return failures || skiff_warnings();
}

#endif
