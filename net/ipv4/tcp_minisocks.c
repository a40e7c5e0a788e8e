/* SPDX-License-Identifier: MIT */
/* The small objects before and after a connection: requests that become sockets, sockets that
 * become TIME_WAIT. RFC 9293 section 3.10.7.4, RFC 1337, RFC 6191. */
#include "tcp_internal.h"

/* ---- TIME_WAIT ---- */

/* An ACK is due, if one was not sent a moment ago. */
static enum tcp_tw_status tcp_timewait_answer(struct inet_timewait_sock *tw,
					      const struct sk_buff *skb, int mib)
{
	struct tcp_timewait_sock *tcptw = tcp_twsk((struct sock *)tw);

	if (!tcp_oow_rate_limited(tw->tw_net, skb, mib, &tcptw->tw_last_oow_ack_time))
		return TCP_TW_ACK;
	inet_twsk_put(tw);
	return TCP_TW_SUCCESS;
}

static void tcp_timewait_ts(struct tcp_timewait_sock *tcptw, const struct tcp_options_received *opt)
{
	if (opt->saw_tstamp) {
		tcptw->tw_ts_recent_stamp = tcp_seconds();
		tcptw->tw_ts_recent = opt->rcv_tsval;
	}
}

/* An orphan that still waits for the peer's FIN. */
static enum tcp_tw_status tcp_timewait_fin_wait2(struct inet_timewait_sock *tw, struct sk_buff *skb,
						 const struct tcphdr *th,
						 const struct tcp_options_received *opt,
						 bool paws_reject)
{
	struct tcp_timewait_sock *tcptw = tcp_twsk((struct sock *)tw);
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	if (paws_reject || !tcp_in_window(cb->seq, cb->end_seq, tcptw->tw_rcv_nxt,
					  tcptw->tw_rcv_nxt + tcptw->tw_rcv_wnd))
		return tcp_timewait_answer(tw, skb, LINUX_MIB_TCPACKSKIPPEDFINWAIT2);
	if (th->rst) {
		inet_twsk_deschedule_put(tw);
		return TCP_TW_SUCCESS;
	}
	if (th->syn && !before(cb->seq, tcptw->tw_rcv_nxt))
		return TCP_TW_RST;
	if (!th->ack || !after(cb->end_seq, tcptw->tw_rcv_nxt) || cb->end_seq == cb->seq) {
		inet_twsk_put(tw);
		return TCP_TW_SUCCESS;
	}
	if (!th->fin || cb->end_seq != tcptw->tw_rcv_nxt + 1)
		return TCP_TW_RST; /* data, and nobody to read it */
	NET_TRACE(inet_sock_set_state, (struct sock *)tw, TCP_FIN_WAIT2, TCP_TIME_WAIT);
	tw->tw_substate = TCP_TIME_WAIT;
	tcptw->tw_rcv_nxt = cb->end_seq;
	tcp_timewait_ts(tcptw, opt);
	inet_twsk_schedule(tw, TCP_TIMEWAIT_LEN, true);
	return TCP_TW_ACK;
}

/* May this SYN open the tuple anew? Its numbers or its timestamp must be higher than any of the old
 * connection (RFC 6191). */
static bool tcp_timewait_new_syn(const struct tcp_timewait_sock *tcptw, const struct sk_buff *skb,
				 const struct tcphdr *th, const struct tcp_options_received *opt)
{
	return th->syn && !th->rst && !th->ack &&
	       (after(TCP_SKB_CB(skb)->seq, tcptw->tw_rcv_nxt) ||
		(opt->saw_tstamp && before(tcptw->tw_ts_recent, opt->rcv_tsval)));
}

/*
 * tcp_timewait_state_process - a segment for TIME_WAIT. SUCCESS: done, tw's reference is dropped;
 * ACK, RST: the caller sends one and drops it; SYN: a listener may take it, with the ISN in skb's
 * control block.
 */
enum tcp_tw_status tcp_timewait_state_process(struct inet_timewait_sock *tw, struct sk_buff *skb,
					      const struct tcphdr *th)
{
	struct tcp_timewait_sock *tcptw = tcp_twsk((struct sock *)tw);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_options_received opt = { 0 };
	bool paws_reject = false;

	if (th->doff > sizeof(*th) / 4 && tcptw->tw_ts_recent_stamp) {
		tcp_parse_options(tw->tw_net, skb, &opt, false);
		if (opt.saw_tstamp) {
			opt.ts_recent = tcptw->tw_ts_recent;
			opt.ts_recent_stamp = tcptw->tw_ts_recent_stamp;
			paws_reject = tcp_paws_reject(&opt, th->rst);
		}
	}
	if (tw->tw_substate == TCP_FIN_WAIT2)
		return tcp_timewait_fin_wait2(tw, skb, th, &opt, paws_reject);
	if (!paws_reject && cb->seq == tcptw->tw_rcv_nxt && (cb->seq == cb->end_seq || th->rst)) {
		if (th->rst &&
		    !tw->tw_net->tcp.sysctl_rfc1337) { /* TIME_WAIT assassination, RFC 1337 */
			inet_twsk_deschedule_put(tw);
			return TCP_TW_SUCCESS;
		}
		if (!th->rst)
			inet_twsk_schedule(tw, TCP_TIMEWAIT_LEN, true);
		tcp_timewait_ts(tcptw, &opt);
		inet_twsk_put(tw);
		return TCP_TW_SUCCESS;
	}
	if (!paws_reject && tcp_timewait_new_syn(tcptw, skb, th, &opt)) {
		u32 isn = tcptw->tw_snd_nxt + 65535 + 2;

		cb->tcp_tw_isn = isn ? isn : 1;
		return TCP_TW_SYN;
	}
	if (paws_reject)
		NET_INC_STATS(tw->tw_net, PAWSESTABREJECTED);
	if (!th->rst) {
		if (paws_reject || th->ack) /* not for a SYN that may be new, with a lower number */
			inet_twsk_schedule(tw, TCP_TIMEWAIT_LEN, true);
		return tcp_timewait_answer(tw, skb, LINUX_MIB_TCPACKSKIPPEDTIMEWAIT);
	}
	inet_twsk_put(tw);
	return TCP_TW_SUCCESS;
}

/* tcp_time_wait - @sk goes on as a minisock in @state (FIN_WAIT2 or TIME_WAIT) for @timeo jiffies
 * at least; the sock itself is done. */
void tcp_time_wait(struct sock *sk, int state, int timeo)
{
	struct inet_timewait_sock *tw = inet_twsk_alloc(sk, state);
	struct tcp_sock *tp = tcp_sk(sk);

	if (tw) {
		struct tcp_timewait_sock *tcptw = tcp_twsk((struct sock *)tw);
		int rto = (int)(inet_csk(sk)->icsk_rto << 2) - (int)(inet_csk(sk)->icsk_rto >> 1);

		if (state == TCP_TIME_WAIT) /* the diagram's step; the sock itself goes on to CLOSE */
			NET_TRACE(inet_sock_set_state, sk, sk->sk_state, state);
		tw->tw_rcv_wscale = tp->rx_opt.rcv_wscale;
		tcptw->tw_rcv_nxt = tp->rcv_nxt;
		tcptw->tw_snd_nxt = tp->snd_nxt;
		tcptw->tw_rcv_wnd = tcp_receive_window(tp);
		tcptw->tw_ts_recent = tp->rx_opt.ts_recent;
		tcptw->tw_ts_recent_stamp = tp->rx_opt.tstamp_ok ? tp->rx_opt.ts_recent_stamp : 0;
		tcptw->tw_ts_offset = tp->tsoffset;
		timeo = state == TCP_TIME_WAIT ? TCP_TIMEWAIT_LEN : max(timeo, rto);
		local_bh_disable();
		inet_twsk_schedule(tw, timeo, false);
		inet_twsk_hashdance(tw, sk, sock_net(sk)->tcp.hashinfo);
		inet_twsk_put(tw);
		local_bh_enable();
	} else {
		NET_INC_STATS(sock_net(sk), TCPTIMEWAITOVERFLOW);
	}
	tcp_update_metrics(sk);
	tcp_done(sk);
}

static bool tcp_is_loopback_tw(const struct sock *sktw)
{
	return (ntohl(sktw->sk_daddr) >> 24) == 127 || (ntohl(sktw->sk_rcv_saddr) >> 24) == 127;
}

/* tcp_twsk_unique - may connect() take over the tuple of a TIME_WAIT? With timestamps, a second
 * later: PAWS tells old from new. */
int tcp_twsk_unique(struct sock *sk, struct sock *sktw, void *twp)
{
	const struct tcp_timewait_sock *tcptw = tcp_twsk(sktw);
	int reuse = sock_net(sk)->tcp.sysctl_tw_reuse;
	struct tcp_sock *tp = tcp_sk(sk);

	if (reuse == 2 && !tcp_is_loopback_tw(sktw))
		reuse = 0;
	if (!tcptw->tw_ts_recent_stamp || !reuse ||
	    (s32)(tcp_seconds() - tcptw->tw_ts_recent_stamp) <= 0)
		return 0;
	tp->write_seq = tcptw->tw_snd_nxt + 65535 + 2;
	if (!tp->write_seq)
		tp->write_seq = 1;
	tp->rx_opt.ts_recent = tcptw->tw_ts_recent;
	tp->rx_opt.ts_recent_stamp = tcptw->tw_ts_recent_stamp;
	return 1;
}

/* ---- requests ---- */

/* What the handshake agreed becomes the child's. */
static void tcp_openreq_child_options(struct tcp_sock *newtp, const struct request_sock *req,
				      const struct sk_buff *skb)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);

	newtp->rx_opt.tstamp_ok = treq->tstamp_ok;
	newtp->rx_opt.sack_ok = treq->sack_ok;
	newtp->rx_opt.wscale_ok = treq->wscale_ok;
	newtp->window_clamp = treq->rsk_window_clamp;
	newtp->rcv_ssthresh = newtp->rcv_wnd = treq->rsk_rcv_wnd;
	if (treq->wscale_ok) {
		newtp->rx_opt.snd_wscale = treq->snd_wscale;
		newtp->rx_opt.rcv_wscale = treq->rcv_wscale;
	} else {
		newtp->rx_opt.snd_wscale = newtp->rx_opt.rcv_wscale = 0;
		newtp->window_clamp = min(newtp->window_clamp, 65535u);
	}
	newtp->snd_wnd = (u32)ntohs(tcp_hdr(skb)->window) << newtp->rx_opt.snd_wscale;
	newtp->max_window = newtp->snd_wnd;
	newtp->tcp_header_len = sizeof(struct tcphdr);
	newtp->rx_opt.ts_recent_stamp = 0;
	if (treq->tstamp_ok) {
		newtp->rx_opt.ts_recent = req->ts_recent;
		newtp->rx_opt.ts_recent_stamp = tcp_seconds();
		newtp->tcp_header_len += TCPOLEN_TSTAMP_ALIGNED;
	}
	newtp->tsoffset = treq->ts_off;
	newtp->rx_opt.mss_clamp = req->mss;
	newtp->ecn_flags = treq->ecn_ok ? TCP_ECN_OK : 0;
}

/* tcp_create_openreq_child - the full sock for @req, slock held, or NULL. */
struct sock *tcp_create_openreq_child(const struct sock *sk, struct request_sock *req,
				      struct sk_buff *skb)
{
	struct sock *newsk = inet_csk_clone_lock(sk, req, GFP_ATOMIC);
	const struct tcp_request_sock *treq = tcp_rsk(req);
	struct tcp_sock *newtp = tcp_sk(newsk);

	if (!newsk)
		return NULL;
	atomic_inc(&sock_net(newsk)->tcp.sockets_allocated);
	newtp->rcv_wup = newtp->copied_seq = newtp->rcv_nxt = treq->rcv_isn + 1;
	newtp->segs_in = 1;
	newtp->snd_sml = newtp->snd_una = newtp->snd_nxt = newtp->snd_up = treq->snt_isn + 1;
	newtp->write_seq = newtp->pushed_seq = treq->snt_isn + 1;
	newtp->tcp_rtx_queue = RB_ROOT;
	newtp->out_of_order_queue = RB_ROOT;
	newtp->ooo_last_skb = NULL;
	newtp->highest_sack = newtp->retransmit_skb_hint = NULL;
	INIT_LIST_HEAD(&newtp->tsorted_sent_queue);
	newtp->fastopen_req = NULL;
	newtp->fastopen_rsk = NULL;
	newtp->syn_data_acked = 0;
	newtp->snd_wl1 = treq->rcv_isn;
	newtp->tsq_flags = 0;
	newtp->saved_syn = NULL;
	newtp->tcp_wstamp_ns = 0;
	newtp->compressed_ack = newtp->dup_ack_counter = 0;
	tcp_mstamp_refresh(newtp);
	inet_csk(newsk)->icsk_ack.lrcvtime = newtp->lsndtime = newtp->rcv_tstamp = (u32)jiffies;
	newtp->total_retrans = req->num_retrans;
	tcp_init_xmit_timers(newsk);
	if (sock_flag(newsk, SOCK_KEEPOPEN))
		inet_csk_reset_keepalive_timer(newsk, keepalive_time_when(newtp));
	tcp_openreq_child_options(newtp, req, skb);
	if (req->num_timeout) {
		newtp->undo_marker = treq->snt_isn;
		newtp->retrans_stamp = (u32)(treq->snt_synack_us / USEC_PER_MSEC);
	}
	if (skb->len >= TCP_MSS_DEFAULT + newtp->tcp_header_len)
		inet_csk(newsk)->icsk_ack.last_seg_size = (u16)(skb->len - newtp->tcp_header_len);
	TCP_INC_STATS(sock_net(sk), PASSIVEOPENS);
	return newsk;
}

/* The request is over: an RST for a peer that did not send one. */
static struct sock *tcp_embryonic_reset(struct sock *sk, struct sk_buff *skb,
					struct request_sock *req, bool rst)
{
	if (!rst)
		req->rsk_ops->send_reset(sk, skb);
	if (!hlist_unhashed(&req->rsk_node))
		NET_INC_STATS(sock_net(sk), EMBRYONICRSTS);
	inet_csk_reqsk_queue_drop(sk, req);
	return NULL;
}

/* Timestamps of a segment for @req. true: PAWS refuses it. */
static bool tcp_check_req_paws(struct sock *sk, struct sk_buff *skb, const struct request_sock *req,
			       struct tcp_options_received *opt)
{
	const struct tcphdr *th = tcp_hdr(skb);

	if (th->doff == sizeof(*th) / 4)
		return false;
	tcp_parse_options(sock_net(sk), skb, opt, false);
	if (!opt->saw_tstamp)
		return false;
	opt->ts_recent = req->ts_recent;
	opt->ts_recent_stamp = tcp_seconds(); /* a request does not live long */
	return tcp_paws_reject(opt, th->rst);
}

/* The peer's SYN came again: so does our SYN-ACK, but not too often. */
static void tcp_check_req_again(struct sock *sk, const struct sk_buff *skb,
				struct request_sock *req)
{
	unsigned long timeout = (unsigned long)req->timeout << min(req->num_timeout, (u8)16);

	if (!tcp_oow_rate_limited(sock_net(sk), skb, LINUX_MIB_TCPACKSKIPPEDSYNRECV,
				  &tcp_rsk(req)->last_oow_ack_time) &&
	    !inet_rtx_syn_ack(sk, req) && timer_pending(&req->rsk_timer))
		mod_timer(&req->rsk_timer, jiffies + min(timeout, (unsigned long)TCP_RTO_MAX));
}

enum req_step { REQ_GO_ON, REQ_DONE, REQ_WRONG_ACK, REQ_ABORT }; /* REQ_DONE: drop it, with *reason */

/* The steps of section 3.10.7.4 that an ordinary request and the child of a Fast Open (@sk) have in
 * common: sequence number, RST, SYN, ACK. */
static enum req_step tcp_check_req_steps(struct sock *sk, struct sk_buff *skb,
					 struct request_sock *req, u8 *flags,
					 enum skb_drop_reason *reason)
{
	struct tcp_request_sock *treq = tcp_rsk(req);
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	struct tcp_options_received opt = { 0 };
	bool paws_reject = tcp_check_req_paws(sk, skb, req, &opt);

	*flags = tcp_flag_byte(tcp_hdr(skb)) & (TCPHDR_RST | TCPHDR_SYN | TCPHDR_ACK);
	if (cb->seq == treq->rcv_isn && *flags == TCPHDR_SYN && !paws_reject) { /* the SYN again */
		tcp_check_req_again(sk, skb, req);
		*reason = SKB_DROP_REASON_TCP_OLD_DATA;
		return REQ_DONE;
	}
	if ((*flags & TCPHDR_ACK) && cb->ack_seq != treq->snt_isn + 1 && !treq->tfo_listener)
		return REQ_WRONG_ACK; /* the child of a Fast Open may have sent more than the SYN-ACK */
	if (paws_reject || !tcp_in_window(cb->seq, cb->end_seq, treq->rcv_nxt,
					  treq->rcv_nxt + treq->rsk_rcv_wnd)) {
		if (!(*flags & TCPHDR_RST) &&
		    !tcp_oow_rate_limited(sock_net(sk), skb, LINUX_MIB_TCPACKSKIPPEDSYNRECV,
					  &treq->last_oow_ack_time))
			req->rsk_ops->send_ack(sk, skb, req);
		if (paws_reject)
			NET_INC_STATS(sock_net(sk), PAWSESTABREJECTED);
		*reason = paws_reject ? SKB_DROP_REASON_TCP_RFC7323_PAWS
				      : SKB_DROP_REASON_TCP_INVALID_SEQUENCE;
		return REQ_DONE;
	}
	if (opt.saw_tstamp && !after(cb->seq, treq->rcv_nxt))
		req->ts_recent = opt.rcv_tsval;
	if (cb->seq == treq->rcv_isn)
		*flags &= (u8)~TCPHDR_SYN; /* outside the window, as it were */
	if (*flags & (TCPHDR_RST | TCPHDR_SYN)) {
		TCP_INC_STATS(sock_net(sk), ATTEMPTFAILS);
		*reason = *flags & TCPHDR_RST ? SKB_DROP_REASON_TCP_RESET
					      : SKB_DROP_REASON_TCP_INVALID_SYN;
		return REQ_ABORT;
	}
	*reason = SKB_DROP_REASON_TCP_FLAGS;
	return *flags & TCPHDR_ACK ? REQ_GO_ON : REQ_DONE;
}

/* tcp_fastopen_check_req - a segment for a child that its SYN made, before the handshake is
 * complete. true: go on with it; false: skb is consumed. A SYN that cannot be does not end the
 * connection, since it may be anybody's; an RST does. Context: softirq, sock locked. */
bool tcp_fastopen_check_req(struct sock *sk, struct sk_buff *skb)
{
	struct request_sock *req = tcp_sk(sk)->fastopen_rsk;
	enum skb_drop_reason reason = SKB_DROP_REASON_TCP_FASTOPEN;
	enum req_step step;
	u8 flags;

	step = tcp_check_req_steps(sk, skb, req, &flags, &reason);
	if (step == REQ_GO_ON)
		return true;
	if (step == REQ_ABORT && (flags & TCPHDR_RST)) {
		reqsk_fastopen_remove(sk, req, true);
		tcp_reset(sk);
	} else if (step == REQ_ABORT) {
		req->rsk_ops->send_reset(sk, skb);
	}
	kfree_skb_reason(skb, reason);
	return false;
}

/*
 * tcp_check_req - a segment for a half-open connection (section 3.10.7.4, state SYN_RECEIVED). The
 * child to go on with, slock held; @sk itself: the listener answers (with an RST); NULL: done, with
 * *reason, or *req_stolen: look the sock up again. skb stays the caller's. Context: softirq.
 */
struct sock *tcp_check_req(struct sock *sk, struct sk_buff *skb, struct request_sock *req,
			   bool *req_stolen, enum skb_drop_reason *reason)
{
	struct tcp_request_sock *treq = tcp_rsk(req);
	struct sock *child;
	bool own_req;
	u8 flags;

	switch (tcp_check_req_steps(sk, skb, req, &flags, reason)) {
	case REQ_GO_ON: break;
	case REQ_DONE: return NULL;
	case REQ_WRONG_ACK: return sk;
	case REQ_ABORT: return tcp_embryonic_reset(sk, skb, req, flags & TCPHDR_RST);
	}
	if (req->num_timeout < inet_csk(sk)->icsk_accept_queue.rskq_defer_accept &&
	    TCP_SKB_CB(skb)->end_seq == treq->rcv_isn + 1) {
		treq->acked = 1; /* TCP_DEFER_ACCEPT: the data comes later */
		NET_INC_STATS(sock_net(sk), TCPDEFERACCEPTDROP);
		*reason = SKB_CONSUMED;
		return NULL;
	}
	*reason = SKB_DROP_REASON_TCP_LISTEN_OVERFLOW;
	child = inet_csk(sk)->icsk_af_ops->syn_recv_sock(sk, skb, req, NULL, req, &own_req);
	if (!child) {
		if (sock_net(sk)->tcp.sysctl_abort_on_overflow)
			return tcp_embryonic_reset(sk, skb, req, false);
		treq->acked =
			1; /* the accept queue is full: the peer's next segment is another chance */
		return NULL;
	}
	tcp_synack_rtt_meas(child, req);
	*req_stolen = !own_req;
	return inet_csk_complete_hashdance(sk, child, req, own_req);
}

bool tcp_child_process(struct sock *parent, struct sock *child, struct sk_buff *skb)
{
	int state = child->sk_state;
	bool reset = false;

	tcp_segs_in(tcp_sk(child), skb); /* the last of the handshake; the SYN is counted already */
	if (!sock_owned_by_user(child)) {
		reset = tcp_rcv_state_process(child, skb);
		if (state == TCP_SYN_RECV && child->sk_state != state)
			parent->sk_data_ready(parent);
	} else if (sk_add_backlog(child, skb,
				  INT_MAX)) { /* it was accepted between the look-up and here */
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_BACKLOG);
	}
	bh_unlock_sock(child);
	sock_put(child);
	return reset;
}
