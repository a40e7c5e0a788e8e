/* SPDX-License-Identifier: MIT */
/* IPv4 routes over rtnetlink: new, delete, dump, look-up, and telling their listeners.
 * rtnetlink(7); Book section 12.11.2. */
#include <kernel/err.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "ipv4_internal.h"

/* ---- a route as a message ---- */

static int put_metrics(struct sk_buff *skb, const u32 *metrics)
{
	struct nlattr *nest = NULL;
	int i;

	for (i = 0; i < RTAX_MAX; i++) {
		if (!metrics[i])
			continue;
		if (!nest)
			nest = nla_nest_start_noflag(skb, RTA_METRICS);
		if (!nest || nla_put_u32(skb, i + 1, metrics[i]))
			return -EMSGSIZE;
	}
	if (nest)
		nla_nest_end(skb, nest);
	return 0;
}

static u32 hop_flags(const struct fib_nh *nh)
{
	u32 flags = nh->nh_flags & (RTNH_F_DEAD | RTNH_F_ONLINK);

	if (nh->nh_dev && !netif_carrier_ok(nh->nh_dev))
		flags |= RTNH_F_LINKDOWN;
	return flags;
}

static int put_hops(struct sk_buff *skb, const struct fib_info *fi)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, RTA_MULTIPATH);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < fi->fib_nhs; i++) {
		const struct fib_nh *nh = &fi->fib_nh[i];
		struct rtnexthop *hop;

		if (skb_tailroom(skb) < sizeof(*hop))
			return -EMSGSIZE;
		hop = skb_put_zero(skb, sizeof(*hop));
		hop->rtnh_flags = (u8)hop_flags(nh);
		hop->rtnh_hops = (u8)(nh->nh_weight - 1);
		hop->rtnh_ifindex = nh->nh_oif;
		if (nh->nh_gw && nla_put_be32(skb, RTA_GATEWAY, nh->nh_gw))
			return -EMSGSIZE;
		hop->rtnh_len = (u16)(skb_tail_pointer(skb) - (u8 *)hop);
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_route(struct sk_buff *skb, const struct fib_info *fi)
{
	if ((fi->fib_priority && nla_put_u32(skb, RTA_PRIORITY, fi->fib_priority)) ||
	    put_metrics(skb, fi->fib_metrics) ||
	    (fi->fib_prefsrc && nla_put_be32(skb, RTA_PREFSRC, fi->fib_prefsrc)))
		return -EMSGSIZE;
	if (fi->fib_nhs > 1)
		return put_hops(skb, fi);
	if ((fi->fib_nh->nh_gw && nla_put_be32(skb, RTA_GATEWAY, fi->fib_nh->nh_gw)) ||
	    (fi->fib_nh->nh_oif && nla_put_u32(skb, RTA_OIF, (u32)fi->fib_nh->nh_oif)))
		return -EMSGSIZE;
	return 0;
}

struct route_msg {
	int type;
	u32 portid, seq, flags;
	const struct fib_table *tb;
	__be32 dst;
	int dst_len;
	const struct fib_alias *fa;
};

static struct nlmsghdr *fill_route(struct sk_buff *skb, const struct route_msg *m)
{
	const struct fib_info *fi = m->fa->fa_info;
	struct nlmsghdr *nlh =
		nlmsg_put(skb, m->portid, m->seq, m->type, sizeof(struct rtmsg), (int)m->flags);
	struct rtmsg *rtm;

	if (!nlh)
		return NULL;
	rtm = nlmsg_data(nlh);
	*rtm = (struct rtmsg){ .rtm_family = AF_INET,
			       .rtm_dst_len = (u8)m->dst_len,
			       .rtm_tos = m->fa->fa_tos,
			       .rtm_table =
				       (u8)(m->tb->tb_id < 256 ? m->tb->tb_id : RT_TABLE_COMPAT),
			       .rtm_protocol = fi->fib_protocol,
			       .rtm_scope = fi->fib_scope,
			       .rtm_type = m->fa->fa_type,
			       .rtm_flags = fi->fib_nhs == 1 ? hop_flags(fi->fib_nh) : 0 };
	if (nla_put_u32(skb, RTA_TABLE, m->tb->tb_id) ||
	    (m->dst_len && nla_put_be32(skb, RTA_DST, m->dst)) || put_route(skb, fi)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	nlmsg_end(skb, nlh);
	return nlh;
}

static unsigned int route_msg_size(const struct fib_info *fi)
{
	return 256 + fi->fib_nhs * (unsigned int)(sizeof(struct rtnexthop) + 8);
}

void rtmsg_fib(int event, const struct fib_table *tb, const struct fib_node *fn,
	       const struct fib_alias *fa, const struct nl_info *info, u16 nlflags)
{
	const struct route_msg m = { .type = event,
				     .portid = info->portid,
				     .seq = info->nlh ? info->nlh->nlmsg_seq : 0,
				     .flags = nlflags,
				     .tb = tb,
				     .dst = fn->fn_key,
				     .dst_len = fn->fn_plen,
				     .fa = fa };
	struct net *net = tb->tb_net;
	struct sk_buff *skb;

	net->ipv4.fib_seq++;
	if (!net->netlink.rtnl ||
	    (!nlmsg_report(info->nlh) && !rtnl_has_listeners(net, RTNLGRP_IPV4_ROUTE)))
		return;
	skb = nlmsg_new(route_msg_size(fa->fa_info), GFP_KERNEL);
	if (!skb || WARN_ON(!fill_route(skb, &m))) {
		consume_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV4_ROUTE, ENOBUFS);
		return;
	}
	rtnl_notify(skb, net, info->portid, RTNLGRP_IPV4_ROUTE, info->nlh, GFP_KERNEL);
}

/* ---- what a request says ---- */

static const struct nla_policy route_policy[RTA_MAX + 1] = {
	[RTA_DST] = { NLA_U32 },     [RTA_SRC] = { NLA_U32 },
	[RTA_IIF] = { NLA_U32 },     [RTA_OIF] = { NLA_U32 },
	[RTA_GATEWAY] = { NLA_U32 }, [RTA_PRIORITY] = { NLA_U32 },
	[RTA_PREFSRC] = { NLA_U32 }, [RTA_METRICS] = { NLA_NESTED },
	[RTA_TABLE] = { NLA_U32 },   [RTA_MARK] = { NLA_U32 },
	[RTA_FLOW] = { NLA_U32 },    [RTA_UID] = { NLA_U32 },
	[RTA_IP_PROTO] = { NLA_U8 }, [RTA_SPORT] = { NLA_U16 },
	[RTA_DPORT] = { NLA_U16 },   [RTA_ENCAP_TYPE] = { NLA_U16 },
};

static int parse_metrics(const struct nlattr *attr, u32 *mx, struct netlink_ext_ack *extack)
{
	const struct nlattr *nla;
	int rem;

	nla_for_each_nested(nla, attr, rem)
	{
		int type = nla_type(nla);

		if (!type)
			continue;
		if (type > RTAX_MAX || type == RTAX_CC_ALGO || nla_len(nla) < (int)sizeof(u32)) {
			NL_SET_ERR_MSG_ATTR(extack, nla, "Invalid metric");
			return -EINVAL;
		}
		mx[type - 1] = nla_get_u32(nla);
	}
	/* More than a packet can be is as good as no bound. */
	mx[RTAX_MTU - 1] = min(mx[RTAX_MTU - 1], 65535u - 15u);
	mx[RTAX_ADVMSS - 1] = min(mx[RTAX_ADVMSS - 1], 65535u - 40u);
	mx[RTAX_HOPLIMIT - 1] = min(mx[RTAX_HOPLIMIT - 1], 255u);
	return 0;
}

/* The next hops of RTA_MULTIPATH, of which there is room for FIB_MAX_HOPS. How many, or -errno. */
static int parse_hops(const struct nlattr *attr, struct fib_hop *hops,
		      struct netlink_ext_ack *extack)
{
	const struct rtnexthop *rtnh = nla_data(attr);
	int rem = nla_len(attr), n = 0;

	while (rem >= (int)sizeof(*rtnh) && rtnh->rtnh_len >= sizeof(*rtnh) &&
	       rtnh->rtnh_len <= rem) {
		const struct nlattr *tb[RTA_MAX + 1];
		int err = nla_parse(tb, RTA_MAX, (const struct nlattr *)(rtnh + 1),
				    rtnh->rtnh_len - (int)sizeof(*rtnh), route_policy,
				    NL_VALIDATE_LIBERAL, extack);

		if (err)
			return err;
		if (n == FIB_MAX_HOPS || rtnh->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) {
			NL_SET_ERR_MSG(extack, "Invalid flags for nexthop, or too many of them");
			return -EINVAL;
		}
		hops[n++] = (struct fib_hop){
			.gw = tb[RTA_GATEWAY] ? nla_get_be32(tb[RTA_GATEWAY]) : 0,
			.oif = rtnh->rtnh_ifindex,
			.flags = rtnh->rtnh_flags,
			.weight = rtnh->rtnh_hops + 1,
		};
		rem -= RTNH_ALIGN(rtnh->rtnh_len);
		rtnh = (const struct rtnexthop *)((const char *)rtnh + RTNH_ALIGN(rtnh->rtnh_len));
	}
	if (n && rem <= 0)
		return n;
	NL_SET_ERR_MSG(extack, "Invalid nexthop configuration - no or extra data");
	return -EINVAL;
}

/* The header's fields, and those attributes that are one word. */
static void take_scalars(struct fib_config *cfg, const struct rtmsg *rtm, const struct nlattr *tb[])
{
	*cfg = (struct fib_config){
		.fc_dst_len = rtm->rtm_dst_len,
		.fc_tos = rtm->rtm_tos,
		.fc_table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table,
		.fc_protocol = rtm->rtm_protocol,
		.fc_scope = rtm->rtm_scope,
		.fc_type = rtm->rtm_type,
		.fc_flags = rtm->rtm_flags & RTNH_F_ONLINK,
		.fc_dst = tb[RTA_DST] ? nla_get_be32(tb[RTA_DST]) : 0,
		.fc_gw = tb[RTA_GATEWAY] ? nla_get_be32(tb[RTA_GATEWAY]) : 0,
		.fc_oif = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0,
		.fc_priority = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0,
		.fc_prefsrc = tb[RTA_PREFSRC] ? nla_get_be32(tb[RTA_PREFSRC]) : 0,
	};
}

/* @hops: room for FIB_MAX_HOPS, which *cfg may point to. 0 or -errno. */
static int rtm_to_fib_config(struct sk_buff *in, const struct nlmsghdr *nlh, struct fib_config *cfg,
			     struct fib_hop *hops, struct netlink_ext_ack *extack)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	int err = nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, route_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	if (rtm->rtm_dst_len > 32 || rtm->rtm_src_len || (rtm->rtm_tos & ~IPTOS_TOS_MASK) ||
	    rtm->rtm_type > RTN_MAX) {
		NL_SET_ERR_MSG(extack, "Invalid values in header for route request");
		return -EINVAL;
	}
	if (tb[RTA_VIA] || tb[RTA_ENCAP] || tb[RTA_NH_ID] || tb[RTA_NEWDST]) {
		NL_SET_ERR_MSG(extack, "Attribute is not supported");
		return -EOPNOTSUPP;
	}
	if (tb[RTA_MULTIPATH] && (tb[RTA_GATEWAY] || tb[RTA_OIF])) {
		NL_SET_ERR_MSG(extack,
			       "Nexthop configuration can not contain both GATEWAY and MULTIPATH");
		return -EINVAL;
	}
	take_scalars(cfg, rtm, tb);
	cfg->fc_nlflags = nlh->nlmsg_flags;
	cfg->fc_nlinfo = (struct nl_info){ NETLINK_CB(in).portid, nlh };
	if (tb[RTA_METRICS])
		err = parse_metrics(tb[RTA_METRICS], cfg->fc_mx, extack);
	if (!err && tb[RTA_MULTIPATH]) {
		err = parse_hops(tb[RTA_MULTIPATH], hops, extack);
		cfg->fc_hops = hops;
		cfg->fc_nhs = (unsigned int)max(err, 0);
	}
	return min(err, 0);
}

/* ---- new, delete ---- */

/* Why a route was refused, where the errno alone does not tell. */
static void explain_refusal(struct net *net, const struct fib_config *cfg, int err,
			    struct netlink_ext_ack *extack)
{
	if (err == -ENETUNREACH)
		NL_SET_ERR_MSG(extack, "Nexthop has invalid gateway");
	else if (err == -EINVAL && (cfg->fc_dst & ~inet_make_mask(cfg->fc_dst_len)))
		NL_SET_ERR_MSG(extack, "Invalid prefix for given prefix length");
	else if (err == -EINVAL && cfg->fc_prefsrc &&
		 inet_addr_type(net, cfg->fc_prefsrc) != RTN_LOCAL)
		NL_SET_ERR_MSG(extack, "Invalid prefsrc address");
}

static int change_route(struct sk_buff *in, struct nlmsghdr *nlh, bool add, struct fib_hop *hops,
			struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	struct fib_table *tb;
	struct fib_config cfg;
	int err = rtm_to_fib_config(in, nlh, &cfg, hops, extack);

	if (err)
		return err;
	if (add) {
		tb = fib_new_table(net, cfg.fc_table);
		err = tb ? fib_table_insert(tb, &cfg) : -ENOBUFS;
		explain_refusal(net, &cfg, err, extack);
		return err;
	}
	tb = fib_get_table(net, cfg.fc_table);
	if (!tb) {
		NL_SET_ERR_MSG(extack, "FIB table does not exist");
		return -ESRCH;
	}
	cfg.fc_noscope = cfg.fc_scope == RT_SCOPE_NOWHERE;
	return fib_table_delete(tb, &cfg);
}

static int with_hops(struct sk_buff *in, struct nlmsghdr *nlh, bool add,
		     struct netlink_ext_ack *extack)
{
	struct fib_hop *hops = kcalloc(FIB_MAX_HOPS, sizeof(*hops), GFP_KERNEL);
	int err = hops ? change_route(in, nlh, add, hops, extack) : -ENOMEM;

	kfree(hops);
	return err;
}

static int inet_rtm_newroute(struct sk_buff *in, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	return with_hops(in, nlh, true, extack);
}

static int inet_rtm_delroute(struct sk_buff *in, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	return with_hops(in, nlh, false, extack);
}

/* ---- dump ---- */

struct route_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct route_msg m;
	u32 table; /* 0: all */
	u8 protocol, type;
	int oif;
};

static bool dump_wants(const struct route_dump *d, const struct fib_alias *fa)
{
	return (!d->protocol || d->protocol == fa->fa_info->fib_protocol) &&
	       (!d->type || d->type == fa->fa_type) &&
	       (!d->oif || d->oif == fa->fa_info->fib_nh->nh_oif);
}

/* The prefix' routes but the first *done, which counts on. False: the buffer is full. */
static bool dump_node(struct route_dump *d, const struct fib_node *fn, long *done)
{
	const struct fib_alias *fa;
	struct nlmsghdr *nlh;
	long i = 0;

	d->m.dst = fn->fn_key;
	d->m.dst_len = fn->fn_plen;
	for (fa = fn->fn_alias; fa; fa = fa->fa_next) {
		if (i++ < *done)
			continue;
		if (dump_wants(d, fa)) {
			d->m.fa = fa;
			nlh = fill_route(d->skb, &d->m);
			if (!nlh)
				return false;
			nl_dump_check_consistent(d->cb, nlh);
		}
		*done = i;
	}
	return true;
}

/* A table's routes from where the last buffer ended (args[1] to [3]: address, length, routes of
 * that prefix). False: the buffer is full. */
static bool dump_table(struct route_dump *d, const struct fib_table *tb)
{
	long *at = d->cb->args;
	struct fib_node *fn = fib_node_from(tb, (__force __be32)(u32)at[1], 32 - (int)at[2]);

	d->m.tb = tb;
	for (; fn; fn = fib_node_next(fn)) {
		if ((__force u32)fn->fn_key != (u32)at[1] || 32 - fn->fn_plen != at[2])
			at[3] = 0;
		at[1] = (long)(__force u32)fn->fn_key;
		at[2] = 32 - fn->fn_plen;
		if (!dump_node(d, fn, &at[3]))
			return false;
	}
	return true;
}

/* What the request limits the dump to. 0 or -errno. */
static int dump_request(struct netlink_callback *cb, struct route_dump *d)
{
	const struct rtmsg *rtm = nlmsg_data(cb->nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	int err;

	if (!cb->strict_check)
		return 0;
	if (nlmsg_len(cb->nlh) < (int)sizeof(*rtm)) {
		NL_SET_ERR_MSG(cb->extack, "Invalid header for FIB dump request");
		return -EINVAL;
	}
	if (rtm->rtm_dst_len || rtm->rtm_src_len || rtm->rtm_tos || rtm->rtm_scope) {
		NL_SET_ERR_MSG(cb->extack, "Invalid values in header for FIB dump request");
		return -EINVAL;
	}
	err = nlmsg_parse(cb->nlh, sizeof(*rtm), tb, RTA_MAX, route_policy, NL_VALIDATE_STRICT,
			  cb->extack);
	if (err)
		return err;
	d->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table;
	d->protocol = rtm->rtm_protocol;
	d->type = rtm->rtm_type;
	d->oif = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0;
	if (d->table || d->protocol || d->type || d->oif)
		d->m.flags |= NLM_F_DUMP_FILTERED;
	if (!d->table || fib_get_table(sock_net(NETLINK_CB(cb->skb).sk), d->table))
		return 0;
	NL_SET_ERR_MSG(cb->extack, "ipv4: FIB table does not exist");
	return -ENOENT;
}

/* args[0]: how many tables are done; see dump_table. */
static int inet_dump_fib(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(NETLINK_CB(cb->skb).sk);
	struct route_dump d = { .skb = skb,
				.cb = cb,
				.m = { .type = RTM_NEWROUTE,
				       .portid = NETLINK_CB(cb->skb).portid,
				       .seq = cb->nlh->nlmsg_seq,
				       .flags = NLM_F_MULTI } };
	struct fib_table *tb;
	unsigned int i;
	long t = 0;
	int err = dump_request(cb, &d);

	if (err)
		return err;
	cb->seq = net->ipv4.fib_seq + 1;
	for (i = 0; i < FIB_TABLE_HASHSZ; i++) {
		hlist_for_each_entry(tb, &net->ipv4.fib_tables[i], tb_hlist) {
			if (t++ < cb->args[0] || (d.table && d.table != tb->tb_id))
				continue;
			if (!dump_table(&d, tb))
				return (int)skb->len;
			cb->args[0] = t;
			cb->args[1] = cb->args[2] = cb->args[3] = 0;
		}
	}
	return (int)skb->len;
}

/* ---- look-up: ip route get ---- */

struct route_query {
	__be32 dst, src;
	u32 mark;
	u8 tos, ip_proto;
	int iif, oif;
	__be16 sport, dport;
	bool lookup_table; /* it asks for the table that was looked up */
	bool fib_match;	   /* it asks for the route itself, not for what a packet makes of it */
};

static u32 query_table(const struct route_query *q, const struct rtable *rt)
{
	return q->lookup_table ? rt->rt_table : RT_TABLE_MAIN;
}

static int parse_query(const struct nlmsghdr *nlh, struct route_query *q,
		       struct netlink_ext_ack *extack)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	int err = nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, route_policy, NL_VALIDATE_LIBERAL,
			      extack);

	if (err)
		return err;
	if ((tb[RTA_SRC] && rtm->rtm_src_len != 32 && rtm->rtm_src_len) ||
	    (tb[RTA_DST] && rtm->rtm_dst_len != 32 && rtm->rtm_dst_len)) {
		NL_SET_ERR_MSG(extack, "ipv4: rtm_src_len and rtm_dst_len must be 32 for IPv4");
		return -EINVAL;
	}
	*q = (struct route_query){ .dst = tb[RTA_DST] ? nla_get_be32(tb[RTA_DST]) : 0,
				   .src = tb[RTA_SRC] ? nla_get_be32(tb[RTA_SRC]) : 0,
				   .mark = tb[RTA_MARK] ? nla_get_u32(tb[RTA_MARK]) : 0,
				   .tos = rtm->rtm_tos,
				   .lookup_table = rtm->rtm_flags & RTM_F_LOOKUP_TABLE,
				   .fib_match = rtm->rtm_flags & RTM_F_FIB_MATCH,
				   .ip_proto = tb[RTA_IP_PROTO] ? nla_get_u8(tb[RTA_IP_PROTO]) : 0,
				   .iif = tb[RTA_IIF] ? (int)nla_get_u32(tb[RTA_IIF]) : 0,
				   .oif = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0,
				   .sport = tb[RTA_SPORT] ? nla_get_be16(tb[RTA_SPORT]) : 0,
				   .dport = tb[RTA_DPORT] ? nla_get_be16(tb[RTA_DPORT]) : 0 };
	return 0;
}

/* The route that a packet received on q->iif would take: a packet is made, and looked up.
 * Referenced; ERR_PTR. */
static struct rtable *query_input(struct net *net, const struct route_query *q)
{
	struct net_device *dev = __dev_get_by_index(net, q->iif);
	struct sk_buff *skb;
	struct rtable *rt;
	int err;

	if (!dev)
		return ERR_PTR(-ENODEV);
	skb = alloc_skb(LL_RESERVED_SPACE(dev) + sizeof(struct iphdr), GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOBUFS);
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	*(struct iphdr *)skb_put_zero(skb, sizeof(struct iphdr)) =
		(struct iphdr){ .version = 4,
				.ihl = 5,
				.protocol = q->ip_proto ? q->ip_proto : IPPROTO_UDP,
				.saddr = q->src,
				.daddr = q->dst };
	skb->protocol = htons(ETH_P_IP);
	skb->mark = q->mark;
	skb->dev = dev;
	local_bh_disable();
	err = ip_route_input(skb, q->dst, q->src, q->tos, dev);
	rt = skb_rtable(skb);
	if (!err && rt->dst.error)
		err = rt->dst.error;
	if (!err)
		dst_hold(&rt->dst);
	local_bh_enable();
	consume_skb(skb);
	return err ? ERR_PTR(err) : rt;
}

static struct flowi4 query_flow(const struct route_query *q)
{
	return (struct flowi4){ .daddr = q->dst,
				.saddr = q->src,
				.flowi4_tos = q->tos & IPTOS_TOS_MASK,
				.flowi4_iif = q->iif,
				.flowi4_oif = q->oif,
				.flowi4_mark = q->mark,
				.flowi4_proto = q->ip_proto,
				.fl4_sport = q->sport,
				.fl4_dport = q->dport };
}

static int put_query_result(struct sk_buff *skb, const struct route_query *q,
			    const struct rtable *rt, __be32 prefsrc)
{
	struct rta_cacheinfo ci = { .rta_error = 0 };
	u32 metrics[RTAX_MAX];

	memcpy(metrics, rt->dst.metrics, sizeof(metrics));
	if (rt->rt_pmtu && time_before(jiffies, rt->dst.expires)) {
		metrics[RTAX_MTU - 1] = rt->rt_pmtu;
		ci.rta_expires = (int)((rt->dst.expires - jiffies) * 100 / HZ);
	}
	if (nla_put_be32(skb, RTA_DST, q->dst ? q->dst : rt->rt_dst) ||
	    (q->src && nla_put_be32(skb, RTA_SRC, q->src)) ||
	    nla_put_u32(skb, RTA_TABLE, query_table(q, rt)) ||
	    nla_put_u32(skb, RTA_OIF, (u32)rt->dst.dev->ifindex) ||
	    (!q->iif && q->src != prefsrc && nla_put_be32(skb, RTA_PREFSRC, prefsrc)) ||
	    (rt->rt_uses_gateway && nla_put_be32(skb, RTA_GATEWAY, rt->rt_gateway)) ||
	    put_metrics(skb, metrics) || (q->mark && nla_put_u32(skb, RTA_MARK, q->mark)) ||
	    nla_put_u32(skb, RTA_UID, 0) || (q->iif && nla_put_u32(skb, RTA_IIF, (u32)q->iif)))
		return -EMSGSIZE;
	return nla_put(skb, RTA_CACHEINFO, sizeof(ci), &ci);
}

/* The route that a packet would follow, as the table has it: a message, or ERR_PTR. */
static struct sk_buff *query_match(struct net *net, const struct route_query *q, u32 portid,
				   u32 seq)
{
	const struct flowi4 fl4 = query_flow(q);
	struct route_msg m = { .type = RTM_NEWROUTE, .portid = portid, .seq = seq };
	const struct fib_node *fn;
	struct fib_result res;
	struct sk_buff *skb;
	int err;

	local_bh_disable();
	err = fib_lookup(net, &fl4, &res);
	local_bh_enable();
	if (err)
		return ERR_PTR(err);
	m.tb = res.table;
	m.dst_len = res.prefixlen;
	m.dst = q->dst & inet_make_mask(res.prefixlen);
	fn = fib_node_from(res.table, m.dst, m.dst_len);
	for (m.fa = fn->fn_alias; m.fa->fa_info != res.fi || m.fa->fa_type != res.type;)
		m.fa = m.fa->fa_next; /* it is there: the table is ours (RTNL) */
	skb = nlmsg_new(route_msg_size(res.fi), GFP_KERNEL);
	if (!skb || WARN_ON(!fill_route(skb, &m))) {
		consume_skb(skb);
		return ERR_PTR(-ENOBUFS);
	}
	return skb;
}

static int inet_rtm_getroute(struct sk_buff *in, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(NETLINK_CB(in).sk);
	struct nlmsghdr *reply = NULL;
	struct route_query q;
	struct flowi4 fl4;
	struct sk_buff *skb;
	struct rtable *rt;
	int err = parse_query(nlh, &q, extack);

	if (err)
		return err;
	if (q.fib_match) {
		skb = query_match(net, &q, NETLINK_CB(in).portid, nlh->nlmsg_seq);
		return IS_ERR(skb) ? (int)PTR_ERR(skb)
				   : rtnl_unicast(skb, net, NETLINK_CB(in).portid);
	}
	fl4 = query_flow(&q);
	rt = q.iif ? query_input(net, &q) : ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return (int)PTR_ERR(rt);
	skb = nlmsg_new(512, GFP_KERNEL);
	if (skb)
		reply = nlmsg_put(skb, NETLINK_CB(in).portid, nlh->nlmsg_seq, RTM_NEWROUTE,
				  sizeof(struct rtmsg), 0);
	if (reply) {
		*(struct rtmsg *)nlmsg_data(reply) = (struct rtmsg){
			.rtm_family = AF_INET,
			.rtm_dst_len = 32,
			.rtm_src_len = q.src ? 32 : 0,
			.rtm_tos = q.tos,
			.rtm_table = (u8)(query_table(&q, rt) < 256 ? query_table(&q, rt)
								    : RT_TABLE_COMPAT),
			.rtm_type = (u8)rt->rt_type,
			.rtm_flags = RTM_F_CLONED | (rt->rt_flags & ~0xffffu),
		};
		err = put_query_result(skb, &q, rt, fl4.saddr);
		nlmsg_end(skb, reply);
	}
	dst_release(&rt->dst);
	if (!reply || WARN_ON(err)) {
		consume_skb(skb);
		return -ENOBUFS;
	}
	return rtnl_unicast(skb, net, NETLINK_CB(in).portid);
}

static const struct rtnl_handler route_rows[] = {
	{ RTM_NEWROUTE, inet_rtm_newroute, NULL, 0 },
	{ RTM_DELROUTE, inet_rtm_delroute, NULL, 0 },
	{ RTM_GETROUTE, inet_rtm_getroute, inet_dump_fib, 0 },
};
static struct rtnl_family route_rtnl_family = { .family = PF_INET,
						.rows = route_rows,
						.nr_rows = ARRAY_SIZE(route_rows) };

void fib_netlink_init(void)
{
	rtnl_register(&route_rtnl_family);
}
