/* SPDX-License-Identifier: MIT */
/* Cutting large packets: where the bytes go, what each header says, whose memory it is; and that what was joined comes
 * apart as what it was. */
#include <net/sock.h>

#include "large_unit.h"

#define CSUM_AND_SG (NETIF_F_SG | NETIF_F_HW_CSUM)

/* A packet at its link header, as a device gets it: @linear of the payload's @len bytes behind the headers in kmalloc
 * memory, the others in pages of 1000 bytes. */
static struct sk_buff *large(unsigned int len, unsigned int linear, u16 mss, u8 flags)
{
	struct seg s = { .seq = 5000, .ack = 9, .len = (u16)len, .id = 300, .flags = flags };
	struct sk_buff *skb = alloc_skb(64 + HLEN + linear, GFP_KERNEL);
	unsigned int done = HLEN + linear, n;
	static u8 f[MAX_BYTES];
	struct tcphdr *th;

	assert_non_null(skb);
	seg_frame(f, &s);
	skb_reserve(skb, 64);
	skb_put_data(skb, f, done);
	for (; done < HLEN + len; done += n) {
		struct page *page = alloc_page(GFP_KERNEL);

		n = min(1000u, HLEN + len - done);
		memcpy(page_address(page), f + done, n);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, n, PAGE_SIZE);
	}
	skb_reset_mac_header(skb);
	skb->network_header = (u16)(64 + 14);
	skb->transport_header = (u16)(64 + 34);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = dev;
	th = (struct tcphdr *)skb_transport_header(skb);
	th->check = (__force __sum16) ~(__force u16)csum_tcpudp_magic(PEER_IP, OUR_IP, 20 + len, IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->transport_header;
	skb->csum_offset = 16;
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = (u16)DIV_ROUND_UP(len, mss);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4 | (flags & TCPHDR_CWR ? SKB_GSO_TCP_ECN : 0);
	return skb;
}

/* @segs, freed here, are the frames that a sender of @mss would have made of @s. */
static void assert_frames(struct sk_buff *segs, struct seg s, u16 mss)
{
	unsigned int total = s.len, off = 0;
	static u8 want[MAX_BYTES], got[MAX_BYTES];
	u8 flags = s.flags;
	struct sk_buff *next;

	for (; segs; segs = next) {
		unsigned int n;

		next = segs->next;
		segs->next = NULL;
		s.len = (u16)min((unsigned int)mss, total - off);
		s.flags = flags;
		if (off)
			s.flags &= (u8)~TCPHDR_CWR;
		if (off + s.len < total)
			s.flags &= (u8) ~(TCPHDR_PSH | TCPHDR_FIN);
		n = seg_frame(want, &s);
		assert_int_equal(segs->len, n);
		assert_int_equal(skb_checksum_help(segs), 0);
		assert_int_equal(skb_copy_bits(segs, 0, got, (int)n), 0);
		assert_memory_equal(got, want, n);
		assert_int_equal(skb_shinfo(segs)->gso_size, 0);
		off += s.len;
		s.seq += s.len;
		s.id++;
		consume_skb(segs);
	}
	assert_int_equal(off, total);
}

static void cut_and_compare(unsigned int len, unsigned int linear, u16 mss, u32 features)
{
	struct seg s = { .seq = 5000, .ack = 9, .len = (u16)len, .id = 300,
			 .flags = TCPHDR_PSH | TCPHDR_FIN | TCPHDR_CWR };
	struct sk_buff *skb = large(len, linear, mss, s.flags), *segs = skb_gso_segment(skb, features);

	assert_false(IS_ERR_OR_NULL(segs));
	consume_skb(skb);
	assert_frames(segs, s, mss);
}

IN_TASK(each_segment_is_what_a_sender_would_have_made)
{
	static const u32 features[] = { 0, NETIF_F_HW_CSUM, CSUM_AND_SG, NETIF_F_SG | NETIF_F_IP_CSUM };
	static const unsigned int linear[] = { 0, 1, 448, 2000, 5000 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		for (j = 0; j < ARRAY_SIZE(linear); j++) {
			cut_and_compare(5000, linear[j], 1448, features[i]);
			cut_and_compare(5000, linear[j], 1000, features[i]);
			cut_and_compare(5000, linear[j], 77, features[i]);
			cut_and_compare(5000, linear[j], 4999, features[i]);
		}
	}
	return 0;
}

IN_TASK(pages_go_by_reference_where_the_device_gathers)
{
	struct sk_buff *skb = large(4000, 100, 1448, 0), *segs = skb_gso_segment(skb, CSUM_AND_SG), *seg;
	struct page *page = skb_shinfo(skb)->frags[0].page;

	assert_int_equal(skb_headlen(segs), HLEN + 100);
	assert_int_equal(page_count(page), 2);
	for (seg = segs->next; seg; seg = seg->next)
		assert_int_equal(skb_headlen(seg), HLEN);
	kfree_skb_list_reason(segs, SKB_CONSUMED);
	assert_int_equal(page_count(page), 1);
	segs = skb_gso_segment(skb, NETIF_F_HW_CSUM);
	assert_int_equal(page_count(page), 1);
	assert_false(skb_is_nonlinear(segs));
	kfree_skb_list_reason(segs, SKB_CONSUMED);
	consume_skb(skb);
	return 0;
}

IN_TASK(memory_behind_a_page_is_copied)
{
	struct sk_buff *skb = large(2000, 0, 1448, 0), *tail = large(1000, 1000, 1448, 0), *segs;
	struct seg s = { .seq = 5000, .ack = 9, .len = 3000, .id = 300 };
	unsigned int i;

	/* what ends in a list: payload in kmalloc memory */
	skb_pull(tail, HLEN);
	for (i = 0; i < 1000; i++)
		tail->data[i] = pattern(7000 + i);
	skb_shinfo(skb)->frag_list = tail;
	skb->len += 1000;
	skb->data_len += 1000;
	((struct tcphdr *)skb_transport_header(skb))->check =
		(__force __sum16) ~(__force u16)csum_tcpudp_magic(PEER_IP, OUR_IP, 20 + 3000, IPPROTO_TCP, 0);
	segs = skb_gso_segment(skb, CSUM_AND_SG | NETIF_F_TSO);
	assert_false(IS_ERR_OR_NULL(segs)); /* no device takes a list */
	consume_skb(skb);
	assert_frames(segs, s, 1448);
	return 0;
}

IN_TASK(what_was_joined_comes_apart_as_it_was)
{
	static const u32 features[] = { 0, CSUM_AND_SG };
	struct seg s[60], whole;
	unsigned int i, k;

	for (k = 0; k < 2 * ARRAY_SIZE(features); k++) {
		bool fixed_id = k & 1;

		for (i = 0; i < 60; i++)
			s[i] = (struct seg){ .seq = 1000 + 500 * i, .len = i == 59 ? 30 : 500,
					     .id = (u16)(fixed_id ? 9 : 65530 + i), .flags = i == 59 ? TCPHDR_PSH : 0 };
		come(s, 60);
		assert_int_equal(nr_up, 1);
		whole = s[0];
		whole.len = 59 * 500 + 30;
		whole.flags = TCPHDR_PSH;
		skb_push(up[0], 14);
		if (fixed_id) {
			struct sk_buff *segs = skb_gso_segment(up[0], features[k / 2] | NETIF_F_TSO), *seg;

			assert_false(IS_ERR_OR_NULL(segs)); /* a device would count the ids up */
			for (seg = segs; seg; seg = seg->next)
				assert_int_equal(ntohs(ip_hdr(seg)->id), 9);
			kfree_skb_list_reason(segs, SKB_CONSUMED);
		} else {
			assert_frames(skb_gso_segment(up[0], features[k / 2]), whole, 500);
		}
	}
	forget_up();
	return 0;
}

IN_TASK(a_device_that_cuts_gets_it_whole)
{
	struct sk_buff *skb = large(5000, 0, 1448, TCPHDR_CWR);

	assert_false(skb_gso_ok(skb, CSUM_AND_SG));
	assert_false(skb_gso_ok(skb, CSUM_AND_SG | NETIF_F_TSO)); /* it would repeat CWR */
	assert_true(skb_gso_ok(skb, CSUM_AND_SG | NETIF_F_TSO | NETIF_F_TSO_ECN));
	/* what came with it from another machine is looked at first */
	skb_shinfo(skb)->gso_type |= SKB_GSO_DODGY;
	skb_shinfo(skb)->gso_segs = 1;
	assert_false(skb_gso_ok(skb, CSUM_AND_SG | NETIF_F_TSO | NETIF_F_TSO_ECN));
	assert_null(skb_gso_segment(skb, CSUM_AND_SG | NETIF_F_TSO | NETIF_F_TSO_ECN));
	assert_int_equal(skb_shinfo(skb)->gso_segs, 4);
	consume_skb(skb);
	return 0;
}

static void assert_refused(struct sk_buff *skb)
{
	assert_int_equal(PTR_ERR(skb_gso_segment(skb, CSUM_AND_SG)), -EINVAL);
	consume_skb(skb);
}

IN_TASK(nonsense_is_refused)
{
	struct sk_buff *skb = large(1000, 0, 1448, 0); /* not more than one segment */

	assert_refused(skb);
	skb = large(5000, 0, 1448, 0);
	((struct tcphdr *)skb_transport_header(skb))->doff = 4;
	assert_refused(skb);
	skb = large(5000, 0, 1448, 0);
	ip_hdr(skb)->ihl = 4;
	assert_refused(skb);
	skb = large(5000, 0, 1448, 0);
	ip_hdr(skb)->frag_off = htons(IP_MF);
	assert_refused(skb);
	skb = large(5000, 0, 1448, 0);
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	assert_refused(skb);
	skb = large(5000, 0, 1448, 0);
	ip_hdr(skb)->protocol = 99;
	assert_int_equal(PTR_ERR(skb_gso_segment(skb, CSUM_AND_SG)), -EPROTONOSUPPORT);
	skb->protocol = htons(0x1234);
	assert_int_equal(PTR_ERR(skb_gso_segment(skb, CSUM_AND_SG)), -EPROTONOSUPPORT);
	consume_skb(skb);
	return 0;
}

static unsigned int freed, freed_truesize;

static void note_free(struct sk_buff *skb)
{
	freed++;
	freed_truesize = skb->truesize;
}

IN_TASK(the_last_segment_carries_the_charge)
{
	struct sk_buff *skb = large(5000, 0, 1448, 0), *segs, *next;
	unsigned int truesize = skb->truesize;

	skb->destructor = note_free;
	segs = skb_gso_segment(skb, CSUM_AND_SG);
	assert_false(IS_ERR_OR_NULL(segs));
	consume_skb(skb);
	for (; segs; segs = next) {
		assert_int_equal(freed, 0);
		next = segs->next;
		segs->next = NULL;
		consume_skb(segs);
	}
	assert_int_equal(freed, 1);
	assert_int_equal(freed_truesize, truesize);
	return 0;
}

IN_TASK(out_of_memory_leaves_the_packet_whole)
{
	unsigned long nth;
	struct sk_buff *segs, *skb = large(5000, 0, 1448, 0);
	unsigned long before = skbs_in_use();
	bool failed = false;

	skb->destructor = note_free;
	freed = 0;
	for (nth = 1; nth < 20; nth++) {
		hosted_fail_alloc(nth, 0, 0);
		segs = skb_gso_segment(skb, 0);
		hosted_fail_alloc(0, 0, 0);
		if (!IS_ERR(segs))
			break;
		failed = true;
		assert_int_equal(PTR_ERR(segs), -ENOMEM);
		assert_int_equal(skbs_in_use(), before);
		assert_int_equal(freed, 0);
		assert_non_null(skb->destructor);
	}
	assert_true(failed);
	kfree_skb_list_reason(segs, SKB_CONSUMED);
	consume_skb(skb);
	return 0;
}

/* ---- on the way to a device that does not cut ---- */

static struct sk_buff_head sent;
static unsigned int room;

static netdev_tx_t note_sent(struct sk_buff *skb, struct net_device *d)
{
	if (!room) {
		netif_stop_queue(d);
		return NETDEV_TX_BUSY;
	}
	room--;
	__skb_queue_tail(&sent, skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops note_ops = { .ndo_open = up_or_down,
						.ndo_stop = up_or_down,
						.ndo_start_xmit = note_sent };

/* What was sent, as a chain. */
static struct sk_buff *take_sent(void)
{
	struct sk_buff *list = NULL, **link = &list, *skb;

	while ((skb = __skb_dequeue(&sent)) != NULL) {
		*link = skb;
		link = &skb->next;
	}
	return list;
}

IN_TASK(the_rest_of_a_cut_packet_waits_for_room)
{
	struct seg s = { .seq = 5000, .ack = 9, .len = 5000, .id = 300 };
	u64 packets = dev->offload_stats.tx_gso_packets, segs = dev->offload_stats.tx_gso_segments;
	struct sk_buff *last;

	__skb_queue_head_init(&sent);
	dev->netdev_ops = &note_ops;
	room = 2;
	assert_int_equal(dev_queue_xmit(large(5000, 0, 1448, 0)), 0);
	assert_int_equal(sent.qlen, 2);
	assert_int_equal(dev->offload_stats.tx_gso_packets, packets + 1);
	assert_int_equal(dev->offload_stats.tx_gso_segments, segs + 4);
	dev_queue_xmit(large(2000, 0, 2000 - 1, 0)); /* nothing overtakes */
	assert_int_equal(sent.qlen, 2);
	room = 100;
	netif_wake_queue(dev);
	msleep(1);
	assert_int_equal(sent.qlen, 6);
	last = skb_peek_tail(&sent);
	__skb_unlink(last, &sent);
	consume_skb(last);
	last = skb_peek_tail(&sent);
	__skb_unlink(last, &sent);
	consume_skb(last);
	assert_frames(take_sent(), s, 1448);
	dev->netdev_ops = &large_ops;
	return 0;
}

IN_TASK(what_waits_is_dropped_with_the_device)
{
	u64 before = drops(SKB_DROP_REASON_DEV_READY);

	dev->netdev_ops = &note_ops;
	room = 1;
	dev_queue_xmit(large(5000, 0, 1448, 0));
	assert_int_equal(sent.qlen, 1);
	rtnl_lock();
	dev_close(dev);
	assert_int_equal(drops(SKB_DROP_REASON_DEV_READY), before + 3);
	dev->netdev_ops = &large_ops;
	assert_int_equal(dev_open(dev), 0);
	rtnl_unlock();
	netif_wake_queue(dev);
	kfree_skb_list_reason(take_sent(), SKB_CONSUMED);
	return 0;
}

IN_TASK(headers_are_shared_unless_only_the_payload_is)
{
	struct sk_buff *skb = alloc_skb_fclone(200, GFP_KERNEL), *clone, *another;

	skb_reserve(skb, 100);
	assert_false(skb_header_cloned(skb));
	skb->nohdr = 1;
	clone = skb_clone(skb, GFP_KERNEL);
	assert_false(skb_header_cloned(clone)); /* TCP's queue keeps the payload */
	assert_int_equal(skb_cow_head(clone, 0), 0);
	assert_ptr_equal(clone->head, skb->head);
	another = skb_clone(clone, GFP_KERNEL); /* a tap */
	assert_true(skb_header_cloned(clone));
	assert_true(skb_header_cloned(another));
	assert_int_equal(skb_cow_head(clone, 0), 0);
	assert_ptr_not_equal(clone->head, skb->head);
	consume_skb(another);
	consume_skb(clone);
	skb->nohdr = 0;
	clone = skb_clone(skb, GFP_KERNEL);
	assert_true(skb_header_cloned(clone));
	consume_skb(skb);
	assert_false(skb_header_cloned(clone));
	consume_skb(clone);
	return 0;
}

static int end(void **state)
{
	assert_int_equal(skbs_in_use(), 0);
	return end_ipv4(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_segment_is_what_a_sender_would_have_made),
		cmocka_unit_test(pages_go_by_reference_where_the_device_gathers),
		cmocka_unit_test(memory_behind_a_page_is_copied),
		cmocka_unit_test(what_was_joined_comes_apart_as_it_was),
		cmocka_unit_test(a_device_that_cuts_gets_it_whole),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(the_last_segment_carries_the_charge),
		cmocka_unit_test(out_of_memory_leaves_the_packet_whole),
		cmocka_unit_test(the_rest_of_a_cut_packet_waits_for_room),
		cmocka_unit_test(what_waits_is_dropped_with_the_device),
		cmocka_unit_test(headers_are_shared_unless_only_the_payload_is),
	};

	return cmocka_run_group_tests_name("gso", tests, set_up_large, end);
}
