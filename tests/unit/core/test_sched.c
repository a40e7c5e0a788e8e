/* SPDX-License-Identifier: MIT */
/* Tests of tasks, wait queues, mutexes, completions, interrupts and bottom halves. */
#include <asm/irq.h>
#include <kernel/err.h>
#include <kernel/interrupt.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/timer.h>
#include <kernel/wait.h>

#include "unit.h"

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool flag;
static char trail[64];

static void step(char c)
{
	size_t n = strlen(trail);

	if (n < sizeof(trail) - 1) {
		trail[n] = c;
		trail[n + 1] = '\0';
	}
}

static int clear(void **state)
{
	memset(trail, 0, sizeof(trail));
	flag = false;
	return 0;
}

static int yielder(void *arg)
{
	int i;

	for (i = 0; i < 3; i++) {
		step((char)(long)arg);
		cond_resched();
	}
	return 0;
}

static void tasks_take_turns(void **state)
{
	kthread_run(yielder, (void *)'a', "a");
	kthread_run(yielder, (void *)'b', "b");
	kthread_run(yielder, (void *)'c', "c");
	hosted_settle();
	assert_string_equal(trail, "abcabcabc");
}

static int waiter(void *arg)
{
	wait_event(queue, flag);
	step((char)(long)arg);
	return 0;
}

static void wait_event_sleeps_until_its_condition_holds(void **state)
{
	kthread_run(waiter, (void *)'w', "w");
	hosted_settle();
	wake_up_all(&queue);
	hosted_settle();
	assert_string_equal(trail, "");
	flag = true;
	wake_up_all(&queue);
	hosted_settle();
	assert_string_equal(trail, "w");
	assert_false(waitqueue_active(&queue));
}

/* A wake-up between prepare_to_wait and schedule must not be lost. */
static int careful(void *unused)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
	wake_up_all(&queue); /* as an interrupt would at this very place */
	schedule();
	finish_wait(&queue, &wait);
	step('x');
	return 0;
}

static void a_wake_up_before_schedule_is_not_lost(void **state)
{
	assert_int_equal(run_task(careful, NULL), 0);
	assert_string_equal(trail, "x");
}

static int exclusive(void *arg)
{
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&queue, &wait, TASK_INTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	step((char)(long)arg);
	return 0;
}

static void one_exclusive_waiter_is_woken_at_a_time(void **state)
{
	kthread_run(exclusive, (void *)'1', "e1");
	kthread_run(exclusive, (void *)'2', "e2");
	kthread_run(waiter, (void *)'n', "n");
	hosted_settle();
	flag = true;
	wake_up(&queue);
	hosted_settle();
	assert_string_equal(trail, "n1");
	wake_up(&queue);
	hosted_settle();
	assert_string_equal(trail, "n12");
}

static struct task *sleeping;

static int interruptible(void *unused)
{
	sleeping = current;
	return wait_event_interruptible(queue, flag);
}

static int timed(void *unused)
{
	long left = wait_event_interruptible_timeout(queue, flag, 30);

	return left ? 1 : 0;
}

static void signals_end_interruptible_sleeps(void **state)
{
	struct task *t = kthread_run(interruptible, NULL, "i");

	task_get(t);
	hosted_settle();
	t->signal_pending_mask = 2;
	wake_up_process(t);
	hosted_settle();
	assert_int_equal(t->state, TASK_DEAD);
	assert_int_equal(t->exit_code, -ERESTARTSYS);
	task_put(t);
	assert_int_equal(run_task(timed, NULL), 0);
}

static struct mutex mutex;

static int locker(void *arg)
{
	mutex_lock(&mutex);
	step((char)(long)arg);
	msleep(1);
	step((char)((long)arg - 32));
	mutex_unlock(&mutex);
	return 0;
}

static void a_mutex_lets_one_in(void **state)
{
	mutex_init(&mutex);
	kthread_run(locker, (void *)'a', "a");
	kthread_run(locker, (void *)'b', "b");
	kthread_run(locker, (void *)'c', "c");
	hosted_run(hosted_now() + 10 * NSEC_PER_MSEC);
	assert_string_equal(trail, "aAbBcC");
	assert_true(mutex_trylock(&mutex));
	assert_false(mutex_trylock(&mutex));
	mutex_unlock(&mutex);
}

static struct completion done;

static int completer(void *unused)
{
	msleep(5);
	complete(&done);
	return 0;
}

static int completion_waiter(void *unused)
{
	init_completion(&done);
	kthread_run(completer, NULL, "completer");
	wait_for_completion(&done);
	return done.done ? 1 : 0;
}

static void a_completion_counts(void **state)
{
	assert_int_equal(run_task(completion_waiter, NULL), 0);
}

static int stoppable(void *unused)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 42;
}

static int stopper(void *unused)
{
	struct task *t = kthread_run(stoppable, NULL, "stop-me");
	int code = 0;

	msleep(1);
	if (kthread_stop(t) != 42)
		return 1;
	t = kthread_run(yielder, (void *)'y', "y");
	task_get(t);
	if (task_find(t->pid) != t)
		return 2;
	task_put(t);
	if (task_wait_exit(t, &code) || code)
		return 3;
	if (task_find(t->pid))
		return 4;
	task_put(t);
	return 0;
}

static void kthread_stop_and_wait_exit_give_the_result(void **state)
{
	assert_int_equal(run_task(stopper, NULL), 0);
}

static int failing_body(void *unused)
{
	struct task *t;

	hosted_fail_alloc(1, 0, 0);
	t = kthread_run(yielder, NULL, "never");
	return IS_ERR(t) && PTR_ERR(t) == -ENOMEM ? 0 : 1;
}

static void no_memory_for_a_task_is_an_error(void **state)
{
	assert_int_equal(run_task(failing_body, NULL), 0);
}

/* ---- interrupts and bottom halves ---- */

static unsigned int handled;
static bool claim = true;

static irqreturn_t handler(int irq, void *dev_id)
{
	assert_true(in_irq());
	if (!claim)
		return IRQ_NONE;
	handled++;
	raise_softirq(NET_RX_SOFTIRQ);
	return IRQ_HANDLED;
}

static unsigned int rx_rounds, rx_want;

static void rx_action(void)
{
	assert_true(in_softirq() && !in_irq());
	rx_rounds++;
	if (rx_rounds < rx_want)
		raise_softirq(NET_RX_SOFTIRQ);
}

static void softirqs_run_at_interrupt_exit(void **state)
{
	int dev;

	open_softirq(NET_RX_SOFTIRQ, rx_action);
	assert_int_equal(request_irq(5, handler, IRQF_SHARED, "dev", &dev), 0);
	assert_int_equal(request_irq(5, handler, 0, "other", &clear), -EBUSY);
	assert_int_equal(request_irq(5, handler, IRQF_SHARED, "other", &clear), 0);
	assert_int_equal(request_irq(NR_IRQS, handler, 0, "none", NULL), -EINVAL);
	rx_rounds = rx_want = handled = 0;
	hosted_raise_irq(5);
	hosted_settle();
	assert_int_equal(handled, 2);
	assert_int_equal(rx_rounds, 1);
	free_irq(5, &clear);
}

static int victim(void *unused)
{
	step('v');
	return 0;
}

static void a_flood_of_softirqs_goes_to_ksoftirqd_and_tasks_live(void **state)
{
	rx_rounds = 0;
	rx_want = 1000;
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_enable();
	assert_int_equal(rx_rounds, 10);
	kthread_run(victim, NULL, "victim");
	hosted_settle();
	assert_string_equal(trail, "v");
	assert_int_equal(rx_rounds, 1000);
}

static void a_stuck_line_is_masked(void **state)
{
	struct irq_stat s;
	int i;

	claim = false;
	console_loglevel = 0;
	for (i = 0; i < 2000; i++) {
		hosted_raise_irq(5);
		hosted_settle();
	}
	claim = true;
	assert_true(irq_stat_read(5, &s));
	assert_true(s.stuck);
	assert_true(s.unhandled < 1100);
	hosted_irqs_raised = 0;
}

static unsigned int tasklet_runs;

static void tasklet_fn(unsigned long data)
{
	tasklet_runs += (unsigned int)data;
}

static int tasklet_user(void *unused)
{
	struct tasklet_struct t;

	tasklet_init(&t, tasklet_fn, 1);
	tasklet_schedule(&t);
	tasklet_schedule(&t); /* scheduled once */
	msleep(1);
	if (tasklet_runs != 1)
		return 1;
	tasklet_disable(&t);
	tasklet_hi_schedule(&t);
	msleep(1);
	if (tasklet_runs != 1)
		return 2;
	tasklet_enable(&t);
	msleep(1);
	if (tasklet_runs != 2)
		return 3;
	tasklet_disable(&t);
	tasklet_schedule(&t);
	tasklet_kill(&t);
	tasklet_enable(&t);
	msleep(1);
	return tasklet_runs == 2 ? 0 : 4;
}

static void tasklets_run_once_and_wait_while_disabled(void **state)
{
	assert_int_equal(run_task(tasklet_user, NULL), 0);
}

static void bottom_halves_nest(void **state)
{
	rx_rounds = 0;
	rx_want = 0;
	local_bh_disable();
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_enable();
	assert_int_equal(rx_rounds, 0);
	local_bh_enable();
	assert_int_equal(rx_rounds, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tasks_take_turns, clear),
		cmocka_unit_test_setup(wait_event_sleeps_until_its_condition_holds, clear),
		cmocka_unit_test_setup(a_wake_up_before_schedule_is_not_lost, clear),
		cmocka_unit_test_setup(one_exclusive_waiter_is_woken_at_a_time, clear),
		cmocka_unit_test_setup(signals_end_interruptible_sleeps, clear),
		cmocka_unit_test_setup(a_mutex_lets_one_in, clear),
		cmocka_unit_test_setup(a_completion_counts, clear),
		cmocka_unit_test_setup(kthread_stop_and_wait_exit_give_the_result, clear),
		cmocka_unit_test_setup(no_memory_for_a_task_is_an_error, clear),
		cmocka_unit_test_setup(softirqs_run_at_interrupt_exit, clear),
		cmocka_unit_test_setup(bottom_halves_nest, clear),
		cmocka_unit_test_setup(a_flood_of_softirqs_goes_to_ksoftirqd_and_tasks_live, clear),
		cmocka_unit_test_setup(tasklets_run_once_and_wait_while_disabled, clear),
		cmocka_unit_test_setup(a_stuck_line_is_masked, clear),
	};

	return RUN_TESTS("sched", tests);
}
