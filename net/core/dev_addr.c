/* SPDX-License-Identifier: MIT */
/* What a device is set to: flags, promiscuity, multicast list, MTU, hardware address. Book
 * section 12.7.1. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/slab.h>

#include "core_internal.h"

/* Flags that a user may change besides IFF_UP, IFF_PROMISC and IFF_ALLMULTI. */
#define IFF_USER                                                                              \
	(IFF_DEBUG | IFF_NOTRAILERS | IFF_NOARP | IFF_DYNAMIC | IFF_MULTICAST | IFF_PORTSEL | \
	 IFF_AUTOMEDIA)

/* __dev_set_rx_mode - [X] the driver reads flags and list. */
static void __dev_set_rx_mode(struct net_device *dev)
{
	if ((dev->flags & IFF_UP) && test_bit(__LINK_STATE_PRESENT, &dev->state) &&
	    dev->netdev_ops->ndo_set_rx_mode)
		dev->netdev_ops->ndo_set_rx_mode(dev);
}

void dev_set_rx_mode(struct net_device *dev)
{
	spin_lock_bh(&dev->_xmit_lock);
	__dev_set_rx_mode(dev);
	spin_unlock_bh(&dev->_xmit_lock);
}

/* count_users - a flag that several may ask for: on while anybody does. True if it changed. */
static bool count_users(struct net_device *dev, int *users, int inc, unsigned int flag)
{
	unsigned int old = dev->flags;

	*users += inc;
	if (WARN_ON_ONCE(*users < 0))
		*users = 0;
	if (*users)
		dev->flags |= flag;
	else
		dev->flags &= ~flag;
	return dev->flags != old;
}

void dev_set_promiscuity(struct net_device *dev, int inc)
{
	if (!count_users(dev, &dev->promiscuity, inc, IFF_PROMISC))
		return;
	pr_info("device %s %s promiscuous mode\n", dev->name,
		dev->flags & IFF_PROMISC ? "entered" : "left");
	dev_set_rx_mode(dev);
}

void dev_set_allmulti(struct net_device *dev, int inc)
{
	if (count_users(dev, &dev->allmulti, inc, IFF_ALLMULTI))
		dev_set_rx_mode(dev);
}

unsigned int dev_get_flags(const struct net_device *dev)
{
	unsigned int flags = dev->flags & ~(unsigned int)(IFF_PROMISC | IFF_ALLMULTI | IFF_RUNNING |
							  IFF_LOWER_UP | IFF_DORMANT);

	flags |= dev->gflags & (IFF_PROMISC | IFF_ALLMULTI);
	if (netif_running(dev) && netif_carrier_ok(dev))
		flags |= IFF_RUNNING | IFF_LOWER_UP;
	return flags;
}

/* change_gflag - the user's own share of a counted flag. */
static void change_gflag(struct net_device *dev, unsigned int flags, unsigned int flag,
			 void (*set)(struct net_device *dev, int inc))
{
	if (!((flags ^ dev->gflags) & flag))
		return;
	dev->gflags ^= flag;
	set(dev, flags & flag ? 1 : -1);
}

int dev_change_flags(struct net_device *dev, unsigned int flags)
{
	unsigned int old = dev->flags;
	int err = 0;

	ASSERT_RTNL();
	dev->flags = (flags & IFF_USER) |
		     (dev->flags & (IFF_UP | IFF_VOLATILE | IFF_PROMISC | IFF_ALLMULTI));
	if ((old ^ dev->flags) & IFF_MULTICAST)
		dev_set_rx_mode(dev);
	if ((old ^ flags) & IFF_UP)
		err = flags & IFF_UP ? dev_open(dev) : dev_close(dev);
	change_gflag(dev, flags, IFF_PROMISC, dev_set_promiscuity);
	change_gflag(dev, flags, IFF_ALLMULTI, dev_set_allmulti);
	if ((dev->flags & IFF_UP) &&
	    ((old ^ dev->flags) &
	     ~(unsigned int)(IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_VOLATILE)))
		call_netdevice_notifiers(NETDEV_CHANGE, dev);
	return err;
}

int dev_set_mtu(struct net_device *dev, int new_mtu)
{
	int err = 0;

	ASSERT_RTNL();
	if (new_mtu == (int)dev->mtu)
		return 0;
	if (new_mtu < 0 || (unsigned int)new_mtu < dev->min_mtu ||
	    (dev->max_mtu && (unsigned int)new_mtu > dev->max_mtu))
		return -EINVAL;
	if (!test_bit(__LINK_STATE_PRESENT, &dev->state))
		return -ENODEV;
	if (dev->netdev_ops->ndo_change_mtu)
		err = dev->netdev_ops->ndo_change_mtu(dev, new_mtu);
	else
		dev->mtu = (unsigned int)new_mtu;
	if (!err)
		call_netdevice_notifiers(NETDEV_CHANGEMTU, dev);
	return err;
}

int dev_set_mac_address(struct net_device *dev, const void *sa_data)
{
	int err;

	ASSERT_RTNL();
	if (!dev->netdev_ops->ndo_set_mac_address)
		return -EOPNOTSUPP;
	if (!test_bit(__LINK_STATE_PRESENT, &dev->state))
		return -ENODEV;
	err = dev->netdev_ops->ndo_set_mac_address(dev, sa_data);
	if (!err)
		call_netdevice_notifiers(NETDEV_CHANGEADDR, dev);
	return err;
}

int dev_set_tx_queue_len(struct net_device *dev, unsigned int qlen)
{
	ASSERT_RTNL();
	if (qlen > INT_MAX)
		return -ERANGE;
	if (qlen == dev->tx_queue_len)
		return 0;
	dev->tx_queue_len = qlen;
	dev_qdisc_change_tx_queue_len(dev);
	call_netdevice_notifiers(NETDEV_CHANGE, dev);
	return 0;
}

/* ---- multicast ---- */

static struct dev_addr_list **mc_find(struct net_device *dev, const void *addr, int alen)
{
	struct dev_addr_list **link = &dev->mc_list;

	while (*link &&
	       ((*link)->da_addrlen != alen || memcmp((*link)->da_addr, addr, (size_t)alen)))
		link = &(*link)->next;
	return link;
}

int dev_mc_add(struct net_device *dev, const void *addr, int alen)
{
	struct dev_addr_list **link, *da;
	int err = 0;

	if (alen <= 0 || alen > MAX_ADDR_LEN)
		return -EINVAL;
	spin_lock_bh(&dev->_xmit_lock);
	link = mc_find(dev, addr, alen);
	if (*link) {
		(*link)->da_users++;
	} else if ((da = kzalloc(sizeof(*da), GFP_ATOMIC)) != NULL) {
		memcpy(da->da_addr, addr, (size_t)alen);
		da->da_addrlen = (u8)alen;
		da->da_users = 1;
		da->next = dev->mc_list;
		dev->mc_list = da;
		dev->mc_count++;
		__dev_set_rx_mode(dev);
	} else {
		err = -ENOMEM;
	}
	spin_unlock_bh(&dev->_xmit_lock);
	return err;
}

int dev_mc_delete(struct net_device *dev, const void *addr, int alen)
{
	struct dev_addr_list **link, *da;
	int err = 0;

	if (alen <= 0 || alen > MAX_ADDR_LEN)
		return -EINVAL;
	spin_lock_bh(&dev->_xmit_lock);
	link = mc_find(dev, addr, alen);
	da = *link;
	if (!da) {
		err = -ENOENT;
	} else if (!--da->da_users) {
		*link = da->next;
		dev->mc_count--;
		kfree(da);
		__dev_set_rx_mode(dev);
	}
	spin_unlock_bh(&dev->_xmit_lock);
	return err;
}

void dev_mc_flush(struct net_device *dev)
{
	struct dev_addr_list *da;

	spin_lock_bh(&dev->_xmit_lock);
	while ((da = dev->mc_list) != NULL) {
		dev->mc_list = da->next;
		kfree(da);
	}
	dev->mc_count = 0;
	spin_unlock_bh(&dev->_xmit_lock);
}
