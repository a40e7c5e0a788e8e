/* SPDX-License-Identifier: MIT */
/*
 * The hosted library's promises one by one, on ports whose wire the program holds: ip=, the order of things, time, frames of
 * any length, tasks that end early, commands in every kind of buffer, names of the program's own.
 */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#define SECOND 1000000000ull
#define MS 1000000ull
#define P(p) ((long)(p))
#define CALL(nr, a, b, c) skiff_syscall(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

#define CHECK(cond)                                                                              \
	do {                                                                                     \
		if (!(cond)) {                                                                   \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			exit(1);                                                                 \
		}                                                                                \
	} while (0)

/* Names that the kernel has too: none of its calls may come here. */
#define OURS(name)                                                     \
	void name(void);                                               \
	void name(void)                                                \
	{                                                              \
		fprintf(stderr, "the program's own %s ran\n", #name); \
		exit(1);                                               \
	}
OURS(panic)
OURS(printk)
OURS(schedule)
OURS(kmalloc)
OURS(kfree)
OURS(udp_rcv)
OURS(tcp_sendmsg)
OURS(debug)
OURS(host_map)
OURS(sys_mmap)
OURS(sys_brk)
OURS(sys_exit)
OURS(sys_socket)
OURS(sys_reboot)

static unsigned char frame[70000];
static const unsigned char mac0[6] = { 2, 0, 0, 0, 0, 1 }, mac1[6] = { 2, 0, 0, 0, 0, 2 }, peer[6] = { 2, 0, 0, 0, 0, 9 };

/* ---- frames ---- */

static unsigned int add(const unsigned char *p, size_t n, unsigned int sum)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (unsigned int)p[i] << 8;
	return sum;
}

static void put_sum(unsigned char *p, unsigned int sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	p[0] = (unsigned char)(~sum >> 8);
	p[1] = (unsigned char)~sum;
}

/* An ARP request (RFC 826) from 10.@net.0.9 for 10.@net.0.1. */
static void ask_for_address(struct skiff_port *port, unsigned char net)
{
	static const unsigned char fixed[] = { 8, 6, 0, 1, 8, 0, 6, 4, 0, 1 };
	unsigned char arp[42] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	memcpy(arp + 6, peer, 6);
	memcpy(arp + 12, fixed, sizeof(fixed));
	memcpy(arp + 22, peer, 6);
	memcpy(arp + 28, (unsigned char[]){ 10, net, 0, 9 }, 4);
	memcpy(arp + 38, (unsigned char[]){ 10, net, 0, 1 }, 4);
	skiff_port_give(port, arp, sizeof(arp));
}

/* An IPv4 packet (RFC 791) from 10.0.0.9 to 10.0.0.1, with the transport's checksum @csum_at bytes into its header. */
static void give_packet(struct skiff_port *port, unsigned char proto, unsigned char *data, size_t n, size_t csum_at)
{
	unsigned char f[2000] = { 0 }, *h = f + 14;

	memcpy(f, mac0, 6);
	memcpy(f + 6, peer, 6);
	f[12] = 8;
	h[0] = 0x45;
	h[2] = (unsigned char)((20 + n) >> 8);
	h[3] = (unsigned char)(20 + n);
	h[8] = 64;
	h[9] = proto;
	memcpy(h + 12, (unsigned char[]){ 10, 0, 0, 9, 10, 0, 0, 1 }, 8);
	put_sum(h + 10, add(h, 20, 0));
	memcpy(h + 20, data, n);
	put_sum(h + 20 + csum_at, add(h + 20, n, add(h + 12, 8, proto + (unsigned int)n)));
	skiff_port_give(port, f, 34 + n);
}

static void drain(struct skiff_port *port)
{
	while (skiff_port_take(port, frame, sizeof(frame), NULL))
		;
}

/* take_arp_reply - whether an ARP reply is among what the port has sent; all is taken. */
static int take_arp_reply(struct skiff_port *port)
{
	int found = 0;

	while (skiff_port_take(port, frame, sizeof(frame), NULL))
		found += frame[12] == 8 && frame[13] == 6 && frame[21] == 2;
	return found;
}

/* ---- ip=, and what comes first ---- */

/* Its address is there as soon as the device is: a frame given at once is answered. */
static struct skiff_port *ip_applies_when_the_device_appears(const char *name, const unsigned char mac[6], unsigned char net)
{
	struct skiff_port *port = skiff_port_new(name, mac, 1500);

	CHECK(port);
	ask_for_address(port, net);
	CHECK(!skiff_port_take(port, frame, sizeof(frame), NULL) || frame[21] == 1); /* its own announcement */
	skiff_run(skiff_now());
	CHECK(take_arp_reply(port) == 1);
	return port;
}

static void no_port_of_a_bad_name_address_or_mtu(void)
{
	static const unsigned char none[6], group[6] = { 1 };

	CHECK(!skiff_port_new("eth0", mac0, 1500)); /* taken */
	CHECK(!skiff_port_new("lo", mac0, 1500));
	CHECK(!skiff_port_new("", mac0, 1500) && !skiff_port_new("a/b", mac0, 1500) && !skiff_port_new("a b", mac0, 1500));
	CHECK(!skiff_port_new("sixteen-letters.", mac0, 1500) && !skiff_port_new(NULL, mac0, 1500));
	CHECK(!skiff_port_new("x", none, 1500) && !skiff_port_new("x", group, 1500) && !skiff_port_new("x", NULL, 1500));
	CHECK(!skiff_port_new("x", mac0, 67) && !skiff_port_new("x", mac0, 65536) && !skiff_port_new("x", mac0, 0));
}

static int heard;

static void listen_once(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	long fd = CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	char buf[8];

	CHECK(CALL(SYS_bind, fd, &a, sizeof(a)) == 0);
	heard = CALL(SYS_read, fd, buf, sizeof(buf)) == 5;
}

/* A task that is started before a frame is given is there to take it. */
static void tasks_run_before_frames(struct skiff_port *port)
{
	unsigned char udp[13] = { 0x30, 0x39, 0, 9, 0, 13, 0, 0, 'h', 'e', 'l', 'l', 'o' };

	CHECK(skiff_task_start(listen_once, NULL) > 0);
	give_packet(port, IPPROTO_UDP, udp, sizeof(udp), 6);
	CHECK(!heard);
	skiff_run(skiff_now());
	CHECK(heard);
}

/* ---- TCP in the machine's first microsecond ---- */

static void echo_once(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7) };
	long fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0), conn, n;
	char buf[64];

	CHECK(CALL(SYS_bind, fd, &a, sizeof(a)) == 0 && CALL(SYS_listen, fd, 1, 0) == 0);
	conn = CALL(SYS_accept, fd, 0, 0);
	while ((n = CALL(SYS_read, conn, buf, sizeof(buf))) > 0)
		CALL(SYS_write, conn, buf, n);
}

static int take_echo(struct skiff_port *port, u64 *sent_ns)
{
	size_t n;
	int found = 0;

	while ((n = skiff_port_take(port, frame, sizeof(frame), sent_ns)))
		found += n == 14 + 20 + 20 + 5 && frame[23] == IPPROTO_TCP && !memcmp(frame + 54, "abcde", 5);
	return found;
}

/* The handshake at time 0 gives a sample of the round trip: data is repeated after RTO's least, 200 ms. */
static void a_handshake_at_time_0_is_measured(struct skiff_port *port)
{
	unsigned char syn[20] = { 0x30, 0x39, 0, 7, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff };
	unsigned char data[25] = { 0x30, 0x39, 0, 7, 0xff, 0xff, 0xff, 0xf1, 0, 0, 0, 0, 0x50, 0x18, 0xff, 0xff };
	u64 sent, again = 0;
	int i;

	CHECK(skiff_now() == 0);
	CHECK(skiff_task_start(echo_once, NULL) > 0);
	give_packet(port, IPPROTO_TCP, syn, sizeof(syn), 16);
	skiff_run(0);
	CHECK(skiff_port_take(port, frame, sizeof(frame), NULL) >= 54 && frame[47] == 0x12); /* SYN-ACK */
	memcpy(data + 8, frame + 38, 4);
	for (i = 11; !++data[i]; i--)
		;
	memcpy(data + 20, "abcde", 5);
	give_packet(port, IPPROTO_TCP, data, sizeof(data), 16);
	skiff_run(0);
	CHECK(take_echo(port, &sent) == 1);
	while (!take_echo(port, &again)) {
		CHECK(skiff_next() != ~0ull && skiff_next() < 10 * SECOND);
		skiff_run(skiff_next());
	}
	CHECK(again >= 200 * MS && again <= 204 * MS);
}

/* ---- time ---- */

static u64 woken_at;

static void sleep_a_while(void *arg)
{
	struct timespec ts = { 1, 500 };

	CHECK(CALL(SYS_nanosleep, &ts, 0, 0) == 0);
	woken_at = skiff_now();
	CHECK(CALL(SYS_clock_gettime, CLOCK_MONOTONIC, &ts, 0) == 0);
	CHECK((u64)ts.tv_sec * SECOND + (u64)ts.tv_nsec == woken_at);
}

static void time_moves_to_the_nanosecond_and_never_back(void)
{
	u64 start, due;

	skiff_run(skiff_now() + 1);
	start = skiff_now();
	CHECK(skiff_task_start(sleep_a_while, NULL) > 0);
	skiff_run(0); /* long past: runs what is due, and the clock stays */
	CHECK(skiff_now() == start && !woken_at);
	do {
		due = skiff_next();
		CHECK(due > skiff_now() && due <= start + SECOND + 500);
		skiff_run(due - 1);
		CHECK(skiff_now() == due - 1 && skiff_next() == due); /* not a moment before */
		skiff_run(due);
	} while (!woken_at);
	CHECK(woken_at == start + SECOND + 500);
}

/* ---- frames of any length ---- */

static void frames_of_any_length_are_counted_or_dropped(struct skiff_port *port)
{
	static const size_t lengths[] = { 0, 1, 13, 1519, 65535, 1 << 20 };
	static unsigned char junk[1 << 20];
	char out[4096];
	size_t i;

	memset(junk, 0xff, sizeof(junk));
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		skiff_port_give(port, lengths[i] ? junk : NULL, lengths[i]);
	skiff_port_give(port, junk, 14);
	skiff_port_give(port, junk, 1514);
	skiff_run(skiff_now());
	drain(port);
	skiff_command("ifconfig eth0", out, sizeof(out));
	CHECK(strstr(out, "RX errors 6  dropped 0"));
}

static void what_is_taken_is_cut_to_the_buffer(struct skiff_port *port)
{
	ask_for_address(port, 0);
	ask_for_address(port, 0);
	ask_for_address(port, 0);
	skiff_run(skiff_now());
	memset(frame, 0xee, sizeof(frame));
	CHECK(skiff_port_take(port, frame, 0, NULL) == 0); /* which takes nothing */
	CHECK(skiff_port_take(port, frame, 10, NULL) == 10 && frame[9] == mac0[3] && frame[10] == 0xee);
	CHECK(skiff_port_take(port, NULL, 2000, NULL) == 42);
	CHECK(skiff_port_take(port, frame, sizeof(frame), NULL) == 42 && frame[21] == 2);
	CHECK(skiff_port_take(port, frame, sizeof(frame), NULL) == 0);
}

/* ---- tasks that end ---- */

static long peer_saw = -1;

static void leave(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(5001) };
	char deep[300000]; /* a stack of the size that other programs have */
	long fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);

	memset(deep, 1, sizeof(deep));
	CHECK(CALL(SYS_bind, fd, &a, sizeof(a)) == 0 && CALL(SYS_listen, fd, 1, 0) == 0);
	CHECK(CALL(SYS_accept, fd, 0, 0) >= 0);
	CALL(P(arg), deep[77], 0, 0);
	CHECK(!"reached");
}

static void see_it_leave(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(5001), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	long fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
	char c;

	CHECK(CALL(SYS_connect, fd, &a, sizeof(a)) == 0);
	peer_saw = CALL(SYS_read, fd, &c, 1);
}

/* exit(2) ends the task that calls and closes what it had open, wherever in its functions it is. */
static void a_task_may_exit(long how)
{
	peer_saw = -1;
	CHECK(skiff_task_start(leave, (void *)how) > 0);
	CHECK(skiff_task_start(see_it_leave, NULL) > 0);
	skiff_run(skiff_now() + 100 * MS);
	CHECK(peer_saw == 0);
	skiff_run(skiff_now() + 120 * SECOND); /* the port is free again */
}

static int counted;

static void count_up(void *arg)
{
	struct timespec ts = { 0, P(arg) * 1000 };

	CHECK(CALL(SYS_nanosleep, &ts, 0, 0) == 0);
	counted++;
	CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	if (P(arg) & 1) /* half of them stay */
		CALL(SYS_pause, 0, 0, 0);
}

static void a_thousand_tasks(void)
{
	long i;

	for (i = 0; i < 1000; i++)
		CHECK(skiff_task_start(count_up, (void *)i) > 0);
	CHECK(!counted);
	skiff_run(skiff_now() + MS);
	CHECK(counted == 1000);
	CHECK(skiff_task_start(NULL, NULL) == -EINVAL);
}

/* ---- commands ---- */

static void commands_fit_any_buffer(void)
{
	char out[4096], one[2] = "xx";
	size_t n = skiff_command("ip addr", out, sizeof(out));

	CHECK(n == strlen(out) && n > 100);
	CHECK(skiff_command("ip addr", one, 1) == n && one[0] == '\0' && one[1] == 'x');
	CHECK(skiff_command("ip addr", one, 0) == n && one[1] == 'x');
	CHECK(skiff_command("ip addr", NULL, 0) == n && skiff_command("ip addr", NULL, 100) == n);
	CHECK(skiff_command("", out, sizeof(out)) == 0 && out[0] == '\0');
	CHECK(skiff_command(" \t ", out, sizeof(out)) == 0 && skiff_command(NULL, out, sizeof(out)) == 0);
	n = skiff_command("paint it black", out, sizeof(out));
	CHECK(n == strlen(out) && strstr(out, "paint: no such command") && strchr(out, '\n') == out + n - 1);
}

/* One that would go on for ever is interrupted after an hour, and says what it has to say then. */
static void an_endless_command_is_interrupted(void)
{
	static char out[1 << 20];
	u64 start = skiff_now();
	size_t n = skiff_command("ping 127.0.0.1", out, sizeof(out));

	CHECK(n == strlen(out) && strstr(out, ", 0% packet loss"));
	CHECK(skiff_now() - start >= 3600 * SECOND && skiff_now() - start < 3602 * SECOND);
	start = skiff_now();
	skiff_command("ping -c 3 127.0.0.1", out, sizeof(out)); /* the next one is not */
	CHECK(strstr(out, "3 packets transmitted, 3 received") && skiff_now() - start == 2 * SECOND);
	skiff_command("tcpdump -i eth0", out, sizeof(out));
	CHECK(strstr(out, "0 packets captured"));
}

/* ---- a device is taken down under load ---- */

static int taken_down;

static void take_down_once_busy(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(10) };
	long fd = CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	char buf[100];

	CHECK(CALL(SYS_bind, fd, &a, sizeof(a)) == 0);
	CHECK(CALL(SYS_read, fd, buf, sizeof(buf)) == 5);
	skiff_command("ip link set eth0 down", buf, sizeof(buf));
	CHECK(buf[0] == '\0');
	taken_down = 1;
}

/* Whoever takes it down waits asleep, and with the configuration locked, until its poll has come to an end. */
static void a_port_can_be_made_meanwhile(struct skiff_port *port)
{
	unsigned char udp[13] = { 0x30, 0x39, 0, 10, 0, 13, 0, 0, 'h', 'e', 'l', 'l', 'o' };
	int i;

	CHECK(skiff_task_start(take_down_once_busy, NULL) > 0);
	for (i = 0; i < 5000; i++)
		give_packet(port, IPPROTO_UDP, udp, sizeof(udp), 6);
	skiff_run(skiff_now());
	CHECK(!taken_down);
	CHECK(skiff_port_new("eth2", mac1, 1500));
	CHECK(taken_down);
}

int main(void)
{
	struct skiff_port *eth0, *eth1;

	skiff_boot("ip=10.0.0.1::10.0.0.9:255.255.255.0::eth0:off ip=10.1.0.1:::255.255.0.0::eth1:off skiff.seed=3");
	eth1 = ip_applies_when_the_device_appears("eth1", mac1, 1);
	eth0 = ip_applies_when_the_device_appears("eth0", mac0, 0);
	no_port_of_a_bad_name_address_or_mtu();
	tasks_run_before_frames(eth0);
	a_handshake_at_time_0_is_measured(eth0);
	time_moves_to_the_nanosecond_and_never_back();
	drain(eth0);
	drain(eth1);
	frames_of_any_length_are_counted_or_dropped(eth0);
	what_is_taken_is_cut_to_the_buffer(eth0);
	a_task_may_exit(SYS_exit);
	a_task_may_exit(SYS_exit_group);
	a_thousand_tasks();
	commands_fit_any_buffer();
	an_endless_command_is_interrupted();
	a_port_can_be_made_meanwhile(eth0);
	CHECK(skiff_warnings() == 0);
	return 0;
}
