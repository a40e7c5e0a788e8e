/* SPDX-License-Identifier: MIT */
/*
 * Address conflict detection: an address is probed before it is used, where accept_dad says so, announced when it is ours,
 * and defended. Timers ask and announce; who is heard meanwhile takes the address; what follows for routes and listeners
 * is done by a thread (devinet_lifetime.c), which may sleep. RFC 5227.
 */
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/dhcp.h>
#include <net/ipconfig.h>
#include "ipv4_internal.h"

/* RFC 5227 section 1.1; PROBE_NUM is net.ipv4.conf.*.dad_transmits. */
#define PROBE_WAIT	    (1 * HZ)  /* at most, before the first probe */
#define PROBE_MIN	    (1 * HZ)  /* between two probes */
#define PROBE_MAX	    (2 * HZ)
#define PROBE_NUM_MAX	    16	      /* what dad_transmits can ask for: more would not learn more */
#define ANNOUNCE_WAIT	    (2 * HZ)  /* after the last probe */
#define ANNOUNCE_NUM	    2
#define ANNOUNCE_INTERVAL   (2 * HZ)
#define MAX_CONFLICTS	    10	      /* before attempts are limited */
#define RATE_LIMIT_INTERVAL (60 * HZ) /* between two of them then */
#define DEFEND_INTERVAL	    (10 * HZ)

/* Up to @most jiffies. */
static unsigned long acd_random(unsigned long most)
{
	return get_random_below((u32)most + 1);
}

static unsigned int acd_probe_num(const struct in_device *in_dev)
{
	return (unsigned int)clamp(in_dev->cnf.dad_transmits, 0, PROBE_NUM_MAX);
}

/* Can ARP speak of it at all? */
static bool acd_applies(const struct in_ifaddr *ifa)
{
	const struct net_device *dev = ifa->ifa_dev->dev;

	return dev->addr_len == ETH_ALEN && !(dev->flags & (IFF_NOARP | IFF_LOOPBACK)) &&
	       !ipv4_is_multicast(ifa->ifa_local);
}

static bool acd_wants_probing(const struct in_ifaddr *ifa)
{
	struct in_device *in_dev = ifa->ifa_dev;

	return IN_DEV_MAXCONF(in_dev, accept_dad) > 0 && acd_probe_num(in_dev) &&
	       !(ifa->ifa_flags & IFA_F_NODAD) && acd_applies(ifa);
}

/* Is the hardware address one of this host's: a frame of our own, come back? */
static bool acd_is_ours(struct net *net, const u8 *sha)
{
	struct net_device *dev;

	for_each_netdev(net, dev)
		if (dev->addr_len == ETH_ALEN && !memcmp(dev->dev_addr, sha, ETH_ALEN))
			return true;
	return false;
}

static bool acd_listens(enum acd_state state)
{
	return state == ACD_PROBING || state == ACD_FREE;
}

/* Context: softirqs off. */
static void acd_set_state(struct in_ifaddr *ifa, enum acd_state state)
{
	struct in_device *in_dev = ifa->ifa_dev;

	in_dev->acd_listening += (unsigned int)acd_listens(state);
	in_dev->acd_listening -= (unsigned int)acd_listens(ifa->acd.state);
	ifa->acd.state = state;
	ifa->acd.sent = 0;
}

static void acd_arm(struct in_ifaddr *ifa, unsigned long delay)
{
	mod_timer(&ifa->acd.timer, jiffies + delay);
}

/* ---- what the timer does ---- */

/* One that was not probed is announced once: there is nobody whom probes have warned before. */
static void acd_announce(struct in_ifaddr *ifa)
{
	arp_announce_addr(ifa->ifa_dev->dev, ifa->ifa_local);
	if (++ifa->acd.sent < ANNOUNCE_NUM && ifa->acd.proven)
		acd_arm(ifa, ANNOUNCE_INTERVAL);
	else
		acd_set_state(ifa, ACD_IDLE);
}

/* One more probe, or they are all sent and there was no answer. Sections 2.1.1 and 2.3. */
static void acd_probe(struct in_ifaddr *ifa)
{
	struct in_device *in_dev = ifa->ifa_dev;
	unsigned int num = acd_probe_num(in_dev);

	if (ifa->acd.sent >= num) {
		acd_set_state(ifa, ACD_FREE);
		inet_lifetime_kick(dev_net(in_dev->dev));
		return;
	}
	arp_send(ARPOP_REQUEST, ETH_P_ARP, ifa->ifa_local, in_dev->dev, 0, NULL, NULL, NULL);
	if (++ifa->acd.sent < num)
		acd_arm(ifa, PROBE_MIN + acd_random(PROBE_MAX - PROBE_MIN));
	else
		acd_arm(ifa, ANNOUNCE_WAIT);
}

static void acd_begin_probing(struct in_ifaddr *ifa)
{
	acd_set_state(ifa, ACD_PROBING);
	acd_arm(ifa, acd_random(PROBE_WAIT));
}

static void acd_timer(unsigned long data)
{
	struct in_ifaddr *ifa = (struct in_ifaddr *)data;

	switch (ifa->acd.state) {
	case ACD_HELD: acd_begin_probing(ifa); break;
	case ACD_PROBING: acd_probe(ifa); break;
	case ACD_ANNOUNCING: acd_announce(ifa); break;
	case ACD_IDLE:
	case ACD_FREE:
	case ACD_TAKEN: break;
	}
}

/* Probing begins; on a device where attempt after attempt has failed, once a minute. Section 2.1.1. */
static void acd_attempt(struct in_ifaddr *ifa)
{
	struct in_device *in_dev = ifa->ifa_dev;
	unsigned long begin = jiffies;

	local_bh_disable();
	if (in_dev->acd_conflicts >= MAX_CONFLICTS && time_before(begin, in_dev->acd_next))
		begin = in_dev->acd_next;
	in_dev->acd_next = begin + RATE_LIMIT_INTERVAL;
	if (begin == jiffies) {
		acd_begin_probing(ifa);
	} else {
		acd_set_state(ifa, ACD_HELD);
		mod_timer(&ifa->acd.timer, begin);
	}
	local_bh_enable();
}

/* ---- what is heard ---- */

/* Another host has what we were about to take. Sections 2.1.1 and 2.1.2. */
static void acd_taken(struct in_ifaddr *ifa, const u8 *sha)
{
	del_timer(&ifa->acd.timer);
	acd_set_state(ifa, ACD_TAKEN);
	memcpy(ifa->acd.by, sha, ETH_ALEN);
	ifa->ifa_dev->acd_conflicts++;
	inet_lifetime_kick(dev_net(ifa->ifa_dev->dev));
}

/* Of an address that is being probed: its owner speaks, or another host probes for it at the same time. */
static bool acd_heard_probed(struct in_device *in_dev, const struct arphdr *arp, const struct arp_eth_body *b)
{
	__be32 addr = b->ar_sip;
	bool conflict = false;

	if (!addr && arp->ar_op == htons(ARPOP_REQUEST))
		addr = b->ar_tip;
	for_ifa(in_dev, ifa) {
		if (!addr || ifa->ifa_local != addr || !acd_listens(ifa->acd.state) ||
		    acd_is_ours(dev_net(in_dev->dev), b->ar_sha))
			continue;
		acd_taken(ifa, b->ar_sha);
		conflict = true;
	}
	return conflict;
}

/*
 * Another host says that an address of ours is its own. It is told that it is ours, at most once in ten seconds, so
 * that two hosts that both insist do not flood the link. An address from DHCP is given up where that does not help;
 * one that was configured stays. Section 2.4 (b) and (c).
 */
static void acd_defend(struct in_ifaddr *ifa)
{
	struct net_device *dev = ifa->ifa_dev->dev;
	struct inet_acd *acd = &ifa->acd;
	bool again = acd->defended && time_before(jiffies, acd->defended + DEFEND_INTERVAL);

	if (dhcp_conflict(dev, ifa->ifa_local, again) || again)
		return;
	acd->defended = jiffies ? jiffies : 1;
	arp_announce_addr(dev, ifa->ifa_local);
}

enum skb_drop_reason inet_acd_heard(struct in_device *in_dev, const struct arphdr *arp, const struct arp_eth_body *b)
{
	struct net *net = dev_net(in_dev->dev);

	if (in_dev->acd_listening && acd_heard_probed(in_dev, arp, b))
		return SKB_DROP_REASON_ARP_CONFLICT;
	if (!b->ar_sip || inet_addr_type(net, b->ar_sip) != RTN_LOCAL)
		return SKB_CONSUMED;
	if (acd_is_ours(net, b->ar_sha))
		return SKB_DROP_REASON_ARP_IGNORED;
	for_ifa(in_dev, ifa) {
		if (ifa->ifa_local == b->ar_sip) {
			acd_defend(ifa);
			break;
		}
	}
	return SKB_DROP_REASON_ARP_CONFLICT;
}

/* ---- the life of an address ---- */

int inet_acd_prepare(struct in_ifaddr *ifa)
{
	ifa->ifa_flags &= ~(u32)(IFA_F_TENTATIVE | IFA_F_DADFAILED);
	if (ifa->acd.proven || !acd_wants_probing(ifa))
		return 0;
	if (inet_lifetime_watch(dev_net(ifa->ifa_dev->dev)))
		return -ENOBUFS;
	ifa->ifa_flags |= IFA_F_TENTATIVE;
	return 0;
}

/* It is ours: the link is told. Section 2.3. */
static void acd_begin_announcing(struct in_ifaddr *ifa)
{
	if (!acd_applies(ifa) || !(ifa->ifa_dev->dev->flags & IFF_UP))
		return;
	local_bh_disable();
	acd_set_state(ifa, ACD_ANNOUNCING);
	acd_announce(ifa);
	local_bh_enable();
}

void inet_acd_begin(struct in_ifaddr *ifa)
{
	if (inet_ifa_usable(ifa))
		acd_begin_announcing(ifa);
	else if (ifa->ifa_dev->acd_link)
		acd_attempt(ifa); /* otherwise when the link comes */
}

void inet_acd_init_ifa(struct in_ifaddr *ifa)
{
	setup_timer(&ifa->acd.timer, acd_timer, (unsigned long)ifa);
}

void inet_acd_stop(struct in_ifaddr *ifa)
{
	local_bh_disable();
	del_timer(&ifa->acd.timer);
	acd_set_state(ifa, ACD_IDLE);
	local_bh_enable();
}

/* Who is on the link now may be others: what we had may be theirs. Section 2.1. */
static void acd_link_up(struct in_ifaddr *ifa)
{
	if (acd_wants_probing(ifa) && !inet_acd_prepare(ifa)) {
		inetaddr_notify(NETDEV_CHANGE, ifa); /* its routes go */
		acd_attempt(ifa);
	} else if (!inet_ifa_usable(ifa)) { /* it was to be probed, and is not any more */
		ifa->ifa_flags &= ~(u32)(IFA_F_TENTATIVE | IFA_F_DADFAILED);
		inetaddr_notify(NETDEV_UP, ifa);
		acd_begin_announcing(ifa);
	}
}

void inet_acd_link(struct in_device *in_dev)
{
	struct net_device *dev = in_dev->dev;
	bool up = (dev->flags & IFF_UP) && netif_carrier_ok(dev);

	if (up == in_dev->acd_link)
		return;
	in_dev->acd_link = up;
	for_ifa(in_dev, ifa) {
		inet_acd_stop(ifa);
		ifa->acd.proven = false;
		if (up)
			acd_link_up(ifa);
	}
}

/* ---- conclusions ---- */

static void acd_conclude_free(struct in_ifaddr *ifa)
{
	local_bh_disable();
	if (ifa->acd.state == ACD_FREE) { /* still: from here on it is defended */
		acd_set_state(ifa, ACD_IDLE);
		ifa->ifa_flags &= ~(u32)IFA_F_TENTATIVE;
		ifa->acd.proven = true;
		ifa->ifa_dev->acd_conflicts = 0;
	}
	local_bh_enable();
	if (!inet_ifa_usable(ifa))
		return;
	inetaddr_notify(NETDEV_UP, ifa); /* its routes come */
	acd_begin_announcing(ifa);
}

/* It stays in the list, and is not used until it is set anew or the link comes anew. Section 2.1.1. */
static void acd_conclude_taken(struct in_ifaddr *ifa)
{
	struct in_ifaddr *heir;

	inet_acd_stop(ifa);
	ifa->ifa_flags |= IFA_F_DADFAILED;
	pr_warn("%s: IPv4 duplicate address %pI4 used by %pM detected\n", ifa->ifa_dev->dev->name,
		&ifa->ifa_local, ifa->acd.by);
	heir = inet_promote(ifa);
	inetaddr_notify(NETDEV_CHANGE, ifa);
	if (heir)
		inetaddr_notify(NETDEV_UP, heir);
}

void inet_acd_run(struct net *net)
{
	struct net_device *dev;

	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);
		struct in_ifaddr *ifa = in_dev ? in_dev->ifa_list : NULL;

		while (ifa) {
			enum acd_state state = ifa->acd.state;

			if (state == ACD_FREE)
				acd_conclude_free(ifa);
			else if (state == ACD_TAKEN)
				acd_conclude_taken(ifa);
			/* the list may have changed: begin anew */
			ifa = state == ACD_FREE || state == ACD_TAKEN ? in_dev->ifa_list : ifa->ifa_next;
		}
	}
}
