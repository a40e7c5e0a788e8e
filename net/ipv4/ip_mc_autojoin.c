/* SPDX-License-Identifier: MIT */
/* Groups that are joined because they are an address of a device (IFA_F_MCAUTOJOIN; ip-address(8): autojoin): by a socket
 * of the kernel's own, one of each namespace. */
#include <net/igmp.h>
#include "ipv4_internal.h"

static struct ip_mreqn autojoin_request(const struct in_ifaddr *ifa)
{
	return (struct ip_mreqn){ .imr_multiaddr.s_addr = ifa->ifa_address,
				  .imr_ifindex = ifa->ifa_dev->dev->ifindex };
}

int ip_mc_autojoin(const struct in_ifaddr *ifa)
{
	struct net *net = dev_net(ifa->ifa_dev->dev);
	struct socket **sock = &net->ipv4.mc_autojoin_sock;
	struct ip_mreqn mreq = autojoin_request(ifa);
	int err = 0;

	ASSERT_RTNL();
	if (!*sock)
		err = sock_create_kern(net, AF_INET, SOCK_DGRAM, 0, sock);
	if (err) {
		*sock = NULL;
		return err;
	}
	lock_sock((*sock)->sk);
	err = ip_mc_join_group((*sock)->sk, &mreq);
	release_sock((*sock)->sk);
	return err;
}

/* The address has gone, for whatever reason. */
static int autojoin_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;
	struct socket *sock = dev_net(ifa->ifa_dev->dev)->ipv4.mc_autojoin_sock;
	struct ip_mreqn mreq = autojoin_request(ifa);

	if (event != NETDEV_DOWN || !(ifa->ifa_flags & IFA_F_MCAUTOJOIN) || !sock)
		return 0;
	lock_sock(sock->sk);
	ip_mc_leave_group(sock->sk, &mreq);
	release_sock(sock->sk);
	return 0;
}

static void autojoin_net_exit(struct net *net)
{
	if (net->ipv4.mc_autojoin_sock)
		sock_release(net->ipv4.mc_autojoin_sock);
	net->ipv4.mc_autojoin_sock = NULL;
}

static struct pernet_operations autojoin_net_ops = { .exit = autojoin_net_exit };
static struct notifier_block autojoin_notifier = { .notifier_call = autojoin_event };

void ip_mc_autojoin_init(void)
{
	register_pernet_subsys(&autojoin_net_ops);
	register_inetaddr_notifier(&autojoin_notifier);
}
