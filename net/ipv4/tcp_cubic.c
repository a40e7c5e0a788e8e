/* SPDX-License-Identifier: MIT */
/* CUBIC with HyStart: the window is a cubic function of the time since the last loss. RFC 9438; Ha
 * and Rhee, "Hybrid Slow Start" (2008). */
#include "tcp_internal.h"

#define CUBIC_BETA  717u /* of 1024: 0.7, RFC 9438 section 4.6 */
#define CUBIC_SCALE 1024u
/* C = 0.4 segments/s^3 (section 5.1): with t in ms, W(t) - Wmax = t^3 * 4 / 10^10, and K^3 = dW *
 * 10^10 / 4 */
#define CUBIC_C_NUM 4ull
#define CUBIC_C_DEN 10000000000ull
#define CUBIC_MAX_MS \
	600000u /* the curve is used up to ten minutes from its middle: 64 bits suffice */
/* Reno's additive increase for the same throughput, 3 (1-beta)/(1+beta) = 9/17 (section 4.3) */
#define FRIENDLY_NUM	     17u
#define FRIENDLY_DEN	     9u
#define HYSTART_LOW_WINDOW   16u /* segments */
#define HYSTART_MIN_SAMPLES  8u
#define HYSTART_ACK_DELTA_US 2000u
#define HYSTART_DELAY_MIN_US 4000u
#define HYSTART_DELAY_MAX_US 16000u
#define HYSTART_BURSTS	     4u /* large segments whose time at the pacing rate an ACK train may exceed \
				 */

struct cubic {
	u32 cnt;			       /* ACKed segments for one more of window */
	u32 last_max_cwnd, origin, prior_cwnd; /* segments */
	u32 last_cwnd, last_ms;
	u32 k_ms;		    /* from the start of the epoch to the curve's middle */
	u32 epoch_ms;		    /* when it began, 0: no epoch */
	u32 ack_cnt, friendly_cwnd; /* what Reno would have */
	u32 delay_min_us;
	/* HyStart */
	u32 round_start_us, last_ack_us, end_seq, curr_rtt_us;
	u8 sample_cnt;
	bool found;
};
_Static_assert(sizeof(struct cubic) <= sizeof(((struct inet_connection_sock *)0)->icsk_ca_priv),
	       "fits icsk_ca_priv");

static u32 cubic_now_ms(void)
{
	u32 now = tcp_ts_now();

	return now ? now : 1;
}

static void hystart_reset(struct sock *sk)
{
	struct cubic *ca = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	ca->round_start_us = ca->last_ack_us = (u32)tp->tcp_mstamp;
	ca->end_seq = tp->snd_nxt;
	ca->curr_rtt_us = ~0u;
	ca->sample_cnt = 0;
}

static void cubic_init(struct sock *sk)
{
	memset(inet_csk_ca(sk), 0, sizeof(struct cubic));
	hystart_reset(sk);
}

/* tcp_cubic_root - the integer cube root, bit by bit; @a is below 2^57. */
u32 tcp_cubic_root(u64 a)
{
	u32 root = 0;
	int bit;

	for (bit = 18; bit >= 0; bit--) {
		u64 try = root | 1ull << bit;

		if (try * try * try <= a)
			root = (u32)try;
	}
	return root;
}

static void cubic_epoch_start(struct cubic *ca, u32 cwnd, u32 acked, u32 now)
{
	ca->epoch_ms = now;
	ca->ack_cnt = acked;
	ca->friendly_cwnd = cwnd;
	if (ca->last_max_cwnd <= cwnd) {
		ca->k_ms = 0;
		ca->origin = cwnd;
	} else {
		ca->k_ms = tcp_cubic_root((u64)min(ca->last_max_cwnd - cwnd, 1u << 20) *
					  (CUBIC_C_DEN / CUBIC_C_NUM));
		ca->origin = ca->last_max_cwnd;
	}
}

/* W_cubic one round trip ahead. RFC 9438 section 4.2. */
static u32 cubic_target(const struct cubic *ca, u32 now)
{
	s64 t = (s64)(now - ca->epoch_ms) + ca->delay_min_us / USEC_PER_MSEC;
	s64 off = t - (s64)ca->k_ms;
	u64 d = (u64)min(off < 0 ? -off : off, (s64)CUBIC_MAX_MS);
	u32 delta = (u32)min(d * d * d * CUBIC_C_NUM / CUBIC_C_DEN, (u64)1 << 30);

	if (off < 0)
		return ca->origin > delta ? ca->origin - delta : 1;
	return ca->origin + delta;
}

/* cnt for the window @cwnd now, the larger growth of the curve and of Reno. RFC 9438 sections 4.3
 * to 4.5. */
static void cubic_update(struct cubic *ca, u32 cwnd, u32 acked)
{
	u32 now = cubic_now_ms(), target, step;

	ca->ack_cnt += acked;
	if (ca->last_cwnd == cwnd && (s32)(now - ca->last_ms) <= 1000 / 32)
		return;
	if (!ca->epoch_ms || now != ca->last_ms) {
		ca->last_cwnd = cwnd;
		ca->last_ms = now;
		if (!ca->epoch_ms)
			cubic_epoch_start(ca, cwnd, acked, now);
		target = cubic_target(ca, now);
		ca->cnt = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
		if (!ca->last_max_cwnd && ca->cnt > 20) /* no loss yet: do not begin too slowly */
			ca->cnt = 20;
	}
	/* less than Reno's one a round trip until the window before the loss is reached, for the
	 * smaller reduction; then just that */
	step = max(ca->friendly_cwnd < ca->prior_cwnd ? cwnd * FRIENDLY_NUM / FRIENDLY_DEN : cwnd,
		   1u);
	if (ca->ack_cnt > step) {
		ca->friendly_cwnd += ca->ack_cnt / step;
		ca->ack_cnt %= step;
	}
	if (ca->friendly_cwnd > cwnd)
		ca->cnt = min(ca->cnt, cwnd / (ca->friendly_cwnd - cwnd));
	ca->cnt = max(ca->cnt, 2u); /* at most 1.5 times a round trip */
}

static void cubic_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = inet_csk_ca(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;
	if (tcp_in_slow_start(tp)) {
		acked = tcp_slow_start(tp, acked);
		if (!acked)
			return;
	}
	cubic_update(ca, tp->snd_cwnd, acked);
	tcp_cong_avoid_ai(tp, ca->cnt, acked);
}

static u32 cubic_ssthresh(struct sock *sk)
{
	u32 cwnd = tcp_sk(sk)->snd_cwnd;
	struct cubic *ca = inet_csk_ca(sk);

	ca->epoch_ms = 0;
	ca->prior_cwnd = cwnd;
	/* fast convergence, section 4.7: leave room for newcomers when the window shrinks from loss
	 * to loss */
	if (cwnd < ca->last_max_cwnd)
		ca->last_max_cwnd =
			(u32)((u64)cwnd * (CUBIC_SCALE + CUBIC_BETA) / (2 * CUBIC_SCALE));
	else
		ca->last_max_cwnd = cwnd;
	return max((u32)((u64)cwnd * CUBIC_BETA / CUBIC_SCALE), 2u);
}

static void cubic_set_state(struct sock *sk, u8 new_state)
{
	struct cubic *ca = inet_csk_ca(sk);

	if (new_state != TCP_CA_Loss)
		return;
	memset(ca, 0, offsetof(struct cubic, round_start_us));
	ca->found = false;
	hystart_reset(sk);
}

static void cubic_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	struct cubic *ca = inet_csk_ca(sk);
	s32 idle;

	if (event != CA_EVENT_TX_START || !ca->epoch_ms)
		return;
	/* time without sending is no time on the curve (section 5.8) */
	idle = (s32)((u32)tcp_jiffies(tcp_sk(sk)) - tcp_sk(sk)->lsndtime);
	if (idle > 0) {
		ca->epoch_ms += (u32)idle;
		if ((s32)(ca->epoch_ms - cubic_now_ms()) > 0)
			ca->epoch_ms = cubic_now_ms();
	}
}

static void hystart_found(struct sock *sk, u64 *detect, u64 *cwnd_sum)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = inet_csk_ca(sk);

	ca->found = true;
	++*detect;
	*cwnd_sum += tp->snd_cwnd;
	tp->snd_ssthresh = tp->snd_cwnd;
}

/* How long a train of ACKs may be: half a round trip (a whole one where pacing spreads the segments
 * over half of it anyway), and what bursts of large segments add, a millisecond at most. */
static u32 hystart_train_us(const struct sock *sk, const struct cubic *ca)
{
	u64 rate = sk->sk_pacing_rate, burst_us = 0;
	u32 train;

	if (rate)
		burst_us = min((u64)sk->sk_gso_max_size * HYSTART_BURSTS * USEC_PER_SEC / rate,
			       (u64)USEC_PER_MSEC);
	train = ca->delay_min_us + (u32)burst_us;
	return sk->sk_pacing_status == SK_PACING_NONE ? train >> 1 : train;
}

/* End slow start when a train of ACKs is half a round trip long, or when delay grows. */
static void hystart_update(struct sock *sk, u32 rtt_us)
{
	u64 *mib = sock_net(sk)->mib.linux_mib;
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = inet_csk_ca(sk);
	u32 now = (u32)tp->tcp_mstamp, allowance;

	if (after(tp->snd_una, ca->end_seq))
		hystart_reset(sk);
	if (now - ca->last_ack_us <= HYSTART_ACK_DELTA_US) {
		ca->last_ack_us = now;
		if ((s32)(now - ca->round_start_us) > (s32)hystart_train_us(sk, ca)) {
			hystart_found(sk, &mib[LINUX_MIB_TCPHYSTARTTRAINDETECT],
				      &mib[LINUX_MIB_TCPHYSTARTTRAINCWND]);
			return;
		}
	}
	ca->curr_rtt_us = min(ca->curr_rtt_us, rtt_us);
	if (ca->sample_cnt < HYSTART_MIN_SAMPLES) {
		ca->sample_cnt++;
		return;
	}
	allowance = clamp(ca->delay_min_us >> 3, HYSTART_DELAY_MIN_US, HYSTART_DELAY_MAX_US);
	if (ca->curr_rtt_us > ca->delay_min_us + allowance)
		hystart_found(sk, &mib[LINUX_MIB_TCPHYSTARTDELAYDETECT],
			      &mib[LINUX_MIB_TCPHYSTARTDELAYCWND]);
}

static void cubic_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = inet_csk_ca(sk);
	u32 delay;

	if (sample->rtt_us < 0) /* nothing measured */
		return;
	if (ca->epoch_ms && (s32)(cubic_now_ms() - ca->epoch_ms) <
				    1000) /* just after a loss queues are not what they were */
		return;
	delay = max((u32)sample->rtt_us, 1u);
	if (!ca->delay_min_us || ca->delay_min_us > delay)
		ca->delay_min_us = delay;
	if (!ca->found && tcp_in_slow_start(tp) && tp->snd_cwnd >= HYSTART_LOW_WINDOW)
		hystart_update(sk, delay);
}

const struct tcp_congestion_ops tcp_cubic = {
	.name = "cubic",
	.flags = TCP_CONG_NON_RESTRICTED,
	.init = cubic_init,
	.ssthresh = cubic_ssthresh,
	.cong_avoid = cubic_cong_avoid,
	.set_state = cubic_set_state,
	.cwnd_event = cubic_cwnd_event,
	.pkts_acked = cubic_pkts_acked,
	.undo_cwnd = tcp_reno_undo_cwnd,
};
