/* SPDX-License-Identifier: MIT */
/* The forwarding information base: tables of prefixes, longest match first (net/ipv4/fib*.c). Book
 * section 12.8.5. */
#ifndef NET_IP_FIB_H
#define NET_IP_FIB_H

#include <kernel/rbtree.h>
#include <net/flow.h>
#include <net/inetdevice.h>
#include <net/route.h>
#include <uapi/rtnetlink.h>

#define FIB_TABLE_HASHSZ 256 /* as on Linux: tables are shown in this order */
#define FIB_MAX_ROUTES	262144 /* per namespace: a bound on what configuration may take */

struct nl_info { /* whom a request came from */
	u32 portid;
	const struct nlmsghdr *nlh; /* NULL: nobody, the kernel acts by itself */
};
struct fib_hop;

struct fib_config { /* a route to add or delete */
	__be32 fc_dst, fc_gw, fc_prefsrc;
	u8 fc_dst_len, fc_tos, fc_protocol, fc_scope, fc_type;
	u32 fc_table, fc_priority, fc_flags;
	int fc_oif;	     /* ifindex or 0 */
	bool fc_noscope;     /* delete: any scope */
	u32 fc_mx[RTAX_MAX]; /* RTAX_x - 1; 0: unset */
	const struct fib_hop *fc_hops; /* several next hops instead of fc_gw and fc_oif; fc_nhs of them */
	unsigned int fc_nhs;
	u16 fc_nlflags; /* NLM_F_x: what to do where there are routes of equal key already */
	struct nl_info fc_nlinfo;   /* who asked, for the notification */
};

struct fib_hop { /* one of several next hops, as it is asked for */
	__be32 gw;
	int oif;
	u32 flags; /* RTNH_F_x */
	int weight; /* 1... */
};
#define FIB_MAX_HOPS 64

struct fib_nh {
	struct net_device *nh_dev; /* referenced; NULL for rejecting routes */
	__be32 nh_gw;
	int nh_oif;
	u8 nh_scope;  /* of the next hop as seen from here */
	u32 nh_flags; /* RTNH_F_x */
	int nh_weight; /* 1...: its share of the flows */
	u32 nh_upper;  /* flows whose hash is up to this take it; of several only */
};

struct fib_info {
	atomic_t fib_clntref;
	struct net *fib_net;
	u8 fib_protocol, fib_scope, fib_type;
	__be32 fib_prefsrc;
	u32 fib_priority;
	u32 fib_metrics[RTAX_MAX];
	unsigned int fib_nhs;
	struct fib_nh fib_nh[]; /* fib_nhs of them, at least one */
};

struct fib_alias { /* one route of a prefix; in order of priority */
	struct fib_alias *fa_next;
	struct fib_info *fa_info;
	u8 fa_tos, fa_type;
};

struct fib_node { /* a prefix */
	struct hlist_node fn_hash; /* by which it is found */
	struct rb_node fn_order;   /* in which it is shown [RTNL] */
	__be32 fn_key;
	u8 fn_plen;
	struct fib_alias *fn_alias;
};

struct fn_zone { /* all prefixes of one length; the hash grows with them */
	struct hlist_head *fz_hash;
	unsigned int fz_bits; /* log2 of the buckets */
	unsigned int fz_nent;
};

struct fib_table {
	struct hlist_node tb_hlist; /* in the namespace's */
	struct net *tb_net;
	u32 tb_id;    /* RT_TABLE_x */
	u64 tb_zones; /* bit n: there are prefixes of length n */
	unsigned int tb_routes;
	struct fn_zone tb_zone[33];
	struct rb_root tb_order; /* all prefixes [RTNL] */
};

struct fib_result {
	u8 prefixlen, type, scope;
	struct fib_info *fi; /* without a reference: valid while softirqs are off */
	struct fib_nh *nh;   /* of fi */
	struct fib_table *table;
};

/* fib_lookup - by the policy rules; without any, the tables local, main and default, in this order. 0
 * with *res, or -ENETUNREACH, -EHOSTUNREACH, -EACCES, -EINVAL. Context: softirqs off. */
int fib_lookup(struct net *net, const struct flowi4 *flp, struct fib_result *res);
int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp,
		     struct fib_result *res); /* and 1: no match */
/* fib_table_insert - 0, -EEXIST, -ENOENT (no NLM_F_CREATE), -EINVAL, -ENODEV, -ENETDOWN, -ENETUNREACH, -ENOBUFS.
 * NLM_F_EXCL: only where no route has the prefix, TOS and priority; NLM_F_REPLACE: in the first one's place;
 * NLM_F_APPEND: behind them; else before them. Context: process, RTNL. */
int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg);
/* fib_table_delete - the first that matches all that is given. 0 or -ESRCH. */
int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg);
/* fib_select_path - of several next hops the one for @flp's flow, by weights. Context: softirqs off. */
void fib_select_path(struct net *net, struct fib_result *res, const struct flowi4 *flp);
/* fib_table_flush - delete all routes for which @match says so; how many. */
unsigned int fib_table_flush(struct fib_table *tb,
			     bool (*match)(const struct fib_node *fn, const struct fib_alias *fa,
					   const void *arg),
			     const void *arg);
/* fib_node_from, fib_node_next - the prefixes in the order of their addresses, of one address the longest
 * first, from @key/@plen (there or not) on; NULL: no more. fib_table_walk - all routes in this order.
 * Context: process, RTNL. */
struct fib_node *fib_node_from(const struct fib_table *tb, __be32 key, int plen);
struct fib_node *fib_node_next(const struct fib_node *fn);
void fib_table_walk(struct fib_table *tb,
		    void (*fn)(const struct fib_table *tb, const struct fib_node *n,
			       const struct fib_alias *fa, void *arg),
		    void *arg);
/* fib_new_table - the table @id, made where it is not there yet; NULL: no memory. RTNL. */
struct fib_table *fib_new_table(struct net *net, u32 id);
void fib_free_table(struct fib_table *tb);
struct fib_table *fib_get_table(struct net *net, u32 id); /* NULL: no such */
struct fib_info *fib_create_info(struct net *net, const struct fib_config *cfg, int *err);
void fib_release_info(struct fib_info *fi);

/* fib_sync_down_dev - @dev ends (@forget: for good) or is down: routes whose only hops lie there go, others do without these
 * hops. fib_sync_up - and have them again. Context: process, RTNL. */
void fib_sync_down_dev(struct net_device *dev, bool forget);
void fib_sync_up(struct net_device *dev);
/* fib_sync_carrier - a link's carrier, or what is to follow from it, has changed: flows are shared out anew among the
 * next hops. Context: process, RTNL. */
void fib_sync_carrier(struct net *net);
/* fib_nh_alive - may flows take this next hop? Not when its device is down, nor, where
 * ignore_routes_with_linkdown says so, without carrier. */
static inline bool fib_nh_alive(const struct fib_nh *nh)
{
	const struct in_device *in_dev;

	if (nh->nh_flags & RTNH_F_DEAD)
		return false;
	if (likely(!nh->nh_dev || netif_carrier_ok(nh->nh_dev)))
		return true;
	in_dev = __in_dev_get_rcu(nh->nh_dev);
	return !in_dev || !IN_DEV_ORCONF(in_dev, ignore_routes_with_linkdown);
}
/* fib_on_dev - does one of the hops leave by @dev? */
bool fib_on_dev(const struct fib_info *fi, const struct net_device *dev);
/* fib_same_hops - the same next hops, in the same order. */
bool fib_same_hops(const struct fib_info *a, const struct fib_info *b);
/* rtmsg_fib - tell the listeners of a route that came or went (fib_netlink.c). Context: process, RTNL. */
void rtmsg_fib(int event, const struct fib_table *tb, const struct fib_node *fn,
	       const struct fib_alias *fa, const struct nl_info *info, u16 nlflags);
/* fib_modify_prefix_metric - the route to @ifa's prefix gets another metric. Context: process, RTNL. */
void fib_modify_prefix_metric(struct in_ifaddr *ifa, u32 metric);
void fib_netlink_init(void);

/* fib_validate_source - is @src plausible on @dev. 0, 1 (reached there without a gateway: a
 * redirect may help), -EINVAL (martian) or -EXDEV (rp_filter). */
int fib_validate_source(struct net *net, __be32 src, __be32 dst, u8 tos, int oif,
			struct net_device *dev, struct in_device *in_dev);
__be32 fib_compute_spec_dst(struct sk_buff *skb); /* our address to answer @skb from */
__be32 fib_result_prefsrc(const struct fib_result *res);
/* rtentry_to_fib_config - 0 or Linux's errno for SIOCADDRT, SIOCDELRT. @devname: a kernel copy of
 * rt_dev or NULL. */
int rtentry_to_fib_config(struct net *net, bool add, const struct rtentry *rt, const char *devname,
			  struct fib_config *cfg);
/* fib_rules.c: fib_rules_net_init, _exit - a namespace's rules: local, main, default. 0 or -ENOMEM. Context: process, RTNL. */
int fib_rules_net_init(struct net *net);
void fib_rules_net_exit(struct net *net);
void fib_rules_init(void);
void fib_init(void);

#endif
