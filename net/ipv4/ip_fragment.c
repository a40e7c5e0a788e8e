/* SPDX-License-Identifier: MIT */
/*
 * Reassembly: fragments wait in a tree by offset, datagrams under a secret hash; memory is bounded,
 * time too, and a datagram whose fragments overlap is dropped as a whole. RFC 791 section 3.2, RFC
 * 815, RFC 1122 section 3.3.2, RFC 5722. Book section 12.8.2.
 */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/icmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

#define IPFRAG_HASH_MIN	    64u	  /* buckets, a power of two */
#define IPFRAG_BUCKET_BYTES 4096u /* of the limit in bytes a bucket: its chain stays short when all is taken */
#define IPQ_FIRST_IN	    1
#define IPQ_LAST_IN	    2
#define IPQ_ECN_CE	    (1u << INET_ECN_CE)
#define IPQ_ECN_NOT_ECT	    (1u << INET_ECN_NOT_ECT)

struct ipq_key {
	__be32 saddr, daddr;
	__be16 id;
	u8 protocol;
	u32 user;
};

/*
 * A host that sends fragments, as long as one of its datagrams is not whole. A datagram between two of whose
 * fragments many others of the same host have come is taken to have lost the rest: its id will be used again.
 * RFC 4963.
 */
struct ipq_source {
	struct hlist_node node;
	__be32 saddr;
	unsigned int seen; /* fragments that have come */
	unsigned int users;
};

struct ipq { /* a datagram that is not whole yet [S] */
	struct hlist_node node;
	struct list_head lru; /* oldest first */
	struct net *net;
	struct ipq_key key;
	struct rb_root fragments; /* by FRAG_CB(skb)->offset, never overlapping */
	struct timer_list timer;
	unsigned int len;  /* end of the last fragment, or the largest end so far */
	unsigned int meat; /* bytes that are there */
	unsigned int mem;  /* truesize of it all */
	int iif;
	struct ipq_source *source;
	unsigned int seen; /* source->seen when the last fragment came */
	u16 max_size;	   /* largest fragment with its header */
	u16 max_df_size;   /* the same of those that say DF */
	u8 last_in;	   /* IPQ_x */
	u8 ecn;		   /* a bit for each codepoint that was there */
};

struct ip_frags {
	siphash_key_t key;
	struct hlist_head *hash, *sources; /* mask + 1 buckets each */
	u32 mask;
	struct list_head lru;
	unsigned long mem;
	unsigned int nqueues;
};

struct frag_cb {
	struct inet_skb_parm h;
	unsigned int offset;
};
#define FRAG_CB(skb)  ((struct frag_cb *)((skb)->cb))
#define rb_to_skb(rb) rb_entry(rb, struct sk_buff, rbnode)

unsigned long ip_frag_mem(const struct net *net)
{
	return net->ipv4.frags->mem;
}

unsigned int ip_frag_nqueues(const struct net *net)
{
	return net->ipv4.frags->nqueues;
}

static struct hlist_head *ipq_bucket(struct ip_frags *f, const struct ipq_key *k)
{
	u32 h = (u32)siphash_4u32(k->saddr, k->daddr, (u32)k->id << 16 | k->protocol, k->user,
				  &f->key);

	return &f->hash[h & f->mask];
}

static void ipq_charge(struct ipq *q, int bytes)
{
	q->mem += (unsigned int)bytes;
	q->net->ipv4.frags->mem += (unsigned long)(long)bytes;
}

/* The source of @q's datagram, made where it has no other. False: no memory. */
static bool ipq_source_get(struct ip_frags *f, struct ipq *q)
{
	struct hlist_head *bucket =
		&f->sources[(u32)siphash_2u64(q->key.saddr, 0, &f->key) & f->mask];
	struct ipq_source *s;

	hlist_for_each_entry(s, bucket, node) {
		if (s->saddr == q->key.saddr) {
			s->users++;
			q->source = s;
			return true;
		}
	}
	s = kzalloc(sizeof(*s), GFP_ATOMIC);
	if (!s)
		return false;
	s->saddr = q->key.saddr;
	s->users = 1;
	hlist_add_head(&s->node, bucket);
	f->mem += sizeof(*s);
	q->source = s;
	return true;
}

static void ipq_source_put(struct ip_frags *f, struct ipq_source *s)
{
	if (--s->users)
		return;
	hlist_del(&s->node);
	f->mem -= sizeof(*s);
	kfree(s);
}

/* Take a fragment out of the tree; its list pointers and device shared their place with the node.
 */
static void frag_unlink(struct ipq *q, struct sk_buff *skb)
{
	rb_erase(&skb->rbnode, &q->fragments);
	skb->next = skb->prev = NULL;
	skb->dev = NULL;
	ipq_charge(q, -(int)skb->truesize);
}

/* All that has come so far goes. */
static void ipq_empty(struct ipq *q, enum skb_drop_reason reason)
{
	struct rb_node *rb;

	while ((rb = rb_first(&q->fragments)) != NULL) {
		struct sk_buff *skb = rb_to_skb(rb);

		frag_unlink(q, skb);
		skb->dev = q->net->loopback_dev; /* whose namespace counts the drop */
		kfree_skb_reason(skb, reason);
	}
}

static void ipq_free(struct ipq *q, enum skb_drop_reason reason)
{
	struct ip_frags *f = q->net->ipv4.frags;

	del_timer(&q->timer);
	hlist_del(&q->node);
	list_del(&q->lru);
	ipq_empty(q, reason);
	ipq_source_put(f, q->source);
	ipq_charge(q, -(int)sizeof(*q));
	f->nqueues--;
	kfree(q);
}

/* RFC 792: time exceeded is said only where the first fragment is there to say it about. */
static void ipq_send_timeout(struct ipq *q)
{
	struct rb_node *rb = rb_first(&q->fragments);
	struct sk_buff *head = rb ? rb_to_skb(rb) : NULL;
	struct net_device *dev;

	if (!(q->last_in & IPQ_FIRST_IN) || !head)
		return;
	dev = dev_get_by_index(q->net, q->iif);
	if (!dev)
		return;
	frag_unlink(q, head);
	head->dev = dev;
	skb_push(head, (unsigned int)-skb_network_offset(head));
	if (skb_dst(head))
		icmp_send(head, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	kfree_skb_reason(head, SKB_DROP_REASON_FRAG_REASM_TIMEOUT);
	dev_put(dev);
}

static void ipq_expire(unsigned long data)
{
	struct ipq *q = (struct ipq *)data;

	IP_INC_STATS(q->net, REASMTIMEOUT);
	IP_INC_STATS(q->net, REASMFAILS);
	ipq_send_timeout(q);
	ipq_free(q, SKB_DROP_REASON_FRAG_REASM_TIMEOUT);
}

/* Over the limit the oldest datagrams go, until there is air again. */
static void ipfrag_evict(struct net *net)
{
	struct ip_frags *f = net->ipv4.frags;

	if (f->mem <= (unsigned long)net->ipv4.sysctl_ipfrag_high_thresh)
		return;
	while (f->mem > (unsigned long)net->ipv4.sysctl_ipfrag_low_thresh && !list_empty(&f->lru)) {
		IP_INC_STATS(net, REASMFAILS);
		ipq_free(list_first_entry(&f->lru, struct ipq, lru), SKB_DROP_REASON_FRAG_MEMORY);
	}
}

static struct ipq *ipq_find(struct net *net, const struct ipq_key *key)
{
	struct ip_frags *f = net->ipv4.frags;
	struct hlist_head *bucket = ipq_bucket(f, key);
	struct ipq *q;

	hlist_for_each_entry(q, bucket, node)
		if (q->key.id == key->id && q->key.saddr == key->saddr &&
		    q->key.daddr == key->daddr && q->key.protocol == key->protocol &&
		    q->key.user == key->user)
			return q;
	q = kzalloc(sizeof(*q), GFP_ATOMIC);
	if (!q)
		return NULL;
	q->net = net;
	q->key = *key;
	if (!ipq_source_get(f, q)) {
		kfree(q);
		return NULL;
	}
	setup_timer(&q->timer, ipq_expire, (unsigned long)q);
	hlist_add_head(&q->node, bucket);
	list_add_tail(&q->lru, &f->lru);
	f->nqueues++;
	ipq_charge(q, (int)sizeof(*q));
	mod_timer(&q->timer, jiffies + (unsigned long)net->ipv4.sysctl_ipfrag_time * HZ);
	return q;
}

/* Too much has come from the host since: what is there belongs to an older datagram of the same id, and the new one
 * begins with this fragment. */
static void ipq_check_distance(struct ipq *q)
{
	unsigned int limit = (unsigned int)q->net->ipv4.sysctl_ipfrag_max_dist;
	unsigned int before = q->seen;

	q->seen = ++q->source->seen;
	if (!limit || RB_EMPTY_ROOT(&q->fragments) || q->seen - before <= limit)
		return;
	IP_INC_STATS(q->net, REASMFAILS);
	ipq_empty(q, SKB_DROP_REASON_FRAG_TOO_FAR);
	q->len = q->meat = 0;
	q->max_size = q->max_df_size = 0;
	q->last_in = q->ecn = 0;
	mod_timer(&q->timer, jiffies + (unsigned long)q->net->ipv4.sysctl_ipfrag_time * HZ);
}

/* Where does it lie in the datagram, and does that fit what is known? SKB_CONSUMED: yes. */
static enum skb_drop_reason frag_place(struct ipq *q, struct sk_buff *skb, unsigned int *offset,
				       unsigned int *end)
{
	unsigned int field = ntohs(ip_hdr(skb)->frag_off), ihl = ip_hdrlen(skb);

	*offset = (field & IP_OFFSET) << 3;
	*end = *offset + skb->len - ihl;
	if (field & IP_MF) {
		*end &= ~7u;
		if (*end > q->len) {
			if (q->last_in & IPQ_LAST_IN)
				return SKB_DROP_REASON_FRAG_MALFORMED;
			q->len = *end;
		}
	} else {
		if (*end < q->len || ((q->last_in & IPQ_LAST_IN) && *end != q->len))
			return SKB_DROP_REASON_FRAG_MALFORMED;
		q->last_in |= IPQ_LAST_IN;
		q->len = *end;
	}
	if (*end <= *offset || *end + ihl > 65535)
		return SKB_DROP_REASON_FRAG_MALFORMED;
	return SKB_CONSUMED;
}

/* Into the tree. DUP_FRAG: all of it was there already; FRAG_OVERLAP: part of it. */
static enum skb_drop_reason frag_insert(struct ipq *q, struct sk_buff *skb, unsigned int offset,
					unsigned int end)
{
	struct rb_node **link = &q->fragments.node, *parent = NULL;

	while (*link) {
		struct sk_buff *other = rb_to_skb(*link);
		unsigned int start = FRAG_CB(other)->offset, stop = start + other->len;

		parent = *link;
		if (end <= start)
			link = &parent->left;
		else if (offset >= stop)
			link = &parent->right;
		else if (offset >= start && end <= stop)
			return SKB_DROP_REASON_DUP_FRAG;
		else
			return SKB_DROP_REASON_FRAG_OVERLAP;
	}
	FRAG_CB(skb)->offset = offset;
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &q->fragments);
	return SKB_CONSUMED;
}

/* The fragments after the first hang on it, merged where their memory allows. */
static void reasm_append(struct ipq *q, struct sk_buff *head)
{
	struct sk_buff **tail = &skb_shinfo(head)->frag_list;
	struct rb_node *rb;

	while ((rb = rb_first(&q->fragments)) != NULL) {
		struct sk_buff *skb = rb_to_skb(rb);
		bool stolen;
		int delta;

		frag_unlink(q, skb);
		skb_dst_drop(skb);
		skb_orphan(skb);
		if (!skb_shinfo(head)->frag_list && skb_try_coalesce(head, skb, &stolen, &delta)) {
			head->truesize += (unsigned int)delta;
			consume_skb(skb);
			continue;
		}
		*tail = skb;
		tail = &skb->next;
		head->len += skb->len;
		head->data_len += skb->len;
		head->truesize += skb->truesize;
	}
}

/* What the whole datagram's header says: where one fragment saw congestion it did; DF, where the sender keeps to it.
 * RFC 3168 section 5.3. */
static void reasm_header(const struct ipq *q, struct iphdr *iph)
{
	if (q->ecn & IPQ_ECN_CE)
		iph->tos |= INET_ECN_CE;
	iph->tot_len = htons((u16)(q->len + iph->ihl * 4u));
	iph->frag_off = q->max_df_size && q->max_df_size == q->max_size ? htons(IP_DF) : 0;
	ip_send_check(iph);
}

/* All there: one datagram out of the fragments. NULL: no memory or contradictions in it, all is dropped. */
static struct sk_buff *ipq_reasm(struct ipq *q, struct net_device *dev)
{
	struct sk_buff *head = rb_to_skb(rb_first(&q->fragments));
	struct net *net = q->net;

	/* Fragments of one datagram either take part in ECN or do not. */
	if ((q->ecn & IPQ_ECN_NOT_ECT) && q->ecn != IPQ_ECN_NOT_ECT) {
		IP_INC_STATS(net, REASMFAILS);
		ipq_free(q, SKB_DROP_REASON_FRAG_MALFORMED);
		return NULL;
	}
	frag_unlink(q, head);
	head->dev = dev;
	if ((skb_cloned(head) && pskb_expand_head(head, 0, 0, GFP_ATOMIC)) ||
	    (skb_shinfo(head)->frag_list && skb_linearize(head))) {
		IP_INC_STATS(net, REASMFAILS);
		kfree_skb_reason(head, SKB_DROP_REASON_NOMEM);
		ipq_free(q, SKB_DROP_REASON_NOMEM);
		return NULL;
	}
	reasm_append(q, head);
	skb_push(head, (unsigned int)-skb_network_offset(head));
	reasm_header(q, ip_hdr(head));
	head->ip_summed =
		CHECKSUM_NONE; /* what a device said of the parts says nothing of the whole */
	head->csum = 0;
	IPCB(head)->frag_max_size = q->max_size;
	IPCB(head)->flags |= IPSKB_FRAG_COMPLETE;
	IP_INC_STATS(net, REASMOKS);
	ipq_free(q, SKB_CONSUMED);
	return head;
}

static struct sk_buff *ipq_drop(struct ipq *q, struct sk_buff *skb, enum skb_drop_reason reason)
{
	struct net *net = q->net;

	/* Overlaps and contradictions condemn the datagram (RFC 5722 section 4, taken over for
	 * IPv4). */
	if (reason == SKB_DROP_REASON_FRAG_OVERLAP || reason == SKB_DROP_REASON_FRAG_MALFORMED) {
		if (reason == SKB_DROP_REASON_FRAG_OVERLAP)
			IP_INC_STATS(net, REASMOVERLAPS);
		IP_INC_STATS(net, REASMFAILS);
		ipq_free(q, reason);
	} else if (RB_EMPTY_ROOT(&q->fragments)) {
		ipq_free(q, reason);
	}
	kfree_skb_reason(skb, reason);
	return NULL;
}

struct sk_buff *ip_defrag(struct net *net, struct sk_buff *skb, u32 user)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct ipq_key key = { .saddr = iph->saddr,
			       .daddr = iph->daddr,
			       .id = iph->id,
			       .protocol = iph->protocol,
			       .user = user };
	struct net_device *dev = skb->dev;
	u16 df = iph->frag_off & htons(IP_DF) ? (u16)skb->len : 0;
	enum skb_drop_reason reason;
	unsigned int offset, end, size = skb->len;
	u8 ecn = (u8)(1u << (iph->tos & INET_ECN_MASK));
	struct ipq *q;

	IP_INC_STATS(net, REASMREQDS);
	ipfrag_evict(net);
	q = ipq_find(net, &key);
	if (!q) {
		IP_INC_STATS(net, REASMFAILS);
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return NULL;
	}
	ipq_check_distance(q);
	reason = frag_place(q, skb, &offset, &end);
	if (reason)
		return ipq_drop(q, skb, reason);
	if (!pskb_pull(skb, ip_hdrlen(skb)) || pskb_trim_rcsum(skb, end - offset))
		return ipq_drop(q, skb, SKB_DROP_REASON_NOMEM);
	reason = frag_insert(q, skb, offset, end);
	if (reason)
		return ipq_drop(q, skb, reason);
	ipq_charge(q, (int)skb->truesize);
	if (offset == 0)
		q->last_in |= IPQ_FIRST_IN;
	else
		skb_dst_drop(skb);
	q->iif = dev->ifindex;
	q->meat += end - offset;
	q->max_size = (u16)max((unsigned int)q->max_size, size);
	q->max_df_size = max(q->max_df_size, df);
	q->ecn |= ecn;
	if (q->last_in == (IPQ_FIRST_IN | IPQ_LAST_IN) && q->meat == q->len)
		return ipq_reasm(q, dev);
	return NULL;
}

struct sk_buff *ip_check_defrag(struct net *net, struct sk_buff *skb, u32 user)
{
	int off = skb_network_offset(skb);
	unsigned int hlen, len;
	struct iphdr _iph;
	const struct iphdr *iph;

	if (skb->protocol != htons(ETH_P_IP) || off < 0)
		return skb;
	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph || iph->version != 4 || iph->ihl < 5 || !ip_is_fragment(iph))
		return skb;
	hlen = iph->ihl * 4u;
	len = ntohs(iph->tot_len);
	if (len < hlen || skb->len < (unsigned int)off + len)
		return skb;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb || !pskb_may_pull(skb, (unsigned int)off + hlen) || pskb_trim_rcsum(skb, (unsigned int)off + len))
		return skb;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb_dst_drop(skb); /* nobody is told when the rest does not come */
	__skb_pull(skb, (unsigned int)off);
	skb = ip_defrag(net, skb, user);
	if (skb)
		skb->hash = 0;
	return skb;
}

static int ipfrag_net_init(struct net *net)
{
	unsigned int want = (unsigned int)net->ipv4.sysctl_ipfrag_high_thresh / IPFRAG_BUCKET_BYTES;
	struct ip_frags *f = kzalloc(sizeof(*f), GFP_KERNEL);
	unsigned int buckets = IPFRAG_HASH_MIN;

	if (!f)
		return -ENOMEM;
	while (buckets < want)
		buckets *= 2;
	f->hash = kcalloc(2 * buckets, sizeof(*f->hash), GFP_KERNEL);
	if (!f->hash) {
		kfree(f);
		return -ENOMEM;
	}
	f->sources = f->hash + buckets;
	f->mask = buckets - 1;
	get_random_bytes(&f->key, sizeof(f->key));
	INIT_LIST_HEAD(&f->lru);
	net->ipv4.frags = f;
	return 0;
}

static void ipfrag_net_exit(struct net *net)
{
	struct ip_frags *f = net->ipv4.frags;

	local_bh_disable();
	while (!list_empty(&f->lru))
		ipq_free(list_first_entry(&f->lru, struct ipq, lru), SKB_DROP_REASON_FRAG_MEMORY);
	local_bh_enable();
	net->ipv4.frags = NULL;
	kfree(f->hash);
	kfree(f);
}

static struct pernet_operations ipfrag_net_ops = { .init = ipfrag_net_init,
						   .exit = ipfrag_net_exit };

void ipfrag_init(void)
{
	register_pernet_subsys(&ipfrag_net_ops);
}
