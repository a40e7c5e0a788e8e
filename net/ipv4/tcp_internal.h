/* SPDX-License-Identifier: MIT */
/* What TCP's own files share and nobody else needs (net/ipv4/tcp*.c). */
#ifndef IPV4_TCP_INTERNAL_H
#define IPV4_TCP_INTERNAL_H

#include <kernel/bitops.h>
#include <kernel/random.h>
#include <net/tcp.h>

/* ---- bookkeeping of what limits the sender (tcpi_busy_time and kin) ---- */
void tcp_chrono_start(struct sock *sk, enum tcp_chrono type);
void tcp_chrono_stop(struct sock *sk, enum tcp_chrono type);

/* ---- memory ---- */
struct sk_buff *tcp_stream_alloc_skb(struct sock *sk, unsigned int size, gfp_t gfp, bool force);
void tcp_skb_entail(struct sock *sk, struct sk_buff *skb);
void tcp_remove_empty_skb(struct sock *sk);
static inline void tcp_add_write_queue_tail(struct sock *sk, struct sk_buff *skb)
{
	__skb_queue_tail(&sk->sk_write_queue, skb);
	if (sk->sk_write_queue.next == skb)
		tcp_chrono_start(sk, TCP_CHRONO_BUSY);
}
/* tcp_force_charge - account @size beyond the limits: what must go out (FIN, first segment) goes out. */
void tcp_force_charge(struct sock *sk, int size);
static inline void tcp_clear_all_retrans_hints(struct tcp_sock *tp)
{
	tp->retransmit_skb_hint = NULL;
}
/* tcp_skb_can_collapse_to - may data be appended to @skb? Not after MSG_EOR, nor to a segment the peer has seen. */
static inline bool tcp_skb_can_collapse_to(const struct sk_buff *skb) { return !TCP_SKB_CB(skb)->eor; }
static inline bool forced_push(const struct tcp_sock *tp) { return after(tp->write_seq, tp->pushed_seq + (tp->max_window >> 1)); }
static inline void tcp_mark_push(struct tcp_sock *tp, struct sk_buff *skb)
{
	TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_PSH;
	tp->pushed_seq = tp->write_seq;
}
/* tcp_notsent_room - TCP_NOTSENT_LOWAT: is there less than that which has not been sent? Half of it before a writer is woken
 * (@wake: 1). tcp_stream_memory_free - the same, for sk_prot. */
static inline bool tcp_notsent_room(const struct sock *sk, int wake)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 lowat = tp->notsent_lowat ? tp->notsent_lowat : (u32)sock_net(sk)->tcp.sysctl_notsent_lowat;

	return (u64)(tp->write_seq - tp->snd_nxt) << wake < lowat;
}
bool tcp_stream_memory_free(const struct sock *sk, int wake);
int tcp_set_rcvlowat(struct sock *sk, int val);
void tcp_saved_syn_free(struct tcp_sock *tp);
int tcp_tstamp_key(const struct sock *sk, u32 *key);

/* ---- options (tcp_options.c) ---- */
struct tcp_out_options {
	u16 options; /* OPTION_x */
	u16 mss;     /* 0: no MSS option */
	u8 ws;	     /* 0 without OPTION_WSCALE */
	u8 num_sack_blocks;
	u32 tsval, tsecr;
	const struct tcp_fastopen_cookie *fastopen; /* NULL: no such option */
};
#define OPTION_SACK_ADVERTISE 1
#define OPTION_TS 2
#define OPTION_WSCALE 8
unsigned int tcp_syn_options(struct sock *sk, struct sk_buff *skb, struct tcp_out_options *opts);
unsigned int tcp_synack_options(const struct sock *sk, struct request_sock *req, unsigned int mss, struct tcp_out_options *opts, u32 tsval,
				const struct tcp_fastopen_cookie *foc);
unsigned int tcp_established_options(struct sock *sk, struct sk_buff *skb, struct tcp_out_options *opts);
/* tcp_write_timestamps - the option with two fillers before it, as Linux writes it: three words. */
static inline void tcp_write_timestamps(__be32 *words, u32 tsval, u32 tsecr)
{
	words[0] = htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 | TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP);
	words[1] = htonl(tsval);
	words[2] = htonl(tsecr);
}
void tcp_options_write(__be32 *ptr, struct tcp_sock *tp, struct tcp_out_options *opts);
bool tcp_fast_parse_options(const struct net *net, const struct sk_buff *skb, const struct tcphdr *th, struct tcp_sock *tp);
const u8 *tcp_find_option(const struct tcphdr *th, u8 kind); /* the last of @kind, at its kind byte, or NULL */

/* ---- output ---- */
int tcp_transmit_skb(struct sock *sk, struct sk_buff *skb, int clone_it, gfp_t gfp);
int __tcp_transmit_skb(struct sock *sk, struct sk_buff *skb, int clone_it, gfp_t gfp, u32 rcv_nxt);
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt);
bool tcp_write_xmit(struct sock *sk, unsigned int mss_now, int nonagle, int push_one, gfp_t gfp);
void tcp_push_one(struct sock *sk, unsigned int mss_now);
u32 __tcp_select_window(struct sock *sk);
int tcp_send_mss(struct sock *sk, unsigned int *size_goal, int flags);
int tcp_bound_to_half_wnd(const struct tcp_sock *tp, int mss);
unsigned int tcp_xmit_size_goal(struct sock *sk, unsigned int mss_now, bool large_allowed);
u32 tcp_tso_segs(struct sock *sk, unsigned int mss_now);
bool tcp_tso_should_defer(struct sock *sk, struct sk_buff *skb, u32 max_segs, bool *cwnd_limited, bool *rwnd_limited);
int tcp_fragment(struct sock *sk, bool rtx_queue, struct sk_buff *skb, u32 len, unsigned int mss_now, gfp_t gfp);
int tcp_trim_head(struct sock *sk, struct sk_buff *skb, u32 len);
void tcp_set_skb_tso_segs(struct sk_buff *skb, unsigned int mss_now);
static inline int tcp_init_tso_segs(struct sk_buff *skb, unsigned int mss_now)
{
	unsigned int segs = tcp_skb_pcount(skb);

	if (!segs || (segs > 1 && tcp_skb_mss(skb) != mss_now)) {
		tcp_set_skb_tso_segs(skb, mss_now);
		segs = tcp_skb_pcount(skb);
	}
	return (int)segs;
}
void tcp_adjust_pcount(struct sock *sk, const struct sk_buff *skb, int decr);
void tcp_event_new_data_sent(struct sock *sk, struct sk_buff *skb);
int __tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs);
int tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs);
void tcp_xmit_retransmit_queue(struct sock *sk);
void tcp_retrans_try_collapse(struct sock *sk, struct sk_buff *to, int space);
bool tcp_schedule_loss_probe(struct sock *sk, bool advancing_rto);
void tcp_send_loss_probe(struct sock *sk);
void tcp_send_probe0(struct sock *sk);
int tcp_write_wakeup(struct sock *sk, int mib);
void tcp_send_delayed_ack(struct sock *sk);
int tcp_send_synack(struct sock *sk);
u32 tcp_cwnd_test(const struct tcp_sock *tp, const struct sk_buff *skb);
bool tcp_snd_wnd_test(const struct tcp_sock *tp, const struct sk_buff *skb, unsigned int cur_mss);
void tcp_cwnd_validate(struct sock *sk, bool is_cwnd_limited);
void tcp_cwnd_restart(struct sock *sk, s32 delta);
void tcp_init_nondata_skb(struct sk_buff *skb, u32 seq, u8 flags);
/* ---- what is known of a destination (tcp_metrics.c) ---- */
struct tcp_metrics {
	__be32 saddr, daddr;	      /* daddr 0: free */
	u32 used, stamp;	      /* jiffies: when last looked for; when the numbers were learnt */
	u32 rtt_us;		      /* as srtt_us, the eightfold; 0: unknown, as all that follows */
	u32 ssthresh, reordering;     /* packets */
	u16 fastopen_mss;
	struct tcp_fastopen_cookie cookie;
};
struct tcp_metrics *tcp_metrics_find(struct net *net, __be32 saddr, __be32 daddr);
struct tcp_metrics *tcp_metrics_make(struct net *net, __be32 saddr, __be32 daddr);
void tcp_update_metrics(struct sock *sk);
void tcp_init_metrics(struct sock *sk);
bool tcp_peer_is_proven(struct net *net, const struct request_sock *req);
void tcp_metrics_free(struct net *net);

/* ---- Fast Open, RFC 7413 (tcp_fastopen.c, tcp_fastopen_client.c, tcp_fastopen_cache.c) ---- */
struct tcp_fastopen_request {
	struct tcp_fastopen_cookie cookie;
	struct kmsghdr *data; /* what is to be sent; NULL: all of it is in the SYN */
	size_t size;	      /* bytes of it */
	int copied;	      /* bytes in the SYN */
};
enum { TFO_STATUS_UNSPEC, TFO_COOKIE_UNAVAILABLE, TFO_DATA_NOT_ACKED, TFO_SYN_RETRANSMITTED }; /* tcpi_fastopen_client_fail */
void tcp_fastopen_set_keys(struct tcp_fastopen_context *ctx, const void *keys, unsigned int nr);
int tcp_fastopen_set_socket_keys(struct sock *sk, const void *keys, unsigned int nr);
void tcp_fastopen_tune(struct sock *sk, int backlog);
void tcp_fastopen_destroy(struct sock *sk);
void tcp_parse_fastopen(const struct tcphdr *th, struct tcp_fastopen_cookie *foc);
bool tcp_fastopen_no_cookie(const struct sock *sk, int flag);
struct sock *tcp_try_fastopen(struct sock *sk, struct sk_buff *skb, struct request_sock *req, struct tcp_fastopen_cookie *foc);
bool tcp_fastopen_queue_child(struct sock *sk, struct sock *child, struct request_sock *req, struct dst_entry *dst,
			      const struct tcp_fastopen_cookie *foc);
bool tcp_fastopen_check_req(struct sock *sk, struct sk_buff *skb); /* tcp_minisocks.c */
void tcp_fastopen_add_skb(struct sock *sk, struct sk_buff *skb);
void tcp_fastopen_established(struct sock *sk);
void tcp_fastopen_synack_timer(struct sock *sk, struct request_sock *req);
int tcp_fastopen_defer_connect(struct sock *sk);
void tcp_free_fastopen_req(struct tcp_sock *tp);
int tcp_send_syn_data(struct sock *sk, struct sk_buff *syn);
bool tcp_rcv_fastopen_synack(struct sock *sk, struct sk_buff *synack);
int tcp_sendmsg_fastopen(struct sock *sk, struct kmsghdr *msg);
void tcp_fastopen_active_disable(struct sock *sk);
void tcp_fastopen_timed_out(struct sock *sk, bool expired);
void tcp_fastopen_end(struct sock *sk);
void tcp_fastopen_cache_get(struct sock *sk, u16 *mss, struct tcp_fastopen_cookie *cookie);
void tcp_fastopen_cache_set(struct sock *sk, u16 mss, const struct tcp_fastopen_cookie *cookie);
void tcp_connect_queue_skb(struct sock *sk, struct sk_buff *skb);
int tcp_sendmsg_fast(struct sock *sk, struct kmsghdr *msg); /* tcp_fast_send.c */
int tcp_sendmsg_locked(struct sock *sk, struct kmsghdr *msg, int before); /* @before: bytes of the call that are sent already */

/* ---- path MTU probing (tcp_mtu_probe.c) ---- */
int __tcp_mtu_to_mss(struct sock *sk, int pmtu); /* without the options that every segment carries */
int tcp_mtu_to_mss(struct sock *sk, int pmtu);
void tcp_mtup_black_hole(struct sock *sk);
void tcp_mtup_probe_acked(struct sock *sk);
bool tcp_mtup_probe_lost(struct sock *sk);
int tcp_mtu_probe(struct sock *sk);

/* ---- pacing and small queues (tcp_pacing.c) ---- */
void tcp_update_pacing_rate(struct sock *sk);
void tcp_pacing_sent(struct sock *sk, u32 len);
void tcp_departure_time(const struct tcp_sock *tp, struct sk_buff *skb, struct sk_buff *oskb);
bool tcp_pacing_check(struct sock *sk);
bool tcp_small_queue_check(struct sock *sk, const struct sk_buff *skb, unsigned int factor);
void tcp_tsq_write(struct sock *sk);
void tcp_pace_kick(struct hrtimer *timer);
void tcp_wfree(struct sk_buff *skb);
void tcp_tsq_init(struct netns_tcp *nt);
void tcp_tsq_exit(struct netns_tcp *nt);
bool tcp_autocork(struct sock *sk, const struct sk_buff *skb, unsigned int size_goal);
static inline bool tcp_paced_back(struct sock *sk) /* the next segment's time has not come: the timer goes on */
{
	return unlikely(sk->sk_pacing_status == SK_PACING_NEEDED) && tcp_pacing_check(sk);
}
/* tcp_xmit_throttled - must @skb wait, though the windows let it go: for its time, or for what lies below? Whatever it waits
 * for calls tcp_tsq_write. @factor: 1 for retransmissions, which may have twice as much below. */
static inline bool tcp_xmit_throttled(struct sock *sk, const struct sk_buff *skb, unsigned int factor)
{
	return tcp_paced_back(sk) || (unlikely(sk_wmem_alloc_get(sk)) && tcp_small_queue_check(sk, skb, factor));
}
/* tcp_pacing_delay - jiffies until a segment that pacing holds back may go: timers that wait for its ACK begin then. */
static inline unsigned long tcp_pacing_delay(const struct sock *sk)
{
	s64 delay;

	if (likely(sk->sk_pacing_status == SK_PACING_NONE))
		return 0;
	delay = (s64)(tcp_sk(sk)->tcp_wstamp_ns - tcp_sk(sk)->tcp_clock_cache);
	return delay > 0 ? (unsigned long)delay / NSEC_PER_JIFFY : 0;
}

/* ---- the rest of output ---- */
static inline void tcp_slow_start_after_idle_check(struct sock *sk) /* RFC 2861 */
{
	struct tcp_sock *tp = tcp_sk(sk);
	s32 delta;

	if (!sock_net(sk)->tcp.sysctl_slow_start_after_idle || tp->packets_out || inet_csk(sk)->icsk_ca_ops->cong_control)
		return;
	delta = (s32)((u32)tcp_jiffies(tp) - tp->lsndtime);
	if (delta > (s32)inet_csk(sk)->icsk_rto)
		tcp_cwnd_restart(sk, delta);
}
static inline u32 tcp_rto_min(const struct sock *sk)
{
	const struct dst_entry *dst = __sk_dst_get(sk);
	u32 route = dst ? dst_metric(dst, RTAX_RTO_MIN) : 0;

	return route ? route : inet_csk(sk)->icsk_rto_min;
}
static inline u32 __tcp_set_rto(const struct tcp_sock *tp)
{
	return (u32)msecs_to_jiffies(((tp->srtt_us >> 3) + tp->rttvar_us + 999) / 1000);
}
/* tcp_reset_xmit_timer - as inet_csk_reset_xmit_timer, by the time of tcp_mstamp_refresh. */
static inline void tcp_reset_xmit_timer(struct sock *sk, int what, unsigned long when)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	icsk->icsk_pending = (u8)what;
	when = min(when + tcp_pacing_delay(sk), (unsigned long)TCP_RTO_MAX);
	icsk->icsk_timeout = tcp_jiffies(tcp_sk(sk)) + when;
	icsk_timer_at_latest(sk, &icsk->icsk_retransmit_timer, icsk->icsk_timeout);
}
static inline unsigned long tcp_probe0_base(const struct sock *sk) { return max(inet_csk(sk)->icsk_rto, TCP_RTO_MIN); }
static inline unsigned long tcp_probe0_when(const struct sock *sk, unsigned long max_when)
{
	u8 backoff = (u8)min((u8)ilog2(TCP_RTO_MAX / TCP_RTO_MIN) + 1, (int)inet_csk(sk)->icsk_backoff);

	return min(tcp_probe0_base(sk) << backoff, max_when);
}
static inline void tcp_check_probe_timer(struct sock *sk) /* something waits, and nothing in flight will bring an ACK */
{
	if (!tcp_sk(sk)->packets_out && !inet_csk(sk)->icsk_pending)
		tcp_reset_xmit_timer(sk, ICSK_TIME_PROBE0, tcp_probe0_base(sk));
}
static inline void tcp_push_pending_frames(struct sock *sk)
{
	if (tcp_send_head(sk))
		__tcp_push_pending_frames(sk, tcp_current_mss(sk), tcp_sk(sk)->nonagle);
}

/* ---- input ---- */
/* tcp_skb_segs_in - packets on the wire that @skb, at its header, stands for. */
static inline u32 tcp_skb_segs_in(const struct sk_buff *skb)
{
	const struct skb_shared_info *sh = skb_shinfo(skb);

	if (likely(!sh->gso_size))
		return 1;
	/* A device that joins them does not say how many they were. */
	return sh->gso_segs ? sh->gso_segs : DIV_ROUND_UP(max(skb->len - tcp_hdrlen(skb), 1u), sh->gso_size);
}
static inline void tcp_segs_in(struct tcp_sock *tp, const struct sk_buff *skb)
{
	u32 segs = tcp_skb_segs_in(skb);

	tp->segs_in += segs;
	if (skb->len > tcp_hdrlen(skb))
		tp->data_segs_in += segs;
}
void tcp_try_undo_spurious_syn(struct sock *sk);
int tcp_rcv_synsent_state_process(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th);
void tcp_cleanup_rbuf(struct sock *sk, int copied);
void tcp_rcv_space_adjust(struct sock *sk);
bool tcp_ack_whole(struct sock *sk, const struct sk_buff *skb);
bool tcp_fast_established(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th);
void tcp_data_queue(struct sock *sk, struct sk_buff *skb);
void tcp_data_queue_ofo(struct sock *sk, struct sk_buff *skb);
void tcp_ofo_queue(struct sock *sk);
void tcp_ofo_purge(struct sock *sk);
bool tcp_prune_ofo_queue(struct sock *sk);
void tcp_collapse_ofo_queue(struct sock *sk);
void tcp_collapse(struct sock *sk, struct sk_buff_head *list, struct rb_root *root, struct sk_buff *head, struct sk_buff *tail, u32 start,
		  u32 end);
bool tcp_try_coalesce(struct sock *sk, struct sk_buff *to, struct sk_buff *from, bool *fragstolen);
int tcp_queue_rcv(struct sock *sk, struct sk_buff *skb, bool *fragstolen); /* 1: eaten, the caller frees skb */
int tcp_try_rmem_schedule(struct sock *sk, struct sk_buff *skb, unsigned int size);
void tcp_event_data_recv(struct sock *sk, struct sk_buff *skb);
void tcp_data_ready(struct sock *sk);
void tcp_urg(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th);
void tcp_fin(struct sock *sk);
void tcp_ack_snd_check(struct sock *sk);
void __tcp_ack_snd_check(struct sock *sk, int ofo_possible);
void tcp_ack_compress(struct sock *sk);
void tcp_compressed_ack_sent(struct sock *sk);
void tcp_sack_compress_send_ack(struct sock *sk);
void tcp_compressed_ack_kick(struct hrtimer *timer);
void tcp_data_snd_check(struct sock *sk);
void tcp_check_space(struct sock *sk);
void tcp_grow_window(struct sock *sk, const struct sk_buff *skb);
void tcp_clamp_window(struct sock *sk);
void tcp_init_buffer_space(struct sock *sk);
void tcp_enter_quickack_mode(struct sock *sk, unsigned int max_quickacks);
void tcp_incr_quickack(struct sock *sk, unsigned int max_quickacks);
bool tcp_in_quickack_mode(struct sock *sk);
void tcp_rcv_rtt_measure(struct tcp_sock *tp);
void tcp_rcv_rtt_measure_ts(struct sock *sk, const struct sk_buff *skb);
void tcp_dsack_set(struct sock *sk, u32 seq, u32 end_seq);
void tcp_dsack_extend(struct sock *sk, u32 seq, u32 end_seq);
void tcp_sack_new_ofo_skb(struct sock *sk, u32 seq, u32 end_seq);
void tcp_sack_remove(struct tcp_sock *tp);
void tcp_send_dupack(struct sock *sk, const struct sk_buff *skb);
void tcp_send_challenge_ack(struct sock *sk);
bool tcp_oow_rate_limited(struct net *net, const struct sk_buff *skb, int mib, u32 *last_oow_ack_time);
void __tcp_oow_count(struct net *net, int mib);
void tcp_ecn_check_ce(struct sock *sk, const struct sk_buff *skb);
static inline void tcp_store_ts_recent(struct tcp_sock *tp)
{
	tp->rx_opt.ts_recent = tp->rx_opt.rcv_tsval;
	tp->rx_opt.ts_recent_stamp = tcp_clock_seconds(tp);
}
static inline bool tcp_paws_check(const struct tcp_options_received *rx, int paws_win)
{
	if ((s32)(rx->ts_recent - rx->rcv_tsval) <= paws_win)
		return true;
	if (tcp_seconds() - rx->ts_recent_stamp >= TCP_PAWS_24DAYS)
		return true;
	return !rx->ts_recent; /* some peers start from 0 and say so in their SYN */
}
static inline bool tcp_paws_reject(const struct tcp_options_received *rx, bool rst)
{
	if (tcp_paws_check(rx, 0))
		return false;
	/* RFC 7323 section 5.2: PAWS does not speak about RSTs; an old one is believed only while ts_recent is fresh */
	return !(rst && tcp_seconds() - rx->ts_recent_stamp >= TCP_PAWS_MSL);
}
static inline void tcp_replace_ts_recent(struct tcp_sock *tp, u32 seq) /* RFC 7323 section 4.3 */
{
	if (tp->rx_opt.saw_tstamp && !after(seq, tp->rcv_wup) && tcp_paws_check(&tp->rx_opt, TCP_PAWS_WINDOW))
		tcp_store_ts_recent(tp);
}
/* tcp_sequence - RFC 9293 section 3.10.7.4, first check: does any of it lie in the window? */
static inline bool tcp_sequence(const struct tcp_sock *tp, u32 seq, u32 end_seq)
{
	return !before(end_seq, tp->rcv_wup) && !after(seq, tp->rcv_nxt + tcp_receive_window(tp));
}
/* tcp_in_window - the exact form, for TIME_WAIT and requests. */
static inline bool tcp_in_window(u32 seq, u32 end_seq, u32 s_win, u32 e_win)
{
	if (seq == s_win)
		return true;
	if (after(end_seq, s_win) && before(seq, e_win))
		return true;
	return seq == e_win && seq == end_seq;
}

/* ---- acknowledgements and recovery ---- */
#define FLAG_DATA 0x01 /* the segment holds data */
#define FLAG_WIN_UPDATE 0x02
#define FLAG_DATA_ACKED 0x04
#define FLAG_RETRANS_DATA_ACKED 0x08
#define FLAG_SYN_ACKED 0x10
#define FLAG_DATA_SACKED 0x20
#define FLAG_ECE 0x40
#define FLAG_LOST_RETRANS 0x80
#define FLAG_SLOWPATH 0x100
#define FLAG_ORIG_SACK_ACKED 0x200 /* data never retransmitted was (s)acked */
#define FLAG_SND_UNA_ADVANCED 0x400
#define FLAG_DSACKING_ACK 0x800
#define FLAG_SET_XMIT_TIMER 0x1000
#define FLAG_SACK_RENEGING 0x2000
#define FLAG_UPDATE_TS_RECENT 0x4000
#define FLAG_NO_CHALLENGE_ACK 0x8000
#define FLAG_ACK_MAYBE_DELAYED 0x10000
#define FLAG_DSACK_TLP 0x20000
#define FLAG_ACKED (FLAG_DATA_ACKED | FLAG_SYN_ACKED)
#define FLAG_NOT_DUP (FLAG_DATA | FLAG_WIN_UPDATE | FLAG_ACKED)
#define FLAG_CA_ALERT (FLAG_DATA_SACKED | FLAG_ECE | FLAG_DSACKING_ACK)
#define FLAG_FORWARD_PROGRESS (FLAG_ACKED | FLAG_DATA_SACKED)
#define REXMIT_NONE 0
#define REXMIT_LOST 1 /* retransmit what is marked lost */
#define REXMIT_NEW 2  /* F-RTO: send new data first */

struct tcp_sacktag_state {
	u64 first_sackt, last_sackt; /* us: send times of the newly sacked */
	u32 reord;		     /* lowest sequence that was delivered out of order */
	u32 sack_delivered;
	int flag;
	unsigned int mss_now;
	struct rate_sample *rate;
};

int tcp_ack(struct sock *sk, const struct sk_buff *skb, int flag);
u8 tcp_sacktag_one(struct sock *sk, struct tcp_sacktag_state *state, const struct sk_buff *skb, u32 end_seq, u32 pcount, bool dup);
struct sk_buff *tcp_sack_shift(struct sock *sk, struct sk_buff *skb, u32 start, u32 end, struct tcp_sacktag_state *state, bool dup);
u32 tcp_sacktag_write_queue(struct sock *sk, const struct sk_buff *ack_skb, u32 prior_snd_una, struct tcp_sacktag_state *state);
void tcp_fastretrans_alert(struct sock *sk, u32 prior_snd_una, int num_dupack, int *ack_flag, int *rexmit);
void tcp_cwnd_reduction(struct sock *sk, int newly_acked_sacked, int newly_lost, int flag);
void tcp_enter_cwr(struct sock *sk);
void tcp_enter_loss(struct sock *sk);
void tcp_enter_recovery(struct sock *sk, bool ece_ack);
void tcp_init_cwnd_reduction(struct sock *sk);
void tcp_clear_retrans(struct tcp_sock *tp);
void tcp_process_tlp_ack(struct sock *sk, u32 ack, int flag);
void tcp_mark_skb_lost(struct sock *sk, struct sk_buff *skb);
void tcp_skb_mark_lost_uncond_verify(struct tcp_sock *tp, struct sk_buff *skb);
void tcp_check_sack_reordering(struct sock *sk, u32 low_seq, int ts);
void tcp_reset_reno_sack(struct tcp_sock *tp);
void tcp_remove_reno_sacks(struct sock *sk, int acked, bool ece_ack);
void tcp_add_reno_sack(struct sock *sk, int num_dupack, bool ece_ack);
void tcp_rearm_rto(struct sock *sk);
bool tcp_try_undo_recovery(struct sock *sk);
bool tcp_ack_update_rtt(struct sock *sk, int flag, long seq_rtt_us, long sack_rtt_us, long ca_rtt_us, struct rate_sample *rs);
void tcp_set_rto(struct sock *sk);
void tcp_update_rtt_min(struct sock *sk, u32 rtt_us);
void tcp_synack_rtt_meas(struct sock *sk, struct request_sock *req);
void tcp_rack_mark_lost_default(struct sock *sk);
bool tcp_rack_mark_lost(struct sock *sk);
void tcp_rack_reo_timeout(struct sock *sk);
void tcp_newreno_mark_lost(struct sock *sk, bool snd_una_advanced);
s32 tcp_rack_skb_timeout(struct tcp_sock *tp, struct sk_buff *skb, u32 reo_wnd);
void tcp_rate_skb_sent(struct sock *sk, struct sk_buff *skb);
void tcp_rate_check_app_limited(struct sock *sk);
/* tcp_rate_mark_app_limited - samples say nothing about the path until all that is in flight now is delivered. */
static inline void tcp_rate_mark_app_limited(struct tcp_sock *tp)
{
	u32 mark = tp->delivered + tcp_packets_in_flight(tp);

	tp->app_limited = mark ? mark : 1;
}
static inline void tcp_verify_left_out(const struct tcp_sock *tp) { WARN_ON_ONCE(tcp_left_out(tp) > tp->packets_out); }
static inline bool tcp_needs_recovery_check(const struct tcp_sock *tp) { return tp->lost_out || tp->sacked_out; }

/* ---- timers ---- */
void tcp_write_timer_handler(struct sock *sk);
void tcp_delack_timer_handler(struct sock *sk);
void tcp_retransmit_timer(struct sock *sk);
void tcp_write_err(struct sock *sk);
int tcp_orphan_retries(struct sock *sk, bool alive);
u32 tcp_clamp_rto_to_user_timeout(const struct sock *sk);
u32 tcp_clamp_probe0_to_user_timeout(const struct sock *sk, u32 when);
static inline int tcp_fin_time(const struct sock *sk)
{
	int t = tcp_sk(sk)->linger2 ? tcp_sk(sk)->linger2 : sock_net(sk)->tcp.sysctl_fin_timeout;
	int rto = (int)inet_csk(sk)->icsk_rto;

	return max(t, (rto << 2) - (rto >> 1));
}
static inline u32 keepalive_time_when(const struct tcp_sock *tp)
{
	return tp->keepalive_time ? tp->keepalive_time : (u32)sock_net((const struct sock *)tp)->tcp.sysctl_keepalive_time;
}
static inline u32 keepalive_intvl_when(const struct tcp_sock *tp)
{
	return tp->keepalive_intvl ? tp->keepalive_intvl : (u32)sock_net((const struct sock *)tp)->tcp.sysctl_keepalive_intvl;
}
static inline u32 keepalive_probes(const struct tcp_sock *tp)
{
	return tp->keepalive_probes ? tp->keepalive_probes : (u32)sock_net((const struct sock *)tp)->tcp.sysctl_keepalive_probes;
}
static inline u32 keepalive_time_elapsed(const struct tcp_sock *tp)
{
	u32 now = (u32)jiffies;

	return min(now - tp->inet_conn.icsk_ack.lrcvtime, now - tp->rcv_tstamp);
}

/* ---- ECN (RFC 3168) ---- */
static inline void tcp_ecn_queue_cwr(struct tcp_sock *tp)
{
	if (tp->ecn_flags & TCP_ECN_OK)
		tp->ecn_flags |= TCP_ECN_QUEUE_CWR;
}
static inline void tcp_ecn_accept_cwr(struct sock *sk, const struct sk_buff *skb)
{
	if (!tcp_hdr(skb)->cwr)
		return;
	tcp_sk(sk)->ecn_flags &= (u8)~TCP_ECN_DEMAND_CWR;
	if (TCP_SKB_CB(skb)->seq != TCP_SKB_CB(skb)->end_seq)
		inet_csk(sk)->icsk_ack.pending |= ICSK_ACK_NOW;
}
static inline void tcp_ecn_withdraw_cwr(struct tcp_sock *tp) { tp->ecn_flags &= (u8)~TCP_ECN_QUEUE_CWR; }

/* ---- options of the socket, /proc, sysctl, congestion ---- */
int tcp_proc_init(struct net *net);
int tcp_sysctl_init(struct net *net);
void tcp_sysctl_exit(struct net *net);
void tcp_set_window_clamp(struct sock *sk, int val);
void __tcp_set_cork(struct sock *sk, bool on);

#endif
