/* SPDX-License-Identifier: MIT */
/* IPv4 addresses over rtnetlink: dump, new, delete, and telling their listeners. rtnetlink(7); Book
 * section 12.11.2. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <net/ip_fib.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "ipv4_internal.h"

/* ---- an address as a message ---- */

/* Hundredths of a second since boot, as ifa_cacheinfo has them. */
static u32 cstamp_of(unsigned long stamp)
{
	return (u32)(stamp * 100 / HZ);
}

/* What is left of @lft seconds that began at @since. */
static u32 lifetime_left(u32 lft, unsigned long since)
{
	unsigned long age = (jiffies - since) / HZ;

	if (lft == INFINITY_LIFE_TIME)
		return lft;
	return age < lft ? lft - (u32)age : 0;
}

static struct nlmsghdr *fill_ifaddr(struct sk_buff *skb, const struct in_ifaddr *ifa, int type,
				    u32 portid, u32 seq, int flags)
{
	struct nlmsghdr *nlh = nlmsg_put(skb, portid, seq, type, sizeof(struct ifaddrmsg), flags);
	struct ifa_cacheinfo ci = {
		.ifa_prefered = lifetime_left(ifa->ifa_preferred_lft, ifa->ifa_tstamp),
		.ifa_valid = lifetime_left(ifa->ifa_valid_lft, ifa->ifa_tstamp),
		.cstamp = cstamp_of(ifa->ifa_cstamp),
		.tstamp = cstamp_of(ifa->ifa_tstamp),
	};
	struct ifaddrmsg *ifm;

	if (!nlh)
		return NULL;
	ifm = nlmsg_data(nlh);
	*ifm = (struct ifaddrmsg){ .ifa_family = AF_INET,
				   .ifa_prefixlen = ifa->ifa_prefixlen,
				   .ifa_flags = (u8)ifa->ifa_flags,
				   .ifa_scope = ifa->ifa_scope,
				   .ifa_index = (u32)ifa->ifa_dev->dev->ifindex };
	if ((ifa->ifa_address && nla_put_be32(skb, IFA_ADDRESS, ifa->ifa_address)) ||
	    nla_put_be32(skb, IFA_LOCAL, ifa->ifa_local) ||
	    (ifa->ifa_broadcast && nla_put_be32(skb, IFA_BROADCAST, ifa->ifa_broadcast)) ||
	    (ifa->ifa_label[0] && nla_put_string(skb, IFA_LABEL, ifa->ifa_label)) ||
	    nla_put_u32(skb, IFA_FLAGS, ifa->ifa_flags) ||
	    (ifa->ifa_rt_priority && nla_put_u32(skb, IFA_RT_PRIORITY, ifa->ifa_rt_priority)) ||
	    nla_put(skb, IFA_CACHEINFO, sizeof(ci), &ci)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return nlh;
}

#define IFADDR_MSG_SIZE 128u /* more than any address's message */

static void rtmsg_ifa(const struct in_ifaddr *ifa, int type)
{
	struct net *net = dev_net(ifa->ifa_dev->dev);
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_IPV4_IFADDR))
		return;
	skb = nlmsg_new(IFADDR_MSG_SIZE, GFP_KERNEL);
	if (!skb || WARN_ON(!fill_ifaddr(skb, ifa, type, 0, 0, 0))) {
		consume_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV4_IFADDR, ENOBUFS);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_IPV4_IFADDR, NULL, GFP_KERNEL);
}

/* ---- what a request says ---- */

static const struct nla_policy ifa_policy[IFA_MAX + 1] = {
	[IFA_LOCAL] = { NLA_U32 },
	[IFA_ADDRESS] = { NLA_U32 },
	[IFA_BROADCAST] = { NLA_U32 },
	[IFA_LABEL] = { NLA_STRING, IFNAMSIZ - 1 },
	[IFA_FLAGS] = { NLA_U32 },
	[IFA_CACHEINFO] = { NLA_UNSPEC, sizeof(struct ifa_cacheinfo) },
	[IFA_RT_PRIORITY] = { NLA_U32 },
};

/* The request's lifetimes. 0, -EINVAL. */
static int parse_lifetimes(struct in_ifaddr *ifa, const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	struct ifa_cacheinfo ci;

	if (!attr)
		return 0;
	memcpy(&ci, nla_data(attr), sizeof(ci));
	if (!ci.ifa_valid || ci.ifa_prefered > ci.ifa_valid) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "Invalid lifetimes: valid is 0 or less than preferred");
		return -EINVAL;
	}
	ifa->ifa_valid_lft = ci.ifa_valid;
	ifa->ifa_preferred_lft = ci.ifa_prefered;
	if (ci.ifa_valid != INFINITY_LIFE_TIME)
		ifa->ifa_flags &= ~(u32)IFA_F_PERMANENT;
	return 0;
}

/* The address that a RTM_NEWADDR describes, not yet in force. ERR_PTR. */
static struct in_ifaddr *rtm_to_ifaddr(struct net *net, const struct ifaddrmsg *ifm,
				       const struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_index(net, (int)ifm->ifa_index);
	struct in_device *in_dev;
	struct in_ifaddr *ifa;
	int err;

	if (ifm->ifa_prefixlen > 32 || !tb[IFA_LOCAL]) {
		NL_SET_ERR_MSG(extack, "ipv4: Invalid prefix length or no local address");
		return ERR_PTR(-EINVAL);
	}
	if (!dev)
		return ERR_PTR(-ENODEV);
	in_dev = inetdev_init(dev);
	ifa = in_dev ? inet_alloc_ifa() : NULL;
	if (!ifa)
		return ERR_PTR(-ENOBUFS);
	atomic_inc(&in_dev->refcnt);
	ifa->ifa_dev = in_dev;
	ifa->ifa_local = nla_get_be32(tb[IFA_LOCAL]);
	ifa->ifa_address = tb[IFA_ADDRESS] ? nla_get_be32(tb[IFA_ADDRESS]) : ifa->ifa_local;
	ifa->ifa_prefixlen = ifm->ifa_prefixlen;
	ifa->ifa_mask = inet_make_mask(ifm->ifa_prefixlen);
	ifa->ifa_broadcast = tb[IFA_BROADCAST] ? nla_get_be32(tb[IFA_BROADCAST]) : 0;
	ifa->ifa_scope = ifm->ifa_scope;
	ifa->ifa_flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifm->ifa_flags;
	ifa->ifa_flags |= IFA_F_PERMANENT;
	ifa->ifa_valid_lft = ifa->ifa_preferred_lft = INFINITY_LIFE_TIME;
	if (tb[IFA_RT_PRIORITY])
		ifa->ifa_rt_priority = nla_get_u32(tb[IFA_RT_PRIORITY]);
	if (!tb[IFA_LABEL] || nla_strscpy(ifa->ifa_label, tb[IFA_LABEL], IFNAMSIZ) < 0)
		strscpy(ifa->ifa_label, dev->name, IFNAMSIZ);
	err = parse_lifetimes(ifa, tb[IFA_CACHEINFO], extack);
	if (!err)
		return ifa;
	inet_free_ifa(ifa);
	return ERR_PTR(err);
}

static struct in_ifaddr *find_matching_ifa(const struct in_ifaddr *ifa)
{
	for_ifa(ifa->ifa_dev, other)
		if (other->ifa_mask == ifa->ifa_mask && inet_ifa_match(other->ifa_address, ifa) &&
		    other->ifa_local == ifa->ifa_local)
			return other;
	return NULL;
}

/* ---- requests ---- */

static int inet_rtm_newaddr(struct sk_buff *in, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *tb[IFA_MAX + 1];
	const struct ifaddrmsg *ifm = nlmsg_data(nlh);
	struct net *net = sock_net(NETLINK_CB(in).sk);
	struct in_ifaddr *ifa, *old;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFA_MAX, ifa_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	ifa = rtm_to_ifaddr(net, ifm, tb, extack);
	if (IS_ERR(ifa))
		return (int)PTR_ERR(ifa);
	if (ifa->ifa_valid_lft != INFINITY_LIFE_TIME ||
	    ifa->ifa_preferred_lft != INFINITY_LIFE_TIME)
		err = inet_lifetime_watch(net);
	old = err ? NULL : find_matching_ifa(ifa);
	if (!err && !old)
		return inet_insert_ifa(ifa);
	if (old && (nlh->nlmsg_flags & NLM_F_REPLACE) && !(nlh->nlmsg_flags & NLM_F_EXCL)) {
		if (ifa->ifa_rt_priority)
			fib_modify_prefix_metric(old, ifa->ifa_rt_priority);
		inet_set_lifetime(old, ifa->ifa_valid_lft, ifa->ifa_preferred_lft);
	} else if (old) {
		err = -EEXIST;
	}
	inet_free_ifa(ifa);
	return err;
}

/* Is @ifa what a RTM_DELADDR names? */
static bool ifa_is_meant(const struct in_ifaddr *ifa, const struct ifaddrmsg *ifm,
			 const struct nlattr *tb[])
{
	char label[IFNAMSIZ];

	if (tb[IFA_LOCAL] && ifa->ifa_local != nla_get_be32(tb[IFA_LOCAL]))
		return false;
	if (tb[IFA_LABEL] &&
	    (nla_strscpy(label, tb[IFA_LABEL], sizeof(label)) < 0 || strcmp(label, ifa->ifa_label)))
		return false;
	return !tb[IFA_ADDRESS] || (ifm->ifa_prefixlen == ifa->ifa_prefixlen &&
				    inet_ifa_match(nla_get_be32(tb[IFA_ADDRESS]), ifa));
}

static int inet_rtm_deladdr(struct sk_buff *in, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct ifaddrmsg *ifm = nlmsg_data(nlh);
	struct in_device *in_dev = NULL;
	struct net_device *dev;
	int err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFA_MAX, ifa_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	dev = __dev_get_by_index(net, (int)ifm->ifa_index);
	if (dev)
		in_dev = __in_dev_get_rtnl(dev);
	if (!in_dev) {
		NL_SET_ERR_MSG(extack, "ipv4: Device not found");
		return -ENODEV;
	}
	for_ifa(in_dev, ifa) {
		if (!ifa_is_meant(ifa, ifm, tb))
			continue;
		inet_del_ifa(in_dev, ifa);
		return 0;
	}
	return -EADDRNOTAVAIL;
}

/* The device that a dump is limited to; 0: all. -errno: the request is malformed. */
static int dump_device(struct netlink_callback *cb)
{
	const struct ifaddrmsg *ifm = nlmsg_data(cb->nlh);
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	const struct nlattr *tb[IFA_MAX + 1];
	int err;

	if (!cb->strict_check)
		return 0;
	if (nlmsg_len(cb->nlh) < (int)sizeof(*ifm)) {
		NL_SET_ERR_MSG(cb->extack, "ipv4: Invalid header for address dump request");
		return -EINVAL;
	}
	if (ifm->ifa_prefixlen || ifm->ifa_flags || ifm->ifa_scope) {
		NL_SET_ERR_MSG(cb->extack,
			       "ipv4: Invalid values in header for address dump request");
		return -EINVAL;
	}
	err = nlmsg_parse(cb->nlh, sizeof(*ifm), tb, IFA_MAX, ifa_policy, NL_VALIDATE_STRICT,
			  cb->extack);
	if (err)
		return err;
	if (ifm->ifa_index && !__dev_get_by_index(net, (int)ifm->ifa_index))
		return -ENODEV;
	cb->answer_flags = ifm->ifa_index ? NLM_F_DUMP_FILTERED : 0;
	return (int)ifm->ifa_index;
}

/* args[0]: the device whose addresses are being told, args[1]: how many of them were. */
static int inet_dump_ifaddr(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	int only = dump_device(cb);
	struct net_device *dev;

	if (only < 0)
		return only;
	cb->seq = net->ipv4.dev_addr_genid + net->dev_gen + 1;
	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);
		long n = 0;

		if (!in_dev || dev->ifindex < cb->args[0] || (only && dev->ifindex != only))
			continue;
		if (dev->ifindex > cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = dev->ifindex;
		for_ifa(in_dev, ifa) {
			struct nlmsghdr *nlh;

			if (n++ < cb->args[1])
				continue;
			nlh = fill_ifaddr(skb, ifa, RTM_NEWADDR, NETLINK_CB(cb->skb).portid,
					  cb->nlh->nlmsg_seq, NLM_F_MULTI | cb->answer_flags);
			if (!nlh)
				return (int)skb->len;
			nl_dump_check_consistent(cb, nlh);
			cb->args[1] = n;
		}
	}
	return (int)skb->len;
}

static const struct rtnl_handler ifaddr_rows[] = {
	{ RTM_NEWADDR, inet_rtm_newaddr, NULL, 0 },
	{ RTM_DELADDR, inet_rtm_deladdr, NULL, 0 },
	{ RTM_GETADDR, NULL, inet_dump_ifaddr, 0 },
};
static struct rtnl_family ifaddr_rtnl_family = { .family = PF_INET,
						 .rows = ifaddr_rows,
						 .nr_rows = ARRAY_SIZE(ifaddr_rows) };

static int ifaddr_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;

	dev_net(ifa->ifa_dev->dev)->ipv4.dev_addr_genid++;
	rtmsg_ifa(ifa, event == NETDEV_DOWN ? RTM_DELADDR : RTM_NEWADDR);
	return 0;
}

static struct notifier_block ifaddr_notifier = { .notifier_call = ifaddr_event };

void devinet_netlink_init(void)
{
	rtnl_register(&ifaddr_rtnl_family);
	register_inetaddr_notifier(&ifaddr_notifier);
}
