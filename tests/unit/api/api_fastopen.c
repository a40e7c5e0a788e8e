/* SPDX-License-Identifier: MIT */
/* Fast Open on both ends, over the loopback: thousands of connections whose data comes with the SYN; afterwards every count is where it
 * began. */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define SECOND	    1000000000ull
#define CONNECTIONS 2000
#define PORT	    7
#define P(p)	    ((long)(p))

#define CHECK(cond)                                                                              \
	do {                                                                                     \
		if (!(cond)) {                                                                   \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			exit(1);                                                                 \
		}                                                                                \
	} while (0)

static char text[1 << 16];
static struct sockaddr_in server = { .sin_family = AF_INET };
static int finished;

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	return skiff_syscall(nr, a, b, c, d, e, f);
}

static const char *show(const char *line)
{
	skiff_command(line, text, sizeof(text));
	return text;
}

static long long counter(const char *name)
{
	const char *at = strstr(show("nstat -z"), name);

	CHECK(at && (at == text || at[-1] == '\n'));
	return strtoll(at + strlen(name), NULL, 10);
}

static unsigned char option_byte(long fd, size_t offset)
{
	unsigned char info[256];
	unsigned int len = sizeof(info);

	CHECK(call(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, P(info), P(&len), 0) == 0);
	return info[offset];
}

/* Request and answer; the answer leaves before the client's ACK has come, at least by a SYN-ACK. */
static void one(long listener, int i, int size)
{
	static char sent[20000], got[20000];
	long from = call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0), to;
	int in = 0;

	memset(sent, i, sizeof(sent));
	CHECK(from >= 0);
	CHECK(call(SYS_sendto, from, P(sent), size, MSG_FASTOPEN, P(&server), sizeof(server)) == size);
	to = call(SYS_accept, listener, 0, 0, 0, 0, 0);
	CHECK(to >= 0);
	while (in < size) {
		long n = call(SYS_read, to, P(got + in), size - in, 0, 0, 0);

		CHECK(n > 0);
		in += (int)n;
	}
	CHECK(!memcmp(sent, got, (size_t)size));
	CHECK(!(option_byte(to, 5) & TCPI_OPT_SYN_DATA) == !i);
	CHECK(!(option_byte(from, 5) & TCPI_OPT_SYN_DATA) == !i);
	CHECK(call(SYS_write, to, P(sent), size, 0, 0, 0) == size);
	for (in = 0; in < size;) {
		long n = call(SYS_read, from, P(got), size, 0, 0, 0);

		CHECK(n > 0);
		in += (int)n;
	}
	CHECK(call(SYS_close, i % 2 ? from : to, 0, 0, 0, 0, 0) == 0);
	CHECK(call(SYS_close, i % 2 ? to : from, 0, 0, 0, 0, 0) == 0);
}

/* @arg: how many. The first one of all gets the cookie. */
static void connections(void *arg)
{
	long listener = call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
	int n = (int)(long)arg, i, queue = 16;

	CHECK(call(SYS_setsockopt, listener, IPPROTO_TCP, TCP_FASTOPEN, P(&queue), sizeof(queue), 0) == 0);
	CHECK(call(SYS_bind, listener, P(&server), sizeof(server), 0, 0, 0) == 0);
	CHECK(call(SYS_listen, listener, 128, 0, 0, 0, 0) == 0);
	for (i = 0; i < n; i++)
		one(listener, finished ? i + 1 : i, i % 3 ? 100 : 12000);
	CHECK(call(SYS_close, listener, 0, 0, 0, 0, 0) == 0);
	finished++;
}

static void run(int n)
{
	int before = finished, i;

	CHECK(skiff_task_start(connections, (void *)(long)n) >= 0);
	for (i = 0; i < 1000000 && finished == before; i++)
		skiff_run(skiff_now() + SECOND / 1000);
	CHECK(finished == before + 1);
	skiff_run(skiff_now() + 120 * SECOND);
}

int main(void)
{
	static char sockstat[4096];
	u64 memory;

	skiff_boot("quiet");
	skiff_run(SECOND);
	server.sin_port = htons(PORT);
	server.sin_addr.s_addr = inet_addr("127.0.0.1");
	show("sysctl -w net.ipv4.tcp_fastopen=3");
	run(8);
	strcpy(sockstat, show("cat /proc/net/sockstat"));
	memory = skiff_memory_used();
	run(CONNECTIONS);
	CHECK(!strcmp(sockstat, show("cat /proc/net/sockstat")));
	CHECK(skiff_memory_used() <= memory);
	CHECK(counter("TcpExtTCPFastOpenActive ") == CONNECTIONS + 7);
	CHECK(counter("TcpExtTCPFastOpenPassive ") == CONNECTIONS + 7);
	CHECK(counter("TcpExtTCPFastOpenCookieReqd ") == 1);
	CHECK(counter("TcpExtTCPFastOpenActiveFail ") == 0 && counter("TcpExtTCPFastOpenPassiveFail ") == 0);
	CHECK(counter("TcpExtTCPFastOpenListenOverflow ") == 0);
	CHECK(counter("TcpRetransSegs ") == 0 && counter("TcpCurrEstab ") == 0);
	CHECK(skiff_warnings() == 0);
	return 0;
}
