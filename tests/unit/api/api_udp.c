/* SPDX-License-Identifier: MIT */
/*
 * Datagrams over the loopback device as programs see them: large sends and receives (UDP_SEGMENT, UDP_GRO), groups that share
 * a port (SO_REUSEPORT) and their programs, many messages in a call, source filters. Each check is made twice, with this
 * machine's Linux and with Skiff, so that what is expected here is what Linux does.
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

static unsigned char bytes[70000];

/* ---- calls ---- */

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static long set(int fd, int level, int opt, int val)
{
	return CALL(SYS_setsockopt, fd, level, opt, &val, sizeof(val));
}

static long bind_(int fd, int port)
{
	struct sockaddr_in a = loopback(port);

	return CALL(SYS_bind, fd, &a, sizeof(a), 0, 0);
}

/* A socket at @port of the loopback address that nobody waits at for longer than five seconds. */
static int open_at(int type, int port, int reuseport)
{
	int fd = (int)CALL(SYS_socket, AF_INET, type, 0, 0, 0);
	struct timeval tv = { .tv_sec = 5 };

	CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (reuseport)
		is("SO_REUSEPORT", set(fd, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	is("bind", bind_(fd, port), 0);
	return fd;
}

static void close_(int fd)
{
	CALL(SYS_close, fd, 0, 0, 0, 0);
}

static long send_to(int fd, int port, size_t len, int flags)
{
	struct sockaddr_in a = loopback(port);

	return world->call(SYS_sendto, fd, (long)bytes, (long)len, flags, (long)&a, sizeof(a));
}

/* One datagram, and what a control message of UDP_GRO says (0: there is none). */
static long receive(int fd, int flags, int *gro)
{
	static unsigned char data[70000];
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	long n = CALL(SYS_recvmsg, fd, &m, flags, 0, 0);

	*gro = 0;
	if (n >= 0 && m.msg_controllen >= CMSG_LEN(sizeof(int)) && control.c.cmsg_level == SOL_UDP &&
	    control.c.cmsg_type == UDP_GRO)
		memcpy(gro, CMSG_DATA(&control.c), sizeof(int));
	return n;
}

static void expect(const char *what, int fd, long len, int gro)
{
	int said;

	is(what, receive(fd, 0, &said), len);
	is(what, said, gro);
}

static void expect_none(const char *what, int fd)
{
	int said;

	is(what, receive(fd, MSG_DONTWAIT, &said), -EAGAIN);
}

/* ---- large sends and receives ---- */

static void large(void)
{
	int a = open_at(SOCK_DGRAM, 7100, 0), b = open_at(SOCK_DGRAM, 7101, 0), i;

	is("UDP_SEGMENT", set(a, SOL_UDP, UDP_SEGMENT, 1000), 0);
	is("large send", send_to(a, 7101, 3500, 0), 3500);
	for (i = 0; i < 3; i++)
		expect("a whole one", b, 1000, 0);
	expect("the last one", b, 500, 0);
	expect_none("no more", b);
	is("UDP_GRO", set(b, SOL_UDP, UDP_GRO, 1), 0);
	is("large send", send_to(a, 7101, 3500, 0), 3500);
	expect("joined", b, 3500, 1000);
	is("small send", send_to(a, 7101, 1000, 0), 1000);
	expect("alone", b, 1000, 0);
	is("empty send", send_to(a, 7101, 0, 0), 0);
	expect("empty", b, 0, 0);
	is("begun", send_to(a, 7101, 700, MSG_MORE), 700);
	is("ended", send_to(a, 7101, 700, 0), 700);
	expect("gathered", b, 1400, 1000);
	is("too long", send_to(a, 7101, 65508, 0), -EMSGSIZE);
	is("1 byte each", set(a, SOL_UDP, UDP_SEGMENT, 1), 0);
	is("64 of them", send_to(a, 7101, 64, 0), 64);
	expect("64 of them", b, 64, 1);
	is("too many", send_to(a, 7101, 129, 0), -EINVAL); /* Linux since 6.6: more than 128 */
	is("SO_NO_CHECK", set(a, SOL_SOCKET, SO_NO_CHECK, 1), 0);
	is("without a checksum", send_to(a, 7101, 10, 0), -EINVAL);
	is("no UDP_SEGMENT", set(a, SOL_UDP, UDP_SEGMENT, 0), 0);
	is("without a checksum", send_to(a, 7101, 10, 0), 10);
	expect("without a checksum", b, 10, 0);
	is("L2TP", set(b, SOL_UDP, UDP_ENCAP, 3), 0);
	is("as before", send_to(a, 7101, 10, 0), 10);
	expect("as before", b, 10, 0);
	close_(a);
	close_(b);
}

/* ---- groups ---- */

static const struct sock_filter first_byte[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_A, 0) };
static const struct sock_filter always_1[] = { BPF_STMT(BPF_RET | BPF_K, 1) };
static const struct sock_filter bad[] = { BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_LD | BPF_IMM, 1) };

static long attach(int fd, const struct sock_filter *insns, size_t n)
{
	struct sock_fprog prog = { (unsigned short)n, (struct sock_filter *)insns };

	return CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof(prog));
}

static void udp_group(void)
{
	int fd[3], sender = open_at(SOCK_DGRAM, 7200, 0), i, k, said, got = 0;

	for (i = 0; i < 3; i++)
		fd[i] = open_at(SOCK_DGRAM, 7201, 1);
	is("program of a socket in no group", attach(sender, first_byte, 2), -EINVAL);
	is("bad program", attach(fd[1], bad, 2), -EINVAL);
	is("detach none", set(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0), -ENOENT);
	is("detach in no group", set(sender, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0), -EINVAL);
	is("program", attach(fd[1], first_byte, 2), 0);
	for (i = 0; i < 3; i++) {
		bytes[0] = (unsigned char)i;
		is("send", send_to(sender, 7201, 10 + (size_t)i, 0), 10 + i);
	}
	for (i = 0; i < 3; i++) {
		expect("whose turn it is", fd[i], 10 + i, 0);
		expect_none("nobody else's", fd[i]);
	}
	bytes[0] = 200; /* nobody's: the hash says */
	is("send", send_to(sender, 7201, 20, 0), 20);
	for (i = 0; i < 3; i++)
		got += receive(fd[i], MSG_DONTWAIT, &said) == 20;
	is("somebody's", got, 1);
	/* Who leaves makes room for the last. */
	close_(fd[0]);
	bytes[0] = 0;
	is("send", send_to(sender, 7201, 30, 0), 30);
	expect("the last is the first now", fd[2], 30, 0);
	/* One that has a peer gets that one's datagrams, whatever the program says. */
	{
		struct sockaddr_in a = loopback(7200);

		is("connect", CALL(SYS_connect, fd[1], &a, sizeof(a), 0, 0), 0);
	}
	is("send", send_to(sender, 7201, 31, 0), 31);
	expect("the connected one's", fd[1], 31, 0);
	is("detach", set(fd[2], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0), 0);
	is("detach again", set(fd[2], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0), -ENOENT);
	for (k = 1; k < 3; k++)
		close_(fd[k]);
	close_(sender);
}

static void early_program(void)
{
	int a = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0, 0, 0), b, sender = open_at(SOCK_DGRAM, 7210, 0);

	is("not asked for", attach(a, always_1, 1), -EINVAL);
	is("SO_REUSEPORT", set(a, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	is("before the port", attach(a, always_1, 1), 0);
	is("bind", bind_(a, 7211), 0);
	b = open_at(SOCK_DGRAM, 7211, 1);
	is("send", send_to(sender, 7211, 9, 0), 9);
	expect("the second", b, 9, 0);
	close_(a);
	close_(b);
	close_(sender);
}

static void tcp_group(void)
{
	struct sockaddr_in a = loopback(7220);
	int fd[3], client, child, i;

	for (i = 0; i < 3; i++) {
		fd[i] = open_at(SOCK_STREAM, 7220, 1);
		is("listen", CALL(SYS_listen, fd[i], 5, 0, 0, 0), 0);
	}
	is("program", attach(fd[0], always_1, 1), 0);
	for (i = 0; i < 4; i++) {
		client = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0);
		is("connect", CALL(SYS_connect, client, &a, sizeof(a), 0, 0), 0);
		child = (int)CALL(SYS_accept4, fd[1], 0, 0, 0, 0);
		is("the second accepts", child >= 0, 1);
		close_(child);
		close_(client);
	}
	for (i = 0; i < 3; i++)
		close_(fd[i]);
}

/* ---- groups of packet sockets ---- */

static long fanout(int fd, int id, int type)
{
	return set(fd, SOL_PACKET, PACKET_FANOUT, id | type << 16);
}

/* A packet socket that sees what arrives at the loopback device. */
static int open_packet(void)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1 };
	int fd = (int)CALL(SYS_socket, AF_PACKET, SOCK_DGRAM, 0, 0, 0);

	is("bind to lo", CALL(SYS_bind, fd, &sll, sizeof(sll), 0, 0), 0);
	return fd;
}

/* Datagrams that @fd has got. */
static int count(int fd)
{
	int n = 0, said;

	while (receive(fd, MSG_DONTWAIT, &said) >= 0)
		n++;
	return n;
}

static void packet_group(void)
{
	static const struct sock_fprog prog = { 1, (struct sock_filter *)always_1 };
	int a = open_packet(), b = open_packet(), c = open_packet(), sender = open_at(SOCK_DGRAM, 7230, 0), i;
	int receiver = open_at(SOCK_DGRAM, 7231, 0);
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = 1 };

	is("unknown type", fanout(a, 7, 99), -EINVAL);
	is("in turn", fanout(a, 7, PACKET_FANOUT_LB), 0);
	is("again", fanout(a, 7, PACKET_FANOUT_LB), -EALREADY);
	is("of another type", fanout(b, 7, PACKET_FANOUT_HASH), -EINVAL);
	is("the second", fanout(b, 7, PACKET_FANOUT_LB), 0);
	is("bind of a member", CALL(SYS_bind, a, &sll, sizeof(sll), 0, 0), -EINVAL);
	is("a program of turns", CALL(SYS_setsockopt, a, SOL_PACKET, PACKET_FANOUT_DATA, &prog, sizeof(prog)), -EINVAL);
	for (i = 0; i < 6; i++)
		is("send", send_to(sender, 7231, 20, 0), 20);
	is("half of it", count(a), 3);
	is("the other half", count(b), 3);
	is("all of it", count(c), 6);
	close_(a);
	is("send", send_to(sender, 7231, 20, 0), 20);
	is("alone", count(b), 1);
	close_(b);
	is("by a program", fanout(c, 8, PACKET_FANOUT_CBPF), 0);
	a = open_packet();
	is("by a program", fanout(a, 8, PACKET_FANOUT_CBPF), 0);
	is("the program", CALL(SYS_setsockopt, a, SOL_PACKET, PACKET_FANOUT_DATA, &prog, sizeof(prog)), 0);
	count(c);
	for (i = 0; i < 3; i++)
		is("send", send_to(sender, 7231, 20, 0), 20);
	is("all to the second", count(a), 3);
	is("none to the first", count(c), 0);
	close_(a);
	close_(c);
	close_(sender);
	close_(receiver);
}

/* ---- many messages in a call ---- */

static void many(void)
{
	int a = open_at(SOCK_DGRAM, 7300, 0), b = open_at(SOCK_DGRAM, 7301, 0), i;
	struct sockaddr_in to = loopback(7301);
	struct iovec iov[4];
	struct mmsghdr m[4];

	memset(m, 0, sizeof(m));
	for (i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ bytes, 100 + (size_t)i };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	is("sendmmsg", CALL(SYS_sendmmsg, a, m, 4, 0, 0), 4);
	is("its length", m[3].msg_len, 103);
	for (i = 0; i < 4; i++) {
		iov[i].iov_len = 1000;
		m[i].msg_hdr.msg_name = NULL;
		m[i].msg_len = 0;
	}
	is("recvmmsg of 2", CALL(SYS_recvmmsg, b, m, 2, 0, 0), 2);
	is("the first", m[0].msg_len, 100);
	is("the second", m[1].msg_len, 101);
	is("recvmmsg, as many as there are", CALL(SYS_recvmmsg, b, m, 4, MSG_WAITFORONE, 0), 2);
	is("the third", m[0].msg_len, 102);
	is("recvmmsg of nothing", CALL(SYS_recvmmsg, b, m, 4, MSG_DONTWAIT, 0), -EAGAIN);
	/* What fails in the middle ends it; what fails first is the answer. */
	for (i = 0; i < 4; i++) {
		m[i].msg_hdr.msg_name = &to;
		iov[i].iov_len = i == 2 ? 65600 : 10;
	}
	is("two before the one that is too long", CALL(SYS_sendmmsg, a, m, 4, 0, 0), 2);
	is("the one that is too long", CALL(SYS_sendmmsg, a, m + 2, 2, 0, 0), -EMSGSIZE);
	is("none", CALL(SYS_sendmmsg, a, m, 0, 0, 0), 0);
	close_(a);
	close_(b);
}

/* ---- ports of one's own range ---- */

static void port_range(void)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	unsigned int i;

	for (i = 0; i < COUNT(types); i++) {
		int fd = (int)CALL(SYS_socket, AF_INET, types[i], 0, 0, 0);
		struct sockaddr_in a;
		socklen_t len = sizeof(a);

		if (set(fd, SOL_IP, IP_LOCAL_PORT_RANGE, (int)(40010u << 16 | 40005)) == -ENOPROTOOPT) {
			close_(fd); /* a Linux before 6.3 */
			return;
		}
		is("bind", bind_(fd, 0), 0);
		is("getsockname", CALL(SYS_getsockname, fd, &a, &len, 0, 0), 0);
		is("in the range", ntohs(a.sin_port) >= 40005 && ntohs(a.sin_port) <= 40010, 1);
		close_(fd);
	}
}

/* ---- source filters ---- */

#define GROUP	inet_addr("225.0.0.1")
#define SRC(n)	(htonl(0x0a000000 + (n)))

static void source_filters(void)
{
	struct {
		struct ip_msfilter f;
		struct in_addr more[10];
	} msf;
	union {
		struct group_filter f;
		char room[GROUP_FILTER_SIZE(4)];
	} gf;
	struct ip_mreqn mreq = { { GROUP }, { 0 }, 1 };
	struct group_source_req gsr = { .gsr_interface = 1 };
	int fd = open_at(SOCK_DGRAM, 7400, 0);
	socklen_t len;

	memset(&msf, 0, sizeof(msf));
	msf.f.imsf_multiaddr.s_addr = GROUP;
	msf.f.imsf_interface.s_addr = htonl(INADDR_LOOPBACK);
	msf.f.imsf_fmode = MCAST_INCLUDE;
	msf.f.imsf_numsrc = 2;
	msf.f.imsf_slist[0].s_addr = SRC(1);
	msf.more[0].s_addr = SRC(2);
	is("filter of no member", CALL(SYS_setsockopt, fd, SOL_IP, IP_MSFILTER, &msf, IP_MSFILTER_SIZE(2)), -EINVAL);
	is("join", CALL(SYS_setsockopt, fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	is("filter", CALL(SYS_setsockopt, fd, SOL_IP, IP_MSFILTER, &msf, IP_MSFILTER_SIZE(2)), 0);
	is("too short", CALL(SYS_setsockopt, fd, SOL_IP, IP_MSFILTER, &msf, IP_MSFILTER_SIZE(1)), -EINVAL);
	msf.f.imsf_numsrc = 11;
	is("too many", CALL(SYS_setsockopt, fd, SOL_IP, IP_MSFILTER, &msf, sizeof(msf)), -ENOBUFS);
	msf.f.imsf_numsrc = 1; /* room for one of the two */
	len = sizeof(msf);
	is("read back", CALL(SYS_getsockopt, fd, SOL_IP, IP_MSFILTER, &msf, &len), 0);
	is("its length", len, IP_MSFILTER_SIZE(1));
	is("its mode", msf.f.imsf_fmode, MCAST_INCLUDE);
	is("how many there are", msf.f.imsf_numsrc, 2);
	is("the first", msf.f.imsf_slist[0].s_addr, SRC(1));
	/* The same in the form that names the device by its index. */
	memset(&gf, 0, sizeof(gf));
	gf.f.gf_interface = 1;
	((struct sockaddr_in *)&gf.f.gf_group)->sin_family = AF_INET;
	((struct sockaddr_in *)&gf.f.gf_group)->sin_addr.s_addr = GROUP;
	gf.f.gf_numsrc = 4;
	len = sizeof(gf);
	is("read back as a group's", CALL(SYS_getsockopt, fd, SOL_IP, MCAST_MSFILTER, &gf, &len), 0);
	is("its length", len, GROUP_FILTER_SIZE(2));
	is("its mode", gf.f.gf_fmode, MCAST_INCLUDE);
	is("how many there are", gf.f.gf_numsrc, 2);
	is("the second", ((struct sockaddr_in *)&gf.f.gf_slist[1])->sin_addr.s_addr, SRC(2));
	gf.f.gf_fmode = MCAST_EXCLUDE;
	gf.f.gf_numsrc = 1;
	is("all but one", CALL(SYS_setsockopt, fd, SOL_IP, MCAST_MSFILTER, &gf, GROUP_FILTER_SIZE(1)), 0);
	memcpy(&gsr.gsr_group, &gf.f.gf_group, sizeof(gsr.gsr_group));
	memcpy(&gsr.gsr_source, &gf.f.gf_slist[0], sizeof(gsr.gsr_source));
	is("block again", CALL(SYS_setsockopt, fd, SOL_IP, MCAST_BLOCK_SOURCE, &gsr, sizeof(gsr)), -EADDRNOTAVAIL);
	is("unblock", CALL(SYS_setsockopt, fd, SOL_IP, MCAST_UNBLOCK_SOURCE, &gsr, sizeof(gsr)), 0);
	is("unblock again", CALL(SYS_setsockopt, fd, SOL_IP, MCAST_UNBLOCK_SOURCE, &gsr, sizeof(gsr)), -EADDRNOTAVAIL);
	gf.f.gf_fmode = MCAST_INCLUDE;
	gf.f.gf_numsrc = 0;
	is("from nobody", CALL(SYS_setsockopt, fd, SOL_IP, MCAST_MSFILTER, &gf, GROUP_FILTER_SIZE(0)), 0);
	is("no member any more", CALL(SYS_setsockopt, fd, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)), -EADDRNOTAVAIL);
	close_(fd);
}

static void run(void *unused)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_MULTICAST };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0, 0, 0);

	is("lo up", CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo, 0, 0), 0);
	close_(fd);
	large();
	udp_group();
	early_program();
	tcp_group();
	packet_group();
	many();
	port_range();
	source_filters();
}

int main(void)
{
	world = &worlds[SKIFF];
	skiff_boot("");
	skiff_task_start(run, NULL);
	skiff_run(skiff_now() + 100000000000ull);
	world = &worlds[LINUX];
	if (geteuid() || unshare(CLONE_NEWNET))
		printf("no namespace may be made here: not compared with Linux\n");
	else
		run(NULL);
	return failures || skiff_warnings();
}
