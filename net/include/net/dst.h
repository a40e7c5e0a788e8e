/* SPDX-License-Identifier: MIT */
/* dst_entry: the protocol-independent part of a route: what to do with a packet (net/core/dst.c).
 * Book section 12.8.5. */
#ifndef NET_DST_H
#define NET_DST_H

#include <net/netdevice.h>
#include <net/skbuff.h>
#include <uapi/rtnetlink.h>

struct neighbour;

struct dst_ops {
	u16 family;
	__be16 protocol;
	struct dst_entry *(*check)(struct dst_entry *dst, u32 cookie); /* NULL: obsolete */
	unsigned int (*default_advmss)(const struct dst_entry *dst);
	unsigned int (*mtu)(const struct dst_entry *dst);
	void (*destroy)(struct dst_entry *dst);
	void (*ifdown)(struct dst_entry *dst, struct net_device *dev);
	struct dst_entry *(*negative_advice)(struct dst_entry *dst);
	void (*link_failure)(struct sk_buff *skb);
	void (*update_pmtu)(struct dst_entry *dst, u32 mtu);
	struct neighbour *(*neigh_lookup)(const struct dst_entry *dst, struct sk_buff *skb,
					  const void *daddr);
	struct kmem_cache *cachep;
	int entries;
};

struct dst_entry {
	struct list_head node;	/* [S] in the list of all */
	struct net_device *dev; /* referenced */
	struct dst_ops *ops;
	/* input, output - consume skb. Context: softirq (input), process or softirq (output). */
	int (*input)(struct sk_buff *skb);
	int (*output)(struct net *net, struct sock *sk, struct sk_buff *skb);
	struct neighbour
		*neighbour; /* of the next hop, cached; referenced; may be NULL until used */
	atomic_t refcnt;
	int obsolete;	       /* DST_OBSOLETE_x: checked through ops->check when not 0 */
	u32 flags;	       /* DST_x */
	unsigned long expires; /* jiffies, 0: never */
	int error;	       /* -errno given to senders */
	u16 header_len, trailer_len;
	u32 metrics[RTAX_MAX]; /* RTAX_x - 1 */
	unsigned long lastuse; /* jiffies */
	unsigned int genid;
};
#define DST_HOST	       1
#define DST_NOCACHE	       2
#define DST_OBSOLETE_NONE      0
#define DST_OBSOLETE_DEAD      2
#define DST_OBSOLETE_FORCE_CHK -1

static inline u32 dst_metric(const struct dst_entry *dst, int m)
{
	return dst->metrics[m - 1];
}
static inline u32 dst_mtu(const struct dst_entry *dst)
{
	return dst->ops->mtu(dst);
}

/* dst_alloc - a zeroed entry of ops->cachep with one reference, holding @dev; input/output discard.
 * NULL when out of memory. */
struct dst_entry *dst_alloc(struct dst_ops *ops, struct net_device *dev, int obsolete, u32 flags);
static inline void dst_hold(struct dst_entry *dst)
{
	atomic_inc(&dst->refcnt);
}
static inline struct dst_entry *dst_clone(struct dst_entry *dst)
{
	if (dst)
		dst_hold(dst);
	return dst;
}
/* dst_release - the last reference frees it (its neighbour and device go too). NULL is allowed.
 * Context: any. */
void dst_release(struct dst_entry *dst);
static inline struct dst_entry *dst_check(struct dst_entry *dst, u32 cookie)
{
	return dst->obsolete ? dst->ops->check(dst, cookie) : dst;
}
static inline int dst_input(struct sk_buff *skb)
{
	return skb_dst(skb)->input(skb);
}
static inline int dst_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return skb_dst(skb)->output(net, sk, skb);
}
static inline void dst_link_failure(struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);

	if (dst && dst->ops->link_failure)
		dst->ops->link_failure(skb);
}
int dst_discard(struct sk_buff *skb);
int dst_discard_out(struct net *net, struct sock *sk, struct sk_buff *skb);
/* dst_entries_in_use - for leak checks. */
unsigned long dst_entries_in_use(void);
void dst_init(void);

#endif
