/* SPDX-License-Identifier: MIT */
/* fib_info: what a route says (next hop, source, metrics), checked when it is made. Book
 * section 12.8.5. */
#include <kernel/random.h>
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
			      .flowi4_oif = nh->nh_oif,
			      .flowi4_scope = cfg->fc_scope + 1 };
	struct fib_result res;
	struct net_device *dev;
	int err;

	if (cfg->fc_scope >= RT_SCOPE_LINK)
		return -EINVAL;
	if (nh->nh_flags & RTNH_F_ONLINK) {
		dev = __dev_get_by_index(net, nh->nh_oif);
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
		dev = res.nh->nh_dev;
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
	if (nh->nh_flags & RTNH_F_ONLINK)
		return -EINVAL;
	if (!nh->nh_oif)
		return -ENODEV;
	dev = __dev_get_by_index(net, nh->nh_oif);
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
	unsigned int i;
	int err = 0;

	if (cfg->fc_type > RTN_THROW || cfg->fc_type == RTN_UNSPEC ||
	    fib_type_scope(cfg->fc_type) > cfg->fc_scope)
		return -EINVAL;
	if (fib_type_rejects(cfg->fc_type))
		return cfg->fc_gw || cfg->fc_oif || cfg->fc_nhs ? -EINVAL : 0;
	if (cfg->fc_scope > RT_SCOPE_HOST)
		return -EINVAL;
	/* Local routes name an address of this host: no gateway, no choice, and nothing wider than
	 * the host. */
	if (cfg->fc_scope == RT_SCOPE_HOST && (fi->fib_nh->nh_gw || fi->fib_nhs > 1))
		return -EINVAL;
	for (i = 0; !err && i < fi->fib_nhs; i++)
		err = fib_check_nh(net, cfg, &fi->fib_nh[i]);
	return err;
}

/* ---- several next hops ---- */

/* Each hop that lives gets its part of the hashes, by weight. */
static void fib_rebalance(struct fib_info *fi)
{
	u64 total = 0, sum = 0;
	struct fib_nh *nh, *end = fi->fib_nh + fi->fib_nhs;

	if (fi->fib_nhs < 2)
		return;
	for (nh = fi->fib_nh; nh < end; nh++)
		if (fib_nh_alive(nh))
			total += (u64)nh->nh_weight;
	for (nh = fi->fib_nh; nh < end && total; nh++) {
		if (!fib_nh_alive(nh))
			continue;
		sum += (u64)nh->nh_weight;
		nh->nh_upper = (u32)(((sum << 31) + total / 2) / total - 1);
	}
}

/* What tells flows apart: the addresses, and by fib_multipath_hash_policy the ports. 31 bits. */
static u32 fib_multipath_hash(struct net *net, const struct flowi4 *flp)
{
	bool ports = net->ipv4.sysctl_fib_multipath_hash_policy == 1;
	u32 third = ports ? (u32)flp->fl4_sport << 16 | flp->fl4_dport : 0;

	third ^= ports ? (u32)flp->flowi4_proto << 8 : 0;
	return (u32)siphash_3u32(flp->daddr, flp->saddr, third, &net->ipv4.fib_multipath_key) >> 1;
}

void fib_select_path(struct net *net, struct fib_result *res, const struct flowi4 *flp)
{
	struct fib_info *fi = res->fi;
	struct fib_nh *nh;
	u32 hash;

	if (likely(fi->fib_nhs < 2) || flp->flowi4_oif)
		return;
	hash = fib_multipath_hash(net, flp);
	for (nh = fi->fib_nh; nh < fi->fib_nh + fi->fib_nhs; nh++) {
		if (!fib_nh_alive(nh) || hash > nh->nh_upper)
			continue;
		res->nh = nh;
		return;
	}
}

bool fib_same_hops(const struct fib_info *a, const struct fib_info *b)
{
	unsigned int i;

	if (a->fib_nhs != b->fib_nhs)
		return false;
	for (i = 0; i < a->fib_nhs; i++)
		if (a->fib_nh[i].nh_oif != b->fib_nh[i].nh_oif ||
		    a->fib_nh[i].nh_gw != b->fib_nh[i].nh_gw ||
		    a->fib_nh[i].nh_weight != b->fib_nh[i].nh_weight)
			return false;
	return true;
}

bool fib_on_dev(const struct fib_info *fi, const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < fi->fib_nhs; i++)
		if (fi->fib_nh[i].nh_dev == dev)
			return true;
	return false;
}

/* ---- devices go and come ---- */

struct down {
	const struct net_device *dev;
	bool forget;
};

/* Marks the hops that lie on the device; is there none left, or one that must not be referred to
 * any more? */
static bool fa_is_down(const struct fib_node *fn, const struct fib_alias *fa, const void *arg)
{
	const struct down *d = arg;
	struct fib_info *fi = fa->fa_info;
	unsigned int i, dead = 0;

	if (!fib_on_dev(fi, d->dev))
		return false;
	for (i = 0; i < fi->fib_nhs; i++) {
		if (fi->fib_nh[i].nh_dev == d->dev)
			fi->fib_nh[i].nh_flags |= RTNH_F_DEAD;
		dead += (fi->fib_nh[i].nh_flags & RTNH_F_DEAD) != 0;
	}
	fib_rebalance(fi);
	return dead == fi->fib_nhs || d->forget;
}

void fib_sync_down_dev(struct net_device *dev, bool forget)
{
	struct net *net = dev_net(dev);
	const struct down d = { dev, forget };
	struct fib_table *tb;
	unsigned int i;

	for (i = 0; i < FIB_TABLE_HASHSZ; i++)
		hlist_for_each_entry(tb, &net->ipv4.fib_tables[i], tb_hlist)
			fib_table_flush(tb, fa_is_down, &d);
}

static void fa_up(const struct fib_table *tb, const struct fib_node *fn,
		  const struct fib_alias *fa, void *arg)
{
	struct fib_info *fi = fa->fa_info;
	unsigned int i;

	for (i = 0; i < fi->fib_nhs; i++)
		if (fi->fib_nh[i].nh_dev == arg)
			fi->fib_nh[i].nh_flags &= ~(u32)RTNH_F_DEAD;
	fib_rebalance(fi);
}

void fib_sync_up(struct net_device *dev)
{
	struct net *net = dev_net(dev);
	struct fib_table *tb;
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < FIB_TABLE_HASHSZ; i++)
		hlist_for_each_entry(tb, &net->ipv4.fib_tables[i], tb_hlist)
			fib_table_walk(tb, fa_up, dev);
	local_bh_enable();
}

static void fa_rebalance(const struct fib_table *tb, const struct fib_node *fn,
			 const struct fib_alias *fa, void *arg)
{
	fib_rebalance(fa->fa_info);
}

void fib_sync_carrier(struct net *net)
{
	struct fib_table *tb;
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < FIB_TABLE_HASHSZ; i++)
		hlist_for_each_entry(tb, &net->ipv4.fib_tables[i], tb_hlist)
			fib_table_walk(tb, fa_rebalance, NULL);
	local_bh_enable();
}

/* ---- life ---- */

static void fib_set_hops(struct fib_info *fi, const struct fib_config *cfg)
{
	unsigned int i;

	fi->fib_nh->nh_gw = cfg->fc_gw;
	fi->fib_nh->nh_oif = cfg->fc_oif;
	fi->fib_nh->nh_flags = cfg->fc_flags & ~(u32)RTNH_F_DEAD;
	fi->fib_nh->nh_weight = 1;
	for (i = 0; i < cfg->fc_nhs; i++) {
		fi->fib_nh[i].nh_gw = cfg->fc_hops[i].gw;
		fi->fib_nh[i].nh_oif = cfg->fc_hops[i].oif;
		fi->fib_nh[i].nh_flags = cfg->fc_hops[i].flags & ~(u32)RTNH_F_DEAD;
		fi->fib_nh[i].nh_weight = cfg->fc_hops[i].weight;
	}
}

struct fib_info *fib_create_info(struct net *net, const struct fib_config *cfg, int *err)
{
	unsigned int nhs = max(cfg->fc_nhs, 1u);
	struct fib_info *fi = kzalloc(sizeof(*fi) + nhs * sizeof(fi->fib_nh[0]), GFP_KERNEL);

	*err = -ENOBUFS;
	if (!fi)
		return NULL;
	atomic_set(&fi->fib_clntref, 1);
	fi->fib_nhs = nhs;
	fi->fib_net = net;
	fi->fib_protocol = cfg->fc_protocol;
	fi->fib_scope = cfg->fc_scope;
	fi->fib_type = cfg->fc_type;
	fi->fib_prefsrc = cfg->fc_prefsrc;
	fi->fib_priority = cfg->fc_priority;
	fib_set_hops(fi, cfg);
	memcpy(fi->fib_metrics, cfg->fc_mx, sizeof(fi->fib_metrics));
	*err = fib_check_info(net, cfg, fi);
	if (!*err)
		*err = fib_check_prefsrc(net, cfg);
	if (*err) {
		fib_release_info(fi);
		return NULL;
	}
	fib_rebalance(fi);
	return fi;
}

void fib_release_info(struct fib_info *fi)
{
	unsigned int i;

	if (!atomic_dec_and_test(&fi->fib_clntref))
		return;
	for (i = 0; i < fi->fib_nhs; i++)
		if (fi->fib_nh[i].nh_dev)
			dev_put(fi->fib_nh[i].nh_dev);
	kfree(fi);
}

__be32 fib_result_prefsrc(const struct fib_result *res)
{
	const struct fib_info *fi = res->fi;

	if (fi->fib_prefsrc)
		return fi->fib_prefsrc;
	return res->nh && res->nh->nh_dev
		       ? inet_select_addr(res->nh->nh_dev, res->nh->nh_gw, fi->fib_scope)
		       : 0;
}
