/* SPDX-License-Identifier: MIT */
/* The table of network commands: a new one is one file and one row here. */
#include "cmd_internal.h"

void net_cmds_init(void)
{
	static struct console_command *const commands[] = {
		&ip_command,   &ifconfig_command, &route_command,   &arp_command,
		&ping_command, &netstat_command,  &ss_command,	    &nslookup_command,
		&dhcp_command, &echo_command,	  &tcpdump_command, &nstat_command,
		&tc_command,   &traceroute_command,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		console_register(commands[i]);
}
