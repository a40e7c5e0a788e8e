/* SPDX-License-Identifier: MIT */
/* ARP: the neighbour table of IPv4: what is asked, answered and believed. RFC 826, RFC 1122
 * section 2.3.2, RFC 5227. Book section 12.8.5. */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/arp.h>
#include <net/etherdevice.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include "ipv4_internal.h"

static u32 arp_hash(const void *pkey, const struct net_device *dev, const siphash_key_t *key)
{
	return (u32)siphash_2u64(*(const u32 *)pkey, (u64)dev->ifindex, key);
}

/* ---- neighbours ---- */

static void arp_error_report(struct neighbour *neigh, struct sk_buff *skb)
{
	dst_link_failure(skb);
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_FAILED);
}

/* Which of our addresses asks for @target. net.ipv4.conf.*.arp_announce */
static __be32 arp_source(struct net *net, struct in_device *in_dev, const struct sk_buff *skb,
			 __be32 target)
{
	__be32 saddr = skb && skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->saddr : 0;
	int announce = IN_DEV_ARP_ANNOUNCE(in_dev);

	if (saddr && announce < 2 && inet_addr_type(net, saddr) == RTN_LOCAL &&
	    (!announce || inet_addr_onlink(in_dev, target, saddr)))
		return saddr;
	return inet_select_addr(in_dev->dev, target, RT_SCOPE_LINK);
}

static void arp_solicit(struct neighbour *neigh, struct sk_buff *skb)
{
	struct in_device *in_dev = __in_dev_get_rcu(neigh->dev);
	const u8 *dst_ha = NULL;
	__be32 target, saddr;

	if (!in_dev)
		return;
	memcpy(&target, neigh->primary_key, sizeof(target));
	saddr = arp_source(dev_net(neigh->dev), in_dev, skb, target);
	/* While an address is known it is asked directly, then everybody. RFC 1122 section 2.3.2.1.
	 */
	if (atomic_read(&neigh->probes) < neigh->parms->ucast_probes &&
	    (neigh->nud_state & NUD_VALID))
		dst_ha = neigh->ha;
	arp_send(ARPOP_REQUEST, ETH_P_ARP, target, neigh->dev, saddr, dst_ha, neigh->dev->dev_addr,
		 NULL);
}

static const struct neigh_ops arp_hh_ops = {
	.family = AF_INET,
	.solicit = arp_solicit,
	.error_report = arp_error_report,
	.output = neigh_resolve_output,
	.connected_output = neigh_connected_output,
};

static const struct neigh_ops arp_direct_ops = { .family = AF_INET,
						 .output = neigh_direct_output,
						 .connected_output = neigh_direct_output };

static int arp_constructor(struct neighbour *neigh)
{
	struct net_device *dev = neigh->dev;
	__be32 addr;

	memcpy(&addr, neigh->primary_key, sizeof(addr));
	if (!__in_dev_get_rcu(dev))
		return -EINVAL;
	neigh->parms = __in_dev_get_rcu(dev)->arp_parms;
	neigh->type = (u8)inet_dev_addr_type(dev_net(dev), dev, addr);
	if (!dev->header_ops) {
		neigh->nud_state = NUD_NOARP;
		neigh->ops = &arp_direct_ops;
		neigh->output = neigh_direct_output;
		return 0;
	}
	if (neigh->type == RTN_MULTICAST) {
		neigh->nud_state = NUD_NOARP;
		ip_eth_mc_map(addr, neigh->ha);
	} else if (dev->flags & (IFF_NOARP | IFF_LOOPBACK)) {
		neigh->nud_state = NUD_NOARP;
		memcpy(neigh->ha, dev->dev_addr, dev->addr_len);
	} else if (neigh->type == RTN_BROADCAST || (dev->flags & IFF_POINTOPOINT)) {
		neigh->nud_state = NUD_NOARP;
		memcpy(neigh->ha, dev->broadcast, dev->addr_len);
	}
	neigh->ops = &arp_hh_ops;
	neigh->output = neigh->nud_state & NUD_VALID ? neigh->ops->connected_output
						     : neigh->ops->output;
	return 0;
}

/* ---- packets ---- */

static struct sk_buff *arp_create(int type, int ptype, __be32 dest_ip, struct net_device *dev,
				  __be32 src_ip, const u8 *dest_hw, const u8 *src_hw,
				  const u8 *target_hw)
{
	struct sk_buff *skb =
		alloc_skb((unsigned int)(LL_RESERVED_SPACE(dev) + sizeof(struct arphdr) +
					 sizeof(struct arp_eth_body)),
			  GFP_ATOMIC);
	struct arp_eth_body *body;
	struct arphdr *arp;

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_reset_network_header(skb);
	arp = skb_put(skb, sizeof(*arp) + sizeof(*body));
	body = (struct arp_eth_body *)(arp + 1);
	skb->dev = dev;
	skb->protocol = htons(ETH_P_ARP);
	arp->ar_hrd = htons(dev->type);
	arp->ar_pro = htons(ETH_P_IP);
	arp->ar_hln = ETH_ALEN;
	arp->ar_pln = 4;
	arp->ar_op = htons((u16)type);
	memcpy(body->ar_sha, src_hw, ETH_ALEN);
	body->ar_sip = src_ip;
	memset(body->ar_tha, 0, ETH_ALEN);
	if (target_hw)
		memcpy(body->ar_tha, target_hw, ETH_ALEN);
	body->ar_tip = dest_ip;
	if (dev_hard_header(skb, dev, (u16)ptype, dest_hw ? dest_hw : dev->broadcast, src_hw,
			    skb->len) < 0) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return NULL;
	}
	return skb;
}

void arp_send(int type, int ptype, __be32 dest_ip, struct net_device *dev, __be32 src_ip,
	      const u8 *dest_hw, const u8 *src_hw, const u8 *target_hw)
{
	struct sk_buff *skb;

	if ((dev->flags & IFF_NOARP) || dev->addr_len != ETH_ALEN)
		return;
	skb = arp_create(type, ptype, dest_ip, dev, src_ip, dest_hw,
			 src_hw ? src_hw : dev->dev_addr, target_hw);
	if (skb)
		dev_queue_xmit(skb);
}

void arp_announce_addr(struct net_device *dev, __be32 addr)
{
	arp_send(ARPOP_REQUEST, ETH_P_ARP, addr, dev, addr, NULL, dev->dev_addr, NULL);
}

/* net.ipv4.conf.*.arp_ignore: for which addresses we do not answer on this device. */
static bool arp_ignore(struct in_device *in_dev, __be32 sip, __be32 tip)
{
	struct net *net = dev_net(in_dev->dev);
	int scope = RT_SCOPE_HOST;

	switch (IN_DEV_ARP_IGNORE(in_dev)) {
	case 0: return false;
	case 1: sip = 0; break;
	case 2: break;
	case 3:
		sip = 0;
		scope = RT_SCOPE_LINK;
		in_dev = NULL;
		break;
	case 8: return true;
	default: return false;
	}
	return !inet_confirm_addr(net, in_dev, sip, tip, scope);
}

/* net.ipv4.conf.*.arp_filter: only the device by which we would answer does. */
static bool arp_filtered(struct in_device *in_dev, __be32 sip, __be32 tip)
{
	struct net *net = dev_net(in_dev->dev);
	struct rtable *rt;
	bool other;

	if (!IN_DEV_ORCONF(in_dev, arp_filter))
		return false;
	rt = ip_route_output(net, sip, tip, 0, 0);
	if (IS_ERR(rt))
		return true;
	other = rt->dst.dev != in_dev->dev;
	dst_release(&rt->dst);
	if (other)
		NET_INC_STATS(net, ARPFILTER);
	return other;
}

/* The sender's mapping, where it asks us: it will want an answer soon. */
static void arp_learn_asker(struct neigh_table *tbl, struct net_device *dev, __be32 sip,
			    const u8 *sha)
{
	struct neighbour *n = __neigh_lookup_errno(tbl, &sip, dev);

	if (IS_ERR(n))
		return;
	neigh_update(n, sha, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE);
	neigh_release(n);
}

/* net.ipv4.conf.*.arp_accept: 1: whoever says so, 2: whoever has an address of our subnets. */
static bool arp_accepts(struct in_device *in_dev, __be32 sip)
{
	switch (IN_DEV_MAXCONF(in_dev, arp_accept)) {
	case 1: return true;
	case 2: return inet_addr_onlink(in_dev, sip, 0);
	}
	return false;
}

/* What any packet says of its sender, where we know the sender already (or arp_accept is on). RFC
 * 826. */
static void arp_learn(struct neigh_table *tbl, struct in_device *in_dev, const struct sk_buff *skb,
		      u16 op, const struct arp_eth_body *b)
{
	bool gratuitous = b->ar_sip == b->ar_tip, override;
	struct net_device *dev = in_dev->dev;
	struct neighbour *n = neigh_lookup(tbl, &b->ar_sip, dev);
	u8 state = NUD_REACHABLE;

	if (!n && (gratuitous || op == ARPOP_REPLY) && arp_accepts(in_dev, b->ar_sip) &&
	    inet_addr_type(dev_net(dev), b->ar_sip) == RTN_UNICAST) {
		n = neigh_create(tbl, &b->ar_sip, dev);
		if (IS_ERR(n))
			return;
	}
	if (!n)
		return;
	/* The first answer wins for locktime, unless it is announced anew. */
	override = time_after(jiffies, n->updated + (unsigned long)n->parms->locktime) ||
		   gratuitous;
	if (op != ARPOP_REPLY || skb->pkt_type != PACKET_HOST)
		state = NUD_STALE;
	neigh_update(n, b->ar_sha, state, override ? NEIGH_UPDATE_F_OVERRIDE : 0);
	neigh_release(n);
}

static bool arp_acceptable(const struct net_device *dev, struct in_device *in_dev,
			   const struct arphdr *arp, const struct arp_eth_body *b)
{
	u16 op = ntohs(arp->ar_op);

	if (arp->ar_pro != htons(ETH_P_IP) ||
	    (arp->ar_hrd != htons(dev->type) && arp->ar_hrd != htons(ARPHRD_IEEE802)))
		return false;
	if (op != ARPOP_REQUEST && op != ARPOP_REPLY)
		return false;
	if (ipv4_is_multicast(b->ar_tip) ||
	    (ipv4_is_loopback(b->ar_tip) && !IN_DEV_ROUTE_LOCALNET(in_dev)))
		return false;
	return !is_multicast_ether_addr(b->ar_sha) && !ipv4_is_multicast(b->ar_sip) &&
	       !ipv4_is_lbcast(b->ar_sip) && !ipv4_is_loopback(b->ar_sip);
}

/* Do we answer for a host behind us? Where the device (proxy_arp) or a proxy entry says so, and the way to it does not
 * lead back. RFC 1027. */
static bool arp_is_proxy(struct sk_buff *skb, struct in_device *in_dev, const struct arp_eth_body *b)
{
	struct net_device *dev = in_dev->dev;
	const struct rtable *rt;

	if (!IN_DEV_FORWARD(in_dev) || ip_route_input(skb, b->ar_tip, b->ar_sip, 0, dev))
		return false;
	rt = (const struct rtable *)skb_dst(skb);
	if (rt->rt_type != RTN_UNICAST || rt->dst.dev == dev)
		return false;
	return IN_DEV_ORCONF(in_dev, proxy_arp) ||
	       pneigh_lookup(dev_net(dev)->ipv4.arp_tbl, &b->ar_tip, dev);
}

/* In the owner's place: to a question put to us at once, to one put to all after a while. */
static void arp_proxy_reply(struct sk_buff *skb, struct in_device *in_dev,
			    const struct arp_eth_body *b)
{
	struct neigh_table *tbl = dev_net(in_dev->dev)->ipv4.arp_tbl;
	struct net_device *dev = in_dev->dev;

	arp_learn_asker(tbl, dev, b->ar_sip, b->ar_sha);
	if (skb->pkt_type == PACKET_HOST || !in_dev->arp_parms->proxy_delay)
		arp_send(ARPOP_REPLY, ETH_P_ARP, b->ar_sip, dev, b->ar_tip, b->ar_sha, dev->dev_addr,
			 b->ar_sha);
	else
		pneigh_enqueue(tbl, in_dev->arp_parms, skb_get(skb));
}

static enum skb_drop_reason arp_process(struct sk_buff *skb)
{
	const struct arphdr *arp = (const struct arphdr *)skb_network_header(skb);
	const struct arp_eth_body *b = (const struct arp_eth_body *)(arp + 1);
	struct net_device *dev = skb->dev;
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct net *net = dev_net(dev);
	enum skb_drop_reason reason;

	if (!in_dev || !arp_acceptable(dev, in_dev, arp, b))
		return SKB_DROP_REASON_ARP_MALFORMED;
	reason = inet_acd_heard(in_dev, arp, b);
	if (reason != SKB_CONSUMED)
		return reason;
	if (!b->ar_sip) { /* a probe: is the address taken? RFC 5227 section 2.1.1 */
		if (arp->ar_op != htons(ARPOP_REQUEST) ||
		    inet_dev_addr_type(net, dev, b->ar_tip) != RTN_LOCAL ||
		    arp_ignore(in_dev, b->ar_sip, b->ar_tip))
			return SKB_DROP_REASON_ARP_IGNORED;
		arp_send(ARPOP_REPLY, ETH_P_ARP, b->ar_sip, dev, b->ar_tip, b->ar_sha,
			 dev->dev_addr, b->ar_sha);
		return SKB_CONSUMED;
	}
	if (b->ar_sip == b->ar_tip && IN_DEV_ORCONF(in_dev, drop_gratuitous_arp))
		return SKB_DROP_REASON_ARP_IGNORED;
	if (arp->ar_op == htons(ARPOP_REQUEST) && b->ar_sip != b->ar_tip &&
	    inet_addr_type(net, b->ar_tip) == RTN_LOCAL &&
	    !ip_route_input(skb, b->ar_tip, b->ar_sip, 0, dev)) {
		if (arp_ignore(in_dev, b->ar_sip, b->ar_tip) ||
		    arp_filtered(in_dev, b->ar_sip, b->ar_tip))
			return SKB_DROP_REASON_ARP_IGNORED;
		arp_learn_asker(net->ipv4.arp_tbl, dev, b->ar_sip, b->ar_sha);
		arp_send(ARPOP_REPLY, ETH_P_ARP, b->ar_sip, dev, b->ar_tip, b->ar_sha,
			 dev->dev_addr, b->ar_sha);
		return SKB_CONSUMED;
	}
	if (arp->ar_op == htons(ARPOP_REQUEST) && b->ar_sip != b->ar_tip &&
	    arp_is_proxy(skb, in_dev, b)) {
		arp_proxy_reply(skb, in_dev, b);
		return SKB_CONSUMED;
	}
	arp_learn(net->ipv4.arp_tbl, in_dev, skb, ntohs(arp->ar_op), b);
	return SKB_CONSUMED;
}

/* The while is over: as if the question had been put to us. */
static void arp_proxy_redo(struct sk_buff *skb)
{
	skb->pkt_type = PACKET_HOST;
	kfree_skb_reason(skb, arp_process(skb));
}

int arp_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
	    struct net_device *orig_dev)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_ARP_IGNORED;
	const struct arphdr *arp;

	if ((dev->flags & IFF_NOARP) || skb->pkt_type == PACKET_OTHERHOST ||
	    skb->pkt_type == PACKET_LOOPBACK)
		goto done;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	reason = SKB_DROP_REASON_ARP_MALFORMED;
	skb_reset_network_header(skb);
	if (dev->addr_len != ETH_ALEN ||
	    !pskb_may_pull(skb, sizeof(*arp) + sizeof(struct arp_eth_body)))
		goto done;
	arp = (const struct arphdr *)skb_network_header(skb);
	if (arp->ar_hln == ETH_ALEN && arp->ar_pln == 4)
		reason = arp_process(skb);
done:
	kfree_skb_reason(skb, reason);
	return reason ? NET_RX_DROP : NET_RX_SUCCESS;
}

/* ---- ioctls: arp(7) ---- */

static int arp_req_get(struct neigh_table *tbl, struct arpreq *r, struct net_device *dev, __be32 ip)
{
	struct neighbour *n = neigh_lookup(tbl, &ip, dev);
	int err = -ENXIO;

	if (!n)
		return err;
	if (!(n->nud_state & NUD_NOARP)) {
		memcpy(r->arp_ha.sa_data, n->ha,
		       min_t(size_t, dev->addr_len, sizeof(r->arp_ha.sa_data)));
		r->arp_ha.sa_family = dev->type;
		r->arp_flags = n->nud_state & NUD_PERMANENT
				       ? ATF_PERM | ATF_COM
				       : (n->nud_state & NUD_VALID ? ATF_COM : 0);
		strscpy(r->arp_dev, dev->name, sizeof(r->arp_dev));
		err = 0;
	}
	neigh_release(n);
	return err;
}

static int arp_req_set(struct neigh_table *tbl, const struct arpreq *r, struct net_device *dev,
		       __be32 ip)
{
	u8 state = r->arp_flags & ATF_PERM ? NUD_PERMANENT : NUD_STALE;
	struct neighbour *n;
	int err;

	if (r->arp_flags & ATF_PUBL)
		return pneigh_add(tbl, &ip, dev);
	n = __neigh_lookup_errno(tbl, &ip, dev);
	if (IS_ERR(n))
		return (int)PTR_ERR(n);
	err = neigh_update(n, r->arp_flags & ATF_COM ? (const u8 *)r->arp_ha.sa_data : NULL, state,
			   NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);
	neigh_release(n);
	return err;
}

static int arp_req_delete(struct neigh_table *tbl, const struct arpreq *r, struct net_device *dev,
			  __be32 ip)
{
	struct neighbour *n;

	if (r->arp_flags & ATF_PUBL)
		return pneigh_delete(tbl, &ip, dev);
	n = neigh_lookup(tbl, &ip, dev);
	if (!n)
		return -ENXIO;
	if (n->nud_state & ~NUD_NOARP)
		neigh_update(n, NULL, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);
	neigh_remove(n);
	neigh_release(n);
	return 0;
}

/* The device named, or the one through which the host is reached. */
static struct net_device *arp_req_dev(struct net *net, struct arpreq *r, __be32 ip, bool on_link)
{
	struct net_device *dev;
	struct rtable *rt;

	if (r->arp_dev[0])
		return __dev_get_by_name(net, r->arp_dev);
	rt = ip_route_output(net, ip, 0, on_link ? RTO_ONLINK : 0, 0);
	if (IS_ERR(rt))
		return NULL;
	dev = rt->dst.dev;
	dst_release(&rt->dst);
	return dev;
}

int arp_ioctl(struct net *net, unsigned int cmd, struct arpreq *r)
{
	__be32 ip = ((const struct sockaddr_in *)&r->arp_pa)->sin_addr.s_addr;
	struct neigh_table *tbl = net->ipv4.arp_tbl;
	struct net_device *dev;
	int err;

	if (r->arp_pa.sa_family != AF_INET)
		return -EPFNOSUPPORT;
	if (!(r->arp_flags & ATF_PUBL) && (r->arp_flags & (ATF_NETMASK | ATF_DONTPUB)))
		return -EINVAL;
	r->arp_dev[IFNAMSIZ - 1] = '\0';
	rtnl_lock();
	dev = arp_req_dev(net, r, ip, cmd != SIOCGARP);
	err = r->arp_dev[0] ? -ENODEV : -ENXIO;
	if (!dev)
		goto out;
	err = -EINVAL;
	if (cmd == SIOCSARP && (dev->flags & IFF_LOOPBACK))
		goto out;
	if (cmd == SIOCSARP && r->arp_ha.sa_family && r->arp_ha.sa_family != dev->type)
		goto out;
	if (cmd == SIOCGARP)
		err = arp_req_get(tbl, r, dev, ip);
	else if (cmd == SIOCSARP)
		err = arp_req_set(tbl, r, dev, ip);
	else if (cmd == SIOCDARP)
		err = arp_req_delete(tbl, r, dev, ip);
out:
	rtnl_unlock();
	return err;
}

/* ---- life ---- */

void arp_ifdown(struct net_device *dev)
{
	if (dev_net(dev)->ipv4.arp_tbl)
		neigh_ifdown(dev_net(dev)->ipv4.arp_tbl, dev);
}

static int arp_netdev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct neigh_table *tbl = dev_net(dev)->ipv4.arp_tbl;

	if (!tbl)
		return 0;
	if (event == NETDEV_CHANGEADDR) {
		neigh_changeaddr(tbl, dev);
		rt_cache_flush(dev_net(dev));
	} else if (event == NETDEV_CHANGE && in_dev && !netif_carrier_ok(dev) &&
		   IN_DEV_ANDCONF(in_dev, arp_evict_nocarrier)) {
		neigh_carrier_down(tbl, dev); /* who comes back may be somebody else */
	}
	return 0;
}

static const struct neigh_table arp_table_template = {
	.family = AF_INET,
	.key_len = 4,
	.protocol = htons(ETH_P_IP),
	.hash = arp_hash,
	.constructor = arp_constructor,
	.proxy_redo = arp_proxy_redo,
	.id = "arp_cache",
	.parms = {
		.mcast_probes = 3,
		.ucast_probes = 3,
		.retrans_time = 1 * HZ,
		.base_reachable_time = 30 * HZ,
		.reachable_time = 30 * HZ,
		.gc_staletime = 60 * HZ,
		.delay_probe_time = 5 * HZ,
		.queue_len_bytes = 212992,
		.anycast_delay = 1 * HZ,
		.proxy_delay = (8 * HZ) / 10,
		.proxy_qlen = 64,
		.locktime = 1 * HZ,
	},
	.gc_interval = 30 * HZ,
	.gc_thresh1 = 128,
	.gc_thresh2 = 512,
	.gc_thresh3 = 1024,
};

static int arp_net_init(struct net *net)
{
	struct neigh_table *tbl = kmemdup(&arp_table_template, sizeof(*tbl), GFP_KERNEL);
	int err;

	if (!tbl)
		return -ENOMEM;
	err = neigh_table_init(net, tbl);
	if (err) {
		kfree(tbl);
		return err;
	}
	net->ipv4.arp_tbl = tbl;
	sysctl_neigh_register(net);
	return 0;
}

static void arp_net_exit(struct net *net)
{
	struct neigh_table *tbl = net->ipv4.arp_tbl;

	sysctl_neigh_unregister(net);
	net->ipv4.arp_tbl = NULL;
	neigh_table_clear(tbl);
	kfree(tbl);
}

static struct pernet_operations arp_net_ops = { .init = arp_net_init, .exit = arp_net_exit };
/* All of an ARP packet is payload. */
static int arp_payload_offset(const struct sk_buff *skb, int offset)
{
	return offset;
}

static struct packet_type arp_packet_type = { .type = htons(ETH_P_ARP), .func = arp_rcv,
					      .payload_offset = arp_payload_offset };
static struct notifier_block arp_netdev_notifier = { .notifier_call = arp_netdev_event };

void arp_init(void)
{
	register_pernet_subsys(&arp_net_ops);
	dev_add_pack(&arp_packet_type);
	register_netdevice_notifier(&arp_netdev_notifier);
}
