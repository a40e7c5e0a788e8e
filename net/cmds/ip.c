/* SPDX-License-Identifier: MIT */
/* ip: links, addresses, routes and neighbours, in the words and form of iproute2. */
#include "cmd_internal.h"

static const struct {
	const char *name;
	size_t min; /* letters that are enough */
	int (*fn)(int argc, char **argv); /* NULL: one that takes the form too */
} ip_objects[] = {
	{ "address", 1, NULL },
	{ "link", 1, NULL },
	{ "route", 1, ip_route_main },
	{ "neighbor", 1, ip_neigh_main },
	{ "neighbour", 1, ip_neigh_main },
};

static int cmd_ip(int argc, char **argv)
{
	struct ip_form form = { .stats = false, .nl = "\n" };
	unsigned int i;

	while (argc > 1 && argv[1][0] == '-') {
		if (!strcmp(argv[1], "-s")) {
			form.stats = true;
		} else if (!strcmp(argv[1], "-o") || !strcmp(argv[1], "-oneline")) {
			form.nl = "\\";
		} else if (strcmp(argv[1], "-4") && strcmp(argv[1], "-n")) {
			con_printf("ip: option \"%s\" is unknown, try \"help ip\".\n", argv[1]);
			return 2;
		}
		argc--;
		argv++;
	}
	if (argc < 2) {
		con_printf("ip: which object? link, addr, route or neigh; `help ip` shows the "
			   "usage\n");
		return 2;
	}
	if (!strcmp(argv[1], "help") || (argc == 3 && !strcmp(argv[2], "help"))) {
		con_printf("Usage:\n%s", ip_command.usage);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(ip_objects); i++)
		if (strlen(argv[1]) >= ip_objects[i].min &&
		    !strncmp(ip_objects[i].name, argv[1], strlen(argv[1])))
			return ip_objects[i].fn ? ip_objects[i].fn(argc - 2, argv + 2)
			       : i		? ip_link_main(argc - 2, argv + 2, &form)
						: ip_addr_main(argc - 2, argv + 2, &form);
	con_printf("Object \"%s\" is unknown, try \"help ip\".\n", argv[1]);
	return 1;
}

struct console_command ip_command = {
	.name = "ip",
	.summary = "show and change links, addresses, routes, neighbours",
	.usage = "  ip [-s] [-o] link [show [DEV]]\n"
		 "  ip link set DEV [up|down] [mtu N] [address MAC] [txqueuelen N] [promisc "
		 "on|off] [allmulticast on|off]\n"
		 "  ip [-o] addr [show [DEV]]\n"
		 "  ip addr add|del ADDR/LEN [brd ADDR] dev DEV\n"
		 "  ip addr flush dev DEV\n"
		 "  ip route [show]\n"
		 "  ip route add|del|replace PREFIX|default [via GATEWAY] [dev DEV] [metric N] "
		 "[mtu N]\n"
		 "  ip route get ADDR\n"
		 "  ip neigh [show [ADDR] [dev DEV]]\n"
		 "  ip neigh add|replace|del ADDR lladdr MAC dev DEV\n"
		 "  ip neigh flush [dev DEV] [ADDR]\n",
	.fn = cmd_ip,
};
