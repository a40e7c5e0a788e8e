/* SPDX-License-Identifier: MIT */
/* Packet sockets and socket filters through the system calls: packet(7), SO_ATTACH_FILTER of socket(7). Where this machine's
 * Linux lets us, filters of random instructions are judged and run by both kernels. */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define P(p) ((long)(p))
#define CALL(nr, ...) skiff_syscall(SYS_##nr, __VA_ARGS__)

#define CHECK(cond)                                                                              \
	do {                                                                                     \
		if (!(cond)) {                                                                   \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			failures++;                                                              \
		}                                                                                \
	} while (0)

static int failures;
static struct skiff_port *port;
static const unsigned char our_mac[6] = { 2, 0, 0, 0, 0, 1 }, peer_mac[6] = { 2, 0, 0, 0, 0, 2 };

/* --- calls --- */

static long packet_socket(int type, int proto)
{
	long fd = CALL(socket, AF_PACKET, type | SOCK_NONBLOCK, htons((unsigned short)proto), 0, 0, 0);

	CHECK(fd >= 0);
	return fd;
}

static long set(long fd, int level, int opt, const void *val, size_t len)
{
	return CALL(setsockopt, fd, level, opt, P(val), (long)len, 0);
}

static long get(long fd, int level, int opt, void *val, socklen_t *len)
{
	return CALL(getsockopt, fd, level, opt, P(val), P(len), 0);
}

static long attach(long fd, struct sock_filter *insns, unsigned short n)
{
	struct sock_fprog prog = { n, insns };

	return set(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

static long receive(long fd, void *buf, size_t cap, int flags, struct sockaddr_ll *from)
{
	socklen_t len = sizeof(*from);

	return CALL(recvfrom, fd, P(buf), (long)cap, flags, P(from), P(from ? &len : NULL));
}

static void close_fd(long fd)
{
	CHECK(CALL(close, fd, 0, 0, 0, 0, 0) == 0);
}

static void wait_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	CHECK(!CALL(nanosleep, P(&ts), 0, 0, 0, 0, 0));
}

/* eth0 up or down, as `ip link` does it. */
static void set_link(bool up)
{
	struct ifreq ifr = { .ifr_name = "eth0" };
	long fd = CALL(socket, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);

	CHECK(!CALL(ioctl, fd, SIOCGIFFLAGS, P(&ifr), 0, 0, 0));
	ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	CHECK(!CALL(ioctl, fd, SIOCSIFFLAGS, P(&ifr), 0, 0, 0));
	close_fd(fd);
}

/* A frame of @len bytes arrives: its own protocol, so that nobody else wants it. */
static size_t give(size_t len, int proto, const unsigned char *to, unsigned char *frame)
{
	memcpy(frame, to, 6);
	memcpy(frame + 6, peer_mac, 6);
	frame[12] = (unsigned char)(proto >> 8);
	frame[13] = (unsigned char)proto;
	for (size_t i = 14; i < len; i++)
		frame[i] = (unsigned char)(i * 7 + len);
	skiff_port_give(port, frame, len);
	wait_ms(1);
	return len;
}

/* --- packet(7) --- */

static void raw_sees_the_frame_and_who_it_is_from(void)
{
	unsigned char frame[200], got[300];
	struct sockaddr_ll from;
	long fd = packet_socket(SOCK_RAW, ETH_P_ALL);
	int eth0 = 2;

	CHECK(give(100, 0x88b5, our_mac, frame) == 100);
	CHECK(receive(fd, got, sizeof(got), 0, &from) == 100 && !memcmp(got, frame, 100));
	CHECK(from.sll_family == AF_PACKET && from.sll_protocol == htons(0x88b5) && from.sll_ifindex == eth0);
	CHECK(from.sll_hatype == 1 && from.sll_pkttype == PACKET_HOST && from.sll_halen == 6);
	CHECK(!memcmp(from.sll_addr, peer_mac, 6));
	give(60, 0x88b5, (const unsigned char *)"\xff\xff\xff\xff\xff\xff", frame);
	CHECK(receive(fd, got, 10, MSG_PEEK | MSG_TRUNC, &from) == 60 && from.sll_pkttype == PACKET_BROADCAST);
	CHECK(receive(fd, got, 10, 0, &from) == 10 && receive(fd, got, 10, 0, &from) == -EAGAIN);
	CHECK(receive(fd, got, 10, MSG_OOB, NULL) == -EINVAL);
	close_fd(fd);
}

static void cooked_sees_what_is_behind_the_header(void)
{
	unsigned char frame[200], got[300];
	struct sockaddr_ll from;
	long fd = packet_socket(SOCK_DGRAM, 0x88b5);

	give(100, 0x88b6, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, &from) == -EAGAIN);
	give(100, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, &from) == 86 && !memcmp(got, frame + 14, 86));
	CHECK(!memcmp(from.sll_addr, peer_mac, 6) && from.sll_protocol == htons(0x88b5));
	close_fd(fd);
}

/* Two taps and the stack share one packet: each sees it whole. */
static void taps_do_not_disturb_each_other_or_the_stack(void)
{
	long raw = packet_socket(SOCK_RAW, ETH_P_ALL), cooked = packet_socket(SOCK_DGRAM, ETH_P_ALL),
	     ip = packet_socket(SOCK_RAW, ETH_P_IP), udp = CALL(socket, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);
	struct sockaddr_in lo = { .sin_family = AF_INET, .sin_port = htons(4000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	unsigned char got[300];
	struct sockaddr_ll from;

	CHECK(!CALL(bind, udp, P(&lo), sizeof(lo), 0, 0, 0));
	CHECK(CALL(sendto, udp, P("hello"), 5, 0, P(&lo), sizeof(lo)) == 5);
	wait_ms(1);
	CHECK(CALL(recvfrom, udp, P(got), sizeof(got), 0, 0, 0) == 5 && !memcmp(got, "hello", 5));
	CHECK(receive(raw, got, sizeof(got), 0, &from) == 47 && from.sll_pkttype == PACKET_OUTGOING && got[14] == 0x45);
	CHECK(receive(raw, got, sizeof(got), 0, &from) == 47 && from.sll_pkttype == PACKET_HOST && got[14] == 0x45);
	CHECK(!memcmp(got + 42, "hello", 5));
	CHECK(receive(cooked, got, sizeof(got), 0, &from) == 33 && got[0] == 0x45 && !memcmp(got + 28, "hello", 5));
	CHECK(receive(cooked, got, sizeof(got), 0, &from) == 33 && got[0] == 0x45);
	CHECK(receive(ip, got, sizeof(got), 0, &from) == 47 && from.sll_pkttype == PACKET_HOST);
	CHECK(receive(ip, got, sizeof(got), 0, &from) == -EAGAIN);
	close_fd(raw);
	close_fd(cooked);
	close_fd(ip);
	close_fd(udp);
}

static void binding_chooses_device_and_protocol(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = 1 };
	unsigned char frame[100], got[100];
	long fd = packet_socket(SOCK_RAW, 0);
	socklen_t len = sizeof(at);

	give(60, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == -EAGAIN); /* protocol 0: nothing yet */
	CHECK(!CALL(bind, fd, P(&at), sizeof(at), 0, 0, 0));
	give(60, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == -EAGAIN); /* lo's only */
	at.sll_ifindex = 2;
	CHECK(!CALL(bind, fd, P(&at), sizeof(at), 0, 0, 0));
	give(60, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == 60);
	memset(&at, 0, sizeof(at));
	CHECK(!CALL(getsockname, fd, P(&at), P(&len), 0, 0, 0) && len == 18);
	CHECK(at.sll_ifindex == 2 && at.sll_protocol == htons(0x88b5) && at.sll_halen == 6 && !memcmp(at.sll_addr, our_mac, 6));
	CHECK(CALL(getpeername, fd, P(&at), P(&len), 0, 0, 0) == -EOPNOTSUPP);
	at.sll_ifindex = 77;
	CHECK(CALL(bind, fd, P(&at), sizeof(at), 0, 0, 0) == -ENODEV);
	CHECK(CALL(bind, fd, P(&at), sizeof(at) - 1, 0, 0, 0) == -EINVAL);
	at.sll_family = AF_INET;
	CHECK(CALL(bind, fd, P(&at), sizeof(at), 0, 0, 0) == -EINVAL);
	CHECK(CALL(connect, fd, P(&at), sizeof(at), 0, 0, 0) == -EOPNOTSUPP && CALL(listen, fd, 1, 0, 0, 0, 0) == -EOPNOTSUPP);
	CHECK(CALL(shutdown, fd, SHUT_RD, 0, 0, 0, 0) == -EOPNOTSUPP);
	CHECK(CALL(socket, AF_PACKET, SOCK_STREAM, 0, 0, 0, 0) == -ESOCKTNOSUPPORT);
	close_fd(fd);
}

static void frames_are_sent_as_given_or_with_a_header_made(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = 2, .sll_halen = 6 };
	unsigned char frame[2000] = { 0 }, got[2000];
	long raw = packet_socket(SOCK_RAW, 0), cooked = packet_socket(SOCK_DGRAM, 0), tap = packet_socket(SOCK_RAW, ETH_P_ALL);
	struct sockaddr_ll from;

	while (skiff_port_take(port, got, sizeof(got), NULL))
		;
	memcpy(to.sll_addr, peer_mac, 6);
	memcpy(frame, peer_mac, 6);
	memcpy(frame + 6, "\2\2\2\2\2\2", 6); /* anybody's */
	memcpy(frame + 12, "\x88\xb6", 2);
	CHECK(CALL(sendto, raw, P(frame), 60, 0, P(&to), sizeof(to)) == 60);
	CHECK(skiff_port_take(port, got, sizeof(got), NULL) == 60 && !memcmp(got, frame, 60));
	CHECK(receive(tap, got, sizeof(got), 0, &from) == 60 && from.sll_pkttype == PACKET_OUTGOING);
	CHECK(CALL(sendto, cooked, P("data"), 4, 0, P(&to), sizeof(to)) == 4);
	CHECK(skiff_port_take(port, got, sizeof(got), NULL) >= 18 && !memcmp(got, peer_mac, 6) && !memcmp(got + 6, our_mac, 6));
	CHECK(!memcmp(got + 12, "\x88\xb5", 2) && !memcmp(got + 14, "data", 4));
	CHECK(CALL(sendto, raw, P(frame), 1514, 0, P(&to), sizeof(to)) == 1514);
	CHECK(CALL(sendto, raw, P(frame), 1515, 0, P(&to), sizeof(to)) == -EMSGSIZE);
	memcpy(frame + 12, "\x81\x00", 2); /* a tag may stand out */
	CHECK(CALL(sendto, raw, P(frame), 1518, 0, P(&to), sizeof(to)) == 1518);
	CHECK(CALL(sendto, raw, P(frame), 1519, 0, P(&to), sizeof(to)) == -EMSGSIZE);
	CHECK(CALL(sendto, raw, P(frame), 13, 0, P(&to), sizeof(to)) == -EINVAL);
	CHECK(CALL(sendto, cooked, P(frame), 1501, 0, P(&to), sizeof(to)) == -EMSGSIZE);
	CHECK(CALL(sendto, raw, P(frame), 60, 0, 0, 0) == -ENXIO);
	CHECK(CALL(sendto, raw, P(frame), 60, 0, P(&to), sizeof(to) - 1) == -EINVAL);
	CHECK(CALL(sendto, raw, P(frame), 60, MSG_OOB, P(&to), sizeof(to)) == 60);
	CHECK(CALL(sendto, raw, -4096, 60, 0, P(&to), sizeof(to)) == -EFAULT);
	to.sll_ifindex = 9;
	CHECK(CALL(sendto, raw, P(frame), 60, 0, P(&to), sizeof(to)) == -ENXIO);
	close_fd(raw);
	close_fd(cooked);
	close_fd(tap);
}

/* main() looks in the log whether the device was opened once and closed once. */
static void memberships_open_the_device_and_close_it_again(void)
{
	struct packet_mreq mreq = { .mr_ifindex = 2, .mr_type = PACKET_MR_PROMISC };
	long fd = packet_socket(SOCK_RAW, 0), other = packet_socket(SOCK_RAW, 0), proc;
	char text[400] = { 0 };

	CHECK(!set(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	CHECK(!set(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	CHECK(!set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	CHECK(!set(fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq)));
	CHECK(!set(other, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq)));
	CHECK(!set(other, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq))); /* not there, as asked */
	mreq.mr_type = PACKET_MR_MULTICAST;
	CHECK(set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)) == -EINVAL); /* no address */
	mreq.mr_alen = 6;
	memcpy(mreq.mr_address, "\1\0\x5e\1\2\3", 6);
	CHECK(!set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	proc = CALL(open, P("/proc/net/dev_mcast"), 0, 0, 0, 0, 0);
	CHECK(proc >= 0 && CALL(read, proc, P(text), sizeof(text) - 1, 0, 0, 0) > 0 && strstr(text, "01005e010203"));
	close_fd(proc);
	mreq.mr_type = 99;
	CHECK(set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)) == -EINVAL);
	mreq.mr_ifindex = 9;
	CHECK(set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)) == -ENODEV);
	CHECK(set(other, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, 4) == -EINVAL);
	close_fd(fd); /* what they hold goes with them */
	close_fd(other);
	proc = CALL(open, P("/proc/net/dev_mcast"), 0, 0, 0, 0, 0);
	memset(text, 0, sizeof(text));
	CHECK(CALL(read, proc, P(text), sizeof(text) - 1, 0, 0, 0) > 0 && !strstr(text, "01005e010203"));
	close_fd(proc);
}

static void statistics_count_what_came_and_what_had_no_room(void)
{
	unsigned char frame[1500], got[1500];
	struct tpacket_stats st;
	socklen_t len = sizeof(st);
	long fd = packet_socket(SOCK_RAW, 0x88b5), n = 0;
	int small = 1, i;

	CHECK(!set(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	for (i = 0; i < 20; i++)
		give(1400, 0x88b5, our_mac, frame);
	while (receive(fd, got, sizeof(got), 0, NULL) == 1400)
		n++;
	CHECK(!get(fd, SOL_PACKET, PACKET_STATISTICS, &st, &len) && len == sizeof(st));
	CHECK(n > 0 && n < 20 && st.tp_packets == 20 && st.tp_drops == 20 - (unsigned int)n);
	CHECK(!get(fd, SOL_PACKET, PACKET_STATISTICS, &st, &len) && !st.tp_packets && !st.tp_drops);
	close_fd(fd);
}

static void auxdata_tells_how_long_it_was(void)
{
	struct sock_filter first_40[] = { BPF_STMT(BPF_RET | BPF_K, 40) };
	union {
		struct cmsghdr h;
		char bytes[128];
	} control;
	unsigned char frame[100], got[100];
	struct iovec vec = { got, sizeof(got) };
	struct msghdr m = { .msg_iov = &vec, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct tpacket_auxdata *aux = (struct tpacket_auxdata *)CMSG_DATA(&control.h);
	long fd = packet_socket(SOCK_RAW, 0x88b5);
	int on = 1;
	socklen_t len = sizeof(on);

	CHECK(!set(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) && !attach(fd, first_40, 1));
	CHECK(!get(fd, SOL_PACKET, PACKET_AUXDATA, &on, &len) && on == 1);
	give(100, 0x88b5, our_mac, frame);
	CHECK(CALL(recvmsg, fd, P(&m), 0, 0, 0, 0) == 40 && control.h.cmsg_level == SOL_PACKET);
	CHECK(control.h.cmsg_type == PACKET_AUXDATA && aux->tp_len == 100 && aux->tp_snaplen == 40 && aux->tp_net == 14);
	CHECK(set(fd, SOL_PACKET, PACKET_RECV_OUTPUT, &on, sizeof(on)) == -ENOPROTOOPT);
	CHECK(get(fd, SOL_PACKET, 1000, &on, &len) == -ENOPROTOOPT);
	close_fd(fd);
}

static void a_device_that_goes_down_is_told(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = 2 };
	unsigned char frame[100], got[100];
	long fd = packet_socket(SOCK_RAW, 0), late;

	CHECK(!CALL(bind, fd, P(&at), sizeof(at), 0, 0, 0));
	set_link(false);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == -ENETDOWN && receive(fd, got, sizeof(got), 0, NULL) == -EAGAIN);
	CHECK(CALL(sendto, fd, P(frame), 60, 0, 0, 0) == -ENETDOWN);
	late = packet_socket(SOCK_RAW, 0);
	CHECK(!CALL(bind, late, P(&at), sizeof(at), 0, 0, 0) && receive(late, got, sizeof(got), 0, NULL) == -ENETDOWN);
	set_link(true);
	give(60, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == 60 && receive(late, got, sizeof(got), 0, NULL) == 60);
	close_fd(fd);
	close_fd(late);
}

/* --- socket filters --- */

static void filters_choose_and_cut(void)
{
	struct sock_filter big[] = { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 80, 0, 1),
				     BPF_STMT(BPF_RET | BPF_K, 70), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_filter about[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
				       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x88b5, 0, 3),
				       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + SKF_AD_IFINDEX)),
				       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1), BPF_STMT(BPF_RET | BPF_K, 1000),
				       BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_filter read_back[8];
	unsigned char frame[200], got[200];
	long fd = packet_socket(SOCK_RAW, 0x88b5);
	int one = 1, zero = 0;
	socklen_t len = 0;

	CHECK(set(fd, SOL_SOCKET, SO_DETACH_FILTER, &zero, sizeof(zero)) == -ENOENT);
	CHECK(!attach(fd, big, 4));
	give(80, 0x88b5, our_mac, frame);
	give(81, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == 70 && receive(fd, got, sizeof(got), 0, NULL) == -EAGAIN);
	CHECK(get(fd, SOL_SOCKET, SO_GET_FILTER, read_back, &len) == 0 && len == 4);
	len = 3;
	CHECK(get(fd, SOL_SOCKET, SO_GET_FILTER, read_back, &len) == -EINVAL);
	len = 8;
	CHECK(!get(fd, SOL_SOCKET, SO_GET_FILTER, read_back, &len) && len == 4 && !memcmp(read_back, big, sizeof(big)));
	CHECK(!attach(fd, about, 6));
	give(60, 0x88b5, our_mac, frame);
	CHECK(receive(fd, got, sizeof(got), 0, NULL) == 60);
	CHECK(!set(fd, SOL_SOCKET, SO_LOCK_FILTER, &one, sizeof(one)));
	CHECK(set(fd, SOL_SOCKET, SO_DETACH_FILTER, &zero, sizeof(zero)) == -EPERM && attach(fd, big, 4) == -EPERM);
	CHECK(set(fd, SOL_SOCKET, SO_LOCK_FILTER, &zero, sizeof(zero)) == -EPERM);
	close_fd(fd);
	fd = packet_socket(SOCK_RAW, 0);
	CHECK(attach(fd, NULL, 4) == -EINVAL && attach(fd, (void *)-4096l, 4) == -EFAULT && attach(fd, big, 0) == -EINVAL);
	CHECK(attach(fd, big, 5000) == -EINVAL && set(fd, SOL_SOCKET, SO_ATTACH_FILTER, big, 8) == -EINVAL);
	close_fd(fd);
}

/* The filter of a UDP socket sees the datagram from its UDP header on; that of a listener is its children's too. */
static void filters_of_inet_sockets(void)
{
	struct sock_filter from_9[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
					BPF_STMT(BPF_RET | BPF_K, 10), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_filter no_data[] = { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 60, 0, 1),
					 BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0xffff) };
	struct sockaddr_in lo = { .sin_family = AF_INET, .sin_port = htons(4000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long udp = CALL(socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0, 0, 0, 0), tcp, child, client;
	unsigned char got[100] = { 0 };

	CHECK(!CALL(bind, udp, P(&lo), sizeof(lo), 0, 0, 0) && !attach(udp, from_9, 4));
	CHECK(CALL(sendto, udp, P("no"), 2, 0, P(&lo), sizeof(lo)) == 2 && CALL(sendto, udp, P("yes"), 3, 0, P(&lo), sizeof(lo)) == 3);
	wait_ms(1);
	CHECK(CALL(recvfrom, udp, P(got), sizeof(got), 0, 0, 0) == 2 && !memcmp(got, "ye", 2)); /* cut to 10 with the header */
	CHECK(CALL(recvfrom, udp, P(got), sizeof(got), 0, 0, 0) == -EAGAIN);
	close_fd(udp);

	tcp = CALL(socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
	client = CALL(socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
	CHECK(!CALL(bind, tcp, P(&lo), sizeof(lo), 0, 0, 0) && !CALL(listen, tcp, 1, 0, 0, 0, 0) && !attach(tcp, no_data, 4));
	CHECK(!CALL(connect, client, P(&lo), sizeof(lo), 0, 0, 0));
	child = CALL(accept4, tcp, 0, 0, SOCK_NONBLOCK, 0, 0);
	CHECK(child >= 0 && CALL(write, client, P("0123456789012345678901234567890123456789"), 40, 0, 0, 0) == 40);
	wait_ms(10);
	CHECK(CALL(read, child, P(got), sizeof(got), 0, 0, 0) == -EAGAIN); /* refused: sent again and again */
	CHECK(!set(child, SOL_SOCKET, SO_DETACH_FILTER, got, sizeof(int)));
	wait_ms(2000);
	CHECK(CALL(read, child, P(got), sizeof(got), 0, 0, 0) == 40);
	close_fd(child);
	close_fd(client);
	close_fd(tcp);
}

/* --- the same filter under both kernels --- */

static unsigned int rnd(void)
{
	static unsigned long long state = 42;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(state >> 33);
}

/* An instruction, mostly a right one, for @rest more behind it. */
static struct sock_filter random_insn(unsigned int rest)
{
	static const unsigned short codes[] = {
		BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_H | BPF_ABS, BPF_LD | BPF_B | BPF_ABS, BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND, BPF_LD | BPF_B | BPF_IND, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM, BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_IMM, BPF_LDX | BPF_MEM, BPF_LDX | BPF_W | BPF_LEN, BPF_LDX | BPF_B | BPF_MSH, BPF_ST, BPF_STX, BPF_ST,
		BPF_ALU | BPF_ADD, BPF_ALU | BPF_SUB, BPF_ALU | BPF_MUL, BPF_ALU | BPF_DIV, BPF_ALU | BPF_MOD, BPF_ALU | BPF_OR,
		BPF_ALU | BPF_AND, BPF_ALU | BPF_XOR, BPF_ALU | BPF_LSH, BPF_ALU | BPF_RSH, BPF_ALU | BPF_NEG, BPF_JMP | BPF_JA,
		BPF_JMP | BPF_JEQ, BPF_JMP | BPF_JGT, BPF_JMP | BPF_JGE, BPF_JMP | BPF_JSET, BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA,
		BPF_RET | BPF_K, BPF_RET | BPF_A,
	};
	struct sock_filter f = { codes[rnd() % (sizeof(codes) / sizeof(codes[0]))], 0, 0, rnd() % 24 };

	if (BPF_CLASS(f.code) == BPF_ALU || BPF_CLASS(f.code) == BPF_JMP)
		f.code |= rnd() & BPF_X;
	if (BPF_CLASS(f.code) == BPF_JMP) {
		f.jt = (unsigned char)(rnd() % (rest + 1));
		f.jf = (unsigned char)(rnd() % (rest + 1));
		if (BPF_OP(f.code) == BPF_JA)
			f.k = rnd() % (rest + 1);
	}
	if (rnd() % 8 == 0)
		f.k = rnd();
	if (rnd() % 64 == 0)
		f.code = (unsigned short)rnd();
	if (f.code == (BPF_LD | BPF_W | BPF_ABS) || f.code == (BPF_LD | BPF_H | BPF_ABS) || f.code == (BPF_LD | BPF_B | BPF_ABS))
		f.k &= 0x7fffffff; /* beyond are words that differ between the kernels */
	return f;
}

static void random_filters_do_what_linux_does(void)
{
	struct sock_filter insns[40];
	struct sock_fprog prog = { 0, insns };
	unsigned char frame[80], got[200];
	unsigned int round, i, accepted = 0, passed = 0;
	long fd = packet_socket(SOCK_RAW, 0x88b5), ours, theirs;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair)) {
		CHECK(!"socketpair");
		return;
	}
	for (round = 0; round < 60000; round++) {
		prog.len = (unsigned short)(1 + rnd() % (round % 3 ? 8 : 40));
		for (i = 0; i < prog.len; i++)
			insns[i] = random_insn(prog.len - i - 1u);
		if (rnd() % 16)
			insns[prog.len - 1] = (struct sock_filter){ BPF_RET | (rnd() & BPF_A), 0, 0, rnd() % 100 };
		ours = set(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
		theirs = setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) ? -errno : 0;
		CHECK(ours == theirs);
		if (ours || theirs)
			continue;
		accepted++;
		give(60 + rnd() % 20, 0x88b5, our_mac, frame);
		ours = receive(fd, got, sizeof(got), 0, NULL);
		i = frame[14] - 14u * 7; /* its length, by how give() fills it */
		theirs = send(pair[0], frame, i & 0xff, 0) < 0 ? -errno : 0;
		theirs = recv(pair[1], got, sizeof(got), 0);
		if (theirs < 0)
			theirs = -errno;
		CHECK(ours == theirs);
		passed += ours > 0;
	}
	CHECK(accepted > 5000 && passed > 1000);
	close(pair[0]);
	close(pair[1]);
	close_fd(fd);
}

static void all(void *arg)
{
	raw_sees_the_frame_and_who_it_is_from();
	cooked_sees_what_is_behind_the_header();
	taps_do_not_disturb_each_other_or_the_stack();
	binding_chooses_device_and_protocol();
	frames_are_sent_as_given_or_with_a_header_made();
	memberships_open_the_device_and_close_it_again();
	statistics_count_what_came_and_what_had_no_room();
	auxdata_tells_how_long_it_was();
	a_device_that_goes_down_is_told();
	filters_choose_and_cut();
	filters_of_inet_sockets();
	random_filters_do_what_linux_does();
	*(bool *)arg = true;
}

static int count_of(const char *text, const char *word)
{
	int n = 0;

	while ((text = strstr(text, word)) != NULL) {
		text += strlen(word);
		n++;
	}
	return n;
}

int main(void)
{
	static char log[65536];
	bool done = false;
	char text[64];

	skiff_boot("ip=off skiff.seed=5");
	port = skiff_port_new("eth0", our_mac, 1500);
	if (!port)
		return 2;
	skiff_command("ip addr add 10.0.0.1/24 dev eth0", text, sizeof(text));
	skiff_task_start(all, &done);
	skiff_run(skiff_now() + 600 * SECOND);
	CHECK(done);
	skiff_command("dmesg", log, sizeof(log));
	CHECK(count_of(log, "eth0 entered promiscuous mode") == 1 && count_of(log, "eth0 left promiscuous mode") == 1);
	CHECK(skiff_warnings() == 0);
	return failures != 0;
}
