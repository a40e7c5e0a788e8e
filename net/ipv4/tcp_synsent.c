/* SPDX-License-Identifier: MIT */
/* Segments that arrive in SYN_SENT, and what a connection sets up when it is established. RFC 9293
 * section 3.10.7.3; RFC 7323 section 2 and 3; RFC 6928. */
#include <uapi/signal.h>

#include "tcp_internal.h"

/* tcp_init_transfer - the handshake is done: congestion window, congestion control, buffers.
 * Context: sock locked. */
void tcp_init_transfer(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_mtup_init(sk);
	icsk->icsk_af_ops->rebuild_header(sk);
	tcp_init_metrics(sk);
	/* RFC 5681 section 3.1: the SYN was lost, so begin with one segment (not after one mere
	 * spurious time-out) */
	tcp_snd_cwnd_set(tp, tp->total_retrans > 1 && tp->undo_marker
				     ? 1
				     : tcp_init_cwnd(tp, __sk_dst_get(sk)));
	tp->snd_cwnd_stamp = (u32)jiffies;
	if (!icsk->icsk_ca_initialized)
		tcp_init_congestion_control(sk);
	tcp_init_buffer_space(sk);
}

static void tcp_clear_options(struct tcp_options_received *rx)
{
	rx->tstamp_ok = 0;
	rx->sack_ok = 0;
	rx->wscale_ok = 0;
	rx->snd_wscale = 0;
}

/* tcp_try_undo_spurious_syn - the SYN (or SYN-ACK) went out twice, and the answer echoes the first
 * one: the time-out was spurious. */
void tcp_try_undo_spurious_syn(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 stamp = tp->retrans_stamp;

	if (tp->undo_marker && stamp && tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr == stamp)
		tp->undo_marker = 0;
}

static void tcp_finish_connect(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_set_state(sk, TCP_ESTABLISHED);
	inet_csk(sk)->icsk_ack.lrcvtime = (u32)jiffies;
	tcp_init_transfer(sk);
	tp->lsndtime = (u32)jiffies;
	if (sock_flag(sk, SOCK_KEEPOPEN))
		inet_csk_reset_keepalive_timer(sk, keepalive_time_when(tp));
	if (!tp->rx_opt.snd_wscale)
		__tcp_fast_path_on(tp, tp->snd_wnd);
	else
		tp->pred_flags = 0;
}

/* What both kinds of SYN bring: timestamps and the header they make. */
static void tcp_synsent_timestamps(struct tcp_sock *tp)
{
	if (tp->rx_opt.saw_tstamp) {
		tp->rx_opt.tstamp_ok = 1;
		tp->tcp_header_len = sizeof(struct tcphdr) + TCPOLEN_TSTAMP_ALIGNED;
		tcp_store_ts_recent(tp);
	} else {
		tp->tcp_header_len = sizeof(struct tcphdr);
	}
}

/* A good SYN-ACK: established. -1 when the caller goes on with the sixth step, else 0 with skb
 * consumed. */
static int tcp_synsent_established(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	bool refused;

	if ((tp->ecn_flags & TCP_ECN_OK) && (!th->ece || th->cwr))
		tp->ecn_flags &= (u8)~TCP_ECN_OK;
	tp->snd_wl1 = TCP_SKB_CB(skb)->seq;
	tcp_try_undo_spurious_syn(sk);
	tcp_ack(sk, skb, FLAG_SLOWPATH);
	tp->rcv_nxt = tp->rcv_wup = TCP_SKB_CB(skb)->seq + 1;
	tp->snd_wnd = ntohs(th->window); /* never scaled in a SYN */
	if (!tp->rx_opt.wscale_ok) {
		tp->rx_opt.snd_wscale = tp->rx_opt.rcv_wscale = 0;
		tp->window_clamp = min(tp->window_clamp, 65535u);
	}
	tcp_synsent_timestamps(tp);
	if (tp->rx_opt.tstamp_ok)
		tp->advmss -= TCPOLEN_TSTAMP_ALIGNED;
	tcp_sync_mss(sk, icsk->icsk_pmtu_cookie);
	tcp_initialize_rcv_mss(sk);
	tp->copied_seq = tp->rcv_nxt; /* before the state: tcp_poll takes no lock */
	tcp_finish_connect(sk);
	refused = (tp->syn_fastopen || tp->syn_data) && tcp_rcv_fastopen_synack(sk, skb);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
	if (refused)
		return -1; /* the SYN's data has gone out again, with the ACK */
	if (sk->sk_write_pending || icsk->icsk_accept_queue.rskq_defer_accept ||
	    inet_csk_in_pingpong_mode(sk) || (tp->fastopen_req && tp->fastopen_req->data)) {
		/* data is about to follow: the ACK can ride on it */
		inet_csk_schedule_ack(sk);
		tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS);
		inet_csk_reset_delack_timer(sk, jiffies + TCP_DELACK_MAX);
		consume_skb(skb);
		return 0;
	}
	tcp_send_ack(sk);
	return -1;
}

/* Crossed SYNs: simultaneous open. Consumes skb. */
static void tcp_synsent_crossed(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_set_state(sk, TCP_SYN_RECV);
	tcp_synsent_timestamps(tp);
	tp->rcv_nxt = tp->rcv_wup = tp->copied_seq = TCP_SKB_CB(skb)->seq + 1;
	if (!tp->rx_opt.wscale_ok) {
		tp->rx_opt.snd_wscale = tp->rx_opt.rcv_wscale = 0;
		tp->window_clamp = min(tp->window_clamp, 65535u);
	}
	tp->snd_wnd = ntohs(th->window);
	tp->snd_wl1 = TCP_SKB_CB(skb)->seq;
	tp->max_window = tp->snd_wnd;
	if ((tp->ecn_flags & TCP_ECN_OK) && (!th->ece || !th->cwr))
		tp->ecn_flags &= (u8)~TCP_ECN_OK;
	tcp_mtup_init(sk);
	tcp_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
	tcp_initialize_rcv_mss(sk);
	tcp_send_synack(sk);
	consume_skb(skb);
}

/* First step: is the ACK, if any, for our SYN? */
static bool tcp_synsent_ack_ok(struct sock *sk, const struct sk_buff *skb)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 ack = TCP_SKB_CB(skb)->ack_seq;

	if (!after(ack, tp->snd_una) || after(ack, tp->snd_nxt)) {
		/* an old connection of the same ports: after our RST the SYN can be sent anew at
		 * once */
		if (!icsk->icsk_retransmits)
			inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, TCP_TIMEOUT_MIN,
						  TCP_RTO_MAX);
		return false;
	}
	if (tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr &&
	    !between(tp->rx_opt.rcv_tsecr, tp->retrans_stamp, tcp_ts_clock(tp))) {
		NET_INC_STATS(sock_net(sk), PAWSACTIVEREJECTED);
		return false;
	}
	return true;
}

/* tcp_rcv_synsent_state_process - 1: the caller sends an RST; 0: skb is consumed; -1: established,
 * the caller goes on with @skb. */
int tcp_rcv_synsent_state_process(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u16 saved_clamp = tp->rx_opt.mss_clamp;
	enum skb_drop_reason reason = SKB_DROP_REASON_TCP_FLAGS;

	tcp_parse_options(sock_net(sk), skb, &tp->rx_opt, false);
	if (tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr)
		tp->rx_opt.rcv_tsecr -= tp->tsoffset;
	if (th->ack) {
		if (!tcp_synsent_ack_ok(sk, skb)) {
			tcp_clear_options(&tp->rx_opt);
			tp->rx_opt.mss_clamp = saved_clamp;
			return 1;
		}
		if (th->rst) { /* second step */
			tcp_reset(sk);
			kfree_skb_reason(skb, SKB_DROP_REASON_TCP_RESET);
			return 0;
		}
		if (th->syn)
			return tcp_synsent_established(sk, skb, th);
	} else if (th->rst) {
		reason = SKB_DROP_REASON_TCP_RESET;
	} else if (tp->rx_opt.ts_recent_stamp && tp->rx_opt.saw_tstamp &&
		   tcp_paws_reject(&tp->rx_opt, false)) {
		reason = SKB_DROP_REASON_TCP_RFC7323_PAWS;
	} else if (th->syn) { /* fourth step */
		tcp_synsent_crossed(sk, skb, th);
		return 0;
	}
	tcp_clear_options(&tp->rx_opt); /* fifth step: neither SYN nor RST */
	tp->rx_opt.mss_clamp = saved_clamp;
	kfree_skb_reason(skb, reason);
	return 0;
}
