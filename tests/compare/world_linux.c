/* SPDX-License-Identifier: MIT */
/* This machine's Linux, over a tun device in the network namespace that the test has put us into.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

#define SETTLE_MS 2000 /* in which a call blocks, or ends */

struct pending {
	pthread_t thread;
	long nr, arg[6], result;
	int tid;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool begun, done;
};

static int tun;

void world_open(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	strcpy(ifr.ifr_name, "tun0");
	if (tun < 0 || ioctl(tun, TUNSETIFF, &ifr) < 0 ||
	    system("ip addr add 192.168.0.1/24 dev tun0 && ip link set tun0 up && ip link set lo "
		   "up") != 0) {
		perror("compare: no tun device");
		exit(2);
	}
	dup2(tun, 100); /* descriptors of scenarios begin at 3, as in the other world */
	close(tun);
	tun = 100;
}

long world_call(long nr, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(nr, a, b, c, d, e, f);

	return result < 0 ? -errno : result;
}

static void *run(void *data)
{
	struct pending *p = data;
	long result;

	pthread_mutex_lock(&p->lock);
	p->tid = (int)syscall(SYS_gettid);
	p->begun = true;
	pthread_cond_broadcast(&p->change);
	pthread_mutex_unlock(&p->lock);
	result =
		world_call(p->nr, p->arg[0], p->arg[1], p->arg[2], p->arg[3], p->arg[4], p->arg[5]);
	pthread_mutex_lock(&p->lock);
	p->result = result;
	p->done = true;
	pthread_cond_broadcast(&p->change);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Does the thread sleep, in a system call? */
static bool sleeps(int tid)
{
	char path[64], line[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	if (!f)
		return true;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	return strstr(line, ") S ") != NULL;
}

struct pending *world_begin(long nr, long a, long b, long c, long d, long e, long f)
{
	struct pending *p = calloc(1, sizeof(*p));

	p->nr = nr;
	memcpy(p->arg, (long[]){ a, b, c, d, e, f }, sizeof(p->arg));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->change, NULL);
	pthread_create(&p->thread, NULL, run, p);
	pthread_mutex_lock(&p->lock);
	while (!p->begun)
		pthread_cond_wait(&p->change, &p->lock);
	for (int i = 0; i < SETTLE_MS && !p->done && !(i && sleeps(p->tid)); i++) {
		pthread_mutex_unlock(&p->lock);
		usleep(1000);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return p;
}

bool world_end(struct pending *p, unsigned int ms, long *result)
{
	bool done;

	for (unsigned int i = 0;; i++) {
		pthread_mutex_lock(&p->lock);
		done = p->done;
		pthread_mutex_unlock(&p->lock);
		if (done || i >= ms)
			break;
		usleep(1000);
	}
	if (!done)
		return false;
	*result = p->result;
	pthread_join(p->thread, NULL);
	free(p);
	return true;
}

void world_give(const void *packet, size_t len)
{
	if (write(tun, packet, len) != (ssize_t)len)
		perror("compare: tun");
}

size_t world_take(void *packet, size_t cap, unsigned int ms)
{
	struct pollfd pfd = { .fd = tun, .events = POLLIN };
	ssize_t n;

	if (poll(&pfd, 1, (int)ms) <= 0)
		return 0;
	n = read(tun, packet, cap);
	return n > 0 ? (size_t)n : 0;
}

void world_wait(unsigned int ms)
{
	usleep(ms * 1000);
}

void world_sysctl(const char *name, const char *value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	f = fopen(path, "w");
	if (!f || fputs(value, f) < 0 || fclose(f)) {
		perror(path);
		exit(2);
	}
}
