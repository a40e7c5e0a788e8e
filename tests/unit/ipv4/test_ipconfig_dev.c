/* SPDX-License-Identifier: MIT */
/* ip= for chosen devices: an address for the second card alone, and DHCP over a VLAN. */
#include <net/dhcp.h>
#include <net/net.h>

#include "ipv4_unit.h"

#define VLAN_ID	    5
#define VLAN_IP	    IP(10, 5, 0, 9)
#define VLAN_SERVER IP(10, 5, 0, 1)

static struct skiff_port *second;

static __be32 address_of(const char *name)
{
	struct net_device *dev = __dev_get_by_name(&init_net, name);
	struct in_device *in_dev = dev ? __in_dev_get(dev) : NULL;

	return in_dev && in_dev->ifa_list ? in_dev->ifa_list->ifa_local : 0;
}

static void only_the_chosen_device_is_configured(void **state)
{
	static const u8 mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x57 };
	u8 f[2048];

	pass(10 * SECOND);
	assert_int_equal(address_of("eth0"), 0);
	assert_int_equal(take(f, sizeof(f)), 0); /* nobody asks for an address here */
	second = skiff_port_new("eth1", mac, 1500);
	assert_non_null(second);
	pass(SECOND);
	assert_int_equal(address_of("eth1"), OUR_IP);
	assert_int_equal(address_of("eth0"), 0);
}

/* The next DHCP message in the VLAN; NULL: none within 70 s. Whatever leaves without its tag is no such message. */
static const struct dhcphdr *next_tagged(u8 *f, u8 *type)
{
	u64 end = skiff_now() + 70 * SECOND;

	for (; skiff_now() < end; pass(10 * MILLISECOND)) {
		while (take(f, 2048) > 46 + sizeof(struct dhcphdr)) {
			if (f[12] != 0x81 || f[13] || f[15] != VLAN_ID || f[16] != 8 || f[18 + 9] != IPPROTO_UDP)
				continue;
			*type = f[46 + sizeof(struct dhcphdr) + 2];
			return (const struct dhcphdr *)(f + 46);
		}
	}
	return NULL;
}

static void answer(u8 type, __be32 xid)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const u8 options[] = { DHCP_OPT_SERVER_ID, 4, 10, 5, 0, 1, DHCP_OPT_SUBNET_MASK, 4, 255, 255, 255, 0,
				      DHCP_OPT_LEASE_TIME, 4, 0, 0, 16, 0, DHCP_OPT_END };
	u8 m[sizeof(struct dhcphdr) + 3 + sizeof(options)] = { 0 }, f[1500], *o = m + sizeof(struct dhcphdr);
	struct dhcphdr *h = (struct dhcphdr *)m;
	size_t n;

	*h = (struct dhcphdr){ .op = BOOTREPLY, .htype = 1, .hlen = 6, .xid = xid, .yiaddr = VLAN_IP,
			       .magic = htonl(DHCP_MAGIC) };
	memcpy(h->chaddr, our_mac, 6);
	o[0] = DHCP_OPT_MESSAGE_TYPE;
	o[1] = 1;
	o[2] = type;
	memcpy(o + 3, options, sizeof(options));
	n = udp_frame(f, all, VLAN_SERVER, htonl(0xffffffff), DHCP_SERVER_PORT, DHCP_CLIENT_PORT, m, sizeof(m));
	memmove(f + 16, f + 12, n - 12);
	memcpy(f + 12, (const u8[]){ 0x81, 0, 0, VLAN_ID }, 4);
	give(f, n + 4);
}

static void an_address_is_leased_over_a_vlan(void **state)
{
	const struct dhcphdr *h;
	u8 f[2048], type;
	char out[256];

	skiff_command("ip link add link eth0 name eth0.5 type vlan id 5", out, sizeof(out));
	assert_string_equal(out, "");
	skiff_command("ip link set eth0.5 up", out, sizeof(out));
	assert_string_equal(out, "");
	h = next_tagged(f, &type);
	assert_non_null(h);
	assert_int_equal(type, DHCPDISCOVER);
	assert_memory_equal(h->chaddr, our_mac, 6);
	answer(DHCPOFFER, h->xid);
	h = next_tagged(f, &type);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST);
	answer(DHCPACK, h->xid);
	assert_int_equal(address_of("eth0.5"), VLAN_IP);
	assert_int_equal(address_of("eth0"), 0);
	assert_int_equal(address_of("eth1"), OUR_IP);
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth1:off ip=:::::eth0.5:dhcp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_chosen_device_is_configured),
		cmocka_unit_test(an_address_is_leased_over_a_vlan),
	};

	return cmocka_run_group_tests_name("ipconfig_dev", tests, set_up, end_ipv4);
}
