/* SPDX-License-Identifier: MIT */
/* Packet sockets: receiving into a ring. packet(7), Linux's networking/packet_mmap. */
#include <kernel/time.h>
#include <net/filter.h>
#include <net/if_vlan.h>

#include "packet_internal.h"

/* Where the parts of a packet come to lie behind its header in the ring. */
struct place {
	unsigned int mac, net; /* bytes from the header: of what is copied, of the network's header */
	unsigned int snaplen;  /* bytes that are copied */
	bool vnet;	       /* a virtio_net_hdr stands before */
	bool cut;	       /* the frame is too small */
};

void tpacket_put_time(u32 *sec, u32 *sub, u64 real, u32 unit)
{
	*sec = (u32)(real / NSEC_PER_SEC);
	*sub = (u32)(real % NSEC_PER_SEC) / unit;
}

/* ---- what it costs and tells ---- */

/* False: PACKET_RESERVE leaves no room that the header's fields could tell of. */
static bool find_place(const struct packet_sock *po, const struct sk_buff *skb, struct place *p)
{
	unsigned int room = po->tp_version == TPACKET_V3 ? packet_blocks_room(po->rx_ring) : po->rx_ring->frame_size;
	unsigned int maclen = skb_network_offset(skb) > 0 ? (unsigned int)skb_network_offset(skb) : 0;

	if (po->sk.sk_type == SOCK_DGRAM) {
		p->mac = p->net = TPACKET_ALIGN(packet_hdrlen(po)) + 16 + po->tp_reserve;
	} else {
		p->net = TPACKET_ALIGN(packet_hdrlen(po) + max(maclen, 16u)) + po->tp_reserve;
		p->vnet = po->has_vnet_hdr;
		if (p->vnet)
			p->net += sizeof(struct virtio_net_hdr);
		p->mac = p->net - maclen;
	}
	if (p->net > U16_MAX)
		return false;
	p->cut = p->mac + p->snaplen > room;
	if (!p->cut)
		return true;
	p->snaplen = room > p->mac ? room - p->mac : 0;
	if (p->mac > room) {
		p->vnet = false;
		if (po->tp_version == TPACKET_V3)
			p->mac = room;
	}
	return true;
}

static u32 packet_status(const struct packet_sock *po, const struct sk_buff *skb)
{
	u32 status = TP_STATUS_USER;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		status |= TP_STATUS_CSUMNOTREADY;
	else if (skb->pkt_type != PACKET_OUTGOING &&
		 (skb->ip_summed == CHECKSUM_COMPLETE || skb->ip_summed == CHECKSUM_UNNECESSARY))
		status |= TP_STATUS_CSUM_VALID;
	if (skb->tstamp)
		status |= TP_STATUS_TS_SOFTWARE;
	if (po->tp_version != TPACKET_V1 && skb->vlan_present)
		status |= TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID;
	if (po->tp_version != TPACKET_V3 && po->drops)
		status |= TP_STATUS_LOSING;
	return status;
}

/* In ns since 1970: when it came, or now. */
static u64 packet_time(const struct sk_buff *skb)
{
	u64 now = ktime_get_real();

	return skb->tstamp ? now - (u64)(ktime_get() - skb->tstamp) : now;
}

/* PACKET_COPY_THRESH: a packet that is cut goes into the socket's queue as well, whole. */
static bool queue_copy(struct packet_sock *po, struct sk_buff *skb, const struct net_device *orig_dev)
{
	struct sock *sk = &po->sk;
	struct sk_buff *copy;

	if (!po->copy_thresh || sk_rmem_alloc_get(sk) >= sk->sk_rcvbuf)
		return false;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (!copy)
		return false;
	packet_fill_cb(copy, po, orig_dev, skb->len);
	skb_set_owner_r(copy, sk);
	copy->dev = NULL;
	skb_dst_drop(copy);
	skb_queue_tail(&sk->sk_receive_queue, copy);
	return true;
}

/* ---- the headers ---- */

static void fill_v1(struct tpacket_hdr *h, const struct sk_buff *skb, const struct place *p, u64 time)
{
	h->tp_len = skb->len;
	h->tp_snaplen = p->snaplen;
	h->tp_mac = (u16)p->mac;
	h->tp_net = (u16)p->net;
	tpacket_put_time(&h->tp_sec, &h->tp_usec, time, NSEC_PER_USEC);
}

static void fill_v2(struct tpacket2_hdr *h, const struct sk_buff *skb, const struct place *p, u64 time)
{
	h->tp_len = skb->len;
	h->tp_snaplen = p->snaplen;
	h->tp_mac = (u16)p->mac;
	h->tp_net = (u16)p->net;
	tpacket_put_time(&h->tp_sec, &h->tp_nsec, time, 1);
	h->tp_vlan_tci = skb_vlan_tci(skb);
	h->tp_vlan_tpid = skb_vlan_proto(skb);
	memset(h->tp_padding, 0, sizeof(h->tp_padding));
}

static void fill_v3(struct tpacket3_hdr *h, const struct sk_buff *skb, const struct place *p, u64 time, struct packet_blocks *b)
{
	h->tp_len = skb->len;
	h->tp_snaplen = p->snaplen;
	h->tp_mac = (u16)p->mac;
	h->tp_net = (u16)p->net;
	tpacket_put_time(&h->tp_sec, &h->tp_nsec, time, 1);
	tpacket_put_time(&b->last.ts_sec, &b->last.ts_nsec, time, 1);
	h->hv1 = (struct tpacket_hdr_variant1){
		.tp_rxhash = b->features & TP_FT_REQ_FILL_RXHASH ? packet_flow_hash(skb, 0) : 0,
		.tp_vlan_tci = skb_vlan_tci(skb),
		.tp_vlan_tpid = skb_vlan_proto(skb),
	};
	memset(h->tp_padding, 0, sizeof(h->tp_padding));
}

static void fill_header(const struct packet_sock *po, u8 *at, const struct sk_buff *skb, const struct place *p)
{
	u64 time = packet_time(skb);

	switch (po->tp_version) {
	case TPACKET_V3: fill_v3((struct tpacket3_hdr *)at, skb, p, time, &po->rx_ring->v3); break;
	case TPACKET_V2: fill_v2((struct tpacket2_hdr *)at, skb, p, time); break;
	default: fill_v1((struct tpacket_hdr *)at, skb, p, time); break;
	}
}

/* ---- the way in ---- */

/* The header of the next frame, which becomes @skb's; NULL: it is still ring 3's. */
static u8 *take_frame(struct packet_sock *po, unsigned int len)
{
	struct packet_ring *r = po->rx_ring;
	u8 *at;

	if (po->tp_version == TPACKET_V3)
		return (u8 *)packet_blocks_take(r, len);
	at = ring_frame(r, r->head);
	if (ring_status(po, at) != TP_STATUS_KERNEL)
		return NULL;
	r->head = r->head + 1 < r->frame_nr ? r->head + 1 : 0;
	return at;
}

/* @skb, as the socket shall see it, goes into the ring; false: there is no room. */
static bool store(struct packet_sock *po, struct sk_buff *skb, const struct net_device *dev, const struct net_device *orig_dev,
		  unsigned int snaplen)
{
	struct place p = { .snaplen = snaplen };
	struct virtio_net_hdr vnet;
	struct sockaddr_ll sll;
	u32 status = packet_status(po, skb);
	u8 *at;

	if (!find_place(po, skb, &p) || (p.vnet && vnet_hdr_from_skb(&vnet, skb)))
		return false;
	at = take_frame(po, p.mac + p.snaplen);
	if (!at)
		return false;
	po->packets++;
	if (p.cut && po->tp_version != TPACKET_V3 && queue_copy(po, skb, orig_dev))
		status |= TP_STATUS_COPY;
	if (p.vnet)
		memcpy(at + p.mac - sizeof(vnet), &vnet, sizeof(vnet));
	skb_copy_bits(skb, 0, at + p.mac, (int)p.snaplen);
	fill_header(po, at, skb, &p);
	packet_fill_sll(&sll, skb, po, dev, orig_dev);
	memcpy(at + TPACKET_ALIGN((unsigned int)packet_get_hdrlen(po->tp_version)), &sll, sizeof(sll));
	ring_set_status(po, at, status);
	return true;
}

int tpacket_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev)
{
	struct packet_sock *po = pt->af_packet_priv;
	struct sock *sk = &po->sk;
	unsigned int len = skb->len, want;
	u8 *data = skb->data;
	bool stored = true;

	if (!packet_is_for(po, skb, dev)) {
		consume_skb(skb);
		return 0;
	}
	skb->dev = dev;
	want = packet_look(sk, skb, dev);
	if (want) {
		stored = store(po, skb, dev, orig_dev, min(want, skb->len));
		po->drops += !stored;
		if (!stored || po->tp_version != TPACKET_V3) /* a block tells of itself */
			sk->sk_data_ready(sk);
	}
	skb->data = data; /* others see it as it was */
	skb->len = len;
	if (stored)
		consume_skb(skb);
	else
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
	return 0;
}
