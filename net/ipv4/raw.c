/* SPDX-License-Identifier: MIT */
/* Raw IPv4 sockets: every packet of a protocol with its header, and packets with a header of one's
 * own. raw(7). Book section 12.10. */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/protocol.h>
#include <net/raw.h>
#include <uapi/tcp.h>
#include "ipv4_internal.h"

static struct hlist_head *raw_bucket(struct net *net, u16 protocol)
{
	return &net->ipv4.raw_hash->ht[protocol & (RAW_HTABLE_SIZE - 1)];
}

static void raw_hash_sk(struct sock *sk)
{
	struct raw_hashinfo *h = sock_net(sk)->ipv4.raw_hash;

	spin_lock_bh(&h->lock);
	sk_add_node(sk, raw_bucket(sock_net(sk), sk->sk_num));
	spin_unlock_bh(&h->lock);
}

static void raw_unhash_sk(struct sock *sk)
{
	struct raw_hashinfo *h = sock_net(sk)->ipv4.raw_hash;

	spin_lock_bh(&h->lock);
	sk_del_node_init(sk);
	spin_unlock_bh(&h->lock);
}

bool raw_match(const struct sock *sk, u16 protocol, __be32 remote, __be32 local, int dif)
{
	return sk->sk_num == protocol && (!sk->sk_daddr || sk->sk_daddr == remote) &&
	       (!sk->sk_rcv_saddr || sk->sk_rcv_saddr == local) &&
	       (!sk->sk_bound_dev_if || sk->sk_bound_dev_if == dif);
}

/* Does the socket's ICMP_FILTER refuse it? */
static bool raw_icmp_filtered(const struct sock *sk, const struct sk_buff *skb)
{
	struct icmphdr _hdr;
	const struct icmphdr *icmph =
		skb_header_pointer(skb, skb_transport_offset(skb), sizeof(_hdr), &_hdr);

	if (!icmph)
		return true;
	return icmph->type < 32 && ((1u << icmph->type) & raw_sk(sk)->filter.data);
}

void raw_rcv(struct sock *sk, struct sk_buff *skb)
{
	int err;

	skb_push(skb, (unsigned int)(skb->data - skb_network_header(skb)));
	ipv4_pktinfo_prepare(sk, skb);
	err = sock_queue_rcv_skb(sk, skb);
	if (err)
		kfree_skb_reason(skb, err == -EPERM ? SKB_DROP_REASON_SOCKET_FILTER
						    : SKB_DROP_REASON_SOCKET_RCVBUFF);
}

/* A copy to each sock of @bucket that wants it. True: there was one. */
static noinline bool raw_deliver_to(const struct hlist_head *bucket, struct sk_buff *skb,
				    u8 protocol)
{
	const struct iphdr *iph = ip_hdr(skb);
	bool delivered = false;
	struct sock *sk;

	sk_for_each(sk, bucket) {
		struct sk_buff *copy;

		if (!raw_match(sk, protocol, iph->saddr, iph->daddr, skb->dev->ifindex) ||
		    !ip_mc_sf_allow(sk, iph->daddr, iph->saddr, skb->dev->ifindex))
			continue;
		delivered = true;
		if (protocol == IPPROTO_ICMP && raw_icmp_filtered(sk, skb))
			continue;
		copy = skb_clone(skb, GFP_ATOMIC);
		if (copy)
			raw_rcv(sk, copy);
	}
	return delivered;
}

bool raw_local_deliver(struct sk_buff *skb, u8 protocol)
{
	const struct hlist_head *bucket = raw_bucket(dev_net(skb->dev), protocol);

	return unlikely(!hlist_empty(bucket)) && raw_deliver_to(bucket, skb, protocol);
}

static void raw_err(struct sock *sk, struct sk_buff *skb, u32 info)
{
	u8 type = icmp_hdr(skb)->type, code = icmp_hdr(skb)->code;
	struct inet_sock *inet = inet_sk(sk);
	bool hard = false;
	int err = EHOSTUNREACH;

	switch (type) {
	case ICMP_SOURCE_QUENCH: return;
	case ICMP_REDIRECT:
		ipv4_redirect(skb, sock_net(sk), sk->sk_bound_dev_if, sk->sk_protocol);
		return;
	case ICMP_PARAMETERPROB:
		err = EPROTO;
		hard = true;
		break;
	case ICMP_DEST_UNREACH:
		if (code > NR_ICMP_UNREACH)
			break;
		if (code == ICMP_FRAG_NEEDED) {
			ipv4_sk_update_pmtu(skb, sk, info);
			hard = inet->pmtudisc != IP_PMTUDISC_DONT;
			err = EMSGSIZE;
		} else {
			hard = icmp_err_convert[code].fatal;
			err = icmp_err_convert[code].errno_val;
		}
		break;
	}
	if (!inet->recverr && (!hard || sk->sk_state != TCP_ESTABLISHED))
		return;
	if (inet->recverr) {
		const struct iphdr *iph = (const struct iphdr *)skb->data;

		ip_icmp_error(sk, skb, err, 0, info,
			      inet->hdrincl ? skb->data : skb->data + iph->ihl * 4u);
	}
	sk->sk_err = err;
	sk->sk_error_report(sk);
}

void raw_icmp_error(struct sk_buff *skb, u8 protocol, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct sock *sk;

	sk_for_each(sk, raw_bucket(dev_net(skb->dev), protocol))
		if (raw_match(sk, protocol, iph->daddr, iph->saddr, skb->dev->ifindex))
			raw_err(sk, skb, info);
}

/* ---- sending ---- */

/* A packet with the sender's own header: what he left out is filled in. */
static int raw_send_hdrinc(struct sock *sk, const struct ip_dest *d, struct kmsghdr *msg, size_t length)
{
	const struct flowi4 *fl4 = &d->fl4;
	struct rtable *rt = d->rt;
	int hh_len = LL_RESERVED_SPACE(rt->dst.dev), err;
	struct net *net = sock_net(sk);
	struct sk_buff *skb;
	struct iphdr *iph;

	if (length > rt->dst.dev->mtu) {
		ip_local_error(sk, EMSGSIZE, fl4->daddr, inet_sk(sk)->inet_dport, rt->dst.dev->mtu);
		return -EMSGSIZE;
	}
	if (length < sizeof(*iph))
		return -EINVAL;
	skb = sock_alloc_send_skb(sk, length + (size_t)hh_len + 15,
				  (msg->msg_flags & MSG_DONTWAIT) != 0, &err);
	if (!skb)
		goto count;
	skb_reserve(skb, hh_len);
	skb->priority = sk->sk_priority;
	skb->mark = d->ipc.sockc.mark;
	skb->tstamp = (ktime_t)d->ipc.sockc.transmit_time;
	skb_dst_set(skb, dst_clone(&rt->dst));
	skb_reset_network_header(skb);
	iph = skb_put(skb, (unsigned int)length);
	skb->ip_summed = CHECKSUM_NONE;
	err = -EFAULT;
	if (copy_from_iter(iph, length, &msg->msg_iter) != length)
		goto drop;
	err = -EINVAL;
	if (iph->ihl < 5 || iph->ihl * 4u > length)
		goto drop;
	skb->transport_header = (u16)(skb->network_header + iph->ihl * 4u);
	if (!iph->saddr)
		iph->saddr = fl4->saddr;
	if (!iph->id)
		ip_select_ident(net, skb, NULL);
	if (iph->protocol == IPPROTO_ICMP && length >= iph->ihl * 4u + sizeof(struct icmphdr))
		icmp_out_count(net, icmp_hdr(skb)->type);
	err = ip_local_out(net, sk, skb);
	if (err > 0)
		err = err == NET_XMIT_CN ? 0 : -ENOBUFS;
	if (!err)
		return 0;
	goto count;
drop:
	kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
count:
	IP_INC_STATS(net, OUTDISCARDS);
	return err == -ENOBUFS && !inet_sk(sk)->recverr ? 0 : err;
}

static int raw_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	const struct sockaddr_in *sin = msg->msg_name;
	const struct inet_sock *inet = inet_sk(sk);
	struct sk_buff *skb;
	struct ip_dest d;
	int err;

	if (len > 0xffff)
		return -EMSGSIZE;
	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (sin && msg->msg_namelen < (int)sizeof(*sin))
		return -EINVAL;
	if (sin && sin->sin_family != AF_INET && sin->sin_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	/* The route may depend on the type and code of ICMP: they must be there. */
	if (!inet->hdrincl && sk->sk_protocol == IPPROTO_ICMP && len < 2 && (sin || sk->sk_state == TCP_ESTABLISHED))
		return -EFAULT;
	err = ip_dest_find(sk, msg, inet->hdrincl || inet->transparent ? FLOWI_FLAG_ANYSRC : 0, &d);
	if (!err && inet->hdrincl) {
		err = raw_send_hdrinc(sk, &d, msg, len);
	} else if (!err) {
		skb = ip_make_skb(sk, &d.fl4, ip_generic_getfrag, msg, (int)len, 0, &d.ipc, &d.rt,
				  msg->msg_flags);
		if (!IS_ERR_OR_NULL(skb) && sk->sk_protocol == IPPROTO_ICMP &&
		    len >= sizeof(struct icmphdr))
			icmp_out_count(sock_net(sk), icmp_hdr(skb)->type);
		err = IS_ERR(skb) ? (int)PTR_ERR(skb) : (skb ? ip_send_skb(sock_net(sk), skb) : 0);
		if (err == -ENOBUFS && !inet->recverr)
			err = 0;
	}
	ip_dest_put(&d);
	return err ? err : (int)len;
}

/* ---- the rest of struct proto ---- */

static int raw_bind(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	const struct sockaddr_in *addr = (const struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sk);
	unsigned int type;
	int err = -EINVAL;

	if (addr_len < (int)sizeof(*addr))
		return -EINVAL;
	if (addr->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	type = inet_addr_type(sock_net(sk), addr->sin_addr.s_addr);
	lock_sock(sk);
	if (sk->sk_state != TCP_CLOSE)
		goto out;
	err = -EADDRNOTAVAIL;
	if (addr->sin_addr.s_addr && type != RTN_LOCAL && type != RTN_MULTICAST &&
	    type != RTN_BROADCAST && !inet->freebind)
		goto out;
	inet->inet_rcv_saddr = inet->inet_saddr = addr->sin_addr.s_addr;
	if (type == RTN_MULTICAST || type == RTN_BROADCAST)
		inet->inet_saddr = 0;
	sk_dst_reset(sk);
	err = 0;
out:
	release_sock(sk);
	return err;
}

static int raw_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
			  unsigned int optlen)
{
	struct icmp_filter filter;

	if (level != SOL_RAW)
		return ip_setsockopt(sk, level, optname, optval, optlen);
	if (optname != ICMP_FILTER)
		return -ENOPROTOOPT;
	if (inet_sk(sk)->inet_num != IPPROTO_ICMP)
		return -EOPNOTSUPP;
	filter = raw_sk(sk)->filter;
	if (copy_from_sockptr(&filter, optval, min_t(size_t, optlen, sizeof(filter))))
		return -EFAULT;
	raw_sk(sk)->filter = filter;
	return 0;
}

static int raw_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
			  sockptr_t optlen)
{
	int len;

	if (level != SOL_RAW)
		return ip_getsockopt(sk, level, optname, optval, optlen);
	if (optname != ICMP_FILTER)
		return -ENOPROTOOPT;
	if (inet_sk(sk)->inet_num != IPPROTO_ICMP)
		return -EOPNOTSUPP;
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min(len, (int)sizeof(struct icmp_filter));
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, &raw_sk(sk)->filter, (size_t)len))
		return -EFAULT;
	return 0;
}

static int raw_ioctl(struct sock *sk, int cmd, unsigned long arg)
{
	const struct sk_buff *skb;
	int amount = 0;

	switch (cmd) {
	case SIOCOUTQ: amount = sk_wmem_alloc_get(sk); break;
	case SIOCINQ:
		local_bh_disable();
		skb = skb_peek(&sk->sk_receive_queue);
		amount = skb ? (int)skb->len : 0;
		local_bh_enable();
		break;
	default: return -ENOIOCTLCMD;
	}
	return copy_to_sockptr(sock_ioctl_ptr(arg), &amount, sizeof(amount));
}

static void raw_close(struct sock *sk, long timeout)
{
	ip_ra_release(sk);
	sk_common_release(sk);
}

struct proto raw_prot = {
	.name = "RAW",
	.close = raw_close,
	.connect = ip4_datagram_connect,
	.disconnect = ip_datagram_disconnect,
	.ioctl = raw_ioctl,
	.setsockopt = raw_setsockopt,
	.getsockopt = raw_getsockopt,
	.sendmsg = raw_sendmsg,
	.recvmsg = ip_datagram_recvmsg,
	.bind = raw_bind,
	.hash = raw_hash_sk,
	.unhash = raw_unhash_sk,
	.diag_destroy = ip_datagram_abort,
	.obj_size = sizeof(struct raw_sock),
	.no_autobind = true,
};

static int raw_net_init(struct net *net)
{
	net->ipv4.raw_hash = kzalloc(sizeof(struct raw_hashinfo), GFP_KERNEL);
	if (!net->ipv4.raw_hash)
		return -ENOMEM;
	spin_lock_init_rank(&net->ipv4.raw_hash->lock, LOCK_RANK_HASH);
	return 0;
}

static void raw_net_exit(struct net *net)
{
	kfree(net->ipv4.raw_hash);
	net->ipv4.raw_hash = NULL;
}

static struct pernet_operations raw_net_ops = { .init = raw_net_init, .exit = raw_net_exit };
static struct inet_protosw raw_protosw = { .type = SOCK_RAW,
					   .protocol = IPPROTO_IP,
					   .prot = &raw_prot,
					   .ops = &inet_sockraw_ops,
					   .flags = INET_PROTOSW_REUSE };

void raw_init(void)
{
	register_pernet_subsys(&raw_net_ops);
	if (proto_register(&raw_prot, true))
		pr_err("cannot add RAW\n");
	inet_register_protosw(&raw_protosw);
}
