/* SPDX-License-Identifier: MIT */
/* virtio-net: finding the device, bringing it up and down, and starting it anew. Virtual I/O
 * Device 1.1 section 5.1. */
#include <kernel/printk.h>
#include <kernel/slab.h>

#include "virtio_net_internal.h"

#define NAPI_WEIGHT	 64
#define WATCHDOG_JIFFIES (5 * HZ)

#define FEATURE(name) (1ull << (name))
#define WANTED_FEATURES                                                                            \
	(FEATURE(VIRTIO_NET_F_CSUM) | FEATURE(VIRTIO_NET_F_GUEST_CSUM) |                           \
	 FEATURE(VIRTIO_NET_F_MTU) | FEATURE(VIRTIO_NET_F_MAC) | FEATURE(VIRTIO_NET_F_MRG_RXBUF) | \
	 FEATURE(VIRTIO_NET_F_STATUS) | FEATURE(VIRTIO_NET_F_CTRL_VQ) |                            \
	 FEATURE(VIRTIO_NET_F_CTRL_RX) | FEATURE(VIRTIO_NET_F_CTRL_MAC_ADDR) |                     \
	 FEATURE(VIRTIO_NET_F_HOST_TSO4) | FEATURE(VIRTIO_NET_F_HOST_ECN) |                        \
	 FEATURE(VIRTIO_NET_F_GUEST_TSO4) | FEATURE(VIRTIO_NET_F_GUEST_ECN) |                      \
	 FEATURE(VIRTIO_F_EVENT_IDX))

/* What is asked for of @offered: nothing without what it rests on (section 5.1.3.1). A large segment
 * comes in several buffers. */
static u64 wanted_features(u64 offered)
{
	u64 wanted = WANTED_FEATURES;

	if (!(offered & FEATURE(VIRTIO_NET_F_CSUM)))
		wanted &= ~FEATURE(VIRTIO_NET_F_HOST_TSO4);
	if (!(offered & wanted & FEATURE(VIRTIO_NET_F_HOST_TSO4)))
		wanted &= ~FEATURE(VIRTIO_NET_F_HOST_ECN);
	if (!(offered & FEATURE(VIRTIO_NET_F_GUEST_CSUM)) ||
	    !(offered & FEATURE(VIRTIO_NET_F_MRG_RXBUF)))
		wanted &= ~FEATURE(VIRTIO_NET_F_GUEST_TSO4);
	if (!(offered & wanted & FEATURE(VIRTIO_NET_F_GUEST_TSO4)))
		wanted &= ~FEATURE(VIRTIO_NET_F_GUEST_ECN);
	return wanted;
}

/* The link as the device tells it: without STATUS it is always up. Context: any. */
static void update_link(struct virtnet_info *vi)
{
	u16 status = VIRTIO_NET_S_LINK_UP;

	if (vi->has_status)
		vi->vdev.transport->read_config(&vi->vdev, VIRTIO_NET_CFG_STATUS, &status,
						sizeof(status));
	if (status & VIRTIO_NET_S_LINK_UP)
		netif_carrier_on(vi->dev);
	else
		netif_carrier_off(vi->dev);
}

static void virtnet_config_changed(struct virtio_device *vdev)
{
	struct virtnet_info *vi = vdev->priv;

	if (vdev->transport->get_status(vdev) & VIRTIO_STATUS_NEEDS_RESET &&
	    vdev->vqs[VIRTNET_RX]) {
		virtqueue_break(vdev->vqs[VIRTNET_RX], "asks for a reset");
		napi_schedule(&vi->napi);
		return;
	}
	update_link(vi);
}

/* Both queues interrupt here: mask what would interrupt again and let NAPI poll. Context: hardirq.
 */
static void virtnet_interrupt(struct virtio_device *vdev)
{
	struct virtnet_info *vi = vdev->priv;

	virtnet_ctrl_interrupt(vi);
	if (!netif_running(vi->dev) || !napi_schedule_prep(&vi->napi))
		return;
	virtqueue_disable_cb(vdev->vqs[VIRTNET_RX]);
	__napi_schedule(&vi->napi);
}

/* Take back everything that is with the device, which must have been reset. */
static void free_buffers(struct virtnet_info *vi)
{
	struct sk_buff *skb;
	void *buf;

	while ((buf = virtqueue_detach_buf(vi->vdev.vqs[VIRTNET_RX])))
		rx_frag_free(buf);
	vi->rx_posted = 0;
	while ((skb = virtqueue_detach_buf(vi->vdev.vqs[VIRTNET_TX])))
		kfree_skb_reason(skb, SKB_DROP_REASON_RESET_QUEUE);
}

/* The last steps to a working device, whose queues are empty. 0 or -errno. Context: any. */
static int start_queues(struct virtnet_info *vi)
{
	int err = virtio_start_queues(&vi->vdev);

	if (err)
		return err;
	virtqueue_disable_cb(vi->vdev.vqs[VIRTNET_TX]);
	if (vi->has_ctrl)
		virtqueue_disable_cb(vi->vdev.vqs[VIRTNET_CTRL]);
	virtio_driver_ok(&vi->vdev);
	return 0;
}

/* From a reset device to a working one. 0 or -errno. Context: any. */
static int start_device(struct virtnet_info *vi)
{
	unsigned int i;
	int err = virtio_negotiate(&vi->vdev, vi->wanted);

	if (err)
		return err;
	for (i = 0; i < vi->vdev.nr_vqs; i++)
		virtqueue_reinit(vi->vdev.vqs[i]);
	return start_queues(vi);
}

void virtnet_reset(struct virtnet_info *vi)
{
	int err;

	if (vi->dead)
		return;
	vi->stats.resets++;
	netif_stop_queue(vi->dev);
	virtnet_ctrl_abort(vi);
	err = virtio_reset(&vi->vdev);
	if (err) {
		/* It may still write into our buffers: they are never used again. */
		vi->dead = true;
		pr_err("%s: the device does not come back from a reset; it stays down\n",
		       vi->dev->name);
		netif_carrier_off(vi->dev);
		return;
	}
	free_buffers(vi);
	err = start_device(vi);
	if (err) {
		vi->dead = true;
		virtio_fail(&vi->vdev);
		pr_err("%s: the device cannot be started again: error %d\n", vi->dev->name, err);
		netif_carrier_off(vi->dev);
		return;
	}
	virtnet_rx_fill(vi);
	virtnet_set_rx_mode(vi->dev);
	update_link(vi);
	netif_wake_queue(vi->dev);
}

static int virtnet_open(struct net_device *dev)
{
	struct virtnet_info *vi = netdev_priv(dev);

	if (vi->ctrl.mute) { /* another chance, from the beginning */
		vi->ctrl.mute = false;
		local_bh_disable();
		virtnet_reset(vi);
		local_bh_enable();
	}
	if (vi->dead)
		return -EIO;
	virtnet_rx_fill(vi);
	napi_enable(&vi->napi);
	update_link(vi);
	netif_start_queue(dev);
	/* What arrived before NAPI was on has interrupted in vain. */
	local_bh_disable();
	napi_schedule(&vi->napi);
	local_bh_enable();
	return 0;
}

static int virtnet_stop(struct net_device *dev)
{
	struct virtnet_info *vi = netdev_priv(dev);

	netif_stop_queue(dev);
	napi_disable(&vi->napi);
	del_timer_sync(&vi->refill_timer);
	local_bh_disable();
	virtnet_tx_clean(vi);
	local_bh_enable();
	return 0;
}

static int virtnet_change_mtu(struct net_device *dev, int new_mtu)
{
	dev->mtu = (unsigned int)new_mtu;
	return 0;
}

static void virtnet_tx_timeout(struct net_device *dev)
{
	virtnet_reset(netdev_priv(dev));
}

static int virtnet_driver_stats(struct net_device *dev, struct netdev_stat *out, int n)
{
	const struct virtnet_info *vi = netdev_priv(dev);
	const struct netdev_stat all[] = {
		{ "rx_kicks", vi->vdev.vqs[VIRTNET_RX]->kicks },
		{ "tx_kicks", vi->vdev.vqs[VIRTNET_TX]->kicks },
		{ "rx_tso", vi->stats.rx_tso },
		{ "tx_tso", vi->stats.tx_tso },
		{ "rx_csum_partial", vi->stats.rx_csum_partial },
		{ "rx_csum_valid", vi->stats.rx_csum_valid },
		{ "rx_no_memory", vi->stats.rx_no_memory },
		{ "rx_bad_header", vi->stats.rx_bad_header },
		{ "rx_bad_length", vi->stats.rx_bad_length },
		{ "tx_csum_offload", vi->stats.tx_csum_offload },
		{ "tx_stopped", vi->stats.tx_stopped },
		{ "ctrl_failed", vi->stats.ctrl_failed },
		{ "device_violations", vi->vdev.broken_count },
		{ "resets", vi->stats.resets },
	};
	int i;

	for (i = 0; i < n && i < (int)ARRAY_SIZE(all); i++)
		out[i] = all[i];
	return (int)ARRAY_SIZE(all);
}

static const struct net_device_ops virtnet_ops = {
	.ndo_open = virtnet_open,
	.ndo_stop = virtnet_stop,
	.ndo_start_xmit = virtnet_xmit,
	.ndo_set_rx_mode = virtnet_set_rx_mode,
	.ndo_set_mac_address = virtnet_set_mac,
	.ndo_change_mtu = virtnet_change_mtu,
	.ndo_tx_timeout = virtnet_tx_timeout,
	.ndo_driver_stats = virtnet_driver_stats,
};

/* What the agreed features mean for the device's face. */
static void apply_features(struct virtnet_info *vi)
{
	struct net_device *dev = vi->dev;
	struct virtio_device *vdev = &vi->vdev;
	u16 mtu = 0;

	vi->mergeable = virtio_has_feature(vdev, VIRTIO_NET_F_MRG_RXBUF);
	vi->any_layout = virtio_has_feature(vdev, VIRTIO_F_VERSION_1);
	vi->has_status = virtio_has_feature(vdev, VIRTIO_NET_F_STATUS);
	vi->has_ctrl = virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_VQ) &&
		       virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_RX);
	vi->hdr_len = vi->mergeable || virtio_has_feature(vdev, VIRTIO_F_VERSION_1)
			      ? sizeof(struct virtio_net_hdr)
			      : VIRTIO_NET_HDR_LEGACY_LEN;
	dev->needed_headroom = vi->any_layout ? (u16)vi->hdr_len : 0; /* header_place */
	dev->features |= NETIF_F_SG | NETIF_F_HIGHDMA;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_CSUM))
		dev->features |= NETIF_F_HW_CSUM;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_HOST_TSO4))
		dev->features |= NETIF_F_TSO | NETIF_F_GSO_ROBUST;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_HOST_ECN))
		dev->features |= NETIF_F_TSO_ECN;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_CSUM))
		dev->features |= NETIF_F_RXCSUM;
	/* One buffer holds a frame of 1500 bytes and its headers; longer ones need several. */
	dev->max_mtu = vi->mergeable ? 9000 : RX_FRAG_ROOM - vi->hdr_len - ETH_HLEN - 4;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_MTU))
		vdev->transport->read_config(vdev, VIRTIO_NET_CFG_MTU, &mtu, sizeof(mtu));
	if (mtu >= 68) {
		dev->max_mtu = min_t(unsigned int, dev->max_mtu, mtu);
		dev->mtu = min(dev->mtu, dev->max_mtu);
	}
	if (virtio_has_feature(vdev, VIRTIO_NET_F_MAC))
		vdev->transport->read_config(vdev, VIRTIO_NET_CFG_MAC, dev->dev_addr, ETH_ALEN);
	if (!is_valid_ether_addr(dev->dev_addr))
		random_ether_addr(dev->dev_addr);
	memcpy(dev->perm_addr, dev->dev_addr, ETH_ALEN);
}

static int create_queues(struct virtnet_info *vi)
{
	unsigned int tx_num;
	int err = virtqueue_create(&vi->vdev, VIRTNET_RX, VIRTNET_MAX_QUEUE, "rx");

	if (!err)
		err = virtqueue_create(&vi->vdev, VIRTNET_TX, VIRTNET_MAX_QUEUE, "tx");
	if (!err && vi->has_ctrl)
		err = virtqueue_create(&vi->vdev, VIRTNET_CTRL, 64, "ctrl");
	if (err)
		return err;
	tx_num = vi->vdev.vqs[VIRTNET_TX]->num;
	if (tx_num < VIRTNET_TX_MIN)
		return -ENOENT;
	vi->tx_hdrs = kcalloc(tx_num, sizeof(*vi->tx_hdrs), GFP_KERNEL);
	return vi->tx_hdrs ? virtnet_ctrl_init(vi) : -ENOMEM;
}

/* From the PCI function to a device that is ready for register_netdev. 0 or -errno. */
static int set_up(struct virtnet_info *vi, struct pci_dev *pdev)
{
	struct virtio_device *vdev = &vi->vdev;
	int err = virtio_pci_attach(vdev, pdev);

	if (!err)
		err = virtio_request_irqs(vdev);
	if (!err)
		err = virtio_negotiate(vdev, wanted_features(vdev->transport->get_features(vdev)));
	if (err)
		return err;
	vi->wanted = vdev->features; /* these and no others, after a reset as well */
	apply_features(vi);
	err = create_queues(vi);
	return err ? err : start_queues(vi);
}

static int virtnet_probe(struct pci_dev *pdev)
{
	struct net_device *dev = alloc_etherdev(sizeof(struct virtnet_info));
	struct virtnet_info *vi;
	int err;

	if (!dev)
		return -ENOMEM;
	vi = netdev_priv(dev);
	vi->dev = dev;
	vi->vdev.priv = vi;
	vi->vdev.name = dev->name;
	vi->vdev.queue_interrupt = virtnet_interrupt;
	vi->vdev.config_changed = virtnet_config_changed;
	dev->netdev_ops = &virtnet_ops;
	dev->driver_name = "virtio_net";
	dev->watchdog_timeo = WATCHDOG_JIFFIES;
	setup_timer(&vi->refill_timer, virtnet_rx_refill_timer, (unsigned long)vi);
	netif_napi_add(dev, &vi->napi, virtnet_poll, NAPI_WEIGHT);
	err = set_up(vi, pdev);
	if (!err)
		err = register_netdev(dev);
	if (err) {
		/* The device struct stays: an interrupt handler may already know it. */
		if (vi->vdev.transport)
			virtio_fail(&vi->vdev);
		return err;
	}
	dev->irq = vi->vdev.msix ? vi->vdev.irqs[1] : pdev->irq;
	pr_info("%s: virtio-net%s, %pM, %s\n", dev->name, vi->vdev.ioport ? " (transitional)" : "",
		dev->dev_addr, vi->vdev.msix ? "MSI-X" : "INTx");
	return 0;
}

static const struct pci_device_id virtnet_ids[] = {
	{ 0x1af4, 0x1000 }, /* transitional */
	{ 0x1af4, 0x1041 },
};

const struct pci_driver virtio_net_pci_driver = {
	.name = "virtio_net",
	.ids = virtnet_ids,
	.nr_ids = ARRAY_SIZE(virtnet_ids),
	.probe = virtnet_probe,
};
