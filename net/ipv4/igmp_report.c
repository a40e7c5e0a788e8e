/* SPDX-License-Identifier: MIT */
/* Messages of IGMP: membership reports and leaves, as groups and their source filters ask for them. RFC 1112
 * appendix I, RFC 2236 section 2, RFC 3376 sections 4.2 and 5. */
#include <net/ip.h>
#include "igmp_internal.h"
#include "ipv4_internal.h"

#define IGMP_RECORD_SOURCES 64 /* more go into a further report */

static struct sk_buff *igmp_alloc(struct in_device *in_dev, __be32 dst, unsigned int len,
				  struct rtable **rtp)
{
	struct net_device *dev = in_dev->dev;
	struct rtable *rt = ip_route_output(dev_net(dev), dst, 0, 0, dev->ifindex);
	unsigned int room = LL_RESERVED_SPACE(dev) + (unsigned int)sizeof(struct iphdr) + 4;
	struct sk_buff *skb;

	if (IS_ERR(rt))
		return NULL;
	skb = alloc_skb(room + len, GFP_ATOMIC);
	if (!skb) {
		dst_release(&rt->dst);
		return NULL;
	}
	skb_reserve(skb, (int)room);
	skb_reset_transport_header(skb);
	*rtp = rt;
	return skb;
}

/* TTL 1 and the router alert option, by which routers notice what is not addressed to them. RFC
 * 2113. */
static void igmp_transmit(struct sk_buff *skb, struct rtable *rt, __be32 dst)
{
	static const u8 router_alert[4] = { IPOPT_RA, 4, 0, 0 };
	struct net *net = dev_net(rt->dst.dev);
	struct iphdr *iph;

	iph = skb_push(skb, sizeof(*iph) + sizeof(router_alert));
	skb_reset_network_header(skb);
	*iph = (struct iphdr){ .version = IPVERSION,
			       .ihl = 6,
			       .tos = 0xc0,
			       .frag_off = htons(IP_DF),
			       .ttl = 1,
			       .protocol = IPPROTO_IGMP,
			       .saddr = rt->rt_src,
			       .daddr = dst };
	memcpy(iph + 1, router_alert, sizeof(router_alert));
	skb_dst_set(skb, &rt->dst);
	ip_local_out(net, NULL, skb);
}

void igmp_report_old(struct ip_mc_list *im, u8 type)
{
	__be32 dst = type == IGMP_HOST_LEAVE_MESSAGE ? htonl(IGMP_ALL_ROUTERS) : im->multiaddr;
	struct igmphdr *ih;
	struct rtable *rt;
	struct sk_buff *skb = igmp_alloc(im->interface, dst, sizeof(*ih), &rt);

	if (!skb)
		return;
	ih = skb_put_zero(skb, sizeof(*ih));
	ih->type = type;
	ih->group = im->multiaddr;
	ih->csum = ip_compute_csum(ih, sizeof(*ih));
	igmp_transmit(skb, rt, dst);
}

/* A report of one record. */
static void igmp_send_record(struct ip_mc_list *im, u8 type, const __be32 *sources, unsigned int n)
{
	__be32 dst = htonl(IGMPV3_ALL_MCR);
	struct igmpv3_report *report;
	struct igmpv3_grec *rec;
	struct rtable *rt;
	struct sk_buff *skb =
		igmp_alloc(im->interface, dst, (unsigned int)(sizeof(*report) + sizeof(*rec) + n * 4), &rt);

	if (!skb)
		return;
	report = skb_put_zero(skb, sizeof(*report));
	rec = skb_put_zero(skb, sizeof(*rec));
	if (n)
		skb_put_data(skb, sources, n * 4);
	report->type = IGMPV3_HOST_MEMBERSHIP_REPORT;
	report->ngrec = htons(1);
	rec->grec_mca = im->multiaddr;
	rec->grec_nsrcs = htons((u16)n);
	rec->grec_type = type;
	report->csum = ip_compute_csum(report, skb->len);
	igmp_transmit(skb, rt, dst);
}

typedef bool (*igmp_pick)(const struct ip_mc_list *im, const struct ip_sf_list *sf);

/* Records of @type with all sources that @pick takes; without any, where @empty says that this too has a meaning. An
 * excluded source too many just comes and is not heard: one report is enough. RFC 3376 section 4.2.16. */
static void igmp_send_picked(struct ip_mc_list *im, u8 type, igmp_pick pick, bool empty)
{
	bool one = type == IGMPV3_MODE_IS_EXCLUDE || type == IGMPV3_CHANGE_TO_EXCLUDE;
	__be32 sources[IGMP_RECORD_SOURCES];
	const struct ip_sf_list *sf;
	unsigned int n = 0;

	for (sf = im->sources; sf; sf = sf->sf_next) {
		if (!pick(im, sf))
			continue;
		if (n == IGMP_RECORD_SOURCES) {
			if (one)
				break;
			igmp_send_record(im, type, sources, n);
			n = 0;
			empty = false;
		}
		sources[n++] = sf->sf_inaddr;
	}
	if (n || empty)
		igmp_send_record(im, type, sources, n);
}

static bool pick_told(const struct ip_mc_list *im, const struct ip_sf_list *sf)
{
	return sf->sf_told;
}

/* Traffic of the source is wanted as of a change that is still to be told, or not wanted any more. */
static bool pick_allowed(const struct ip_mc_list *im, const struct ip_sf_list *sf)
{
	return sf->sf_crcount && sf->sf_told == (im->sfmode == MCAST_INCLUDE);
}

static bool pick_blocked(const struct ip_mc_list *im, const struct ip_sf_list *sf)
{
	return sf->sf_crcount && sf->sf_told != (im->sfmode == MCAST_INCLUDE);
}

void igmp_report_change(struct ip_mc_list *im)
{
	if (im->change_count) {
		igmp_send_picked(im, im->sfmode == MCAST_EXCLUDE ? IGMPV3_CHANGE_TO_EXCLUDE
								 : IGMPV3_CHANGE_TO_INCLUDE,
				 pick_told, true);
		return;
	}
	igmp_send_picked(im, IGMPV3_ALLOW_NEW_SOURCES, pick_allowed, false);
	igmp_send_picked(im, IGMPV3_BLOCK_OLD_SOURCES, pick_blocked, false);
}

/* Of the sources that were asked for: those that are wanted. RFC 3376 section 5.2. */
static void igmp_report_asked(struct ip_mc_list *im)
{
	__be32 sources[IGMP_MAX_ASKED];
	unsigned int i, n = 0;

	for (i = 0; i < im->asked_n; i++) {
		const struct ip_sf_list *sf = im->sources;

		while (sf && sf->sf_inaddr != im->asked[i])
			sf = sf->sf_next;
		if ((sf && sf->sf_told) == (im->sfmode == MCAST_INCLUDE))
			sources[n++] = im->asked[i];
	}
	if (n)
		igmp_send_record(im, IGMPV3_MODE_IS_INCLUDE, sources, n);
}

void igmp_report_state(struct ip_mc_list *im)
{
	if (im->query == IGMP_ASKED_SOURCES)
		igmp_report_asked(im);
	else if (im->sfmode == MCAST_EXCLUDE)
		igmp_send_picked(im, IGMPV3_MODE_IS_EXCLUDE, pick_told, true);
	else
		igmp_send_picked(im, IGMPV3_MODE_IS_INCLUDE, pick_told, false);
}
