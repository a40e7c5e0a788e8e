/* SPDX-License-Identifier: MIT */
/* The receiver's side of flow control: buffers that tune themselves (DRS), the ACK policy, memory
 * pressure. RFC 9293 section 3.8.6, RFC 1122 section 4.2.3.2, Fisk and Feng, "Dynamic
 * Right-Sizing". */
#include "tcp_internal.h"

/* ---- quick and delayed ACKs ---- */

void tcp_incr_quickack(struct sock *sk, unsigned int max_quickacks)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	unsigned int quick =
		icsk->icsk_ack.rcv_mss ? tcp_sk(sk)->rcv_wnd / (2u * icsk->icsk_ack.rcv_mss) : 0;

	quick = min(quick ? quick : 2u, max_quickacks);
	if (quick > icsk->icsk_ack.quick)
		icsk->icsk_ack.quick = (u8)quick;
}

void tcp_enter_quickack_mode(struct sock *sk, unsigned int max_quickacks)
{
	tcp_incr_quickack(sk, max_quickacks);
	inet_csk_exit_pingpong_mode(sk);
	inet_csk(sk)->icsk_ack.ato = TCP_ATO_MIN;
}

bool tcp_in_quickack_mode(struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct dst_entry *dst = __sk_dst_get(sk);

	return (dst && dst_metric(dst, RTAX_QUICKACK)) ||
	       (icsk->icsk_ack.quick && !inet_csk_in_pingpong_mode(sk));
}

void __tcp_ack_snd_check(struct sock *sk, int ofo_possible)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 unacked = tp->rcv_nxt - tp->rcv_wup, mss = inet_csk(sk)->icsk_ack.rcv_mss;
	bool now;

	/* every second full segment (RFC 9293 section 3.8.6.3); less than two of them, if the
	 * window does not shrink by it */
	now = unacked >= 2 * mss ||
	      (unacked > mss && (tcp_seq_span(tp->copied_seq, tp->rcv_nxt) < (u32)sk->sk_rcvlowat ||
				 __tcp_select_window(sk) >= tp->rcv_wnd));
	now = now || (inet_csk(sk)->icsk_ack.pending & ICSK_ACK_NOW) || tcp_in_quickack_mode(sk);
	if (now)
		tcp_send_ack(sk);
	else if (likely(!ofo_possible || RB_EMPTY_ROOT(&tp->out_of_order_queue)))
		tcp_send_delayed_ack(sk);
	else
		tcp_ack_compress(sk); /* RFC 5681 section 4.2: at once, but for a flood of them */
}

void tcp_ack_snd_check(struct sock *sk)
{
	if (inet_csk_ack_scheduled(sk))
		__tcp_ack_snd_check(sk, 1);
}

/* The peer's segment size, as its data shows it: what counts as a full segment for ACKs. */
static void tcp_measure_rcv_mss(struct sock *sk, const struct sk_buff *skb)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	unsigned int lss = icsk->icsk_ack.last_seg_size, len;
	const struct tcphdr *th = tcp_hdr(skb);

	icsk->icsk_ack.last_seg_size = 0;
	len = skb_shinfo(skb)->gso_size ? skb_shinfo(skb)->gso_size : skb->len;
	if (len >= icsk->icsk_ack.rcv_mss) {
		icsk->icsk_ack.rcv_mss = (u16)min(len, (unsigned int)tcp_sk(sk)->advmss);
		if (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_PSH)
			icsk->icsk_ack.pending |= ICSK_ACK_PUSHED;
		return;
	}
	/* smaller: believed as the peer's full size if two in a row are alike and not the end of a
	 * write */
	len += (unsigned int)(skb->data - skb_transport_header(skb));
	if (len >= TCP_MSS_DEFAULT + sizeof(struct tcphdr) ||
	    (len >= TCP_MIN_MSS + sizeof(struct tcphdr) &&
	     !(tcp_flag_byte(th) & (TCPHDR_FIN | TCPHDR_URG | TCPHDR_SYN | TCPHDR_PSH)))) {
		len -= tcp_sk(sk)->tcp_header_len;
		icsk->icsk_ack.last_seg_size = (u16)len;
		if (len == lss) {
			icsk->icsk_ack.rcv_mss = (u16)len;
			return;
		}
	}
	if (icsk->icsk_ack.pending & ICSK_ACK_PUSHED)
		icsk->icsk_ack.pending |= ICSK_ACK_PUSHED2;
	icsk->icsk_ack.pending |= ICSK_ACK_PUSHED;
}

void tcp_ecn_check_ce(struct sock *sk, const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 ecn = TCP_SKB_CB(skb)->ip_dsfield & INET_ECN_MASK;

	if (likely(!(tp->ecn_flags & TCP_ECN_OK)))
		return;
	if (ecn == INET_ECN_NOT_ECT) { /* after ECT was seen: probably a retransmission */
		if (tp->ecn_flags & TCP_ECN_SEEN)
			tcp_enter_quickack_mode(sk, 2);
		return;
	}
	if (ecn == INET_ECN_CE) {
		tcp_ca_event(sk, CA_EVENT_ECN_IS_CE);
		if (!(tp->ecn_flags & TCP_ECN_DEMAND_CWR)) {
			tcp_enter_quickack_mode(sk, 2);
			tp->ecn_flags |= TCP_ECN_DEMAND_CWR;
		}
	} else {
		tcp_ca_event(sk, CA_EVENT_ECN_NO_CE);
	}
	tp->ecn_flags |= TCP_ECN_SEEN;
}

/* tcp_event_data_recv - data came in order: schedule its ACK, estimate the peer's pace. */
void tcp_event_data_recv(struct sock *sk, struct sk_buff *skb)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 now = (u32)tcp_jiffies(tcp_sk(sk));

	inet_csk_schedule_ack(sk);
	tcp_measure_rcv_mss(sk, skb);
	tcp_rcv_rtt_measure(tcp_sk(sk));
	if (unlikely(!icsk->icsk_ack.ato)) { /* the first data */
		tcp_incr_quickack(sk, TCP_MAX_QUICKACKS);
		icsk->icsk_ack.ato = TCP_ATO_MIN;
	} else {
		u32 m = now - icsk->icsk_ack.lrcvtime;

		if (m <= TCP_ATO_MIN / 2)
			icsk->icsk_ack.ato = (icsk->icsk_ack.ato >> 1) + TCP_ATO_MIN / 2;
		else if (m < icsk->icsk_ack.ato)
			icsk->icsk_ack.ato = min((icsk->icsk_ack.ato >> 1) + m, icsk->icsk_rto);
		else if (m > icsk->icsk_rto) /* a long gap: the peer may be in slow start again */
			tcp_incr_quickack(sk, TCP_MAX_QUICKACKS);
	}
	icsk->icsk_ack.lrcvtime = now;
	tcp_ecn_check_ce(sk, skb);
	if (skb->len >= 128)
		tcp_grow_window(sk, skb);
}

/* ---- how much we dare to offer ---- */

/* @skb's overhead would not fit a window of this size; would it later, with a larger buffer? */
static u32 __tcp_grow_window(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	int truesize = tcp_win_from_space(sk, (int)skb->truesize) >> 1;
	int window = tcp_win_from_space(sk, sock_net(sk)->tcp.sysctl_rmem[2]) >> 1;

	while (tp->rcv_ssthresh <= (u32)window) {
		if (truesize <= (int)skb->len)
			return 2u * inet_csk(sk)->icsk_ack.rcv_mss;
		truesize >>= 1;
		window >>= 1;
	}
	return 0;
}

void tcp_grow_window(struct sock *sk, const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int room = min((int)tp->window_clamp, tcp_space(sk)) - (int)tp->rcv_ssthresh;
	u32 incr;

	if (room <= 0)
		return;
	if (sock_net(sk)->tcp.memory_pressure) {
		tp->rcv_ssthresh = min(tp->rcv_ssthresh, 4u * tp->advmss);
		return;
	}
	if (tcp_win_from_space(sk, (int)skb->truesize) <= (int)skb->len)
		incr = 2u * tp->advmss;
	else
		incr = __tcp_grow_window(sk, skb);
	if (incr) {
		incr = max(incr, 2 * skb->len);
		tp->rcv_ssthresh += min((u32)room, incr);
		inet_csk(sk)->icsk_ack.quick |= 1;
	}
}

/* tcp_clamp_window - more is queued than the buffer holds. */
void tcp_clamp_window(struct sock *sk)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct tcp_sock *tp = tcp_sk(sk);

	inet_csk(sk)->icsk_ack.quick = 0;
	if (sk->sk_rcvbuf < nt->sysctl_rmem[2] && !(sk->sk_userlocks & SOCK_RCVBUF_LOCK) &&
	    !nt->memory_pressure && nt->memory_allocated < nt->sysctl_mem[0])
		sk->sk_rcvbuf = min(sk_rmem_alloc_get(sk), nt->sysctl_rmem[2]);
	if (sk_rmem_alloc_get(sk) > sk->sk_rcvbuf)
		tp->rcv_ssthresh = min(tp->window_clamp, 2u * tp->advmss);
}

void tcp_initialize_rcv_mss(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 hint = min((u32)tp->advmss, tp->mss_cache);

	hint = min(min(hint, tp->rcv_wnd / 2), TCP_MSS_DEFAULT);
	inet_csk(sk)->icsk_ack.rcv_mss = (u16)max(hint, TCP_MIN_MSS);
}

/* ---- round-trip time as the receiver sees it, and right-sizing ---- */

static void tcp_rcv_rtt_update(struct tcp_sock *tp, u32 sample_us, bool win_dep)
{
	u32 old = tp->rcv_rtt_est.rtt_us; /* << 3 */

	if (!old)
		tp->rcv_rtt_est.rtt_us = sample_us << 3;
	else if (!win_dep)
		tp->rcv_rtt_est.rtt_us = old + sample_us - (old >> 3);
	else if (sample_us << 3 < old) /* from window to window: too long if the sender was idle */
		tp->rcv_rtt_est.rtt_us = sample_us << 3;
}

void tcp_rcv_rtt_measure(struct tcp_sock *tp)
{
	if (tp->rcv_rtt_est.time) {
		if (before(tp->rcv_nxt, tp->rcv_rtt_est.seq))
			return;
		tcp_rcv_rtt_update(
			tp, max(tcp_stamp_us_delta(tp->tcp_mstamp, tp->rcv_rtt_est.time), 1u),
			true);
	}
	tp->rcv_rtt_est.seq = tp->rcv_nxt + tp->rcv_wnd;
	tp->rcv_rtt_est.time = tp->tcp_mstamp;
}

void tcp_rcv_rtt_measure_ts(struct sock *sk, const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 delta;

	if (!tp->rx_opt.saw_tstamp || tp->rx_opt.rcv_tsecr == tp->rcv_rtt_last_tsecr)
		return;
	tp->rcv_rtt_last_tsecr = tp->rx_opt.rcv_tsecr;
	if (tcp_seq_span(TCP_SKB_CB(skb)->seq, TCP_SKB_CB(skb)->end_seq) <
	    inet_csk(sk)->icsk_ack.rcv_mss)
		return;
	delta = tcp_ts_clock(tp) - tp->rx_opt.rcv_tsecr;
	if (delta < INT_MAX / USEC_PER_MSEC)
		tcp_rcv_rtt_update(tp, max(delta, 1u) * USEC_PER_MSEC, false);
}

/* tcp_rcv_space_adjust - the user reads: once a round trip, let the buffer hold twice what it read.
 */
void tcp_rcv_space_adjust(struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct tcp_sock *tp = tcp_sk(sk);
	u32 copied;

	if (!tp->rcv_rtt_est.rtt_us)
		return;
	tcp_mstamp_refresh(tp);
	if (tcp_stamp_us_delta(tp->tcp_mstamp, tp->rcvq_space.time) < tp->rcv_rtt_est.rtt_us >> 3)
		return;
	NET_TRACE(tcp_rcv_space_adjust, sk);
	copied = tp->copied_seq - tp->rcvq_space.seq;
	if (copied > tp->rcvq_space.space) {
		if (nt->sysctl_moderate_rcvbuf && !(sk->sk_userlocks & SOCK_RCVBUF_LOCK)) {
			u64 win = ((u64)copied << 1) + 16u * tp->advmss;
			int per_seg = (int)SKB_TRUESIZE(tp->advmss + MAX_TCP_HEADER), rcvbuf;

			win += 2 * (win * (copied - tp->rcvq_space.space) /
				    max(tp->rcvq_space.space, 1u));
			while (tcp_win_from_space(sk, per_seg) < tp->advmss)
				per_seg += 128;
			rcvbuf = (int)min(win / max(tp->advmss, (u16)1) * (u64)per_seg,
					  (u64)nt->sysctl_rmem[2]);
			if (rcvbuf > sk->sk_rcvbuf) {
				sk->sk_rcvbuf = rcvbuf;
				tp->window_clamp = (u32)tcp_win_from_space(sk, rcvbuf);
			}
		}
		tp->rcvq_space.space = copied;
	}
	tp->rcvq_space.seq = tp->copied_seq;
	tp->rcvq_space.time = tp->tcp_mstamp;
}

/* tcp_set_rcvlowat - SO_RCVLOWAT: never more than the buffer can hold, which grows for it unless its
 * size was set. 0. Context: sock locked. */
int tcp_set_rcvlowat(struct sock *sk, int val)
{
	bool fixed = sk->sk_userlocks & SOCK_RCVBUF_LOCK;

	val = min(val, (fixed ? sk->sk_rcvbuf : sock_net(sk)->tcp.sysctl_rmem[2]) >> 1);
	sk->sk_rcvlowat = val ? val : 1;
	tcp_data_ready(sk); /* enough may be there by now */
	if (!fixed && val << 1 > sk->sk_rcvbuf) {
		sk->sk_rcvbuf = val << 1;
		tcp_sk(sk)->window_clamp = (u32)tcp_win_from_space(sk, sk->sk_rcvbuf);
	}
	return 0;
}

/* ---- the send buffer ---- */

/* Room for two windows of data with their overhead. */
static void tcp_sndbuf_expand(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 per_mss = max((u32)tp->rx_opt.mss_clamp, tp->mss_cache) + MAX_TCP_HEADER +
		      (u32)SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	u32 segs = max(max(TCP_INIT_CWND, tp->snd_cwnd), tp->reordering + 1);
	u32 (*expand)(struct sock *) = inet_csk(sk)->icsk_ca_ops->sndbuf_expand;
	u64 sndmem;

	per_mss = (u32)roundup_pow_of_two(per_mss) + (u32)SKB_DATA_ALIGN(sizeof(struct sk_buff));
	sndmem = (u64)(expand ? expand(sk) : 2) * segs * per_mss;
	if ((u64)sk->sk_sndbuf < sndmem)
		sk->sk_sndbuf = (int)min(sndmem, (u64)sock_net(sk)->tcp.sysctl_wmem[2]);
}

static bool tcp_should_expand_sndbuf(const struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);

	if ((sk->sk_userlocks & SOCK_SNDBUF_LOCK) || nt->memory_pressure ||
	    nt->memory_allocated >= nt->sysctl_mem[0])
		return false;
	return tcp_packets_in_flight(tp) < tp->snd_cwnd; /* the buffer holds the sender back, not the window */
}

/* tcp_check_space - ACKs freed memory: wake a writer that waits. */
void tcp_check_space(struct sock *sk)
{
	if (!sk->sk_socket || !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		return;
	if (tcp_should_expand_sndbuf(sk)) {
		tcp_sndbuf_expand(sk);
		tcp_sk(sk)->snd_cwnd_stamp = (u32)jiffies;
	}
	sk->sk_write_space(sk);
	if (sk->sk_socket && !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		tcp_chrono_stop(sk, TCP_CHRONO_SNDBUF_LIMITED);
}

void tcp_data_snd_check(struct sock *sk)
{
	tcp_push_pending_frames(sk);
	tcp_check_space(sk);
}

/* tcp_init_buffer_space - the connection is there: sizes of its buffers and windows. */
void tcp_init_buffer_space(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int app_win = sock_net(sk)->tcp.sysctl_app_win;
	u32 maxwin;

	if (!(sk->sk_userlocks & SOCK_SNDBUF_LOCK))
		tcp_sndbuf_expand(sk);
	tcp_mstamp_refresh(tp);
	tp->rcvq_space.time = tp->tcp_mstamp;
	tp->rcvq_space.seq = tp->copied_seq;
	maxwin = (u32)max(tcp_full_space(sk), 0);
	if (tp->window_clamp >= maxwin) {
		tp->window_clamp = maxwin;
		if (app_win && maxwin > 4u * tp->advmss)
			tp->window_clamp = max(maxwin - (maxwin >> app_win), 4u * tp->advmss);
	}
	if (app_win && tp->window_clamp > 2u * tp->advmss && tp->window_clamp + tp->advmss > maxwin)
		tp->window_clamp =
			max(2u * tp->advmss, maxwin > tp->advmss ? maxwin - tp->advmss : 0);
	tp->rcv_ssthresh = min(tp->rcv_ssthresh, tp->window_clamp);
	tp->snd_cwnd_stamp = (u32)jiffies;
	tp->rcvq_space.space = min(min(tp->rcv_ssthresh, tp->rcv_wnd), TCP_INIT_CWND * tp->advmss);
}

/* ---- when memory is short ---- */

static int tcp_prune_queue(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	NET_INC_STATS(sock_net(sk), PRUNECALLED);
	if (sk_rmem_alloc_get(sk) >= sk->sk_rcvbuf)
		tcp_clamp_window(sk);
	else if (sock_net(sk)->tcp.memory_pressure)
		tp->rcv_ssthresh = min(tp->rcv_ssthresh, 4u * tp->advmss);
	if (sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf)
		return 0;
	tcp_collapse_ofo_queue(sk);
	if (!skb_queue_empty(&sk->sk_receive_queue))
		tcp_collapse(sk, &sk->sk_receive_queue, NULL, skb_peek(&sk->sk_receive_queue), NULL,
			     tp->copied_seq, tp->rcv_nxt);
	sk_mem_reclaim(sk);
	if (sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf)
		return 0;
	tcp_prune_ofo_queue(sk);
	if (sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf)
		return 0;
	NET_INC_STATS(sock_net(sk), RCVPRUNED);
	tp->pred_flags = 0;
	return -1;
}

/* tcp_try_rmem_schedule - memory for @size bytes of truesize, making room if it must. 0 or -1. */
int tcp_try_rmem_schedule(struct sock *sk, struct sk_buff *skb, unsigned int size)
{
	if (likely(sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf && sk_rmem_schedule(sk, (int)size)))
		return 0;
	if (tcp_prune_queue(sk) < 0)
		return -1;
	while (!sk_rmem_schedule(sk, (int)size)) {
		if (!tcp_prune_ofo_queue(sk))
			return -1;
	}
	return 0;
}
