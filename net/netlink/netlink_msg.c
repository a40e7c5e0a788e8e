/* SPDX-License-Identifier: MIT */
/* Netlink messages on their way: from a task to the kernel, from the kernel to tasks, to one port
 * or to a group. Book section 12.11.2; netlink(7). */
#include <kernel/err.h>
#include <kernel/sched.h>
#include <net/filter.h>

#include "netlink_internal.h"

/* ---- into a socket's queue ---- */

/* A message was lost: the reader learns it once, and again after it has read its queue empty. */
static void netlink_overrun(struct sock *sk)
{
	struct netlink_sock *nlk = nlk_sk(sk);

	if (!nlk_has(nlk, NETLINK_F_RECV_NO_ENOBUFS) && !nlk->congested) {
		nlk->congested = true;
		sk->sk_err = ENOBUFS;
		sk->sk_error_report(sk);
	}
	atomic_inc(&sk->sk_drops);
}

static bool netlink_has_room(const struct sock *sk)
{
	return sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf && !nlk_sk(sk)->congested;
}

/* The skb's memory is @sk's, and it waits there for the reader. */
static void netlink_queue(struct sock *sk, struct sk_buff *skb)
{
	skb_set_owner_r(skb, sk);
	skb_queue_tail(&sk->sk_receive_queue, skb);
	sk->sk_data_ready(sk);
}

/* A sender that may wait does, until @sk's reader has made room. 0, -EAGAIN, -EINTR, -ECONNREFUSED.
 */
static int netlink_wait_room(struct sock *sk, struct sock *ssk, bool nonblock)
{
	long timeo = sock_sndtimeo(ssk, nonblock || ssk->sk_kern_sock);

	while (!netlink_has_room(sk)) {
		DEFINE_WAIT(wait);

		if (!timeo) {
			if (netlink_is_kernel(ssk))
				netlink_overrun(sk);
			return -EAGAIN;
		}
		if (sock_flag(sk, SOCK_DEAD))
			return -ECONNREFUSED;
		if (signal_pending(current))
			return sock_intr_errno(timeo);
		prepare_to_wait(&nlk_sk(sk)->wait, &wait, TASK_INTERRUPTIBLE);
		if (!netlink_has_room(sk) && !sock_flag(sk, SOCK_DEAD))
			timeo = schedule_timeout(timeo);
		finish_wait(&nlk_sk(sk)->wait, &wait);
	}
	return 0;
}

/* To the kernel's part of a family: its input function, in the sender's context. */
static int netlink_unicast_kernel(struct sock *sk, struct sk_buff *skb, struct sock *ssk)
{
	int len = (int)skb->len;

	skb_set_owner_r(skb, sk);
	NETLINK_CB(skb).sk = ssk;
	nlk_sk(sk)->netlink_rcv(skb);
	consume_skb(skb);
	return len;
}

/* To a socket of ring 3's. */
static int netlink_unicast_user(struct sock *sk, struct sk_buff *skb, struct sock *ssk,
				bool nonblock)
{
	int len = (int)skb->len, err;

	if (nlk_sk(sk)->connected && nlk_sk(sk)->dst_portid != nlk_sk(ssk)->portid) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
		return -ECONNREFUSED;
	}
	if (sk_filter_trim_cap(sk, skb, 1)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_FILTER);
		return len;
	}
	err = netlink_wait_room(sk, ssk, nonblock);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
		return err;
	}
	netlink_queue(sk, skb);
	return len;
}

int netlink_unicast(struct sock *ssk, struct sk_buff *skb, u32 portid, bool nonblock)
{
	struct sock *sk = netlink_lookup(sock_net(ssk), ssk->sk_protocol, portid);
	int rc;

	if (!sk) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
		return -ECONNREFUSED;
	}
	rc = netlink_is_kernel(sk) ? netlink_unicast_kernel(sk, skb, ssk)
				   : netlink_unicast_user(sk, skb, ssk, nonblock);
	sock_put(sk);
	return rc;
}

/* ---- to a group ---- */

/* One member's copy. 0, or -ENOBUFS: it was lost, and the member told. */
static int netlink_deliver(struct sock *sk, struct sk_buff *skb, gfp_t gfp)
{
	struct sk_buff *copy;

	if (sk_rmem_alloc_get(sk) > sk->sk_rcvbuf || nlk_sk(sk)->congested) {
		netlink_overrun(sk);
		return -ENOBUFS;
	}
	copy = skb_clone(skb, gfp);
	if (!copy) {
		netlink_overrun(sk);
		return -ENOBUFS;
	}
	if (sk_filter_trim_cap(sk, copy, 1))
		kfree_skb_reason(copy, SKB_DROP_REASON_SOCKET_FILTER);
	else
		netlink_queue(sk, copy);
	return 0;
}

int netlink_broadcast(struct sock *ssk, struct sk_buff *skb, u32 exclude, u32 group, gfp_t gfp)
{
	struct net *net = sock_net(ssk);
	bool delivered = false, failed = false;
	struct sock *sk;

	NETLINK_CB(skb).dst_group = group;
	spin_lock_bh(&net->netlink.lock);
	hlist_for_each_entry(sk, &netlink_table(net, ssk->sk_protocol)->members, sk_bind_node) {
		if (sk == ssk || nlk_sk(sk)->portid == exclude ||
		    !netlink_in_group(nlk_sk(sk), group))
			continue;
		if (!netlink_deliver(sk, skb, GFP_ATOMIC))
			delivered = true;
		else if (nlk_has(nlk_sk(sk), NETLINK_F_BROADCAST_ERROR))
			failed = true;
	}
	spin_unlock_bh(&net->netlink.lock);
	consume_skb(skb);
	if (failed)
		return -ENOBUFS;
	return delivered ? 0 : -ESRCH;
}

void netlink_set_err(struct sock *ssk, u32 exclude, u32 group, int code)
{
	struct net *net = sock_net(ssk);
	struct sock *sk;

	spin_lock_bh(&net->netlink.lock);
	hlist_for_each_entry(sk, &netlink_table(net, ssk->sk_protocol)->members, sk_bind_node) {
		if (sk == ssk || nlk_sk(sk)->portid == exclude ||
		    !netlink_in_group(nlk_sk(sk), group) ||
		    (code == ENOBUFS && nlk_has(nlk_sk(sk), NETLINK_F_RECV_NO_ENOBUFS)))
			continue;
		sk->sk_err = code;
		sk->sk_error_report(sk);
	}
	spin_unlock_bh(&net->netlink.lock);
}

int nlmsg_notify(struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group, bool report,
		 gfp_t gfp)
{
	int err = 0, rc;

	if (group) {
		u32 exclude = 0;

		if (report) {
			skb_get(skb);
			exclude = portid;
		}
		err = netlink_broadcast(ssk, skb, exclude, group, gfp);
		if (err == -ESRCH)
			err = 0;
	}
	if (!report) {
		if (!group)
			consume_skb(skb);
		return err;
	}
	NETLINK_CB(skb).dst_group = 0;
	rc = netlink_unicast(ssk, skb, portid, true);
	return rc < 0 && !err ? rc : err;
}

/* ---- sendmsg ---- */

/* Where to: the message's name, or connect's. 0 or -errno. */
static int netlink_find_dest(struct netlink_sock *nlk, const struct kmsghdr *msg, u32 *portid,
			     u32 *group)
{
	const struct sockaddr_nl *addr = msg->msg_name;

	*portid = nlk->dst_portid;
	*group = nlk->dst_group;
	if (!msg->msg_namelen || !addr)
		return 0;
	if (msg->msg_namelen < (int)sizeof(*addr) || addr->nl_family != AF_NETLINK)
		return -EINVAL;
	*portid = addr->nl_pid;
	*group = (u32)__builtin_ffs((int)addr->nl_groups);
	return 0;
}

int netlink_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct netlink_sock *nlk = nlk_sk(sk);
	struct sk_buff *skb;
	u32 portid, group;
	int err;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (!len)
		return -ENODATA;
	err = netlink_find_dest(nlk, msg, &portid, &group);
	if (!err)
		err = netlink_autobind(sk);
	if (err)
		return err;
	if (len > (size_t)(sk->sk_sndbuf - 32))
		return -EMSGSIZE;
	skb = alloc_skb((unsigned int)len, GFP_KERNEL);
	if (!skb)
		return -ENOBUFS;
	NETLINK_CB(skb) = (struct netlink_skb_parms){ .portid = nlk->portid,
						      .dst_group = group,
						      .pid = current->pid };
	if (copy_from_iter(skb_put(skb, (unsigned int)len), len, &msg->msg_iter) != len) {
		kfree_skb(skb);
		return -EFAULT;
	}
	if (group) {
		skb_get(skb);
		netlink_broadcast(sk, skb, portid, group, GFP_KERNEL);
		NETLINK_CB(skb).dst_group = 0;
	}
	return netlink_unicast(sk, skb, portid, (msg->msg_flags & MSG_DONTWAIT) != 0);
}

/* ---- recvmsg ---- */

/* The reader has made room: its queue is empty, so what it lost is behind it, and senders may go
 * on. */
static void netlink_rcv_wake(struct sock *sk)
{
	if (skb_queue_empty(&sk->sk_receive_queue))
		nlk_sk(sk)->congested = false;
	if (!nlk_sk(sk)->congested)
		wake_up_interruptible(&nlk_sk(sk)->wait);
}

static void netlink_put_cmsgs(struct sock *sk, struct kmsghdr *msg, const struct sk_buff *skb)
{
	if (nlk_has(nlk_sk(sk), NETLINK_F_RECV_PKTINFO)) {
		struct nl_pktinfo info = { .group = NETLINK_CB(skb).dst_group };

		put_cmsg(msg, SOL_NETLINK, NETLINK_PKTINFO, sizeof(info), &info);
	}
	if (sock_flag(sk, SOCK_PASSCRED)) {
		struct ucred cred = { .pid = NETLINK_CB(skb).pid };

		put_cmsg(msg, SOL_SOCKET, SCM_CREDENTIALS, sizeof(cred), &cred);
	}
}

int netlink_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct netlink_sock *nlk = nlk_sk(sk);
	struct sk_buff *skb;
	size_t copied;
	int err, rc;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	skb = skb_recv_datagram(sk, (unsigned int)flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	nlk->max_recvmsg_len = min_t(size_t, max(nlk->max_recvmsg_len, len), 32768);
	copied = min_t(size_t, skb->len, len);
	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, 0, &msg->msg_iter, (int)copied);
	if (err)
		goto out;
	if (msg->msg_name) {
		*(struct sockaddr_nl *)msg->msg_name = (struct sockaddr_nl){
			.nl_family = AF_NETLINK,
			.nl_pid = NETLINK_CB(skb).portid,
			.nl_groups = netlink_group_mask(NETLINK_CB(skb).dst_group)
		};
		msg->msg_namelen = sizeof(struct sockaddr_nl);
	}
	netlink_put_cmsgs(sk, msg, skb);
	err = flags & MSG_TRUNC ? (int)skb->len : (int)copied;
out:
	skb_free_datagram(sk, skb);
	if (nlk->cb_running && sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf / 2) {
		rc = netlink_dump(sk);
		if (rc) {
			sk->sk_err = -rc;
			sk->sk_error_report(sk);
		}
	}
	netlink_rcv_wake(sk);
	return err;
}
