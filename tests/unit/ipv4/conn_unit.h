/* SPDX-License-Identifier: MIT */
/* For unit tests of a whole connection: the test plays its peer, and sees into its sock. Context: a
 * task of the kernel. */
#ifndef TESTS_CONN_UNIT_H
#define TESTS_CONN_UNIT_H

#include <net/net.h>

#include "tcp_unit.h"

#define OUR_PORT  9
#define PEER_PORT 40000
#define PEER_ISN  1000u
#define PEER_WIN  60000
#define PATIENCE  30 /* ms: longer than any round trip here, shorter than any retransmission */

static struct socket *listener, *conn;
static struct sock *sk;
static struct tcp_sock *tp;
static u32 our_isn, peer_seq;
static int refs; /* of the sock, when nothing waits */

/* A segment of the peer's, numbered as the wire has it. */
static inline void tell(u8 flags, u32 seq, u32 ack, unsigned int len)
{
	u8 frame[1600], segment[1480] = { 0 };
	struct tcphdr *th = (struct tcphdr *)segment;
	unsigned int n = sizeof(*th) + len;

	th->source = htons(PEER_PORT);
	th->dest = htons(OUR_PORT);
	th->seq = htonl(seq);
	th->ack_seq = htonl(ack);
	th->doff = sizeof(*th) / 4;
	((u8 *)th)[13] = flags;
	th->window = htons(PEER_WIN);
	th->check = csum_tcpudp_magic(PEER_IP, OUR_IP, n, IPPROTO_TCP, csum_partial(th, n, 0));
	msleep(2); /* a round trip takes its time */
	skiff_port_give(port, frame,
			ip_frame(frame, our_mac, PEER_IP, OUR_IP, IPPROTO_TCP, 0, 1, segment, n));
	msleep(2);
}

/* The SYN-ACK's number; what else has gone is forgotten. */
static u32 isn_sent(void)
{
	u8 f[2048];
	u32 isn = 0;

	while (take(f, sizeof(f))) {
		const struct tcphdr *th = (const struct tcphdr *)(frame_ip(f) + 1);

		if (frame_ip(f)->protocol == IPPROTO_TCP && th->syn)
			isn = ntohl(th->seq);
	}
	return isn;
}

static inline void accept_one(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(OUR_PORT) };

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_STREAM, 0, &listener), 0);
	assert_int_equal(kernel_bind(listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_listen(listener, 1), 0);
	tell(TCPHDR_SYN, PEER_ISN, 0, 0);
	our_isn = isn_sent();
	peer_seq = PEER_ISN + 1;
	tell(TCPHDR_ACK, peer_seq, our_isn + 1, 0);
	assert_int_equal(kernel_accept(listener, &conn, 0), 0);
	sk = conn->sk;
	tp = tcp_sk(sk);
	msleep(PATIENCE);
	refs = atomic_read(&sk->sk_refcnt);
}

/* The peer gives up; nothing of the connection is left, and nothing that was deferred held it. */
static inline void end_all(void)
{
	assert_true(tcp_check_invariants(sk));
	tell(TCPHDR_RST | TCPHDR_ACK, peer_seq, tp->snd_una, 0);
	assert_int_equal(sk->sk_state, TCP_CLOSE);
	assert_int_equal(atomic_read(&sk->sk_refcnt), refs - 1); /* the tables' */
	sock_release(conn);
	sock_release(listener);
	msleep(PATIENCE);
	drain();
}

static inline int set_up_conn(void **state)
{
	int err = boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	char said[256];

	assert_int_equal(skiff_command("ip neigh add 10.0.2.2 lladdr 02:00:00:00:00:01 dev eth0 "
				       "nud permanent", /* it answers no ARP */
				       said, sizeof(said)),
			 0);
	init_net.tcp.sysctl_timestamps = 0;
	return err;
}

#endif
