/* SPDX-License-Identifier: MIT */
/* Tests of sk_buff: geometry, sharing, copies, fragments; random operations against a flat copy of
 * the bytes. */
#include <kernel/slab.h>
#include <kernel/uio.h>
#include <net/checksum.h>

#include "net_unit.h"

#define MAX_LEN 6000

static u8 pattern_byte(unsigned int i)
{
	return (u8)(i * 7 + (i >> 8) * 13 + 5);
}

/* make - an skb with @linear bytes, fragments and, if @list, chained packets; @flat gets its bytes.
 */
static struct sk_buff *make(unsigned int linear, unsigned int nr_frags, unsigned int frag,
			    unsigned int list, u8 *flat)
{
	struct sk_buff *skb = alloc_skb(64 + linear + 32, GFP_KERNEL), **link;
	unsigned int at = 0, i, j;

	assert_non_null(skb);
	skb_reserve(skb, 64);
	for (i = 0; i < linear; i++)
		*(u8 *)skb_put(skb, 1) = pattern_byte(at++);
	for (i = 0; i < nr_frags; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		for (j = 0; j < frag; j++)
			((u8 *)page_address(page))[16 + j] = pattern_byte(at++);
		skb_add_rx_frag(skb, (int)i, page, 16, frag, PAGE_SIZE);
	}
	link = &skb_shinfo(skb)->frag_list;
	for (i = 0; i < list; i++) {
		struct sk_buff *c = alloc_skb(300, GFP_KERNEL);

		for (j = 0; j < 200 + i; j++)
			*(u8 *)skb_put(c, 1) = pattern_byte(at++);
		skb->len += c->len;
		skb->data_len += c->len;
		skb->truesize += c->truesize;
		*link = c;
		link = &c->next;
	}
	for (i = 0; i < at; i++)
		flat[i] = pattern_byte(i);
	assert_int_equal(skb->len, at);
	return skb;
}

static void holds(struct sk_buff *skb, const u8 *flat, unsigned int len)
{
	static u8 out[MAX_LEN];

	assert_int_equal(skb->len, len);
	assert_int_equal(skb_copy_bits(skb, 0, out, (int)len), 0);
	assert_memory_equal(out, flat, len);
	assert_int_equal(skb_copy_bits(skb, 1, out, (int)len), -EFAULT);
	assert_int_equal(csum_fold(skb_checksum(skb, 0, (int)len, 0)),
			 csum_fold(csum_partial(flat, len, 0)));
}

static u8 flat[MAX_LEN];

static void put_push_pull_move_the_right_ends(void **state)
{
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL);

	skb_reserve(skb, 20);
	assert_int_equal(skb_headroom(skb), 20);
	memset(skb_put(skb, 10), 'x', 10);
	*(u8 *)skb_push(skb, 1) = 'h';
	assert_int_equal(skb->len, 11);
	assert_int_equal(skb->data[0], 'h');
	assert_null(skb_pull(skb, 12));
	assert_non_null(skb_pull(skb, 1));
	assert_int_equal(skb->data[0], 'x');
	skb_trim(skb, 4);
	assert_int_equal(skb->len, 4);
	assert_int_equal(skb_tail_pointer(skb) - skb->data, 4);
	kfree_skb(skb);
}

static void clone_shares_data_and_frees_it_once(void **state)
{
	unsigned long before = skbs_in_use();
	struct sk_buff *skb = make(50, 2, 100, 0, flat), *a = skb_clone(skb, GFP_KERNEL),
		       *b = skb_clone(a, GFP_KERNEL);

	assert_true(skb_cloned(skb) && skb_cloned(a) && skb_cloned(b));
	assert_ptr_equal(a->data, skb->data);
	kfree_skb(skb);
	holds(a, flat, 250);
	kfree_skb(a);
	assert_false(skb_cloned(b));
	holds(b, flat, 250);
	kfree_skb(b);
	assert_int_equal(skbs_in_use(), before);
}

static void fclone_pair_is_used_and_reused(void **state)
{
	unsigned long before = skbs_in_use();
	struct sk_buff *skb = alloc_skb_fclone(200, GFP_KERNEL), *a, *b;
	int i;

	skb_put_zero(skb, 20);
	for (i = 0; i < 3; i++) {
		a = skb_clone(skb, GFP_KERNEL);
		assert_int_equal(a->fclone, SKB_FCLONE_CLONE);
		b = skb_clone(skb, GFP_KERNEL);
		assert_int_equal(b->fclone, SKB_FCLONE_UNAVAILABLE);
		kfree_skb(a);
		kfree_skb(b);
		assert_false(skb_cloned(skb));
	}
	a = skb_clone(skb, GFP_KERNEL);
	kfree_skb(skb); /* the original first */
	kfree_skb(a);
	assert_int_equal(skbs_in_use(), before);
}

static void copies_are_private(void **state)
{
	struct sk_buff *skb = make(100, 3, 500, 2, flat), *c = skb_copy(skb, GFP_KERNEL),
		       *p = pskb_copy(skb, GFP_KERNEL);
	struct sk_buff *e = skb_copy_expand(skb, 300, 40, GFP_KERNEL);

	assert_false(skb_is_nonlinear(c));
	skb->data[0] ^= 1;
	holds(c, flat, skb->len);
	holds(p, flat, skb->len);
	holds(e, flat, skb->len);
	assert_int_equal(skb_headroom(e), 300);
	kfree_skb(skb);
	holds(p, flat, p->len);
	kfree_skb(c);
	kfree_skb(p);
	kfree_skb(e);
}

static void expand_head_keeps_offsets(void **state)
{
	struct sk_buff *skb = make(100, 1, 50, 1, flat), *clone = skb_clone(skb, GFP_KERNEL);

	skb_reset_mac_header(skb);
	skb_set_network_header(skb, 14);
	skb_set_transport_header(skb, 34);
	assert_int_equal(pskb_expand_head(skb, 128, 64, GFP_KERNEL), 0);
	assert_false(skb_cloned(skb));
	assert_int_equal(skb_headroom(skb), 64 + 128);
	assert_int_equal(skb_network_offset(skb), 14);
	assert_int_equal(skb_transport_offset(skb), 34);
	assert_ptr_equal(skb_mac_header(skb), skb->data);
	skb->data[3] ^= 0xff;
	holds(clone, flat, clone->len);
	kfree_skb(skb);
	holds(clone, flat, clone->len);
	kfree_skb(clone);
}

static void may_pull_makes_linear_and_refuses_more_than_there_is(void **state)
{
	struct sk_buff *skb = make(10, 3, 100, 2, flat);
	unsigned int len = skb->len, want[] = { 5, 10, 11, 60, 150, 310, 400, 600 }, i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(pskb_may_pull(skb, want[i]));
		assert_true(skb_headlen(skb) >= want[i]);
		holds(skb, flat, len);
	}
	assert_false(pskb_may_pull(skb, len + 1));
	assert_int_equal(skb_linearize(skb), 0);
	assert_false(skb_is_nonlinear(skb));
	holds(skb, flat, len);
	kfree_skb(skb);
}

static void trim_cuts_anywhere_and_leaves_clones_alone(void **state)
{
	unsigned int keep;

	for (keep = 0; keep < 700; keep += 13) {
		struct sk_buff *skb = make(40, 2, 120, 2, flat),
			       *clone = skb_clone(skb, GFP_KERNEL);
		unsigned int len = skb->len;

		assert_int_equal(pskb_trim(skb, keep), 0);
		holds(skb, flat, min(keep, len));
		holds(clone, flat, len);
		kfree_skb(skb);
		holds(clone, flat, len);
		kfree_skb(clone);
	}
}

static void trim_rcsum_keeps_a_complete_sum_right(void **state)
{
	unsigned int keep;

	for (keep = 1; keep < 300; keep += 7) {
		struct sk_buff *skb = make(100, 2, 99, 0, flat);

		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = skb_checksum(skb, 0, (int)skb->len, 0);
		assert_int_equal(pskb_trim_rcsum(skb, keep), 0);
		assert_int_equal(csum_fold(skb->csum), csum_fold(csum_partial(flat, skb->len, 0)));
		kfree_skb(skb);
	}
}

static void split_moves_the_rest(void **state)
{
	unsigned int at;

	for (at = 0; at <= 340; at += 17) {
		struct sk_buff *skb = make(40, 3, 100, 0, flat), *rest = alloc_skb(100, GFP_KERNEL);

		skb_split(skb, rest, at);
		holds(skb, flat, at);
		holds(rest, flat + at, 340 - at);
		kfree_skb(skb);
		holds(rest, flat + at, 340 - at);
		kfree_skb(rest);
	}
}

static void coalesce_joins_by_reference(void **state)
{
	struct sk_buff *to = netdev_alloc_skb(NULL, 1000), *from = netdev_alloc_skb(NULL, 1000);
	bool stolen;
	int delta;

	skb_put_zero(to, 1000);
	memset(skb_put(from, 1000), 'b', 1000);
	assert_true(skb_try_coalesce(to, from, &stolen, &delta));
	consume_skb(from);
	assert_int_equal(to->len, 2000);
	assert_int_equal(skb_shinfo(to)->nr_frags, 1);
	assert_int_equal(skb_linearize(to), 0);
	assert_int_equal(to->data[1999], 'b');
	kfree_skb(to);
}

static void datagram_reaches_the_reader_and_a_wrong_sum_does_not(void **state)
{
	struct sk_buff *skb = make(101, 2, 333, 1, flat);
	static u8 out[MAX_LEN];
	struct iovec iov[2] = { { out, 50 }, { out + 50, MAX_LEN - 50 } };
	struct iov_iter it;

	skb->csum = (__wsum) ~(u32)skb_checksum(skb, 0, (int)skb->len, 0);
	iov_iter_init(&it, false, iov, 2, skb->len - 8);
	assert_int_equal(skb_copy_and_csum_datagram_iter(skb, 8, &it), 0);
	assert_memory_equal(out, flat + 8, skb->len - 8);
	skb->ip_summed = CHECKSUM_NONE;
	skb->data[20] ^= 4;
	iov_iter_init(&it, false, iov, 2, skb->len - 8);
	assert_int_equal(skb_copy_and_csum_datagram_iter(skb, 8, &it), -EINVAL);
	assert_int_equal(iov_iter_count(&it), skb->len - 8); /* nothing was taken */
	iov_iter_init(&it, false, iov, 2, 30); /* less room than data: checked all the same */
	assert_int_equal(skb_copy_and_csum_datagram_iter(skb, 8, &it), -EINVAL);
	kfree_skb(skb);
}

static void checksum_help_fills_in_what_the_device_cannot(void **state)
{
	struct sk_buff *skb = make(60, 1, 77, 0, flat), *clone;

	memset(skb->data + 36, 0, 2);
	assert_true(skb_partial_csum_set(skb, 20, 16));
	clone = skb_clone(skb, GFP_KERNEL);
	assert_int_equal(skb_checksum_help(skb), 0);
	assert_int_equal(csum_fold(skb_checksum(skb, 20, (int)skb->len - 20, 0)), 0);
	assert_int_equal(clone->data[36] | clone->data[37], 0);
	assert_false(skb_partial_csum_set(skb, 50, 20));
	assert_false(skb_partial_csum_set(skb, 61, 0));
	assert_false(skb_partial_csum_set(skb, 0xffff, 0xffff));
	kfree_skb(skb);
	kfree_skb(clone);
}

static void drops_are_counted_by_reason_and_consumption_is_not(void **state)
{
	u64 before = init_net.drops[SKB_DROP_REASON_UDP_CSUM], all = 0, all2 = 0;
	struct sk_buff *skb = alloc_skb(10, GFP_KERNEL);
	int i;

	skb_get(skb);
	kfree_skb_reason(skb, SKB_DROP_REASON_UDP_CSUM);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_UDP_CSUM],
			 before); /* somebody still has it */
	kfree_skb_reason(skb, SKB_DROP_REASON_UDP_CSUM);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_UDP_CSUM], before + 1);
	for (i = 0; i < SKB_DROP_REASON_MAX; i++)
		all += init_net.drops[i];
	consume_skb(alloc_skb(10, GFP_KERNEL));
	for (i = 0; i < SKB_DROP_REASON_MAX; i++)
		all2 += init_net.drops[i];
	assert_int_equal(all, all2);
	assert_string_equal(skb_drop_reason_name(SKB_DROP_REASON_UDP_CSUM), "UDP_CSUM");
}

static void receive_fragments_are_reused_and_not_leaked(void **state)
{
	struct sk_buff *skb[64];
	struct mem_stat before, after;
	int round, i;

	for (round = 0; round < 50; round++) {
		for (i = 0; i < 64; i++) {
			skb[i] = netdev_alloc_skb_ip_align(NULL, 1514);
			assert_int_equal(skb_headroom(skb[i]), NET_SKB_PAD + NET_IP_ALIGN);
			memset(skb_put(skb[i], 1514), i, 1514);
		}
		for (i = 0; i < 64; i++) {
			assert_int_equal(skb[i]->data[1513], i);
			kfree_skb(skb[i]);
		}
		if (round == 10)
			mem_stat_read(&before);
	}
	mem_stat_read(&after);
	assert_true(before.free_pages - after.free_pages < 32 ||
		    after.free_pages > before.free_pages);
}

static void running_out_of_memory_changes_nothing(void **state)
{
	unsigned long before = skbs_in_use();
	unsigned long nth;

	for (nth = 1; nth < 6; nth++) {
		struct sk_buff *skb = make(40, 3, 700, 1, flat),
			       *clone = skb_clone(skb, GFP_KERNEL), *c;
		unsigned int len = skb->len;

		hosted_fail_alloc(nth, 0, 0);
		c = skb_copy(skb, GFP_ATOMIC);
		kfree_skb(c);
		hosted_fail_alloc(nth, 0, 0);
		if (!pskb_may_pull(skb, 800))
			assert_true(skb_headlen(skb) < 800);
		hosted_fail_alloc(nth, 0, 0);
		pskb_trim(clone, 100);
		hosted_fail_alloc(0, 0, 0);
		assert_true(clone->len == 100 || clone->len == len);
		kfree_skb(skb);
		kfree_skb(clone);
	}
	assert_int_equal(skbs_in_use(), before);
}

/* swap_skb - @new takes the place of *skb, which is returned. */
static struct sk_buff *swap_skb(struct sk_buff **skb, struct sk_buff *new)
{
	struct sk_buff *old = *skb;

	*skb = new;
	return old;
}

/* store_one - change one byte of a packet that nobody shares. */
static int store_one(struct sk_buff **skb, unsigned int at, u8 byte)
{
	struct sk_buff *own = skb_copy(*skb, GFP_KERNEL);

	kfree_skb(swap_skb(skb, own));
	return skb_store_bits(own, (int)at, &byte, 1);
}

/* random_step - one operation on the packet and on its flat copy; the new length. */
static unsigned int random_step(struct sk_buff **skb, unsigned int len)
{
	unsigned int n = len ? get_random_below(len + 1) : 0;
	struct sk_buff *other;

	switch (get_random_below(8)) {
	case 0: assert_true(pskb_may_pull(*skb, n)); return len;
	case 1:
		n = min(n, 40u);
		assert_non_null(pskb_pull(*skb, n));
		memmove(flat, flat + n, len - n);
		return len - n;
	case 2:
		n = len - min(len - n, 60u);
		assert_int_equal(pskb_trim(*skb, n), 0);
		return n;
	case 3:
		other = skb_clone(*skb, GFP_KERNEL);
		kfree_skb(get_random_u32() & 1 ? other : swap_skb(skb, other));
		return len;
	case 4:
		assert_int_equal(pskb_expand_head(*skb, (int)get_random_below(64),
						  (int)get_random_below(64), GFP_KERNEL),
				 0);
		return len;
	case 5:
		other = pskb_copy(*skb, GFP_KERNEL);
		kfree_skb(swap_skb(skb, other));
		return len;
	case 6:
		if (len) {
			n = get_random_below(len);
			flat[n] ^= 0x5a;
			assert_int_equal(store_one(skb, n, flat[n]), 0);
		}
		return len;
	default:
		n = min(n, 30u);
		assert_int_equal(skb_cow(*skb, n), 0);
		memmove(flat + n, flat, len);
		memset(flat, 0xee, n);
		memset(skb_push(*skb, n), 0xee, n);
		return len + n;
	}
}

static void random_operations_agree_with_a_flat_copy(void **state)
{
	unsigned long before = skbs_in_use();
	int round, step;

	for (round = 0; round < 400; round++) {
		struct sk_buff *skb = make(get_random_below(200), get_random_below(5),
					   1 + get_random_below(300), get_random_below(3), flat);
		unsigned int len = skb->len;

		for (step = 0; step < 25 && len < MAX_LEN - 100; step++) {
			len = random_step(&skb, len);
			holds(skb, flat, len);
		}
		kfree_skb(skb);
	}
	assert_int_equal(skbs_in_use(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_push_pull_move_the_right_ends),
		cmocka_unit_test(clone_shares_data_and_frees_it_once),
		cmocka_unit_test(fclone_pair_is_used_and_reused),
		cmocka_unit_test(copies_are_private),
		cmocka_unit_test(expand_head_keeps_offsets),
		cmocka_unit_test(may_pull_makes_linear_and_refuses_more_than_there_is),
		cmocka_unit_test(trim_cuts_anywhere_and_leaves_clones_alone),
		cmocka_unit_test(trim_rcsum_keeps_a_complete_sum_right),
		cmocka_unit_test(split_moves_the_rest),
		cmocka_unit_test(coalesce_joins_by_reference),
		cmocka_unit_test(datagram_reaches_the_reader_and_a_wrong_sum_does_not),
		cmocka_unit_test(checksum_help_fills_in_what_the_device_cannot),
		cmocka_unit_test(drops_are_counted_by_reason_and_consumption_is_not),
		cmocka_unit_test(receive_fragments_are_reused_and_not_leaked),
		cmocka_unit_test(running_out_of_memory_changes_nothing),
		cmocka_unit_test(random_operations_agree_with_a_flat_copy),
	};

	return cmocka_run_group_tests_name("skbuff", tests, boot_net, no_warnings);
}
