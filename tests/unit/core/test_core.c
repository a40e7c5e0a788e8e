/* SPDX-License-Identifier: MIT */
/* Tests of the command line, the log, sysctl, and the random number generator. */
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/string.h>
#include <kernel/sysctl.h>

#include "unit.h"

void chacha20_block(const u32 state[16], u32 out[16]);

static void cmdline_finds_words_and_values(void **state)
{
	char v[32];

	cmdline_init("quiet ip=off init=\"/bin/a b\" ip=dhcp panic=-1 x.y=1 -- arg1 --flag");
	assert_true(cmdline_get("quiet", v, sizeof(v)));
	assert_string_equal(v, "");
	assert_true(cmdline_get("ip", v, sizeof(v)));
	assert_string_equal(v, "dhcp");
	assert_true(cmdline_get_nth("ip", 0, v, sizeof(v)));
	assert_string_equal(v, "off");
	assert_true(cmdline_get_nth("ip", 1, v, sizeof(v)));
	assert_string_equal(v, "dhcp");
	assert_false(cmdline_get_nth("ip", 2, v, sizeof(v)));
	assert_true(cmdline_get("init", v, sizeof(v)));
	assert_string_equal(v, "/bin/a b");
	assert_true(cmdline_get("panic", v, 2));
	assert_string_equal(v, "-");
	assert_false(cmdline_get("arg1", v, sizeof(v)));
	assert_false(cmdline_get("i", v, sizeof(v)));
	assert_string_equal(cmdline_init_args(), "arg1 --flag");
}

static void cmdline_may_be_empty_or_too_long(void **state)
{
	static char longer[3000];
	char v[8];

	cmdline_init("");
	assert_false(cmdline_get("ip", v, sizeof(v)));
	assert_string_equal(cmdline_init_args(), "");
	memset(longer, 'x', sizeof(longer) - 1);
	cmdline_init(longer);
	assert_false(cmdline_get("x", v, sizeof(v)));
	cmdline_init("a --");
	assert_true(cmdline_get("a", v, sizeof(v)));
	assert_string_equal(cmdline_init_args(), "");
}

static char seen[200];

static void sink(const char *text, size_t len)
{
	snprintf(seen, sizeof(seen), "%.*s", (int)len, text);
}

static void printk_keeps_records_and_prints_by_level(void **state)
{
	char buf[4000];
	u64 seq = 0;
	size_t n;

	printk_set_sink(sink);
	console_loglevel = 5;
	printk_clear();
	pr_warn("one %d\n", 1);
	assert_string_equal(seen, "[    0.000000] one 1\n");
	seen[0] = '\0';
	pr_info("two\nthree");
	assert_string_equal(seen, "");
	n = printk_read(&seq, buf, sizeof(buf) - 1);
	buf[n] = '\0';
	assert_string_equal(buf, "[    0.000000] one 1\n[    0.000000] two\n[    0.000000] three\n");
	assert_int_equal(printk_read(&seq, buf, sizeof(buf)), 0);
}

static void the_log_forgets_the_oldest(void **state)
{
	char buf[300];
	u64 seq = 0;
	unsigned int i;
	size_t n, total = 0;

	console_loglevel = 0;
	for (i = 0; i < 10000; i++)
		pr_info("record %u\n", i);
	n = printk_read(&seq, buf, sizeof(buf) - 1);
	buf[n] = '\0';
	assert_true(seq > 1000);
	assert_ptr_equal(strstr(buf, "record 0\n"), NULL);
	while (n) {
		total += n;
		buf[n] = '\0';
		n = printk_read(&seq, buf, sizeof(buf) - 1);
	}
	assert_true(total > 50000);
	assert_non_null(strstr(buf, "record 9999\n"));
	console_loglevel = 5;
}

static struct {
	int a;
	u8 b;
	int triple[3];
	long wide;
} values = { 7, 1, { 1, 2, 3 }, 1l << 40 };

static const struct ctl_table table[] = {
	{ .procname = "t.a", .offset = 0, .size = 4, .count = 1, .min = 0, .max = 10 },
	{ .procname = "t.b", .offset = __builtin_offsetof(__typeof__(values), b), .size = 1, .count = 1 },
	{ .procname = "t.triple", .offset = __builtin_offsetof(__typeof__(values), triple), .size = 4, .count = 3 },
	{ .procname = "t.wide", .offset = __builtin_offsetof(__typeof__(values), wide), .size = 8, .count = 1, .readonly = true },
};

static int write_text(const char *name, const char *text)
{
	char copy[64];

	strscpy(copy, text, sizeof(copy));
	return sysctl_write(name, copy);
}

static void sysctl_reads_and_checks_what_is_written(void **state)
{
	static struct ctl_table_header h;
	char buf[64];

	register_sysctl(&h, table, ARRAY_SIZE(table), &values);
	assert_int_equal(sysctl_read("t.triple", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "1\t2\t3");
	assert_int_equal(write_text("t.triple", "4 5\n"), 4);
	assert_int_equal(values.triple[1], 5);
	assert_int_equal(values.triple[2], 3);
	assert_int_equal(write_text("t.triple", "1 2 3 4"), -EINVAL);
	assert_int_equal(write_text("t.a", "11"), -EINVAL);
	assert_int_equal(write_text("t.a", "10"), 2);
	assert_int_equal(write_text("t.a", ""), 0);
	assert_int_equal(write_text("t.a", "ten"), -EINVAL);
	assert_int_equal(write_text("t.b", "256"), -EINVAL);
	assert_int_equal(write_text("t.wide", "1"), -EPERM);
	assert_int_equal(write_text("t.none", "1"), -ENOENT);
	sysctl_read("t.wide", buf, sizeof(buf));
	assert_string_equal(buf, "1099511627776");
	unregister_sysctl(&h);
	assert_int_equal(sysctl_read("t.a", buf, sizeof(buf)), -ENOENT);
}

static void chacha20_gives_the_block_of_rfc8439(void **state)
{
	/* section 2.3.2 */
	static const u32 in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504, 0x0b0a0908,
				    0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c, 0x00000001, 0x09000000,
				    0x4a000000, 0x00000000 };
	static const u32 want[16] = { 0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204,
				      0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de,
				      0xe883d0cb, 0x4e3c50a2 };
	u32 out[16];

	chacha20_block(in, out);
	assert_memory_equal(out, want, sizeof(want));
}

static void random_numbers_are_spread_and_bounded(void **state)
{
	unsigned int count[10] = { 0 }, i;
	u8 big[5000];

	for (i = 0; i < 10000; i++)
		count[get_random_below(10)]++;
	for (i = 0; i < 10; i++)
		assert_in_range(count[i], 850, 1150);
	assert_int_equal(get_random_below(1), 0);
	assert_int_equal(get_random_below(0), 0);
	get_random_bytes(big, sizeof(big));
	assert_true(get_random_u64() != get_random_u64());
	add_randomness(big, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmdline_finds_words_and_values),
		cmocka_unit_test(cmdline_may_be_empty_or_too_long),
		cmocka_unit_test(printk_keeps_records_and_prints_by_level),
		cmocka_unit_test(the_log_forgets_the_oldest),
		cmocka_unit_test(sysctl_reads_and_checks_what_is_written),
		cmocka_unit_test(chacha20_gives_the_block_of_rfc8439),
		cmocka_unit_test(random_numbers_are_spread_and_bounded),
	};

	return RUN_TESTS("core", tests);
}
