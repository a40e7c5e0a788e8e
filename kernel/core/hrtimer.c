/* SPDX-License-Identifier: MIT */
/* One-shot timers at nanoseconds, in a tree ordered by expiry, run in HI_SOFTIRQ. Book section 15.4. */
#include <kernel/interrupt.h>
#include <kernel/preempt.h>
#include <kernel/spinlock.h>
#include <kernel/timer.h>

#define RUN_BUDGET 256 /* timers run in one round */

static spinlock_t hrtimer_lock = SPIN_LOCK_UNLOCKED(LOCK_RANK_TIMER);
static struct rb_root timers = { NULL };
static struct rb_node *leftmost;

u64 hrtimer_next_event = ~0ull;

static inline u64 expiry_of(const struct rb_node *n)
{
	return (u64)rb_entry(n, struct hrtimer, node)->expires;
}

void hrtimer_init(struct hrtimer *t, void (*fn)(struct hrtimer *))
{
	RB_CLEAR_NODE(&t->node);
	t->expires = 0;
	t->function = fn;
}

bool hrtimer_active(const struct hrtimer *t)
{
	return !RB_EMPTY_NODE(&t->node);
}

static void enqueue(struct hrtimer *t)
{
	struct rb_node **link = &timers.node, *parent = NULL;
	bool is_first = true;

	while (*link) {
		parent = *link;
		if (t->expires < rb_entry(parent, struct hrtimer, node)->expires) {
			link = &parent->left;
		} else { /* of equal ones the first armed is the first to run */
			link = &parent->right;
			is_first = false;
		}
	}
	rb_link_node(&t->node, parent, link);
	rb_insert_color(&t->node, &timers);
	if (is_first)
		leftmost = &t->node;
}

static void dequeue(struct hrtimer *t)
{
	if (leftmost == &t->node)
		leftmost = rb_next(&t->node);
	rb_erase(&t->node, &timers);
	RB_CLEAR_NODE(&t->node);
}

static void update_next(void)
{
	WRITE_ONCE(hrtimer_next_event, leftmost ? expiry_of(leftmost) : ~0ull);
}

void hrtimer_start(struct hrtimer *t, ktime_t expires)
{
	WARN_ON_ONCE(in_irq());
	spin_lock_bh(&hrtimer_lock);
	if (hrtimer_active(t))
		dequeue(t);
	t->expires = max(expires, (ktime_t)0);
	enqueue(t);
	update_next();
	clock_event_at(hrtimer_next_event);
	spin_unlock_bh(&hrtimer_lock);
}

bool hrtimer_cancel(struct hrtimer *t)
{
	bool active;

	if (!hrtimer_active(t))
		return false;
	spin_lock_bh(&hrtimer_lock);
	active = hrtimer_active(t);
	if (active) {
		dequeue(t);
		update_next();
	}
	spin_unlock_bh(&hrtimer_lock);
	return active;
}

void hrtimer_run(void)
{
	unsigned int budget = RUN_BUDGET;
	struct hrtimer *t;
	u64 now;

	if (!leftmost)
		return;
	now = (u64)ktime_get();
	spin_lock(&hrtimer_lock);
	while (leftmost && expiry_of(leftmost) <= now) {
		if (!budget--) { /* one that arms itself for the past shall not keep the others out */
			raise_softirq(HI_SOFTIRQ);
			break;
		}
		t = rb_entry(leftmost, struct hrtimer, node);
		dequeue(t);
		spin_unlock(&hrtimer_lock);
		t->function(t);
		spin_lock(&hrtimer_lock);
	}
	update_next();
	if (leftmost)
		clock_event_at(hrtimer_next_event);
	spin_unlock(&hrtimer_lock);
}

u64 hrtimer_next_expiry(void)
{
	return hrtimer_next_event;
}
