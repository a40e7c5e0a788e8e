/* SPDX-License-Identifier: MIT */
/* VLAN devices over rtnetlink: `ip link add link DEV name NAME type vlan id N`. IEEE 802.1Q,
 * 802.1ad.
 */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <net/rtnetlink.h>

#include "vlan_internal.h"

static const struct nla_policy vlan_policy[IFLA_VLAN_MAX + 1] = {
	[IFLA_VLAN_ID] = { NLA_U16, 0 },
	[IFLA_VLAN_FLAGS] = { NLA_UNSPEC, sizeof(struct ifla_vlan_flags) },
	[IFLA_VLAN_EGRESS_QOS] = { NLA_NESTED, 0 },
	[IFLA_VLAN_INGRESS_QOS] = { NLA_NESTED, 0 },
	[IFLA_VLAN_PROTOCOL] = { NLA_U16, 0 },
};

static int fail(struct netlink_ext_ack *extack, int err, const char *text)
{
	NL_SET_ERR_MSG(extack, text);
	return err;
}

/* ---- new and change ---- */

/* One table of priorities: whole rows, and no more than eight values of a tag. */
static int check_map(const struct nlattr *map, bool ingress, struct netlink_ext_ack *extack)
{
	const struct ifla_vlan_qos_mapping *m;
	const struct nlattr *row;
	int rem;

	if (!map)
		return 0;
	nla_for_each_nested(row, map, rem) {
		if (nla_type(row) != IFLA_VLAN_QOS_MAPPING || nla_len(row) < (int)sizeof(*m))
			return fail(extack, -EINVAL, "8021q: Invalid mapping of priorities");
		m = nla_data(row);
		if ((ingress ? m->from : m->to) > VLAN_PRIO_MAX)
			return fail(extack, -EINVAL, "8021q: A tag's priority is 0 to 7");
	}
	return 0;
}

static bool is_empty(const struct nlattr *data[])
{
	int i;

	for (i = 0; i <= IFLA_VLAN_MAX; i++)
		if (data[i])
			return false;
	return true;
}

/* What the request asks for can be: 0 or -errno. */
static int vlan_check(const struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct ifla_vlan_flags f = { 0 };
	int err;

	if (data[IFLA_VLAN_PROTOCOL] && !eth_type_vlan(nla_get_be16(data[IFLA_VLAN_PROTOCOL])))
		return fail(extack, -EPROTONOSUPPORT, "8021q: Invalid VLAN protocol");
	if (data[IFLA_VLAN_ID] && nla_get_u16(data[IFLA_VLAN_ID]) >= VLAN_N_VID)
		return fail(extack, -ERANGE, "8021q: Invalid VLAN id");
	if (data[IFLA_VLAN_FLAGS])
		memcpy(&f, nla_data(data[IFLA_VLAN_FLAGS]), sizeof(f));
	if (f.flags & f.mask & ~(VLAN_FLAG_REORDER_HDR | VLAN_FLAG_LOOSE_BINDING))
		return fail(extack, -EINVAL, "8021q: Invalid VLAN flags");
	if (f.mask & ~f.flags & VLAN_FLAG_REORDER_HDR)
		return fail(extack, -EOPNOTSUPP,
			    "8021q: The tag is always taken out of what is received");
	err = check_map(data[IFLA_VLAN_INGRESS_QOS], true, extack);
	return err ? err : check_map(data[IFLA_VLAN_EGRESS_QOS], false, extack);
}

/* The flags and priorities of a checked request. 0 or -errno: some may be set then. */
static int vlan_apply(struct vlan_dev *v, const struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	const struct ifla_vlan_qos_mapping *m;
	const struct nlattr *row;
	struct ifla_vlan_flags f;
	int rem, err = 0;

	if (data[IFLA_VLAN_FLAGS]) {
		memcpy(&f, nla_data(data[IFLA_VLAN_FLAGS]), sizeof(f));
		v->flags = (v->flags & ~f.mask) | (f.flags & f.mask);
	}
	if (data[IFLA_VLAN_INGRESS_QOS]) {
		nla_for_each_nested(row, data[IFLA_VLAN_INGRESS_QOS], rem) {
			m = nla_data(row);
			v->ingress[m->from] = m->to;
		}
	}
	if (data[IFLA_VLAN_EGRESS_QOS]) {
		nla_for_each_nested(row, data[IFLA_VLAN_EGRESS_QOS], rem) {
			m = nla_data(row);
			err = err ? err : vlan_map_egress(v, m->from, m->to);
		}
	}
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "8021q: Too many priorities are mapped");
	return err;
}

static int vlan_changelink(struct net_device *dev, const struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	int err = vlan_check(data, extack);

	return err ? err : vlan_apply(vlan_priv(dev), data, extack);
}

static struct net_device *vlan_newlink(struct net *net, const char *name, const struct nlattr *tb[],
				       const struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct vlan_dev want = { .flags = VLAN_FLAG_REORDER_HDR, .proto = htons(ETH_P_8021Q) };
	struct net_device *real, *dev;
	const u8 *addr = NULL;
	unsigned int mtu;
	int err = vlan_check(data, extack);

	if (err)
		return ERR_PTR(err);
	if (is_empty(data))
		return ERR_PTR(fail(extack, -EINVAL, "8021q: VLAN properties not specified"));
	if (!data[IFLA_VLAN_ID])
		return ERR_PTR(fail(extack, -EINVAL, "8021q: VLAN id not specified"));
	if (!tb[IFLA_LINK])
		return ERR_PTR(fail(extack, -EINVAL, "8021q: link not specified"));
	real = __dev_get_by_index(net, (int)nla_get_u32(tb[IFLA_LINK]));
	if (!real)
		return ERR_PTR(fail(extack, -ENODEV, "8021q: link does not exist"));
	if (real->type != ARPHRD_ETHER ||
	    (is_vlan_dev(real) && vlan_priv(real)->nest >= VLAN_NEST_MAX))
		return ERR_PTR(fail(extack, -EOPNOTSUPP, "8021q: VLANs not supported on device"));
	want.real = real;
	want.vid = nla_get_u16(data[IFLA_VLAN_ID]);
	if (data[IFLA_VLAN_PROTOCOL])
		want.proto = nla_get_be16(data[IFLA_VLAN_PROTOCOL]);
	if (vlan_find(real, want.proto, want.vid))
		return ERR_PTR(fail(extack, -EEXIST, "8021q: VLAN device already exists"));
	if (tb[IFLA_ADDRESS]) {
		addr = nla_data(tb[IFLA_ADDRESS]);
		if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN)
			return ERR_PTR(-EINVAL);
		if (!is_valid_ether_addr(addr))
			return ERR_PTR(-EADDRNOTAVAIL);
	}
	mtu = tb[IFLA_MTU] ? nla_get_u32(tb[IFLA_MTU]) : real->mtu;
	if (mtu > real->mtu)
		return ERR_PTR(-EINVAL);
	dev = vlan_new(&want, name, addr, mtu);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	err = vlan_apply(vlan_priv(dev), data, extack);
	if (err) {
		vlan_free(dev);
		return ERR_PTR(err);
	}
	err = vlan_add(dev);
	return err ? ERR_PTR(err) : dev;
}

static void vlan_dellink(struct net_device *dev)
{
	unregister_netdevice(dev);
}

/* ---- show ---- */

static int put_mapping(struct sk_buff *skb, u32 from, u32 to)
{
	struct ifla_vlan_qos_mapping m = { .from = from, .to = to };

	return to ? nla_put(skb, IFLA_VLAN_QOS_MAPPING, sizeof(m), &m) : 0;
}

/* A table with nothing in it is not told. */
static void end_map(struct sk_buff *skb, struct nlattr *map)
{
	if (skb_tail_pointer(skb) == (u8 *)nla_data(map))
		nla_nest_cancel(skb, map);
	else
		nla_nest_end(skb, map);
}

static int put_ingress(struct sk_buff *skb, const struct vlan_dev *v)
{
	struct nlattr *map = nla_nest_start_noflag(skb, IFLA_VLAN_INGRESS_QOS);
	u32 prio;

	if (!map)
		return -EMSGSIZE;
	for (prio = 0; prio <= VLAN_PRIO_MAX; prio++)
		if (put_mapping(skb, prio, v->ingress[prio]))
			return -EMSGSIZE;
	end_map(skb, map);
	return 0;
}

static int put_egress(struct sk_buff *skb, const struct vlan_dev *v)
{
	struct nlattr *map = nla_nest_start_noflag(skb, IFLA_VLAN_EGRESS_QOS);
	const struct vlan_egress *e;

	if (!map)
		return -EMSGSIZE;
	for (e = v->egress; e; e = e->next)
		if (put_mapping(skb, e->priority, e->tci >> VLAN_PRIO_SHIFT))
			return -EMSGSIZE;
	end_map(skb, map);
	return 0;
}

static int vlan_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct vlan_dev *v = vlan_priv(dev);
	struct ifla_vlan_flags f = { .flags = v->flags, .mask = ~0u };

	if (nla_put_be16(skb, IFLA_VLAN_PROTOCOL, v->proto) ||
	    nla_put_u16(skb, IFLA_VLAN_ID, v->vid) ||
	    nla_put(skb, IFLA_VLAN_FLAGS, sizeof(f), &f) || put_ingress(skb, v) ||
	    put_egress(skb, v))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops vlan_link_ops = {
	.kind = "vlan",
	.maxtype = IFLA_VLAN_MAX,
	.policy = vlan_policy,
	.newlink = vlan_newlink,
	.changelink = vlan_changelink,
	.dellink = vlan_dellink,
	.fill_info = vlan_fill_info,
};

static int vlan_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;

	if (dev->vlan_info)
		vlan_follow(dev, event);
	return 0;
}

static struct notifier_block vlan_notifier = { .notifier_call = vlan_event };

void vlan_init(void)
{
	rtnl_link_register(&vlan_link_ops);
	if (register_netdevice_notifier(&vlan_notifier))
		pr_err("cannot watch devices for VLANs\n");
}
