/* SPDX-License-Identifier: MIT */
/* Ethernet: its header, read and written, and what all Ethernet devices have in common. IEEE 802.3,
 * RFC 894. Book section 12.7. */
#include <kernel/random.h>
#include <net/etherdevice.h>
#include <net/neighbour.h>
#include <wire/eth.h>

#define ETH_TX_QUEUE_LEN 1000 /* packets */

__be16 eth_type_trans(struct sk_buff *skb, struct net_device *dev)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	skb->dev = dev;
	skb_reset_mac_header(skb);
	__skb_pull(skb, ETH_HLEN);
	if (unlikely(!ether_addr_equal(eth->h_dest, dev->dev_addr))) {
		if (!is_multicast_ether_addr(eth->h_dest))
			skb->pkt_type = PACKET_OTHERHOST;
		else if (ether_addr_equal(eth->h_dest, dev->broadcast))
			skb->pkt_type = PACKET_BROADCAST;
		else
			skb->pkt_type = PACKET_MULTICAST;
	}
	if (likely(ntohs(eth->h_proto) >= ETH_P_802_3_MIN))
		return eth->h_proto;
	/* a length: 802.3 with an 802.2 header, or old Novell frames without one */
	if (skb_headlen(skb) >= 2 && skb->data[0] == 0xff && skb->data[1] == 0xff)
		return htons(ETH_P_802_3);
	return htons(ETH_P_802_2);
}

/* eth_header - the length of the header; negative when the destination is not known yet (it is left
 * zero). */
static int eth_header(struct sk_buff *skb, struct net_device *dev, u16 type, const void *daddr,
		      const void *saddr, unsigned int len)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	eth->h_proto = htons(type == ETH_P_802_3 || type == ETH_P_802_2 ? (u16)len : type);
	__builtin_memcpy(eth->h_source, saddr ? saddr : dev->dev_addr, ETH_ALEN);
	if (daddr) {
		__builtin_memcpy(eth->h_dest, daddr, ETH_ALEN);
		return ETH_HLEN;
	}
	memset(eth->h_dest, 0, ETH_ALEN);
	/* loopback has nobody else to talk to */
	return dev->flags & (IFF_LOOPBACK | IFF_NOARP) ? ETH_HLEN : -ETH_HLEN;
}

static int eth_header_parse(const struct sk_buff *skb, unsigned char *haddr)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb_mac_header(skb);

	__builtin_memcpy(haddr, eth->h_source, ETH_ALEN);
	return ETH_ALEN;
}

static int eth_header_cache(const struct neighbour *neigh, struct hh_cache *hh)
{
	struct ethhdr *eth = (struct ethhdr *)(hh->hh_data + sizeof(hh->hh_data) - ETH_HLEN);
	__be16 type = neigh->tbl->protocol;

	if (type == htons(ETH_P_802_3))
		return -EINVAL;
	eth->h_proto = type;
	__builtin_memcpy(eth->h_source, neigh->dev->dev_addr, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, neigh->ha, ETH_ALEN);
	hh->hh_len = ETH_HLEN;
	return 0;
}

static void eth_header_cache_update(struct hh_cache *hh, const struct net_device *dev,
				    const unsigned char *haddr)
{
	__builtin_memcpy(hh->hh_data + sizeof(hh->hh_data) - ETH_HLEN, haddr, ETH_ALEN);
}

const struct header_ops eth_header_ops = {
	.create = eth_header,
	.parse = eth_header_parse,
	.cache = eth_header_cache,
	.cache_update = eth_header_cache_update,
};

int eth_mac_addr(struct net_device *dev, const void *addr)
{
	if (netif_running(dev))
		return -EBUSY;
	if (!is_valid_ether_addr(addr))
		return -EADDRNOTAVAIL;
	__builtin_memcpy(dev->dev_addr, addr, ETH_ALEN);
	return 0;
}

int eth_change_mtu(struct net_device *dev, int new_mtu)
{
	if (new_mtu < ETH_MIN_MTU || new_mtu > ETH_DATA_LEN)
		return -EINVAL;
	dev->mtu = (unsigned int)new_mtu;
	return 0;
}

void ether_setup(struct net_device *dev)
{
	dev->header_ops = &eth_header_ops;
	dev->type = ARPHRD_ETHER;
	dev->hard_header_len = ETH_HLEN;
	dev->mtu = ETH_DATA_LEN;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_DATA_LEN;
	dev->addr_len = ETH_ALEN;
	dev->tx_queue_len = ETH_TX_QUEUE_LEN;
	dev->flags = IFF_BROADCAST | IFF_MULTICAST;
	memset(dev->broadcast, 0xff, ETH_ALEN);
}

struct net_device *alloc_etherdev(size_t sizeof_priv)
{
	return alloc_netdev(sizeof_priv, "eth%d", ether_setup);
}

void random_ether_addr(u8 *addr)
{
	get_random_bytes(addr, ETH_ALEN);
	addr[0] &= 0xfe; /* not multicast */
	addr[0] |= 0x02; /* locally administered */
}
