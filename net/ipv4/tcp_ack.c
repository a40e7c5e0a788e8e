/* SPDX-License-Identifier: MIT */
/* Acknowledgements: what is delivered, how long it took, what the window is now. RFC 9293
 * section 3.10.7.4 (fifth step), RFC 6298, RFC 5961 section 5. */
#include <net/neighbour.h>
#include "tcp_ack_steps.h"
#include "tcp_internal.h"

/* ---- round-trip time ---- */

/* The least RTT of the last tcp_min_rtt_wlen seconds. */
void tcp_update_rtt_min(struct sock *sk, u32 rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 win = (u32)sock_net(sk)->tcp.sysctl_min_rtt_wlen * 1000;

	minmax_running_min(&tp->rtt_min, win, (u32)(tp->tcp_mstamp / USEC_PER_MSEC),
			   max(rtt_us, 1u));
}

/* Jacobson's estimator (RFC 6298 section 2), with Linux's asymmetry: the deviation falls slowly and
 * never below the least RTO in a round trip. */
static void tcp_rtt_estimator(struct sock *sk, long mrtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 rto_min_us = tcp_rto_min(sk) * USEC_PER_MSEC;
	long err = mrtt_us;

	if (!tp->srtt_us) {
		tp->srtt_us = max((u32)(err << 3), 1u);
		tp->mdev_us = (u32)(err << 1);
		tp->rttvar_us = tp->mdev_max_us = max(tp->mdev_us, rto_min_us);
		tp->rtt_seq = tp->snd_nxt;
		return;
	}
	err -= (long)(tp->srtt_us >> 3);
	tp->srtt_us = max((u32)((long)tp->srtt_us + err), 1u);
	if (err < 0) {
		err = -err - (long)(tp->mdev_us >> 2);
		if (err > 0) /* the RTT fell: that is no reason to wait longer */
			err >>= 3;
	} else {
		err -= (long)(tp->mdev_us >> 2);
	}
	tp->mdev_us = (u32)((long)tp->mdev_us + err);
	if (tp->mdev_us > tp->mdev_max_us) {
		tp->mdev_max_us = tp->mdev_us;
		tp->rttvar_us = max(tp->rttvar_us, tp->mdev_max_us);
	}
	if (after(tp->snd_una, tp->rtt_seq)) { /* once a round trip */
		if (tp->mdev_max_us < tp->rttvar_us)
			tp->rttvar_us -= (tp->rttvar_us - tp->mdev_max_us) >> 2;
		tp->rtt_seq = tp->snd_nxt;
		tp->mdev_max_us = rto_min_us;
	}
}

void tcp_set_rto(struct sock *sk)
{
	inet_csk(sk)->icsk_rto = min(__tcp_set_rto(tcp_sk(sk)), TCP_RTO_MAX);
}

/* A sample: of the smoothed round trip, and of its minimum unless the peer may have held the ACK
 * back. */
static void tcp_rtt_sample(struct sock *sk, bool maybe_delayed, long seq_rtt_us, long ca_rtt_us)
{
	if (!maybe_delayed || ca_rtt_us <= (long)tcp_min_rtt(tcp_sk(sk)))
		tcp_update_rtt_min(sk, (u32)max(ca_rtt_us, 0l));
	tcp_rtt_estimator(sk, seq_rtt_us);
	tcp_set_rto(sk);
	inet_csk(sk)->icsk_backoff = 0;
}

/* tcp_ack_update_rtt - a sample from the times kept with the segments, else from the timestamps.
 * Karn: none from what was retransmitted. */
bool tcp_ack_update_rtt(struct sock *sk, int flag, long seq_rtt_us, long sack_rtt_us,
			long ca_rtt_us, struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (seq_rtt_us < 0)
		seq_rtt_us = sack_rtt_us;
	if (seq_rtt_us < 0 && tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr &&
	    (flag & FLAG_ACKED)) {
		u32 delta = tcp_ts_clock(tp) - tp->rx_opt.rcv_tsecr;

		if (delta < INT_MAX / USEC_PER_MSEC)
			seq_rtt_us = ca_rtt_us = (long)max(delta, 1u) * USEC_PER_MSEC;
	}
	rs->rtt_us = ca_rtt_us;
	if (seq_rtt_us < 0)
		return false;
	tcp_rtt_sample(sk, flag & FLAG_ACK_MAYBE_DELAYED, seq_rtt_us, ca_rtt_us);
	return true;
}

/* tcp_synack_rtt_meas - the handshake's sample, if the SYN-ACK went out once only. */
void tcp_synack_rtt_meas(struct sock *sk, struct request_sock *req)
{
	struct rate_sample rs;
	long rtt_us = -1;

	if (req && !req->num_retrans && tcp_rsk(req)->snt_synack_us)
		rtt_us = (long)tcp_stamp_us_delta(ktime_get_ns() / NSEC_PER_USEC,
						  tcp_rsk(req)->snt_synack_us);
	tcp_ack_update_rtt(sk, FLAG_SYN_ACKED, rtt_us, -1, rtt_us, &rs);
}

/* ---- the send window ---- */

static void tcp_snd_una_update(struct tcp_sock *tp, u32 ack)
{
	tp->bytes_acked += ack - tp->snd_una;
	tp->snd_una = ack;
}

/* RFC 9293 section 3.10.7.4: newer data, or a newer ACK of the same. DEVIATES from Linux, which
 * takes no smaller window from a mere repetition. */
static bool tcp_may_update_window(const struct tcp_sock *tp, u32 ack, u32 ack_seq, u32 nwin)
{
	return after(ack, tp->snd_una) || after(ack_seq, tp->snd_wl1) ||
	       (ack_seq == tp->snd_wl1 && nwin != tp->snd_wnd);
}

static int tcp_ack_update_window(struct sock *sk, const struct sk_buff *skb, u32 ack, u32 ack_seq)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 nwin = ntohs(tcp_hdr(skb)->window);
	int flag = 0;

	if (likely(!tcp_hdr(skb)->syn))
		nwin <<= tp->rx_opt.snd_wscale;
	if (tcp_may_update_window(tp, ack, ack_seq, nwin)) {
		flag |= FLAG_WIN_UPDATE;
		tp->snd_wl1 = ack_seq;
		if (tp->snd_wnd != nwin) {
			tp->snd_wnd = nwin;
			tp->pred_flags = 0; /* the prediction holds the window */
			tcp_fast_path_check(sk);
			if (!tcp_write_queue_empty(sk))
				tcp_slow_start_after_idle_check(sk);
			if (nwin > tp->max_window) {
				tp->max_window = nwin;
				tcp_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
			}
		}
	}
	tcp_snd_una_update(tp, ack);
	return flag;
}

/* Nothing was in flight: does the window let the next segment go, or must we go on probing? */
static void tcp_ack_probe(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct sk_buff *head = tcp_send_head(sk);
	unsigned long when;

	if (!head)
		return;
	if (!after(TCP_SKB_CB(head)->end_seq, tcp_wnd_end(tcp_sk(sk)))) {
		icsk->icsk_backoff = 0;
		icsk->icsk_probes_tstamp = 0;
		inet_csk_clear_retrans_timer(sk);
		return;
	}
	when = tcp_clamp_probe0_to_user_timeout(sk, (u32)tcp_probe0_when(sk, TCP_RTO_MAX));
	inet_csk_reset_xmit_timer(sk, ICSK_TIME_PROBE0, when, TCP_RTO_MAX);
}

/* ---- the retransmit queue ---- */

struct tcp_clean {
	u32 prior_sacked, prior_snd_una, reord, pkts_acked;
	u64 first_ackt, last_ackt; /* us */
	bool fully_acked, ece;
	int flag;
};

/* @pcount packets of @skb are acknowledged: take them out of the counts. */
static void tcp_clean_account(struct sock *sk, struct sk_buff *skb, u32 start_seq, u32 pcount,
			      struct tcp_clean *c)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u8 sacked = cb->sacked;

	if (unlikely(sacked & TCPCB_RETRANS)) {
		if (sacked & TCPCB_SACKED_RETRANS)
			tp->retrans_out -= pcount;
		c->flag |= FLAG_RETRANS_DATA_ACKED;
	} else if (!(sacked & TCPCB_SACKED_ACKED)) {
		c->last_ackt = tcp_skb_timestamp_us(skb);
		if (!c->first_ackt)
			c->first_ackt = c->last_ackt;
		if (before(start_seq, c->reord))
			c->reord = start_seq;
		if (!after(cb->end_seq, tp->high_seq))
			c->flag |= FLAG_ORIG_SACK_ACKED;
	}
	if (sacked & TCPCB_SACKED_ACKED) {
		tp->sacked_out -= pcount;
	} else if (tcp_is_sack(tp)) {
		tp->delivered += pcount;
		if (c->ece)
			tp->delivered_ce += pcount;
		/* an echo older than the retransmission acknowledges the original: its time tells
		 * nothing (RFC 8985 section 6.2 step 2) */
		if (!((sacked & TCPCB_RETRANS) && tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr &&
		      before(tp->rx_opt.rcv_tsecr,
			     (u32)(tcp_skb_timestamp_us(skb) / USEC_PER_MSEC))))
			tcp_rack_advance(tp, sacked, cb->end_seq, tcp_skb_timestamp_us(skb));
	}
	if (sacked & TCPCB_LOST)
		tp->lost_out -= pcount;
	tp->packets_out -= pcount;
	c->pkts_acked += pcount;
}

/* SOF_TIMESTAMPING_TX_ACK: the byte that was to be reported is acknowledged now. */
static void tcp_ack_tstamp(struct sock *sk, struct sk_buff *skb, u32 prior_snd_una)
{
	struct list_head anchor = skb->tcp_tsorted_anchor; /* lies over what a copy must not have */
	u32 key = skb_shinfo(skb)->tskey;

	if (before(key, prior_snd_una) || !before(key, tcp_sk(sk)->snd_una))
		return;
	tcp_skb_tsorted_anchor_cleanup(skb);
	skb_tstamp_tx(skb, sk, SCM_TSTAMP_ACK);
	skb->tcp_tsorted_anchor = anchor;
}

/* All that snd_una has passed leaves the queue. Returns the first segment that stays, or NULL. */
static struct sk_buff *tcp_clean_queue(struct sock *sk, struct tcp_clean *c, struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb, *next;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = next) {
		struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
		u32 start_seq = cb->seq, pcount = tcp_skb_pcount(skb);

		c->fully_acked = true;
		if (after(cb->end_seq, tp->snd_una)) {
			if (pcount == 1 || !after(tp->snd_una, cb->seq) ||
			    tcp_trim_head(sk, skb, tp->snd_una - cb->seq))
				break;
			pcount -= tcp_skb_pcount(skb);
			if (!pcount)
				break;
			c->fully_acked = false;
		}
		tcp_clean_account(sk, skb, start_seq, pcount, c);
		tcp_rate_skb_delivered(sk, skb, tcp_skb_timestamp_us(skb), rs);
		if (likely(!(cb->tcp_flags & TCPHDR_SYN))) {
			c->flag |= FLAG_DATA_ACKED;
		} else {
			c->flag |= FLAG_SYN_ACKED;
			tp->retrans_stamp = 0;
		}
		if (!c->fully_acked)
			break;
		next = skb_rb_next(skb);
		if (unlikely(cb->txstamp_ack))
			tcp_ack_tstamp(sk, skb, c->prior_snd_una);
		if (unlikely(skb == tp->retransmit_skb_hint))
			tp->retransmit_skb_hint = NULL;
		if (skb == tp->highest_sack)
			tp->highest_sack = next;
		tcp_rtx_queue_unlink_and_free(skb, sk);
	}
	return skb;
}

/* tcp_clean_rtx_queue - after snd_una moved: free, measure, tell the congestion control. Returns
 * FLAG_x. */
static int tcp_clean_rtx_queue(struct sock *sk, u32 prior_fack, u32 prior_snd_una,
			       struct tcp_sacktag_state *sack, bool ece)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_clean c = { .prior_sacked = tp->sacked_out,
			       .prior_snd_una = prior_snd_una,
			       .reord = tp->snd_nxt,
			       .fully_acked = true,
			       .ece = ece };
	long seq_rtt_us = -1, ca_rtt_us = -1, sack_rtt_us = -1;
	struct sk_buff *skb = tcp_clean_queue(sk, &c, sack->rate);
	bool rtt_update;

	if (!skb)
		tcp_chrono_stop(sk, TCP_CHRONO_BUSY);
	else if (TCP_SKB_CB(skb)->sacked & TCPCB_SACKED_ACKED)
		c.flag |= FLAG_SACK_RENEGING;
	if (likely(between(tp->snd_up, prior_snd_una, tp->snd_una)))
		tp->snd_up = tp->snd_una;
	if (likely(c.first_ackt) && !(c.flag & FLAG_RETRANS_DATA_ACKED)) {
		seq_rtt_us = (long)tcp_stamp_us_delta(tp->tcp_mstamp, c.first_ackt);
		ca_rtt_us = (long)tcp_stamp_us_delta(tp->tcp_mstamp, c.last_ackt);
		if (c.pkts_acked == 1 && c.fully_acked && !c.prior_sacked &&
		    tcp_seq_span(prior_snd_una, tp->snd_una) < tp->mss_cache &&
		    sack->rate->prior_delivered + 1 == tp->delivered &&
		    !(c.flag & (FLAG_CA_ALERT | FLAG_SYN_ACKED)))
			c.flag |= FLAG_ACK_MAYBE_DELAYED;
	}
	if (sack->first_sackt) {
		sack_rtt_us = (long)tcp_stamp_us_delta(tp->tcp_mstamp, sack->first_sackt);
		ca_rtt_us = (long)tcp_stamp_us_delta(tp->tcp_mstamp, sack->last_sackt);
	}
	rtt_update = tcp_ack_update_rtt(sk, c.flag, seq_rtt_us, sack_rtt_us, ca_rtt_us, sack->rate);
	if (c.flag & FLAG_ACKED) {
		c.flag |= FLAG_SET_XMIT_TIMER;
		if (unlikely(icsk->icsk_mtup.probe_size))
			tcp_mtup_probe_acked(sk);
		if (tcp_is_reno(tp)) {
			tcp_remove_reno_sacks(sk, (int)c.pkts_acked, ece);
			if (c.flag & FLAG_RETRANS_DATA_ACKED)
				c.flag &= ~FLAG_ORIG_SACK_ACKED;
		} else if (before(c.reord, prior_fack)) {
			tcp_check_sack_reordering(sk, c.reord, 0);
		}
	} else if (skb && rtt_update && sack_rtt_us >= 0 &&
		   sack_rtt_us >
			   (long)tcp_stamp_us_delta(tp->tcp_mstamp, tcp_skb_timestamp_us(skb))) {
		c.flag |= FLAG_SET_XMIT_TIMER;
	}
	if (icsk->icsk_ca_ops->pkts_acked) {
		struct ack_sample sample = { .pkts_acked = c.pkts_acked,
					     .rtt_us = (s32)sack->rate->rtt_us };

		icsk->icsk_ca_ops->pkts_acked(sk, &sample);
	}
	return c.flag;
}

/* ---- after the bookkeeping ---- */

static void tcp_cong_control(struct sock *sk, u32 ack, u32 acked_sacked, int flag,
			     const struct rate_sample *rs)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	bool raise;

	if (icsk->icsk_ca_ops->cong_control) {
		if (likely(icsk->icsk_ca_initialized)) /* not yet, for the SYN's acknowledgement */
			icsk->icsk_ca_ops->cong_control(sk, rs);
		return;
	}
	/* with much reordering the window grows by what was delivered, else by what was
	 * acknowledged */
	if (tp->reordering > (u32)sock_net(sk)->tcp.sysctl_reordering)
		raise = flag & FLAG_FORWARD_PROGRESS;
	else
		raise = flag & FLAG_DATA_ACKED;
	if (tcp_in_cwnd_reduction(sk)) {
		tcp_cwnd_reduction(sk, (int)acked_sacked, rs->losses, flag);
	} else if (raise) {
		icsk->icsk_ca_ops->cong_avoid(sk, ack, acked_sacked);
		tp->snd_cwnd_stamp = (u32)tcp_jiffies(tp);
	}
	tcp_update_pacing_rate(sk);
}

/* The peer has heard us: its link address is right. */
static void tcp_confirm_neighbour(struct sock *sk)
{
	struct dst_entry *dst = __sk_dst_get(sk);

	if (dst && dst->neighbour)
		neigh_confirm_at(dst->neighbour, tcp_jiffies(tcp_sk(sk)));
}

static void tcp_xmit_recovery(struct sock *sk, int rexmit)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (rexmit == REXMIT_NONE || sk->sk_state == TCP_SYN_SENT)
		return;
	if (unlikely(rexmit == REXMIT_NEW)) {
		__tcp_push_pending_frames(sk, tcp_current_mss(sk), TCP_NAGLE_OFF);
		if (after(tp->snd_nxt, tp->high_seq))
			return;
		tp->frto = 0;
	}
	tcp_xmit_retransmit_queue(sk);
}

static u32 tcp_newly_delivered(struct sock *sk, u32 prior, int flag)
{
	u32 delivered = tcp_sk(sk)->delivered - prior;

	NET_ADD_STATS(sock_net(sk), TCPDELIVERED, delivered);
	if (unlikely(flag & FLAG_ECE))
		NET_ADD_STATS(sock_net(sk), TCPDELIVEREDCE, delivered);
	return delivered;
}

/* An ACK below snd_una, or beyond snd_nxt. 1: look at it further; else what tcp_ack returns. */
static int tcp_ack_in_range(struct sock *sk, u32 ack, int flag)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (before(ack, tp->snd_una)) {
		u32 max_window = (u32)min((u64)tp->max_window, tp->bytes_acked);

		if (before(ack, tp->snd_una - max_window)) { /* RFC 5961 section 5.2 */
			if (!(flag & FLAG_NO_CHALLENGE_ACK))
				tcp_send_challenge_ack(sk);
			return -SKB_DROP_REASON_TCP_INVALID_ACK;
		}
		return 0;
	}
	if (!after(ack, tp->snd_nxt))
		return 1;
	if (!(flag & FLAG_NO_CHALLENGE_ACK)) /* RFC 9293 section 3.10.7.4, fifth: say where we are,
						and drop it */
		tcp_send_challenge_ack(sk);
	return -SKB_DROP_REASON_TCP_INVALID_ACK;
}

/* The ACK's window, SACK blocks and ECN echo. */
static int tcp_ack_slow(struct sock *sk, const struct sk_buff *skb, u32 prior_snd_una,
			struct tcp_sacktag_state *sack)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);
	int flag = 0;

	if (cb->seq != cb->end_seq)
		flag |= FLAG_DATA;
	else
		NET_INC_STATS(sock_net(sk), TCPPUREACKS);
	flag |= tcp_ack_update_window(sk, skb, cb->ack_seq, cb->seq);
	if (cb->sacked)
		flag |= (int)tcp_sacktag_write_queue(sk, skb, prior_snd_una, sack);
	if (unlikely(tcp_hdr(skb)->ece && !tcp_hdr(skb)->syn && (tp->ecn_flags & TCP_ECN_OK)))
		flag |= FLAG_ECE;
	if (sack->sack_delivered) {
		tp->delivered += sack->sack_delivered;
		if (flag & FLAG_ECE)
			tp->delivered_ce += sack->sack_delivered;
	}
	return flag;
}

/* The queue held something: clean it and let recovery and congestion control see the result. */
static void tcp_ack_queue(struct sock *sk, const struct sk_buff *skb, int flag, u32 prior_snd_una,
			  u32 prior_fack, u32 prior_delivered, u32 prior_lost, bool is_sack_reneg,
			  struct tcp_sacktag_state *sack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 ack = TCP_SKB_CB(skb)->ack_seq, delivered;
	int rexmit = REXMIT_NONE, num_dupack = 0;

	flag |= tcp_clean_rtx_queue(sk, prior_fack, prior_snd_una, sack, flag & FLAG_ECE);
	tcp_rack_update_reo_wnd(sk, sack->rate);
	if (unlikely(tp->tlp_high_seq))
		tcp_process_tlp_ack(sk, ack, flag);
	if (unlikely(!(flag & FLAG_NOT_DUP) || (flag & FLAG_CA_ALERT) ||
		     inet_csk(sk)->icsk_ca_state != TCP_CA_Open)) {
		if (!(flag & (FLAG_SND_UNA_ADVANCED | FLAG_NOT_DUP | FLAG_DSACKING_ACK)))
			num_dupack = 1;
		tcp_fastretrans_alert(sk, prior_snd_una, num_dupack, &flag, &rexmit);
	}
	if ((flag & FLAG_SET_XMIT_TIMER) && !tcp_schedule_loss_probe(sk, true))
		tcp_rearm_rto(sk);
	if ((flag & FLAG_FORWARD_PROGRESS) || !(flag & FLAG_NOT_DUP))
		tcp_confirm_neighbour(sk);
	delivered = tcp_newly_delivered(sk, prior_delivered, flag);
	sack->rate->is_ack_delayed = flag & FLAG_ACK_MAYBE_DELAYED;
	tcp_rate_gen(sk, delivered, tp->lost - prior_lost, is_sack_reneg, sack->rate);
	tcp_cong_control(sk, ack, delivered, flag, sack->rate);
	tcp_xmit_recovery(sk, rexmit);
}

/* An ACK that is old, or met nothing in flight: only its SACK blocks may matter. */
static void tcp_ack_sack_only(struct sock *sk, u32 prior_snd_una, u32 prior_delivered, int flag)
{
	int rexmit = REXMIT_NONE;

	tcp_fastretrans_alert(sk, prior_snd_una, 0, &flag, &rexmit);
	tcp_newly_delivered(sk, prior_delivered, flag);
	tcp_xmit_recovery(sk, rexmit);
}

/*
 * tcp_ack - the acknowledgement in @skb. 1: accepted; 0: old, harmless; below 0: minus the reason
 * to drop the segment. Context: sock locked, tcp_mstamp fresh; skb stays the caller's.
 */
int tcp_ack(struct sock *sk, const struct sk_buff *skb, int flag)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct rate_sample rs = { 0 };
	struct tcp_sacktag_state sack = { .rate = &rs };
	u32 prior_snd_una = tp->snd_una, prior_packets = tp->packets_out, delivered = tp->delivered,
	    lost = tp->lost, prior_fack;
	u32 ack = TCP_SKB_CB(skb)->ack_seq;
	bool is_sack_reneg = tp->is_sack_reneg;
	int verdict = tcp_ack_in_range(sk, ack, flag);

	if (unlikely(verdict <= 0)) {
		if (!verdict && TCP_SKB_CB(skb)->sacked) {
			flag |= (int)tcp_sacktag_write_queue(sk, skb, prior_snd_una, &sack);
			tp->delivered += sack.sack_delivered;
			tcp_ack_sack_only(sk, prior_snd_una, delivered, flag);
		}
		return verdict;
	}
	if (ack != prior_snd_una) {
		flag |= FLAG_SND_UNA_ADVANCED;
		icsk->icsk_retransmits = 0;
	}
	prior_fack = tcp_is_sack(tp) && tp->sacked_out
			     ? (tp->highest_sack ? TCP_SKB_CB(tp->highest_sack)->seq : tp->snd_nxt)
			     : tp->snd_una;
	rs.prior_in_flight = tcp_packets_in_flight(tp);
	if (flag & FLAG_UPDATE_TS_RECENT)
		tcp_replace_ts_recent(tp, TCP_SKB_CB(skb)->seq);
	if ((flag & (FLAG_SLOWPATH | FLAG_SND_UNA_ADVANCED)) == FLAG_SND_UNA_ADVANCED) {
		tp->snd_wl1 = TCP_SKB_CB(skb)->seq; /* the window is as predicted */
		tcp_snd_una_update(tp, ack);
		flag |= FLAG_WIN_UPDATE;
		NET_INC_STATS(sock_net(sk), TCPHPACKS);
	} else {
		flag |= tcp_ack_slow(sk, skb, prior_snd_una, &sack);
	}
	tcp_ecn_accept_cwr(sk, skb);
	sk->sk_err_soft = 0;
	icsk->icsk_probes_out = 0;
	tp->rcv_tstamp = (u32)tcp_jiffies(tp);
	if (prior_packets) {
		tcp_ack_queue(sk, skb, flag, prior_snd_una, prior_fack, delivered, lost,
			      is_sack_reneg, &sack);
		return 1;
	}
	if (flag & FLAG_DSACKING_ACK)
		tcp_ack_sack_only(sk, prior_snd_una, delivered, flag);
	tcp_ack_probe(sk);
	if (tp->tlp_high_seq)
		tcp_process_tlp_ack(sk, ack, flag);
	return 1;
}

/* ---- the short way ---- */

/*
 * Where a connection asks and answers, one segment is in flight at a time, and the packet that
 * comes acknowledges all of it. No hole is left then, nothing is to be marked, retransmitted or
 * probed for, no state of recovery to be entered or left, one time of sending to measure by, and
 * the retransmit queue becomes empty. tcp_ack_whole does for that what tcp_ack, tcp_ack_queue and
 * tcp_clean_rtx_queue do, and leaves all else to them.
 */

/* The one segment in flight, if @ack acknowledges just it and nothing is unusual about it; else
 * NULL. */
static struct sk_buff *tcp_sole_acked(const struct sock *sk, u32 ack)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = rb_to_skb(tp->tcp_rtx_queue.node);
	const struct tcp_skb_cb *cb;

	if (ack != tp->snd_nxt || !skb || skb->rbnode.left || skb->rbnode.right)
		return NULL;
	cb = TCP_SKB_CB(skb);
	if (cb->seq != tp->snd_una || cb->sacked || (cb->tcp_flags & TCPHDR_SYN) ||
	    cb->txstamp_ack || !cb->tx.delivered_mstamp)
		return NULL;
	if (icsk->icsk_ca_state != TCP_CA_Open || icsk->icsk_ca_ops->cong_control ||
	    icsk->icsk_mtup.probe_size)
		return NULL;
	if (tp->tlp_high_seq || tp->is_sack_reneg || !tcp_is_sack(tp) || tp->snd_up != tp->snd_una)
		return NULL;
	return skb;
}

/* Its round trip: as in tcp_clean_rtx_queue, with one time (@sent_us) instead of a first and a
 * last. */
static void tcp_sole_measure(struct sock *sk, const struct sk_buff *sent, u64 sent_us,
			     const struct rate_sample *rs)
{
	void (*pkts_acked)(struct sock *, const struct ack_sample *) =
		inet_csk(sk)->icsk_ca_ops->pkts_acked;
	const struct tcp_skb_cb *cb = TCP_SKB_CB(sent);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 rtt_us = tcp_stamp_us_delta(tp->tcp_mstamp, sent_us);
	struct ack_sample sample = { .pkts_acked = tcp_skb_pcount(sent), .rtt_us = (s32)rtt_us };
	bool maybe_delayed = sample.pkts_acked == 1 &&
			     tcp_seq_span(cb->seq, tp->snd_una) < tp->mss_cache &&
			     rs->prior_delivered + 1 == tp->delivered;

	tcp_rtt_sample(sk, maybe_delayed, rtt_us, rtt_us);
	if (pkts_acked)
		pkts_acked(sk, &sample);
}

/*
 * tcp_ack_whole - true: @skb, whose header was as predicted, acknowledged the one segment in
 * flight, and that is done; false: nothing was done, call tcp_ack. Context: as tcp_ack.
 */
bool tcp_ack_whole(struct sock *sk, const struct sk_buff *skb)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 ack = TCP_SKB_CB(skb)->ack_seq, delivered;
	struct sk_buff *sent = tcp_sole_acked(sk, ack);
	struct rate_sample rs = { 0 };
	struct tcp_sock *tp = tcp_sk(sk);
	u64 sent_us;

	if (!sent)
		return false;
	icsk->icsk_retransmits = 0;
	tp->snd_wl1 = TCP_SKB_CB(skb)->seq;
	tcp_snd_una_update(tp, ack);
	tp->snd_up = ack;
	NET_INC_STATS(sock_net(sk), TCPHPACKS);
	sk->sk_err_soft = 0;
	icsk->icsk_probes_out = 0;
	tp->rcv_tstamp = (u32)tcp_jiffies(tp);

	delivered = tcp_skb_pcount(sent);
	tp->delivered += delivered;
	tp->packets_out = 0;
	sent_us = tcp_skb_timestamp_us(sent);
	tcp_rack_advance(tp, 0, ack, sent_us);
	tcp_rate_skb_delivered(sk, sent, sent_us, &rs);
	tp->retransmit_skb_hint = NULL;
	tp->highest_sack = NULL;
	tp->tcp_rtx_queue = RB_ROOT;
	tcp_chrono_stop(sk, TCP_CHRONO_BUSY);
	tcp_sole_measure(sk, sent, sent_us, &rs);
	list_del(&sent->tcp_tsorted_anchor);
	tcp_skb_tsorted_anchor_cleanup(sent);
	sent->next = sent->prev = NULL; /* its place in the tree lay over these */
	sent->dev = NULL;
	sk_wmem_free_skb(sk, sent);

	tcp_rack_update_reo_wnd(sk, &rs);
	inet_csk_clear_retrans_timer(sk);
	tcp_confirm_neighbour(sk);
	NET_ADD_STATS(sock_net(sk), TCPDELIVERED, delivered);
	tcp_rate_gen(sk, delivered, 0, false, &rs);
	icsk->icsk_ca_ops->cong_avoid(sk, ack, delivered);
	tp->snd_cwnd_stamp = (u32)tcp_jiffies(tp);
	tcp_update_pacing_rate(sk);
	return true;
}
