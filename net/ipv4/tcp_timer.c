/* SPDX-License-Identifier: MIT */
/* TCP's timers: retransmission, probes, delayed ACK, keepalive and FIN_WAIT2, and when they give
 * up. RFC 6298, RFC 9293 section 3.8.3-3.8.4, RFC 5482. */
#include "tcp_internal.h"

#define TCP_THIN_PACKETS	4u /* in flight: fewer make a stream thin */
#define TCP_THIN_LINEAR_RETRIES 6

/* ---- giving up ---- */

void tcp_write_err(struct sock *sk)
{
	sk->sk_err = sk->sk_err_soft ? sk->sk_err_soft : ETIMEDOUT;
	sk->sk_error_report(sk);
	tcp_write_queue_purge(sk);
	tcp_done(sk);
	NET_INC_STATS(sock_net(sk), TCPABORTONTIMEOUT);
}

/* An orphan that keeps memory is ended early when there are many. true: it is gone. */
static bool tcp_out_of_resources(struct sock *sk, bool do_reset)
{
	struct tcp_sock *tp = tcp_sk(sk);
	s32 silent = (s32)((u32)jiffies - tp->lsndtime);
	int shift = 0;

	if (silent > 2 * (s32)TCP_RTO_MAX || !do_reset)
		shift++;
	if (sk->sk_err_soft)
		shift++;
	if (!tcp_check_oom(sk, shift))
		return false;
	if (silent <= TCP_TIMEWAIT_LEN || (!tp->snd_wnd && !tp->packets_out))
		do_reset = true;
	if (do_reset)
		tcp_send_active_reset(sk, GFP_ATOMIC);
	tcp_done(sk);
	NET_INC_STATS(sock_net(sk), TCPABORTONMEMORY);
	return true;
}

int tcp_orphan_retries(struct sock *sk, bool alive)
{
	int retries = sock_net(sk)->tcp.sysctl_orphan_retries;

	if (sk->sk_err_soft && !alive)
		retries = 0;
	if (!retries && alive)
		retries = 8;
	return retries;
}

/* The time that @boundary retransmissions with exponential back-off from @rto_base take, in ms. */
static u32 tcp_model_timeout(u32 boundary, u32 rto_base)
{
	u32 thresh = (u32)ilog2(TCP_RTO_MAX / rto_base);

	if (boundary <= thresh)
		return ((2u << boundary) - 1) * rto_base;
	return ((2u << thresh) - 1) * rto_base + (boundary - thresh) * TCP_RTO_MAX;
}

/* Since when the same data has been repeated, in ms: an episode of loss may be older, and have made progress. */
static u32 tcp_repeating_since(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return inet_csk(sk)->icsk_retransmits && !(TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		       ? tp->timeout_stamp
		       : tp->retrans_stamp;
}

static bool retransmits_timed_out(struct sock *sk, u32 boundary, u32 timeout_ms)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!inet_csk(sk)->icsk_retransmits)
		return false;
	if (!timeout_ms)
		timeout_ms = tcp_model_timeout(boundary,
					       TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)
						       ? TCP_TIMEOUT_INIT
						       : TCP_RTO_MIN);
	return (s32)(tcp_ts_clock(tp) - tcp_repeating_since(sk) - timeout_ms) >= 0;
}

u32 tcp_clamp_rto_to_user_timeout(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	s32 remaining;

	if (!icsk->icsk_user_timeout)
		return icsk->icsk_rto;
	remaining = (s32)(icsk->icsk_user_timeout - (tcp_ts_clock(tp) - tcp_repeating_since(sk)));
	return remaining <= 0 ? 1 : min(icsk->icsk_rto, (u32)remaining);
}

u32 tcp_clamp_probe0_to_user_timeout(const struct sock *sk, u32 when)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	s32 elapsed, remaining;

	if (!icsk->icsk_probes_tstamp || !icsk->icsk_user_timeout)
		return when;
	elapsed = max((s32)((u32)jiffies - icsk->icsk_probes_tstamp), 0);
	remaining = max((s32)icsk->icsk_user_timeout - elapsed, (s32)TCP_TIMEOUT_MIN);
	return min((u32)remaining, when);
}

static void tcp_negative_advice(struct sock *sk)
{
	struct dst_entry *dst = __sk_dst_get(sk);

	if (dst && dst->ops->negative_advice && dst->ops->negative_advice(dst) != dst)
		sk_dst_reset(sk);
}

/* Has this connection been retransmitting for too long? true: it is gone. RFC 9293 section 3.8.3
 * (R1, R2). */
static bool tcp_write_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	bool expired = false;
	int retry_until;

	if (TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		if (icsk->icsk_retransmits)
			tcp_negative_advice(sk);
		retry_until = icsk->icsk_syn_retries ? icsk->icsk_syn_retries
						     : nt->sysctl_syn_retries;
		expired = icsk->icsk_retransmits >= retry_until;
	} else {
		if (retransmits_timed_out(sk, (u32)nt->sysctl_retries1, 0)) {
			tcp_mtup_black_hole(sk);
			tcp_negative_advice(sk);
		}
		retry_until = nt->sysctl_retries2;
		if (sock_flag(sk, SOCK_DEAD)) {
			bool alive = icsk->icsk_rto < TCP_RTO_MAX;

			retry_until = tcp_orphan_retries(sk, alive);
			if (tcp_out_of_resources(
				    sk, alive || !retransmits_timed_out(sk, (u32)retry_until, 0)))
				return true;
		}
	}
	if (!expired)
		expired = retransmits_timed_out(sk, (u32)retry_until, icsk->icsk_user_timeout);
	tcp_fastopen_timed_out(sk, expired);
	if (expired)
		tcp_write_err(sk);
	return expired;
}

/* ---- retransmission ---- */

static void tcp_count_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);

	if (icsk->icsk_ca_state == TCP_CA_Recovery) {
		if (tcp_is_sack(tp))
			NET_INC_STATS(net, TCPSACKRECOVERYFAIL);
		else
			NET_INC_STATS(net, TCPRENORECOVERYFAIL);
	} else if (icsk->icsk_ca_state == TCP_CA_Loss) {
		NET_INC_STATS(net, TCPLOSSFAILURES);
	} else if (icsk->icsk_ca_state == TCP_CA_Disorder || tp->sacked_out) {
		if (tcp_is_sack(tp))
			NET_INC_STATS(net, TCPSACKFAILURES);
		else
			NET_INC_STATS(net, TCPRENOFAILURES);
	}
}

/* DEVIATES from RFC 6298 (5.5) where it is asked for: a thin stream, which cannot recover by
 * duplicate ACKs, does not back off for its first six time-outs. */
static bool tcp_thin_linear(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return sk->sk_state == TCP_ESTABLISHED &&
	       (tp->thin_lto || sock_net(sk)->tcp.sysctl_thin_linear_timeouts) &&
	       tp->packets_out < TCP_THIN_PACKETS && !tcp_in_initial_slowstart(tp) &&
	       inet_csk(sk)->icsk_retransmits <= TCP_THIN_LINEAR_RETRIES;
}

/* tcp_retransmit_timer - RFC 6298 section 5.4 to 5.7. Context: softirq, sock locked, tcp_mstamp
 * fresh. */
void tcp_retransmit_timer(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(tp->fastopen_rsk)) {
		tcp_fastopen_synack_timer(sk, tp->fastopen_rsk);
		return;
	}
	if (!tp->packets_out || WARN_ON_ONCE(tcp_rtx_queue_empty(sk)))
		return;
	tp->tlp_high_seq = 0;
	if (!tp->snd_wnd && !sock_flag(sk, SOCK_DEAD) &&
	    !(TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))) {
		/* The peer shrank its window to nothing: retransmissions serve as probes, for as
		 * long as it answers any. */
		if ((s32)((u32)jiffies - tp->rcv_tstamp) >
		    (s32)(icsk->icsk_user_timeout ? icsk->icsk_user_timeout : TCP_RTO_MAX)) {
			tcp_write_err(sk);
			return;
		}
		tcp_enter_loss(sk);
		tcp_retransmit_skb(sk, tcp_rtx_queue_head(sk), 1);
		sk_dst_reset(sk);
	} else {
		NET_INC_STATS(sock_net(sk), TCPTIMEOUTS);
		if (tcp_write_timeout(sk))
			return;
		if (!icsk->icsk_retransmits) {
			tcp_count_timeout(sk);
			tp->timeout_stamp = tcp_ts_clock(tp);
		}
		tcp_enter_loss(sk);
		if (icsk->icsk_retransmits < U8_MAX)
			icsk->icsk_retransmits++;
		if (tcp_retransmit_skb(sk, tcp_rtx_queue_head(sk), 1) >
		    0) { /* our own queues are full */
			inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS,
						  TCP_RESOURCE_PROBE_INTERVAL, TCP_RTO_MAX);
			return;
		}
		if (icsk->icsk_backoff < U8_MAX)
			icsk->icsk_backoff++;
	}
	if (tcp_thin_linear(sk)) {
		icsk->icsk_backoff = 0;
		tcp_set_rto(sk);
	} else {
		icsk->icsk_rto = min(icsk->icsk_rto << 1, TCP_RTO_MAX);
	}
	inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, tcp_clamp_rto_to_user_timeout(sk),
				  TCP_RTO_MAX);
	if (retransmits_timed_out(sk, (u32)sock_net(sk)->tcp.sysctl_retries1 + 1, 0))
		sk_dst_reset(sk);
}

/* The window is closed and data waits. RFC 9293 section 3.8.6.1: as long as the peer answers, this
 * goes on for ever. */
static void tcp_probe_timer(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int max_probes = sock_net(sk)->tcp.sysctl_retries2;

	if (tp->packets_out || !tcp_send_head(sk)) {
		icsk->icsk_probes_out = 0;
		icsk->icsk_probes_tstamp = 0;
		return;
	}
	if (!icsk->icsk_probes_tstamp) {
		icsk->icsk_probes_tstamp = (u32)jiffies;
	} else if (icsk->icsk_user_timeout &&
		   (s32)((u32)jiffies - icsk->icsk_probes_tstamp) >= (s32)icsk->icsk_user_timeout) {
		tcp_write_err(sk);
		return;
	}
	if (sock_flag(sk, SOCK_DEAD)) {
		bool alive = inet_csk_rto_backoff(icsk, TCP_RTO_MAX) < TCP_RTO_MAX;

		max_probes = tcp_orphan_retries(sk, alive);
		if (!alive && icsk->icsk_backoff >= max_probes) {
			tcp_write_err(sk);
			return;
		}
		if (tcp_out_of_resources(sk, true))
			return;
	}
	if (icsk->icsk_probes_out >= max_probes)
		tcp_write_err(sk);
	else
		tcp_send_probe0(sk);
}

/* tcp_write_timer_handler - what is due of retransmission, probes and reordering. Context: sock
 * locked. */
void tcp_write_timer_handler(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	int event = icsk->icsk_pending;

	if (TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN) || !event)
		return;
	if (time_after(icsk->icsk_timeout,
		       jiffies)) { /* the deadline moved since the timer was set */
		sk_reset_timer(sk, &icsk->icsk_retransmit_timer, icsk->icsk_timeout);
		return;
	}
	tcp_mstamp_refresh(tcp_sk(sk));
	switch (event) {
	case ICSK_TIME_REO_TIMEOUT: tcp_rack_reo_timeout(sk); break;
	case ICSK_TIME_LOSS_PROBE: tcp_send_loss_probe(sk); break;
	case ICSK_TIME_RETRANS:
		icsk->icsk_pending = 0;
		tcp_retransmit_timer(sk);
		break;
	case ICSK_TIME_PROBE0:
		icsk->icsk_pending = 0;
		tcp_probe_timer(sk);
		break;
	}
}

static void tcp_write_timer(unsigned long data)
{
	struct sock *sk = (struct sock *)data;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		tcp_write_timer_handler(sk);
	else if (!test_and_set_bit(TCP_WRITE_TIMER_DEFERRED, &tcp_sk(sk)->tsq_flags))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

/* ---- delayed ACK ---- */

void tcp_delack_timer_handler(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	if (unlikely(tcp_sk(sk)->compressed_ack)) { /* their timer met a locked sock, or this one is sooner */
		tcp_mstamp_refresh(tcp_sk(sk));
		tcp_sack_compress_send_ack(sk);
		return;
	}
	if (!(icsk->icsk_ack.pending & ICSK_ACK_TIMER))
		return;
	if (time_after(icsk->icsk_ack.timeout, jiffies)) {
		sk_reset_timer(sk, &icsk->icsk_delack_timer, icsk->icsk_ack.timeout);
		return;
	}
	icsk->icsk_ack.pending &= (u8)~ICSK_ACK_TIMER;
	if (!inet_csk_ack_scheduled(sk))
		return;
	if (!inet_csk_in_pingpong_mode(sk)) { /* the guess was too short */
		icsk->icsk_ack.ato = min(icsk->icsk_ack.ato << 1, icsk->icsk_rto);
	} else { /* no data came to ride on: not so interactive after all */
		inet_csk_exit_pingpong_mode(sk);
		icsk->icsk_ack.ato = TCP_ATO_MIN;
	}
	tcp_mstamp_refresh(tcp_sk(sk));
	tcp_send_ack(sk);
	NET_INC_STATS(sock_net(sk), DELAYEDACKS);
}

static void tcp_delack_timer(unsigned long data)
{
	struct sock *sk = (struct sock *)data;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		tcp_delack_timer_handler(sk);
	} else {
		NET_INC_STATS(sock_net(sk), DELAYEDACKLOCKED);
		if (!test_and_set_bit(TCP_DELACK_TIMER_DEFERRED, &tcp_sk(sk)->tsq_flags))
			sock_hold(sk);
	}
	bh_unlock_sock(sk);
	sock_put(sk);
}

/* ---- keepalive, and orphans in FIN_WAIT2 ---- */

void tcp_set_keepalive(struct sock *sk, int val)
{
	if (TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	if (val && !sock_flag(sk, SOCK_KEEPOPEN))
		inet_csk_reset_keepalive_timer(sk, keepalive_time_when(tcp_sk(sk)));
	else if (!val && !tcp_sk(sk)->fin_waits)
		inet_csk_delete_keepalive_timer(sk);
}

/* An orphan whose peer does not close its side. */
static void tcp_fin_wait2_timer(struct sock *sk)
{
	if (tcp_sk(sk)->linger2 >= 0) {
		int tmo = tcp_fin_time(sk) - TCP_TIMEWAIT_LEN;

		if (tmo > 0) {
			tcp_time_wait(sk, TCP_FIN_WAIT2, tmo);
			return;
		}
	}
	tcp_send_active_reset(sk, GFP_ATOMIC);
	tcp_done(sk);
}

/* Jiffies until the next look at an idle connection; 0: it was given up. RFC 9293 section 3.8.4. */
static u32 tcp_keepalive_step(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 elapsed, user_timeout = icsk->icsk_user_timeout;

	if (tp->packets_out || !tcp_write_queue_empty(sk))
		return keepalive_time_when(tp);
	elapsed = keepalive_time_elapsed(tp);
	if (elapsed < keepalive_time_when(tp))
		return keepalive_time_when(tp) - elapsed;
	if (user_timeout ? elapsed >= user_timeout && icsk->icsk_probes_out > 0
			 : icsk->icsk_probes_out >= keepalive_probes(tp)) {
		tcp_send_active_reset(sk, GFP_ATOMIC);
		tcp_write_err(sk);
		return 0;
	}
	if (tcp_write_wakeup(sk, LINUX_MIB_TCPKEEPALIVE) > 0)
		return TCP_RESOURCE_PROBE_INTERVAL;
	icsk->icsk_probes_out++;
	return keepalive_intvl_when(tp);
}

/* A FIN for which there was no memory. Jiffies until the timer is wanted again; 0: it is not, or is set already. */
static u32 tcp_waiting_fin(struct sock *sk)
{
	tcp_send_fin(sk);
	return !tcp_sk(sk)->fin_waits && sock_flag(sk, SOCK_KEEPOPEN) ? keepalive_time_when(tcp_sk(sk)) : 0;
}

static void tcp_keepalive_timer(unsigned long data)
{
	struct sock *sk = (struct sock *)data;
	u32 next = 0;

	bh_lock_sock(sk);
	tcp_mstamp_refresh(tcp_sk(sk));
	if (sock_owned_by_user(sk))
		next = HZ / 20; /* soon again */
	else if (tcp_sk(sk)->fin_waits && sk->sk_state != TCP_CLOSE)
		next = tcp_waiting_fin(sk);
	else if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD))
		tcp_fin_wait2_timer(sk);
	else if (sock_flag(sk, SOCK_KEEPOPEN) &&
		 !(TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_SYN_SENT | TCPF_LISTEN)))
		next = tcp_keepalive_step(sk);
	if (next)
		inet_csk_reset_keepalive_timer(sk, next);
	bh_unlock_sock(sk);
	sock_put(sk);
}

/* ---- ---- */

void tcp_syn_ack_timeout(const struct request_sock *req)
{
	NET_INC_STATS(req->__req_common.skc_net, TCPTIMEOUTS);
}

void tcp_init_xmit_timers(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	inet_csk_init_xmit_timers(sk, tcp_write_timer, tcp_delack_timer, tcp_keepalive_timer);
	hrtimer_init(&tp->pacing_timer, tcp_pace_kick);
	hrtimer_init(&tp->compressed_ack_timer, tcp_compressed_ack_kick);
}

void tcp_clear_xmit_timers(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(hrtimer_active(&tp->pacing_timer)) && hrtimer_cancel(&tp->pacing_timer))
		sock_put(sk);
	if (unlikely(hrtimer_active(&tp->compressed_ack_timer)) && hrtimer_cancel(&tp->compressed_ack_timer))
		sock_put(sk);
	inet_csk_clear_xmit_timers(sk);
}
