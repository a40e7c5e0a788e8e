/* SPDX-License-Identifier: MIT */
/*
 * What the files of net/unix share.
 *
 * Local sockets are used in process context only. What concerns two of them at once (names, peers,
 * states, shutdown) is under one lock a namespace, [U] below, and not one a socket: nearly every step
 * needs both ends, and there is no order between them. Nothing that holds it sleeps. A socket holds
 * references to its peer and to its name; a listener's queue holds the far ends that nobody has
 * accepted yet.
 */
#ifndef UNIX_INTERNAL_H
#define UNIX_INTERNAL_H

#include <kernel/err.h>
#include <kernel/fs.h>
#include <kernel/kernel.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/af_unix.h>
#include <net/filter.h>
#include <net/sock.h>
#include <uapi/ioctl.h>
#include <uapi/poll.h>
#include <uapi/tcp.h>
#include <uapi/stat.h>
#include <uapi/un.h>

#define UNIX_PATH_AT ((int)offsetof(struct sockaddr_un, sun_path)) /* where a name begins */

struct unix_address {
	atomic_t refcnt;
	int len;		 /* of name, family included */
	struct sockaddr_un name; /* a path with its NUL, or an abstract name behind a NUL */
};

struct unix_sock {
	struct sock sk;		      /* must be first */
	u64 number;		      /* [I] of the namespace's sockets, in order of creation, from 1 */
	struct unix_address *addr;    /* [U] NULL: no name; never changes once it is there */
	struct inode *inode;	      /* [U] a path's node in the tree; NULL: no path */
	struct sock *peer;	      /* [U] with a reference */
	struct hlist_head senders;    /* [U] datagram sockets connected to this one, by sk_bind_node */
	wait_queue_head_t peer_wait;  /* those that found no room in our queue */
	struct list_head inflight_node; /* in the namespace's, while inflight */
	unsigned long inflight;	      /* how often our file lies in some queue */
	struct list_head gc_node;     /* unix_gc only */
	bool gc_reached;
};

static inline struct unix_sock *unix_sk(const struct sock *sk)
{
	return (struct unix_sock *)sk;
}
static inline struct netns_unix *unix_net(const struct sock *sk)
{
	return &sock_net(sk)->unx;
}
static inline void unix_lock(const struct sock *sk)
{
	spin_lock(&unix_net(sk)->lock);
}
static inline void unix_unlock(const struct sock *sk)
{
	spin_unlock(&unix_net(sk)->lock);
}
static inline bool unix_connection_based(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}
/* unix_peer_get - the peer with a reference, or NULL. */
static inline struct sock *unix_peer_get(struct sock *sk)
{
	struct sock *peer;

	unix_lock(sk);
	peer = unix_sk(sk)->peer;
	if (peer)
		sock_hold(peer);
	unix_unlock(sk);
	return peer;
}
/* unix_recvq_full - are there more than may wait (datagrams, or connections)? */
static inline bool unix_recvq_full(const struct sock *sk)
{
	return sk->sk_receive_queue.qlen > sk->sk_max_ack_backlog;
}
/* unix_may_send - may @sk send to @to, which may be connected to somebody else? Lock held. */
static inline bool unix_may_send(const struct sock *sk, const struct sock *to)
{
	return !unix_sk(to)->peer || unix_sk(to)->peer == sk;
}

/* ---- messages (unix_scm.c) ---- */

/* Files on their way, with a reference each. */
struct scm_fp_list {
	struct list_head node; /* while they are being closed */
	int count;
	struct file *fp[];
};
#define SCM_MAX_FD 253 /* in one message, as Linux */

/* What goes with bytes: in the skb, or on the stack while it is sent or received. */
struct scm_cookie {
	struct ucred creds;
	struct scm_fp_list *fp; /* NULL: none */
};

struct unix_skb_parms {
	struct scm_cookie scm;
	u32 consumed; /* bytes of a stream's skb that were read */
};
#define UNIXCB(skb) (*(struct unix_skb_parms *)(skb)->cb)

static inline unsigned int unix_skb_len(const struct sk_buff *skb)
{
	return skb->len - UNIXCB(skb).consumed;
}

struct ucred unix_current_creds(void);
/* unix_scm_send - what @msg's control messages mean. 0, -EINVAL, -EBADF, -EPERM, -ENOMEM. The caller
 * owes unix_scm_drop. */
int unix_scm_send(const struct kmsghdr *msg, struct scm_cookie *scm);
/* unix_scm_attach - @scm goes with @skb from now on; if @with_files, its files too. */
void unix_scm_attach(struct sk_buff *skb, struct scm_cookie *scm, bool with_files);
/* unix_scm_detach - take the files out of a message that has been read; unix_scm_peek - a second
 * reference to them. 0 or -ENOMEM. */
void unix_scm_detach(struct sk_buff *skb, struct scm_cookie *scm);
int unix_scm_peek(struct net *net, const struct sk_buff *skb, struct scm_cookie *scm);
/* unix_scm_recv - control messages for the reader, who gets descriptors; what is left is dropped. */
void unix_scm_recv(struct sock *sk, struct kmsghdr *msg, struct scm_cookie *scm);
void unix_scm_drop(struct net *net, struct scm_cookie *scm);

/* ---- descriptors in flight (unix_gc.c) ---- */

void unix_inflight(struct file *file);
void unix_notinflight(struct file *file);
/* unix_gc - sockets that are only reachable through each other's queues lose these messages. */
void unix_gc(struct net *net);

/* ---- names (unix_name.c) ---- */

int unix_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len);
/* unix_autobind - an abstract name that nobody has. 0, -ENOMEM, -ENOSPC. */
int unix_autobind(struct sock *sk);
/* unix_autobind_passcred - for one who wants to be answered with credentials. */
static inline int unix_autobind_passcred(struct sock *sk)
{
	return sock_flag(sk, SOCK_PASSCRED) && !unix_sk(sk)->addr ? unix_autobind(sk) : 0;
}
int unix_check_addr(const struct sockaddr *addr, int len); /* 0 or -EINVAL */
/* unix_find - who has this name, with a reference. ERR_PTR(-ECONNREFUSED, -EPROTOTYPE, -ENOENT, ...). */
struct sock *unix_find(struct sock *sk, const struct sockaddr *addr, int len);
/* unix_put_name - @sk's name as a sockaddr; its length. */
int unix_put_name(const struct sock *sk, void *addr);
/* unix_put_sender - to one who asks whose @skb is: the name, of length 0 if there is none. */
void unix_put_sender(struct kmsghdr *msg, const struct sk_buff *skb);
void unix_share_name(struct sock *to, const struct sock *from);
void unix_drop_name(struct sock *sk); /* Lock held: nobody finds it any more */
void unix_free_name(struct sock *sk);

/* ---- life (af_unix.c), connections (unix_connect.c) ---- */

struct sock *unix_sock_create(struct net *net, struct socket *sock, int type, bool kern);
void unix_release_sock(struct sock *sk, bool embryo);
int unix_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags);
int unix_dgram_connect(struct socket *sock, struct sockaddr *addr, int alen, int flags);
int unix_accept(struct socket *sock, struct socket *newsock, int flags, bool kern);
int unix_listen(struct socket *sock, int backlog);
int unix_socketpair(struct socket *a, struct socket *b);
/* unix_wait_room - until @to's queue has room, it ends, or *timeo is over. Then look at all again.
 * Lock held; not on return. 0 or -errno. */
int unix_wait_room(struct sock *to, long *timeo);
/* unix_dgram_left - @sk has lost its peer @old: what waits of it is gone, and @old learns it. */
void unix_dgram_left(struct sock *sk, struct sock *old);
void unix_set_peer(struct sock *sk, struct sock *peer); /* Lock held; takes over a reference */

/* ---- data (unix_dgram.c, unix_stream.c) ---- */

/* unix_alloc_send - an skb filled with @len bytes of @msg and charged to @sk. ERR_PTR. */
struct sk_buff *unix_alloc_send(struct sock *sk, struct kmsghdr *msg, size_t len);
int unix_dgram_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);
int unix_dgram_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags);
int unix_seqpacket_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);
int unix_seqpacket_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags);
int unix_stream_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);
int unix_stream_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags);

/* unix_inq_len - SIOCINQ: all that waits in a connection, or the next datagram. -EINVAL: a listener. */
long unix_inq_len(struct sock *sk);

void unix_proc_init(void);
void unix_diag_init(void); /* unix_diag.c: sock_diag tells of them */

#endif
