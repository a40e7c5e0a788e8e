/* SPDX-License-Identifier: MIT */
/*
 * Which counters of /proc/net/snmp and /proc/net/netstat move when a packet is dropped, refused or answered: the datagram side's, for
 * packets of every kind of badness, and what is answered.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LOCAL	 "192.168.0.1"
#define REMOTE	 "192.168.0.2"

/* ---- calls ---- */

static int udp_at(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = inet_addr(LOCAL) };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0);

	printf("bind: %s\n", result_text(CALL(SYS_bind, fd, (long)&a, sizeof(a))));
	return fd;
}

static long send_to(int fd, const char *addr, int port, const void *data, size_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = inet_addr(addr) };

	return CALL(SYS_sendto, fd, (long)data, (long)n, 0, (long)&a, sizeof(a));
}

static void read_one(int fd)
{
	char room[10];

	CALL(SYS_recvfrom, fd, (long)room, sizeof(room), MSG_DONTWAIT, 0, 0);
}

/* What IP_CHECKSUM says of the next datagram, folded: how a sum is carried along differs. */
static void read_checksum(const char *what, int fd, int flags, size_t size)
{
	char room[100], control[100];
	struct iovec iov = { room, size };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	long n = CALL(SYS_recvmsg, fd, (long)&m, MSG_DONTWAIT | flags);
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;
	uint32_t sum = 0;

	if (c)
		memcpy(&sum, CMSG_DATA(c), sizeof(sum));
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	printf("%s: %s, sum %s %04x\n", what, result_text(n), c ? "told" : "not told", c ? sum : 0);
}

/* ---- counters ---- */

static struct {
	char name[64];
	long long value;
} before[400], after[400];

/* Tables whose counters are told; Linux has some more columns since 6.1. */
static bool told(const char *table, const char *name)
{
	if (strcmp(table, "Ip:") && strcmp(table, "Icmp:") && strcmp(table, "IcmpMsg:") && strcmp(table, "Udp:") && strcmp(table, "IpExt:"))
		return false;
	return strcmp(name, "OutTransmits") && !strstr(name, "Octets") && !strstr(name, "ECT") && strcmp(name, "InNoECTPkts");
}

static unsigned int read_table(const char *path, void *to, unsigned int n)
{
	typeof(&before[0]) rows = to;
	static char text[65536];
	char *line, *names, *values, *save_lines, *save_names, *save_values;
	int fd = (int)CALL(SYS_open, (long)path, O_RDONLY, 0);
	long len = 0, got;

	while ((got = CALL(SYS_read, fd, (long)(text + len), (long)(sizeof(text) - 1 - (size_t)len))) > 0)
		len += got;
	CALL(SYS_close, fd);
	text[len > 0 ? len : 0] = 0;
	for (line = strtok_r(text, "\n", &save_lines); line; line = strtok_r(NULL, "\n", &save_lines)) {
		char *table = strtok_r(line, " ", &save_names), *second = strtok_r(NULL, "\n", &save_lines), *name, *value;

		if (!table || !second)
			break;
		names = save_names;
		strtok_r(second, " ", &save_values);
		(void)names;
		(void)values;
		while ((name = strtok_r(NULL, " ", &save_names)) && (value = strtok_r(NULL, " ", &save_values))) {
			if (!told(table, name) || n == COUNT(before))
				continue;
			snprintf(rows[n].name, sizeof(rows[n].name), "%s%s", table, name);
			rows[n++].value = atoll(value);
		}
	}
	return n;
}

static unsigned int read_all(void *rows)
{
	return read_table("/proc/net/netstat", rows, read_table("/proc/net/snmp", rows, 0));
}

static int by_name(const void *a, const void *b)
{
	return strcmp((const char *)a, (const char *)b);
}

static unsigned int n_before;

static void begin(void)
{
	n_before = read_all(before);
}

/* What has changed, and what came out. */
static void tell(const char *what)
{
	unsigned char out[PACKET_MAX];
	size_t len;

	unsigned int n = read_all(after), i, k;
	char text[900] = "";
	int at = 0;

	qsort(after, n, sizeof(after[0]), by_name);
	for (i = 0; i < n; i++) {
		long long was = 0;

		for (k = 0; k < n_before; k++)
			if (!strcmp(before[k].name, after[i].name))
				was = before[k].value;
		if (after[i].value != was)
			at += snprintf(text + at, sizeof(text) - (size_t)at, " %s+%lld", after[i].name, after[i].value - was);
	}
	printf("%s:%s\n", what, text);
	while ((len = world_take(out, sizeof(out), 0)) > 0)
		if (out[0] >> 4 == 4)
			printf("%s: out: protocol %d, type %d, code %d, %zu bytes\n", what, out[9], out[20],
			       out[9] == 1 ? out[21] : 0, len);
}

/* ---- packets ---- */

static uint16_t sum16(const void *data, size_t n, uint32_t sum)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

struct packet {
	unsigned char ihl, protocol, ttl;
	const char *from, *to;
	uint16_t frag;
	const unsigned char *options;
	int tot_len, cut; /* 0: right, whole */
	bool bad_sum;
	unsigned char version;
	uint16_t id;
};

static void feed(const char *what, const struct packet *p, const void *data, size_t n)
{
	unsigned int ihl = p->ihl ? p->ihl : 5;
	unsigned char f[2000] = { (unsigned char)((p->version ? p->version : 4) << 4 | ihl) };
	uint16_t len = (uint16_t)(ihl * 4 + n), sum;
	uint32_t a;

	if (p->tot_len)
		len = (uint16_t)p->tot_len;
	f[2] = (unsigned char)(len >> 8);
	f[3] = (unsigned char)len;
	f[4] = (unsigned char)(p->id >> 8);
	f[5] = (unsigned char)p->id;
	f[6] = (unsigned char)(p->frag >> 8);
	f[7] = (unsigned char)p->frag;
	f[8] = p->ttl ? p->ttl : 64;
	f[9] = p->protocol;
	a = inet_addr(p->from ? p->from : REMOTE);
	memcpy(f + 12, &a, 4);
	a = inet_addr(p->to ? p->to : LOCAL);
	memcpy(f + 16, &a, 4);
	if (p->options)
		memcpy(f + 20, p->options, ihl * 4 - 20);
	sum = sum16(f, ihl * 4, p->bad_sum);
	f[10] = (unsigned char)(sum >> 8);
	f[11] = (unsigned char)sum;
	memcpy(f + ihl * 4, data, n);
	begin();
	world_give(f, p->cut ? (size_t)p->cut : ihl * 4 + n);
	tell(what);
}

#define FEED(what, data, n, ...) feed(what, &(struct packet){ __VA_ARGS__ }, data, n)

/* A datagram from 127.0.0.1:7602 to @port with @n bytes of data. */
static size_t udp_packet(unsigned char *p, int port, int said_len, size_t n, int sum)
{
	uint16_t len = (uint16_t)(said_len ? (size_t)said_len : 8 + n), c;

	memset(p, 0x77, 8 + n);
	p[0] = 7602 >> 8;
	p[1] = 7602 & 255;
	p[2] = (unsigned char)(port >> 8);
	p[3] = (unsigned char)port;
	p[4] = (unsigned char)(len >> 8);
	p[5] = (unsigned char)len;
	p[6] = p[7] = 0;
	c = sum16(p, 8 + n, 2u * 0xc0a8 + 1 + 2 + 17 + (uint32_t)(8 + n));
	if (sum)
		c = (uint16_t)(sum < 0 ? 0 : c ^ 0x0101);
	p[6] = (unsigned char)(c >> 8);
	p[7] = (unsigned char)c;
	return 8 + n;
}

static size_t icmp_packet(unsigned char *p, int type, int code, size_t n, bool bad)
{
	uint16_t c;

	memset(p, 0x11, 8 + n);
	p[0] = (unsigned char)type;
	p[1] = (unsigned char)code;
	p[2] = p[3] = 0;
	memset(p + 4, 0, 4);
	c = (uint16_t)(sum16(p, 8 + n, 0) ^ (bad ? 0x0101 : 0));
	p[2] = (unsigned char)(c >> 8);
	p[3] = (unsigned char)c;
	return 8 + n;
}

static void ip_headers(void)
{
	static const unsigned char bad_option[4] = { 7, 2, 4, 0 }, long_option[4] = { 7, 30, 4, 0 };
	static const unsigned char source_route[8] = { 131, 7, 4, 127, 0, 0, 2 };
	unsigned char u[100];
	size_t n = udp_packet(u, 7600, 0, 10, 0);

	printf("-- IP headers\n");
	FEED("good", u, n, .protocol = 17);
	FEED("wrong sum", u, n, .protocol = 17, .bad_sum = true);
	FEED("longer than it is", u, n, .protocol = 17, .tot_len = 500);
	FEED("shorter than its header", u, n, .protocol = 17, .tot_len = 19);
	FEED("padded", u, n + 5, .protocol = 17, .tot_len = 38);
	FEED("cut in the header", u, n, .protocol = 17, .cut = 15);
	FEED("header longer than all", u, n, .protocol = 17, .ihl = 15, .cut = 40);
	FEED("bad option", u, n, .protocol = 17, .ihl = 6, .options = bad_option);
	FEED("option too long", u, n, .protocol = 17, .ihl = 6, .options = long_option);
	FEED("source route", u, n, .protocol = 17, .ihl = 7, .options = source_route);
	FEED("unknown protocol", u, n, .protocol = 222);
	FEED("to nobody here", u, n, .protocol = 17, .to = "10.9.8.7");
	FEED("from a multicast", u, n, .protocol = 17, .from = "224.0.0.1");
	FEED("from a broadcast", u, n, .protocol = 17, .from = "255.255.255.255");
	FEED("from 0", u, n, .protocol = 17, .from = "0.0.0.0");
	FEED("to 0", u, n, .protocol = 17, .to = "0.0.0.0");
	FEED("to all", u, n, .protocol = 17, .to = "255.255.255.255");
	FEED("to a group nobody is in", u, n, .protocol = 17, .to = "239.1.1.1");
	FEED("to a broadcast", u, n, .protocol = 17, .to = "192.168.0.255");
	FEED("from others to us", u, n, .protocol = 17, .from = "10.9.8.7");
}

static void udp(void)
{
	static const struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { 1, (struct sock_filter *)none };
	int a = udp_at(7600), b = udp_at(7601), i;
	unsigned char u[200];

	printf("-- UDP\n");
	FEED("to a socket", u, udp_packet(u, 7600, 0, 10, 0), .protocol = 17);
	begin();
	read_one(a);
	tell("read");
	FEED("to no socket", u, udp_packet(u, 7609, 0, 10, 0), .protocol = 17);
	FEED("to no socket, wrong sum", u, udp_packet(u, 7609, 0, 100, 1), .protocol = 17);
	FEED("short", u, 7, .protocol = 17);
	FEED("says less than a header", u, udp_packet(u, 7600, 7, 10, 0), .protocol = 17);
	FEED("says more than there is", u, udp_packet(u, 7600, 99, 10, 0), .protocol = 17);
	FEED("no sum", u, udp_packet(u, 7600, 0, 10, -1), .protocol = 17);
	begin();
	read_one(a);
	tell("read");
	begin();
	udp_packet(u, 7600, 0, 100, 1);
	FEED("wrong sum, long", u, 108, .protocol = 17);
	begin();
	read_one(a);
	tell("nothing to read");
	begin();
	printf("filter: %s\n", result_text(CALL(SYS_setsockopt, b, SOL_SOCKET, SO_ATTACH_FILTER, (long)&prog, sizeof(prog))));
	FEED("filtered", u, udp_packet(u, 7601, 0, 10, 0), .protocol = 17);
	FEED("filtered, wrong sum", u, udp_packet(u, 7601, 0, 10, 1), .protocol = 17);
	printf("IP_CHECKSUM: %s\n", result_text(opt_set(a, SOL_IP, IP_CHECKSUM, 1)));
	printf("SO_PEEK_OFF: %s\n", result_text(opt_set(a, SOL_SOCKET, SO_PEEK_OFF, 4)));
	FEED("short", u, udp_packet(u, 7600, 0, 68, 0), .protocol = 17);
	read_checksum("its rest", a, MSG_PEEK, 64);
	read_checksum("short", a, 0, 100);
	FEED("long", u, udp_packet(u, 7600, 0, 69, 0), .protocol = 17);
	read_checksum("long", a, 0, 100);
	FEED("no sum", u, udp_packet(u, 7600, 0, 10, -1), .protocol = 17);
	read_checksum("no sum", a, 0, 100);
	printf("SO_RCVBUF: %s\n", result_text(opt_set(a, SOL_SOCKET, SO_RCVBUF, 0)));
	for (i = 0; i < 20; i++)
		send_to(b, LOCAL, 7600, u, 100);
	FEED("no room", u, udp_packet(u, 7600, 0, 10, 0), .protocol = 17);
	begin();
	printf("no route: %s\n", result_text(send_to(b, "10.9.8.7", 7600, u, 10)));
	tell("no route");
	begin();
	printf("too long: %s\n", result_text(send_to(b, REMOTE, 7600, u, 65508)));
	tell("too long");
	begin();
	printf("unreadable: %s\n", result_text(send_to(b, REMOTE, 7600, (void *)8, 100)));
	tell("unreadable");
	CALL(SYS_close, a);
	CALL(SYS_close, b);
}

static void raw(void)
{
	int a = (int)CALL(SYS_socket, AF_INET, SOCK_RAW, 201);
	unsigned char u[200] = { 0 };

	printf("-- raw\n");
	FEED("to a raw socket", u, 20, .protocol = 201);
	begin();
	printf("send: %s\n", result_text(send_to(a, REMOTE, 0, u, 20)));
	tell("sent");
	printf("IP_HDRINCL: %s\n", result_text(opt_set(a, SOL_IP, IP_HDRINCL, 1)));
	begin();
	printf("bad header: %s\n", result_text(send_to(a, REMOTE, 0, u, 40)));
	tell("bad header");
	CALL(SYS_close, a);
	FEED("to nobody", u, 20, .protocol = 201);
}

static void icmp(void)
{
	/* not 13: Linux since 6.4 counts the answer as an echo's */
	static const int types[] = { 0, 1, 3, 4, 5, 8, 9, 10, 11, 12, 14, 15, 17, 18, 19, 40, 42, 255 };
	unsigned char p[200];
	unsigned int i;
	char what[40];

	printf("-- ICMP\n");
	for (i = 0; i < COUNT(types); i++) {
		snprintf(what, sizeof(what), "type %d", types[i]);
		FEED(what, p, icmp_packet(p, types[i], 0, 40, false), .protocol = 1);
	}
	FEED("wrong sum", p, icmp_packet(p, 8, 0, 40, true), .protocol = 1);
	FEED("short", p, 7, .protocol = 1);
	FEED("short error", p, icmp_packet(p, 3, 3, 10, false), .protocol = 1);
	FEED("unknown code", p, icmp_packet(p, 3, 77, 40, false), .protocol = 1);
	FEED("echo to a broadcast", p, icmp_packet(p, 8, 0, 40, false), .protocol = 1, .to = "192.168.0.255");
	FEED("timestamp cut", p, icmp_packet(p, 13, 0, 3, false), .protocol = 1);
	icmp_packet(p, 3, 3, 28, false);
	memcpy(p + 8, "\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\xc0\xa8\0\x01\xc0\xa8\0\x02\x1d\xb0\x1d\xb1\0\x08\0\0", 28);
	p[2] = p[3] = 0;
	i = sum16(p, 36, 0);
	p[2] = (unsigned char)(i >> 8);
	p[3] = (unsigned char)i;
	FEED("an error for no socket", p, 36, .protocol = 1);
}

static void fragments(void)
{
	unsigned char u[300];
	int a = udp_at(7600), b = udp_at(7601);

	printf("-- fragments\n");
	udp_packet(u, 7600, 0, 100, 0);
	FEED("the first", u, 48, .protocol = 17, .frag = 0x2000, .id = 1);
	FEED("the last", u + 48, 60, .protocol = 17, .frag = 6, .id = 1);
	FEED("the first", u, 48, .protocol = 17, .frag = 0x2000, .id = 2);
	FEED("the first again", u, 48, .protocol = 17, .frag = 0x2000, .id = 2);
	FEED("one that overlaps", u + 40, 68, .protocol = 17, .frag = 5, .id = 2);
	FEED("not of eight", u, 47, .protocol = 17, .frag = 0x2000, .id = 3);
	/* one beyond 65,535 bytes is refused here when it comes, on Linux when the datagram is complete */
	FEED("last of nothing", u, 0, .protocol = 17, .frag = 5, .id = 5);
	FEED("with DF", u, 48, .protocol = 17, .frag = 0x6000, .id = 6);
	FEED("the end", u + 48, 60, .protocol = 17, .frag = 6, .id = 7);
	FEED("another end", u + 48, 50, .protocol = 17, .frag = 6, .id = 7);
	begin();
	printf("in pieces: %s\n", result_text(opt_set(b, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)));
	static const unsigned char big[4000];
	printf("in pieces: %s\n", result_text(send_to(b, REMOTE, 7600, big, sizeof(big))));
	tell("in pieces");
	begin();
	printf("not to be cut: %s\n", result_text(opt_set(b, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)));
	printf("not to be cut: %s\n", result_text(send_to(b, REMOTE, 7600, big, sizeof(big))));
	tell("not to be cut");
	CALL(SYS_close, a);
	CALL(SYS_close, b);
}

int scenario_counters(const char *only)
{
	(void)only;
	world_sysctl("icmp_ratelimit", "0");
	ip_headers();
	udp();
	raw();
	icmp();
	fragments();
	return 0;
}
