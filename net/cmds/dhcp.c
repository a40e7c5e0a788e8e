/* SPDX-License-Identifier: MIT */
/* dhcp: the state of the DHCP client, and asking it to begin again or give up. */
#include <kernel/sched.h>
#include <net/ipconfig.h>
#include <net/net_namespace.h>

#include "cmd_internal.h"

static struct net *our_net(void)
{
	return current->net ? current->net : &init_net;
}

static void show(const struct dhcp_status *st)
{
	unsigned int i;

	con_printf("%s: %s", st->dev, dhcp_state_name(st->state));
	if (st->addr) {
		con_printf(", %pI4/%u", &st->addr, mask_length(st->mask));
		if (st->router)
			con_printf(", gateway %pI4", &st->router);
		for (i = 0; i < ARRAY_SIZE(st->dns) && st->dns[i]; i++)
			con_printf(", dns %pI4", &st->dns[i]);
		con_printf(", server %pI4, lease %us, age %us", &st->server, st->lease_s,
			   st->age_s);
	}
	con_printf("\n");
}

static int show_all(void)
{
	struct dhcp_status st;
	struct if_info *t;
	int n = if_table(&t), i, clients = 0;

	for (i = 0; i < n; i++) {
		if (dhcp_status(our_net(), t[i].name, &st))
			continue;
		show(&st);
		clients++;
	}
	if (n >= 0)
		kfree(t);
	if (!clients)
		con_printf("no device has a DHCP client; `dhcp DEV` starts one\n");
	return 0;
}

static int cmd_dhcp(int argc, char **argv)
{
	const char *dev = argc > 1 ? argv[1] : NULL, *verb = argc > 2 ? argv[2] : "start";
	int err;

	if (!dev)
		return show_all();
	if (argc > 3)
		return usage(&dhcp_command);
	if (!strcmp(verb, "start") || !strcmp(verb, "renew"))
		err = dhcp_start(our_net(), dev);
	else if (!strcmp(verb, "release"))
		err = dhcp_release(our_net(), dev);
	else if (!strcmp(verb, "stop"))
		err = dhcp_stop(our_net(), dev);
	else
		return usage(&dhcp_command);
	if (err == -ENODEV)
		con_printf("dhcp: no device `%s`; `ip link` lists them\n", dev);
	else if (err == -ENOENT)
		con_printf("dhcp: %s has no DHCP client\n", dev);
	else if (err)
		con_printf("dhcp: %s: %s\n", dev, error_text(err));
	return err ? 1 : 0;
}

struct console_command dhcp_command = {
	.name = "dhcp",
	.summary = "show and control the DHCP client",
	.usage = "  dhcp\n  dhcp DEV [start|renew|release|stop]\n",
	.fn = cmd_dhcp,
};
