/* SPDX-License-Identifier: MIT */
/* rtnetlink inside the kernel: who answers which request, and telling the groups what has changed
 * (net/netlink/rtnetlink.c). Book section 12.11.2; rtnetlink(7). */
#ifndef NET_RTNETLINK_H
#define NET_RTNETLINK_H

#include <net/net_namespace.h>
#include <net/netlink.h>
#include <uapi/rtnetlink.h>

struct rtnl_handler { /* of one type of message */
	u16 type;     /* RTM_x */
	/* doit - one request. 0 or -errno. Context: process, RTNL held, NETLINK_CB(skb).sk is the
	 * sender. */
	int (*doit)(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack);
	/* dumpit - as netlink_dump_control.dump, with RTNL held. Of a GET. */
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	u32 min_dump_alloc; /* least room for one message of a dump, 0: a page */
};
struct rtnl_family { /* what an address family answers; PF_UNSPEC: for all that have no row of their
			own */
	int family;
	const struct rtnl_handler *rows;
	unsigned int nr_rows;
	struct list_head node;
};
/* rtnl_register - @fam (static) answers from now on, in every namespace. Context: boot. */
void rtnl_register(struct rtnl_family *fam);

/* A kind of link that is made by a request: `ip link add type KIND`. */
#define RTNL_LINK_DATA_MAX 15
struct rtnl_link_ops {
	const char *kind;
	int maxtype; /* of the attributes in IFLA_INFO_DATA, at most RTNL_LINK_DATA_MAX */
	const struct nla_policy *policy;
	/* newlink - a registered device called @name ("%d": the next number); tb: IFLA_x, data: what is in
	 * IFLA_INFO_DATA. ERR_PTR. Context: RTNL. */
	struct net_device *(*newlink)(struct net *net, const char *name, const struct nlattr *tb[],
				      const struct nlattr *data[], struct netlink_ext_ack *extack);
	/* changelink - what IFLA_INFO_DATA names becomes so; NULL: nothing can. 0 or -errno. Context: RTNL. */
	int (*changelink)(struct net_device *dev, const struct nlattr *data[],
			  struct netlink_ext_ack *extack);
	void (*dellink)(struct net_device *dev); /* unregister it. Context: RTNL */
	int (*fill_info)(struct sk_buff *skb, const struct net_device *dev); /* 0 or -EMSGSIZE */
	struct list_head node;
};
void rtnl_link_register(struct rtnl_link_ops *ops); /* @ops is static. Context: boot */

/* rtnl_notify - tell @group of @net, and echo to the requester of @nlh (NULL: nobody asked) where
 * it wants one. Consumes skb. Context: any, by gfp. */
void rtnl_notify(struct sk_buff *skb, struct net *net, u32 portid, u32 group,
		 const struct nlmsghdr *nlh, gfp_t gfp);
/* rtnl_unicast - an answer to @portid. 0 or -errno; consumes skb. */
int rtnl_unicast(struct sk_buff *skb, struct net *net, u32 portid);
/* rtnl_set_sk_err - @group misses something (no memory to tell it). */
void rtnl_set_sk_err(struct net *net, u32 group, int error);
/* rtnl_has_listeners - has anybody joined @group? */
bool rtnl_has_listeners(struct net *net, u32 group);

void rtnetlink_init(void); /* NETLINK_ROUTE is there, with links and neighbours. Context: boot */

#endif
