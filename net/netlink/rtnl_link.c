/* SPDX-License-Identifier: MIT */
/* Links over rtnetlink: get, dump, set, new, delete, and telling their listeners what has changed:
 * the device notifier tells it, so that the core knows nothing of netlink. Book section 12.11.2;
 * rtnetlink(7). */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <net/gro.h>
#include <net/netdevice.h>
#include <net/pkt_sched.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "netlink_internal.h"

static LIST_HEAD(link_kinds);

void rtnl_link_register(struct rtnl_link_ops *ops)
{
	list_add_tail(&ops->node, &link_kinds);
}

/* ---- a link as a message ---- */

static u8 link_operstate(const struct net_device *dev)
{
	if (dev->flags & IFF_LOOPBACK)
		return IF_OPER_UNKNOWN;
	return netif_running(dev) && netif_carrier_ok(dev) ? IF_OPER_UP : IF_OPER_DOWN;
}

static int put_stats(struct sk_buff *skb, struct net_device *dev)
{
	struct rtnl_link_stats64 s64 = { 0 };
	struct rtnl_link_stats s32 = { 0 };
	struct net_device_stats s;
	int err;

	dev_get_stats(dev, &s);
#define COPY(name)         \
	s64.name = s.name; \
	s32.name = (u32)s.name;
	RTNL_LINK_STATS_FIELDS(COPY)
#undef COPY
	err = nla_put(skb, IFLA_STATS64, sizeof(s64), &s64);
	return err ? err : nla_put(skb, IFLA_STATS, sizeof(s32), &s32);
}

static int put_linkinfo(struct sk_buff *skb, const struct net_device *dev)
{
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;
	struct nlattr *info, *data;

	if (!ops)
		return 0;
	info = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	if (!info || nla_put_string(skb, IFLA_INFO_KIND, ops->kind))
		return -EMSGSIZE;
	if (ops->fill_info) {
		data = nla_nest_start_noflag(skb, IFLA_INFO_DATA);
		if (!data || ops->fill_info(skb, dev))
			return -EMSGSIZE;
		nla_nest_end(skb, data);
	}
	nla_nest_end(skb, info);
	return 0;
}

static int put_attributes(struct sk_buff *skb, struct net_device *dev, u32 ext_mask)
{
	struct rtnl_link_ifmap map = { .irq = (u16)dev->irq };
	int ifindex = dev->ifindex, link = dev->iflink ? dev->iflink : ifindex;

	if (nla_put_string(skb, IFLA_IFNAME, dev->name) ||
	    nla_put_u32(skb, IFLA_TXQLEN, dev->tx_queue_len) ||
	    nla_put_u8(skb, IFLA_OPERSTATE, link_operstate(dev)) ||
	    nla_put_u8(skb, IFLA_LINKMODE, (u8)dev->link_mode) ||
	    nla_put_u32(skb, IFLA_MTU, dev->mtu) || nla_put_u32(skb, IFLA_MIN_MTU, dev->min_mtu) ||
	    nla_put_u32(skb, IFLA_MAX_MTU, dev->max_mtu) ||
	    nla_put_u32(skb, IFLA_GROUP, (u32)dev->group) ||
	    nla_put_u32(skb, IFLA_PROMISCUITY, (u32)dev->promiscuity) ||
	    nla_put_u32(skb, IFLA_ALLMULTI, (u32)dev->allmulti) ||
	    nla_put_u32(skb, IFLA_NUM_TX_QUEUES, 1) || nla_put_u32(skb, IFLA_NUM_RX_QUEUES, 1) ||
	    nla_put_u32(skb, IFLA_GSO_MAX_SIZE, dev->gso_max_size) ||
	    nla_put_u32(skb, IFLA_GSO_MAX_SEGS, dev->gso_max_segs) ||
	    nla_put_u32(skb, IFLA_TSO_MAX_SIZE, dev->gso_max_size) ||
	    nla_put_u32(skb, IFLA_TSO_MAX_SEGS, dev->gso_max_segs) ||
	    nla_put_u32(skb, IFLA_GRO_MAX_SIZE, GRO_MAX_SIZE) ||
	    nla_put_u8(skb, IFLA_CARRIER, netif_carrier_ok(dev)) ||
	    (link != ifindex && nla_put_u32(skb, IFLA_LINK, (u32)link)) ||
	    nla_put_string(skb, IFLA_QDISC, dev->qdisc_sleeping->ops->id) ||
	    nla_put(skb, IFLA_MAP, sizeof(map), &map))
		return -EMSGSIZE;
	if (dev->addr_len && (nla_put(skb, IFLA_ADDRESS, dev->addr_len, dev->dev_addr) ||
			      nla_put(skb, IFLA_BROADCAST, dev->addr_len, dev->broadcast)))
		return -EMSGSIZE;
	if (!(ext_mask & RTEXT_FILTER_SKIP_STATS) && put_stats(skb, dev))
		return -EMSGSIZE;
	if (dev->addr_len && !(dev->flags & IFF_LOOPBACK) &&
	    nla_put(skb, IFLA_PERM_ADDRESS, dev->addr_len, dev->perm_addr))
		return -EMSGSIZE;
	return put_linkinfo(skb, dev);
}

struct link_msg { /* what a message's header says beside the link */
	int type;
	u32 portid, seq, change, ext_mask;
	int flags;
};

static struct nlmsghdr *fill_link(struct sk_buff *skb, struct net_device *dev,
				  const struct link_msg *m)
{
	struct nlmsghdr *nlh =
		nlmsg_put(skb, m->portid, m->seq, m->type, sizeof(struct ifinfomsg), m->flags);
	struct ifinfomsg *ifm;

	if (!nlh)
		return NULL;
	ifm = nlmsg_data(nlh);
	ifm->ifi_family = AF_UNSPEC;
	ifm->ifi_type = dev->type;
	ifm->ifi_index = dev->ifindex;
	ifm->ifi_flags = dev_get_flags(dev);
	ifm->ifi_change = m->change;
	if (put_attributes(skb, dev, m->ext_mask)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return nlh;
}

#define LINK_MSG_SIZE 2560u /* more than any link's message */

static void notify_link(struct net_device *dev, int type, u32 change)
{
	const struct link_msg m = { .type = type, .change = change };
	struct net *net = dev_net(dev);
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_LINK))
		return;
	skb = nlmsg_new(LINK_MSG_SIZE, GFP_KERNEL);
	if (!skb || WARN_ON(!fill_link(skb, dev, &m))) {
		consume_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_LINK, ENOBUFS);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_LINK, NULL, GFP_KERNEL);
}

/* ---- which link, and what is asked of it ---- */

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = { NLA_STRING, IFNAMSIZ - 1 },
	[IFLA_ADDRESS] = { NLA_BINARY, MAX_ADDR_LEN },
	[IFLA_BROADCAST] = { NLA_BINARY, MAX_ADDR_LEN },
	[IFLA_MTU] = { NLA_U32 },
	[IFLA_LINK] = { NLA_U32 },
	[IFLA_MASTER] = { NLA_U32 },
	[IFLA_TXQLEN] = { NLA_U32 },
	[IFLA_OPERSTATE] = { NLA_U8 },
	[IFLA_LINKMODE] = { NLA_U8 },
	[IFLA_LINKINFO] = { NLA_NESTED },
	[IFLA_GROUP] = { NLA_U32 },
	[IFLA_EXT_MASK] = { NLA_U32 },
	[IFLA_PROMISCUITY] = { NLA_U32 },
	[IFLA_CARRIER] = { NLA_U8 },
	[IFLA_NET_NS_PID] = { NLA_U32 },
	[IFLA_NET_NS_FD] = { NLA_U32 },
};

static struct net_device *find_link(struct net *net, const struct ifinfomsg *ifm,
				    const struct nlattr *tb[])
{
	char name[IFNAMSIZ];

	if (ifm->ifi_index > 0)
		return __dev_get_by_index(net, ifm->ifi_index);
	if (!tb[IFLA_IFNAME] || nla_strscpy(name, tb[IFLA_IFNAME], sizeof(name)) < 0)
		return NULL;
	return __dev_get_by_name(net, name);
}

/* ---- get ---- */

static int rtnl_getlink(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	const struct nlattr *tb[IFLA_MAX + 1];
	struct link_msg m = { .type = RTM_NEWLINK,
			      .portid = NETLINK_CB(in).portid,
			      .seq = nlh->nlmsg_seq };
	const struct ifinfomsg *ifm = nlmsg_data(nlh);
	struct net_device *dev;
	struct sk_buff *skb;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFLA_MAX, link_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	if (ifm->ifi_index <= 0 && !tb[IFLA_IFNAME])
		return -EINVAL;
	dev = find_link(net, ifm, tb);
	if (!dev)
		return -ENODEV;
	if (tb[IFLA_EXT_MASK])
		m.ext_mask = nla_get_u32(tb[IFLA_EXT_MASK]);
	skb = nlmsg_new(LINK_MSG_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOBUFS;
	if (WARN_ON(!fill_link(skb, dev, &m))) {
		consume_skb(skb);
		return -EMSGSIZE;
	}
	return rtnl_unicast(skb, net, NETLINK_CB(in).portid);
}

/* Which links a dump is about. */
struct link_filter {
	u32 ext_mask;
	int master;
	char kind[16];
};

/* By the request; old callers send less than a header, and get all. 0 or -errno. */
static int dump_filter(struct netlink_callback *cb, struct link_filter *f)
{
	const struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	const struct ifinfomsg *ifm = nlmsg_data(cb->nlh);
	int err;

	memset(f, 0, sizeof(*f));
	if (nlmsg_len(cb->nlh) < (int)sizeof(*ifm)) {
		if (!cb->strict_check)
			return 0;
		NL_SET_ERR_MSG(cb->extack, "Invalid header for link dump");
		return -EINVAL;
	}
	if (cb->strict_check &&
	    (ifm->__ifi_pad || ifm->ifi_type || ifm->ifi_flags || ifm->ifi_change)) {
		NL_SET_ERR_MSG(cb->extack, "Invalid values in header for link dump request");
		return -EINVAL;
	}
	if (cb->strict_check && ifm->ifi_index) {
		NL_SET_ERR_MSG(cb->extack, "Filter by device index not supported for link dumps");
		return -EINVAL;
	}
	err = nlmsg_parse(cb->nlh, sizeof(*ifm), tb, IFLA_MAX, link_policy,
			  cb->strict_check ? NL_VALIDATE_STRICT : NL_VALIDATE_LIBERAL, cb->extack);
	if (err)
		return cb->strict_check ? err : 0;
	if (tb[IFLA_EXT_MASK])
		f->ext_mask = nla_get_u32(tb[IFLA_EXT_MASK]);
	if (tb[IFLA_MASTER])
		f->master = (int)nla_get_u32(tb[IFLA_MASTER]);
	if (tb[IFLA_LINKINFO] &&
	    !nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL, NULL) &&
	    info[IFLA_INFO_KIND])
		nla_strscpy(f->kind, info[IFLA_INFO_KIND], sizeof(f->kind));
	return 0;
}

static bool link_wanted(const struct net_device *dev, const struct link_filter *f)
{
	if (f->master) /* no device is another's slave here */
		return false;
	return !f->kind[0] || (dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, f->kind));
}

/* args[0]: the index of the last link told. Devices stand in the order of their indices. */
static int rtnl_dump_links(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	struct link_msg m = { .type = RTM_NEWLINK,
			      .portid = NETLINK_CB(cb->skb).portid,
			      .seq = cb->nlh->nlmsg_seq,
			      .flags = NLM_F_MULTI };
	struct net_device *dev;
	struct link_filter f;
	int err = dump_filter(cb, &f);

	if (err)
		return err;
	m.ext_mask = f.ext_mask;
	if (f.master || f.kind[0])
		m.flags |= NLM_F_DUMP_FILTERED;
	cb->seq = net->dev_gen;
	for_each_netdev(net, dev) {
		struct nlmsghdr *nlh;

		if (dev->ifindex <= cb->args[0] || !link_wanted(dev, &f))
			continue;
		nlh = fill_link(skb, dev, &m);
		if (!nlh)
			break;
		nl_dump_check_consistent(cb, nlh);
		cb->args[0] = dev->ifindex;
	}
	return (int)skb->len;
}

/* ---- set ---- */

static int set_address(struct net_device *dev, const struct nlattr *addr)
{
	if (nla_len(addr) < dev->addr_len)
		return -EINVAL;
	return dev_set_mac_address(dev, nla_data(addr));
}

static int set_mtu(struct net_device *dev, u32 mtu, struct netlink_ext_ack *extack)
{
	int err = dev_set_mtu(dev, (int)mtu);

	if (err == -EINVAL && mtu < dev->min_mtu)
		NL_SET_ERR_MSG(extack, "mtu less than device minimum");
	else if (err == -EINVAL)
		NL_SET_ERR_MSG(extack, "mtu greater than device maximum");
	return err;
}

static int set_broadcast(struct net_device *dev, const struct nlattr *addr)
{
	if (nla_len(addr) < dev->addr_len)
		return -EINVAL;
	memcpy(dev->broadcast, nla_data(addr), dev->addr_len);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, dev);
	return 0;
}

static int set_name(struct net_device *dev, const struct ifinfomsg *ifm, const struct nlattr *attr)
{
	char name[IFNAMSIZ];

	if (ifm->ifi_index <= 0) /* the name said which link is meant */
		return 0;
	if (nla_strscpy(name, attr, sizeof(name)) <= 0)
		return 0;
	return dev_change_name(dev, name);
}

/* The flags in ifi_change become those of ifi_flags; with no change named, all do. */
static int set_flags(struct net_device *dev, const struct ifinfomsg *ifm)
{
	unsigned int flags = ifm->ifi_flags;

	if (!ifm->ifi_flags && !ifm->ifi_change)
		return 0;
	if (ifm->ifi_change)
		flags = (flags & ifm->ifi_change) | (dev_get_flags(dev) & ~ifm->ifi_change);
	return dev_change_flags(dev, flags);
}

/* What a link cannot be told here. */
static int refuse_set(const struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	static const u8 refused[] = {
		IFLA_MASTER,	  IFLA_NET_NS_PID, IFLA_NET_NS_FD,  IFLA_MAP,
		IFLA_VFINFO_LIST, IFLA_VF_PORTS,   IFLA_PROTO_DOWN, IFLA_XDP
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct nlattr *nla = tb[refused[i]];

		if (!nla || (refused[i] == IFLA_MASTER && !nla_get_u32(nla)))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, nla, "This attribute of a link cannot be changed");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int set_link(struct net_device *dev, const struct ifinfomsg *ifm, const struct nlattr *tb[],
		    struct netlink_ext_ack *extack)
{
	int err = refuse_set(tb, extack);

	if (!err && tb[IFLA_ADDRESS])
		err = set_address(dev, tb[IFLA_ADDRESS]);
	if (!err && tb[IFLA_MTU])
		err = set_mtu(dev, nla_get_u32(tb[IFLA_MTU]), extack);
	if (!err && tb[IFLA_IFNAME])
		err = set_name(dev, ifm, tb[IFLA_IFNAME]);
	if (!err && tb[IFLA_BROADCAST])
		err = set_broadcast(dev, tb[IFLA_BROADCAST]);
	if (!err && tb[IFLA_TXQLEN])
		err = dev_set_tx_queue_len(dev, nla_get_u32(tb[IFLA_TXQLEN]));
	if (!err && tb[IFLA_GROUP])
		dev->group = (int)nla_get_u32(tb[IFLA_GROUP]);
	if (!err)
		err = set_flags(dev, ifm);
	return err;
}

static int rtnl_setlink(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *ifm = nlmsg_data(nlh);
	struct net_device *dev;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFLA_MAX, link_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	if (ifm->ifi_index <= 0 && !tb[IFLA_IFNAME])
		return -EINVAL;
	dev = find_link(sock_net(NETLINK_CB(in).sk), ifm, tb);
	return dev ? set_link(dev, ifm, tb, extack) : -ENODEV;
}

/* ---- new, delete ---- */

static struct rtnl_link_ops *find_kind(const struct nlattr *kind)
{
	struct rtnl_link_ops *ops;
	char name[16];

	if (nla_strscpy(name, kind, sizeof(name)) < 0)
		return NULL;
	list_for_each_entry(ops, &link_kinds, node)
		if (!strcmp(ops->kind, name))
			return ops;
	return NULL;
}

/* A device of kind @ops comes to be, as @data of that kind says. 0 or -errno. */
static int create_link(struct net *net, struct rtnl_link_ops *ops, const struct ifinfomsg *ifm,
		       const struct nlattr *tb[], const struct nlattr *data[],
		       struct netlink_ext_ack *extack)
{
	char name[IFNAMSIZ];
	struct net_device *dev;

	if (!tb[IFLA_IFNAME] || nla_strscpy(name, tb[IFLA_IFNAME], sizeof(name)) <= 0)
		scnprintf(name, sizeof(name), "%s%%d", ops->kind);
	dev = ops->newlink(net, name, tb, data, extack);
	if (IS_ERR(dev))
		return (int)PTR_ERR(dev);
	dev->rtnl_link_ops = ops;
	if (tb[IFLA_TXQLEN])
		dev_set_tx_queue_len(dev, nla_get_u32(tb[IFLA_TXQLEN]));
	return set_flags(dev, ifm);
}

/* What is of its kind changes on @dev. 0 or -errno. */
static int change_link(struct net_device *dev, const struct rtnl_link_ops *ops,
		       const struct nlattr *data[], struct netlink_ext_ack *extack)
{
	int err;

	if (!ops || ops != dev->rtnl_link_ops || !ops->changelink)
		return -EOPNOTSUPP;
	err = ops->changelink(dev, data, extack);
	if (!err)
		notify_link(dev, RTM_NEWLINK, 0);
	return err;
}

static int rtnl_newlink(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	const struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1] = { NULL };
	const struct ifinfomsg *ifm = nlmsg_data(nlh);
	const struct nlattr *data[RTNL_LINK_DATA_MAX + 1] = { NULL };
	struct rtnl_link_ops *ops = NULL;
	struct net_device *dev;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFLA_MAX, link_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (!err && tb[IFLA_LINKINFO])
		err = nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL, extack);
	if (!err && info[IFLA_INFO_KIND])
		ops = find_kind(info[IFLA_INFO_KIND]);
	if (!err && ops && info[IFLA_INFO_DATA] && ops->maxtype)
		err = nla_parse_nested(data, ops->maxtype, info[IFLA_INFO_DATA], ops->policy,
				       extack);
	if (err)
		return err;
	dev = find_link(net, ifm, tb);
	if (dev) {
		if (nlh->nlmsg_flags & NLM_F_EXCL)
			return -EEXIST;
		if (nlh->nlmsg_flags & NLM_F_REPLACE)
			return -EOPNOTSUPP;
		if (info[IFLA_INFO_DATA])
			err = change_link(dev, ops, data, extack);
		return err ? err : set_link(dev, ifm, tb, extack);
	}
	if (!(nlh->nlmsg_flags & NLM_F_CREATE) || ifm->ifi_index > 0)
		return -ENODEV;
	if (!ops) {
		NL_SET_ERR_MSG(extack, "Unknown device type");
		return -EOPNOTSUPP;
	}
	return create_link(net, ops, ifm, tb, data, extack);
}

static int rtnl_dellink(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *ifm = nlmsg_data(nlh);
	struct net_device *dev;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFLA_MAX, link_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	if (ifm->ifi_index <= 0 && !tb[IFLA_IFNAME])
		return -EINVAL;
	dev = find_link(sock_net(NETLINK_CB(in).sk), ifm, tb);
	if (!dev)
		return -ENODEV;
	if (!dev->rtnl_link_ops)
		return -EOPNOTSUPP; /* hardware, and the loopback device */
	dev->rtnl_link_ops->dellink(dev);
	return 0;
}

static const struct rtnl_handler link_rows[] = {
	{ RTM_GETLINK, rtnl_getlink, rtnl_dump_links, LINK_MSG_SIZE },
	{ RTM_SETLINK, rtnl_setlink, NULL, 0 },
	{ RTM_NEWLINK, rtnl_newlink, NULL, 0 },
	{ RTM_DELLINK, rtnl_dellink, NULL, 0 },
};
static struct rtnl_family link_rtnl_family = { .family = PF_UNSPEC,
					       .rows = link_rows,
					       .nr_rows = ARRAY_SIZE(link_rows) };

/* ---- notifications ---- */

static int link_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;

	switch (event) {
	case NETDEV_REGISTER: notify_link(dev, RTM_NEWLINK, ~0u); break;
	case NETDEV_UNREGISTER: notify_link(dev, RTM_DELLINK, ~0u); break;
	case NETDEV_UP:
	case NETDEV_DOWN: notify_link(dev, RTM_NEWLINK, IFF_UP | IFF_RUNNING); break;
	case NETDEV_CHANGE:
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGEADDR:
	case NETDEV_CHANGENAME:
	case NETDEV_FEAT_CHANGE: notify_link(dev, RTM_NEWLINK, 0); break;
	default: break;
	}
	return 0;
}

static struct notifier_block link_notifier = { .notifier_call = link_event };

void rtnl_link_init(void)
{
	rtnl_register(&link_rtnl_family);
	if (register_netdevice_notifier(&link_notifier))
		pr_err("cannot watch devices for rtnetlink\n");
}
