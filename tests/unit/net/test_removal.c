/* SPDX-License-Identifier: MIT */
/* A device is pulled out under traffic: whoever holds it lets go, hears of it, and goes on. */
#include <net/netdevice.h>
#include <net/pkt_sched.h>
#include <net/sock.h>
#include <uapi/if_packet.h>
#include <uapi/poll.h>

#include "../ipv4/ipv4_unit.h"

static struct socket *udp, *bound, *tap, *tap_all;
static unsigned long skbs;

static int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	skbs = skbs_in_use();
	return 0;
}

static int send_to(struct socket *s, __be32 ip, unsigned int len)
{
	static u8 data[2000];
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = ip };
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a) };
	struct iovec vec = { data, len };

	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

static int open_task(void *unused)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(5000),
				 .sin_addr.s_addr = OUR_IP };
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = dev->ifindex };
	struct packet_mreq mreq = { .mr_ifindex = dev->ifindex, .mr_type = PACKET_MR_PROMISC };
	struct ip_mreqn group = { .imr_multiaddr.s_addr = IP(239, 1, 2, 3),
				  .imr_ifindex = dev->ifindex };

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &udp), 0);
	assert_int_equal(kernel_bind(udp, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_setsockopt(udp, SOL_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)),
			 0);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &bound), 0);
	assert_int_equal(kernel_setsockopt(bound, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5), 0);
	assert_int_equal(sock_create_kern(&init_net, AF_PACKET, SOCK_RAW, 0, &tap), 0);
	assert_int_equal(kernel_bind(tap, (struct sockaddr *)&ll, sizeof(ll)), 0);
	assert_int_equal(
		kernel_setsockopt(tap, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	ll.sll_ifindex = 0;
	assert_int_equal(sock_create_kern(&init_net, AF_PACKET, SOCK_RAW, 0, &tap_all), 0);
	assert_int_equal(kernel_bind(tap_all, (struct sockaddr *)&ll, sizeof(ll)), 0);
	return 0;
}

static int traffic_task(void *unused)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		send_to(udp, PEER_IP, 1000);	       /* waits in the discipline */
		send_to(bound, IP(10, 0, 2, 77), 100); /* waits for a neighbour that is not there */
		send_to(udp, IP(198, 51, 100, 1), 100); /* by the gateway */
	}
	return 0;
}

static int remove_task(void *unused)
{
	skiff_port_remove(port);
	return 0;
}

static int recv_error(void *arg)
{
	struct kmsghdr msg = { 0 };
	u8 buf[100];
	struct iovec vec = { buf, sizeof(buf) };
	int n;

	do /* what had come before is still to be read; then the error, once */
		n = kernel_recvmsg(arg, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
	while (n >= 0);
	return -n;
}

static int send_task(void *unused)
{
	struct socket *fresh;
	int err;

	assert_int_equal(send_to(udp, PEER_IP, 100),
			 -ENETUNREACH); /* its address is nobody's now, as on Linux */
	assert_true(send_to(bound, PEER_IP, 100) < 0);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &fresh), 0);
	err = -send_to(fresh, PEER_IP, 100);
	sock_release(fresh);
	return err;
}

static int close_task(void *unused)
{
	sock_release(udp);
	sock_release(bound);
	sock_release(tap);
	sock_release(tap_all);
	return 0;
}

static unsigned int polled(struct socket *s)
{
	return s->ops->poll(NULL, s, NULL);
}

static void all_let_go_of_a_device_that_is_pulled_out(void **state)
{
	char text[2048];
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");
	u64 reset = drops(SKB_DROP_REASON_DEV_READY);

	introduce_peer();
	assert_int_equal(run_task(open_task, NULL), 0);
	skiff_command("tc qdisc add dev eth0 root netem delay 60s", text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(run_task(traffic_task, NULL), 0);
	pass(10 * MILLISECOND);
	assert_true(dev->qdisc->qlen >= 20);
	assert_int_equal(dev->promiscuity, 1);
	assert_int_equal(run_task(remove_task, NULL),
			 0); /* it returns: nobody refers to it any more */
	assert_null(__dev_get_by_name(&init_net, "eth0"));
	assert_true(drops(SKB_DROP_REASON_DEV_READY) >= reset + 20);
	assert_true(polled(tap) & POLLERR);
	assert_int_equal(run_task(recv_error, tap), ENETDOWN);
	assert_int_equal(run_task(recv_error, tap_all), EAGAIN); /* it listens to the others */
	assert_int_equal(run_task(send_task, NULL), ENETUNREACH);
	skiff_command("ip route", text, sizeof(text));
	assert_string_equal(text, "");
	skiff_command("ip neigh", text, sizeof(text));
	assert_null(strstr(text, "eth0"));
	assert_int_equal(run_task(close_task, NULL), 0);
	assert_int_equal(skbs_in_use(), skbs);
}

static void the_name_is_free_for_the_next_one(void **state)
{
	u8 f[100], out[200];
	size_t len;

	port = skiff_port_new("eth0", our_mac, 1500);
	assert_non_null(port);
	pass(10 * SECOND); /* its ip= holds for it, too */
	introduce_peer();
	len = udp_frame(f, our_mac, PEER_IP, OUR_IP, 9, 9, "x", 1);
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 20 + 8 + len); /* nobody listens: ICMP says so */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_let_go_of_a_device_that_is_pulled_out),
		cmocka_unit_test(the_name_is_free_for_the_next_one),
	};

	return cmocka_run_group_tests_name("removal", tests, set_up, end_ipv4);
}
