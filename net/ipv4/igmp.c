/* SPDX-License-Identifier: MIT */
/* Multicast groups on a device: who is joined, reports to routers, answers to their queries. RFC
 * 1112, RFC 2236, RFC 3376. */
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/protocol.h>
#include "ipv4_internal.h"

#define IGMP_V1_ROUTER_PRESENT_TIMEOUT (400 * HZ) /* RFC 2236 section 8.11 */
#define IGMP_V2_ROUTER_PRESENT_TIMEOUT (400 * HZ)
#define IGMP_UNSOLICITED_V2	       (10 * HZ) /* between unasked reports. RFC 2236 section 8.10 */
#define IGMP_UNSOLICITED_V3	       (1 * HZ)	 /* RFC 3376 section 8.11 */
#define IGMP_QUERY_V1_DELAY	       (10 * HZ)
#define IGMP_MAX_REPORT_SOURCES	       64

static unsigned int igmp_version(struct in_device *in_dev)
{
	int forced = IN_DEV_MAXCONF(in_dev, force_igmp_version);

	if (forced == 1 || (in_dev->mr_v1_seen && time_before(jiffies, in_dev->mr_v1_seen)))
		return 1;
	if (forced == 2 || (in_dev->mr_v2_seen && time_before(jiffies, in_dev->mr_v2_seen)))
		return 2;
	return 3;
}

static unsigned int igmp_mode(const struct ip_mc_list *im)
{
	return im->sfcount[MCAST_EXCLUDE] ? MCAST_EXCLUDE : MCAST_INCLUDE;
}

/* Is the source part of the filter that the device as a whole reports? */
static bool igmp_source_counts(const struct ip_mc_list *im, const struct ip_sf_list *sf)
{
	if (igmp_mode(im) == MCAST_INCLUDE)
		return sf->sf_count[MCAST_INCLUDE] != 0;
	return sf->sf_count[MCAST_EXCLUDE] == im->sfcount[MCAST_EXCLUDE] &&
	       !sf->sf_count[MCAST_INCLUDE];
}

/* ---- sending ---- */

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

/* Versions 1 and 2: one message, one group. */
static void igmp_send_v2(struct in_device *in_dev, __be32 group, u8 type)
{
	__be32 dst = type == IGMP_HOST_LEAVE_MESSAGE ? htonl(IGMP_ALL_ROUTERS) : group;
	struct igmphdr *ih;
	struct rtable *rt;
	struct sk_buff *skb = igmp_alloc(in_dev, dst, sizeof(*ih), &rt);

	if (!skb)
		return;
	ih = skb_put_zero(skb, sizeof(*ih));
	ih->type = type;
	ih->group = group;
	ih->csum = ip_compute_csum(ih, sizeof(*ih));
	igmp_transmit(skb, rt, dst);
}

/* Version 3: a record with the group's whole filter, as a state or as a change to it. */
static void igmp_send_v3(struct ip_mc_list *im, bool change)
{
	unsigned int mode = igmp_mode(im), n = 0;
	__be32 *src, dst = htonl(IGMPV3_ALL_MCR);
	const struct ip_sf_list *sf;
	struct igmpv3_report *report;
	struct igmpv3_grec *rec;
	struct rtable *rt;
	struct sk_buff *skb =
		igmp_alloc(im->interface, dst,
			   sizeof(*report) + sizeof(*rec) + IGMP_MAX_REPORT_SOURCES * 4, &rt);

	if (!skb)
		return;
	report = skb_put_zero(skb, sizeof(*report));
	rec = skb_put_zero(skb, sizeof(*rec));
	for (sf = im->sources; sf && n < IGMP_MAX_REPORT_SOURCES; sf = sf->sf_next) {
		if (im->leaving || !igmp_source_counts(im, sf))
			continue;
		src = skb_put(skb, sizeof(*src));
		*src = sf->sf_inaddr;
		n++;
	}
	report->type = IGMPV3_HOST_MEMBERSHIP_REPORT;
	report->ngrec = htons(1);
	rec->grec_mca = im->multiaddr;
	rec->grec_nsrcs = htons((u16)n);
	if (mode == MCAST_EXCLUDE)
		rec->grec_type = change ? IGMPV3_CHANGE_TO_EXCLUDE : IGMPV3_MODE_IS_EXCLUDE;
	else
		rec->grec_type = change ? IGMPV3_CHANGE_TO_INCLUDE : IGMPV3_MODE_IS_INCLUDE;
	report->csum = ip_compute_csum(report, skb->len);
	igmp_transmit(skb, rt, dst);
}

static void igmp_report(struct ip_mc_list *im, bool change)
{
	switch (igmp_version(im->interface)) {
	case 1:
		if (!im->leaving)
			igmp_send_v2(im->interface, im->multiaddr, IGMP_HOST_MEMBERSHIP_REPORT);
		break;
	case 2:
		igmp_send_v2(im->interface, im->multiaddr,
			     im->leaving ? IGMP_HOST_LEAVE_MESSAGE : IGMPV2_HOST_MEMBERSHIP_REPORT);
		break;
	default: igmp_send_v3(im, change);
	}
	im->reporter = true;
}

/* ---- the timer of a group ---- */

static void igmp_free(struct ip_mc_list *im)
{
	struct ip_sf_list *sf;

	while ((sf = im->sources) != NULL) {
		im->sources = sf->sf_next;
		kfree(sf);
	}
	in_dev_put(im->interface);
	kfree(im);
}

static void igmp_bury(struct ip_mc_list *im)
{
	struct ip_mc_list **p = &im->interface->mc_tomb;

	while (*p && *p != im)
		p = &(*p)->next;
	if (*p)
		*p = im->next;
	del_timer(&im->timer);
	igmp_free(im);
}

static void igmp_timer_expire(unsigned long data)
{
	struct ip_mc_list *im = (struct ip_mc_list *)data;
	bool change = im->change_count != 0;
	u32 max = igmp_version(im->interface) == 3 ? IGMP_UNSOLICITED_V3 : IGMP_UNSOLICITED_V2;

	igmp_report(im, change);
	if (change && --im->change_count)
		mod_timer(&im->timer, jiffies + 1 + get_random_below(max));
	else if (im->leaving)
		igmp_bury(im);
}

/* What we have become goes out now and, for robustness, again. */
static void igmp_start_change(struct ip_mc_list *im)
{
	struct in_device *in_dev = im->interface;

	if (im->multiaddr == htonl(IGMP_ALL_HOSTS) || !(in_dev->dev->flags & IFF_UP) ||
	    (in_dev->dev->flags & IFF_LOOPBACK))
		return;
	im->change_count = in_dev->mr_qrv;
	mod_timer(&im->timer, jiffies + 1);
}

static void igmp_answer_within(struct ip_mc_list *im, unsigned long max_delay)
{
	unsigned long when = jiffies + 1 + get_random_below((u32)max(max_delay, 1ul));

	if (im->multiaddr == htonl(IGMP_ALL_HOSTS))
		return;
	if (!timer_pending(&im->timer) || time_before(when, im->timer.expires))
		mod_timer(&im->timer, when);
}

/* ---- received messages ---- */

static void igmp_heard_report(struct in_device *in_dev, __be32 group)
{
	struct ip_mc_list *im;

	if (igmp_version(in_dev) == 3)
		return; /* version 3 does not suppress. RFC 3376 section 7.2.2 */
	for (im = in_dev->mc_list; im; im = im->next) {
		if (im->multiaddr == group) {
			im->reporter = false;
			im->change_count = 0;
			del_timer(&im->timer);
		}
	}
}

/* The code of version 3 is a float of 3 and 4 bits above 127. RFC 3376 section 4.1.1. */
static unsigned long igmpv3_delay(u8 code)
{
	unsigned long tenths =
		code < 128 ? code : (unsigned long)((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);

	return tenths * HZ / 10;
}

static bool igmp_heard_query(struct in_device *in_dev, struct sk_buff *skb, unsigned int len)
{
	const struct igmphdr *ih = (const struct igmphdr *)skb->data;
	__be32 group = ih->group;
	unsigned long delay;
	struct ip_mc_list *im;

	if (len == sizeof(*ih)) {
		if (!ih->code) {
			in_dev->mr_v1_seen = jiffies + IGMP_V1_ROUTER_PRESENT_TIMEOUT;
			group = 0;
			delay = IGMP_QUERY_V1_DELAY;
		} else {
			in_dev->mr_v2_seen = jiffies + IGMP_V2_ROUTER_PRESENT_TIMEOUT;
			delay = (unsigned long)ih->code * HZ / 10;
		}
	} else if (len < sizeof(struct igmpv3_query) ||
		   !pskb_may_pull(skb, sizeof(struct igmpv3_query))) {
		return false;
	} else {
		const struct igmpv3_query *q = (const struct igmpv3_query *)skb->data;

		delay = igmpv3_delay(q->code);
		group = q->group;
		if (q->qrv)
			in_dev->mr_qrv = q->qrv;
	}
	for (im = in_dev->mc_list; im; im = im->next)
		if (!group || im->multiaddr == group)
			igmp_answer_within(im, delay);
	return true;
}

int igmp_rcv(struct sk_buff *skb)
{
	struct in_device *in_dev = __in_dev_get_rcu(skb->dev);
	enum skb_drop_reason reason = SKB_DROP_REASON_PKT_TOO_SMALL;
	const struct igmphdr *ih;

	if (!in_dev || !pskb_may_pull(skb, sizeof(*ih)))
		goto done;
	reason = SKB_DROP_REASON_ICMP_CSUM;
	if (!ip_csum_ok(skb, 0))
		goto done;
	ih = (const struct igmphdr *)skb->data;
	reason = SKB_CONSUMED;
	switch (ih->type) {
	case IGMP_HOST_MEMBERSHIP_QUERY:
		if (!igmp_heard_query(in_dev, skb, skb->len))
			reason = SKB_DROP_REASON_PKT_TOO_SMALL;
		break;
	case IGMP_HOST_MEMBERSHIP_REPORT:
	case IGMPV2_HOST_MEMBERSHIP_REPORT:
		/* Our own come back by the loop of multicast output. */
		if (skb->pkt_type == PACKET_MULTICAST || skb->pkt_type == PACKET_BROADCAST)
			igmp_heard_report(in_dev, ih->group);
		break;
	}
done:
	kfree_skb_reason(skb, reason);
	return 0;
}

/* ---- groups of a device ---- */

static void igmp_load_filter(struct ip_mc_list *im, bool on)
{
	struct net_device *dev = im->interface->dev;
	u8 mac[MAX_ADDR_LEN];

	if (im->loaded == on || dev->type != ARPHRD_ETHER)
		return;
	ip_eth_mc_map(im->multiaddr, mac);
	im->loaded = on;
	if (on)
		dev_mc_add(dev, mac, dev->addr_len);
	else
		dev_mc_delete(dev, mac, dev->addr_len);
}

static struct ip_mc_list *igmp_find(struct in_device *in_dev, __be32 group)
{
	struct ip_mc_list *im;

	for (im = in_dev->mc_list; im; im = im->next)
		if (im->multiaddr == group)
			return im;
	return NULL;
}

/* A leave that is still being reported is off when the group is joined again. */
static void igmp_forget_leave(struct in_device *in_dev, __be32 group)
{
	struct ip_mc_list *im;

	local_bh_disable();
	for (im = in_dev->mc_tomb; im; im = im->next) {
		if (im->multiaddr == group) {
			igmp_bury(im);
			break;
		}
	}
	local_bh_enable();
}

struct ip_mc_list *igmp_inc_group(struct in_device *in_dev, __be32 group, unsigned int mode)
{
	struct ip_mc_list *im = igmp_find(in_dev, group);
	unsigned int before;

	ASSERT_RTNL();
	if (im) {
		local_bh_disable();
		before = igmp_mode(im);
		im->users++;
		im->sfcount[mode]++;
		if (igmp_mode(im) != before)
			igmp_start_change(im);
		local_bh_enable();
		return im;
	}
	im = kzalloc(sizeof(*im), GFP_KERNEL);
	if (!im)
		return NULL;
	igmp_forget_leave(in_dev, group);
	atomic_inc(&in_dev->refcnt);
	im->interface = in_dev;
	im->multiaddr = group;
	im->users = 1;
	im->sfcount[mode] = 1;
	setup_timer(&im->timer, igmp_timer_expire, (unsigned long)im);
	local_bh_disable();
	im->next = in_dev->mc_list;
	in_dev->mc_list = im;
	in_dev->mc_count++;
	local_bh_enable();
	if (in_dev->dev->flags & IFF_UP) {
		igmp_load_filter(im, true);
		local_bh_disable();
		igmp_start_change(im);
		local_bh_enable();
	}
	return im;
}

/* The last user has gone: out of the list; routers that count on us are told. */
static void igmp_leave(struct in_device *in_dev, struct ip_mc_list *im)
{
	struct ip_mc_list **p = &in_dev->mc_list;
	bool tell = (in_dev->dev->flags & IFF_UP) && !(in_dev->dev->flags & IFF_LOOPBACK) &&
		    im->multiaddr != htonl(IGMP_ALL_HOSTS) && !in_dev->dead &&
		    (igmp_version(in_dev) == 3 || im->reporter);

	igmp_load_filter(im, false);
	local_bh_disable();
	while (*p && *p != im)
		p = &(*p)->next;
	if (*p)
		*p = im->next;
	in_dev->mc_count--;
	del_timer(&im->timer);
	if (tell) {
		im->leaving = true;
		im->next = in_dev->mc_tomb;
		in_dev->mc_tomb = im;
		im->change_count = igmp_version(in_dev) == 3 ? in_dev->mr_qrv : 1;
		mod_timer(&im->timer, jiffies + 1);
	} else {
		igmp_free(im);
	}
	local_bh_enable();
}

void igmp_dec_group(struct in_device *in_dev, __be32 group, unsigned int mode)
{
	struct ip_mc_list *im = igmp_find(in_dev, group);
	unsigned int before;

	ASSERT_RTNL();
	if (!im)
		return;
	local_bh_disable();
	before = igmp_mode(im);
	if (im->sfcount[mode])
		im->sfcount[mode]--;
	im->users--;
	if (im->users && igmp_mode(im) != before)
		igmp_start_change(im);
	local_bh_enable();
	if (!im->users)
		igmp_leave(in_dev, im);
}

/* @delta sockets more (or fewer) name the source in the mode. 0 or -ENOBUFS. */
int igmp_count_source(struct ip_mc_list *im, __be32 source, unsigned int mode, int delta)
{
	struct ip_sf_list **p = &im->sources, *sf;
	int err = 0;

	local_bh_disable();
	while (*p && (*p)->sf_inaddr != source)
		p = &(*p)->sf_next;
	sf = *p;
	if (!sf && delta > 0) {
		sf = kzalloc(sizeof(*sf), GFP_ATOMIC);
		if (!sf) {
			err = -ENOBUFS;
			goto out;
		}
		sf->sf_inaddr = source;
		*p = sf;
	}
	if (sf) {
		sf->sf_count[mode] += (unsigned int)delta;
		if (!sf->sf_count[0] && !sf->sf_count[1]) {
			*p = sf->sf_next;
			kfree(sf);
		}
		igmp_start_change(im);
	}
out:
	local_bh_enable();
	return err;
}

bool ip_check_mc(struct in_device *in_dev, __be32 group, __be32 src, u8 proto)
{
	const struct ip_mc_list *im;
	const struct ip_sf_list *sf;

	for (im = in_dev->mc_list; im; im = im->next)
		if (im->multiaddr == group)
			break;
	if (!im)
		return false;
	if (proto == IPPROTO_IGMP || !src)
		return true;
	for (sf = im->sources; sf; sf = sf->sf_next)
		if (sf->sf_inaddr == src)
			return sf->sf_count[MCAST_INCLUDE] ||
			       sf->sf_count[MCAST_EXCLUDE] != im->sfcount[MCAST_EXCLUDE];
	return im->sfcount[MCAST_EXCLUDE] != 0;
}

void ip_mc_init_dev(struct in_device *in_dev)
{
	in_dev->mr_qrv = (u8)dev_net(in_dev->dev)->ipv4.sysctl_igmp_qrv;
}

void ip_mc_up(struct in_device *in_dev)
{
	struct ip_mc_list *im;

	if (!igmp_find(in_dev, htonl(IGMP_ALL_HOSTS)))
		igmp_inc_group(in_dev, htonl(IGMP_ALL_HOSTS), MCAST_EXCLUDE);
	for (im = in_dev->mc_list; im; im = im->next) {
		igmp_load_filter(im, true);
		local_bh_disable();
		igmp_start_change(im);
		local_bh_enable();
	}
}

void ip_mc_down(struct in_device *in_dev)
{
	struct ip_mc_list *im;

	local_bh_disable();
	while (in_dev->mc_tomb)
		igmp_bury(in_dev->mc_tomb);
	for (im = in_dev->mc_list; im; im = im->next)
		del_timer(&im->timer);
	local_bh_enable();
	for (im = in_dev->mc_list; im; im = im->next)
		igmp_load_filter(im, false);
}

void ip_mc_destroy_dev(struct in_device *in_dev)
{
	ip_mc_down(in_dev);
	while (in_dev->mc_list) /* sockets find the device gone when they leave */
		igmp_leave(in_dev, in_dev->mc_list);
}

static const struct net_protocol igmp_protocol = { .handler = igmp_rcv };

void igmp_init(void)
{
	if (inet_add_protocol(&igmp_protocol, IPPROTO_IGMP))
		pr_err("cannot add IGMP\n");
}
