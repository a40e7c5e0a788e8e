/* SPDX-License-Identifier: MIT */
/* The life of a TCP socket: birth, poll, shutdown, close, disconnect, reset. RFC 9293 section 3.10;
 * Book section 12.9.3. */
#include <kernel/printk.h>
#include <kernel/poll.h>
#include <kernel/slab.h>
#include "tcp_internal.h"

/* ---- what limits the sender ---- */

/* By the time of tcp_mstamp_refresh: each caller has taken it a moment ago. */
static void tcp_chrono_set(struct tcp_sock *tp, enum tcp_chrono new)
{
	u32 now = (u32)tcp_jiffies(tp);

	if (tp->chrono_type > TCP_CHRONO_UNSPEC)
		tp->chrono_stat[tp->chrono_type - 1] += now - tp->chrono_start;
	tp->chrono_start = now;
	tp->chrono_type = new;
}

void tcp_chrono_start(struct sock *sk, enum tcp_chrono type)
{
	if (type > tcp_sk(sk)->chrono_type)
		tcp_chrono_set(tcp_sk(sk), type);
}

void tcp_chrono_stop(struct sock *sk, enum tcp_chrono type)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tcp_rtx_and_write_queues_empty(sk))
		tcp_chrono_set(tp, TCP_CHRONO_UNSPEC);
	else if (type == tp->chrono_type)
		tcp_chrono_set(tp, TCP_CHRONO_BUSY);
}

/* ---- birth ---- */

int tcp_init_sock(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	const struct netns_tcp *nt = &sock_net(sk)->tcp;

	tcp_mstamp_refresh(tp);
	tp->out_of_order_queue = RB_ROOT;
	tp->tcp_rtx_queue = RB_ROOT;
	INIT_LIST_HEAD(&tp->tsorted_sent_queue);
	tcp_init_xmit_timers(sk);
	icsk->icsk_rto = TCP_TIMEOUT_INIT;
	icsk->icsk_rto_min = (u32)nt->sysctl_rto_min_us / USEC_PER_MSEC;
	icsk->icsk_delack_max = TCP_DELACK_MAX;
	tp->mdev_us = TCP_TIMEOUT_INIT * USEC_PER_MSEC;
	minmax_reset(&tp->rtt_min, 0, ~0u);
	tcp_snd_cwnd_set(tp, TCP_INIT_CWND);
	tp->app_limited = ~0u;
	tp->rate_app_limited = 1;
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tp->snd_cwnd_clamp = ~0u;
	tp->mss_cache = TCP_MSS_DEFAULT;
	tp->reordering = (u32)nt->sysctl_reordering;
	tp->rack.reo_wnd_steps = 1;
	tcp_assign_congestion_control(sk);
	sk->sk_write_space = sk_stream_write_space;
	sock_set_flag(sk, SOCK_USE_WRITE_QUEUE);
	sk->sk_sndbuf = nt->sysctl_wmem[1];
	sk->sk_rcvbuf = nt->sysctl_rmem[1];
	atomic_inc(&sock_net(sk)->tcp.sockets_allocated);
	return 0;
}

/* ---- poll ---- */

bool tcp_stream_memory_free(const struct sock *sk, int wake)
{
	return tcp_notsent_room(sk, wake);
}

/* Is what waits enough for a reader? */
static bool tcp_stream_readable(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	int avail = (int)(tp->rcv_nxt - tp->copied_seq), target;

	if (avail <= 0)
		return false;
	target = sock_rcvlowat(sk, false, INT_MAX);
	if (unlikely(tp->urg_data) && tp->urg_seq == tp->copied_seq &&
	    !sock_flag(sk, SOCK_URGINLINE))
		target++;
	return avail >= target || tcp_rmem_pressure(sk) ||
	       tcp_receive_window(tp) <= inet_csk(sk)->icsk_ack.rcv_mss;
}

/* As sk_stream_is_writeable. */
static bool tcp_stream_writeable(const struct sock *sk)
{
	return sk_stream_wspace(sk) >= sk_stream_min_wspace(sk) &&
	       sk->sk_wmem_queued < sk->sk_sndbuf && tcp_notsent_room(sk, 1);
}

/* No room now: whoever makes some wakes us. */
static noinline unsigned int tcp_poll_no_room(struct sock *sk)
{
	if (!sk->sk_socket)
		return 0;
	set_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* an ACK may have come before the bit was set */
	return tcp_stream_writeable(sk) ? POLLOUT | POLLWRNORM : 0;
}

/* Data and room, once connected. */
static unsigned int tcp_poll_stream(struct sock *sk)
{
	unsigned int mask = tcp_stream_readable(sk) ? POLLIN | POLLRDNORM : 0;

	if (likely(tcp_stream_writeable(sk) || (sk->sk_shutdown & SEND_SHUTDOWN)))
		mask |= POLLOUT | POLLWRNORM;
	else
		mask |= tcp_poll_no_room(sk);
	if (unlikely(tcp_sk(sk)->urg_data & TCP_URG_VALID))
		mask |= POLLPRI;
	return mask;
}

unsigned int tcp_poll(struct file *file, struct socket *sock, struct poll_table *wait)
{
	struct sock *sk = sock->sk;
	int state = sk->sk_state;
	unsigned int mask = 0;

	poll_wait(file, &sock->wait, wait);
	if (unlikely(state == TCP_LISTEN))
		return inet_csk_listen_poll(sk);
	if (unlikely(sk->sk_shutdown)) {
		if (sk->sk_shutdown == SHUTDOWN_MASK)
			mask |= POLLHUP;
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			mask |= POLLIN | POLLRDNORM | POLLRDHUP;
	}
	if (unlikely(state == TCP_CLOSE))
		mask |= POLLHUP;
	if (likely(!(TCPF(state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))) || tcp_passive_fastopen(sk))
		mask |= tcp_poll_stream(sk);
	else if (state == TCP_SYN_SENT && inet_sk(sk)->defer_connect)
		mask |= POLLOUT | POLLWRNORM; /* a write sends the SYN */
	if (unlikely(sk->sk_err || !skb_queue_empty(&sk->sk_error_queue)))
		mask |= POLLERR;
	return mask;
}

static int tcp_inq(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	int answ;

	if (TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return 0;
	if (sock_flag(sk, SOCK_URGINLINE) || !tp->urg_data || before(tp->urg_seq, tp->copied_seq) ||
	    !before(tp->urg_seq, tp->rcv_nxt)) {
		answ = (int)(tp->rcv_nxt - tp->copied_seq);
		if (answ && sock_flag(sk, SOCK_DONE)) /* a FIN is no byte */
			answ--;
		return answ;
	}
	return (int)(tp->urg_seq - tp->copied_seq);
}

int tcp_ioctl(struct sock *sk, int cmd, unsigned long arg)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int answ;

	if (cmd != SIOCINQ && cmd != SIOCATMARK && cmd != SIOCOUTQ && cmd != SIOCOUTQNSD)
		return -ENOIOCTLCMD;
	if (cmd != SIOCATMARK && sk->sk_state == TCP_LISTEN)
		return -EINVAL;
	lock_sock(sk);
	if (cmd == SIOCINQ)
		answ = tcp_inq(sk);
	else if (cmd == SIOCATMARK)
		answ = tp->urg_data && tp->urg_seq == tp->copied_seq;
	else if (TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		answ = 0;
	else
		answ = (int)(tp->write_seq - (cmd == SIOCOUTQ ? tp->snd_una : tp->snd_nxt));
	release_sock(sk);
	return put_user(answ, (int __user *)arg);
}

/* ---- queues ---- */

void tcp_rtx_queue_purge(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	tp->highest_sack = NULL;
	while ((skb = tcp_rtx_queue_head(sk)) != NULL)
		tcp_rtx_queue_unlink_and_free(skb, sk);
}

void tcp_write_queue_purge(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_write_queue)) != NULL) {
		tcp_skb_tsorted_anchor_cleanup(skb);
		sk_wmem_free_skb(sk, skb);
	}
	tcp_rtx_queue_purge(sk);
	INIT_LIST_HEAD(&tp->tsorted_sent_queue);
	sk_mem_reclaim(sk);
	tcp_clear_all_retrans_hints(tp);
	tp->packets_out = tp->sacked_out = tp->lost_out = tp->retrans_out = 0;
	inet_csk(sk)->icsk_backoff = 0;
	if (tp->chrono_type > TCP_CHRONO_UNSPEC)
		tcp_chrono_set(tp, TCP_CHRONO_UNSPEC);
}

void tcp_ofo_purge(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_rb_first(&tp->out_of_order_queue)) != NULL) {
		tcp_rb_erase(skb, &tp->out_of_order_queue);
		consume_skb(skb);
	}
	tp->ooo_last_skb = NULL;
}

/* ---- shutdown and close ---- */

/* RFC 9293 section 3.10.4: what CLOSE does in each state; the flag: a FIN is to be sent. */
static bool tcp_close_state(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV: tcp_set_state(sk, TCP_FIN_WAIT1); return true;
	case TCP_CLOSE_WAIT: tcp_set_state(sk, TCP_LAST_ACK); return true;
	case TCP_SYN_SENT:
	case TCP_LISTEN: tcp_set_state(sk, TCP_CLOSE); return false;
	default: /* a FIN is out already */ return false;
	}
}

void tcp_shutdown(struct sock *sk, int how)
{
	if (!(how & SEND_SHUTDOWN))
		return;
	if (TCPF(sk->sk_state) & (TCPF_ESTABLISHED | TCPF_SYN_SENT | TCPF_CLOSE_WAIT)) {
		if (tcp_close_state(sk))
			tcp_send_fin(sk);
	}
}

bool tcp_check_oom(struct sock *sk, int shift)
{
	struct net *net = sock_net(sk);
	bool many = tcp_too_many_orphans(sk, shift);
	bool memory = sk->sk_wmem_queued > 4608 &&
		      net->tcp.memory_allocated > net->tcp.sysctl_mem[2];

	if (many && net_ratelimit())
		pr_info("TCP: too many orphaned sockets\n");
	if (memory && net_ratelimit())
		pr_info("TCP: out of memory -- consider tuning tcp_mem\n");
	return many || memory;
}

/* Bytes that nobody has read; they go. */
static u32 tcp_drop_unread(struct sock *sk)
{
	struct sk_buff *skb;
	u32 unread = 0;

	while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL) {
		u32 len = TCP_SKB_CB(skb)->end_seq - TCP_SKB_CB(skb)->seq;

		if (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)
			len--;
		unread += len;
		kfree_skb_reason(skb, len ? SKB_DROP_REASON_SOCKET_CLOSE : SKB_CONSUMED);
	}
	return unread;
}

/* Segments that came while we held the lock; no more come since bottom halves are off. Context:
 * slock held, sock owned. */
static void tcp_run_backlog(struct sock *sk)
{
	struct sk_buff *skb = sk->sk_backlog.head, *next;

	sk->sk_backlog.head = sk->sk_backlog.tail = NULL;
	for (; skb; skb = next) {
		next = skb->next;
		skb->next = NULL;
		sk->sk_backlog_rcv(sk, skb);
	}
	sk->sk_backlog.len = 0;
}

/* Nobody will ask for this sock any more. true: it has become a timewait sock or is gone. */
static bool tcp_close_fin_wait2(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int tmo;

	if (tp->linger2 < 0) {
		tcp_set_state(sk, TCP_CLOSE);
		tcp_send_active_reset(sk, GFP_ATOMIC);
		NET_INC_STATS(sock_net(sk), TCPABORTONLINGER);
		return false;
	}
	tmo = tcp_fin_time(sk);
	if (tmo > TCP_TIMEWAIT_LEN) {
		inet_csk_reset_keepalive_timer(sk, (unsigned long)(tmo - TCP_TIMEWAIT_LEN));
		return false;
	}
	tcp_time_wait(sk, TCP_FIN_WAIT2, tmo);
	return true;
}

/* The sock goes on alone, until its peer or a timer ends it. Context: process, sock owned. */
static void tcp_adjudge_to_death(struct sock *sk)
{
	int state = sk->sk_state;

	sock_hold(sk);
	sock_orphan(sk);
	local_bh_disable();
	bh_lock_sock(sk);
	tcp_run_backlog(sk);
	atomic_inc(&sock_net(sk)->tcp.orphan_count);
	if (state != TCP_CLOSE && sk->sk_state == TCP_CLOSE) {
		/* the backlog ended it; it was an orphan by then, so it destroyed itself */
		goto out;
	}
	if (sk->sk_state == TCP_FIN_WAIT2 && tcp_close_fin_wait2(sk))
		goto out;
	if (sk->sk_state != TCP_CLOSE && tcp_check_oom(sk, 0)) {
		tcp_set_state(sk, TCP_CLOSE);
		tcp_send_active_reset(sk, GFP_ATOMIC);
		NET_INC_STATS(sock_net(sk), TCPABORTONMEMORY);
	}
	if (sk->sk_state == TCP_CLOSE) {
		if (tcp_sk(sk)->fastopen_rsk) /* aborted before its handshake ended */
			reqsk_fastopen_remove(sk, tcp_sk(sk)->fastopen_rsk, false);
		inet_csk_destroy_sock(sk);
	}
out:
	bh_unlock_sock(sk);
	local_bh_enable();
	release_sock(sk);
	sock_put(sk);
}

void tcp_close(struct sock *sk, long timeout)
{
	u32 unread;

	lock_sock(sk);
	sk->sk_shutdown = SHUTDOWN_MASK;
	if (sk->sk_state == TCP_LISTEN) {
		tcp_set_state(sk, TCP_CLOSE);
		inet_csk_listen_stop(sk);
		goto death;
	}
	unread = tcp_drop_unread(sk);
	if (sk->sk_state == TCP_CLOSE)
		goto death;
	if (unread) { /* RFC 2525 section 2.17: tell the peer that data was lost */
		NET_INC_STATS(sock_net(sk), TCPABORTONCLOSE);
		tcp_set_state(sk, TCP_CLOSE);
		tcp_send_active_reset(sk, sk->sk_allocation);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {
		sk->sk_prot->disconnect(sk, 0);
		NET_INC_STATS(sock_net(sk), TCPABORTONDATA);
	} else if (tcp_close_state(sk)) {
		tcp_send_fin(sk);
	}
	sk_stream_wait_close(sk, timeout);
death:
	tcp_adjudge_to_death(sk);
}

void tcp_done(struct sock *sk)
{
	if (TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		TCP_INC_STATS(sock_net(sk), ATTEMPTFAILS);
	tcp_set_state(sk, TCP_CLOSE);
	tcp_clear_xmit_timers(sk);
	if (unlikely(tcp_sk(sk)->fastopen_rsk))
		reqsk_fastopen_remove(sk, tcp_sk(sk)->fastopen_rsk, false);
	sk->sk_shutdown = SHUTDOWN_MASK;
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_state_change(sk);
	else
		inet_csk_destroy_sock(sk);
}

void tcp_reset(struct sock *sk)
{
	NET_TRACE(tcp_receive_reset, sk);
	switch (sk->sk_state) {
	case TCP_SYN_SENT: sk->sk_err = ECONNREFUSED; break;
	case TCP_CLOSE_WAIT: sk->sk_err = EPIPE; break;
	case TCP_CLOSE: return;
	default: sk->sk_err = ECONNRESET;
	}
	tcp_write_queue_purge(sk);
	tcp_done(sk);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_error_report(sk);
}

static bool tcp_need_reset(int state)
{
	return TCPF(state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 |
			      TCPF_SYN_RECV);
}

/* What is not a sock of full size: a request is given up, TIME_WAIT stays. */
static int tcp_abort_mini(struct sock *sk)
{
	struct request_sock *req = inet_reqsk(sk);

	if (sk->sk_state == TCP_TIME_WAIT)
		return -EOPNOTSUPP;
	local_bh_disable();
	inet_csk_reqsk_queue_drop(req->rsk_listener, req);
	local_bh_enable();
	return 0;
}

int tcp_abort(struct sock *sk, int err)
{
	bool listening;

	if (sk->sk_state == TCP_TIME_WAIT || sk->sk_state == TCP_NEW_SYN_RECV)
		return tcp_abort_mini(sk);
	lock_sock(sk);
	listening = sk->sk_state == TCP_LISTEN;
	if (listening) {
		tcp_set_state(sk, TCP_CLOSE);
		inet_csk_listen_stop(sk);
	}
	local_bh_disable();
	bh_lock_sock(sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_err = err;
		sk->sk_error_report(sk);
		if (tcp_need_reset(sk->sk_state))
			tcp_send_active_reset(sk, GFP_ATOMIC);
		tcp_write_queue_purge(sk);
		tcp_done(sk);
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	if (!listening)
		tcp_write_queue_purge(sk);
	release_sock(sk);
	return 0;
}

void tcp_saved_syn_free(struct tcp_sock *tp)
{
	kfree(tp->saved_syn);
	tp->saved_syn = NULL;
}

/* Everything a new connection of the same sock must not inherit. */
static void tcp_disconnect_reset(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->srtt_us = tp->rttvar_us = tp->mdev_max_us = 0;
	tp->mdev_us = TCP_TIMEOUT_INIT * USEC_PER_MSEC;
	tp->rcv_rtt_last_tsecr = 0;
	tp->write_seq += tp->max_window + 2;
	if (!tp->write_seq)
		tp->write_seq = 1;
	icsk->icsk_backoff = icsk->icsk_probes_out = icsk->icsk_retransmits = 0;
	icsk->icsk_probes_tstamp = 0;
	icsk->icsk_rto = TCP_TIMEOUT_INIT;
	icsk->icsk_rto_min = (u32)sock_net(sk)->tcp.sysctl_rto_min_us / USEC_PER_MSEC;
	icsk->icsk_delack_max = TCP_DELACK_MAX;
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tcp_snd_cwnd_set(tp, TCP_INIT_CWND);
	tp->snd_cwnd_cnt = tp->is_cwnd_limited = tp->max_packets_out = 0;
	tp->window_clamp = tp->delivered = tp->delivered_ce = 0;
	tcp_cleanup_congestion_control(sk);
	tcp_set_ca_state(sk, TCP_CA_Open);
	tp->is_sack_reneg = 0;
	tcp_clear_retrans(tp);
	tp->total_retrans = 0;
	inet_csk_delack_init(sk);
	icsk->icsk_ack.rcv_mss = TCP_MIN_MSS; /* 0 would divide badly */
	memset(&tp->rx_opt, 0, sizeof(tp->rx_opt));
	sk_dst_reset(sk);
	tp->segs_in = tp->segs_out = tp->data_segs_in = tp->data_segs_out = 0;
	tp->bytes_sent = tp->bytes_acked = tp->bytes_received = tp->bytes_retrans = 0;
	memset(tp->duplicate_sack, 0, sizeof(tp->duplicate_sack));
	memset(tp->selective_acks, 0, sizeof(tp->selective_acks));
	memset(tp->recv_sack_cache, 0, sizeof(tp->recv_sack_cache));
	tp->dsack_dups = tp->reord_seen = tp->rcv_ooopack = 0;
	tp->compressed_ack = tp->dup_ack_counter = 0;
	memset(&tp->rack, 0, sizeof(tp->rack));
	tp->rack.reo_wnd_steps = 1;
	tp->app_limited = ~0u;
	tp->rate_app_limited = 1;
	tp->frto = tp->tlp_retrans = tp->fin_waits = 0;
	tp->tlp_high_seq = tp->undo_marker = tp->retrans_stamp = 0;
	tcp_free_fastopen_req(tp);
	inet_sk(sk)->defer_connect = 0;
	tp->syn_fastopen = tp->syn_fastopen_ch = tp->syn_data = tp->syn_data_acked = 0;
	tp->fastopen_client_fail = TFO_STATUS_UNSPEC;
	tcp_saved_syn_free(tp);
}

int tcp_disconnect(struct sock *sk, int flags)
{
	struct inet_sock *inet = inet_sk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int old = sk->sk_state;
	struct sk_buff *skb;

	if (old != TCP_CLOSE)
		tcp_set_state(sk, TCP_CLOSE);
	if (old == TCP_LISTEN) {
		inet_csk_listen_stop(sk);
	} else if (tcp_need_reset(old) ||
		   (tp->snd_nxt != tp->write_seq && TCPF(old) & (TCPF_CLOSING | TCPF_LAST_ACK))) {
		/* the last check matters: data or a FIN still waits, and the peer would take
		 * silence for an orderly end */
		tcp_send_active_reset(sk, GFP_ATOMIC);
		sk->sk_err = ECONNRESET;
	} else if (old == TCP_SYN_SENT) {
		sk->sk_err = ECONNRESET;
	}
	tcp_clear_xmit_timers(sk);
	if (unlikely(tp->fastopen_rsk))
		reqsk_fastopen_remove(sk, tp->fastopen_rsk, false);
	while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL)
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_CLOSE);
	tp->copied_seq = tp->rcv_nxt;
	tp->urg_data = 0;
	tcp_write_queue_purge(sk);
	tcp_ofo_purge(sk);
	inet->inet_dport = 0;
	inet->inet_daddr = 0;
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet->inet_rcv_saddr = inet->inet_saddr = 0;
	sk->sk_shutdown = 0;
	sock_reset_flag(sk, SOCK_DONE);
	tcp_disconnect_reset(sk);
	WARN_ON(inet->inet_num && !inet_csk(sk)->icsk_bind_hash);
	sk->sk_error_report(sk);
	return 0;
}

void tcp_destroy_sock(struct sock *sk)
{
	NET_TRACE(tcp_destroy_sock, sk);
	tcp_clear_xmit_timers(sk);
	tcp_cleanup_congestion_control(sk);
	tcp_write_queue_purge(sk);
	tcp_fastopen_end(sk);
	tcp_ofo_purge(sk);
	tcp_free_fastopen_req(tcp_sk(sk));
	tcp_fastopen_destroy(sk);
	tcp_saved_syn_free(tcp_sk(sk));
	if (inet_csk(sk)->icsk_bind_hash)
		inet_put_port(sk);
	atomic_dec(&sock_net(sk)->tcp.sockets_allocated);
}
