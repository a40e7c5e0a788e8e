/* SPDX-License-Identifier: MIT */
/* A wire with troubles, between two descriptors that carry one Ethernet frame per read and write (taps, datagram sockets):
 *
 *   link FD FD [delay_us=N] [rate_kbps=N] [queue=FRAMES] [loss_ppm=N] [duplicate_ppm=N] [reorder_ppm=N] [reorder_us=N] [seed=N]
 *
 * It does what `tc netem` does, where a kernel has none, and by a seed: what befalls the n-th frame of a direction is the same
 * each time. Both directions are alike. A frame waits its turn at `rate_kbps` (beyond `queue` frames it is dropped), is lost, or
 * takes `delay_us`; some are held back by `reorder_us` more, so that later ones pass them, and some come twice. It ends when its
 * standard input does, and then prints a line of counts for each direction. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX   2048  /* bytes; no offloads: a frame is what a wire carries */
#define PENDING_MAX 65536 /* frames on their way in one direction */
#define FCS_AND_GAP 24	  /* bytes that a frame takes on a wire beside itself: preamble, checksum, gap */
#define MILLION	    1000000u

static uint64_t delay_us, rate_kbps, queue = 1000, loss_ppm, duplicate_ppm, reorder_ppm, reorder_us = 5000, seed = 1;

static const struct {
	const char *name;
	uint64_t *value;
} settings[] = {
	{ "delay_us", &delay_us },   { "rate_kbps", &rate_kbps },	  { "queue", &queue },
	{ "loss_ppm", &loss_ppm },   { "duplicate_ppm", &duplicate_ppm }, { "reorder_ppm", &reorder_ppm },
	{ "reorder_us", &reorder_us }, { "seed", &seed },
};

struct frame {
	uint64_t due_ns;
	uint64_t order; /* among those that are due at once */
	size_t len;
	unsigned char data[FRAME_MAX];
};

/* One direction. The heap holds the frames on their way, the first due at its root. */
struct way {
	int from, to;
	uint64_t random;
	uint64_t free_ns; /* when the transmitter has sent what it has been given */
	uint64_t order;
	struct frame *heap[PENDING_MAX];
	size_t pending;
	bool blocked; /* the receiver takes no more for now */
	uint64_t taken, lost, overflowed, doubled, reordered, delivered;
};

static struct way ways[2];

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* splitmix64 */
static bool chance(struct way *way, uint64_t ppm)
{
	uint64_t z = way->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	return z % MILLION < ppm;
}

static bool before(const struct frame *a, const struct frame *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void swap(struct way *way, size_t a, size_t b)
{
	struct frame *frame = way->heap[a];

	way->heap[a] = way->heap[b];
	way->heap[b] = frame;
}

static void push(struct way *way, const unsigned char *data, size_t len, uint64_t due_ns)
{
	struct frame *frame = way->pending < PENDING_MAX ? malloc(sizeof(*frame)) : NULL;
	size_t at = way->pending;

	if (!frame) {
		way->overflowed++;
		return;
	}
	frame->due_ns = due_ns;
	frame->order = way->order++;
	frame->len = len;
	memcpy(frame->data, data, len);
	way->heap[way->pending++] = frame;
	while (at && before(way->heap[at], way->heap[(at - 1) / 2])) {
		swap(way, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static void pop(struct way *way)
{
	size_t at = 0;

	free(way->heap[0]);
	way->heap[0] = way->heap[--way->pending];
	for (;;) {
		size_t least = at, child = 2 * at + 1;

		for (size_t c = child; c < child + 2 && c < way->pending; c++)
			if (before(way->heap[c], way->heap[least]))
				least = c;
		if (least == at)
			return;
		swap(way, at, least);
		at = least;
	}
}

static void admit(struct way *way, const unsigned char *data, size_t len)
{
	uint64_t now = now_ns(), due;
	uint64_t sending_ns = rate_kbps ? (len + FCS_AND_GAP) * 8 * MILLION / rate_kbps : 0;
	/* All are drawn for each frame, so that the n-th frame's lot does not hang on the settings. */
	bool lost = chance(way, loss_ppm), doubled = chance(way, duplicate_ppm), late = chance(way, reorder_ppm);

	way->taken++;
	if (way->free_ns < now)
		way->free_ns = now;
	if (sending_ns && (way->free_ns - now) / sending_ns > queue) {
		way->overflowed++;
		return;
	}
	way->free_ns += sending_ns;
	if (lost) {
		way->lost++;
		return;
	}
	due = way->free_ns + delay_us * 1000;
	if (late)
		due += reorder_us * 1000;
	way->reordered += late;
	way->doubled += doubled;
	push(way, data, len, due);
	if (doubled)
		push(way, data, len, due);
}

/* Takes what is there, but not without end: the other direction has its turn. */
static bool take(struct way *way)
{
	unsigned char data[FRAME_MAX];

	for (int n = 0; n < 64; n++) {
		ssize_t len = read(way->from, data, sizeof(data));

		if (len < 0)
			return errno == EAGAIN || errno == EINTR;
		if (!len)
			return false;
		admit(way, data, (size_t)len);
	}
	return true;
}

static void deliver(struct way *way)
{
	uint64_t now = now_ns();

	way->blocked = false;
	while (way->pending && way->heap[0]->due_ns <= now) {
		ssize_t len = write(way->to, way->heap[0]->data, way->heap[0]->len);

		if (len < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			way->blocked = true;
			return;
		}
		way->delivered += len >= 0; /* else: the receiver is down, as a cable is that nobody listens to */
		pop(way);
	}
}

static int run(void)
{
	for (;;) {
		struct pollfd fds[3] = { { .fd = 0, .events = POLLIN } };
		uint64_t now = now_ns(), next = now + 1000000000u;
		struct timespec wait = { 0 };

		for (int i = 0; i < 2; i++) {
			fds[1 + i].fd = ways[i].from;
			fds[1 + i].events = (short)(POLLIN | (ways[!i].blocked ? POLLOUT : 0));
			if (ways[i].pending && !ways[i].blocked && ways[i].heap[0]->due_ns < next)
				next = ways[i].heap[0]->due_ns;
		}
		if (next > now) {
			wait.tv_sec = (time_t)((next - now) / 1000000000u);
			wait.tv_nsec = (long)((next - now) % 1000000000u);
		}
		if (ppoll(fds, 3, &wait, NULL) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents)
			return 0;
		for (int i = 0; i < 2; i++) {
			if (fds[1 + i].revents & POLLIN && !take(&ways[i]))
				return 0;
			deliver(&ways[i]);
		}
	}
}

static bool setting(const char *text)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		size_t len = strlen(settings[i].name);
		char *end;

		if (strncmp(text, settings[i].name, len) || text[len] != '=')
			continue;
		*settings[i].value = strtoull(text + len + 1, &end, 10);
		return !*end && end != text + len + 1;
	}
	return false;
}

int main(int argc, char **argv)
{
	int status;

	for (int i = 3; i < argc; i++) {
		if (!setting(argv[i])) {
			fprintf(stderr, "link: %s is no setting\n", argv[i]);
			return 2;
		}
	}
	if (argc < 3) {
		fprintf(stderr, "usage: link FD FD [SETTING=NUMBER]...\n");
		return 2;
	}
	for (int i = 0; i < 2; i++) {
		ways[i].from = atoi(argv[1 + i]);
		ways[i].to = atoi(argv[2 - i]);
		ways[i].random = seed * 2 + (uint64_t)i;
		if (fcntl(ways[i].from, F_SETFL, O_NONBLOCK) < 0) {
			fprintf(stderr, "link: descriptor %s: %s\n", argv[1 + i], strerror(errno));
			return 1;
		}
	}
	status = run();
	for (int i = 0; i < 2; i++)
		printf("taken=%llu lost=%llu overflowed=%llu doubled=%llu reordered=%llu delivered=%llu\n",
		       (unsigned long long)ways[i].taken, (unsigned long long)ways[i].lost, (unsigned long long)ways[i].overflowed,
		       (unsigned long long)ways[i].doubled, (unsigned long long)ways[i].reordered,
		       (unsigned long long)ways[i].delivered);
	return status;
}
