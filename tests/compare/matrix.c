/* SPDX-License-Identifier: MIT */
/*
 * What a program sees of a connection's end: each state of RFC 9293 that a descriptor can be in,
 * times what may befall it (RST, FIN, ICMP errors with and without IP_RECVERR, time-outs, shutdown
 * from beside), times how the program looks: with a call that blocks meanwhile, with poll, or
 * afterwards with calls in different order. One line for each.
 */
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

#define LPORT	   8000
#define GIVE_UP_MS 20000
#define SOON_MS	   1000
#define SIOCOUTQ_  0x5411

enum state {
	S_UNCONNECTED,
	S_LISTEN,
	S_SYN_SENT,
	S_SYN_RECV,
	S_ESTABLISHED,
	S_IN_FLIGHT,
	S_UNREAD,
	S_FULL,
	S_CLOSE_WAIT,
	S_FIN_WAIT1,
	S_FIN_WAIT2,
	S_CLOSING,
	S_LAST_ACK,
	S_TIME_WAIT,
	NR_STATES
};
static const char *const state_names[] = { "unconnected", "listen",	"syn-sent",   "syn-recv",
					   "established", "in-flight",	"unread",     "full",
					   "close-wait",  "fin-wait-1", "fin-wait-2", "closing",
					   "last-ack",	  "time-wait" };

enum event {
	E_NONE,
	E_RST,
	E_FIN,
	E_NET_UNREACH,
	E_HOST_UNREACH,
	E_PROTO_UNREACH,
	E_PORT_UNREACH,
	E_FILTERED,
	E_TIME_EXCEEDED,
	E_PARAMETER,
	E_QUENCH,
	E_TIMEOUT,
	E_SOFT_TIMEOUT,
	E_SHUT_RD,
	E_SHUT_WR,
	E_SHUT_RDWR,
	NR_EVENTS
};
static const char *const event_names[] = {
	"none",		"rst",	    "fin",	    "net-unreach", "host-unreach",  "proto-unreach",
	"port-unreach", "filtered", "ttl-exceeded", "parameter",   "source-quench", "timeout",
	"soft-timeout", "shut-rd",  "shut-wr",	    "shut-rdwr"
};

enum probe {
	P_POLL,
	P_RECV,
	P_SEND,
	P_CONNECT,
	P_IN_RECV,
	P_IN_SEND,
	P_IN_POLL,
	P_IN_CONNECT,
	P_IN_ACCEPT,
	NR_PROBES
};
static const char *const probe_names[] = { "poll",    "recv",	    "send",
					   "connect", "in-recv",    "in-send",
					   "in-poll", "in-connect", "in-accept" };

struct scene {
	enum state state;
	enum event event;
	enum probe probe;
	bool recverr;
	int fd, listener;
	struct peer peer;
	struct sockaddr_in remote;
	struct pending *pending;
	struct pollfd pfd;
	char buf[64];
};

static uint16_t next_port = 20000;

/* ---- getting into a state ---- */

static void set_blocking(int fd, bool blocking)
{
	CALL(SYS_fcntl, fd, F_SETFL, O_RDWR | (blocking ? 0 : O_NONBLOCK));
}

static void peer_new(struct scene *s)
{
	s->peer = (struct peer){ .rport = next_port++, .seq = 1000 };
	s->remote = (struct sockaddr_in){ .sin_family = AF_INET,
					  .sin_port = htons(s->peer.rport),
					  .sin_addr.s_addr = htonl(REMOTE_ADDR) };
}

static void listen_at(struct scene *s)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(LPORT) };

	s->listener = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
	opt_set(s->listener, SOL_SOCKET, SO_REUSEADDR, 1);
	CALL(SYS_bind, s->listener, (long)&any, sizeof(any));
	CALL(SYS_listen, s->listener, 5);
}

static void become_established(struct scene *s)
{
	listen_at(s);
	s->peer.lport = LPORT;
	peer_send(&s->peer, SYN, s->peer.seq, 0);
	s->peer.seq++;
	if (!peer_get(&s->peer, SYN | ACK, SOON_MS))
		printf("no SYN-ACK\n");
	peer_send(&s->peer, ACK, s->peer.seq, 0);
	s->fd = (int)CALL(SYS_accept, s->listener, 0, 0);
	set_blocking(s->fd, false);
}

static void peer_fin(struct scene *s, bool acks)
{
	uint32_t ack = s->peer.ack;

	if (!acks)
		s->peer.ack = s->peer.una;
	peer_send(&s->peer, FIN | ACK, s->peer.seq, 0);
	s->peer.seq++;
	s->peer.ack = ack;
}

static void shut_write(struct scene *s)
{
	CALL(SYS_shutdown, s->fd, SHUT_WR);
	peer_get(&s->peer, FIN, SOON_MS);
}

static void fill(struct scene *s)
{
	char data[1000];
	int i;

	opt_set(s->fd, SOL_SOCKET, SO_SNDBUF, 10000);
	memset(data, 'y', sizeof(data));
	for (i = 0; i < 1000 && CALL(SYS_write, s->fd, (long)data, sizeof(data)) > 0; i++)
		;
}

/* From ESTABLISHED on. */
static void become_later(struct scene *s)
{
	enum state st = s->state;

	become_established(s);
	if (st == S_IN_FLIGHT) {
		CALL(SYS_write, s->fd, (long)"0123456789", 10);
		peer_get(&s->peer, ACK, SOON_MS);
	} else if (st == S_UNREAD) {
		peer_send(&s->peer, PSH | ACK, s->peer.seq, 100);
		s->peer.seq += 100;
	} else if (st == S_FULL) {
		fill(s);
		peer_get(&s->peer, ACK, SOON_MS);
	}
	if (st == S_FIN_WAIT1 || st == S_FIN_WAIT2 || st == S_CLOSING || st == S_TIME_WAIT)
		shut_write(s);
	if (st == S_FIN_WAIT2)
		peer_send(&s->peer, ACK, s->peer.seq, 0);
	if (st == S_CLOSE_WAIT || st == S_CLOSING || st == S_LAST_ACK || st == S_TIME_WAIT)
		peer_fin(s, st != S_CLOSING);
	if (st == S_LAST_ACK)
		shut_write(s);
}

static long connect_now(struct scene *s, bool blocking)
{
	set_blocking(s->fd, blocking);
	if (!blocking)
		return CALL(SYS_connect, s->fd, (long)&s->remote, sizeof(s->remote));
	s->pending = world_begin(SYS_connect, s->fd, (long)&s->remote, sizeof(s->remote), 0, 0, 0);
	return 0;
}

static void become(struct scene *s)
{
	s->listener = -1;
	peer_new(s);
	if (s->state >= S_ESTABLISHED) {
		become_later(s);
	} else if (s->state == S_LISTEN) {
		listen_at(s);
		s->fd = s->listener;
		s->listener = -1;
	} else {
		s->fd = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
		set_blocking(s->fd, false);
		opt_set(s->fd, IPPROTO_TCP, TCP_SYNCNT, 1);
		if (s->recverr)
			opt_set(s->fd, IPPROTO_IP, IP_RECVERR, 1);
	}
	if (s->recverr)
		opt_set(s->fd, IPPROTO_IP, IP_RECVERR, 1);
	if (s->state == S_SYN_SENT || s->state == S_SYN_RECV) {
		connect_now(s, s->probe == P_IN_CONNECT);
		if (!peer_get(&s->peer, SYN, SOON_MS))
			printf("no SYN\n");
	}
	if (s->state == S_SYN_RECV) {
		peer_send(&s->peer, SYN, s->peer.seq, 0);
		s->peer.seq++;
		peer_get(&s->peer, SYN | ACK, SOON_MS);
	}
	if (s->event == E_TIMEOUT || s->event == E_SOFT_TIMEOUT)
		opt_set(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 700);
}

/* ---- what befalls it ---- */

static void befall(struct scene *s)
{
	static const uint8_t icmp[NR_EVENTS][2] = {
		[E_NET_UNREACH] = { 3, 0 },   [E_HOST_UNREACH] = { 3, 1 },
		[E_PROTO_UNREACH] = { 3, 2 }, [E_PORT_UNREACH] = { 3, 3 },
		[E_FILTERED] = { 3, 13 },     [E_TIME_EXCEEDED] = { 11, 0 },
		[E_PARAMETER] = { 12, 0 },    [E_QUENCH] = { 4, 0 },
		[E_SOFT_TIMEOUT] = { 3, 1 }
	};
	enum event e = s->event;

	if (e == E_RST)
		peer_send(&s->peer, s->state == S_SYN_SENT ? RST | ACK : RST, s->peer.seq, 0);
	else if (e == E_FIN)
		peer_fin(s, false);
	else if (icmp[e][0])
		peer_icmp(&s->peer, icmp[e][0], icmp[e][1], 0);
	else if (e >= E_SHUT_RD)
		CALL(SYS_shutdown, s->fd, (int)e - E_SHUT_RD);
	if (e == E_TIMEOUT ||
	    e == E_SOFT_TIMEOUT) { /* until it gives up, or nothing happens any more */
		struct pollfd pfd = { .fd = s->fd, .events = POLLPRI };
		struct pending *p = world_begin(SYS_poll, (long)&pfd, 1, GIVE_UP_MS, 0, 0, 0);
		long result;

		while (!world_end(p, GIVE_UP_MS, &result))
			;
		peer_drain();
	}
}

/* ---- looking at it ---- */

static long receive(struct scene *s)
{
	return CALL(SYS_recvfrom, s->fd, (long)s->buf, sizeof(s->buf), MSG_DONTWAIT);
}

static long send_some(struct scene *s)
{
	return CALL(SYS_sendto, s->fd, (long)s->buf, 10, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void begin_blocked(struct scene *s)
{
	static const struct {
		enum probe probe;
		long nr, len, flags;
	} calls[] = { { P_IN_RECV, SYS_recvfrom, 200, 0 },
		      { P_IN_SEND, SYS_sendto, 10, MSG_NOSIGNAL },
		      { P_IN_ACCEPT, SYS_accept, 0, 0 } };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].probe == s->probe) {
			set_blocking(s->fd, true);
			s->pending = world_begin(calls[i].nr, s->fd,
						 calls[i].len ? (long)s->buf : 0, calls[i].len,
						 calls[i].flags, 0, 0);
		}
	}
	if (s->probe == P_IN_POLL) {
		s->pfd = (struct pollfd){ .fd = s->fd, .events = POLLPRI | POLLRDHUP };
		s->pending = world_begin(SYS_poll, (long)&s->pfd, 1, -1, 0, 0, 0);
	}
}

static void look(struct scene *s)
{
	long result;

	if (s->pending) {
		if (!world_end(s->pending, 30, &result)) {
			printf(" blocks");
		} else {
			printf(" %s", result_text(result));
			if (s->probe == P_IN_POLL)
				printf(" %s", poll_text(s->pfd.revents));
			s->pending = NULL;
		}
		set_blocking(s->fd, false);
	}
	if (s->probe == P_RECV) {
		result = receive(s);
		printf(" recv %s then", result_text(result));
		printf(" %s", result_text(receive(s)));
	} else if (s->probe == P_SEND) {
		result = send_some(s);
		printf(" send %s then", result_text(result));
		printf(" %s", result_text(send_some(s)));
	} else if (s->probe == P_CONNECT) {
		result = CALL(SYS_connect, s->fd, (long)&s->remote, sizeof(s->remote));
		printf(" connect %s", result_text(result));
	}
	printf(" poll %s", poll_text(poll_now(s->fd)));
	result = opt_get(s->fd, SOL_SOCKET, SO_ERROR);
	printf(" error %s then", result_text(-result));
	printf(" %s", result_text(-opt_get(s->fd, SOL_SOCKET, SO_ERROR)));
}

static void look_further(struct scene *s)
{
	struct sockaddr_in name;
	unsigned int len = sizeof(name);
	struct tcp_info info = { 0 };
	int value = -1;
	long result;

	printf(" poll %s", poll_text(poll_now(s->fd)));
	len = sizeof(info);
	CALL(SYS_getsockopt, s->fd, IPPROTO_TCP, TCP_INFO, (long)&info, (long)&len);
	printf(" state %d", info.tcpi_state);
	len = sizeof(name);
	printf(" peer %s", result_text(CALL(SYS_getpeername, s->fd, (long)&name, (long)&len)));
	result = CALL(SYS_ioctl, s->fd, FIONREAD, (long)&value);
	printf(" inq %s %d", result_text(result), value);
	if (s->state != S_FULL) { /* how much a buffer takes is no matter of this test */
		result = CALL(SYS_ioctl, s->fd, SIOCOUTQ_, (long)&value);
		printf(" outq %s %d", result_text(result), value);
	}
	result = receive(s);
	printf(" recv %s", result_text(result));
	result = send_some(s);
	printf(" send %s", result_text(result));
	printf(" shutdown %s\n", result_text(CALL(SYS_shutdown, s->fd, SHUT_RDWR)));
}

static void finish(struct scene *s)
{
	long result;

	peer_send(&s->peer, RST | ACK, s->peer.seq, 0);
	while (s->pending && !world_end(s->pending, 2000, &result))
		CALL(SYS_shutdown, s->fd, SHUT_RDWR);
	CALL(SYS_close, s->fd);
	if (s->listener >= 0)
		CALL(SYS_close, s->listener);
	peer_drain();
}

/* ---- which of them have a meaning ---- */

static bool has_peer(enum state s)
{
	return s >= S_SYN_SENT && s != S_TIME_WAIT;
}

static bool sensible(const struct scene *s)
{
	enum state st = s->state;
	enum event e = s->event;

	if (e >= E_RST && e <= E_SOFT_TIMEOUT && !has_peer(st))
		return false;
	if (e == E_FIN &&
	    (st < S_ESTABLISHED || st == S_CLOSE_WAIT || st == S_CLOSING || st == S_LAST_ACK))
		return false;
	if ((e == E_TIMEOUT || e == E_SOFT_TIMEOUT) &&
	    (st == S_ESTABLISHED || st == S_UNREAD || st == S_CLOSE_WAIT || st == S_FIN_WAIT2 ||
	     s->recverr))
		return false;
	if (s->recverr && (e < E_NET_UNREACH || e > E_PARAMETER))
		return false;
	switch (s->probe) {
	case P_IN_RECV: return st != S_UNREAD && st != S_LISTEN && st != S_UNCONNECTED;
	case P_IN_SEND: return st == S_FULL || st == S_SYN_SENT;
	case P_IN_CONNECT: return st == S_SYN_SENT || st == S_SYN_RECV;
	case P_IN_ACCEPT: return st == S_LISTEN;
	/* a new connection would begin, whose packets belong to no scene */
	case P_CONNECT:
		return st != S_UNCONNECTED && (e != E_SHUT_RD || st != S_LISTEN) &&
		       (e != E_SHUT_RDWR || st != S_LISTEN) &&
		       !(e >= E_SHUT_RD && st == S_SYN_SENT);
	default: return true;
	}
}

static void play(struct scene *s)
{
	printf("%s %s%s %s:", state_names[s->state], event_names[s->event],
	       s->recverr ? "+recverr" : "", probe_names[s->probe]);
	become(s);
	if (s->probe >= P_IN_RECV && s->probe != P_IN_CONNECT)
		begin_blocked(s);
	befall(s);
	look(s);
	look_further(s);
	finish(s);
	fflush(stdout);
}

int scenario_matrix(const char *only)
{
	for (int state = 0; state < NR_STATES; state++) {
		if (only && strcmp(only, state_names[state]))
			continue;
		for (int event = 0; event < NR_EVENTS; event++) {
			for (int recverr = 0; recverr < 2; recverr++) {
				for (int probe = 0; probe < NR_PROBES; probe++) {
					struct scene s = { .state = state,
							   .event = event,
							   .probe = probe,
							   .recverr = recverr };

					if (sensible(&s))
						play(&s);
				}
			}
		}
	}
	return 0;
}
