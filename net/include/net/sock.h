/* SPDX-License-Identifier: MIT */
/* struct sock: the network layer's side of a socket, and struct proto: what a transport protocol
 * does with it (net/core/sock.c). Book section 12.10. */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <kernel/slab.h>
#include <net/dst.h>
#include <net/net.h>
#include <net/net_namespace.h>
#include <net/skbuff.h>

struct proto;
struct request_sock_ops;
struct timewait_sock_ops;
struct sk_filter;
struct sock_reuseport;

/* What full sockets and TIME_WAIT minisocks share, so that both lie in one hash table. Must be
 * first in each. */
struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr; /* peer; bound (0: any) */
	__be16 skc_dport;
	u16 skc_num; /* local port, host order */
	u16 skc_family;
	volatile u8 skc_state; /* TCP_x; [k] written by tcp_set_state only */
	u8 skc_reuse : 4, skc_reuseport : 1;
	int skc_bound_dev_if;		 /* SO_BINDTODEVICE: ifindex or 0 */
	struct hlist_node skc_node;	 /* in the protocol's main table */
	struct hlist_node skc_bind_node; /* in the bind hash */
	u32 skc_hash;
	atomic_t skc_refcnt;
	u64 skc_cookie; /* SO_COOKIE and sock_diag's, 0: not given yet */
	struct proto *skc_prot;
	struct net *skc_net;
};

typedef struct {
	spinlock_t slock;
	bool owned; /* a process holds it: softirqs use the backlog */
	wait_queue_head_t wq;
} socket_lock_t;

struct sock {
	struct sock_common __sk_common;
#define sk_family	__sk_common.skc_family
#define sk_state	__sk_common.skc_state
#define sk_reuse	__sk_common.skc_reuse
#define sk_reuseport	__sk_common.skc_reuseport
#define sk_bound_dev_if __sk_common.skc_bound_dev_if
#define sk_node		__sk_common.skc_node
#define sk_bind_node	__sk_common.skc_bind_node
#define sk_hash		__sk_common.skc_hash
#define sk_refcnt	__sk_common.skc_refcnt
#define sk_prot		__sk_common.skc_prot
#define sk_net		__sk_common.skc_net
#define sk_daddr	__sk_common.skc_daddr
#define sk_rcv_saddr	__sk_common.skc_rcv_saddr
#define sk_dport	__sk_common.skc_dport
#define sk_num		__sk_common.skc_num
#define sk_cookie	__sk_common.skc_cookie
	u8 sk_shutdown; /* RCV_SHUTDOWN, SEND_SHUTDOWN */
	u8 sk_no_check_tx, sk_no_check_rx;
	u8 sk_userlocks; /* SOCK_x_LOCK */
	u8 sk_protocol;
	u16 sk_type;
	unsigned long sk_flags; /* SOCK_x below */
	socket_lock_t sk_lock;
	struct {
		struct sk_buff *head, *tail;
		int len; /* truesize */
	} sk_backlog;	 /* [slock] */
	struct sk_buff_head sk_receive_queue, sk_write_queue, sk_error_queue;
	atomic_t sk_rmem_alloc;	  /* bytes in the receive queue (truesize) */
	atomic_t sk_wmem_alloc;	  /* bytes in flight, plus 1 while the sock lives */
	atomic_t sk_omem_alloc;	  /* options */
	int sk_rcvbuf, sk_sndbuf; /* bytes */
	int sk_wmem_queued;	  /* [k] persistent transmit queue */
	int sk_forward_alloc;	  /* bytes of the protocol's memory reserved and not used */
	gfp_t sk_allocation;
	u32 sk_route_caps; /* NETIF_F_x of the route's device */
	unsigned int sk_gso_max_size, sk_gso_max_segs; /* payload bytes and packets of a large segment */
	int sk_rcvlowat;
	int sk_write_pending;		/* [k] writers that sleep: what they have follows soon */
	long sk_rcvtimeo, sk_sndtimeo;	/* jiffies */
	unsigned long sk_lingertime;	/* jiffies */
	struct dst_entry *sk_dst_cache; /* [k] */
	u32 sk_dst_cookie;
	u32 sk_priority, sk_mark;
	int sk_err, sk_err_soft;		/* positive errno */
	u32 sk_ack_backlog, sk_max_ack_backlog; /* accept queue: length, limit */
	u64 sk_pacing_rate, sk_max_pacing_rate; /* bytes a second, ~0: no limit */
	u8 sk_pacing_status;			/* SK_PACING_x */
	u8 sk_pacing_shift; /* what may lie below the transport: sk_pacing_rate >> this, in bytes */
	struct timer_list sk_timer;
	ktime_t sk_stamp;
	atomic_t sk_drops;
	struct socket *sk_socket;    /* NULL: orphan */
	wait_queue_head_t *sk_sleep; /* the socket's */
	struct sk_filter *sk_filter;
	struct sock_reuseport *sk_reuseport_cb; /* the group that it is in (net/sock_reuseport.h) [S] */
	void *sk_user_data;
	struct page *sk_frag_page; /* where sendmsg puts small data */
	u32 sk_frag_offset, sk_frag_size;
	struct sk_buff *sk_send_head;
	struct list_head sk_all_node; /* all sockets of the protocol, for /proc; of a dead one: those to tell of */
	struct proto *sk_prot_creator;
	int sk_incoming_cpu; /* SO_INCOMING_CPU: as it was set, then that of the last packet; -1: none */
	int sk_peek_off;   /* SO_PEEK_OFF: where MSG_PEEK reads next; -1: off */
	u32 sk_tsflags;	   /* SOF_TIMESTAMPING_x */
	u32 sk_tskey;	   /* OPT_ID: the next datagram's key, or where a stream's begin */
	u32 sk_zckey;	   /* MSG_ZEROCOPY: the next send's number */
	unsigned int sk_ll_usec;   /* SO_BUSY_POLL, microseconds: read back, and without effect */
	u16 sk_busy_poll_budget;   /* SO_BUSY_POLL_BUDGET: the same */
	u8 sk_txrehash;		   /* SO_TXREHASH: the same */
	u32 sk_txtime_flags;	   /* SO_TXTIME: SOF_TXTIME_x */
	int sk_clockid;		   /* and the clock that the program counts by */
	struct ucred sk_peer_cred; /* SO_PEERCRED: who connected or listened; nobody in most families */
	bool sk_kern_sock; /* the kernel's own: holds no namespace and is not counted */
	/* Called in softirq or process context with the sock locked or its slock held. */
	void (*sk_state_change)(struct sock *sk);
	void (*sk_data_ready)(struct sock *sk);
	void (*sk_write_space)(struct sock *sk);
	void (*sk_error_report)(struct sock *sk);
	int (*sk_backlog_rcv)(struct sock *sk, struct sk_buff *skb);
	void (*sk_destruct)(struct sock *sk);
};

/* sk_incoming_cpu_update - a packet came for it, on the one processor that there is. */
static inline void sk_incoming_cpu_update(struct sock *sk)
{
	sk->sk_incoming_cpu = 0;
}

#define RCV_SHUTDOWN	   1
#define SEND_SHUTDOWN	   2
#define SHUTDOWN_MASK	   3
#define SOCK_SNDBUF_LOCK   1
#define SOCK_RCVBUF_LOCK   2
#define SOCK_BINDADDR_LOCK 4
#define SOCK_BINDPORT_LOCK 8
#define SK_CAN_REUSE	   1
/* Who keeps to the pacing rate: nobody, the transport, or the queueing discipline. */
enum sk_pacing { SK_PACING_NONE, SK_PACING_NEEDED, SK_PACING_FQ };
#define SK_PACING_SHIFT 10 /* about a millisecond */

enum sock_flags {
	SOCK_DEAD,
	SOCK_DONE,
	SOCK_URGINLINE,
	SOCK_KEEPOPEN,
	SOCK_LINGER,
	SOCK_BROADCAST,
	SOCK_TIMESTAMP,
	SOCK_RCVTSTAMP,
	SOCK_RCVTSTAMPNS,
	SOCK_LOCALROUTE,
	SOCK_DBG,
	SOCK_USE_WRITE_QUEUE,
	SOCK_ZAPPED,
	SOCK_RXQ_OVFL,
	SOCK_PASSCRED,
	SOCK_RCU_FREE,
	SOCK_NOFCS,
	SOCK_FILTER_LOCKED,
	SOCK_SELECT_ERR_QUEUE,
	SOCK_TSTAMP_NEW,
	SOCK_TIMESTAMPING_RX_SOFTWARE, /* SO_TIMESTAMPING keeps packets stamped */
	SOCK_ZEROCOPY,
	SOCK_PASSSEC,	  /* SO_PASSSEC, IP_PASSSEC: without a security module there is no label to tell */
	SOCK_WIFI_STATUS, /* SO_WIFI_STATUS: no device tells any */
	SOCK_RCVMARK,
	SOCK_TXTIME,		/* SO_TXTIME: a send may say when it is to go */
	SOCK_PREFER_BUSY_POLL,	/* SO_PREFER_BUSY_POLL: without effect */
	SOCK_FASYNC /* a file of its socket's has O_ASYNC */
};
static inline void sock_set_flag(struct sock *sk, enum sock_flags f)
{
	sk->sk_flags |= 1ul << f;
}
static inline void sock_reset_flag(struct sock *sk, enum sock_flags f)
{
	sk->sk_flags &= ~(1ul << f);
}
static inline bool sock_flag(const struct sock *sk, enum sock_flags f)
{
	return (sk->sk_flags >> f) & 1;
}
static inline void sock_valbool_flag(struct sock *sk, enum sock_flags f, bool v)
{
	if (v)
		sock_set_flag(sk, f);
	else
		sock_reset_flag(sk, f);
}

struct proto { /* a transport protocol. Book listing of struct proto */
	const char *name;
	void (*close)(struct sock *sk, long timeout);
	int (*pre_connect)(struct sock *sk, struct sockaddr *uaddr, int addr_len);
	int (*connect)(struct sock *sk, struct sockaddr *uaddr, int addr_len);
	int (*disconnect)(struct sock *sk, int flags);
	struct sock *(*accept)(struct sock *sk, int flags, int *err, bool kern);
	int (*ioctl)(struct sock *sk, int cmd, unsigned long arg);
	int (*init)(struct sock *sk);
	void (*destroy)(struct sock *sk);
	void (*shutdown)(struct sock *sk, int how);
	/* May more be queued? Of the bytes not sent yet, with @wake as if there were twice as many;
	 * NULL: only the buffer counts. */
	bool (*stream_memory_free)(const struct sock *sk, int wake);
	/* SO_TIMESTAMPING with OPT_ID: where the keys begin. 0, -EINVAL: not in this state; NULL: at 0. */
	int (*tstamp_key)(const struct sock *sk, u32 *key);
	int (*set_rcvlowat)(struct sock *sk, int val); /* SO_RCVLOWAT; NULL: only the number */
	void (*keepalive)(struct sock *sk, int val); /* SO_KEEPALIVE changes; NULL: only the flag */
	int (*setsockopt)(struct sock *sk, int level, int optname, sockptr_t optval,
			  unsigned int optlen);
	int (*getsockopt)(struct sock *sk, int level, int optname, sockptr_t optval,
			  sockptr_t optlen);
	int (*sendmsg)(struct sock *sk, struct kmsghdr *msg, size_t len);
	int (*recvmsg)(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len);
	int (*bind)(struct sock *sk, struct sockaddr *uaddr, int addr_len);
	int (*backlog_rcv)(struct sock *sk, struct sk_buff *skb);
	void (*release_cb)(struct sock *sk);
	void (*hash)(struct sock *sk);
	void (*unhash)(struct sock *sk);
	int (*get_port)(struct sock *sk, unsigned short snum); /* 0 or -EADDRINUSE */
	int (*diag_destroy)(struct sock *sk, int err);
	unsigned int obj_size;
	unsigned int max_header;
	struct kmem_cache *slab;
	struct request_sock_ops *rsk_prot;
	struct timewait_sock_ops *twsk_prot;
	bool no_autobind;
	/* memory of the whole protocol, in pages; NULL: unaccounted */
	atomic_t *sockets_allocated;
	long *(*memory_allocated)(struct net *net);
	const long *(*sysctl_mem)(struct net *net);
	int (*sysctl_min)(const struct net *net, bool recv); /* bytes that each sock may have under pressure */
	int *(*memory_pressure)(struct net *net);
	void (*pressure_changed)(struct net *net, bool on); /* optional, for counting. Context: any */
	int nr_socks;	       /* alive now, for /proc/net/protocols */
	struct list_head node; /* in the list of registered protocols */
};
int proto_register(struct proto *prot, bool alloc_slab); /* creates caches. 0 or -errno */

/* What a family prints into /proc/net/sockstat. */
struct seq_file;
struct sockstat_lines {
	void (*show)(struct seq_file *m, struct net *net);
	struct list_head node;
};
void sockstat_register(
	struct sockstat_lines *lines); /* @lines stays the caller's (static). Context: boot */

/* ---- life ---- */
/* sk_alloc - a zeroed sock of prot->obj_size with one reference; NULL when out of memory. Context:
 * process or softirq. */
struct sock *sk_alloc(struct net *net, int family, gfp_t gfp, struct proto *prot, bool kern);
/* sk_clone_lock - a child of a listener: copied, queues fresh, slock held by bottom half
 * (bh_lock_sock), 2 references. NULL when out of memory. */
struct sock *sk_clone_lock(const struct sock *sk, gfp_t gfp);
void sk_free(struct sock *sk);
void sk_destruct(struct sock *sk); /* the rest of sk_free: net->core.sk_destroyed has heard of it */
void sock_init_data(struct socket *sock, struct sock *sk);
static inline void sock_hold(struct sock *sk)
{
	atomic_inc(&sk->sk_refcnt);
}
static inline void sock_put(struct sock *sk)
{
	if (atomic_dec_and_test(&sk->sk_refcnt))
		sk_free(sk);
}
/* sock_orphan - cut it from its struct socket; sock_graft - attach to another. */
void sock_orphan(struct sock *sk);
void sock_graft(struct sock *sk, struct socket *parent);
static inline struct net *sock_net(const struct sock *sk)
{
	return sk->sk_net;
}
/* sk_common_release - close for datagram protocols. */
void sk_common_release(struct sock *sk);
unsigned long socks_in_use(void); /* for leak checks */

/* ---- lock (lock_sock and the backlog) ---- */
void lock_sock(struct sock *sk);    /* Context: process, may sleep */
void release_sock(struct sock *sk); /* runs the backlog, release_cb, wakes waiters */
static inline void bh_lock_sock(struct sock *sk)
{
	spin_lock(&sk->sk_lock.slock);
}
static inline void bh_unlock_sock(struct sock *sk)
{
	spin_unlock(&sk->sk_lock.slock);
}
static inline bool sock_owned_by_user(const struct sock *sk)
{
	return sk->sk_lock.owned;
}
/* sk_add_backlog - 0, or -ENOBUFS (skb not taken) beyond @limit bytes of truesize. Context:
 * softirq, slock held, owned by user. */
int sk_add_backlog(struct sock *sk, struct sk_buff *skb, unsigned int limit);
/*
 * sk_wait_event - let go of the sock, sleep until woken (unless @cond holds by then), take it
 * again; the value of @cond. Between prepare_to_wait and finish_wait on sk->sk_sleep; *timeo counts
 * down.
 */
#define sk_wait_event(sk, timeo, cond)                         \
	({                                                     \
		bool _sk_rc;                                   \
		release_sock(sk);                              \
		_sk_rc = (cond);                               \
		if (!_sk_rc)                                   \
			*(timeo) = schedule_timeout(*(timeo)); \
		lock_sock(sk);                                 \
		_sk_rc = (cond);                               \
		_sk_rc;                                        \
	})
/* sk_wait_data - until the receive queue's tail is not @last any more, or *timeo is over. True if
 * it changed. Context: sock locked. */
int sk_wait_data(struct sock *sk, long *timeo, const struct sk_buff *last);
int sk_stream_wait_connect(struct sock *sk, long *timeo);
int sk_stream_wait_memory(struct sock *sk, long *timeo);
void sk_stream_wait_close(struct sock *sk, long timeout);
int sk_stream_error(struct sock *sk, int flags, int err);
void sk_stream_write_space(struct sock *sk);
void sk_stream_kill_queues(struct sock *sk);

/* ---- memory ---- */
/* sock_queue_rcv_skb - run sk's filter, charge to sk and append to the receive queue, then
 * sk_data_ready. 0, -ENOMEM (rcvbuf full), -ENOBUFS (the protocol's limit), -EPERM (filter): sk_drops
 * counts it, skb is still the caller's. __sock_queue_rcv_skb - for those who ran the filter. */
int sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);
int __sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);
int sock_queue_err_skb(struct sock *sk, struct sk_buff *skb);
void skb_set_owner_r(struct sk_buff *skb, struct sock *sk);
void skb_set_owner_w(struct sk_buff *skb, struct sock *sk);
void sock_rfree(struct sk_buff *skb);
void sock_wfree(struct sk_buff *skb);
#define SOCK_MIN_RCVBUF 2304
#define SOCK_MIN_SNDBUF 4608
struct sk_buff *sock_wmalloc(struct sock *sk, unsigned long size, int force, gfp_t gfp);
/* sock_alloc_send_skb - waits for send buffer space; NULL with *err. Context: process. */
struct sk_buff *sock_alloc_send_skb(struct sock *sk, unsigned long size, int noblock, int *err);
/* sock_alloc_send_pskb - the same with room for @data_len bytes in pages, which the caller adds to len
 * and data_len. */
struct sk_buff *sock_alloc_send_pskb(struct sock *sk, size_t header_len, size_t data_len, int noblock,
				     int *err);
/* Accounting of stream protocols in whole quanta against prot's limits. */
#define SK_MEM_QUANTUM 4096
bool __sk_mem_schedule(struct sock *sk, int size, bool recv);
void __sk_mem_reclaim(struct sock *sk, int amount);
static inline bool sk_has_account(const struct sock *sk)
{
	return sk->sk_prot->memory_allocated != NULL;
}
static inline bool sk_wmem_schedule(struct sock *sk, int size)
{
	return !sk_has_account(sk) || size <= sk->sk_forward_alloc ||
	       __sk_mem_schedule(sk, size, false);
}
static inline bool sk_rmem_schedule(struct sock *sk, int size)
{
	return !sk_has_account(sk) || size <= sk->sk_forward_alloc ||
	       __sk_mem_schedule(sk, size, true);
}
static inline void sk_mem_charge(struct sock *sk, int size)
{
	if (sk_has_account(sk))
		sk->sk_forward_alloc -= size;
}
static inline void sk_mem_uncharge(struct sock *sk, int size)
{
	if (!sk_has_account(sk))
		return;
	sk->sk_forward_alloc += size;
	if (unlikely(sk->sk_forward_alloc >= 2 << 20))
		__sk_mem_reclaim(sk, 1 << 20);
}
static inline void sk_mem_reclaim(struct sock *sk)
{
	if (sk_has_account(sk) && sk->sk_forward_alloc >= SK_MEM_QUANTUM)
		__sk_mem_reclaim(sk, sk->sk_forward_alloc);
}
/* sk_page_frag_refill - room for at least one byte of the @more that are to come in sk_frag_page.
 * false: out of memory (pressure entered). */
bool sk_page_frag_refill(struct sock *sk, size_t more);
static inline int sk_stream_wspace(const struct sock *sk)
{
	return sk->sk_sndbuf - sk->sk_wmem_queued;
}
static inline int sk_stream_min_wspace(const struct sock *sk)
{
	return sk->sk_wmem_queued >> 1;
}
static inline bool __sk_stream_memory_free(const struct sock *sk, int wake)
{
	if (sk->sk_wmem_queued >= sk->sk_sndbuf)
		return false;
	return !sk->sk_prot->stream_memory_free || sk->sk_prot->stream_memory_free(sk, wake);
}
static inline bool sk_stream_memory_free(const struct sock *sk)
{
	return __sk_stream_memory_free(sk, 0);
}
/* sk_stream_is_writeable - is there room for a batch, so that it pays to wake a writer? */
static inline bool sk_stream_is_writeable(const struct sock *sk)
{
	return sk_stream_wspace(sk) >= sk_stream_min_wspace(sk) && __sk_stream_memory_free(sk, 1);
}
static inline bool sock_writeable(const struct sock *sk)
{
	return atomic_read(&sk->sk_wmem_alloc) < (sk->sk_sndbuf >> 1);
}
static inline int sk_rmem_alloc_get(const struct sock *sk)
{
	return atomic_read(&sk->sk_rmem_alloc);
}
static inline int sk_wmem_alloc_get(const struct sock *sk)
{
	return atomic_read(&sk->sk_wmem_alloc) - 1;
}

/* ---- route ---- */
struct dst_entry *
__sk_dst_check(struct sock *sk,
	       u32 cookie); /* the cached route if still good, else NULL (and dropped) */
static inline struct dst_entry *__sk_dst_get(const struct sock *sk)
{
	return sk->sk_dst_cache;
}
void sk_dst_set(struct sock *sk, struct dst_entry *dst); /* takes over the reference */
void sk_dst_reset(struct sock *sk);
/* sk_setup_caps - sk_dst_set, and what the route's device makes possible. What the device does not cut
 * itself is cut in software, behind the queueing discipline. */
void sk_setup_caps(struct sock *sk, struct dst_entry *dst);

/* ---- events and errors ---- */
static inline int sock_error(struct sock *sk) /* -errno once, then cleared */
{
	int err = sk->sk_err;

	sk->sk_err = 0;
	return -err;
}
static inline long sock_rcvtimeo(const struct sock *sk, bool noblock)
{
	return noblock ? 0 : sk->sk_rcvtimeo;
}
static inline long sock_sndtimeo(const struct sock *sk, bool noblock)
{
	return noblock ? 0 : sk->sk_sndtimeo;
}
static inline int sock_rcvlowat(const struct sock *sk, bool waitall, int len)
{
	int v = waitall ? len : min(sk->sk_rcvlowat, len);

	return v ? v : 1;
}
/* sock_intr_errno - -ERESTARTSYS for an endless wait, -EINTR for a timed one. */
static inline int sock_intr_errno(long timeo)
{
	return timeo == MAX_SCHEDULE_TIMEOUT ? -ERESTARTSYS : -EINTR;
}
void sock_def_wakeup(struct sock *sk);
void sock_def_readable(struct sock *sk);
void sock_def_error_report(struct sock *sk);
void sock_def_write_space(struct sock *sk);
void sk_stop_timer(struct sock *sk, struct timer_list *t);
void sk_reset_timer(struct sock *sk, struct timer_list *t,
		    unsigned long expires); /* a pending timer holds a reference */
void sk_send_sigpipe(void);		    /* SIGPIPE to the current task */
void sk_send_sigurg(struct sock *sk);	    /* SIGURG to the owner. Context: softirq */
/* sk_wake_async - who hears of @sk by SIGIO is told @band (POLL_x). Context: any but hardirq. */
static inline void sk_wake_async(struct sock *sk, enum sock_wake how, int band)
{
	if (unlikely(sock_flag(sk, SOCK_FASYNC)) && sk->sk_socket)
		sock_wake_async(sk->sk_socket, how, band);
}

/* ---- options, generic operations ---- */
int sock_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		    unsigned int optlen);
int sock_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		    sockptr_t optlen);
int sock_common_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			   unsigned int optlen);
int sock_common_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			   sockptr_t optlen);
int sock_common_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags);
int sock_no_bind(struct socket *, struct sockaddr *, int);
int sock_no_connect(struct socket *, struct sockaddr *, int, int);
int sock_no_socketpair(struct socket *, struct socket *);
int sock_no_accept(struct socket *, struct socket *, int, bool);
int sock_no_listen(struct socket *, int);
int sock_no_shutdown(struct socket *, int);
/* put_cmsg - append a control message for the receiver (MSG_CTRUNC when it does not fit). 0 or
 * -EFAULT. */
int put_cmsg(struct kmsghdr *msg, int level, int type, int len, const void *data);
/* sock_recv_timestamp - the control messages of SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING for a received packet or a
 * report. sock_recv_cmsgs - for a received packet those of SO_RXQ_OVFL and SO_RCVMARK, too. */
void sock_recv_timestamp(struct kmsghdr *msg, struct sock *sk, struct sk_buff *skb);
void __sock_recv_cmsgs(struct kmsghdr *msg, struct sock *sk, struct sk_buff *skb);
static inline void sock_recv_cmsgs(struct kmsghdr *msg, struct sock *sk, struct sk_buff *skb)
{
	const unsigned long wanted = 1ul << SOCK_RCVTSTAMP | 1ul << SOCK_RXQ_OVFL | 1ul << SOCK_RCVMARK |
				     1ul << SOCK_TIMESTAMP | 1ul << SOCK_TIMESTAMPING_RX_SOFTWARE;

	if (unlikely(sk->sk_flags & wanted || sk->sk_tsflags))
		__sock_recv_cmsgs(msg, sk, skb);
}
/* sock_recv_tstamp - the same for a stream: when the last of the bytes came. */
void sock_recv_tstamp(struct kmsghdr *msg, struct sock *sk, ktime_t tstamp);
/* What control messages of SOL_SOCKET say of one send; sockcm_init - what the socket says of all. */
struct sockcm_cookie {
	u64 transmit_time; /* SCM_TXTIME: not before this, in ns; 0: at once */
	u32 mark;	   /* SO_MARK */
	u32 tsflags;	   /* SO_TIMESTAMPING: SOF_TIMESTAMPING_x */
};
static inline struct sockcm_cookie sockcm_init(const struct sock *sk)
{
	return (struct sockcm_cookie){ .mark = sk->sk_mark, .tsflags = sk->sk_tsflags };
}
/* sock_cmsg_send - one message of SOL_SOCKET to sendmsg, into @sockc; sock_cmsgs_send - all of @msg, those of other levels
 * are not looked at. 0 or -EINVAL. */
int sock_cmsg_send(const struct sock *sk, const struct cmsghdr *c, struct sockcm_cookie *sockc);
int sock_cmsgs_send(const struct sock *sk, const struct kmsghdr *msg, struct sockcm_cookie *sockc);

/* sock_gen_cookie - SO_COOKIE's number; sock_meminfo - the nine SK_MEMINFO_x. */
u64 sock_gen_cookie(struct sock *sk);
void sock_meminfo(struct sock *sk, u32 *m);

/* ---- SO_TIMESTAMPING, MSG_ZEROCOPY: reports on the error queue (sock_tstamp.c) ---- */
int sock_set_timestamping(struct sock *sk, int optname, u32 flags);
/* sock_tx_timestamp - the SKBTX_x that @tsflags ask for. */
u8 sock_tx_timestamp(u32 tsflags);
/* skb_tstamp_tx - report that @skb has passed a point (SCM_TSTAMP_x) just now to @sk, which is
 * alive. Context: any but hardirq. */
void skb_tstamp_tx(struct sk_buff *skb, struct sock *sk, int type);
/* sock_zerocopy_done - report that send number @id needs the user's pages no more. Context: any. */
void sock_zerocopy_done(struct sock *sk, u32 id);
/* sock_err_dequeue - the oldest report; sk_err follows those of ICMP. NULL: none. */
struct sk_buff *sock_err_dequeue(struct sock *sk);
/* sock_gettstamp - SIOCGSTAMP (timeval) and SIOCGSTAMPNS (timespec): when the last packet read
 * arrived. 0, -ENOENT, -EFAULT. */
int sock_gettstamp(struct socket *sock, sockptr_t arg, bool timeval, bool time32);
/* sk_peek_offset - where MSG_PEEK begins; sk_peek_offset_bwd, _fwd - after @val bytes were taken or
 * peeked. */
static inline int sk_peek_offset(const struct sock *sk, int flags)
{
	return (flags & MSG_PEEK) && sk->sk_peek_off >= 0 ? sk->sk_peek_off : 0;
}
void sk_peek_offset_bwd(struct sock *sk, int val);
void sk_peek_offset_fwd(struct sock *sk, int val);
int sk_set_peek_off(struct sock *sk, int val); /* for proto_ops.set_peek_off */
/* sock_kmalloc, sock_kfree_s - option memory, charged to sk_omem_alloc up to net.core.optmem_max.
 */
void *sock_kmalloc(struct sock *sk, size_t size, gfp_t gfp);
void sock_kfree_s(struct sock *sk, void *mem, size_t size);
/* for_each cmsg of a sent message (kernel copy): see CMSG_* in uapi/socket.h */

/* ---- datagram helpers (net/core/datagram.c) ---- */
/* skb_recv_datagram - the next packet, waiting as flags and timeouts say; NULL with *err. __skb_recv_datagram - and where in it
 * the reader is to begin: *off, not 0 with MSG_PEEK and SO_PEEK_OFF alone. Context: process, unlocked sock. */
struct sk_buff *__skb_recv_datagram(struct sock *sk, unsigned int flags, int noblock, int *off, int *err);
struct sk_buff *skb_recv_datagram(struct sock *sk, unsigned int flags, int noblock, int *err);
void skb_free_datagram(struct sock *sk, struct sk_buff *skb);
int skb_kill_datagram(struct sock *sk, struct sk_buff *skb, unsigned int flags);
unsigned int datagram_poll(struct file *file, struct socket *sock, struct poll_table *wait);

/* Walk the members of a hash chain. */
#define sk_for_each(sk, list) hlist_for_each_entry(sk, list, __sk_common.skc_node)
static inline void sk_add_node(struct sock *sk, struct hlist_head *list)
{
	sock_hold(sk);
	hlist_add_head(&sk->sk_node, list);
}
/* sk_add_node_tail - the same at the end, in time that grows with the list: for lists that are shown in order of age. */
static inline void sk_add_node_tail(struct sock *sk, struct hlist_head *list)
{
	struct hlist_node *last = list->first;

	while (last && last->next)
		last = last->next;
	sock_hold(sk);
	if (last)
		hlist_add_behind(&sk->sk_node, last);
	else
		hlist_add_head(&sk->sk_node, list);
}
static inline bool
sk_del_node_init(struct sock *sk) /* true: it was hashed, its reference is dropped */
{
	if (hlist_unhashed(&sk->sk_node))
		return false;
	hlist_del_init(&sk->sk_node);
	sock_put(sk);
	return true;
}
static inline bool sk_hashed(const struct sock *sk)
{
	return !hlist_unhashed(&sk->sk_node);
}
static inline bool sk_unhashed(const struct sock *sk)
{
	return !sk_hashed(sk);
}

#endif
