/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_PACKET: all of them; a single one cannot be asked for, as in Linux. */
#include <net/filter.h>
#include <net/sock_diag.h>
#include <uapi/packet_diag.h>

#include "packet_internal.h"

/* ---- what is told; RTNL ---- */

static int put_info(struct sk_buff *skb, const struct packet_sock *po)
{
	struct packet_diag_info info = { .pdi_index = (u32)po->ifindex,
					 .pdi_version = po->tp_version,
					 .pdi_reserve = po->tp_reserve,
					 .pdi_copy_thresh = (u32)po->copy_thresh,
					 .pdi_tstamp = (u32)po->tp_tstamp };

	if (po->running)
		info.pdi_flags |= PDI_RUNNING;
	if (po->auxdata)
		info.pdi_flags |= PDI_AUXDATA;
	if (po->origdev)
		info.pdi_flags |= PDI_ORIGDEV;
	if (po->has_vnet_hdr)
		info.pdi_flags |= PDI_VNETHDR;
	if (po->tp_loss)
		info.pdi_flags |= PDI_LOSS;
	if (nla_put(skb, PACKET_DIAG_INFO, sizeof(info), &info))
		return -EMSGSIZE;
	return nla_put_u32(skb, PACKET_DIAG_UID, 0); /* there is one user */
}

static int put_mclist(struct sk_buff *skb, const struct packet_sock *po)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, PACKET_DIAG_MCLIST);
	const struct packet_mclist *i;
	struct packet_diag_mclist *to;

	if (!nest)
		return -EMSGSIZE;
	for (i = po->mclist; i; i = i->next) {
		if (skb_tailroom(skb) < sizeof(*to))
			return -EMSGSIZE;
		to = skb_put_zero(skb, sizeof(*to)); /* one after the other, without headers */
		to->pdmc_index = (u32)i->ifindex;
		to->pdmc_count = (u32)i->count;
		to->pdmc_type = i->type;
		to->pdmc_alen = i->alen;
		memcpy(to->pdmc_addr, i->addr, sizeof(i->addr));
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Its id and type; the flags are not told. */
static int put_fanout(struct sk_buff *skb, const struct packet_sock *po)
{
	if (!po->fanout)
		return 0;
	return nla_put_u32(skb, PACKET_DIAG_FANOUT, (u32)packet_get_fanout(po) & 0xffffff);
}

static int put_ring(struct sk_buff *skb, const struct packet_ring *r, int type)
{
	struct packet_diag_ring ring;

	if (!r)
		return 0;
	ring = (struct packet_diag_ring){ .pdr_block_size = r->block_size,
					  .pdr_block_nr = r->block_nr,
					  .pdr_frame_size = r->frame_size,
					  .pdr_frame_nr = r->frame_nr,
					  .pdr_retire_tmo = r->v3.retire_ms,
					  .pdr_sizeof_priv = r->v3.sizeof_priv,
					  .pdr_features = r->v3.features };
	return nla_put(skb, type, sizeof(ring), &ring);
}

/* Both rings, which do not go while softirqs are off: ring_lock may be held by a sender for long. */
static int put_rings(struct sk_buff *skb, const struct packet_sock *po)
{
	int err;

	local_bh_disable();
	err = put_ring(skb, po->rx_ring, PACKET_DIAG_RX_RING);
	if (!err)
		err = put_ring(skb, po->tx_ring, PACKET_DIAG_TX_RING);
	local_bh_enable();
	return err;
}

static int put_filter(struct sk_buff *skb, struct sock *sk)
{
	const struct sk_filter *fp = sk->sk_filter;

	if (!fp)
		return 0;
	return nla_put(skb, PACKET_DIAG_FILTER, (int)(fp->len * sizeof(fp->insns[0])), fp->insns);
}

static int fill(struct sk_buff *skb, struct sock *sk, const struct netlink_callback *cb, u32 show)
{
	const struct packet_sock *po = pkt_sk(sk);
	struct nlmsghdr *nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
					 SOCK_DIAG_BY_FAMILY, sizeof(struct packet_diag_msg),
					 NLM_F_MULTI);
	struct packet_diag_msg *msg;

	BUILD_BUG_ON(sizeof(po->mclist->addr) !=
		     sizeof(((struct packet_diag_mclist *)0)->pdmc_addr));
	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	*msg = (struct packet_diag_msg){ .pdiag_family = AF_PACKET,
					 .pdiag_type = (u8)sk->sk_type,
					 .pdiag_num = ntohs(po->num),
					 .pdiag_ino = sock_i_ino(sk) };
	sock_diag_save_cookie(sk, msg->pdiag_cookie);
	if (((show & PACKET_SHOW_INFO) && put_info(skb, po)) ||
	    ((show & PACKET_SHOW_MCLIST) && put_mclist(skb, po)) ||
	    ((show & PACKET_SHOW_RING_CFG) && put_rings(skb, po)) ||
	    ((show & PACKET_SHOW_FANOUT) && put_fanout(skb, po)) ||
	    ((show & PACKET_SHOW_MEMINFO) && sock_diag_put_meminfo(sk, skb, PACKET_DIAG_MEMINFO)) ||
	    ((show & PACKET_SHOW_FILTER) && put_filter(skb, sk))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* ---- the dump ---- */

/* The oldest comes first. args[0]: the number of the last that was told. What is too long for a
 * whole buffer is told without its lists. */
static int packet_diag_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct packet_diag_req *req = nlmsg_data(cb->nlh);
	struct net *net = sock_diag_net(cb->skb);
	struct sock *sk;

	rtnl_lock(); /* a socket leaves, and its memberships change, under RTNL */
	sk_for_each(sk, &net->packet.sklist) {
		u64 number = pkt_sk(sk)->number;

		if (number <= (u64)cb->args[0])
			continue;
		if (fill(skb, sk, cb, req->pdiag_show) &&
		    (skb->len || fill(skb, sk, cb, PACKET_SHOW_INFO)))
			break;
		cb->args[0] = (long)number;
	}
	rtnl_unlock();
	return (int)skb->len;
}

static int packet_diag_request(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .dump = packet_diag_dump };
	const struct packet_diag_req *req = nlmsg_data(nlh);

	if (nlmsg_len(nlh) < (int)sizeof(*req) || req->sdiag_protocol)
		return -EINVAL;
	if (!(nlh->nlmsg_flags & NLM_F_DUMP))
		return -EOPNOTSUPP;
	return netlink_dump_start(skb, nlh, &control, NULL);
}

static const struct sock_diag_handler packet_diag_handler = { .family = AF_PACKET,
							      .dump = packet_diag_request };

void packet_diag_init(void)
{
	sock_diag_register(&packet_diag_handler);
}
