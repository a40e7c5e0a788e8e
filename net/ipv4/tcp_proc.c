/* SPDX-License-Identifier: MIT */
/* /proc/net/tcp in Linux's format, and TCP's line in /proc/net/sockstat. */
#include <kernel/fs.h>
#include <kernel/seq_file.h>
#include "tcp_internal.h"

#define TCP_LINE_WIDTH 149 /* columns, padded with blanks */
#define NO_ADDRESS     0ul /* of the sock: it is nobody's business, and differs from run to run */

static unsigned int timer_left(unsigned long when)
{
	long left = (long)(when - jiffies);

	return left > 0 ? (unsigned int)(left / (HZ / 100))
			: 0; /* clock ticks of 10 ms, as user space counts them */
}

static void tcp_proc_tuple(struct seq_file *m, int i, const struct sock *sk, u16 sport, int state)
{
	seq_printf(m, "%4d: %08X:%04X %08X:%04X %02X", i, (__force u32)sk->sk_rcv_saddr, sport,
		   (__force u32)sk->sk_daddr, ntohs(sk->sk_dport), state);
}

static void tcp_proc_sock(struct seq_file *m, int i, struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	unsigned long expires = jiffies;
	int active = 0, rx_queue;

	if (icsk->icsk_pending == ICSK_TIME_PROBE0)
		active = 4;
	else if (icsk->icsk_pending)
		active = 1;
	if (active) {
		expires = icsk->icsk_timeout;
	} else if (timer_pending(&sk->sk_timer)) {
		active = 2;
		expires = sk->sk_timer.expires;
	}
	rx_queue = sk->sk_state == TCP_LISTEN ? (int)sk->sk_ack_backlog
					      : max((int)(tp->rcv_nxt - tp->copied_seq), 0);
	tcp_proc_tuple(m, i, sk, ntohs(inet_sk(sk)->inet_sport), sk->sk_state);
	seq_printf(m, " %08X:%08X %02X:%08X %08X %5u %8d %llu %d %016lx %u %u %u %u %d",
		   tp->write_seq - tp->snd_una, rx_queue, active, timer_left(expires),
		   icsk->icsk_retransmits, 0, icsk->icsk_probes_out,
		   sk->sk_socket ? (unsigned long long)SOCK_INODE(sk->sk_socket)->i_ino : 0ull,
		   atomic_read(&sk->sk_refcnt), NO_ADDRESS, icsk->icsk_rto / (HZ / 100),
		   icsk->icsk_ack.ato / (HZ / 100),
		   (icsk->icsk_ack.quick << 1) | inet_csk_in_pingpong_mode(sk), tp->snd_cwnd,
		   sk->sk_state == TCP_LISTEN	  ? 0
		   : tcp_in_initial_slowstart(tp) ? -1
						  : (int)tp->snd_ssthresh);
}

static void tcp_proc_timewait(struct seq_file *m, int i, struct sock *sk)
{
	const struct inet_timewait_sock *tw = inet_twsk(sk);

	tcp_proc_tuple(m, i, sk, ntohs(tw->tw_sport), tw->tw_substate);
	seq_printf(m, " %08X:%08X %02X:%08X %08X %5d %8d %d %d %016lx", 0, 0, 3,
		   timer_left(tw->tw_timer.expires), 0, 0, 0, 0, atomic_read(&tw->tw_refcnt),
		   NO_ADDRESS);
}

static void tcp_proc_request(struct seq_file *m, int i, struct sock *sk)
{
	const struct request_sock *req = inet_reqsk(sk);

	tcp_proc_tuple(m, i, sk, sk->sk_num, TCP_SYN_RECV);
	seq_printf(m, " %08X:%08X %02X:%08X %08X %5u %8d %u %d %016lx", 0, 0, 1,
		   timer_left(req->rsk_timer.expires), req->num_timeout, 0, 0, 0, 0,
		   NO_ADDRESS);
}

static void tcp_proc_line(struct seq_file *m, int i, struct sock *sk)
{
	size_t start = m->count;

	if (sk->sk_state == TCP_TIME_WAIT)
		tcp_proc_timewait(m, i, sk);
	else if (sk->sk_state == TCP_NEW_SYN_RECV)
		tcp_proc_request(m, i, sk);
	else
		tcp_proc_sock(m, i, sk);
	seq_setwidth_pad(m, start, TCP_LINE_WIDTH);
	seq_putc(m, '\n');
}

static int tcp_proc_show(struct seq_file *m, void *data)
{
	struct net *net = current_net();
	struct inet_hashinfo *h = net->tcp.hashinfo;
	struct sock *sk;
	int n = 0;
	u32 i;

	seq_puts(m, "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   "
		    "uid  timeout inode");
	seq_setwidth_pad(m, 0, TCP_LINE_WIDTH);
	seq_putc(m, '\n');
	local_bh_disable();
	for (i = 0; i <= h->lhash_mask; i++) {
		sk_for_each(sk, &h->lhash[i])
			tcp_proc_line(m, n++, sk);
	}
	for (i = 0; i <= h->ehash_mask; i++) {
		sk_for_each(sk, &h->ehash[i])
			tcp_proc_line(m, n++, sk);
	}
	local_bh_enable();
	return 0;
}

/* Socks of full size that have a place in the tables: listeners and connections. */
static int tcp_in_use(struct inet_hashinfo *h)
{
	struct sock *sk;
	int n = 0;
	u32 i;

	local_bh_disable();
	for (i = 0; i <= h->lhash_mask; i++)
		sk_for_each(sk, &h->lhash[i]) n++;
	for (i = 0; i <= h->ehash_mask; i++)
		sk_for_each(sk, &h->ehash[i]) n += sk->sk_state != TCP_TIME_WAIT && sk->sk_state != TCP_NEW_SYN_RECV;
	local_bh_enable();
	return n;
}

static void tcp_sockstat(struct seq_file *m, struct net *net)
{
	int tw = net->tcp.death_row.count;

	seq_printf(m, "TCP: inuse %d orphan %d tw %d alloc %d mem %ld\n",
		   tcp_in_use(net->tcp.hashinfo), atomic_read(&net->tcp.orphan_count),
		   tw, atomic_read(&net->tcp.sockets_allocated), net->tcp.memory_allocated);
}

static struct sockstat_lines tcp_sockstat_lines = { .show = tcp_sockstat };

int tcp_proc_init(struct net *net)
{
	if (!proc_create("net/tcp", tcp_proc_show, NULL, NULL))
		return -ENOMEM;
	sockstat_register(&tcp_sockstat_lines);
	return 0;
}
