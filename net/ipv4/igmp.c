/* SPDX-License-Identifier: MIT */
/* Multicast groups on a device: who is joined, what routers are still to be told, what they ask. RFC
 * 1112, RFC 2236, RFC 3376. */
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/protocol.h>
#include "igmp_internal.h"
#include "ipv4_internal.h"

#define IGMP_QUERY_INTERVAL	     (125 * HZ) /* RFC 3376 section 8.2 */
#define IGMP_QUERY_RESPONSE_INTERVAL (10 * HZ)	/* RFC 3376 section 8.3 */
#define IGMP_QUERY_V1_DELAY	     (10 * HZ)
#define CLOCK_TICKS 100 /* a second, as /proc tells times */

/* igmp_version - as which version we speak on the device: as the oldest querier there. RFC 3376 section 7.2.1. */
static unsigned int igmp_version(struct in_device *in_dev)
{
	int forced = IN_DEV_MAXCONF(in_dev, force_igmp_version);

	if (forced == 1 || (in_dev->mr_v1_seen && time_before(jiffies, in_dev->mr_v1_seen)))
		return 1;
	if (forced == 2 || (in_dev->mr_v2_seen && time_before(jiffies, in_dev->mr_v2_seen)))
		return 2;
	return 3;
}

bool igmp_reports(const struct ip_mc_list *im)
{
	const struct net_device *dev = im->interface->dev;

	if (im->multiaddr == htonl(IGMP_ALL_HOSTS) || !(dev->flags & IFF_UP) ||
	    (dev->flags & IFF_LOOPBACK))
		return false;
	return !ipv4_is_local_multicast(im->multiaddr) ||
	       dev_net(dev)->ipv4.sysctl_igmp_link_local_mcast_reports;
}

/* ---- the timers of a group: changes, and answers to queries ---- */

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

static void igmp_stop_timers(struct ip_mc_list *im)
{
	del_timer(&im->timer);
	del_timer(&im->query_timer);
	im->query = IGMP_NOT_ASKED;
	im->asked_n = 0;
}

static void igmp_bury(struct ip_mc_list *im)
{
	struct ip_mc_list **p = &im->interface->mc_tomb;

	while (*p && *p != im)
		p = &(*p)->next;
	if (*p)
		*p = im->next;
	igmp_stop_timers(im);
	igmp_free(im);
}

/* Until the next report that says the same again. */
static unsigned long igmp_unsolicited_interval(struct in_device *in_dev)
{
	int ms = igmp_version(in_dev) == 3 ? in_dev->cnf.igmpv3_unsolicited_report_interval
					   : in_dev->cnf.igmpv2_unsolicited_report_interval;

	return max(msecs_to_jiffies((unsigned int)max(ms, 0)), 1ul);
}

/* Sources that nobody names and that are told of leave the list. True: there is a change still to be told. */
static bool igmp_tidy_sources(struct ip_mc_list *im)
{
	struct ip_sf_list **p = &im->sources, *sf;
	bool pending = im->change_count != 0;

	while ((sf = *p) != NULL) {
		if (sf->sf_count[0] || sf->sf_count[1] || sf->sf_crcount) {
			pending = pending || sf->sf_crcount;
			p = &sf->sf_next;
			continue;
		}
		*p = sf->sf_next;
		kfree(sf);
	}
	return pending;
}

/* What has changed, if anything has, goes out once more. */
static void igmp_tell_change(struct ip_mc_list *im)
{
	struct ip_sf_list *sf;

	if (!igmp_tidy_sources(im))
		return;
	igmp_report_change(im);
	if (im->change_count) {
		im->change_count--;
		return;
	}
	for (sf = im->sources; sf; sf = sf->sf_next)
		if (sf->sf_crcount)
			sf->sf_crcount--;
}

/* Versions 1 and 2 know members, and no sources. */
static void igmp_tell_old(struct ip_mc_list *im, unsigned int version)
{
	bool pending = im->change_count != 0;
	struct ip_sf_list *sf;

	for (sf = im->sources; sf; sf = sf->sf_next)
		sf->sf_crcount = 0;
	igmp_tidy_sources(im);
	if (!pending)
		return;
	if (!im->leaving)
		igmp_report_old(im, version == 1 ? IGMP_HOST_MEMBERSHIP_REPORT : IGMPV2_HOST_MEMBERSHIP_REPORT);
	else if (version == 2)
		igmp_report_old(im, IGMP_HOST_LEAVE_MESSAGE);
	if (im->change_count)
		im->change_count--;
}

static void igmp_timer_expire(unsigned long data)
{
	struct ip_mc_list *im = (struct ip_mc_list *)data;
	unsigned int version = igmp_version(im->interface);

	if (version == 3)
		igmp_tell_change(im);
	else
		igmp_tell_old(im, version);
	im->reporter = true;
	if (igmp_tidy_sources(im))
		mod_timer(&im->timer, jiffies + 1 +
					      get_random_below((u32)igmp_unsolicited_interval(im->interface)));
	else if (im->leaving)
		igmp_bury(im);
}

/* The answer to what was asked about the group. */
static void igmp_query_expire(unsigned long data)
{
	struct ip_mc_list *im = (struct ip_mc_list *)data;
	unsigned int version = igmp_version(im->interface);

	if (version == 3)
		igmp_report_group(im);
	else
		igmp_report_old(im, version == 1 ? IGMP_HOST_MEMBERSHIP_REPORT : IGMPV2_HOST_MEMBERSHIP_REPORT);
	im->reporter = true;
	im->query = IGMP_NOT_ASKED;
	im->asked_n = 0;
}

/* The answer to a general query. */
static void igmp_gq_timer_expire(unsigned long data)
{
	struct in_device *in_dev = (struct in_device *)data;

	if (igmp_version(in_dev) == 3)
		igmp_report_all(in_dev);
}

/*
 * What the sockets ask for has changed: what differs from what routers are told goes out at once and, for
 * robustness, again. A change of the mode tells the whole list, and so all changes of sources. RFC 3376 section 5.1.
 */
static void igmp_start_change(struct ip_mc_list *im)
{
	unsigned int mode = igmp_mode(im);
	bool mode_changed = mode != im->sfmode;
	u8 qrv = im->interface->mr_qrv;
	struct ip_sf_list *sf;

	if (im->batch)
		return;
	im->sfmode = mode;
	for (sf = im->sources; sf; sf = sf->sf_next) {
		bool counts = igmp_source_counts(im, sf);

		if (mode_changed)
			sf->sf_crcount = 0;
		else if (counts != sf->sf_told)
			sf->sf_crcount = qrv;
		sf->sf_told = counts;
	}
	if (mode_changed)
		im->change_count = qrv;
	if (!igmp_reports(im)) {
		im->change_count = 0;
		for (sf = im->sources; sf; sf = sf->sf_next)
			sf->sf_crcount = 0;
		igmp_tidy_sources(im);
	} else if (igmp_tidy_sources(im)) {
		mod_timer(&im->timer, jiffies + 1);
	}
}

void igmp_batch(struct ip_mc_list *im, bool on)
{
	local_bh_disable();
	im->batch = on;
	if (!on)
		igmp_start_change(im);
	local_bh_enable();
}

/* The group as if it were just joined: it is, or the link was away. */
static void igmp_start_anew(struct ip_mc_list *im)
{
	im->sfmode = MCAST_INCLUDE; /* of nobody: not a member, which is what routers think */
	for (struct ip_sf_list *sf = im->sources; sf; sf = sf->sf_next)
		sf->sf_told = false;
	igmp_start_change(im);
	if (igmp_reports(im) && igmp_version(im->interface) != 3) { /* which know of no sources */
		im->change_count = im->interface->mr_qrv;
		mod_timer(&im->timer, jiffies + 1);
	}
}

/* @source: one that is asked for alone, or 0: the group as a whole. RFC 3376 section 5.2, rules 3 to 5. */
static void igmp_note_query(struct ip_mc_list *im, __be32 source)
{
	unsigned int i;

	if (im->query == IGMP_ASKED)
		return;
	for (i = 0; source && i < im->asked_n; i++)
		if (im->asked[i] == source)
			return;
	if (!source || im->asked_n == IGMP_MAX_ASKED) {
		im->query = IGMP_ASKED;
		return;
	}
	im->query = IGMP_ASKED_SOURCES;
	im->asked[im->asked_n++] = source;
}

/* The answer is due at @when, or when one that is due already is, if that is sooner. */
static void igmp_arm_sooner(struct timer_list *timer, unsigned long when)
{
	if (!timer_pending(timer) || time_before(when, timer->expires))
		mod_timer(timer, when);
}

static void igmp_answer_at(struct ip_mc_list *im, unsigned long when, const __be32 *sources, unsigned int n)
{
	unsigned int i;

	if (!igmp_reports(im))
		return;
	if (!n)
		igmp_note_query(im, 0);
	for (i = 0; i < n; i++)
		igmp_note_query(im, sources[i]);
	igmp_arm_sooner(&im->query_timer, when);
}

/* Sources that are asked for (@n, or 0) of @group, or all groups (0). RFC 3376 section 5.2; older versions know no answer for
 * all. */
static void igmp_answer_within(struct in_device *in_dev, unsigned long max_delay, __be32 group, const __be32 *sources,
			       unsigned int n)
{
	unsigned long when = jiffies + 1 + get_random_below((u32)max(max_delay, 1ul));
	struct ip_mc_list *im;

	if (igmp_version(in_dev) == 3) {
		if (timer_pending(&in_dev->mr_gq_timer) && time_before_eq(in_dev->mr_gq_timer.expires, when))
			return; /* rule 1: all is told before */
		if (!group) {
			mod_timer(&in_dev->mr_gq_timer, when); /* rule 2 */
			return;
		}
	}
	for (im = in_dev->mc_list; im; im = im->next)
		if (!group || im->multiaddr == group)
			igmp_answer_at(im, when, sources, group ? n : 0);
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
			igmp_stop_timers(im);
		}
	}
}

/* The codes of version 3 are floats of 3 and 4 bits above 127. RFC 3376 sections 4.1.1 and 4.1.7. */
static unsigned long igmpv3_code(u8 code)
{
	return code < 128 ? code : (unsigned long)((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);
}

/* An older querier: its version is spoken until it has not been heard of for long enough, and what was to be said by
 * another is forgotten. RFC 3376 sections 7.2.1 and 8.12. */
static void igmp_heard_older(struct in_device *in_dev, unsigned long *seen, unsigned int version)
{
	struct ip_mc_list *im;

	if (igmp_version(in_dev) > version) {
		del_timer(&in_dev->mr_gq_timer);
		for (im = in_dev->mc_list; im; im = im->next) {
			im->change_count = 0;
			igmp_stop_timers(im);
		}
	}
	*seen = jiffies + in_dev->mr_qrv * in_dev->mr_qi + in_dev->mr_qri;
}

/* What a querier of version 3 says of itself. RFC 3376 section 4.1. */
static void igmp_querier(struct in_device *in_dev, const struct igmpv3_query *q)
{
	unsigned long qqi = igmpv3_code(q->qqic);

	in_dev->mr_qrv = q->qrv ? q->qrv : (u8)dev_net(in_dev->dev)->ipv4.sysctl_igmp_qrv;
	in_dev->mr_qi = qqi ? qqi * HZ : IGMP_QUERY_INTERVAL;
	in_dev->mr_qri = max(igmpv3_code(q->code) * HZ / 10, 1ul);
}

static bool igmp_heard_query(struct in_device *in_dev, struct sk_buff *skb, unsigned int len)
{
	const struct igmphdr *ih = (const struct igmphdr *)skb->data;
	const struct igmpv3_query *q;
	const __be32 *sources = NULL;
	__be32 group = ih->group;
	unsigned int n = 0;
	unsigned long delay;

	if (len == sizeof(*ih) && !ih->code) {
		igmp_heard_older(in_dev, &in_dev->mr_v1_seen, 1);
		group = 0;
		delay = IGMP_QUERY_V1_DELAY;
	} else if (len == sizeof(*ih)) {
		igmp_heard_older(in_dev, &in_dev->mr_v2_seen, 2);
		delay = (unsigned long)ih->code * HZ / 10;
	} else {
		if (len < sizeof(*q) || !pskb_may_pull(skb, sizeof(*q)))
			return false;
		q = (const struct igmpv3_query *)skb->data;
		n = ntohs(q->nsrcs);
		if (n * 4 > len - sizeof(*q) || !pskb_may_pull(skb, (unsigned int)(sizeof(*q) + n * 4)))
			return false;
		q = (const struct igmpv3_query *)skb->data;
		sources = (const __be32 *)(q + 1);
		group = q->group;
		if (igmp_version(in_dev) == 3)
			igmp_querier(in_dev, q);
		delay = igmpv3_code(q->code) * HZ / 10;
	}
	igmp_answer_within(in_dev, delay, group, sources, n);
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

	ASSERT_RTNL();
	if (im) {
		local_bh_disable();
		im->users++;
		im->sfcount[mode]++;
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
	setup_timer(&im->query_timer, igmp_query_expire, (unsigned long)im);
	local_bh_disable();
	im->next = in_dev->mc_list;
	in_dev->mc_list = im;
	in_dev->mc_count++;
	local_bh_enable();
	if (in_dev->dev->flags & IFF_UP) {
		igmp_load_filter(im, true);
		local_bh_disable();
		igmp_start_anew(im);
		local_bh_enable();
	}
	return im;
}

/* The last user has gone: out of the list; routers that count on us are told. */
static void igmp_leave(struct in_device *in_dev, struct ip_mc_list *im)
{
	struct ip_mc_list **p = &in_dev->mc_list;
	unsigned int version = igmp_version(in_dev);
	bool tell = igmp_reports(im) && !in_dev->dead && (version == 3 || im->reporter);

	igmp_load_filter(im, false);
	local_bh_disable();
	while (*p && *p != im)
		p = &(*p)->next;
	if (*p)
		*p = im->next;
	in_dev->mc_count--;
	igmp_stop_timers(im);
	if (tell) {
		im->leaving = true;
		im->next = in_dev->mc_tomb;
		in_dev->mc_tomb = im;
		igmp_start_change(im); /* from nobody any more */
		if (version != 3)
			im->change_count = 1;
		mod_timer(&im->timer, jiffies + 1);
	} else {
		igmp_free(im);
	}
	local_bh_enable();
}

void igmp_dec_group(struct in_device *in_dev, __be32 group, unsigned int mode)
{
	struct ip_mc_list *im = igmp_find(in_dev, group);

	ASSERT_RTNL();
	if (!im)
		return;
	local_bh_disable();
	if (im->sfcount[mode])
		im->sfcount[mode]--;
	im->users--;
	if (im->users)
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
	in_dev->mr_qi = IGMP_QUERY_INTERVAL;
	in_dev->mr_qri = IGMP_QUERY_RESPONSE_INTERVAL;
	setup_timer(&in_dev->mr_gq_timer, igmp_gq_timer_expire, (unsigned long)in_dev);
}

void ip_mc_up(struct in_device *in_dev)
{
	struct ip_mc_list *im;

	if (!igmp_find(in_dev, htonl(IGMP_ALL_HOSTS)))
		igmp_inc_group(in_dev, htonl(IGMP_ALL_HOSTS), MCAST_EXCLUDE);
	for (im = in_dev->mc_list; im; im = im->next) {
		igmp_load_filter(im, true);
		local_bh_disable();
		igmp_start_anew(im);
		local_bh_enable();
	}
}

void ip_mc_down(struct in_device *in_dev)
{
	struct ip_mc_list *im;

	local_bh_disable();
	del_timer(&in_dev->mr_gq_timer);
	while (in_dev->mc_tomb)
		igmp_bury(in_dev->mc_tomb);
	for (im = in_dev->mc_list; im; im = im->next)
		igmp_stop_timers(im);
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

/* ---- /proc/net/igmp ---- */

static void igmp_show_device(struct seq_file *m, struct net_device *dev, struct in_device *in_dev)
{
	const struct ip_mc_list *im;
	int n = 0;

	for (im = in_dev->mc_list; im; im = im->next)
		n++;
	if (!n)
		return;
	seq_printf(m, "%d\t%-10s: %5d %5sV%u\n", dev->ifindex, dev->name, n, "", igmp_version(in_dev));
	for (im = in_dev->mc_list; im; im = im->next) {
		const struct timer_list *t = timer_pending(&im->query_timer) ? &im->query_timer : &im->timer;
		bool running = timer_pending(t);
		long left = running ? max((long)(t->expires - jiffies), 0l) : 0;

		seq_printf(m, "\t\t\t\t%08X %5u %d:%08lX\t\t%d\n", (__force u32)im->multiaddr, im->users, running,
			   left * CLOCK_TICKS / HZ, im->reporter);
	}
}

int igmp_show(struct seq_file *m, void *data)
{
	struct net *net = current_net();
	struct net_device *dev;

	seq_puts(m, "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n");
	rtnl_lock();
	local_bh_disable();
	for_each_netdev(net, dev)
		if (__in_dev_get_rtnl(dev))
			igmp_show_device(m, dev, __in_dev_get_rtnl(dev));
	local_bh_enable();
	rtnl_unlock();
	return 0;
}
