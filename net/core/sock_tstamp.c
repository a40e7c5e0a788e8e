/* SPDX-License-Identifier: MIT */
/* SO_TIMESTAMPING's stamps of what is sent, and MSG_ZEROCOPY's completions: reports that a program
 * reads with MSG_ERRQUEUE. Linux's networking/timestamping and msg_zerocopy. */
#include <net/errqueue.h>
#include <uapi/net_tstamp.h>
#include <uapi/tcp.h>

#include "core_internal.h"

static bool err_is_icmp(const struct sk_buff *skb)
{
	u8 origin = SKB_EXT_ERR(skb)->ee.ee_origin;

	return origin == SO_EE_ORIGIN_ICMP || origin == SO_EE_ORIGIN_ICMP6;
}

struct sk_buff *sock_err_dequeue(struct sock *sk)
{
	struct sk_buff *skb = skb_dequeue(&sk->sk_error_queue), *next;
	bool next_is_icmp;

	if (!skb)
		return NULL;
	next = skb_peek(&sk->sk_error_queue);
	next_is_icmp = next && err_is_icmp(next);
	if (next_is_icmp) /* the socket stays in error while such reports wait */
		sk->sk_err = (int)SKB_EXT_ERR(next)->ee.ee_errno;
	else if (err_is_icmp(skb))
		sk->sk_err = 0;
	if (next)
		sk->sk_error_report(sk);
	return skb;
}

int sock_set_timestamping(struct sock *sk, int optname, u32 flags)
{
	bool rx = flags & SOF_TIMESTAMPING_RX_SOFTWARE;

	if (flags & ~SOF_TIMESTAMPING_MASK)
		return -EINVAL;
	if ((flags & SOF_TIMESTAMPING_OPT_STATS) && !(flags & SOF_TIMESTAMPING_OPT_TSONLY))
		return -EINVAL;
	if (flags & SOF_TIMESTAMPING_BIND_PHC) /* no device has a clock of its own */
		return -EOPNOTSUPP;
	if ((flags & SOF_TIMESTAMPING_OPT_ID) && !(sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID)) {
		u32 key = 0;
		int err = sk->sk_prot->tstamp_key ? sk->sk_prot->tstamp_key(sk, &key) : 0;

		if (err)
			return err;
		sk->sk_tskey = key;
	}
	sk->sk_tsflags = flags;
	sock_valbool_flag(sk, SOCK_TSTAMP_NEW, optname == SO_TIMESTAMPING_NEW);
	if (rx)
		sock_enable_timestamp(sk, SOCK_TIMESTAMPING_RX_SOFTWARE);
	else if (sock_flag(sk, SOCK_TIMESTAMPING_RX_SOFTWARE))
		sock_disable_timestamp(sk, SOCK_TIMESTAMPING_RX_SOFTWARE);
	return 0;
}

u8 sock_tx_timestamp(u32 tsflags)
{
	return (u8)((tsflags & SOF_TIMESTAMPING_TX_SOFTWARE ? SKBTX_SW_TSTAMP : 0) |
		    (tsflags & SOF_TIMESTAMPING_TX_SCHED ? SKBTX_SCHED_TSTAMP : 0));
}

/* Consumes @skb. */
static void queue_report(struct sock *sk, struct sk_buff *skb, const struct sock_extended_err *ee)
{
	struct sock_exterr_skb *serr = SKB_EXT_ERR(skb);

	memset(serr, 0, sizeof(*serr));
	serr->ee = *ee;
	skb_dst_drop(skb);
	if (sock_queue_err_skb(sk, skb))
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
}

void skb_tstamp_tx(struct sk_buff *orig, struct sock *sk, int type)
{
	struct sock_extended_err ee = { .ee_errno = ENOMSG,
					.ee_origin = SO_EE_ORIGIN_TIMESTAMPING,
					.ee_info = (__u32)type };
	struct sk_buff *skb;

	if (!sk || sock_flag(sk, SOCK_DEAD))
		return;
	if (sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID)
		ee.ee_data =
			skb_shinfo(orig)->tskey - (sk->sk_type == SOCK_STREAM ? sk->sk_tskey : 0);
	skb = sk->sk_tsflags & SOF_TIMESTAMPING_OPT_TSONLY ? alloc_skb(0, GFP_ATOMIC)
							   : skb_clone(orig, GFP_ATOMIC);
	if (!skb)
		return;
	skb->tstamp = ktime_get();
	skb->skb_iif = skb->dev ? skb->dev->ifindex : 0; /* by which it leaves (SOF_TIMESTAMPING_OPT_CMSG) */
	queue_report(sk, skb, &ee);
}

/* Does the newest report continue with @id? Then it tells of it too. */
static bool zerocopy_merge(struct sock *sk, u32 id)
{
	struct sk_buff *last = skb_peek_tail(&sk->sk_error_queue);
	struct sock_extended_err *ee = last ? &SKB_EXT_ERR(last)->ee : NULL;

	if (!ee || ee->ee_origin != SO_EE_ORIGIN_ZEROCOPY || ee->ee_data + 1 != id)
		return false;
	ee->ee_data = id;
	return true;
}

void sock_zerocopy_done(struct sock *sk, u32 id)
{
	struct sock_extended_err ee = { .ee_origin = SO_EE_ORIGIN_ZEROCOPY,
					.ee_code = SO_EE_CODE_ZEROCOPY_COPIED,
					.ee_info = id,
					.ee_data = id };
	struct sk_buff *skb;

	if (zerocopy_merge(sk, id)) {
		sk->sk_error_report(sk);
		return;
	}
	skb = alloc_skb(0, GFP_ATOMIC);
	if (skb)
		queue_report(sk, skb, &ee);
}
