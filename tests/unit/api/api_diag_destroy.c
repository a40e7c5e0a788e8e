/* SPDX-License-Identifier: MIT */
/*
 * Sockets that are destroyed, as sock_diag tells its groups: each check is made twice, with this machine's Linux and with Skiff.
 * Which message is about which socket is told by SO_COOKIE, so that others may come and go on the machine meanwhile. Then what
 * `ss -E` makes of it.
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define SECOND 1000000000ull
#define NO_PORT 9 /* nobody listens there */
enum { ESTABLISHED = 1, CLOSED = 7 };

/* ---- calls ---- */

static int sock(int family, int type, int protocol)
{
	return (int)CALL6(SYS_socket, family, type, protocol, 0, 0, 0);
}

static void close_(int fd)
{
	CALL6(SYS_close, fd, 0, 0, 0, 0, 0);
}

static struct sockaddr_in here(unsigned short port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static long bind_(int fd, unsigned short port)
{
	struct sockaddr_in a = here(port);

	return CALL6(SYS_bind, fd, &a, sizeof(a), 0, 0, 0);
}

static long connect_(int fd, unsigned short port)
{
	struct sockaddr_in a = here(port);

	return CALL6(SYS_connect, fd, &a, sizeof(a), 0, 0, 0);
}

static unsigned short port_of(int fd)
{
	struct sockaddr_in a = { 0 };
	unsigned int len = sizeof(a);

	CALL6(SYS_getsockname, fd, &a, &len, 0, 0, 0);
	return ntohs(a.sin_port);
}

static unsigned long long cookie_of(int fd)
{
	unsigned long long cookie = 0;
	unsigned int len = sizeof(cookie);

	CALL(SYS_getsockopt, fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

/* ---- what is told ---- */

struct told {
	struct nlmsghdr nlh;
	struct inet_diag_msg msg;
	struct sockaddr_nl from;
	unsigned int attrs, info_len;
	unsigned char protocol;
	struct tcp_info info;
};

static int listener_of(unsigned int groups)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = groups };
	struct timeval tv = { 20, 0 };
	int fd = sock(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	is("a listener", CALL6(SYS_bind, fd, &a, sizeof(a), 0, 0, 0), 0);
	CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static void read_attrs(const struct nlmsghdr *nlh, struct told *t)
{
	const struct nlattr *a = (const void *)((const char *)NLMSG_DATA(nlh) + sizeof(t->msg));
	int rem = (int)nlh->nlmsg_len - (int)NLMSG_LENGTH(sizeof(t->msg));

	while (rem >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= rem) {
		unsigned int n = a->nla_len - NLA_HDRLEN;

		t->attrs |= 1u << a->nla_type;
		if (a->nla_type == INET_DIAG_PROTOCOL)
			t->protocol = *(const unsigned char *)(a + 1);
		if (a->nla_type == INET_DIAG_INFO) {
			t->info_len = n;
			memcpy(&t->info, a + 1, n < sizeof(t->info) ? n : sizeof(t->info));
		}
		rem -= (int)NLA_ALIGN(a->nla_len);
		a = (const void *)((const char *)a + NLA_ALIGN(a->nla_len));
	}
}

/* The next message about @cookie, and how many about @other came before it. */
static int await(int nl, unsigned long long cookie, unsigned long long other, struct told *t)
{
	static char buf[8192];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	int others = 0;

	for (;;) {
		unsigned int from_len = sizeof(t->from);
		unsigned long long c;
		long n;

		memset(t, 0, sizeof(*t));
		n = CALL6(SYS_recvfrom, nl, buf, sizeof(buf), 0, &t->from, &from_len);
		if (n < (long)NLMSG_LENGTH(sizeof(t->msg))) {
			is("a message comes", n, NLMSG_LENGTH(sizeof(t->msg)));
			return others;
		}
		is("one message, whole", nlh->nlmsg_len, n);
		t->nlh = *nlh;
		memcpy(&t->msg, NLMSG_DATA(nlh), sizeof(t->msg));
		read_attrs(nlh, t);
		c = (unsigned long long)t->msg.id.idiag_cookie[1] << 32 | t->msg.id.idiag_cookie[0];
		if (c == cookie)
			return others;
		others += c == other;
	}
}

static void is_about(const struct told *t, int state, unsigned short sport, unsigned short dport, int protocol, int group)
{
	is("type", t->nlh.nlmsg_type, SOCK_DIAG_BY_FAMILY);
	is("flags", t->nlh.nlmsg_flags, 0);
	is("sequence", t->nlh.nlmsg_seq, 0);
	is("port", t->nlh.nlmsg_pid, 0);
	is("from", t->from.nl_pid, 0);
	is("group", t->from.nl_groups, 1u << (group - 1));
	is("family", t->msg.idiag_family, AF_INET);
	is("state", t->msg.idiag_state, state);
	is("timer", t->msg.idiag_timer + t->msg.idiag_retrans + t->msg.idiag_expires, 0);
	is("inode", t->msg.idiag_inode, 0);
	is("uid", t->msg.idiag_uid, 0);
	is("device", t->msg.id.idiag_if, 0);
	is("source port", ntohs(t->msg.id.idiag_sport), sport);
	is("destination port", ntohs(t->msg.id.idiag_dport), dport);
	is("protocol", t->protocol, protocol);
	is("source", t->msg.id.idiag_src[0], htonl(INADDR_LOOPBACK));
	is("destination", t->msg.id.idiag_dst[0], dport ? htonl(INADDR_LOOPBACK) : 0);
	is("attributes", t->attrs, 1 << INET_DIAG_PROTOCOL | (protocol == IPPROTO_TCP ? 1 << INET_DIAG_INFO : 0));
}

static void connections_are_told(void)
{
	int nl = listener_of(1 << (SKNLGRP_INET_TCP_DESTROY - 1)), l = sock(AF_INET, SOCK_STREAM, 0), c, s;
	unsigned long long l_cookie = cookie_of(l), c_cookie, s_cookie;
	unsigned short port, c_port;
	char buf[16];
	struct told t;

	is("bind", bind_(l, 0), 0);
	is("listen", CALL6(SYS_listen, l, 5, 0, 0, 0, 0), 0);
	port = port_of(l);
	c = sock(AF_INET, SOCK_STREAM, 0);
	is("connect", connect_(c, port), 0);
	s = (int)CALL6(SYS_accept, l, 0, 0, 0, 0, 0);
	c_port = port_of(c);
	c_cookie = cookie_of(c);
	s_cookie = cookie_of(s);
	is("write", CALL6(SYS_write, c, "hello", 5, 0, 0, 0), 5);
	is("read", CALL6(SYS_read, s, buf, sizeof(buf), 0, 0, 0), 5);
	close_(c);
	is("the end", CALL6(SYS_read, s, buf, sizeof(buf), 0, 0, 0), 0);
	close_(s);
	await(nl, c_cookie, 0, &t);
	is_about(&t, CLOSED, c_port, port, IPPROTO_TCP, SKNLGRP_INET_TCP_DESTROY);
	is("who closed first had a FIN to read", t.msg.idiag_rqueue, 1);
	is("nothing to send", t.msg.idiag_wqueue, 0);
	is("all of tcp_info", t.info_len >= offsetof(struct tcp_info, tcpi_snd_wnd), 1);
	is("its state", t.info.tcpi_state, CLOSED);
	is("bytes sent", (long)t.info.tcpi_bytes_sent, 5);
	is("bytes acknowledged", (long)t.info.tcpi_bytes_acked, 7);
	is("segments with data", t.info.tcpi_data_segs_out, 1);
	await(nl, s_cookie, 0, &t);
	is_about(&t, CLOSED, port, c_port, IPPROTO_TCP, SKNLGRP_INET_TCP_DESTROY);
	is("bytes received", (long)t.info.tcpi_bytes_received, 6);
	close_(l);
	await(nl, l_cookie, 0, &t);
	is_about(&t, CLOSED, port, 0, IPPROTO_TCP, SKNLGRP_INET_TCP_DESTROY);
	is("a listener's tcp_info", t.info.tcpi_state, CLOSED);
	c = sock(AF_INET, SOCK_STREAM, 0);
	c_cookie = cookie_of(c);
	is("nobody there", connect_(c, NO_PORT), -ECONNREFUSED);
	close_(c);
	await(nl, c_cookie, 0, &t);
	is("who was refused", t.msg.idiag_state, CLOSED);
	close_(nl);
}

static void datagram_sockets_are_told(void)
{
	int nl = listener_of(1 << (SKNLGRP_INET_UDP_DESTROY - 1)), u = sock(AF_INET, SOCK_DGRAM, 0), other;
	unsigned long long cookie = cookie_of(u), others;
	unsigned short port;
	struct told t;

	is("connect", connect_(u, NO_PORT), 0);
	port = port_of(u);
	close_(u);
	await(nl, cookie, 0, &t);
	is_about(&t, ESTABLISHED, port, NO_PORT, IPPROTO_UDP, SKNLGRP_INET_UDP_DESTROY);
	is("nothing to read", t.msg.idiag_rqueue, 0);
	is("its own reference to the send buffer is gone, too", (int)t.msg.idiag_wqueue, -1);
	u = sock(AF_INET, SOCK_DGRAM, 0);
	cookie = cookie_of(u);
	is("bind", bind_(u, 0), 0);
	port = port_of(u);
	other = sock(AF_INET, SOCK_STREAM, 0);
	others = cookie_of(other);
	close_(other);
	close_(u);
	is("TCP's are another group's", await(nl, cookie, others, &t), 0);
	is_about(&t, CLOSED, port, 0, IPPROTO_UDP, SKNLGRP_INET_UDP_DESTROY);
	other = sock(AF_INET, SOCK_RAW, IPPROTO_UDP);
	others = cookie_of(other);
	close_(other);
	u = sock(AF_INET, SOCK_DGRAM, 0);
	cookie = cookie_of(u);
	close_(u);
	is("raw sockets are nobody's", await(nl, cookie, others, &t), 0);
	close_(nl);
}

static void checks(void *unused)
{
	connections_are_told();
	datagram_sockets_are_told();
}

/* ---- ss -E ---- */

static void sockets_come_and_go(void *unused)
{
	struct timespec ts = { 0, 300000000 };
	int l = sock(AF_INET, SOCK_STREAM, 0), c = sock(AF_INET, SOCK_STREAM, 0), u = sock(AF_INET, SOCK_DGRAM, 0), s;
	char buf[8];

	CALL6(SYS_nanosleep, &ts, 0, 0, 0, 0, 0);
	bind_(l, 7777);
	CALL6(SYS_listen, l, 5, 0, 0, 0, 0);
	bind_(c, 43896);
	connect_(c, 7777);
	s = (int)CALL6(SYS_accept, l, 0, 0, 0, 0, 0);
	CALL6(SYS_write, c, "hello", 5, 0, 0, 0);
	CALL6(SYS_read, s, buf, sizeof(buf), 0, 0, 0);
	close_(c);
	close_(s);
	bind_(u, 4242);
	close_(u);
	u = sock(AF_INET, SOCK_DGRAM, 0);
	bind_(u, 40943);
	connect_(u, 99);
	close_(u);
	close_(l);
	CALL6(SYS_nanosleep, &ts, 0, 0, 0, 0, 0); /* `c` waits in TIME_WAIT for its port */
}

static void shows(const char *line, const char *want)
{
	char text[4000];

	skiff_task_start(sockets_come_and_go, NULL);
	skiff_command(line, text, sizeof(text));
	skiff_run(skiff_now() + 90 * SECOND);
	if (strcmp(text, want)) {
		fprintf(stderr, "%s:\n%snot:\n%s", line, text, want);
		failures++;
	}
}

static void shows_words(const char *line, void (*meanwhile)(void *), const char *const *words)
{
	char text[4000];

	skiff_task_start(meanwhile, NULL);
	skiff_command(line, text, sizeof(text));
	skiff_run(skiff_now() + 90 * SECOND);
	for (; *words; words++) {
		if (!strstr(text, *words)) {
			fprintf(stderr, "%s: no \"%s\" in\n%s", line, *words, text);
			failures++;
		}
	}
}

#define CLIENT "127.0.0.1:43896    127.0.0.1:7777"
#define SERVER "127.0.0.1:7777     127.0.0.1:43896"

/* A change is told to whoever listens without ever having sent anything. */
static void adds_an_address(void *unused)
{
	struct timespec ts = { 0, 300000000 };
	char text[100];

	CALL6(SYS_nanosleep, &ts, 0, 0, 0, 0, 0);
	skiff_command("ip addr add 127.1.2.3/32 dev lo", text, sizeof(text));
}

int main(void)
{
	skiff_boot("ip=off skiff.seed=1 skiff.mem=64 loglevel=0");
	world = &worlds[LINUX];
	checks(NULL);
	world = &worlds[SKIFF];
	skiff_task_start(checks, NULL);
	skiff_run(skiff_now() + 300 * SECOND);
	/* What iproute2's ss 6.1 shows on a terminal of 80 columns. */
	shows("ss -E", "Netid  State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port Process \n"
		       "tcp    UNCONN  1       0            127.0.0.1:43896      127.0.0.1:7777         \n"
		       "tcp   UNCONN  1       0            127.0.0.1:7777       127.0.0.1:43896         \n"
		       "udp   UNCONN  0       -1           127.0.0.1:4242         0.0.0.0:*             \n"
		       "udp   ESTAB   0       -1           127.0.0.1:40943      127.0.0.1:99            \n"
		       "tcp   UNCONN  0       0            127.0.0.1:7777         0.0.0.0:*             \n");
	shows("ss --events -u", "Recv-Q    Send-Q       Local Address:Port       Peer Address:Port    Process    \n"
				"0         -1               127.0.0.1:4242            0.0.0.0:*                  \n"
				"0         -1               127.0.0.1:40943          127.0.0.1:99                \n");
	shows("ss -EHt sport = :7777", "UNCONN     1          0              127.0.0.1:7777         127.0.0.1:43896     \n"
				       "UNCONN     0          0              127.0.0.1:7777           0.0.0.0:*         \n");
	shows("ss -Ex", "ss: -E tells of TCP's and UDP's sockets: -t, -u or both\n");
	shows_words("ss -EtiO", sockets_come_and_go,
		    (const char *const[]){ "bytes_sent:5 bytes_acked:7 bytes_received:1 ", "bytes_acked:1 bytes_received:6 ", NULL });
	shows_words("ip monitor address", adds_an_address, (const char *const[]){ "inet 127.1.2.3/32 scope host lo", NULL });
	return failures || skiff_warnings() ? 1 : 0;
}
