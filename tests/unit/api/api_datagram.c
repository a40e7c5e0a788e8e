/* SPDX-License-Identifier: MIT */
/*
 * Options of datagram sockets by what they do, over the loopback device: SO_PEEK_OFF, control messages with their bad lengths and
 * values, stamps, zero copies, fragments, the extensions of ICMP errors. Compared with this machine's Linux.
 */
#define _GNU_SOURCE
#include "transcript.h"

#include <netinet/tcp.h>
#include <netinet/udp.h>

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>


#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_TXTIME
#define SO_TXTIME 61
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif

#define HOME "127.0.0.1"

static unsigned char bytes[70000];

static void say_peek_off(int fd)
{
	int off = 77;
	socklen_t len = sizeof(off);

	say("peek off: %s %d", said_by(CALL(SYS_getsockopt, fd, SOL_SOCKET, SO_PEEK_OFF, &off, &len)), off);
}

/* ---- SO_PEEK_OFF ---- */

static void peek_with(int a, int b, int port, const char *kind)
{
	static const struct {
		int off, flags;
		size_t size;
	} reads[] = {
		{ 0, MSG_PEEK, 4 },	 { -2, MSG_PEEK, 4 },	     { -2, MSG_PEEK, 4 },	{ -2, MSG_PEEK, 4 },
		{ -2, MSG_PEEK, 100 },	 { -2, MSG_PEEK, 100 },	     { -2, MSG_PEEK, 100 },	{ 3, MSG_PEEK, 2 },
		{ -2, 0, 4 },		 { -2, MSG_PEEK, 100 },	     { 0, MSG_PEEK | MSG_TRUNC, 3 }, { -2, MSG_PEEK, 100 },
		{ 4, MSG_PEEK, 1 },	 { 5, MSG_PEEK, 1 },	     { 14, MSG_PEEK, 4 },	{ 8, MSG_PEEK, 2 },
		{ -1, MSG_PEEK, 100 },	 { -2, MSG_PEEK, 100 },	     { 7, 0, 100 },		{ -2, 0, 100 },
		{ 1000, MSG_PEEK, 100 }, { -2, 0, 100 },	     { -5, MSG_PEEK, 100 },
	};
	static const int sizes[] = { 10, 5, 0, 7, 3 };
	unsigned int i;

	say("-- SO_PEEK_OFF on %s", kind);
	say_peek_off(b);
	for (i = 0; i < COUNT(sizes); i++) {
		memset(bytes, (int)(0x10 * (i + 1)), sizeof(bytes));
		for (int k = 0; k < sizes[i]; k++)
			bytes[k] = (unsigned char)(0x10 * (i + 1) + (unsigned int)k);
		say("send: %s", said_by(port ? send_dgram(a, HOME, port, bytes, (size_t)sizes[i], 0)
					     : CALL6(SYS_sendto, a, bytes, sizes[i], 0, 0, 0)));
	}
	for (i = 0; i < COUNT(reads); i++) {
		if (reads[i].off != -2)
			say("set %d: %s", reads[i].off, said_by(set_int(b, SOL_SOCKET, SO_PEEK_OFF, reads[i].off)));
		say_recv("read", b, reads[i].size, reads[i].flags);
		say_peek_off(b);
	}
}

static void peek_off(void)
{
	int a = udp_at(HOME, 7001), b = udp_at(HOME, 7002), pair[2], raw = socket_of(AF_INET, SOCK_RAW, 200);

	peek_with(a, b, 7002, "udp");
	say_peek_off(raw);
	close_fd(a);
	close_fd(b);
	close_fd(raw);
	CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair, 0);
	peek_with(pair[0], pair[1], 0, "unix");
	close_fd(pair[0]);
	close_fd(pair[1]);
}

/* ---- control messages of a sender ---- */

static void try_cmsgs(int a, int b, int port, const char *kind)
{
	static const struct {
		int level, type;
		size_t len;
		int words[4];
	} tries[] = {
		{ SOL_SOCKET, SO_MARK, 4, { 7 } },
		{ SOL_SOCKET, SO_MARK, 0, { 7 } },
		{ SOL_SOCKET, SO_MARK, 1, { 7 } },
		{ SOL_SOCKET, SO_MARK, 8, { 7 } },
		{ SOL_SOCKET, SO_MARK, 4, { -1 } },
		{ SOL_SOCKET, SO_TIMESTAMPING, 4, { SOF_TIMESTAMPING_TX_ACK } },
		{ SOL_SOCKET, SO_TIMESTAMPING, 8, { SOF_TIMESTAMPING_TX_ACK } },
		{ SOL_SOCKET, SO_TIMESTAMPING, 4, { SOF_TIMESTAMPING_OPT_ID } },
		{ SOL_SOCKET, SO_TXTIME, 8, { 1 } },
		{ SOL_SOCKET, SO_REUSEADDR, 4, { 1 } },
		{ SOL_SOCKET, SCM_RIGHTS, 4, { 1 } },
		{ SOL_SOCKET, SCM_CREDENTIALS, 4, { 1 } },
		{ SOL_IP, IP_TTL, 4, { 9 } },
		{ SOL_IP, IP_TTL, 1, { 9 } },
		{ SOL_IP, IP_TTL, 8, { 9 } },
		{ SOL_IP, IP_TTL, 4, { 0 } },
		{ SOL_IP, IP_TTL, 4, { 256 } },
		{ SOL_IP, IP_TTL, 4, { -1 } },
		{ SOL_IP, IP_TTL, 4, { 255 } },
		{ SOL_IP, IP_TOS, 4, { 0x12 } },
		{ SOL_IP, IP_TOS, 1, { 0x14 } },
		{ SOL_IP, IP_TOS, 2, { 0x14 } },
		{ SOL_IP, IP_TOS, 4, { 256 } },
		{ SOL_IP, IP_TOS, 4, { -1 } },
		{ SOL_IP, IP_TOS, 4, { 255 } },
		{ SOL_IP, IP_TOS, 4, { 0 } },
		{ SOL_IP, IP_PROTOCOL, 4, { 17 } },
		{ SOL_IP, IP_PROTOCOL, 1, { 17 } },
		{ SOL_IP, IP_PROTOCOL, 4, { 0 } },
		{ SOL_IP, IP_PROTOCOL, 4, { 256 } },
		{ SOL_IP, IP_PKTINFO, 12, { 0 } },
		{ SOL_IP, IP_PKTINFO, 12, { 1, 0x0200007f } },
		{ SOL_IP, IP_PKTINFO, 12, { 99 } },
		{ SOL_IP, IP_PKTINFO, 8, { 1 } },
		{ SOL_IP, IP_PKTINFO, 16, { 1 } },
		{ SOL_IP, IP_RETOPTS, 4, { 0x01010101 } },
		{ SOL_IP, IP_RETOPTS, 4, { 0x00000744 } },
		{ SOL_IP, IP_RETOPTS, 3, { 0x00010101 } },
		{ SOL_IP, IP_RETOPTS, 0, { 0 } },
		{ SOL_IP, IP_RETOPTS, 7, { 0x00040707, 0 } },
		{ SOL_IP, IP_RECVERR, 4, { 1 } },
		{ SOL_IP, IP_MTU, 4, { 1 } },
		{ SOL_UDP, UDP_SEGMENT, 2, { 4 } },
		{ SOL_UDP, UDP_SEGMENT, 4, { 4 } },
		{ SOL_UDP, UDP_CORK, 4, { 1 } },
		{ SOL_TCP, 1, 4, { 1 } },
		{ 9999, 1, 4, { 1 } },
	};
	unsigned int i;
	char what[64];

	for (i = 0; i < COUNT(tries); i++) {
		snprintf(what, sizeof(what), "%s: %d.%d, %zu bytes of %d", kind, tries[i].level, tries[i].type, tries[i].len,
			 tries[i].words[0]);
		say("%s: %s", what, said_by(send_cmsg(a, HOME, port, "abcdefgh", 8, tries[i].level, tries[i].type,
						      tries[i].words, tries[i].len)));
		while (say_recv(what, b, 100, 0) >= 0)
			;
	}
}

static void receive_all_cmsgs(int fd)
{
	static const int options[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS, IP_ORIGDSTADDR,
				       IP_CHECKSUM, IP_RECVFRAGSIZE };
	unsigned int i;

	for (i = 0; i < COUNT(options); i++)
		say("option %d: %s", options[i], said_by(set_int(fd, SOL_IP, options[i], 1)));
	say("SO_RCVMARK: %s", said_by(set_int(fd, SOL_SOCKET, SO_RCVMARK, 1)));
}

static void cmsgs(void)
{
	int a = udp_at(HOME, 7001), b = udp_at("0.0.0.0", 7002), raw = socket_of(AF_INET, SOCK_RAW, 17);

	receive_all_cmsgs(b);
	try_cmsgs(a, b, 7002, "udp");
	say("mark of all: %s", said_by(set_int(a, SOL_SOCKET, SO_MARK, 33)));
	say("send: %s", said_by(send_dgram(a, HOME, 7002, "x", 1, 0)));
	say_recv("marked", b, 100, 0);
	say("send: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_MARK, &(int){ 0 }, 4)));
	say_recv("not marked", b, 100, 0);
	say("more: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_MARK, &(int){ 5 }, 4)));
	close_fd(b);
	close_fd(a);
	/* What is sent to a raw socket's peer comes to raw sockets of its protocol. */
	a = socket_of(AF_INET, SOCK_RAW, 200);
	b = socket_of(AF_INET, SOCK_RAW, 200);
	receive_all_cmsgs(b);
	ip_header_at = 0;
	try_cmsgs(a, b, 0, "raw");
	ip_header_at = -1;
	say("IP_HDRINCL: %s", said_by(set_int(a, SOL_IP, IP_HDRINCL, 1)));
	say("options with IP_HDRINCL: %s", said_by(send_cmsg(a, HOME, 0, bytes, 20, SOL_IP, IP_RETOPTS, "\1\1\1\1", 4)));
	close_fd(a);
	close_fd(b);
	close_fd(raw);
}

/* ---- a message cut short ---- */

static void short_control(void)
{
	int a = udp_at(HOME, 7001), b = udp_at("0.0.0.0", 7002);
	size_t room;

	say("IP_PKTINFO: %s", said_by(set_int(b, SOL_IP, IP_PKTINFO, 1)));
	say("IP_RECVTTL: %s", said_by(set_int(b, SOL_IP, IP_RECVTTL, 1)));
	for (room = 0; room <= 64; room += 4) {
		say("send: %s", said_by(send_dgram(a, HOME, 7002, "x", 1, 0)));
		say_recv_control("with little room", b, 10, 0, room);
	}
	close_fd(a);
	close_fd(b);
}

/* ---- SO_TXTIME ---- */

static void txtime(void)
{
	struct {
		int clockid;
		unsigned int flags;
	} t = { 1, 0 };
	int a = udp_at(HOME, 7001), b = udp_at("0.0.0.0", 7002);
	unsigned long long when = 1;
	char room[12] = { 1 };

	say("SO_TIMESTAMPNS: %s", said_by(set_int(b, SOL_SOCKET, SO_TIMESTAMPNS, 1)));
	say("not asked for: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_TXTIME, &when, 8)));
	for (t.flags = 0; t.flags < 5; t.flags++)
		say("SO_TXTIME %u: %s", t.flags, said_by(CALL(SYS_setsockopt, a, SOL_SOCKET, SO_TXTIME, &t, sizeof(t))));
	say("longer: %s", said_by(CALL(SYS_setsockopt, a, SOL_SOCKET, SO_TXTIME, room, 12)));
	say("shorter: %s", said_by(CALL(SYS_setsockopt, a, SOL_SOCKET, SO_TXTIME, room, 4)));
	say("at 1 ns: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_TXTIME, &when, 8)));
	say_recv("there is no queue on lo", b, 10, 0);
	say("of 4 bytes: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_TXTIME, &when, 4)));
	say("of 12 bytes: %s", said_by(send_cmsg(a, HOME, 7002, "x", 1, SOL_SOCKET, SO_TXTIME, room, 12)));
	close_fd(a);
	close_fd(b);
}

/* ---- stamps and zero copies ---- */

static void stamps_with(int flags, const char *kind, int type, int protocol, int port)
{
	int a = socket_of(AF_INET, type, protocol), b = socket_of(AF_INET, type, protocol), i;

	say("-- stamps %x of %s", flags, kind);
	say("bind: %s", said_by(bind_to(b, HOME, port)));
	say("SO_TIMESTAMPING: %s", said_by(set_int(a, SOL_SOCKET, SO_TIMESTAMPING, flags)));
	say("IP_PKTINFO: %s", said_by(set_int(a, SOL_IP, IP_PKTINFO, 1)));
	say("IP_RECVTTL: %s", said_by(set_int(a, SOL_IP, IP_RECVTTL, 1)));
	for (i = 0; i < 2; i++) {
		say("send: %s", said_by(send_dgram(a, HOME, port, "abc", 3, 0)));
		while (say_recv("report", a, 100, MSG_ERRQUEUE) >= 0)
			;
	}
	say("asked for by one: %s", said_by(send_cmsg(a, HOME, port, "abc", 3, SOL_SOCKET, SO_TIMESTAMPING,
						      &(int){ SOF_TIMESTAMPING_TX_SOFTWARE }, 4)));
	while (say_recv("report", a, 100, MSG_ERRQUEUE) >= 0)
		;
	say("not asked for by one: %s",
	    said_by(send_cmsg(a, HOME, port, "abc", 3, SOL_SOCKET, SO_TIMESTAMPING, &(int){ 0 }, 4)));
	while (say_recv("report", a, 100, MSG_ERRQUEUE) >= 0)
		;
	close_fd(a);
	close_fd(b);
}

static void stamps(void)
{
	enum {
		SW = SOF_TIMESTAMPING_SOFTWARE, TX = SOF_TIMESTAMPING_TX_SOFTWARE, SCHED = SOF_TIMESTAMPING_TX_SCHED,
		ACK = SOF_TIMESTAMPING_TX_ACK, ID = SOF_TIMESTAMPING_OPT_ID, ONLY = SOF_TIMESTAMPING_OPT_TSONLY,
		STATS = SOF_TIMESTAMPING_OPT_STATS, CMSG = SOF_TIMESTAMPING_OPT_CMSG, INFO = SOF_TIMESTAMPING_OPT_PKTINFO
	};
	static const int flags[] = { SW | TX, SW | SCHED, SW | TX | ID, SW | TX | ID | ONLY, SW | TX | ID | ONLY | STATS,
				     SW | TX | CMSG, SW | TX | CMSG | ONLY, SW | ACK, TX, SW, SW | ID | CMSG,
				     SW | TX | INFO | CMSG | ID };
	unsigned int i;

	ip_header_at = 14; /* reports show whole frames */
	for (i = 0; i < COUNT(flags); i++) {
		stamps_with(flags[i], "udp", SOCK_DGRAM, 0, 7002);
		stamps_with(flags[i], "raw", SOCK_RAW, 200, 0);
	}
	ip_header_at = -1;
	i = (unsigned int)socket_of(AF_INET, SOCK_DGRAM, 0);
	say("STATS without TSONLY: %s", said_by(set_int((int)i, SOL_SOCKET, SO_TIMESTAMPING, STATS)));
	say("none: %s", said_by(set_int((int)i, SOL_SOCKET, SO_TIMESTAMPING, 0)));
	close_fd((int)i);
}

static void zerocopy(void)
{
	int a = udp_at(HOME, 7001), b = udp_at(HOME, 7002), raw = socket_of(AF_INET, SOCK_RAW, 200), i;

	say("not asked for: %s", said_by(send_dgram(a, HOME, 7002, bytes, 100, MSG_ZEROCOPY)));
	say_recv("no report", a, 100, MSG_ERRQUEUE);
	for (i = -1; i < 3; i++)
		say("SO_ZEROCOPY %d: %s", i, said_by(set_int(a, SOL_SOCKET, SO_ZEROCOPY, i)));
	say("raw: %s", said_by(set_int(raw, SOL_SOCKET, SO_ZEROCOPY, 1)));
	for (i = 0; i < 3; i++)
		say("send: %s", said_by(send_dgram(a, HOME, 7002, bytes, (size_t)i * 2000, MSG_ZEROCOPY)));
	say("without: %s", said_by(send_dgram(a, HOME, 7002, bytes, 100, 0)));
	for (i = 0; i < 4; i++)
		say_recv("data", b, 10, 0);
	while (say_recv("report", a, 100, MSG_ERRQUEUE) >= 0)
		;
	say("too long: %s", said_by(send_dgram(a, HOME, 7002, bytes, 65508, MSG_ZEROCOPY)));
	say_recv("no report", a, 100, MSG_ERRQUEUE);
	say("begun: %s", said_by(send_dgram(a, HOME, 7002, bytes, 100, MSG_ZEROCOPY | MSG_MORE)));
	say("ended: %s", said_by(send_dgram(a, HOME, 7002, bytes, 100, MSG_ZEROCOPY)));
	say_recv("data", b, 10, 0);
	while (say_recv("report", a, 100, MSG_ERRQUEUE) >= 0)
		;
	close_fd(a);
	close_fd(b);
	close_fd(raw);
}

/* ---- IP_RECVFRAGSIZE ---- */

static void fragsize(void)
{
	int a = udp_at(HOME, 7001), b = udp_at(HOME, 7002), c = socket_of(AF_INET, SOCK_STREAM, 0), i;
	static const int sizes[] = { 100, 1472, 1473, 4000, 60000 };

	say("on a stream: %s", said_by(set_int(c, SOL_IP, IP_RECVFRAGSIZE, 1)));
	say("IP_RECVFRAGSIZE: %s", said_by(set_int(b, SOL_IP, IP_RECVFRAGSIZE, 1)));
	lo_up(1500);
	say("IP_MTU_DISCOVER: %s", said_by(set_int(a, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)));
	for (i = 0; i < (int)COUNT(sizes); i++) {
		say("send: %s", said_by(send_dgram(a, HOME, 7002, bytes, (size_t)sizes[i], 0)));
		say_recv("in pieces", b, 10, 0);
	}
	lo_up(65536);
	close_fd(a);
	close_fd(b);
	close_fd(c);
}

/* ---- ICMP errors, made by a raw socket ---- */

static uint16_t sum16(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* An error about a datagram from 127.0.0.1:7001 to 127.0.0.2:7002, whose quote is said to be @words long, with @ext behind the
 * first @quoted bytes of it. */
static void send_error(int raw, int type, int words, size_t quoted, const void *ext, size_t n)
{
	static const unsigned char inner[] = { 0x45, 0, 0, 200, 0, 1, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2,
					       7001 >> 8, 7001 & 255, 7002 >> 8, 7002 & 255, 0, 180, 0, 0 };
	unsigned char packet[600] = { (unsigned char)type, type == 3 ? 3 : 0, 0, 0, 0, (unsigned char)words, 0, 0 };
	uint16_t sum;

	memset(packet + 8, 0x5a, quoted);
	memcpy(packet + 8, inner, sizeof(inner));
	memcpy(packet + 8 + quoted, ext, n);
	sum = sum16(packet, 8 + quoted + n);
	memcpy(packet + 2, &sum, 2);
	say("error %d of %zu bytes, %d words said, %zu of extension: %s", type, 8 + quoted + n, words, n,
	    said_by(send_dgram(raw, HOME, 0, packet, 8 + quoted + n, 0)));
}

static void errors_to(int a, int raw)
{
	static const unsigned char good[] = { 0x20, 0, 0, 0, 0, 8, 1, 1, 1, 2, 3, 4 };
	static const unsigned char old[] = { 0x10, 0, 0, 0, 0, 0, 0, 0 }, longer[] = { 0x20, 0, 0, 0, 0, 12, 1, 1, 1, 2, 3, 4 };
	static const unsigned char empty[] = { 0x20, 0, 0, 0, 0, 0, 1, 1 }, badsum[] = { 0x20, 0, 1, 2, 0, 8, 1, 1, 1, 2, 3, 4 };
	unsigned char summed[12];
	uint16_t sum = sum16(good, sizeof(good));
	static const int types[] = { 3, 11, 12, 4, 5 };
	unsigned int i;

	memcpy(summed, good, sizeof(good));
	memcpy(summed + 2, &sum, 2);
	for (i = 0; i < COUNT(types); i++) {
		send_error(raw, types[i], 32, 128, good, sizeof(good));
		send_error(raw, types[i], 32, 128, summed, sizeof(summed));
		while (say_recv("report", a, 200, MSG_ERRQUEUE) >= 0)
			;
	}
	send_error(raw, 3, 0, 128, good, sizeof(good));
	send_error(raw, 3, 31, 124, good, sizeof(good));
	send_error(raw, 3, 33, 128, good, sizeof(good));
	send_error(raw, 3, 36, 128, good, sizeof(good));
	send_error(raw, 3, 255, 128, good, sizeof(good));
	send_error(raw, 3, 64, 256, good, sizeof(good));
	send_error(raw, 3, 32, 128, old, sizeof(old));
	send_error(raw, 3, 32, 128, longer, sizeof(longer));
	send_error(raw, 3, 32, 128, empty, sizeof(empty));
	send_error(raw, 3, 32, 128, badsum, sizeof(badsum));
	send_error(raw, 3, 32, 128, good, 4);
	send_error(raw, 3, 32, 128, good, 3);
	send_error(raw, 3, 32, 128, good, 6);
	send_error(raw, 3, 0, 28, good, 0);
	while (say_recv("report", a, 400, MSG_ERRQUEUE) >= 0)
		;
}

static void icmp_errors(void)
{
	int a = udp_at(HOME, 7001), raw = socket_of(AF_INET, SOCK_RAW, IPPROTO_ICMP), err, i;
	socklen_t len = sizeof(err);

	say("IP_RECVERR: %s", said_by(set_int(a, SOL_IP, IP_RECVERR, 1)));
	errors_to(a, raw);
	for (i = -1; i < 3; i++)
		say("IP_RECVERR_RFC4884 %d: %s", i, said_by(set_int(a, SOL_IP, IP_RECVERR_RFC4884, i)));
	errors_to(a, raw);
	receive_all_cmsgs(a);
	say("no sum of an error: %s", said_by(set_int(a, SOL_IP, IP_CHECKSUM, 0)));
	send_error(raw, 3, 0, 28, "", 0);
	send_error(raw, 3, 0, 40, "", 0);
	say("SO_ERROR: %s", said_by(CALL(SYS_getsockopt, a, SOL_SOCKET, SO_ERROR, &err, &len)));
	say("it: %d", err);
	while (say_recv("report with control messages", a, 400, MSG_ERRQUEUE) >= 0)
		;
	say_recv("no error left", a, 10, 0);
	close_fd(a);
	close_fd(raw);
}

static void run(void *unused)
{
	unsigned int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	lo_up(65536);
	peek_off();
	cmsgs();
	short_control();
	txtime();
	stamps();
	zerocopy();
	fragsize();
	icmp_errors();
}

int main(void)
{
	return compare_worlds(run, 500);
}
