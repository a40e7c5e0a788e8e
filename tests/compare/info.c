/* SPDX-License-Identifier: MIT */
/* TCP_INFO along a connection's life: every number that does not depend on time or on how buffers
 * are cut. */
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

#define LPORT 8000

struct step {
	int fd, listener;
	struct peer p;
	uint32_t isn;
};

static void show(const struct step *s, int fd, const char *what)
{
	struct tcp_info i = { 0 };
	unsigned int len = sizeof(i);

	(void)s;
	CALL(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, (long)&i, (long)&len);
	printf("%s: state %d ca %d retransmits %d probes %d backoff %d options %x wscale %d,%d",
	       what, i.tcpi_state, i.tcpi_ca_state, i.tcpi_retransmits, i.tcpi_probes,
	       i.tcpi_backoff, i.tcpi_options, i.tcpi_snd_wscale, i.tcpi_rcv_wscale);
	printf(" mss %u rcvmss %u unacked %u sacked %u lost %u retrans %u pmtu %u advmss %u",
	       i.tcpi_snd_mss, i.tcpi_rcv_mss, i.tcpi_unacked, i.tcpi_sacked, i.tcpi_lost,
	       i.tcpi_retrans, i.tcpi_pmtu, i.tcpi_advmss);
	printf(" cwnd %u ssthresh %u reordering %u total %u", i.tcpi_snd_cwnd, i.tcpi_snd_ssthresh,
	       i.tcpi_reordering, i.tcpi_total_retrans);
	printf(" acked %llu received %llu sent %llu again %llu segs %u,%u data %u,%u notsent %u",
	       (unsigned long long)i.tcpi_bytes_acked, (unsigned long long)i.tcpi_bytes_received,
	       (unsigned long long)i.tcpi_bytes_sent, (unsigned long long)i.tcpi_bytes_retrans,
	       i.tcpi_segs_out, i.tcpi_segs_in, i.tcpi_data_segs_out, i.tcpi_data_segs_in,
	       i.tcpi_notsent_bytes);
	printf(" delivered %u,%u dsack %u reord %u ooo %u wnd %u app %d\n", i.tcpi_delivered,
	       i.tcpi_delivered_ce, i.tcpi_dsack_dups, i.tcpi_reord_seen, i.tcpi_rcv_ooopack,
	       i.tcpi_snd_wnd, i.tcpi_delivery_rate_app_limited);
}

static void begin(struct step *s, bool options, uint16_t port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(LPORT) };

	*s = (struct step){
		.p = { .lport = LPORT, .rport = port, .seq = 1000, .options = options }
	};
	s->listener = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
	CALL(SYS_setsockopt, s->listener, IPPROTO_TCP, TCP_CONGESTION, (long)"cubic", 5);
	show(s, s->listener, "fresh");
	opt_set(s->listener, SOL_SOCKET, SO_REUSEADDR, 1);
	CALL(SYS_bind, s->listener, (long)&any, sizeof(any));
	CALL(SYS_listen, s->listener, 5);
	peer_send(&s->p, SYN, s->p.seq++, 0);
	peer_get(&s->p, SYN | ACK, 1000);
	s->isn = s->p.ack;
	world_wait(20);
	peer_send(&s->p, ACK, s->p.seq, 0);
	show(s, s->listener, "listening");
	s->fd = (int)CALL(SYS_accept, s->listener, 0, 0);
	CALL(SYS_fcntl, s->fd, F_SETFL, O_RDWR | O_NONBLOCK);
	show(s, s->fd, "established");
}

/* What the stack has sent until it is silent for a while. */
static void hear(struct step *s)
{
	while (peer_get(&s->p, ACK, 5))
		;
}

static void ack(struct step *s, uint32_t bytes)
{
	s->p.ack = s->isn + bytes;
	peer_send(&s->p, ACK, s->p.seq, 0);
}

static void give(struct step *s, uint32_t ahead, size_t len)
{
	peer_send(&s->p, PSH | ACK, s->p.seq + ahead, len);
}

static void sending(struct step *s)
{
	static char data[12000];

	CALL(SYS_write, s->fd, (long)data, 400);
	hear(s);
	show(s, s->fd, "wrote 400");
	world_wait(20);
	ack(s, 400);
	show(s, s->fd, "acknowledged");
	CALL(SYS_write, s->fd, (long)data, 6000);
	hear(s);
	show(s, s->fd, "wrote 6000");
	world_wait(20);
	ack(s, 2400);
	show(s, s->fd, "acknowledged 2000");
	ack(s, 6400);
	show(s, s->fd, "acknowledged all");
}

static void losing(struct step *s)
{
	static char data[12000];

	CALL(SYS_write, s->fd, (long)data, 8000);
	hear(s);
	world_wait(20);
	s->p.ack = s->isn + 6400;
	for (uint32_t i = 1; i <= 4; i++) {
		s->p.sack_from = s->isn + 7400;
		s->p.sack_to = s->p.options ? s->isn + 7400 + 1000 * i : s->p.sack_from;
		peer_send(&s->p, ACK, s->p.seq, 0);
		hear(s);
		show(s, s->fd, "duplicate ACK");
		s->p.ack = s->isn + 6400;
	}
	s->p.sack_to = s->p.sack_from;
	world_wait(20);
	ack(s, 14400);
	show(s, s->fd, "recovered");
}

static void receiving(struct step *s)
{
	char data[4000];

	give(s, 0, 1000);
	s->p.seq += 1000;
	hear(s);
	show(s, s->fd, "received 1000");
	give(s, 1000, 1000);
	give(s, 3000, 1000);
	hear(s);
	show(s, s->fd, "two out of order");
	give(s, 0, 1000);
	s->p.seq += 2000;
	hear(s);
	show(s, s->fd, "one gap filled");
	CALL(SYS_read, s->fd, (long)data, sizeof(data));
	give(s, 0, 1000);
	s->p.seq += 2000;
	hear(s);
	show(s, s->fd, "both filled");
	peer_send(&s->p, FIN | ACK, s->p.seq++, 0);
	hear(s);
	show(s, s->fd, "FIN received");
	CALL(SYS_shutdown, s->fd, SHUT_WR);
	hear(s);
	show(s, s->fd, "FIN sent");
	peer_send(&s->p, ACK, s->p.seq, 0);
	show(s, s->fd, "over");
}

int scenario_info(const char *only)
{
	struct step s;

	(void)only;
	for (int options = 0; options < 2; options++) {
		printf("%s\n", options ? "with SACK and scale" : "without options");
		begin(&s, options, (uint16_t)(30000 + options));
		sending(&s);
		losing(&s);
		receiving(&s);
		CALL(SYS_close, s.fd);
		CALL(SYS_close, s.listener);
		peer_drain();
	}
	return 0;
}
