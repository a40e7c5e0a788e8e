/* SPDX-License-Identifier: MIT */
/* struct inet_connection_sock: what connection-oriented INET sockets share: accept queue, timers, address-family operations
 * (net/ipv4/inet_connection_sock.c). */
#ifndef NET_INET_CONNECTION_SOCK_H
#define NET_INET_CONNECTION_SOCK_H

#include <net/inet_sock.h>
#include <net/request_sock.h>

struct inet_bind_bucket;
struct tcp_congestion_ops;

/* What differs between address families. */
struct inet_connection_sock_af_ops {
	/* queue_xmit - build the network header, route and send; consumes skb. 0, NET_XMIT_x or -errno. */
	int (*queue_xmit)(struct sock *sk, struct sk_buff *skb);
	void (*send_check)(struct sock *sk, struct sk_buff *skb);
	/* rebuild_header - a route, after the old one died. 0 or -errno. */
	int (*rebuild_header)(struct sock *sk);
	int (*conn_request)(struct sock *sk, struct sk_buff *skb);
	/* syn_recv_sock - the child for @req, slock held, or NULL. */
	struct sock *(*syn_recv_sock)(const struct sock *sk, struct sk_buff *skb, struct request_sock *req, struct dst_entry *dst,
				      struct request_sock *req_unhash, bool *own_req);
	u16 net_header_len;
	u16 sockaddr_len;
	int (*setsockopt)(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen);
	int (*getsockopt)(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen);
	void (*addr2sockaddr)(struct sock *sk, struct sockaddr *sa);
	void (*mtu_reduced)(struct sock *sk);
};

struct inet_connection_sock {
	struct inet_sock icsk_inet; /* first */
	struct request_sock_queue icsk_accept_queue;
	struct inet_bind_bucket *icsk_bind_hash;
	unsigned long icsk_timeout; /* jiffies: when the retransmit timer is really due */
	struct timer_list icsk_retransmit_timer, icsk_delack_timer;
	u32 icsk_rto;			   /* jiffies */
	u32 icsk_rto_min, icsk_delack_max; /* jiffies */
	u32 icsk_pmtu_cookie;		   /* path MTU in use */
	const struct tcp_congestion_ops *icsk_ca_ops;
	const struct inet_connection_sock_af_ops *icsk_af_ops;
	u8 icsk_ca_state : 5, icsk_ca_initialized : 1, icsk_ca_setsockopt : 1;
	u8 icsk_retransmits; /* RTOs without progress */
	u8 icsk_pending;     /* ICSK_TIME_x of the retransmit timer, 0: none */
	u8 icsk_backoff;
	u8 icsk_syn_retries;
	u8 icsk_probes_out;   /* unanswered zero-window or keepalive probes */
	u16 icsk_ext_hdr_len; /* IP options */
	struct {
		u8 pending;		    /* ICSK_ACK_x */
		u8 quick;		    /* quick ACKs left */
		u8 pingpong;		    /* interactive: delay ACKs */
		u8 retry;		    /* ACKs that could not be sent */
		u32 ato;		    /* jiffies: estimated delay */
		unsigned long timeout;	    /* jiffies */
		u32 lrcvtime;		    /* jiffies of the last data */
		u16 last_seg_size, rcv_mss; /* bytes */
	} icsk_ack;
	struct { /* RFC 4821 */
		u8 enabled;
		int search_high, search_low; /* MTU */
		u32 probe_size;		     /* 0: none in flight */
		u32 probe_timestamp;	     /* jiffies */
	} icsk_mtup;
	u32 icsk_probes_tstamp; /* jiffies of the first unanswered probe */
	u32 icsk_user_timeout;	/* ms, 0: default */
	u64 icsk_ca_priv[16];	/* the congestion control's */
};

enum { ICSK_TIME_NONE, ICSK_TIME_RETRANS, ICSK_TIME_DACK, ICSK_TIME_PROBE0, ICSK_TIME_LOSS_PROBE, ICSK_TIME_REO_TIMEOUT };
enum { ICSK_ACK_SCHED = 1, ICSK_ACK_TIMER = 2, ICSK_ACK_PUSHED = 4, ICSK_ACK_PUSHED2 = 8, ICSK_ACK_NOW = 16, ICSK_ACK_NOMEM = 32 };

static inline struct inet_connection_sock *inet_csk(const struct sock *sk) { return (struct inet_connection_sock *)sk; }
static inline void *inet_csk_ca(const struct sock *sk) { return inet_csk(sk)->icsk_ca_priv; }
static inline void inet_csk_schedule_ack(struct sock *sk) { inet_csk(sk)->icsk_ack.pending |= ICSK_ACK_SCHED; }
static inline bool inet_csk_ack_scheduled(const struct sock *sk) { return inet_csk(sk)->icsk_ack.pending & ICSK_ACK_SCHED; }
static inline void inet_csk_delack_init(struct sock *sk) { memset(&inet_csk(sk)->icsk_ack, 0, sizeof(inet_csk(sk)->icsk_ack)); }

#define TCP_PINGPONG_THRESH 1
static inline void inet_csk_enter_pingpong_mode(struct sock *sk) { inet_csk(sk)->icsk_ack.pingpong = TCP_PINGPONG_THRESH; }
static inline void inet_csk_exit_pingpong_mode(struct sock *sk) { inet_csk(sk)->icsk_ack.pingpong = 0; }
static inline bool inet_csk_in_pingpong_mode(const struct sock *sk) { return inet_csk(sk)->icsk_ack.pingpong >= TCP_PINGPONG_THRESH; }

void inet_csk_init_xmit_timers(struct sock *sk, void (*retransmit)(unsigned long), void (*delack)(unsigned long),
			       void (*keepalive)(unsigned long));
void inet_csk_clear_xmit_timers(struct sock *sk);
static inline void inet_csk_reset_keepalive_timer(struct sock *sk, unsigned long len) { sk_reset_timer(sk, &sk->sk_timer, jiffies + len); }
static inline void inet_csk_delete_keepalive_timer(struct sock *sk) { sk_stop_timer(sk, &sk->sk_timer); }

/* Timers are lazy: the deadline moves at no cost, the wheel is touched only to fire earlier; the handler looks at the deadline. */
static inline void icsk_timer_at_latest(struct sock *sk, struct timer_list *t, unsigned long when)
{
	if (!timer_pending(t) || time_before(when, t->expires))
		sk_reset_timer(sk, t, when);
}
/* inet_csk_reset_xmit_timer - the retransmit timer for ICSK_TIME_@what in @when jiffies, at most @max_when. */
static inline void inet_csk_reset_xmit_timer(struct sock *sk, int what, unsigned long when, unsigned long max_when)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	icsk->icsk_pending = (u8)what;
	icsk->icsk_timeout = jiffies + min(when, max_when);
	icsk_timer_at_latest(sk, &icsk->icsk_retransmit_timer, icsk->icsk_timeout);
}
static inline void inet_csk_reset_delack_timer(struct sock *sk, unsigned long timeout)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	icsk->icsk_ack.pending |= ICSK_ACK_TIMER;
	icsk->icsk_ack.timeout = timeout;
	icsk_timer_at_latest(sk, &icsk->icsk_delack_timer, timeout);
}
static inline void inet_csk_clear_retrans_timer(struct sock *sk) { inet_csk(sk)->icsk_pending = 0; }
static inline void inet_csk_clear_delack_timer(struct sock *sk)
{
	inet_csk(sk)->icsk_ack.pending = 0;
	inet_csk(sk)->icsk_ack.retry = 0;
}
static inline unsigned long inet_csk_rto_backoff(const struct inet_connection_sock *icsk, unsigned long max_when)
{
	u64 when = (u64)icsk->icsk_rto << min(icsk->icsk_backoff, (u8)31);

	return (unsigned long)min(when, (u64)max_when);
}

/* inet_csk_accept - a connected sock of a listener, waiting if it may; NULL with *err (-EINVAL, -EAGAIN, -EINTR..). Context: process. */
struct sock *inet_csk_accept(struct sock *sk, int flags, int *err, bool kern);
/* inet_csk_listen_start - CLOSE to LISTEN. 0 or -EADDRINUSE. Context: process, sock locked. inet_listen calls it. */
int inet_csk_listen_start(struct sock *sk);
void inet_csk_listen_stop(struct sock *sk);
struct dst_entry *inet_csk_route_req(const struct sock *sk, struct flowi4 *fl4, const struct request_sock *req);
struct dst_entry *inet_csk_route_child_sock(const struct sock *sk, struct sock *newsk, const struct request_sock *req);
struct sock *inet_csk_clone_lock(const struct sock *sk, const struct request_sock *req, gfp_t gfp);
struct dst_entry *inet_csk_update_pmtu(struct sock *sk, u32 mtu);
/* inet_csk_reqsk_queue_add - a finished request to the accept queue (takes over its reference); NULL if the listener is gone. */
struct sock *inet_csk_reqsk_queue_add(struct sock *sk, struct request_sock *req, struct sock *child);
/* inet_csk_reqsk_queue_hash_add - a new request into the table, with its timer: then it has two more references. */
void inet_csk_reqsk_queue_hash_add(struct sock *sk, struct request_sock *req, unsigned long timeout);
void inet_csk_reqsk_queue_drop(struct sock *sk, struct request_sock *req);
void inet_csk_reqsk_queue_drop_and_put(struct sock *sk, struct request_sock *req);
struct sock *inet_csk_complete_hashdance(struct sock *sk, struct sock *child, struct request_sock *req, bool own_req);
void inet_csk_destroy_sock(struct sock *sk);
void inet_csk_prepare_forced_close(struct sock *sk); /* unlocks and drops a child that nobody will own */
int inet_rtx_syn_ack(const struct sock *parent, struct request_sock *req);
void inet_csk_addr2sockaddr(struct sock *sk, struct sockaddr *uaddr);
unsigned int inet_csk_listen_poll(const struct sock *sk);

static inline int inet_csk_reqsk_queue_len(const struct sock *sk) { return reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue); }
static inline bool inet_csk_reqsk_queue_is_full(const struct sock *sk)
{
	return (u32)inet_csk_reqsk_queue_len(sk) >= sk->sk_max_ack_backlog;
}
static inline void sk_acceptq_removed(struct sock *sk) { sk->sk_ack_backlog--; }
static inline void sk_acceptq_added(struct sock *sk) { sk->sk_ack_backlog++; }
static inline bool sk_acceptq_is_full(const struct sock *sk) { return sk->sk_ack_backlog > sk->sk_max_ack_backlog; }

#endif
