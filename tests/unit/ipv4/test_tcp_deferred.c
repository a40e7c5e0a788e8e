/* SPDX-License-Identifier: MIT */
/* What meets a sock that a process holds: timers, completions, segments and ICMP messages wait for
 * release_sock, and none is lost. Each test holds the sock while it happens, sees that nothing is
 * done, lets go, and sees that it is done at once. */
#include <kernel/bitops.h>
#include <net/netdevice.h>

#include "conn_unit.h"

#define SEGMENT	  536 /* the peer sends no MSS option: RFC 9293 section 3.7.1 */
#define FIRST_WIN 10  /* segments */

/* "Destination unreachable" about the segment that was sent first and is not acknowledged. */
static void unreachable(u8 code, u16 mtu)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		__be16 source, dest;
		__be32 seq;
	} m = { .icmp = { .type = ICMP_DEST_UNREACH, .code = code, .un.gateway = htonl(mtu) },
		.ip = { .version = 4,
			.ihl = 5,
			.tot_len = htons(576),
			.ttl = 60,
			.protocol = IPPROTO_TCP,
			.saddr = OUR_IP,
			.daddr = PEER_IP },
		.source = htons(OUR_PORT),
		.dest = htons(PEER_PORT),
		.seq = htonl(tp->snd_una) };
	u8 frame[200];

	ip_send_check(&m.ip);
	m.icmp.checksum = ip_compute_csum(&m, sizeof(m));
	skiff_port_give(port, frame,
			ip_frame(frame, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, 0, 1, &m,
				 sizeof(m)));
	msleep(2);
}

static void write_bytes(int n)
{
	static char data[FIRST_WIN * 4 * SEGMENT];
	struct kmsghdr m = { .msg_flags = MSG_DONTWAIT };
	struct iovec v = { data, (size_t)n };

	assert_in_range(n, 1, sizeof(data));
	assert_int_equal(kernel_sendmsg(conn, &m, &v, 1, (size_t)n), n);
}

static void acknowledge_all(void)
{
	tell(TCPHDR_ACK, peer_seq, tp->snd_nxt, 0);
}

static u64 counter(int mib)
{
	return init_net.mib.linux_mib[mib];
}

IN_TASK(pacing_timer_leaves_the_segment_to_the_process)
{
	unsigned int rate = 10 * SEGMENT; /* a segment each 100 ms */
	u32 sent;

	accept_one();
	init_net.tcp.sysctl_min_tso_segs = 1;
	init_net.tcp.sysctl_tso_rtt_log = 0; /* however short the round trip */
	write_bytes(FIRST_WIN * SEGMENT);
	acknowledge_all();
	assert_int_equal(
		kernel_setsockopt(conn, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof(rate)), 0);
	write_bytes(6 * SEGMENT); /* one goes, the next waits for the timer */
	sent = tp->data_segs_out;
	assert_true(hrtimer_active(&tp->pacing_timer));
	lock_sock(sk);
	msleep(150);
	assert_false(hrtimer_active(&tp->pacing_timer));
	assert_int_equal(tp->data_segs_out, sent);
	assert_int_equal(atomic_read(&sk->sk_refcnt),
			 refs + 1 /* RTO's timer */ + 1 /* what waits */);
	release_sock(sk);
	assert_int_equal(tp->data_segs_out, sent + 1);
	assert_true(hrtimer_active(&tp->pacing_timer)); /* and so on */
	msleep(70);					/* half a gap: the late one shortens it */
	assert_int_equal(tp->data_segs_out, sent + 2);
	end_all();
	init_net.tcp.sysctl_min_tso_segs = TCP_MIN_TSO_SEGS;
	init_net.tcp.sysctl_tso_rtt_log = TCP_TSO_RTT_LOG;
	return 0;
}

IN_TASK(completion_leaves_the_next_segment_to_the_process)
{
	struct net_device *dev = dev_get_by_name(&init_net, "eth0");
	int limit = init_net.tcp.sysctl_limit_output_bytes;
	u32 sent;

	accept_one();
	init_net.tcp.sysctl_limit_output_bytes = 1; /* two segments, whatever their size */
	write_bytes(FIRST_WIN * SEGMENT);
	acknowledge_all();
	netif_stop_queue(dev); /* what is sent waits in the discipline */
	write_bytes(FIRST_WIN * 2 * SEGMENT);
	sent = tp->data_segs_out;
	assert_true(test_bit(TSQ_THROTTLED, &tp->tsq_flags));
	assert_in_range(sent, FIRST_WIN + 1, FIRST_WIN * 3 - 1);
	lock_sock(sk);
	netif_wake_queue(dev);
	msleep(PATIENCE);
	assert_false(test_bit(TSQ_THROTTLED, &tp->tsq_flags));
	assert_false(test_bit(TSQ_QUEUED, &tp->tsq_flags));
	assert_int_equal(tp->data_segs_out, sent);
	release_sock(sk);
	assert_true(tp->data_segs_out > sent);
	init_net.tcp.sysctl_limit_output_bytes = limit;
	dev_put(dev);
	end_all();
	return 0;
}

IN_TASK(retransmission_timer_leaves_the_segment_to_the_process)
{
	u32 sent;

	accept_one();
	write_bytes(SEGMENT);
	sent = tp->segs_out;
	lock_sock(sk);
	msleep(5000);
	assert_int_equal(tp->segs_out, sent);
	assert_int_equal(tp->total_retrans, 0);
	release_sock(sk);
	assert_int_equal(tp->total_retrans, 1); /* once, however long it took */
	msleep(5000);
	assert_true(tp->total_retrans > 1); /* and the timer runs again */
	end_all();
	return 0;
}

IN_TASK(delayed_ack_timer_leaves_the_ack_to_the_process)
{
	u64 locked = counter(LINUX_MIB_DELAYEDACKLOCKED);
	u32 sent;

	accept_one();
	while (tp->inet_conn.icsk_ack.quick) { /* the first ones go at once */
		tell(TCPHDR_ACK | TCPHDR_PSH, peer_seq, tp->snd_nxt, 10);
		peer_seq += 10;
		msleep(300);
	}
	inet_csk(sk)->icsk_ack.pingpong = 3; /* as after a dialogue */
	tell(TCPHDR_ACK | TCPHDR_PSH, peer_seq, tp->snd_nxt, 10);
	peer_seq += 10;
	sent = tp->segs_out;
	assert_true(inet_csk(sk)->icsk_ack.pending & ICSK_ACK_TIMER);
	lock_sock(sk);
	msleep(1000);
	assert_int_equal(tp->segs_out, sent);
	assert_int_equal(counter(LINUX_MIB_DELAYEDACKLOCKED), locked + 1);
	release_sock(sk);
	assert_int_equal(tp->segs_out, sent + 1);
	assert_int_equal(tp->rcv_wup, peer_seq);
	end_all();
	return 0;
}

IN_TASK(segments_wait_in_the_backlog_and_beyond_its_bound_are_dropped)
{
	u64 dropped = counter(LINUX_MIB_TCPBACKLOGDROP);
	u32 n = 0;

	accept_one();
	lock_sock(sk);
	while (counter(LINUX_MIB_TCPBACKLOGDROP) == dropped && n < 5000)
		tell(TCPHDR_ACK, peer_seq + 10 * n++, tp->snd_nxt, 10);
	assert_int_equal(counter(LINUX_MIB_TCPBACKLOGDROP), dropped + 1);
	assert_int_equal(tp->rcv_nxt, peer_seq);
	assert_true(sk->sk_backlog.len > sk->sk_rcvbuf);
	assert_true(sk->sk_backlog.len < sk->sk_rcvbuf + sk->sk_sndbuf + 65536 + 4096);
	release_sock(sk);
	peer_seq += 10 * (n - 1);
	assert_int_equal(tp->rcv_nxt, peer_seq);
	assert_int_equal(sk->sk_backlog.len, 0);
	end_all();
	return 0;
}

IN_TASK(icmp_waits_if_it_changes_the_mtu_and_is_counted_if_it_does_not)
{
	u64 locked = counter(LINUX_MIB_LOCKDROPPEDICMPS);
	u32 mss;

	accept_one();
	mss = 1460;
	tp->rx_opt.mss_clamp = (u16)mss; /* as if the peer had said so */
	tcp_sync_mss(sk, 1500);
	assert_int_equal(tp->mss_cache, mss);
	write_bytes(SEGMENT);
	lock_sock(sk);
	unreachable(ICMP_PORT_UNREACH, 0);
	assert_int_equal(counter(LINUX_MIB_LOCKDROPPEDICMPS), locked + 1);
	unreachable(ICMP_FRAG_NEEDED, 1000);
	assert_int_equal(tp->mss_cache, mss);
	assert_int_equal(counter(LINUX_MIB_LOCKDROPPEDICMPS), locked + 1);
	release_sock(sk);
	assert_int_equal(tp->mss_cache, 960);
	assert_int_equal(sk->sk_err, 0);
	end_all();
	return 0;
}

IN_TASK(compressed_acks_are_left_to_the_process)
{
	int delay = init_net.tcp.sysctl_comp_sack_delay_ns;
	u32 sent;
	int i;

	accept_one();
	tp->rx_opt.sack_ok = TCP_SACK_SEEN; /* as if both had said so */
	tp->srtt_us = tp->rcv_rtt_est.rtt_us =
		8 * 2000000; /* a twentieth of it is longer than the next line's */
	init_net.tcp.sysctl_comp_sack_delay_ns = 50000000;
	for (i = 1; i <= TCP_FASTRETRANS_THRESH + 2; i++) /* three go at once */
		tell(TCPHDR_ACK, peer_seq + 100 * (u32)i, tp->snd_nxt, 100);
	assert_int_equal(tp->compressed_ack, 2);
	sent = tp->segs_out;
	lock_sock(sk);
	msleep(200);
	assert_false(hrtimer_active(&tp->compressed_ack_timer));
	assert_int_equal(tp->segs_out, sent);
	release_sock(sk);
	assert_int_equal(tp->segs_out, sent + 1);
	assert_int_equal(tp->compressed_ack, 0);
	init_net.tcp.sysctl_comp_sack_delay_ns = delay;
	end_all();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pacing_timer_leaves_the_segment_to_the_process),
		cmocka_unit_test(completion_leaves_the_next_segment_to_the_process),
		cmocka_unit_test(retransmission_timer_leaves_the_segment_to_the_process),
		cmocka_unit_test(delayed_ack_timer_leaves_the_ack_to_the_process),
		cmocka_unit_test(segments_wait_in_the_backlog_and_beyond_its_bound_are_dropped),
		cmocka_unit_test(icmp_waits_if_it_changes_the_mtu_and_is_counted_if_it_does_not),
		cmocka_unit_test(compressed_acks_are_left_to_the_process),
	};

	return cmocka_run_group_tests_name("tcp_deferred", tests, set_up_conn, end_ipv4);
}
