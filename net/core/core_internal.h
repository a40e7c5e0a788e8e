/* SPDX-License-Identifier: MIT */
/* What the files of net/core share and nobody else sees. */
#ifndef NET_CORE_INTERNAL_H
#define NET_CORE_INTERNAL_H

#include <net/netdevice.h>
#include <net/net_namespace.h>
#include <net/sock.h>

struct Qdisc;

/* The receive and transmit work of one CPU (book 12.7.2, 12.7.3). [I]: interrupts off, [S]: softirq
 * only */
struct softnet_data {
	struct list_head poll_list;	     /* [I] NAPI instances to poll */
	struct sk_buff_head input_pkt_queue; /* [I] what netif_rx took */
	struct sk_buff_head process_queue;   /* [S] what the backlog's poll works on */
	struct napi_struct backlog;	     /* polls the two queues */
	struct Qdisc *output_queue;	     /* [I] disciplines that wait for net_tx_action */
	unsigned int processed, dropped, time_squeeze,
		received_rps;	     /* for /proc/net/softnet_stat */
	unsigned int xmit_recursion; /* [S] devices inside each other on the way out */
};
extern struct softnet_data softnet_data;
extern struct list_head ptype_all; /* taps: see every packet */

/* skb_new_data, skb_drop_head_share - see skbuff.c: for those who give an skb a private head. */
void *skb_new_data(unsigned int *size, gfp_t gfp);
void skb_drop_head_share(struct sk_buff *skb, bool frags_moved);
/* skb_copy_meta - see skb_copy.c: for those who make a packet of another's headers. */
void skb_copy_meta(struct sk_buff *n, const struct sk_buff *old);

void dev_rx_init(void);
void dev_tx_init(void);
/* flush_backlog - forget the packets of a device that goes away. Context: process. */
void flush_backlog(struct net_device *dev);
/* dev_qdisc_change_tx_queue_len - tx_queue_len is another: the discipline follows. */
void dev_qdisc_change_tx_queue_len(struct net_device *dev);
/* dev_unschedule - a discipline goes away: net_tx_action forgets it. */
void dev_unschedule(struct Qdisc *q);
/* dev_queue_xmit_nit - show a packet to the taps on its way out. Context: softirqs off. */
void dev_queue_xmit_nit(struct sk_buff *skb, struct net_device *dev);
/* netif_needs_gso - must @skb be cut before @dev gets it? dev_gso_segment - then this does it: a chain
 * of packets that @dev can take, or NULL; consumes skb. Context: softirqs off. */
bool __netif_needs_gso(const struct sk_buff *skb, const struct net_device *dev);
static inline bool netif_needs_gso(const struct sk_buff *skb, const struct net_device *dev)
{
	return skb_is_gso(skb) && __netif_needs_gso(skb, dev);
}
struct sk_buff *dev_gso_segment(struct sk_buff *skb, struct net_device *dev);
/* dev_ethtool - SIOCETHTOOL: 0, -ENODEV, -EFAULT, -EOPNOTSUPP. Context: process. */
struct ifreq;
int dev_ethtool(struct net *net, const struct ifreq *ifr);

/* net_timestamp_in - stamp a received packet if any socket wants stamps. */
void net_timestamp_in(struct sk_buff *skb);
void net_enable_timestamp(void);
void net_disable_timestamp(void);

/* napi_gro_flush - hand up what is held back for joining. Context: softirq. */
void napi_gro_flush(struct napi_struct *napi);
/* packet_type_find - the handler of a protocol on every device, or NULL. packet_type_walk - all
 * handlers, taps first. */
struct packet_type *packet_type_find(__be16 type);
void packet_type_walk(void (*fn)(struct packet_type *pt, void *arg), void *arg);

void linkwatch_init(void);
void linkwatch_fire_event(struct net_device *dev); /* Context: any */
void linkwatch_forget(struct net_device *dev);	   /* RTNL */
/* dev_set_rx_mode - tell the driver about promiscuity and the multicast list. */
void dev_set_rx_mode(struct net_device *dev);
void dev_mc_flush(struct net_device *dev);

/* bpf_ancillary - is @k, an absolute offset from SKF_AD_OFF up, a word that sk_run_filter knows? */
bool bpf_ancillary(u32 k);

/* __sk_free - nothing refers to it any more, not even packets on their way out. Context: any but
 * hardirq. */
void __sk_free(struct sock *sk);
extern struct list_head proto_list; /* registered protocols, for /proc/net/protocols */
/* sock_enable_timestamp - @flag is SOCK_TIMESTAMP or SOCK_TIMESTAMPING_RX_SOFTWARE: packets are
 * stamped as long as one socket wants it. */
#define SOCK_STAMPED (1ul << SOCK_TIMESTAMP | 1ul << SOCK_TIMESTAMPING_RX_SOFTWARE)
void sock_enable_timestamp(struct sock *sk, enum sock_flags flag);
void sock_disable_timestamp(struct sock *sk, enum sock_flags flag);

#endif
