/* SPDX-License-Identifier: MIT */
/* The e1000 driver's own state. */
#ifndef DRIVERS_NET_E1000_INTERNAL_H
#define DRIVERS_NET_E1000_INTERNAL_H

#include <drivers/pci.h>
#include <net/etherdevice.h>

#include "e1000_hw.h"
#include "rx_frag.h"

#define E1000_RX_RING	  256 /* descriptors; powers of two, multiples of 8 */
#define E1000_TX_RING	  256
#define E1000_MAX_MTU	  9000
#define E1000_TX_PIECE	  4096u /* bytes of one descriptor: more than that some of these devices do not bear */
/* The most descriptors one packet takes: context, what is left for the end (tx_sentinel), and the
 * pieces of up to 64 KiB in a linear part and fragments. */
#define E1000_TX_MAX_DESC (2 + 1 + MAX_SKB_FRAGS + 65536 / E1000_TX_PIECE + 1)

struct e1000_stats {
	u64 rx_csum_good, rx_csum_bad;
	u64 rx_no_memory, rx_bad_length, rx_errors, rx_missed;
	u64 tx_csum_offload, tx_tso, tx_stopped;
	u64 interrupts, violations, resets;
};

struct e1000 {
	struct pci_dev *pdev;
	struct net_device *dev;
	struct napi_struct napi;
	void __iomem *regs;
	struct e1000_rx_desc *rx_ring;
	void *rx_buf[E1000_RX_RING]; /* NULL: the descriptor is not with the device */
	u16 rx_next, rx_fill;	     /* next to look at; next to hand out */
	struct sk_buff *rx_skb;	     /* a frame of several descriptors, so far */
	bool rx_discard;	     /* skip to the end of a frame that is dropped */
	struct e1000_tx_desc *tx_ring;
	struct sk_buff *tx_skb[E1000_TX_RING]; /* at the packet's last descriptor */
	u16 tx_next, tx_clean;
	bool tx_last_tso; /* the packet before was a large one */
	u32 tx_ctx; /* the checksum context the device has: start << 16 | offset; 0: none */
	struct rx_frag_source frags;
	struct timer_list refill_timer;
	struct e1000_stats stats;
};

static inline u32 er32(const struct e1000 *e, unsigned int reg)
{
	return readl((u8 *)e->regs + reg);
}
static inline void ew32(const struct e1000 *e, unsigned int reg, u32 v)
{
	writel(v, (u8 *)e->regs + reg);
}

/* e1000.c: stop the device, drop what is in its rings, start it again. Context: softirqs off. */
void e1000_reset(struct e1000 *e);
/* e1000_ring.c */
void e1000_rx_fill(struct e1000 *e);
int e1000_rx_clean(struct e1000 *e, int budget);
void e1000_tx_clean(struct e1000 *e);
netdev_tx_t e1000_xmit(struct sk_buff *skb, struct net_device *dev);
void e1000_rings_empty(struct e1000 *e);

#endif
