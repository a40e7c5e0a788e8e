/* SPDX-License-Identifier: MIT */
/* VLAN devices: they send through the Ethernet device below with a tag, ask its filters for what
 * they listen to, and follow it up, down and away. IEEE 802.1Q, 802.1ad; book section 12.7.1. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/net_namespace.h>
#include <net/pkt_sched.h>
#include <wire/eth.h>

#include "vlan_internal.h"

/* ---- sending ---- */

/* The priority's bits of the tag. */
static u16 egress_tci(const struct vlan_dev *v, u32 priority)
{
	const struct vlan_egress *e = v->egress;

	while (e && e->priority != priority)
		e = e->next;
	return e ? e->tci : 0;
}

int vlan_map_egress(struct vlan_dev *v, u32 priority, u32 prio)
{
	u16 tci = (u16)(prio << VLAN_PRIO_SHIFT);
	struct vlan_egress **link = &v->egress, *e;
	unsigned int nr = 0;

	for (; (e = *link) != NULL && e->priority < priority; link = &e->next)
		nr++;
	if (e && e->priority == priority) {
		e->tci = tci;
		return 0;
	}
	if (!tci)
		return 0; /* so it is anyway */
	for (; e; e = e->next)
		nr++;
	e = nr < VLAN_EGRESS_MAX ? kmalloc(sizeof(*e), GFP_KERNEL) : NULL;
	if (!e)
		return nr < VLAN_EGRESS_MAX ? -ENOMEM : -ENOSPC;
	*e = (struct vlan_egress){ .next = *link, .priority = priority, .tci = tci };
	barrier(); /* a softirq may walk the list at any time */
	*link = e;
	return 0;
}

/* The tag into a frame. 0 or -ENOMEM. */
static int vlan_tag(struct sk_buff *skb, __be16 proto, u16 tci)
{
	struct vlan_hdr *vh;
	struct ethhdr *eth;

	if (skb_cow_head(skb, VLAN_HLEN))
		return -ENOMEM;
	eth = skb_push(skb, VLAN_HLEN);
	memmove(eth, (u8 *)eth + VLAN_HLEN, 2 * ETH_ALEN);
	skb_reset_mac_header(skb);
	eth->h_proto = proto;
	vh = (struct vlan_hdr *)(eth + 1);
	vh->h_vlan_TCI = htons(tci); /* the type stands behind it already */
	skb->protocol = proto;
	return 0;
}

static netdev_tx_t vlan_xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct vlan_dev *v = vlan_priv(dev);
	unsigned int len = skb->len, segs = skb_nr_segs(skb);
	int rc;

	if (unlikely(vlan_tag(skb, v->proto, v->vid | egress_tci(v, skb->priority)))) {
		dev->stats.tx_dropped++;
		kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
		return NETDEV_TX_OK;
	}
	skb->dev = v->real;
	rc = dev_queue_xmit(skb);
	if (likely(rc == NET_XMIT_SUCCESS || rc == NET_XMIT_CN)) {
		dev->stats.tx_packets += segs;
		dev->stats.tx_bytes += len;
	} else {
		dev->stats.tx_dropped++;
	}
	return NETDEV_TX_OK;
}

/* ---- what the device below has to let in ---- */

static bool has_group(const struct dev_addr_list *list, const struct dev_addr_list *da)
{
	for (; list; list = list->next)
		if (list->da_addrlen == da->da_addrlen &&
		    !memcmp(list->da_addr, da->da_addr, da->da_addrlen))
			return true;
	return false;
}

/* The groups of @want (NULL: none) and no others are asked for below. */
static void sync_groups(struct vlan_dev *v, const struct dev_addr_list *want)
{
	struct dev_addr_list **link = &v->groups, *da;
	const struct dev_addr_list *w;

	while ((da = *link) != NULL) {
		if (has_group(want, da)) {
			link = &da->next;
			continue;
		}
		*link = da->next;
		dev_mc_delete(v->real, da->da_addr, da->da_addrlen);
		kfree(da);
	}
	for (w = want; w; w = w->next) {
		if (has_group(v->groups, w))
			continue;
		da = kmalloc(sizeof(*da), GFP_ATOMIC);
		if (!da || dev_mc_add(v->real, w->da_addr, w->da_addrlen)) {
			kfree(da); /* the next change of the list tries again */
			continue;
		}
		*da = *w;
		da->next = v->groups;
		v->groups = da;
	}
}

static void want(bool *now, bool wanted, struct net_device *real,
		 void (*ask)(struct net_device *dev, int inc))
{
	if (*now == wanted)
		return;
	*now = wanted;
	ask(real, wanted ? 1 : -1);
}

static void sync_filters(struct net_device *dev, bool up)
{
	struct vlan_dev *v = vlan_priv(dev);

	want(&v->promisc, up && (dev->flags & IFF_PROMISC), v->real, dev_set_promiscuity);
	want(&v->allmulti, up && (dev->flags & IFF_ALLMULTI), v->real, dev_set_allmulti);
	/* no driver filters by several addresses of its own: all pass */
	want(&v->foreign_address, up && !ether_addr_equal(dev->dev_addr, v->real->dev_addr),
	     v->real, dev_set_promiscuity);
	sync_groups(v, up ? dev->mc_list : NULL);
}

static void vlan_set_rx_mode(struct net_device *dev)
{
	sync_filters(dev, true);
}

/* ---- open, close, change ---- */

static int vlan_open(struct net_device *dev)
{
	struct vlan_dev *v = vlan_priv(dev);

	if (!(v->real->flags & IFF_UP) && !(v->flags & VLAN_FLAG_LOOSE_BINDING))
		return -ENETDOWN;
	if (netif_carrier_ok(v->real))
		netif_carrier_on(dev);
	netif_start_queue(dev);
	return 0; /* dev_open asks for the filters */
}

static int vlan_stop(struct net_device *dev)
{
	sync_filters(dev, false);
	return 0;
}

static int vlan_change_mtu(struct net_device *dev, int new_mtu)
{
	if ((unsigned int)new_mtu > vlan_priv(dev)->real->mtu)
		return -ERANGE;
	dev->mtu = (unsigned int)new_mtu;
	return 0;
}

static int vlan_set_mac(struct net_device *dev, const void *addr)
{
	if (!is_valid_ether_addr(addr))
		return -EADDRNOTAVAIL;
	memcpy(dev->dev_addr, addr, ETH_ALEN);
	vlan_priv(dev)->own_address = true;
	if (dev->flags & IFF_UP)
		sync_filters(dev, true);
	return 0;
}

/* ---- life ---- */

/* Its place among the VLANs of the device below. 0 or -ENOMEM. */
static int vlan_hook(struct net_device *dev)
{
	struct vlan_dev *v = vlan_priv(dev);
	struct vlan_info *info = v->real->vlan_info;
	unsigned int slot = vlan_slot(v->proto, v->vid);
	struct net_device **part;

	if (!info) {
		info = kzalloc(sizeof(*info), GFP_KERNEL);
		if (!info)
			return -ENOMEM;
		v->real->vlan_info = info;
	}
	part = info->part[slot / VLAN_PART_LEN];
	if (!part) {
		part = kcalloc(VLAN_PART_LEN, sizeof(*part), GFP_KERNEL);
		if (!part && !info->nr) {
			v->real->vlan_info = NULL;
			kfree(info);
		}
		if (!part)
			return -ENOMEM;
		info->part[slot / VLAN_PART_LEN] = part;
	}
	part[slot % VLAN_PART_LEN] = dev;
	info->nr++;
	dev_hold(v->real);
	return 0;
}

static void vlan_unhook(struct net_device *dev)
{
	struct vlan_dev *v = vlan_priv(dev);
	struct vlan_info *info = v->real->vlan_info;
	unsigned int slot = vlan_slot(v->proto, v->vid), i;

	local_bh_disable();
	info->part[slot / VLAN_PART_LEN][slot % VLAN_PART_LEN] = NULL;
	if (!--info->nr) {
		v->real->vlan_info = NULL;
		for (i = 0; i < VLAN_PARTS; i++)
			kfree(info->part[i]);
		kfree(info);
	}
	local_bh_enable();
	dev_put(v->real);
}

static const struct net_device_ops vlan_ops = {
	.ndo_init = vlan_hook,
	.ndo_uninit = vlan_unhook,
	.ndo_open = vlan_open,
	.ndo_stop = vlan_stop,
	.ndo_start_xmit = vlan_xmit,
	.ndo_set_rx_mode = vlan_set_rx_mode,
	.ndo_set_mac_address = vlan_set_mac,
	.ndo_change_mtu = vlan_change_mtu,
};

bool is_vlan_dev(const struct net_device *dev)
{
	return dev->netdev_ops == &vlan_ops;
}

void vlan_free(struct net_device *dev)
{
	struct vlan_egress *e;

	while ((e = vlan_priv(dev)->egress) != NULL) {
		vlan_priv(dev)->egress = e->next;
		kfree(e);
	}
	free_netdev(dev);
}

static void vlan_setup(struct net_device *dev)
{
	ether_setup(dev);
	/* taken before the locks of the device below, which may be of the same kind */
	spin_lock_init(&dev->_xmit_lock);
	dev->netdev_ops = &vlan_ops;
	dev->no_queue = true; /* the device below has one */
	dev->min_mtu = 0;
	dev->max_mtu = ETH_MAX_MTU;
	dev->driver_name = "802.1Q";
	dev->destructor = vlan_free;
}

/* What the device below does for untagged frames, it does behind a tag: its offsets are told. */
static void take_features(struct net_device *dev, const struct net_device *real)
{
	u32 taken = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA | NETIF_F_GSO_MASK;

	dev->features = (dev->features & ~taken) | (real->features & taken);
	if (!(dev->features & NETIF_F_HW_CSUM))
		dev->features &= ~(u32)(NETIF_F_SG | NETIF_F_GSO_MASK);
	dev->gso_max_size = real->gso_max_size;
	dev->gso_max_segs = real->gso_max_segs;
}

struct net_device *vlan_new(const struct vlan_dev *want, const char *name, const u8 *address,
			    unsigned int mtu)
{
	struct net_device *real = want->real;
	struct net_device *dev = alloc_netdev(sizeof(struct vlan_dev), name, vlan_setup);
	struct vlan_dev *v;

	if (!dev)
		return NULL;
	v = vlan_priv(dev);
	*v = *want;
	v->nest = is_vlan_dev(real) ? (u8)(vlan_priv(real)->nest + 1) : 0;
	v->own_address = address != NULL;
	memcpy(dev->dev_addr, address ? address : real->dev_addr, ETH_ALEN);
	memcpy(dev->broadcast, real->broadcast, ETH_ALEN);
	dev->mtu = mtu;
	dev->iflink = real->ifindex;
	dev->needed_headroom = (u16)(real->needed_headroom + VLAN_HLEN);
	dev->needed_tailroom = real->needed_tailroom;
	take_features(dev, real);
	dev_net_set(dev, dev_net(real));
	if (!netif_carrier_ok(real))
		netif_carrier_off(dev);
	return dev;
}

int vlan_add(struct net_device *dev)
{
	int err = register_netdevice(dev);

	if (err)
		vlan_free(dev);
	return err;
}

/* ---- with the device below ---- */

static void follow_one(struct net_device *dev, struct net_device *real, unsigned long event)
{
	struct vlan_dev *v = vlan_priv(dev);

	switch (event) {
	case NETDEV_UP:
		if (!(v->flags & VLAN_FLAG_LOOSE_BINDING))
			dev_change_flags(dev, dev->flags | IFF_UP);
		break;
	case NETDEV_DOWN:
		if (!(v->flags & VLAN_FLAG_LOOSE_BINDING))
			dev_change_flags(dev, dev->flags & ~(unsigned int)IFF_UP);
		break;
	case NETDEV_CHANGE:
		if (netif_carrier_ok(real))
			netif_carrier_on(dev);
		else
			netif_carrier_off(dev);
		break;
	case NETDEV_CHANGEMTU:
		if (dev->mtu > real->mtu)
			dev_set_mtu(dev, (int)real->mtu);
		break;
	case NETDEV_CHANGEADDR:
		if (!v->own_address) {
			memcpy(dev->dev_addr, real->dev_addr, ETH_ALEN);
			call_netdevice_notifiers(NETDEV_CHANGEADDR, dev);
		}
		if (dev->flags & IFF_UP)
			sync_filters(dev, true);
		break;
	case NETDEV_FEAT_CHANGE: take_features(dev, real); break;
	case NETDEV_UNREGISTER: unregister_netdevice(dev); break;
	default: break;
	}
}

void vlan_follow(struct net_device *real, unsigned long event)
{
	unsigned int slot;

	for (slot = 0; slot < 2 * VLAN_N_VID && real->vlan_info; slot++) {
		struct net_device *dev = vlan_at(real, slot);

		if (dev)
			follow_one(dev, real, event);
	}
}
