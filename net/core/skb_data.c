/* SPDX-License-Identifier: MIT */
/* The bytes of a packet: pulling, trimming, splitting, joining, and reading them wherever they lie.
 * Book section 12.6. */
#include <kernel/uio.h>
#include <net/checksum.h>

#include "core_internal.h"

#define PULL_ROOM                                                                                  \
	128 /* bytes of tailroom gained beside what is asked for, so that the next header needs no \
	       new head */

/*
 * skb_walk - call @fn for each contiguous piece of bytes [offset, offset + len), with its place in
 * the walk. 0, -EFAULT if the packet is shorter, or what @fn returned when it was not 0.
 */
static int skb_walk(const struct sk_buff *skb, int offset, int len, int pos,
		    int (*fn)(void *ctx, void *data, int len, int pos), void *ctx)
{
	const struct skb_shared_info *sh = skb_shinfo(skb);
	const struct sk_buff *list;
	int start = (int)skb_headlen(skb), n, err;
	unsigned int i;

	if (offset < 0 || len < 0 || offset > (int)skb->len - len)
		return -EFAULT;
	if (offset < start && len) {
		n = min(start - offset, len);
		err = fn(ctx, skb->data + offset, n, pos);
		if (err || n == len)
			return err;
		offset += n, pos += n, len -= n;
	}
	for (i = 0; i < sh->nr_frags && len; i++) {
		int end = start + (int)sh->frags[i].size;

		if (offset < end) {
			n = min(end - offset, len);
			err = fn(ctx, (char *)skb_frag_address(&sh->frags[i]) + (offset - start), n,
				 pos);
			if (err)
				return err;
			offset += n, pos += n, len -= n;
		}
		start = end;
	}
	for (list = sh->frag_list; list && len; list = list->next) {
		int end = start + (int)list->len;

		if (offset < end) {
			n = min(end - offset, len);
			err = skb_walk(list, offset - start, n, pos, fn, ctx);
			if (err)
				return err;
			offset += n, pos += n, len -= n;
		}
		start = end;
	}
	return len ? -EFAULT : 0;
}

static int copy_out(void *ctx, void *data, int len, int pos)
{
	memcpy((char *)ctx + pos, data, (size_t)len);
	return 0;
}

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)
{
	if (likely(offset >= 0 && len >= 0 && len <= (int)skb_headlen(skb) - offset)) {
		memcpy(to, skb->data + offset, (size_t)len);
		return 0;
	}
	return skb_walk(skb, offset, len, 0, copy_out, to);
}

static int copy_in(void *ctx, void *data, int len, int pos)
{
	memcpy(data, (const char *)ctx + pos, (size_t)len);
	return 0;
}

int skb_store_bits(struct sk_buff *skb, int offset, const void *from, int len)
{
	return skb_walk(skb, offset, len, 0, copy_in, (void *)from);
}

static int sum_piece(void *ctx, void *data, int len, int pos)
{
	__wsum *sum = ctx;

	*sum = csum_block_add(*sum, csum_partial(data, (size_t)len, 0), pos);
	return 0;
}

__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum csum)
{
	if (likely(offset >= 0 && len >= 0 && len <= (int)skb_headlen(skb) - offset))
		return csum_partial(skb->data + offset, (size_t)len, csum);
	if (skb_walk(skb, offset, len, 0, sum_piece, &csum))
		WARN_ON_ONCE(true);
	return csum;
}

static int to_iter(void *ctx, void *data, int len, int pos)
{
	return copy_to_iter(data, (size_t)len, ctx) == (size_t)len ? 0 : -EFAULT;
}

int skb_copy_datagram_iter(const struct sk_buff *skb, int offset, struct iov_iter *to, int len)
{
	/* Most packets are of one piece. */
	if (likely(offset + len <= (int)skb_headlen(skb)))
		return to_iter(to, skb->data + offset, len, 0);
	return skb_walk(skb, offset, len, 0, to_iter, to);
}

static int from_iter(void *ctx, void *data, int len, int pos)
{
	return copy_from_iter(data, (size_t)len, ctx) == (size_t)len ? 0 : -EFAULT;
}

int skb_copy_datagram_from_iter(struct sk_buff *skb, int offset, struct iov_iter *from, int len)
{
	return skb_walk(skb, offset, len, 0, from_iter, from);
}

struct csum_iter {
	struct iov_iter *to;
	__wsum sum;
};

static int sum_to_iter(void *ctx, void *data, int len, int pos)
{
	struct csum_iter *ci = ctx;

	sum_piece(&ci->sum, data, len, pos);
	return to_iter(ci->to, data, len, pos);
}

int skb_copy_and_csum_datagram_iter(struct sk_buff *skb, int hlen, struct iov_iter *to)
{
	int chunk = (int)skb->len - hlen;
	struct iov_iter saved = *to;
	struct csum_iter ci = { .to = to };
	int err;

	if (iov_iter_count(to) < (size_t)chunk || (hlen & 1)) {
		/* Not all of it will be copied (or not from an even byte on), but all of it counts.
		 */
		if (__skb_checksum_complete(skb))
			return -EINVAL;
		return skb_copy_datagram_iter(skb, hlen, to,
					      min_t(int, chunk,
						    min_t(size_t, iov_iter_count(to), INT_MAX)));
	}
	ci.sum = csum_partial(skb->data, (size_t)hlen, skb->csum);
	err = skb_walk(skb, hlen, chunk, 0, sum_to_iter, &ci);
	if (!err && csum_fold(ci.sum))
		err = -EINVAL;
	if (err)
		iov_iter_restore(to, &saved);
	else
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	return err;
}

/*
 * own_chained - see to it that the chained packet at *link is nobody else's, so that it may be
 * changed. NULL when out of memory. The links of packets that others share are theirs, too: only
 * ours are changed.
 */
static struct sk_buff *own_chained(struct sk_buff **link)
{
	struct sk_buff *list = *link, *n;

	if (!skb_shared(list))
		return list;
	n = skb_clone(list, GFP_ATOMIC);
	if (!n)
		return NULL;
	n->next = list->next;
	*link = n;
	consume_skb(list);
	return n;
}

/* eat_frag_list - cut @eat bytes from the front of the chained packets. 0 or -ENOMEM. */
static int eat_frag_list(struct sk_buff *skb, unsigned int eat)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	struct sk_buff *list;

	while (eat && (list = sh->frag_list) != NULL) {
		if (list->len > eat) {
			list = own_chained(&sh->frag_list);
			return list && pskb_pull(list, eat) ? 0 : -ENOMEM;
		}
		eat -= list->len;
		sh->frag_list = list->next;
		consume_skb(list);
	}
	return 0;
}

/* eat_frags - cut @eat bytes from the front of the page fragments; returns what is left to cut. */
static unsigned int eat_frags(struct sk_buff *skb, unsigned int eat)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	unsigned int i, k = 0;

	for (i = 0; i < sh->nr_frags; i++) {
		if (sh->frags[i].size <= eat) {
			eat -= sh->frags[i].size;
			put_page(sh->frags[i].page);
			continue;
		}
		sh->frags[k] = sh->frags[i];
		sh->frags[k].offset += eat;
		sh->frags[k].size -= eat;
		eat = 0;
		k++;
	}
	sh->nr_frags = (u8)k;
	return eat;
}

void *__pskb_pull_tail(struct sk_buff *skb, int delta)
{
	int more = (int)(skb->tail + (u32)delta) - (int)skb->end;
	unsigned int left;

	if (unlikely(delta < 0 || (unsigned int)delta > skb->data_len))
		return NULL;
	if (more > 0 || skb_cloned(skb)) {
		if (pskb_expand_head(skb, 0, more > 0 ? more + PULL_ROOM : 0, GFP_ATOMIC))
			return NULL;
	}
	if (skb_copy_bits(skb, (int)skb_headlen(skb), skb_tail_pointer(skb), delta))
		return NULL;
	left = eat_frags(skb, (unsigned int)delta);
	/* Out of memory here leaves a chained packet uncut: the packet is of no more use, and its
	 * holder drops it. */
	if (left && eat_frag_list(skb, left))
		return NULL;
	skb->tail += (u32)delta;
	skb->data_len -= (unsigned int)delta;
	return skb_tail_pointer(skb);
}

int skb_linearize(struct sk_buff *skb)
{
	return skb_is_nonlinear(skb) && !__pskb_pull_tail(skb, (int)skb->data_len) ? -ENOMEM : 0;
}

void skb_trim(struct sk_buff *skb, unsigned int len)
{
	if (len >= skb->len || WARN_ON_ONCE(skb_is_nonlinear(skb)))
		return;
	skb->len = len;
	skb_set_tail_pointer(skb, (int)len);
}

/* trim_frag_list - keep @keep bytes of the chained packets. 0 or -ENOMEM. */
static int trim_frag_list(struct sk_buff *skb, unsigned int keep)
{
	struct sk_buff **link = &skb_shinfo(skb)->frag_list, *list, *next;

	while (*link && keep) {
		list = own_chained(link);
		if (!list || (list->len > keep && pskb_trim(list, keep)))
			return -ENOMEM;
		keep -= list->len;
		link = &list->next;
	}
	list = *link;
	*link = NULL;
	for (; list; list = next) {
		next = list->next;
		consume_skb(list);
	}
	return 0;
}

int ___pskb_trim(struct sk_buff *skb, unsigned int len)
{
	struct skb_shared_info *sh;
	unsigned int at = skb_headlen(skb), i, kept = 0;

	if (skb_cloned(skb) && pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
		return -ENOMEM;
	sh = skb_shinfo(skb);
	for (i = 0; i < sh->nr_frags; i++) {
		unsigned int end = at + sh->frags[i].size;

		if (at >= len) {
			put_page(sh->frags[i].page);
		} else {
			kept++;
			if (end > len)
				sh->frags[i].size = len - at;
		}
		at = end;
	}
	sh->nr_frags = (u8)kept;
	if (sh->frag_list && trim_frag_list(skb, len > at ? len - at : 0))
		return -ENOMEM;
	if (len > skb_headlen(skb)) {
		skb->data_len -= skb->len - len;
		skb->len = len;
	} else {
		skb->len = len;
		skb->data_len = 0;
		skb_set_tail_pointer(skb, (int)len);
	}
	return 0;
}

int pskb_trim(struct sk_buff *skb, unsigned int len)
{
	if (len >= skb->len)
		return 0;
	if (likely(!skb->data_len)) {
		skb->len = len;
		skb_set_tail_pointer(skb, (int)len);
		return 0;
	}
	return ___pskb_trim(skb, len);
}

int pskb_trim_rcsum(struct sk_buff *skb, unsigned int len)
{
	if (likely(len >= skb->len))
		return 0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_block_sub(
			skb->csum, skb_checksum(skb, (int)len, (int)(skb->len - len), 0), (int)len);
	return pskb_trim(skb, len);
}

/* split_frags - the page fragments from byte @pos on (counted from their start) go over to @skb1.
 */
static void split_frags(struct sk_buff *skb, struct sk_buff *skb1, unsigned int pos)
{
	struct skb_shared_info *from = skb_shinfo(skb), *to = skb_shinfo(skb1);
	unsigned int nr = from->nr_frags, i, k = 0;

	from->nr_frags = 0;
	for (i = 0; i < nr; i++) {
		unsigned int size = from->frags[i].size;

		if (pos >= size) {
			pos -= size;
			from->nr_frags++;
			continue;
		}
		to->frags[k] = from->frags[i];
		if (pos) { /* this one is in both */
			get_page(from->frags[i].page);
			to->frags[k].offset += pos;
			to->frags[k].size -= pos;
			from->frags[i].size = pos;
			from->nr_frags++;
			pos = 0;
		}
		k++;
	}
	to->nr_frags = (u8)k;
}

/* The caller sees to it that @skb is not cloned, has no frag_list, and that @skb1 has room for its
 * linear bytes after @len. */
void skb_split(struct sk_buff *skb, struct sk_buff *skb1, unsigned int len)
{
	unsigned int headlen = skb_headlen(skb), rest = skb->len - len;

	if (len < headlen) {
		skb_put_data(skb1, skb->data + len, headlen - len);
		split_frags(skb, skb1, 0);
		skb1->data_len = skb->data_len;
		skb1->len += skb1->data_len;
		skb->data_len = 0;
		skb_set_tail_pointer(skb, (int)len);
	} else {
		split_frags(skb, skb1, len - headlen);
		skb1->len = skb1->data_len = rest;
		skb->data_len = len - headlen;
	}
	skb->len = len;
}

/* append_frag - @page bytes behind the fragments of @to, with a reference of their own. */
static void append_frag(struct sk_buff *to, struct page *page, u32 offset, u32 size)
{
	skb_frag_t *f = &skb_shinfo(to)->frags[skb_shinfo(to)->nr_frags++];

	get_page(page);
	f->page = page;
	f->offset = offset;
	f->size = size;
}

bool skb_try_coalesce(struct sk_buff *to, struct sk_buff *from, bool *fragstolen, int *delta)
{
	struct skb_shared_info *fsh = skb_shinfo(from), *tsh = skb_shinfo(to);
	unsigned int headlen = skb_headlen(from), i;
	struct page *page;

	*fragstolen = false;
	*delta = 0;
	if (skb_cloned(to))
		return false;
	if (from->len <= skb_tailroom(to)) {
		if (from->len && skb_copy_bits(from, 0, skb_put(to, from->len), (int)from->len))
			BUG();
		return true;
	}
	if (tsh->frag_list || fsh->frag_list ||
	    tsh->nr_frags + fsh->nr_frags + (headlen != 0) > MAX_SKB_FRAGS)
		return false;
	if (headlen) {
		if (!from->head_frag || skb_cloned(from))
			return false;
		page = virt_to_head_page(from->head);
		append_frag(to, page, (u32)(from->data - (unsigned char *)page_address(page)),
			    headlen);
		*delta = (int)(from->truesize - SKB_DATA_ALIGN(sizeof(struct sk_buff)));
	} else {
		*delta = (int)(from->truesize - SKB_TRUESIZE(from->end));
	}
	for (i = 0; i < fsh->nr_frags; i++)
		append_frag(to, fsh->frags[i].page, fsh->frags[i].offset, fsh->frags[i].size);
	to->truesize += (unsigned int)*delta;
	to->len += from->len;
	to->data_len += from->len;
	return true;
}

void skb_add_rx_frag(struct sk_buff *skb, int i, struct page *page, u32 off, u32 size,
		     unsigned int truesize)
{
	struct skb_shared_info *sh = skb_shinfo(skb);

	if (WARN_ON_ONCE(i < 0 || i >= MAX_SKB_FRAGS)) {
		put_page(page);
		return;
	}
	sh->frags[i] = (skb_frag_t){ .page = page, .offset = off, .size = size };
	sh->nr_frags = (u8)(i + 1);
	skb->len += size;
	skb->data_len += size;
	skb->truesize += truesize;
}

int skb_checksum_help(struct sk_buff *skb)
{
	int offset = (int)skb->csum_start - (int)skb_headroom(skb), at;
	__wsum csum;
	__sum16 sum;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;
	at = offset + (int)skb->csum_offset;
	if (unlikely(offset < 0 || offset >= (int)skb_headlen(skb) || at + 2 > (int)skb->len))
		return -EINVAL;
	csum = skb_checksum(skb, offset, (int)skb->len - offset, 0);
	if (!pskb_may_pull(skb, (unsigned int)at + 2))
		return -ENOMEM;
	if (skb_cloned(skb) && pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
		return -ENOMEM;
	sum = csum_fold(csum);
	if (!sum)
		sum = CSUM_MANGLED_0;
	__builtin_memcpy(skb->data + at, &sum, sizeof(sum));
	skb->ip_summed = CHECKSUM_NONE;
	return 0;
}

__sum16 __skb_checksum_complete_head(struct sk_buff *skb, int len)
{
	__sum16 sum = csum_fold(skb_checksum(skb, 0, len, skb->csum));

	if (likely(!sum))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	return sum;
}

__sum16 __skb_checksum_complete(struct sk_buff *skb)
{
	return __skb_checksum_complete_head(skb, (int)skb->len);
}

bool skb_partial_csum_set(struct sk_buff *skb, u16 start, u16 off)
{
	if (unlikely(start > skb_headlen(skb) || (u32)start + off + 2 > skb_headlen(skb)))
		return false;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u16)(skb_headroom(skb) + start);
	skb->csum_offset = off;
	skb_set_transport_header(skb, start);
	return true;
}
