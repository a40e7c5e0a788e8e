/* SPDX-License-Identifier: MIT */
/* Policy rules: which table a flow is looked up in, by addresses, TOS, mark, devices, ports. Three
 * rules are there at the start: local, main, default. ip-rule(8); Book section 12.8.5. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/ip_fib.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include <uapi/fib_rules.h>

#define PREF_LOCAL   0u
#define PREF_MAIN    32766u
#define PREF_DEFAULT 32767u

struct fib_rule { /* immutable once in the list, but for the two devices' indices */
	struct list_head list;
	u32 pref, flags, table, target; /* target: the preference that FR_ACT_GOTO goes on at */
	u32 mark, mark_mask;
	int suppress_prefixlen; /* routes of at most this length do not count; -1: all do */
	u8 action, tos, src_len, dst_len, ip_proto, protocol;
	__be32 src, dst;
	struct fib_rule_port_range sport, dport; /* 0 to 0: any */
	char iifname[IFNAMSIZ], oifname[IFNAMSIZ];
	int iif, oif; /* of the devices named, 0: none is there by that name */
};

/* ---- look-up ---- */

static bool port_in(const struct fib_rule_port_range *r, __be16 port)
{
	return !r->end || (ntohs(port) >= r->start && ntohs(port) <= r->end);
}

static bool rule_match(const struct fib_rule *r, const struct flowi4 *flp)
{
	bool match = ((flp->saddr ^ r->src) & inet_make_mask(r->src_len)) == 0 &&
		     ((flp->daddr ^ r->dst) & inet_make_mask(r->dst_len)) == 0;

	match = match && (!r->tos || r->tos == RT_TOS(flp->flowi4_tos)) &&
		!((flp->flowi4_mark ^ r->mark) & r->mark_mask);
	match = match && (!r->iifname[0] || (r->iif && r->iif == flp->flowi4_iif)) &&
		(!r->oifname[0] || (r->oif && r->oif == flp->flowi4_oif));
	match = match && (!r->ip_proto || r->ip_proto == flp->flowi4_proto) &&
		port_in(&r->sport, flp->fl4_sport) && port_in(&r->dport, flp->fl4_dport);
	return match == !(r->flags & FIB_RULE_INVERT);
}

/* What the rule says: 0 with *res, 1: look on, or -errno. */
static int rule_action(struct net *net, const struct fib_rule *r, const struct flowi4 *flp,
		       struct fib_result *res)
{
	struct fib_table *tb;
	int err;

	switch (r->action) {
	case FR_ACT_TO_TBL: break;
	case FR_ACT_UNREACHABLE: return -ENETUNREACH;
	case FR_ACT_PROHIBIT: return -EACCES;
	case FR_ACT_NOP: return 1;
	default: return -EINVAL;
	}
	tb = fib_get_table(net, r->table);
	err = tb ? fib_table_lookup(tb, flp, res) : 1;
	if (!err && res->prefixlen <= r->suppress_prefixlen)
		return 1;
	return err;
}

static int fib_rules_lookup(struct net *net, const struct flowi4 *flp, struct fib_result *res)
{
	u32 from = 0; /* rules before this preference are jumped over */
	struct fib_rule *r;
	int err;

	list_for_each_entry(r, &net->ipv4.fib_rules, list) {
		if (r->pref < from || !rule_match(r, flp))
			continue;
		if (r->action == FR_ACT_GOTO) {
			from = r->target;
			continue;
		}
		err = rule_action(net, r, flp, res);
		if (err <= 0)
			return err;
	}
	return -ENETUNREACH;
}

int fib_lookup(struct net *net, const struct flowi4 *flp, struct fib_result *res)
{
	int err;

	if (unlikely(net->ipv4.fib_has_custom_rules))
		return fib_rules_lookup(net, flp, res);
	err = fib_table_lookup(net->ipv4.fib_local, flp, res);
	if (err > 0)
		err = fib_table_lookup(net->ipv4.fib_main, flp, res);
	if (err > 0 && net->ipv4.fib_default)
		err = fib_table_lookup(net->ipv4.fib_default, flp, res);
	return err > 0 ? -ENETUNREACH : err;
}

/* ---- a rule as a message ---- */

static int put_selectors(struct sk_buff *skb, const struct fib_rule *r)
{
	return (r->src_len && nla_put_be32(skb, FRA_SRC, r->src)) ||
	       (r->dst_len && nla_put_be32(skb, FRA_DST, r->dst)) ||
	       (r->iifname[0] && nla_put_string(skb, FRA_IIFNAME, r->iifname)) ||
	       (r->oifname[0] && nla_put_string(skb, FRA_OIFNAME, r->oifname)) ||
	       (r->mark && nla_put_u32(skb, FRA_FWMARK, r->mark)) ||
	       ((r->mark || r->mark_mask) && nla_put_u32(skb, FRA_FWMASK, r->mark_mask)) ||
	       (r->ip_proto && nla_put_u8(skb, FRA_IP_PROTO, r->ip_proto)) ||
	       (r->sport.end && nla_put(skb, FRA_SPORT_RANGE, sizeof(r->sport), &r->sport)) ||
	       (r->dport.end && nla_put(skb, FRA_DPORT_RANGE, sizeof(r->dport), &r->dport));
}

static struct nlmsghdr *fill_rule(struct sk_buff *skb, const struct fib_rule *r, int type,
				  u32 portid, u32 seq, int flags)
{
	struct nlmsghdr *nlh =
		nlmsg_put(skb, portid, seq, type, sizeof(struct fib_rule_hdr), flags);
	struct fib_rule_hdr *frh;

	if (!nlh)
		return NULL;
	frh = nlmsg_data(nlh);
	*frh = (struct fib_rule_hdr){ .family = AF_INET,
				      .dst_len = r->dst_len,
				      .src_len = r->src_len,
				      .tos = r->tos,
				      .table = (u8)(r->table < 256 ? r->table : RT_TABLE_COMPAT),
				      .action = r->action,
				      .flags = r->flags };
	if (nla_put_u32(skb, FRA_TABLE, r->table) ||
	    nla_put_u32(skb, FRA_SUPPRESS_PREFIXLEN, (u32)r->suppress_prefixlen) ||
	    nla_put_u8(skb, FRA_PROTOCOL, r->protocol) ||
	    (r->pref && nla_put_u32(skb, FRA_PRIORITY, r->pref)) ||
	    (r->action == FR_ACT_GOTO && nla_put_u32(skb, FRA_GOTO, r->target)) ||
	    put_selectors(skb, r)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return nlh;
}

static void notify_rule(struct net *net, const struct fib_rule *r, int type, struct sk_buff *in,
			const struct nlmsghdr *nlh)
{
	struct sk_buff *skb = nlmsg_new(256, GFP_KERNEL);

	if (!skb || WARN_ON(!fill_rule(skb, r, type, NETLINK_CB(in).portid, nlh->nlmsg_seq, 0))) {
		consume_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV4_RULE, ENOBUFS);
		return;
	}
	rtnl_notify(skb, net, NETLINK_CB(in).portid, RTNLGRP_IPV4_RULE, nlh, GFP_KERNEL);
}

/* ---- what a request says ---- */

static const struct nla_policy rule_policy[FRA_MAX + 1] = {
	[FRA_DST] = { NLA_U32 },
	[FRA_SRC] = { NLA_U32 },
	[FRA_IIFNAME] = { NLA_STRING, IFNAMSIZ - 1 },
	[FRA_OIFNAME] = { NLA_STRING, IFNAMSIZ - 1 },
	[FRA_GOTO] = { NLA_U32 },
	[FRA_PRIORITY] = { NLA_U32 },
	[FRA_FWMARK] = { NLA_U32 },
	[FRA_FWMASK] = { NLA_U32 },
	[FRA_FLOW] = { NLA_U32 },
	[FRA_TABLE] = { NLA_U32 },
	[FRA_SUPPRESS_PREFIXLEN] = { NLA_U32 },
	[FRA_SUPPRESS_IFGROUP] = { NLA_U32 },
	[FRA_PROTOCOL] = { NLA_U8 },
	[FRA_IP_PROTO] = { NLA_U8 },
	[FRA_SPORT_RANGE] = { NLA_EXACT_LEN, sizeof(struct fib_rule_port_range) },
	[FRA_DPORT_RANGE] = { NLA_EXACT_LEN, sizeof(struct fib_rule_port_range) },
};

/* Selectors that are not built: a rule that depended on them would mean something else without. */
static int refuse_selectors(const struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	static const u8 refused[] = { FRA_FLOW, FRA_TUN_ID, FRA_L3MDEV, FRA_UID_RANGE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		if (tb[refused[i]]) {
			NL_SET_ERR_MSG_ATTR(extack, tb[refused[i]], "Selector is not supported");
			return -EOPNOTSUPP;
		}
	return 0;
}

static u32 get_u32_or(const struct nlattr *nla, u32 otherwise)
{
	return nla ? nla_get_u32(nla) : otherwise;
}

static int parse_ports(const struct nlattr *nla, struct fib_rule_port_range *r,
		       struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	memcpy(r, nla_data(nla), sizeof(*r));
	if (r->start && r->end && r->start <= r->end)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "Invalid port range");
	return -EINVAL;
}

static int index_of(struct net *net, const char *name)
{
	struct net_device *dev = name[0] ? __dev_get_by_name(net, name) : NULL;

	return dev ? dev->ifindex : 0;
}

/* The rule that the request describes. 0 or -errno. */
static int parse_rule(struct net *net, const struct nlmsghdr *nlh, const struct nlattr *tb[],
		      struct fib_rule *r, struct netlink_ext_ack *extack)
{
	const struct fib_rule_hdr *frh = nlmsg_data(nlh);
	int err = nlmsg_parse(nlh, sizeof(*frh), tb, FRA_MAX, rule_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (!err)
		err = refuse_selectors(tb, extack);
	if (err)
		return err;
	if (frh->src_len > 32 || frh->dst_len > 32 || (frh->src_len && !tb[FRA_SRC]) ||
	    (frh->dst_len && !tb[FRA_DST])) {
		NL_SET_ERR_MSG(extack, "Invalid prefix");
		return -EINVAL;
	}
	if (frh->tos & ~IPTOS_TOS_MASK) {
		NL_SET_ERR_MSG(extack, "Invalid tos");
		return -EINVAL;
	}
	*r = (struct fib_rule){ .pref = get_u32_or(tb[FRA_PRIORITY], 0),
				.flags = frh->flags & FIB_RULE_INVERT,
				.table = get_u32_or(tb[FRA_TABLE], frh->table),
				.target = get_u32_or(tb[FRA_GOTO], 0),
				.mark = get_u32_or(tb[FRA_FWMARK], 0),
				.action = frh->action,
				.tos = frh->tos,
				.src_len = frh->src_len,
				.dst_len = frh->dst_len,
				.src = get_u32_or(tb[FRA_SRC], 0),
				.dst = get_u32_or(tb[FRA_DST], 0) };
	r->mark_mask = get_u32_or(tb[FRA_FWMASK], tb[FRA_FWMARK] ? ~0u : 0);
	r->suppress_prefixlen = (int)get_u32_or(tb[FRA_SUPPRESS_PREFIXLEN], ~0u);
	r->ip_proto = tb[FRA_IP_PROTO] ? nla_get_u8(tb[FRA_IP_PROTO]) : 0;
	r->protocol = tb[FRA_PROTOCOL] ? nla_get_u8(tb[FRA_PROTOCOL]) : RTPROT_UNSPEC;
	if (tb[FRA_IIFNAME])
		nla_strscpy(r->iifname, tb[FRA_IIFNAME], IFNAMSIZ);
	if (tb[FRA_OIFNAME])
		nla_strscpy(r->oifname, tb[FRA_OIFNAME], IFNAMSIZ);
	r->iif = index_of(net, r->iifname);
	r->oif = index_of(net, r->oifname);
	err = parse_ports(tb[FRA_SPORT_RANGE], &r->sport, extack);
	return err ? err : parse_ports(tb[FRA_DPORT_RANGE], &r->dport, extack);
}

/* ---- new, delete, dump ---- */

/* The rules are others than at the start, from now on: nothing that was found without them holds.
 */
static void rules_changed(struct net *net)
{
	net->ipv4.fib_has_custom_rules = true;
	net->ipv4.fib_rules_seq++;
	rt_cache_flush(net);
}

static void rule_insert(struct net *net, struct fib_rule *r)
{
	struct list_head *pos = &net->ipv4.fib_rules;
	struct fib_rule *other;

	list_for_each_entry(other, &net->ipv4.fib_rules, list) {
		if (other->pref > r->pref)
			break;
		pos = &other->list;
	}
	local_bh_disable();
	list_add(&r->list, pos);
	local_bh_enable();
}

/* One before the second, which leaves the first (local) in front. */
static u32 default_pref(const struct net *net)
{
	const struct list_head *first = net->ipv4.fib_rules.next, *second = first->next;
	u32 pref;

	if (first == &net->ipv4.fib_rules || second == &net->ipv4.fib_rules)
		return 0;
	pref = list_entry(second, struct fib_rule, list)->pref;
	return pref ? pref - 1 : 0;
}

/* What both rules ask for is the same. */
static bool rule_same(const struct fib_rule *a, const struct fib_rule *b)
{
	return a->pref == b->pref && a->action == b->action && a->table == b->table &&
	       a->target == b->target && !((a->flags ^ b->flags) & FIB_RULE_INVERT) &&
	       a->mark == b->mark && a->mark_mask == b->mark_mask && a->tos == b->tos &&
	       a->src_len == b->src_len && a->dst_len == b->dst_len && a->src == b->src &&
	       a->dst == b->dst && a->ip_proto == b->ip_proto &&
	       a->suppress_prefixlen == b->suppress_prefixlen &&
	       !memcmp(&a->sport, &b->sport, sizeof(a->sport)) &&
	       !memcmp(&a->dport, &b->dport, sizeof(a->dport)) && !strcmp(a->iifname, b->iifname) &&
	       !strcmp(a->oifname, b->oifname);
}

/* Is the action one that we know, and does it say all it needs? A goto goes forward. */
static int check_action(const struct fib_rule *r, const struct nlattr *tb[],
			struct netlink_ext_ack *extack)
{
	if (r->action == FR_ACT_GOTO && (!tb[FRA_GOTO] || r->target <= r->pref)) {
		NL_SET_ERR_MSG(extack, "Backward goto not supported");
		return -EINVAL;
	}
	if (r->action != FR_ACT_GOTO && tb[FRA_GOTO]) {
		NL_SET_ERR_MSG(extack, "Unexpected goto");
		return -EINVAL;
	}
	if (r->action == FR_ACT_UNSPEC || r->action > FR_ACT_MAX) {
		NL_SET_ERR_MSG(extack, "Invalid action");
		return -EINVAL;
	}
	return 0;
}

static int fib_nl_newrule(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	const struct nlattr *tb[FRA_MAX + 1];
	struct fib_rule *r = kzalloc(sizeof(*r), GFP_KERNEL), *other;
	int err = r ? parse_rule(net, nlh, tb, r, extack) : -ENOMEM;

	if (!err && !tb[FRA_PRIORITY])
		r->pref = default_pref(net);
	if (!err)
		err = check_action(r, tb, extack);
	list_for_each_entry(other, &net->ipv4.fib_rules, list)
		if (!err && (nlh->nlmsg_flags & NLM_F_EXCL) && rule_same(other, r))
			err = -EEXIST;
	if (!err && r->action == FR_ACT_TO_TBL && !r->table) /* as Linux: a table of its own */
		r->table = RT_TABLE_MAIN;
	if (!err && r->action == FR_ACT_TO_TBL && !fib_new_table(net, r->table))
		err = -ENOBUFS;
	if (err) {
		kfree(r);
		return err;
	}
	rule_insert(net, r);
	rules_changed(net);
	notify_rule(net, r, RTM_NEWRULE, in, nlh);
	return 0;
}

/* Does a RTM_DELRULE mean @r? What it does not name does not count. */
static bool rule_is_meant(const struct fib_rule *r, const struct fib_rule *want,
			  const struct nlattr *tb[])
{
	return (!want->action || want->action == r->action) &&
	       (!want->table || want->table == r->table) &&
	       (!tb[FRA_PRIORITY] || want->pref == r->pref) &&
	       (!tb[FRA_IIFNAME] || !strcmp(want->iifname, r->iifname)) &&
	       (!tb[FRA_OIFNAME] || !strcmp(want->oifname, r->oifname)) &&
	       (!tb[FRA_FWMARK] || want->mark == r->mark) &&
	       (!tb[FRA_FWMASK] || want->mark_mask == r->mark_mask) &&
	       (!tb[FRA_IP_PROTO] || want->ip_proto == r->ip_proto) &&
	       (!tb[FRA_SPORT_RANGE] || !memcmp(&want->sport, &r->sport, sizeof(r->sport))) &&
	       (!tb[FRA_DPORT_RANGE] || !memcmp(&want->dport, &r->dport, sizeof(r->dport))) &&
	       (!want->src_len || (want->src_len == r->src_len && want->src == r->src)) &&
	       (!want->dst_len || (want->dst_len == r->dst_len && want->dst == r->dst)) &&
	       (!want->tos || want->tos == r->tos);
}

static int fib_nl_delrule(struct sk_buff *in, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	const struct nlattr *tb[FRA_MAX + 1];
	struct fib_rule want, *r;
	int err = parse_rule(net, nlh, tb, &want, extack);

	if (err)
		return err;
	list_for_each_entry(r, &net->ipv4.fib_rules, list) {
		if (!rule_is_meant(r, &want, tb))
			continue;
		if (r->flags & FIB_RULE_PERMANENT)
			return -EPERM;
		local_bh_disable();
		list_del(&r->list);
		local_bh_enable();
		rules_changed(net);
		notify_rule(net, r, RTM_DELRULE, in, nlh);
		kfree(r);
		return 0;
	}
	return -ENOENT;
}

/* args[0]: how many were told. A change between two buffers is told (NLM_F_DUMP_INTR). */
static int fib_nl_dumprule(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	struct fib_rule *r;
	long n = 0;

	if (cb->strict_check && nlmsg_len(cb->nlh) != (int)sizeof(struct fib_rule_hdr)) {
		NL_SET_ERR_MSG(cb->extack, "Invalid data after header in fib rule dump request");
		return -EINVAL;
	}
	cb->seq = net->ipv4.fib_rules_seq + 1;
	list_for_each_entry(r, &net->ipv4.fib_rules, list) {
		struct nlmsghdr *nlh;

		if (n++ < cb->args[0])
			continue;
		nlh = fill_rule(skb, r, RTM_NEWRULE, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				NLM_F_MULTI);
		if (!nlh)
			break;
		nl_dump_check_consistent(cb, nlh);
		cb->args[0] = n;
	}
	return (int)skb->len;
}

static const struct rtnl_handler rule_rows[] = {
	{ RTM_NEWRULE, fib_nl_newrule, NULL, 0 },
	{ RTM_DELRULE, fib_nl_delrule, NULL, 0 },
	{ RTM_GETRULE, NULL, fib_nl_dumprule, 0 },
};
static struct rtnl_family rule_rtnl_family = { .family = PF_INET,
					       .rows = rule_rows,
					       .nr_rows = ARRAY_SIZE(rule_rows) };

/* ---- devices, life ---- */

/* A rule names devices; they come and go, and change their names. */
static int fib_rules_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct net *net = dev_net(dev);
	bool gone = event == NETDEV_UNREGISTER;
	struct fib_rule *r;

	if (!net->ipv4.fib_tables ||
	    (!gone && event != NETDEV_REGISTER && event != NETDEV_CHANGENAME))
		return 0;
	list_for_each_entry(r, &net->ipv4.fib_rules, list) {
		r->iif = gone && r->iif == dev->ifindex ? 0 : index_of(net, r->iifname);
		r->oif = gone && r->oif == dev->ifindex ? 0 : index_of(net, r->oifname);
	}
	return 0;
}

static int add_at_start(struct net *net, u32 pref, u32 table, u32 flags)
{
	struct fib_rule *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	*r = (struct fib_rule){ .pref = pref,
				.table = table,
				.flags = flags,
				.action = FR_ACT_TO_TBL,
				.protocol = RTPROT_KERNEL,
				.suppress_prefixlen = -1 };
	rule_insert(net, r);
	return 0;
}

int fib_rules_net_init(struct net *net)
{
	int err;

	INIT_LIST_HEAD(&net->ipv4.fib_rules);
	err = add_at_start(net, PREF_LOCAL, RT_TABLE_LOCAL, FIB_RULE_PERMANENT);
	if (!err)
		err = add_at_start(net, PREF_MAIN, RT_TABLE_MAIN, 0);
	if (!err)
		err = add_at_start(net, PREF_DEFAULT, RT_TABLE_DEFAULT, 0);
	if (err)
		fib_rules_net_exit(net);
	return err;
}

void fib_rules_net_exit(struct net *net)
{
	struct fib_rule *r, *next;

	list_for_each_entry_safe(r, next, &net->ipv4.fib_rules, list) {
		list_del(&r->list);
		kfree(r);
	}
}

static struct notifier_block fib_rules_notifier = { .notifier_call = fib_rules_event };

void fib_rules_init(void)
{
	rtnl_register(&rule_rtnl_family);
	if (register_netdevice_notifier(&fib_rules_notifier))
		pr_err("cannot watch devices for policy rules\n");
}
