/* SPDX-License-Identifier: MIT */
/* Tests of kernel/sys/futex.c: who waits, who is woken, and in what order. */
#include <kernel/process.h>
#include <kernel/syscalls.h>
#include <uapi/signal.h>

#include "unit.h"

#define WAIT	    (0 | 128 /* private */)
#define WAKE	    (1 | 128)
#define WAIT_BITSET (9 | 128)
#define WAKE_BITSET (10 | 128)
#define ANY	    0xffffffffu
#define EPOCH_S	    1704067200ll /* when the hosted machine starts */

static u32 word = 1, other = 1;
static int woken[8], nr_woken;

struct spec {
	s64 sec, nsec;
};

static long wait_on(u32 *w, const struct spec *timeout)
{
	return sys_futex(w, WAIT, 1, timeout, NULL, 0);
}

/* A waiter notes its number when it is woken; its bit of the set is that number too. */
static int waiter(void *arg)
{
	int n = (int)(long)arg;

	assert_int_equal(sys_futex(&word, WAIT_BITSET, 1, NULL, NULL, 1u << n), 0);
	woken[nr_woken++] = n;
	return 0;
}

static void start_waiters(int n)
{
	int i;

	nr_woken = 0;
	for (i = 0; i < n; i++)
		kthread_run(waiter, (void *)(long)i, "waiter");
	msleep(1);
	assert_int_equal(nr_woken, 0);
}

IN_TASK(what_makes_no_sense_is_refused)
{
	struct spec bad = { 0, 1000000000 }, negative = { -1, 0 };

	assert_int_equal(sys_futex(&word, WAIT, 2, NULL, NULL, 0), -EAGAIN); /* it is another already */
	assert_int_equal(wait_on((u32 *)16, NULL), -EFAULT);
	assert_int_equal(wait_on((u32 *)((char *)&word + 1), NULL), -EINVAL);
	assert_int_equal(wait_on(&word, &bad), -EINVAL);
	assert_int_equal(wait_on(&word, &negative), -EINVAL);
	assert_int_equal(wait_on(&word, (const struct spec *)16), -EFAULT);
	assert_int_equal(sys_futex(&word, WAIT_BITSET, 1, NULL, NULL, 0), -EINVAL);
	assert_int_equal(sys_futex(&word, WAKE_BITSET, 1, NULL, NULL, 0), -EINVAL);
	assert_int_equal(sys_futex(&word, 77, 1, NULL, NULL, 0), -ENOSYS);
	assert_int_equal(sys_futex(&word, WAKE, 1, NULL, NULL, 0), 0); /* nobody is there */
	return 0;
}

IN_TASK(as_many_as_asked_are_woken_first_come_first_served)
{
	start_waiters(4);
	assert_int_equal(sys_futex(&other, WAKE, 10, NULL, NULL, 0), 0); /* it is not this word that they wait for */
	assert_int_equal(sys_futex(&word, WAKE, 1, NULL, NULL, 0), 1);
	msleep(1);
	assert_int_equal(nr_woken, 1);
	assert_int_equal(sys_futex(&word, WAKE, 10, NULL, NULL, 0), 3);
	msleep(1);
	assert_int_equal(nr_woken, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(woken[i], i);
	return 0;
}

IN_TASK(bits_choose_who_is_woken)
{
	start_waiters(3);
	assert_int_equal(sys_futex(&word, WAKE_BITSET, 10, NULL, NULL, 1u << 5), 0);
	assert_int_equal(sys_futex(&word, WAKE_BITSET, 10, NULL, NULL, 1u << 2 | 1u << 0), 2);
	msleep(1);
	assert_int_equal(nr_woken, 2);
	assert_int_equal(woken[0], 0);
	assert_int_equal(woken[1], 2);
	assert_int_equal(sys_futex(&word, WAKE_BITSET, 10, NULL, NULL, ANY), 1);
	msleep(1);
	assert_int_equal(nr_woken, 3);
	return 0;
}

IN_TASK(waiting_ends_in_time_to_the_nanosecond)
{
	u64 start = hosted_now();
	struct spec in = { 2, 345 }, at = { (s64)((start + 5000000077) / 1000000000), (s64)((start + 5000000077) % 1000000000) };
	struct spec past = { 0, 1 }, wall = { EPOCH_S + (s64)(start / 1000000000) + 9, 0 };

	assert_int_equal(wait_on(&word, &in), -ETIMEDOUT); /* of WAIT it is a length of time */
	assert_int_equal(hosted_now() - start, 2000000345);
	assert_int_equal(sys_futex(&word, WAIT_BITSET, 1, &at, NULL, ANY), -ETIMEDOUT); /* of WAIT_BITSET a moment */
	assert_int_equal(hosted_now() - start, 5000000077);
	assert_int_equal(sys_futex(&word, WAIT_BITSET, 1, &past, NULL, ANY), -ETIMEDOUT);
	assert_int_equal(hosted_now() - start, 5000000077);
	assert_int_equal(sys_futex(&word, WAIT_BITSET | 256 /* by the wall clock */, 1, &wall, NULL, ANY), -ETIMEDOUT);
	assert_int_equal(hosted_now() / 1000000000, start / 1000000000 + 9);
	return 0;
}

static long ended_by;

static int interrupted_waiter(void *arg)
{
	ended_by = wait_on(&word, arg);
	return 0;
}

IN_TASK(a_signal_ends_the_waiting)
{
	struct spec in = { 100, 0 };
	struct task *t = kthread_run(interrupted_waiter, NULL, "waiter");

	msleep(1);
	assert_int_equal(send_sig(SIGINT, t), 0);
	msleep(1);
	assert_int_equal(ended_by, -ERESTARTSYS); /* without a time it goes on behind a handler */
	t = kthread_run(interrupted_waiter, &in, "waiter");
	msleep(1);
	send_sig(SIGINT, t);
	msleep(1);
	assert_int_equal(ended_by, -EINTR);
	assert_int_equal(sys_futex(&word, WAKE, 10, NULL, NULL, 0), 0); /* neither is in the queue any more */
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(as_many_as_asked_are_woken_first_come_first_served),
		cmocka_unit_test(bits_choose_who_is_woken),
		cmocka_unit_test(waiting_ends_in_time_to_the_nanosecond),
		cmocka_unit_test(a_signal_ends_the_waiting),
	};

	return RUN_TESTS("futex", tests);
}
