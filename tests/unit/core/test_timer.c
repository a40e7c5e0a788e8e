/* SPDX-License-Identifier: MIT */
/* Tests of the timer wheel, of hrtimers and of sleeping, under virtual time. */
#include <kernel/interrupt.h>
#include <kernel/random.h>
#include <kernel/string.h>
#include <kernel/timer.h>

#include "unit.h"

struct probe {
	struct timer_list timer;
	unsigned long fired; /* jiffy; 0: not yet */
	unsigned int count;
};

static struct probe probes[3000];
static unsigned int total;

static void note(unsigned long data)
{
	struct probe *p = (struct probe *)data;

	assert_true(in_softirq());
	p->fired = jiffies;
	p->count++;
	total++;
}

static void arm(struct probe *p, unsigned long expires)
{
	p->fired = 0;
	p->count = 0;
	setup_timer(&p->timer, note, (unsigned long)p);
	mod_timer(&p->timer, expires);
}

static u64 ms(u64 n)
{
	return n * NSEC_PER_MSEC;
}

static void timers_fire_in_the_very_jiffy_they_ask_for(void **state)
{
	static const unsigned long delays[] = { 1, 2, 255, 256, 257, 1000, 16383, 16384, 20000, 1048575, 1048576, 70000000, 5000000000ul };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(delays); i++)
		arm(&probes[i], jiffies + delays[i]);
	assert_int_equal(timers_pending_count(), ARRAY_SIZE(delays));
	hosted_run(hosted_now() + ms(5000000001ull));
	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		assert_int_equal(probes[i].count, 1);
		assert_true(probes[i].fired == probes[i].timer.expires);
	}
	assert_int_equal(timers_pending_count(), 0);
	assert_true(hosted_next() == ~0ull);
}

static void random_timers_fire_once_and_never_early(void **state)
{
	u64 end;
	unsigned int i, round, armed = 0;

	total = 0;
	for (round = 0; round < 60; round++) {
		for (i = round; i < ARRAY_SIZE(probes); i += 60) {
			arm(&probes[i], jiffies + 1 + (get_random_u32() >> get_random_below(32)) % 3000000);
			armed++;
		}
		hosted_run(hosted_now() + ms(get_random_below(5000)) + get_random_below(1000000));
	}
	end = hosted_now() + ms(3000001);
	hosted_run(end);
	assert_int_equal(total, armed);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		assert_true(probes[i].fired == probes[i].timer.expires);
}

static void next_expiry_is_exact(void **state)
{
	unsigned long now = jiffies;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		unsigned long delay = 1 + get_random_below(10000000);

		arm(&probes[0], now + delay);
		arm(&probes[1], now + delay + 1);
		assert_true(hosted_next() == jiffies_to_ktime(now + delay));
		del_timer(&probes[0].timer);
		assert_true(hosted_next() == jiffies_to_ktime(now + delay + 1));
		del_timer(&probes[1].timer);
	}
}

static void moving_timers_down_wakes_nobody(void **state)
{
	unsigned long now = jiffies, far;

	for (far = 300; far < 3000000; far *= 9) {
		now = jiffies;
		arm(&probes[0], now + 5);
		arm(&probes[1], now + far);
		hosted_run(hosted_now() + ms(7));
		assert_int_equal(probes[0].count, 1);
		assert_true(timer_next_event == jiffies_to_ktime(now + far));
		hosted_run(hosted_now() + ms(far));
		assert_true(probes[1].fired == now + far);
	}
}

static void del_and_mod_tell_whether_it_was_pending(void **state)
{
	setup_timer(&probes[0].timer, note, (unsigned long)&probes[0]);
	probes[0].count = 0;
	assert_false(mod_timer(&probes[0].timer, jiffies + 10));
	assert_true(mod_timer(&probes[0].timer, jiffies + 20));
	assert_true(timer_pending(&probes[0].timer));
	assert_true(del_timer(&probes[0].timer));
	assert_false(del_timer(&probes[0].timer));
	hosted_run(hosted_now() + ms(100));
	assert_int_equal(probes[0].count, 0);
}

static void a_timer_for_the_past_fires_at_once(void **state)
{
	arm(&probes[0], jiffies - 100);
	hosted_run(hosted_now() + ms(1));
	assert_int_equal(probes[0].count, 1);
}

static struct timer_list periodic;
static unsigned int periods;

static void again(unsigned long step)
{
	periods++;
	mod_timer(&periodic, jiffies + step);
}

static void callbacks_may_rearm_themselves(void **state)
{
	static const unsigned long steps[] = { 1, 256, 512 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		periods = 0;
		setup_timer(&periodic, again, steps[i]);
		mod_timer(&periodic, jiffies + steps[i]);
		hosted_run(hosted_now() + ms(steps[i] * 100));
		assert_int_equal(periods, 100);
		del_timer(&periodic);
	}
}

static void kill_other(unsigned long data)
{
	struct probe *p = (struct probe *)data;

	total++;
	if (timer_pending(&p->timer))
		del_timer(&p->timer);
}

static void a_callback_may_delete_one_that_is_due_with_it(void **state)
{
	struct timer_list killer;

	total = 0;
	setup_timer(&killer, kill_other, (unsigned long)&probes[0]);
	mod_timer(&killer, jiffies + 5);
	arm(&probes[0], jiffies + 5);
	hosted_run(hosted_now() + ms(10));
	assert_int_equal(total, 1);
	assert_int_equal(probes[0].count, 0);
}

static void jiffies_begin_five_minutes_before_the_wrap(void **state)
{
	assert_true(jiffies_to_ktime(INITIAL_JIFFIES + 300 * HZ) == 300 * NSEC_PER_SEC);
	assert_true((u32)(INITIAL_JIFFIES + 300 * HZ) == 0);
	assert_true(jiffies_to_ktime(INITIAL_JIFFIES - 5) == 0);
}

static struct hrtimer hr[200];
static ktime_t hr_last;
static unsigned int hr_fired;

static void hr_note(struct hrtimer *t)
{
	assert_true(ktime_get() == t->expires);
	assert_true(t->expires >= hr_last);
	hr_last = t->expires;
	hr_fired++;
}

static void hrtimers_fire_to_the_nanosecond_in_order(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hr); i++) {
		hrtimer_init(&hr[i], hr_note);
		hrtimer_start(&hr[i], ktime_get() + 1 + get_random_below(1000000));
	}
	assert_true(hrtimer_cancel(&hr[7]));
	assert_false(hrtimer_cancel(&hr[7]));
	hosted_run(hosted_now() + ms(2));
	assert_int_equal(hr_fired, ARRAY_SIZE(hr) - 1);
	assert_false(hrtimer_active(&hr[0]));
}

static int sleeper(void *unused)
{
	u64 begin = ktime_get_ns();
	long left;

	msleep(20);
	if (ktime_get_ns() - begin != ms(20))
		return 1;
	set_current_state(TASK_INTERRUPTIBLE);
	left = schedule_timeout(50);
	if (left || ktime_get_ns() - begin != ms(70))
		return 2;
	set_current_state(TASK_INTERRUPTIBLE);
	if (schedule_hrtimeout(ktime_get() + 12345) || ktime_get_ns() - begin != ms(70) + 12345)
		return 3;
	set_current_state(TASK_INTERRUPTIBLE);
	if (schedule_hrtimeout(ktime_get() - 1))
		return 4;
	return 0;
}

static void sleeps_last_as_long_as_asked(void **state)
{
	hosted_run((hosted_now() / ms(1) + 1) * ms(1)); /* to a whole jiffy */
	assert_int_equal(run_task(sleeper, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_the_very_jiffy_they_ask_for),
		cmocka_unit_test(random_timers_fire_once_and_never_early),
		cmocka_unit_test(next_expiry_is_exact),
		cmocka_unit_test(moving_timers_down_wakes_nobody),
		cmocka_unit_test(del_and_mod_tell_whether_it_was_pending),
		cmocka_unit_test(a_timer_for_the_past_fires_at_once),
		cmocka_unit_test(callbacks_may_rearm_themselves),
		cmocka_unit_test(a_callback_may_delete_one_that_is_due_with_it),
		cmocka_unit_test(jiffies_begin_five_minutes_before_the_wrap),
		cmocka_unit_test(hrtimers_fire_to_the_nanosecond_in_order),
		cmocka_unit_test(sleeps_last_as_long_as_asked),
	};

	return RUN_TESTS("timer", tests);
}
