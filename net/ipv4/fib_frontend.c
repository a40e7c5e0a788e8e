/* SPDX-License-Identifier: MIT */
/* The FIB's edges: route ioctls, routes that follow addresses and devices, source validation. Book
 * section 12.8.5. */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip_fib.h>

/* A link route (prefix of an address) has no gateway; the local table holds what is ours or the
 * link's broadcast. */
static int fib_magic(bool add, u8 type, __be32 dst, int dst_len, const struct in_ifaddr *ifa, u32 priority)
{
	struct net_device *dev = ifa->ifa_dev->dev;
	struct net *net = dev_net(dev);
	struct fib_config cfg = {
		.fc_protocol = RTPROT_KERNEL,
		.fc_type = type,
		.fc_dst = dst,
		.fc_dst_len = (u8)dst_len,
		.fc_prefsrc = ifa->ifa_local,
		.fc_priority = priority,
		.fc_oif = dev->ifindex,
		.fc_nlflags = NLM_F_CREATE | NLM_F_APPEND,
	};
	struct fib_table *tb = type == RTN_UNICAST ? net->ipv4.fib_main : net->ipv4.fib_local;

	cfg.fc_scope = type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK;
	return add ? fib_table_insert(tb, &cfg) : fib_table_delete(tb, &cfg);
}

static struct in_ifaddr *inet_ifa_byprefix(struct in_device *in_dev, __be32 prefix, __be32 mask)
{
	for_ifa(in_dev, ifa)
		if (ifa->ifa_mask == mask && inet_ifa_match(prefix, ifa) && inet_ifa_usable(ifa))
			return ifa;
	return NULL;
}

/* The route to the address' prefix. */
static void fib_prefix_route(bool add, const struct in_ifaddr *ifa, u32 priority)
{
	u8 type = ifa->ifa_dev->dev->flags & IFF_LOOPBACK ? RTN_LOCAL : RTN_UNICAST;

	fib_magic(add, type, ifa->ifa_address & ifa->ifa_mask, ifa->ifa_prefixlen, ifa, priority);
}

void fib_modify_prefix_metric(struct in_ifaddr *ifa, u32 metric)
{
	struct net_device *dev = ifa->ifa_dev->dev;
	u32 old = ifa->ifa_rt_priority;

	ifa->ifa_rt_priority = metric;
	if (metric == old || !(dev->flags & IFF_UP) || !inet_ifa_usable(ifa) ||
	    (ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE)) ||
	    ipv4_is_zeronet(ifa->ifa_address & ifa->ifa_mask))
		return;
	fib_prefix_route(true, ifa, metric);
	fib_prefix_route(false, ifa, old); /* the first of the prefix, where it has no metric: the old one */
}

static void fib_add_ifaddr(struct in_ifaddr *ifa)
{
	struct net_device *dev = ifa->ifa_dev->dev;
	__be32 mask = ifa->ifa_mask, addr = ifa->ifa_local, prefix = ifa->ifa_address & mask;

	if (!(dev->flags & IFF_UP) || !inet_ifa_usable(ifa))
		return;
	fib_magic(true, RTN_LOCAL, addr, 32, ifa, 0);
	if (ifa->ifa_broadcast && !ipv4_is_lbcast(ifa->ifa_broadcast))
		fib_magic(true, RTN_BROADCAST, ifa->ifa_broadcast, 32, ifa, 0);
	if (ipv4_is_zeronet(prefix) || (ifa->ifa_flags & IFA_F_SECONDARY) ||
	    (prefix == addr && ifa->ifa_prefixlen == 32))
		return;
	if (!(ifa->ifa_flags & IFA_F_NOPREFIXROUTE))
		fib_prefix_route(true, ifa, ifa->ifa_rt_priority);
	/* all ones in the host's part; all zeros is an address as others are (Linux since 5.14) */
	if (ifa->ifa_prefixlen < 31)
		fib_magic(true, RTN_BROADCAST, prefix | ~mask, 32, ifa, 0);
}

/* Is @addr still the local (or broadcast) address of another entry of the device? */
static bool ifa_still_local(const struct in_device *in_dev, const struct in_ifaddr *gone)
{
	for_ifa(in_dev, ifa)
		if (ifa != gone && ifa->ifa_local == gone->ifa_local && inet_ifa_usable(ifa))
			return true;
	return false;
}

static bool ifa_still_broadcast(const struct in_device *in_dev, const struct in_ifaddr *gone,
				__be32 brd)
{
	for_ifa(in_dev, ifa)
		if (ifa != gone && inet_ifa_usable(ifa) &&
		    (ifa->ifa_broadcast == brd ||
		     (ifa->ifa_prefixlen < 31 && (ifa->ifa_address | ~ifa->ifa_mask) == brd)))
			return true;
	return false;
}

static bool fa_prefsrc(const struct fib_node *fn, const struct fib_alias *fa, const void *arg)
{
	return fa->fa_info->fib_prefsrc == *(const __be32 *)arg;
}

/* @net's device no longer has the address: no route may name it as source. */
static void fib_sync_down_addr(struct net *net, __be32 local)
{
	struct fib_table *tb;
	unsigned int i;

	for (i = 0; i < FIB_TABLE_HASHSZ; i++)
		hlist_for_each_entry(tb, &net->ipv4.fib_tables[i], tb_hlist)
			fib_table_flush(tb, fa_prefsrc, &local);
}

static void fib_del_ifaddr(struct in_ifaddr *ifa)
{
	struct in_device *in_dev = ifa->ifa_dev;
	struct net *net = dev_net(in_dev->dev);
	__be32 mask = ifa->ifa_mask, prefix = ifa->ifa_address & mask,
	       brd[2] = { ifa->ifa_broadcast, prefix | ~mask };
	struct fib_config cfg = { .fc_type = RTN_BROADCAST,
				  .fc_dst_len = 32,
				  .fc_scope = RT_SCOPE_LINK,
				  .fc_oif = in_dev->dev->ifindex };
	struct in_ifaddr *other = inet_ifa_byprefix(in_dev, prefix, mask);
	unsigned int i;

	if (!(ifa->ifa_flags & (IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE)) && ifa->ifa_prefixlen < 32 &&
	    (!other || other == ifa))
		fib_prefix_route(false, ifa, ifa->ifa_rt_priority);
	for (i = 0; i < ARRAY_SIZE(brd); i++) {
		cfg.fc_dst = brd[i];
		if (brd[i] && (i == 0 || ifa->ifa_prefixlen < 31) &&
		    !ifa_still_broadcast(in_dev, ifa, brd[i]))
			fib_table_delete(net->ipv4.fib_local, &cfg);
	}
	if (ifa_still_local(in_dev, ifa))
		return;
	fib_magic(false, RTN_LOCAL, ifa->ifa_local, 32, ifa, 0);
	if (inet_addr_type(net, ifa->ifa_local) != RTN_LOCAL)
		fib_sync_down_addr(net, ifa->ifa_local);
}

static void fib_disable_ip(struct net_device *dev, bool forget)
{
	fib_sync_down_dev(dev, forget);
	rt_cache_flush(dev_net(dev));
	arp_ifdown(dev);
}

static int fib_inetaddr_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct in_ifaddr *ifa = data;
	struct net_device *dev = ifa->ifa_dev->dev;

	if (event == NETDEV_UP)
		fib_add_ifaddr(ifa);
	else if (event == NETDEV_DOWN || !inet_ifa_usable(ifa))
		fib_del_ifaddr(ifa);
	if (event == NETDEV_DOWN && !ifa->ifa_dev->ifa_list)
		fib_disable_ip(dev, false);
	else
		rt_cache_flush(dev_net(dev));
	return 0;
}

static int fib_netdev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (event == NETDEV_UNREGISTER) {
		fib_disable_ip(dev, true);
		return 0;
	}
	if (!in_dev)
		return 0;
	switch (event) {
	case NETDEV_UP:
		for_ifa(in_dev, ifa)
			fib_add_ifaddr(ifa);
		fib_sync_up(dev);
		rt_cache_flush(dev_net(dev));
		break;
	case NETDEV_DOWN: fib_disable_ip(dev, false); break;
	case NETDEV_CHANGE: fib_sync_carrier(dev_net(dev)); /* fall through */
	case NETDEV_CHANGEMTU: rt_cache_flush(dev_net(dev)); break;
	}
	return 0;
}

int fib_validate_source(struct net *net, __be32 src, __be32 dst, u8 tos, int oif,
			struct net_device *dev, struct in_device *in_dev)
{
	struct flowi4 fl4 = {
		.daddr = src, .saddr = dst, .flowi4_tos = tos, .flowi4_iif = dev->ifindex
	};
	int rpf = IN_DEV_RPFILTER(in_dev), err;
	struct fib_result res;

	err = fib_lookup(net, &fl4, &res);
	if (err)
		return rpf ? -EXDEV : 0;
	if (res.type != RTN_UNICAST && !(res.type == RTN_LOCAL && IN_DEV_ACCEPT_LOCAL(in_dev)))
		return -EINVAL;
	if (fib_on_dev(res.fi, dev))
		return res.nh->nh_scope >= RT_SCOPE_HOST || !res.nh->nh_gw;
	return rpf == 1 ? -EXDEV : 0;
}

/* What came to a group, or is not known to be ours: the address that its answer would have. */
static noinline __be32 fib_find_spec_dst(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct flowi4 fl4 = { .daddr = ip_hdr(skb)->saddr, .flowi4_tos = RT_TOS(ip_hdr(skb)->tos) };
	struct fib_result res;
	__be32 addr = 0;

	if (!dev || !__in_dev_get_rcu(dev))
		return 0;
	if (!ipv4_is_zeronet(fl4.daddr)) {
		local_bh_disable();
		if (!fib_lookup(dev_net(dev), &fl4, &res) && res.type == RTN_UNICAST)
			addr = fib_result_prefsrc(&res);
		local_bh_enable();
	}
	return addr ? addr : inet_select_addr(dev, fl4.daddr, RT_SCOPE_UNIVERSE);
}

__be32 fib_compute_spec_dst(struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	if (rt && (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL)) == RTCF_LOCAL)
		return ip_hdr(skb)->daddr;
	return fib_find_spec_dst(skb);
}

/* ---- SIOCADDRT, SIOCDELRT ---- */

static __be32 sk_extract_addr(const struct sockaddr *sa)
{
	return ((const struct sockaddr_in *)sa)->sin_addr.s_addr;
}

/* Which device, and where it is named by an alias (eth0:1), which source. */
static int rtentry_dev(struct net *net, const char *devname, struct fib_config *cfg)
{
	char name[IFNAMSIZ], *colon;
	struct net_device *dev;
	struct in_device *in_dev;

	if (strscpy(name, devname, sizeof(name)) < 0)
		return -ENODEV;
	colon = strchr(name, ':');
	if (colon)
		*colon = '\0';
	dev = __dev_get_by_name(net, name);
	if (!dev)
		return -ENODEV;
	cfg->fc_oif = dev->ifindex;
	if (!colon)
		return 0;
	in_dev = __in_dev_get_rtnl(dev);
	*colon = ':';
	if (in_dev) {
		for_ifa(in_dev, ifa) {
			if (!strcmp(ifa->ifa_label, name)) {
				cfg->fc_prefsrc = ifa->ifa_local;
				return 0;
			}
		}
	}
	return -ENODEV;
}

static int rtentry_gateway(struct net *net, bool add, const struct rtentry *rt,
			   struct fib_config *cfg)
{
	__be32 gw = sk_extract_addr(&rt->rt_gateway);

	if (rt->rt_gateway.sa_family == AF_INET && gw) {
		cfg->fc_gw = gw;
		if ((rt->rt_flags & RTF_GATEWAY) && inet_addr_type(net, gw) == RTN_UNICAST)
			cfg->fc_scope = RT_SCOPE_UNIVERSE;
	}
	if (!add)
		return 0;
	if ((rt->rt_flags & RTF_GATEWAY) && !cfg->fc_gw)
		return -EINVAL;
	if (cfg->fc_scope == RT_SCOPE_NOWHERE)
		cfg->fc_scope = RT_SCOPE_LINK;
	return 0;
}

int rtentry_to_fib_config(struct net *net, bool add, const struct rtentry *rt, const char *devname,
			  struct fib_config *cfg)
{
	__be32 addr = sk_extract_addr(&rt->rt_dst), mask = sk_extract_addr(&rt->rt_genmask);
	int plen = 32, err;

	memset(cfg, 0, sizeof(*cfg));
	if (rt->rt_dst.sa_family != AF_INET)
		return -EAFNOSUPPORT;
	if (!(rt->rt_flags & RTF_HOST)) {
		if (rt->rt_genmask.sa_family != AF_INET && (mask || rt->rt_genmask.sa_family))
			return -EAFNOSUPPORT;
		if (bad_mask(mask, addr))
			return -EINVAL;
		plen = inet_mask_len(mask);
	}
	cfg->fc_dst = addr;
	cfg->fc_dst_len = (u8)plen;
	cfg->fc_scope = RT_SCOPE_NOWHERE;
	if (add) {
		cfg->fc_type = RTN_UNICAST;
		cfg->fc_protocol = RTPROT_BOOT;
		cfg->fc_nlflags = NLM_F_CREATE;
	} else {
		cfg->fc_noscope = true; /* of any type too, unless RTF_REJECT names it */
	}
	if (rt->rt_metric)
		cfg->fc_priority = (u32)(rt->rt_metric - 1);
	if (rt->rt_flags & RTF_REJECT) {
		cfg->fc_scope = RT_SCOPE_HOST;
		cfg->fc_type = RTN_UNREACHABLE;
		return 0;
	}
	if (devname && *devname) {
		err = rtentry_dev(net, devname, cfg);
		if (err)
			return err;
	}
	err = rtentry_gateway(net, add, rt, cfg);
	if (err)
		return err;
	if (rt->rt_flags & RTF_MTU)
		cfg->fc_mx[RTAX_ADVMSS - 1] = rt->rt_mtu > 40 ? (u32)(rt->rt_mtu - 40) : 0;
	if (rt->rt_flags & RTF_WINDOW)
		cfg->fc_mx[RTAX_WINDOW - 1] = (u32)rt->rt_window;
	if (rt->rt_flags & RTF_IRTT)
		cfg->fc_mx[RTAX_RTT - 1] = (u32)rt->rt_irtt << 3;
	return 0;
}

int ip_rt_ioctl(struct net *net, unsigned int cmd, const void *kernel_rtentry)
{
	const struct rtentry *rt = kernel_rtentry;
	struct fib_config cfg;
	int err;

	rtnl_lock();
	err = rtentry_to_fib_config(net, cmd == SIOCADDRT, rt, rt->rt_dev, &cfg);
	if (!err && cmd == SIOCADDRT)
		err = fib_table_insert(net->ipv4.fib_main, &cfg);
	else if (!err)
		err = fib_table_delete(net->ipv4.fib_main, &cfg);
	rtnl_unlock();
	return err;
}

static int fib_net_init(struct net *net)
{
	struct netns_ipv4 *v4 = &net->ipv4;
	int err = -ENOMEM;

	get_random_bytes(&v4->fib_multipath_key, sizeof(v4->fib_multipath_key));
	v4->fib_tables = kcalloc(FIB_TABLE_HASHSZ, sizeof(*v4->fib_tables), GFP_KERNEL);
	if (!v4->fib_tables)
		return err;
	v4->fib_local = fib_new_table(net, RT_TABLE_LOCAL);
	v4->fib_main = fib_new_table(net, RT_TABLE_MAIN);
	if (v4->fib_local && v4->fib_main)
		err = fib_rules_net_init(net);
	if (!err)
		return 0;
	kfree(v4->fib_local);
	kfree(v4->fib_main);
	kfree(v4->fib_tables);
	return err;
}

static void fib_net_exit(struct net *net)
{
	struct fib_table *tb;
	struct hlist_node *next;
	unsigned int i;

	rtnl_lock();
	fib_rules_net_exit(net);
	for (i = 0; i < FIB_TABLE_HASHSZ; i++)
		hlist_for_each_entry_safe(tb, next, &net->ipv4.fib_tables[i], tb_hlist)
			fib_free_table(tb);
	rtnl_unlock();
	kfree(net->ipv4.fib_tables);
}

static struct pernet_operations fib_net_ops = { .init = fib_net_init, .exit = fib_net_exit };
static struct notifier_block fib_inetaddr_notifier = { .notifier_call = fib_inetaddr_event };
static struct notifier_block fib_netdev_notifier = { .notifier_call = fib_netdev_event };

void fib_init(void)
{
	register_pernet_subsys(&fib_net_ops);
	fib_netlink_init();
	fib_rules_init();
	register_netdevice_notifier(&fib_netdev_notifier);
	register_inetaddr_notifier(&fib_inetaddr_notifier);
}
