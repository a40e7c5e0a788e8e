/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_PACKET. */
#ifndef UAPI_PACKET_DIAG_H
#define UAPI_PACKET_DIAG_H

#include <uapi/types.h>

struct packet_diag_req {
	__u8 sdiag_family, sdiag_protocol;
	__u16 pad;
	__u32 pdiag_ino;
	__u32 pdiag_show; /* PACKET_SHOW_x */
	__u32 pdiag_cookie[2];
};
#define PACKET_SHOW_INFO     0x01
#define PACKET_SHOW_MCLIST   0x02
#define PACKET_SHOW_RING_CFG 0x04
#define PACKET_SHOW_FANOUT   0x08
#define PACKET_SHOW_MEMINFO  0x10
#define PACKET_SHOW_FILTER   0x20

struct packet_diag_msg {
	__u8 pdiag_family, pdiag_type;
	__u16 pdiag_num; /* ETH_P_x, in the host's order */
	__u32 pdiag_ino;
	__u32 pdiag_cookie[2];
};

enum { /* attributes of an answer; the first is 0 */
	PACKET_DIAG_INFO,
	PACKET_DIAG_MCLIST,
	PACKET_DIAG_RX_RING,
	PACKET_DIAG_TX_RING,
	PACKET_DIAG_FANOUT,
	PACKET_DIAG_UID,
	PACKET_DIAG_MEMINFO,
	PACKET_DIAG_FILTER, /* struct sock_filter[] */
	__PACKET_DIAG_MAX,
	PACKET_DIAG_MAX = __PACKET_DIAG_MAX - 1
};
struct packet_diag_info {
	__u32 pdi_index; /* the device, 0: all */
	__u32 pdi_version, pdi_reserve, pdi_copy_thresh, pdi_tstamp;
	__u32 pdi_flags; /* PDI_x */
};
#define PDI_RUNNING 0x1
#define PDI_AUXDATA 0x2
#define PDI_ORIGDEV 0x4
#define PDI_VNETHDR 0x8
#define PDI_LOSS    0x10
struct packet_diag_mclist {
	__u32 pdmc_index, pdmc_count;
	__u16 pdmc_type, pdmc_alen;
	__u8 pdmc_addr[32];
};
struct packet_diag_ring {
	__u32 pdr_block_size, pdr_block_nr;
	__u32 pdr_frame_size, pdr_frame_nr;
	__u32 pdr_retire_tmo, pdr_sizeof_priv, pdr_features; /* TPACKET_V3 */
};

_Static_assert(sizeof(struct packet_diag_req) == 20, "struct packet_diag_req");
_Static_assert(sizeof(struct packet_diag_msg) == 16, "struct packet_diag_msg");

#endif
