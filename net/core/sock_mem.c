/* SPDX-License-Identifier: MIT */
/* Whose memory packets are: charging sockets and protocols, waiting for room. Book section 12.10.
 */
#include <kernel/bitops.h>
#include <kernel/sched.h>
#include <net/filter.h>

#include "core_internal.h"

#define FRAG_BULK_QUEUED 65536 /* bytes queued from which a sender gets larger fragment blocks */
#define FRAG_BULK_ORDER	 3

void sock_rfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	int len = (int)skb->truesize;

	atomic_sub(len, &sk->sk_rmem_alloc);
	sk_mem_uncharge(sk, len);
}

void sock_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	int len = (int)skb->truesize;

	if (!sock_flag(sk, SOCK_USE_WRITE_QUEUE)) {
		/* one byte stays, so that the sock lives through the call */
		atomic_sub(len - 1, &sk->sk_wmem_alloc);
		sk->sk_write_space(sk);
		len = 1;
	}
	if (unlikely(atomic_sub_and_test(len, &sk->sk_wmem_alloc)))
		__sk_free(sk);
}

void skb_set_owner_r(struct sk_buff *skb, struct sock *sk)
{
	skb_orphan(skb);
	skb->sk = sk;
	skb->destructor = sock_rfree;
	atomic_add((int)skb->truesize, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, (int)skb->truesize);
}

void skb_set_owner_w(struct sk_buff *skb, struct sock *sk)
{
	skb_orphan(skb);
	skb->sk = sk;
	skb->destructor = sock_wfree;
	atomic_add((int)skb->truesize, &sk->sk_wmem_alloc);
}

int sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	int err = sk_filter_trim_cap(sk, skb, 1);

	if (likely(!err))
		return __sock_queue_rcv_skb(sk, skb);
	atomic_inc(&sk->sk_drops);
	return err;
}

int __sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	/* A packet is taken while there is any room, whatever its size, so that a small buffer cannot starve its reader; as in
	 * Linux, the last one may go beyond it. */
	if (unlikely(atomic_read(&sk->sk_rmem_alloc) >= sk->sk_rcvbuf)) {
		atomic_inc(&sk->sk_drops);
		return -ENOMEM;
	}
	if (unlikely(!sk_rmem_schedule(sk, (int)skb->truesize))) {
		atomic_inc(&sk->sk_drops);
		return -ENOBUFS;
	}
	skb->dev = NULL; /* it may leave before the packet is read */
	skb_set_owner_r(skb, sk);
	skb_dst_force(skb);
	skb_queue_tail(&sk->sk_receive_queue, skb);
	if (likely(!sock_flag(sk, SOCK_DEAD)))
		sk->sk_data_ready(sk);
	return 0;
}

int sock_queue_err_skb(struct sock *sk, struct sk_buff *skb)
{
	if (atomic_read(&sk->sk_rmem_alloc) + (int)skb->truesize >= sk->sk_rcvbuf)
		return -ENOMEM;
	skb_orphan(skb);
	skb->sk = sk;
	skb->destructor = sock_rfree;
	atomic_add((int)skb->truesize, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, (int)skb->truesize);
	skb_dst_force(skb);
	skb_queue_tail(&sk->sk_error_queue, skb);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_error_report(sk);
	return 0;
}

struct sk_buff *sock_wmalloc(struct sock *sk, unsigned long size, int force, gfp_t gfp)
{
	struct sk_buff *skb;

	if (!force && atomic_read(&sk->sk_wmem_alloc) >= sk->sk_sndbuf)
		return NULL;
	skb = alloc_skb((unsigned int)size, gfp);
	if (skb)
		skb_set_owner_w(skb, sk);
	return skb;
}

/* sock_wait_for_wmem - sleep until there is room to send, an error, or the time is over; what is
 * left of it. */
static long sock_wait_for_wmem(struct sock *sk, long timeo)
{
	DEFINE_WAIT(wait);

	clear_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
	for (;;) {
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
		if (!timeo || signal_pending(current) ||
		    atomic_read(&sk->sk_wmem_alloc) < sk->sk_sndbuf ||
		    (sk->sk_shutdown & SEND_SHUTDOWN) || sk->sk_err)
			break;
		timeo = schedule_timeout(timeo);
	}
	finish_wait(sk->sk_sleep, &wait);
	return timeo;
}

/* may_send - there is room in the send buffer, and nothing that forbids to use it. */
static inline bool may_send(const struct sock *sk)
{
	return !sk->sk_err && !(sk->sk_shutdown & SEND_SHUTDOWN) && atomic_read(&sk->sk_wmem_alloc) < sk->sk_sndbuf;
}

/* wait_for_sndbuf - until @sk may send. 0 or -errno. */
static noinline int wait_for_sndbuf(struct sock *sk, int noblock)
{
	long timeo = sock_sndtimeo(sk, noblock);
	int err;

	for (;;) {
		err = sock_error(sk);
		if (err)
			return err;
		if (sk->sk_shutdown & SEND_SHUTDOWN)
			return -EPIPE;
		if (may_send(sk))
			return 0;
		if (!sk->sk_socket)
			return -EAGAIN;
		set_bit(SOCK_ASYNC_NOSPACE, &sk->sk_socket->flags);
		if (!timeo)
			return -EAGAIN;
		if (signal_pending(current))
			return sock_intr_errno(timeo);
		timeo = sock_wait_for_wmem(sk, timeo);
	}
}

struct sk_buff *sock_alloc_send_skb(struct sock *sk, unsigned long size, int noblock, int *err)
{
	struct sk_buff *skb;

	might_sleep();
	*err = likely(may_send(sk)) ? 0 : wait_for_sndbuf(sk, noblock);
	if (unlikely(*err))
		return NULL;
	skb = size <= UINT_MAX / 4 ? alloc_skb((unsigned int)size, sk->sk_allocation) : NULL;
	if (unlikely(!skb)) {
		*err = -ENOBUFS;
		return NULL;
	}
	skb_set_owner_w(skb, sk);
	return skb;
}

/* add_pages - @skb gets fragments for @len bytes, as large as they can be had. 0 or -ENOBUFS. */
static int add_pages(struct sk_buff *skb, size_t len, gfp_t gfp)
{
	struct skb_shared_info *sh = skb_shinfo(skb);
	unsigned int order = FRAG_BULK_ORDER;
	struct page *page;

	while (len) {
		size_t size;

		while (order && PAGE_SIZE << (order - 1) >= len)
			order--;
		page = sh->nr_frags < MAX_SKB_FRAGS ? alloc_pages(order ? gfp | __GFP_NOWARN : gfp, order) : NULL;
		if (!page && !order)
			return -ENOBUFS;
		if (!page) {
			order--;
			continue;
		}
		size = min(len, (size_t)PAGE_SIZE << order);
		sh->frags[sh->nr_frags++] = (skb_frag_t){ .page = page, .size = (u32)size };
		skb->truesize += (unsigned int)PAGE_SIZE << order;
		len -= size;
	}
	return 0;
}

struct sk_buff *sock_alloc_send_pskb(struct sock *sk, size_t header_len, size_t data_len, int noblock,
				     int *err)
{
	struct sk_buff *skb = sock_alloc_send_skb(sk, header_len, noblock, err);
	unsigned int truesize;

	if (!skb || !data_len)
		return skb;
	truesize = skb->truesize;
	*err = add_pages(skb, data_len, sk->sk_allocation);
	atomic_add((int)(skb->truesize - truesize), &sk->sk_wmem_alloc);
	if (!*err)
		return skb;
	kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
	return NULL;
}

void *sock_kmalloc(struct sock *sk, size_t size, gfp_t gfp)
{
	size_t limit = (size_t)sock_net(sk)->core.sysctl_optmem_max;
	void *mem;

	if (size > limit || (size_t)atomic_read(&sk->sk_omem_alloc) + size > limit)
		return NULL;
	mem = kmalloc(size, gfp);
	if (mem)
		atomic_add((int)size, &sk->sk_omem_alloc);
	return mem;
}

void sock_kfree_s(struct sock *sk, void *mem, size_t size)
{
	if (WARN_ON_ONCE(!mem))
		return;
	kfree(mem);
	atomic_sub((int)size, &sk->sk_omem_alloc);
}

/* ---- whole quanta of a protocol's memory ---- */

static void set_pressure(struct sock *sk, int on)
{
	struct proto *prot = sk->sk_prot;
	int *pressure = prot->memory_pressure ? prot->memory_pressure(sock_net(sk)) : NULL;

	if (likely(!pressure || *pressure == on))
		return;
	*pressure = on;
	if (prot->pressure_changed)
		prot->pressure_changed(sock_net(sk), on);
}

/* has_minimum - does this socket use so little that it is let through above the pressure mark? */
static bool has_minimum(struct sock *sk, bool recv)
{
	int least = sk->sk_prot->sysctl_min(sock_net(sk), recv);

	if (recv)
		return atomic_read(&sk->sk_rmem_alloc) < least;
	if (sk->sk_type == SOCK_STREAM)
		return sk->sk_wmem_queued < least;
	return atomic_read(&sk->sk_wmem_alloc) < least;
}

/* fair_share - under pressure: less than what each socket may have of the limit? */
static bool fair_share(struct sock *sk, long limit)
{
	struct proto *prot = sk->sk_prot;
	long used = sk->sk_wmem_queued + atomic_read(&sk->sk_rmem_alloc) + sk->sk_forward_alloc;

	if (!prot->memory_pressure || !*prot->memory_pressure(sock_net(sk)))
		return true;
	if (!prot->sockets_allocated)
		return false;
	return limit > (long)atomic_read(prot->sockets_allocated) *
			       (long)DIV_ROUND_UP(used, SK_MEM_QUANTUM);
}

bool __sk_mem_schedule(struct sock *sk, int size, bool recv)
{
	struct proto *prot = sk->sk_prot;
	long amount = DIV_ROUND_UP(size, SK_MEM_QUANTUM),
	     *allocated = prot->memory_allocated(sock_net(sk));
	const long *limit = prot->sysctl_mem(sock_net(sk));

	local_bh_disable(); /* the counter is the whole protocol's */
	*allocated += amount;
	sk->sk_forward_alloc += (int)amount * SK_MEM_QUANTUM;
	local_bh_enable();
	if (likely(*allocated <= limit[0])) {
		set_pressure(sk, 0);
		return true;
	}
	if (*allocated > limit[1])
		set_pressure(sk, 1);
	if (*allocated <= limit[2] && (has_minimum(sk, recv) || fair_share(sk, limit[2])))
		return true;
	if (!recv && sk->sk_type == SOCK_STREAM) {
		/* A writer is not refused in the middle, but may not queue more than it has. */
		if (!(sk->sk_userlocks & SOCK_SNDBUF_LOCK))
			sk->sk_sndbuf =
				max(min(sk->sk_sndbuf, sk->sk_wmem_queued >> 1), SOCK_MIN_SNDBUF);
		if (sk->sk_wmem_queued + size >= sk->sk_sndbuf &&
		    *allocated <= limit[2] + (limit[2] >> 3))
			return true;
	}
	local_bh_disable();
	*allocated -= amount;
	sk->sk_forward_alloc -= (int)amount * SK_MEM_QUANTUM;
	local_bh_enable();
	return false;
}

void __sk_mem_reclaim(struct sock *sk, int amount)
{
	long quanta = amount / SK_MEM_QUANTUM,
	     *allocated = sk->sk_prot->memory_allocated(sock_net(sk));

	local_bh_disable();
	*allocated -= quanta;
	sk->sk_forward_alloc -= (int)quanta * SK_MEM_QUANTUM;
	local_bh_enable();
	if (*allocated < sk->sk_prot->sysctl_mem(sock_net(sk))[0])
		set_pressure(sk, 0);
}

/* A new fragment block for @more bytes, as large as they fill it, or more queued data lets expect. */
static noinline bool sk_page_frag_new(struct sock *sk, size_t more)
{
	unsigned int order = FRAG_BULK_ORDER;
	struct page *page;

	if (sk->sk_wmem_queued <= FRAG_BULK_QUEUED)
		while (order && more < PAGE_SIZE << order)
			order--;
	page = order ? alloc_pages(sk->sk_allocation | __GFP_NOWARN, order) : NULL;
	if (!page) {
		order = 0;
		page = alloc_pages(sk->sk_allocation, order);
	}
	if (unlikely(!page)) {
		set_pressure(sk, 1);
		return false;
	}
	sk->sk_frag_page = page;
	sk->sk_frag_offset = 0;
	sk->sk_frag_size = PAGE_SIZE << order;
	return true;
}

bool sk_page_frag_refill(struct sock *sk, size_t more)
{
	struct page *page = sk->sk_frag_page;

	if (likely(page)) {
		if (page_count(page) == 1)
			sk->sk_frag_offset = 0; /* all that was cut from it has been freed */
		if (likely(sk->sk_frag_offset < sk->sk_frag_size))
			return true;
		put_page(page);
		sk->sk_frag_page = NULL;
	}
	return sk_page_frag_new(sk, more);
}
