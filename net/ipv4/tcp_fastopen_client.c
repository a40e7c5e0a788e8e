/* SPDX-License-Identifier: MIT */
/* TCP Fast Open, the client's side: data in the SYN, the SYN-ACK that takes it or not, MSG_FASTOPEN
 * and TCP_FASTOPEN_CONNECT, and when to leave it alone. RFC 7413 sections 4.1.3, 4.2.1 and 7. */
#include <kernel/slab.h>
#include <net/netdevice.h>
#include "tcp_internal.h"

#define TFO_PAUSE_DOUBLINGS 6 /* of tcp_fastopen_blackhole_timeout_sec, at most */

/* ---- middleboxes that swallow what Fast Open sends ---- */

/* tcp_fastopen_active_disable - pause Fast Open for the whole namespace: who swallowed this
 * connection's segments stands near us more often than near one peer. */
void tcp_fastopen_active_disable(struct sock *sk)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;

	if (!nt->sysctl_fastopen_blackhole_timeout)
		return;
	nt->tfo_pause_since = jiffies;
	if (nt->tfo_pauses < INT_MAX)
		nt->tfo_pauses++;
	NET_INC_STATS(sock_net(sk), TCPFASTOPENBLACKHOLE);
}

/* Is it paused? Each pause in a row is twice as long as the one before. */
static bool tcp_fastopen_paused(struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	u64 pause;

	if (!nt->sysctl_fastopen_blackhole_timeout || !nt->tfo_pauses)
		return false;
	pause = (u64)nt->sysctl_fastopen_blackhole_timeout * HZ
		<< min(nt->tfo_pauses - 1, TFO_PAUSE_DOUBLINGS);
	if (jiffies - nt->tfo_pause_since < pause)
		return true;
	tcp_sk(sk)->syn_fastopen_ch = 1; /* the first try after it: see tcp_fastopen_end */
	return false;
}

/* tcp_fastopen_timed_out - nothing was answered: at the third time-out in a row, or the last one
 * that this connection has, Fast Open is the suspect. */
void tcp_fastopen_timed_out(struct sock *sk, bool expired)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u8 timeouts = inet_csk(sk)->icsk_retransmits;

	if (!tp->syn_fastopen && !tp->syn_data && !tp->syn_data_acked)
		return;
	if (timeouts == 2 || (timeouts < 2 && expired))
		tcp_fastopen_active_disable(sk);
}

/* tcp_fastopen_end - the connection is over: that nothing but a FIN came, out of order, shows a
 * middlebox; that data came, after a pause, that there is none any more. */
void tcp_fastopen_end(struct sock *sk)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_rb_first(&tp->out_of_order_queue);
	const struct dst_entry *dst = __sk_dst_get(sk);

	if (!tp->syn_fastopen)
		return;
	if (!tp->data_segs_in) {
		if (skb && !skb_rb_next(skb) && (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN))
			tcp_fastopen_active_disable(sk);
	} else if (tp->syn_fastopen_ch && nt->tfo_pauses) {
		if (!dst || !(dst->dev->flags & IFF_LOOPBACK))
			nt->tfo_pauses = 0;
	}
}

/* ---- the cookie ---- */

/* tcp_fastopen_no_cookie - is none needed: by the bit @flag of tcp_fastopen, or the socket's
 * option? */
bool tcp_fastopen_no_cookie(const struct sock *sk, int flag)
{
	return sock_net(sk)->tcp.sysctl_fastopen & flag || tcp_sk(sk)->fastopen_no_cookie;
}

/* May the SYN hold data? Then *cookie is to go with it (len -1: none is needed); else it may ask
 * for one (len 0). *mss: the peer's, if it is known from before. */
static bool tcp_fastopen_cookie_check(struct sock *sk, u16 *mss, struct tcp_fastopen_cookie *cookie)
{
	tcp_fastopen_cache_get(sk, mss, cookie);
	if (tcp_fastopen_paused(sk)) {
		cookie->len = -1;
		return false;
	}
	if (tcp_fastopen_no_cookie(sk, TFO_CLIENT_NO_COOKIE)) {
		cookie->len = -1;
		return true;
	}
	if (cookie->len > 0)
		return true;
	tcp_sk(sk)->fastopen_client_fail = TFO_COOKIE_UNAVAILABLE;
	return false;
}

void tcp_free_fastopen_req(struct tcp_sock *tp)
{
	kfree(tp->fastopen_req);
	tp->fastopen_req = NULL;
}

/* tcp_fastopen_defer_connect - connect() of a socket with TCP_FASTOPEN_CONNECT: 1: the SYN waits
 * for the first write; 0: it goes now, and asks for a cookie if that makes sense; -ENOBUFS. */
int tcp_fastopen_defer_connect(struct sock *sk)
{
	struct tcp_fastopen_cookie cookie = { .len = 0 };
	struct tcp_sock *tp = tcp_sk(sk);
	u16 mss;

	if (!tp->fastopen_connect || tp->fastopen_req)
		return 0;
	if (tcp_fastopen_cookie_check(sk, &mss, &cookie)) {
		inet_sk(sk)->defer_connect = 1;
		return 1;
	}
	tp->fastopen_req = kzalloc(sizeof(*tp->fastopen_req), sk->sk_allocation);
	if (!tp->fastopen_req)
		return -ENOBUFS;
	tp->fastopen_req->cookie = cookie;
	return 0;
}

/* ---- the SYN ---- */

/* A segment with as much of the caller's data as the SYN can hold; NULL: no memory, or a fault. */
static struct sk_buff *tcp_syn_data_skb(struct sock *sk, const struct sk_buff *syn)
{
	struct tcp_fastopen_request *fo = tcp_sk(sk)->fastopen_req;
	int room = __tcp_mtu_to_mss(sk, (int)inet_csk(sk)->icsk_pmtu_cookie) - MAX_TCP_OPTION_SPACE;
	size_t space = min((size_t)max(room, 0), fo->size), copied;
	struct sk_buff *skb =
		tcp_stream_alloc_skb(sk, (unsigned int)space, sk->sk_allocation, false);

	if (!skb)
		return NULL;
	memcpy(skb->cb, syn->cb, sizeof(skb->cb));
	copied = space ? copy_from_iter(skb_put(skb, (unsigned int)space), space,
					&fo->data->msg_iter)
		       : 0;
	if (space && !copied) {
		tcp_skb_tsorted_anchor_cleanup(skb);
		__kfree_skb(skb);
		return NULL;
	}
	skb_trim(skb, (unsigned int)copied);
	if (copied == fo->size)
		fo->data = NULL; /* nobody has to wait for the handshake to send more */
	fo->copied = (int)copied;
	return skb;
}

/*
 * tcp_send_syn_data - the SYN @syn of a Fast Open, with data if there is a cookie, else with a
 * request for one. The data stands in the queue as a segment of its own, for if it is not taken.
 * RFC 7413 section 4.2.1. 0 or -errno. Context: process, sock locked.
 */
int tcp_send_syn_data(struct sock *sk, struct sk_buff *syn)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_fastopen_request *fo = tp->fastopen_req;
	struct sk_buff *data = NULL;
	int err;

	tp->rx_opt.mss_clamp = tp->advmss;
	if (tcp_fastopen_cookie_check(sk, &tp->rx_opt.mss_clamp, &fo->cookie)) {
		if (tp->rx_opt.user_mss && tp->rx_opt.user_mss < tp->rx_opt.mss_clamp)
			tp->rx_opt.mss_clamp = tp->rx_opt.user_mss;
		tcp_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
		data = tcp_syn_data_skb(sk, syn);
	}
	if (!data) {
		if (fo->cookie.len > 0)
			fo->cookie.len = 0;
		err = tcp_transmit_skb(sk, syn, 1, sk->sk_allocation);
		if (err)
			tp->syn_fastopen = 0;
		goto out;
	}
	tcp_connect_queue_skb(sk, data);
	if (data->len)
		tcp_chrono_start(sk, TCP_CHRONO_BUSY);
	err = tcp_transmit_skb(sk, data, 1, sk->sk_allocation);
	syn->tstamp = data->tstamp;
	TCP_SKB_CB(data)->seq++; /* the SYN itself is sent again from @syn */
	TCP_SKB_CB(data)->tcp_flags = TCPHDR_ACK | TCPHDR_PSH;
	if (!err) {
		tp->syn_data = fo->copied > 0;
		tcp_rbtree_insert(&tp->tcp_rtx_queue, data);
		NET_INC_STATS(sock_net(sk), TCPORIGDATASENT);
	} else { /* it follows the handshake */
		tp->packets_out -= tcp_skb_pcount(data);
		__skb_queue_tail(&sk->sk_write_queue, data);
	}
out:
	fo->cookie.len = -1; /* retransmitted SYNs are plain ones */
	return err;
}

/* ---- the SYN-ACK ---- */

/* The MSS that the peer named, whatever TCP_MAXSEG made of it. */
static u16 tcp_synack_mss(const struct tcp_sock *tp, const struct sk_buff *synack)
{
	u16 mss = tp->rx_opt.mss_clamp;

	return mss == tp->rx_opt.user_mss ? tcp_parse_mss_option(tcp_hdr(synack), 0) : mss;
}

/*
 * tcp_rcv_fastopen_synack - the connection is established: keep the cookie, and see whether the
 * SYN's data was taken. true: it was not (or not all), and goes out again now, with the ACK.
 * RFC 7413 section 4.2.1. Context: sock locked; skb stays the caller's.
 */
bool tcp_rcv_fastopen_synack(struct sock *sk, struct sk_buff *synack)
{
	struct tcp_fastopen_cookie cookie;
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *data = tp->syn_data ? tcp_rtx_queue_head(sk) : NULL;

	tcp_parse_fastopen(tcp_hdr(synack), &cookie);
	if (!tp->syn_fastopen)
		cookie.len = -1; /* nobody has asked for it */
	tcp_fastopen_cache_set(sk, tcp_synack_mss(tp, synack), &cookie);
	if (data) {
		tp->fastopen_client_fail = tp->total_retrans ? TFO_SYN_RETRANSMITTED
							     : TFO_DATA_NOT_ACKED;
		for (; data; data = skb_rb_next(data))
			tcp_mark_skb_lost(sk, data);
		tcp_xmit_retransmit_queue(sk);
		NET_INC_STATS(sock_net(sk), TCPFASTOPENACTIVEFAIL);
		return true;
	}
	tp->syn_data_acked = tp->syn_data;
	if (tp->syn_data_acked) {
		NET_INC_STATS(sock_net(sk), TCPFASTOPENACTIVE);
		if (tp->delivered > 1) /* tcp_ack has counted the SYN and its data apart */
			tp->delivered--;
	}
	tcp_fastopen_add_skb(sk, synack);
	return false;
}

/* ---- MSG_FASTOPEN ---- */

/* Connects, with as much data in the SYN as fits: *copied. 0: established; -EINPROGRESS; -errno. */
static int tcp_fastopen_connect(struct sock *sk, struct kmsghdr *msg, int *copied)
{
	int err, flags = msg->msg_flags & MSG_DONTWAIT ? O_NONBLOCK : 0;
	struct inet_sock *inet = inet_sk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->fastopen_req->data = msg;
	tp->fastopen_req->size = iov_iter_count(&msg->msg_iter);
	if (inet->defer_connect) {
		err = tcp_connect(sk);
		if (err) {
			tcp_set_state(sk, TCP_CLOSE);
			inet->inet_dport = 0;
			sk->sk_route_caps = 0;
		}
	}
	err = __inet_stream_connect(sk->sk_socket, msg->msg_name, (int)msg->msg_namelen, flags,
				    true);
	if (tp->fastopen_req) { /* a failed connection has freed it */
		*copied = tp->fastopen_req->copied;
		tcp_free_fastopen_req(tp);
		inet->defer_connect = 0;
	}
	return err;
}

/* tcp_sendmsg_fastopen - send with MSG_FASTOPEN, or on a connection whose SYN waits for data. As
 * tcp_sendmsg. Context: process, sock locked. */
int tcp_sendmsg_fastopen(struct sock *sk, struct kmsghdr *msg)
{
	const struct sockaddr *uaddr = msg->msg_name;
	struct tcp_sock *tp = tcp_sk(sk);
	int err, copied = 0;

	if (!(sock_net(sk)->tcp.sysctl_fastopen & TFO_CLIENT_ENABLE) ||
	    (uaddr && msg->msg_namelen >= (int)sizeof(uaddr->sa_family) &&
	     uaddr->sa_family == AF_UNSPEC))
		return -EOPNOTSUPP;
	if (tp->fastopen_req)
		return -EALREADY; /* another one is under way */
	tp->fastopen_req = kzalloc(sizeof(*tp->fastopen_req), sk->sk_allocation);
	if (!tp->fastopen_req)
		return -ENOBUFS;
	err = tcp_fastopen_connect(sk, msg, &copied);
	if (err == -EINPROGRESS && copied > 0)
		return copied;
	if (err)
		return sk_stream_error(sk, (int)msg->msg_flags, err);
	return tcp_sendmsg_locked(sk, msg, copied);
}
