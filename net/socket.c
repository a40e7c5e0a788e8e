/* SPDX-License-Identifier: MIT */
/* struct socket and the file it lies behind: protocol families, creation, descriptors, the file's
 * operations. Book section 12.10. */
#include <kernel/poll.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/netdevice.h>
#include <uapi/ioctl.h>
#include <uapi/signal.h>
#include <uapi/stat.h>

#include "socket_internal.h"

static const struct net_proto_family *net_families[NPROTO];
static struct kmem_cache *sock_inode_cachep;

void sock_inode_cache_init(void)
{
	sock_inode_cachep = kmem_cache_create("sock_inode_cache", sizeof(struct socket_alloc), 0,
					      SLAB_HWCACHE_ALIGN, NULL);
}

/* ---- families ---- */

int sock_register(const struct net_proto_family *fam)
{
	if (fam->family < 0 || fam->family >= NPROTO)
		return -ENOBUFS;
	if (net_families[fam->family])
		return -EEXIST;
	net_families[fam->family] = fam;
	return 0;
}

void sock_unregister(int family)
{
	if (!WARN_ON(family < 0 || family >= NPROTO))
		net_families[family] = NULL;
}

/* ---- creation ---- */

struct socket *sock_alloc(void)
{
	struct socket_alloc *sa = kmem_cache_zalloc(sock_inode_cachep, GFP_KERNEL);

	if (!sa)
		return NULL;
	init_waitqueue_head(&sa->socket.wait);
	sa->socket.state = SS_UNCONNECTED;
	sa->vfs_inode.i_ino = get_next_ino();
	sa->vfs_inode.i_mode = S_IFSOCK | 0777;
	atomic_set(&sa->vfs_inode.i_count, 1);
	sa->vfs_inode.i_fop = &socket_file_ops;
	return &sa->socket;
}

void sock_release(struct socket *sock)
{
	if (sock->ops) {
		sock->ops->release(sock);
		sock->ops = NULL;
	}
	WARN_ON_ONCE(waitqueue_active(&sock->wait) || sock->fasync_list);
	kmem_cache_free(sock_inode_cachep, container_of(sock, struct socket_alloc, socket));
}

static int __sock_create(struct net *net, int family, int type, int protocol, struct socket **res,
			 bool kern)
{
	struct socket *sock;
	int err;

	if (family < 0 || family >= NPROTO)
		return -EAFNOSUPPORT;
	if (type < 0 || type >= SOCK_MAX)
		return -EINVAL;
	if (family == PF_INET && type == SOCK_PACKET)
		family = PF_PACKET; /* as the oldest programs ask for it */
	if (!net_families[family])
		return -EAFNOSUPPORT;
	sock = sock_alloc();
	if (!sock)
		return -ENFILE;
	sock->type = (short)type;
	err = net_families[family]->create(net, sock, protocol, kern);
	if (err < 0) {
		sock->ops = NULL; /* the family has taken back what it did */
		sock_release(sock);
		return err;
	}
	*res = sock;
	return 0;
}

int sock_create(int family, int type, int protocol, struct socket **res)
{
	return __sock_create(current_net(), family, type, protocol, res, false);
}

int sock_create_kern(struct net *net, int family, int type, int protocol, struct socket **res)
{
	return __sock_create(net, family, type, protocol, res, true);
}

int sock_create_lite(int family, int type, int protocol, struct socket **res)
{
	struct socket *sock = sock_alloc();

	if (!sock)
		return -ENOMEM;
	sock->type = (short)type;
	*res = sock;
	return 0;
}

/* ---- descriptors ---- */

struct file *sock_alloc_file(struct socket *sock, int flags)
{
	struct file *file = alloc_file(
		SOCK_INODE(sock), O_RDWR | ((unsigned int)flags & O_NONBLOCK), &socket_file_ops);

	if (IS_ERR(file)) {
		sock_release(sock);
		return file;
	}
	file->private_data = sock;
	sock->file = file;
	return file;
}

int sock_map_fd(struct socket *sock, int flags)
{
	int fd = get_unused_fd_flags((unsigned int)flags & O_CLOEXEC);
	struct file *file;

	if (fd < 0) {
		sock_release(sock);
		return fd;
	}
	file = sock_alloc_file(sock, flags);
	if (IS_ERR(file)) {
		put_unused_fd((unsigned int)fd);
		return (int)PTR_ERR(file);
	}
	fd_install((unsigned int)fd, file);
	return fd;
}

struct socket *sock_from_file(struct file *file)
{
	return file->f_op == &socket_file_ops ? file->private_data : NULL;
}

struct socket *sockfd_lookup(int fd, int *err)
{
	struct file *file = fget((unsigned int)fd);
	struct socket *sock;

	if (!file) {
		*err = -EBADF;
		return NULL;
	}
	sock = sock_from_file(file);
	if (!sock) {
		*err = -ENOTSOCK;
		fput(file);
	}
	return sock;
}

/* ---- messages ---- */

int sock_sendmsg(struct socket *sock, struct kmsghdr *msg)
{
	return sock->ops->sendmsg(sock, msg, iov_iter_count(&msg->msg_iter));
}

int sock_recvmsg(struct socket *sock, struct kmsghdr *msg, int flags)
{
	return sock->ops->recvmsg(sock, msg, iov_iter_count(&msg->msg_iter), flags);
}

/* ---- the file ---- */

/* stream_header - of a message that is but bytes: neither address nor control data. Filled in whole, where an initialiser would
 * clear what is copied over it. */
static inline void stream_header(struct kmsghdr *msg, const struct iov_iter *iter, unsigned int flags)
{
	msg->msg_name = NULL;
	msg->msg_namelen = 0;
	msg->msg_iter = *iter;
	msg->msg_control = NULL;
	msg->msg_control_is_user = msg->msg_compat = false;
	msg->msg_controllen = 0;
	msg->msg_flags = flags;
}

static ssize_t sock_read_iter(struct file *file, struct iov_iter *to, loff_t *pos)
{
	struct socket *sock = file->private_data;
	struct kmsghdr msg;

	if (!iov_iter_count(to))
		return 0; /* as System V has it: it tells nothing of the connection */
	stream_header(&msg, to, 0);
	return sock_recvmsg(sock, &msg, file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
}

static ssize_t sock_write_iter(struct file *file, struct iov_iter *from, loff_t *pos)
{
	struct socket *sock = file->private_data;
	unsigned int flags = file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0;
	struct kmsghdr msg;

	if (sock->type == SOCK_SEQPACKET)
		flags |= MSG_EOR;
	stream_header(&msg, from, flags);
	return sock_sendmsg(sock, &msg);
}

static unsigned int sock_poll(struct file *file, struct poll_table *wait)
{
	struct socket *sock = file->private_data;

	return sock->ops->poll ? sock->ops->poll(file, sock, wait) : 0;
}

static int sock_mmap(struct file *file, u64 off, u64 len, const struct vm_operations **ops)
{
	struct socket *sock = file->private_data;

	return sock->ops->mmap ? sock->ops->mmap(sock, off, len, ops) : -ENODEV;
}

static int sock_close(struct inode *inode, struct file *file)
{
	sock_release(SOCKET_I(inode));
	return 0;
}

int sock_family_ioctl(int family, struct socket *sock, unsigned int cmd, unsigned long arg)
{
	const struct net_proto_family *f = net_families[family];

	return f && f->ioctl ? f->ioctl(sock, cmd, arg) : -ENOIOCTLCMD;
}

/* ---- SIGIO ---- */

static int sock_fasync(int fd, struct file *file, bool on)
{
	struct socket *sock = file->private_data;
	int err;

	if (!sock->sk)
		return -EINVAL;
	lock_sock(sock->sk);
	err = fasync_helper(fd, file, on, &sock->fasync_list);
	sock_valbool_flag(sock->sk, SOCK_FASYNC, sock->fasync_list);
	release_sock(sock->sk);
	return err;
}

void sock_wake_async(struct socket *sock, enum sock_wake how, int band)
{
	if (how == SOCK_WAKE_WAITD && test_bit(SOCK_ASYNC_WAITDATA, &sock->flags))
		return;
	if (how == SOCK_WAKE_SPACE) {
		if (!test_bit(SOCK_ASYNC_NOSPACE, &sock->flags))
			return;
		clear_bit(SOCK_ASYNC_NOSPACE, &sock->flags);
	}
	kill_fasync(sock->fasync_list, how == SOCK_WAKE_URG ? SIGURG : SIGIO, band);
}

/* owner_ioctl - who gets SIGIO and SIGURG, as fcntl() says it. The kernel's own sockets have no file. */
static int owner_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	int owner = sock->file ? f_getown(sock->file) : 0;

	if (cmd == SIOCGPGRP || cmd == FIOGETOWN)
		return copy_to_sockptr(sock_ioctl_ptr(arg), &owner, sizeof(owner));
	if (copy_from_sockptr(&owner, sock_ioctl_ptr(arg), sizeof(owner)))
		return -EFAULT;
	return sock->file ? f_setown(sock->file, owner) : -EINVAL;
}

int sock_do_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	int err;

	switch (cmd) {
	case SIOCGPGRP:
	case FIOGETOWN:
	case SIOCSPGRP:
	case FIOSETOWN: return owner_ioctl(sock, cmd, arg);
	case SIOCGIFCONF: return sock_family_ioctl(PF_INET, sock, cmd, arg); /* on every socket */
	}
	err = sock->ops->ioctl ? sock->ops->ioctl(sock, cmd, arg) : -ENOIOCTLCMD;
	if (err == -ENOIOCTLCMD)
		err = dev_ioctl(sock_net(sock->sk), cmd, sock_ioctl_ptr(arg));
	return err;
}

/* takes_pointer - the requests whose argument is an address: those of sockets, and the two they
 * share with terminals. */
static bool takes_pointer(unsigned int cmd)
{
	return (cmd & ~0xffu) == 0x8900 || cmd == SIOCINQ || cmd == SIOCOUTQ;
}

static long sock_ioctl(struct file *file, unsigned int cmd, unsigned long arg, bool compat)
{
	struct socket *sock = file->private_data;

	/* An address outside ring 3's part would count as the kernel's own: see sock_ioctl_ptr. */
	if (!access_ok(arg, 1))
		return takes_pointer(cmd) ? -EFAULT : -ENOTTY;
	switch (cmd) {
	case SIOCGSTAMP_OLD:
	case SIOCGSTAMPNS_OLD:
		if (!sock->ops->stamps)
			return -ENOTTY;
		return sock_gettstamp(sock, USER_SOCKPTR((void __user *)arg), cmd == SIOCGSTAMP_OLD,
				      compat);
	default: return compat ? compat_sock_ioctl(sock, cmd, arg) : sock_do_ioctl(sock, cmd, arg);
	}
}

const struct file_operations socket_file_ops = {
	.read_iter = sock_read_iter,
	.write_iter = sock_write_iter,
	.poll = sock_poll,
	.ioctl = sock_ioctl,
	.fasync = sock_fasync,
	.mmap = sock_mmap,
	.release = sock_close,
};
