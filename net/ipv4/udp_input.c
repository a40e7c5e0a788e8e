/* SPDX-License-Identifier: MIT */
/* Receiving UDP datagrams, and the ICMP errors about those we sent. RFC 768, RFC 1122 section 4.1.
 * Book section 12.9.1. */
#include <kernel/poll.h>
#include <net/filter.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <uapi/tcp.h>
#include "ipv4_internal.h"
#include "udp_internal.h"

#define UDP_CSUM_AT_ONCE 76 /* bytes with the header, as in Linux: no more than a header or two of it */

static int udp_drop(struct net *net, struct sk_buff *skb, enum skb_drop_reason reason)
{
	UDP_INC_STATS(net, INERRORS);
	kfree_skb_reason(skb, reason);
	return 0;
}

static int udp_drop_csum(struct net *net, struct sk_buff *skb)
{
	UDP_INC_STATS(net, CSUMERRORS);
	return udp_drop(net, skb, SKB_DROP_REASON_UDP_CSUM);
}

static noinline int udp_queue_rcv_special(struct sock *sk, struct sk_buff *skb);

/* udp_queue_rcv_one - to the socket's queue; the header goes, but stays summed where the reader still has to verify. */
static int udp_queue_rcv_one(struct sock *sk, struct sk_buff *skb)
{
	struct net *net = sock_net(sk);
	int err;

	if (unlikely(
		    sk->sk_filter)) { /* it may cut: the checksum, over all, must be right before */
		if (skb_checksum_complete(skb))
			return udp_drop_csum(net, skb);
		if (sk_filter_trim_cap(sk, skb, sizeof(struct udphdr))) {
			atomic_inc(&sk->sk_drops);
			return udp_drop(net, skb, SKB_DROP_REASON_SOCKET_FILTER);
		}
	}
	if (!skb_csum_unnecessary(skb))
		skb->csum = csum_partial(skb->data, sizeof(struct udphdr), skb->csum);
	__skb_pull(skb, sizeof(struct udphdr));
	ipv4_pktinfo_prepare(sk, skb);
	if (inet_sk(sk)->inet_daddr) /* of others each packet may be anybody's */
		sk_incoming_cpu_update(sk);
	err = __sock_queue_rcv_skb(sk, skb);
	if (likely(!err))
		return 0;
	if (err == -ENOBUFS) {
		UDP_INC_STATS(net, MEMERRORS);
		return udp_drop(net, skb, SKB_DROP_REASON_PROTO_MEM);
	}
	UDP_INC_STATS(net, RCVBUFERRORS);
	return udp_drop(net, skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
}

int udp_queue_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	if (unlikely(skb_is_gso(skb) || udp_sk(sk)->encap_type))
		return udp_queue_rcv_special(sk, skb);
	return udp_queue_rcv_one(sk, skb);
}

/* One datagram of a socket that others want to see first. */
static int udp_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	int (*encap_rcv)(struct sock *, struct sk_buff *) = udp_sk(sk)->encap_type ? udp_sk(sk)->encap_rcv : NULL;
	int ret;

	if (!encap_rcv)
		return udp_queue_rcv_one(sk, skb);
	if (skb_checksum_complete(skb))
		return udp_drop_csum(sock_net(sk), skb);
	ret = encap_rcv(sk, skb);
	if (ret > 0)
		return udp_queue_rcv_one(sk, skb);
	UDP_INC_STATS(sock_net(sk), INDATAGRAMS);
	return ret;
}

/* Datagrams that came joined, for a socket that does not want them so; encapsulation. */
static noinline int udp_queue_rcv_special(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *next;
	int ret = 0;

	if (!skb_is_gso(skb) || (udp_sk(sk)->gro_enabled && !udp_sk(sk)->encap_type))
		return udp_encap_rcv(sk, skb);
	for (skb = udp_rcv_segment(sk, skb); skb; skb = next) {
		next = skb->next;
		skb->next = NULL;
		ret = udp_encap_rcv(sk, skb);
		if (ret < 0)
			ip_protocol_deliver(sock_net(sk), skb, (u8)-ret);
	}
	return 0;
}

static bool udp_wants_multicast(const struct sock *sk, __be32 saddr, __be16 sport, __be32 daddr,
				u16 port, int dif)
{
	if (sk->sk_num != port || (sk->sk_daddr && sk->sk_daddr != saddr) ||
	    (sk->sk_dport && sk->sk_dport != sport))
		return false;
	if ((sk->sk_rcv_saddr && sk->sk_rcv_saddr != daddr) ||
	    (sk->sk_bound_dev_if && sk->sk_bound_dev_if != dif))
		return false;
	return ip_mc_sf_allow(sk, daddr, saddr, dif);
}

/* Broadcast and multicast: a copy to each socket that matches. RFC 1122 section 4.1.4. */
static int udp_mcast_deliver(struct net *net, struct sk_buff *skb, const struct udphdr *uh,
			     __be32 saddr, __be32 daddr)
{
	u16 port = ntohs(uh->dest);
	__be16 sport = uh->source;
	struct sock *sk, *last = NULL;
	int dif = skb->dev->ifindex;

	sk_for_each(sk, udp_port_bucket(net->ipv4.udp_table, port)) {
		struct sk_buff *copy;

		if (!udp_wants_multicast(sk, saddr, sport, daddr, port, dif))
			continue;
		if (last) {
			copy = skb_clone(skb, GFP_ATOMIC);
			if (copy && udp_queue_rcv_skb(last, copy) < 0)
				consume_skb(copy); /* what was inside is handed on once, for the last */
			if (!copy) {
				atomic_inc(&last->sk_drops);
				UDP_INC_STATS(net, RCVBUFERRORS);
				UDP_INC_STATS(net, INERRORS);
			}
		}
		last = sk;
	}
	if (last)
		return udp_queue_rcv_skb(last, skb);
	UDP_INC_STATS(net, IGNOREDMULTI);
	kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
	return 0;
}

/* Settle what can be settled of the checksum without touching much of the data: a short datagram is summed, of a longer one the
 * reader sums the rest while it copies. false: it is wrong. */
static bool udp_csum_prepare(struct sk_buff *skb, const struct udphdr *uh, unsigned int ulen,
			     __be32 saddr, __be32 daddr)
{
	__wsum pseudo;

	if (skb_csum_unnecessary(skb))
		return true;
	if (!uh->check) { /* the sender computed none */
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return true;
	}
	pseudo = csum_tcpudp_nofold(saddr, daddr, ulen, IPPROTO_UDP, 0);
	if (skb->ip_summed == CHECKSUM_COMPLETE && !csum_fold(csum_add(skb->csum, pseudo))) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return true;
	}
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum = pseudo;
	if (ulen > UDP_CSUM_AT_ONCE)
		return true;
	IPCB(skb)->flags |= IPSKB_CSUM;
	return !__skb_checksum_complete(skb);
}

int udp_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	const struct udphdr *uh;
	const struct rtable *rt;
	__be32 saddr, daddr;
	struct sock *sk;
	unsigned int ulen;

	if (unlikely(!pskb_may_pull(skb, sizeof(*uh))))
		return udp_drop(net, skb, SKB_DROP_REASON_PKT_TOO_SMALL);
	uh = udp_hdr(skb);
	ulen = ntohs(uh->len);
	if (unlikely(ulen > skb->len || ulen < sizeof(*uh)))
		return udp_drop(net, skb, SKB_DROP_REASON_UDP_MALFORMED);
	if (unlikely(ulen < skb->len)) {
		if (pskb_trim_rcsum(skb, ulen))
			return udp_drop(net, skb, SKB_DROP_REASON_NOMEM);
		uh = udp_hdr(skb);
	}
	saddr = ip_hdr(skb)->saddr;
	daddr = ip_hdr(skb)->daddr;
	if (unlikely(!udp_csum_prepare(skb, uh, ulen, saddr, daddr)))
		return udp_drop_csum(net, skb);
	rt = skb_rtable(skb);
	if (rt && (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)))
		return udp_mcast_deliver(net, skb, uh, saddr, daddr);
	sk = __udp4_lookup(net, saddr, uh->source, daddr, uh->dest, skb->dev->ifindex);
	if (likely(sk)) {
		if (unlikely(sk->sk_reuseport_cb))
			sk = udp_reuseport_select(sk, saddr, uh->source, daddr, uh->dest, skb);
		return udp_queue_rcv_skb(sk, skb);
	}
	if (skb_checksum_complete(skb))
		return udp_drop_csum(net, skb);
	UDP_INC_STATS(net, NOPORTS);
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
	return 0;
}

/* What an ICMP error means to the sender; 0: nothing. *hard: told even where errors are not asked
 * for. */
static int udp_err_meaning(struct sock *sk, struct sk_buff *skb, u32 info, bool *hard)
{
	u8 type = icmp_hdr(skb)->type, code = icmp_hdr(skb)->code;

	*hard = false;
	switch (type) {
	case ICMP_TIME_EXCEEDED: return EHOSTUNREACH;
	case ICMP_PARAMETERPROB: *hard = true; return EPROTO;
	case ICMP_DEST_UNREACH:
		if (code == ICMP_FRAG_NEEDED) {
			ipv4_sk_update_pmtu(skb, sk, info);
			*hard = true;
			return inet_sk(sk)->pmtudisc != IP_PMTUDISC_DONT ? EMSGSIZE : 0;
		}
		if (code > NR_ICMP_UNREACH)
			return EHOSTUNREACH;
		*hard = icmp_err_convert[code].fatal;
		return icmp_err_convert[code].errno_val;
	case ICMP_REDIRECT:
		ipv4_redirect(skb, sock_net(sk), sk->sk_bound_dev_if, IPPROTO_UDP);
		return 0;
	}
	return 0;
}

int udp_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct udphdr *uh = (struct udphdr *)(skb->data + iph->ihl * 4u);
	struct net *net = dev_net(skb->dev);
	struct sock *sk =
		__udp4_lookup(net, iph->daddr, uh->dest, iph->saddr, uh->source, skb->dev->ifindex);
	bool hard;
	int err;

	if (sk && sk->sk_reuseport_cb)
		sk = udp_reuseport_select(sk, iph->daddr, uh->dest, iph->saddr, uh->source, NULL);
	if (!sk) {
		ICMP_INC_STATS(net, INERRORS);
		return -ENOENT;
	}
	err = udp_err_meaning(sk, skb, info, &hard);
	if (!err)
		return 0;
	/* RFC 1122 section 4.1.3.3: a connected socket hears of it; others only when they ask
	 * (IP_RECVERR). */
	if (!inet_sk(sk)->recverr) {
		if (!hard || sk->sk_state != TCP_ESTABLISHED)
			return 0;
	} else {
		ip_icmp_error(sk, skb, err, uh->dest, info, (u8 *)(uh + 1));
	}
	sk->sk_err = err;
	sk->sk_error_report(sk);
	return 0;
}

/* ---- the reader ---- */

int udp_first_packet_length(struct sock *sk)
{
	struct sk_buff_head *q = &sk->sk_receive_queue;
	struct net *net = sock_net(sk);
	struct sk_buff *skb;
	int len = -1;

	local_bh_disable();
	while ((skb = skb_peek(q)) != NULL) {
		if (likely(!skb_checksum_complete(skb))) {
			len = (int)skb->len;
			break;
		}
		skb_unlink(skb, q);
		atomic_inc(&sk->sk_drops);
		udp_drop_csum(net, skb);
	}
	local_bh_enable();
	return len;
}

unsigned int udp_poll(struct file *file, struct socket *sock, struct poll_table *wait)
{
	unsigned int mask = datagram_poll(file, sock, wait);
	struct sock *sk = sock->sk;

	/* A blocking reader told of data must not block because its checksum is wrong. Only readers take
	 * packets away, and we are one: the first stays. */
	if ((mask & POLLRDNORM) && !(sk->sk_shutdown & RCV_SHUTDOWN)) {
		const struct sk_buff *first = skb_peek(&sk->sk_receive_queue);

		if ((!first || !skb_csum_unnecessary(first)) && udp_first_packet_length(sk) == -1)
			mask &= ~(unsigned int)(POLLIN | POLLRDNORM);
	}
	return mask;
}

/* udp_copy_verified - copy what fits, verifying on the way; -EINVAL: the checksum is wrong, and the
 * reader's vector stands where it stood. */
static noinline int udp_copy_verified(struct sk_buff *skb, struct kmsghdr *msg, int off, int copied, int ulen,
				      int flags)
{
	struct iov_iter start = msg->msg_iter;
	int err;

	if (copied < ulen || (flags & MSG_PEEK)) {
		if (__skb_checksum_complete(skb))
			return -EINVAL;
		return skb_copy_datagram_iter(skb, off, &msg->msg_iter, copied);
	}
	err = skb_copy_and_csum_datagram_iter(skb, 0, &msg->msg_iter);
	if (err == -EINVAL)
		iov_iter_restore(&msg->msg_iter, &start);
	return err;
}

int udp_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len)
{
	struct sockaddr_in *sin = msg->msg_name;
	int ulen, copied, off, err;
	struct sk_buff *skb;

	if (unlikely(flags & MSG_ERRQUEUE))
		return ip_recv_error(sk, msg, (int)len, addr_len);
	for (;;) {
		skb = __skb_recv_datagram(sk, (unsigned int)flags, flags & MSG_DONTWAIT, &off, &err);
		if (!skb)
			return err;
		ulen = (int)skb->len;
		copied = (int)min_t(size_t, len, (size_t)(ulen - off));
		if (likely(skb_csum_unnecessary(skb)))
			err = skb_copy_datagram_iter(skb, off, &msg->msg_iter, copied);
		else
			err = udp_copy_verified(skb, msg, off, copied, ulen, flags);
		if (likely(err != -EINVAL))
			break;
		UDP_INC_STATS(sock_net(sk), CSUMERRORS);
		UDP_INC_STATS(sock_net(sk), INERRORS);
		skb_kill_datagram(sk, skb, (unsigned int)flags);
		msg->msg_flags &= ~(unsigned int)MSG_TRUNC;
		cond_resched(); /* a stream of such must not hold the CPU */
	}
	if (unlikely(err)) {
		if (!(flags & MSG_PEEK)) {
			atomic_inc(&sk->sk_drops);
			UDP_INC_STATS(sock_net(sk), INERRORS);
		}
		skb_free_datagram(sk, skb);
		return err;
	}
	if (copied < ulen && len <= (size_t)(ulen - off)) /* of a rest that just fits too, as in Linux */
		msg->msg_flags |= MSG_TRUNC;
	if (!(flags & MSG_PEEK))
		UDP_INC_STATS(sock_net(sk), INDATAGRAMS);
	sock_recv_cmsgs(msg, sk, skb);
	if (sin) {
		*sin = (struct sockaddr_in){ .sin_family = AF_INET,
					     .sin_port = udp_hdr(skb)->source,
					     .sin_addr.s_addr = ip_hdr(skb)->saddr };
		*addr_len = sizeof(*sin);
	}
	if (unlikely(inet_sk(sk)->cmsg_flags)) {
		if (inet_sk(sk)->cmsg_flags & IP_CMSG_UDP_GRO)
			udp_cmsg_recv(msg, skb);
		ip_cmsg_recv_offset(msg, skb, off);
	}
	err = flags & MSG_TRUNC ? ulen : copied;
	if (unlikely(sk->sk_peek_off >= 0))
		sk_peek_offset_bwd(sk, flags & MSG_PEEK ? -err : err);
	skb_free_datagram(sk, skb);
	return err;
}
