/* SPDX-License-Identifier: MIT */
/* Tags in and out of frames: what a tagged frame is received as, and what VLAN devices send. IEEE
 * 802.1Q, 802.1ad. */
#include <net/checksum.h>
#include <wire/eth.h>

#include "vlan_internal.h"

/* ---- in ---- */

/* The type behind the tag, as eth_type_trans judges one. */
static __be16 type_of(const struct sk_buff *skb, __be16 proto)
{
	if (likely(ntohs(proto) >= ETH_P_802_3_MIN))
		return proto;
	if (skb_headlen(skb) >= 2 && skb->data[0] == 0xff && skb->data[1] == 0xff)
		return htons(ETH_P_802_3);
	return htons(ETH_P_802_2);
}

/* The tag out of the frame, the addresses move up to the type. NULL: dropped. */
static struct sk_buff *vlan_untag(struct sk_buff *skb)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_NOMEM;
	struct vlan_hdr vh;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb))
		return NULL;
	if (unlikely(skb->len < VLAN_HLEN || !skb_mac_header_was_set(skb))) {
		reason = SKB_DROP_REASON_DEV_HDR;
		goto drop;
	}
	if (unlikely(!pskb_may_pull(skb, VLAN_HLEN) || skb_cow(skb, 0)))
		goto drop;
	memcpy(&vh, skb->data, sizeof(vh));
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_sub(skb->csum, csum_partial(skb->data, VLAN_HLEN, 0));
	VLAN_SKB_CB(skb)->proto = skb->protocol;
	VLAN_SKB_CB(skb)->tci = ntohs(vh.h_vlan_TCI);
	memmove(skb_mac_header(skb) + VLAN_HLEN, skb_mac_header(skb), 2 * ETH_ALEN);
	skb->mac_header += VLAN_HLEN;
	__skb_pull(skb, VLAN_HLEN);
	skb->protocol = type_of(skb, vh.h_vlan_encapsulated_proto);
	skb->vlan_present = 1;
	return skb;
drop:
	skb->dev->stats.rx_errors++;
	skb->dev->stats.rx_frame_errors += reason == SKB_DROP_REASON_DEV_HDR;
	kfree_skb_reason(skb, reason);
	return NULL;
}

/* It is @vdev's, and came with @prio in its tag. NET_RX_x. */
static int vlan_deliver(struct sk_buff *skb, struct net_device *vdev, unsigned int prio)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb_mac_header(skb);

	if (unlikely(!(vdev->flags & IFF_UP))) {
		vdev->stats.rx_dropped++;
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
		return NET_RX_DROP;
	}
	skb->dev = vdev;
	skb->priority = vlan_priv(vdev)->ingress[prio];
	if (skb->pkt_type == PACKET_OTHERHOST && ether_addr_equal(eth->h_dest, vdev->dev_addr))
		skb->pkt_type = PACKET_HOST; /* its address is not the device's below */
	else if (skb->pkt_type == PACKET_HOST && !ether_addr_equal(eth->h_dest, vdev->dev_addr))
		skb->pkt_type = PACKET_OTHERHOST;
	vdev->stats.rx_packets++;
	vdev->stats.rx_bytes += skb->len + ETH_HLEN;
	vdev->stats.multicast += skb->pkt_type == PACKET_MULTICAST;
	return netif_receive_skb(skb);
}

int vlan_receive(struct sk_buff *skb)
{
	struct net_device *vdev;
	u16 tci;

	skb = vlan_untag(skb);
	if (unlikely(!skb))
		return NET_RX_DROP;
	netif_receive_taps(skb);
	tci = VLAN_SKB_CB(skb)->tci;
	skb->vlan_present = 0;
	vdev = vlan_find(skb->dev, VLAN_SKB_CB(skb)->proto, tci & VLAN_VID_MASK);
	if (vdev)
		return vlan_deliver(skb, vdev, tci >> VLAN_PRIO_SHIFT);
	/* of a LAN that we are not in: not for us, whatever its address is */
	if (tci & VLAN_VID_MASK)
		skb->pkt_type = PACKET_OTHERHOST;
	return netif_receive_handlers(skb); /* id 0 has a priority alone (802.1p) */
}

/* ---- out ---- */

__be16 vlan_inner_protocol(const struct sk_buff *skb)
{
	__be16 proto = skb->protocol;
	struct vlan_hdr buf;
	const struct vlan_hdr *vh;
	int offset = ETH_HLEN, tags;

	for (tags = 0; eth_type_vlan(proto) && tags <= VLAN_NEST_MAX; tags++) {
		vh = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!vh)
			return 0;
		proto = vh->h_vlan_encapsulated_proto;
		offset += VLAN_HLEN;
	}
	return proto;
}
