/* SPDX-License-Identifier: MIT */
/* inet_timewait_sock: what remains of a connection in TIME_WAIT or an orphan in FIN_WAIT2 (net/ipv4/inet_timewait_sock.c). RFC 9293
 * section 3.6; Book section 12.9.3. */
#ifndef NET_INET_TIMEWAIT_SOCK_H
#define NET_INET_TIMEWAIT_SOCK_H

#include <kernel/timer.h>
#include <net/sock.h>

struct inet_bind_bucket;
struct inet_hashinfo;

struct timewait_sock_ops {
	const char *twsk_slab_name;
	struct kmem_cache *twsk_slab;
	unsigned int twsk_obj_size;
	/* twsk_unique - may a new connection take over this tuple? (timestamps, RFC 6191) */
	int (*twsk_unique)(struct sock *sk, struct sock *sktw, void *twp);
};

struct inet_timewait_sock {
	struct sock_common __tw_common; /* must be first: lies in the established table */
#define tw_family __tw_common.skc_family
#define tw_state __tw_common.skc_state
#define tw_reuse __tw_common.skc_reuse
#define tw_reuseport __tw_common.skc_reuseport
#define tw_bound_dev_if __tw_common.skc_bound_dev_if
#define tw_node __tw_common.skc_node
#define tw_bind_node __tw_common.skc_bind_node
#define tw_refcnt __tw_common.skc_refcnt
#define tw_hash __tw_common.skc_hash
#define tw_prot __tw_common.skc_prot
#define tw_net __tw_common.skc_net
#define tw_daddr __tw_common.skc_daddr
#define tw_rcv_saddr __tw_common.skc_rcv_saddr
#define tw_dport __tw_common.skc_dport
#define tw_num __tw_common.skc_num
	u32 tw_mark;
	u8 tw_substate; /* TCP_FIN_WAIT2 or TCP_TIME_WAIT */
	u8 tw_rcv_wscale;
	u8 tw_tos;
	u8 tw_transparent : 1, tw_kill : 1;
	__be16 tw_sport;
	u32 tw_priority;
	struct timer_list tw_timer;
	struct inet_bind_bucket *tw_tb;
};

static inline struct inet_timewait_sock *inet_twsk(const struct sock *sk) { return (struct inet_timewait_sock *)sk; }

/* inet_twsk_alloc - copied from @sk, not yet hashed; NULL when there are too many or no memory. */
struct inet_timewait_sock *inet_twsk_alloc(const struct sock *sk, int state);
void inet_twsk_free(struct inet_timewait_sock *tw);
static inline void inet_twsk_put(struct inet_timewait_sock *tw)
{
	if (atomic_dec_and_test(&tw->tw_refcnt))
		inet_twsk_free(tw);
}
/* inet_twsk_hashdance - puts tw where @sk is in the tables; afterwards tw has three references (table, timer, caller). Context: softirqs
 * off. */
void inet_twsk_hashdance(struct inet_timewait_sock *tw, struct sock *sk, struct inet_hashinfo *hashinfo);
/* inet_twsk_schedule - (re)start the life time. rearm: only if it would end later. */
void inet_twsk_schedule(struct inet_timewait_sock *tw, int timeo_jiffies, bool rearm);
/* inet_twsk_deschedule_put - take it out of everything and drop the caller's reference. Context: softirqs off. */
void inet_twsk_deschedule_put(struct inet_timewait_sock *tw);
/* inet_twsk_purge - end every TIME_WAIT of a namespace that goes away. */
void inet_twsk_purge(struct inet_hashinfo *hashinfo, struct net *net);

#endif
