/* SPDX-License-Identifier: MIT */
/* Time of day and interval timers. */
#ifndef LIBC_SYS_TIME_H
#define LIBC_SYS_TIME_H

#include <sys/types.h>
#include <time.h>

int gettimeofday(struct timeval *restrict tv, void *restrict tz);

#endif
