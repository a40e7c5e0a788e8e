/* SPDX-License-Identifier: MIT */
/* Packet sockets: sending a frame, with the sender's link header (SOCK_RAW) or one made from the
 * address (SOCK_DGRAM). packet(7). */
#include <kernel/err.h>
#include <wire/eth.h>
#include <wire/vlan.h>

#include "packet_internal.h"

struct packet_dest {
	struct net_device *dev; /* referenced */
	__be16 proto;
	const u8 *addr; /* NULL: the header is in the message, or has none */
};

/* Where to, by the message's name or the socket's binding. 0 or -errno. */
static int packet_find_dest(struct sock *sk, const struct kmsghdr *msg, struct packet_dest *d)
{
	const struct sockaddr_ll *sll = msg->msg_name;
	const struct packet_sock *po = pkt_sk(sk);
	int ifindex = po->ifindex;

	*d = (struct packet_dest){ .proto = po->num };
	if (sll) {
		if (msg->msg_namelen < (int)sizeof(*sll) ||
		    msg->msg_namelen < (int)offsetof(struct sockaddr_ll, sll_addr) + sll->sll_halen)
			return -EINVAL;
		ifindex = sll->sll_ifindex;
		d->proto = sll->sll_protocol;
		d->addr = sk->sk_type == SOCK_DGRAM ? sll->sll_addr : NULL;
	}
	d->dev = ifindex > 0 ? dev_get_by_index(sock_net(sk), ifindex) : NULL;
	if (!d->dev)
		return -ENXIO;
	if (sll && d->addr &&
	    d->dev->addr_len + (int)offsetof(struct sockaddr_ll, sll_addr) > msg->msg_namelen)
		return -EINVAL;
	return d->dev->flags & IFF_UP ? 0 : -ENETDOWN;
}

/* The frame's protocol, and where its network header begins. -EINVAL: no whole link header. */
static int packet_parse_header(struct sk_buff *skb, const struct packet_dest *d)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	const struct net_device *dev = d->dev;

	if (skb->len < dev->hard_header_len)
		return -EINVAL;
	skb_reset_mac_header(skb);
	skb->protocol = d->proto;
	skb_set_network_header(skb, dev->hard_header_len);
	if (dev->hard_header_len < sizeof(*eth))
		return 0;
	if (!d->proto || d->proto == htons(ETH_P_ALL))
		skb->protocol = eth->h_proto;
	/* what is longer than the MTU must be a tagged frame */
	if (skb->len > dev->mtu + dev->hard_header_len && eth->h_proto != htons(ETH_P_8021Q))
		return -EMSGSIZE;
	return 0;
}

/* The link header and the data of the message. 0 or -errno. */
static int packet_fill(struct sk_buff *skb, struct kmsghdr *msg, size_t len,
		       const struct packet_dest *d, bool raw)
{
	struct net_device *dev = d->dev;
	int err = 0;

	skb_reserve(skb, LL_RESERVED_SPACE(dev) - (raw ? dev->hard_header_len : 0));
	skb_put(skb, (unsigned int)len);
	if (copy_from_iter(skb->data, len, &msg->msg_iter) != len)
		return -EFAULT;
	if (raw)
		return packet_parse_header(skb, d);
	skb_reset_network_header(skb);
	skb->protocol = d->proto;
	if (dev_hard_header(skb, dev, ntohs(d->proto), d->addr, NULL, (unsigned int)len) < 0)
		err = -EINVAL;
	skb_reset_mac_header(skb);
	return err;
}

static int packet_snd(struct sock *sk, struct kmsghdr *msg, size_t len, const struct packet_dest *d)
{
	bool raw = sk->sk_type == SOCK_RAW;
	struct sk_buff *skb;
	int err;

	if (len > d->dev->mtu + (raw ? d->dev->hard_header_len + (size_t)VLAN_HLEN : 0))
		return -EMSGSIZE;
	skb = sock_alloc_send_skb(sk, len + LL_RESERVED_SPACE(d->dev),
				  (msg->msg_flags & MSG_DONTWAIT) != 0, &err);
	if (!skb)
		return err;
	skb->dev = d->dev;
	skb->priority = sk->sk_priority;
	skb->mark = sk->sk_mark;
	err = packet_fill(skb, msg, len, d, raw);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return err;
	}
	err = pkt_sk(sk)->qdisc_bypass ? dev_direct_xmit(skb) : dev_queue_xmit(skb);
	return err > 0 ? (err == NET_XMIT_CN ? 0 : -ENOBUFS) : err;
}

int packet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	struct packet_dest d;
	int err;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	err = packet_find_dest(sock->sk, msg, &d);
	if (!err)
		err = packet_snd(sock->sk, msg, len, &d);
	if (d.dev)
		dev_put(d.dev);
	return err ? err : (int)len;
}
