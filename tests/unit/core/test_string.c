/* SPDX-License-Identifier: MIT */
/* Tests of kernel/lib's memory and string functions (linked here in the place of the C library's), kstrto and vsnprintf. */
#include <kernel/random.h>
#include <kernel/string.h>

#include "unit.h"

#include "../../../kernel/lib/memory.c"
#include "../../../kernel/lib/string.c"

static u8 src[400], dst[400], want[400];

static void fill(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(src); i++) {
		src[i] = (u8)(i * 7 + 1);
		dst[i] = want[i] = (u8)(i * 13 + 5);
	}
}

static void same(const u8 *a, const u8 *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		assert_int_equal(a[i], b[i]);
}

static void memcpy_copies_every_size_and_alignment(void **state)
{
	unsigned int n, so, d, i;

	for (n = 0; n <= 130; n++) {
		for (so = 0; so < 3; so++) {
			for (d = 0; d < 9; d += 3) {
				fill();
				for (i = 0; i < n; i++)
					want[d + i] = src[so + i];
				assert_ptr_equal((memcpy)(dst + d, src + so, n), dst + d);
				same(dst, want, 160);
			}
		}
	}
}

static void memmove_survives_overlap(void **state)
{
	unsigned int n, a, b, i;

	for (n = 0; n <= 80; n++) {
		for (a = 0; a < 40; a += 3) {
			for (b = 0; b < 40; b += 3) {
				fill();
				for (i = 0; i < n; i++)
					want[b + i] = dst[a + i];
				(memmove)(dst + b, dst + a, n);
				same(dst, want, 160);
			}
		}
	}
}

static void memset_fills_exactly(void **state)
{
	unsigned int n, d, i;

	for (n = 0; n <= 100; n++) {
		for (d = 0; d < 9; d++) {
			fill();
			for (i = 0; i < n; i++)
				want[d + i] = 0xa5;
			(memset)(dst + d, 0x1a5, n);
			same(dst, want, 160);
		}
	}
}

static void memcmp_orders_by_first_difference(void **state)
{
	fill();
	(memcpy)(dst, src, 100);
	assert_int_equal((memcmp)(dst, src, 100), 0);
	dst[57] = 255;
	src[57] = 1;
	assert_true((memcmp)(dst, src, 100) > 0);
	assert_true((memcmp)(src, dst, 100) < 0);
	assert_int_equal((memcmp)(dst, src, 57), 0);
	assert_ptr_equal(memchr(dst, 255, 100), dst + 57);
	assert_null(memchr(dst, 255, 57));
}

static void strings_compare_and_search(void **state)
{
	assert_int_equal((strlen)("skiff"), 5);
	assert_int_equal(strnlen("skiff", 3), 3);
	assert_true(strcmp("a", "b") < 0);
	assert_true(strcmp("\xff", "a") > 0);
	assert_int_equal(strncmp("abcd", "abxx", 2), 0);
	assert_int_equal(strcasecmp("EtH0", "eth0"), 0);
	assert_string_equal(strchr("a=b=c", '='), "=b=c");
	assert_string_equal(strrchr("a=b=c", '='), "=c");
	assert_string_equal(strstr("foobar", "bar"), "bar");
	assert_null(strstr("foobar", "baz"));
	assert_int_equal(strspn("aabbc", "ab"), 4);
	assert_int_equal(strcspn("aabbc", "c"), 4);
}

static void strsep_splits_and_keeps_empty_fields(void **state)
{
	char text[] = "a::b";
	char *s = text;

	assert_string_equal(strsep(&s, ":"), "a");
	assert_string_equal(strsep(&s, ":"), "");
	assert_string_equal(strsep(&s, ":"), "b");
	assert_null(strsep(&s, ":"));
}

static void strscpy_terminates_and_tells_truncation(void **state)
{
	char buf[4];

	assert_int_equal(strscpy(buf, "abc", sizeof(buf)), 3);
	assert_int_equal(strscpy(buf, "abcd", sizeof(buf)), -E2BIG);
	assert_string_equal(buf, "abc");
	assert_int_equal(strscpy(buf, "x", 0), -E2BIG);
}

static void strim_cuts_both_ends(void **state)
{
	char a[] = " \tword two \n", b[] = "   ";

	assert_string_equal(strim(a), "word two");
	assert_string_equal(strim(b), "");
}

static void kstrto_takes_whole_numbers_only(void **state)
{
	unsigned long long v;
	long long s;
	unsigned int u;
	int i;
	u16 h;

	assert_int_equal(kstrtoull("0x1F\n", 0, &v), 0);
	assert_int_equal(v, 31);
	assert_int_equal(kstrtoull("010", 0, &v), 0);
	assert_int_equal(v, 8);
	assert_int_equal(kstrtoull("", 0, &v), -EINVAL);
	assert_int_equal(kstrtoull("12x", 10, &v), -EINVAL);
	assert_int_equal(kstrtoull("18446744073709551615", 10, &v), 0);
	assert_int_equal(kstrtoull("18446744073709551616", 10, &v), -ERANGE);
	assert_int_equal(kstrtoll("-9223372036854775808", 10, &s), 0);
	assert_int_equal(kstrtoll("9223372036854775808", 10, &s), -ERANGE);
	assert_int_equal(kstrtoll("--1", 10, &s), -EINVAL);
	assert_int_equal(kstrtouint("4294967296", 10, &u), -ERANGE);
	assert_int_equal(kstrtoint("-2147483648", 10, &i), 0);
	assert_int_equal(i, INT_MIN);
	assert_int_equal(kstrtou16("65536", 10, &h), -ERANGE);
}

static void expect(const char *text, const char *fmt, ...)
{
	char buf[128];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	assert_string_equal(buf, text);
	assert_int_equal(n, (int)(strlen)(text));
}

static void vsnprintf_formats_integers(void **state)
{
	expect("-5 5 ff FF 0x1f 17", "%d %u %x %X %#x %o", -5, 5u, 255, 255, 31, 15);
	expect("00042|42   |   42|+7| 7", "%05d|%-5d|%5d|%+d|% d", 42, 42, 42, 7, 7);
	expect("  007|007  |", "%5.3d|%-5.3d|%.0d", 7, 7, 0);
	expect("18446744073709551615 -9223372036854775808", "%llu %lld", U64_MAX, (long long)(1ull << 63));
	expect("-1 255 65535", "%hhd %hhu %hu", 0x1ff, 0x1ff, 0x1ffff);
	expect("123 0", "%zu %lu", (size_t)123, 0ul);
	expect("    1|1    ", "%*d|%*d", 5, 1, -5, 1);
	expect("-0042", "%05d", -42);
	expect("4294967296", "%llu", 1ull << 32);
}

static void vsnprintf_formats_text(void **state)
{
	expect("x|  ab|ab  |ab|%", "%c|%4s|%-4s|%.2s|%%", 'x', "ab", "ab", "abcd");
	expect("(null)", "%s", NULL);
}

static void vsnprintf_formats_addresses(void **state)
{
	static const u8 ip4[] = { 10, 0, 2, 255 }, mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	static const u8 any[16], lo[16] = { [15] = 1 }, one[16] = { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 0x42 };
	static const u8 single[16] = { 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 };
	static const u8 mapped[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 };

	expect("10.0.2.255|52:54:00:12:34:56", "%pI4|%pM", ip4, mac);
	expect(":: ::1", "%pI6c %pI6c", any, lo);
	expect("2001:db8:0:1::42", "%pI6c", one);
	expect("1:0:2:3:4:5:6:7", "%pI6c", single);
	expect("::ffff:192.0.2.1", "%pI6c", mapped);
	expect("2001:0db8:0000:0001:0000:0000:0000:0042", "%pI6", one);
	expect("       10.0.2.255|", "%17pI4|" + 0, ip4);
	expect("0x10", "%pS", (void *)16);
	expect("(null)", "%pI4", NULL);
}

static void vsnprintf_returns_full_length_when_cut(void **state)
{
	char buf[4] = "zzz";

	assert_int_equal(snprintf(buf, sizeof(buf), "%d", 123456), 6);
	assert_string_equal(buf, "123");
	assert_int_equal(scnprintf(buf, sizeof(buf), "%d", 123456), 3);
	assert_int_equal(snprintf(NULL, 0, "%d", 123456), 6);
	assert_int_equal(scnprintf(buf, 0, "x"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memcpy_copies_every_size_and_alignment),
		cmocka_unit_test(memmove_survives_overlap),
		cmocka_unit_test(memset_fills_exactly),
		cmocka_unit_test(memcmp_orders_by_first_difference),
		cmocka_unit_test(strings_compare_and_search),
		cmocka_unit_test(strsep_splits_and_keeps_empty_fields),
		cmocka_unit_test(strscpy_terminates_and_tells_truncation),
		cmocka_unit_test(strim_cuts_both_ends),
		cmocka_unit_test(kstrto_takes_whole_numbers_only),
		cmocka_unit_test(vsnprintf_formats_integers),
		cmocka_unit_test(vsnprintf_formats_text),
		cmocka_unit_test(vsnprintf_formats_addresses),
		cmocka_unit_test(vsnprintf_returns_full_length_when_cut),
	};

	return RUN_TESTS("string", tests);
}
