/* SPDX-License-Identifier: MIT */
/* poll, select and epoll_wait below their entries, which differ in how time and masks arrive. */
#ifndef KERNEL_POLLCALLS_H
#define KERNEL_POLLCALLS_H

#include <kernel/compiler.h>
#include <kernel/time.h>

struct epoll_event;
struct pollfd;

#define EXPIRES_NEVER ((ktime_t)(~0ull / 2))

/* do_poll, do_select, do_epoll_wait - @expires: ktime, 0: do not wait, EXPIRES_NEVER. Count, 0 when
 * time ran out, -EINTR or another -errno. */
long do_poll(struct pollfd __user *ufds, unsigned int nfds, ktime_t expires);
long do_select(int n, void __user *const sets[3], ktime_t expires);
long do_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, ktime_t expires);

/* expires_after - the ktime @ns from now; 0 stays 0 (do not wait), too far becomes EXPIRES_NEVER.
 */
static inline ktime_t expires_after(u64 ns)
{
	ktime_t now;

	if (!ns)
		return 0;
	now = ktime_get();
	return ns >= (u64)(EXPIRES_NEVER - now) ? EXPIRES_NEVER : now + (ktime_t)ns;
}

#endif
