/* SPDX-License-Identifier: MIT */
/*
 * e1000 descriptor rings: receive with frames of several buffers, transmit with contexts for checksums
 * and segmentation.
 * 8254x manual 3.2, 3.3. The device writes descriptors; each byte of them is checked, and pointers
 * are kept in memory of our own.
 */
#include <asm/barrier.h>

#include "e1000_internal.h"

#define REFILL_DELAY (HZ / 10)
#define RX_MASK	     (E1000_RX_RING - 1)
#define TX_MASK	     (E1000_TX_RING - 1)
#define E1000_IP_CHECK	10 /* where the checksum lies in IPv4's header, */
#define E1000_TCP_CHECK 16 /* and in TCP's */

/* ---- receive ---- */

void e1000_rx_fill(struct e1000 *e)
{
	u16 start = e->rx_fill;

	/* One descriptor stays empty: head == tail means that the device has none. */
	while (((e->rx_fill + 1) & RX_MASK) != e->rx_next) {
		struct e1000_rx_desc *d = &e->rx_ring[e->rx_fill];
		u8 *buf = rx_frag_alloc(&e->frags);

		if (!buf) {
			e->stats.rx_no_memory++;
			mod_timer(&e->refill_timer, jiffies + REFILL_DELAY);
			break;
		}
		e->rx_buf[e->rx_fill] = buf;
		d->addr = virt_to_phys(buf + RX_FRAG_HEADROOM);
		WRITE_ONCE(d->status, 0);
		e->rx_fill = (e->rx_fill + 1) & RX_MASK;
	}
	if (start == e->rx_fill)
		return;
	dma_wmb();
	ew32(e, E1000_RDT, e->rx_fill);
}

static void rx_drop_frame(struct e1000 *e, void *buf, u64 *counter, bool eop)
{
	(*counter)++;
	e->dev->stats.rx_errors++;
	rx_frag_free(buf);
	kfree_skb_reason(e->rx_skb, SKB_DROP_REASON_DEV_HDR);
	e->rx_skb = NULL;
	e->rx_discard = !eop;
}

/* What the device says of the transport checksum: right, or left to us. */
static void rx_checksum(struct e1000 *e, struct sk_buff *skb, const struct e1000_rx_desc *d)
{
	if ((d->status & (E1000_RXD_STAT_IXSM | E1000_RXD_STAT_TCPCS)) != E1000_RXD_STAT_TCPCS)
		return;
	if (d->errors & (E1000_RXD_ERR_TCPE | E1000_RXD_ERR_IPE)) {
		e->stats.rx_csum_bad++; /* software looks again, and counts it where it belongs */
		return;
	}
	e->stats.rx_csum_good++;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
}

/* Add a buffer to the frame that is being put together. False: no memory, or the frame grows too
 * long. */
static bool rx_add_buffer(struct e1000 *e, void *buf, u16 len)
{
	if (!e->rx_skb) {
		e->rx_skb = build_skb(buf, RX_FRAG_SIZE);
		if (!e->rx_skb)
			return false;
		skb_reserve(e->rx_skb, RX_FRAG_HEADROOM);
		skb_put(e->rx_skb, len);
		return true;
	}
	if (skb_shinfo(e->rx_skb)->nr_frags >= MAX_SKB_FRAGS ||
	    e->rx_skb->len + len > E1000_MAX_MTU + ETH_HLEN + 4)
		return false;
	rx_frag_append(e->rx_skb, buf, 0, len);
	return true;
}

static void rx_deliver(struct e1000 *e, const struct e1000_rx_desc *d)
{
	struct sk_buff *skb = e->rx_skb;
	struct net_device *dev = e->dev;

	e->rx_skb = NULL;
	skb->dev = dev;
	rx_checksum(e, skb, d);
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += skb->len;
	skb->protocol = eth_type_trans(skb, dev);
	napi_gro_receive(&e->napi, skb);
}

/* One descriptor the device has done with. True if a frame is complete (delivered or dropped). */
static bool rx_one(struct e1000 *e, const struct e1000_rx_desc *d, void *buf)
{
	bool eop = d->status & E1000_RXD_STAT_EOP;
	u16 len = d->length;

	if (e->rx_discard) {
		rx_frag_free(buf);
		e->rx_discard = !eop;
		return eop;
	}
	if (unlikely(!len || len > RX_FRAG_ROOM || (eop && !e->rx_skb && len < ETH_HLEN))) {
		e->dev->stats.rx_length_errors++;
		rx_drop_frame(e, buf, &e->stats.rx_bad_length, eop);
		return eop;
	}
	if (unlikely(eop && (d->errors & E1000_RXD_ERR_FRAME))) {
		rx_drop_frame(e, buf, &e->stats.rx_errors, eop);
		return true;
	}
	if (unlikely(!rx_add_buffer(e, buf, len))) {
		rx_drop_frame(e, buf, &e->stats.rx_no_memory, eop);
		return eop;
	}
	if (eop)
		rx_deliver(e, d);
	return eop;
}

int e1000_rx_clean(struct e1000 *e, int budget)
{
	int done = 0;

	while (done < budget && e->rx_next != e->rx_fill) {
		struct e1000_rx_desc d;
		void *buf;

		if (!(READ_ONCE(e->rx_ring[e->rx_next].status) & E1000_RXD_STAT_DD))
			break;
		dma_rmb(); /* the done bit before the rest */
		d = e->rx_ring[e->rx_next];
		barrier(); /* our copy is what is checked and used */
		buf = e->rx_buf[e->rx_next];
		e->rx_buf[e->rx_next] = NULL;
		e->rx_next = (e->rx_next + 1) & RX_MASK;
		done += rx_one(e, &d, buf);
	}
	if (((e->rx_next - e->rx_fill - 1) & RX_MASK) >= E1000_RX_RING / 4)
		e1000_rx_fill(e);
	return done;
}

/* ---- transmit ---- */

static unsigned int tx_free(const struct e1000 *e)
{
	return (e->tx_clean - e->tx_next - 1) & TX_MASK;
}

void e1000_tx_clean(struct e1000 *e)
{
	while (e->tx_clean != e->tx_next) {
		u16 last = e->tx_clean;

		/* To the packet's last descriptor, which alone reports. */
		while (!e->tx_skb[last] && ((last + 1) & TX_MASK) != e->tx_next)
			last = (last + 1) & TX_MASK;
		if (!e->tx_skb[last] || !(READ_ONCE(e->tx_ring[last].status) & E1000_TXD_STAT_DD))
			break;
		consume_skb(e->tx_skb[last]);
		e->tx_skb[last] = NULL;
		e->tx_clean = (last + 1) & TX_MASK;
	}
	if (unlikely(netif_queue_stopped(e->dev)) && tx_free(e) >= E1000_TX_RING / 2 &&
	    netif_running(e->dev))
		netif_wake_queue(e->dev);
}

/* Tell the device where to sum and where to store, unless it knows from the packet before. */
static void tx_context(struct e1000 *e, const struct sk_buff *skb)
{
	u8 start = (u8)(skb->csum_start - skb_headroom(skb));
	u8 offset = (u8)(start + skb->csum_offset);
	u32 key = (u32)start << 16 | offset;
	struct e1000_ctx_desc *c;

	e->stats.tx_csum_offload++;
	if (key == e->tx_ctx)
		return;
	e->tx_ctx = key;
	c = (struct e1000_ctx_desc *)&e->tx_ring[e->tx_next];
	*c = (struct e1000_ctx_desc){
		.tucss = start,
		.tucso = offset,
		.cmd_len = E1000_TXD_DTYP_CTX | E1000_TXD_CMD_DEXT,
	};
	e->tx_next = (e->tx_next + 1) & TX_MASK;
}

/* Tell the device how to cut a large packet of @hlen bytes of headers. The checksum's context is
 * another one, and stays. 8254x manual 3.3.5. */
static void tx_tso_context(struct e1000 *e, const struct sk_buff *skb, unsigned int hlen)
{
	unsigned int nhoff = (unsigned int)skb_network_offset(skb);
	unsigned int thoff = (unsigned int)skb_transport_offset(skb);

	e->stats.tx_tso++;
	*(struct e1000_ctx_desc *)&e->tx_ring[e->tx_next] = (struct e1000_ctx_desc){
		.ipcss = (u8)nhoff,
		.ipcso = (u8)(nhoff + E1000_IP_CHECK),
		.ipcse = (u16)(thoff - 1),
		.tucss = (u8)thoff,
		.tucso = (u8)(thoff + E1000_TCP_CHECK),
		.cmd_len = (skb->len - hlen) | E1000_TXD_DTYP_CTX | E1000_TXD_CMD_DEXT |
			   E1000_TXD_CMD_TSE | E1000_TXD_CMD_IP | E1000_TXD_CMD_TCP,
		.hdr_len = (u8)hlen,
		.mss = skb_shinfo(skb)->gso_size,
	};
	e->tx_next = (e->tx_next + 1) & TX_MASK;
}

/* The headers as the device wants them: IP without length and checksum, which it fills in for each
 * packet; in TCP's checksum the pseudo header without the length. Bytes of headers; 0: out of
 * memory, or they are none that it knows. */
static unsigned int tx_tso_headers(struct sk_buff *skb)
{
	unsigned int nhoff = (unsigned int)skb_network_offset(skb);
	unsigned int thoff = (unsigned int)skb_transport_offset(skb), hlen;
	u32 sum, len = skb->len - thoff;
	u8 *ip, *tcp;
	u16 check;

	if (thoff < nhoff + 20 || thoff + 20 > skb_headlen(skb) ||
	    skb_cow_head(skb, skb_headroom(skb)))
		return 0;
	ip = skb->data + nhoff;
	tcp = skb->data + thoff;
	hlen = thoff + (tcp[12] >> 4) * 4u;
	if (hlen > skb_headlen(skb) || hlen > 255)
		return 0;
	memset(ip + 2, 0, 2);
	memset(ip + E1000_IP_CHECK, 0, 2);
	memcpy(&check, tcp + E1000_TCP_CHECK, 2); /* RFC 1624: less the length */
	sum = (u32)check + (u16)~htons((u16)len);
	sum = (sum & 0xffff) + (sum >> 16);
	check = (u16)sum;
	memcpy(tcp + E1000_TCP_CHECK, &check, 2);
	return hlen;
}

static void tx_data(struct e1000 *e, const void *data, u32 len, u32 cmd, u8 popts)
{
	while (len) {
		u32 n = min(len, E1000_TX_PIECE);

		e->tx_ring[e->tx_next] = (struct e1000_tx_desc){
			.addr = virt_to_phys(data),
			.cmd_len = n | E1000_TXD_DTYP_DATA | E1000_TXD_CMD_DEXT |
				   E1000_TXD_CMD_IFCS | cmd,
			.popts = popts,
		};
		e->tx_next = (e->tx_next + 1) & TX_MASK;
		data = (const u8 *)data + n;
		len -= n;
	}
}

/* The context descriptor's offsets are bytes: a checksum further in is computed here. False: the
 * packet is gone. */
static bool tx_checksum_fits(struct sk_buff *skb)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	if (skb->csum_start - skb_headroom(skb) + skb->csum_offset <= 0xff)
		return true;
	if (!skb_checksum_help(skb))
		return true;
	kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
	return false;
}

/* Bytes at the end of a packet's only piece that get a descriptor of their own: the device may report the
 * last descriptor as done before its data is fetched, of a large packet and of the one behind it
 * (82540EM and 82545EM). What is freed too early then is no more than this. */
static u32 tx_sentinel(struct e1000 *e, const struct sk_buff *skb)
{
	bool tso = skb_is_gso(skb), after_tso = e->tx_last_tso;

	e->tx_last_tso = tso;
	return (tso || after_tso) && !skb_is_nonlinear(skb) && skb->len > 8 ? 4 : 0;
}

/* The context, if the packet needs one. How to go on: *cmd and *popts of its descriptors. False: the
 * packet is gone. */
static bool tx_prepare(struct e1000 *e, struct sk_buff *skb, u32 *cmd, u8 *popts)
{
	unsigned int hlen;

	*cmd = 0;
	*popts = 0;
	if (skb_is_gso(skb)) {
		hlen = tx_tso_headers(skb);
		if (unlikely(!hlen)) {
			kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
			return false;
		}
		tx_tso_context(e, skb, hlen);
		*cmd = E1000_TXD_CMD_TSE;
		*popts = E1000_TXD_POPTS_IXSM | E1000_TXD_POPTS_TXSM;
		return true;
	}
	if (!tx_checksum_fits(skb))
		return false;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		tx_context(e, skb);
		*popts = E1000_TXD_POPTS_TXSM;
	}
	return true;
}

netdev_tx_t e1000_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct e1000 *e = netdev_priv(dev);
	const struct skb_shared_info *shinfo;
	u32 cmd, tail;
	unsigned int i;
	u8 popts;
	u16 last;

	e1000_tx_clean(e);
	if (unlikely(tx_free(e) < E1000_TX_MAX_DESC)) {
		netif_stop_queue(dev);
		e->stats.tx_stopped++;
		return NETDEV_TX_BUSY; /* every packet's end interrupts: the queue wakes */
	}
	if (unlikely(!tx_prepare(e, skb, &cmd, &popts))) {
		dev->stats.tx_errors++;
		return NETDEV_TX_OK;
	}
	shinfo = skb_shinfo(skb);
	tail = tx_sentinel(e, skb);
	tx_data(e, skb->data, skb_headlen(skb) - tail, cmd, popts);
	tx_data(e, skb->data + skb_headlen(skb) - tail, tail, cmd, popts);
	for (i = 0; i < shinfo->nr_frags; i++)
		tx_data(e, skb_frag_address(&shinfo->frags[i]), skb_frag_size(&shinfo->frags[i]),
			cmd, popts);
	last = (e->tx_next - 1) & TX_MASK;
	e->tx_ring[last].cmd_len |= E1000_TXD_CMD_EOP | E1000_TXD_CMD_RS;
	e->tx_skb[last] = skb;
	dev->stats.tx_packets += skb_nr_segs(skb);
	dev->stats.tx_bytes += skb->len;
	skb_orphan(skb);
	dma_wmb();
	ew32(e, E1000_TDT, e->tx_next);
	return NETDEV_TX_OK;
}

/* Free whatever hangs in the rings and begin them anew. The device must be stopped. */
void e1000_rings_empty(struct e1000 *e)
{
	unsigned int i;

	for (i = 0; i < E1000_RX_RING; i++) {
		if (e->rx_buf[i])
			rx_frag_free(e->rx_buf[i]);
		e->rx_buf[i] = NULL;
	}
	for (i = 0; i < E1000_TX_RING; i++) {
		kfree_skb_reason(e->tx_skb[i], SKB_DROP_REASON_RESET_QUEUE);
		e->tx_skb[i] = NULL;
	}
	kfree_skb_reason(e->rx_skb, SKB_DROP_REASON_RESET_QUEUE);
	e->rx_skb = NULL;
	e->rx_discard = false;
	e->rx_next = e->rx_fill = e->tx_next = e->tx_clean = 0;
	e->tx_ctx = 0;
	e->tx_last_tso = false;
	memset(e->rx_ring, 0, E1000_RX_RING * sizeof(*e->rx_ring));
	memset(e->tx_ring, 0, E1000_TX_RING * sizeof(*e->tx_ring));
}
