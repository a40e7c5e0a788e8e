/* SPDX-License-Identifier: MIT */
/* The ioctls of AF_INET sockets: routes, ARP entries, addresses; what is left goes to the protocol.
 * ip(7), netdevice(7), arp(7). */
#include <kernel/string.h>
#include <net/arp.h>
#include <net/inet_sock.h>
#include <net/inetdevice.h>
#include <net/route.h>
#include "ipv4_internal.h"

static int inet_ioctl_route(struct net *net, unsigned int cmd, sockptr_t arg)
{
	char name[IFNAMSIZ] = "";
	struct rtentry rt;

	if (copy_from_sockptr(&rt, arg, sizeof(rt)))
		return -EFAULT;
	if (rt.rt_dev) {
		sockptr_t from = arg;

		from.kernel = rt.rt_dev; /* the name lies where the request does: ring 3's memory or
					    ours */
		if (arg.is_kernel)
			strscpy(name, rt.rt_dev, sizeof(name));
		else if (strncpy_from_user(name, from.user, sizeof(name) - 1) < 0)
			return -EFAULT;
		name[sizeof(name) - 1] = '\0';
		rt.rt_dev = name;
	}
	return ip_rt_ioctl(net, cmd, &rt);
}

static int inet_ioctl_arp(struct net *net, unsigned int cmd, sockptr_t arg)
{
	struct arpreq r;
	int err;

	if (copy_from_sockptr(&r, arg, sizeof(r)))
		return -EFAULT;
	err = arp_ioctl(net, cmd, &r);
	if (!err && cmd == SIOCGARP)
		err = copy_to_sockptr(arg, &r, sizeof(r));
	return err;
}

static int inet_ioctl_ifreq(struct net *net, unsigned int cmd, sockptr_t arg, bool get)
{
	struct ifreq ifr;
	int err;

	if (copy_from_sockptr(&ifr, arg, sizeof(ifr)))
		return -EFAULT;
	err = devinet_ioctl(net, cmd, &ifr);
	if (!err && get)
		err = copy_to_sockptr(arg, &ifr, sizeof(ifr));
	return err;
}

static int inet_ioctl_ifconf(struct net *net, sockptr_t arg)
{
	struct ifconf ifc;
	sockptr_t buf = arg;
	int len;

	if (copy_from_sockptr(&ifc, arg, sizeof(ifc)))
		return -EFAULT;
	if (ifc.ifc_len < 0)
		return -EINVAL;
	buf.kernel = ifc.ifc_buf;
	len = inet_gifconf(net, buf, ifc.ifc_len, sizeof(struct ifreq));
	if (len < 0)
		return len;
	ifc.ifc_len = len;
	return copy_to_sockptr(arg, &ifc, sizeof(ifc));
}

int inet_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	sockptr_t p = sock_ioctl_ptr(arg);
	struct sock *sk = sock->sk;
	struct net *net = sock_net(sk);

	switch (cmd) {
	case SIOCADDRT:
	case SIOCDELRT: return inet_ioctl_route(net, cmd, p);
	case SIOCGARP:
	case SIOCSARP:
	case SIOCDARP: return inet_ioctl_arp(net, cmd, p);
	case SIOCGIFADDR:
	case SIOCGIFBRDADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFDSTADDR: return inet_ioctl_ifreq(net, cmd, p, true);
	case SIOCSIFADDR:
	case SIOCSIFBRDADDR:
	case SIOCSIFNETMASK:
	case SIOCSIFDSTADDR:
	case SIOCSIFFLAGS: return inet_ioctl_ifreq(net, cmd, p, false);
	case SIOCGIFCONF: return inet_ioctl_ifconf(net, p);
	case SIOCGIFPFLAGS:
	case SIOCSIFPFLAGS: return -EINVAL; /* known, and of no protocol */
	}
	return sk->sk_prot->ioctl ? sk->sk_prot->ioctl(sk, (int)cmd, arg) : -ENOIOCTLCMD;
}
