/* SPDX-License-Identifier: MIT */
/* ip route, ip neigh, and the tables that route(8) and arp(8) show. */
#include <uapi/if_arp.h>
#include <uapi/route.h>

#include "cmd_internal.h"

/* ---- /proc/net/route ---- */

struct route_row {
	char *dev;
	__be32 dst, gateway, mask;
	unsigned int flags, metric, mtu, window, irtt, use;
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

static int for_each_route(const char *cmd, void (*fn)(const struct route_row *r))
{
	char *text = proc_text(cmd, "/proc/net/route"), *rest = text, *line;
	struct route_row r;

	if (!text)
		return 1;
	strsep(&rest, "\n"); /* the headings */
	while ((line = strsep(&rest, "\n")) && !con_interrupted())
		if (parse_route(line, &r))
			fn(&r);
	kfree(text);
	return 0;
}

/* ---- ip route show ---- */

/* The source that a connected route prefers: the device's address in that network. */
static __be32 preferred_source(const struct route_row *r)
{
	struct if_info *t;
	int n = r->gateway ? 0 : if_table(&t), i, k;
	__be32 addr = 0;

	for (i = 0; i < n; i++)
		for (k = 0; k < t[i].nr_addrs && !addr && !strcmp(t[i].name, r->dev); k++)
			if (t[i].addrs[k].mask == r->mask &&
			    (t[i].addrs[k].addr & r->mask) == r->dst)
				addr = t[i].addrs[k].addr;
	if (!r->gateway && n >= 0)
		kfree(t);
	return addr;
}

static void show_route(const struct route_row *r)
{
	__be32 src = preferred_source(r);

	if (r->flags & RTF_REJECT)
		con_printf("unreachable ");
	if (r->mask)
		con_printf("%pI4", &r->dst);
	else
		con_printf("default");
	if (r->mask && mask_length(r->mask) < 32)
		con_printf("/%u", mask_length(r->mask));
	if (r->flags & RTF_GATEWAY)
		con_printf(" via %pI4", &r->gateway);
	if (!(r->flags & RTF_REJECT))
		con_printf(" dev %s", r->dev);
	if (src)
		con_printf(" proto kernel scope link src %pI4", &src);
	else if (!(r->flags & (RTF_GATEWAY | RTF_REJECT)))
		con_printf(" scope link");
	if (r->metric)
		con_printf(" metric %u", r->metric);
	if (r->mtu)
		con_printf(" mtu %u", r->mtu);
	con_printf("\n");
}

/* ---- changes, shared with route(8) ---- */

struct route_args {
	__be32 dst, gateway;
	unsigned int plen, metric, mtu;
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
	if (a->mtu) {
		rt.rt_flags |= RTF_MTU;
		rt.rt_mtu = a->mtu;
	}
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

/* Words of `ip route add`. 0 or the status of a printed error. */
static int route_parse(int argc, char **argv, struct route_args *a)
{
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < argc; i++) {
		const char *key = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		bool ok = true;

		if (!strcmp(key, "unreachable") && !a->have_dst) {
			a->reject = true;
			continue;
		}
		if (!strcmp(key, "via") && value)
			ok = parse_ipv4(value, &a->gateway);
		else if (!strcmp(key, "dev") && value)
			a->dev = value;
		else if ((!strcmp(key, "metric") || !strcmp(key, "preference")) && value)
			ok = !kstrtouint(value, 10, &a->metric) && a->metric < 32767;
		else if (!strcmp(key, "mtu") && value)
			ok = !kstrtouint(value, 10, &a->mtu);
		else if (!a->have_dst && parse_destination(key, a))
			continue;
		else
			value = key, ok = false;
		if (!ok) {
			con_printf("ip route: \"%s\" is not understood here; `help ip` shows the "
				   "usage\n",
				   value);
			return 2;
		}
		i++;
	}
	return a->have_dst ? 0 : arg_missing("ip", "the destination");
}

static int rtnetlink_error(int err, const char *dev)
{
	if (err == -ENODEV && dev)
		con_printf("Cannot find device \"%s\"\n", dev);
	else if (err == -ENODEV)
		con_printf("ip route: a gateway (via ADDR) or a device (dev DEV) is missing\n");
	else if (err == -ENETUNREACH)
		con_printf("Error: Nexthop has invalid gateway.\n");
	else
		con_printf("RTNETLINK answers: %s\n", error_text(err));
	return 1;
}

/* The source that a connected datagram socket gets for an address. 0 or -errno. */
static int source_for(__be32 addr, __be32 *src)
{
	struct sockaddr_in sin, local;
	struct socket *sock;
	int err = sock_create(AF_INET, SOCK_DGRAM, 0, &sock);

	if (err)
		return err;
	set_sockaddr(&sin, addr, 9);
	err = kernel_connect(sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	if (!err && kernel_getsockname(sock, (struct sockaddr *)&local) < 0)
		err = -EIO;
	sock_release(sock);
	if (!err)
		*src = local.sin_addr.s_addr;
	return err;
}

/* Is @addr one of this host's? */
static bool is_local(__be32 addr)
{
	struct if_info *t;
	int n = if_table(&t), i, k;
	bool local = (ntohl(addr) >> 24) == 127;

	for (i = 0; i < n; i++)
		for (k = 0; k < t[i].nr_addrs; k++)
			local |= t[i].addrs[k].addr == addr;
	if (n >= 0)
		kfree(t);
	return local;
}

/* Which way a packet to an address would go: the kernel tells the source, the table the rest. */
static int route_get(const char *word)
{
	char *text, *rest, *line;
	struct route_row r, best = { .dev = NULL };
	__be32 addr, src;
	int err;

	if (!parse_ipv4(word, &addr)) {
		con_printf("Error: inet address is expected rather than \"%s\".\n", word);
		return 1;
	}
	err = source_for(addr, &src);
	if (err)
		return rtnetlink_error(err, NULL);
	if (is_local(addr)) {
		con_printf("local %pI4 dev lo src %pI4 uid 0\n    cache <local>\n", &addr, &src);
		return 0;
	}
	text = rest = proc_text("ip", "/proc/net/route");
	strsep(&rest, "\n"); /* the headings */
	while ((line = strsep(&rest, "\n")))
		if (parse_route(line, &r) && (addr & r.mask) == r.dst &&
		    (!best.dev || ntohl(r.mask) > ntohl(best.mask) ||
		     (r.mask == best.mask && r.metric < best.metric)))
			best = r;
	con_printf("%pI4", &addr);
	if (best.dev && best.gateway)
		con_printf(" via %pI4", &best.gateway);
	if (best.dev)
		con_printf(" dev %s", best.dev);
	con_printf(" src %pI4 uid 0\n    cache\n", &src);
	kfree(text);
	return text ? 0 : 1;
}

/* The main table is all that is shown; another must not look like it. */
static int route_list(int argc, char **argv)
{
	if (argc <= 1 || (argc == 3 && !strcmp(argv[1], "table") && !strcmp(argv[2], "main")))
		return for_each_route("ip", show_route);
	con_printf("ip route: \"%s\" is not understood here; `ip route show` shows table main\n",
		   argv[argc == 3 ? 2 : 1]);
	return 2;
}

int ip_route_main(int argc, char **argv)
{
	struct route_args a;
	bool add, del, replace;
	int err;

	if (!argc || !strncmp("show", argv[0], strlen(argv[0])) ||
	    !strncmp("list", argv[0], strlen(argv[0])) || !strcmp(argv[0], "ls"))
		return route_list(argc, argv);
	if (!strcmp(argv[0], "get"))
		return argc > 1 ? route_get(argv[1]) : arg_missing("ip", "the address");
	add = !strcmp(argv[0], "add");
	del = !strcmp(argv[0], "del") || !strcmp(argv[0], "delete");
	replace = !strcmp(argv[0], "replace") || !strcmp(argv[0], "change");
	if (!add && !del && !replace) {
		con_printf("Command \"%s\" is unknown, try \"help ip\".\n", argv[0]);
		return 1;
	}
	err = route_parse(argc - 1, argv + 1, &a);
	if (err)
		return err;
	if (replace) {
		/* What is replaced is the route to the same destination, whatever its gateway. */
		struct route_args old = {
			.dst = a.dst, .plen = a.plen, .metric = a.metric, .have_dst = true
		};

		route_change(SIOCDELRT, &old);
	}
	err = route_change(del ? SIOCDELRT : SIOCADDRT, &a);
	return err ? rtnetlink_error(err, a.dev) : 0;
}

/* ---- route(8) ---- */

/* The columns that route and netstat -r share. A route that refuses leads nowhere. */
static bool route_begin(const struct route_row *r)
{
	bool reject = r->flags & RTF_REJECT;
	char flags[8], gateway[16] = "-";
	int n = 0;

	flags[n++] = reject ? '!' : 'U';
	if (r->flags & RTF_GATEWAY)
		flags[n++] = 'G';
	if (r->flags & RTF_HOST)
		flags[n++] = 'H';
	flags[n] = '\0';
	if (!reject)
		snprintf(gateway, sizeof(gateway), "%pI4", &r->gateway);
	con_printf("%-15pI4 %-15s %-15pI4 %-5s ", &r->dst, gateway, &r->mask, flags);
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

int netstat_routes(void)
{
	con_printf(
		"Kernel IP routing table\n"
		"Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n");
	return for_each_route("netstat", netstat_route_row);
}

static int route_show(void)
{
	con_printf(
		"Kernel IP routing table\n"
		"Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n");
	return for_each_route("route", route_row);
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
		return route_show();
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
	.usage = "  route [-n]\n"
		 "  route add|del [-net|-host] TARGET[/LEN]|default [netmask MASK] [gw GATEWAY] "
		 "[metric N] [reject] [[dev] DEV]\n",
	.fn = cmd_route,
};
