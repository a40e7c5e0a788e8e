/* SPDX-License-Identifier: MIT */
/* Socket options, ancillary data and ioctls through the system calls, with the C library's own constants: socket(7), ip(7),
 * tcp(7), cmsg(3), netdevice(7). */
#define _GNU_SOURCE /* struct ucred */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define SECOND 1000000000ull
#define P(p) ((long)(p))
#define ANY -99999 /* of a result: not looked at */

#define CHECK(cond)                                                                              \
	do {                                                                                     \
		if (!(cond)) {                                                                   \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			failures++;                                                              \
		}                                                                                \
	} while (0)

static int failures;

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	a.sin_addr.s_addr = inet_addr(ip);
	return a;
}

static long sock(int type, int protocol)
{
	long fd = skiff_syscall(SYS_socket, AF_INET, type, protocol, 0, 0, 0);

	CHECK(fd >= 0);
	return fd;
}

static long set(long fd, int level, int opt, const void *val, size_t len)
{
	return skiff_syscall(SYS_setsockopt, fd, level, opt, P(val), (long)len, 0);
}

static long set_int(long fd, int level, int opt, int val)
{
	return set(fd, level, opt, &val, sizeof(val));
}

static long get(long fd, int level, int opt, void *val, socklen_t *len)
{
	return skiff_syscall(SYS_getsockopt, fd, level, opt, P(val), P(len), 0);
}

static long get_int(long fd, int level, int opt)
{
	int val = 0;
	socklen_t len = sizeof(val);
	long err = get(fd, level, opt, &val, &len);

	return err ? err : val;
}

static void close_fd(long fd)
{
	CHECK(skiff_syscall(SYS_close, fd, 0, 0, 0, 0, 0) == 0);
}

static long bind_to(long fd, const char *ip, int port)
{
	struct sockaddr_in a = address(ip, port);

	return skiff_syscall(SYS_bind, fd, P(&a), sizeof(a), 0, 0, 0);
}

/* --- options that are one int: what is set, what setting it says, and what it reads as afterwards --- */

enum kind { T, U, R }; /* TCP, UDP, raw */

static const struct int_option {
	enum kind kind;
	int level, opt, val, says, reads;
} int_options[] = {
	{ U, SOL_SOCKET, SO_DEBUG, 1, ANY, ANY },
	{ U, SOL_SOCKET, SO_REUSEADDR, 5, 0, 1 },
	{ U, SOL_SOCKET, SO_REUSEPORT, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_DONTROUTE, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_BROADCAST, 2, 0, 1 },
	{ U, SOL_SOCKET, SO_BROADCAST, 0, 0, 0 },
	{ T, SOL_SOCKET, SO_KEEPALIVE, 1, 0, 1 },
	{ T, SOL_SOCKET, SO_OOBINLINE, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_NO_CHECK, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_PRIORITY, 6, 0, 6 },
	{ U, SOL_SOCKET, SO_MARK, 77, 0, 77 },
	{ U, SOL_SOCKET, SO_PASSCRED, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_RXQ_OVFL, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_TIMESTAMP, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_TIMESTAMPNS, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_TIMESTAMP, 0, 0, 0 },
	{ T, SOL_SOCKET, SO_RCVLOWAT, 9, 0, 9 },
	{ T, SOL_SOCKET, SO_RCVLOWAT, 0, 0, 1 },
	{ T, SOL_SOCKET, SO_RCVLOWAT, -4, 0, 1048560 }, /* half of what tcp_rmem lets the buffer grow to */
	{ U, SOL_SOCKET, SO_RCVLOWAT, -4, 0, 0x7fffffff },
	{ T, SOL_SOCKET, SO_SNDLOWAT, 9, -ENOPROTOOPT, 1 },
	{ U, SOL_SOCKET, SO_SNDBUF, 10000, 0, 20000 },
	{ U, SOL_SOCKET, SO_SNDBUF, 1, 0, ANY },
	{ U, SOL_SOCKET, SO_RCVBUF, 10000, 0, 20000 },
	{ U, SOL_SOCKET, SO_RCVBUFFORCE, 12000, 0, ANY },
	{ U, SOL_SOCKET, SO_SNDBUFFORCE, 12000, 0, ANY },
	{ U, SOL_SOCKET, SO_BSDCOMPAT, 1, 0, 0 },
	{ U, SOL_SOCKET, SO_INCOMING_CPU, 7, 0, 7 },
	{ T, SOL_SOCKET, SO_INCOMING_CPU, -3, 0, -3 },
	{ U, SOL_SOCKET, SO_TYPE, 1, -ENOPROTOOPT, SOCK_DGRAM },
	{ U, SOL_SOCKET, SO_PROTOCOL, 1, -ENOPROTOOPT, IPPROTO_UDP },
	{ U, SOL_SOCKET, SO_DOMAIN, 1, -ENOPROTOOPT, AF_INET },
	{ U, SOL_SOCKET, SO_ERROR, 1, -ENOPROTOOPT, 0 },
	{ T, SOL_SOCKET, SO_ACCEPTCONN, 1, -ENOPROTOOPT, 0 },
	{ U, SOL_SOCKET, SO_BINDTOIFINDEX, 1, 0, 1 },
	{ U, SOL_SOCKET, SO_BINDTOIFINDEX, 99, -ENODEV, 1 },
	{ U, SOL_SOCKET, SO_BINDTOIFINDEX, -1, -EINVAL, 1 },
	{ U, SOL_SOCKET, SO_BINDTOIFINDEX, 0, 0, 0 },
	{ U, SOL_SOCKET, SO_DETACH_FILTER, 0, -ENOENT, ANY },
	{ U, SOL_SOCKET, SO_LOCK_FILTER, 1, ANY, ANY },
	{ U, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1, ANY, ANY },
	{ U, SOL_SOCKET, SO_NOFCS, 1, ANY, ANY },
	{ U, SOL_SOCKET, SO_INCOMING_NAPI_ID, 1, ANY, 0 },
	{ U, SOL_SOCKET, 72 /* SO_BUF_LOCK */, 1, 0, 1 },
	{ U, SOL_SOCKET, 72, 0, 0, 0 },
	{ U, SOL_SOCKET, 72, 4, -EINVAL, 0 },
	{ T, SOL_SOCKET, SO_MAX_PACING_RATE, 100000, 0, 100000 },
	{ T, SOL_SOCKET, SO_MAX_PACING_RATE, -1, 0, -1 },
	{ U, SOL_SOCKET, 9999, 1, -ENOPROTOOPT, -ENOPROTOOPT },
	{ U, IPPROTO_IP, IP_TOS, 0x08, 0, 0x08 },
	{ U, IPPROTO_IP, IP_TOS, 0x02, 0, 0x02 },
	{ U, IPPROTO_IP, IP_TOS, 0x10, 0, 0x10 },
	{ T, IPPROTO_IP, IP_TOS, 0xff, 0, 0xfc },
	{ U, IPPROTO_IP, IP_TTL, 7, 0, 7 },
	{ U, IPPROTO_IP, IP_TTL, 0, -EINVAL, 7 },
	{ U, IPPROTO_IP, IP_TTL, 256, -EINVAL, 7 },
	{ U, IPPROTO_IP, IP_TTL, -1, 0, 64 },
	{ U, IPPROTO_IP, IP_MINTTL, 9, 0, 9 },
	{ U, IPPROTO_IP, IP_MINTTL, 256, -EINVAL, 9 },
	{ U, IPPROTO_IP, IP_RECVOPTS, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVOPTS, 0, 0, 0 },
	{ U, IPPROTO_IP, IP_RETOPTS, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVTTL, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVTOS, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_PKTINFO, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVORIGDSTADDR, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVERR, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_RECVERR, 0, 0, 0 },
	{ U, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, 0, IP_PMTUDISC_PROBE },
	{ U, IPPROTO_IP, IP_MTU_DISCOVER, 9, -EINVAL, IP_PMTUDISC_PROBE },
	{ U, IPPROTO_IP, IP_MTU, 1, -ENOPROTOOPT, -ENOTCONN },
	{ U, IPPROTO_IP, IP_MULTICAST_TTL, 5, 0, 5 },
	{ U, IPPROTO_IP, IP_MULTICAST_TTL, 256, -EINVAL, 5 },
	{ U, IPPROTO_IP, IP_MULTICAST_TTL, -1, 0, 1 },
	{ T, IPPROTO_IP, IP_MULTICAST_TTL, 5, -EINVAL, ANY },
	{ U, IPPROTO_IP, IP_MULTICAST_LOOP, 0, 0, 0 },
	{ U, IPPROTO_IP, IP_MULTICAST_ALL, 0, 0, 0 },
	{ U, IPPROTO_IP, IP_MULTICAST_ALL, 2, -EINVAL, 0 },
	{ U, IPPROTO_IP, IP_FREEBIND, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_TRANSPARENT, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_HDRINCL, 1, -ENOPROTOOPT, ANY },
	{ R, IPPROTO_IP, IP_HDRINCL, 1, 0, 1 },
	{ U, IPPROTO_IP, IP_NODEFRAG, 1, -ENOPROTOOPT, ANY },
	{ R, IPPROTO_IP, IP_NODEFRAG, 1, 0, 1 },
	{ U, IPPROTO_IP, 9999, 1, -ENOPROTOOPT, -ENOPROTOOPT },
	{ T, IPPROTO_TCP, TCP_NODELAY, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_NODELAY, 0, 0, 0 },
	{ T, IPPROTO_TCP, TCP_CORK, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_CORK, 0, 0, 0 },
	{ T, IPPROTO_TCP, TCP_MAXSEG, 1000, 0, 1000 },
	{ T, IPPROTO_TCP, TCP_MAXSEG, 5, -EINVAL, 1000 },
	{ T, IPPROTO_TCP, TCP_KEEPIDLE, 30, 0, 30 },
	{ T, IPPROTO_TCP, TCP_KEEPIDLE, 0, -EINVAL, 30 },
	{ T, IPPROTO_TCP, TCP_KEEPIDLE, 40000, -EINVAL, 30 },
	{ T, IPPROTO_TCP, TCP_KEEPINTVL, 5, 0, 5 },
	{ T, IPPROTO_TCP, TCP_KEEPINTVL, 40000, -EINVAL, 5 },
	{ T, IPPROTO_TCP, TCP_KEEPCNT, 3, 0, 3 },
	{ T, IPPROTO_TCP, TCP_KEEPCNT, 200, -EINVAL, 3 },
	{ T, IPPROTO_TCP, TCP_SYNCNT, 4, 0, 4 },
	{ T, IPPROTO_TCP, TCP_SYNCNT, 200, -EINVAL, 4 },
	{ T, IPPROTO_TCP, TCP_LINGER2, 20, 0, 20 },
	{ T, IPPROTO_TCP, TCP_LINGER2, -1, 0, -1 },
	{ T, IPPROTO_TCP, TCP_LINGER2, 100000, 0, 120 },
	{ T, IPPROTO_TCP, TCP_DEFER_ACCEPT, 10, 0, 15 },
	{ T, IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, 0, 0 },
	{ T, IPPROTO_TCP, TCP_WINDOW_CLAMP, 30000, 0, 30000 },
	{ T, IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, 0, 0 },
	{ T, IPPROTO_TCP, TCP_QUICKACK, 0, 0, 0 },
	{ T, IPPROTO_TCP, TCP_QUICKACK, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000, 0, 5000 },
	{ T, IPPROTO_TCP, TCP_USER_TIMEOUT, -1, -EINVAL, 5000 },
	{ T, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 4096, 0, 4096 },
	{ T, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 2, -EINVAL, 1 },
	{ T, IPPROTO_TCP, TCP_THIN_DUPACK, 1, 0, 0 },
	{ T, IPPROTO_TCP, TCP_INQ, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_INQ, 2, -EINVAL, 1 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN, 5, 0, 5 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN, -1, -EINVAL, 5 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 2, -EINVAL, 1 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1, 0, 1 },
	{ T, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 2, -EINVAL, 1 },
	{ T, IPPROTO_TCP, TCP_REPAIR, 1, -EPERM, ANY },
	{ T, IPPROTO_TCP, TCP_TIMESTAMP, 1, ANY, ANY },
	{ T, IPPROTO_TCP, 9999, 1, -ENOPROTOOPT, -ENOPROTOOPT },
	{ U, IPPROTO_TCP, TCP_NODELAY, 1, ANY, ANY },
	{ U, 77, 1, 1, -ENOPROTOOPT, ANY },
};

static void int_options_read_as_they_were_set(void)
{
	long fd[] = { [T] = sock(SOCK_STREAM, 0), [U] = sock(SOCK_DGRAM, 0), [R] = sock(SOCK_RAW, 200) };
	const struct int_option *o;
	size_t i;

	for (i = 0; i < sizeof(int_options) / sizeof(int_options[0]); i++) {
		long says, reads;

		o = &int_options[i];
		says = set_int(fd[o->kind], o->level, o->opt, o->val);
		reads = get_int(fd[o->kind], o->level, o->opt);
		if ((o->says == ANY || says == o->says) && (o->reads == ANY || reads == o->reads))
			continue;
		fprintf(stderr, "option %d of level %d set to %d: said %ld (not %d), reads %ld (not %d)\n", o->opt, o->level,
			o->val, says, o->says, reads, o->reads);
		failures++;
	}
	for (i = 0; i < 3; i++)
		close_fd(fd[i]);
}

/* --- options that are more than an int --- */

static void socket_level_structs(void)
{
	long fd = sock(SOCK_STREAM, 0);
	struct timeval tv = { 3, 250000 };
	struct linger l = { 1, 7 };
	unsigned long long rate = 5ull << 32;
	char name[16];
	unsigned int mem[9];
	struct ucred cred;
	socklen_t len = sizeof(tv);

	CHECK(!set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) && !set(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	memset(&tv, 0, sizeof(tv));
	CHECK(!get(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, &len) && tv.tv_sec == 3 && tv.tv_usec == 250000 && len == sizeof(tv));
	tv.tv_usec = 1000000;
	CHECK(set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == -EDOM);
	CHECK(set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, 4) == -EINVAL);
	CHECK(set(fd, SOL_SOCKET, SO_RCVTIMEO, (void *)16, sizeof(tv)) == -EFAULT);
	tv = (struct timeval){ -1, 0 };
	CHECK(!set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	tv = (struct timeval){ 1ll << 60, 0 };
	CHECK(!set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	tv = (struct timeval){ 0, 0 };
	CHECK(!set(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	CHECK(!set(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) && set(fd, SOL_SOCKET, SO_LINGER, &l, 4) == -EINVAL);
	memset(&l, 0, sizeof(l));
	len = sizeof(l);
	CHECK(!get(fd, SOL_SOCKET, SO_LINGER, &l, &len) && l.l_onoff == 1 && l.l_linger == 7);
	l.l_onoff = 0;
	CHECK(!set(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	len = sizeof(l);
	CHECK(!get(fd, SOL_SOCKET, SO_LINGER, &l, &len) && l.l_onoff == 0);
	CHECK(!set(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof(rate)));
	rate = 0;
	len = sizeof(rate);
	CHECK(!get(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, &len) && rate == 5ull << 32);
	len = sizeof(name);
	CHECK(!get(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len) && len == 0);
	CHECK(!set(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	len = 2;
	CHECK(get(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len) == -EINVAL);
	len = sizeof(name);
	CHECK(!get(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len) && len == 3 && !strcmp(name, "lo"));
	CHECK(set(fd, SOL_SOCKET, SO_BINDTODEVICE, "eth7", 5) == -ENODEV);
	CHECK(set(fd, SOL_SOCKET, SO_BINDTODEVICE, (void *)16, 5) == -EFAULT);
	CHECK(!set(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0));
	len = sizeof(rate);
	CHECK(!get(fd, SOL_SOCKET, SO_COOKIE, &rate, &len) && rate);
	len = 4;
	CHECK(get(fd, SOL_SOCKET, SO_COOKIE, &rate, &len) == -EINVAL);
	len = sizeof(mem);
	CHECK(!get(fd, SOL_SOCKET, SO_MEMINFO, mem, &len) && mem[1] > 0 && mem[3] > 0);
	len = sizeof(cred);
	CHECK(!get(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) && cred.pid == 0);
	len = sizeof(name);
	CHECK(get(fd, SOL_SOCKET, SO_PEERNAME, name, &len) == -ENOTCONN);
	CHECK(get(fd, SOL_SOCKET, SO_TYPE, (void *)16, &len) == -EFAULT);
	CHECK(get(fd, SOL_SOCKET, SO_TYPE, name, (void *)16) == -EFAULT);
	len = (socklen_t)-1;
	CHECK(get(fd, SOL_SOCKET, SO_TYPE, name, &len) == -EINVAL);
	CHECK(set(fd, SOL_SOCKET, SO_REUSEADDR, name, 3) == -EINVAL && set(fd, SOL_SOCKET, SO_REUSEADDR, (void *)16, 4) == -EFAULT);
	close_fd(fd);
}

static void ip_level_structs(void)
{
	static const unsigned char record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	long fd = sock(SOCK_DGRAM, 0);
	struct in_addr ours = { inet_addr("10.0.0.1") };
	struct ip_mreqn mreqn = { .imr_ifindex = 2 };
	unsigned char buf[64], byte = 33;
	socklen_t len = sizeof(buf);
	int index = (int)htonl(2);

	CHECK(!set(fd, IPPROTO_IP, IP_OPTIONS, record_route, sizeof(record_route)));
	CHECK(!get(fd, IPPROTO_IP, IP_OPTIONS, buf, &len) && len == 12 && buf[0] == 7 && buf[1] == 11);
	CHECK(set(fd, IPPROTO_IP, IP_OPTIONS, "\x83\x03\x09\x01", 4) == -EINVAL);
	CHECK(set(fd, IPPROTO_IP, IP_OPTIONS, record_route, 41) == -EINVAL);
	CHECK(set(fd, IPPROTO_IP, IP_OPTIONS, (void *)16, 8) == -EFAULT);
	CHECK(!set(fd, IPPROTO_IP, IP_OPTIONS, NULL, 0));
	len = sizeof(buf);
	CHECK(!get(fd, IPPROTO_IP, IP_OPTIONS, buf, &len) && len == 0);
	CHECK(!set(fd, IPPROTO_IP, IP_TTL, &byte, 1) && get_int(fd, IPPROTO_IP, IP_TTL) == 33);
	len = 1;
	CHECK(!get(fd, IPPROTO_IP, IP_TTL, buf, &len) && len == 1 && buf[0] == 33);
	CHECK(!set(fd, IPPROTO_IP, IP_MULTICAST_IF, &ours, sizeof(ours)));
	len = sizeof(buf);
	CHECK(!get(fd, IPPROTO_IP, IP_MULTICAST_IF, buf, &len) && len == 4 && !memcmp(buf, &ours, 4));
	CHECK(!set(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreqn, sizeof(mreqn)));
	mreqn.imr_ifindex = 99;
	CHECK(set(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreqn, sizeof(mreqn)) == -EADDRNOTAVAIL);
	CHECK(set(fd, IPPROTO_IP, IP_MULTICAST_IF, &ours, 2) == -EINVAL);
	ours.s_addr = 0;
	CHECK(!set(fd, IPPROTO_IP, IP_MULTICAST_IF, &ours, sizeof(ours)));
	CHECK(!set(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index)));
	CHECK(get_int(fd, IPPROTO_IP, IP_UNICAST_IF) == index);
	index = (int)htonl(99);
	CHECK(set(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index)) == -EADDRNOTAVAIL);
	CHECK(set(fd, IPPROTO_IP, IP_UNICAST_IF, &index, 2) == -EINVAL);
	CHECK(get(fd, IPPROTO_IP, IP_TTL, (void *)16, &len) == -EFAULT);
	CHECK(set(fd, IPPROTO_IP, IP_TTL, (void *)16, 4) == -EFAULT);
	close_fd(fd);
}

static void groups_and_their_sources(void)
{
	long fd = sock(SOCK_DGRAM, 0);
	struct ip_mreq m = { .imr_multiaddr.s_addr = inet_addr("239.1.2.3"), .imr_interface.s_addr = inet_addr("10.0.0.1") };
	struct ip_mreqn n = { .imr_multiaddr.s_addr = inet_addr("239.1.2.4"), .imr_ifindex = 2 };
	struct ip_mreq_source s = { .imr_multiaddr = m.imr_multiaddr, .imr_interface = m.imr_interface,
				    .imr_sourceaddr.s_addr = inet_addr("10.0.0.9") };

	CHECK(!set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)));
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) == -EADDRINUSE);
	CHECK(!set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &n, sizeof(n)));
	CHECK(!set(fd, IPPROTO_IP, IP_BLOCK_SOURCE, &s, sizeof(s)));
	CHECK(!set(fd, IPPROTO_IP, IP_UNBLOCK_SOURCE, &s, sizeof(s)));
	CHECK(set(fd, IPPROTO_IP, IP_UNBLOCK_SOURCE, &s, sizeof(s)) == -EADDRNOTAVAIL);
	CHECK(!set(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &m, sizeof(m)));
	CHECK(set(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &m, sizeof(m)) == -EADDRNOTAVAIL);
	CHECK(!set(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &s, sizeof(s)));
	CHECK(!set(fd, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &s, sizeof(s)));
	CHECK(set(fd, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &s, sizeof(s)) < 0);
	CHECK(set(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &s, 3) == -EINVAL);
	CHECK(set(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, (void *)16, sizeof(s)) == -EFAULT);
	m.imr_multiaddr.s_addr = inet_addr("10.1.1.1");
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) == -EINVAL);
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, 3) == -EINVAL);
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, (void *)16, sizeof(m)) == -EFAULT);
	n.imr_ifindex = 99;
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &n, sizeof(n)) == -ENODEV);
	close_fd(fd);
	fd = sock(SOCK_STREAM, 0);
	CHECK(set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) == -EPROTO);
	close_fd(fd);
}

/* --- ancillary data --- */

union control {
	char bytes[512];
	struct cmsghdr align;
};

/* Adds one control message to those of @m; true where there is more room. */
static void add_control(struct msghdr *m, int level, int type, const void *data, size_t len)
{
	struct cmsghdr *c = (struct cmsghdr *)((char *)m->msg_control + m->msg_controllen);

	*c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(len), .cmsg_level = level, .cmsg_type = type };
	memcpy(CMSG_DATA(c), data, len);
	m->msg_controllen += CMSG_SPACE(len);
}

static long send_with(long fd, struct sockaddr_in *to, int level, int type, const void *data, size_t len)
{
	union control control = { { 0 } };
	struct iovec vec = { (void *)"data", 4 };
	struct msghdr m = { .msg_name = to, .msg_namelen = sizeof(*to), .msg_iov = &vec, .msg_iovlen = 1,
			    .msg_control = &control };

	add_control(&m, level, type, data, len);
	return skiff_syscall(SYS_sendmsg, fd, P(&m), 0, 0, 0, 0);
}

static const struct cmsghdr *find_control(struct msghdr *m, int level, int type)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == level && c->cmsg_type == type)
			return c;
	return NULL;
}

static long receive(long fd, struct msghdr *m, union control *control, int flags)
{
	static char buf[2048];
	static struct iovec vec = { buf, sizeof(buf) };

	*m = (struct msghdr){ .msg_iov = &vec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(*control) };
	return skiff_syscall(SYS_recvmsg, fd, P(m), flags, 0, 0, 0);
}

static void control_messages_set_one_datagram_and_tell_of_it(void)
{
	static const int wanted[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS, IP_RECVORIGDSTADDR };
	struct sockaddr_in to = address("127.0.0.1", 900);
	struct in_pktinfo info = { .ipi_ifindex = 1, .ipi_spec_dst.s_addr = inet_addr("127.0.0.5") };
	long a = sock(SOCK_DGRAM, 0), b = sock(SOCK_DGRAM, 0);
	union control control;
	struct msghdr m;
	int val = 9;
	size_t i;

	CHECK(!bind_to(b, "127.0.0.1", 900));
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		CHECK(!set_int(b, IPPROTO_IP, wanted[i], 1));
	CHECK(!set_int(b, SOL_SOCKET, SO_TIMESTAMPNS, 1));
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TTL, &val, sizeof(val)) == 4);
	CHECK(receive(b, &m, &control, 0) == 4);
	CHECK(find_control(&m, IPPROTO_IP, IP_TTL) && *(int *)CMSG_DATA(find_control(&m, IPPROTO_IP, IP_TTL)) == 9);
	CHECK(find_control(&m, IPPROTO_IP, IP_PKTINFO) && find_control(&m, IPPROTO_IP, IP_ORIGDSTADDR));
	CHECK(find_control(&m, SOL_SOCKET, SO_TIMESTAMPNS) && !find_control(&m, IPPROTO_IP, IP_RECVOPTS));
	val = 0x10;
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TOS, &val, sizeof(val)) == 4);
	CHECK(receive(b, &m, &control, 0) == 4 && *CMSG_DATA(find_control(&m, IPPROTO_IP, IP_TOS)) == 0x10);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TOS, &val, 1) == 4 && receive(b, &m, &control, 0) == 4);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info)) == 4 && receive(b, &m, &control, 0) == 4);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_RETOPTS, "\x07\x0b\x04\0\0\0\0\0\0\0\0\0", 12) == 4);
	CHECK(receive(b, &m, &control, 0) == 4);
	CHECK(find_control(&m, IPPROTO_IP, IP_RECVOPTS) && find_control(&m, IPPROTO_IP, IP_RETOPTS));
	val = 0;
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TTL, &val, sizeof(val)) == -EINVAL);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TTL, &val, 1) == -EINVAL);
	val = 256;
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TOS, &val, sizeof(val)) == -EINVAL);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_TOS, &val, 3) == -EINVAL);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_PKTINFO, &info, 4) == -EINVAL);
	CHECK(send_with(a, &to, IPPROTO_IP, IP_RETOPTS, "\x83\x02\x04\x00", 4) == -EINVAL);
	CHECK(send_with(a, &to, IPPROTO_IP, 99, &val, 4) == -EINVAL);
	CHECK(send_with(a, &to, SOL_SOCKET, 99, &val, 4) == -EINVAL);
	CHECK(send_with(a, &to, 99, 1, &val, 4) == 4 && receive(b, &m, &control, 0) == 4);
	close_fd(a);
	close_fd(b);
}

static void too_little_room_for_control_is_told(void)
{
	struct sockaddr_in to = address("127.0.0.1", 901);
	long a = sock(SOCK_DGRAM, 0), b = sock(SOCK_DGRAM, 0);
	char buf[8], small[20];
	struct iovec vec = { buf, 2 };
	struct msghdr m = { .msg_iov = &vec, .msg_iovlen = 1 };

	CHECK(!bind_to(b, "127.0.0.1", 901) && !set_int(b, IPPROTO_IP, IP_PKTINFO, 1));
	CHECK(skiff_syscall(SYS_sendto, a, P("abcd"), 4, 0, P(&to), sizeof(to)) == 4);
	CHECK(skiff_syscall(SYS_sendto, a, P("abcd"), 4, 0, P(&to), sizeof(to)) == 4);
	CHECK(skiff_syscall(SYS_recvmsg, b, P(&m), 0, 0, 0, 0) == 2 && m.msg_flags == (MSG_TRUNC | MSG_CTRUNC));
	m.msg_control = small;
	m.msg_controllen = sizeof(small);
	CHECK(skiff_syscall(SYS_recvmsg, b, P(&m), MSG_TRUNC, 0, 0, 0) == 4 && m.msg_flags & MSG_CTRUNC);
	close_fd(a);
	close_fd(b);
}

static void errors_wait_in_their_queue(void)
{
	struct sockaddr_in nobody = address("127.0.0.1", 999);
	static char large[2000];
	long fd = sock(SOCK_DGRAM, 0);
	const struct sock_extended_err *e;
	union control control;
	struct msghdr m;

	CHECK(!set_int(fd, IPPROTO_IP, IP_RECVERR, 1));
	CHECK(receive(fd, &m, &control, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(skiff_syscall(SYS_sendto, fd, P("abcd"), 4, 0, P(&nobody), sizeof(nobody)) == 4);
	CHECK(receive(fd, &m, &control, 0) == -ECONNREFUSED);
	CHECK(receive(fd, &m, &control, MSG_ERRQUEUE) == 4 && m.msg_flags & MSG_ERRQUEUE);
	CHECK(find_control(&m, IPPROTO_IP, IP_RECVERR));
	e = (const struct sock_extended_err *)CMSG_DATA(find_control(&m, IPPROTO_IP, IP_RECVERR));
	CHECK(e->ee_errno == ECONNREFUSED && e->ee_origin == SO_EE_ORIGIN_ICMP && e->ee_type == 3 && e->ee_code == 3);
	/* What never left: a datagram larger than the path, with fragmentation forbidden. */
	CHECK(!set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO));
	nobody = address("10.0.0.77", 999);
	CHECK(!skiff_syscall(SYS_connect, fd, P(&nobody), sizeof(nobody), 0, 0, 0));
	CHECK(get_int(fd, IPPROTO_IP, IP_MTU) == 1500);
	CHECK(skiff_syscall(SYS_write, fd, P(large), sizeof(large), 0, 0, 0) == -EMSGSIZE);
	CHECK(receive(fd, &m, &control, MSG_ERRQUEUE) >= 0 && find_control(&m, IPPROTO_IP, IP_RECVERR));
	e = (const struct sock_extended_err *)CMSG_DATA(find_control(&m, IPPROTO_IP, IP_RECVERR));
	CHECK(e->ee_errno == EMSGSIZE && e->ee_origin == SO_EE_ORIGIN_LOCAL && e->ee_info == 1500);
	CHECK(set_int(fd, IPPROTO_IP, IP_RECVERR, 0) == 0);
	close_fd(fd);
}

/* --- raw and ping sockets --- */

static unsigned short checksum(const void *data, size_t len)
{
	const unsigned char *p = data;
	unsigned int sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (unsigned int)p[i] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~(sum + (sum >> 16)));
}

static void raw_sockets_see_and_make_whole_packets(void)
{
	struct sockaddr_in to = address("127.0.0.1", 0), from;
	long fd = sock(SOCK_RAW, IPPROTO_ICMP), all = sock(SOCK_RAW, IPPROTO_RAW);
	struct icmphdr echo = { .type = ICMP_ECHO, .un.echo.id = 5 };
	unsigned char buf[256], packet[28] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0, 127, 0, 0, 9, 127, 0, 0, 1 };
	unsigned int filter = ~(1u << ICMP_ECHOREPLY);
	socklen_t len = sizeof(from);
	int n;

	echo.checksum = checksum(&echo, sizeof(echo));
	CHECK(!set(fd, SOL_RAW, 1 /* ICMP_FILTER */, &filter, sizeof(filter)));
	filter = 0;
	len = sizeof(filter);
	CHECK(!get(fd, SOL_RAW, 1, &filter, &len) && filter == ~(1u << ICMP_ECHOREPLY));
	CHECK(set(all, SOL_RAW, 1, &filter, sizeof(filter)) == -EOPNOTSUPP);
	CHECK(set(fd, SOL_RAW, 99, &filter, 4) == -ENOPROTOOPT);
	CHECK(!bind_to(fd, "127.0.0.1", 0) && bind_to(all, "99.9.9.9", 0) == -EADDRNOTAVAIL);
	CHECK(skiff_syscall(SYS_sendto, fd, P(&echo), sizeof(echo), 0, P(&to), sizeof(to)) == sizeof(echo));
	len = sizeof(from);
	CHECK(skiff_syscall(SYS_recvfrom, fd, P(buf), sizeof(buf), 0, P(&from), P(&len)) == 28);
	CHECK(buf[0] == 0x45 && buf[20] == ICMP_ECHOREPLY && from.sin_addr.s_addr == to.sin_addr.s_addr);
	/* IPPROTO_RAW: the caller writes the header, and the kernel its length, identification and checksum. */
	memcpy(packet + 20, &echo, sizeof(echo));
	CHECK(skiff_syscall(SYS_sendto, all, P(packet), sizeof(packet), 0, P(&to), sizeof(to)) == sizeof(packet));
	CHECK(skiff_syscall(SYS_sendto, all, P(packet), 10, 0, P(&to), sizeof(to)) == -EINVAL);
	packet[0] = 0x4f;
	CHECK(skiff_syscall(SYS_sendto, all, P(packet), sizeof(packet), 0, P(&to), sizeof(to)) == -EINVAL);
	CHECK(skiff_syscall(SYS_sendto, fd, P(packet), 70000, 0, P(&to), sizeof(to)) == -EMSGSIZE);
	CHECK(skiff_syscall(SYS_sendto, fd, P(packet), 8, 0, 0, 0) == -EDESTADDRREQ);
	CHECK(skiff_syscall(SYS_sendto, fd, P(packet), 8, MSG_OOB, P(&to), sizeof(to)) == -EOPNOTSUPP);
	CHECK(!skiff_syscall(SYS_connect, fd, P(&to), sizeof(to), 0, 0, 0));
	CHECK(skiff_syscall(SYS_write, fd, P(&echo), sizeof(echo), 0, 0, 0) == sizeof(echo));
	CHECK(!skiff_syscall(SYS_ioctl, fd, FIONREAD, P(&n), 0, 0, 0) && n >= 28);
	CHECK(!skiff_syscall(SYS_ioctl, fd, TIOCOUTQ, P(&n), 0, 0, 0));
	CHECK(skiff_syscall(SYS_recvfrom, fd, P(buf), 10, MSG_TRUNC, 0, 0) == 28);
	CHECK(skiff_syscall(SYS_recvfrom, fd, P(buf), sizeof(buf), MSG_OOB, 0, 0) == -EOPNOTSUPP);
	close_fd(fd);
	close_fd(all);
	/* A protocol of our own. */
	fd = sock(SOCK_RAW, 200);
	CHECK(skiff_syscall(SYS_sendto, fd, P("hello"), 5, 0, P(&to), sizeof(to)) == 5);
	CHECK(skiff_syscall(SYS_read, fd, P(buf), sizeof(buf), 0, 0, 0) == 25 && !memcmp(buf + 20, "hello", 5));
	close_fd(fd);
}

static void ping_sockets_own_the_identifier(void)
{
	struct sockaddr_in to = address("127.0.0.1", 0), me;
	long fd = sock(SOCK_DGRAM, IPPROTO_ICMP), other = sock(SOCK_DGRAM, IPPROTO_ICMP);
	struct icmphdr echo = { .type = ICMP_ECHO, .un.echo.id = 999, .un.echo.sequence = htons(3) }, reply;
	socklen_t len = sizeof(me);

	CHECK(!bind_to(fd, "127.0.0.1", 1234));
	CHECK(!set_int(other, SOL_SOCKET, SO_REUSEADDR, 0)); /* these are born with it */
	CHECK(bind_to(other, "127.0.0.1", 1234) == -EADDRINUSE);
	CHECK(bind_to(other, "99.9.9.9", 0) == -EADDRNOTAVAIL && bind_to(fd, "127.0.0.1", 1) == -EINVAL);
	CHECK(skiff_syscall(SYS_sendto, fd, P(&echo), sizeof(echo), 0, P(&to), sizeof(to)) == sizeof(echo));
	CHECK(skiff_syscall(SYS_read, fd, P(&reply), sizeof(reply), 0, 0, 0) == sizeof(reply));
	CHECK(reply.type == ICMP_ECHOREPLY && reply.un.echo.id == htons(1234) && reply.un.echo.sequence == htons(3));
	CHECK(!skiff_syscall(SYS_connect, other, P(&to), sizeof(to), 0, 0, 0));
	CHECK(!skiff_syscall(SYS_getsockname, other, P(&me), P(&len), 0, 0, 0) && me.sin_port);
	CHECK(skiff_syscall(SYS_write, other, P(&echo), sizeof(echo), 0, 0, 0) == sizeof(echo));
	CHECK(skiff_syscall(SYS_write, other, P(&echo), 4, 0, 0, 0) == -EINVAL);
	echo.type = ICMP_REDIRECT;
	CHECK(skiff_syscall(SYS_write, other, P(&echo), sizeof(echo), 0, 0, 0) == -EINVAL);
	echo.type = ICMP_ECHO;
	echo.code = 1;
	CHECK(skiff_syscall(SYS_write, other, P(&echo), sizeof(echo), 0, 0, 0) == -EINVAL);
	CHECK(skiff_syscall(SYS_sendto, other, P(&echo), 8, MSG_OOB, 0, 0) == -EOPNOTSUPP);
	echo.code = 0;
	CHECK(skiff_syscall(SYS_sendto, fd, P(&echo), 8, 0, 0, 0) == -EDESTADDRREQ);
	close_fd(fd);
	close_fd(other);
}

/* --- ioctls --- */

static long dev_ioctl(long fd, unsigned long cmd, struct ifreq *r)
{
	return skiff_syscall(SYS_ioctl, fd, (long)cmd, P(r), 0, 0, 0);
}

static void device_ioctls(void)
{
	struct ifreq r = { .ifr_name = "eth0" }, none = { .ifr_name = "eth7" };
	struct ifconf conf = { .ifc_len = 0 };
	struct ifreq table[8];
	long fd = sock(SOCK_DGRAM, 0);
	struct arpreq arp = { .arp_dev = "eth0" };
	struct sockaddr_in a = address("10.0.0.44", 0);

	CHECK(!dev_ioctl(fd, SIOCGIFINDEX, &r) && r.ifr_ifindex == 2);
	CHECK(!dev_ioctl(fd, SIOCGIFNAME, &r) && !strcmp(r.ifr_name, "eth0"));
	CHECK(!dev_ioctl(fd, SIOCGIFMTU, &r) && r.ifr_mtu == 1500);
	CHECK(!dev_ioctl(fd, SIOCGIFTXQLEN, &r) && !dev_ioctl(fd, SIOCGIFMETRIC, &r) && !dev_ioctl(fd, SIOCGIFMAP, &r));
	CHECK(!dev_ioctl(fd, SIOCGIFHWADDR, &r) && r.ifr_hwaddr.sa_family == ARPHRD_ETHER);
	CHECK(!dev_ioctl(fd, SIOCGIFADDR, &r) && !dev_ioctl(fd, SIOCGIFNETMASK, &r) && !dev_ioctl(fd, SIOCGIFBRDADDR, &r));
	CHECK(!dev_ioctl(fd, SIOCGIFDSTADDR, &r) && dev_ioctl(fd, SIOCGIFADDR, &none) == -ENODEV);
	CHECK(dev_ioctl(fd, SIOCGIFFLAGS, &none) == -ENODEV && dev_ioctl(fd, SIOCGIFFLAGS, (void *)16) == -EFAULT);
	CHECK(dev_ioctl(fd, SIOCSIFNAME, &r) < 0);
	memset(&r.ifr_addr, 0, sizeof(r.ifr_addr));
	CHECK(dev_ioctl(fd, SIOCSIFADDR, &r) == -EINVAL);
	((struct sockaddr_in *)&r.ifr_addr)->sin_family = AF_INET;
	((struct sockaddr_in *)&r.ifr_addr)->sin_addr.s_addr = inet_addr("255.0.255.0");
	CHECK(dev_ioctl(fd, SIOCSIFNETMASK, &r) == -EINVAL);
	CHECK(!skiff_syscall(SYS_ioctl, fd, SIOCGIFCONF, P(&conf), 0, 0, 0) && conf.ifc_len == 2 * sizeof(struct ifreq));
	conf = (struct ifconf){ .ifc_len = sizeof(table), .ifc_req = table };
	CHECK(!skiff_syscall(SYS_ioctl, fd, SIOCGIFCONF, P(&conf), 0, 0, 0) && !strcmp(table[0].ifr_name, "lo"));
	memcpy(&arp.arp_pa, &a, sizeof(a));
	CHECK(skiff_syscall(SYS_ioctl, fd, SIOCGARP, P(&arp), 0, 0, 0) == -ENXIO);
	arp.arp_flags = ATF_COM | ATF_PERM;
	arp.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(arp.arp_ha.sa_data, "\2\0\0\0\0\x44", 6);
	CHECK(!skiff_syscall(SYS_ioctl, fd, SIOCSARP, P(&arp), 0, 0, 0));
	memset(&arp.arp_ha, 0, sizeof(arp.arp_ha));
	CHECK(!skiff_syscall(SYS_ioctl, fd, SIOCGARP, P(&arp), 0, 0, 0));
	CHECK(!memcmp(arp.arp_ha.sa_data, "\2\0\0\0\0\x44", 6) && arp.arp_flags & ATF_COM);
	CHECK(!skiff_syscall(SYS_ioctl, fd, SIOCDARP, P(&arp), 0, 0, 0));
	CHECK(skiff_syscall(SYS_ioctl, fd, SIOCGARP, 16, 0, 0, 0) == -EFAULT);
	arp.arp_pa.sa_family = 99;
	CHECK(skiff_syscall(SYS_ioctl, fd, SIOCSARP, P(&arp), 0, 0, 0) < 0);
	CHECK(skiff_syscall(SYS_ioctl, fd, SIOCADDRT, 16, 0, 0, 0) == -EFAULT);
	CHECK(skiff_syscall(SYS_ioctl, fd, 0x4321, P(&arp), 0, 0, 0) == -ENOTTY);
	close_fd(fd);
}

static void stream_ioctls_and_peer(void *arg)
{
	struct sockaddr_in to = address("127.0.0.1", 7), who;
	long l = sock(SOCK_STREAM, 0), a = sock(SOCK_STREAM, 0), b;
	struct tcp_info info;
	struct timeval tv;
	char buf[32];
	socklen_t len = sizeof(who);
	int n;

	CHECK(!bind_to(l, "127.0.0.1", 7) && !skiff_syscall(SYS_listen, l, 3, 0, 0, 0, 0));
	CHECK(get_int(l, SOL_SOCKET, SO_ACCEPTCONN) == 1);
	CHECK(skiff_syscall(SYS_ioctl, l, FIONREAD, P(&n), 0, 0, 0) == -EINVAL);
	CHECK(!skiff_syscall(SYS_connect, a, P(&to), sizeof(to), 0, 0, 0));
	b = skiff_syscall(SYS_accept4, l, P(&who), P(&len), SOCK_NONBLOCK | SOCK_CLOEXEC, 0, 0);
	CHECK(b >= 0 && skiff_syscall(SYS_read, b, P(buf), 1, 0, 0, 0) == -EAGAIN);
	CHECK(set_int(a, IPPROTO_TCP, TCP_QUICKACK, 1) == 0 && set_int(a, IPPROTO_TCP, TCP_NODELAY, 1) == 0);
	CHECK(skiff_syscall(SYS_write, a, P("0123456789"), 10, 0, 0, 0) == 10);
	CHECK(skiff_syscall(SYS_sendto, a, P("!"), 1, MSG_OOB, 0, 0) == 1);
	CHECK(!skiff_syscall(SYS_ioctl, b, FIONREAD, P(&n), 0, 0, 0) && n == 10);
	CHECK(!skiff_syscall(SYS_ioctl, b, SIOCATMARK, P(&n), 0, 0, 0) && n == 0);
	CHECK(!skiff_syscall(SYS_ioctl, a, SIOCOUTQ, P(&n), 0, 0, 0) && !skiff_syscall(SYS_ioctl, a, SIOCOUTQNSD, P(&n), 0, 0, 0));
	CHECK(skiff_syscall(SYS_ioctl, b, SIOCGSTAMP, P(&tv), 0, 0, 0) <= 0);
	CHECK(skiff_syscall(SYS_ioctl, b, SIOCGSTAMP, P(&tv), 0, 0, 0) <= 0);
	CHECK(!set_int(b, IPPROTO_TCP, TCP_QUICKACK, 2));
	CHECK(skiff_syscall(SYS_recvfrom, b, P(buf), 10, MSG_PEEK, 0, 0) == 10);
	CHECK(skiff_syscall(SYS_read, b, P(buf), sizeof(buf), 0, 0, 0) == 10);
	CHECK(!skiff_syscall(SYS_ioctl, b, SIOCATMARK, P(&n), 0, 0, 0) && n == 1);
	CHECK(skiff_syscall(SYS_recvfrom, b, P(buf), 1, MSG_OOB, 0, 0) == 1 && buf[0] == '!');
	len = sizeof(who);
	CHECK(!get(a, SOL_SOCKET, SO_PEERNAME, &who, &len) && who.sin_port == htons(7));
	len = sizeof(info);
	CHECK(!get(a, IPPROTO_TCP, TCP_INFO, &info, &len) && info.tcpi_state == 1 && info.tcpi_snd_mss > 0);
	len = sizeof(buf);
	CHECK(!get(a, IPPROTO_TCP, TCP_CONGESTION, buf, &len) && !strncmp(buf, "cubic", 5));
	CHECK(!set(a, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) && set(a, IPPROTO_TCP, TCP_CONGESTION, "fish", 4) == -ENOENT);
	CHECK(get_int(a, IPPROTO_TCP, TCP_MAXSEG) > 1000 && set_int(a, IPPROTO_TCP, TCP_WINDOW_CLAMP, 0) == -EINVAL);
	CHECK(!set_int(a, IPPROTO_TCP, TCP_CORK, 1) && skiff_syscall(SYS_write, a, P("x"), 1, 0, 0, 0) == 1);
	CHECK(skiff_syscall(SYS_read, b, P(buf), 1, 0, 0, 0) == -EAGAIN);
	CHECK(!set_int(a, IPPROTO_TCP, TCP_CORK, 0) && skiff_syscall(SYS_read, b, P(buf), 1, 0, 0, 0) == 1);
	CHECK(!set_int(a, SOL_SOCKET, SO_KEEPALIVE, 1) && !set_int(a, IPPROTO_TCP, TCP_KEEPIDLE, 5));
	close_fd(a);
	close_fd(b);
	close_fd(l);
}

static void all(void *arg)
{
	int_options_read_as_they_were_set();
	socket_level_structs();
	ip_level_structs();
	groups_and_their_sources();
	control_messages_set_one_datagram_and_tell_of_it();
	too_little_room_for_control_is_told();
	errors_wait_in_their_queue();
	raw_sockets_see_and_make_whole_packets();
	ping_sockets_own_the_identifier();
	device_ioctls();
	stream_ioctls_and_peer(NULL);
	*(bool *)arg = true;
}

int main(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	bool done = false;
	char text[64];

	skiff_boot("ip=off skiff.seed=11");
	if (!skiff_port_new("eth0", mac, 1500))
		return 2;
	skiff_command("ip addr add 10.0.0.1/24 dev eth0", text, sizeof(text));
	skiff_command("ip link set eth0 up", text, sizeof(text));
	skiff_task_start(all, &done);
	skiff_run(skiff_now() + 600 * SECOND);
	CHECK(done);
	CHECK(skiff_warnings() == 0);
	return failures != 0;
}
