/* SPDX-License-Identifier: MIT */
/* route(8), and the routing table as netstat shows it: by /proc and ioctls, as the old tools do. */
#include <uapi/route.h>

#include "cmd_internal.h"

/* ---- /proc/net/route ---- */

struct route_row {
	char *dev;
	__be32 dst, gateway, mask;
	unsigned int flags, metric, mtu, window, irtt, use;
	bool numeric; /* -n: the default route has no name */
};

/* Addresses stand in the file as the words they are in memory. */
static __be32 hex_addr(const char *s)
{
	return (__be32)simple_strtoull(s, NULL, 16);
}

static unsigned int decimal(const char *s)
{
	return (unsigned int)simple_strtoull(s, NULL, 10);
}

static bool parse_route(char *line, struct route_row *r)
{
	char *w[11];
	unsigned int i;

	for (i = 0; i < 11; i++) {
		w[i] = word_of(&line);
		if (!w[i])
			return false;
	}
	*r = (struct route_row){ .dev = w[0],
				 .dst = hex_addr(w[1]),
				 .gateway = hex_addr(w[2]),
				 .mask = hex_addr(w[7]),
				 .flags = (unsigned int)simple_strtoull(w[3], NULL, 16),
				 .use = decimal(w[5]),
				 .metric = decimal(w[6]),
				 .mtu = decimal(w[8]),
				 .window = decimal(w[9]),
				 .irtt = decimal(w[10]) };
	return true;
}

static int for_each_route(const char *cmd, bool numeric, void (*fn)(const struct route_row *r))
{
	char *text = proc_text(cmd, "/proc/net/route"), *rest = text, *line;
	struct route_row r;

	if (!text)
		return 1;
	strsep(&rest, "\n"); /* the headings */
	while ((line = strsep(&rest, "\n")) && !con_interrupted()) {
		if (!parse_route(line, &r))
			continue;
		r.numeric = numeric;
		fn(&r);
	}
	kfree(text);
	return 0;
}

/* ---- changes ---- */

struct route_args {
	__be32 dst, gateway;
	unsigned int plen, metric;
	const char *dev;
	bool have_dst, reject;
};

static int route_change(unsigned int cmd, const struct route_args *a)
{
	struct rtentry rt = { .rt_flags = RTF_UP };

	set_sockaddr(&rt.rt_dst, a->dst, 0);
	set_sockaddr(&rt.rt_genmask, prefix_mask(a->plen), 0);
	if (a->gateway) {
		set_sockaddr(&rt.rt_gateway, a->gateway, 0);
		rt.rt_flags |= RTF_GATEWAY;
	}
	if (a->plen == 32)
		rt.rt_flags |= RTF_HOST;
	if (a->reject)
		rt.rt_flags |= RTF_REJECT;
	rt.rt_metric = (short)(a->metric + 1);
	rt.rt_dev = (char *)(uintptr_t)a->dev;
	return cmd_ioctl(cmd, &rt);
}

static bool parse_destination(const char *s, struct route_args *a)
{
	a->have_dst = true;
	if (strcmp(s, "default"))
		return parse_prefix(s, &a->dst, &a->plen);
	a->dst = 0;
	a->plen = 0;
	return true;
}

/* ---- route(8) ---- */

/* The columns that route and netstat -r share. A route that refuses leads nowhere. */
static bool route_begin(const struct route_row *r)
{
	bool reject = r->flags & RTF_REJECT;
	char flags[8], gateway[16] = "-", dst[16] = "default";
	int n = 0;

	flags[n++] = reject ? '!' : 'U';
	if (r->flags & RTF_GATEWAY)
		flags[n++] = 'G';
	if (r->flags & RTF_HOST)
		flags[n++] = 'H';
	flags[n] = '\0';
	if (!reject)
		snprintf(gateway, sizeof(gateway), "%pI4", &r->gateway);
	if (r->numeric || r->mask)
		snprintf(dst, sizeof(dst), "%pI4", &r->dst);
	con_printf("%-15s %-15s %-15pI4 %-5s ", dst, gateway, &r->mask, flags);
	return !reject;
}

static void route_row(const struct route_row *r)
{
	if (route_begin(r))
		con_printf("%-6u 0  %7u %s\n", r->metric, r->use, r->dev);
	else
		con_printf("%-6u -  %7u -\n", r->metric, r->use);
}

static void netstat_route_row(const struct route_row *r)
{
	if (route_begin(r))
		con_printf("%5u %-5u %6u %s\n", r->mtu, r->window, r->irtt, r->dev);
	else
		con_printf("%5s %-5s %6s -\n", "-", "-", "-");
}

int netstat_routes(bool numeric)
{
	con_printf(
		"Kernel IP routing table\n"
		"Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n");
	return for_each_route("netstat", numeric, netstat_route_row);
}

static int route_show(bool numeric)
{
	con_printf(
		"Kernel IP routing table\n"
		"Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n");
	return for_each_route("route", numeric, route_row);
}

/* Words of `route add|del [-net|-host] TARGET [netmask M] [gw G] [metric N] [mss N] [reject] [[dev]
 * DEV]`. */
static bool old_route_parse(int argc, char **argv, struct route_args *a)
{
	__be32 mask;
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "-net") || !strcmp(argv[i], "-host"))
			continue;
		if (!a->have_dst) {
			if (!parse_destination(argv[i], a))
				return false;
			continue;
		}
		if (!strcmp(argv[i], "reject")) {
			a->reject = true;
			continue;
		}
		if (!strcmp(argv[i], "netmask")) {
			if (!parse_ipv4(value, &mask) || prefix_mask(mask_length(mask)) != mask)
				return false;
			a->plen = mask_length(mask);
		} else if (!strcmp(argv[i], "gw")) {
			if (!parse_ipv4(value, &a->gateway))
				return false;
		} else if (!strcmp(argv[i], "metric")) {
			if (kstrtouint(value, 10, &a->metric) || a->metric >= 32767)
				return false;
		} else if (!strcmp(argv[i], "dev")) {
			a->dev = value;
		} else if (i + 1 == argc) {
			a->dev = argv[i];
			continue;
		} else {
			return false;
		}
		i++;
	}
	return a->have_dst;
}

static int cmd_route(int argc, char **argv)
{
	struct route_args a;
	bool add;
	int err;

	if (argc == 1 || (argc == 2 && !strcmp(argv[1], "-n")))
		return route_show(argc == 2);
	if (argc == 2 && (!strcmp(argv[1], "-e") || !strcmp(argv[1], "-en") || !strcmp(argv[1], "-ne")))
		return netstat_routes(strlen(argv[1]) == 3);
	add = !strcmp(argv[1], "add");
	if ((!add && strcmp(argv[1], "del")) || !old_route_parse(argc - 2, argv + 2, &a))
		return usage(&route_command);
	err = route_change(add ? SIOCADDRT : SIOCDELRT, &a);
	if (err)
		con_printf("%s: %s\n", add ? "SIOCADDRT" : "SIOCDELRT", error_text(err));
	return err ? 1 : 0;
}

struct console_command route_command = {
	.name = "route",
	.summary = "show and change the routing table",
	.usage = "  route [-e] [-n]\n"
		 "  route add|del [-net|-host] TARGET[/LEN]|default [netmask MASK] [gw GATEWAY] "
		 "[metric N] [reject] [[dev] DEV]\n",
	.fn = cmd_route,
};
