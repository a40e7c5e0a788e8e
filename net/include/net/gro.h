/* SPDX-License-Identifier: MIT */
/*
 * Generic receive offload: packets of one flow that a NAPI poll brings are joined into a large one
 * before the stack sees them (net/core/gro.c). What may be joined is such that cutting the large
 * packet again (net/core/gso.c) gives the very same packets.
 *
 * A packet goes through the layers' gro_receive with the list of packets that are held; data stays at
 * the network header, data_offset moves on. Each layer clears same_flow in those of the list that
 * are of another flow than @skb, and sets flush in @skb if it may not be held. It returns the link
 * to the one that has to go up before @skb, or NULL. gro_complete then puts right what the
 * headers of a joined packet say of its length.
 */
#ifndef NET_GRO_H
#define NET_GRO_H

#include <net/skbuff.h>

#define MAX_GRO_SKBS 8	   /* flows that are held at a time */
#define GRO_MAX_SIZE 65536 /* bytes that a packet stays below */

struct napi_gro_cb {	      /* skb->cb of a packet that is held, or on its way there */
	struct sk_buff *last; /* what is joined next goes there: the packet, or the last of its frag_list */
	unsigned int data_offset; /* bytes of headers, from data on */
	u16 count;		  /* packets joined in it, itself included */
	u16 flush_id;		  /* the IP id of the packet that came is not the next one */
	u8 same_flow;		  /* as the packet that came; in that packet: it was joined */
	u8 flush;		  /* not to be joined with the packet that came, or not to be held */
	u8 free;		  /* joined, and nothing is left in it */
	u8 is_atomic;		  /* DF is set: the IP id need not count up */
};
#define NAPI_GRO_CB(skb) ((struct napi_gro_cb *)(skb)->cb)

static inline unsigned int skb_gro_offset(const struct sk_buff *skb)
{
	return NAPI_GRO_CB(skb)->data_offset;
}
static inline unsigned int skb_gro_len(const struct sk_buff *skb)
{
	return skb->len - NAPI_GRO_CB(skb)->data_offset;
}
/* skb_gro_header - the next @hlen bytes, which must be linear; NULL: they are not. */
static inline void *skb_gro_header(struct sk_buff *skb, unsigned int hlen)
{
	unsigned int off = skb_gro_offset(skb);

	return off + hlen <= skb_headlen(skb) ? skb->data + off : NULL;
}
static inline void skb_gro_pull(struct sk_buff *skb, unsigned int hlen)
{
	NAPI_GRO_CB(skb)->data_offset += hlen;
}
/* skb_gro_checksum_bad - is the transport checksum, from data_offset on with @pseudo, wrong? What it
 * finds out is noted in ip_summed. */
bool skb_gro_checksum_bad(struct sk_buff *skb, __wsum pseudo);
/* skb_gro_receive - the payload of @skb (from data_offset on) becomes the end of @p's. 0: @skb belongs to
 * it; -E2BIG: it would grow too large. */
int skb_gro_receive(struct sk_buff *p, struct sk_buff *skb);

#endif
