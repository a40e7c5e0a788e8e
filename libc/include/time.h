/* SPDX-License-Identifier: MIT */
/* Clocks and sleeping. */
#ifndef LIBC_TIME_H
#define LIBC_TIME_H

#include <sys/types.h>
#include <uapi/time.h>

time_t time(time_t *t);
int clock_gettime(clockid_t clock, struct timespec *ts);
int clock_getres(clockid_t clock, struct timespec *ts);
int nanosleep(const struct timespec *ts, struct timespec *left);

#endif
