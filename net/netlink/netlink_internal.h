/* SPDX-License-Identifier: MIT */
/* What the files of net/netlink share. */
#ifndef NETLINK_INTERNAL_H
#define NETLINK_INTERNAL_H

#include <kernel/bitops.h>
#include <kernel/mutex.h>
#include <net/netlink.h>
#include <net/sock.h>

#define NL_PORT_HASH 32 /* chains */

#define DUMP_GOES_ON 1

struct netlink_table {			       /* a family in a namespace [netns_netlink.lock] */
	struct hlist_head ports[NL_PORT_HASH]; /* bound sockets, the kernel's among them (port 0) */
	struct hlist_head members;	       /* sockets that have joined a group */
	bool registered;		       /* the family is there */
	struct sock *kernel;		       /* NULL: a family without a part of the kernel's */
	struct netlink_kernel_cfg cfg;
};

enum {
	NETLINK_F_RECV_PKTINFO,
	NETLINK_F_BROADCAST_ERROR,
	NETLINK_F_RECV_NO_ENOBUFS,
	NETLINK_F_LISTEN_ALL_NSID,
	NETLINK_F_CAP_ACK,
	NETLINK_F_EXT_ACK,
	NETLINK_F_STRICT_CHK
};

struct netlink_sock {
	struct sock sk;	    /* must be first; sk_node: in ports, sk_bind_node: in members */
	u32 portid;	    /* 0: not bound, or the kernel's */
	u32 dst_portid;	    /* connect's */
	u32 dst_group;	    /* connect's; 0: none */
	unsigned int flags; /* BIT(NETLINK_F_x) */
	bool bound, connected;
	bool congested; /* has lost messages and not read its queue empty since */
	unsigned int ngroups;
	unsigned long *groups; /* bitmap of those it has joined */
	unsigned int subscriptions;
	size_t max_recvmsg_len; /* the largest buffer its reader gave: how much a dump puts in one
				 */
	wait_queue_head_t wait; /* senders, for room in its queue */
	bool cb_running;
	int dump_result;	    /* DUMP_GOES_ON, or how it ended [cb_mutex] */
	struct netlink_callback cb; /* [cb_mutex] */
	struct mutex cb_mutex;
	void (*netlink_rcv)(struct sk_buff *skb); /* the kernel's */
};

static inline struct netlink_sock *nlk_sk(const struct sock *sk)
{
	return (struct netlink_sock *)sk;
}
static inline bool nlk_has(const struct netlink_sock *nlk, int flag)
{
	return nlk->flags & BIT(flag);
}
static inline bool netlink_is_kernel(const struct sock *sk)
{
	return nlk_sk(sk)->netlink_rcv != NULL;
}
static inline struct netlink_table *netlink_table(struct net *net, int family)
{
	return &net->netlink.tables[family];
}
static inline bool netlink_in_group(const struct netlink_sock *nlk, unsigned int group)
{
	return group && group <= nlk->ngroups &&
	       nlk->groups[(group - 1) / BITS_PER_LONG] >> (group - 1) % BITS_PER_LONG & 1;
}
/* The groups' bits of a sockaddr_nl, which knows the first 32 alone. */
static inline u32 netlink_group_mask(u32 group)
{
	return group && group <= 32 ? 1u << (group - 1) : 0;
}

/* af_netlink.c: netlink_lookup - the socket with @portid, referenced, or NULL. netlink_autobind - a
 * port of its own. netlink_join - enter, leave @group (1...): 0, -EINVAL, -ENOMEM. All: Context
 * process, but lookup: any. */
struct sock *netlink_lookup(struct net *net, int family, u32 portid);
int netlink_autobind(struct sock *sk);
int netlink_join(struct sock *sk, unsigned int group, bool on);

/* netlink_msg.c */
int netlink_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t len);
int netlink_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t len, int flags);

/* netlink_opt.c: SOL_NETLINK */
int netlink_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		       unsigned int optlen);
int netlink_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		       sockptr_t optlen);

/* netlink_dump.c: netlink_dump - the next buffer of the dump under way. 0 or -errno.
 * netlink_dump_end - the socket ends before its dump. Both: Context process. */
int netlink_dump(struct sock *sk);
void netlink_dump_end(struct netlink_sock *nlk);

void rtnl_neigh_init(void); /* rtnl_neigh.c: and about neighbours */
void netlink_diag_init(void); /* netlink_diag.c: sock_diag tells of netlink sockets. Context: boot */
void rtnl_link_init(void); /* rtnl_link.c: requests about links are answered. Context: boot */

#endif
