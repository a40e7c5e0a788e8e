/* SPDX-License-Identifier: MIT */
/* net.ipv4.conf.{all,default,DEV}.*: the settings of one in_device, or of all. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/inetdevice.h>
#include "ipv4_internal.h"

#define DEVCONF_NAME_LEN 56

static const struct {
	const char *name;
	size_t offset;
} devconf_fields[] = {
#define X(field, dflt) { #field, offsetof(struct ipv4_devconf, field) },
	IPV4_DEVCONF(X)
#undef X
};

struct ipv4_devconf_sysctl {
	struct ctl_table_header header;
	struct net *net;
	struct ctl_table table[ARRAY_SIZE(devconf_fields)];
	char names[ARRAY_SIZE(devconf_fields)][DEVCONF_NAME_LEN];
};

void devinet_copy_forwarding(struct net *net)
{
	int on = net->ipv4.sysctl_ip_forward;
	struct net_device *dev;

	net->ipv4.devconf_all->forwarding = on;
	net->ipv4.devconf_dflt->forwarding = on;
	rtnl_lock();
	for_each_netdev(net, dev)
		if (__in_dev_get_rtnl(dev))
			__in_dev_get_rtnl(dev)->cnf.forwarding = on;
	rtnl_unlock();
	rt_cache_flush(net);
}

struct ipv4_devconf_sysctl *devinet_sysctl_register(struct net *net, const char *name,
						    struct ipv4_devconf *cnf)
{
	struct ipv4_devconf_sysctl *s = kzalloc(sizeof(*s), GFP_KERNEL);
	size_t i;

	if (!s)
		return NULL;
	s->net = net;
	for (i = 0; i < ARRAY_SIZE(devconf_fields); i++) {
		snprintf(s->names[i], DEVCONF_NAME_LEN, "net.ipv4.conf.%s.%s", name,
			 devconf_fields[i].name);
		s->table[i] = (struct ctl_table){ .procname = s->names[i],
						  .offset = devconf_fields[i].offset,
						  .size = sizeof(int),
						  .count = 1 };
	}
	register_sysctl(&s->header, s->table, ARRAY_SIZE(devconf_fields), cnf);
	return s;
}

void devinet_sysctl_unregister(struct ipv4_devconf_sysctl *s)
{
	if (!s)
		return;
	unregister_sysctl(&s->header);
	kfree(s);
}
