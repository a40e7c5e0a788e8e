/* SPDX-License-Identifier: MIT */
/* ICMP: what is answered, what errors are sent and to whom those received are told. RFC 792, RFC
 * 1122 section 3.2.2, RFC 1812 section 4.3. Book section 12.8. */
#include <kernel/printk.h>
#include <kernel/string.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/protocol.h>
#include <net/raw.h>
#include "ipv4_internal.h"

#define ICMP_MAX_ERROR \
	576 /* bytes of an error message with its IP header. RFC 1812 section 4.3.2.3 */
#define IPTOS_PREC_INTERNETCONTROL 0xc0

const struct icmp_err icmp_err_convert[NR_ICMP_UNREACH + 1] = {
	[ICMP_NET_UNREACH] = { ENETUNREACH, false },
	[ICMP_HOST_UNREACH] = { EHOSTUNREACH, false },
	[ICMP_PROT_UNREACH] = { ENOPROTOOPT, true },
	[ICMP_PORT_UNREACH] = { ECONNREFUSED, true },
	[ICMP_FRAG_NEEDED] = { EMSGSIZE, false },
	[ICMP_SR_FAILED] = { EOPNOTSUPP, false },
	[ICMP_NET_UNKNOWN] = { ENETUNREACH, true },
	[ICMP_HOST_UNKNOWN] = { EHOSTDOWN, true },
	[ICMP_HOST_ISOLATED] = { ENONET, true },
	[ICMP_NET_ANO] = { ENETUNREACH, true },
	[ICMP_HOST_ANO] = { EHOSTUNREACH, true },
	[ICMP_NET_UNR_TOS] = { ENETUNREACH, false },
	[ICMP_HOST_UNR_TOS] = { EHOSTUNREACH, false },
	[ICMP_PKT_FILTERED] = { EHOSTUNREACH, true },
	[ICMP_PREC_VIOLATION] = { EHOSTUNREACH, true },
	[ICMP_PREC_CUTOFF] = { EHOSTUNREACH, true },
};

struct icmp_control {
	enum skb_drop_reason (*handler)(struct sk_buff *skb); /* SKB_CONSUMED: all went well */
	u8 out_mib, in_mib;				      /* index in the MIB */
	bool error; /* an error: never answered by another */
};
static const struct icmp_control icmp_pointers[NR_ICMP_TYPES + 1];

static bool icmp_is_error(u8 type)
{
	return type > NR_ICMP_TYPES || icmp_pointers[type].error;
}

void icmp_out_count(struct net *net, u8 type)
{
	ICMP_INC_STATS(net, OUTMSGS);
	net->mib.icmpmsg_out[type]++;
	if (type <= NR_ICMP_TYPES && icmp_pointers[type].out_mib)
		net->mib.icmp[icmp_pointers[type].out_mib]++;
}

/* ---- sending ---- */

static bool icmp_limited(struct net *net, const struct rtable *rt, int type, int code, __be32 daddr)
{
	if (type > NR_ICMP_TYPES || (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED))
		return false; /* path MTU discovery must not starve */
	if (!((1u << type) & (u32)net->ipv4.sysctl_icmp_ratemask) ||
	    (rt->dst.dev->flags & IFF_LOOPBACK))
		return false;
	if (!icmp_target_allow(net, daddr)) {
		ICMP_INC_STATS(net, RATELIMITHOST);
		return true;
	}
	if (!icmp_global_allow(net)) {
		ICMP_INC_STATS(net, RATELIMITGLOBAL);
		return true;
	}
	return false;
}

struct icmp_options {
	struct ip_options opt;
	u8 data[MAX_IPOPTLEN];
};

/* Room for a message of @len bytes of data behind the ICMP header, in front of which the IP header
 * fits. */
static struct sk_buff *icmp_alloc(const struct rtable *rt, const struct ip_options *opt,
				  unsigned int len)
{
	unsigned int room =
		LL_RESERVED_SPACE(rt->dst.dev) + (unsigned int)sizeof(struct iphdr) + opt->optlen;
	struct sk_buff *skb =
		alloc_skb(room + (unsigned int)sizeof(struct icmphdr) + len, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, (int)room);
	skb_reset_transport_header(skb);
	skb_put(skb, (unsigned int)sizeof(struct icmphdr) + len);
	return skb;
}

static void icmp_transmit(struct net *net, struct sk_buff *skb, const struct ip_options *opt,
			  struct rtable *rt, __be32 saddr, __be32 daddr, u8 tos)
{
	struct icmphdr *icmph = icmp_hdr(skb);

	icmph->checksum = 0;
	icmph->checksum = ip_compute_csum(icmph, skb->len);
	icmp_out_count(net, icmph->type);
	ip_send_reply(net, skb, opt, rt, IPPROTO_ICMP, saddr, daddr, tos, 0);
}

static struct rtable *icmp_route(struct net *net, const struct ip_options *opt, __be32 daddr,
				 __be32 *saddr, u8 tos)
{
	struct flowi4 fl4 = { .daddr = opt->srr ? opt->faddr : daddr,
			      .saddr = *saddr,
			      .flowi4_tos = RT_TOS(tos),
			      .flowi4_proto = IPPROTO_ICMP };
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt)) {
		ICMP_INC_STATS(net, OUTERRORS);
		return NULL;
	}
	/* Never to more than one host. RFC 1122 section 3.2.2. */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		dst_release(&rt->dst);
		return NULL;
	}
	*saddr = fl4.saddr;
	return rt;
}

/* A reply to @skb (data behind its ICMP header), with @len bytes at @body or, body NULL, with its
 * own data. */
static void icmp_reply(struct sk_buff *skb, u8 type, const void *body, unsigned int len)
{
	const struct icmphdr *in = icmp_hdr(skb);
	struct net *net = dev_net(skb->dev);
	__be32 daddr = ip_hdr(skb)->saddr, saddr = fib_compute_spec_dst(skb);
	struct icmp_options reply;
	struct sk_buff *answer;
	struct icmphdr *out;
	struct rtable *rt;

	if (ip_options_echo(net, &reply.opt, skb))
		return;
	rt = icmp_route(net, &reply.opt, daddr, &saddr, ip_hdr(skb)->tos);
	if (!rt)
		return;
	answer = icmp_limited(net, rt, type, 0, daddr) ? NULL : icmp_alloc(rt, &reply.opt, len);
	if (!answer) {
		dst_release(&rt->dst);
		return;
	}
	out = icmp_hdr(answer);
	*out = (struct icmphdr){ .type = type, .un.echo = in->un.echo };
	if (body)
		memcpy(out + 1, body, len);
	else
		skb_copy_bits(skb, 0, out + 1, (int)len);
	answer->mark = skb->mark;
	icmp_transmit(net, answer, &reply.opt, rt, saddr, daddr, ip_hdr(skb)->tos);
}

/* May an error be sent about this packet at all? RFC 1122 section 3.2.2. */
static bool icmp_may_send(const struct sk_buff *skb, const struct rtable *rt, int type)
{
	const struct iphdr *iph = ip_hdr(skb);
	u8 _inner;
	const u8 *inner;

	if (skb_network_header(skb) < skb->head ||
	    skb_network_header(skb) + sizeof(*iph) > skb_tail_pointer(skb))
		return false;
	if (skb->pkt_type != PACKET_HOST || (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)))
		return false;
	if (iph->frag_off & htons(IP_OFFSET))
		return false;
	if (ipv4_is_zeronet(iph->saddr) || ipv4_is_multicast(iph->saddr) ||
	    ipv4_is_lbcast(iph->saddr))
		return false;
	if (!icmp_is_error((u8)type) || iph->protocol != IPPROTO_ICMP)
		return true;
	inner = skb_header_pointer(skb, skb_network_offset(skb) + iph->ihl * 4, sizeof(_inner),
				   &_inner);
	return inner && !icmp_is_error(*inner);
}

/* Bytes of the packet from its IP header on, whose place may lie before skb->data. */
static void icmp_copy_packet(const struct sk_buff *skb, void *to, unsigned int len)
{
	int off = skb_network_offset(skb);

	if (off < 0) {
		unsigned int head = min(len, (unsigned int)-off);

		memcpy(to, skb_network_header(skb), head);
		to = (u8 *)to + head;
		len -= head;
		off = 0;
	}
	if (len)
		skb_copy_bits(skb, off, to, (int)len);
}

static __be32 icmp_error_source(struct net *net, const struct sk_buff *skb, const struct rtable *rt)
{
	if (rt->rt_flags & RTCF_LOCAL)
		return ip_hdr(skb)->daddr;
	if (rt->rt_is_input && net->ipv4.sysctl_icmp_errors_use_inbound_ifaddr && skb->dev)
		return inet_select_addr(skb->dev, ip_hdr(skb)->saddr, RT_SCOPE_LINK);
	return 0;
}

void icmp_send(struct sk_buff *skb_in, int type, int code, __be32 info)
{
	struct rtable *rt_in = skb_rtable(skb_in), *rt;
	const struct iphdr *iph = ip_hdr(skb_in);
	unsigned int len, room;
	struct icmp_options reply = { 0 };
	struct icmphdr *icmph;
	struct sk_buff *skb;
	struct net *net;
	__be32 saddr, daddr;
	u8 tos;

	if (!rt_in || !icmp_may_send(skb_in, rt_in, type))
		return;
	net = dev_net(rt_in->dst.dev);
	daddr = iph->saddr;
	saddr = icmp_error_source(net, skb_in, rt_in);
	tos = icmp_is_error((u8)type) ? (iph->tos & 0x1e) | IPTOS_PREC_INTERNETCONTROL : iph->tos;
	/* Only a received packet's control block surely holds its options. */
	if (skb_in->skb_iif && ip_options_echo(net, &reply.opt, skb_in))
		return;
	rt = icmp_route(net, &reply.opt, daddr, &saddr, tos);
	if (!rt)
		return;
	room = min(dst_mtu(&rt->dst), (unsigned int)ICMP_MAX_ERROR) -
	       (unsigned int)(sizeof(*iph) + sizeof(*icmph)) - reply.opt.optlen;
	len = min(skb_in->len - (unsigned int)skb_network_offset(skb_in), room);
	skb = icmp_limited(net, rt, type, code, daddr) ? NULL : icmp_alloc(rt, &reply.opt, len);
	if (!skb) {
		dst_release(&rt->dst);
		return;
	}
	icmph = icmp_hdr(skb);
	*icmph = (struct icmphdr){ .type = (u8)type, .code = (u8)code, .un.gateway = info };
	icmp_copy_packet(skb_in, icmph + 1, len);
	skb->mark = skb_in->mark;
	icmp_transmit(net, skb, &reply.opt, rt, saddr, daddr, tos);
}

/* ---- receiving ---- */

static enum skb_drop_reason icmp_malformed(struct sk_buff *skb)
{
	ICMP_INC_STATS(dev_net(skb->dev), INERRORS);
	return SKB_DROP_REASON_ICMP_MALFORMED;
}

/* Tell those whose packet it was about: data at the inner IP header, of which the options and 8
 * bytes more must be there. */
static enum skb_drop_reason icmp_socket_deliver(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct net_protocol *ipprot;
	u8 protocol = iph->protocol;

	if (iph->version != IPVERSION || iph->ihl < 5 || !pskb_may_pull(skb, iph->ihl * 4u + 8))
		return icmp_malformed(skb);
	raw_icmp_error(skb, protocol, info);
	ipprot = inet_protos[protocol];
	if (ipprot && ipprot->err_handler)
		ipprot->err_handler(skb, info);
	return SKB_CONSUMED;
}

/* RFC 1191 section 7.1: an old router gives no MTU; the next lower plateau is tried. */
static u32 icmp_guess_mtu(const struct iphdr *iph)
{
	static const u16 plateaus[] = { 32000, 17914, 8166, 4352, 2002,	       1492,
					576,   296,   216,  128,  IPV4_MIN_MTU };
	u32 old = ntohs(iph->tot_len);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plateaus); i++)
		if (plateaus[i] < old)
			return plateaus[i];
	return IPV4_MIN_MTU;
}

/*
 * What a path's MTU is, as net.ipv4.ip_no_pmtu_disc believes it. 0: all that is said; 1: no more than that it is
 * small, so that it becomes the least one (min_pmtu); 2: nothing; 3: what a protocol can check against what it has
 * sent. False: ignored.
 */
static bool icmp_believe_mtu(const struct net *net, const struct icmphdr *icmph,
			     const struct iphdr *iph, u32 *mtu)
{
	const struct net_protocol *ipprot = inet_protos[iph->protocol];

	switch (net->ipv4.sysctl_ip_no_pmtu_disc) {
	case 1: *mtu = 0; return true;
	case 2: return false;
	case 3:
		if (!ipprot || !ipprot->icmp_strict_tag_validation)
			return false;
		break;
	}
	*mtu = ntohs(icmph->un.frag.mtu);
	if (!*mtu)
		*mtu = icmp_guess_mtu(iph);
	return true;
}

static enum skb_drop_reason icmp_unreach(struct sk_buff *skb)
{
	const struct icmphdr *icmph = icmp_hdr(skb);
	struct net *net = dev_net(skb->dev);
	const struct iphdr *iph;
	u32 info = 0;

	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return icmp_malformed(skb);
	icmph = icmp_hdr(skb);
	iph = (const struct iphdr *)skb->data;
	if (iph->ihl < 5)
		return icmp_malformed(skb);
	if (icmph->type == ICMP_DEST_UNREACH) {
		if (icmph->code > NR_ICMP_UNREACH)
			return SKB_DROP_REASON_ICMP_UNHANDLED;
		if (icmph->code == ICMP_FRAG_NEEDED && !icmp_believe_mtu(net, icmph, iph, &info))
			return SKB_DROP_REASON_ICMP_UNHANDLED;
	} else if (icmph->type == ICMP_PARAMETERPROB) {
		info = icmph->un.pointer;
	} else if (icmph->type == ICMP_TIME_EXCEEDED && icmph->code == ICMP_EXC_FRAGTIME) {
		return SKB_DROP_REASON_ICMP_UNHANDLED; /* lost fragments are the transport's to
							  notice */
	}
	/* Some routers answer what was sent to a broadcast address. RFC 1122 section 3.2.2. */
	if (!net->ipv4.sysctl_icmp_ignore_bogus_error_responses &&
	    inet_addr_type(net, iph->daddr) == RTN_BROADCAST) {
		if (net_ratelimit())
			pr_warn("%pI4 sent an ICMP error (type %u, code %u) about a broadcast to "
				"%pI4\n",
				&ip_hdr(skb)->saddr, icmph->type, icmph->code, &iph->daddr);
		return SKB_DROP_REASON_ICMP_UNHANDLED;
	}
	return icmp_socket_deliver(skb, info);
}

static enum skb_drop_reason icmp_redirect(struct sk_buff *skb)
{
	if (skb->len < sizeof(struct iphdr) || !pskb_may_pull(skb, sizeof(struct iphdr)))
		return icmp_malformed(skb);
	return icmp_socket_deliver(skb, ntohl(icmp_hdr(skb)->un.gateway));
}

static enum skb_drop_reason icmp_echo(struct sk_buff *skb)
{
	if (dev_net(skb->dev)->ipv4.sysctl_icmp_echo_ignore_all)
		return SKB_DROP_REASON_ICMP_UNHANDLED;
	icmp_reply(skb, ICMP_ECHOREPLY, NULL, skb->len);
	return SKB_CONSUMED;
}

static enum skb_drop_reason icmp_timestamp(struct sk_buff *skb)
{
	struct icmp_timestamps t;

	if (skb_copy_bits(skb, 0, &t.originate, sizeof(t.originate)))
		return icmp_malformed(skb);
	t.receive = t.transmit =
		htonl((u32)(ktime_get_real() / NSEC_PER_MSEC % (24u * 3600 * 1000)));
	icmp_reply(skb, ICMP_TIMESTAMPREPLY, &t, sizeof(t));
	return SKB_CONSUMED;
}

static enum skb_drop_reason icmp_echoreply(struct sk_buff *skb)
{
	ping_rcv(skb);
	return SKB_CONSUMED;
}

static enum skb_drop_reason icmp_discard(struct sk_buff *skb)
{
	return SKB_CONSUMED; /* raw sockets have had it */
}

/* In order of type. RFC 792; router and information messages are not for hosts like us. */
static const struct icmp_control icmp_pointers[NR_ICMP_TYPES + 1] = {
	[ICMP_ECHOREPLY] = { icmp_echoreply, ICMP_MIB_OUTECHOREPS, ICMP_MIB_INECHOREPS, false },
	[1] = { icmp_discard, 0, 0, true },
	[2] = { icmp_discard, 0, 0, true },
	[ICMP_DEST_UNREACH] = { icmp_unreach, ICMP_MIB_OUTDESTUNREACHS, ICMP_MIB_INDESTUNREACHS,
				true },
	[ICMP_SOURCE_QUENCH] = { icmp_unreach, ICMP_MIB_OUTSRCQUENCHS, ICMP_MIB_INSRCQUENCHS,
				 true }, /* RFC 6633 */
	[ICMP_REDIRECT] = { icmp_redirect, ICMP_MIB_OUTREDIRECTS, ICMP_MIB_INREDIRECTS, true },
	[6] = { icmp_discard, 0, 0, true },
	[7] = { icmp_discard, 0, 0, true },
	[ICMP_ECHO] = { icmp_echo, ICMP_MIB_OUTECHOS, ICMP_MIB_INECHOS, false },
	[ICMP_ROUTER_ADVERT] = { icmp_discard, 0, 0, false },
	[ICMP_ROUTER_SOLICIT] = { icmp_discard, 0, 0, false },
	[ICMP_TIME_EXCEEDED] = { icmp_unreach, ICMP_MIB_OUTTIMEEXCDS, ICMP_MIB_INTIMEEXCDS, true },
	[ICMP_PARAMETERPROB] = { icmp_unreach, ICMP_MIB_OUTPARMPROBS, ICMP_MIB_INPARMPROBS, true },
	[ICMP_TIMESTAMP] = { icmp_timestamp, ICMP_MIB_OUTTIMESTAMPS, ICMP_MIB_INTIMESTAMPS, false },
	[ICMP_TIMESTAMPREPLY] = { icmp_discard, ICMP_MIB_OUTTIMESTAMPREPS, ICMP_MIB_INTIMESTAMPREPS,
				  false },
	[ICMP_INFO_REQUEST] = { icmp_discard, 0, 0, false },
	[ICMP_INFO_REPLY] = { icmp_discard, 0, 0, false },
	[ICMP_ADDRESS] = { icmp_discard, ICMP_MIB_OUTADDRMASKS, ICMP_MIB_INADDRMASKS, false },
	[ICMP_ADDRESSREPLY] = { icmp_discard, ICMP_MIB_OUTADDRMASKREPS, ICMP_MIB_INADDRMASKREPS,
				false },
};

/* To a broadcast or group: echo and timestamp requests only, if at all. RFC 1122
 * section 3.2.2.6, 3.2.2.8. */
static bool icmp_broadcast_ok(const struct net *net, const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);
	u8 type = icmp_hdr(skb)->type;

	if (!rt || !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)))
		return true;
	if ((type == ICMP_ECHO || type == ICMP_TIMESTAMP) &&
	    net->ipv4.sysctl_icmp_echo_ignore_broadcasts)
		return false;
	return type == ICMP_ECHO || type == ICMP_TIMESTAMP || type == ICMP_ADDRESS ||
	       type == ICMP_ADDRESSREPLY;
}

int icmp_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	enum skb_drop_reason reason;
	u8 type;

	ICMP_INC_STATS(net, INMSGS);
	if (!ip_csum_ok(skb, 0)) {
		ICMP_INC_STATS(net, CSUMERRORS);
		ICMP_INC_STATS(net, INERRORS);
		reason = SKB_DROP_REASON_ICMP_CSUM;
		goto done;
	}
	if (!pskb_pull(skb, sizeof(struct icmphdr))) {
		reason = icmp_malformed(skb);
		goto done;
	}
	type = icmp_hdr(skb)->type;
	net->mib.icmpmsg_in[type]++;
	/* RFC 1122: unknown types are silently discarded */
	if (type > NR_ICMP_TYPES) {
		if (type != ICMP_EXT_ECHO && type != ICMP_EXT_ECHOREPLY) /* RFC 8335, off as by default in Linux */
			ICMP_INC_STATS(net, INERRORS);
		reason = SKB_DROP_REASON_ICMP_UNHANDLED;
		goto done;
	}
	if (icmp_pointers[type].in_mib)
		net->mib.icmp[icmp_pointers[type].in_mib]++;
	reason = SKB_DROP_REASON_ICMP_UNHANDLED;
	if (icmp_broadcast_ok(net, skb))
		reason = icmp_pointers[type].handler(skb);
	else
		ICMP_INC_STATS(net, INERRORS);
done:
	kfree_skb_reason(skb, reason);
	return 0;
}

/* An error about an ICMP message of ours. */
int icmp_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct icmphdr *inner = (const struct icmphdr *)(skb->data + iph->ihl * 4u);
	struct net *net = dev_net(skb->dev);

	if (inner->type != ICMP_ECHOREPLY) {
		ping_err(skb, info);
		return 0;
	}
	if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH && icmp_hdr(skb)->code == ICMP_FRAG_NEEDED)
		ipv4_update_pmtu(skb, net, info, 0, IPPROTO_ICMP);
	else if (icmp_hdr(skb)->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, 0, IPPROTO_ICMP);
	return 0;
}

static const struct net_protocol icmp_protocol = { .handler = icmp_rcv,
						   .err_handler = icmp_err,
						   .no_policy = true };

void icmp_init(void)
{
	icmp_limit_init();
	if (inet_add_protocol(&icmp_protocol, IPPROTO_ICMP))
		pr_err("cannot add ICMP\n");
}
