/* SPDX-License-Identifier: MIT */
/* The fuzzers' Ethernet device: it takes whatever bytes there are for a frame, and vouches for
 * their checksums. */
#include <uapi/if_arp.h>
#include <uapi/sockios.h>
#include <wire/ip.h>

#include "fuzz.h"

const u8 fuzz_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 1 },
	 fuzz_peer_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 2 };
void (*fuzz_sent)(const u8 *frame, size_t len);

static netdev_tx_t port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	static u8 frame[65536];

	if (skb->len > sizeof(frame) || skb_copy_bits(skb, 0, frame, (int)skb->len))
		fuzz_fault("%s is given a frame that is too long, or shorter than it says",
			   dev->name);
	if (fuzz_sent)
		fuzz_sent(frame, skb->len);
	dev->stats.tx_packets++;
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static int port_open(struct net_device *dev)
{
	netif_start_queue(dev);
	return 0;
}

static int port_stop(struct net_device *dev)
{
	netif_stop_queue(dev);
	return 0;
}

static const struct net_device_ops port_ops = {
	.ndo_open = port_open,
	.ndo_stop = port_stop,
	.ndo_start_xmit = port_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = eth_change_mtu,
};

static int set_neighbour(struct net *net, const struct net_device *dev)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(FUZZ_PEER) };
	struct arpreq req = { .arp_flags = ATF_COM | ATF_PERM };
	struct socket *sock;
	int err = sock_create_kern(net, AF_INET, SOCK_DGRAM, 0, &sock);

	if (err)
		return err;
	memcpy(&req.arp_pa, &sin, sizeof(sin));
	req.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(req.arp_ha.sa_data, fuzz_peer_mac, ETH_ALEN);
	strscpy(req.arp_dev, dev->name, sizeof(req.arp_dev));
	err = kernel_sock_ioctl(sock, SIOCSARP, &req);
	sock_release(sock);
	return err;
}

struct net_device *fuzz_dev_new(struct net *net, bool addressed)
{
	struct net_device *dev = alloc_etherdev(0);
	int err;

	if (!dev)
		fuzz_fault("no memory for a device");
	dev_net_set(dev, net);
	dev->netdev_ops = &port_ops;
	dev->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM;
	dev->driver_name = "fuzz";
	memcpy(dev->dev_addr, fuzz_mac, ETH_ALEN);
	memcpy(dev->perm_addr, fuzz_mac, ETH_ALEN);
	err = register_netdev(dev);
	if (!err) {
		rtnl_lock();
		err = dev_open(dev);
		if (!err && addressed)
			err = inet_set_address(dev, htonl(FUZZ_ADDR), 24, 0, INFINITY_LIFE_TIME);
		rtnl_unlock();
	}
	if (!err && addressed)
		err = set_neighbour(net, dev);
	if (err)
		fuzz_fault("cannot set up a device: error %d", err);
	return dev;
}

void fuzz_dev_destroy(struct net_device *dev)
{
	unregister_netdev(dev);
	free_netdev(dev);
}

void fuzz_dev_receive(struct net_device *dev, const void *frame, size_t len)
{
	struct sk_buff *skb;

	if (len < ETH_HLEN || len > ETH_HLEN + 4 + dev->mtu)
		return;
	skb = netdev_alloc_skb_ip_align(dev, (unsigned int)len);
	if (!skb)
		return;
	memcpy(skb_put(skb, (unsigned int)len), frame, len);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	local_bh_disable();
	skb->protocol = eth_type_trans(skb, dev);
	netif_receive_skb(skb);
	local_bh_enable();
}

static u16 ip_checksum(const u8 *p, size_t n)
{
	u32 sum = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (u32)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

void fuzz_ip_receive(struct net_device *dev, u8 proto, u16 frag_off, u16 id, const void *data,
		     size_t len)
{
	static u8 frame[ETH_HLEN + 20 + 1500];
	struct iphdr ip = { .version = 4,
			    .ihl = 5,
			    .ttl = 64,
			    .protocol = proto,
			    .frag_off = htons(frag_off),
			    .id = htons(id),
			    .saddr = htonl(FUZZ_PEER),
			    .daddr = htonl(FUZZ_ADDR) };

	len = min(len, sizeof(frame) - ETH_HLEN - 20);
	ip.tot_len = htons((u16)(20 + len));
	ip.check = htons(ip_checksum((const u8 *)&ip, 20));
	memcpy(frame, fuzz_mac, ETH_ALEN);
	memcpy(frame + ETH_ALEN, fuzz_peer_mac, ETH_ALEN);
	frame[12] = 0x08;
	frame[13] = 0x00;
	memcpy(frame + ETH_HLEN, &ip, 20);
	memcpy(frame + ETH_HLEN + 20, data, len);
	fuzz_dev_receive(dev, frame, ETH_HLEN + 20 + len);
}
