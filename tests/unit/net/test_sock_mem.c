/* SPDX-License-Identifier: MIT */
/* Bounds of memory: of one socket, of a whole protocol; what waits, what is refused, and that all
 * is given back. Taps, which see what comes and goes. socket(7), udp(7), tcp(7). */
#include <kernel/sysctl.h>
#include <net/net.h>
#include <net/tcp.h>
#include <uapi/sockios.h>
#include <uapi/time.h>

#include "ipv4/ipv4_unit.h"

#define NOBODY IP(10, 0, 2, 77) /* answers no ARP */
#define PORT   6000

static struct sockaddr_in addr(__be32 ip, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = ip };
}

static struct socket *open_socket(int type)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, type, 0, &s), 0);
	return s;
}

static void set_int(struct socket *s, int opt, int val)
{
	assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, opt, &val, sizeof(val)), 0);
}

static struct socket *receiver(void)
{
	struct sockaddr_in a = addr(htonl(INADDR_LOOPBACK), PORT);
	struct socket *s = open_socket(SOCK_DGRAM);

	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	return s;
}

static int send_to(struct socket *s, __be32 ip, const void *data, size_t len, unsigned int flags)
{
	struct sockaddr_in a = addr(ip, PORT);
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_flags = flags };
	struct iovec vec = { (void *)data, len };

	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

static int receive(struct socket *s, void *buf, size_t len, int flags)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { buf, len };

	return kernel_recvmsg(s, &msg, &vec, 1, len, flags | MSG_DONTWAIT);
}

static void sysctl(const char *name, const char *value)
{
	char text[64];

	strscpy(text, value, sizeof(text));
	assert_true(sysctl_write(name, text) >= 0);
}

/* ---- the sender's side ---- */

static u8 data[1400];

/* Fill the socket's buffer with what waits for an answer to ARP. */
static struct socket *full_sender(void)
{
	struct socket *s = open_socket(SOCK_DGRAM);
	int n = 0;

	set_int(s, SO_SNDBUF, 4608);
	while (send_to(s, NOBODY, data, sizeof(data), MSG_DONTWAIT) == sizeof(data))
		assert_true(++n < 50);
	assert_true(n > 0);
	return s;
}

IN_TASK(a_full_send_buffer_says_so_or_waits_until_it_may_not)
{
	struct socket *s = full_sender();
	u64 begin = skiff_now();

	assert_int_equal(send_to(s, NOBODY, data, sizeof(data), MSG_DONTWAIT), -EAGAIN);
	s->sk->sk_sndtimeo = HZ / 10;
	assert_int_equal(send_to(s, NOBODY, data, sizeof(data), 0), -EAGAIN);
	assert_in_range(skiff_now() - begin, SECOND / 10, SECOND / 10 + 2 * MILLISECOND);
	s->sk->sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
	assert_true(send_to(s, NOBODY, data, sizeof(data), 0) > 0); /* ARP gave up: there is room */
	assert_in_range(skiff_now() - begin, SECOND, 4 * SECOND);
	msleep(5000);
	assert_int_equal(sk_wmem_alloc_get(s->sk), 0);
	sock_release(s);
	return 0;
}

static int blocked_result;

static int blocked_sender(void *s)
{
	blocked_result = send_to(s, NOBODY, data, sizeof(data), 0);
	return 0;
}

IN_TASK(a_waiting_sender_is_woken_by_a_signal)
{
	struct socket *s = full_sender();
	struct task *t = kthread_run(blocked_sender, s, "sender");
	int code;

	task_get(t);
	msleep(10);
	assert_int_not_equal(t->state, TASK_DEAD);
	t->signal_pending_mask = 1;
	wake_up_process(t);
	task_wait_exit(t, &code);
	task_put(t);
	assert_int_equal(blocked_result, -ERESTARTSYS);
	sock_release(s);
	msleep(5000);
	return 0;
}

/* ---- a protocol's memory ---- */

IN_TASK(udp_keeps_within_its_pages_and_recovers)
{
	struct socket *in = receiver(), *out = open_socket(SOCK_DGRAM);
	int n, i, had = 0, dropped;
	char buf[1400];

	sysctl("net.ipv4.udp_mem", "2 4 8");
	for (i = 0; i < 60; i++)
		assert_int_equal(send_to(out, htonl(INADDR_LOOPBACK), data, sizeof(data), 0),
				 sizeof(data));
	dropped = atomic_read(&in->sk->sk_drops);
	assert_true(dropped > 0);
	assert_true(init_net.ipv4.udp_memory_allocated <= 8);
	assert_true(init_net.ipv4.udp_memory_pressure);
	while ((n = receive(in, buf, sizeof(buf), 0)) > 0)
		had++;
	assert_int_equal(had + dropped, 60);
	sysctl("net.ipv4.udp_mem", "1000 2000 3000");
	assert_int_equal(send_to(out, htonl(INADDR_LOOPBACK), data, sizeof(data), 0), sizeof(data));
	assert_int_equal(receive(in, buf, sizeof(buf), 0), sizeof(data));
	assert_false(init_net.ipv4.udp_memory_pressure);
	sock_release(in);
	sock_release(out);
	assert_int_equal(init_net.ipv4.udp_memory_allocated, 0);
	return 0;
}

/* How many of 200 datagrams a sock can keep under pressure. */
static int kept(struct socket *in, struct socket *out)
{
	char buf[1400];
	int i, had = 0;

	for (i = 0; i < 200; i++)
		send_to(out, htonl(INADDR_LOOPBACK), data, sizeof(data), 0);
	while (receive(in, buf, sizeof(buf), 0) > 0)
		had++;
	return had;
}

IN_TASK(under_pressure_each_udp_sock_has_its_least)
{
	struct socket *in = receiver(), *out = open_socket(SOCK_DGRAM);
	int shared, least;

	sysctl("net.ipv4.udp_mem", "1 2 60");
	sysctl("net.ipv4.udp_rmem_min", "1");
	shared = kept(in, out);
	sysctl("net.ipv4.udp_rmem_min", "1000000");
	least = kept(in, out);
	assert_true(shared > 0 && least > shared + shared / 2); /* all of it, not its share */
	sysctl("net.ipv4.udp_rmem_min", "4096");
	sysctl("net.ipv4.udp_mem", "1000 2000 3000");
	sock_release(in);
	sock_release(out);
	return 0;
}

static size_t push_and_pull(struct socket *out, struct socket *in, size_t len)
{
	static u8 chunk[4000], got[4000];
	struct kmsghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	size_t sent = 0, had = 0, i;
	int n, ms;

	for (ms = 0; had < len && ms < 600 * 1000; ms++) {
		struct iovec vec = { chunk, min(sizeof(chunk), len - sent) };

		for (i = 0; i < vec.iov_len; i++)
			chunk[i] = (u8)((sent + i) * 7 >> 2);
		n = vec.iov_len ? kernel_sendmsg(out, &msg, &vec, 1, vec.iov_len) : 0;
		sent += n > 0 ? (size_t)n : 0;
		n = receive(in, got, sizeof(got), 0);
		for (i = 0; n > 0 && i < (size_t)n; i++)
			assert_int_equal(got[i], (u8)((had + i) * 7 >> 2));
		had += n > 0 ? (size_t)n : 0;
		msleep(1);
	}
	return had;
}

IN_TASK(tcp_goes_on_in_a_few_pages)
{
	struct sockaddr_in a = addr(htonl(INADDR_LOOPBACK), PORT);
	struct socket *l = open_socket(SOCK_STREAM), *c = open_socket(SOCK_STREAM), *s;

	assert_int_equal(kernel_bind(l, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_listen(l, 1), 0);
	assert_int_equal(kernel_connect(c, (struct sockaddr *)&a, sizeof(a), 0), 0);
	assert_int_equal(kernel_accept(l, &s, 0), 0);
	sysctl("net.ipv4.tcp_mem", "4 8 16");
	assert_int_equal(push_and_pull(c, s, 300000), 300000);
	sysctl("net.ipv4.tcp_mem", "10000 20000 30000");
	assert_int_equal(push_and_pull(s, c, 300000), 300000);
	sock_release(c);
	sock_release(s);
	sock_release(l);
	msleep(61 * 1000);
	assert_int_equal(init_net.tcp.memory_allocated, 0);
	return 0;
}

/* ---- what a reader learns beside the data ---- */

IN_TASK(losses_and_times_are_told_with_the_next_packet)
{
	union {
		struct cmsghdr h;
		char bytes[128];
	} control;
	struct kmsghdr msg = { .msg_control = &control, .msg_controllen = sizeof(control) };
	struct socket *in = receiver(), *out = open_socket(SOCK_DGRAM);
	struct __kernel_timespec t, later;
	char buf[16];
	struct iovec vec = { buf, sizeof(buf) };
	int i;

	set_int(in, SO_RCVBUF, 3000);
	set_int(in, SO_RXQ_OVFL, 1);
	assert_int_equal(sock_gettstamp(in, KERNEL_SOCKPTR(&t), false, false), -ENOENT);
	for (i = 0; i < 20; i++)
		send_to(out, htonl(INADDR_LOOPBACK), data, sizeof(data), 0);
	assert_int_equal(kernel_recvmsg(in, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT), sizeof(buf));
	assert_int_equal(control.h.cmsg_type, SO_RXQ_OVFL);
	assert_int_equal(*(u32 *)CMSG_DATA(&control.h), atomic_read(&in->sk->sk_drops));
	assert_int_equal(sock_gettstamp(in, KERNEL_SOCKPTR(&t), false, false), 0);
	msleep(1500);
	while (receive(in, buf, sizeof(buf), 0) > 0)
		;
	send_to(out, htonl(INADDR_LOOPBACK), data, 10, 0);
	msg = (struct kmsghdr){ .msg_control = &control,
				.msg_controllen = 18 }; /* room for a part */
	vec = (struct iovec){ buf, sizeof(buf) };
	assert_int_equal(kernel_recvmsg(in, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT), 10);
	assert_true(msg.msg_flags & MSG_CTRUNC);
	assert_int_equal(control.h.cmsg_len, 18);
	assert_int_equal(sock_gettstamp(in, KERNEL_SOCKPTR(&later), true, false), 0);
	assert_true(later.tv_sec > t.tv_sec &&
		    later.tv_nsec < 1000000); /* microseconds, this time */
	sock_release(in);
	sock_release(out);
	return 0;
}

static void a_datagram_spoilt_on_its_way_is_passed_over(void **state)
{
	u64 wrong = init_net.mib.udp[UDP_MIB_CSUMERRORS];
	static struct socket *in;
	u8 f[128], buf[16];
	size_t n;

	/* not loopback, which needs no checksums */
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &in), 0);
	assert_int_equal(kernel_bind(in,
				     (struct sockaddr *)&(struct sockaddr_in){
					     .sin_family = AF_INET, .sin_port = htons(PORT) },
				     16),
			 0);
	n = udp_frame(f, our_mac, PEER_IP, OUR_IP, 1, PORT, "first", 5);
	f[n - 1] ^= 1;
	give(f, n);
	give(f, udp_frame(f, our_mac, PEER_IP, OUR_IP, 1, PORT, "second", 6));
	assert_int_equal(receive(in, buf, sizeof(buf), MSG_PEEK), 6);
	assert_memory_equal(buf, "second", 6);
	assert_int_equal(init_net.mib.udp[UDP_MIB_CSUMERRORS], wrong + 1);
	assert_int_equal(receive(in, buf, sizeof(buf), 0), 6);
	assert_int_equal(receive(in, buf, sizeof(buf), 0), -EAGAIN);
	sock_release(in);
}

/* ---- taps ---- */

static unsigned int tap_in, tap_out, tap_bytes;

static int tap(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
	       struct net_device *orig_dev)
{
	if (skb->pkt_type == PACKET_OUTGOING) {
		assert_int_equal(ip_hdr(skb)->version,
				 4); /* its header is where one looks for it */
		tap_out++;
		tap_bytes += skb->len;
	} else {
		tap_in++;
	}
	consume_skb(skb);
	return 0;
}

/* A new fragment block for @more bytes with @queued bytes waiting: its size, and what the next one
 * would have begun with. */
static unsigned int block_size(struct sock *sk, size_t more, int queued)
{
	unsigned int size;

	sk->sk_wmem_queued = queued;
	assert_true(sk_page_frag_refill(sk, more));
	assert_int_equal(sk->sk_frag_offset, 0);
	size = sk->sk_frag_size;
	put_page(sk->sk_frag_page);
	sk->sk_frag_page = NULL;
	sk->sk_wmem_queued = 0;
	return size;
}

IN_TASK(fragment_blocks_are_as_large_as_what_is_written)
{
	struct socket *s = open_socket(SOCK_STREAM);
	struct sock *sk = s->sk;
	struct page *page;

	assert_int_equal(block_size(sk, 1, 0), 4096);
	assert_int_equal(block_size(sk, 8191, 0), 4096);
	assert_int_equal(block_size(sk, 8192, 0), 8192);
	assert_int_equal(block_size(sk, 32767, 0), 16384);
	assert_int_equal(block_size(sk, 1 << 20, 0), 32768);
	assert_int_equal(block_size(sk, 1, 65536), 4096);
	assert_int_equal(block_size(sk, 1, 65537), 32768); /* a sender that has much waiting has more to come */
	hosted_fail_alloc(1, 0, 1); /* no large one: a page is enough */
	assert_int_equal(block_size(sk, 1 << 20, 0), 4096);
	hosted_fail_alloc(0, 0, 0);

	assert_true(sk_page_frag_refill(sk, 100));
	page = sk->sk_frag_page;
	sk->sk_frag_offset = 4000; /* a segment holds what was cut from it: the rest is used */
	get_page(page);
	assert_true(sk_page_frag_refill(sk, 100));
	assert_ptr_equal(sk->sk_frag_page, page);
	assert_int_equal(sk->sk_frag_offset, 4000);
	put_page(page); /* nobody any more: from the beginning again */
	assert_true(sk_page_frag_refill(sk, 100));
	assert_int_equal(sk->sk_frag_offset, 0);
	sk->sk_frag_offset = 4096; /* used up, and held: another one */
	get_page(page);
	assert_true(sk_page_frag_refill(sk, 100));
	assert_ptr_not_equal(sk->sk_frag_page, page);
	put_page(page);
	sock_release(s);
	return 0;
}

static void a_tap_sees_both_ways_unless_it_is_the_sender_s_own(void **state)
{
	struct packet_type pt = { .type = htons(ETH_P_ALL), .func = tap };
	u8 f[128];

	introduce_peer();
	dev_add_pack(&pt);
	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, 99, 0, 1, "data",
			 4)); /* the answer: no such protocol */
	assert_int_equal(tap_in, 1);
	assert_int_equal(tap_out, 1);
	assert_int_equal(tap_bytes, take(f, sizeof(f)));
	pt.dev = init_net.loopback_dev; /* another device's */
	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, 99, 0, 1, "data", 4));
	assert_int_equal(tap_out, 1);
	pt.dev = NULL;
	dev_remove_pack(&pt);
	pass(2 * SECOND);
	drain();
	give(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, 99, 0, 1, "data", 4));
	assert_int_equal(tap_in, 1);
	assert_true(take(f, sizeof(f)) > 0);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_send_buffer_says_so_or_waits_until_it_may_not),
		cmocka_unit_test(a_waiting_sender_is_woken_by_a_signal),
		cmocka_unit_test(udp_keeps_within_its_pages_and_recovers),
		cmocka_unit_test(under_pressure_each_udp_sock_has_its_least),
		cmocka_unit_test(tcp_goes_on_in_a_few_pages),
		cmocka_unit_test(losses_and_times_are_told_with_the_next_packet),
		cmocka_unit_test(a_datagram_spoilt_on_its_way_is_passed_over),
		cmocka_unit_test(fragment_blocks_are_as_large_as_what_is_written),
		cmocka_unit_test(a_tap_sees_both_ways_unless_it_is_the_sender_s_own),
	};

	return cmocka_run_group_tests_name("sock_mem", tests, set_up, end_ipv4);
}
