/* SPDX-License-Identifier: MIT */
/* The loopback device: what is sent is received, through the per-CPU backlog, as one without NAPI
 * does. */
#include <drivers/drivers.h>
#include <net/etherdevice.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>

#define LOOPBACK_MTU 65536

/* hard_start_xmit - hand the packet back to the receive path. Context: softirqs off. */
static netdev_tx_t loopback_xmit(struct sk_buff *skb, struct net_device *dev)
{
	unsigned int len = skb->len;

	skb_orphan(skb);
	/* It is received by the route that it left by. A frame without one is none of the IP layer's, and is looked
	 * at like one from a wire. */
	skb_dst_force(skb);
	skb->tstamp = 0; /* when it was to go says nothing about when it came */
	skb->protocol = eth_type_trans(skb, dev);
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += len;
	if (netif_rx(skb) == NET_RX_SUCCESS) {
		dev->stats.rx_packets++;
		dev->stats.rx_bytes += len;
	}
	return NETDEV_TX_OK;
}

static int loopback_open(struct net_device *dev)
{
	netif_start_queue(dev);
	return 0;
}

static int loopback_stop(struct net_device *dev)
{
	netif_stop_queue(dev);
	return 0;
}

static int loopback_change_mtu(struct net_device *dev, int new_mtu)
{
	dev->mtu = (unsigned int)new_mtu;
	return 0;
}

static const struct net_device_ops loopback_ops = {
	.ndo_open = loopback_open,
	.ndo_stop = loopback_stop,
	.ndo_start_xmit = loopback_xmit,
	.ndo_change_mtu = loopback_change_mtu,
};

static void loopback_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &loopback_ops;
	dev->type = ARPHRD_LOOPBACK;
	dev->flags = IFF_LOOPBACK;
	dev->mtu = LOOPBACK_MTU;
	dev->min_mtu = 68;
	dev->max_mtu = LOOPBACK_MTU;
	dev->no_queue = true; /* nothing to wait for: no queueing discipline */
	dev->tx_queue_len = 1000;
	/* Memory does not corrupt: a partial checksum may stay partial all the way, and a large segment
	 * whole. */
	dev->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM | NETIF_F_HIGHDMA |
			NETIF_F_LOOPBACK | NETIF_F_LLTX | NETIF_F_GSO_MASK;
	dev->driver_name = "loopback";
	memset(dev->dev_addr, 0, sizeof(dev->dev_addr));
	memset(dev->broadcast, 0, sizeof(dev->broadcast));
}

static void loopback_net_exit(struct net *net)
{
	struct net_device *dev = net->loopback_dev;

	net->loopback_dev = NULL;
	if (!dev)
		return;
	unregister_netdev(dev);
	free_netdev(dev);
}

static int loopback_net_init(struct net *net)
{
	struct net_device *dev = alloc_netdev(0, "lo", loopback_setup);
	int err;

	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	net->loopback_dev = dev;
	/* Nobody has to configure it: each host can talk to itself from the start. */
	rtnl_lock();
	err = dev_open(dev);
	rtnl_unlock();
	if (err)
		loopback_net_exit(net);
	return err;
}

static struct pernet_operations loopback_net_ops = {
	.init = loopback_net_init,
	.exit = loopback_net_exit,
};

void loopback_init(void)
{
	int err = register_pernet_subsys(&loopback_net_ops);

	if (err)
		panic("no loopback device: error %d", err);
}
