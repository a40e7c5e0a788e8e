/* SPDX-License-Identifier: MIT */
/* SIOCETHTOOL: the requests that are answered here. */
#ifndef UAPI_ETHTOOL_H
#define UAPI_ETHTOOL_H

#include <uapi/types.h>

#define ETHTOOL_GLINK	    0x0a
#define ETHTOOL_GET_TS_INFO 0x41

struct ethtool_value {
	__u32 cmd;
	__u32 data;
};

struct ethtool_ts_info {
	__u32 cmd;
	__u32 so_timestamping; /* SOF_TIMESTAMPING_x that work */
	__s32 phc_index;       /* the device's clock; -1: none */
	__u32 tx_types, tx_reserved[3];
	__u32 rx_filters, rx_reserved[3];
};

_Static_assert(sizeof(struct ethtool_ts_info) == 44, "struct ethtool_ts_info");

#endif
