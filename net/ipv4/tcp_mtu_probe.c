/* SPDX-License-Identifier: MIT */
/* Packetisation-layer path MTU discovery: where no ICMP message tells that segments are too long,
 * the connection finds out by itself, with a segment now and then that is longer than the rest. RFC
 * 4821; net.ipv4.tcp_mtu_probing and kin. */
#include "tcp_internal.h"

#define TCP_MTU_PROBE_CWND 11u /* packets: below it a lost probe costs too much of the window */

/* ---- MTU and MSS ---- */

/* tcp_mtu_to_mss - payload of a segment that fills @pmtu, with the options that every segment
 * carries. */
int tcp_mtu_to_mss(struct sock *sk, int pmtu)
{
	return __tcp_mtu_to_mss(sk, pmtu) -
	       (int)(tcp_sk(sk)->tcp_header_len - sizeof(struct tcphdr));
}

int __tcp_mtu_to_mss(struct sock *sk, int pmtu)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	int mss = pmtu - icsk->icsk_af_ops->net_header_len - (int)sizeof(struct tcphdr);

	if (mss > tp->rx_opt.mss_clamp)
		mss = tp->rx_opt.mss_clamp;
	mss -= icsk->icsk_ext_hdr_len;
	return max(mss, sock_net(sk)->tcp.sysctl_min_snd_mss);
}

int tcp_mss_to_mtu(const struct sock *sk, int mss)
{
	return mss + tcp_sk(sk)->tcp_header_len + inet_csk(sk)->icsk_ext_hdr_len +
	       inet_csk(sk)->icsk_af_ops->net_header_len;
}

/* ---- the range of the search ---- */

/* The largest MTU that the peer's MSS makes sense of. */
static int tcp_mtup_ceiling(const struct sock *sk)
{
	return tcp_sk(sk)->rx_opt.mss_clamp + (int)sizeof(struct tcphdr) +
	       inet_csk(sk)->icsk_af_ops->net_header_len;
}

/* tcp_mtup_init - the handshake told the peer's MSS: begin at tcp_base_mss, if probing is for all
 * connections (tcp_mtu_probing = 2). RFC 4821 section 7.2. Context: sock locked. */
void tcp_mtup_init(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct netns_tcp *nt = &sock_net(sk)->tcp;

	icsk->icsk_mtup.enabled = nt->sysctl_mtu_probing > 1;
	icsk->icsk_mtup.search_high = tcp_mtup_ceiling(sk);
	icsk->icsk_mtup.search_low = tcp_mss_to_mtu(sk, nt->sysctl_base_mss);
	icsk->icsk_mtup.probe_size = 0;
	icsk->icsk_mtup.probe_timestamp = (u32)jiffies;
}

/* tcp_mtup_black_hole - retransmissions go unanswered: the path may swallow long segments. The
 * first time the segments shrink to tcp_base_mss, then by half each time, not below
 * tcp_mtu_probe_floor. RFC 4821 section 7.7. Context: sock locked. */
void tcp_mtup_black_hole(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	int mss;

	if (!nt->sysctl_mtu_probing)
		return;
	if (!icsk->icsk_mtup.enabled) {
		icsk->icsk_mtup.enabled = 1;
		icsk->icsk_mtup.probe_timestamp = (u32)jiffies;
	} else {
		mss = min(nt->sysctl_base_mss, tcp_mtu_to_mss(sk, icsk->icsk_mtup.search_low) >> 1);
		mss = max(mss, nt->sysctl_mtu_probe_floor);
		mss = max(mss, nt->sysctl_min_snd_mss);
		icsk->icsk_mtup.search_low = tcp_mss_to_mtu(sk, mss);
	}
	tcp_sync_mss(sk, icsk->icsk_pmtu_cookie);
}

/* The search has ended: after tcp_probe_interval seconds the path may have become another one, so
 * look above what is in use again. RFC 4821 section 7.4. */
static void tcp_mtup_check_reprobe(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 age = (u32)jiffies - icsk->icsk_mtup.probe_timestamp;

	if (age / HZ < (u32)sock_net(sk)->tcp.sysctl_probe_interval)
		return;
	icsk->icsk_mtup.search_low = tcp_mss_to_mtu(sk, (int)tcp_current_mss(sk));
	icsk->icsk_mtup.search_high = tcp_mtup_ceiling(sk);
	icsk->icsk_mtup.probe_timestamp = (u32)jiffies;
}

/* ---- the outcome ---- */

/* tcp_mtup_probe_acked - after snd_una moved: did the probe arrive? Then segments are as long from
 * now on, and the congestion window counts fewer of them. RFC 4821 section 7.6.1. */
void tcp_mtup_probe_acked(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u64 cwnd;

	if (after(tp->mtu_probe.end_seq, tp->snd_una))
		return;
	tp->prior_ssthresh = tcp_current_ssthresh(sk);
	cwnd = (u64)tp->snd_cwnd * (u32)tcp_mss_to_mtu(sk, (int)tp->mss_cache) /
	       icsk->icsk_mtup.probe_size;
	tcp_snd_cwnd_set(tp, max((u32)cwnd, 1u));
	tp->snd_cwnd_cnt = 0;
	tp->snd_cwnd_stamp = (u32)jiffies;
	tp->snd_ssthresh = tcp_current_ssthresh(sk);
	icsk->icsk_mtup.search_low = (int)icsk->icsk_mtup.probe_size;
	icsk->icsk_mtup.probe_size = 0;
	tcp_sync_mss(sk, icsk->icsk_pmtu_cookie);
	NET_INC_STATS(sock_net(sk), TCPMTUPSUCCESS);
}

/* tcp_mtup_probe_lost - a loss is about to begin recovery: true: it is that of the probe, which
 * says nothing of congestion; its data has been sent again in small segments. RFC 4821
 * section 7.6.2. */
bool tcp_mtup_probe_lost(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	if (likely(!icsk->icsk_mtup.probe_size) || icsk->icsk_ca_state >= TCP_CA_CWR ||
	    tp->snd_una != tp->mtu_probe.start_seq)
		return false;
	icsk->icsk_mtup.search_high = (int)icsk->icsk_mtup.probe_size - 1;
	icsk->icsk_mtup.probe_size = 0;
	NET_INC_STATS(sock_net(sk), TCPMTUPFAIL);
	tcp_snd_cwnd_set(tp, tp->snd_cwnd + 1); /* what the probe had taken */
	tcp_simple_retransmit(sk);
	return true;
}

/* ---- the probe ---- */

/* May the first @len bytes of the write queue become one segment? MSG_EOR parts them. */
static bool tcp_mtup_may_join(const struct sock *sk, u32 len)
{
	const struct sk_buff *skb;

	for (skb = tcp_send_head(sk); skb && len > skb->len; skb = skb->next) {
		if (TCP_SKB_CB(skb)->eor || tcp_skb_is_last(sk, skb))
			return false;
		len -= skb->len;
	}
	return skb != NULL;
}

/* Moves the first @len bytes of the write queue into @probe, which stands before them. 0 or
 * -ENOMEM: then @probe holds what it could get. */
static int tcp_mtup_gather(struct sock *sk, struct sk_buff *probe, u32 len)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(probe), *from;
	struct sk_buff *skb;
	u32 copy;

	while (probe->len < len) {
		skb = probe->next;
		from = TCP_SKB_CB(skb);
		copy = min(skb->len, len - probe->len);
		if (copy < skb->len && skb_cloned(skb) && pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
			return -ENOMEM;
		skb_copy_bits(skb, 0, skb_put(probe, copy), (int)copy);
		cb->end_seq += copy;
		if (copy < skb->len) {
			tcp_trim_head(sk, skb, copy); /* cannot fail: it is nobody else's */
			break;
		}
		cb->tcp_flags |= from->tcp_flags;
		cb->eor = from->eor;
		tcp_unlink_write_queue(skb, sk);
		tcp_skb_tsorted_anchor_cleanup(skb);
		sk_wmem_free_skb(sk, skb);
	}
	return 0;
}

/* A segment of @size bytes at the head of the write queue. NULL: no memory, and the queue holds the
 * same bytes as before. */
static struct sk_buff *tcp_mtup_build(struct sock *sk, u32 size)
{
	struct sk_buff *probe = tcp_stream_alloc_skb(sk, size, GFP_ATOMIC, false);
	int err;

	if (!probe)
		return NULL;
	tcp_init_nondata_skb(probe, TCP_SKB_CB(tcp_send_head(sk))->seq, TCPHDR_ACK);
	probe->nohdr = 1;
	sk->sk_wmem_queued += (int)probe->truesize;
	sk_mem_charge(sk, (int)probe->truesize);
	__skb_queue_head(&sk->sk_write_queue, probe);
	err = tcp_mtup_gather(sk, probe, size);
	if (!probe->len) {
		tcp_unlink_write_queue(probe, sk);
		tcp_skb_tsorted_anchor_cleanup(probe);
		sk_wmem_free_skb(sk, probe);
		return NULL;
	}
	tcp_set_skb_tso_segs(probe, probe->len);
	return err ? NULL : probe;
}

/* Bytes of the next probe; 0: the search is over, for now. */
static u32 tcp_mtup_next_size(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	int high = icsk->icsk_mtup.search_high, low = icsk->icsk_mtup.search_low;
	int size = tcp_mtu_to_mss(sk, (high + low) >> 1);

	if (size > tcp_mtu_to_mss(sk, high) ||
	    high - low < sock_net(sk)->tcp.sysctl_probe_threshold) {
		tcp_mtup_check_reprobe(sk);
		return 0;
	}
	return (u32)size;
}

/*
 * tcp_mtu_probe - send a probe, if it is time for one and there is data for it and for what must
 * follow, so that its loss shows by duplicate ACKs. 1: sent; 0: wait, all that is queued must stay
 * for it; -1: none is wanted. RFC 4821 section 7.4, 7.5. Context: sock locked, within
 * tcp_write_xmit.
 */
int tcp_mtu_probe(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *probe;
	u32 size, needed;

	/* blocks of SACK would make its header longer than the others' */
	if (icsk->icsk_mtup.probe_size || icsk->icsk_ca_state != TCP_CA_Open ||
	    tp->snd_cwnd < TCP_MTU_PROBE_CWND || tp->rx_opt.num_sacks || tp->rx_opt.dsack)
		return -1;
	size = tcp_mtup_next_size(sk);
	needed = size + (tp->reordering + 1) * tp->mss_cache;
	if (!size || tcp_seq_span(tp->snd_nxt, tp->write_seq) < needed || tp->snd_wnd < needed)
		return -1;
	if (after(tp->snd_nxt + needed, tcp_wnd_end(tp)))
		return 0;
	if (tcp_packets_in_flight(tp) + 2 > tp->snd_cwnd)
		return tcp_packets_in_flight(tp) ? 0 : -1;
	if (!tcp_mtup_may_join(sk, size) || tcp_paced_back(sk))
		return -1;
	probe = tcp_mtup_build(sk, size);
	if (!probe || tcp_transmit_skb(sk, probe, 1, GFP_ATOMIC))
		return -1; /* tcp_write_xmit cuts it into segments of the usual size */
	tcp_snd_cwnd_set(tp, tp->snd_cwnd - 1); /* it counts for two */
	tcp_event_new_data_sent(sk, probe);
	icsk->icsk_mtup.probe_size = (u32)tcp_mss_to_mtu(sk, (int)probe->len);
	tp->mtu_probe.start_seq = TCP_SKB_CB(probe)->seq;
	tp->mtu_probe.end_seq = TCP_SKB_CB(probe)->end_seq;
	return 1;
}
