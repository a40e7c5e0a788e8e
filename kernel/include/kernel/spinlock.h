/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks of a one-CPU kernel: taking one costs only what it masks. Each carries a rank that debug and hosted
 * builds check (a lock may be taken only while all held ones have a lower rank); release builds keep no state.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <kernel/preempt.h>

/* In the order in which they may nest. */
enum lock_rank {
	LOCK_RANK_NONE, /* unchecked */
	LOCK_RANK_SOCK, /* sk_lock.slock */
	LOCK_RANK_SOCK_CHILD, /* that of a socket made by a listener, taken inside the listener's */
	LOCK_RANK_HASH, /* protocol hash tables, FIB, neighbour tables */
	LOCK_RANK_NEIGH, /* one neighbour */
	LOCK_RANK_QDISC, /* dev->queue_lock */
	LOCK_RANK_XMIT, /* dev->_xmit_lock */
	LOCK_RANK_NETLINK, /* netlink's tables: what changes is told with its own lock held */
	LOCK_RANK_UNIX, /* names and peers of local sockets */
	LOCK_RANK_QUEUE, /* skb queues */
	LOCK_RANK_CALLBACK, /* sk_callback_lock, file and epoll lists */
	LOCK_RANK_TIMER,
	LOCK_RANK_MM, /* slab, buddy */
	LOCK_RANK_WAIT, /* wait queues */
	LOCK_RANK_SCHED,
	LOCK_RANK_LOG,
};

typedef struct {
#ifdef CONFIG_LOCK_DEBUG
	u8 locked;
	u8 rank;
#endif
} spinlock_t;
typedef spinlock_t rwlock_t;

#ifdef CONFIG_LOCK_DEBUG
#define SPIN_LOCK_UNLOCKED(r) { .rank = (r) }
void lock_acquire(spinlock_t *lock, const char *file, int line);
void lock_acquire_nested(spinlock_t *lock, bool nested, const char *file, int line);
void lock_release(spinlock_t *lock, const char *file, int line);
/* lockrank_enter, lockrank_leave - bracket a context that interrupts another: the order begins anew in it. */
unsigned int lockrank_enter(void);
void lockrank_leave(unsigned int old);
#define spin_lock_init_rank(l, r) (*(l) = (spinlock_t){ .rank = (r) })
#define __lock_acquire(l) lock_acquire(l, __FILE__, __LINE__)
#define __lock_acquire_nested(l) lock_acquire_nested(l, true, __FILE__, __LINE__)
#define __lock_release(l) lock_release(l, __FILE__, __LINE__)
#else
#define SPIN_LOCK_UNLOCKED(r) {}
#define spin_lock_init_rank(l, r) ((void)(l))
static inline unsigned int lockrank_enter(void) { return 0; }
static inline void lockrank_leave(unsigned int old) {}
#define __lock_acquire(l) ((void)(l))
#define __lock_acquire_nested(l) ((void)(l))
#define __lock_release(l) ((void)(l))
#endif
#define DEFINE_SPINLOCK(name) spinlock_t name = SPIN_LOCK_UNLOCKED(LOCK_RANK_NONE)
#define spin_lock_init(l) spin_lock_init_rank(l, LOCK_RANK_NONE)

#define spin_lock(l) do { preempt_disable(); __lock_acquire(l); } while (0)
/* spin_lock_nested - below another lock of the same rank, as a new socket's below its listener's. */
#define spin_lock_nested(l) do { preempt_disable(); __lock_acquire_nested(l); } while (0)
#define spin_unlock(l) do { __lock_release(l); preempt_enable(); } while (0)
#define spin_lock_bh(l) do { local_bh_disable(); __lock_acquire(l); } while (0)
#define spin_unlock_bh(l) do { __lock_release(l); local_bh_enable(); } while (0)
#define spin_lock_irqsave(l, f) do { local_irq_save(f); __lock_acquire(l); } while (0)
#define spin_unlock_irqrestore(l, f) do { __lock_release(l); local_irq_restore(f); } while (0)
#define read_lock_bh spin_lock_bh
#define read_unlock_bh spin_unlock_bh
#define write_lock_bh spin_lock_bh
#define write_unlock_bh spin_unlock_bh
#define read_lock spin_lock
#define read_unlock spin_unlock
#define write_lock spin_lock
#define write_unlock spin_unlock
#define rwlock_init spin_lock_init

#endif
