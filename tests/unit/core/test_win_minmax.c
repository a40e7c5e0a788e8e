/* SPDX-License-Identifier: MIT */
/* The largest and the least of a sliding window: kernel/lib/win_minmax.c. */
#include <kernel/kernel.h>
#include <kernel/random.h>
#include <kernel/win_minmax.h>

#include "unit.h"

#define WINDOW	100u
#define SAMPLES 20000u

static void the_best_counts_until_it_is_too_old(void **state)
{
	struct minmax m;

	assert_int_equal(minmax_reset(&m, 0, 50), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 10, 40), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 30, 45), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 60, 30), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 100, 20), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 101, 20), 45);
	assert_int_equal(minmax_running_max(&m, WINDOW, 102, 46), 46);
	assert_int_equal(minmax_running_max(&m, WINDOW, 103, 99), 99);
	assert_int_equal(minmax_get(&m), 99);
}

static void the_least_likewise(void **state)
{
	struct minmax m;

	minmax_reset(&m, 0, 50);
	assert_int_equal(minmax_running_min(&m, WINDOW, 30, 60), 50);
	assert_int_equal(minmax_running_min(&m, WINDOW, 60, 70), 50);
	assert_int_equal(minmax_running_min(&m, WINDOW, 101, 80), 60);
	assert_int_equal(minmax_running_min(&m, WINDOW, 102, 10), 10);
}

static void after_a_long_silence_only_the_newest_counts(void **state)
{
	struct minmax m;

	minmax_reset(&m, 0, 50);
	minmax_running_max(&m, WINDOW, 60, 40);
	assert_int_equal(minmax_running_max(&m, WINDOW, 1000, 1), 1);
}

static void time_may_wrap(void **state)
{
	struct minmax m;

	minmax_reset(&m, ~0u - 20, 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 10, 45), 50);
	assert_int_equal(minmax_running_max(&m, WINDOW, 90, 30), 45);
}

/* Against all samples at hand: what it tells is one of the window, and no worse than the best of
 * its last quarter. */
static void random_samples_agree_with_a_full_search(void **state)
{
	static struct minmax_sample all[SAMPLES];
	struct minmax max, min;
	u32 i, k, t = ~0u - 5000;

	for (i = 0; i < SAMPLES; i++) {
		u32 v = get_random_below(1000), most = 0, least = ~0u, near_most = 0,
		    near_least = ~0u, hi, lo;
		bool hi_is_there = false, lo_is_there = false;

		t += get_random_below(i / 5000 % 2 ? 3 : 40);
		all[i] = (struct minmax_sample){ t, v };
		hi = i ? minmax_running_max(&max, WINDOW, t, v) : minmax_reset(&max, t, v);
		lo = i ? minmax_running_min(&min, WINDOW, t, v) : minmax_reset(&min, t, v);
		for (k = i + 1; k-- > 0 && t - all[k].t <= WINDOW;) {
			most = max(most, all[k].v);
			least = min(least, all[k].v);
			hi_is_there |= all[k].v == hi;
			lo_is_there |= all[k].v == lo;
			if (t - all[k].t < WINDOW / 4) {
				near_most = max(near_most, all[k].v);
				near_least = min(near_least, all[k].v);
			}
		}
		assert_true(hi_is_there && lo_is_there);
		assert_in_range(hi, near_most, most);
		assert_in_range(lo, least, near_least);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_counts_until_it_is_too_old),
		cmocka_unit_test(the_least_likewise),
		cmocka_unit_test(after_a_long_silence_only_the_newest_counts),
		cmocka_unit_test(time_may_wrap),
		cmocka_unit_test(random_samples_agree_with_a_full_search),
	};

	return RUN_TESTS("win_minmax", tests);
}
