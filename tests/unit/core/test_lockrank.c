/* SPDX-License-Identifier: MIT */
/* Tests of the lock-order checks and of warnings: here the kernel is meant to find faults. */
#include <kernel/interrupt.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>

#include "unit.h"

static spinlock_t sock = SPIN_LOCK_UNLOCKED(LOCK_RANK_SOCK), child = SPIN_LOCK_UNLOCKED(LOCK_RANK_SOCK);
static spinlock_t queue = SPIN_LOCK_UNLOCKED(LOCK_RANK_QUEUE);
static DEFINE_SPINLOCK(plain);

static int quiet(void **state)
{
	console_loglevel = 0;
	return 0;
}

static void locks_in_order_raise_no_warning(void **state)
{
	unsigned int before = warn_count();

	spin_lock_bh(&sock);
	spin_lock(&queue);
	spin_lock(&plain);
	spin_unlock(&queue);
	spin_unlock(&plain);
	spin_unlock_bh(&sock);
	assert_int_equal(warn_count(), before);
}

static void locks_out_of_order_are_told(void **state)
{
	unsigned int before = warn_count();

	spin_lock(&queue);
	spin_lock(&sock);
	spin_unlock(&sock);
	spin_unlock(&queue);
	assert_int_equal(warn_count(), before + 1);
}

static void equal_ranks_need_to_be_declared(void **state)
{
	unsigned int before = warn_count();

	spin_lock(&sock);
	spin_lock_nested(&child);
	spin_unlock(&child);
	assert_int_equal(warn_count(), before);
	spin_lock(&child);
	spin_unlock(&child);
	spin_unlock(&sock);
	assert_int_equal(warn_count(), before + 1);
}

static void softirq_takes_sock(void)
{
	spin_lock(&sock);
	spin_unlock(&sock);
}

static void an_interrupting_context_begins_anew(void **state)
{
	unsigned int before = warn_count();

	open_softirq(NET_RX_SOFTIRQ, softirq_takes_sock);
	preempt_disable();
	spin_lock(&queue); /* a softirq never takes this one */
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_enable();
	spin_unlock(&queue);
	preempt_enable();
	assert_int_equal(warn_count(), before);
}

static int sleeps_with_a_lock(void *unused)
{
	spin_lock(&plain);
	schedule();
	spin_unlock(&plain);
	return 0;
}

static void sleeping_with_a_lock_is_told(void **state)
{
	unsigned int before = warn_count();

	run_task(sleeps_with_a_lock, NULL);
	assert_int_equal(warn_count(), before + 1);
}

static void leaky_softirq(void)
{
	preempt_disable();
}

static void a_softirq_that_leaves_a_lock_is_told_and_mended(void **state)
{
	unsigned int before = warn_count();

	open_softirq(NET_TX_SOFTIRQ, leaky_softirq);
	local_bh_disable();
	raise_softirq(NET_TX_SOFTIRQ);
	local_bh_enable();
	assert_int_equal(warn_count(), before + 1);
	assert_int_equal(preempt_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(locks_in_order_raise_no_warning, quiet),
		cmocka_unit_test_setup(locks_out_of_order_are_told, quiet),
		cmocka_unit_test_setup(equal_ranks_need_to_be_declared, quiet),
		cmocka_unit_test_setup(an_interrupting_context_begins_anew, quiet),
		cmocka_unit_test_setup(sleeping_with_a_lock_is_told, quiet),
		cmocka_unit_test_setup(a_softirq_that_leaves_a_lock_is_told_and_mended, quiet),
	};

	return cmocka_run_group_tests_name("lockrank", tests, boot, NULL);
}
