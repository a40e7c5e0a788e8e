/* SPDX-License-Identifier: MIT */
/* Segment arrival, in the numbered steps of RFC 9293 section 3.10.7; RFC 7323 section 5 (PAWS), RFC
 * 5961; Book section 12.9.3. */
#include <uapi/signal.h>

#include "tcp_internal.h"

/* ---- answers to what does not fit, within limits ---- */

static bool __tcp_oow_rate_limited(struct net *net, int mib, u32 *last)
{
	u32 now = (u32)jiffies;

	if (*last && now - *last < (u32)net->tcp.sysctl_invalid_ratelimit) {
		net->mib.linux_mib[mib]++;
		return true;
	}
	*last = now ? now : 1;
	return false;
}

/* tcp_oow_rate_limited - was such a segment answered a moment ago? Data without SYN is no part of
 * an ACK loop and is always answered. */
bool tcp_oow_rate_limited(struct net *net, const struct sk_buff *skb, int mib, u32 *last)
{
	if (TCP_SKB_CB(skb)->seq != TCP_SKB_CB(skb)->end_seq && !tcp_hdr(skb)->syn)
		return false;
	return __tcp_oow_rate_limited(net, mib, last);
}

/* tcp_send_challenge_ack - RFC 5961: let the peer prove that it means it. Limited per socket; the
 * namespace's limit is off by default, since a shared one can be measured from outside. */
void tcp_send_challenge_ack(struct sock *sk)
{
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct tcp_sock *tp = tcp_sk(sk);

	if (__tcp_oow_rate_limited(sock_net(sk), LINUX_MIB_TCPACKSKIPPEDCHALLENGE,
				   &tp->last_oow_ack_time))
		return;
	if (nt->sysctl_challenge_ack_limit != INT_MAX) {
		u32 now = tcp_seconds();

		if (now != nt->challenge_timestamp) {
			u32 half = ((u32)nt->sysctl_challenge_ack_limit + 1) >> 1;

			nt->challenge_timestamp = now;
			nt->challenge_count =
				half +
				get_random_below(max((u32)nt->sysctl_challenge_ack_limit, 1u));
		}
		if (!nt->challenge_count)
			return;
		nt->challenge_count--;
	}
	NET_INC_STATS(sock_net(sk), TCPCHALLENGEACK);
	tcp_send_ack(sk);
}

/* tcp_send_dupack - an ACK for a segment out of place, with a D-SACK if its data is old. */
void tcp_send_dupack(struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);

	if (cb->end_seq != cb->seq && before(cb->seq, tp->rcv_nxt)) {
		NET_INC_STATS(sock_net(sk), DELAYEDACKLOST);
		tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS);
		tcp_dsack_set(sk, cb->seq,
			      after(cb->end_seq, tp->rcv_nxt) ? tp->rcv_nxt : cb->end_seq);
	}
	tcp_send_ack(sk);
}

/* ---- first to fourth step: is it acceptable, RST, security, SYN ---- */

/*
 * A pure ACK that repeats what we know may have overtaken, or been overtaken, on the way: within
 * one RTO its old timestamp is no reason to answer it.
 */
static bool tcp_disordered_ack(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct tcphdr *th = tcp_hdr(skb);
	u32 win = (u32)ntohs(th->window) << tp->rx_opt.snd_wscale;

	return th->ack && cb->seq == cb->end_seq && cb->seq == tp->rcv_nxt &&
	       cb->ack_seq == tp->snd_una && win == tp->snd_wnd &&
	       (s32)(tp->rx_opt.ts_recent - tp->rx_opt.rcv_tsval) <= (s32)inet_csk(sk)->icsk_rto;
}

/* The peer's FIN was taken and it resets at once, one below rcv_nxt: it has no socket any more. */
static bool tcp_reset_check(const struct sock *sk, const struct sk_buff *skb)
{
	return TCP_SKB_CB(skb)->seq == tcp_sk(sk)->rcv_nxt - 1 &&
	       TCPF(sk->sk_state) & (TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING);
}

/* RFC 5961 section 3.2: an RST counts only at exactly rcv_nxt (or the right edge of what we
 * SACKed). */
static bool tcp_rst_exact(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 seq = TCP_SKB_CB(skb)->seq, max_sack;
	int i;

	if (seq == tp->rcv_nxt || tcp_reset_check(sk, skb))
		return true;
	if (!tcp_is_sack(tp) || !tp->rx_opt.num_sacks)
		return false;
	max_sack = tp->selective_acks[0].end_seq;
	for (i = 1; i < tp->rx_opt.num_sacks; i++) {
		if (after(tp->selective_acks[i].end_seq, max_sack))
			max_sack = tp->selective_acks[i].end_seq;
	}
	return seq == max_sack;
}

static void tcp_syn_challenge(struct sock *sk, bool count_error)
{
	if (count_error)
		TCP_INC_STATS(sock_net(sk), INERRS);
	NET_INC_STATS(sock_net(sk), TCPSYNCHALLENGE);
	tcp_send_challenge_ack(sk);
}

/* PAWS and the sequence check. SKB_CONSUMED (0): acceptable; else the reason, with the answer sent.
 */
static enum skb_drop_reason tcp_check_acceptable(struct sock *sk, struct sk_buff *skb,
						 const struct tcphdr *th, bool syn_inerr)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);

	if (tcp_fast_parse_options(net, skb, th, tp) && tp->rx_opt.saw_tstamp &&
	    !tcp_paws_check(&tp->rx_opt, TCP_PAWS_WINDOW) && !tcp_disordered_ack(sk, skb) &&
	    !th->rst) {
		if (unlikely(th->syn)) {
			tcp_syn_challenge(sk, syn_inerr);
			return SKB_DROP_REASON_TCP_INVALID_SYN;
		}
		NET_INC_STATS(net, PAWSESTABREJECTED);
		if (!tcp_oow_rate_limited(net, skb, LINUX_MIB_TCPACKSKIPPEDPAWS,
					  &tp->last_oow_ack_time))
			tcp_send_dupack(sk, skb);
		return SKB_DROP_REASON_TCP_RFC7323_PAWS;
	}
	if (tcp_sequence(tp, TCP_SKB_CB(skb)->seq, TCP_SKB_CB(skb)->end_seq))
		return SKB_CONSUMED;
	if (th->rst)
		return tcp_reset_check(sk, skb) ? SKB_CONSUMED
						: SKB_DROP_REASON_TCP_INVALID_SEQUENCE;
	if (th->syn) {
		tcp_syn_challenge(sk, syn_inerr);
		return SKB_DROP_REASON_TCP_INVALID_SYN;
	}
	if (!tcp_oow_rate_limited(net, skb, LINUX_MIB_TCPACKSKIPPEDSEQ, &tp->last_oow_ack_time))
		tcp_send_dupack(sk, skb);
	return SKB_DROP_REASON_TCP_INVALID_SEQUENCE;
}

/* The SYN-ACK of a simultaneous open, in answer to ours: the one SYN that is welcome in a
 * synchronized state (RFC 9293 section 3.5, figure 7). */
static bool tcp_syn_crossed(const struct sock *sk, const struct sk_buff *skb,
			    const struct tcphdr *th)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	const struct tcp_sock *tp = tcp_sk(sk);

	return sk->sk_state == TCP_SYN_RECV && sk->sk_socket && th->ack &&
	       cb->seq + 1 == cb->end_seq && cb->seq + 1 == tp->rcv_nxt &&
	       after(cb->ack_seq, tp->snd_una) && !after(cb->ack_seq, tp->snd_nxt);
}

/* Steps one to four. true: go on; false: skb is consumed. */
static bool tcp_validate_incoming(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th,
				  bool syn_inerr)
{
	enum skb_drop_reason reason = tcp_check_acceptable(sk, skb, th, syn_inerr);

	if (unlikely(reason)) {
		kfree_skb_reason(skb, reason);
		return false;
	}
	if (unlikely(th->rst)) {
		if (tcp_rst_exact(sk, skb)) {
			tcp_reset(sk);
			kfree_skb_reason(skb, SKB_DROP_REASON_TCP_RESET);
		} else {
			if (tcp_sk(sk)->syn_fastopen && !tcp_sk(sk)->data_segs_in &&
			    sk->sk_state == TCP_ESTABLISHED)
				tcp_fastopen_active_disable(sk); /* a middlebox's, most likely */
			tcp_send_challenge_ack(sk);
			kfree_skb_reason(skb, SKB_DROP_REASON_TCP_INVALID_SEQUENCE);
		}
		return false;
	}
	if (unlikely(th->syn) && !tcp_syn_crossed(sk, skb, th)) {
		tcp_syn_challenge(sk, syn_inerr);
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_INVALID_SYN);
		return false;
	}
	return true;
}

/* ---- ESTABLISHED ---- */

/* tcp_rcv_established - a segment for a connection in ESTABLISHED. Consumes skb. Context: sock
 * locked; checksum verified. */
void tcp_rcv_established(struct sock *sk, struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	struct tcp_sock *tp = tcp_sk(sk);
	int verdict;

	NET_TRACE(tcp_probe, sk, skb);
	tcp_mstamp_refresh(tp);
	tp->rx_opt.saw_tstamp = 0;
	if (likely(tcp_fast_established(sk, skb, th)))
		return;
	if (!th->ack && !th->rst && !th->syn) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_FLAGS);
		return;
	}
	if (!tcp_validate_incoming(sk, skb, th, true))
		return;
	verdict = tcp_ack(sk, skb, FLAG_SLOWPATH | FLAG_UPDATE_TS_RECENT); /* fifth step */
	if (verdict < 0) {
		kfree_skb_reason(skb, (enum skb_drop_reason) - verdict);
		return;
	}
	tcp_rcv_rtt_measure_ts(sk, skb);
	tcp_urg(sk, skb, th);	 /* sixth step */
	tcp_data_queue(sk, skb); /* seventh and eighth step */
	tcp_data_snd_check(sk);
	tcp_ack_snd_check(sk);
}

/* ---- all other states ---- */

/* LISTEN (section 3.10.7.2). true: the caller sends an RST. */
static bool tcp_rcv_listen(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	int verdict;

	if (th->ack)
		return true;
	if (th->rst || !th->syn || th->fin) {
		kfree_skb_reason(skb,
				 th->rst ? SKB_DROP_REASON_TCP_RESET : SKB_DROP_REASON_TCP_FLAGS);
		return false;
	}
	verdict = inet_csk(sk)->icsk_af_ops->conn_request(sk, skb);
	if (verdict < 0)
		return true;
	kfree_skb_reason(skb, verdict ? SKB_DROP_REASON_TCP_LISTEN_OVERFLOW : SKB_CONSUMED);
	return false;
}

/* The handshake's last ACK. */
static void tcp_syn_recv_done(struct sock *sk, const struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->delivered++; /* the SYN(-ACK) */
	if (!tp->srtt_us)
		tcp_synack_rtt_meas(sk, tp->fastopen_rsk);
	tcp_try_undo_spurious_syn(sk);
	if (unlikely(tp->fastopen_rsk)) {
		tcp_fastopen_established(sk);
	} else {
		tp->retrans_stamp = 0;
		tcp_init_transfer(sk);
		tp->copied_seq = tp->rcv_nxt;
	}
	tcp_set_state(sk, TCP_ESTABLISHED);
	sk->sk_state_change(sk); /* somebody waits only in a simultaneous open */
	sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	tp->snd_una = TCP_SKB_CB(skb)->ack_seq;
	tp->snd_wnd = (u32)ntohs(th->window) << (th->syn ? 0 : tp->rx_opt.snd_wscale);
	tp->snd_wl1 = TCP_SKB_CB(skb)->seq;
	if (tp->rx_opt.tstamp_ok)
		tp->advmss -= TCPOLEN_TSTAMP_ALIGNED;
	tp->lsndtime = (u32)jiffies;
	if (!inet_csk(sk)->icsk_ca_ops->cong_control)
		tcp_update_pacing_rate(sk);
	tcp_initialize_rcv_mss(sk);
	tcp_fast_path_on(tp);
	if (sk->sk_shutdown & SEND_SHUTDOWN)
		tcp_shutdown(sk, SEND_SHUTDOWN);
}

enum tcp_step { STEP_GO_ON, STEP_DONE, STEP_RESET }; /* STEP_DONE: free skb, no more */

/* Our FIN is acknowledged, in FIN_WAIT1. */
static enum tcp_step tcp_fin_acked(struct sock *sk, const struct sk_buff *skb,
				   const struct tcphdr *th)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);
	int tmo;

	tcp_set_state(sk, TCP_FIN_WAIT2);
	sk->sk_shutdown |= SEND_SHUTDOWN;
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk); /* a close() that lingers */
		return STEP_GO_ON;
	}
	if (tp->linger2 < 0 ||
	    (cb->end_seq != cb->seq && after(cb->end_seq - th->fin, tp->rcv_nxt))) {
		tcp_done(sk); /* nobody is there to read this data */
		NET_INC_STATS(sock_net(sk), TCPABORTONDATA);
		return STEP_RESET;
	}
	tmo = tcp_fin_time(sk);
	if (tmo > TCP_TIMEWAIT_LEN) {
		inet_csk_reset_keepalive_timer(sk, (unsigned long)(tmo - TCP_TIMEWAIT_LEN));
	} else if (th->fin || sock_owned_by_user(sk)) {
		inet_csk_reset_keepalive_timer(
			sk, (unsigned long)tmo); /* a minisock could not take this FIN */
	} else {
		tcp_time_wait(sk, TCP_FIN_WAIT2, tmo);
		return STEP_DONE;
	}
	return STEP_GO_ON;
}

/* Fifth step: what an acceptable ACK does in each state. */
static enum tcp_step tcp_rcv_ack_state(struct sock *sk, const struct sk_buff *skb,
				       const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool all_acked = tp->snd_una == tp->write_seq;

	switch (sk->sk_state) {
	case TCP_SYN_RECV: tcp_syn_recv_done(sk, skb, th); return STEP_GO_ON;
	case TCP_FIN_WAIT1:
		if (unlikely(tp->fastopen_rsk))
			tcp_fastopen_established(sk);
		return all_acked ? tcp_fin_acked(sk, skb, th) : STEP_GO_ON;
	case TCP_CLOSING:
		if (!all_acked)
			return STEP_GO_ON;
		tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		return STEP_DONE;
	case TCP_LAST_ACK:
		if (!all_acked)
			return STEP_GO_ON;
		tcp_update_metrics(sk);
		tcp_done(sk);
		return STEP_DONE;
	default: return STEP_GO_ON;
	}
}

/* Seventh step. true: skb is consumed. *rst: data came for nobody. */
static bool tcp_rcv_text(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th, bool *rst)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_sock *tp = tcp_sk(sk);

	*rst = false;
	switch (sk->sk_state) {
	case TCP_CLOSE_WAIT:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		if (!before(cb->seq, tp->rcv_nxt))
			return false; /* nothing can follow the peer's FIN */
		fallthrough;
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		if ((sk->sk_shutdown & RCV_SHUTDOWN) && cb->end_seq != cb->seq &&
		    after(cb->end_seq - th->fin, tp->rcv_nxt)) {
			NET_INC_STATS(sock_net(sk), TCPABORTONDATA); /* RFC 1122 section 4.2.2.13 */
			tcp_reset(sk);
			*rst = true;
			return false;
		}
		fallthrough;
	case TCP_ESTABLISHED: tcp_data_queue(sk, skb); return true;
	default: return false;
	}
}

/* Synchronized states: steps one to eight. Returns as tcp_rcv_state_process. */
static bool tcp_rcv_synchronized(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);
	enum tcp_step step;
	bool rst;

	NET_TRACE(tcp_probe, sk, skb);
	tcp_mstamp_refresh(tp);
	tp->rx_opt.saw_tstamp = 0;
	if (unlikely(tp->fastopen_rsk) && !tcp_fastopen_check_req(sk, skb))
		return false;
	if (!th->ack && !th->rst && !th->syn) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_FLAGS);
		return false;
	}
	if (!tcp_validate_incoming(sk, skb, th, false))
		return false;
	if (tcp_ack(sk, skb, FLAG_SLOWPATH | FLAG_UPDATE_TS_RECENT | FLAG_NO_CHALLENGE_ACK) <= 0) {
		if (sk->sk_state == TCP_SYN_RECV)
			return true;
		tcp_send_challenge_ack(sk);
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_INVALID_ACK);
		return false;
	}
	step = tcp_rcv_ack_state(sk, skb, th);
	if (step == STEP_RESET)
		return true;
	if (step == STEP_DONE) {
		consume_skb(skb);
		return false;
	}
	tcp_urg(sk, skb, th);
	if (!tcp_rcv_text(sk, skb, th, &rst)) {
		if (rst)
			return true;
		consume_skb(skb);
	}
	if (sk->sk_state != TCP_CLOSE) { /* the FIN may have ended in TIME_WAIT */
		tcp_data_snd_check(sk);
		tcp_ack_snd_check(sk);
	}
	return false;
}

bool tcp_rcv_state_process(struct sock *sk, struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	int verdict;

	switch (sk->sk_state) {
	case TCP_CLOSE: kfree_skb_reason(skb, SKB_DROP_REASON_TCP_CLOSE); return false;
	case TCP_LISTEN: return tcp_rcv_listen(sk, skb, th);
	case TCP_SYN_SENT:
		tcp_sk(sk)->rx_opt.saw_tstamp = 0;
		tcp_mstamp_refresh(tcp_sk(sk));
		verdict = tcp_rcv_synsent_state_process(sk, skb, th);
		if (verdict >= 0)
			return verdict;
		tcp_urg(sk, skb, th);
		consume_skb(skb);
		tcp_data_snd_check(sk);
		return false;
	default: return tcp_rcv_synchronized(sk, skb, th);
	}
}
