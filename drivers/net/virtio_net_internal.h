/* SPDX-License-Identifier: MIT */
/* The virtio network device: registers, headers and the driver's own state. Virtual I/O Device 1.1
 * section 5.1. */
#ifndef DRIVERS_NET_VIRTIO_NET_INTERNAL_H
#define DRIVERS_NET_VIRTIO_NET_INTERNAL_H

#include <drivers/virtio.h>
#include <net/etherdevice.h>

#include "rx_frag.h"

#define VIRTIO_NET_F_CSUM	   0 /* the device completes checksums */
#define VIRTIO_NET_F_GUEST_CSUM	   1 /* we take packets with partial checksums */
#define VIRTIO_NET_F_MTU	   3
#define VIRTIO_NET_F_MAC	   5
#define VIRTIO_NET_F_GUEST_TSO4	   7  /* we take large TCP segments */
#define VIRTIO_NET_F_GUEST_ECN	   9  /* with CWR in them, too */
#define VIRTIO_NET_F_HOST_TSO4	   11 /* the device takes large TCP segments */
#define VIRTIO_NET_F_HOST_ECN	   13
#define VIRTIO_NET_F_MRG_RXBUF	   15
#define VIRTIO_NET_F_STATUS	   16
#define VIRTIO_NET_F_CTRL_VQ	   17
#define VIRTIO_NET_F_CTRL_RX	   18
#define VIRTIO_NET_F_CTRL_MAC_ADDR 23

/* device configuration, section 5.1.4 */
#define VIRTIO_NET_CFG_MAC    0
#define VIRTIO_NET_CFG_STATUS 6
#define VIRTIO_NET_CFG_MTU    10
#define VIRTIO_NET_S_LINK_UP  1

struct virtio_net_hdr { /* section 5.1.6; num_buffers only with MRG_RXBUF or VERSION_1 */
	u8 flags;	/* VIRTIO_NET_HDR_F_x */
	u8 gso_type;
	u16 hdr_len, gso_size;
	u16 csum_start, csum_offset; /* from the start of the frame; from csum_start */
	u16 num_buffers;
};
_Static_assert(sizeof(struct virtio_net_hdr) == 12, "virtio 1.1, 5.1.6");
#define VIRTIO_NET_HDR_F_NEEDS_CSUM 1
#define VIRTIO_NET_HDR_F_DATA_VALID 2
#define VIRTIO_NET_HDR_GSO_NONE	    0
#define VIRTIO_NET_HDR_GSO_TCPV4    1
#define VIRTIO_NET_HDR_GSO_ECN	    0x80 /* with the others: CWR in the first segment */
#define VIRTIO_NET_HDR_LEGACY_LEN   10

enum { VIRTNET_RX, VIRTNET_TX, VIRTNET_CTRL };
#define VIRTNET_MAX_QUEUE  256
#define VIRTNET_TX_MIN	   2  /* descriptors: a header and a packet */
#define VIRTNET_CTRL_MACS  32 /* multicast addresses in the device's filter; more: all of them */
#define VIRTNET_CTRL_BYTES (2 + 4 + 4 + VIRTNET_CTRL_MACS * ETH_ALEN + 1)

#define RX_AVG_SHIFT 4 /* an average over about 16 frames */

struct virtnet_stats {
	u64 rx_csum_partial, rx_csum_valid; /* what the device said of received checksums */
	u64 rx_no_memory;		    /* refills that found no page */
	u64 rx_bad_header, rx_bad_length; /* frames dropped for what the device wrote about them */
	u64 rx_tso, tx_tso; /* large segments */
	u64 tx_csum_offload, tx_stopped;
	u64 ctrl_failed; /* commands refused or unanswered */
	u64 resets;
};

struct virtnet_ctrl { /* the control queue; changes with softirqs off */
	u8 pending;   /* commands that wait, a bit each */
	u8 sent;      /* the one that is with the device */
	bool busy;    /* one is */
	bool mute;    /* the device did not answer, or lied: no more before the next open */
	bool promisc, allmulti;
	u32 nr_macs;
	u8 macs[VIRTNET_CTRL_MACS][ETH_ALEN];
	u8 mac[ETH_ALEN];	/* the address to be set, */
	int mac_result;		/* what came of it, */
	wait_queue_head_t wait; /* and who waits for that */
	struct timer_list timer;
	struct tasklet_struct tasklet;
};

struct virtnet_info {
	struct virtio_device vdev;
	struct net_device *dev;
	struct napi_struct napi;
	unsigned int hdr_len;
	bool any_layout; /* the header may share a buffer with the frame (section 2.6.4) */
	bool mergeable, has_status, has_ctrl;
	bool dead;  /* did not come back from a reset */
	u64 wanted; /* features asked for */
	struct rx_frag_source frags;
	unsigned int rx_posted;	 /* bytes of buffers that are with the device */
	unsigned int rx_avg_len; /* of frames lately, in bytes << RX_AVG_SHIFT */
	struct timer_list refill_timer;
	struct virtio_net_hdr *tx_hdrs; /* one a transmit descriptor head */
	u16 tx_next_hdr;
	u8 *ctrl_buf; /* a command on its way: class, code, data, answer */
	struct virtnet_ctrl ctrl;
	struct virtnet_stats stats;
};

/* virtio_net_rx.c */
void virtnet_rx_fill(struct virtnet_info *vi);
void virtnet_rx_refill_timer(unsigned long data);
int virtnet_poll(struct napi_struct *napi, int budget);
/* virtio_net_tx.c */
netdev_tx_t virtnet_xmit(struct sk_buff *skb, struct net_device *dev);
void virtnet_tx_clean(struct virtnet_info *vi);
/* virtio_net_ctrl.c. virtnet_ctrl_interrupt - has the device answered? Context: hardirq.
 * virtnet_ctrl_broken - the device has broken the rules of the queue: it must be reset.
 * virtnet_ctrl_abort - the queues are about to be emptied: whoever waits is told -EIO. Context:
 * softirqs off. */
int virtnet_ctrl_init(struct virtnet_info *vi); /* 0 or -ENOMEM */
void virtnet_ctrl_interrupt(struct virtnet_info *vi);
bool virtnet_ctrl_broken(const struct virtnet_info *vi);
void virtnet_ctrl_abort(struct virtnet_info *vi);
void virtnet_set_rx_mode(struct net_device *dev);
int virtnet_set_mac(struct net_device *dev, const void *addr);
/* virtio_net.c: after a protocol violation or a stuck queue. Context: softirq or softirqs off. */
void virtnet_reset(struct virtnet_info *vi);

#endif
