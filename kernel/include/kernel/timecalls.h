/* SPDX-License-Identifier: MIT */
/*
 * The time calls below their entries: each ABI brings its own layout of a time (64-bit, i386's
 * 32-bit and time64), and all meet here in nanoseconds.
 */
#ifndef KERNEL_TIMECALLS_H
#define KERNEL_TIMECALLS_H

#include <kernel/compiler.h>
#include <kernel/pollcalls.h>
#include <kernel/time.h>

enum time_layout {
	TIME_SPEC64, /* two 64-bit words: x86-64's timespec and timeval, *_time64 of i386 */
	TIME_SPEC32, /* two 32-bit words: the older calls of i386 */
};

/* get_timespec - a time of ring 3 in ns (saturated). 0, -EFAULT, or -EINVAL for negative or
 * unnormalised ones. */
int get_timespec(u64 *ns, const void __user *p, enum time_layout layout);
/* get_timeval - the same of seconds and microseconds. */
int get_timeval(u64 *ns, const void __user *p, enum time_layout layout);
int put_timespec(u64 ns, void __user *p, enum time_layout layout);
int put_timeval(u64 ns, void __user *p, enum time_layout layout);
/* get_expires - the end of a wait of which ring 3 gave the length: EXPIRES_NEVER for a NULL
 * pointer. */
int get_expires(ktime_t *expires, const void __user *timespec, enum time_layout layout);
int get_expires_timeval(ktime_t *expires, const void __user *timeval, enum time_layout layout);
/* expires_ms - the same of a poll timeout; negative: never. */
ktime_t expires_ms(int ms);
/* remaining_ns - what is left of a wait until @expires. */
u64 remaining_ns(ktime_t expires);

/* read_clock - a clock's time in ns. 0 or -EINVAL. */
int read_clock(int clock, u64 *ns);
/* clock_to_ktime - when (ktime) the clock will read @ns. */
ktime_t clock_to_ktime(int clock, u64 ns);
/* do_nanosleep - until ktime @expires; 0, or -EINTR with the rest in *left_ns. */
long do_nanosleep(ktime_t expires, u64 *left_ns);
long do_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem,
			enum time_layout layout);
struct hrtimer;
/* timer_periodic - from the function of a timer: start it again one interval after it was due; the
 * number of expiries missed. */
u64 timer_periodic(struct hrtimer *timer, u64 interval_ns);
/* do_setitimer - ITIMER_REAL; the old values out. 0. */
void do_setitimer(u64 value_ns, u64 interval_ns, u64 *old_value_ns, u64 *old_interval_ns);
void do_getitimer(u64 *value_ns, u64 *interval_ns);

long do_timerfd_settime(unsigned int fd, int flags, u64 value_ns, u64 interval_ns,
			u64 *old_value_ns, u64 *old_interval_ns);
long do_timerfd_gettime(unsigned int fd, u64 *value_ns, u64 *interval_ns);

/* The bodies of ppoll, pselect6 and epoll_pwait for either width; the mask is 64 bits in both. */
long ppoll_common(void __user *fds, unsigned int nfds, void __user *tsp, enum time_layout layout,
		  const void __user *mask, size_t size);
long pselect_common(int n, void __user *const sets[3], void __user *tsp, enum time_layout layout,
		    const void __user *mask, size_t size);
long select_common(int n, void __user *const sets[3], void __user *tvp, enum time_layout layout);

#endif
