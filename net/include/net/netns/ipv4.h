/* SPDX-License-Identifier: MIT */
/* The IPv4 part of a namespace: tables, sysctls net.ipv4.*, control sockets. */
#ifndef NET_NETNS_IPV4_H
#define NET_NETNS_IPV4_H

#include <kernel/hash.h>
#include <kernel/list.h>
#include <kernel/sysctl.h>
#include <kernel/timer.h>
#include <kernel/types.h>
#include <kernel/wait.h>

struct fib_table;
struct icmp_limits;
struct ip_frags;
struct ip_ident;
struct ip_ra;
struct ipconfig_net;
struct ipv4_devconf_sysctl;
struct ipv4_devconf;
struct neigh_sysctl;
struct neigh_table;
struct ping_table;
struct raw_hashinfo;
struct rt_cache;
struct sock;
struct task;
struct udp_table;

struct netns_ipv4 {
	struct ctl_table_header sysctl_hdr;
	struct ctl_table_header neigh_sysctl_hdr;
	struct neigh_sysctl *neigh_sysctl;
	struct ipv4_devconf *devconf_all, *devconf_dflt;
	struct ipv4_devconf_sysctl *devconf_all_sysctl, *devconf_dflt_sysctl;
	struct hlist_head *inet_addr_lst; /* local addresses by hash (devinet.c) [RTNL, S] */
	unsigned int dev_addr_genid; /* counts changes of addresses, for dumps [RTNL] */
	struct task *addr_lifetime_task; /* NULL: no address ends (devinet_lifetime.c) [RTNL] */
	wait_queue_head_t addr_lifetime_wait;
	bool addr_lifetime_changed;
	struct hlist_head *fib_tables; /* by RT_TABLE_x: FIB_TABLE_HASHSZ chains [RTNL, S] */
	struct fib_table *fib_local, *fib_main, *fib_default; /* of these; default: NULL until it is used */
	struct list_head fib_rules; /* by preference [RTNL, S] */
	bool fib_has_custom_rules;  /* others than the three at the start */
	unsigned int fib_rules_seq; /* counts changes, for dumps */
	unsigned int fib_seq;	    /* the same of routes */
	int sysctl_fib_multipath_hash_policy; /* 0: addresses, 1: and ports */
	siphash_key_t fib_multipath_key;
	struct rt_cache *rt_cache;
	struct rtable *rt_last_input; /* of the packet that came last: in rt_cache, or NULL [S] */
	int rt_genid; /* routes of an older generation are obsolete */
	struct neigh_table *arp_tbl;
	struct ip_frags *frags;
	struct udp_table *udp_table;
	struct raw_hashinfo *raw_hash;
	struct ip_ra *ra_chain; /* sockets with IP_ROUTER_ALERT (ip_ra.c) [RTNL, S] */
	struct ping_table *ping_table;
	siphash_key_t ip_id_key;	 /* of the IP ids */
	struct ip_ident *ip_idents;	 /* next id of each bucket */
	unsigned long icmp_global_stamp; /* jiffies: when the credit was counted last */
	u32 icmp_global_credit;		 /* messages that may still be sent now */
	struct icmp_limits *icmp_limits; /* tokens of each target (icmp_limit.c) */
	struct ipconfig_net *ipconfig;	 /* ip= and the DHCP clients (ipconfig.c) */
	/* sysctls; Linux's names and defaults */
	int sysctl_ip_default_ttl;		      /* 64 */
	int sysctl_ip_no_pmtu_disc;		      /* 0 */
	int sysctl_ip_nonlocal_bind;		      /* 0 */
	int sysctl_ip_local_port_range[2];	      /* 32768 60999 */
	int sysctl_ip_unprivileged_port_start;	      /* 1024 */
	int sysctl_ip_forward_use_pmtu;		      /* 0 */
	int sysctl_icmp_echo_ignore_all;	      /* 0 */
	int sysctl_icmp_echo_ignore_broadcasts;	      /* 1 */
	int sysctl_icmp_ignore_bogus_error_responses; /* 1 */
	int sysctl_icmp_errors_use_inbound_ifaddr;    /* 0 */
	int sysctl_icmp_ratelimit;		      /* ms between messages to one host: 1000 */
	int sysctl_icmp_ratemask;		      /* types that it holds for: 6168 */
	int sysctl_icmp_msgs_per_sec;		      /* of the whole namespace: 1000 */
	int sysctl_icmp_msgs_burst;		      /* 50 */
	int sysctl_ipfrag_high_thresh, sysctl_ipfrag_low_thresh; /* bytes */
	int sysctl_ipfrag_time;					 /* seconds, 30 */
	int sysctl_ipfrag_max_dist;				 /* fragments, 64; 0: any */
	long sysctl_udp_mem[3];					 /* pages */
	long udp_memory_allocated;				 /* pages */
	int udp_memory_pressure;
	int udp_gro_wanted; /* sockets with UDP_GRO [S] */
	int sysctl_udp_rmem_min, sysctl_udp_wmem_min;	 /* bytes, 4096 */
	struct socket *mc_autojoin_sock; /* joins groups that are addresses of devices; NULL until there is one [RTNL] */
	int sysctl_igmp_max_memberships;		 /* 20 */
	int sysctl_igmp_max_msf;			 /* 10 */
	int sysctl_igmp_qrv;				 /* 2 */
	int sysctl_igmp_link_local_mcast_reports;	 /* 1 */
	int sysctl_ping_group_range[2];			 /* 0 2147483647 */
	int sysctl_rt_min_pmtu;				 /* 552 */
	int sysctl_rt_mtu_expires;			 /* seconds, 600 */
	int sysctl_rt_min_adv_mss;			 /* 256 */
	int sysctl_rt_redirect_number;			 /* 9 */
	int sysctl_rt_redirect_load;			 /* ms, 20 */
	int sysctl_rt_redirect_silence;			 /* ms, 20480 */
	int sysctl_rt_error_cost, sysctl_rt_error_burst; /* ms, 1000 and 5000 */
	int sysctl_rt_max_size; /* entries the flow cache can hold (read only) */
};

#endif
