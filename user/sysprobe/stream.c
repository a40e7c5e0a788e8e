/* SPDX-License-Identifier: MIT */
/* sysprobe: sending and receiving over TCP, its flags and its ends. */
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe_internal.h"

static char buf[65536];

static void transfer(void)
{
	int pair[2];

	tcp_pair(pair);
	is("send", sock(SEND, pair[0], "hello world", 11, 0), 11);
	wait_events(pair[1], POLLIN);
	is("recv: MSG_PEEK", sock(RECV, pair[1], buf, 5, MSG_PEEK), 5);
	is("recv: MSG_PEEK again", sock(RECV, pair[1], buf, sizeof(buf), MSG_PEEK), 11);
	is("recv: nothing asked", sock(RECV, pair[1], buf, 0, 0), 0);
	is("recv: some", sock(RECV, pair[1], buf, 6, 0), 6);
	check(memcmp(buf, "hello ", 6) == 0, "recv: the first bytes");
	memset(buf, 'x', 5);
	is("recv: MSG_TRUNC drops them unseen", sock(RECV, pair[1], buf, 2, MSG_TRUNC), 2);
	check(memcmp(buf, "xxxxx", 5) == 0, "recv: MSG_TRUNC leaves the buffer alone");
	is("read: the rest", read(pair[1], buf, sizeof(buf)), 3);
	check(memcmp(buf, "rld", 3) == 0, "read: the last bytes");
	is("recv: MSG_DONTWAIT", sock(RECV, pair[1], buf, 1, MSG_DONTWAIT), -EAGAIN);
	is("send: nothing", sock(SEND, pair[0], buf, 0, 0), 0);
	is("recv: nothing was sent", sock(RECV, pair[1], buf, 1, MSG_DONTWAIT), -EAGAIN);
	is("sendto: a connected stream ignores the address",
	   sock(SENDTO, pair[0], "to", 2, 0, &pair, 16), 2);
	wait_events(pair[1], POLLIN);
	is("recv: what it sent", sock(RECV, pair[1], buf, 9, 0), 2);
	is("recv: MSG_OOB without any", sock(RECV, pair[1], buf, 1, MSG_OOB | MSG_DONTWAIT),
	   -EINVAL);
	close(pair[0]);
	close(pair[1]);
}

static void wait_all(void)
{
	struct timeval tv = { .tv_usec = 50000 };
	long long before;
	int pair[2];

	tcp_pair(pair);
	sock(SEND, pair[0], "abc", 3, 0);
	sock(SEND, pair[0], "defg", 4, 0);
	is("recv: MSG_WAITALL", sock(RECV, pair[1], buf, 7, MSG_WAITALL), 7);
	check(memcmp(buf, "abcdefg", 7) == 0, "recv: MSG_WAITALL joins segments");
	sock(SETSOCKOPT, pair[1], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	sock(SEND, pair[0], "xy", 2, 0);
	is("recv: MSG_WAITALL until the timeout", sock(RECV, pair[1], buf, 7, MSG_WAITALL), 2);
	before = now_us();
	is("recv: SO_RCVTIMEO", sock(RECV, pair[1], buf, 7, 0), -EAGAIN);
	check(now_us() - before >= 45000, "recv: SO_RCVTIMEO waits");
	sock(SEND, pair[0], "end", 3, 0);
	sock(SHUTDOWN, pair[0], SHUT_WR);
	is("recv: MSG_WAITALL until the end", sock(RECV, pair[1], buf, 7, MSG_WAITALL), 3);
	is("recv: at the end", sock(RECV, pair[1], buf, 7, MSG_WAITALL), 0);
	close(pair[0]);
	close(pair[1]);
}

static void ends(void)
{
	int pair[2], fd;

	tcp_pair(pair);
	count_signals(SIGPIPE);
	is("shutdown: bad direction", sock(SHUTDOWN, pair[0], 3), -EINVAL);
	is("shutdown: negative direction", sock(SHUTDOWN, pair[0], -1), -EINVAL);
	is("shutdown: write", sock(SHUTDOWN, pair[0], SHUT_WR), 0);
	is("send: after shutdown", sock(SEND, pair[0], "x", 1, MSG_NOSIGNAL), -EPIPE);
	is("MSG_NOSIGNAL: no SIGPIPE", take_signals(SIGPIPE), 0);
	is("write: after shutdown", bare(write, pair[0], "x", 1), -EPIPE);
	is("write: SIGPIPE", take_signals(SIGPIPE), 1);
	is("poll: the peer has ended", wait_events(pair[1], POLLIN | POLLRDHUP),
	   POLLIN | POLLRDHUP);
	is("recv: end", sock(RECV, pair[1], buf, 1, 0), 0);
	is("recv: end again", sock(RECV, pair[1], buf, 1, MSG_DONTWAIT), 0);
	is("send: the other way", sock(SEND, pair[1], "back", 4, 0), 4);
	wait_events(pair[0], POLLIN);
	is("recv: the other way", sock(RECV, pair[0], buf, 10, 0), 4);
	sock(SHUTDOWN, pair[1], SHUT_WR);
	is("poll: both ways ended", wait_events(pair[0], POLLRDHUP), POLLRDHUP | POLLHUP);
	close(pair[0]);
	close(pair[1]);
	fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	is("recv: unconnected", sock(RECV, fd, buf, 1, 0), -ENOTCONN);
	is("send: unconnected", sock(SEND, fd, buf, 1, 0), -EPIPE);
	is("send: SIGPIPE", take_signals(SIGPIPE), 1);
	is("poll: unconnected", wait_events(fd, POLLIN | POLLOUT), POLLOUT | POLLHUP);
	is("shutdown: unconnected", sock(SHUTDOWN, fd, SHUT_RDWR), -ENOTCONN);
	signal(SIGPIPE, SIG_DFL);
	close(fd);
}

static void read_shutdown(void)
{
	int pair[2];

	tcp_pair(pair);
	is("shutdown: read", sock(SHUTDOWN, pair[0], SHUT_RD), 0);
	is("recv: after shutdown", sock(RECV, pair[0], buf, 1, 0), 0);
	is("send: reading is shut, writing is not", sock(SEND, pair[0], "x", 1, 0), 1);
	wait_events(pair[1], POLLIN);
	is("recv: from the half that is open", sock(RECV, pair[1], buf, 10, 0), 1);
	close(pair[0]);
	close(pair[1]);
}

static void resets(void)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	int pair[2];

	tcp_pair(pair);
	sock(SEND, pair[0], "unread", 6, 0);
	wait_events(pair[1], POLLIN);
	close(pair[1]);
	check(wait_events(pair[0], POLLIN) & POLLHUP, "poll: closed with data unread");
	is("recv: closed with data unread", sock(RECV, pair[0], buf, 1, 0), -ECONNRESET);
	is("recv: the error is told once", sock(RECV, pair[0], buf, 1, 0), 0);
	is("send: after a reset", sock(SEND, pair[0], buf, 1, MSG_NOSIGNAL), -EPIPE);
	close(pair[0]);
	tcp_pair(pair);
	sock(SETSOCKOPT, pair[1], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(pair[1]);
	check(wait_events(pair[0], POLLIN) & POLLERR, "poll: aborted");
	is("send: the reset is told", sock(SEND, pair[0], buf, 1, MSG_NOSIGNAL), -ECONNRESET);
	close(pair[0]);
}

static void vectors(void)
{
	struct iovec iov[4] = { { "one", 3 }, { NULL, 0 }, { "two", 3 }, { "three", 5 } };
	struct iovec in[2] = { { buf, 4 }, { buf + 100, 50 } };
	int pair[2];

	tcp_pair(pair);
	is("writev", bare(writev, pair[0], iov, 4), 11);
	sock(SHUTDOWN, pair[0], SHUT_WR);
	wait_events(pair[1], POLLRDHUP);
	is("readv", bare(readv, pair[1], in, 2), 11);
	check(!memcmp(buf, "onet", 4) && !memcmp(buf + 100, "wothree", 7),
	      "readv: spread over the parts");
	is("readv: end", bare(readv, pair[1], in, 2), 0);
	is("writev: nothing", bare(writev, pair[1], iov, 0), 0);
	is("writev: negative count", bare(writev, pair[1], iov, -1), -EINVAL);
	is("writev: too many parts", bare(writev, pair[1], iov, 1025), -EINVAL);
	iov[0].iov_len = (size_t)-1;
	is("writev: negative length", bare(writev, pair[1], iov, 2), -EINVAL);
	is("writev: bad vector", bare(writev, pair[1], page_edge - sizeof(iov[0]), 2), -EFAULT);
	is("readv: bad vector", bare(readv, pair[1], bad_pointers[0], 1), -EFAULT);
	close(pair[0]);
	close(pair[1]);
}

static void bulk(void)
{
	struct pollfd full = { .events = POLLIN | POLLOUT };
	long sent = 0, received = 0, n;
	int pair[2];
	bool same = true;
	long i;

	tcp_pair(pair);
	for (i = 0; i < (long)sizeof(buf); i++)
		buf[i] = (char)(i % 251);
	while ((n = sock(SEND, pair[0], buf + sent % 251, 20000, MSG_DONTWAIT)) > 0)
		sent += n;
	is("send: MSG_DONTWAIT, full", n, -EAGAIN);
	full.fd = pair[0];
	is("poll: no room to write, nothing to read", bare(poll, &full, 1, 0), 0);
	sock(SHUTDOWN, pair[0], SHUT_WR);
	while ((n = sock(RECV, pair[1], buf, sizeof(buf), 0)) > 0) {
		for (i = 0; i < n; i++)
			same = same && (unsigned char)buf[i] == (received + i) % 251;
		received += n;
	}
	is("recv: ends well", n, 0);
	is("recv: every byte that was sent", received, sent);
	check(same, "recv: in order and unchanged");
	close(pair[0]);
	close(pair[1]);
}

void probe_stream(void)
{
	transfer();
	wait_all();
	ends();
	read_shutdown();
	resets();
	vectors();
	bulk();
}
