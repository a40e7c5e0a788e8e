/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: sequences of frames, with time and a program's calls between them, into a stack that
 * has a socket in every TCP state. An input is a list of steps; those that build TCP segments start
 * from numbers that are right.
 */
#include <net/tcp.h>
#include <uapi/tcp.h>

#include "fuzz.h"

#define MAX_SOCKS   24
#define LISTEN_PORT 80
#define UDP_PORT    53
#define FIRST_RPORT 7000
#define MAX_STEPS   64

enum {
	S_SYN_SENT,
	S_SYN_RECV,
	S_ESTABLISHED,
	S_FIN_WAIT1,
	S_FIN_WAIT2,
	S_CLOSING,
	S_TIME_WAIT,
	S_CLOSE_WAIT,
	S_LAST_ACK,
	NR_S
};

static struct stack {
	struct net *net;
	struct net_device *dev;
	struct socket *sock[MAX_SOCKS];
	unsigned int nr;
} st;

/* ---- segments ---- */

struct segment {
	u16 sport, dport;
	u32 seq, ack;
	u8 flags, optlen;
	u16 window, len;
	u8 opt[40];
};

static void segment_receive(const struct segment *s)
{
	static u8 packet[20 + 40 + 1460];
	struct tcphdr th = { .source = htons(s->sport),
			     .dest = htons(s->dport),
			     .seq = htonl(s->seq),
			     .ack_seq = htonl(s->ack),
			     .doff = (u16)(5 + s->optlen / 4) & 15,
			     .window = htons(s->window) };
	size_t hlen = 20u + (s->optlen & 0x3c), n = min((size_t)s->len, sizeof(packet) - hlen), i;

	memcpy(packet, &th, 20);
	packet[13] = s->flags;
	memcpy(packet + 20, s->opt, s->optlen & 0x3c);
	for (i = 0; i < n; i++)
		packet[hlen + i] = (u8)(s->seq + i);
	fuzz_ip_receive(st.dev, IPPROTO_TCP, 0, 1, packet, hlen + n);
}

/* reply - what the peer of @sk would send. */
static void reply(const struct sock *sk, u8 flags, u16 len)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct segment s = { .sport = ntohs(sk->sk_dport),
			     .dport = sk->sk_num,
			     .seq = tp->rcv_nxt,
			     .ack = tp->snd_nxt,
			     .flags = flags,
			     .window = 4000,
			     .len = len };

	segment_receive(&s);
}

/* ---- sockets in every state ---- */

static struct socket *new_socket(int type)
{
	struct socket *sock;

	if (st.nr == MAX_SOCKS || sock_create_kern(st.net, AF_INET, type, 0, &sock))
		return NULL;
	st.sock[st.nr++] = sock;
	return sock;
}

static void bind_to(struct socket *sock, u16 port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (sock)
		kernel_bind(sock, (struct sockaddr *)&sin, sizeof(sin));
}

static void make(int state)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((u16)(FIRST_RPORT + st.nr)),
				  .sin_addr.s_addr = htonl(FUZZ_PEER) };
	struct socket *sock = new_socket(SOCK_STREAM);
	struct sock *sk;

	if (!sock ||
	    kernel_connect(sock, (struct sockaddr *)&to, sizeof(to), O_NONBLOCK) != -EINPROGRESS)
		return;
	sk = sock->sk;
	if (state == S_SYN_SENT)
		return;
	reply(sk, state == S_SYN_RECV ? TCPHDR_SYN : TCPHDR_SYN | TCPHDR_ACK, 0);
	if (state == S_CLOSE_WAIT || state == S_LAST_ACK)
		reply(sk, TCPHDR_FIN | TCPHDR_ACK, 0);
	if (state == S_SYN_RECV || state == S_ESTABLISHED || state == S_CLOSE_WAIT)
		return;
	kernel_sock_shutdown(sock, SHUT_WR);
	if (state == S_FIN_WAIT1 || state == S_LAST_ACK)
		return;
	if (state == S_CLOSING) {
		struct segment s = { .sport = ntohs(sk->sk_dport),
				     .dport = sk->sk_num,
				     .seq = tcp_sk(sk)->rcv_nxt,
				     .ack = tcp_sk(sk)->snd_una,
				     .flags = TCPHDR_FIN | TCPHDR_ACK,
				     .window = 4000 };

		segment_receive(&s);
		return;
	}
	reply(sk, TCPHDR_ACK, 0);
	if (state == S_TIME_WAIT)
		reply(sk, TCPHDR_FIN | TCPHDR_ACK, 0);
}

static void set_up(void)
{
	struct socket *listener;
	int state;

	st.net = net_create();
	if (IS_ERR(st.net))
		fuzz_fault("net_create: error %ld", PTR_ERR(st.net));
	st.dev = fuzz_dev_new(st.net, true);
	st.nr = 0;
	listener = new_socket(SOCK_STREAM);
	bind_to(listener, LISTEN_PORT);
	kernel_listen(listener, 4);
	bind_to(new_socket(SOCK_DGRAM), UDP_PORT);
	for (state = 0; state < NR_S; state++)
		make(state);
	segment_receive(&(struct segment){ .sport = 6000,
					   .dport = LISTEN_PORT,
					   .seq = 1000,
					   .flags = TCPHDR_SYN,
					   .window = 4000 });
}

/* let_go - without the patience of days that an input may have asked for (RFC 5482). */
static void let_go(struct socket *sock)
{
	unsigned int usual = 0;

	kernel_setsockopt(sock, SOL_TCP, TCP_USER_TIMEOUT, &usual, sizeof(usual));
	sock_release(sock);
}

static void take_down(void)
{
	while (st.nr)
		if (st.sock[--st.nr])
			let_go(st.sock[st.nr]);
	for (int i = 0;
	     i < 120 && st.net->tcp.hashinfo && atomic_read(&st.net->tcp.orphan_count) > 0; i++)
		msleep(60 * 1000);
	if (st.net->tcp.hashinfo && atomic_read(&st.net->tcp.orphan_count))
		fuzz_fault("after two hours there are still %d orphans",
			   atomic_read(&st.net->tcp.orphan_count));
	msleep(130 * 1000);
	fuzz_dev_destroy(st.dev);
	net_destroy(st.net);
}

/* ---- steps ---- */

static struct socket *any_socket(void)
{
	return st.nr ? st.sock[fuzz_u8() % st.nr] : NULL;
}

static void step_segment(void)
{
	struct socket *sock = any_socket();
	struct segment s = { .flags = fuzz_u8() };
	u8 how = fuzz_u8();

	s.seq = (u32)(s16)fuzz_u16();
	s.ack = (u32)(s16)fuzz_u16();
	s.window = fuzz_u16();
	s.len = how & 1 ? fuzz_u16() : fuzz_u8();
	s.optlen = (u8)(how >> 1) % 41;
	fuzz_bytes(s.opt, s.optlen & 0x3c);
	if (sock && sock->sk && sock->sk->sk_protocol == IPPROTO_TCP && sock->sk->sk_dport) {
		const struct tcp_sock *tp = tcp_sk(sock->sk);

		s.sport = ntohs(sock->sk->sk_dport);
		s.dport = sock->sk->sk_num;
		s.seq += tp->rcv_nxt;
		s.ack += how & 0x80 ? tp->snd_una : tp->snd_nxt;
	} else {
		s.sport = (u16)(6000 + how % 4);
		s.dport = LISTEN_PORT;
		s.seq += 1000;
	}
	segment_receive(&s);
}

static void step_packet(void)
{
	static u8 data[1500];
	u8 proto = fuzz_u8();
	u16 frag = fuzz_u16();
	size_t n = fuzz_bytes(data, fuzz_u16() % sizeof(data));

	fuzz_ip_receive(st.dev, proto, frag, 7, data, n);
}

static void step_frame(void)
{
	static u8 frame[1518];

	fuzz_dev_receive(st.dev, frame, fuzz_bytes(frame, fuzz_u16() % sizeof(frame)));
}

/* step_icmp - an error about a segment of ours. */
static void step_icmp(void)
{
	u8 b[8 + 20 + 8] = { fuzz_u8(), fuzz_u8() };
	struct socket *sock = any_socket();
	struct iphdr ip = { .version = 4,
			    .ihl = 5,
			    .ttl = 60,
			    .protocol = IPPROTO_TCP,
			    .tot_len = htons(60),
			    .saddr = htonl(FUZZ_ADDR),
			    .daddr = htonl(FUZZ_PEER) };
	u32 info = fuzz_u32();
	__be16 ports[2] = { 0 };
	__be32 seq = 0;

	if (sock && sock->sk) {
		ip.protocol = sock->sk->sk_protocol;
		ports[0] = htons(sock->sk->sk_num);
		ports[1] = sock->sk->sk_dport;
		if (ip.protocol == IPPROTO_TCP)
			seq = htonl(tcp_sk(sock->sk)->snd_una + (u32)(s8)fuzz_u8());
	}
	info = htonl(info);
	memcpy(b + 4, &info, 4);
	memcpy(b + 8, &ip, 20);
	memcpy(b + 28, ports, 4);
	memcpy(b + 32, &seq, 4);
	fuzz_ip_receive(st.dev, IPPROTO_ICMP, 0, 9, b, sizeof(b));
}

static void step_send(void)
{
	static u8 data[8192];
	struct socket *sock = any_socket();
	struct kmsghdr m = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct iovec vec = { data, fuzz_u16() % sizeof(data) };

	if (sock)
		kernel_sendmsg(sock, &m, &vec, 1, vec.iov_len);
}

static void step_receive(void)
{
	static u8 data[8192];
	struct socket *sock = any_socket();
	struct kmsghdr m = { 0 };
	struct iovec vec = { data, fuzz_u16() % sizeof(data) };
	u8 flags = fuzz_u8();

	if (sock)
		kernel_recvmsg(sock, &m, &vec, 1, vec.iov_len,
			       MSG_DONTWAIT | (flags & (MSG_PEEK | MSG_OOB | MSG_TRUNC)));
}

static void step_close(void)
{
	unsigned int i = st.nr ? fuzz_u8() % st.nr : 0;
	u8 how = fuzz_u8();
	struct linger now = { .l_onoff = 1 };

	if (i >= st.nr || !st.sock[i])
		return;
	if (how < 128) {
		kernel_sock_shutdown(st.sock[i], how % 3);
		return;
	}
	if (how & 1)
		kernel_setsockopt(st.sock[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	sock_release(st.sock[i]);
	st.sock[i] = NULL;
}

static void step_option(void)
{
	struct socket *sock = any_socket();
	u8 level = fuzz_u8(), name = fuzz_u8();
	u32 value = fuzz_u32();

	if (!sock || (level % 3 == 0 && name == SO_LINGER))
		return; /* a close that waits is no step */
	kernel_setsockopt(sock,
			  level % 3 == 0   ? SOL_SOCKET
			  : level % 3 == 1 ? IPPROTO_TCP
					   : IPPROTO_IP,
			  name, &value, sizeof(value));
}

static void step_accept(void)
{
	struct socket *child;

	if (st.nr < MAX_SOCKS && st.sock[0] && !kernel_accept(st.sock[0], &child, O_NONBLOCK))
		st.sock[st.nr++] = child;
}

static void step(void)
{
	switch (fuzz_u8() & 15) {
	case 6: step_packet(); break;
	case 7: step_frame(); break;
	case 8: step_icmp(); break;
	case 9: msleep(1u + (fuzz_u16() >> (fuzz_u8() & 15))); break;
	case 10: step_send(); break;
	case 11: step_receive(); break;
	case 12: step_close(); break;
	case 13: step_option(); break;
	case 14: step_accept(); break;
	default: step_segment(); break;
	}
}

static void check(void)
{
	unsigned int i;

	for (i = 0; i < st.nr; i++) {
		struct sock *sk = st.sock[i] ? st.sock[i]->sk : NULL;

		if (!sk || sk->sk_protocol != IPPROTO_TCP)
			continue;
		if (!tcp_check_invariants(sk))
			fuzz_fault("a %s socket's numbers contradict each other",
				   tcp_state_name(sk->sk_state));
		if (sk->sk_forward_alloc < 0 || atomic_read(&sk->sk_rmem_alloc) < 0)
			fuzz_fault("a %s socket's memory is negative",
				   tcp_state_name(sk->sk_state));
	}
}

static int body(void *unused)
{
	unsigned int n;

	set_up();
	check();
	for (n = 0; n < MAX_STEPS && fuzz_more(); n++) {
		step();
		check();
	}
	take_down();
	fuzz_check_baseline();
	return 0;
}

static int warm_up(void *unused)
{
	set_up();
	take_down();
	fuzz_baseline();
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	fuzz_call(NULL, warm_up, NULL);
}

void fuzz_one(const u8 *data, size_t len)
{
	fuzz_call(NULL, body, NULL);
}
