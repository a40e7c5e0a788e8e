/* SPDX-License-Identifier: MIT */
/* Queueing disciplines as tc(8) and rtnetlink speak of them: handles, messages, statistics, and the
 * options of each kind. tc-netem(8), tc-tbf(8), tc-fq(8). */
#ifndef UAPI_PKT_SCHED_H
#define UAPI_PKT_SCHED_H

#include <uapi/types.h>

/* handles: major:minor, 16 bits each; a discipline is major:0, a class of it major:n */
#define TC_H_MAJ(h)	    ((h)&0xFFFF0000u)
#define TC_H_MIN(h)	    ((h)&0x0000FFFFu)
#define TC_H_MAKE(maj, min) (((maj)&0xFFFF0000u) | ((min)&0x0000FFFFu))
#define TC_H_UNSPEC	    0u
#define TC_H_ROOT	    0xFFFFFFFFu
#define TC_H_INGRESS	    0xFFFFFFF1u

struct tcmsg {
	unsigned char tcm_family, tcm__pad1;
	unsigned short tcm__pad2;
	int tcm_ifindex;
	__u32 tcm_handle, tcm_parent;
	__u32 tcm_info; /* of a discipline: its references */
};

enum {
	TCA_UNSPEC,
	TCA_KIND,
	TCA_OPTIONS,
	TCA_STATS,
	TCA_XSTATS,
	TCA_RATE,
	TCA_FCNT,
	TCA_STATS2,
	TCA_STAB,
	TCA_PAD,
	TCA_DUMP_INVISIBLE,
	TCA_CHAIN,
	TCA_HW_OFFLOAD,
	TCA_INGRESS_BLOCK,
	TCA_EGRESS_BLOCK,
	__TCA_MAX
};
#define TCA_MAX (__TCA_MAX - 1)

struct tc_stats { /* TCA_STATS: the old form */
	__u64 bytes;
	__u32 packets, drops, overlimits, bps, pps, qlen, backlog;
};

/* inside TCA_STATS2 */
enum {
	TCA_STATS_UNSPEC,
	TCA_STATS_BASIC,
	TCA_STATS_RATE_EST,
	TCA_STATS_QUEUE,
	TCA_STATS_APP,
	TCA_STATS_RATE_EST64,
	TCA_STATS_PAD,
	TCA_STATS_BASIC_HW,
	TCA_STATS_PKT64,
	__TCA_STATS_MAX
};
#define TCA_STATS_MAX (__TCA_STATS_MAX - 1)
struct gnet_stats_basic {
	__u64 bytes;
	__u32 packets;
};
struct gnet_stats_queue {
	__u32 qlen, backlog, drops, requeues, overlimits;
};

/* times in "ticks" of 64 ns */
#define PSCHED_SHIFT 6

struct tc_ratespec {
	unsigned char cell_log;
	__u8 linklayer;
	unsigned short overhead;
	short cell_align;
	unsigned short mpu;
	__u32 rate; /* bytes a second; ~0: in an attribute of 64 bits */
};

/* pfifo, bfifo */
struct tc_fifo_qopt {
	__u32 limit; /* packets, or bytes */
};

/* pfifo_fast */
struct tc_prio_qopt {
	int bands;
	__u8 priomap[16];
};

/* tbf */
enum {
	TCA_TBF_UNSPEC,
	TCA_TBF_PARMS,
	TCA_TBF_RTAB,
	TCA_TBF_PTAB,
	TCA_TBF_RATE64,
	TCA_TBF_PRATE64,
	TCA_TBF_BURST,
	TCA_TBF_PBURST,
	TCA_TBF_PAD,
	__TCA_TBF_MAX
};
#define TCA_TBF_MAX (__TCA_TBF_MAX - 1)
struct tc_tbf_qopt {
	struct tc_ratespec rate, peakrate;
	__u32 limit;  /* bytes */
	__u32 buffer; /* ticks */
	__u32 mtu;    /* ticks: the peak rate's bucket */
};

/* netem; the options are the struct and attributes behind it */
enum {
	TCA_NETEM_UNSPEC,
	TCA_NETEM_CORR,
	TCA_NETEM_DELAY_DIST,
	TCA_NETEM_REORDER,
	TCA_NETEM_CORRUPT,
	TCA_NETEM_LOSS,
	TCA_NETEM_RATE,
	TCA_NETEM_ECN,
	TCA_NETEM_RATE64,
	TCA_NETEM_PAD,
	TCA_NETEM_LATENCY64,
	TCA_NETEM_JITTER64,
	TCA_NETEM_SLOT,
	TCA_NETEM_SLOT_DIST,
	TCA_NETEM_PRNG_SEED,
	__TCA_NETEM_MAX
};
#define TCA_NETEM_MAX (__TCA_NETEM_MAX - 1)
/* inside TCA_NETEM_LOSS: probabilities of ~0 */
enum { NETEM_LOSS_UNSPEC, NETEM_LOSS_GI, NETEM_LOSS_GE, __NETEM_LOSS_MAX };
struct tc_netem_gimodel { /* four states */
	__u32 p13, p31, p32, p14, p23;
};
struct tc_netem_gemodel { /* Gilbert and Elliott's two */
	__u32 p, r, h, k1;
};
#define NETEM_DIST_SCALE 8192 /* in TCA_NETEM_DELAY_DIST, of s16: the jitter */
#define NETEM_DIST_MAX	 16384
struct tc_netem_qopt {
	__u32 latency;	 /* ticks */
	__u32 limit;	 /* packets */
	__u32 loss;	 /* probabilities: 0 is never, ~0 always */
	__u32 gap;	 /* of reordering; 0: none */
	__u32 duplicate; /* probability */
	__u32 jitter;	 /* ticks */
};
struct tc_netem_corr {
	__u32 delay_corr, loss_corr, dup_corr;
};
struct tc_netem_reorder {
	__u32 probability, correlation;
};
struct tc_netem_corrupt {
	__u32 probability, correlation;
};
struct tc_netem_rate {
	__u32 rate; /* bytes a second */
	__s32 packet_overhead;
	__u32 cell_size;
	__s32 cell_overhead;
};

/* fq */
enum {
	TCA_FQ_UNSPEC,
	TCA_FQ_PLIMIT,
	TCA_FQ_FLOW_PLIMIT,
	TCA_FQ_QUANTUM,
	TCA_FQ_INITIAL_QUANTUM,
	TCA_FQ_RATE_ENABLE,
	TCA_FQ_FLOW_DEFAULT_RATE,
	TCA_FQ_FLOW_MAX_RATE,
	TCA_FQ_BUCKETS_LOG,
	TCA_FQ_FLOW_REFILL_DELAY,
	TCA_FQ_ORPHAN_MASK,
	TCA_FQ_LOW_RATE_THRESHOLD,
	TCA_FQ_CE_THRESHOLD,
	TCA_FQ_TIMER_SLACK,
	TCA_FQ_HORIZON,
	TCA_FQ_HORIZON_DROP,
	__TCA_FQ_MAX
};
#define TCA_FQ_MAX (__TCA_FQ_MAX - 1)
struct tc_fq_qd_stats {
	__u64 gc_flows, highprio_packets, tcp_retrans, throttled, flows_plimit, pkts_too_long,
		allocation_errors;
	__s64 time_next_delayed_flow;
	__u32 flows, inactive_flows, throttled_flows, unthrottle_latency_ns;
	__u64 ce_mark, horizon_drops, horizon_caps;
};

#endif
