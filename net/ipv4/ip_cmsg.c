/* SPDX-License-Identifier: MIT */
/* Control messages of IPv4 sockets both ways, and the error queue (IP_RECVERR). ip(7), cmsg(3). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <uapi/net_tstamp.h>
#include "ipv4_internal.h"

void ipv4_pktinfo_prepare(const struct sock *sk, struct sk_buff *skb)
{
	if (inet_sk(sk)->cmsg_flags & IP_CMSG_PKTINFO) {
		IPCB(skb)->iif = skb->skb_iif ? skb->skb_iif : (skb->dev ? skb->dev->ifindex : 0);
		IPCB(skb)->spec_dst = fib_compute_spec_dst(skb);
	}
	skb_dst_drop(skb);
}

static void ip_cmsg_recv_pktinfo(struct kmsghdr *msg, const struct sk_buff *skb)
{
	struct in_pktinfo info = { .ipi_ifindex = IPCB(skb)->iif,
				   .ipi_spec_dst.s_addr = IPCB(skb)->spec_dst,
				   .ipi_addr.s_addr = ip_hdr(skb)->daddr };

	put_cmsg(msg, SOL_IP, IP_PKTINFO, sizeof(info), &info);
}

/* The options as they came, or turned round to answer with. */
static void ip_cmsg_recv_opts(struct kmsghdr *msg, struct sk_buff *skb, bool turned,
			      struct net *net)
{
	struct {
		struct ip_options opt;
		u8 data[MAX_IPOPTLEN];
	} echo;

	if (!IPCB(skb)->opt.optlen)
		return;
	if (!turned) {
		put_cmsg(msg, SOL_IP, IP_RECVOPTS, IPCB(skb)->opt.optlen, ip_hdr(skb) + 1);
		return;
	}
	if (ip_options_echo(net, &echo.opt, skb)) {
		msg->msg_flags |= MSG_CTRUNC;
		return;
	}
	ip_options_undo(&echo.opt);
	put_cmsg(msg, SOL_IP, IP_RETOPTS, echo.opt.optlen, echo.opt.__data);
}

static void ip_cmsg_recv_origdst(struct kmsghdr *msg, const struct sk_buff *skb)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = ip_hdr(skb)->daddr };
	__be16 ports[2];

	/* Ports stand first in every transport header that has them; UDP has pulled its own already. */
	if (skb_transport_offset(skb) + (int)sizeof(ports) > (int)skb_headlen(skb))
		return;
	memcpy(ports, skb_transport_header(skb), sizeof(ports));
	sin.sin_port = ports[1];
	put_cmsg(msg, SOL_IP, IP_ORIGDSTADDR, sizeof(sin), &sin);
}

/* The sum of what is read, of a datagram that was summed when it came. */
static void ip_cmsg_recv_csum(struct kmsghdr *msg, const struct sk_buff *skb, int offset)
{
	__wsum csum;

	if (!(IPCB(skb)->flags & IPSKB_CSUM))
		return;
	csum = skb_checksum(skb, offset, (int)skb->len - offset, 0);
	put_cmsg(msg, SOL_IP, IP_CHECKSUM, sizeof(csum), &csum);
}

void ip_cmsg_recv_offset(struct kmsghdr *msg, struct sk_buff *skb, int offset)
{
	struct sock *sk = skb->sk;
	u16 flags = inet_sk(sk)->cmsg_flags;
	int ttl = ip_hdr(skb)->ttl;

	if (flags & IP_CMSG_PKTINFO)
		ip_cmsg_recv_pktinfo(msg, skb);
	if (flags & IP_CMSG_TTL)
		put_cmsg(msg, SOL_IP, IP_TTL, sizeof(ttl), &ttl);
	if (flags & IP_CMSG_TOS)
		put_cmsg(msg, SOL_IP, IP_TOS, 1, &ip_hdr(skb)->tos);
	if (flags & IP_CMSG_RECVOPTS)
		ip_cmsg_recv_opts(msg, skb, false, sock_net(sk));
	if (flags & IP_CMSG_RETOPTS)
		ip_cmsg_recv_opts(msg, skb, true, sock_net(sk));
	if (flags & IP_CMSG_ORIGDSTADDR)
		ip_cmsg_recv_origdst(msg, skb);
	if (flags & IP_CMSG_CHECKSUM)
		ip_cmsg_recv_csum(msg, skb, offset);
	if (flags & IP_CMSG_RECVFRAGSIZE && IPCB(skb)->frag_max_size) {
		int size = IPCB(skb)->frag_max_size;

		put_cmsg(msg, SOL_IP, IP_RECVFRAGSIZE, sizeof(size), &size);
	}
}

static int cmsg_int(const struct cmsghdr *c, int *val)
{
	size_t len = c->cmsg_len - CMSG_LEN(0);

	if (len == sizeof(int))
		memcpy(val, CMSG_DATA(c), sizeof(int));
	else if (len == 1)
		*val = *CMSG_DATA(c);
	else
		return -EINVAL;
	return 0;
}

static int ip_cmsg_send_one(struct sock *sk, const struct cmsghdr *c, struct ipcm_cookie *ipc)
{
	size_t len = c->cmsg_len - CMSG_LEN(0);
	struct in_pktinfo info;
	int val, err;

	switch (c->cmsg_type) {
	case IP_RETOPTS:
		kfree(ipc->opt);
		ipc->opt = NULL;
		return ip_options_get(sock_net(sk), &ipc->opt, KERNEL_SOCKPTR(CMSG_DATA(c)),
				      (unsigned int)min_t(size_t, len, MAX_IPOPTLEN));
	case IP_PKTINFO:
		if (len != sizeof(info))
			return -EINVAL;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		if (info.ipi_ifindex)
			ipc->oif = info.ipi_ifindex;
		ipc->addr = info.ipi_spec_dst.s_addr;
		return 0;
	case IP_TTL:
		err = len == sizeof(int) ? cmsg_int(c, &val) : -EINVAL;
		if (err || val < 1 || val > 255)
			return -EINVAL;
		ipc->ttl = (u8)val;
		return 0;
	case IP_TOS:
		if (cmsg_int(c, &val) || val < 0 || val > 255)
			return -EINVAL;
		ipc->tos = (s16)val;
		ipc->priority = rt_tos2priority((u8)val);
		return 0;
	case IP_PROTOCOL:
		err = len == sizeof(int) ? cmsg_int(c, &val) : -EINVAL;
		if (err || val < 1 || val > 255)
			return -EINVAL;
		ipc->protocol = (u8)val;
		return 0;
	}
	return -EINVAL;
}

/* cmsg_send_all - one control message after the other. */
static noinline int cmsg_send_all(struct sock *sk, struct kmsghdr *msg, struct ipcm_cookie *ipc)
{
	struct cmsghdr *c;
	int err;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (!CMSG_OK(msg, c))
			return -EINVAL;
		if (c->cmsg_level == SOL_SOCKET && sock_cmsg_send(sk, c, &ipc->sockc))
			return -EINVAL;
		if (c->cmsg_level != SOL_IP)
			continue;
		err = ip_cmsg_send_one(sk, c, ipc);
		if (err)
			return err;
	}
	return 0;
}

bool ip_cmsg_send_pktinfo(const struct kmsghdr *msg, struct ipcm_cookie *ipc)
{
	const struct {
		struct cmsghdr cm;
		struct in_pktinfo info;
	} *only = msg->msg_control;

	if (likely(msg->msg_controllen == CMSG_SPACE(sizeof(only->info)) &&
		   only->cm.cmsg_len == CMSG_LEN(sizeof(only->info)) &&
		   only->cm.cmsg_level == SOL_IP && only->cm.cmsg_type == IP_PKTINFO)) {
		if (only->info.ipi_ifindex)
			ipc->oif = only->info.ipi_ifindex;
		ipc->addr = only->info.ipi_spec_dst.s_addr;
		return true;
	}
	return false;
}

int ip_cmsg_send(struct sock *sk, struct kmsghdr *msg, struct ipcm_cookie *ipc)
{
	return ip_cmsg_send_pktinfo(msg, ipc) ? 0 : cmsg_send_all(sk, msg, ipc);
}

/* ---- the error queue ---- */

/* Are the extensions at @off sound: their checksum, and the lengths of their objects? Of another version anything is.
 * RFC 4884 section 8. */
static bool icmp_extensions_ok(const struct sk_buff *skb, unsigned int off)
{
	const struct icmp_extobj_hdr *obj;
	const struct icmp_ext_hdr *ext;
	struct icmp_extobj_hdr _obj;
	struct icmp_ext_hdr _ext;

	ext = skb_header_pointer(skb, (int)off, sizeof(_ext), &_ext);
	if (!ext)
		return false;
	if (ext->version >> 4 != ICMP_EXT_VERSION)
		return true;
	if (ext->checksum && csum_fold(skb_checksum(skb, (int)off, (int)(skb->len - off), 0)))
		return false;
	for (off += (unsigned int)sizeof(_ext); off < skb->len; off += ntohs(obj->length)) {
		obj = skb_header_pointer(skb, (int)off, sizeof(_obj), &_obj);
		if (!obj || ntohs(obj->length) < sizeof(_obj) || off + ntohs(obj->length) > skb->len)
			return false;
	}
	return true;
}

/* What IP_RECVERR_RFC4884 tells: where in the data, which begins behind the quoted headers, the extensions are. RFC 4884
 * section 4. */
static void icmp_error_rfc4884(const struct sk_buff *skb, struct sock_ee_data_rfc4884 *out)
{
	const struct icmphdr *icmph = icmp_hdr(skb);
	unsigned int quoted = icmph->un.reserved[1] * 4u, headers;

	if (icmph->type != ICMP_DEST_UNREACH && icmph->type != ICMP_TIME_EXCEEDED && icmph->type != ICMP_PARAMETERPROB)
		return;
	headers = (unsigned int)-skb_transport_offset(skb) - (unsigned int)sizeof(*icmph);
	if (quoted < ICMP_EXT_ORIG_MIN || quoted < headers)
		return;
	if (quoted - headers + sizeof(struct icmp_ext_hdr) > skb->len)
		return;
	out->len = (u16)(quoted - headers);
	if (!icmp_extensions_ok(skb, out->len))
		out->flags |= SO_EE_RFC4884_FLAG_INVALID;
}

void __ip_icmp_error(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info,
		     u8 *payload)
{
	const struct icmphdr *icmph = icmp_hdr(skb);
	struct sock_exterr_skb *serr;

	skb = skb_clone(skb, GFP_ATOMIC);
	if (!skb)
		return;
	serr = SKB_EXT_ERR(skb);
	serr->ee = (struct sock_extended_err){ .ee_errno = (__u32)err,
					       .ee_origin = SO_EE_ORIGIN_ICMP,
					       .ee_type = icmph->type,
					       .ee_code = icmph->code,
					       .ee_info = info };
	/* The address that was written to stands in the quoted header, behind the ICMP header. */
	serr->addr_offset = (u16)((const u8 *)(icmph + 1) + offsetof(struct iphdr, daddr) -
				  skb_network_header(skb));
	serr->port = port;
	if (skb_pull(skb, (unsigned int)(payload - skb->data))) {
		if (inet_sk(sk)->recverr_rfc4884)
			icmp_error_rfc4884(skb, &serr->ee.ee_rfc4884);
		skb_reset_transport_header(skb);
		skb_dst_drop(skb);
		if (!sock_queue_err_skb(sk, skb))
			return;
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
}

void ip_icmp_error(struct sock *sk, struct sk_buff *skb, int err, __be16 port, u32 info,
		   u8 *payload)
{
	if (inet_sk(sk)->recverr)
		__ip_icmp_error(sk, skb, err, port, info, payload);
}

void ip_local_error(struct sock *sk, int err, __be32 daddr, __be16 dport, u32 info)
{
	struct sock_exterr_skb *serr;
	struct iphdr *iph;
	struct sk_buff *skb;

	if (!inet_sk(sk)->recverr)
		return;
	skb = alloc_skb(sizeof(*iph), GFP_ATOMIC);
	if (!skb)
		return;
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->daddr = daddr;
	serr = SKB_EXT_ERR(skb);
	serr->ee = (struct sock_extended_err){ .ee_errno = (__u32)err,
					       .ee_origin = SO_EE_ORIGIN_LOCAL,
					       .ee_info = info };
	serr->addr_offset = offsetof(struct iphdr, daddr);
	serr->port = dport;
	__skb_pull(skb, skb->len);
	skb_reset_transport_header(skb);
	if (sock_queue_err_skb(sk, skb))
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
}

/* Is there a packet in @skb that control messages can be about? Of one that we sent (SOF_TIMESTAMPING_OPT_CMSG) IP_PKTINFO says
 * from which address and by which device it went. */
static bool ip_err_has_cmsgs(const struct sock_exterr_skb *serr, struct sk_buff *skb)
{
	if (serr->ee.ee_origin == SO_EE_ORIGIN_ICMP) {
		IPCB(skb)->spec_dst = 0;
	} else {
		if (serr->ee.ee_origin == SO_EE_ORIGIN_LOCAL || !(skb->sk->sk_tsflags & SOF_TIMESTAMPING_OPT_CMSG) ||
		    !skb->skb_iif)
			return false;
		IPCB(skb)->spec_dst = ip_hdr(skb)->saddr;
	}
	IPCB(skb)->iif = skb->skb_iif;
	return true;
}

/* Who sent the error, as far as one did, and what the socket wants to be told of the packet. */
static void ip_err_offender(struct sock_exterr_skb *serr, struct kmsghdr *msg, struct sk_buff *skb)
{
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in offender;
	} report = { .ee = serr->ee };

	if (ip_err_has_cmsgs(serr, skb)) {
		report.offender.sin_family = AF_INET;
		report.offender.sin_addr.s_addr = ip_hdr(skb)->saddr;
		if (inet_sk(skb->sk)->cmsg_flags)
			ip_cmsg_recv(msg, skb);
	}
	put_cmsg(msg, SOL_IP, IP_RECVERR, sizeof(report), &report);
}

int ip_recv_error(struct sock *sk, struct kmsghdr *msg, int len, int *addr_len)
{
	struct sk_buff *skb = sock_err_dequeue(sk);
	struct sockaddr_in *sin = msg->msg_name;
	struct sock_exterr_skb *serr;
	int copied, err;

	if (!skb)
		return -EAGAIN;
	copied = (int)skb->len;
	if (copied > len) {
		msg->msg_flags |= MSG_TRUNC;
		copied = len;
	}
	err = skb_copy_datagram_iter(skb, 0, &msg->msg_iter, copied);
	if (!err) {
		sock_recv_timestamp(msg, sk, skb);
		serr = SKB_EXT_ERR(skb);
		/* the destination that was written to, where the report is of a packet to one */
		if (sin && (serr->port || serr->ee.ee_origin == SO_EE_ORIGIN_ICMP || serr->ee.ee_origin == SO_EE_ORIGIN_LOCAL)) {
			*sin = (struct sockaddr_in){ .sin_family = AF_INET,
						     .sin_port = serr->port };
			memcpy(&sin->sin_addr, skb_network_header(skb) + serr->addr_offset, 4);
			*addr_len = sizeof(*sin);
		}
		ip_err_offender(serr, msg, skb);
		msg->msg_flags |= MSG_ERRQUEUE;
	}
	consume_skb(skb);
	return err ? err : copied;
}
