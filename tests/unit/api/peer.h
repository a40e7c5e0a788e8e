/* SPDX-License-Identifier: MIT */
/* For tests of commands with a peer on the wire that the test plays: its ARP, its echoes and errors, and what a command is to print. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include "skiff_host.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define ETH   14
#define IP_AT (ETH + 20)

static struct skiff_port *port;
static int failures;
static bool stop; /* the peer ends */

/* The checksum of @n bytes at @p, into them at @at. */
static inline void put_sum(unsigned char *at, const unsigned char *p, size_t n)
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

static inline void rest_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	skiff_syscall(SYS_nanosleep, (long)&t, 0, 0, 0, 0, 0);
}

static inline void swap(unsigned char *a, unsigned char *b, size_t n)
{
	unsigned char c;

	for (; n--; a++, b++)
		c = *a, *a = *b, *b = c;
}

static inline void answer_arp(unsigned char *f)
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

/* @from says by ICMP what is wrong with the packet in @f. */
static inline void answer_error(const unsigned char *f, const unsigned char from[4], unsigned char type, unsigned char code)
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

/* The echo request in @f comes back; it is the answer then, to be given again. */
static inline void answer_echo(unsigned char *f, size_t n)
{
	swap(f, f + 6, 6);
	swap(f + 26, f + 30, 4);
	f[22] = 64;
	put_sum(f + 24, f + ETH, 20);
	f[IP_AT] = 0;
	put_sum(f + IP_AT + 2, f + IP_AT, n - IP_AT);
	skiff_port_give(port, f, n);
}

/* peer_task - until stop: answers ARP, and gives each packet of IPv4 to @arg, a function (f, n). */
static inline void peer_task(void *arg)
{
	void (*packet)(unsigned char *f, size_t n) = (void (*)(unsigned char *, size_t))arg;
	unsigned char f[2000];
	size_t n;

	while (!stop) {
		while ((n = skiff_port_take(port, f, sizeof(f), NULL)) > 0) {
			if (f[12] == 8 && f[13] == 6 && f[21] == 1)
				answer_arp(f);
			else if (f[12] == 8 && f[13] == 0)
				packet(f, n);
		}
		rest_ms(1);
	}
}

/* What @line prints has each of @words, and none of those behind a "!". */
static inline void expect(const char *line, const char *const *words)
{
	static char out[8192];

	skiff_command(line, out, sizeof(out));
	for (; *words; words++) {
		bool lacks = **words == '!';

		if (!strstr(out, *words + lacks) == !lacks) {
			fprintf(stderr, "`%s`: %s `%s` in:\n%s\n", line, lacks ? "there is" : "no", *words + lacks, out);
			failures++;
		}
	}
}

#define EXPECT(line, ...) expect(line, (const char *const[]){ __VA_ARGS__, NULL })

#endif
