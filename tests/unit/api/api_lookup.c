/* SPDX-License-Identifier: MIT */
/* Which sockets a datagram goes to: of those that fit a port the one that insists on most, of multicasts and broadcasts every one
 * that wants it; raw sockets by protocol, addresses, device and filter. Compared with this machine's Linux. */
#define _GNU_SOURCE
#include "transcript.h"

#include <linux/filter.h>
#include <linux/icmp.h>

#define HOME  "127.0.0.1"
#define GROUP "239.1.2.3"

enum flags { REUSEADDR = 1, REUSEPORT = 2, ON_LO = 4, CPU0 = 8, CPU9 = 16, NOT_ALL = 32, JOINED = 64, ONE_SOURCE = 128, MINTTL = 256,
	     BLOCKED = 512 };

struct one {
	const char *bound;
	int flags, peer_port; /* 0: not connected */
	const char *peer;
};

static void join(int fd, int flags)
{
	struct ip_mreqn m = { { inet_addr(GROUP) }, { 0 }, 1 };
	struct ip_mreq_source s = { { inet_addr(GROUP) }, { inet_addr(HOME) }, { inet_addr(flags & BLOCKED ? HOME : "127.0.0.9") } };

	if (flags & ONE_SOURCE) {
		say("join for one source: %s", said_by(CALL(SYS_setsockopt, fd, SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, &s, sizeof(s))));
		return;
	}
	say("join: %s", said_by(CALL(SYS_setsockopt, fd, SOL_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m))));
	if (flags & BLOCKED)
		say("block: %s", said_by(CALL(SYS_setsockopt, fd, SOL_IP, IP_BLOCK_SOURCE, &s, sizeof(s))));
}

static int open_one(const struct one *o, int type, int protocol, int port)
{
	int fd = socket_of(AF_INET, type, protocol), lo = 1;

	if (o->flags & REUSEADDR)
		set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (o->flags & REUSEPORT)
		set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (o->flags & ON_LO)
		say("on lo: %s", said_by(CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3)));
	if (o->flags & (CPU0 | CPU9))
		set_int(fd, SOL_SOCKET, SO_INCOMING_CPU, o->flags & CPU0 ? 0 : 9);
	if (o->flags & NOT_ALL)
		set_int(fd, SOL_IP, IP_MULTICAST_ALL, 0);
	if (o->flags & MINTTL)
		say("IP_MINTTL: %s", said_by(set_int(fd, SOL_IP, IP_MINTTL, 255)));
	say("bind to %s: %s", o->bound, said_by(bind_to(fd, o->bound, port)));
	if (o->flags & (JOINED | ONE_SOURCE))
		join(fd, o->flags);
	if (o->peer_port)
		say("connect: %s", said_by(connect_to(fd, o->peer, o->peer_port)));
	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	set_int(fd, SOL_IP, IP_MULTICAST_IF, 0);
	CALL(SYS_setsockopt, fd, SOL_IP, IP_MULTICAST_IF, &(struct ip_mreqn){ .imr_ifindex = lo }, sizeof(struct ip_mreqn));
	return fd;
}

/* Who has got what was sent. */
static void tell_who(const char *what, const int *fd, unsigned int n)
{
	char room[16], text[64] = "";
	unsigned int i, at = 0;

	for (i = 0; i < n; i++)
		while (CALL6(SYS_recvfrom, fd[i], room, sizeof(room), MSG_DONTWAIT, 0, 0) >= 0 && at + 4 < sizeof(text))
			at += (unsigned int)snprintf(text + at, sizeof(text) - at, " %u", i);
	say("%s:%s", what, text);
}

static void try_udp(const char *what, const struct one *ones, unsigned int n)
{
	static const char *const dests[] = { HOME, "127.0.0.2", "127.255.255.255", GROUP, "239.9.9.9" };
	static const struct one from[] = { { HOME, 0, 0, NULL }, { HOME, 0, 0, NULL }, { "127.0.0.9", 0, 0, NULL } };
	int fd[12], sender[3];
	unsigned int i, k;
	char text[80];

	say("-- %s", what);
	for (i = 0; i < 3; i++)
		sender[i] = open_one(&from[i], SOCK_DGRAM, 0, 7401 + (int)i);
	for (i = 0; i < n; i++)
		fd[i] = open_one(&ones[i], SOCK_DGRAM, 0, 7400);
	for (i = 0; i < 3; i++) {
		for (k = 0; k < COUNT(dests); k++) {
			long ret = send_dgram(sender[i], dests[k], 7400, "x", 1, 0);

			snprintf(text, sizeof(text), "%u to %s: %s", i, dests[k], said_by(ret));
			tell_who(text, fd, n);
		}
	}
	for (i = 0; i < n; i++)
		close_fd(fd[i]);
	for (i = 0; i < 3; i++)
		close_fd(sender[i]);
}

#define ONES(...)	   (const struct one[]){ __VA_ARGS__ }, sizeof((const struct one[]){ __VA_ARGS__ }) / sizeof(struct one)
#define TRY_UDP(what, ...) try_udp(what, ONES(__VA_ARGS__))
#define ANY "0.0.0.0"

static void udp(void)
{
	TRY_UDP("address before any", { ANY, REUSEADDR, 0, 0 }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("address before any, bound before", { HOME, REUSEADDR, 0, 0 }, { ANY, REUSEADDR, 0, 0 });
	TRY_UDP("the last of equals", { HOME, REUSEADDR, 0, 0 }, { HOME, REUSEADDR, 0, 0 }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("a device before none", { HOME, REUSEADDR | ON_LO, 0, 0 }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("any on a device, and an address", { ANY, REUSEADDR | ON_LO, 0, 0 }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("a peer before a device", { HOME, REUSEADDR, 7401, HOME }, { HOME, REUSEADDR | ON_LO, 0, 0 });
	/* Of two that have the same peer Linux since 6.13 takes the last, whatever else they insist on. */
	TRY_UDP("a peer and a device", { HOME, REUSEADDR, 7401, HOME }, { HOME, REUSEADDR | ON_LO, 7401, HOME }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("a peer of any", { ANY, REUSEADDR, 7402, HOME }, { ANY, REUSEADDR, 0, 0 }, { HOME, REUSEADDR, 0, 0 });
	TRY_UDP("a processor", { HOME, REUSEADDR | CPU0, 0, 0 }, { HOME, REUSEADDR, 0, 0 }, { HOME, REUSEADDR | CPU9, 0, 0 });
	TRY_UDP("a processor, and a device", { HOME, REUSEADDR | CPU0, 0, 0 }, { HOME, REUSEADDR | ON_LO, 0, 0 });
	TRY_UDP("a group and its connected one", { HOME, REUSEPORT, 0, 0 }, { HOME, REUSEPORT, 7401, HOME });
	TRY_UDP("a group, and one outside that is on the device", { HOME, REUSEPORT | REUSEADDR, 0, 0 },
		{ HOME, REUSEADDR | ON_LO, 0, 0 });
	TRY_UDP("not shared", { HOME, 0, 0, 0 }, { HOME, 0, 0, 0 }, { ANY, 0, 0, 0 }, { "127.0.0.2", 0, 0, 0 });
	TRY_UDP("multicasts", { ANY, REUSEADDR | JOINED, 0, 0 }, { ANY, REUSEADDR, 0, 0 }, { ANY, REUSEADDR | NOT_ALL, 0, 0 },
		{ GROUP, REUSEADDR, 0, 0 }, { GROUP, REUSEADDR | JOINED, 0, 0 }, { ANY, REUSEADDR | ONE_SOURCE, 0, 0 },
		{ ANY, REUSEADDR | JOINED | BLOCKED, 0, 0 }, { HOME, REUSEADDR | JOINED, 0, 0 }, { "239.9.9.9", REUSEADDR, 0, 0 },
		{ ANY, REUSEADDR | JOINED, 7401, HOME }, { ANY, REUSEADDR | NOT_ALL | JOINED | ON_LO, 0, 0 });
	TRY_UDP("broadcasts", { ANY, REUSEADDR, 0, 0 }, { HOME, REUSEADDR, 0, 0 }, { "127.255.255.255", REUSEADDR, 0, 0 },
		{ ANY, REUSEADDR | ON_LO, 0, 0 }, { ANY, REUSEPORT | REUSEADDR, 0, 0 });
	TRY_UDP("a lowest TTL, which only streams heed", { HOME, MINTTL, 0, 0 });
}

/* ---- raw sockets ---- */

static void try_raw(const char *what, int protocol, const struct one *ones, unsigned int n)
{
	static const char *const dests[] = { HOME, "127.0.0.2", GROUP, "127.255.255.255" };
	static const struct one from[] = { { HOME, 0, 0, NULL }, { "127.0.0.9", 0, 0, NULL } };
	int fd[12], sender[2];
	unsigned int i, k;
	char text[80];

	say("-- raw, %s", what);
	for (i = 0; i < 2; i++)
		sender[i] = open_one(&from[i], SOCK_RAW, protocol, 0);
	for (i = 0; i < n; i++)
		fd[i] = open_one(&ones[i], SOCK_RAW, protocol, 0);
	for (i = 0; i < 2; i++) {
		for (k = 0; k < COUNT(dests); k++) {
			snprintf(text, sizeof(text), "%u to %s: %s", i, dests[k],
				 said_by(send_dgram(sender[i], dests[k], 0, "\0\0\xff\xff\0\0\0\0", 8, 0)));
			tell_who(text, fd, n);
		}
	}
	for (i = 0; i < n; i++)
		close_fd(fd[i]);
	for (i = 0; i < 2; i++)
		close_fd(sender[i]);
}

#define TRY_RAW(what, protocol, ...) try_raw(what, protocol, ONES(__VA_ARGS__))

static void icmp_filter(void)
{
	int a = socket_of(AF_INET, SOCK_RAW, IPPROTO_ICMP), b = socket_of(AF_INET, SOCK_RAW, IPPROTO_ICMP), fd[2];
	static const int types[] = { 0, 3, 8, 13, 31, 32, 40, 255 };
	unsigned int i, mask, masks[] = { 0, ~0u, 1u << ICMP_ECHOREPLY, ~(1u << ICMP_ECHOREPLY), 1u << 8, 1u };
	struct icmp_filter f;
	socklen_t len = 1;

	fd[0] = b;
	for (mask = 0; mask < COUNT(masks); mask++) {
		f.data = masks[mask];
		say("filter %x: %s", f.data, said_by(CALL(SYS_setsockopt, b, SOL_RAW, ICMP_FILTER, &f, sizeof(f))));
		for (i = 0; i < COUNT(types); i++) {
			unsigned char p[8] = { (unsigned char)types[i], 0, (unsigned char)~types[i], 0xff, 0, 0, 0, 0 };
			char text[40];

			snprintf(text, sizeof(text), "type %d: %s", types[i], said_by(send_dgram(a, HOME, 0, p, 8, 0)));
			tell_who(text, fd, 1);
		}
	}
	f.data = 0x12345678;
	say("one byte of it: %s", said_by(CALL(SYS_setsockopt, b, SOL_RAW, ICMP_FILTER, &f, 1)));
	f.data = 0;
	say("one byte back: %s", said_by(CALL(SYS_getsockopt, b, SOL_RAW, ICMP_FILTER, &f, &len)));
	len = 8;
	say("length %u, %x; more: %s", 1, f.data, said_by(CALL(SYS_getsockopt, b, SOL_RAW, ICMP_FILTER, &f, &len)));
	say("length %u, %x", len, f.data);
	say("empty: %s", said_by(send_dgram(a, HOME, 0, "", 0, 0)));
	tell_who("an empty one", fd, 1);
	close_fd(a);
	close_fd(b);
}

static void raw(void)
{
	TRY_RAW("all of them", 200, { ANY, 0, 0, 0 }, { HOME, 0, 0, 0 }, { "127.0.0.2", 0, 0, 0 }, { ANY, ON_LO, 0, 0 },
		{ ANY, 0, 1, HOME }, { ANY, 0, 1, "127.0.0.9" }, { GROUP, 0, 0, 0 }, { ANY, JOINED, 0, 0 }, { ANY, NOT_ALL, 0, 0 },
		{ ANY, ONE_SOURCE, 0, 0 });
	TRY_RAW("of a protocol that the kernel has", IPPROTO_UDP, { ANY, 0, 0, 0 }, { HOME, 0, 0, 0 });
	TRY_RAW("protocol 255 gets nothing", IPPROTO_RAW, { ANY, 0, 0, 0 });
	TRY_RAW("addresses that are not ours", 200, { "10.9.9.9", 0, 0, 0 }, { "127.255.255.255", 0, 0, 0 },
		{ "255.255.255.255", 0, 0, 0 });
	TRY_RAW("a lowest TTL, which only streams heed", 200, { HOME, MINTTL, 0, 0 });
	icmp_filter();
}

/* ---- packets with a header of one's own ---- */

struct header {
	unsigned char ihl_version, tos;
	uint16_t len, id, frag;
	unsigned char ttl, protocol;
	uint16_t sum;
	uint32_t from, to;
	unsigned char data[16];
};

static struct header good_header(void)
{
	return (struct header){ .ihl_version = 0x45, .ttl = 9, .protocol = 200, .to = inet_addr(HOME) };
}

/* Headers with one thing changed, by both sockets that may write one: what comes to @b and @d. */
static void headers(int a, int b, int c, int d)
{
	static const struct {
		const char *what;
		int at, n;
		unsigned char bytes[8];
		size_t len;
	} tries[] = {
		{ "as it should be", 0, 0, { 0 }, 28 },
		{ "version 5", 0, 1, { 0x55 }, 28 },
		{ "header of 4 words", 0, 1, { 0x44 }, 28 },
		{ "header longer than all", 0, 1, { 0x4f }, 28 },
		{ "header with room for options", 0, 1, { 0x46 }, 28 },
		{ "wrong length", 2, 2, { 0, 99 }, 28 },
		{ "an id", 4, 2, { 1, 2 }, 28 },
		{ "a source", 12, 4, { 127, 0, 0, 9 }, 28 },
		{ "a source of others", 12, 4, { 10, 9, 8, 7 }, 28 },
		{ "another destination in it", 16, 4, { 127, 0, 0, 2 }, 28 },
		{ "a wrong sum", 10, 2, { 1, 1 }, 28 },
		{ "a fragment", 6, 2, { 0x20, 0 }, 28 },
		{ "TTL 0", 8, 1, { 0 }, 28 },
		{ "another protocol", 9, 1, { 201 }, 28 },
		{ "19 bytes", 0, 0, { 0 }, 19 },
		{ "20 bytes", 0, 0, { 0 }, 20 },
		{ "none", 0, 0, { 0 }, 0 },
	};
	unsigned int i;

	for (i = 0; i < 2 * COUNT(tries); i++) {
		struct header h = good_header();

		memcpy((unsigned char *)&h + tries[i / 2].at, tries[i / 2].bytes, (size_t)tries[i / 2].n);
		ip_header_at = h.id ? -1 : 0; /* what fills it in is not guessable */
		say("%s: %s", tries[i / 2].what, said_by(send_dgram(i & 1 ? c : a, HOME, 0, &h, tries[i / 2].len, 0)));
		while (say_recv("came", b, 100, 0) >= 0)
			;
		while (say_recv("to another", d, 100, 0) >= 0)
			;
	}
	ip_header_at = -1;
}

static void raw_sizes(int a, int b)
{
	static const size_t sizes[] = { 1500, 1501, 65535, 65536 };
	static unsigned char big[66000];
	struct header h = good_header();
	unsigned int i;

	memcpy(big, &h, 20);
	ip_header_at = 0;
	lo_up(1500);
	for (i = 0; i < COUNT(sizes); i++) {
		say("%zu bytes: %s", sizes[i], said_by(send_dgram(a, HOME, 0, big, sizes[i], 0)));
		say_recv("came", b, 20, MSG_TRUNC);
		say("%zu bytes without: %s", sizes[i], said_by(send_dgram(b, HOME, 0, big, sizes[i], 0)));
		say_recv("came", b, 20, MSG_TRUNC);
	}
	lo_up(65536);
	ip_header_at = -1;
}

static void hdrincl(void)
{
	int a = socket_of(AF_INET, SOCK_RAW, IPPROTO_RAW), b = socket_of(AF_INET, SOCK_RAW, 200), val = 7;
	int c = socket_of(AF_INET, SOCK_RAW, 200), d = socket_of(AF_INET, SOCK_RAW, 201);
	struct sockaddr_in names[] = { { .sin_family = AF_INET }, { .sin_addr.s_addr = inet_addr(HOME) }, { .sin_family = AF_INET6 } };
	struct header h = good_header();
	socklen_t len = sizeof(val);
	unsigned int i;

	say("-- IP_HDRINCL");
	say("IPPROTO_RAW has it: %s %d", said_by(CALL(SYS_getsockopt, a, SOL_IP, IP_HDRINCL, &val, &len)), val);
	say("option: %s", said_by(set_int(c, SOL_IP, IP_HDRINCL, 1)));
	headers(a, b, c, d);
	raw_sizes(a, b);
	say("IP_OPTIONS: %s", said_by(CALL(SYS_setsockopt, c, SOL_IP, IP_OPTIONS, "\1\1\1\1", 4)));
	say("with options: %s", said_by(send_dgram(c, HOME, 0, &h, 28, 0)));
	say("MSG_OOB: %s", said_by(send_dgram(b, HOME, 0, &h, 28, MSG_OOB)));
	say("no destination: %s", said_by(CALL6(SYS_sendto, b, &h, 28, 0, 0, 0)));
	say("short name: %s", said_by(CALL6(SYS_sendto, b, &h, 28, 0, &names[0], 8)));
	for (i = 0; i < COUNT(names); i++)
		say("family %d: %s", names[i].sin_family, said_by(CALL6(SYS_sendto, b, &h, 28, 0, &names[i], 16)));
	tell_who("left", &b, 1);
	close_fd(a);
	close_fd(b);
	close_fd(c);
	close_fd(d);
	for (i = 0; i < 300; i += 5)
		if ((val = socket_of(AF_INET, SOCK_RAW, (int)i)) < 0 || i % 50 == 0)
			say("protocol %u: %s", i, val < 0 ? said_by(val) : "ok");
		else
			close_fd(val);
}

static void run(void *unused)
{
	lo_up(65536);
	udp();
	raw();
	hdrincl();
}

int main(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		perror("sched_setaffinity");
	return compare_worlds(run, 300);
}
