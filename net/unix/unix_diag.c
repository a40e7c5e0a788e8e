/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_UNIX: one socket by its inode, or all in order of creation. sock_diag(7). */
#include <net/sock_diag.h>
#include <uapi/unix_diag.h>

#include "unix_internal.h"

#define ANSWER_ROOM 512u  /* bytes that hold what is told of one, but for who waits at a listener \
			   */
#define ANSWER_MOST 4096u /* as Linux: a listener with more than this does not fit */
#define ROOT_DEV    1	  /* the one file system's number, as stat(2) tells it */

/* ---- what is told; lock held ---- */

static int put_name(struct sk_buff *skb, const struct unix_address *addr)
{
	return addr ? nla_put(skb, UNIX_DIAG_NAME, addr->len - UNIX_PATH_AT, addr->name.sun_path)
		    : 0;
}

static int put_vfs(struct sk_buff *skb, const struct inode *inode)
{
	struct unix_diag_vfs v = { .udiag_vfs_dev = ROOT_DEV };

	if (!inode)
		return 0;
	v.udiag_vfs_ino = (u32)inode->i_ino;
	return nla_put(skb, UNIX_DIAG_VFS, sizeof(v), &v);
}

static int put_peer(struct sk_buff *skb, const struct sock *peer)
{
	return peer ? nla_put_u32(skb, UNIX_DIAG_PEER, sock_i_ino(peer)) : 0;
}

/* Who has connected and waits: the other ends of the sockets in a listener's queue. */
static int put_connecting(struct sk_buff *skb, const struct sock *sk)
{
	struct nlattr *attr;
	struct sk_buff *conn;
	u32 *ino;

	if (sk->sk_state != TCP_LISTEN || skb_queue_empty(&sk->sk_receive_queue))
		return 0;
	attr = nla_reserve(skb, UNIX_DIAG_ICONS, (int)(sk->sk_receive_queue.qlen * sizeof(u32)));
	if (!attr)
		return -EMSGSIZE;
	ino = nla_data(attr);
	skb_queue_walk(&sk->sk_receive_queue, conn) {
		const struct sock *peer = unix_sk(conn->sk)->peer;

		*ino++ = peer ? sock_i_ino(peer) : 0;
	}
	return 0;
}

static int put_queues(struct sk_buff *skb, struct sock *sk)
{
	struct unix_diag_rqlen rql;

	if (sk->sk_state == TCP_LISTEN)
		rql = (struct unix_diag_rqlen){ sk->sk_receive_queue.qlen, sk->sk_max_ack_backlog };
	else
		rql = (struct unix_diag_rqlen){ (u32)unix_inq_len(sk), (u32)sk_wmem_alloc_get(sk) };
	return nla_put(skb, UNIX_DIAG_RQLEN, sizeof(rql), &rql);
}

static int put_attributes(struct sk_buff *skb, struct sock *sk, u32 show)
{
	const struct unix_sock *u = unix_sk(sk);

	if (((show & UDIAG_SHOW_NAME) && put_name(skb, u->addr)) ||
	    ((show & UDIAG_SHOW_VFS) && put_vfs(skb, u->inode)) ||
	    ((show & UDIAG_SHOW_PEER) && put_peer(skb, u->peer)) ||
	    ((show & UDIAG_SHOW_ICONS) && put_connecting(skb, sk)) ||
	    ((show & UDIAG_SHOW_RQLEN) && put_queues(skb, sk)) ||
	    ((show & UDIAG_SHOW_MEMINFO) && sock_diag_put_meminfo(sk, skb, UNIX_DIAG_MEMINFO)) ||
	    nla_put_u8(skb, UNIX_DIAG_SHUTDOWN, sk->sk_shutdown))
		return -EMSGSIZE;
	/* there is one user */
	return show & UDIAG_SHOW_UID ? nla_put_u32(skb, UNIX_DIAG_UID, 0) : 0;
}

/* 0 or -EMSGSIZE. Lock held. */
static int fill(struct sk_buff *skb, struct sock *sk, const struct sk_buff *in,
		const struct nlmsghdr *req, u32 show, int flags)
{
	struct nlmsghdr *nlh = nlmsg_put(skb, NETLINK_CB(in).portid, req->nlmsg_seq,
					 SOCK_DIAG_BY_FAMILY, sizeof(struct unix_diag_msg), flags);
	struct unix_diag_msg *msg;

	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	*msg = (struct unix_diag_msg){ .udiag_family = AF_UNIX,
				       .udiag_type = (u8)sk->sk_type,
				       .udiag_state = sk->sk_state,
				       .udiag_ino = sock_i_ino(sk) };
	sock_diag_save_cookie(sk, msg->udiag_cookie);
	if (put_attributes(skb, sk, show)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* ---- a dump ---- */

/* args[0]: the number of the last that was told, so that none is told twice or left out when others
 * come and go between two buffers. A listener with more callers than a buffer holds is told without
 * them. */
static int unix_diag_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct netns_unix *un = &sock_diag_net(cb->skb)->unx;
	const struct unix_diag_req *req = nlmsg_data(cb->nlh);
	u32 short_show = req->udiag_show & ~(u32)UDIAG_SHOW_ICONS;
	struct sock *sk;

	spin_lock(&un->lock);
	list_for_each_entry(sk, &un->all, sk_all_node) {
		if (unix_sk(sk)->number <= (u64)cb->args[0])
			continue;
		if (!(req->udiag_states & (1u << sk->sk_state)) || !sock_i_ino(sk))
			continue; /* without an inode: closed, or not accepted yet */
		if (fill(skb, sk, cb->skb, cb->nlh, req->udiag_show, NLM_F_MULTI) &&
		    (skb->len || fill(skb, sk, cb->skb, cb->nlh, short_show, NLM_F_MULTI)))
			break;
		cb->args[0] = (long)unix_sk(sk)->number;
	}
	spin_unlock(&un->lock);
	return (int)skb->len;
}

/* ---- one socket ---- */

static struct sock *find(struct net *net, u32 ino)
{
	struct sock *sk;

	spin_lock(&net->unx.lock);
	list_for_each_entry(sk, &net->unx.all, sk_all_node) {
		if (sock_i_ino(sk) == ino) {
			sock_hold(sk);
			spin_unlock(&net->unx.lock);
			return sk;
		}
	}
	spin_unlock(&net->unx.lock);
	return NULL;
}

/* The answer about @sk in an skb of the size that it needs. ERR_PTR(-ENOMEM, -EMSGSIZE). */
static struct sk_buff *answer(struct sk_buff *in, const struct nlmsghdr *nlh, struct sock *sk)
{
	const struct unix_diag_req *req = nlmsg_data(nlh);
	struct sk_buff *rep;
	unsigned int room;
	int err;

	for (room = ANSWER_ROOM; room <= ANSWER_MOST; room *= 2) {
		rep = nlmsg_new(room, GFP_KERNEL);
		if (!rep)
			return ERR_PTR(-ENOMEM);
		unix_lock(sk);
		err = fill(rep, sk, in, nlh, req->udiag_show, 0);
		unix_unlock(sk);
		if (!err)
			return rep;
		consume_skb(rep);
	}
	return ERR_PTR(-EMSGSIZE);
}

static int unix_diag_get_exact(struct sk_buff *in, const struct nlmsghdr *nlh)
{
	const struct unix_diag_req *req = nlmsg_data(nlh);
	struct sk_buff *rep;
	struct sock *sk;
	int err;

	if (!req->udiag_ino)
		return -EINVAL;
	sk = find(sock_diag_net(in), req->udiag_ino);
	if (!sk)
		return -ENOENT;
	err = sock_diag_check_cookie(sk, req->udiag_cookie);
	if (!err) {
		rep = answer(in, nlh, sk);
		err = IS_ERR(rep) ? (int)PTR_ERR(rep) : sock_diag_unicast(in, rep);
	}
	sock_put(sk);
	return err;
}

static int unix_diag_request(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .dump = unix_diag_dump };

	if (nlmsg_len(nlh) < (int)sizeof(struct unix_diag_req))
		return -EINVAL;
	if (nlh->nlmsg_flags & NLM_F_DUMP)
		return netlink_dump_start(skb, nlh, &control, NULL);
	return unix_diag_get_exact(skb, nlh);
}

static const struct sock_diag_handler unix_diag_handler = { .family = AF_UNIX,
							    .dump = unix_diag_request };

void unix_diag_init(void)
{
	sock_diag_register(&unix_diag_handler);
}
