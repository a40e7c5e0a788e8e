/* SPDX-License-Identifier: MIT */
/* ip: links, addresses, routes, rules and neighbours, in the words and form of iproute2; and the
 * telling of their changes. It speaks rtnetlink, and nothing else. */
#include "ip_internal.h"

/* ---- ip monitor ---- */

static const struct {
	const char *name;
	unsigned int group;
	u16 base; /* RTM_NEWx */
	nl_each print;
} watched[] = {
	{ "link", RTNLGRP_LINK, RTM_NEWLINK, ip_print_link },
	{ "address", RTNLGRP_IPV4_IFADDR, RTM_NEWADDR, ip_print_addr },
	{ "route", RTNLGRP_IPV4_ROUTE, RTM_NEWROUTE, ip_print_route },
	{ "neigh", RTNLGRP_NEIGH, RTM_NEWNEIGH, ip_print_neigh },
	{ "rule", RTNLGRP_IPV4_RULE, RTM_NEWRULE, ip_print_rule },
};

static int print_change(const struct nlmsghdr *nlh, void *arg)
{
	struct ip_form *form = arg;
	unsigned int i;

	if (nlh->nlmsg_type == RTM_NEWLINK || nlh->nlmsg_type == RTM_DELLINK)
		if_names_free(&form->names); /* a device may have come, or have another name */
	for (i = 0; i < ARRAY_SIZE(watched); i++)
		if (nlh->nlmsg_type == watched[i].base || nlh->nlmsg_type == watched[i].base + 1)
			watched[i].print(nlh, arg);
	return 0;
}

/* Until Ctrl-C. */
static int ip_monitor_main(int argc, char **argv, struct ip_form *form)
{
	const char *what = argc ? argv[0] : "all";
	bool joined = false;
	struct nl_client c;
	unsigned int i;
	int err = nl_open(&c, "ip", NETLINK_ROUTE);

	for (i = 0; !err && i < ARRAY_SIZE(watched); i++) {
		if (strcmp(what, "all") && !ip_matches(what, watched[i].name))
			continue;
		err = nl_join(&c, watched[i].group);
		joined = true;
	}
	form->oneline |= !strcmp(what, "all"); /* an address is told without its link */
	if (!err && !joined)
		con_printf("Argument \"%s\" is unknown, try \"help ip\".\n", what);
	else if (!err)
		err = nl_listen(&c, print_change, form);
	if (err)
		con_printf("ip monitor: %s\n", error_text(err));
	nl_close(&c);
	return err ? 2 : joined ? 0 : 1;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv, struct ip_form *form);
} ip_objects[] = {
	{ "address", ip_addr_main },	{ "link", ip_link_main },
	{ "route", ip_route_main },	{ "rule", ip_rule_main },
	{ "neighbor", ip_neigh_main },	{ "neighbour", ip_neigh_main },
	{ "monitor", ip_monitor_main },
};

/* false: no such option. */
static bool option(struct ip_form *form, const char *word)
{
	static const char *const without_effect[] = { "-4", "-n", "-N", "-c", "-color=never" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(without_effect); i++)
		if (!strcmp(word, without_effect[i]))
			return true;
	if (!strcmp(word, "-br") || !strcmp(word, "-brief"))
		form->brief = true;
	else if (!strcmp(word, "-s") || ip_matches(word, "-statistics") || !strcmp(word, "-stats"))
		form->stats++;
	else if (ip_matches(word, "-details") && word[1])
		form->details = true;
	else if (ip_matches(word, "-oneline") && word[1])
		form->oneline = true;
	else
		return false;
	return true;
}

static int run(int argc, char **argv, struct ip_form *form)
{
	unsigned int i;

	while (argc > 1 && argv[1][0] == '-') {
		if (!argv[1][1] || !option(form, argv[1])) {
			con_printf("ip: option \"%s\" is unknown, try \"help ip\".\n", argv[1]);
			return 2;
		}
		argc--;
		argv++;
	}
	form->nl = form->oneline ? "\\" : "\n";
	if (argc < 2) {
		con_printf("ip: which object? link, addr, route, rule, neigh or monitor; `help ip` "
			   "shows the usage\n");
		return 2;
	}
	if (!strcmp(argv[1], "help") || (argc == 3 && !strcmp(argv[2], "help"))) {
		con_printf("Usage:\n%s", ip_command.usage);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(ip_objects); i++)
		if (ip_matches(argv[1], ip_objects[i].name))
			return ip_objects[i].fn(argc - 2, argv + 2, form);
	con_printf("Object \"%s\" is unknown, try \"help ip\".\n", argv[1]);
	return 1;
}

static int cmd_ip(int argc, char **argv)
{
	struct ip_form form = { 0 };
	int status = run(argc, argv, &form);

	if_names_free(&form.names);
	return status;
}

struct console_command ip_command = {
	.name = "ip",
	.summary = "show and change links, addresses, routes, rules, neighbours",
	.usage = "  ip [-s] [-d] [-o] [-br] link [show [DEV] [up]]\n"
		 "  ip link set DEV [up|down] [mtu N] [address MAC] [broadcast MAC] [txqueuelen N] "
		 "[name NAME] [promisc|allmulticast|multicast|arp on|off]\n"
		 "  ip link add link DEV [name] NAME [mtu N] [address MAC] [up] type vlan "
		 "[protocol 802.1Q|802.1ad] id N "
		 "[loose_binding on|off] [ingress-qos-map F:T...] [egress-qos-map F:T...]\n"
		 "  ip link set DEV type vlan [loose_binding on|off] [ingress-qos-map F:T...] "
		 "[egress-qos-map F:T...]\n"
		 "  ip link del DEV\n"
		 "  ip [-o] [-br] addr [show [DEV] [up] [to PREFIX] [scope S] [label L] "
		 "[primary|secondary|permanent|dynamic|deprecated|tentative|dadfailed]]\n"
		 "  ip addr add|change|replace|del ADDR/LEN [peer ADDR/LEN] [brd ADDR|+|-] [label "
		 "L] [scope "
		 "S] [valid_lft SEC|forever] [preferred_lft SEC|forever] [nodad] [noprefixroute] "
		 "[autojoin] dev DEV\n"
		 "    where sysctl net.ipv4.conf.DEV.accept_dad is 1, an address is `tentative` and not "
		 "used until it was probed (dad_transmits times), `dadfailed` where another host has "
		 "it; `nodad`: not this one\n"
		 "  ip addr flush [to PREFIX] dev DEV\n"
		 "  ip [-d] route [show [table T|all] [dev DEV] [via ADDR] [src ADDR] [proto P] "
		 "[scope S] [metric N] [type T] [root|match|exact] [PREFIX]]\n"
		 "  ip route add|append|replace|change|del [TYPE] PREFIX|default [via GATEWAY] "
		 "[dev DEV] [src "
		 "ADDR] [metric N] [table T] [proto P] [scope S] [mtu [lock] N] [onlink] [nexthop "
		 "via "
		 "GATEWAY [dev DEV] [weight N]]...\n"
		 "  ip route flush [table T] [dev DEV] [proto P] [PREFIX]\n"
		 "  ip route get [fibmatch] ADDR [from ADDR] [iif DEV] [oif DEV] [mark N] [ipproto N] [sport "
		 "N] [dport N]\n"
		 "  ip rule [show [table T]]\n"
		 "  ip rule add|del [not] [from PREFIX] [to PREFIX] [fwmark N[/MASK]] [iif DEV] "
		 "[oif DEV] "
		 "[ipproto P] [sport N[-N]] [dport N[-N]] [pref N] "
		 "[table T|goto N|prohibit|blackhole|unreachable]\n"
		 "  ip rule flush\n"
		 "  ip [-s] neigh [show [proxy] [ADDR] [dev DEV] [nud STATE]]\n"
		 "  ip neigh add|change|replace|del ADDR|proxy ADDR [lladdr MAC] [nud STATE] dev "
		 "DEV\n"
		 "  ip neigh flush [dev DEV] [ADDR] [nud STATE]\n"
		 "  ip monitor [all|link|address|route|neigh|rule]\n",
	.fn = cmd_ip,
};
