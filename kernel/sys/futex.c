/* SPDX-License-Identifier: MIT */
/* futex: WAIT and WAKE, by the address of the word in the task's own address space. Book
 * section 5.3. */
#include <kernel/hash.h>
#include <kernel/process.h>
#include <kernel/syscalls.h>
#include <kernel/timecalls.h>
#include <kernel/uaccess.h>

#define FUTEX_WAIT	     0
#define FUTEX_WAKE	     1
#define FUTEX_WAIT_BITSET    9
#define FUTEX_WAKE_BITSET    10
#define FUTEX_PRIVATE_FLAG   128
#define FUTEX_CLOCK_REALTIME 256
#define FUTEX_BITSET_ANY     0xffffffffu

#define HASH_BITS 4

/* One who waits. Process context only, which is not preempted. */
struct waiter {
	struct list_head node;
	struct task *task;
	const void *space; /* the address space: its process, or NULL in the one of hosted tasks */
	unsigned long addr;
	u32 bits;
	bool woken;
};

static struct list_head buckets[1u << HASH_BITS];

static struct list_head *bucket_of(const void *space, unsigned long addr)
{
	struct list_head *b = &buckets[hash_64(addr ^ (unsigned long)space, HASH_BITS)];

	if (!b->next)
		INIT_LIST_HEAD(b);
	return b;
}

static long wait_for(u32 __user *uaddr, u32 value, ktime_t expires, u32 bits)
{
	struct waiter w = { .task = current,
			    .space = current->process,
			    .addr = (unsigned long)uaddr,
			    .bits = bits };
	u32 now;
	long ret = 0;

	if (!bits)
		return -EINVAL;
	if (get_user(now, uaddr))
		return -EFAULT;
	if (now != value)
		return -EAGAIN;
	list_add_tail(&w.node, bucket_of(w.space, w.addr));
	while (!w.woken && !ret) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current))
			ret = expires == EXPIRES_NEVER ? -ERESTARTSYS : -EINTR;
		else if (schedule_hrtimeout(expires) == 0)
			ret = w.woken ? 0 : -ETIMEDOUT;
	}
	__set_current_state(TASK_RUNNING);
	list_del(&w.node);
	return w.woken ? 0 : ret;
}

long futex_wake(unsigned long addr, int count, u32 bits)
{
	struct list_head *b = bucket_of(current->process, addr);
	struct waiter *w;
	long n = 0;

	list_for_each_entry(w, b, node) {
		if (n >= count)
			break;
		if (w->addr != addr || w->space != current->process || !(w->bits & bits) ||
		    w->woken)
			continue;
		w->woken = true;
		wake_up_process(w->task);
		n++;
	}
	return n;
}

long futex_common(u32 __user *uaddr, int op, u32 value, const void __user *utime,
		  enum time_layout layout, u32 bits)
{
	ktime_t expires = EXPIRES_NEVER;
	int cmd = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	u64 ns;
	long err;

	if ((unsigned long)uaddr % sizeof(u32))
		return -EINVAL;
	if (utime && (cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET)) {
		err = get_timespec(&ns, utime, layout);
		if (err)
			return err;
		if (cmd == FUTEX_WAIT)
			expires = expires_after(ns ? ns : 1);
		else
			expires = clock_to_ktime(
				op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, ns);
	}
	switch (cmd) {
	case FUTEX_WAIT: return wait_for(uaddr, value, expires, FUTEX_BITSET_ANY);
	case FUTEX_WAIT_BITSET: return wait_for(uaddr, value, expires, bits);
	case FUTEX_WAKE:
		return futex_wake((unsigned long)uaddr, max((int)value, 1), FUTEX_BITSET_ANY);
	case FUTEX_WAKE_BITSET:
		return bits ? futex_wake((unsigned long)uaddr, max((int)value, 1), bits) : -EINVAL;
	default: return -ENOSYS;
	}
}

long sys_futex(u32 __user *uaddr, int op, u32 value, const void __user *utime, u32 __user *uaddr2,
	       u32 bits)
{
	return futex_common(uaddr, op, value, utime, TIME_SPEC64, bits);
}
