/* SPDX-License-Identifier: MIT */
/* SYN cookies: a listener under flood keeps no state; the ISN holds the MSS, the timestamp holds
 * scale, SACK and ECN. RFC 4987 section 3.6 and appendix A. */
#include "tcp_internal.h"

#define COOKIE_BITS	   24 /* of the hash; the minute counter lies above */
#define COOKIE_MASK	   ((1u << COOKIE_BITS) - 1)
#define COOKIE_PERIOD_S	   60u
#define COOKIE_MAX_AGE	   2u	/* periods */
#define TS_OPT_WSCALE_MASK 0xfu /* 15: no scaling */
#define TS_OPT_SACK	   0x10u
#define TS_OPT_ECN	   0x20u
#define TS_BITS		   6u

/* The most common values; a peer gets the largest that is not above its own. */
static const u16 msstab[] = { 536, 1300, 1440, 1460 };

static u32 cookie_minute(void)
{
	return (u32)(ktime_get_ns() / NSEC_PER_SEC / COOKIE_PERIOD_S) + 1;
}

static u32 cookie_hash(struct net *net, __be32 saddr, __be32 daddr, __be16 sport, __be16 dport,
		       u32 count, int c)
{
	return (u32)siphash_4u32((__force u32)saddr, (__force u32)daddr,
				 (u32)(__force u16)sport << 16 | (__force u16)dport, count,
				 &net->tcp.cookie_key[c]);
}

u32 cookie_v4_init_sequence(struct net *net, const struct sk_buff *skb, u16 *mss)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct tcphdr *th = tcp_hdr(skb);
	u32 count = cookie_minute(), data;

	for (data = ARRAY_SIZE(msstab) - 1; data > 0 && *mss < msstab[data];)
		data--;
	*mss = msstab[data];
	return cookie_hash(net, iph->saddr, iph->daddr, th->source, th->dest, 0, 0) +
	       ntohl(th->seq) + (count << COOKIE_BITS) +
	       ((cookie_hash(net, iph->saddr, iph->daddr, th->source, th->dest, count, 1) + data) &
		COOKIE_MASK);
}

/* The MSS in a cookie that we made for this peer lately, else 0. */
static u16 cookie_v4_mss(struct net *net, const struct iphdr *iph, const struct tcphdr *th,
			 u32 cookie)
{
	u32 count = cookie_minute(), seq = ntohl(th->seq) - 1, age, data;

	cookie -= cookie_hash(net, iph->saddr, iph->daddr, th->source, th->dest, 0, 0) + seq;
	age = (count - (cookie >> COOKIE_BITS)) & (0xffffffffu >> COOKIE_BITS);
	if (age >= COOKIE_MAX_AGE)
		return 0;
	data = (cookie -
		cookie_hash(net, iph->saddr, iph->daddr, th->source, th->dest, count - age, 1)) &
	       COOKIE_MASK;
	return data < ARRAY_SIZE(msstab) ? msstab[data] : 0;
}

/* cookie_init_timestamp - the timestamp (as ns of our clock) whose low bits carry the options;
 * never later than @now_ns. */
u64 cookie_init_timestamp(const struct request_sock *req, u64 now_ns)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	u64 now = now_ns / NSEC_PER_MSEC, ts;
	u32 options;

	options = treq->wscale_ok ? treq->snd_wscale : TS_OPT_WSCALE_MASK;
	options |= treq->sack_ok ? TS_OPT_SACK : 0;
	options |= treq->ecn_ok ? TS_OPT_ECN : 0;
	ts = (now >> TS_BITS) << TS_BITS | options;
	if (ts > now && ts >= 1u << TS_BITS)
		ts -= 1u << TS_BITS;
	return ts * NSEC_PER_MSEC;
}

/* The options back from the echo. false: they cannot be ours. */
static bool cookie_timestamp_decode(const struct net *net, struct tcp_options_received *opt)
{
	u32 options = opt->rcv_tsecr;

	opt->sack_ok = opt->wscale_ok = opt->snd_wscale = 0;
	if (!opt->saw_tstamp)
		return true;
	if (!net->tcp.sysctl_timestamps)
		return false;
	opt->sack_ok = options & TS_OPT_SACK ? TCP_SACK_SEEN : 0;
	if (opt->sack_ok && !net->tcp.sysctl_sack)
		return false;
	if ((options & TS_OPT_WSCALE_MASK) == TS_OPT_WSCALE_MASK)
		return true;
	opt->wscale_ok = 1;
	opt->snd_wscale = options & TS_OPT_WSCALE_MASK;
	return net->tcp.sysctl_window_scaling != 0;
}

/* The request that the cookie stands for. */
static struct request_sock *cookie_request(struct sock *sk, struct sk_buff *skb,
					   const struct tcp_options_received *opt, u16 mss,
					   u32 ts_off)
{
	struct request_sock *req = reqsk_alloc(&tcp_request_sock_ops, sk, false);
	const struct tcphdr *th = tcp_hdr(skb);
	struct tcp_request_sock *treq = tcp_rsk(req);

	if (!req)
		return NULL;
	req->rsk_ops->init_req(req, sk, skb);
	treq->rcv_isn = ntohl(th->seq) - 1;
	treq->rcv_nxt = treq->rcv_isn + 1;
	treq->snt_isn = ntohl(th->ack_seq) - 1;
	treq->ts_off = ts_off;
	req->mss = mss;
	req->ts_recent = opt->saw_tstamp ? opt->rcv_tsval : 0;
	treq->snd_wscale = opt->snd_wscale;
	treq->wscale_ok = opt->wscale_ok;
	treq->sack_ok = opt->sack_ok != 0;
	treq->tstamp_ok = opt->saw_tstamp;
	treq->ecn_ok = opt->saw_tstamp && (opt->rcv_tsecr & TS_OPT_ECN) &&
		       sock_net(sk)->tcp.sysctl_ecn;
	return req;
}

/* cookie_v4_check - an ACK for a listener: @sk if it holds no cookie of ours, NULL if it does and
 * no sock could be made, else the child, slock held. */
struct sock *cookie_v4_check(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_options_received opt = { 0 };
	const struct tcphdr *th = tcp_hdr(skb);
	struct net *net = sock_net(sk);
	struct request_sock *req;
	struct dst_entry *dst;
	struct sock *child;
	bool own_req;
	u32 ts_off = 0;
	u16 mss;

	if (!net->tcp.sysctl_syncookies || !th->ack || th->rst || th->syn ||
	    tcp_synq_no_recent_overflow(sk))
		return sk;
	mss = cookie_v4_mss(net, ip_hdr(skb), th, ntohl(th->ack_seq) - 1);
	if (!mss) {
		NET_INC_STATS(net, SYNCOOKIESFAILED);
		return sk;
	}
	NET_INC_STATS(net, SYNCOOKIESRECV);
	tcp_parse_options(net, skb, &opt, false);
	if (opt.saw_tstamp && opt.rcv_tsecr) {
		ts_off = tcp_secure_ts_off(net, ip_hdr(skb)->daddr, ip_hdr(skb)->saddr);
		opt.rcv_tsecr -= ts_off;
	}
	if (!cookie_timestamp_decode(net, &opt))
		return sk;
	req = cookie_request(sk, skb, &opt, mss, ts_off);
	if (!req)
		return NULL;
	dst = req->rsk_ops->route_req(sk, req);
	if (!dst) {
		reqsk_put(req);
		return NULL;
	}
	tcp_openreq_init_rwin(req, sk, dst);
	child = inet_csk(sk)->icsk_af_ops->syn_recv_sock(sk, skb, req, dst, NULL, &own_req);
	if (child && inet_csk_reqsk_queue_add(sk, req, child))
		return child;
	if (child) {
		bh_unlock_sock(child);
		sock_put(child);
	}
	reqsk_put(req);
	return NULL;
}
