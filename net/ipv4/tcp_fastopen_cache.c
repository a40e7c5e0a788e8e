/* SPDX-License-Identifier: MIT */
/* What a TCP Fast Open client keeps of each destination: its cookie, and its MSS. RFC 7413
 * section 4.1.3. */
#include "tcp_internal.h"

/* tcp_fastopen_cache_get - the cookie of @sk's destination (len 0: none) and its MSS, if known.
 * Context: sock locked. */
void tcp_fastopen_cache_get(struct sock *sk, u16 *mss, struct tcp_fastopen_cookie *cookie)
{
	const struct tcp_metrics *m;

	cookie->len = 0;
	local_bh_disable();
	m = tcp_metrics_find(sock_net(sk), inet_sk(sk)->inet_saddr, inet_sk(sk)->inet_daddr);
	if (m) {
		if (m->fastopen_mss)
			*mss = m->fastopen_mss;
		*cookie = m->cookie;
	}
	local_bh_enable();
}

/* tcp_fastopen_cache_set - what a SYN-ACK of @sk's destination told; a cookie of len 0 or less is
 * none, and leaves the one that is known. Context: softirq, sock locked. */
void tcp_fastopen_cache_set(struct sock *sk, u16 mss, const struct tcp_fastopen_cookie *cookie)
{
	struct tcp_metrics *m =
		tcp_metrics_make(sock_net(sk), inet_sk(sk)->inet_saddr, inet_sk(sk)->inet_daddr);

	if (!m)
		return; /* the next connection asks again */
	if (mss)
		m->fastopen_mss = mss;
	if (cookie->len > 0)
		m->cookie = *cookie;
}
