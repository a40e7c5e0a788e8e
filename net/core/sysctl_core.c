/* SPDX-License-Identifier: MIT */
/* net.core.*: limits of sockets and of the receive work, and their defaults. */
#include <kernel/sysctl.h>

#include "core_internal.h"

#define SK_MEM_DEFAULT 212992 /* bytes, as Linux */
#define CORE(name, field, lo, hi)                                                           \
	{                                                                                   \
		.procname = "net.core." name, .offset = offsetof(struct netns_core, field), \
		.size = 4, .count = 1, .min = (lo), .max = (hi)                             \
	}

static const struct ctl_table core_table[] = {
	CORE("somaxconn", sysctl_somaxconn, 0, INT_MAX),
	CORE("rmem_max", sysctl_rmem_max, 2304, INT_MAX),
	CORE("wmem_max", sysctl_wmem_max, 4608, INT_MAX),
	CORE("rmem_default", sysctl_rmem_default, 2304, INT_MAX),
	CORE("wmem_default", sysctl_wmem_default, 4608, INT_MAX),
	CORE("optmem_max", sysctl_optmem_max, 0, INT_MAX),
	CORE("netdev_max_backlog", sysctl_netdev_max_backlog, 0, INT_MAX),
	CORE("netdev_budget", sysctl_netdev_budget, 1, INT_MAX),
	CORE("netdev_budget_usecs", sysctl_netdev_budget_usecs, 1, 1000000),
	CORE("dev_weight", sysctl_dev_weight, 1, INT_MAX),
};

static int core_net_init(struct net *net)
{
	struct netns_core *core = &net->core;

	core->sysctl_somaxconn = SOMAXCONN;
	core->sysctl_rmem_max = core->sysctl_wmem_max = SK_MEM_DEFAULT;
	core->sysctl_rmem_default = core->sysctl_wmem_default = SK_MEM_DEFAULT;
	core->sysctl_optmem_max = 20480;
	core->sysctl_netdev_max_backlog = 1000;
	core->sysctl_netdev_budget = 300;
	core->sysctl_netdev_budget_usecs = 2000;
	core->sysctl_dev_weight = 64;
	return register_sysctl(&core->sysctl_hdr, core_table, ARRAY_SIZE(core_table), core);
}

static void core_net_exit(struct net *net)
{
	unregister_sysctl(&net->core.sysctl_hdr);
}

static struct pernet_operations core_net_ops = {
	.init = core_net_init,
	.exit = core_net_exit,
};

void core_sysctl_init(void)
{
	if (register_pernet_subsys(&core_net_ops))
		panic("net.core: out of memory");
}
