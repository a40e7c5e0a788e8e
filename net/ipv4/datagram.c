/* SPDX-License-Identifier: MIT */
/* What datagram sockets of IPv4 share: connect(), by which peer, source address and route are
 * settled (RFC 1122 section 4.1.3.5), the way of a message that raw(7) and ping sockets send, and
 * how they receive. */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/sock_reuseport.h>
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
	reuseport_has_conns_set(sk);
	sk->sk_state = TCP_ESTABLISHED;
	inet->inet_id = (u16)get_random_u32();
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

int ip_datagram_disconnect(struct sock *sk, int flags)
{
	struct inet_sock *inet = inet_sk(sk);

	lock_sock(sk);
	sk->sk_state = TCP_CLOSE;
	inet->inet_daddr = 0;
	inet->inet_dport = 0;
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet->inet_rcv_saddr = inet->inet_saddr = 0;
	sk_dst_reset(sk);
	release_sock(sk);
	return 0;
}

/* ---- sending ---- */

/* What control messages and the socket's options say: source, device, IP options, TOS. */
static int ip_dest_options(struct sock *sk, struct kmsghdr *msg, struct ip_dest *d)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ipcm_cookie *ipc = &d->ipc;
	int err;

	*ipc = (struct ipcm_cookie){ .sockc = sockcm_init(sk),
				     .addr = inet->inet_saddr,
				     .oif = sk->sk_bound_dev_if,
				     .tos = -1,
				     .priority = sk->sk_priority };
	if (msg->msg_controllen) {
		err = ip_cmsg_send(sk, msg, ipc);
		d->free_opt = ipc->opt != NULL;
		if (err)
			return err;
	}
	if (!ipc->opt && inet->inet_opt) {
		memcpy(&d->opt_copy, inet->inet_opt,
		       sizeof(struct ip_options) + inet->inet_opt->optlen);
		ipc->opt = &d->opt_copy.opt;
	}
	if (ipc->opt && inet->hdrincl) /* who writes the header writes its options */
		return -EINVAL;
	d->fl4.saddr = ipc->addr;
	ipc->addr = d->fl4.daddr; /* the last hop, if options name others before it */
	if (ipc->opt && ipc->opt->srr) {
		if (!d->fl4.daddr)
			return -EINVAL;
		d->fl4.daddr = ipc->opt->faddr;
	}
	return 0;
}

int ip_dest_find(struct sock *sk, struct kmsghdr *msg, u8 flow_flags, struct ip_dest *d)
{
	const struct sockaddr_in *sin = msg->msg_name;
	struct inet_sock *inet = inet_sk(sk);
	struct ipcm_cookie *ipc = &d->ipc;
	struct flowi4 *fl4 = &d->fl4;
	struct rtable *rt;
	int err;

	__builtin_memset(d, 0, offsetof(struct ip_dest, opt_copy));
	if (!sin && sk->sk_state != TCP_ESTABLISHED)
		return -EDESTADDRREQ;
	fl4->daddr = sin ? sin->sin_addr.s_addr : inet->inet_daddr;
	err = ip_dest_options(sk, msg, d);
	if (err)
		return err;
	if (ipv4_is_multicast(fl4->daddr)) {
		if (!ipc->oif)
			ipc->oif = inet->mc_index;
		if (!fl4->saddr)
			fl4->saddr = inet->mc_addr;
	} else if (!ipc->oif) {
		ipc->oif = inet->uc_index;
	}
	fl4->flowi4_oif = ipc->oif;
	fl4->flowi4_mark = ipc->sockc.mark;
	fl4->flowi4_proto = inet->hdrincl && ipc->protocol ? ipc->protocol : sk->sk_protocol;
	fl4->flowi4_flags = flow_flags;
	fl4->flowi4_tos = RT_TOS(ipc->tos != -1 ? (u8)ipc->tos : inet->tos);
	if (sock_flag(sk, SOCK_LOCALROUTE) || (msg->msg_flags & MSG_DONTROUTE) ||
	    (ipc->opt && ipc->opt->is_strictroute))
		fl4->flowi4_tos |= RTO_ONLINK;
	rt = ip_route_output_flow(sock_net(sk), fl4, sk);
	if (IS_ERR(rt))
		return (int)PTR_ERR(rt);
	d->rt = rt;
	if (!ipc->addr)
		ipc->addr = fl4->daddr;
	return (rt->rt_flags & RTCF_BROADCAST) && !sock_flag(sk, SOCK_BROADCAST) ? -EACCES : 0;
}

void ip_dest_put(struct ip_dest *d)
{
	if (d->rt)
		dst_release(&d->rt->dst);
	if (d->free_opt)
		kfree(d->ipc.opt);
}

/* ---- receiving ---- */

int ip_datagram_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len)
{
	struct sockaddr_in *sin = msg->msg_name;
	struct sk_buff *skb;
	int copied, err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (flags & MSG_ERRQUEUE)
		return ip_recv_error(sk, msg, (int)len, addr_len);
	skb = skb_recv_datagram(sk, (unsigned int)flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	copied = (int)min_t(size_t, skb->len, len);
	if (copied < (int)skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, 0, &msg->msg_iter, copied);
	if (!err) {
		sock_recv_cmsgs(msg, sk, skb);
		if (sin) {
			*sin = (struct sockaddr_in){ .sin_family = AF_INET,
						     .sin_addr.s_addr = ip_hdr(skb)->saddr };
			*addr_len = sizeof(*sin);
		}
		if (inet_sk(sk)->cmsg_flags)
			ip_cmsg_recv(msg, skb);
		err = flags & MSG_TRUNC ? (int)skb->len : copied;
	}
	skb_free_datagram(sk, skb);
	return err;
}

int ip_datagram_abort(struct sock *sk, int err)
{
	bool dead;

	lock_sock(sk);
	dead = sock_flag(sk, SOCK_DEAD);
	if (!dead) {
		sk->sk_err = err;
		sk->sk_error_report(sk);
	}
	release_sock(sk);
	return dead ? 0 : sk->sk_prot->disconnect(sk, 0);
}
