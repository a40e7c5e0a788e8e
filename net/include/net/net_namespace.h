/* SPDX-License-Identifier: MIT */
/* struct net: everything mutable of one network stack. Several can live in one kernel. Book
 * section 12.4 (namespaces). */
#ifndef NET_NET_NAMESPACE_H
#define NET_NET_NAMESPACE_H

#include <kernel/list.h>
#include <kernel/sysctl.h>
#include <net/dropreason.h>
#include <net/netns/core.h>
#include <net/netns/ipv4.h>
#include <net/netns/netlink.h>
#include <net/netns/packet.h>
#include <net/netns/tcp.h>
#include <net/netns/unix.h>
#include <net/snmp.h>

struct net_device;
struct sock;

struct net {
	struct list_head list; /* all namespaces */
	atomic_t count;
	unsigned int id;
	struct list_head dev_base_head; /* devices in order of registration [RTNL] */
	struct hlist_head *dev_name_head, *dev_index_head;
	int ifindex;
	unsigned int dev_gen;
	struct net_device *loopback_dev;
	struct netns_core core;
	struct netns_mib mib;
	u64 drops[SKB_DROP_REASON_MAX]; /* by reason */
	struct netns_ipv4 ipv4;
	struct netns_tcp tcp;
	struct netns_packet packet;
	struct netns_netlink netlink;
	struct netns_unix unx; /* "unix" is a name of the compiler's */
	struct list_head exit_list;
};

extern struct net init_net;
extern struct list_head net_namespace_list;

/*
 * What every namespace gets: init is called for each existing and each new one (in order of
 * registration), exit in reverse.
 */
struct pernet_operations {
	struct list_head list;
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
};
int register_pernet_subsys(struct pernet_operations *ops); /* 0 or -errno. Context: process */
/* net_create - a fresh namespace with its own loopback; ERR_PTR(-ENOMEM). net_destroy - after its
 * last socket and device. */
struct net *net_create(void);
void net_destroy(struct net *net);

/* net_ns_init - init_net exists. core_sysctl_init - net.core.*, in every namespace. core_proc_init
 * - /proc/net of the core. */
void net_ns_init(void);
void core_sysctl_init(void);
void core_proc_init(void);
/* current_net - the namespace of the current task. */
struct net *current_net(void);
static inline struct net *get_net(struct net *net)
{
	atomic_inc(&net->count);
	return net;
}
static inline void put_net(struct net *net)
{
	atomic_dec(&net->count);
}

#endif
