/* SPDX-License-Identifier: MIT */
/* The console's ping, with a peer on the wire that answers late, twice, or with what went wrong:
 * ping(8). */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define P(p)  ((long)(p))
#define ETH   14
#define IP_AT (ETH + 20)

static struct skiff_port *port;
static int failures;
static bool stop;

/* What the host 10.0.0.N does with an echo request. */
enum { AT_ONCE = 2, LATE, TWICE, UNREACHABLE = 10 };

static const struct fault {
	int host;
	unsigned char type, code;
	const char *says;
} faults[] = {
	{ 10, 3, 0, "Destination Net Unreachable" },
	{ 11, 3, 1, "Destination Host Unreachable" },
	{ 12, 3, 2, "Destination Protocol Unreachable" },
	{ 13, 3, 13, "Packet filtered" },
	{ 14, 11, 0, "Time to live exceeded" },
	{ 15, 12, 0, "Parameter problem" },
};

static unsigned short sum(const unsigned char *p, size_t n)
{
	unsigned long s = 0;
	size_t i;

	for (i = 0; i < n; i++)
		s += i & 1 ? p[i] : (unsigned long)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (unsigned short)~s;
}

static void put_sum(unsigned char *at, const unsigned char *p, size_t n)
{
	unsigned short s;

	at[0] = at[1] = 0;
	s = sum(p, n);
	at[0] = (unsigned char)(s >> 8);
	at[1] = (unsigned char)s;
}

static void rest_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	skiff_syscall(SYS_nanosleep, P(&t), 0, 0, 0, 0, 0);
}

static void swap(unsigned char *a, unsigned char *b, size_t n)
{
	unsigned char c;

	for (; n--; a++, b++)
		c = *a, *a = *b, *b = c;
}

static void answer_arp(unsigned char *f)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 9 };

	memcpy(f, f + 6, 6);
	memcpy(f + 6, mac, 6);
	f[21] = 2;
	swap(f + 28, f + 38, 4); /* who asks, and who is asked for */
	memcpy(f + 32, f + 22, 6);
	memcpy(f + 22, mac, 6);
	skiff_port_give(port, f, 42);
}

static void answer_error(unsigned char *f, const struct fault *e)
{
	unsigned char m[ETH + 20 + 8 + 28];

	memcpy(m, f, IP_AT);
	swap(m, m + 6, 6);
	swap(m + 26, m + 30, 4);
	m[16] = 0, m[17] = sizeof(m) - ETH;
	put_sum(m + 24, m + ETH, 20);
	memset(m + IP_AT, 0, 8);
	m[IP_AT] = e->type;
	m[IP_AT + 1] = e->code;
	memcpy(m + IP_AT + 8, f + ETH, 28);
	put_sum(m + IP_AT + 2, m + IP_AT, 36);
	skiff_port_give(port, m, sizeof(m));
}

static void answer_echo(unsigned char *f, size_t n)
{
	static unsigned int asked;
	int host = f[33];
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].host == host)
			answer_error(f, &faults[i]);
	if (host >= UNREACHABLE)
		return;
	if (host == LATE)
		rest_ms(10 + 20 * (long)(asked++ % 3));
	swap(f, f + 6, 6);
	swap(f + 26, f + 30, 4);
	f[IP_AT] = 0;
	put_sum(f + IP_AT + 2, f + IP_AT, n - IP_AT);
	skiff_port_give(port, f, n);
	if (host == TWICE)
		skiff_port_give(port, f, n);
}

static void peer(void *arg)
{
	unsigned char f[2000];
	size_t n;

	while (!stop) {
		while ((n = skiff_port_take(port, f, sizeof(f), NULL)) > 0) {
			if (f[12] == 8 && f[13] == 6 && f[21] == 1)
				answer_arp(f);
			else if (f[12] == 8 && f[13] == 0 && f[23] == 1 && f[IP_AT] == 8)
				answer_echo(f, n);
		}
		rest_ms(1);
	}
}

static void expect(const char *line, const char *const *words)
{
	static char out[4096];

	skiff_command(line, out, sizeof(out));
	for (; *words; words++) {
		bool lacks = **words == '!';

		if (!strstr(out, *words + lacks) == !lacks) {
			fprintf(stderr, "`%s`: %s `%s` in:\n%s\n", line, lacks ? "there is" : "no",
				*words + lacks, out);
			failures++;
		}
	}
}

#define EXPECT(line, ...) expect(line, (const char *const[]){ __VA_ARGS__, NULL })

int main(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	char line[64], from[64];
	size_t i;

	skiff_boot("ip=10.0.0.1:::255.255.255.0::eth0:off skiff.seed=3");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_run(10000000);
	if (skiff_task_start(peer, NULL) < 0)
		return 1;
	EXPECT("ping -c 3 10.0.0.2", "icmp_seq=3 ttl=64",
	       "3 packets transmitted, 3 received, 0% packet loss", "rtt min/avg/max/mdev = ");
	EXPECT("ping -c 6 -i 0.2 10.0.0.3", "time=51", "6 received", "/31.", "/51.", "/16.");
	EXPECT("ping -c 2 10.0.0.4", "(DUP!)",
	       "2 received, +1 duplicates" /* the last one comes too late */);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(line, sizeof(line), "ping -c 1 -W 0.5 10.0.0.%d", faults[i].host);
		snprintf(from, sizeof(from), "From 10.0.0.%d icmp_seq=1 %s", faults[i].host,
			 faults[i].says);
		EXPECT(line, from, "0 received, +1 errors, 100% packet loss", "!rtt");
	}
	EXPECT("ping -q -c 1 -W 0.5 10.0.0.11", "+1 errors", "!From");
	EXPECT("ping -c 1 -s 70000 10.0.0.2", "'70000'", "0 to 65507 bytes are right");
	EXPECT("ping -c 1 -t 300 10.0.0.2", "'300'", "1 to 255 is right");
	stop = true;
	skiff_run(skiff_now() + 10000000);
	return failures || skiff_warnings() ? 1 : 0;
}
