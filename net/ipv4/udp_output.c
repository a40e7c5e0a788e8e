/* SPDX-License-Identifier: MIT */
/* Sending UDP datagrams, at once or gathered (MSG_MORE, UDP_CORK). RFC 768, RFC 1122 section 4.1.
 * Book section 12.9.1. */
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/neighbour.h>
#include <uapi/tcp.h>
#include "udp_internal.h"

/* The checksum over all the pieces, each summed while it was copied; or left to the device. */
static void udp_set_checksum(struct sock *sk, struct sk_buff *skb, struct udphdr *uh,
			     unsigned int len, __be32 saddr, __be32 daddr)
{
	const struct sk_buff *frag;
	__wsum csum;

	uh->check = 0;
	if (sk->sk_no_check_tx) {
		skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	if (likely(skb->ip_summed == CHECKSUM_PARTIAL)) {
		uh->check = (__sum16)~csum_tcpudp_magic(saddr, daddr, len, IPPROTO_UDP, 0);
		skb->csum_start = (u16)(skb_transport_header(skb) - skb->head);
		skb->csum_offset = offsetof(struct udphdr, check);
		return;
	}
	csum = csum_partial(uh, sizeof(*uh), skb->csum);
	for (frag = skb_shinfo(skb)->frag_list; frag; frag = frag->next)
		csum = csum_add(csum, frag->csum);
	uh->check = csum_tcpudp_magic(saddr, daddr, len, IPPROTO_UDP, csum);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0; /* zero would say: none. RFC 768 */
}

static int udp_send_skb(struct sk_buff *skb, const struct flowi4 *fl4)
{
	struct sock *sk = skb->sk;
	unsigned int len = skb->len - (unsigned int)skb_transport_offset(skb);
	struct udphdr *uh = udp_hdr(skb);
	struct net *net = sock_net(sk);
	int err;

	uh->source = inet_sk(sk)->inet_sport;
	uh->dest = fl4->fl4_dport;
	uh->len = htons((u16)len);
	udp_set_checksum(sk, skb, uh, len, fl4->saddr, fl4->daddr);
	err = ip_send_skb(net, skb);
	if (likely(!err)) {
		UDP_INC_STATS(net, OUTDATAGRAMS);
	} else if (err == -ENOBUFS && !inet_sk(sk)->recverr) {
		UDP_INC_STATS(net, SNDBUFERRORS);
		err = 0;
	}
	return err;
}

int udp_push_pending_frames(struct sock *sk)
{
	struct udp_sock *up = udp_sk(sk);
	struct flowi4 fl4 = up->inet.cork.fl4;
	struct sk_buff *skb;
	int err = 0;

	if (!up->pending)
		return 0;
	skb = ip_finish_skb(sk, &fl4);
	if (skb && up->inet.cork.gso_size)
		err = udp_gso_prepare(skb, &up->inet.cork);
	if (unlikely(err))
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
	else if (skb)
		err = udp_send_skb(skb, &fl4);
	up->len = 0;
	up->pending = 0;
	return err;
}

void udp_flush_pending_frames(struct sock *sk)
{
	struct udp_sock *up = udp_sk(sk);

	if (!up->pending)
		return;
	up->len = 0;
	up->pending = 0;
	ip_flush_pending_frames(sk);
}

struct udp_dest { /* where a datagram goes, and how */
	struct ipcm_cookie ipc;
	struct flowi4 fl4;
	struct rtable *rt; /* referenced */
	bool connected;	   /* by the socket's own address and route */
	bool free_opt;	   /* ipc.opt came from a control message */
	struct {
		struct ip_options opt;
		u8 data[MAX_IPOPTLEN];
	} opt_copy;
};

/* Address and port: from the message, or from connect(). */
static int udp_dest_name(const struct sock *sk, const struct kmsghdr *msg, struct udp_dest *d)
{
	const struct sockaddr_in *sin = msg->msg_name;

	if (!sin) {
		if (sk->sk_state != TCP_ESTABLISHED)
			return -EDESTADDRREQ;
		d->fl4.daddr = inet_sk(sk)->inet_daddr;
		d->fl4.fl4_dport = inet_sk(sk)->inet_dport;
		d->connected = true;
		return 0;
	}
	if (msg->msg_namelen < (int)sizeof(*sin))
		return -EINVAL;
	if (sin->sin_family != AF_INET && sin->sin_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	if (!sin->sin_port)
		return -EINVAL;
	d->fl4.daddr = sin->sin_addr.s_addr;
	d->fl4.fl4_dport = sin->sin_port;
	return 0;
}

/* What control messages and the socket's options add: source, device, IP options, TOS. */
static int udp_dest_options(struct sock *sk, struct kmsghdr *msg, struct udp_dest *d)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ipcm_cookie *ipc = &d->ipc;
	int err;

	ipc->sockc = sockcm_init(sk);
	ipc->addr = inet->inet_saddr;
	ipc->oif = sk->sk_bound_dev_if;
	ipc->tos = -1;
	ipc->priority = sk->sk_priority;
	ipc->gso_size = udp_sk(sk)->gso_size;
	if (unlikely(msg->msg_controllen)) {
		if (!ip_cmsg_send_pktinfo(msg, ipc)) {
			err = udp_cmsg_send(msg, &ipc->gso_size);
			if (!err)
				err = ip_cmsg_send(sk, msg, ipc);
			d->free_opt = ipc->opt != NULL;
			if (err)
				return err;
		}
		d->connected = false;
	}
	if (unlikely(!ipc->opt && inet->inet_opt)) {
		memcpy(&d->opt_copy, inet->inet_opt,
		       sizeof(struct ip_options) + inet->inet_opt->optlen);
		ipc->opt = &d->opt_copy.opt;
	}
	d->fl4.saddr = ipc->addr;
	ipc->addr = d->fl4.daddr; /* the last hop, if options name others before it */
	if (ipc->opt && ipc->opt->srr) {
		if (!d->fl4.daddr)
			return -EINVAL;
		d->fl4.daddr = ipc->opt->faddr;
		d->connected = false;
	}
	d->fl4.flowi4_tos = RT_TOS(ipc->tos != -1 ? (u8)ipc->tos : inet->tos);
	if (sock_flag(sk, SOCK_LOCALROUTE) || (msg->msg_flags & MSG_DONTROUTE) ||
	    (ipc->opt && ipc->opt->is_strictroute)) {
		d->fl4.flowi4_tos |= RTO_ONLINK;
		d->connected = false;
	}
	if (ipv4_is_multicast(d->fl4.daddr)) {
		if (!ipc->oif)
			ipc->oif = inet->mc_index;
		if (!d->fl4.saddr)
			d->fl4.saddr = inet->mc_addr;
		d->connected = false;
	} else if (!ipc->oif) {
		ipc->oif = inet->uc_index;
	}
	d->fl4.flowi4_oif = ipc->oif;
	d->fl4.flowi4_mark = ipc->sockc.mark;
	d->fl4.flowi4_proto = IPPROTO_UDP;
	d->fl4.fl4_sport = inet->inet_sport;
	if (inet->transparent)
		d->fl4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	return 0;
}

static int udp_dest_route(struct sock *sk, struct udp_dest *d)
{
	struct net *net = sock_net(sk);
	struct rtable *rt = NULL;

	if (d->connected)
		rt = (struct rtable *)__sk_dst_check(sk, 0);
	if (rt) {
		dst_hold(&rt->dst);
	} else {
		rt = ip_route_output_flow(net, &d->fl4, sk);
		if (IS_ERR(rt))
			return (int)PTR_ERR(rt);
		if (d->connected)
			sk_dst_set(sk, dst_clone(&rt->dst));
	}
	d->rt = rt;
	if ((rt->rt_flags & RTCF_BROADCAST) && !sock_flag(sk, SOCK_BROADCAST))
		return -EACCES;
	if (!d->ipc.addr)
		d->ipc.addr = d->fl4.daddr;
	return 0;
}

static int udp_append(struct sock *sk, struct kmsghdr *msg, struct udp_dest *d, size_t ulen,
		      bool corkreq)
{
	struct udp_sock *up = udp_sk(sk);
	int err;

	up->len += (u16)ulen;
	err = ip_append_data(sk, &d->fl4, ip_generic_getfrag, msg, (int)ulen, sizeof(struct udphdr),
			     &d->ipc, &d->rt, corkreq ? msg->msg_flags | MSG_MORE : msg->msg_flags);
	if (err)
		udp_flush_pending_frames(sk);
	else if (!corkreq)
		err = udp_push_pending_frames(sk);
	else if (skb_queue_empty(&sk->sk_write_queue))
		up->pending = 0;
	return err;
}

/* More of a datagram that is being gathered; 1: none is. */
static int udp_append_pending(struct sock *sk, struct kmsghdr *msg, size_t len, bool corkreq)
{
	struct udp_dest d = { 0 };
	int err = 1;

	lock_sock(sk);
	if (udp_sk(sk)->pending)
		err = udp_append(sk, msg, &d, len, corkreq);
	release_sock(sk);
	return err;
}

static int udp_send_routed(struct sock *sk, struct kmsghdr *msg, struct udp_dest *d, size_t len,
			   bool corkreq)
{
	struct sk_buff *skb;
	int err;

	if (unlikely(msg->msg_flags & MSG_CONFIRM) && d->rt->dst.neighbour)
		neigh_confirm(d->rt->dst.neighbour);
	if (likely(!corkreq && !d->ipc.gso_size)) {
		/* Nothing of the socket changes: no lock. */
		skb = ip_make_skb(sk, &d->fl4, ip_generic_getfrag, msg,
				  (int)(len + sizeof(struct udphdr)), sizeof(struct udphdr),
				  &d->ipc, &d->rt, msg->msg_flags);
		if (!skb)
			return 0;
		return IS_ERR(skb) ? (int)PTR_ERR(skb) : udp_send_skb(skb, &d->fl4);
	}
	lock_sock(sk);
	if (udp_sk(sk)->pending) {
		err = -EINVAL; /* another thread has begun meanwhile */
	} else {
		udp_sk(sk)->pending = AF_INET;
		err = udp_append(sk, msg, d, len + sizeof(struct udphdr), corkreq);
	}
	release_sock(sk);
	return err;
}

/* udp_sent - all of @msg has gone, or is gathered: its length. It was copied, whatever it asked for, and so the pages are the
 * program's again (MSG_ZEROCOPY). */
static inline int udp_sent(struct sock *sk, const struct kmsghdr *msg, size_t len)
{
	if (unlikely(msg->msg_flags & MSG_ZEROCOPY) && sock_flag(sk, SOCK_ZEROCOPY) && !(msg->msg_flags & MSG_PROBE))
		sock_zerocopy_done(sk, sk->sk_zckey++);
	return (int)len;
}

int udp_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	bool corkreq = udp_sk(sk)->corkflag || (msg->msg_flags & MSG_MORE);
	struct udp_dest d;
	int err;

	if (unlikely(len > 0xffff))
		return -EMSGSIZE;
	if (unlikely(msg->msg_flags & MSG_OOB))
		return -EOPNOTSUPP;
	if (unlikely(udp_sk(sk)->pending)) {
		err = udp_append_pending(sk, msg, len, corkreq);
		if (err <= 0)
			return err ? err : udp_sent(sk, msg, len);
	}
	d.ipc = (struct ipcm_cookie){ 0 };
	d.fl4 = (struct flowi4){ 0 };
	d.rt = NULL;
	d.connected = d.free_opt = false;
	err = udp_dest_name(sk, msg, &d);
	if (!err)
		err = udp_dest_options(sk, msg, &d);
	if (!err)
		err = udp_dest_route(sk, &d);
	if (!err)
		err = udp_send_routed(sk, msg, &d, len, corkreq);
	if (d.rt)
		dst_release(&d.rt->dst);
	if (d.free_opt)
		kfree(d.ipc.opt);
	if (likely(!err))
		return udp_sent(sk, msg, len);
	if (err == -ENOBUFS)
		UDP_INC_STATS(sock_net(sk), SNDBUFERRORS);
	return err;
}
