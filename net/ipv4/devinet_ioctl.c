/* SPDX-License-Identifier: MIT */
/* The interface ioctls of AF_INET: one address at a time, named by its label (netdevice(7)). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/inet_sock.h>
#include "ipv4_internal.h"

/* inet_abc_len - the prefix length that the address's class implies; -1: not for a host. RFC 791.
 */
static int inet_abc_len(__be32 addr)
{
	u32 a = ntohl(addr);

	if (ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr))
		return ipv4_is_lbcast(addr) ? -1 : 0;
	if (IN_CLASSA(a))
		return 8;
	if (IN_CLASSB(a))
		return 16;
	return IN_CLASSC(a) ? 24 : -1;
}

static void ifr_set_addr(struct ifreq *ifr, __be32 addr)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr->ifr_addr;

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

static int devinet_get(unsigned int cmd, const struct in_ifaddr *ifa, struct ifreq *ifr)
{
	switch (cmd) {
	case SIOCGIFADDR: ifr_set_addr(ifr, ifa->ifa_local); break;
	case SIOCGIFBRDADDR: ifr_set_addr(ifr, ifa->ifa_broadcast); break;
	case SIOCGIFDSTADDR: ifr_set_addr(ifr, ifa->ifa_address); break;
	case SIOCGIFNETMASK: ifr_set_addr(ifr, ifa->ifa_mask); break;
	}
	return 0;
}

static int devinet_set_addr(struct net_device *dev, struct in_ifaddr *ifa, const char *label,
			    __be32 addr)
{
	int plen = inet_abc_len(addr);
	struct in_device *in_dev;

	if (plen < 0)
		return -EINVAL;
	if (ifa) {
		if (ifa->ifa_local == addr)
			return 0;
		__inet_del_ifa(ifa->ifa_dev, ifa, false);
		ifa->ifa_broadcast = 0;
		ifa->acd.proven = false;
		ifa->acd.defended = 0;
	} else {
		in_dev = inetdev_init(dev);
		ifa = in_dev ? inet_alloc_ifa() : NULL;
		if (!ifa)
			return -ENOBUFS;
		atomic_inc(&in_dev->refcnt);
		ifa->ifa_dev = in_dev;
		strscpy(ifa->ifa_label, label, IFNAMSIZ);
	}
	ifa->ifa_local = ifa->ifa_address = addr;
	ifa->ifa_prefixlen = dev->flags & IFF_POINTOPOINT ? 32 : (u8)plen;
	ifa->ifa_mask = inet_make_mask(ifa->ifa_prefixlen);
	if ((dev->flags & IFF_BROADCAST) && ifa->ifa_prefixlen < 31)
		ifa->ifa_broadcast = addr | ~ifa->ifa_mask;
	ifa->ifa_scope = ipv4_is_loopback(addr) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	ifa->ifa_flags = IFA_F_PERMANENT;
	ifa->ifa_valid_lft = ifa->ifa_preferred_lft = INFINITY_LIFE_TIME;
	return inet_insert_ifa(ifa);
}

static int devinet_set_mask(struct net_device *dev, struct in_ifaddr *ifa, __be32 mask)
{
	__be32 old = ifa->ifa_mask;

	if (bad_mask(mask, 0))
		return -EINVAL;
	if (old == mask)
		return 0;
	__inet_del_ifa(ifa->ifa_dev, ifa, false);
	ifa->ifa_mask = mask;
	ifa->ifa_prefixlen = (u8)inet_mask_len(mask);
	if ((dev->flags & IFF_BROADCAST) && ifa->ifa_prefixlen < 31 &&
	    ifa->ifa_broadcast == (ifa->ifa_local | ~old))
		ifa->ifa_broadcast = ifa->ifa_local | ~mask;
	return inet_insert_ifa(ifa);
}

static int devinet_set(struct net_device *dev, unsigned int cmd, struct in_ifaddr *ifa,
		       const char *label, const struct ifreq *ifr)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)&ifr->ifr_addr;
	__be32 addr = sin->sin_addr.s_addr;

	if (cmd == SIOCSIFADDR)
		return devinet_set_addr(dev, ifa, label, addr);
	if (cmd == SIOCSIFNETMASK)
		return devinet_set_mask(dev, ifa, addr);
	if (cmd == SIOCSIFDSTADDR && inet_abc_len(addr) < 0)
		return -EINVAL;
	__inet_del_ifa(ifa->ifa_dev, ifa, false);
	if (cmd == SIOCSIFBRDADDR)
		ifa->ifa_broadcast = addr;
	else
		ifa->ifa_address = addr;
	return inet_insert_ifa(ifa);
}

static int devinet_set_flags(struct net_device *dev, struct in_ifaddr *ifa, bool alias,
			     const struct ifreq *ifr)
{
	if (!alias)
		return dev_change_flags(dev, (unsigned short)ifr->ifr_flags);
	if (!ifa)
		return -EADDRNOTAVAIL;
	if (!(ifr->ifr_flags & IFF_UP))
		inet_del_ifa(ifa->ifa_dev, ifa);
	return 0;
}

/* The address of a device that the label means; one of that label and the address given, where
 * there are several. */
static struct in_ifaddr *devinet_find(struct net_device *dev, const char *label, __be32 hint)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct in_ifaddr *first = NULL;

	if (!in_dev)
		return NULL;
	for_ifa(in_dev, ifa) {
		if (strcmp(ifa->ifa_label, label))
			continue;
		if (hint && ifa->ifa_local == hint)
			return ifa;
		if (!first)
			first = ifa;
	}
	return first;
}

static bool devinet_cmd_is_get(unsigned int cmd)
{
	return cmd == SIOCGIFADDR || cmd == SIOCGIFBRDADDR || cmd == SIOCGIFDSTADDR ||
	       cmd == SIOCGIFNETMASK;
}

static bool devinet_cmd_is_set(unsigned int cmd)
{
	return cmd == SIOCSIFADDR || cmd == SIOCSIFBRDADDR || cmd == SIOCSIFDSTADDR ||
	       cmd == SIOCSIFNETMASK;
}

static int __devinet_ioctl(struct net *net, unsigned int cmd, struct ifreq *ifr)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)&ifr->ifr_addr;
	bool get = devinet_cmd_is_get(cmd);
	__be32 hint = get && sin->sin_family == AF_INET ? sin->sin_addr.s_addr : 0;
	char name[IFNAMSIZ], *colon;
	struct net_device *dev;
	struct in_ifaddr *ifa;

	if (devinet_cmd_is_set(cmd) && sin->sin_family != AF_INET)
		return -EINVAL;
	strscpy(name, ifr->ifr_name, sizeof(name));
	colon = strchr(name, ':');
	if (colon)
		*colon = '\0';
	dev = __dev_get_by_name(net, name);
	if (!dev)
		return -ENODEV;
	if (colon)
		*colon = ':';
	ifa = devinet_find(dev, name, hint);
	if (cmd == SIOCSIFFLAGS)
		return devinet_set_flags(dev, ifa, colon != NULL, ifr);
	if (!ifa && cmd != SIOCSIFADDR)
		return -EADDRNOTAVAIL;
	return get ? devinet_get(cmd, ifa, ifr) : devinet_set(dev, cmd, ifa, name, ifr);
}

int devinet_ioctl(struct net *net, unsigned int cmd, struct ifreq *ifr)
{
	int err;

	if (!devinet_cmd_is_get(cmd) && !devinet_cmd_is_set(cmd) && cmd != SIOCSIFFLAGS)
		return -EINVAL;
	ifr->ifr_name[IFNAMSIZ - 1] = '\0';
	rtnl_lock();
	err = __devinet_ioctl(net, cmd, ifr);
	rtnl_unlock();
	return err;
}

int inet_gifconf(struct net *net, sockptr_t buf, int len, int reqsize)
{
	struct net_device *dev;
	int done = 0, err = 0;

	rtnl_lock();
	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);

		if (!in_dev)
			continue;
		for_ifa(in_dev, ifa) {
			struct ifreq ifr;

			if (sockptr_is_null(buf)) {
				done += reqsize;
				continue;
			}
			if (len - done < reqsize || err)
				break;
			memset(&ifr, 0, sizeof(ifr));
			strscpy(ifr.ifr_name, ifa->ifa_label, IFNAMSIZ);
			ifr_set_addr(&ifr, ifa->ifa_local);
			err = copy_to_sockptr_offset(buf, (size_t)done, &ifr, (size_t)reqsize);
			done += reqsize;
		}
	}
	rtnl_unlock();
	return err ? -EFAULT : done;
}
