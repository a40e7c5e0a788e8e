/* SPDX-License-Identifier: MIT */
/* Packet sockets: a handler of packet_types for each, which queues the frames a device receives and
 * sends. SOCK_RAW: with the link header; SOCK_DGRAM: without. packet(7). */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/seq_file.h>
#include <net/errqueue.h>
#include <net/filter.h>
#include <net/if_vlan.h>
#include <net/packet.h>
#include <uapi/sockios.h>
#include <uapi/tcp.h>

#include "packet_internal.h"

/* ---- receiving: from the device to the socket's queue ---- */

void packet_fill_sll(struct sockaddr_ll *sll, const struct sk_buff *skb, const struct packet_sock *po,
		     const struct net_device *dev, const struct net_device *orig_dev)
{
	*sll = (struct sockaddr_ll){ .sll_family = AF_PACKET,
				     .sll_protocol = skb->protocol,
				     .sll_ifindex = po->origdev ? orig_dev->ifindex : dev->ifindex,
				     .sll_hatype = dev->type,
				     .sll_pkttype = skb->pkt_type };
	if (dev->header_ops && dev->header_ops->parse && dev->addr_len <= sizeof(sll->sll_addr))
		sll->sll_halen = (unsigned char)dev->header_ops->parse(skb, sll->sll_addr);
}

void packet_fill_cb(struct sk_buff *skb, const struct packet_sock *po, const struct net_device *orig_dev,
		    unsigned int origlen)
{
	struct packet_skb_cb *cb = PACKET_SKB_CB(skb);
	u16 tci = skb_vlan_tci(skb), tpid = skb_vlan_proto(skb); /* they lie in skb->cb, too */

	BUILD_BUG_ON(sizeof(*cb) > sizeof(skb->cb));
	cb->origlen = origlen;
	cb->vlan_tci = tci;
	cb->vlan_tpid = tpid;
	packet_fill_sll(&cb->sll, skb, po, skb->dev, orig_dev);
}

/* A clone of its own, unless @skb is; @skb is consumed. Others share it as it was: @data, @len. */
static struct sk_buff *packet_own(struct sk_buff *skb, u8 *data, unsigned int len)
{
	struct sk_buff *own;

	if (!skb_shared(skb))
		return skb;
	own = skb_clone(skb, GFP_ATOMIC);
	skb->data = data;
	skb->len = len;
	consume_skb(skb);
	return own;
}

static void packet_queue(struct packet_sock *po, struct sk_buff *skb)
{
	struct sock *sk = &po->sk;

	skb_set_owner_r(skb, sk);
	skb->dev = NULL;
	skb_dst_drop(skb);
	po->packets++;
	skb_queue_tail(&sk->sk_receive_queue, skb);
	sk->sk_data_ready(sk);
}

/* The handler of packet_types: @skb is shared with other handlers, and looks as it did when we
 * return. */
int packet_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
		      struct net_device *orig_dev)
{
	struct packet_sock *po = pt->af_packet_priv;
	struct sock *sk = &po->sk;
	unsigned int len = skb->len, want;
	u8 *data = skb->data;

	if (!packet_is_for(po, skb, dev)) {
		consume_skb(skb);
		return 0;
	}
	skb->dev = dev;
	want = packet_look(sk, skb, dev);
	if (want && sk_rmem_alloc_get(sk) < sk->sk_rcvbuf) {
		unsigned int origlen = skb->len;

		skb = packet_own(skb, data, len);
		if (skb && !pskb_trim(skb, min(want, origlen))) {
			packet_fill_cb(skb, po, orig_dev, origlen);
			packet_queue(po, skb);
			return 0;
		}
	} else {
		skb->data = data;
		skb->len = len;
	}
	if (want) {
		po->drops++;
		atomic_inc(&sk->sk_drops);
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_RCVBUFF);
	} else {
		consume_skb(skb);
	}
	return 0;
}

/* The oldest report: SO_TIMESTAMPING's of what was sent, with the frame. */
static int packet_recv_errqueue(struct sock *sk, struct kmsghdr *msg, size_t len)
{
	struct sk_buff *skb = sock_err_dequeue(sk);
	int copied, err;

	if (!skb)
		return -EAGAIN;
	copied = (int)min_t(size_t, skb->len, len);
	if (copied < (int)skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, 0, &msg->msg_iter, copied);
	if (!err) {
		sock_recv_timestamp(msg, sk, skb);
		put_cmsg(msg, SOL_PACKET, PACKET_TX_TIMESTAMP, sizeof(SKB_EXT_ERR(skb)->ee), &SKB_EXT_ERR(skb)->ee);
		msg->msg_flags |= MSG_ERRQUEUE;
	}
	consume_skb(skb);
	return err ? err : copied;
}

static void packet_put_auxdata(struct kmsghdr *msg, const struct sk_buff *skb)
{
	const struct packet_skb_cb *cb = PACKET_SKB_CB(skb);
	struct tpacket_auxdata aux = {
		.tp_status = TP_STATUS_USER,
		.tp_len = cb->origlen,
		.tp_snaplen = skb->len,
		.tp_net = (u16)skb_network_offset(skb),
	};

	if (cb->vlan_tpid) {
		aux.tp_status |= TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID;
		aux.tp_vlan_tci = cb->vlan_tci;
		aux.tp_vlan_tpid = cb->vlan_tpid;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		aux.tp_status |= TP_STATUS_CSUMNOTREADY;
	else if (cb->sll.sll_pkttype != PACKET_OUTGOING && skb_csum_unnecessary(skb))
		aux.tp_status |= TP_STATUS_CSUM_VALID;
	put_cmsg(msg, SOL_PACKET, PACKET_AUXDATA, sizeof(aux), &aux);
}

static int packet_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct packet_skb_cb *cb;
	struct virtio_net_hdr vnet;
	struct sk_buff *skb;
	int copied, hlen = 0, err;

	if (flags & ~(MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_COMPAT | MSG_ERRQUEUE))
		return -EINVAL;
	if (flags & MSG_ERRQUEUE)
		return packet_recv_errqueue(sk, msg, len);
	skb = skb_recv_datagram(sk, (unsigned int)flags, flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	cb = PACKET_SKB_CB(skb);
	if (pkt_sk(sk)->has_vnet_hdr) {
		err = len < sizeof(vnet) ? -EINVAL : vnet_hdr_from_skb(&vnet, skb);
		if (!err && copy_to_iter(&vnet, sizeof(vnet), &msg->msg_iter) != sizeof(vnet))
			err = -EFAULT;
		if (err)
			goto out;
		hlen = sizeof(vnet);
		len -= sizeof(vnet);
	}
	copied = (int)min_t(size_t, skb->len, len);
	if (copied < (int)skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_iter(skb, 0, &msg->msg_iter, copied);
	if (err)
		goto out;
	sock_recv_cmsgs(msg, sk, skb);
	if (msg->msg_name) {
		memcpy(msg->msg_name, &cb->sll, sizeof(cb->sll));
		msg->msg_namelen = sizeof(cb->sll);
	}
	if (pkt_sk(sk)->auxdata)
		packet_put_auxdata(msg, skb);
	err = hlen + (flags & MSG_TRUNC ? (int)skb->len : copied);
out:
	skb_free_datagram(sk, skb);
	return err;
}

/* ---- which frames: the handler in the list ---- */

void packet_hook(struct packet_sock *po)
{
	if (po->running || !po->num)
		return;
	po->running = true;
	sock_hold(&po->sk);
	if (po->fanout)
		packet_fanout_link(po);
	else
		dev_add_pack(&po->prot_hook);
}

void packet_unhook(struct packet_sock *po)
{
	if (!po->running)
		return;
	po->running = false;
	if (po->fanout)
		packet_fanout_unlink(po);
	else
		dev_remove_pack(&po->prot_hook);
	sock_put(&po->sk);
}

/* From now on, @proto of @dev (NULL: of all). What it listens to already it goes on with, and is not told again that the
 * device is down. Takes over the reference to @dev. Sock locked. */
static void packet_do_bind(struct packet_sock *po, struct net_device *dev, __be16 proto)
{
	if (po->num == proto && po->prot_hook.dev == dev && po->ifindex == (dev ? dev->ifindex : 0)) {
		if (dev)
			dev_put(dev);
		return;
	}
	packet_unhook(po);
	if (po->prot_hook.dev)
		dev_put(po->prot_hook.dev);
	po->num = proto;
	po->ifindex = dev ? dev->ifindex : 0;
	po->prot_hook.type = proto;
	po->prot_hook.dev = dev;
	if (!dev || dev->flags & IFF_UP) {
		packet_hook(po);
	} else {
		po->sk.sk_err = ENETDOWN;
		po->sk.sk_error_report(&po->sk);
	}
}

static int packet_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	const struct sockaddr_ll *sll = (const struct sockaddr_ll *)uaddr;
	struct packet_sock *po = pkt_sk(sock->sk);
	struct net_device *dev = NULL;

	if (addr_len < (int)sizeof(*sll) || sll->sll_family != AF_PACKET)
		return -EINVAL;
	if (sll->sll_ifindex) {
		dev = dev_get_by_index(sock_net(sock->sk), sll->sll_ifindex);
		if (!dev)
			return -ENODEV;
	}
	lock_sock(sock->sk);
	if (po->fanout) { /* its group is of what it was bound to */
		if (dev)
			dev_put(dev);
		release_sock(sock->sk);
		return -EINVAL;
	}
	packet_do_bind(po, dev, sll->sll_protocol ? sll->sll_protocol : po->num);
	release_sock(sock->sk);
	return 0;
}

static int packet_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	const struct packet_sock *po = pkt_sk(sock->sk);
	const struct net_device *dev = po->prot_hook.dev;
	struct sockaddr_ll *sll = (struct sockaddr_ll *)uaddr;

	if (peer)
		return -EOPNOTSUPP;
	*sll = (struct sockaddr_ll){ .sll_family = AF_PACKET,
				     .sll_protocol = po->num,
				     .sll_ifindex = po->ifindex };
	if (dev) {
		sll->sll_hatype = dev->type;
		sll->sll_halen = min_t(u8, dev->addr_len, sizeof(sll->sll_addr));
		memcpy(sll->sll_addr, dev->dev_addr, sll->sll_halen);
	}
	return (int)offsetof(struct sockaddr_ll, sll_addr) + sll->sll_halen;
}

/* A device goes down, comes up or away: those who listen there are told. */
static void packet_dev_event(struct packet_sock *po, struct net_device *dev, unsigned long event)
{
	struct sock *sk = &po->sk;

	if (event == NETDEV_UNREGISTER)
		packet_dev_mclist_delete(dev, po);
	lock_sock(sk);
	if (po->prot_hook.dev == dev && event == NETDEV_UP) {
		packet_hook(po);
	} else if (po->prot_hook.dev == dev) {
		if (po->running) {
			packet_unhook(po);
			sk->sk_err = ENETDOWN;
			sk->sk_error_report(sk);
		}
		if (event == NETDEV_UNREGISTER) {
			po->ifindex = -1;
			po->prot_hook.dev = NULL;
			po->num = 0;
			dev_put(dev);
		}
	}
	release_sock(sk);
}

static int packet_notifier_call(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct sock *sk;

	/* RTNL is held, and a socket leaves the list under RTNL only. */
	if (event == NETDEV_UP || event == NETDEV_DOWN || event == NETDEV_UNREGISTER)
		sk_for_each(sk, &dev_net(dev)->packet.sklist)
			packet_dev_event(pkt_sk(sk), dev, event);
	return 0;
}

/* ---- life ---- */

static void packet_sock_destruct(struct sock *sk)
{
	skb_queue_purge_reason(&sk->sk_receive_queue, SKB_DROP_REASON_SOCKET_CLOSE);
	skb_queue_purge(&sk->sk_error_queue);
	WARN_ON_ONCE(atomic_read(&sk->sk_rmem_alloc) || atomic_read(&sk->sk_wmem_alloc));
}

static int packet_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct packet_sock *po;

	if (!sk)
		return 0;
	po = pkt_sk(sk);
	rtnl_lock();
	spin_lock_bh(&sock_net(sk)->packet.lock);
	sk_del_node_init(sk);
	spin_unlock_bh(&sock_net(sk)->packet.lock);
	packet_flush_mclist(po);
	lock_sock(sk);
	packet_unhook(po);
	packet_fanout_release(po);
	packet_free_rings(po);
	if (po->prot_hook.dev)
		dev_put(po->prot_hook.dev);
	po->prot_hook.dev = NULL;
	release_sock(sk);
	rtnl_unlock();
	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

static int packet_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	const struct sk_buff *skb;
	int amount = 0;

	switch (cmd) {
	case SIOCOUTQ: amount = sk_wmem_alloc_get(sk); break;
	case SIOCINQ:
		local_bh_disable();
		skb = skb_peek(&sk->sk_receive_queue);
		amount = skb ? (int)skb->len : 0;
		local_bh_enable();
		break;
	case SIOCADDRT:
	case SIOCDELRT:
	case SIOCGARP:
	case SIOCSARP:
	case SIOCDARP:
	case SIOCGIFADDR:
	case SIOCSIFADDR:
	case SIOCGIFBRDADDR:
	case SIOCSIFBRDADDR:
	case SIOCGIFNETMASK:
	case SIOCSIFNETMASK:
	case SIOCGIFDSTADDR:
	case SIOCSIFDSTADDR:
	case SIOCSIFFLAGS: return sock_family_ioctl(PF_INET, sock, cmd, arg);
	default: return -ENOIOCTLCMD;
	}
	return copy_to_sockptr(sock_ioctl_ptr(arg), &amount, sizeof(amount));
}

static const struct proto_ops packet_ops = {
	.family = PF_PACKET,
	.stamps = true,
	.release = packet_release,
	.bind = packet_bind,
	.connect = sock_no_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = packet_getname,
	.poll = packet_poll,
	.ioctl = packet_ioctl,
	.listen = sock_no_listen,
	.shutdown = sock_no_shutdown,
	.setsockopt = packet_setsockopt,
	.getsockopt = packet_getsockopt,
	.sendmsg = packet_sendmsg,
	.recvmsg = packet_recvmsg,
	.mmap = packet_mmap,
};

static struct proto packet_prot = { .name = "PACKET", .obj_size = sizeof(struct packet_sock) };

static int packet_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct packet_sock *po;
	struct sock *sk;

	if (sock->type != SOCK_DGRAM && sock->type != SOCK_RAW)
		return -ESOCKTNOSUPPORT;
	sock->state = SS_UNCONNECTED;
	sk = sk_alloc(net, PF_PACKET, GFP_KERNEL, &packet_prot, kern);
	if (!sk)
		return -ENOBUFS;
	sock->ops = &packet_ops;
	sock_init_data(sock, sk);
	sk->sk_destruct = packet_sock_destruct;
	po = pkt_sk(sk);
	po->prot_hook.func = packet_rcv;
	po->prot_hook.af_packet_priv = sk;
	mutex_init(&po->ring_lock);
	spin_lock_bh(&net->packet.lock);
	po->number = ++net->packet.created;
	sk_add_node_tail(sk, &net->packet.sklist);
	spin_unlock_bh(&net->packet.lock);
	lock_sock(sk);
	packet_do_bind(po, NULL, (__be16)protocol);
	release_sock(sk);
	return 0;
}

/* /proc/net/packet */
static int packet_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct sock *sk;

	seq_puts(m, "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n");
	spin_lock_bh(&net->packet.lock);
	sk_for_each(sk, &net->packet.sklist)
		seq_printf(m, "%016lx %-6d %-4d %04x   %-5d %1d %-6d %-6u %-6lu\n", 0ul,
			   atomic_read(&sk->sk_refcnt), sk->sk_type, ntohs(pkt_sk(sk)->num),
			   pkt_sk(sk)->ifindex, pkt_sk(sk)->running, sk_rmem_alloc_get(sk), 0u,
			   sk->sk_socket ? (unsigned long)SOCK_INODE(sk->sk_socket)->i_ino : 0ul);
	spin_unlock_bh(&net->packet.lock);
	return 0;
}

static int packet_net_init(struct net *net)
{
	spin_lock_init_rank(&net->packet.lock, LOCK_RANK_HASH);
	INIT_HLIST_HEAD(&net->packet.sklist);
	return 0;
}

static struct pernet_operations packet_net_ops = { .init = packet_net_init };
static struct notifier_block packet_notifier = { .notifier_call = packet_notifier_call };
static const struct net_proto_family packet_family = { .family = PF_PACKET,
						       .create = packet_create };

void packet_init(void)
{
	register_pernet_subsys(&packet_net_ops);
	if (proto_register(&packet_prot, true) || sock_register(&packet_family) ||
	    register_netdevice_notifier(&packet_notifier))
		pr_err("cannot add AF_PACKET\n");
	packet_diag_init();
	proc_create("net/packet", packet_show, NULL, NULL);
}
