/* SPDX-License-Identifier: MIT */
/* struct sock: making and freeing, the lock with its backlog, what wakes its sleepers, its route.
 * Book section 12.10. */
#include <kernel/bitops.h>
#include <kernel/process.h>
#include <kernel/sched.h>
#include <net/dst.h>
#include <net/filter.h>
#include <net/sock_reuseport.h>
#include <uapi/poll.h>
#include <uapi/signal.h>
#include <uapi/tcp.h>

#include "core_internal.h"

struct list_head proto_list = LIST_HEAD_INIT(proto_list);
static unsigned long nr_socks;

unsigned long socks_in_use(void)
{
	return nr_socks;
}

int proto_register(struct proto *prot, bool alloc_slab)
{
	if (alloc_slab && !prot->slab)
		prot->slab =
			kmem_cache_create(prot->name, prot->obj_size, 0, SLAB_HWCACHE_ALIGN, NULL);
	list_add_tail(&prot->node, &proto_list);
	return 0;
}

/* ---- life ---- */

static void *sk_prot_alloc(struct proto *prot, gfp_t gfp)
{
	return prot->slab ? kmem_cache_alloc(prot->slab, gfp) : kmalloc(prot->obj_size, gfp);
}

static void sock_lock_init(struct sock *sk, enum lock_rank rank)
{
	spin_lock_init_rank(&sk->sk_lock.slock, rank);
	sk->sk_lock.owned = false;
	init_waitqueue_head(&sk->sk_lock.wq);
	sk->sk_backlog.head = sk->sk_backlog.tail = NULL;
	sk->sk_backlog.len = 0;
}

/* sock_count - one socket more or less of @sk's namespace and protocol. */
static void sock_count(struct sock *sk, int inc)
{
	struct net *net = sock_net(sk);

	nr_socks += (unsigned long)inc;
	sk->sk_prot_creator->nr_socks += inc;
	if (sk->sk_kern_sock)
		return;
	net->core.sockets_in_use += inc;
	if (inc > 0)
		get_net(net);
	else
		put_net(net);
}

struct sock *sk_alloc(struct net *net, int family, gfp_t gfp, struct proto *prot, bool kern)
{
	struct sock *sk = sk_prot_alloc(prot, gfp | __GFP_ZERO);

	if (!sk)
		return NULL;
	sk->sk_family = (u16)family;
	sk->sk_prot = sk->sk_prot_creator = prot;
	sk->sk_net = net;
	sk->sk_kern_sock = kern;
	sk->sk_peek_off = -1;
	atomic_set(&sk->sk_refcnt, 1);
	atomic_set(&sk->sk_wmem_alloc, 1);
	INIT_LIST_HEAD(&sk->sk_all_node);
	sock_lock_init(sk, LOCK_RANK_SOCK);
	sock_count(sk, 1);
	return sk;
}

void sk_destruct(struct sock *sk)
{
	struct proto *prot = sk->sk_prot_creator;

	if (sk->sk_destruct)
		sk->sk_destruct(sk);
	sk_filter_release(sk);
	reuseport_detach_sock(sk);
	WARN_ON_ONCE(atomic_read(&sk->sk_omem_alloc));
	if (sk->sk_flags & SOCK_STAMPED)
		net_disable_timestamp();
	if (sk->sk_frag_page)
		put_page(sk->sk_frag_page);
	sock_count(sk, -1);
	if (prot->slab)
		kmem_cache_free(prot->slab, sk);
	else
		kfree(sk);
}

void __sk_free(struct sock *sk)
{
	const struct netns_core *core = &sock_net(sk)->core;

	if (likely(!core->sk_destroyed) || !core->sk_destroyed(sk))
		sk_destruct(sk);
}

/* The last reference is gone; packets still on their way out (sk_wmem_alloc) keep the memory until
 * they are sent. */
void sk_free(struct sock *sk)
{
	if (atomic_dec_and_test(&sk->sk_wmem_alloc))
		__sk_free(sk);
}

static void sk_init_queues(struct sock *sk)
{
	skb_queue_head_init(&sk->sk_receive_queue);
	skb_queue_head_init(&sk->sk_write_queue);
	skb_queue_head_init(&sk->sk_error_queue);
	sk->sk_send_head = NULL;
}

void sock_init_data(struct socket *sock, struct sock *sk)
{
	const struct netns_core *core = &sock_net(sk)->core;

	sk_init_queues(sk);
	setup_timer(&sk->sk_timer, NULL, (unsigned long)sk);
	sk->sk_allocation = GFP_KERNEL;
	sk->sk_rcvbuf = core->sysctl_rmem_default;
	sk->sk_sndbuf = core->sysctl_wmem_default;
	sk->sk_state = TCP_CLOSE;
	sk->sk_socket = sock;
	sock_set_flag(sk, SOCK_ZAPPED);
	if (sock) {
		sk->sk_type = (u16)sock->type;
		sk->sk_sleep = &sock->wait;
		sock->sk = sk;
	}
	sk->sk_state_change = sock_def_wakeup;
	sk->sk_data_ready = sock_def_readable;
	sk->sk_write_space = sock_def_write_space;
	sk->sk_error_report = sock_def_error_report;
	sk->sk_backlog_rcv = sk->sk_prot->backlog_rcv;
	sk->sk_rcvlowat = 1;
	sk->sk_rcvtimeo = sk->sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
	sk->sk_stamp = -1;
	sk->sk_peer_cred = (struct ucred){ .pid = 0, .uid = ~0u, .gid = ~0u };
	sk->sk_incoming_cpu = -1;
	sk->sk_max_pacing_rate = sk->sk_pacing_rate = ~0ull;
	sk->sk_pacing_shift = SK_PACING_SHIFT;
}

struct sock *sk_clone_lock(const struct sock *sk, gfp_t gfp)
{
	struct proto *prot = sk->sk_prot_creator;
	struct sock *n = sk_prot_alloc(prot, gfp);

	if (!n)
		return NULL;
	memcpy(n, sk, prot->obj_size);
	sock_lock_init(n, LOCK_RANK_SOCK_CHILD);
	bh_lock_sock(n);
	INIT_HLIST_NODE(&n->sk_node);
	INIT_HLIST_NODE(&n->sk_bind_node);
	INIT_LIST_HEAD(&n->sk_all_node);
	sk_init_queues(n);
	setup_timer(&n->sk_timer, NULL, (unsigned long)n);
	atomic_set(&n->sk_rmem_alloc, 0);
	atomic_set(&n->sk_wmem_alloc, 1);
	atomic_set(&n->sk_omem_alloc, 0);
	atomic_set(&n->sk_refcnt, 2);
	atomic_set(&n->sk_drops, 0);
	n->sk_wmem_queued = n->sk_forward_alloc = 0;
	n->sk_dst_cache = NULL;
	n->sk_reuseport_cb = NULL;
	n->sk_frag_page = NULL;
	n->sk_userlocks = sk->sk_userlocks & (u8)~SOCK_BINDPORT_LOCK;
	n->sk_err = n->sk_err_soft = 0;
	n->sk_socket = NULL;
	n->sk_sleep = NULL;
	n->sk_cookie = 0;
	sk_incoming_cpu_update(n);
	n->sk_tskey = n->sk_zckey = 0;
	n->sk_ack_backlog = 0;
	sock_reset_flag(n, SOCK_DONE);
	sock_reset_flag(n, SOCK_FASYNC);
	if (n->sk_flags & SOCK_STAMPED)
		net_enable_timestamp();
	sock_count(n, 1);
	if (!sk_filter_inherit(n)) { /* unfiltered it must not be */
		bh_unlock_sock(n);
		sk_free(n);
		return NULL;
	}
	return n;
}

void sock_orphan(struct sock *sk)
{
	local_bh_disable();
	sock_set_flag(sk, SOCK_DEAD);
	sk->sk_socket = NULL;
	sk->sk_sleep = NULL;
	local_bh_enable();
}

void sock_graft(struct sock *sk, struct socket *parent)
{
	local_bh_disable();
	sk->sk_sleep = &parent->wait;
	parent->sk = sk;
	sk->sk_socket = parent;
	local_bh_enable();
}

void sk_common_release(struct sock *sk)
{
	if (sk->sk_prot->destroy)
		sk->sk_prot->destroy(sk);
	/* First out of the tables, so that nothing new arrives; then what has arrived goes with the
	 * last reference. */
	sk->sk_prot->unhash(sk);
	sock_orphan(sk);
	sock_put(sk);
}

/* ---- lock ---- */

/* wait_for_owner - another process holds it. Context: slock. */
static noinline void wait_for_owner(struct sock *sk)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait_exclusive(&sk->sk_lock.wq, &wait, TASK_UNINTERRUPTIBLE);
		spin_unlock_bh(&sk->sk_lock.slock);
		schedule();
		spin_lock_bh(&sk->sk_lock.slock);
		if (!sk->sk_lock.owned)
			break;
	}
	finish_wait(&sk->sk_lock.wq, &wait);
}

void lock_sock(struct sock *sk)
{
	might_sleep();
	spin_lock_bh(&sk->sk_lock.slock);
	if (unlikely(sk->sk_lock.owned))
		wait_for_owner(sk);
	sk->sk_lock.owned = true;
	spin_unlock_bh(&sk->sk_lock.slock);
}

/* run_backlog - what arrived while a process held the sock, as the bottom half would have handled
 * it. Context: slock. */
static noinline void run_backlog(struct sock *sk)
{
	struct sk_buff *skb, *next;

	while ((skb = sk->sk_backlog.head) != NULL) {
		sk->sk_backlog.head = sk->sk_backlog.tail = NULL;
		__lock_release(&sk->sk_lock.slock); /* bottom halves stay off but for a moment after
						       each packet */
		for (; skb; skb = next) {
			next = skb->next;
			skb->next = NULL;
			sk->sk_backlog_rcv(sk, skb);
			local_bh_enable();
			local_bh_disable();
		}
		__lock_acquire(&sk->sk_lock.slock);
	}
	/* Zeroed only now, so that a sender who is faster than this loop meets the limit. */
	sk->sk_backlog.len = 0;
}

void release_sock(struct sock *sk)
{
	spin_lock_bh(&sk->sk_lock.slock);
	if (unlikely(sk->sk_backlog.tail))
		run_backlog(sk);
	if (sk->sk_prot->release_cb)
		sk->sk_prot->release_cb(sk);
	sk->sk_lock.owned = false;
	if (unlikely(waitqueue_active(&sk->sk_lock.wq)))
		wake_up(&sk->sk_lock.wq);
	spin_unlock_bh(&sk->sk_lock.slock);
}

int sk_add_backlog(struct sock *sk, struct sk_buff *skb, unsigned int limit)
{
	if ((unsigned int)(sk->sk_backlog.len + atomic_read(&sk->sk_rmem_alloc)) > limit)
		return -ENOBUFS;
	skb_dst_force(skb);
	skb->next = NULL;
	if (sk->sk_backlog.tail)
		sk->sk_backlog.tail->next = skb;
	else
		sk->sk_backlog.head = skb;
	sk->sk_backlog.tail = skb;
	sk->sk_backlog.len += (int)skb->truesize;
	return 0;
}

/* ---- wake-ups and timers ---- */

static inline bool has_sleeper(const struct sock *sk)
{
	return sk->sk_sleep && waitqueue_active(sk->sk_sleep);
}

void sock_def_wakeup(struct sock *sk)
{
	if (has_sleeper(sk))
		wake_up_interruptible_all(sk->sk_sleep);
}

static inline void wake_readers(struct sock *sk)
{
	if (has_sleeper(sk))
		wake_up_interruptible_poll(sk->sk_sleep,
					   POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND);
}

static noinline void readable_async(struct sock *sk)
{
	wake_readers(sk);
	sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

void sock_def_readable(struct sock *sk)
{
	if (unlikely(sock_flag(sk, SOCK_FASYNC)))
		readable_async(sk);
	else
		wake_readers(sk);
}

void sock_def_error_report(struct sock *sk)
{
	if (has_sleeper(sk))
		wake_up_interruptible_poll(sk->sk_sleep, POLLERR);
	sk_wake_async(sk, SOCK_WAKE_IO, POLL_ERR);
}

void sock_def_write_space(struct sock *sk)
{
	/* Not for each packet: only when half of the buffer is free, so that the writer has
	 * something to do. */
	if (has_sleeper(sk) && sk_wmem_alloc_get(sk) << 1 <= sk->sk_sndbuf)
		wake_up_interruptible_poll(sk->sk_sleep, POLLOUT | POLLWRNORM | POLLWRBAND);
	if (unlikely(sock_flag(sk, SOCK_FASYNC)) && sock_writeable(sk))
		sk_wake_async(sk, SOCK_WAKE_SPACE, POLL_OUT);
}

void sk_reset_timer(struct sock *sk, struct timer_list *t, unsigned long expires)
{
	if (!mod_timer(t, expires))
		sock_hold(sk);
}

void sk_stop_timer(struct sock *sk, struct timer_list *t)
{
	if (timer_pending(t) && del_timer(t))
		sock_put(sk);
}

void sk_send_sigpipe(void)
{
	if (current->process)
		send_sig(SIGPIPE, current);
}

void sk_send_sigurg(struct sock *sk)
{
	if (sk->sk_socket && sk->sk_socket->file && send_sigurg(sk->sk_socket->file))
		sk_wake_async(sk, SOCK_WAKE_URG, POLL_PRI);
}

int sk_wait_data(struct sock *sk, long *timeo, const struct sk_buff *last)
{
	DEFINE_WAIT(wait);
	bool rc;

	prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	if (unlikely(sock_flag(sk, SOCK_FASYNC)))
		set_bit(SOCK_ASYNC_WAITDATA, &sk->sk_socket->flags);
	rc = sk_wait_event(sk, timeo, skb_peek_tail(&sk->sk_receive_queue) != last);
	if (unlikely(sock_flag(sk, SOCK_FASYNC)))
		clear_bit(SOCK_ASYNC_WAITDATA, &sk->sk_socket->flags);
	finish_wait(sk->sk_sleep, &wait);
	return rc;
}

/* ---- route ---- */

struct dst_entry *__sk_dst_check(struct sock *sk, u32 cookie)
{
	struct dst_entry *dst = sk->sk_dst_cache;

	if (likely(dst && (!dst->obsolete || dst->ops->check(dst, cookie))))
		return dst;
	if (dst) {
		sk->sk_dst_cache = NULL;
		dst_release(dst);
	}
	return NULL;
}

void sk_dst_set(struct sock *sk, struct dst_entry *dst)
{
	struct dst_entry *old = sk->sk_dst_cache;

	sk->sk_dst_cache = dst;
	dst_release(old);
}

void sk_dst_reset(struct sock *sk)
{
	sk_dst_set(sk, NULL);
}

void sk_setup_caps(struct sock *sk, struct dst_entry *dst)
{
	sk_dst_set(sk, dst);
	sk->sk_route_caps = dst->dev->features;
	sk->sk_gso_max_size = 0;
	sk->sk_gso_max_segs = 1;
	if (likely(sk->sk_route_caps & NETIF_F_GSO)) { /* headers included, it fits 16 bits of length */
		sk->sk_gso_max_size = dst->dev->gso_max_size - 1 - sk->sk_prot->max_header;
		sk->sk_gso_max_segs = max(dst->dev->gso_max_segs, 1u);
	}
}
