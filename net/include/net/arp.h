/* SPDX-License-Identifier: MIT */
/* ARP (net/ipv4/arp.c). RFC 826, RFC 1122 section 2.3.2, RFC 5227. Book section 12.8.5. */
#ifndef NET_ARP_H
#define NET_ARP_H

#include <net/neighbour.h>
#include <wire/arp.h>

void arp_init(void);
/* arp_send - build and send one packet; @dest_hw NULL: broadcast; @target_hw NULL: zeroes. Context:
 * any but hardirq. */
void arp_send(int type, int ptype, __be32 dest_ip, struct net_device *dev, __be32 src_ip,
	      const u8 *dest_hw, const u8 *src_hw, const u8 *target_hw);
int arp_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
	    struct net_device *orig_dev);
/* arp_ioctl - SIOCSARP, SIOCGARP, SIOCDARP on a kernel struct arpreq. 0 or -errno. Context:
 * process. */
int arp_ioctl(struct net *net, unsigned int cmd, struct arpreq *r);
void arp_ifdown(struct net_device *dev);
/* arp_announce_addr - tell the link of @addr (RFC 5227 section 2.3: a gratuitous request). */
void arp_announce_addr(struct net_device *dev, __be32 addr);

#endif
