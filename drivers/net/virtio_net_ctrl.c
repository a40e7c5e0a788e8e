/* SPDX-License-Identifier: MIT */
/* virtio-net control queue: promiscuity, multicast filter, MAC address. Virtual I/O Device 1.1
 * section 5.1.6.5. */
#include <asm/processor.h>
#include <kernel/time.h>

#include "virtio_net_internal.h"

#define CTRL_RX		   0
#define CTRL_RX_PROMISC	   0
#define CTRL_RX_ALLMULTI   1
#define CTRL_MAC	   1
#define CTRL_MAC_TABLE_SET 0
#define CTRL_MAC_ADDR_SET  1
#define CTRL_ACK_OK	   0
#define CTRL_ACK_ERR	   1
#define CTRL_TIMEOUT_NS	   NSEC_PER_SEC

/*
 * Send a command whose class, code and @len bytes of data lie in ctrl_buf, and wait for the
 * device's word on it. 0, -EIO when refused, -ETIMEDOUT. Context: softirqs off.
 */
static int send_command(struct virtnet_info *vi, u8 class, u8 cmd, unsigned int len)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_CTRL];
	u8 *ack = vi->ctrl_buf + VIRTNET_CTRL_BYTES - 1;
	struct virtqueue_buf bufs[3] = {
		{ virt_to_phys(vi->ctrl_buf), 2 },
		{ virt_to_phys(vi->ctrl_buf + 2), len },
		{ virt_to_phys(ack), 1 },
	};
	u64 deadline = ktime_get_ns() + CTRL_TIMEOUT_NS;
	u32 written;

	vi->ctrl_buf[0] = class;
	vi->ctrl_buf[1] = cmd;
	WRITE_ONCE(*ack, CTRL_ACK_ERR);
	if (vq->broken || virtqueue_add(vq, bufs, 2, 3, vi) < 0)
		return -EIO;
	virtqueue_kick(vq);
	while (!virtqueue_get_buf(vq, &written)) {
		if (vq->broken)
			return -EIO;
		if (ktime_get_ns() > deadline) {
			virtqueue_break(vq, "does not answer a command");
			return -ETIMEDOUT;
		}
		cpu_relax();
	}
	return READ_ONCE(*ack) == CTRL_ACK_OK ? 0 : -EIO;
}

static void send_flag(struct virtnet_info *vi, u8 cmd, bool on)
{
	vi->ctrl_buf[2] = on;
	if (send_command(vi, CTRL_RX, cmd, 1))
		vi->stats.ctrl_failed++;
}

/* The table of addresses besides our own: no unicast ones, then the multicast ones. */
static void send_mac_table(struct virtnet_info *vi, bool all)
{
	u32 none = 0, count = all ? 0 : (u32)vi->dev->mc_count;
	u8 *p = vi->ctrl_buf + 2;
	const struct dev_addr_list *a;

	memcpy(p, &none, sizeof(none));
	memcpy(p + 4, &count, sizeof(count));
	p += 8;
	for (a = vi->dev->mc_list; a && !all; a = a->next, p += ETH_ALEN)
		memcpy(p, a->da_addr, ETH_ALEN);
	if (send_command(vi, CTRL_MAC, CTRL_MAC_TABLE_SET, 8 + count * ETH_ALEN))
		vi->stats.ctrl_failed++;
}

void virtnet_set_rx_mode(struct net_device *dev)
{
	struct virtnet_info *vi = netdev_priv(dev);
	bool too_many = dev->mc_count > VIRTNET_CTRL_MACS;

	if (!vi->has_ctrl || vi->dead)
		return;
	local_bh_disable();
	send_flag(vi, CTRL_RX_PROMISC, (dev->flags & IFF_PROMISC) != 0);
	send_flag(vi, CTRL_RX_ALLMULTI, (dev->flags & IFF_ALLMULTI) || too_many);
	send_mac_table(vi, too_many);
	local_bh_enable();
}

int virtnet_set_mac(struct net_device *dev, const void *addr)
{
	struct virtnet_info *vi = netdev_priv(dev);
	int err;

	/* Before the device hears of it: it may change under way, and must not keep one that we
	 * refuse. */
	if (!is_valid_ether_addr(addr))
		return -EADDRNOTAVAIL;
	if (vi->has_ctrl && virtio_has_feature(&vi->vdev, VIRTIO_NET_F_CTRL_MAC_ADDR)) {
		local_bh_disable();
		memcpy(vi->ctrl_buf + 2, addr, ETH_ALEN);
		err = send_command(vi, CTRL_MAC, CTRL_MAC_ADDR_SET, ETH_ALEN);
		local_bh_enable();
		if (err) {
			vi->stats.ctrl_failed++;
			return err;
		}
	} else if (vi->has_ctrl) {
		return -EOPNOTSUPP;
	}
	memcpy(dev->dev_addr, addr, ETH_ALEN);
	return 0;
}
