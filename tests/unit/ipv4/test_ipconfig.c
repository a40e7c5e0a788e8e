/* SPDX-License-Identifier: MIT */
/* The ip= option: every form of Linux's, and what is refused with which words. */
#include <net/dhcp.h>

#include "ipv4_unit.h"

static const char *parse(const char *text, struct ipconfig_entry *e)
{
	static char copy[512];
	const char *field;

	strscpy(copy, text, sizeof(copy));
	return ipconfig_parse(copy, e, &field);
}

static void single_words(void **state)
{
	struct ipconfig_entry e;

	assert_null(parse("dhcp", &e));
	assert_int_equal(e.mode, IPCONFIG_DHCP);
	assert_null(parse("off", &e));
	assert_int_equal(e.mode, IPCONFIG_OFF);
	assert_null(parse("none", &e));
	assert_int_equal(e.mode, IPCONFIG_OFF);
	assert_null(parse("any", &e));
	assert_int_equal(e.mode, IPCONFIG_DHCP);
	assert_null(parse("", &e));
	assert_int_equal(e.mode, IPCONFIG_OFF);
}

static void whole_form(void **state)
{
	struct ipconfig_entry e;

	assert_null(
		parse("10.0.2.77::10.0.2.2:255.255.255.0:skiff:eth1:off:10.0.2.3:10.0.2.4", &e));
	assert_int_equal(e.mode, IPCONFIG_STATIC);
	assert_int_equal(e.client, IP(10, 0, 2, 77));
	assert_int_equal(e.gateway, IP(10, 0, 2, 2));
	assert_int_equal(e.mask, htonl(0xffffff00));
	assert_string_equal(e.hostname, "skiff");
	assert_string_equal(e.device, "eth1");
	assert_int_equal(e.dns[0], IP(10, 0, 2, 3));
	assert_int_equal(e.dns[1], IP(10, 0, 2, 4));
}

static void the_host_name_ends_at_its_first_dot(void **state)
{
	struct ipconfig_entry e;

	assert_null(parse("::::alpha.example.org:eth0:dhcp:1.1.1.1", &e));
	assert_int_equal(e.mode, IPCONFIG_DHCP);
	assert_string_equal(e.hostname, "alpha");
	assert_string_equal(e.domain, "example.org");
	assert_int_equal(e.dns[0], IP(1, 1, 1, 1));
	assert_null(parse("::::alpha::off", &e));
	assert_int_equal(e.mode, IPCONFIG_OFF);
	assert_string_equal(e.hostname, "alpha");
	assert_string_equal(e.domain, "");
}

static void short_forms_take_the_class_mask(void **state)
{
	struct ipconfig_entry e;

	assert_null(parse("10.0.2.77::10.0.2.2", &e));
	assert_int_equal(e.mask, htonl(0xff000000));
	assert_null(parse("192.168.1.1:", &e));
	assert_int_equal(e.mask, htonl(0xffffff00));
	assert_null(parse("172.16.1.1", &e));
	assert_int_equal(e.mask, htonl(0xffff0000));
}

static void empty_fields_mean_dhcp_for_the_device(void **state)
{
	struct ipconfig_entry e;

	assert_null(parse(":::::eth0:dhcp", &e));
	assert_int_equal(e.mode, IPCONFIG_DHCP);
	assert_string_equal(e.device, "eth0");
	assert_null(parse(":::::eth0:off", &e));
	assert_int_equal(e.mode, IPCONFIG_OFF);
	assert_null(parse(":::::", &e));
	assert_int_equal(e.mode, IPCONFIG_DHCP);
}

static void malformed_forms_are_refused(void **state)
{
	static const char *const wrong[] = {
		"999.1.1.1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.4x",
		"dhcp:dhcp",
		"nonsense",
		"10.0.2.77::10.0.2.2:255.0.255.0",
		"10.0.2.77:::::eth0:maybe",
		"224.0.0.1:",
		":::255.0.255.0::eth0:dhcp",
		"0.1.2.3:",
		"10.0.0.1:::::aDeviceNameThatIsTooLong",
		"1:1:1:1:1:1:1:1:1:1:1:1:1:1",
		"10.0.0.1::::::::::::::",
		"0001.2.3.4",
	};
	struct ipconfig_entry e;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		if (!parse(wrong[i], &e))
			fail_msg("ip=%s is let pass", wrong[i]);
	assert_string_equal(parse("bootp", &e), "BOOTP and RARP are not offered; dhcp is");
	assert_string_equal(parse(":::::eth0:rarp", &e), "BOOTP and RARP are not offered; dhcp is");
	assert_string_equal(parse("dchp", &e), "not off, none, on, any, dhcp or both");
}

static void dotted_quads(void **state)
{
	__be32 a;

	assert_true(in4_pton("255.255.255.255", &a));
	assert_int_equal(a, 0xffffffff);
	assert_true(in4_pton("0.0.0.0", &a));
	assert_false(in4_pton("", &a));
	assert_false(in4_pton("1..2.3", &a));
	assert_false(in4_pton("256.0.0.1", &a));
	assert_false(in4_pton("1.2.3.4 ", &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_words),
		cmocka_unit_test(whole_form),
		cmocka_unit_test(the_host_name_ends_at_its_first_dot),
		cmocka_unit_test(short_forms_take_the_class_mask),
		cmocka_unit_test(empty_fields_mean_dhcp_for_the_device),
		cmocka_unit_test(malformed_forms_are_refused),
		cmocka_unit_test(dotted_quads),
	};

	return cmocka_run_group_tests_name("ipconfig", tests, NULL, NULL);
}
