/* SPDX-License-Identifier: MIT */
/* The options of SOL_NETLINK. netlink(7). */
#include "netlink_internal.h"

/* Options that are a mark of the socket. */
static const struct {
	int optname, flag;
} netlink_flag_opts[] = {
	{ NETLINK_PKTINFO, NETLINK_F_RECV_PKTINFO },
	{ NETLINK_BROADCAST_ERROR, NETLINK_F_BROADCAST_ERROR },
	{ NETLINK_NO_ENOBUFS, NETLINK_F_RECV_NO_ENOBUFS },
	{ NETLINK_LISTEN_ALL_NSID, NETLINK_F_LISTEN_ALL_NSID },
	{ NETLINK_CAP_ACK, NETLINK_F_CAP_ACK },
	{ NETLINK_EXT_ACK, NETLINK_F_EXT_ACK },
	{ NETLINK_GET_STRICT_CHK, NETLINK_F_STRICT_CHK },
};

/* The option's mark, or -1. */
static int netlink_flag_of(int optname)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(netlink_flag_opts); i++)
		if (netlink_flag_opts[i].optname == optname)
			return netlink_flag_opts[i].flag;
	return -1;
}

int netlink_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	struct netlink_sock *nlk = nlk_sk(sock->sk);
	int flag = netlink_flag_of(optname);
	unsigned int val = 0;

	if (level != SOL_NETLINK)
		return -ENOPROTOOPT;
	if (optlen >= sizeof(int) && copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if (optname == NETLINK_ADD_MEMBERSHIP || optname == NETLINK_DROP_MEMBERSHIP)
		return netlink_join(sock->sk, val, optname == NETLINK_ADD_MEMBERSHIP);
	if (flag < 0)
		return -ENOPROTOOPT;
	if (val)
		nlk->flags |= (unsigned int)BIT(flag);
	else
		nlk->flags &= ~(unsigned int)BIT(flag);
	if (val && flag == NETLINK_F_RECV_NO_ENOBUFS)
		nlk->congested = false;
	return 0;
}

/* All groups as words of 32, as many as fit; the length they need. */
static int get_memberships(const struct netlink_sock *nlk, sockptr_t optval, int len,
			   sockptr_t optlen)
{
	int need = (int)ALIGN(DIV_ROUND_UP(nlk->ngroups, 8u), (unsigned int)sizeof(u32)), pos;

	for (pos = 0; pos < need && len - pos >= (int)sizeof(u32); pos += (int)sizeof(u32)) {
		u32 word = (u32)(nlk->groups[pos / 8] >> pos % 8 * 8);

		if (copy_to_sockptr_offset(optval, (size_t)pos, &word, sizeof(word)))
			return -EFAULT;
	}
	return copy_to_sockptr(optlen, &need, sizeof(need));
}

int netlink_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		       sockptr_t optlen)
{
	const struct netlink_sock *nlk = nlk_sk(sock->sk);
	int flag = netlink_flag_of(optname), len, val;

	if (level != SOL_NETLINK)
		return -ENOPROTOOPT;
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == NETLINK_LIST_MEMBERSHIPS)
		return get_memberships(nlk, optval, len, optlen);
	if (flag < 0 || flag == NETLINK_F_LISTEN_ALL_NSID)
		return -ENOPROTOOPT;
	if (len < (int)sizeof(int))
		return -EINVAL;
	len = sizeof(int);
	val = nlk_has(nlk, flag);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, &val, sizeof(val)))
		return -EFAULT;
	return 0;
}
