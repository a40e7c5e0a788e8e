/* SPDX-License-Identifier: MIT */
/*
 * virtio-net control queue: promiscuity, multicast filter, MAC address. Nobody waits for the device
 * with softirqs off: commands are marked as pending, go out one after another, and the interrupt of
 * each answer has a tasklet send the next. Virtual I/O Device 1.1 section 5.1.6.5.
 */
#include <kernel/printk.h>
#include <kernel/slab.h>

#include "virtio_net_internal.h"

#define CTRL_RX		   0
#define CTRL_RX_PROMISC	   0
#define CTRL_RX_ALLMULTI   1
#define CTRL_MAC	   1
#define CTRL_MAC_TABLE_SET 0
#define CTRL_MAC_ADDR_SET  1
#define CTRL_ACK_OK	   0
#define CTRL_ACK_ERR	   1
#define CTRL_TIMEOUT	   HZ /* for an answer */
#define MAC_WAITS	   1  /* mac_result, before there is one */

/* ---- the commands: each writes its data, and returns how many bytes they are ---- */

static unsigned int fill_promisc(struct virtnet_ctrl *c, u8 *data)
{
	*data = c->promisc;
	return 1;
}

static unsigned int fill_allmulti(struct virtnet_ctrl *c, u8 *data)
{
	*data = c->allmulti;
	return 1;
}

/* The table of addresses besides our own: no unicast ones, then the multicast ones. */
static unsigned int fill_mac_table(struct virtnet_ctrl *c, u8 *data)
{
	u32 none = 0;

	memcpy(data, &none, sizeof(none));
	memcpy(data + 4, &c->nr_macs, sizeof(c->nr_macs));
	memcpy(data + 8, c->macs, c->nr_macs * ETH_ALEN);
	return 8 + c->nr_macs * ETH_ALEN;
}

static unsigned int fill_mac_addr(struct virtnet_ctrl *c, u8 *data)
{
	memcpy(data, c->mac, ETH_ALEN);
	return ETH_ALEN;
}

enum { PROMISC, ALLMULTI, MAC_TABLE, MAC_ADDR, NR_COMMANDS };
static const struct {
	u8 class, cmd;
	unsigned int (*fill)(struct virtnet_ctrl *c, u8 *data);
} commands[NR_COMMANDS] = {
	[PROMISC] = { CTRL_RX, CTRL_RX_PROMISC, fill_promisc },
	[ALLMULTI] = { CTRL_RX, CTRL_RX_ALLMULTI, fill_allmulti },
	[MAC_TABLE] = { CTRL_MAC, CTRL_MAC_TABLE_SET, fill_mac_table },
	[MAC_ADDR] = { CTRL_MAC, CTRL_MAC_ADDR_SET, fill_mac_addr },
};

/* ---- one at a time. All below: softirqs off ---- */

/* The command @i has ended, by the device's word or without it. */
static void complete_command(struct virtnet_info *vi, unsigned int i, int err)
{
	struct virtnet_ctrl *c = &vi->ctrl;

	if (err)
		vi->stats.ctrl_failed++;
	if (i == MAC_ADDR && c->mac_result == MAC_WAITS) {
		c->mac_result = err;
		wake_up(&c->wait);
	}
}

/* None of what waits will be answered. */
static void fail_all(struct virtnet_info *vi, int err)
{
	struct virtnet_ctrl *c = &vi->ctrl;
	unsigned int i;

	del_timer(&c->timer);
	if (c->busy)
		c->pending |= (u8)(1u << c->sent);
	c->busy = false;
	for (i = 0; i < NR_COMMANDS; i++)
		if (c->pending & 1u << i)
			complete_command(vi, i, err);
	c->pending = 0;
}

static void send_next(struct virtnet_info *vi)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_CTRL];
	struct virtnet_ctrl *c = &vi->ctrl;
	u8 *ack = vi->ctrl_buf + VIRTNET_CTRL_BYTES - 1;
	struct virtqueue_buf bufs[3];

	if (c->busy || !c->pending)
		return;
	c->sent = (u8)__builtin_ctz(c->pending);
	vi->ctrl_buf[0] = commands[c->sent].class;
	vi->ctrl_buf[1] = commands[c->sent].cmd;
	bufs[0] = (struct virtqueue_buf){ virt_to_phys(vi->ctrl_buf), 2 };
	bufs[1] = (struct virtqueue_buf){ virt_to_phys(vi->ctrl_buf + 2),
					  commands[c->sent].fill(c, vi->ctrl_buf + 2) };
	bufs[2] = (struct virtqueue_buf){ virt_to_phys(ack), 1 };
	WRITE_ONCE(*ack, CTRL_ACK_ERR);
	if (c->mute || virtqueue_add(vq, bufs, 2, 3, vi) < 0) {
		fail_all(vi, -EIO);
		return;
	}
	c->pending &= (u8) ~(1u << c->sent);
	c->busy = true;
	mod_timer(&c->timer, jiffies + CTRL_TIMEOUT);
	virtqueue_enable_cb(vq);
	virtqueue_kick(vq);
}

/* The device has answered; tasklet of the interrupt. */
static void ctrl_answered(unsigned long data)
{
	struct virtnet_info *vi = (struct virtnet_info *)data;
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_CTRL];
	struct virtnet_ctrl *c = &vi->ctrl;
	u32 written;

	if (!c->busy)
		return;
	if (virtqueue_get_buf(vq, &written)) {
		del_timer(&c->timer);
		c->busy = false;
		complete_command(
			vi, c->sent,
			READ_ONCE(vi->ctrl_buf[VIRTNET_CTRL_BYTES - 1]) == CTRL_ACK_OK ? 0 : -EIO);
		send_next(vi);
	} else if (vq->broken) { /* it lies, and would again after a reset */
		c->mute = true;
		fail_all(vi, -EIO);
		napi_schedule(&vi->napi); /* which resets what is broken */
	}
}

static void ctrl_timed_out(unsigned long data)
{
	struct virtnet_info *vi = (struct virtnet_info *)data;

	vi->ctrl.mute = true;
	pr_err("%s: the device does not answer a command; it gets no more until it is brought up "
	       "anew\n",
	       vi->dev->name);
	fail_all(vi, -ETIMEDOUT);
}

/* ---- for the rest of the driver ---- */

int virtnet_ctrl_init(struct virtnet_info *vi)
{
	struct virtnet_ctrl *c = &vi->ctrl;

	setup_timer(&c->timer, ctrl_timed_out, (unsigned long)vi);
	tasklet_init(&c->tasklet, ctrl_answered, (unsigned long)vi);
	init_waitqueue_head(&c->wait);
	vi->ctrl_buf = kzalloc(VIRTNET_CTRL_BYTES, GFP_KERNEL);
	return vi->ctrl_buf ? 0 : -ENOMEM;
}

void virtnet_ctrl_interrupt(struct virtnet_info *vi)
{
	if (vi->ctrl.busy && virtqueue_more_used(vi->vdev.vqs[VIRTNET_CTRL]))
		tasklet_schedule(&vi->ctrl.tasklet);
}

bool virtnet_ctrl_broken(const struct virtnet_info *vi)
{
	return vi->has_ctrl && vi->vdev.vqs[VIRTNET_CTRL]->broken;
}

void virtnet_ctrl_abort(struct virtnet_info *vi)
{
	if (vi->has_ctrl)
		fail_all(vi, -EIO);
}

void virtnet_set_rx_mode(struct net_device *dev)
{
	struct virtnet_info *vi = netdev_priv(dev);
	bool too_many = dev->mc_count > VIRTNET_CTRL_MACS;
	struct virtnet_ctrl *c = &vi->ctrl;
	const struct dev_addr_list *a;

	if (!vi->has_ctrl || vi->dead)
		return;
	local_bh_disable();
	c->promisc = (dev->flags & IFF_PROMISC) != 0;
	c->allmulti = (dev->flags & IFF_ALLMULTI) || too_many;
	c->nr_macs = 0;
	for (a = dev->mc_list; a && !too_many; a = a->next)
		memcpy(c->macs[c->nr_macs++], a->da_addr, ETH_ALEN);
	c->pending |= 1u << PROMISC | 1u << ALLMULTI | 1u << MAC_TABLE;
	send_next(vi);
	local_bh_enable();
}

/* Tell the device its address, and sleep until it has answered. 0 or -errno. Context: RTNL. */
static int send_mac(struct virtnet_info *vi, const void *addr)
{
	struct virtnet_ctrl *c = &vi->ctrl;

	local_bh_disable();
	memcpy(c->mac, addr, ETH_ALEN);
	c->mac_result = MAC_WAITS;
	c->pending |= 1u << MAC_ADDR;
	send_next(vi);
	local_bh_enable();
	wait_event(c->wait, READ_ONCE(c->mac_result) != MAC_WAITS); /* the timer sees to an end */
	return c->mac_result;
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
		err = vi->dead ? -EIO : send_mac(vi, addr);
		if (err)
			return err;
	} else if (vi->has_ctrl) {
		return -EOPNOTSUPP;
	}
	memcpy(dev->dev_addr, addr, ETH_ALEN);
	return 0;
}
