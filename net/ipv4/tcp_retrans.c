/* SPDX-License-Identifier: MIT */
/* Sending again: retransmission, tail loss probes, zero-window and keepalive probes. RFC 6298, RFC
 * 8985 section 7, RFC 9293 section 3.8.6.1. */
#include "tcp_internal.h"

/* ---- retransmission ---- */

/* What of @skb is already acknowledged goes first. 0 or -errno. */
static int tcp_retransmit_trim(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (!before(cb->seq, tp->snd_una))
		return 0;
	if (unlikely(cb->tcp_flags & TCPHDR_SYN)) {
		cb->tcp_flags &= (u8)~TCPHDR_SYN;
		cb->seq++;
		if (!before(cb->seq, tp->snd_una))
			return 0;
	}
	if (WARN_ON_ONCE(before(cb->end_seq, tp->snd_una)))
		return -EINVAL;
	return tcp_trim_head(sk, skb, tp->snd_una - cb->seq);
}

/* Fit @skb to what may go now: @segs segments and the peer's window. 0 or -errno. */
static int tcp_retransmit_fit(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int mss = tcp_current_mss(sk);
	int avail = (int)(tcp_wnd_end(tp) - TCP_SKB_CB(skb)->seq), len, diff;

	if (avail <= 0) { /* the peer shrank its window to behind this segment; the first one serves
			     as a probe */
		if (TCP_SKB_CB(skb)->seq != tp->snd_una)
			return -EAGAIN;
		avail = (int)mss;
	}
	len = (int)mss * segs;
	if (len > avail)
		len = avail / (int)mss ? avail / (int)mss * (int)mss : avail;
	if (skb->len > (u32)len)
		return tcp_fragment(sk, true, skb, (u32)len, mss, GFP_ATOMIC) ? -ENOMEM : 0;
	diff = (int)tcp_skb_pcount(skb);
	tcp_set_skb_tso_segs(skb, mss);
	diff -= (int)tcp_skb_pcount(skb);
	if (diff)
		tcp_adjust_pcount(sk, skb, diff);
	avail = min(avail, (int)mss);
	if (skb->len < (u32)avail)
		tcp_retrans_try_collapse(sk, skb, avail);
	return 0;
}

/*
 * __tcp_retransmit_skb - send @skb of the retransmit queue again, at most @segs segments of it.
 * Does not mark it. 0, -EAGAIN (outside the window), -EHOSTUNREACH (no route), -ENOMEM. Context:
 * sock locked, tcp_mstamp fresh.
 */
int __tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);
	u32 pcount;
	int err;

	icsk->icsk_mtup.probe_size = 0;
	err = tcp_retransmit_trim(sk, skb);
	if (err)
		return err;
	if (icsk->icsk_af_ops->rebuild_header(sk))
		return -EHOSTUNREACH;
	err = tcp_retransmit_fit(sk, skb, segs);
	if (err)
		return err;
	if ((TCP_SKB_CB(skb)->tcp_flags & (TCPHDR_SYN | TCPHDR_ECE | TCPHDR_CWR)) ==
		    (TCPHDR_SYN | TCPHDR_ECE | TCPHDR_CWR) &&
	    net->tcp.sysctl_ecn_fallback) /* RFC 3168 section 6.1.1.1: perhaps the bits were what
					     was lost */
		TCP_SKB_CB(skb)->tcp_flags &= (u8) ~(TCPHDR_ECE | TCPHDR_CWR);
	pcount = tcp_skb_pcount(skb);
	TCP_ADD_STATS(net, RETRANSSEGS, pcount);
	if (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_SYN)
		NET_INC_STATS(net, TCPSYNRETRANS);
	tp->total_retrans += pcount;
	tp->bytes_retrans += skb->len;
	NET_TRACE(tcp_retransmit_skb, sk, skb);
	err = tcp_transmit_skb(sk, skb, 1, GFP_ATOMIC);
	TCP_SKB_CB(skb)->sacked |=
		TCPCB_EVER_RETRANS; /* even if it failed: its RTT must not count (Karn) */
	if (unlikely(err))
		NET_ADD_STATS(net, TCPRETRANSFAIL, pcount);
	return err;
}

int tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int err = __tcp_retransmit_skb(sk, skb, segs);

	if (!err) {
		if (TCP_SKB_CB(skb)->sacked &
		    TCPCB_SACKED_RETRANS) /* again: it stays counted once */
			tp->retrans_out -= tcp_skb_pcount(skb);
		TCP_SKB_CB(skb)->sacked |= TCPCB_RETRANS & (u8)~TCPCB_REPAIRED;
		tp->retrans_out += tcp_skb_pcount(skb);
	}
	if (!tp->retrans_stamp)
		tp->retrans_stamp = (u32)(tcp_skb_timestamp_us(skb) / USEC_PER_MSEC);
	if (tp->undo_retrans < 0)
		tp->undo_retrans = 0;
	tp->undo_retrans += (int)tcp_skb_pcount(skb);
	return err;
}

/* tcp_xmit_retransmit_queue - what is marked lost, as far as the congestion window goes. Context:
 * sock locked. */
void tcp_xmit_retransmit_queue(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb, *head, *hole = NULL;
	bool rearm = false;
	int max_segs;

	if (!tp->packets_out)
		return;
	max_segs = (int)tcp_tso_segs(sk, tcp_current_mss(sk));
	head = tcp_rtx_queue_head(sk);
	for (skb = tp->retransmit_skb_hint ? tp->retransmit_skb_hint : head; skb;
	     skb = skb_rb_next(skb)) {
		int segs = (int)tp->snd_cwnd - (int)tcp_packets_in_flight(tp);
		u8 sacked = TCP_SKB_CB(skb)->sacked;

		if (!hole)
			tp->retransmit_skb_hint = skb;
		if (segs <= 0 || tp->retrans_out >= tp->lost_out)
			break;
		if (!(sacked & TCPCB_LOST)) {
			if (!hole && !(sacked & (TCPCB_SACKED_RETRANS | TCPCB_SACKED_ACKED)))
				hole = skb;
			continue;
		}
		if (sacked & (TCPCB_SACKED_ACKED | TCPCB_SACKED_RETRANS))
			continue;
		if (tcp_xmit_throttled(sk, skb, 1) ||
		    tcp_retransmit_skb(sk, skb, min(segs, max_segs)))
			break;
		if (icsk->icsk_ca_state == TCP_CA_Loss)
			NET_ADD_STATS(sock_net(sk), TCPSLOWSTARTRETRANS, tcp_skb_pcount(skb));
		else
			NET_ADD_STATS(sock_net(sk), TCPFASTRETRANS, tcp_skb_pcount(skb));
		if (tcp_in_cwnd_reduction(sk))
			tp->prr_out += tcp_skb_pcount(skb);
		if (skb == head && icsk->icsk_pending != ICSK_TIME_REO_TIMEOUT)
			rearm = true;
	}
	if (rearm)
		tcp_reset_xmit_timer(sk, ICSK_TIME_RETRANS, icsk->icsk_rto);
}

/* tcp_simple_retransmit - the path MTU fell: what is too large now was dropped; send it again
 * without a word of congestion. RFC 1191. */
void tcp_simple_retransmit(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	bool syn_data = tp->syn_data && sk->sk_state == TCP_SYN_SENT;
	u32 mss = tcp_current_mss(sk);
	struct sk_buff *skb;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = skb_rb_next(skb)) {
		/* SYN and data were one packet, and are two in the queue */
		if (tcp_skb_seglen(skb) > mss || syn_data)
			tcp_mark_skb_lost(sk, skb);
	}
	if (!tp->lost_out)
		return;
	tcp_verify_left_out(tp);
	if (icsk->icsk_ca_state != TCP_CA_Loss) {
		tp->high_seq = tp->snd_nxt;
		tp->snd_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_ssthresh = 0;
		tp->undo_marker = 0;
		tcp_set_ca_state(sk, TCP_CA_Loss);
	}
	tcp_xmit_retransmit_queue(sk);
}

/* ---- tail loss probe, RFC 8985 section 7 ---- */

static s64 tcp_rto_delta_us(const struct sock *sk)
{
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	return (s64)(tcp_skb_timestamp_us(skb) + (u64)inet_csk(sk)->icsk_rto * USEC_PER_MSEC) -
	       (s64)tcp_sk(sk)->tcp_mstamp;
}

/* tcp_rearm_rto - the retransmission timer for the oldest segment, from when it was sent. RFC 6298
 * section 5. */
void tcp_rearm_rto(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 rto = icsk->icsk_rto;

	if (unlikely(tp->fastopen_rsk)) /* the timer is the SYN-ACK's, till the handshake ends */
		return;
	if (!tp->packets_out) {
		inet_csk_clear_retrans_timer(sk);
		return;
	}
	if (icsk->icsk_pending == ICSK_TIME_REO_TIMEOUT ||
	    icsk->icsk_pending == ICSK_TIME_LOSS_PROBE) {
		s64 delta = tcp_rto_delta_us(sk); /* the other timer ran for part of it */

		rto = (u32)max((delta + USEC_PER_MSEC - 1) / USEC_PER_MSEC, (s64)1);
	}
	tcp_reset_xmit_timer(sk, ICSK_TIME_RETRANS, rto);
}

bool tcp_schedule_loss_probe(struct sock *sk, bool advancing_rto)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 timeout_us;
	s64 rto_us;

	if (sock_net(sk)->tcp.sysctl_early_retrans < 3 || !tp->packets_out || !tcp_is_sack(tp) ||
	    unlikely(tp->fastopen_rsk) ||
	    (icsk->icsk_ca_state != TCP_CA_Open && icsk->icsk_ca_state != TCP_CA_CWR))
		return false;
	if (tp->srtt_us) {
		timeout_us = tp->srtt_us >> 2; /* 2 SRTT */
		timeout_us += tp->packets_out == 1 ? tcp_rto_min(sk) * USEC_PER_MSEC
						   : (u32)TCP_TIMEOUT_MIN_US;
	} else {
		timeout_us = TCP_TIMEOUT_INIT * USEC_PER_MSEC;
	}
	rto_us = advancing_rto ? (s64)icsk->icsk_rto * USEC_PER_MSEC : tcp_rto_delta_us(sk);
	if (rto_us > 0)
		timeout_us = (u32)min((s64)timeout_us, rto_us);
	tcp_reset_xmit_timer(sk, ICSK_TIME_LOSS_PROBE,
			     (timeout_us + USEC_PER_MSEC - 1) / USEC_PER_MSEC);
	return true;
}

/* The probe itself: the last segment again, cut to its last packet. true: sent. */
static bool tcp_probe_last(struct sock *sk, unsigned int mss)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_tail(sk);
	u32 pcount;

	if (WARN_ON_ONCE(!skb || !tcp_skb_pcount(skb)))
		return false;
	pcount = tcp_skb_pcount(skb);
	if (pcount > 1 && skb->len > (pcount - 1) * mss) {
		if (tcp_fragment(sk, true, skb, (pcount - 1) * mss, mss, GFP_ATOMIC))
			return false;
		skb = skb_rb_next(skb);
	}
	if (__tcp_retransmit_skb(sk, skb, 1))
		return false;
	tp->tlp_retrans = 1;
	return true;
}

/* tcp_send_loss_probe - new data if there is some, else the last segment again; its ACK shows what
 * is missing. Context: softirq. */
void tcp_send_loss_probe(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int mss = tcp_current_mss(sk);
	struct sk_buff *skb = tcp_send_head(sk);
	u32 before_out = tp->packets_out;
	bool sent;

	if (tp->tlp_high_seq) /* one at a time */
		goto rearm;
	tp->tlp_retrans = 0;
	if (!tp->packets_out) {
		icsk->icsk_pending = 0;
		return;
	}
	if (skb && tcp_snd_wnd_test(tp, skb, mss)) {
		tcp_write_xmit(sk, mss, TCP_NAGLE_OFF, 2, GFP_ATOMIC);
		sent = tp->packets_out > before_out;
	} else {
		sent = tcp_probe_last(sk, mss);
	}
	if (sent) {
		tp->tlp_high_seq = tp->snd_nxt;
		NET_INC_STATS(sock_net(sk), TCPLOSSPROBES);
		icsk->icsk_pending = 0; /* the RTO runs from now */
	}
rearm:
	tcp_rearm_rto(sk);
}

/* ---- zero-window and keepalive probes ---- */

/* A segment the peer must answer: one octet before its window, or (@urgent) in it. 0, -1 or -errno.
 */
static int tcp_xmit_probe_skb(struct sock *sk, bool urgent, int mib)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = alloc_skb(MAX_TCP_HEADER, GFP_ATOMIC);

	if (!skb)
		return -1;
	skb_reserve(skb, MAX_TCP_HEADER);
	tcp_init_nondata_skb(skb, tp->snd_una - !urgent, TCPHDR_ACK);
	sock_net(sk)->mib.linux_mib[mib]++;
	return tcp_transmit_skb(sk, skb, 0, GFP_ATOMIC);
}

/* tcp_write_wakeup - probe: with data if the window has room for any, else without. >0: could not,
 * but no fault. */
int tcp_write_wakeup(struct sock *sk, int mib)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_send_head(sk);
	unsigned int mss, seg_size;
	int err;

	if (sk->sk_state == TCP_CLOSE)
		return -1;
	if (!skb || !before(TCP_SKB_CB(skb)->seq, tcp_wnd_end(tp))) {
		if (between(tp->snd_up, tp->snd_una + 1, tp->snd_una + 0xffff))
			tcp_xmit_probe_skb(sk, true, mib);
		return tcp_xmit_probe_skb(sk, false, mib);
	}
	mss = tcp_current_mss(sk);
	seg_size = tcp_wnd_end(tp) - TCP_SKB_CB(skb)->seq;
	if (before(tp->pushed_seq, TCP_SKB_CB(skb)->end_seq))
		tp->pushed_seq = TCP_SKB_CB(skb)->end_seq;
	if (seg_size < TCP_SKB_CB(skb)->end_seq - TCP_SKB_CB(skb)->seq || skb->len > mss) {
		seg_size = min(seg_size, mss);
		TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_PSH;
		if (seg_size < skb->len && tcp_fragment(sk, false, skb, seg_size, mss, GFP_ATOMIC))
			return -1;
	} else if (!tcp_skb_pcount(skb)) {
		tcp_set_skb_tso_segs(skb, mss);
	}
	TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_PSH;
	err = tcp_transmit_skb(sk, skb, 1, GFP_ATOMIC);
	if (!err)
		tcp_event_new_data_sent(sk, skb);
	return err;
}

/* tcp_send_probe0 - the window is closed: ask again, ever more rarely. RFC 9293 section 3.8.6.1.
 * Context: softirq. */
void tcp_send_probe0(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int err = tcp_write_wakeup(sk, LINUX_MIB_TCPWINPROBE);
	unsigned long timeout;

	if (tp->packets_out || tcp_write_queue_empty(sk)) {
		icsk->icsk_probes_out = 0;
		icsk->icsk_backoff = 0;
		icsk->icsk_probes_tstamp = 0;
		return;
	}
	icsk->icsk_probes_out++;
	if (err <= 0) {
		if (icsk->icsk_backoff < sock_net(sk)->tcp.sysctl_retries2)
			icsk->icsk_backoff++;
		timeout = tcp_probe0_when(sk, TCP_RTO_MAX);
	} else { /* the local queue was full: soon again */
		timeout = TCP_RESOURCE_PROBE_INTERVAL;
	}
	timeout = tcp_clamp_probe0_to_user_timeout(sk, (u32)timeout);
	inet_csk_reset_xmit_timer(sk, ICSK_TIME_PROBE0, timeout, TCP_RTO_MAX);
}
