/* SPDX-License-Identifier: MIT */
/* The simulator's Ethernet device: NAPI, a ring that may fill, checksum offload and page fragments
 * where a scenario wants them. */
#include <kernel/slab.h>
#include <net/etherdevice.h>
#include <net/pkt_sched.h>
#include <net/skbuff.h>

#include "sim.h"

static struct sim_port *port_of(const struct net_device *dev)
{
	return *(struct sim_port **)netdev_priv(dev);
}

/* ---- receive ---- */

void sim_port_receive(struct sim_port *port, struct sim_frame *f)
{
	if (!netif_running(port->dev)) {
		sim_host_free(f);
		return;
	}
	f->next = NULL;
	*port->rx_tail = f;
	port->rx_tail = &f->next;
	napi_schedule(&port->napi);
	hosted_settle();
}

/* build_paged - an skb whose first @linear bytes alone are not in a page. */
static struct sk_buff *build_paged(struct net_device *dev, const struct sim_frame *f, u32 linear)
{
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, linear);
	u32 done = linear;
	int i;

	if (!skb)
		return NULL;
	memcpy(skb_put(skb, linear), f->data, linear);
	for (i = 0; done < f->len; i++) {
		struct page *page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
		u32 n = min(f->len - done, (u32)PAGE_SIZE);

		if (!page) {
			kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
			return NULL;
		}
		memcpy(page_address(page), f->data + done, n);
		skb_add_rx_frag(skb, i, page, 0, n, PAGE_SIZE);
		done += n;
	}
	return skb;
}

static void receive(struct sim_port *port, const struct sim_frame *f)
{
	struct net_device *dev = port->dev;
	u32 linear = port->linear && port->linear < f->len ? max(port->linear, (u32)ETH_HLEN)
							   : f->len;
	struct sk_buff *skb = build_paged(dev, f, linear);

	if (!skb) {
		dev->stats.rx_dropped++;
		return;
	}
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += f->len;
	skb->protocol = eth_type_trans(skb, dev);
	napi_gro_receive(&port->napi, skb);
	sim_check_frame(port->host, f);
}

static int port_poll(struct napi_struct *napi, int budget)
{
	struct sim_port *port = container_of(napi, struct sim_port, napi);
	int n = 0;

	while (n < budget && port->rx_head) {
		struct sim_frame *f = port->rx_head;

		port->rx_head = f->next;
		if (!port->rx_head)
			port->rx_tail = &port->rx_head;
		receive(port, f);
		sim_host_free(f);
		n++;
	}
	if (n < budget)
		napi_complete(napi);
	return n;
}

/* ---- transmit ---- */

/* complete_checksum - what a device does that was left a CHECKSUM_PARTIAL. */
static void complete_checksum(const struct sk_buff *skb, u8 *frame)
{
	u32 start = (u32)(skb->csum_start - (skb->data - skb->head)), at = start + skb->csum_offset,
	    i, sum = 0;
	u8 *field = frame + at;

	if (at + 2 > skb->len)
		sim_fail("a device is asked for a checksum outside of its frame: %u of %u", at,
			 skb->len);
	for (i = start; i < skb->len; i++)
		sum += (i - start) & 1 ? frame[i] : (u32)frame[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	if (!sum)
		sum = 0xffff; /* zero means none, to UDP */
	field[0] = (u8)(sum >> 8);
	field[1] = (u8)sum;
}

static void tx_done(void *arg)
{
	struct sim_port *port = arg;

	if (!--port->in_ring || port->in_ring == port->ring / 2)
		netif_wake_queue(port->dev);
}

static netdev_tx_t port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	static u8 frame[65536 + ETH_HLEN];
	struct sim_port *port = port_of(dev);
	u64 gone;

	if (skb->len > max(dev->mtu, port->queued_mtu) + ETH_HLEN)
		sim_fail("%s: a frame of %u bytes, MTU %u", dev->name, skb->len, dev->mtu);
	if (skb_is_nonlinear(skb) && !(dev->features & NETIF_F_SG))
		sim_fail("%s: fragments for a device that cannot gather", dev->name);
	if (skb_copy_bits(skb, 0, frame, (int)skb->len))
		sim_fail("%s: an skb shorter than it says", dev->name);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (!(dev->features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM)))
			sim_fail("%s: a partial checksum for a device that computes none",
				 dev->name);
		complete_checksum(skb, frame);
	}
	if (!dev->qdisc->qlen)
		port->queued_mtu = 0;
	gone = sim_link_send(port->link, port->side, frame, skb->len);
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	consume_skb(skb);
	if (port->ring) {
		if (++port->in_ring >= port->ring)
			netif_stop_queue(dev);
		sim_at(gone, tx_done, port);
	}
	return NETDEV_TX_OK;
}

/* ---- life ---- */

static int port_open(struct net_device *dev)
{
	napi_enable(&port_of(dev)->napi);
	netif_start_queue(dev);
	return 0;
}

static int port_stop(struct net_device *dev)
{
	struct sim_port *port = port_of(dev);

	netif_stop_queue(dev);
	napi_disable(&port->napi);
	while (port->rx_head) {
		struct sim_frame *f = port->rx_head;

		port->rx_head = f->next;
		sim_host_free(f);
	}
	port->rx_tail = &port->rx_head;
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

struct sim_port *sim_port_new(struct sim_host *host, struct sim_link *link, int side,
			      const struct sim_port_params *p)
{
	const u8 mac[ETH_ALEN] = { 0x02, 0, 0, (u8)host->index, (u8)link->index, (u8)(side + 1) };
	struct net_device *dev = alloc_etherdev(sizeof(struct sim_port *));
	struct sim_port *port;
	int err;

	if (!dev)
		return NULL;
	port = sim_host_alloc(sizeof(*port));
	*(struct sim_port **)netdev_priv(dev) = port;
	*port = (struct sim_port){ .dev = dev,
				   .link = link,
				   .side = side,
				   .host = host,
				   .ring = p->ring,
				   .linear = p->linear };
	port->rx_tail = &port->rx_head;
	dev_net_set(dev, host->net);
	dev->netdev_ops = &port_ops;
	dev->mtu = link->mtu;
	dev->min_mtu = 68;
	dev->max_mtu = SIM_FRAME_MAX - ETH_HLEN;
	dev->features = p->features;
	dev->driver_name = "sim";
	memcpy(dev->dev_addr, mac, ETH_ALEN);
	memcpy(dev->perm_addr, mac, ETH_ALEN);
	netif_napi_add(dev, &port->napi, port_poll, 64);
	err = register_netdev(dev);
	if (err)
		sim_fail("register_netdev: error %d", err);
	rtnl_lock();
	err = dev_open(dev);
	rtnl_unlock();
	if (err)
		sim_fail("dev_open: error %d", err);
	link->port[side] = port;
	return port;
}

void sim_port_destroy(struct sim_port *port)
{
	unregister_netdev(port->dev);
	netif_napi_del(&port->napi);
	free_netdev(port->dev);
	sim_host_free(port);
}
