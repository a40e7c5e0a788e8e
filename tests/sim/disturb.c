/* SPDX-License-Identifier: MIT */
/* What befalls hosts and links while they work: cables pulled, addresses changed, no memory, a
 * clock that leaps. */
#include "sim.h"
#include "skiff_test.h"

enum kind { PULL, MOVE, AWAY, NEW_MAC, NEW_MTU, NO_MEMORY, LEAP, NR_KINDS };

struct trouble {
	enum kind kind;
	struct sim_port *port;
	u64 lasts_ns;
	u32 number; /* ppm, MTU, ... */
};

static void set_link(struct sim_link *link, bool down)
{
	link->down = down;
	sim_trace_note("link %u is %s", link->index, down ? "cut" : "mended");
}

static __be32 home(const struct sim_port *port)
{
	return sim_link_addr(port->link->index, 0, port->side);
}

static void over(void *arg)
{
	struct trouble *t = arg;

	switch (t->kind) {
	case PULL: set_link(t->port->link, false); break;
	case MOVE:
	case AWAY: sim_port_readdress(t->port, home(t->port)); break;
	case NEW_MTU: sim_port_set_mtu(t->port, t->port->link->mtu); break;
	case NO_MEMORY:
		skiff_fail_alloc(0, 0, 0);
		sim_trace_note("memory is back");
		break;
	default: break;
	}
	sim_host_free(t);
}

static void strike(void *arg)
{
	struct trouble *t = arg;

	switch (t->kind) {
	case PULL: set_link(t->port->link, true); break;
	case MOVE:
		sim_port_readdress(t->port,
				   sim_link_addr(t->port->link->index, 0, t->port->side + 10));
		break;
	case AWAY: sim_port_readdress(t->port, 0); break;
	case NEW_MAC: sim_port_set_mac(t->port, (u8)t->number); break;
	case NEW_MTU: sim_port_set_mtu(t->port, t->number); break;
	case NO_MEMORY:
		skiff_fail_alloc(0, t->number, sim.seed + t->number);
		sim_trace_note("of a million allocations %u fail", t->number);
		break;
	case LEAP:
		hosted_now_ns += t->lasts_ns;
		sim_trace_note("the clock leaps by %llu ns", t->lasts_ns);
		break;
	case NR_KINDS: break;
	}
	sim_at(hosted_now() + t->lasts_ns, over, t);
}

/* one_memory - failing allocations must not overlap: one stretch's end would end the other.
 * Addresses neither. */
static bool taken(enum kind kind, const struct sim_port *port, u64 *memory,
		  const struct sim_port **addresses, unsigned int n)
{
	unsigned int i;

	if (kind == NO_MEMORY)
		return (*memory)++ != 0;
	if (kind != MOVE && kind != AWAY)
		return false;
	for (i = 0; i < n; i++)
		if (addresses[i] == port)
			return true;
	return false;
}

void sim_disturb(struct sim_rng *r, u64 end_ns)
{
	unsigned int i, n = (unsigned int)sim_below(r, 6);
	const struct sim_port *addresses[8] = { NULL };
	u64 memory = 0, now = hosted_now();

	for (i = 0; i < n; i++) {
		struct sim_host *host = sim.host[sim_below(r, sim.nr_hosts)];
		struct sim_port *port = host->port[sim_below(r, host->nr_ports)];
		enum kind kind = (enum kind)sim_below(r, NR_KINDS);
		u64 lasts = sim_log_range(r, NSEC_PER_MSEC, 60 * NSEC_PER_SEC),
		    when = sim_range(r, now, end_ns);
		u32 number = 0;
		struct trouble *t;

		if (kind == NEW_MAC)
			number = (u32)sim_range(r, 1, 255);
		if (kind == NEW_MTU)
			number = (u32)sim_range(r, 576, port->link->mtu);
		if (kind == NO_MEMORY)
			number = (u32)sim_log_range(r, 1000, 500000);
		if (taken(kind, port, &memory, addresses, i))
			continue;
		addresses[i] = kind == MOVE || kind == AWAY ? port : NULL;
		t = sim_host_alloc(sizeof(*t));
		*t = (struct trouble){
			.kind = kind, .port = port, .lasts_ns = lasts, .number = number
		};
		sim_at(when, strike, t);
	}
}
