/* SPDX-License-Identifier: MIT */
/* Tests of the Internet checksum against the definition of RFC 1071, at every alignment and length.
 */
#include <kernel/uio.h>
#include <net/checksum.h>

#include "net_unit.h"

/* by_the_book - RFC 1071 section 4.1, word by word. */
static u16 by_the_book(const u8 *p, size_t len, u32 sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2) {
		sum += (u32)(p[i] | p[i + 1] << 8);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (len & 1)
		sum += p[len - 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

static u8 buf[4096 + 16], copy[4096 + 16];

static void fill(int kind)
{
	get_random_bytes(buf, sizeof(buf));
	if (kind == 1)
		memset(buf, 0xff, sizeof(buf));
	if (kind == 2)
		memset(buf, 0, sizeof(buf));
}

static void sums_agree_at_each_alignment_and_length(void **state)
{
	size_t off, len;
	int kind;

	for (kind = 0; kind < 3; kind++) {
		fill(kind);
		for (off = 0; off < 9; off++)
			for (len = 0; len < 300; len++)
				assert_int_equal(csum_fold(csum_partial(buf + off, len, 0)),
						 by_the_book(buf + off, len, 0));
		assert_int_equal(csum_fold(csum_partial(buf, 4096, 0)), by_the_book(buf, 4096, 0));
		assert_int_equal(csum_fold(csum_partial(buf, 1460, (__wsum)0xffffffff)),
				 by_the_book(buf, 1460, 0xffff));
	}
}

static void copying_sums_the_same_and_stays_inside(void **state)
{
	size_t off, len;

	fill(0);
	for (off = 0; off < 9; off++) {
		for (len = 0; len < 200; len++) {
			memset(copy, 0xcc, sizeof(copy));
			assert_int_equal(csum_fold(csum_partial_copy(buf + off, copy + 8, len, 0)),
					 by_the_book(buf + off, len, 0));
			assert_memory_equal(copy + 8, buf + off, len);
			assert_int_equal(copy[7], 0xcc);
			assert_int_equal(copy[8 + len], 0xcc);
		}
	}
}

static void blocks_add_up_at_odd_offsets(void **state)
{
	size_t cut;

	fill(0);
	for (cut = 0; cut < 400; cut++) {
		__wsum a = csum_partial(buf, cut, 0), b = csum_partial(buf + cut, 400 - cut, 0);

		assert_int_equal(csum_fold(csum_block_add(a, b, (int)cut)),
				 by_the_book(buf, 400, 0));
		assert_int_equal(
			csum_fold(csum_block_sub(csum_partial(buf, 400, 0), b, (int)cut)) & 0xffff,
			csum_fold(a) == 0xffff && cut == 0
				? csum_fold(csum_block_sub(csum_partial(buf, 400, 0), b, 0))
				: csum_fold(a));
	}
}

static void iov_copies_and_sums(void **state)
{
	struct iovec iov[3] = { { buf, 33 }, { buf + 33, 0 }, { buf + 33, 500 } };
	struct iov_iter it;
	__wsum sum = 0;

	fill(0);
	iov_iter_init(&it, false, iov, 3, 533);
	assert_int_equal(csum_and_copy_from_iter(copy, 533, &sum, &it), 533);
	assert_memory_equal(copy, buf, 533);
	assert_int_equal(csum_fold(sum), by_the_book(buf, 533, 0));
}

static void replacing_a_word_equals_summing_anew(void **state)
{
	int i;

	for (i = 0; i < 1000; i++) {
		__sum16 sum;
		__be32 old, new = (__be32)get_random_u32();

		fill(0);
		sum = csum_fold(csum_partial(buf, 64, 0));
		memcpy(&old, buf + 12, 4);
		memcpy(buf + 12, &new, 4);
		csum_replace4(&sum, old, new);
		assert_int_equal(sum, csum_fold(csum_partial(buf, 64, 0)));
	}
}

static void header_sum_is_zero_over_itself(void **state)
{
	__sum16 sum;

	fill(0);
	memset(buf + 10, 0, 2);
	sum = ip_fast_csum(buf, 5);
	memcpy(buf + 10, &sum, 2);
	assert_int_equal(ip_fast_csum(buf, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_agree_at_each_alignment_and_length),
		cmocka_unit_test(copying_sums_the_same_and_stays_inside),
		cmocka_unit_test(blocks_add_up_at_odd_offsets),
		cmocka_unit_test(iov_copies_and_sums),
		cmocka_unit_test(replacing_a_word_equals_summing_anew),
		cmocka_unit_test(header_sum_is_zero_over_itself),
	};

	return cmocka_run_group_tests_name("checksum", tests, boot_net, no_warnings);
}
