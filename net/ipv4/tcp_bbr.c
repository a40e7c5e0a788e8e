/* SPDX-License-Identifier: MIT */
/*
 * BBR, version 1: a model of the path (its bottleneck's bandwidth, its round trip without queues)
 * instead of losses says how fast to send and how much may be in flight.
 * draft-cardwell-iccrg-bbr-congestion-control-00 (sections are its), with what Linux has beyond it:
 * long-term sampling for policers, and room for ACKs that come in bunches.
 *
 *           STARTUP --pipe full--> DRAIN --queue gone--> PROBE_BW --10 s without a new least RTT-->
 * PROBE_RTT ^                                             ^ |
 *              `------- (the pipe was never full) -----------+--------------- after 200 ms
 * -------------'
 */
#include "tcp_internal.h"

#define BW_SHIFT   24 /* bandwidth is segments a us, << 24: 715 bit/s to 3 Tbit/s at 1500 bytes */
#define BW_UNIT	   (1ull << BW_SHIFT)
#define GAIN_SHIFT 8 /* gains and ratios are << 8 */
#define GAIN_UNIT  (1u << GAIN_SHIFT)
#define HIGH_GAIN                  \
	(GAIN_UNIT * 2885 / 1000 + \
	 1) /* 2/ln 2: doubles what is delivered each round trip, 4.3.2.1 */
#define DRAIN_GAIN	(GAIN_UNIT * 1000 / 2885)
#define CWND_GAIN	(2 * GAIN_UNIT) /* 4.2.3.3: delayed ACKs must not starve it */
#define CYCLE_LEN	8u
#define BW_ROUNDS	(CYCLE_LEN + 2) /* round trips that the filter of bandwidth looks back, 4.1.1.3 \
					 */
#define MIN_RTT_WIN	(10 * HZ)	/* jiffies, 4.1.2.3 */
#define PROBE_RTT_TIME	(HZ / 5)	/* jiffies with a least window, 4.3.5 */
#define MIN_CWND	4u /* segments: enough for a peer that acknowledges every second one */
#define FULL_BW_RATIO	(GAIN_UNIT * 5 / 4) /* 4.3.2.2: less than a quarter more... */
#define FULL_BW_ROUNDS	3u		    /* ...for three round trips: the pipe is full */
#define PACING_MARGIN	99u	       /* percent of the bandwidth: a standing queue can drain */
#define MIN_TSO_RATE	(1200000u / 8) /* bytes a second: below it segments go one by one */
#define TSO_MAX_BYTES	(65536u - 1 - MAX_TCP_HEADER)
#define TSO_MAX_SEGS	127u
/* A policer is taken for one when two intervals of at least four round trips, with a fifth of the
 * segments lost, were delivered at the same rate: an eighth more or less, or 4 kbit/s. */
#define LT_MIN_ROUNDS	4u
#define LT_LOSS_RATIO	50u /* << 8 */
#define LT_BW_RATIO	(GAIN_UNIT / 8)
#define LT_BW_DIFF	(4000u / 8) /* bytes a second */
#define LT_MAX_ROUNDS	48u	    /* for which that rate is believed */
/* ACKs in bunches */
#define EXTRA_ROUNDS	5u	/* of each of the two slots of the largest excess */
#define EXTRA_MAX_US	100000u /* of bandwidth: more is not made up for */
#define EPOCH_ACKED_MAX (1u << 20)

enum bbr_mode { BBR_STARTUP, BBR_DRAIN, BBR_PROBE_BW, BBR_PROBE_RTT };

struct bbr {
	struct minmax bw;		 /* the largest of BW_ROUNDS round trips */
	u64 cycle_mstamp;		 /* us: when this phase of the cycle began */
	u64 ack_epoch_mstamp;		 /* us: since when ack_epoch_acked is counted */
	u32 min_rtt_us, min_rtt_stamp;	 /* us; jiffies */
	u32 probe_rtt_done_stamp;	 /* jiffies, 0: in flight is still more than MIN_CWND */
	u32 rtt_cnt, next_rtt_delivered; /* round trips, counted by what was delivered */
	u32 prior_cwnd;			 /* before recovery, and before PROBE_RTT */
	u32 full_bw; /* the bandwidth that must be exceeded for the pipe not to be full */
	u32 lt_bw, lt_last_delivered, lt_last_stamp /* ms */, lt_last_lost;
	u32 ack_epoch_acked;
	u16 extra_acked[2];
	u16 pacing_gain, cwnd_gain;
	u8 mode, prev_ca_state, cycle_idx, full_bw_cnt, lt_rtt_cnt, extra_rounds, extra_slot;
	u8 packet_conservation : 1, round_start : 1, idle_restart : 1, probe_rtt_round_done : 1,
		full_bw_reached : 1, has_seen_rtt : 1, lt_is_sampling : 1, lt_use_bw : 1;
};
_Static_assert(sizeof(struct bbr) <= sizeof(((struct inet_connection_sock *)0)->icsk_ca_priv),
	       "fits icsk_ca_priv");

static const u16 cycle_gains[CYCLE_LEN] = { GAIN_UNIT * 5 / 4, GAIN_UNIT * 3 / 4, GAIN_UNIT,
					    GAIN_UNIT,	       GAIN_UNIT,	  GAIN_UNIT,
					    GAIN_UNIT,	       GAIN_UNIT };

/* ---- rates ---- */

static u32 bbr_max_bw(const struct bbr *bbr)
{
	return minmax_get(&bbr->bw);
}

static u32 bbr_bw(const struct bbr *bbr)
{
	return bbr->lt_use_bw ? bbr->lt_bw : bbr_max_bw(bbr);
}

/* Bytes a second of @bw times @gain. */
static u64 bbr_bytes_per_sec(const struct sock *sk, u64 bw, u32 gain)
{
	u64 rate = bw * tcp_sk(sk)->mss_cache * gain >> GAIN_SHIFT;

	return rate * (USEC_PER_SEC / 100 * PACING_MARGIN) >> BW_SHIFT;
}

static u64 bbr_pacing_rate(const struct sock *sk, u64 bw, u32 gain)
{
	return min(bbr_bytes_per_sec(sk, bw, gain), sk->sk_max_pacing_rate);
}

/* Before anything was delivered: the first window in a round trip, of a millisecond if none was
 * measured. 4.2.1 */
static void bbr_init_pacing_rate(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 rtt_us = USEC_PER_MSEC;

	if (tp->srtt_us) {
		rtt_us = max(tp->srtt_us >> 3, 1u);
		bbr->has_seen_rtt = 1;
	}
	sk->sk_pacing_rate = bbr_pacing_rate(sk, tp->snd_cwnd * BW_UNIT / rtt_us, HIGH_GAIN);
}

/* Until the pipe was full once the rate only grows: a low sample may be the application's. */
static void bbr_set_pacing_rate(struct sock *sk, u32 bw, u32 gain)
{
	u64 rate = bbr_pacing_rate(sk, bw, gain);
	struct bbr *bbr = inet_csk_ca(sk);

	if (unlikely(!bbr->has_seen_rtt && tcp_sk(sk)->srtt_us))
		bbr_init_pacing_rate(sk);
	if (bbr->full_bw_reached || rate > sk->sk_pacing_rate)
		sk->sk_pacing_rate = rate;
}

static u32 bbr_min_tso_segs(struct sock *sk)
{
	return sk->sk_pacing_rate < MIN_TSO_RATE ? 1 : 2;
}

/* Segments that go down as one. */
static u32 bbr_tso_segs_goal(struct sock *sk)
{
	u32 bytes = (u32)min(sk->sk_pacing_rate >> sk->sk_pacing_shift, (u64)TSO_MAX_BYTES);

	return min(max(bytes / tcp_sk(sk)->mss_cache, bbr_min_tso_segs(sk)), TSO_MAX_SEGS);
}

/* ---- the window ---- */

/* Segments in flight that @bw times @gain fills in the least round trip. 4.2.3.2 */
static u32 bbr_bdp(const struct bbr *bbr, u32 bw, u32 gain)
{
	if (unlikely(bbr->min_rtt_us == ~0u)) /* none was measured yet */
		return TCP_INIT_CWND;
	return (u32)((((u64)bw * bbr->min_rtt_us * gain >> GAIN_SHIFT) + BW_UNIT - 1) >> BW_SHIFT);
}

/* Room for what host and peer handle as one (TSO, GRO), even because ACKs are for two, and more
 * while it probes. */
static u32 bbr_quantized(struct sock *sk, u32 cwnd)
{
	const struct bbr *bbr = inet_csk_ca(sk);

	cwnd += 3 * bbr_tso_segs_goal(sk);
	cwnd = (cwnd + 1) & ~1u;
	return bbr->mode == BBR_PROBE_BW && !bbr->cycle_idx ? cwnd + 2 : cwnd;
}

static u32 bbr_inflight(struct sock *sk, u32 bw, u32 gain)
{
	return bbr_quantized(sk, bbr_bdp(inet_csk_ca(sk), bw, gain));
}

/* What is in the network when the next segment's time has come: some of it is delivered until then.
 */
static u32 bbr_packets_in_net(struct sock *sk, u32 now)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct bbr *bbr = inet_csk_ca(sk);
	u64 wait_us = tp->tcp_wstamp_ns > tp->tcp_clock_cache
			      ? (tp->tcp_wstamp_ns - tp->tcp_clock_cache) / NSEC_PER_USEC
			      : 0;
	u32 delivered = (u32)(bbr_bw(bbr) * wait_us >> BW_SHIFT);

	if (bbr->pacing_gain > GAIN_UNIT)
		now += bbr_tso_segs_goal(sk);
	return now > delivered ? now - delivered : 0;
}

/* Room for ACKs in bunches: the largest excess of what was acknowledged over what the bandwidth
 * explains. */
static u32 bbr_aggregation_cwnd(const struct bbr *bbr)
{
	u32 most = (u32)((u64)bbr_bw(bbr) * EXTRA_MAX_US >> BW_SHIFT);

	return bbr->full_bw_reached ? min((u32)max(bbr->extra_acked[0], bbr->extra_acked[1]), most)
				    : 0;
}

/* For later: the window as it was before recovery or PROBE_RTT. 4.2.3.1 */
static void bbr_save_cwnd(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (bbr->prev_ca_state < TCP_CA_Recovery && bbr->mode != BBR_PROBE_RTT)
		bbr->prior_cwnd = tp->snd_cwnd;
	else
		bbr->prior_cwnd = max(bbr->prior_cwnd, tp->snd_cwnd);
}

/* In the first round trip of recovery what leaves the network alone lets new segments in; after it
 * the old window comes back. true: *cwnd is all there is to say. 4.2.3.4 */
static bool bbr_recover_or_restore(struct sock *sk, const struct rate_sample *rs, u32 acked,
				   u32 *cwnd)
{
	u8 prev = ((struct bbr *)inet_csk_ca(sk))->prev_ca_state,
	   state = inet_csk(sk)->icsk_ca_state;
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	*cwnd = tp->snd_cwnd;
	if (rs->losses >
	    0) /* they take no room any more, and their retransmissions shall not make a burst */
		*cwnd = (u32)max((int)*cwnd - rs->losses, 1);
	if (state == TCP_CA_Recovery && prev != TCP_CA_Recovery) {
		bbr->packet_conservation = 1;
		bbr->next_rtt_delivered = tp->delivered; /* the round trip begins now */
		*cwnd = tcp_packets_in_flight(tp) + acked;
	} else if (prev >= TCP_CA_Recovery && state < TCP_CA_Recovery) {
		*cwnd = max(*cwnd, bbr->prior_cwnd);
		bbr->packet_conservation = 0;
	}
	bbr->prev_ca_state = state;
	if (bbr->packet_conservation)
		*cwnd = max(*cwnd, tcp_packets_in_flight(tp) + acked);
	return bbr->packet_conservation;
}

static void bbr_set_cwnd(struct sock *sk, const struct rate_sample *rs, u32 bw)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 cwnd = tp->snd_cwnd, acked = rs->acked_sacked, target;

	if (acked && !bbr_recover_or_restore(sk, rs, acked, &cwnd)) {
		target = bbr_quantized(sk, bbr_bdp(bbr, bw, bbr->cwnd_gain) +
						   bbr_aggregation_cwnd(bbr));
		if (bbr->full_bw_reached)
			cwnd = min(cwnd + acked, target);
		else if (cwnd < target || tp->delivered < TCP_INIT_CWND)
			cwnd += acked;
		cwnd = max(cwnd, MIN_CWND);
	}
	cwnd = min(cwnd, tp->snd_cwnd_clamp);
	if (bbr->mode == BBR_PROBE_RTT)
		cwnd = min(cwnd, MIN_CWND);
	tcp_snd_cwnd_set(tp, cwnd);
}

/* ---- probing for bandwidth: 4.3.4 ---- */

/* A phase lasts a least round trip; that of more ends when its queue has formed (or something was
 * lost), that of less when the queue is gone. */
static bool bbr_next_phase_due(struct sock *sk, const struct rate_sample *rs)
{
	const struct bbr *bbr = inet_csk_ca(sk);
	bool full_length = tcp_stamp_us_delta(tcp_sk(sk)->delivered_mstamp, bbr->cycle_mstamp) >
			   bbr->min_rtt_us;
	u32 inflight;

	if (bbr->pacing_gain == GAIN_UNIT)
		return full_length;
	inflight = bbr_packets_in_net(sk, rs->prior_in_flight);
	if (bbr->pacing_gain > GAIN_UNIT)
		return full_length && (rs->losses || inflight >= bbr_inflight(sk, bbr_max_bw(bbr),
									      bbr->pacing_gain));
	return full_length || inflight <= bbr_inflight(sk, bbr_max_bw(bbr), GAIN_UNIT);
}

static void bbr_next_phase(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->cycle_idx = (bbr->cycle_idx + 1) % CYCLE_LEN;
	bbr->cycle_mstamp = tcp_sk(sk)->delivered_mstamp;
}

/* Flows that begin together shall not probe together: any phase but the one that drains. */
static void bbr_enter_probe_bw(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->mode = BBR_PROBE_BW;
	bbr->cycle_idx = (u8)(CYCLE_LEN - 1 - get_random_below(CYCLE_LEN - 1));
	bbr_next_phase(sk);
}

static void bbr_reset_mode(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (bbr->full_bw_reached)
		bbr_enter_probe_bw(sk);
	else
		bbr->mode = BBR_STARTUP;
}

/* ---- policers: the long-term bandwidth ---- */

static void bbr_lt_interval_start(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->lt_last_stamp = (u32)(tp->delivered_mstamp / USEC_PER_MSEC);
	bbr->lt_last_delivered = tp->delivered;
	bbr->lt_last_lost = tp->lost;
	bbr->lt_rtt_cnt = 0;
}

static void bbr_lt_reset(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->lt_bw = 0;
	bbr->lt_use_bw = bbr->lt_is_sampling = 0;
	bbr_lt_interval_start(sk);
}

/* An interval with many losses delivered @bw: if the one before did so too, a policer is at work,
 * and its rate is ours. */
static void bbr_lt_interval_done(struct sock *sk, u32 bw)
{
	struct bbr *bbr = inet_csk_ca(sk);
	u32 diff = bw > bbr->lt_bw ? bw - bbr->lt_bw : bbr->lt_bw - bw;

	if (bbr->lt_bw && ((u64)diff * GAIN_UNIT <= (u64)LT_BW_RATIO * bbr->lt_bw ||
			   bbr_bytes_per_sec(sk, diff, GAIN_UNIT) <= LT_BW_DIFF)) {
		bbr->lt_bw = (u32)(((u64)bw + bbr->lt_bw) >> 1);
		bbr->lt_use_bw = 1;
		bbr->pacing_gain = GAIN_UNIT; /* without probing, which would only be dropped */
		bbr->lt_rtt_cnt = 0;
		return;
	}
	bbr->lt_bw = bw;
	bbr_lt_interval_start(sk);
}

/* From loss to loss, 4 round trips at least and 16 at most. */
static void bbr_lt_interval(struct sock *sk, const struct rate_sample *rs)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 lost, delivered, ms;

	if (rs->is_app_limited) { /* it is not the path that bounds us */
		bbr_lt_reset(sk);
		return;
	}
	if (bbr->round_start)
		bbr->lt_rtt_cnt++;
	if (bbr->lt_rtt_cnt < LT_MIN_ROUNDS)
		return;
	if (bbr->lt_rtt_cnt > 4 * LT_MIN_ROUNDS) {
		bbr_lt_reset(sk);
		return;
	}
	if (!rs->losses) /* the interval ends with a loss: tokens were gone, at its start and now */
		return;
	lost = tp->lost - bbr->lt_last_lost;
	delivered = tp->delivered - bbr->lt_last_delivered;
	if (!delivered || (u64)lost << GAIN_SHIFT < (u64)LT_LOSS_RATIO * delivered)
		return;
	ms = (u32)(tp->delivered_mstamp / USEC_PER_MSEC) - bbr->lt_last_stamp;
	if ((s32)ms < 1)
		return;
	if (ms >= ~0u / USEC_PER_MSEC) {
		bbr_lt_reset(sk);
		return;
	}
	bbr_lt_interval_done(sk, (u32)(delivered * BW_UNIT / (ms * USEC_PER_MSEC)));
}

static void bbr_lt_sample(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (bbr->lt_use_bw) {
		if (bbr->mode == BBR_PROBE_BW && bbr->round_start &&
		    ++bbr->lt_rtt_cnt >= LT_MAX_ROUNDS) {
			bbr_lt_reset(sk); /* perhaps the policer is gone */
			bbr_enter_probe_bw(sk);
		}
		return;
	}
	if (!bbr->lt_is_sampling) {
		if (!rs->losses)
			return;
		bbr_lt_interval_start(sk);
		bbr->lt_is_sampling = 1;
	}
	bbr_lt_interval(sk, rs);
}

/* ---- the model ---- */

/* Round trips, and the bandwidth of the last of them. 4.1.1 */
static void bbr_update_bw(struct sock *sk, const struct rate_sample *rs)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u64 bw;

	bbr->round_start = 0;
	if (rs->delivered < 0 || rs->interval_us <= 0)
		return;
	if (!before(rs->prior_delivered,
		    bbr->next_rtt_delivered)) { /* it was sent after the round trip had begun */
		bbr->next_rtt_delivered = tp->delivered;
		bbr->rtt_cnt++;
		bbr->round_start = 1;
		bbr->packet_conservation = 0;
	}
	bbr_lt_sample(sk, rs);
	bw = (u32)rs->delivered * BW_UNIT / (u64)rs->interval_us;
	/* what the application held back says nothing, unless it is more than what was known */
	if (!rs->is_app_limited || bw >= bbr_max_bw(bbr))
		minmax_running_max(&bbr->bw, BW_ROUNDS, bbr->rtt_cnt, (u32)bw);
}

/* How much more than the bandwidth explains was acknowledged since the epoch began, the most of the
 * last 5 to 10 round trips. An epoch ends when ACKs fall behind the bandwidth. */
static void bbr_update_aggregation(struct sock *sk, const struct rate_sample *rs)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 expected, extra;

	if (!rs->acked_sacked || rs->delivered < 0 || rs->interval_us <= 0)
		return;
	if (bbr->round_start && ++bbr->extra_rounds >= EXTRA_ROUNDS) {
		bbr->extra_rounds = 0;
		bbr->extra_slot = !bbr->extra_slot;
		bbr->extra_acked[bbr->extra_slot] = 0;
	}
	expected = (u32)((u64)bbr_bw(bbr) *
				 tcp_stamp_us_delta(tp->delivered_mstamp, bbr->ack_epoch_mstamp) >>
			 BW_SHIFT);
	if (bbr->ack_epoch_acked <= expected ||
	    bbr->ack_epoch_acked + rs->acked_sacked >= EPOCH_ACKED_MAX) {
		bbr->ack_epoch_acked = 0;
		bbr->ack_epoch_mstamp = tp->delivered_mstamp;
		expected = 0;
	}
	bbr->ack_epoch_acked = min(bbr->ack_epoch_acked + rs->acked_sacked, EPOCH_ACKED_MAX - 1);
	extra = min(min(bbr->ack_epoch_acked - expected, tp->snd_cwnd), (u32)U16_MAX);
	if (extra > bbr->extra_acked[bbr->extra_slot])
		bbr->extra_acked[bbr->extra_slot] = (u16)extra;
}

/* STARTUP: has the bandwidth stopped to grow? 4.3.2.2 */
static void bbr_check_full_pipe(struct bbr *bbr, const struct rate_sample *rs)
{
	if (bbr->full_bw_reached || !bbr->round_start || rs->is_app_limited)
		return;
	if (bbr_max_bw(bbr) >= (u64)bbr->full_bw * FULL_BW_RATIO >> GAIN_SHIFT) {
		bbr->full_bw = bbr_max_bw(bbr);
		bbr->full_bw_cnt = 0;
		return;
	}
	bbr->full_bw_reached = ++bbr->full_bw_cnt >= FULL_BW_ROUNDS;
}

/* DRAIN: until the queue that STARTUP has made is gone. 4.3.3 */
static void bbr_check_drain(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (bbr->mode == BBR_STARTUP && bbr->full_bw_reached) {
		bbr->mode = BBR_DRAIN;
		tp->snd_ssthresh =
			bbr_inflight(sk, bbr_max_bw(bbr), GAIN_UNIT); /* for those who look at it */
	}
	if (bbr->mode == BBR_DRAIN && bbr_packets_in_net(sk, tcp_packets_in_flight(tp)) <=
					      bbr_inflight(sk, bbr_max_bw(bbr), GAIN_UNIT))
		bbr_enter_probe_bw(sk);
}

static void bbr_check_probe_rtt_done(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (!bbr->probe_rtt_done_stamp || !after((u32)tcp_jiffies(tp), bbr->probe_rtt_done_stamp))
		return;
	bbr->min_rtt_stamp = (u32)tcp_jiffies(tp);
	tcp_snd_cwnd_set(tp, max(tp->snd_cwnd, bbr->prior_cwnd));
	bbr_reset_mode(sk);
}

/* PROBE_RTT: MIN_CWND in flight for 200 ms and a round trip. 4.3.5 */
static void bbr_probe_rtt(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 mark = tp->delivered + tcp_packets_in_flight(tp);

	tp->app_limited = mark ? mark : 1; /* so little in flight says nothing of the bandwidth */
	if (!bbr->probe_rtt_done_stamp) {
		if (tcp_packets_in_flight(tp) > MIN_CWND)
			return;
		bbr->probe_rtt_done_stamp = (u32)tcp_jiffies(tp) + PROBE_RTT_TIME;
		bbr->probe_rtt_done_stamp += !bbr->probe_rtt_done_stamp;
		bbr->probe_rtt_round_done = 0;
		bbr->next_rtt_delivered = tp->delivered;
		return;
	}
	if (bbr->round_start)
		bbr->probe_rtt_round_done = 1;
	if (bbr->probe_rtt_round_done)
		bbr_check_probe_rtt_done(sk);
}

/* The least round trip of ten seconds; older than that, it is measured anew, with an empty
 * pipe. 4.1.2 */
static void bbr_update_min_rtt(struct sock *sk, const struct rate_sample *rs)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	bool expired = after((u32)tcp_jiffies(tp), bbr->min_rtt_stamp + MIN_RTT_WIN);

	if (rs->rtt_us >= 0 &&
	    (rs->rtt_us < (long)bbr->min_rtt_us || (expired && !rs->is_ack_delayed))) {
		bbr->min_rtt_us = (u32)rs->rtt_us;
		bbr->min_rtt_stamp = (u32)tcp_jiffies(tp);
	}
	if (expired && !bbr->idle_restart && bbr->mode != BBR_PROBE_RTT) {
		bbr->mode = BBR_PROBE_RTT;
		bbr_save_cwnd(sk);
		bbr->probe_rtt_done_stamp = 0;
	}
	if (bbr->mode == BBR_PROBE_RTT)
		bbr_probe_rtt(sk);
	if (rs->delivered > 0)
		bbr->idle_restart = 0;
}

static void bbr_update_gains(struct bbr *bbr)
{
	switch (bbr->mode) {
	case BBR_STARTUP: bbr->pacing_gain = bbr->cwnd_gain = HIGH_GAIN; break;
	case BBR_DRAIN:
		bbr->pacing_gain = DRAIN_GAIN;
		bbr->cwnd_gain = HIGH_GAIN;
		break;
	case BBR_PROBE_BW:
		bbr->pacing_gain = bbr->lt_use_bw ? GAIN_UNIT : cycle_gains[bbr->cycle_idx];
		bbr->cwnd_gain = CWND_GAIN;
		break;
	case BBR_PROBE_RTT: bbr->pacing_gain = bbr->cwnd_gain = GAIN_UNIT; break;
	}
}

/* ---- what TCP calls ---- */

/* Each ACK: model, then rate and window. 4 */
static void bbr_main(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr_update_bw(sk, rs);
	bbr_update_aggregation(sk, rs);
	if (bbr->mode == BBR_PROBE_BW && bbr_next_phase_due(sk, rs))
		bbr_next_phase(sk);
	bbr_check_full_pipe(bbr, rs);
	bbr_check_drain(sk);
	bbr_update_min_rtt(sk, rs);
	bbr_update_gains(bbr);
	bbr_set_pacing_rate(sk, bbr_bw(bbr), bbr->pacing_gain);
	bbr_set_cwnd(sk, rs, bbr_bw(bbr));
}

static void bbr_init(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	tcp_mstamp_refresh(tp);
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	*bbr = (struct bbr){
		.next_rtt_delivered = tp->delivered,
		.min_rtt_us = tcp_min_rtt(tp),
		.min_rtt_stamp = (u32)tcp_jiffies(tp),
		.ack_epoch_mstamp = tp->tcp_mstamp,
		.prev_ca_state = TCP_CA_Open,
		.mode = BBR_STARTUP,
	};
	bbr_update_gains(bbr);
	bbr_lt_reset(sk);
	bbr_init_pacing_rate(sk);
	if (sk->sk_pacing_status == SK_PACING_NONE)
		sk->sk_pacing_status = SK_PACING_NEEDED;
}

static u32 bbr_sndbuf_expand(struct sock *sk)
{
	return 3; /* in STARTUP the window may be that much above what is delivered in a round trip
		   */
}

/* The loss was none: what it made us believe is forgotten. */
static u32 bbr_undo_cwnd(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->full_bw = 0;
	bbr->full_bw_cnt = 0;
	bbr_lt_reset(sk);
	return tcp_sk(sk)->snd_cwnd;
}

/* A loss: the window is remembered, no threshold follows from it. */
static u32 bbr_ssthresh(struct sock *sk)
{
	bbr_save_cwnd(sk);
	return tcp_sk(sk)->snd_ssthresh;
}

static void bbr_set_state(struct sock *sk, u8 new_state)
{
	static const struct rate_sample loss = { .losses = 1 };
	struct bbr *bbr = inet_csk_ca(sk);

	if (new_state != TCP_CA_Loss)
		return;
	bbr->prev_ca_state = TCP_CA_Loss;
	bbr->full_bw = 0;
	bbr->round_start = 1; /* a time-out is as good as the end of a round trip */
	bbr_lt_sample(sk, &loss);
}

/* After silence: not faster than the bandwidth, since nothing was probed; and PROBE_RTT may be
 * over. 4.3.4.4 */
static void bbr_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (event != CA_EVENT_TX_START || !tp->app_limited)
		return;
	bbr->idle_restart = 1;
	bbr->ack_epoch_mstamp = tp->tcp_mstamp;
	bbr->ack_epoch_acked = 0;
	if (bbr->mode == BBR_PROBE_BW)
		bbr_set_pacing_rate(sk, bbr_bw(bbr), GAIN_UNIT);
	else if (bbr->mode == BBR_PROBE_RTT)
		bbr_check_probe_rtt_done(sk);
}

static size_t bbr_get_info(struct sock *sk, int *attr, union tcp_cc_info *info)
{
	const struct bbr *bbr = inet_csk_ca(sk);
	u64 bw = bbr_bw(bbr) * (u64)tcp_sk(sk)->mss_cache * USEC_PER_SEC >> BW_SHIFT;

	info->bbr = (struct tcp_bbr_info){ .bbr_bw_lo = (u32)bw,
					   .bbr_bw_hi = (u32)(bw >> 32),
					   .bbr_min_rtt = bbr->min_rtt_us,
					   .bbr_pacing_gain = bbr->pacing_gain,
					   .bbr_cwnd_gain = bbr->cwnd_gain };
	*attr = INET_DIAG_BBRINFO;
	return sizeof(info->bbr);
}

const struct tcp_congestion_ops tcp_bbr = {
	.name = "bbr",
	.flags = TCP_CONG_NON_RESTRICTED,
	.init = bbr_init,
	.ssthresh = bbr_ssthresh,
	.cong_control = bbr_main,
	.set_state = bbr_set_state,
	.cwnd_event = bbr_cwnd_event,
	.undo_cwnd = bbr_undo_cwnd,
	.min_tso_segs = bbr_min_tso_segs,
	.sndbuf_expand = bbr_sndbuf_expand,
	.get_info = bbr_get_info,
};
