/* SPDX-License-Identifier: MIT */
/* TCP's connection states: the one function that changes them, the legal transitions, and what must
 * hold in each. RFC 9293 section 3.3.2. */
#include "tcp_internal.h"

/*
 * Row: from; bits: to. Beyond the RFC's diagram: CLOSE may follow on every state (reset, abort,
 * time-out), and a listener's copy becomes the SYN_RECV child. What TIME_WAIT becomes lies in
 * inet_timewait_sock.
 */
static const u16 legal_next[TCP_MAX_STATES] = {
	[TCP_CLOSE] = TCPF_SYN_SENT | TCPF_LISTEN,
	[TCP_LISTEN] = TCPF_SYN_RECV,
	[TCP_SYN_SENT] = TCPF_SYN_RECV | TCPF_ESTABLISHED,
	[TCP_SYN_RECV] = TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_CLOSE_WAIT,
	[TCP_ESTABLISHED] = TCPF_FIN_WAIT1 | TCPF_CLOSE_WAIT,
	[TCP_FIN_WAIT1] = TCPF_FIN_WAIT2 | TCPF_CLOSING | TCPF_TIME_WAIT,
	[TCP_FIN_WAIT2] = TCPF_TIME_WAIT,
	[TCP_CLOSING] = TCPF_TIME_WAIT,
	[TCP_CLOSE_WAIT] = TCPF_LAST_ACK,
	[TCP_LAST_ACK] = 0,
	[TCP_TIME_WAIT] = 0,
};

static const char *const state_names[TCP_MAX_STATES] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
	[TCP_NEW_SYN_RECV] = "NEW_SYN_RECV",
};

const char *tcp_state_name(int state)
{
	return state > 0 && state < TCP_MAX_STATES ? state_names[state] : "UNKNOWN";
}

bool tcp_transition_legal(int from, int to)
{
	if (from <= 0 || from >= TCP_MAX_STATES || to <= 0 || to >= TCP_MAX_STATES)
		return false;
	return from == to || to == TCP_CLOSE || (legal_next[from] & TCPF(to));
}

void tcp_set_state(struct sock *sk, int state)
{
	int old = sk->sk_state;

	WARN_ON_ONCE(!tcp_transition_legal(old, state));
	if (old != state)
		NET_TRACE(inet_sock_set_state, sk, old, state);
	if (state == TCP_ESTABLISHED && old != TCP_ESTABLISHED)
		TCP_INC_STATS(sock_net(sk), CURRESTAB);
	if (state != TCP_ESTABLISHED && old == TCP_ESTABLISHED)
		TCP_DEC_STATS(sock_net(sk), CURRESTAB);
	if (state == TCP_CLOSE) {
		if (old == TCP_CLOSE_WAIT || old == TCP_ESTABLISHED)
			TCP_INC_STATS(sock_net(sk), ESTABRESETS);
		sk->sk_prot->unhash(sk);
		if (inet_csk(sk)->icsk_bind_hash && !(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
			inet_put_port(sk);
	}
	sk->sk_state = (u8)state; /* after unhashing: nobody finds a closed socket in the tables */
}

/* The numbers of packets in the retransmit queue against its contents. */
static bool tcp_check_rtx_queue(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 packets = 0, sacked = 0, lost = 0, retrans = 0, seq = tp->snd_una;
	struct sk_buff *skb;
	bool ok = true;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = skb_rb_next(skb)) {
		const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

		packets += tcp_skb_pcount(skb);
		sacked += cb->sacked & TCPCB_SACKED_ACKED ? tcp_skb_pcount(skb) : 0;
		lost += cb->sacked & TCPCB_LOST ? tcp_skb_pcount(skb) : 0;
		retrans += cb->sacked & TCPCB_SACKED_RETRANS ? tcp_skb_pcount(skb) : 0;
		ok &= skb == tcp_rtx_queue_head(sk) ? !after(cb->seq, seq) : cb->seq == seq;
		seq = cb->end_seq;
	}
	ok &= packets == tp->packets_out && lost == tp->lost_out && retrans == tp->retrans_out;
	ok &= tcp_is_reno(tp) || sacked == tp->sacked_out;
	return ok && (!packets || seq == tp->snd_nxt);
}

bool tcp_check_invariants(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	bool ok = true;

	if (TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return !WARN_ON_ONCE(tp->packets_out);
	ok &= !before(tp->snd_nxt, tp->snd_una);
	ok &= !before(tp->write_seq, tp->snd_nxt);
	ok &= tcp_left_out(tp) <= tp->packets_out;
	ok &= tp->retrans_out <= tp->packets_out;
	ok &= tp->snd_cwnd > 0;
	ok &= !before(tp->rcv_nxt, tp->copied_seq) || sk->sk_state == TCP_SYN_SENT;
	ok &= tp->packets_out == 0 || tcp_check_rtx_queue(sk);
	ok &= tp->packets_out != 0 || tcp_rtx_queue_empty(sk);
	ok &= sk->sk_wmem_queued >= 0;
	return !WARN_ON_ONCE(!ok);
}
