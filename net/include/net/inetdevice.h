/* SPDX-License-Identifier: MIT */
/* in_device: the IPv4 side of a net_device: its addresses, multicast groups and settings
 * (net/ipv4/devinet.c). Book section 12.8. */
#ifndef NET_INETDEVICE_H
#define NET_INETDEVICE_H

#include <kernel/timer.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>
#include <uapi/in.h>
#include <uapi/route.h>
#include <uapi/rtnetlink.h>

/* net.ipv4.conf.{all,default,DEV}.*: X(field, default) */
#define IPV4_DEVCONF(X)                                                                       \
	X(forwarding, 0)                                                                      \
	X(accept_redirects, 1) X(secure_redirects, 1) X(shared_media, 1) X(send_redirects, 1) \
		X(accept_source_route, 0) X(rp_filter, 0) X(log_martians, 0) X(proxy_arp, 0)  \
			X(arp_filter, 0) X(arp_announce, 0) X(arp_ignore, 0) X(arp_accept, 0) \
				X(arp_notify, 0) X(accept_local, 0) X(route_localnet, 0)      \
					X(promote_secondaries, 0) X(force_igmp_version, 0)    \
						X(mc_forwarding, 0)                           \
	X(bc_forwarding, 0) X(drop_gratuitous_arp, 0) X(drop_unicast_in_l2_multicast, 0)      \
		X(ignore_routes_with_linkdown, 0) X(arp_evict_nocarrier, 1)                   \
			X(igmpv2_unsolicited_report_interval, 10000)                          \
				X(igmpv3_unsolicited_report_interval, 1000)           \
	X(accept_dad, 0) X(dad_transmits, 3)

struct ipv4_devconf {
#define X(name, dflt) int name;
	IPV4_DEVCONF(X)
#undef X
	u64 set; /* bit n: the n-th was set by its own name, and does not follow the default any more [RTNL] */
};

struct ip_mc_list;
struct neigh_parms;
struct fib_info;

/* The way of an address that is used, or is to be: net/ipv4/acd.c. */
enum acd_state {
	ACD_IDLE,	/* nothing is due */
	ACD_HELD,	/* too many conflicts on the device: probing waits for its turn */
	ACD_PROBING,	/* asking whether somebody has it */
	ACD_FREE,	/* nobody has answered, */
	ACD_TAKEN,	/* or somebody has: the thread draws the conclusion */
	ACD_ANNOUNCING, /* it is ours: the link is being told */
};
struct inet_acd {
	struct timer_list timer; /* the next probe or announcement [S] */
	enum acd_state state;	 /* [S] */
	u8 sent;		 /* probes or announcements, in this state */
	bool proven;		 /* probed since the link came up: not again when its netmask changes */
	u8 by[6];		 /* who has it, where it is taken */
	unsigned long defended;	 /* jiffies when another's claim was last answered; 0: never */
};

struct in_ifaddr {
	struct in_ifaddr *ifa_next; /* [RTNL, S] */
	struct hlist_node hash;
	struct in_device *ifa_dev;
	__be32 ifa_local, ifa_address; /* ours; the peer's on point-to-point links, else ours */
	__be32 ifa_mask, ifa_broadcast;
	u8 ifa_prefixlen, ifa_scope;
	u32 ifa_flags;		  /* IFA_F_x */
	u32 ifa_rt_priority;	  /* metric of the prefix' route */
	u32 ifa_valid_lft, ifa_preferred_lft; /* seconds from ifa_tstamp; INFINITY_LIFE_TIME */
	unsigned long ifa_cstamp, ifa_tstamp; /* jiffies when it was made, last set */
	struct inet_acd acd;
	char ifa_label[IFNAMSIZ];
};
#define INFINITY_LIFE_TIME 0xffffffffu

struct in_device {
	struct net_device *dev; /* referenced */
	atomic_t refcnt;
	bool dead;
	struct in_ifaddr *ifa_list;
	bool acd_link;		    /* up, with carrier: what is to be probed can be [RTNL] */
	unsigned int acd_listening; /* addresses that anybody's ARP may take from us [S] */
	unsigned int acd_conflicts; /* since an address was last found free [S] */
	unsigned long acd_next;	    /* jiffies when the next may be probed, after many conflicts */
	struct ip_mc_list *mc_list; /* groups joined [RTNL, S] */
	struct ip_mc_list *mc_tomb; /* groups left, whose leave is still to be reported [S] */
	int mc_count;
	u8 mr_qrv; /* the querier's robustness */
	unsigned long mr_qi, mr_qri; /* its interval between queries, and for answers: jiffies */
	struct timer_list mr_gq_timer; /* the answer to a general query [S] */
	unsigned long mr_v1_seen,
		mr_v2_seen; /* jiffies until which an older querier is taken to be there; 0: none */
	struct neigh_parms *arp_parms;
	struct ipv4_devconf cnf;
	struct ipv4_devconf_sysctl *sysctl;
	struct neigh_sysctl *neigh_sysctl;
};

/* __in_dev_get - IPv4's part of @dev or NULL, no reference. Context: RTNL or softirqs off. */
static inline struct in_device *__in_dev_get(const struct net_device *dev)
{
	return dev->ip_ptr;
}
#define __in_dev_get_rtnl __in_dev_get
#define __in_dev_get_rcu  __in_dev_get
static inline struct in_device *in_dev_get(const struct net_device *dev)
{
	struct in_device *in_dev = dev->ip_ptr;

	if (in_dev)
		atomic_inc(&in_dev->refcnt);
	return in_dev;
}
void in_dev_put(struct in_device *in_dev);

#define IPV4_CONF_ALL(in_dev, f)     (dev_net((in_dev)->dev)->ipv4.devconf_all->f)
#define IN_DEV_ANDCONF(in_dev, f)    (IPV4_CONF_ALL(in_dev, f) && (in_dev)->cnf.f)
#define IN_DEV_ORCONF(in_dev, f)     (IPV4_CONF_ALL(in_dev, f) || (in_dev)->cnf.f)
#define IN_DEV_MAXCONF(in_dev, f)    max(IPV4_CONF_ALL(in_dev, f), (in_dev)->cnf.f)
#define IN_DEV_FORWARD(in_dev)	     ((in_dev)->cnf.forwarding)
#define IN_DEV_RPFILTER(in_dev)	     IN_DEV_MAXCONF(in_dev, rp_filter)
#define IN_DEV_SOURCE_ROUTE(in_dev)  IN_DEV_ANDCONF(in_dev, accept_source_route)
#define IN_DEV_LOG_MARTIANS(in_dev)  IN_DEV_ORCONF(in_dev, log_martians)
#define IN_DEV_SHARED_MEDIA(in_dev)  IN_DEV_ORCONF(in_dev, shared_media)
#define IN_DEV_SEC_REDIRECTS(in_dev) IN_DEV_ORCONF(in_dev, secure_redirects)
#define IN_DEV_TX_REDIRECTS(in_dev)  IN_DEV_ORCONF(in_dev, send_redirects)
#define IN_DEV_RX_REDIRECTS(in_dev)                                        \
	(IN_DEV_FORWARD(in_dev) ? IN_DEV_ANDCONF(in_dev, accept_redirects) \
				: IN_DEV_ORCONF(in_dev, accept_redirects))
#define IN_DEV_ROUTE_LOCALNET(in_dev) IN_DEV_ORCONF(in_dev, route_localnet)
#define IN_DEV_ACCEPT_LOCAL(in_dev)   IN_DEV_ORCONF(in_dev, accept_local)
#define IN_DEV_BFORWARD(in_dev)	      IN_DEV_ANDCONF(in_dev, bc_forwarding)
#define IN_DEV_ARP_ANNOUNCE(in_dev)   IN_DEV_MAXCONF(in_dev, arp_announce)
#define IN_DEV_ARP_IGNORE(in_dev)     IN_DEV_MAXCONF(in_dev, arp_ignore)

#define for_ifa(in_dev, ifa) \
	for (struct in_ifaddr *ifa = (in_dev)->ifa_list; ifa; ifa = ifa->ifa_next)

static inline bool ipv4_is_loopback(__be32 a)
{
	return (a & htonl(0xff000000)) == htonl(0x7f000000);
}
static inline bool ipv4_is_multicast(__be32 a)
{
	return (a & htonl(0xf0000000)) == htonl(0xe0000000);
}
static inline bool ipv4_is_local_multicast(__be32 a)
{
	return (a & htonl(0xffffff00)) == htonl(0xe0000000);
}
static inline bool ipv4_is_lbcast(__be32 a)
{
	return a == htonl(INADDR_BROADCAST);
}
static inline bool ipv4_is_zeronet(__be32 a)
{
	return (a & htonl(0xff000000)) == 0;
}
static inline bool ipv4_is_all_ones_net(__be32 a)
{
	return (a & htonl(0xf0000000)) == htonl(0xf0000000);
}

static inline __be32 inet_make_mask(int len)
{
	return len ? htonl(~((1u << (32 - len)) - 1)) : 0;
}
static inline int inet_mask_len(__be32 mask)
{
	return mask ? 32 - __builtin_ctz(ntohl(mask)) : 0;
}
/* bad_mask - @mask has a hole, or @addr has bits outside it. */
static inline bool bad_mask(__be32 mask, __be32 addr)
{
	u32 hole = ~ntohl(mask);

	return (addr & ~mask) != 0 || (hole & (hole + 1)) != 0;
}
/* inet_ifa_usable - is it ours? Not while it is being probed, nor after another host was found to have it. */
static inline bool inet_ifa_usable(const struct in_ifaddr *ifa)
{
	return !(ifa->ifa_flags & IFA_F_TENTATIVE);
}
static inline bool inet_ifa_match(__be32 addr, const struct in_ifaddr *ifa)
{
	return !((addr ^ ifa->ifa_address) & ifa->ifa_mask);
}

/* inet_insert_ifa - add an address (consumed, on error too): routes and listeners follow. 0,
 * -EEXIST, -EINVAL, -ENOBUFS, or what joining its group says. Context: process, RTNL. */
int inet_insert_ifa(struct in_ifaddr *ifa);
/* inet_del_ifa - take it away with its routes; secondary addresses of its subnet go too unless
 * promoted. Context: process, RTNL. */
void inet_del_ifa(struct in_device *in_dev, struct in_ifaddr *ifa);
struct in_ifaddr *inet_alloc_ifa(void); /* zeroed, or NULL. Context: process */
void inet_free_ifa(struct in_ifaddr *ifa); /* one that was never inserted */
/* inet_set_lifetime - it ends @valid seconds from now, and is deprecated in @preferred. Context: RTNL. */
void inet_set_lifetime(struct in_ifaddr *ifa, u32 valid, u32 preferred);
/* inetaddr_notify - tell those who listen. Context: process, RTNL. */
void inetaddr_notify(unsigned long event, struct in_ifaddr *ifa);
/* inetdev_init - IPv4's part of @dev, made if absent (NULL: no memory). Context: process, RTNL. */
struct in_device *inetdev_init(struct net_device *dev);
/*
 * inet_set_address, inet_clear_address - give @dev the address (the one labelled as the device is
 * replaced), or take that away when it equals @local (0: any). 0 or -errno. Context: process, RTNL.
 */
int inet_set_address(struct net_device *dev, __be32 local, int prefixlen, __be32 broadcast,
		     u32 lifetime_s);
int inet_clear_address(struct net_device *dev, __be32 local);
/* inet_find_address - @dev's address that equals @local, usable or not. NULL. Context: RTNL. */
struct in_ifaddr *inet_find_address(const struct net_device *dev, __be32 local);
bool inet_addr_onlink(struct in_device *in_dev, __be32 a,
		      __be32 b); /* a (and b unless 0) lie in one subnet of in_dev */
/* inet_select_addr - the best source on @dev for @dst (0: any) of at most @scope; others' addresses
 * as a last resort; 0: none. */
__be32 inet_select_addr(const struct net_device *dev, __be32 dst, int scope);
/* inet_confirm_addr - an address of @in_dev (NULL: any device) that matches @local and @dst's
 * subnet, 0: none. */
__be32 inet_confirm_addr(struct net *net, struct in_device *in_dev, __be32 dst, __be32 local,
			 int scope);
/* __ip_dev_find - the device that owns @addr, or NULL. ip_dev_find takes a reference. Context: any
 * but hardirq. */
struct net_device *__ip_dev_find(struct net *net, __be32 addr, bool devref);
static inline struct net_device *ip_dev_find(struct net *net, __be32 addr)
{
	return __ip_dev_find(net, addr, true);
}
/* inet_lookup_ifaddr - the address in force; one that is not (yet) ours is not found. */
struct in_ifaddr *inet_lookup_ifaddr(struct net *net, __be32 addr);
/* devinet_ioctl - SIOC[GS]IFADDR and kin on a kernel struct ifreq. 0 or -errno. Context: process.
 */
int devinet_ioctl(struct net *net, unsigned int cmd, struct ifreq *ifr);
/* inet_gifconf - SIOCGIFCONF: fill ifreqs (of @reqsize bytes) up to @len bytes; @buf null: only the
 * length. Bytes or -EFAULT. */
int inet_gifconf(struct net *net, sockptr_t buf, int len, int reqsize);
/* register_inetaddr_notifier - told NETDEV_UP/DOWN/CHANGE (lifetimes, flags) with the struct in_ifaddr as data. Context:
 * process, RTNL. */
int register_inetaddr_notifier(struct notifier_block *nb);
void devinet_init(void);

#endif
