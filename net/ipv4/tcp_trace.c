/* SPDX-License-Identifier: MIT */
/* What TCP's tracepoints record, in the words of Linux's. */
#include <net/trace.h>
#include "tcp_internal.h"

/* A connection's two ends as every record tells them: format and arguments. @sk may be a request or
 * a TIME_WAIT. */
#define ENDS	    "family=AF_INET sport=%u dport=%u saddr=%pI4 daddr=%pI4"
#define ENDS_OF(sk) trace_sport(sk), ntohs((sk)->sk_dport), &(sk)->sk_rcv_saddr, &(sk)->sk_daddr

/* A full sock keeps the port it had when the port itself is given back. */
static unsigned int trace_sport(const struct sock *sk)
{
	if (TCPF(sk->sk_state) & (TCPF_TIME_WAIT | TCPF_NEW_SYN_RECV))
		return sk->sk_num;
	return ntohs(inet_sk(sk)->inet_sport);
}

void trace_inet_sock_set_state(const struct sock *sk, int oldstate, int newstate)
{
	net_trace_event(inet_sock_set_state,
			ENDS " protocol=IPPROTO_TCP oldstate=TCP_%s newstate=TCP_%s", ENDS_OF(sk),
			tcp_state_name(oldstate), tcp_state_name(newstate));
}

void trace_tcp_probe(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	net_trace_event(tcp_probe,
			ENDS " data_len=%u seq=%#x ack=%#x snd_nxt=%#x snd_una=%#x snd_cwnd=%u "
			     "ssthresh=%u snd_wnd=%u srtt=%u rcv_wnd=%u",
			ENDS_OF(sk), skb->len - tcp_hdrlen(skb), cb->seq, cb->ack_seq, tp->snd_nxt,
			tp->snd_una, tp->snd_cwnd, tcp_current_ssthresh(sk), tp->snd_wnd,
			tp->srtt_us >> 3, tp->rcv_wnd);
}

void trace_tcp_retransmit_skb(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	net_trace_event(tcp_retransmit_skb, ENDS " state=TCP_%s seq=%#x end_seq=%#x retransmits=%u",
			ENDS_OF(sk), tcp_state_name(sk->sk_state), cb->seq, cb->end_seq,
			inet_csk(sk)->icsk_retransmits);
}

void trace_tcp_retransmit_synack(const struct sock *sk, const struct request_sock *req)
{
	net_trace_event(tcp_retransmit_synack, ENDS " retransmits=%u",
			ENDS_OF((const struct sock *)req), req->num_retrans);
}

void trace_tcp_send_reset(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcphdr *th = skb ? tcp_hdr(skb) : NULL;

	if (sk && sk->sk_dport)
		net_trace_event(tcp_send_reset, ENDS " state=TCP_%s", ENDS_OF(sk),
				tcp_state_name(sk->sk_state));
	else if (th)
		net_trace_event(tcp_send_reset, ENDS " state=%s", ntohs(th->dest),
				ntohs(th->source), &ip_hdr(skb)->daddr, &ip_hdr(skb)->saddr,
				sk ? "TCP_LISTEN" : "none");
}

void trace_tcp_receive_reset(const struct sock *sk)
{
	net_trace_event(tcp_receive_reset, ENDS " state=TCP_%s", ENDS_OF(sk),
			tcp_state_name(sk->sk_state));
}

void trace_tcp_destroy_sock(const struct sock *sk)
{
	net_trace_event(tcp_destroy_sock, ENDS, ENDS_OF(sk));
}

void trace_tcp_rcv_space_adjust(const struct sock *sk)
{
	net_trace_event(tcp_rcv_space_adjust, ENDS " rcvbuf=%d rcvq_space=%u", ENDS_OF(sk),
			sk->sk_rcvbuf, tcp_sk(sk)->rcvq_space.space);
}

void trace_tcp_cong_state_set(const struct sock *sk, u8 state)
{
	static const char *const names[] = { "Open", "Disorder", "CWR", "Recovery", "Loss" };

	net_trace_event(tcp_cong_state_set, ENDS " cong_state=%s", ENDS_OF(sk),
			state < ARRAY_SIZE(names) ? names[state] : "unknown");
}

void trace_tcp_cwnd(const struct tcp_sock *tp, u32 cwnd)
{
	const struct sock *sk = (const struct sock *)tp;

	net_trace_event(tcp_cwnd, ENDS " snd_cwnd=%u was=%u ssthresh=%u in_flight=%u", ENDS_OF(sk),
			cwnd, tp->snd_cwnd, tp->snd_ssthresh, tcp_packets_in_flight(tp));
}

void trace_tcp_bad_csum(const struct sk_buff *skb)
{
	const struct tcphdr *th = (const struct tcphdr *)skb->data;

	net_trace_event(tcp_bad_csum, "src=%pI4:%u dest=%pI4:%u", &ip_hdr(skb)->saddr,
			ntohs(th->source), &ip_hdr(skb)->daddr, ntohs(th->dest));
}
