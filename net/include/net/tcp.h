/* SPDX-License-Identifier: MIT */
/* TCP: its socket, its segments' control block, and what its files, IPv4, IPv6 and the congestion controls share (net/ipv4/tcp*.c). RFC
 * 9293; Book section 12.9.3. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <kernel/timer.h>
#include <kernel/win_minmax.h>
#include <net/checksum.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/ip.h>
#include <net/snmp.h>
#include <net/trace.h>
#include <uapi/tcp.h>
#include <uapi/tcp_cc_info.h>
#include <wire/tcp.h>

#define TCPF(state) (1u << (state))
#define TCPF_ESTABLISHED TCPF(TCP_ESTABLISHED)
#define TCPF_SYN_SENT TCPF(TCP_SYN_SENT)
#define TCPF_SYN_RECV TCPF(TCP_SYN_RECV)
#define TCPF_FIN_WAIT1 TCPF(TCP_FIN_WAIT1)
#define TCPF_FIN_WAIT2 TCPF(TCP_FIN_WAIT2)
#define TCPF_TIME_WAIT TCPF(TCP_TIME_WAIT)
#define TCPF_CLOSE TCPF(TCP_CLOSE)
#define TCPF_CLOSE_WAIT TCPF(TCP_CLOSE_WAIT)
#define TCPF_LAST_ACK TCPF(TCP_LAST_ACK)
#define TCPF_LISTEN TCPF(TCP_LISTEN)
#define TCPF_CLOSING TCPF(TCP_CLOSING)
#define TCPF_NEW_SYN_RECV TCPF(TCP_NEW_SYN_RECV)

#define MAX_TCP_HEADER 192u /* bytes before the payload: link 32, virtio, IP with options 60, TCP 60 */
#define MAX_TCP_OPTION_SPACE 40
#define TCP_MAX_WINDOW 32767u /* where signed windows are feared */
#define MAX_TCP_WINDOW 32767u
#define TCP_MAX_WSCALE 14u /* RFC 7323 section 2.3 */
#define TCP_MIN_SND_MSS 48 /* bytes: options must leave room (SACK panic) */
#define TCP_MIN_MSS 88u
#define TCP_MSS_DEFAULT 536u /* RFC 9293 section 3.7.1 */
#define TCP_BASE_MSS 1024
#define TCP_MIN_TSO_SEGS 2
#define TCP_TSO_WIN_DIVISOR 3
#define TCP_TSO_RTT_LOG 9 /* 2^9 us */
#define TCP_MAX_TSO_DEFERRED_MSS 3
#define TCP_PROBE_INTERVAL 600 /* seconds: RFC 4821 section 7.4 says five minutes at least */
#define TCP_PROBE_THRESHOLD 8  /* bytes: a smaller range of the search is not worth a probe */
#define TCP_MIN_GSO_SIZE (TCP_MIN_SND_MSS - MAX_TCP_OPTION_SPACE)
#define TCP_FASTRETRANS_THRESH 3 /* RFC 5681 */
#define TCP_MAX_QUICKACKS 16u
#define TCP_RETR1 3
#define TCP_RETR2 15 /* RFC 9293 section 3.8.3: at least 100 s */
#define TCP_SYN_RETRIES 6
#define TCP_SYNACK_RETRIES 5
#define TCP_TIMEWAIT_LEN (60 * HZ) /* DEVIATES: RFC 9293 has 2 MSL = 4 min; Linux has one minute, and so do we */
#define TCP_FIN_TIMEOUT TCP_TIMEWAIT_LEN
#define TCP_FIN_TIMEOUT_MAX (120 * HZ)
#define TCP_DELACK_MAX ((u32)(HZ / 5))
#define TCP_DELACK_MIN ((u32)(HZ / 25))
#define TCP_ATO_MIN ((u32)(HZ / 25))
#define TCP_RTO_MAX ((u32)(120 * HZ))
#define TCP_RTO_MIN ((u32)(HZ / 5))	     /* DEVIATES: RFC 6298 (2.4) says 1 s; Linux's 200 ms */
#define TCP_TIMEOUT_MIN 2u		     /* jiffies */
#define TCP_TIMEOUT_INIT ((u32)HZ)	     /* RFC 6298 (2.1) */
#define TCP_TIMEOUT_FALLBACK ((u32)(3 * HZ)) /* RFC 6298 (5.7) */
#define TCP_TIMEOUT_MIN_US (2 * USEC_PER_MSEC)
#define USEC_PER_MSEC 1000u
#define TCP_RESOURCE_PROBE_INTERVAL ((u32)(HZ / 2))
#define TCP_KEEPALIVE_TIME (120 * 60 * HZ)
#define TCP_KEEPALIVE_PROBES 9
#define TCP_KEEPALIVE_INTVL (75 * HZ)
#define MAX_TCP_KEEPIDLE 32767
#define MAX_TCP_KEEPINTVL 32767
#define MAX_TCP_KEEPCNT 127
#define MAX_TCP_SYNCNT 127
#define TCP_PAWS_24DAYS (60 * 60 * 24 * 24) /* seconds */
#define TCP_PAWS_MSL 60			    /* seconds */
#define TCP_PAWS_WINDOW 1
#define TCP_INIT_CWND 10u /* RFC 6928 */
#define TCP_INFINITE_SSTHRESH 0x7fffffffu
#define TCP_MAX_REORDERING_DEFAULT 300
#define TCP_RTO_NO_SAMPLE (-1L)
#define TCPOLEN_TSTAMP_ALIGNED 12
#define TCPOLEN_WSCALE_ALIGNED 4
#define TCPOLEN_SACKPERM_ALIGNED 4
#define TCPOLEN_SACK_BASE 2
#define TCPOLEN_SACK_BASE_ALIGNED 4
#define TCPOLEN_SACK_PERBLOCK 8
#define TCPOLEN_MSS_ALIGNED 4
#define TCP_NAGLE_OFF 1 /* TCP_NODELAY */
#define TCP_NAGLE_CORK 2
#define TCP_NAGLE_PUSH 4 /* once */
#define TCP_NUM_SACKS 4
#define TCP_SACK_BLOCKS_EXPECTED 2 /* that a peer has in an ordinary loss */
#define TCP_RACK_LOSS_DETECTION 1
#define TCP_RACK_STATIC_REO_WND 2
#define TCP_RACK_NO_DUPTHRESH 4
#define TCP_MAX_PAYLOAD_ORDER 0
#define TCP_SMALL_WRITE 448u /* bytes: up to this, data goes beside the headers and not into a page */

/* Sequence numbers live modulo 2^32 (RFC 9293 section 3.4): these three are the only comparisons. */
static inline bool before(u32 a, u32 b) { return (s32)(a - b) < 0; }
#define after(a, b) before(b, a)
/* tcp_seq_span - bytes from @from on to @to. */
static inline u32 tcp_seq_span(u32 from, u32 to) { return to - from; }
static inline bool between(u32 s, u32 low, u32 high) { return high - low >= s - low; } /* low <= s <= high */

struct tcp_sack_block {
	u32 start_seq, end_seq;
};
struct tcp_sack_block_wire {
	__be32 start_seq, end_seq;
};

/* What a segment's options said, and what the handshake agreed. */
struct tcp_options_received {
	u32 ts_recent_stamp; /* seconds: when ts_recent was taken, 0: never */
	u32 ts_recent, rcv_tsval, rcv_tsecr;
	u16 saw_tstamp : 1, tstamp_ok : 1, dsack : 1, wscale_ok : 1, sack_ok : 3, snd_wscale : 4, rcv_wscale : 4;
	u8 num_sacks;
	u16 user_mss, mss_clamp;
};
#define TCP_SACK_SEEN 1
#define TCP_DSACK_SEEN 4

/* RFC 7413 section 4.1.1 */
#define TCP_FASTOPEN_COOKIE_MIN 4 /* bytes */
#define TCP_FASTOPEN_COOKIE_MAX 16
#define TCP_FASTOPEN_COOKIE_SIZE 8 /* of ours */
#define TCP_FASTOPEN_KEY_LENGTH 16u
struct tcp_fastopen_cookie {
	u8 val[TCP_FASTOPEN_COOKIE_MAX];
	s8 len; /* 0: asks for one; -1: no option */
};
/* bits of net.ipv4.tcp_fastopen */
#define TFO_CLIENT_ENABLE 1
#define TFO_SERVER_ENABLE 2
#define TFO_CLIENT_NO_COOKIE 4
#define TFO_SERVER_COOKIE_NOT_REQD 0x200
#define TFO_SERVER_WO_SOCKOPT1 0x400

struct tcp_request_sock {
	struct request_sock req; /* first */
	__be32 ir_loc_addr, ir_rmt_addr;
	__be16 ir_rmt_port;
	u16 ir_num;
	int ir_iif;
	u8 snd_wscale : 4, rcv_wscale : 4;
	u8 tstamp_ok : 1, sack_ok : 1, wscale_ok : 1, ecn_ok : 1, acked : 1, tos_set : 1;
	u8 tfo_listener : 1; /* its child was made by the SYN, and waits for the last ACK [rskq_lock] */
	u8 tos;
	u64 snt_synack_us; /* when first sent, 0: unknown */
	u32 last_oow_ack_time, ts_off;
	u32 rcv_isn, snt_isn, rcv_nxt;
	u32 rsk_rcv_wnd, rsk_window_clamp;
	struct saved_syn *saved_syn; /* TCP_SAVE_SYN, or NULL */
};
static inline struct tcp_request_sock *tcp_rsk(const struct request_sock *req) { return (struct tcp_request_sock *)req; }

/* TCP_SAVED_SYN: the headers of the SYN as they came. */
struct saved_syn {
	u32 len;
	u8 data[];
};

struct tcp_timewait_sock {
	struct inet_timewait_sock tw_sk; /* first */
	u32 tw_rcv_nxt, tw_snd_nxt, tw_rcv_wnd, tw_ts_offset, tw_ts_recent, tw_last_oow_ack_time;
	u32 tw_ts_recent_stamp; /* seconds */
};
static inline struct tcp_timewait_sock *tcp_twsk(const struct sock *sk) { return (struct tcp_timewait_sock *)sk; }

enum tcp_chrono { TCP_CHRONO_UNSPEC, TCP_CHRONO_BUSY, TCP_CHRONO_RWND_LIMITED, TCP_CHRONO_SNDBUF_LIMITED, __TCP_CHRONO_MAX };

struct tcp_sock {			       /* all [k] */
	struct inet_connection_sock inet_conn; /* first */
	/* --- the fast path --- */
	__be32 pred_flags;  /* header prediction: word 3 of the expected header, 0: take the slow path */
	u16 tcp_header_len; /* bytes with the options every segment carries */
	u16 advmss;
	u16 gso_segs;		 /* packets in a full queued segment */
	u32 rcv_nxt, copied_seq; /* next expected; next to be read by the user */
	u32 rcv_wup, rcv_wnd;	 /* rcv_nxt at the last window advertised; that window */
	u32 snd_una, snd_nxt, snd_wnd, snd_wl1, max_window;
	u32 write_seq, pushed_seq, snd_sml; /* behind the last byte written; last PSH; end of the last small segment (Minshall) */
	u32 mss_cache;			    /* payload bytes of a full segment */
	u32 packets_out, retrans_out, sacked_out, lost_out, max_packets_out, cwnd_usage_seq;
	u64 tcp_mstamp, tcp_clock_cache; /* us, ns: now, refreshed per segment */
	unsigned long tcp_jiffies_cache; /* the same in jiffies */
	u32 rcv_tstamp, lsndtime;	 /* jiffies of the last ACK in, last data out */
	u64 bytes_received, bytes_sent, bytes_acked, bytes_retrans;
	u32 segs_in, data_segs_in, segs_out, data_segs_out;
	struct rb_root tcp_rtx_queue;	     /* sent, not acknowledged; by seq */
	struct list_head tsorted_sent_queue; /* the same in the order of their last transmission (RACK) */
	struct tcp_options_received rx_opt;
	u32 window_clamp, rcv_ssthresh;
	u8 nonagle, ecn_flags, keepalive_probes;
	u8 thin_lto : 1, rate_app_limited : 1, is_cwnd_limited : 1, is_sack_reneg : 1, frto : 1, tlp_retrans : 1,
		fin_waits : 1; /* the FIN has its number, but no memory yet: the keepalive timer sends it */
	u8 chrono_type, recvmsg_inq;
	u8 syn_fastopen : 1,	   /* the SYN had the Fast Open option */
		syn_fastopen_ch : 1, /* it was the first try after a pause */
		syn_data : 1,	   /* the SYN had data */
		syn_data_acked : 1,  /* and it was taken; or it was the peer's, and we took it */
		fastopen_connect : 1, fastopen_no_cookie : 1, /* options of the socket */
		fastopen_client_fail : 2;		      /* TFO_x */
	u8 save_syn; /* TCP_SAVE_SYN: 1 from the IP header on, 2 from the link header on */
	u32 tsoffset;				  /* added to the clock in our timestamps */
	u32 last_oow_ack_time;			  /* ms */
	/* --- round trip --- */
	u32 srtt_us, mdev_us, mdev_max_us, rttvar_us; /* srtt << 3, mdev << 2 */
	u32 rtt_seq;
	struct minmax rtt_min; /* windowed minimum: ms, us */
	/* --- congestion --- */
	u32 snd_ssthresh, snd_cwnd, snd_cwnd_cnt, snd_cwnd_clamp, snd_cwnd_used, snd_cwnd_stamp, prior_cwnd;
	u32 prr_delivered, prr_out; /* RFC 6937 */
	u32 delivered, delivered_ce, lost, app_limited;
	u64 first_tx_mstamp, delivered_mstamp;
	u32 rate_delivered, rate_interval_us;
	u32 high_seq;	   /* snd_nxt at the start of recovery */
	u32 undo_marker;   /* snd_una at the start of recovery, 0: no undo possible */
	int undo_retrans;  /* retransmissions that may prove spurious; -1: unknown */
	u32 retrans_stamp; /* ms (timestamp clock) of the first retransmission of this episode */
	u32 timeout_stamp; /* ms, of the first RTO since the peer last acknowledged something new */
	u32 total_retrans;
	u32 reordering, reord_seen, rcv_ooopack, dsack_dups;
	u32 tlp_high_seq;
	u32 prior_ssthresh;
	struct {
		u64 mstamp; /* us: when the last delivered segment had been sent */
		u32 rtt_us, end_seq, last_delivered;
		u8 reo_wnd_steps, reo_wnd_persist : 5, dsack_seen : 1, advanced : 1;
	} rack; /* RFC 8985 */
	/* --- reassembly and SACK --- */
	struct rb_root out_of_order_queue;
	struct sk_buff *ooo_last_skb; /* the highest of it */
	struct tcp_sack_block duplicate_sack[1], selective_acks[TCP_NUM_SACKS];
	struct tcp_sack_block recv_sack_cache[TCP_NUM_SACKS];
	struct sk_buff *highest_sack, *retransmit_skb_hint;
	/* --- urgent --- */
	u32 snd_up, urg_seq;
	u16 urg_data; /* TCP_URG_x and the byte */
	/* --- receive window --- */
	struct {
		u32 rtt_us, seq;
		u64 time;
	} rcv_rtt_est;
	u32 rcv_rtt_last_tsecr;
	struct {
		u32 space, seq;
		u64 time;
	} rcvq_space;
	/* --- options and timers --- */
	u32 keepalive_time, keepalive_intvl; /* jiffies, 0: the namespace's */
	int linger2;			     /* jiffies, -1: none, 0: the namespace's */
	u32 notsent_lowat;
	int tx_delay; /* us, TCP_TX_DELAY: for a discipline that holds packets back; ours does not */
	struct saved_syn *saved_syn;
	u32 chrono_start, chrono_stat[__TCP_CHRONO_MAX - 1]; /* jiffies */
	struct {
		u32 start_seq, end_seq;
	} mtu_probe; /* the bytes of the probe in flight: icsk_mtup.probe_size */
	struct tcp_fastopen_request *fastopen_req; /* while the SYN is being made, or NULL */
	struct request_sock *fastopen_rsk;	   /* of a child whose handshake goes on, or NULL; referenced */
	u32 mtu_info;					     /* of an ICMP message that met a locked socket */
	unsigned long tsq_flags;			     /* TCP_x_DEFERRED, TSQ_x */
	/* --- pacing, small queues, compressed ACKs --- */
	u64 tcp_wstamp_ns; /* when the next segment may go; kept where sk_pacing_status says so */
	struct hrtimer pacing_timer, compressed_ack_timer; /* each holds a reference while it runs */
	struct list_head tsq_node;			   /* in netns_tcp's list while TSQ_QUEUED */
	u32 compressed_ack_rcv_nxt;			   /* of the hole that dup_ack_counter counts for */
	u8 compressed_ack, dup_ack_counter;		   /* ACKs held back; sent one by one since the hole began */
};
#define TCP_URG_VALID 0x0100
#define TCP_URG_NOTYET 0x0200
#define TCP_URG_READ 0x0400
enum {
	TCP_WRITE_TIMER_DEFERRED,
	TCP_DELACK_TIMER_DEFERRED,
	TCP_MTU_REDUCED_DEFERRED,
	TCP_TSQ_DEFERRED,
	TSQ_THROTTLED, /* waits for a completion */
	TSQ_QUEUED     /* one came: the tasklet goes on */
};
#define TCP_DEFERRED_ALL \
	(BIT(TCP_WRITE_TIMER_DEFERRED) | BIT(TCP_DELACK_TIMER_DEFERRED) | BIT(TCP_MTU_REDUCED_DEFERRED) | BIT(TCP_TSQ_DEFERRED))
#define TCP_ECN_OK 1
#define TCP_ECN_QUEUE_CWR 2
#define TCP_ECN_DEMAND_CWR 4
#define TCP_ECN_SEEN 8

static inline struct tcp_sock *tcp_sk(const struct sock *sk) { return (struct tcp_sock *)sk; }

/* A segment in one of TCP's queues: skb->cb. */
struct tcp_skb_cb {
	u32 seq, end_seq; /* SYN and FIN counted */
	union {
		u32 tcp_tw_isn; /* in: the ISN that TIME_WAIT proposes, 0: none */
		struct {
			u16 tcp_gso_segs, tcp_gso_size;
		}; /* out */
	};
	u8 tcp_flags; /* TCPHDR_x */
	u8 sacked;    /* TCPCB_x */
	u8 ip_dsfield;
	u8 eor : 1, is_app_limited : 1, has_rxtstamp : 1, txstamp_ack : 1; /* its last byte's ACK is to be reported */
	u32 ack_seq;
	struct { /* delivery-rate sample: state when it was sent */
		u32 delivered;
		u64 first_tx_mstamp, delivered_mstamp;
	} tx;
};
_Static_assert(sizeof(struct tcp_skb_cb) <= 48, "fits skb->cb");
#define TCP_SKB_CB(skb) ((struct tcp_skb_cb *)(skb)->cb)
#define TCPCB_SACKED_ACKED 0x01
#define TCPCB_SACKED_RETRANS 0x02
#define TCPCB_LOST 0x04
#define TCPCB_TAGBITS 0x07
#define TCPCB_REPAIRED 0x10
#define TCPCB_EVER_RETRANS 0x80
#define TCPCB_RETRANS (TCPCB_SACKED_RETRANS | TCPCB_EVER_RETRANS | TCPCB_REPAIRED)

static inline struct tcphdr *tcp_hdr(const struct sk_buff *skb) { return (struct tcphdr *)skb_transport_header(skb); }
static inline unsigned int tcp_hdrlen(const struct sk_buff *skb) { return tcp_hdr(skb)->doff * 4u; }
static inline u8 tcp_flag_byte(const struct tcphdr *th) { return ((const u8 *)th)[13]; }
static inline __be32 tcp_flag_word(const struct tcphdr *th)
{
	__be32 w;
	__builtin_memcpy(&w, (const u8 *)th + 12, 4);
	return w;
}
static inline unsigned int tcp_skb_pcount(const struct sk_buff *skb) { return TCP_SKB_CB(skb)->tcp_gso_segs; }
static inline void tcp_skb_pcount_set(struct sk_buff *skb, unsigned int n) { TCP_SKB_CB(skb)->tcp_gso_segs = (u16)n; }
static inline unsigned int tcp_skb_mss(const struct sk_buff *skb) { return TCP_SKB_CB(skb)->tcp_gso_size; }
/* tcp_skb_seglen - payload bytes of its largest packet. */
static inline unsigned int tcp_skb_seglen(const struct sk_buff *skb) { return tcp_skb_pcount(skb) == 1 ? skb->len : tcp_skb_mss(skb); }
static inline u64 tcp_skb_timestamp_us(const struct sk_buff *skb) { return (u64)skb->tstamp / NSEC_PER_USEC; }

/* ---- congestion control (tcp_cong.c and one file per algorithm) ---- */
struct ack_sample {
	u32 pkts_acked;
	s32 rtt_us;
	u32 in_flight;
};
struct rate_sample {	  /* delivery rate: what one ACK tells */
	u64 prior_mstamp; /* us: start of the sampled interval */
	u32 prior_delivered;
	s32 delivered; /* segments over the interval, -1: invalid */
	long interval_us;
	u32 snd_interval_us, rcv_interval_us;
	long rtt_us;
	int losses;
	u32 acked_sacked, prior_in_flight, last_end_seq;
	bool is_app_limited, is_retrans, is_ack_delayed;
};
enum tcp_ca_event {
	CA_EVENT_TX_START,
	CA_EVENT_CWND_RESTART,
	CA_EVENT_COMPLETE_CWR,
	CA_EVENT_LOSS,
	CA_EVENT_ECN_NO_CE,
	CA_EVENT_ECN_IS_CE
};
struct tcp_congestion_ops {
	char name[TCP_CA_NAME_MAX];
	u32 flags; /* TCP_CONG_x */
	void (*init)(struct sock *sk);
	void (*release)(struct sock *sk);
	u32 (*ssthresh)(struct sock *sk);				     /* required */
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);	     /* required unless cong_control */
	void (*cong_control)(struct sock *sk, const struct rate_sample *rs); /* replaces PRR and cong_avoid */
	void (*set_state)(struct sock *sk, u8 new_state);
	void (*cwnd_event)(struct sock *sk, enum tcp_ca_event ev);
	void (*pkts_acked)(struct sock *sk, const struct ack_sample *sample);
	u32 (*undo_cwnd)(struct sock *sk); /* required */
	u32 (*min_tso_segs)(struct sock *sk);  /* segments that a large one has at least; NULL: Linux's 2 */
	u32 (*sndbuf_expand)(struct sock *sk); /* windows that the send buffer shall hold; NULL: 2 */
	/* get_info - what TCP_CC_INFO and inet_diag tell; *attr is the latter's INET_DIAG_x. Returns its size, 0: nothing. */
	size_t (*get_info)(struct sock *sk, int *attr, union tcp_cc_info *info);
};
#define TCP_CONG_NON_RESTRICTED 1 /* anybody may choose it from the start */
extern const struct tcp_congestion_ops tcp_reno, tcp_cubic, tcp_bbr;
const struct tcp_congestion_ops *tcp_ca_find(const char *name);
/* tcp_set_congestion_control - 0, -ENOENT (no such), -EPERM (@net's list of allowed ones lacks it). Context: sock locked. */
int tcp_set_congestion_control(struct sock *sk, const char *name);
/* tcp_set_default_congestion_control - of new sockets; anybody may choose it from then on. 0, -ENOENT. */
int tcp_set_default_congestion_control(struct net *net, const char *name);
void tcp_get_available_congestion_control(char *buf, size_t maxlen);
/* Those that anybody may choose. tcp_set_allowed_congestion_control - names with blanks between; 0 or -ENOENT: nothing changes. */
void tcp_get_allowed_congestion_control(struct net *net, char *buf, size_t maxlen);
int tcp_set_allowed_congestion_control(struct net *net, char *names);
void tcp_cong_net_init(struct net *net);
void tcp_assign_congestion_control(struct sock *sk);
void tcp_init_congestion_control(struct sock *sk);
void tcp_cleanup_congestion_control(struct sock *sk);
u32 tcp_slow_start(struct tcp_sock *tp, u32 acked);
u32 tcp_cubic_root(u64 a);
void tcp_cong_avoid_ai(struct tcp_sock *tp, u32 w, u32 acked);
u32 tcp_reno_ssthresh(struct sock *sk);
void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked);
u32 tcp_reno_undo_cwnd(struct sock *sk);
static inline void tcp_ca_event(struct sock *sk, enum tcp_ca_event ev)
{
	if (inet_csk(sk)->icsk_ca_ops->cwnd_event)
		inet_csk(sk)->icsk_ca_ops->cwnd_event(sk, ev);
}
static inline void tcp_set_ca_state(struct sock *sk, u8 s)
{
	NET_TRACE(tcp_cong_state_set, sk, s);
	if (inet_csk(sk)->icsk_ca_ops->set_state)
		inet_csk(sk)->icsk_ca_ops->set_state(sk, s);
	inet_csk(sk)->icsk_ca_state = s;
}
/* tcp_snd_cwnd_set - the only writer of the congestion window. */
static inline void tcp_snd_cwnd_set(struct tcp_sock *tp, u32 cwnd)
{
	if (cwnd != tp->snd_cwnd)
		NET_TRACE(tcp_cwnd, tp, cwnd);
	tp->snd_cwnd = cwnd;
}
static inline bool tcp_in_slow_start(const struct tcp_sock *tp) { return tp->snd_cwnd < tp->snd_ssthresh; }
static inline bool tcp_in_initial_slowstart(const struct tcp_sock *tp) { return tp->snd_ssthresh >= TCP_INFINITE_SSTHRESH; }
static inline bool tcp_in_cwnd_reduction(const struct sock *sk)
{
	return (TCPF_CA_CWR | TCPF_CA_Recovery) & (1 << inet_csk(sk)->icsk_ca_state);
}
static inline bool tcp_is_cwnd_limited(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->is_cwnd_limited || (tcp_in_slow_start(tp) && tp->snd_cwnd < 2 * tp->max_packets_out);
}
static inline bool tcp_is_sack(const struct tcp_sock *tp) { return tp->rx_opt.sack_ok; }
static inline bool tcp_is_reno(const struct tcp_sock *tp) { return !tp->rx_opt.sack_ok; }
static inline u32 tcp_left_out(const struct tcp_sock *tp) { return tp->sacked_out + tp->lost_out; }
static inline u32 tcp_packets_in_flight(const struct tcp_sock *tp) { return tp->packets_out - tcp_left_out(tp) + tp->retrans_out; }
static inline u32 tcp_current_ssthresh(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tcp_in_cwnd_reduction(sk) ? tp->snd_ssthresh : max(tp->snd_ssthresh, (tp->snd_cwnd >> 1) + (tp->snd_cwnd >> 2));
}

/* ---- clocks ---- */
static inline void tcp_mstamp_refresh(struct tcp_sock *tp)
{
	u64 now = ktime_get_ns();

	tp->tcp_clock_cache = now;
	tp->tcp_mstamp = now / NSEC_PER_USEC;
	tp->tcp_jiffies_cache = INITIAL_JIFFIES + now / NSEC_PER_JIFFY;
}
/* tcp_jiffies - of the time that tcp_mstamp_refresh took: no other look at the clock. */
static inline unsigned long tcp_jiffies(const struct tcp_sock *tp) { return tp->tcp_jiffies_cache; }
static inline u32 tcp_ts_clock(const struct tcp_sock *tp) { return (u32)(tp->tcp_mstamp / USEC_PER_MSEC); } /* the timestamp option's, ms */
static inline u32 tcp_ts_now(void) { return (u32)(ktime_get_ns() / NSEC_PER_MSEC); }
static inline u32 tcp_seconds(void) { return (u32)(ktime_get_ns() / NSEC_PER_SEC) + 1; } /* never 0 */
/* tcp_clock_seconds - of tcp_mstamp_refresh; never 0. */
static inline u32 tcp_clock_seconds(const struct tcp_sock *tp)
{
	return (u32)(tp->tcp_clock_cache / NSEC_PER_SEC) + 1;
}
static inline u32 tcp_stamp_us_delta(u64 t1, u64 t0) { return t1 > t0 ? (u32)(t1 - t0) : 0; }
static inline u32 tcp_min_rtt(const struct tcp_sock *tp) { return minmax_get(&tp->rtt_min); }

/* ---- windows ---- */
static inline u32 tcp_receive_window(const struct tcp_sock *tp) /* what the peer may still send */
{
	s32 win = (s32)(tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt);

	return win < 0 ? 0 : (u32)win;
}
static inline u32 tcp_wnd_end(const struct tcp_sock *tp) { return tp->snd_una + tp->snd_wnd; }
static inline int tcp_win_from_space(const struct sock *sk, int space) /* payload that fits into that much truesize */
{
	int s = sock_net(sk)->tcp.sysctl_adv_win_scale;

	return s <= 0 ? space >> -s : space - (space >> s);
}
static inline int tcp_space(const struct sock *sk)
{
	return tcp_win_from_space(sk, sk->sk_rcvbuf - sk->sk_backlog.len - sk_rmem_alloc_get(sk));
}
static inline int tcp_full_space(const struct sock *sk) { return tcp_win_from_space(sk, sk->sk_rcvbuf); }
static inline bool tcp_rmem_pressure(const struct sock *sk)
{
	return sock_net(sk)->tcp.memory_pressure || sk_rmem_alloc_get(sk) > sk->sk_rcvbuf - (sk->sk_rcvbuf >> 3);
}
static inline void tcp_sync_wl(struct tcp_sock *tp, u32 ack, u32 seq) { tp->snd_wl1 = seq; }
/* Header prediction: doff, ACK (PSH may differ), window (RFC 1323 era trick: one word to compare). */
static inline void __tcp_fast_path_on(struct tcp_sock *tp, u32 snd_wnd)
{
	tp->pred_flags = htonl(((u32)tp->tcp_header_len << 26) | ((u32)TCPHDR_ACK << 16) | (snd_wnd & 0xffff));
}
static inline void tcp_fast_path_on(struct tcp_sock *tp) { __tcp_fast_path_on(tp, tp->snd_wnd >> tp->rx_opt.snd_wscale); }
static inline void tcp_fast_path_check(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (RB_EMPTY_ROOT(&tp->out_of_order_queue) && tp->rcv_wnd && sk_rmem_alloc_get(sk) < sk->sk_rcvbuf && !tp->urg_data)
		tcp_fast_path_on(tp);
}

/* ---- queues ---- */
static inline struct sk_buff *rb_to_skb(struct rb_node *n) { return rb_entry_safe(n, struct sk_buff, rbnode); }
#define skb_rb_first(root) rb_to_skb(rb_first(root))
#define skb_rb_last(root) rb_to_skb(rb_last(root))
#define skb_rb_next(skb) rb_to_skb(rb_next(&(skb)->rbnode))
#define skb_rb_prev(skb) rb_to_skb(rb_prev(&(skb)->rbnode))
static inline struct sk_buff *tcp_rtx_queue_head(const struct sock *sk) { return skb_rb_first(&tcp_sk(sk)->tcp_rtx_queue); }
static inline struct sk_buff *tcp_rtx_queue_tail(const struct sock *sk) { return skb_rb_last(&tcp_sk(sk)->tcp_rtx_queue); }
static inline bool tcp_rtx_queue_empty(const struct sock *sk) { return RB_EMPTY_ROOT(&tcp_sk(sk)->tcp_rtx_queue); }
static inline struct sk_buff *tcp_send_head(const struct sock *sk) { return skb_peek(&sk->sk_write_queue); }
static inline struct sk_buff *tcp_write_queue_tail(const struct sock *sk) { return skb_peek_tail(&sk->sk_write_queue); }
static inline bool tcp_write_queue_empty(const struct sock *sk) { return tcp_sk(sk)->write_seq == tcp_sk(sk)->snd_nxt; }
static inline bool tcp_rtx_and_write_queues_empty(const struct sock *sk) { return tcp_rtx_queue_empty(sk) && tcp_write_queue_empty(sk); }
static inline bool tcp_skb_is_last(const struct sock *sk, const struct sk_buff *skb) { return skb_queue_is_last(&sk->sk_write_queue, skb); }
void tcp_rbtree_insert(struct rb_root *root, struct sk_buff *skb);
static inline void tcp_rb_erase(struct sk_buff *skb, struct rb_root *root)
{
	rb_erase(&skb->rbnode, root);
	skb->next = skb->prev = NULL;
	skb->dev = NULL;
}
/* The time-sorted list lies over _dst and destructor, which a queued segment does not use. */
static inline void tcp_skb_tsorted_anchor_cleanup(struct sk_buff *skb)
{
	skb->_dst = NULL;
	skb->destructor = NULL;
}
static inline void sk_wmem_free_skb(struct sock *sk, struct sk_buff *skb)
{
	sk->sk_wmem_queued -= (int)skb->truesize;
	sk_mem_uncharge(sk, (int)skb->truesize);
	__kfree_skb(skb);
}
static inline void tcp_unlink_write_queue(struct sk_buff *skb, struct sock *sk) { __skb_unlink(skb, &sk->sk_write_queue); }
static inline void tcp_rtx_queue_unlink(struct sk_buff *skb, struct sock *sk) { tcp_rb_erase(skb, &tcp_sk(sk)->tcp_rtx_queue); }
static inline void tcp_rtx_queue_unlink_and_free(struct sk_buff *skb, struct sock *sk)
{
	list_del(&skb->tcp_tsorted_anchor);
	tcp_skb_tsorted_anchor_cleanup(skb);
	tcp_rtx_queue_unlink(skb, sk);
	sk_wmem_free_skb(sk, skb);
}
void tcp_write_queue_purge(struct sock *sk);
void tcp_rtx_queue_purge(struct sock *sk);

/* ---- state (tcp_state.c) ---- */
/* tcp_set_state - the only writer of a connection's state: checks the transition, keeps CurrEstab, unhashes in CLOSE. Context: sock locked.
 */
void tcp_set_state(struct sock *sk, int state);
bool tcp_transition_legal(int from, int to);
const char *tcp_state_name(int state);
/* tcp_check_invariants - warns where tp's numbers contradict each other; false then. For tests and debugging. */
bool tcp_check_invariants(const struct sock *sk);

/* ---- entry points (tcp*.c) ---- */
void tcp_init(void); /* at boot: caches, per-namespace state, protocol and inetsw row. Called by inet_init */
extern struct proto tcp_prot;
extern const struct net_protocol tcp_protocol;
extern const struct inet_connection_sock_af_ops ipv4_specific;
extern struct request_sock_ops tcp_request_sock_ops;
extern struct timewait_sock_ops tcp_timewait_sock_ops;

int tcp_v4_rcv(struct sk_buff *skb); /* consumes skb. Context: softirq */
int tcp_v4_err(struct sk_buff *skb, u32 info);
int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len);
int tcp_v4_do_rcv(struct sock *sk, struct sk_buff *skb);
struct sock *tcp_v4_syn_recv_sock(const struct sock *sk, struct sk_buff *skb, struct request_sock *req, struct dst_entry *dst,
				  struct request_sock *req_unhash, bool *own_req);

int tcp_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t size);
int tcp_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len);
/* tcp_poll - EPOLL bits as Linux gives them (inet_stream_ops.poll). Context: process. */
unsigned int tcp_poll(struct file *file, struct socket *sock, struct poll_table *wait);
int tcp_ioctl(struct sock *sk, int cmd, unsigned long arg); /* SIOCINQ, SIOCATMARK, SIOCOUTQ, SIOCOUTQNSD */
int tcp_init_sock(struct sock *sk);
void tcp_close(struct sock *sk, long timeout);
void tcp_shutdown(struct sock *sk, int how);
int tcp_disconnect(struct sock *sk, int flags);
void tcp_done(struct sock *sk);
void tcp_reset(struct sock *sk);
/* tcp_abort - end a sock of any size: its owner reads @err, its peer gets a reset. 0, -EOPNOTSUPP: TIME_WAIT. Context: process. */
int tcp_abort(struct sock *sk, int err);
void tcp_destroy_sock(struct sock *sk);
int tcp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen);
int tcp_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen);
void tcp_get_info(struct sock *sk, struct tcp_info *info);
/* tcp_may_send / wakeups */
bool tcp_check_oom(struct sock *sk, int shift);
static inline bool tcp_too_many_orphans(struct sock *sk, int shift)
{
	struct net *net = sock_net(sk);

	if (atomic_read(&net->tcp.orphan_count) << shift > net->tcp.sysctl_max_orphans)
		return true;
	return sk->sk_wmem_queued > 4096 && net->tcp.memory_allocated > net->tcp.sysctl_mem[2];
}

/* ---- segment arrival (tcp_input.c) ---- */
void tcp_rcv_established(struct sock *sk, struct sk_buff *skb);
/* tcp_rcv_state_process - every state but ESTABLISHED's fast path and TIME_WAIT. true: the caller sends an RST and frees skb; else skb is
 * consumed. */
bool tcp_rcv_state_process(struct sock *sk, struct sk_buff *skb);
int tcp_conn_request(struct request_sock_ops *rsk_ops, struct sock *sk, struct sk_buff *skb);
struct sock *tcp_check_req(struct sock *sk, struct sk_buff *skb, struct request_sock *req, bool *req_stolen,
			   enum skb_drop_reason *reason);
bool tcp_child_process(struct sock *parent, struct sock *child, struct sk_buff *skb); /* unlocks and puts child; true: send an RST */
void tcp_parse_options(const struct net *net, const struct sk_buff *skb, struct tcp_options_received *opt_rx, bool estab);
u16 tcp_parse_mss_option(const struct tcphdr *th, u16 user_mss);

/* ---- minisocks ---- */
enum tcp_tw_status { TCP_TW_SUCCESS, TCP_TW_RST, TCP_TW_ACK, TCP_TW_SYN };
enum tcp_tw_status tcp_timewait_state_process(struct inet_timewait_sock *tw, struct sk_buff *skb, const struct tcphdr *th);
void tcp_time_wait(struct sock *sk, int state, int timeo);
struct sock *tcp_create_openreq_child(const struct sock *sk, struct request_sock *req, struct sk_buff *skb);
int tcp_twsk_unique(struct sock *sk, struct sock *sktw, void *twp);

/* ---- output ---- */
void tcp_push(struct sock *sk, unsigned int flags, unsigned int mss_now, int nonagle, unsigned int size_goal);
void __tcp_push_pending_frames(struct sock *sk, unsigned int cur_mss, int nonagle);
unsigned int tcp_current_mss(struct sock *sk);
int tcp_connect(struct sock *sk);
/* tcp_make_synack - a SYN-ACK for @req, routed; consumes @dst. NULL when out of memory. */
struct sk_buff *tcp_make_synack(const struct sock *sk, struct dst_entry *dst, struct request_sock *req,
				const struct tcp_fastopen_cookie *foc);
int tcp_rtx_synack(const struct sock *sk, struct request_sock *req);
void tcp_send_ack(struct sock *sk);
void tcp_send_fin(struct sock *sk);
void tcp_send_active_reset(struct sock *sk, gfp_t gfp);
unsigned int tcp_sync_mss(struct sock *sk, u32 pmtu);
int tcp_mss_to_mtu(const struct sock *sk, int mss);
void tcp_simple_retransmit(struct sock *sk);
void tcp_release_cb(struct sock *sk);
void tcp_initialize_rcv_mss(struct sock *sk);
void tcp_select_initial_window(const struct sock *sk, int space, u32 mss, u32 *rcv_wnd, u32 *window_clamp, bool wscale_ok, u8 *rcv_wscale,
			       u32 init_rcv_wnd);
void tcp_mtup_init(struct sock *sk);
void tcp_init_transfer(struct sock *sk);
void tcp_ca_openreq_child(struct sock *sk, const struct dst_entry *dst);
void tcp_openreq_init_rwin(struct request_sock *req, const struct sock *sk_listener, const struct dst_entry *dst);
u32 tcp_init_cwnd(const struct tcp_sock *tp, const struct dst_entry *dst);

/* ---- Fast Open (tcp_fastopen.c): what the accept queue's owner has to know ---- */
void tcp_fastopen_listen(struct sock *sk, int backlog);
void tcp_fastopen_listen_stop(struct sock *sk);
bool tcp_fastopen_taken(struct sock *sk, struct request_sock *req);
void reqsk_fastopen_remove(struct sock *sk, struct request_sock *req, bool reset);
/* tcp_passive_fastopen - a child that may be used before its handshake is complete. */
static inline bool tcp_passive_fastopen(const struct sock *sk) { return sk->sk_state == TCP_SYN_RECV && tcp_sk(sk)->fastopen_rsk; }

/* ---- timers ---- */
void tcp_init_xmit_timers(struct sock *sk);
void tcp_clear_xmit_timers(struct sock *sk);
void tcp_set_keepalive(struct sock *sk, int val);
void tcp_syn_ack_timeout(const struct request_sock *req);

/* ---- ISNs and cookies ---- */
u32 tcp_secure_seq(struct net *net, __be32 saddr, __be32 daddr, __be16 sport, __be16 dport); /* RFC 6528 */
u32 tcp_secure_ts_off(struct net *net, __be32 saddr, __be32 daddr);			     /* RFC 7323 section 5.4 */
u32 cookie_v4_init_sequence(struct net *net, const struct sk_buff *skb, u16 *mss);
struct sock *cookie_v4_check(struct sock *sk, struct sk_buff *skb);
u64 cookie_init_timestamp(const struct request_sock *req, u64 now_ns);

static inline int tcp_synq_no_recent_overflow(const struct sock *sk)
{
	u32 last = inet_csk(sk)->icsk_accept_queue.synq_overflow_ts;

	return !last || tcp_seconds() - last > 120;
}

#endif
