/* SPDX-License-Identifier: MIT */
/* Generic receive offload: where drivers hand in packets, so that those of one flow may be joined
 * before the stack sees them. */
#include "core_internal.h"

/* normal_receive - the packet goes up as it came. */
static int normal_receive(struct sk_buff *skb)
{
	return netif_receive_skb(skb);
}

int napi_gro_receive(struct napi_struct *napi, struct sk_buff *skb)
{
	return normal_receive(skb);
}

/* What the instance still holds back goes up: at the end of each poll. */
void napi_gro_flush(struct napi_struct *napi)
{
	struct sk_buff *skb, *next;

	for (skb = napi->gro_list; unlikely(skb); skb = next) {
		next = skb->next;
		skb->next = NULL;
		normal_receive(skb);
	}
	napi->gro_list = NULL;
	napi->gro_count = 0;
}
