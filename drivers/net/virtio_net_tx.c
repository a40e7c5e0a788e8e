/* SPDX-License-Identifier: MIT */
/*
 * virtio-net transmit. Sent skbs are taken back when the next one goes out or when NAPI polls:
 * there is no interrupt for them unless the queue is full. Virtual I/O Device 1.1 section 5.1.6.2.
 */
#include "virtio_net_internal.h"

/* The most descriptors one packet takes: header, linear part, fragments. */
#define TX_MAX_DESC (2 + MAX_SKB_FRAGS)

/* How many descriptors must be free for any packet: a queue may be shorter than the longest one. */
static unsigned int room_needed(const struct virtqueue *vq)
{
	return min_t(unsigned int, TX_MAX_DESC, vq->num);
}

void virtnet_tx_clean(struct virtnet_info *vi)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_TX];
	struct sk_buff *skb;
	u32 len;

	while ((skb = virtqueue_get_buf(vq, &len)))
		consume_skb(skb);
	if (unlikely(netif_queue_stopped(vi->dev)) &&
	    vq->num_free >= max(vq->num / 2u, room_needed(vq)) && netif_running(vi->dev)) {
		virtqueue_disable_cb(vq);
		netif_wake_queue(vi->dev);
	}
}

/* Where the header that goes before the frame is written: right before it, and both are one piece
 * to the device; or, where that is not ours or too small, into a ring as long as the queue. */
static struct virtio_net_hdr *header_place(struct virtnet_info *vi, const struct sk_buff *skb)
{
	struct virtio_net_hdr *hdr = &vi->tx_hdrs[vi->tx_next_hdr];

	if (likely(vi->any_layout && skb_headroom(skb) >= sizeof(*hdr) &&
		   skb_headroom_is_ours(skb)))
		return (struct virtio_net_hdr *)(skb->data - vi->hdr_len);
	vi->tx_next_hdr = (u16)((vi->tx_next_hdr + 1) & (vi->vdev.vqs[VIRTNET_TX]->num - 1));
	return hdr;
}

/* Fill the header that goes before the frame. */
static struct virtio_net_hdr *fill_header(struct virtnet_info *vi, const struct sk_buff *skb)
{
	struct virtio_net_hdr *hdr = header_place(vi, skb);

	*hdr = (struct virtio_net_hdr){ 0 };
	if (skb_is_gso(skb)) {
		hdr->gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		if (skb_shinfo(skb)->gso_type & SKB_GSO_TCP_ECN)
			hdr->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
		hdr->gso_size = skb_shinfo(skb)->gso_size;
		hdr->hdr_len = (u16)skb_headlen(skb); /* a hint: the headers lie in it */
		vi->stats.tx_tso++;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		hdr->csum_start = (u16)(skb->csum_start - skb_headroom(skb));
		hdr->csum_offset = skb->csum_offset;
		vi->stats.tx_csum_offload++;
	}
	return hdr;
}

/* The pieces of a packet, header first; how many there are. */
static inline unsigned int fill_bufs(struct virtnet_info *vi, const struct sk_buff *skb,
				     struct virtqueue_buf *bufs)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	const struct virtio_net_hdr *hdr = fill_header(vi, skb);
	unsigned int n = 0, i;

	bufs[n++] = (struct virtqueue_buf){ virt_to_phys(hdr), vi->hdr_len };
	if (likely((const u8 *)hdr + vi->hdr_len == skb->data))
		bufs[0].len += skb_headlen(skb);
	else if (skb_headlen(skb))
		bufs[n++] = (struct virtqueue_buf){ virt_to_phys(skb->data), skb_headlen(skb) };
	for (i = 0; i < shinfo->nr_frags; i++)
		bufs[n++] =
			(struct virtqueue_buf){ virt_to_phys(skb_frag_address(&shinfo->frags[i])),
						skb_frag_size(&shinfo->frags[i]) };
	return n;
}

/* The queue is full: the device's queue stops until there is room. False: there is some already. */
static noinline bool stop_queue(struct virtnet_info *vi, struct virtqueue *vq)
{
	netif_stop_queue(vi->dev);
	vi->stats.tx_stopped++;
	/* Interrupt when there is room; if there is already, nobody would. */
	if (virtqueue_enable_cb_delayed(vq))
		return true;
	virtnet_tx_clean(vi);
	if (vq->num_free < room_needed(vq))
		return true;
	virtqueue_disable_cb(vq);
	netif_start_queue(vi->dev);
	return false;
}

netdev_tx_t virtnet_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct virtnet_info *vi = netdev_priv(dev);
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_TX];
	struct virtqueue_buf bufs[TX_MAX_DESC];
	unsigned int n;

	virtnet_tx_clean(vi);
	if (unlikely(2u + skb_shinfo(skb)->nr_frags > vq->num) && skb_linearize(skb)) {
		dev->stats.tx_dropped++;
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return NETDEV_TX_OK;
	}
	if (unlikely(vq->num_free < room_needed(vq)) && stop_queue(vi, vq))
		return NETDEV_TX_BUSY;
	n = fill_bufs(vi, skb, bufs);
	/* It may lie in the queue for long: its sender must not wait for that. */
	skb_orphan(skb);
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	virtqueue_add(vq, bufs, n, n, skb);
	virtqueue_kick(vq);
	return NETDEV_TX_OK;
}
