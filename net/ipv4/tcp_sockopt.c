/* SPDX-License-Identifier: MIT */
/* Options of level SOL_TCP. RFC 9293 section 3.9.1; Linux's tcp(7). */
#include "tcp_internal.h"

#define MIN_RCVBUF 2304 /* bytes: the least receive buffer, SOCK_MIN_RCVBUF */

void __tcp_set_cork(struct sock *sk, bool on)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (on) {
		tp->nonagle |= TCP_NAGLE_CORK;
		return;
	}
	tp->nonagle &= (u8)~TCP_NAGLE_CORK;
	if (tp->nonagle & TCP_NAGLE_OFF)
		tp->nonagle |= TCP_NAGLE_PUSH;
	tcp_push_pending_frames(sk);
}

static void tcp_set_nodelay(struct sock *sk, bool on)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (on) { /* what is corked stays so, what Nagle held goes */
		tp->nonagle |= TCP_NAGLE_OFF | TCP_NAGLE_PUSH;
		tcp_push_pending_frames(sk);
	} else {
		tp->nonagle &= (u8)~TCP_NAGLE_OFF;
	}
}

static int tcp_set_keepidle(struct sock *sk, int val)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (val < 1 || val > MAX_TCP_KEEPIDLE)
		return -EINVAL;
	tp->keepalive_time = (u32)val * HZ;
	if (sock_flag(sk, SOCK_KEEPOPEN) && !(TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))) {
		u32 elapsed = keepalive_time_elapsed(tp);

		inet_csk_reset_keepalive_timer(
			sk, tp->keepalive_time > elapsed ? tp->keepalive_time - elapsed : 0);
	}
	return 0;
}

static void tcp_set_quickack(struct sock *sk, int val)
{
	if (!val) {
		inet_csk_enter_pingpong_mode(sk);
		return;
	}
	inet_csk_exit_pingpong_mode(sk);
	if (TCPF(sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT) &&
	    inet_csk_ack_scheduled(sk)) {
		inet_csk(sk)->icsk_ack.pending |= ICSK_ACK_PUSHED;
		tcp_cleanup_rbuf(sk, 1);
		if (!(val & 1))
			inet_csk_enter_pingpong_mode(sk);
	}
}

/* Seconds of TCP_DEFER_ACCEPT as SYN-ACK retransmissions, and back: the time-out doubles up to
 * @rto_max. */
static u8 secs_to_retrans(int seconds, int timeout, int rto_max)
{
	int period = timeout;
	u8 res = 0;

	if (seconds <= 0)
		return 0;
	for (res = 1; seconds > period && res < U8_MAX; res++) {
		timeout = min(timeout << 1, rto_max);
		period += timeout;
	}
	return res;
}

static int retrans_to_secs(u8 retrans, int timeout, int rto_max)
{
	int period = 0;

	if (retrans > 0) {
		period = timeout;
		while (--retrans) {
			timeout = min(timeout << 1, rto_max);
			period += timeout;
		}
	}
	return period;
}

static int tcp_set_window_clamp_opt(struct sock *sk, int val)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!val) {
		if (sk->sk_state != TCP_CLOSE)
			return -EINVAL;
		tp->window_clamp = 0;
		return 0;
	}
	tp->window_clamp = (u32)max(val, MIN_RCVBUF / 2);
	tp->rcv_ssthresh = min(tp->rcv_wnd, tp->window_clamp);
	return 0;
}

static void tcp_set_linger2(struct tcp_sock *tp, int val)
{
	if (val < 0)
		tp->linger2 = -1;
	else if (val > TCP_FIN_TIMEOUT_MAX / HZ)
		tp->linger2 = TCP_FIN_TIMEOUT_MAX;
	else
		tp->linger2 = val * HZ;
}

/* Options that only store a number within limits. -ENOPROTOOPT: not one of these. */
static int tcp_set_number(struct sock *sk, int optname, int val)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	switch (optname) {
	case TCP_MAXSEG:
		if (val && (val < (int)TCP_MIN_MSS || val > (int)MAX_TCP_WINDOW))
			return -EINVAL;
		tp->rx_opt.user_mss = (u16)val;
		return 0;
	case TCP_KEEPINTVL:
		if (val < 1 || val > MAX_TCP_KEEPINTVL)
			return -EINVAL;
		tp->keepalive_intvl = (u32)val * HZ;
		return 0;
	case TCP_KEEPCNT:
		if (val < 1 || val > MAX_TCP_KEEPCNT)
			return -EINVAL;
		tp->keepalive_probes = (u8)val;
		return 0;
	case TCP_SYNCNT:
		if (val < 1 || val > MAX_TCP_SYNCNT)
			return -EINVAL;
		icsk->icsk_syn_retries = (u8)val;
		return 0;
	case TCP_DEFER_ACCEPT:
		icsk->icsk_accept_queue.rskq_defer_accept =
			secs_to_retrans(val, (int)TCP_TIMEOUT_INIT / HZ, (int)TCP_RTO_MAX / HZ);
		return 0;
	case TCP_USER_TIMEOUT:
		if (val < 0)
			return -EINVAL;
		icsk->icsk_user_timeout = (u32)val;
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
	case TCP_THIN_DUPACK:
		if (val < 0 || val > 1)
			return -EINVAL;
		if (optname == TCP_THIN_LINEAR_TIMEOUTS)
			tp->thin_lto = (u8)(val & 1);
		return 0;
	case TCP_INQ:
		if (val < 0 || val > 1)
			return -EINVAL;
		tp->recvmsg_inq = (u8)val;
		return 0;
	case TCP_SAVE_SYN:
		if (val < 0 || val > 2)
			return -EINVAL;
		tp->save_syn = (u8)val;
		return 0;
	case TCP_TX_DELAY: tp->tx_delay = val; return 0;
	default: return -ENOPROTOOPT;
	}
}

/* The integers of Fast Open. Such options are for sockets before they connect. */
static int tcp_set_fastopen(struct sock *sk, int optname, int val)
{
	bool idle = TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN);
	struct tcp_sock *tp = tcp_sk(sk);

	if (val < 0 || (val > 1 && optname != TCP_FASTOPEN))
		return -EINVAL;
	switch (optname) {
	case TCP_FASTOPEN:
		if (!idle)
			return -EINVAL;
		tcp_fastopen_tune(sk, val);
		return 0;
	case TCP_FASTOPEN_CONNECT:
		if (!(sock_net(sk)->tcp.sysctl_fastopen & TFO_CLIENT_ENABLE))
			return -EOPNOTSUPP;
		if (sk->sk_state != TCP_CLOSE)
			return -EINVAL;
		tp->fastopen_connect = val & 1;
		return 0;
	default:
		if (!idle)
			return -EINVAL;
		tp->fastopen_no_cookie = val & 1;
		return 0;
	}
}

/* TCP_FASTOPEN_KEY: one key, or two, the second of which is only believed. */
static int tcp_set_fastopen_key(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	u8 keys[2 * TCP_FASTOPEN_KEY_LENGTH];
	int err;

	if (optlen != TCP_FASTOPEN_KEY_LENGTH && optlen != sizeof(keys))
		return -EINVAL;
	if (copy_from_sockptr(keys, optval, optlen))
		return -EFAULT;
	lock_sock(sk);
	err = tcp_fastopen_set_socket_keys(sk, keys, optlen / TCP_FASTOPEN_KEY_LENGTH);
	release_sock(sk);
	return err;
}

static int tcp_set_option(struct sock *sk, int optname, int val)
{
	switch (optname) {
	case TCP_NODELAY: tcp_set_nodelay(sk, val); return 0;
	case TCP_CORK: __tcp_set_cork(sk, val); return 0;
	case TCP_KEEPIDLE: return tcp_set_keepidle(sk, val);
	case TCP_LINGER2: tcp_set_linger2(tcp_sk(sk), val); return 0;
	case TCP_WINDOW_CLAMP: return tcp_set_window_clamp_opt(sk, val);
	case TCP_QUICKACK: tcp_set_quickack(sk, val); return 0;
	case TCP_NOTSENT_LOWAT:
		tcp_sk(sk)->notsent_lowat = (u32)val;
		sk->sk_write_space(sk);
		return 0;
	case TCP_FASTOPEN:
	case TCP_FASTOPEN_CONNECT:
	case TCP_FASTOPEN_NO_COOKIE: return tcp_set_fastopen(sk, optname, val);
	/* Repair mode is for whom CAP_NET_ADMIN lets; here it is nobody, and the rest of it needs the mode. */
	case TCP_REPAIR:
	case TCP_REPAIR_QUEUE:
	case TCP_REPAIR_WINDOW:
	case TCP_TIMESTAMP: return -EPERM;
	case TCP_QUEUE_SEQ: return sk->sk_state == TCP_CLOSE ? -EINVAL : -EPERM;
	case TCP_REPAIR_OPTIONS: return -EINVAL;
	default: return tcp_set_number(sk, optname, val);
	}
}

static int tcp_set_congestion_opt(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	char name[TCP_CA_NAME_MAX];
	int err;

	if (optlen < 1)
		return -EINVAL;
	optlen = min(optlen, (unsigned int)TCP_CA_NAME_MAX - 1);
	if (copy_from_sockptr(name, optval, optlen))
		return -EFAULT;
	name[optlen] = '\0';
	lock_sock(sk);
	err = tcp_set_congestion_control(sk, name);
	release_sock(sk);
	return err;
}

/* TCP_ULP: there is no protocol to put on top. */
static int tcp_set_ulp_opt(sockptr_t optval, unsigned int optlen)
{
	char name[16]; /* TCP_ULP_NAME_MAX */

	if (optlen < 1 || optlen > INT_MAX)
		return -EINVAL;
	if (copy_from_sockptr(name, optval, min(optlen, (unsigned int)sizeof(name) - 1)))
		return -EFAULT;
	return -ENOENT;
}

int tcp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen)
{
	int val, err;

	if (level != SOL_TCP)
		return inet_csk(sk)->icsk_af_ops->setsockopt(sk, level, optname, optval, optlen);
	if (optname == TCP_CONGESTION)
		return tcp_set_congestion_opt(sk, optval, optlen);
	if (optname == TCP_FASTOPEN_KEY)
		return tcp_set_fastopen_key(sk, optval, optlen);
	if (optname == TCP_ULP)
		return tcp_set_ulp_opt(optval, optlen);
	if (optlen < sizeof(int))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	lock_sock(sk);
	tcp_mstamp_refresh(tcp_sk(sk));
	err = tcp_set_option(sk, optname, val);
	release_sock(sk);
	return err;
}

/* The value of an integer option. 0, -EINVAL or -ENOPROTOOPT. */
static int tcp_get_option(struct sock *sk, int optname, int *val)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	const struct tcp_sock *tp = tcp_sk(sk);

	switch (optname) {
	case TCP_MAXSEG:
		*val = (int)tp->mss_cache;
		if (tp->rx_opt.user_mss && TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
			*val = tp->rx_opt.user_mss;
		return 0;
	case TCP_NODELAY: *val = !!(tp->nonagle & TCP_NAGLE_OFF); return 0;
	case TCP_CORK: *val = !!(tp->nonagle & TCP_NAGLE_CORK); return 0;
	case TCP_KEEPIDLE: *val = (int)keepalive_time_when(tp) / HZ; return 0;
	case TCP_KEEPINTVL: *val = (int)keepalive_intvl_when(tp) / HZ; return 0;
	case TCP_KEEPCNT: *val = (int)keepalive_probes(tp); return 0;
	case TCP_SYNCNT:
		*val = icsk->icsk_syn_retries ? icsk->icsk_syn_retries : nt->sysctl_syn_retries;
		return 0;
	case TCP_LINGER2:
		*val = tp->linger2 < 0 ? tp->linger2
				       : (tp->linger2 ? tp->linger2 : nt->sysctl_fin_timeout) / HZ;
		return 0;
	case TCP_DEFER_ACCEPT:
		*val = retrans_to_secs(icsk->icsk_accept_queue.rskq_defer_accept,
				       (int)TCP_TIMEOUT_INIT / HZ, (int)TCP_RTO_MAX / HZ);
		return 0;
	case TCP_WINDOW_CLAMP: *val = (int)tp->window_clamp; return 0;
	case TCP_QUICKACK: *val = !inet_csk_in_pingpong_mode(sk); return 0;
	case TCP_USER_TIMEOUT: *val = (int)icsk->icsk_user_timeout; return 0;
	case TCP_NOTSENT_LOWAT: *val = (int)tp->notsent_lowat; return 0;
	case TCP_INQ: *val = tp->recvmsg_inq; return 0;
	case TCP_THIN_LINEAR_TIMEOUTS: *val = tp->thin_lto; return 0;
	case TCP_FASTOPEN: *val = icsk->icsk_accept_queue.fastopenq.max_qlen; return 0;
	case TCP_FASTOPEN_CONNECT: *val = tp->fastopen_connect; return 0;
	case TCP_FASTOPEN_NO_COOKIE: *val = tp->fastopen_no_cookie; return 0;
	case TCP_SAVE_SYN: *val = tp->save_syn; return 0;
	case TCP_TX_DELAY: *val = tp->tx_delay; return 0;
	case TCP_REPAIR_QUEUE:
	case TCP_QUEUE_SEQ:
	case TCP_REPAIR_WINDOW: return -EINVAL; /* outside of repair mode */
	case TCP_REPAIR:
	case TCP_THIN_DUPACK: *val = 0; return 0;
	case TCP_TIMESTAMP: *val = (int)(tcp_ts_now() + tp->tsoffset); return 0;
	default: return -ENOPROTOOPT;
	}
}

static int tcp_put_option(sockptr_t optval, sockptr_t optlen, int len, const void *data)
{
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, data, (size_t)len))
		return -EFAULT;
	return 0;
}

/* The socket's own keys: 0, 16 or 32 bytes. */
static int tcp_get_fastopen_key(struct sock *sk, sockptr_t optval, sockptr_t optlen, int len)
{
	const struct tcp_fastopen_context *ctx;
	siphash_key_t keys[2];
	int have = 0;

	lock_sock(sk);
	ctx = inet_csk(sk)->icsk_accept_queue.fastopenq.ctx;
	if (ctx) {
		memcpy(keys, ctx->key, sizeof(keys));
		have = (int)(ctx->num * TCP_FASTOPEN_KEY_LENGTH);
	}
	release_sock(sk);
	return tcp_put_option(optval, optlen, min(len, have), keys);
}

/* TCP_SAVED_SYN: given out once. Too little room: -EINVAL, and the length says how much it takes. */
static int tcp_get_saved_syn(struct sock *sk, sockptr_t optval, sockptr_t optlen, int room)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int len, err;

	lock_sock(sk);
	len = tp->saved_syn ? (int)tp->saved_syn->len : 0;
	if (room < len)
		err = copy_to_sockptr(optlen, &len, sizeof(len)) ? -EFAULT : -EINVAL;
	else
		err = tcp_put_option(optval, optlen, len, len ? tp->saved_syn->data : NULL);
	if (!err)
		tcp_saved_syn_free(tp);
	release_sock(sk);
	return err;
}

/* What the congestion control tells of itself; one that tells nothing gives no bytes. */
static int tcp_get_cc_info(struct sock *sk, sockptr_t optval, sockptr_t optlen, int len)
{
	const struct tcp_congestion_ops *ca;
	union tcp_cc_info info;
	size_t size = 0;
	int attr;

	lock_sock(sk);
	ca = inet_csk(sk)->icsk_ca_ops;
	if (ca->get_info)
		size = ca->get_info(sk, &attr, &info);
	release_sock(sk);
	return tcp_put_option(optval, optlen, min(len, (int)size), &info);
}

int tcp_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen)
{
	int len, val, err;

	if (level != SOL_TCP)
		return inet_csk(sk)->icsk_af_ops->getsockopt(sk, level, optname, optval, optlen);
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == TCP_INFO) {
		struct tcp_info info;

		lock_sock(sk);
		tcp_get_info(sk, &info);
		release_sock(sk);
		return tcp_put_option(optval, optlen, min(len, (int)sizeof(info)), &info);
	}
	if (optname == TCP_CONGESTION) {
		char name[TCP_CA_NAME_MAX];

		memcpy(name, inet_csk(sk)->icsk_ca_ops->name, sizeof(name));
		return tcp_put_option(optval, optlen, min(len, TCP_CA_NAME_MAX), name);
	}
	if (optname == TCP_CC_INFO)
		return tcp_get_cc_info(sk, optval, optlen, len);
	if (optname == TCP_ULP)
		return tcp_put_option(optval, optlen, 0, &len);
	if (optname == TCP_FASTOPEN_KEY)
		return tcp_get_fastopen_key(sk, optval, optlen, len);
	if (optname == TCP_SAVED_SYN)
		return tcp_get_saved_syn(sk, optval, optlen, len);
	lock_sock(sk);
	err = tcp_get_option(sk, optname, &val);
	release_sock(sk);
	return err ? err : tcp_put_option(optval, optlen, min(len, (int)sizeof(int)), &val);
}
