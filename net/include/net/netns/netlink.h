/* SPDX-License-Identifier: MIT */
/* A namespace's netlink sockets. */
#ifndef NET_NETNS_NETLINK_H
#define NET_NETNS_NETLINK_H

#include <kernel/interrupt.h>
#include <kernel/spinlock.h>
#include <uapi/sock_diag.h>

struct netlink_table;

struct netns_netlink {
	spinlock_t lock;	      /* of all tables */
	struct netlink_table *tables; /* MAX_LINKS of them, by family */
	struct sock *rtnl;	      /* the kernel's sockets */
	struct sock *diag;
	/* Who listens to sock_diag's groups, and the socks that are to be told of. */
	unsigned int destroy_listeners[SKNLGRP_MAX + 1];
	struct list_head destroyed; /* by sk_all_node [softirqs off] */
	struct tasklet_struct destroyed_tasklet;
};

#endif
