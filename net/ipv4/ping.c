/* SPDX-License-Identifier: MIT */
/* Ping sockets: SOCK_DGRAM with IPPROTO_ICMP sends echo requests; the identifier is the port, and
 * replies come back by it. icmp(7). */
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/ip.h>
#include <net/protocol.h>
#include <uapi/tcp.h>
#include "ipv4_internal.h"

#define PING_HTABLE_SIZE 64u

struct ping_table {
	spinlock_t lock;
	struct hlist_head hash[PING_HTABLE_SIZE]; /* by identifier */
};

static struct hlist_head *ping_bucket(struct net *net, u16 ident)
{
	return &net->ipv4.ping_table->hash[ident & (PING_HTABLE_SIZE - 1)];
}

/* @strict: even a socket that would share it counts. */
static bool ping_taken(struct sock *sk, u16 ident, bool strict)
{
	struct sock *other;

	sk_for_each(other, ping_bucket(sock_net(sk), ident))
		if (other->sk_num == ident && other != sk &&
		    (strict || !other->sk_reuse || !sk->sk_reuse))
			return true;
	return false;
}

static int ping_get_port(struct sock *sk, unsigned short ident)
{
	struct ping_table *t = sock_net(sk)->ipv4.ping_table;
	int tries = 65536, err = -EADDRINUSE;
	u16 next = (u16)get_random_u32();

	spin_lock_bh(&t->lock);
	if (ident && ping_taken(sk, ident, false))
		goto out;
	while (!ident && tries--) {
		if (++next && !ping_taken(sk, next, true))
			ident = next;
	}
	if (!ident)
		goto out;
	inet_sk(sk)->inet_num = ident;
	sk_add_node(sk, ping_bucket(sock_net(sk), ident));
	err = 0;
out:
	spin_unlock_bh(&t->lock);
	return err;
}

static void ping_unhash(struct sock *sk)
{
	struct ping_table *t = sock_net(sk)->ipv4.ping_table;

	spin_lock_bh(&t->lock);
	if (sk_del_node_init(sk)) {
		inet_sk(sk)->inet_num = 0;
		inet_sk(sk)->inet_sport = 0;
	}
	spin_unlock_bh(&t->lock);
}

/* The socket with the identifier, bound to @local or to no address. Context: softirqs off. */
static struct sock *ping_lookup(struct net *net, u16 ident, __be32 local, int dif)
{
	struct sock *sk;

	sk_for_each(sk, ping_bucket(net, ident))
		if (sk->sk_num == ident && (!sk->sk_rcv_saddr || sk->sk_rcv_saddr == local) &&
		    (!sk->sk_bound_dev_if || sk->sk_bound_dev_if == dif))
			return sk;
	return NULL;
}

bool ping_rcv(struct sk_buff *skb)
{
	struct sock *sk = ping_lookup(dev_net(skb->dev), ntohs(icmp_hdr(skb)->un.echo.id),
				      ip_hdr(skb)->daddr, skb->dev->ifindex);
	struct sk_buff *copy = sk ? skb_clone(skb, GFP_ATOMIC) : NULL;

	if (!copy)
		return false;
	skb_push(copy, (unsigned int)(copy->data - skb_transport_header(copy)));
	ipv4_pktinfo_prepare(sk, copy);
	if (sock_queue_rcv_skb(sk, copy))
		kfree_skb_reason(copy, SKB_DROP_REASON_SOCKET_RCVBUFF);
	return true;
}

void ping_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct icmphdr *inner = (struct icmphdr *)(skb->data + iph->ihl * 4u);
	u8 type = icmp_hdr(skb)->type, code = icmp_hdr(skb)->code;
	struct net *net = dev_net(skb->dev);
	bool hard = false;
	int err = EHOSTUNREACH;
	struct sock *sk;

	sk = inner->type == ICMP_ECHO
		     ? ping_lookup(net, ntohs(inner->un.echo.id), iph->saddr, skb->dev->ifindex)
		     : NULL;
	if (!sk)
		return;
	if (type == ICMP_SOURCE_QUENCH)
		return;
	if (type == ICMP_REDIRECT) {
		ipv4_redirect(skb, net, sk->sk_bound_dev_if, IPPROTO_ICMP);
		return;
	}
	if (type == ICMP_PARAMETERPROB) {
		err = EPROTO;
		hard = true;
	} else if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED) {
		ipv4_sk_update_pmtu(skb, sk, info);
		if (inet_sk(sk)->pmtudisc == IP_PMTUDISC_DONT)
			return;
		err = EMSGSIZE;
		hard = true;
	} else if (type == ICMP_DEST_UNREACH && code <= NR_ICMP_UNREACH) {
		err = icmp_err_convert[code].errno_val;
		hard = icmp_err_convert[code].fatal;
	}
	if (inet_sk(sk)->recverr)
		ip_icmp_error(sk, skb, err, 0, info, (u8 *)inner);
	else if (!hard || sk->sk_state != TCP_ESTABLISHED)
		return;
	sk->sk_err = err;
	sk->sk_error_report(sk);
}

/* ---- sending ---- */

/* The header with our identifier, and the checksum over all. */
static void ping_finish(struct sock *sk, struct sk_buff *skb, const struct icmphdr *user)
{
	unsigned int off = (unsigned int)skb_transport_offset(skb);
	struct icmphdr *icmph = icmp_hdr(skb);

	*icmph = (struct icmphdr){ .type = ICMP_ECHO,
				   .un.echo.id = inet_sk(sk)->inet_sport,
				   .un.echo.sequence = user->un.echo.sequence };
	skb->ip_summed = CHECKSUM_NONE;
	icmph->checksum = csum_fold(skb_checksum(skb, (int)off, (int)(skb->len - off), 0));
	icmp_out_count(sock_net(sk), ICMP_ECHO);
}

static int ping_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	const struct sockaddr_in *sin = msg->msg_name;
	struct icmphdr user;
	struct sk_buff *skb;
	struct ip_dest d;
	int err;

	if (len > 0xffff)
		return -EMSGSIZE;
	if (len < sizeof(user))
		return -EINVAL;
	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (copy_from_iter(&user, sizeof(user), &msg->msg_iter) != sizeof(user))
		return -EFAULT;
	if (user.type != ICMP_ECHO || user.code != 0)
		return -EINVAL;
	if (sin && msg->msg_namelen < (int)sizeof(*sin))
		return -EINVAL;
	if (sin && sin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	err = ip_dest_find(sk, msg, 0, &d);
	if (!err) {
		skb = ip_make_skb(sk, &d.fl4, ip_generic_getfrag, msg, (int)len, sizeof(user),
				  &d.ipc, &d.rt, msg->msg_flags);
		if (IS_ERR(skb)) {
			err = (int)PTR_ERR(skb);
		} else if (skb) {
			ping_finish(sk, skb, &user);
			err = ip_send_skb(sock_net(sk), skb);
		}
	}
	ip_dest_put(&d);
	return err ? err : (int)len;
}

/* All processes here are of group 0. */
static int ping_init_sock(struct sock *sk)
{
	const int *range = sock_net(sk)->ipv4.sysctl_ping_group_range;

	return range[0] <= 0 && range[1] >= 0 && range[0] <= range[1] ? 0 : -EACCES;
}

static int ping_disconnect(struct sock *sk, int flags)
{
	lock_sock(sk);
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		ping_unhash(sk);
	release_sock(sk);
	return ip_datagram_disconnect(sk, flags);
}

static void ping_close(struct sock *sk, long timeout)
{
	sk_common_release(sk);
}

struct proto ping_prot = {
	.name = "PING",
	.init = ping_init_sock,
	.close = ping_close,
	.connect = ip4_datagram_connect,
	.disconnect = ping_disconnect,
	.setsockopt = ip_setsockopt,
	.getsockopt = ip_getsockopt,
	.sendmsg = ping_sendmsg,
	.recvmsg = ip_datagram_recvmsg,
	.unhash = ping_unhash,
	.get_port = ping_get_port,
	.obj_size = sizeof(struct inet_sock),
};

void ping_for_each(struct net *net, void (*fn)(struct sock *sk, void *arg), void *arg)
{
	struct ping_table *t = net->ipv4.ping_table;
	struct sock *sk;
	unsigned int i;

	spin_lock_bh(&t->lock);
	for (i = 0; i < PING_HTABLE_SIZE; i++)
		sk_for_each(sk, &t->hash[i])
			fn(sk, arg);
	spin_unlock_bh(&t->lock);
}

static int ping_net_init(struct net *net)
{
	net->ipv4.ping_table = kzalloc(sizeof(struct ping_table), GFP_KERNEL);
	if (!net->ipv4.ping_table)
		return -ENOMEM;
	spin_lock_init_rank(&net->ipv4.ping_table->lock, LOCK_RANK_HASH);
	return 0;
}

static void ping_net_exit(struct net *net)
{
	kfree(net->ipv4.ping_table);
	net->ipv4.ping_table = NULL;
}

static struct pernet_operations ping_net_ops = { .init = ping_net_init, .exit = ping_net_exit };
static struct inet_protosw ping_protosw = { .type = SOCK_DGRAM,
					    .protocol = IPPROTO_ICMP,
					    .prot = &ping_prot,
					    .ops = &inet_sockraw_ops,
					    .flags = INET_PROTOSW_REUSE };

void ping_init(void)
{
	register_pernet_subsys(&ping_net_ops);
	if (proto_register(&ping_prot, true))
		pr_err("cannot add PING\n");
	inet_register_protosw(&ping_protosw);
}
