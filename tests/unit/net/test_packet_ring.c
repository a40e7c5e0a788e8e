/* SPDX-License-Identifier: MIT */
/* Rings of packet sockets from inside: memory that fails, frames that are on their way, time, tags, groups, and a program that
 * writes whatever it likes into them. What Linux can be asked for is in api_ring.c. */
#include <kernel/err.h>
#include <kernel/time.h>
#include <net/if_vlan.h>
#include <net/packet.h>

#include "net_unit.h"
#include "packet_internal.h"

#define PROTO 0x88b5
#define RING  ((struct tpacket_req3){ 4096, 4, 1024, 16, 0, 0, 0 })

static struct net_device *dev;

static int set_up_task(void *unused)
{
	packet_init();
	dev = fake_new(true);
	return 0;
}

static int set_up(void **state)
{
	boot_net(state);
	return run_task(set_up_task, NULL);
}

/* ---- calls ---- */

static int set(struct socket *sock, int opt, const void *val, size_t len)
{
	return sock->ops->setsockopt(sock, SOL_PACKET, opt, KERNEL_SOCKPTR((void *)val), (unsigned int)len);
}

static int set_int(struct socket *sock, int opt, int val)
{
	return set(sock, opt, &val, sizeof(val));
}

static int set_ring(struct socket *sock, int opt, struct tpacket_req3 req)
{
	return set(sock, opt, &req, pkt_sk(sock->sk)->tp_version == TPACKET_V3 ? sizeof(req) : sizeof(struct tpacket_req));
}

static struct socket *packet_socket(int version, int proto)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons((u16)proto), .sll_ifindex = dev->ifindex };
	struct socket *sock;

	assert_int_equal(sock_create_kern(&init_net, PF_PACKET, SOCK_RAW, 0, &sock), 0);
	assert_int_equal(kernel_bind(sock, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(set_int(sock, PACKET_VERSION, version), 0);
	return sock;
}

static struct sk_buff *frame(unsigned int len, u8 seed)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, len);
	u8 *p;

	assert_non_null(skb);
	p = skb_put(skb, len);
	memset(p, seed, len);
	memcpy(p, dev->dev_addr, 6);
	p[12] = PROTO >> 8;
	p[13] = PROTO & 0xff;
	skb->protocol = eth_type_trans(skb, dev);
	return skb;
}

static void receive(unsigned int len, u8 seed)
{
	struct sk_buff *skb = frame(len, seed);

	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

static u8 *rx_frame(const struct socket *sock, unsigned int i)
{
	return ring_frame(pkt_sk(sock->sk)->rx_ring, i);
}

static struct tpacket_block_desc *rx_block(const struct socket *sock, unsigned int i)
{
	return (struct tpacket_block_desc *)pkt_sk(sock->sk)->rx_ring->block[i];
}

static u32 block_status(const struct socket *sock, unsigned int i)
{
	return READ_ONCE(rx_block(sock, i)->bh1.block_status);
}

static struct tpacket2_hdr *tx_frame(const struct socket *sock, unsigned int i, unsigned int len)
{
	struct tpacket2_hdr *h = (struct tpacket2_hdr *)ring_frame(pkt_sk(sock->sk)->tx_ring, i);

	memset((u8 *)h + TPACKET_ALIGN(sizeof(*h)), 7, len);
	h->tp_len = len;
	h->tp_status = TP_STATUS_SEND_REQUEST;
	return h;
}

static int send_ring(struct socket *sock, unsigned int flags)
{
	struct kmsghdr msg = { .msg_flags = flags };
	struct iovec none = { 0 };

	return kernel_sendmsg(sock, &msg, &none, 1, 0);
}

static u64 free_pages_now(void)
{
	struct mem_stat st;

	kmem_cache_reap();
	mem_stat_read(&st);
	return st.free_pages;
}

/* ---- memory ---- */

IN_TASK(a_ring_whose_memory_fails_is_none)
{
	struct socket *sock = packet_socket(TPACKET_V3, PROTO);
	unsigned long nth;
	int err = -ENOMEM;

	for (nth = 1; err; nth++) {
		u64 before = free_pages_now();

		hosted_fail_alloc(nth, 0, 0);
		err = set_ring(sock, PACKET_RX_RING, RING);
		hosted_fail_alloc(0, 0, 0);
		assert_true(!err || err == -ENOMEM);
		if (err) {
			assert_null(pkt_sk(sock->sk)->rx_ring);
			assert_int_equal(free_pages_now(), before);
			receive(60, 1); /* the socket is as it was */
			assert_int_equal(skb_queue_len(&sock->sk->sk_receive_queue), 1);
			skb_queue_purge(&sock->sk->sk_receive_queue);
		}
	}
	assert_true(nth > 5); /* the ring, four blocks */
	sock_release(sock);
	return 0;
}

IN_TASK(a_ring_leaves_the_kernel_its_reserve)
{
	struct socket *sock = packet_socket(TPACKET_V2, PROTO);
	u64 before = free_pages_now();

	assert_int_equal(set_ring(sock, PACKET_RX_RING, (struct tpacket_req3){ 4096, 100000, 4096, 100000, 0, 0, 0 }), -ENOMEM);
	assert_int_equal(set_ring(sock, PACKET_RX_RING, (struct tpacket_req3){ 4 << 20, 100, 4096, 102400, 0, 0, 0 }), -ENOMEM);
	assert_int_equal(set_ring(sock, PACKET_RX_RING, (struct tpacket_req3){ 8 << 20, 1, 4096, 2048, 0, 0, 0 }), -ENOMEM);
	assert_int_equal(set_ring(sock, PACKET_RX_RING, (struct tpacket_req3){ 0x7ffff000, 0x1fff, 4096, 0xfffff001, 0, 0, 0 }), -EINVAL);
	assert_int_equal(free_pages_now(), before);
	sock_release(sock);
	return 0;
}

/* ---- receiving ---- */

IN_TASK(a_tag_that_was_taken_out_is_told)
{
	struct socket *v2 = packet_socket(TPACKET_V2, PROTO), *v3 = packet_socket(TPACKET_V3, PROTO);
	const struct tpacket2_hdr *h2;
	const struct tpacket3_hdr *h3;
	struct sk_buff *skb = frame(100, 3);

	assert_int_equal(set_ring(v2, PACKET_RX_RING, RING), 0);
	assert_int_equal(set_ring(v3, PACKET_RX_RING, RING), 0);
	skb->vlan_present = 1;
	VLAN_SKB_CB(skb)->proto = htons(ETH_P_8021AD);
	VLAN_SKB_CB(skb)->tci = 0x2005;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	h2 = (struct tpacket2_hdr *)rx_frame(v2, 0);
	h3 = (struct tpacket3_hdr *)((u8 *)rx_block(v3, 0) + 48);
	assert_int_equal(h2->tp_status & 0xffff, TP_STATUS_USER | TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID);
	assert_int_equal(h2->tp_vlan_tci, 0x2005);
	assert_int_equal(h2->tp_vlan_tpid, ETH_P_8021AD);
	assert_int_equal(h3->tp_status & 0xffff, TP_STATUS_USER | TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID);
	assert_int_equal(h3->hv1.tp_vlan_tci, 0x2005);
	assert_int_equal(h3->hv1.tp_vlan_tpid, ETH_P_8021AD);
	sock_release(v2);
	sock_release(v3);
	return 0;
}

static struct socket *timed;

static int open_timed(void *unused)
{
	timed = packet_socket(TPACKET_V3, PROTO);
	assert_int_equal(set_ring(timed, PACKET_RX_RING, (struct tpacket_req3){ 4096, 4, 1024, 16, 100, 0, 0 }), 0);
	return 0;
}

static int receive_task(void *unused)
{
	receive(60, 1);
	return 0;
}

static int release_task(void *sock)
{
	sock_release(sock);
	return 0;
}

/* From the first packet on, the block waits as long as it was told; an empty one wants no time at all. */
static void a_block_is_handed_over_when_its_time_is_over(void **state)
{
	u64 idle, start;

	idle = hosted_next();
	run_task(open_timed, NULL);
	assert_int_equal(hosted_next(), idle);
	start = hosted_now();
	hosted_run(start + 10 * NSEC_PER_MSEC);
	run_task(receive_task, NULL);
	hosted_run(start + 60 * NSEC_PER_MSEC);
	run_task(receive_task, NULL);
	hosted_run(start + 109 * NSEC_PER_MSEC);
	assert_int_equal(block_status(timed, 0), TP_STATUS_KERNEL);
	hosted_run(start + 112 * NSEC_PER_MSEC);
	assert_int_equal(block_status(timed, 0), TP_STATUS_USER | TP_STATUS_BLK_TMO);
	assert_int_equal(rx_block(timed, 0)->bh1.num_pkts, 2);
	assert_int_equal(hosted_next(), idle);
	assert_int_equal(block_status(timed, 1), TP_STATUS_KERNEL);
	run_task(receive_task, NULL);
	run_task(release_task, timed); /* with its timer running */
	hosted_run(start + 1000 * NSEC_PER_MSEC);
}

IN_TASK(without_a_block_packets_are_lost_and_counted_until_one_is_given_back)
{
	struct socket *sock = packet_socket(TPACKET_V3, PROTO);
	struct tpacket_stats_v3 st;
	int len = sizeof(st), i;

	assert_int_equal(set_ring(sock, PACKET_RX_RING, RING), 0);
	for (i = 0; i < 4 * 2 + 3; i++)
		receive(1500, (u8)i);
	assert_int_equal(block_status(sock, 3), TP_STATUS_USER | 0);
	rx_block(sock, 1)->bh1.block_status = TP_STATUS_KERNEL; /* not the one that is due */
	receive(1500, 1);
	rx_block(sock, 0)->bh1.block_status = TP_STATUS_KERNEL;
	receive(1500, 1);
	assert_int_equal(rx_block(sock, 0)->bh1.seq_num, 5);
	assert_int_equal(rx_block(sock, 0)->bh1.num_pkts, 1);
	assert_int_equal(kernel_getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &st, &len), 0);
	assert_int_equal(st.tp_packets, 13);
	assert_int_equal(st.tp_drops, 4);
	assert_int_equal(st.tp_freeze_q_cnt, 1);
	for (i = 0; i < 2; i++)
		receive(1500, 1);
	assert_int_equal(block_status(sock, 0), TP_STATUS_USER); /* nothing was lost since the statistics were read */
	sock_release(sock);
	return 0;
}

IN_TASK(of_a_group_the_one_with_room_gets_it)
{
	struct socket *a = packet_socket(TPACKET_V2, PROTO), *b = packet_socket(TPACKET_V3, PROTO);
	struct fanout_args args = { .id = 7, .type_flags = PACKET_FANOUT_ROLLOVER };
	int i;

	assert_int_equal(set_ring(a, PACKET_RX_RING, RING), 0);
	assert_int_equal(set_ring(b, PACKET_RX_RING, RING), 0);
	assert_int_equal(set(a, PACKET_FANOUT, &args, sizeof(args)), 0);
	assert_int_equal(set(b, PACKET_FANOUT, &args, sizeof(args)), 0);
	for (i = 0; i < 17; i++)
		receive(60, (u8)i);
	assert_int_equal(pkt_sk(a->sk)->packets, 16);
	assert_int_equal(pkt_sk(a->sk)->drops, 0);
	assert_int_equal(pkt_sk(b->sk)->packets, 1);
	ring_set_status(pkt_sk(a->sk), rx_frame(a, 0), TP_STATUS_KERNEL);
	receive(60, 1);
	assert_int_equal(pkt_sk(a->sk)->packets, 17);
	sock_release(a);
	receive(60, 1);
	assert_int_equal(pkt_sk(b->sk)->packets, 2);
	sock_release(b);
	return 0;
}

/* ---- sending ---- */

IN_TASK(a_frame_is_on_its_way_until_the_device_is_done_with_it)
{
	struct socket *sock = packet_socket(TPACKET_V2, 0);
	struct tpacket2_hdr *h[2];

	assert_int_equal(set_ring(sock, PACKET_TX_RING, RING), 0);
	h[0] = tx_frame(sock, 0, 100);
	h[1] = tx_frame(sock, 1, 200);
	assert_int_equal(send_ring(sock, MSG_DONTWAIT), 300);
	assert_int_equal(h[0]->tp_status, TP_STATUS_SENDING);
	assert_int_equal(h[1]->tp_status, TP_STATUS_SENDING);
	assert_int_equal(set_ring(sock, PACKET_TX_RING, (struct tpacket_req3){ 0 }), -EBUSY);
	memset((u8 *)h[0] + 32, 99, 100); /* the copy that is on its way does not change */
	assert_int_equal(fake(dev)->sent.next->data[50], 7);
	skb_queue_purge(&fake(dev)->sent);
	assert_int_equal(h[0]->tp_status, TP_STATUS_AVAILABLE);
	assert_int_equal(h[1]->tp_status, TP_STATUS_AVAILABLE);
	assert_int_equal(set_ring(sock, PACKET_TX_RING, (struct tpacket_req3){ 0 }), 0);
	sock_release(sock);
	return 0;
}

static struct socket *sender;
static int sender_result;

static int send_and_wait(void *unused)
{
	sender = packet_socket(TPACKET_V2, 0);
	assert_int_equal(set_ring(sender, PACKET_TX_RING, RING), 0);
	tx_frame(sender, 0, 100);
	sender_result = send_ring(sender, 0);
	return 0;
}

/* The device is done after a while: the sender sleeps until then, and sends what has been added meanwhile. */
static void a_sender_waits_until_all_is_through(void **state)
{
	struct task *t = kthread_run(send_and_wait, NULL, "sender");

	sender_result = -1;
	task_get(t);
	hosted_settle();
	assert_int_equal(skb_queue_len(&fake(dev)->sent), 1);
	hosted_run(hosted_now() + NSEC_PER_SEC);
	assert_int_equal(sender_result, -1);
	tx_frame(sender, 1, 60);
	skb_queue_purge(&fake(dev)->sent);
	hosted_settle();
	assert_int_equal(sender_result, -1);
	skb_queue_purge(&fake(dev)->sent);
	hosted_settle();
	assert_int_equal(sender_result, 160);
	assert_int_equal(t->state, TASK_DEAD);
	task_put(t);
	run_task(release_task, sender);
}

IN_TASK(who_does_not_want_to_wait_longer_is_told)
{
	struct socket *sock = packet_socket(TPACKET_V2, 0);

	assert_int_equal(set_ring(sock, PACKET_TX_RING, RING), 0);
	sock->sk->sk_sndtimeo = 50;
	tx_frame(sock, 0, 100);
	assert_int_equal(send_ring(sock, 0), -ETIMEDOUT);
	sock_release(sock); /* its frame is still with the device */
	skb_queue_purge(&fake(dev)->sent);
	return 0;
}

IN_TASK(without_memory_a_frame_waits_for_the_next_call)
{
	struct socket *sock = packet_socket(TPACKET_V2, 0);
	struct tpacket2_hdr *h;

	assert_int_equal(set_ring(sock, PACKET_TX_RING, RING), 0);
	h = tx_frame(sock, 0, 100);
	hosted_fail_alloc(1, 0, 0);
	assert_true(send_ring(sock, MSG_DONTWAIT) < 0);
	hosted_fail_alloc(0, 0, 0);
	assert_int_equal(h->tp_status, TP_STATUS_SEND_REQUEST);
	sock->sk->sk_sndbuf = 2; /* room for one */
	tx_frame(sock, 1, 100);
	assert_int_equal(send_ring(sock, MSG_DONTWAIT), 100);
	assert_int_equal(send_ring(sock, MSG_DONTWAIT), -EAGAIN);
	skb_queue_purge(&fake(dev)->sent);
	assert_int_equal(send_ring(sock, MSG_DONTWAIT), 100);
	skb_queue_purge(&fake(dev)->sent);
	sock_release(sock);
	return 0;
}

/* ---- hostile programs ---- */

static u32 rnd(void)
{
	return get_random_below(0xffffffff);
}

/* Words, mostly small ones, anywhere in the ring. */
static void scribble(struct packet_ring *r)
{
	unsigned int n = get_random_below(40);

	while (n--) {
		u32 *block = (u32 *)r->block[get_random_below(r->block_nr)];
		unsigned int at = get_random_below(3) ? get_random_below(r->block_size / 4) : get_random_below(24);

		block[at] = get_random_below(3) ? get_random_below(8) : rnd();
	}
}

static void whatever_lies_in_a_ring(int version, bool offsets, bool vnet)
{
	struct socket *rx = packet_socket(version, PROTO), *tx = packet_socket(version, 0);
	int i;

	assert_int_equal(set_int(tx, PACKET_TX_HAS_OFF, offsets), 0);
	assert_int_equal(set_int(tx, PACKET_LOSS, 1), 0);
	assert_int_equal(set_int(tx, PACKET_VNET_HDR, vnet), 0);
	assert_int_equal(set_int(rx, PACKET_VNET_HDR, vnet), 0);
	assert_int_equal(set_int(rx, PACKET_COPY_THRESH, 1), 0);
	assert_int_equal(set_ring(rx, PACKET_RX_RING, RING), 0);
	assert_int_equal(set_ring(tx, PACKET_TX_RING, RING), 0);
	for (i = 0; i < 3000; i++) {
		scribble(pkt_sk(rx->sk)->rx_ring);
		scribble(pkt_sk(tx->sk)->tx_ring);
		receive(20 + get_random_below(1480), (u8)i);
		send_ring(tx, MSG_DONTWAIT);
		rx->ops->poll(NULL, rx, NULL);
		if (i % 16 == 0)
			skb_queue_purge(&fake(dev)->sent);
		if (i % 64 == 0)
			skb_queue_purge(&rx->sk->sk_receive_queue);
		if (i % 100 == 0)
			msleep(20);
	}
	skb_queue_purge(&fake(dev)->sent);
	sock_release(rx);
	sock_release(tx);
}

IN_TASK(what_ring3_writes_is_believed_of_nothing_but_frames)
{
	int version;

	for (version = TPACKET_V1; version <= TPACKET_V3; version++) {
		whatever_lies_in_a_ring(version, false, false);
		whatever_lies_in_a_ring(version, true, false);
		whatever_lies_in_a_ring(version, true, true);
	}
	return 0;
}

static int tear_down_task(void *unused)
{
	fake_free(dev);
	return 0;
}

static int tear_down(void **state)
{
	run_task(tear_down_task, NULL);
	assert_int_equal(socks_in_use(), 0);
	return no_warnings(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_whose_memory_fails_is_none),
		cmocka_unit_test(a_ring_leaves_the_kernel_its_reserve),
		cmocka_unit_test(a_tag_that_was_taken_out_is_told),
		cmocka_unit_test(a_block_is_handed_over_when_its_time_is_over),
		cmocka_unit_test(without_a_block_packets_are_lost_and_counted_until_one_is_given_back),
		cmocka_unit_test(of_a_group_the_one_with_room_gets_it),
		cmocka_unit_test(a_frame_is_on_its_way_until_the_device_is_done_with_it),
		cmocka_unit_test(a_sender_waits_until_all_is_through),
		cmocka_unit_test(who_does_not_want_to_wait_longer_is_told),
		cmocka_unit_test(without_memory_a_frame_waits_for_the_next_call),
		cmocka_unit_test(what_ring3_writes_is_believed_of_nothing_but_frames),
	};

	return cmocka_run_group_tests_name("packet_ring", tests, set_up, tear_down);
}
