/* SPDX-License-Identifier: MIT */
/* The tag of a virtual LAN, between an Ethernet frame's addresses and its type. IEEE 802.1Q; that
 * of a provider's bridge (802.1ad) differs by its type alone. */
#ifndef WIRE_VLAN_H
#define WIRE_VLAN_H

#include <uapi/byteorder.h>
#include <uapi/types.h>

struct vlan_hdr {
	__be16 h_vlan_TCI; /* priority (3 bits), drop eligible (1), id (12) */
	__be16 h_vlan_encapsulated_proto;
};
_Static_assert(sizeof(struct vlan_hdr) == 4, "802.1Q");

#define VLAN_HLEN	4
#define VLAN_N_VID	4096
#define VLAN_VID_MASK	0x0fff
#define VLAN_PRIO_SHIFT 13
#define VLAN_PRIO_MAX	7

#endif
