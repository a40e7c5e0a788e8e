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
	if (optname == PACKET_RX_RING || optname == PACKET_TX_RING)
		return packet_set_ring(po, optval, optlen, optname == PACKET_TX_RING);
	if (optname == PACKET_VERSION || optname == PACKET_RESERVE || optname == PACKET_LOSS || optname == PACKET_VNET_HDR ||
	    optname == PACKET_TX_HAS_OFF || optname == PACKET_COPY_THRESH)
		return packet_set_ring_option(po, optname, optval, optlen);
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

/* What an option reads as. */
union packet_value {
	int val;
	struct tpacket_stats_v3 stats; /* with TPACKET_V3; otherwise what it begins with */
	struct tpacket_rollover_stats rollover;
};

/* PACKET_STATISTICS - what came and what had no room, since it was last asked. */
static int take_stats(struct packet_sock *po, union packet_value *v)
{
	local_bh_disable();
	v->stats = (struct tpacket_stats_v3){ .tp_packets = po->packets + po->drops,
					      .tp_drops = po->drops,
					      .tp_freeze_q_cnt = po->freezes };
	po->packets = po->drops = po->freezes = 0;
	local_bh_enable();
	return po->tp_version == TPACKET_V3 ? sizeof(v->stats) : sizeof(struct tpacket_stats);
}

/* PACKET_HDRLEN - of the version that @optval names. 0 or -errno. */
static int hdrlen_of(sockptr_t optval, int len, union packet_value *v)
{
	int version;

	if (len < (int)sizeof(version))
		return -EINVAL;
	if (copy_from_sockptr(&version, optval, sizeof(version)))
		return -EFAULT;
	v->val = packet_get_hdrlen(version);
	return v->val < 0 ? v->val : 0;
}

/* *@v, and how many bytes of it there are; or -errno. */
static int get_value(struct packet_sock *po, int optname, union packet_value *v)
{
	const bool *flag = flag_of(po, optname);

	switch (optname) {
	case PACKET_STATISTICS: return take_stats(po, v);
	case PACKET_VERSION: v->val = po->tp_version; break;
	case PACKET_RESERVE: v->val = (int)po->tp_reserve; break;
	case PACKET_LOSS: v->val = po->tp_loss; break;
	case PACKET_VNET_HDR: v->val = po->has_vnet_hdr; break;
	case PACKET_TX_HAS_OFF: v->val = po->tp_tx_has_off; break;
	case PACKET_TIMESTAMP: v->val = po->tp_tstamp; break;
	case PACKET_FANOUT: v->val = packet_get_fanout(po); break;
	case PACKET_ROLLOVER_STATS:
		if (!po->fanout)
			return -EINVAL;
		v->rollover = po->rollover;
		return sizeof(v->rollover);
	default:
		if (!flag)
			return -ENOPROTOOPT;
		v->val = *flag;
	}
	return sizeof(v->val);
}

int packet_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      sockptr_t optlen)
{
	struct packet_sock *po = pkt_sk(sock->sk);
	union packet_value v = { 0 };
	int len, size = sizeof(v.val);

	if (level != SOL_PACKET)
		return -ENOPROTOOPT;
	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (optname == PACKET_HDRLEN) {
		int err = hdrlen_of(optval, len, &v);

		if (err)
			return err;
	} else {
		size = get_value(po, optname, &v);
		if (size < 0)
			return size;
	}
	len = min(len, size);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) || copy_to_sockptr(optval, &v, (size_t)len))
		return -EFAULT;
	return 0;
}
