/* SPDX-License-Identifier: MIT */
/* The TCP part of a namespace: hash tables, sysctls net.ipv4.tcp_* with Linux's names and defaults, memory accounts, secrets. */
#ifndef NET_NETNS_TCP_H
#define NET_NETNS_TCP_H

#include <kernel/atomic.h>
#include <kernel/hash.h>
#include <kernel/interrupt.h>
#include <kernel/sysctl.h>
#include <kernel/types.h>

struct inet_hashinfo;
struct sock;
struct tcp_congestion_ops;
struct tcp_metrics_table;

/* Keys of Fast Open cookies: the first makes them, all are believed. RFC 7413 section 4.1.2. */
struct tcp_fastopen_context {
	siphash_key_t key[2];
	unsigned int num;
};

struct netns_tcp {
	struct ctl_table_header sysctl_hdr;
	struct inet_hashinfo *hashinfo;
	struct sock *ctl_sk; /* sends RSTs and ACKs that belong to no socket */

	/* memory of all TCP sockets, in pages [a] */
	long memory_allocated;
	int memory_pressure;		/* 1: above tcp_mem[1] */
	unsigned long memory_pressure_since; /* jiffies */
	atomic_t sockets_allocated, orphan_count;
	struct {
		int count; /* TIME_WAIT sockets */
	} death_row;

	/* secrets [I] after init */
	siphash_key_t isn_key, ts_key, cookie_key[2], port_key;
	u32 port_table[256]; /* RFC 6056 algorithm 4: increments by destination */

	/* Fast Open (RFC 7413) */
	struct tcp_fastopen_context fastopen_ctx;  /* num 0: none yet */
	unsigned long tfo_pause_since;		   /* jiffies */
	int tfo_pauses;				   /* in a row */
	int sysctl_fastopen_blackhole_timeout;	   /* seconds, 0: never paused */

	struct tcp_metrics_table *metrics; /* of destinations [S]; NULL: none yet */

	/* challenge ACKs of the whole namespace (RFC 5961 section 7) */
	u32 challenge_timestamp, challenge_count;

	/* sysctls; times as their names say, else counts or booleans */
	long sysctl_mem[3];		    /* pages */
	int sysctl_wmem[3], sysctl_rmem[3]; /* bytes: least, default, most */
	int sysctl_syn_retries, sysctl_synack_retries, sysctl_retries1, sysctl_retries2, sysctl_orphan_retries;
	int sysctl_fin_timeout;				   /* jiffies; seconds outside */
	int sysctl_keepalive_time, sysctl_keepalive_intvl; /* jiffies; seconds outside */
	int sysctl_keepalive_probes;
	int sysctl_max_syn_backlog, sysctl_max_tw_buckets, sysctl_max_orphans;
	int sysctl_syncookies, sysctl_abort_on_overflow, sysctl_tw_reuse, sysctl_rfc1337, sysctl_stdurg;
	int sysctl_timestamps, sysctl_sack, sysctl_dsack, sysctl_window_scaling, sysctl_ecn, sysctl_ecn_fallback, sysctl_fastopen;
	int sysctl_reordering, sysctl_max_reordering, sysctl_recovery, sysctl_early_retrans, sysctl_frto;
	int sysctl_adv_win_scale, sysctl_app_win, sysctl_moderate_rcvbuf, sysctl_workaround_signed_windows;
	int sysctl_slow_start_after_idle;
	int sysctl_notsent_lowat, sysctl_invalid_ratelimit /* ms */, sysctl_challenge_ack_limit;
	int sysctl_min_rtt_wlen /* seconds */;
	int sysctl_thin_linear_timeouts, sysctl_reflect_tos, sysctl_rto_min_us;
	int sysctl_fack, sysctl_low_latency; /* of old scripts: without effect, as in Linux */
	int sysctl_min_tso_segs, sysctl_tso_win_divisor, sysctl_tso_rtt_log;
	int sysctl_mtu_probing, sysctl_base_mss, sysctl_min_snd_mss;
	int sysctl_mtu_probe_floor, sysctl_probe_threshold; /* bytes */
	int sysctl_probe_interval;			    /* seconds */
	int sysctl_pacing_ss_ratio, sysctl_pacing_ca_ratio /* percent */, sysctl_limit_output_bytes;
	int sysctl_comp_sack_delay_ns, sysctl_comp_sack_slack_ns, sysctl_comp_sack_nr;
	int sysctl_retrans_collapse, sysctl_autocorking, sysctl_no_metrics_save, sysctl_no_ssthresh_metrics_save;
	const struct tcp_congestion_ops *congestion_control; /* default of new sockets */
	u32 ca_allowed;					     /* bits of tcp_cong.c's table: what anybody may choose */

	/* sockets that go on now that a segment of theirs has left (TSQ) [interrupts off] */
	struct tasklet_struct tsq_tasklet;
	struct list_head tsq_socks;
};

#endif
