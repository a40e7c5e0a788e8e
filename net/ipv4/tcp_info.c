/* SPDX-License-Identifier: MIT */
/* TCP_INFO: a connection's numbers as Linux gives them. */
#include "tcp_internal.h"

static u8 tcp_info_options(const struct tcp_sock *tp)
{
	u8 options = 0;

	if (tp->rx_opt.tstamp_ok)
		options |= TCPI_OPT_TIMESTAMPS;
	if (tcp_is_sack(tp))
		options |= TCPI_OPT_SACK;
	if (tp->rx_opt.wscale_ok)
		options |= TCPI_OPT_WSCALE;
	if (tp->ecn_flags & TCP_ECN_OK)
		options |= TCPI_OPT_ECN;
	if (tp->ecn_flags & TCP_ECN_SEEN)
		options |= TCPI_OPT_ECN_SEEN;
	if (tp->syn_data_acked)
		options |= TCPI_OPT_SYN_DATA;
	return options;
}

static void tcp_info_loss(const struct sock *sk, struct tcp_info *info)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state == TCP_LISTEN) { /* Linux's use of these two for listeners */
		info->tcpi_unacked = sk->sk_ack_backlog;
		info->tcpi_sacked = sk->sk_max_ack_backlog;
	} else {
		info->tcpi_unacked = tp->packets_out;
		info->tcpi_sacked = tp->sacked_out;
	}
	info->tcpi_lost = tp->lost_out;
	info->tcpi_retrans = tp->retrans_out;
	info->tcpi_total_retrans = tp->total_retrans;
	info->tcpi_reordering = tp->reordering;
	info->tcpi_dsack_dups = tp->dsack_dups;
	info->tcpi_reord_seen = tp->reord_seen;
	info->tcpi_rcv_ooopack = tp->rcv_ooopack;
	info->tcpi_bytes_retrans = tp->bytes_retrans;
	info->tcpi_delivered = tp->delivered;
	info->tcpi_delivered_ce = tp->delivered_ce;
}

static void tcp_info_times(const struct sock *sk, struct tcp_info *info)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 now = (u32)jiffies;

	info->tcpi_rto = icsk->icsk_rto * USEC_PER_MSEC;
	info->tcpi_ato = icsk->icsk_ack.ato * USEC_PER_MSEC;
	info->tcpi_last_data_sent = now - tp->lsndtime;
	info->tcpi_last_data_recv = now - icsk->icsk_ack.lrcvtime;
	info->tcpi_last_ack_recv = now - tp->rcv_tstamp;
	info->tcpi_rtt = tp->srtt_us >> 3;
	info->tcpi_rttvar = tp->mdev_us >> 2;
	info->tcpi_rcv_rtt = tp->rcv_rtt_est.rtt_us >> 3;
	info->tcpi_min_rtt = tcp_min_rtt(tp);
}

/* How long it was busy, and limited by what. */
static void tcp_info_chrono(const struct tcp_sock *tp, struct tcp_info *info)
{
	u64 stats[__TCP_CHRONO_MAX], total = 0;
	int i;

	for (i = TCP_CHRONO_BUSY; i < __TCP_CHRONO_MAX; i++) {
		stats[i] = tp->chrono_stat[i - 1];
		if (i == tp->chrono_type)
			stats[i] += (u32)jiffies - tp->chrono_start;
		stats[i] *= USEC_PER_MSEC;
		total += stats[i];
	}
	info->tcpi_busy_time = total;
	info->tcpi_rwnd_limited = stats[TCP_CHRONO_RWND_LIMITED];
	info->tcpi_sndbuf_limited = stats[TCP_CHRONO_SNDBUF_LIMITED];
}

static void tcp_info_rates(const struct sock *sk, struct tcp_info *info)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	info->tcpi_pacing_rate = sk->sk_pacing_rate;
	info->tcpi_max_pacing_rate = sk->sk_max_pacing_rate;
	info->tcpi_delivery_rate_app_limited = tp->rate_app_limited & 1;
	if (tp->rate_delivered && tp->rate_interval_us)
		info->tcpi_delivery_rate = (u64)tp->rate_delivered * tp->mss_cache * USEC_PER_SEC /
					   tp->rate_interval_us;
}

/* tcp_get_info - Context: process, sock locked. */
void tcp_get_info(struct sock *sk, struct tcp_info *info)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	memset(info, 0, sizeof(*info));
	info->tcpi_state = sk->sk_state;
	info->tcpi_reordering = tp->reordering;
	info->tcpi_snd_cwnd = tp->snd_cwnd;
	tcp_info_loss(sk, info);
	if (sk->sk_state == TCP_LISTEN)
		return;
	info->tcpi_ca_state = icsk->icsk_ca_state;
	info->tcpi_retransmits = icsk->icsk_retransmits;
	info->tcpi_probes = icsk->icsk_probes_out;
	info->tcpi_backoff = icsk->icsk_backoff;
	info->tcpi_options = tcp_info_options(tp);
	info->tcpi_snd_wscale = tp->rx_opt.snd_wscale;
	info->tcpi_rcv_wscale = tp->rx_opt.rcv_wscale;
	info->tcpi_snd_mss = tp->mss_cache;
	info->tcpi_rcv_mss = icsk->icsk_ack.rcv_mss;
	tcp_info_times(sk, info);
	info->tcpi_pmtu = icsk->icsk_pmtu_cookie;
	info->tcpi_rcv_ssthresh = tp->rcv_ssthresh;
	info->tcpi_snd_ssthresh = tp->snd_ssthresh;
	info->tcpi_advmss = tp->advmss;
	info->tcpi_rcv_space = tp->rcvq_space.space;
	tcp_info_rates(sk, info);
	tcp_info_chrono(tp, info);
	info->tcpi_bytes_acked = tp->bytes_acked;
	info->tcpi_bytes_received = tp->bytes_received;
	info->tcpi_bytes_sent = tp->bytes_sent;
	info->tcpi_notsent_bytes = (u32)max((s32)(tp->write_seq - tp->snd_nxt), 0);
	info->tcpi_segs_out = tp->segs_out;
	info->tcpi_segs_in = tp->segs_in;
	info->tcpi_data_segs_in = tp->data_segs_in;
	info->tcpi_data_segs_out = tp->data_segs_out;
	info->tcpi_snd_wnd = tp->snd_wnd;
	info->tcpi_fastopen_client_fail = tp->fastopen_client_fail;
}
