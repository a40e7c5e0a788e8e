/* SPDX-License-Identifier: MIT */
/* Neighbours of all families over rtnetlink: get, dump, new, delete, and telling their listeners.
 * rtnetlink(7); Book section 12.11.2. */
#include <kernel/err.h>
#include <net/neighbour.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "netlink_internal.h"

/* ---- a neighbour as a message ---- */

static u32 age(unsigned long then)
{
	return (u32)((jiffies - then) * 100 / HZ);
}

static struct nlmsghdr *fill_neigh(struct sk_buff *skb, const struct neighbour *n, int type,
				   u32 portid, u32 seq, int flags)
{
	struct nlmsghdr *nlh = nlmsg_put(skb, portid, seq, type, sizeof(struct ndmsg), flags);
	struct nda_cacheinfo ci = {
		.ndm_confirmed = age(n->confirmed),
		.ndm_used = age(n->used),
		.ndm_updated = age(n->updated),
		.ndm_refcnt = (u32)atomic_read(&n->refcnt) - 1,
	};
	struct ndmsg *ndm;

	if (!nlh)
		return NULL;
	ndm = nlmsg_data(nlh);
	*ndm = (struct ndmsg){ .ndm_family = (u8)n->tbl->family,
			       .ndm_ifindex = n->dev->ifindex,
			       .ndm_state = n->nud_state,
			       .ndm_flags = n->flags,
			       .ndm_type = n->type };
	if (nla_put(skb, NDA_DST, n->tbl->key_len, n->primary_key) ||
	    ((n->nud_state & NUD_VALID) && nla_put(skb, NDA_LLADDR, n->dev->addr_len, n->ha)) ||
	    nla_put_u32(skb, NDA_PROBES, (u32)atomic_read(&n->probes)) ||
	    nla_put(skb, NDA_CACHEINFO, sizeof(ci), &ci)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return nlh;
}

#define NEIGH_MSG_SIZE 160u /* more than any neighbour's message */

/* Context: softirqs off, the table may be locked. */
static int neigh_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct neighbour *n = data;
	struct net *net = dev_net(n->dev);
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_NEIGH))
		return 0;
	skb = nlmsg_new(NEIGH_MSG_SIZE, GFP_ATOMIC);
	if (!skb ||
	    WARN_ON(!fill_neigh(skb, n, event == NEIGH_EVENT_DELETE ? RTM_DELNEIGH : RTM_NEWNEIGH,
				0, 0, 0))) {
		consume_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_NEIGH, ENOBUFS);
		return 0;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_NEIGH, NULL, GFP_ATOMIC);
	return 0;
}

/* ---- what a request says ---- */

static const struct nla_policy neigh_policy[NDA_MAX + 1] = {
	[NDA_DST] = { NLA_BINARY, MAX_ADDR_LEN },
	[NDA_LLADDR] = { NLA_BINARY, MAX_ADDR_LEN },
	[NDA_CACHEINFO] = { NLA_UNSPEC, sizeof(struct nda_cacheinfo) },
	[NDA_PROBES] = { NLA_U32 },
	[NDA_IFINDEX] = { NLA_U32 },
	[NDA_MASTER] = { NLA_U32 },
	[NDA_PROTOCOL] = { NLA_U8 },
};

struct neigh_request {
	const struct ndmsg *ndm;
	const struct nlattr *tb[NDA_MAX + 1];
	struct neigh_table *tbl;
	struct net_device *dev;
};

/* Which table, which device, which address. 0 or -errno. */
static int parse_request(struct neigh_request *r, struct sk_buff *in, const struct nlmsghdr *nlh,
			 struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	int err = nlmsg_parse(nlh, sizeof(*r->ndm), r->tb, NDA_MAX, neigh_policy,
			      NL_VALIDATE_LIBERAL, extack);

	if (err)
		return err;
	r->ndm = nlmsg_data(nlh);
	if (!r->tb[NDA_DST]) {
		NL_SET_ERR_MSG(extack, "Network address not specified");
		return -EINVAL;
	}
	if (r->ndm->ndm_ifindex) {
		r->dev = __dev_get_by_index(net, r->ndm->ndm_ifindex);
		if (!r->dev)
			return -ENODEV;
	}
	r->tbl = neigh_table_find(net, r->ndm->ndm_family);
	if (!r->tbl)
		return -EAFNOSUPPORT;
	if (nla_len(r->tb[NDA_DST]) < r->tbl->key_len) {
		NL_SET_ERR_MSG_ATTR(extack, r->tb[NDA_DST], "Invalid network address");
		return -EINVAL;
	}
	return 0;
}

/* ---- new, delete, get ---- */

static int rtnl_newneigh(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct neigh_request r = { NULL };
	u32 flags = NEIGH_UPDATE_F_ADMIN;
	struct neighbour *n;
	const u8 *lladdr;
	int err = parse_request(&r, in, nlh, extack);

	if (err)
		return err;
	if (r.ndm->ndm_flags & NTF_PROXY)
		return pneigh_add(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
	if (!r.dev) {
		NL_SET_ERR_MSG(extack, "Device not specified");
		return -EINVAL;
	}
	if (r.tb[NDA_LLADDR] && nla_len(r.tb[NDA_LLADDR]) < r.dev->addr_len) {
		NL_SET_ERR_MSG_ATTR(extack, r.tb[NDA_LLADDR], "Invalid link address");
		return -EINVAL;
	}
	n = neigh_lookup(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
	if (n && (nlh->nlmsg_flags & NLM_F_EXCL)) {
		neigh_release(n);
		return -EEXIST;
	}
	if (!n) {
		if (!(nlh->nlmsg_flags & NLM_F_CREATE))
			return -ENOENT;
		n = neigh_create(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
		if (IS_ERR(n))
			return (int)PTR_ERR(n);
		flags |= NEIGH_UPDATE_F_OVERRIDE;
	} else if (nlh->nlmsg_flags & NLM_F_REPLACE) {
		flags |= NEIGH_UPDATE_F_OVERRIDE;
	}
	lladdr = r.tb[NDA_LLADDR] ? nla_data(r.tb[NDA_LLADDR]) : NULL;
	if (r.ndm->ndm_flags & NTF_USE)
		__neigh_event_send(n, NULL);
	else
		err = neigh_update(n, lladdr, (u8)r.ndm->ndm_state, flags);
	neigh_release(n);
	return err;
}

static int rtnl_delneigh(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct neigh_request r = { NULL };
	struct neighbour *n;
	int err = parse_request(&r, in, nlh, extack);

	if (err)
		return err;
	if (r.ndm->ndm_flags & NTF_PROXY)
		return pneigh_delete(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
	if (!r.dev)
		return -EINVAL;
	n = neigh_lookup(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
	if (!n)
		return -ENOENT;
	err = neigh_remove(n);
	neigh_release(n);
	return err;
}

static int rtnl_getneigh(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct neigh_request r = { NULL };
	struct neighbour *n;
	struct sk_buff *skb;
	int err = parse_request(&r, in, nlh, extack);

	if (err)
		return err;
	if (!r.dev) {
		NL_SET_ERR_MSG(extack, "No device specified");
		return -EINVAL;
	}
	n = neigh_lookup(r.tbl, nla_data(r.tb[NDA_DST]), r.dev);
	if (!n) {
		NL_SET_ERR_MSG(extack, "Neighbour entry not found");
		return -ENOENT;
	}
	skb = nlmsg_new(NEIGH_MSG_SIZE, GFP_KERNEL);
	if (skb)
		fill_neigh(skb, n, RTM_NEWNEIGH, NETLINK_CB(in).portid, nlh->nlmsg_seq, 0);
	neigh_release(n);
	return skb ? rtnl_unicast(skb, sock_net(NETLINK_CB(in).sk), NETLINK_CB(in).portid)
		   : -ENOBUFS;
}

/* ---- dump ---- */

struct neigh_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	long index, skip; /* of entries and proxies */
	int ifindex;	  /* only of this device; 0: all */
	bool full;
};

static bool dump_wants(struct neigh_dump *d, const struct net_device *dev)
{
	if (d->full || d->index++ < d->skip)
		return false;
	return !d->ifindex || (dev && dev->ifindex == d->ifindex);
}

/* Context: the table is locked. */
static void dump_one(struct neighbour *n, void *arg)
{
	struct neigh_dump *d = arg;
	struct nlmsghdr *nlh;

	if (!dump_wants(d, n->dev) || n->nud_state == NUD_NOARP)
		return;
	nlh = fill_neigh(d->skb, n, RTM_NEWNEIGH, NETLINK_CB(d->cb->skb).portid,
			 d->cb->nlh->nlmsg_seq, NLM_F_MULTI | d->cb->answer_flags);
	d->full = !nlh;
	if (nlh)
		nl_dump_check_consistent(d->cb, nlh);
	d->index -= d->full;
}

static void dump_proxy(struct pneigh_entry *p, void *arg)
{
	struct neigh_dump *d = arg;
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	if (!dump_wants(d, p->dev))
		return;
	nlh = nlmsg_put(d->skb, NETLINK_CB(d->cb->skb).portid, d->cb->nlh->nlmsg_seq, RTM_NEWNEIGH,
			sizeof(*ndm), NLM_F_MULTI | d->cb->answer_flags);
	if (nlh) {
		ndm = nlmsg_data(nlh);
		*ndm = (struct ndmsg){ .ndm_family = (u8)p->tbl->family,
				       .ndm_ifindex = p->dev ? p->dev->ifindex : 0,
				       .ndm_flags = NTF_PROXY,
				       .ndm_type = RTN_UNICAST };
		if (nla_put(d->skb, NDA_DST, p->tbl->key_len, p->key)) {
			nlmsg_cancel(d->skb, nlh);
			nlh = NULL;
		} else {
			nlmsg_end(d->skb, nlh);
		}
	}
	d->full = !nlh;
	d->index -= d->full;
}

/* The request's device and kind; those who are not strict may leave all out. 0 or -errno. */
static int dump_request(struct netlink_callback *cb, struct neigh_dump *d, bool *proxies)
{
	const struct ndmsg *ndm = nlmsg_data(cb->nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	int err;

	if (nlmsg_len(cb->nlh) < (int)sizeof(*ndm)) {
		if (!cb->strict_check)
			return 0;
		NL_SET_ERR_MSG(cb->extack, "Invalid header for neighbor dump request");
		return -EINVAL;
	}
	*proxies = ndm->ndm_flags == NTF_PROXY;
	if (cb->strict_check && (ndm->ndm_ifindex || ndm->ndm_state || ndm->ndm_type ||
				 (ndm->ndm_flags & ~NTF_PROXY))) {
		NL_SET_ERR_MSG(cb->extack, "Invalid values in header for neighbor dump request");
		return -EINVAL;
	}
	err = nlmsg_parse(cb->nlh, sizeof(*ndm), tb, NDA_MAX, neigh_policy,
			  cb->strict_check ? NL_VALIDATE_STRICT : NL_VALIDATE_LIBERAL, cb->extack);
	if (err)
		return cb->strict_check ? err : 0;
	if (tb[NDA_IFINDEX]) {
		d->ifindex = (int)nla_get_u32(tb[NDA_IFINDEX]);
		cb->answer_flags = NLM_F_DUMP_FILTERED;
	}
	return 0;
}

/* args[0]: how many tables are done, args[1]: how many entries of the next. A table that grows
 * meanwhile is in another order, and the reader is told (NLM_F_DUMP_INTR). */
static int rtnl_dump_neigh(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	int family = ((const struct rtgenmsg *)nlmsg_data(cb->nlh))->rtgen_family;
	struct neigh_dump d = { .skb = skb, .cb = cb };
	struct neigh_table *tbl;
	bool proxies = false;
	long t = 0;
	int err = dump_request(cb, &d, &proxies);

	if (err)
		return err;
	list_for_each_entry(tbl, &net->core.neigh_tables, list) {
		if (t++ < cb->args[0] || (family && tbl->family != family))
			continue;
		cb->seq = (u32)tbl->stats.hash_grows + 1;
		d.index = 0;
		d.skip = cb->args[1];
		if (proxies)
			pneigh_for_each(tbl, dump_proxy, &d);
		else
			neigh_for_each(tbl, dump_one, &d);
		cb->args[1] = d.index;
		if (d.full)
			return (int)skb->len;
		cb->args[0] = t;
		cb->args[1] = 0;
	}
	return (int)skb->len;
}

static const struct rtnl_handler neigh_rows[] = {
	{ RTM_NEWNEIGH, rtnl_newneigh, NULL, 0 },
	{ RTM_DELNEIGH, rtnl_delneigh, NULL, 0 },
	{ RTM_GETNEIGH, rtnl_getneigh, rtnl_dump_neigh, 0 },
};
static struct rtnl_family neigh_rtnl_family = { .family = PF_UNSPEC,
						.rows = neigh_rows,
						.nr_rows = ARRAY_SIZE(neigh_rows) };
static struct notifier_block neigh_notifier = { .notifier_call = neigh_event };

void rtnl_neigh_init(void)
{
	rtnl_register(&neigh_rtnl_family);
	register_neigh_notifier(&neigh_notifier);
}
