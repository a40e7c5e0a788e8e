/* SPDX-License-Identifier: MIT */
/* SIOCETHTOOL: what capture programs ask of every device before they use it. netdevice(7); the rest of ethtool is refused as by a
 * driver that knows none of it. */
#include <uapi/ethtool.h>
#include <uapi/net_tstamp.h>

#include "core_internal.h"

int dev_ethtool(struct net *net, const struct ifreq *ifr)
{
	void __user *to = (void __user *)ifr->ifr_data; /* ring 3's, whoever holds the rest of the request */
	const struct net_device *dev;
	struct ethtool_value link;
	struct ethtool_ts_info stamps = { .phc_index = -1 };
	u32 cmd;

	if (copy_from_user(&cmd, to, sizeof(cmd)))
		return -EFAULT;
	dev = __dev_get_by_name(net, ifr->ifr_name);
	if (!dev)
		return -ENODEV;
	switch (cmd) {
	case ETHTOOL_GLINK:
		link = (struct ethtool_value){ cmd, netif_running(dev) && netif_carrier_ok(dev) };
		return copy_to_user(to, &link, sizeof(link)) ? -EFAULT : 0;
	case ETHTOOL_GET_TS_INFO:
		stamps.cmd = cmd;
		stamps.so_timestamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
		return copy_to_user(to, &stamps, sizeof(stamps)) ? -EFAULT : 0;
	default: return -EOPNOTSUPP;
	}
}
