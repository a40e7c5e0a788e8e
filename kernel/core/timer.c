/* SPDX-License-Identifier: MIT */
/*
 * The hierarchical timer wheel. Book section 15.2.
 *
 * Level 0 has a bucket for each of the next 256 jiffies; each of the four levels above has 64 buckets, and one of them
 * spans all of the level below. When the wheel's clock reaches the start of such a bucket, its timers move down. A bitmap
 * for each level tells which buckets hold timers, so that empty stretches are stepped over, however long they are, and the
 * next event is found without looking at a timer. Timers fire in the very jiffy they ask for, in the order in which they
 * reached its bucket.
 */
#include <kernel/bitops.h>
#include <kernel/interrupt.h>
#include <kernel/preempt.h>
#include <kernel/spinlock.h>
#include <kernel/timer.h>

#define ROOT_BITS 8
#define LEVEL_BITS 6
#define LEVELS 5
#define ROOT_SIZE (1u << ROOT_BITS)
#define LEVEL_SIZE (1u << LEVEL_BITS)
#define ROOT_WORDS (ROOT_SIZE / 64)
#define SLOTS (ROOT_SIZE + (LEVELS - 1) * LEVEL_SIZE)
#define MAX_DELTA ((1ul << (ROOT_BITS + (LEVELS - 1) * LEVEL_BITS)) - 1)

struct bucket {
	struct hlist_node *first, *last; /* last and soonest are valid while first is not NULL */
	unsigned long soonest; /* no timer in it is due before this jiffy */
};

/* [S] all of it, but timer_next_event, which the clock interrupt reads */
static spinlock_t timer_lock = SPIN_LOCK_UNLOCKED(LOCK_RANK_TIMER);
static struct bucket buckets[SLOTS];
static u64 root_map[ROOT_WORDS];
static u64 level_map[LEVELS]; /* [0] unused */
static unsigned long wheel_clock = INITIAL_JIFFIES; /* the first jiffy that has not been run */
static unsigned int pending;

u64 timer_next_event = ~0ull;

static inline unsigned int level_shift(unsigned int level)
{
	return ROOT_BITS + (level - 1) * LEVEL_BITS;
}

static inline unsigned int level_slot(unsigned int level, unsigned long j)
{
	return ROOT_SIZE + (level - 1) * LEVEL_SIZE + ((j >> level_shift(level)) & (LEVEL_SIZE - 1));
}

static inline void mark_slot(unsigned int slot)
{
	if (slot < ROOT_SIZE)
		root_map[slot / 64] |= 1ull << (slot % 64);
	else
		level_map[1 + (slot - ROOT_SIZE) / LEVEL_SIZE] |= 1ull << (slot % 64);
}

static inline void clear_slot(unsigned int slot)
{
	if (slot < ROOT_SIZE)
		root_map[slot / 64] &= ~(1ull << (slot % 64));
	else
		level_map[1 + (slot - ROOT_SIZE) / LEVEL_SIZE] &= ~(1ull << (slot % 64));
}

static unsigned int slot_of(unsigned long expires)
{
	unsigned long delta = expires - wheel_clock;
	unsigned int level;

	if ((long)delta < 0)
		return wheel_clock & (ROOT_SIZE - 1); /* over already: with the next to be run */
	if (delta < ROOT_SIZE)
		return expires & (ROOT_SIZE - 1);
	if (delta > MAX_DELTA) {
		delta = MAX_DELTA;
		expires = wheel_clock + MAX_DELTA; /* from there it moves on */
	}
	for (level = 1; level < LEVELS - 1 && delta >> level_shift(level + 1); level++)
		;
	return level_slot(level, expires);
}

/* link_timer - append to the bucket that suits, so that equal timers fire in order. */
static void link_timer(struct timer_list *t)
{
	unsigned int slot = slot_of(t->expires);
	struct bucket *b = &buckets[slot];
	struct hlist_node *n = &t->node;

	t->slot = slot;
	n->next = NULL;
	if (b->first) {
		n->pprev = &b->last->next;
		b->last->next = n;
		if (time_before(t->expires, b->soonest))
			b->soonest = t->expires;
	} else {
		n->pprev = &b->first;
		b->first = n;
		b->soonest = t->expires;
		mark_slot(slot);
	}
	b->last = n;
}

static void unlink_timer(struct timer_list *t)
{
	struct bucket *b = &buckets[t->slot];
	struct hlist_node *n = &t->node;

	if (b->last == n && n->pprev != &b->first)
		b->last = hlist_entry(n->pprev, struct hlist_node, next);
	hlist_del(n);
	if (!b->first)
		clear_slot(t->slot);
}

/* root_distance - jiffies from the wheel's clock to the first used bucket of level 0; ROOT_SIZE if there is none. */
static unsigned int root_distance(void)
{
	unsigned int at = wheel_clock & (ROOT_SIZE - 1), word = at / 64, i;
	u64 bits = root_map[word] >> (at % 64);

	if (bits)
		return (unsigned int)__builtin_ctzll(bits);
	for (i = 1; i <= ROOT_WORDS; i++) {
		bits = root_map[(word + i) % ROOT_WORDS];
		if (bits)
			return i * 64 - at % 64 + (unsigned int)__builtin_ctzll(bits);
	}
	return ROOT_SIZE;
}

/* level_next - when the first used bucket of a level above begins; false if there is none. */
static bool level_next(unsigned int level, unsigned long *when)
{
	unsigned int shift = level_shift(level), at = (wheel_clock >> shift) & (LEVEL_SIZE - 1), distance;
	bool on_boundary = !(wheel_clock & ((1ul << shift) - 1));
	u64 map = level_map[level], rotated;

	if (!map)
		return false;
	if (!on_boundary) /* what lies in the bucket we are in belongs to the next turn */
		at = (at + 1) & (LEVEL_SIZE - 1);
	rotated = at ? map >> at | map << (LEVEL_SIZE - at) : map;
	distance = (unsigned int)__builtin_ctzll(rotated) + !on_boundary;
	*when = ((wheel_clock >> shift) + distance) << shift;
	return true;
}

/* next_work - the jiffy in which the wheel has something to do next, be it moving timers down. Only while timers are pending. */
static unsigned long next_work(void)
{
	unsigned int distance = root_distance(), level;
	unsigned long best, when;
	bool found = distance < ROOT_SIZE;

	best = wheel_clock + distance;
	for (level = 1; level < LEVELS; level++) {
		if (!level_next(level, &when) || (found && !time_before(when, best)))
			continue;
		best = when;
		found = true;
	}
	return best;
}

/*
 * next_due - the jiffy in which a timer may be due next: never after the first one. Moving timers down can wait until then, and
 * so costs no interrupt of its own. Only while timers are pending.
 */
static unsigned long next_due(void)
{
	unsigned int distance = root_distance(), level;
	unsigned long best, when, start;
	bool found = distance < ROOT_SIZE;

	best = wheel_clock + distance;
	for (level = 1; level < LEVELS; level++) {
		if (!level_next(level, &start))
			continue;
		when = buckets[level_slot(level, start)].soonest;
		if (when - start >= 1ul << level_shift(level)) /* it was too far away for its own bucket */
			when = start;
		if (found && !time_before(when, best))
			continue;
		best = when;
		found = true;
	}
	return best;
}

/* announce - the clock must fire at the start of jiffy @j at the latest. */
static inline void announce(unsigned long j)
{
	u64 ns = jiffies_to_ktime(j);

	if (ns < timer_next_event)
		WRITE_ONCE(timer_next_event, ns);
	clock_event_at(ns);
}

/* catch_up - an empty wheel has nothing to run: its clock may follow the time, which keeps new timers near. */
static inline void catch_up(void)
{
	unsigned long now = jiffies;

	if (time_after(now, wheel_clock))
		wheel_clock = now;
}

void setup_timer(struct timer_list *t, void (*fn)(unsigned long), unsigned long data)
{
	INIT_HLIST_NODE(&t->node);
	t->expires = 0;
	t->function = fn;
	t->data = data;
	t->slot = 0;
}

bool mod_timer(struct timer_list *t, unsigned long expires)
{
	bool was_pending;

	WARN_ON_ONCE(in_irq());
	spin_lock_bh(&timer_lock);
	was_pending = timer_pending(t);
	if (was_pending && t->expires == expires) {
		spin_unlock_bh(&timer_lock);
		return true;
	}
	if (was_pending)
		unlink_timer(t);
	else if (!pending++)
		catch_up();
	t->expires = expires;
	link_timer(t);
	announce(expires);
	spin_unlock_bh(&timer_lock);
	return was_pending;
}

void add_timer(struct timer_list *t)
{
	WARN_ON_ONCE(timer_pending(t));
	mod_timer(t, t->expires);
}

bool del_timer(struct timer_list *t)
{
	bool was_pending;

	if (!timer_pending(t))
		return false;
	spin_lock_bh(&timer_lock);
	was_pending = timer_pending(t);
	if (was_pending) {
		unlink_timer(t);
		if (!--pending)
			WRITE_ONCE(timer_next_event, ~0ull);
	}
	spin_unlock_bh(&timer_lock);
	return was_pending;
}

/* cascade - move the timers of the bucket that begins at the wheel's clock down; true if the level above has to follow. */
static bool cascade(unsigned int level)
{
	unsigned int slot = level_slot(level, wheel_clock);
	struct hlist_node *n = buckets[slot].first, *next;

	if (n) {
		buckets[slot].first = NULL;
		clear_slot(slot);
	}
	for (; n; n = next) {
		next = n->next;
		link_timer(hlist_entry(n, struct timer_list, node));
	}
	return slot == ROOT_SIZE + (level - 1) * LEVEL_SIZE;
}

/* run_slot - run the timers of the wheel's current jiffy, and step on. Context: softirq, timer_lock held, dropped for each. */
static void run_slot(void)
{
	struct bucket *b = &buckets[wheel_clock & (ROOT_SIZE - 1)];
	struct timer_list *t;

	wheel_clock++;
	while (b->first) {
		t = hlist_entry(b->first, struct timer_list, node);
		/* A callback may arm a timer 256 jiffies ahead, which lands here, behind those that are due. */
		if (!time_before(t->expires, wheel_clock))
			break;
		unlink_timer(t);
		pending--;
		spin_unlock(&timer_lock);
		t->function(t->data);
		spin_lock(&timer_lock);
	}
}

/* run_timers - TIMER_SOFTIRQ: run all that is due, then say when there is work again. */
static void run_timers(void)
{
	unsigned long now, work;
	unsigned int level;

	spin_lock(&timer_lock);
	WRITE_ONCE(timer_next_event, ~0ull);
	now = jiffies;
	while (pending) {
		work = next_work();
		if (time_after(work, now)) {
			announce(next_due());
			break;
		}
		wheel_clock = work;
		if (!(wheel_clock & (ROOT_SIZE - 1))) {
			for (level = 1; level < LEVELS && cascade(level); level++)
				;
		}
		run_slot();
	}
	spin_unlock(&timer_lock);
}

/* bucket_earliest - the earliest expiry in a bucket. */
static unsigned long bucket_earliest(const struct bucket *b)
{
	unsigned long best = hlist_entry(b->first, struct timer_list, node)->expires;
	struct hlist_node *n;

	for (n = b->first->next; n; n = n->next) {
		unsigned long e = hlist_entry(n, struct timer_list, node)->expires;

		if (time_before(e, best))
			best = e;
	}
	return best;
}

u64 timer_next_expiry(void)
{
	unsigned long best = 0, e;
	bool found = false;
	unsigned int slot;

	spin_lock_bh(&timer_lock);
	for (slot = 0; slot < SLOTS; slot++) {
		if (!buckets[slot].first)
			continue;
		e = bucket_earliest(&buckets[slot]);
		if (!found || time_before(e, best))
			best = e;
		found = true;
	}
	spin_unlock_bh(&timer_lock);
	return found ? jiffies_to_ktime(best) : ~0ull;
}

unsigned int timers_pending_count(void)
{
	return pending;
}

void timers_init(void)
{
	open_softirq(TIMER_SOFTIRQ, run_timers);
}
