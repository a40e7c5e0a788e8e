/* SPDX-License-Identifier: MIT */
/* Packet sockets: sending what lies in a ring. Each frame is copied when its turn comes, so that ring 3 can change nothing of
 * what is on its way; it gets the frame back when the device is done with it. Linux's networking/packet_mmap. */
#include <kernel/poll.h>
#include <kernel/sched.h>
#include <wire/vlan.h>

#include "packet_internal.h"

/* What one call sends. */
struct tx_call {
	struct packet_sock *po;
	struct packet_dest dest;
	bool wait;		/* for memory, and until all that was sent is through */
	unsigned int len_max;	/* of a frame */
	unsigned int len_sum;	/* bytes sent */
	struct sockcm_cookie sockc;
	bool stop;		/* there is no memory for more now */
};

/* A frame's payload. */
struct tx_frame {
	u8 *data;
	unsigned int len;
	struct virtio_net_hdr vnet;
};

/* ---- what is in a frame: each word is read once ---- */

/* -EMSGSIZE, -EINVAL. */
static int read_frame(const struct tx_call *c, u8 *at, struct tx_frame *f)
{
	const struct packet_sock *po = c->po;
	unsigned int off = packet_hdrlen(po) - (unsigned int)sizeof(struct sockaddr_ll), least = off;
	u16 mac, net;

	if (po->tp_version == TPACKET_V3) {
		const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)at;

		if (READ_ONCE(h->tp_next_offset))
			return -EINVAL; /* frames are of one size here */
		f->len = READ_ONCE(h->tp_len);
		mac = READ_ONCE(h->tp_mac);
		net = READ_ONCE(h->tp_net);
	} else if (po->tp_version == TPACKET_V2) {
		const struct tpacket2_hdr *h = (const struct tpacket2_hdr *)at;

		f->len = READ_ONCE(h->tp_len);
		mac = READ_ONCE(h->tp_mac);
		net = READ_ONCE(h->tp_net);
	} else {
		const struct tpacket_hdr *h = (const struct tpacket_hdr *)at;

		f->len = READ_ONCE(h->tp_len);
		mac = READ_ONCE(h->tp_mac);
		net = READ_ONCE(h->tp_net);
	}
	if (f->len > c->len_max)
		return -EMSGSIZE;
	if (po->tp_tx_has_off) {
		off = po->sk.sk_type == SOCK_DGRAM ? net : mac;
		if (off < least || off > po->tx_ring->frame_size - f->len)
			return -EINVAL;
	}
	f->data = at + off;
	return 0;
}

static int read_vnet(struct tx_frame *f)
{
	if (f->len < sizeof(f->vnet))
		return -EINVAL;
	memcpy(&f->vnet, f->data, sizeof(f->vnet));
	f->data += sizeof(f->vnet);
	f->len -= (unsigned int)sizeof(f->vnet);
	return vnet_hdr_check(&f->vnet, f->len);
}

/* ---- the packet that it becomes ---- */

/* The device is done with it: the frame is ring 3's again. Context: any. */
static void tpacket_destruct_skb(struct sk_buff *skb)
{
	struct packet_sock *po = pkt_sk(skb->sk);
	struct packet_ring *r = po->tx_ring;

	if (r) { /* else the socket has been closed meanwhile */
		ring_set_status(po, ring_frame(r, skb_shinfo(skb)->tx_slot), TP_STATUS_AVAILABLE);
		if (!--r->pending)
			wake_up(&r->done);
	}
	sock_wfree(skb);
}

static int fill_skb(struct sk_buff *skb, const struct tx_call *c, const struct tx_frame *f, bool raw)
{
	struct iovec vec = { .iov_base = f->data, .iov_len = f->len };
	struct net_device *dev = c->dest.dev;
	struct iov_iter iter;
	int offset = 0, err;

	skb->dev = dev;
	skb->priority = c->po->sk.sk_priority;
	packet_stamp(&c->po->sk, skb, &c->sockc);
	skb_reset_network_header(skb);
	if (!raw) {
		skb->protocol = c->dest.proto;
		offset = dev_hard_header(skb, dev, ntohs(c->dest.proto), c->dest.addr, NULL, f->len);
		if (offset < 0)
			return -EINVAL;
		skb_reset_mac_header(skb);
	}
	iov_iter_init(&iter, false, &vec, 1, f->len);
	if (skb_copy_datagram_from_iter(skb, offset, &iter, (int)f->len))
		return -EFAULT;
	if (!raw)
		return !c->po->has_vnet_hdr && f->len > dev->mtu ? -EMSGSIZE : 0;
	err = packet_parse_header(skb, &c->dest, c->po->has_vnet_hdr);
	return !err && c->po->has_vnet_hdr ? vnet_hdr_to_skb(skb, &f->vnet) : err;
}

/* ERR_PTR; *@memory: it was for lack of it, and the frame itself may be good. */
static struct sk_buff *make_skb(const struct tx_call *c, u8 *at, struct tx_frame *f, bool *memory)
{
	bool raw = c->po->sk.sk_type == SOCK_RAW;
	struct net_device *dev = c->dest.dev;
	size_t linear, room = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;
	int err = read_frame(c, at, f);

	*memory = false;
	if (!err && c->po->has_vnet_hdr)
		err = read_vnet(f);
	if (err)
		return ERR_PTR(err);
	linear = room + f->len < PAGE_SIZE ? f->len : max_t(size_t, f->vnet.hdr_len, min_t(size_t, f->len, dev->hard_header_len));
	skb = sock_alloc_send_pskb(&c->po->sk, room + linear, f->len - linear, !c->wait, &err);
	if (!skb) {
		*memory = true;
		return ERR_PTR(err);
	}
	skb_reserve(skb, (int)room - (raw ? dev->hard_header_len : 0));
	skb_put(skb, (unsigned int)linear);
	skb->data_len = f->len - (unsigned int)linear;
	skb->len += skb->data_len;
	err = fill_skb(skb, c, f, raw);
	if (!err)
		return skb;
	kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
	return ERR_PTR(err);
}

/* ---- the call ---- */

static void next_frame(struct packet_ring *r)
{
	r->head = r->head + 1 < r->frame_nr ? r->head + 1 : 0;
}

/* The frame at the ring's head goes out. 0, or -errno, which ends the call: the frame tells why. Without memory for it, what went
 * before is told of. */
static int send_frame(struct tx_call *c, u8 *at)
{
	struct packet_sock *po = c->po;
	struct packet_ring *r = po->tx_ring;
	struct tx_frame f = { .vnet = { 0 } };
	struct sk_buff *skb;
	bool memory;
	int err;

	skb = make_skb(c, at, &f, &memory);
	if (IS_ERR(skb)) {
		err = (int)PTR_ERR(skb);
		if (!memory && po->tp_loss) {
			ring_set_status(po, at, TP_STATUS_AVAILABLE);
			next_frame(r);
			return 0;
		}
		ring_set_status(po, at, memory ? TP_STATUS_SEND_REQUEST : TP_STATUS_WRONG_FORMAT);
		c->stop = true;
		return memory && c->len_sum ? 0 : err;
	}
	skb_shinfo(skb)->tx_slot = r->head;
	skb->destructor = tpacket_destruct_skb;
	ring_set_status(po, at, TP_STATUS_SENDING);
	local_bh_disable();
	r->pending++;
	local_bh_enable();
	err = po->qdisc_bypass ? dev_direct_xmit(skb) : dev_queue_xmit(skb);
	if (err > 0 && err != NET_XMIT_CN && ring_status(po, at) == TP_STATUS_AVAILABLE) {
		ring_set_status(po, at, TP_STATUS_SEND_REQUEST); /* dropped before the device: it may be sent again */
		return -ENOBUFS;
	}
	next_frame(r);
	c->len_sum += f.len;
	return 0;
}

/* Until the frame at the head is to be sent, or all that is on its way is through. 1, -ETIMEDOUT, -ERESTARTSYS. */
static int wait_done(struct tx_call *c)
{
	struct packet_sock *po = c->po;
	struct packet_ring *r = po->tx_ring;
	long left = wait_event_interruptible_timeout(
		r->done, !r->pending || ring_status(po, ring_frame(r, r->head)) == TP_STATUS_SEND_REQUEST,
		sock_sndtimeo(&po->sk, false));

	if (left > 0)
		return 1;
	return left ? (int)left : -ETIMEDOUT;
}

static int send_all(struct tx_call *c)
{
	struct packet_ring *r = c->po->tx_ring;
	int err = 0;
	u8 *at;

	while (!c->stop) {
		at = ring_frame(r, r->head);
		if (ring_status(c->po, at) == TP_STATUS_SEND_REQUEST)
			err = send_frame(c, at);
		else if (c->wait && r->pending)
			err = wait_done(c);
		else
			break;
		if (err < 0)
			break;
	}
	return err < 0 ? err : (int)c->len_sum;
}

int tpacket_snd(struct sock *sk, struct kmsghdr *msg)
{
	struct tx_call c = { .po = pkt_sk(sk), .wait = !(msg->msg_flags & MSG_DONTWAIT), .sockc = sockcm_init(sk) };
	struct packet_sock *po = c.po;
	unsigned int most;
	int err = -EBUSY;

	mutex_lock(&po->ring_lock);
	if (po->tx_ring)
		err = packet_find_dest(sk, msg, &c.dest);
	if (!err && msg->msg_controllen)
		err = sock_cmsgs_send(sk, msg, &c.sockc);
	if (!err) {
		c.len_max = po->tx_ring->frame_size - (packet_hdrlen(po) - (unsigned int)sizeof(struct sockaddr_ll));
		most = c.dest.dev->mtu + (sk->sk_type == SOCK_RAW ? c.dest.dev->hard_header_len : 0u) + VLAN_HLEN;
		if (!po->has_vnet_hdr)
			c.len_max = min(c.len_max, most);
		err = send_all(&c);
	}
	if (c.dest.dev)
		dev_put(c.dest.dev);
	mutex_unlock(&po->ring_lock);
	return err;
}
