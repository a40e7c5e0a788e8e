/* SPDX-License-Identifier: MIT */
/* What a unit test includes after the kernel's headers: cmocka, and the hosted machine to run the code on. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka */
#include <cmocka.h>

#include <kernel/bug.h>
#include <kernel/sched.h>

#include "host_os.h"
#include "hosted.h"

/* An assertion that fails in a task of the kernel leaves its stack for good, and the machine with it: what follows fails at
 * once, instead of waiting for ever. */
static inline void host_has_the_cpu(void)
{
	if (current->pid) /* 0: the idle task, which is the host program */
		fail_msg("an assertion has failed in a task of the kernel: nothing more can be tested on this machine");
}

/* run_task - run @fn in a task of its own until it ends, letting virtual time pass as it must; its result. */
static inline int run_task(int (*fn)(void *), void *arg)
{
	struct task *t;
	int code;

	host_has_the_cpu();
	t = kthread_run(fn, arg, "test");
	task_get(t);
	host_catch_faults();
	hosted_settle(); /* most end without time passing */
	while (t->state != TASK_DEAD && hosted_step(~0ull - 1))
		hosted_settle();
	assert_int_equal(t->state, TASK_DEAD);
	code = t->exit_code;
	task_put(t);
	return code;
}

/* IN_TASK(name) - a test whose body runs in a task of the kernel. */
#define IN_TASK(name)                                             \
	static int name##_body(void *unused);                     \
	static void name(void **state)                            \
	{                                                         \
		assert_int_equal(run_task(name##_body, NULL), 0); \
	}                                                         \
	static int name##_body(void *unused)

/* boot - a group's set-up: the core of the kernel. */
static inline int boot(void **state)
{
	hosted_boot_core("");
	return 0;
}

/* no_warnings - a group's tear-down: the kernel has found no fault with itself. */
static inline int no_warnings(void **state)
{
	assert_int_equal(warn_count(), 0);
	return 0;
}

#define RUN_TESTS(name, tests) cmocka_run_group_tests_name(name, tests, boot, no_warnings)

#endif
