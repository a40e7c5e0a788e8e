/* SPDX-License-Identifier: MIT */
/*
 * TCP traffic: clients and servers that send a stream whose every byte tells its place, and check
 * what comes. A connection begins with its number, so that the server knows whose plan to follow.
 */
#include <uapi/epoll.h>
#include <uapi/fcntl.h>
#include <uapi/poll.h>
#include <uapi/tcp.h>
#include <uapi/time.h>
#include <uapi/unistd_64.h>

#include "sim.h"

#define BUF	 65536
#define HEADER	 4 /* bytes: the connection's number, big-endian */
#define BACKLOG	 128
#define RETRY_NS (10 * NSEC_PER_MSEC)

#define CALL(nr, a, b, c, d, e, f) \
	skiff_syscall(__NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* ---- the stream ---- */

static u64 pattern_word(u64 key, u64 index)
{
	u64 z = key * 0xd6e8feb86659fd93ull + index * 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 32) * 0xd6e8feb86659fd93ull;
	return z ^ z >> 32;
}

u8 sim_pattern(u64 key, u64 pos)
{
	return (u8)(pattern_word(key, pos >> 3) >> 8 * (pos & 7));
}

void sim_pattern_fill(u64 key, u64 pos, u8 *buf, size_t n)
{
	size_t i = 0;
	u64 word;

	for (; i < n && (pos + i) & 7; i++)
		buf[i] = sim_pattern(key, pos + i);
	for (; i + 8 <= n; i += 8) {
		word = pattern_word(key, (pos + i) >> 3);
		memcpy(buf + i, &word, 8);
	}
	for (; i < n; i++)
		buf[i] = sim_pattern(key, pos + i);
}

size_t sim_pattern_check(u64 key, u64 pos, const u8 *buf, size_t n)
{
	static u8 right[BUF];
	size_t i;

	sim_pattern_fill(key, pos, right, n);
	if (!memcmp(right, buf, n))
		return n;
	for (i = 0; right[i] == buf[i]; i++)
		;
	return i;
}

/* ---- one side of a connection ---- */

struct session {
	struct sim_conn *conn;
	struct sim_side *side;
	int who; /* SIM_CLIENT, SIM_SERVER */
	int fd, epfd;
	u64 rest_at; /* received: when the reader rests next */
	u8 *buf;
};

static void nap(u64 ns)
{
	struct timespec t = { .tv_sec = (long)(ns / NSEC_PER_SEC),
			      .tv_nsec = (long)(ns % NSEC_PER_SEC) };

	CALL(nanosleep, &t, 0, 0, 0, 0, 0);
}

static void set_option(int fd, int level, int name, int value)
{
	CALL(setsockopt, fd, level, name, &value, sizeof(value), 0);
}

static void set_options(int fd, const struct sim_side_plan *p)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 5);
	if (p->sndbuf)
		set_option(fd, SOL_SOCKET, SO_SNDBUF, p->sndbuf);
	if (p->rcvbuf)
		set_option(fd, SOL_SOCKET, SO_RCVBUF, p->rcvbuf);
	if (p->nodelay)
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (p->cork)
		set_option(fd, IPPROTO_TCP, TCP_CORK, 1);
	if (p->cong)
		CALL(setsockopt, fd, IPPROTO_TCP, TCP_CONGESTION, p->cong, strlen(p->cong), 0);
}

/* fill - the next @n bytes that this side sends: the client's begin with the connection's number.
 */
static void fill(const struct session *s, u64 pos, u8 *buf, size_t n)
{
	u32 header = htonl(s->conn->id);
	size_t i = 0;

	if (s->who == SIM_CLIENT)
		for (; i < n && pos + i < HEADER; i++)
			buf[i] = ((u8 *)&header)[pos + i];
	sim_pattern_fill(sim_stream_key(s->conn->id, s->who), pos + i, buf + i, n - i);
}

/* check - @n bytes have come, at the place where this side is. */
static void check(const struct session *s, const u8 *buf, size_t n)
{
	const struct sim_side *peer = &s->conn->side[!s->who];
	u64 pos = s->side->received;
	size_t bad = sim_pattern_check(sim_stream_key(s->conn->id, !s->who), pos, buf, n);

	if (bad < n)
		sim_fail("connection %u: byte %llu that the %s receives is %02x, not %02x",
			 s->conn->id, pos + bad, s->who ? "server" : "client", buf[bad],
			 sim_pattern(sim_stream_key(s->conn->id, !s->who), pos + bad));
	if (pos + n > peer->sent)
		sim_fail("connection %u: the %s receives %llu bytes of %llu that were sent",
			 s->conn->id, s->who ? "server" : "client", pos + n, peer->sent);
}

/* send_some - up to a write's size; bytes, or -errno. */
static long send_some(struct session *s, int flags)
{
	struct sim_side *side = s->side;
	const struct sim_side_plan *p = &side->plan;
	size_t n = (size_t)min((u64)min(p->write_size, (u32)BUF), p->bytes - side->sent),
	       half = n / 2;
	struct iovec iov[2] = { { .iov_base = s->buf, .iov_len = half },
				{ .iov_base = s->buf + half, .iov_len = n - half } };
	struct user_msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	u64 before = side->sent;
	long ret;

	fill(s, before, s->buf, n);
	side->sent += n; /* the peer may have them before we hear that they are gone */
	if (p->vectors && n > 1)
		ret = CALL(sendmsg, s->fd, &msg, flags | MSG_NOSIGNAL, 0, 0, 0);
	else
		ret = CALL(sendto, s->fd, s->buf, n, flags | MSG_NOSIGNAL, 0, 0);
	side->sent = before + (ret > 0 ? (u64)ret : 0);
	return ret;
}

/* receive_some - and check it; bytes, 0 at the end, or -errno. */
static long receive_some(struct session *s, int flags)
{
	const struct sim_side_plan *p = &s->side->plan;
	size_t n = min(p->read_size, (u32)BUF);
	long ret, peeked;

	if (p->peek) {
		peeked = CALL(recvfrom, s->fd, s->buf, n, (flags & ~MSG_WAITALL) | MSG_PEEK, 0,
			      0); /* all of a full buffer may be less */
		if (peeked <= 0)
			return peeked;
		check(s, s->buf, (size_t)peeked);
	}
	ret = CALL(recvfrom, s->fd, s->buf, n, flags, 0, 0);
	if (ret <= 0)
		return ret;
	check(s, s->buf, (size_t)ret);
	s->side->received += (u64)ret;
	if (p->pause_every && s->side->received >= s->rest_at) {
		s->rest_at = s->side->received + p->pause_every;
		nap(p->pause_ns);
	}
	return ret;
}

static bool retry(long ret)
{
	return ret == -EAGAIN || ret == -EINTR;
}

/* starved - no memory now: later. */
static bool starved(long ret)
{
	if (ret != -ENOMEM && ret != -ENOBUFS)
		return false;
	nap(RETRY_NS);
	return true;
}

static void ended(struct session *s, long ret)
{
	s->side->err = (int)-ret;
}

/* wants_abort - has it come to where the plan throws the connection away? */
static bool wants_abort(const struct session *s)
{
	return s->side->sent + s->side->received >= s->side->plan.abort_after;
}

/* step_send, step_receive - as far as it goes without waiting; false: the connection is over. */
static bool step_send(struct session *s)
{
	struct sim_side *side = s->side;
	long ret;

	while (side->sent < side->plan.bytes && !wants_abort(s)) {
		ret = send_some(s, MSG_DONTWAIT);
		if (retry(ret) || starved(ret))
			return true;
		if (ret < 0) {
			ended(s, ret);
			return false;
		}
	}
	return true;
}

static bool step_receive(struct session *s)
{
	struct sim_side *side = s->side;
	long ret;
	int i;

	for (i = 0; i < 16 && !side->eof && !wants_abort(s); i++) {
		ret = receive_some(s, MSG_DONTWAIT);
		if (retry(ret) || starved(ret))
			return true;
		if (ret < 0) {
			ended(s, ret);
			return false;
		}
		side->eof = !ret;
	}
	return true;
}

static void wait_events(struct session *s, bool in, bool out)
{
	struct epoll_event ev = { .events = (in ? EPOLLIN : 0) | (out ? EPOLLOUT : 0) };
	struct pollfd pfd = { .fd = s->fd,
			      .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0)) };

	if (s->epfd >= 0) {
		CALL(epoll_ctl, s->epfd, EPOLL_CTL_MOD, s->fd, &ev, 0, 0);
		if (CALL(epoll_wait, s->epfd, &ev, 1, -1, 0, 0) < 0)
			nap(RETRY_NS);
	} else if (CALL(poll, &pfd, 1, -1, 0, 0, 0) < 0) {
		nap(RETRY_NS);
	}
}

static void shut(struct session *s)
{
	long ret = CALL(shutdown, s->fd, SHUT_WR, 0, 0, 0, 0);

	if (ret < 0)
		ended(s, ret);
	else
		s->side->shut = true;
}

static void exchange_duplex(struct session *s)
{
	struct sim_side *side = s->side;

	if (side->plan.epoll) {
		struct epoll_event ev = { 0 };

		s->epfd = (int)CALL(epoll_create1, 0, 0, 0, 0, 0, 0);
		if (s->epfd >= 0 && CALL(epoll_ctl, s->epfd, EPOLL_CTL_ADD, s->fd, &ev, 0, 0) < 0) {
			CALL(close, s->epfd, 0, 0, 0, 0, 0);
			s->epfd = -1;
		}
	}
	while (!wants_abort(s) && step_send(s) && step_receive(s) && !wants_abort(s)) {
		if (side->sent == side->plan.bytes && !side->shut) {
			shut(s);
			if (!side->shut)
				break;
		}
		if (side->shut && side->eof)
			break;
		wait_events(s, !side->eof, side->sent < side->plan.bytes);
	}
	if (s->epfd >= 0)
		CALL(close, s->epfd, 0, 0, 0, 0, 0);
}

static void exchange_serial(struct session *s)
{
	struct sim_side *side = s->side;
	long ret;

	while (side->sent < side->plan.bytes && !wants_abort(s)) {
		ret = send_some(s, 0);
		if (ret < 0 && !retry(ret) && !starved(ret)) {
			ended(s, ret);
			return;
		}
	}
	if (wants_abort(s))
		return;
	shut(s);
	while (side->shut && !side->eof && !wants_abort(s)) {
		ret = receive_some(s, side->plan.read_size & 1 ? MSG_WAITALL : 0);
		if (ret < 0 && !retry(ret) && !starved(ret)) {
			ended(s, ret);
			return;
		}
		side->eof = !ret;
	}
}

/* run_session - the whole of one side, on a connected socket, which is closed. */
static void run_session(struct session *s)
{
	struct linger now = { .l_onoff = 1 };

	if (s->side->plan.serial)
		exchange_serial(s);
	else
		exchange_duplex(s);
	if (wants_abort(s) && !s->side->err && !(s->side->shut && s->side->eof)) {
		s->side->aborted = true;
		if (!s->side->plan.abort_by_close)
			CALL(setsockopt, s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now), 0);
	}
	CALL(close, s->fd, 0, 0, 0, 0, 0);
	s->side->ended_ns = hosted_now();
	s->side->state = SIM_DONE;
	sim_trace_note("connection %u: the %s is done: sent %llu received %llu error %d%s%s",
		       s->conn->id, s->who ? "server" : "client", s->side->sent, s->side->received,
		       s->side->err, s->side->eof ? " eof" : "",
		       s->side->aborted ? " aborted" : "");
}

/* ---- client ---- */

static void client_body(void *arg)
{
	struct sim_conn *conn = arg;
	struct session s = {
		.conn = conn, .side = &conn->side[SIM_CLIENT], .who = SIM_CLIENT, .epfd = -1
	};
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(conn->port),
				   .sin_addr.s_addr = conn->addr };
	unsigned int len = sizeof(sin);
	long ret;

	do
		s.fd = (int)CALL(socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
	while (starved(s.fd));
	if (s.fd < 0)
		sim_fail("connection %u: socket: error %d", conn->id, s.fd);
	set_options(s.fd, &s.side->plan);
	do
		ret = CALL(connect, s.fd, &sin, sizeof(sin), 0, 0, 0);
	while (starved(ret));
	if (ret < 0) {
		ended(&s, ret);
		CALL(close, s.fd, 0, 0, 0, 0, 0);
		s.side->ended_ns = hosted_now();
		s.side->state = SIM_DONE;
		sim_trace_note("connection %u: connect: error %ld", conn->id, ret);
		return;
	}
	if (!CALL(getsockname, s.fd, &sin, &len, 0, 0, 0))
		conn->local_port = ntohs(sin.sin_port);
	s.side->began_ns = hosted_now();
	s.buf = sim_host_alloc(BUF);
	run_session(&s);
	sim_host_free(s.buf);
}

void sim_conn_start(void *arg)
{
	struct sim_conn *conn = arg;

	if (sim_task(conn->client->net, client_body, conn)) {
		sim_at(hosted_now() + RETRY_NS, sim_conn_start, conn);
		return;
	}
	conn->side[SIM_CLIENT].state = SIM_RUNNING;
}

/* ---- server ---- */

/* read_header - whose connection it is; NULL if it ends before it tells. */
static struct sim_conn *read_header(int fd)
{
	u8 b[HEADER];
	unsigned int have = 0;
	u32 id;
	long ret;

	while (have < HEADER) {
		ret = CALL(recvfrom, fd, b + have, HEADER - have, 0, 0, 0);
		if (ret == -EINTR || starved(ret))
			continue;
		if (ret <= 0)
			return NULL;
		have += (unsigned int)ret;
	}
	id = (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
	if (id >= sim.nr_conns || sim.conn[id].side[SIM_SERVER].state != SIM_IDLE)
		sim_fail("a server reads the header %08x, of no connection that is to come", id);
	return &sim.conn[id];
}

static void server_body(void *arg)
{
	int fd = (int)(long)arg;
	struct sim_side_plan plain = { 0 };
	struct session s = { .who = SIM_SERVER, .fd = fd, .epfd = -1 };

	set_options(fd, &plain);
	s.conn = read_header(fd);
	if (!s.conn) {
		CALL(close, fd, 0, 0, 0, 0, 0);
		return;
	}
	s.side = &s.conn->side[SIM_SERVER];
	s.side->state = SIM_RUNNING;
	s.side->began_ns = hosted_now();
	s.side->received = HEADER;
	set_options(fd, &s.side->plan);
	s.buf = sim_host_alloc(BUF);
	run_session(&s);
	sim_host_free(s.buf);
}

static void listener_body(void *arg)
{
	struct sim_host *host = arg;
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(SIM_TCP_PORT) };
	int fd = (int)CALL(socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
	long ret;

	host->listener = current;
	if (fd < 0 || CALL(bind, fd, &sin, sizeof(sin), 0, 0, 0) ||
	    CALL(listen, fd, BACKLOG, 0, 0, 0, 0))
		sim_fail("host %u cannot listen", host->index);
	while (!host->stop) {
		ret = CALL(accept, fd, 0, 0, 0, 0, 0);
		if (ret < 0) {
			if (!host->stop)
				nap(RETRY_NS);
			continue;
		}
		while (skiff_task_start(server_body, (void *)ret) < 0)
			nap(RETRY_NS); /* memory comes back */
	}
	CALL(close, fd, 0, 0, 0, 0, 0);
	host->listener = NULL;
}

void sim_udp_server_body(void *host);

void sim_host_listen(struct sim_host *host)
{
	if (sim_task(host->net, listener_body, host) ||
	    sim_task(host->net, sim_udp_server_body, host))
		sim_fail("host %u: no task for its servers", host->index);
	hosted_settle();
}

static void interrupt(struct task *t)
{
	if (!t)
		return;
	t->signal_pending_mask |= 1ull << (SIGINT - 1);
	wake_up_process(t);
}

void sim_host_unlisten(struct sim_host *host)
{
	host->stop = true;
	interrupt(host->listener);
	interrupt(host->udp_server);
	hosted_settle();
}
