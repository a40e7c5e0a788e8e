/* SPDX-License-Identifier: MIT */
/* When a segment that may go has to wait all the same: pacing by a timer of the sock's own, and
 * small queues, so that what one flow has not sent yet waits in its sock and not in the device's
 * queue. Linux's internal pacing and TSQ. */
#include <kernel/irqflags.h>
#include "tcp_internal.h"

/* ---- the rate ---- */

/* tcp_update_pacing_rate - after an ACK: twice the window a round trip in slow start, so that the
 * window can grow, and 1.2 times later. Congestion controls that have cong_control set the rate
 * themselves. Context: sock locked. */
void tcp_update_pacing_rate(struct sock *sk)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 rate = (u64)tp->mss_cache * ((USEC_PER_SEC / 100) << 3); /* srtt_us is the eightfold */

	rate *= (u64)(tp->snd_cwnd < tp->snd_ssthresh / 2 ? nt->sysctl_pacing_ss_ratio
							  : nt->sysctl_pacing_ca_ratio);
	rate *= max(tp->snd_cwnd, tp->packets_out);
	if (likely(tp->srtt_us))
		rate /= tp->srtt_us;
	sk->sk_pacing_rate = min(rate, sk->sk_max_pacing_rate);
}

/* tcp_pacing_sent - a segment went, with @len bytes of new or old data (0: none): when the next one
 * may. What a timer or a task was late is made up for, by up to half of the gap. Context: sock
 * locked, tcp_mstamp fresh. */
void tcp_pacing_sent(struct sock *sk, u32 len)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u64 due = tp->tcp_wstamp_ns, rate = sk->sk_pacing_rate, gap;

	tp->tcp_wstamp_ns = max(due, tp->tcp_clock_cache);
	/* the first window goes at once: there is nothing yet to pace by */
	if (!len || !rate || rate == ~0ull || tp->data_segs_out < TCP_INIT_CWND)
		return;
	gap = (u64)len * NSEC_PER_SEC / rate;
	tp->tcp_wstamp_ns += gap - min(gap / 2, tp->tcp_wstamp_ns - due);
}

/* tcp_departure_time - the fq discipline paces: @skb says when it wants to go, and round trips count
 * from then (@oskb: what stays here, NULL: nothing). Context: sock locked, tcp_mstamp fresh. */
void tcp_departure_time(const struct tcp_sock *tp, struct sk_buff *skb, struct sk_buff *oskb)
{
	skb->tstamp = (ktime_t)max(tp->tcp_wstamp_ns, tp->tcp_clock_cache);
	if (oskb)
		oskb->tstamp = skb->tstamp;
}

/* tcp_pacing_check - true: the next segment's time has not come, and the timer will see to it. */
bool tcp_pacing_check(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->tcp_wstamp_ns <= tp->tcp_clock_cache)
		return false;
	if (!hrtimer_active(&tp->pacing_timer)) {
		hrtimer_start(&tp->pacing_timer, (ktime_t)tp->tcp_wstamp_ns);
		sock_hold(sk);
	}
	return true;
}

/* ---- going on ---- */

/* tcp_tsq_write - what waited may go: first what is lost, then new data. Context: sock locked. */
void tcp_tsq_write(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!(TCPF(sk->sk_state) &
	      (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_CLOSE_WAIT | TCPF_LAST_ACK)))
		return;
	if (tp->lost_out > tp->retrans_out && tp->snd_cwnd > tcp_packets_in_flight(tp)) {
		tcp_mstamp_refresh(tp);
		tcp_xmit_retransmit_queue(sk);
	}
	tcp_write_xmit(sk, tcp_current_mss(sk), tp->nonagle, 0, GFP_ATOMIC);
}

/* Context: softirq. */
static void tcp_tsq_handler(struct sock *sk)
{
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		tcp_tsq_write(sk);
	else if (!test_and_set_bit(TCP_TSQ_DEFERRED, &tcp_sk(sk)->tsq_flags))
		sock_hold(sk);
	bh_unlock_sock(sk);
}

/* tcp_pace_kick - the pacing timer: it held a reference. Context: softirq. */
void tcp_pace_kick(struct hrtimer *timer)
{
	struct sock *sk = (struct sock *)container_of(timer, struct tcp_sock, pacing_timer);

	tcp_tsq_handler(sk);
	sock_put(sk);
}

/* ---- small queues ---- */

/*
 * tcp_small_queue_check - true: enough of this sock lies below TCP, in queues or on the way to the
 * device: a millisecond's worth at the pacing rate (sk_pacing_shift), two segments at least, and
 * tcp_limit_output_bytes at most where the rate is not enforced. The next completion lets it go on.
 * @factor: the limit is shifted by it. Context: sock locked.
 */
bool tcp_small_queue_check(struct sock *sk, const struct sk_buff *skb, unsigned int factor)
{
	u64 limit = max((u64)skb->truesize * 2, sk->sk_pacing_rate >> sk->sk_pacing_shift);

	if (sk->sk_pacing_status == SK_PACING_NONE)
		limit = min(limit, (u64)sock_net(sk)->tcp.sysctl_limit_output_bytes);
	limit <<= factor;
	if ((u64)atomic_read(&sk->sk_wmem_alloc) <= limit)
		return false;
	if (tcp_rtx_queue_empty(
		    sk)) /* nothing in flight would bring an ACK, if the completion is late */
		return false;
	set_bit(TSQ_THROTTLED, &tcp_sk(sk)->tsq_flags);
	/* the completion may have come before the bit was set */
	return (u64)atomic_read(&sk->sk_wmem_alloc) > limit;
}

/* tcp_autocork - true: @skb, the last of the write queue, is not full, and waits for more bytes while what went before it still
 * lies below TCP; the completion sends it. tcp_autocorking. Context: sock locked. */
bool tcp_autocork(struct sock *sk, const struct sk_buff *skb, unsigned int size_goal)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (skb->len >= size_goal || !sock_net(sk)->tcp.sysctl_autocorking || tcp_rtx_queue_empty(sk) ||
	    (u32)atomic_read(&sk->sk_wmem_alloc) <= skb->truesize || !tcp_skb_can_collapse_to(skb))
		return false;
	if (!test_bit(TSQ_THROTTLED, &tp->tsq_flags)) {
		NET_INC_STATS(sock_net(sk), TCPAUTOCORKING);
		set_bit(TSQ_THROTTLED, &tp->tsq_flags);
	}
	/* the completion may have come before the bit was set */
	return (u32)atomic_read(&sk->sk_wmem_alloc) > skb->truesize;
}

/* tcp_wfree - a segment's memory comes back from below: skb->destructor. A sock that waits for it
 * goes on in the tasklet; one byte of its account keeps it alive until then. Context: any. */
void tcp_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct tcp_sock *tp = tcp_sk(sk);
	struct netns_tcp *nt = &sock_net(sk)->tcp;
	unsigned long flags;

	if (likely(!test_bit(TSQ_THROTTLED, &tp->tsq_flags) ||
		   test_bit(TSQ_QUEUED, &tp->tsq_flags))) {
		sock_wfree(skb);
		return;
	}
	atomic_sub((int)skb->truesize - 1, &sk->sk_wmem_alloc);
	local_irq_save(flags);
	clear_bit(TSQ_THROTTLED, &tp->tsq_flags);
	set_bit(TSQ_QUEUED, &tp->tsq_flags);
	list_add_tail(&tp->tsq_node, &nt->tsq_socks);
	tasklet_schedule(&nt->tsq_tasklet);
	local_irq_restore(flags);
}

static struct tcp_sock *tcp_tsq_first(struct netns_tcp *nt)
{
	struct tcp_sock *tp = NULL;
	unsigned long flags;

	local_irq_save(flags);
	if (!list_empty(&nt->tsq_socks)) {
		tp = list_first_entry(&nt->tsq_socks, struct tcp_sock, tsq_node);
		list_del(&tp->tsq_node);
		clear_bit(TSQ_QUEUED, &tp->tsq_flags);
	}
	local_irq_restore(flags);
	return tp;
}

/* Those that wait now: one that is throttled and completed again meanwhile takes its turn behind
 * the other softirqs. */
static void tcp_tsq_tasklet(unsigned long data)
{
	struct netns_tcp *nt = (struct netns_tcp *)data;
	struct list_head *node;
	unsigned int waiting = 0;
	struct tcp_sock *tp;

	list_for_each(node, &nt->tsq_socks)
		waiting++;
	while (waiting-- && (tp = tcp_tsq_first(nt)) != NULL) {
		tcp_tsq_handler((struct sock *)tp);
		sk_free((struct sock *)tp);
	}
}

void tcp_tsq_init(struct netns_tcp *nt)
{
	INIT_LIST_HEAD(&nt->tsq_socks);
	tasklet_init(&nt->tsq_tasklet, tcp_tsq_tasklet, (unsigned long)nt);
}

void tcp_tsq_exit(struct netns_tcp *nt)
{
	tasklet_kill(&nt->tsq_tasklet);
	WARN_ON_ONCE(!list_empty(&nt->tsq_socks));
}
