/* SPDX-License-Identifier: MIT */
/* What the files of net/packet share. */
#ifndef PACKET_INTERNAL_H
#define PACKET_INTERNAL_H

#include <net/netdevice.h>
#include <net/sock.h>
#include <uapi/if_packet.h>

struct packet_mclist { /* what a socket asked of a device's receive filter */
	struct packet_mclist *next;
	int ifindex, count;
	u16 type, alen; /* PACKET_MR_x */
	u8 addr[MAX_ADDR_LEN];
};

struct packet_sock {
	struct sock sk; /* must be first */
	struct packet_type prot_hook;
	u64 number;   /* [I] of the namespace's sockets, in order of creation, from 1 */
	bool running; /* prot_hook is in the list of handlers [k] */
	bool auxdata, origdev, ignore_outgoing, qdisc_bypass;
	int tp_tstamp; /* PACKET_TIMESTAMP: of rings, which there are none of: read back alone */
	int ifindex;		      /* 0: all devices; -1: its device is gone [k] */
	__be16 num;		      /* ETH_P_x; 0: nothing is received [k] */
	unsigned int packets, drops;  /* since PACKET_STATISTICS was read [S] */
	struct packet_mclist *mclist; /* [RTNL] */
	struct packet_fanout *fanout; /* its group (packet_fanout.c), or NULL [k] */
	struct tpacket_rollover_stats rollover; /* [S] */
};

static inline struct packet_sock *pkt_sk(const struct sock *sk)
{
	return (struct packet_sock *)sk;
}

/* What is kept in skb->cb while a packet waits in the socket's queue. */
struct packet_skb_cb {
	unsigned int origlen; /* before the filter cut it */
	u16 vlan_tci, vlan_tpid; /* the tag that was taken out of it, and its type; 0: none */
	struct sockaddr_ll sll;
};
#define PACKET_SKB_CB(skb) ((struct packet_skb_cb *)(skb)->cb)

/* af_packet.c: packet_hook, packet_unhook - begin, cease to receive. Context: process, sock locked.
 */
void packet_hook(struct packet_sock *po);
void packet_unhook(struct packet_sock *po);

/* packet_fanout.c: groups. packet_fanout_link, packet_fanout_unlink - a member begins, ceases to listen;
 * packet_fanout_release - it leaves. Context: process, sock locked. packet_set_fanout - PACKET_FANOUT: 0, -EINVAL, -EALREADY,
 * -ENOSPC, -ENOMEM, -EFAULT; packet_get_fanout - as it is read back. packet_set_fanout_data - the group's program: 0, -EINVAL,
 * -EPERM, -EFAULT, -ENOMEM. */
void packet_fanout_link(struct packet_sock *po);
void packet_fanout_unlink(struct packet_sock *po);
void packet_fanout_release(struct packet_sock *po);
int packet_set_fanout(struct packet_sock *po, sockptr_t optval, unsigned int optlen);
int packet_set_fanout_data(struct packet_sock *po, sockptr_t optval, unsigned int optlen);
int packet_get_fanout(const struct packet_sock *po);

/* packet_snd.c */
int packet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);

/* packet_opt.c: SOL_PACKET. packet_flush_mclist - the socket ends; packet_dev_mclist_delete - the
 * device does. Both: RTNL. */
int packet_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      unsigned int optlen);
int packet_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		      sockptr_t optlen);
void packet_flush_mclist(struct packet_sock *po);
void packet_dev_mclist_delete(struct net_device *dev, struct packet_sock *po);

void packet_diag_init(void); /* packet_diag.c: sock_diag tells of them. Context: boot */

#endif
