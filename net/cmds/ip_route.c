/* SPDX-License-Identifier: MIT */
/* ip route: show, get and flush, and how a route is written. rtnetlink(7), ip-route(8). */
#include "ip_route_internal.h"

const struct ip_word ip_metrics[] = { { "mtu", RTAX_MTU },
				      { "window", RTAX_WINDOW },
				      { "rtt", RTAX_RTT },
				      { "rttvar", RTAX_RTTVAR },
				      { "ssthresh", RTAX_SSTHRESH },
				      { "cwnd", RTAX_CWND },
				      { "advmss", RTAX_ADVMSS },
				      { "reordering", RTAX_REORDERING },
				      { "hoplimit", RTAX_HOPLIMIT },
				      { "initcwnd", RTAX_INITCWND },
				      { "features", RTAX_FEATURES },
				      { "rto_min", RTAX_RTO_MIN },
				      { "initrwnd", RTAX_INITRWND },
				      { "quickack", RTAX_QUICKACK },
				      { NULL, 0 } };

/* ---- a route as text ---- */

struct route_view { /* what is shown, and how */
	struct ip_form *form;
	u32 table; /* only that one is shown, and needs no name; 0: all */
	u32 index, protocol, type, scope, metric;
	bool have_protocol, have_type, have_scope, have_metric, have_prefix, root, match;
	__be32 dst, via, src; /* via, src: 0: any */
	unsigned int dst_len;
};

static bool parse_route(const struct nlmsghdr *nlh, const struct nlattr *tb[])
{
	return !nlmsg_parse(nlh, sizeof(struct rtmsg), tb, RTA_MAX, NULL, NL_VALIDATE_LIBERAL,
			    NULL);
}

static u32 route_table(const struct rtmsg *rtm, const struct nlattr *tb[])
{
	return tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table;
}

static void show_prefix(const struct nlattr *attr, unsigned int len)
{
	__be32 addr = attr && nla_len(attr) >= 4 ? nla_get_be32(attr) : 0;

	if (!len)
		con_printf("default ");
	else if (len == 32)
		con_printf("%pI4 ", &addr);
	else
		con_printf("%pI4/%u ", &addr, len);
}

static void show_addr_of(const char *name, const struct nlattr *attr)
{
	__be32 addr;

	if (!attr || nla_len(attr) < 4)
		return;
	addr = nla_get_be32(attr);
	con_printf("%s %pI4 ", name, &addr);
}

static void show_u32_of(const char *name, const struct nlattr *attr)
{
	if (attr && nla_len(attr) >= 4)
		con_printf("%s %u ", name, nla_get_u32(attr));
}

static void show_dev_of(const char *name, const struct nlattr *attr, struct ip_form *form)
{
	if (attr && nla_len(attr) >= 4)
		con_printf("%s %s ", name, if_name(&form->names, nla_get_u32(attr)));
}

static void show_hop_flags(unsigned int flags)
{
	con_printf("%s%s%s%s", flags & RTNH_F_DEAD ? "dead " : "",
		   flags & RTNH_F_ONLINK ? "onlink " : "",
		   flags & RTNH_F_PERVASIVE ? "pervasive " : "",
		   flags & RTNH_F_LINKDOWN ? "linkdown " : "");
}

/* Of an answer to "which way": what kind of address it is. */
static void show_cache(const struct rtmsg *rtm, const struct nlattr *attr,
		       const struct ip_form *form)
{
	static const struct ip_word names[] = {
		{ "local", 0x80000000u },  { "mc", 0x20000000 },      { "brd", 0x10000000 },
		{ "redirected", 0x40000 }, { "redirect", 0x1000000 }, { "notify", 0x10000 }
	};
	struct rta_cacheinfo ci;
	const char *sep = "<";
	unsigned int i;

	con_printf("%s    cache ", form->nl);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(rtm->rtm_flags & names[i].number))
			continue;
		con_printf("%s%s", sep, names[i].name);
		sep = ",";
	}
	con_printf("%s", *sep == ',' ? "> " : "");
	if (!attr || nla_len(attr) < (int)sizeof(ci))
		return;
	memcpy(&ci, nla_data(attr), sizeof(ci));
	if (ci.rta_expires)
		con_printf("expires %dsec ", ci.rta_expires / 100);
}

static void show_metrics(const struct nlattr *attr)
{
	const struct nlattr *mx[RTAX_MAX + 1];
	u32 lock;
	char buf[12];
	int i;

	if (!attr || nla_parse_nested(mx, RTAX_MAX, attr, NULL, NULL))
		return;
	lock = mx[RTAX_LOCK] ? nla_get_u32(mx[RTAX_LOCK]) : 0;
	for (i = RTAX_MTU; i <= RTAX_MAX; i++)
		if (mx[i] && nla_len(mx[i]) >= 4)
			con_printf("%s %s%u ", ip_word(ip_metrics, (u32)i, buf),
				   lock & 1u << i ? "lock " : "", nla_get_u32(mx[i]));
}

static void show_hops(const struct nlattr *attr, struct ip_form *form)
{
	const struct rtnexthop *hop = nla_data(attr);
	const struct nlattr *tb[RTA_MAX + 1];
	int rem = nla_len(attr);

	while (rem >= (int)sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) && hop->rtnh_len <= rem) {
		con_printf("%s\tnexthop ", form->nl);
		if (!nla_parse(tb, RTA_MAX, (const struct nlattr *)(hop + 1),
			       hop->rtnh_len - (int)sizeof(*hop), NULL, NL_VALIDATE_LIBERAL, NULL))
			show_addr_of("via", tb[RTA_GATEWAY]);
		con_printf("dev %s weight %d ", if_name(&form->names, (u32)hop->rtnh_ifindex),
			   hop->rtnh_hops + 1);
		show_hop_flags(hop->rtnh_flags);
		rem -= RTNH_ALIGN(hop->rtnh_len);
		hop = (const struct rtnexthop *)((const char *)hop + RTNH_ALIGN(hop->rtnh_len));
	}
}

/* Type, destination, source, way. */
static void show_way(const struct rtmsg *rtm, const struct nlattr *tb[], const struct route_view *v)
{
	struct ip_form *form = v->form;
	char buf[12];

	if (rtm->rtm_type != RTN_UNICAST || form->details)
		con_printf("%s ", ip_word(ip_types, rtm->rtm_type, buf));
	show_prefix(tb[RTA_DST], rtm->rtm_dst_len);
	if (tb[RTA_SRC]) {
		con_printf("from ");
		show_prefix(tb[RTA_SRC], rtm->rtm_src_len);
	}
	if (rtm->rtm_tos)
		con_printf("tos 0x%02x ", rtm->rtm_tos);
	if (!v->via)
		show_addr_of("via", tb[RTA_GATEWAY]);
	if (!v->index)
		show_dev_of("dev", tb[RTA_OIF], form);
}

/* What is the table's: not of an answer to "which way". */
static void show_entry(const struct rtmsg *rtm, const struct nlattr *tb[],
		       const struct route_view *v)
{
	bool details = v->form->details;
	char buf[12];

	if ((route_table(rtm, tb) != RT_TABLE_MAIN || details) && !v->table)
		con_printf("table %s ", ip_word(ip_tables, route_table(rtm, tb), buf));
	if ((rtm->rtm_protocol != RTPROT_BOOT || details) && !v->have_protocol)
		con_printf("proto %s ", ip_word(ip_protocols, rtm->rtm_protocol, buf));
	if ((rtm->rtm_scope != RT_SCOPE_UNIVERSE || details) && !v->have_scope)
		con_printf("scope %s ", ip_word(ip_scopes, rtm->rtm_scope, buf));
}

/* What the reader has asked for by name is not repeated, as iproute2 does it. */
static void show_route(const struct nlmsghdr *nlh, const struct route_view *v)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	struct ip_form *form = v->form;
	u32 mark;

	if (!parse_route(nlh, tb))
		return;
	con_printf("%s", nlh->nlmsg_type == RTM_DELROUTE ? "Deleted " : "");
	show_way(rtm, tb, v);
	if (!(rtm->rtm_flags & RTM_F_CLONED))
		show_entry(rtm, tb, v);
	if (!v->src)
		show_addr_of("src", tb[RTA_PREFSRC]);
	if (!v->have_metric)
		show_u32_of("metric", tb[RTA_PRIORITY]);
	show_hop_flags(rtm->rtm_flags & 0xff);
	mark = tb[RTA_MARK] ? nla_get_u32(tb[RTA_MARK]) : 0;
	if (mark)
		con_printf(mark >= 16 ? "mark 0x%x " : "mark %u ", mark);
	show_u32_of("uid", tb[RTA_UID]);
	if (rtm->rtm_flags & RTM_F_CLONED)
		show_cache(rtm, tb[RTA_CACHEINFO], form);
	show_metrics(tb[RTA_METRICS]);
	show_dev_of("iif", tb[RTA_IIF], form);
	if (tb[RTA_MULTIPATH])
		show_hops(tb[RTA_MULTIPATH], form);
	con_printf("\n");
}

int ip_print_route(const struct nlmsghdr *nlh, void *form)
{
	const struct route_view v = { .form = form };

	show_route(nlh, &v);
	return 0;
}

/* ---- show, flush ---- */

static bool prefix_wanted(const struct route_view *v, __be32 dst, unsigned int len)
{
	if (v->root) /* inside it */
		return len >= v->dst_len && !((dst ^ v->dst) & prefix_mask(v->dst_len));
	if (v->match) /* it is inside */
		return len <= v->dst_len && !((dst ^ v->dst) & prefix_mask(len));
	return len == v->dst_len && dst == v->dst;
}

static int is_wanted(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	const struct route_view *v = arg;

	if (!parse_route(nlh, tb) || (v->table && route_table(rtm, tb) != v->table))
		return 0;
	if (v->have_prefix &&
	    !prefix_wanted(v, tb[RTA_DST] ? nla_get_be32(tb[RTA_DST]) : 0, rtm->rtm_dst_len))
		return 0;
	return (!v->index || (tb[RTA_OIF] && nla_get_u32(tb[RTA_OIF]) == v->index)) &&
	       (!v->via || (tb[RTA_GATEWAY] && nla_get_be32(tb[RTA_GATEWAY]) == v->via)) &&
	       (!v->src || (tb[RTA_PREFSRC] && nla_get_be32(tb[RTA_PREFSRC]) == v->src)) &&
	       (!v->have_protocol || rtm->rtm_protocol == v->protocol) &&
	       (!v->have_scope || rtm->rtm_scope == v->scope) &&
	       (!v->have_metric ||
		(tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0) == v->metric) &&
	       (!v->have_type || rtm->rtm_type == v->type);
}

static int show_wanted(const struct nlmsghdr *nlh, void *arg)
{
	if (is_wanted(nlh, arg))
		show_route(nlh, arg);
	return 0;
}

/* A selector with a value. 1: taken, 0: it is none of these, -1: the value is wrong. */
static int selector(struct route_view *v, const char *key, const char *value)
{
	if (!strcmp(key, "table")) {
		v->table = 0;
		return !strcmp(value, "all") || ip_number(ip_tables, value, &v->table) ? 1 : -1;
	}
	if (!strcmp(key, "dev") || !strcmp(key, "oif")) {
		v->index = if_index(&v->form->names, value);
		return v->index ? 1 : -1;
	}
	if (ip_matches(key, "protocol")) {
		v->have_protocol = true;
		return ip_number(ip_protocols, value, &v->protocol) ? 1 : -1;
	}
	if (!strcmp(key, "type")) {
		v->have_type = true;
		return ip_number(ip_types, value, &v->type) ? 1 : -1;
	}
	if (!strcmp(key, "scope")) {
		v->have_scope = true;
		return ip_number(ip_scopes, value, &v->scope) ? 1 : -1;
	}
	if (!strcmp(key, "metric") || !strcmp(key, "priority")) {
		v->have_metric = true;
		return ip_read_number(value, &v->metric) ? 1 : -1;
	}
	if (!strcmp(key, "via"))
		return parse_ipv4(value, &v->via) ? 1 : -1;
	if (!strcmp(key, "src"))
		return parse_ipv4(value, &v->src) ? 1 : -1;
	v->root = !strcmp(key, "root");
	v->match = !strcmp(key, "match");
	if (!v->root && !v->match && strcmp(key, "exact") && strcmp(key, "to"))
		return 0;
	v->have_prefix = true;
	return ip_read_prefix(value, &v->dst, &v->dst_len) ? 1 : -1;
}

/* 0 or the status of a printed error. */
static int parse_view(int argc, char **argv, struct route_view *v)
{
	int i, taken;

	for (i = 0; i < argc; i++) {
		taken = i + 1 < argc ? selector(v, argv[i], argv[i + 1]) : 0;
		if (taken > 0) {
			i++;
		} else if (taken < 0) {
			return strcmp(argv[i], "dev") ? ip_not_understood("route", argv[i + 1])
						      : ip_no_device(argv[i + 1]);
		} else {
			if (v->have_prefix || !ip_read_prefix(argv[i], &v->dst, &v->dst_len))
				return ip_not_understood("route", argv[i]);
			v->have_prefix = true;
		}
	}
	return 0;
}

static void dump_request(struct nl_request *r, const struct route_view *v)
{
	const struct rtmsg rtm = { .rtm_family = AF_INET };

	nl_begin(r, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	if (v->table)
		nl_put_u32(r, RTA_TABLE, v->table);
}

static int route_show(int argc, char **argv, struct ip_form *form)
{
	struct route_view v = { .form = form, .table = RT_TABLE_MAIN };
	struct nl_request r;
	int status = parse_view(argc, argv, &v);

	if (status)
		return status;
	dump_request(&r, &v);
	return ip_status(nl_dump_once("ip", &r, show_wanted, &v));
}

static int route_flush(int argc, char **argv, struct ip_form *form)
{
	struct route_view v = { .form = form, .table = RT_TABLE_MAIN };
	struct nl_request r;
	int status = parse_view(argc, argv, &v), n;

	if (status)
		return status;
	if (!argc)
		return arg_missing("ip", "what to flush (table T, dev DEV, proto P or a prefix)");
	dump_request(&r, &v);
	n = nl_flush(&r, RTM_DELROUTE, is_wanted, &v);
	if (n >= 0 && form->stats)
		con_printf(n ? "*** Flush is complete, %d deleted ***\n" : "Nothing to flush.\n",
			   n);
	return n < 0 ? 2 : 0;
}

/* ---- get ---- */

/* A word of `ip route get` behind the address, and its value. false: not understood. */
static bool get_word(struct nl_request *r, struct rtmsg *rtm, const char *key, const char *value,
		     struct ip_form *form)
{
	__be32 addr;
	u32 n;

	if (!strcmp(key, "from")) {
		if (!parse_ipv4(value, &addr))
			return false;
		rtm->rtm_src_len = 32;
		nl_put(r, RTA_SRC, &addr, 4);
		return true;
	}
	if (!strcmp(key, "iif") || !strcmp(key, "oif") || !strcmp(key, "dev")) {
		n = if_index(&form->names, value);
		nl_put_u32(r, *key == 'i' ? RTA_IIF : RTA_OIF, n);
		return n;
	}
	if (!ip_read_number(value, &n))
		return false;
	if (!strcmp(key, "mark")) {
		nl_put_u32(r, RTA_MARK, n);
	} else if ((!strcmp(key, "tos") || !strcmp(key, "dsfield")) && n < 256) {
		rtm->rtm_tos = (u8)n;
	} else if (!strcmp(key, "ipproto") && n < 256) {
		u8 proto = (u8)n;

		nl_put(r, RTA_IP_PROTO, &proto, 1);
	} else if ((!strcmp(key, "sport") || !strcmp(key, "dport")) && n < 65536) {
		__be16 port = htons((u16)n);

		nl_put(r, *key == 's' ? RTA_SPORT : RTA_DPORT, &port, 2);
	} else {
		return false;
	}
	return true;
}

static int route_get(int argc, char **argv, struct ip_form *form)
{
	struct rtmsg rtm = { .rtm_family = AF_INET,
			     .rtm_dst_len = 32,
			     .rtm_flags = RTM_F_LOOKUP_TABLE };
	struct nl_request r;
	__be32 addr;
	int i;

	if (argc && !strcmp(argv[0], "fibmatch")) {
		rtm.rtm_flags |= RTM_F_FIB_MATCH;
		argc--;
		argv++;
	}
	if (argc && !strcmp(argv[0], "to")) {
		argc--;
		argv++;
	}
	if (!argc)
		return arg_missing("ip", "the address");
	if (!parse_ipv4(argv[0], &addr)) {
		con_printf("Error: inet address is expected rather than \"%s\".\n", argv[0]);
		return 1;
	}
	nl_begin(&r, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	nl_put(&r, RTA_DST, &addr, 4);
	for (i = 1; i < argc && i < 24; i += 2)
		if (i + 1 == argc || !get_word(&r, &rtm, argv[i], argv[i + 1], form))
			return ip_not_understood("route get", argv[i + 1 < argc ? i + 1 : i]);
	memcpy(r.body, &rtm, sizeof(rtm));
	return ip_status(nl_once("ip", &r, ip_print_route, form));
}

int ip_route_main(int argc, char **argv, struct ip_form *form)
{
	if (ip_is_show(argc, argv))
		return route_show(argc ? argc - 1 : 0, argv + 1, form);
	if (ip_matches(argv[0], "get"))
		return route_get(argc - 1, argv + 1, form);
	if (ip_matches(argv[0], "flush"))
		return route_flush(argc - 1, argv + 1, form);
	return ip_route_change(argc, argv, form);
}
