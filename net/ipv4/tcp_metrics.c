/* SPDX-License-Identifier: MIT */
/* What earlier connections have learnt of a destination: round trip, where congestion begins, how
 * far it reorders, its Fast Open cookie. The next connection begins with it. RFC 9040 (temporal
 * sharing); Linux's tcp_metrics. Bounded: what was used longest ago makes room in its row. */
#include <kernel/slab.h>
#include "tcp_internal.h"

#define ROWS 128u
#define WAYS 4u
#define LIFE (60u * 60 * HZ) /* a path that nobody has used for an hour may be another one */

struct tcp_metrics_table {
	struct tcp_metrics row[ROWS][WAYS];
};

static struct tcp_metrics *metrics_row(struct net *net, __be32 saddr, __be32 daddr)
{
	u32 hash = (u32)siphash_2u64((__force u32)saddr, (__force u32)daddr, &net->tcp.port_key);

	return net->tcp.metrics->row[hash % ROWS];
}

/* Numbers that are too old are forgotten; a cookie is good until the server says otherwise. */
static void metrics_expire(struct tcp_metrics *m)
{
	if ((u32)jiffies - m->stamp <= LIFE)
		return;
	m->rtt_us = m->ssthresh = m->reordering = 0;
	m->stamp = (u32)jiffies;
}

/* tcp_metrics_find - what is known of @daddr as reached from @saddr; NULL: nothing. Context:
 * softirqs off. */
struct tcp_metrics *tcp_metrics_find(struct net *net, __be32 saddr, __be32 daddr)
{
	struct tcp_metrics *m;
	unsigned int i;

	if (!net->tcp.metrics)
		return NULL;
	for (m = metrics_row(net, saddr, daddr), i = 0; i < WAYS; i++, m++) {
		if (m->daddr != daddr || m->saddr != saddr)
			continue;
		metrics_expire(m);
		m->used = (u32)jiffies;
		return m;
	}
	return NULL;
}

/* tcp_metrics_make - the same; if nothing is known, an empty entry. NULL: no memory. Context:
 * softirqs off. */
struct tcp_metrics *tcp_metrics_make(struct net *net, __be32 saddr, __be32 daddr)
{
	struct tcp_metrics *m = tcp_metrics_find(net, saddr, daddr), *oldest;
	unsigned int i;

	if (m)
		return m;
	if (!net->tcp.metrics)
		net->tcp.metrics = kzalloc(sizeof(*net->tcp.metrics), GFP_ATOMIC | __GFP_NOWARN);
	if (!net->tcp.metrics)
		return NULL; /* the next connection learns it */
	oldest = m = metrics_row(net, saddr, daddr);
	for (i = 0; i < WAYS; i++, m++) {
		if (!m->daddr || (oldest->daddr && (s32)(m->used - oldest->used) < 0))
			oldest = m;
	}
	*oldest = (struct tcp_metrics){
		.saddr = saddr, .daddr = daddr, .used = (u32)jiffies, .stamp = (u32)jiffies
	};
	return oldest;
}

static struct tcp_metrics *metrics_of(const struct sock *sk, bool make)
{
	struct tcp_metrics *(*get)(struct net *, __be32, __be32) = make ? tcp_metrics_make
									: tcp_metrics_find;

	return get(sock_net(sk), inet_sk(sk)->inet_saddr, inet_sk(sk)->inet_daddr);
}

/* ---- the end of a connection ---- */

/* A longer round trip counts at once, a shorter one slowly: too long an estimate does less harm. */
static void metrics_learn_rtt(struct tcp_metrics *m, u32 srtt_us)
{
	m->rtt_us = srtt_us >= m->rtt_us ? srtt_us : m->rtt_us - ((m->rtt_us - srtt_us) >> 3);
}

static void metrics_learn_window(struct tcp_metrics *m, const struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 ssthresh = m->ssthresh;

	if (tcp_in_initial_slowstart(tp)) { /* no loss: what we knew was too little, perhaps */
		if (ssthresh && tp->snd_cwnd >> 1 > ssthresh)
			ssthresh = tp->snd_cwnd >> 1;
	} else if (!tcp_in_slow_start(tp) && inet_csk(sk)->icsk_ca_state == TCP_CA_Open) {
		ssthresh = max(tp->snd_cwnd >> 1, tp->snd_ssthresh);
	} else { /* in the middle of something: it tells of more than we knew, or of nothing */
		if (ssthresh && tp->snd_ssthresh > ssthresh)
			ssthresh = tp->snd_ssthresh;
		if (m->reordering < tp->reordering && tp->reordering != (u32)nt->sysctl_reordering)
			m->reordering = tp->reordering;
	}
	if (!nt->sysctl_no_ssthresh_metrics_save)
		m->ssthresh = ssthresh;
}

/* tcp_update_metrics - the connection comes to its regular end: keep what it has learnt. Context:
 * sock locked. */
void tcp_update_metrics(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	bool failed = inet_csk(sk)->icsk_backoff || !tp->srtt_us;
	struct tcp_metrics *m;

	if (sock_net(sk)->tcp.sysctl_no_metrics_save || !__sk_dst_get(sk))
		return;
	local_bh_disable();
	m = metrics_of(sk, !failed);
	if (m &&
	    failed) { /* nothing came back in time: the round trip we knew is not to be trusted */
		m->rtt_us = 0;
	} else if (m) {
		metrics_learn_rtt(m, tp->srtt_us);
		metrics_learn_window(m, sk);
		m->stamp = (u32)jiffies;
	}
	local_bh_enable();
}

/* ---- the beginning ---- */

/* tcp_init_metrics - the handshake is done: begin with what is known of the destination. The
 * estimator stays the connection's own; only its first time-out allows for the round trip that full
 * segments took (RFC 6298 section 2). Context: sock locked. */
void tcp_init_metrics(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_metrics *m;
	u32 rtt_us = 0;

	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH; /* lost SYNs say nothing of it */
	local_bh_disable();
	m = metrics_of(sk, false);
	if (m) {
		if (m->ssthresh && !sock_net(sk)->tcp.sysctl_no_ssthresh_metrics_save)
			tp->snd_ssthresh = min(m->ssthresh, tp->snd_cwnd_clamp);
		if (m->reordering)
			tp->reordering = m->reordering;
		rtt_us = m->rtt_us;
	}
	local_bh_enable();
	if (rtt_us > tp->srtt_us) {
		u32 ms = rtt_us / (8 * USEC_PER_MSEC);

		inet_csk(sk)->icsk_rto = ms + max(2 * ms, tcp_rto_min(sk));
	} else if (!tp->srtt_us) { /* the handshake gave no sample: RFC 6298 (5.7) */
		tp->rttvar_us = tp->mdev_us = tp->mdev_max_us =
			TCP_TIMEOUT_FALLBACK * USEC_PER_MSEC;
		inet_csk(sk)->icsk_rto = TCP_TIMEOUT_FALLBACK;
	}
}

/* tcp_peer_is_proven - has a connection with the peer of @req come to a regular end lately?
 * Context: softirq. */
bool tcp_peer_is_proven(struct net *net, const struct request_sock *req)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	const struct tcp_metrics *m = tcp_metrics_find(net, treq->ir_loc_addr, treq->ir_rmt_addr);

	return m && m->rtt_us;
}

void tcp_metrics_free(struct net *net)
{
	kfree(net->tcp.metrics);
	net->tcp.metrics = NULL;
}
