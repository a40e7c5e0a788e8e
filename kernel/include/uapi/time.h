/* SPDX-License-Identifier: MIT */
/* Times and clocks. */
#ifndef UAPI_TIME_H
#define UAPI_TIME_H

#include <uapi/types.h>

#define CLOCK_REALTIME		 0
#define CLOCK_MONOTONIC		 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID	 3
#define CLOCK_MONOTONIC_RAW	 4
#define CLOCK_REALTIME_COARSE	 5
#define CLOCK_MONOTONIC_COARSE	 6
#define CLOCK_BOOTTIME		 7
#define TIMER_ABSTIME		 1

typedef __kernel_long_t __kernel_old_time_t;

/* Of the including program's width; in the kernel these are the x86-64 ones. */
struct timespec {
	__kernel_long_t tv_sec;
	__kernel_long_t tv_nsec;
};

struct timeval {
	__kernel_long_t tv_sec;
	__kernel_long_t tv_usec;
};

struct timezone {
	int tz_minuteswest;
	int tz_dsttime;
};

struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};

/* The 64-bit time of the *_time64 calls of i386, and of every x86-64 call. */
struct __kernel_timespec {
	__s64 tv_sec;
	__s64 tv_nsec;
};

/* The 32-bit times of the older i386 calls. */
struct old_timespec32 {
	__s32 tv_sec;
	__s32 tv_nsec;
};

struct old_timeval32 {
	__s32 tv_sec;
	__s32 tv_usec;
};

_Static_assert(sizeof(struct timespec) == 2 * sizeof(long), "struct timespec");
_Static_assert(sizeof(struct timeval) == 2 * sizeof(long), "struct timeval");
_Static_assert(sizeof(struct __kernel_timespec) == 16, "struct __kernel_timespec");
_Static_assert(sizeof(struct old_timespec32) == 8, "struct old_timespec32");

#endif
