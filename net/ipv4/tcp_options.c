/* SPDX-License-Identifier: MIT */
/* TCP options, read and written: MSS, window scale, timestamps, SACK. RFC 9293 section 3.1 and 3.2,
 * RFC 7323, RFC 2018. */
#include "tcp_internal.h"

/* ---- reading ---- */

/* What a single option of kind @op and whole length @size says. @ptr: behind the length byte. */
static void tcp_parse_option(const struct net *net, const struct sk_buff *skb,
			     struct tcp_options_received *rx, bool estab, u8 op, u8 size,
			     const u8 *ptr)
{
	const struct tcphdr *th = tcp_hdr(skb);
	u16 mss;
	u8 scale;

	switch (op) {
	case TCPOPT_MSS:
		if (size != TCPOLEN_MSS || !th->syn || estab)
			return;
		mss = get_unaligned_be16(ptr);
		if (mss)
			rx->mss_clamp = rx->user_mss && rx->user_mss < mss ? rx->user_mss : mss;
		return;
	case TCPOPT_WINDOW:
		if (size != TCPOLEN_WINDOW || !th->syn || estab || !net->tcp.sysctl_window_scaling)
			return;
		scale = *ptr;
		rx->wscale_ok = 1;
		rx->snd_wscale =
			min(scale,
			    (u8)TCP_MAX_WSCALE); /* RFC 7323 section 2.3: larger ones count as 14 */
		return;
	case TCPOPT_TIMESTAMP:
		if (size != TCPOLEN_TIMESTAMP ||
		    !((estab && rx->tstamp_ok) || (!estab && net->tcp.sysctl_timestamps)))
			return;
		rx->saw_tstamp = 1;
		rx->rcv_tsval = get_unaligned_be32(ptr);
		rx->rcv_tsecr = get_unaligned_be32(ptr + 4);
		return;
	case TCPOPT_SACK_PERM:
		if (size != TCPOLEN_SACK_PERM || !th->syn || estab || !net->tcp.sysctl_sack)
			return;
		rx->sack_ok = TCP_SACK_SEEN;
		rx->num_sacks = 0;
		rx->dsack = 0;
		return;
	case TCPOPT_SACK:
		if (size >= TCPOLEN_SACK_BASE + TCPOLEN_SACK_PERBLOCK &&
		    !((size - TCPOLEN_SACK_BASE) % TCPOLEN_SACK_PERBLOCK) && rx->sack_ok)
			TCP_SKB_CB(skb)->sacked =
				(u8)(ptr - 2 -
				     (const u8 *)th); /* where the blocks are, for tcp_sack.c */
		return;
	}
}

void tcp_parse_options(const struct net *net, const struct sk_buff *skb,
		       struct tcp_options_received *rx, bool estab)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const u8 *ptr = (const u8 *)(th + 1);
	int length = (int)(th->doff * 4u) - (int)sizeof(*th);

	rx->saw_tstamp = 0;
	while (length > 0) {
		u8 op = *ptr++, size;

		if (op == TCPOPT_EOL)
			return;
		if (op == TCPOPT_NOP) {
			length--;
			continue;
		}
		if (length < 2)
			return;
		size = *ptr++;
		if (size < 2 || size > length)
			return; /* a length that cannot be: the rest means nothing */
		tcp_parse_option(net, skb, rx, estab, op, size, ptr);
		ptr += size - 2;
		length -= size;
	}
}

/* tcp_fast_parse_options - as tcp_parse_options for an established connection; the usual 12 bytes
 * of timestamps take a short cut. true: some options. */
bool tcp_fast_parse_options(const struct net *net, const struct sk_buff *skb,
			    const struct tcphdr *th, struct tcp_sock *tp)
{
	const u8 *ptr = (const u8 *)(th + 1);

	if (th->doff == sizeof(*th) / 4) {
		tp->rx_opt.saw_tstamp = 0;
		return false;
	}
	if (tp->rx_opt.tstamp_ok && th->doff == (sizeof(*th) + TCPOLEN_TSTAMP_ALIGNED) / 4 &&
	    get_unaligned_be32(ptr) == (TCPOPT_NOP << 24 | TCPOPT_NOP << 16 |
					TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP)) {
		tp->rx_opt.saw_tstamp = 1;
		tp->rx_opt.rcv_tsval = get_unaligned_be32(ptr + 4);
		tp->rx_opt.rcv_tsecr = get_unaligned_be32(ptr + 8);
	} else {
		tcp_parse_options(net, skb, &tp->rx_opt, true);
	}
	if (tp->rx_opt.saw_tstamp && tp->rx_opt.rcv_tsecr)
		tp->rx_opt.rcv_tsecr -= tp->tsoffset;
	return true;
}

const u8 *tcp_find_option(const struct tcphdr *th, u8 kind)
{
	const u8 *ptr = (const u8 *)(th + 1), *found = NULL;
	int length = (int)(th->doff * 4u) - (int)sizeof(*th);

	while (length > 0 && *ptr != TCPOPT_EOL) {
		int size = 1;

		if (*ptr != TCPOPT_NOP) {
			if (length < 2 || ptr[1] < 2 || ptr[1] > length)
				break; /* a length that cannot be: the rest means nothing */
			size = ptr[1];
			if (*ptr == kind)
				found = ptr;
		}
		ptr += size;
		length -= size;
	}
	return found;
}

u16 tcp_parse_mss_option(const struct tcphdr *th, u16 user_mss)
{
	const u8 *opt = tcp_find_option(th, TCPOPT_MSS);
	u16 mss = opt && opt[1] == TCPOLEN_MSS ? get_unaligned_be16(opt + 2) : 0;

	return user_mss && user_mss < mss ? user_mss : mss;
}

/* ---- writing ---- */

static u16 tcp_advertise_mss(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct dst_entry *dst = __sk_dst_get(sk);

	if (dst && dst->ops->default_advmss) {
		u32 metric = dst_metric(dst, RTAX_ADVMSS);
		unsigned int adv = metric ? metric : dst->ops->default_advmss(dst);

		if (adv < tp->advmss)
			tp->advmss = (u16)adv;
	}
	return tp->advmss;
}

/* Room for the Fast Open option, if it fits behind @size bytes of others. Its bytes, padded. */
static unsigned int tcp_fastopen_option(struct tcp_out_options *opts, unsigned int size,
					const struct tcp_fastopen_cookie *foc)
{
	unsigned int need;

	if (!foc || foc->len < 0)
		return 0;
	need = ALIGN(TCPOLEN_FASTOPEN_BASE + (unsigned int)foc->len, 4u);
	if (size + need > MAX_TCP_OPTION_SPACE)
		return 0;
	opts->fastopen = foc;
	return need;
}

unsigned int tcp_syn_options(struct sock *sk, struct sk_buff *skb, struct tcp_out_options *opts)
{
	const struct netns_tcp *nt = &sock_net(sk)->tcp;
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int size = TCPOLEN_MSS_ALIGNED;

	opts->mss = tcp_advertise_mss(sk);
	if (nt->sysctl_timestamps) {
		opts->options |= OPTION_TS;
		opts->tsval = tcp_ts_clock(tp) + tp->tsoffset;
		opts->tsecr = tp->rx_opt.ts_recent;
		size += TCPOLEN_TSTAMP_ALIGNED;
	}
	if (nt->sysctl_window_scaling) {
		opts->options |= OPTION_WSCALE;
		opts->ws = tp->rx_opt.rcv_wscale;
		size += TCPOLEN_WSCALE_ALIGNED;
	}
	if (nt->sysctl_sack) {
		opts->options |= OPTION_SACK_ADVERTISE;
		if (!(opts->options & OPTION_TS))
			size += TCPOLEN_SACKPERM_ALIGNED;
	}
	if (unlikely(tp->fastopen_req)) {
		size += tcp_fastopen_option(opts, size, &tp->fastopen_req->cookie);
		if (opts->fastopen)
			tp->syn_fastopen = 1;
	}
	return size;
}

unsigned int tcp_synack_options(const struct sock *sk, struct request_sock *req, unsigned int mss,
				struct tcp_out_options *opts, u32 tsval,
				const struct tcp_fastopen_cookie *foc)
{
	const struct tcp_request_sock *treq = tcp_rsk(req);
	unsigned int size = TCPOLEN_MSS_ALIGNED;

	opts->mss = (u16)mss;
	if (treq->wscale_ok) {
		opts->options |= OPTION_WSCALE;
		opts->ws = treq->rcv_wscale;
		size += TCPOLEN_WSCALE_ALIGNED;
	}
	if (treq->tstamp_ok) {
		opts->options |= OPTION_TS;
		opts->tsval = tsval + treq->ts_off;
		opts->tsecr = req->ts_recent;
		size += TCPOLEN_TSTAMP_ALIGNED;
	}
	if (treq->sack_ok) {
		opts->options |= OPTION_SACK_ADVERTISE;
		if (!treq->tstamp_ok)
			size += TCPOLEN_SACKPERM_ALIGNED;
	}
	return size + tcp_fastopen_option(opts, size, foc);
}

unsigned int tcp_established_options(struct sock *sk, struct sk_buff *skb,
				     struct tcp_out_options *opts)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int size = 0, sacks;

	if (likely(tp->rx_opt.tstamp_ok)) {
		opts->options |= OPTION_TS;
		opts->tsval = tcp_ts_clock(tp) + tp->tsoffset;
		opts->tsecr = tp->rx_opt.ts_recent;
		size += TCPOLEN_TSTAMP_ALIGNED;
	}
	sacks = tp->rx_opt.num_sacks + tp->rx_opt.dsack;
	if (unlikely(sacks)) {
		unsigned int remaining = MAX_TCP_OPTION_SPACE - size;

		opts->num_sack_blocks = (u8)min(sacks, (remaining - TCPOLEN_SACK_BASE_ALIGNED) /
							       TCPOLEN_SACK_PERBLOCK);
		size += TCPOLEN_SACK_BASE_ALIGNED + opts->num_sack_blocks * TCPOLEN_SACK_PERBLOCK;
	}
	return size;
}

static __be32 *tcp_write_sacks(__be32 *ptr, struct tcp_sock *tp, const struct tcp_out_options *opts)
{
	const struct tcp_sack_block *sp = tp->rx_opt.dsack ? tp->duplicate_sack
							   : tp->selective_acks;
	unsigned int i;

	*ptr++ = htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 | TCPOPT_SACK << 8 |
		       (TCPOLEN_SACK_BASE + opts->num_sack_blocks * TCPOLEN_SACK_PERBLOCK));
	for (i = 0; i < opts->num_sack_blocks; i++) {
		*ptr++ = htonl(sp->start_seq);
		*ptr++ = htonl(sp->end_seq);
		sp = i == 0 && tp->rx_opt.dsack ? tp->selective_acks
						: sp + 1; /* RFC 2883: the duplicate comes first */
	}
	tp->rx_opt.dsack = 0;
	return ptr;
}

static void tcp_write_fastopen(u8 *p, const struct tcp_fastopen_cookie *foc)
{
	unsigned int len = TCPOLEN_FASTOPEN_BASE + (unsigned int)foc->len;

	p[0] = TCPOPT_FASTOPEN;
	p[1] = (u8)len;
	memcpy(p + TCPOLEN_FASTOPEN_BASE, foc->val, (size_t)foc->len);
	while (len & 3)
		p[len++] = TCPOPT_NOP;
}

/* tcp_options_write - the bytes at @ptr, in the order that Linux uses, each option on a word
 * boundary. */
void tcp_options_write(__be32 *ptr, struct tcp_sock *tp, struct tcp_out_options *opts)
{
	u16 options = opts->options;

	if (unlikely(opts->mss))
		*ptr++ = htonl(TCPOPT_MSS << 24 | TCPOLEN_MSS << 16 | opts->mss);
	if (likely(options & OPTION_TS)) {
		if (unlikely(options & OPTION_SACK_ADVERTISE)) {
			*ptr++ = htonl(TCPOPT_SACK_PERM << 24 | TCPOLEN_SACK_PERM << 16 |
				       TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP);
			options &= (u16)~OPTION_SACK_ADVERTISE;
			*ptr++ = htonl(opts->tsval);
			*ptr++ = htonl(opts->tsecr);
		} else {
			tcp_write_timestamps(ptr, opts->tsval, opts->tsecr);
			ptr += 3;
		}
	}
	if (unlikely(options & OPTION_SACK_ADVERTISE))
		*ptr++ = htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 | TCPOPT_SACK_PERM << 8 |
			       TCPOLEN_SACK_PERM);
	if (unlikely(options & OPTION_WSCALE))
		*ptr++ = htonl(TCPOPT_NOP << 24 | TCPOPT_WINDOW << 16 | TCPOLEN_WINDOW << 8 |
			       opts->ws);
	if (unlikely(opts->num_sack_blocks))
		ptr = tcp_write_sacks(ptr, tp, opts);
	if (unlikely(opts->fastopen))
		tcp_write_fastopen((u8 *)ptr, opts->fastopen);
}
