/* SPDX-License-Identifier: MIT */
/* virtio-net receive: refilling, mergeable buffers, checksum hints, NAPI. Virtual I/O Device 1.1
 * section 5.1.6.3, 5.1.6.4. */
#include <kernel/printk.h>

#include "virtio_net_internal.h"

#define REFILL_DELAY (HZ / 10) /* when memory ran out */

void virtnet_rx_fill(struct virtnet_info *vi)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	struct virtqueue_buf b = { .len = RX_FRAG_ROOM };

	while (vq->num_free) {
		u8 *buf = rx_frag_alloc(&vi->frags);

		if (!buf) {
			vi->stats.rx_no_memory++;
			mod_timer(&vi->refill_timer, jiffies + REFILL_DELAY);
			break;
		}
		b.addr = virt_to_phys(buf + RX_FRAG_HEADROOM);
		virtqueue_add(vq, &b, 0, 1, buf);
	}
	virtqueue_kick(vq);
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
	u32 len;

	while (n--) {
		void *buf = virtqueue_get_buf(vi->vdev.vqs[VIRTNET_RX], &len);

		if (!buf)
			return;
		rx_frag_free(buf);
	}
}

static void drop_frame(struct virtnet_info *vi, void *buf, unsigned int more, u64 *counter)
{
	(*counter)++;
	vi->dev->stats.rx_errors++;
	vi->dev->stats.rx_length_errors++;
	rx_frag_free(buf);
	drop_rest(vi, more);
}

/* Append the further buffers of a mergeable frame. False: the device did not deliver what it
 * announced. */
static bool append_buffers(struct virtnet_info *vi, struct sk_buff *skb, unsigned int more)
{
	while (more--) {
		u32 len;
		void *buf = virtqueue_get_buf(vi->vdev.vqs[VIRTNET_RX], &len);

		if (!buf) {
			virtqueue_break(vi->vdev.vqs[VIRTNET_RX],
					"announced more buffers than it returned");
			return false;
		}
		rx_frag_append(skb, buf, 0, len);
	}
	return true;
}

/* What the header says of the checksum. False: it points outside the frame. */
static bool apply_checksum(struct virtnet_info *vi, struct sk_buff *skb,
			   const struct virtio_net_hdr *hdr)
{
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		vi->stats.rx_csum_partial++;
		return skb_partial_csum_set(skb, hdr->csum_start, hdr->csum_offset);
	}
	if (hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		vi->stats.rx_csum_valid++;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	return true;
}

/* One received frame, from its first buffer to netif_receive_skb. */
static void receive_frame(struct virtnet_info *vi, void *buf, u32 len)
{
	struct virtio_net_hdr hdr;
	struct net_device *dev = vi->dev;
	unsigned int more;
	struct sk_buff *skb;

	/* Where the header is shorter, the frame's first bytes come along, and are no count. */
	memcpy(&hdr, (u8 *)buf + RX_FRAG_HEADROOM, sizeof(hdr));
	if (!vi->mergeable)
		hdr.num_buffers = 1;
	more = hdr.num_buffers - 1u;
	if (unlikely(!hdr.num_buffers || more > MAX_SKB_FRAGS || hdr.gso_type)) {
		drop_frame(vi, buf,
			   hdr.num_buffers
				   ? min_t(unsigned int, more, vi->vdev.vqs[VIRTNET_RX]->num)
				   : 0,
			   &vi->stats.rx_bad_header);
		return;
	}
	if (unlikely(len < vi->hdr_len + ETH_HLEN)) {
		drop_frame(vi, buf, more, &vi->stats.rx_bad_length);
		return;
	}
	skb = build_skb(buf, RX_FRAG_SIZE);
	if (unlikely(!skb)) {
		dev->stats.rx_dropped++;
		rx_frag_free(buf);
		drop_rest(vi, more);
		return;
	}
	skb_reserve(skb, (int)(RX_FRAG_HEADROOM + vi->hdr_len));
	skb_put(skb, len - vi->hdr_len);
	skb->dev = dev;
	if (unlikely(more && !append_buffers(vi, skb, more))) {
		kfree_skb_reason(skb, SKB_DROP_REASON_RESET_QUEUE);
		return;
	}
	if (unlikely(!apply_checksum(vi, skb, &hdr))) {
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
	int done = 0;
	void *buf;
	u32 len;

	if (unlikely(vi->dead)) {
		napi_complete(napi);
		return 0;
	}
	while (done < budget && (buf = virtqueue_get_buf(vq, &len))) {
		receive_frame(vi, buf, len);
		done++;
	}
	if (vq->num_free >= vq->num / 2)
		virtnet_rx_fill(vi);
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
