/* SPDX-License-Identifier: MIT */
/* The protocol-independent part of a namespace: sysctls net.core.* and the protocols' socket counts. */
#ifndef NET_NETNS_CORE_H
#define NET_NETNS_CORE_H

#include <kernel/atomic.h>
#include <kernel/list.h>
#include <kernel/sysctl.h>

struct Qdisc_ops;

struct sock;

struct netns_core {
	struct ctl_table_header sysctl_hdr;
	int sysctl_somaxconn; /* 4096 */
	int sysctl_rmem_max, sysctl_wmem_max; /* bytes, 212992 */
	int sysctl_rmem_default, sysctl_wmem_default; /* bytes, 212992 */
	int sysctl_optmem_max;
	int sysctl_netdev_max_backlog; /* packets, 1000 */
	int sysctl_netdev_budget; /* packets a round, 300 */
	int sysctl_netdev_budget_usecs; /* 2000 */
	int sysctl_dev_weight; /* 64 */
	struct ctl_table_header sched_sysctl_hdr;
	const struct Qdisc_ops *default_qdisc; /* of devices with a queue; pfifo_fast */
	u32 qdisc_auto_handle; /* [RTNL] the last one that was given to whoever named none */
	int sockets_in_use;
	struct list_head neigh_tables; /* one a family */
	/* sk_destroyed - who wants to hear of a sock before its memory goes (sock_diag, while anybody
	 * listens; else NULL). true: sk_destruct is its business from now on. Context: any but hardirq. */
	bool (*sk_destroyed)(struct sock *sk);
};

#endif
