/* SPDX-License-Identifier: MIT */
/* SegmentSmack (CVE-2018-5390) and its kin: a peer sends tiny segments out of order, in the worst
 * of orders. What each costs is counted in steps, not in time: the depth of the tree, in which a
 * segment meets one other at each level; and what is kept, and gathered up when memory is short, is
 * bounded. */
#include "conn_unit.h"

#define TINY 1024u /* segments; a power of two */

static u32 nodes, deepest;

/* Counts below @n, which lies @depth levels under the root. */
static void measure(const struct rb_node *n, u32 depth)
{
	if (!n)
		return;
	nodes++;
	deepest = max(deepest, depth);
	measure(n->left, depth + 1);
	measure(n->right, depth + 1);
}

static void measure_queue(void)
{
	nodes = deepest = 0;
	measure(tp->out_of_order_queue.node, 1);
}

/* The @i-th of 0..TINY-1 such that each falls between two earlier ones: its bits turned round. */
static u32 turned(u32 i)
{
	u32 r = 0, bit;

	for (bit = 1; bit < TINY; bit <<= 1)
		r = r << 1 | !!(i & bit);
	return r;
}

/* Every other byte of 2 * TINY, none of which joins another; in the order that @place gives. */
static void flood(u32 (*place)(u32))
{
	u32 i;

	for (i = 0; i < TINY; i++)
		tell(TCPHDR_ACK, peer_seq + 1 + 2 * place(i), tp->snd_nxt, 1);
}

static u32 forwards(u32 i)
{
	return i;
}

static u32 backwards(u32 i)
{
	return TINY - 1 - i;
}

static u64 counter(int mib)
{
	return init_net.mib.linux_mib[mib];
}

/* With room for all of them the tree is as deep as its logarithm allows (red-black: twice). */
static void costs_a_logarithm(u32 (*place)(u32))
{
	accept_one();
	sk->sk_rcvbuf = 16 << 20;
	flood(place);
	measure_queue();
	assert_int_equal(nodes, TINY);
	assert_in_range(deepest, 10, 20);
	assert_int_equal(tp->rcv_nxt, peer_seq);
	end_all();
}

IN_TASK(a_tiny_segment_costs_a_logarithm_of_what_waits_in_any_order)
{
	costs_a_logarithm(forwards);
	costs_a_logarithm(backwards);
	costs_a_logarithm(turned);
	return 0;
}

IN_TASK(tiny_segments_stay_within_the_receive_buffer)
{
	u64 collapsed = counter(LINUX_MIB_TCPRCVCOLLAPSED), dropped = counter(LINUX_MIB_OFOPRUNED);
	int room = 32768; /* twice that: socket(7) */
	u32 used;

	accept_one();
	assert_int_equal(kernel_setsockopt(conn, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
	flood(turned);
	used = (u32)atomic_read(&sk->sk_rmem_alloc);
	collapsed = counter(LINUX_MIB_TCPRCVCOLLAPSED) - collapsed;
	measure_queue();
	assert_in_range(used, 1, 65536 + 4096);
	assert_in_range(nodes, 1, 65536 / 256); /* what an skb takes at least */
	/* Gathering is for those that it helps, not again and again for each that comes. */
	assert_in_range(collapsed, 0, TINY);
	assert_true(collapsed || counter(LINUX_MIB_OFOPRUNED) > dropped);
	assert_int_equal(tp->rcv_nxt, peer_seq);
	end_all();
	return 0;
}

IN_TASK(what_waits_is_read_when_the_holes_are_filled)
{
	u32 i;

	accept_one();
	sk->sk_rcvbuf = 16 << 20;
	flood(turned);
	for (i = 0; i < TINY; i++) { /* each takes its successor along */
		tell(TCPHDR_ACK, peer_seq + 2 * i, tp->snd_nxt, 1);
		assert_int_equal(tp->rcv_nxt, peer_seq + 2 * i + 2);
	}
	measure_queue();
	assert_int_equal(nodes, 0);
	peer_seq += 2 * TINY;
	end_all();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tiny_segment_costs_a_logarithm_of_what_waits_in_any_order),
		cmocka_unit_test(tiny_segments_stay_within_the_receive_buffer),
		cmocka_unit_test(what_waits_is_read_when_the_holes_are_filled),
	};

	return cmocka_run_group_tests_name("tcp_ofo", tests, set_up_conn, end_ipv4);
}
