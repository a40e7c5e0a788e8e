/* SPDX-License-Identifier: MIT */
/* Operations that families share: those that a type does not have, and those that only hand on to
 * the protocol. Book section 12.10. */
#include "core_internal.h"

int sock_no_bind(struct socket *sock, struct sockaddr *addr, int len)
{
	return -EOPNOTSUPP;
}

int sock_no_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	return -EOPNOTSUPP;
}

int sock_no_socketpair(struct socket *a, struct socket *b)
{
	return -EOPNOTSUPP;
}

int sock_no_accept(struct socket *sock, struct socket *newsock, int flags, bool kern)
{
	return -EOPNOTSUPP;
}

int sock_no_listen(struct socket *sock, int backlog)
{
	return -EOPNOTSUPP;
}

int sock_no_shutdown(struct socket *sock, int how)
{
	return -EOPNOTSUPP;
}

int sock_common_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			   unsigned int optlen)
{
	struct sock *sk = sock->sk;

	return sk->sk_prot->setsockopt ? sk->sk_prot->setsockopt(sk, level, optname, optval, optlen)
				       : -ENOPROTOOPT;
}

int sock_common_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			   sockptr_t optlen)
{
	struct sock *sk = sock->sk;

	return sk->sk_prot->getsockopt ? sk->sk_prot->getsockopt(sk, level, optname, optval, optlen)
				       : -ENOPROTOOPT;
}

int sock_common_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags)
{
	struct sock *sk = sock->sk;
	int addr_len = 0, n;

	n = sk->sk_prot->recvmsg(sk, msg, size, flags, &addr_len);
	if (n >= 0)
		msg->msg_namelen = addr_len;
	return n;
}
