/* SPDX-License-Identifier: MIT */
/* The SIOC* requests that concern devices alone: netdevice(7). Book section 12.7.1. */
#include "core_internal.h"

/* get_name - SIOCGIFNAME: the one request that names the device by its index. */
static int get_name(struct net *net, sockptr_t arg)
{
	struct net_device *dev;
	struct ifreq ifr;

	if (copy_from_sockptr(&ifr, arg, sizeof(ifr)))
		return -EFAULT;
	dev = __dev_get_by_index(net, ifr.ifr_ifindex);
	if (!dev)
		return -ENODEV;
	memcpy(ifr.ifr_name, dev->name, IFNAMSIZ);
	return copy_to_sockptr(arg, &ifr, sizeof(ifr));
}

/* dev_ifsioc_get - requests that change nothing; fills in @ifr. 0 or -errno. */
static int dev_ifsioc_get(struct net_device *dev, struct ifreq *ifr, unsigned int cmd)
{
	switch (cmd) {
	case SIOCGIFFLAGS: ifr->ifr_flags = (short)dev_get_flags(dev); return 0;
	case SIOCGIFMETRIC: ifr->ifr_metric = 0; return 0;
	case SIOCGIFMTU: ifr->ifr_mtu = (int)dev->mtu; return 0;
	case SIOCGIFHWADDR:
		memset(&ifr->ifr_hwaddr, 0, sizeof(ifr->ifr_hwaddr));
		memcpy(ifr->ifr_hwaddr.sa_data, dev->dev_addr,
		       min_t(size_t, sizeof(ifr->ifr_hwaddr.sa_data), dev->addr_len));
		ifr->ifr_hwaddr.sa_family = dev->type;
		return 0;
	case SIOCGIFMAP:
		memset(&ifr->ifr_map, 0, sizeof(ifr->ifr_map));
		ifr->ifr_map.irq = (__u8)dev->irq;
		return 0;
	case SIOCGIFINDEX: ifr->ifr_ifindex = dev->ifindex; return 0;
	case SIOCGIFTXQLEN: ifr->ifr_qlen = (int)dev->tx_queue_len; return 0;
	case SIOCGIFSLAVE: return -EINVAL;
	default: return -ENOTTY;
	}
}

/* link_address - the hardware address in a request, whole; NULL if it is not of the device's kind.
 */
static const void *link_address(struct net_device *dev, const struct ifreq *ifr, u8 *addr)
{
	memset(addr, 0, MAX_ADDR_LEN);
	if (dev->addr_len > sizeof(ifr->ifr_hwaddr.sa_data))
		return NULL;
	memcpy(addr, ifr->ifr_hwaddr.sa_data, dev->addr_len);
	return addr;
}

static int set_hwaddr(struct net_device *dev, const struct ifreq *ifr, bool broadcast)
{
	u8 addr[MAX_ADDR_LEN];

	if (ifr->ifr_hwaddr.sa_family != dev->type || !link_address(dev, ifr, addr))
		return -EINVAL;
	if (!broadcast)
		return dev_set_mac_address(dev, addr);
	memcpy(dev->broadcast, addr, dev->addr_len);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, dev);
	return 0;
}

static int change_multi(struct net_device *dev, const struct ifreq *ifr, bool add)
{
	u8 addr[MAX_ADDR_LEN];

	if (!dev->netdev_ops->ndo_set_rx_mode || ifr->ifr_hwaddr.sa_family != AF_UNSPEC ||
	    !link_address(dev, ifr, addr))
		return -EINVAL;
	return add ? dev_mc_add(dev, addr, dev->addr_len) : dev_mc_delete(dev, addr, dev->addr_len);
}

static int set_txqlen(struct net_device *dev, int qlen)
{
	return qlen < 0 ? -EINVAL : dev_set_tx_queue_len(dev, (unsigned int)qlen);
}

/* dev_ifsioc_set - requests that change the device. Context: RTNL. */
static int dev_ifsioc_set(struct net_device *dev, struct ifreq *ifr, unsigned int cmd)
{
	switch (cmd) {
	case SIOCSIFFLAGS: return dev_change_flags(dev, (unsigned int)(u16)ifr->ifr_flags);
	case SIOCSIFMTU: return dev_set_mtu(dev, ifr->ifr_mtu);
	case SIOCSIFHWADDR: return set_hwaddr(dev, ifr, false);
	case SIOCSIFHWBROADCAST: return set_hwaddr(dev, ifr, true);
	case SIOCADDMULTI: return change_multi(dev, ifr, true);
	case SIOCDELMULTI: return change_multi(dev, ifr, false);
	case SIOCSIFTXQLEN: return set_txqlen(dev, ifr->ifr_qlen);
	case SIOCSIFNAME:
		ifr->ifr_newname[IFNAMSIZ - 1] = 0;
		return dev_change_name(dev, ifr->ifr_newname);
	case SIOCSIFSLAVE: return -EINVAL;
	default: /* SIOCSIFMETRIC, SIOCSIFMAP */ return -EOPNOTSUPP;
	}
}

static int set_request(struct net *net, struct ifreq *ifr, unsigned int cmd)
{
	struct net_device *dev;
	int err = -ENODEV;

	rtnl_lock();
	dev = __dev_get_by_name(net, ifr->ifr_name);
	if (dev)
		err = dev_ifsioc_set(dev, ifr, cmd);
	rtnl_unlock();
	return err;
}

/* is_get, is_set - which requests are answered here at all. */
static bool is_get(unsigned int cmd)
{
	return cmd == SIOCGIFFLAGS || cmd == SIOCGIFMETRIC || cmd == SIOCGIFMTU ||
	       cmd == SIOCGIFHWADDR || cmd == SIOCGIFMAP || cmd == SIOCGIFINDEX ||
	       cmd == SIOCGIFTXQLEN || cmd == SIOCGIFSLAVE;
}

static bool is_set(unsigned int cmd)
{
	return cmd == SIOCSIFFLAGS || cmd == SIOCSIFMETRIC || cmd == SIOCSIFMTU ||
	       cmd == SIOCSIFHWADDR || cmd == SIOCSIFHWBROADCAST || cmd == SIOCADDMULTI ||
	       cmd == SIOCDELMULTI || cmd == SIOCSIFTXQLEN || cmd == SIOCSIFNAME ||
	       cmd == SIOCSIFMAP || cmd == SIOCSIFSLAVE;
}

int dev_ioctl(struct net *net, unsigned int cmd, sockptr_t arg)
{
	struct net_device *dev;
	struct ifreq ifr;
	char *colon;
	int err;

	if (cmd == SIOCGIFNAME)
		return get_name(net, arg);
	if (!is_get(cmd) && !is_set(cmd) && cmd != SIOCETHTOOL)
		return -ENOTTY;
	if (copy_from_sockptr(&ifr, arg, sizeof(ifr)))
		return -EFAULT;
	ifr.ifr_name[IFNAMSIZ - 1] = 0;
	if (cmd == SIOCETHTOOL)
		return dev_ethtool(net, &ifr);
	if (is_set(cmd))
		return set_request(net, &ifr, cmd);
	/* "eth0:1" is an address of eth0 */
	colon = strchr(ifr.ifr_name, ':');
	if (colon)
		*colon = 0;
	dev = __dev_get_by_name(net, ifr.ifr_name);
	if (!dev)
		return -ENODEV;
	err = dev_ifsioc_get(dev, &ifr, cmd);
	if (colon)
		*colon = ':';
	return err ? err : copy_to_sockptr(arg, &ifr, sizeof(ifr));
}
