/* SPDX-License-Identifier: MIT */
/* PACKET_VNET_HDR: what stands before each frame that is read and written. Virtual I/O Device 1.1, section 5.1.6; in the
 * machine's order of bytes. */
#ifndef UAPI_VIRTIO_NET_H
#define UAPI_VIRTIO_NET_H

#include <uapi/types.h>

#define VIRTIO_NET_HDR_F_NEEDS_CSUM 1 /* the checksum at csum_start + csum_offset is left to be done */
#define VIRTIO_NET_HDR_F_DATA_VALID 2 /* it was found right */

#define VIRTIO_NET_HDR_GSO_NONE	  0
#define VIRTIO_NET_HDR_GSO_TCPV4  1
#define VIRTIO_NET_HDR_GSO_UDP	  3
#define VIRTIO_NET_HDR_GSO_TCPV6  4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#define VIRTIO_NET_HDR_GSO_ECN	  0x80

struct virtio_net_hdr {
	__u8 flags;
	__u8 gso_type;
	__u16 hdr_len; /* bytes of headers, a hint */
	__u16 gso_size;
	__u16 csum_start, csum_offset;
};

_Static_assert(sizeof(struct virtio_net_hdr) == 10, "struct virtio_net_hdr");

#endif
