/* SPDX-License-Identifier: MIT */
/* Multicast memberships of sockets and their source filters. ip(7), RFC 3376 section 3, RFC 3678.
 */
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

/* The device that a request names by index or address, or that the group is routed to. */
static struct in_device *ip_mc_find_dev(struct net *net, struct ip_mreqn *imr)
{
	struct net_device *dev = NULL;
	struct rtable *rt;

	if (imr->imr_ifindex) {
		dev = __dev_get_by_index(net, imr->imr_ifindex);
	} else if (imr->imr_address.s_addr) {
		dev = __ip_dev_find(net, imr->imr_address.s_addr, false);
	} else {
		rt = ip_route_output(net, imr->imr_multiaddr.s_addr, 0, 0, 0);
		if (!IS_ERR(rt)) {
			dev = rt->dst.dev;
			dst_release(&rt->dst);
		}
	}
	if (!dev)
		return NULL;
	imr->imr_ifindex = dev->ifindex;
	return __in_dev_get_rtnl(dev);
}

static struct ip_mc_list *ip_mc_group(struct in_device *in_dev, __be32 group)
{
	struct ip_mc_list *im;

	for (im = in_dev->mc_list; im; im = im->next)
		if (im->multiaddr == group)
			return im;
	return NULL;
}

int ip_mc_join_group_mode(struct sock *sk, struct ip_mreqn *imr, unsigned int mode)
{
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);
	struct ip_mc_socklist *iml;
	struct in_device *in_dev;
	int count = 0;

	ASSERT_RTNL();
	if (!ipv4_is_multicast(imr->imr_multiaddr.s_addr))
		return -EINVAL;
	in_dev = ip_mc_find_dev(net, imr);
	if (!in_dev)
		return -ENODEV;
	for (iml = inet->mc_list; iml; iml = iml->next, count++)
		if (iml->multi.imr_multiaddr.s_addr == imr->imr_multiaddr.s_addr &&
		    iml->multi.imr_ifindex == imr->imr_ifindex)
			return -EADDRINUSE;
	if (count >= net->ipv4.sysctl_igmp_max_memberships)
		return -ENOBUFS;
	iml = kzalloc(sizeof(*iml), GFP_KERNEL);
	if (!iml)
		return -ENOBUFS;
	if (!igmp_inc_group(in_dev, imr->imr_multiaddr.s_addr, mode)) {
		kfree(iml);
		return -ENOBUFS;
	}
	iml->multi = *imr;
	iml->sfmode = mode;
	local_bh_disable();
	iml->next = inet->mc_list;
	inet->mc_list = iml;
	local_bh_enable();
	return 0;
}

int ip_mc_join_group(struct sock *sk, struct ip_mreqn *imr)
{
	return ip_mc_join_group_mode(sk, imr, MCAST_EXCLUDE);
}

/* Take the membership out of the socket's list and away from the device. */
static void ip_mc_drop(struct sock *sk, struct ip_mc_socklist *iml)
{
	struct net_device *dev = __dev_get_by_index(sock_net(sk), iml->multi.imr_ifindex);
	struct in_device *in_dev = dev ? __in_dev_get_rtnl(dev) : NULL;
	struct ip_mc_list *im = in_dev ? ip_mc_group(in_dev, iml->multi.imr_multiaddr.s_addr)
				       : NULL;
	struct ip_mc_socklist **p = &inet_sk(sk)->mc_list;
	unsigned int i;

	local_bh_disable();
	while (*p && *p != iml)
		p = &(*p)->next;
	if (*p)
		*p = iml->next;
	local_bh_enable();
	if (im) {
		for (i = 0; i < iml->sl_count; i++)
			igmp_count_source(im, iml->sl_addr[i], iml->sfmode, -1);
		igmp_dec_group(in_dev, im->multiaddr, iml->sfmode);
	}
	kfree(iml->sl_addr);
	kfree(iml);
}

/* The socket's membership that a request means. */
static struct ip_mc_socklist *ip_mc_find(struct sock *sk, const struct ip_mreqn *imr)
{
	struct ip_mc_socklist *iml;

	for (iml = inet_sk(sk)->mc_list; iml; iml = iml->next) {
		if (iml->multi.imr_multiaddr.s_addr != imr->imr_multiaddr.s_addr)
			continue;
		if (imr->imr_ifindex
			    ? iml->multi.imr_ifindex == imr->imr_ifindex
			    : !imr->imr_address.s_addr ||
				      imr->imr_address.s_addr == iml->multi.imr_address.s_addr)
			return iml;
	}
	return NULL;
}

int ip_mc_leave_group(struct sock *sk, struct ip_mreqn *imr)
{
	struct ip_mreqn where = *imr;
	struct ip_mc_socklist *iml;

	ASSERT_RTNL();
	if (!ip_mc_find_dev(sock_net(sk), &where) && !imr->imr_ifindex && !imr->imr_address.s_addr)
		return -ENODEV;
	iml = ip_mc_find(sk, &where);
	if (!iml)
		iml = ip_mc_find(sk, imr);
	if (!iml)
		return -EADDRNOTAVAIL;
	ip_mc_drop(sk, iml);
	return 0;
}

void ip_mc_drop_socket(struct sock *sk)
{
	if (!inet_sk(sk)->mc_list)
		return;
	rtnl_lock();
	while (inet_sk(sk)->mc_list)
		ip_mc_drop(sk, inet_sk(sk)->mc_list);
	rtnl_unlock();
}

static int sl_index(const struct ip_mc_socklist *iml, __be32 source)
{
	unsigned int i;

	for (i = 0; i < iml->sl_count; i++)
		if (iml->sl_addr[i] == source)
			return (int)i;
	return -1;
}

static int ip_mc_add_source(struct sock *sk, struct ip_mc_socklist *iml, struct ip_mc_list *im,
			    __be32 source)
{
	unsigned int max = (unsigned int)sock_net(sk)->ipv4.sysctl_igmp_max_msf;
	__be32 *list;
	int err;

	if (sl_index(iml, source) >= 0)
		return -EADDRNOTAVAIL;
	if (iml->sl_count >= max)
		return -ENOBUFS;
	if (iml->sl_count == iml->sl_max) {
		list = kcalloc(iml->sl_max + 8, sizeof(*list), GFP_KERNEL);
		if (!list)
			return -ENOBUFS;
		if (iml->sl_count)
			memcpy(list, iml->sl_addr, iml->sl_count * sizeof(*list));
		local_bh_disable();
		swap(list, iml->sl_addr);
		iml->sl_max += 8;
		local_bh_enable();
		kfree(list);
	}
	err = igmp_count_source(im, source, iml->sfmode, 1);
	if (err)
		return err;
	local_bh_disable();
	iml->sl_addr[iml->sl_count++] = source;
	local_bh_enable();
	return 0;
}

int ip_mc_source(bool add, unsigned int mode, struct sock *sk, const struct ip_mreq_source *mreqs,
		 int ifindex)
{
	struct ip_mreqn imr = { .imr_multiaddr.s_addr = mreqs->imr_multiaddr,
				.imr_address.s_addr = mreqs->imr_interface,
				.imr_ifindex = ifindex };
	struct ip_mc_socklist *iml;
	struct in_device *in_dev;
	struct ip_mc_list *im;
	int i;

	ASSERT_RTNL();
	if (!ipv4_is_multicast(mreqs->imr_multiaddr))
		return -EINVAL;
	in_dev = ip_mc_find_dev(sock_net(sk), &imr);
	if (!in_dev)
		return -ENODEV;
	iml = ip_mc_find(sk, &imr);
	im = iml ? ip_mc_group(in_dev, imr.imr_multiaddr.s_addr) : NULL;
	if (!im)
		return -EINVAL;
	if (iml->sfmode != mode) {
		if (iml->sl_count)
			return -EINVAL;
		/* The first source settles the mode. */
		igmp_inc_group(in_dev, im->multiaddr, mode);
		igmp_dec_group(in_dev, im->multiaddr, iml->sfmode);
		iml->sfmode = mode;
	}
	if (add)
		return ip_mc_add_source(sk, iml, im, mreqs->imr_sourceaddr);
	i = sl_index(iml, mreqs->imr_sourceaddr);
	if (i < 0)
		return -EADDRNOTAVAIL;
	if (iml->sl_count == 1 && mode == MCAST_INCLUDE) {
		ip_mc_drop(sk, iml); /* from nobody: not a member */
		return 0;
	}
	igmp_count_source(im, mreqs->imr_sourceaddr, mode, -1);
	local_bh_disable();
	iml->sl_addr[i] = iml->sl_addr[--iml->sl_count];
	local_bh_enable();
	return 0;
}

struct ip_mc_socklist *ip_mc_find_filter(struct sock *sk, struct ip_mreqn *imr)
{
	struct ip_mc_socklist *iml;

	if (!ipv4_is_multicast(imr->imr_multiaddr.s_addr))
		return ERR_PTR(-EINVAL);
	if (!ip_mc_find_dev(sock_net(sk), imr))
		return ERR_PTR(-ENODEV);
	iml = ip_mc_find(sk, imr);
	return iml ? iml : ERR_PTR(-EADDRNOTAVAIL);
}

int ip_mc_msfilter(struct sock *sk, struct ip_mreqn *imr, unsigned int mode, const __be32 *sources,
		   unsigned int n)
{
	struct ip_mc_socklist *iml;
	struct ip_mc_list *im;
	__be32 *list = NULL;
	unsigned int i, old_n, old_mode;
	int err = 0;

	ASSERT_RTNL();
	if (mode != MCAST_INCLUDE && mode != MCAST_EXCLUDE)
		return -EINVAL;
	iml = ip_mc_find_filter(sk, imr);
	if (mode == MCAST_INCLUDE && !n && iml != ERR_PTR(-EINVAL) && iml != ERR_PTR(-ENODEV))
		return ip_mc_leave_group(sk, imr);
	if (IS_ERR(iml))
		return iml == ERR_PTR(-EADDRNOTAVAIL) ? -EINVAL : (int)PTR_ERR(iml);
	im = ip_mc_group(ip_mc_find_dev(sock_net(sk), imr), imr->imr_multiaddr.s_addr);
	if (!im)
		return -EINVAL;
	if (n) {
		list = kmemdup(sources, n * sizeof(*sources), GFP_KERNEL);
		if (!list)
			return -ENOBUFS;
	}
	/* The new filter is counted before the old one is not: the group is never without any. */
	igmp_batch(im, true);
	igmp_inc_group(im->interface, im->multiaddr, mode);
	for (i = 0; i < n && !err; i++)
		err = igmp_count_source(im, list[i], mode, 1);
	if (err) {
		while (--i > 0)
			igmp_count_source(im, list[i - 1], mode, -1);
		igmp_dec_group(im->interface, im->multiaddr, mode);
		igmp_batch(im, false);
		kfree(list);
		return err;
	}
	old_n = iml->sl_count;
	old_mode = iml->sfmode;
	local_bh_disable();
	swap(iml->sl_addr, list);
	iml->sl_count = iml->sl_max = n;
	iml->sfmode = mode;
	local_bh_enable();
	for (i = 0; i < old_n; i++)
		igmp_count_source(im, list[i], old_mode, -1);
	igmp_dec_group(im->interface, im->multiaddr, old_mode);
	igmp_batch(im, false);
	kfree(list);
	return 0;
}

bool ip_mc_sf_allow(const struct sock *sk, __be32 group, __be32 src, int dif)
{
	const struct ip_mc_socklist *iml;

	if (!ipv4_is_multicast(group))
		return true;
	for (iml = inet_sk(sk)->mc_list; iml; iml = iml->next)
		if (iml->multi.imr_multiaddr.s_addr == group &&
		    (!dif || iml->multi.imr_ifindex == dif))
			break;
	if (!iml)
		return inet_sk(sk)->mc_all;
	if (sl_index(iml, src) >= 0)
		return iml->sfmode == MCAST_INCLUDE;
	return iml->sfmode == MCAST_EXCLUDE;
}
