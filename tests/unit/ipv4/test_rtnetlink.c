/* SPDX-License-Identifier: MIT */
/* rtnetlink's links and IPv4 addresses: dumps, changes, what is refused, and what listeners hear.
 * rtnetlink(7). */
#include <net/neighbour.h>
#include <net/rtnetlink.h>

#include "ipv4_unit.h"
#include "netlink_unit.h"

#define ETH0 2 /* the port's index; lo is 1 */

static struct socket *nl;
static const struct nlattr *tb[64];

static const struct ifinfomsg eth0_link = { .ifi_index = ETH0 };
static const struct ifinfomsg any_link;

static int open_nl(void *unused)
{
	nl = nl_open(NETLINK_ROUTE);
	return 0;
}

static int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	return run_task(open_nl, NULL);
}

static void link_attrs(const struct nlmsghdr *nlh)
{
	assert_int_equal(nlmsg_parse(nlh, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL,
				     NL_VALIDATE_LIBERAL, NULL),
			 0);
}

static void addr_attrs(const struct nlmsghdr *nlh)
{
	assert_int_equal(nlmsg_parse(nlh, sizeof(struct ifaddrmsg), tb, IFA_MAX, NULL,
				     NL_VALIDATE_LIBERAL, NULL),
			 0);
}

/* ---- links ---- */

static void note_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifm = nlmsg_data(nlh);
	unsigned int *seen = arg;

	assert_int_equal(nlh->nlmsg_type, RTM_NEWLINK);
	link_attrs(nlh);
	*seen |= 1u << ifm->ifi_index;
	assert_string_equal((char *)nla_data(tb[IFLA_IFNAME]), ifm->ifi_index == 1 ? "lo" : "eth0");
	assert_int_equal(nla_get_u32(tb[IFLA_MTU]), ifm->ifi_index == 1 ? 65536 : 1500);
	assert_int_equal(nla_len(tb[IFLA_STATS64]), sizeof(struct rtnl_link_stats64));
}

IN_TASK(links_are_dumped)
{
	unsigned int seen = 0;

	nl_begin(RTM_GETLINK, 0, &any_link, sizeof(any_link));
	assert_int_equal(nl_dump(nl, note_link, &seen), 2);
	assert_int_equal(seen, 1 << 1 | 1 << ETH0);
	return 0;
}

IN_TASK(one_link_is_got_by_index_or_name)
{
	nl_begin(RTM_GETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0);
	link_attrs(nl_reply(nl));
	assert_memory_equal(nla_data(tb[IFLA_ADDRESS]), our_mac, 6);
	assert_int_equal(*(u8 *)nla_data(tb[IFLA_OPERSTATE]), IF_OPER_UP);
	nl_begin(RTM_GETLINK, 0, &any_link, sizeof(any_link));
	nl_attr(IFLA_IFNAME, "eth0", 5);
	nl_attr_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0);
	link_attrs(nl_reply(nl));
	assert_null(tb[IFLA_STATS64]);
	nl_begin(RTM_GETLINK, 0, &any_link, sizeof(any_link));
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_attr(IFLA_IFNAME, "eth9", 5);
	assert_int_equal(nl_call(nl), -ENODEV);
	nl_begin(RTM_GETLINK, 0, &any_link, 8); /* half a header */
	assert_int_equal(nl_call(nl), -EINVAL);
	return 0;
}

IN_TASK(a_link_is_set_and_listeners_hear_of_it)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);
	struct ifinfomsg down = { .ifi_index = ETH0, .ifi_change = IFF_UP };
	struct ifinfomsg up = { .ifi_index = ETH0, .ifi_change = IFF_UP, .ifi_flags = IFF_UP };
	const struct nlmsghdr *nlh;

	nl_bind(listener, 0, RTMGRP_LINK);
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr_u32(IFLA_MTU, 1400);
	assert_int_equal(nl_call(nl), 0);
	nlh = nl_reply(listener);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWLINK);
	link_attrs(nlh);
	assert_int_equal(nla_get_u32(tb[IFLA_MTU]), 1400);
	nl_begin(RTM_NEWLINK, 0, &down, sizeof(down));
	assert_int_equal(nl_call(nl), 0);
	nlh = nl_reply(listener);
	assert_false(((struct ifinfomsg *)nlmsg_data(nlh))->ifi_flags & IFF_UP);
	nl_begin(RTM_SETLINK, 0, &up, sizeof(up));
	nl_attr_u32(IFLA_MTU, 1500);
	assert_int_equal(nl_call(nl), 0);
	sock_release(listener);
	return 0;
}

IN_TASK(what_a_link_cannot_be_is_refused_in_words)
{
	nl_set(nl, NETLINK_EXT_ACK, 1);
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr_u32(IFLA_MTU, 60);
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr(IFLA_MTU, "x", 1);
	assert_int_equal(nl_call(nl), -ERANGE);
	assert_true(((struct nlmsghdr *)reply)->nlmsg_flags & NLM_F_ACK_TLVS);
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr_u32(IFLA_MASTER, 1);
	assert_int_equal(nl_call(nl), -EOPNOTSUPP);
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr(IFLA_IFNAME, "eth1", 5);
	assert_int_equal(nl_call(nl), -EBUSY); /* it is up */
	nl_begin(RTM_SETLINK, 0, &eth0_link, sizeof(eth0_link));
	nl_attr(IFLA_ADDRESS, "abc", 3);
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_begin(RTM_DELLINK, 0, &eth0_link, sizeof(eth0_link));
	assert_int_equal(nl_call(nl), -EOPNOTSUPP);
	nl_begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &eth0_link, sizeof(eth0_link));
	assert_int_equal(nl_call(nl), -EEXIST);
	nl_begin(RTM_NEWLINK, NLM_F_CREATE, &any_link, sizeof(any_link));
	nl_attr(IFLA_IFNAME, "new0", 5);
	assert_int_equal(nl_call(nl), -EOPNOTSUPP);
	nl_begin(RTM_NEWLINK, 0, &any_link, sizeof(any_link));
	nl_attr(IFLA_IFNAME, "new0", 5);
	assert_int_equal(nl_call(nl), -ENODEV);
	nl_set(nl, NETLINK_EXT_ACK, 0);
	return 0;
}

/* ---- addresses ---- */

static int change_addr(u16 type, u16 flags, __be32 local, u8 prefixlen)
{
	const struct ifaddrmsg ifm = { .ifa_family = AF_INET,
				       .ifa_prefixlen = prefixlen,
				       .ifa_index = ETH0 };

	nl_begin(type, flags, &ifm, sizeof(ifm));
	nl_attr_u32(IFA_LOCAL, local);
	nl_attr_u32(IFA_ADDRESS, local);
	return nl_call(nl);
}

static void count_addr(const struct nlmsghdr *nlh, void *arg)
{
	__be32 *want = arg;

	assert_int_equal(nlh->nlmsg_type, RTM_NEWADDR);
	addr_attrs(nlh);
	if (nla_get_be32(tb[IFA_LOCAL]) == *want)
		*want = 0;
}

static bool has_addr(__be32 want)
{
	const struct ifaddrmsg ifm = { .ifa_family = AF_INET };

	nl_begin(RTM_GETADDR, 0, &ifm, sizeof(ifm));
	assert_true(nl_dump(nl, count_addr, &want) > 0);
	return !want;
}

IN_TASK(addresses_come_and_go_and_listeners_hear_of_it)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);
	__be32 addr = IP(192, 0, 2, 1);
	const struct nlmsghdr *nlh;

	nl_bind(listener, 0, RTMGRP_IPV4_IFADDR);
	assert_true(has_addr(OUR_IP));
	assert_int_equal(change_addr(RTM_NEWADDR, NLM_F_CREATE, addr, 24), 0);
	nlh = nl_reply(listener);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWADDR);
	addr_attrs(nlh);
	assert_int_equal(nla_get_be32(tb[IFA_LOCAL]), addr);
	assert_string_equal((char *)nla_data(tb[IFA_LABEL]), "eth0");
	assert_true(nla_get_u32(tb[IFA_FLAGS]) & IFA_F_PERMANENT);
	assert_true(has_addr(addr));
	assert_int_equal(change_addr(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, addr, 24), -EEXIST);
	assert_int_equal(change_addr(RTM_DELADDR, 0, addr, 25), -EADDRNOTAVAIL);
	assert_int_equal(change_addr(RTM_DELADDR, 0, addr, 24), 0);
	assert_int_equal(nl_reply(listener)->nlmsg_type, RTM_DELADDR);
	assert_false(has_addr(addr));
	sock_release(listener);
	return 0;
}

IN_TASK(malformed_addresses_are_refused)
{
	struct ifaddrmsg ifm = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 99 };

	assert_int_equal(change_addr(RTM_NEWADDR, NLM_F_CREATE, OUR_IP, 33), -EINVAL);
	nl_begin(RTM_NEWADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_call(nl), -EINVAL); /* which address? */
	nl_attr_u32(IFA_LOCAL, OUR_IP);
	assert_int_equal(nl_call(nl), -ENODEV);
	nl_begin(RTM_DELADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_call(nl), -ENODEV);
	nl_begin(RTM_NEWADDR, 0, &ifm, 4);
	assert_int_equal(nl_call(nl), -EINVAL);
	ifm.ifa_index = ETH0;
	nl_begin(RTM_NEWADDR, 0, &ifm, sizeof(ifm));
	nl_attr(IFA_LOCAL, "abc", 3);
	assert_int_equal(nl_call(nl), -ERANGE);
	nl_begin(RTM_GETADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_call(nl), -EOPNOTSUPP); /* IPv4 dumps them only */
	return 0;
}

static void note_device(const struct nlmsghdr *nlh, void *arg)
{
	assert_int_equal(((struct ifaddrmsg *)nlmsg_data(nlh))->ifa_index, *(u32 *)arg);
	assert_true(nlh->nlmsg_flags & NLM_F_DUMP_FILTERED);
}

IN_TASK(a_strict_dump_is_held_to_its_header)
{
	struct ifaddrmsg ifm = { .ifa_family = AF_INET, .ifa_index = 1 };
	u32 want = 1;

	nl_set(nl, NETLINK_GET_STRICT_CHK, 1);
	nl_begin(RTM_GETADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_dump(nl, note_device, &want), 1);
	ifm.ifa_prefixlen = 8;
	nl_begin(RTM_GETADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_dump(nl, NULL, NULL), -EINVAL);
	ifm.ifa_prefixlen = 0;
	ifm.ifa_index = 99;
	nl_begin(RTM_GETADDR, 0, &ifm, sizeof(ifm));
	assert_int_equal(nl_dump(nl, NULL, NULL), -ENODEV);
	nl_begin(RTM_GETLINK, 0, &eth0_link, sizeof(eth0_link));
	assert_int_equal(nl_dump(nl, NULL, NULL), -EINVAL);
	nl_set(nl, NETLINK_GET_STRICT_CHK, 0);
	return 0;
}

/* As musl's getifaddrs and iproute2 ask; a family that is not there is all of them, as in Linux. */
IN_TASK(a_dump_of_no_family_tells_of_every_family)
{
	static const u16 types[] = { RTM_GETADDR, RTM_GETROUTE, RTM_GETRULE };
	struct rtmsg any = { 0 }, ipv4 = { .rtm_family = AF_INET }, ipv6 = { .rtm_family = AF_INET6 };
	unsigned int i;
	int n;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		nl_begin(types[i], 0, &ipv4, sizeof(ipv4));
		n = nl_dump(nl, NULL, NULL);
		assert_true(n > 1);
		nl_begin(types[i], 0, &any, sizeof(any));
		assert_int_equal(nl_dump(nl, NULL, NULL), n);
		nl_begin(types[i], 0, &ipv6, sizeof(ipv6));
		assert_int_equal(nl_dump(nl, NULL, NULL), n);
	}
	nl_begin(RTM_GETADDR, 0, &any, sizeof(any));
	assert_int_equal(nl_call(nl), -EOPNOTSUPP); /* one alone has a family */
	return 0;
}

static int give_lifetime(u16 flags, __be32 addr, u32 valid, u32 preferred)
{
	const struct ifaddrmsg ifm = { .ifa_family = AF_INET,
				       .ifa_prefixlen = 24,
				       .ifa_index = ETH0 };
	const struct ifa_cacheinfo ci = { .ifa_valid = valid, .ifa_prefered = preferred };

	nl_begin(RTM_NEWADDR, flags, &ifm, sizeof(ifm));
	nl_attr_u32(IFA_LOCAL, addr);
	nl_attr(IFA_CACHEINFO, &ci, sizeof(ci));
	return nl_call(nl);
}

IN_TASK(an_address_is_deprecated_and_ends_when_its_lifetimes_say)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);
	__be32 addr = IP(198, 51, 100, 1);

	nl_bind(listener, 0, RTMGRP_IPV4_IFADDR);
	assert_int_equal(give_lifetime(NLM_F_CREATE, addr, 0, 0), -EINVAL);
	assert_int_equal(give_lifetime(NLM_F_CREATE, addr, 10, 20), -EINVAL);
	assert_int_equal(give_lifetime(NLM_F_CREATE, addr, 20, 10), 0);
	addr_attrs(nl_reply(listener));
	assert_false(nla_get_u32(tb[IFA_FLAGS]) & (IFA_F_PERMANENT | IFA_F_DEPRECATED));
	msleep(9000);
	assert_int_equal(nl_recv(listener, 0), -EAGAIN);
	msleep(2000);
	addr_attrs(nl_reply(listener));
	assert_true(nla_get_u32(tb[IFA_FLAGS]) & IFA_F_DEPRECATED);
	assert_int_equal(give_lifetime(NLM_F_REPLACE, addr, 30, 25), 0); /* from now on */
	addr_attrs(nl_reply(listener));
	assert_false(nla_get_u32(tb[IFA_FLAGS]) & IFA_F_DEPRECATED);
	msleep(29000);
	assert_true(has_addr(addr));
	msleep(2000);
	assert_false(has_addr(addr));
	sock_release(listener);
	return 0;
}

/* ---- neighbours ---- */

static int change_neigh(u16 type, u16 flags, __be32 dst, u16 nud, u8 ntf, const u8 *mac)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET, .ndm_ifindex = ETH0, .ndm_state = nud, .ndm_flags = ntf
	};

	nl_begin(type, flags, &ndm, sizeof(ndm));
	nl_attr_u32(NDA_DST, dst);
	if (mac)
		nl_attr(NDA_LLADDR, mac, 6);
	return nl_call(nl);
}

struct wanted {
	__be32 dst;
	u8 flags;
	int found, state;
};

static void look_for_neigh(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = nlmsg_data(nlh);
	struct wanted *w = arg;

	assert_int_equal(nlh->nlmsg_type, RTM_NEWNEIGH);
	assert_int_equal(
		nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	if (nla_get_be32(tb[NDA_DST]) != w->dst)
		return;
	assert_int_equal(ndm->ndm_flags, w->flags);
	w->found++;
	w->state = ndm->ndm_state;
}

static struct wanted find_neigh(__be32 dst, u8 flags)
{
	const struct ndmsg ndm = { .ndm_family = AF_INET, .ndm_flags = flags };
	struct wanted w = { .dst = dst, .flags = flags };

	nl_begin(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	assert_true(nl_dump(nl, look_for_neigh, &w) >= 0);
	return w;
}

IN_TASK(neighbours_come_and_go_and_listeners_hear_of_it)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);
	__be32 dst = IP(10, 0, 2, 77);

	nl_bind(listener, 0, RTMGRP_NEIGH);
	assert_int_equal(change_neigh(RTM_NEWNEIGH, 0, dst, NUD_PERMANENT, 0, peer_mac), -ENOENT);
	assert_int_equal(change_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dst, NUD_PERMANENT, 0, peer_mac),
			 0);
	assert_int_equal(nl_reply(listener)->nlmsg_type, RTM_NEWNEIGH);
	assert_int_equal(change_neigh(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, dst, NUD_PERMANENT,
				      0, peer_mac),
			 -EEXIST);
	assert_int_equal(find_neigh(dst, 0).state, NUD_PERMANENT);
	assert_int_equal(change_neigh(RTM_DELNEIGH, 0, dst, 0, 0, NULL), 0);
	assert_int_equal(nl_reply(listener)->nlmsg_type,
			 RTM_NEWNEIGH); /* it has failed, and goes */
	assert_int_equal(nl_reply(listener)->nlmsg_type, RTM_DELNEIGH);
	assert_int_equal(change_neigh(RTM_DELNEIGH, 0, dst, 0, 0, NULL), -ENOENT);
	assert_int_equal(find_neigh(dst, 0).found, 0);
	sock_release(listener);
	return 0;
}

IN_TASK(malformed_neighbours_are_refused)
{
	struct ndmsg ndm = { .ndm_family = AF_INET, .ndm_ifindex = 99, .ndm_state = NUD_PERMANENT };

	nl_begin(RTM_NEWNEIGH, NLM_F_CREATE, &ndm, sizeof(ndm));
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_attr_u32(NDA_DST, PEER_IP);
	assert_int_equal(nl_call(nl), -ENODEV);
	ndm.ndm_ifindex = 0;
	nl_begin(RTM_NEWNEIGH, NLM_F_CREATE, &ndm, sizeof(ndm));
	nl_attr_u32(NDA_DST, PEER_IP);
	assert_int_equal(nl_call(nl), -EINVAL); /* on which device? */
	ndm.ndm_ifindex = ETH0;
	nl_begin(RTM_NEWNEIGH, NLM_F_CREATE, &ndm, sizeof(ndm));
	nl_attr(NDA_DST, "abc", 3);
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_begin(RTM_NEWNEIGH, NLM_F_CREATE, &ndm, sizeof(ndm));
	nl_attr_u32(NDA_DST, PEER_IP);
	nl_attr(NDA_LLADDR, "abc", 3);
	assert_int_equal(nl_call(nl), -EINVAL);
	ndm.ndm_family = AF_INET6;
	nl_begin(RTM_NEWNEIGH, NLM_F_CREATE, &ndm, sizeof(ndm));
	nl_attr_u32(NDA_DST, PEER_IP);
	assert_int_equal(nl_call(nl), -EAFNOSUPPORT);
	return 0;
}

IN_TASK(what_arp_learns_is_told)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);
	__be32 dst = IP(10, 0, 2, 78);

	assert_int_equal(change_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dst, NUD_STALE, 0, peer_mac), 0);
	nl_bind(listener, 0, RTMGRP_NEIGH);
	assert_int_equal(change_neigh(RTM_NEWNEIGH, 0, dst, 0, NTF_USE, NULL),
			 0); /* it is used: STALE, DELAY, PROBE, FAILED */
	msleep(30000);
	nl_reply(listener);
	assert_int_equal(((struct ndmsg *)nlmsg_data((struct nlmsghdr *)reply))->ndm_state,
			 NUD_PROBE);
	nl_reply(listener);
	assert_int_equal(((struct ndmsg *)nlmsg_data((struct nlmsghdr *)reply))->ndm_state,
			 NUD_FAILED);
	assert_int_equal(change_neigh(RTM_DELNEIGH, 0, dst, 0, 0, NULL), 0);
	sock_release(listener);
	return 0;
}

IN_TASK(proxies_are_kept_apart)
{
	__be32 dst = IP(192, 0, 2, 9);

	assert_int_equal(change_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dst, 0, NTF_PROXY, NULL), 0);
	assert_int_equal(change_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dst, 0, NTF_PROXY, NULL), 0);
	assert_int_equal(find_neigh(dst, NTF_PROXY).found, 1);
	assert_int_equal(find_neigh(dst, 0).found, 0);
	assert_int_equal(change_neigh(RTM_DELNEIGH, 0, dst, 0, NTF_PROXY, NULL), 0);
	assert_int_equal(change_neigh(RTM_DELNEIGH, 0, dst, 0, NTF_PROXY, NULL), -ENOENT);
	assert_int_equal(find_neigh(dst, NTF_PROXY).found, 0);
	return 0;
}

static int add_many(int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (change_neigh(RTM_NEWNEIGH, NLM_F_CREATE, IP(10, 0, 2, 100 + i), NUD_PERMANENT,
				 0, peer_mac))
			return -1;
	return 0;
}

IN_TASK(a_dump_of_many_tells_each_once)
{
	const struct ndmsg ndm = { .ndm_family = AF_INET };
	int i;

	assert_int_equal(add_many(100), 0);
	nl_begin(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	assert_int_equal(nl_dump(nl, NULL, NULL), 100);
	for (i = 0; i < 100; i++)
		assert_int_equal(find_neigh(IP(10, 0, 2, 100 + i), 0).found, 1);
	for (i = 0; i < 100; i++)
		assert_int_equal(change_neigh(RTM_DELNEIGH, 0, IP(10, 0, 2, 100 + i), 0, 0, NULL),
				 0);
	return 0;
}

static int tear_down(void **state)
{
	return no_warnings(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_dumped),
		cmocka_unit_test(one_link_is_got_by_index_or_name),
		cmocka_unit_test(a_link_is_set_and_listeners_hear_of_it),
		cmocka_unit_test(what_a_link_cannot_be_is_refused_in_words),
		cmocka_unit_test(addresses_come_and_go_and_listeners_hear_of_it),
		cmocka_unit_test(malformed_addresses_are_refused),
		cmocka_unit_test(a_strict_dump_is_held_to_its_header),
		cmocka_unit_test(a_dump_of_no_family_tells_of_every_family),
		cmocka_unit_test(an_address_is_deprecated_and_ends_when_its_lifetimes_say),
		cmocka_unit_test(neighbours_come_and_go_and_listeners_hear_of_it),
		cmocka_unit_test(malformed_neighbours_are_refused),
		cmocka_unit_test(what_arp_learns_is_told),
		cmocka_unit_test(proxies_are_kept_apart),
		cmocka_unit_test(a_dump_of_many_tells_each_once),
	};

	return cmocka_run_group_tests_name("rtnetlink", tests, set_up, tear_down);
}
