/* SPDX-License-Identifier: MIT */
/* TCP over IPv4: finding the socket of a segment, connecting, requests, children, ICMP errors. RFC
 * 9293, RFC 6528, RFC 5927; Book section 12.9.3. */
#include <kernel/slab.h>
#include <net/icmp.h>
#include "tcp_internal.h"
#include "tcp_ipv4_internal.h"

/* ---- numbers ---- */

/* tcp_secure_seq - RFC 6528: a clock of 64 ns steps plus a keyed hash of the tuple. */
u32 tcp_secure_seq(struct net *net, __be32 saddr, __be32 daddr, __be16 sport, __be16 dport)
{
	u32 hash = (u32)siphash_3u32((__force u32)saddr, (__force u32)daddr,
				     (u32)(__force u16)sport << 16 | (__force u16)dport,
				     &net->tcp.isn_key);

	return hash + (u32)(ktime_get_real() >> 6);
}

/* tcp_secure_ts_off - RFC 7323 section 5.4: timestamps of different peers have nothing in common.
 */
u32 tcp_secure_ts_off(struct net *net, __be32 saddr, __be32 daddr)
{
	if (net->tcp.sysctl_timestamps != 1)
		return 0;
	return (u32)siphash_2u64((__force u32)saddr, (__force u32)daddr, &net->tcp.ts_key);
}

/* ---- output ---- */

/* tcp_v4_send_check - the sum of the pseudo header, and the device adds the rest, or whoever cuts a
 * large segment; where neither does, the whole sum now: later the header would have to be copied
 * for it, since the queued segment shares it. */
static void tcp_v4_send_check(struct sock *sk, struct sk_buff *skb)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct tcphdr *th = tcp_hdr(skb);

	if (likely((sk->sk_route_caps & (NETIF_F_IP_CSUM | NETIF_F_HW_CSUM)) || skb_is_gso(skb))) {
		__tcp_v4_send_check(skb, inet->inet_saddr, inet->inet_daddr);
		return;
	}
	th->check = csum_tcpudp_magic(inet->inet_saddr, inet->inet_daddr, skb->len, IPPROTO_TCP,
				      skb_checksum(skb, 0, (int)skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
}

/* tcp_v4_rebuild_header - a route for the sock, if its own died. 0 or -errno. */
static int tcp_v4_rebuild_header(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct rtable *rt = (struct rtable *)__sk_dst_check(sk, 0);
	__be32 daddr = inet->inet_daddr;
	struct flowi4 fl4;

	if (rt)
		return 0;
	if (inet->inet_opt && inet->inet_opt->srr)
		daddr = inet->inet_opt->faddr;
	fl4 = (struct flowi4){ .flowi4_oif = sk->sk_bound_dev_if,
			       .flowi4_mark = sk->sk_mark,
			       .flowi4_tos = inet->tos,
			       .flowi4_proto = IPPROTO_TCP,
			       .daddr = daddr,
			       .saddr = inet->inet_saddr,
			       .fl4_dport = inet->inet_dport,
			       .fl4_sport = inet->inet_sport };
	rt = ip_route_output_flow(sock_net(sk), &fl4, sk);
	if (IS_ERR(rt)) {
		sk->sk_route_caps = 0;
		sk->sk_err_soft = (int)-PTR_ERR(rt);
		return (int)PTR_ERR(rt);
	}
	sk_setup_caps(sk, &rt->dst);
	return 0;
}

/* ---- connect ---- */

/* Everything but the route: numbers, port, tables. 0 or -errno. */
static int tcp_v4_connect_commit(struct sock *sk, __be32 daddr, __be16 dport)
{
	struct inet_sock *inet = inet_sk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	int err;

	if (tp->rx_opt.ts_recent_stamp && inet->inet_daddr != daddr) {
		tp->rx_opt.ts_recent = 0;
		tp->rx_opt.ts_recent_stamp = 0;
		tp->write_seq = 0;
	}
	inet->inet_dport = dport;
	inet->inet_daddr = daddr;
	inet_csk(sk)->icsk_ext_hdr_len = inet->inet_opt ? inet->inet_opt->optlen : 0;
	tp->rx_opt.mss_clamp = TCP_MSS_DEFAULT;
	tcp_set_state(sk,
		      TCP_SYN_SENT); /* the port is chosen with the state set and the sock locked */
	err = inet_hash_connect(sock_net(sk), sk);
	if (err)
		return err;
	if (!tp->write_seq)
		tp->write_seq = tcp_secure_seq(sock_net(sk), inet->inet_saddr, inet->inet_daddr,
					       inet->inet_sport, inet->inet_dport);
	tp->tsoffset = tcp_secure_ts_off(sock_net(sk), inet->inet_saddr, inet->inet_daddr);
	inet->inet_id = (u16)get_random_u32();
	return 0;
}

int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	struct sockaddr_in *usin = (struct sockaddr_in *)uaddr;
	struct inet_sock *inet = inet_sk(sk);
	__be32 daddr, nexthop;
	struct flowi4 fl4;
	struct rtable *rt;
	int err;

	if (addr_len < (int)sizeof(struct sockaddr_in))
		return -EINVAL;
	if (usin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	daddr = nexthop = usin->sin_addr.s_addr;
	if (inet->inet_opt && inet->inet_opt->srr) {
		if (!daddr)
			return -EINVAL;
		nexthop = inet->inet_opt->faddr;
	}
	rt = ip_route_connect(sock_net(sk), &fl4, nexthop, inet->inet_saddr, inet->tos,
			      sk->sk_bound_dev_if, IPPROTO_TCP, inet->inet_sport, usin->sin_port,
			      sk);
	if (IS_ERR(rt)) {
		if (PTR_ERR(rt) == -ENETUNREACH)
			IP_INC_STATS(sock_net(sk), OUTNOROUTES);
		return (int)PTR_ERR(rt);
	}
	if (rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) {
		dst_release(&rt->dst);
		return -ENETUNREACH;
	}
	if (!inet->inet_opt || !inet->inet_opt->srr)
		daddr = fl4.daddr;
	if (!inet->inet_saddr)
		inet->inet_saddr = fl4.saddr;
	inet->inet_rcv_saddr = inet->inet_saddr;
	err = tcp_v4_connect_commit(sk, daddr, usin->sin_port);
	if (!err) {
		sk_setup_caps(sk, &rt->dst); /* takes the route */
		rt = NULL;
		err = tcp_fastopen_defer_connect(sk);
		if (!err)
			err = tcp_connect(sk);
	}
	if (err >= 0)
		return 0;
	tcp_set_state(sk, TCP_CLOSE); /* out of the tables; the port is free again */
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet->inet_saddr = inet->inet_rcv_saddr = 0;
	if (rt)
		dst_release(&rt->dst);
	sk->sk_route_caps = 0;
	inet->inet_dport = 0;
	return err;
}

/* ---- requests ---- */

static int tcp_v4_send_synack(const struct sock *sk, struct dst_entry *dst,
			      struct request_sock *req, const struct tcp_fastopen_cookie *foc)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	u8 tos = sock_net(sk)->tcp.sysctl_reflect_tos ? treq->tos : inet_sk(sk)->tos;
	struct flowi4 fl4;
	struct sk_buff *skb;

	if (!dst)
		dst = inet_csk_route_req(sk, &fl4, req);
	if (!dst)
		return -1;
	skb = tcp_make_synack(sk, dst, req, foc);
	if (!skb)
		return -1;
	__tcp_v4_send_check(skb, treq->ir_loc_addr, treq->ir_rmt_addr);
	return ip_build_and_send_pkt(skb, sk, treq->ir_loc_addr, treq->ir_rmt_addr, NULL,
				     tos & (u8)~INET_ECN_MASK);
}

static void tcp_v4_init_req(struct request_sock *req, const struct sock *sk, struct sk_buff *skb)
{
	struct tcp_request_sock *treq = tcp_rsk(req);

	treq->ir_loc_addr = ip_hdr(skb)->daddr;
	treq->ir_rmt_addr = ip_hdr(skb)->saddr;
	treq->ir_rmt_port = tcp_hdr(skb)->source;
	treq->ir_num = ntohs(tcp_hdr(skb)->dest);
	treq->ir_iif = skb->skb_iif;
}

static struct dst_entry *tcp_v4_route_req(const struct sock *sk, struct request_sock *req)
{
	struct flowi4 fl4;

	return inet_csk_route_req(sk, &fl4, req);
}

static void tcp_v4_req_destroy(struct request_sock *req)
{
	kfree(tcp_rsk(req)->saved_syn);
}

static u32 tcp_v4_init_seq(const struct sk_buff *skb)
{
	return tcp_secure_seq(tcp_skb_net(skb), ip_hdr(skb)->daddr, ip_hdr(skb)->saddr,
			      tcp_hdr(skb)->dest, tcp_hdr(skb)->source);
}

static u32 tcp_v4_init_ts_off(const struct sk_buff *skb)
{
	return tcp_secure_ts_off(tcp_skb_net(skb), ip_hdr(skb)->daddr, ip_hdr(skb)->saddr);
}

struct request_sock_ops tcp_request_sock_ops = {
	.family = PF_INET,
	.obj_size = sizeof(struct tcp_request_sock),
	.slab_name = "request_sock_TCP",
	.rtx_syn_ack = tcp_rtx_synack,
	.send_ack = tcp_v4_reqsk_send_ack,
	.send_reset = tcp_v4_send_reset,
	.mss_clamp = TCP_MSS_DEFAULT,
	.destructor = tcp_v4_req_destroy,
	.init_req = tcp_v4_init_req,
	.route_req = tcp_v4_route_req,
	.init_seq = tcp_v4_init_seq,
	.init_ts_off = tcp_v4_init_ts_off,
	.cookie_init_seq = cookie_v4_init_sequence,
	.send_synack = tcp_v4_send_synack,
};

static int tcp_v4_conn_request(struct sock *sk, struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);

	if (rt && rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		NET_INC_STATS(sock_net(sk), LISTENDROPS);
		return 1;
	}
	return tcp_conn_request(&tcp_request_sock_ops, sk, skb);
}

/* The child's addresses, route and sizes. false: no route, or the port is gone. */
static bool tcp_v4_child_init(const struct sock *sk, struct sock *newsk, struct sk_buff *skb,
			      struct request_sock *req, struct dst_entry *dst)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	struct inet_sock *newinet = inet_sk(newsk);
	u16 user_mss = tcp_sk(sk)->rx_opt.user_mss;
	u32 advmss;

	newinet->inet_daddr = treq->ir_rmt_addr;
	newinet->inet_rcv_saddr = newinet->inet_saddr = treq->ir_loc_addr;
	newinet->inet_opt = NULL;
	newinet->mc_index = treq->ir_iif;
	newinet->mc_ttl = ip_hdr(skb)->ttl;
	newinet->rcv_tos = ip_hdr(skb)->tos;
	if (sock_net(sk)->tcp.sysctl_reflect_tos)
		newinet->tos = treq->tos & (u8)~INET_ECN_MASK;
	newinet->inet_id = (u16)get_random_u32();
	inet_csk(newsk)->icsk_ext_hdr_len = 0;
	if (!dst)
		dst = inet_csk_route_child_sock(sk, newsk, req);
	if (!dst)
		return false;
	sk_setup_caps(newsk, dst);
	tcp_ca_openreq_child(newsk, dst);
	tcp_mtup_init(newsk);
	tcp_sync_mss(newsk, dst_mtu(dst));
	advmss = dst_metric(dst, RTAX_ADVMSS);
	if (!advmss)
		advmss = dst->ops->default_advmss ? dst->ops->default_advmss(dst) : TCP_MSS_DEFAULT;
	tcp_sk(newsk)->advmss = (u16)(user_mss && user_mss < advmss ? user_mss : advmss);
	tcp_initialize_rcv_mss(newsk);
	return __inet_inherit_port(sk, newsk) == 0;
}

/* tcp_v4_syn_recv_sock - the handshake is complete: a full sock, in the table in the request's
 * place. *own_req: the request was still there. */
struct sock *tcp_v4_syn_recv_sock(const struct sock *sk, struct sk_buff *skb,
				  struct request_sock *req, struct dst_entry *dst,
				  struct request_sock *req_unhash, bool *own_req)
{
	struct sock *newsk;

	*own_req = false;
	if (sk_acceptq_is_full(sk)) {
		NET_INC_STATS(sock_net(sk), LISTENOVERFLOWS);
		goto drop;
	}
	newsk = tcp_create_openreq_child(sk, req, skb);
	if (!newsk)
		goto drop;
	if (!tcp_v4_child_init(sk, newsk, skb, req, dst)) {
		inet_csk_prepare_forced_close(newsk);
		tcp_done(newsk);
		dst = NULL; /* the child had it */
		goto drop;
	}
	*own_req = inet_ehash_insert(newsk, (struct sock *)req_unhash);
	if (*own_req) {
		tcp_sk(newsk)->saved_syn = tcp_rsk(req)->saved_syn;
		tcp_rsk(req)->saved_syn = NULL;
	}
	return newsk;
drop:
	dst_release(dst);
	atomic_inc(&((struct sock *)sk)->sk_drops);
	NET_INC_STATS(sock_net(sk), LISTENDROPS);
	return NULL;
}

/* ---- ICMP errors ---- */

/* The path takes less: RFC 1191, with RFC 5927's check of the sequence number done by the caller
 * and the floor by the route. */
static void tcp_v4_mtu_reduced(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	u32 mtu = tcp_sk(sk)->mtu_info;
	struct dst_entry *dst;

	if (TCPF(sk->sk_state) & (TCPF_LISTEN | TCPF_CLOSE))
		return;
	dst = inet_csk_update_pmtu(sk, mtu);
	if (!dst)
		return;
	if (mtu < dst_mtu(dst) && ip_dont_fragment(sk, dst))
		sk->sk_err_soft = EMSGSIZE; /* in case the connection does not recover */
	mtu = dst_mtu(dst);
	if (inet->pmtudisc != IP_PMTUDISC_DONT && ip_sk_accept_pmtu(sk) &&
	    inet_csk(sk)->icsk_pmtu_cookie > mtu) {
		tcp_mstamp_refresh(tcp_sk(sk));
		tcp_sync_mss(sk, mtu);
		tcp_simple_retransmit(sk);
	}
}

/* An error about a SYN-ACK. */
static void tcp_v4_req_err(struct sock *sk, struct request_sock *req, u32 seq, bool abort)
{
	if (seq != tcp_rsk(req)->snt_isn) {
		NET_INC_STATS(sock_net(sk), OUTOFWINDOWICMPS);
	} else if (abort) { /* the peer is out of reach: the request has no future, and its SYN will
			       come again */
		inet_csk_reqsk_queue_drop(req->rsk_listener, req);
		atomic_inc(&req->rsk_listener->sk_drops);
		NET_INC_STATS(sock_net(sk), LISTENDROPS);
	}
	reqsk_put(req);
}

/* RFC 6069: an unreachable message about the segment that timed out says that the route broke, not
 * that there is congestion: take a back-off back. */
static void tcp_ld_rto_revert(struct sock *sk, u32 seq)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);
	s32 remaining;

	if (sock_owned_by_user(sk) || seq != tp->snd_una || !icsk->icsk_retransmits ||
	    !icsk->icsk_backoff || !skb)
		return;
	icsk->icsk_backoff--;
	icsk->icsk_rto = tp->srtt_us ? min(__tcp_set_rto(tp), TCP_RTO_MAX) : TCP_TIMEOUT_INIT;
	icsk->icsk_rto = (u32)inet_csk_rto_backoff(icsk, TCP_RTO_MAX);
	tcp_mstamp_refresh(tp);
	remaining = (s32)icsk->icsk_rto -
		    (s32)(tcp_stamp_us_delta(tp->tcp_mstamp, tcp_skb_timestamp_us(skb)) /
			  USEC_PER_MSEC);
	if (remaining > 0)
		inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, (unsigned long)remaining,
					  TCP_RTO_MAX);
	else
		tcp_retransmit_timer(sk);
}

/* Does an error about @seq speak of something in flight? RFC 5927 section 4. A child that its SYN
 * made has its SYN-ACK in flight. */
static bool tcp_v4_err_in_flight(const struct sock *sk, u32 seq)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 una = tp->fastopen_rsk ? tcp_rsk(tp->fastopen_rsk)->snt_isn : tp->snd_una;

	return between(seq, una, tp->snd_nxt);
}

/* The error in terms of sockets; 0: nothing to tell. PMTU and redirects are dealt with here. */
static int tcp_v4_err_convert(struct sock *sk, struct sk_buff *skb, int type, int code, u32 info,
			      u32 seq)
{
	switch (type) {
	case ICMP_REDIRECT:
		if (!sock_owned_by_user(sk))
			ipv4_redirect(skb, sock_net(sk), sk->sk_bound_dev_if, IPPROTO_TCP);
		return 0;
	case ICMP_PARAMETERPROB: return EPROTO;
	case ICMP_TIME_EXCEEDED: return EHOSTUNREACH;
	case ICMP_DEST_UNREACH:
		if (code > NR_ICMP_UNREACH || sk->sk_state == TCP_LISTEN)
			return 0;
		if (code == ICMP_FRAG_NEEDED) {
			tcp_sk(sk)->mtu_info = info;
			if (!sock_owned_by_user(sk))
				tcp_v4_mtu_reduced(sk);
			else if (!test_and_set_bit(TCP_MTU_REDUCED_DEFERRED,
						   &tcp_sk(sk)->tsq_flags))
				sock_hold(sk);
			return 0;
		}
		if ((code == ICMP_NET_UNREACH || code == ICMP_HOST_UNREACH) &&
		    !tcp_sk(sk)->fastopen_rsk)
			tcp_ld_rto_revert(sk, seq);
		return icmp_err_convert[code].errno_val;
	default: /* source quench: RFC 6633 */ return 0;
	}
}

/* Hard for a connection that is being opened (RFC 5461), soft for one that is established, or that
 * Fast Open let a program have already, unless IP_RECVERR asks. */
static void tcp_v4_err_report(struct sock *sk, struct sk_buff *skb, const struct tcphdr *th, int err,
			      u32 info)
{
	const struct request_sock *req = tcp_sk(sk)->fastopen_rsk;
	bool owned = sock_owned_by_user(sk);

	if (TCPF(sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV) && !(req && !req->sk)) {
		/* whoever traces a route by SYNs reads on the error queue who answered */
		__ip_icmp_error(sk, skb, err, th->dest, info, (u8 *)th);
		if (owned) {
			sk->sk_err_soft = err;
			return;
		}
		sk->sk_err = err;
		sk->sk_error_report(sk);
		tcp_write_queue_purge(sk);
		tcp_done(sk);
	} else if (!owned && inet_sk(sk)->recverr) {
		sk->sk_err = err;
		sk->sk_error_report(sk);
	} else {
		sk->sk_err_soft = err;
	}
}

/* tcp_v4_err - an ICMP error about a segment of ours; data at the inner IP header. Context:
 * softirq. */
int tcp_v4_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + iph->ihl * 4);
	int type = icmp_hdr(skb)->type, code = icmp_hdr(skb)->code, err;
	struct net *net = tcp_skb_net(skb);
	u32 seq = ntohl(th->seq);
	struct sock *sk;

	sk = __inet_lookup_established(net, net->tcp.hashinfo, iph->daddr, th->dest, iph->saddr,
				       ntohs(th->source), skb->skb_iif);
	if (!sk) {
		ICMP_INC_STATS(net, INERRORS);
		return -ENOENT;
	}
	if (sk->sk_state == TCP_TIME_WAIT) {
		inet_twsk_put(inet_twsk(sk));
		return 0;
	}
	if (sk->sk_state == TCP_NEW_SYN_RECV) {
		tcp_v4_req_err(sk, inet_reqsk(sk), seq,
			       type == ICMP_PARAMETERPROB || type == ICMP_TIME_EXCEEDED ||
				       (type == ICMP_DEST_UNREACH &&
					(code == ICMP_NET_UNREACH || code == ICMP_HOST_UNREACH)));
		return 0;
	}
	bh_lock_sock(sk);
	if (sock_owned_by_user(sk) && !(type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED))
		NET_INC_STATS(net, LOCKDROPPEDICMPS);
	if (sk->sk_state == TCP_CLOSE)
		goto out;
	if (!tcp_v4_err_in_flight(sk, seq)) {
		NET_INC_STATS(net, OUTOFWINDOWICMPS);
		goto out;
	}
	err = tcp_v4_err_convert(sk, skb, type, code, info, seq);
	if (err && sk->sk_state != TCP_CLOSE)
		tcp_v4_err_report(sk, skb, th, err, info);
out:
	bh_unlock_sock(sk);
	sock_put(sk);
	return 0;
}

/* ---- operations ---- */

const struct inet_connection_sock_af_ops ipv4_specific = {
	.queue_xmit = ip_queue_xmit,
	.send_check = tcp_v4_send_check,
	.rebuild_header = tcp_v4_rebuild_header,
	.conn_request = tcp_v4_conn_request,
	.syn_recv_sock = tcp_v4_syn_recv_sock,
	.net_header_len = sizeof(struct iphdr),
	.sockaddr_len = sizeof(struct sockaddr_in),
	.setsockopt = ip_setsockopt,
	.getsockopt = ip_getsockopt,
	.addr2sockaddr = inet_csk_addr2sockaddr,
	.mtu_reduced = tcp_v4_mtu_reduced,
};
