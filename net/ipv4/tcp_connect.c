/* SPDX-License-Identifier: MIT */
/* Opening: the SYN, the SYN-ACK, and the first receive window. RFC 9293 section 3.5, 3.7.1; RFC
 * 7323 section 2; RFC 6928. */
#include "tcp_internal.h"

static u32 dst_advmss(const struct dst_entry *dst)
{
	u32 adv = dst_metric(dst, RTAX_ADVMSS);

	if (!adv)
		adv = dst->ops->default_advmss ? dst->ops->default_advmss(dst) : TCP_MSS_DEFAULT;
	return adv;
}

static u16 tcp_mss_clamp(const struct tcp_sock *tp, u32 mss)
{
	u16 user = tp->rx_opt.user_mss;

	return (u16)(user && user < mss ? user : min(mss, 65535u));
}

u32 tcp_init_cwnd(const struct tcp_sock *tp, const struct dst_entry *dst)
{
	u32 cwnd = dst ? dst_metric(dst, RTAX_INITCWND) : 0;

	return min(cwnd ? cwnd : TCP_INIT_CWND, tp->snd_cwnd_clamp);
}

/* tcp_select_initial_window - what to offer in the first segment, and the scale that the largest
 * buffer will need. */
void tcp_select_initial_window(const struct sock *sk, int space_signed, u32 mss, u32 *rcv_wnd,
			       u32 *window_clamp, bool wscale_ok, u8 *rcv_wscale, u32 init_rcv_wnd)
{
	const struct net *net = sock_net(sk);
	u32 space = (u32)max(space_signed, 0);

	if (!*window_clamp)
		*window_clamp = 65535u << TCP_MAX_WSCALE;
	space = min(*window_clamp, space);
	if (space > mss)
		space = space / mss * mss;
	*rcv_wnd = min(space, net->tcp.sysctl_workaround_signed_windows ? MAX_TCP_WINDOW : 65535u);
	if (init_rcv_wnd)
		*rcv_wnd = min(*rcv_wnd, init_rcv_wnd * mss);
	*rcv_wscale = 0;
	if (wscale_ok) {
		space = max(space, (u32)net->tcp.sysctl_rmem[2]);
		space = max(space, (u32)net->core.sysctl_rmem_max);
		space = min(space, *window_clamp);
		*rcv_wscale = (u8)clamp(ilog2(space) - 15, 0, (int)TCP_MAX_WSCALE);
	}
	*window_clamp = min(65535u << *rcv_wscale, *window_clamp);
}

/* What of the sock a connect must set before its SYN. */
static void tcp_connect_init(struct sock *sk, const struct dst_entry *dst)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	u8 rcv_wscale;

	tp->tcp_header_len =
		(u16)(sizeof(struct tcphdr) + (nt->sysctl_timestamps ? TCPOLEN_TSTAMP_ALIGNED : 0));
	if (tp->rx_opt.user_mss)
		tp->rx_opt.mss_clamp = tp->rx_opt.user_mss;
	tp->max_window = 0;
	tcp_mtup_init(sk);
	tcp_sync_mss(sk, dst_mtu(dst));
	if (!tp->window_clamp)
		tp->window_clamp = dst_metric(dst, RTAX_WINDOW);
	tp->advmss = tcp_mss_clamp(tp, dst_advmss(dst));
	tcp_initialize_rcv_mss(sk);
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK &&
	    (!tp->window_clamp || tp->window_clamp > (u32)tcp_full_space(sk)))
		tp->window_clamp = (u32)tcp_full_space(sk);
	tcp_select_initial_window(sk, tcp_full_space(sk), tp->advmss, &tp->rcv_wnd,
				  &tp->window_clamp, nt->sysctl_window_scaling, &rcv_wscale,
				  dst_metric(dst, RTAX_INITRWND));
	tp->rx_opt.rcv_wscale = rcv_wscale & 0xf;
	tp->rcv_ssthresh = tp->rcv_wnd;
	sk->sk_err = 0;
	sock_reset_flag(sk, SOCK_DONE);
	tp->snd_wnd = 0;
	tp->snd_wl1 = 0;
	tcp_write_queue_purge(sk);
	tp->snd_una = tp->snd_sml = tp->snd_up = tp->snd_nxt = tp->write_seq;
	tp->rcv_nxt = tp->rcv_wup = tp->copied_seq = 0;
	icsk->icsk_rto = TCP_TIMEOUT_INIT;
	icsk->icsk_retransmits = 0;
	tcp_clear_retrans(tp);
}

/* tcp_connect_queue_skb - @skb goes out with the SYN: count it, and its numbers. */
void tcp_connect_queue_skb(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	TCP_SKB_CB(skb)->end_seq += skb->len;
	skb->nohdr = 1;
	sk->sk_wmem_queued += (int)skb->truesize;
	sk_mem_charge(sk, (int)skb->truesize);
	tp->write_seq = TCP_SKB_CB(skb)->end_seq;
	tp->packets_out += tcp_skb_pcount(skb);
}

/* tcp_connect - send the SYN. 0, -EHOSTUNREACH, -ENOBUFS. Context: process, sock locked, state
 * SYN_SENT. */
int tcp_connect(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	int err;

	if (inet_csk(sk)->icsk_af_ops->rebuild_header(sk))
		return -EHOSTUNREACH;
	tcp_connect_init(sk, __sk_dst_get(sk));
	skb = tcp_stream_alloc_skb(sk, 0, sk->sk_allocation, true);
	if (!skb)
		return -ENOBUFS;
	tcp_init_nondata_skb(skb, tp->write_seq, TCPHDR_SYN);
	tcp_mstamp_refresh(tp);
	tp->retrans_stamp = tcp_ts_clock(tp);
	if (sock_net(sk)->tcp.sysctl_ecn == 1) {
		TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_ECE | TCPHDR_CWR;
		tp->ecn_flags = TCP_ECN_OK;
	} else {
		tp->ecn_flags = 0;
	}
	tcp_connect_queue_skb(sk, skb);
	tcp_rbtree_insert(&tp->tcp_rtx_queue, skb);
	err = tp->fastopen_req ? tcp_send_syn_data(sk, skb)
			       : tcp_transmit_skb(sk, skb, 1, sk->sk_allocation);
	if (err == -ECONNREFUSED)
		return err;
	skb = tcp_send_head(sk); /* data that should have gone with the SYN, and could not */
	tp->snd_nxt = skb ? TCP_SKB_CB(skb)->seq : tp->write_seq; /* after sending: it is new */
	tp->pushed_seq = tp->snd_nxt;
	TCP_INC_STATS(sock_net(sk), ACTIVEOPENS);
	inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, inet_csk(sk)->icsk_rto, TCP_RTO_MAX);
	return 0;
}

/* tcp_send_synack - simultaneous open: our SYN goes out again, with an ACK. RFC 9293 section 3.5,
 * figure 7. */
int tcp_send_synack(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (WARN_ON_ONCE(!skb || !(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_SYN)))
		return -EFAULT;
	if (!(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_ACK)) {
		TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_ACK;
		TCP_SKB_CB(skb)->tcp_flags &= (u8)~TCPHDR_CWR;
		if (!(tp->ecn_flags & TCP_ECN_OK))
			TCP_SKB_CB(skb)->tcp_flags &= (u8)~TCPHDR_ECE;
	}
	return tcp_transmit_skb(sk, skb, 1, GFP_ATOMIC);
}

/* ---- the passive side ---- */

/* tcp_openreq_init_rwin - the window a request will offer. */
void tcp_openreq_init_rwin(struct request_sock *req, const struct sock *sk,
			   const struct dst_entry *dst)
{
	struct tcp_request_sock *treq = tcp_rsk(req);
	const struct tcp_sock *tp = tcp_sk(sk);
	int full = tcp_full_space(sk);
	u32 clamp = tp->window_clamp, mss = tcp_mss_clamp(tp, dst_advmss(dst));
	u8 wscale;

	treq->rsk_window_clamp = clamp ? clamp : dst_metric(dst, RTAX_WINDOW);
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK &&
	    (!treq->rsk_window_clamp || treq->rsk_window_clamp > (u32)full))
		treq->rsk_window_clamp = (u32)full;
	tcp_select_initial_window(sk, full, mss - (treq->tstamp_ok ? TCPOLEN_TSTAMP_ALIGNED : 0),
				  &treq->rsk_rcv_wnd, &treq->rsk_window_clamp, treq->wscale_ok,
				  &wscale, dst_metric(dst, RTAX_INITRWND));
	treq->rcv_wscale = wscale & 0xf;
}

struct sk_buff *tcp_make_synack(const struct sock *sk, struct dst_entry *dst,
				struct request_sock *req, const struct tcp_fastopen_cookie *foc)
{
	struct tcp_request_sock *treq = tcp_rsk(req);
	struct tcp_out_options opts = { 0 };
	u64 now = ktime_get_ns();
	u32 tsval = (u32)(now / NSEC_PER_MSEC);
	unsigned int header_size;
	struct sk_buff *skb;
	struct tcphdr *th;

	skb = alloc_skb(MAX_TCP_HEADER, GFP_ATOMIC);
	if (unlikely(!skb)) {
		dst_release(dst);
		return NULL;
	}
	skb_reserve(skb, MAX_TCP_HEADER);
	skb_dst_set(skb, dst);
	if (!treq->snt_synack_us)
		treq->snt_synack_us = max_t(u64, now / NSEC_PER_USEC, 1); /* the first microsecond is a time too */
	if (req->syncookie && treq->tstamp_ok)
		tsval = (u32)(cookie_init_timestamp(req, now) / NSEC_PER_MSEC);
	header_size = tcp_synack_options(sk, req, tcp_mss_clamp(tcp_sk(sk), dst_advmss(dst)), &opts,
					 tsval, foc) +
		      (unsigned int)sizeof(*th);
	th = skb_push(skb, header_size);
	skb_reset_transport_header(skb);
	memset(th, 0, sizeof(*th));
	th->syn = 1;
	th->ack = 1;
	th->ece = treq->ecn_ok;
	th->source = htons(treq->ir_num);
	th->dest = treq->ir_rmt_port;
	skb->mark = sk->sk_mark;
	skb->ip_summed = CHECKSUM_PARTIAL;
	th->seq = htonl(treq->snt_isn);
	th->ack_seq = htonl(treq->rcv_nxt);
	th->window = htons((u16)min(treq->rsk_rcv_wnd, 65535u));
	th->doff = header_size >> 2 & 0xf;
	tcp_options_write((__be32 *)(th + 1), (struct tcp_sock *)tcp_sk(sk), &opts);
	TCP_INC_STATS(sock_net(sk), OUTSEGS);
	return skb;
}

/* tcp_rtx_synack - the SYN-ACK again. 0 or -errno. Context: softirq. */
int tcp_rtx_synack(const struct sock *sk, struct request_sock *req)
{
	int err = req->rsk_ops->send_synack(sk, NULL, req, NULL);

	if (!err) {
		if (tcp_passive_fastopen(sk))
			tcp_sk(sk)->total_retrans++;
		TCP_INC_STATS(sock_net(sk), RETRANSSEGS);
		NET_INC_STATS(sock_net(sk), TCPSYNRETRANS);
		NET_TRACE(tcp_retransmit_synack, sk, req);
	}
	return err;
}
