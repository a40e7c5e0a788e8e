/* SPDX-License-Identifier: MIT */
/* TIME_WAIT in a small object of its own: life time, place in the tables, limit per namespace. RFC
 * 9293 section 3.6.1; Book section 12.9.3. */
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/tcp.h>

void inet_twsk_free(struct inet_timewait_sock *tw)
{
	kmem_cache_free(tw->tw_prot->twsk_prot->twsk_slab, tw);
}

/* Out of both tables; drops the established table's reference. Context: softirqs off. */
static void inet_twsk_unhash(struct inet_timewait_sock *tw)
{
	struct inet_hashinfo *h = tw->tw_net->tcp.hashinfo;

	spin_lock_bh(&h->lock);
	sk_del_node_init((struct sock *)tw);
	if (tw->tw_tb) {
		hlist_del_init(&tw->tw_bind_node);
		inet_bind_bucket_destroy(h, tw->tw_tb);
		tw->tw_tb = NULL;
	}
	spin_unlock_bh(&h->lock);
}

/* The timer's reference is ours to drop. */
static void inet_twsk_kill(struct inet_timewait_sock *tw)
{
	NET_TRACE(inet_sock_set_state, (struct sock *)tw, tw->tw_substate, TCP_CLOSE);
	inet_twsk_unhash(tw);
	tw->tw_net->tcp.death_row.count--;
	inet_twsk_put(tw);
}

static void tw_timer_handler(unsigned long data)
{
	struct inet_timewait_sock *tw = (struct inet_timewait_sock *)data;

	if (tw->tw_kill)
		NET_INC_STATS(tw->tw_net, TIMEWAITKILLED);
	else
		NET_INC_STATS(tw->tw_net, TIMEWAITED);
	inet_twsk_kill(tw);
}

struct inet_timewait_sock *inet_twsk_alloc(const struct sock *sk, int state)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);
	struct inet_timewait_sock *tw;

	if (net->tcp.death_row.count >= net->tcp.sysctl_max_tw_buckets)
		return NULL;
	tw = kmem_cache_zalloc(sk->sk_prot->twsk_prot->twsk_slab, GFP_ATOMIC);
	if (!tw)
		return NULL;
	net->tcp.death_row.count++;
	tw->tw_daddr = inet->inet_daddr;
	tw->tw_rcv_saddr = inet->inet_rcv_saddr;
	tw->tw_dport = inet->inet_dport;
	tw->tw_num = inet->inet_num;
	tw->tw_sport = inet->inet_sport;
	tw->tw_family = sk->sk_family;
	tw->tw_bound_dev_if = sk->sk_bound_dev_if;
	tw->tw_reuse = sk->sk_reuse;
	tw->tw_reuseport = sk->sk_reuseport;
	tw->tw_hash = sk->sk_hash;
	tw->tw_prot = sk->sk_prot_creator;
	tw->tw_net = net;
	tw->__tw_common.skc_cookie = sk->sk_cookie;
	tw->tw_tos = inet->tos;
	tw->tw_transparent = inet->transparent;
	tw->tw_priority = sk->sk_priority;
	tw->tw_mark = sk->sk_mark;
	tw->tw_state = TCP_TIME_WAIT;
	tw->tw_substate = (u8)state;
	setup_timer(&tw->tw_timer, tw_timer_handler, (unsigned long)tw);
	return tw;
}

void inet_twsk_hashdance(struct inet_timewait_sock *tw, struct sock *sk, struct inet_hashinfo *h)
{
	spin_lock(&h->lock);
	tw->tw_tb = inet_csk(sk)->icsk_bind_hash;
	WARN_ON_ONCE(!tw->tw_tb);
	if (tw->tw_tb)
		hlist_add_head(&tw->tw_bind_node, &tw->tw_tb->owners);
	hlist_add_head(&tw->tw_node, inet_ehash_bucket(h, tw->tw_hash));
	inet_forget_last(h, sk);
	sk_del_node_init(sk);
	atomic_set(&tw->tw_refcnt, 3);
	spin_unlock(&h->lock);
}

void inet_twsk_schedule(struct inet_timewait_sock *tw, int timeo_jiffies, bool rearm)
{
	unsigned long when = jiffies + (unsigned long)timeo_jiffies;

	tw->tw_kill = timeo_jiffies <= 4 * HZ;
	if (!rearm || timer_pending(&tw->tw_timer))
		mod_timer(&tw->tw_timer, when);
}

void inet_twsk_deschedule_put(struct inet_timewait_sock *tw)
{
	if (del_timer(&tw->tw_timer))
		inet_twsk_kill(tw);
	inet_twsk_put(tw);
}

void inet_twsk_purge(struct inet_hashinfo *h, struct net *net)
{
	struct hlist_node *next;
	struct sock *sk;
	u32 i;

	local_bh_disable();
	for (i = 0; i <= h->ehash_mask; i++) {
		hlist_for_each_entry_safe(sk, next, &h->ehash[i], __sk_common.skc_node) {
			if (sk->sk_state != TCP_TIME_WAIT || sk->sk_net != net)
				continue;
			sock_hold(sk);
			inet_twsk_deschedule_put(inet_twsk(sk));
		}
	}
	local_bh_enable();
}
