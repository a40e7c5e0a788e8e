/* SPDX-License-Identifier: MIT */
/* Virtual LANs by IEEE 802.1Q and 802.1ad (net/8021q/): devices on top of an Ethernet device, one
 * for each type and id. */
#ifndef NET_IF_VLAN_H
#define NET_IF_VLAN_H

#include <net/netdevice.h>
#include <uapi/if_ether.h>
#include <wire/vlan.h>

/* eth_type_vlan - does @type, of a frame, say that a tag comes? */
static inline bool eth_type_vlan(__be16 type)
{
	return type == htons(ETH_P_8021Q) || type == htons(ETH_P_8021AD);
}

/* In skb->cb while taps see a packet whose tag was taken out (skb->vlan_present). */
struct vlan_skb_cb {
	__be16 proto; /* the tag's type */
	u16 tci;
};
#define VLAN_SKB_CB(skb) ((struct vlan_skb_cb *)(skb)->cb)

/* skb_vlan_tci - the tag that was taken out of a received packet, for those who are shown it; 0
 * where there was none. */
static inline u16 skb_vlan_tci(const struct sk_buff *skb)
{
	return skb->vlan_present ? VLAN_SKB_CB(skb)->tci : 0;
}
/* skb_vlan_proto - its type in host order; 0 where there was none. */
static inline u16 skb_vlan_proto(const struct sk_buff *skb)
{
	return skb->vlan_present ? ntohs(VLAN_SKB_CB(skb)->proto) : 0;
}

/* vlan_receive - a tagged frame: takes the tag out, shows it to the taps of its device, and
 * receives it again as the VLAN device's. Consumes skb; NET_RX_x. Context: softirq. */
int vlan_receive(struct sk_buff *skb);
/* vlan_inner_protocol - what a tagged packet on its way out carries. */
__be16 vlan_inner_protocol(const struct sk_buff *skb);
void vlan_init(void); /* kind "vlan" is there. Context: boot */

/* net/core/dev_rx.c, for what is received in two steps: netif_receive_taps - show it to those who
 * see every packet. netif_receive_handlers - to those of its protocol; consumes skb, NET_RX_x. */
void netif_receive_taps(struct sk_buff *skb);
int netif_receive_handlers(struct sk_buff *skb);

#endif
