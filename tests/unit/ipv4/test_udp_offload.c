/* SPDX-License-Identifier: MIT */
/* Large UDP sends and receives on the wire: how UDP_SEGMENT's are cut, which datagrams UDP_GRO joins and which not, and the
 * hook of encapsulations. udp(7). */
#include <net/etherdevice.h>
#include <net/gro.h>
#include <net/net.h>
#include <net/netdevice.h>
#include <uapi/udp.h>

#include "ipv4_unit.h"

void napi_gro_flush(struct napi_struct *napi); /* net/core/gro.c */

static struct net_device *dev;
static struct napi_struct napi;
static u8 bytes[66000];

static u8 pattern(unsigned int i)
{
	return (u8)(i * 7 + (i >> 8));
}

static struct socket *open_at(u16 number)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(number) };
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &s), 0);
	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	return s;
}

static void set(struct socket *s, int level, int name, int value)
{
	assert_int_equal(kernel_setsockopt(s, level, name, &value, sizeof(value)), 0);
}

/* @len bytes to the peer; @segment: with a control message that says so. */
static int send_large(struct socket *s, size_t len, unsigned int flags, int segment)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = PEER_IP };
	union {
		struct cmsghdr c;
		u8 room[CMSG_SPACE(sizeof(u16))];
	} control = { .c = { .cmsg_len = CMSG_LEN(sizeof(u16)), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT } };
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_flags = flags };
	struct iovec vec = { bytes, len };
	u16 value = (u16)segment;

	memcpy(CMSG_DATA(&control.c), &value, sizeof(value));
	if (segment) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

/* The next frame on the wire is a datagram of @len bytes, the pattern's from @from on; its IP id. */
static u16 assert_datagram(unsigned int from, unsigned int len)
{
	u8 f[2048];
	size_t n = take(f, sizeof(f));
	const struct iphdr *iph = frame_ip(f);
	const struct udphdr *uh = (const struct udphdr *)(iph + 1);
	const u8 *data = (const u8 *)(uh + 1);
	unsigned int i;

	assert_int_equal(n, 42 + len);
	assert_int_equal(ntohs(iph->tot_len), 28 + len);
	assert_int_equal(ip_fast_csum(iph, 5), 0);
	assert_int_equal(ntohs(uh->len), 8 + len);
	assert_true(uh->check != 0);
	assert_int_equal(csum_tcpudp_magic(iph->saddr, iph->daddr, 8 + len, IPPROTO_UDP, csum_partial(uh, 8 + len, 0)), 0);
	for (i = 0; i < len; i++)
		if (data[i] != pattern(from + i))
			fail_msg("byte %u of %u is %02x", i, len, data[i]);
	return ntohs(iph->id);
}

static struct socket *sender;

IN_TASK(a_large_send_begins)
{
	sender = open_at(5000);
	set(sender, SOL_UDP, UDP_SEGMENT, 1000);
	assert_int_equal(send_large(sender, 3500, 0, 0), 3500);
	return 0;
}

static void a_large_send_is_cut(void **state)
{
	u64 out = init_net.mib.udp[UDP_MIB_OUTDATAGRAMS];
	u16 id;

	a_large_send_begins(state);
	pass(MILLISECOND);
	id = assert_datagram(0, 1000);
	assert_int_equal(assert_datagram(1000, 1000), (u16)(id + 1));
	assert_int_equal(assert_datagram(2000, 1000), (u16)(id + 2));
	assert_int_equal(assert_datagram(3000, 500), (u16)(id + 3));
	assert_int_equal(take(bytes, 100), 0);
	assert_int_equal(init_net.mib.udp[UDP_MIB_OUTDATAGRAMS], out + 1);
}

IN_TASK(a_control_message_says_it_for_one_send)
{
	assert_int_equal(send_large(sender, 900, 0, 400), 900);
	assert_datagram(0, 400);
	assert_datagram(400, 400);
	assert_datagram(800, 100);
	assert_int_equal(send_large(sender, 900, 0, 0), 900);
	assert_datagram(0, 900);
	return 0;
}

IN_TASK(pieces_are_gathered_and_cut)
{
	unsigned int i;

	assert_int_equal(send_large(sender, 1500, MSG_MORE, 0), 1500);
	assert_int_equal(take(bytes, 0), 0);
	assert_int_equal(send_large(sender, 1, 0, 0), 1);
	assert_datagram(0, 1000);
	assert_true(take(bytes + 65000, 1000) == 42 + 501);
	for (i = 65000; i < 66000; i++)
		bytes[i] = pattern(i);
	return 0;
}

IN_TASK(what_cannot_be_cut_is_refused)
{
	int value = -1;

	assert_int_equal(kernel_setsockopt(sender, SOL_UDP, UDP_SEGMENT, &value, sizeof(value)), -EINVAL);
	value = 65536;
	assert_int_equal(kernel_setsockopt(sender, SOL_UDP, UDP_SEGMENT, &value, sizeof(value)), -EINVAL);
	assert_int_equal(send_large(sender, 3000, 0, 1473), -EINVAL); /* larger than the MTU */
	assert_int_equal(send_large(sender, 3000, 0, 1472), 3000);
	drain();
	assert_int_equal(send_large(sender, 65, 0, 1), -EINVAL); /* more than 64 */
	assert_int_equal(send_large(sender, 64, 0, 1), 64);
	drain();
	assert_int_equal(send_large(sender, 65508, 0, 1472), -EMSGSIZE);
	set(sender, SOL_SOCKET, SO_NO_CHECK, 1);
	assert_int_equal(send_large(sender, 3000, 0, 0), -EINVAL);
	set(sender, SOL_SOCKET, SO_NO_CHECK, 0);
	assert_int_equal(take(bytes, 100), 0);
	sock_release(sender);
	return 0;
}

/* ---- joining ---- */

static struct socket *receiver;

struct dgram {
	u16 sport, len;
	u8 ttl;
	bool bad_sum, no_sum;
};

/* The datagrams of one poll; each is a part of the pattern where the one before ended. */
static void come(const struct dgram *d, unsigned int n)
{
	unsigned int from = 0;
	u16 id = 100;
	u8 f[2048];

	local_bh_disable();
	for (; n--; from += d->len, d++) {
		size_t len = udp_frame(f, our_mac, PEER_IP, OUR_IP, d->sport ? d->sport : 4000, 7, bytes + from, d->len);
		struct iphdr *iph = (struct iphdr *)(f + 14);
		struct udphdr *uh = (struct udphdr *)(iph + 1);
		struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, (unsigned int)len);

		iph->id = htons(id++);
		if (d->ttl)
			iph->ttl = d->ttl;
		ip_send_check(iph);
		if (d->bad_sum)
			uh->check = (__force __sum16)(u16)((__force u16)uh->check ^ 0x5555);
		if (d->no_sum)
			uh->check = 0;
		assert_non_null(skb);
		memcpy(skb_put(skb, (unsigned int)len), f, len);
		skb->protocol = eth_type_trans(skb, dev);
		napi_gro_receive(&napi, skb);
	}
	napi_gro_flush(&napi);
	local_bh_enable();
}

static unsigned int got_from;

/* The receiver's next datagram is the next @len bytes, of which each was @each long (0: it was one). */
static void assert_received(unsigned int len, int each)
{
	static u8 data[66000], room[CMSG_SPACE(sizeof(int))];
	struct kmsghdr msg = { .msg_control = room, .msg_controllen = sizeof(room) };
	struct iovec vec = { data, sizeof(data) };
	const struct cmsghdr *c = (const struct cmsghdr *)room;
	unsigned int i;
	int said = 0;

	memset(room, 0, sizeof(room));
	assert_int_equal(kernel_recvmsg(receiver, &msg, &vec, 1, sizeof(data), MSG_DONTWAIT), len);
	if (c->cmsg_len == CMSG_LEN(sizeof(int)) && c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
		memcpy(&said, CMSG_DATA(c), sizeof(said));
	assert_int_equal(said, each);
	for (i = 0; i < len; i++)
		if (data[i] != pattern(got_from + i))
			fail_msg("byte %u is %02x", got_from + i, data[i]);
	got_from += len;
}

static void nothing_else_came(void)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { bytes, 0 };

	assert_int_equal(kernel_recvmsg(receiver, &msg, &vec, 1, 0, MSG_DONTWAIT), -EAGAIN);
	got_from = 0;
}

IN_TASK(datagrams_of_a_flow_are_joined)
{
	static const struct dgram equal[] = { { .len = 200 }, { .len = 200 }, { .len = 200 } };
	static const struct dgram shorter[] = { { .len = 200 }, { .len = 200 }, { .len = 50 }, { .len = 200 } };
	static const struct dgram longer[] = { { .len = 200 }, { .len = 200 }, { .len = 201 } };

	receiver = open_at(7);
	set(receiver, SOL_UDP, UDP_GRO, 1);
	come(equal, 3);
	assert_received(600, 200);
	nothing_else_came();
	come(shorter, 4); /* a shorter one is the last */
	assert_received(450, 200);
	assert_received(200, 0);
	nothing_else_came();
	come(longer, 3); /* a longer one is not joined */
	assert_received(400, 200);
	assert_received(201, 0);
	nothing_else_came();
	return 0;
}

IN_TASK(what_differs_is_not_joined)
{
	static const struct dgram ttl[] = { { .len = 200 }, { .len = 200, .ttl = 9 } };
	static const struct dgram port_differs[] = { { .len = 200 }, { .len = 200, .sport = 1 } };
	static const struct dgram no_sum[] = { { .len = 200 }, { .len = 200, .no_sum = true } };
	static const struct dgram bad[] = { { .len = 200 }, { .len = 200, .bad_sum = true } };
	u64 errors = init_net.mib.udp[UDP_MIB_CSUMERRORS];

	come(ttl, 2);
	assert_received(200, 0);
	assert_received(200, 0);
	nothing_else_came();
	come(port_differs, 2);
	assert_int_equal(skb_queue_len(&receiver->sk->sk_receive_queue), 2);
	skb_queue_purge(&receiver->sk->sk_receive_queue);
	come(no_sum, 2);
	assert_int_equal(skb_queue_len(&receiver->sk->sk_receive_queue), 2);
	skb_queue_purge(&receiver->sk->sk_receive_queue);
	come(bad, 2);
	assert_received(200, 0);
	nothing_else_came();
	assert_int_equal(init_net.mib.udp[UDP_MIB_CSUMERRORS], errors + 1);
	return 0;
}

IN_TASK(no_more_than_64_are_joined)
{
	static struct dgram many[70];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i].len = 150;
	come(many, ARRAY_SIZE(many));
	assert_received(64 * 150, 150);
	assert_received(6 * 150, 150);
	nothing_else_came();
	return 0;
}

IN_TASK(nobody_gets_them_joined_unasked)
{
	static const struct dgram three[] = { { .len = 200 }, { .len = 200 }, { .len = 200 } };
	struct socket *other = open_at(8);

	set(other, SOL_UDP, UDP_GRO, 1); /* somebody asks, but not the receiver */
	set(receiver, SOL_UDP, UDP_GRO, 0);
	come(three, 3);
	assert_received(200, 0);
	assert_received(200, 0);
	assert_received(200, 0);
	nothing_else_came();
	sock_release(other);
	assert_int_equal(init_net.ipv4.udp_gro_wanted, 0);
	return 0;
}

/* ---- encapsulation ---- */

static unsigned int encap_seen, encap_ended;

static int test_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	u8 what = skb->data[sizeof(struct udphdr)];

	encap_seen++;
	switch (what) {
	case 'c': consume_skb(skb); return 0;
	case 'u': /* behind the byte, and seven more, there is another datagram */
		__skb_pull(skb, sizeof(struct udphdr) + 8);
		skb_reset_transport_header(skb);
		return -IPPROTO_UDP;
	default: return 1;
	}
}

static void test_encap_destroy(struct sock *sk)
{
	encap_ended++;
}

static void encapsulated(const void *data, size_t len)
{
	u8 f[2048];

	give(f, udp_frame(f, our_mac, PEER_IP, OUR_IP, 4000, 6081, data, len));
}

IN_TASK(encapsulation_begins)
{
	struct socket *tunnel = sender = open_at(6081);

	udp_sk(tunnel->sk)->encap_type = 1;
	udp_sk(tunnel->sk)->encap_rcv = test_encap_rcv;
	udp_sk(tunnel->sk)->encap_destroy = test_encap_destroy;
	return 0;
}

static void an_encapsulation_sees_datagrams_first(void **state)
{
	struct {
		u8 head[8];
		struct udphdr uh;
		u8 data[4];
	} inner = { .head = "u", .uh = { .source = htons(4000), .dest = htons(7), .len = htons(12) }, .data = "data" };

	encapsulation_begins(state);
	encapsulated("c", 1);
	assert_int_equal(encap_seen, 1);
	assert_true(skb_queue_empty(&sender->sk->sk_receive_queue));
	encapsulated("x", 1);
	assert_int_equal(encap_seen, 2);
	assert_int_equal(skb_queue_len(&sender->sk->sk_receive_queue), 1);
	encapsulated(&inner, sizeof(inner));
	assert_int_equal(encap_seen, 3);
	assert_int_equal(skb_queue_len(&receiver->sk->sk_receive_queue), 1);
}

IN_TASK(encapsulation_ends)
{
	sock_release(sender);
	assert_int_equal(encap_ended, 1);
	sock_release(receiver);
	return 0;
}

static int no_poll(struct napi_struct *n, int budget)
{
	return 0;
}

static int set_up(void **state)
{
	unsigned int i;
	int err = boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");

	introduce_peer();
	dev = __dev_get_by_name(&init_net, "eth0");
	dev->features |= NETIF_F_GRO;
	netif_napi_add(dev, &napi, no_poll, 64);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = pattern(i);
	return err;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_send_is_cut),
		cmocka_unit_test(a_control_message_says_it_for_one_send),
		cmocka_unit_test(pieces_are_gathered_and_cut),
		cmocka_unit_test(what_cannot_be_cut_is_refused),
		cmocka_unit_test(datagrams_of_a_flow_are_joined),
		cmocka_unit_test(what_differs_is_not_joined),
		cmocka_unit_test(no_more_than_64_are_joined),
		cmocka_unit_test(nobody_gets_them_joined_unasked),
		cmocka_unit_test(an_encapsulation_sees_datagrams_first),
		cmocka_unit_test(encapsulation_ends),
	};

	return cmocka_run_group_tests_name("udp_offload", tests, set_up, end_ipv4);
}
