/* SPDX-License-Identifier: MIT */
/* Congestion control as a choice: the table of algorithms, and a socket's use of one. RFC 5681;
 * Book section 12.9.3. */
#include "tcp_internal.h"

/* A new algorithm is one file and one row. */
static const struct tcp_congestion_ops *const tcp_cong_table[] = { &tcp_reno, &tcp_cubic,
								   &tcp_bbr };

static int tcp_ca_index(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tcp_cong_table); i++) {
		if (!strcmp(tcp_cong_table[i]->name, name))
			return (int)i;
	}
	return -ENOENT;
}

const struct tcp_congestion_ops *tcp_ca_find(const char *name)
{
	int i = tcp_ca_index(name);

	return i < 0 ? NULL : tcp_cong_table[i];
}

/* ---- what there is, and what anybody may choose ---- */

static void tcp_cong_names(u32 which, char *buf, size_t maxlen)
{
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(tcp_cong_table); i++) {
		if (which & BIT(i))
			used += (size_t)scnprintf(buf + used, maxlen - used, "%s%s",
						  used ? " " : "", tcp_cong_table[i]->name);
	}
}

void tcp_get_available_congestion_control(char *buf, size_t maxlen)
{
	tcp_cong_names(~0u, buf, maxlen);
}

void tcp_get_allowed_congestion_control(struct net *net, char *buf, size_t maxlen)
{
	tcp_cong_names(net->tcp.ca_allowed, buf, maxlen);
}

int tcp_set_allowed_congestion_control(struct net *net, char *names)
{
	u32 allowed = 0;
	char *word;
	int i;

	while ((word = strsep(&names, " \t\n")) != NULL) {
		if (!*word)
			continue;
		i = tcp_ca_index(word);
		if (i < 0)
			return i;
		allowed |= (u32)BIT(i);
	}
	net->tcp.ca_allowed = allowed;
	return 0;
}

int tcp_set_default_congestion_control(struct net *net, const char *name)
{
	int i = tcp_ca_index(name);

	if (i < 0)
		return i;
	net->tcp.congestion_control = tcp_cong_table[i];
	net->tcp.ca_allowed |= (u32)BIT(i);
	return 0;
}

void tcp_cong_net_init(struct net *net)
{
	size_t i;

	net->tcp.ca_allowed = 0;
	for (i = 0; i < ARRAY_SIZE(tcp_cong_table); i++) {
		if (tcp_cong_table[i]->flags & TCP_CONG_NON_RESTRICTED)
			net->tcp.ca_allowed |= (u32)BIT(i);
	}
	tcp_set_default_congestion_control(net, "cubic");
}

/* ---- a socket's ---- */

/* tcp_assign_congestion_control - a new socket takes the namespace's default. */
void tcp_assign_congestion_control(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	icsk->icsk_ca_ops = sock_net(sk)->tcp.congestion_control;
	icsk->icsk_ca_initialized = 0;
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
}

/* tcp_init_congestion_control - the connection is established: begin. */
void tcp_init_congestion_control(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	tcp_sk(sk)->prior_ssthresh = 0;
	if (icsk->icsk_ca_ops->init)
		icsk->icsk_ca_ops->init(sk);
	icsk->icsk_ca_initialized = 1;
}

void tcp_cleanup_congestion_control(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_ca_initialized && icsk->icsk_ca_ops->release)
		icsk->icsk_ca_ops->release(sk);
	icsk->icsk_ca_initialized = 0;
}

int tcp_set_congestion_control(struct sock *sk, const char *name)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_congestion_ops *ca;
	int i = tcp_ca_index(name);

	if (i < 0)
		return i;
	ca = tcp_cong_table[i];
	if (ca != icsk->icsk_ca_ops && !(sock_net(sk)->tcp.ca_allowed & BIT(i)))
		return -EPERM;
	icsk->icsk_ca_setsockopt = 1;
	if (ca == icsk->icsk_ca_ops)
		return 0;
	tcp_cleanup_congestion_control(sk);
	icsk->icsk_ca_ops = ca;
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
	if (!(TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		tcp_init_congestion_control(sk);
	return 0;
}

/* tcp_ca_openreq_child - the child of a listener has its listener's algorithm, not its state. */
void tcp_ca_openreq_child(struct sock *sk, const struct dst_entry *dst)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u8 chosen = icsk->icsk_ca_setsockopt;

	if (!chosen)
		tcp_assign_congestion_control(sk);
	icsk->icsk_ca_initialized = 0;
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
	tcp_set_ca_state(sk, TCP_CA_Open);
}

/* tcp_slow_start - one segment for each acknowledged; returns what is left of @acked beyond
 * ssthresh. RFC 5681 section 3.1, RFC 3465. */
u32 tcp_slow_start(struct tcp_sock *tp, u32 acked)
{
	u32 cwnd = min(tp->snd_cwnd + acked, tp->snd_ssthresh);

	acked -= cwnd - tp->snd_cwnd;
	tcp_snd_cwnd_set(tp, min(cwnd, tp->snd_cwnd_clamp));
	return acked;
}

/* tcp_cong_avoid_ai - one segment more for every @w acknowledged. */
void tcp_cong_avoid_ai(struct tcp_sock *tp, u32 w, u32 acked)
{
	w = max(w, 1u);
	if (tp->snd_cwnd_cnt >= w) { /* w was larger when the credit was gathered */
		tp->snd_cwnd_cnt = 0;
		tcp_snd_cwnd_set(tp, tp->snd_cwnd + 1);
	}
	tp->snd_cwnd_cnt += acked;
	if (tp->snd_cwnd_cnt >= w) {
		u32 delta = tp->snd_cwnd_cnt / w;

		tp->snd_cwnd_cnt -= delta * w;
		tcp_snd_cwnd_set(tp, tp->snd_cwnd + delta);
	}
	tcp_snd_cwnd_set(tp, min(tp->snd_cwnd, tp->snd_cwnd_clamp));
}
