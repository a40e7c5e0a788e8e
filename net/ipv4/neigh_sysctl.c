/* SPDX-License-Identifier: MIT */
/* net.ipv4.neigh.{default,DEV}.*: how neighbours on one device, or on each that has no values of its own, are looked
 * for; and the sizes of the table. arp(7). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/inetdevice.h>
#include <net/neighbour.h>
#include "ipv4_internal.h"

#define NEIGH_NAME_LEN 64

#define USER_HZ 100 /* ticks a second that programs know */
#define QUEUED	((int)SKB_TRUESIZE(ETH_FRAME_LEN)) /* bytes that a packet in the queue counts as in unres_qlen */

/* All but PACKETS are kept in jiffies of a millisecond: what has _ms is plain. */
enum unit { PLAIN, SECONDS, TICKS, PACKETS };

static const struct {
	const char *name;
	size_t offset; /* in struct neigh_parms */
	enum unit unit;
} parms_fields[] = {
	{ "mcast_solicit", offsetof(struct neigh_parms, mcast_probes), PLAIN },
	{ "ucast_solicit", offsetof(struct neigh_parms, ucast_probes), PLAIN },
	{ "app_solicit", offsetof(struct neigh_parms, app_probes), PLAIN },
	{ "retrans_time_ms", offsetof(struct neigh_parms, retrans_time), PLAIN },
	{ "retrans_time", offsetof(struct neigh_parms, retrans_time), TICKS },
	{ "base_reachable_time_ms", offsetof(struct neigh_parms, base_reachable_time), PLAIN },
	{ "base_reachable_time", offsetof(struct neigh_parms, base_reachable_time), SECONDS },
	{ "delay_first_probe_time", offsetof(struct neigh_parms, delay_probe_time), SECONDS },
	{ "gc_stale_time", offsetof(struct neigh_parms, gc_staletime), SECONDS },
	{ "unres_qlen_bytes", offsetof(struct neigh_parms, queue_len_bytes), PLAIN },
	{ "unres_qlen", offsetof(struct neigh_parms, queue_len_bytes), PACKETS },
	{ "proxy_qlen", offsetof(struct neigh_parms, proxy_qlen), PLAIN },
	{ "anycast_delay", offsetof(struct neigh_parms, anycast_delay), TICKS },
	{ "proxy_delay", offsetof(struct neigh_parms, proxy_delay), TICKS },
	{ "locktime", offsetof(struct neigh_parms, locktime), TICKS },
};
static const int scale_of[] = { [PLAIN] = 1, [SECONDS] = HZ, [TICKS] = HZ / USER_HZ, [PACKETS] = QUEUED };
#define NEIGH_FIELDS ARRAY_SIZE(parms_fields)

struct neigh_sysctl {
	struct ctl_table_header header;
	struct neigh_parms *parms;
	struct ctl_table table[NEIGH_FIELDS];
	char names[NEIGH_FIELDS][NEIGH_NAME_LEN];
};

static int *parms_value(struct neigh_parms *p, unsigned int field)
{
	return (int *)((char *)p + parms_fields[field].offset);
}

static void parms_set(struct neigh_parms *p, unsigned int field, int v)
{
	*parms_value(p, field) = v;
	if (parms_fields[field].offset == offsetof(struct neigh_parms, base_reachable_time))
		neigh_parms_renew(p);
}

/* offset is the field's number here. */
static int neigh_handler(const struct ctl_table *t, void *base, char *buf, size_t size, bool write)
{
	struct neigh_parms *p = ((struct neigh_sysctl *)base)->parms, *other;
	unsigned int field = (unsigned int)t->offset;
	int scale = scale_of[parms_fields[field].unit], v, err;

	if (!write)
		return scnprintf(buf, size, "%d", *parms_value(p, field) / scale);
	err = kstrtoint(strim(buf), 0, &v);
	if (err)
		return err;
	if (v < 0 || v > INT_MAX / scale)
		return -EINVAL;
	local_bh_disable();
	parms_set(p, field, v * scale);
	p->set |= 1u << field;
	if (p == &p->tbl->parms)
		list_for_each_entry(other, &p->tbl->parms_list, list)
			if (!(other->set & 1u << field))
				parms_set(other, field, v * scale);
	local_bh_enable();
	return 0;
}

struct neigh_sysctl *neigh_sysctl_register(struct neigh_parms *p, const char *dev)
{
	struct neigh_sysctl *s = kzalloc(sizeof(*s), GFP_KERNEL);
	unsigned int i;

	if (!s)
		return NULL;
	s->parms = p;
	for (i = 0; i < NEIGH_FIELDS; i++) {
		snprintf(s->names[i], NEIGH_NAME_LEN, "net.ipv4.neigh.%s.%s", dev,
			 parms_fields[i].name);
		s->table[i] = (struct ctl_table){ .procname = s->names[i],
						  .offset = i,
						  .proc_handler = neigh_handler };
	}
	register_sysctl(&s->header, s->table, NEIGH_FIELDS, s);
	return s;
}

void neigh_sysctl_unregister(struct neigh_sysctl *s)
{
	if (!s)
		return;
	unregister_sysctl(&s->header);
	kfree(s);
}

/* ---- the table's own ---- */

#define NEIGH(name, field)                                                     \
	{                                                                      \
		.procname = "net.ipv4.neigh.default." name,                    \
		.offset = offsetof(struct neigh_table, field), .size = 4, .count = 1, .min = 0, \
		.max = INT_MAX                                                 \
	}

static int sysctl_gc_interval(const struct ctl_table *t, void *base, char *buf, size_t size, bool write)
{
	struct neigh_table *tbl = base;
	int v, err;

	if (!write)
		return scnprintf(buf, size, "%d", tbl->gc_interval / HZ);
	err = kstrtoint(strim(buf), 0, &v);
	if (err)
		return err;
	if (v < 0 || v > INT_MAX / HZ)
		return -EINVAL;
	tbl->gc_interval = v * HZ;
	return 0;
}

static const struct ctl_table neigh_table[] = {
	{ .procname = "net.ipv4.neigh.default.gc_interval", .proc_handler = sysctl_gc_interval },
	NEIGH("gc_thresh1", gc_thresh1),
	NEIGH("gc_thresh2", gc_thresh2),
	NEIGH("gc_thresh3", gc_thresh3),
};

void sysctl_neigh_register(struct net *net)
{
	net->ipv4.neigh_sysctl = neigh_sysctl_register(&net->ipv4.arp_tbl->parms, "default");
	register_sysctl(&net->ipv4.neigh_sysctl_hdr, neigh_table, ARRAY_SIZE(neigh_table),
			net->ipv4.arp_tbl);
}

void sysctl_neigh_unregister(struct net *net)
{
	neigh_sysctl_unregister(net->ipv4.neigh_sysctl);
	unregister_sysctl(&net->ipv4.neigh_sysctl_hdr);
}
