/* SPDX-License-Identifier: MIT */
/* Segments that no full socket sends: RSTs, and ACKs of TIME_WAIT and of requests. RFC 9293
 * section 3.10.7.1; IPv4. */
#include "tcp_internal.h"
#include "tcp_ipv4_internal.h"

struct tcp_reply {
	struct tcphdr th;
	__be32 opt[3]; /* timestamps */
} __attribute__((aligned(4)));

/* The header of an answer to @th: ports swapped, @len bytes. */
static void tcp_reply_init(struct tcp_reply *rep, const struct tcphdr *th, unsigned int len)
{
	memset(rep, 0, sizeof(*rep));
	rep->th.source = th->dest;
	rep->th.dest = th->source;
	rep->th.doff = len / 4 & 0xf;
}

static void tcp_reply_send(struct net *net, struct sk_buff *skb, const struct tcp_reply *rep,
			   unsigned int len, u8 tos, int oif)
{
	const struct iphdr *iph = ip_hdr(skb);

	memset(skb->cb, 0, sizeof(skb->cb)); /* IP looks for the options to echo there: none */
	TCP_INC_STATS(net, OUTSEGS);
	ip_send_unicast_reply(net->tcp.ctl_sk, skb, iph->saddr, iph->daddr, rep, len,
			      offsetof(struct tcphdr, check), tos, oif);
}

void tcp_v4_send_reset(const struct sock *sk, struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	unsigned int len = sizeof(struct tcphdr);
	struct net *net;
	struct tcp_reply rep;

	if (th->rst) /* never an RST for an RST */
		return;
	if (!sk && (!skb_dst(skb) || skb_rtable(skb)->rt_type != RTN_LOCAL))
		return;
	NET_TRACE(tcp_send_reset, sk, skb);
	net = sk ? sock_net(sk) : tcp_skb_net(skb);
	tcp_reply_init(&rep, th, len);
	rep.th.rst = 1;
	if (th->ack) {
		rep.th.seq = th->ack_seq;
	} else {
		rep.th.ack = 1;
		rep.th.ack_seq = htonl(TCP_SKB_CB(skb)->end_seq);
	}
	TCP_INC_STATS(net, OUTRSTS);
	tcp_reply_send(net, skb, &rep, len, 0, sk ? sk->sk_bound_dev_if : 0);
}

static void tcp_v4_send_ack(struct net *net, struct sk_buff *skb, u32 seq, u32 ack, u32 win,
			    u32 tsval, u32 tsecr, bool ts, u8 tos, int oif)
{
	unsigned int len = sizeof(struct tcphdr) + (ts ? TCPOLEN_TSTAMP_ALIGNED : 0);
	struct tcp_reply rep;

	tcp_reply_init(&rep, tcp_hdr(skb), len);
	rep.th.seq = htonl(seq);
	rep.th.ack_seq = htonl(ack);
	rep.th.ack = 1;
	rep.th.window = htons((u16)min(win, 65535u));
	if (ts) {
		rep.opt[0] = htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 | TCPOPT_TIMESTAMP << 8 |
				   TCPOLEN_TIMESTAMP);
		rep.opt[1] = htonl(tsval);
		rep.opt[2] = htonl(tsecr);
	}
	tcp_reply_send(net, skb, &rep, len, tos, oif);
}

void tcp_v4_timewait_ack(struct sock *sk, struct sk_buff *skb)
{
	struct inet_timewait_sock *tw = inet_twsk(sk);
	struct tcp_timewait_sock *tcptw = tcp_twsk(sk);

	tcp_v4_send_ack(tw->tw_net, skb, tcptw->tw_snd_nxt, tcptw->tw_rcv_nxt,
			tcptw->tw_rcv_wnd >> tw->tw_rcv_wscale, tcp_ts_now() + tcptw->tw_ts_offset,
			tcptw->tw_ts_recent, tcptw->tw_ts_recent_stamp != 0, tw->tw_tos,
			tw->tw_bound_dev_if);
	inet_twsk_put(tw);
}

void tcp_v4_reqsk_send_ack(const struct sock *sk, struct sk_buff *skb, struct request_sock *req)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	u32 seq = sk->sk_state == TCP_LISTEN ? treq->snt_isn + 1
					     : tcp_sk(sk)->snd_nxt; /* of a Fast Open's child */

	tcp_v4_send_ack(sock_net(sk), skb, seq, treq->rcv_nxt,
			treq->rsk_rcv_wnd >> treq->rcv_wscale, tcp_ts_now() + treq->ts_off,
			req->ts_recent, treq->tstamp_ok, ip_hdr(skb)->tos, sk->sk_bound_dev_if);
}
