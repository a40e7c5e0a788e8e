/* SPDX-License-Identifier: MIT */
/* request_sock: a connection that is half open, kept small until the handshake ends (net/ipv4/request_sock.c). Book section 12.9.3; RFC
 * 4987. */
#ifndef NET_REQUEST_SOCK_H
#define NET_REQUEST_SOCK_H

#include <kernel/timer.h>
#include <net/sock.h>

#define TCP_TIMEOUT_INIT_JIFFIES HZ /* RFC 6298 (2.1): the first SYN-ACK time-out */

struct request_sock;
struct tcp_fastopen_context;
struct tcp_fastopen_cookie;

struct request_sock_ops {
	int family;
	unsigned int obj_size;
	const char *slab_name;
	struct kmem_cache *slab;
	/* rtx_syn_ack - send the SYN-ACK once more. 0 or -errno. Context: softirq. */
	int (*rtx_syn_ack)(const struct sock *sk, struct request_sock *req);
	void (*send_ack)(const struct sock *sk, struct sk_buff *skb, struct request_sock *req);
	void (*send_reset)(const struct sock *sk, struct sk_buff *skb);
	void (*destructor)(struct request_sock *req);
	/* the address family's part of a SYN (tcp_conn_request) */
	u16 mss_clamp; /* the peer's MSS when it names none, and the floor of what we believe */
	void (*init_req)(struct request_sock *req, const struct sock *sk, struct sk_buff *skb);
	struct dst_entry *(*route_req)(const struct sock *sk, struct request_sock *req); /* NULL: no route */
	u32 (*init_seq)(const struct sk_buff *skb);
	u32 (*init_ts_off)(const struct sk_buff *skb);
	u32 (*cookie_init_seq)(struct net *net, const struct sk_buff *skb, u16 *mss);
	/* send_synack - takes over @dst (NULL: routes itself); @foc: the Fast Open cookie to send, or NULL. 0 or -errno. */
	int (*send_synack)(const struct sock *sk, struct dst_entry *dst, struct request_sock *req,
			   const struct tcp_fastopen_cookie *foc);
};

struct request_sock {
	struct sock_common __req_common; /* in the established table, state TCP_NEW_SYN_RECV */
#define rsk_refcnt __req_common.skc_refcnt
#define rsk_hash __req_common.skc_hash
#define rsk_node __req_common.skc_node
	struct request_sock *dl_next; /* in the accept queue */
	u16 mss;		      /* the peer's MSS option */
	u8 num_retrans;		      /* SYN-ACKs sent again */
	u8 num_timeout;		      /* SYN-ACK time-outs */
	bool syncookie;
	u32 ts_recent;
	struct timer_list rsk_timer; /* SYN-ACK retransmission */
	unsigned long timeout;	     /* jiffies until the next */
	const struct request_sock_ops *rsk_ops;
	struct sock *rsk_listener; /* referenced */
	struct sock *sk;	   /* the full socket, once there is one */
};

static inline struct request_sock *inet_reqsk(const struct sock *sk) { return (struct request_sock *)sk; }

/* Children that a SYN alone has made (RFC 7413 section 5.1), of a listener; [rskq_lock] but for the last two. */
struct fastopen_queue {
	struct request_sock *rst_head, *rst_tail; /* accepted, then reset: they count until rsk_timer.expires */
	int qlen;				  /* without a complete handshake, and those */
	int max_qlen;				  /* [k] 0: no Fast Open */
	struct tcp_fastopen_context *ctx;	  /* [k] this listener's own keys, or NULL: the namespace's */
};

/* A listener's queues: counts of the half open, and the list of those to be accepted. */
struct request_sock_queue {
	spinlock_t rskq_lock;
	u8 rskq_defer_accept; /* SYN-ACK retransmissions to wait for data, 0: off */
	u32 synflood_warned;
	atomic_t qlen;						  /* half open */
	atomic_t young;						  /* half open, SYN-ACK sent but once */
	struct request_sock *rskq_accept_head, *rskq_accept_tail; /* [rskq_lock] */
	u32 synq_overflow_ts;					  /* seconds: when a cookie was last sent */
	struct fastopen_queue fastopenq;
};

static inline bool reqsk_queue_empty(const struct request_sock_queue *q) { return q->rskq_accept_head == NULL; }
static inline int reqsk_queue_len(const struct request_sock_queue *q) { return atomic_read(&q->qlen); }
static inline int reqsk_queue_len_young(const struct request_sock_queue *q) { return atomic_read(&q->young); }

void reqsk_queue_alloc(struct request_sock_queue *q);
/* reqsk_alloc - a request of @listener with one reference; NULL when out of memory. Context: softirq. */
struct request_sock *reqsk_alloc(struct request_sock_ops *ops, struct sock *listener, bool attach_listener);
void reqsk_free(struct request_sock *req); /* references are gone */
static inline void reqsk_put(struct request_sock *req)
{
	if (atomic_dec_and_test(&req->rsk_refcnt))
		reqsk_free(req);
}
/* reqsk_queue_remove - the oldest of the accept queue, or NULL. Context: process. */
struct request_sock *reqsk_queue_remove(struct request_sock_queue *q, struct sock *parent);
void reqsk_queue_removed(struct request_sock_queue *q, const struct request_sock *req);
static inline void reqsk_queue_added(struct request_sock_queue *q)
{
	atomic_inc(&q->young);
	atomic_inc(&q->qlen);
}

#endif
