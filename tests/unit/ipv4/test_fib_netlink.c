/* SPDX-License-Identifier: MIT */
/* Routes and policy rules over rtnetlink: several next hops, tables, what a rule selects by, what
 * is refused, and what listeners hear. rtnetlink(7), ip-rule(8). */
#include <net/rtnetlink.h>
#include <uapi/fib_rules.h>

#include "ipv4_unit.h"
#include "netlink_unit.h"

#define ETH0 2
#define NET  IP(198, 51, 100, 0)
#define GW1  IP(10, 0, 2, 2)
#define GW2  IP(10, 0, 2, 3)

static struct socket *nl;
static const struct nlattr *tb[64];

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

static void route_begin(u16 type, u16 flags, __be32 dst, u8 len, u8 rtn)
{
	const struct rtmsg rtm = { .rtm_family = AF_INET,
				   .rtm_dst_len = len,
				   .rtm_table = RT_TABLE_MAIN,
				   .rtm_protocol = RTPROT_STATIC,
				   .rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE
								     : RT_SCOPE_UNIVERSE,
				   .rtm_type = rtn };

	nl_begin(type, flags, &rtm, sizeof(rtm));
	if (len)
		nl_attr_u32(RTA_DST, dst);
}

static int route(u16 type, u16 flags, __be32 gw, u32 table, u32 metric)
{
	route_begin(type, flags, NET, 24, RTN_UNICAST);
	if (gw)
		nl_attr_u32(RTA_GATEWAY, gw);
	if (table)
		nl_attr_u32(RTA_TABLE, table);
	if (metric)
		nl_attr_u32(RTA_PRIORITY, metric);
	return nl_call(nl);
}

/* The gateway that a flow would take; 0: none, or -errno in host order. */
static __be32 gateway(__be32 dst, __be32 src, u32 mark)
{
	const struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	const struct nlmsghdr *nlh;

	nl_begin(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	nl_attr_u32(RTA_DST, dst);
	if (src)
		nl_attr_u32(RTA_SRC, src);
	if (mark)
		nl_attr_u32(RTA_MARK, mark);
	assert_true(nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0) > 0);
	nlh = nl_reply(nl);
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return (__be32)((struct nlmsgerr *)nlmsg_data(nlh))->error;
	assert_int_equal(
		nlmsg_parse(nlh, sizeof(rtm), tb, RTA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	return tb[RTA_GATEWAY] ? nla_get_be32(tb[RTA_GATEWAY]) : 0;
}

static void count_net(const struct nlmsghdr *nlh, void *arg)
{
	assert_int_equal(nlmsg_parse(nlh, sizeof(struct rtmsg), tb, RTA_MAX, NULL,
				     NL_VALIDATE_LIBERAL, NULL),
			 0);
	if (tb[RTA_DST] && nla_get_be32(tb[RTA_DST]) == NET)
		++*(int *)arg;
}

static int routes_to_net(void)
{
	const struct rtmsg rtm = { .rtm_family = AF_INET };
	int n = 0;

	nl_begin(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	assert_true(nl_dump(nl, count_net, &n) > 0);
	return n;
}

/* ---- routes ---- */

IN_TASK(flags_decide_what_becomes_of_equal_routes)
{
	assert_int_equal(route(RTM_NEWROUTE, 0, GW1, 0, 0), -ENOENT);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, GW1, 0, 0), 0);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, GW2, 0, 0), -EEXIST);
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW1);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, GW2, 0, 0), 0);
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW1);
	assert_int_equal(routes_to_net(), 2);
	assert_int_equal(route(RTM_DELROUTE, 0, GW2, 0, 0), 0);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE, GW2, 0, 0), 0); /* in front */
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW2);
	assert_int_equal(route(RTM_DELROUTE, 0, GW2, 0, 0), 0);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, GW2, 0, 0), 0);
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW2);
	assert_int_equal(routes_to_net(), 1);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, GW1, 0, 100),
			 0); /* another key */
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW2);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 0, 0), 0);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 0, 0), 0);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 0, 0), -ESRCH);
	return 0;
}

IN_TASK(listeners_hear_of_routes)
{
	struct socket *listener = nl_open(NETLINK_ROUTE);

	nl_bind(listener, 0, RTMGRP_IPV4_ROUTE);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE, GW1, 0, 0), 0);
	assert_int_equal(nl_reply(listener)->nlmsg_type, RTM_NEWROUTE);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 0, 0), 0);
	assert_int_equal(nl_reply(listener)->nlmsg_type, RTM_DELROUTE);
	sock_release(listener);
	return 0;
}

IN_TASK(rejecting_routes_answer_with_their_errors)
{
	static const struct {
		u8 type;
		int err;
	} kinds[] = { { RTN_BLACKHOLE, -EINVAL },
		      { RTN_UNREACHABLE, -EHOSTUNREACH },
		      { RTN_PROHIBIT, -EACCES },
		      { RTN_THROW, 0 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, kinds[i].type);
		assert_int_equal(nl_call(nl), 0);
		if (kinds[i].err)
			assert_int_equal((int)gateway(NET | htonl(1), 0, 0), kinds[i].err);
		else
			assert_int_equal((int)gateway(NET | htonl(1), 0, 0),
					 -ENETUNREACH); /* thrown out of main */
		route_begin(RTM_DELROUTE, 0, NET, 24, kinds[i].type);
		assert_int_equal(nl_call(nl), 0);
	}
	return 0;
}

IN_TASK(malformed_routes_are_refused)
{
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 33, RTN_UNICAST);
	assert_int_equal(nl_call(nl), -EINVAL);
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET | htonl(1), 24,
		    RTN_UNICAST); /* bits beyond the prefix */
	nl_attr_u32(RTA_GATEWAY, GW1);
	assert_int_equal(nl_call(nl), -EINVAL);
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, RTN_UNICAST);
	assert_int_equal(nl_call(nl), -ENODEV); /* where to? */
	nl_attr_u32(RTA_GATEWAY, IP(203, 0, 113, 1));
	nl_attr_u32(RTA_OIF, ETH0);
	assert_int_equal(nl_call(nl), -ENETUNREACH); /* no such neighbour net */
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, RTN_UNICAST);
	nl_attr(RTA_GATEWAY, "abc", 3);
	assert_int_equal(nl_call(nl), -ERANGE);
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, RTN_UNICAST);
	nl_attr_u32(RTA_GATEWAY, GW1);
	nl_attr(RTA_MULTIPATH, "abcdefgh", 8);
	assert_int_equal(nl_call(nl), -EINVAL);
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, RTN_UNICAST);
	nl_attr(RTA_MULTIPATH, "abcd", 4);
	assert_int_equal(nl_call(nl), -EINVAL);
	route_begin(RTM_NEWROUTE, NLM_F_CREATE, NET, 24, RTN_UNICAST);
	nl_attr(RTA_ENCAP, "abcd", 4);
	assert_int_equal(nl_call(nl), -EOPNOTSUPP);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 4242, 0), -ESRCH);
	return 0;
}

/* ---- several next hops ---- */

static void two_hops(u16 flags, int weight1, int weight2)
{
	struct {
		struct rtnexthop hop;
		struct nlattr nla;
		__be32 gw;
	} hops[2] = { { { 16, 0, (u8)(weight1 - 1), 0 }, { 8, RTA_GATEWAY }, GW1 },
		      { { 16, 0, (u8)(weight2 - 1), 0 }, { 8, RTA_GATEWAY }, GW2 } };

	route_begin(RTM_NEWROUTE, flags, NET, 24, RTN_UNICAST);
	nl_attr(RTA_MULTIPATH, hops, sizeof(hops));
	assert_int_equal(nl_call(nl), 0);
}

static int share_of_gw1(void)
{
	int i, n = 0;

	for (i = 0; i < 256; i++)
		n += gateway(NET | htonl((u32)i), 0, 0) == GW1;
	return n;
}

IN_TASK(flows_spread_over_next_hops_by_weight)
{
	__be32 first;

	two_hops(NLM_F_CREATE, 1, 1);
	assert_in_range(share_of_gw1(), 96, 160);
	first = gateway(NET | htonl(7), 0, 0);
	assert_int_equal(gateway(NET | htonl(7), 0, 0), first); /* a flow stays where it is */
	two_hops(NLM_F_CREATE | NLM_F_REPLACE, 3, 1);
	assert_in_range(share_of_gw1(), 160, 224);
	assert_int_equal(routes_to_net(), 1);
	assert_int_equal(route(RTM_DELROUTE, 0, 0, 0, 0), 0);
	return 0;
}

/* ---- rules ---- */

static void rule_begin(u16 type, u16 flags, u8 action, u32 table, u32 pref)
{
	const struct fib_rule_hdr frh = { .family = AF_INET, .action = action };

	nl_begin(type, flags, &frh, sizeof(frh));
	if (table)
		nl_attr_u32(FRA_TABLE, table);
	if (pref)
		nl_attr_u32(FRA_PRIORITY, pref);
}

static void expect_rule(u16 type, int err)
{
	assert_int_equal(nl_call(nl), err);
}

static void count_rule(const struct nlmsghdr *nlh, void *arg)
{
	assert_int_equal(nlh->nlmsg_type, RTM_NEWRULE);
}

static int rules(void)
{
	const struct fib_rule_hdr frh = { .family = AF_INET };

	nl_begin(RTM_GETRULE, 0, &frh, sizeof(frh));
	return nl_dump(nl, count_rule, NULL);
}

IN_TASK(a_rule_by_mark_chooses_its_table)
{
	assert_int_equal(rules(), 3);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE, GW1, 0, 0), 0);
	assert_int_equal(route(RTM_NEWROUTE, NLM_F_CREATE, GW2, 100, 0), 0);
	assert_int_equal(gateway(NET | htonl(1), 0, 5), GW1);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, FR_ACT_TO_TBL, 100, 1000);
	nl_attr_u32(FRA_FWMARK, 5);
	expect_rule(RTM_NEWRULE, 0);
	assert_int_equal(rules(), 4);
	assert_int_equal(gateway(NET | htonl(1), 0, 5), GW2);
	assert_int_equal(gateway(NET | htonl(1), 0, 6), GW1);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, FR_ACT_TO_TBL, 100, 1000);
	nl_attr_u32(FRA_FWMARK, 5);
	expect_rule(RTM_NEWRULE, -EEXIST);
	rule_begin(RTM_DELRULE, 0, 0, 100, 0);
	expect_rule(RTM_DELRULE, 0);
	assert_int_equal(gateway(NET | htonl(1), 0, 5), GW1);
	rule_begin(RTM_DELRULE, 0, 0, 100, 0);
	expect_rule(RTM_DELRULE, -ENOENT);
	return 0;
}

IN_TASK(rules_reject_and_jump)
{
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_PROHIBIT, 0, 2000);
	nl_attr_u32(FRA_FWMARK, 1);
	expect_rule(RTM_NEWRULE, 0);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_UNREACHABLE, 0, 2001);
	nl_attr_u32(FRA_FWMARK, 2);
	expect_rule(RTM_NEWRULE, 0);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_BLACKHOLE, 0, 2002);
	nl_attr_u32(FRA_FWMARK, 3);
	expect_rule(RTM_NEWRULE, 0);
	assert_int_equal((int)gateway(NET | htonl(1), 0, 1), -EACCES);
	assert_int_equal((int)gateway(NET | htonl(1), 0, 2), -ENETUNREACH);
	assert_int_equal((int)gateway(NET | htonl(1), 0, 3), -EINVAL);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_GOTO, 0, 1999);
	nl_attr_u32(FRA_GOTO, 3000);
	expect_rule(RTM_NEWRULE, 0);
	assert_int_equal(gateway(NET | htonl(1), 0, 1), GW1); /* past all three */
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_GOTO, 0, 1999);
	nl_attr_u32(FRA_GOTO, 5);
	expect_rule(RTM_NEWRULE, -EINVAL); /* backward */
	rule_begin(RTM_DELRULE, 0, 0, 0, 1999);
	expect_rule(RTM_DELRULE, 0);
	for (u32 pref = 2000; pref <= 2002; pref++) {
		rule_begin(RTM_DELRULE, 0, 0, 0, pref);
		expect_rule(RTM_DELRULE, 0);
	}
	assert_int_equal(rules(), 3);
	return 0;
}

IN_TASK(a_rule_can_ignore_the_default_route)
{
	assert_int_equal(gateway(IP(8, 8, 8, 8), 0, 0), GW1);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_TO_TBL, RT_TABLE_MAIN, 3000);
	nl_attr_u32(FRA_SUPPRESS_PREFIXLEN, 0);
	expect_rule(RTM_NEWRULE, 0);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_UNREACHABLE, 0, 3001);
	expect_rule(RTM_NEWRULE, 0);
	assert_int_equal((int)gateway(IP(8, 8, 8, 8), 0, 0), -ENETUNREACH);
	assert_int_equal(gateway(NET | htonl(1), 0, 0), GW1);
	rule_begin(RTM_DELRULE, 0, 0, 0, 3000);
	expect_rule(RTM_DELRULE, 0);
	rule_begin(RTM_DELRULE, 0, 0, 0, 3001);
	expect_rule(RTM_DELRULE, 0);
	return 0;
}

IN_TASK(malformed_rules_are_refused)
{
	struct fib_rule_hdr frh = { .family = AF_INET, .action = FR_ACT_TO_TBL, .src_len = 24 };

	nl_begin(RTM_NEWRULE, NLM_F_CREATE, &frh, sizeof(frh));
	assert_int_equal(nl_call(nl), -EINVAL); /* which 24 bits? */
	nl_begin(RTM_NEWRULE, NLM_F_CREATE, &frh, 8);
	assert_int_equal(nl_call(nl), -EINVAL);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, 0, 0, 0);
	expect_rule(RTM_NEWRULE, -EINVAL);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, 99, 0, 0);
	expect_rule(RTM_NEWRULE, -EINVAL);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_TO_TBL, 100, 0);
	nl_attr_u32(FRA_SPORT_RANGE, 0x00050009); /* 9 to 5 */
	expect_rule(RTM_NEWRULE, -EINVAL);
	rule_begin(RTM_NEWRULE, NLM_F_CREATE, FR_ACT_TO_TBL, 100, 0);
	nl_attr(FRA_UID_RANGE, "abcdefgh", 8);
	expect_rule(RTM_NEWRULE, -EOPNOTSUPP);
	rule_begin(RTM_DELRULE, 0, 0, RT_TABLE_LOCAL, 0);
	expect_rule(RTM_DELRULE, -EPERM); /* the first one stays */
	assert_int_equal(rules(), 3);
	return 0;
}

static int tear_down(void **state)
{
	return no_warnings(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_decide_what_becomes_of_equal_routes),
		cmocka_unit_test(listeners_hear_of_routes),
		cmocka_unit_test(rejecting_routes_answer_with_their_errors),
		cmocka_unit_test(malformed_routes_are_refused),
		cmocka_unit_test(flows_spread_over_next_hops_by_weight),
		cmocka_unit_test(a_rule_by_mark_chooses_its_table),
		cmocka_unit_test(rules_reject_and_jump),
		cmocka_unit_test(a_rule_can_ignore_the_default_route),
		cmocka_unit_test(malformed_rules_are_refused),
	};

	return cmocka_run_group_tests_name("fib_netlink", tests, set_up, tear_down);
}
