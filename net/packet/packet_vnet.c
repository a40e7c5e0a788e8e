/* SPDX-License-Identifier: MIT */
/* Packet sockets: PACKET_VNET_HDR, a header before each frame that tells of checksums and segments that are left to be made.
 * packet(7); Virtual I/O Device 1.1, section 5.1.6. */
#include <net/if_vlan.h>
#include <wire/ip.h>

#include "packet_internal.h"

#define TCP_LEN 20u /* of the header without options */
#define UDP_LEN 8u

int vnet_hdr_from_skb(struct virtio_net_hdr *h, const struct sk_buff *skb)
{
	const struct skb_shared_info *sh = skb_shinfo(skb);

	memset(h, 0, sizeof(*h));
	if (skb_is_gso(skb)) {
		if (sh->gso_type & SKB_GSO_TCPV4)
			h->gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		else if (sh->gso_type & SKB_GSO_UDP_L4)
			h->gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
		else
			return -EINVAL;
		if (sh->gso_type & SKB_GSO_TCP_ECN)
			h->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
		h->hdr_len = (u16)skb_headlen(skb);
		h->gso_size = sh->gso_size;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		h->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		h->csum_start = (u16)(skb->csum_start - skb_headroom(skb));
		h->csum_offset = skb->csum_offset;
	} else if (skb->ip_summed == CHECKSUM_UNNECESSARY) {
		h->flags = VIRTIO_NET_HDR_F_DATA_VALID;
	}
	return 0;
}

int vnet_hdr_check(struct virtio_net_hdr *h, size_t len)
{
	unsigned int needed = (unsigned int)h->csum_start + h->csum_offset + 2;

	if ((h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) && needed > h->hdr_len)
		h->hdr_len = (u16)needed;
	return h->hdr_len > len ? -EINVAL : 0;
}

/* What the header's type means here: SKB_GSO_x, the protocol, the least of its header. -EINVAL: nothing. */
static int gso_kind(u8 gso_type, u16 *type, u8 *proto, unsigned int *thlen)
{
	switch (gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		*type = SKB_GSO_TCPV4;
		*proto = IPPROTO_TCP;
		*thlen = TCP_LEN;
		break;
	case VIRTIO_NET_HDR_GSO_UDP_L4:
		*type = SKB_GSO_UDP_L4;
		*proto = IPPROTO_UDP;
		*thlen = UDP_LEN;
		break;
	default: return -EINVAL; /* IPv6 there is none of, and no fragments of UDP */
	}
	if (gso_type & VIRTIO_NET_HDR_GSO_ECN)
		*type |= SKB_GSO_TCP_ECN;
	return 0;
}

/* Where the transport's header begins, by IPv4's, which must be whole and of @proto. -EINVAL. */
static int find_transport(struct sk_buff *skb, u8 proto)
{
	int off = skb_network_offset(skb);
	struct iphdr _iph;
	const struct iphdr *iph;

	if (off < 0 || skb->protocol != htons(ETH_P_IP))
		return -EINVAL;
	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph || iph->version != 4 || iph->ihl < 5 || iph->protocol != proto || (iph->frag_off & htons(0x3fff)))
		return -EINVAL;
	return off + iph->ihl * 4;
}

int vnet_hdr_to_skb(struct sk_buff *skb, const struct virtio_net_hdr *h)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	unsigned int thlen = 0, thoff = 0;
	u16 type = 0;
	u8 proto = 0;
	int off;

	if (h->gso_type != VIRTIO_NET_HDR_GSO_NONE &&
	    (gso_kind(h->gso_type, &type, &proto, &thlen) || !h->gso_size))
		return -EINVAL;
	if (type) {
		off = find_transport(skb, proto);
		if (off < 0)
			return -EINVAL;
		thoff = (unsigned int)off;
	}
	if (h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		if (!pskb_may_pull(skb, h->csum_start + max(thlen, h->csum_offset + 2u)))
			return -EINVAL;
		if ((type && h->csum_start != thoff) || !skb_partial_csum_set(skb, h->csum_start, h->csum_offset))
			return -EINVAL;
	}
	if (!type)
		return 0;
	if (!pskb_may_pull(skb, thoff + thlen))
		return -EINVAL;
	skb_set_transport_header(skb, (int)thoff);
	sh = skb_shinfo(skb);
	if (skb->len - thoff - thlen > h->gso_size) { /* else one packet is all there is */
		sh->gso_size = h->gso_size;
		sh->gso_type = type | SKB_GSO_DODGY;
		sh->gso_segs = 0;
	}
	return 0;
}
