/* SPDX-License-Identifier: MIT */
/*
 * struct sk_buff: one packet on its way through the stack (net/core/skbuff.c). Book section 12.6.
 *
 *   head          data             tail        end
 *    |  headroom   |  linear bytes  |  tailroom |  struct skb_shared_info: page fragments,
 * frag_list |
 *
 * len counts linear bytes and fragments; data_len the fragments only. Clones share head and
 * fragments.
 */
#ifndef NET_SKBUFF_H
#define NET_SKBUFF_H

#include <kernel/atomic.h>
#include <kernel/byteorder.h>
#include <kernel/mm.h>
#include <kernel/rbtree.h>
#include <kernel/spinlock.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <net/dropreason.h>

struct net;
struct net_device;
struct sock;
struct dst_entry;
struct iov_iter;

#define SMP_CACHE_BYTES	     64
#define SKB_DATA_ALIGN(x)    ALIGN(x, SMP_CACHE_BYTES)
#define SKB_WITH_OVERHEAD(x) ((x)-SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))
#define NET_IP_ALIGN	     2
#define NET_SKB_PAD	     64
#define MAX_SKB_FRAGS	     17 /* 64 KiB of pages and one for misalignment */

/* ip_summed: what is known about the transport checksum */
#define CHECKSUM_NONE	     0 /* in: verify in software; out: already complete */
#define CHECKSUM_UNNECESSARY 1 /* in: the device found it right */
#define CHECKSUM_COMPLETE    2 /* in: csum holds the sum over everything after the link header */
#define CHECKSUM_PARTIAL                                                                          \
	3 /* out (and loopback in): sum from csum_start, store at csum_offset, left to the device \
	   */

#define PACKET_HOST	 0
#define PACKET_BROADCAST 1
#define PACKET_MULTICAST 2
#define PACKET_OTHERHOST 3
#define PACKET_OUTGOING	 4
#define PACKET_LOOPBACK	 5

typedef struct {
	struct page *page;
	u32 offset; /* in bytes from the page (block) start */
	u32 size;
} skb_frag_t;

enum { SKB_FCLONE_UNAVAILABLE, SKB_FCLONE_ORIG, SKB_FCLONE_CLONE };

enum {
	SKB_GSO_TCPV4 = 1,
	SKB_GSO_DODGY = 4,
	SKB_GSO_TCP_ECN = 8,
	SKB_GSO_TCPV6 = 16,
	SKB_GSO_UDP_L4 = 32,
	SKB_GSO_TCP_FIXEDID = 64 /* all segments have the same IP id */
};

/* tx_flags: SO_TIMESTAMPING asks when the packet passes these points */
#define SKBTX_SW_TSTAMP	   1 /* the driver takes it */
#define SKBTX_SCHED_TSTAMP 2 /* it reaches the queueing discipline */
#define SKBTX_ANY_TSTAMP   (SKBTX_SW_TSTAMP | SKBTX_SCHED_TSTAMP)

struct skb_shared_info {
	u8 nr_frags;
	u8 tx_flags;
	u16 gso_size; /* payload bytes of each segment; 0: not GSO */
	u16 gso_segs;
	u16 gso_type;	  /* SKB_GSO_x */
	atomic_t dataref; /* clones that share this data */
	u32 tskey;	  /* SO_TIMESTAMPING: which bytes or datagram the stamps are of */
	u32 tx_slot;	  /* its owner's: the frame of a packet socket's ring that it was made from */
	struct sk_buff *frag_list;
	skb_frag_t frags[MAX_SKB_FRAGS];
};

struct sk_buff {
	union {
		struct {
			struct sk_buff *next, *prev; /* must be first: sk_buff_head */
		};
		struct rb_node rbnode; /* in TCP's rbtree queues */
	};
	struct net_device *dev;	  /* it came from, or goes to; NULL once a socket has it */
	struct sock *sk;	  /* owner whose memory it is charged to */
	ktime_t tstamp;		  /* arrival, or (TCP) when last sent */
	char cb[48] __aligned(8); /* private to the layer that holds it */
	union {
		struct {
			struct dst_entry *_dst; /* referenced */
			void (*destructor)(struct sk_buff *skb);
		};
		struct list_head
			tcp_tsorted_anchor; /* in TCP's retransmit queue: order of transmission */
	};
	unsigned int len, data_len;
	u16 mac_len, hdr_len;
	union {
		__wsum csum;
		struct {
			u16 csum_start;	 /* from head */
			u16 csum_offset; /* from csum_start */
		};
	};
	u32 priority;
	u32 mark;
	u32 hash;					  /* flow hash, 0: not computed */
	__be16 protocol;				  /* ETH_P_x */
	u16 transport_header, network_header, mac_header; /* offsets from head; (u16)~0: not set */
	u8 pkt_type : 3;				  /* PACKET_x */
	u8 ip_summed : 2;
	u8 cloned : 1; /* data is or was shared: look at dataref */
	u8 nohdr : 1;  /* payload reference only */
	u8 fclone : 2; /* SKB_FCLONE_x: allocated as a pair, the clone lies beside it */
	u8 csum_level : 2;
	u8 encapsulation : 1;
	u8 peeked : 1;
	u8 dst_noref : 1;
	u8 head_frag : 1; /* head lies in a page fragment, not in kmalloc memory */
	u8 ipvs_property : 1;
	u8 local_df : 1; /* may be fragmented locally in spite of DF */
	u8 vlan_present : 1; /* a tag was taken out of it, which taps are told (net/if_vlan.h) */
	int skb_iif;	 /* index of the device it arrived on */
	atomic_t users;
	unsigned int truesize; /* memory it costs in all */
	u32 tail, end;	       /* offsets from head */
	unsigned char *head, *data;
};

/* What a queue's head and its packets have in common at their beginning. */
struct sk_buff_list {
	struct sk_buff *next, *prev;
};

struct sk_buff_head {
	struct sk_buff *next, *prev; /* must be first */
	u32 qlen;
	spinlock_t lock;
};

#define SKB_TRUESIZE(x)                                 \
	((x) + SKB_DATA_ALIGN(sizeof(struct sk_buff)) + \
	 SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))

/* ---- allocation and end of life ---- */

/* alloc_skb - at least @size bytes of linear room, data at head, len 0; NULL when out of memory.
 * Context: any. */
struct sk_buff *__alloc_skb(unsigned int size, gfp_t gfp, bool fclone);
static inline struct sk_buff *alloc_skb(unsigned int size, gfp_t gfp)
{
	return __alloc_skb(size, gfp, false);
}
/* alloc_skb_fclone - the same, with room for one clone beside it (TCP transmit). */
static inline struct sk_buff *alloc_skb_fclone(unsigned int size, gfp_t gfp)
{
	return __alloc_skb(size, gfp, true);
}
/* dev_alloc_skb, netdev_alloc_skb - for receive: NET_SKB_PAD reserved. Context: any. */
struct sk_buff *netdev_alloc_skb(struct net_device *dev, unsigned int length);
static inline struct sk_buff *netdev_alloc_skb_ip_align(struct net_device *dev,
							unsigned int length);
/* build_skb - an skb around @data, a page fragment of @size bytes incl. shared info (its page
 * reference is taken over). NULL: nothing changed. */
struct sk_buff *build_skb(void *data, unsigned int size);
/* skb_clone - a new skb over the same data. NULL when out of memory. */
struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp);
/* skb_copy - private copy of everything, linear. pskb_copy - private header, shared fragments. */
struct sk_buff *skb_copy(const struct sk_buff *skb, gfp_t gfp);
struct sk_buff *pskb_copy(struct sk_buff *skb, gfp_t gfp);
struct sk_buff *skb_copy_expand(const struct sk_buff *skb, int headroom, int tailroom, gfp_t gfp);
/* pskb_expand_head - give this skb a private head with @nhead/@ntail more room. 0 or -ENOMEM (skb
 * unchanged). */
int pskb_expand_head(struct sk_buff *skb, int nhead, int ntail, gfp_t gfp);
struct sk_buff *skb_realloc_headroom(struct sk_buff *skb, unsigned int headroom);
/* skb_cow - headroom of at least @headroom and a private head. 0 or -ENOMEM. */
int skb_cow(struct sk_buff *skb, unsigned int headroom);
/* skb_cow_head - the same, but only the headers will be written to. */
int skb_cow_head(struct sk_buff *skb, unsigned int headroom);

/* kfree_skb_reason - drop a reference; the last one counts @reason (in the namespace of skb->dev or
 * skb->sk) and frees. NULL is allowed. */
void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason);
static inline void kfree_skb(struct sk_buff *skb)
{
	kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
}
/* consume_skb - the packet has reached its aim. */
static inline void consume_skb(struct sk_buff *skb)
{
	kfree_skb_reason(skb, SKB_CONSUMED);
}
#define dev_kfree_skb(skb) consume_skb(skb)
/* kfree_skb_list_reason - each packet of a chain linked by next. */
void kfree_skb_list_reason(struct sk_buff *segs, enum skb_drop_reason reason);
/* __kfree_skb - free without looking at users: for those who hold the only reference (TCP queues).
 */
void __kfree_skb(struct sk_buff *skb);
static inline struct sk_buff *skb_get(struct sk_buff *skb)
{
	atomic_inc(&skb->users);
	return skb;
}
static inline bool skb_shared(const struct sk_buff *skb)
{
	return atomic_read(&skb->users) != 1;
}
/* skb_share_check - if shared, replace by a clone (dropping our reference to the shared one). NULL
 * when out of memory. */
struct sk_buff *skb_share_check(struct sk_buff *skb, gfp_t gfp);
struct sk_buff *skb_unshare(struct sk_buff *skb, gfp_t gfp);
const char *skb_drop_reason_name(enum skb_drop_reason reason);

/* ---- geometry ---- */

static inline struct skb_shared_info *skb_shinfo(const struct sk_buff *skb)
{
	return (struct skb_shared_info *)(skb->head + skb->end);
}
static inline unsigned char *skb_tail_pointer(const struct sk_buff *skb)
{
	return skb->head + skb->tail;
}
static inline unsigned char *skb_end_pointer(const struct sk_buff *skb)
{
	return skb->head + skb->end;
}
static inline void skb_reset_tail_pointer(struct sk_buff *skb)
{
	skb->tail = (u32)(skb->data - skb->head);
}
static inline void skb_set_tail_pointer(struct sk_buff *skb, int off)
{
	skb->tail = (u32)(skb->data - skb->head + off);
}
static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}
static inline bool skb_is_nonlinear(const struct sk_buff *skb)
{
	return skb->data_len != 0;
}
static inline unsigned int skb_headroom(const struct sk_buff *skb)
{
	return (unsigned int)(skb->data - skb->head);
}
static inline unsigned int skb_tailroom(const struct sk_buff *skb)
{
	return skb_is_nonlinear(skb) ? 0 : skb->end - skb->tail;
}
static inline bool skb_cloned(const struct sk_buff *skb)
{
	return skb->cloned && atomic_read(&skb_shinfo(skb)->dataref) != 1;
}
/* skb_headroom_is_ours - may what lies before the data be written? Not while others share it; but
 * the original of a pair (what TCP keeps) never looks there. */
static inline bool skb_headroom_is_ours(const struct sk_buff *skb)
{
	return !skb->cloned ||
	       atomic_read(&skb_shinfo(skb)->dataref) <= (skb->fclone == SKB_FCLONE_CLONE ? 2 : 1);
}
static inline bool skb_is_gso(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_size != 0;
}

/* skb_header_cloned - do others see the bytes of the headers, too? The original of a segment that
 * TCP sends does not count: it refers to the payload alone. */
bool skb_header_cloned(const struct sk_buff *skb);

/* skb_over_panic, skb_under_panic - our own mistake: no room. */
void skb_over_panic(const struct sk_buff *skb, unsigned int len) __noreturn;
void skb_under_panic(const struct sk_buff *skb, unsigned int len) __noreturn;

/* skb_reserve - headroom in an empty skb. */
static inline void skb_reserve(struct sk_buff *skb, int len)
{
	skb->data += len;
	skb->tail += (u32)len;
}

/* skb_put - lengthen at the tail; returns where the new bytes begin. Only on linear skbs. */
static inline void *skb_put(struct sk_buff *skb, unsigned int len)
{
	unsigned char *tail = skb_tail_pointer(skb);

	if (unlikely(skb_is_nonlinear(skb) || skb->tail + len > skb->end))
		skb_over_panic(skb, len);
	skb->tail += len;
	skb->len += len;
	return tail;
}

static inline void *skb_put_zero(struct sk_buff *skb, unsigned int len)
{
	return memset(skb_put(skb, len), 0, len);
}
static inline void *skb_put_data(struct sk_buff *skb, const void *data, unsigned int len)
{
	return memcpy(skb_put(skb, len), data, len);
}

static inline void *__skb_push(struct sk_buff *skb, unsigned int len)
{
	skb->data -= len;
	skb->len += len;
	return skb->data;
}

/* skb_push - lengthen at the front; returns the new data. */
static inline void *skb_push(struct sk_buff *skb, unsigned int len)
{
	if (unlikely(len > skb_headroom(skb)))
		skb_under_panic(skb, len);
	return __skb_push(skb, len);
}

static inline void *__skb_pull(struct sk_buff *skb, unsigned int len)
{
	skb->len -= len;
	return skb->data += len;
}

/* skb_pull - cut from the front of the linear part; NULL if there is less. */
static inline void *skb_pull(struct sk_buff *skb, unsigned int len)
{
	return unlikely(len > skb_headlen(skb)) ? NULL : __skb_pull(skb, len);
}

/* __pskb_pull_tail - move @delta bytes from the fragments to the linear part; NULL when out of
 * memory or too short. */
void *__pskb_pull_tail(struct sk_buff *skb, int delta);

/* pskb_may_pull - are the first @len bytes there, and make them linear. The one length check at
 * each layer's door. */
static inline bool pskb_may_pull(struct sk_buff *skb, unsigned int len)
{
	if (likely(len <= skb_headlen(skb)))
		return true;
	if (unlikely(len > skb->len))
		return false;
	return __pskb_pull_tail(skb, (int)(len - skb_headlen(skb))) != NULL;
}

static inline void *pskb_pull(struct sk_buff *skb, unsigned int len)
{
	return pskb_may_pull(skb, len) ? __skb_pull(skb, len) : NULL;
}

int ___pskb_trim(struct sk_buff *skb, unsigned int len);
/* skb_trim - cut a linear skb to @len. pskb_trim - any skb; 0 or -ENOMEM. pskb_trim_rcsum - and
 * keep ip_summed right. */
void skb_trim(struct sk_buff *skb, unsigned int len);
int pskb_trim(struct sk_buff *skb, unsigned int len);
int pskb_trim_rcsum(struct sk_buff *skb, unsigned int len);
/* skb_linearize - all bytes into the linear part. 0 or -ENOMEM. */
int skb_linearize(struct sk_buff *skb);
/* skb_split - move everything after @len into the empty @skb1 (fragments by reference). */
void skb_split(struct sk_buff *skb, struct sk_buff *skb1, unsigned int len);
/* skb_try_coalesce - append @from's data to @to by reference if possible; then the caller frees
 * @from (consume). *delta: truesize growth. */
bool skb_try_coalesce(struct sk_buff *to, struct sk_buff *from, bool *fragstolen, int *delta);
/* skb_add_rx_frag - append a page fragment (its reference is taken over). */
void skb_add_rx_frag(struct sk_buff *skb, int i, struct page *page, u32 off, u32 size,
		     unsigned int truesize);
static inline u32 skb_frag_size(const skb_frag_t *f)
{
	return f->size;
}
static inline void *skb_frag_address(const skb_frag_t *f)
{
	return (char *)page_address(f->page) + f->offset;
}

static inline unsigned char *skb_transport_header(const struct sk_buff *skb)
{
	return skb->head + skb->transport_header;
}
static inline unsigned char *skb_network_header(const struct sk_buff *skb)
{
	return skb->head + skb->network_header;
}
static inline unsigned char *skb_mac_header(const struct sk_buff *skb)
{
	return skb->head + skb->mac_header;
}
static inline bool skb_mac_header_was_set(const struct sk_buff *skb)
{
	return skb->mac_header != (u16)~0u;
}
static inline void skb_reset_transport_header(struct sk_buff *skb)
{
	skb->transport_header = (u16)(skb->data - skb->head);
}
static inline void skb_reset_network_header(struct sk_buff *skb)
{
	skb->network_header = (u16)(skb->data - skb->head);
}
static inline void skb_reset_mac_header(struct sk_buff *skb)
{
	skb->mac_header = (u16)(skb->data - skb->head);
}
static inline void skb_set_transport_header(struct sk_buff *skb, int off)
{
	skb->transport_header = (u16)(skb->data - skb->head + off);
}
static inline void skb_set_network_header(struct sk_buff *skb, int off)
{
	skb->network_header = (u16)(skb->data - skb->head + off);
}
static inline int skb_transport_offset(const struct sk_buff *skb)
{
	return (int)(skb_transport_header(skb) - skb->data);
}
static inline int skb_network_offset(const struct sk_buff *skb)
{
	return (int)(skb_network_header(skb) - skb->data);
}

/* ---- large packets (net/core/gso.c) ---- */

/*
 * skb_segment - cut what follows the @hlen bytes of headers from data on (linear all of them) into
 * packets of at most gso_size bytes of payload, each with a copy of the headers as they are; chained
 * by next. Page fragments go by reference where @features has NETIF_F_SG. The charge of @skb's
 * owner goes over to the last of them; @skb stays the caller's. ERR_PTR: -ENOMEM, -EINVAL. Context:
 * any.
 */
struct sk_buff *skb_segment(struct sk_buff *skb, unsigned int hlen, u32 features);
/* skb_gso_segment - the same by @skb's protocols, which see to the headers; data at the link's or
 * the network's header. NULL: after a look at its headers it may go as it is. ERR_PTR. */
struct sk_buff *skb_gso_segment(struct sk_buff *skb, u32 features);
/* skb_gso_ok - would a device with @features cut it as it has to be cut? */
bool skb_gso_ok(const struct sk_buff *skb, u32 features);
/* skb_gso_make_checksum - after the headers of a segment are right: the transport checksum, whose
 * field holds the folded pseudo header, for a device with @features. */
void skb_gso_make_checksum(struct sk_buff *skb, unsigned int csum_offset, u32 features);
/* skb_nr_segs - packets on the wire that it stands for. */
static inline unsigned int skb_nr_segs(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_segs ? skb_shinfo(skb)->gso_segs : 1;
}

/* ---- bytes ---- */

/* skb_copy_bits - @len bytes from @offset into @to; 0 or -EFAULT if the skb is shorter. */
int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len);
int skb_store_bits(struct sk_buff *skb, int offset, const void *from, int len);
static inline void *skb_header_pointer(const struct sk_buff *skb, int offset, int len, void *buffer)
{
	if ((int)skb_headlen(skb) - offset >= len)
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) < 0 ? NULL : buffer;
}
/* skb_copy_datagram_iter - to the reader's buffers; 0 or -EFAULT. skb_copy_and_csum_datagram: and
 * verify (-EINVAL: wrong). */
int skb_copy_datagram_iter(const struct sk_buff *skb, int offset, struct iov_iter *to, int len);
int skb_copy_and_csum_datagram_iter(struct sk_buff *skb, int hlen, struct iov_iter *to);
/* skb_copy_datagram_from_iter - @len bytes of a writer into the skb's own; 0 or -EFAULT. */
int skb_copy_datagram_from_iter(struct sk_buff *skb, int offset, struct iov_iter *from, int len);
__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum csum);
/* skb_checksum_help - compute a CHECKSUM_PARTIAL sum in software. 0 or -ENOMEM/-EINVAL. */
int skb_checksum_help(struct sk_buff *skb);
/* __skb_checksum_complete - verify from data on with skb->csum preset; 0 if right. */
__sum16 __skb_checksum_complete(struct sk_buff *skb);
__sum16 __skb_checksum_complete_head(struct sk_buff *skb, int len);
static inline bool skb_csum_unnecessary(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_UNNECESSARY || skb->ip_summed == CHECKSUM_PARTIAL;
}
static inline __sum16 skb_checksum_complete(struct sk_buff *skb)
{
	return skb_csum_unnecessary(skb) ? 0 : __skb_checksum_complete(skb);
}
/* skb_partial_csum_set - a device asked to complete a checksum at start+off; false if that lies
 * outside. */
bool skb_partial_csum_set(struct sk_buff *skb, u16 start, u16 off);

/* ---- queues ---- */

static inline void __skb_queue_head_init(struct sk_buff_head *q)
{
	q->next = q->prev = (struct sk_buff *)q;
	q->qlen = 0;
}
static inline void skb_queue_head_init(struct sk_buff_head *q)
{
	spin_lock_init_rank(&q->lock, LOCK_RANK_QUEUE);
	__skb_queue_head_init(q);
}
static inline bool skb_queue_empty(const struct sk_buff_head *q)
{
	return q->next == (const struct sk_buff *)q;
}
static inline u32 skb_queue_len(const struct sk_buff_head *q)
{
	return q->qlen;
}
static inline struct sk_buff *skb_peek(const struct sk_buff_head *q)
{
	return skb_queue_empty(q) ? NULL : q->next;
}
static inline struct sk_buff *skb_peek_tail(const struct sk_buff_head *q)
{
	return skb_queue_empty(q) ? NULL : q->prev;
}
static inline bool skb_queue_is_last(const struct sk_buff_head *q, const struct sk_buff *skb)
{
	return skb->next == (const struct sk_buff *)q;
}
static inline void __skb_insert(struct sk_buff *n, struct sk_buff *prev, struct sk_buff *next,
				struct sk_buff_head *q)
{
	n->next = next;
	n->prev = prev;
	((struct sk_buff_list *)next)->prev = n;
	((struct sk_buff_list *)prev)->next = n;
	q->qlen++;
}
static inline void __skb_queue_tail(struct sk_buff_head *q, struct sk_buff *n)
{
	__skb_insert(n, q->prev, (struct sk_buff *)q, q);
}
static inline void __skb_queue_head(struct sk_buff_head *q, struct sk_buff *n)
{
	__skb_insert(n, (struct sk_buff *)q, q->next, q);
}
static inline void __skb_queue_after(struct sk_buff_head *q, struct sk_buff *prev,
				     struct sk_buff *n)
{
	__skb_insert(n, prev, prev->next, q);
}
static inline void __skb_unlink(struct sk_buff *skb, struct sk_buff_head *q)
{
	q->qlen--;
	((struct sk_buff_list *)skb->next)->prev = skb->prev;
	((struct sk_buff_list *)skb->prev)->next = skb->next;
	skb->next = skb->prev = NULL;
}
static inline struct sk_buff *__skb_dequeue(struct sk_buff_head *q)
{
	struct sk_buff *skb = skb_peek(q);

	if (skb)
		__skb_unlink(skb, q);
	return skb;
}
/* The forms without underscores mask interrupts and take the queue's lock. Context: any. */
void skb_queue_tail(struct sk_buff_head *q, struct sk_buff *skb);
void skb_queue_head(struct sk_buff_head *q, struct sk_buff *skb);
struct sk_buff *skb_dequeue(struct sk_buff_head *q);
void skb_unlink(struct sk_buff *skb, struct sk_buff_head *q);
void skb_queue_purge_reason(struct sk_buff_head *q, enum skb_drop_reason reason);
static inline void skb_queue_purge(struct sk_buff_head *q)
{
	skb_queue_purge_reason(q, SKB_CONSUMED);
}
static inline void skb_queue_splice_tail_init(struct sk_buff_head *list, struct sk_buff_head *head)
{
	if (skb_queue_empty(list))
		return;
	((struct sk_buff_list *)list->next)->prev = head->prev;
	((struct sk_buff_list *)head->prev)->next = list->next;
	((struct sk_buff_list *)list->prev)->next = (struct sk_buff *)head;
	head->prev = list->prev;
	head->qlen += list->qlen;
	__skb_queue_head_init(list);
}
#define skb_queue_walk(q, skb) for (skb = (q)->next; skb != (struct sk_buff *)(q); skb = skb->next)
#define skb_queue_walk_safe(q, skb, tmp)                                     \
	for (skb = (q)->next, tmp = skb->next; skb != (struct sk_buff *)(q); \
	     skb = tmp, tmp = skb->next)

/* ---- owner and route ---- */

static inline void skb_orphan(struct sk_buff *skb)
{
	if (skb->destructor)
		skb->destructor(skb);
	skb->destructor = NULL;
	skb->sk = NULL;
}
static inline struct dst_entry *skb_dst(const struct sk_buff *skb)
{
	return skb->_dst;
}
/* skb_dst_set - takes over the reference. */
static inline void skb_dst_set(struct sk_buff *skb, struct dst_entry *dst)
{
	skb->_dst = dst;
	skb->dst_noref = 0;
}
void skb_dst_drop(struct sk_buff *skb);
/* skb_dst_set_noref - lend the route for the time of one softirq step; skb_dst_force - take a
 * reference before it is queued. */
static inline void skb_dst_set_noref(struct sk_buff *skb, struct dst_entry *dst)
{
	skb->_dst = dst;
	skb->dst_noref = 1;
}
void skb_dst_force(struct sk_buff *skb);

static inline struct sk_buff *netdev_alloc_skb_ip_align(struct net_device *dev, unsigned int length)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, length + NET_IP_ALIGN);

	if (skb)
		skb_reserve(skb, NET_IP_ALIGN);
	return skb;
}

/* skbs_in_use - skbs allocated now, for leak checks. */
unsigned long skbs_in_use(void);
void skb_init(void);

#endif
