/* SPDX-License-Identifier: MIT */
/* The options of SOL_UDP. udp(7). */
#include <uapi/udp.h>
#include "udp_internal.h"

/* Of the encapsulations only L2TP's leaves the datagrams to the socket; those of IPsec are of a kernel with IPsec. */
static int udp_set_encap(struct udp_sock *up, int val)
{
	if (val && val != UDP_ENCAP_L2TPINUDP)
		return -ENOPROTOOPT;
	up->encap_type = (u8)val;
	return 0;
}

/* The options are one number each. 0, -ENOPROTOOPT, -EINVAL. Sock locked. */
static int udp_set_option(struct sock *sk, int optname, int val)
{
	struct udp_sock *up = udp_sk(sk);

	switch (optname) {
	case UDP_CORK:
		up->corkflag = val != 0;
		if (!val)
			udp_push_pending_frames(sk);
		return 0;
	case UDP_ENCAP: return udp_set_encap(up, val);
	case UDP_NO_CHECK6_TX: up->no_check6_tx = val != 0; return 0;
	case UDP_NO_CHECK6_RX: up->no_check6_rx = val != 0; return 0;
	case UDP_SEGMENT:
		if (val < 0 || val > 0xffff)
			return -EINVAL;
		up->gso_size = (u16)val;
		return 0;
	case UDP_GRO: udp_set_gro(sk, val != 0); return 0;
	}
	return -ENOPROTOOPT;
}

static int udp_get_option(const struct sock *sk, int optname, int *val)
{
	const struct udp_sock *up = udp_sk(sk);

	switch (optname) {
	case UDP_CORK: *val = up->corkflag; return 0;
	case UDP_ENCAP: *val = up->encap_type; return 0;
	case UDP_NO_CHECK6_TX: *val = up->no_check6_tx; return 0;
	case UDP_NO_CHECK6_RX: *val = up->no_check6_rx; return 0;
	case UDP_SEGMENT: *val = up->gso_size; return 0;
	case UDP_GRO: *val = up->gro_enabled; return 0;
	case UDPLITE_SEND_CSCOV:
	case UDPLITE_RECV_CSCOV: *val = 0; return 0; /* a checksum covers all */
	}
	return -ENOPROTOOPT;
}

int udp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen)
{
	int val, err;

	if (level != SOL_UDP)
		return ip_setsockopt(sk, level, optname, optval, optlen);
	if (optlen < sizeof(int))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	lock_sock(sk);
	err = udp_set_option(sk, optname, val);
	release_sock(sk);
	return err;
}

int udp_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen)
{
	int len, val, err;

	if (level != SOL_UDP)
		return ip_getsockopt(sk, level, optname, optval, optlen);
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	err = udp_get_option(sk, optname, &val);
	if (err)
		return err;
	len = min(len, (int)sizeof(val));
	if (copy_to_sockptr(optlen, &len, sizeof(len)) || copy_to_sockptr(optval, &val, (size_t)len))
		return -EFAULT;
	return 0;
}
