/* SPDX-License-Identifier: MIT */
/* /proc/net files of the core: dev, dev_mcast, softnet_stat, ptype, protocols, sockstat,
 * drop_reasons. */
#include <kernel/fs.h>
#include <kernel/printk.h>
#include <kernel/seq_file.h>

#include "core_internal.h"

static LIST_HEAD(sockstat_list); /* what families print into sockstat */

static int dev_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct net_device_stats s;
	struct net_device *dev;

	seq_puts(m, "Inter-|   Receive                                                |  Transmit\n"
		    " face |bytes    packets errs drop fifo frame compressed multicast|"
		    "bytes    packets errs drop fifo colls carrier compressed\n");
	for_each_netdev(net, dev) {
		dev_get_stats(dev, &s);
		seq_printf(m, "%6s: %7llu %7llu %4llu %4llu %4llu %5llu %10llu %9llu ", dev->name,
			   s.rx_bytes, s.rx_packets, s.rx_errors, s.rx_dropped + s.rx_missed_errors,
			   s.rx_fifo_errors,
			   s.rx_length_errors + s.rx_over_errors + s.rx_crc_errors +
				   s.rx_frame_errors,
			   0ull, s.multicast);
		seq_printf(m, "%8llu %7llu %4llu %4llu %4llu %5llu %7llu %10llu\n", s.tx_bytes,
			   s.tx_packets, s.tx_errors, s.tx_dropped, s.tx_fifo_errors, s.collisions,
			   s.tx_carrier_errors + s.tx_aborted_errors + s.tx_window_errors +
				   s.tx_heartbeat_errors,
			   0ull);
	}
	return 0;
}

#define DRIVER_STATS_MAX 32

/* One device of dev_stat: what every device counts, then what its driver does. */
static void dev_stat_section(struct seq_file *m, struct net_device *dev)
{
	struct netdev_stat own[DRIVER_STATS_MAX];
	struct net_device_stats s;
	const u64 *values = (const u64 *)&s;
	static const char *const names[] = {
		"rx_packets",	     "tx_packets",	  "rx_bytes",	      "tx_bytes",
		"rx_errors",	     "tx_errors",	  "rx_dropped",	      "tx_dropped",
		"multicast",	     "collisions",	  "rx_length_errors", "rx_over_errors",
		"rx_crc_errors",     "rx_frame_errors",	  "rx_fifo_errors",   "rx_missed_errors",
		"tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors",   "tx_heartbeat_errors",
		"tx_window_errors",
	};
	const u64 *offloads = (const u64 *)&dev->offload_stats;
	static const char *const offload_names[] = { "tx_gso_packets", "tx_gso_segments",
						     "rx_gro_packets", "rx_gro_segments" };
	int i, n = 0;

	BUILD_BUG_ON(sizeof(dev->offload_stats) != ARRAY_SIZE(offload_names) * sizeof(u64));
	BUILD_BUG_ON(sizeof(s) != ARRAY_SIZE(names) * sizeof(u64));
	dev_get_stats(dev, &s);
	if (dev->netdev_ops->ndo_driver_stats)
		n = min(dev->netdev_ops->ndo_driver_stats(dev, own, DRIVER_STATS_MAX),
			DRIVER_STATS_MAX);
	seq_printf(m, "%s: driver %s, irq %d\n", dev->name,
		   dev->driver_name ? dev->driver_name : "-", dev->irq);
	for (i = 0; i < (int)ARRAY_SIZE(names); i++)
		seq_printf(m, "    %-20s %12llu\n", names[i], values[i]);
	for (i = 0; i < (int)ARRAY_SIZE(offload_names); i++)
		seq_printf(m, "    %-20s %12llu\n", offload_names[i], offloads[i]);
	for (i = 0; i < n; i++)
		seq_printf(m, "    %-20s %12llu\n", own[i].name, own[i].value);
}

/* /proc/net/dev_stat - every counter of every device by name, for the console's `stat` */
static int dev_stat_show(struct seq_file *m, void *unused)
{
	struct net_device *dev;

	for_each_netdev(current_net(), dev)
		dev_stat_section(m, dev);
	return 0;
}

static int dev_mcast_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct net_device *dev;
	int i;

	for_each_netdev(net, dev) {
		struct dev_addr_list *da;

		spin_lock_bh(&dev->_xmit_lock);
		for (da = dev->mc_list; da; da = da->next) {
			seq_printf(m, "%-4d %-15s %-5d %-5d ", dev->ifindex, dev->name,
				   da->da_users, 0);
			for (i = 0; i < da->da_addrlen; i++)
				seq_printf(m, "%02x", da->da_addr[i]);
			seq_putc(m, '\n');
		}
		spin_unlock_bh(&dev->_xmit_lock);
	}
	return 0;
}

static int softnet_show(struct seq_file *m, void *unused)
{
	const struct softnet_data *sd = &softnet_data;

	seq_printf(m, "%08x %08x %08x %08x %08x %08x %08x %08x %08x %08x %08x %08x %08x\n",
		   sd->processed, sd->dropped, sd->time_squeeze, 0, 0, 0, 0, 0, 0, 0, 0,
		   sd->input_pkt_queue.qlen + sd->process_queue.qlen, 0);
	return 0;
}

static void ptype_line(struct packet_type *pt, void *arg)
{
	struct seq_file *m = arg;

	if (pt->type == htons(ETH_P_ALL))
		seq_puts(m, "ALL ");
	else
		seq_printf(m, "%04x", ntohs(pt->type));
	seq_printf(m, " %-8s %ps\n", pt->dev ? pt->dev->name : "", (void *)pt->func);
}

static int ptype_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "Type Device      Function\n");
	packet_type_walk(ptype_line, m);
	return 0;
}

static char yes_no(const void *method)
{
	return method ? 'y' : 'n';
}

static void protocol_line(struct seq_file *m, const struct proto *p, struct net *net)
{
	const char *pressure = !p->memory_pressure ? "NI" : *p->memory_pressure(net) ? "yes" : "no";

	seq_printf(m, "%-9s %4u %6d  %6ld   %-3s %6u   %-3s  %-10s", p->name, p->obj_size,
		   p->nr_socks, p->memory_allocated ? *p->memory_allocated(net) : -1l, pressure,
		   p->max_header, p->slab ? "yes" : "no", "kernel");
	seq_printf(m,
		   " %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c %2c\n",
		   yes_no(p->close), yes_no(p->connect), yes_no(p->disconnect), yes_no(p->accept),
		   yes_no(p->ioctl), yes_no(p->init), yes_no(p->destroy), yes_no(p->shutdown),
		   yes_no(p->setsockopt), yes_no(p->getsockopt), yes_no(p->sendmsg),
		   yes_no(p->recvmsg), 'n', yes_no(p->bind), yes_no(p->backlog_rcv),
		   yes_no(p->hash), yes_no(p->unhash), yes_no(p->get_port),
		   p->memory_pressure ? 'y' : 'n');
}

static int protocols_show(struct seq_file *m, void *unused)
{
	const struct proto *p;

	seq_puts(m, "protocol  size sockets  memory press maxhdr  slab module     "
		    "cl co di ac io in de sh ss gs se re sp bi br ha uh gp em\n");
	list_for_each_entry(p, &proto_list, node)
		protocol_line(m, p, current_net());
	return 0;
}

void sockstat_register(struct sockstat_lines *lines)
{
	list_add_tail(&lines->node, &sockstat_list);
}

static int sockstat_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct sockstat_lines *lines;

	seq_printf(m, "sockets: used %d\n", net->core.sockets_in_use);
	list_for_each_entry(lines, &sockstat_list, node)
		lines->show(m, net);
	return 0;
}

static int drop_reasons_show(struct seq_file *m, void *unused)
{
	static const char *const text[] = { "",
#define X(name, what) what,
					    SKB_DROP_REASONS(X)
#undef X
	};
	struct net *net = current_net();
	int i;

	for (i = SKB_CONSUMED + 1; i < SKB_DROP_REASON_MAX; i++)
		seq_printf(m, "%-24s %10llu  %s\n", skb_drop_reason_name(i), net->drops[i],
			   text[i]);
	return 0;
}

void core_proc_init(void)
{
	static const struct {
		const char *path;
		int (*show)(struct seq_file *m, void *unused);
	} files[] = {
		{ "net/dev", dev_show },
		{ "net/dev_stat", dev_stat_show },
		{ "net/dev_mcast", dev_mcast_show },
		{ "net/softnet_stat", softnet_show },
		{ "net/ptype", ptype_show },
		{ "net/protocols", protocols_show },
		{ "net/sockstat", sockstat_show },
		{ "net/drop_reasons", drop_reasons_show },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!proc_create(files[i].path, files[i].show, NULL, NULL))
			pr_warn("/proc/%s: out of memory\n", files[i].path);
}
