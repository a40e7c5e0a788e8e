/* SPDX-License-Identifier: MIT */
/* in_device and its addresses: primary and secondary, found by hash, and who is told when they
 * change. RFC 1122 section 3.3.4. Book section 12.8. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/igmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

#define IN4_ADDR_HSIZE_SHIFT 6

static struct kmem_cache *ifa_cachep;
static struct notifier_block *inetaddr_chain;

int register_inetaddr_notifier(struct notifier_block *nb)
{
	struct notifier_block **p = &inetaddr_chain;

	while (*p)
		p = &(*p)->next;
	*p = nb;
	return 0;
}

void inetaddr_notify(unsigned long event, struct in_ifaddr *ifa)
{
	struct notifier_block *nb;

	for (nb = inetaddr_chain; nb; nb = nb->next)
		nb->notifier_call(nb, event, ifa);
}

static struct hlist_head *ifa_bucket(struct net *net, __be32 addr)
{
	return &net->ipv4.inet_addr_lst[hash_32(addr, IN4_ADDR_HSIZE_SHIFT)];
}

struct in_ifaddr *inet_lookup_ifaddr(struct net *net, __be32 addr)
{
	struct in_ifaddr *ifa;

	hlist_for_each_entry(ifa, ifa_bucket(net, addr), hash)
		if (ifa->ifa_local == addr && inet_ifa_usable(ifa))
			return ifa;
	return NULL;
}

struct net_device *__ip_dev_find(struct net *net, __be32 addr, bool devref)
{
	struct in_ifaddr *ifa = inet_lookup_ifaddr(net, addr);
	struct net_device *dev = ifa ? ifa->ifa_dev->dev : NULL;

	if (!dev && ipv4_is_loopback(addr))
		dev = net->loopback_dev;
	if (dev && devref)
		dev_hold(dev);
	return dev;
}

struct in_ifaddr *inet_alloc_ifa(void)
{
	struct in_ifaddr *ifa = kmem_cache_zalloc(ifa_cachep, GFP_KERNEL);

	if (ifa)
		inet_acd_init_ifa(ifa);
	return ifa;
}

void inet_free_ifa(struct in_ifaddr *ifa)
{
	if (ifa->ifa_dev)
		in_dev_put(ifa->ifa_dev);
	kmem_cache_free(ifa_cachep, ifa);
}

void in_dev_put(struct in_device *in_dev)
{
	if (!atomic_dec_and_test(&in_dev->refcnt))
		return;
	dev_put(in_dev->dev);
	kfree(in_dev);
}

struct in_device *inetdev_init(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct net *net = dev_net(dev);

	ASSERT_RTNL();
	if (in_dev)
		return in_dev;
	in_dev = kzalloc(sizeof(*in_dev), GFP_KERNEL);
	if (!in_dev)
		return NULL;
	in_dev->cnf = *net->ipv4.devconf_dflt;
	in_dev->dev = dev;
	in_dev->arp_parms = neigh_parms_alloc(dev, net->ipv4.arp_tbl);
	if (!in_dev->arp_parms) {
		kfree(in_dev);
		return NULL;
	}
	dev_hold(dev);
	atomic_set(&in_dev->refcnt, 1);
	in_dev->sysctl = devinet_sysctl_register(net, dev->name, &in_dev->cnf);
	in_dev->neigh_sysctl = neigh_sysctl_register(in_dev->arp_parms, dev->name);
	ip_mc_init_dev(in_dev);
	dev->ip_ptr = in_dev;
	inet_acd_link(in_dev);
	if (dev->flags & IFF_UP)
		ip_mc_up(in_dev);
	return in_dev;
}

static void inetdev_destroy(struct in_device *in_dev)
{
	struct net_device *dev = in_dev->dev;

	in_dev->dead = true;
	ip_mc_destroy_dev(in_dev);
	while (in_dev->ifa_list)
		inet_del_ifa(in_dev, in_dev->ifa_list);
	devinet_sysctl_unregister(in_dev->sysctl);
	neigh_sysctl_unregister(in_dev->neigh_sysctl);
	local_bh_disable();
	dev->ip_ptr = NULL;
	local_bh_enable();
	arp_ifdown(dev);
	neigh_parms_release(dev_net(dev)->ipv4.arp_tbl, in_dev->arp_parms);
	in_dev_put(in_dev);
}

static bool ifa_same_subnet(const struct in_ifaddr *a, const struct in_ifaddr *b)
{
	return a->ifa_mask == b->ifa_mask && inet_ifa_match(a->ifa_address, b);
}

/* Where it goes in the list: primaries first, wider scopes before narrower ones; secondaries at the
 * end. */
static struct in_ifaddr **ifa_position(struct in_device *in_dev, const struct in_ifaddr *ifa)
{
	struct in_ifaddr **p, **last_primary = &in_dev->ifa_list;

	for (p = &in_dev->ifa_list; *p; p = &(*p)->ifa_next)
		if (!((*p)->ifa_flags & IFA_F_SECONDARY) && ifa->ifa_scope <= (*p)->ifa_scope)
			last_primary = &(*p)->ifa_next;
	return ifa->ifa_flags & IFA_F_SECONDARY ? p : last_primary;
}

int inet_insert_ifa(struct in_ifaddr *ifa)
{
	struct in_device *in_dev = ifa->ifa_dev;
	struct in_ifaddr **p;
	int err = 0;

	ASSERT_RTNL();
	ifa->ifa_flags &= ~(u32)IFA_F_SECONDARY;
	for_ifa(in_dev, other) {
		if (!ifa_same_subnet(ifa, other))
			continue;
		if (other->ifa_local == ifa->ifa_local)
			err = -EEXIST;
		else if (other->ifa_scope != ifa->ifa_scope)
			err = -EINVAL;
		ifa->ifa_flags |= IFA_F_SECONDARY;
	}
	if (!err && ifa->ifa_local)
		err = inet_acd_prepare(ifa);
	if (!err && ifa->ifa_local && (ifa->ifa_flags & IFA_F_MCAUTOJOIN))
		err = ip_mc_autojoin(ifa);
	if (err || !ifa->ifa_local) {
		inet_free_ifa(ifa);
		return err;
	}
	p = ifa_position(in_dev, ifa);
	local_bh_disable();
	ifa->ifa_next = *p;
	*p = ifa;
	hlist_add_head(&ifa->hash, ifa_bucket(dev_net(in_dev->dev), ifa->ifa_local));
	local_bh_enable();
	ifa->ifa_cstamp = ifa->ifa_tstamp = jiffies;
	inetaddr_notify(NETDEV_UP, ifa);
	inet_acd_begin(ifa);
	return 0;
}

static void ifa_unlink(struct in_device *in_dev, struct in_ifaddr *ifa)
{
	struct in_ifaddr **p = &in_dev->ifa_list;

	while (*p && *p != ifa)
		p = &(*p)->ifa_next;
	local_bh_disable();
	if (*p)
		*p = ifa->ifa_next;
	hlist_del_init(&ifa->hash);
	inet_acd_stop(ifa);
	local_bh_enable();
}

static void ifa_remove(struct in_device *in_dev, struct in_ifaddr *ifa, bool destroy)
{
	ifa_unlink(in_dev, ifa);
	inetaddr_notify(NETDEV_DOWN, ifa);
	if (destroy)
		inet_free_ifa(ifa);
}

void __inet_del_ifa(struct in_device *in_dev, struct in_ifaddr *ifa, bool destroy)
{
	bool promote = IN_DEV_ORCONF(in_dev, promote_secondaries);
	struct in_ifaddr *other, *next, *heir = NULL;

	ASSERT_RTNL();
	if (!(ifa->ifa_flags & IFA_F_SECONDARY)) {
		for (other = in_dev->ifa_list; other; other = next) {
			next = other->ifa_next;
			if (other == ifa || !(other->ifa_flags & IFA_F_SECONDARY) ||
			    !ifa_same_subnet(ifa, other))
				continue;
			if (!promote)
				ifa_remove(in_dev, other, true);
			else if (!heir)
				heir = other;
		}
	}
	ifa_unlink(in_dev, ifa);
	inetaddr_notify(NETDEV_DOWN, ifa);
	if (heir) {
		heir->ifa_flags &= ~(u32)IFA_F_SECONDARY;
		inetaddr_notify(NETDEV_UP, heir);
	}
	if (destroy)
		inet_free_ifa(ifa);
}

void inet_del_ifa(struct in_device *in_dev, struct in_ifaddr *ifa)
{
	__inet_del_ifa(in_dev, ifa, true);
}

struct in_ifaddr *inet_promote(struct in_ifaddr *ifa)
{
	if (ifa->ifa_flags & IFA_F_SECONDARY)
		return NULL;
	for_ifa(ifa->ifa_dev, other) {
		if (!(other->ifa_flags & IFA_F_SECONDARY) || !ifa_same_subnet(ifa, other))
			continue;
		other->ifa_flags &= ~(u32)IFA_F_SECONDARY;
		ifa->ifa_flags |= IFA_F_SECONDARY;
		return other;
	}
	return NULL;
}

static struct in_ifaddr *ifa_by_label(struct in_device *in_dev, const char *label)
{
	for_ifa(in_dev, ifa)
		if (!strcmp(ifa->ifa_label, label))
			return ifa;
	return NULL;
}

void inet_set_lifetime(struct in_ifaddr *ifa, u32 valid, u32 preferred)
{
	ifa->ifa_valid_lft = valid;
	ifa->ifa_preferred_lft = preferred;
	ifa->ifa_tstamp = jiffies;
	ifa->ifa_flags &= ~(u32)(IFA_F_PERMANENT | IFA_F_DEPRECATED);
	if (valid == INFINITY_LIFE_TIME)
		ifa->ifa_flags |= IFA_F_PERMANENT;
	if (!preferred)
		ifa->ifa_flags |= IFA_F_DEPRECATED;
	inetaddr_notify(NETDEV_CHANGE, ifa);
}

int inet_set_address(struct net_device *dev, __be32 local, int prefixlen, __be32 broadcast,
		     u32 lifetime_s)
{
	struct in_device *in_dev = inetdev_init(dev);
	struct in_ifaddr *ifa, *old;

	if (!in_dev)
		return -ENOBUFS;
	old = ifa_by_label(in_dev, dev->name);
	if (old && old->ifa_local == local && old->ifa_prefixlen == prefixlen &&
	    (!broadcast || old->ifa_broadcast == broadcast)) {
		inet_set_lifetime(old, lifetime_s, lifetime_s); /* routes and connections stay */
		return 0;
	}
	ifa = inet_alloc_ifa();
	if (!ifa)
		return -ENOBUFS;
	if (old)
		inet_del_ifa(in_dev, old);
	atomic_inc(&in_dev->refcnt);
	ifa->ifa_dev = in_dev;
	ifa->ifa_local = ifa->ifa_address = local;
	ifa->ifa_prefixlen = (u8)prefixlen;
	ifa->ifa_mask = inet_make_mask(prefixlen);
	ifa->ifa_broadcast = prefixlen < 31 && (dev->flags & IFF_BROADCAST)
				     ? (broadcast ? broadcast : local | ~ifa->ifa_mask)
				     : 0;
	ifa->ifa_scope = ipv4_is_loopback(local) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	ifa->ifa_valid_lft = ifa->ifa_preferred_lft = lifetime_s;
	ifa->ifa_flags = lifetime_s == INFINITY_LIFE_TIME ? IFA_F_PERMANENT : 0;
	strscpy(ifa->ifa_label, dev->name, IFNAMSIZ);
	return inet_insert_ifa(ifa);
}

struct in_ifaddr *inet_find_address(const struct net_device *dev, __be32 local)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev)
		for_ifa(in_dev, ifa)
			if (ifa->ifa_local == local)
				return ifa;
	return NULL;
}

int inet_clear_address(struct net_device *dev, __be32 local)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev) {
		for_ifa(in_dev, ifa) {
			if (!local || ifa->ifa_local == local) {
				inet_del_ifa(in_dev, ifa);
				return 0;
			}
		}
	}
	return -EADDRNOTAVAIL;
}

bool inet_addr_onlink(struct in_device *in_dev, __be32 a, __be32 b)
{
	for_ifa(in_dev, ifa)
		if (!(ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_TENTATIVE)) && inet_ifa_match(a, ifa) &&
		    (!b || inet_ifa_match(b, ifa)))
			return true;
	return false;
}

__be32 inet_select_addr(const struct net_device *dev, __be32 dst, int scope)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct net_device *other;
	__be32 addr = 0;

	if (in_dev) {
		for_ifa(in_dev, ifa) {
			if ((ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_TENTATIVE)) || ifa->ifa_scope > scope)
				continue;
			if (!dst || inet_ifa_match(dst, ifa))
				return ifa->ifa_local;
			if (!addr)
				addr = ifa->ifa_local;
		}
	}
	if (addr)
		return addr;
	for_each_netdev(dev_net(dev), other) {
		in_dev = __in_dev_get_rcu(other);
		if (!in_dev)
			continue;
		for_ifa(in_dev, ifa)
			if (!(ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_TENTATIVE)) &&
			    ifa->ifa_scope != RT_SCOPE_LINK && ifa->ifa_scope <= scope)
				return ifa->ifa_local;
	}
	return 0;
}

static __be32 confirm_addr_indev(struct in_device *in_dev, __be32 dst, __be32 local, int scope)
{
	for_ifa(in_dev, ifa)
		if ((!local || ifa->ifa_local == local) && ifa->ifa_scope <= scope && inet_ifa_usable(ifa) &&
		    (!dst || inet_ifa_match(dst, ifa)))
			return ifa->ifa_local;
	return 0;
}

__be32 inet_confirm_addr(struct net *net, struct in_device *in_dev, __be32 dst, __be32 local,
			 int scope)
{
	struct net_device *dev;
	__be32 addr;

	if (in_dev)
		return confirm_addr_indev(in_dev, dst, local, scope);
	for_each_netdev(net, dev) {
		in_dev = __in_dev_get_rcu(dev);
		addr = in_dev ? confirm_addr_indev(in_dev, dst, local, scope) : 0;
		if (addr)
			return addr;
	}
	return 0;
}

/* The link, or our address on it, is new: whoever knows us learns of it, where arp_notify says so. */
static void inetdev_announce(struct in_device *in_dev)
{
	struct net_device *dev = in_dev->dev;

	if (!IN_DEV_ORCONF(in_dev, arp_notify) || !(dev->flags & IFF_UP) || !netif_carrier_ok(dev) ||
	    (dev->flags & (IFF_NOARP | IFF_LOOPBACK)))
		return;
	for_ifa(in_dev, ifa)
		if (inet_ifa_usable(ifa))
			arp_announce_addr(dev, ifa->ifa_local);
}

static void inetdev_up(struct in_device *in_dev)
{
	struct net_device *dev = in_dev->dev;

	if (dev->mtu < IPV4_MIN_MTU)
		return;
	if ((dev->flags & IFF_LOOPBACK) && !in_dev->ifa_list)
		inet_set_address(dev, htonl(INADDR_LOOPBACK), 8, 0, INFINITY_LIFE_TIME);
	inet_acd_link(in_dev);
	ip_mc_up(in_dev);
	inetdev_announce(in_dev);
}

/* The device has a new name: labels of its addresses follow, with their alias suffix. */
static void inetdev_changename(struct in_device *in_dev)
{
	struct net_device *dev = in_dev->dev;

	unsigned int n = 0;

	/* The first takes the name alone; the others keep what stands behind their colon, or get their number. */
	for_ifa(in_dev, ifa) {
		char suffix[IFNAMSIZ] = "", *colon = strchr(ifa->ifa_label, ':');

		if (n++ && colon)
			strscpy(suffix, colon, sizeof(suffix));
		else if (n > 1)
			scnprintf(suffix, sizeof(suffix), ":%u", n);
		scnprintf(ifa->ifa_label, IFNAMSIZ, "%.*s%s", (int)(IFNAMSIZ - 1 - strlen(suffix)), dev->name,
			  suffix);
		inetaddr_notify(NETDEV_CHANGE, ifa); /* told to listeners */
	}
	devinet_sysctl_unregister(in_dev->sysctl);
	neigh_sysctl_unregister(in_dev->neigh_sysctl);
	in_dev->sysctl = devinet_sysctl_register(dev_net(dev), dev->name, &in_dev->cnf);
	in_dev->neigh_sysctl = neigh_sysctl_register(in_dev->arp_parms, dev->name);
}

static int inetdev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!dev_net(dev)->ipv4.devconf_dflt)
		return 0;
	if (!in_dev) {
		if (event == NETDEV_REGISTER ||
		    (event == NETDEV_CHANGEMTU && dev->mtu >= IPV4_MIN_MTU))
			inetdev_init(dev);
		return 0;
	}
	switch (event) {
	case NETDEV_UP: inetdev_up(in_dev); break;
	case NETDEV_DOWN:
		inet_acd_link(in_dev);
		ip_mc_down(in_dev);
		break;
	case NETDEV_CHANGE: inet_acd_link(in_dev); /* fall through */
	case NETDEV_CHANGEADDR: inetdev_announce(in_dev); break;
	case NETDEV_CHANGEMTU:
		if (dev->mtu < IPV4_MIN_MTU)
			inetdev_destroy(in_dev);
		break;
	case NETDEV_CHANGENAME: inetdev_changename(in_dev); break;
	case NETDEV_UNREGISTER:
		inetdev_destroy(in_dev);
		rt_cache_flush(dev_net(dev));
		break;
	}
	return 0;
}

static const struct ipv4_devconf devconf_defaults = {
#define X(name, dflt) .name = dflt,
	IPV4_DEVCONF(X)
#undef X
};

/* Devices may be older than IPv4's part of the namespace: they get theirs now. */
static void devinet_adopt(struct net *net)
{
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(net, dev) {
		struct in_device *in_dev = inetdev_init(dev);

		if (in_dev && (dev->flags & IFF_UP))
			inetdev_up(in_dev);
	}
	rtnl_unlock();
}

static int devinet_net_init(struct net *net)
{
	struct netns_ipv4 *v4 = &net->ipv4;

	v4->inet_addr_lst =
		kcalloc(1u << IN4_ADDR_HSIZE_SHIFT, sizeof(*v4->inet_addr_lst), GFP_KERNEL);
	v4->devconf_all = kmemdup(&devconf_defaults, sizeof(devconf_defaults), GFP_KERNEL);
	v4->devconf_dflt = kmemdup(&devconf_defaults, sizeof(devconf_defaults), GFP_KERNEL);
	if (!v4->inet_addr_lst || !v4->devconf_all || !v4->devconf_dflt) {
		kfree(v4->inet_addr_lst);
		kfree(v4->devconf_all);
		kfree(v4->devconf_dflt);
		v4->devconf_dflt = NULL;
		return -ENOMEM;
	}
	v4->devconf_all_sysctl = devinet_sysctl_register(net, "all", v4->devconf_all);
	v4->devconf_dflt_sysctl = devinet_sysctl_register(net, "default", v4->devconf_dflt);
	devinet_adopt(net);
	return 0;
}

static void devinet_net_exit(struct net *net)
{
	struct net_device *dev;

	inet_lifetime_stop(net);
	rtnl_lock();
	for_each_netdev(net, dev)
		if (__in_dev_get_rtnl(dev))
			inetdev_destroy(__in_dev_get_rtnl(dev));
	rtnl_unlock();
	devinet_sysctl_unregister(net->ipv4.devconf_all_sysctl);
	devinet_sysctl_unregister(net->ipv4.devconf_dflt_sysctl);
	kfree(net->ipv4.devconf_all);
	kfree(net->ipv4.devconf_dflt);
	kfree(net->ipv4.inet_addr_lst);
	net->ipv4.devconf_dflt = NULL;
}

static struct pernet_operations devinet_net_ops = { .init = devinet_net_init,
						    .exit = devinet_net_exit };
static struct notifier_block ip_netdev_notifier = { .notifier_call = inetdev_event };

void devinet_init(void)
{
	ifa_cachep = kmem_cache_create("in_ifaddr", sizeof(struct in_ifaddr), 0, 0, NULL);
	register_pernet_subsys(&devinet_net_ops);
	register_netdevice_notifier(&ip_netdev_notifier);
	devinet_netlink_init();
}
