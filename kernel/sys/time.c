/* SPDX-License-Identifier: MIT */
/* Clocks and sleeps for ring 3. Times arrive in two layouts and are nanoseconds in here. Book
 * section 15.4. */
#include <asm/clock.h>
#include <kernel/process.h>
#include <kernel/syscalls.h>
#include <kernel/timecalls.h>
#include <kernel/uaccess.h>

#define USER_HZ 100
#define NS_MAX	((u64)EXPIRES_NEVER)

static int get_pair(s64 pair[2], const void __user *p, enum time_layout layout)
{
	s32 narrow[2];

	if (layout == TIME_SPEC64)
		return copy_from_user(pair, p, 2 * sizeof(s64)) ? -EFAULT : 0;
	if (copy_from_user(narrow, p, sizeof(narrow)))
		return -EFAULT;
	pair[0] = narrow[0];
	pair[1] = narrow[1];
	return 0;
}

static int put_pair(s64 a, s64 b, void __user *p, enum time_layout layout)
{
	s64 pair[2] = { a, b };
	s32 narrow[2] = { (s32)a, (s32)b };

	if (layout == TIME_SPEC64)
		return copy_to_user(p, pair, sizeof(pair)) ? -EFAULT : 0;
	return copy_to_user(p, narrow, sizeof(narrow)) ? -EFAULT : 0;
}

/* to_ns - seconds and parts of which @per_sec make one. */
static int to_ns(u64 *ns, const s64 pair[2], s64 per_sec)
{
	if (pair[0] < 0 || pair[1] < 0 || pair[1] >= per_sec)
		return -EINVAL;
	if ((u64)pair[0] >= NS_MAX / NSEC_PER_SEC)
		*ns = NS_MAX;
	else
		*ns = (u64)pair[0] * NSEC_PER_SEC + (u64)pair[1] * (NSEC_PER_SEC / (u64)per_sec);
	return 0;
}

int get_timespec(u64 *ns, const void __user *p, enum time_layout layout)
{
	s64 pair[2];

	if (get_pair(pair, p, layout))
		return -EFAULT;
	/* i386's *_time64 calls have 32-bit nanoseconds with anything above them */
	if (layout == TIME_SPEC64 && current->process && current->process->is32)
		pair[1] = (u32)pair[1];
	return to_ns(ns, pair, (s64)NSEC_PER_SEC);
}

int get_timeval(u64 *ns, const void __user *p, enum time_layout layout)
{
	s64 pair[2];

	return get_pair(pair, p, layout) ? -EFAULT : to_ns(ns, pair, (s64)USEC_PER_SEC);
}

int put_timespec(u64 ns, void __user *p, enum time_layout layout)
{
	return put_pair((s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC), p, layout);
}

int put_timeval(u64 ns, void __user *p, enum time_layout layout)
{
	return put_pair((s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC), p,
			layout);
}

int get_expires(ktime_t *expires, const void __user *timespec, enum time_layout layout)
{
	u64 ns;
	int err;

	*expires = EXPIRES_NEVER;
	if (!timespec)
		return 0;
	err = get_timespec(&ns, timespec, layout);
	if (!err)
		*expires = expires_after(ns);
	return err;
}

int get_expires_timeval(ktime_t *expires, const void __user *timeval, enum time_layout layout)
{
	s64 pair[2];
	u64 ns = 0;

	*expires = EXPIRES_NEVER;
	if (!timeval)
		return 0;
	if (get_pair(pair, timeval, layout))
		return -EFAULT;
	if (pair[0] < 0 || pair[1] < 0)
		return -EINVAL;
	/* select, unlike the others, takes more than a million microseconds */
	if (__builtin_add_overflow(pair[0], pair[1] / (s64)USEC_PER_SEC, &pair[0]))
		pair[0] = (s64)(NS_MAX / NSEC_PER_SEC);
	pair[1] %= (s64)USEC_PER_SEC;
	to_ns(&ns, pair, (s64)USEC_PER_SEC);
	*expires = expires_after(ns);
	return 0;
}

ktime_t expires_ms(int ms)
{
	return ms < 0 ? EXPIRES_NEVER : expires_after((u64)ms * NSEC_PER_MSEC);
}

u64 remaining_ns(ktime_t expires)
{
	ktime_t now = ktime_get();

	return expires > now ? (u64)(expires - now) : 0;
}

static u64 cpu_time_ns(void)
{
	u64 hz = arch_cycles_per_sec(), cycles = current->cpu_cycles;

	return hz ? cycles / hz * NSEC_PER_SEC + cycles % hz * NSEC_PER_SEC / hz : 0;
}

int read_clock(int clock, u64 *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE: *ns = ktime_get_real(); return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME: *ns = ktime_get_ns(); return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID: *ns = cpu_time_ns(); return 0;
	default: return -EINVAL;
	}
}

ktime_t clock_to_ktime(int clock, u64 ns)
{
	u64 now;

	if (clock == CLOCK_REALTIME) {
		now = ktime_get_real();
		return ns > now ? expires_after(ns - now) : 1;
	}
	return ns ? (ktime_t)min_t(u64, ns, NS_MAX) : 1;
}

long sys_clock_gettime(int clock, void __user *ts)
{
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	return put_timespec(ns, ts, TIME_SPEC64);
}

long sys_clock_getres(int clock, void __user *ts)
{
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	return ts ? put_timespec(1, ts, TIME_SPEC64) : 0;
}

long sys_clock_settime(int clock, const void __user *ts)
{
	return -EPERM; /* the clock is the machine's */
}

long sys_gettimeofday(void __user *tv, struct timezone __user *utz)
{
	static const struct timezone tz;

	if (tv && put_timeval(ktime_get_real(), tv, TIME_SPEC64))
		return -EFAULT;
	return utz && copy_to_user(utz, &tz, sizeof(tz)) ? -EFAULT : 0;
}

long sys_time(long __user *tloc)
{
	long now = (long)(ktime_get_real() / NSEC_PER_SEC);

	return tloc && put_user(now, tloc) ? -EFAULT : now;
}

long do_nanosleep(ktime_t expires, u64 *left_ns)
{
	while (remaining_ns(expires)) {
		if (signal_pending(current)) {
			*left_ns = remaining_ns(expires);
			return -EINTR;
		}
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(expires);
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

long do_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem,
			enum time_layout layout)
{
	u64 ns, left;
	long ret;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return clock == CLOCK_PROCESS_CPUTIME_ID ? -EOPNOTSUPP : -EINVAL;
	ret = get_timespec(&ns, req, layout);
	if (ret)
		return ret;
	if (!ns && !(flags & TIMER_ABSTIME))
		return 0;
	ret = do_nanosleep(flags & TIMER_ABSTIME ? clock_to_ktime(clock, ns) : expires_after(ns),
			   &left);
	if (ret && rem && !(flags & TIMER_ABSTIME) && put_timespec(left, rem, layout))
		return -EFAULT;
	return ret;
}

long sys_nanosleep(const void __user *req, void __user *rem)
{
	return do_clock_nanosleep(CLOCK_MONOTONIC, 0, req, rem, TIME_SPEC64);
}

long sys_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem)
{
	return do_clock_nanosleep(clock, flags, req, rem, TIME_SPEC64);
}

#define PERIOD_MIN_NS                                                                            \
	20000 /* two expiries of a periodic timer are never closer: ring 3 shall not live in our \
		 interrupts */

u64 timer_periodic(struct hrtimer *timer, u64 interval_ns)
{
	u64 now = ktime_get_ns(), missed = 0, next;

	if (now > (u64)timer->expires)
		missed = (now - (u64)timer->expires) / interval_ns;
	if (__builtin_mul_overflow(missed + 1, interval_ns, &next) ||
	    __builtin_add_overflow(next, (u64)timer->expires, &next))
		next = NS_MAX;
	hrtimer_start(timer, (ktime_t)clamp_t(u64, next, now + PERIOD_MIN_NS, NS_MAX));
	return missed;
}

static void itimer_fires(struct hrtimer *timer)
{
	struct process *p = container_of(timer, struct process, itimer);

	send_sig(SIGALRM, p->task);
	if (p->itimer_interval_ns)
		timer_periodic(timer, p->itimer_interval_ns);
}

void process_timer_init(struct process *p)
{
	hrtimer_init(&p->itimer, itimer_fires);
}

void do_getitimer(u64 *value_ns, u64 *interval_ns)
{
	struct process *p = current->process;

	*value_ns = *interval_ns = 0;
	if (!p)
		return;
	if (hrtimer_active(&p->itimer))
		*value_ns = max_t(u64, remaining_ns(p->itimer.expires), 1);
	*interval_ns = p->itimer_interval_ns;
}

void do_setitimer(u64 value_ns, u64 interval_ns, u64 *old_value_ns, u64 *old_interval_ns)
{
	struct process *p = current->process;

	do_getitimer(old_value_ns, old_interval_ns);
	if (!p)
		return;
	hrtimer_cancel(&p->itimer);
	p->itimer_interval_ns = interval_ns;
	if (value_ns)
		hrtimer_start(&p->itimer, expires_after(value_ns));
}

/* setitimer_common - an itimerval is two timevals: the interval, then the value. */
long setitimer_common(int which, const void __user *new, void __user *old, enum time_layout layout)
{
	size_t half = layout == TIME_SPEC64 ? 16 : 8;
	u64 value = 0, interval = 0, old_value, old_interval;
	int err = 0;

	if (which)
		return which == 1 || which == 2 ? -ENOSYS
						: -EINVAL; /* ITIMER_REAL alone is there */
	if (new) {
		err = get_timeval(&interval, new, layout);
		if (!err)
			err = get_timeval(&value, (const char __user *)new + half, layout);
	}
	if (err)
		return err;
	do_setitimer(value, interval, &old_value, &old_interval);
	if (old && (put_timeval(old_interval, old, layout) ||
		    put_timeval(old_value, (char __user *)old + half, layout)))
		return -EFAULT;
	return 0;
}

long getitimer_common(int which, void __user *old, enum time_layout layout)
{
	u64 value, interval;

	if (which)
		return which == 1 || which == 2 ? -ENOSYS : -EINVAL;
	do_getitimer(&value, &interval);
	if (put_timeval(interval, old, layout) ||
	    put_timeval(value, (char __user *)old + (layout == TIME_SPEC64 ? 16 : 8), layout))
		return -EFAULT;
	return 0;
}

long sys_setitimer(int which, const struct itimerval __user *new, struct itimerval __user *old)
{
	return setitimer_common(which, new, old, TIME_SPEC64);
}

long sys_getitimer(int which, struct itimerval __user *old)
{
	return getitimer_common(which, old, TIME_SPEC64);
}

long sys_alarm(unsigned int seconds)
{
	u64 value, interval;

	do_setitimer((u64)seconds * NSEC_PER_SEC, 0, &value, &interval);
	return (long)DIV_ROUND_UP(value, NSEC_PER_SEC);
}

/* timerfd's itimerspec is two timespecs in the same order. */
long timerfd_settime_common(unsigned int fd, int flags, const void __user *new, void __user *old,
			    enum time_layout layout)
{
	size_t half = layout == TIME_SPEC64 ? 16 : 8;
	u64 value, interval, old_value = 0, old_interval = 0;
	long err = get_timespec(&interval, new, layout);

	if (!err)
		err = get_timespec(&value, (const char __user *)new + half, layout);
	if (!err)
		err = do_timerfd_settime(fd, flags, value, interval, &old_value, &old_interval);
	if (!err && old &&
	    (put_timespec(old_interval, old, layout) ||
	     put_timespec(old_value, (char __user *)old + half, layout)))
		err = -EFAULT;
	return err;
}

long timerfd_gettime_common(unsigned int fd, void __user *cur, enum time_layout layout)
{
	u64 value, interval;
	long err = do_timerfd_gettime(fd, &value, &interval);

	if (!err &&
	    (put_timespec(interval, cur, layout) ||
	     put_timespec(value, (char __user *)cur + (layout == TIME_SPEC64 ? 16 : 8), layout)))
		err = -EFAULT;
	return err;
}

long sys_timerfd_settime(int fd, int flags, const void __user *new, void __user *old)
{
	return timerfd_settime_common((unsigned int)fd, flags, new, old, TIME_SPEC64);
}

long sys_timerfd_gettime(int fd, void __user *cur)
{
	return timerfd_gettime_common((unsigned int)fd, cur, TIME_SPEC64);
}

/* process_ticks - CPU time in clock ticks, user and system in one: the account does not part them
 * by task. */
u64 process_ticks(void)
{
	return cpu_time_ns() / (NSEC_PER_SEC / USER_HZ);
}

u64 process_cpu_ns(void)
{
	return cpu_time_ns();
}

long uptime_ticks(void)
{
	return (long)(ktime_get_ns() / (NSEC_PER_SEC / USER_HZ));
}
