/* SPDX-License-Identifier: MIT */
/* NETLINK_ROUTE: each request to the one who answers it, under RTNL. Book section 12.11.2;
 * rtnetlink(7). */
#include <kernel/printk.h>
#include <kernel/string.h>
#include <net/netdevice.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "netlink_internal.h"

static LIST_HEAD(rtnl_families);

void rtnl_register(struct rtnl_family *fam)
{
	list_add_tail(&fam->node, &rtnl_families);
}

static const struct rtnl_handler *rtnl_row(const struct rtnl_family *fam, u16 type)
{
	unsigned int i;

	for (i = 0; i < fam->nr_rows; i++)
		if (fam->rows[i].type == type)
			return &fam->rows[i];
	return NULL;
}

static const struct rtnl_handler *rtnl_find(int family, u16 type)
{
	const struct rtnl_handler *h = NULL;
	struct rtnl_family *fam;

	list_for_each_entry(fam, &rtnl_families, node) {
		if (fam->family == family)
			h = rtnl_row(fam, type);
		if (h)
			break;
	}
	return h;
}

/* ---- requests ---- */

/* Between two buffers of a dump anything may change, but not while one is filled. */
static int rtnl_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct rtnl_handler *h = cb->data;
	int rc;

	rtnl_lock();
	rc = h->dumpit(skb, cb);
	rtnl_unlock();
	return rc;
}

/* What every family that has any tells, one family after the other: each ends with an empty buffer.
 */
static int rtnl_dump_all(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct rtnl_handler *h;
	struct rtnl_family *fam;
	unsigned int nth = 0;
	int rc = 0;

	list_for_each_entry(fam, &rtnl_families, node) {
		h = fam->family != PF_UNSPEC ? rtnl_row(fam, cb->nlh->nlmsg_type) : NULL;
		if (nth++ < cb->nth || !h || !h->dumpit)
			continue;
		if (nth - 1 > cb->nth) {
			memset(cb->args, 0, sizeof(cb->args));
			cb->prev_seq = cb->seq = 0;
		}
		cb->nth = nth - 1;
		rc = h->dumpit(skb, cb);
		if (rc)
			break;
	}
	return rc;
}

static const struct rtnl_handler dump_all_rows[] = {
	{ .type = RTM_GETADDR, .dumpit = rtnl_dump_all },
	{ .type = RTM_GETROUTE, .dumpit = rtnl_dump_all },
	{ .type = RTM_GETRULE, .dumpit = rtnl_dump_all },
};
static struct rtnl_family all_rtnl_family = { .family = PF_UNSPEC,
					      .rows = dump_all_rows,
					      .nr_rows = ARRAY_SIZE(dump_all_rows) };

static int rtnl_dump(struct sk_buff *skb, struct nlmsghdr *nlh, const struct rtnl_handler *h,
		     struct netlink_ext_ack *extack)
{
	struct netlink_dump_control control = {
		.dump = rtnl_dumpit,
		.data = (void *)h,
		.min_dump_alloc = h->min_dump_alloc,
	};

	return netlink_dump_start(skb, nlh, &control, extack);
}

static bool rtnl_is_get(u16 type)
{
	return ((type - RTM_BASE) & 3) == 2;
}

static int rtnetlink_rcv_msg(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	bool dump = rtnl_is_get(nlh->nlmsg_type) && (nlh->nlmsg_flags & NLM_F_DUMP);
	const struct rtnl_handler *h;
	int family, err;

	if (nlh->nlmsg_type > RTM_MAX)
		return -EOPNOTSUPP;
	if (nlmsg_len(nlh) < (int)sizeof(struct rtgenmsg)) /* every message begins with it */
		return 0;
	family = ((const struct rtgenmsg *)nlmsg_data(nlh))->rtgen_family;
	h = rtnl_find(family, nlh->nlmsg_type);
	if (!h || !(dump ? (void *)h->dumpit : (void *)h->doit))
		h = rtnl_find(PF_UNSPEC, nlh->nlmsg_type);
	if (!h || !(dump ? (void *)h->dumpit : (void *)h->doit))
		return -EOPNOTSUPP;
	if (dump)
		return rtnl_dump(skb, nlh, h, extack);
	rtnl_lock();
	err = h->doit(skb, nlh, extack);
	rtnl_unlock();
	return err;
}

static void rtnetlink_rcv(struct sk_buff *skb)
{
	netlink_rcv_skb(skb, rtnetlink_rcv_msg);
}

/* ---- answers and notifications ---- */

void rtnl_notify(struct sk_buff *skb, struct net *net, u32 portid, u32 group,
		 const struct nlmsghdr *nlh, gfp_t gfp)
{
	nlmsg_notify(net->netlink.rtnl, skb, portid, group, nlmsg_report(nlh), gfp);
}

int rtnl_unicast(struct sk_buff *skb, struct net *net, u32 portid)
{
	int rc = netlink_unicast(net->netlink.rtnl, skb, portid, true);

	return rc < 0 ? rc : 0;
}

void rtnl_set_sk_err(struct net *net, u32 group, int error)
{
	netlink_set_err(net->netlink.rtnl, 0, group, error);
}

bool rtnl_has_listeners(struct net *net, u32 group)
{
	return netlink_has_listeners(net->netlink.rtnl, group);
}

/* ---- life ---- */

static int rtnetlink_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .groups = RTNLGRP_MAX, .input = rtnetlink_rcv };

	net->netlink.rtnl = netlink_kernel_create(net, NETLINK_ROUTE, &cfg);
	return net->netlink.rtnl ? 0 : -ENOMEM;
}

static void rtnetlink_net_exit(struct net *net)
{
	netlink_kernel_release(net->netlink.rtnl);
	net->netlink.rtnl = NULL;
}

static struct pernet_operations rtnetlink_net_ops = { .init = rtnetlink_net_init,
						      .exit = rtnetlink_net_exit };

void rtnetlink_init(void)
{
	if (register_pernet_subsys(&rtnetlink_net_ops))
		pr_err("cannot add rtnetlink\n");
	rtnl_register(&all_rtnl_family);
	rtnl_link_init();
	rtnl_neigh_init();
}
