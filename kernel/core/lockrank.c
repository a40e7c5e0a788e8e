/* SPDX-License-Identifier: MIT */
/* Debug builds: which spinlocks are held, and whether they were taken in the order of their ranks. */
#include <kernel/printk.h>
#include <kernel/spinlock.h>

#ifdef CONFIG_LOCK_DEBUG

#define MAX_HELD 32

static struct {
	spinlock_t *lock;
	const char *file;
	int line;
} held[MAX_HELD];
static unsigned int nr_held, floor_held; /* below the floor: locks of the context that was interrupted */

unsigned int lockrank_enter(void)
{
	unsigned int old = floor_held;

	floor_held = nr_held;
	return old;
}

void lockrank_leave(unsigned int old)
{
	WARN_ON(nr_held != floor_held);
	floor_held = old;
}

static void check_rank(const spinlock_t *lock, bool nested, const char *file, int line)
{
	unsigned int i;

	if (lock->rank == LOCK_RANK_NONE)
		return;
	for (i = floor_held; i < nr_held; i++) {
		u8 rank = held[i].lock->rank;

		if (rank < lock->rank || (nested && rank == lock->rank))
			continue;
		printk(KERN_ERR "%s:%d takes a lock of rank %u while one of rank %u is held, taken at %s:%d\n", file, line,
		       lock->rank, rank, held[i].file, held[i].line);
		warn_at(file, line, "lock order");
		return;
	}
}

void lock_acquire_nested(spinlock_t *lock, bool nested, const char *file, int line)
{
	if (lock->locked)
		panic("%s:%d takes a lock that is held: a deadlock on two CPUs", file, line);
	check_rank(lock, nested, file, line);
	lock->locked = 1;
	if (nr_held == MAX_HELD)
		panic("%s:%d: %u locks held", file, line, nr_held);
	held[nr_held].lock = lock;
	held[nr_held].file = file;
	held[nr_held].line = line;
	nr_held++;
}

void lock_acquire(spinlock_t *lock, const char *file, int line)
{
	lock_acquire_nested(lock, false, file, line);
}

void lock_release(spinlock_t *lock, const char *file, int line)
{
	unsigned int i;

	if (!lock->locked)
		panic("%s:%d releases a lock that is not held", file, line);
	lock->locked = 0;
	for (i = nr_held; i-- > 0;) {
		if (held[i].lock != lock)
			continue;
		for (nr_held--; i < nr_held; i++)
			held[i] = held[i + 1];
		return;
	}
}

#endif
