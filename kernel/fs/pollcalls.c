/* SPDX-License-Identifier: MIT */
/* The system calls poll, ppoll, select, pselect6 and epoll_wait: time limits and signal masks
 * around the waiting. */
#include <kernel/process.h>
#include <kernel/syscalls.h>
#include <kernel/timecalls.h>
#include <kernel/uaccess.h>
#include <uapi/epoll.h>

long sys_poll(struct pollfd __user *fds, unsigned int nfds, int timeout_ms)
{
	return do_poll(fds, nfds, expires_ms(timeout_ms));
}

/* put_left - Linux tells what was left of the time, and does not mind if it cannot. */
static void put_left(void __user *p, ktime_t expires, enum time_layout layout, bool timeval)
{
	u64 left;

	if (!p)
		return;
	left = expires ? remaining_ns(expires) : 0;
	if (timeval)
		(void)put_timeval(left, p, layout);
	else
		(void)put_timespec(left, p, layout);
}

long ppoll_common(void __user *fds, unsigned int nfds, void __user *tsp, enum time_layout layout,
		  const void __user *mask, size_t size)
{
	ktime_t expires;
	long ret = get_expires(&expires, tsp, layout);

	if (!ret)
		ret = sigmask_begin(mask, size);
	if (ret)
		return ret;
	ret = do_poll(fds, nfds, expires);
	sigmask_end(ret);
	put_left(tsp, expires, layout, false);
	return ret;
}

long pselect_common(int n, void __user *const sets[3], void __user *tsp, enum time_layout layout,
		    const void __user *mask, size_t size)
{
	ktime_t expires;
	long ret = get_expires(&expires, tsp, layout);

	if (!ret)
		ret = sigmask_begin(mask, size);
	if (ret)
		return ret;
	ret = do_select(n, sets, expires);
	sigmask_end(ret);
	put_left(tsp, expires, layout, false);
	return ret;
}

long select_common(int n, void __user *const sets[3], void __user *tvp, enum time_layout layout)
{
	ktime_t expires;
	long ret = get_expires_timeval(&expires, tvp, layout);

	if (ret)
		return ret;
	ret = do_select(n, sets, expires);
	put_left(tvp, expires, layout, true);
	return ret;
}

long sys_ppoll(struct pollfd __user *fds, unsigned int nfds, void __user *tsp,
	       const void __user *mask, size_t size)
{
	return ppoll_common(fds, nfds, tsp, TIME_SPEC64, mask, size);
}

long sys_select(int n, void __user *in, void __user *out, void __user *ex, void __user *tvp)
{
	void __user *const sets[3] = { in, out, ex };

	return select_common(n, sets, tvp, TIME_SPEC64);
}

long sys_pselect6(int n, void __user *in, void __user *out, void __user *ex, void __user *tsp,
		  const void __user *packed)
{
	void __user *const sets[3] = { in, out, ex };
	struct {
		const void __user *mask;
		size_t size;
	} arg = { NULL, 0 };

	if (packed && copy_from_user(&arg, packed, sizeof(arg)))
		return -EFAULT;
	return pselect_common(n, sets, tsp, TIME_SPEC64, arg.mask, arg.size);
}

long sys_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, int timeout_ms)
{
	return do_epoll_wait(epfd, events, maxevents, expires_ms(timeout_ms));
}

static long pwait(int epfd, struct epoll_event __user *events, int maxevents, ktime_t expires,
		  const void __user *mask, size_t size)
{
	long ret = sigmask_begin(mask, size);

	if (ret)
		return ret;
	ret = do_epoll_wait(epfd, events, maxevents, expires);
	sigmask_end(ret);
	return ret;
}

long sys_epoll_pwait(int epfd, struct epoll_event __user *events, int maxevents, int timeout_ms,
		     const void __user *mask, size_t size)
{
	return pwait(epfd, events, maxevents, expires_ms(timeout_ms), mask, size);
}

long sys_epoll_pwait2(int epfd, struct epoll_event __user *events, int maxevents,
		      const void __user *tsp, const void __user *mask, size_t size)
{
	ktime_t expires;
	long ret = get_expires(&expires, tsp, TIME_SPEC64);

	return ret ? ret : pwait(epfd, events, maxevents, expires, mask, size);
}
