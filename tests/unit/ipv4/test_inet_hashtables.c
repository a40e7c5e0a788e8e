/* SPDX-License-Identifier: MIT */
/* TCP's tables: which listener gets a connection, which ports and tuples are free, and when a
 * TIME_WAIT gives way. Book section 12.10.2, RFC 6056, RFC 6191. */
#include <kernel/sysctl.h>
#include <net/net.h>
#include <net/tcp.h>

#include "ipv4_unit.h"

#define LO(n) IP(127, 0, 0, n)
#define PORT  5000
#define GROUP 4

static struct sockaddr_in addr(__be32 ip, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = ip };
}

static void set_int(struct socket *s, int opt, int val)
{
	assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, opt, &val, sizeof(val)), 0);
}

static struct socket *stream(int option)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_STREAM, 0, &s), 0);
	if (option)
		set_int(s, option, 1);
	return s;
}

static int bind_to(struct socket *s, __be32 ip, u16 number)
{
	struct sockaddr_in a = addr(ip, number);

	return kernel_bind(s, (struct sockaddr *)&a, sizeof(a));
}

static int connect_to(struct socket *s, __be32 ip, u16 number)
{
	struct sockaddr_in a = addr(ip, number);

	return kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0);
}

static struct socket *listener(__be32 ip, u16 number, int option, const char *dev)
{
	struct socket *s = stream(option);

	if (dev)
		assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, (void *)dev,
						   (unsigned int)strlen(dev)),
				 0);
	assert_int_equal(bind_to(s, ip, number), 0);
	assert_int_equal(kernel_listen(s, 128), 0);
	return s;
}

static bool has_connection(struct socket *s)
{
	struct socket *conn;

	if (kernel_accept(s, &conn, O_NONBLOCK))
		return false;
	sock_release(conn);
	return true;
}

static u16 port_of(struct socket *s)
{
	struct sockaddr_in a;

	assert_int_equal(kernel_getsockname(s, (struct sockaddr *)&a), sizeof(a));
	return ntohs(a.sin_port);
}

/* quiet - until no TIME_WAIT holds a port any more. */
static void quiet(void)
{
	msleep(61 * 1000);
	assert_int_equal(init_net.tcp.death_row.count, 0);
}

/* @sysctl_write wants text that it may change. */
static void sysctl(const char *name, const char *value)
{
	char text[32];

	strscpy(text, value, sizeof(text));
	assert_true(sysctl_write(name, text) >= 0);
}

/* ---- listeners ---- */

IN_TASK(the_listener_that_fits_best_gets_the_connection)
{
	struct socket *any = listener(0, PORT, SO_REUSEPORT, NULL),
		      *device = listener(0, PORT, SO_REUSEPORT, "lo"),
		      *address = listener(LO(1), PORT, SO_REUSEPORT, NULL),
		      *elsewhere = listener(0, PORT, SO_REUSEPORT, "eth0"), *c;

	c = stream(0);
	assert_int_equal(connect_to(c, LO(1), PORT), 0);
	sock_release(c);
	assert_true(has_connection(address));
	c = stream(0);
	assert_int_equal(connect_to(c, LO(2), PORT), 0);
	sock_release(c);
	assert_true(has_connection(device));
	sock_release(device);
	c = stream(0);
	assert_int_equal(connect_to(c, LO(2), PORT), 0);
	sock_release(c);
	assert_true(has_connection(any));
	sock_release(any);
	c = stream(0);
	assert_int_equal(connect_to(c, LO(2), PORT), -ECONNREFUSED);
	sock_release(c);
	assert_false(has_connection(elsewhere));
	sock_release(address);
	sock_release(elsewhere);
	quiet();
	return 0;
}

IN_TASK(a_reuseport_group_shares_by_the_tuple)
{
	struct socket *group[GROUP], *c;
	unsigned int got[GROUP] = { 0 }, i, k, total = 0;

	for (i = 0; i < GROUP; i++)
		group[i] = listener(LO(1), PORT, SO_REUSEPORT, NULL);
	for (k = 0; k < 100; k++) {
		c = stream(0);
		assert_int_equal(connect_to(c, LO(1), PORT), 0);
		for (i = 0; i < GROUP; i++)
			got[i] += has_connection(group[i]);
		sock_release(c);
	}
	for (i = 0; i < GROUP; i++) {
		assert_in_range(got[i], 10, 45);
		total += got[i];
		sock_release(group[i]);
	}
	assert_int_equal(total, 100);
	quiet();
	return 0;
}

/* ---- ports ---- */

IN_TASK(bind_follows_linux_s_rules)
{
	static const struct {
		int first_option, second_option;
		bool listens;
		__be32 first, second;
		int says;
	} cases[] = {
		{ 0, 0, false, 0, 0, -EADDRINUSE },
		{ 0, 0, false, LO(1), 0, -EADDRINUSE },
		{ 0, 0, false, LO(1), LO(2), 0 },
		{ SO_REUSEADDR, 0, false, 0, 0, -EADDRINUSE },
		{ SO_REUSEADDR, SO_REUSEADDR, false, 0, 0, 0 },
		{ SO_REUSEADDR, SO_REUSEADDR, true, 0, 0, -EADDRINUSE },
		{ SO_REUSEADDR, SO_REUSEADDR, true, LO(1), LO(2), 0 },
		{ SO_REUSEPORT, SO_REUSEADDR, false, 0, 0, -EADDRINUSE },
		{ SO_REUSEPORT, SO_REUSEPORT, true, 0, 0, 0 },
	};
	struct socket *a, *b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		a = stream(cases[i].first_option);
		b = stream(cases[i].second_option);
		assert_int_equal(bind_to(a, cases[i].first, PORT), 0);
		if (cases[i].listens)
			assert_int_equal(kernel_listen(a, 1), 0);
		if (bind_to(b, cases[i].second, PORT) != cases[i].says)
			fail_msg("case %u", i);
		sock_release(a);
		sock_release(b);
	}
	return 0;
}

IN_TASK(the_range_of_ports_has_an_end)
{
	struct socket *server = listener(0, PORT, 0, NULL), *other = listener(0, PORT + 1, 0, NULL),
		      *c[6], *s;
	unsigned int i, k;

	sysctl("net.ipv4.ip_local_port_range", "40000 40003");
	for (i = 0; i < 4; i++) {
		c[i] = stream(0);
		assert_int_equal(connect_to(c[i], LO(1), PORT), 0);
		assert_in_range(port_of(c[i]), 40000, 40003);
		for (k = 0; k < i; k++)
			assert_int_not_equal(port_of(c[i]), port_of(c[k]));
	}
	s = stream(0);
	assert_int_equal(connect_to(s, LO(1), PORT), -EADDRNOTAVAIL);
	assert_int_equal(connect_to(s, LO(1), PORT + 1), 0); /* another peer: the tuple is new */
	sock_release(s);
	s = stream(0);
	assert_int_equal(bind_to(s, 0, 0), -EADDRINUSE);
	sock_release(s);
	for (i = 0; i < 4; i++)
		sock_release(c[i]);
	sysctl("net.ipv4.ip_local_port_range", "32768 60999");
	sock_release(server);
	sock_release(other);
	quiet();
	return 0;
}

IN_TASK(a_tuple_in_use_is_not_given_twice)
{
	struct socket *server = listener(LO(1), PORT, 0, NULL), *a = stream(SO_REUSEADDR),
		      *b = stream(SO_REUSEADDR);

	assert_int_equal(bind_to(a, LO(1), 4444), 0);
	assert_int_equal(bind_to(b, LO(1), 4444), 0);
	assert_int_equal(connect_to(a, LO(1), PORT), 0);
	assert_int_equal(connect_to(b, LO(1), PORT), -EADDRNOTAVAIL);
	sock_release(a);
	sock_release(b);
	sock_release(server);
	quiet();
	return 0;
}

/* ---- TIME_WAIT ---- */

static struct socket *connect_from(u16 number)
{
	struct socket *s = stream(SO_REUSEADDR);

	assert_int_equal(bind_to(s, LO(1), number), 0);
	if (!connect_to(s, LO(1), PORT))
		return s;
	sock_release(s);
	return NULL;
}

IN_TASK(a_time_wait_gives_way_when_timestamps_tell_old_from_new)
{
	struct socket *server = listener(LO(1), PORT, 0, NULL), *s = connect_from(4444), *conn;
	u64 recycled = init_net.mib.linux_mib[LINUX_MIB_TIMEWAITRECYCLED];

	assert_non_null(s);
	assert_int_equal(kernel_accept(server, &conn, 0), 0);
	sock_release(s); /* first: the TIME_WAIT is the client's */
	msleep(10);
	sock_release(conn);
	msleep(10);
	assert_int_equal(init_net.tcp.death_row.count, 1);
	assert_null(connect_from(4444)); /* within the same second nothing tells them apart */
	msleep(2000);
	s = connect_from(4444);
	assert_non_null(s);
	assert_int_equal(init_net.mib.linux_mib[LINUX_MIB_TIMEWAITRECYCLED], recycled + 1);
	assert_int_equal(init_net.tcp.death_row.count, 0);
	assert_int_equal(kernel_accept(server, &conn, 0), 0);
	sysctl("net.ipv4.tcp_tw_reuse", "0");
	sock_release(s);
	msleep(10);
	sock_release(conn);
	msleep(2000);
	assert_null(connect_from(4444)); /* forbidden */
	sysctl("net.ipv4.tcp_tw_reuse", "2");
	sock_release(server);
	quiet();
	s = stream(0);
	assert_int_equal(bind_to(s, LO(1), 4444), 0); /* and the port is free */
	sock_release(s);
	return 0;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_listener_that_fits_best_gets_the_connection),
		cmocka_unit_test(a_reuseport_group_shares_by_the_tuple),
		cmocka_unit_test(bind_follows_linux_s_rules),
		cmocka_unit_test(the_range_of_ports_has_an_end),
		cmocka_unit_test(a_tuple_in_use_is_not_given_twice),
		cmocka_unit_test(a_time_wait_gives_way_when_timestamps_tell_old_from_new),
	};

	return cmocka_run_group_tests_name("inet_hashtables", tests, set_up, end_ipv4);
}
