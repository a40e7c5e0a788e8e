/* SPDX-License-Identifier: MIT */
/* tcp_sendmsg: bytes from the user, copied once, into segments of the write queue. RFC 9293
 * section 3.10.2; Book section 12.9.3. */
#include <uapi/net_tstamp.h>
#include "tcp_internal.h"

/* ---- memory of queued segments ---- */

void tcp_force_charge(struct sock *sk, int size)
{
	int pages;

	if (size <= sk->sk_forward_alloc)
		return;
	pages = (size - sk->sk_forward_alloc + SK_MEM_QUANTUM - 1) / SK_MEM_QUANTUM;
	sk->sk_forward_alloc += pages * SK_MEM_QUANTUM;
	sock_net(sk)->tcp.memory_allocated += pages;
}

struct sk_buff *tcp_stream_alloc_skb(struct sock *sk, unsigned int size, gfp_t gfp, bool force)
{
	struct sk_buff *skb = alloc_skb_fclone(size + MAX_TCP_HEADER, gfp);

	if (!skb)
		goto pressure;
	if (force)
		tcp_force_charge(sk, (int)skb->truesize);
	else if (!sk_wmem_schedule(sk, (int)skb->truesize))
		goto free;
	skb_reserve(skb, MAX_TCP_HEADER);
	skb->ip_summed = CHECKSUM_PARTIAL;
	INIT_LIST_HEAD(&skb->tcp_tsorted_anchor);
	return skb;
free:
	__kfree_skb(skb);
pressure:
	if (!(sk->sk_userlocks & SOCK_SNDBUF_LOCK))
		sk->sk_sndbuf = max(min(sk->sk_sndbuf, sk->sk_wmem_queued >> 1), 4608);
	return NULL;
}

void tcp_skb_entail(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = TCP_SKB_CB(skb);

	cb->seq = cb->end_seq = tp->write_seq;
	cb->tcp_flags = TCPHDR_ACK;
	cb->sacked = 0;
	cb->eor = 0;
	cb->txstamp_ack = 0;
	tcp_skb_pcount_set(skb, 0);
	skb->nohdr = 1;
	tcp_mstamp_refresh(tp);
	tcp_add_write_queue_tail(sk, skb);
	sk->sk_wmem_queued += (int)skb->truesize;
	sk_mem_charge(sk, (int)skb->truesize);
	tp->nonagle &= (u8)~TCP_NAGLE_PUSH;
	tcp_slow_start_after_idle_check(sk);
}

/* An skb that was made for data which never came (fault or no memory). */
void tcp_remove_empty_skb(struct sock *sk)
{
	struct sk_buff *skb = tcp_write_queue_tail(sk);

	if (!skb || TCP_SKB_CB(skb)->seq != TCP_SKB_CB(skb)->end_seq)
		return;
	tcp_unlink_write_queue(skb, sk);
	if (tcp_write_queue_empty(sk))
		tcp_chrono_stop(sk, TCP_CHRONO_BUSY);
	tcp_skb_tsorted_anchor_cleanup(skb);
	sk_wmem_free_skb(sk, skb);
}

/* ---- pushing ---- */

int tcp_send_mss(struct sock *sk, unsigned int *size_goal, int flags)
{
	unsigned int mss = tcp_current_mss(sk);

	*size_goal = tcp_xmit_size_goal(sk, mss, !(flags & MSG_OOB));
	return (int)mss;
}

void tcp_push(struct sock *sk, unsigned int flags, unsigned int mss_now, int nonagle,
	      unsigned int size_goal)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_write_queue_tail(sk);

	if (!skb)
		return;
	if (!(flags & MSG_MORE) || forced_push(tp))
		tcp_mark_push(tp, skb);
	if (unlikely(flags & MSG_OOB))
		tp->snd_up = tp->write_seq;
	if (unlikely(sk_wmem_alloc_get(sk)) && tcp_autocork(sk, skb, size_goal))
		return;
	if (flags & MSG_MORE)
		nonagle = TCP_NAGLE_CORK;
	__tcp_push_pending_frames(sk, mss_now, nonagle);
}

/* ---- reports to the sender ---- */

/* tcp_tstamp_key - SOF_TIMESTAMPING_OPT_ID: bytes are counted from those that are acknowledged now. */
int tcp_tstamp_key(const struct sock *sk, u32 *key)
{
	if (TCPF(sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return -EINVAL;
	*key = tcp_sk(sk)->snd_una;
	return 0;
}

/* Stamps are of the last byte of a write, which lies in the last segment. */
static void tcp_tx_timestamp(struct sock *sk, u32 tsflags)
{
	struct sk_buff *skb = tcp_write_queue_tail(sk);

	if (!skb)
		return;
	skb_shinfo(skb)->tx_flags |= sock_tx_timestamp(tsflags);
	if (tsflags & SOF_TIMESTAMPING_TX_ACK)
		TCP_SKB_CB(skb)->txstamp_ack = 1;
	if (tsflags & SOF_TIMESTAMPING_TX_RECORD_MASK)
		skb_shinfo(skb)->tskey = TCP_SKB_CB(skb)->seq + skb->len - 1;
}

/* ---- copying ---- */

/* Bytes that fit into the socket's page fragment and onto @skb as a fragment; 0: none (new segment
 * or no memory). */
static int tcp_frag_room(struct sock *sk, struct sk_buff *skb, bool *merge)
{
	const struct skb_shared_info *sh = skb_shinfo(skb);
	const skb_frag_t *last = sh->nr_frags ? &sh->frags[sh->nr_frags - 1] : NULL;

	*merge = last && last->page == sk->sk_frag_page &&
		 last->offset + last->size == sk->sk_frag_offset;
	if (!*merge && sh->nr_frags >= MAX_SKB_FRAGS)
		return -ENOSPC;
	return (int)(sk->sk_frag_size - sk->sk_frag_offset);
}

/* Copies up to @copy bytes behind @skb's. The number copied; -ENOSPC: needs another skb; -ENOMEM:
 * wait for memory; -EFAULT. */
static int tcp_append_frag(struct sock *sk, struct sk_buff *skb, struct kmsghdr *msg, int copy)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	bool merge;
	int room;

	if (!sk_page_frag_refill(sk, iov_iter_count(&msg->msg_iter)))
		return -ENOMEM;
	room = tcp_frag_room(sk, skb, &merge);
	if (room < 0)
		return room;
	copy = min(copy, room);
	if (!sk_wmem_schedule(sk, copy))
		return -ENOMEM;
	if (copy_from_iter((char *)page_address(sk->sk_frag_page) + sk->sk_frag_offset,
			   (size_t)copy, &msg->msg_iter) != (size_t)copy)
		return -EFAULT;
	if (merge) {
		sh->frags[sh->nr_frags - 1].size += (u32)copy;
		skb->len += (u32)copy;
		skb->data_len += (u32)copy;
		skb->truesize += (u32)copy;
	} else {
		get_page(sk->sk_frag_page);
		skb_add_rx_frag(skb, sh->nr_frags, sk->sk_frag_page, sk->sk_frag_offset, (u32)copy,
				(u32)copy);
	}
	sk->sk_frag_offset += (u32)copy;
	sk->sk_wmem_queued += copy;
	sk_mem_charge(sk, copy);
	return copy;
}

/* A short write lies beside the headers: one descriptor for the device, no page. */
static int tcp_append_data(struct sock *sk, struct sk_buff *skb, struct kmsghdr *msg, int copy)
{
	if (!skb_is_nonlinear(skb) && (unsigned int)copy <= skb_tailroom(skb) && !skb_cloned(skb)) {
		if (copy_from_iter(skb_tail_pointer(skb), (size_t)copy, &msg->msg_iter) !=
		    (size_t)copy)
			return -EFAULT;
		skb_put(skb, (unsigned int)copy);
		return copy;
	}
	return tcp_append_frag(sk, skb, msg, copy);
}

/* The segment that takes the next byte: the last queued one, or a new one. NULL: no room or memory.
 */
static struct sk_buff *tcp_segment_for(struct sock *sk, struct kmsghdr *msg, unsigned int size_goal,
				       bool fresh)
{
	struct sk_buff *skb = tcp_write_queue_tail(sk);
	unsigned int linear;

	if (!fresh && skb && skb->len < size_goal && tcp_skb_can_collapse_to(skb))
		return skb;
	if (!sk_stream_memory_free(sk))
		return NULL;
	linear = iov_iter_count(&msg->msg_iter) <= TCP_SMALL_WRITE ? TCP_SMALL_WRITE : 0;
	skb = tcp_stream_alloc_skb(sk, linear, sk->sk_allocation,
				   tcp_rtx_and_write_queues_empty(sk));
	if (skb)
		tcp_skb_entail(sk, skb);
	return skb;
}

struct tcp_send_state {
	struct kmsghdr *msg;
	unsigned int flags;
	int mss_now;
	unsigned int size_goal;
	int copied;
	long timeo;
};

/* One round of the copy loop. 0: go on; 1: wait for space; -errno. */
static int tcp_send_chunk(struct sock *sk, struct tcp_send_state *st)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_segment_for(sk, st->msg, st->size_goal, false);
	int copy;

	if (!skb)
		return 1;
	copy = (int)min((size_t)(st->size_goal - skb->len), iov_iter_count(&st->msg->msg_iter));
	copy = tcp_append_data(sk, skb, st->msg, copy);
	if (copy == -ENOSPC) { /* all fragments are taken: what is here goes as it is */
		tcp_mark_push(tp, skb);
		skb = tcp_segment_for(sk, st->msg, st->size_goal, true);
		if (!skb)
			return 1;
		copy = (int)min((size_t)st->size_goal, iov_iter_count(&st->msg->msg_iter));
		copy = tcp_append_data(sk, skb, st->msg, copy);
	}
	if (copy < 0)
		return copy == -EFAULT ? copy : 1;
	if (!st->copied)
		TCP_SKB_CB(skb)->tcp_flags &= (u8)~TCPHDR_PSH;
	tp->write_seq += (u32)copy;
	TCP_SKB_CB(skb)->end_seq += (u32)copy;
	tcp_skb_pcount_set(skb, 0);
	st->copied += copy;
	if (!iov_iter_count(&st->msg->msg_iter)) {
		if (unlikely(st->flags & MSG_EOR))
			TCP_SKB_CB(skb)->eor = 1;
		return 0;
	}
	if (skb->len < st->size_goal || (st->flags & MSG_OOB))
		return 0;
	if (forced_push(tp)) {
		tcp_mark_push(tp, skb);
		__tcp_push_pending_frames(sk, (unsigned int)st->mss_now, TCP_NAGLE_PUSH);
	} else if (skb == tcp_send_head(sk)) {
		tcp_push_one(sk, (unsigned int)st->mss_now);
	}
	return 0;
}

/* The send buffer is full: push what is there and sleep. 0 or -errno. */
static int tcp_send_wait(struct sock *sk, struct tcp_send_state *st)
{
	int err;

	if (sk->sk_socket)
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	tcp_remove_empty_skb(sk);
	if (st->copied)
		tcp_push(sk, st->flags & ~(unsigned int)MSG_MORE, (unsigned int)st->mss_now,
			 TCP_NAGLE_PUSH, st->size_goal);
	err = sk_stream_wait_memory(sk, &st->timeo);
	if (!err)
		st->mss_now = tcp_send_mss(sk, &st->size_goal, (int)st->flags);
	return err;
}

int tcp_sendmsg_locked(struct sock *sk, struct kmsghdr *msg, int before)
{
	struct sockcm_cookie sockc = sockcm_init(sk);
	struct tcp_send_state st = { .msg = msg, .flags = msg->msg_flags };
	struct tcp_sock *tp = tcp_sk(sk);
	int err;

	st.timeo = sock_sndtimeo(sk, st.flags & MSG_DONTWAIT);
	tcp_rate_check_app_limited(sk);
	if (!(TCPF(sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) &&
	    !tcp_passive_fastopen(sk)) {
		err = sk_stream_wait_connect(sk, &st.timeo);
		if (err)
			goto error;
	}
	err = unlikely(msg->msg_controllen) ? sock_cmsgs_send(sk, msg, &sockc) : 0;
	if (err)
		goto error;
	if (sk->sk_socket)
		clear_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
	st.mss_now = tcp_send_mss(sk, &st.size_goal, (int)st.flags);
	while (iov_iter_count(&msg->msg_iter)) {
		err = -EPIPE;
		if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))
			goto error;
		err = tcp_send_chunk(sk, &st);
		if (err > 0)
			err = tcp_send_wait(sk, &st);
		if (err)
			goto error;
	}
	if (!st.copied && !before && (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))) {
		err = -EPIPE;
		goto error;
	}
	goto out;
error:
	tcp_remove_empty_skb(sk);
	if (!st.copied && !before) {
		err = sk_stream_error(sk, (int)st.flags, err);
		if (err == -EAGAIN &&
		    tcp_rtx_and_write_queues_empty(
			    sk)) { /* nothing in flight will wake an edge-triggered waiter */
			sk->sk_write_space(sk);
			tcp_chrono_stop(sk, TCP_CHRONO_SNDBUF_LIMITED);
		}
		return err;
	}
out:
	if (st.copied) {
		if (unlikely(sockc.tsflags))
			tcp_tx_timestamp(sk, sockc.tsflags);
		tcp_push(sk, st.flags, (unsigned int)st.mss_now, tp->nonagle, st.size_goal);
		/* MSG_ZEROCOPY: all was copied, as Linux does for devices that cannot gather, and is told at once */
		if (unlikely(st.flags & MSG_ZEROCOPY) && sock_flag(sk, SOCK_ZEROCOPY))
			sock_zerocopy_done(sk, sk->sk_zckey++);
	}
	return st.copied + before;
}

int tcp_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t size)
{
	int ret;

	lock_sock(sk);
	ret = tcp_sendmsg_fast(sk, msg);
	if (!ret) {
		if (unlikely(msg->msg_flags & MSG_FASTOPEN || inet_sk(sk)->defer_connect))
			ret = tcp_sendmsg_fastopen(sk, msg);
		else
			ret = tcp_sendmsg_locked(sk, msg, 0);
	}
	release_sock(sk);
	return ret;
}
