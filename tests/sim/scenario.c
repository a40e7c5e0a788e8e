/* SPDX-License-Identifier: MIT */
/* Scenarios: hosts, links and traffic, all drawn from the seed. */
#include <net/sock.h>

#include "sim.h"

/* ---- links ---- */

static void draw_trouble(struct sim_rng *r, struct sim_link_params *p)
{
	static const u32 losses[] = { 0, 0, 1000, 10000, 30000, 100000 };
	bool harsh = !sim.gentle;

	p->loss_ppm = losses[sim_below(r, harsh ? 6 : 4)];
	if (sim_chance(r, 300000)) {
		p->reorder_ppm = (u32)sim_log_range(r, 1000, 200000);
		p->reorder_ns = sim_log_range(r, 1000, 2 * p->delay_ns + 5 * NSEC_PER_MSEC);
	}
	if (sim_chance(r, 200000))
		p->dup_ppm = (u32)sim_log_range(r, 1000, 100000);
	if (sim_chance(r, 200000))
		p->corrupt_ppm = (u32)sim_log_range(r, 100, harsh ? 50000 : 5000);
	if (sim_chance(r, 300000))
		p->jitter_ns = sim_log_range(r, 1000, p->delay_ns + NSEC_PER_MSEC);
	if (harsh && sim_chance(r, 300000)) {
		p->ge_bad_ppm = (u32)sim_log_range(r, 100, 20000);
		p->ge_good_ppm = (u32)sim_range(r, 50000, 500000);
		p->ge_loss_ppm = (u32)sim_range(r, 300000, 1000000);
	}
}

static void draw_link(struct sim_rng *r, struct sim_link *link, unsigned int index)
{
	static const unsigned int mtus[] = { 1500, 1500, 1500, 1400, 9000, 576, 1006 };
	int side;

	link->index = index;
	link->mtu = mtus[sim_below(r, ARRAY_SIZE(mtus))];
	for (side = 0; side < 2; side++) {
		struct sim_link_params *p = &link->params[side];

		link->rng[side].state = sim_rand(r);
		if (side && sim_chance(r, 700000)) { /* most links are alike both ways */
			*p = link->params[0];
			continue;
		}
		p->rate_bps = sim_chance(r, 150000) ? 0 : sim_log_range(r, 256000, 1000000000);
		p->delay_ns = sim_log_range(r, 1000, 150 * NSEC_PER_MSEC);
		p->queue_frames = (u32)sim_log_range(r, 8, 1000);
		draw_trouble(r, p);
	}
}

static void draw_port(struct sim_rng *r, struct sim_port_params *p)
{
	static const u32 features[] = { 0, NETIF_F_SG | NETIF_F_HW_CSUM, NETIF_F_HW_CSUM,
					NETIF_F_SG | NETIF_F_IP_CSUM };

	p->features = features[sim_below(r, ARRAY_SIZE(features))];
	p->ring = sim_chance(r, 500000) ? (u32)sim_log_range(r, 4, 256) : 0;
	p->linear = sim_chance(r, 500000) ? (u32)sim_range(r, ETH_HLEN, 128) : 0;
}

static void join(struct sim_rng *r, unsigned int host, unsigned int link, int side)
{
	struct sim_port_params p;

	draw_port(r, &p);
	sim_host_join(sim.host[host], &sim.link[link], side, &p);
}

/* ---- who is joined to whom ---- */

static void add_hosts(unsigned int n)
{
	for (; sim.nr_hosts < n; sim.nr_hosts++)
		sim.host[sim.nr_hosts] = sim_host_new(sim.nr_hosts);
}

static void add_link(struct sim_rng *r, unsigned int left, unsigned int right)
{
	unsigned int i = sim.nr_links++;

	draw_link(r, &sim.link[i], i);
	join(r, left, i, 0);
	join(r, right, i, 1);
}

/* build_star - host 0 is the router of all others. Two hosts: a mere cable. */
static void build_star(struct sim_rng *r, unsigned int n)
{
	unsigned int i;

	add_hosts(n);
	for (i = 1; i < n; i++)
		add_link(r, 0, i);
	if (n == 2)
		return;
	sim_host_forward(sim.host[0]);
	for (i = 1; i < n; i++)
		sim_host_route(sim.host[i], 0, 0, sim_link_addr(i - 1, 0, 0));
}

/* build_chain - one after the other; all but the ends forward. */
static void build_chain(struct sim_rng *r, unsigned int n)
{
	unsigned int i, k;

	add_hosts(n);
	for (i = 0; i + 1 < n; i++)
		add_link(r, i, i + 1);
	for (i = 0; i < n; i++) {
		if (i && i + 1 < n)
			sim_host_forward(sim.host[i]);
		for (k = 0; k + 1 < n; k++) {
			if (k + 1 < i)
				sim_host_route(sim.host[i], sim_link_addr(k, 0, 0), 24,
					       sim_link_addr(i - 1, 0, 0));
			else if (k > i)
				sim_host_route(sim.host[i], sim_link_addr(k, 0, 0), 24,
					       sim_link_addr(i, 0, 1));
		}
	}
}

/* ---- traffic ---- */

/* budget - bytes that a connection may carry, so that the slowest link takes no longer than a few
 * minutes. */
static u64 budget(void)
{
	u64 slowest = 1000000000, bytes;
	unsigned int i;

	for (i = 0; i < 2 * sim.nr_links; i++) {
		u64 rate = sim.link[i / 2].params[i % 2].rate_bps;

		if (rate)
			slowest = min(slowest, rate);
	}
	bytes = slowest / 8 * 30 / sim.nr_conns;
	return clamp(bytes, 2000ull, 2000000ull / sim.nr_conns);
}

static const char *draw_cong(struct sim_rng *r)
{
	u64 x = sim_below(r, SIM_PPM);

	return x < 300000 ? "reno" : x < 550000 ? "bbr" : NULL;
}

static void draw_side(struct sim_rng *r, struct sim_side_plan *p, u64 most, int who)
{
	p->bytes = sim_chance(r, 150000)   ? 0
		   : sim_chance(r, 400000) ? sim_range(r, most / 2, most)
					   : sim_log_range(r, 1, most);
	if (who == SIM_CLIENT)
		p->bytes = max(p->bytes, 4ull) + (who == SIM_CLIENT);
	p->write_size = (u32)sim_log_range(r, max(1ull, p->bytes / 500), 65536);
	p->read_size = (u32)sim_log_range(r, max(1ull, most / 500), 65536);
	p->abort_after = SIM_NEVER;
	p->serial = who == SIM_CLIENT && sim_chance(r, 300000);
	p->nodelay = sim_chance(r, 300000);
	p->cork = !p->nodelay && sim_chance(r, 150000);
	p->peek = sim_chance(r, 100000);
	p->vectors = sim_chance(r, 200000);
	p->epoll = sim_chance(r, 400000);
	p->cong = draw_cong(r);
	if (sim_chance(r, 300000)) {
		p->pause_every = sim_log_range(r, 1000, most) + most / 20;
		p->pause_ns = sim_log_range(r, NSEC_PER_MSEC, 20 * NSEC_PER_SEC);
	}
	if (sim_chance(r, 300000))
		p->sndbuf = (int)sim_log_range(r, 1000, 400000);
	if (sim_chance(r, 300000))
		p->rcvbuf = (int)sim_log_range(r, 1000, 400000);
}

static void draw_ends(struct sim_rng *r, struct sim_host **client, struct sim_host **server,
		      __be32 *addr)
{
	unsigned int a = (unsigned int)sim_below(r, sim.nr_hosts),
		     b = (unsigned int)sim_below(r, sim.nr_hosts - 1);
	const struct sim_port *port;

	b += b >= a;
	*client = sim.host[a];
	*server = sim.host[b];
	port = sim.host[b]->port[sim_below(r, sim.host[b]->nr_ports)];
	*addr = sim_link_addr(port->link->index, 0, port->side);
}

static void draw_conn(struct sim_rng *r, struct sim_conn *c, u64 most)
{
	int who;

	draw_ends(r, &c->client, &c->server, &c->addr);
	c->port = sim_chance(r, 30000) && !sim.gentle ? SIM_TCP_PORT + 1 : SIM_TCP_PORT;
	c->start_ns = hosted_now() + sim_log_range(r, 0, 20 * NSEC_PER_SEC);
	for (who = 0; who < 2; who++)
		draw_side(r, &c->side[who].plan, most, who);
	if (sim_chance(r, 150000)) {
		struct sim_side_plan *p = &c->side[sim_below(r, 2)].plan;

		p->abort_after = sim_below(r, c->side[0].plan.bytes + c->side[1].plan.bytes + 1);
		p->abort_by_close = sim_chance(r, 500000);
	}
	sim_at(c->start_ns, sim_conn_start, c);
}

static void draw_flow(struct sim_rng *r, struct sim_flow *f)
{
	draw_ends(r, &f->client, &f->server, &f->addr);
	f->count = (u32)sim_log_range(r, 1, 200);
	f->gap_ns = sim_log_range(r, 1000, NSEC_PER_SEC / 4);
	f->size_min = 8;
	f->size_max = (u32)sim_log_range(r, 8, sim_chance(r, 200000) ? 20000 : 1472);
	f->start_ns = hosted_now() + sim_log_range(r, 0, 20 * NSEC_PER_SEC);
	sim_at(f->start_ns, sim_flow_start, f);
}

void sim_scenario_build(void)
{
	struct sim_rng *r = &sim.rng;
	unsigned int i, shape = (unsigned int)sim_below(r, 10);
	u64 most;

	sim.gentle = sim_chance(r, 500000);
	if (shape < 4)
		build_star(r, 2);
	else if (shape < 7)
		build_star(r, (unsigned int)sim_range(r, 3, SIM_MAX_PORTS));
	else
		build_chain(r, (unsigned int)sim_range(r, 3, 5));
	sim.kernel_socks = socks_in_use();
	for (i = 0; i < sim.nr_hosts; i++)
		sim_host_listen(sim.host[i]);
	sim.nr_conns = (unsigned int)sim_log_range(r, 1, SIM_MAX_CONNS);
	most = budget();
	for (i = 0; i < sim.nr_conns; i++) {
		sim.conn[i].id = i;
		draw_conn(r, &sim.conn[i], most);
	}
	sim.nr_flows = sim_chance(r, 500000) ? (unsigned int)sim_range(r, 1, 4) : 0;
	for (i = 0; i < sim.nr_flows; i++) {
		sim.flow[i].id = i;
		draw_flow(r, &sim.flow[i]);
	}
	snprintf(sim.what, sizeof(sim.what),
		 "%s%s, %u hosts, %u links, %u connections of up to %llu bytes, %u UDP flows",
		 sim.gentle ? "gentle " : "rough ", shape < 7 ? "star" : "chain", sim.nr_hosts,
		 sim.nr_links, sim.nr_conns, most, sim.nr_flows);
	if (!sim.gentle)
		sim_disturb(r, hosted_now() + 40 * NSEC_PER_SEC);
}
