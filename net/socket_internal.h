/* SPDX-License-Identifier: MIT */
/* What the files of the socket layer share: descriptors to sockets, messages of both widths. */
#ifndef NET_SOCKET_INTERNAL_H
#define NET_SOCKET_INTERNAL_H

#include <kernel/compat.h>
#include <kernel/file.h>
#include <net/net.h>
#include <net/sock.h>

/* sock_fdget - the socket behind a descriptor for the length of one call; NULL with *err (-EBADF,
 * -ENOTSOCK). Ended by fdput. */
static inline struct socket *sock_fdget(int fd, struct fd *f, int *err)
{
	*f = fdget((unsigned int)fd);
	*err = -EBADF;
	if (unlikely(!f->file))
		return NULL;
	*err = -ENOTSOCK;
	if (likely(f->file->f_op == &socket_file_ops))
		return f->file->private_data;
	fdput(*f);
	return NULL;
}

/* sock_alloc_file - a file over @sock, which is its from now on; ERR_PTR (then @sock is released).
 */
struct file *sock_alloc_file(struct socket *sock, int flags);
/* sock_do_ioctl - to the family, and what it leaves to the device. @arg: a native structure of ring
 * 3 or the kernel. */
int sock_do_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
/* compat_sock_ioctl - the same for a 32-bit program's structures. */
int compat_sock_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);

/* move_addr_to_kernel - 0, or -EINVAL, -EFAULT. move_addr_to_user - as much as fits, and the whole
 * length. */
int move_addr_to_kernel(const void __user *uaddr, int ulen, struct sockaddr_storage *kaddr);
int move_addr_to_user(const struct sockaddr_storage *kaddr, int klen, void __user *uaddr,
		      int __user *ulen);

/* A message header in the native layout, and whose it was. */
struct msg_args {
	struct user_msghdr h;
	void __user *origin; /* struct user_msghdr or compat_msghdr of ring 3 */
	bool compat;
};
/* do_sendmsg, do_recvmsg - one message; bytes or -errno. @used_address (may be NULL): sendmmsg's
 * memory of the last name. */
struct used_address {
	struct sockaddr_storage name;
	int name_len; /* 0: none */
};
long do_sendmsg(struct socket *sock, struct msg_args *m, unsigned int flags,
		struct used_address *used);
long do_recvmsg(struct socket *sock, struct msg_args *m, unsigned int flags);
long do_sendmmsg(int fd, void __user *mmsg, unsigned int vlen, unsigned int flags, bool compat);
/* do_recvmmsg - @timeout may be NULL; on return it is what was left. */
long do_recvmmsg(int fd, void __user *mmsg, unsigned int vlen, unsigned int flags,
		 struct __kernel_timespec *timeout, bool compat);
/* cmsghdr_from_compat - widen the control messages of a 32-bit sender; *len is the new length. 0,
 * -EINVAL, -EFAULT, -ENOBUFS. */
int cmsghdr_from_compat(struct sock *sk, const void __user *ucontrol, size_t ulen, void **control,
			size_t *len);
/* do_socketcall - the multiplexer, its arguments copied. */
long do_socketcall(int call, const unsigned long *a, bool compat);
/* socketcall_nargs - how many arguments an operation has; 0: no such operation. */
unsigned int socketcall_nargs(int call);
long do_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval, int optlen);
long do_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval, sockptr_t optlen);

void sock_inode_cache_init(void);

#endif
