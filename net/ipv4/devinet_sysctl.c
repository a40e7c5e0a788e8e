/* SPDX-License-Identifier: MIT */
/* net.ipv4.conf.{all,default,DEV}.*: the settings of one in_device, or of all. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/inetdevice.h>
#include <net/ip_fib.h>
#include "ipv4_internal.h"

#define DEVCONF_NAME_LEN 72

static const struct {
	const char *name;
	size_t offset;
} devconf_fields[] = {
#define X(field, dflt) { #field, offsetof(struct ipv4_devconf, field) },
	IPV4_DEVCONF(X)
#undef X
};
BUILD_BUG_ON(ARRAY_SIZE(devconf_fields) > 64); /* bits of ipv4_devconf.set */

struct ipv4_devconf_sysctl {
	struct ctl_table_header header;
	struct net *net;
	struct ipv4_devconf *cnf;
	struct ctl_table table[ARRAY_SIZE(devconf_fields)];
	char names[ARRAY_SIZE(devconf_fields)][DEVCONF_NAME_LEN];
};

static int *devconf_value(struct ipv4_devconf *cnf, size_t offset)
{
	return (int *)((char *)cnf + offset);
}

static void devconf_set(struct ipv4_devconf *cnf, size_t offset, int v)
{
	*devconf_value(cnf, offset) = v;
	cnf->set |= 1ull << (offset / sizeof(int)); /* the fields are ints, one behind the other */
}

/* A router does as routers say, not as other routers tell hosts: with forwarding on, redirects are not believed. */
static void devconf_forward_all(struct net *net, int on)
{
	struct net_device *dev;

	net->ipv4.devconf_all->forwarding = on;
	net->ipv4.devconf_all->accept_redirects = !on;
	net->ipv4.devconf_dflt->forwarding = on;
	for_each_netdev(net, dev)
		if (__in_dev_get_rtnl(dev))
			devconf_set(&__in_dev_get_rtnl(dev)->cnf,
				    offsetof(struct ipv4_devconf, forwarding), on);
}

/* Devices follow the default until they have a value of their own. */
static void devconf_copy_default(struct net *net, size_t offset)
{
	int v = *devconf_value(net->ipv4.devconf_dflt, offset);
	struct net_device *dev;

	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);

		if (in_dev && !(in_dev->cnf.set & 1ull << (offset / sizeof(int))))
			*devconf_value(&in_dev->cnf, offset) = v;
	}
}

int devinet_set_forwarding(struct net *net, int on)
{
	rtnl_lock();
	if (net->ipv4.devconf_all->forwarding != on)
		devconf_forward_all(net, on);
	rtnl_unlock();
	rt_cache_flush(net);
	return 0;
}

static int devconf_handler(const struct ctl_table *t, void *base, char *buf, size_t size, bool write)
{
	struct ipv4_devconf_sysctl *s = base;
	struct net *net = s->net;
	int v, err;

	if (!write)
		return scnprintf(buf, size, "%d", *devconf_value(s->cnf, t->offset));
	err = kstrtoint(strim(buf), 0, &v);
	if (err)
		return err;
	if (t->offset == offsetof(struct ipv4_devconf, mc_forwarding))
		return -EPERM; /* a multicast router's daemon sets it, and there is none */
	if (t->offset == offsetof(struct ipv4_devconf, forwarding) && s->cnf == net->ipv4.devconf_all)
		return devinet_set_forwarding(net, v);
	rtnl_lock();
	devconf_set(s->cnf, t->offset, v);
	if (s->cnf == net->ipv4.devconf_dflt)
		devconf_copy_default(net, t->offset);
	if (t->offset == offsetof(struct ipv4_devconf, ignore_routes_with_linkdown))
		fib_sync_carrier(net);
	rtnl_unlock();
	rt_cache_flush(net); /* what was decided by the old value */
	return 0;
}

struct ipv4_devconf_sysctl *devinet_sysctl_register(struct net *net, const char *name,
						    struct ipv4_devconf *cnf)
{
	struct ipv4_devconf_sysctl *s = kzalloc(sizeof(*s), GFP_KERNEL);
	size_t i;

	if (!s)
		return NULL;
	s->net = net;
	s->cnf = cnf;
	for (i = 0; i < ARRAY_SIZE(devconf_fields); i++) {
		snprintf(s->names[i], DEVCONF_NAME_LEN, "net.ipv4.conf.%s.%s", name,
			 devconf_fields[i].name);
		s->table[i] = (struct ctl_table){ .procname = s->names[i],
						  .offset = devconf_fields[i].offset,
						  .proc_handler = devconf_handler };
	}
	register_sysctl(&s->header, s->table, ARRAY_SIZE(devconf_fields), s);
	return s;
}

void devinet_sysctl_unregister(struct ipv4_devconf_sysctl *s)
{
	if (!s)
		return;
	unregister_sysctl(&s->header);
	kfree(s);
}
