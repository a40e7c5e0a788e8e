/* SPDX-License-Identifier: MIT */
/* The options of SOL_IP. ip(7). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <uapi/tcp.h>
#include "ipv4_internal.h"

static void ip_sock_set_tos(struct sock *sk, int val)
{
	struct inet_sock *inet = inet_sk(sk);

	if (sk->sk_type == SOCK_STREAM) /* ECN is the protocol's own */
		val = (val & ~INET_ECN_MASK) | (inet->tos & INET_ECN_MASK);
	if (inet->tos == (u8)val)
		return;
	inet->tos = (u8)val;
	sk->sk_priority = rt_tos2priority((u8)val);
	sk_dst_reset(sk);
}

static int ip_set_options(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ip_options *opt = NULL;
	int err;

	err = ip_options_get(sock_net(sk), &opt, optval, optlen);
	if (err)
		return err;
	if (!opt->optlen) {
		kfree(opt);
		opt = NULL;
	}
	kfree(inet->inet_opt);
	inet->inet_opt = opt;
	sk_dst_reset(sk);
	return 0;
}

static int ip_set_unicast_if(struct sock *sk, int val, unsigned int optlen)
{
	int ifindex = (int)ntohl((__be32)val);

	if (optlen != sizeof(int))
		return -EINVAL;
	if (ifindex && !__dev_get_by_index(sock_net(sk), ifindex))
		return -EADDRNOTAVAIL;
	if (ifindex && sk->sk_bound_dev_if && sk->sk_bound_dev_if != ifindex)
		return -EINVAL;
	inet_sk(sk)->uc_index = ifindex;
	return 0;
}

/* One bit of cmsg_flags. */
static int ip_set_cmsg(struct inet_sock *inet, u16 flag, int val)
{
	if (val)
		inet->cmsg_flags |= flag;
	else
		inet->cmsg_flags &= (u16)~flag;
	return 0;
}

static int ip_set_recverr(struct sock *sk, int val)
{
	inet_sk(sk)->recverr = val != 0;
	if (!val)
		skb_queue_purge(&sk->sk_error_queue);
	return 0;
}

static int ip_set_ttl(struct inet_sock *inet, int val, unsigned int optlen)
{
	if (optlen < 1 || (val != -1 && (val < 1 || val > 255)))
		return -EINVAL;
	inet->uc_ttl = (s16)val;
	return 0;
}

static int ip_set_mc_ttl(struct sock *sk, int val, unsigned int optlen)
{
	if (sk->sk_type == SOCK_STREAM || optlen < 1)
		return -EINVAL;
	if (val == -1)
		val = 1;
	if (val < 0 || val > 255)
		return -EINVAL;
	inet_sk(sk)->mc_ttl = (u8)val;
	return 0;
}

/* The lowest port in the lower half, the highest in the upper one; 0: as net.ipv4.ip_local_port_range has it. */
static int ip_set_port_range(struct inet_sock *inet, u32 range, unsigned int optlen)
{
	u16 low = (u16)range, high = (u16)(range >> 16);

	if (optlen != sizeof(range) || (low && high && low > high))
		return -EINVAL;
	inet->local_port_range = range;
	return 0;
}

/* What is received with a packet. */
static int ip_set_receive(struct sock *sk, int optname, int val)
{
	struct inet_sock *inet = inet_sk(sk);

	switch (optname) {
	case IP_PKTINFO: return ip_set_cmsg(inet, IP_CMSG_PKTINFO, val);
	case IP_RECVTTL: return ip_set_cmsg(inet, IP_CMSG_TTL, val);
	case IP_RECVTOS: return ip_set_cmsg(inet, IP_CMSG_TOS, val);
	case IP_RECVOPTS: return ip_set_cmsg(inet, IP_CMSG_RECVOPTS, val);
	case IP_RETOPTS: return ip_set_cmsg(inet, IP_CMSG_RETOPTS, val);
	case IP_RECVORIGDSTADDR: return ip_set_cmsg(inet, IP_CMSG_ORIGDSTADDR, val);
	case IP_CHECKSUM: return ip_set_cmsg(inet, IP_CMSG_CHECKSUM, val);
	case IP_RECVFRAGSIZE:
		if (sk->sk_type != SOCK_RAW && sk->sk_type != SOCK_DGRAM)
			return -EINVAL;
		return ip_set_cmsg(inet, IP_CMSG_RECVFRAGSIZE, val);
	case IP_RECVERR: return ip_set_recverr(sk, val);
	case IP_RECVERR_RFC4884:
		if (val != 0 && val != 1)
			return -EINVAL;
		inet->recverr_rfc4884 = val;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* Options whose value is one number. */
static int ip_set_number(struct sock *sk, int optname, int val, unsigned int optlen)
{
	struct inet_sock *inet = inet_sk(sk);

	switch (optname) {
	case IP_TOS: ip_sock_set_tos(sk, val); return 0;
	case IP_TTL: return ip_set_ttl(inet, val, optlen);
	case IP_HDRINCL:
		if (sk->sk_type != SOCK_RAW)
			return -ENOPROTOOPT;
		inet->hdrincl = val != 0;
		return 0;
	case IP_NODEFRAG:
		if (sk->sk_type != SOCK_RAW)
			return -ENOPROTOOPT;
		inet->nodefrag = val != 0;
		return 0;
	case IP_MTU_DISCOVER:
		if (val < IP_PMTUDISC_DONT || val > IP_PMTUDISC_OMIT)
			return -EINVAL;
		inet->pmtudisc = (u8)val;
		return 0;
	case IP_MINTTL:
		if (optlen < 1 || val < 0 || val > 255)
			return -EINVAL;
		inet->min_ttl = (u8)val;
		return 0;
	case IP_MULTICAST_TTL: return ip_set_mc_ttl(sk, val, optlen);
	case IP_MULTICAST_LOOP: inet->mc_loop = val != 0; return optlen < 1 ? -EINVAL : 0;
	case IP_MULTICAST_ALL:
		if (optlen < 1)
			return -EINVAL;
		if (val != 0 && val != 1)
			return -EINVAL;
		inet->mc_all = val != 0;
		return 0;
	case IP_FREEBIND: inet->freebind = val != 0; return optlen < 1 ? -EINVAL : 0;
	case IP_TRANSPARENT: inet->transparent = val != 0; return optlen < 1 ? -EINVAL : 0;
	case IP_BIND_ADDRESS_NO_PORT: inet->bind_address_no_port = val != 0; return 0;
	case IP_UNICAST_IF: return ip_set_unicast_if(sk, val, optlen);
	case IP_ROUTER_ALERT: return ip_ra_control(sk, val != 0);
	case IP_PASSSEC: sock_valbool_flag(sk, SOCK_PASSSEC, val); return 0;
	case IP_LOCAL_PORT_RANGE: return ip_set_port_range(inet, (u32)val, optlen);
	}
	return ip_set_receive(sk, optname, val);
}

static int ip_set_multicast_if(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);
	struct net_device *dev = NULL;
	struct ip_mreqn mreq;
	int err;

	if (sk->sk_type == SOCK_STREAM)
		return -EINVAL;
	err = ip_get_mreqn(&mreq, optval, optlen, true);
	if (err)
		return err;
	if (!mreq.imr_ifindex && !mreq.imr_address.s_addr) {
		inet->mc_index = 0;
		inet->mc_addr = 0;
		return 0;
	}
	if (mreq.imr_ifindex)
		dev = __dev_get_by_index(net, mreq.imr_ifindex);
	else
		dev = __ip_dev_find(net, mreq.imr_address.s_addr, false);
	if (!dev)
		return -EADDRNOTAVAIL;
	if (sk->sk_bound_dev_if && dev->ifindex != sk->sk_bound_dev_if)
		return -EINVAL;
	inet->mc_index = dev->ifindex;
	inet->mc_addr = mreq.imr_address.s_addr;
	return 0;
}

static int do_ip_setsockopt(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	u8 byte = 0;
	int val = 0;

	switch (optname) {
	case IP_OPTIONS: return ip_set_options(sk, optval, optlen);
	case IP_MULTICAST_IF: return ip_set_multicast_if(sk, optval, optlen);
	}
	if (optname >= IP_ADD_MEMBERSHIP && optname <= MCAST_MSFILTER)
		return ip_mcast_setsockopt(sk, optname, optval, optlen);
	if (optlen >= sizeof(int)) {
		if (copy_from_sockptr(&val, optval, sizeof(val)))
			return -EFAULT;
	} else if (optlen >= 1) {
		if (copy_from_sockptr(&byte, optval, 1))
			return -EFAULT;
		val = byte;
	}
	return ip_set_number(sk, optname, val, optlen);
}

int ip_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen)
{
	int err;

	if (level != SOL_IP)
		return -ENOPROTOOPT;
	rtnl_lock(); /* memberships change devices: taken before the sock */
	lock_sock(sk);
	err = do_ip_setsockopt(sk, optname, optval, optlen);
	release_sock(sk);
	rtnl_unlock();
	return err;
}

/* ---- getsockopt ---- */

static int ip_get_options(struct sock *sk, sockptr_t optval, sockptr_t optlen, int len)
{
	struct {
		struct ip_options opt;
		u8 data[MAX_IPOPTLEN];
	} copy = { 0 };
	const struct ip_options *opt = inet_sk(sk)->inet_opt;

	if (opt)
		memcpy(&copy, opt, sizeof(*opt) + opt->optlen);
	if (copy.opt.optlen)
		ip_options_undo(&copy.opt);
	len = min(len, (int)copy.opt.optlen);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, copy.opt.__data, (size_t)len))
		return -EFAULT;
	return 0;
}

static int ip_get_mtu(struct sock *sk, int *val)
{
	struct dst_entry *dst = __sk_dst_get(sk);

	if (!dst)
		return -ENOTCONN;
	*val = (int)dst_mtu(dst);
	return *val ? 0 : -ENOTCONN;
}

static int ip_get_number(struct sock *sk, int optname, int *val)
{
	const struct inet_sock *inet = inet_sk(sk);
	static const struct {
		int optname;
		u16 flag;
	} cmsgs[] = {
		{ IP_PKTINFO, IP_CMSG_PKTINFO }, { IP_RECVTTL, IP_CMSG_TTL },
		{ IP_RECVTOS, IP_CMSG_TOS },	 { IP_RECVOPTS, IP_CMSG_RECVOPTS },
		{ IP_RETOPTS, IP_CMSG_RETOPTS }, { IP_RECVORIGDSTADDR, IP_CMSG_ORIGDSTADDR },
		{ IP_CHECKSUM, IP_CMSG_CHECKSUM }, { IP_RECVFRAGSIZE, IP_CMSG_RECVFRAGSIZE }
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmsgs); i++) {
		if (cmsgs[i].optname == optname) {
			*val = (inet->cmsg_flags & cmsgs[i].flag) != 0;
			return 0;
		}
	}
	switch (optname) {
	case IP_TOS: *val = inet->tos; break;
	case IP_TTL:
		*val = inet->uc_ttl < 0 ? sock_net(sk)->ipv4.sysctl_ip_default_ttl : inet->uc_ttl;
		break;
	case IP_HDRINCL: *val = inet->hdrincl; break;
	case IP_NODEFRAG: *val = inet->nodefrag; break;
	case IP_MTU_DISCOVER: *val = inet->pmtudisc; break;
	case IP_MTU: return ip_get_mtu(sk, val);
	case IP_RECVERR: *val = inet->recverr; break;
	case IP_RECVERR_RFC4884: *val = inet->recverr_rfc4884; break;
	case IP_MINTTL: *val = inet->min_ttl; break;
	case IP_MULTICAST_TTL: *val = inet->mc_ttl; break;
	case IP_MULTICAST_LOOP: *val = inet->mc_loop; break;
	case IP_MULTICAST_ALL: *val = inet->mc_all; break;
	case IP_FREEBIND: *val = inet->freebind; break;
	case IP_TRANSPARENT: *val = inet->transparent; break;
	case IP_BIND_ADDRESS_NO_PORT: *val = inet->bind_address_no_port; break;
	case IP_UNICAST_IF: *val = (int)htonl((u32)inet->uc_index); break;
	case IP_PROTOCOL: *val = inet->inet_num; break; /* a raw socket's; else the port, as Linux has it */
	case IP_PASSSEC: *val = sock_flag(sk, SOCK_PASSSEC); break;
	case IP_LOCAL_PORT_RANGE: *val = (int)inet->local_port_range; break;
	default: return -ENOPROTOOPT;
	}
	return 0;
}

/* A small number may be asked for as one byte. */
static int ip_put_number(sockptr_t optval, sockptr_t optlen, int len, int val)
{
	u8 byte = (u8)val;

	if (len > 0 && len < (int)sizeof(int) && val >= 0 && val <= 255) {
		len = 1;
		if (copy_to_sockptr(optlen, &len, sizeof(len)) || copy_to_sockptr(optval, &byte, 1))
			return -EFAULT;
		return 0;
	}
	len = min(len, (int)sizeof(int));
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, &val, (size_t)len))
		return -EFAULT;
	return 0;
}

static int do_ip_getsockopt(struct sock *sk, int optname, sockptr_t optval, sockptr_t optlen)
{
	struct in_addr addr;
	int len, val = 0, err;

	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == IP_OPTIONS)
		return ip_get_options(sk, optval, optlen, len);
	if (optname == IP_MULTICAST_IF) {
		addr.s_addr = inet_sk(sk)->mc_addr;
		len = min(len, (int)sizeof(addr));
		if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
		    copy_to_sockptr(optval, &addr, (size_t)len))
			return -EFAULT;
		return 0;
	}
	if (optname == IP_MSFILTER || optname == MCAST_MSFILTER)
		return ip_mcast_getsockopt(sk, optname, optval, optlen, len);
	err = ip_get_number(sk, optname, &val);
	return err ? err : ip_put_number(optval, optlen, len, val);
}

int ip_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen)
{
	int err;

	if (level != SOL_IP)
		return -EOPNOTSUPP;
	rtnl_lock(); /* filters are found by devices */
	lock_sock(sk);
	err = do_ip_getsockopt(sk, optname, optval, optlen);
	release_sock(sk);
	rtnl_unlock();
	return err;
}
