/* SPDX-License-Identifier: MIT */
/* Options of multicast membership: joining and leaving, sources one by one and as a whole filter; in IPv4's own
 * shapes (IP_*) and in those for any protocol (MCAST_*). ip(7), RFC 3678. */
#include <kernel/err.h>
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/ip.h>
#include "ipv4_internal.h"

/* The shapes of MCAST_* begin with an index; in a program of 32 bits, and the pointer knows whose it is, the addresses follow
 * without a gap. */
#define STORAGE	    ((unsigned int)sizeof(struct __kernel_sockaddr_storage))
#define FIRST(wide) ((wide) ? 8u : 4u)

/* Where the parts of a struct group_filter are. */
static unsigned int gf_head(bool wide)
{
	return FIRST(wide) + STORAGE + 8;
}

static int get_u32(sockptr_t from, unsigned int at, u32 *val)
{
	return copy_from_sockptr_offset(val, from, at, sizeof(*val)) ? -EFAULT : 0;
}

/* The IPv4 address at @at; @other: the error where it is of another family. */
static int get_addr(sockptr_t from, unsigned int at, int other, __be32 *addr)
{
	struct sockaddr_in sin;

	if (copy_from_sockptr_offset(&sin, from, at, sizeof(sin)))
		return -EFAULT;
	*addr = sin.sin_addr.s_addr;
	return sin.sin_family == AF_INET ? 0 : other;
}

int ip_get_mreqn(struct ip_mreqn *mreq, sockptr_t optval, unsigned int optlen, bool allow_addr)
{
	memset(mreq, 0, sizeof(*mreq));
	if (optlen >= sizeof(struct ip_mreqn))
		return copy_from_sockptr(mreq, optval, sizeof(*mreq)) ? -EFAULT : 0;
	if (optlen >= sizeof(struct ip_mreq))
		return copy_from_sockptr(mreq, optval, sizeof(struct ip_mreq)) ? -EFAULT : 0;
	if (allow_addr && optlen >= sizeof(struct in_addr))
		return copy_from_sockptr(&mreq->imr_address, optval, sizeof(struct in_addr))
			       ? -EFAULT
			       : 0;
	return -EINVAL;
}

static int set_membership(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	struct ip_mreqn mreq;
	int err;

	if (inet_sk(sk)->is_icsk)
		return -EPROTO;
	err = ip_get_mreqn(&mreq, optval, optlen, false);
	if (err)
		return err;
	return optname == IP_ADD_MEMBERSHIP ? ip_mc_join_group(sk, &mreq)
					    : ip_mc_leave_group(sk, &mreq);
}

/* MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP */
static int set_group(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	bool wide = !optval.is_compat;
	struct ip_mreqn mreq = { 0 };
	u32 index;
	int err;

	if (optlen < FIRST(wide) + STORAGE)
		return -EINVAL;
	err = get_u32(optval, 0, &index);
	if (!err)
		err = get_addr(optval, FIRST(wide), -EINVAL, &mreq.imr_multiaddr.s_addr);
	if (err)
		return err;
	mreq.imr_ifindex = (int)index;
	return optname == MCAST_JOIN_GROUP ? ip_mc_join_group(sk, &mreq)
					   : ip_mc_leave_group(sk, &mreq);
}

/* One source: wanted or not, as a membership of its own (INCLUDE) or as an exception of one. */
static int change_source(struct sock *sk, bool join, bool add, struct ip_mreq_source *mreqs, int ifindex)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = mreqs->imr_multiaddr,
				 .imr_address.s_addr = mreqs->imr_interface,
				 .imr_ifindex = ifindex };
	int err;

	if (join && add) {
		err = ip_mc_join_group_mode(sk, &mreq, MCAST_INCLUDE);
		if (err && err != -EADDRINUSE)
			return err;
		ifindex = ifindex ? mreq.imr_ifindex : 0;
	}
	return ip_mc_source(add, join ? MCAST_INCLUDE : MCAST_EXCLUDE, sk, mreqs, ifindex);
}

static int set_source(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	bool join = optname == IP_ADD_SOURCE_MEMBERSHIP || optname == IP_DROP_SOURCE_MEMBERSHIP;
	bool add = optname == IP_ADD_SOURCE_MEMBERSHIP || optname == IP_BLOCK_SOURCE;
	struct ip_mreq_source mreqs;

	if (optlen != sizeof(mreqs))
		return -EINVAL;
	if (copy_from_sockptr(&mreqs, optval, sizeof(mreqs)))
		return -EFAULT;
	return change_source(sk, join, add, &mreqs, 0);
}

/* MCAST_JOIN_SOURCE_GROUP and the three like it */
static int set_group_source(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	bool join = optname == MCAST_JOIN_SOURCE_GROUP || optname == MCAST_LEAVE_SOURCE_GROUP;
	bool add = optname == MCAST_JOIN_SOURCE_GROUP || optname == MCAST_BLOCK_SOURCE;
	bool wide = !optval.is_compat;
	struct ip_mreq_source mreqs = { 0 };
	u32 index;
	int err;

	if (optlen != FIRST(wide) + 2 * STORAGE)
		return -EINVAL;
	err = get_u32(optval, 0, &index);
	if (!err)
		err = get_addr(optval, FIRST(wide), -EADDRNOTAVAIL, &mreqs.imr_multiaddr);
	if (!err)
		err = get_addr(optval, FIRST(wide) + STORAGE, -EADDRNOTAVAIL, &mreqs.imr_sourceaddr);
	return err ? err : change_source(sk, join, add, &mreqs, (int)index);
}

/* ---- whole filters ---- */

static int filter_size_ok(const struct sock *sk, u32 n, unsigned int need, unsigned int optlen)
{
	if (n >= 0x3ffffffcu || n > (u32)sock_net(sk)->ipv4.sysctl_igmp_max_msf)
		return -ENOBUFS;
	return need > optlen ? -EINVAL : 0;
}

static int set_msfilter(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct ip_msfilter head;
	__be32 *sources;
	int err;

	if (optlen < IP_MSFILTER_SIZE(0))
		return -EINVAL;
	if (copy_from_sockptr(&head, optval, IP_MSFILTER_SIZE(0)))
		return -EFAULT;
	err = filter_size_ok(sk, head.imsf_numsrc, (unsigned int)IP_MSFILTER_SIZE(head.imsf_numsrc), optlen);
	if (err)
		return err;
	sources = kmalloc(head.imsf_numsrc * 4 + 4, GFP_KERNEL);
	if (!sources)
		return -ENOBUFS;
	err = -EFAULT;
	if (!copy_from_sockptr_offset(sources, optval, IP_MSFILTER_SIZE(0), head.imsf_numsrc * 4)) {
		struct ip_mreqn imr = { .imr_multiaddr.s_addr = head.imsf_multiaddr,
					.imr_address.s_addr = head.imsf_interface };

		err = ip_mc_msfilter(sk, &imr, head.imsf_fmode, sources, head.imsf_numsrc);
	}
	kfree(sources);
	return err;
}

/* The index, group, mode and number of sources at the beginning of a struct group_filter. */
static int get_group_filter(sockptr_t optval, bool wide, struct ip_mreqn *imr, u32 *mode, u32 *n)
{
	u32 index;
	int err = get_u32(optval, 0, &index);

	memset(imr, 0, sizeof(*imr));
	if (!err)
		err = get_addr(optval, FIRST(wide), -EINVAL, &imr->imr_multiaddr.s_addr);
	if (!err)
		err = get_u32(optval, FIRST(wide) + STORAGE, mode);
	if (!err)
		err = get_u32(optval, FIRST(wide) + STORAGE + 4, n);
	imr->imr_ifindex = (int)index;
	return err;
}

static int set_group_filter(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	bool wide = !optval.is_compat;
	struct ip_mreqn imr;
	__be32 *sources;
	u32 mode, n, i;
	int err;

	if (optlen < gf_head(wide))
		return -EINVAL;
	err = get_group_filter(optval, wide, &imr, &mode, &n);
	if (!err)
		err = filter_size_ok(sk, n, n < 1024 ? gf_head(wide) + n * STORAGE : ~0u, optlen);
	if (err)
		return err;
	sources = kmalloc(n * 4 + 4, GFP_KERNEL);
	if (!sources)
		return -ENOBUFS;
	for (i = 0; i < n && !err; i++)
		err = get_addr(optval, gf_head(wide) + i * STORAGE, -EADDRNOTAVAIL, &sources[i]);
	if (!err)
		err = ip_mc_msfilter(sk, &imr, mode, sources, n);
	kfree(sources);
	return err;
}

int ip_mcast_setsockopt(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	switch (optname) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP: return set_membership(sk, optname, optval, optlen);
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP: return set_source(sk, optname, optval, optlen);
	case IP_MSFILTER: return set_msfilter(sk, optval, optlen);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP: return set_group(sk, optname, optval, optlen);
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE: return set_group_source(sk, optname, optval, optlen);
	case MCAST_MSFILTER: return set_group_filter(sk, optval, optlen);
	}
	return -ENOPROTOOPT;
}

/* ---- reading filters ---- */

static int put_msfilter(struct sock *sk, sockptr_t optval, sockptr_t optlen, int len)
{
	struct ip_msfilter head;
	struct ip_mc_socklist *iml;
	struct ip_mreqn imr;
	u32 n;

	if (len < (int)IP_MSFILTER_SIZE(0))
		return -EINVAL;
	if (copy_from_sockptr(&head, optval, IP_MSFILTER_SIZE(0)))
		return -EFAULT;
	imr = (struct ip_mreqn){ .imr_multiaddr.s_addr = head.imsf_multiaddr,
				 .imr_address.s_addr = head.imsf_interface };
	iml = ip_mc_find_filter(sk, &imr);
	if (IS_ERR(iml))
		return (int)PTR_ERR(iml);
	n = min(head.imsf_numsrc, iml->sl_count);
	head.imsf_fmode = iml->sfmode;
	head.imsf_numsrc = iml->sl_count;
	len = (int)IP_MSFILTER_SIZE(n);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, &head, IP_MSFILTER_SIZE(0)) ||
	    (n && copy_to_sockptr_offset(optval, IP_MSFILTER_SIZE(0), iml->sl_addr, n * 4)))
		return -EFAULT;
	return 0;
}

static int put_group_filter(struct sock *sk, sockptr_t optval, sockptr_t optlen, int len)
{
	bool wide = !optval.is_compat;
	struct ip_mc_socklist *iml;
	struct ip_mreqn imr;
	u32 mode, room, i, head[2];
	int err;

	if (len < (int)gf_head(wide))
		return -EINVAL;
	err = get_group_filter(optval, wide, &imr, &mode, &room);
	iml = err ? NULL : ip_mc_find_filter(sk, &imr);
	if (err || IS_ERR(iml))
		return err ? err : (int)PTR_ERR(iml);
	room = min(room, ((u32)len - gf_head(wide)) / STORAGE);
	room = min(room, iml->sl_count);
	for (i = 0; i < room; i++) {
		struct __kernel_sockaddr_storage ss = { 0 };
		struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

		sin->sin_family = AF_INET;
		sin->sin_addr.s_addr = iml->sl_addr[i];
		if (copy_to_sockptr_offset(optval, gf_head(wide) + i * STORAGE, &ss, sizeof(ss)))
			return -EFAULT;
	}
	head[0] = iml->sfmode;
	head[1] = iml->sl_count;
	len = (int)(gf_head(wide) + room * STORAGE);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr_offset(optval, FIRST(wide) + STORAGE, head, sizeof(head)))
		return -EFAULT;
	return 0;
}

int ip_mcast_getsockopt(struct sock *sk, int optname, sockptr_t optval, sockptr_t optlen, int len)
{
	return optname == IP_MSFILTER ? put_msfilter(sk, optval, optlen, len)
				      : put_group_filter(sk, optval, optlen, len);
}
