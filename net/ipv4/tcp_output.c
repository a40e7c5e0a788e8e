/* SPDX-License-Identifier: MIT */
/* Building and sending segments: header, window, MSS, pure ACKs, FIN, RST. RFC 9293 section 3.8,
 * RFC 7323, RFC 3168; Book section 12.9.3. */
#include "tcp_internal.h"

/* ---- MSS and MTU ---- */

/* tcp_bound_to_half_wnd - a segment is at most half the largest window the peer ever offered, or it
 * would never be sent. */
int tcp_bound_to_half_wnd(const struct tcp_sock *tp, int mss)
{
	int cutoff = (int)(tp->max_window > TCP_MSS_DEFAULT ? tp->max_window >> 1 : tp->max_window);

	return cutoff && mss > cutoff ? max(cutoff, 68 - (int)tp->tcp_header_len) : mss;
}

/* tcp_sync_mss - the path MTU is @pmtu: what that makes of the segment size. Context: sock locked.
 */
unsigned int tcp_sync_mss(struct sock *sk, u32 pmtu)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int mss;

	if (icsk->icsk_mtup.search_high > (int)pmtu)
		icsk->icsk_mtup.search_high = (int)pmtu;
	mss = tcp_bound_to_half_wnd(tp, tcp_mtu_to_mss(sk, (int)pmtu));
	icsk->icsk_pmtu_cookie = pmtu;
	if (icsk->icsk_mtup.enabled)
		mss = min(mss, tcp_mtu_to_mss(sk, icsk->icsk_mtup.search_low));
	tp->mss_cache = (u32)mss;
	return (unsigned int)mss;
}

unsigned int tcp_current_mss(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct dst_entry *dst = __sk_dst_get(sk);
	u32 mss = tp->mss_cache;

	if (dst) {
		u32 mtu = dst_mtu(dst);

		if (unlikely(mtu != inet_csk(sk)->icsk_pmtu_cookie))
			mss = tcp_sync_mss(sk, mtu);
	}
	if (unlikely(tp->rx_opt.num_sacks || tp->rx_opt.dsack)) {
		struct tcp_out_options opts = { 0 };
		unsigned int len = tcp_established_options(sk, NULL, &opts) +
				   (unsigned int)sizeof(struct tcphdr);

		mss -= len - tp->tcp_header_len;
	}
	return mss;
}

/* ---- the receive window ---- */

/* __tcp_select_window - the window to offer: never a silly one (RFC 9293 section 3.8.6.2.2), never
 * more than rcv_ssthresh. */
u32 __tcp_select_window(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int mss = icsk->icsk_ack.rcv_mss, free_space = tcp_space(sk), allowed = tcp_full_space(sk);
	int full = (int)min(tp->window_clamp, (u32)max(allowed, 0));
	int scale = tp->rx_opt.rcv_wscale, window;

	if (mss > full) {
		mss = full;
		if (mss <= 0)
			return 0;
	}
	if (free_space < full >> 1) {
		icsk->icsk_ack.quick = 0;
		if (sock_net(sk)->tcp.memory_pressure)
			tp->rcv_ssthresh = min(tp->rcv_ssthresh, 4u * tp->advmss);
		free_space = free_space < 0 ? 0 : ALIGN_DOWN(free_space, 1 << scale);
		if (free_space < allowed >> 4 || free_space < mss)
			return 0;
	}
	if (free_space > (int)tp->rcv_ssthresh)
		free_space = (int)tp->rcv_ssthresh;
	if (scale)
		return (u32)ALIGN(free_space, 1 << scale);
	window = (int)tp->rcv_wnd;
	if (window <= free_space - mss || window > free_space)
		return (u32)(free_space / mss * mss);
	if (mss == full && free_space > window + (full >> 1))
		return (u32)free_space;
	return (u32)window;
}

static u16 tcp_select_window(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);
	u32 old = tp->rcv_wnd, cur = tcp_receive_window(tp), win = __tcp_select_window(sk);

	if (unlikely(inet_csk(sk)->icsk_ack.pending &
		     ICSK_ACK_NOMEM)) { /* but for want of memory: the peer then probes, and hears
					   when there is room */
		win = 0;
	} else if (win < cur) { /* a window once offered is never taken back */
		if (!win)
			NET_INC_STATS(net, TCPWANTZEROWINDOWADV);
		win = ALIGN(cur, 1u << tp->rx_opt.rcv_wscale);
	}
	tp->rcv_wnd = win;
	tp->rcv_wup = tp->rcv_nxt;
	if (!tp->rx_opt.rcv_wscale && net->tcp.sysctl_workaround_signed_windows)
		win = min(win, MAX_TCP_WINDOW);
	else
		win = min(win, 65535u << tp->rx_opt.rcv_wscale);
	win >>= tp->rx_opt.rcv_wscale;
	if (unlikely(!win)) {
		tp->pred_flags = 0;
		if (old)
			NET_INC_STATS(net, TCPTOZEROWINDOWADV);
	} else if (unlikely(!old)) {
		NET_INC_STATS(net, TCPFROMZEROWINDOWADV);
	}
	return (u16)win;
}

/* ---- the segment ---- */

void tcp_init_nondata_skb(struct sk_buff *skb, u32 seq, u8 flags)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	skb->ip_summed = CHECKSUM_PARTIAL;
	cb->tcp_flags = flags;
	cb->sacked = 0;
	cb->eor = 0;
	cb->txstamp_ack = 0;
	cb->tcp_gso_size = 0;
	tcp_skb_pcount_set(skb, 1);
	cb->seq = seq;
	cb->end_seq = seq + ((flags & (TCPHDR_SYN | TCPHDR_FIN)) ? 1 : 0);
}

static bool tcp_urg_mode(const struct tcp_sock *tp)
{
	return tp->snd_una != tp->snd_up;
}

static void tcp_ecn_send(struct sock *sk, const struct tcp_skb_cb *cb, struct tcphdr *th, bool data)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (likely(!(tp->ecn_flags & TCP_ECN_OK)))
		return;
	if (data && !before(cb->seq, tp->snd_nxt)) { /* new data only: RFC 3168 section 6.1.5 */
		inet_sk(sk)->tos |= INET_ECN_ECT_0;
		if (tp->ecn_flags & TCP_ECN_QUEUE_CWR) {
			tp->ecn_flags &= (u8)~TCP_ECN_QUEUE_CWR;
			th->cwr = 1;
		}
	} else {
		inet_sk(sk)->tos &= (u8)~INET_ECN_MASK;
	}
	if (tp->ecn_flags & TCP_ECN_DEMAND_CWR)
		th->ece = 1;
}

/* Ports, numbers, flags, window, urgent pointer; the checksum is left to send_check. */
static void tcp_build_header(struct sock *sk, struct tcphdr *th, const struct tcp_skb_cb *cb,
			     unsigned int header_size, u32 rcv_nxt, bool data)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	__be16 *words = (__be16 *)th;

	th->source = inet->inet_sport;
	th->dest = inet->inet_dport;
	th->seq = htonl(cb->seq);
	th->ack_seq = htonl(rcv_nxt);
	words[6] = htons((u16)(header_size >> 2 << 12 | cb->tcp_flags));
	th->check = 0;
	th->urg_ptr = 0;
	if (unlikely(tcp_urg_mode(tp) && before(cb->seq, tp->snd_up))) {
		if (before(tp->snd_up, cb->seq + 0x10000)) {
			th->urg_ptr = htons((u16)(tp->snd_up - cb->seq));
			th->urg = 1;
		} else if (after(cb->seq + 0xffff, tp->snd_nxt)) {
			th->urg_ptr = htons(0xffff);
			th->urg = 1;
		}
	}
	if (likely(!(cb->tcp_flags & TCPHDR_SYN))) {
		th->window = htons(tcp_select_window(sk));
		tcp_ecn_send(sk, cb, th, data);
	} else {
		th->window = htons((u16)min(
			tp->rcv_wnd, 65535u)); /* RFC 7323 section 2.2: never scaled in a SYN */
	}
}

/* The header of a segment without SACK blocks. */
static unsigned int tcp_plain_header_len(const struct tcp_sock *tp)
{
	return (unsigned int)sizeof(struct tcphdr) +
	       (tp->rx_opt.tstamp_ok ? TCPOLEN_TSTAMP_ALIGNED : 0);
}

/* Does the segment carry what every segment does, and no other option? */
static bool tcp_plain_options(const struct tcp_sock *tp, const struct tcp_skb_cb *cb)
{
	return !(cb->tcp_flags & TCPHDR_SYN) && !tp->rx_opt.num_sacks && !tp->rx_opt.dsack;
}

/* Such a segment's options: the timestamps, if they were agreed on. @words: behind the header. */
static void tcp_write_plain_options(const struct tcp_sock *tp, __be32 *words)
{
	if (likely(tp->rx_opt.tstamp_ok))
		tcp_write_timestamps(words, tcp_ts_clock(tp) + tp->tsoffset, tp->rx_opt.ts_recent);
}

/* The other segments': their length, with the header. */
static unsigned int tcp_other_options(struct sock *sk, struct sk_buff *skb,
				      struct tcp_out_options *opts)
{
	memset(opts, 0, sizeof(*opts));
	return (unsigned int)sizeof(struct tcphdr) +
	       (TCP_SKB_CB(skb)->tcp_flags & TCPHDR_SYN ? tcp_syn_options(sk, skb, opts)
							: tcp_established_options(sk, skb, opts));
}

/* It lies below TCP from now on: its bytes are the sock's until tcp_wfree. */
static void tcp_charge_below(struct sock *sk, struct sk_buff *skb)
{
	skb->sk = sk;
	skb->destructor = tcp_wfree;
	atomic_add((int)skb->truesize, &sk->sk_wmem_alloc);
}

static void tcp_event_ack_sent(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (unlikely(tcp_sk(sk)->compressed_ack))
		tcp_compressed_ack_sent(sk);
	/* an ACK that nothing asked for costs no quick one; after the last, the estimate begins
	 * anew */
	if (icsk->icsk_ack.quick && inet_csk_ack_scheduled(sk) && !--icsk->icsk_ack.quick)
		icsk->icsk_ack.ato = TCP_ATO_MIN;
	icsk->icsk_ack.pending = 0; /* the timer finds nothing to do */
	icsk->icsk_ack.retry = 0;
}

static void tcp_event_data_sent(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 now = (u32)tcp_jiffies(tp);

	if (!tp->packets_out)
		tcp_ca_event(sk, CA_EVENT_TX_START);
	tp->lsndtime = now;
	/* an answer within ato of a request: an interactive exchange, ACKs can ride on data */
	if (now - icsk->icsk_ack.lrcvtime < icsk->icsk_ack.ato)
		inet_csk_enter_pingpong_mode(sk);
}

/* The copy that goes out; the queued segment keeps its place. NULL when out of memory. */
static struct sk_buff *tcp_clone_for_send(struct sk_buff *oskb, gfp_t gfp)
{
	struct list_head anchor = oskb->tcp_tsorted_anchor;
	struct sk_buff *skb;

	tcp_skb_tsorted_anchor_cleanup(oskb);
	skb = unlikely(skb_cloned(oskb)) ? pskb_copy(oskb, gfp) : skb_clone(oskb, gfp);
	oskb->tcp_tsorted_anchor = anchor;
	if (skb) {
		skb->next = skb->prev = NULL; /* the place in the tree lies over these */
		skb->dev = NULL;
	}
	return skb;
}

static void tcp_count_sent(struct sock *sk, const struct sk_buff *skb, const struct tcp_skb_cb *cb,
			   unsigned int header_size)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int segs = max(tcp_skb_pcount(skb), 1u);

	if (skb->len != header_size) {
		tcp_event_data_sent(sk);
		tp->data_segs_out += segs;
		tp->bytes_sent += skb->len - header_size;
	}
	if (after(cb->end_seq, tp->snd_nxt) || cb->seq == cb->end_seq)
		TCP_ADD_STATS(sock_net(sk), OUTSEGS, segs);
	tp->segs_out += segs;
}

/*
 * __tcp_transmit_skb - header in front of @skb (or of a copy: @clone_it) and down to the network
 * layer. 0 or -errno; consumes skb unless @clone_it. Context: sock locked, tcp_mstamp fresh.
 */
int __tcp_transmit_skb(struct sock *sk, struct sk_buff *skb, int clone_it, gfp_t gfp, u32 rcv_nxt)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct skb_shared_info *sh;
	struct sk_buff *oskb = NULL;
	struct tcp_out_options opts;
	struct tcp_skb_cb *cb;
	unsigned int header_size;
	struct tcphdr *th;
	bool plain;
	int err;

	if (clone_it) {
		oskb = skb;
		oskb->tstamp = (ktime_t)tp->tcp_clock_cache;
		skb = tcp_clone_for_send(oskb, gfp);
		if (unlikely(!skb))
			return -ENOBUFS;
	}
	skb->tstamp = 0;
	if (unlikely(sk->sk_pacing_status == SK_PACING_FQ))
		tcp_departure_time(tp, skb, oskb);
	cb = TCP_SKB_CB(skb);
	plain = likely(tcp_plain_options(tp, cb));
	if (plain)
		header_size = tcp_plain_header_len(tp);
	else
		header_size = tcp_other_options(sk, skb, &opts);
	if (tcp_skb_pcount(skb) >
	    1) /* as Linux: a receiver that joins packets then waits for no more */
		cb->tcp_flags |= TCPHDR_PSH;
	th = skb_push(skb, header_size);
	skb_reset_transport_header(skb);
	tcp_charge_below(sk, skb);
	tcp_build_header(sk, th, cb, header_size, rcv_nxt, skb->len != header_size);
	if (plain)
		tcp_write_plain_options(tp, (__be32 *)(th + 1));
	else
		tcp_options_write((__be32 *)(th + 1), tp, &opts);
	sh = skb_shinfo(skb);
	sh->gso_segs = (u16)tcp_skb_pcount(skb);
	sh->gso_size = (u16)tcp_skb_mss(skb);
	sh->gso_type = tcp_skb_mss(skb) ? SKB_GSO_TCPV4 : 0;
	icsk->icsk_af_ops->send_check(sk, skb);
	if (likely(cb->tcp_flags & TCPHDR_ACK))
		tcp_event_ack_sent(sk);
	tcp_count_sent(sk, skb, cb, header_size);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb))); /* IP's from here on */
	err = icsk->icsk_af_ops->queue_xmit(sk, skb);
	if (unlikely(err > 0)) { /* the qdisc is full: that is congestion */
		tcp_enter_cwr(sk);
		err = err == NET_XMIT_CN ? 0 : err;
	}
	if (unlikely(sk->sk_pacing_status != SK_PACING_NONE))
		tcp_pacing_sent(sk, !err && oskb ? oskb->len : 0);
	if (!err && oskb) {
		list_move_tail(&oskb->tcp_tsorted_anchor, &tp->tsorted_sent_queue);
		tcp_rate_skb_sent(sk, oskb);
	}
	return err;
}

int tcp_transmit_skb(struct sock *sk, struct sk_buff *skb, int clone_it, gfp_t gfp)
{
	return __tcp_transmit_skb(sk, skb, clone_it, gfp, tcp_sk(sk)->rcv_nxt);
}

/* ---- segments without data ---- */

/* A sequence number the peer must accept even if it shrank its window. */
static u32 tcp_acceptable_seq(const struct tcp_sock *tp)
{
	u32 end = tcp_wnd_end(tp);

	if (!before(end, tp->snd_nxt) ||
	    (tp->rx_opt.wscale_ok && tp->snd_nxt - end < 1u << tp->rx_opt.rcv_wscale))
		return tp->snd_nxt;
	return end;
}

void __tcp_send_ack(struct sock *sk, u32 rcv_nxt)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct sk_buff *skb;

	if (sk->sk_state == TCP_CLOSE)
		return;
	skb = alloc_skb(MAX_TCP_HEADER, GFP_ATOMIC);
	if (unlikely(!skb)) {
		unsigned long delay = min((unsigned long)TCP_DELACK_MAX << icsk->icsk_ack.retry,
					  (unsigned long)TCP_RTO_MAX);

		if (delay < TCP_RTO_MAX)
			icsk->icsk_ack.retry++;
		inet_csk_schedule_ack(sk);
		icsk->icsk_ack.ato = TCP_ATO_MIN;
		inet_csk_reset_delack_timer(sk, jiffies + delay);
		return;
	}
	skb_reserve(skb, MAX_TCP_HEADER);
	tcp_init_nondata_skb(skb, tcp_acceptable_seq(tcp_sk(sk)), TCPHDR_ACK);
	__tcp_transmit_skb(sk, skb, 0, 0, rcv_nxt);
}

void tcp_send_ack(struct sock *sk)
{
	__tcp_send_ack(sk, tcp_sk(sk)->rcv_nxt);
}

/* tcp_send_delayed_ack - arm the delayed-ACK timer by the estimated interval of the peer's data.
 * RFC 9293 section 3.8.6.3. */
void tcp_send_delayed_ack(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 ato = icsk->icsk_ack.ato;
	unsigned long timeout;

	if (ato > TCP_DELACK_MIN) {
		u32 max_ato = HZ / 2;

		if (inet_csk_in_pingpong_mode(sk) || (icsk->icsk_ack.pending & ICSK_ACK_PUSHED))
			max_ato = TCP_DELACK_MAX;
		if (tp->srtt_us)
			max_ato = min(max_ato,
				      max((tp->srtt_us >> 3) / USEC_PER_MSEC, TCP_DELACK_MIN));
		ato = min(ato, max_ato);
	}
	ato = min(ato, icsk->icsk_delack_max);
	timeout = tcp_jiffies(tp) + ato;
	if (icsk->icsk_ack.pending & ICSK_ACK_TIMER) {
		if (time_before_eq(icsk->icsk_ack.timeout,
				   tcp_jiffies(tp) + (ato >> 2))) { /* about to expire: send now */
			tcp_send_ack(sk);
			return;
		}
		if (!time_before(timeout, icsk->icsk_ack.timeout))
			timeout = icsk->icsk_ack.timeout;
	}
	icsk->icsk_ack.pending |= ICSK_ACK_SCHED;
	inet_csk_reset_delack_timer(sk, timeout);
}

static void tcp_queue_skb(struct sock *sk, struct sk_buff *skb)
{
	tcp_sk(sk)->write_seq = TCP_SKB_CB(skb)->end_seq;
	skb->nohdr = 1;
	tcp_mstamp_refresh(tcp_sk(sk));
	tcp_add_write_queue_tail(sk, skb);
	sk->sk_wmem_queued += (int)skb->truesize;
	sk_mem_charge(sk, (int)skb->truesize);
}

/* The FIN goes with a segment that is still to be acknowledged; a retransmission brings it. */
static void tcp_add_fin(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_FIN;
	TCP_SKB_CB(skb)->end_seq++;
	tp->write_seq++;
}

/* tcp_queue_fin - in a segment of its own, to which a FIN that waited has given its number. false:
 * no memory. */
static bool tcp_queue_fin(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_stream_alloc_skb(sk, 0, GFP_ATOMIC | __GFP_NOWARN, true);

	if (!skb)
		return false;
	tcp_init_nondata_skb(skb, tp->write_seq - tp->fin_waits, TCPHDR_ACK | TCPHDR_FIN);
	tp->fin_waits = 0;
	tcp_queue_skb(sk, skb);
	return true;
}

/* tcp_send_fin - on the last unsent segment if there is one, else in a segment of its own. Without
 * memory for that, on the last sent one, or later. Context: sock locked. */
void tcp_send_fin(struct sock *sk)
{
	struct sk_buff *tail = tcp_write_queue_tail(sk), *sent = tcp_rtx_queue_tail(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	if (tail) {
		tcp_add_fin(sk, tail);
	} else if ((sent && sock_net(sk)->tcp.memory_pressure) || !tcp_queue_fin(sk)) {
		if (sent) {
			tcp_add_fin(sk, sent);
			tp->snd_nxt++;
		} else {
			tp->write_seq += !tp->fin_waits;
			tp->fin_waits = 1;
			inet_csk_reset_keepalive_timer(sk, TCP_RESOURCE_PROBE_INTERVAL);
		}
		return;
	}
	__tcp_push_pending_frames(sk, tcp_current_mss(sk), TCP_NAGLE_OFF);
}

/* tcp_send_active_reset - we give up the connection. RFC 9293 section 3.10.5. */
void tcp_send_active_reset(struct sock *sk, gfp_t gfp)
{
	struct sk_buff *skb;

	TCP_INC_STATS(sock_net(sk), OUTRSTS);
	NET_TRACE(tcp_send_reset, sk, NULL);
	skb = alloc_skb(MAX_TCP_HEADER, gfp);
	if (!skb) {
		NET_INC_STATS(sock_net(sk), TCPABORTFAILED);
		return;
	}
	skb_reserve(skb, MAX_TCP_HEADER);
	tcp_init_nondata_skb(skb, tcp_acceptable_seq(tcp_sk(sk)), TCPHDR_ACK | TCPHDR_RST);
	tcp_mstamp_refresh(tcp_sk(sk));
	if (tcp_transmit_skb(sk, skb, 0, gfp))
		NET_INC_STATS(sock_net(sk), TCPABORTFAILED);
}

/* tcp_release_cb - what timers and ICMP left to do while a process held the sock. Context: slock
 * held. */
void tcp_release_cb(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned long flags = tp->tsq_flags & TCP_DEFERRED_ALL;

	if (likely(!flags))
		return;
	tp->tsq_flags &= ~flags;
	if (flags & BIT(TCP_TSQ_DEFERRED)) {
		tcp_tsq_write(sk);
		sock_put(sk);
	}
	if (flags & BIT(TCP_WRITE_TIMER_DEFERRED)) {
		tcp_write_timer_handler(sk);
		sock_put(sk);
	}
	if (flags & BIT(TCP_DELACK_TIMER_DEFERRED)) {
		tcp_delack_timer_handler(sk);
		sock_put(sk);
	}
	if (flags & BIT(TCP_MTU_REDUCED_DEFERRED)) {
		inet_csk(sk)->icsk_af_ops->mtu_reduced(sk);
		sock_put(sk);
	}
}
