/* SPDX-License-Identifier: MIT */
/* Packet sockets: sending a frame, with the sender's link header (SOCK_RAW) or one made from the
 * address (SOCK_DGRAM). packet(7). */
#include <kernel/err.h>
#include <uapi/net_tstamp.h>
#include <wire/eth.h>
#include <wire/vlan.h>

#include "packet_internal.h"

int packet_find_dest(struct sock *sk, const struct kmsghdr *msg, struct packet_dest *d)
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

void packet_stamp(struct sock *sk, struct sk_buff *skb, const struct sockcm_cookie *sockc)
{
	skb->mark = sockc->mark;
	skb->tstamp = (ktime_t)sockc->transmit_time;
	if (likely(!sockc->tsflags))
		return;
	skb_shinfo(skb)->tx_flags = sock_tx_timestamp(sockc->tsflags);
	if (skb_shinfo(skb)->tx_flags && (sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID))
		skb_shinfo(skb)->tskey = sk->sk_tskey++;
}

int packet_parse_header(struct sk_buff *skb, const struct packet_dest *d, bool large)
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
	if (!large && skb->len > dev->mtu + dev->hard_header_len && eth->h_proto != htons(ETH_P_8021Q))
		return -EMSGSIZE;
	return 0;
}

/* The link header and the data of the message. 0 or -errno. */
static int packet_fill(struct sk_buff *skb, struct kmsghdr *msg, size_t len, const struct packet_dest *d, bool raw, bool large)
{
	struct net_device *dev = d->dev;
	int offset = 0;

	skb_reset_network_header(skb);
	if (!raw) {
		skb->protocol = d->proto;
		offset = dev_hard_header(skb, dev, ntohs(d->proto), d->addr, NULL, (unsigned int)len);
		if (offset < 0)
			return -EINVAL;
		skb_reset_mac_header(skb);
	}
	if (skb_copy_datagram_from_iter(skb, offset, &msg->msg_iter, (int)len))
		return -EFAULT;
	return raw ? packet_parse_header(skb, d, large) : 0;
}

/* A buffer for @len bytes behind the room for the link's header, @linear of them in one piece; the rest of what is large lies in
 * pages. NULL with *err. */
static struct sk_buff *packet_alloc(struct sock *sk, const struct net_device *dev, size_t len, size_t linear, bool raw,
				    int noblock, int *err)
{
	size_t room = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;

	if (room + len < PAGE_SIZE)
		linear = len;
	skb = sock_alloc_send_pskb(sk, room + linear, len - linear, noblock, err);
	if (!skb)
		return NULL;
	skb_reserve(skb, (int)room - (raw ? dev->hard_header_len : 0));
	skb_put(skb, (unsigned int)linear);
	skb->data_len = (unsigned int)(len - linear);
	skb->len += skb->data_len;
	return skb;
}

/* PACKET_VNET_HDR: the header before the frame. 0 or -errno. */
static int read_vnet_hdr(struct kmsghdr *msg, size_t *len, struct virtio_net_hdr *h)
{
	if (*len < sizeof(*h))
		return -EINVAL;
	*len -= sizeof(*h);
	if (copy_from_iter(h, sizeof(*h), &msg->msg_iter) != sizeof(*h))
		return -EFAULT;
	return vnet_hdr_check(h, *len);
}

static int packet_snd(struct sock *sk, struct kmsghdr *msg, size_t len, const struct packet_dest *d)
{
	const struct packet_sock *po = pkt_sk(sk);
	struct virtio_net_hdr vnet = { 0 };
	bool raw = sk->sk_type == SOCK_RAW;
	struct sockcm_cookie sockc = sockcm_init(sk);
	struct sk_buff *skb;
	size_t linear;
	int err;

	if (msg->msg_controllen && sock_cmsgs_send(sk, msg, &sockc))
		return -EINVAL;
	if (po->has_vnet_hdr) {
		err = read_vnet_hdr(msg, &len, &vnet);
		if (err)
			return err;
	}
	if (!vnet.gso_type && len > d->dev->mtu + (raw ? d->dev->hard_header_len + (size_t)VLAN_HLEN : 0))
		return -EMSGSIZE;
	linear = max_t(size_t, vnet.hdr_len, min_t(size_t, len, d->dev->hard_header_len));
	skb = packet_alloc(sk, d->dev, len, linear, raw, (msg->msg_flags & MSG_DONTWAIT) != 0, &err);
	if (!skb)
		return err;
	skb->dev = d->dev;
	skb->priority = sk->sk_priority;
	packet_stamp(sk, skb, &sockc);
	err = packet_fill(skb, msg, len, d, raw, vnet.gso_type != 0);
	if (!err && po->has_vnet_hdr)
		err = vnet_hdr_to_skb(skb, &vnet);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return err;
	}
	err = po->qdisc_bypass ? dev_direct_xmit(skb) : dev_queue_xmit(skb);
	return err > 0 ? (err == NET_XMIT_CN ? 0 : -ENOBUFS) : err;
}

int packet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	struct packet_dest d;
	int err;

	if (pkt_sk(sock->sk)->tx_ring)
		return tpacket_snd(sock->sk, msg);
	err = packet_find_dest(sock->sk, msg, &d);
	if (!err)
		err = packet_snd(sock->sk, msg, len, &d);
	if (d.dev)
		dev_put(d.dev);
	return err ? err : (int)len;
}
