/* SPDX-License-Identifier: MIT */
/* connect() of datagram sockets: the peer, the source address and the route are settled. RFC 1122
 * section 4.1.3.5. */
#include <net/igmp.h>
#include <net/ip.h>
#include <net/udp.h>
#include <uapi/tcp.h>
#include "ipv4_internal.h"

int __ip4_datagram_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	const struct sockaddr_in *usin = (const struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sk);
	int oif = sk->sk_bound_dev_if;
	__be32 saddr = inet->inet_saddr;
	struct flowi4 fl4;
	struct rtable *rt;

	if (addr_len < (int)sizeof(*usin))
		return -EINVAL;
	if (usin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	sk_dst_reset(sk);
	if (ipv4_is_multicast(usin->sin_addr.s_addr)) {
		if (!oif)
			oif = inet->mc_index;
		if (!saddr)
			saddr = inet->mc_addr;
	} else if (!oif) {
		oif = inet->uc_index;
	}
	rt = ip_route_connect(sock_net(sk), &fl4, usin->sin_addr.s_addr, saddr,
			      RT_TOS(inet->tos) | sock_flag(sk, SOCK_LOCALROUTE), oif,
			      sk->sk_protocol, inet->inet_sport, usin->sin_port, sk);
	if (IS_ERR(rt))
		return (int)PTR_ERR(rt);
	if ((rt->rt_flags & RTCF_BROADCAST) && !sock_flag(sk, SOCK_BROADCAST)) {
		dst_release(&rt->dst);
		return -EACCES;
	}
	if (!inet->inet_saddr)
		inet->inet_saddr = fl4.saddr;
	if (!inet->inet_rcv_saddr) {
		inet->inet_rcv_saddr = fl4.saddr;
		if (sk->sk_prot == &udp_prot)
			udp_lib_rehash(sk);
	}
	inet->inet_daddr = fl4.daddr;
	inet->inet_dport = usin->sin_port;
	sk->sk_state = TCP_ESTABLISHED;
	inet->inet_id = (u16)jiffies;
	sk_dst_set(sk, &rt->dst);
	return 0;
}

int ip4_datagram_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	int err;

	lock_sock(sk);
	err = __ip4_datagram_connect(sk, uaddr, addr_len);
	release_sock(sk);
	return err;
}
