/* SPDX-License-Identifier: MIT */
/* /proc/slabinfo: the caches with their counts, in Linux's layout (slabinfo(5)). */
#include <kernel/seq_file.h>
#include <kernel/slab.h>

static void show_cache(const struct kmem_cache_info *c, void *m)
{
	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4u : tunables %4u %4u %4u : slabdata %6lu %6lu %6u\n", c->name, c->inuse,
		   c->total, c->object_size, c->objects_per_slab, c->slab_pages, 0, 0, 0, c->slabs, c->slabs, 0);
}

int slabinfo_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "slabinfo - version: 2.1\n");
	seq_puts(m, "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		    " : tunables <limit> <batchcount> <sharedfactor>"
		    " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	kmem_cache_for_each(show_cache, m);
	return 0;
}
