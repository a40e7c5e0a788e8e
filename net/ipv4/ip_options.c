/* SPDX-License-Identifier: MIT */
/* IPv4 options: record route, timestamp, source route, router alert. RFC 791 section 3.1, RFC 1122
 * section 3.2.1.8, RFC 7126. Book section 12.8. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/icmp.h>
#include <net/ip_fib.h>
#include "ipv4_internal.h"

#define IPOPT_OPTVAL	   0 /* offsets within an option */
#define IPOPT_OLEN	   1
#define IPOPT_OFFSET	   2
#define IPOPT_MINOFF	   4 /* least pointer of route options */
#define IPOPT_COPIED(o)	   ((o)&0x80)
#define IPOPT_TS_TSONLY	   0
#define IPOPT_TS_TSANDADDR 1
#define IPOPT_TS_PRESPEC   3
#define MSEC_PER_DAY	   (24u * 3600 * 1000)

/* Milliseconds since midnight, universal time. RFC 791 section 3.1. */
static __be32 ip_timestamp(void)
{
	return htonl((u32)(ktime_get_real() / NSEC_PER_MSEC % MSEC_PER_DAY));
}

struct opt_parse {
	struct net *net;
	struct ip_options *opt;
	struct sk_buff *skb; /* NULL: a socket's own */
	u8 *iph;	     /* offsets in ip_options count from here */
	__be32 spec_dst;     /* what we record as our address */
};

static u8 opt_offset(const struct opt_parse *p, const u8 *o)
{
	return (u8)(o - p->iph);
}

/* Each parser: NULL, or the octet that is wrong. @o: an option whose length is known to fit. */

static u8 *parse_srr(struct opt_parse *p, u8 *o, int len)
{
	struct ip_options *opt = p->opt;

	if (len < 3)
		return o + IPOPT_OLEN;
	if (o[IPOPT_OFFSET] < IPOPT_MINOFF || (o[IPOPT_OFFSET] & 3)) /* addresses begin at 4, 8, ... */
		return o + IPOPT_OFFSET;
	if (opt->srr)
		return o;
	if (!p->skb) {
		if (o[IPOPT_OFFSET] != IPOPT_MINOFF || len < 7 || ((len - 3) & 3))
			return o + IPOPT_OLEN;
		/* The first hop goes into the header; the destination takes its place at the end
		 * when the packet is built. */
		memcpy(&opt->faddr, &o[3], 4);
		if (len > 7)
			memmove(&o[3], &o[7], (size_t)len - 7);
	}
	opt->is_strictroute = o[IPOPT_OPTVAL] == IPOPT_SSRR;
	opt->srr = opt_offset(p, o);
	return NULL;
}

static u8 *parse_rr(struct opt_parse *p, u8 *o, int len)
{
	struct ip_options *opt = p->opt;

	if (opt->rr)
		return o;
	if (len < 3)
		return o + IPOPT_OLEN;
	if (o[IPOPT_OFFSET] < IPOPT_MINOFF)
		return o + IPOPT_OFFSET;
	if (o[IPOPT_OFFSET] <= len) {
		if (o[IPOPT_OFFSET] + 3 > len)
			return o + IPOPT_OFFSET;
		if (p->skb) {
			memcpy(&o[o[IPOPT_OFFSET] - 1], &p->spec_dst, 4);
			opt->is_changed = 1;
		}
		o[IPOPT_OFFSET] += 4;
		opt->rr_needaddr = 1;
	}
	opt->rr = opt_offset(p, o);
	return NULL;
}

static void opt_put_time(struct opt_parse *p, u8 *at)
{
	__be32 now = ip_timestamp();

	if (!p->skb)
		return;
	memcpy(at, &now, 4);
	p->opt->is_changed = 1;
}

/* A timestamp option with room: the pointer is inside. */
static u8 *parse_ts_entry(struct opt_parse *p, u8 *o, int len)
{
	struct ip_options *opt = p->opt;
	int ptr = o[IPOPT_OFFSET];
	__be32 addr;

	switch (o[3] & 0xf) {
	case IPOPT_TS_TSONLY:
		if (ptr + 3 > len)
			return o + IPOPT_OFFSET;
		opt_put_time(p, &o[ptr - 1]);
		o[IPOPT_OFFSET] += 4;
		break;
	case IPOPT_TS_TSANDADDR:
		if (ptr + 7 > len)
			return o + IPOPT_OFFSET;
		if (p->skb)
			memcpy(&o[ptr - 1], &p->spec_dst, 4);
		opt->ts_needaddr = 1;
		opt_put_time(p, &o[ptr + 3]);
		o[IPOPT_OFFSET] += 8;
		break;
	case IPOPT_TS_PRESPEC:
		if (ptr + 7 > len)
			return o + IPOPT_OFFSET;
		memcpy(&addr, &o[ptr - 1], 4);
		if (inet_addr_type(p->net, addr) == RTN_UNICAST)
			return NULL; /* another host's turn */
		opt_put_time(p, &o[ptr + 3]);
		o[IPOPT_OFFSET] += 8;
		break;
	default: return o + 3;
	}
	opt->ts_needtime = 1;
	return NULL;
}

static u8 *parse_ts(struct opt_parse *p, u8 *o, int len)
{
	struct ip_options *opt = p->opt;
	u8 *bad = NULL;

	if (opt->ts)
		return o;
	if (len < 4)
		return o + IPOPT_OLEN;
	if (o[IPOPT_OFFSET] < 5)
		return o + IPOPT_OFFSET;
	if (o[IPOPT_OFFSET] <= len) {
		bad = parse_ts_entry(p, o, len);
	} else if (o[3] >> 4 == 15) {
		return o + 3; /* the overflow counter is full */
	} else if (p->skb) {
		o[3] += 0x10;
		opt->is_changed = 1;
	}
	opt->ts = opt_offset(p, o);
	return bad;
}

static u8 *parse_one(struct opt_parse *p, u8 *o, int len)
{
	switch (o[IPOPT_OPTVAL]) {
	case IPOPT_SSRR:
	case IPOPT_LSRR: return parse_srr(p, o, len);
	case IPOPT_RR: return parse_rr(p, o, len);
	case IPOPT_TS: return parse_ts(p, o, len);
	case IPOPT_RA:
		if (len < 4)
			return o + IPOPT_OLEN;
		if (o[2] == 0 && o[3] == 0)
			p->opt->router_alert = opt_offset(p, o);
		return NULL;
	}
	return NULL; /* unknown options are passed over: RFC 1122 section 3.2.1.8 */
}

int __ip_options_compile(struct net *net, struct ip_options *opt, struct sk_buff *skb, u8 *info)
{
	struct opt_parse p = { .net = net, .opt = opt, .skb = skb };
	u8 *o = skb ? skb_network_header(skb) + sizeof(struct iphdr) : opt->__data, *bad = NULL;
	int left = opt->optlen, len;

	p.iph = o - sizeof(struct iphdr);
	if (skb)
		p.spec_dst = fib_compute_spec_dst(skb);
	for (; left > 0 && !bad; left -= len, o += len) {
		if (*o == IPOPT_END) {
			for (; left > 0; left--, o++)
				if (*o != IPOPT_END) {
					*o = IPOPT_END;
					opt->is_changed = 1;
				}
			break;
		}
		len = 1;
		if (*o == IPOPT_NOOP)
			continue;
		if (left < 2 || o[IPOPT_OLEN] < 2 || o[IPOPT_OLEN] > left)
			bad = o;
		else
			bad = parse_one(&p, o, len = o[IPOPT_OLEN]);
	}
	if (!bad)
		return 0;
	*info = opt_offset(&p, bad);
	return -EINVAL;
}

int ip_options_compile(struct net *net, struct ip_options *opt, struct sk_buff *skb)
{
	u8 pointer = 0;
	int err = __ip_options_compile(net, opt, skb, &pointer);

	if (err && skb)
		icmp_send(skb, ICMP_PARAMETERPROB, 0, htonl((u32)pointer << 24));
	else if (!err && skb && opt->is_changed)
		ip_send_check(ip_hdr(skb));
	return err;
}

/* ---- options of what we send ---- */

void ip_options_build(struct sk_buff *skb, const struct ip_options *opt, __be32 daddr,
		      struct rtable *rt)
{
	u8 *iph = skb_network_header(skb);
	__be32 now = ip_timestamp();

	memcpy(&IPCB(skb)->opt, opt, sizeof(*opt));
	memcpy(iph + sizeof(struct iphdr), opt->__data, opt->optlen);
	if (opt->srr)
		memcpy(iph + opt->srr + iph[opt->srr + IPOPT_OLEN] - 4, &daddr, 4);
	if (opt->rr_needaddr)
		memcpy(iph + opt->rr + iph[opt->rr + IPOPT_OFFSET] - 5, &rt->rt_src, 4);
	if (opt->ts_needaddr)
		memcpy(iph + opt->ts + iph[opt->ts + IPOPT_OFFSET] - 9, &rt->rt_src, 4);
	if (opt->ts_needtime)
		memcpy(iph + opt->ts + iph[opt->ts + IPOPT_OFFSET] - 5, &now, 4);
}

static u8 *echo_rr(struct ip_options *dopt, const u8 *iph, const struct ip_options *sopt, u8 *d)
{
	u8 len = iph[sopt->rr + IPOPT_OLEN], ptr = iph[sopt->rr + IPOPT_OFFSET];

	dopt->rr = (u8)(dopt->optlen + sizeof(struct iphdr));
	memcpy(d, iph + sopt->rr, len);
	if (sopt->rr_needaddr && ptr <= len) {
		if (ptr + 3 > len)
			return NULL;
		d[IPOPT_OFFSET] = (u8)(ptr + 4);
		dopt->rr_needaddr = 1;
	}
	dopt->optlen += len;
	return d + len;
}

static u8 *echo_ts(struct net *net, struct ip_options *dopt, const u8 *iph,
		   const struct ip_options *sopt, u8 *d)
{
	u8 len = iph[sopt->ts + IPOPT_OLEN];
	int ptr = iph[sopt->ts + IPOPT_OFFSET];
	bool prespec;
	__be32 addr;

	dopt->ts = (u8)(dopt->optlen + sizeof(struct iphdr));
	memcpy(d, iph + sopt->ts, len);
	prespec = (d[3] & 0xf) == IPOPT_TS_PRESPEC;
	if (ptr <= len && sopt->ts_needaddr && !prespec) {
		if (ptr + 7 > len)
			return d + (dopt->optlen += len, len);
		dopt->ts_needaddr = 1;
		ptr += 4;
	}
	if (ptr <= len && sopt->ts_needtime && !prespec) {
		if (ptr + 3 > len)
			return NULL;
		dopt->ts_needtime = 1;
		ptr += 4;
	} else if (prespec && ptr + 7 <= len) {
		memcpy(&addr, &d[ptr - 1], 4);
		if (inet_addr_type(net, addr) != RTN_UNICAST) {
			dopt->ts_needtime = 1;
			ptr += 8;
		}
	}
	d[IPOPT_OFFSET] = (u8)ptr;
	dopt->optlen += len;
	return d + len;
}

/* The way back is the recorded part of the route, reversed; its first hop goes into faddr. */
static u8 *echo_srr(struct ip_options *dopt, const struct iphdr *ip, const struct ip_options *sopt,
		    u8 *d)
{
	const u8 *start = (const u8 *)ip + sopt->srr;
	int len = start[IPOPT_OLEN], doffset = start[IPOPT_OFFSET], soffset;
	__be32 faddr = 0;

	if (doffset > len)
		doffset = len + 1;
	soffset = doffset - 4;
	if (soffset > 3) {
		memcpy(&faddr, &start[soffset - 1], 4);
		for (soffset -= 4, doffset = 4; soffset > 3; soffset -= 4, doffset += 4)
			memcpy(&d[doffset - 1], &start[soffset - 1], 4);
		if (!memcmp(&ip->saddr, &start[soffset + 3], 4))
			doffset -= 4;
	}
	if (soffset > 3 || doffset <= 3 || !faddr)
		return d;
	dopt->faddr = faddr;
	d[IPOPT_OPTVAL] = start[IPOPT_OPTVAL];
	d[IPOPT_OLEN] = (u8)(doffset + 3);
	d[IPOPT_OFFSET] = 4;
	dopt->srr = (u8)(dopt->optlen + sizeof(struct iphdr));
	dopt->optlen += (u8)(doffset + 3);
	dopt->is_strictroute = sopt->is_strictroute;
	return d + doffset + 3;
}

int ip_options_echo(struct net *net, struct ip_options *dopt, struct sk_buff *skb)
{
	const struct ip_options *sopt = &IPCB(skb)->opt;
	const u8 *iph = skb_network_header(skb);
	u8 *d = dopt->__data;

	memset(dopt, 0, sizeof(*dopt));
	if (!sopt->optlen)
		return 0;
	if (sopt->rr)
		d = echo_rr(dopt, iph, sopt, d);
	if (d && sopt->ts)
		d = echo_ts(net, dopt, iph, sopt, d);
	if (d && sopt->srr)
		d = echo_srr(dopt, (const struct iphdr *)iph, sopt, d);
	if (!d) {
		memset(dopt, 0, sizeof(*dopt));
		return -EINVAL;
	}
	for (; dopt->optlen & 3; dopt->optlen++)
		*d++ = IPOPT_END;
	return 0;
}

void ip_options_fragment(struct sk_buff *skb)
{
	struct ip_options *opt = &IPCB(skb)->opt;
	u8 *o = skb_network_header(skb) + sizeof(struct iphdr);
	int left = opt->optlen;

	while (left > 0 && *o != IPOPT_END) {
		int len = *o == IPOPT_NOOP || left < 2 ? 1 : o[IPOPT_OLEN];

		if (*o != IPOPT_NOOP && (len < 2 || len > left))
			return;
		if (!IPOPT_COPIED(*o))
			memset(o, IPOPT_NOOP, (size_t)len);
		left -= len;
		o += len;
	}
	opt->ts = opt->rr = 0;
	opt->rr_needaddr = opt->ts_needaddr = opt->ts_needtime = 0;
}

int ip_options_get(struct net *net, struct ip_options **optp, sockptr_t data, unsigned int optlen)
{
	struct ip_options *opt;
	u8 pointer;

	if (optlen > MAX_IPOPTLEN)
		return -EINVAL;
	opt = kzalloc(sizeof(*opt) + MAX_IPOPTLEN, GFP_KERNEL);
	if (!opt)
		return -ENOMEM;
	if (optlen && copy_from_sockptr(opt->__data, data, optlen)) {
		kfree(opt);
		return -EFAULT;
	}
	opt->optlen = (u8)ALIGN(optlen, 4u); /* padded with zeroes: end of list */
	if (opt->optlen && __ip_options_compile(net, opt, NULL, &pointer)) {
		kfree(opt);
		return -EINVAL;
	}
	*optp = opt;
	return 0;
}

void ip_options_undo(struct ip_options *opt)
{
	if (opt->srr) {
		u8 *o = opt->__data + opt->srr - sizeof(struct iphdr);

		memmove(o + 7, o + 3, (size_t)o[IPOPT_OLEN] - 7);
		memcpy(o + 3, &opt->faddr, 4);
	}
	if (opt->rr_needaddr)
		opt->__data[opt->rr - sizeof(struct iphdr) + IPOPT_OFFSET] -= 4;
	if (opt->ts) {
		u8 *o = opt->__data + opt->ts - sizeof(struct iphdr);

		if (opt->ts_needtime)
			o[IPOPT_OFFSET] -= opt->ts_needaddr || (o[3] & 0xf) == IPOPT_TS_PRESPEC ? 8
												: 4;
	}
}

/* ---- forwarding ---- */

/* Find the next hop in the rest of the route, note our address in its place and go there. */
static void forward_srr(struct sk_buff *skb, struct ip_options *opt, __be32 our)
{
	u8 *o = skb_network_header(skb) + opt->srr;
	int ptr;

	for (ptr = o[IPOPT_OFFSET]; ptr + 3 <= o[IPOPT_OLEN]; ptr += 4) {
		if (memcmp(&opt->nexthop, &o[ptr - 1], 4))
			continue;
		ip_hdr(skb)->daddr = opt->nexthop;
		memcpy(&o[ptr - 1], &our, 4);
		o[IPOPT_OFFSET] = (u8)(ptr + 4);
		opt->is_changed = 1;
		return;
	}
}

void ip_forward_options(struct sk_buff *skb)
{
	struct ip_options *opt = &IPCB(skb)->opt;
	struct rtable *rt = skb_rtable(skb);
	u8 *iph = skb_network_header(skb);
	__be32 our = inet_select_addr(rt->dst.dev, rt_nexthop(rt, ip_hdr(skb)->daddr),
				      RT_SCOPE_UNIVERSE);

	/* What compile wrote was the address of the incoming side; the outgoing one belongs there.
	 */
	if (opt->rr_needaddr) {
		memcpy(iph + opt->rr + iph[opt->rr + IPOPT_OFFSET] - 5, &our, 4);
		opt->is_changed = 1;
	}
	if (opt->srr_is_hit)
		forward_srr(skb, opt, our);
	if (opt->ts_needaddr) {
		memcpy(iph + opt->ts + iph[opt->ts + IPOPT_OFFSET] - 9, &our, 4);
		opt->is_changed = 1;
	}
	if (opt->is_changed) {
		opt->is_changed = 0;
		ip_send_check(ip_hdr(skb));
	}
}

int ip_options_rcv_srr(struct sk_buff *skb)
{
	struct ip_options *opt = &IPCB(skb)->opt;
	u8 *o = skb_network_header(skb) + opt->srr;
	struct iphdr *iph = ip_hdr(skb);
	struct rtable *rt = skb_rtable(skb);
	int ptr, err;
	__be32 next;

	if (skb->pkt_type != PACKET_HOST)
		return -EINVAL;
	if (rt->rt_type == RTN_UNICAST) {
		if (!opt->is_strictroute)
			return 0;
		icmp_send(skb, ICMP_PARAMETERPROB, 0, htonl(16u << 24));
		return -EINVAL;
	}
	if (rt->rt_type != RTN_LOCAL)
		return -EINVAL;
	for (ptr = o[IPOPT_OFFSET]; ptr <= o[IPOPT_OLEN]; ptr += 4) {
		if (ptr + 3 > o[IPOPT_OLEN]) {
			icmp_send(skb, ICMP_PARAMETERPROB, 0, htonl((opt->srr + 2u) << 24));
			return -EINVAL;
		}
		memcpy(&next, &o[ptr - 1], 4);
		skb_dst_drop(skb);
		err = ip_route_input(skb, next, iph->saddr, iph->tos, skb->dev);
		rt = skb_rtable(skb);
		if (err || (rt->rt_type != RTN_UNICAST && rt->rt_type != RTN_LOCAL))
			return -EINVAL;
		if (rt->rt_type != RTN_LOCAL)
			break;
		iph->daddr = next; /* ourselves, more than once: go on */
		opt->is_changed = 1;
	}
	if (ptr <= o[IPOPT_OLEN]) {
		opt->srr_is_hit = 1;
		opt->nexthop = next;
		opt->is_changed = 1;
	}
	return 0;
}
