/* SPDX-License-Identifier: MIT */
/* Raw sockets that take over what passes through with the router alert option (IP_ROUTER_ALERT): protocols whose
 * messages every router on the way reads. RFC 2113, RFC 6398, ip(7). */
#include <kernel/slab.h>
#include <net/protocol.h>
#include <net/raw.h>
#include "ipv4_internal.h"

struct ip_ra {
	struct ip_ra *next;
	struct sock *sk;
};

int ip_ra_control(struct sock *sk, bool on)
{
	struct ip_ra **p = &sock_net(sk)->ipv4.ra_chain, *ra;

	ASSERT_RTNL();
	if (sk->sk_type != SOCK_RAW || inet_sk(sk)->inet_num == IPPROTO_RAW)
		return -EINVAL;
	while (*p && (*p)->sk != sk)
		p = &(*p)->next;
	ra = *p;
	if (on && ra)
		return -EADDRINUSE;
	if (!on && !ra)
		return -ENOBUFS;
	if (on) {
		ra = kzalloc(sizeof(*ra), GFP_KERNEL);
		if (!ra)
			return -ENOBUFS;
		ra->sk = sk;
		local_bh_disable();
		*p = ra;
		local_bh_enable();
		return 0;
	}
	local_bh_disable();
	*p = ra->next;
	local_bh_enable();
	kfree(ra);
	return 0;
}

void ip_ra_release(struct sock *sk)
{
	if (!sock_net(sk)->ipv4.ra_chain)
		return;
	rtnl_lock();
	ip_ra_control(sk, false);
	rtnl_unlock();
}

static bool ra_wants(const struct sock *sk, const struct sk_buff *skb)
{
	return sk->sk_num == ip_hdr(skb)->protocol &&
	       (!sk->sk_bound_dev_if || sk->sk_bound_dev_if == skb->dev->ifindex);
}

bool ip_call_ra_chain(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct sock *last = NULL;
	struct sk_buff *copy;
	struct ip_ra *ra;

	for (ra = net->ipv4.ra_chain; ra; ra = ra->next) {
		if (!ra_wants(ra->sk, skb))
			continue;
		if (ip_is_fragment(ip_hdr(skb))) {
			skb = ip_defrag(net, skb, IP_DEFRAG_CALL_RA_CHAIN);
			if (!skb)
				return true;
		}
		copy = last ? skb_clone(skb, GFP_ATOMIC) : NULL;
		if (copy)
			raw_rcv(last, copy);
		last = ra->sk;
	}
	if (last)
		raw_rcv(last, skb);
	return last != NULL;
}
