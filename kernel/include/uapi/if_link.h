/* SPDX-License-Identifier: MIT */
/* Links in rtnetlink messages. rtnetlink(7). */
#ifndef UAPI_IF_LINK_H
#define UAPI_IF_LINK_H

#include <uapi/types.h>

struct ifinfomsg {
	unsigned char ifi_family, __ifi_pad;
	unsigned short ifi_type; /* ARPHRD_x */
	int ifi_index;
	unsigned int ifi_flags;	 /* IFF_x */
	unsigned int ifi_change; /* which flags a request is about */
};

enum {
	IFLA_UNSPEC,
	IFLA_ADDRESS,
	IFLA_BROADCAST,
	IFLA_IFNAME,
	IFLA_MTU,
	IFLA_LINK,
	IFLA_QDISC,
	IFLA_STATS,
	IFLA_COST,
	IFLA_PRIORITY,
	IFLA_MASTER,
	IFLA_WIRELESS,
	IFLA_PROTINFO,
	IFLA_TXQLEN,
	IFLA_MAP,
	IFLA_WEIGHT,
	IFLA_OPERSTATE,
	IFLA_LINKMODE,
	IFLA_LINKINFO,
	IFLA_NET_NS_PID,
	IFLA_IFALIAS,
	IFLA_NUM_VF,
	IFLA_VFINFO_LIST,
	IFLA_STATS64,
	IFLA_VF_PORTS,
	IFLA_PORT_SELF,
	IFLA_AF_SPEC,
	IFLA_GROUP,
	IFLA_NET_NS_FD,
	IFLA_EXT_MASK,
	IFLA_PROMISCUITY,
	IFLA_NUM_TX_QUEUES,
	IFLA_NUM_RX_QUEUES,
	IFLA_CARRIER,
	IFLA_PHYS_PORT_ID,
	IFLA_CARRIER_CHANGES,
	IFLA_PHYS_SWITCH_ID,
	IFLA_LINK_NETNSID,
	IFLA_PHYS_PORT_NAME,
	IFLA_PROTO_DOWN,
	IFLA_GSO_MAX_SEGS,
	IFLA_GSO_MAX_SIZE,
	IFLA_PAD,
	IFLA_XDP,
	IFLA_EVENT,
	IFLA_NEW_NETNSID,
	IFLA_IF_NETNSID,
	IFLA_CARRIER_UP_COUNT,
	IFLA_CARRIER_DOWN_COUNT,
	IFLA_NEW_IFINDEX,
	IFLA_MIN_MTU,
	IFLA_MAX_MTU,
	IFLA_PROP_LIST,
	IFLA_ALT_IFNAME,
	IFLA_PERM_ADDRESS,
	IFLA_PROTO_DOWN_REASON,
	IFLA_PARENT_DEV_NAME,
	IFLA_PARENT_DEV_BUS_NAME,
	IFLA_GRO_MAX_SIZE,
	IFLA_TSO_MAX_SIZE,
	IFLA_TSO_MAX_SEGS,
	IFLA_ALLMULTI,
	__IFLA_MAX
};
#define IFLA_MAX (__IFLA_MAX - 1)

/* inside IFLA_LINKINFO */
enum { IFLA_INFO_UNSPEC, IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_XSTATS, __IFLA_INFO_MAX };
#define IFLA_INFO_MAX (__IFLA_INFO_MAX - 1)

/* inside IFLA_INFO_DATA of kind "vlan" */
enum {
	IFLA_VLAN_UNSPEC,
	IFLA_VLAN_ID,
	IFLA_VLAN_FLAGS,
	IFLA_VLAN_EGRESS_QOS,
	IFLA_VLAN_INGRESS_QOS,
	IFLA_VLAN_PROTOCOL,
	__IFLA_VLAN_MAX
};
#define IFLA_VLAN_MAX (__IFLA_VLAN_MAX - 1)

/* inside IFLA_VLAN_FLAGS */
struct ifla_vlan_flags {
	__u32 flags;
	__u32 mask;
};
#define VLAN_FLAG_REORDER_HDR	1u
#define VLAN_FLAG_GVRP		2u
#define VLAN_FLAG_LOOSE_BINDING 4u
#define VLAN_FLAG_MVRP		8u
/* inside IFLA_VLAN_EGRESS_QOS and IFLA_VLAN_INGRESS_QOS */
#define IFLA_VLAN_QOS_MAPPING 1
struct ifla_vlan_qos_mapping {
	__u32 from;
	__u32 to;
};

#define RTEXT_FILTER_SKIP_STATS (1 << 3) /* IFLA_EXT_MASK: leave the counters out */

/* IFLA_STATS; IFLA_STATS64 with words of 64 bits */
#define RTNL_LINK_STATS_FIELDS(X)                                                                     \
	X(rx_packets) X(tx_packets) X(rx_bytes) X(tx_bytes) X(rx_errors) X(tx_errors) X(rx_dropped) \
	X(tx_dropped) X(multicast) X(collisions) X(rx_length_errors) X(rx_over_errors)              \
	X(rx_crc_errors) X(rx_frame_errors) X(rx_fifo_errors) X(rx_missed_errors)                   \
	X(tx_aborted_errors) X(tx_carrier_errors) X(tx_fifo_errors) X(tx_heartbeat_errors)          \
	X(tx_window_errors)
#define RTNL_U32(name) __u32 name;
#define RTNL_U64(name) __u64 name;
struct rtnl_link_stats {
	RTNL_LINK_STATS_FIELDS(RTNL_U32)
	__u32 rx_compressed, tx_compressed, rx_nohandler;
};
struct rtnl_link_stats64 {
	RTNL_LINK_STATS_FIELDS(RTNL_U64)
	__u64 rx_compressed, tx_compressed, rx_nohandler;
};

struct rtnl_link_ifmap {
	__u64 mem_start, mem_end, base_addr;
	__u16 irq;
	__u8 dma, port;
};

_Static_assert(sizeof(struct ifinfomsg) == 16, "struct ifinfomsg");
_Static_assert(sizeof(struct rtnl_link_stats) == 96, "struct rtnl_link_stats");
_Static_assert(sizeof(struct rtnl_link_stats64) == 192, "struct rtnl_link_stats64");
_Static_assert(sizeof(struct rtnl_link_ifmap) == 32, "struct rtnl_link_ifmap");

#endif
