/* SPDX-License-Identifier: MIT */
/* What the files of address configuration share: the client (dhcp.c) and the thread (ipconfig.c).
 */
#ifndef DHCP_INTERNAL_H
#define DHCP_INTERNAL_H

#include <kernel/mutex.h>
#include <kernel/wait.h>
#include <net/dhcp.h>
#include <net/ipconfig.h>
#include <net/net.h>

/* ---- the thread and its clients ---- */

#define IPCONFIG_ENTRIES 8

struct ipconf_dev { /* a device that was seen */
	struct list_head list;
	int ifindex;
	char name[IFNAMSIZ];
	bool seen, fresh, running; /* still there; not yet configured; up with carrier */
	bool was_running;
	struct dhcp_client *dhcp; /* NULL: none */
};

struct ipconfig_net { /* address configuration of a namespace */
	struct net *net;
	struct task *thread; /* NULL until needed */
	wait_queue_head_t wait;
	bool kick;	   /* look around: devices, packets, conflicts */
	struct mutex lock; /* everything below; taken before RTNL */
	struct list_head devs;
	struct ipconfig_entry entries[IPCONFIG_ENTRIES];
	unsigned int nr_entries;
};
void ipconfig_kick(struct ipconfig_net *ic); /* Context: any */
/* ipconfig_resolver - write /etc/resolv.conf. Context: process. */
void ipconfig_resolver(const __be32 *dns, unsigned int n, const char *domain);
/* ipconfig_default_route - by @gw on the device; 0 or -errno. Context: process, RTNL. */
int ipconfig_default_route(struct net_device *dev, __be32 gw, u8 protocol);

/* ---- dhcp.c: one client; all Context: process, ic->lock held ---- */

struct dhcp_client {
	struct ipconfig_net *ic;
	char dev[IFNAMSIZ];
	u8 mac[6];
	struct socket *sock;
	wait_queue_t wait; /* on sock's queue: kicks the thread */
	enum dhcp_state state;
	__be32 xid;
	unsigned int tries;
	bool told;		 /* that nobody answers */
	unsigned long started;	 /* jiffies of the first message: option secs */
	unsigned long deadline;	 /* jiffies of the next step */
	bool waiting;		 /* deadline counts */
	struct dhcp_reply offer; /* taken up; when bound: the lease */
	bool has_lease;
	unsigned long obtained; /* jiffies when the lease was asked for: from then it counts */
	bool conflict;		/* [S] another host has the address */
	bool probed;		/* the address is being probed: what is to follow waits */
	const struct ipconfig_entry *ip; /* what ip= says goes before what the server says; NULL */
};
/* dhcp_client_new - @ip: the entry of the command line that asks for it, or NULL; it stays. ERR_PTR
 * on failure. */
struct dhcp_client *dhcp_client_new(struct ipconfig_net *ic, const char *dev,
				    const struct ipconfig_entry *ip);
void dhcp_client_free(struct dhcp_client *c, bool keep_address);
void dhcp_client_begin(struct dhcp_client *c); /* (re)start with DISCOVER, at once */
void dhcp_client_release(struct dhcp_client *c);
void dhcp_client_resume(struct dhcp_client *c); /* the link is back */
void dhcp_client_pause(struct dhcp_client *c);	/* the link is gone */
/* dhcp_client_run - take packets, do what is due. Jiffies until it wants to run again, LONG_MAX:
 * only when kicked. */
long dhcp_client_run(struct dhcp_client *c);
void dhcp_client_status(const struct dhcp_client *c, struct dhcp_status *st);

#endif
