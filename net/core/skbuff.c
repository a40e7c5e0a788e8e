/* SPDX-License-Identifier: MIT */
/* The sk_buff allocator: heads and data from slab caches, receive data from page fragments; cloning
 * and the end of life. Book section 12.6. */
#include <kernel/slab.h>
#include <net/dst.h>
#include <net/netdevice.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/trace.h>

/* A head and the room for one clone of it: what TCP keeps, and what it sends. */
struct sk_buff_fclones {
	struct sk_buff skb1;
	struct sk_buff skb2;
	atomic_t ref; /* of the two, how many live */
};

/* Linear room of the small data cache: enough for all headers and a short payload. */
#define SKB_SHINFO_SIZE SKB_DATA_ALIGN(sizeof(struct skb_shared_info))
#define SKB_SMALL_HEAD	320u
#define FRAG_ORDER	3 /* pages of a receive fragment block: 32 KiB */

static struct kmem_cache *skbuff_head_cache, *skbuff_fclone_cache, *skb_small_head_cache;

/* The block that netdev_alloc_skb cuts receive buffers from. [S] */
static struct {
	struct page *page;
	char *va;
	unsigned int offset; /* the free part lies below */
	unsigned int size;
} rx_frag;

static const char *const drop_reason_names[] = { "CONSUMED",
#define X(name, text) #name,
						 SKB_DROP_REASONS(X)
#undef X
};

const char *skb_drop_reason_name(enum skb_drop_reason reason)
{
	return (unsigned int)reason < SKB_DROP_REASON_MAX ? drop_reason_names[reason] : "?";
}

void skb_init(void)
{
	skbuff_head_cache = kmem_cache_create("skbuff_head_cache", sizeof(struct sk_buff), 0,
					      SLAB_HWCACHE_ALIGN, NULL);
	skbuff_fclone_cache = kmem_cache_create(
		"skbuff_fclone_cache", sizeof(struct sk_buff_fclones), 0, SLAB_HWCACHE_ALIGN, NULL);
	skb_small_head_cache = kmem_cache_create(
		"skbuff_small_head", SKB_SMALL_HEAD + SKB_SHINFO_SIZE, 0, SLAB_HWCACHE_ALIGN, NULL);
}

unsigned long skbs_in_use(void)
{
	return kmem_cache_inuse(skbuff_head_cache) + kmem_cache_inuse(skbuff_fclone_cache);
}

/* skb_data_alloc - linear room of *size bytes (raised to what there is) and the shared info behind
 * it. */
static inline void *skb_data_alloc(unsigned int *size, gfp_t gfp)
{
	if (likely(*size <= SKB_SMALL_HEAD)) {
		*size = SKB_SMALL_HEAD;
		return kmem_cache_alloc(skb_small_head_cache, gfp);
	}
	*size = SKB_DATA_ALIGN(*size);
	return kmalloc((size_t)*size + SKB_SHINFO_SIZE, gfp);
}

/* skb_clear - all of a head but what skb_head_init sets anyway. */
static inline void skb_clear(struct sk_buff *skb)
{
	__builtin_memset(__builtin_assume_aligned(skb, 8), 0, offsetof(struct sk_buff, users));
}

/* skb_head_init - a zeroed head around @data with @end bytes of linear room. */
static inline void skb_head_init(struct sk_buff *skb, void *data, unsigned int end)
{
	struct skb_shared_info *sh = (struct skb_shared_info *)((char *)data + end);

	skb->head = skb->data = data;
	skb->tail = 0;
	skb->end = end;
	skb->mac_header = skb->transport_header = (u16)~0u;
	skb->truesize = SKB_TRUESIZE(end);
	atomic_set(&skb->users, 1);
	__builtin_memset(sh, 0, offsetof(struct skb_shared_info, dataref));
	sh->frag_list = NULL;
	atomic_set(&sh->dataref, 1);
}

struct sk_buff *__alloc_skb(unsigned int size, gfp_t gfp, bool fclone)
{
	struct sk_buff *skb;
	void *data;

	if (unlikely(size > INT_MAX / 2))
		return NULL;
	skb = kmem_cache_alloc(fclone ? skbuff_fclone_cache : skbuff_head_cache, gfp);
	if (unlikely(!skb))
		return NULL;
	data = skb_data_alloc(&size, gfp);
	if (unlikely(!data)) {
		kmem_cache_free(fclone ? skbuff_fclone_cache : skbuff_head_cache, skb);
		return NULL;
	}
	skb_clear(skb);
	skb_head_init(skb, data, size);
	if (fclone) {
		skb->fclone = SKB_FCLONE_ORIG;
		atomic_set(&container_of(skb, struct sk_buff_fclones, skb1)->ref, 1);
	}
	return skb;
}

struct sk_buff *build_skb(void *data, unsigned int size)
{
	struct sk_buff *skb;

	if (WARN_ON_ONCE(size < SKB_SHINFO_SIZE))
		return NULL;
	skb = kmem_cache_alloc(skbuff_head_cache, GFP_ATOMIC);
	if (unlikely(!skb))
		return NULL;
	skb_clear(skb);
	skb_head_init(skb, data, ALIGN_DOWN(size, SMP_CACHE_BYTES) - SKB_SHINFO_SIZE);
	skb->head_frag = 1;
	return skb;
}

/* rx_frag_refill - a new block to cut from; a single page where memory is short. */
static noinline bool rx_frag_refill(void)
{
	unsigned int order = FRAG_ORDER;
	struct page *page = alloc_pages(GFP_ATOMIC | __GFP_NOWARN, order);

	if (unlikely(!page)) {
		order = 0;
		page = alloc_pages(GFP_ATOMIC, order);
	}
	if (unlikely(!page))
		return false;
	if (rx_frag.page)
		put_page(rx_frag.page);
	rx_frag.page = page;
	rx_frag.va = page_address(page);
	rx_frag.size = rx_frag.offset = PAGE_SIZE << order;
	return true;
}

/* rx_frag_alloc - @size bytes with a page reference of their own, or NULL. Softirqs are off. */
static void *rx_frag_alloc(unsigned int size)
{
	if (unlikely(rx_frag.offset < size)) {
		if (rx_frag.page && page_count(rx_frag.page) == 1 && rx_frag.size >= size)
			rx_frag.offset = rx_frag.size; /* all that was cut from it has come back */
		else if (!rx_frag_refill() || rx_frag.offset < size)
			return NULL;
	}
	rx_frag.offset -= size;
	get_page(rx_frag.page);
	return rx_frag.va + rx_frag.offset;
}

/* alloc_skb_frag - an skb whose data is a page fragment. NULL when out of memory. Softirqs are off.
 */
static struct sk_buff *alloc_skb_frag(unsigned int size)
{
	struct sk_buff *skb;
	void *data = rx_frag_alloc(size);

	if (unlikely(!data))
		return NULL;
	skb = build_skb(data, size);
	if (unlikely(!skb))
		put_page(virt_to_head_page(data));
	return skb;
}

/* Context: softirq or process. */
struct sk_buff *netdev_alloc_skb(struct net_device *dev, unsigned int length)
{
	unsigned int size = SKB_DATA_ALIGN(length + NET_SKB_PAD) + SKB_SHINFO_SIZE;
	struct sk_buff *skb;

	if (unlikely(length > (PAGE_SIZE << FRAG_ORDER) - NET_SKB_PAD - SKB_SHINFO_SIZE -
				      SMP_CACHE_BYTES ||
		     in_irq()))
		skb = alloc_skb(length + NET_SKB_PAD, GFP_ATOMIC);
	else if (likely(in_softirq()))
		skb = alloc_skb_frag(size);
	else {
		local_bh_disable();
		skb = alloc_skb_frag(size);
		local_bh_enable();
	}
	if (likely(skb)) {
		skb_reserve(skb, NET_SKB_PAD);
		skb->dev = dev;
	}
	return skb;
}

/* skb_free_data - linear part and shared info go back to where they came from. */
static inline void skb_free_data(void *head, unsigned int end, bool head_frag)
{
	if (head_frag)
		put_page(virt_to_head_page(head));
	else if (likely(end == SKB_SMALL_HEAD))
		kmem_cache_free(skb_small_head_cache, head);
	else
		kfree(head);
}

static noinline void skb_free_frags(struct skb_shared_info *sh)
{
	struct sk_buff *list = sh->frag_list, *next;
	unsigned int i;

	for (i = 0; i < sh->nr_frags; i++)
		put_page(sh->frags[i].page);
	sh->nr_frags = 0;
	sh->frag_list = NULL;
	for (; list; list = next) {
		next = list->next; /* left as it is: others may share the chain */
		consume_skb(list);
	}
}

/* skb_release_data - drop this skb's share of the data; the last one frees it. */
static inline void skb_release_data(struct sk_buff *skb)
{
	struct skb_shared_info *sh = skb_shinfo(skb);

	if (skb->cloned && atomic_sub_return(1, &sh->dataref))
		return;
	if (unlikely(sh->nr_frags || sh->frag_list))
		skb_free_frags(sh);
	skb_free_data(skb->head, skb->end, skb->head_frag);
}

/* kfree_skbmem - the head itself; of a pair, the last of the two frees both. */
static inline void kfree_skbmem(struct sk_buff *skb)
{
	struct sk_buff_fclones *pair;

	if (skb->fclone == SKB_FCLONE_UNAVAILABLE) {
		kmem_cache_free(skbuff_head_cache, skb);
		return;
	}
	if (skb->fclone == SKB_FCLONE_ORIG) {
		pair = container_of(skb, struct sk_buff_fclones, skb1);
		/* without a clone alive (the common end: the clone was sent and freed before the
		 * ACK) */
		if (atomic_read(&pair->ref) != 1 && !atomic_dec_and_test(&pair->ref))
			return;
	} else {
		pair = container_of(skb, struct sk_buff_fclones, skb2);
		if (!atomic_dec_and_test(&pair->ref))
			return;
	}
	kmem_cache_free(skbuff_fclone_cache, pair);
}

void __kfree_skb(struct sk_buff *skb)
{
	if (skb->_dst)
		skb_dst_drop(skb);
	if (skb->destructor)
		skb->destructor(skb);
	skb_release_data(skb);
	kfree_skbmem(skb);
}

static noinline void count_drop(const struct sk_buff *skb, enum skb_drop_reason reason)
{
	struct net *net = skb->dev ? dev_net(skb->dev) : skb->sk ? sock_net(skb->sk) : &init_net;

	if (WARN_ON_ONCE((unsigned int)reason >= SKB_DROP_REASON_MAX))
		reason = SKB_DROP_REASON_NOT_SPECIFIED;
	net->drops[reason]++;
	NET_TRACE(kfree_skb, skb, reason);
}

void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason)
{
	if (unlikely(!skb))
		return;
	if (unlikely(atomic_read(&skb->users) != 1)) {
		WARN_ON_ONCE(atomic_read(&skb->users) <= 0);
		if (!atomic_dec_and_test(&skb->users))
			return;
	}
	if (unlikely(reason != SKB_CONSUMED))
		count_drop(skb, reason);
	__kfree_skb(skb);
}

void kfree_skb_list_reason(struct sk_buff *segs, enum skb_drop_reason reason)
{
	struct sk_buff *next;

	for (; segs; segs = next) {
		next = segs->next;
		segs->next = NULL;
		kfree_skb_reason(segs, reason);
	}
}

bool skb_header_cloned(const struct sk_buff *skb)
{
	const struct sk_buff_fclones *pair = container_of(skb, struct sk_buff_fclones, skb2);
	int refs;

	if (!skb->cloned)
		return false;
	refs = atomic_read(&skb_shinfo(skb)->dataref);
	if (refs == 2 && skb->fclone == SKB_FCLONE_CLONE && atomic_read(&pair->ref) == 2)
		return !pair->skb1.nohdr || pair->skb1.head != skb->head;
	return refs != 1;
}

struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp)
{
	struct sk_buff_fclones *pair = container_of(skb, struct sk_buff_fclones, skb1);
	struct sk_buff *n;
	u8 fclone = SKB_FCLONE_UNAVAILABLE;

	if (skb->fclone == SKB_FCLONE_ORIG && atomic_read(&pair->ref) == 1) {
		n = &pair->skb2;
		atomic_set(&pair->ref, 2);
		fclone = SKB_FCLONE_CLONE;
	} else {
		n = kmem_cache_alloc(skbuff_head_cache, gfp);
		if (unlikely(!n))
			return NULL;
	}
	atomic_inc(&skb_shinfo(skb)->dataref);
	skb->cloned = 1;
	__builtin_memcpy(n, skb, sizeof(*n));
	n->next = n->prev = NULL;
	n->sk = NULL;
	n->destructor = NULL;
	n->nohdr = 0;
	n->peeked = 0;
	n->fclone = fclone;
	n->dst_noref = 0;
	if (n->_dst)
		dst_hold(n->_dst);
	atomic_set(&n->users, 1);
	return n;
}

struct sk_buff *skb_share_check(struct sk_buff *skb, gfp_t gfp)
{
	struct sk_buff *n;

	if (likely(!skb_shared(skb)))
		return skb;
	n = skb_clone(skb, gfp);
	if (likely(n))
		consume_skb(skb);
	else
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
	return n;
}

struct sk_buff *skb_unshare(struct sk_buff *skb, gfp_t gfp)
{
	struct sk_buff *n;

	if (likely(!skb_cloned(skb)))
		return skb;
	n = skb_copy(skb, gfp);
	if (likely(n))
		consume_skb(skb);
	else
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
	return n;
}

/*
 * skb_new_data - linear room of *size bytes with a shared info of one reference, for an skb that
 * gets a private head. NULL when out of memory.
 */
void *skb_new_data(unsigned int *size, gfp_t gfp)
{
	void *data = skb_data_alloc(size, gfp);
	struct skb_shared_info *sh;

	if (unlikely(!data))
		return NULL;
	sh = (struct skb_shared_info *)((char *)data + *size);
	__builtin_memset(sh, 0, offsetof(struct skb_shared_info, dataref));
	sh->frag_list = NULL;
	atomic_set(&sh->dataref, 1);
	return data;
}

/* skb_drop_head_share - leave the data that the skb had: others share it, or its fragments have
 * been taken over. */
void skb_drop_head_share(struct sk_buff *skb, bool frags_moved)
{
	struct skb_shared_info *sh = skb_shinfo(skb);

	if (frags_moved) {
		sh->nr_frags = 0;
		sh->frag_list = NULL;
	}
	skb_release_data(skb);
}

void skb_dst_drop(struct sk_buff *skb)
{
	struct dst_entry *dst = skb->dst_noref ? NULL : skb->_dst;

	skb->_dst = NULL;
	skb->dst_noref = 0;
	if (dst)
		dst_release(dst);
}

void skb_dst_force(struct sk_buff *skb)
{
	if (!skb->dst_noref)
		return;
	skb->dst_noref = 0;
	if (skb->_dst)
		dst_hold(skb->_dst);
}

static noinline __noreturn void skb_panic(const struct sk_buff *skb, unsigned int len,
					  const char *what)
{
	panic("%s: %u bytes more; len %u head %p data %p tail %#x end %#x dev %s", what, len,
	      skb->len, skb->head, skb->data, skb->tail, skb->end, skb->dev ? skb->dev->name : "-");
}

void skb_over_panic(const struct sk_buff *skb, unsigned int len)
{
	skb_panic(skb, len, "skb_over_panic");
}

void skb_under_panic(const struct sk_buff *skb, unsigned int len)
{
	skb_panic(skb, len, "skb_under_panic");
}
