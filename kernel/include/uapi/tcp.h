/* SPDX-License-Identifier: MIT */
/* TCP socket ABI: options of SOL_TCP, states as user space sees them, and struct tcp_info. */
#ifndef UAPI_TCP_H
#define UAPI_TCP_H

#include <uapi/types.h>

#define TCP_NODELAY		 1
#define TCP_MAXSEG		 2
#define TCP_CORK		 3
#define TCP_KEEPIDLE		 4 /* seconds */
#define TCP_KEEPINTVL		 5 /* seconds */
#define TCP_KEEPCNT		 6
#define TCP_SYNCNT		 7
#define TCP_LINGER2		 8 /* seconds */
#define TCP_DEFER_ACCEPT	 9
#define TCP_WINDOW_CLAMP	 10
#define TCP_INFO		 11
#define TCP_QUICKACK		 12
#define TCP_CONGESTION		 13
#define TCP_MD5SIG		 14
#define TCP_THIN_LINEAR_TIMEOUTS 16
#define TCP_THIN_DUPACK		 17
#define TCP_USER_TIMEOUT	 18 /* milliseconds */
#define TCP_REPAIR		 19
#define TCP_REPAIR_QUEUE	 20
#define TCP_QUEUE_SEQ		 21
#define TCP_REPAIR_OPTIONS	 22
#define TCP_FASTOPEN		 23
#define TCP_TIMESTAMP		 24
#define TCP_NOTSENT_LOWAT	 25
#define TCP_CC_INFO		 26
#define TCP_SAVE_SYN		 27
#define TCP_SAVED_SYN		 28
#define TCP_REPAIR_WINDOW	 29
#define TCP_FASTOPEN_CONNECT	 30
#define TCP_ULP			 31
#define TCP_MD5SIG_EXT		 32
#define TCP_FASTOPEN_KEY	 33
#define TCP_FASTOPEN_NO_COOKIE	 34
#define TCP_ZEROCOPY_RECEIVE	 35
#define TCP_INQ			 36
#define TCP_CM_INQ		 TCP_INQ
#define TCP_TX_DELAY		 37

#define TCP_CA_NAME_MAX 16

/* The states in the order of /proc/net/tcp; no state has number 0. */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_NEW_SYN_RECV,
	TCP_MAX_STATES
};

/* tcpi_options */
#define TCPI_OPT_TIMESTAMPS 1
#define TCPI_OPT_SACK	    2
#define TCPI_OPT_WSCALE	    4
#define TCPI_OPT_ECN	    8
#define TCPI_OPT_ECN_SEEN   16
#define TCPI_OPT_SYN_DATA   32

/* tcpi_ca_state */
enum tcp_ca_state { TCP_CA_Open, TCP_CA_Disorder, TCP_CA_CWR, TCP_CA_Recovery, TCP_CA_Loss };

#define TCPF_CA_Open	 (1 << TCP_CA_Open)
#define TCPF_CA_Disorder (1 << TCP_CA_Disorder)
#define TCPF_CA_CWR	 (1 << TCP_CA_CWR)
#define TCPF_CA_Recovery (1 << TCP_CA_Recovery)
#define TCPF_CA_Loss	 (1 << TCP_CA_Loss)

/* Times are microseconds unless a comment says otherwise; counts are segments. */
struct tcp_info {
	__u8 tcpi_state;
	__u8 tcpi_ca_state;
	__u8 tcpi_retransmits;
	__u8 tcpi_probes;
	__u8 tcpi_backoff;
	__u8 tcpi_options;
	__u8 tcpi_snd_wscale : 4, tcpi_rcv_wscale : 4;
	__u8 tcpi_delivery_rate_app_limited : 1, tcpi_fastopen_client_fail : 2;

	__u32 tcpi_rto;
	__u32 tcpi_ato;
	__u32 tcpi_snd_mss; /* bytes */
	__u32 tcpi_rcv_mss; /* bytes */

	__u32 tcpi_unacked;
	__u32 tcpi_sacked;
	__u32 tcpi_lost;
	__u32 tcpi_retrans;
	__u32 tcpi_fackets;

	__u32 tcpi_last_data_sent; /* milliseconds ago, as the next three */
	__u32 tcpi_last_ack_sent;
	__u32 tcpi_last_data_recv;
	__u32 tcpi_last_ack_recv;

	__u32 tcpi_pmtu;	 /* bytes */
	__u32 tcpi_rcv_ssthresh; /* bytes */
	__u32 tcpi_rtt;
	__u32 tcpi_rttvar;
	__u32 tcpi_snd_ssthresh;
	__u32 tcpi_snd_cwnd;
	__u32 tcpi_advmss; /* bytes */
	__u32 tcpi_reordering;

	__u32 tcpi_rcv_rtt;
	__u32 tcpi_rcv_space; /* bytes */

	__u32 tcpi_total_retrans;

	__u64 tcpi_pacing_rate; /* bytes a second */
	__u64 tcpi_max_pacing_rate;
	__u64 tcpi_bytes_acked;
	__u64 tcpi_bytes_received;
	__u32 tcpi_segs_out;
	__u32 tcpi_segs_in;

	__u32 tcpi_notsent_bytes;
	__u32 tcpi_min_rtt;
	__u32 tcpi_data_segs_in;
	__u32 tcpi_data_segs_out;

	__u64 tcpi_delivery_rate; /* bytes a second */

	__u64 tcpi_busy_time;
	__u64 tcpi_rwnd_limited;
	__u64 tcpi_sndbuf_limited;

	__u32 tcpi_delivered;
	__u32 tcpi_delivered_ce;

	__u64 tcpi_bytes_sent;
	__u64 tcpi_bytes_retrans;
	__u32 tcpi_dsack_dups;
	__u32 tcpi_reord_seen;

	__u32 tcpi_rcv_ooopack;

	__u32 tcpi_snd_wnd; /* bytes, scaled */
};

_Static_assert(sizeof(struct tcp_info) == 232, "struct tcp_info as of Linux 6.1");
_Static_assert(__builtin_offsetof(struct tcp_info, tcpi_pacing_rate) == 104, "tcp_info quads");

#endif
