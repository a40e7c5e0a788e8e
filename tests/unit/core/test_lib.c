/* SPDX-License-Identifier: MIT */
/* Tests of kernel/lib's rbtree, hashes, and iov_iter. */
#include <kernel/hash.h>
#include <kernel/random.h>
#include <kernel/rbtree.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/uio.h>

#include "unit.h"

struct item {
	struct rb_node node;
	u32 key;
	bool in;
};

static struct rb_root tree = { NULL };
static struct item items[500];

static void insert(struct item *it)
{
	struct rb_node **link = &tree.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = it->key < rb_entry(parent, struct item, node)->key ? &parent->left : &parent->right;
	}
	rb_link_node(&it->node, parent, link);
	rb_insert_color(&it->node, &tree);
	it->in = true;
}

/* black_height - of the subtree; fails the test if a rule is broken. */
static int black_height(const struct rb_node *n, bool parent_red)
{
	bool red;
	int left, right;

	if (!n)
		return 1;
	red = !(n->parent_color & 1);
	assert_false(red && parent_red);
	assert_true(!n->left || (n->left->parent_color & ~1ul) == (unsigned long)n);
	assert_true(!n->right || (n->right->parent_color & ~1ul) == (unsigned long)n);
	left = black_height(n->left, red);
	right = black_height(n->right, red);
	assert_int_equal(left, right);
	return left + !red;
}

static unsigned int check_tree(void)
{
	unsigned int n = 0;
	struct rb_node *p, *prev = NULL;

	black_height(tree.node, true); /* the root is black */
	for (p = rb_first(&tree); p; prev = p, p = rb_next(p)) {
		assert_true(!prev || rb_entry(prev, struct item, node)->key <= rb_entry(p, struct item, node)->key);
		assert_ptr_equal(rb_prev(p), prev);
		n++;
	}
	assert_ptr_equal(rb_last(&tree), prev);
	return n;
}

static void rbtree_keeps_its_rules_under_random_use(void **state)
{
	unsigned int round, n = 0;

	for (round = 0; round < 5000; round++) {
		struct item *it = &items[get_random_below(ARRAY_SIZE(items))];

		if (it->in) {
			rb_erase(&it->node, &tree);
			it->in = false;
			n--;
		} else {
			it->key = get_random_below(200);
			insert(it);
			n++;
		}
		if (round % 16 == 0)
			assert_int_equal(check_tree(), n);
	}
}

static void rbtree_replaces_a_node_in_place(void **state)
{
	struct item fresh;
	struct rb_node *first = rb_first(&tree);

	fresh.key = rb_entry(first, struct item, node)->key;
	rb_replace_node(first, &fresh.node, &tree);
	rb_entry(first, struct item, node)->in = false;
	assert_ptr_equal(rb_first(&tree), &fresh.node);
	check_tree();
	rb_erase(&fresh.node, &tree);
}

/* The vectors of the SipHash paper's reference code: key 00..0f, message 00..n-1. */
static void siphash_gives_the_published_values(void **state)
{
	static const u8 vectors[][8] = {
		{ 0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72 }, { 0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74 },
		{ 0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d }, { 0x2d, 0x7e, 0xfb, 0xd7, 0x96, 0x66, 0x67, 0x85 },
		{ 0xb7, 0x87, 0x71, 0x27, 0xe0, 0x94, 0x27, 0xcf }, { 0x8d, 0xa6, 0x99, 0xcd, 0x64, 0x55, 0x76, 0x18 },
		{ 0xce, 0xe3, 0xfe, 0x58, 0x6e, 0x46, 0xc9, 0xcb }, { 0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab },
		{ 0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93 },
	};
	siphash_key_t key = { { 0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull } };
	u8 msg[16], i;
	u64 want;

	for (i = 0; i < 16; i++)
		msg[i] = i;
	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		memcpy(&want, vectors[i], 8);
		assert_true(siphash(msg, i, &key) == want);
	}
	/* section A of the paper: 15 bytes */
	assert_true(siphash(msg, 15, &key) == 0xa129ca6149be45e5ull);
}

static void siphash_words_equal_siphash_of_bytes(void **state)
{
	siphash_key_t key = { { 1, 2 } };
	u32 w[4] = { 11, 22, 33, 44 };
	u64 d[2] = { 5, 6 };

	assert_true(siphash_3u32(11, 22, 33, &key) == siphash(w, 12, &key));
	assert_true(siphash_4u32(11, 22, 33, 44, &key) == siphash(w, 16, &key));
	assert_true(siphash_2u64(5, 6, &key) == siphash(d, 16, &key));
}

static void jhash_depends_on_every_byte(void **state)
{
	u8 key[29] = { 0 };
	u32 base = jhash(key, sizeof(key), 7);
	unsigned int i;

	for (i = 0; i < sizeof(key); i++) {
		key[i] = 1;
		assert_true(jhash(key, sizeof(key), 7) != base);
		key[i] = 0;
	}
	assert_true(jhash(key, 0, 0) == 0xdeadbeef);
	assert_true(jhash("Four score and seven years ago", 30, 0) == 0x17770551); /* lookup3.c's driver5 */
	assert_true(jhash("Four score and seven years ago", 30, 1) == 0xcd628161);
}

static void iov_iter_walks_segments_and_skips_empty_ones(void **state)
{
	char a[3], b[5], c[1];
	struct iovec iov[] = { { a, 3 }, { NULL, 0 }, { b, 5 }, { NULL, 0 }, { c, 1 } };
	struct iov_iter i, saved;
	char back[9];

	iov_iter_init(&i, false, iov, 5, 9);
	saved = i;
	assert_int_equal(copy_to_iter("abcd", 4, &i), 4);
	assert_int_equal(copy_to_iter("efghijkl", 8, &i), 5);
	assert_int_equal(iov_iter_count(&i), 0);
	assert_int_equal(copy_to_iter("z", 1, &i), 0);
	iov_iter_restore(&i, &saved);
	iov_iter_advance(&i, 2);
	assert_int_equal(copy_from_iter(back, 9, &i), 7);
	assert_memory_equal(back, "cdefghi", 7);
}

static void iov_iter_stops_at_a_bad_user_address(void **state)
{
	char a[4] = "abc";
	struct iovec iov[] = { { a, 4 }, { (void *)16, 8 } };
	struct iov_iter i;
	char back[12];

	host_catch_faults(); /* cmocka has taken the signal */
	iov_iter_init(&i, true, iov, 2, 12);
	assert_int_equal(copy_from_iter(back, 12, &i), 4);
	assert_int_equal(iov_iter_count(&i), 8);
	assert_int_equal(copy_to_iter("12345678", 8, &i), 0);
}

static void import_iovec_checks_what_ring3_gives(void **state)
{
	char a[4];
	struct iovec vec[12] = { { a, 4 }, { a, 2 } }, fast[UIO_FASTIOV], *iov;
	u32 compat[2] = { 0x1000, 16 };
	struct iov_iter i;

	host_catch_faults(); /* cmocka has taken the signal */
	assert_int_equal(import_iovec(vec, 2, false, fast, &iov, &i), 6);
	assert_ptr_equal(iov, fast);
	assert_int_equal(import_iovec(vec, 12, false, fast, &iov, &i), 6);
	assert_ptr_not_equal(iov, fast);
	kfree(iov);
	assert_int_equal(import_iovec(vec, UIO_MAXIOV + 1, false, fast, &iov, &i), -EINVAL);
	assert_int_equal(import_iovec((void *)8, 1, false, fast, &iov, &i), -EFAULT);
	vec[1].iov_len = (size_t)-1;
	assert_int_equal(import_iovec(vec, 12, false, fast, &iov, &i), -EINVAL);
	vec[1].iov_base = (void *)0x10000;
	vec[1].iov_len = 0x7ffffffful;
	assert_int_equal(import_iovec(vec, 2, false, fast, &iov, &i), MAX_RW_COUNT);
	assert_int_equal(import_iovec(compat, 1, true, fast, &iov, &i), 16);
	assert_int_equal(import_iovec(NULL, 0, false, fast, &iov, &i), 0);
}

static void user_copies_survive_any_address(void **state)
{
	char buf[64] = "text";
	unsigned long addrs[] = { 0, 8, 0xfff, 0x7fffffffefff, 0x8000000000000000ul, 0xffffffffffffff00ul };
	unsigned int i;

	host_catch_faults(); /* cmocka has taken the signal */
	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		assert_int_equal(copy_from_user(buf, (void *)addrs[i], 32), 32);
		assert_int_equal(copy_to_user((void *)addrs[i], buf, 32), 32);
		assert_int_equal(clear_user((void *)addrs[i], 32), 32);
		assert_int_equal(strncpy_from_user(buf, (char *)addrs[i], 32), -EFAULT);
	}
	assert_int_equal(strncpy_from_user(buf, "hello", 32), 5);
	assert_int_equal(strncpy_from_user(buf, "hello", 3), 3);
	assert_int_equal(copy_from_user(buf, "world", 6), 0);
	assert_string_equal(buf, "world");
}

static void a_program_s_memory_has_a_guard_on_both_sides(void **state)
{
	char *low = host_map_guarded(2 * PAGE_SIZE), *high = low + 2 * PAGE_SIZE, buf[64] = "";

	assert_non_null(low);
	host_catch_faults();
	assert_int_equal(copy_to_user(low, buf, 64), 0);
	assert_int_equal(copy_to_user(high - 64, buf, 64), 0);
	assert_int_equal(copy_to_user(high - 16, buf, 64), 48);
	assert_int_equal(copy_to_user(low - 1, buf, 1), 1);
	assert_int_equal(copy_from_user(buf, high, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rbtree_keeps_its_rules_under_random_use),
		cmocka_unit_test(rbtree_replaces_a_node_in_place),
		cmocka_unit_test(siphash_gives_the_published_values),
		cmocka_unit_test(siphash_words_equal_siphash_of_bytes),
		cmocka_unit_test(jhash_depends_on_every_byte),
		cmocka_unit_test(iov_iter_walks_segments_and_skips_empty_ones),
		cmocka_unit_test(iov_iter_stops_at_a_bad_user_address),
		cmocka_unit_test(import_iovec_checks_what_ring3_gives),
		cmocka_unit_test(user_copies_survive_any_address),
		cmocka_unit_test(a_program_s_memory_has_a_guard_on_both_sides),
	};

	return RUN_TESTS("lib", tests);
}
