/* SPDX-License-Identifier: MIT */
/* The console's traceroute, with a chain of routers on the wire that answer, share a hop, or keep silent:
 * traceroute(1). */
#include "skiff_host.h"
#include "skiff_test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define ETH   14
#define IP_AT (ETH + 20)

static struct skiff_port *port;
static int failures;
static bool stop;

static void put_sum(unsigned char *at, const unsigned char *p, size_t n)
{
	unsigned long s = 0;
	size_t i;

	at[0] = at[1] = 0;
	for (i = 0; i < n; i++)
		s += i & 1 ? p[i] : (unsigned long)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	at[0] = (unsigned char)(~s >> 8);
	at[1] = (unsigned char)~s;
}

static void rest_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	skiff_syscall(SYS_nanosleep, (long)&t, 0, 0, 0, 0, 0);
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

static void answer_error(const unsigned char *f, const unsigned char from[4], unsigned char type,
			 unsigned char code)
{
	unsigned char m[ETH + 20 + 8 + 28];

	memcpy(m, f, IP_AT);
	swap(m, m + 6, 6);
	memcpy(m + 30, m + 26, 4);
	memcpy(m + 26, from, 4);
	m[16] = 0, m[17] = sizeof(m) - ETH;
	m[22] = 64;
	m[23] = 1;
	put_sum(m + 24, m + ETH, 20);
	memset(m + IP_AT, 0, 8);
	m[IP_AT] = type;
	m[IP_AT + 1] = code;
	memcpy(m + IP_AT + 8, f + ETH, 28);
	put_sum(m + IP_AT + 2, m + IP_AT, 36);
	skiff_port_give(port, m, sizeof(m));
}

static void answer_echo(unsigned char *f, size_t n)
{
	swap(f, f + 6, 6);
	swap(f + 26, f + 30, 4);
	f[22] = 64;
	put_sum(f + 24, f + ETH, 20);
	f[IP_AT] = 0;
	put_sum(f + IP_AT + 2, f + IP_AT, n - IP_AT);
	skiff_port_give(port, f, n);
}

/* Hop 1 is 10.0.0.254; hop 2 is 10.0.2.1 for the first probe and 10.0.2.2 for the others; hop 3 is
 * silent; hop 4 is the host, where 10.9.0.N's N is the code of the error it answers with. */
static void way(unsigned char *f, size_t n)
{
	static const unsigned char one[4] = { 10, 0, 0, 254 };
	static unsigned char two[4] = { 10, 0, 2, 1 };
	unsigned char host[4];
	unsigned int ttl = f[22];

	memcpy(host, f + 30, 4);
	if (ttl == 1) {
		two[3] = 1;
		rest_ms(3);
		answer_error(f, one, 11, 0);
	} else if (ttl == 2) {
		answer_error(f, two, 11, 0);
		two[3] = 2;
	} else if (ttl > 3 && host[3] == 77 && f[23] == 1) {
		answer_echo(f, n);
	} else if (ttl > 3) {
		answer_error(f, host, 3, host[3] == 77 ? 3 : host[3]);
	}
}

static void peer(void *arg)
{
	unsigned char f[2000];
	size_t n;

	while (!stop) {
		while ((n = skiff_port_take(port, f, sizeof(f), NULL)) > 0) {
			if (f[12] == 8 && f[13] == 6 && f[21] == 1)
				answer_arp(f);
			else if (f[12] == 8 && f[13] == 0)
				way(f, n);
		}
		rest_ms(1);
	}
}

static void expect(const char *line, const char *const *words)
{
	static char out[8192];

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

	skiff_boot("ip=10.0.0.1::10.0.0.254:255.255.255.0::eth0:off skiff.seed=3");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_run(10000000);
	if (skiff_task_start(peer, NULL) < 0)
		return 1;
	EXPECT("traceroute -n 10.9.0.77", "traceroute to 10.9.0.77 (10.9.0.77), 30 hops max, 60 byte packets\n 1  10.0.0.254  ",
	       "\n 2  10.0.2.", "\n 3  * * *\n 4  10.9.0.77  ", " ms\n", "! !", "! 5 ");
	EXPECT("traceroute -I -w 2 10.9.0.77", "\n 3  * * *\n 4  10.9.0.77  ", " ms\n", "! !", "! 5 ");
	EXPECT("traceroute -q 1 -f 2 -m 2 10.9.0.77", "2 hops max", "packets\n 2  10.0.2.", "! 1 ", "! 3 ");
	EXPECT("traceroute -q 3 -f 2 -m 2 10.9.0.77", "\n 2  10.0.2.2  ");
	EXPECT("traceroute -w 1 10.9.0.0", "ms !N  ", "!\n 5 ");
	EXPECT("traceroute -w 1 10.9.0.1", "ms !H\n");
	EXPECT("traceroute -w 1 10.9.0.2", "ms !P\n");
	EXPECT("traceroute -w 1 10.9.0.13", "ms !X\n");
	EXPECT("traceroute -w 1 10.9.0.15", "ms !<15>\n");
	EXPECT("traceroute 127.0.0.1", " 1  127.0.0.1  ", "!*", "! 2 ");
	EXPECT("traceroute -q 11 10.9.0.77", "`11' is wrong: 1 to 10 probes is right");
	EXPECT("traceroute -m 0 10.9.0.77", "1 to 255 hops");
	EXPECT("traceroute -f 9 -m 5 10.9.0.77", "first hop out of range");
	EXPECT("traceroute -p 65530 10.9.0.77", "-p is too high");
	EXPECT("traceroute -w soon 10.9.0.77", "seconds such as");
	EXPECT("traceroute 10.9.0.77 12", "28 to 65000 bytes");
	EXPECT("traceroute", "usage");
	EXPECT("traceroute -z 10.9.0.77", "usage");
	EXPECT("ip route del default", "!RTNETLINK");
	EXPECT("traceroute 10.9.0.77", "send: Network is unreachable");
	stop = true;
	skiff_run(skiff_now() + 10000000);
	return failures || skiff_warnings() ? 1 : 0;
}
