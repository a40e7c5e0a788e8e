/* SPDX-License-Identifier: MIT */
/* /proc/net/{route,arp,udp,raw,igmp,icmp,snmp,netstat}, and IPv4's lines of sockstat, as Linux prints
 * them. proc(5). */
#include <kernel/fs.h>
#include <kernel/seq_file.h>
#include <net/icmp.h>
#include <net/igmp.h>
#include <net/ip_fib.h>
#include <net/neighbour.h>
#include <net/raw.h>
#include <net/udp.h>
#include "ipv4_internal.h"

#define PROC_NET_WIDTH 127 /* columns of a line of route, udp, raw */

/* ---- route ---- */

static unsigned int route_flags(u8 type, __be32 mask, const struct fib_info *fi)
{
	unsigned int flags = RTF_UP;

	if (type == RTN_UNREACHABLE || type == RTN_PROHIBIT)
		flags = RTF_REJECT | RTF_UP;
	if (fi->fib_nh->nh_gw)
		flags |= RTF_GATEWAY;
	if (mask == htonl(0xffffffff))
		flags |= RTF_HOST;
	return flags;
}

static void route_show_one(const struct fib_table *tb, const struct fib_node *n,
			   const struct fib_alias *fa, void *arg)
{
	const struct fib_info *fi = fa->fa_info;
	__be32 mask = inet_make_mask(n->fn_plen);
	struct seq_file *m = arg;
	size_t start = m->count;
	u32 advmss = fi->fib_metrics[RTAX_ADVMSS - 1];

	if (fa->fa_type == RTN_BROADCAST || fa->fa_type == RTN_MULTICAST)
		return;
	seq_printf(m, "%s\t%08X\t%08X\t%04X\t%d\t%u\t%u\t%08X\t%u\t%u\t%u",
		   fi->fib_nh->nh_dev ? fi->fib_nh->nh_dev->name : "*", n->fn_key, fi->fib_nh->nh_gw,
		   route_flags(fa->fa_type, mask, fi), 0, 0, fi->fib_priority, mask,
		   advmss ? advmss + 40 : 0, fi->fib_metrics[RTAX_WINDOW - 1],
		   fi->fib_metrics[RTAX_RTT - 1] >> 3);
	seq_setwidth_pad(m, start, PROC_NET_WIDTH);
	seq_putc(m, '\n');
}

static int route_show(struct seq_file *m, void *data)
{
	size_t start = m->count;

	seq_puts(m, "Iface\tDestination\tGateway "
		    "\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
	seq_setwidth_pad(m, start, PROC_NET_WIDTH);
	seq_putc(m, '\n');
	rtnl_lock();
	fib_table_walk(current_net()->ipv4.fib_main, route_show_one, m);
	rtnl_unlock();
	return 0;
}

/* ---- arp ---- */

static void arp_show_one(struct neighbour *n, void *arg)
{
	unsigned int flags = n->nud_state & NUD_PERMANENT
				     ? ATF_PERM | ATF_COM
				     : (n->nud_state & NUD_VALID ? ATF_COM : 0);
	char ip[16];

	if (n->nud_state & NUD_NOARP)
		return;
	snprintf(ip, sizeof(ip), "%pI4", n->primary_key);
	seq_printf(arg, "%-16s 0x%-10x0x%-10x%pM     *        %s\n", ip, n->dev->type, flags, n->ha,
		   n->dev->name);
}

/* An address for which we answer in its owner's place. */
static void arp_show_proxy(struct pneigh_entry *p, void *arg)
{
	char ip[16];

	snprintf(ip, sizeof(ip), "%pI4", p->key);
	seq_printf(arg, "%-16s 0x%-10x0x%-10x%s     *        %s\n", ip, p->dev ? p->dev->type : 0,
		   ATF_PUBL | ATF_PERM, "00:00:00:00:00:00", p->dev ? p->dev->name : "*");
}

static int arp_show(struct seq_file *m, void *data)
{
	struct neigh_table *tbl = current_net()->ipv4.arp_tbl;

	seq_puts(
		m,
		"IP address       HW type     Flags       HW address            Mask     Device\n");
	neigh_for_each(tbl, arp_show_one, m);
	pneigh_for_each(tbl, arp_show_proxy, m);
	return 0;
}

/* ---- sockets ---- */

struct sock_lines {
	struct seq_file *m;
	unsigned int bucket;
	const char *number; /* how the bucket is printed */
};

static void sock_show_one(struct sock *sk, void *arg)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct sock_lines *l = arg;
	size_t start = l->m->count;

	seq_printf(l->m, l->number[0] == '5' ? "%5u: " : "%4u: ", l->bucket);
	seq_printf(l->m,
		   "%08X:%04X %08X:%04X %02X %08X:%08X %02X:%08lX %08X %5u %8d %llu %d %016lx %u",
		   inet->inet_rcv_saddr, ntohs(inet->inet_sport), inet->inet_daddr,
		   ntohs(inet->inet_dport), sk->sk_state, sk_wmem_alloc_get(sk),
		   sk_rmem_alloc_get(sk), 0, 0ul, 0u, 0u, 0,
		   sk->sk_socket ? SOCK_INODE(sk->sk_socket)->i_ino : 0ull,
		   atomic_read(&sk->sk_refcnt), 0ul, (unsigned int)atomic_read(&sk->sk_drops));
	seq_setwidth_pad(l->m, start, PROC_NET_WIDTH);
	seq_putc(l->m, '\n');
}

#define SOCK_COLUMNS                                                                        \
	"sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  " \
	"timeout inode ref pointer drops"

static void sock_show_header(struct seq_file *m, const char *head)
{
	size_t start = m->count;

	seq_puts(m, head);
	seq_setwidth_pad(m, start, PROC_NET_WIDTH);
	seq_putc(m, '\n');
}

static int udp_show(struct seq_file *m, void *data)
{
	struct udp_table *t = current_net()->ipv4.udp_table;
	struct sock_lines l = { .m = m, .number = "5" };
	struct sock *sk;

	sock_show_header(m, "   " SOCK_COLUMNS);
	spin_lock_bh(&t->lock);
	for (l.bucket = 0; l.bucket < 1u << t->bits; l.bucket++)
		sk_for_each(sk, &t->hash[l.bucket])
			sock_show_one(sk, &l);
	spin_unlock_bh(&t->lock);
	return 0;
}

static int raw_show(struct seq_file *m, void *data)
{
	struct raw_hashinfo *h = current_net()->ipv4.raw_hash;
	struct sock_lines l = { .m = m, .number = "4" };
	struct sock *sk;
	unsigned int i;

	sock_show_header(m, "  " SOCK_COLUMNS);
	spin_lock_bh(&h->lock);
	for (i = 0; i < RAW_HTABLE_SIZE; i++) {
		sk_for_each(sk, &h->ht[i]) {
			l.bucket = sk->sk_num;
			sock_show_one(sk, &l);
		}
	}
	spin_unlock_bh(&h->lock);
	return 0;
}

static int icmp_show(struct seq_file *m, void *data)
{
	struct sock_lines l = { .m = m, .number = "5" };

	sock_show_header(m, "   " SOCK_COLUMNS);
	ping_for_each(current_net(), sock_show_one, &l);
	return 0;
}

/* ---- counters ---- */

#define X(e, n) " " n
static const char ip_names[] = IPSTATS_MIB(X);
static const char ipext_names[] = IPEXT_MIB(X);
static const char icmp_names[] = ICMP_MIB(X);
static const char tcp_names[] = TCP_MIB(X);
static const char udp_names[] = UDP_MIB(X);
static const char linux_names[] = LINUX_MIB(X);
#undef X

static void mib_values(struct seq_file *m, const u64 *v, unsigned int n)
{
	while (n--)
		seq_printf(m, " %llu", *v++);
	seq_putc(m, '\n');
}

/* IcmpMsg: only the types that were seen. */
static void icmpmsg_show(struct seq_file *m, const struct net *net)
{
	unsigned int i, n = 0;

	for (i = 0; i < 256; i++)
		n += net->mib.icmpmsg_in[i] || net->mib.icmpmsg_out[i];
	if (!n)
		return;
	seq_puts(m, "IcmpMsg:");
	for (i = 0; i < 256; i++)
		if (net->mib.icmpmsg_in[i])
			seq_printf(m, " InType%u", i);
	for (i = 0; i < 256; i++)
		if (net->mib.icmpmsg_out[i])
			seq_printf(m, " OutType%u", i);
	seq_puts(m, "\nIcmpMsg:");
	for (i = 0; i < 256; i++)
		if (net->mib.icmpmsg_in[i])
			seq_printf(m, " %llu", net->mib.icmpmsg_in[i]);
	for (i = 0; i < 256; i++)
		if (net->mib.icmpmsg_out[i])
			seq_printf(m, " %llu", net->mib.icmpmsg_out[i]);
	seq_putc(m, '\n');
}

static int snmp_show(struct seq_file *m, void *data)
{
	struct net *net = current_net();

	seq_printf(m, "Ip: Forwarding DefaultTTL%s\nIp: %d %d", ip_names,
		   net->ipv4.devconf_all->forwarding ? 1 : 2, net->ipv4.sysctl_ip_default_ttl);
	mib_values(m, net->mib.ip, IPSTATS_MIB_FRAGCREATES + 1);
	seq_printf(m, "Icmp:%s\nIcmp:", icmp_names);
	mib_values(m, net->mib.icmp, __ICMP_MIB_MAX);
	icmpmsg_show(m, net);
	seq_printf(m, "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn%s\nTcp: 1 200 120000 -1", tcp_names);
	mib_values(m, net->mib.tcp, __TCP_MIB_MAX);
	seq_printf(m, "Udp:%s\nUdp:", udp_names);
	mib_values(m, net->mib.udp, __UDP_MIB_MAX);
	return 0;
}

static int netstat_show(struct seq_file *m, void *data)
{
	struct net *net = current_net();

	seq_printf(m, "TcpExt:%s\nTcpExt:", linux_names);
	mib_values(m, net->mib.linux_mib, __LINUX_MIB_MAX);
	seq_printf(m, "IpExt:%s\nIpExt:", ipext_names);
	mib_values(m, &net->mib.ip[IPSTATS_MIB_FRAGCREATES + 1],
		   __IPSTATS_MIB_MAX - (IPSTATS_MIB_FRAGCREATES + 1));
	return 0;
}

static unsigned int raw_in_use(struct net *net)
{
	struct raw_hashinfo *h = net->ipv4.raw_hash;
	unsigned int i, n = 0;
	struct sock *sk;

	spin_lock_bh(&h->lock);
	for (i = 0; i < RAW_HTABLE_SIZE; i++)
		sk_for_each(sk, &h->ht[i])
			n++;
	spin_unlock_bh(&h->lock);
	return n;
}

static void ipv4_sockstat(struct seq_file *m, struct net *net)
{
	seq_printf(m,
		   "UDP: inuse %u mem %ld\nUDPLITE: inuse 0\nRAW: inuse %u\nFRAG: inuse %u memory "
		   "%lu\n",
		   net->ipv4.udp_table->count, net->ipv4.udp_memory_allocated, raw_in_use(net),
		   ip_frag_nqueues(net), ip_frag_mem(net));
}

static struct sockstat_lines ipv4_sockstat_lines = { .show = ipv4_sockstat };

void ip_misc_proc_init(void)
{
	proc_create("net/route", route_show, NULL, NULL);
	proc_create("net/arp", arp_show, NULL, NULL);
	proc_create("net/udp", udp_show, NULL, NULL);
	proc_create("net/raw", raw_show, NULL, NULL);
	proc_create("net/igmp", igmp_show, NULL, NULL);
	proc_create("net/icmp", icmp_show, NULL, NULL);
	proc_create("net/snmp", snmp_show, NULL, NULL);
	proc_create("net/netstat", netstat_show, NULL, NULL);
	sockstat_register(&ipv4_sockstat_lines);
}
