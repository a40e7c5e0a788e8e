/* SPDX-License-Identifier: MIT */
/* What the files of net/packet share. */
#ifndef PACKET_INTERNAL_H
#define PACKET_INTERNAL_H

#include <net/filter.h>
#include <net/netdevice.h>
#include <net/sock.h>
#include <uapi/if_packet.h>
#include <uapi/virtio_net.h>

struct packet_mclist { /* what a socket asked of a device's receive filter */
	struct packet_mclist *next;
	int ifindex, count;
	u16 type, alen; /* PACKET_MR_x */
	u8 addr[MAX_ADDR_LEN];
};

/* The blocks of a receive ring of TPACKET_V3. All that ring 3 reads is kept here, too: what it writes there is not believed. [S] */
struct packet_blocks {
	struct timer_list retire;      /* runs while the active block holds packets */
	unsigned int retire_ms;	       /* how long they wait there at most */
	unsigned int sizeof_priv;      /* bytes that are ring 3's, behind the block's header */
	unsigned int features;	       /* TP_FT_REQ_x */
	unsigned int first;	       /* where the first packet begins */
	unsigned int active;	       /* the block that is being filled */
	unsigned int used, prev;       /* of it: bytes, where the last packet's header lies */
	u32 num_pkts;		       /* in it */
	u64 seq;		       /* the next block's */
	struct tpacket_bd_ts last;     /* when its last packet came */
	bool frozen;		       /* there is none: the next one is still ring 3's */
};

/* A ring: blocks of pages which ring 3 sees in one area, each cut into frames of one size (receiving with TPACKET_V3: packed).
 * Made and ended in process context under the sock's lock and ring_lock, with softirqs off. */
struct packet_ring {
	struct packet_sock *po;
	unsigned int block_size, block_nr, order; /* [I] bytes; how many; of the pages that hold one */
	unsigned int frame_size, frame_nr;	  /* [I] */
	unsigned int frames_per_block;		  /* [I] */
	unsigned int head;			  /* the frame that is filled or sent next [S, sending: ring_lock] */
	unsigned int pending;			  /* sending: frames that are on their way [S] */
	wait_queue_head_t done;			  /* sending: none is any more */
	struct packet_blocks v3;
	u8 *block[]; /* [I] */
};

struct packet_sock {
	struct sock sk; /* must be first */
	struct packet_type prot_hook;
	u64 number;   /* [I] of the namespace's sockets, in order of creation, from 1 */
	bool running; /* prot_hook is in the list of handlers [k] */
	bool auxdata, origdev, ignore_outgoing, qdisc_bypass;
	bool has_vnet_hdr, tp_loss, tp_tx_has_off; /* [k] */
	u8 tp_version;				   /* TPACKET_Vx [k] */
	int tp_tstamp;				   /* PACKET_TIMESTAMP: SOF_TIMESTAMPING_x */
	unsigned int tp_reserve;		   /* bytes before each frame that are ring 3's [k] */
	int copy_thresh;			   /* not 0: what is cut waits whole in the queue, too */
	struct packet_ring *rx_ring, *tx_ring;	   /* NULL: none [k, ring_lock, S] */
	struct mutex ring_lock;			   /* held while frames of tx_ring are sent, and by mmap */
	unsigned int mapped;			   /* areas of ring 3's memory that show the rings */
	unsigned int freezes;			   /* tpacket_stats_v3 [S] */
	int ifindex;		      /* 0: all devices; -1: its device is gone [k] */
	__be16 num;		      /* ETH_P_x; 0: nothing is received [k] */
	unsigned int packets, drops;  /* since PACKET_STATISTICS was read [S] */
	struct packet_mclist *mclist; /* [RTNL] */
	struct packet_fanout *fanout; /* its group (packet_fanout.c), or NULL [k] */
	struct tpacket_rollover_stats rollover; /* [S] */
};

static inline struct packet_sock *pkt_sk(const struct sock *sk)
{
	return (struct packet_sock *)sk;
}

/* What is kept in skb->cb while a packet waits in the socket's queue. */
struct packet_skb_cb {
	unsigned int origlen; /* before the filter cut it */
	u16 vlan_tci, vlan_tpid; /* the tag that was taken out of it, and its type; 0: none */
	struct sockaddr_ll sll;
};
#define PACKET_SKB_CB(skb) ((struct packet_skb_cb *)(skb)->cb)

/* af_packet.c: packet_hook, packet_unhook - begin, cease to receive. Context: process, sock locked.
 */
void packet_hook(struct packet_sock *po);
void packet_unhook(struct packet_sock *po);

/* packet_fanout.c: groups. packet_fanout_link, packet_fanout_unlink - a member begins, ceases to listen;
 * packet_fanout_release - it leaves. Context: process, sock locked. packet_set_fanout - PACKET_FANOUT: 0, -EINVAL, -EALREADY,
 * -ENOSPC, -ENOMEM, -EFAULT; packet_get_fanout - as it is read back. packet_set_fanout_data - the group's program: 0, -EINVAL,
 * -EPERM, -EFAULT, -ENOMEM. */
void packet_fanout_link(struct packet_sock *po);
void packet_fanout_unlink(struct packet_sock *po);
void packet_fanout_release(struct packet_sock *po);
int packet_set_fanout(struct packet_sock *po, sockptr_t optval, unsigned int optlen);
int packet_set_fanout_data(struct packet_sock *po, sockptr_t optval, unsigned int optlen);
int packet_get_fanout(const struct packet_sock *po);

/* packet_flow_hash - the same for both directions of a flow, never 0. packet_has_room - would the next packet be taken? Context:
 * softirq. */
u32 packet_flow_hash(const struct sk_buff *skb, u32 seed);
bool packet_has_room(const struct packet_sock *po);

/* packet_snd.c. packet_find_dest - where to, by the message's name or the binding: 0 or -errno; d->dev may be set, with a
 * reference, in both cases. packet_parse_header - of a frame that comes with its header: its protocol and where the network's
 * begins; with @large it may be longer than the MTU. 0, -EINVAL, -EMSGSIZE. */
struct packet_dest {
	struct net_device *dev; /* referenced */
	__be16 proto;
	const u8 *addr; /* NULL: the header is in the message, or has none */
};
int packet_find_dest(struct sock *sk, const struct kmsghdr *msg, struct packet_dest *d);
/* packet_stamp - what @sockc says of this send: mark, time (SCM_TXTIME), and who tells when @skb passes (SO_TIMESTAMPING). */
void packet_stamp(struct sock *sk, struct sk_buff *skb, const struct sockcm_cookie *sockc);
int packet_parse_header(struct sk_buff *skb, const struct packet_dest *d, bool large);
int packet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);

/* packet_is_for - does the socket listen to such a packet? packet_look - it begins where the socket sees it; how many bytes the
 * socket's filter lets through. Context: softirq. */
static inline bool packet_is_for(const struct packet_sock *po, const struct sk_buff *skb, const struct net_device *dev)
{
	return skb->pkt_type != PACKET_LOOPBACK && dev_net(dev) == sock_net(&po->sk) &&
	       !(po->ignore_outgoing && skb->pkt_type == PACKET_OUTGOING);
}
static inline unsigned int packet_look(const struct sock *sk, struct sk_buff *skb, const struct net_device *dev)
{
	if (dev->header_ops) { /* received: data is behind the link header; sent: at it */
		if (sk->sk_type == SOCK_RAW)
			skb_push(skb, (unsigned int)(skb->data - skb_mac_header(skb)));
		else if (skb->pkt_type == PACKET_OUTGOING)
			skb_pull(skb, (unsigned int)skb_network_offset(skb));
	}
	return sk->sk_filter ? sk_run_filter(skb, sk->sk_filter->insns) : skb->len;
}

/* af_packet.c: who @skb is from. */
void packet_fill_sll(struct sockaddr_ll *sll, const struct sk_buff *skb, const struct packet_sock *po,
		     const struct net_device *dev, const struct net_device *orig_dev);
void packet_fill_cb(struct sk_buff *skb, const struct packet_sock *po, const struct net_device *orig_dev,
		    unsigned int origlen);
int packet_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev);

/* packet_rcv_ring.c: the handler of packet_types where there is a ring. */
int tpacket_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev);
void tpacket_put_time(u32 *sec, u32 *sub, u64 real, u32 unit);

/* packet_ring.c: making rings and showing them. packet_set_ring - PACKET_RX_RING, PACKET_TX_RING: 0, -EINVAL, -EBUSY, -ENOMEM,
 * -EFAULT. packet_free_rings - the socket ends. Both: process, sock locked. The frame's status is the one word of a ring that
 * both sides write: ring_status - of the frame at @frame; with ring_set_status all that was written before is there for ring 3. */
int packet_set_ring(struct packet_sock *po, sockptr_t optval, unsigned int optlen, bool tx);
void packet_free_rings(struct packet_sock *po);
int packet_set_ring_option(struct packet_sock *po, int optname, sockptr_t optval, unsigned int optlen);
int packet_get_hdrlen(int version); /* PACKET_HDRLEN; -EINVAL */
unsigned int packet_hdrlen(const struct packet_sock *po);
int packet_mmap(struct socket *sock, u64 off, u64 len, const struct vm_operations **ops);
unsigned int packet_poll(struct file *file, struct socket *sock, struct poll_table *wait);
u8 *ring_frame(const struct packet_ring *r, unsigned int i);
u32 ring_status(const struct packet_sock *po, const u8 *frame);
void ring_set_status(const struct packet_sock *po, u8 *frame, u32 status);

/* packet_ring_v3.c. Context: softirq, or process with softirqs off. packet_blocks_init - all is empty, block 0 is open.
 * packet_blocks_take - room for a header and what follows, @len bytes in all, at most packet_blocks_room(); NULL: there is none. */
void packet_blocks_init(struct packet_ring *r, const struct tpacket_req3 *req);
void packet_blocks_stop(struct packet_ring *r);
struct tpacket3_hdr *packet_blocks_take(struct packet_ring *r, unsigned int len);
unsigned int packet_blocks_room(const struct packet_ring *r);
bool packet_blocks_free(const struct packet_ring *r, unsigned int block); /* is it the kernel's? */

/* packet_ring_tx.c */
int tpacket_snd(struct sock *sk, struct kmsghdr *msg);

/* packet_vnet.c: PACKET_VNET_HDR. vnet_hdr_from_skb - what is to be told of @skb: 0, -EINVAL. vnet_hdr_check - of a header that
 * came with @len bytes; mends its hdr_len. vnet_hdr_to_skb - do as it says to @skb, which begins with the link header: 0, -EINVAL. */
int vnet_hdr_from_skb(struct virtio_net_hdr *h, const struct sk_buff *skb);
int vnet_hdr_check(struct virtio_net_hdr *h, size_t len);
int vnet_hdr_to_skb(struct sk_buff *skb, const struct virtio_net_hdr *h);

/* packet_opt.c: SOL_PACKET. packet_flush_mclist - the socket ends; packet_dev_mclist_delete - the
 * device does. Both: RTNL. */
int packet_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      unsigned int optlen);
int packet_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      sockptr_t optlen);
void packet_flush_mclist(struct packet_sock *po);
void packet_dev_mclist_delete(struct net_device *dev, struct packet_sock *po);

void packet_diag_init(void); /* packet_diag.c: sock_diag tells of them. Context: boot */

#endif
