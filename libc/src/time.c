/* SPDX-License-Identifier: MIT */
/* Clocks, sleeping, and the time of day. */
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "libc_internal.h"

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	return (int)sc(clock_gettime, clock, ts);
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
	return (int)sc(clock_getres, clock, ts);
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	return (int)sc(gettimeofday, tv, tz);
}

time_t time(time_t *t)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

int nanosleep(const struct timespec *ts, struct timespec *left)
{
	return (int)sc(nanosleep, ts, left);
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec ts = { .tv_sec = (time_t)seconds };

	return nanosleep(&ts, &ts) ? (unsigned int)ts.tv_sec : 0;
}

int usleep(unsigned int us)
{
	struct timespec ts = { .tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000) * 1000 };

	return nanosleep(&ts, NULL);
}

long long __now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
