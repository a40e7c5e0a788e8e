/* SPDX-License-Identifier: MIT */
/* VLAN devices over rtnetlink: `ip link add link DEV name NAME type vlan id N`. IEEE 802.1Q. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <net/rtnetlink.h>

#include "vlan_internal.h"

struct vlan_flags {
	u32 flags, mask;
};

static const struct nla_policy vlan_policy[IFLA_VLAN_MAX + 1] = {
	[IFLA_VLAN_ID] = { NLA_U16, 0 },
	[IFLA_VLAN_FLAGS] = { NLA_UNSPEC, sizeof(struct vlan_flags) },
	[IFLA_VLAN_EGRESS_QOS] = { NLA_NESTED, 0 },
	[IFLA_VLAN_INGRESS_QOS] = { NLA_NESTED, 0 },
	[IFLA_VLAN_PROTOCOL] = { NLA_U16, 0 },
};

static int fail(struct netlink_ext_ack *extack, int err, const char *text)
{
	NL_SET_ERR_MSG(extack, text);
	return err;
}

/* What the request asks for can be: 0 or -errno. */
static int vlan_check(const struct nlattr *data[], u32 *flags, struct netlink_ext_ack *extack)
{
	*flags = VLAN_FLAG_REORDER_HDR;
	if (!data[IFLA_VLAN_ID])
		return fail(extack, -EINVAL, "VLAN id not specified");
	if (nla_get_u16(data[IFLA_VLAN_ID]) >= VLAN_N_VID)
		return fail(extack, -ERANGE, "Invalid VLAN id");
	if (data[IFLA_VLAN_PROTOCOL] &&
	    nla_get_be16(data[IFLA_VLAN_PROTOCOL]) != htons(ETH_P_8021Q))
		return fail(extack, -EPROTONOSUPPORT, "Only 802.1Q is offered");
	if (data[IFLA_VLAN_FLAGS]) {
		struct vlan_flags f;

		memcpy(&f, nla_data(data[IFLA_VLAN_FLAGS]), sizeof(f));
		*flags = (*flags & ~f.mask) | (f.flags & f.mask);
	}
	if (*flags & ~(VLAN_FLAG_REORDER_HDR | VLAN_FLAG_LOOSE_BINDING))
		return fail(extack, -EINVAL, "Invalid VLAN flags");
	if (!(*flags & VLAN_FLAG_REORDER_HDR))
		return fail(extack, -EOPNOTSUPP, "The tag is always taken out of what is received");
	if (data[IFLA_VLAN_EGRESS_QOS] || data[IFLA_VLAN_INGRESS_QOS])
		return fail(extack, -EOPNOTSUPP, "Priorities are not mapped");
	return 0;
}

static struct net_device *vlan_newlink(struct net *net, const char *name, const struct nlattr *tb[],
				       const struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct net_device *real;
	const u8 *addr = NULL;
	unsigned int mtu;
	u32 flags;
	int err = vlan_check(data, &flags, extack);

	if (err)
		return ERR_PTR(err);
	if (!tb[IFLA_LINK])
		return ERR_PTR(fail(extack, -EINVAL, "link not specified"));
	real = __dev_get_by_index(net, (int)nla_get_u32(tb[IFLA_LINK]));
	if (!real)
		return ERR_PTR(fail(extack, -ENODEV, "link does not exist"));
	if (real->type != ARPHRD_ETHER ||
	    (is_vlan_dev(real) && vlan_priv(real)->nest >= VLAN_NEST_MAX))
		return ERR_PTR(fail(extack, -EOPNOTSUPP, "VLANs not supported on device"));
	if (vlan_find(real, nla_get_u16(data[IFLA_VLAN_ID])))
		return ERR_PTR(fail(extack, -EEXIST, "VLAN device already exists"));
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
	return vlan_new(real, nla_get_u16(data[IFLA_VLAN_ID]), name, flags, addr, mtu);
}

static void vlan_dellink(struct net_device *dev)
{
	unregister_netdevice(dev);
}

static int vlan_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct vlan_dev *v = vlan_priv(dev);
	struct vlan_flags f = { .flags = v->flags, .mask = ~0u };

	if (nla_put_be16(skb, IFLA_VLAN_PROTOCOL, htons(ETH_P_8021Q)) ||
	    nla_put_u16(skb, IFLA_VLAN_ID, v->vid) || nla_put(skb, IFLA_VLAN_FLAGS, sizeof(f), &f))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops vlan_link_ops = {
	.kind = "vlan",
	.maxtype = IFLA_VLAN_MAX,
	.policy = vlan_policy,
	.newlink = vlan_newlink,
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
