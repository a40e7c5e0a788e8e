/* SPDX-License-Identifier: MIT */
/* Ports: Ethernet devices whose wire the host program holds. A driver with an interrupt and NAPI, and without offloads. */
#include <asm/clock.h>
#include <asm/irq.h>
#include <kernel/err.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <net/etherdevice.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>

#include "hosted.h"
#include "skiff_host.h"
#include "skiff_test.h"

#define TX_LIMIT 65536 /* frames that wait to be taken */
#define VLAN_HLEN 4
#define FIRST_IRQ 1

struct frame {
	struct list_head node;
	u64 time_ns;
	size_t len;
	u8 data[];
};

struct skiff_port {
	struct net_device *dev;
	struct napi_struct napi;
	struct list_head rx, tx; /* the wire, oldest first */
	unsigned int nr_tx;
	bool irq_off; /* [D] while it is polled */
};

static struct frame *frame_new(size_t len)
{
	struct frame *f = kmalloc(sizeof(*f) + len, GFP_ATOMIC | __GFP_NOWARN);

	if (f) {
		f->time_ns = hosted_now_ns;
		f->len = len;
	}
	return f;
}

static void frames_free(struct list_head *list)
{
	struct frame *f, *next;

	list_for_each_entry_safe(f, next, list, node) {
		list_del(&f->node);
		kfree(f);
	}
}

static void signal_rx(struct skiff_port *port)
{
	if (!port->irq_off && !list_empty(&port->rx))
		hosted_raise_irq(port->dev->irq);
}

static irqreturn_t port_interrupt(int irq, void *dev_id)
{
	struct skiff_port *port = dev_id;

	if (list_empty(&port->rx) || port->irq_off)
		return IRQ_NONE;
	port->irq_off = true;
	napi_schedule(&port->napi);
	return IRQ_HANDLED;
}

static void receive(struct skiff_port *port, const struct frame *f)
{
	struct net_device *dev = port->dev;
	struct sk_buff *skb;

	if (f->len < ETH_HLEN || f->len > dev->mtu + ETH_HLEN + VLAN_HLEN) {
		dev->stats.rx_errors++;
		dev->stats.rx_length_errors++;
		return;
	}
	skb = netdev_alloc_skb_ip_align(dev, (unsigned int)f->len);
	if (!skb) {
		dev->stats.rx_dropped++;
		return;
	}
	memcpy(skb_put(skb, (unsigned int)f->len), f->data, f->len);
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += f->len;
	skb->protocol = eth_type_trans(skb, dev);
	netif_receive_skb(skb);
}

static int port_poll(struct napi_struct *napi, int budget)
{
	struct skiff_port *port = container_of(napi, struct skiff_port, napi);
	struct frame *f;
	int n = 0;

	while (n < budget && !list_empty(&port->rx)) {
		f = list_first_entry(&port->rx, struct frame, node);
		list_del(&f->node);
		receive(port, f);
		kfree(f);
		n++;
	}
	if (n < budget) {
		napi_complete(napi);
		port->irq_off = false;
		signal_rx(port);
	}
	return n;
}

static netdev_tx_t port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct skiff_port *port = *(struct skiff_port **)netdev_priv(dev);
	struct frame *f = port->nr_tx < TX_LIMIT ? frame_new(skb->len) : NULL;

	if (!f || skb_copy_bits(skb, 0, f->data, (int)skb->len)) {
		kfree(f);
		dev->stats.tx_dropped++;
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
		return NETDEV_TX_OK;
	}
	list_add_tail(&f->node, &port->tx);
	port->nr_tx++;
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static int port_open(struct net_device *dev)
{
	struct skiff_port *port = *(struct skiff_port **)netdev_priv(dev);

	napi_enable(&port->napi);
	netif_start_queue(dev);
	return 0;
}

static int port_stop(struct net_device *dev)
{
	struct skiff_port *port = *(struct skiff_port **)netdev_priv(dev);

	netif_stop_queue(dev);
	napi_disable(&port->napi);
	port->irq_off = false;
	frames_free(&port->rx);
	return 0;
}

static int port_change_mtu(struct net_device *dev, int new_mtu)
{
	dev->mtu = (unsigned int)new_mtu;
	return 0;
}

static const struct net_device_ops port_ops = {
	.ndo_open = port_open,
	.ndo_stop = port_stop,
	.ndo_start_xmit = port_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = port_change_mtu,
};

/* port_up - register the device and open it. 0 or -errno. */
static int port_up(struct skiff_port *port)
{
	static int next_irq;
	struct net_device *dev = port->dev;
	int err;

	dev->irq = FIRST_IRQ + next_irq++ % (NR_IRQS - FIRST_IRQ);
	err = request_irq(dev->irq, port_interrupt, IRQF_SHARED, dev->name, port);
	if (err)
		return err;
	err = register_netdev(dev);
	if (!err) {
		rtnl_lock();
		err = dev_open(dev);
		rtnl_unlock();
		if (err)
			unregister_netdev(dev);
	}
	if (err)
		free_irq(dev->irq, port);
	return err;
}

/* wait_for_rtnl - from outside of tasks: one may hold it asleep, and cannot let go of it before time passes. */
static void wait_for_rtnl(void)
{
	while (!current->pid && rtnl_is_locked() && hosted_step(~0ull - 1))
		;
}

struct skiff_port *skiff_port_new(const char *name, const unsigned char mac[6], unsigned int mtu)
{
	struct skiff_port *port;
	struct net_device *dev;

	if (!name || !*name || strlen(name) >= IFNAMSIZ || !mac || !is_valid_ether_addr(mac) || mtu < 68 || mtu > 65535)
		return NULL;
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	dev = port ? alloc_netdev(sizeof(port), name, ether_setup) : NULL;
	if (!dev) {
		kfree(port);
		return NULL;
	}
	*(struct skiff_port **)netdev_priv(dev) = port;
	port->dev = dev;
	INIT_LIST_HEAD(&port->rx);
	INIT_LIST_HEAD(&port->tx);
	dev->netdev_ops = &port_ops;
	dev->mtu = mtu;
	dev->min_mtu = 68;
	dev->max_mtu = 65535;
	dev->driver_name = "port";
	memcpy(dev->dev_addr, mac, ETH_ALEN);
	memcpy(dev->perm_addr, mac, ETH_ALEN);
	netif_napi_add(dev, &port->napi, port_poll, 64);
	wait_for_rtnl();
	if (port_up(port)) {
		netif_napi_del(&port->napi);
		free_netdev(dev);
		kfree(port);
		return NULL;
	}
	return port;
}

void skiff_port_remove(struct skiff_port *port)
{
	struct net_device *dev = port->dev;

	unregister_netdev(dev); /* until nobody refers to it */
	free_irq(dev->irq, port);
	netif_napi_del(&port->napi);
	frames_free(&port->rx);
	frames_free(&port->tx);
	free_netdev(dev);
	kfree(port);
}

void skiff_port_give(struct skiff_port *port, const void *frame, size_t len)
{
	struct net_device *dev = port->dev;
	struct frame *f;

	if (!netif_running(dev)) {
		dev->stats.rx_missed_errors++;
		return;
	}
	f = frame_new(len);
	if (!f) {
		dev->stats.rx_dropped++;
		return;
	}
	if (len)
		memcpy(f->data, frame, len);
	list_add_tail(&f->node, &port->rx);
	signal_rx(port);
}

size_t skiff_port_take(struct skiff_port *port, void *buf, size_t cap, u64 *sent_ns)
{
	struct frame *f = list_first_entry_or_null(&port->tx, struct frame, node);
	size_t n;

	if (!f || !cap)
		return 0;
	n = min(f->len, cap);
	if (buf)
		memcpy(buf, f->data, n);
	if (sent_ns)
		*sent_ns = f->time_ns;
	list_del(&f->node);
	port->nr_tx--;
	kfree(f);
	return n;
}
