/* SPDX-License-Identifier: MIT */
/* AF_INET: which protocol serves which socket, and the socket operations that all of them share.
 * ip(7). Book section 12.10. */
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/arp.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/inet_connection_sock.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/protocol.h>
#include <net/raw.h>
#include <net/tcp.h>
#include <net/udp.h>
#include "ipv4_internal.h"

/* Rows by socket type, those of one type in the order in which they are asked. Filled while
 * starting up. */
static struct list_head inetsw[SOCK_MAX];

void inet_register_protosw(struct inet_protosw *p)
{
	struct inet_protosw *row;

	if (WARN_ON(p->type >= SOCK_MAX))
		return;
	list_for_each_entry(row, &inetsw[p->type], list)
		if ((row->flags & INET_PROTOSW_PERMANENT) && row->protocol == p->protocol)
			return;
	list_add_tail(&p->list, &inetsw[p->type]);
}

void inet_unregister_protosw(struct inet_protosw *p)
{
	if (!(p->flags & INET_PROTOSW_PERMANENT))
		list_del(&p->list);
}

/* The row for (type, *protocol): exact, or a wild card on either side; *protocol is then settled.
 */
static struct inet_protosw *inetsw_find(unsigned int type, int *protocol, int *err)
{
	struct inet_protosw *row;

	*err = -ESOCKTNOSUPPORT;
	list_for_each_entry(row, &inetsw[type], list) {
		if (*protocol == row->protocol && *protocol != IPPROTO_IP)
			return row;
		if (*protocol == IPPROTO_IP) {
			*protocol = row->protocol;
			if (row->protocol != IPPROTO_IP)
				return row;
		} else if (row->protocol == IPPROTO_IP) {
			return row;
		}
		*err = -EPROTONOSUPPORT;
	}
	return NULL;
}

static int inet_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct inet_protosw *row;
	struct inet_sock *inet;
	struct sock *sk;
	int err;

	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return -EINVAL;
	sock->state = SS_UNCONNECTED;
	row = inetsw_find((unsigned int)sock->type, &protocol, &err);
	if (!row)
		return err;
	sock->ops = row->ops;
	sk = sk_alloc(net, PF_INET, GFP_KERNEL, row->prot, kern);
	if (!sk)
		return -ENOBUFS;
	if (row->flags & INET_PROTOSW_REUSE)
		sk->sk_reuse = SK_CAN_REUSE;
	inet = inet_sk(sk);
	inet->is_icsk = (row->flags & INET_PROTOSW_ICSK) != 0;
	if (sock->type == SOCK_RAW) {
		inet->inet_num = (u16)protocol;
		inet->hdrincl = protocol == IPPROTO_RAW;
	}
	inet->pmtudisc = net->ipv4.sysctl_ip_no_pmtu_disc ? IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	sock_init_data(sock, sk);
	sk->sk_destruct = inet_sock_destruct;
	sk->sk_protocol = (u8)protocol;
	sk->sk_backlog_rcv = sk->sk_prot->backlog_rcv;
	inet->uc_ttl = -1;
	sk->sk_txrehash = 1;
	inet->mc_loop = 1;
	inet->mc_ttl = IP_DEFAULT_MULTICAST_TTL;
	inet->mc_all = 1;
	if (inet->inet_num) {
		inet->inet_sport = htons(inet->inet_num);
		if (sk->sk_prot->hash)
			sk->sk_prot->hash(sk);
	}
	err = sk->sk_prot->init ? sk->sk_prot->init(sk) : 0;
	if (err) {
		sk_common_release(sk);
		sock->sk = NULL;
	}
	return err;
}

void inet_sock_destruct(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	skb_queue_purge_reason(&sk->sk_error_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	sk_mem_reclaim(sk);
	WARN_ON_ONCE(sk->sk_type != SOCK_STREAM &&
		     (atomic_read(&sk->sk_rmem_alloc) || atomic_read(&sk->sk_wmem_alloc)));
	kfree(inet->inet_opt);
	sk_dst_reset(sk);
}

int inet_autobind(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	int err = 0;

	lock_sock(sk);
	if (!inet->inet_num) {
		if (sk->sk_prot->get_port && sk->sk_prot->get_port(sk, 0))
			err = -EAGAIN;
		else
			inet->inet_sport = htons(inet->inet_num);
	}
	release_sock(sk);
	return err;
}

int inet_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	long timeout = 0;

	if (!sk)
		return 0;
	ip_mc_drop_socket(sk);
	if (sock_flag(sk, SOCK_LINGER))
		timeout = (long)sk->sk_lingertime;
	sk->sk_prot->close(sk, timeout);
	sock->sk = NULL;
	return 0;
}

/* May a socket be bound to the address: one of ours, a group, a broadcast address, or any at all.
 */
static bool inet_bind_addr_ok(const struct sock *sk, __be32 addr, unsigned int type)
{
	const struct inet_sock *inet = inet_sk(sk);
	bool ping = sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_ICMP;

	if (ping && addr && (type == RTN_MULTICAST || type == RTN_BROADCAST))
		return false; /* an echo reply is to one host */
	return !addr || type == RTN_LOCAL || type == RTN_MULTICAST || type == RTN_BROADCAST ||
	       inet->freebind || inet->transparent || sock_net(sk)->ipv4.sysctl_ip_nonlocal_bind;
}

static int __inet_bind(struct sock *sk, const struct sockaddr_in *addr, unsigned int type)
{
	struct inet_sock *inet = inet_sk(sk);
	unsigned short snum = ntohs(addr->sin_port);

	if (sk->sk_state != TCP_CLOSE || inet->inet_num)
		return -EINVAL;
	inet->inet_rcv_saddr = inet->inet_saddr = addr->sin_addr.s_addr;
	if (type == RTN_MULTICAST || type == RTN_BROADCAST)
		inet->inet_saddr = 0; /* nothing is sent from such an address */
	if ((snum || !inet->bind_address_no_port) && sk->sk_prot->get_port &&
	    sk->sk_prot->get_port(sk, snum)) {
		inet->inet_saddr = inet->inet_rcv_saddr = 0;
		return -EADDRINUSE;
	}
	if (inet->inet_rcv_saddr)
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	if (snum)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	inet->inet_sport = htons(inet->inet_num);
	inet->inet_daddr = 0;
	inet->inet_dport = 0;
	sk_dst_reset(sk);
	return 0;
}

int inet_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	const struct sockaddr_in *addr = (const struct sockaddr_in *)uaddr;
	struct sock *sk = sock->sk;
	unsigned int type;
	int err;

	if (sk->sk_prot->bind)
		return sk->sk_prot->bind(sk, uaddr, addr_len);
	if (addr_len < (int)sizeof(*addr))
		return -EINVAL;
	/* AF_UNSPEC is let pass with no address: old programs do so. */
	if (addr->sin_family != AF_INET && (addr->sin_family != AF_UNSPEC || addr->sin_addr.s_addr))
		return -EAFNOSUPPORT;
	type = inet_addr_type(sock_net(sk), addr->sin_addr.s_addr);
	if (!inet_bind_addr_ok(sk, addr->sin_addr.s_addr, type))
		return -EADDRNOTAVAIL;
	lock_sock(sk);
	err = __inet_bind(sk, addr, type);
	release_sock(sk);
	return err;
}

int inet_dgram_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	struct sock *sk = sock->sk;

	if (addr_len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	if (uaddr->sa_family == AF_UNSPEC)
		return sk->sk_prot->disconnect(sk, flags);
	if (!inet_sk(sk)->inet_num && !sk->sk_prot->no_autobind && inet_autobind(sk))
		return -EAGAIN;
	return sk->sk_prot->connect(sk, uaddr, addr_len);
}

static bool inet_connecting(const struct sock *sk)
{
	return sk->sk_state == TCP_SYN_SENT || sk->sk_state == TCP_SYN_RECV;
}

static long inet_wait_for_connect(struct sock *sk, long timeo)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	while (inet_connecting(sk)) {
		release_sock(sk);
		timeo = schedule_timeout(timeo);
		lock_sock(sk);
		if (signal_pending(current) || !timeo)
			break;
		prepare_to_wait(sk->sk_sleep, &wait, TASK_INTERRUPTIBLE);
	}
	finish_wait(sk->sk_sleep, &wait);
	return timeo;
}

/* Begin to connect, or see how an attempt stands. 0: wait on; otherwise the answer. */
static int inet_connect_begin(struct socket *sock, struct sockaddr *uaddr, int addr_len, int *again)
{
	struct sock *sk = sock->sk;
	int err;

	*again = -EALREADY;
	switch (sock->state) {
	case SS_CONNECTED: return -EISCONN;
	case SS_CONNECTING: return 0;
	case SS_UNCONNECTED: break;
	default: return -EINVAL;
	}
	if (sk->sk_state != TCP_CLOSE)
		return -EISCONN;
	err = sk->sk_prot->connect(sk, uaddr, addr_len);
	if (err < 0)
		return err;
	sock->state = SS_CONNECTING;
	*again = -EINPROGRESS;
	return 0;
}

int __inet_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags,
			  bool sending)
{
	struct sock *sk = sock->sk;
	int err, again;
	long timeo;

	if (uaddr && addr_len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	if (uaddr && uaddr->sa_family == AF_UNSPEC) {
		err = sk->sk_prot->disconnect(sk, flags);
		sock->state = err ? SS_DISCONNECTING : SS_UNCONNECTED;
		return err;
	}
	err = inet_connect_begin(sock, uaddr, addr_len, &again);
	if (err)
		return err;
	if (inet_sk(sk)->defer_connect && !sending) /* TCP_FASTOPEN_CONNECT: at the first write */
		return again == -EINPROGRESS ? 0 : -EISCONN;
	if (inet_sk(sk)->defer_connect)
		again = -EINPROGRESS;
	timeo = sock_sndtimeo(sk, (flags & O_NONBLOCK) != 0);
	if (inet_connecting(sk)) {
		if (!timeo)
			return again;
		timeo = inet_wait_for_connect(sk, timeo);
		if (inet_connecting(sk))
			return signal_pending(current) ? sock_intr_errno(timeo) : again;
	}
	if (sk->sk_state == TCP_CLOSE) {
		err = sock_error(sk);
		sock->state = SS_UNCONNECTED;
		if (sk->sk_prot->disconnect(sk, flags))
			sock->state = SS_DISCONNECTING;
		return err ? err : -ECONNABORTED;
	}
	sock->state = SS_CONNECTED;
	return 0;
}

int inet_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags)
{
	int err;

	lock_sock(sock->sk);
	err = __inet_stream_connect(sock, uaddr, addr_len, flags, false);
	release_sock(sock->sk);
	return err;
}

int inet_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	int err = -EINVAL;

	lock_sock(sk);
	if (sock->state != SS_UNCONNECTED || sock->type != SOCK_STREAM ||
	    (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN))
		goto out;
	sk->sk_max_ack_backlog = (u32)backlog;
	if (sk->sk_state != TCP_LISTEN)
		tcp_fastopen_listen(sk, backlog);
	err = sk->sk_state == TCP_LISTEN ? 0 : inet_csk_listen_start(sk);
out:
	release_sock(sk);
	return err;
}

int inet_accept(struct socket *sock, struct socket *newsock, int flags, bool kern)
{
	int err = -EINVAL;
	struct sock *sk2 = sock->sk->sk_prot->accept(sock->sk, flags, &err, kern);

	if (!sk2)
		return err;
	lock_sock(sk2);
	sock_graft(sk2, newsock);
	newsock->state = SS_CONNECTED;
	release_sock(sk2);
	return 0;
}

int inet_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)uaddr;
	const struct sock *sk = sock->sk;
	const struct inet_sock *inet = inet_sk(sk);

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	if (peer) {
		if (!inet->inet_dport ||
		    (peer == 1 && (sk->sk_state == TCP_CLOSE || sk->sk_state == TCP_SYN_SENT)))
			return -ENOTCONN;
		sin->sin_port = inet->inet_dport;
		sin->sin_addr.s_addr = inet->inet_daddr;
	} else {
		sin->sin_port = inet->inet_sport;
		sin->sin_addr.s_addr = inet->inet_rcv_saddr ? inet->inet_rcv_saddr
							    : inet->inet_saddr;
	}
	return sizeof(*sin);
}

int inet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t size)
{
	struct sock *sk = sock->sk;

	if (unlikely(!inet_sk(sk)->inet_num) && !sk->sk_prot->no_autobind && inet_autobind(sk))
		return -EAGAIN;
	return sk->sk_prot->sendmsg(sk, msg, size);
}

int inet_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	int addr_len = 0, err;

	err = sk->sk_prot->recvmsg(sk, msg, size, flags, &addr_len);
	if (err >= 0)
		msg->msg_namelen = addr_len;
	return err;
}

int inet_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	how++; /* they become the bits of sk_shutdown */
	lock_sock(sk);
	if (sock->state == SS_CONNECTING)
		sock->state = inet_connecting(sk) || sk->sk_state == TCP_CLOSE ? SS_DISCONNECTING
									       : SS_CONNECTED;
	if (sk->sk_state == TCP_LISTEN || sk->sk_state == TCP_SYN_SENT) {
		if (sk->sk_state == TCP_SYN_SENT || (how & RCV_SHUTDOWN)) {
			err = sk->sk_prot->disconnect(sk, O_NONBLOCK);
			sock->state = err ? SS_DISCONNECTING : SS_UNCONNECTED;
		}
	} else {
		if (sk->sk_state == TCP_CLOSE)
			err = -ENOTCONN;
		sk->sk_shutdown |= (u8)how;
		if (sk->sk_prot->shutdown)
			sk->sk_prot->shutdown(sk, how);
	}
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

int inet_sk_rebuild_header(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 fl4;
	struct rtable *rt = (struct rtable *)__sk_dst_check(sk, 0);

	if (rt)
		return 0;
	rt = ip_route_connect(
		sock_net(sk), &fl4,
		inet->inet_opt && inet->inet_opt->srr ? inet->inet_opt->faddr : inet->inet_daddr,
		inet->inet_saddr, RT_TOS(inet->tos) | sock_flag(sk, SOCK_LOCALROUTE),
		sk->sk_bound_dev_if, sk->sk_protocol, inet->inet_sport, inet->inet_dport, sk);
	if (IS_ERR(rt)) {
		sk->sk_route_caps = 0;
		return (int)PTR_ERR(rt);
	}
	sk_setup_caps(sk, &rt->dst);
	return 0;
}

int inet_ctl_sock_create(struct sock **sk, unsigned short family, unsigned short type,
			 unsigned char protocol, struct net *net)
{
	struct socket *sock;
	int err = sock_create_kern(net, family, type, protocol, &sock);

	if (err)
		return err;
	*sk = sock->sk;
	/* It sends only: nothing is ever delivered to it. */
	if ((*sk)->sk_prot->unhash)
		(*sk)->sk_prot->unhash(*sk);
	(*sk)->sk_allocation = GFP_ATOMIC;
	return 0;
}

void inet_get_local_port_range(struct net *net, int *low, int *high)
{
	*low = net->ipv4.sysctl_ip_local_port_range[0];
	*high = net->ipv4.sysctl_ip_local_port_range[1];
	if (*low < 1 || *high > 65535 || *low > *high) {
		*low = 32768;
		*high = 60999;
	}
}

void inet_sk_get_local_port_range(const struct sock *sk, int *low, int *high)
{
	int sk_low = inet_sk(sk)->local_port_range & 0xffff, sk_high = (int)(inet_sk(sk)->local_port_range >> 16);

	inet_get_local_port_range(sock_net(sk), low, high);
	if (unlikely(sk_low && sk_low <= *high))
		*low = max(*low, sk_low);
	if (unlikely(sk_high && sk_high >= *low))
		*high = min(*high, sk_high);
}

/* What the three kinds of socket have in common. */
#define INET_OPS_COMMON                                                                 \
	.family = PF_INET, .stamps = true, .release = inet_release, .bind = inet_bind,                  \
	.socketpair = sock_no_socketpair, .getname = inet_getname, .ioctl = inet_ioctl, \
	.shutdown = inet_shutdown, .setsockopt = sock_common_setsockopt,                \
	.getsockopt = sock_common_getsockopt, .sendmsg = inet_sendmsg, .recvmsg = inet_recvmsg

const struct proto_ops inet_stream_ops = {
	INET_OPS_COMMON,       .connect = inet_stream_connect,
	.accept = inet_accept, .listen = inet_listen,
	.poll = tcp_poll,
};
const struct proto_ops inet_dgram_ops = {
	INET_OPS_COMMON,	  .connect = inet_dgram_connect,
	.accept = sock_no_accept, .listen = sock_no_listen,
	.poll = udp_poll,	  .set_peek_off = sk_set_peek_off,
};
const struct proto_ops inet_sockraw_ops = {
	INET_OPS_COMMON,	  .connect = inet_dgram_connect, .accept = sock_no_accept,
	.listen = sock_no_listen, .poll = datagram_poll,
};

static const struct net_proto_family inet_family_ops = { .family = PF_INET,
							.create = inet_create,
							.ioctl = inet_ioctl };

void inet_init(void)
{
	unsigned int i;

	for (i = 0; i < SOCK_MAX; i++)
		INIT_LIST_HEAD(&inetsw[i]);
	if (sock_register(&inet_family_ops))
		pr_err("cannot register AF_INET\n");
	sysctl_ipv4_init(); /* settings of every namespace, before anybody reads them */
	arp_init();
	fib_init();
	ip_rt_init();
	ip_init();
	ipfrag_init();
	igmp_init();
	icmp_init();
	udp_init(); /* before ping: the first row of a type serves protocol 0 */
	ping_init();
	raw_init();
	tcp_init();
	inet_diag_init();
	ip_mc_autojoin_init(); /* sockets are there, and addresses not yet */
	devinet_init(); /* from here on devices have addresses */
	ip_misc_proc_init();
}
