/* SPDX-License-Identifier: MIT */
/* net.ipv4.*: the settings of IPv4 with Linux's names and defaults; TCP registers its own. */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include "ipv4_internal.h"

#define IPFRAG_HIGH  (4 << 20) /* bytes, Linux's default where there is memory for it */
#define IPFRAG_LEAST (256 << 10)
#define IP_UNPRIVILEGED_PORTS 1024 /* what is below is never chosen; Linux: ip_unprivileged_port_start */

/* One number, with something to do when it changes: read @field of @net, or parse into *v. Length,
 * 0 or -errno. */
static int one_int(char *buf, size_t size, bool write, int current_value, int *v)
{
	if (!write)
		return scnprintf(buf, size, "%d", current_value);
	return kstrtoint(strim(buf), 0, v);
}

static int sysctl_forward(const struct ctl_table *t, void *base, char *buf, size_t size, bool write)
{
	struct net *net = base;
	int v, ret = one_int(buf, size, write, net->ipv4.devconf_all->forwarding, &v);

	return !write || ret ? ret : devinet_set_forwarding(net, v);
}

static int sysctl_route_flush(const struct ctl_table *t, void *base, char *buf, size_t size,
			      bool write)
{
	if (!write)
		return -EPERM;
	rt_cache_flush(base);
	return 0;
}

/* Groups whose processes may open ping sockets; 1 0: none. */
static int sysctl_ping_group_range(const struct ctl_table *t, void *base, char *buf, size_t size,
				   bool write)
{
	int *range = ((struct net *)base)->ipv4.sysctl_ping_group_range, low, high;
	char *word, *rest;

	if (!write)
		return scnprintf(buf, size, "%d\t%d", range[0], range[1]);
	rest = strim(buf);
	word = strsep(&rest, " \t");
	if (!rest || kstrtoint(word, 0, &low) || kstrtoint(strim(rest), 0, &high) || low < 0 || high < 0)
		return -EINVAL;
	/* an empty range is kept as the one that Linux shows */
	range[0] = low <= high ? low : 1;
	range[1] = low <= high ? high : 0;
	return 0;
}

static int sysctl_port_range(const struct ctl_table *t, void *base, char *buf, size_t size,
			     bool write)
{
	int *range = ((struct net *)base)->ipv4.sysctl_ip_local_port_range, low, high;
	char *word, *rest = buf;

	if (!write)
		return scnprintf(buf, size, "%d\t%d", range[0], range[1]);
	rest = strim(rest);
	word = strsep(&rest, " \t");
	high = range[1]; /* it stays where only the first is given */
	if (kstrtoint(word, 0, &low) || (rest && kstrtoint(strim(rest), 0, &high)))
		return -EINVAL;
	if (low < IP_UNPRIVILEGED_PORTS || high > 65535 || low > high)
		return -EINVAL;
	range[0] = low;
	range[1] = high;
	return 0;
}

#define V4(name, field, lo, hi)                                                           \
	{                                                                                 \
		.procname = "net.ipv4." name, .offset = offsetof(struct net, ipv4.field), \
		.size = 4, .count = 1, .min = (lo), .max = (hi)                           \
	}

static const struct ctl_table ipv4_table[] = {
	{ .procname = "net.ipv4.ip_forward", .proc_handler = sysctl_forward },
	V4("ip_default_ttl", sysctl_ip_default_ttl, 1, 255),
	V4("ip_no_pmtu_disc", sysctl_ip_no_pmtu_disc, 0, U8_MAX),
	V4("ip_nonlocal_bind", sysctl_ip_nonlocal_bind, 0, U8_MAX),
	V4("fib_multipath_hash_policy", sysctl_fib_multipath_hash_policy, 0, 1),
	V4("ip_forward_use_pmtu", sysctl_ip_forward_use_pmtu, 0, U8_MAX),
	{ .procname = "net.ipv4.ip_local_port_range", .proc_handler = sysctl_port_range },
	V4("icmp_echo_ignore_all", sysctl_icmp_echo_ignore_all, 0, 1),
	V4("icmp_echo_ignore_broadcasts", sysctl_icmp_echo_ignore_broadcasts, 0, 1),
	V4("icmp_ignore_bogus_error_responses", sysctl_icmp_ignore_bogus_error_responses, 0, 1),
	V4("icmp_errors_use_inbound_ifaddr", sysctl_icmp_errors_use_inbound_ifaddr, 0, 1),
	V4("icmp_ratelimit", sysctl_icmp_ratelimit, 0, INT_MAX),
	V4("icmp_ratemask", sysctl_icmp_ratemask, 0, 0),
	V4("icmp_msgs_per_sec", sysctl_icmp_msgs_per_sec, 0, INT_MAX),
	V4("icmp_msgs_burst", sysctl_icmp_msgs_burst, 0, INT_MAX),
	V4("ipfrag_high_thresh", sysctl_ipfrag_high_thresh, 0, INT_MAX),
	V4("ipfrag_low_thresh", sysctl_ipfrag_low_thresh, 0, INT_MAX),
	V4("ipfrag_time", sysctl_ipfrag_time, 1, 3600),
	V4("ipfrag_max_dist", sysctl_ipfrag_max_dist, 0, INT_MAX),
	{ .procname = "net.ipv4.udp_mem",
	  .offset = offsetof(struct net, ipv4.sysctl_udp_mem),
	  .size = 8,
	  .count = 3,
	  .min = 0,
	  .max = LONG_MAX },
	V4("udp_rmem_min", sysctl_udp_rmem_min, 1, INT_MAX),
	V4("udp_wmem_min", sysctl_udp_wmem_min, 1, INT_MAX),
	V4("igmp_max_memberships", sysctl_igmp_max_memberships, 0, INT_MAX),
	V4("igmp_max_msf", sysctl_igmp_max_msf, 0, 1024),
	V4("igmp_qrv", sysctl_igmp_qrv, 1, 7),
	V4("igmp_link_local_mcast_reports", sysctl_igmp_link_local_mcast_reports, 0, 1),
	{ .procname = "net.ipv4.ping_group_range", .proc_handler = sysctl_ping_group_range },
	{ .procname = "net.ipv4.route.flush", .proc_handler = sysctl_route_flush },
	{ .procname = "net.ipv4.route.max_size",
	  .offset = offsetof(struct net, ipv4.sysctl_rt_max_size),
	  .size = 4,
	  .count = 1,
	  .readonly = true },
	V4("route.min_pmtu", sysctl_rt_min_pmtu, IPV4_MIN_MTU, 65535),
	V4("route.mtu_expires", sysctl_rt_mtu_expires, 0, INT_MAX / HZ),
	V4("route.min_adv_mss", sysctl_rt_min_adv_mss, 0, 65535),
	V4("route.redirect_number", sysctl_rt_redirect_number, 0, 31),
	V4("route.redirect_load", sysctl_rt_redirect_load, 0, INT_MAX),
	V4("route.redirect_silence", sysctl_rt_redirect_silence, 0, INT_MAX),
};

static void ipv4_memory_defaults(struct netns_ipv4 *v4)
{
	struct mem_stat mem;
	u64 bytes;
	long limit;

	mem_stat_read(&mem);
	bytes = mem.total_pages * 4096;
	v4->sysctl_ipfrag_high_thresh = (int)clamp_t(u64, bytes / 16, IPFRAG_LEAST, IPFRAG_HIGH);
	v4->sysctl_ipfrag_low_thresh = v4->sysctl_ipfrag_high_thresh / 4 * 3;
	limit = (long)max_t(u64, mem.total_pages / 8, 128);
	v4->sysctl_udp_mem[0] = limit / 4 * 3;
	v4->sysctl_udp_mem[1] = limit;
	v4->sysctl_udp_mem[2] = v4->sysctl_udp_mem[0] * 2;
}

static int sysctl_ipv4_net_init(struct net *net)
{
	struct netns_ipv4 *v4 = &net->ipv4;

	ipv4_memory_defaults(v4);
	v4->sysctl_ip_default_ttl = 64;
	v4->sysctl_ip_local_port_range[0] = 32768;
	v4->sysctl_ip_local_port_range[1] = 60999;
	v4->sysctl_icmp_echo_ignore_broadcasts = 1;
	v4->sysctl_icmp_ignore_bogus_error_responses = 1;
	v4->sysctl_icmp_ratelimit = 1000;
	v4->sysctl_icmp_ratemask =
		6168; /* unreachable, source quench, time exceeded, parameter problem */
	v4->sysctl_icmp_msgs_per_sec = 1000;
	v4->sysctl_icmp_msgs_burst = 50;
	v4->sysctl_ipfrag_time = 30;
	v4->sysctl_ipfrag_max_dist = 64;
	v4->sysctl_udp_rmem_min = v4->sysctl_udp_wmem_min = 4096;
	v4->sysctl_igmp_max_memberships = IP_MAX_MEMBERSHIPS;
	v4->sysctl_igmp_max_msf = 10;
	v4->sysctl_igmp_qrv = 2;
	v4->sysctl_igmp_link_local_mcast_reports = 1;
	v4->sysctl_ping_group_range[1] = INT_MAX;
	v4->sysctl_rt_min_pmtu = 512 + 20 + 20;
	v4->sysctl_rt_mtu_expires = 600;
	v4->sysctl_rt_min_adv_mss = 256;
	v4->sysctl_rt_redirect_number = 9;
	v4->sysctl_rt_redirect_load = HZ / 50;
	v4->sysctl_rt_redirect_silence = (HZ / 50) << 10;
	return register_sysctl(&v4->sysctl_hdr, ipv4_table, ARRAY_SIZE(ipv4_table), net);
}

static void sysctl_ipv4_net_exit(struct net *net)
{
	unregister_sysctl(&net->ipv4.sysctl_hdr);
}

static struct pernet_operations sysctl_ipv4_net_ops = { .init = sysctl_ipv4_net_init,
						    .exit = sysctl_ipv4_net_exit };

void sysctl_ipv4_init(void)
{
	if (register_pernet_subsys(&sysctl_ipv4_net_ops))
		panic("net.ipv4: out of memory");
}
