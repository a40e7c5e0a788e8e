/* SPDX-License-Identifier: MIT */
/* Packet sockets: the options of SOL_PACKET, among them memberships, by which a socket opens a
 * device's receive filter. packet(7). */
#include "packet_internal.h"

/* ---- memberships ---- */

/* @what more (1) or fewer (-1) users of what the entry asks for. RTNL. 0 or -errno. */
static int packet_dev_mc(struct net_device *dev, const struct packet_mclist *i, int what)
{
	switch (i->type) {
	case PACKET_MR_MULTICAST:
		if (i->alen != dev->addr_len)
			return -EINVAL;
		return what > 0 ? dev_mc_add(dev, i->addr, i->alen)
				: dev_mc_delete(dev, i->addr, i->alen);
	case PACKET_MR_UNICAST: /* no driver filters by several addresses of its own: all pass */
		if (i->alen != dev->addr_len)
			return -EINVAL;
		dev_set_promiscuity(dev, what);
		return 0;
	case PACKET_MR_PROMISC: dev_set_promiscuity(dev, what); return 0;
	case PACKET_MR_ALLMULTI: dev_set_allmulti(dev, what); return 0;
	default: return -EINVAL;
	}
}

struct packet_mreq_max { /* struct packet_mreq with the longest address */
	int mr_ifindex;
	unsigned short mr_type, mr_alen;
	u8 mr_address[MAX_ADDR_LEN];
};

/* The link to the socket's entry for @mreq; to NULL: there is none. */
static struct packet_mclist **mclist_find(struct packet_sock *po,
					  const struct packet_mreq_max *mreq)
{
	struct packet_mclist **link = &po->mclist;

	while (*link && ((*link)->ifindex != mreq->mr_ifindex || (*link)->type != mreq->mr_type ||
			 (*link)->alen != mreq->mr_alen ||
			 memcmp((*link)->addr, mreq->mr_address, mreq->mr_alen)))
		link = &(*link)->next;
	return link;
}

static int packet_mc_add(struct packet_sock *po, const struct packet_mreq_max *mreq)
{
	struct net_device *dev = __dev_get_by_index(sock_net(&po->sk), mreq->mr_ifindex);
	struct packet_mclist **link, *i;
	int err;

	if (!dev)
		return -ENODEV;
	if (mreq->mr_alen > dev->addr_len)
		return -EINVAL;
	link = mclist_find(po, mreq);
	if (*link) {
		(*link)->count++;
		return 0;
	}
	i = sock_kmalloc(&po->sk, sizeof(*i), GFP_KERNEL);
	if (!i)
		return -ENOBUFS;
	*i = (struct packet_mclist){ .next = po->mclist,
				     .ifindex = mreq->mr_ifindex,
				     .count = 1,
				     .type = mreq->mr_type,
				     .alen = mreq->mr_alen };
	memcpy(i->addr, mreq->mr_address, mreq->mr_alen);
	err = packet_dev_mc(dev, i, 1);
	if (err)
		sock_kfree_s(&po->sk, i, sizeof(*i));
	else
		po->mclist = i;
	return err;
}

/* An entry ends; its device may have gone before. */
static void mclist_unlink(struct packet_sock *po, struct packet_mclist **link)
{
	struct packet_mclist *i = *link;
	struct net_device *dev = __dev_get_by_index(sock_net(&po->sk), i->ifindex);

	*link = i->next;
	if (dev)
		packet_dev_mc(dev, i, -1);
	sock_kfree_s(&po->sk, i, sizeof(*i));
}

static int packet_mc_drop(struct packet_sock *po, const struct packet_mreq_max *mreq)
{
	struct packet_mclist **link = mclist_find(po, mreq);

	if (!*link)
		return 0; /* as Linux: it is not there, as asked */
	if (!--(*link)->count)
		mclist_unlink(po, link);
	return 0;
}

void packet_flush_mclist(struct packet_sock *po)
{
	while (po->mclist)
		mclist_unlink(po, &po->mclist);
}

void packet_dev_mclist_delete(struct net_device *dev, struct packet_sock *po)
{
	struct packet_mclist **link = &po->mclist;

	while (*link) {
		if ((*link)->ifindex == dev->ifindex)
			mclist_unlink(po, link);
		else
			link = &(*link)->next;
	}
}

static int set_membership(struct packet_sock *po, int optname, sockptr_t optval,
			  unsigned int optlen)
{
	struct packet_mreq_max mreq = { 0 };
	int err;

	if (optlen < sizeof(struct packet_mreq))
		return -EINVAL;
	if (copy_from_sockptr(&mreq, optval, min_t(unsigned int, optlen, sizeof(mreq))))
		return -EFAULT;
	if (optlen < offsetof(struct packet_mreq_max, mr_address) + mreq.mr_alen)
		return -EINVAL;
	rtnl_lock();
	err = optname == PACKET_ADD_MEMBERSHIP ? packet_mc_add(po, &mreq)
					       : packet_mc_drop(po, &mreq);
	rtnl_unlock();
	return err;
}

/* ---- the others ---- */

static bool *flag_of(struct packet_sock *po, int optname)
{
	switch (optname) {
	case PACKET_AUXDATA: return &po->auxdata;
	case PACKET_ORIGDEV: return &po->origdev;
	case PACKET_IGNORE_OUTGOING: return &po->ignore_outgoing;
	case PACKET_QDISC_BYPASS: return &po->qdisc_bypass;
	default: return NULL;
	}
}

int packet_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      unsigned int optlen)
{
	struct packet_sock *po = pkt_sk(sock->sk);
	bool *flag = flag_of(po, optname);
	int val;

	if (level != SOL_PACKET)
		return -ENOPROTOOPT;
	if (optname == PACKET_ADD_MEMBERSHIP || optname == PACKET_DROP_MEMBERSHIP)
		return set_membership(po, optname, optval, optlen);
	if (optname == PACKET_FANOUT)
		return packet_set_fanout(po, optval, optlen);
	if (optname == PACKET_FANOUT_DATA)
		return packet_set_fanout_data(po, optval, optlen);
	if (!flag && optname != PACKET_TIMESTAMP)
		return -ENOPROTOOPT;
	if (optlen < sizeof(val) ||
	    (optlen > sizeof(val) && optname != PACKET_AUXDATA && optname != PACKET_ORIGDEV))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if (optname == PACKET_IGNORE_OUTGOING && (val < 0 || val > 1))
		return -EINVAL;
	lock_sock(sock->sk);
	if (flag)
		*flag = !!val;
	else
		po->tp_tstamp = val;
	release_sock(sock->sk);
	return 0;
}

/* PACKET_STATISTICS - what came and what had no room, since it was last asked. */
static struct tpacket_stats take_stats(struct packet_sock *po)
{
	struct tpacket_stats st;

	local_bh_disable();
	st = (struct tpacket_stats){ .tp_packets = po->packets + po->drops, .tp_drops = po->drops };
	po->packets = po->drops = 0;
	local_bh_enable();
	return st;
}

int packet_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      sockptr_t optlen)
{
	struct packet_sock *po = pkt_sk(sock->sk);
	const bool *flag = flag_of(po, optname);
	union {
		int val;
		struct tpacket_stats stats;
		struct tpacket_rollover_stats rollover;
	} v = { 0 };
	int len, size = sizeof(v.val);

	if (level != SOL_PACKET)
		return -ENOPROTOOPT;
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == PACKET_STATISTICS) {
		v.stats = take_stats(po);
		size = sizeof(v.stats);
	} else if (optname == PACKET_TIMESTAMP) {
		v.val = po->tp_tstamp;
	} else if (optname == PACKET_FANOUT) {
		v.val = packet_get_fanout(po);
	} else if (optname == PACKET_ROLLOVER_STATS) {
		if (!po->fanout)
			return -EINVAL;
		v.rollover = po->rollover;
		size = sizeof(v.rollover);
	} else if (flag) {
		v.val = *flag;
	} else {
		return -ENOPROTOOPT;
	}
	len = min(len, size);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) || copy_to_sockptr(optval, &v, (size_t)len))
		return -EFAULT;
	return 0;
}
