/* SPDX-License-Identifier: MIT */
/* The hosted library as a stranger uses it: skiff_host.h and libskiff.a, nothing else. */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define SECOND 1000000000ull
#define BIG (1 << 20)

#define CHECK(cond)                                                                             \
	do {                                                                                    \
		if (!(cond)) {                                                                  \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			exit(1);                                                                \
		}                                                                               \
	} while (0)

#define P(p) ((long)(p))

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	a.sin_addr.s_addr = inet_addr(ip);
	return a;
}

static long sys_socket(int type)
{
	return skiff_syscall(SYS_socket, AF_INET, type, 0, 0, 0, 0);
}

static int served, fetched;

static void serve_connection(void *arg)
{
	static char buf[65536];
	long fd = P(arg), n;

	while ((n = skiff_syscall(SYS_read, fd, P(buf), sizeof(buf), 0, 0, 0)) > 0)
		CHECK(skiff_syscall(SYS_write, fd, P(buf), n, 0, 0, 0) == n);
	CHECK(n == 0);
	CHECK(skiff_syscall(SYS_close, fd, 0, 0, 0, 0, 0) == 0);
	served++;
}

static void server(void *arg)
{
	struct sockaddr_in a = address("127.0.0.1", 7);
	long fd = sys_socket(SOCK_STREAM), conn;

	CHECK(fd >= 0);
	CHECK(skiff_syscall(SYS_bind, fd, P(&a), sizeof(a), 0, 0, 0) == 0);
	CHECK(skiff_syscall(SYS_listen, fd, 5, 0, 0, 0, 0) == 0);
	conn = skiff_syscall(SYS_accept, fd, 0, 0, 0, 0, 0);
	CHECK(conn >= 0);
	CHECK(skiff_task_start(serve_connection, (void *)conn) > 0); /* shares the descriptors */
}

static char sent[BIG], got[BIG];

static void writer(void *arg)
{
	long fd = P(arg), done = 0, n;

	while (done < BIG) {
		n = skiff_syscall(SYS_write, fd, P(sent + done), BIG - done, 0, 0, 0);
		CHECK(n > 0);
		done += n;
	}
	CHECK(skiff_syscall(SYS_shutdown, fd, SHUT_WR, 0, 0, 0, 0) == 0);
}

static void client(void *arg)
{
	struct sockaddr_in a = address("127.0.0.1", 7);
	long fd = sys_socket(SOCK_STREAM), done = 0, n;

	CHECK(skiff_syscall(SYS_connect, fd, P(&a), sizeof(a), 0, 0, 0) == 0);
	CHECK(skiff_task_start(writer, (void *)fd) > 0);
	while ((n = skiff_syscall(SYS_read, fd, P(got + done), BIG - done, 0, 0, 0)) > 0)
		done += n;
	CHECK(n == 0 && done == BIG);
	CHECK(!memcmp(sent, got, BIG));
	fetched++;
}

static void tcp_echo_over_loopback(void)
{
	int i;

	for (i = 0; i < BIG; i++)
		sent[i] = (char)(i * 31 + (i >> 8));
	CHECK(skiff_task_start(server, NULL) > 0);
	CHECK(!served);
	skiff_run(skiff_now());
	CHECK(skiff_task_start(client, NULL) > 0);
	skiff_run(skiff_now() + 60 * SECOND);
	CHECK(served == 1 && fetched == 1);
}

static int errors_seen;

static void bad_arguments(void *arg)
{
	struct sockaddr_in a = address("127.0.0.1", 9);
	long fd = sys_socket(SOCK_STREAM);

	CHECK(skiff_syscall(SYS_connect, fd, 16, sizeof(a), 0, 0, 0) == -EFAULT);
	CHECK(skiff_syscall(SYS_connect, fd, P(&a), sizeof(a), 0, 0, 0) == -ECONNREFUSED);
	CHECK(skiff_syscall(SYS_write, fd, P("x"), 1, 0, 0, 0) == -EPIPE);
	CHECK(skiff_syscall(SYS_read, 999, P(&a), 1, 0, 0, 0) == -EBADF);
	CHECK(skiff_syscall(100000, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	CHECK(skiff_syscall(SYS_socket, 77, SOCK_STREAM, 0, 0, 0, 0) == -EAFNOSUPPORT);
	errors_seen = 1;
}

static void errors_are_linux_s(void)
{
	skiff_task_start(bad_arguments, NULL);
	skiff_run(skiff_now() + SECOND);
	CHECK(errors_seen);
	CHECK(skiff_syscall(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0) == -EPERM);
}

/* An ARP request for 10.0.0.1 from 10.0.0.2 (RFC 826). */
static const unsigned char arp_request[42] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
	2, 0, 0, 0, 0, 2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,
};

static void a_port_answers_arp(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	struct skiff_port *port = skiff_port_new("eth0", mac, 1500);
	unsigned char frame[2000];
	char out[2000];
	u64 when = 0;
	size_t n;

	CHECK(port);
	CHECK(!skiff_port_new("eth0", mac, 1500)); /* the name is taken */
	skiff_command("ip addr add 10.0.0.1/24 dev eth0", out, sizeof(out));
	CHECK(out[0] == '\0');
	while (skiff_port_take(port, frame, sizeof(frame), NULL))
		;
	skiff_port_give(port, arp_request, sizeof(arp_request));
	skiff_run(skiff_now());
	n = skiff_port_take(port, frame, sizeof(frame), &when);
	CHECK(n >= 42 && when == skiff_now());
	CHECK(frame[12] == 8 && frame[13] == 6 && frame[21] == 2); /* a reply */
	CHECK(!memcmp(frame, arp_request + 6, 6) && !memcmp(frame + 6, mac, 6));
	CHECK(!memcmp(frame + 28, "\x0a\0\0\1", 4) && !memcmp(frame + 38, "\x0a\0\0\2", 4));
}

static void commands_print_to_the_caller(void)
{
	char out[4096], small[8];

	CHECK(skiff_command("help", out, sizeof(out)) == strlen(out));
	CHECK(strstr(out, "ping"));
	CHECK(skiff_command("help", small, sizeof(small)) > 7 && strlen(small) == 7);
	CHECK(skiff_command("ip addr", out, sizeof(out)) > 0 && strstr(out, "127.0.0.1") && strstr(out, "10.0.0.1"));
	skiff_command("ping -c 2 127.0.0.1", out, sizeof(out));
	CHECK(strstr(out, "2 received"));
}

int main(void)
{
	u64 next;

	skiff_boot("ip=off skiff.seed=7");
	CHECK(skiff_now() == 0);
	tcp_echo_over_loopback();
	errors_are_linux_s();
	a_port_answers_arp();
	commands_print_to_the_caller();
	next = skiff_next();
	if (next != ~0ull)
		skiff_run(next);
	CHECK(skiff_warnings() == 0);
	return 0;
}
