/* SPDX-License-Identifier: MIT */
/* Echo over the loopback device through the whole stack: UDP and TCP, small and large, with nothing lost and nothing left over. */
#include <kernel/console.h>
#include <kernel/file.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>

#include "net_unit.h"

#define LOOPBACK 0x7f000001u
#define STREAM_BYTES (4 << 20)

static int boot_stack_task(void *unused)
{
	fs_init();
	console_init();
	net_init();
	loopback_init();
	return 0;
}

static int boot_stack(void **state)
{
	hosted_boot_core("");
	return run_task(boot_stack_task, NULL);
}

static struct sockaddr_in at(u16 port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	sin.sin_addr.s_addr = htonl(LOOPBACK);
	return sin;
}

static void need_files(void)
{
	current->files = files_alloc();
	assert_non_null(current->files);
}

static void drop_files(void)
{
	files_put(current->files);
	current->files = NULL;
}

static int open_socket(int type, u16 port)
{
	struct sockaddr_in sin = at(port);
	int fd = (int)sys_socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	if (port)
		assert_int_equal(sys_bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	return fd;
}

static int ok(long rc)
{
	assert_int_equal(rc, 0);
	return 0;
}

static unsigned long kernel_socks; /* those that protocols keep for themselves */

IN_TASK(lo_has_its_address)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	struct socket *sock;

	kernel_socks = socks_in_use();
	ok(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock));
	ok(kernel_sock_ioctl(sock, SIOCGIFFLAGS, &ifr));
	assert_true(ifr.ifr_flags & IFF_UP);
	ok(kernel_sock_ioctl(sock, SIOCGIFADDR, &ifr));
	assert_int_equal(((struct sockaddr_in *)&ifr.ifr_addr)->sin_addr.s_addr, htonl(LOOPBACK));
	sock_release(sock);
	return 0;
}

IN_TASK(udp_echoes_each_size)
{
	static char out[65507], in[65507];
	static const size_t sizes[] = { 0, 1, 64, 1472, 1473, 9000, 30000, 65507 };
	struct sockaddr_in sin = at(7000), from;
	int server, client, len = sizeof(from);
	unsigned int i;

	need_files();
	server = open_socket(SOCK_DGRAM, 7000);
	client = open_socket(SOCK_DGRAM, 0);
	ok(sys_connect(client, (struct sockaddr *)&sin, sizeof(sin)));
	get_random_bytes(out, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		long n = (long)sizes[i];

		assert_int_equal(sys_send(client, out, sizes[i], 0), n);
		assert_int_equal(sys_recvfrom(server, in, sizeof(in), 0, (struct sockaddr *)&from, &len), n);
		assert_int_equal(sys_sendto(server, in, sizes[i], 0, (struct sockaddr *)&from, len), n);
		memset(in, 0, sizeof(in));
		assert_int_equal(sys_recv(client, in, sizeof(in), 0), n);
		assert_memory_equal(in, out, sizes[i]);
	}
	assert_int_equal(sys_send(client, out, 65508, 0), -EMSGSIZE);
	drop_files();
	return 0;
}

IN_TASK(udp_to_a_closed_port_is_refused)
{
	struct sockaddr_in sin = at(9999);
	char c = 'x';
	int fd;

	need_files();
	fd = open_socket(SOCK_DGRAM, 0);
	ok(sys_connect(fd, (struct sockaddr *)&sin, sizeof(sin)));
	assert_int_equal(sys_send(fd, &c, 1, 0), 1);
	assert_int_equal(sys_recv(fd, &c, 1, 0), -ECONNREFUSED);
	drop_files();
	return 0;
}

/* ---- TCP ---- */

/* echo_server - serve @arg connections one after the other on port 7001. */
static int echo_server(void *arg)
{
	int lfd, fd, n, count = (int)(long)arg;
	char buf[4096];

	need_files();
	lfd = open_socket(SOCK_STREAM, 7001);
	ok(sys_listen(lfd, 5));
	while (count--) {
		fd = (int)sys_accept(lfd, NULL, NULL);
		assert_true(fd >= 0);
		while ((n = (int)sys_recv(fd, buf, sizeof(buf), 0)) > 0)
			assert_int_equal(sys_send(fd, buf, (size_t)n, 0), n);
		assert_int_equal(n, 0);
		close_fd((unsigned int)fd);
	}
	drop_files();
	return 0;
}

static int connect_to(u16 port)
{
	struct sockaddr_in sin = at(port);
	int fd = open_socket(SOCK_STREAM, 0);

	ok(sys_connect(fd, (struct sockaddr *)&sin, sizeof(sin)));
	return fd;
}

static struct task *start(int (*fn)(void *), void *arg)
{
	struct task *t = kthread_run(fn, arg, "peer");

	task_get(t);
	msleep(10); /* it listens by now */
	return t;
}

static void finish(struct task *t)
{
	int code;

	ok(task_wait_exit(t, &code));
	task_put(t);
}

IN_TASK(tcp_echoes_one_line)
{
	struct task *server = start(echo_server, (void *)1);
	char buf[64];
	int fd;

	need_files();
	fd = connect_to(7001);
	assert_int_equal(sys_send(fd, "hello", 5, 0), 5);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 5);
	assert_memory_equal(buf, "hello", 5);
	ok(sys_shutdown(fd, SHUT_WR));
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 0);
	drop_files();
	finish(server);
	return 0;
}

/* A write, or a read, that cannot be copied does nothing: what comes after it is whole. */
IN_TASK(tcp_goes_on_after_a_bad_buffer)
{
	struct task *server = start(echo_server, (void *)1);
	char buf[64];
	int fd;

	need_files();
	fd = connect_to(7001);
	assert_int_equal(sys_send(fd, (void *)0x123456789000ul, 5, 0), -EFAULT);
	assert_int_equal(sys_send(fd, "hello", 5, 0), 5);
	msleep(10); /* the answer is here */
	assert_int_equal(sys_recv(fd, (void *)0x123456789000ul, 64, 0), -EFAULT);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 5);
	assert_memory_equal(buf, "hello", 5);
	ok(sys_shutdown(fd, SHUT_WR));
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 0);
	drop_files();
	finish(server);
	return 0;
}

static int stream_fd;

/* writer - STREAM_BYTES of a pattern, then the end. */
static int writer(void *files)
{
	static char buf[10000];
	unsigned int done = 0, i;

	current->files = files;
	while (done < STREAM_BYTES) {
		unsigned int n = min_t(unsigned int, sizeof(buf), STREAM_BYTES - done);
		long sent;

		for (i = 0; i < n; i++)
			buf[i] = (char)((done + i) * 31 >> 3);
		sent = sys_send(stream_fd, buf, n, 0);
		assert_true(sent > 0);
		done += (unsigned int)sent;
	}
	ok(sys_shutdown(stream_fd, SHUT_WR));
	current->files = NULL;
	return 0;
}

IN_TASK(tcp_echoes_megabytes_in_order)
{
	struct task *server = start(echo_server, (void *)1), *w;
	static char buf[20000];
	unsigned int got = 0;
	long n, i;

	need_files();
	stream_fd = connect_to(7001);
	w = kthread_run(writer, current->files, "writer");
	task_get(w);
	while ((n = sys_recv(stream_fd, buf, sizeof(buf), 0)) > 0) {
		for (i = 0; i < n; i++, got++)
			if (buf[i] != (char)(got * 31 >> 3))
				fail_msg("byte %u is wrong", got);
	}
	assert_int_equal(n, 0);
	assert_int_equal(got, STREAM_BYTES);
	finish(w);
	drop_files();
	finish(server);
	return 0;
}

IN_TASK(tcp_to_a_closed_port_is_refused)
{
	struct sockaddr_in sin = at(9998);
	int fd;

	need_files();
	fd = open_socket(SOCK_STREAM, 0);
	assert_int_equal(sys_connect(fd, (struct sockaddr *)&sin, sizeof(sin)), -ECONNREFUSED);
	drop_files();
	return 0;
}

/* hungry_round - sockets of both kinds talk while allocations fail; whatever they answer is fine. */
static void hungry_round(u64 seed)
{
	struct sockaddr_in sin = at(7002);
	static char buf[9000];
	int fd[8], i, n = 0;

	need_files();
	hosted_fail_alloc(0, 50000, seed);
	fd[n++] = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	sys_bind(fd[0], (struct sockaddr *)&sin, sizeof(sin));
	sys_listen(fd[0], 3);
	fd[n++] = (int)sys_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	fd[n++] = (int)sys_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	sys_bind(fd[2], (struct sockaddr *)&sin, sizeof(sin));
	sys_connect(fd[2], (struct sockaddr *)&sin, sizeof(sin)); /* to itself */
	sys_connect(fd[1], (struct sockaddr *)&sin, sizeof(sin));
	for (i = 0; i < 200; i++) {
		int any = fd[get_random_below((u32)n)];

		if (n < 4) {
			fd[n] = (int)sys_accept4(fd[0], NULL, NULL, SOCK_NONBLOCK);
			n += fd[n] >= 0;
		}
		sys_send(any, buf, get_random_below(sizeof(buf)), MSG_NOSIGNAL);
		sys_recv(any, buf, get_random_below(sizeof(buf)), 0);
		if (!get_random_below(8))
			msleep(get_random_below(300));
	}
	hosted_fail_alloc(0, 0, 0);
	drop_files();
	msleep(1000);
}

IN_TASK(running_out_of_memory_is_survived)
{
	u64 seed;

	for (seed = 1; seed <= 40; seed++)
		hungry_round(seed);
	return 0;
}

IN_TASK(nothing_is_left_over)
{
	msleep(200000); /* TIME_WAIT, caches */
	assert_int_equal(skbs_in_use(), 0);
	assert_int_equal(socks_in_use(), kernel_socks);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lo_has_its_address),
		cmocka_unit_test(udp_echoes_each_size),
		cmocka_unit_test(udp_to_a_closed_port_is_refused),
		cmocka_unit_test(tcp_echoes_one_line),
		cmocka_unit_test(tcp_goes_on_after_a_bad_buffer),
		cmocka_unit_test(tcp_echoes_megabytes_in_order),
		cmocka_unit_test(tcp_to_a_closed_port_is_refused),
		cmocka_unit_test(running_out_of_memory_is_survived),
		cmocka_unit_test(nothing_is_left_over),
	};

	return cmocka_run_group_tests_name("loopback", tests, boot_stack, no_warnings);
}
