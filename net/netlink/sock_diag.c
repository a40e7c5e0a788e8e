/* SPDX-License-Identifier: MIT */
/* NETLINK_SOCK_DIAG: each request to the address family it is about, and what all families tell of
 * a socket alike. sock_diag(7). */
#include <kernel/printk.h>
#include <net/sock_diag.h>
#include <uapi/inet_diag.h>
#include <uapi/tcp.h>

#include "netlink_internal.h"

static const struct sock_diag_handler *sock_diag_handlers[AF_MAX];
static int (*sock_diag_compat)(struct sk_buff *skb, struct nlmsghdr *nlh);

void sock_diag_register(const struct sock_diag_handler *h)
{
	WARN_ON(sock_diag_handlers[h->family]);
	sock_diag_handlers[h->family] = h;
}

void sock_diag_register_compat(int (*rcv)(struct sk_buff *skb, struct nlmsghdr *nlh))
{
	sock_diag_compat = rcv;
}

/* ---- requests ---- */

static int sock_diag_by_family(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	const struct sock_diag_req *req = nlmsg_data(nlh);
	const struct sock_diag_handler *h;

	if (nlmsg_len(nlh) < (int)sizeof(*req) || req->sdiag_family >= AF_MAX)
		return -EINVAL;
	h = sock_diag_handlers[req->sdiag_family];
	if (!h)
		return -ENOENT;
	if (nlh->nlmsg_type == SOCK_DIAG_BY_FAMILY)
		return h->dump(skb, nlh);
	return h->destroy ? h->destroy(skb, nlh) : -EOPNOTSUPP;
}

static int sock_diag_rcv_msg(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	switch (nlh->nlmsg_type) {
	case TCPDIAG_GETSOCK:
	case DCCPDIAG_GETSOCK: return sock_diag_compat ? sock_diag_compat(skb, nlh) : -EOPNOTSUPP;
	case SOCK_DIAG_BY_FAMILY:
	case SOCK_DESTROY: return sock_diag_by_family(skb, nlh);
	default: return -EINVAL;
	}
}

static void sock_diag_rcv(struct sk_buff *skb)
{
	netlink_rcv_skb(skb, sock_diag_rcv_msg);
}

struct net *sock_diag_net(const struct sk_buff *skb)
{
	return sock_net(NETLINK_CB(skb).sk);
}

int sock_diag_unicast(struct sk_buff *in_skb, struct sk_buff *rep)
{
	int rc = netlink_unicast(sock_diag_net(in_skb)->netlink.diag, rep,
				 NETLINK_CB(in_skb).portid, true);

	return rc < 0 ? rc : 0;
}

/* ---- what all families tell ---- */

u32 sock_i_ino(const struct sock *sk)
{
	return sk->sk_socket ? (u32)SOCK_INODE(sk->sk_socket)->i_ino : 0;
}

void sock_diag_save_cookie(struct sock *sk, u32 *cookie)
{
	u64 c = sock_gen_cookie(sk);

	cookie[0] = (u32)c;
	cookie[1] = (u32)(c >> 32);
}

int sock_diag_check_cookie(struct sock *sk, const u32 *cookie)
{
	u64 c;

	if (cookie[0] == INET_DIAG_NOCOOKIE && cookie[1] == INET_DIAG_NOCOOKIE)
		return 0;
	c = sock_gen_cookie(sk);
	return (u32)c == cookie[0] && (u32)(c >> 32) == cookie[1] ? 0 : -ESTALE;
}

int sock_diag_put_meminfo(struct sock *sk, struct sk_buff *skb, int attr)
{
	u32 mem[SK_MEMINFO_VARS];

	sock_meminfo(sk, mem);
	return nla_put(skb, attr, sizeof(mem), mem);
}

int sock_diag_destroy(struct sock *sk, int err)
{
	return sk->sk_prot->diag_destroy ? sk->sk_prot->diag_destroy(sk, err) : -EOPNOTSUPP;
}

/* ---- sockets that were destroyed are told to groups ---- */

#define DESTROYED_ROOM                                                                      \
	(NLMSG_SPACE(sizeof(struct inet_diag_msg)) + NLA_HDRLEN + NLA_ALIGN(sizeof(u8)) +   \
	 NLA_HDRLEN + NLA_ALIGN(sizeof(struct tcp_info)))
#define DESTROYED_BATCH 64 /* socks told of in one turn of the softirq */

static enum sknetlink_groups destroy_group(const struct sock *sk)
{
	if (sk->sk_family != AF_INET)
		return SKNLGRP_NONE;
	if (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP)
		return SKNLGRP_INET_TCP_DESTROY;
	if (sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_UDP)
		return SKNLGRP_INET_UDP_DESTROY;
	return SKNLGRP_NONE;
}

/* netns_core.sk_destroyed: the sock waits, with nobody's hands on it, for a softirq of its own, as its
 * last reference may have gone under any lock. */
static bool sock_diag_destroyed(struct sock *sk)
{
	enum sknetlink_groups group = destroy_group(sk);
	struct netns_netlink *nl = &sock_net(sk)->netlink;

	if (group == SKNLGRP_NONE || sk->sk_kern_sock || !nl->destroy_listeners[group])
		return false;
	local_bh_disable();
	list_add_tail(&sk->sk_all_node, &nl->destroyed);
	tasklet_schedule(&nl->destroyed_tasklet);
	local_bh_enable();
	return true;
}

static void tell_destroyed(struct sock *sk)
{
	const struct sock_diag_handler *h = sock_diag_handlers[sk->sk_family];
	struct sk_buff *skb = h && h->get_info ? alloc_skb(DESTROYED_ROOM, GFP_ATOMIC) : NULL;

	if (!skb)
		return;
	if (WARN_ON_ONCE(h->get_info(skb, sk)))
		consume_skb(skb);
	else
		netlink_broadcast(sock_net(sk)->netlink.diag, skb, 0, destroy_group(sk),
				  GFP_ATOMIC);
}

static void destroyed_action(unsigned long data)
{
	struct netns_netlink *nl = &((struct net *)data)->netlink;
	unsigned int left = DESTROYED_BATCH;
	struct sock *sk;

	for (; left && !list_empty(&nl->destroyed); left--) {
		sk = list_first_entry(&nl->destroyed, struct sock, sk_all_node);
		list_del_init(&sk->sk_all_node);
		tell_destroyed(sk);
		sk_destruct(sk);
	}
	if (!list_empty(&nl->destroyed))
		tasklet_schedule(&nl->destroyed_tasklet);
}

static void destroy_listens(struct net *net, int group, int inc)
{
	struct netns_netlink *nl = &net->netlink;
	unsigned int i, all = 0;

	if (group > SKNLGRP_MAX)
		return;
	nl->destroy_listeners[group] += (unsigned int)inc;
	for (i = 0; i <= SKNLGRP_MAX; i++)
		all += nl->destroy_listeners[i];
	net->core.sk_destroyed = all ? sock_diag_destroyed : NULL;
}

static int sock_diag_bind(struct net *net, int group)
{
	destroy_listens(net, group, 1);
	return 0;
}

static void sock_diag_unbind(struct net *net, int group)
{
	destroy_listens(net, group, -1);
}

/* ---- life ---- */

static int sock_diag_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .groups = SKNLGRP_MAX,
					  .input = sock_diag_rcv,
					  .bind = sock_diag_bind,
					  .unbind = sock_diag_unbind };

	INIT_LIST_HEAD(&net->netlink.destroyed);
	tasklet_init(&net->netlink.destroyed_tasklet, destroyed_action, (unsigned long)net);
	net->netlink.diag = netlink_kernel_create(net, NETLINK_SOCK_DIAG, &cfg);
	return net->netlink.diag ? 0 : -ENOMEM;
}

static void sock_diag_net_exit(struct net *net)
{
	tasklet_kill(&net->netlink.destroyed_tasklet);
	WARN_ON(!list_empty(&net->netlink.destroyed)); /* each of them holds the namespace */
	netlink_kernel_release(net->netlink.diag);
	net->netlink.diag = NULL;
}

static struct pernet_operations sock_diag_net_ops = { .init = sock_diag_net_init,
						      .exit = sock_diag_net_exit };

void sock_diag_init(void)
{
	if (register_pernet_subsys(&sock_diag_net_ops))
		pr_err("cannot add NETLINK_SOCK_DIAG\n");
	netlink_diag_init();
}
