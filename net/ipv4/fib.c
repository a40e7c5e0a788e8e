/* SPDX-License-Identifier: MIT */
/*
 * FIB tables: one hash per prefix length, tried from the longest to the shortest, so that the time
 * of a look-up depends on how many lengths are in use (at most 33) and not on how many routes there
 * are. Book section 12.8.5.
 */
#include <kernel/err.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/ip_fib.h>

#define FZ_MIN_BITS 2u
#define FZ_MAX_BITS 18u

static inline unsigned int fz_slot(__be32 key, unsigned int bits)
{
	return hash_32(ntohl(key) ^ (ntohl(key) >> 16), bits);
}

static struct fib_node *fz_find(const struct fn_zone *fz, __be32 key)
{
	struct fib_node *fn;

	hlist_for_each_entry(fn, &fz->fz_hash[fz_slot(key, fz->fz_bits)], fn_hash)
		if (fn->fn_key == key)
			return fn;
	return NULL;
}

/* Twice the buckets once they hold two prefixes each; when there is no memory for it, the chains
 * just get longer. */
static void fz_grow(struct fn_zone *fz)
{
	unsigned int bits = fz->fz_bits + 1, i;
	struct hlist_head *table;
	struct hlist_node *n;
	struct fib_node *fn;

	if (fz->fz_nent < 2u << fz->fz_bits || bits > FZ_MAX_BITS)
		return;
	table = kcalloc(1u << bits, sizeof(*table), GFP_KERNEL);
	if (!table)
		return;
	local_bh_disable();
	for (i = 0; i < 1u << fz->fz_bits; i++) {
		hlist_for_each_entry_safe(fn, n, &fz->fz_hash[i], fn_hash) {
			hlist_del(&fn->fn_hash);
			hlist_add_head(&fn->fn_hash, &table[fz_slot(fn->fn_key, bits)]);
		}
	}
	swap(fz->fz_hash, table);
	fz->fz_bits = bits;
	local_bh_enable();
	kfree(table);
}

static int fz_open(struct fn_zone *fz)
{
	if (fz->fz_hash)
		return 0;
	fz->fz_hash = kcalloc(1u << FZ_MIN_BITS, sizeof(*fz->fz_hash), GFP_KERNEL);
	fz->fz_bits = FZ_MIN_BITS;
	return fz->fz_hash ? 0 : -ENOBUFS;
}

/* ---- the prefixes in order ---- */

/* Below 0: @fn comes before @key/@plen. */
static int fn_compare(const struct fib_node *fn, __be32 key, int plen)
{
	if (fn->fn_key != key)
		return ntohl(fn->fn_key) < ntohl(key) ? -1 : 1;
	return plen - fn->fn_plen;
}

static void fn_link(struct fib_table *tb, struct fib_node *fn)
{
	struct rb_node **link = &tb->tb_order.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = fn_compare(rb_entry(parent, struct fib_node, fn_order), fn->fn_key,
				  fn->fn_plen) < 0
			       ? &parent->right
			       : &parent->left;
	}
	rb_link_node(&fn->fn_order, parent, link);
	rb_insert_color(&fn->fn_order, &tb->tb_order);
}

struct fib_node *fib_node_from(const struct fib_table *tb, __be32 key, int plen)
{
	struct rb_node *n = tb->tb_order.node;
	struct fib_node *found = NULL;

	while (n) {
		struct fib_node *fn = rb_entry(n, struct fib_node, fn_order);
		bool before = fn_compare(fn, key, plen) < 0;

		found = before ? found : fn;
		n = before ? n->right : n->left;
	}
	return found;
}

struct fib_node *fib_node_next(const struct fib_node *fn)
{
	return rb_entry_safe(rb_next(&fn->fn_order), struct fib_node, fn_order);
}

static struct fib_node *fib_node_first(const struct fib_table *tb)
{
	return fib_node_from(tb, 0, 32);
}

/* ---- look-up ---- */

static const struct {
	int error;
} fib_props[RTN_THROW + 1] = {
	[RTN_UNSPEC] = { -EINVAL },
	[RTN_BLACKHOLE] = { -EINVAL },
	[RTN_UNREACHABLE] = { -EHOSTUNREACH },
	[RTN_PROHIBIT] = { -EACCES },
	[RTN_THROW] = { -EAGAIN },
};

/* The first next hop that lives and, where the flow asks for a device, leaves by it; NULL: none. */
static struct fib_nh *fib_hop_for(struct fib_info *fi, const struct flowi4 *flp)
{
	struct fib_nh *nh;

	for (nh = fi->fib_nh; nh < fi->fib_nh + fi->fib_nhs; nh++)
		if (fib_nh_alive(nh) && (!flp->flowi4_oif || flp->flowi4_oif == nh->nh_oif))
			return nh;
	return NULL;
}

/* Does this route serve the flow? 1: no, look on; 0 or -errno: this is the answer. */
static int fib_alias_match(const struct fib_alias *fa, const struct flowi4 *flp, struct fib_nh **nh)
{
	int err = fib_props[fa->fa_type].error;

	if (fa->fa_tos && fa->fa_tos != RT_TOS(flp->flowi4_tos))
		return 1;
	if (fa->fa_info->fib_scope < flp->flowi4_scope)
		return 1;
	if (err)
		return err;
	*nh = fib_hop_for(fa->fa_info, flp);
	return !*nh;
}

int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res)
{
	u64 zones = tb->tb_zones;

	while (zones) {
		int plen = 63 - __builtin_clzll(zones), err;
		struct fib_node *fn =
			fz_find(&tb->tb_zone[plen], flp->daddr & inet_make_mask(plen));
		struct fib_alias *fa;
		struct fib_nh *nh;

		zones &= ~(1ull << plen);
		for (fa = fn ? fn->fn_alias : NULL; fa; fa = fa->fa_next) {
			err = fib_alias_match(fa, flp, &nh);
			if (err > 0)
				continue;
			if (err == -EAGAIN)
				return 1;
			if (err)
				return err;
			*res = (struct fib_result){ .prefixlen = (u8)plen,
						    .type = fa->fa_type,
						    .scope = fa->fa_info->fib_scope,
						    .fi = fa->fa_info,
						    .nh = nh,
						    .table = tb };
			return 0;
		}
	}
	return 1;
}

/* ---- routes come and go ---- */

static bool fib_same_info(const struct fib_info *a, const struct fib_info *b)
{
	return fib_same_hops(a, b) && a->fib_scope == b->fib_scope &&
	       a->fib_prefsrc == b->fib_prefsrc && a->fib_protocol == b->fib_protocol &&
	       !memcmp(a->fib_metrics, b->fib_metrics, sizeof(a->fib_metrics));
}

/* Where among the prefix's routes does (tos, priority) go: tos falling, then priority rising. */
static struct fib_alias **fa_position(struct fib_node *fn, u8 tos, u32 priority)
{
	struct fib_alias **p = &fn->fn_alias;

	while (*p && ((*p)->fa_tos > tos ||
		      ((*p)->fa_tos == tos && (*p)->fa_info->fib_priority < priority)))
		p = &(*p)->fa_next;
	return p;
}

/* Among those of equal key, from *first on: the route that says the same as @fa, and (*end) where
 * they end. */
static struct fib_alias *fa_equal(struct fib_alias **first, const struct fib_alias *fa,
				  struct fib_alias ***end)
{
	struct fib_alias **p, *same = NULL;

	for (p = first; *p && (*p)->fa_tos == fa->fa_tos &&
			(*p)->fa_info->fib_priority == fa->fa_info->fib_priority;
	     p = &(*p)->fa_next)
		if ((*p)->fa_type == fa->fa_type && fib_same_info((*p)->fa_info, fa->fa_info))
			same = *p;
	*end = p;
	return same;
}

/* @fa's place, by the request's flags. 0; 1: *old, which it replaces, is out; 2: it is there,
 * nothing is to be done. -errno */
static int fa_insert(struct fib_node *fn, struct fib_alias *fa, u16 nlflags, struct fib_alias **old)
{
	struct fib_alias **first = fa_position(fn, fa->fa_tos, fa->fa_info->fib_priority), **end,
			 *same = fa_equal(first, fa, &end);

	if (first == end && !(nlflags & NLM_F_CREATE))
		return -ENOENT;
	if (first != end && (nlflags & NLM_F_EXCL))
		return -EEXIST;
	if (same)
		return (nlflags & NLM_F_REPLACE) && same == *first ? 2 : -EEXIST;
	if (first != end && (nlflags & NLM_F_REPLACE)) {
		*old = *first;
		fa->fa_next = (*old)->fa_next;
		*first = fa;
		return 1;
	}
	if (nlflags & NLM_F_APPEND)
		first = end;
	fa->fa_next = *first;
	*first = fa;
	return 0;
}

static struct fib_node *fib_node_get(struct fib_table *tb, struct fn_zone *fz, __be32 key, int plen)
{
	struct fib_node *fn = fz_find(fz, key);

	if (fn)
		return fn;
	fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return NULL;
	fn->fn_key = key;
	fn->fn_plen = (u8)plen;
	fn_link(tb, fn);
	local_bh_disable();
	hlist_add_head(&fn->fn_hash, &fz->fz_hash[fz_slot(key, fz->fz_bits)]);
	fz->fz_nent++;
	tb->tb_zones |= 1ull << plen;
	local_bh_enable();
	fz_grow(fz);
	return fn;
}

static void fib_node_put(struct fib_table *tb, struct fib_node *fn)
{
	if (fn->fn_alias)
		return;
	rb_erase(&fn->fn_order, &tb->tb_order);
	hlist_del(&fn->fn_hash);
	if (!--tb->tb_zone[fn->fn_plen].fz_nent)
		tb->tb_zones &= ~(1ull << fn->fn_plen);
	kfree(fn);
}

static void fa_free(struct fib_alias *fa)
{
	fib_release_info(fa->fa_info);
	kfree(fa);
}

/* A route as @cfg describes it, in no table yet. ERR_PTR. */
static struct fib_alias *fa_create(struct fib_table *tb, const struct fib_config *cfg)
{
	struct fib_alias *fa;
	int err;

	if (cfg->fc_dst_len > 32 || (cfg->fc_dst & ~inet_make_mask(cfg->fc_dst_len)))
		return ERR_PTR(-EINVAL);
	if (tb->tb_routes >= FIB_MAX_ROUTES)
		return ERR_PTR(-ENOBUFS);
	fa = kzalloc(sizeof(*fa), GFP_KERNEL);
	if (!fa)
		return ERR_PTR(-ENOBUFS);
	fa->fa_info = fib_create_info(tb->tb_net, cfg, &err);
	if (!fa->fa_info) {
		kfree(fa);
		return ERR_PTR(err);
	}
	fa->fa_tos = cfg->fc_tos;
	fa->fa_type = cfg->fc_type;
	return fa;
}

int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg)
{
	struct fib_alias *fa = fa_create(tb, cfg), *old = NULL;
	struct fib_node *fn = NULL;
	struct fn_zone *fz;
	int err;

	if (IS_ERR(fa))
		return (int)PTR_ERR(fa);
	fz = &tb->tb_zone[cfg->fc_dst_len];
	err = fz_open(fz);
	if (!err)
		fn = fib_node_get(tb, fz, cfg->fc_dst, cfg->fc_dst_len);
	if (!fn) {
		fa_free(fa);
		return -ENOBUFS;
	}
	local_bh_disable();
	err = fa_insert(fn, fa, cfg->fc_nlflags, &old);
	if (err < 0 || err == 2)
		fib_node_put(tb, fn);
	else
		tb->tb_routes += err == 0;
	local_bh_enable();
	if (err < 0 || err == 2) {
		fa_free(fa);
		return err < 0 ? err : 0;
	}
	rt_cache_flush(tb->tb_net);
	rtmsg_fib(RTM_NEWROUTE, tb, fn, fa, &cfg->fc_nlinfo,
		  old ? NLM_F_REPLACE : cfg->fc_nlflags & (NLM_F_CREATE | NLM_F_APPEND));
	if (old)
		fa_free(old);
	return 0;
}

/* Are the next hops those that @cfg names? */
static bool fi_matches_hops(const struct fib_info *fi, const struct fib_config *cfg)
{
	unsigned int i;

	if (cfg->fc_nhs && cfg->fc_nhs != fi->fib_nhs)
		return false;
	for (i = 0; i < cfg->fc_nhs; i++)
		if ((cfg->fc_hops[i].oif && cfg->fc_hops[i].oif != fi->fib_nh[i].nh_oif) ||
		    (cfg->fc_hops[i].gw && cfg->fc_hops[i].gw != fi->fib_nh[i].nh_gw))
			return false;
	return (!cfg->fc_oif || cfg->fc_oif == fi->fib_nh->nh_oif) &&
	       (!cfg->fc_gw || cfg->fc_gw == fi->fib_nh->nh_gw);
}

static bool fa_matches_cfg(const struct fib_alias *fa, const struct fib_config *cfg)
{
	const struct fib_info *fi = fa->fa_info;

	return fa->fa_tos == cfg->fc_tos && (!cfg->fc_type || cfg->fc_type == fa->fa_type) &&
	       (cfg->fc_noscope || cfg->fc_scope == fi->fib_scope) &&
	       (!cfg->fc_protocol || cfg->fc_protocol == fi->fib_protocol) &&
	       (!cfg->fc_priority || cfg->fc_priority == fi->fib_priority) &&
	       fi_matches_hops(fi, cfg) && (!cfg->fc_prefsrc || cfg->fc_prefsrc == fi->fib_prefsrc);
}

int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg)
{
	struct fn_zone *fz;
	struct fib_alias **p;
	struct fib_node *fn;

	if (cfg->fc_dst_len > 32)
		return -EINVAL;
	fz = &tb->tb_zone[cfg->fc_dst_len];
	fn = fz->fz_hash ? fz_find(fz, cfg->fc_dst) : NULL;
	for (p = fn ? &fn->fn_alias : NULL; p && *p; p = &(*p)->fa_next) {
		struct fib_alias *fa = *p;

		if (!fa_matches_cfg(fa, cfg))
			continue;
		rtmsg_fib(RTM_DELROUTE, tb, fn, fa, &cfg->fc_nlinfo, 0);
		local_bh_disable();
		*p = fa->fa_next;
		tb->tb_routes--;
		fib_node_put(tb, fn);
		local_bh_enable();
		fa_free(fa);
		rt_cache_flush(tb->tb_net);
		return 0;
	}
	return -ESRCH;
}

static unsigned int fib_node_flush(struct fib_table *tb, struct fib_node *fn,
				   bool (*match)(const struct fib_node *, const struct fib_alias *,
						 const void *),
				   const void *arg)
{
	struct fib_alias **p = &fn->fn_alias;
	unsigned int n = 0;

	while (*p) {
		struct fib_alias *fa = *p;

		if (!match(fn, fa, arg)) {
			p = &fa->fa_next;
			continue;
		}
		*p = fa->fa_next;
		fa_free(fa);
		tb->tb_routes--;
		n++;
	}
	fib_node_put(tb, fn);
	return n;
}

unsigned int fib_table_flush(struct fib_table *tb,
			     bool (*match)(const struct fib_node *fn, const struct fib_alias *fa,
					   const void *arg),
			     const void *arg)
{
	struct fib_node *fn, *next;
	unsigned int n = 0;

	local_bh_disable();
	for (fn = fib_node_first(tb); fn; fn = next) {
		next = fib_node_next(fn);
		n += fib_node_flush(tb, fn, match, arg);
	}
	local_bh_enable();
	if (n)
		rt_cache_flush(tb->tb_net);
	return n;
}

void fib_table_walk(struct fib_table *tb,
		    void (*cb)(const struct fib_table *tb, const struct fib_node *n,
			       const struct fib_alias *fa, void *arg),
		    void *arg)
{
	const struct fib_alias *fa;
	struct fib_node *fn;

	for (fn = fib_node_first(tb); fn; fn = fib_node_next(fn))
		for (fa = fn->fn_alias; fa; fa = fa->fa_next)
			cb(tb, fn, fa, arg);
}

/* ---- tables ---- */

static struct hlist_head *fib_table_bucket(struct net *net, u32 id)
{
	return &net->ipv4.fib_tables[id % FIB_TABLE_HASHSZ];
}

struct fib_table *fib_get_table(struct net *net, u32 id)
{
	struct fib_table *tb;

	id = id ? id : RT_TABLE_MAIN;
	hlist_for_each_entry(tb, fib_table_bucket(net, id), tb_hlist)
		if (tb->tb_id == id)
			return tb;
	return NULL;
}

struct fib_table *fib_new_table(struct net *net, u32 id)
{
	struct fib_table *tb;

	id = id ? id : RT_TABLE_MAIN;
	tb = fib_get_table(net, id);
	if (tb)
		return tb;
	tb = kzalloc(sizeof(*tb), GFP_KERNEL);
	if (!tb)
		return NULL;
	tb->tb_net = net;
	tb->tb_id = id;
	local_bh_disable();
	hlist_add_head(&tb->tb_hlist, fib_table_bucket(net, id));
	if (id == RT_TABLE_DEFAULT)
		net->ipv4.fib_default = tb;
	local_bh_enable();
	return tb;
}

static bool fa_any(const struct fib_node *fn, const struct fib_alias *fa, const void *arg)
{
	return true;
}

void fib_free_table(struct fib_table *tb)
{
	int plen;

	if (!tb)
		return;
	fib_table_flush(tb, fa_any, NULL);
	hlist_del(&tb->tb_hlist);
	for (plen = 0; plen <= 32; plen++)
		kfree(tb->tb_zone[plen].fz_hash);
	kfree(tb);
}
