/* SPDX-License-Identifier: MIT */
/* Ten thousand connections at once, opened, used and closed: afterwards every count is where it began. */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define SECOND	    1000000000ull
#define CONNECTIONS 10000
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
static long client[CONNECTIONS], server[CONNECTIONS];
static int finished;

static long call(long nr, long a, long b, long c, long d, long e)
{
	return skiff_syscall(nr, a, b, c, d, e, 0);
}

static const char *show(const char *line)
{
	skiff_command(line, text, sizeof(text));
	return text;
}

/* The value of a counter of /proc/net/snmp or netstat, by nstat's name. */
static long long counter(const char *name)
{
	const char *at = strstr(show("nstat -z"), name);

	CHECK(at && (at == text || at[-1] == '\n'));
	return strtoll(at + strlen(name), NULL, 10);
}

static void use(long from, long to, int i)
{
	char sent[64], got[64];

	memset(sent, i, sizeof(sent));
	memcpy(sent, &i, sizeof(i));
	CHECK(call(SYS_write, from, P(sent), sizeof(sent), 0, 0) == sizeof(sent));
	CHECK(call(SYS_read, to, P(got), sizeof(got), 0, 0) == sizeof(got));
	CHECK(!memcmp(sent, got, sizeof(sent)));
}

/* Each end of the pair closes first in its turn; the other reads the end and follows. */
static void finish(long first, long second)
{
	char byte;

	CHECK(call(SYS_close, first, 0, 0, 0, 0) == 0);
	CHECK(call(SYS_read, second, P(&byte), 1, 0, 0) == 0);
	CHECK(call(SYS_close, second, 0, 0, 0, 0) == 0);
}

/* @arg: how many. All are open before the first is used, and used before the first is closed. */
static void connections(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct rlimit many = { 65536, 65536 };
	int n = (int)(long)arg, i;
	long listener;

	a.sin_addr.s_addr = inet_addr("127.0.0.1");
	CHECK(call(SYS_setrlimit, RLIMIT_NOFILE, P(&many), 0, 0, 0) == 0);
	listener = call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0);
	CHECK(call(SYS_bind, listener, P(&a), sizeof(a), 0, 0) == 0);
	CHECK(call(SYS_listen, listener, 128, 0, 0, 0) == 0);
	for (i = 0; i < n; i++) {
		client[i] = call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0);
		CHECK(client[i] >= 0);
		CHECK(call(SYS_connect, client[i], P(&a), sizeof(a), 0, 0) == 0);
		server[i] = call(SYS_accept, listener, 0, 0, 0, 0);
		CHECK(server[i] >= 0);
	}
	CHECK(counter("TcpCurrEstab") == 2 * n);
	for (i = 0; i < n; i++) {
		use(client[i], server[i], i);
		use(server[i], client[i], -i);
	}
	for (i = 0; i < n; i++) {
		if (i % 2)
			finish(client[i], server[i]);
		else
			finish(server[i], client[i]);
	}
	CHECK(call(SYS_close, listener, 0, 0, 0, 0) == 0);
	finished++;
}

static void run(int n)
{
	int before = finished, i;

	CHECK(skiff_task_start(connections, (void *)(long)n) >= 0);
	for (i = 0; i < 1000000 && finished == before; i++)
		skiff_run(skiff_now() + SECOND / 1000);
	CHECK(finished == before + 1);
}

/* Lines of /proc/slabinfo that are TCP's: name and objects in use. */
static void slabs(char *out, size_t size)
{
	static const char *const names[] = { "TCP",	      "tw_sock_TCP", "request_sock_TCP",
					     "tcp_bind_bucket", "skbuff",      "sock_inode" };
	char *line, *rest, name[64];
	size_t used = 0, i;
	long in_use;

	show("cat /proc/slabinfo");
	out[0] = '\0';
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%63s %ld", name, &in_use) != 2)
			continue;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strncmp(name, names[i], strlen(names[i])))
				used += (size_t)snprintf(out + used, size - used, "%s %ld\n", name, in_use);
	}
}

int main(void)
{
	static char sockstat[4096], slab[4096], again[4096];
	u64 memory;

	skiff_boot("quiet");
	skiff_run(SECOND);
	show("sysctl -w net.ipv4.tcp_max_tw_buckets=100000");
	run(8); /* what is kept for ever, routes and the like, is there now */
	skiff_run(skiff_now() + 120 * SECOND);
	strcpy(sockstat, show("cat /proc/net/sockstat"));
	slabs(slab, sizeof(slab));
	CHECK(slab[0]);
	memory = skiff_memory_used();

	run(CONNECTIONS);
	CHECK(strstr(show("cat /proc/net/sockstat"), "TCP: inuse 0 orphan 0 tw 10000 alloc 0 mem 0"));
	skiff_run(skiff_now() + 120 * SECOND);
	CHECK(!strcmp(sockstat, show("cat /proc/net/sockstat")));
	slabs(again, sizeof(again));
	if (strcmp(slab, again)) {
		fprintf(stderr, "slabs before:\n%sand after:\n%s", slab, again);
		return 1;
	}
	if (skiff_memory_used() > memory) {
		fprintf(stderr, "%llu bytes before, %llu after\n", (unsigned long long)memory,
			(unsigned long long)skiff_memory_used());
		return 1;
	}
	CHECK(counter("TcpCurrEstab") == 0);
	CHECK(counter("TcpActiveOpens") == CONNECTIONS + 8);
	CHECK(counter("TcpPassiveOpens") == CONNECTIONS + 8);
	CHECK(counter("TcpExtTW") == CONNECTIONS + 8);
	CHECK(counter("TcpRetransSegs") == 0 && counter("TcpExtListenDrops") == 0);
	CHECK(!strstr(show("cat /proc/net/tcp"), "\n   0:"));
	CHECK(skiff_warnings() == 0);
	return 0;
}
