/* SPDX-License-Identifier: MIT */
/* A namespace's netlink sockets. */
#ifndef NET_NETNS_NETLINK_H
#define NET_NETNS_NETLINK_H

#include <kernel/list.h>
#include <kernel/spinlock.h>

struct netlink_table;

struct netns_netlink {
	spinlock_t lock;	      /* of all tables */
	struct netlink_table *tables; /* MAX_LINKS of them, by family */
	struct sock *rtnl;	      /* the kernel's sockets */
	struct sock *diag;
};

#endif
