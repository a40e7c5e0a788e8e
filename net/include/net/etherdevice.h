/* SPDX-License-Identifier: MIT */
/* Ethernet devices (net/core/eth.c): set-up, header building, address predicates. */
#ifndef NET_ETHERDEVICE_H
#define NET_ETHERDEVICE_H

#include <net/netdevice.h>

/* eth_type_trans - take the Ethernet header off: sets dev, mac header, pkt_type; returns the
 * protocol. The skb holds at least 14 bytes. */
__be16 eth_type_trans(struct sk_buff *skb, struct net_device *dev);
void ether_setup(struct net_device *dev);
/* alloc_etherdev - an Ethernet device named "eth%d". NULL when out of memory. */
struct net_device *alloc_etherdev(size_t sizeof_priv);
int eth_mac_addr(struct net_device *dev, const void *addr); /* 0 or -EADDRNOTAVAIL */
int eth_change_mtu(struct net_device *dev, int new_mtu);
extern const struct header_ops eth_header_ops;

static inline bool is_multicast_ether_addr(const u8 *a)
{
	return a[0] & 1;
}
static inline bool is_zero_ether_addr(const u8 *a)
{
	return !(a[0] | a[1] | a[2] | a[3] | a[4] | a[5]);
}
static inline bool is_broadcast_ether_addr(const u8 *a)
{
	return (a[0] & a[1] & a[2] & a[3] & a[4] & a[5]) == 0xff;
}
static inline bool is_valid_ether_addr(const u8 *a)
{
	return !is_multicast_ether_addr(a) && !is_zero_ether_addr(a);
}
static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	u32 a4, b4;
	u16 a2, b2;

	__builtin_memcpy(&a4, a, 4);
	__builtin_memcpy(&b4, b, 4);
	__builtin_memcpy(&a2, a + 4, 2);
	__builtin_memcpy(&b2, b + 4, 2);
	return !((a4 ^ b4) | (u32)(a2 ^ b2));
}
void random_ether_addr(u8 *addr);

#endif
