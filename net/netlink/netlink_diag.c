/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_NETLINK: those that have a port, then those that have joined a group without one.
 */
#include <net/sock_diag.h>
#include <uapi/netlink_diag.h>

#include "netlink_internal.h"

#define NETLINK_CONNECTED 1 /* what Linux tells as the state */

/* ---- what is told; lock held ---- */

static int put_groups(struct sk_buff *skb, const struct netlink_sock *nlk)
{
	size_t size = DIV_ROUND_UP(nlk->ngroups, BITS_PER_LONG) * sizeof(long);

	return nlk->groups ? nla_put(skb, NETLINK_DIAG_GROUPS, (int)size, nlk->groups) : 0;
}

static int put_flags(struct sk_buff *skb, const struct netlink_sock *nlk)
{
	static const struct {
		int ours;
		u32 theirs;
	} flags[] = {
		{ NETLINK_F_RECV_PKTINFO, NDIAG_FLAG_PKTINFO },
		{ NETLINK_F_BROADCAST_ERROR, NDIAG_FLAG_BROADCAST_ERROR },
		{ NETLINK_F_RECV_NO_ENOBUFS, NDIAG_FLAG_NO_ENOBUFS },
		{ NETLINK_F_LISTEN_ALL_NSID, NDIAG_FLAG_LISTEN_ALL_NSID },
		{ NETLINK_F_CAP_ACK, NDIAG_FLAG_CAP_ACK },
	};
	u32 told = nlk->cb_running ? NDIAG_FLAG_CB_RUNNING : 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (nlk_has(nlk, flags[i].ours))
			told |= flags[i].theirs;
	return nla_put_u32(skb, NETLINK_DIAG_FLAGS, told);
}

static int fill(struct sk_buff *skb, struct sock *sk, const struct netlink_callback *cb, u32 show)
{
	const struct netlink_sock *nlk = nlk_sk(sk);
	struct nlmsghdr *nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
					 SOCK_DIAG_BY_FAMILY, sizeof(struct netlink_diag_msg),
					 NLM_F_MULTI);
	struct netlink_diag_msg *msg;

	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	*msg = (struct netlink_diag_msg){ .ndiag_family = AF_NETLINK,
					  .ndiag_type = (u8)sk->sk_type,
					  .ndiag_protocol = sk->sk_protocol,
					  .ndiag_state = nlk->connected ? NETLINK_CONNECTED
									: sk->sk_state,
					  .ndiag_portid = nlk->portid,
					  .ndiag_dst_portid = nlk->dst_portid,
					  .ndiag_dst_group = nlk->dst_group,
					  .ndiag_ino = netlink_is_kernel(sk) ? 0 : sock_i_ino(sk) };
	sock_diag_save_cookie(sk, msg->ndiag_cookie);
	if (((show & NDIAG_SHOW_GROUPS) && put_groups(skb, nlk)) ||
	    ((show & NDIAG_SHOW_MEMINFO) && sock_diag_put_meminfo(sk, skb, NETLINK_DIAG_MEMINFO)) ||
	    ((show & NDIAG_SHOW_FLAGS) && put_flags(skb, nlk))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* ---- the dump: where it goes on is family, chain, place in the chain (args 0 to 2) ---- */

/* One of @sk's kind in its chain: told, unless it was. false: no room. */
static bool tell(struct sk_buff *skb, struct sock *sk, struct netlink_callback *cb, long place)
{
	const struct netlink_diag_req *req = nlmsg_data(cb->nlh);

	if (place < cb->args[2])
		return true;
	if (fill(skb, sk, cb, req->ndiag_show))
		return false;
	cb->args[2] = place + 1;
	return true;
}

/* The chain args[1] of @table; the one behind the last is the members without a port. */
static bool dump_chain(struct sk_buff *skb, struct netlink_callback *cb,
		       struct netlink_table *table)
{
	struct sock *sk;
	long place = 0;

	if (cb->args[1] < NL_PORT_HASH) {
		sk_for_each(sk, &table->ports[cb->args[1]])
			if (!tell(skb, sk, cb, place++))
				return false;
		return true;
	}
	hlist_for_each_entry(sk, &table->members, sk_bind_node)
		if (!nlk_sk(sk)->bound && !tell(skb, sk, cb, place++))
			return false;
	return true;
}

static bool dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		       struct netlink_table *table)
{
	for (; cb->args[1] <= NL_PORT_HASH; cb->args[1]++, cb->args[2] = 0)
		if (!dump_chain(skb, cb, table))
			return false;
	return true;
}

static int netlink_diag_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct netlink_diag_req *req = nlmsg_data(cb->nlh);
	struct net *net = sock_diag_net(cb->skb);
	bool all = req->sdiag_protocol == NDIAG_PROTO_ALL;

	if (!all && req->sdiag_protocol >= MAX_LINKS)
		return -ENOENT;
	spin_lock_bh(&net->netlink.lock);
	for (; cb->args[0] < MAX_LINKS; cb->args[0]++, cb->args[1] = 0) {
		if ((all || cb->args[0] == req->sdiag_protocol) &&
		    !dump_table(skb, cb, netlink_table(net, (int)cb->args[0])))
			break;
	}
	spin_unlock_bh(&net->netlink.lock);
	return (int)skb->len;
}

static int netlink_diag_request(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .dump = netlink_diag_dump };
	const struct netlink_diag_req *req = nlmsg_data(nlh);

	if (nlmsg_len(nlh) < (int)sizeof(*req))
		return -EINVAL;
	if (!(nlh->nlmsg_flags & NLM_F_DUMP))
		return -EOPNOTSUPP;
	return netlink_dump_start(skb, nlh, &control, NULL);
}

static const struct sock_diag_handler netlink_diag_handler = { .family = AF_NETLINK,
							       .dump = netlink_diag_request };

void netlink_diag_init(void)
{
	sock_diag_register(&netlink_diag_handler);
}
