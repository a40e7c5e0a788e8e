/* SPDX-License-Identifier: MIT */
/* System calls whose times are 32-bit in an i386 program: clocks, sleeps, and waiting for files. */
#include <kernel/compat.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include "user_internal.h"

long compat_sys_time(s32 __user *tloc)
{
	s32 now = (s32)(ktime_get_real() / NSEC_PER_SEC);

	return tloc && put_user(now, tloc) ? -EFAULT : (long)now;
}

long compat_sys_gettimeofday(void __user *tv, struct timezone __user *utz)
{
	if (tv && put_timeval(ktime_get_real(), tv, TIME_SPEC32))
		return -EFAULT;
	return sys_gettimeofday(NULL, utz);
}

long compat_sys_clock_gettime(int clock, void __user *ts)
{
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	return put_timespec(ns, ts, TIME_SPEC32);
}

long compat_sys_clock_getres(int clock, void __user *ts)
{
	u64 ns;

	if (read_clock(clock, &ns))
		return -EINVAL;
	return ts ? put_timespec(1, ts, TIME_SPEC32) : 0;
}

long compat_sys_nanosleep(const void __user *req, void __user *rem)
{
	return do_clock_nanosleep(CLOCK_MONOTONIC, 0, req, rem, TIME_SPEC32);
}

long compat_sys_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem)
{
	return do_clock_nanosleep(clock, flags, req, rem, TIME_SPEC32);
}

long compat_sys_setitimer(int which, const void __user *new, void __user *old)
{
	return setitimer_common(which, new, old, TIME_SPEC32);
}

long compat_sys_getitimer(int which, void __user *old)
{
	return getitimer_common(which, old, TIME_SPEC32);
}

long compat_sys_timerfd_settime(int fd, int flags, const void __user *new, void __user *old)
{
	return timerfd_settime_common((unsigned int)fd, flags, new, old, TIME_SPEC32);
}

long compat_sys_timerfd_gettime(int fd, void __user *cur)
{
	return timerfd_gettime_common((unsigned int)fd, cur, TIME_SPEC32);
}

long compat_sys_ppoll(void __user *fds, unsigned int nfds, void __user *tsp,
		      const void __user *mask, u32 size)
{
	return ppoll_common(fds, nfds, tsp, TIME_SPEC32, mask, size);
}

long compat_sys_newselect(int n, void __user *in, void __user *out, void __user *ex,
			  void __user *tvp)
{
	void __user *const sets[3] = { in, out, ex };

	return select_common(n, sets, tvp, TIME_SPEC32);
}

/* compat_sys_select - the oldest form: one pointer to all five. */
long compat_sys_select(const struct compat_sel_arg_struct __user *uarg)
{
	struct compat_sel_arg_struct a;

	if (copy_from_user(&a, uarg, sizeof(a)))
		return -EFAULT;
	return compat_sys_newselect((int)a.n, compat_ptr(a.inp), compat_ptr(a.outp),
				    compat_ptr(a.exp), compat_ptr(a.tvp));
}

static long pselect6(int n, void __user *in, void __user *out, void __user *ex, void __user *tsp,
		     enum time_layout layout, const struct compat_sigset_argpack __user *packed)
{
	void __user *const sets[3] = { in, out, ex };
	struct compat_sigset_argpack arg = { 0, 0 };

	if (packed && copy_from_user(&arg, packed, sizeof(arg)))
		return -EFAULT;
	return pselect_common(n, sets, tsp, layout, compat_ptr(arg.p), arg.size);
}

long compat_sys_pselect6(int n, void __user *in, void __user *out, void __user *ex,
			 void __user *tsp, const void __user *packed)
{
	return pselect6(n, in, out, ex, tsp, TIME_SPEC32, packed);
}

long compat_sys_pselect6_time64(int n, void __user *in, void __user *out, void __user *ex,
				void __user *tsp, const void __user *packed)
{
	return pselect6(n, in, out, ex, tsp, TIME_SPEC64, packed);
}
