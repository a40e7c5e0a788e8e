/* SPDX-License-Identifier: MIT */
/* Tests of epoll, poll and select under virtual time: what is ready, when a wait ends, and what may
 * be nested. */
#include <kernel/err.h>
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/time.h>
#include <uapi/epoll.h>
#include <uapi/poll.h>

#include "unit.h"

static int fs_task(void *unused)
{
	fs_init();
	return 0;
}

static int boot_fs(void **state)
{
	hosted_boot_core("loglevel=0");
	run_task(fs_task, NULL);
	return 0;
}

static struct files_struct *shared;

static int with_files(void *fn)
{
	current->files = shared = files_alloc();
	((void (*)(void))fn)();
	return 0;
}

static void in_task(void (*fn)(void))
{
	run_task(with_files, (void *)fn);
}

static int watch(int ep, int fd, u32 events)
{
	struct epoll_event ev = { .events = events, .data = (u64)fd };

	return (int)sys_epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static int rearm(int ep, int fd, u32 events)
{
	struct epoll_event ev = { .events = events, .data = (u64)fd };

	return (int)sys_epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
}

static struct epoll_event got[16];

static int look(int ep)
{
	return (int)sys_epoll_wait(ep, got, 16, 0);
}

static void levels(void)
{
	int p[2], ep = (int)sys_epoll_create1(EPOLL_CLOEXEC);
	char c = 'x';

	assert_int_equal(sys_pipe(p), 0);
	assert_int_equal(watch(ep, p[0], EPOLLIN), 0);
	assert_int_equal(watch(ep, p[1], EPOLLOUT), 0);
	assert_int_equal(look(ep), 1);
	assert_int_equal(got[0].data, p[1]);
	assert_int_equal(got[0].events, EPOLLOUT);
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep), 2);
	assert_int_equal(sys_epoll_wait(ep, got, 1, 0),
			 1); /* they take turns where the room is short */
	assert_int_equal(sys_epoll_wait(ep, got + 1, 1, 0), 1);
	assert_int_not_equal(got[0].data, got[1].data);
	sys_read(p[0], &c, 1);
	assert_int_equal(look(ep), 1);
	sys_close(p[1]);
	assert_int_equal(look(ep), 1);
	assert_int_equal(got[0].data, p[0]);
	assert_int_equal(got[0].events, EPOLLHUP);
	sys_close(p[0]);
	assert_int_equal(look(ep), 0);
}

static void level_triggered_tells_as_long_as_it_holds(void **state)
{
	in_task(levels);
}

static void edges(void)
{
	int p[2], ep = (int)sys_epoll_create1(0);
	char c = 'x';

	sys_pipe(p);
	assert_int_equal(watch(ep, p[0], EPOLLIN | EPOLLET), 0);
	assert_int_equal(look(ep), 0);
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep), 1);
	assert_int_equal(look(ep), 0);
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep), 1);
	assert_int_equal(rearm(ep, p[0], EPOLLIN | EPOLLONESHOT), 0);
	assert_int_equal(look(ep), 1);
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep), 0);
	assert_int_equal(rearm(ep, p[0], EPOLLIN | EPOLLONESHOT), 0);
	assert_int_equal(look(ep), 1);
}

static void edges_and_single_shots_tell_once(void **state)
{
	in_task(edges);
}

static void errors(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int p[2], ep = (int)sys_epoll_create1(0),
		  file = (int)sys_open("/tmp/f", O_CREAT | O_RDWR, 0600);

	sys_pipe(p);
	assert_int_equal(sys_epoll_create1(1), -EINVAL);
	assert_int_equal(sys_epoll_create(0), -EINVAL);
	assert_int_equal(watch(ep, file, EPOLLIN), -EPERM);
	assert_int_equal(watch(ep, 999, EPOLLIN), -EBADF);
	assert_int_equal(watch(999, p[0], EPOLLIN), -EBADF);
	assert_int_equal(watch(p[1], p[0], EPOLLIN), -EINVAL);
	assert_int_equal(watch(ep, ep, EPOLLIN), -EINVAL);
	assert_int_equal(rearm(ep, p[0], EPOLLIN), -ENOENT);
	assert_int_equal(sys_epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL), -ENOENT);
	assert_int_equal(watch(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE), 0);
	assert_int_equal(watch(ep, p[0], EPOLLIN), -EEXIST);
	assert_int_equal(rearm(ep, p[0], EPOLLIN), -EINVAL); /* it is exclusive */
	assert_int_equal(watch(ep, p[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLONESHOT), -EINVAL);
	assert_int_equal(sys_epoll_ctl(ep, 7, p[0], &ev), -EINVAL);
	assert_int_equal(sys_epoll_ctl(ep, EPOLL_CTL_ADD, p[1], NULL), -EFAULT);
	assert_int_equal(sys_epoll_wait(ep, got, 0, 0), -EINVAL);
	assert_int_equal(sys_epoll_wait(ep, got, -1, 0), -EINVAL);
	assert_int_equal(sys_epoll_wait(p[0], got, 1, 0), -EINVAL);
	assert_int_equal(watch(ep, p[1], EPOLLOUT), 0);
	assert_int_equal(sys_epoll_wait(ep, NULL, 1, 0), -EFAULT);
	assert_int_equal(look(ep), 1); /* nothing was lost */
	assert_int_equal(sys_epoll_ctl(ep, EPOLL_CTL_DEL, p[1], NULL), 0);
	assert_int_equal(look(ep), 0);
}

static void errors_are_linux_s(void **state)
{
	in_task(errors);
}

static void nests(void)
{
	int ep[7], p[2], i;
	char c = 'x';

	for (i = 0; i < 7; i++)
		ep[i] = (int)sys_epoll_create1(0);
	sys_pipe(p);
	assert_int_equal(watch(ep[0], p[0], EPOLLIN), 0);
	for (i = 1; i <= 4; i++)
		assert_int_equal(watch(ep[i], ep[i - 1], EPOLLIN), 0);
	assert_int_equal(watch(ep[5], ep[4], EPOLLIN), -ELOOP);
	assert_int_equal(watch(ep[0], ep[4], EPOLLIN), -ELOOP);
	assert_int_equal(watch(ep[0], ep[1], EPOLLIN), -ELOOP);
	assert_int_equal(look(ep[4]), 0);
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep[4]), 1);
	assert_int_equal(got[0].data, ep[3]);
	assert_int_equal(look(ep[0]), 1);
	sys_read(p[0], &c, 1);
	assert_int_equal(look(ep[4]), 0);
	sys_close(ep[2]); /* in the middle */
	sys_write(p[1], &c, 1);
	assert_int_equal(look(ep[4]), 0);
	assert_int_equal(look(ep[1]), 1);
}

static void nested_sets_pass_readiness_up_and_close_no_ring(void **state)
{
	in_task(nests);
}

static void fans(void)
{
	int top = (int)sys_epoll_create1(0), p[2], i, ep, err = 0;

	sys_pipe(p);
	for (i = 0; i < 600 && !err; i++) {
		ep = (int)sys_epoll_create1(0);
		assert_int_equal(watch(ep, p[0], EPOLLIN), 0);
		err = watch(top, ep, EPOLLIN);
	}
	assert_int_equal(err, -EINVAL); /* 500 ways of length two, and no more */
	assert_int_equal(i, 501);
}

static void wide_fans_are_refused(void **state)
{
	in_task(fans);
}

/* A second task that writes to a descriptor of the first after a while. */
struct later {
	int fd;
	unsigned int ms;
};

static int writes_later(void *arg)
{
	struct later *l = arg;

	atomic_inc(&shared->count);
	current->files = shared;
	msleep(l->ms);
	sys_write((unsigned int)l->fd, "x", 1);
	return 0;
}

static void waits(void)
{
	int ep = (int)sys_epoll_create1(0), p[2];
	struct later l = { .ms = 30 };
	ktime_t start = ktime_get();

	sys_pipe(p);
	watch(ep, p[0], EPOLLIN);
	assert_int_equal(sys_epoll_wait(ep, got, 1, 25), 0);
	assert_int_equal(ktime_get() - start, 25 * NSEC_PER_MSEC);
	l.fd = p[1];
	start = ktime_get();
	kthread_run(writes_later, &l, "later");
	assert_int_equal(sys_epoll_wait(ep, got, 1, -1), 1);
	assert_true(ktime_get() - start >= 30 * (ktime_t)NSEC_PER_MSEC &&
		    ktime_get() - start < 32 * (ktime_t)NSEC_PER_MSEC);
	assert_int_equal(sys_epoll_wait(ep, got, 1, -1), 1);
}

static void epoll_wait_ends_by_event_or_on_time(void **state)
{
	in_task(waits);
}

static void polls(void)
{
	struct pollfd fds[20];
	struct timespec ts = { 0, 1500 };
	struct later l = { .ms = 5 };
	ktime_t start;
	int p[20], i;

	for (i = 0; i < 20; i += 2)
		sys_pipe(p + i);
	for (i = 0; i < 20; i++)
		fds[i] = (struct pollfd){ .fd = p[i], .events = POLLIN };
	fds[3].fd = -1;
	start = ktime_get();
	assert_int_equal(sys_ppoll(fds, 20, &ts, NULL, 0), 0);
	assert_int_equal(ktime_get() - start, 1500);
	assert_int_equal(ts.tv_nsec, 0);
	ts.tv_nsec = 1000000000;
	assert_int_equal(sys_ppoll(fds, 20, &ts, NULL, 0), -EINVAL);
	fds[5].fd = 777;
	assert_int_equal(sys_poll(fds, 20, -1), 1);
	assert_int_equal(fds[5].revents, POLLNVAL);
	fds[5].fd = p[5];
	l.fd = p[19];
	kthread_run(writes_later, &l, "later");
	assert_int_equal(sys_poll(fds, 20, -1), 1);
	assert_int_equal(fds[18].revents, POLLIN);
	assert_int_equal(sys_poll(fds, 5000, 0), -EINVAL);
	assert_int_equal(sys_poll(NULL, 1, 0), -EFAULT);
	assert_int_equal(sys_poll(NULL, 0, 0), 0);
}

static void poll_waits_to_the_nanosecond(void **state)
{
	in_task(polls);
}

static void selects(void)
{
	unsigned long in[16] = { 0 }, out[16] = { 0 };
	struct timeval tv = { 0, 20000 };
	struct later l = { .ms = 7 };
	int p[2];

	sys_pipe(p);
	in[0] = 1ul << p[0];
	out[0] = 1ul << p[1];
	assert_int_equal(sys_select(p[1] + 1, in, out, NULL, &tv), 1);
	assert_int_equal(in[0], 0);
	assert_int_equal(out[0], 1ul << p[1]);
	in[0] = 1ul << p[0];
	l.fd = p[1];
	kthread_run(writes_later, &l, "later");
	assert_int_equal(sys_select(p[0] + 1, in, NULL, NULL, &tv), 1);
	assert_true(tv.tv_sec == 0 && tv.tv_usec > 10000 && tv.tv_usec <= 13000);
	in[0] = 1ul << 40;
	assert_int_equal(sys_select(41, in, NULL, NULL, &tv), -EBADF);
	assert_int_equal(sys_select(-1, in, NULL, NULL, &tv), -EINVAL);
	tv.tv_sec = -1;
	assert_int_equal(sys_select(1, NULL, NULL, NULL, &tv), -EINVAL);
}

static void select_tells_the_time_left(void **state)
{
	in_task(selects);
}

static void counters(void)
{
	struct {
		struct timespec interval, value;
	} spec = { { 0, 10000000 }, { 0, 5000000 } };
	int e = (int)sys_eventfd2(2, O_NONBLOCK), t = (int)sys_timerfd_create(CLOCK_MONOTONIC, 0);
	u64 v = ~0ull;

	assert_int_equal(sys_read((unsigned int)e, &v, 7), -EINVAL);
	assert_int_equal(sys_read((unsigned int)e, &v, 8), 8);
	assert_int_equal(v, 2);
	assert_int_equal(sys_read((unsigned int)e, &v, 8), -EAGAIN);
	v = ~0ull;
	assert_int_equal(sys_write((unsigned int)e, &v, 8), -EINVAL);
	v = ~0ull - 1;
	assert_int_equal(sys_write((unsigned int)e, &v, 8), 8);
	assert_int_equal(sys_write((unsigned int)e, &v, 8), -EAGAIN);
	assert_int_equal(sys_timerfd_settime(t, 0, &spec, NULL), 0);
	assert_int_equal(sys_read((unsigned int)t, &v, 8), 8);
	assert_int_equal(v, 1);
	msleep(36);
	assert_int_equal(sys_read((unsigned int)t, &v, 8), 8);
	assert_int_equal(v, 3);
}

static void eventfd_and_timerfd_count(void **state)
{
	in_task(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(level_triggered_tells_as_long_as_it_holds),
		cmocka_unit_test(edges_and_single_shots_tell_once),
		cmocka_unit_test(errors_are_linux_s),
		cmocka_unit_test(nested_sets_pass_readiness_up_and_close_no_ring),
		cmocka_unit_test(wide_fans_are_refused),
		cmocka_unit_test(epoll_wait_ends_by_event_or_on_time),
		cmocka_unit_test(poll_waits_to_the_nanosecond),
		cmocka_unit_test(select_tells_the_time_left),
		cmocka_unit_test(eventfd_and_timerfd_count),
	};

	return cmocka_run_group_tests_name("epoll", tests, boot_fs, no_warnings);
}
