/* SPDX-License-Identifier: MIT */
/* What a stream tells beside its bytes: SO_TIMESTAMPING and MSG_ZEROCOPY on the error queue, ICMP
 * errors of a connect, times of arrival, TCP_INQ. Times themselves are not printed, but that they
 * are there. */
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

#define LPORT 8000

static int listener = -1;
static uint16_t next_port = 40000;

static int accept_one(struct peer *p)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(LPORT) };
	int fd;

	if (listener < 0) {
		listener = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
		opt_set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
		CALL(SYS_bind, listener, (long)&any, sizeof(any));
		CALL(SYS_listen, listener, 5);
	}
	*p = (struct peer){ .lport = LPORT, .rport = next_port++, .seq = 1000 };
	peer_send(p, SYN, p->seq++, 0);
	peer_get(p, SYN | ACK, 1000);
	peer_send(p, ACK, p->seq, 0);
	fd = (int)CALL(SYS_accept, listener, 0, 0);
	CALL(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
	return fd;
}

static void end(int fd, struct peer *p)
{
	peer_send(p, RST | ACK, p->seq, 0);
	CALL(SYS_close, fd);
	peer_drain();
}

static void show_control(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct sock_extended_err ee;
		struct timespec t[3];
		int value;

		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) {
			memcpy(&ee, CMSG_DATA(c), sizeof(ee));
			printf(" recverr{%s origin %d type %d code %d info %u data %u}",
			       result_text(-(long)ee.ee_errno), ee.ee_origin, ee.ee_type,
			       ee.ee_code, ee.ee_info, ee.ee_data);
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(t, CMSG_DATA(c), sizeof(t));
			printf(" stamping{%s %ld %ld}", t[0].tv_sec ? "set" : "none",
			       (long)t[1].tv_sec, (long)t[2].tv_sec);
		} else if (c->cmsg_level == IPPROTO_TCP && c->cmsg_type == TCP_CM_INQ) {
			memcpy(&value, CMSG_DATA(c), sizeof(value));
			printf(" inq{%d}", value);
		} else {
			printf(" %d/%d{%zu}", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		}
	}
}

static long receive(int fd, size_t room, int flags)
{
	char data[2000], control[512];
	struct sockaddr_in name = { 0 };
	struct iovec iov = { data, room };
	struct msghdr m = { .msg_name = &name,
			    .msg_namelen = sizeof(name),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	long result = CALL(SYS_recvmsg, fd, (long)&m, flags | MSG_DONTWAIT);

	printf(" [%s", result_text(result));
	if (result >= 0) {
		printf(" flags %x", m.msg_flags);
		if (m.msg_namelen)
			printf(" name %x:%d", ntohl(name.sin_addr.s_addr), ntohs(name.sin_port));
		show_control(&m);
	}
	printf("]");
	return result;
}

static void drain_reports(int fd, size_t room)
{
	for (int i = 0; i < 20 && receive(fd, room, MSG_ERRQUEUE) >= 0; i++)
		;
	printf(" poll %s error %s\n", poll_text(poll_now(fd)),
	       result_text(-opt_get(fd, SOL_SOCKET, SO_ERROR)));
}

static void write_and_ack(int fd, struct peer *p, size_t len, int flags)
{
	char data[4000] = { 0 };

	printf(" send %s", result_text(CALL(SYS_sendto, fd, (long)data, (long)len, flags)));
	while (peer_get(p, ACK, 20))
		;
	peer_send(p, ACK, p->seq, 0);
}

static void stamps(unsigned int flags, size_t room, const char *what)
{
	struct peer p;
	int fd = accept_one(&p);

	printf("timestamping %s: set %s", what,
	       result_text(opt_set(fd, SOL_SOCKET, SO_TIMESTAMPING, (int)flags)));
	write_and_ack(fd, &p, 100, 0);
	printf(" poll %s", poll_text(poll_now(fd)));
	drain_reports(fd, room);
	printf("timestamping %s again:", what);
	write_and_ack(fd, &p, 2500, 0);
	drain_reports(fd, room);
	end(fd, &p);
}

/* The same of datagrams, which no ACK follows. */
static void datagram_stamps(unsigned int flags, size_t room, const char *what)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(REMOTE_ADDR) };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	char data[3000] = { 0 };

	CALL(SYS_connect, fd, (long)&to, sizeof(to));
	printf("datagrams %s: set %s", what,
	       result_text(opt_set(fd, SOL_SOCKET, SO_TIMESTAMPING, (int)flags)));
	printf(" send %s", result_text(CALL(SYS_sendto, fd, (long)data, 100, 0)));
	world_wait(20);
	printf(" poll %s", poll_text(poll_now(fd)));
	drain_reports(fd, room);
	printf("datagrams %s again:", what);
	printf(" send %s", result_text(CALL(SYS_sendto, fd, (long)data, 50, 0)));
	printf(" send %s", result_text(CALL(SYS_sendto, fd, (long)data, sizeof(data), 0)));
	world_wait(20);
	drain_reports(fd, room);
	CALL(SYS_close, fd);
	peer_drain();
}

static void stamps_by_message(void)
{
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(sizeof(unsigned int))];
	} control = { .c = { .cmsg_len = CMSG_LEN(sizeof(unsigned int)),
			     .cmsg_level = SOL_SOCKET,
			     .cmsg_type = SO_TIMESTAMPING } };
	char data[50] = { 0 };
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	static const unsigned int asked[] = { SOF_TIMESTAMPING_TX_ACK, SOF_TIMESTAMPING_SOFTWARE,
					      0 };
	struct peer p;
	int fd = accept_one(&p);

	printf("timestamping by message: set %s",
	       result_text(opt_set(fd, SOL_SOCKET, SO_TIMESTAMPING,
				   SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY |
					   SOF_TIMESTAMPING_OPT_ID)));
	for (size_t i = 0; i < 3; i++) {
		memcpy(CMSG_DATA(&control.c), &asked[i], sizeof(asked[i]));
		printf(" sendmsg %s", result_text(CALL(SYS_sendmsg, fd, (long)&m, 0)));
		peer_get(&p, ACK, 20);
		peer_send(&p, ACK, p.seq, 0);
	}
	control.c.cmsg_type = 77;
	printf(" unknown %s", result_text(CALL(SYS_sendmsg, fd, (long)&m, 0)));
	control.c.cmsg_type = SO_TIMESTAMPING;
	control.c.cmsg_len = 3;
	printf(" short %s", result_text(CALL(SYS_sendmsg, fd, (long)&m, 0)));
	drain_reports(fd, 100);
	end(fd, &p);
}

static void zerocopy(void)
{
	struct peer p;
	int fd = accept_one(&p);

	printf("zerocopy without the option:");
	write_and_ack(fd, &p, 3000, MSG_ZEROCOPY);
	drain_reports(fd, 0);
	printf("zerocopy: set %s", result_text(opt_set(fd, SOL_SOCKET, SO_ZEROCOPY, 1)));
	write_and_ack(fd, &p, 3000, MSG_ZEROCOPY);
	printf(" poll %s", poll_text(poll_now(fd)));
	drain_reports(fd, 0);
	printf("zerocopy again:");
	write_and_ack(fd, &p, 3000, MSG_ZEROCOPY);
	write_and_ack(fd, &p, 100, 0);
	write_and_ack(fd, &p, 3000, MSG_ZEROCOPY);
	drain_reports(fd, 0);
	CALL(SYS_shutdown, fd, SHUT_WR);
	printf("zerocopy after shutdown:");
	write_and_ack(fd, &p, 3000, MSG_ZEROCOPY | MSG_NOSIGNAL);
	drain_reports(fd, 0);
	end(fd, &p);
}

static void arrivals(int level, int name, int value, const char *what)
{
	struct peer p;
	int fd = accept_one(&p);

	printf("arrival %s: set %s", what, result_text(opt_set(fd, level, name, value)));
	world_wait(100); /* Linux begins to stamp a moment later */
	peer_send(&p, PSH | ACK, p.seq, 100);
	p.seq += 100;
	peer_send(&p, PSH | ACK, p.seq, 200);
	p.seq += 200;
	receive(fd, 0, MSG_PEEK);
	receive(fd, 50, MSG_PEEK);
	receive(fd, 50, 0);
	receive(fd, 1000, 0);
	receive(fd, 1000, 0);
	peer_send(&p, FIN | ACK, p.seq++, 0);
	receive(fd, 1000, 0);
	printf("\n");
	end(fd, &p);
}

static void icmp(int recverr)
{
	struct peer p = { .rport = next_port++ };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(p.rport),
				  .sin_addr.s_addr = htonl(REMOTE_ADDR) };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);

	CALL(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
	opt_set(fd, IPPROTO_IP, IP_RECVERR, recverr);
	CALL(SYS_connect, fd, (long)&to, sizeof(to));
	peer_get(&p, SYN, 1000);
	peer_icmp(&p, 11, 0, 0);
	printf("icmp of a connect%s: poll %s", recverr ? " with recverr" : "",
	       poll_text(poll_now(fd)));
	drain_reports(fd, 100);
	CALL(SYS_close, fd);
	peer_drain();
}

int scenario_reports(const char *only)
{
	const unsigned int all = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE |
				 SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_SOFTWARE;

	(void)only;
	stamps(all | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY, 0, "all, times only");
	stamps(all | SOF_TIMESTAMPING_OPT_TSONLY, 100, "all, no keys");
	stamps(all & ~SOF_TIMESTAMPING_SOFTWARE, 0, "all, not told");
	stamps(SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID, 0,
	       "of ACKs");
	stamps(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
		       SOF_TIMESTAMPING_OPT_CMSG,
	       0, "of the driver");
	stamps_by_message();
	datagram_stamps(all | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY, 0,
			"all, times only");
	datagram_stamps(all & ~SOF_TIMESTAMPING_SOFTWARE, 0, "all, not told");
	datagram_stamps(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
				SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY,
			100, "of the driver");
	datagram_stamps(SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_SOFTWARE, 0,
			"of the discipline, no keys");
	zerocopy();
	arrivals(SOL_SOCKET, SO_TIMESTAMP, 1, "by SO_TIMESTAMP");
	arrivals(SOL_SOCKET, SO_TIMESTAMPNS, 1, "by SO_TIMESTAMPNS");
	arrivals(SOL_SOCKET, SO_TIMESTAMPING,
		 SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE, "by SO_TIMESTAMPING");
	arrivals(SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE,
		 "by SO_TIMESTAMPING, not told");
	arrivals(IPPROTO_TCP, TCP_INQ, 1, "and TCP_INQ");
	icmp(0);
	icmp(1);
	return 0;
}
