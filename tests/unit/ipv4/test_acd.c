/* SPDX-License-Identifier: MIT */
/* Address conflict detection: leases that are probed before they are bound, addresses of all other origins, what listeners
 * of rtnetlink hear, and what happens meanwhile. RFC 5227, RFC 2131 sections 3.1.5 and 4.4.1. Times and packets are held by
 * tests/packet/rfc5227. */
#include <net/rtnetlink.h>
#include <uapi/sockios.h>

#include "dhcp_unit.h"
#include "netlink_unit.h"

#define STATIC_IP   IP(10, 0, 2, 77)
#define SECOND_IP   IP(10, 0, 2, 78)
#define PROBING_MAX (8 * SECOND) /* PROBE_WAIT, two times PROBE_MAX, ANNOUNCE_WAIT, and a little */

static char shown[8192];

static const char *command(const char *line)
{
	skiff_command(line, shown, sizeof(shown));
	return shown;
}

static const char *address(void)
{
	return command("ip -o addr show eth0");
}

static bool routed(void)
{
	return strstr(command("ip route"), "default via 10.0.2.2 dev eth0") != NULL;
}

/* From DISCOVER to the ACK; what follows is the address's. */
static void lease_is_acked(u32 lease)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type;

	do {
		h = next_message(f, &type, 70 * SECOND);
		assert_non_null(h);
	} while (type != DHCPDISCOVER);
	full_reply(&m, DHCPOFFER, h->xid, OUR_IP, lease);
	answer(&m, true);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST);
	full_reply(&m, DHCPACK, h->xid, OUR_IP, lease);
	answer(&m, true);
}

static void expect_decline(void)
{
	__be32 ours = OUR_IP, server = SERVER;
	const struct dhcphdr *h;
	u8 f[2048], type;

	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPDECLINE);
	assert_int_equal(frame_ip(f)->saddr, 0);
	assert_int_equal(frame_ip(f)->daddr, htonl(0xffffffff));
	assert_int_equal(h->ciaddr, 0);
	assert_memory_equal(option_of(h, DHCP_OPT_REQUESTED_IP), &ours, 4);
	assert_memory_equal(option_of(h, DHCP_OPT_SERVER_ID), &server, 4);
	assert_int_equal(our_address(), 0);
}

/* ---- settings of the command line ---- */

static void settings_of_the_command_line_count_for_devices_that_come(void **state)
{
	assert_string_equal(command("sysctl -n net.ipv4.conf.eth0.accept_dad"), "1\n");
	assert_string_equal(command("sysctl -n net.ipv4.conf.eth0.arp_announce"), "2\n"); /* slashes are dots */
	assert_string_equal(command("sysctl -n net.ipv4.conf.lo.dad_transmits"), "3\n");
	command("dmesg");
	assert_non_null(strstr(shown, "sysctl.net.ipv4.tcp_sack: the value is refused; ignored"));
	assert_non_null(strstr(shown, "sysctl.net.nothing: there is no such setting; ignored"));
	assert_non_null(strstr(shown, "sysctl.net.ipv4.ip_forward: the value is refused; ignored"));
}

/* ---- leases ---- */

static void a_lease_is_bound_when_its_address_was_found_free(void **state)
{
	lease_is_acked(1000);
	assert_non_null(strstr(address(), "10.0.2.15/24 brd 10.0.2.255 scope global tentative dynamic eth0"));
	assert_non_null(strstr(command("dhcp"), "eth0: probing, 10.0.2.15/24"));
	assert_false(routed());
	pass(4 * SECOND); /* two seconds of probes at least, and two after them */
	assert_non_null(strstr(address(), "tentative"));
	pass(PROBING_MAX - 4 * SECOND);
	assert_null(strstr(address(), "tentative"));
	assert_non_null(strstr(command("dhcp"), "eth0: bound, 10.0.2.15/24"));
	assert_true(routed());
	assert_non_null(strstr(command("cat /etc/resolv.conf"), "nameserver 10.0.2.3"));
	drain();
}

static void a_lease_is_probed_again_when_the_link_is_back(void **state)
{
	command("ip link set eth0 down");
	pass(SECOND);
	command("ip link set eth0 up");
	pass(MILLISECOND);
	assert_non_null(strstr(address(), "tentative"));
	assert_false(routed());
	pass(PROBING_MAX);
	assert_null(strstr(address(), "tentative"));
	assert_true(routed());
	command("ip link set eth0 down");
	command("ip link set eth0 up");
	pass(100 * MILLISECOND);
	drain();
	claim(OUR_IP); /* meanwhile another host has taken it */
	expect_decline();
	assert_false(routed());
}

static void a_lease_that_another_host_has_is_declined_and_asked_for_anew(void **state)
{
	u8 f[2048], type;

	lease_is_acked(1000);
	pass(SECOND);
	drain();
	claim(OUR_IP);
	expect_decline();
	assert_null(next_message(f, &type, 9 * SECOND)); /* RFC 2131 section 3.1.5: ten seconds */
	lease_is_acked(1000);
	assert_non_null(strstr(address(), "tentative"));
	pass(PROBING_MAX);
	assert_non_null(strstr(command("dhcp"), "eth0: bound, 10.0.2.15/24"));
	drain();
}

static void a_link_lost_while_probing_begins_with_a_discovery(void **state)
{
	u8 f[2048], type;

	command("dhcp eth0 release");
	command("dhcp eth0");
	lease_is_acked(1000);
	command("ip link set eth0 down");
	pass(MILLISECOND);
	assert_int_equal(our_address(), 0);
	pass(SECOND);
	drain();
	command("ip link set eth0 up");
	assert_non_null(next_message(f, &type, SECOND));
	assert_int_equal(type, DHCPDISCOVER);
	drain();
}

static void an_address_taken_away_while_probing_is_asked_for_anew(void **state)
{
	lease_is_acked(1000);
	command("ip addr del 10.0.2.15/24 dev eth0");
	pass(MILLISECOND);
	assert_int_equal(our_address(), 0);
	lease_is_acked(1000);
	command("dhcp eth0"); /* begins anew, with the address as it is */
	lease_is_acked(1000);
	assert_non_null(strstr(command("dhcp"), "eth0: probing, 10.0.2.15/24"));
	pass(PROBING_MAX);
	assert_non_null(strstr(command("dhcp"), "eth0: bound, 10.0.2.15/24"));
	assert_true(routed());
	command("dhcp eth0 release");
	assert_int_equal(our_address(), 0);
	drain();
}

/* ---- addresses of other origins ---- */

static struct socket *nl;
static const struct nlattr *tb[IFA_MAX + 1];

static int open_nl(void *unused)
{
	nl = nl_open(NETLINK_ROUTE);
	assert_int_equal(nl_bind(nl, 0, RTMGRP_IPV4_IFADDR), 0);
	return 0;
}

/* The flags of the next RTM_NEWADDR that was told; it is of @addr. */
static int told_flags(void *addr)
{
	const struct nlmsghdr *nlh = nl_reply(nl);

	assert_int_equal(nlh->nlmsg_type, RTM_NEWADDR);
	assert_int_equal(nlmsg_parse(nlh, sizeof(struct ifaddrmsg), tb, IFA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	assert_int_equal(nla_get_be32(tb[IFA_LOCAL]), *(__be32 *)addr);
	return (int)nla_get_u32(tb[IFA_FLAGS]);
}

static u32 next_flags(__be32 addr)
{
	return (u32)run_task(told_flags, &addr);
}

static int nothing_told(void *unused)
{
	assert_int_equal(nl_recv(nl, 0), -EAGAIN);
	return 0;
}

static int forget_told(void *unused)
{
	while (nl_recv(nl, 0) >= 0)
		;
	return 0;
}

static void listeners_hear_of_each_state(void **state)
{
	run_task(open_nl, NULL);
	command("ip addr add 10.0.2.77/24 dev eth0");
	assert_int_equal(next_flags(STATIC_IP), IFA_F_TENTATIVE | IFA_F_PERMANENT);
	pass(PROBING_MAX);
	assert_int_equal(next_flags(STATIC_IP), IFA_F_PERMANENT);
	command("ip addr add 10.0.2.78/24 dev eth0");
	assert_int_equal(next_flags(SECOND_IP), IFA_F_TENTATIVE | IFA_F_PERMANENT | IFA_F_SECONDARY);
	pass(SECOND);
	claim(SECOND_IP);
	assert_int_equal(next_flags(SECOND_IP),
			 IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_PERMANENT | IFA_F_SECONDARY);
	run_task(nothing_told, NULL);
	command("ip addr flush dev eth0");
	run_task(forget_told, NULL);
	command("ip addr add 10.0.2.78/24 dev eth0 nodad");
	assert_int_equal(next_flags(SECOND_IP), IFA_F_NODAD | IFA_F_PERMANENT);
	command("ip addr flush dev eth0");
	run_task(forget_told, NULL);
}

/* What a program says of these flags is not believed: they are the kernel's. */
static int asks_for_flags(void *unused)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 2 };
	__be32 addr = STATIC_IP;
	struct socket *s = nl_open(NETLINK_ROUTE);

	nl_begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	nl_attr(IFA_LOCAL, &addr, 4);
	nl_attr_u32(IFA_FLAGS, IFA_F_NODAD | IFA_F_TENTATIVE | IFA_F_DADFAILED);
	assert_int_equal(nl_call(s), 0);
	sock_release(s);
	return 0;
}

static void flags_of_the_kernel_are_not_taken_from_programs(void **state)
{
	run_task(asks_for_flags, NULL);
	assert_int_equal(next_flags(STATIC_IP), IFA_F_NODAD | IFA_F_PERMANENT);
	command("ip addr flush dev eth0");
	run_task(forget_told, NULL);
}

/* The subnet's route is the primary address's: where that is another host's, the secondary is the primary. */
static void a_secondary_address_takes_the_place_of_one_that_is_taken(void **state)
{
	command("ip addr add 10.0.2.77/24 dev eth0");
	command("ip addr add 10.0.2.78/24 dev eth0");
	pass(100 * MILLISECOND);
	claim(STATIC_IP);
	assert_non_null(strstr(address(), "10.0.2.77/24 scope global secondary dadfailed tentative"));
	pass(PROBING_MAX);
	assert_non_null(strstr(address(), "10.0.2.78/24 scope global eth0"));
	assert_non_null(strstr(command("ip route"), "10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.78"));
	assert_null(strstr(command("ip route show table all"), "10.0.2.77"));
	command("ip addr del 10.0.2.77/24 dev eth0");
	assert_non_null(strstr(command("ip route"), "10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.78"));
	command("ip addr flush dev eth0");
	assert_string_equal(command("ip route"), "");
}

static void set_by(unsigned int cmd, __be32 value)
{
	struct ifreq ifr = { .ifr_name = "eth0" };
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = value;
	assert_int_equal(devinet_ioctl(&init_net, cmd, &ifr), 0);
}

IN_TASK(ioctls_set_address_and_mask)
{
	set_by(SIOCSIFADDR, STATIC_IP);
	set_by(SIOCSIFNETMASK, htonl(0xffffff00));
	return 0;
}

IN_TASK(an_ioctl_changes_the_mask)
{
	set_by(SIOCSIFNETMASK, htonl(0xffff0000));
	return 0;
}

IN_TASK(an_ioctl_changes_the_address)
{
	set_by(SIOCSIFADDR, SECOND_IP);
	return 0;
}

static void ioctls_begin_probing_once_for_an_address(void **state)
{
	ioctls_set_address_and_mask(state);
	assert_non_null(strstr(address(), "10.0.2.77/24 brd 10.0.2.255 scope global tentative"));
	pass(PROBING_MAX);
	assert_null(strstr(address(), "tentative"));
	an_ioctl_changes_the_mask(state); /* it is ours, whatever its netmask */
	assert_non_null(strstr(address(), "10.0.2.77/16 brd 10.0.255.255 scope global eth0"));
	assert_non_null(strstr(address(), "valid_lft forever preferred_lft forever"));
	an_ioctl_changes_the_address(state);
	assert_non_null(strstr(address(), "10.0.2.78/8 brd 10.255.255.255 scope global tentative"));
	command("ip addr flush dev eth0");
	run_task(forget_told, NULL);
}

static void probing_that_is_no_longer_wanted_ends_with_the_link(void **state)
{
	command("ip link set eth0 down");
	command("ip addr add 10.0.2.77/24 dev eth0");
	pass(60 * SECOND);
	assert_non_null(strstr(address(), "tentative")); /* there is nobody to ask */
	command("sysctl net.ipv4.conf.eth0.accept_dad=0");
	command("ip link set eth0 up");
	assert_null(strstr(address(), "tentative"));
	assert_non_null(strstr(command("ip route"), "10.0.2.0/24 dev eth0"));
	command("ip addr flush dev eth0");
	command("sysctl net.ipv4.conf.all.accept_dad=1"); /* what all say counts for each */
	command("ip addr add 10.0.2.77/24 dev eth0");
	assert_non_null(strstr(address(), "tentative"));
	command("ip addr flush dev eth0");
	command("sysctl net.ipv4.conf.all.accept_dad=0");
	command("sysctl net.ipv4.conf.eth0.accept_dad=1");
	command("ip addr add 127.0.0.9/8 dev lo"); /* nobody is on it but we */
	assert_null(strstr(command("ip addr show lo"), "tentative"));
	run_task(forget_told, NULL);
	drain();
}

/* ---- the end of what is being probed ---- */

IN_TASK(a_namespace_ends_while_its_address_is_probed)
{
	struct net *net = net_create();
	struct net_device *dev;

	assert_false(IS_ERR(net));
	net->ipv4.devconf_dflt->accept_dad = net->ipv4.devconf_all->accept_dad = 1;
	rtnl_lock();
	dev = net->loopback_dev;
	assert_int_equal(dev_change_flags(dev, dev->flags | IFF_UP), 0);
	dev->flags &= (unsigned short)~IFF_LOOPBACK; /* as if it had neighbours */
	assert_int_equal(inet_set_address(dev, STATIC_IP, 24, 0, INFINITY_LIFE_TIME), 0);
	assert_false(inet_ifa_usable(inet_find_address(dev, STATIC_IP)));
	dev->flags |= IFF_LOOPBACK;
	rtnl_unlock();
	net_destroy(net);
	return 0;
}

static void a_device_goes_while_its_address_is_probed(void **state)
{
	command("ip link add link eth0 name eth0.7 type vlan id 7");
	command("ip link set eth0.7 up");
	command("ip addr add 10.7.0.1/24 dev eth0.7");
	assert_non_null(strstr(command("ip addr show eth0.7"), "tentative"));
	pass(SECOND);
	command("ip link del eth0.7");
	pass(PROBING_MAX);
	drain();
}

static int boot_with_probing(void **state)
{
	return boot_ipv4("sysctl.net.ipv4.conf.default.accept_dad=1 sysctl.net/ipv4/conf/default/arp_announce=2 "
			 "sysctl.net.ipv4.tcp_sack=no sysctl.net.nothing=1 sysctl.net.ipv4.ip_forward");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_of_the_command_line_count_for_devices_that_come),
		/* in this order: one client's life */
		cmocka_unit_test(a_lease_is_bound_when_its_address_was_found_free),
		cmocka_unit_test(a_lease_is_probed_again_when_the_link_is_back),
		cmocka_unit_test(a_lease_that_another_host_has_is_declined_and_asked_for_anew),
		cmocka_unit_test(a_link_lost_while_probing_begins_with_a_discovery),
		cmocka_unit_test(an_address_taken_away_while_probing_is_asked_for_anew),
		cmocka_unit_test(listeners_hear_of_each_state),
		cmocka_unit_test(flags_of_the_kernel_are_not_taken_from_programs),
		cmocka_unit_test(a_secondary_address_takes_the_place_of_one_that_is_taken),
		cmocka_unit_test(ioctls_begin_probing_once_for_an_address),
		cmocka_unit_test(probing_that_is_no_longer_wanted_ends_with_the_link),
		cmocka_unit_test(a_namespace_ends_while_its_address_is_probed),
		cmocka_unit_test(a_device_goes_while_its_address_is_probed),
	};

	return cmocka_run_group_tests_name("acd", tests, boot_with_probing, end_ipv4);
}
