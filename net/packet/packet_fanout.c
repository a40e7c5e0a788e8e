/* SPDX-License-Identifier: MIT */
/* Packet sockets that share what comes: of a group (PACKET_FANOUT) each frame goes to one member, by the hash of its flow, in
 * turn, by chance or as a program says. packet(7). */
#include <kernel/random.h>
#include <net/filter.h>
#include <net/if_vlan.h>
#include <net/ip.h>
#include <wire/eth.h>
#include <wire/ip.h>

#include "packet_internal.h"

#define FANOUT_FLAGS                                                                                                  \
	(PACKET_FANOUT_FLAG_ROLLOVER | PACKET_FANOUT_FLAG_UNIQUEID | PACKET_FANOUT_FLAG_IGNORE_OUTGOING | \
	 PACKET_FANOUT_FLAG_DEFRAG)
#define FANOUT_ROOM  256 /* members, where nobody says how many */
#define FANOUT_MOST  65536u

/* Changes under RTNL with softirqs off; read in softirqs. */
struct packet_fanout {
	struct net *net;
	struct packet_type prot_hook; /* in the list of handlers while there are members that listen */
	struct sk_filter *prog;	      /* PACKET_FANOUT_CBPF; NULL: the first */
	u16 id;
	u8 type;
	u16 flags;
	unsigned int users;	   /* sockets of the group, those whose device is down among them */
	unsigned int num, room;	   /* members that listen; how many there may be */
	unsigned int turn;	   /* PACKET_FANOUT_LB */
	struct packet_sock *arr[]; /* the first num */
};

/* ---- whose frame it is ---- */

u32 packet_flow_hash(const struct sk_buff *skb, u32 seed)
{
	u32 addrs = 0, ports = 0, proto = skb->protocol;
	struct iphdr _iph;
	const struct iphdr *iph;
	int off = skb_network_offset(skb);
	__be16 _ports[2];
	const __be16 *p;

	if (skb->protocol == htons(ETH_P_IP)) {
		iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
		if (iph && iph->ihl >= 5) {
			addrs = (__force u32)iph->saddr ^ (__force u32)iph->daddr;
			proto = iph->protocol;
			p = NULL;
			if ((proto == 6 || proto == 17) && !(iph->frag_off & htons(0x3fff))) /* no fragment has ports alone */
				p = skb_header_pointer(skb, off + iph->ihl * 4, sizeof(_ports), _ports);
			if (p)
				ports = (u32)(p[0] ^ p[1]);
		}
	}
	return max(jhash_3words(addrs, ports, proto, seed), 1u);
}

bool packet_has_room(const struct packet_sock *po)
{
	const struct packet_ring *r = po->rx_ring;

	if (r && po->tp_version == TPACKET_V3)
		return packet_blocks_free(r, r->v3.active);
	if (r)
		return ring_status(po, ring_frame(r, r->head)) == TP_STATUS_KERNEL;
	return sk_rmem_alloc_get(&po->sk) < po->sk.sk_rcvbuf;
}

/* The next member from @idx on that has room; @idx itself, if none has. */
static unsigned int roll_over(const struct packet_fanout *f, unsigned int idx)
{
	unsigned int i;

	for (i = 0; i < f->num; i++) {
		struct packet_sock *po = f->arr[(idx + i) % f->num];

		if (!packet_has_room(po))
			continue;
		if (i)
			f->arr[idx]->rollover.tp_all++;
		return (idx + i) % f->num;
	}
	f->arr[idx]->rollover.tp_failed++;
	return idx;
}

static unsigned int demux(struct packet_fanout *f, const struct sk_buff *skb)
{
	switch (f->type) {
	case PACKET_FANOUT_LB: return f->turn++ % f->num;
	case PACKET_FANOUT_RND: return get_random_below(f->num);
	case PACKET_FANOUT_CBPF: return f->prog ? sk_run_filter(skb, f->prog->insns) % f->num : 0;
	case PACKET_FANOUT_HASH: return (unsigned int)(((u64)packet_flow_hash(skb, f->id) * f->num) >> 32);
	default: return 0; /* one processor, one queue; PACKET_FANOUT_ROLLOVER begins with the first */
	}
}

/* PACKET_FANOUT_FLAG_DEFRAG: all fragments of a datagram go to one member, as the datagram. NULL: it is not whole yet. */
static struct sk_buff *defrag(const struct packet_fanout *f, struct sk_buff *skb)
{
	struct vlan_skb_cb tag = *VLAN_SKB_CB(skb);

	skb = ip_check_defrag(f->net, skb, IP_DEFRAG_AF_PACKET);
	if (skb && skb->vlan_present)
		*VLAN_SKB_CB(skb) = tag; /* which lay where the fragments' offsets did */
	return skb;
}

/* The handler of packet_types for the whole group. */
static int packet_rcv_fanout(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
			     struct net_device *orig_dev)
{
	struct packet_fanout *f = pt->af_packet_priv;
	struct packet_sock *po;
	unsigned int idx;

	if (dev_net(dev) != f->net || !f->num ||
	    ((f->flags & PACKET_FANOUT_FLAG_IGNORE_OUTGOING) && skb->pkt_type == PACKET_OUTGOING)) {
		consume_skb(skb);
		return 0;
	}
	if (f->flags & PACKET_FANOUT_FLAG_DEFRAG) {
		skb = defrag(f, skb);
		if (!skb)
			return 0;
	}
	idx = demux(f, skb);
	if (f->type == PACKET_FANOUT_ROLLOVER || (f->flags & PACKET_FANOUT_FLAG_ROLLOVER))
		idx = roll_over(f, idx);
	po = f->arr[idx];
	return po->prot_hook.func(skb, dev, &po->prot_hook, orig_dev);
}

/* ---- members ---- */

void packet_fanout_link(struct packet_sock *po)
{
	struct packet_fanout *f = po->fanout;

	local_bh_disable();
	f->arr[f->num++] = po;
	local_bh_enable();
	if (f->num == 1)
		dev_add_pack(&f->prot_hook);
}

void packet_fanout_unlink(struct packet_sock *po)
{
	struct packet_fanout *f = po->fanout;
	unsigned int i;

	local_bh_disable();
	for (i = 0; i < f->num && f->arr[i] != po; i++)
		;
	if (!WARN_ON_ONCE(i == f->num))
		f->arr[i] = f->arr[--f->num];
	local_bh_enable();
	if (!f->num)
		dev_remove_pack(&f->prot_hook);
}

void packet_fanout_release(struct packet_sock *po)
{
	struct packet_fanout *f = po->fanout;

	po->fanout = NULL;
	if (!f || --f->users)
		return;
	kfree(f->prog);
	kfree(f);
}

static struct packet_fanout *fanout_find(struct net *net, u16 id)
{
	struct sock *sk; /* a group ends with its last socket: each is some socket's */

	sk_for_each(sk, &net->packet.sklist)
		if (pkt_sk(sk)->fanout && pkt_sk(sk)->fanout->id == id)
			return pkt_sk(sk)->fanout;
	return NULL;
}

/* An id that no group has; PACKET_FANOUT_FLAG_UNIQUEID. False: there is none. */
static bool fanout_new_id(struct net *net, u16 *id)
{
	unsigned int tries;

	for (tries = 0; tries < 65536; tries++, (*id)++)
		if (!fanout_find(net, *id))
			return true;
	return false;
}

static struct packet_fanout *fanout_new(const struct packet_sock *po, const struct fanout_args *args, u16 flags)
{
	unsigned int room = args->max_num_members ? args->max_num_members : FANOUT_ROOM;
	struct packet_fanout *f;

	if (room > FANOUT_MOST)
		return ERR_PTR(-EINVAL);
	f = kzalloc(sizeof(*f) + room * sizeof(f->arr[0]), GFP_KERNEL);
	if (!f)
		return ERR_PTR(-ENOMEM);
	f->net = sock_net(&po->sk);
	f->id = args->id;
	f->type = (u8)args->type_flags;
	f->flags = flags;
	f->room = room;
	f->prot_hook.type = po->prot_hook.type;
	f->prot_hook.dev = po->prot_hook.dev;
	f->prot_hook.func = packet_rcv_fanout;
	f->prot_hook.af_packet_priv = f;
	return f;
}

/* May @po, which listens, become a member of @f? 0, -EINVAL, -ENOSPC. */
static int fanout_admits(const struct packet_fanout *f, const struct packet_sock *po, const struct fanout_args *args,
			 u16 flags)
{
	if (f->flags != flags || (args->max_num_members && args->max_num_members != f->room))
		return -EINVAL;
	if (f->type != (u8)args->type_flags || f->prot_hook.type != po->prot_hook.type ||
	    f->prot_hook.dev != po->prot_hook.dev)
		return -EINVAL;
	return f->users < f->room ? 0 : -ENOSPC;
}

/* RTNL and sock held. */
static int fanout_add(struct packet_sock *po, struct fanout_args *args)
{
	u16 flags = args->type_flags & 0xff00;
	u8 type = (u8)args->type_flags;
	struct net *net = sock_net(&po->sk);
	struct packet_fanout *f;
	int err;

	if (type > PACKET_FANOUT_CBPF || (flags & ~FANOUT_FLAGS) ||
	    (type == PACKET_FANOUT_ROLLOVER && (flags & PACKET_FANOUT_FLAG_ROLLOVER)))
		return -EINVAL;
	if (po->fanout)
		return -EALREADY;
	if (flags & PACKET_FANOUT_FLAG_UNIQUEID) {
		if (args->id)
			return -EINVAL;
		if (!fanout_new_id(net, &args->id))
			return -ENOMEM;
		flags = (u16)(flags & ~PACKET_FANOUT_FLAG_UNIQUEID); /* others may join by the id */
	}
	if (!po->running)
		return -EINVAL;
	f = fanout_find(net, args->id);
	if (!f)
		f = fanout_new(po, args, flags);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	err = fanout_admits(f, po, args, flags);
	if (err) {
		if (!f->users)
			kfree(f);
		return err;
	}
	packet_unhook(po);
	f->users++;
	po->fanout = f;
	packet_hook(po);
	return 0;
}

/* ---- options ---- */

int packet_set_fanout(struct packet_sock *po, sockptr_t optval, unsigned int optlen)
{
	struct fanout_args args = { 0 };
	int err;

	if (optlen != sizeof(int) && optlen != sizeof(args))
		return -EINVAL;
	if (copy_from_sockptr(&args, optval, optlen))
		return -EFAULT;
	rtnl_lock();
	lock_sock(&po->sk);
	err = fanout_add(po, &args);
	release_sock(&po->sk);
	rtnl_unlock();
	return err;
}

int packet_set_fanout_data(struct packet_sock *po, sockptr_t optval, unsigned int optlen)
{
	struct sk_filter *prog;
	unsigned int len;
	sockptr_t insns;
	int err;

	if (!po->fanout || po->fanout->type != PACKET_FANOUT_CBPF)
		return -EINVAL;
	if (sock_flag(&po->sk, SOCK_FILTER_LOCKED))
		return -EPERM;
	err = sk_copy_fprog(optval, optlen, &len, &insns);
	if (err)
		return err;
	prog = sk_filter_create(len, insns);
	if (IS_ERR(prog))
		return (int)PTR_ERR(prog);
	local_bh_disable();
	swap(prog, po->fanout->prog);
	local_bh_enable();
	kfree(prog);
	return 0;
}

int packet_get_fanout(const struct packet_sock *po)
{
	const struct packet_fanout *f = po->fanout;

	return f ? f->id | (int)f->type << 16 | (int)((u32)f->flags << 16) : 0;
}
