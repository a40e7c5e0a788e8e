/* SPDX-License-Identifier: MIT */
/* The hierarchical timer wheel: timers in jiffies, run in TIMER_SOFTIRQ (kernel/core/timer.c). Book section 15.2. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/list.h>
#include <kernel/time.h>

struct timer_list {
	struct hlist_node node; /* [S] in the wheel while pending */
	unsigned long expires; /* in jiffies */
	void (*function)(unsigned long data);
	unsigned long data;
	u32 slot; /* wheel level and bucket while pending */
};

void setup_timer(struct timer_list *t, void (*fn)(unsigned long), unsigned long data);
static inline bool timer_pending(const struct timer_list *t) { return !hlist_unhashed(&t->node); }
/* mod_timer - (re)arm for @expires; true if it was pending. Context: any but hardirq. */
bool mod_timer(struct timer_list *t, unsigned long expires);
void add_timer(struct timer_list *t);
/* del_timer - true if it was pending. After it returns on one CPU from softirq-off context the function is not running. */
bool del_timer(struct timer_list *t);
#define del_timer_sync del_timer
/* timer_next_expiry - ktime ns of the earliest pending timer, ~0ull when none. */
u64 timer_next_expiry(void);
unsigned int timers_pending_count(void);
void timers_init(void);

/*
 * High-resolution one-shot timers for what jiffies are too coarse for (pacing, sleeps): absolute ktime ns, run in HI_SOFTIRQ.
 */
#include <kernel/rbtree.h>
struct hrtimer {
	struct rb_node node;
	ktime_t expires;
	void (*function)(struct hrtimer *t);
};
void hrtimer_init(struct hrtimer *t, void (*fn)(struct hrtimer *));
void hrtimer_start(struct hrtimer *t, ktime_t expires);
bool hrtimer_cancel(struct hrtimer *t);
bool hrtimer_active(const struct hrtimer *t);
u64 hrtimer_next_expiry(void); /* ktime ns of the earliest; ~0ull when none */

/* What the clock interrupt and the softirqs share with the timers. */
extern u64 timer_next_event; /* not after the wheel's next work; ~0ull: none */
extern u64 hrtimer_next_event; /* not after the first hrtimer; ~0ull: none */
void hrtimer_run(void); /* run what is due. Context: softirq */

#endif
