/* SPDX-License-Identifier: MIT */
/* Skiff as the hosted library, in virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skiff_test.h"
#include "world.h"

#define MS     1000000ull
#define HEADER 14
#define QUEUE  64

struct pending {
	long nr, arg[6], result;
	bool done, owned;
	struct pending *next;
};

static const unsigned char our_mac[6] = { 2, 0, 0, 0, 0, 2 }, its_mac[6] = { 2, 0, 0, 0, 0, 1 };
static struct skiff_port *port;
static struct pending
	*wanted; /* calls that the first task, whose descriptors all share, is to start */
static unsigned char queue[QUEUE][PACKET_MAX];
static size_t queued[QUEUE];
static unsigned int head, tail;

static void perform(void *data)
{
	struct pending *p = data;

	p->result = skiff_syscall(p->nr, p->arg[0], p->arg[1], p->arg[2], p->arg[3], p->arg[4],
				  p->arg[5]);
	p->done = true;
}

/* Lives for ever, so that the descriptors do; each call gets a task of its own. */
static void first_task(void *unused)
{
	(void)unused;
	for (;;) {
		struct timespec_ {
			long sec, nsec;
		} tick = { 0, 100000 };

		while (wanted) {
			struct pending *p = wanted;

			wanted = p->next;
			if (skiff_task_start(perform, p) < 0)
				abort();
		}
		skiff_syscall(35 /* nanosleep */, (long)&tick, 0, 0, 0, 0, 0);
	}
}

static void answer_arp(const unsigned char *frame)
{
	unsigned char reply[60] = { 0 };

	memcpy(reply, frame + 6, 6);
	memcpy(reply + 6, our_mac, 6);
	memcpy(reply + 12, frame + 12, 8);
	reply[21] = 2;
	memcpy(reply + 22, our_mac, 6);
	memcpy(reply + 28, frame + 38, 4);
	memcpy(reply + 32, frame + 22, 10);
	skiff_port_give(port, reply, sizeof(reply));
}

static void take_frames(void)
{
	unsigned char frame[PACKET_MAX + HEADER];
	size_t n;

	while ((n = skiff_port_take(port, frame, sizeof(frame), NULL)) > 0) {
		if (frame[12] == 8 && frame[13] == 6) {
			if (frame[21] == 1 && !memcmp(frame + 38, "\xc0\xa8\x00\x02", 4))
				answer_arp(frame);
			continue;
		}
		if (tail - head == QUEUE)
			abort();
		queued[tail % QUEUE] = n - HEADER;
		memcpy(queue[tail++ % QUEUE], frame + HEADER, n - HEADER);
	}
}

static void pass(unsigned long long ns)
{
	skiff_run(skiff_now() + ns);
	take_frames();
}

void world_open(void)
{
	skiff_boot(
		"loglevel=4 skiff.seed=7 skiff.mem=1024 ip=192.168.0.1:::255.255.255.0::eth0:off");
	port = skiff_port_new("eth0", its_mac, 1500);
	if (!port || skiff_task_start(first_task, NULL) < 0)
		abort();
	pass(MS);
}

struct pending *world_begin(long nr, long a, long b, long c, long d, long e, long f)
{
	struct pending *p = calloc(1, sizeof(*p));

	p->nr = nr;
	memcpy(p->arg, (long[]){ a, b, c, d, e, f }, sizeof(p->arg));
	p->next = wanted;
	wanted = p;
	pass(MS / 2);
	pass(MS / 2);
	return p;
}

bool world_end(struct pending *p, unsigned int ms, long *result)
{
	for (unsigned int i = 0; i < ms && !p->done; i++)
		pass(MS);
	if (!p->done)
		return false;
	*result = p->result;
	free(p);
	return true;
}

long world_call(long nr, long a, long b, long c, long d, long e, long f)
{
	struct pending *p = world_begin(nr, a, b, c, d, e, f);
	long result;

	if (!world_end(p, 10, &result)) {
		fprintf(stderr, "compare: system call %ld blocks\n", nr);
		exit(2);
	}
	return result;
}

void world_give(const void *packet, size_t len)
{
	unsigned char frame[PACKET_MAX + HEADER];

	memcpy(frame, its_mac, 6);
	memcpy(frame + 6, our_mac, 6);
	frame[12] = 8;
	frame[13] = 0;
	memcpy(frame + HEADER, packet, len);
	skiff_port_give(port, frame, len + HEADER);
	pass(0);
}

size_t world_take(void *packet, size_t cap, unsigned int ms)
{
	size_t n;

	take_frames();
	for (unsigned int i = 0; i < ms && head == tail; i++)
		pass(MS);
	if (head == tail)
		return 0;
	n = queued[head % QUEUE] < cap ? queued[head % QUEUE] : cap;
	memcpy(packet, queue[head++ % QUEUE], n);
	return n;
}

void world_wait(unsigned int ms)
{
	pass(ms * MS);
}

void world_sysctl(const char *name, const char *value)
{
	char line[160], out[200];

	snprintf(line, sizeof(line), "sysctl -w net.ipv4.%s=%s", name, value);
	skiff_command(line, out, sizeof(out));
	if (!strstr(out, " = ")) {
		fputs(out, stderr);
		exit(2);
	}
}
