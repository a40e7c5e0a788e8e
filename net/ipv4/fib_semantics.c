/* SPDX-License-Identifier: MIT */
/* fib_info: what a route says (next hop, source, metrics), checked when it is made. Book
 * section 12.8.5. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/ip_fib.h>

/* What scope a route of a type has at least: a wider one would promise what the type cannot keep.
 */
static u8 fib_type_scope(u8 type)
{
	switch (type) {
	case RTN_LOCAL: return RT_SCOPE_HOST;
	case RTN_BROADCAST:
	case RTN_ANYCAST: return RT_SCOPE_LINK;
	case RTN_THROW:
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
	case RTN_UNICAST:
	case RTN_MULTICAST: return RT_SCOPE_UNIVERSE;
	}
	return RT_SCOPE_NOWHERE;
}

static bool fib_type_rejects(u8 type)
{
	return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT ||
	       type == RTN_THROW;
}

static int nh_set_dev(struct fib_nh *nh, struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return -ENETDOWN;
	nh->nh_dev = dev;
	nh->nh_oif = dev->ifindex;
	dev_hold(dev);
	return 0;
}

/* The gateway must itself be reached by a route of narrower scope, on the link as a rule. */
static int fib_check_gateway(struct net *net, const struct fib_config *cfg, struct fib_nh *nh)
{
	struct flowi4 fl4 = { .daddr = nh->nh_gw,
			      .flowi4_oif = cfg->fc_oif,
			      .flowi4_scope = cfg->fc_scope + 1 };
	struct fib_result res;
	struct net_device *dev;
	int err;

	if (cfg->fc_scope >= RT_SCOPE_LINK)
		return -EINVAL;
	if (cfg->fc_flags & RTNH_F_ONLINK) {
		dev = __dev_get_by_index(net, cfg->fc_oif);
		if (!dev)
			return -ENODEV;
		nh->nh_scope = RT_SCOPE_LINK;
		return inet_addr_type(net, nh->nh_gw) == RTN_UNICAST ? nh_set_dev(nh, dev)
								     : -EINVAL;
	}
	/* A gateway that hangs off another gateway cannot be spoken to. */
	if (fl4.flowi4_scope < RT_SCOPE_LINK)
		fl4.flowi4_scope = RT_SCOPE_LINK;
	local_bh_disable();
	err = fib_lookup(net, &fl4, &res);
	if (!err && res.type != RTN_UNICAST && res.type != RTN_LOCAL)
		err = -EINVAL;
	if (!err) {
		nh->nh_scope = res.scope;
		dev = res.fi->fib_nh.nh_dev;
		err = dev ? nh_set_dev(nh, dev) : -EINVAL;
	}
	local_bh_enable();
	return err;
}

static int fib_check_nh(struct net *net, const struct fib_config *cfg, struct fib_nh *nh)
{
	struct net_device *dev;

	if (nh->nh_gw)
		return fib_check_gateway(net, cfg, nh);
	if (cfg->fc_flags & RTNH_F_ONLINK)
		return -EINVAL;
	dev = __dev_get_by_index(net, cfg->fc_oif);
	if (!dev || !__in_dev_get_rtnl(dev))
		return -ENODEV;
	nh->nh_scope = cfg->fc_scope == RT_SCOPE_HOST ? RT_SCOPE_NOWHERE : RT_SCOPE_LINK;
	return nh_set_dev(nh, dev);
}

static int fib_check_prefsrc(struct net *net, const struct fib_config *cfg)
{
	if (!cfg->fc_prefsrc)
		return 0;
	if (cfg->fc_type == RTN_LOCAL && cfg->fc_dst == cfg->fc_prefsrc)
		return 0;
	return inet_addr_type(net, cfg->fc_prefsrc) == RTN_LOCAL ? 0 : -EINVAL;
}

static int fib_check_info(struct net *net, const struct fib_config *cfg, struct fib_info *fi)
{
	if (cfg->fc_type > RTN_THROW || cfg->fc_type == RTN_UNSPEC ||
	    fib_type_scope(cfg->fc_type) > cfg->fc_scope)
		return -EINVAL;
	if (fib_type_rejects(cfg->fc_type))
		return cfg->fc_gw || cfg->fc_oif ? -EINVAL : 0;
	if (cfg->fc_scope > RT_SCOPE_HOST)
		return -EINVAL;
	if (!cfg->fc_gw && !cfg->fc_oif)
		return -ENODEV;
	/* Local routes name an address of this host: no gateway, and nothing wider than the host.
	 */
	if (cfg->fc_scope == RT_SCOPE_HOST && cfg->fc_gw)
		return -EINVAL;
	return fib_check_nh(net, cfg, &fi->fib_nh);
}

struct fib_info *fib_create_info(struct net *net, const struct fib_config *cfg, int *err)
{
	struct fib_info *fi = kzalloc(sizeof(*fi), GFP_KERNEL);

	*err = -ENOBUFS;
	if (!fi)
		return NULL;
	atomic_set(&fi->fib_clntref, 1);
	fi->fib_net = net;
	fi->fib_protocol = cfg->fc_protocol;
	fi->fib_scope = cfg->fc_scope;
	fi->fib_type = cfg->fc_type;
	fi->fib_prefsrc = cfg->fc_prefsrc;
	fi->fib_priority = cfg->fc_priority;
	fi->fib_nh.nh_gw = cfg->fc_gw;
	fi->fib_nh.nh_flags = cfg->fc_flags;
	memcpy(fi->fib_metrics, cfg->fc_mx, sizeof(fi->fib_metrics));
	*err = fib_check_info(net, cfg, fi);
	if (!*err)
		*err = fib_check_prefsrc(net, cfg);
	if (*err) {
		fib_release_info(fi);
		return NULL;
	}
	return fi;
}

void fib_release_info(struct fib_info *fi)
{
	if (!atomic_dec_and_test(&fi->fib_clntref))
		return;
	if (fi->fib_nh.nh_dev)
		dev_put(fi->fib_nh.nh_dev);
	kfree(fi);
}

__be32 fib_result_prefsrc(const struct fib_result *res)
{
	const struct fib_info *fi = res->fi;

	if (fi->fib_prefsrc)
		return fi->fib_prefsrc;
	return fi->fib_nh.nh_dev
		       ? inet_select_addr(fi->fib_nh.nh_dev, fi->fib_nh.nh_gw, fi->fib_scope)
		       : 0;
}
