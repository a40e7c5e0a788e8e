/* SPDX-License-Identifier: MIT */
/* The network's tracepoints: one table of them all, named as Linux names its own, and the calls that stand in the code. */
#ifndef NET_TRACE_H
#define NET_TRACE_H

#include <kernel/trace.h>
#include <net/dropreason.h>

struct inet_timewait_sock;
struct request_sock;
struct sk_buff;
struct sock;
struct tcp_sock;

/* X(system, name, "what it tells") */
#define NET_TRACEPOINTS(X)                                                                        \
	X(skb, kfree_skb, "a packet is dropped, and the one reason why")                          \
	X(sock, inet_sock_set_state, "a connection's state changes")                              \
	X(tcp, tcp_probe, "a segment came for a connection: its numbers, windows and RTT")        \
	X(tcp, tcp_retransmit_skb, "a segment is sent again")                                     \
	X(tcp, tcp_retransmit_synack, "a SYN-ACK is sent again")                                  \
	X(tcp, tcp_send_reset, "an RST is sent")                                                  \
	X(tcp, tcp_receive_reset, "an RST ends a connection")                                     \
	X(tcp, tcp_destroy_sock, "a connection's sock is given up")                               \
	X(tcp, tcp_rcv_space_adjust, "the receive buffer may grow")                               \
	X(tcp, tcp_cong_state_set, "the state of loss recovery changes")                          \
	X(tcp, tcp_cwnd, "the congestion window changes")                                         \
	X(tcp, tcp_bad_csum, "a segment's checksum is wrong")

enum net_tracepoint {
#define X(system, name, summary) NET_TRACE_##name,
	NET_TRACEPOINTS(X)
#undef X
	__NET_TRACE_MAX
};

extern struct tracepoint net_tracepoints[__NET_TRACE_MAX];
void net_trace_init(void); /* registers the table; called from net/init.c's */

/* NET_TRACE(name, arguments) - trace_name(arguments) if the tracepoint is on; off, a byte read and a branch. Context: any. */
#define NET_TRACE(name, ...)                                                 \
	do {                                                                 \
		if (tracepoint_on(&net_tracepoints[NET_TRACE_##name]))       \
			trace_##name(__VA_ARGS__);                           \
	} while (0)
/* net_trace_event - a record of the tracepoint @name. */
#define net_trace_event(name, ...) trace_event(&net_tracepoints[NET_TRACE_##name], __VA_ARGS__)

/* What the records are made of: net/core/trace.c for packets, net/ipv4/tcp_trace.c for TCP. Called through NET_TRACE. */
void trace_kfree_skb(const struct sk_buff *skb, enum skb_drop_reason reason);
void trace_inet_sock_set_state(const struct sock *sk, int oldstate, int newstate); /* TIME_WAIT's and requests' too */
void trace_tcp_probe(const struct sock *sk, const struct sk_buff *skb);
void trace_tcp_retransmit_skb(const struct sock *sk, const struct sk_buff *skb);
void trace_tcp_retransmit_synack(const struct sock *sk, const struct request_sock *req);
void trace_tcp_send_reset(const struct sock *sk, const struct sk_buff *skb); /* either may be NULL */
void trace_tcp_receive_reset(const struct sock *sk);
void trace_tcp_destroy_sock(const struct sock *sk);
void trace_tcp_rcv_space_adjust(const struct sock *sk);
void trace_tcp_cong_state_set(const struct sock *sk, u8 state);
void trace_tcp_cwnd(const struct tcp_sock *tp, u32 cwnd);
void trace_tcp_bad_csum(const struct sk_buff *skb);

#endif
