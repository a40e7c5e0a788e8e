/* SPDX-License-Identifier: MIT */
/* Registration of transport protocols under IPv4 and of socket types in AF_INET
 * (net/ipv4/protocol.c, af_inet.c). Book section 12.8, 12.10. */
#ifndef NET_PROTOCOL_H
#define NET_PROTOCOL_H

#include <net/net.h>
#include <net/skbuff.h>

struct proto;

struct net_protocol {
	/* handler - consumes skb; data at the transport header. Returns 0, or negative next
	 * protocol for resubmission. Context: softirq. */
	int (*handler)(struct sk_buff *skb);
	/* err_handler - an ICMP error about a packet of ours; data at the inner IP header. Context:
	 * softirq; skb stays the caller's. */
	int (*err_handler)(struct sk_buff *skb, u32 info);
	/* For large packets, optional: see skb_gso_segment (skbuff.h) and net/gro.h. */
	struct sk_buff *(*gso_segment)(struct sk_buff *skb, u32 features);
	struct sk_buff **(*gro_receive)(struct sk_buff **head, struct sk_buff *skb);
	void (*gro_complete)(struct sk_buff *skb);
	bool no_policy;
	bool icmp_strict_tag_validation; /* the inner header is long enough to check */
};
#define MAX_INET_PROTOS 256
/* inet_add_protocol - 0, or -EBUSY if taken. */
int inet_add_protocol(const struct net_protocol *prot, u8 protocol);
int inet_del_protocol(const struct net_protocol *prot, u8 protocol);
extern const struct net_protocol *inet_protos[MAX_INET_PROTOS];

struct inet_protosw { /* a row of inetsw: (type, protocol) to operations */
	struct list_head list;
	u16 type;     /* SOCK_x */
	u16 protocol; /* IPPROTO_x; IPPROTO_IP is a wild card */
	struct proto *prot;
	const struct proto_ops *ops;
	u8 flags; /* INET_PROTOSW_x */
};
#define INET_PROTOSW_REUSE     1
#define INET_PROTOSW_PERMANENT 2
#define INET_PROTOSW_ICSK      4
void inet_register_protosw(struct inet_protosw *p);
void inet_unregister_protosw(struct inet_protosw *p);

#endif
