/* SPDX-License-Identifier: MIT */
/* Addresses from the command line (ip=) and from DHCP (net/ipv4/ipconfig.c, dhcp.c). RFC 2131. */
#ifndef NET_IPCONFIG_H
#define NET_IPCONFIG_H

#include <kernel/types.h>
#include <uapi/if.h>
#include <uapi/types.h>

struct net;
struct net_device;

enum dhcp_state {
	DHCP_STOPPED,
	DHCP_INIT,
	DHCP_SELECTING,
	DHCP_REQUESTING,
	DHCP_PROBING, /* the address is there and not used yet: RFC 5227 */
	DHCP_BOUND,
	DHCP_RENEWING,
	DHCP_REBINDING
};

struct dhcp_status { /* a copy, taken at one moment */
	char dev[IFNAMSIZ];
	enum dhcp_state state;
	__be32 addr, mask, router, server, dns[3]; /* 0: none */
	u32 lease_s, t1_s, t2_s;		   /* of the lease */
	u32 age_s;				   /* since it began */
	char domain[64], hostname[64];
};

/* ipconfig_wait - sleep until every link that is up has what ip= promises it, or its client has given up for now; at most
 * @ms. Context: process. */
void ipconfig_wait(struct net *net, unsigned int ms);
void ipconfig_init(void); /* reads ip= and follows devices as they come */
/* dhcp_start - (re)start the client on a device: a lease it holds is asked for anew. 0, -ENODEV,
 * -ENOMEM. Context: process. */
int dhcp_start(struct net *net, const char *devname);
/* dhcp_release - give the lease back (DHCPRELEASE), remove the address, stop the client. 0,
 * -ENODEV, -ENOENT (no client). Context: process. */
int dhcp_release(struct net *net, const char *devname);
/* dhcp_stop - end the client; the address stays. 0, -ENODEV, -ENOENT. */
int dhcp_stop(struct net *net, const char *devname);
/* dhcp_status - 0 with *st, -ENODEV, -ENOENT. */
int dhcp_status(struct net *net, const char *devname, struct dhcp_status *st);
/* dhcp_conflict - another host says that @addr is its own, @again: within seconds after we have said that it is ours. A
 * client that has just got it, or was not heeded, declines it: true. Context: softirq. */
bool dhcp_conflict(struct net_device *dev, __be32 addr, bool again);
const char *dhcp_state_name(enum dhcp_state state);

#endif
