/* SPDX-License-Identifier: MIT */
/* Cutting segments that are queued already: splitting, trimming the front, counting packets (GSO).
 * RFC 9293 section 3.7. */
#include "tcp_internal.h"

void tcp_rbtree_insert(struct rb_root *root, struct sk_buff *skb)
{
	struct rb_node **p = &root->node, *parent = NULL;
	u32 seq = TCP_SKB_CB(skb)->seq;

	while (*p) {
		parent = *p;
		p = before(seq, TCP_SKB_CB(rb_to_skb(parent))->seq) ? &parent->left
								    : &parent->right;
	}
	rb_link_node(&skb->rbnode, parent, p);
	rb_insert_color(&skb->rbnode, root);
}

/* tcp_set_skb_tso_segs - how many packets of @mss_now it makes on the wire. */
void tcp_set_skb_tso_segs(struct sk_buff *skb, unsigned int mss_now)
{
	if (skb->len <= mss_now) {
		tcp_skb_pcount_set(skb, 1);
		TCP_SKB_CB(skb)->tcp_gso_size = 0;
		return;
	}
	tcp_skb_pcount_set(skb, DIV_ROUND_UP(skb->len, mss_now));
	TCP_SKB_CB(skb)->tcp_gso_size = (u16)mss_now;
}

/* tcp_adjust_pcount - @skb, sent already, counts @decr packets fewer than before. */
void tcp_adjust_pcount(struct sock *sk, const struct sk_buff *skb, int decr)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 sacked = TCP_SKB_CB(skb)->sacked;

	tp->packets_out -= (u32)decr;
	if (sacked & TCPCB_SACKED_ACKED)
		tp->sacked_out -= (u32)decr;
	if (sacked & TCPCB_SACKED_RETRANS)
		tp->retrans_out -= (u32)decr;
	if (sacked & TCPCB_LOST)
		tp->lost_out -= (u32)decr;
	if (tcp_is_reno(tp) && decr > 0)
		tp->sacked_out -= min(tp->sacked_out, (u32)decr);
	tcp_verify_left_out(tp);
}

/* The second half's control block. */
static void tcp_fragment_cb(struct sk_buff *skb, struct sk_buff *buff, u32 len)
{
	struct tcp_skb_cb *a = TCP_SKB_CB(skb), *b = TCP_SKB_CB(buff);

	b->seq = a->seq + len;
	b->end_seq = a->end_seq;
	a->end_seq = b->seq;
	b->tcp_flags = a->tcp_flags;
	a->tcp_flags &= (u8) ~(TCPHDR_FIN | TCPHDR_PSH);
	b->sacked = a->sacked;
	b->eor = a->eor;
	a->eor = 0;
	b->txstamp_ack = 0;
	b->tx = a->tx;
	b->is_app_limited = a->is_app_limited;
	buff->tstamp = skb->tstamp;
}

/* SO_TIMESTAMPING: the stamps are of a byte, and go where it goes. */
static void tcp_fragment_tstamp(struct sk_buff *skb, struct sk_buff *buff)
{
	struct skb_shared_info *a = skb_shinfo(skb), *b = skb_shinfo(buff);

	if (likely(!a->tx_flags && !TCP_SKB_CB(skb)->txstamp_ack) || before(a->tskey, TCP_SKB_CB(buff)->seq))
		return;
	b->tx_flags = a->tx_flags;
	b->tskey = a->tskey;
	a->tx_flags = 0;
	TCP_SKB_CB(buff)->txstamp_ack = TCP_SKB_CB(skb)->txstamp_ack;
	TCP_SKB_CB(skb)->txstamp_ack = 0;
}

/*
 * tcp_fragment - cut @skb of the write or (@rtx_queue) retransmit queue behind @len bytes; the rest
 * becomes the next segment. 0, -ENOMEM (also when the queue has grown far beyond its bound by
 * cutting: SegmentSmack's kin), -EINVAL.
 */
int tcp_fragment(struct sock *sk, bool rtx_queue, struct sk_buff *skb, u32 len,
		 unsigned int mss_now, gfp_t gfp)
{
	struct tcp_sock *tp = tcp_sk(sk);
	long limit = (long)sk->sk_sndbuf + 2 * SKB_TRUESIZE(65536L);
	struct sk_buff *buff;
	int old_factor, diff;
	u32 linear, nlen;

	if (WARN_ON_ONCE(len > skb->len))
		return -EINVAL;
	if (sk->sk_wmem_queued >> 1 > limit && rtx_queue && skb != tcp_rtx_queue_head(sk) &&
	    skb != tcp_rtx_queue_tail(sk)) {
		NET_INC_STATS(sock_net(sk), TCPWQUEUETOOBIG);
		return -ENOMEM;
	}
	if (skb_cloned(skb) && pskb_expand_head(skb, 0, 0, gfp))
		return -ENOMEM;
	linear = skb_headlen(skb) > len ? skb_headlen(skb) - len : 0;
	buff = tcp_stream_alloc_skb(sk, linear, gfp, true);
	if (!buff)
		return -ENOMEM;
	sk->sk_wmem_queued += (int)buff->truesize;
	sk_mem_charge(sk, (int)buff->truesize);
	nlen = skb->len - len - linear; /* what moves by reference */
	nlen = min(nlen,
		   skb->truesize > SKB_TRUESIZE(0) ? skb->truesize - (u32)SKB_TRUESIZE(0) : 0u);
	buff->truesize += nlen;
	skb->truesize -= nlen;
	buff->nohdr = 1;
	old_factor = (int)tcp_skb_pcount(skb);
	tcp_fragment_cb(skb, buff, len);
	tcp_fragment_tstamp(skb, buff);
	skb_split(skb, buff, len);
	tcp_set_skb_tso_segs(skb, mss_now);
	tcp_set_skb_tso_segs(buff, mss_now);
	if (!before(tp->snd_nxt, TCP_SKB_CB(buff)->end_seq)) { /* it was sent before */
		diff = old_factor - (int)tcp_skb_pcount(skb) - (int)tcp_skb_pcount(buff);
		if (diff)
			tcp_adjust_pcount(sk, skb, diff);
	}
	if (rtx_queue) {
		tcp_rbtree_insert(&tp->tcp_rtx_queue, buff);
		list_add(&buff->tcp_tsorted_anchor, &skb->tcp_tsorted_anchor);
	} else {
		__skb_queue_after(&sk->sk_write_queue, skb, buff);
	}
	return 0;
}

/* Drops @len bytes from the front of fragments; the linear part is gone already. */
static void tcp_trim_frags(struct sk_buff *skb, u32 len)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	u32 eat = len;
	int i, k = 0;

	for (i = 0; i < sh->nr_frags; i++) {
		if (sh->frags[i].size <= eat) {
			eat -= sh->frags[i].size;
			put_page(sh->frags[i].page);
			continue;
		}
		sh->frags[k] = sh->frags[i];
		sh->frags[k].offset += eat;
		sh->frags[k].size -= eat;
		eat = 0;
		k++;
	}
	sh->nr_frags = (u8)k;
	skb->data_len -= len;
	skb->len -= len;
}

/* tcp_trim_head - the first @len bytes are acknowledged. 0 or -ENOMEM. */
int tcp_trim_head(struct sock *sk, struct sk_buff *skb, u32 len)
{
	u32 linear, delta = 0;

	if (skb_cloned(skb) && pskb_expand_head(skb, 0, 0, GFP_ATOMIC))
		return -ENOMEM;
	linear = min(len, skb_headlen(skb));
	__skb_pull(skb, linear);
	if (len > linear) {
		delta = len - linear;
		tcp_trim_frags(skb, delta);
		delta = min(delta, skb->truesize > SKB_TRUESIZE(0)
					   ? skb->truesize - (u32)SKB_TRUESIZE(0)
					   : 0u);
	}
	TCP_SKB_CB(skb)->seq += len;
	skb->truesize -= delta;
	sk->sk_wmem_queued -= (int)delta;
	sk_mem_uncharge(sk, (int)delta);
	if (tcp_skb_pcount(skb) > 1)
		tcp_set_skb_tso_segs(skb, tcp_skb_mss(skb));
	return 0;
}
