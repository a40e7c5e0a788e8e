/* SPDX-License-Identifier: MIT */
/* Messages of IGMP: membership reports and leaves, as groups and their source filters ask for them. RFC 1112
 * appendix I, RFC 2236 section 2, RFC 3376 sections 4.2 and 5. */
#include <net/ip.h>
#include "igmp_internal.h"
#include "ipv4_internal.h"

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

/* ---- reports of version 3: records, as many as the link's packets take. RFC 3376 section 4.2.16 ---- */

#define IGMP_HEADERS	(sizeof(struct iphdr) + 4 + sizeof(struct igmpv3_report))
#define IGMP_REPORT_MAX 9000 /* bytes of a packet, where the link would take more */

struct igmp_builder {
	struct in_device *in_dev;
	struct sk_buff *skb; /* the report that is being filled, or NULL */
	struct rtable *rt;   /* its way */
	unsigned int room;   /* bytes of records that it still takes */
};

static unsigned int igmp_whole_room(const struct in_device *in_dev)
{
	return min(in_dev->dev->mtu, (unsigned int)IGMP_REPORT_MAX) - (unsigned int)IGMP_HEADERS;
}

static void igmp_builder_send(struct igmp_builder *b)
{
	struct igmpv3_report *report;

	if (!b->skb)
		return;
	report = (struct igmpv3_report *)skb_transport_header(b->skb);
	report->csum = ip_compute_csum(report, b->skb->len);
	igmp_transmit(b->skb, b->rt, htonl(IGMPV3_ALL_MCR));
	b->skb = NULL;
}

/* A report with room for a record of @n sources: the present one, or a new one. False: no memory, the record is lost, and
 * told again when a router asks. */
static bool igmp_builder_room(struct igmp_builder *b, unsigned int n)
{
	unsigned int need = (unsigned int)sizeof(struct igmpv3_grec) + n * 4;
	struct igmpv3_report *report;

	if (b->skb && need > b->room)
		igmp_builder_send(b);
	if (b->skb)
		return true;
	b->room = igmp_whole_room(b->in_dev);
	b->skb = igmp_alloc(b->in_dev, htonl(IGMPV3_ALL_MCR), (unsigned int)sizeof(*report) + b->room, &b->rt);
	if (!b->skb)
		return false;
	report = skb_put_zero(b->skb, sizeof(*report));
	report->type = IGMPV3_HOST_MEMBERSHIP_REPORT;
	return true;
}

/* A record of @n sources, which are still to come; NULL. */
static struct igmpv3_grec *igmp_add_record(struct igmp_builder *b, const struct ip_mc_list *im, u8 type,
					   unsigned int n)
{
	struct igmpv3_report *report;
	struct igmpv3_grec *rec;

	if (!igmp_builder_room(b, n))
		return NULL;
	report = (struct igmpv3_report *)skb_transport_header(b->skb);
	report->ngrec = htons((u16)(ntohs(report->ngrec) + 1));
	rec = skb_put_zero(b->skb, sizeof(*rec));
	rec->grec_mca = im->multiaddr;
	rec->grec_nsrcs = htons((u16)n);
	rec->grec_type = type;
	b->room -= (unsigned int)sizeof(*rec) + n * 4;
	return rec;
}

typedef bool (*igmp_pick)(const struct ip_mc_list *im, const struct ip_sf_list *sf);

/* Records of @type with all sources that @pick takes; without any, where @empty says that this too has a meaning. What
 * does not fit into a report goes into the next, but for an excluded source too many: it just comes and is not heard. */
static void igmp_add_picked(struct igmp_builder *b, struct ip_mc_list *im, u8 type, igmp_pick pick, bool empty)
{
	unsigned int most = (igmp_whole_room(b->in_dev) - (unsigned int)sizeof(struct igmpv3_grec)) / 4;
	bool one = type == IGMPV3_MODE_IS_EXCLUDE || type == IGMPV3_CHANGE_TO_EXCLUDE;
	unsigned int n = 0, left = 0;
	const struct ip_sf_list *sf;

	for (sf = im->sources; sf; sf = sf->sf_next)
		n += (unsigned int)pick(im, sf);
	if (!n && empty)
		igmp_add_record(b, im, type, 0);
	if (one)
		n = min(n, most);
	for (sf = im->sources; sf && n; sf = sf->sf_next) {
		if (!pick(im, sf))
			continue;
		if (!left) {
			left = min(n, most);
			if (!igmp_add_record(b, im, type, left))
				return;
		}
		skb_put_data(b->skb, &sf->sf_inaddr, 4);
		left--;
		n--;
	}
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
	struct igmp_builder b = { .in_dev = im->interface };

	if (im->change_count) {
		igmp_add_picked(&b, im,
				im->sfmode == MCAST_EXCLUDE ? IGMPV3_CHANGE_TO_EXCLUDE : IGMPV3_CHANGE_TO_INCLUDE,
				pick_told, true);
	} else {
		igmp_add_picked(&b, im, IGMPV3_ALLOW_NEW_SOURCES, pick_allowed, false);
		igmp_add_picked(&b, im, IGMPV3_BLOCK_OLD_SOURCES, pick_blocked, false);
	}
	igmp_builder_send(&b);
}

/* Of the sources that were asked for: those that are wanted. */
static void igmp_add_asked(struct igmp_builder *b, struct ip_mc_list *im)
{
	__be32 sources[IGMP_MAX_ASKED];
	unsigned int most = (igmp_whole_room(b->in_dev) - (unsigned int)sizeof(struct igmpv3_grec)) / 4;
	unsigned int i, n = 0, now;

	for (i = 0; i < im->asked_n; i++) {
		const struct ip_sf_list *sf = im->sources;

		while (sf && sf->sf_inaddr != im->asked[i])
			sf = sf->sf_next;
		if ((sf && sf->sf_told) == (im->sfmode == MCAST_INCLUDE))
			sources[n++] = im->asked[i];
	}
	for (i = 0; i < n; i += now) {
		now = min(n - i, most);
		if (!igmp_add_record(b, im, IGMPV3_MODE_IS_INCLUDE, now))
			return;
		skb_put_data(b->skb, sources + i, now * 4);
	}
}

static void igmp_add_state(struct igmp_builder *b, struct ip_mc_list *im)
{
	if (im->sfmode == MCAST_EXCLUDE)
		igmp_add_picked(b, im, IGMPV3_MODE_IS_EXCLUDE, pick_told, true);
	else
		igmp_add_picked(b, im, IGMPV3_MODE_IS_INCLUDE, pick_told, false);
}

void igmp_report_group(struct ip_mc_list *im)
{
	struct igmp_builder b = { .in_dev = im->interface };

	if (im->query == IGMP_ASKED_SOURCES)
		igmp_add_asked(&b, im);
	else
		igmp_add_state(&b, im);
	igmp_builder_send(&b);
}

void igmp_report_all(struct in_device *in_dev)
{
	struct igmp_builder b = { .in_dev = in_dev };
	struct ip_mc_list *im;

	for (im = in_dev->mc_list; im; im = im->next) {
		if (!igmp_reports(im))
			continue;
		igmp_add_state(&b, im);
		im->reporter = true;
	}
	igmp_builder_send(&b);
}
