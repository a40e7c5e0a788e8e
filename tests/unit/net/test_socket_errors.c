/* SPDX-License-Identifier: MIT */
/*
 * Tests of the socket layer on a family of their own, whose datagram sockets hear themselves:
 * errors as on Linux for every bad argument, message headers in both widths, options, timeouts,
 * poll; and a long run of random calls that may only fail.
 */
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/syscalls.h>
#include <uapi/compat.h>
#include <uapi/time.h>

#include "net_unit.h"

#define AF_TEST	   40
#define LEVEL_TEST 300

/* the host's; for memory that a 32-bit program could have */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, long off);
#define MAP_LOW (0x02 | 0x20 | 0x40) /* private, anonymous, below 2 GiB */

/* ---- the family ---- */

static int last_control_type;
static size_t last_control_len;

static int t_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;
	sock_orphan(sk);
	sock->sk = NULL;
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	sock_put(sk);
	return 0;
}

static int t_getname(struct socket *sock, struct sockaddr *addr, int peer)
{
	if (peer == 1)
		return -ENOTCONN;
	addr->sa_family = AF_TEST;
	memcpy(addr->sa_data, "twelve bytes", 12);
	return 14;
}

static int t_bind(struct socket *sock, struct sockaddr *addr, int len)
{
	return len < 2 || addr->sa_family != AF_TEST ? -EINVAL : 0;
}

static int t_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	return len < 2 || addr->sa_family != AF_TEST ? -EINVAL
	       : flags & O_NONBLOCK		     ? -EINPROGRESS
						     : 0;
}

static int t_accept(struct socket *sock, struct socket *newsock, int flags, bool kern)
{
	struct sock *sk;

	if (sock->type != SOCK_STREAM)
		return -EOPNOTSUPP;
	if (flags & O_NONBLOCK)
		return -EAGAIN;
	sk = sk_alloc(sock_net(sock->sk), AF_TEST, GFP_KERNEL, sock->sk->sk_prot, kern);
	sock_init_data(newsock, sk);
	return 0;
}

static int t_sendmsg(struct socket *sock, struct kmsghdr *m, size_t len)
{
	struct sock *sk = sock->sk;
	struct cmsghdr *c;
	struct sk_buff *skb;
	int err;

	if (len > 60000)
		return -EMSGSIZE;
	last_control_len = m->msg_controllen;
	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (!CMSG_OK(m, c))
			return -EINVAL;
		last_control_type = c->cmsg_type;
	}
	skb = sock_alloc_send_skb(sk, len, m->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	if (copy_from_iter(skb_put(skb, (unsigned int)len), len, &m->msg_iter) != len) {
		kfree_skb(skb);
		return -EFAULT;
	}
	skb->tstamp = ktime_get();
	if (sock_queue_rcv_skb(sk, skb)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
		return -ENOBUFS;
	}
	return (int)len;
}

static int t_recvmsg(struct socket *sock, struct kmsghdr *m, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct sk_buff *skb;
	int err, n;

	if (flags &
	    ~(MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC | MSG_WAITALL | MSG_NOSIGNAL))
		return -EOPNOTSUPP;
	skb = skb_recv_datagram(sk, (unsigned int)flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	n = (int)min_t(size_t, skb->len, len);
	if ((size_t)n < skb->len)
		m->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, 0, &m->msg_iter, n);
	if (!err) {
		sock_recv_timestamp(m, sk, skb);
		if (m->msg_name)
			m->msg_namelen = t_getname(sock, m->msg_name, 0);
		err = flags & MSG_TRUNC ? (int)skb->len : n;
	}
	skb_free_datagram(sk, skb);
	return err;
}

static int t_shutdown(struct socket *sock, int how)
{
	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	sock->sk->sk_shutdown |= (u8)(how + 1);
	sock->sk->sk_state_change(sock->sk);
	return 0;
}

static int t_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			unsigned int optlen)
{
	return level == LEVEL_TEST ? 0 : -ENOPROTOOPT;
}

static const struct proto_ops t_ops = {
	.stamps = true,
	.family = AF_TEST,
	.release = t_release,
	.bind = t_bind,
	.connect = t_connect,
	.accept = t_accept,
	.getname = t_getname,
	.poll = datagram_poll,
	.listen = sock_no_listen,
	.shutdown = t_shutdown,
	.setsockopt = t_setsockopt,
	.sendmsg = t_sendmsg,
	.recvmsg = t_recvmsg,
	.set_peek_off = sk_set_peek_off,
};

static struct proto t_prot = { .name = "TEST", .obj_size = sizeof(struct sock) };

static int t_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk;

	if (sock->type != SOCK_DGRAM && sock->type != SOCK_STREAM)
		return -ESOCKTNOSUPPORT;
	if (protocol)
		return -EPROTONOSUPPORT;
	sk = sk_alloc(net, AF_TEST, GFP_KERNEL, &t_prot, kern);
	if (!sk)
		return -ENOBUFS;
	sock->ops = &t_ops;
	sock_init_data(sock, sk);
	return 0;
}

static const struct net_proto_family t_family = { .family = AF_TEST, .create = t_create };

static int boot_family(void *unused)
{
	proto_register(&t_prot, true);
	return sock_register(&t_family);
}

static int boot_sockets(void **state)
{
	boot_net(state);
	return run_task(boot_family, NULL);
}

/* ---- tasks with descriptors ---- */

#define BAD ((void *)0x123456789000ul) /* nothing is mapped there */

static char *low; /* 64 KiB that a 32-bit program could have */

static int begin(void)
{
	current->files = files_alloc();
	assert_non_null(current->files);
	return (int)sys_socket(AF_TEST, SOCK_DGRAM, 0);
}

static int end(void)
{
	files_put(current->files);
	current->files = NULL;
	assert_int_equal(socks_in_use(), 0);
	return 0;
}

IN_TASK(creation_checks_in_the_order_of_linux)
{
	int fd = begin(), sv[2];

	assert_int_equal(fd, 0);
	assert_int_equal(sys_socket(-1, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(9999, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(39, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(AF_TEST, 15, 0), -EINVAL);
	assert_int_equal(sys_socket(AF_TEST, SOCK_DGRAM | 0x100, 0), -EINVAL);
	assert_int_equal(sys_socket(AF_TEST, SOCK_RAW, 0), -ESOCKTNOSUPPORT);
	assert_int_equal(sys_socket(AF_TEST, SOCK_DGRAM, 5), -EPROTONOSUPPORT);
	assert_int_equal(sys_socket(AF_TEST, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), 1);
	assert_true(get_close_on_exec(1));
	assert_true(current->files->fd[1]->f_flags & O_NONBLOCK);
	assert_int_equal(sys_socketpair(AF_TEST, SOCK_DGRAM, 0, sv), -EOPNOTSUPP);
	assert_int_equal(sys_socketpair(AF_TEST, SOCK_DGRAM, 0, BAD), -EFAULT);
	assert_int_equal(sys_socketpair(AF_TEST, SOCK_DGRAM | 0x40, 0, sv), -EINVAL);
	assert_int_equal(sys_socket(AF_TEST, SOCK_DGRAM, 0), 2); /* nothing was lost on the way */
	assert_int_equal(sock_register(&t_family), -EEXIST);
	return end();
}

IN_TASK(bad_descriptors_and_pointers_give_errors)
{
	int fd = begin(), len = 16, neg = -1;
	struct sockaddr_storage ss = { .ss_family = AF_TEST };
	struct sockaddr *addr = (struct sockaddr *)&ss;
	struct file *f = filp_open("/dev/null", O_RDWR, 0);
	int plain = get_unused_fd_flags(0);

	assert_false(IS_ERR(f));
	fd_install((unsigned int)plain, f);
	assert_int_equal(sys_bind(77, addr, 16), -EBADF);
	assert_int_equal(sys_bind(-1, addr, 16), -EBADF);
	assert_int_equal(sys_bind(plain, addr, 16), -ENOTSOCK);
	assert_int_equal(sys_bind(fd, addr, -1), -EINVAL);
	assert_int_equal(sys_bind(fd, addr, 129), -EINVAL);
	assert_int_equal(sys_bind(fd, BAD, 16), -EFAULT);
	assert_int_equal(sys_bind(fd, addr, 0), -EINVAL);
	assert_int_equal(sys_bind(fd, addr, 16), 0);
	assert_int_equal(sys_listen(fd, 5), -EOPNOTSUPP);
	assert_int_equal(sys_listen(plain, 5), -ENOTSOCK);
	assert_int_equal(sys_connect(fd, BAD, 16), -EFAULT);
	assert_int_equal(sys_connect(fd, addr, 16), 0);
	assert_int_equal(sys_accept(fd, NULL, NULL), -EOPNOTSUPP);
	assert_int_equal(sys_accept4(fd, NULL, NULL, 1), -EINVAL);
	assert_int_equal(sys_getsockname(fd, addr, &len), 0);
	assert_int_equal(len, 14);
	len = 3;
	ss.__data[1] = 'x';
	assert_int_equal(sys_getsockname(fd, addr, &len), 0);
	assert_int_equal(len, 14);
	assert_int_equal(ss.__data[1], 'x');
	assert_int_equal(sys_getsockname(fd, addr, &neg), -EINVAL);
	len = 16;
	assert_int_equal(sys_getsockname(fd, BAD, &len), -EFAULT);
	assert_int_equal(sys_getsockname(fd, addr, BAD), -EFAULT);
	assert_int_equal(sys_getpeername(fd, addr, &len), -ENOTCONN);
	assert_int_equal(sys_shutdown(fd, 3), -EINVAL);
	assert_int_equal(sys_shutdown(99, 0), -EBADF);
	assert_int_equal(sys_send(fd, BAD, 10, 0), -EFAULT);
	assert_int_equal(sys_send(fd, (void *)-4096l, 10, 0), -EFAULT);
	assert_int_equal(sys_recv(fd, BAD, 10, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(sys_recv(plain, addr, 10, 0), -ENOTSOCK);
	return end();
}

IN_TASK(accept_makes_a_descriptor_or_leaves_nothing)
{
	int fd, len = 16;
	struct sockaddr_storage ss;
	int stream;

	fd = begin();
	stream = (int)sys_socket(AF_TEST, SOCK_STREAM, 0);
	assert_int_equal(sys_accept4(stream, (void *)&ss, &len, SOCK_CLOEXEC), 2);
	assert_int_equal(len, 14);
	assert_true(get_close_on_exec(2));
	assert_int_equal(sys_accept(stream, (void *)&ss, BAD), -EFAULT);
	assert_int_equal(sys_accept(stream, BAD, &len), -EFAULT);
	current->files->fd[stream]->f_flags |= O_NONBLOCK;
	assert_int_equal(sys_accept(stream, NULL, NULL), -EAGAIN);
	assert_int_equal(get_unused_fd_flags(0), 3);
	assert_int_equal(fd, 0);
	return end();
}

IN_TASK(data_goes_round_with_all_flags)
{
	int fd = begin(), len;
	struct sockaddr_storage ss;
	char buf[64];

	assert_int_equal(sys_send(fd, "hello", 5, 0), 5);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), MSG_PEEK), 5);
	assert_int_equal(sys_recv(fd, buf, 2, MSG_PEEK | MSG_TRUNC), 5);
	len = sizeof(ss);
	assert_int_equal(sys_recvfrom(fd, buf, sizeof(buf), 0, (void *)&ss, &len), 5);
	assert_memory_equal(buf, "hello", 5);
	assert_int_equal(len, 14);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), MSG_OOB), -EOPNOTSUPP);
	assert_int_equal(sys_send(fd, "", 0, 0), 0);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 0);
	assert_int_equal(sys_send(fd, low, 60001, 0), -EMSGSIZE);
	sys_shutdown(fd, SHUT_RDWR);
	assert_int_equal(sys_recv(fd, buf, sizeof(buf), 0), 0);
	assert_int_equal(sys_send(fd, "x", 1, MSG_NOSIGNAL), -EPIPE);
	return end();
}

IN_TASK(message_headers_are_checked_and_filled_in)
{
	int fd = begin(), i;
	static struct iovec many[1025];
	char buf[16], control[256];
	struct iovec iov[2] = { { "abc", 3 }, { "defg", 4 } },
		     riov[2] = { { buf, 2 }, { buf + 2, 14 } };
	struct sockaddr_storage name;
	struct user_msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	struct user_msghdr r = {
		.msg_name = &name, .msg_namelen = 4, .msg_iov = riov, .msg_iovlen = 2
	};
	struct cmsghdr *c = (struct cmsghdr *)control;

	assert_int_equal(sys_sendmsg(fd, &m, 0), 7);
	assert_int_equal(sys_recvmsg(fd, &r, 0), 7);
	assert_memory_equal(buf, "abcdefg", 7);
	assert_int_equal(r.msg_namelen, 14);
	assert_int_equal(r.msg_flags, 0);
	assert_int_equal(sys_sendmsg(fd, &m, 0), 7);
	riov[0].iov_len = 1;
	r.msg_iovlen = 1;
	assert_int_equal(sys_recvmsg(fd, &r, 0), 1);
	assert_int_equal(r.msg_flags, MSG_TRUNC);
	assert_int_equal(sys_sendmsg(fd, BAD, 0), -EFAULT);
	assert_int_equal(sys_sendmsg(fd, &m, MSG_CMSG_COMPAT), -EINVAL);
	m.msg_name = BAD;
	assert_int_equal(sys_sendmsg(fd, &m, 0), 7); /* no length, no name */
	m.msg_namelen = 4;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EFAULT);
	m.msg_namelen = -4;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EINVAL);
	m.msg_name = NULL;
	m.msg_iov = many;
	m.msg_iovlen = 1025;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EMSGSIZE);
	for (i = 0; i < 1024; i++)
		many[i] = (struct iovec){ "x", 1 };
	m.msg_iovlen = 1024;
	assert_int_equal(sys_sendmsg(fd, &m, 0), 1024);
	many[3].iov_len = (size_t)-1;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EINVAL);
	m.msg_iov = BAD;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EFAULT);
	/* control */
	m.msg_iov = iov;
	m.msg_iovlen = 2;
	m.msg_control = control;
	m.msg_controllen = CMSG_SPACE(4);
	*c = (struct cmsghdr){ CMSG_LEN(4), LEVEL_TEST, 77 };
	assert_int_equal(sys_sendmsg(fd, &m, 0), 7);
	assert_int_equal(last_control_type, 77);
	c->cmsg_len = 1000;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EINVAL);
	m.msg_controllen = 100000;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -ENOBUFS);
	m.msg_controllen = (size_t)-1;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -ENOBUFS);
	m.msg_control = BAD;
	m.msg_controllen = 200;
	assert_int_equal(sys_sendmsg(fd, &m, 0), -EFAULT);
	return end();
}

IN_TASK(timestamps_come_as_control_messages_and_are_truncated)
{
	int fd = begin(), on = 1;
	char buf[16], control[64];
	struct iovec iov = { buf, sizeof(buf) };
	struct user_msghdr m = { .msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *c = (struct cmsghdr *)control;

	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, (char *)&on, 4), 0);
	sys_send(fd, "a", 1, 0);
	assert_int_equal(sys_recvmsg(fd, &m, 0), 1);
	assert_int_equal(m.msg_controllen, CMSG_SPACE(16));
	assert_int_equal(c->cmsg_len, CMSG_LEN(16));
	assert_int_equal(c->cmsg_type, SO_TIMESTAMPNS);
	sys_send(fd, "a", 1, 0);
	m.msg_controllen = 20;
	assert_int_equal(sys_recvmsg(fd, &m, 0), 1);
	assert_int_equal(m.msg_flags, MSG_CTRUNC);
	sys_send(fd, "a", 1, 0);
	m.msg_controllen = 3;
	assert_int_equal(sys_recvmsg(fd, &m, 0), 1);
	assert_int_equal(m.msg_flags, MSG_CTRUNC);
	assert_int_equal(m.msg_controllen, 0);
	return end();
}

static int opt(int fd, int name, int val)
{
	return (int)sys_setsockopt(fd, SOL_SOCKET, name, (char *)&val, sizeof(val));
}

static int get(int fd, int name)
{
	int val = -12345, len = sizeof(val);
	long err = sys_getsockopt(fd, SOL_SOCKET, name, (char *)&val, &len);

	return err ? (int)err : val;
}

IN_TASK(options_behave_as_socket7_says)
{
	int fd = begin(), len = 4, neg = -1, val;
	struct timeval tv = { 1, 500000 };
	struct linger lg = { 1, 7 };
	char name[16];

	assert_int_equal(get(fd, SO_TYPE), SOCK_DGRAM);
	assert_int_equal(get(fd, SO_DOMAIN), AF_TEST);
	assert_int_equal(get(fd, SO_ERROR), 0);
	assert_int_equal(get(fd, SO_ACCEPTCONN), 0);
	assert_int_equal(get(fd, SO_RCVBUF), 212992);
	assert_int_equal(opt(fd, SO_RCVBUF, 10000), 0);
	assert_int_equal(get(fd, SO_RCVBUF), 20000);
	assert_int_equal(opt(fd, SO_RCVBUF, 1), 0);
	assert_int_equal(get(fd, SO_RCVBUF), 2304);
	assert_int_equal(opt(fd, SO_SNDBUF, INT_MAX), 0);
	assert_int_equal(get(fd, SO_SNDBUF), 2 * 212992);
	assert_int_equal(opt(fd, SO_SNDBUF, -1), 0);
	assert_int_equal(get(fd, SO_SNDBUF), 2 * 212992);
	assert_int_equal(opt(fd, SO_SNDBUFFORCE, 1 << 20), 0);
	assert_int_equal(get(fd, SO_SNDBUF), 2 << 20);
	assert_int_equal(opt(fd, SO_TYPE, 1), -ENOPROTOOPT);
	assert_int_equal(opt(fd, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(get(fd, 9999), -ENOPROTOOPT);
	assert_int_equal(opt(fd, SO_BROADCAST, 5), 0);
	assert_int_equal(get(fd, SO_BROADCAST), 1);
	assert_int_equal(opt(fd, SO_PEEK_OFF, 3), 0);
	assert_int_equal(get(fd, SO_PEEK_OFF), 3);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, (char *)&neg, 3), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, (char *)&neg, -1), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, BAD, 4), -EFAULT);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, (char *)&lg, 4), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, (char *)&lg, 8), 0);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, (char *)&tv, 16), 0);
	tv.tv_usec = 1000000;
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, (char *)&tv, 16), -EDOM);
	len = sizeof(tv);
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, (char *)&tv, &len), 0);
	assert_int_equal(tv.tv_sec * 1000000 + tv.tv_usec, 1500000);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nodev", 6), -ENODEV);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
	len = 4;
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), -EINVAL);
	len = 16;
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	assert_string_equal(name, "lo");
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_TYPE, (char *)&val, &neg), -EINVAL);
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_TYPE, BAD, &len), -EFAULT);
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_TYPE, (char *)&val, BAD), -EFAULT);
	len = 2;
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_TYPE, (char *)&val, &len), 0);
	assert_int_equal(len, 2);
	assert_int_equal(sys_setsockopt(fd, LEVEL_TEST, 1, NULL, 0), 0);
	assert_int_equal(sys_setsockopt(fd, 5, 1, NULL, 0), -ENOPROTOOPT);
	assert_int_equal(sys_getsockopt(fd, LEVEL_TEST, 1, NULL, NULL), -EOPNOTSUPP);
	return end();
}

IN_TASK(waiting_ends_in_time_and_by_data)
{
	int fd = begin();
	struct timeval tv = { 0, 250000 };
	u64 t0 = ktime_get_ns();
	char c;

	sys_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, (char *)&tv, 16);
	assert_int_equal(sys_recv(fd, &c, 1, 0), -EAGAIN);
	assert_in_range(ktime_get_ns() - t0, 250000000, 260000000);
	return end();
}

IN_TASK(a_small_receive_buffer_takes_one_packet_and_drops_the_rest)
{
	int fd = begin(), i, ok = 0;

	opt(fd, SO_RCVBUF, 1);
	for (i = 0; i < 10; i++)
		ok += sys_send(fd, low, 8000, 0) == 8000;
	assert_int_equal(ok, 1);
	return end();
}

IN_TASK(poll_tells_what_is_ready)
{
	int fd = begin();
	struct file *f = current->files->fd[fd];
	struct socket *sock = sock_from_file(f);
	char c;

	assert_int_equal(f->f_op->poll(f, NULL), POLLOUT | POLLWRNORM | POLLWRBAND);
	sys_send(fd, "x", 1, 0);
	assert_true(f->f_op->poll(f, NULL) & POLLIN);
	sys_recv(fd, &c, 1, 0);
	assert_false(f->f_op->poll(f, NULL) & POLLIN);
	sock->sk->sk_err = ECONNREFUSED;
	assert_true(f->f_op->poll(f, NULL) & POLLERR);
	assert_int_equal(get(fd, SO_ERROR), ECONNREFUSED);
	assert_int_equal(get(fd, SO_ERROR), 0);
	sys_shutdown(fd, SHUT_RDWR);
	assert_true(f->f_op->poll(f, NULL) & POLLHUP);
	return end();
}

IN_TASK(many_messages_in_one_call)
{
	int fd = begin(), i;
	char bufs[4][8];
	struct iovec iov[4];
	struct user_mmsghdr mm[4] = { { { 0 }, 0 } };
	struct timespec ts = { 0, 100000000 };

	for (i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ "12345678", (size_t)i + 1 };
		mm[i].msg_hdr.msg_iov = &iov[i];
		mm[i].msg_hdr.msg_iovlen = 1;
	}
	assert_int_equal(sys_sendmmsg(fd, mm, 4, 0), 4);
	assert_int_equal(mm[3].msg_len, 4);
	for (i = 0; i < 4; i++)
		iov[i] = (struct iovec){ bufs[i], 8 };
	assert_int_equal(sys_recvmmsg(fd, mm, 2, 0, NULL), 2);
	assert_int_equal(mm[1].msg_len, 2);
	assert_int_equal(sys_recvmmsg(fd, mm, 4, MSG_WAITFORONE, NULL), 2);
	assert_int_equal(sys_recvmmsg(fd, mm, 4, MSG_DONTWAIT, NULL), -EAGAIN);
	ts.tv_nsec = -1;
	assert_int_equal(sys_recvmmsg(fd, mm, 4, 0, &ts), -EINVAL);
	assert_int_equal(sys_recvmmsg(fd, mm, 4, 0, BAD), -EFAULT);
	assert_int_equal(sys_sendmmsg(fd, BAD, 4, 0), -EFAULT);
	assert_int_equal(sys_sendmmsg(fd, mm, 0, 0), 0);
	return end();
}

IN_TASK(socketcall_reaches_all_twenty)
{
	int fd = begin(), i;
	unsigned long a[6] = { (unsigned long)fd, (unsigned long)"ping", 4, 0, 0, 0 };
	char buf[8];

	assert_int_equal(sys_socketcall(SYS_SEND, a), 4);
	a[1] = (unsigned long)buf;
	assert_int_equal(sys_socketcall(SYS_RECV, a), 4);
	assert_memory_equal(buf, "ping", 4);
	assert_int_equal(sys_socketcall(0, a), -EINVAL);
	assert_int_equal(sys_socketcall(21, a), -EINVAL);
	assert_int_equal(sys_socketcall(-1, a), -EINVAL);
	for (i = 1; i <= 20; i++) {
		assert_int_equal(sys_socketcall(i, BAD), -EFAULT);
		memset(a, 0xff, sizeof(a));
		assert_true(sys_socketcall(i, a) < 0);
	}
	return end();
}

IN_TASK(a_32_bit_program_gets_its_own_layouts)
{
	int fd = begin(), on = 1;
	struct compat_msghdr *m = (void *)low;
	struct compat_iovec *iov = (void *)(low + 100);
	struct compat_cmsghdr *c = (void *)(low + 200);
	u32 *a = (void *)(low + 400);
	char *data = low + 500;

	memset(low, 0, 4096);
	strscpy(data, "compat", 8);
	iov->iov_base = (u32)(uintptr_t)data;
	iov->iov_len = 6;
	m->msg_iov = (u32)(uintptr_t)iov;
	m->msg_iovlen = 1;
	m->msg_control = (u32)(uintptr_t)c;
	m->msg_controllen = CMSG_COMPAT_SPACE(4) + CMSG_COMPAT_SPACE(1);
	*c = (struct compat_cmsghdr){ CMSG_COMPAT_LEN(4), LEVEL_TEST, 1 };
	*(struct compat_cmsghdr *)((char *)c + CMSG_COMPAT_SPACE(4)) =
		(struct compat_cmsghdr){ CMSG_COMPAT_LEN(1), LEVEL_TEST, 9 };
	a[0] = (u32)fd, a[1] = (u32)(uintptr_t)m, a[2] = 0;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, a), 6);
	assert_int_equal(last_control_type, 9);
	assert_int_equal(last_control_len, CMSG_SPACE(4) + CMSG_SPACE(1));
	c->cmsg_len = 5;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, a), -EINVAL);
	c->cmsg_len = 0xfffffff0;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, a), -EINVAL);
	sys_setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, (char *)&on, 4);
	memset(data, 0, 8);
	m->msg_controllen = 100;
	assert_int_equal(compat_sys_socketcall(SYS_RECVMSG, a), 6);
	assert_string_equal(data, "compat");
	assert_int_equal(m->msg_controllen, CMSG_COMPAT_SPACE(8));
	assert_int_equal(c->cmsg_len, CMSG_COMPAT_LEN(8));
	assert_int_equal(c->cmsg_type, SO_TIMESTAMP);
	iov->iov_len = 0x80000000;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, a), -EINVAL);
	a[1] = SOL_SOCKET, a[2] = SO_RCVTIMEO, a[3] = (u32)(uintptr_t)data, a[4] = 8;
	((u32 *)data)[0] = 2;
	((u32 *)data)[1] = 0;
	assert_int_equal(compat_sys_socketcall(SYS_SETSOCKOPT, a), 0);
	a[4] = (u32)(uintptr_t)(low + 600);
	*(int *)(low + 600) = 8;
	((u32 *)data)[0] = 0;
	assert_int_equal(compat_sys_socketcall(SYS_GETSOCKOPT, a), 0);
	assert_int_equal(((u32 *)data)[0], 2);
	return end();
}

IN_TASK(ioctls_of_both_widths)
{
	int fd = begin();
	struct file *f = current->files->fd[fd];
	struct compat_ifreq *c = (void *)low;
	struct ifreq ifr = { .ifr_name = "lo" };

	memset(low, 0, 64);
	strscpy(c->ifr_name_, "lo", 3);
	assert_int_equal(f->f_op->ioctl(f, SIOCGIFMTU, (unsigned long)&ifr, false), 0);
	assert_int_equal(ifr.ifr_mtu, 65536);
	assert_int_equal(f->f_op->ioctl(f, SIOCGIFMTU, (unsigned long)low, true), 0);
	assert_int_equal(c->ifr_ifru.ifru_ivalue, 65536);
	assert_int_equal(f->f_op->ioctl(f, SIOCGIFMTU, (unsigned long)BAD, false), -EFAULT);
	assert_int_equal(f->f_op->ioctl(f, SIOCGIFMTU, ~0xffful, false), -EFAULT);
	assert_int_equal(f->f_op->ioctl(f, SIOCGSTAMP, (unsigned long)low, false), -ENOENT);
	assert_int_equal(f->f_op->ioctl(f, 0x1234, (unsigned long)low, false), -ENOTTY);
	return end();
}

static int sleeper_result;

static int sleeper(void *arg)
{
	char c;

	current->files = arg;
	sleeper_result = (int)sys_recv(0, &c, 1, 0);
	current->files = NULL;
	return 0;
}

IN_TASK(a_sleeping_reader_wakes_for_data_for_shutdown_and_for_a_signal)
{
	int fd = begin(), code, round;
	const int expected[3] = { 1, 0, -ERESTARTSYS };
	struct task *t;

	for (round = 0; round < 3; round++) {
		t = kthread_run(sleeper, current->files, "sleeper");
		task_get(t);
		msleep(5);
		assert_int_not_equal(t->state, TASK_DEAD);
		if (round == 0)
			sys_send(fd, "x", 1, 0);
		if (round == 1)
			sys_shutdown(fd, SHUT_RD);
		if (round == 2) {
			t->signal_pending_mask = 1;
			wake_up_process(t);
		}
		task_wait_exit(t, &code);
		task_put(t);
		assert_int_equal(sleeper_result, expected[round]);
		sock_from_file(current->files->fd[fd])->sk->sk_shutdown = 0;
	}
	return end();
}

/* random_word - something that a hostile program might pass. */
static unsigned long random_word(void)
{
	static const unsigned long nasty[] = { 0,
					       1,
					       2,
					       4,
					       16,
					       64,
					       128,
					       129,
					       ~0ul,
					       0x7fffffff,
					       0x80000000,
					       0xffffffff,
					       0x7fffffffffffffff,
					       0x8000000000000000,
					       0x123456789000,
					       4096 };

	switch (get_random_below(3)) {
	case 0: return nasty[get_random_below(ARRAY_SIZE(nasty))];
	case 1: return (unsigned long)low + get_random_below(4096);
	default: return get_random_below(70);
	}
}

IN_TASK(random_calls_only_fail)
{
	int i, j;

	begin();
	sys_socket(AF_TEST, SOCK_STREAM, 0);
	for (i = 0; i < 40000; i++) {
		unsigned long a[6];

		if (!(i % 64))
			get_random_bytes(low, 4096);
		for (j = 0; j < 6; j++) {
			a[j] = random_word();
			if (!get_random_below(3))
				memcpy(low + 8 * get_random_below(500), &a[j], 8);
		}
		a[0] = get_random_below(6);
		/* never sleep for ever: all sockets are non-blocking */
		for (j = 0; j < 64; j++)
			if (current->files->fd[j])
				current->files->fd[j]->f_flags |= O_NONBLOCK;
		if (get_random_u32() & 1) {
			u32 w[6];

			for (j = 0; j < 6; j++)
				w[j] = (u32)a[j];
			memcpy(low + 8192, w, sizeof(w));
			compat_sys_socketcall((int)get_random_below(22), (u32 *)(low + 8192));
		} else {
			memcpy(low + 8192, a, sizeof(a));
			sys_socketcall((int)get_random_below(22), (unsigned long *)(low + 8192));
		}
		if (!(i % 512)) {
			files_put(current->files);
			current->files = files_alloc();
			sys_socket(AF_TEST, SOCK_DGRAM, 0);
			sys_socket(AF_TEST, SOCK_STREAM, 0);
		}
	}
	return end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(creation_checks_in_the_order_of_linux),
		cmocka_unit_test(bad_descriptors_and_pointers_give_errors),
		cmocka_unit_test(accept_makes_a_descriptor_or_leaves_nothing),
		cmocka_unit_test(data_goes_round_with_all_flags),
		cmocka_unit_test(message_headers_are_checked_and_filled_in),
		cmocka_unit_test(timestamps_come_as_control_messages_and_are_truncated),
		cmocka_unit_test(options_behave_as_socket7_says),
		cmocka_unit_test(waiting_ends_in_time_and_by_data),
		cmocka_unit_test(a_small_receive_buffer_takes_one_packet_and_drops_the_rest),
		cmocka_unit_test(poll_tells_what_is_ready),
		cmocka_unit_test(many_messages_in_one_call),
		cmocka_unit_test(socketcall_reaches_all_twenty),
		cmocka_unit_test(a_32_bit_program_gets_its_own_layouts),
		cmocka_unit_test(ioctls_of_both_widths),
		cmocka_unit_test(a_sleeping_reader_wakes_for_data_for_shutdown_and_for_a_signal),
		cmocka_unit_test(random_calls_only_fail),
	};

	low = mmap(NULL, 65536, 3, MAP_LOW, -1, 0);
	return cmocka_run_group_tests_name("socket", tests, boot_sockets, no_warnings);
}
