/* SPDX-License-Identifier: MIT */
/* A report on a socket's error queue: what stands in the control block of its skb. */
#ifndef NET_ERRQUEUE_H
#define NET_ERRQUEUE_H

#include <net/skbuff.h>
#include <uapi/errqueue.h>

#define EXTERR_HEADER 28 /* bytes */

struct sock_exterr_skb {
	u8 header[EXTERR_HEADER] __aligned(8); /* the family's own control block of a packet */
	struct sock_extended_err ee;
	u16 addr_offset; /* of the destination address, from the network header */
	__be16 port;
};
#define SKB_EXT_ERR(skb) ((struct sock_exterr_skb *)((skb)->cb))
_Static_assert(sizeof(struct sock_exterr_skb) <= 48, "fits skb->cb");

#endif
