/* SPDX-License-Identifier: MIT */
/* Queueing disciplines over rtnetlink: found by handle or place, made, replaced, changed, deleted
 * and shown, and their group told. Book sections 12.7.3 and 12.11.2; tc(8). */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/sysctl.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "sched_internal.h"

#define QDISC_MSG_SIZE 1024u /* more than any discipline's message */

/* ---- kinds ---- */

static const struct Qdisc_ops *const qdisc_kinds[] = {
	&pfifo_fast_ops, &pfifo_ops, &bfifo_ops, &fq_ops, &tbf_ops, &netem_ops, &noqueue_ops,
};

const struct Qdisc_ops *qdisc_kind(const char *id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(qdisc_kinds); i++)
		if (!strcmp(qdisc_kinds[i]->id, id))
			return qdisc_kinds[i];
	return NULL;
}

struct Qdisc *qdisc_default(struct net_device *dev)
{
	const struct Qdisc_ops *ops = dev_net(dev)->core.default_qdisc;
	struct Qdisc *q;

	if (!dev->tx_queue_len || dev->no_queue)
		return &noqueue_qdisc;
	q = qdisc_create(dev, ops ? ops : &pfifo_fast_ops, NULL, NULL);
	if (IS_ERR(q))
		return NULL;
	q->parent = TC_H_ROOT;
	return q;
}

/* ---- units ---- */

u64 rate_to_ns(u64 rate, u64 len)
{
	const u64 day = 86400ull * NSEC_PER_SEC;

	if (!rate || len / rate >= 86400)
		return day;
	return len / rate * NSEC_PER_SEC + len % rate * NSEC_PER_SEC / rate;
}

u32 ns_to_len(u64 rate, u64 ns)
{
	u64 whole = ns / NSEC_PER_SEC, part = ns % NSEC_PER_SEC, len;

	if (whole && rate > 0xffffffffull / whole)
		return 0xffffffff;
	len = whole * rate + (rate / NSEC_PER_SEC) * part +
	      rate % NSEC_PER_SEC * part / NSEC_PER_SEC;
	return len > 0xffffffffull ? 0xffffffff : (u32)len;
}

unsigned int qdisc_pkt_len(const struct sk_buff *skb)
{
	unsigned int payload, headers, segs = skb_nr_segs(skb);

	if (likely(segs == 1))
		return skb->len;
	payload = (segs - 1) * skb_shinfo(skb)->gso_size; /* of all segments but the last */
	headers = (unsigned int)skb_transport_offset(skb) + 20;
	if (skb->len > payload && skb->len - payload < headers + skb_shinfo(skb)->gso_size)
		headers = max(headers, skb->len - payload - skb_shinfo(skb)->gso_size);
	return skb->len + (segs - 1) * headers;
}

/* ---- finding ---- */

static struct Qdisc *qdisc_lookup(struct net_device *dev, u32 handle)
{
	struct Qdisc *q = dev->qdisc_sleeping;

	for (; q && handle; q = q->child)
		if (q->handle == handle)
			return q;
	return NULL;
}

/* What is in class @classid of @p; NULL: nothing that has a name, or no such class. */
static struct Qdisc *qdisc_leaf(const struct Qdisc *p, u32 classid)
{
	return p->ops->has_child && TC_H_MIN(classid) == 1 ? p->child : NULL;
}

/* ---- a discipline as a message ---- */

static int put_stats(struct sk_buff *skb, const struct Qdisc *q)
{
	struct gnet_stats_basic basic = { .bytes = q->bytes, .packets = (u32)q->packets };
	struct gnet_stats_queue queue = { .qlen = q->qlen,
					  .backlog = (u32)q->backlog,
					  .drops = (u32)q->drops,
					  .requeues = (u32)q->requeues,
					  .overlimits = (u32)q->overlimits };
	struct tc_stats old = { .bytes = q->bytes,
				.packets = (u32)q->packets,
				.drops = (u32)q->drops,
				.overlimits = (u32)q->overlimits,
				.qlen = q->qlen,
				.backlog = (u32)q->backlog };
	struct nlattr *nest = nla_nest_start_noflag(skb, TCA_STATS2);

	if (!nest || nla_put(skb, TCA_STATS_BASIC, sizeof(basic), &basic) ||
	    (q->packets > 0xffffffffull && nla_put_u64(skb, TCA_STATS_PKT64, q->packets)) ||
	    (q->ops->dump_stats && q->ops->dump_stats(q, skb)) ||
	    nla_put(skb, TCA_STATS_QUEUE, sizeof(queue), &queue))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return nla_put(skb, TCA_STATS, sizeof(old), &old);
}

struct qdisc_msg { /* whose message it is */
	u32 portid, seq;
	int flags, type;
};

static int fill_qdisc(struct sk_buff *skb, struct net_device *dev, const struct Qdisc *q,
		      const struct qdisc_msg *m)
{
	struct nlmsghdr *nlh =
		nlmsg_put(skb, m->portid, m->seq, m->type, sizeof(struct tcmsg), m->flags);
	struct tcmsg *tcm;

	if (!nlh)
		return -EMSGSIZE;
	tcm = nlmsg_data(nlh);
	tcm->tcm_ifindex = dev->ifindex;
	tcm->tcm_handle = q->handle;
	tcm->tcm_parent = q->up ? q->parent : TC_H_ROOT;
	tcm->tcm_info = q->up ? 1 : 2; /* a root is its device's, too */
	if (nla_put_string(skb, TCA_KIND, q->ops->id) || (q->ops->dump && q->ops->dump(q, skb)) ||
	    nla_put_u8(skb, TCA_HW_OFFLOAD, 0) || put_stats(skb, q)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* Is it one that users see? Not what is there while there is nothing, nor a child nobody has named.
 */
static bool qdisc_shown(const struct Qdisc *q)
{
	return q != &noop_qdisc && (!q->up || q->handle);
}

/* Tells the group, and the requester who wants an echo: @old is gone, @new is there (or changed).
 */
static void qdisc_notify(struct sk_buff *in, struct nlmsghdr *nlh, struct net_device *dev,
			 const struct Qdisc *old, const struct Qdisc *new)
{
	struct net *net = dev_net(dev);
	struct qdisc_msg m = { .portid = NETLINK_CB(in).portid, .seq = nlh->nlmsg_seq };
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_TC) && !nlmsg_report(nlh))
		return;
	skb = nlmsg_new(2 * QDISC_MSG_SIZE, GFP_KERNEL);
	if (!skb) {
		rtnl_set_sk_err(net, RTNLGRP_TC, ENOBUFS);
		return;
	}
	m.type = RTM_DELQDISC;
	if (old && qdisc_shown(old))
		WARN_ON(fill_qdisc(skb, dev, old, &m));
	m.type = RTM_NEWQDISC;
	m.flags = old ? NLM_F_REPLACE : 0;
	if (new &&qdisc_shown(new))
		WARN_ON(fill_qdisc(skb, dev, new, &m));
	if (skb->len)
		rtnl_notify(skb, net, m.portid, RTNLGRP_TC, nlh, GFP_KERNEL);
	else
		consume_skb(skb);
}

/* ---- requests ---- */

struct qdisc_req { /* what a request names */
	struct net_device *dev;
	const struct tcmsg *tcm;
	const struct nlattr *tb[TCA_MAX + 1];
	char kind[16];
	struct Qdisc *up; /* whose class it is about; NULL: the root */
	struct netlink_ext_ack *extack;
};

static const struct nla_policy tca_policy[TCA_MAX + 1] = {
	[TCA_KIND] = { NLA_STRING, 15 },
	[TCA_OPTIONS] = { NLA_UNSPEC, 0 },
	[TCA_RATE] = { NLA_BINARY, 8 },
	[TCA_DUMP_INVISIBLE] = { NLA_FLAG, 0 },
};

static int qdisc_parse(struct sk_buff *in, struct nlmsghdr *nlh, struct qdisc_req *r)
{
	int err = nlmsg_parse(nlh, sizeof(*r->tcm), r->tb, TCA_MAX, tca_policy, NL_VALIDATE_LIBERAL,
			      r->extack);

	if (err)
		return err;
	r->tcm = nlmsg_data(nlh);
	if (r->tb[TCA_KIND] && nla_strscpy(r->kind, r->tb[TCA_KIND], sizeof(r->kind)) < 0)
		return -EINVAL;
	r->dev = __dev_get_by_index(sock_net(NETLINK_CB(in).sk), r->tcm->tcm_ifindex);
	return r->dev ? 0 : -ENODEV;
}

static int fail(struct qdisc_req *r, int err, const char *text)
{
	NL_SET_ERR_MSG(r->extack, text);
	return err;
}

/* The discipline at the request's parent, with r->up; *found may be NULL. 0 or -ENOENT. */
static int find_at_parent(struct qdisc_req *r, struct Qdisc **found)
{
	u32 parent = r->tcm->tcm_parent;

	if (parent == TC_H_ROOT) {
		*found = r->dev->qdisc_sleeping;
		return 0;
	}
	if (parent == TC_H_INGRESS)
		return fail(r, -EOPNOTSUPP, "There is no ingress discipline here");
	r->up = qdisc_lookup(r->dev, TC_H_MAJ(parent));
	if (!r->up)
		return fail(r, -ENOENT, "Failed to find specified qdisc");
	*found = qdisc_leaf(r->up, parent);
	return 0;
}

/* ---- get, delete ---- */

static int find_named(struct qdisc_req *r, struct Qdisc **found)
{
	const struct tcmsg *tcm = r->tcm;
	struct Qdisc *q = NULL;
	int err;

	if (tcm->tcm_parent) {
		err = find_at_parent(r, &q);
		if (err)
			return err;
		if (!q)
			return fail(r, -ENOENT, "Cannot find specified qdisc on specified device");
		if (tcm->tcm_handle && q->handle != tcm->tcm_handle)
			return fail(r, -EINVAL, "Invalid handle");
	} else {
		q = qdisc_lookup(r->dev, tcm->tcm_handle);
		if (!q)
			return fail(r, -ENOENT, "Failed to find qdisc with specified handle");
	}
	if (r->tb[TCA_KIND] && strcmp(r->kind, q->ops->id))
		return fail(r, -EINVAL, "Invalid qdisc name");
	*found = q;
	return 0;
}

static int tc_get_qdisc(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct qdisc_msg m = { .portid = NETLINK_CB(in).portid,
			       .seq = nlh->nlmsg_seq,
			       .type = RTM_NEWQDISC };
	struct qdisc_req r = { .extack = extack };
	struct sk_buff *skb;
	struct Qdisc *q;
	int err = qdisc_parse(in, nlh, &r);

	if (!err)
		err = find_named(&r, &q);
	if (err)
		return err;
	skb = nlmsg_new(QDISC_MSG_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOBUFS;
	if (WARN_ON(fill_qdisc(skb, r.dev, q, &m))) {
		consume_skb(skb);
		return -EMSGSIZE;
	}
	return rtnl_unicast(skb, dev_net(r.dev), m.portid);
}

/* @new (NULL: what is there where nobody says anything) takes the place that the request names; the
 * old one ends. 0 or -errno, with @new destroyed. */
static int qdisc_graft(struct sk_buff *in, struct nlmsghdr *nlh, struct qdisc_req *r,
		       struct Qdisc *new)
{
	struct net_device *dev = r->dev;
	struct Qdisc *old, *up = r->up;

	if (new && !(new->flags &TCQ_F_BUILTIN))
		new->parent = r->tcm->tcm_parent;
	if (!up) {
		old = dev_graft_qdisc(dev, new);
	} else {
		if (!new && up->ops == &tbf_ops) { /* it cannot be without one */
			new = qdisc_create(dev, &bfifo_ops, NULL, r->extack);
			if (IS_ERR(new))
				return (int)PTR_ERR(new);
			new->limit = up->limit;
		}
		spin_lock_bh(&dev->queue_lock);
		old = up->child;
		up->child = new;
		if (new)
			new->up = up;
		if (old)
			qdisc_tree_reduce(old, old->qlen, old->backlog);
		spin_unlock_bh(&dev->queue_lock);
	}
	qdisc_notify(in, nlh, dev, old && old->handle ? old : NULL, new &&new->handle ? new : NULL);
	if (old)
		qdisc_destroy(old);
	return 0;
}

static int tc_del_qdisc(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct qdisc_req r = { .extack = extack };
	struct Qdisc *q;
	int err = qdisc_parse(in, nlh, &r);

	if (!err)
		err = find_named(&r, &q);
	if (err)
		return err;
	if (!r.tcm->tcm_parent)
		return fail(&r, -EINVAL, "Classid cannot be zero");
	if (!q->handle)
		return fail(&r, -ENOENT, "Cannot delete qdisc with handle of zero");
	return qdisc_graft(in, nlh, &r, NULL);
}

/* ---- new ---- */

/* A handle for one that named none: 8001:, 8002:, ... as long as there is a free one. */
static u32 auto_handle(struct net_device *dev)
{
	u32 *last = &dev_net(dev)->core.qdisc_auto_handle;
	unsigned int tries;

	for (tries = 0; tries < 0x8000; tries++) {
		*last += TC_H_MAKE(0x10000, 0);
		if (*last < TC_H_MAKE(0x80010000u, 0) || *last == TC_H_MAKE(TC_H_ROOT, 0))
			*last = TC_H_MAKE(0x80010000u, 0);
		if (!qdisc_lookup(dev, *last))
			return *last;
	}
	return 0;
}

static int create_and_graft(struct sk_buff *in, struct nlmsghdr *nlh, struct qdisc_req *r)
{
	const struct Qdisc_ops *ops = r->tb[TCA_KIND] ? qdisc_kind(r->kind) : NULL;
	u32 handle = r->tcm->tcm_handle;
	struct Qdisc *q;

	if (!r->tb[TCA_KIND])
		return fail(r, -EINVAL, "The kind of qdisc is missing");
	if (!ops)
		return fail(r, -ENOENT, "Specified qdisc kind is unknown");
	if (r->tb[TCA_RATE] || r->tb[TCA_STAB])
		return fail(r, -EOPNOTSUPP, "Rate estimators and size tables are not offered");
	if (r->up && !(r->up->ops->has_child && TC_H_MIN(r->tcm->tcm_parent) == 1))
		return fail(r, -EINVAL,
			    r->up->ops->has_child ? "The class is :1"
						  : "Parent qdisc has no classes");
	if (ops == &noqueue_ops) {
		if (r->up)
			return fail(r, -EINVAL, "noqueue can only be a root");
		return qdisc_graft(in, nlh, r, &noqueue_qdisc);
	}
	if (!handle)
		handle = auto_handle(r->dev);
	if (!handle)
		return fail(r, -ENOSPC, "Maximum number of qdisc handles was exceeded");
	q = qdisc_create(r->dev, ops, r->tb[TCA_OPTIONS], r->extack);
	if (IS_ERR(q))
		return (int)PTR_ERR(q);
	q->handle = handle;
	return qdisc_graft(in, nlh, r, q);
}

/* The same where nothing is yet: only for who asks for something new. */
static int create_if_asked(struct sk_buff *in, struct nlmsghdr *nlh, struct qdisc_req *r)
{
	if (!(nlh->nlmsg_flags & NLM_F_CREATE))
		return fail(r, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag");
	return create_and_graft(in, nlh, r);
}

static int change_qdisc(struct sk_buff *in, struct nlmsghdr *nlh, struct qdisc_req *r,
			struct Qdisc *q)
{
	int err;

	if (!q)
		return fail(r, -ENOENT, "Specified qdisc not found");
	if (nlh->nlmsg_flags & NLM_F_EXCL)
		return fail(r, -EEXIST, "Exclusivity flag on, cannot modify");
	if (r->tb[TCA_KIND] && strcmp(r->kind, q->ops->id))
		return fail(r, -EINVAL, "Invalid qdisc name");
	if (r->tb[TCA_OPTIONS]) {
		if (!q->ops->change)
			return fail(r, -EINVAL,
				    "Change operation not supported by specified qdisc");
		err = q->ops->change(q, r->tb[TCA_OPTIONS], r->extack);
		if (err)
			return err;
	}
	qdisc_notify(in, nlh, r->dev, NULL, q);
	return 0;
}

/* Does one of another kind take the place of what is there? Not with REPLACE alone. */
static bool takes_its_place(u16 flags)
{
	u16 asked = flags & (NLM_F_CREATE | NLM_F_REPLACE | NLM_F_EXCL);

	return !asked || ((flags & NLM_F_CREATE) && (flags & (NLM_F_REPLACE | NLM_F_EXCL)));
}

/* May what is at the place be changed, or does another take it? By the flags that tc gives add
 * (EXCL, CREATE), replace (CREATE, REPLACE), link (REPLACE) and change (none), as on Linux. */
static int tc_new_qdisc(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct qdisc_req r = { .extack = extack };
	struct Qdisc *q = NULL;
	u16 flags = nlh->nlmsg_flags;
	int err = qdisc_parse(in, nlh, &r);
	u32 handle;

	if (err)
		return err;
	handle = r.tcm->tcm_handle;
	if (!r.tcm->tcm_parent) {
		if (!handle)
			return fail(&r, -EINVAL, "Handle cannot be zero");
		return change_qdisc(in, nlh, &r, qdisc_lookup(r.dev, handle));
	}
	err = find_at_parent(&r, &q);
	if (err)
		return err;
	if (q && !q->handle) /* the usual one gives way */
		q = NULL;
	if (handle && q && q->handle == handle)
		return change_qdisc(in, nlh, &r, q);
	if (handle) {
		if (q && !(flags & NLM_F_REPLACE))
			return fail(&r, -EEXIST, "NLM_F_REPLACE needed to override");
		if (TC_H_MIN(handle))
			return fail(&r, -EINVAL, "Invalid minor handle");
		if (!qdisc_lookup(r.dev, handle))
			return create_if_asked(in, nlh, &r);
		if (flags & NLM_F_EXCL)
			return fail(&r, -EEXIST, "Exclusivity flag on, cannot override");
		return fail(&r, -ELOOP, "A qdisc is in one place only");
	}
	if (!q)
		return create_if_asked(in, nlh, &r);
	if (r.tb[TCA_KIND] && strcmp(r.kind, q->ops->id) && takes_its_place(flags))
		return create_and_graft(in, nlh, &r);
	return change_qdisc(in, nlh, &r, q);
}

/* ---- dump ---- */

/* args[0]: the index of the device under way, args[1]: how many of its disciplines have been told.
 */
static int tc_dump_qdisc(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	const struct nlattr *tb[TCA_MAX + 1] = { NULL };
	struct qdisc_msg m = { .portid = NETLINK_CB(cb->skb).portid,
			       .seq = cb->nlh->nlmsg_seq,
			       .flags = NLM_F_MULTI,
			       .type = RTM_NEWQDISC };
	struct net_device *dev;
	struct Qdisc *q;
	long i;
	int err = nlmsg_parse(cb->nlh, sizeof(struct tcmsg), tb, TCA_MAX, tca_policy,
			      NL_VALIDATE_LIBERAL, cb->extack);

	if (err)
		return err;
	for_each_netdev(net, dev) {
		if (dev->ifindex < cb->args[0])
			continue;
		if (dev->ifindex > cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = dev->ifindex;
		for (q = dev->qdisc_sleeping, i = 0; q; q = q->child, i++) {
			if (i < cb->args[1] || q == &noop_qdisc ||
			    (!qdisc_shown(q) && !tb[TCA_DUMP_INVISIBLE]))
				continue;
			if (fill_qdisc(skb, dev, q, &m))
				return (int)skb->len;
			cb->args[1] = i + 1;
		}
	}
	return (int)skb->len;
}

static const struct rtnl_handler qdisc_rows[] = {
	{ RTM_NEWQDISC, tc_new_qdisc, NULL, 0 },
	{ RTM_DELQDISC, tc_del_qdisc, NULL, 0 },
	{ RTM_GETQDISC, tc_get_qdisc, tc_dump_qdisc, QDISC_MSG_SIZE },
};
static struct rtnl_family qdisc_rtnl_family = { .family = PF_UNSPEC,
						.rows = qdisc_rows,
						.nr_rows = ARRAY_SIZE(qdisc_rows) };

/* ---- net.core.default_qdisc ---- */

static int default_qdisc_handler(const struct ctl_table *t, void *base, char *buf, size_t size,
				 bool write)
{
	struct netns_core *core = base;
	const struct Qdisc_ops *ops;

	if (!write)
		return scnprintf(buf, size, "%s", core->default_qdisc->id);
	ops = qdisc_kind(strim(buf));
	if (!ops || ops == &noqueue_ops)
		return -ENOENT;
	if (ops == &tbf_ops || ops == &netem_ops) /* they cannot be without options */
		return -EINVAL;
	core->default_qdisc = ops;
	return 0;
}

static const struct ctl_table sched_table[] = {
	{ .procname = "net.core.default_qdisc", .proc_handler = default_qdisc_handler },
};

static int sched_net_init(struct net *net)
{
	struct netns_core *core = &net->core;

	core->default_qdisc = &pfifo_fast_ops;
	return register_sysctl(&core->sched_sysctl_hdr, sched_table, ARRAY_SIZE(sched_table), core);
}

static void sched_net_exit(struct net *net)
{
	unregister_sysctl(&net->core.sched_sysctl_hdr);
}

static struct pernet_operations sched_net_ops = { .init = sched_net_init, .exit = sched_net_exit };

void pkt_sched_init(void)
{
	if (register_pernet_subsys(&sched_net_ops))
		pr_err("cannot add queueing disciplines\n");
	rtnl_register(&qdisc_rtnl_family);
}
