/* SPDX-License-Identifier: MIT */
/* The network's tracepoints, and the record of a dropped packet. */
#include <net/netdevice.h>
#include <net/skbuff.h>
#include <net/trace.h>

struct tracepoint net_tracepoints[__NET_TRACE_MAX] = {
#define X(sys, tp, what) [NET_TRACE_##tp] = { .system = #sys, .name = #tp, .summary = what },
	NET_TRACEPOINTS(X)
#undef X
};

static struct tracepoint_set net_tracepoint_set = { .points = net_tracepoints,
						    .n = __NET_TRACE_MAX };

void net_trace_init(void)
{
	trace_register(&net_tracepoint_set);
}

void trace_kfree_skb(const struct sk_buff *skb, enum skb_drop_reason reason)
{
	static const char *const names[SKB_DROP_REASON_MAX] = {
#define X(name, text) [SKB_DROP_REASON_##name] = #name,
		SKB_DROP_REASONS(X)
#undef X
	};

	net_trace_event(kfree_skb,
			"protocol=%u len=%u data_len=%u headroom=%u network=%d transport=%d "
			"users=%d dev=%s reason: %s",
			ntohs(skb->protocol), skb->len, skb->data_len, skb_headroom(skb),
			skb_network_offset(skb), skb_transport_offset(skb),
			atomic_read(&skb->users), skb->dev ? skb->dev->name : "none",
			names[reason] ? names[reason] : "NOT_SPECIFIED");
}
