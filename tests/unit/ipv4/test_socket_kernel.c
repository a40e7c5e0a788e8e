/* SPDX-License-Identifier: MIT */
/* The kernel's own sockets: each kernel_* call as 2.6.24 lists them, on a stream and on datagrams. Book section 12.11.1. */
#include <net/net.h>
#include <uapi/sockios.h>
#include <uapi/tcp.h>

#include "ipv4_unit.h"

#define LOOPBACK IP(127, 0, 0, 1)

static struct sockaddr_in addr(u16 port_)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port_), .sin_addr.s_addr = LOOPBACK };
}

static struct socket *open_kind(int type)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, type, 0, &s), 0);
	return s;
}

static int receive(struct socket *s, void *data, size_t len, int flags)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { data, len };

	return kernel_recvmsg(s, &msg, &vec, 1, len, flags);
}

static struct socket *listener, *client, *child;

IN_TASK(a_stream_is_opened)
{
	struct sockaddr_in a = addr(600), got;

	listener = open_kind(SOCK_STREAM);
	assert_int_equal(kernel_bind(listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_accept(listener, &child, O_NONBLOCK), -EINVAL); /* it does not listen */
	assert_null(child);
	assert_int_equal(kernel_listen(listener, 5), 0);
	assert_int_equal(kernel_accept(listener, &child, O_NONBLOCK), -EAGAIN);
	client = open_kind(SOCK_STREAM);
	assert_int_equal(kernel_getpeername(client, (struct sockaddr *)&got), -ENOTCONN);
	assert_int_equal(kernel_connect(client, (struct sockaddr *)&a, sizeof(a), 0), 0);
	assert_int_equal(kernel_connect(client, (struct sockaddr *)&a, sizeof(a), 0), -EISCONN);
	assert_int_equal(kernel_accept(listener, &child, 0), 0);
	assert_non_null(child);
	assert_int_equal(kernel_getpeername(client, (struct sockaddr *)&got), sizeof(got));
	assert_int_equal(got.sin_port, htons(600));
	assert_int_equal(kernel_getsockname(client, (struct sockaddr *)&a), sizeof(a));
	assert_int_equal(kernel_getpeername(child, (struct sockaddr *)&got), sizeof(got));
	assert_int_equal(got.sin_port, a.sin_port);
	assert_int_equal(got.sin_addr.s_addr, LOOPBACK);
	return 0;
}

IN_TASK(messages_go_both_ways)
{
	struct iovec vec[2] = { { "one ", 4 }, { "message", 7 } };
	struct kmsghdr msg = { 0 };
	char data[20] = "";
	int pending = 0;

	assert_int_equal(kernel_sendmsg(client, &msg, vec, 2, 11), 11);
	assert_int_equal(receive(child, data, sizeof(data), MSG_PEEK), 11);
	assert_int_equal(kernel_sock_ioctl(child, SIOCINQ, &pending), 0);
	assert_int_equal(pending, 11);
	assert_int_equal(receive(child, data, sizeof(data), 0), 11);
	assert_string_equal(data, "one message");
	assert_int_equal(receive(child, data, sizeof(data), MSG_DONTWAIT), -EAGAIN);
	return 0;
}

IN_TASK(a_page_is_sent)
{
	struct page *page = alloc_page(GFP_KERNEL);
	static char data[2 * PAGE_SIZE];
	char *bytes;
	unsigned int i;

	assert_non_null(page);
	bytes = page_address(page);
	for (i = 0; i < PAGE_SIZE; i++)
		bytes[i] = (char)(i * 7);
	assert_int_equal(kernel_sendpage(child, page, 96, 1000, MSG_MORE), 1000);
	assert_int_equal(kernel_sendpage(child, page, 0, PAGE_SIZE, 0), PAGE_SIZE);
	put_page(page); /* it was copied */
	assert_int_equal(receive(client, data, 1000 + PAGE_SIZE, MSG_WAITALL), 1000 + PAGE_SIZE);
	for (i = 0; i < 1000; i++)
		assert_int_equal(data[i], (char)((i + 96) * 7));
	for (i = 0; i < PAGE_SIZE; i++)
		assert_int_equal(data[1000 + i], (char)(i * 7));
	return 0;
}

IN_TASK(options_are_set_and_read)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int val = 5, len = sizeof(val);

	assert_int_equal(kernel_setsockopt(client, SOL_TCP, TCP_SYNCNT, &val, sizeof(val)), 0);
	val = 0;
	assert_int_equal(kernel_getsockopt(client, SOL_TCP, TCP_SYNCNT, &val, &len), 0);
	assert_int_equal(val, 5);
	assert_int_equal(kernel_setsockopt(client, SOL_SOCKET, 9999, &val, sizeof(val)), -ENOPROTOOPT);
	assert_int_equal(kernel_sock_ioctl(client, SIOCGIFINDEX, &ifr), 0);
	assert_int_equal(ifr.ifr_ifindex, 1);
	memcpy(ifr.ifr_name, "nosuch0", 8);
	assert_int_equal(kernel_sock_ioctl(client, SIOCGIFINDEX, &ifr), -ENODEV);
	return 0;
}

IN_TASK(shutdown_ends_one_direction)
{
	char data[4];

	assert_int_equal(kernel_sock_shutdown(client, SHUT_WR), 0);
	assert_int_equal(receive(child, data, sizeof(data), 0), 0);
	sock_release(client);
	sock_release(child);
	sock_release(listener);
	return 0;
}

IN_TASK(datagrams_have_addresses)
{
	struct socket *a = open_kind(SOCK_DGRAM), *b = open_kind(SOCK_DGRAM);
	struct sockaddr_in at = addr(601), from;
	struct kmsghdr msg = { .msg_name = &at, .msg_namelen = sizeof(at) };
	struct iovec vec = { "x", 1 };
	struct socket *none;
	char data[4];

	assert_int_equal(kernel_bind(b, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(kernel_bind(a, (struct sockaddr *)&at, sizeof(at)), -EADDRINUSE);
	assert_int_equal(kernel_listen(b, 1), -EOPNOTSUPP);
	assert_int_equal(kernel_accept(b, &none, 0), -EOPNOTSUPP);
	assert_int_equal(kernel_sendmsg(a, &msg, &vec, 1, 1), 1);
	msg = (struct kmsghdr){ .msg_name = &from };
	vec = (struct iovec){ data, sizeof(data) };
	assert_int_equal(kernel_recvmsg(b, &msg, &vec, 1, sizeof(data), 0), 1);
	assert_int_equal(msg.msg_namelen, sizeof(from));
	assert_int_equal(from.sin_addr.s_addr, LOOPBACK);
	sock_release(a);
	sock_release(b);
	return 0;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_opened),	    cmocka_unit_test(messages_go_both_ways),
		cmocka_unit_test(a_page_is_sent),	    cmocka_unit_test(options_are_set_and_read),
		cmocka_unit_test(shutdown_ends_one_direction), cmocka_unit_test(datagrams_have_addresses),
	};

	return cmocka_run_group_tests_name("socket_kernel", tests, set_up, end_ipv4);
}
