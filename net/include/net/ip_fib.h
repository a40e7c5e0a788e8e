/* SPDX-License-Identifier: MIT */
/* The forwarding information base: tables of prefixes, longest match first (net/ipv4/fib*.c). Book
 * section 12.8.5. */
#ifndef NET_IP_FIB_H
#define NET_IP_FIB_H

#include <net/flow.h>
#include <net/inetdevice.h>
#include <net/route.h>
#include <uapi/rtnetlink.h>

#define FIB_MAX_ROUTES	262144 /* per namespace: a bound on what configuration may take */

struct fib_config { /* a route to add or delete */
	__be32 fc_dst, fc_gw, fc_prefsrc;
	u8 fc_dst_len, fc_tos, fc_protocol, fc_scope, fc_type;
	u32 fc_table, fc_priority, fc_flags;
	int fc_oif;	     /* ifindex or 0 */
	bool fc_noscope;     /* delete: any scope */
	u32 fc_mx[RTAX_MAX]; /* RTAX_x - 1; 0: unset */
};

struct fib_nh {
	struct net_device *nh_dev; /* referenced; NULL for rejecting routes */
	__be32 nh_gw;
	int nh_oif;
	u8 nh_scope;  /* of the next hop as seen from here */
	u32 nh_flags; /* RTNH_F_x */
};

struct fib_info {
	atomic_t fib_clntref;
	struct net *fib_net;
	u8 fib_protocol, fib_scope, fib_type;
	__be32 fib_prefsrc;
	u32 fib_priority;
	u32 fib_metrics[RTAX_MAX];
	struct fib_nh fib_nh;
};

struct fib_alias { /* one route of a prefix; in order of priority */
	struct fib_alias *fa_next;
	struct fib_info *fa_info;
	u8 fa_tos, fa_type;
};

struct fib_node { /* a prefix */
	struct hlist_node fn_hash;
	__be32 fn_key;
	struct fib_alias *fn_alias;
};

struct fn_zone { /* all prefixes of one length; the hash grows with them */
	struct hlist_head *fz_hash;
	unsigned int fz_bits; /* log2 of the buckets */
	unsigned int fz_nent;
};

struct fib_table {
	struct net *tb_net;
	u32 tb_id;    /* RT_TABLE_x */
	u64 tb_zones; /* bit n: there are prefixes of length n */
	unsigned int tb_routes;
	struct fn_zone tb_zone[33];
};

struct fib_result {
	u8 prefixlen, type, scope;
	struct fib_info *fi; /* without a reference: valid while softirqs are off */
	struct fib_table *table;
};

/* fib_lookup - local table, then main. 0 with *res, or -ENETUNREACH, -EHOSTUNREACH, -EACCES,
 * -EINVAL. Context: softirqs off. */
int fib_lookup(struct net *net, const struct flowi4 *flp, struct fib_result *res);
int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp,
		     struct fib_result *res); /* and 1: no match */
/* fib_table_insert - 0, -EEXIST, -EINVAL, -ENODEV, -ENETDOWN, -ENETUNREACH, -ENOBUFS. @replace: of
 * equal key. Context: process, RTNL. */
int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg, bool replace);
/* fib_table_delete - the first that matches all that is given. 0 or -ESRCH. */
int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg);
/* fib_table_flush - delete all routes for which @match says so; how many. */
unsigned int fib_table_flush(struct fib_table *tb,
			     bool (*match)(const struct fib_node *fn, const struct fib_alias *fa,
					   const void *arg),
			     const void *arg);
/* fib_table_walk - in order of prefix length, the shortest first. Context: process, RTNL. */
void fib_table_walk(struct fib_table *tb,
		    void (*fn)(const struct fib_table *tb, const struct fib_node *n, int plen,
			       const struct fib_alias *fa, void *arg),
		    void *arg);
struct fib_table *fib_new_table(struct net *net, u32 id);
void fib_free_table(struct fib_table *tb);
struct fib_table *fib_get_table(struct net *net, u32 id); /* NULL: no such */
struct fib_info *fib_create_info(struct net *net, const struct fib_config *cfg, int *err);
void fib_release_info(struct fib_info *fi);

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
void fib_init(void);

#endif
