/* SPDX-License-Identifier: MIT */
/*
 * The options of SOL_TCP and those of SOL_SOCKET that streams use: what they take, in which length,
 * in which state of the socket, and what is read back. One line for each option, state and value.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

#define LPORT 8000

struct option {
	int level, name;
	const char *text;
};
#define TCP(name)                              \
	{                                      \
		IPPROTO_TCP, TCP_##name, #name \
	}
#define SO(name)                                   \
	{                                          \
		SOL_SOCKET, SO_##name, "SO_" #name \
	}
static const struct option options[] = {
	TCP(NODELAY),
	TCP(MAXSEG),
	TCP(CORK),
	TCP(KEEPIDLE),
	TCP(KEEPINTVL),
	TCP(KEEPCNT),
	TCP(SYNCNT),
	TCP(LINGER2),
	TCP(DEFER_ACCEPT),
	TCP(WINDOW_CLAMP),
	TCP(QUICKACK),
	TCP(THIN_LINEAR_TIMEOUTS),
	TCP(THIN_DUPACK),
	TCP(USER_TIMEOUT),
	TCP(REPAIR_QUEUE),
	TCP(QUEUE_SEQ),
	TCP(NOTSENT_LOWAT),
	TCP(SAVE_SYN),
	TCP(REPAIR_WINDOW),
	TCP(ULP),
	TCP(INQ),
	TCP(TX_DELAY),
	SO(KEEPALIVE),
	SO(OOBINLINE),
	SO(RCVLOWAT),
	SO(SNDLOWAT),
	SO(REUSEADDR),
	SO(REUSEPORT),
	SO(ACCEPTCONN),
	SO(LINGER),
	SO(ERROR),
	SO(TYPE),
	SO(PROTOCOL),
	SO(DOMAIN),
	SO(TIMESTAMP),
	SO(TIMESTAMPNS),
	SO(TIMESTAMPING),
	SO(ZEROCOPY),
	SO(PRIORITY),
	SO(MAX_PACING_RATE),
	SO(SELECT_ERR_QUEUE),
};
#define NR_OPTIONS (sizeof(options) / sizeof(options[0]))

static const int values[] = { -1,    0,	    1,	     2,		 3,
			      15,    87,    88,	     100,	 127,
			      128,   255,   1000,    1460,	 32767,
			      32768, 65536, 1000000, 2147483647, (int)0x80000000 };
#define NR_VALUES (sizeof(values) / sizeof(values[0]))

static const char *const states[] = { "fresh", "listening", "established" };

/* A socket in that state; *extra is the listener of an established one, or -1. */
static int make(int state, struct peer *p, int *extra)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(LPORT) };
	static uint16_t port = 50000;
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0), child;

	*extra = -1;
	*p = (struct peer){ .lport = LPORT, .rport = port++, .seq = 1000 };
	if (!state)
		return fd;
	opt_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	CALL(SYS_bind, fd, (long)&any, sizeof(any));
	CALL(SYS_listen, fd, 5);
	if (state == 1)
		return fd;
	peer_send(p, SYN, p->seq++, 0);
	peer_get(p, SYN | ACK, 1000);
	peer_send(p, ACK, p->seq, 0);
	child = (int)CALL(SYS_accept, fd, 0, 0);
	*extra = fd;
	return child;
}

static void unmake(int fd, int extra, struct peer *p)
{
	if (extra >= 0) {
		peer_send(p, RST | ACK, p->seq, 0);
		CALL(SYS_close, extra);
	}
	CALL(SYS_close, fd);
	peer_drain();
}

/* What comes back for @room bytes: "result length bytes". */
static void show(int fd, const struct option *o, int room)
{
	unsigned char value[16];
	int len = room;
	long err;

	memset(value, 0xaa, sizeof(value));
	err = CALL(SYS_getsockopt, fd, o->level, o->name, (long)value, (long)&len);
	printf(" %d:%s", room, result_text(err));
	if (err)
		return;
	printf("/%d/", len);
	for (int i = 0; i < len && i < 16; i++)
		printf("%02x", value[i]);
}

static void lengths(const struct option *o, int state)
{
	static const int lens[] = { 0, 1, 2, 3, 4, 5, 8, 12, -1 };
	int one[4] = { 1, 0, 0, 0 }, extra, fd;
	struct peer p;
	long err;

	fd = make(state, &p, &extra);
	printf("%s %s lengths: set", o->text, states[state]);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		err = CALL(SYS_setsockopt, fd, o->level, o->name, (long)one, lens[i]);
		printf(" %s", result_text(err));
	}
	printf(" bad %s", result_text(CALL(SYS_setsockopt, fd, o->level, o->name, 8, 4)));
	unmake(fd, extra, &p);
	fd = make(state, &p, &extra);
	printf(" get");
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		show(fd, o, lens[i]);
	printf(" bad %s\n", result_text(CALL(SYS_getsockopt, fd, o->level, o->name, (long)one, 8)));
	unmake(fd, extra, &p);
}

static void try_values(const struct option *o, int state)
{
	int extra, fd;
	struct peer p;

	fd = make(state, &p, &extra);
	for (size_t i = 0; i < NR_VALUES; i++) {
		int err;

		if (o->name == TCP_TX_DELAY && o->level == IPPROTO_TCP &&
		    (values[i] < 0 || values[i] == 2147483647))
			continue; /* newer Linux has limits where 6.1 has none */
		err = opt_set(fd, o->level, o->name, values[i]);

		printf("%s %s %d: set %s get", o->text, states[state], values[i], result_text(err));
		show(fd, o, 4);
		printf("\n");
	}
	unmake(fd, extra, &p);
}

/* TCP_SAVED_SYN, of which the first socket to accept has one look. */
static void saved_syn(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(LPORT) };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0), child;
	struct peer p = { .lport = LPORT, .rport = 49000, .seq = 1000 };
	unsigned char syn[100];

	opt_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	opt_set(fd, IPPROTO_TCP, TCP_SAVE_SYN, 1);
	CALL(SYS_bind, fd, (long)&any, sizeof(any));
	CALL(SYS_listen, fd, 5);
	peer_send(&p, SYN, p.seq++, 0);
	peer_get(&p, SYN | ACK, 1000);
	peer_send(&p, ACK, p.seq, 0);
	child = (int)CALL(SYS_accept, fd, 0, 0);
	printf("saved syn: of a listener %s", result_text(opt_get(fd, IPPROTO_TCP, TCP_SAVED_SYN)));
	for (int room = 10; room <= 100; room += 45) {
		int len = room;
		long err = CALL(SYS_getsockopt, child, IPPROTO_TCP, TCP_SAVED_SYN, (long)syn,
				(long)&len);

		printf(" %d: %s/%d", room, result_text(err), len);
		for (int i = 0; !err && i < len; i++)
			printf("%s%02x", i ? "" : " ", syn[i]);
	}
	printf("\n");
	unmake(child, fd, &p);
}

static void unknown(void)
{
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);

	for (int name = 48; name < 70; name++)
		printf("SOL_TCP %d: set %s get %s\n", name,
		       result_text(opt_set(fd, IPPROTO_TCP, name, 1)),
		       result_text(opt_get(fd, IPPROTO_TCP, name) < -500000
					   ? opt_get(fd, IPPROTO_TCP, name) + 1000000
					   : 0));
	CALL(SYS_close, fd);
}

int scenario_options(const char *only)
{
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		if (only && strcmp(only, options[i].text))
			continue;
		for (int state = 0; state < 3; state++) {
			lengths(&options[i], state);
			try_values(&options[i], state);
		}
		fflush(stdout);
	}
	if (!only) {
		saved_syn();
		unknown();
	}
	return 0;
}
