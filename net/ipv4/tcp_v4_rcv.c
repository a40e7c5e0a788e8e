/* SPDX-License-Identifier: MIT */
/* The way of a received TCP segment over IPv4: checks at the door, the socket it is for, its queue;
 * and TCP's place in the tables. RFC 9293 section 3.10.7; Book section 12.9.3. */
#include <kernel/printk.h>
#include <net/filter.h>
#include <net/protocol.h>
#include "tcp_internal.h"
#include "tcp_ipv4_internal.h"

/* ---- the door ---- */

static bool tcp_v4_csum_bad(struct sk_buff *skb, const struct iphdr *iph)
{
	if (skb_csum_unnecessary(skb))
		return false;
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    !csum_fold(
		    csum_tcpudp_nofold(iph->saddr, iph->daddr, skb->len, IPPROTO_TCP, skb->csum))) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return false;
	}
	skb->csum = csum_tcpudp_nofold(iph->saddr, iph->daddr, skb->len, IPPROTO_TCP, 0);
	return __skb_checksum_complete(skb);
}

/* What later steps need of the header, in the control block; IP's is gone then. */
static void tcp_v4_fill_cb(struct sk_buff *skb, const struct iphdr *iph, const struct tcphdr *th)
{
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	cb->ip_dsfield = iph->tos;
	cb->seq = ntohl(th->seq);
	cb->end_seq = cb->seq + th->syn + th->fin + skb->len - th->doff * 4u;
	cb->ack_seq = ntohl(th->ack_seq);
	cb->tcp_flags = tcp_flag_byte(th);
	cb->tcp_tw_isn = 0;
	cb->sacked = 0;
	cb->eor = 0;
	cb->has_rxtstamp = skb->tstamp != 0;
}

/* Header and checksum. SKB_CONSUMED: good. */
static enum skb_drop_reason tcp_v4_check_header(struct sk_buff *skb, struct net *net)
{
	const struct tcphdr *th;

	if (skb->pkt_type != PACKET_HOST)
		return SKB_DROP_REASON_OTHERHOST;
	TCP_INC_STATS(net, INSEGS);
	if (!pskb_may_pull(skb, sizeof(struct tcphdr))) {
		TCP_INC_STATS(net, INERRS);
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	}
	th = (const struct tcphdr *)skb->data;
	if (unlikely(th->doff < sizeof(struct tcphdr) / 4 || !pskb_may_pull(skb, th->doff * 4u))) {
		TCP_INC_STATS(net, INERRS);
		return SKB_DROP_REASON_TCP_MALFORMED;
	}
	if (unlikely(tcp_v4_csum_bad(skb, ip_hdr(skb)))) {
		NET_TRACE(tcp_bad_csum, skb);
		TCP_INC_STATS(net, CSUMERRORS);
		TCP_INC_STATS(net, INERRS);
		return SKB_DROP_REASON_TCP_CSUM;
	}
	return SKB_CONSUMED;
}

/* ---- delivery to a sock ---- */

/* Why a segment for a sock in @state was answered with an RST. */
static enum skb_drop_reason tcp_v4_reset_reason(int state)
{
	switch (state) {
	case TCP_LISTEN: return SKB_DROP_REASON_TCP_FLAGS;
	case TCP_SYN_SENT:
	case TCP_SYN_RECV: return SKB_DROP_REASON_TCP_INVALID_ACK;
	default: return SKB_DROP_REASON_TCP_ABORT_ON_DATA;
	}
}

/* tcp_v4_do_rcv - a segment for @sk, locked (or a listener, which is not). Consumes skb. 0. */
int tcp_v4_do_rcv(struct sock *sk, struct sk_buff *skb)
{
	const struct sock *rsk = sk;
	int state = sk->sk_state;

	if (likely(sk->sk_state == TCP_ESTABLISHED)) {
		tcp_rcv_established(sk, skb);
		return 0;
	}
	if (sk->sk_state == TCP_LISTEN) {
		struct sock *child = cookie_v4_check(sk, skb);

		if (!child) {
			kfree_skb_reason(skb, SKB_DROP_REASON_TCP_LISTEN_OVERFLOW);
			return 0;
		}
		if (child != sk) {
			if (!tcp_child_process(sk, child, skb))
				return 0;
			rsk = child;
			goto reset;
		}
	}
	if (!tcp_rcv_state_process(sk, skb))
		return 0;
reset:
	tcp_v4_send_reset(rsk, skb);
	kfree_skb_reason(skb, tcp_v4_reset_reason(state));
	return 0;
}

/* A full sock other than a listener: now, or from the backlog if a process holds it. */
static void tcp_v4_deliver(struct sock *sk, struct sk_buff *skb)
{
	bh_lock_sock(sk);
	tcp_segs_in(tcp_sk(sk), skb);
	sk_incoming_cpu_update(sk);
	if (likely(!sock_owned_by_user(sk))) {
		if (likely(sk->sk_state == TCP_ESTABLISHED))
			tcp_rcv_established(sk, skb);
		else
			tcp_v4_do_rcv(sk, skb);
	} else {
		skb_dst_drop(skb);
		skb->dev = NULL;
		skb->next = NULL;
		if (unlikely(sk_add_backlog(sk, skb,
					    (unsigned int)sk->sk_rcvbuf +
						    (unsigned int)sk->sk_sndbuf + 65536u))) {
			NET_INC_STATS(sock_net(sk), TCPBACKLOGDROP);
			bh_unlock_sock(sk);
			kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_BACKLOG);
			return;
		}
	}
	bh_unlock_sock(sk);
}

/* SO_ATTACH_FILTER: false, it does not let the segment through. What it cuts off was never sent. */
static bool tcp_v4_filter(struct sock *sk, struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);

	if (sk_filter_trim_cap(sk, skb, th->doff * 4u)) {
		atomic_inc(&sk->sk_drops);
		return false;
	}
	tcp_v4_fill_cb(skb, ip_hdr(skb), th);
	return true;
}

/* For a half-open connection; takes over the reference to @req. true: look the sock up again. Else
 * skb is consumed. */
static bool tcp_v4_deliver_req(struct request_sock *req, struct sk_buff *skb)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_NOT_SPECIFIED;
	struct sock *sk = req->rsk_listener, *nsk;
	bool stolen = false;

	if (unlikely(sk->sk_state != TCP_LISTEN)) { /* the listener was closed */
		inet_csk_reqsk_queue_drop_and_put(sk, req);
		return true;
	}
	if (unlikely(sk->sk_filter) && !tcp_v4_filter(sk, skb)) {
		reqsk_put(req);
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_FILTER);
		return false;
	}
	sock_hold(sk);
	nsk = tcp_check_req(sk, skb, req, &stolen, &reason);
	if (!nsk) {
		reqsk_put(req);
		sock_put(sk);
		if (stolen)
			return true;
		kfree_skb_reason(skb, reason);
		return false;
	}
	if (nsk == sk) { /* the listener answers an impossible ACK */
		reqsk_put(req);
		tcp_v4_do_rcv(sk, skb);
	} else if (tcp_child_process(sk, nsk, skb)) {
		tcp_v4_send_reset(nsk, skb);
		kfree_skb_reason(skb, tcp_v4_reset_reason(TCP_SYN_RECV));
	}
	sock_put(sk);
	return false;
}

/* For TIME_WAIT; takes over the reference. A listener with a reference, if the SYN may open the
 * tuple anew; else NULL, skb consumed. */
static struct sock *tcp_v4_deliver_tw(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);
	struct sock *listener;

	switch (tcp_timewait_state_process(inet_twsk(sk), skb, th)) {
	case TCP_TW_SYN:
		listener = __inet_lookup_listener(net, net->tcp.hashinfo, skb, tcp_hdrlen(skb), iph->saddr, th->source,
						  iph->daddr, ntohs(th->dest), skb->skb_iif);
		if (listener) {
			inet_twsk_deschedule_put(inet_twsk(sk));
			return listener;
		}
		fallthrough;
	case TCP_TW_ACK: tcp_v4_timewait_ack(sk, skb); break;
	case TCP_TW_RST:
		tcp_v4_send_reset(sk, skb);
		inet_twsk_deschedule_put(inet_twsk(sk));
		break;
	case TCP_TW_SUCCESS: break;
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_TCP_TIMEWAIT);
	return NULL;
}

/* Nobody: RFC 9293 section 3.10.7.1. Consumes skb. */
static int tcp_v4_no_socket(struct sk_buff *skb)
{
	tcp_v4_send_reset(NULL, skb);
	kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
	return 0;
}

/* The sock that the segment is for, with a reference, or NULL. */
static struct sock *tcp_v4_lookup(struct net *net, struct sk_buff *skb,
				  const struct iphdr *iph, const struct tcphdr *th)
{
	struct inet_hashinfo *h = net->tcp.hashinfo;
	u16 hnum = ntohs(th->dest);
	struct sock *sk =
		inet_lookup_last(net, h, iph->saddr, th->source, iph->daddr, hnum, skb->skb_iif);

	return likely(sk) ? sk
			  : __inet_lookup(net, h, skb, th->doff * 4u, iph->saddr, th->source, iph->daddr, hnum,
					  skb->skb_iif);
}

int tcp_v4_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	enum skb_drop_reason reason = tcp_v4_check_header(skb, net);
	const struct tcphdr *th;
	const struct iphdr *iph;
	struct sock *sk;

	if (unlikely(reason)) {
		kfree_skb_reason(skb, reason);
		return 0;
	}
	th = (const struct tcphdr *)skb->data;
	iph = ip_hdr(skb);
	tcp_v4_fill_cb(skb, iph, th);
lookup:
	sk = tcp_v4_lookup(net, skb, iph, th);
	if (unlikely(!sk))
		return tcp_v4_no_socket(skb);
	if (unlikely(sk->sk_state == TCP_TIME_WAIT)) {
		sk = tcp_v4_deliver_tw(net, sk, skb);
		if (!sk)
			return 0;
	}
	if (unlikely(sk->sk_state == TCP_NEW_SYN_RECV)) {
		if (tcp_v4_deliver_req(inet_reqsk(sk), skb))
			goto lookup;
		return 0;
	}
	if (unlikely(iph->ttl < inet_sk(sk)->min_ttl)) { /* RFC 5082 */
		NET_INC_STATS(net, TCPMINTTLDROP);
		kfree_skb_reason(skb, SKB_DROP_REASON_TCP_MINTTL);
	} else if (unlikely(sk->sk_filter) && !tcp_v4_filter(sk, skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_FILTER);
	} else if (sk->sk_state == TCP_LISTEN) { /* needs no lock: what it changes is counted and
						    queued under locks of its own */
		tcp_v4_do_rcv(sk, skb);
	} else {
		tcp_v4_deliver(sk, skb);
	}
	sock_put(sk);
	return 0;
}

/* ---- TCP's place in the tables ---- */

static int tcp_v4_init_sock(struct sock *sk)
{
	inet_csk(sk)->icsk_af_ops = &ipv4_specific;
	return tcp_init_sock(sk);
}

static long *tcp_memory_allocated(struct net *net)
{
	return &net->tcp.memory_allocated;
}
static const long *tcp_sysctl_mem(struct net *net)
{
	return net->tcp.sysctl_mem;
}
static int tcp_mem_min(const struct net *net, bool recv)
{
	return recv ? net->tcp.sysctl_rmem[0] : net->tcp.sysctl_wmem[0];
}
static int *tcp_memory_pressure(struct net *net)
{
	return &net->tcp.memory_pressure;
}

static void tcp_pressure_changed(struct net *net, bool on)
{
	if (on) {
		NET_INC_STATS(net, TCPMEMORYPRESSURES);
		net->tcp.memory_pressure_since = jiffies;
	} else {
		NET_ADD_STATS(net, TCPMEMORYPRESSURESCHRONO,
			      jiffies_to_msecs(jiffies - net->tcp.memory_pressure_since));
	}
}

struct timewait_sock_ops tcp_timewait_sock_ops = {
	.twsk_slab_name = "tw_sock_TCP",
	.twsk_obj_size = sizeof(struct tcp_timewait_sock),
	.twsk_unique = tcp_twsk_unique,
};

struct proto tcp_prot = {
	.name = "TCP",
	.close = tcp_close,
	.connect = tcp_v4_connect,
	.disconnect = tcp_disconnect,
	.accept = inet_csk_accept,
	.ioctl = tcp_ioctl,
	.init = tcp_v4_init_sock,
	.destroy = tcp_destroy_sock,
	.shutdown = tcp_shutdown,
	.stream_memory_free = tcp_stream_memory_free,
	.set_rcvlowat = tcp_set_rcvlowat,
	.tstamp_key = tcp_tstamp_key,
	.setsockopt = tcp_setsockopt,
	.getsockopt = tcp_getsockopt,
	.keepalive = tcp_set_keepalive,
	.no_autobind = true, /* connect() and listen() see to it */
	.recvmsg = tcp_recvmsg,
	.sendmsg = tcp_sendmsg,
	.backlog_rcv = tcp_v4_do_rcv,
	.release_cb = tcp_release_cb,
	.hash = inet_hash,
	.unhash = inet_unhash,
	.get_port = inet_csk_get_port,
	.diag_destroy = tcp_abort,
	.obj_size = sizeof(struct tcp_sock),
	.max_header = MAX_TCP_HEADER,
	.rsk_prot = &tcp_request_sock_ops,
	.twsk_prot = &tcp_timewait_sock_ops,
	.memory_allocated = tcp_memory_allocated,
	.sysctl_mem = tcp_sysctl_mem,
	.sysctl_min = tcp_mem_min,
	.memory_pressure = tcp_memory_pressure,
	.pressure_changed = tcp_pressure_changed,
};

const struct net_protocol tcp_protocol = {
	.handler = tcp_v4_rcv,
	.err_handler = tcp_v4_err,
	.gso_segment = tcp4_gso_segment,
	.gro_receive = tcp4_gro_receive,
	.gro_complete = tcp4_gro_complete,
	.no_policy = true,
	.icmp_strict_tag_validation = true,
};

static struct inet_protosw tcp_protosw = {
	.type = SOCK_STREAM,
	.protocol = IPPROTO_TCP,
	.prot = &tcp_prot,
	.ops = &inet_stream_ops,
	.flags = INET_PROTOSW_PERMANENT | INET_PROTOSW_ICSK,
};

static int tcp_net_init(struct net *net)
{
	struct netns_tcp *nt = &net->tcp;
	int err;

	get_random_bytes(&nt->isn_key, sizeof(nt->isn_key));
	get_random_bytes(&nt->ts_key, sizeof(nt->ts_key));
	get_random_bytes(nt->cookie_key, sizeof(nt->cookie_key));
	get_random_bytes(&nt->port_key, sizeof(nt->port_key));
	get_random_bytes(nt->port_table, sizeof(nt->port_table));
	tcp_tsq_init(nt);
	nt->hashinfo = inet_hashinfo_create();
	if (!nt->hashinfo)
		return -ENOMEM;
	err = tcp_sysctl_init(net);
	if (err)
		goto destroy_tables;
	err = inet_ctl_sock_create(&nt->ctl_sk, PF_INET, SOCK_RAW, IPPROTO_TCP, net);
	if (err)
		goto unregister_sysctl;
	return 0;

unregister_sysctl:
	tcp_sysctl_exit(net);
destroy_tables:
	inet_hashinfo_destroy(nt->hashinfo);
	return err;
}

static void tcp_net_exit(struct net *net)
{
	inet_twsk_purge(net->tcp.hashinfo, net);
	sock_release(net->tcp.ctl_sk->sk_socket);
	tcp_sysctl_exit(net);
	tcp_metrics_free(net);
	tcp_tsq_exit(&net->tcp);
	inet_hashinfo_destroy(net->tcp.hashinfo);
}

static struct pernet_operations tcp_net_ops = { .init = tcp_net_init, .exit = tcp_net_exit };

void tcp_init(void)
{
	BUILD_BUG_ON(sizeof(struct tcp_skb_cb) > sizeof(((struct sk_buff *)0)->cb));
	tcp_request_sock_ops.slab = kmem_cache_create(tcp_request_sock_ops.slab_name,
						      tcp_request_sock_ops.obj_size, 0, 0, NULL);
	tcp_timewait_sock_ops.twsk_slab = kmem_cache_create(tcp_timewait_sock_ops.twsk_slab_name,
							    tcp_timewait_sock_ops.twsk_obj_size, 0,
							    0, NULL);
	inet_hashtables_init();
	if (proto_register(&tcp_prot, true) || inet_add_protocol(&tcp_protocol, IPPROTO_TCP) ||
	    register_pernet_subsys(&tcp_net_ops))
		panic("TCP cannot be set up");
	inet_register_protosw(&tcp_protosw);
	tcp_proc_init(&init_net);
}
