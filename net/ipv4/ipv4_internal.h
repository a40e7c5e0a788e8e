/* SPDX-License-Identifier: MIT */
/* What the files of net/ipv4 share among themselves: start-up functions and small helpers. */
#ifndef IPV4_INTERNAL_H
#define IPV4_INTERNAL_H

#include <net/inetdevice.h>
#include <net/ip.h>

struct in_device;

/* devinet_sysctl.c: net.ipv4.conf.NAME.*. devinet_sysctl_register - NULL when out of memory (the
 * device works without). */
struct ipv4_devconf_sysctl *devinet_sysctl_register(struct net *net, const char *name,
						    struct ipv4_devconf *cnf);
void devinet_sysctl_unregister(struct ipv4_devconf_sysctl *s);
void devinet_copy_forwarding(struct net *net); /* net.ipv4.ip_forward changed: all devices follow */

/* devinet_ioctl.c is part of devinet: an address replaced in place */
void __inet_del_ifa(struct in_device *in_dev, struct in_ifaddr *ifa, bool destroy);

void sysctl_ipv4_init(void);		     /* net.ipv4.* and net.ipv4.neigh.default.* */
void ip_misc_proc_init(void);		     /* proc.c */
void sysctl_neigh_register(struct net *net); /* once the ARP table is there */
void sysctl_neigh_unregister(struct net *net);

/* route_cache.c: the flow cache and what was learnt about paths, under route.c */
struct rt_exception {		      /* what ICMP told about one destination */
	__be32 daddr, gw;	      /* gw: 0, or from a redirect */
	u32 pmtu;		      /* 0: none */
	bool locked;		      /* below min_pmtu: do not set DF */
	unsigned long pmtu_expires, gw_expires, stamp; /* jiffies */
	bool used;
};
struct rtable *rt_cache_find(struct net *net, __be32 daddr, __be32 saddr, int iif, int oif, u8 tos);
void rt_cache_insert(struct net *net, struct rtable *rt); /* takes a reference */
void rt_cache_forget(struct net *net, __be32 daddr);
struct rt_exception *rt_exception_find(struct net *net, __be32 daddr);
struct rt_exception *
rt_exception_get(struct net *net, __be32 daddr); /* made if absent: the oldest of its bucket goes */
bool rt_redirect_allowed(struct net *net, __be32 daddr);
int rt_cache_net_init(struct net *net);
void rt_cache_net_exit(struct net *net);

#endif
