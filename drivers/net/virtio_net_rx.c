/* SPDX-License-Identifier: MIT */
/* virtio-net receive: refilling, mergeable buffers, checksum hints, NAPI. Virtual I/O Device 1.1
 * section 5.1.6.3, 5.1.6.4. */
#include <kernel/printk.h>

#include "virtio_net_internal.h"

#define REFILL_DELAY (HZ / 10) /* when memory ran out */
#define MAX_FRAME    (65535 + ETH_HLEN)
#define LARGE_FROM   12288     /* bytes in a frame on average, from which on buffers are large */
#define LARGE_SHARE  8	       /* of the queue, that large buffers take */
#define LARGE_LEAST  8u	       /* of them: the longest frame takes 3 */
#define SMALL_LEAST  128       /* of small ones: the longest frame takes 40 */
#define TCP_CSUM_OFFSET 16     /* of the checksum in TCP's header, which csum_offset names */

/* Shall buffers be large? While long frames come, which then take fewer of them; and where small ones
 * would not hold the longest frame. */
static bool wants_large(const struct virtnet_info *vi)
{
	return vi->rx_avg_len >> RX_AVG_SHIFT >= LARGE_FROM ||
	       (unlikely(vi->vdev.vqs[VIRTNET_RX]->num < SMALL_LEAST) && vi->mergeable);
}

/* Bytes of buffers that the device shall have: all of its descriptors are small ones, or a part of
 * them large. */
static unsigned int rx_target(const struct virtnet_info *vi, bool large)
{
	unsigned int num = vi->vdev.vqs[VIRTNET_RX]->num;

	return large ? max(num / LARGE_SHARE, LARGE_LEAST) * rx_frag_room(RX_FRAG_LARGE_SIZE)
		     : num * RX_FRAG_ROOM;
}

/* A buffer that the device has done with. */
struct rx_buffer {
	u8 *data;	   /* where it begins; owned */
	unsigned int size; /* shared info included */
	u32 len;	   /* written by the device, behind the headroom */
};

/* There is a free descriptor. @size: rx_frag_size's. */
static void post_buffer(struct virtnet_info *vi, u8 *buf, unsigned int size)
{
	struct virtqueue_buf b = { .addr = virt_to_phys(buf + RX_FRAG_HEADROOM),
				   .len = rx_frag_room(size) };

	vi->rx_posted += b.len;
	virtqueue_add(vi->vdev.vqs[VIRTNET_RX], &b, 0, 1, buf);
}

void virtnet_rx_fill(struct virtnet_info *vi)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	bool large = wants_large(vi);
	unsigned int target = rx_target(vi, large);

	while (vq->num_free && vi->rx_posted < target) {
		u8 *buf = large ? rx_frag_alloc_large() : NULL;
		unsigned int size = buf ? RX_FRAG_LARGE_SIZE : RX_FRAG_SIZE;

		if (!buf)
			buf = rx_frag_alloc(&vi->frags);
		if (!buf) {
			vi->stats.rx_no_memory++;
			mod_timer(&vi->refill_timer, jiffies + REFILL_DELAY);
			break;
		}
		post_buffer(vi, buf, size);
	}
	virtqueue_kick(vq);
}

/* The next buffer that the device has done with; false: there is none. */
static inline bool next_buffer(struct virtnet_info *vi, struct rx_buffer *b)
{
	b->data = virtqueue_get_buf(vi->vdev.vqs[VIRTNET_RX], &b->len);
	if (!b->data)
		return false;
	b->size = rx_frag_size(b->data);
	vi->rx_posted -= rx_frag_room(b->size);
	return true;
}

/* Few bytes in a large buffer, a short frame or the end of a long one, move into a small one: whoever
 * holds them shall not hold 32 KiB for them. The large one goes back to the device. */
static inline void fit_buffer(struct virtnet_info *vi, struct rx_buffer *b)
{
	u8 *small;

	if (likely(b->size == RX_FRAG_SIZE) || b->len > RX_FRAG_ROOM)
		return;
	small = rx_frag_alloc(&vi->frags);
	if (unlikely(!small))
		return;
	memcpy(small + RX_FRAG_HEADROOM, b->data + RX_FRAG_HEADROOM, b->len);
	post_buffer(vi, b->data, b->size);
	b->data = small;
	b->size = RX_FRAG_SIZE;
}

void virtnet_rx_refill_timer(unsigned long data)
{
	struct virtnet_info *vi = (struct virtnet_info *)data;

	if (netif_running(vi->dev))
		napi_schedule(&vi->napi);
}

/* Take and free the further buffers of a frame that is dropped. */
static void drop_rest(struct virtnet_info *vi, unsigned int n)
{
	struct rx_buffer b;

	while (n-- && next_buffer(vi, &b))
		rx_frag_free(b.data);
}

static void drop_frame(struct virtnet_info *vi, void *buf, unsigned int more, u64 *counter)
{
	(*counter)++;
	vi->dev->stats.rx_errors++;
	vi->dev->stats.rx_length_errors++;
	rx_frag_free(buf);
	drop_rest(vi, more);
}

/* Where a frame's next buffer goes: the skb, or, where that holds all the fragments it can, another one in its
 * frag_list. NULL: out of memory. */
static struct sk_buff *append_to(struct sk_buff *skb, struct sk_buff *last)
{
	struct sk_buff *n;

	if (likely(skb_shinfo(last)->nr_frags < MAX_SKB_FRAGS))
		return last;
	n = alloc_skb(0, GFP_ATOMIC);
	if (unlikely(!n))
		return NULL;
	if (last == skb)
		skb_shinfo(skb)->frag_list = n;
	else
		last->next = n;
	skb->truesize += n->truesize;
	return n;
}

/* Append the further buffers of a mergeable frame. False: the device did not deliver what it
 * announced, or memory is out. */
static bool append_buffers(struct virtnet_info *vi, struct sk_buff *skb, unsigned int more)
{
	struct sk_buff *last = skb;

	for (; more; more--) {
		struct rx_buffer b;

		if (unlikely(!next_buffer(vi, &b))) {
			virtqueue_break(vi->vdev.vqs[VIRTNET_RX],
					"announced more buffers than it returned");
			return false;
		}
		fit_buffer(vi, &b);
		last = append_to(skb, last);
		if (unlikely(!last || skb->len + b.len > MAX_FRAME)) {
			rx_frag_free(b.data);
			drop_rest(vi, more - 1);
			return false;
		}
		rx_frag_append(last, b.data, 0, b.len);
		if (unlikely(last != skb)) {
			skb->len += b.len;
			skb->data_len += b.len;
			skb->truesize += b.size;
		}
	}
	return true;
}

/* Is what the header says of segmentation possible, with what was agreed? */
static bool gso_header_valid(const struct virtnet_info *vi, const struct virtio_net_hdr *hdr)
{
	if (likely(hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE))
		return true;
	if (hdr->gso_type & VIRTIO_NET_HDR_GSO_ECN &&
	    !virtio_has_feature(&vi->vdev, VIRTIO_NET_F_GUEST_ECN))
		return false;
	return (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) == VIRTIO_NET_HDR_GSO_TCPV4 &&
	       virtio_has_feature(&vi->vdev, VIRTIO_NET_F_GUEST_TSO4) && hdr->gso_size &&
	       (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) && hdr->csum_offset == TCP_CSUM_OFFSET;
}

/* A large segment: TCP's header is where csum_start says. What the headers themselves say is looked
 * at where they are needed (SKB_GSO_DODGY). False: it is none. */
static bool apply_gso(struct virtnet_info *vi, struct sk_buff *skb, const struct virtio_net_hdr *hdr)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	unsigned int hlen;
	__be16 proto;

	if (likely(hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE))
		return true;
	memcpy(&proto, skb->data + 2 * ETH_ALEN, sizeof(proto));
	if (proto != htons(ETH_P_IP) || hdr->csum_start < ETH_HLEN + 20 ||
	    hdr->csum_start + 20u > skb_headlen(skb))
		return false;
	hlen = hdr->csum_start + (skb->data[hdr->csum_start + 12] >> 4) * 4u;
	if (skb->len <= hlen + hdr->gso_size) /* one packet after all */
		return true;
	vi->stats.rx_tso++;
	sh->gso_size = hdr->gso_size;
	sh->gso_type = SKB_GSO_TCPV4 | SKB_GSO_DODGY;
	if (hdr->gso_type & VIRTIO_NET_HDR_GSO_ECN)
		sh->gso_type |= SKB_GSO_TCP_ECN;
	return true;
}

/* What the header says of the checksum and of segmentation. False: it points outside the frame. */
static bool apply_header(struct virtnet_info *vi, struct sk_buff *skb,
			 const struct virtio_net_hdr *hdr)
{
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		vi->stats.rx_csum_partial++;
		return skb_partial_csum_set(skb, hdr->csum_start, hdr->csum_offset) &&
		       apply_gso(vi, skb, hdr);
	}
	if (hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		vi->stats.rx_csum_valid++;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	return true;
}

/* One received frame, from its first buffer to netif_receive_skb. */
static void receive_frame(struct virtnet_info *vi, struct rx_buffer *b)
{
	struct virtio_net_hdr hdr;
	struct net_device *dev = vi->dev;
	unsigned int more;
	struct sk_buff *skb;

	/* Where the header is shorter, the frame's first bytes come along, and are no count. */
	memcpy(&hdr, b->data + RX_FRAG_HEADROOM, sizeof(hdr));
	if (!vi->mergeable)
		hdr.num_buffers = 1;
	more = hdr.num_buffers - 1u;
	if (unlikely(!hdr.num_buffers || more > MAX_FRAME / RX_FRAG_ROOM + 1 ||
		     !gso_header_valid(vi, &hdr))) {
		drop_frame(vi, b->data,
			   hdr.num_buffers
				   ? min_t(unsigned int, more, vi->vdev.vqs[VIRTNET_RX]->num)
				   : 0,
			   &vi->stats.rx_bad_header);
		return;
	}
	if (unlikely(b->len < vi->hdr_len + ETH_HLEN)) {
		drop_frame(vi, b->data, more, &vi->stats.rx_bad_length);
		return;
	}
	fit_buffer(vi, b);
	skb = build_skb(b->data, b->size);
	if (unlikely(!skb)) {
		dev->stats.rx_dropped++;
		rx_frag_free(b->data);
		drop_rest(vi, more);
		return;
	}
	skb_reserve(skb, (int)(RX_FRAG_HEADROOM + vi->hdr_len));
	skb_put(skb, b->len - vi->hdr_len);
	skb->dev = dev;
	if (unlikely(more && !append_buffers(vi, skb, more))) {
		dev->stats.rx_errors++;
		kfree_skb_reason(skb, vi->vdev.vqs[VIRTNET_RX]->broken
					      ? SKB_DROP_REASON_RESET_QUEUE
					      : SKB_DROP_REASON_DEV_HDR);
		return;
	}
	vi->rx_avg_len += skb->len - (vi->rx_avg_len >> RX_AVG_SHIFT);
	if (unlikely(!apply_header(vi, skb, &hdr))) {
		vi->stats.rx_bad_header++;
		dev->stats.rx_errors++;
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_HDR);
		return;
	}
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += skb->len;
	skb->protocol = eth_type_trans(skb, dev);
	napi_gro_receive(&vi->napi, skb);
}

int virtnet_poll(struct napi_struct *napi, int budget)
{
	struct virtnet_info *vi = container_of(napi, struct virtnet_info, napi);
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	struct rx_buffer b;
	int done = 0;

	if (unlikely(vi->dead)) {
		napi_complete(napi);
		return 0;
	}
	while (done < budget && next_buffer(vi, &b)) {
		receive_frame(vi, &b);
		done++;
	}
	if (vi->rx_posted < rx_target(vi, wants_large(vi)) / 2)
		virtnet_rx_fill(vi);
	else
		virtqueue_kick(vq); /* what fit_buffer has given back */
	virtnet_tx_clean(vi);
	if (unlikely(vq->broken || vi->vdev.vqs[VIRTNET_TX]->broken || virtnet_ctrl_broken(vi)))
		virtnet_reset(vi);
	if (done == budget)
		return done;
	napi_complete(napi);
	/* Asked for before the last look: what comes now interrupts. */
	if (!virtqueue_enable_cb(vq) && napi_schedule_prep(napi)) {
		virtqueue_disable_cb(vq);
		__napi_schedule(napi);
	}
	return done;
}
