/* SPDX-License-Identifier: MIT */
/* ip route add, append, prepend, replace, change, delete: a route from its words. ip-route(8). */
#include "ip_route_internal.h"

#define MAX_HOPS 16

struct hop { /* of several */
	__be32 gw;
	const char *dev;
	u32 index, weight, flags;
};
struct route_words {
	struct rtmsg rtm;
	__be32 dst, gw, src;
	unsigned int dst_len;
	const char *dev;
	u32 metric, table, lock;
	u32 metrics[RTAX_MAX + 1];
	unsigned int nr_hops;
	struct hop hops[MAX_HOPS];
	bool have_dst, have_gw, have_src, have_metric, have_table, have_scope, have_type,
		have_metrics;
};

/* The words of one "nexthop": how many were taken, or -1 at a wrong one, which is *bad. */
static int read_hop(int argc, char **argv, struct route_words *w, const char **bad)
{
	struct hop *h = &w->hops[w->nr_hops];
	int i;

	*bad = "nexthop";
	if (w->nr_hops++ == MAX_HOPS)
		return -1;
	h->weight = 1;
	for (i = 0; i < argc && strcmp(argv[i], "nexthop"); i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		*bad = argv[i];
		if (!strcmp(argv[i], "onlink")) {
			h->flags |= RTNH_F_ONLINK;
			continue;
		}
		if (!strcmp(argv[i], "via")) {
			if (!parse_ipv4(value, &h->gw))
				return -1;
		} else if (!strcmp(argv[i], "dev")) {
			h->dev = value;
		} else if (strcmp(argv[i], "weight") || !ip_read_number(value, &h->weight) ||
			   !h->weight || h->weight > 256) {
			return -1;
		}
		i++;
	}
	return i;
}

/* "mtu [lock] N" and its like. 1 or 2 words taken, 0: none of these, -1: a wrong value. */
static int read_metric(int argc, char **argv, struct route_words *w)
{
	bool lock = argc > 2 && !strcmp(argv[1], "lock");
	const struct ip_word *m;

	for (m = ip_metrics; m->name && strcmp(m->name, argv[0]); m++)
		;
	if (!m->name)
		return 0;
	if (argc < 2 || !ip_read_number(argv[lock ? 2 : 1], &w->metrics[m->number]))
		return -1;
	w->have_metrics = true;
	w->lock |= lock ? 1u << m->number : 0;
	return lock ? 2 : 1;
}

/* A word with a value. 1: taken, 0: it is none of these, -1: the value is wrong. */
static int read_value(const char *key, const char *value, struct route_words *w)
{
	u32 n;

	if (!strcmp(key, "via"))
		return (w->have_gw = parse_ipv4(value, &w->gw)) ? 1 : -1;
	if (!strcmp(key, "src"))
		return (w->have_src = parse_ipv4(value, &w->src)) ? 1 : -1;
	if (!strcmp(key, "dev") || !strcmp(key, "oif")) {
		w->dev = value;
		return 1;
	}
	if (!strcmp(key, "metric") || !strcmp(key, "preference") || !strcmp(key, "priority"))
		return (w->have_metric = ip_read_number(value, &w->metric)) ? 1 : -1;
	if (!strcmp(key, "table"))
		return (w->have_table = ip_number(ip_tables, value, &w->table)) ? 1 : -1;
	if (!strcmp(key, "scope")) {
		w->have_scope = ip_number(ip_scopes, value, &n) && n < 256;
		w->rtm.rtm_scope = (u8)n;
		return w->have_scope ? 1 : -1;
	}
	if (!strcmp(key, "proto") || !strcmp(key, "protocol")) {
		if (!ip_number(ip_protocols, value, &n) || n > 255)
			return -1;
		w->rtm.rtm_protocol = (u8)n;
		return 1;
	}
	if (strcmp(key, "tos") && strcmp(key, "dsfield"))
		return 0;
	if (!ip_read_number(value, &n) || n > 255)
		return -1;
	w->rtm.rtm_tos = (u8)n;
	return 1;
}

/* Type, destination and flags, which stand alone. */
static bool read_alone(const char *word, struct route_words *w)
{
	const struct ip_word *t;

	if (!strcmp(word, "onlink")) {
		w->rtm.rtm_flags |= RTNH_F_ONLINK;
		return true;
	}
	if (w->have_dst)
		return false;
	for (t = ip_types + 1; t->name; t++) {
		if (w->have_type || strcmp(t->name, word))
			continue;
		w->have_type = true;
		w->rtm.rtm_type = (u8)t->number;
		return true;
	}
	w->have_dst = ip_read_prefix(word, &w->dst, &w->dst_len);
	return w->have_dst;
}

/* 0 or the status of a printed error. */
static int read_words(int argc, char **argv, struct route_words *w)
{
	const char *bad;
	int i, taken;

	for (i = 0; i < argc; i++) {
		bad = argv[i + 1 < argc ? i + 1 : i];
		if (!strcmp(argv[i], "nexthop")) {
			taken = read_hop(argc - i - 1, argv + i + 1, w, &bad);
			if (taken < 0)
				return ip_not_understood("route", bad);
			i += taken;
			continue;
		}
		if (!strcmp(argv[i], "to") && i + 1 < argc)
			continue;
		taken = read_metric(argc - i, argv + i, w);
		if (!taken && i + 1 < argc)
			taken = read_value(argv[i], argv[i + 1], w);
		if (taken < 0 || (!taken && !read_alone(argv[i], w)))
			return ip_not_understood("route", taken ? bad : argv[i]);
		i += taken;
	}
	return w->have_dst ? 0 : arg_missing("ip", "the destination");
}

/* What iproute2 takes where nothing is said. */
static void defaults(struct route_words *w, bool del)
{
	u8 type = w->rtm.rtm_type;
	bool own = type == RTN_LOCAL || type == RTN_BROADCAST || type == RTN_NAT ||
		   type == RTN_ANYCAST;

	if (!w->have_table)
		w->table = own ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	if (w->have_scope)
		return;
	if (type == RTN_LOCAL || type == RTN_NAT)
		w->rtm.rtm_scope = RT_SCOPE_HOST;
	else if (own || type == RTN_MULTICAST)
		w->rtm.rtm_scope = RT_SCOPE_LINK;
	else if (type == RTN_UNICAST || type == RTN_UNSPEC)
		w->rtm.rtm_scope = del				? RT_SCOPE_NOWHERE
				   : !w->have_gw && !w->nr_hops ? RT_SCOPE_LINK
								: RT_SCOPE_UNIVERSE;
}

static void put_hops(struct nl_request *r, const struct route_words *w)
{
	struct nlattr *nest = nl_nest(r, RTA_MULTIPATH);
	unsigned int i;

	for (i = 0; i < w->nr_hops; i++) {
		const struct hop *h = &w->hops[i];
		struct rtnexthop *hop = (struct rtnexthop *)((char *)r + r->nlh.nlmsg_len);

		*hop = (struct rtnexthop){ .rtnh_len = sizeof(*hop),
					   .rtnh_flags = (u8)h->flags,
					   .rtnh_hops = (u8)(h->weight - 1),
					   .rtnh_ifindex = (int)h->index };
		r->nlh.nlmsg_len += sizeof(*hop);
		if (h->gw)
			nl_put(r, RTA_GATEWAY, &h->gw, 4);
		hop->rtnh_len = (u16)((char *)r + r->nlh.nlmsg_len - (char *)hop);
	}
	nl_nest_end(r, nest);
}

static void put_route(struct nl_request *r, const struct route_words *w, u32 index)
{
	struct nlattr *nest;
	unsigned int i;

	if (w->dst_len)
		nl_put(r, RTA_DST, &w->dst, 4);
	if (w->have_gw)
		nl_put(r, RTA_GATEWAY, &w->gw, 4);
	if (w->have_src)
		nl_put(r, RTA_PREFSRC, &w->src, 4);
	if (index)
		nl_put_u32(r, RTA_OIF, index);
	if (w->have_metric)
		nl_put_u32(r, RTA_PRIORITY, w->metric);
	nl_put_u32(r, RTA_TABLE, w->table);
	if (w->have_metrics) {
		nest = nl_nest(r, RTA_METRICS);
		if (w->lock)
			nl_put_u32(r, RTAX_LOCK, w->lock);
		for (i = RTAX_MTU; i <= RTAX_MAX; i++)
			if (w->metrics[i])
				nl_put_u32(r, (u16)i, w->metrics[i]);
		nl_nest_end(r, nest);
	}
	if (w->nr_hops)
		put_hops(r, w);
}

static int send_route(struct route_words *w, u16 type, u16 flags, struct ip_form *form)
{
	struct nl_request r;
	unsigned int i;
	u32 index = 0;

	defaults(w, type == RTM_DELROUTE);
	if (w->dev) {
		index = if_index(&form->names, w->dev);
		if (!index)
			return ip_no_device(w->dev);
	}
	for (i = 0; i < w->nr_hops; i++) {
		struct hop *h = &w->hops[i];

		h->index = h->dev ? if_index(&form->names, h->dev) : 0;
		if (h->dev && !h->index)
			return ip_no_device(h->dev);
	}
	if (type == RTM_NEWROUTE && w->rtm.rtm_type == RTN_UNICAST && !index && !w->have_gw &&
	    !w->nr_hops) {
		con_printf("ip route: a gateway (via ADDR) or a device (dev DEV) is missing\n");
		return 2;
	}
	w->rtm.rtm_dst_len = (u8)w->dst_len;
	w->rtm.rtm_table = (u8)(w->table < 256 ? w->table : RT_TABLE_UNSPEC);
	nl_begin(&r, type, flags, &w->rtm, sizeof(w->rtm));
	put_route(&r, w, index);
	return ip_status(nl_once("ip", &r, NULL, NULL));
}

int ip_route_change(int argc, char **argv, struct ip_form *form)
{
	static const struct {
		const char *name;
		u16 type, flags;
	} verbs[] = {
		{ "add", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL },
		{ "append", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND },
		{ "prepend", RTM_NEWROUTE, NLM_F_CREATE },
		{ "replace", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE },
		{ "change", RTM_NEWROUTE, NLM_F_REPLACE },
		{ "chg", RTM_NEWROUTE, NLM_F_REPLACE },
		{ "delete", RTM_DELROUTE, 0 },
	};
	struct route_words w = { .rtm = { .rtm_family = AF_INET } };
	unsigned int i;
	int status;

	for (i = 0; i < ARRAY_SIZE(verbs) && !ip_matches(argv[0], verbs[i].name); i++)
		;
	if (i == ARRAY_SIZE(verbs))
		return ip_unknown_command(argv[0]);
	if (verbs[i].type == RTM_NEWROUTE) {
		w.rtm.rtm_protocol = RTPROT_BOOT;
		w.rtm.rtm_type = RTN_UNICAST;
	}
	status = read_words(argc - 1, argv + 1, &w);
	return status ? status : send_route(&w, verbs[i].type, verbs[i].flags, form);
}
