/* SPDX-License-Identifier: MIT */
/* Netlink sockets: families, ports and groups; creating, binding, connecting, ending. Book section
 * 12.11.2; netlink(7). */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <kernel/seq_file.h>

#include "netlink_internal.h"

/* ---- ports ---- */

static struct hlist_head *netlink_chain(struct netlink_table *table, u32 portid)
{
	return &table->ports[(portid ^ portid >> 16) % NL_PORT_HASH];
}

/* Lock held. */
static struct sock *__netlink_lookup(struct netlink_table *table, u32 portid)
{
	struct sock *sk;

	sk_for_each(sk, netlink_chain(table, portid))
		if (nlk_sk(sk)->portid == portid)
			return sk;
	return NULL;
}

struct sock *netlink_lookup(struct net *net, int family, u32 portid)
{
	struct sock *sk;

	spin_lock_bh(&net->netlink.lock);
	sk = __netlink_lookup(netlink_table(net, family), portid);
	if (sk)
		sock_hold(sk);
	spin_unlock_bh(&net->netlink.lock);
	return sk;
}

/* The socket gets @portid. 0, -EADDRINUSE, -EBUSY: it has one. */
static int netlink_insert(struct sock *sk, u32 portid)
{
	struct netlink_table *table = netlink_table(sock_net(sk), sk->sk_protocol);
	struct netlink_sock *nlk = nlk_sk(sk);
	int err = 0;

	spin_lock_bh(&sock_net(sk)->netlink.lock);
	if (nlk->bound) {
		err = nlk->portid == portid ? 0 : -EBUSY;
	} else if (__netlink_lookup(table, portid)) {
		err = -EADDRINUSE;
	} else {
		nlk->portid = portid;
		nlk->bound = true;
		sk_add_node(sk, netlink_chain(table, portid));
	}
	spin_unlock_bh(&sock_net(sk)->netlink.lock);
	return err;
}

/* netlink_autobind - the task's number, as everybody expects; those who have more sockets get
 * numbers from the upper half. 0 or -errno. */
int netlink_autobind(struct sock *sk)
{
	u32 portid = (u32)current->pid;
	int err;

	if (nlk_sk(sk)->bound)
		return 0;
	while ((err = netlink_insert(sk, portid)) == -EADDRINUSE)
		portid = (u32)-4097 - get_random_below(1u << 30);
	return err == -EBUSY ? 0 : err; /* another task has bound it meanwhile */
}

/* ---- groups ---- */

/* The bitmap grows to what the family has. Context: process. */
static int netlink_alloc_groups(struct sock *sk)
{
	const struct netlink_table *table = netlink_table(sock_net(sk), sk->sk_protocol);
	struct netlink_sock *nlk = nlk_sk(sk);

	if (!table->registered)
		return -ENOENT;
	if (nlk->groups)
		return 0;
	nlk->groups =
		kcalloc(DIV_ROUND_UP(table->cfg.groups, BITS_PER_LONG), sizeof(long), GFP_KERNEL);
	if (!nlk->groups)
		return -ENOMEM;
	nlk->ngroups = table->cfg.groups;
	return 0;
}

/* Lock held: the bit, and the socket's place among the members. */
static void netlink_set_group(struct sock *sk, unsigned int group, bool on)
{
	struct netlink_table *table = netlink_table(sock_net(sk), sk->sk_protocol);
	struct netlink_sock *nlk = nlk_sk(sk);
	unsigned long bit = 1ul << (group - 1) % BITS_PER_LONG;

	nlk->groups[(group - 1) / BITS_PER_LONG] ^= bit;
	nlk->subscriptions += on ? 1u : -1u;
	if (on && nlk->subscriptions == 1)
		hlist_add_head(&sk->sk_bind_node, &table->members);
	else if (!on && !nlk->subscriptions)
		hlist_del_init(&sk->sk_bind_node);
}

int netlink_join(struct sock *sk, unsigned int group, bool on)
{
	struct net *net = sock_net(sk);
	struct netlink_table *table = netlink_table(net, sk->sk_protocol);
	int err = netlink_alloc_groups(sk);

	if (err)
		return err;
	if (!group || group > nlk_sk(sk)->ngroups)
		return -EINVAL;
	if (netlink_in_group(nlk_sk(sk), group) == on)
		return 0;
	if (on && table->cfg.bind) {
		err = table->cfg.bind(net, (int)group);
		if (err)
			return err;
	}
	spin_lock_bh(&net->netlink.lock);
	netlink_set_group(sk, group, on);
	spin_unlock_bh(&net->netlink.lock);
	if (!on && table->cfg.unbind)
		table->cfg.unbind(net, (int)group);
	return 0;
}

/* bind's word on the first 32 groups: these and no others of them. */
static int netlink_set_groups(struct sock *sk, u32 mask)
{
	struct netlink_sock *nlk = nlk_sk(sk);
	unsigned int group;
	int err = netlink_alloc_groups(sk);

	for (group = 1; !err && group <= min(nlk->ngroups, 32u); group++)
		err = netlink_join(sk, group, mask & netlink_group_mask(group));
	return err;
}

static void netlink_leave_all(struct sock *sk)
{
	unsigned int group;

	for (group = 1; group <= nlk_sk(sk)->ngroups; group++)
		netlink_join(sk, group, false);
}

bool netlink_has_listeners(struct sock *sk, unsigned int group)
{
	struct net *net = sock_net(sk);
	struct sock *member;
	bool found = false;

	spin_lock_bh(&net->netlink.lock);
	hlist_for_each_entry(member, &netlink_table(net, sk->sk_protocol)->members, sk_bind_node)
		found |= netlink_in_group(nlk_sk(member), group);
	spin_unlock_bh(&net->netlink.lock);
	return found;
}

/* ---- addresses ---- */

static int netlink_bind(struct socket *sock, struct sockaddr *addr, int addr_len)
{
	const struct sockaddr_nl *nladdr = (const struct sockaddr_nl *)addr;
	struct netlink_sock *nlk = nlk_sk(sock->sk);
	int err;

	if (addr_len < (int)sizeof(*nladdr) || nladdr->nl_family != AF_NETLINK)
		return -EINVAL;
	if (nlk->bound && nladdr->nl_pid != nlk->portid)
		return -EINVAL;
	err = nladdr->nl_pid ? netlink_insert(sock->sk, nladdr->nl_pid)
			     : netlink_autobind(sock->sk);
	if (err || (!nladdr->nl_groups && !nlk->groups))
		return err;
	return netlink_set_groups(sock->sk, nladdr->nl_groups);
}

static int netlink_connect(struct socket *sock, struct sockaddr *addr, int alen, int flags)
{
	const struct sockaddr_nl *nladdr = (const struct sockaddr_nl *)addr;
	struct netlink_sock *nlk = nlk_sk(sock->sk);
	int err;

	if (alen < (int)sizeof(addr->sa_family))
		return -EINVAL;
	if (addr->sa_family == AF_UNSPEC) {
		nlk->connected = false;
		nlk->dst_portid = nlk->dst_group = 0;
		return 0;
	}
	if (addr->sa_family != AF_NETLINK || alen < (int)sizeof(*nladdr))
		return -EINVAL;
	err = netlink_autobind(sock->sk);
	if (err)
		return err;
	nlk->connected = true;
	nlk->dst_portid = nladdr->nl_pid;
	nlk->dst_group = (u32)__builtin_ffs((int)nladdr->nl_groups);
	return 0;
}

static int netlink_getname(struct socket *sock, struct sockaddr *addr, int peer)
{
	const struct netlink_sock *nlk = nlk_sk(sock->sk);
	struct sockaddr_nl *nladdr = (struct sockaddr_nl *)addr;

	*nladdr = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	if (peer) {
		nladdr->nl_pid = nlk->dst_portid;
		nladdr->nl_groups = netlink_group_mask(nlk->dst_group);
	} else {
		nladdr->nl_pid = nlk->portid;
		nladdr->nl_groups = nlk->groups ? (u32)nlk->groups[0] : 0;
	}
	return sizeof(*nladdr);
}

/* ---- life ---- */

static void netlink_sock_destruct(struct sock *sk)
{
	struct netlink_sock *nlk = nlk_sk(sk);

	netlink_dump_end(nlk);
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	kfree(nlk->groups);
	WARN_ON_ONCE(atomic_read(&sk->sk_rmem_alloc));
}

static int netlink_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;
	netlink_leave_all(sk);
	spin_lock_bh(&sock_net(sk)->netlink.lock);
	sk_del_node_init(sk);
	spin_unlock_bh(&sock_net(sk)->netlink.lock);
	sock_orphan(sk);
	sock->sk = NULL;
	wake_up_interruptible_all(&nlk_sk(sk)->wait);
	sock_put(sk);
	return 0;
}

static int netlink_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	return -ENOIOCTLCMD;
}

static const struct proto_ops netlink_ops = {
	.family = PF_NETLINK,
	.release = netlink_release,
	.bind = netlink_bind,
	.connect = netlink_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = netlink_getname,
	.poll = datagram_poll,
	.ioctl = netlink_ioctl,
	.listen = sock_no_listen,
	.shutdown = sock_no_shutdown,
	.setsockopt = netlink_setsockopt,
	.getsockopt = netlink_getsockopt,
	.sendmsg = netlink_sendmsg,
	.recvmsg = netlink_recvmsg,
};

static struct proto netlink_prot = { .name = "NETLINK", .obj_size = sizeof(struct netlink_sock) };

static int __netlink_create(struct net *net, struct socket *sock, int protocol, bool kern)
{
	struct sock *sk = sk_alloc(net, PF_NETLINK, GFP_KERNEL, &netlink_prot, kern);

	if (!sk)
		return -ENOMEM;
	sock->ops = &netlink_ops;
	sock_init_data(sock, sk);
	mutex_init(&nlk_sk(sk)->cb_mutex);
	init_waitqueue_head(&nlk_sk(sk)->wait);
	sk->sk_destruct = netlink_sock_destruct;
	sk->sk_protocol = (u8)protocol;
	return 0;
}

static int netlink_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	sock->state = SS_UNCONNECTED;
	if (sock->type != SOCK_RAW && sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol < 0 || protocol >= MAX_LINKS || !netlink_table(net, protocol)->registered)
		return -EPROTONOSUPPORT;
	return __netlink_create(net, sock, protocol, kern);
}

struct sock *netlink_kernel_create(struct net *net, int unit, const struct netlink_kernel_cfg *cfg)
{
	struct netlink_table *table;
	struct socket *sock;
	struct sock *sk;

	if (unit < 0 || unit >= MAX_LINKS || netlink_table(net, unit)->registered ||
	    sock_create_lite(PF_NETLINK, SOCK_DGRAM, unit, &sock))
		return NULL;
	if (__netlink_create(net, sock, unit, true)) {
		sock_release(sock);
		return NULL;
	}
	sk = sock->sk;
	nlk_sk(sk)->netlink_rcv = cfg->input;
	table = netlink_table(net, unit);
	table->cfg = *cfg;
	table->cfg.groups = max(cfg->groups, 32u);
	table->kernel = sk;
	table->registered = true;
	WARN_ON(netlink_insert(sk, 0));
	return sk;
}

void netlink_kernel_release(struct sock *sk)
{
	struct netlink_table *table = netlink_table(sock_net(sk), sk->sk_protocol);

	table->registered = false;
	table->kernel = NULL;
	sock_release(sk->sk_socket);
}

/* ---- /proc/net/netlink ---- */

static void netlink_show_sock(struct seq_file *m, const struct sock *sk)
{
	const struct netlink_sock *nlk = nlk_sk(sk);

	seq_printf(m, "%016lx %-3d %-10u %08x %-8d %-8d %-5d %-8d %-8d %-8lu\n", 0ul,
		   sk->sk_protocol, nlk->portid, nlk->groups ? (u32)nlk->groups[0] : 0,
		   sk_rmem_alloc_get(sk), sk_wmem_alloc_get(sk), nlk->cb_running,
		   atomic_read(&sk->sk_refcnt), atomic_read(&sk->sk_drops),
		   sk->sk_socket && !sk->sk_kern_sock
			   ? (unsigned long)SOCK_INODE(sk->sk_socket)->i_ino
			   : 0ul);
}

static int netlink_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct sock *sk;
	int family, i;

	seq_puts(m, "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    "
		    "Drops    Inode\n");
	spin_lock_bh(&net->netlink.lock);
	for (family = 0; family < MAX_LINKS; family++)
		for (i = 0; i < NL_PORT_HASH; i++)
			sk_for_each(sk, &netlink_table(net, family)->ports[i])
				netlink_show_sock(m, sk);
	spin_unlock_bh(&net->netlink.lock);
	return 0;
}

static int netlink_net_init(struct net *net)
{
	spin_lock_init_rank(&net->netlink.lock, LOCK_RANK_NETLINK);
	net->netlink.tables = kcalloc(MAX_LINKS, sizeof(struct netlink_table), GFP_KERNEL);
	if (!net->netlink.tables)
		return -ENOMEM;
	netlink_table(net, NETLINK_USERSOCK)->registered = true; /* tasks among themselves */
	netlink_table(net, NETLINK_USERSOCK)->cfg.groups = 32;
	return 0;
}

static void netlink_net_exit(struct net *net)
{
	kfree(net->netlink.tables);
}

static struct pernet_operations netlink_net_ops = { .init = netlink_net_init,
						    .exit = netlink_net_exit };
static const struct net_proto_family netlink_family = { .family = PF_NETLINK,
							.create = netlink_create };

void netlink_init(void)
{
	if (register_pernet_subsys(&netlink_net_ops) || proto_register(&netlink_prot, true) ||
	    sock_register(&netlink_family))
		pr_err("cannot add AF_NETLINK\n");
	proc_create("net/netlink", netlink_show, NULL, NULL);
}
