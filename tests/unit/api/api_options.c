/* SPDX-License-Identifier: MIT */
/*
 * Every socket option and ioctl that the manual pages of Linux 6.1 tell of, on every kind of socket: what setting and getting
 * it says for values and lengths of many kinds, once with this machine's Linux and once with Skiff; the two must agree. Called
 * with "table" it prints what Skiff says to a good value, which is what docs/options.md has to say (tests/unit/test_options.py).
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h> /* before the kernel's own headers, which then leave it alone */
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct said {
	char **lines;
	size_t n, room;
} said[2]; /* by LINUX and SKIFF */

/* ---- kinds of sockets ---- */

enum { UDP = 1, TCP = 2, RAW = 4, ICMP = 8, PING = 16, PACKET = 32, UNIX = 64, NETLINK = 128, INET = 31, ALL = 255 };

static const struct kind {
	const char *name;
	int domain, type, protocol;
} kinds[] = {
	{ "udp", AF_INET, SOCK_DGRAM, 0 },		{ "tcp", AF_INET, SOCK_STREAM, 0 },
	{ "raw", AF_INET, SOCK_RAW, 200 },		{ "icmp", AF_INET, SOCK_RAW, IPPROTO_ICMP },
	{ "ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP },	{ "packet", AF_PACKET, SOCK_RAW, 0 },
	{ "unix", AF_UNIX, SOCK_STREAM, 0 },		{ "netlink", AF_NETLINK, SOCK_RAW, 0 },
};

static int open_socket(unsigned int k)
{
	return (int)CALL(SYS_socket, kinds[k].domain, kinds[k].type, kinds[k].protocol, 0, 0);
}

/* ---- options ---- */

enum flags {
	NOVALUE = 1, /* what is read back differs between any two machines: only its length counts */
	NOTONE = 2, /* 1 is no value to try (it refers to a descriptor, or changes with the release) */
	NOTNEG = 4, /* neither is -1 */
	NOSIZE = 8, /* nor are other lengths than that of a good value */
	NOUDP = 32, /* not compared on these kinds: later Linux has it, or Linux has what Skiff has on streams alone */
	NOTCP = 64,
	NOUNIX = 128,
	ALONE = 16, /* Skiff only: this Linux, later than 6.1 or built otherwise, says something else; docs/options.md says what */
};

struct option {
	const char *name;
	int level, opt;
	unsigned int kinds, flags;
	unsigned int len; /* of the good value; 0: an int of 1 */
	const void *good;
};

static const struct linger linger_good = { 1, 5 };
static const struct timeval time_good = { 3, 500000 };
static const struct sock_filter ret_insn = { BPF_RET | BPF_K, 0, 0, 0xffff };
static const struct sock_fprog prog_good = { 1, (struct sock_filter *)&ret_insn };
static const unsigned long long rate_good = 100000;
static const int int0 = 0, int5 = 5, int8 = 8, int1000 = 1000, int5000 = 5000, range_good = (int)(40000u << 16 | 30000);
static const struct { int clockid; unsigned int flags; } txtime_good = { 1 /* CLOCK_MONOTONIC */, 2 /* SOF_TXTIME_REPORT_ERRORS */ };
static const char cong_good[] = "reno";
static const struct in_addr any_addr = { 0 };
static const unsigned char ip_options_good[4] = { 1, 1, 1, 1 };
static const struct ip_mreqn mreqn_good = { { 0x010000e1 }, { 0 }, 1 };
static const struct ip_mreq_source source_good = { { 0x010000e1 }, { 0x0100007f }, { 0x0500000a } };
static const struct {
	uint32_t group, iface, mode, n, list[1];
} msfilter_good = { 0x010000e1, 0x0100007f, MCAST_INCLUDE, 1, { 0x0500000a } };
static const struct packet_mreq packet_good = { .mr_ifindex = 1, .mr_type = PACKET_MR_PROMISC };
static const struct { struct group_req r; } group_good = {
	{ 1, { .ss_family = AF_INET, .__ss_padding = "\0\0\xe1\0\0\1" } }
};
static const struct group_source_req gsource_good = {
	1, { .ss_family = AF_INET, .__ss_padding = "\0\0\xe1\0\0\1" }, { .ss_family = AF_INET, .__ss_padding = "\0\0\x0a\0\0\5" }
};
static const struct group_filter gfilter_good = {
	.gf_interface = 1, .gf_group = { .ss_family = AF_INET, .__ss_padding = "\0\0\xe1\0\0\1" }, .gf_fmode = MCAST_EXCLUDE, .gf_numsrc = 0
};
static const int fanout_good = PACKET_FANOUT_LB << 16 | 7; /* of a socket that does not listen: refused */
static const struct tpacket_req ring_good = { 4096, 2, 2048, 4 };
static const struct icmp_filter icmp_good = { 0xfe };

#define S(n, k, f) { #n, SOL_SOCKET, n, k, f, 0, NULL }
#define SV(n, k, f, v) { #n, SOL_SOCKET, n, k, f, sizeof(v), &v }
#define I(n, f) { #n, SOL_IP, n, INET, f, 0, NULL }
#define IV(n, f, v) { #n, SOL_IP, n, INET, f, sizeof(v), &v }
#define U(n, f) { #n, SOL_UDP, n, UDP, f, 0, NULL }
#define UV(n, f, v) { #n, SOL_UDP, n, UDP, f, sizeof(v), &v }
#define P(n, f) { #n, SOL_PACKET, n, PACKET, f, 0, NULL }
#define PV(n, f, v) { #n, SOL_PACKET, n, PACKET, f, sizeof(v), &v }
#define T(n, f) { #n, SOL_TCP, n, TCP, f, 0, NULL }
#define TV(n, f, v) { #n, SOL_TCP, n, TCP, f, sizeof(v), &v }
#define N(n, f) { #n, SOL_NETLINK, n, NETLINK, f, 0, NULL }

/* Numbers that this machine's headers may be too old for. */
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static const struct option options[] = {
	/* socket(7), unix(7) */
	S(SO_DEBUG, ALL, 0),
	S(SO_REUSEADDR, ALL, 0),
	S(SO_TYPE, ALL, 0),
	S(SO_ERROR, ALL, 0),
	S(SO_DONTROUTE, ALL, 0),
	S(SO_BROADCAST, ALL, 0),
	SV(SO_SNDBUF, ALL, NOVALUE, int5000),
	SV(SO_RCVBUF, ALL, NOVALUE, int5000),
	SV(SO_SNDBUFFORCE, ALL, NOVALUE, int5000),
	SV(SO_RCVBUFFORCE, ALL, NOVALUE, int5000),
	S(SO_KEEPALIVE, ALL, 0),
	S(SO_OOBINLINE, ALL, 0),
	S(SO_NO_CHECK, ALL, 0),
	SV(SO_PRIORITY, ALL, NOTNEG, int5),
	SV(SO_LINGER, ALL, NOTNEG, linger_good),
	S(SO_BSDCOMPAT, ALL, 0),
	S(SO_REUSEPORT, ALL, 0),
	S(SO_PASSCRED, ALL, ALONE),
	S(SO_PASSSEC, ALL, ALONE),
	S(SO_PEERCRED, ALL, NOSIZE | NOVALUE),
	S(SO_PEERSEC, ALL, 0),
	SV(SO_RCVLOWAT, ALL, NOVALUE, int5),
	S(SO_SNDLOWAT, ALL, 0),
	SV(SO_RCVTIMEO, ALL, NOVALUE, time_good),
	SV(SO_SNDTIMEO, ALL, NOVALUE, time_good),
	{ "SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, ALL & ~NETLINK, NOTONE | NOTNEG, 3, "lo" },
	SV(SO_ATTACH_FILTER, ALL & ~NETLINK, NOTNEG | NOTONE, prog_good),
	SV(SO_DETACH_FILTER, ALL, 0, int0),
	S(SO_LOCK_FILTER, ALL, 0),
	SV(SO_ATTACH_BPF, ALL, NOTONE, int1000),
	SV(SO_ATTACH_REUSEPORT_CBPF, ALL, NOTNEG | NOTONE, prog_good),
	SV(SO_ATTACH_REUSEPORT_EBPF, ALL, NOTONE, int1000),
	S(SO_DETACH_REUSEPORT_BPF, ALL, 0),
	S(SO_PEERNAME, ALL, 0),
	S(SO_TIMESTAMP, ALL, 0),
	S(SO_TIMESTAMPNS, ALL, 0),
	SV(SO_TIMESTAMPING, ALL, NOTNEG, int8),
	S(SO_ACCEPTCONN, ALL, 0),
	SV(SO_MARK, ALL, 0, int5),
	S(SO_RCVMARK, ALL, 0),
	S(SO_PROTOCOL, ALL, 0),
	S(SO_DOMAIN, ALL, 0),
	S(SO_RXQ_OVFL, ALL, 0),
	S(SO_WIFI_STATUS, ALL, 0),
	SV(SO_PEEK_OFF, ALL, NOTCP, int0),
	S(SO_NOFCS, ALL, 0),
	S(SO_SELECT_ERR_QUEUE, ALL, 0),
	S(SO_BUSY_POLL, ALL, 0),
	S(SO_PREFER_BUSY_POLL, ALL, 0),
	SV(SO_BUSY_POLL_BUDGET, ALL, 0, int8),
	SV(SO_RESERVE_MEM, ALL, 0, int5000),
	S(SO_TXREHASH, TCP, 0), /* any, until Linux 6.16 */
	SV(SO_TXTIME, ALL, NOTNEG, txtime_good),
	SV(SO_MAX_PACING_RATE, ALL, 0, rate_good),
	S(SO_BPF_EXTENSIONS, ALL, 0),
	SV(SO_INCOMING_CPU, ALL, 0, int0),
	S(SO_INCOMING_NAPI_ID, ALL, 0),
	S(SO_COOKIE, ALL, NOVALUE),
	S(SO_NETNS_COOKIE, ALL, NOVALUE),
	S(SO_ZEROCOPY, ALL, 0),
	S(SO_BINDTOIFINDEX, ALL & ~NETLINK, 0),
	S(SO_BUF_LOCK, ALL, 0),
	/* ip(7) */
	I(IP_TOS, 0),
	I(IP_TTL, 0),
	{ "IP_HDRINCL", SOL_IP, IP_HDRINCL, INET, 0, 0, NULL },
	IV(IP_OPTIONS, NOTONE | NOTNEG | NOSIZE, ip_options_good),
	I(IP_RECVOPTS, 0),
	I(IP_RETOPTS, 0),
	I(IP_PKTINFO, 0),
	I(IP_MTU_DISCOVER, 0),
	I(IP_RECVERR, 0),
	I(IP_RECVTTL, 0),
	I(IP_RECVTOS, 0),
	I(IP_MTU, 0),
	I(IP_FREEBIND, 0),
	I(IP_PASSSEC, 0),
	I(IP_TRANSPARENT, 0),
	I(IP_RECVORIGDSTADDR, 0),
	I(IP_MINTTL, 0),
	I(IP_NODEFRAG, 0),
	I(IP_CHECKSUM, 0),
	I(IP_RECVFRAGSIZE, 0),
	I(IP_RECVERR_RFC4884, 0),
	I(IP_PROTOCOL, 0),
	I(IP_ROUTER_ALERT, ALONE), /* later Linux reads it back */
	I(IP_BIND_ADDRESS_NO_PORT, 0),
	IV(IP_MULTICAST_IF, NOTONE | NOTNEG, any_addr),
	I(IP_MULTICAST_TTL, 0),
	I(IP_MULTICAST_LOOP, 0),
	IV(IP_ADD_MEMBERSHIP, NOTONE | NOTNEG, mreqn_good),
	IV(IP_DROP_MEMBERSHIP, NOTONE | NOTNEG, mreqn_good),
	IV(IP_ADD_SOURCE_MEMBERSHIP, NOTONE | NOTNEG, source_good),
	IV(IP_DROP_SOURCE_MEMBERSHIP, NOTONE | NOTNEG, source_good),
	IV(IP_BLOCK_SOURCE, NOTONE | NOTNEG, source_good),
	IV(IP_UNBLOCK_SOURCE, NOTONE | NOTNEG, source_good),
	IV(IP_MSFILTER, 0, msfilter_good),
	IV(MCAST_JOIN_GROUP, 0, group_good),
	IV(MCAST_LEAVE_GROUP, 0, group_good),
	IV(MCAST_JOIN_SOURCE_GROUP, 0, gsource_good),
	IV(MCAST_LEAVE_SOURCE_GROUP, 0, gsource_good),
	IV(MCAST_BLOCK_SOURCE, 0, gsource_good),
	IV(MCAST_UNBLOCK_SOURCE, 0, gsource_good),
	{ "MCAST_MSFILTER", SOL_IP, MCAST_MSFILTER, INET, 0, 144, &gfilter_good },
	I(IP_MULTICAST_ALL, 0),
	IV(IP_UNICAST_IF, NOTONE | NOTNEG, int0),
	IV(IP_LOCAL_PORT_RANGE, 0, range_good),
	/* udp(7) */
	U(UDP_CORK, 0),
	UV(UDP_ENCAP, NOTONE, int0),
	UV(UDP_SEGMENT, 0, int1000),
	U(UDP_GRO, 0),
	U(UDP_NO_CHECK6_TX, 0),
	U(UDP_NO_CHECK6_RX, 0),
	/* raw(7) */
	{ "ICMP_FILTER", SOL_RAW, ICMP_FILTER, RAW | ICMP, 0, sizeof(icmp_good), &icmp_good },
	/* packet(7) */
	PV(PACKET_ADD_MEMBERSHIP, NOTONE | NOTNEG, packet_good),
	PV(PACKET_DROP_MEMBERSHIP, NOTONE | NOTNEG, packet_good),
	P(PACKET_AUXDATA, 0),
	P(PACKET_ORIGDEV, 0),
	P(PACKET_STATISTICS, 0),
	PV(PACKET_FANOUT, NOTONE | NOTNEG, fanout_good),
	P(PACKET_FANOUT_DATA, 0),
	P(PACKET_ROLLOVER_STATS, 0),
	P(PACKET_VERSION, 0),
	P(PACKET_HDRLEN, 0),
	P(PACKET_RESERVE, 0),
	P(PACKET_LOSS, 0),
	PV(PACKET_RX_RING, 0, ring_good),
	PV(PACKET_TX_RING, 0, ring_good),
	P(PACKET_COPY_THRESH, ALONE), /* later Linux reads it back */
	P(PACKET_VNET_HDR, 0),
	P(PACKET_TX_HAS_OFF, 0),
	P(PACKET_TIMESTAMP, 0),
	P(PACKET_QDISC_BYPASS, 0),
	P(PACKET_IGNORE_OUTGOING, 0),
	/* tcp(7) */
	{ "TCP_CONGESTION", SOL_TCP, TCP_CONGESTION, TCP, NOTONE | NOTNEG | NOSIZE | NOVALUE, 4, cong_good },
	T(TCP_CORK, 0),
	TV(TCP_DEFER_ACCEPT, 0, int5),
	T(TCP_INFO, NOSIZE | NOVALUE),
	TV(TCP_KEEPCNT, 0, int5),
	TV(TCP_KEEPIDLE, 0, int5),
	TV(TCP_KEEPINTVL, 0, int5),
	TV(TCP_LINGER2, 0, int5),
	TV(TCP_MAXSEG, 0, int1000),
	T(TCP_NODELAY, 0),
	T(TCP_QUICKACK, 0),
	TV(TCP_SYNCNT, 0, int5),
	TV(TCP_USER_TIMEOUT, 0, int5000),
	TV(TCP_WINDOW_CLAMP, NOVALUE, int5000),
	TV(TCP_FASTOPEN, 0, int5),
	T(TCP_FASTOPEN_CONNECT, 0),
	TV(TCP_NOTSENT_LOWAT, 0, int5000),
	/* netlink(7) */
	N(NETLINK_PKTINFO, 0),
	N(NETLINK_ADD_MEMBERSHIP, NOTNEG),
	N(NETLINK_DROP_MEMBERSHIP, NOTNEG),
	N(NETLINK_LIST_MEMBERSHIPS, NOVALUE | NOSIZE),
	N(NETLINK_BROADCAST_ERROR, 0),
	N(NETLINK_NO_ENOBUFS, 0),
	N(NETLINK_LISTEN_ALL_NSID, ALONE),
	N(NETLINK_CAP_ACK, 0),
	N(NETLINK_EXT_ACK, 0),
};

/* ---- what a world says ---- */

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	struct said *here = &said[world - worlds];
	char line[512];
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

static const char *errname(long ret)
{
	const char *name = ret < 0 ? strerrorname_np((int)-ret) : "ok";

	return name ? name : "?";
}

static long set(int fd, const struct option *o, const void *val, unsigned int len)
{
	return CALL(SYS_setsockopt, fd, o->level, o->opt, val, len);
}

/* What getting the option with room for @len bytes says. */
static void say_get(int fd, const struct option *o, unsigned int len, char *out, size_t room)
{
	unsigned char val[512] = { 0 };
	socklen_t got = len;
	long ret = CALL(SYS_getsockopt, fd, o->level, o->opt, val, &got);
	int n = snprintf(out, room, "%s", errname(ret));
	unsigned int i;

	if (ret < 0)
		return;
	n += snprintf(out + n, room - (size_t)n, " %u:", got);
	for (i = 0; !(o->flags & NOVALUE) && i < got && i < 40; i++)
		n += snprintf(out + n, room - (size_t)n, "%02x", val[i]);
}

/* @what of @len bytes set on a fresh socket, and what is read back with as much room. */
static void try_value(const struct option *o, unsigned int k, const char *what, const void *val, unsigned int len)
{
	int fd = open_socket(k);
	char before[160], after[160];
	long ret;

	say_get(fd, o, len, before, sizeof(before));
	ret = set(fd, o, val, len);
	say_get(fd, o, len, after, sizeof(after));
	say("%s on %s: get %s, set %s of %u: %s, get %s", o->name, kinds[k].name, before, what, len, errname(ret), after);
	CALL(SYS_close, fd, 0, 0, 0, 0);
}

static unsigned int good_len(const struct option *o)
{
	return o->len ? o->len : (unsigned int)sizeof(int);
}

static const void *good_value(const struct option *o)
{
	static const int one = 1;

	return o->good ? o->good : &one;
}

static void try_option(const struct option *o, unsigned int k)
{
	static const unsigned int sizes[] = { 0, 1, 2, 4, 8, 12, 16 };
	unsigned char padded[300], ones[16];
	unsigned int i;

	memset(ones, 0xff, sizeof(ones));
	memset(padded, 0, sizeof(padded));
	memcpy(padded, good_value(o), good_len(o));
	try_value(o, k, "good", padded, good_len(o));
	for (i = 0; i < COUNT(sizes) && !(o->flags & NOSIZE); i++) {
		static const unsigned char one[16] = { 1 }, zero[16];

		if (!(o->flags & NOTONE)) {
			try_value(o, k, "1", one, sizes[i]);
			try_value(o, k, "0", zero, sizes[i]);
		}
		if (!(o->flags & NOTNEG) && sizes[i] >= 4)
			try_value(o, k, "-1", ones, sizes[i]);
		if (sizes[i] > good_len(o) && o->len)
			try_value(o, k, "good, longer", padded, sizes[i]);
	}
}

/* ---- ioctls ---- */

struct request {
	const char *name;
	unsigned int nr;
	enum { INT, IFR, IFR_INDEX, ARP, RT, CONF, STAMP } arg;
	unsigned int flags;
};
#define R(n, a) { #n, n, a, 0 }
static const struct request requests[] = {
	R(FIONREAD, INT), R(SIOCOUTQ, INT), R(FIONBIO, INT), { "SIOCATMARK", SIOCATMARK, INT, NOUNIX },
	R(SIOCGPGRP, INT), R(FIOGETOWN, INT), R(SIOCSPGRP, INT), R(FIOSETOWN, INT), R(FIOASYNC, INT),
	R(SIOCGSTAMP, STAMP), R(SIOCGSTAMPNS, STAMP),
	R(SIOCGIFNAME, IFR_INDEX), R(SIOCGIFINDEX, IFR), R(SIOCGIFFLAGS, IFR), R(SIOCGIFPFLAGS, IFR), R(SIOCGIFADDR, IFR),
	R(SIOCGIFDSTADDR, IFR), R(SIOCGIFBRDADDR, IFR), R(SIOCGIFNETMASK, IFR), R(SIOCGIFMETRIC, IFR), R(SIOCGIFMTU, IFR),
	R(SIOCGIFHWADDR, IFR), R(SIOCGIFMAP, IFR), R(SIOCGIFTXQLEN, IFR), R(SIOCGIFCONF, CONF), R(SIOCGIFENCAP, IFR),
	R(SIOCGIFSLAVE, IFR), R(SIOCGIFMEM, IFR), R(SIOCGIFCOUNT, IFR), R(SIOCETHTOOL, IFR),
	R(SIOCSIFFLAGS, IFR), R(SIOCSIFPFLAGS, IFR), R(SIOCSIFADDR, IFR), R(SIOCSIFDSTADDR, IFR), R(SIOCSIFBRDADDR, IFR),
	R(SIOCSIFNETMASK, IFR), R(SIOCSIFMETRIC, IFR), R(SIOCSIFMTU, IFR), R(SIOCSIFHWADDR, IFR), R(SIOCSIFHWBROADCAST, IFR),
	R(SIOCSIFMAP, IFR), R(SIOCADDMULTI, IFR), R(SIOCDELMULTI, IFR), R(SIOCSIFTXQLEN, IFR), R(SIOCSIFNAME, IFR),
	R(SIOCSIFSLAVE, IFR), R(SIOCSIFENCAP, IFR), R(SIOCSIFLINK, IFR),
	R(SIOCADDRT, RT), R(SIOCDELRT, RT), R(SIOCGARP, ARP),
	{ "SIOCSARP", SIOCSARP, ARP, ALONE /* on lo: Linux keeps an entry that nobody asks for */ }, R(SIOCDARP, ARP),
};

/* @dev's name (or index) and zeros; for routes and ARP a destination that is not there. */
static long make_request(int fd, const struct request *r, const char *dev)
{
	union {
		int val;
		struct ifreq ifr;
		struct ifconf conf;
		struct arpreq arp;
		struct rtentry rt;
		char room[512];
	} u;
	char list[1024];

	memset(&u, 0, sizeof(u));
	switch (r->arg) {
	case IFR: strcpy(u.ifr.ifr_name, dev); break;
	case IFR_INDEX: u.ifr.ifr_ifindex = strcmp(dev, "lo") ? 99 : 1; break;
	case CONF: u.conf.ifc_len = sizeof(list); u.conf.ifc_buf = list; break;
	case ARP:
		u.arp.arp_pa.sa_family = AF_INET;
		memcpy(u.arp.arp_pa.sa_data + 2, "\x0a\x09\x08\x07", 4);
		strcpy(u.arp.arp_dev, dev);
		break;
	case RT:
		u.rt.rt_dst.sa_family = u.rt.rt_genmask.sa_family = AF_INET;
		memcpy(u.rt.rt_dst.sa_data + 2, "\x0a\x09\x08\x07", 4);
		memset(u.rt.rt_genmask.sa_data + 2, 0xff, 4);
		u.rt.rt_dev = (char *)dev;
		break;
	default: break;
	}
	return CALL(SYS_ioctl, fd, r->nr, &u, 0, 0);
}

static void try_request(const struct request *r, unsigned int k)
{
	static const char *const devs[] = { "lo", "nosuch0" };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		int fd = open_socket(k);

		say("%s on %s: %s: %s", r->name, kinds[k].name, devs[i], errname(make_request(fd, r, devs[i])));
		CALL(SYS_close, fd, 0, 0, 0, 0);
	}
}

/* Those that take the device down or away from its address are the last, so that others find it as it was. */
static bool changes(const struct request *r)
{
	return r->nr == SIOCSIFFLAGS || r->nr == SIOCSIFADDR || r->nr == SIOCSIFNAME || r->nr == SIOCSIFNETMASK ||
	       r->nr == SIOCSIFMTU;
}

static bool compared(unsigned int flags, unsigned int k)
{
	unsigned int without = (flags & NOUDP ? UDP : 0) | (flags & NOTCP ? TCP : 0) | (flags & NOUNIX ? UNIX : 0);

	return !(flags & ALONE) && !(without >> k & 1);
}

static void run(void *unused)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	unsigned int i, k;
	int fd = open_socket(0);

	CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo, 0, 0);
	CALL(SYS_close, fd, 0, 0, 0, 0);
	for (i = 0; i < COUNT(options); i++)
		for (k = 0; k < COUNT(kinds); k++)
			if (options[i].kinds >> k & 1 && compared(options[i].flags, k))
				try_option(&options[i], k);
	for (i = 0; i < COUNT(requests); i++)
		for (k = 0; k < COUNT(kinds); k++)
			if (!changes(&requests[i]) && compared(requests[i].flags, k))
				try_request(&requests[i], k);
}

/* ---- the table of docs/options.md ---- */

/* What @ret says for each kind of @mask, alike ones together: "ok", or "ok: udp tcp; EINVAL: raw". */
static void print_cell(const long *ret, unsigned int mask)
{
	unsigned int k, m, done = 0, first;

	for (first = 0; !(mask >> first & 1); first++)
		;
	for (k = 0; k < COUNT(kinds); k++)
		if (mask >> k & 1 && ret[k] != ret[first])
			break;
	if (k == COUNT(kinds)) {
		printf("%s", errname(ret[first]));
		return;
	}
	for (k = 0; k < COUNT(kinds); k++) {
		if (!(mask >> k & 1) || done >> k & 1)
			continue;
		printf("%s%s:", done ? "; " : "", errname(ret[k]));
		for (m = k; m < COUNT(kinds); m++) {
			if (mask >> m & 1 && errname(ret[m]) == errname(ret[k])) {
				printf(" %s", kinds[m].name);
				done |= 1u << m;
			}
		}
	}
}

static void table(void *unused)
{
	long sets[COUNT(kinds)], gets[COUNT(kinds)];
	unsigned int i, k;

	for (i = 0; i < COUNT(options); i++) {
		const struct option *o = &options[i];

		for (k = 0; k < COUNT(kinds); k++) {
			unsigned char val[512] = { 0 };
			socklen_t len = good_len(o) < 16 ? 16 : good_len(o);
			int fd;

			if (!(o->kinds >> k & 1))
				continue;
			fd = open_socket(k);
			sets[k] = set(fd, o, good_value(o), good_len(o));
			memcpy(val, good_value(o), good_len(o));
			gets[k] = CALL(SYS_getsockopt, fd, o->level, o->opt, val, &len);
			len = 8; /* some want to have exactly as much room as they need */
			if (gets[k] == -EINVAL)
				gets[k] = CALL(SYS_getsockopt, fd, o->level, o->opt, val, &len);
			CALL(SYS_close, fd, 0, 0, 0, 0);
		}
		printf("%s | ", o->name);
		print_cell(sets, o->kinds);
		printf(" | ");
		print_cell(gets, o->kinds);
		printf("\n");
	}
	for (i = 0; i < COUNT(requests); i++) {
		for (k = 0; k < COUNT(kinds); k++) {
			int fd = open_socket(k);

			gets[k] = make_request(fd, &requests[i], "lo");
			CALL(SYS_close, fd, 0, 0, 0, 0);
		}
		printf("%s | ", requests[i].name);
		print_cell(gets, ALL);
		printf("\n");
	}
}

/* ---- the comparison ---- */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		if (write(fd, text, strlen(text)) < 0)
			perror(path);
		close(fd);
	}
}

/* Into a network namespace of our own, in which nobody else sees what is tried. */
static bool enter_namespace(void)
{
	struct utsname u;
	int major, minor;

	if (uname(&u) || sscanf(u.release, "%d.%d", &major, &minor) != 2 || major * 100 + minor < 601) {
		printf("this Linux is older than 6.1: not compared\n");
		return false;
	}
	if (geteuid() || unshare(CLONE_NEWNET)) {
		printf("no namespace may be made here: not compared\n");
		return false;
	}
	write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
	return true;
}

int main(int argc, char **argv)
{
	size_t i;

	skiff_boot("skiff.seed=7");
	world = &worlds[SKIFF];
	skiff_task_start(argc > 1 ? table : run, NULL);
	skiff_run(skiff_now() + 10000000000ull);
	if (argc > 1)
		return 0;
	if (said[SKIFF].n < 2000) {
		fprintf(stderr, "only %zu lines\n", said[SKIFF].n);
		return 1;
	}
	if (!enter_namespace())
		return 0;
	world = &worlds[LINUX];
	run(NULL);
	for (i = 0; i < said[SKIFF].n && i < said[LINUX].n; i++) {
		if (!strcmp(said[SKIFF].lines[i], said[LINUX].lines[i]))
			continue;
		fprintf(stderr, "Linux: %s\nSkiff: %s\n", said[LINUX].lines[i], said[SKIFF].lines[i]);
		failures++;
	}
	if (said[SKIFF].n != said[LINUX].n)
		failures++;
	printf("%zu answers, %d differ\n", said[SKIFF].n, failures);
	return failures != 0;
}
