/* SPDX-License-Identifier: MIT */
/* The network subsystem's start, in order: each row needs the ones above it. Called once from
 * kmain, before the drivers. */
#include <kernel/console.h>
#include <kernel/kernel.h>
#include <net/af_unix.h>
#include <net/dst.h>
#include <net/if_vlan.h>
#include <net/ip.h>
#include <net/ipconfig.h>
#include <net/neighbour.h>
#include <net/net.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>
#include <net/netlink.h>
#include <net/packet.h>
#include <net/pkt_sched.h>
#include <net/rtnetlink.h>
#include <net/skbuff.h>
#include <net/sock_diag.h>
#include <net/trace.h>

#include "socket_internal.h"

static const struct {
	const char *name;
	void (*init)(void);
} net_inits[] = {
	{ "namespaces", net_ns_init }, /* init_net, to which everything below attaches its part */
	{ "tracepoints", net_trace_init },
	{ "sk_buff", skb_init }, /* caches of packets */
	{ "net.core", core_sysctl_init }, /* limits and budgets */
	{ "devices", net_dev_init },	  /* registry, receive and transmit work, link watch */
	{ "dst", dst_init },
	{ "neighbour", neigh_init },
	{ "sockets", sock_inode_cache_init },
	{ "AF_NETLINK", netlink_init }, /* what shows and changes all below */
	{ "rtnetlink", rtnetlink_init },
	{ "sock_diag", sock_diag_init },
	{ "qdiscs", pkt_sched_init }, /* who is sent next, and when */
	{ "802.1Q", vlan_init },      /* VLAN devices */
	{ "AF_INET", inet_init },     /* IPv4, ARP, ICMP, UDP, TCP */
	{ "AF_PACKET", packet_init }, /* frames as the devices see them */
	{ "AF_UNIX", unix_init },     /* sockets within this machine */
	{ "proc", core_proc_init },
	{ "commands", net_cmds_init }, /* ip, ping, netstat, ... */
	{ "ip=", ipconfig_init },      /* addresses for devices as they appear */
};

void net_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(net_inits); i++)
		net_inits[i].init();
}
