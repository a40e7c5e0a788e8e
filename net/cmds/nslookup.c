/* SPDX-License-Identifier: MIT */
/* nslookup: ask a name server for a host's addresses. */
#include <wire/dns.h>

#include "cmd_internal.h"

static int print_error(int err, const char *name)
{
	switch (err) {
	case -ENOENT: con_printf("** server can't find %s: NXDOMAIN\n", name); break;
	case -EIO: con_printf("** server can't find %s: SERVFAIL\n", name); break;
	case -EINVAL: con_printf("nslookup: `%s` is not a host name\n", name); break;
	case -EAGAIN: con_printf(";; connection timed out; no servers could be reached\n"); break;
	case -ECONNREFUSED:
		con_printf(";; communications error: connection refused; no servers could be "
			   "reached\n");
		break;
	default: con_printf("nslookup: %s\n", error_text(err));
	}
	return 1;
}

static int cmd_nslookup(int argc, char **argv)
{
	struct dns_answer *a;
	__be32 server = 0;
	unsigned int i;
	int err;

	if (argc < 2 || argc > 3)
		return usage(&nslookup_command);
	if (argc == 3 && !parse_ipv4(argv[2], &server)) {
		con_printf("nslookup: `%s` is not the address of a server\n", argv[2]);
		return 2;
	}
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return 1;
	err = dns_query(argv[1], server, a);
	if (!err || err == -ENOENT)
		con_printf("Server:\t\t%pI4\nAddress:\t%pI4#%d\n\n", &a->server, &a->server,
			   DNS_PORT);
	if (!err) {
		con_printf("Non-authoritative answer:\n");
		if (a->cname[0])
			con_printf("%s\tcanonical name = %s.\n", a->name, a->cname);
		for (i = 0; i < a->nr_addrs; i++)
			con_printf("Name:\t%s\nAddress: %pI4\n", a->cname[0] ? a->cname : a->name,
				   &a->addrs[i]);
	} else {
		err = print_error(err, argv[1]);
	}
	kfree(a);
	return err;
}

struct console_command nslookup_command = {
	.name = "nslookup",
	.summary = "ask the name server",
	.usage = "  nslookup NAME [SERVER]\n",
	.fn = cmd_nslookup,
};
