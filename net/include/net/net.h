/* SPDX-License-Identifier: MIT */
/* struct socket, protocol families, and the kernel's own socket calls (net/socket.c). Book
 * section 12.10, 12.11.1. */
#ifndef NET_NET_H
#define NET_NET_H

#include <kernel/fs.h>
#include <kernel/poll.h>
#include <kernel/uio.h>
#include <kernel/wait.h>
#include <uapi/in.h>
#include <uapi/net.h>
#include <uapi/socket.h>

struct net;
struct sock;
struct proto_ops;

#define SOCK_ASYNC_NOSPACE  0 /* who hears of events by SIGIO found no room */
#define SOCK_ASYNC_WAITDATA 1 /* a reader sleeps: it is woken, and no signal is sent */
#define SOCK_NOSPACE	    2

struct socket {
	socket_state state;
	short type;	     /* SOCK_x */
	unsigned long flags; /* SOCK_NOSPACE and its like */
	struct fasync_struct *fasync_list; /* files with O_ASYNC; then sk has SOCK_FASYNC */
	struct file *file;   /* NULL for the kernel's own */
	struct sock *sk;
	const struct proto_ops *ops;
	wait_queue_head_t wait;
};

/* A socket and the inode that makes it a file, side by side. */
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};
static inline struct socket *SOCKET_I(struct inode *inode)
{
	return &container_of(inode, struct socket_alloc, vfs_inode)->socket;
}
static inline struct inode *SOCK_INODE(struct socket *sock)
{
	return &container_of(sock, struct socket_alloc, socket)->vfs_inode;
}

/* A message on its way through the layers: names are kernel copies, data is an iov_iter, control is
 * ring 3's or the kernel's. */
struct kmsghdr {
	void *msg_name; /* kernel memory, sizeof(struct sockaddr_storage) when receiving; NULL: none
			 */
	int msg_namelen; /* in: bytes given; out: bytes of the address */
	struct iov_iter msg_iter;
	union {
		void *msg_control;	       /* sending: a kernel copy, native layout */
		void __user *msg_control_user; /* receiving: where put_cmsg writes */
	};
	bool msg_control_is_user;
	bool msg_compat;	/* the receiver's control layout is 32-bit */
	size_t msg_controllen;	/* bytes left (receiving) or given (sending) */
	unsigned int msg_flags; /* MSG_x; out: MSG_TRUNC, MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE */
};

struct proto_ops { /* the socket's face of a protocol family. All: Context process, may sleep */
	int family;
	bool stamps; /* SIOCGSTAMP, SIOCGSTAMPNS: its packets are stamped */
	int (*release)(struct socket *sock);
	int (*bind)(struct socket *sock, struct sockaddr *addr, int addr_len);
	int (*connect)(struct socket *sock, struct sockaddr *addr, int addr_len, int flags);
	int (*socketpair)(struct socket *a, struct socket *b);
	int (*accept)(struct socket *sock, struct socket *newsock, int flags, bool kern);
	int (*getname)(struct socket *sock, struct sockaddr *addr,
		       int peer); /* length of the address or -errno */
	unsigned int (*poll)(struct file *file, struct socket *sock, struct poll_table *wait);
	int (*ioctl)(struct socket *sock, unsigned int cmd, unsigned long arg);
	int (*listen)(struct socket *sock, int backlog);
	int (*shutdown)(struct socket *sock, int how); /* how: SHUT_RD.. + 1 = RCV_SHUTDOWN bits */
	int (*setsockopt)(struct socket *sock, int level, int optname, sockptr_t optval,
			  unsigned int optlen);
	int (*getsockopt)(struct socket *sock, int level, int optname, sockptr_t optval,
			  sockptr_t optlen);
	int (*sendmsg)(struct socket *sock, struct kmsghdr *m, size_t total_len);
	int (*recvmsg)(struct socket *sock, struct kmsghdr *m, size_t total_len, int flags);
	/* mmap - see struct file_operations; NULL: -ENODEV. */
	int (*mmap)(struct socket *sock, u64 off, u64 len, const struct vm_operations **ops);
	int (*set_peek_off)(struct sock *sk, int val); /* SO_PEEK_OFF; NULL: -EOPNOTSUPP */
};

struct net_proto_family {
	int family;
	int (*create)(struct net *net, struct socket *sock, int protocol, int kern);
	/* ioctl - requests that sockets of other families take as well (sock_family_ioctl), or NULL. */
	int (*ioctl)(struct socket *sock, unsigned int cmd, unsigned long arg);
};
#define NPROTO AF_MAX
int sock_register(const struct net_proto_family *fam); /* 0, -ENOBUFS, -EEXIST */
void sock_unregister(int family);
/* sock_family_ioctl - what @family would answer to @cmd on its own sockets: a packet socket has addresses and routes set
 * as well. -ENOIOCTLCMD: there is no such family here. Context: process. */
int sock_family_ioctl(int family, struct socket *sock, unsigned int cmd, unsigned long arg);

/* sock_create - a socket in the current task's namespace; sock_create_kern - in @net, without a
 * file. 0 or -errno. */
int sock_create(int family, int type, int protocol, struct socket **res);
int sock_create_kern(struct net *net, int family, int type, int protocol, struct socket **res);
int sock_create_lite(int family, int type, int protocol, struct socket **res);
struct socket *sock_alloc(void);
void sock_release(struct socket *sock);
int sock_map_fd(struct socket *sock,
		int flags); /* a new descriptor, or -errno: then @sock is released */
struct socket *
sockfd_lookup(int fd,
	      int *err); /* with a file reference (sockfd_put), or NULL and -EBADF, -ENOTSOCK */
static inline void sockfd_put(struct socket *sock)
{
	fput(sock->file);
}
struct socket *sock_from_file(struct file *file);
/* sock_wake_async - files with O_ASYNC are told @band (POLL_x). Context: any but hardirq. */
enum sock_wake {
	SOCK_WAKE_IO,	 /* in any case */
	SOCK_WAKE_WAITD, /* unless a reader sleeps */
	SOCK_WAKE_SPACE, /* if somebody found no room before */
	SOCK_WAKE_URG	 /* by SIGURG */
};
void sock_wake_async(struct socket *sock, enum sock_wake how, int band);
int sock_sendmsg(struct socket *sock, struct kmsghdr *msg);
int sock_recvmsg(struct socket *sock, struct kmsghdr *msg, int flags);
extern const struct file_operations socket_file_ops;

/* The kernel as its own user (book 12.11.1). 0 or length, or -errno; addresses are kernel memory.
 * Context: process, may sleep. */
int kernel_sendmsg(struct socket *sock, struct kmsghdr *msg, struct iovec *vec, size_t num,
		   size_t len);
int kernel_recvmsg(struct socket *sock, struct kmsghdr *msg, struct iovec *vec, size_t num,
		   size_t len, int flags);
/* kernel_sendpage - @size bytes at @offset of a page, whose reference stays the caller's; at once or, as the flags say, with
 * what follows. Bytes sent, or -errno. */
struct page;
int kernel_sendpage(struct socket *sock, struct page *page, int offset, size_t size, int flags);
int kernel_bind(struct socket *sock, struct sockaddr *addr, int addrlen);
int kernel_listen(struct socket *sock, int backlog);
int kernel_accept(struct socket *sock, struct socket **newsock, int flags);
int kernel_connect(struct socket *sock, struct sockaddr *addr, int addrlen, int flags);
int kernel_getsockname(struct socket *sock, struct sockaddr *addr); /* length of the address */
int kernel_getpeername(struct socket *sock, struct sockaddr *addr);
int kernel_getsockopt(struct socket *sock, int level, int optname, void *optval, int *optlen);
int kernel_setsockopt(struct socket *sock, int level, int optname, void *optval,
		      unsigned int optlen);
int kernel_sock_shutdown(struct socket *sock, int how); /* SHUT_x */
/* kernel_sock_ioctl - SIOC* with a kernel struct. */
int kernel_sock_ioctl(struct socket *sock, unsigned int cmd, void *arg);

/*
 * sock_ioctl_ptr - the argument of an ioctl as its handler (proto_ops, proto) shall read it.
 * Structures are always in the native layout: socket.c has converted those of 32-bit programs, and
 * has refused ring 3's pointers into the kernel, so that an address outside ring 3's part is the
 * kernel's own (kernel_sock_ioctl).
 */
static inline sockptr_t sock_ioctl_ptr(unsigned long arg)
{
	return access_ok(arg, 1) ? USER_SOCKPTR((void __user *)arg) : KERNEL_SOCKPTR((void *)arg);
}

void net_init(void); /* net/init.c */

#endif
