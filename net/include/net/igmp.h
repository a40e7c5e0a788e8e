/* SPDX-License-Identifier: MIT */
/* Multicast groups of hosts (net/ipv4/igmp*.c). RFC 1112, RFC 2236, RFC 3376. */
#ifndef NET_IGMP_H
#define NET_IGMP_H

#include <net/inetdevice.h>
#include <net/inet_sock.h>
#include <wire/igmp.h>

struct ip_mc_socklist { /* a socket's membership [k] */
	struct ip_mc_socklist *next;
	struct ip_mreqn multi;
	unsigned int sfmode; /* MCAST_EXCLUDE or MCAST_INCLUDE */
	unsigned int sl_count, sl_max;
	__be32 *sl_addr; /* sources, kmalloc'ed */
};

struct ip_sf_list { /* a source of a group on a device */
	struct ip_sf_list *sf_next;
	__be32 sf_inaddr;
	unsigned int sf_count[2]; /* sockets that exclude, include it */
	bool sf_told;		  /* part of the filter, as routers are told */
	u8 sf_crcount;		  /* reports that still say that this has changed */
};

#define IGMP_MAX_ASKED 32 /* sources of queries that wait for one answer; more, and it is about all */

struct ip_mc_list { /* a group joined on a device */
	struct in_device *interface;
	__be32 multiaddr;
	struct ip_mc_list *next;
	unsigned int users;
	unsigned int sfmode;	 /* as routers are told */
	unsigned int sfcount[2]; /* sockets in each mode */
	struct ip_sf_list *sources;
	struct timer_list timer; /* the next report of a change [S] */
	struct timer_list query_timer; /* the answer to queries for the group [S] */
	u8 change_count;	 /* reports that still say that the mode has changed */
	enum { IGMP_NOT_ASKED, IGMP_ASKED_SOURCES, IGMP_ASKED } query; /* what query_timer answers */
	unsigned int asked_n;
	__be32 asked[IGMP_MAX_ASKED];
	bool reporter;		 /* we answered last: we say when we leave (v2) */
	bool loaded;		 /* in the device's filter */
	bool leaving;		 /* kept only to report the leave */
	bool batch;		 /* more changes follow at once: one report for all */
};

int igmp_rcv(struct sk_buff *skb);
void igmp_init(void);
struct seq_file;
int igmp_show(struct seq_file *m, void *data); /* /proc/net/igmp. Context: process */
int ip_mc_join_group(struct sock *sk,
		     struct ip_mreqn *imr); /* 0 or -errno. Context: process, RTNL and sock held */
int ip_mc_join_group_mode(struct sock *sk, struct ip_mreqn *imr,
			  unsigned int mode); /* MCAST_INCLUDE: from no source yet */
int ip_mc_leave_group(struct sock *sk, struct ip_mreqn *imr);
/* ip_mc_source - IP_ADD_SOURCE_MEMBERSHIP and the three like it. */
int ip_mc_source(bool add, unsigned int mode, struct sock *sk, const struct ip_mreq_source *mreqs,
		 int ifindex);
void ip_mc_drop_socket(struct sock *sk); /* all groups of a socket that closes. Context: process */
/* ip_mc_sf_allow - does the socket's own filter let a datagram to @group from @src pass. */
bool ip_mc_sf_allow(const struct sock *sk, __be32 group, __be32 src, int dif);
/* ip_check_mc - is the group joined on the device (and the source admitted). Context: softirqs off.
 */
bool ip_check_mc(struct in_device *in_dev, __be32 group, __be32 src, u8 proto);
/* A device's share: a user more or fewer of the group in a filter mode; a source named by one
 * socket more or fewer. Context: process, RTNL. */
struct ip_mc_list *igmp_inc_group(struct in_device *in_dev, __be32 group,
				  unsigned int mode); /* NULL: no memory */
void igmp_dec_group(struct in_device *in_dev, __be32 group, unsigned int mode);
int igmp_count_source(struct ip_mc_list *im, __be32 source, unsigned int mode,
		      int delta); /* 0 or -ENOBUFS */
/* ip_mc_msfilter - a membership's whole filter at once (IP_MSFILTER, MCAST_MSFILTER): @imr names group and device.
 * INCLUDE of nobody is leaving. 0 or -errno. ip_mc_find_filter - the membership to read it from, or ERR_PTR. Context:
 * process, RTNL and sock held. */
int ip_mc_msfilter(struct sock *sk, struct ip_mreqn *imr, unsigned int mode, const __be32 *sources,
		   unsigned int n);
struct ip_mc_socklist *ip_mc_find_filter(struct sock *sk, struct ip_mreqn *imr);
void igmp_batch(struct ip_mc_list *im, bool on); /* what changes in between counts as one change */
void ip_mc_init_dev(struct in_device *in_dev);
void ip_mc_up(struct in_device *in_dev);
void ip_mc_down(struct in_device *in_dev);
void ip_mc_destroy_dev(struct in_device *in_dev);

/* ip_eth_mc_map - the Ethernet address of a group. RFC 1112 section 6.4. */
static inline void ip_eth_mc_map(__be32 group, u8 *buf)
{
	u32 a = ntohl(group);

	buf[0] = 0x01;
	buf[1] = 0x00;
	buf[2] = 0x5e;
	buf[3] = (a >> 16) & 0x7f;
	buf[4] = (a >> 8) & 0xff;
	buf[5] = a & 0xff;
}

#endif
