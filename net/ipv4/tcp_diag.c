/* SPDX-License-Identifier: MIT */
/* TCP's sockets as ss shows them: listeners, connections, requests and those in TIME_WAIT. Linux's
 * sock_diag(7). */
#include <net/tcp_diag.h>
#include "tcp_internal.h"

static u32 ms_left(unsigned long when)
{
	long left = (long)(when - jiffies);

	return left > 0 ? (u32)jiffies_to_msecs((unsigned long)left) : 0;
}

static void diag_timewait(struct tcp_diag *d, struct sock *sk)
{
	const struct inet_timewait_sock *tw = inet_twsk(sk);

	d->state = tw->tw_substate;
	d->lport = ntohs(tw->tw_sport);
	d->timer = TCP_DIAG_TIMEWAIT;
	d->expires_ms = ms_left(tw->tw_timer.expires);
}

static void diag_request(struct tcp_diag *d, struct sock *sk)
{
	const struct request_sock *req = inet_reqsk(sk);

	d->state = TCP_SYN_RECV;
	d->lport = sk->sk_num;
	d->timer = TCP_DIAG_ON;
	d->retrans = req->num_retrans;
	d->expires_ms = ms_left(req->rsk_timer.expires);
}

static void diag_timer(struct tcp_diag *d, struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_pending == ICSK_TIME_PROBE0) {
		d->timer = TCP_DIAG_PERSIST;
		d->retrans = icsk->icsk_probes_out;
		d->expires_ms = ms_left(icsk->icsk_timeout);
	} else if (icsk->icsk_pending) {
		d->timer = TCP_DIAG_ON;
		d->retrans = icsk->icsk_retransmits;
		d->expires_ms = ms_left(icsk->icsk_timeout);
	} else if (timer_pending(&sk->sk_timer)) {
		d->timer = TCP_DIAG_KEEPALIVE;
		d->retrans = icsk->icsk_probes_out;
		d->expires_ms = ms_left(sk->sk_timer.expires);
	}
}

/* Context: sock locked. */
static void diag_sock(struct tcp_diag *d, struct sock *sk)
{
	const struct tcp_congestion_ops *ca = inet_csk(sk)->icsk_ca_ops;
	const struct tcp_sock *tp = tcp_sk(sk);

	d->full = true;
	d->state = sk->sk_state;
	d->lport = ntohs(inet_sk(sk)->inet_sport);
	d->shutdown = sk->sk_shutdown;
	d->mark = sk->sk_mark;
	d->inode = sk->sk_socket ? SOCK_INODE(sk->sk_socket)->i_ino : 0;
	if (sk->sk_state == TCP_LISTEN) {
		d->rqueue = sk->sk_ack_backlog;
		d->wqueue = sk->sk_max_ack_backlog;
	} else {
		d->rqueue = (u32)max((int)(tp->rcv_nxt - tp->copied_seq), 0);
		d->wqueue = tp->write_seq - tp->snd_una;
	}
	diag_timer(d, sk);
	d->cookie = sock_gen_cookie(sk);
	sock_meminfo(sk, d->meminfo);
	memcpy(d->cong, ca->name, sizeof(d->cong));
	if (!ca->get_info || !ca->get_info(sk, &d->cong_attr, &d->cong_info))
		d->cong_attr = 0;
	tcp_get_info(sk, &d->info);
}

/* The socket at the cursor with a reference, or NULL at the end. Context: softirqs off. */
static struct sock *diag_find(struct inet_hashinfo *h, struct tcp_diag_cursor *c)
{
	struct sock *sk;

	for (; c->bucket <= h->lhash_mask + 1 + h->ehash_mask; c->bucket++, c->skip = 0) {
		struct hlist_head *head = c->bucket <= h->lhash_mask
						  ? &h->lhash[c->bucket]
						  : &h->ehash[c->bucket - h->lhash_mask - 1];
		u32 at = 0;

		sk_for_each(sk, head) {
			if (at++ < c->skip)
				continue;
			c->skip++;
			if (sk->sk_state != TCP_TIME_WAIT && sk->sk_state != TCP_NEW_SYN_RECV)
				sock_hold(sk);
			return sk;
		}
	}
	return NULL;
}

bool tcp_diag_next(struct net *net, struct tcp_diag_cursor *c, struct tcp_diag *d)
{
	struct sock *sk;

	memset(d, 0, sizeof(*d));
	local_bh_disable();
	sk = diag_find(net->tcp.hashinfo, c);
	if (!sk) {
		local_bh_enable();
		return false;
	}
	d->laddr = sk->sk_rcv_saddr;
	d->raddr = sk->sk_daddr;
	d->rport = ntohs(sk->sk_dport);
	if (sk->sk_state == TCP_TIME_WAIT)
		diag_timewait(d, sk);
	else if (sk->sk_state == TCP_NEW_SYN_RECV)
		diag_request(d, sk);
	else
		d->full = true;
	local_bh_enable();
	if (d->full) {
		lock_sock(sk);
		diag_sock(d, sk);
		release_sock(sk);
		sock_put(sk);
	}
	return true;
}
