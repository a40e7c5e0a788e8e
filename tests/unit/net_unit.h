/* SPDX-License-Identifier: MIT */
/* For unit tests of the network core: the core without any protocol family, and devices that note
 * what they are given. */
#ifndef TESTS_NET_UNIT_H
#define TESTS_NET_UNIT_H

#include <drivers/drivers.h>
#include <kernel/fs.h>
#include <kernel/interrupt.h>
#include <kernel/random.h>
#include <net/dst.h>
#include <net/etherdevice.h>
#include <net/neighbour.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>
#include <net/sock.h>

#include "unit.h"

void sock_inode_cache_init(void); /* net/socket.c */

static int boot_core_task(void *unused)
{
	fs_init();
	net_ns_init();
	skb_init();
	core_sysctl_init();
	net_dev_init();
	dst_init();
	neigh_init();
	sock_inode_cache_init();
	core_proc_init();
	loopback_init();
	return 0;
}

/* boot_net - a group's set-up: the network core and "lo". */
static inline int boot_net(void **state)
{
	hosted_boot_core("");
	run_task(boot_core_task, NULL);
	return 0;
}

/* A device that keeps what it is given to send, and can be told to refuse. */
struct fake_dev {
	struct sk_buff_head sent;
	bool busy; /* answers NETDEV_TX_BUSY, with its queue stopped */
	unsigned int opens, stops, rx_modes, timeouts;
};

static netdev_tx_t fake_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct fake_dev *f = netdev_priv(dev);

	if (f->busy) {
		netif_stop_queue(dev);
		return NETDEV_TX_BUSY;
	}
	__skb_queue_tail(&f->sent, skb);
	return NETDEV_TX_OK;
}

static int fake_open(struct net_device *dev)
{
	((struct fake_dev *)netdev_priv(dev))->opens++;
	netif_start_queue(dev);
	return 0;
}

static int fake_stop(struct net_device *dev)
{
	((struct fake_dev *)netdev_priv(dev))->stops++;
	return 0;
}

static void fake_rx_mode(struct net_device *dev)
{
	((struct fake_dev *)netdev_priv(dev))->rx_modes++;
}

static void fake_timeout(struct net_device *dev)
{
	((struct fake_dev *)netdev_priv(dev))->timeouts++;
}

static const struct net_device_ops fake_ops = {
	.ndo_open = fake_open,
	.ndo_stop = fake_stop,
	.ndo_start_xmit = fake_xmit,
	.ndo_set_rx_mode = fake_rx_mode,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = eth_change_mtu,
	.ndo_tx_timeout = fake_timeout,
};

/* fake_new - a registered Ethernet device; up if @up. Context: process. */
static inline struct net_device *fake_new(bool up)
{
	struct net_device *dev = alloc_etherdev(sizeof(struct fake_dev));

	assert_non_null(dev);
	__skb_queue_head_init(&((struct fake_dev *)netdev_priv(dev))->sent);
	dev->netdev_ops = &fake_ops;
	random_ether_addr(dev->dev_addr);
	assert_int_equal(register_netdev(dev), 0);
	if (up) {
		rtnl_lock();
		assert_int_equal(dev_open(dev), 0);
		rtnl_unlock();
	}
	return dev;
}

static inline struct fake_dev *fake(struct net_device *dev)
{
	return netdev_priv(dev);
}

static inline void fake_free(struct net_device *dev)
{
	skb_queue_purge(&fake(dev)->sent);
	unregister_netdev(dev);
	free_netdev(dev);
}

#endif
